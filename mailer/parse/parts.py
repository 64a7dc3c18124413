"""The parts of one mail (RFC 2045, 2046), walked once, and what of them is of use.

Promises: never raises on broken parts; number, depth and size are limited; text is decoded whatever its charset says.
Never:    looks into message/rfc822 for words or calendar parts (RFC 2046 §5.2.1), except for the header that a report returns.
"""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as Entity
from typing import Any

from mailer.parse.charset import decode, decode_header

MOST_PARTS = 200
MOST_DEPTH = 25
MOST_TEXT = 400_000  # bytes of one text part; nobody writes an answer as long as a book
MOST_HEADERS = 1_000

CALENDAR_TYPES = frozenset(
    {"text/calendar", "application/ics", "text/x-vcalendar", "text/vcalendar", "application/calendar"}
)
TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_FOLD = re.compile(r"\r?\n[ \t]?|\r")


@dataclass(frozen=True, slots=True)
class Part:
    """A part kept as bytes: transfer encoding undone, charset not yet applied."""

    content_type: str
    parameters: Mapping[str, str]
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A part that is neither words nor a calendar object nor a report. *size*: of its content in bytes, or about that where the
    content was left out. *inline*: shown within the words (RFC 2183 §2.1). *content_id*: HTML may show it (RFC 2392)."""

    name: str
    content_type: str
    size: int
    inline: bool = False
    content_id: str = ""


Fields = Mapping[str, tuple[str, ...]]
"""Header fields: lower-case name → raw values, in order."""


def header_text(raw: str, charset: str | None = None) -> str:
    """One raw field value: unfolded (RFC 5322 §2.2.3), encoded words decoded (RFC 2047), 8-bit repaired. *charset*: that of the
    text, in which programs that write bare 8-bit headers write those too."""
    if "\n" in raw or "\r" in raw:
        raw = _FOLD.sub(" ", raw)
    return decode_header(raw.strip(), charset)


def entity_fields(entity: Entity) -> dict[str, tuple[str, ...]]:
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


@dataclass(slots=True)
class _Own:
    """The fields of one part that say how to read it (RFC 2045 §3)."""

    content_type: str = ""
    encoding: str = ""
    disposition: str = ""
    content_id: str = ""
    left_out: str = ""


class Tree:
    """Collects what is of use from the parts, once, in order."""

    def __init__(self, defects: list[str], keep: int | None = None) -> None:
        """*keep*: the place among the enclosures of the one whose content is wanted."""
        self.defects = defects
        self.keep = keep
        self.kept: bytes | None = None
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
        self.enclosures: list[Enclosure] = []

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
                case "content-id":
                    own.content_id = own.content_id or str(value).strip(" <>\r\n\t")[:200]
                case "x-left-out":
                    own.left_out = str(value).strip()
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
            self.delivery_status += [entity_fields(block) for block in payload[:200] if isinstance(block, Entity)]
        elif kind == "message/feedback-report":
            merged: dict[str, tuple[str, ...]] = {}
            for block in payload[:10]:
                if isinstance(block, Entity):
                    merged.update(entity_fields(block))
            self.feedback = merged
        elif kind == "message/disposition-notification":
            self.disposition = entity_fields(payload[0]) if payload and isinstance(payload[0], Entity) else {}
        else:
            self.attachments.append(kind)
            self.enclosures.append(Enclosure("", kind, 0))
            if self.returned is None and payload and isinstance(payload[0], Entity):
                self.returned = entity_fields(payload[0])

    def _leaf(self, kind: str, parameters: dict[str, str], own: "_Own", entity: Entity, payload: str) -> None:
        named = own.disposition or "name" in parameters or "name*0" in parameters
        name = file_name(entity) if named else ""
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
            self._enclosed(kind, name, own, content)
        elif kind == "text/html":
            self._text(self.html, content, parameters)
        elif name and self.plain:
            self._enclosed(kind, name, own, content)
        else:
            self._text(self.plain, content, parameters)
            if kind != "text/plain":
                self.defects.append(f"text of the kind {kind[:40]}")

    def _enclosed(self, kind: str, name: str, own: "_Own", content: bytes) -> None:
        self.attachments.append(name or kind)
        if len(self.enclosures) == self.keep:
            self.kept = content
        size = len(content)
        if own.left_out.isdecimal() and len(own.left_out) < 12 and not size:
            # base64 writes three bytes with four characters, and a line end after 76 of them
            size = int(own.left_out) * (3 if "base64" in own.encoding.lower() else 4) // 4
        self.enclosures.append(Enclosure(name, kind, size, own.disposition.startswith("inline"), own.content_id))

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


def file_name(entity: Entity) -> str:
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
