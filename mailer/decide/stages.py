"""When a rule falls due: anchors, repeats and rounds → instants.

Promises: pure; the same values give the same stages. Where a meeting, a person or an item lacks the anchor there is no stage.

Rounds, by which the ledger tells the times of a rule apart: ``r0`` the first date of the meeting (``r1`` after a move),
``r0@20260312T140000Z`` one date of a series (``…Z+3`` after that one was moved), ``i`` a person's own invitation, ``item-12/2026-03-02`` a day
of an action item, ``on-2026-03-02`` a day of the calendar; then ``~3fa9c1`` where a rule has several times, ``/team-3`` where it is for one
team, and ``.2`` for the second mail of a repeating one. A happening's round is its occasion.
"""

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from mailer.decide.dates import meetings_of
from mailer.decide.rule import Anchor, DayKind, Duration, Every, Fixed, Happens, Nth, Offset, Period, Rule, When
from mailer.decide.snapshot import Snapshot, Standing
from mailer.decide.workdays import Window, is_business_day, on_clock, shift
from mailer.partnership.meetings import Meeting
from mailer.partnership.plan import Item
from mailer.partnership.series import date_round, last_start, next_start
from mailer.terms import TeamId

ITEM_DUE_AT = time(17)
"""The hour at which a day's promise is due: the end of a working day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One time of one rule: *falls* is when it was planned, *at* when it could first fall due (the meeting may be younger, or
    have moved). *limit* is the instant it counts back from; past it the mail makes no sense."""

    round: str
    falls: datetime
    at: datetime
    limit: datetime | None
    when: When


def zone_of(rule: Rule, meeting: Meeting) -> str:
    """The clock of *rule*: that of the meeting, or of its file where it is about none."""
    return rule.timing.zone if meeting.standing else meeting.zone


def window_of(rule: Rule, meeting: Meeting) -> Window:
    """When mail of *rule* may leave."""
    return Window.of(rule.timing, zone_of(rule, meeting))


def _anchor(
    anchor: Anchor, meeting: Meeting, standing: Standing | None, item: Item | None, zone: str
) -> datetime | None:
    match anchor:
        case Anchor.MEETING_START:
            return None if meeting.standing else meeting.dtstart
        case Anchor.MEETING_END:
            return None if meeting.standing else meeting.dtend
        case Anchor.REPLY_DEADLINE:
            return meeting.reply_deadline
        case Anchor.INVITATION:
            return standing.invited_at if standing else None
        case Anchor.COMMENT_DEADLINE:
            return meeting.comments_until
        case Anchor.ITEM_DUE:
            return on_clock(item.due, ITEM_DUE_AT, zone) if item is not None and item.due is not None else None
        case _:
            assert_never(anchor)


def lacking(when: When) -> str:
    """What there must be for *when* to fall at all, told where there is not."""
    if isinstance(when, Offset) and when.anchor is Anchor.COMMENT_DEADLINE:
        return "no draft is shared for comments"
    return "the meeting has no reply deadline"


def by_person(when: When) -> bool:
    """Does *when* count from something of each person's own?"""
    return isinstance(when, Offset) and when.anchor is Anchor.INVITATION


def by_item(when: When) -> bool:
    """Does *when* count from each action item?"""
    return isinstance(when, Offset) and when.anchor is Anchor.ITEM_DUE


def _mark(rule: Rule, when: When) -> str:
    """What tells the times of one rule apart in the ledger, where there are several. It goes with the words, not the order."""
    clocked = [w for w in rule.whens if not isinstance(w, Happens)]
    return "" if len(clocked) < 2 else "~" + hashlib.sha256(str(when).encode()).hexdigest()[:6]


