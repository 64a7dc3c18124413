"""Rules + a picture of the meeting + now → the mails that fall due.

The laws: nobody gets the same rule twice for the same meeting and round; a rule never looks back to before it was known; what
fell due before the meeting was moved is not due again; what is late is skipped unless ``if-late`` says otherwise; of several
reminders that an outage left behind only the latest goes out; mail leaves only in its hours, and not after what it counts back
from. Promises: pure; the same values give the same notices. Local times live here and in `workdays` alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from mailer.decide.conditions import (
    ANSWERED,
    NOTHING,
    Concern,
    audience_reason,
    belongs,
    cancelled_reason,
    condition_reason,
    signer_of,
    stopped_repeating,
    unreachable,
)
from mailer.decide.dates import date_named, each_date, held, meetings_of, on_date
from mailer.decide.rule import Bundle, Every, Happens, IfLate, IfLateKind, Rule, When, states_of
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.stages import (
    Stage,
    all_stages,
    by_item,
    by_person,
    earlier_rounds,
    for_team,
    is_repeat,
    round_of,
    stages,
    window_of,
)
from mailer.decide.workdays import Window, at_least_away
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import at_date, last_end, next_start
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
    if cancelled_reason(rule, snapshot.meeting) is not None:
        return None
    times = (s.at for when in rule.whens for s in all_stages(rule, when, snapshot, after) if s.at > after)
    return min(times, default=None)


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
    bundles = {rule.id: rule.bundle for rule in rules if rule.bundle is not None}
    notices: dict[str, Notice] = {}
    for candidate in candidates:
        notice, stage = candidate.notice, candidate.stage
        later = latest.get(notice.person_id)
        if candidate.chases and later is not None and (later.falls, later.rule) != (stage.falls, notice.rule):
            sentence = f"a later reminder, [{later.rule}], is due or has been decided"
            left_out.append(LeftOut(notice.person_id, notice.rule, sentence, stage.round))
        else:
            notices.setdefault(notice.key, notice)
    return Due(tuple(bundled(notices.values(), bundles, snapshot)), tuple(left_out))


def bundled(notices: Iterable[Notice], bundles: Mapping[RuleId, Bundle], snapshot: Snapshot) -> Iterator[Notice]:
    """Make one mail of several, where the rule says so. The others stay in the ledger, as told with that one."""
    heads: dict[tuple[object, ...], list[Notice]] = {}
    for notice in notices:
        match bundles.get(notice.rule):
            case Bundle.PER_PERSON:
                group: tuple[object, ...] = (notice.rule, notice.person_id)
            case Bundle.PER_COMPANY:
                found = snapshot.standing_of(notice.person_id)
                company = found.person.organisation.casefold() if found else ""
                group = (notice.rule, company or notice.person_id, notice.round)
            case _:
                group = (notice.key,)
        heads.setdefault(group, []).append(notice)
    for first, *rest in heads.values():
        people = [
            p for n in rest for p in (n.person_id, n.about) if p is not None and p not in (first.person_id, first.about)
        ]
        yield replace(
            first,
            items=tuple(dict.fromkeys(i for n in (first, *rest) for i in n.items)),
            people=tuple(dict.fromkeys((*first.people, *people))),
            not_after=max((n.not_after for n in (first, *rest) if n.not_after is not None), default=None)
            if all(n.not_after is not None for n in (first, *rest))
            else None,
        )
        for notice in rest:
            yield replace(notice, told_with=first.key, hold=False)


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
            if isinstance(when, Every) or by_item(when):
                continue
            shared: list[Stage] = []
            if not by_person(when):
                shared = [s for m in meetings_of(rule, when, snapshot) for s in stages(rule, when, m)]
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
    """Gather what the one time *when* of *rule* brings: for everybody, for each item, for each team."""
    meeting = snapshot.meeting
    if by_item(when):
        for item in snapshot.items:
            timed = _timed(rule, stages(rule, when, meeting, item=item), meeting, known, now) if item.open else None
            if timed is None:
                continue
            owner = snapshot.standing_of(item.owner) if item.owner is not None else None
            concern = Concern(owner.person if owner else None, owner.teams if owner else (), item=item, due=item.due)
            _due_for_all(rule, when, timed, snapshot, now, candidates, left_out, concern)
        return
    if by_person(when):
        for standing in snapshot.standings:
            timed = _timed(rule, stages(rule, when, meeting, standing), meeting, known, now)
            if timed is not None and _reaches(rule, timed.stage, standing, meeting, NOTHING):
                _decide(rule, when, timed, standing, snapshot, now, candidates, left_out, NOTHING)
        return
    if each_date(rule, when, meeting):
        for date in held(snapshot):
            of_date = at_date(meeting, date)
            timed = _timed(rule, stages(rule, when, of_date), of_date, known, now)
            if timed is not None and timed.stage.at > now - _LOOKS_BACK:
                _due_at(rule, when, timed, on_date(snapshot, date), now, candidates, left_out)
        return
    timed = _timed(rule, stages(rule, when, meeting, around=now), meeting, known, now)
    if timed is not None:
        _due_at(rule, when, timed, snapshot, now, candidates, left_out)


_LOOKS_BACK = timedelta(days=31)
"""How far back dates of a series are looked at: their mails are decided by then, or too late."""


def _due_at(
    rule: Rule,
    when: When,
    timed: "_Timed",
    snapshot: Snapshot,
    now: datetime,
    candidates: list[_Candidate],
    left_out: list[LeftOut],
) -> None:
    """Gather what one time of the meeting, or of one date of a series, brings: for everybody, or for each team."""
    meeting = snapshot.meeting
    if rule.do is None or not rule.do.each_team:
        _due_for_all(rule, when, timed, snapshot, now, candidates, left_out, Concern(team=meeting.team_id))
        return
    if not snapshot.teams:
        left_out.append(LeftOut(None, rule.id, "there is no action team yet", timed.stage.round, "do"))
    for team in snapshot.teams:
        stage = replace(timed.stage, round=for_team(timed.stage.round, team.id))
        _due_for_all(
            rule, when, replace(timed, stage=stage), snapshot, now, candidates, left_out, Concern(team=team.id)
        )


def _due_for_all(
    rule: Rule,
    when: When,
    timed: "_Timed",
    snapshot: Snapshot,
    now: datetime,
    candidates: list[_Candidate],
    left_out: list[LeftOut],
    concern: Concern,
) -> None:
    """Gather what one stage brings to everybody."""
    meeting, stage = snapshot.meeting, timed.stage
    if timed.too_late:
        if not any((rule.id, stage.round) in s.noticed for s in snapshot.standings):
            left_out.append(LeftOut(None, rule.id, _about(concern) + timed.too_late, stage.round, "if-late"))
        return
    if not any(belongs(a, s, concern) for a in rule.to for s in snapshot.standings):
        left_out.append(LeftOut(None, rule.id, _about(concern) + nobody(rule), stage.round, "to"))
        return
    for standing in snapshot.standings:
        if _reaches(rule, stage, standing, meeting, concern):
            _decide(rule, when, timed, standing, snapshot, now, candidates, left_out, concern)


def _about(concern: Concern) -> str:
    return f"action item {concern.item.number}: " if concern.item is not None else ""


def _decide(
    rule: Rule,
    when: When,
    timed: "_Timed",
    standing: Standing,
    snapshot: Snapshot,
    now: datetime,
    candidates: list[_Candidate],
    left_out: list[LeftOut],
    concern: Concern,
) -> None:
    """Decide about one person whom a stage means."""
    stage = timed.stage
    if timed.too_late:
        left_out.append(LeftOut(standing.person.id, rule.id, timed.too_late, stage.round, "if-late"))
    elif (out := _held_back(rule, stage.round, standing, snapshot, now, concern)) is not None:
        left_out.append(out)
    else:
        limit = _not_after(rule, stage, snapshot.meeting, timed.leaves)
        notice = _notice(rule, stage.round, standing, snapshot, timed.leaves, limit, str(when), None, concern)
        candidates.append(_Candidate(stage, notice, rule.chases))


def nobody(rule: Rule) -> str:
    """The sentence for a rule whose groups are empty."""
    return "nobody is in " + " or ".join(f'"{a.group}"' for a in rule.to)


def _reaches(rule: Rule, stage: Stage, standing: Standing, meeting: Meeting, concern: Concern) -> bool:
    """Is the person meant by the rule, and not yet decided on?"""
    return (
        (rule.id, stage.round) not in standing.noticed
        and audience_reason(rule, standing, concern) is None
        and not had_before_move(rule, stage, meeting, standing)
        and not joined_later(rule, stage, standing)
    )


def _held_back(
    rule: Rule, round_: str, standing: Standing, snapshot: Snapshot, now: datetime, concern: Concern
) -> LeftOut | None:
    """What keeps a mail from somebody whom the rule means, or None."""
    person = standing.person.id
    if (law := unreachable(standing, rule)) is not None:
        return LeftOut(person, rule.id, _about(concern) + law, round_)
    blocked = condition_reason(rule, standing, snapshot, now, concern)
    if blocked is None and is_repeat(round_):
        blocked = stopped_repeating(rule, standing, snapshot, now, concern, round_)
    return None if blocked is None else LeftOut(person, rule.id, _about(concern) + blocked.reason, round_, blocked.key)


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
    window = window_of(rule, meeting)
    leaves = window.opening(max(now, stage.falls))
    return _Timed(stage, leaves, lateness(rule, stage, leaves, window, meeting, now))


def lateness(rule: Rule, stage: Stage, leaves: datetime, window: Window, meeting: Meeting, now: datetime) -> str:
    """Why the mail of *stage*, which could leave at *leaves*, does not; empty if it does."""
    planned = meeting.local(stage.falls)
    told = f"it was due on {planned:%a} {planned.day} {planned:%b at %H:%M}"
    if stage.falls < stage.at:
        told += _too_young(rule, meeting)
    elif meeting.local(now).date() > meeting.local(window.opening(stage.falls)).date():
        pass
    elif stage.limit is not None and stage.falls > stage.limit:
        told += ", which is too late for this meeting"
    elif stage.limit is not None and leaves > stage.limit:
        told += ", and the next hour at which mail may leave comes too late"
    else:
        return ""
    return "" if _if_late_allows(rule, stage, leaves, meeting) else told


def _too_young(rule: Rule, meeting: Meeting) -> str:
    if rule.of_items:
        return ", before the action item had this day"
    if meeting.standing:
        return ", before the service began"
    return (
        ", before the meeting was moved" if meeting.round or meeting.date_sequence else ", before there was the meeting"
    )


def _if_late_allows(rule: Rule, stage: Stage, leaves: datetime, meeting: Meeting) -> bool:
    if_late = rule.if_late or IfLate()
    match if_late.kind:
        case IfLateKind.SKIP:
            return False
        case IfLateKind.AT_ONCE:
            return stage.limit is None or leaves <= stage.limit
        case IfLateKind.UNTIL_START:
            return leaves < next_start(meeting, leaves)
        case IfLateKind.IF_AWAY:
            assert if_late.away is not None
            return at_least_away(leaves, next_start(meeting, leaves), if_late.away, meeting.zone, rule.timing.holidays)
        case _:
            assert_never(if_late.kind)


def _not_after(rule: Rule, stage: Stage, meeting: Meeting, leaves: datetime) -> datetime | None:
    """Past this instant the mail is dropped: what it counts back from, or the start of the meeting where if-late allows that."""
    if stage.limit is None:
        return None
    if rule.if_late is not None and rule.if_late.kind in (IfLateKind.UNTIL_START, IfLateKind.IF_AWAY):
        return max(stage.limit, next_start(meeting, leaves))
    return stage.limit


def had_before_move(rule: Rule, stage: Stage, meeting: Meeting, standing: Standing) -> bool:
    """Was the rule decided for this person for an earlier date of the meeting, and does the new time lie before the move? Then
    that counts: the letter that told of the move has said the rest. (Who has not been invited yet still is, unless the convener said not to.)"""
    if rule.for_uninvited:
        return rule.id in standing.refused
    if by_person(stage.when) or stage.falls >= stage.at:
        return False
    suffix = stage.round.removeprefix(round_of(meeting))
    return any((rule.id, earlier + suffix) in standing.noticed for earlier in earlier_rounds(meeting))


def joined_later(rule: Rule, stage: Stage, standing: Standing) -> bool:
    """Did the person come into the audience by an answer, or by an invitation, that is later than the rule's time? A late answer
    has the rules for answers, and nobody is reminded of a letter that is younger than the reminder."""
    invitation = standing.invitation
    if invitation is None or by_person(stage.when):
        return False
    if invitation.answered_at is not None and invitation.answered_at > stage.at:
        return any(ANSWERED & states_of(a) for a in rule.to)
    return rule.chases and invitation.invited_at is not None and invitation.invited_at > stage.at


def _notice(
    rule: Rule,
    round_: str,
    standing: Standing,
    snapshot: Snapshot,
    leaves: datetime,
    not_after: datetime | None,
    reason: str,
    about: PersonId | None,
    concern: Concern,
) -> Notice:
    return Notice(
        rule=rule.id,
        meeting_id=snapshot.meeting.id,
        person_id=standing.person.id,
        round=round_,
        letter=rule.letter,
        attach=rule.attach,
        on_behalf_of=signer_of(rule, standing.person, snapshot, concern),
        hold=rule.hold,
        invites=rule.invites,
        not_before=leaves,
        reason=reason,
        not_after=not_after,
        about=about,
        items=(concern.item.id,) if concern.item is not None else (),
        ask=rule.ask,
        team=concern.team,
    )


_NEVER_OVER = frozenset(
    {
        HappeningKind.MAIL_BOUNCES,
        HappeningKind.SUMMARY_IS_APPROVED,
        HappeningKind.DRAFT_IS_SHARED,
        HappeningKind.CALL_RESULT_IS_LOGGED,
    }
)
"""What is told after the meeting too."""


_COUNTED = frozenset(
    {
        HappeningKind.REPLY_IS_YES,
        HappeningKind.REPLY_IS_NO,
        HappeningKind.REPLY_IS_MAYBE,
        HappeningKind.DELEGATE_IS_NAMED,
    }
)
"""Happenings whose occasion is counted for each person."""


_CHANGED_DATE = frozenset({HappeningKind.MEETING_IS_MOVED, HappeningKind.MEETING_IS_CANCELLED})


def happened(
    rules: Sequence[Rule],
    snapshot: Snapshot,
    happening: Happening,
    known_since: Mapping[RuleId, datetime],
    now: datetime,
) -> Due:
    """What follows from *happening*. It is never late: whoever answered during an outage is answered after it. That one date of a series is
    changed is told to the invited by the service's own letter, and by rules to all others."""
    changed_date = False
    if happening.recurrence_id is not None:
        if (date := date_named(snapshot, happening.recurrence_id)) is None:
            return Due()
        snapshot = on_date(snapshot, date)
        changed_date = happening.kind in _CHANGED_DATE
    meeting = snapshot.meeting
    person = happening.person
    if person is None and happening.item is not None:
        person = happening.item.owner
    found = snapshot.standing_of(person) if person is not None else None
    concern = Concern(
        found.person if found else None,
        found.teams if found else (),
        happening.delegate,
        happening.item,
        team=meeting.team_id,
    )
    notices: list[Notice] = []
    left_out: list[LeftOut] = []
    for rule in rules:
        starts = next((w for w in rule.whens if _starts(w, happening)), None)
        if starts is None or rule.id not in known_since or happening.at <= known_since[rule.id]:
            continue
        if (law := cancelled_reason(rule, meeting)) is not None:
            left_out.append(LeftOut(happening.person, rule.id, law, happening.occasion))
            continue
        limit = None if happening.kind in _NEVER_OVER or meeting.standing else last_end(meeting)
        leaves = window_of(rule, meeting).opening(now)
        if limit is not None and leaves > limit:
            left_out.append(LeftOut(happening.person, rule.id, "the meeting is over", happening.occasion))
            continue
        meant = [s for s in snapshot.standings if any(belongs(a, s, concern) for a in rule.to)]
        if not meant:
            left_out.append(LeftOut(None, rule.id, nobody(rule), happening.occasion, "to"))
        for standing in meant:
            about = happening.person if happening.person != standing.person.id else None
            # The first answer of Ann and the first of Bob are two things to tell the convener.
            own = about is None or happening.kind not in _COUNTED
            round_ = happening.occasion if own else f"{happening.occasion}-of-{about}"
            if changed_date and standing.invited_at is not None:
                continue
            if (rule.id, round_) in standing.noticed or audience_reason(rule, standing, concern) is not None:
                continue
            if (out := _held_back(rule, round_, standing, snapshot, now, concern)) is not None:
                left_out.append(out)
                continue
            notices.append(_notice(rule, round_, standing, snapshot, leaves, limit, str(starts), about, concern))
    bundles = {rule.id: rule.bundle for rule in rules if rule.bundle is not None}
    return Due(tuple(bundled(notices, bundles, snapshot)), tuple(left_out))


def _starts(when: When, happening: Happening) -> bool:
    return isinstance(when, Happens) and when.kind is happening.kind and abs(happening.count) >= when.count
