"""Turn the bytes of one mail into a `Message`.

Promises: pure; never raises; size, number and depth of parts are limited; what is wrong becomes a line in `defects`. Text is
          decoded whatever the charset says: declared, UTF-8, windows-1252.
Never:    looks into message/rfc822 for words or calendar parts (RFC 2046 §5.2.1: that is somebody else's message), except for
          the header of a message that a delivery report returns.
Fails:    not at all; the worst mail gives an empty `Message` with defects.
"""

import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.feedparser import FeedParser
from email.message import Message as Entity
from email.utils import parsedate_to_datetime
from typing import Any

from mailer.parse.addresses import addresses
from mailer.parse.bulk import without_bulk
from mailer.parse.charset import decode, decode_header
from mailer.terms import Address, MessageId

MOST_BYTES = 26_214_400  # what common servers accept
MOST_PARTS = 200
MOST_DEPTH = 25
MOST_TEXT = 400_000  # bytes of one text part; nobody writes an answer as long as a book
MOST_HEADERS = 1_000

CALENDAR_TYPES = frozenset(
    {"text/calendar", "application/ics", "text/x-vcalendar", "text/vcalendar", "application/calendar"}
)
TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_FOLD = re.compile(r"\r?\n[ \t]?|\r")
_OTHER_LINE_END = re.compile(rb"\r+\n")


@dataclass(frozen=True, slots=True)
class Part:
    """A part kept as bytes: transfer encoding undone, charset not yet applied."""

    content_type: str
    parameters: Mapping[str, str]
    name: str
    content: bytes


