"""Calendar objects, read back by another program's eyes, and refused where quirks of calendar-mail.md would bite."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dateutil.rrule
import pytest
from icalendar import Calendar

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.partnership.people import Person
from mailer.partnership.series import Occurrence
from mailer.render.calendar import Apart, calendar_object
from mailer.render.preflight import CalendarUnfit, cleared, preflight
from mailer.render.sample import MEETING, READER
from mailer.terms import Address, Method

ORGANIZER = Address("Dana Lee", "rsvp+abcdefghijklmnopqrst@northwoods.example")
NOW = datetime(2026, 2, 2, 15, 0, 0, 123456, tzinfo=UTC)


def written(method: Method = Method.REQUEST, meeting: Meeting = MEETING, person: Person = READER) -> bytes:
    return calendar_object(method, meeting, person, ORGANIZER, dtstamp=NOW)


def checked(content: bytes, method: str = "REQUEST") -> tuple[str, ...]:
    return preflight(content, method, mailbox="rsvp@northwoods.example", domain="northwoods.example")


def test_an_invitation_reads_back() -> None:
    calendar = Calendar.from_ical(written())
    assert (calendar["METHOD"], calendar["VERSION"], calendar["CALSCALE"]) == ("REQUEST", "2.0", "GREGORIAN")
    (event,) = calendar.events
    assert event["UID"] == MEETING.event_uid
    assert NOW.replace(microsecond=0) == event.DTSTAMP
    assert event.sequence == 0
    assert MEETING.dtstart == event.DTSTART
    assert MEETING.dtend == event.DTEND
    assert event["DTSTART"].params["TZID"] == "America/Chicago"
    assert event["SUMMARY"] == "Launch meeting"
    assert event["LOCATION"] == MEETING.place
    assert event["URL"] == MEETING.online_link
    assert event["DESCRIPTION"] == f"{MEETING.description}\n\n{MEETING.online_link}"
    assert event["STATUS"] == "CONFIRMED"
    (attendee,) = event.attendees
    assert (attendee.email, attendee.params["CN"]) == ("ann.ortiz@acme.example", "Ann Ortiz")
    assert {key: attendee.params[key] for key in ("PARTSTAT", "RSVP", "ROLE", "CUTYPE")} == {
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "ROLE": "REQ-PARTICIPANT",
        "CUTYPE": "INDIVIDUAL",
    }
    assert event["ORGANIZER"].email == ORGANIZER.addr_spec
    assert not event.walk("VALARM")


def test_an_update_and_a_cancellation_read_back() -> None:
    later = replace(
        MEETING, dtstart=MEETING.dtstart + timedelta(days=1), dtend=MEETING.dtend + timedelta(days=1), sequence=1
    )
    update = Calendar.from_ical(written(meeting=later)).events[0]
    assert (update["UID"], update.sequence, update.DTSTART) == (MEETING.event_uid, 1, later.dtstart)
    cancelled = replace(later, status=MeetingStatus.CANCELLED, sequence=2)
    calendar = Calendar.from_ical(written(Method.CANCEL, cancelled))
    event = calendar.events[0]
    assert (calendar["METHOD"], event["STATUS"], event.sequence) == ("CANCEL", "CANCELLED", 2)
    assert "RSVP" not in event.attendees[0].params
    assert later.dtstart == event.DTSTART


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Nuuk", "America/Scoresbysund", "UTC", "Etc/UTC"])
def test_zones_that_cannot_be_told_are_written_in_utc(zone: str) -> None:
    content = written(meeting=replace(MEETING, zone=zone))
    assert b"VTIMEZONE" not in content
    assert b"DTSTART:20260312T140000Z" in content
    assert not checked(content)


@pytest.mark.parametrize(
    "text",
    [
        "Ñandú " * 40,
        "🎉" * 60,
        "田中太郎" * 30,
        "plain words " * 30,
        "a;b,c\\d\\n:e",
        "x" * 300,
        "é",
        "tab\tand\x0bvertical",
    ],
)
def test_folds_never_cut_a_character(text: str) -> None:
    meeting = replace(MEETING, title=text, place=text, description=f"{text}\n{text}")
    content = written(meeting=meeting, person=replace(READER, name=text[:100]))
    assert not checked(content)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    event = Calendar.from_ical(content).events[0]
    assert event["SUMMARY"] == " ".join(text.split())
    assert event["LOCATION"] == " ".join(text.split())


def test_names_lose_their_quotes_and_lines() -> None:
    content = written(person=replace(READER, name='Ann "Bo"\r\nATTENDEE:mailto:x@evil.example; Ortiz: x, y'))
    (attendee,) = Calendar.from_ical(content).events[0].attendees
    assert attendee.params["CN"] == "Ann 'Bo' ATTENDEE:mailto:x@evil.example; Ortiz: x, y"
    assert attendee.email == "ann.ortiz@acme.example"
    assert not checked(content)


def test_a_link_that_is_no_link_is_no_url() -> None:
    content = written(meeting=replace(MEETING, place="", online_link="Dial +1 555 0100"))
    event = Calendar.from_ical(content).events[0]
    assert "URL" not in event
    assert event["LOCATION"] == "Dial +1 555 0100"


GOOD = written()
GOOD_CANCEL = written(Method.CANCEL, replace(MEETING, status=MeetingStatus.CANCELLED, sequence=1))
RDATE_ZONE = b"BEGIN:STANDARD\r\nRDATE:20261101T020000\r\n"

# What is done to a good object (a pattern and what takes its place), under which method it leaves, and what is said of it.
SPOILT = [
    (rb"METHOD:REQUEST\r\n", b"", "REQUEST", "METHOD is missing"),  # 23
    (rb"METHOD:REQUEST", b"METHOD:PUBLISH", "REQUEST", "METHOD is PUBLISH, but the mail says REQUEST"),  # 23
    (rb"METHOD:REQUEST\r\n", b"METHOD:REQUEST\r\nMETHOD:REQUEST\r\n", "REQUEST", "METHOD is REQUEST and REQUEST"),
    (rb"METHOD:REQUEST", b"METHOD:PUBLISH", "PUBLISH", "PUBLISH makes double entries"),  # 29
    (rb":mailto:rsvp", b":rsvp", "REQUEST", "is no mailto address"),  # 23
    (rb"BEGIN:STANDARD\r\n", RDATE_ZONE, "REQUEST", "VTIMEZONE holds RDATE"),  # 23, 24
    (rb"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", b"", "REQUEST", "no VTIMEZONE for America/Chicago"),  # 24
    (rb"DTSTART;TZID=America/Chicago:", b"DTSTART:", "REQUEST", "DTSTART needs either a zone or Z"),  # 24
    (rb"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=ACCEPTED", "REQUEST", "ATTENDEE needs PARTSTAT=NEEDS-ACTION"),  # 25, 31
    (rb";RSVP=(\r\n )?TRUE", b"", "REQUEST", "ATTENDEE needs PARTSTAT=NEEDS-ACTION and RSVP=TRUE"),  # 25, 26
    (rb"SEQUENCE:0\r\n", b"SEQUENCE:0\n", "REQUEST", "does not end in CRLF"),  # 25
    (rb"SEQUENCE:0\r\n", b"SEQUENCE:0\r\r\n", "REQUEST", "does not end in CRLF"),  # 25
    (rb"ATTENDEE.*?\r\n(?! )", b"", "REQUEST", "exactly one ATTENDEE"),  # 25
    (rb"TRANSP:OPAQUE\r\n", b"ATTENDEE:mailto:ben@bolt.example\r\n", "REQUEST", "exactly one ATTENDEE"),
    (rb"mailto:rsvp\+.*?\r\n(?! )", b"mailto:rsvp@elsewhere.example\r\n", "REQUEST", "of another domain than From"),  # 25
    (rb"SEQUENCE:0\r\n", b"", "REQUEST", "SEQUENCE is missing"),  # 26, 29
    (rb"SEQUENCE:0", b"SEQUENCE:x", "REQUEST", "SEQUENCE is no number"),
    (rb"UID:[^\r]*\r\n", b"", "REQUEST", "UID is missing"),  # 29
    (rb"DTSTAMP:[^\r]*\r\n", b"", "REQUEST", "DTSTAMP is missing"),  # 29
    (rb"(DTSTAMP:\d+T\d+)Z", rb"\1", "REQUEST", "DTSTAMP is not in UTC"),
    (rb"STATUS:CONFIRMED", b"STATUS:CANCELLED", "REQUEST", "STATUS is CANCELLED under METHOD:REQUEST"),  # 29
    (rb"END:VEVENT\r\n", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\n", "REQUEST", "exactly one VEVENT"),  # 29
    (rb"mailto:ann.ortiz@acme.example", b"mailto:rsvp@northwoods.example", "REQUEST", "The reader is the organizer"),  # 30
    (rb"END:VEVENT", b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT", "REQUEST", "VALARM"),  # 34
    (rb"CN=\"Ann Ortiz\"", b"CN=Ann ^'Bo^' Ortiz", "REQUEST", "holds quotation marks"),
    (rb"CN=\"Ann Ortiz\"", b"CN=Ann \"Bo\" Ortiz", "REQUEST", "is no content line"),
    (rb"VERSION:2.0\r\n", b"", "REQUEST", "VERSION:2.0 or PRODID"),
    (rb"BEGIN:VEVENT", b"UID:x\r\nBEGIN:VEVENT", "REQUEST", "A UID stands on the VCALENDAR"),
    (rb"(DTEND;TZID=America/Chicago:)\d+T\d+", rb"\g<1>20260312T080000", "REQUEST", "It ends before it begins"),
    (rb"(DTSTART;TZID=America/Chicago:)\d+T\d+", rb"\g<1>20260231T080000", "REQUEST", "DTSTART is no date and time"),
    (rb"SUMMARY;LANGUAGE=en:", b"SUMMARY:" + b"x" * 80, "REQUEST", "longer than 75 octets"),
    (rb"SUMMARY;LANGUAGE=en:", b"SUMMARY:\xc3\r\n \xa9", "REQUEST", "a fold cuts a character in two"),  # 23: charset
    (rb"SUMMARY;LANGUAGE=en:", b"SUMMARY:\x00", "REQUEST", "control character"),
    (rb"END:VCALENDAR\r\n", b"", "REQUEST", "VCALENDAR is never closed"),
    (rb"END:VEVENT", b"END:VTODO", "REQUEST", "END:VTODO closes nothing"),
    (rb"\Z", GOOD, "REQUEST", "exactly one VCALENDAR"),
]  # fmt: skip


def test_good_objects_pass() -> None:
    assert checked(GOOD) == ()
    assert checked(GOOD_CANCEL, "CANCEL") == ()


@pytest.mark.parametrize(("pattern", "instead", "method", "sentence"), SPOILT)
def test_preflight_finds(pattern: bytes, instead: bytes, method: str, sentence: str) -> None:
    spoilt, count = re.subn(pattern, instead, GOOD, count=1, flags=re.DOTALL)
    assert count == 1
    assert spoilt != GOOD
    assert sentence in " ".join(checked(spoilt, method))
    with pytest.raises(CalendarUnfit, match="not fit to send"):
        cleared(spoilt, method, mailbox="rsvp@northwoods.example", domain="northwoods.example")


@pytest.mark.parametrize(
    ("pattern", "instead", "sentence"),
    [
        (rb"STATUS:CANCELLED\r\n", b"", "STATUS is missing under METHOD:CANCEL"),
        (rb"METHOD:CANCEL", b"METHOD:REQUEST", "METHOD is REQUEST, but the mail says CANCEL"),
        (rb"ROLE=REQ-PARTICIPANT", b"RSVP=TRUE", "A cancellation asks for an answer"),
        (rb"ORGANIZER.*?\r\n(?! )", b"", "ORGANIZER is missing"),
    ],
)
def test_preflight_finds_in_cancellations(pattern: bytes, instead: bytes, sentence: str) -> None:
    spoilt, count = re.subn(pattern, instead, GOOD_CANCEL, count=1, flags=re.DOTALL)
    assert count == 1
    assert sentence in " ".join(checked(spoilt, "CANCEL"))


def test_preflight_never_raises() -> None:
    for cut in range(0, len(GOOD), 7):
        checked(GOOD[:cut])
        checked(GOOD[:cut] + b"\xff\r\n:;=\r\n" + GOOD[cut:])
    assert checked(b"")


# Series, single occurrences, refused proposals, delegates ------------------------------------------------------------------------

SERIES = replace(MEETING, rrule="FREQ=MONTHLY;BYDAY=2TH;COUNT=9")
SECOND = MEETING.dtstart + timedelta(days=28)  # 9 April, still at nine


def test_a_series_keeps_its_hour_and_reads_back() -> None:
    content = written(meeting=SERIES)
    assert not checked(content)
    (event,) = Calendar.from_ical(content).events
    assert event["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=9;BYDAY=2TH"
    assert event["DTSTART"].params["TZID"] == "America/Chicago"
    assert b"BEGIN:VTIMEZONE" in content
    # another program's reading of the same object: the ninth is in winter again
    found = list(dateutil.rrule.rrulestr(event["RRULE"].to_ical().decode(), dtstart=event["DTSTART"].dt))
    assert [d.hour for d in found] == [9] * 9
    assert found[-1].astimezone(UTC).hour == 15


def test_a_series_without_a_date_and_one_date_alone() -> None:
    content = calendar_object(Method.REQUEST, SERIES, READER, ORGANIZER, dtstamp=NOW, apart=Apart(without=(SECOND,)))
    assert not checked(content)
    assert b"EXDATE;TZID=America/Chicago:20260409T090000" in content
    moved = replace(SERIES, dtstart=SECOND + timedelta(days=1), dtend=SECOND + timedelta(days=1, hours=2), sequence=1)
    content = calendar_object(Method.REQUEST, moved, READER, ORGANIZER, dtstamp=NOW, apart=Apart(recurrence_id=SECOND))
    assert not checked(content)
    (event,) = Calendar.from_ical(content).events
    assert "RRULE" not in event
    assert event["RECURRENCE-ID"].dt == SECOND
    assert event["RECURRENCE-ID"].params["TZID"] == "America/Chicago"
    assert moved.dtstart == event.DTSTART


def test_whoever_joins_later_sees_the_dates_that_were_moved() -> None:
    """RFC 5546 section 3.2.2: master and moved dates in one object, each with its own RECURRENCE-ID, the reader in each."""
    later = SECOND + timedelta(days=7)
    moved = (Occurrence(SECOND, later, later + timedelta(hours=1), sequence=1),)
    content = calendar_object(Method.REQUEST, SERIES, READER, ORGANIZER, dtstamp=NOW, apart=Apart(moved=moved))
    assert checked(content) == ()
    master, one = Calendar.from_ical(content).walk("VEVENT")
    assert "RRULE" in master
    assert "RECURRENCE-ID" not in master
    assert "RRULE" not in one
    assert (one["RECURRENCE-ID"].dt, one["DTSTART"].dt) == (SECOND, later)
    for name in ("UID", "SEQUENCE", "ATTENDEE", "ORGANIZER", "DTSTAMP"):
        assert master[name] == one[name]
    twice = calendar_object(Method.REQUEST, SERIES, READER, ORGANIZER, dtstamp=NOW, apart=Apart(moved=moved * 2))
    assert any("exactly one VEVENT" in fault for fault in checked(twice))


def test_a_series_in_a_zone_that_cannot_be_told_is_refused() -> None:
    with pytest.raises(MailerError, match="Africa/Cairo"):
        written(meeting=replace(SERIES, zone="Africa/Cairo"))
    content = written(meeting=replace(SERIES, zone="UTC", rrule="FREQ=WEEKLY;COUNT=3"))
    assert not checked(content)


def test_a_refused_proposal_reads_back() -> None:
    content = written(Method.DECLINECOUNTER)
    assert not checked(content, "DECLINECOUNTER")
    calendar = Calendar.from_ical(content)
    (event,) = calendar.events
    assert calendar["METHOD"] == "DECLINECOUNTER"
    assert (event["UID"], event.sequence) == (MEETING.event_uid, MEETING.sequence)
    assert "STATUS" not in event
    assert "RSVP" not in event.attendees[0].params


def test_a_delegate_sees_whose_place_it_is() -> None:
    content = calendar_object(Method.REQUEST, MEETING, READER, ORGANIZER, dtstamp=NOW, instead_of="ann.lee@lee.example")
    assert not checked(content)
    (attendee,) = Calendar.from_ical(content).events[0].attendees
    assert str(attendee.params["DELEGATED-FROM"]) in ("mailto:ann.lee@lee.example", "['mailto:ann.lee@lee.example']")


def test_proposals_are_discouraged_only_if_the_convener_says_so() -> None:
    assert b"DISALLOW-COUNTER" not in written()
    content = calendar_object(Method.REQUEST, MEETING, READER, ORGANIZER, dtstamp=NOW, apart=Apart(counters=False))
    assert b"X-MICROSOFT-DISALLOW-COUNTER:TRUE" in content
    assert not checked(content)
