"""What the rules will send for a meeting, and when, if everybody stays as silent as now.

The timeline is walked with the code that decides, over a copy of the people that is changed as each letter would change it: whoever
gets an invitation counts as invited from then on, whoever gets a mail as written to. Promises: pure, and sends nothing.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType

from mailer.decide.conditions import (
    Concern,
    audience_reason,
    belongs,
    cancelled_reason,
    condition_reason,
    signer_of,
    stopped_repeating,
    unreachable,
)
from mailer.decide.dates import date_named, meetings_of, on_date
from mailer.decide.due import due, had_before_move, joined_later, lateness, nobody
from mailer.decide.rule import Bundle, Every, Happens, Rule, Signer, State, states_of
from mailer.decide.snapshot import Notice, Snapshot, Standing
from mailer.decide.stages import Stage, by_item, by_person, for_team, is_repeat, lacking, stages, window_of
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.plan import Item, Team
from mailer.partnership.series import date_of_round, next_start
from mailer.terms import InvitationId, PersonId, RuleId, Token

_NAMES = 3  # as many as show that it is the right crowd
_ROUNDS, _AHEAD = (
    13,
    timedelta(days=92),
)  # how often, and how far, a rule that comes round is followed: a quarter of Mondays


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of the timeline. *at* None: whenever *starts* happens. *count*: how many would get it; None where only the
    happening will tell. *names*: the first few of them."""

    at: datetime | None
    rule: RuleId
    count: int | None
    names: tuple[str, ...]
    held: bool
    remark: str = ""
    note: str = ""
    starts: str = ""
    waits_for: str = "your OK"
    """Whose word it waits for, where it is held."""


def preview(
    rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
) -> tuple[PreviewLine, ...]:
    """The timeline from *now* on, in order, and after it the rules that wait for a happening."""
    serving = [r for r in rules if cancelled_reason(r, snapshot.meeting) is None]
    lines = _Walk(serving, snapshot, known_since, now).lines()
    return (*lines, *(_of_happening(r) for r in serving if r.happens))


@dataclass(frozen=True, slots=True)
class Planned:
    """One mail to come, as far as can be told now."""

    rule: RuleId
    round: str
    person: PersonId
    at: datetime


def planned(
    rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
) -> tuple[Planned, ...]:
    """Every mail from *now* on, if everybody stays as silent as now."""
    walk = _Walk([r for r in rules if cancelled_reason(r, snapshot.meeting) is None], snapshot, known_since, now)
    walk.lines()
    return tuple(walk.planned)


def _of_happening(rule: Rule) -> PreviewLine:
    starts = " or ".join(str(w) for w in rule.whens if isinstance(w, Happens))
    to = " and ".join(str(a) for a in rule.to)
    only = "".join(f', only if "{c}"' for c in rule.only_if) + "".join(f', unless "{c}"' for c in rule.unless)
    return PreviewLine(None, rule.id, None, (), rule.hold, f"to {to}{only}", rule.note, starts, _waits_for(rule))


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """A stage to come. *people*: for whom, where it counts from something of each person's own; None for everybody. *item*, *team*: what
    it is about."""

    at: datetime
    index: int
    order: int
    stage: Stage
    people: tuple[PersonId, ...] | None
    item: Item | None = None
    team: Team | None = None


def _together(one: _Event, other: _Event) -> bool:
    """Are these the same rule at the same time, for two crowds?"""
    return (
        one.people is not None
        and other.people is not None
        and (one.at, one.index, one.stage.round) == (other.at, other.index, other.stage.round)
    )


