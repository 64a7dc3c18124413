"""Read each outgoing calendar object once more before it leaves, with the eyes of the programs that refused such things.

Promises: what passes has none of the faults of calendar-mail.md, quirks 23 to 31 and 36, that an object can have; each sentence
names the program that would stumble. It reads content lines itself (RFC 5545 §3.1), not with the library that wrote them.
Never: repairs.
Fails: `preflight` returns sentences; `cleared` raises `CalendarUnfit`, and the mail is held, not sent.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from mailer.errors import MailerError

_LONGEST_LINE = 75  # octets, RFC 5545 §3.1
_CONTROL = bytes([*(c for c in range(0x20) if c not in b"\t\r\n"), 0x7F])
_CONTENT_LINE = re.compile(
    r'(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL
)
_PARAM = re.compile(r';([A-Z0-9-]+)=(?:"([^"]*)"|([^";:,]*))')
_CAL_ADDRESS = re.compile(r"mailto:([^\s<>,;:@]+@[^\s<>,;:@]+)")
_DATE_TIME = re.compile(r"\d{8}T\d{6}Z?")
_ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "SUMMARY", "STATUS")


class CalendarUnfit(MailerError):
    """A calendar file of ours would not be understood: the mail must not leave."""


@dataclass(frozen=True, slots=True)
class _Line:
    value: str
    params: Mapping[str, str]


@dataclass(slots=True)
class _Component:
    name: str
    lines: dict[str, list[_Line]] = field(default_factory=dict)
    inner: list["_Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        return self.lines[name][0].value if name in self.lines else ""

    def walk(self, name: str) -> Iterator["_Component"]:
        for component in self.inner:
            if component.name == name:
                yield component
            yield from component.walk(name)


def cleared(content: bytes, method: str, *, mailbox: str = "", domain: str = "") -> bytes:
    """Give *content* back if it may leave."""
    if faults := preflight(content, method, mailbox=mailbox, domain=domain):
        raise CalendarUnfit("The calendar file is not fit to send: " + " ".join(faults))
    return content


def preflight(content: bytes, method: str, *, mailbox: str = "", domain: str = "") -> tuple[str, ...]:
    """Every fault of *content* when it leaves with ``method=`` *method*.

    *mailbox*: our own address, to which nothing with buttons may go; *domain*: that of From.
    """
    faults = list(_bytes(content))
    root, broken = _read(content)
    if broken:
        return (*faults, broken)
    calendars = root.inner
    if len(calendars) != 1 or calendars[0].name != "VCALENDAR" or root.lines:
        return (*faults, "It must be exactly one VCALENDAR (Cyrus refuses two).")
    faults += _calendar(calendars[0], method)
    events = list(calendars[0].walk("VEVENT"))
    if len(events) != 1 and not _is_series(events, method):
        return (
            *faults,
            "It must hold exactly one VEVENT, or a series with single dates of it (Nextcloud, and instance updates everywhere).",
        )
    for event in events:
        faults += _event(event, method)
        faults += _people(event, method, mailbox.lower(), domain.lower())
        faults += _times(calendars[0], event)
    return tuple(dict.fromkeys(faults))


def _is_series(events: list[_Component], method: str) -> bool:
    """A series that is asked about together with dates of it that are at another time, each once (RFC 5546 section 3.2.2)."""
    if method != "REQUEST" or not events or "RRULE" not in events[0].lines or "RECURRENCE-ID" in events[0].lines:
        return False
    dates = [event.value("RECURRENCE-ID") for event in events[1:]]
    return all(dates) and len(set(dates)) == len(dates) and len({event.value("UID") for event in events}) == 1


def _bytes(content: bytes) -> Iterator[str]:
    ends = content.count(b"\r\n")
    if not ends == content.count(b"\n") == content.count(b"\r"):
        yield "A line does not end in CRLF (Gmail shows no buttons)."
    lines = content.split(b"\r\n")
    if max(map(len, lines)) > _LONGEST_LINE:
        yield "A line is longer than 75 octets (RFC 5545 section 3.1)."
    if not content.isascii() and any(_cut_character(line) for line in lines):
        yield "It is not UTF-8, or a fold cuts a character in two (umlauts break)."
    if len(content.translate(None, _CONTROL)) != len(content):
        yield "It holds a control character."


def _cut_character(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _read(content: bytes) -> tuple[_Component, str]:
    """The components of *content* under one root, and what makes it unreadable, if anything."""
    root = _Component("")
    open_ones = [root]
    unfolded = content.decode("utf-8", "replace").replace("\r\n ", "").replace("\r\n\t", "")
    for text in unfolded.removesuffix("\r\n").split("\r\n"):
        read = _content_line(text)
        if read is None:
            return root, f"“{text[:60]}” is no content line."
        name, line = read
        if name == "BEGIN":
            component = _Component(line.value)
            open_ones[-1].inner.append(component)
            open_ones.append(component)
        elif name == "END":
            if len(open_ones) == 1 or open_ones.pop().name != line.value:
                return root, f"END:{line.value[:30]} closes nothing."
        else:
            open_ones[-1].lines.setdefault(name, []).append(line)
    return root, "" if len(open_ones) == 1 else f"{open_ones[-1].name[:30]} is never closed."


@lru_cache(maxsize=2048)  # of two mails about one meeting, all lines but three are the same
def _content_line(text: str) -> tuple[str, _Line] | None:
    """Name, parameters and value of one unfolded line (RFC 5545 §3.1); None if it is none."""
    found = _CONTENT_LINE.fullmatch(text)
    if found is None:
        return None
    params = {key: quoted or plain for key, quoted, plain in _PARAM.findall(found["params"])}
    return found["name"], _Line(found["value"], params)


def _calendar(calendar: _Component, method: str) -> Iterator[str]:
    own = [line.value for line in calendar.lines.get("METHOD", [])]
    if not own:
        yield "METHOD is missing (Outlook: not supported calendar message)."
    elif own != [method]:
        yield f"METHOD is {' and '.join(own)}, but the mail says {method} (Outlook: not supported calendar message)."
    if method not in ("REQUEST", "CANCEL", "DECLINECOUNTER"):
        yield f"{method} makes double entries or nothing in desktop Outlook."
    if calendar.value("VERSION") != "2.0" or not calendar.value("PRODID"):
        yield "VERSION:2.0 or PRODID is missing (RFC 5545 section 3.7)."
    if "UID" in calendar.lines:
        yield "A UID stands on the VCALENDAR."
    if any("RDATE" in block.lines for zone in calendar.walk("VTIMEZONE") for block in zone.inner):
        yield "VTIMEZONE holds RDATE (Outlook moves the meeting by an hour)."


def _event(event: _Component, method: str) -> Iterator[str]:
    for name in _ONCE:
        found = event.lines.get(name, [])
        if not found and name != "STATUS":
            yield f"{name} is missing: an update or cancellation is ignored or doubled without it."
        elif len(found) > 1:
            yield f"{name} stands there twice."
    if "SEQUENCE" in event.lines and not re.fullmatch(r"\d{1,9}", event.value("SEQUENCE")):
        yield "SEQUENCE is no number."
    status = event.value("STATUS")
    if (status == "CANCELLED") != (method == "CANCEL"):
        yield f"STATUS is {status or 'missing'} under METHOD:{method} (cancellations are ignored)."
    if "RDATE" in event.lines or ("EXDATE" in event.lines and "RRULE" not in event.lines):
        yield "RDATE, or EXDATE without RRULE: odd recurrences are refused by Outlook."
    if len(event.lines.get("RRULE", [])) > 1 or ("RRULE" in event.lines and "RECURRENCE-ID" in event.lines):
        yield "It is a series in two ways, or a series and one of its dates at once."
    if any(inner.name == "VALARM" for inner in event.inner):
        yield "VALARM: Google and Outlook drop it; reminders go by mail."


def _people(event: _Component, method: str, mailbox: str, domain: str) -> Iterator[str]:
    organizers, attendees = event.lines.get("ORGANIZER", []), event.lines.get("ATTENDEE", [])
    if len(attendees) != 1:
        yield "It must name exactly one ATTENDEE, the reader (Gmail shows no buttons; others see who is invited)."
    for user in (*organizers, *attendees):
        if not _CAL_ADDRESS.fullmatch(user.value):
            yield f"“{user.value}” is no mailto address (Outlook: not supported calendar message)."
        if '"' in user.params.get("CN", "") or "^'" in user.params.get("CN", ""):
            yield "A name holds quotation marks (not every program reads RFC 6868)."
    ours = {mailbox} if mailbox else set[str]()
    for organizer in organizers:
        address = organizer.value.removeprefix("mailto:").lower()
        local, _, own_domain = address.rpartition("@")
        ours |= {address, f"{local.partition('+')[0]}@{own_domain}"}
        if domain and own_domain != domain:
            yield "ORGANIZER is of another domain than From (Gmail shows no buttons)."
    for attendee in attendees:
        partstat, rsvp = attendee.params.get("PARTSTAT"), attendee.params.get("RSVP")
        if method == "REQUEST" and (partstat, rsvp) != ("NEEDS-ACTION", "TRUE"):
            yield "ATTENDEE needs PARTSTAT=NEEDS-ACTION and RSVP=TRUE (else no buttons in Gmail and Apple; Outlook ignores it)."
        if method == "CANCEL" and rsvp == "TRUE":
            yield "A cancellation asks for an answer."
        if attendee.value.removeprefix("mailto:").lower() in ours:
            yield "The reader is the organizer: Outlook says “As the organizer you need not respond”."


def _times(calendar: _Component, event: _Component) -> Iterator[str]:
    zones = {zone.value("TZID") for zone in calendar.walk("VTIMEZONE")}
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE"):
        for line in event.lines.get(name, []):
            zone = line.params.get("TZID")
            if not _is_date_time(line.value):
                yield f"{name} is no date and time."
            elif zone and zone not in zones:
                yield f"There is no VTIMEZONE for {zone} (one hour off in Outlook)."
            elif bool(zone) == line.value.endswith("Z"):
                yield f"{name} needs either a zone or Z: else everybody reads another hour."
    if event.value("DTEND") < event.value("DTSTART"):  # same zone, same form: texts order as times do
        yield "It ends before it begins."
    stamp = event.value("DTSTAMP")
    if stamp and not (_is_date_time(stamp) and stamp.endswith("Z")):
        yield "DTSTAMP is not in UTC (RFC 5545 section 3.8.7.2)."


def _is_date_time(text: str) -> bool:
    if not _DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
