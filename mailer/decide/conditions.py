"""Who a rule reaches, and what holds a mail back: the one place where groups, states and conditions get their meaning.

Read twice: when a rule falls due (`due`), and again when the mail is about to leave (`still_wanted`), because conditions are never
taken from memory. Every "no" comes with the sentence that explains it; `explain` shows the same sentences.

Promises: pure. Nothing here needs more of the snapshot than the standing it is asked about (and those a signer or group names).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from mailer.decide.dates import date_named, meetings_of, on_date
from mailer.decide.offer import question_name
from mailer.decide.rule import (
    ATTENDANCE,
    Anchor,
    Audience,
    Bundle,
    Condition,
    ConditionKind,
    Group,
    Happens,
    Offset,
    OwnGroup,
    Rule,
    Signer,
    Somebody,
    State,
    states_of,
)
from mailer.decide.snapshot import HappeningKind, Notice, Snapshot, Standing
from mailer.decide.stages import (
    Stage,
    comments_round,
    is_repeat,
    item_round,
    meeting_round,
    stages,
    team_of,
    window_of,
    zone_of,
)
from mailer.decide.workdays import less_than_ago, on_clock, shift, within
from mailer.partnership.calling import to_be_called
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item
from mailer.partnership.series import date_of_round, date_round, next_start
from mailer.terms import ItemId, PartStat, PersonId, RuleId, TeamId


@dataclass(frozen=True, slots=True)
class Concern:
    """What a mail is about beside the meeting. *person*: to whom something happened, or who promised the item; *teams*: those that person is in.
    *team*: the one action team the mail is for. *due*: the day of the item that the mail is about."""

    person: Person | None = None
    teams: tuple[TeamId, ...] = ()
    delegate: PersonId | None = None
    item: Item | None = None
    due: date | None = None
    team: TeamId | None = None


NOTHING = Concern()


@dataclass(frozen=True, slots=True)
class Pace:
    """How many mails one person gets in so many days, over all rules."""

    most: int
    days: int = 7


@dataclass(frozen=True, slots=True)
class Wanted:
    """It may leave now. *items*: those of its action items that it shall still speak of; the others were done, moved or given away meanwhile."""

    items: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Unwanted:
    """It shall not leave any more. *key*: the line of the rule that decided it, empty for a law."""

    reason: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """It may leave at *until*, if it is still wanted then."""

    until: datetime
    reason: str


_ANSWERS = {
    PartStat.ACCEPTED: "yes",
    PartStat.DECLINED: "no",
    PartStat.TENTATIVE: "maybe",
    PartStat.DELEGATED: "somebody else comes",
}
_OF_REPLY = {
    HappeningKind.REPLY_IS_YES: PartStat.ACCEPTED,
    HappeningKind.REPLY_IS_NO: PartStat.DECLINED,
    HappeningKind.REPLY_IS_MAYBE: PartStat.TENTATIVE,
}
ANSWERED = frozenset({State.SAID_YES, State.SAID_NO, State.SAID_MAYBE})
"""The states that only an answer brings."""
_CHAMPIONS = frozenset({Role.CHAMPION, Role.LEAD_CHAMPION, Role.CO_CHAIR})


# --- groups and states --------------------------------------------------------------------------------------------------------

_MEMBERS: dict[Group, Callable[[Standing], bool]] = {
    Group.BUSINESSES: lambda s: s.person.kind is PartnerKind.BUSINESS and not s.person.of_the_house,
    Group.PUBLIC_PARTNERS: lambda s: s.person.kind is PartnerKind.PUBLIC_PARTNER and not s.person.of_the_house,
    Group.SUPPORT_PARTNERS: lambda s: s.person.kind is PartnerKind.SUPPORT_PARTNER and not s.person.of_the_house,
    Group.CHAMPIONS: lambda s: bool(_CHAMPIONS & s.person.roles),
    Group.CANDIDATES: lambda s: Role.CANDIDATE in s.person.roles,
    Group.LEAD_CHAMPION: lambda s: Role.LEAD_CHAMPION in s.person.roles,
    Group.CO_CHAIRS: lambda s: Role.CO_CHAIR in s.person.roles,
    Group.EVERYONE_INVITED: lambda s: s.invited_at is not None or s.attended is True,
    Group.CONVENER: lambda s: Role.CONVENER in s.person.roles,
    Group.NOTE_TAKER: lambda s: Role.NOTE_TAKER in s.person.roles,
    Group.CATERER: lambda s: Role.CATERER in s.person.roles,
    Group.WITH_ITEMS: lambda s: s.owes,
}  # fmt: skip


def in_group(
    group: Group | OwnGroup | Somebody, standing: Standing, concern: Concern = NOTHING, *, trusted: bool = False
) -> bool:
    """Is the person one of *group*? *trusted*: what the mail is about was checked when the rule fell due, and is not known any more."""
    person, item = concern.person, concern.item
    match group:
        case Group.WHO_REPLIED:
            return trusted or (person is not None and person.id == standing.person.id)
        case Group.THEIR_CHAMPION:
            return trusted or (person is not None and person.champion == standing.person.id)
        case Group.DELEGATE:
            return trusted or (concern.delegate is not None and concern.delegate == standing.person.id)
        case Group.ITEM_OWNER:
            return item is not None and item.owner == standing.person.id
        case Group.ACTION_TEAM:
            one = _one_team(concern)
            return one in standing.teams if one is not None else bool(standing.teams)
        case Group.ACTION_TEAM_LEADS:
            one = concern.team
            leads = bool(standing.leads) or Role.ACTION_TEAM_LEAD in standing.person.roles
            return one in standing.leads if one is not None else leads
        case Group.ACTION_TEAM_LEAD:
            one = _one_team(concern)
            if one is not None:
                return one in standing.leads
            return trusted or (item is None and any(t in standing.leads for t in concern.teams))
        case Group():
            return _MEMBERS[group](standing)
        case Somebody():
            return standing.person.has_address(group.address)
        case OwnGroup():
            return any(a in group.addresses for a in standing.person.addresses) or any(
                in_group(a.group, standing, concern) and all(state_reason(s, standing) is None for s in a.states)
                for a in group.audiences
            )
        case _:
            assert_never(group)


def _one_team(concern: Concern) -> TeamId | None:
    return concern.team if concern.item is None else concern.item.team


def state_reason(state: State, standing: Standing) -> str | None:
    """None if *state* is true of the person, else the sentence that says why not."""
    invited, answer = standing.invited_at, standing.partstat
    said = _ANSWERS.get(answer)
    match state:
        case State.NOT_INVITED:
            # an answer that came before the letter (by telephone) makes the invitation pointless: above all a no
            return (
                (f"has answered already ({said})" if said else None) if invited is None else "has been invited already"
            )
        case State.INVITED:
            return None if invited is not None else "has not been invited"
        case State.NOT_REPLIED:
            if standing.heard_from:
                return "has written, and the message waits for your word"
            if said is not None:
                return f"has replied ({said})"
            return None if invited is not None else "has not been invited"
        case State.SAID_YES | State.SAID_NO | State.SAID_MAYBE:
            wanted = state.value.removeprefix("said ")
            if (
                state is State.SAID_YES
                and standing.invitation is not None
                and standing.invitation.waiting_since is not None
            ):
                return "waits for a chair"
            if said == wanted:
                return None
            return (
                f"said {said}"
                if said in ("yes", "no", "maybe")
                else "has named somebody else"
                if said
                else "has not replied"
            )
        case State.NOT_SAID_NO:
            return "said no" if answer is PartStat.DECLINED else None
        case State.ATTENDED:
            return (
                None
                if standing.attended
                else "did not attend"
                if standing.attended is False
                else "it is not known who attended"
            )
        case State.DID_NOT_ATTEND:
            return (
                None
                if standing.attended is False
                else "attended"
                if standing.attended
                else "it is not known who attended"
            )
        case _:
            assert_never(state)


def audience_reason(rule: Rule, standing: Standing, concern: Concern = NOTHING, *, trusted: bool = False) -> str | None:
    """None if any line of ``to`` reaches the person; else why not, by the line that comes nearest."""
    groups = [f'"{a.group}"' for a in rule.to]
    nearest = (
        "has not been invited" if rule.to[0].group is Group.EVERYONE_INVITED else f"is not in {' or '.join(groups)}"
    )
    for audience in rule.to:
        if not in_group(audience.group, standing, concern, trusted=trusted):
            continue
        reasons = [reason for s in audience.states if (reason := state_reason(s, standing)) is not None]
        if not reasons:
            return None
        nearest = reasons[0]
    return nearest


def belongs(audience: Audience, standing: Standing, concern: Concern = NOTHING) -> bool:
    """Is the person in the group of *audience*, whatever the states say?"""
    return in_group(audience.group, standing, concern)


# --- conditions ---------------------------------------------------------------------------------------------------------------


_FACTS: Mapping[ConditionKind, ConditionKind] = {
    ConditionKind.SUMMARY_IS_NOT_SENT: ConditionKind.SUMMARY_IS_SENT,
    ConditionKind.SUMMARY_IS_NOT_APPROVED: ConditionKind.SUMMARY_IS_APPROVED,
    ConditionKind.NOTES_ARE_NOT_IN: ConditionKind.NOTES_ARE_IN,
}
"""What is true while another fact is not."""


def holds(
    condition: Condition, rule: Rule, standing: Standing, snapshot: Snapshot, now: datetime, concern: Concern = NOTHING
) -> bool:
    """Is *condition* true of this person now?"""
    meeting, names, zone = snapshot.meeting, rule.timing.holidays, zone_of(rule, snapshot.meeting)
    length, item = condition.duration, concern.item

    def recent(then: datetime | None) -> bool:
        assert length is not None
        return then is not None and less_than_ago(then, now, length, zone, names)

    match condition.kind:
        case ConditionKind.STARTS_WITHIN:
            assert length is not None
            return within(now, next_start(meeting, now), length, meeting.zone, names)
        case ConditionKind.INVITED_LESS_THAN:
            return recent(standing.invited_at)
        case ConditionKind.WRITTEN_TO:
            return recent(standing.written_at)
        case ConditionKind.CALL_LOGGED:
            return recent(standing.call_logged_at)
        case ConditionKind.PLACE_IS_SET:
            return _has_place(meeting)
        case ConditionKind.PLACE_IS_NOT_SET:
            return not _has_place(meeting)
        case ConditionKind.ATTENDANCE_IS_RECORDED:
            return _attendance_recorded(standing, snapshot)
        case ConditionKind.ATTENDANCE_IS_NOT_RECORDED:
            return not _attendance_recorded(standing, snapshot)
        case ConditionKind.NAMED_A_DELEGATE:
            return standing.named_delegate or standing.partstat is PartStat.DELEGATED
        case ConditionKind.COMMENTED:
            return standing.commented
        case ConditionKind.CALL_LIST_IS_EMPTY:
            return _to_call(standing, snapshot) == 0
        case ConditionKind.ITEM_IS_OPEN:
            return item is not None and item.open
        case ConditionKind.ITEM_IS_DONE:
            return item is not None and not item.open
        case ConditionKind.ITEM_HAS_NEW_DATE:
            return item is not None and (item.due != concern.due if concern.due else item.moves > 0)
        case (
            ConditionKind.SUMMARY_IS_SENT
            | ConditionKind.SUMMARY_IS_APPROVED
            | ConditionKind.NOTES_ARE_IN
            | ConditionKind.TEAM_WITHOUT_CALL
            | ConditionKind.PLAN_HAS_ITEMS
        ):
            return condition.kind.value in snapshot.holds
        case ConditionKind.HELD_LAST_YEAR:
            return held_in(now.astimezone(ZoneInfo(zone)).year - 1) in snapshot.holds
        case ConditionKind.SUMMARY_IS_NOT_SENT | ConditionKind.SUMMARY_IS_NOT_APPROVED | ConditionKind.NOTES_ARE_NOT_IN:
            return _FACTS[condition.kind].value not in snapshot.holds
        case _:
            assert_never(condition.kind)


def held_in(year: int) -> str:
    """The fact of `Snapshot.holds` that a meeting was held in *year*."""
    return f"a meeting was held in {year}"


def _to_call(standing: Standing, snapshot: Snapshot) -> int:
    """How many people this champion has still to call: as counted, else as the picture shows."""
    if standing.to_call is not None:
        return standing.to_call
    return sum(is_to_be_called(s, standing.person.id) for s in snapshot.standings)


def is_to_be_called(standing: Standing, champion: PersonId) -> bool:
    """Does this person stand on the call list of *champion*?"""
    person = standing.person
    return person.champion == champion != person.id and to_be_called(
        person, standing.invitation, standing.call_result or None
    )


def _has_place(meeting: Meeting) -> bool:
    return bool(meeting.place or meeting.online_link)


def _attendance_recorded(standing: Standing, snapshot: Snapshot) -> bool:
    return (
        ConditionKind.ATTENDANCE_IS_RECORDED.value in snapshot.holds
        or snapshot.meeting.attendance_at is not None
        or standing.attended is not None
        or any(s.attended is not None for s in snapshot.standings)
    )


def condition_reason(
    rule: Rule, standing: Standing, snapshot: Snapshot, now: datetime, concern: Concern = NOTHING
) -> Unwanted | None:
    """The first line of ``only-if`` that is not true, or of ``unless`` that is. A champion with nobody to call gets no list."""
    for condition in rule.only_if:
        if not holds(condition, rule, standing, snapshot, now, concern):
            return Unwanted(f'"{condition}" is not true', "only-if")
    for condition in rule.unless:
        if holds(condition, rule, standing, snapshot, now, concern):
            return Unwanted(f'"{condition}"', "unless")
    if "call list" in rule.attach and Role.CONVENER not in standing.person.roles and _to_call(standing, snapshot) == 0:
        return Unwanted("nobody is left to call", "attach")
    return None


# --- laws ---------------------------------------------------------------------------------------------------------------------


_CHANGED = frozenset(
    {HappeningKind.MEETING_IS_MOVED, HappeningKind.PLACE_IS_CHANGED, HappeningKind.MEETING_IS_CANCELLED}
)


def for_attendees(rule: Rule) -> bool:
    """Does *rule* say what somebody who is coming must know? That the meeting is moved, elsewhere or cancelled; before it begins, what is told to
    those who said yes and asks nothing."""
    if rule.happens & _CHANGED:
        return True
    return (
        not rule.ask
        and not rule.invites
        and all(State.SAID_YES in states_of(a) for a in rule.to)
        and all(isinstance(w, Offset) and w.before and w.anchor is Anchor.MEETING_START for w in rule.whens)
    )


def is_coming(standing: Standing) -> bool:
    """Said yes; to the date before, where the meeting was moved and nothing has been said since."""
    invitation = standing.invitation
    earlier = invitation.earlier if invitation is not None and not invitation.answered else None
    return PartStat.ACCEPTED in (standing.partstat, earlier)


def unreachable(standing: Standing, rule: Rule | None = None) -> str | None:
    """Why nobody may write to this person (about this meeting), or None. Whoever is coming gets what is needed for it (`for_attendees`), unless
    they want no mail at all."""
    person = standing.person
    needed = rule is not None and for_attendees(rule) and is_coming(standing)
    if person.stopped_at is not None and (not needed or person.stopped_for in ("everything", "complaint")):
        return "asked not to be written to"
    if person.address is None:
        return "no address is left that works" if person.addresses else "has no address"
    if standing.stopped and not needed:
        return "asked to hear nothing more about this meeting"
    return None


def cancelled_reason(rule: Rule, meeting: Meeting) -> str | None:
    """A cancelled meeting sends the cancellation and, to the convener, what is not about the meeting (a dead address)."""
    if not meeting.cancelled or rule.cancels or HappeningKind.MAIL_BOUNCES in rule.happens:
        return None
    return "the meeting is cancelled"


def away_until(rule: Rule, standing: Standing, now: datetime, meeting: Meeting) -> datetime | None:
    """When a person who is away comes back, for mails that press for an answer. None where the day to answer by, or the meeting itself, comes
    first: then to wait would be not to ask at all."""
    until = standing.person.away_until
    if not rule.chases or until is None or until <= now:
        return None
    last = min(
        (d for d in (meeting.reply_deadline, next_start(meeting, now)) if d is not None and d > now), default=now
    )
    return until if until < last else None


def signer_of(rule: Rule, reader: Person, snapshot: Snapshot, concern: Concern = NOTHING) -> PersonId | None:
    """Who signs the mail to *reader*; None: the convener, in their own name."""
    match rule.on_behalf_of:
        case None | Signer.CONVENER:
            return None
        case Signer.THEIR_CHAMPION:
            own = snapshot.standing_of(reader.champion) if reader.champion is not None else None
            return (
                own.person.id
                if own is not None and own.person.id != reader.id
                else _one_with(Role.LEAD_CHAMPION, reader, snapshot)
            )
        case Signer.LEAD_CHAMPION:
            return _one_with(Role.LEAD_CHAMPION, reader, snapshot)
        case Signer.CO_CHAIR:
            return _one_with(Role.CO_CHAIR, reader, snapshot)
        case Signer.ACTION_TEAM_LEAD:
            one = _one_team(concern)
            own = snapshot.standing_of(reader.id)
            wanted = (one,) if one is not None else own.teams if own is not None and concern.item is None else ()
            return next(
                (s.person.id for t in wanted for s in snapshot.standings if t in s.leads and s.person.id != reader.id),
                None,
            )
        case _:
            assert_never(rule.on_behalf_of)


def _one_with(role: Role, reader: Person, snapshot: Snapshot) -> PersonId | None:
    """The first person with *role*, unless that is the reader: nobody gets a letter signed by themselves."""
    return next((s.person.id for s in snapshot.standings if role in s.person.roles and s.person.id != reader.id), None)


_CHANGES = frozenset({HappeningKind.MEETING_IS_MOVED, HappeningKind.PLACE_IS_CHANGED})


def _stale(rule: Rule, notice: Notice, standing: Standing, meeting: Meeting) -> str | None:
    """Was *notice* decided for an earlier date of the meeting, or does a newer one tell of a later change?"""
    round_ = notice.round
    if meeting.recurrence_id is not None and not _of_this_time(round_, meeting):
        return "that date was moved since"
    if round_.startswith("comments-") and not round_.startswith(comments_round(meeting) or "none"):
        return "comments on that draft are not asked for any more"
    if rule.happens & _CHANGES and (sequence := _sequence(round_)) is not None:
        if HappeningKind.MEETING_IS_MOVED in rule.happens and sequence < meeting.last_major_sequence:
            return "the meeting was moved again since"
        if any(id_ == rule.id and (_sequence(r) or 0) > sequence for id_, r in standing.noticed):
            return "the meeting was changed again since"
    return None


_TIME_OF_DATE = re.compile(r"@\d{8}T\d{6}Z(?:\+\d+)?")


def _of_this_time(round_: str, date: Meeting) -> bool:
    """Is *round_* about *date* of a series as it is put now?"""
    if (found := _TIME_OF_DATE.search(round_)) is not None:
        return found[0] == date_round(date)
    return _sequence(round_.partition("/")[0]) == date.date_sequence


def _sequence(round_: str) -> int | None:
    """The SEQUENCE that an occasion such as ``sequence-2`` names."""
    number = round_.removeprefix("sequence-")
    return int(number) if number != round_ and number.isdecimal() else None


def concern_of(notice: Notice, snapshot: Snapshot, item: Item | None = None) -> Concern:
    """What *notice* is about, as things stand now; *item*: which of its action items."""
    due = None
    if item is not None and (about := item_round(notice.round)) is not None and about[0] == item.number:
        due = about[1]
    person = notice.about if notice.about is not None else item.owner if item is not None else None
    found = snapshot.standing_of(person) if person is not None else None
    return Concern(
        person=found.person if found else None,
        teams=found.teams if found else (),
        item=item,
        due=due,
        team=notice.team or team_of(notice.round) or snapshot.meeting.team_id,
    )


def still_wanted(
    rule: Rule,
    notice: Notice,
    snapshot: Snapshot,
    now: datetime,
    rules: Sequence[Rule] = (),
    pace: Pace | None = None,
) -> Wanted | Unwanted | Wait:
    """Read everything again for the one person of *notice*, who is about to be written to. *rules*: those that serve the
    meeting, so that of several reminders that had to wait only the latest leaves. *pace*: that of one person over all rules."""
    series = snapshot
    if (number := meeting_round(notice.round)) is not None and number != series.meeting.round:
        return Unwanted("the meeting was moved since")
    if (recurrence_id := date_of_round(notice.round)) is not None:
        date = date_named(series, recurrence_id)
        if date is None or (date.cancelled and not rule.cancels):
            return Unwanted("that date is cancelled" if date else "there is no such date any more")
        snapshot = on_date(series, date)
    meeting = snapshot.meeting
    standing = snapshot.standing_of(notice.person_id)
    if standing is None:
        return Unwanted("is no longer in the register")
    if (
        law := cancelled_reason(rule, meeting) or _stale(rule, notice, standing, meeting) or unreachable(standing, rule)
    ) is not None:
        return Unwanted(law)
    if notice.not_after is not None and now > notice.not_after:
        return Unwanted(f"it is too late: it should have left by {clock(notice.not_after, meeting)}")
    if (changed := _answer_changed(rule, notice, standing, snapshot)) is not None:
        return Unwanted(changed, "when")
    items: tuple[ItemId, ...] = ()
    if notice.items:
        about = {i: _wanted_about(rule, notice, standing, snapshot, now, i) for i in notice.items}
        items = tuple(i for i, refused in about.items() if refused is None)
        refused = next((a for a in about.values() if a is not None), None)
        if not items and refused is not None:
            return refused
    elif (blocked := _wanted_about(rule, notice, standing, snapshot, now, None)) is not None:
        return blocked
    if (told := _told_already(rule, snapshot)) is not None:
        return Unwanted(told, "when")
    if (later := _overtaken(rule, notice, standing, series, rules)) is not None:
        return Unwanted(f"a later reminder, [{later}], has been decided")
    wait = _wait(rule, notice, standing, meeting, now, pace)
    return wait if wait is not None else Wanted(items)


def _wanted_about(
    rule: Rule, notice: Notice, standing: Standing, snapshot: Snapshot, now: datetime, ident: ItemId | None
) -> Unwanted | None:
    """What holds the mail back, as far as it is about this action item (or about none)."""
    item = None
    if ident is not None:
        if (item := snapshot.item(ident)) is None:
            return Unwanted("the action item is no longer in the plan")
        planned = item_round(notice.round)
        if planned is not None and rule.of_items:
            if not item.open:
                return Unwanted(f"action item {item.number} is {item.status.value}")
            if item.number == planned[0] and item.due != planned[1]:
                return Unwanted(f"action item {item.number} has another day now")
    concern = concern_of(notice, snapshot, item)
    if (reason := audience_reason(rule, standing, concern, trusted=True)) is not None:
        return Unwanted(reason, "to")
    if (blocked := condition_reason(rule, standing, snapshot, now, concern)) is not None:
        return blocked
    if is_repeat(notice.round):
        return stopped_repeating(rule, standing, snapshot, now, concern, notice.round)
    return None


def stopped_repeating(
    rule: Rule,
    standing: Standing,
    snapshot: Snapshot,
    now: datetime,
    concern: Concern = NOTHING,
    round_: str = "",
) -> Unwanted | None:
    """What ends the repeating: an answer, where one was asked for, or the first line of ``stop-when`` that is true."""
    if (said := answered(rule, standing, snapshot, concern, round_)) is not None:
        return Unwanted(said, "ask")
    for condition in rule.stop_when:
        if holds(condition, rule, standing, snapshot, now, concern):
            return Unwanted(f'"{condition}"', "stop-when")
    return None


def answered(
    rule: Rule, standing: Standing, snapshot: Snapshot, concern: Concern = NOTHING, round_: str = ""
) -> str | None:
    """The answer to what *rule* asks for, as a sentence; None while there is none, or where another letter asks. Where it asks
    the guests for nothing, any answer about the meeting that came after its last mail: nobody is pressed who has spoken."""
    item = concern.item
    match rule.ask:
        case "":
            last, invitation = standing.last_of.get(rule.id), standing.invitation
            came = invitation.answered_at if invitation is not None and _for_guests(rule) else None
            spoke = last is not None and came is not None and came > last
            return f"has replied ({said})" if spoke and (said := _ANSWERS.get(standing.partstat)) else None
        case "name of a delegate":
            return "has named a delegate" if standing.named_delegate else None
        case "comments":
            return "has commented" if standing.commented else None
        case "call results":
            return "nobody is left to call" if _to_call(standing, snapshot) == 0 else None
        case "done, help or a new date":
            return "has asked for help" if item is not None and item.help else None
        case "an attachment":
            notes = ConditionKind.NOTES_ARE_IN.value in snapshot.holds
            return "the notes are in" if notes and Role.NOTE_TAKER in standing.person.roles else None
    if standing.voted and question_name(rule, snapshot.meeting, round_) in standing.voted:
        return "has answered"
    if rule.ask == ATTENDANCE and (said := _ANSWERS.get(standing.partstat)) is not None:
        return f"has replied ({said})"
    return None


_GUESTS = frozenset({Group.EVERYONE_INVITED, Group.BUSINESSES, Group.PUBLIC_PARTNERS, Group.SUPPORT_PARTNERS})


def _for_guests(rule: Rule) -> bool:
    """Does *rule* write to those who are invited, whatever they said? Who has a part in the work is asked for other things than coming."""
    guests = any(isinstance(a.group, OwnGroup | Somebody) or a.group in _GUESTS for a in rule.to)
    return guests and not any(ANSWERED & states_of(a) for a in rule.to)


def _told_already(rule: Rule, snapshot: Snapshot) -> str | None:
    """Does the caterer know by now? The number may have come back, or another letter have told it."""
    meeting = snapshot.meeting
    counts = [w.count for w in rule.whens if isinstance(w, Happens) and w.kind is HappeningKind.HEADCOUNT_CHANGES]
    if not counts or len(counts) < len(rule.whens) or snapshot.headcount is None or meeting.told_headcount is None:
        return None
    differs = abs(snapshot.headcount - meeting.told_headcount)
    return None if differs >= min(counts) else f"the number differs by {differs} only from what was told"


def _answer_changed(rule: Rule, notice: Notice, standing: Standing, snapshot: Snapshot) -> str | None:
    """A rule that starts with "reply is yes" is about a yes: has the answer changed since?"""
    answers = {_OF_REPLY[k] for k in rule.happens if k in _OF_REPLY}
    if not answers or rule.is_relative or rule.happens - _OF_REPLY.keys():
        return None
    concerned = standing if notice.about is None else snapshot.standing_of(notice.about)
    if concerned is None or concerned.partstat in answers:
        return None
    return "the answer has changed since"


def _overtaken(
    rule: Rule, notice: Notice, standing: Standing, snapshot: Snapshot, rules: Sequence[Rule]
) -> RuleId | None:
    """The rule that has decided on a later reminder to the same person while this one waited (for Monday, for your OK)."""
    if not rule.chases or rule.at_large:
        return None
    own = next((s for s in _every_stage(rule, standing, snapshot) if s.round == notice.round), None)
    if own is None:
        return None
    return next(
        (
            other.id
            for other in (rule, *rules)
            if other.chases and any(id_ == other.id for id_, _ in standing.noticed)
            for stage in _every_stage(other, standing, snapshot)
            if stage.falls > own.falls and (other.id, stage.round) in standing.noticed
        ),
        None,
    )


def _every_stage(rule: Rule, standing: Standing, snapshot: Snapshot) -> Iterator[Stage]:
    for when in rule.whens:
        for meeting in meetings_of(rule, when, snapshot):
            yield from stages(rule, when, meeting, standing)


def _wait(
    rule: Rule, notice: Notice, standing: Standing, meeting: Meeting, now: datetime, pace: Pace | None
) -> Unwanted | Wait | None:
    """The hours, the absence and the pace: what only delays."""
    zone = zone_of(rule, meeting)
    until, reason = notice.not_before, "its time has not come"
    if (back := away_until(rule, standing, now, meeting)) is not None and back > until:
        until, reason = back, f"is away until {clock(back, meeting)}"
    gap = rule.timing.gap
    if gap is not None and rule.is_relative and standing.written_at is not None and not rule.cancels:
        free = shift(standing.written_at, gap, 1, None, zone, rule.timing.holidays)
        if free > until:
            until, reason = free, f"got another mail less than {gap} ago"
    if (free_at := _next_free(rule, standing, pace)) is not None and free_at > until:
        assert pace is not None
        until, reason = free_at, f"got {pace.most} mails in {pace.days} days"
    if rule.bundle is Bundle.PER_PERSON and (last := standing.last_of.get(rule.id)) is not None:
        tomorrow = on_clock(last.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), datetime.min.time(), zone)
        if tomorrow > until:
            until, reason = tomorrow, "had one mail of this rule today"
    opening = window_of(rule, meeting).opening(max(now, until))
    if opening > now and until <= now:
        reason = "mail may not leave at this hour"
    if opening <= now:
        return None
    if notice.not_after is not None and opening > notice.not_after:
        return Unwanted(f"{reason}, and after {clock(notice.not_after, meeting)} it would be too late")
    return Wait(opening, reason)


def _next_free(rule: Rule, standing: Standing, pace: Pace | None) -> datetime | None:
    """When the pace of one person allows another planned mail. What answers somebody, or tells of a cancellation, never waits for it."""
    if pace is None or pace.most < 1 or not rule.is_relative or rule.cancels or len(standing.recent) < pace.most:
        return None
    if standing.person.roles & {Role.CONVENER, Role.CATERER}:
        return None  # they work with us; what they get is what they need
    return standing.recent[-pace.most] + timedelta(days=pace.days)


def clock(instant: datetime, meeting: Meeting) -> str:
    """*instant* on the meeting's wall clock, as previews and reasons write it."""
    local = meeting.local(instant.astimezone(UTC))
    return f"{local:%a} {local.day} {local:%b %H:%M}"
