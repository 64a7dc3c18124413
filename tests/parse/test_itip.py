# ruff: noqa: E501  (mail has long lines)
"""Calendar parts as calendars write them, the quirks one by one."""

from datetime import UTC, datetime

import pytest

from mailer.parse.itip import content_line, read_calendar, read_calendars
from mailer.parse.message import read
from mailer.parse.tnef import read_tnef
from mailer.terms import Method, PartStat
from tests.parse.mails import DELEGATED, UID, apple_reply, counter, gmail_reply, outlook_reply


def event(lines: str, method: str = "REPLY") -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\nBEGIN:VEVENT\nUID:u1\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def only(content: bytes, charset: str | None = "utf-8"):
    (calendar,) = read_calendar(content, charset)
    (found,) = calendar.events
    return found


def test_google_sends_it_twice_and_it_counts_once() -> None:
    (calendar,) = read_calendars(read(gmail_reply("TENTATIVE", 2, "we may; be late")).calendar_parts)
    (found,) = calendar.events
    assert calendar.method is Method.REPLY
    (attendee,) = found.attendees
    assert (attendee.address, attendee.partstat, attendee.guests) == ("anna@mill.example", PartStat.TENTATIVE, 2)
    assert attendee.comment == "we may; be late"
    assert (found.event_uid, found.sequence) == (UID, 2)


def test_exchange_without_organizer() -> None:
    (calendar,) = read_calendars(read(outlook_reply(comment="Sorry\\, away")).calendar_parts)
    (found,) = calendar.events
    assert found.organizer == ""
    assert found.attendees[0].address == "anna@mill.example"
    assert found.attendees[0].name == "Ortiz, Anna"
    assert found.comments == ("Sorry, away",)
    assert found.sequence == 2  # from X-MICROSOFT-CDO-APPT-SEQUENCE
    assert found.dtstart == datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


def test_apple_with_an_urn_and_a_zone() -> None:
    (calendar,) = read_calendars(read(apple_reply()).calendar_parts)
    (found,) = calendar.events
    assert found.attendees[0].address == "anna@mill.example"
    assert found.organizer == "rsvp@club.example"
    assert found.recurrence_id == datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
    assert not found.recurrence_day


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("W. Europe Standard Time", 9), ("Europe/Berlin", 9), ("Customized Time Zone", 9), ("UTC", 10), ("/freeassociation.sourceforge.net/Europe/Berlin", 9),
     ("W. Europe Standard Time 1", 9)],
)  # fmt: skip
def test_zones_of_a_proposal(zone: str, hour: int) -> None:
    (calendar,) = read_calendars(read(counter(zone)).calendar_parts)
    assert calendar.method is Method.COUNTER
    assert calendar.events[0].dtstart == datetime(2026, 3, 13, hour, 0, tzinfo=UTC)
    assert calendar.events[0].original_start is not None


def test_delegation() -> None:
    (calendar,) = read_calendars(read(DELEGATED).calendar_parts)
    anna, dan = calendar.events[0].attendees
    assert anna.delegated_to == ("dan@mill.example",)
    assert dan.delegated_from == ("anna@mill.example",)


@pytest.mark.parametrize(
    ("line", "address", "partstat"),
    [
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example", "a@b.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=accepted:MAILTO:A@B.Example", "a@b.example", "ACCEPTED"),
        ("attendee;partstat=DECLINED:a@b.example", "a@b.example", "DECLINED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED;CN=Mill: Anna:mailto:a@b.example", "a@b.example", "ACCEPTED"),
        ("ATTENDEE;DELEGATED-TO=mailto:c@d.example;PARTSTAT=DELEGATED:mailto:a@b.example", "a@b.example", "DELEGATED"),
        ('ATTENDEE;CN="Anna;PARTSTAT=ACCEPTED:mailto:a@b.example', "a@b.example", None),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a%2Bx@b.example", "a+x@b.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto: Anna <a@b.example>", "a@b.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=a@b.example:/O=MILL/CN=ANNA", "a@b.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@bücher.example", "a@xn--bcher-kva.example", "ACCEPTED"),
        ("ATTENDEE;PARTSTAT=IN-PROCESS:mailto:a@b.example", "a@b.example", None),
        ("ATTENDEE;CN=x,y;PARTSTAT=TENTATIVE:mailto:a@b.example", "a@b.example", "TENTATIVE"),
        ("ATTENDEE ; PARTSTAT = ACCEPTED : mailto:a@b.example", "a@b.example", "ACCEPTED"),
    ],
)
def test_attendee_lines(line: str, address: str, partstat: str | None) -> None:
    (attendee,) = only(event(line)).attendees
    assert attendee.address == address
    assert attendee.partstat == partstat


