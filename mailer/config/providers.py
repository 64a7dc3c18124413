"""Mail servers of large providers, by the domain of the address: what a convener would have to look up."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Provider:
    """*smtp_tls* with its usual port. *note* is told with the guess."""

    imap_host: str
    smtp_host: str
    smtp_tls: Literal["tls", "starttls"] = "starttls"
    note: str = ""


_APP_PASSWORD = "Sign-in needs an app password, made in the settings of the account."
_NO_PASSWORDS = "Microsoft no longer takes passwords from programs on this address; use another mailbox or a relay."

_GMAIL = Provider("imap.gmail.com", "smtp.gmail.com", note=_APP_PASSWORD)
_OUTLOOK = Provider("outlook.office365.com", "smtp-mail.outlook.com", note=_NO_PASSWORDS)
_ICLOUD = Provider("imap.mail.me.com", "smtp.mail.me.com", note=_APP_PASSWORD)
_YAHOO = Provider("imap.mail.yahoo.com", "smtp.mail.yahoo.com", "tls", note=_APP_PASSWORD)
_AOL = Provider("imap.aol.com", "smtp.aol.com", "tls", note=_APP_PASSWORD)
_FASTMAIL = Provider("imap.fastmail.com", "smtp.fastmail.com", "tls", note=_APP_PASSWORD)
_GMX = Provider("imap.gmx.net", "mail.gmx.net", note="IMAP must be allowed in the settings of the account.")
_GMX_COM = Provider("imap.gmx.com", "mail.gmx.com", note="IMAP must be allowed in the settings of the account.")
_WEB_DE = Provider("imap.web.de", "smtp.web.de", note="IMAP must be allowed in the settings of the account.")

PROVIDERS = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "outlook.com": _OUTLOOK,
    "hotmail.com": _OUTLOOK,
    "live.com": _OUTLOOK,
    "icloud.com": _ICLOUD,
    "me.com": _ICLOUD,
    "mac.com": _ICLOUD,
    "yahoo.com": _YAHOO,
    "aol.com": _AOL,
    "fastmail.com": _FASTMAIL,
    "fastmail.fm": _FASTMAIL,
    "gmx.net": _GMX,
    "gmx.de": _GMX,
    "gmx.at": _GMX,
    "gmx.ch": _GMX,
    "gmx.com": _GMX_COM,
    "web.de": _WEB_DE,
    "posteo.de": Provider("posteo.de", "posteo.de", "tls"),
    "mailbox.org": Provider("imap.mailbox.org", "smtp.mailbox.org", "tls"),
    "zoho.com": Provider("imap.zoho.com", "smtp.zoho.com", "tls", note=_APP_PASSWORD),
}


def provider_of(address: str) -> Provider | None:
    """Who runs the mailbox *address*, where the domain alone tells."""
    return PROVIDERS.get(address.rpartition("@")[2].strip().casefold())
