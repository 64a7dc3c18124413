"""Rules + a picture of the meeting + now → the mails that fall due.

The laws: nobody gets the same rule twice for the same meeting and round; a rule never looks back to before it was known; what
fell due before the meeting was moved is not due again; what is late is skipped unless ``if-late`` says otherwise; of several
reminders that an outage left behind only the latest goes out; mail leaves only in its hours, and not after what it counts back
from. Promises: pure; the same values give the same notices. Local times live here and in `workdays` alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mailer.decide.conditions import (
    audience_reason,
    belongs,
    cancelled_reason,
    condition_reason,
    signer_of,
    stopped_repeating,
    unreachable,
)
from mailer.decide.rule import Happens, IfLate, IfLateKind, Rule, State, When, states_of
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.stages import Stage, by_person, is_repeat, round_of, stages
from mailer.decide.workdays import Window, at_least_away
from mailer.partnership.meetings import Meeting
from mailer.terms import PersonId, RuleId


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom a rule would have reached, and why it does not. *person* None: the whole rule, for everybody."""

    person: PersonId | None
    rule: RuleId
    sentence: str
    round: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    notices: tuple[Notice, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def next_due(rule: Rule, snapshot: Snapshot, after: datetime) -> datetime | None:
    """The earliest instant later than *after* at which *rule* could fall due for this meeting, or for anybody; None for never,
    or only by a happening."""
    earliest: datetime | None = None
    meeting = snapshot.meeting
    if cancelled_reason(rule, meeting) is not None:
        return None
    for when in rule.whens:
        if isinstance(when, Happens):
            continue
        found: Iterable[Stage]
        if by_person(when):
            dates = {i: s for s in snapshot.standings if (i := s.invited_at) is not None}
            found = (stage for s in dates.values() for stage in stages(rule, when, meeting, s))
        else:
            found = stages(rule, when, meeting)
        for stage in found:
            if stage.at > after and (earliest is None or stage.at < earliest):
                earliest = stage.at
    return earliest


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A notice that may yet give way to a later reminder."""

    stage: Stage
    notice: Notice
    chases: bool


def due(rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime) -> Due:
    """What falls due by *now*. Give all the rules that serve the meeting: reminders give way to one another.

    A rule that is not in *known_since* is new and sends nothing.
    """
    candidates: list[_Candidate] = []
    left_out: list[LeftOut] = []
    for rule in rules:
        if rule.id not in known_since or cancelled_reason(rule, snapshot.meeting) is not None:
            continue
        for when in rule.whens:
            if not isinstance(when, Happens):
                _due_of(rule, when, snapshot, known_since[rule.id], now, candidates, left_out)
    latest = _latest_chases(rules, snapshot, candidates)
    notices: dict[str, Notice] = {}
    for candidate in candidates:
        notice, stage = candidate.notice, candidate.stage
        later = latest.get(notice.person_id)
        if candidate.chases and later is not None and (later.falls, later.rule) != (stage.falls, notice.rule):
            sentence = f"a later reminder, [{later.rule}], is due or has been decided"
            left_out.append(LeftOut(notice.person_id, notice.rule, sentence, stage.round))
        else:
            notices.setdefault(notice.key, notice)
    return Due(tuple(notices.values()), tuple(left_out))


@dataclass(frozen=True, slots=True)
class _Chase:
    falls: datetime
    rule: RuleId


def _latest_chases(rules: Sequence[Rule], snapshot: Snapshot, candidates: list[_Candidate]) -> dict[PersonId, _Chase]:
    """For each person who would be chased now the latest reminder, among those due now and those decided before. Of two that
    fall at the same instant it is the one that stands further down."""
    latest: dict[PersonId, _Chase] = {}

    def heed(person: PersonId, falls: datetime, rule: RuleId) -> None:
        if person not in latest or falls >= latest[person].falls:
            latest[person] = _Chase(falls, rule)

    for candidate in candidates:
        if candidate.chases:
            heed(candidate.notice.person_id, candidate.stage.falls, candidate.notice.rule)
    for rule in rules if latest else ():
        if not rule.chases:
            continue
        for when in rule.whens:
            shared = () if by_person(when) else stages(rule, when, snapshot.meeting)
            for standing in snapshot.standings:
                if standing.person.id not in latest or not standing.noticed:
                    continue
                for stage in stages(rule, when, snapshot.meeting, standing) if by_person(when) else shared:
                    if (rule.id, stage.round) in standing.noticed:
                        heed(standing.person.id, stage.falls, rule.id)
    return latest


def _due_of(
    rule: Rule,
    when: When,
    snapshot: Snapshot,
    known: datetime,
    now: datetime,
    candidates: list[_Candidate],
    left_out: list[LeftOut],
) -> None:
    """Gather what the one time *when* of *rule* brings."""
    meeting = snapshot.meeting
    shared: _Timed | None = None
    if not by_person(when):
        shared = _timed(rule, stages(rule, when, meeting), meeting, known, now)
        if shared is None:
            return
        if shared.too_late:
            if not any((rule.id, shared.stage.round) in s.noticed for s in snapshot.standings):
                left_out.append(LeftOut(None, rule.id, shared.too_late, shared.stage.round, "if-late"))
            return
        if not any(belongs(a, s, None) for a in rule.to for s in snapshot.standings):
            left_out.append(LeftOut(None, rule.id, nobody(rule), shared.stage.round, "to"))
            return
    for standing in snapshot.standings:
        timed = shared or _timed(rule, stages(rule, when, meeting, standing), meeting, known, now)
        if timed is None or not _reaches(rule, timed.stage, standing, meeting):
            continue
        person, stage = standing.person.id, timed.stage
        if timed.too_late:
            left_out.append(LeftOut(person, rule.id, timed.too_late, stage.round, "if-late"))
        elif (out := _held_back(rule, stage.round, standing, snapshot, now)) is not None:
            left_out.append(out)
        else:
            notice = _notice(
                rule, stage.round, standing, snapshot, timed.leaves, _not_after(rule, stage, meeting), str(when)
            )
            candidates.append(_Candidate(stage, notice, rule.chases))


def nobody(rule: Rule) -> str:
    """The sentence for a rule whose groups are empty."""
    return "nobody is in " + " or ".join(f'"{a.group}"' for a in rule.to)


def _reaches(rule: Rule, stage: Stage, standing: Standing, meeting: Meeting) -> bool:
    """Is the person meant by the rule, and not yet decided on?"""
    return (
        (rule.id, stage.round) not in standing.noticed
        and audience_reason(rule, standing, None) is None
        and not had_before_move(rule, stage, meeting, standing)
        and not joined_later(rule, stage, standing)
    )


def _held_back(rule: Rule, round_: str, standing: Standing, snapshot: Snapshot, now: datetime) -> LeftOut | None:
    """What keeps a mail from somebody whom the rule means, or None."""
    person = standing.person.id
    if (law := unreachable(standing)) is not None:
        return LeftOut(person, rule.id, law, round_)
    blocked = condition_reason(rule, standing, snapshot, now)
    if blocked is None and is_repeat(round_):
        blocked = stopped_repeating(rule, standing, snapshot, now)
    return None if blocked is None else LeftOut(person, rule.id, blocked.reason, round_, blocked.key)


@dataclass(frozen=True, slots=True)
class _Timed:
    """The stage whose time has come, and when its mail leaves; or why it is too late for it."""

    stage: Stage
    leaves: datetime
    too_late: str = ""


def _timed(rule: Rule, found: tuple[Stage, ...], meeting: Meeting, known: datetime, now: datetime) -> _Timed | None:
    """The last stage whose time has come (earlier ones have been decided, or are overtaken), if the rule was known by then."""
    stage = next((s for s in reversed(found) if s.at <= now), None)
    if stage is None or stage.at <= known:
        return None
    window = Window.of(rule.timing, meeting.zone)
    leaves = window.opening(max(now, stage.falls))
    return _Timed(stage, leaves, lateness(rule, stage, leaves, window, meeting, now))


def lateness(rule: Rule, stage: Stage, leaves: datetime, window: Window, meeting: Meeting, now: datetime) -> str:
    """Why the mail of *stage*, which could leave at *leaves*, does not; empty if it does."""
    planned = meeting.local(stage.falls)
    told = f"it was due on {planned:%a} {planned.day} {planned:%b at %H:%M}"
    if stage.falls < stage.at:
        told += ", before the meeting was moved" if meeting.round else ", before there was the meeting"
    elif meeting.local(now).date() > meeting.local(window.opening(stage.falls)).date():
        pass
    elif stage.limit is not None and stage.falls > stage.limit:
        told += ", which is too late for this meeting"
    elif stage.limit is not None and leaves > stage.limit:
        told += ", and the next hour at which mail may leave comes too late"
    else:
        return ""
    return "" if _if_late_allows(rule, leaves, meeting) else told


def _if_late_allows(rule: Rule, leaves: datetime, meeting: Meeting) -> bool:
    if_late = rule.if_late or IfLate()
    match if_late.kind:
        case IfLateKind.SKIP:
            return False
        case IfLateKind.UNTIL_START:
            return leaves < meeting.dtstart
        case IfLateKind.IF_AWAY:
            assert if_late.away is not None
            return at_least_away(leaves, meeting.dtstart, if_late.away, meeting.zone, rule.timing.holidays)
        case _:
            assert_never(if_late.kind)


def _not_after(rule: Rule, stage: Stage, meeting: Meeting) -> datetime | None:
    """Past this instant the mail is dropped: what it counts back from, or the start of the meeting where if-late allows that."""
    if stage.limit is None:
        return None
    if rule.if_late is not None and rule.if_late.kind is not IfLateKind.SKIP:
        return max(stage.limit, meeting.dtstart)
    return stage.limit


def had_before_move(rule: Rule, stage: Stage, meeting: Meeting, standing: Standing) -> bool:
    """Was the rule decided for this person for an earlier date of the meeting, and does the new time lie before the move? Then
    that counts: the letter that told of the move has said the rest. (Who has not been invited yet still is.)"""
    if meeting.round == 0 or rule.for_uninvited or by_person(stage.when) or stage.falls >= stage.at:
        return False
    suffix = stage.round.removeprefix(round_of(meeting))
    return any((rule.id, f"r{n}{suffix}") in standing.noticed for n in range(meeting.round))


_ANSWERED = frozenset({State.SAID_YES, State.SAID_NO, State.SAID_MAYBE})


def joined_later(rule: Rule, stage: Stage, standing: Standing) -> bool:
    """Did the person come into the audience by an answer, or by an invitation, that is later than the rule's time? A late answer
    has the rules for answers, and nobody is reminded of a letter that is younger than the reminder."""
    invitation = standing.invitation
    if invitation is None or by_person(stage.when):
        return False
    if invitation.answered_at is not None and invitation.answered_at > stage.at:
        return any(_ANSWERED & states_of(a) for a in rule.to)
    return rule.chases and invitation.invited_at is not None and invitation.invited_at > stage.at


def _notice(
    rule: Rule,
    round_: str,
    standing: Standing,
    snapshot: Snapshot,
    leaves: datetime,
    not_after: datetime | None,
    reason: str,
    about: PersonId | None = None,
) -> Notice:
    return Notice(
        rule=rule.id,
        meeting_id=snapshot.meeting.id,
        person_id=standing.person.id,
        round=round_,
        letter=rule.letter,
        attach=rule.attach,
        on_behalf_of=signer_of(rule, standing.person, snapshot),
        hold=rule.hold,
        invites=rule.invites,
        not_before=leaves,
        reason=reason,
        not_after=not_after,
        about=about,
    )


def happened(
    rules: Sequence[Rule],
    snapshot: Snapshot,
    happening: Happening,
    known_since: Mapping[RuleId, datetime],
    now: datetime,
) -> Due:
    """What follows from *happening*. It is never late: whoever answered during an outage is answered after it."""
    meeting = snapshot.meeting
    found = snapshot.standing_of(happening.person) if happening.person is not None else None
    concerned = found.person if found else None
    notices: list[Notice] = []
    left_out: list[LeftOut] = []
    for rule in rules:
        if happening.kind not in rule.happens or rule.id not in known_since or happening.at <= known_since[rule.id]:
            continue
        if (law := cancelled_reason(rule, meeting)) is not None:
            left_out.append(LeftOut(happening.person, rule.id, law, happening.occasion))
            continue
        limit = None if happening.kind is HappeningKind.MAIL_BOUNCES else meeting.dtend
        leaves = Window.of(rule.timing, meeting.zone).opening(now)
        if limit is not None and leaves > limit:
            left_out.append(LeftOut(happening.person, rule.id, "the meeting is over", happening.occasion))
            continue
        meant = [s for s in snapshot.standings if any(belongs(a, s, concerned) for a in rule.to)]
        if not meant:
            left_out.append(LeftOut(None, rule.id, nobody(rule), happening.occasion, "to"))
        for standing in meant:
            if (rule.id, happening.occasion) in standing.noticed or audience_reason(
                rule, standing, concerned
            ) is not None:
                continue
            if (out := _held_back(rule, happening.occasion, standing, snapshot, now)) is not None:
                left_out.append(out)
                continue
            about = happening.person if happening.person != standing.person.id else None
            reason = happening.kind.value
            notices.append(_notice(rule, happening.occasion, standing, snapshot, leaves, limit, reason, about))
    return Due(tuple(notices), tuple(left_out))
