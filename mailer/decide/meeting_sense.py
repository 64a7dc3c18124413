"""What makes no sense for one meeting and its people, though each rule is right: a reminder before the invitation, two letters to one person.

Promises: pure; warnings only, found by walking the timeline with the code that decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mailer.decide.conditions import belongs, unreachable
from mailer.decide.preview import planned
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Snapshot, Standing
from mailer.decide.stages import by_person, stages
from mailer.errors import Problem
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.terms import PersonId, RuleId

_NAMES = 3  # as many as show who it is


def warnings_for(
    rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
) -> tuple[Problem, ...]:
    """Warnings about *rules* (those that serve the meeting) for the people of *snapshot*."""
    if snapshot.meeting.standing or snapshot.meeting.cancelled:
        return ()
    return (*_before_the_invitation(rules, snapshot, known_since, now), *_two_letters(rules, snapshot))


def _before_the_invitation(
    rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
) -> Iterator[Problem]:
    meeting = snapshot.meeting
    inviting = {r.id for r in rules if r.for_uninvited}
    invited: dict[PersonId, datetime] = {}
    for mail in planned(rules, snapshot, known_since, now):
        if mail.rule in inviting:
            invited.setdefault(mail.person, mail.at)
    for rule in rules:
        if not rule.chases:
            continue
        for when in rule.whens:
            first = next(iter(stages(rule, when, meeting)), None) if not by_person(when) else None
            late = [at for at in invited.values() if first is not None and first.at > now and at > first.at]
            if first is None or not late:
                continue
            many = "1 person is" if len(late) == 1 else f"{len(late)} people are"
            they = "They" if len(late) > 1 else "That person"
            yield Problem(
                rule.file,
                rule.line_of("when"),
                f"For the meeting on {_day(meeting.dtstart, meeting)} this would go out on {_day(first.falls, meeting)}, which is before {many} "
                f"invited ({_day(min(late), meeting)}).",
                f"[{rule.id}]",
                f'when = "{when}"',
                f"{they} will be left out. Let the reminder come later, or the invitation earlier.",
                warning=True,
            )


def _two_letters(rules: Sequence[Rule], snapshot: Snapshot) -> Iterator[Problem]:
    inviting = [r for r in rules if r.for_uninvited]
    open_ = [s for s in snapshot.standings if s.invited_at is None and unreachable(s) is None]
    for index, rule in enumerate(inviting):
        for other in inviting[index + 1 :]:
            both = [s for s in open_ if _meant(rule, s) and _meant(other, s)]
            if both and rule.letter != other.letter:
                names = ", ".join(_short(s.person) for s in both[:_NAMES]) + (", …" if len(both) > _NAMES else "")
                many = "1 person" if len(both) == 1 else f"{len(both)} people"
                yield Problem(
                    other.file,
                    other.line_of("to"),
                    f"[{rule.id}] and [{other.id}] both reach {many} ({names}). They will get the first one only.",
                    f"[{other.id}]",
                    f"to = {', '.join(f'{chr(34)}{a}{chr(34)}' for a in other.to)}",
                    "That may be right; then leave it.",
                    warning=True,
                )


def _meant(rule: Rule, standing: Standing) -> bool:
    return any(belongs(a, standing) for a in rule.to)


def _day(instant: datetime, meeting: Meeting) -> str:
    local = meeting.local(instant)
    return f"{local.day} {local:%b}"


def _short(person: Person) -> str:
    """ "J. Ruiz"."""
    *first, last = person.name.split() or ["?"]
    return f"{first[0][0]}. {last}" if first else last
