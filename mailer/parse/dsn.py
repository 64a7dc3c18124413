"""Delivery reports: RFC 3464 where it is followed, and the texts of everybody who does not follow it.

Promises: pure; never raises. For each address: what became of the mail, the status, the reason in one word.
Never:    says which invitation it concerns; says that an address is dead because our mail was refused.
Fails:    None where it is no report.

A report by RFC 3464 is read field by field. For the rest flufl.bounce knows many shapes; it is asked only where the mail looks like a
report (it sees addresses in anything, and raises), and after it our own reading of the text above the returned message.
"""

import logging
import re
import tomllib
from collections.abc import Iterable, Sequence
from email import message_from_bytes
from functools import cache
from importlib.resources import files

from flufl.bounce import all_failures

from mailer.parse.addresses import addresses
from mailer.parse.message import Message
from mailer.parse.parts import Fields, fields_of, header_text
from mailer.parse.reasons import Failure, judge
from mailer.parse.report import Recipient, Report
from mailer.parse.ses import read_notice
from mailer.terms import MessageId, canonical

MOST_TEXT = 60_000

# It writes a traceback for each of its detectors that trips over a mail; that one tripped is of no interest to anybody.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_. ]?daemon|mail_daemon|mdaemon|daemon|uucp|mmdf|postmaster|postmast|mailerror|microsoftexchange\w*|"
    r"mail[-.]?delivery|mail-?system|bounces?|bounced|bounce-?handler|double-bounce|complaints|administrator|virus|amavis|"
    r"majordomo|mail-?gateway|smtp(?:-error)?|mailsrv|mailserver|mail)(?:[-+_.=\\]|$)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon|administrator|system)|delivery subsystem|postmaster|internet mail service",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(r"(?:re|aw|sv|antw|fw|fwd|wg|tr|rv)\s*:", re.IGNORECASE)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = tomllib.loads(files("mailer.parse").joinpath("reports.toml").read_text("utf-8"))
    return {name: re.compile("|".join(lists[name]), re.IGNORECASE) for name in ("subjects", "bodies", "challenges")}


def looks_like_report(message: Message) -> bool:
    """The gate before the guessing readers: who writes, what kind it is, or what it is called."""
    report_type = message.parameters.get("report-type", "").lower()
    if message.content_type == "multipart/report" and report_type not in (
        "disposition-notification",
        "feedback-report",
    ):
        return True
    if message.delivery_status or message.has("x-failed-recipients"):
        return True
    daemon = _from_daemon(message)
    # a person who answers a report, or passes it on, keeps its subject behind "Re:"
    subject = bool(_patterns()["subjects"].search(message.subject)) and not _REPLY_PREFIX.match(message.subject)
    null_reverse_path = message.header("return-path").strip() == "<>"
    if sum((daemon, subject, null_reverse_path)) >= 2:
        return True
    if not (daemon or subject or null_reverse_path):
        return False
    return bool(_patterns()["bodies"].search(_head(report_text(message))))


def _from_daemon(message: Message) -> bool:
    raw = message.header("from").strip()
    if raw in ("<>", ""):
        return raw == "<>"
    address = message.author.addr_spec if message.author else raw.strip("<> ")
    name = message.author.display_name if message.author else raw
    return bool(_DAEMON.match(address.rpartition("@")[0] or address) or _DAEMON_NAME.search(name))


def _head(text: str) -> str:
    return " ".join(text[:6_000].split())  # phrases run over line ends


def read_report(message: Message, raw: bytes = b"") -> Report | None:
    """Read a delivery report; None where *message* is none. A report that names nobody is one all the same.

    *raw* is for flufl.bounce, which parses itself."""
    if notice := read_notice(message.plain):
        return notice
    if not looks_like_report(message):
        return None
    text = above_returned(report_text(message))
    if is_challenge(message):
        return Report(_challenged(message), challenge=True)
    recipients = _by_fields(message.delivery_status, text)
    if not recipients:
        recipients = _by_fields(_blocks_in(report_text(message)), text)
    if not recipients:
        recipients = _by_words(message, raw, text)
    if not recipients and not (message.content_type == "multipart/report" or _from_daemon(message)):
        return None
    return Report(tuple(recipients), _original_message_id(message))


def report_text(message: Message) -> str:
    """The part for people, tags off where it has only HTML."""
    if message.plain.strip():
        return message.plain[:MOST_TEXT]
    return re.sub(
        r"[ \t]+",
        " ",
        re.sub(
            r"<[^<>]{0,1000}>", " ", re.sub(r"(?i)<(?:br|/p|/div|/tr)[^<>]{0,100}>", "\n", message.html[:MOST_TEXT])
        ),
    )


