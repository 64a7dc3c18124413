"""The calendar part of a letter: an event that one person can answer (RFC 5545, RFC 5546, RFC 6047).

Promises: REQUEST asks with PARTSTAT=NEEDS-ACTION;RSVP=TRUE, also when the person has already said yes: Outlook ignores any other
preset, and Gmail and Apple show no buttons without it; an answer given again changes nothing. CANCEL says STATUS:CANCELLED.
DECLINECOUNTER says that the time the reader proposed is not taken (RFC 5546 §3.2.8). A series is RRULE in its own zone; one of its
occurrences is a VEVENT of its own with RECURRENCE-ID, and without RRULE; whoever is invited when some were moved gets the series with these.
The only ATTENDEE is the reader; nobody learns who else is invited; a delegate sees whose place he or she takes.
Never: VALARM (dropped by Google and Outlook), PUBLISH (makes doubles in Outlook), quotes in CN (RFC 6868 is not read everywhere).
Fails: MailerError for a series in a zone that no VTIMEZONE can tell; `preflight` reads the result again before it may leave.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.series import Occurrence, last_end, occurrences
from mailer.render.lines import clean_lines, one_line
from mailer.render.zones import vtimezone
from mailer.terms import Address, Method

_PRODID = "-//convener//meetings//EN"
_LINE = 75  # octets
_TOLD = ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT"
_ASKED = f"{_TOLD};PARTSTAT=NEEDS-ACTION;RSVP=TRUE"


@dataclass(frozen=True, slots=True)
class Apart:
    """What an object may say beside its meeting. *recurrence_id*: it is about this one occurrence of a series, whose times the meeting given
    has; *without*: occurrences of a series that do not take place; *moved*: those held at another time; *counters*: whether readers may propose
    another time."""

    recurrence_id: datetime | None = None
    without: tuple[datetime, ...] = ()
    moved: tuple[Occurrence, ...] = ()
    counters: bool = True


_NOTHING_APART = Apart()


def calendar_object(
    method: Method,
    meeting: Meeting,
    person: Person,
    organizer: Address,
    *,
    dtstamp: datetime,
    language: str = "en",
    instead_of: str = "",
    apart: Apart = _NOTHING_APART,
) -> bytes:
    """Write *meeting* for *person* as REQUEST (an invitation, or with a higher SEQUENCE its update), CANCEL or DECLINECOUNTER.

    *organizer* must stay the same over all updates to one person (some clients refuse a changed one): the mailbox with the
    person's token. *dtstamp* is now: an update with an old DTSTAMP is ignored. *instead_of*: the address of whoever sends this person.
    """
    pieces = _same_for_all(method, meeting, language, apart)
    delegated = f';DELEGATED-FROM="mailto:{instead_of}"' if instead_of and '"' not in instead_of else ""
    told = (_ASKED if method is Method.REQUEST else _TOLD) + delegated
    personal = (
        f"DTSTAMP:{dtstamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"ORGANIZER{_common_name(organizer)}:mailto:{organizer.addr_spec}",
        f"ATTENDEE{told}{_common_name(person.mailbox())}:mailto:{person.address}",
    )
    own = b"".join(_folded(line) for line in personal)
    return own.join(pieces)


def check_series(meeting: Meeting) -> None:
    """Raise MailerError where the dates of *meeting* cannot be told to calendars as one series."""
    if not meeting.rrule or vtimezone(meeting.zone, meeting.dtstart, last_end(meeting)) is not None:
        return
    if len({meeting.local(o.dtstart).utcoffset() for o in occurrences(meeting)}) > 1:
        raise MailerError(
            f"A series cannot be written in the time zone {meeting.zone}: its clock changes cannot be told."
        )


@lru_cache(maxsize=256)
def _same_for_all(method: Method, meeting: Meeting, language: str, apart: Apart) -> list[bytes]:
    """What every reader's object of *meeting* shares, in pieces with the personal lines between them: 250 mails, written once."""
    calendar = Calendar()
    calendar.add("prodid", _PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    series = bool(meeting.rrule) and apart.recurrence_id is None
    timezone = vtimezone(meeting.zone, meeting.dtstart, last_end(meeting) if series else meeting.dtend)
    zone = UTC if timezone is None else ZoneInfo(meeting.zone)
    if series and timezone is None:
        check_series(meeting)
    if timezone is not None:
        calendar.add_component(timezone)
    calendar.add_component(_event(method, meeting, language, apart, zone))
    # RFC 5546 section 3.2.2: whoever joins when single dates were moved gets the series with those, under one UID
    for date in apart.moved if series and method is Method.REQUEST else ():
        one = replace(meeting, dtstart=date.dtstart, dtend=date.dtend)
        own = replace(apart, recurrence_id=date.recurrence_id)
        calendar.add_component(_event(method, one, language, own, zone))
    content = bytes(calendar.to_ical())
    first, *others = content.split(_END)
    return [first, *(_END + piece for piece in others)]


_END = b"END:VEVENT\r\n"


def _event(method: Method, meeting: Meeting, language: str, apart: Apart, zone: tzinfo) -> Event:
    """The meeting, the series, or one date of it, without the lines that are each reader's own."""
    event = Event()
    event.add("uid", meeting.event_uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.dtstart.astimezone(zone).replace(microsecond=0))
    event.add("dtend", meeting.dtend.astimezone(zone).replace(microsecond=0))
    if apart.recurrence_id is not None:
        event.add("recurrence-id", apart.recurrence_id.astimezone(zone))
    elif meeting.rrule:
        event.add("rrule", vRecur.from_ical(meeting.rrule))
        for missing in apart.without:  # one EXDATE a line: Zimbra 59333
            event.add("exdate", missing.astimezone(zone))
    event.add("summary", one_line(meeting.title), parameters={"LANGUAGE": language})
    if place := one_line(meeting.place) or one_line(meeting.online_link):
        event.add("location", place)
    if description := _description(meeting):
        event.add("description", description)
    if meeting.online_link.lower().startswith(("https://", "http://")):
        event.add("url", one_line(meeting.online_link).replace(" ", "%20"))
    if method is not Method.DECLINECOUNTER:
        event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if method is Method.REQUEST:
        event.add("transp", "OPAQUE")
        if not apart.counters:
            event.add("x-microsoft-disallow-counter", "TRUE")
    return event


def _common_name(address: Address) -> str:
    """CN as a quoted parameter (RFC 5545 §3.2), with nothing in it that would need RFC 6868."""
    name = one_line(address.display_name).replace('"', "'").replace("^", " ")
    return f';CN="{name}"' if name else ""


def _folded(line: str) -> bytes:
    """A content line of at most 75 octets a piece, never cut inside a character (RFC 5545 §3.1)."""
    octets = line.encode("utf-8", "replace")
    pieces, start, room = [], 0, _LINE
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # inside a UTF-8 sequence
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _LINE - 1  # the blank that begins a continuation counts
    return b"\r\n ".join([*pieces, octets[start:]]) + b"\r\n"


def _description(meeting: Meeting) -> str:
    """Outlook shows no URL property: the link stands in the words, too."""
    link = one_line(meeting.online_link)
    words = clean_lines(meeting.description)
    return "\n\n".join(part for part in (words, link if link not in words else "") if part)