class _Walk:
    """One walk along the timeline. The picture of the people changes on the way; nothing else does."""

    def __init__(
        self, rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
    ) -> None:
        self._rules, self._known, self._now = rules, known_since, now
        self._meeting = snapshot.meeting
        self._start = snapshot
        self._people = {s.person.id: replace(s, to_call=None) for s in snapshot.standings}  # counted anew on the way
        self._invited_by: dict[PersonId, RuleId] = {}
        self._events: list[_Event] = []
        self._order = count()
        self._lines: list[PreviewLine] = []
        self._of_items: dict[tuple[datetime, int], tuple[dict[PersonId, Standing], Counter[str], set[int]]] = {}
        self.planned: list[Planned] = []

    def lines(self) -> list[PreviewLine]:
        self._due_now()
        for index, rule in enumerate(self._rules):
            self._await_own(index, [s for s in self._people.values() if s.invited_at is not None])
            for when in rule.whens:
                if by_person(when):
                    continue
                if by_item(when):
                    for item in (i for i in self._start.items if i.open):
                        self._await(index, stages(rule, when, self._meeting, item=item), None, item)
                elif isinstance(when, Every):
                    self._await(index, self._rounds(rule, when), None)
                elif not isinstance(when, Happens):
                    found = [
                        s
                        for m in meetings_of(rule, when, self._start)
                        for s in stages(rule, when, m)
                        if m.recurrence_id is None or s.at <= self._now + _AHEAD
                    ]
                    if not found and not self._meeting.rrule:
                        remark = f"{lacking(when)}, so this does not go out"
                        self._lines.append(PreviewLine(None, rule.id, 0, (), rule.hold, remark, rule.note, str(when)))
                    if rule.do is None or not rule.do.each_team:
                        self._await(index, found, None)
                    for team in self._start.teams if rule.do is not None and rule.do.each_team else ():
                        self._await(
                            index, [replace(s, round=for_team(s.round, team.id)) for s in found], None, None, team
                        )
        while self._events:
            event = heapq.heappop(self._events)
            while self._events and _together(event, self._events[0]):
                more = heapq.heappop(self._events)
                event = replace(event, people=(*(event.people or ()), *(more.people or ())))
            self._step(event)
        for (leaves, index), (reached, out, items) in self._of_items.items():
            about = "1 action item" if len(items) == 1 else f"{len(items)} action items"
            self._line(self._rules[index], leaves, list(reached.values()), out, about)
        return sorted(self._lines, key=lambda line: (line.at is None, line.at or self._now))

    def _rounds(self, rule: Rule, when: Every) -> list[Stage]:
        """What comes round without end, for a while."""
        found: list[Stage] = []
        at = self._now
        while len(found) < _ROUNDS:
            coming = [s for s in stages(rule, when, self._meeting, around=at) if s.at > at]
            if not coming or coming[0].at > self._now + _AHEAD:
                break
            found.append(coming[0])
            at = coming[0].at
        return found

    def _await(
        self,
        index: int,
        found: Sequence[Stage],
        people: tuple[PersonId, ...] | None,
        item: Item | None = None,
        team: Team | None = None,
    ) -> None:
        for stage in found:
            if stage.at > self._now:
                heapq.heappush(self._events, _Event(stage.at, index, next(self._order), stage, people, item, team))

    def _await_own(self, index: int, standings: Sequence[Standing]) -> None:
        """People with the same anchor share an event."""
        rule = self._rules[index]
        crowds: dict[datetime, list[Standing]] = {}
        for standing in standings:
            if (at := standing.invited_at) is not None:
                crowds.setdefault(at, []).append(standing)
        for crowd in crowds.values():
            for when in rule.whens:
                if by_person(when):
                    people = tuple(s.person.id for s in crowd)
                    self._await(index, stages(rule, when, self._meeting, crowd[0]), people)

    def _due_now(self) -> None:
        """What is due at this moment comes first."""
        found = due(self._rules, self._start, self._known, self._now)
        by_rule: dict[RuleId, list[Notice]] = {}
        for notice in found.notices:
            by_rule.setdefault(notice.rule, []).append(notice)
        for rule in self._rules:
            notices = by_rule.get(rule.id, [])
            out = Counter(o.sentence for o in found.left_out if o.rule == rule.id and o.person is not None)
            if notices:
                reached = [self._people[n.person_id] for n in notices if not n.told_with]
                self._line(rule, notices[0].not_before, reached, out)
                for notice in notices:
                    self._write(rule, notice.person_id, notice.round, notice.not_before)

    def _step(self, event: _Event) -> None:
        rule, stage = self._rules[event.index], event.stage
        picture = replace(self._start, standings=tuple(self._people.values()))
        recurrence_id = date_of_round(stage.round)
        date = date_named(self._start, recurrence_id) if recurrence_id is not None else None
        if date is not None:
            picture = on_date(picture, date)
        meeting = picture.meeting
        window = window_of(rule, meeting)
        leaves = window.opening(event.at)
        if late := lateness(rule, stage, leaves, window, meeting, event.at):
            self._lines.append(PreviewLine(stage.at, rule.id, 0, (), rule.hold, late, rule.note))
            return
        people = picture.standings if event.people is None else [self._people[p] for p in event.people]
        concern = self._concern(event.item) if event.team is None else Concern(team=event.team.id)
        reached: list[Standing] = []
        out: Counter[str] = Counter()
        meant = False
        for standing in people:
            if (rule.id, stage.round) in standing.noticed or not any(belongs(a, standing, concern) for a in rule.to):
                continue
            meant = True
            if audience_reason(rule, standing, concern) is not None:
                other = self._invited_by.get(standing.person.id)
                if rule.for_uninvited and other is not None and other != rule.id:
                    out[f"they get [{other}]"] += 1
                continue
            if had_before_move(rule, stage, meeting, standing) or joined_later(rule, stage, standing):
                continue
            if unreachable(standing, rule) is not None:
                continue  # told once for the whole preview, not in every line
            blocked = condition_reason(rule, standing, picture, leaves, concern)
            if blocked is None and is_repeat(stage.round):
                blocked = stopped_repeating(rule, standing, picture, leaves, concern, stage.round)
            if blocked is not None:
                out[blocked.reason] += 1
            else:
                reached.append(standing)
        if not meant and event.people is None:
            out[nobody(rule)] = 0
        if event.item is not None:
            if reached or out:
                people_of, blocked_of, items = self._of_items.setdefault((leaves, event.index), ({}, Counter(), set()))
                people_of.update({s.person.id: s for s in reached})
                blocked_of.update(out)
                items.add(event.item.number)
        else:
            one_each = _first_of_each_company(reached) if rule.bundle is Bundle.PER_COMPANY else reached
            self._line(rule, leaves, one_each, out, _for_date(meeting))
        for standing in reached:
            self._write(rule, standing.person.id, stage.round, leaves)
        if rule.invites:
            invited = [s for r in reached if (s := self._people[r.person.id]).invited_at == leaves]
            for index in range(len(self._rules)):
                self._await_own(index, invited)

    def _concern(self, item: Item | None) -> Concern:
        if item is None:
            return Concern(team=self._meeting.team_id)
        owner = self._people.get(item.owner) if item.owner is not None else None
        return Concern(owner.person if owner else None, owner.teams if owner else (), item=item, due=item.due)

    def _write(self, rule: Rule, person: PersonId, round_: str, leaves: datetime) -> None:
        """Change the picture as the letter would."""
        standing = self._people[person]
        invitation = standing.invitation
        if rule.invites and standing.invited_at is None:
            blank = Invitation(InvitationId(0), self._meeting.id, person, Token(""))
            invitation = replace(invitation or blank, invited_at=leaves)
            self._invited_by[person] = rule.id
        noticed = standing.noticed | {(rule.id, round_)}
        self._people[person] = replace(standing, invitation=invitation, noticed=noticed, written_at=leaves)
        self.planned.append(Planned(rule.id, round_, person, leaves))

    def _line(self, rule: Rule, leaves: datetime, reached: list[Standing], out: Counter[str], about: str = "") -> None:
        remarks = [about] if about else []
        remarks += [_shrinks(rule)] if reached and _shrinks(rule) else []
        if reached and rule.on_behalf_of not in (None, Signer.CONVENER):
            alone = sum(signer_of(rule, s.person, self._start) is None for s in reached)
            if alone:
                remarks.append(f"{alone} without {str(rule.on_behalf_of).removeprefix('their ')}: you sign")
        remarks += [reason if not number else f"{number} left out: {reason}" for reason, number in out.most_common()]
        if not reached and not out:
            remarks.append("nobody, as things stand")
        if rule.id not in self._known:
            remarks.append("new: not switched on yet")
        names = tuple(_short(s.person) for s in reached[:_NAMES])
        waits_for = _waits_for(rule, (signer_of(rule, s.person, self._start) for s in reached), self._people)
        line = PreviewLine(leaves, rule.id, len(reached), names, rule.hold, "; ".join(remarks), rule.note)
        self._lines.append(replace(line, waits_for=waits_for))


