"""A series: what comes with each of its dates, what comes once, and what becomes of it when one date is moved, cancelled or declined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.conditions import Unwanted, Wait, Wanted, still_wanted
from mailer.decide.due import due, happened, next_due
from mailer.decide.explain import Outcome, why
from mailer.decide.preview import preview, timeline
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.workdays import Window
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import Change, at_date, date_of_round, date_round, occurrences
from mailer.terms import PartStat, PersonId
from tests.decide.cast import at, known, meeting, person, rules, standing, wall

SERIES = meeting(rrule="FREQ=MONTHLY;BYDAY=2TH;COUNT=6")
"""The second Thursday of each month at 09:00, from 12 March 2026; deadline a week before."""
DATES = [o.recurrence_id for o in occurrences(SERIES)]
APRIL = DATES[1]
FILE = """
[timing]
send-between = "08:30-16:30"
send-on      = "business days"

[invite]
when    = "6 weeks before meeting start at 09:00"
to      = "businesses who have not been invited"
send    = "invitation-business"
if-late = "send if the meeting is at least 3 business days away"

[follow-up]
when   = "1 business day after invitation at 10:00"
to     = "everyone invited who has not said no"
send   = "calendar-follow-up"
attach = "calendar invitation"

[remind]
when   = "5 business days before meeting start at 09:30"
to     = "everyone invited who has not replied"
send   = "reminder"
repeat = "every 2 business days, at most 1 time"

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

[came]
when    = "1 business day after meeting end at 15:00"
to      = "everyone who attended"
only-if = "attendance is recorded"
send    = "headcount"