def stages(
    rule: Rule,
    when: When,
    meeting: Meeting,
    standing: Standing | None = None,
    item: Item | None = None,
    around: datetime | None = None,
) -> tuple[Stage, ...]:
    """Every time at which *when* falls, the repeats included, in order. *standing*, *item*: whose, for an anchor of each one's own. Of what comes
    round without end: the last time by *around* and the next one after it."""
    names, zone = rule.timing.holidays, zone_of(rule, meeting)
    limit: datetime | None = None
    since = _since(meeting, own=by_person(when))
    match when:
        case Happens():
            return ()
        case Every():
            return _around(rule, when, zone, since, around) if around is not None else ()
        case Fixed():
            first = on_clock(when.day, when.at, rule.timing.zone)
            start = meeting.dtstart if meeting.standing else next_start(meeting, first)
            limit = start if first <= start and not meeting.standing else None
        case Offset():
            anchor = _anchor(when.anchor, meeting, standing, item, zone)
            if anchor is None:
                return ()
            first = shift(anchor, when.duration, -1 if when.before else 1, when.at, zone, names)
            if when.before:
                limit = anchor
            elif when.anchor is Anchor.INVITATION:
                limit = last_start(meeting)
        case _:
            assert_never(when)
    name = f"item-{item.number}/{item.due}" if item is not None else "i" if by_person(when) else round_of(meeting)
    if isinstance(when, Fixed) and meeting.standing:
        name = f"on-{when.day}"
    if isinstance(when, Offset) and when.anchor is Anchor.COMMENT_DEADLINE:
        name = comments_round(meeting)
    name += _mark(rule, when)
    if item is not None:
        since = max(filter(None, (since, item.since)), default=None)
    times = [first]
    if rule.repeat is not None:
        # Counted from the first each time: a repeat keeps its hour when clocks change or a month is short.
        every = rule.repeat.every
        times += [
            shift(first, Duration(every.count * n, every.unit), 1, _at_of(when), zone, names)
            for n in range(1, rule.repeat.most + 1)
        ]
    return tuple(
        Stage(name if n == 1 else f"{name}.{n}", falls, max(falls, since) if since else falls, limit, when)
        for n, falls in enumerate(times, 1)
        if n == 1 or limit is None or falls < limit
    )


def comments_round(meeting: Meeting) -> str:
    """The round of rules that count from the comment deadline: each draft that is shared is asked about anew. Empty while none is."""
    return f"comments-{meeting.local(meeting.comments_until).date()}" if meeting.comments_until is not None else ""


def _at_of(when: Offset | Fixed) -> time | None:
    return when.at


def all_stages(rule: Rule, when: When, snapshot: Snapshot, now: datetime) -> Iterator[Stage]:
    """The stages of *when* for everybody and every item in *snapshot*; of what comes round those about *now*."""
    if by_person(when):
        dates = {i: s for s in snapshot.standings if (i := s.invited_at) is not None}
        for standing in dates.values():
            yield from stages(rule, when, snapshot.meeting, standing)
    elif by_item(when):
        for item in snapshot.items:
            if item.open:
                yield from stages(rule, when, snapshot.meeting, item=item)
    else:
        for meeting in meetings_of(rule, when, snapshot):
            yield from stages(rule, when, meeting, around=now)


def _since(meeting: Meeting, *, own: bool) -> datetime | None:
    """Since when the meeting has been as it is: nothing about it could fall due before."""
    if own or (meeting.round == 0 and not meeting.date_sequence):
        return meeting.created_at
    return meeting.changed_at or meeting.created_at


def round_of(meeting: Meeting) -> str:
    """The round of rules that count from the meeting, or from one date of a series."""
    return f"r{meeting.round}{date_round(meeting)}"


def earlier_rounds(meeting: Meeting) -> Iterator[str]:
    """The rounds of the times at which the meeting, or this one date of a series, was to be before it was moved."""
    if meeting.recurrence_id is None:
        yield from (f"r{number}" for number in range(meeting.round))
    else:
        for sequence in range(meeting.date_sequence):
            yield round_of(replace(meeting, date_sequence=sequence))


_REPEAT = re.compile(r"(?:r\d+|i(?=[.~/])|item-\d+/|on-).*\.\d+")
_MEETING_ROUND = re.compile(r"r(\d+)(?:[@.~/]|$)")
_ITEM_ROUND = re.compile(r"item-(\d+)/(\d{4}-\d{2}-\d{2})")
_TEAM_ROUND = re.compile(r"/team-(\d+)")


def is_repeat(round_: str) -> bool:
    """Is *round_* that of a second or later mail of a rule that repeats?"""
    return _REPEAT.fullmatch(round_) is not None


