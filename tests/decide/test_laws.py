"""The laws, over any sequence of ticks, outages, answers and moves: a small daemon with a fake clock, and real decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.conditions import Unwanted, Wait, Wanted, still_wanted
from mailer.decide.due import due, happened, next_due
from mailer.decide.rule import Anchor, IfLateKind, Offset, Rule
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.workdays import Window
from mailer.partnership.attendance import Invitation, after_move
from mailer.partnership.meetings import Change, Meeting, MeetingStatus, changed
from mailer.terms import InvitationId, MeetingId, PartStat, PersonId, Token
from tests.decide.cast import at, known, meeting, person, rules, standing, wall

KNOWN_SINCE = "2026-01-05 00:00"
FILE = """
[timing]
send-between = "08:30-16:30"
send-on      = "business days"
holidays     = "US federal"

[invite]
when    = "6 weeks before meeting start at 09:00"
to      = "businesses who have not been invited"
send    = "invitation-business"
if-late = "{invite_late}"

[follow-up]
when   = "1 business day after invitation at 10:00"
to     = "everyone invited who has not said no"
send   = "calendar-follow-up"
attach = "calendar invitation"

[remind]
when    = "{remind} before meeting start at 09:30"
to      = "everyone invited who has not replied"
unless  = ["invited less than 2 business days ago"]
send    = "reminder"
if-late = "{remind_late}"
repeat  = "every {every}, at most 3 times"

[last]
when = "2 business days before reply deadline at 09:30"
to   = "everyone invited who has not replied"
send = "last-call"

[logistics]
when    = "1 business day before meeting start at 09:00"
to      = "everyone who said yes"
send    = "logistics"
if-late = "send at once until meeting start"

[thanks]
when = "1 business day after meeting end at 14:00"
to   = "everyone invited who has not said no"
send = "headcount"

[confirm]
when         = "reply is yes"
to           = "the person who replied"
send         = "confirmation-yes"
send-between = "any time"
send-on      = "every day"

[moved]
when = "meeting is moved"
to   = "everyone invited who has not said no"
send = "moved"

