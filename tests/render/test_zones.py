"""VTIMEZONE: each one made is exact, as dateutil reads it; what cannot be said in two yearly rules is not made."""

import zoneinfo
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from io import StringIO

import pytest
from dateutil.tz import tzical

from mailer.render.zones import Observance, changes, observances, offset_at, vtimezone

ZONES = [
    "America/Chicago", "America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Halifax", "America/St_Johns",
    "America/Sao_Paulo", "America/Mexico_City", "America/Asuncion", "Europe/Madrid", "Europe/Berlin", "Europe/London",
    "Europe/Dublin", "Europe/Lisbon", "Europe/Athens", "Europe/Moscow", "Atlantic/Azores", "Africa/Johannesburg", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Tokyo", "Asia/Beirut", "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter",
]  # fmt: skip


def spans() -> list[tuple[datetime, datetime]]:
    """A two-hour meeting in every month of 2027, and on both days around the American and European changes."""
    months = [datetime(2027, month, 11, 15, tzinfo=UTC) for month in range(1, 13)]
    changes = [
        datetime(2027, m, d, h, tzinfo=UTC) for m, d in ((3, 14), (3, 28), (10, 31), (11, 7)) for h in (0, 6, 8, 23)
    ]
    return [(start, start + timedelta(hours=2)) for start in months + changes]


@lru_cache
def as_dateutil_reads(content: str) -> tzinfo | None:
    return tzical(StringIO(content)).get()  # type: ignore[no-any-return]


@pytest.mark.parametrize("zone", ZONES)
def test_made_zones_are_exact(zone: str) -> None:
    info = zoneinfo.ZoneInfo(zone)
    made = 0
    for start, end in spans():
        component = vtimezone(zone, start, end)
        if component is None:
            continue
        made += 1
        content = component.to_ical().decode()
        assert "RDATE" not in content
        read = as_dateutil_reads(content)
        for instant in (start, end):
            local = instant.astimezone(info)
            if local.fold == 0 and (local - timedelta(hours=3)).utcoffset() == (local + timedelta(hours=3)).utcoffset():
                # dateutil is asked the other way round (wall clock to offset), which has no one answer around a change
                assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), (zone, local)
    assert made == len(spans()) or zone in ("Pacific/Easter", "America/Asuncion")


def test_all_zones_are_exact_or_refused() -> None:
    """All of the database, at one meeting; how many are refused is a fact of the tz database (14 of 599 in 2025b, and 9 names of UTC itself)."""
    start = datetime(2026, 3, 12, 14, tzinfo=UTC)
    refused = {
        zone for zone in zoneinfo.available_timezones() if vtimezone(zone, start, start + timedelta(hours=2)) is None
    }
    assert len(refused) < 40
    assert {"Africa/Cairo", "America/Nuuk", "UTC"} <= refused
    assert not refused & set(ZONES)


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("EST5EDT,M3.2.0,M11.1.0", (-5, -4)),
        ("CET-1CEST,M3.5.0,M10.5.0/3", (1, 2)),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", (0, 1)),
        ("<+0330>-3:30", (3.5,)),
        ("JST-9", (9,)),
        ("EET-2EEST,M4.5.5/0,M10.5.4/24", None),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", None),
        ("EST5EDT,J60,J300", None),
        ("EST5EDT", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_footers(footer: str, expected: tuple[float, ...] | None) -> None:
    rules = observances(footer)
    hours = None if rules is None else tuple(rule.offset_to.total_seconds() / 3600 for rule in rules)
    assert hours == expected


def test_onsets() -> None:
    spring = Observance("CDT", timedelta(hours=-6), timedelta(hours=-5), 3, 2, 0, timedelta(hours=2))
    autumn = Observance("CET", timedelta(hours=2), timedelta(hours=1), 10, 5, 0, timedelta(hours=3))
    assert [spring.onset(year) for year in (1970, 2026, 2027)] == [
        datetime(1970, 3, 8, 2), datetime(2026, 3, 8, 2), datetime(2027, 3, 14, 2),
    ]  # fmt: skip
    assert [autumn.onset(year) for year in (1970, 2026, 2027)] == [
        datetime(1970, 10, 25, 3), datetime(2026, 10, 25, 3), datetime(2027, 10, 31, 3),
    ]  # fmt: skip
    december = Observance("X", timedelta(), timedelta(hours=1), 12, 5, 3)
    assert december.onset(2026) == datetime(2026, 12, 30)


def test_offsets_to_the_hour_in_every_month() -> None:
    rules = observances("CST6CDT,M3.2.0,M11.1.0")
    assert rules is not None
    chicago = zoneinfo.ZoneInfo("America/Chicago")
    instant, clock_changes = datetime(2026, 1, 1, tzinfo=UTC), changes(rules, 2024, 2028)
    while instant.year < 2028:
        assert offset_at(clock_changes, instant) == instant.astimezone(chicago).utcoffset(), instant
        instant += timedelta(hours=1)


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../../etc/passwd", "/etc/localtime", "", "America"])
def test_what_is_no_zone_gives_utc(zone: str) -> None:
    start = datetime(2026, 3, 12, 14, tzinfo=UTC)
    assert vtimezone(zone, start, start) is None
