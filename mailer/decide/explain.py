"""Why one person would get, has got or will not get the mail of each rule.

The sentences come from the code that decides (`conditions`, `due`), so they cannot say anything else than what happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.decide.conditions import (
    Concern,
    audience_reason,
    cancelled_reason,
    clock,
    condition_reason,
    in_group,
    stopped_repeating,
    unreachable,
)
from mailer.decide.due import had_before_move, joined_later, lateness
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Snapshot, Standing
from mailer.decide.stages import Stage, by_person, is_repeat, stages, window_of
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


def why(
    rules: Sequence[Rule],
    snapshot: Snapshot,
    person: PersonId,
    known_since: Mapping[RuleId, datetime],
    now: datetime,
) -> tuple[Why, ...]:
    """Explain every one of *rules* (those that serve the meeting) for *person*, as things stand at *now*."""
    standing = snapshot.standing_of(person)
    if standing is None:
        return ()
    return tuple(_Case(rule, snapshot, standing, known_since.get(rule.id), now).why() for rule in rules)


@dataclass(frozen=True, slots=True)
class _Case:
    """One rule and one person."""

    rule: Rule
    snapshot: Snapshot
    standing: Standing
    known: datetime | None
    now: datetime

    def why(self) -> Why:
        law = cancelled_reason(self.rule, self.snapshot.meeting) or unreachable(self.standing)
        if self.rule.is_relative:
            open_, decided = self._stages()
            if decided and not open_:
                return Why(
                    self.rule.id, Outcome.GOT, "it has been decided; the outbox says what became of it", *self._at("")
                )
            if law is not None or self.known is None:
                return self._no(law or _NEW)
            return self._of_time(open_)
        if law is not None or self.known is None:
            return self._no(law or _NEW)
        return self._of_happening()

    def _stages(self) -> tuple[list[Stage], bool]:
        """The stages still to come or undecided, in order (of those that have passed, the last alone); and: is any decided?"""
        rule, standing, meeting = self.rule, self.standing, self.snapshot.meeting
        found: list[Stage] = []
        decided = False
        for when in rule.whens:
            of_when = stages(rule, when, meeting, standing)
            decided = decided or any((rule.id, s.round) in standing.noticed for s in of_when)
            passed = [s for s in of_when if s.at <= self.now][-1:]
            found += [
                s
                for s in (*passed, *(s for s in of_when if s.at > self.now))
                if (rule.id, s.round) not in standing.noticed
                and (s.at > self.now or self.known is None or s.at > self.known)
            ]
        return sorted(found, key=lambda s: (s.at, s.round)), decided

    def _of_time(self, open_: list[Stage]) -> Why:
        rule, standing, meeting = self.rule, self.standing, self.snapshot.meeting
        reason = audience_reason(rule, standing)
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
            return self._no("got it for the earlier date of the meeting", "when", leaves)
        if stage.at <= self.now and joined_later(rule, stage, standing):
            return self._no("was not among these people when its time came", "when", stage.at)
        blocked = condition_reason(rule, standing, self.snapshot, leaves)
        if blocked is None and is_repeat(stage.round):
            blocked = stopped_repeating(rule, standing, self.snapshot, leaves, round_=stage.round)
        if blocked is not None:
            return self._no(self._hedged(blocked.reason, stage), blocked.key, leaves)
        held = ", once you release it" if rule.hold else ""
        return Why(rule.id, Outcome.WOULD_GET, f"{clock(leaves, meeting)}{held}", *self._at("when"), leaves)

    def _of_happening(self) -> Why:
        rule, standing = self.rule, self.standing
        groups = [
            a for a in rule.to if in_group(a.group, standing, Concern(standing.person, standing.teams), trusted=True)
        ]
        if not groups:
            return self._no(audience_reason(rule, standing) or "", "to")
        starts = " or ".join(f'"{w}"' for w in rule.whens)
        times = sum(id_ == rule.id for id_, _ in standing.noticed)
        before = f"; so far {times} time{'' if times == 1 else 's'}" if times else ""
        return Why(rule.id, Outcome.WOULD_GET, f"each time that {starts}{before}", *self._at("when"))

    def _leaves(self, stage: Stage) -> datetime:
        return window_of(self.rule, self.snapshot.meeting).opening(max(stage.at, self.now))

    def _lateness(self, stage: Stage) -> str:
        meeting = self.snapshot.meeting
        window = window_of(self.rule, meeting)
        return lateness(self.rule, stage, self._leaves(stage), window, meeting, max(stage.at, self.now))

    def _never(self) -> str:
        """Why the rule has no time left for this person."""
        meeting = self.snapshot.meeting
        if not any(stages(self.rule, w, meeting, self.standing) for w in self.rule.whens):
            return "the meeting has no reply deadline"
        return "its time had passed when the rule was switched on"

    def _hedged(self, reason: str, stage: Stage) -> str:
        """Things may still change before a time that is to come."""
        return reason if stage.at <= self.now else f"as things stand: {reason}"

    def _at(self, key: str) -> tuple[str, int, str]:
        return self.rule.file, self.rule.line_of(key), key

    def _no(self, sentence: str, key: str = "", at: datetime | None = None) -> Why:
        return Why(self.rule.id, Outcome.WILL_NOT_GET, sentence, *self._at(key), at)


_NEW = "the rule is new and not switched on yet"
