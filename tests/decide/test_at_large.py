"""Rules about no single meeting: what comes round by the calendar, and action items. The wall clock is Chicago's."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.conditions import Pace, Unwanted, Wait, Wanted, still_wanted
from mailer.decide.due import Due, due, happened, next_due
from mailer.decide.offer import offered
from mailer.decide.phrases import Read, read
from mailer.decide.preview import preview
from mailer.decide.rule import Every, Rule
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.stages import for_team, is_repeat, item_round, last_by, meeting_round, next_after, team_of, window_of
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.partnership.people import Role
from mailer.partnership.plan import Item, ItemStatus, Team
from mailer.terms import ItemId, PersonId, TeamId
from tests.decide.cast import ZONE, at, known, meeting, person, rule, rules, snapshot, standing, wall

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
CONVENER = standing(person(9, Role.CONVENER))


def at_large(since: str = "2026-01-02 09:00") -> Meeting:
    return replace(
        meeting(),
        dtstart=FOREVER,
        dtend=FOREVER,
        reply_deadline=None,
        status=MeetingStatus.STANDING,
        created_at=at(since),
    )


def item(number: int, due_on: str | None, owner: int = 1, **facts: object) -> Item:
    day = date.fromisoformat(due_on) if due_on else None
    return replace(Item(ItemId(100 + number), number, f"Item {number}", PersonId(owner), day), **facts)  # type: ignore[arg-type]


def picture(*items: Item, people: Sequence[Standing] = (), teams: tuple[Team, ...] = ()) -> Snapshot:
    everybody = tuple(people) or (standing(1), standing(2), CONVENER)
    return replace(snapshot(*everybody, of=at_large()), items=items, teams=teams)


def run(made: Sequence[Rule] | Rule, seen: Snapshot, now: str, since: str = "2026-01-01 00:00") -> Due:
    of = (made,) if isinstance(made, Rule) else made
    return due(of, seen, known(*of, since=since), at(now))  # type: ignore[arg-type]


# --- what comes round ---------------------------------------------------------------------------------------------------------

US = ("US federal",)


@pytest.mark.parametrize(
    ("words", "now", "last", "coming"),
    [
        ("every Monday at 08:00", "2026-03-04 12:00", "2026-03-02 08:00", "2026-03-09 08:00"),
        ("every Monday at 08:00", "2026-03-09 08:00", "2026-03-09 08:00", "2026-03-16 08:00"),  # the clocks have changed
        ("every Monday at 08:00", "2026-03-09 07:59", "2026-03-02 08:00", "2026-03-09 08:00"),
        ("every day at 02:30", "2026-03-08 12:00", "2026-03-08 03:30", "2026-03-09 02:30"),  # 02:30 is left out that day
        ("every day at 01:30", "2026-11-01 12:00", "2026-11-01 01:30", "2026-11-02 01:30"),  # 01:30 comes twice
        ("every business day at 09:00", "2026-01-19 12:00", "2026-01-16 09:00", "2026-01-20 09:00"),  # a holiday
        ("every month on the first business day at 10:00", "2026-01-15 00:00", "2026-01-02 10:00", "2026-02-02 10:00"),
        ("every month on the last business day at 10:00", "2026-05-15 00:00", "2026-04-30 10:00", "2026-05-29 10:00"),
        ("every month on the last Friday at 10:00", "2026-05-15 00:00", "2026-04-24 10:00", "2026-05-29 10:00"),
        ("every quarter on the first Monday at 09:00", "2026-03-01 00:00", "2026-01-05 09:00", "2026-04-06 09:00"),
        ("every quarter on the second Tuesday at 09:00", "2026-04-14 09:00", "2026-04-14 09:00", "2026-07-14 09:00"),
        ("every quarter on the last business day at 09:00", "2026-12-31 12:00", "2026-12-31 09:00", "2027-03-31 09:00"),
        ("every year on the first Monday at 09:00", "2026-01-04 00:00", "2025-01-06 09:00", "2026-01-05 09:00"),
        ("every week on the first business day at 09:00", "2026-01-19 12:00", "2026-01-12 09:00", "2026-01-20 09:00"),
    ],
)  # fmt: skip
def test_what_comes_round(words: str, now: str, last: str, coming: str) -> None:
    found = read("when", words)
    assert isinstance(found, Read)
    assert isinstance(found.value, Every)
    assert wall(last_by(found.value, at(now), ZONE, US)) == last
    assert wall(next_after(found.value, at(now), ZONE, US)) == coming


MONDAY = rule('when = "every Monday at 08:00"', 'to = "convener"')


def test_a_round_is_a_day_and_comes_once() -> None:
    found = run(MONDAY, picture(), "2026-03-02 08:00")
    assert [(n.round, wall(n.not_before), wall(n.not_after)) for n in found.notices] == [
        ("on-2026-03-02", "2026-03-02 08:00", "2026-03-09 08:00")
    ]
    had = replace(CONVENER, noticed=frozenset({(MONDAY.id, "on-2026-03-02")}))
    assert run(MONDAY, picture(people=[had]), "2026-03-02 09:00").notices == ()
    assert [n.round for n in run(MONDAY, picture(people=[had]), "2026-03-09 08:00").notices] == ["on-2026-03-09"]


def test_after_an_outage_only_the_latest_and_only_if_asked() -> None:
    found = run(MONDAY, picture(), "2026-03-24 12:00")
    assert [(o.sentence, o.key) for o in found.left_out] == [("it was due on Mon 23 Mar at 08:00", "if-late")]
    late = rule('when = "every Monday at 08:00"', 'to = "convener"', 'if-late = "send at once"')
    assert [n.round for n in run(late, picture(), "2026-03-24 12:00").notices] == ["on-2026-03-23"]


def test_a_new_rule_waits_for_its_next_time() -> None:
    assert run(MONDAY, picture(), "2026-03-02 09:00", since="2026-03-02 08:30") == Due()
    assert wall(next_due(MONDAY, picture(), at("2026-03-02 08:30"))) == "2026-03-09 08:00"


def test_it_serves_no_meeting() -> None:
    from mailer.decide.rulebook import RuleBook

    assert RuleBook((MONDAY,)).serving(meeting()) == ()
    assert RuleBook((MONDAY,)).serving(at_large()) == (MONDAY,)


# --- action items -------------------------------------------------------------------------------------------------------------

FILE = """
[timing]
send-between = "09:00-16:00"
send-on      = "business days"
holidays     = "US federal"

