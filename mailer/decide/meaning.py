"""A parsed phrase → its value.

A word becomes the member of its enumeration that has its text; the enumerations of `rule` and the vocabulary are kept equal by a test.
"""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from lark import Token, Transformer

from mailer.decide import rule as r
from mailer.decide.grammar import word_of
from mailer.decide.snapshot import HappeningKind
from mailer.decide.vocabulary import Kind
from mailer.terms import canonical

_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_MOST_TIMES = 100
_LONGEST = 1100  # days; more is a slip, and dates have an end


class NotATime(ValueError):
    """A date or clock time that does not exist, or an offset that makes no sense; the message is the sentence."""


_VALUES: dict[Kind, Any] = {
    Kind.UNIT: r.Unit,
    Kind.ANCHOR: r.Anchor,
    Kind.GROUP: r.Group,
    Kind.STATE: r.State,
    Kind.CONDITION: r.ConditionKind,
    Kind.SIGNER: r.Signer,
    Kind.HAPPENING: HappeningKind,
    Kind.IF_LATE: r.IfLateKind,
    Kind.BUNDLE: r.Bundle,
    Kind.DO: r.Drafted,
}


class Meaning(Transformer[Token, Any]):
    """Turn a tree into values. Words become the enumeration members that have their text."""

    def __init__(self, own: Sequence[r.OwnGroup]) -> None:
        super().__init__()
        self._own = own

    def __default__(self, data: str, children: list[Any], meta: Any) -> Any:
        if (w := word_of(str(data))) is None:
            return children[0]
        values = [c for c in children if not isinstance(c, Token)]
        value: Any = _VALUES[w.kind](w.text) if w.kind in _VALUES else w.text
        match w.kind:
            case Kind.CONDITION:
                return r.Condition(value, *values)
            case Kind.IF_LATE:
                return r.IfLate(value, *values)
            case Kind.HAPPENING:
                return r.Happens(value, *values)
            case _:
                return value

    def number(self, children: list[Token]) -> int:
        text = str(children[0])
        if text.isdigit():
            return int(text)
        return 1 if text in ("a", "an") else _NUMBERS.index(text) + 1

    def duration(self, children: list[Any]) -> r.Duration:
        length = r.Duration(children[0], children[1])
        if length.days > _LONGEST:
            raise NotATime(f'"{length}" is more than three years.')
        return length

    def clock(self, children: list[Token]) -> time:
        return clock(str(children[0]))

    def direction(self, children: list[Token]) -> bool:
        return str(children[0]) == "before"

    def offset(self, children: list[Any]) -> r.Offset:
        duration, before, anchor, *at = children
        if at and duration.exact is not None:
            raise NotATime(
                f'"{duration}" is an exact length of time, so no "at {at[0]:%H:%M}" can follow. Leave it out, or count in days.'
            )
        return r.Offset(duration, before, anchor, at[0] if at else None)

    def fixed(self, children: list[Any]) -> r.Fixed:
        try:
            return r.Fixed(date.fromisoformat(str(children[0])), children[1])
        except ValueError:
            raise NotATime(f'There is no day "{children[0]}". Write year-month-day, such as 2026-03-02.') from None

    def every_day(self, children: list[Any]) -> r.Every:
        day, at = children
        if str(day) == "day":
            return r.Every(r.Period.DAY, r.DayKind.ANY, at)
        return r.Every(r.Period.DAY if str(day) == "business day" else r.Period.WEEK, _day(str(day)), at)

    def every_period(self, children: list[Any]) -> r.Every:
        period, nth, day, at = children
        found = r.Every(r.Period(str(period)), _day(str(day)), at, r.Nth(str(nth)))
        if found.period is r.Period.WEEK and found.day.weekday is not None:
            raise NotATime(f"A week has one {found.day}. Write:  every {found.day} at {at:%H:%M}")
        return found

    def own_group(self, children: list[Token]) -> r.OwnGroup:
        return self._own[int(str(children[0])[1:])]

    def audience(self, children: list[Any]) -> r.Audience:
        group, *states = children
        if isinstance(group, Token):
            group = r.Somebody(canonical(str(group)))
        return r.Audience(group, tuple(states))

    def repeat(self, children: list[Any]) -> r.Repeat:
        every, most = children
        if every.count == 0 or most == 0:
            raise NotATime("Both numbers of repeat must be at least 1.")
        if every.days * most > _LONGEST:
            raise NotATime(f'"{r.Repeat(every, most)}" goes on for more than three years.')
        if most > _MOST_TIMES:
            raise NotATime(f"{most} times is too often; {_MOST_TIMES} is the most.")
        return r.Repeat(every, most)

    def between(self, children: list[Any]) -> r.Between:
        if len(children) == 1:
            return r.Between()
        opens, closes = children
        if opens >= closes:
            raise NotATime(f"{opens:%H:%M} is not earlier than {closes:%H:%M}: write the earlier time first.")
        return r.Between(opens, closes)

    def each_team(self, _: list[Any]) -> "_EachTeam":
        return _EachTeam()

    def do(self, children: list[Any]) -> r.Draft:
        what, *rest = children
        each_team = isinstance(rest[0], _EachTeam)
        earliest, latest, *since = rest[1:] if each_team else rest
        before, anchor = (since[0], since[1]) if since else (False, None)
        if (earliest.days < latest.days) if before else (earliest.days > latest.days):
            other = r.Draft(what, latest, earliest, each_team, before, anchor)
            raise NotATime(f"The later time comes first here. Write:  {other}")
        if anchor is r.Anchor.ITEM_DUE or anchor is r.Anchor.INVITATION:
            raise NotATime(
                f'Times for a meeting cannot be counted from "{anchor}". Count from meeting start, meeting end or now.'
            )
        return r.Draft(what, earliest, latest, each_team, before, anchor)


class _EachTeam:
    """The words "for each action team"."""


def _day(text: str) -> r.DayKind:
    return r.DayKind(text if " " in text else text.capitalize())


def clock(text: str) -> time:
    """Read a clock time, in the twelve-hour manner too."""
    if text in ("noon", "midnight"):
        return time(12 if text == "noon" else 0)
    if len(text) == 4 and text.isdigit():  # 0930
        text = f"{text[:2]}:{text[2:]}"
    letters = "".join(c for c in text if c.isalpha())
    digits = text.replace(".m.", "").rstrip(" amphoclk'.").replace(".", ":")
    hours, _, minutes = digits.partition(":")
    hour, minute = int(hours), int(minutes or 0)
    if letters in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise NotATime(f'There is no time "{text}". Times are 24-hour HH:MM, such as 09:00 or 16:30.')
        hour = hour % 12 + (12 if letters == "pm" else 0)
    if hour > 23 or minute > 59:
        raise NotATime(f'There is no time "{text}". Times are 24-hour HH:MM, such as 09:00 or 16:30.')
    return time(hour, minute)
