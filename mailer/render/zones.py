"""VTIMEZONE with two yearly rules, as Outlook wants it; nothing where a zone cannot be told that way.

Promises: `vtimezone` gives a component only after its rules were compared with zoneinfo, hour by hour, around the event. Its
DTSTARTs are wall-clock times before the change (RFC 5545 §3.6.5), and it holds RRULE and never RDATE: RDATE lists shift
meetings by an hour in Outlook (calendar-mail, quirks 23 and 24).
Fails: None, and the caller writes UTC. So do zones whose footer needs a day before or after the named one (Cairo, Nuuk).
"""

import importlib.resources
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_OFFSET = r"[+-]?\d{1,3}(?::\d{2}(?::\d{2})?)?"
_NAME = r"<[A-Za-z0-9+-]{3,10}>|[A-Za-z]{3,10}"
_FOOTER = re.compile(
    rf"(?P<std>{_NAME})(?P<std_offset>{_OFFSET})"
    rf"(?:(?P<dst>{_NAME})(?P<dst_offset>{_OFFSET})?,(?P<start>[^,]+),(?P<end>[^,]+))?"
)
_RULE = re.compile(rf"M(?P<month>\d{{1,2}})\.(?P<week>[1-5])\.(?P<day>[0-6])(?:/(?P<time>{_OFFSET}))?")
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_AROUND = timedelta(days=2)  # how far on either side of the event the rules must be right
_FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Observance:
    """One STANDARD or DAYLIGHT block. *month* 0: the zone has no changes. *week* 5 is the last; *day* 0 is Sunday."""

    name: str
    offset_from: timedelta
    offset_to: timedelta
    month: int = 0
    week: int = 0
    day: int = 0
    at: timedelta = timedelta()

    def onset(self, year: int) -> datetime:
        """When it begins in *year*, on the wall clock before the change; naive."""
        if not self.month:
            return datetime(_FIRST_YEAR, 1, 1)  # noqa: DTZ001 - local by definition
        if self.week == 5:
            following = datetime(year + self.month // 12, self.month % 12 + 1, 1)  # noqa: DTZ001
            last = following - timedelta(days=1)
            found = last - timedelta(days=(last.isoweekday() - self.day) % 7)
        else:
            first = datetime(year, self.month, 1)  # noqa: DTZ001
            found = first + timedelta(days=(self.day - first.isoweekday()) % 7 + 7 * (self.week - 1))
        return found + self.at


def observances(footer: str) -> tuple[Observance, ...] | None:
    """Read a POSIX TZ string (RFC 9636 §3.3.2): one observance, or two, standard first; None where no yearly rule says it."""
    found = _FOOTER.fullmatch(footer)
    if found is None:
        return None
    standard = -_duration(found["std_offset"])  # POSIX counts west of Greenwich
    name = found["std"].strip("<>")
    if found["dst"] is None:
        return (Observance(name, standard, standard),)
    daylight = -_duration(found["dst_offset"]) if found["dst_offset"] else standard + timedelta(hours=1)
    start, end = _RULE.fullmatch(found["start"]), _RULE.fullmatch(found["end"])
    if start is None or end is None:
        return None
    changes = (
        _observance(name, daylight, standard, end),
        _observance(found["dst"].strip("<>"), standard, daylight, start),
    )
    if any(not timedelta() <= change.at < timedelta(days=1) for change in changes):
        return None
    # Dublin calls winter the daylight time, one hour back: clients want DAYLIGHT to be the later clock.
    return tuple(sorted(changes, key=lambda change: change.offset_to))


def _observance(name: str, before: timedelta, after: timedelta, rule: re.Match[str]) -> Observance:
    at = _duration(rule["time"]) if rule["time"] else timedelta(hours=2)
    return Observance(name, before, after, int(rule["month"]), int(rule["week"]), int(rule["day"]), at)


def _duration(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = [*map(int, text.lstrip("+-").split(":")), 0, 0][:3]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def changes(rules: tuple[Observance, ...], first_year: int, last_year: int) -> list[tuple[datetime, timedelta]]:
    """When a client that obeys *rules* changes the clock, and to which UTC offset; in order."""
    return sorted(
        ((rule.onset(year) - rule.offset_from).replace(tzinfo=UTC), rule.offset_to)
        for rule in rules
        for year in range(first_year, last_year + 1)
    )


def offset_at(clock_changes: list[tuple[datetime, timedelta]], instant: datetime) -> timedelta:
    """The UTC offset at *instant*, which lies after the first change."""
    return next(offset for onset, offset in reversed(clock_changes) if onset <= instant)


def footer_of(zone: str) -> str:
    """The last line of the zone's TZif file, from where zoneinfo reads it; empty where there is none."""
    for root in zoneinfo.TZPATH:
        path = Path(root) / zone
        if path.is_file():
            content = path.read_bytes()
            break
    else:
        package, _, name = f"tzdata/zoneinfo/{zone}".rpartition("/")
        content = importlib.resources.files(package.replace("/", ".")).joinpath(name).read_bytes()
    return content.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


@lru_cache(maxsize=1024)
def vtimezone(zone: str, dtstart: datetime, dtend: datetime) -> Timezone | None:
    """VTIMEZONE for *zone* (an IANA name), right from two days before *dtstart* to two days after *dtend*, or None."""
    try:
        info = zoneinfo.ZoneInfo(zone)  # refuses names that leave the tz database, too
        footer = footer_of(zone)
    except (OSError, ValueError, KeyError, ImportError):
        return None
    rules = observances(footer)
    if footer == "UTC0" or rules is None or any(rule.offset_to.total_seconds() % 60 for rule in rules):
        return None
    instant, last = dtstart.astimezone(UTC) - _AROUND, dtend.astimezone(UTC) + _AROUND
    clock_changes = changes(rules, instant.year - 2, last.year)
    while instant <= last:
        if offset_at(clock_changes, instant) != instant.astimezone(info).utcoffset():
            return None
        instant += timedelta(hours=1)
    return _component(zone, rules)


def _component(zone: str, rules: tuple[Observance, ...]) -> Timezone:
    timezone = Timezone()
    timezone.add("tzid", zone)
    for position, rule in enumerate(rules):
        block = TimezoneDaylight() if position else TimezoneStandard()
        block.add("dtstart", rule.onset(_FIRST_YEAR))
        if rule.month:
            week = -1 if rule.week == 5 else rule.week
            block.add("rrule", vRecur(FREQ="YEARLY", BYMONTH=rule.month, BYDAY=f"{week}{_WEEKDAYS[rule.day]}"))
        block.add("tzoffsetfrom", rule.offset_from)
        block.add("tzoffsetto", rule.offset_to)
        block.add("tzname", rule.name)
        timezone.add_component(block)
    return timezone