[due-soon]
when    = "3 business days before item due at 09:00"
to      = "item owner"
only-if = ["item is open"]
send    = "reminder"
ask     = "done, help or a new date"
bundle  = "one mail per person per day"

[overdue]
when      = "1 business day after item due at 09:00"
to        = "item owner"
only-if   = ["item is open"]
on-behalf-of = "action team lead"
send      = "reminder"
ask       = "done, help or a new date"
repeat    = "every 5 business days, at most 3 times"
stop-when = ["item is done", "item has a new date"]
bundle    = "one mail per person per day"

[needs-help]
when = "reply is help"
to   = ["convener", "action team lead"]
send = "reminder"

[monday-list]
when = "every Monday at 09:00"
to   = "convener"
send = "reminder"
"""
RULES = rules(FILE)
DUE_SOON, OVERDUE = RULES[0], RULES[1]


def test_each_item_has_its_own_mail_and_another_day_is_another_mail() -> None:
    found = run(DUE_SOON, picture(item(12, "2026-03-02")), "2026-02-25 09:00")
    (notice,) = found.notices
    assert (notice.person_id, notice.round, notice.items, notice.ask) == (
        1, "item-12/2026-03-02", (112,), "done, help or a new date",
    )  # fmt: skip
    assert wall(notice.not_after) == "2026-03-02 17:00"
    had = standing(1, noticed=((DUE_SOON.id, notice.round),))
    assert run(DUE_SOON, picture(item(12, "2026-03-02"), people=[had]), "2026-02-25 10:00").notices == ()
    moved = picture(item(12, "2026-03-16"), people=[had])
    assert run(DUE_SOON, moved, "2026-02-25 10:00").notices == ()
    assert [n.round for n in run(DUE_SOON, moved, "2026-03-11 09:00").notices] == ["item-12/2026-03-16"]


def test_what_waits_about_an_item_that_moved_is_dropped() -> None:
    (notice,) = run(DUE_SOON, picture(item(12, "2026-03-02")), "2026-02-25 09:00").notices
    now = at("2026-02-25 09:01")
    assert still_wanted(DUE_SOON, notice, picture(item(12, "2026-03-02")), now) == Wanted((112,))
    assert still_wanted(DUE_SOON, notice, picture(item(12, "2026-03-16")), now) == Unwanted(
        "action item 12 has another day now"
    )
    assert still_wanted(DUE_SOON, notice, picture(item(12, "2026-03-02", status=ItemStatus.DONE)), now) == Unwanted(
        "action item 12 is done"
    )
    assert still_wanted(DUE_SOON, notice, picture(item(12, "2026-03-02", owner=2)), now) == Unwanted(
        'is not in "item owner"', "to"
    )
    assert still_wanted(DUE_SOON, notice, picture(), now) == Unwanted("the action item is no longer in the plan")


def test_several_items_are_one_mail_and_the_ledger_knows_each() -> None:
    seen = picture(item(12, "2026-03-02"), item(14, "2026-03-02"), item(15, "2026-03-02", owner=2))
    found = run(DUE_SOON, seen, "2026-02-25 09:00")
    assert [(n.person_id, n.items, n.told_with) for n in found.notices] == [
        (1, (112, 114), ""),
        (1, (114,), f"7/{DUE_SOON.id}/1/item-12/2026-03-02"),
        (2, (115,), ""),
    ]
    mail = found.notices[0]
    one_done = picture(item(12, "2026-03-02", status=ItemStatus.DONE), item(14, "2026-03-02"))
    now = at("2026-02-25 09:01")
    assert still_wanted(DUE_SOON, mail, one_done, now) == Wanted((114,))


def test_one_mail_a_day() -> None:
    (notice,) = run(DUE_SOON, picture(item(12, "2026-03-02")), "2026-02-25 09:00").notices
    had = standing(1, last_of={DUE_SOON.id: at("2026-02-25 09:00")})
    verdict = still_wanted(DUE_SOON, notice, picture(item(12, "2026-03-02"), people=[had]), at("2026-02-25 12:00"))
    assert isinstance(verdict, Wait)
    assert (wall(verdict.until), verdict.reason) == ("2026-02-26 09:00", "had one mail of this rule today")


def test_overdue_repeats_until_it_is_done_moved_or_help_is_asked_for() -> None:
    first = standing(1, noticed=((OVERDUE.id, "item-12/2026-03-02"),))
    seen = picture(item(12, "2026-03-02"), people=[first])
    assert [n.round for n in run(OVERDUE, seen, "2026-03-10 09:00").notices] == ["item-12/2026-03-02.2"]
    asked = picture(item(12, "2026-03-02", help="no time"), people=[first])
    assert [o.sentence for o in run(OVERDUE, asked, "2026-03-10 09:00").left_out] == [
        "action item 12: has asked for help"
    ]
    closed = picture(item(12, "2026-03-02", status=ItemStatus.DONE), people=[first])
    assert run(OVERDUE, closed, "2026-03-10 09:00").notices == ()


def test_the_team_lead_signs_and_hears_of_help() -> None:
    lead = standing(3, leads=(TeamId(5),), teams=(TeamId(5),))
    other = standing(4, leads=(TeamId(6),), teams=(TeamId(6),))
    people = [standing(1, teams=(TeamId(5),)), lead, other, CONVENER]
    mine = item(12, "2026-03-02", team=TeamId(5))
    seen = picture(mine, people=people)
    assert [n.on_behalf_of for n in run(OVERDUE, seen, "2026-03-03 09:00").notices] == [3]
    happening = Happening(HappeningKind.REPLY_IS_HELP, "item-12-help", at("2026-03-03 10:00"), PersonId(1), mine)
    found = happened(RULES, seen, happening, known(*RULES), at("2026-03-03 10:00"))  # type: ignore[arg-type]
    assert [(n.person_id, n.items, n.about) for n in found.notices] == [(3, (112,), 1), (9, (112,), 1)]


@pytest.mark.parametrize(
    ("round_", "repeats", "of_meeting", "of_item", "team"),
    [
        ("r0", False, 0, None, None),
        ("r12.2", True, 12, None, None),
        ("r0~3fa9c1.2", True, 0, None, None),
        ("r0/team-3", False, 0, None, 3),
        ("r0/team-3.2", True, 0, None, 3),
        ("i", False, None, None, None),
        ("i.2", True, None, None, None),
        ("item-12/2026-03-02", False, None, (12, date(2026, 3, 2)), None),
        ("item-12/2026-03-02.2", True, None, (12, date(2026, 3, 2)), None),
        ("on-2026-03-02", False, None, None, None),
        ("answer-3", False, None, None, None),
        ("bounce-ann@acme.2", False, None, None, None),
        ("inbound-7.2", False, None, None, None),
    ],
)
def test_rounds(
    round_: str, repeats: bool, of_meeting: int | None, of_item: tuple[int, date] | None, team: int | None
) -> None:
    assert (is_repeat(round_), meeting_round(round_), item_round(round_), team_of(round_)) == (
        repeats, of_meeting, of_item, team,
    )  # fmt: skip


def test_a_round_for_a_team_keeps_its_number() -> None:
    assert for_team("r0.2", TeamId(3)) == "r0/team-3.2"
    assert for_team("r0", TeamId(3)) == "r0/team-3"


# --- for each team, times on offer --------------------------------------------------------------------------------------------

CALLS = rule(
    'when = "6 business days after meeting end at 09:00"',
    'to = "action team leads"',
    'do = "draft a meeting for each action team, 2 weeks to 4 weeks after meeting end"',
    'ask = "one of the offered times"',
    timing='send-between = "08:30-16:30"\nholidays = "US federal"',
)


def test_a_draft_for_each_team() -> None:
    teams = (
        Team(TeamId(5), "Training", PersonId(3)),
        Team(TeamId(6), "Schools", PersonId(3)),
        Team(TeamId(7), "No lead"),
    )
    lead = standing(3, leads=(TeamId(5), TeamId(6)))
    seen = replace(snapshot(lead, standing(1)), teams=teams)
    found = run(CALLS, seen, "2026-03-20 09:00")
    assert [(n.person_id, n.round, n.team) for n in found.notices] == [(3, "r0/team-5", 5), (3, "r0/team-6", 6)]
    assert [o.sentence for o in found.left_out] == ['nobody is in "action team leads"']
    assert [o.sentence for o in run(CALLS, snapshot(lead), "2026-03-20 09:00").left_out] == [
        "there is no action team yet"
    ]


def test_three_times_on_three_business_days_within_the_hours() -> None:
    times = offered(CALLS, meeting(), at("2026-03-20 09:00"))
    assert [wall(start) for start, _ in times] == ["2026-03-27 10:00", "2026-04-02 14:00", "2026-04-08 09:00"]
    busy = [(times[0][0], times[0][1])]
    assert wall(offered(CALLS, meeting(), at("2026-03-20 09:00"), busy)[0][0]) == "2026-03-27 14:00"


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.booleans(), st.integers(0, 400))
def test_times_on_offer_are_ahead_and_in_the_window(first: int, length: int, before: bool, shifted: int) -> None:
    early, late = (first + length, first) if before else (first, first + length)
    word = "before meeting start" if before else "after meeting end"
    made = rule(
        'when = "2 weeks before meeting start at 09:00"',
        f'do = "draft a meeting, {early} days to {late} days {word}"',
        timing='send-between = "10:30-12:00"\nholidays = "US federal"',
    )
    now = at("2025-10-01 09:00") + timedelta(days=shifted)
    times = offered(made, meeting(), now)
    days = [start.astimezone(ZoneInfo(ZONE)).date() for start, _ in times]
    assert len(set(days)) == len(days) <= 3
    assert days == sorted(days)
    for start, _ in times:
        assert start > now
        assert wall(start) is not None
        assert wall(start)[-5:] >= "10:30"  # type: ignore[index]


# --- the pace of one person, the caterer, company ------------------------------------------------------------------------------


def test_the_pace_of_one_person_delays_what_is_planned_and_nothing_else() -> None:
    made = rules(
        '[planned]\nwhen = "2 weeks before meeting start at 09:00"\nto = "everyone invited"\nsend = "reminder"\n'
        '[confirm]\nwhen = "reply is yes"\nto = "the person who replied"\nsend = "reminder"\n'
        '[off]\nwhen = "meeting is cancelled"\nto = "everyone invited"\nsend = "cancelled"\n'
    )
    had = standing(1, invited="2026-01-30 09:00", said="yes", recent=(at("2026-02-23 09:00"), at("2026-02-25 09:00")))
    now = at("2026-02-26 09:00")
    verdicts = []
    for one in made:
        notice = Notice(one.id, meeting().id, PersonId(1), "x", "reminder", (), None, False, False, now, "")
        seen = snapshot(had, of=meeting(status=MeetingStatus.CANCELLED) if one.cancels else meeting())
        verdicts.append(still_wanted(one, notice, seen, now, pace=Pace(2)))
    assert verdicts == [Wait(at("2026-03-02 09:00"), "got 2 mails in 7 days"), Wanted(), Wanted()]


def test_the_caterer_is_told_once_what_changed() -> None:
    made = rule('when = "headcount changes by 3 or more"', 'to = "caterer"')
    seen = replace(snapshot(standing(person(4, Role.CATERER)), of=meeting(told_headcount=20)), headcount=24)
    for count, expected in ((2, 0), (3, 1), (-3, 1), (4, 1)):
        happening = Happening(HappeningKind.HEADCOUNT_CHANGES, "headcount-1", at("2026-03-09 10:00"), count=count)
        found = happened([made], seen, happening, known(made), at("2026-03-09 10:00"))  # type: ignore[arg-type]
        assert len(found.notices) == expected
    (notice,) = found.notices
    assert notice.reason == "headcount changes by 3 or more"
    now = at("2026-03-09 10:01")
    assert still_wanted(made, notice, seen, now) == Wanted()
    assert still_wanted(made, notice, replace(seen, headcount=21), now) == Unwanted(
        "the number differs by 1 only from what was told", "when"
    )


def test_one_mail_per_company() -> None:
    made = rule('to = "businesses"', 'bundle = "one mail per company"')
    ours = [standing(person(n, organisation="Acme")) for n in (1, 2)] + [standing(3)]
    found = run(made, snapshot(*ours), "2026-02-26 09:00")
    assert [(n.person_id, n.people, bool(n.told_with)) for n in found.notices] == [
        (1, (2,), False), (2, (), True), (3, (), False),
    ]  # fmt: skip


# --- the laws -----------------------------------------------------------------------------------------------------------------


@dataclass
class Office:
    """What the daemon does with decisions about items, without mail."""

    items: dict[int, Item]
    people: dict[PersonId, Standing] = field(default_factory=lambda: {PersonId(1): standing(1), PersonId(9): CONVENER})
    outbox: list[Notice] = field(default_factory=list)
    sent: list[tuple[datetime, Notice, tuple[ItemId, ...]]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def seen(self) -> Snapshot:
        return replace(picture(*self.items.values(), people=list(self.people.values())))

    def tick(self, now: datetime) -> None:
        since = known(*RULES, since="2026-01-02 09:00")
        for notice in due(RULES, self.seen(), since, now).notices:  # type: ignore[arg-type]
            assert notice.key not in self.keys, "decided twice"
            self.keys.add(notice.key)
            stands = self.people[notice.person_id]
            self.people[notice.person_id] = replace(stands, noticed=stands.noticed | {(notice.rule, notice.round)})
            if not notice.told_with:
                self.outbox.append(notice)
        waiting = []
        for notice in self.outbox:
            of = next(r for r in RULES if r.id == notice.rule)
            match still_wanted(of, notice, self.seen(), now, RULES):
                case Wanted(items=items):
                    assert window_of(of, at_large()).is_open(now), "outside the hours"
                    self.sent.append((now, notice, items))
                    stands = self.people[notice.person_id]
                    self.people[notice.person_id] = replace(
                        stands, written_at=now, last_of={**stands.last_of, notice.rule: now}
                    )
                case Wait(until=until):
                    assert until > now
                    waiting.append(notice)
                case Unwanted(reason=reason):
                    assert reason
        self.outbox = waiting


moments = st.integers(0, 80 * 24 * 4).map(lambda quarter: at("2026-02-02 09:00") + timedelta(minutes=15 * quarter))
deeds = st.one_of(
    st.tuples(st.just("move"), st.integers(1, 3), st.integers(-10, 40)),
    st.tuples(st.just("done"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("tick"), st.just(0), st.just(0)),
)
histories = st.lists(st.tuples(moments, deeds), max_size=15).map(lambda h: sorted(h, key=lambda e: e[0]))
days = st.integers(0, 60).map(lambda n: (date(2026, 2, 10) + timedelta(days=n)).isoformat())


def live(plan: Sequence[str], history: list[tuple[datetime, tuple[str, int, int]]], every: timedelta | None) -> Office:
    """Run an office through *history*; between its events it ticks each *every* (None: it is down)."""
    began = at("2026-02-02 09:00")
    office = Office({n: item(n, day, since=began) for n, day in enumerate(plan, 1)})
    office.tick(began)
    now, end = began, at("2026-04-24 09:00")
    for moment, (what, number, shift) in [*history, (end, ("tick", 0, 0))]:
        while every is not None and now + every < moment:
            now += every
            if every >= timedelta(hours=1) or 14 <= now.hour < 23:  # by night nothing leaves
                office.tick(now)
        now = max(now, moment)
        if (found := office.items.get(number)) is not None and found.due is not None and found.open:
            if what == "move" and shift:
                moved = replace(
                    found, due=found.due + timedelta(days=shift), moves=found.moves + (shift > 0), since=now
                )
                office.items[number] = moved
            elif what == "done":
                office.items[number] = replace(found, status=ItemStatus.DONE, since=now)
        office.tick(now)
    return office


@settings(max_examples=40, deadline=None)
@given(
    st.lists(days, min_size=1, max_size=3), histories, st.sampled_from([None, timedelta(hours=5), timedelta(days=1)])
)
def test_the_laws_hold_for_items_in_any_history(
    plan: Sequence[str], history: list[tuple[datetime, tuple[str, int, int]]], every: timedelta | None
) -> None:
    office = live(plan, history, every)
    told = [(n.rule, n.person_id, i, n.round) for _, n, items in office.sent for i in items]
    assert len(told) == len(set(told)), "told twice"
    a_day = [(n.rule, n.person_id, wall(sent_at)[:10]) for sent_at, n, _ in office.sent if n.items]  # type: ignore[index]
    assert len(a_day) == len(set(a_day)), "two mails of a rule on one day"
    for sent_at, notice, items in office.sent:
        assert sent_at >= notice.not_before
        assert notice.not_after is None or sent_at <= notice.not_after
        if notice.rule == "monday-list":
            continue
        assert items, "a mail about nothing"
        planned = item_round(notice.round)
        assert planned is not None
        if notice.rule == "due-soon":
            assert sent_at.astimezone(ZoneInfo(ZONE)).date() <= planned[1], "after the day it counts back from"
        else:
            assert sent_at.astimezone(ZoneInfo(ZONE)).date() > planned[1]


@settings(max_examples=5, deadline=None)
@given(st.lists(days, min_size=1, max_size=3), histories)
def test_nothing_about_items_is_lost_while_the_service_is_up(
    plan: Sequence[str], history: list[tuple[datetime, tuple[str, int, int]]]
) -> None:
    """Whoever ticks at every due instant sends what whoever ticks each quarter of an hour sends."""
    often = live(plan, history, timedelta(minutes=15))
    began = at("2026-02-02 09:00")
    office = Office({n: item(n, day, since=began) for n, day in enumerate(plan, 1)})
    now, end, pending = began, at("2026-04-24 09:00"), list(history)
    office.tick(now)
    while now < end:
        wakes = [end, *(m for m, _ in pending[:1])]
        wakes += [i for r in RULES if (i := next_due(r, office.seen(), now)) is not None]
        for notice in office.outbox:
            of = next(r for r in RULES if r.id == notice.rule)
            verdict = still_wanted(of, notice, office.seen(), now, RULES)
            wakes += [verdict.until] if isinstance(verdict, Wait) else [now + timedelta(minutes=1)]
        now = min(w for w in wakes if w > now or w in (m for m, _ in pending))
        while pending and pending[0][0] <= now:
            moment, (what, number, shift) = pending.pop(0)
            if (found := office.items.get(number)) is not None and found.due is not None and found.open:
                if what == "move" and shift:
                    later = found.due + timedelta(days=shift)
                    office.items[number] = replace(found, due=later, moves=found.moves + (shift > 0), since=moment)
                elif what == "done":
                    office.items[number] = replace(found, status=ItemStatus.DONE, since=moment)
            office.tick(now)
        office.tick(now)
    assert {(n.rule, n.round) for _, n, _ in office.sent} == {(n.rule, n.round) for _, n, _ in often.sent}


zones = st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"])
rounds = st.sampled_from(
    ["every Monday at 09:30", "every business day at 09:30", "every month on the last Friday at 09:30",
     "every quarter on the first business day at 09:30", "every week on the last business day at 09:30", "every day at 09:30"]
)  # fmt: skip


@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), zones, rounds)
def test_what_comes_round_keeps_its_hour_and_leaves_none_out(moment: datetime, zone: str, words: str) -> None:
    found = read("when", words)
    assert isinstance(found, Read)
    now = moment.replace(tzinfo=UTC)
    times = [now]
    for _ in range(6):
        coming = next_after(found.value, times[-1], zone, ())
        assert coming is not None
        assert coming > times[-1]
        assert wall(coming, zone)[-5:] == "09:30"  # type: ignore[index]
        assert last_by(found.value, coming, zone, ()) == coming
        assert last_by(found.value, coming - timedelta(seconds=1), zone, ()) == (
            times[-1] if len(times) > 1 else last_by(found.value, now, zone, ())
        )
        times.append(coming)


def test_a_preview_of_items_counts_people_and_items() -> None:
    seen = picture(item(12, "2026-03-02"), item(14, "2026-03-02"), item(15, "2026-03-02", owner=2))
    lines = preview(RULES, seen, known(*RULES), at("2026-02-20 12:00"))  # type: ignore[arg-type]
    assert [(wall(p.at), p.count, p.remark) for p in lines if p.rule == "due-soon"] == [
        ("2026-02-25 09:00", 2, "3 action items")
    ]
    assert [wall(p.at) for p in lines if p.rule == "monday-list" and p.at][:2] == [
        "2026-02-23 09:00",
        "2026-03-02 09:00",
    ]


def test_a_preview_of_drafts_counts_a_mail_for_each_team() -> None:
    teams = (Team(TeamId(5), "Training", PersonId(3)), Team(TeamId(6), "Schools", PersonId(4)))
    seen = replace(snapshot(standing(3, leads=(TeamId(5),)), standing(4, leads=(TeamId(6),))), teams=teams)
    lines = preview([CALLS], seen, known(CALLS), at("2026-03-16 09:00"))  # type: ignore[arg-type]
    assert [(wall(p.at), p.count) for p in lines] == [("2026-03-20 09:00", 1), ("2026-03-20 09:00", 1)]


def test_the_answers_of_two_people_are_two_mails_to_the_convener() -> None:
    made = rule('when = "reply is no"', 'to = ["convener", "the person who replied"]')
    people = [standing(n, invited="2026-01-30 09:00", said="no", said_at="2026-02-02 09:00") for n in (1, 2)]
    convener = CONVENER
    keys = set()
    for who in (1, 2):
        seen = snapshot(*people, convener)
        happening = Happening(HappeningKind.REPLY_IS_NO, "answer-1", at("2026-02-02 09:00"), PersonId(who))
        found = happened([made], seen, happening, known(made), at("2026-02-02 09:01"))  # type: ignore[arg-type]
        assert [n.person_id for n in found.notices] == [who, 9]
        keys |= {n.key for n in found.notices}
        noticed = convener.noticed | {(made.id, n.round) for n in found.notices if n.person_id == 9}
        convener = replace(convener, noticed=noticed)
    assert len(keys) == 4


def test_the_action_team_of_a_teams_own_call_is_that_team() -> None:
    made = rule('to = ["action team", "action team leads"]')
    people = [standing(1, teams=(TeamId(5),)), standing(2, teams=(TeamId(6),)), standing(3, leads=(TeamId(5),))]
    people.append(standing(4, leads=(TeamId(6),)))
    call = snapshot(*people, of=meeting(team_id=TeamId(5)))
    found = run(made, call, "2026-02-26 09:00").notices
    assert [n.person_id for n in found] == [1, 3]
    assert [still_wanted(made, n, call, at("2026-02-26 09:01")) for n in found] == [Wanted(), Wanted()]
    assert [n.person_id for n in run(made, snapshot(*people), "2026-02-26 09:00").notices] == [1, 2, 3, 4]


def test_a_year_without_a_meeting_has_no_report() -> None:
    """Tasks 51, 53: a young partnership gets no nearly empty report in January."""
    made = rule(
        'when = "every year on the second business day at 09:00"',
        'to = "convener"',
        'only-if = ["a meeting was held last year"]',
    )
    for holds, wanted in (((), 0), (("a meeting was held in 2026",), 1), (("a meeting was held in 2025",), 0)):
        seen = replace(picture(), holds=frozenset(holds))
        found = run(made, seen, "2027-01-04 09:00")
        assert len(found.notices) == wanted, holds
