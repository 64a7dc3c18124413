"""Why one person would get, has got or will not get the mail of each rule.

The sentences come from the code that decides (`conditions`, `due`), so they cannot say anything else than what happens.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailer.decide.conditions import (
    NOTHING,
    Concern,
    audience_reason,
    cancelled_reason,
    clock,
    condition_reason,
    in_group,
    stopped_repeating,
    unreachable,
)
from mailer.decide.dates import each_date, held, on_date
from mailer.decide.due import had_before_move, joined_later, lateness
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Snapshot, Standing
from mailer.decide.stages import (
    Stage,
    by_item,
    by_person,
    is_repeat,
    item_round,
    lacking,
    meeting_round,
    stages,
    window_of,
)
from mailer.partnership.meetings import Meeting
from mailer.terms import PersonId, RuleId


class Outcome(StrEnum):
    WOULD_GET = "would get"
    GOT = "got"
    WILL_NOT_GET = "will not get"


@dataclass(frozen=True, slots=True)
class Why:
    """What becomes of one rule for one person. *file*, *line* and *key* name the line that decided it (*key* is empty where a
    law did); *at* is when it would leave, or left out, where a time is known."""

    rule: RuleId
    outcome: Outcome
    sentence: str
    file: str
    line: int
    key: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        return f"[{self.rule}] {self.outcome}: {self.sentence}   ({self.file}, line {self.line})"


class Became(StrEnum):
    """What became of a mail that was decided on."""

    SENT = "sent"
    COMING = "coming"
    HELD = "held"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Past:
    """One mail of *rule* that was decided on for the person. *at*: when it left, or may leave; *reason*: why it was dropped, held or refused."""

    rule: RuleId
    round: str
    became: Became
    at: datetime
    reason: str = ""


def why(
    rules: Sequence[Rule],
    snapshot: Snapshot,
    person: PersonId,
    known_since: Mapping[RuleId, datetime],
    now: datetime,
    past: Sequence[Past] = (),
) -> tuple[Why, ...]:
    """Explain every one of *rules* (those that serve the meeting) for *person*, as things stand at *now*. *past*: what was decided on for
    the person and this meeting, in order."""
    standing = snapshot.standing_of(person)
    if standing is None:
        return ()
    out = []
    for rule in rules:
        mine = [p for p in past if p.rule == rule.id]
        case = _Case(rule, snapshot, standing, known_since.get(rule.id), now)
        found = case.why() if not any(each_date(rule, w, snapshot.meeting) for w in rule.whens) else _over_dates(case)
        out.append(_with_past(case, found, mine))
    return tuple(out)


_DATES = 12
"""So many dates of a series are looked at, until one is found for which the person gets the mail."""


def _over_dates(case: "_Case") -> Why:
    """Of a series: the first date to come for which the person would get the mail; else what is said of the next one."""
    series, person = case.snapshot, case.standing.person.id
    every = sorted(held(series), key=lambda o: o.dtstart)
    first: Why | None = None
    ahead = 0
    for date in every:
        picture = on_date(series, date)
        standing = picture.standing_of(person)
        assert standing is not None
        of_date = replace(case, snapshot=picture, standing=standing, series=series)
        if ahead >= _DATES:
            break
        if date is not every[-1] and not of_date.has_stage_to_come():
            continue
        ahead += 1
        found = of_date.why()
        found = replace(found, sentence=f"{found.sentence}, for {_day(date.dtstart, series.meeting)}")
        if found.outcome is Outcome.WOULD_GET:
            if first is not None and first.outcome is Outcome.WILL_NOT_GET:
                return replace(found, sentence=f"{found.sentence}; not before: {first.sentence}")
            return found
        if first is None or first.outcome is Outcome.GOT:
            first = found
    return first if first is not None else case.why()


def _day(instant: datetime, meeting: Meeting) -> str:
    local = meeting.local(instant)
    return f"{local:%a} {local.day} {local:%b}"


def _whose_word(rule: Rule) -> str:
    return "its signer says OK, or you release it" if rule.asks_signer else "you release it"


def _with_past(case: "_Case", found: Why, past: Sequence[Past]) -> Why:
    """What became of the mails that were decided on counts before what a rule would do if it had decided nothing yet."""
    if not past:
        return found
    meeting, last = case.snapshot.meeting, past[-1]
    left = [p for p in past if p.became is Became.SENT]
    got = ""
    if left:
        got = clock(left[-1].at, meeting) + (f" ({len(left)} times so far)" if len(left) > 1 else "")
        date = meeting_round(left[-1].round)
        if date is not None and date < meeting.round:
            got += ", for an earlier date of the meeting"
    if found.outcome is Outcome.WOULD_GET and last.became in (Became.SENT, Became.DROPPED, Became.FAILED):
        if not got:
            return found
        again = "again " + (found.sentence if case.rule.is_relative else f"each time that {_starts(case.rule)}")
        outcome = Outcome.WOULD_GET if case.rule.is_relative else Outcome.GOT
        return replace(found, outcome=outcome, sentence=f"got it {got}; {again}", at=found.at or left[-1].at)
    where = case.at_line("when")
    match last.became:
        case Became.COMING:
            return Why(
                case.rule.id,
                Outcome.WOULD_GET,
                f"it is in the outbox and leaves {clock(last.at, meeting)}",
                *where,
                last.at,
            )
        case Became.HELD:
            return Why(
                case.rule.id,
                Outcome.WOULD_GET,
                f"once {_whose_word(case.rule)}: {last.reason or 'it waits for your OK'}",
                *case.at_line("hold"),
                last.at,
            )
        case Became.FAILED:
            return Why(
                case.rule.id, Outcome.WILL_NOT_GET, f"it did not arrive: {last.reason}", *case.at_line(""), last.at
            )
        case Became.DROPPED if not got:
            return Why(
                case.rule.id, Outcome.WILL_NOT_GET, f"it was decided on, and not sent: {last.reason}", *case.at_line("")
            )
        case _:
            return Why(case.rule.id, Outcome.GOT, got, *where, left[-1].at)


def _starts(rule: Rule) -> str:
    return " or ".join(f'"{w}"' for w in rule.whens)


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule and one person."""

    rule: Rule
    snapshot: Snapshot
    standing: Standing
    known: datetime | None
    now: datetime
    series: Snapshot | None = None
    """Of which series *snapshot* is one date."""

    def has_stage_to_come(self) -> bool:
        return any(s.at > self.now for of_when in self._times() for s in of_when)

    def why(self) -> Why:
        law = cancelled_reason(self.rule, self.snapshot.meeting) or unreachable(self.standing, self.rule)
        if self.rule.is_relative:
            open_, decided = self._stages()
            if decided and not open_:
                return Why(
                    self.rule.id,
                    Outcome.GOT,
                    "it has been decided; the outbox says what became of it",
                    *self.at_line(""),
                )
            if law is not None or self.known is None:
                return self._no(law or _NEW)
            return self._of_time(open_)
        if law is not None or self.known is None:
            return self._no(law or _NEW)
        return self._of_happening()

    def _stages(self) -> tuple[list[Stage], bool]:
        """The stages still to come or undecided, in order (of those that have passed, the last alone); and: is any decided?"""
        rule, standing = self.rule, self.standing
        found: list[Stage] = []
        decided = False
        for of_when in self._times():
            decided = decided or any((rule.id, s.round) in standing.noticed for s in of_when)
            passed = [s for s in of_when if s.at <= self.now][-1:]
            found += [
                s
                for s in (*passed, *(s for s in of_when if s.at > self.now))
                if (rule.id, s.round) not in standing.noticed
                and (s.at > self.now or self.known is None or s.at > self.known)
            ]
        return sorted(found, key=lambda s: (s.at, s.round)), decided

    def _times(self) -> Iterator[tuple[Stage, ...]]:
        """The stages of each time of the rule, and of each action item that the person owns."""
        for when in self.rule.whens:
            if by_item(when):
                for item in (i for i in self.snapshot.items if i.open and i.owner == self.standing.person.id):
                    yield stages(self.rule, when, self.snapshot.meeting, self.standing, item)
            else:
                whole = self.series is not None and not each_date(self.rule, when, self.series.meeting)
                meeting = self.series.meeting if self.series is not None and whole else self.snapshot.meeting
                yield stages(self.rule, when, meeting, self.standing, around=self.now)

    def _of_time(self, open_: list[Stage]) -> Why:
        rule, standing, meeting = self.rule, self.standing, self.snapshot.meeting
        reason = audience_reason(rule, standing, self._concern(open_))
        if not open_:
            if reason is not None and any(by_person(w) for w in rule.whens):
                return self._no(reason, "to")
            return self._no(self._never(), "when")
        # What is too late and stays so must not hide what is still to come.
        late = [(s, self._lateness(s)) for s in open_]
        stage, too_late = next(((s, told) for s, told in late if not told), late[0])
        leaves = self._leaves(stage)
        if reason is not None:
            return self._no(self._hedged(reason, stage), "to", leaves)
        if too_late:
            return self._no(too_late, "if-late", stage.at)
        if had_before_move(rule, stage, meeting, standing):
            why = (
                "you said not to send it"
                if rule.id in standing.refused
                else "got it for the earlier date of the meeting"
            )
            return self._no(why, "when", leaves)
        if stage.at <= self.now and joined_later(rule, stage, standing):
            return self._no("was not among these people when its time came", "when", stage.at)
        blocked = condition_reason(rule, standing, self.snapshot, leaves)
        if blocked is None and is_repeat(stage.round):
            blocked = stopped_repeating(rule, standing, self.snapshot, leaves, round_=stage.round)
        if blocked is not None:
            return self._no(self._hedged(blocked.reason, stage), blocked.key, leaves)
        held = f", once {_whose_word(rule)}" if rule.hold else ""
        return Why(rule.id, Outcome.WOULD_GET, f"{clock(leaves, meeting)}{held}", *self.at_line("when"), leaves)

    def _of_happening(self) -> Why:
        rule, standing = self.rule, self.standing
        groups = [
            a for a in rule.to if in_group(a.group, standing, Concern(standing.person, standing.teams), trusted=True)
        ]
        if not groups:
            return self._no(audience_reason(rule, standing) or "", "to")
        times = sum(id_ == rule.id for id_, _ in standing.noticed)
        before = f"; so far {times} time{'' if times == 1 else 's'}" if times else ""
        return Why(rule.id, Outcome.WOULD_GET, f"each time that {_starts(rule)}{before}", *self.at_line("when"))

    def _concern(self, open_: Sequence[Stage]) -> Concern:
        """The action item whose time comes first."""
        found = next((r for s in open_ if (r := item_round(s.round)) is not None), None)
        item = next((i for i in self.snapshot.items if found is not None and i.number == found[0]), None)
        return Concern(self.standing.person, self.standing.teams, item=item) if item is not None else NOTHING

    def _leaves(self, stage: Stage) -> datetime:
        return window_of(self.rule, self.snapshot.meeting).opening(max(stage.at, self.now))

    def _lateness(self, stage: Stage) -> str:
        meeting = self.snapshot.meeting
        window = window_of(self.rule, meeting)
        return lateness(self.rule, stage, self._leaves(stage), window, meeting, max(stage.at, self.now))

    def _never(self) -> str:
        """Why the rule has no time left for this person."""
        if not any(self._times()):
            if any(by_item(w) for w in self.rule.whens):
                return "owns no open action item with a day"
            return lacking(self.rule.whens[0])
        return "its time had passed when the rule was switched on"

    def _hedged(self, reason: str, stage: Stage) -> str:
        """Things may still change before a time that is to come."""
        return reason if stage.at <= self.now else f"as things stand: {reason}"

    def at_line(self, key: str) -> tuple[str, int, str]:
        return self.rule.file, self.rule.line_of(key), key

    def _no(self, sentence: str, key: str = "", at: datetime | None = None) -> Why:
        return Why(self.rule.id, Outcome.WILL_NOT_GET, sentence, *self.at_line(key), at)


_NEW = "the rule is new and not switched on yet"