def is_challenge(message: Message) -> bool:
    """Boxbe and its like: multipart/report in form, a demand in substance."""
    return bool(_patterns()["challenges"].search(f"{message.subject}\n{_head(report_text(message))}"))


def _challenged(message: Message) -> tuple[Recipient, ...]:
    return tuple(
        Recipient(
            address,
            (_value(block, "action") or "failed").lower(),
            _status(block),
            False,
            "challenge",
            _value(block, "diagnostic-code"),
        )
        for block in message.delivery_status
        if (address := _address_of(block))
    )


# RFC 3464 -------------------------------------------------------------------------------------------------------------


def _value(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return header_text(values[0]) if values else ""


_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,100}@(?:[\w-]{1,63}\.)*[\w-]{1,63}")


def _status(block: Fields) -> str:
    match = _STATUS.search(_value(block, "status"))
    return match[0] if match else ""


def _address_of(block: Fields) -> str:
    # RFC 3464 §2.3.1: the address as we wrote it beats the one it was rewritten to
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = _value(block, name)
        kind, semicolon, address = value.partition(";")
        if match := _ADDRESS.search(address if semicolon else kind):
            return canonical(match[0].strip("'"))
    return ""


def _blocks_in(text: str) -> Sequence[Fields]:
    # reports with broken MIME, or passed on inside another mail, keep their fields in the text
    if "inal-" not in text:
        return []
    return [
        fields_of(block)
        for block in re.split(r"\n[ \t]*\n", text)
        if re.search(r"^(?:final|original)-recipient:", block, re.IGNORECASE | re.MULTILINE)
    ][:200]


def _by_fields(candidates: Iterable[Fields], text: str) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    blocks = [block for block in candidates if "final-recipient" in block or "original-recipient" in block]
    for block in blocks[:200]:
        address = _address_of(block)
        if not address:
            continue
        action = _value(block, "action").split(" ")[0].strip(";,.").lower()
        diagnostic = re.sub(r"^\s*[\w-]{2,20}\s*;\s*", "", _value(block, "diagnostic-code"))
        verdict = judge(Failure(action, _status(block), diagnostic, text if len(blocks) == 1 else ""))
        recipient = Recipient(
            address, verdict.action, verdict.status, verdict.permanent, verdict.reason, diagnostic[:1_000]
        )
        known = found.get(address)
        if known is None or (recipient.permanent and not known.permanent):
            found[address] = recipient
    return list(found.values())


# Everybody else -------------------------------------------------------------------------------------------------------

_RETURNED_WORDS = (
    "original message", "returned message", "message follows", "message header", "below this line is", "this is a copy", "unsent message",
    "original mail", "forwarded message", "copy of the message", "mail header", "included is", "undelivered message", "original header",
    "header of the", "ursprüngliche", "message as sent", "rejected message",
)  # fmt: skip
_RETURNED = re.compile(
    r"^[ \t>]*(?:-{2,}.{0,20}(?:" + "|".join(_RETURNED_WORDS) + r").{0,80}$"
    r"|received:[ \t].{0,300}$|(?:message-id|return-path):[ \t]*<.{0,300}$"
    r"|the (?:original|first \d+ lines of the) (?:message|mail).{0,60}$"
    r"|.{0,20}(?:original message (?:follows|headers|was:)|message headers? follow|headers? of (?:the |your )?(?:original )?message"
    r"|here is (?:a copy of )?(?:the|your) (?:original )?message|copy of (?:your|the) (?:original )?message).{0,60}$)",
    re.IGNORECASE | re.MULTILINE,
)


def above_returned(text: str) -> str:
    """The report's own words, without the message it returns."""
    for match in _RETURNED.finditer(text):
        if match.start() > 0 and text[: match.start()].strip():
            return text[: match.start()]
    return text