def _waits_for(
    rule: Rule, signers: Iterable[PersonId | None] = (), people: Mapping[PersonId, Standing] = MappingProxyType({})
) -> str:
    """Whose word the letters of a rule wait for."""
    if not rule.asks_signer:
        return "your OK"
    some = Counter(signers)
    named = [f"{people[p].person.name} ({n})" for p, n in some.items() if p is not None and p in people]
    return f"the OK of {', '.join([*named, *(['you'] if some[None] else [])])}" if some else "its signer's OK"


def _for_date(meeting: Meeting) -> str:
    """Which date of a series a line is about."""
    if meeting.recurrence_id is None:
        return ""
    day = meeting.local(meeting.dtstart)
    return f"for {day:%a} {day.day} {day:%b}"


def _first_of_each_company(reached: Sequence[Standing]) -> list[Standing]:
    firsts: dict[object, Standing] = {}
    for standing in reached:
        firsts.setdefault(standing.person.organisation.casefold() or standing.person.id, standing)
    return list(firsts.values())


def _shrinks(rule: Rule) -> str:
    states = frozenset[State]().union(*(states_of(a) for a in rule.to))
    if State.NOT_REPLIED in states:
        return "minus everybody who answers by then"
    if State.NOT_SAID_NO in states:
        return "minus anyone who says no by then"
    return ""