ATTENDEE = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (event(ATTENDEE), "utf-8"),
        (event(ATTENDEE).replace(b"\r\n", b"\n"), "utf-8"),
        (event(ATTENDEE).replace(b"\r\n", b"\r"), "utf-8"),
        (event(ATTENDEE).replace(b"\r\n", b"\r\r\n"), "utf-8"),
        (b"\xef\xbb\xbf" + event(ATTENDEE), "utf-8"),
        (event(ATTENDEE).decode().encode("utf-16"), None),
        (b"Some words first\r\n\r\n" + event(ATTENDEE) + b"_______\r\nclub mailing list\r\nUID:wrong\r\n", "utf-8"),
        (event(ATTENDEE).replace(b"END:VEVENT\r\nEND:VCALENDAR\r\n", b""), "utf-8"),
        (event(ATTENDEE)[17:], "utf-8"),
        (event(ATTENDEE).replace(b"METHOD:REPLY", b"METHOD:reply\r\nMETHOD:REQUEST"), "utf-8"),
        (event(ATTENDEE + "\nSUMMARY:Grüße").decode().encode("latin-1"), "utf-8"),
        (event(ATTENDEE + "\nSUMMARY:Grüße"), "us-ascii"),
        (event(ATTENDEE + "\nBEGIN:VALARM\nATTENDEE;PARTSTAT=DECLINED:mailto:x@y.example\nEND:VALARM"), "utf-8"),
        (event(ATTENDEE + "\nSEQUENCE:soon\nDTSTAMP:yesterday\nRECURRENCE-ID:never"), "utf-8"),
    ],
)
def test_broken_objects_are_read(content: bytes, charset: str | None) -> None:
    found = only(content, charset)
    assert found.event_uid == "u1"
    assert [(each.address, each.partstat) for each in found.attendees] == [("a@b.example", PartStat.ACCEPTED)]
    assert read_calendar(content, charset)[0].method is Method.REPLY


def test_a_fold_through_a_character() -> None:
    content = event("ATTENDEE;CN=Grüße;PARTSTAT=ACCEPTED:mailto:a@b.example")
    place = content.index("ü".encode()) + 1
    assert only(content[:place] + b"\r\n " + content[place:]).attendees[0].name == "Grüße"


def test_method_of_the_body_rules_and_that_of_the_part_stands_in() -> None:
    content = event(ATTENDEE)
    assert read_calendar(content, "utf-8", "REQUEST")[0].method is Method.REPLY
    assert read_calendar(content.replace(b"METHOD:REPLY\r\n", b""), "utf-8", "reply")[0].method is Method.REPLY


def test_old_exchange_hides_a_proposal_in_a_reply() -> None:
    content = event(ATTENDEE + "\nDTSTART:20260313T100000Z\nX-MS-OLK-ORIGINALSTART:20260312T100000Z")
    assert read_calendar(content)[0].method is Method.COUNTER


@pytest.mark.parametrize(
    ("line", "instant", "day"),
    [
        ("RECURRENCE-ID:20260312T140000Z", datetime(2026, 3, 12, 14, tzinfo=UTC), False),
        ("RECURRENCE-ID;VALUE=DATE:20260312", datetime(2026, 3, 12, tzinfo=UTC), True),
        ("RECURRENCE-ID:20260312T000000", datetime(2026, 3, 12, tzinfo=UTC), True),
        ("RECURRENCE-ID;TZID=America/New_York:20260312T100000", datetime(2026, 3, 12, 14, tzinfo=UTC), False),
        ("RECURRENCE-ID;TZID=Nowhere/Land:20260312T100000", datetime(2026, 3, 12, 10, tzinfo=UTC), True),
    ],
)
def test_recurrence_ids(line: str, instant: datetime, day: bool) -> None:
    found = only(event(f"{ATTENDEE}\n{line}"))
    assert (found.recurrence_id, found.recurrence_day) == (instant, day)


def test_several_events_and_exceptions_stay_apart() -> None:
    content = event(
        f"{ATTENDEE}\nRECURRENCE-ID:20260312T140000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:u1\nRECURRENCE-ID:20260319T140000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example"
    )
    (calendar,) = read_calendar(content)
    assert [each.attendees[0].partstat for each in calendar.events] == [PartStat.ACCEPTED, PartStat.DECLINED]


def test_no_calendar_at_all() -> None:
    assert read_calendar(b"hello")[0].events == ()
    assert read_calendars(()) == ()


@pytest.mark.parametrize(
    ("rest", "value"),
    [(":a", "a"), (";X=1:a", "a"), (';X="1:2":a', "a"), ("nothing", "nothing"), ('"', '"')],
)
def test_content_lines(rest: str, value: str) -> None:
    assert content_line(rest, uri=False)[1] == value


def test_garbage_is_no_tnef() -> None:
    assert read_tnef(b"") is None
    assert (
        read_tnef(b"\x78\x9f\x3e\x22" + b"\xff" * 200) is None
        or read_tnef(b"\x78\x9f\x3e\x22" + b"\xff" * 200).partstat is None
    )
