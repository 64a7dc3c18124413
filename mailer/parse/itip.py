"""Calendar parts → what they say, by RFC 5545, 5546 and 6047, and by what calendars really send.

Promises: pure; never raises. A content line that cannot be read costs that line, not the answer.
Never:    decides whether an answer counts: that needs the meeting.
Fails:    an empty result with defects.

Content lines are read here, not by icalendar: of a REPLY only ten properties matter, and just these are written in ways that
strict readers refuse (unquoted colons in CN, missing END, METHOD twice, text around the object, folds through a character).
icalendar serves where its knowledge is needed: time zones described in the object itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.parse.charset import decode
from mailer.parse.parts import Part
from mailer.parse.zones import Zones
from mailer.terms import EventUid, Method, PartStat, canonical

MOST_LINES = 20_000
MOST_EVENTS = 100
MOST_LINE = 8_000


@dataclass(frozen=True, slots=True)
class ItipAttendee:
    """One ATTENDEE. *partstat* is None where it is missing or not of an event (COMPLETED …)."""

    address: str
    name: str = ""
    partstat: PartStat | None = None
    guests: int = 0
    comment: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()
    sent_by: str = ""


@dataclass(frozen=True, slots=True)
class ItipEvent:
    """One component. *recurrence_day* is set where RECURRENCE-ID names a day or a local time only: then the instant is that
    day's, as if in UTC, and has to be matched by date; *local* the same of DTSTART. *onwards*: RANGE=THISANDFUTURE (RFC 5545 §3.2.13)."""

    component: str
    event_uid: EventUid | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    recurrence_id: datetime | None = None
    recurrence_day: bool = False
    attendees: tuple[ItipAttendee, ...] = ()
    organizer: str = ""
    comments: tuple[str, ...] = ()
    dtstart: datetime | None = None
    dtend: datetime | None = None
    original_start: datetime | None = None
    local: bool = False
    onwards: bool = False
    request_status: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItipMessage:
    """One iCalendar object with a scheduling method."""

    method: Method | None
    events: tuple[ItipEvent, ...]
    defects: tuple[str, ...] = ()


@dataclass(slots=True)
class _Component:
    name: str
    properties: dict[str, list[tuple[dict[str, str], str]]] = field(default_factory=dict)


_WANTED = frozenset({
    "METHOD", "UID", "SEQUENCE", "X-MICROSOFT-CDO-APPT-SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "ATTENDEE", "ORGANIZER", "COMMENT",
    "DTSTART", "DTEND", "DURATION", "X-MS-OLK-ORIGINALSTART", "REQUEST-STATUS",
})  # fmt: skip
_EVENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VPOLL"})

_BLOCK = re.compile(r"^[ \t]*BEGIN:VCALENDAR[ \t]*$", re.IGNORECASE | re.MULTILINE)
_BLOCK_END = re.compile(r"^[ \t]*END:VCALENDAR", re.IGNORECASE | re.MULTILINE)
_LINE_END = re.compile(rb"\r*\n|\r")
_NAME = re.compile(r"\s*([A-Za-z0-9-]{1,60})\s*(?=[;:])")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]{1,60})\s*=\s*((?:"[^"]*",?)+|[^;]*)')
_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]\\]{1,128}@[^\s<>\"',;:()\[\]\\]{1,255}")


def read_calendars(parts: Iterable[Part]) -> tuple[ItipMessage, ...]:
    """The objects of all *parts*; the same object twice (Google sends it as text/calendar and as a file) comes once.

    Compared by UID, RECURRENCE-ID, METHOD, SEQUENCE and DTSTAMP: by UID alone the exceptions of a series would be lost.
    """
    seen: set[tuple[object, ...]] = set()
    found: list[ItipMessage] = []
    for part in parts:
        for calendar in read_calendar(part.content, part.parameters.get("charset"), part.parameters.get("method", "")):
            fresh: list[ItipEvent] = []
            for event in calendar.events:
                key = ((event.event_uid or "").casefold(), event.recurrence_id, calendar.method, event.sequence, event.dtstamp,
                       event.attendees)  # fmt: skip
                if key not in seen:
                    seen.add(key)
                    fresh.append(event)
            if fresh or (not calendar.events and not found):
                found.append(ItipMessage(calendar.method, tuple(fresh), calendar.defects))
    return tuple(found)


