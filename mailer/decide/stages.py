"""When a rule falls due: anchors, repeats and rounds → instants.

Promises: pure; the same values give the same stages. Where a meeting or a person lacks the anchor there is no stage.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mailer.decide.rule import Anchor, Duration, Fixed, Happens, Offset, Rule, When
from mailer.decide.snapshot import Standing
from mailer.decide.workdays import on_clock, shift
from mailer.partnership.meetings import Meeting


@dataclass(frozen=True, slots=True)
class Stage:
    """One time of one rule: *falls* is when it was planned, *at* when it could first fall due (the meeting may be younger, or
    have moved). *limit* is the instant it counts back from; past it the mail makes no sense."""

    round: str
    falls: datetime
    at: datetime
    limit: datetime | None
    when: When


def _anchor(anchor: Anchor, meeting: Meeting, standing: Standing | None) -> datetime | None:
    match anchor:
        case Anchor.MEETING_START:
            return meeting.dtstart
        case Anchor.MEETING_END:
            return meeting.dtend
        case Anchor.REPLY_DEADLINE:
            return meeting.reply_deadline
        case Anchor.INVITATION:
            return standing.invited_at if standing else None
        case _:
            assert_never(anchor)


def by_person(when: When) -> bool:
    """Does *when* count from something of each person's own?"""
    return isinstance(when, Offset) and when.anchor is Anchor.INVITATION


def _mark(rule: Rule, when: When) -> str:
    """What tells the times of one rule apart in the ledger, where there are several. It goes with the words, not the order."""
    clocked = [w for w in rule.whens if not isinstance(w, Happens)]
    return "" if len(clocked) < 2 else "~" + hashlib.sha256(str(when).encode()).hexdigest()[:6]


def stages(rule: Rule, when: When, meeting: Meeting, standing: Standing | None = None) -> tuple[Stage, ...]:
    """Every time at which *when* falls, the repeats included, in order. *standing*: whose, for an anchor of each person's own."""
    names = rule.timing.holidays
    limit: datetime | None = None
    match when:
        case Happens():
            return ()
        case Fixed():
            first = on_clock(when.day, when.at, rule.timing.zone)
            limit = meeting.dtstart if first <= meeting.dtstart else None
        case Offset():
            anchor = _anchor(when.anchor, meeting, standing)
            if anchor is None:
                return ()
            first = shift(anchor, when.duration, -1 if when.before else 1, when.at, meeting.zone, names)
            if when.before:
                limit = anchor
            elif when.anchor is Anchor.INVITATION:
                limit = meeting.dtstart
        case _:
            assert_never(when)
    name = ("i" if by_person(when) else round_of(meeting)) + _mark(rule, when)
    since = _since(meeting, own=by_person(when))
    times = [first]
    if rule.repeat is not None:
        # Counted from the first each time: a repeat keeps its hour when clocks change or a month is short.
        every = rule.repeat.every
        times += [
            shift(first, Duration(every.count * n, every.unit), 1, when.at, meeting.zone, names)
            for n in range(1, rule.repeat.most + 1)
        ]
    return tuple(
        Stage(name if n == 1 else f"{name}.{n}", falls, max(falls, since) if since else falls, limit, when)
        for n, falls in enumerate(times, 1)
        if n == 1 or limit is None or falls < limit
    )


def _since(meeting: Meeting, *, own: bool) -> datetime | None:
    """Since when the meeting has been as it is: nothing about it could fall due before."""
    if own or meeting.round == 0:
        return meeting.created_at
    return meeting.changed_at or meeting.created_at


def round_of(meeting: Meeting) -> str:
    """The round of rules that count from the meeting."""
    return f"r{meeting.round}"


def is_repeat(round_: str) -> bool:
    """Is *round_* that of a second or later mail of a rule that repeats?"""
    return "." in round_ and round_[:1] in "ri" and round_.rpartition(".")[2].isdigit()
