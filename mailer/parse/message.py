"""Turn the bytes of one mail into a `Message`.

Promises: pure; never raises; size, number and depth of parts are limited; what is wrong becomes a line in `defects`. Text is
          decoded whatever the charset says: declared, UTF-8, windows-1252.
Never:    looks into message/rfc822 for words or calendar parts (RFC 2046 §5.2.1: that is somebody else's message), except for
          the header of a message that a delivery report returns.
Fails:    not at all; the worst mail gives an empty `Message` with defects.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.feedparser import FeedParser
from email.message import Message as Entity
from email.utils import parsedate_to_datetime

from mailer.parse.addresses import addresses
from mailer.parse.bulk import without_bulk
from mailer.parse.parts import Enclosure, Fields, Part, Tree, content_type, entity_fields, fields_of, header_text
from mailer.terms import Address, MessageId

MOST_BYTES = 26_214_400  # what common servers accept

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_FOLD = re.compile(r"\r?\n[ \t]?|\r")
_OTHER_LINE_END = re.compile(rb"\r+\n")


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
    enclosures: tuple[Enclosure, ...] = ()
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


def enclosed(raw: bytes, number: int) -> bytes | None:
    """The content of what ``Message.enclosures[number]`` describes, transfer encoding undone; None where there is none."""
    try:
        tree = Tree([], keep=number)
        tree.walk(_parse(_repair(raw[:MOST_BYTES], [])), 0)
        return tree.kept
    except Exception:  # as above: whatever the parser meets
        return None


def _repair(raw: bytes, defects: list[str]) -> bytes:
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
        defects.append("blank lines before the header")
    if raw[:15].upper() == b"BEGIN:VCALENDAR":
        # a calendar file by itself, as people save them
        raw = b"Content-Type: text/calendar; charset=utf-8\n\n" + raw
        defects.append("a calendar file, no mail")
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


def _message(entity: Entity, digest: str, size: int, defects: list[str]) -> Message:
    fields = entity_fields(entity)

    def first(name: str) -> str:
        values = fields.get(name)
        return values[0] if values else ""

    if not fields:
        defects.append("no header")
    author = _one_address(first("from"), defects, "From")
    kind, parameters = content_type(first("content-type"))
    tree = Tree(defects)
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
        enclosures=tuple(tree.enclosures),
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