Fields = Mapping[str, tuple[str, ...]]
"""Header fields: lower-case name → raw values, in order."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail. Everything is decoded except `calendar_parts`, `tnef_parts` and `attached` (bytes)."""

    fields: Fields
    digest: str
    size: int
    content_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    message_id: MessageId | None = None
    in_reply_to: tuple[MessageId, ...] = ()
    date: datetime | None = None
    subject: str = ""
    author: Address | None = None
    sender: Address | None = None
    recipients: tuple[str, ...] = ()
    plain: str = ""
    html: str = ""
    calendar_parts: tuple[Part, ...] = ()
    tnef_parts: tuple[bytes, ...] = ()
    delivery_status: tuple[Fields, ...] = ()
    feedback: Fields | None = None
    disposition: Fields | None = None
    returned: Fields | None = None
    returned_text: str = ""
    attachments: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first field of that name, unfolded and decoded; empty where there is none."""
        values = self.fields.get(name.lower())
        return header_text(values[0]) if values else ""

    def headers(self, name: str) -> tuple[str, ...]:
        """Every field of that name."""
        return tuple(header_text(value) for value in self.fields.get(name.lower(), ()))

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return name.lower() in self.fields


def header_text(raw: str, charset: str | None = None) -> str:
    """One raw field value: unfolded (RFC 5322 §2.2.3), encoded words decoded (RFC 2047), 8-bit repaired. *charset*: that of the
    text, in which programs that write bare 8-bit headers write those too."""
    if "\n" in raw or "\r" in raw:
        raw = _FOLD.sub(" ", raw)
    return decode_header(raw.strip(), charset)


def read(raw: bytes) -> Message:
    """Read one mail."""
    digest = hashlib.sha256(raw).hexdigest()
    size = len(raw)
    defects: list[str] = []
    if size > MOST_BYTES:
        raw = raw[:MOST_BYTES]
        defects.append("larger than the limit: only its beginning was read")
    raw = without_bulk(_repair(raw, defects))
    try:
        entity = _parse(raw)
    except RecursionError:
        defects.append("nested too deeply: only its header was read")
        entity = _header_only(raw)
    except (
        Exception
    ) as problem:  # the parser of the standard library is not ours; whatever it meets, the mail stays readable
        defects.append(f"cannot be parsed ({type(problem).__name__}): only its header was read")
        entity = _header_only(raw)
    try:
        return _message(entity, digest, size, defects)
    except Exception as problem:  # the promise above; a test feeds every broken mail we have
        defects.append(f"cannot be understood ({type(problem).__name__})")
        return Message(fields={}, digest=digest, size=size, defects=tuple(defects))


def _repair(raw: bytes, defects: list[str]) -> bytes:
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
        defects.append("blank lines before the header")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if b"\r\r\n" in raw:
        raw = _OTHER_LINE_END.sub(b"\n", raw)
        defects.append("doubled carriage returns")
    return raw


def _parse(raw: bytes) -> Entity:
    # compat32 keeps header values as they are; decoding them one by one here is faster and cannot fail for the whole mail
    parser: FeedParser[Entity] = FeedParser()
    parser.feed(raw.decode("ascii", "surrogateescape"))
    return parser.close()


def _header_only(raw: bytes) -> Entity:
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    parser: FeedParser[Entity] = FeedParser()
    parser._set_headersonly()  # type: ignore[attr-defined]
    parser.feed(head.decode("ascii", "surrogateescape") + "\n\n")
    return parser.close()


def _fields(entity: Entity) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for count, (name, value) in enumerate(entity.raw_items()):
        if count >= MOST_HEADERS:
            break
        key = name.lower()
        fields[key] = (*fields[key], str(value)) if key in fields else (str(value),)
    return fields


def content_type(value: str, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """A Content-Type field: type/subtype in lower case, and its parameters (RFC 2045 §5.1), charset lies and all."""
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    kind, semicolon, _ = value.partition(";")
    kind = kind.strip().lower()
    if kind.count("/") != 1:
        kind = default if not kind else "text/plain"
    parameters: dict[str, str] = {}
    if semicolon:
        for name, text in _PARAMETER.findall(value[len(value.partition(";")[0]) :][:4_000]):
            text = text.strip()
            if text[:1] == '"':
                text = text[1:-1].replace('\\"', '"') if text[-1:] == '"' and len(text) > 1 else text[1:]
            parameters.setdefault(name.lower().rstrip("*"), text)
    return kind, parameters


def _message(entity: Entity, digest: str, size: int, defects: list[str]) -> Message:
    fields = _fields(entity)

    def first(name: str) -> str:
        values = fields.get(name)
        return values[0] if values else ""

    if not fields:
        defects.append("no header")
    author = _one_address(first("from"), defects, "From")
    kind, parameters = content_type(first("content-type"))
    tree = _Tree(defects)
    tree.walk(entity, 0)
    if tree.returned is None and (
        "x-failed-recipients" in fields or first("return-path").strip() == "<>" or "daemon" in first("from").lower()
    ):
        tree.returned = _returned_in_text("\n".join(tree.plain))
    identifiers = _MESSAGE_ID.findall(first("message-id"))
    if not identifiers:
        defects.append("no Message-ID")
    message_id = MessageId(identifiers[0]) if identifiers else None
    threads = dict.fromkeys(
        _MESSAGE_ID.findall(first("in-reply-to")[:4_000]) + _MESSAGE_ID.findall(first("references")[-20_000:])[::-1]
    )
    return Message(
        fields=fields,
        digest=digest,
        size=size,
        content_type=kind,
        parameters=parameters,
        message_id=message_id,
        in_reply_to=tuple(MessageId(each) for each in threads)[:100],
        date=_date(first("date"), defects),
        subject=header_text(first("subject"), parameters.get("charset") or tree.charset)[:2_000],
        author=author,
        sender=_one_address(first("sender"), defects, "Sender"),
        recipients=_recipients(fields),
        plain="\n".join(tree.plain),
        html="\n".join(tree.html),
        calendar_parts=tuple(tree.calendar),
        tnef_parts=tuple(tree.tnef),
        delivery_status=tuple(tree.delivery_status),
        feedback=tree.feedback,
        disposition=tree.disposition,
        returned=tree.returned,
        returned_text=tree.returned_text,
        attachments=tuple(tree.attachments),
        defects=tuple(dict.fromkeys(defects)),
    )


_RETURNED_ID = re.compile(r"^[ \t>]*message-id:[ \t]*<[^<>\s]{3,400}>", re.IGNORECASE | re.MULTILINE)


def _returned_in_text(text: str) -> Fields | None:
    """The header of the message that a report returns in its text, as Exim and qmail do."""
    text = text[:200_000].replace("\r\n", "\n")
    match = _RETURNED_ID.search(text)
    if match is None:
        return None
    start = text.rfind("\n\n", 0, match.start())
    return fields_of(re.sub(r"^[ \t]*>[ \t]?", "", text[start + 2 if start >= 0 else 0 :][:20_000], flags=re.MULTILINE))


def _one_address(value: str, defects: list[str], name: str) -> Address | None:
    if not value:
        if name == "From":
            defects.append("no From")
        return None
    found = addresses(value)
    if not found:
        defects.append(f"{name} holds no address")
        return None
    return found[0]


# Where a subaddress of ours may stand, the surest first: what the server says it delivered to, then what the author wrote.
_RECIPIENT_FIELDS = (
    "x-gm-original-to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "resent-to",
    "resent-cc", "to", "cc", "bcc",
)  # fmt: skip


def _recipients(fields: Fields) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in _RECIPIENT_FIELDS:
        for value in fields.get(name, ())[:20]:
            for address in addresses(value)[:200]:
                found.setdefault(address.addr_spec, None)
    return tuple(found)


def _date(value: str, defects: list[str]) -> datetime | None:
    if not value:
        defects.append("no Date")
        return None
    try:
        date = parsedate_to_datetime(_FOLD.sub(" ", value)[:200])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        defects.append("Date is no date")
        return None


@dataclass(slots=True)
class _Own:
    """The fields of one part that say how to read it (RFC 2045 §3)."""

    content_type: str = ""
    encoding: str = ""
    disposition: str = ""


class _Tree:
    """Collects what is of use from the parts, once, in order."""

    def __init__(self, defects: list[str]) -> None:
        self.defects = defects
        self.parts = 0
        self.charset: str | None = None
        self.plain: list[str] = []
        self.html: list[str] = []
        self.calendar: list[Part] = []
        self.tnef: list[bytes] = []
        self.delivery_status: list[Fields] = []
        self.feedback: Fields | None = None
        self.disposition: Fields | None = None
        self.returned: Fields | None = None
        self.returned_text = ""
        self.attachments: list[str] = []

    def walk(self, entity: Entity, depth: int) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS or depth > MOST_DEPTH:
            self.defects.append("more parts than anybody needs: the rest was left unread")
            return
        for defect in entity.defects:
            self.defects.append(
                re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(defect).__name__).replace(" Defect", "").lower()
            )
        own = _Own()
        for name, value in entity.raw_items():
            match name.lower():
                case "content-type":
                    own.content_type = own.content_type or str(value)
                case "content-transfer-encoding":
                    own.encoding = own.encoding or str(value)
                case "content-disposition":
                    own.disposition = own.disposition or str(value).strip().lower()
        kind, parameters = content_type(own.content_type, entity.get_default_type())
        # not get_payload(): it decodes 8-bit text by the charset the part claims, and loses what does not fit
        payload = entity._payload  # type: ignore[attr-defined]
        if isinstance(payload, list):
            if kind.startswith("message/"):
                self._encapsulated(kind, payload)
                return
            for child in payload:
                if isinstance(child, Entity):
                    self.walk(child, depth + 1)
        elif isinstance(payload, str):
            # a multipart without its boundary: what is there is text
            self._leaf("text/plain" if kind.startswith("multipart/") else kind, parameters, own, entity, payload)

    def _encapsulated(self, kind: str, payload: list[Any]) -> None:
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            self.delivery_status += [_fields(block) for block in payload[:200] if isinstance(block, Entity)]
        elif kind == "message/feedback-report":
            merged: dict[str, tuple[str, ...]] = {}
            for block in payload[:10]:
                if isinstance(block, Entity):
                    merged.update(_fields(block))
            self.feedback = merged
        elif kind == "message/disposition-notification":
            self.disposition = _fields(payload[0]) if payload and isinstance(payload[0], Entity) else {}
        else:
            self.attachments.append(kind)
            if self.returned is None and payload and isinstance(payload[0], Entity):
                self.returned = _fields(payload[0])

    def _leaf(self, kind: str, parameters: dict[str, str], own: "_Own", entity: Entity, payload: str) -> None:
        named = own.disposition or "name" in parameters or "name*0" in parameters
        name = _file_name(entity) if named else ""
        if not payload.strip() and kind.startswith("text/"):
            return
        content = transfer_decoded(payload, own.encoding, self.defects)
        if kind in CALENDAR_TYPES or name.lower().endswith((".ics", ".vcs", ".ical")):
            self.calendar.append(Part(kind, parameters, name, content[:2_000_000]))
        elif kind in TNEF_TYPES or name.lower() == "winmail.dat":
            self.tnef.append(content)
        elif kind in (
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/rfc822",
            "message/global",
            "message/global-headers",
        ):
            self.attachments.append(name or kind)
            if self.returned is None:
                self.returned = fields_of(decode(content[:200_000], parameters.get("charset"))[0])
        elif kind == "message/delivery-status":
            text = decode(content[:200_000], parameters.get("charset"))[0]
            self.delivery_status += [
                fields_of(block) for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if block.strip()
            ]
        elif kind == "message/feedback-report":
            self.feedback = fields_of(decode(content[:200_000], None)[0])
        elif kind == "message/disposition-notification":
            self.disposition = fields_of(decode(content[:200_000], None)[0])
        elif own.disposition.startswith("attachment") or not kind.startswith("text/"):
            self.attachments.append(name or kind)
        elif kind == "text/html":
            self._text(self.html, content, parameters)
        elif name and self.plain:
            self.attachments.append(name)
        else:
            self._text(self.plain, content, parameters)
            if kind != "text/plain":
                self.defects.append(f"text of the kind {kind[:40]}")

    def _text(self, into: list[str], content: bytes, parameters: Mapping[str, str]) -> None:
        if len(content) > MOST_TEXT:
            content = content[:MOST_TEXT]
            self.defects.append("more text than anybody writes: only its beginning was read")
        self.charset = self.charset or parameters.get("charset")
        text, defect = decode(content, parameters.get("charset"))
        if defect:
            self.defects.append(defect)
        into.append(text)


def fields_of(text: str) -> dict[str, tuple[str, ...]]:
    """Header fields out of a text that holds them, up to the first blank line after one."""
    fields: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in text.replace("\r\n", "\n").split("\n")[:MOST_HEADERS]:
        if line[:1] in (" ", "\t") and name:
            fields[name] = (*fields[name][:-1], fields[name][-1] + "\n" + line)
        elif not line.strip():
            if fields:
                break
        else:
            head, colon, value = line.partition(":")
            if colon and head and " " not in head.strip():
                name = head.strip().lower()
                fields[name] = (*fields.get(name, ()), value.strip())
    return fields


def _file_name(entity: Entity) -> str:
    try:
        return header_text(entity.get_filename() or "")[:255]
    except Exception:  # RFC 2231 parameters in the wild: LookupError, UnicodeError, ValueError, AttributeError
        return "attachment"


def transfer_decoded(payload: str, encoding: str, defects: list[str]) -> bytes:
    """Undo the Content-Transfer-Encoding (RFC 2045 §6). What cannot be undone stays as it came."""
    content = payload.encode("utf-8", "surrogateescape")  # the bytes as they came: see _parse
    match encoding.strip().lower().partition(";")[0].strip():
        case "base64":
            return base64_decoded(content, defects)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "" | "7bit" | "8bit" | "binary":
            return content
        case _:
            defects.append("unknown transfer encoding")
            return content


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def base64_decoded(content: bytes, defects: list[str]) -> bytes:
    """Base64 as far as it goes: padding missing, characters in between, cut off."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", content)
        defects.append("broken base64")
        for cut in (0, 1, 2, 3):
            kept = clean[: len(clean) - cut]
            try:
                return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
            except binascii.Error:
                continue
        return b""
