"""Days and hours as people write them: "by 3 May", "end of next week", "15.3.", "el 3 de mayo", "Tue 10am".

Counted from the day the answer was written, in its zone. Promises: pure; only days from that day on, none more than two years ahead.
Never:    guesses. A day that can be meant two ways has all its `readings`, and a `usual` one only where a habit of speech decides:
          English "next Friday" is the Friday of next week, Spanish "el próximo viernes" the one that comes. What contradicts itself
          ("Monday 3 May" where the 3rd is a Sunday), lies behind, or is 03/04 with nobody to say which comes first, has none.
Fails:    not at all: what is no date is given back as not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from mailer.understand.asks.days import Days
from mailer.understand.asks.hours import Hour, Hours
from mailer.understand.asks.monthdays import Day
from mailer.understand.asks.question import Written
from mailer.understand.asks.tokens import Span, in_one_way, spans, tidy, tokens

__all__ = ["DateReading", "Day", "Hour", "days_in", "matchers", "read_date"]


@dataclass(frozen=True, slots=True)
class DateReading:
    """*day* None: none was named, or none that is certain; then the words are in *not_understood*, unless the text is empty."""

    day: date | None = None
    hour: time | None = None
    not_understood: tuple[str, ...] = ()


def read_date(text: str, written: Written) -> DateReading:
    """Read a text that is a date and nothing else ("by 3 May, 10am")."""
    text = tidy(text).strip()
    found = tokens(text)
    if not found:
        return DateReading()

    def read(code: str) -> tuple[int, DateReading | None]:
        around = ("dates.by", "dates.the", "dates.at", "dates.end_of_day", "common.courtesy")
        laid = spans(found, code, around, {}, matchers(code, written))
        unknown = sum(
            1 for s in laid if s.value is None and (not s.kinds or s.has("number", "ordinal", "address", "url"))
        ) + sum(1 for s in laid if s.has("vague"))
        return unknown, _only_date(laid) if not unknown else None

    return in_one_way(read, written.language) or DateReading(not_understood=(text[:300],))


def _only_date(laid: Sequence[Span]) -> DateReading | None:
    """One day, and at most one time of day, each certain."""
    days = days_in(laid)
    hours = [s.value for s in laid if isinstance(s.value, Hour)]
    if len(days) != 1 or len(hours) > 1 or days[0].usual is None:
        return None
    if not hours:
        return DateReading(days[0].usual)
    if hours[0].until is not None or len(hours[0].readings) != 1:
        return None
    return DateReading(days[0].usual, hours[0].readings[0])


def matchers(code: str, written: Written) -> tuple[Days, Hours]:
    """What finds days and hours among tokens, for `mailer.understand.asks.tokens.spans`: kinds "day" and "hour"."""
    return Days(code, written), Hours(code)


def days_in(laid: Sequence[Span]) -> list[Day]:
    return [s.value for s in laid if isinstance(s.value, Day)]
