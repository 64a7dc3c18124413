"""Days of the month as people write them: 3 May, May 3rd, el 3 de mayo, 3. Mai, 15.3., 3/15, 2027-05-03, the 15th.

Promises: pure; only days from the day of writing on, none more than two years ahead. Without a year, the next such day counts, unless it
comes round so late that one just gone by is more likely meant. Never: takes 03/04 for either where nobody says which comes first.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.understand.asks import words
from mailer.understand.asks.cursor import SUFFIXES, Cursor

FARTHEST = timedelta(days=731)
"""A year further off is a slip of the hand."""
FARTHEST_WITHOUT_YEAR = timedelta(days=300)
"""A day without its year that comes round later than this is more likely one that has just gone by."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named. *readings*: each day it may mean; *usual*: what it means where nothing else helps, None: a person is asked.

    *weekday* (0-6) or *of_month* (1-31): nothing but that was named, so that of several days known from elsewhere it can be another."""

    readings: tuple[date, ...]
    usual: date | None = None
    weekday: int | None = None
    of_month: int | None = None

    def fits(self, day: date) -> bool:
        """Whether *day*, one of several that are known, may be meant."""
        if self.weekday is not None:
            return day.weekday() == self.weekday
        if self.of_month is not None:
            return day.day == self.of_month
        return day in self.readings


class MonthDays:
    """Finds a day of the month at a place among tokens."""

    def __init__(self, code: str, today: date, day_first: bool | None) -> None:
        self.code = code
        self.today = today
        self.day_first = day_first

    def calendar_day(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        return (
            self._in_digits(at, at.past(i, "the"))
            or self._day_and_month(at, i)
            or self._month_and_day(at, i)
            or self._ordinal_day(at, i)
        )

    def _in_digits(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """2027-05-03, 3.5., 3.5.2027, 3/5, 3/5/27, 3-5-2027."""
        if at.sort(i) != "number":
            return None
        mark = at.form(i + 1)
        if mark not in ("-", ".", "/") or not at.close(i + 1) or not (at.close(i + 2) or mark == "."):
            return None
        if len(at.form(i)) == 4 and at.form(i + 3) == mark and at.digits(i + 2) and at.digits(i + 4):
            return i + 5, self.dated(int(at.form(i)), int(at.form(i + 2)), int(at.form(i + 4)))
        first, second = at.digits(i), at.digits(i + 2)
        if first is None or second is None:
            return None
        end, year = i + 3, None
        if at.form(i + 3) == mark and at.close(i + 3):
            if at.sort(i + 4) == "number" and len(at.form(i + 4)) in (2, 4) and (at.close(i + 4) or mark == "."):
                year, end = self._year(at.form(i + 4)), i + 5
            elif mark == ".":
                end = i + 4
            else:
                return None
        if mark == "-" and year is None:
            return None  # 3-5 are three things, or two
        if mark == "." and at.form(i + 3) == "." and year is None and end == i + 3:
            return None
        if first > 31 or second > 31 or not (first and second):
            return None
        day = self._two_numbers(first, second, year, mark)
        return None if day is None else (end, day)

    def _two_numbers(self, first: int, second: int, year: int | None, mark: str) -> Day | None:
        day_first = self.day_first if mark != "." or self.day_first is False else True
        ways = []
        if second <= 12:
            ways.append((second, first, True))
        if first <= 12 and first != second and not (mark == "." and day_first):
            ways.append((first, second, False))
        # whoever writes 15.3. or 3/15 leaves no doubt
        days = [self.dated(year, month, number) for month, number, _ in ways]
        if len(days) == 1:
            return days[0]
        if not days:
            return None
        chosen = [day for day, (_, _, first_is_day) in zip(days, ways, strict=True) if first_is_day is day_first]
        if day_first is not None and chosen:
            return chosen[0]
        return Day(tuple(sorted({r for day in days for r in day.readings})))

    def _day_and_month(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """3 May, the 3rd of May 2027, el 3 de mayo, 3. Mai."""
        j = at.past(i, "the")
        number = at.digits(j)
        if number is None:
            return None
        j += 1
        if at.form(j) in SUFFIXES and (at.close(j)):
            j += 1
        j = at.past(j, "of")
        month = at.named(j, "months")
        if month is None:
            return None
        end, year = self.with_year(at, j + 1)
        return end, self.dated(year, month, number)

    def _month_and_day(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """May 3, May 3rd, 2027. (Only where months come first: in Spanish, "mar 3" begins with a Tuesday.)"""
        month = at.named(i, "months")
        if month is None or not words.expressions(self.code, "dates.month_first"):
            return None
        j = i + 1
        if at.form(j) == "." and at.close(j):
            j += 1
        j = at.past(j, "the")
        number = at.digits(j)
        if number is None or number > 31:
            return None
        j += 1
        if at.form(j) in SUFFIXES - {"."} and at.close(j):
            j += 1
        elif at.form(j) == ":" and at.close(j):
            return None  # "May 3:30"
        end, year = self.with_year(at, j)
        return end, self.dated(year, month, number)

    def with_year(self, at: Cursor, i: int) -> tuple[int, int | None]:
        j = i
        if at.form(j) == "." and at.close(j) and at.sort(j + 1) == "number" and len(at.form(j + 1)) == 4:
            j += 1
        if at.form(j) == ",":
            j += 1
        j = at.past(j, "of")
        if at.sort(j) == "number" and len(at.form(j)) == 4 and at.form(j).startswith("20") and at.form(j + 1) != ":":
            return j + 1, int(at.form(j))
        if (
            at.form(i) == "."
            and at.close(i)
            and at.found[i - 1].sort == "word"
            and at.found[i - 1].end - at.found[i - 1].start <= 4
        ):
            return i + 1, None  # "3. Mai" needs none, "3 Dec." brings its own
        return i, None

    def _ordinal_day(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """the 15th, el 15, am 15."""
        j = at.past(i, "the")
        number = at.digits(j)
        if number is None or not 1 <= number <= 31:
            return None
        if at.form(j + 1) in SUFFIXES and at.close(j + 1) and (at.form(j + 1) != "." or j > i):
            if at.sort(j + 2) == "number" and at.close(j + 2):
                return None
            return j + 2, self._of_the_month(number)
        if at.phrase(i, "the_day") == j and j > i and ends(at, j + 1):
            return j + 1, self._of_the_month(number)
        return None

    def _of_the_month(self, number: int) -> Day:
        """The next day of that number; today's own number may be today or in a month."""
        found = []
        year, month = self.today.year, self.today.month
        for _ in range(3):
            day = day_or_none(year, month, number)
            if day is not None and day >= self.today:
                found.append(day)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if found and found[0] == self.today:
            return Day(tuple(found[:2]), of_month=number)
        return Day(tuple(found[:1]), found[0] if found else None, of_month=number)

    def dated(self, year: int | None, month: int, number: int) -> Day:
        if year is not None:
            day = day_or_none(year, month, number)
            return self.one(day)
        for candidate in (self.today.year, self.today.year + 1):
            day = day_or_none(candidate, month, number)
            if day is not None and day >= self.today:
                return Day((day,), day if day - self.today <= FARTHEST_WITHOUT_YEAR else None)
        return Day(())

    def one(self, day: date | None) -> Day:
        if day is None or not self.today <= day <= self.today + FARTHEST:
            return Day(())
        return Day((day,), day)

    @staticmethod
    def _year(digits: str) -> int:
        return int(digits) + (2000 if len(digits) == 2 else 0)


def ends(at: Cursor, i: int) -> bool:
    """Nothing behind that belongs to the number: "le 15", but not "el 15 %", "le 15h" or "el 3/5"."""
    return (
        i >= len(at.found)
        or at.sort(i) == "line"
        or at.form(i) in ",;.!)"
        or (at.sort(i) == "word" and not at.close(i))
    )


def day_or_none(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