[cancelled]
when = "meeting is cancelled"
to   = "everyone invited who has not said no"
send = "cancelled"
"""

files = st.builds(
    lambda invite_late, remind, remind_late, every: rules(
        FILE.format(invite_late=invite_late, remind=remind, remind_late=remind_late, every=every)
    ),
    st.sampled_from(
        ["skip", "send if the meeting is at least 3 business days away", "send at once until meeting start"]
    ),
    st.sampled_from(["10 business days", "2 weeks", "1 month"]),
    st.sampled_from(["skip", "send at once until meeting start"]),
    st.sampled_from(["2 business days", "1 day", "1 week"]),
)


@dataclass
class Daemon:
    """What the daemon does with decisions, without mail: the ledger, the outbox, the answers."""

    rules: Sequence[Rule]
    meeting: Meeting
    people: dict[PersonId, Standing]
    outbox: list[Notice] = field(default_factory=list)
    sent: list[tuple[datetime, Notice, Meeting, Standing]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def picture(self) -> Snapshot:
        return Snapshot(self.meeting, tuple(self.people.values()))

    def take(self, notices: Sequence[Notice], now: datetime) -> None:
        for notice in notices:
            assert notice.key not in self.keys, "decided twice"
            assert notice.not_before >= now
            rule = next(r for r in self.rules if r.id == notice.rule)
            window = Window.of(rule.timing, self.meeting.zone)
            assert window.is_open(notice.not_before), "decided for an hour at which nothing may leave"
            late = notice.not_after is not None and notice.not_before > notice.not_after
            assert not late, "decided though it can only leave too late"
            self.keys.add(notice.key)
            stands = self.people[notice.person_id]
            noticed = stands.noticed | {(notice.rule, notice.round)}
            self.people[notice.person_id] = replace(stands, noticed=noticed)
            self.outbox.append(notice)

    def tick(self, now: datetime) -> None:
        self.take(due(self.rules, self.picture(), known(*self.rules, since=KNOWN_SINCE), now).notices, now)  # type: ignore[arg-type]
        waiting = []
        for notice in self.outbox:
            rule = next(r for r in self.rules if r.id == notice.rule)
            stands = self.people[notice.person_id]
            match still_wanted(rule, notice, Snapshot(self.meeting, (stands,)), now, self.rules):
                case Wanted():
                    self.send(notice, rule, now)
                case Wait(until=until):
                    assert until > now
                    waiting.append(notice)
                case Unwanted(reason=reason):
                    assert reason
        self.outbox = waiting

    def send(self, notice: Notice, rule: Rule, now: datetime) -> None:
        stands = self.people[notice.person_id]
        self.sent.append((now, notice, self.meeting, stands))
        invitation = stands.invitation or Invitation(InvitationId(1), MeetingId(7), stands.person.id, Token("t"))
        if notice.invites and invitation.invited_at is None:
            invitation = replace(invitation, invited_at=now)
        self.people[stands.person.id] = replace(stands, invitation=invitation, written_at=now)

    def occur(self, kind: HappeningKind, occasion: str, now: datetime, who: PersonId | None = None) -> None:
        happening = Happening(kind, occasion, now, who)
        since = known(*self.rules, since=KNOWN_SINCE)
        self.take(happened(self.rules, self.picture(), happening, since, now).notices, now)  # type: ignore[arg-type]

    def answer(self, who: PersonId, said: PartStat, now: datetime) -> None:
        stands = self.people[who]
        if stands.invitation is None or stands.invitation.partstat is said or self.meeting.cancelled:
            return
        changes = stands.invitation.changes + 1
        invitation = replace(stands.invitation, partstat=said, answered_at=now, changes=changes)
        self.people[who] = replace(stands, invitation=invitation)
        if said is PartStat.ACCEPTED:
            self.occur(HappeningKind.REPLY_IS_YES, f"answer-{changes}", now, who)

    def move(self, start: datetime, now: datetime) -> None:
        after = replace(self.meeting, dtstart=start, dtend=start + timedelta(hours=3))
        self.meeting, change = changed(self.meeting, after, now)
        if change is Change.MOVED:
            for who, stands in self.people.items():
                if stands.invitation is not None:
                    self.people[who] = replace(stands, invitation=after_move(stands.invitation))
            self.occur(HappeningKind.MEETING_IS_MOVED, f"sequence-{self.meeting.sequence}", now)

    def cancel(self, now: datetime) -> None:
        if not self.meeting.cancelled:
            self.meeting, _ = changed(self.meeting, replace(self.meeting, status=MeetingStatus.CANCELLED), now)
            self.occur(HappeningKind.MEETING_IS_CANCELLED, f"sequence-{self.meeting.sequence}", now)


moments = st.integers(0, 100 * 24 * 4).map(lambda quarter: at("2026-01-02 09:00") + timedelta(minutes=15 * quarter))
answers = st.tuples(
    st.just("answer"), st.integers(1, 3), st.sampled_from([PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE])
)
moves = st.tuples(st.just("move"), st.integers(-20, 30), st.none())
events = st.one_of(
    answers,
    answers,
    answers,
    moves,
    st.just(("tick", 0, None)),
    st.just(("tick", 0, None)),
    st.just(("cancel", 0, None)),
)
histories = st.lists(st.tuples(moments, events), max_size=25).map(lambda h: sorted(h, key=lambda e: e[0]))


def play(
    made: Sequence[Rule], history: list[tuple[datetime, tuple[str, int, PartStat | None]]], every: timedelta | None
) -> Daemon:
    """Run a daemon through *history*; it ticks at each event, and between them each *every* (None: it is down)."""
    daemon = Daemon(made, meeting(), {PersonId(n): standing(person(n)) for n in (1, 2, 3)})
    now = at("2026-01-02 09:00")
    end = at("2026-04-20 09:00")
    for moment, (what, number, said) in [*history, (end, ("tick", 0, None))]:
        while every is not None and now + every < moment:
            now += every
            if every >= timedelta(hours=1) or 13 <= now.hour < 23:  # by night nothing leaves
                daemon.tick(now)
        now = moment
        if what == "answer" and said is not None:
            daemon.answer(PersonId(number), said, now)
        elif what == "move":
            start = daemon.meeting.dtstart + timedelta(days=number)
            if start > now:
                daemon.move(start, now)
        elif what == "cancel" and number == 0 and moment > at("2026-03-01 00:00"):
            daemon.cancel(now)
        daemon.tick(now)
    return daemon


@settings(max_examples=40, deadline=None)
@given(files, histories, st.sampled_from([None, timedelta(hours=7), timedelta(days=1)]))
def test_the_laws_hold_in_any_history(
    made: Sequence[Rule], history: list[tuple[datetime, tuple[str, int, PartStat | None]]], every: timedelta | None
) -> None:
    daemon = play(made, history, every)
    by_id = {r.id: r for r in made}
    assert len({n.key for _, n, _, _ in daemon.sent}) == len(daemon.sent), "sent twice"
    for sent_at, notice, then, stands in daemon.sent:
        rule = by_id[notice.rule]
        assert Window.of(rule.timing, then.zone).is_open(sent_at), "outside the hours"
        assert sent_at >= notice.not_before
        if then.cancelled:
            assert rule.cancels, "about a cancelled meeting"
        if rule.chases:
            assert stands.invitation is not None
            assert not stands.invitation.answered, "chased after an answer"
        if rule.for_uninvited:
            assert stands.invitation is None or stands.invitation.invited_at is None, "invited twice"
        for when in rule.whens:
            if isinstance(when, Offset) and when.before:
                anchor = then.reply_deadline if when.anchor is Anchor.REPLY_DEADLINE else then.dtstart
                allowed = rule.if_late is not None and rule.if_late.kind is not IfLateKind.SKIP
                assert anchor is not None
                assert sent_at <= (max(anchor, then.dtstart) if allowed else anchor), "after what it counts back from"
    chases = [(n.person_id, sent_at) for sent_at, n, _, _ in daemon.sent if by_id[n.rule].chases]
    assert len(chases) == len(set(chases)), "two reminders at once"


@settings(max_examples=8, deadline=None)
@given(files, st.lists(st.tuples(moments, answers), max_size=6).map(lambda h: sorted(h, key=lambda e: e[0])))
def test_nothing_is_lost_while_the_service_is_up(
    made: Sequence[Rule], history: list[tuple[datetime, tuple[str, int, PartStat | None]]]
) -> None:
    """Whoever ticks at every due instant sends what whoever ticks each quarter of an hour sends, to the same people."""
    often = play(made, history, timedelta(minutes=15))
    daemon = Daemon(made, meeting(), {PersonId(n): standing(person(n)) for n in (1, 2, 3)})
    now, end = at("2026-01-02 09:00"), at("2026-04-20 09:00")
    pending = list(history)
    while now < end:
        wakes = [end, *(m for m, _ in pending[:1])]
        wakes += [i for r in made if (i := next_due(r, daemon.picture(), now)) is not None]
        wakes += [w.until for n in daemon.outbox if isinstance(w := wanted(daemon, n, now), Wait)]
        now = min(w for w in wakes if w > now or w in (m for m, _ in pending))
        if pending and pending[0][0] <= now:
            _, (_, number, said) = pending.pop(0)
            assert said is not None
            daemon.answer(PersonId(number), said, now)
        daemon.tick(now)
    assert {n.key for _, n, _, _ in daemon.sent} == {n.key for _, n, _, _ in often.sent}


def wanted(daemon: Daemon, notice: Notice, now: datetime) -> Wanted | Unwanted | Wait:
    rule = next(r for r in daemon.rules if r.id == notice.rule)
    return still_wanted(rule, notice, Snapshot(daemon.meeting, (daemon.people[notice.person_id],)), now, daemon.rules)


def test_the_small_daemon_sends() -> None:
    """The laws would hold for a daemon that sends nothing."""
    text = FILE.format(invite_late="skip", remind="10 business days", remind_late="skip", every="2 business days")
    yes = (at("2026-03-02 12:00"), ("answer", 1, PartStat.ACCEPTED))
    no = (at("2026-02-02 12:00"), ("answer", 2, PartStat.DECLINED))
    daemon = play(rules(text), [no, yes], timedelta(minutes=15))
    sent = sorted((n.person_id, wall(sent_at) or "", n.rule, n.round) for sent_at, n, _, _ in daemon.sent)
    assert sent == [
        (1, "2026-01-29 09:00", "invite", "r0"),
        (1, "2026-01-30 10:00", "follow-up", "i"),
        (1, "2026-02-26 09:30", "remind", "r0"),
        (1, "2026-03-02 09:30", "remind", "r0.2"),
        (1, "2026-03-02 12:00", "confirm", "answer-1"),
        (1, "2026-03-11 09:00", "logistics", "r0"),
        (1, "2026-03-13 14:00", "thanks", "r0"),
        (2, "2026-01-29 09:00", "invite", "r0"),
        (2, "2026-01-30 10:00", "follow-up", "i"),
        (3, "2026-01-29 09:00", "invite", "r0"),
        (3, "2026-01-30 10:00", "follow-up", "i"),
        (3, "2026-02-26 09:30", "remind", "r0"),
        (3, "2026-03-02 09:30", "remind", "r0.2"),
        (3, "2026-03-03 09:30", "last", "r0"),
        (3, "2026-03-04 09:30", "remind", "r0.3"),
        (3, "2026-03-06 09:30", "remind", "r0.4"),
        (3, "2026-03-13 14:00", "thanks", "r0"),
    ]


zones = st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"])


@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), zones, st.integers(1, 60), st.booleans())
def test_a_mail_leaves_at_the_hour_that_is_written(start: datetime, zone: str, count: int, business: bool) -> None:
    """On any side of any change of clocks."""
    unit = "business days" if business else "days"
    text = f'[r]\nwhen = "{count} {unit} before meeting start at 09:30"\nto = "everyone invited"\nsend = "reminder"\n'
    starts = start.replace(second=0, microsecond=0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    held = replace(meeting(), dtstart=starts, dtend=starts + timedelta(hours=2), zone=zone, created_at=None)
    instant = next_due(rules(text)[0], Snapshot(held, ()), datetime(2020, 1, 1, tzinfo=UTC))
    assert instant is not None
    local = instant.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (9, 30)
    days = (starts.astimezone(ZoneInfo(zone)).date() - local.date()).days
    assert days == count if not business else count <= days <= count * 2 + 2
    assert not business or local.weekday() < 5


@settings(deadline=None)
@given(files, st.integers(1, 400), st.integers(0, 10_000))
def test_the_same_values_give_the_same_notices(made: Sequence[Rule], people: int, minutes: int) -> None:
    picture = Snapshot(
        meeting(), tuple(standing(person(n), invited="2026-01-29 09:05") for n in range(1, people % 20 + 1))
    )
    now = at("2026-02-20 09:00") + timedelta(minutes=minutes)
    since = known(*made)
    assert due(made, picture, since, now) == due(made, picture, since, now)  # type: ignore[arg-type]
