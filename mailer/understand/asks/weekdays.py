"""Days of the week as people write them: Friday, next Friday, Friday next week, viernes que viene, Mi 17.2.

Promises: pure; only days from the day of writing on. A day that is named beside ("Monday 3 May") must be one, or there is none.
Never:    guesses. "Next Friday" is the Friday of next week in English, and has both readings where usage is divided.
"""

from datetime import date, timedelta

from mailer.understand.asks.cursor import Cursor, phrases
from mailer.understand.asks.monthdays import Day, MonthDays, ends


class WeekDays:
    """Finds a day of the week at a place among tokens."""

    def __init__(self, code: str, today: date, month: MonthDays) -> None:
        self.code = code
        self.today = today
        self.month = month

    def weekday(self, at: Cursor, i: int) -> tuple[int, Day] | None:
        """Friday, next Friday, Friday next week, next week Friday, viernes que viene; Monday 3 May must agree with itself."""
        j, how = i, "plain"
        week = next((k for k in ("this_week", "next_week", "week_after") if at.phrase(j, k)), None)
        if week is not None:
            after = at.phrase(j, week)
            assert after is not None
            j = after + (at.form(after) == ",")
            j = at.past(j, "by")
            how = week
        else:
            j = at.past(j, "the")
            for kind in ("coming", "this", "next", "either_next"):
                end = at.phrase(j, kind)
                if end is not None and at.named(end, "weekdays") is not None:
                    j, how = end, kind
                    break
        weekday = at.named(j, "weekdays")
        if weekday is None:
            return None
        short = at.found[j].end - at.found[j].start <= 3
        j += 1
        if short and at.form(j) == "." and at.close(j):
            j += 1
        if how == "plain":
            k = j + (at.form(j) == ",")
            dated = self.month.calendar_day(at, at.past(k, "the", "by") if not self.month.calendar_day(at, k) else k)
            if dated is not None:
                end, day = dated
                fitting = tuple(d for d in day.readings if d.weekday() == weekday)
                return end, Day(
                    fitting, fitting[0] if len(fitting) == 1 and (day.usual or len(day.readings) > 1) else None
                )
            numbered = self._weekday_and_number(at, k, weekday)
            if numbered is not None:
                return numbered
            for kind, name in (("this_week", "this_week"), ("next_week", "next_week"), ("week_after", "week_after"),
                               ("after_coming", "coming"), ("after_either", "either_next")):  # fmt: skip
                end_of_phrase = at.phrase(k, kind)
                if end_of_phrase is not None:
                    return end_of_phrase, self._week_day(weekday, name)
        return j, self._week_day(weekday, how)

    def _weekday_and_number(self, at: Cursor, i: int, weekday: int) -> tuple[int, Day] | None:
        """martes 23, mardi 23; elsewhere only where it cannot be an hour."""
        number = at.digits(i)
        if number is None or not 1 <= number <= 31 or not (number > 24 or phrases(self.code, "the_day")):
            return None
        if not ends(at, i + 1) or at.phrase(i + 1, "oclock") or at.phrase(i + 1, "am") or at.phrase(i + 1, "pm"):
            return None
        for days in range(93):
            day = self.today + timedelta(days=days)
            if day.day == number and day.weekday() == weekday:
                return i + 1, Day((day,), day)
        return None

    def _week_day(self, weekday: int, how: str) -> Day:
        monday = self.today - timedelta(days=self.today.weekday())
        ahead = (weekday - self.today.weekday()) % 7
        coming = self.today + timedelta(days=ahead or 7)
        following = monday + timedelta(days=7 + weekday)
        in_this_week = monday + timedelta(days=weekday)
        match how:
            case "this_week":
                return Day((in_this_week,), in_this_week) if in_this_week >= self.today else Day(())
            case "next_week":
                return Day((following,), following)
            case "week_after":
                day = following + timedelta(days=7)
                return Day((day,), day)
            case "this":
                if in_this_week >= self.today:
                    return Day((in_this_week,), in_this_week)
                # on a Saturday, "this Monday" is the one that comes; on a Wednesday nobody knows
                return Day((coming,), coming if self.today.weekday() >= 5 else None)
            case "coming":
                return Day(tuple(sorted({coming, following})) if ahead else (coming,), coming)
            case "next":
                return Day(tuple(sorted({coming, following})), following)
            case "either_next":
                readings = tuple(sorted({coming, following}))
                return Day(readings, readings[0] if len(readings) == 1 else None)
        if not ahead:
            return Day((self.today, coming), weekday=weekday)  # "Friday", written on a Friday
        return Day((coming,), coming, weekday)
