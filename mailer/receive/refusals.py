"""What stands between us and the mailbox, in a sentence a convener understands, with what mends it.

Promises: every failure of the network, of TLS and of the server becomes `MailboxLost` (connect again soon) or
`MailboxRefused` (somebody has to mend something). No password is in any sentence.
"""

import socket
import ssl

from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused
from mailer.receive.grammar import response_code, words

_TEMPORARY = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"}  # RFC 5530 §3: not the password's fault


def place(settings: ImapSettings) -> str:
    """Name the server as the convener knows it."""
    return f"{settings.host}, port {settings.port}"


def unreachable(error: Exception, settings: ImapSettings) -> MailboxLost | MailboxRefused:
    """Say why there is no connection."""
    where = place(settings)
    match error:
        case ssl.SSLCertVerificationError():
            return MailboxRefused(
                f"The mail server {where} shows a certificate that cannot be trusted: {error.verify_message}. "
                "Check host in [mailbox]; if the server has a certificate of its own, name the file of its issuer in ca-file."
            )
        case ssl.SSLError() if settings.tls == "tls" and error.reason in (
            "WRONG_VERSION_NUMBER",
            "RECORD_LAYER_FAILURE",
        ):
            return MailboxRefused(
                f"The mail server {where} does not speak TLS from the first byte on. "
                'Set tls = "starttls" in [mailbox], or use the port for TLS, usually 993.'
            )
        case ssl.SSLError():
            return MailboxLost(f"No safe connection to the mail server {where}: {error.reason or error}.")
        case socket.gaierror():
            return MailboxLost(
                f'No server of the name "{settings.host}" can be found. '
                "Check host in [mailbox], and whether this computer is connected to the network."
            )
        case ConnectionRefusedError():
            return MailboxLost(
                f"Nothing answers at {where}. Check host and port in [mailbox] (993 with TLS, 143 with STARTTLS); "
                "the mail server may be down."
            )
        case TimeoutError():
            return MailboxLost(silent(settings))
        case _:
            return (
                MailboxLost(f"No connection to the mail server {where}: {error.strerror or error}.")
                if isinstance(error, OSError)
                else MailboxLost(f"No connection to the mail server {where}: {error}.")
            )


def silent(settings: ImapSettings) -> str:
    """Say that the server lets us wait."""
    hint = ""
    if settings.tls != "tls":
        hint = f' If port {settings.port} is one for TLS from the start, as 993 is, set tls = "tls" in [mailbox].'
    return f"The mail server {place(settings)} does not answer.{hint}"


def closed(settings: ImapSettings, bye: bytes = b"", error: Exception | None = None) -> MailboxLost:
    """Say that the server, or the network, ended the connection."""
    reason = words(bye) or (str(error) if error else "")
    return MailboxLost(f"The mail server {place(settings)} ended the connection" + (f": {reason}." if reason else "."))


def no_password(settings: ImapSettings) -> MailboxRefused:
    """Say that there is none to log in with."""
    return MailboxRefused(f"There is no password for the mailbox {settings.address}. Set password in [mailbox].")


def not_logged_in(text: bytes, settings: ImapSettings) -> MailboxLost | MailboxRefused:
    """Say why the server does not let us in."""
    code, said = response_code(text)[0], words(text)
    if code in _TEMPORARY:
        return MailboxLost(f"The mail server {place(settings)} lets nobody in at the moment: {said}")
    user = settings.user or settings.address
    hint = ""
    if settings.host.endswith(("gmail.com", "googlemail.com", "icloud.com", "mail.me.com", "mail.yahoo.com")):
        hint = " This provider wants an app password, made in the settings of the account."
    elif "office365" in settings.host or "outlook" in settings.host:
        hint = " Microsoft 365 takes no passwords over IMAP unless the administrator allows it."
    elif code == "PRIVACYREQUIRED":
        return needs_tls(settings)
    return MailboxRefused(
        f'The mail server {place(settings)} refuses the user name "{user}" or its password (it says: {said}). '
        f"Check user and password in [mailbox].{hint}"
    )


def needs_tls(settings: ImapSettings) -> MailboxRefused:
    """Say that passwords are taken over TLS only."""
    return MailboxRefused(
        f"The mail server {place(settings)} takes no password over an open line. "
        'Set tls = "starttls" in [mailbox], or tls = "tls" with port 993.'
    )


def no_starttls(settings: ImapSettings) -> MailboxRefused:
    """Say that the line would stay open to listeners."""
    return MailboxRefused(
        f"The mail server {place(settings)} does not offer STARTTLS, so nothing was sent to it. "
        'Use tls = "tls" with port 993 in [mailbox], or ask whoever runs the server.'
    )


def no_mailbox(mailbox: str, text: bytes, settings: ImapSettings) -> MailboxLost | MailboxRefused:
    """Say why the mailbox cannot be opened."""
    if response_code(text)[0] in _TEMPORARY:
        return MailboxLost(f'The mailbox "{mailbox}" cannot be opened at the moment: {words(text)}')
    return MailboxRefused(
        f'The mail server {place(settings)} cannot open the mailbox "{mailbox}" (it says: {words(text)}). '
        "Check mailbox in [mailbox]: names of folders are written as the server writes them, such as INBOX/Answers."
    )


def not_done(what: str, text: bytes, settings: ImapSettings) -> MailboxRefused:
    """Say that a command was refused."""
    return MailboxRefused(f"The mail server {place(settings)} does not {what} (it says: {words(text)}).")