def read_calendar(content: bytes, charset: str | None = None, method: str = "") -> tuple[ItipMessage, ...]:
    """Every VCALENDAR in *content*. The METHOD inside rules; *method*, from the Content-Type, stands in for a missing one."""
    text, defect = _text(content, charset)
    defects = [defect] if defect else []
    blocks = _blocks(text, defects)
    if not blocks:
        return (ItipMessage(None, (), (*defects, "a calendar part without a calendar")),)
    return tuple(_calendar(block, method, tuple(defects)) for block in blocks[:20])


def _text(content: bytes, charset: str | None) -> tuple[str, str]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "replace").encode()
        charset = "utf-8"
    # folds are undone in bytes: writers fold at 75 octets, through characters too (RFC 5545 §3.1)
    content = _LINE_END.sub(b"\n", content.removeprefix(b"\xef\xbb\xbf")).replace(b"\n ", b"").replace(b"\n\t", b"")
    return decode(content, charset)


def _blocks(text: str, defects: list[str]) -> list[str]:
    starts = [match.start() for match in _BLOCK.finditer(text)]
    if not starts:
        upper = text.upper()
        if "BEGIN:VEVENT" in upper or ("UID:" in upper and "ATTENDEE" in upper):
            defects.append("a calendar without its beginning")
            return [text]
        return []
    blocks = []
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        end = _BLOCK_END.search(text, start, following)
        if end is None:
            defects.append("a calendar without its end")
        blocks.append(text[start : end.end() if end else following])
    return blocks


def _calendar(block: str, method: str, defects: tuple[str, ...]) -> ItipMessage:
    found: list[_Component] = []
    methods: list[str] = []
    stack: list[_Component] = []
    problems = list(defects)
    for line in block.split("\n")[:MOST_LINES]:
        match = _NAME.match(line)
        if match is None:
            continue
        name = match[1].upper()
        if name == "BEGIN":
            stack.append(_Component(line[match.end() + 1 :].strip().upper()))
            if stack[-1].name in _EVENTS and not any(each.name in _EVENTS for each in stack[:-1]):
                found.append(stack[-1])
            if len(found) > MOST_EVENTS or len(stack) > 50:
                problems.append("more events than anybody answers at once")
                break
        elif name == "END":
            ended = line[match.end() + 1 :].strip().upper()
            if any(each.name == ended for each in stack):
                while stack and stack.pop().name != ended:
                    problems.append("components end in the wrong order")
        elif name in _WANTED:
            parameters, value = content_line(
                line[match.end(1) :].lstrip()[:MOST_LINE], uri=name in ("ATTENDEE", "ORGANIZER")
            )
            if name == "METHOD":
                methods.append(value.strip().upper())
            elif stack:
                stack[-1].properties.setdefault(name, []).append((parameters, value))
            elif found:
                found[-1].properties.setdefault(name, []).append((parameters, value))
            else:
                found.append(_Component("VEVENT", {name: [(parameters, value)]}))
    zones = Zones(block)
    events = tuple(_event(each, zones) for each in found)
    named = _method(methods[0]) if methods else None
    named = named or _method(method)
    if named is Method.REPLY and any(event.original_start for event in events):
        named = Method.COUNTER  # Exchange 2003 sends its proposals as REPLY (MS-OXCICAL)
    if named is None and events:
        problems.append("a calendar without a method")
    return ItipMessage(named, events, tuple(dict.fromkeys(problems)))


def _method(text: str) -> Method | None:
    try:
        return Method(text.strip().strip('"').upper())
    except ValueError:
        return None


def content_line(rest: str, *, uri: bool) -> tuple[dict[str, str], str]:
    """What follows the name of a content line: parameters and value (RFC 5545 §3.1).

    Where a URI is expected the last ``:mailto:`` outside quotes begins it, since CN and DELEGATED-TO come with bare colons.
    """
    cut = -1
    if uri:
        cut = rest.lower().rfind(":mailto:")
        if cut >= 0 and rest.count('"', 0, cut) % 2:
            cut = -1
    if cut < 0:
        cut = _colon(rest)
    head, value = rest[:cut], rest[cut + 1 :]
    if not head:
        return {}, value
    return {name.upper(): text.strip() for name, text in _PARAMETER.findall(head)}, value