[confirm]
when         = "reply is yes"
to           = "the person who replied"
send         = "confirmation-yes"
send-between = "any time"
send-on      = "every day"
"""
RULES = rules(FILE)
BY_ID = {r.id: r for r in RULES}


def picture(*people: Standing, changes: Sequence[Change] = (), of: Meeting = SERIES, **facts: object) -> Snapshot:
    made = Snapshot(of, people, dates=occurrences(of, changes))
    return replace(made, **facts)  # type: ignore[arg-type]


def ann(**facts: object) -> Standing:
    return standing(1, invited="2026-01-29 09:05", **facts)  # type: ignore[arg-type]


def said_to(who: Standing, partstat: PartStat, *dates: datetime) -> Mapping[datetime, Mapping[PersonId, object]]:
    assert who.invitation is not None
    answer = replace(who.invitation, partstat=partstat, answered_at=at("2026-02-20 10:00"))
    return {date: {who.person.id: answer} for date in dates}


def decided(snapshot: Snapshot, now: str, rule: str) -> list[Notice]:
    found = due(RULES, snapshot, known(*RULES), at(now))  # type: ignore[arg-type]
    return [n for n in found.notices if n.rule == rule]


@pytest.mark.parametrize(
    ("rule", "said", "now", "round_"),
    [
        ("logistics", "yes", "2026-03-11 09:00", "r0@20260312T140000Z"),
        ("logistics", "yes", "2026-04-08 09:00", "r0@20260409T140000Z"),  # clocks have changed: 09:00 all the same
        ("logistics", "yes", "2026-08-12 09:00", "r0@20260813T140000Z"),
        ("remind", "", "2026-04-02 09:30", "r0@20260409T140000Z"),
        ("remind", "", "2026-04-06 09:30", "r0@20260409T140000Z.2"),
        ("thanks", "maybe", "2026-05-15 14:00", "r0@20260514T140000Z"),
        ("last", "", "2026-03-03 09:30", "r0"),
    ],
)
def test_a_rule_comes_with_each_date(rule: str, said: str, now: str, round_: str) -> None:
    (notice,) = decided(picture(ann(said=said)), now, rule)
    assert notice.round == round_
    again = picture(ann(said=said, noticed=((rule, round_),)))
    assert decided(again, now, rule) == []


def test_what_brings_people_into_the_series_comes_once() -> None:
    fresh = picture(standing(1))
    (notice,) = decided(fresh, "2026-01-29 09:00", "invite")
    assert notice.round == "r0"
    had = picture(ann(noticed=(("invite", "r0"), ("follow-up", "i"))))
    for date in DATES[1:]:
        for weeks in range(8):
            now = date - timedelta(weeks=weeks, days=-1)
            found = due(RULES, had, known(*RULES), now)  # type: ignore[arg-type]
            assert not {"invite", "follow-up", "last"} & {n.rule for n in found.notices}


def test_who_joins_a_series_under_way_is_invited_and_followed_up() -> None:
    (notice,) = decided(picture(standing(1)), "2026-04-20 09:00", "invite")
    assert (notice.round, wall(notice.not_after)) == ("r0", "2026-05-14 09:00")
    assert decided(picture(standing(1)), "2026-05-12 09:00", "invite") == []  # two days before the next date
    (notice,) = decided(picture(standing(1, invited="2026-04-20 09:05")), "2026-04-21 10:00", "follow-up")
    assert notice.round == "i"


def test_nobody_is_written_to_about_a_date_they_declined() -> None:
    yes, silent = ann(said="yes"), ann()
    no_april = said_to(yes, PartStat.DECLINED, APRIL)
    assert decided(picture(yes, said_to_dates=no_april), "2026-04-08 09:00", "logistics") == []
    assert len(decided(picture(yes, said_to_dates=no_april), "2026-05-13 09:00", "logistics")) == 1
    assert decided(picture(silent, said_to_dates=no_april), "2026-04-02 09:30", "remind") == []
    assert decided(picture(yes, said_to_dates=no_april), "2026-04-10 14:00", "thanks") == []
    only_april = said_to(silent, PartStat.ACCEPTED, APRIL)
    assert len(decided(picture(silent, said_to_dates=only_april), "2026-04-08 09:00", "logistics")) == 1
    assert decided(picture(silent, said_to_dates=only_april), "2026-05-13 09:00", "logistics") == []


def verdict(notice: Notice, snapshot: Snapshot, now: str) -> object:
    return still_wanted(BY_ID[notice.rule], notice, snapshot, at(now), RULES)


def test_what_waits_is_read_again_for_its_own_date() -> None:
    yes = ann(said="yes")
    (notice,) = decided(picture(yes), "2026-04-08 09:00", "logistics")
    now = "2026-04-08 09:05"
    assert verdict(notice, picture(yes), now) == Wanted()
    assert verdict(notice, picture(yes, said_to_dates=said_to(yes, PartStat.DECLINED, APRIL)), now) == Unwanted(
        "said no", "to"
    )
    gone = Change(APRIL, APRIL, APRIL + timedelta(hours=3), True, 1, at(now))
    assert verdict(notice, picture(yes, changes=[gone]), now) == Unwanted("that date is cancelled")
    moved = Change(APRIL, APRIL + timedelta(days=7), APRIL + timedelta(days=7, hours=3), False, 1, at(now))
    assert verdict(notice, picture(yes, changes=[moved]), now) == Unwanted("that date was moved since")
    other = replace(SERIES, rrule="FREQ=MONTHLY;BYDAY=2TH;COUNT=1")
    assert verdict(notice, picture(yes, of=other), now) == Unwanted("there is no such date any more")
    later = replace(SERIES, round=1, changed_at=at(now))
    assert verdict(notice, picture(yes, of=later), now) == Unwanted("the meeting was moved since")


def test_moving_one_date_moves_what_is_unsent_and_nothing_else() -> None:
    yes = ann(said="yes")
    told = at("2026-03-20 10:00")
    moved = Change(APRIL, APRIL + timedelta(days=7), APRIL + timedelta(days=7, hours=3), False, 1, told)
    snapshot = picture(yes, changes=[moved])
    assert decided(snapshot, "2026-04-08 09:00", "logistics") == []
    (notice,) = decided(snapshot, "2026-04-15 09:00", "logistics")
    assert (notice.round, wall(notice.not_after)) == ("r0@20260409T140000Z+1", "2026-04-16 09:00")
    assert len(decided(snapshot, "2026-05-13 09:00", "logistics")) == 1
    # whoever had it for the earlier time, the new time of which lies before the move, has been told by the letter of the move
    late = Change(APRIL, APRIL + timedelta(hours=2), APRIL + timedelta(hours=5), False, 1, at("2026-04-08 15:00"))
    had = ann(said="yes", noticed=(("logistics", "r0@20260409T140000Z"),))
    assert decided(picture(had, changes=[late]), "2026-04-08 15:05", "logistics") == []
    assert len(decided(picture(yes, changes=[late]), "2026-04-08 15:05", "logistics")) == 1  # had nothing yet


def test_a_cancelled_date_sends_nothing() -> None:
    gone = Change(APRIL, APRIL, APRIL + timedelta(hours=3), True, 1, at("2026-03-20 10:00"))
    snapshot = picture(ann(said="yes"), changes=[gone])
    for now in ("2026-04-02 09:30", "2026-04-08 09:00", "2026-04-10 14:00"):
        assert due(RULES, snapshot, known(*RULES), at(now)).notices == ()  # type: ignore[arg-type]
    assert wall(next_due(BY_ID["logistics"], snapshot, at("2026-03-12 00:00"))) == "2026-05-13 09:00"  # type: ignore[index]


def test_after_an_outage_only_the_latest_reminder_of_all_dates_goes_out() -> None:
    weekly = meeting(rrule="FREQ=WEEKLY;COUNT=8")
    (made,) = rules(
        '[r]\nwhen = "10 business days before meeting start at 09:30"\nto = "everyone invited who has not replied"\n'
        'send = "reminder"\nif-late = "send at once"\n'
    )
    found = due([made], picture(ann(), of=weekly), known(made), at("2026-03-24 09:30"))  # type: ignore[arg-type]
    assert [date_of_round(n.round) for n in found.notices] == [at("2026-04-02 09:00")]
    assert {o.sentence for o in found.left_out if o.person} == {"a later reminder, [r], is due or has been decided"}
    had = ann(noticed=(("r", "r0@20260402T140000Z"),))  # nor after a later one was decided
    assert due([made], picture(had, of=weekly), known(made), at("2026-03-24 09:30")).notices == ()  # type: ignore[arg-type]


def test_a_series_that_is_moved_says_nothing_more_about_the_dates_that_were_held() -> None:
    """Thanks that may come late are not written a second time, for the same day at its new hour."""
    (made,) = rules(
        '[t]\nwhen = "1 business day after meeting end at 14:00"\nto = "everyone invited who has not said no"\n'
        'send = "headcount"\nif-late = "send at once"\n'
    )
    later = replace(SERIES, dtstart=SERIES.dtstart + timedelta(hours=1), dtend=SERIES.dtend + timedelta(hours=1))
    moved = replace(later, round=1, sequence=1, last_major_sequence=1, changed_at=at("2026-04-16 10:00"))
    had = ann(noticed=(("t", "r0@20260312T140000Z"), ("t", "r0@20260409T140000Z")))
    there = picture(had, of=moved)
    assert due([made], there, known(made), at("2026-04-16 14:00")).notices == ()  # type: ignore[arg-type]
    (notice,) = due([made], there, known(made), at("2026-05-15 14:00")).notices  # type: ignore[arg-type]
    assert notice.round == "r1@20260514T150000Z"


def test_attendance_is_that_of_the_date_it_was_noted_for() -> None:
    (made,) = rules(
        '[t]\nwhen = "1 business day after meeting end at 14:00"\nto = "everyone who attended"\n'
        'only-if = "attendance is recorded"\nsend = "headcount"\n'
    )
    # what was noted last, the whole series', is not that of May
    came = ann(said="yes", attended=True)
    noted = Change(APRIL, APRIL, APRIL + timedelta(hours=2), False, 0, None, None, at("2026-04-09 17:00"))
    there = picture(came, changes=[noted], came_to_dates={APRIL: {came.person.id: True}})
    there = replace(there, meeting=replace(SERIES, attendance_at=at("2026-04-09 17:00")))

    def on(now: str) -> int:
        return len(due([made], there, known(made), at(now)).notices)  # type: ignore[arg-type]

    assert (on("2026-03-13 14:00"), on("2026-04-10 14:00"), on("2026-05-15 14:00")) == (0, 1, 0)


def test_who_joins_after_a_date_has_no_part_in_it() -> None:
    """Invited on the evening of the April date, with a yes to the series: not missed in April, but reminded of May."""
    (missed,) = rules(
        '[t]\nwhen = "1 business day after meeting end at 14:00"\nto = "everyone who said yes and did not attend"\n'
        'only-if = "attendance is recorded"\nsend = "headcount"\n'
    )
    late = standing(2, invited="2026-04-09 18:00", said="yes", said_at="2026-04-09 20:00")
    early = ann(said="yes")
    noted = Change(APRIL, APRIL, APRIL + timedelta(hours=2), False, 0, None, None, at("2026-04-09 21:00"))
    absent = {p.person.id: False for p in (early, late)}
    there = picture(early, late, changes=[noted], came_to_dates={APRIL: absent})
    found = due([missed], there, known(missed), at("2026-04-10 14:00"))  # type: ignore[arg-type]
    assert [n.person_id for n in found.notices] == [early.person.id]
    assert {n.person_id for n in decided(there, "2026-04-10 14:00", "thanks")} == {early.person.id}
    assert {n.person_id for n in decided(there, "2026-05-13 09:00", "logistics")} == {early.person.id, late.person.id}


def test_an_answer_is_confirmed_as_long_as_there_are_dates_to_come() -> None:
    for now, expected in (("2026-07-20 10:00", 1), ("2026-08-14 10:00", 0)):
        answer = Happening(HappeningKind.REPLY_IS_YES, "answer-1", at(now), PersonId(1))
        found = happened(RULES, picture(ann(said="yes")), answer, known(*RULES), at(now))  # type: ignore[arg-type]
        assert len(found.notices) == expected


def test_the_next_date_is_what_starts_soon() -> None:
    (made,) = rules(
        '[late-yes]\nwhen = "reply is yes"\nonly-if = "meeting starts within 1 business day"\nto = "the person who replied"\n'
        'send = "logistics"\n'
    )
    for now, expected in (("2026-05-13 10:00", 1), ("2026-05-08 10:00", 0)):
        answer = Happening(HappeningKind.REPLY_IS_YES, "answer-1", at(now), PersonId(1))
        found = happened([made], picture(ann(said="yes")), answer, known(made), at(now))  # type: ignore[arg-type]
        assert len(found.notices) == expected


def test_preview_and_why_name_the_date() -> None:
    yes = ann(said="yes", noticed=(("invite", "r0"), ("follow-up", "i")))
    no_april = said_to(yes, PartStat.DECLINED, APRIL)
    snapshot = picture(yes, said_to_dates=no_april)
    since, now = known(*RULES), at("2026-03-13 15:00")
    lines = preview(RULES, snapshot, since, now)  # type: ignore[arg-type]
    planned = [(wall(line.at), line.count, line.remark) for line in lines if line.rule == "logistics" and line.at]
    assert planned == [
        ("2026-04-08 09:00", 0, "for Thu 9 Apr; nobody, as things stand"),
        ("2026-05-13 09:00", 1, "for Thu 14 May"),
        ("2026-06-10 09:00", 1, "for Thu 11 Jun"),
    ]
    assert timeline(snapshot, lines, now).startswith("launch · Thu 9 Apr 2026 09:00 · America/Chicago")
    found = {w.rule: w for w in why(RULES, snapshot, PersonId(1), since, now)}  # type: ignore[arg-type]
    told = found["logistics"]  # type: ignore[index]
    assert told.outcome is Outcome.WOULD_GET
    assert told.sentence == "Wed 13 May 09:00, for Thu 14 May; not before: as things stand: said no, for Thu 9 Apr"


# Any history -----------------------------------------------------------------------------------------------------------------------


@dataclass
class Daemon:
    """What the daemon does with a series, without mail."""

    people: dict[PersonId, Standing]
    changes: dict[datetime, Change] = field(default_factory=dict)
    said: dict[datetime, dict[PersonId, object]] = field(default_factory=dict)
    came: dict[datetime, dict[PersonId, bool]] = field(default_factory=dict)
    answers: int = 0
    sequence: int = 0
    outbox: list[Notice] = field(default_factory=list)
    sent: list[tuple[datetime, Notice, Snapshot]] = field(default_factory=list)

    def picture(self) -> Snapshot:
        changes = tuple(self.changes.values())
        return Snapshot(
            SERIES,
            tuple(self.people.values()),
            dates=occurrences(SERIES, changes),
            said_to_dates={date: dict(said) for date, said in self.said.items()},  # type: ignore[arg-type]
            came_to_dates={date: dict(came) for date, came in self.came.items()},
        )

    def tick(self, now: datetime) -> None:
        self.take(due(RULES, self.picture(), known(*RULES, since="2026-01-05 00:00"), now).notices)  # type: ignore[arg-type]
        waiting = []
        for notice in self.outbox:
            match still_wanted(BY_ID[notice.rule], notice, self.picture(), now, RULES):
                case Wanted():
                    self.send(notice, now)
                case Wait():
                    waiting.append(notice)
        self.outbox = waiting

    def take(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            stands = self.people[notice.person_id]
            assert (notice.rule, notice.round) not in stands.noticed, "decided twice"
            self.people[notice.person_id] = replace(stands, noticed=stands.noticed | {(notice.rule, notice.round)})
            self.outbox.append(notice)

    def send(self, notice: Notice, now: datetime) -> None:
        self.sent.append((now, notice, self.picture()))
        stands = self.people[notice.person_id]
        if notice.invites and stands.invited_at is None:
            fresh = standing(stands.person, invited=wall(now)).invitation
            self.people[notice.person_id] = replace(stands, invitation=fresh)

    def change(self, date: datetime, days: int, now: datetime, *, cancelled: bool) -> None:
        known_ = self.changes.get(date)
        start = date + timedelta(days=days)
        if (known_ is not None and known_.cancelled) or start <= now:
            return
        self.sequence += 1
        noted = known_.attendance_at if known_ is not None else None
        self.changes[date] = Change(date, start, start + timedelta(hours=3), cancelled, self.sequence, now, None, noted)

    def roll(self, date: datetime, number: int, now: datetime) -> None:
        """Who was at a date that has begun: 1 for the first, 2 for the second, 3 for both."""
        held = next(o for o in self.picture().dates if o.recurrence_id == date)
        if held.dtstart <= now and not held.cancelled:
            self.came[date] = {PersonId(n): bool(number & n) for n in (1, 2)}
            facts = self.changes.get(date, Change(date, held.dtstart, held.dtend, False, 0))
            self.changes[date] = replace(facts, attendance_at=now)

    def answer(self, who: PersonId, date: datetime | None, partstat: PartStat, now: datetime) -> None:
        stands = self.people[who]
        if stands.invitation is None:
            return
        answer = replace(stands.invitation, partstat=partstat, answered_at=now)
        if date is None:
            self.people[who] = replace(stands, invitation=answer)
        else:
            self.said.setdefault(date, {})[who] = answer
        held = next((o for o in self.picture().dates if o.recurrence_id == date), None)
        if partstat is PartStat.ACCEPTED and (held is None or (now < held.dtstart and not held.cancelled)):
            self.answers += 1
            occasion = f"answer-{self.answers}" + (date_round(at_date(SERIES, held)) if held is not None else "")
            yes = Happening(HappeningKind.REPLY_IS_YES, occasion, now, who, recurrence_id=date)
            self.take(happened(RULES, self.picture(), yes, known(*RULES, since="2026-01-05 00:00"), now).notices)  # type: ignore[arg-type]


events = st.one_of(
    st.tuples(st.just("answer"), st.integers(1, 2), st.sampled_from([None, *DATES]), st.sampled_from([PartStat.ACCEPTED, PartStat.DECLINED])),
    st.tuples(st.just("move"), st.integers(-6, 9), st.sampled_from(DATES), st.none()),
    st.tuples(st.just("cancel"), st.just(0), st.sampled_from(DATES), st.none()),
    st.tuples(st.just("came"), st.integers(0, 3), st.sampled_from(DATES), st.none()),
    st.tuples(st.just("tick"), st.just(0), st.none(), st.none()),
)  # fmt: skip
moments = st.integers(0, 230 * 24 * 4).map(lambda quarter: at("2026-01-20 09:00") + timedelta(minutes=15 * quarter))
histories = st.lists(st.tuples(moments, events), max_size=25).map(lambda h: sorted(h, key=lambda e: e[0]))
History = list[tuple[datetime, tuple[str, int, datetime | None, PartStat | None]]]


def play(history: History, every: timedelta | None) -> Daemon:
    daemon = Daemon({PersonId(n): standing(person(n)) for n in (1, 2)})
    now = at("2026-01-20 09:00")
    for moment, (what, number, date, partstat) in [*history, (at("2026-09-10 09:00"), ("tick", 0, None, None))]:
        while every is not None and now + every < moment:
            now += every
            if every > timedelta(hours=1) or 13 <= now.hour < 23:
                daemon.tick(now)
        now = moment
        if what == "answer" and partstat is not None:
            daemon.answer(PersonId(number), date, partstat, now)
        elif date is not None and what == "came":
            daemon.roll(date, number, now)
        elif date is not None:
            daemon.change(date, number, now, cancelled=what == "cancel")
        daemon.tick(now)
    return daemon


@settings(max_examples=40, deadline=None)
@given(histories, st.sampled_from([None, timedelta(hours=9), timedelta(days=1)]))
def test_the_laws_hold_for_every_date_in_any_history(history: History, every: timedelta | None) -> None:
    daemon = play(history, every)
    assert len({n.key for _, n, _ in daemon.sent}) == len(daemon.sent), "sent twice"
    once = [(n.rule, n.person_id) for _, n, _ in daemon.sent if n.rule in ("invite", "follow-up", "last")]
    assert len(set(once)) == len(once), "twice into the same series"
    per_date = [
        (n.rule, n.person_id, date_of_round(n.round), n.round[-2:] == ".2", _time_of(n))
        for _, n, _ in daemon.sent
        if "@" in n.round and n.rule != "confirm"
    ]
    assert len(set(per_date)) == len(per_date), "twice for the same time of a date"
    for sent_at, notice, then in daemon.sent:
        rule = BY_ID[notice.rule]
        assert Window.of(rule.timing, SERIES.zone).is_open(sent_at), "outside the hours"
        recurrence_id = date_of_round(notice.round)
        if recurrence_id is None:
            continue
        date = next(o for o in then.dates if o.recurrence_id == recurrence_id)
        assert not date.cancelled, "about a cancelled date"
        stands = then.standing_of(notice.person_id)
        assert stands is not None
        answer = then.said_to_dates.get(recurrence_id, {}).get(notice.person_id, stands.invitation)
        assert answer is not None
        assert notice.rule == "came" or answer.partstat is not PartStat.DECLINED, "about a date that was declined"
        assert not rule.chases or not answer.answered, "chased after an answer"
        after = notice.rule in ("thanks", "came")
        assert after or sent_at <= date.dtstart, "after the date began"
        assert not after or sent_at >= date.dtend, "thanked before it was over"
        if notice.rule == "came":
            assert then.came_to_dates[recurrence_id][notice.person_id], "thanked for a date they were not at"
        if notice.rule == "confirm":
            assert answer.partstat is PartStat.ACCEPTED, "confirmed what was not said"


def _time_of(notice: Notice) -> str:
    return notice.round.partition("+")[2]


@settings(max_examples=10, deadline=None)
@given(histories)
def test_while_the_service_runs_no_date_is_forgotten(history: History) -> None:
    """Whoever says yes and leaves it at that gets the logistics of each date that is held, at its minute."""
    calm: History = [(m, e) for m, e in history if e[0] != "answer"]
    first: History = [(at("2026-02-02 09:00"), ("answer", 1, None, PartStat.ACCEPTED))]
    daemon = play(sorted([*calm, *first], key=lambda e: e[0]), timedelta(hours=1))
    got = [
        (date_of_round(n.round), sent_at) for sent_at, n, _ in daemon.sent if (n.rule, n.person_id) == ("logistics", 1)
    ]
    for date in daemon.picture().dates:
        stage = next_due(BY_ID["logistics"], Snapshot(at_date(SERIES, date), ()), date.dtstart - timedelta(days=5))  # type: ignore[index]
        assert stage is not None
        changed = daemon.changes.get(date.recurrence_id)
        mine = [sent_at for recurrence_id, sent_at in got if recurrence_id == date.recurrence_id]
        if changed is None:
            assert len(mine) == 1
            assert stage <= mine[0] < stage + timedelta(hours=1)
        elif (
            not date.cancelled
            and changed.changed_at is not None
            and date.dtstart - changed.changed_at > timedelta(days=4)
        ):
            assert mine, "a moved date is forgotten"
