"""What the mail program and the calendar of a pretend person find in a letter.

Promises: read with the standard library alone, so that a mistake of our own parser is not repeated here. Raises nothing on a
letter of ours; a letter without calendar part, links or date has None or nothing there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailer.terms import Address, PartStat, canonical


@dataclass(frozen=True, slots=True)
class Property:
    """One content line (RFC 5545 §3.1): *params* as written, with their leading semicolon."""

    params: str
    value: str


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """The first VEVENT of a calendar part, and the METHOD around it."""

    method: str
    event_uid: str
    sequence: int
    summary: str
    location: str
    organizer: Property
    attendees: tuple[Property, ...]
    dtstart: datetime
    dtend: datetime

    def organizer_address(self) -> str:
        return canonical(self.organizer.value)


@dataclass(frozen=True, slots=True)
class MailtoLink:
    """RFC 6068. *label* is what the reader sees: the words of the link, or those before it in plain text."""

    label: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Letter:
    message_id: str
    references: tuple[str, ...]
    author: Address
    answer_to: Address
    subject: str
    date: datetime | None
    auto_submitted: str
    from_list: bool
    text: str
    html: str
    calendar: CalendarObject | None

    @property
    def links(self) -> tuple[MailtoLink, ...]:
        """Those that are shown, then those in plain text. (Most readers never look for them: they have the calendar.)"""
        return (*_html_links(self.html), *_text_links(self.text))

    @property
    def asks(self) -> bool:
        """Does it want an answer: an invitation for the calendar, or links to answer by? An acknowledgement does not."""
        if self.auto_submitted == "auto-replied":
            return False
        return (self.calendar is not None and self.calendar.method == "REQUEST") or bool(self.answer_links())

    def answer_links(self) -> dict[PartStat, MailtoLink]:
        """The links by which this letter can be answered. What will be sent tells; the label only where it has no subject
        ("No more messages, please" is no no)."""
        found: dict[PartStat, MailtoLink] = {}
        for link in self.links:
            if (partstat := _answer_in(link.subject or link.label)) is not None:
                found.setdefault(partstat, link)
        return found


_ANSWERS = (
    (PartStat.DECLINED, re.compile(r"^\W{0,5}(no|decline)\b", re.IGNORECASE)),
    (PartStat.TENTATIVE, re.compile(r"^\W{0,5}(maybe|perhaps|quiz[aá]s?|tal vez|tentative)\b", re.IGNORECASE)),
    (PartStat.ACCEPTED, re.compile(r"^\W{0,5}(yes|s[ií]|accept)\b", re.IGNORECASE)),
)
_MAILTO = re.compile(r"mailto:[^\s<>\"')\]]{3,2000}", re.IGNORECASE)


def read_letter(raw: bytes) -> Letter:
    """Open *raw* as a mail program does."""
    message = _HEADS.parsebytes(raw)
    author = _address(message, "From") or Address("", "")
    text, html, calendar = "", "", None
    for part in _parts(message):
        kind = part.get_content_type()
        if str(part["Content-Disposition"] or "").lower().startswith("attachment"):
            continue
        if kind == "text/plain" and not text:
            text = _content(part)
        elif kind == "text/html" and not html:
            html = _content(part)
        elif kind == "text/calendar" and calendar is None:
            calendar = read_calendar(_content(part))
    date = message["Date"]
    return Letter(
        message_id=str(message["Message-ID"] or "").strip(),
        references=tuple(f"{message['References'] or ''} {message['In-Reply-To'] or ''}".split()),
        author=author,
        answer_to=_address(message, "Reply-To") or author,
        subject=" ".join(_words(message["Subject"]).split()),
        date=parsedate_to_datetime(str(date)) if date else None,
        auto_submitted=str(message["Auto-Submitted"] or "no").split(";")[0].split()[0].lower(),
        from_list=message["List-Id"] is not None or str(message["Precedence"]).lower() in ("bulk", "list", "junk"),
        text=text,
        html=html,
        calendar=calendar,
    )


_HEADS, _HEADS_OF_TEXT = BytesHeaderParser(), HeaderParser()


def _parts(message: Message) -> Iterator[Message]:
    """What stands between the boundaries (RFC 2046 §5.1), down to the leaves. (The library's own reader looks at every line: of a
    thousand letters that takes seconds.)"""
    boundary = message.get_boundary()
    if message.get_content_maintype() != "multipart" or boundary is None:
        yield message
        return
    for part in str(message.get_payload()).split(f"--{boundary}")[1:]:
        if part.startswith("--"):
            return
        yield from _parts(_HEADS_OF_TEXT.parsestr(part.lstrip("\r\n").removesuffix("\n").removesuffix("\r")))


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode(part.get_content_charset("ascii"), "replace").replace("\r\n", "\n")


def _words(value: object) -> str:
    """A header field with its encoded words decoded (RFC 2047)."""
    return str(make_header(decode_header(str(value or ""))))


def read_calendar(text: str) -> CalendarObject | None:
    """Read the properties that a client needs to answer; None where there is no event."""
    method, inside = "", False
    single: dict[str, Property] = {}
    attendees: list[Property] = []
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        name, prop = _content_line(line)
        if name == "METHOD" and not inside:
            method = prop.value.strip().upper()
        elif (name, prop.value) == ("BEGIN", "VEVENT"):
            inside = True
        elif (name, prop.value) == ("END", "VEVENT"):
            break
        elif inside and name == "ATTENDEE":
            attendees.append(prop)
        elif inside:
            single.setdefault(name, prop)
    if not inside or "DTSTART" not in single or "UID" not in single:
        return None
    nothing = Property("", "")
    return CalendarObject(
        method=method,
        event_uid=single["UID"].value,
        sequence=int(single.get("SEQUENCE", Property("", "0")).value),
        summary=_unescape(single.get("SUMMARY", nothing).value),
        location=_unescape(single.get("LOCATION", nothing).value),
        organizer=single.get("ORGANIZER", nothing),
        attendees=tuple(attendees),
        dtstart=_instant(single["DTSTART"]),
        dtend=_instant(single.get("DTEND", single["DTSTART"])),
    )


def _content_line(line: str) -> tuple[str, Property]:
    """Split at the first colon and semicolon that stand outside quotes."""
    quoted, cut = False, len(line)
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            cut = position
            break
    name, semicolon, params = line[:cut].partition(";")
    return name.upper(), Property(semicolon + params, line[cut + 1 :])


def _instant(prop: Property) -> datetime:
    value = prop.value.strip()
    if value.endswith("Z"):
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    zone = re.search(r";TZID=\"?([^\";:]+)", prop.params, re.IGNORECASE)
    try:
        where = ZoneInfo(zone.group(1)) if zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        where = UTC
    shape = "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d"
    return datetime.strptime(value, shape).replace(tzinfo=where).astimezone(UTC)


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found.group(1) in "nN" else found.group(1), value)


def _address(message: Message, name: str) -> Address | None:
    pairs = getaddresses([str(value) for value in message.get_all(name, [])])
    return Address(_words(pairs[0][0]), pairs[0][1]) if pairs and pairs[0][1] else None


def _answer_in(words: str) -> PartStat | None:
    return next((partstat for partstat, pattern in _ANSWERS if pattern.search(words)), None)


def _mailto(label: str, url: str) -> MailtoLink:
    to, _, query = url[len("mailto:") :].partition("?")
    # RFC 6068 §2: "+" is a plus here, not a blank
    fields = {key.lower(): value for key, value in parse_qsl(query.replace("+", "%2B"))}
    return MailtoLink(" ".join(label.split()), unquote(to), fields.get("subject", ""), fields.get("body", ""))


def _text_links(text: str) -> Iterator[MailtoLink]:
    label = ""
    for line in text.splitlines():
        for found in _MAILTO.finditer(line):
            words = line[: found.start()].rstrip(" <(:[-")
            yield _mailto(words or label, found.group(0))
        if line.strip() and not _MAILTO.search(line):
            label = line.strip()


_ANCHOR = re.compile(r"<a\b[^>]{0,4000}mailto:[^>]{0,4000}>.{0,2000}?</a>", re.IGNORECASE | re.DOTALL)


def _html_links(html: str) -> tuple[MailtoLink, ...]:
    reader = _Links()
    for anchor in _ANCHOR.findall(html):
        reader.feed(anchor)
    return tuple(reader.links)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[MailtoLink] = []
        self._url, self._label = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = next((value or "" for key, value in attrs if key == "href"), "")
        if tag == "a" and href.lower().startswith("mailto:"):
            self._url, self._label = href, ""

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._url:
            self.links.append(_mailto(self._label, self._url))
            self._url = ""