def _by_words(message: Message, raw: bytes, text: str) -> list[Recipient]:
    named: dict[str, None] = {}
    for value in message.headers("x-failed-recipients"):
        named.update(dict.fromkeys(_ADDRESS.findall(value)))
    if not named:
        named.update(dict.fromkeys(_named_in(text, message)))
    if not named:
        named.update(dict.fromkeys(_from_flufl(raw)))
    if not named:
        named.update(dict.fromkeys(_from_returned(message)))
    found: dict[str, Recipient] = {}
    for address in list(named)[:200]:
        key = canonical(address)
        about = _about(address, text) if len(named) > 1 else text
        status = match[0] if (match := _STATUS.search(about)) else ""
        verdict = judge(Failure("", status, "", f"{message.subject}\n{about}"))
        found.setdefault(
            key, Recipient(key, verdict.action, verdict.status, verdict.permanent, verdict.reason, _diagnostic(about))
        )
    return list(found.values())


def _about(address: str, text: str) -> str:
    place = text.find(address)
    return text[max(0, place - 200) : place + 600] if place >= 0 else text


def _diagnostic(text: str) -> str:
    match = re.search(r"^.{0,200}\b[45]\d\d[ -].{0,400}$", text, re.MULTILINE)
    return " ".join((match[0] if match else "").split())[:1_000]


_NOT_RECIPIENTS = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|root|mail-daemon|nobody|support|help|helpdesk|double-bounce)@", re.IGNORECASE
)
_POINTER = re.compile(
    r"^[ \t]*(?:<([^<>\s]+@[^<>\s]+)>:?|([^\s<>:;,()]+@[^\s<>:;,()]+):?[ \t]*$"
    r"|(?:failed |final )?(?:to|recipients?|for|user|address|addressee|mailbox|e-?mail)\s?(?:address)?:[ \t]*<?([^\s<>;,]+@[^\s<>;,]+)"
    r"|(?:>>> )?rcpt to:[ \t]*<?([^\s<>;,]+@[^\s<>;,]+)"
    r"|[45]\d\d[ -](?:[45]\.\d\.\d{1,2}[ -])?<([^<>\s]+@[^<>\s]+)>\.\.\.)",
    re.IGNORECASE | re.MULTILINE,
)


def _named_in(text: str, message: Message) -> list[str]:
    found = _named_but(text, {canonical(each) for each in message.recipients}, message)
    # some write the address that failed where their own reader's should be
    return found or _named_but(text, {canonical(each.addr_spec) for each in addresses(message.header("to"))}, message)


def _named_but(text: str, own: set[str], message: Message) -> list[str]:
    if message.author:
        own = own | {canonical(message.author.addr_spec)}

    def usable(address: str) -> bool:
        return (
            canonical(address) not in own and not _NOT_RECIPIENTS.match(address) and bool(_ADDRESS.fullmatch(address))
        )

    pointed = []
    for match in _POINTER.finditer(text[:20_000]):
        address = next(filter(None, match.groups()), "").strip("'\".>,")
        if usable(address):
            pointed.append(address)
    if pointed:
        return pointed
    # otherwise every address of the paragraph that says what went wrong
    for paragraph in re.split(r"\n\s*\n", text[:20_000]):
        if _patterns()["bodies"].search(paragraph) or re.search(r"\b[45]\d\d\b", paragraph):
            near = [each for each in _ADDRESS.findall(paragraph) if usable(each.strip("'"))]
            if near:
                return near
    return [each for each in _ADDRESS.findall(text[:8_000]) if usable(each.strip("'"))][:5]


def _from_flufl(raw: bytes) -> list[str]:
    if not raw or len(raw) > 400_000:
        return []
    try:
        found = {
            str(each, "ascii", "replace") if isinstance(each, bytes) else str(each)
            for each in all_failures(message_from_bytes(raw))[1]
        }
    except Exception:  # it raises IndexError, AttributeError and others on what it does not expect
        return []
    return sorted(each for each in found if _ADDRESS.fullmatch(each))


def _from_returned(message: Message) -> list[str]:
    if message.returned is not None:
        found = _ADDRESS.findall(_value(message.returned, "to"))
        return found if len(found) == 1 else []
    match = re.search(r"^[ \t>]*to:[ \t]*(.{3,300})$", report_text(message), re.IGNORECASE | re.MULTILINE)
    found = _ADDRESS.findall(match[1]) if match else []
    return found if len(found) == 1 else []


def _original_message_id(message: Message) -> MessageId | None:
    if message.returned:
        match = re.search(r"<[^<>\s]{3,400}>", _value(message.returned, "message-id"))
        if match:
            return MessageId(match[0])
    match = re.search(r"^[ \t>]*message-id:\s*(<[^<>\s]{3,400}>)", report_text(message), re.IGNORECASE | re.MULTILINE)
    if match:
        return MessageId(match[1])
    return message.in_reply_to[0] if message.in_reply_to else None
