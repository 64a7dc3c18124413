"""A day at a place among the tokens of an answer: of the month, of the week, or counted from the day of writing (tomorrow, in two
weeks, end of next week).

Promises: pure; the longest of what may begin there; only days from the day of writing on. Never: reads more than one day.
"""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from mailer.understand.asks.cursor import Cursor, openers
from mailer.understand.asks.monthdays import FARTHEST_WITHOUT_YEAR, Day, MonthDays, last_of
from mailer.understand.asks.question import Written
from mailer.understand.asks.tokens import Token
from mailer.understand.asks.weekdays import WeekDays


class Days:
    """Finds a day at a place among tokens."""

    def __init__(self, code: str, written: Written) -> None:
        self.code = code
        self.today = written.local.date()
        self.month = MonthDays(code, self.today, written.day_first)
        self.week = WeekDays(code, self.today, self.month)

    def __call__(self, found: Sequence[Token], i: int) -> tuple[int, str, object] | None:
        if found[i].sort != "number" and found[i].form not in openers(self.code):
            return None
        at = Cursor(found, self.code)
        vague = at.phrase(i, "vague")
        best = self._longest(at, i)
        roughly = self._longest(at, vague) if vague is not None else None
        if roughly is not None and (best is None or roughly[0] > best[0]):
            end, day = roughly
            return end, "vague", Day(day.readings)  # "early next week", "after 3 May": no day in particular
        return (best[0], "day", best[1]) if best is not None else None

    def _longest(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        best: tuple[int, Day] | None = None
        for way in (self.week.weekday, self.month.calendar_day, self._relative, self._end_of, self._in_units):
            result = way(at, i)
            if result is not None and (best is None or result[0] > best[0]):
                best = result
        return best

    def _relative(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        for kind, days in (("day_after", 2), ("tomorrow", 1), ("today", 0)):
            end = at.phrase(i, kind)
            if end is not None:
                day = self.today + timedelta(days=days)
                return end, Day((day,), day)
        return None

    def _in_units(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """in two weeks, 10 days from now, a week from Friday, Friday week."""
        j = at.phrase(i, "in")
        lead = j is not None
        j = i if j is None else j
        number = at.count(j)
        if number is None or not 1 <= number <= 400:
            return None
        for kind in ("days", "weeks", "months_units"):
            end = at.phrase(j + 1, kind)
            if end is None:
                continue
            after = at.phrase(end, "from_now")
            if not lead and after is None:
                return None
            if number > 24 and kind != "days":
                return None
            return after or end, self.month.one(self._counted(number, kind))
        return None

    def _counted(self, number: int, kind: str) -> date:
        if kind == "months_units":
            month = self.today.month - 1 + number
            year, month = self.today.year + month // 12, month % 12 + 1
            return date(year, month, min(self.today.day, calendar.monthrange(year, month)[1]))
        return self.today + timedelta(days=number * (7 if kind == "weeks" else 1))

    def _end_of(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """end of next week (its Friday), end of the month, end of May, end of the year."""
        friday = self.today - timedelta(days=self.today.weekday()) + timedelta(days=4)
        kinds = ("end_of_this_week", "end_of_next_week", "end_of_this_month", "end_of_next_month", "end_of_year")
        end, kind = max((at.phrase(i, kind) or 0, kind) for kind in kinds)
        first = self.today.replace(day=1)
        match kind if end else "":
            case "end_of_this_week":
                return end, self.month.one(friday)
            case "end_of_next_week":
                return end, self.month.one(friday + timedelta(days=7))
            case "end_of_this_month":
                return end, self.month.one(last_of(first.year, first.month))
            case "end_of_next_month":
                first = (first + timedelta(days=32)).replace(day=1)
                return end, self.month.one(last_of(first.year, first.month))
            case "end_of_year":
                return end, self.month.one(date(self.today.year, 12, 31))
        j = at.phrase(i, "end_of")
        if j is None:
            return None
        month = at.named(j, "months")
        if month is None:
            return None
        end, year = self.month.with_year(at, j + 1)
        if year is None:
            year = self.today.year + (month < self.today.month)
            day = last_of(year, month)
            return end, Day((day,), day if day - self.today <= FARTHEST_WITHOUT_YEAR else None)
        return end, self.month.one(last_of(year, month))
