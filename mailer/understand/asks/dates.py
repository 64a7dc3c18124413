"""Days and hours as people write them: "by 3 May", "end of next week", "15.3.", "el 3 de mayo", "Tue 10am".

Counted from the day the answer was written, in its zone. Promises: pure; only days from that day on, none more than two years ahead.
Never:    guesses. A day that can be meant two ways has all its `readings`, and a `usual` one only where a habit of speech decides:
          English "next Friday" is the Friday of next week, Spanish "el próximo viernes" the one that comes. What contradicts itself
          ("Monday 3 May" where the 3rd is a Sunday), lies behind, or is 03/04 with nobody to say which comes first, has none.
Fails:    not at all: what is no date is given back as not understood.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache

from mailer.understand.asks import words
from mailer.understand.asks.question import Written
from mailer.understand.asks.tokens import Span, Token, in_one_way, spans, tidy, tokens
from mailer.understand.clauses import plain

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


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day: each it may mean ("at 3" is 3:00 or 15:00), or a part of the day: from *readings*[0] to *until*."""

    readings: tuple[time, ...]
    until: time | None = None

    def fits(self, clock: time) -> bool:
        if self.until is not None:
            return self.readings[0] <= clock < self.until
        return clock in self.readings


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


def matchers(code: str, written: Written) -> tuple["_Days", "_Hours"]:
    """What finds days and hours among tokens, for `mailer.understand.asks.tokens.spans`: kinds "day" and "hour"."""
    return _Days(code, written), _Hours(code)


def days_in(laid: Sequence[Span]) -> list[Day]:
    return [s.value for s in laid if isinstance(s.value, Day)]


# words ------------------------------------------------------------------------------------------------------------------


@cache
def _named(code: str, kind: str) -> Mapping[str, int]:
    """Months (1-12) or weekdays (0-6) by name."""
    first = 1 if kind == "months" else 0
    rows: Sequence[str] = words.expressions(code, f"dates.{kind}")
    return {plain(name): number for number, names in enumerate(rows, first) for name in names.split()}