def _colon(rest: str) -> int:
    quoted = False
    for place, char in enumerate(rest):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return place
    return rest.rfind(":")


def _event(component: _Component, zones: Zones) -> ItipEvent:
    properties = component.properties

    def first(name: str) -> tuple[dict[str, str], str] | None:
        values = properties.get(name)
        return values[0] if values else None

    def text(name: str) -> str:
        value = first(name)
        return unescaped(value[1]).strip() if value else ""

    def instant(name: str) -> datetime | None:
        value = first(name)
        return zones.instant(*value)[0] if value else None

    recurrence, by_day, onwards = None, False, False
    if value := first("RECURRENCE-ID"):
        recurrence, by_day = zones.instant(*value)
        onwards = _bare(value[0].get("RANGE", "")).upper() == "THISANDFUTURE"
    begins = first("DTSTART")
    dtstart, local = zones.instant(*begins) if begins else (None, False)
    dtend = instant("DTEND")
    if dtstart and dtend is None and (lasting := _duration(text("DURATION"))):
        dtend = dtstart + lasting
    sequence = _integer(text("SEQUENCE"))
    if not sequence:
        sequence = _integer(text("X-MICROSOFT-CDO-APPT-SEQUENCE")) or sequence
    organizer = first("ORGANIZER")
    return ItipEvent(
        component=component.name,
        event_uid=EventUid(text("UID")[:1_000]) or None,
        sequence=sequence,
        dtstamp=instant("DTSTAMP"),
        recurrence_id=recurrence,
        recurrence_day=by_day,
        attendees=tuple(_attendee(*each) for each in properties.get("ATTENDEE", ())[:500]),
        organizer=calendar_address(*organizer) if organizer else "",
        comments=tuple(filter(None, (unescaped(each).strip() for _, each in properties.get("COMMENT", ())[:20]))),
        dtstart=dtstart,
        dtend=dtend,
        original_start=instant("X-MS-OLK-ORIGINALSTART"),
        local=local,
        onwards=onwards,
        request_status=tuple(unescaped(each) for _, each in properties.get("REQUEST-STATUS", ())[:20]),
    )


def _attendee(parameters: dict[str, str], value: str) -> ItipAttendee:
    try:
        partstat = PartStat(_bare(parameters.get("PARTSTAT", "")).upper())
    except ValueError:
        partstat = None
    return ItipAttendee(
        address=calendar_address(parameters, value),
        name=_bare(parameters.get("CN", "")),
        partstat=partstat,
        guests=max(0, min(_integer(_bare(parameters.get("X-NUM-GUESTS", ""))) or 0, 99)),
        comment=unescaped(_bare(parameters.get("X-RESPONSE-COMMENT", ""))).strip(),
        delegated_to=_address_list(parameters.get("DELEGATED-TO", "")),
        delegated_from=_address_list(parameters.get("DELEGATED-FROM", "")),
        sent_by=next(iter(_address_list(parameters.get("SENT-BY", ""))), ""),
    )


def _bare(value: str) -> str:
    value = value.strip().strip('"').strip()
    # RFC 6868: ^n, ^^ and ^' inside parameters
    return value.replace("^n", "\n").replace("^'", '"').replace("^^", "^") if "^" in value else value


def calendar_address(parameters: dict[str, str], value: str) -> str:
    """The e-mail address of a calendar user: the URI, or EMAIL= where that is an X.500 name, a urn or nothing."""
    value = canonical(value)
    if match := _ADDRESS.search(value):
        return canonical(match[0])
    match = _ADDRESS.search(_bare(parameters.get("EMAIL", "")))
    return canonical(match[0]) if match else value


def _address_list(value: str) -> tuple[str, ...]:
    return tuple(canonical(each) for each in _ADDRESS.findall(re.sub(r"mailto:", " ", value, flags=re.IGNORECASE))[:20])


def unescaped(value: str) -> str:
    """TEXT (RFC 5545 §3.3.11)."""
    if "\\" not in value:
        return value
    return re.sub(r"\\([nN,;:\"\\])", lambda match: "\n" if match[1] in "nN" else match[1], value)


def _integer(value: str) -> int | None:
    value = value.strip()[:20]
    try:
        return int(value)
    except ValueError:
        return None


_DURATION = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$")


def _duration(value: str) -> timedelta | None:
    match = _DURATION.match(value.strip().upper())
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
