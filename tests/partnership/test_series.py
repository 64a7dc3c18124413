"""Series: words become rules, rules become dates, and an answer's RECURRENCE-ID finds its date in whatever zone it was written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer.errors import MailerError
from mailer.partnership import seats
from mailer.partnership.attendance import Given, Invitation, apply
from mailer.partnership.meetings import Meeting, moved_deadline
from mailer.partnership.series import (
    MOST,
    Change,
    Occurrence,
    alone,
    fits,
    last_end,
    occurrence_of,
    occurrences,
    on_day,
    repeat_rule,
    upcoming,
)
from mailer.terms import EventUid, InvitationId, MeetingId, PartnershipId, PartStat, PersonId, Token, Via

CHICAGO = ZoneInfo("America/Chicago")
FIRST = datetime(2026, 2, 10, 9, 0, tzinfo=CHICAGO)  # the second Tuesday
SERIES = Meeting(
    MeetingId(1),
    PartnershipId(1),
    "calls",
    "Calls",
    EventUid("u@x.example"),
    FIRST.astimezone(UTC),
    (FIRST + timedelta(hours=1)).astimezone(UTC),
    "America/Chicago",
    rrule="FREQ=MONTHLY;BYDAY=2TU;COUNT=6",
)
DAYS = [date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 14), date(2026, 5, 12), date(2026, 6, 9), date(2026, 7, 14)]


def at(*parts: int, zone: str = "America/Chicago") -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("words", "rule", "count"),
    [
        ("every month on the second Tuesday, 6 times", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6", 6),
        ("Every Month on the 2nd tuesday, 6 times", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6", 6),
        ("every week, 4 times", "FREQ=WEEKLY;COUNT=4", 4),
        ("every 2 weeks until 2026-04-30", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260501T045959Z", 6),
        ("every other week on Tuesday, 3 times", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3", 3),
        ("every month on the 10th, 3 times", "FREQ=MONTHLY;BYMONTHDAY=10;COUNT=3", 3),
        ("every month on day 10 until 2026-05-10", "FREQ=MONTHLY;BYMONTHDAY=10;UNTIL=20260511T045959Z", 4),
        ("every 3 months, 4 times", "FREQ=MONTHLY;INTERVAL=3;COUNT=4", 4),
        ("every weekday until 2026-02-13", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260214T055959Z", 4),
        ("every year, 2 times", "FREQ=YEARLY;COUNT=2", 2),
    ],
)
def test_words_become_rules(words: str, rule: str, count: int) -> None:
    assert repeat_rule(words, SERIES.dtstart, SERIES.zone) == rule
    assert len(occurrences(replace(SERIES, rrule=rule))) == count


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("every month on the second Tuesday", "I do not understand"),  # no end
        ("every month on the third Tuesday, 6 times", "is none of"),
        ("every week on Monday, 3 times", "is none of"),
        ("every blue moon, 3 times", "I do not understand"),
        ("every month on the second Someday, 3 times", "I do not understand"),
        ("every week, 1 times", "2 to 200"),
        ("every week, 999 times", "2 to 200"),
        ("every day until 2036-01-01", "2 to 200"),
        ("every week until 2026-13-01", "is no date"),
        ("every week until 2026-02-12", "gives 1 meeting"),
        ("every month on the 31st, 3 times", "I do not understand"),
    ],
)
def test_words_that_are_no_rule(words: str, told: str) -> None:
    with pytest.raises(MailerError, match=told):
        repeat_rule(words, SERIES.dtstart, SERIES.zone)


def test_the_last_days_of_a_month_are_told() -> None:
    with pytest.raises(MailerError, match="last Saturday"):
        repeat_rule("every month, 4 times", at(2026, 1, 31, 9), "America/Chicago")


def test_dates_keep_their_hour_when_clocks_change() -> None:
    found = occurrences(SERIES)
    assert [o.dtstart.astimezone(CHICAGO).date() for o in found] == DAYS
    assert {o.dtstart.astimezone(CHICAGO).hour for o in found} == {9}
    assert {o.dtstart.hour for o in found} == {15, 14}  # UTC: winter, summer
    assert last_end(SERIES) == at(2026, 7, 14, 10)


def test_a_rule_without_end_is_cut() -> None:
    assert len(occurrences(replace(SERIES, rrule="FREQ=DAILY"))) == MOST


@pytest.mark.parametrize(
    ("recurrence_id", "by_day", "day"),
    [
        (at(2026, 3, 10, 9), False, DAYS[1]),
        (at(2026, 3, 10, 15, zone="Europe/Berlin"), False, DAYS[1]),  # the same instant
        (datetime(2026, 3, 10, tzinfo=UTC), True, DAYS[1]),  # VALUE=DATE
        (datetime(2026, 3, 10, 9, tzinfo=UTC), True, DAYS[1]),  # local time in a zone nobody knows
        (at(2026, 3, 10), False, DAYS[1]),  # midnight (Exchange)
        (at(2026, 3, 10, 11), False, None),  # no meeting at that hour
        (at(2026, 3, 11, 9), False, None),
        (datetime(2026, 3, 11, tzinfo=UTC), True, None),
        (at(2026, 8, 11, 9), False, None),  # after the last
    ],
)
def test_recurrence_ids(recurrence_id: datetime, by_day: bool, day: date | None) -> None:
    found = occurrence_of(SERIES, recurrence_id, by_day=by_day)
    assert (found.dtstart.astimezone(CHICAGO).date() if found else None) == day


def test_a_day_with_two_meetings_is_not_guessed() -> None:
    twice = replace(SERIES, rrule="FREQ=DAILY;BYHOUR=9,15;COUNT=4")
    assert len(occurrences(twice)) == 4
    assert occurrence_of(twice, datetime(2026, 2, 10, tzinfo=UTC), by_day=True) is None
    assert occurrence_of(twice, at(2026, 2, 10, 15)) is not None


def test_one_occurrence_elsewhere_or_cancelled() -> None:
    away = Change(at(2026, 3, 10, 9), at(2026, 3, 12, 14), at(2026, 3, 12, 15), False, 1)
    gone = Change(at(2026, 4, 14, 9), at(2026, 4, 14, 9), at(2026, 4, 14, 10), True, 2)
    found = occurrence_of(SERIES, at(2026, 3, 10, 9), [away, gone])
    assert found is not None
    assert found.dtstart == at(2026, 3, 12, 14)  # still known by when it should have been
    assert on_day(SERIES, date(2026, 3, 12), [away, gone]) == found
    assert on_day(SERIES, date(2026, 3, 10), [away, gone]) is None
    following = upcoming(SERIES, at(2026, 3, 12, 16), [away, gone])
    assert following is not None
    assert following.dtstart == at(2026, 5, 12, 9)  # April is cancelled
    assert upcoming(SERIES, at(2026, 9, 1, 9)) is None


def test_a_series_begins_only_on_one_of_its_dates() -> None:
    assert fits(SERIES.rrule, at(2026, 3, 10, 14), SERIES.zone)
    assert not fits(SERIES.rrule, at(2026, 3, 11, 9), SERIES.zone)


def test_a_reply_deadline_moves_on_the_clock() -> None:
    """Eight days before, at five, also across the change of clocks; never after the start."""
    meeting = replace(SERIES, rrule="", reply_deadline=at(2026, 2, 2, 17))
    assert moved_deadline(meeting, at(2026, 3, 10, 9)) == at(2026, 3, 2, 17)
    assert moved_deadline(meeting, at(2026, 3, 17, 9)) == at(2026, 3, 9, 17)  # 8 March: summer time
    assert moved_deadline(replace(meeting, reply_deadline=meeting.dtstart), at(2026, 3, 17, 9)) == at(2026, 3, 17, 9)
    assert moved_deadline(replace(meeting, reply_deadline=None), at(2026, 3, 17, 9)) is None


def test_a_single_meeting_is_its_only_occurrence() -> None:
    single = replace(SERIES, rrule="")
    assert [o.dtstart for o in occurrences(single)] == [single.dtstart]
    assert occurrence_of(single, single.dtstart) is not None


def test_an_answer_to_a_date_is_judged_by_that_date() -> None:
    """When it is over, or was sent before the date was moved, it does not count for it (RFC 5546 section 2.1.5: by SEQUENCE)."""
    start = at(2026, 3, 17, 9)
    moved = Occurrence(at(2026, 3, 10, 9), start, start + timedelta(hours=1), False, 2, at(2026, 3, 2, 12))
    series = replace(SERIES, sequence=3)
    invitation = Invitation(InvitationId(1), series.id, PersonId(1), Token("a" * 20))

    def outcome(given: Given) -> str:
        return type(apply(invitation, alone(series, moved), given)).__name__

    for sent, sequence, via, expected in (
        (at(2026, 3, 3, 9), 3, Via.ITIP, "Applied"),
        (at(2026, 3, 3, 9), 2, Via.ITIP, "Applied"),
        (at(2026, 3, 3, 9), 1, Via.ITIP, "Ignored"),  # an old copy of the invitation was answered
        (at(2026, 3, 3, 9), 1, Via.WORDS, "Asked"),
        (at(2026, 3, 1, 9), None, Via.WORDS, "Asked"),
        (at(2026, 3, 17, 11), 3, Via.WORDS, "Ignored"),  # "yes, it was good" to the thanks
        (at(2026, 3, 17, 11), None, Via.HAND, "Applied"),
    ):
        assert outcome(Given(PartStat.ACCEPTED, via, sent, sequence=sequence)) == expected


def test_chairs_of_a_series_are_offered_until_its_last_date() -> None:
    series = replace(SERIES, capacity=1)
    waits = Invitation(
        InvitationId(1), series.id, PersonId(1), Token("a" * 20), partstat=PartStat.ACCEPTED, waiting_since=at(2026, 2, 1, 9)
    )  # fmt: skip
    (offered,) = seats.offers(series, [waits], at(2026, 3, 9, 9))  # a day before the second date
    assert offered.offered_until == at(2026, 3, 10, 9)
    (offered,) = seats.offers(series, [waits], at(2026, 3, 20, 9))
    assert offered.offered_until == at(2026, 3, 22, 9)
    assert seats.offers(series, [waits], at(2026, 7, 14, 9)) == []
