"""Business days, public holidays, lengths of time and the hours in which mail may leave, on one wall clock.

Promises: pure; the same dates for the same names on every machine (package holidays, no network).
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from mailer.decide.rule import Between, Duration, Timing, Unit

_FAR = 400  # days; no run of closed days is longer


@cache
def _registry() -> dict[str, str]:
    """Spellings of countries → ISO code. Imported late: it takes a fifth of a second."""
    from holidays.registry import COUNTRIES

    found = {}
    for module, (class_name, code, *others) in COUNTRIES.items():
        for spelling in (module.replace("_", " "), class_name.lower(), *(o.lower() for o in (code, *others))):
            found[spelling] = code
    return found


@lru_cache(maxsize=64)
def calendar_of(name: str) -> Any:
    """The holidays that *name* means ("US federal", "US-IL", "Germany", "Germany Bavaria"), or None if nobody knows."""
    words = " ".join(name.lower().replace(",", " ").replace("-", " ").split())
    for end in (
        " federal",
        " public",
        " national",
        " public holidays",
        " holidays",
        " federal holidays",
        " bank holidays",
    ):
        if words.endswith(end) and words.removesuffix(end) in _registry():
            words = words.removesuffix(end)
            break
    country, _, region = words, "", ""
    if words not in _registry():
        pieces = words.split()
        cut = next((n for n in range(len(pieces) - 1, 0, -1) if " ".join(pieces[:n]) in _registry()), 0)
        if not cut:
            return None
        country, region = " ".join(pieces[:cut]), " ".join(pieces[cut:])
    from holidays import country_holidays

    code = _registry()[country]
    if not region:
        return country_holidays(code)
    plain = country_holidays(code)
    spellings = {s.lower(): s for s in plain.subdivisions}
    spellings |= {str(k).lower().replace("-", " "): v for k, v in getattr(plain, "subdivisions_aliases", {}).items()}
    return country_holidays(code, subdiv=spellings[region]) if region in spellings else None


_OFTEN = ("US", "CA", "GB", "DE", "AT", "CH", "FR", "ES", "IT", "AU")


def region_named(name: str) -> str:
    """What to write for a region that stands without its country ("Illinois": "US-IL"); empty where it is none of a few large countries."""
    from holidays import country_holidays

    for code in _OFTEN:
        plain = country_holidays(code)
        aliases = {str(k).lower(): v for k, v in getattr(plain, "subdivisions_aliases", {}).items()}
        if (region := aliases.get(" ".join(name.lower().split()))) is not None:
            return f"{code}-{region}"
    return ""


@lru_cache(maxsize=8192)
def is_business_day(day: date, names: tuple[str, ...] = ()) -> bool:
    """Neither at the weekend (as the first named country keeps it) nor a holiday of any of *names*."""
    calendars = [c for c in map(calendar_of, names) if c is not None]
    weekend = calendars[0].weekend if calendars else {5, 6}
    return day.weekday() not in weekend and not any(day in c for c in calendars)


@lru_cache(maxsize=8192)
def shift_business_days(day: date, count: int, names: tuple[str, ...] = ()) -> date:
    """The *count*-th business day after *day* (before it, where negative). 0 is the day itself."""
    step = timedelta(days=1 if count > 0 else -1)
    left, passed = abs(count), 0
    while left:
        day += step
        passed += 1
        if is_business_day(day, names):
            left -= 1
            passed = 0
        elif passed > _FAR:
            raise OverflowError("no business day in more than a year")
    return day


def shift_day(day: date, duration: Duration, sign: int, names: tuple[str, ...]) -> date:
    """*day* moved by a *duration* that counts days of the calendar."""
    count = sign * duration.count
    match duration.unit:
        case Unit.BUSINESS_DAY:
            return shift_business_days(day, count, names)
        case Unit.WEEK:
            return day + timedelta(weeks=count)
        case Unit.MONTH:
            months = day.year * 12 + day.month - 1 + count
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        case _:
            return day + timedelta(days=count)


def shift(
    instant: datetime, duration: Duration, sign: int, at: time | None, zone: str, names: tuple[str, ...]
) -> datetime:
    """*instant* moved by *duration* on the wall clock of *zone*, at the clock time *at* or its own. UTC.

    A clock time that a change of clocks leaves out is the instant just as long after the change; of one that comes twice the first counts.
    """
    if (exact := duration.exact) is not None:
        return instant + sign * exact
    local = instant.astimezone(ZoneInfo(zone))
    day = shift_day(local.date(), duration, sign, names)
    return on_clock(day, at if at is not None else local.time(), zone)


def on_clock(day: date, at: time, zone: str) -> datetime:
    """The instant when the clock of *zone* shows *at* on *day*. UTC."""
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), ZoneInfo(zone)).astimezone(UTC)


def within(instant: datetime, target: datetime, duration: Duration, zone: str, names: tuple[str, ...]) -> bool:
    """Is *target* still to come and no further from *instant* than *duration*? Days count by date: "within 1 business day"
    holds all through the business day before."""
    if instant >= target:
        return False
    if (exact := duration.exact) is not None:
        return target - instant <= exact
    here = ZoneInfo(zone)
    return instant.astimezone(here).date() >= shift_day(target.astimezone(here).date(), duration, -1, names)


def at_least_away(instant: datetime, target: datetime, duration: Duration, zone: str, names: tuple[str, ...]) -> bool:
    """Is *target* at least *duration* after *instant*? Days count by date."""
    if (exact := duration.exact) is not None:
        return target - instant >= exact
    here = ZoneInfo(zone)
    return instant.astimezone(here).date() <= shift_day(target.astimezone(here).date(), duration, -1, names)


def less_than_ago(then: datetime, now: datetime, duration: Duration, zone: str, names: tuple[str, ...]) -> bool:
    """Is *then* less than *duration* before *now*? Days count by date: of "1 day", yesterday is not less, whatever the hour."""
    if then > now:
        return False
    if (exact := duration.exact) is not None:
        return now - then < exact
    here = ZoneInfo(zone)
    return then.astimezone(here).date() > shift_day(now.astimezone(here).date(), duration, -1, names)


@dataclass(frozen=True, slots=True)
class Window:
    """When mail may leave: hours and days on the clock of *zone*."""

    between: Between
    business_days_only: bool
    holidays: tuple[str, ...]
    zone: str

    @classmethod
    def of(cls, timing: Timing, zone: str) -> "Window":
        return cls(timing.between, timing.business_days_only, timing.holidays, zone)

    def opening(self, instant: datetime) -> datetime:
        """The first instant at or after *instant* at which mail may leave. UTC."""
        opens, closes = self.between.opens, self.between.closes
        if opens is None and not self.business_days_only:
            return instant.astimezone(UTC)
        local = instant.astimezone(ZoneInfo(self.zone))
        day = local.date()
        if self._open_on(day):
            if closes is None or opens is None or opens <= local.time() < closes:
                return instant.astimezone(UTC)
            if local.time() < opens:
                return on_clock(day, opens, self.zone)
        day = _first_day(day + timedelta(days=1), self._open_on)
        return on_clock(day, opens or time(0), self.zone)

    def is_open(self, instant: datetime) -> bool:
        return self.opening(instant) == instant

    def _open_on(self, day: date) -> bool:
        return not self.business_days_only or is_business_day(day, self.holidays)


def _first_day(day: date, suits: Callable[[date], bool]) -> date:
    for _ in range(_FAR):
        if suits(day):
            return day
        day += timedelta(days=1)
    raise OverflowError("no day suits in more than a year")
