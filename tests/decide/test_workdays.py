"""Business days, holidays, clocks and hours."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.rule import Between, Duration, Unit
from mailer.decide.workdays import (
    Window,
    at_least_away,
    calendar_of,
    is_business_day,
    less_than_ago,
    shift,
    shift_business_days,
    within,
)
from tests.decide.cast import ZONE, at, wall

US = ("US federal",)


@pytest.mark.parametrize(
    ("name", "day", "free"),
    [
        ("US federal", "2026-07-03", True),  # observed: the Fourth is a Saturday
        ("US federal", "2026-02-12", False),
        ("US-IL", "2026-02-12", True),  # Lincoln
        ("us il", "2026-02-12", True),
        ("US Illinois", "2026-02-12", True),
        ("USA", "2026-11-26", True),
        ("United States", "2026-11-26", True),
        ("Germany", "2026-10-03", True),
        ("Germany", "2026-06-04", False),
        ("DE-BY", "2026-06-04", True),  # Corpus Christi, in Bavaria
        ("Germany, Bayern", "2026-06-04", True),
        ("United Kingdom", "2026-12-28", True),  # Boxing Day, observed
        ("Austria public holidays", "2026-10-26", True),
    ],
)
def test_holidays_by_the_names_people_give(name: str, day: str, free: bool) -> None:
    assert (date.fromisoformat(day) in calendar_of(name)) is free


@pytest.mark.parametrize("name", ["Narnia", "", "US-ZZ", "Germany Illinois", "federal", "business days"])
def test_holidays_that_nobody_knows(name: str) -> None:
    assert calendar_of(name) is None


@pytest.mark.parametrize(
    ("start", "count", "names", "expected"),
    [
        ("2026-03-12", -10, (), "2026-02-26"),
        ("2026-03-12", -1, (), "2026-03-11"),
        ("2026-03-15", -1, (), "2026-03-13"),  # back from a Sunday
        ("2026-03-13", 1, (), "2026-03-16"),  # on from a Friday
        ("2026-11-30", -2, US, "2026-11-25"),  # Thanksgiving between
        ("2026-11-30", -2, (), "2026-11-26"),
        ("2027-01-04", -1, US, "2026-12-31"),
        ("2026-07-06", -1, US, "2026-07-02"),  # 3 July observed
        ("2026-03-14", 0, (), "2026-03-14"),
        ("2026-04-07", -1, ("US federal", "Germany"), "2026-04-02"),  # Easter Monday and Good Friday of the second
    ],
)
def test_business_days_are_counted_from_the_day(start: str, count: int, names: tuple[str, ...], expected: str) -> None:
    assert shift_business_days(date.fromisoformat(start), count, names) == date.fromisoformat(expected)


def test_the_weekend_of_the_country() -> None:
    friday, sunday = date(2026, 5, 15), date(2026, 5, 17)
    assert is_business_day(friday)
    assert not is_business_day(sunday)
    assert is_business_day(sunday, ("Israel",))
    assert not is_business_day(friday, ("Israel",))


@pytest.mark.parametrize(
    ("start", "length", "sign", "hour", "expected"),
    [
        # The clocks of Chicago go forward on 8 March 2026 and back on 1 November.
        ("2026-03-12 09:00", Duration(6, Unit.WEEK), -1, "09:00", "2026-01-29 09:00"),
        ("2026-03-12 09:00", Duration(6, Unit.WEEK), -1, None, "2026-01-29 09:00"),
        ("2026-03-12 09:00", Duration(7, Unit.DAY), -1, "09:30", "2026-03-05 09:30"),
        ("2026-03-09 09:00", Duration(48, Unit.HOUR), -1, None, "2026-03-07 08:00"),  # hours are hours
        ("2026-03-09 09:00", Duration(2, Unit.DAY), -1, None, "2026-03-07 09:00"),  # days are days
        ("2026-03-09 09:00", Duration(1, Unit.DAY), -1, "02:30", "2026-03-08 03:30"),  # 02:30 does not exist
        ("2026-11-02 09:00", Duration(1, Unit.DAY), -1, "01:30", "2026-11-01 01:30"),  # 01:30 comes twice: the first
        ("2026-03-31 09:00", Duration(1, Unit.MONTH), -1, None, "2026-02-28 09:00"),
        ("2024-03-31 09:00", Duration(1, Unit.MONTH), -1, None, "2024-02-29 09:00"),
        ("2026-01-15 09:00", Duration(2, Unit.MONTH), -1, None, "2025-11-15 09:00"),
        ("2026-12-15 09:00", Duration(13, Unit.MONTH), 1, "08:00", "2028-01-15 08:00"),
        ("2026-03-12 09:00", Duration(90, Unit.MINUTE), -1, None, "2026-03-12 07:30"),
        ("2026-03-12 09:00", Duration(0, Unit.DAY), -1, "07:00", "2026-03-12 07:00"),
    ],
)
def test_lengths_of_time_across_the_change_of_clocks(
    start: str, length: Duration, sign: int, hour: str | None, expected: str
) -> None:
    clock = time.fromisoformat(hour) if hour else None
    assert wall(shift(at(start), length, sign, clock, ZONE, ())) == expected


def test_the_first_of_two_equal_hours() -> None:
    one = shift(at("2026-11-02 09:00"), Duration(1, Unit.DAY), -1, time(1, 30), ZONE, ())
    assert one.isoformat() == "2026-11-01T06:30:00+00:00"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Chicago", "2026-03-11T14:00:00+00:00"),
        ("Europe/Berlin", "2026-03-11T08:00:00+00:00"),
        ("Asia/Kolkata", "2026-03-11T03:30:00+00:00"),
        ("Pacific/Auckland", "2026-03-10T20:00:00+00:00"),
    ],
)
def test_the_clock_is_that_of_the_meeting(zone: str, expected: str) -> None:
    start = at("2026-03-12 09:00", zone)
    assert shift(start, Duration(1, Unit.BUSINESS_DAY), -1, time(9), zone, ()).isoformat() == expected


@pytest.mark.parametrize(
    ("now", "length", "expected"),
    [
        ("2026-03-10 23:59", Duration(1, Unit.BUSINESS_DAY), False),
        ("2026-03-11 00:00", Duration(1, Unit.BUSINESS_DAY), True),  # the whole day before
        ("2026-03-12 08:59", Duration(1, Unit.BUSINESS_DAY), True),
        ("2026-03-12 09:00", Duration(1, Unit.BUSINESS_DAY), False),  # it has begun
        ("2026-03-13 09:00", Duration(1, Unit.WEEK), False),
        ("2026-03-11 09:00", Duration(24, Unit.HOUR), True),
        ("2026-03-11 08:59", Duration(24, Unit.HOUR), False),
    ],
)
def test_within(now: str, length: Duration, expected: bool) -> None:
    assert within(at(now), at("2026-03-12 09:00"), length, ZONE, ()) is expected


@pytest.mark.parametrize(
    ("now", "length", "expected"),
    [
        ("2026-03-09 23:00", Duration(3, Unit.BUSINESS_DAY), True),
        ("2026-03-10 00:00", Duration(3, Unit.BUSINESS_DAY), False),
        ("2026-03-11 09:00", Duration(24, Unit.HOUR), True),
        ("2026-03-11 09:01", Duration(24, Unit.HOUR), False),
    ],
)
def test_at_least_away(now: str, length: Duration, expected: bool) -> None:
    assert at_least_away(at(now), at("2026-03-12 09:00"), length, ZONE, ()) is expected


@pytest.mark.parametrize(
    ("then", "now", "length", "expected"),
    [
        ("2026-03-02 15:00", "2026-03-09 09:30", Duration(5, Unit.BUSINESS_DAY), False),  # a Monday, and the next
        ("2026-03-03 00:01", "2026-03-09 09:30", Duration(5, Unit.BUSINESS_DAY), True),
        ("2026-03-06 09:30", "2026-03-09 09:30", Duration(2, Unit.BUSINESS_DAY), True),  # Friday, and Monday
        ("2026-03-08 23:00", "2026-03-09 01:00", Duration(1, Unit.DAY), False),  # yesterday
        ("2026-03-09 00:30", "2026-03-09 09:30", Duration(1, Unit.DAY), True),
        ("2026-03-09 08:00", "2026-03-09 09:30", Duration(90, Unit.MINUTE), False),
        ("2026-03-09 08:01", "2026-03-09 09:30", Duration(90, Unit.MINUTE), True),
        ("2026-03-09 10:00", "2026-03-09 09:30", Duration(1, Unit.DAY), False),  # not ago at all
    ],
)
def test_less_than_ago(then: str, now: str, length: Duration, expected: bool) -> None:
    assert less_than_ago(at(then), at(now), length, ZONE, ()) is expected


OFFICE = Window(Between(time(8, 30), time(16, 30)), True, US, ZONE)


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-03-09 08:29", "2026-03-09 08:30"),
        ("2026-03-09 08:30", "2026-03-09 08:30"),
        ("2026-03-09 12:34", "2026-03-09 12:34"),
        ("2026-03-09 16:29", "2026-03-09 16:29"),
        ("2026-03-09 16:30", "2026-03-10 08:30"),
        ("2026-03-06 18:00", "2026-03-09 08:30"),  # Friday evening; the clocks change on Sunday
        ("2026-03-07 12:00", "2026-03-09 08:30"),
        ("2026-11-25 16:31", "2026-11-27 08:30"),  # Thanksgiving
        ("2026-12-31 23:59", "2027-01-04 08:30"),
    ],
)
def test_the_next_opening(instant: str, opening: str) -> None:
    assert wall(OFFICE.opening(at(instant))) == opening


def test_days_without_hours_and_hours_without_days() -> None:
    days = Window(Between(), True, (), ZONE)
    assert wall(days.opening(at("2026-03-07 12:00"))) == "2026-03-09 00:00"
    assert wall(days.opening(at("2026-03-09 03:00"))) == "2026-03-09 03:00"
    hours = Window(Between(time(8), time(17)), False, (), ZONE)
    assert wall(hours.opening(at("2026-03-07 18:00"))) == "2026-03-08 08:00"
    assert Window(Between(), False, (), ZONE).is_open(at("2026-03-08 03:15"))


instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(at("2026-01-01 00:00").tzinfo))
zones = st.sampled_from(
    ["America/Chicago", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "UTC"]
)
hours = st.tuples(st.times(), st.times()).filter(lambda p: p[0] < p[1]).map(lambda p: Between(*p)) | st.just(Between())


@settings(deadline=None)
@given(instants, hours, st.booleans(), zones)
def test_an_opening_is_open_and_not_before(instant: datetime, between: Between, days: bool, zone: str) -> None:
    window = Window(between, days, US, zone)
    opening = window.opening(instant)
    assert opening >= instant
    assert opening - instant < timedelta(days=6)
    # Hours that a change of clocks skips wholly are the one exception: then mail leaves right after it.
    assert window.is_open(opening) or (between.opens is not None and between.opens < time(4))


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 60))
def test_there_and_back_again(day: date, count: int) -> None:
    there = shift_business_days(day, count, US)
    assert is_business_day(there, US)
    back = shift_business_days(there, -count, US)
    assert back == day if is_business_day(day, US) else back < day