def meeting_round(round_: str) -> int | None:
    """Which date of the meeting *round_* is about; None where it is about something else."""
    found = _MEETING_ROUND.match(round_)
    return int(found[1]) if found else None


def item_round(round_: str) -> tuple[int, date] | None:
    """Number and day of the action item that *round_* is about."""
    found = _ITEM_ROUND.match(round_)
    return (int(found[1]), date.fromisoformat(found[2])) if found else None


def for_team(round_: str, team: TeamId) -> str:
    """*round_*, for one action team."""
    base, dot, number = round_.rpartition(".")
    return f"{base}/team-{team}.{number}" if dot and number.isdigit() else f"{round_}/team-{team}"


def team_of(round_: str) -> TeamId | None:
    found = _TEAM_ROUND.search(round_)
    return TeamId(int(found[1])) if found else None


# --- what comes round ---------------------------------------------------------------------------------------------------------

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
_FAR = 40  # periods; no run of periods without the day is longer (a fifth Monday, a closed week)


def _around(rule: Rule, when: Every, zone: str, since: datetime | None, now: datetime) -> tuple[Stage, ...]:
    """The last time by *now*, and the next: each makes sense until the one after it."""
    past = last_by(when, now, zone, rule.timing.holidays)
    coming = next_after(when, now, zone, rule.timing.holidays)
    out = []
    for falls in (past, coming):
        if falls is not None:
            limit = next_after(when, falls, zone, rule.timing.holidays)
            name = f"on-{falls.astimezone(ZoneInfo(zone)).date()}{_mark(rule, when)}"
            out.append(Stage(name, falls, max(falls, since) if since else falls, limit, when))
    return tuple(out)


def last_by(when: Every, now: datetime, zone: str, names: tuple[str, ...]) -> datetime | None:
    """The last time of *when* at or before *now*."""
    day = now.astimezone(ZoneInfo(zone)).date()
    for back in range(_FAR):
        found = [
            i
            for d in _days_of(when, _period_start(when.period, day, -back), names)
            if (i := on_clock(d, when.at, zone)) <= now
        ]
        if found:
            return max(found)
    return None


def next_after(when: Every, now: datetime, zone: str, names: tuple[str, ...]) -> datetime | None:
    """The first time of *when* later than *now*."""
    day = now.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_FAR):
        found = [
            i
            for d in _days_of(when, _period_start(when.period, day, ahead), names)
            if (i := on_clock(d, when.at, zone)) > now
        ]
        if found:
            return min(found)
    return None


def _period_start(period: Period, day: date, ahead: int) -> date:
    """The first day of the period that holds *day*, or of one so many periods later."""
    if period is Period.DAY:
        return day + timedelta(days=ahead)
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday()) + timedelta(weeks=ahead)
    step = _MONTHS[period]
    months = day.year * 12 + (day.month - 1) // step * step + ahead * step
    return date(months // 12, months % 12 + 1, 1)


@lru_cache(1024)
def _days_of(when: Every, start: date, names: tuple[str, ...]) -> tuple[date, ...]:
    """The days of *when* in the period that begins with *start*: asked about again and again, and always the same."""
    if when.period in _MONTHS:
        months = start.year * 12 + start.month - 1 + _MONTHS[when.period] - 1
        length = (date(months // 12, months % 12 + 1, monthrange(months // 12, months % 12 + 1)[1]) - start).days + 1
    else:
        length = 7 if when.period is Period.WEEK else 1
    days = tuple(d for n in range(length) if _is_kind(d := start + timedelta(days=n), when.day, names))
    if when.nth is None:
        return days
    if when.nth is Nth.LAST:
        return days[-1:]
    index = list(Nth).index(when.nth)
    return days[index : index + 1]


def _is_kind(day: date, kind: DayKind, names: tuple[str, ...]) -> bool:
    if kind is DayKind.ANY:
        return True
    return is_business_day(day, names) if kind.weekday is None else day.weekday() == kind.weekday


def occurrences(when: Every, zone: str, names: tuple[str, ...], after: datetime, until: datetime) -> Iterator[datetime]:
    """Every time of *when* in a stretch, for previews."""
    at = next_after(when, after, zone, names)
    while at is not None and at <= until:
        yield at.astimezone(UTC)
        at = next_after(when, at, zone, names)