def _short(person: Person) -> str:
    """ "Acme: A. Ortiz"."""
    *first, last = person.name.split() or [person.addresses[0] if person.addresses else "?"]
    name = f"{first[0][0]}. {last}" if first else last
    return f"{person.organisation}: {name}" if person.organisation else name


_OF_SOME = {
    "no address is left that works": "without an address that works",
    "has no address": "without an address",
}
"""Reasons that are told of one person, as they are told of a number of them."""


def timeline(snapshot: Snapshot, lines: Sequence[PreviewLine], at: datetime | None = None) -> str:
    """Print a preview made at the instant *at*: of a series it names the date that comes next."""
    meeting = snapshot.meeting
    start = meeting.local(next_start(meeting, at) if at is not None else meeting.dtstart)
    head = f"{meeting.slug} · {start:%a} {start.day} {start:%b %Y %H:%M} · {meeting.zone}"
    if meeting.reply_deadline is not None:
        deadline = meeting.local(meeting.reply_deadline)
        head += f" · reply deadline {deadline:%a} {deadline.day} {deadline:%b}"
    if meeting.cancelled:
        head += " · cancelled"
    width = max((len(line.rule) for line in lines), default=0)
    planned = [_planned(line, snapshot, width) for line in lines if line.at is not None]
    starts = max((len(line.starts) for line in lines), default=0)
    waiting = [_waiting(line, starts, width) for line in lines if line.at is None]
    body = [head, *(planned or [" nothing is planned from now on"])]
    if waiting:
        body += ["whenever it happens:", *waiting]
    out = Counter(reason for s in snapshot.standings if (reason := unreachable(s)) is not None)
    if out:
        told = (f"{number} {_OF_SOME.get(reason, reason)}" for reason, number in out.most_common())
        body.append("left out entirely: " + ", ".join(told))
    if notes := {line.rule: line.note for line in lines if line.note}:
        body += ["your notes:", *(f" {rule:<{width}}  {note}" for rule, note in notes.items())]
    return "\n".join(line.rstrip() for line in body) + "\n"


def _planned(line: PreviewLine, snapshot: Snapshot, width: int) -> str:
    assert line.at is not None
    at = snapshot.meeting.local(line.at)
    people = "1 person" if line.count == 1 else f"{line.count} people"
    more = ", …" if line.count is not None and line.count > len(line.names) else ""
    names = f"({', '.join(line.names)}{more})" if line.names else ""
    parts = [names, f"waits for {line.waits_for}" if line.held and line.count else "", line.remark]
    return f" {at:%a} {at.day:>2} {at:%b %H:%M}  {line.rule:<{width}}  {people:>11}  {'  '.join(p for p in parts if p)}"


def _waiting(line: PreviewLine, starts: int, width: int) -> str:
    held = f"  waits for {line.waits_for}" if line.held else ""
    return f" {line.starts:<{starts}}  {line.rule:<{width}}  {line.remark}{held}"
