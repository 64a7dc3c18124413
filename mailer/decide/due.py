"""Rules + a picture of the meeting + now → the mails that fall due.

The laws: nobody gets the same rule twice for the same meeting and round; a rule never looks back to before it was known; what
fell due before the meeting was moved is not due again; what is late is skipped unless ``if-late`` says otherwise; of several
reminders that an outage left behind only the latest goes out; mail leaves only in its hours, and not after what it counts back
from. Promises: pure; the same values give the same notices. Local times live here and in `workdays` alone.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from mailer.decide.conditions import (
    audience_reason,
    belongs,
    cancelled_reason,
    condition_reason,
    invited_at,
    is_repeat,
    round_of,
    signer_of,
    stopped_repeating,
    unreachable,
)
from mailer.decide.rule import Anchor, Fixed, Happens, IfLate, IfLateKind, Offset, Rule, State, When
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.workdays import Window, at_least_away, on_clock, shift
from mailer.partnership.meetings import Meeting
from mailer.terms import PersonId, RuleId

_A_MOMENT = timedelta(microseconds=1)


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


@dataclass(frozen=True, slots=True)
class Stage:
    """One time of one rule: *falls* is when it was planned, *at* when it could first fall due (the meeting may be younger, or
    have moved). *limit* is the instant it counts back from; past it the mail makes no sense."""

    round: str
    falls: datetime
    at: datetime
    limit: datetime | None
    when: When


# --- when ---------------------------------------------------------------------------------------------------------------------


def _anchor(anchor: Anchor, meeting: Meeting, standing: Standing | None) -> datetime | None:
    match anchor:
        case Anchor.MEETING_START:
            return meeting.dtstart
        case Anchor.MEETING_END:
            return meeting.dtend
        case Anchor.REPLY_DEADLINE:
            return meeting.reply_deadline
        case Anchor.INVITATION:
            return invited_at(standing) if standing else None
        case Anchor.ITEM_DUE:
            return None
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
    round_ = ("i" if by_person(when) else round_of(meeting)) + _mark(rule, when)
    since = _since(meeting, own=by_person(when))
    found = [Stage(round_, first, max(first, since) if since else first, limit, when)]
    if rule.repeat is not None:
        again = first
        for count in range(rule.repeat.most):
            # Counted from the first each time: a repeat keeps its hour when clocks change or a month is short.
            at = when.at if isinstance(when, (Offset, Fixed)) else None
            again = _repeated(first, rule, count + 1, at, meeting.zone)
            if limit is not None and again >= limit:
                break
            found.append(Stage(f"{round_}.{count + 2}", again, max(again, since) if since else again, limit, when))
    return tuple(found)


def _repeated(first: datetime, rule: Rule, times: int, at: object, zone: str) -> datetime:
    assert rule.repeat is not None
    every = rule.repeat.every
    length = type(every)(every.count * times, every.unit)
    local_at = None if at is None else at
    return shift(first, length, 1, local_at, zone, rule.timing.holidays)  # type: ignore[arg-type]


def _since(meeting: Meeting, *, own: bool) -> datetime | None:
    """Since when the meeting has been as it is: nothing about it could fall due before."""
    if own or meeting.round == 0:
        return meeting.created_at
    return meeting.changed_at or meeting.created_at


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
        found: Iterator[Stage]
        if by_person(when):
            dates = {i: s for s in snapshot.standings if (i := invited_at(s)) is not None}
            found = (stage for s in dates.values() for stage in stages(rule, when, meeting, s))
        else:
            found = iter(stages(rule, when, meeting))
        for stage in found:
            if stage.at > after and (earliest is None or stage.at < earliest):
                earliest = stage.at
    return earliest


# --- what is due --------------------------------------------------------------------------------------------------------------


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
    candidates: dict[PersonId, list[_Candidate]] = {}
    left_out: list[LeftOut] = []
    for rule in rules:
        if rule.id not in known_since or not rule.is_relative:
            continue
        if cancelled_reason(rule, snapshot.meeting) is not None:
            continue
        for when in rule.whens:
            _due_of(rule, when, snapshot, known_since[rule.id], now, candidates, left_out)
    overtaken = _latest_chase(rules, snapshot, now) if any(c.chases for cs in candidates.values() for c in cs) else {}
    notices = []
    for person, found in candidates.items():
        latest = overtaken.get(person)
        for candidate in found:
            if candidate.chases and latest is not None and candidate.stage.falls < latest[0]:
                sentence = f"a later reminder, [{latest[1]}], is due or has gone out"
                left_out.append(LeftOut(person, candidate.notice.rule, sentence, candidate.stage.round))
            else:
                notices.append(candidate.notice)
    return Due(tuple(_once(notices)), tuple(left_out))


def _once(notices: list[Notice]) -> Iterator[Notice]:
    """Each key once (two times of one rule cannot have the same key; this is the belt to those braces)."""
    seen = set()
    for notice in notices:
        if notice.key not in seen:
            seen.add(notice.key)
            yield notice


def _latest_chase(rules: Sequence[Rule], snapshot: Snapshot, now: datetime) -> dict[PersonId, tuple[datetime, RuleId]]:
    """For each person the latest time, passed by now, of any rule that chases them."""
    found: dict[PersonId, tuple[datetime, RuleId]] = {}
    for rule in rules:
        if not rule.chases:
            continue
        for when in rule.whens:
            shared = () if by_person(when) else stages(rule, when, snapshot.meeting)
            for standing in snapshot.standings:
                own = stages(rule, when, snapshot.meeting, standing) if by_person(when) else shared
                passed = [s.falls for s in own if s.at <= now]
                if not passed or audience_reason(rule, standing, None) is not None:
                    continue
                # A reminder that was blocked ("invited less than …") does not stand in the way of an earlier one.
                gone = any((rule.id, s.round) in standing.noticed for s in own)
                if not gone and condition_reason(rule, standing, snapshot, now) is not None:
                    continue
                id_ = standing.person.id
                if id_ not in found or passed[-1] > found[id_][0]:
                    found[id_] = (passed[-1], rule.id)
    return found


def _due_of(
    rule: Rule,
    when: When,
    snapshot: Snapshot,
    known: datetime,
    now: datetime,
    candidates: dict[PersonId, list[_Candidate]],
    left_out: list[LeftOut],
) -> None:
    meeting = snapshot.meeting
    window = Window.of(rule.timing, meeting.zone)
    shared: tuple[Stage, datetime] | str | None = None
    stage: Stage | None
    if not by_person(when):
        stage = _latest(stages(rule, when, meeting), now)
        if stage is None or stage.at <= known:
            return
        shared = _timely(rule, stage, meeting, window, now)
        if isinstance(shared, str):
            if not any((rule.id, stage.round) in s.noticed for s in snapshot.standings):
                left_out.append(LeftOut(None, rule.id, shared, stage.round, "if-late"))
            return
    for standing in snapshot.standings:
        timely: tuple[Stage, datetime] | str | None
        if by_person(when):
            stage = _latest(stages(rule, when, meeting, standing), now)
            if stage is None or stage.at <= known:
                continue
            timely = _timely(rule, stage, meeting, window, now)
        else:
            timely = shared
        assert stage is not None
        if (rule.id, stage.round) in standing.noticed or not any(belongs(a, standing, None) for a in rule.to):
            continue
        if _had_before_move(rule, stage, meeting, standing) or _joined_later(rule, stage, standing):
            continue
        if audience_reason(rule, standing, None) is not None:
            continue
        person = standing.person.id
        if isinstance(timely, str):
            left_out.append(LeftOut(person, rule.id, timely, stage.round, "if-late"))
        elif (law := unreachable(standing)) is not None:
            left_out.append(LeftOut(person, rule.id, law, stage.round))
        elif (blocked := condition_reason(rule, standing, snapshot, now)) is not None:
            left_out.append(LeftOut(person, rule.id, blocked.reason, stage.round, blocked.key))
        elif is_repeat(stage.round) and (stop := stopped_repeating(rule, standing, snapshot, now)) is not None:
            left_out.append(LeftOut(person, rule.id, stop.reason, stage.round, stop.key))
        else:
            assert timely is not None
            notice = _notice(
                rule, stage.round, standing, snapshot, timely[1], _not_after(rule, stage, meeting), str(when)
            )
            candidates.setdefault(person, []).append(_Candidate(stage, notice, rule.chases))


def _latest(found: tuple[Stage, ...], now: datetime) -> Stage | None:
    """The last stage whose time has come: earlier ones have gone out, or are overtaken."""
    return next((s for s in reversed(found) if s.at <= now), None)


def _timely(rule: Rule, stage: Stage, meeting: Meeting, window: Window, now: datetime) -> tuple[Stage, datetime] | str:
    """When the mail of *stage* leaves, or the sentence that says why it does not."""
    late = stage.falls < stage.at or meeting.local(now).date() > meeting.local(window.opening(stage.falls)).date()
    opening = window.opening(max(now, stage.falls))
    if not late and (stage.limit is None or opening <= stage.limit):
        return stage, opening
    planned = meeting.local(stage.falls)
    told = f"it was due on {planned:%a} {planned.day} {planned:%b at %H:%M}"
    if not late:
        told = f"{told}, and the next hour at which mail may leave comes too late"
    return (stage, opening) if _if_late_allows(rule, opening, meeting) else told


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


def _had_before_move(rule: Rule, stage: Stage, meeting: Meeting, standing: Standing) -> bool:
    """Did this person get the rule for an earlier date of the meeting, and does the new time lie before the move? Then that
    counts: the letter that told of the move has said the rest."""
    if meeting.round == 0 or by_person(stage.when) or stage.falls >= stage.at:
        return False
    suffix = stage.round.removeprefix(round_of(meeting))
    return any((rule.id, f"r{n}{suffix}") in standing.noticed for n in range(meeting.round))


_ANSWERED = frozenset({State.SAID_YES, State.SAID_NO, State.SAID_MAYBE})


def _joined_later(rule: Rule, stage: Stage, standing: Standing) -> bool:
    """Came the person into the audience by an answer, or by an invitation, that is later than the rule's time? A late answer has
    the rules for answers, and nobody is reminded of a letter that is younger than the reminder."""
    if by_person(stage.when):
        return False
    invitation = standing.invitation
    if invitation is None:
        return False
    answers = any(_ANSWERED & set(a.states) for a in rule.to)
    if answers and invitation.answered_at is not None and invitation.answered_at > stage.at:
        return True
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


# --- happenings ---------------------------------------------------------------------------------------------------------------


def happened(
    rules: Sequence[Rule],
    snapshot: Snapshot,
    happening: Happening,
    known_since: Mapping[RuleId, datetime],
    now: datetime,
) -> Due:
    """What follows from *happening*. It is never late: whoever answered during an outage is answered after it."""
    meeting = snapshot.meeting
    concerned = snapshot.standing_of(happening.person) if happening.person is not None else None
    notices: list[Notice] = []
    left_out: list[LeftOut] = []
    for rule in rules:
        if happening.kind not in rule.happens or rule.id not in known_since or happening.at <= known_since[rule.id]:
            continue
        if (law := cancelled_reason(rule, meeting)) is not None:
            left_out.append(LeftOut(happening.person, rule.id, law, happening.occasion))
            continue
        limit = None if happening.kind is HappeningKind.MAIL_BOUNCES else meeting.dtend
        opening = Window.of(rule.timing, meeting.zone).opening(now)
        for standing in snapshot.standings:
            person = concerned.person if concerned else None
            if (rule.id, happening.occasion) in standing.noticed or not any(
                belongs(a, standing, person) for a in rule.to
            ):
                continue
            if audience_reason(rule, standing, person) is not None:
                continue
            id_ = standing.person.id
            if limit is not None and opening > limit:
                left_out.append(LeftOut(id_, rule.id, "the meeting is over", happening.occasion))
            elif (reason := unreachable(standing)) is not None:
                left_out.append(LeftOut(id_, rule.id, reason, happening.occasion))
            elif (blocked := condition_reason(rule, standing, snapshot, now)) is not None:
                left_out.append(LeftOut(id_, rule.id, blocked.reason, happening.occasion, blocked.key))
            else:
                about = happening.person if happening.person != id_ else None
                notices.append(
                    _notice(rule, happening.occasion, standing, snapshot, opening, limit, happening.kind.value, about)
                )
    return Due(tuple(notices), tuple(left_out))