@cache
def _phrases(code: str, kind: str) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """First word → the expressions of the class ``dates.kind`` that begin with it, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in words.expressions(code, f"dates.{kind}"):
        forms = tuple(t.form for t in tokens(tidy(entry)))
        found.setdefault(forms[0], []).append(forms)
    return {first: sorted(entries, key=len, reverse=True) for first, entries in found.items()}


@cache
def _openers(code: str) -> frozenset[str]:
    """Words that a day or an hour can begin with, beside digits."""
    kinds = [kind for kind in words.content(code)["dates"] if kind not in ("months", "weekdays", "month_first")]
    named = {*_named(code, "months"), *_named(code, "weekdays"), *words.numbers(code)}
    return frozenset(named.union(*(_phrases(code, kind) for kind in kinds)))


_SUFFIXES = frozenset({"st", "nd", "rd", "th", "º", "ª", "°", "er", "."})


class _Cursor:
    """A place among tokens, and what stands there in one language."""

    __slots__ = ("code", "found")

    def __init__(self, found: Sequence[Token], code: str) -> None:
        self.found = found
        self.code = code

    def form(self, i: int) -> str:
        return self.found[i].form if i < len(self.found) else ""

    def sort(self, i: int) -> str:
        return self.found[i].sort if i < len(self.found) else ""

    def close(self, i: int) -> bool:
        """Whether token *i* stands right behind the one before."""
        return 0 < i < len(self.found) and self.found[i].start == self.found[i - 1].end

    def phrase(self, i: int, kind: str) -> int | None:
        """The place after an expression of the class ``dates.kind``; None where there is none."""
        for forms in _phrases(self.code, kind).get(self.form(i), ()):
            if all(self.form(i + k) == form for k, form in enumerate(forms)):
                return i + len(forms)
        return None

    def past(self, i: int, *kinds: str) -> int:
        """The place after any of these, once; *i* where there is none."""
        for kind in kinds:
            end = self.phrase(i, kind)
            if end is not None:
                return end
        return i

    def digits(self, i: int, most: int = 2) -> int | None:
        return int(self.form(i)) if self.sort(i) == "number" and len(self.form(i)) <= most else None

    def named(self, i: int, kind: str) -> int | None:
        return _named(self.code, kind).get(self.form(i)) if self.sort(i) == "word" else None

    def count(self, i: int) -> int | None:
        number = self.digits(i, 3)
        return number if number is not None else words.numbers(self.code).get(self.form(i))


class _Days:
    """Finds a day at a place among tokens."""

    def __init__(self, code: str, written: Written) -> None:
        self.code = code
        self.today = written.local.date()
        self.day_first = written.day_first

    def __call__(self, found: Sequence[Token], i: int) -> tuple[int, str, object] | None:
        if found[i].sort != "number" and found[i].form not in _openers(self.code):
            return None
        at = _Cursor(found, self.code)
        vague = at.phrase(i, "vague")
        best = self._longest(at, i)
        roughly = self._longest(at, vague) if vague is not None else None
        if roughly is not None and (best is None or roughly[0] > best[0]):
            end, day = roughly
            return end, "vague", Day(day.readings)  # "early next week", "after 3 May": no day in particular
        return (best[0], "day", best[1]) if best is not None else None

    def _longest(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        best: tuple[int, Day] | None = None
        for way in (self._weekday, self._calendar_day, self._relative, self._end_of, self._in_units):
            result = way(at, i)
            if result is not None and (best is None or result[0] > best[0]):
                best = result
        return best

    # a day of the month -------------------------------------------------------------------------------------------------

    def _calendar_day(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        return (
            self._in_digits(at, at.past(i, "the"))
            or self._day_and_month(at, i)
            or self._month_and_day(at, i)
            or self._ordinal_day(at, i)
        )

    def _in_digits(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        """2027-05-03, 3.5., 3.5.2027, 3/5, 3/5/27, 3-5-2027."""
        if at.sort(i) != "number":
            return None
        mark = at.form(i + 1)
        if mark not in ("-", ".", "/") or not at.close(i + 1) or not (at.close(i + 2) or mark == "."):
            return None
        if len(at.form(i)) == 4 and at.form(i + 3) == mark and at.digits(i + 2) and at.digits(i + 4):
            return i + 5, self._dated(int(at.form(i)), int(at.form(i + 2)), int(at.form(i + 4)))
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
        days = [self._dated(year, month, number) for month, number, _ in ways]
        if len(days) == 1:
            return days[0]
        if not days:
            return None
        chosen = [day for day, (_, _, first_is_day) in zip(days, ways, strict=True) if first_is_day is day_first]
        if day_first is not None and chosen:
            return chosen[0]
        return Day(tuple(sorted({r for day in days for r in day.readings})))

    def _day_and_month(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        """3 May, the 3rd of May 2027, el 3 de mayo, 3. Mai."""
        j = at.past(i, "the")
        number = at.digits(j)
        if number is None:
            return None
        j += 1
        if at.form(j) in _SUFFIXES and (at.close(j)):
            j += 1
        j = at.past(j, "of")
        month = at.named(j, "months")
        if month is None:
            return None
        end, year = self._with_year(at, j + 1)
        return end, self._dated(year, month, number)

    def _month_and_day(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
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
        if at.form(j) in _SUFFIXES - {"."} and at.close(j):
            j += 1
        elif at.form(j) == ":" and at.close(j):
            return None  # "May 3:30"
        end, year = self._with_year(at, j)
        return end, self._dated(year, month, number)

    def _with_year(self, at: _Cursor, i: int) -> tuple[int, int | None]:
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

    def _ordinal_day(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        """the 15th, el 15, am 15."""
        j = at.past(i, "the")
        number = at.digits(j)
        if number is None or not 1 <= number <= 31:
            return None
        if at.form(j + 1) in _SUFFIXES and at.close(j + 1) and (at.form(j + 1) != "." or j > i):
            if at.sort(j + 2) == "number" and at.close(j + 2):
                return None
            return j + 2, self._of_the_month(number)
        if at.phrase(i, "the_day") == j and j > i and self._ends(at, j + 1):
            return j + 1, self._of_the_month(number)
        return None

    @staticmethod
    def _ends(at: _Cursor, i: int) -> bool:
        """Nothing behind that belongs to the number: "le 15", but not "el 15 %", "le 15h" or "el 3/5"."""
        return (
            i >= len(at.found)
            or at.sort(i) == "line"
            or at.form(i) in ",;.!)"
            or (at.sort(i) == "word" and not at.close(i))
        )

    def _of_the_month(self, number: int) -> Day:
        """The next day of that number; today's own number may be today or in a month."""
        found = []
        year, month = self.today.year, self.today.month
        for _ in range(3):
            day = _day(year, month, number)
            if day is not None and day >= self.today:
                found.append(day)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if found and found[0] == self.today:
            return Day(tuple(found[:2]), of_month=number)
        return Day(tuple(found[:1]), found[0] if found else None, of_month=number)

    def _dated(self, year: int | None, month: int, number: int) -> Day:
        if year is not None:
            day = _day(year, month, number)
            return self._one(day)
        for candidate in (self.today.year, self.today.year + 1):
            day = _day(candidate, month, number)
            if day is not None and day >= self.today:
                return Day((day,), day if day - self.today <= FARTHEST_WITHOUT_YEAR else None)
        return Day(())

    def _one(self, day: date | None) -> Day:
        if day is None or not self.today <= day <= self.today + FARTHEST:
            return Day(())
        return Day((day,), day)

    @staticmethod
    def _year(digits: str) -> int:
        return int(digits) + (2000 if len(digits) == 2 else 0)

    # a day of the week --------------------------------------------------------------------------------------------------

    def _weekday(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
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
            dated = self._calendar_day(at, at.past(k, "the", "by") if not self._calendar_day(at, k) else k)
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

    def _weekday_and_number(self, at: _Cursor, i: int, weekday: int) -> tuple[int, Day] | None:
        """martes 23, mardi 23; elsewhere only where it cannot be an hour."""
        number = at.digits(i)
        if number is None or not 1 <= number <= 31 or not (number > 24 or _phrases(self.code, "the_day")):
            return None
        if not self._ends(at, i + 1) or at.phrase(i + 1, "oclock") or at.phrase(i + 1, "am") or at.phrase(i + 1, "pm"):
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

    # counted from today -------------------------------------------------------------------------------------------------

    def _relative(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        for kind, days in (("day_after", 2), ("tomorrow", 1), ("today", 0)):
            end = at.phrase(i, kind)
            if end is not None:
                day = self.today + timedelta(days=days)
                return end, Day((day,), day)
        return None

    def _in_units(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
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
            return after or end, self._one(self._counted(number, kind))
        return None

    def _counted(self, number: int, kind: str) -> date:
        if kind == "months_units":
            month = self.today.month - 1 + number
            year, month = self.today.year + month // 12, month % 12 + 1
            return date(year, month, min(self.today.day, calendar.monthrange(year, month)[1]))
        return self.today + timedelta(days=number * (7 if kind == "weeks" else 1))

    def _end_of(self, at: _Cursor, i: int) -> tuple[int, Day] | None:
        """end of next week (its Friday), end of the month, end of May, end of the year."""
        friday = self.today - timedelta(days=self.today.weekday()) + timedelta(days=4)
        kinds = ("end_of_this_week", "end_of_next_week", "end_of_this_month", "end_of_next_month", "end_of_year")
        end, kind = max((at.phrase(i, kind) or 0, kind) for kind in kinds)
        first = self.today.replace(day=1)
        match kind if end else "":
            case "end_of_this_week":
                return end, self._one(friday)
            case "end_of_next_week":
                return end, self._one(friday + timedelta(days=7))
            case "end_of_this_month":
                return end, self._one(_last_of(first.year, first.month))
            case "end_of_next_month":
                first = (first + timedelta(days=32)).replace(day=1)
                return end, self._one(_last_of(first.year, first.month))
            case "end_of_year":
                return end, self._one(date(self.today.year, 12, 31))
        j = at.phrase(i, "end_of")
        if j is None:
            return None
        month = at.named(j, "months")
        if month is None:
            return None
        end, year = self._with_year(at, j + 1)
        if year is None:
            year = self.today.year + (month < self.today.month)
            day = _last_of(year, month)
            return end, Day((day,), day if day - self.today <= FARTHEST_WITHOUT_YEAR else None)
        return end, self._one(_last_of(year, month))


class _Hours:
    """Finds a time of day at a place among tokens."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, found: Sequence[Token], i: int) -> tuple[int, str, object] | None:
        if found[i].sort != "number" and found[i].form not in _openers(self.code):
            return None
        at = _Cursor(found, self.code)
        end = at.phrase(i, "noon")
        if end is not None:
            return end, "hour", Hour((time(12),))
        for kind, start, stop in (
            ("morning", time(0), time(12)),
            ("afternoon", time(12), time(18)),
            ("evening", time(17), time(23, 59)),
        ):
            end = at.phrase(i, kind)
            if end is not None:
                return end, "hour", Hour((start,), stop)
        j = at.phrase(i, "at")
        begin = i if j is None else j
        first = self._clock(at, begin, said=j is not None)
        result = self._until(at, begin, first) or first
        return None if result is None else (result[0], "hour", Hour(result[1]))

    def _until(
        self, at: _Cursor, i: int, first: tuple[int, tuple[time, ...]] | None
    ) -> tuple[int, tuple[time, ...]] | None:
        """The beginning of "10:00-11:00", "10-11am", "2 - 3 pm"; None where there is no end."""
        end, begins = first if first is not None else (i + 1, ())
        if at.form(end) not in ("-", "–", "—"):
            return None
        second = self._clock(at, end + 1, said=bool(begins))
        if second is None:
            return None
        begins = begins or (self._clock(at, i, said=True) or (0, ()))[1]
        if len(second[1]) == 1:
            begins = tuple(b for b in begins if b < second[1][0])[-1:]  # "10-11am", "11-1pm"
        return (second[0], begins) if begins else None

    def _clock(self, at: _Cursor, i: int, said: bool) -> tuple[int, tuple[time, ...]] | None:
        """10am, 10:30, 10.30 Uhr, 14h30, a las 3."""
        hour = at.digits(i)
        if hour is None or hour > 24:
            return None
        j, minute, clear = i + 1, 0, said
        if (
            at.form(j) in (":", ".", "h")
            and at.close(j)
            and at.sort(j + 1) == "number"
            and len(at.form(j + 1)) == 2
            and at.close(j + 1)
        ):
            sign, minute = at.form(j), int(at.form(j + 1))
            if minute > 59:
                return None
            j += 2
            clear = clear or sign in (":", "h")
        for kind, shift in (("am", 0), ("pm", 12)):
            end = at.phrase(j, kind)
            if end is not None and 1 <= hour <= 12:
                return end, (time(hour % 12 + shift, minute),)
        end = at.phrase(j, "oclock")
        if end is not None:
            j, clear = end, True
        if not clear or hour == 24:
            return None
        if 1 <= hour <= 12 and at.form(i)[0] != "0" and not (end is not None and self.code in ("de", "fr")):
            return j, (time(hour, minute), time((hour + 12) % 24, minute))
        return j, (time(hour, minute),)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
