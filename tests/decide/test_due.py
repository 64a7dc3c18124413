"""What falls due, for whom, and when: the laws, one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.decide.due import Due, due, happened, next_due
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Happening, HappeningKind, Snapshot
from mailer.partnership.meetings import MeetingStatus
from mailer.partnership.people import Role
from mailer.terms import PersonId
from tests.decide.cast import at, known, meeting, person, rule, snapshot, standing, wall

INVITED = "2026-01-29 09:05"


def people(found: Due) -> list[int]:
    return [n.person_id for n in found.notices]


def run(made: Rule | tuple[Rule, ...], picture: Snapshot, now: str, since: str = "2026-01-01 00:00") -> Due:
    several = (made,) if isinstance(made, Rule) else made
    return due(several, picture, known(*several, since=since), at(now))  # type: ignore[arg-type]


def occur(
    made: Rule, picture: Snapshot, kind: HappeningKind, who: int | None, now: str, occasion: str = "answer-1"
) -> Due:
    happening = Happening(kind, occasion, at(now), PersonId(who) if who else None)
    return happened((made,), picture, happening, known(made), at(now))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("6 weeks before meeting start at 09:00", "2026-01-29 09:00"),
        ("10 business days before meeting start at 09:30", "2026-02-26 09:30"),
        ("2 business days before reply deadline at 09:30", "2026-03-03 09:30"),
        ("1 business day after meeting end at 14:00", "2026-03-13 14:00"),
        ("3 hours before meeting start", "2026-03-12 06:00"),
        ("90 minutes after meeting end", "2026-03-12 13:30"),
        ("1 month before meeting start at 08:00", "2026-02-12 08:00"),
        ("2 days before meeting start", "2026-03-10 09:00"),
        ("0 days before meeting start at 07:00", "2026-03-12 07:00"),
        ("on 2026-03-02 at 09:00", "2026-03-02 09:00"),
        ("1 business day after invitation at 10:00", "2026-01-30 10:00"),
        ("5 days after invitation", "2026-02-03 09:05"),
        ("reply is yes", None),
    ],
)
def test_every_way_to_say_when(when: str, expected: str | None) -> None:
    picture = snapshot(standing(1, invited=INVITED))
    to = 'to = "the person who replied"' if "reply is" in when else 'to = "everyone invited"'
    made = rule(f'when = "{when}"', to)
    found = next_due(made, picture, at("2026-01-03 00:00"))
    assert wall(found) == expected
    if found is not None:
        assert next_due(made, picture, found) is None
        assert due((made,), picture, known(made), found - timedelta(seconds=1)) == Due()  # type: ignore[arg-type]
        assert people(due((made,), picture, known(made), found)) == [1]  # type: ignore[arg-type]


def test_a_date_is_on_the_clock_of_the_file_and_an_offset_on_that_of_the_meeting() -> None:
    berlin = meeting("2026-03-12 09:00", zone="Europe/Berlin")
    picture = snapshot(standing(1, invited=INVITED), of=berlin)
    on_date = rule('when = "on 2026-03-02 at 09:00"', timing='time-zone = "America/New_York"')
    offset = rule('when = "1 day before meeting start at 09:00"', timing='time-zone = "America/New_York"')
    start = at("2026-01-03 00:00")
    assert wall(next_due(on_date, picture, start), "America/New_York") == "2026-03-02 09:00"
    assert wall(next_due(offset, picture, start), "Europe/Berlin") == "2026-03-11 09:00"


def test_no_deadline_no_mail() -> None:
    made = rule('when = "2 days before reply deadline at 09:00"')
    picture = snapshot(standing(1, invited=INVITED), of=meeting(reply_deadline=None))
    assert next_due(made, picture, at("2026-01-03 00:00")) is None
    assert run(made, picture, "2026-03-10 09:00") == Due()


def test_next_due_is_the_earliest_of_all_people_and_times() -> None:
    made = rule('when = ["1 day after invitation at 10:00", "on 2026-02-20 at 09:00"]')
    picture = snapshot(standing(1, invited="2026-02-02 09:00"), standing(2, invited="2026-02-10 09:00"), standing(3))
    after, found = at("2026-01-05 00:00"), []
    while (instant := next_due(made, picture, after)) is not None:
        found.append(wall(instant))
        after = instant
    assert found == ["2026-02-03 10:00", "2026-02-11 10:00", "2026-02-20 09:00"]


# --- who ----------------------------------------------------------------------------------------------------------------------

EVERYBODY = (
    standing(person(1)),
    standing(person(2), invited=INVITED),
    standing(person(3), invited=INVITED, said="yes", said_at="2026-02-01 08:00"),
    standing(person(4), invited=INVITED, said="no", said_at="2026-02-01 08:00"),
    standing(person(5), invited=INVITED, said="maybe", said_at="2026-02-01 08:00"),
    standing(person(6, kind="public")),
    standing(person(7, kind="support"), invited=INVITED, attended=True),
    standing(person(8, Role.CONVENER)),
    standing(person(9, Role.LEAD_CHAMPION), invited=INVITED, said="yes", said_at="2026-02-01 08:00", attended=False),
    standing(person(10, Role.CHAMPION, Role.NOTE_TAKER)),
    standing(person(11, Role.CO_CHAIR, Role.ACTION_TEAM_LEAD)),
    standing(person(12, Role.CATERER, kind="public")),
    standing(person(13), invited=INVITED, said="delegated", said_at="2026-02-01 08:00"),
)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("businesses", [1, 2, 3, 4, 5, 9, 10, 11, 13]),
        ("public partners", [6]),  # a caterer is no guest
        ("support partners", [7]),
        ("champions", [9, 10, 11]),
        ("lead champion", [9]),
        ("co-chairs", [11]),
        ("convener", [8]),
        ("note taker", [10]),
        ("caterer", [12]),
        ("action team leads", [11]),
        ("everyone invited", [2, 3, 4, 5, 7, 9, 13]),
        ("businesses who have not been invited", [1, 10, 11]),
        ("businesses who have been invited", [2, 3, 4, 5, 9, 13]),
        ("everyone invited who has not replied", [2, 7]),
        ("businesses who have not replied", [2]),
        ("everyone who said yes", [3, 9]),
        ("everyone who said no", [4]),
        ("everyone who said maybe", [5]),
        ("everyone invited who has not said no", [2, 3, 5, 7, 9, 13]),
        ("everyone who attended", [7]),
        ("everyone who said yes and did not attend", [9]),
        ("p6@company6.example", [6]),
        ("P6@COMPANY6.example", [6]),
    ],
)
def test_groups_and_states(to: str, expected: list[int]) -> None:
    assert people(run(rule(f'to = "{to}"'), snapshot(*EVERYBODY), "2026-02-26 09:00")) == expected


def test_several_audiences_and_one_mail_a_person(docstring_rules: tuple[Rule, ...]) -> None:
    """
    [groups]
    steering = ["p6@company6.example", "p1@company1.example", "champions who have not been invited"]
    makers   = ["steering", "note taker"]

    [rule]
    when = "2 weeks before meeting start at 09:00"
    to   = ["makers", "businesses who have not been invited", "lead champion"]
    send = "reminder"
    """
    assert people(run(docstring_rules, snapshot(*EVERYBODY), "2026-02-26 09:00")) == [1, 6, 9, 10, 11]


def test_their_champion_hears_of_an_answer() -> None:
    made = rule('when = "reply is no"', 'to = ["their champion", "convener"]')
    ann = person(1, champion=PersonId(9))
    picture = snapshot(
        standing(ann, invited=INVITED, said="no"),
        standing(person(9, Role.CHAMPION)),
        standing(person(8, Role.CONVENER)),
    )
    found = occur(made, picture, HappeningKind.REPLY_IS_NO, 1, "2026-02-03 12:00")
    assert [(n.person_id, n.about) for n in found.notices] == [(9, 1), (8, 1)]


# --- who must not be written to -----------------------------------------------------------------------------------------------


def test_some_are_left_out_and_the_reason_is_told() -> None:
    dead = person(2, addresses=("a@x.example", "b@x.example"), dead=frozenset({"a@x.example", "b@x.example"}))
    alias = person(3, addresses=("a@y.example", "b@y.example"), dead=frozenset({"a@y.example"}))
    picture = snapshot(
        standing(person(1, stopped_at=at("2026-01-05 00:00")), invited=INVITED),
        standing(dead, invited=INVITED),
        standing(alias, invited=INVITED),
        standing(person(4, addresses=()), invited=INVITED),
        standing(person(5), invited=INVITED, stopped=True),
        standing(person(6), invited="2026-02-25 09:00"),
        standing(person(7), invited=INVITED, call_logged_at=at("2026-02-24 15:00")),
        standing(person(8), invited=INVITED, said="yes", said_at="2026-02-01 08:00"),
    )
    made = rule(
        'to = "everyone invited who has not replied"',
        'unless = ["invited less than 5 business days ago", "call logged in the last 3 business days"]',
    )
    found = run(made, picture, "2026-02-26 09:00")
    assert people(found) == [3]
    assert {o.person: (o.sentence, o.key) for o in found.left_out} == {
        1: ("asked not to be written to", ""),
        2: ("no address is left that works", ""),
        4: ("has no address", ""),
        5: ("asked to hear nothing more about this meeting", ""),
        6: ('"invited less than 5 business days ago"', "unless"),
        7: ('"call logged in the last 3 business days"', "unless"),
    }


def test_an_empty_group_is_told() -> None:
    found = run(rule('to = "caterer"'), snapshot(standing(1)), "2026-02-26 09:00")
    assert [(o.person, o.sentence) for o in found.left_out] == [(None, 'nobody is in "caterer"')]


@pytest.mark.parametrize(
    ("line", "facts", "holds", "sent"),
    [
        ('only-if = "place is set"', {}, (), True),
        ('only-if = "place is set"', {"place": ""}, (), False),
        ('only-if = "place is set"', {"place": "", "online_link": "https://meet.example/1"}, (), True),
        ('unless = "place is not set"', {"place": ""}, (), False),
        ('only-if = "attendance is recorded"', {}, (), False),
        ('only-if = "attendance is recorded"', {}, ("attendance is recorded",), True),
        ('unless = "attendance is recorded"', {}, ("attendance is recorded",), False),
        ('only-if = "meeting starts within 2 weeks"', {}, (), True),
        ('only-if = "meeting starts within 13 days"', {}, (), False),
        ('only-if = ["place is set", "meeting starts within 13 days"]', {}, (), False),  # and
        ('unless = ["place is not set", "meeting starts within 2 weeks"]', {}, (), False),  # or
    ],
)
def test_conditions(line: str, facts: dict[str, object], holds: tuple[str, ...], sent: bool) -> None:
    picture = snapshot(standing(1, invited=INVITED), of=meeting(**facts), holds=holds)  # type: ignore[arg-type]
    found = run(rule(line), picture, "2026-02-26 09:00")
    assert bool(found.notices) is sent
    assert bool(found.left_out) is not sent


def test_a_delegate_is_enough() -> None:
    made = rule('unless = "they already named a delegate"')
    picture = snapshot(
        standing(1, invited=INVITED, named_delegate=True),
        standing(2, invited=INVITED, said="delegated"),
        standing(3, invited=INVITED),
    )
    assert people(run(made, picture, "2026-02-26 09:00")) == [3]


# --- once, and never looking back ---------------------------------------------------------------------------------------------


def test_nobody_gets_the_same_rule_twice() -> None:
    made = rule('when = "2 weeks before meeting start at 09:00"')
    picture = snapshot(standing(1, invited=INVITED, noticed=(("rule", "r0"),)), standing(2, invited=INVITED))
    found = run(made, picture, "2026-02-26 09:00")
    assert [(n.person_id, n.round, n.key) for n in found.notices] == [(2, "r0", "7/rule/2/r0")]


def test_several_times_of_one_rule_are_told_apart_by_their_words_not_their_order() -> None:
    one = rule(
        'when = ["5 business days before meeting start at 11:00", "1 business day before meeting start at 11:00"]',
        'to = "convener"',
    )
    other = replace(one, whens=one.whens[::-1])
    picture = snapshot(standing(person(8, Role.CONVENER)))
    rounds = {}
    for made in (one, other):
        first = run(made, picture, "2026-03-05 11:00").notices[0].round
        second = [n.round for n in run(made, picture, "2026-03-11 11:00").notices]
        assert len(second) == 1
        rounds[made.whens] = (first, second[0])
    assert len(set(rounds.values())) == 1
    assert len(set(next(iter(rounds.values())))) == 2


def test_a_new_rule_never_looks_back() -> None:
    made = rule('if-late = "send at once until meeting start"')
    picture = snapshot(standing(1, invited=INVITED))
    assert run(made, picture, "2026-02-26 09:00", since="2026-02-26 08:59").notices
    assert run(made, picture, "2026-02-26 12:00", since="2026-02-26 09:00") == Due()
    assert run(made, picture, "2026-02-26 12:00", since="2026-02-26 10:00") == Due()
    assert due((made,), picture, {}, at("2026-02-26 09:00")) == Due()


def test_a_new_rule_about_answers_never_looks_back() -> None:
    made = rule('when = "reply is yes"', 'to = "the person who replied"')
    picture = snapshot(standing(1, invited=INVITED, said="yes"))
    happening = Happening(HappeningKind.REPLY_IS_YES, "answer-1", at("2026-02-03 12:00"), PersonId(1))
    for since, sent in (("2026-02-03 11:59", 1), ("2026-02-03 12:00", 0), ("2026-02-04 00:00", 0)):
        found = happened((made,), picture, happening, known(made, since=since), at("2026-02-05 12:00"))  # type: ignore[arg-type]
        assert len(found.notices) == sent


# --- late ---------------------------------------------------------------------------------------------------------------------

LATE = 'when = "10 business days before meeting start at 09:30"'  # Thursday 26 February


@pytest.mark.parametrize(
    ("if_late", "now", "leaves"),
    [
        ("", "2026-02-26 09:30", "2026-02-26 09:30"),
        ("", "2026-02-26 16:00", "2026-02-26 16:00"),  # its day is not over
        ("", "2026-02-26 17:30", "2026-02-27 08:00"),  # nor is it lost when the window has closed
        ("", "2026-02-27 00:00", None),
        ("", "2026-03-02 09:00", None),
        ("skip", "2026-02-27 09:00", None),
        ("send at once until meeting start", "2026-02-28 12:00", "2026-03-02 08:00"),  # a Saturday
        ("send at once until meeting start", "2026-03-12 08:59", "2026-03-12 08:59"),
        ("send at once until meeting start", "2026-03-12 09:00", None),
        ("send at once until meeting start", "2026-03-13 09:00", None),
        ("send if the meeting is at least 3 business days away", "2026-03-09 16:59", "2026-03-09 16:59"),
        (
            "send if the meeting is at least 3 business days away",
            "2026-03-09 17:00",
            None,
        ),  # it would leave on the 10th
        ("send if the meeting is at least 3 business days away", "2026-03-10 09:00", None),
    ],
)
def test_late(if_late: str, now: str, leaves: str | None) -> None:
    lines = [LATE, *([f'if-late = "{if_late}"'] if if_late else [])]
    made = rule(*lines, timing='send-between = "08:00-17:00"\nsend-on = "business days"')
    found = run(made, snapshot(standing(1, invited=INVITED)), now)
    assert [wall(n.not_before) for n in found.notices] == ([leaves] if leaves else [])
    if leaves is None:
        assert [(o.person, o.sentence, o.key) for o in found.left_out] == [
            (None, "it was due on Thu 26 Feb at 09:30", "if-late")
        ]


def test_a_meeting_added_after_the_rules_time() -> None:
    short_notice = meeting(created_at=at("2026-03-02 10:00"))
    picture = snapshot(standing(1), of=short_notice)
    to = 'to = "businesses who have not been invited"'
    skipping = rule('when = "6 weeks before meeting start at 09:00"', to)
    sending = rule(
        'when = "6 weeks before meeting start at 09:00"',
        to,
        'if-late = "send if the meeting is at least 3 business days away"',
    )
    assert [o.sentence for o in run(skipping, picture, "2026-03-02 10:00").left_out] == [
        "it was due on Thu 29 Jan at 09:00, before there was the meeting"
    ]
    assert next_due(sending, picture, at("2026-03-02 09:59")) == at("2026-03-02 10:00")
    assert people(run(sending, picture, "2026-03-02 10:00")) == [1]
    # The rule was there before the meeting: this is not looking back.
    assert people(run(sending, picture, "2026-03-02 10:00", since="2026-02-20 00:00")) == [1]
    assert people(run(sending, picture, "2026-03-02 10:01", since="2026-03-02 10:00")) == []


@pytest.mark.parametrize(
    ("when", "starts", "leaves", "not_after"),
    [
        # A Sunday meeting; the window opens on Monday: too late for both.
        ("3 hours before meeting start", "2026-03-15 09:00", None, None),
        ("1 day before meeting start at 09:00", "2026-03-15 09:00", None, None),
        ("2 days before meeting start at 18:00", "2026-03-15 09:00", None, None),
        ("2 days before meeting start at 07:00", "2026-03-15 09:00", "2026-03-13 08:00", "2026-03-15 09:00"),
        ("3 hours before meeting start", "2026-03-12 09:00", "2026-03-12 08:00", "2026-03-12 09:00"),
        ("0 days before meeting start at 10:00", "2026-03-12 09:00", None, None),
        ("1 hour after meeting end", "2026-03-13 09:00", "2026-03-13 13:00", None),
        ("6 hours after meeting end", "2026-03-13 09:00", "2026-03-16 08:00", None),  # Friday evening → Monday
    ],
)
def test_hours_and_the_anchor(when: str, starts: str, leaves: str | None, not_after: str | None) -> None:
    made = rule(f'when = "{when}"', timing='send-between = "08:00-17:00"\nsend-on = "business days"')
    picture = snapshot(standing(1, invited=INVITED), of=meeting(starts, reply_deadline=None))
    instant = next_due(made, picture, at("2026-01-05 00:00"))
    assert instant is not None
    found = due((made,), picture, known(made), instant)  # type: ignore[arg-type]
    assert [wall(n.not_before) for n in found.notices] == ([leaves] if leaves else [])
    assert [wall(n.not_after) for n in found.notices] == ([not_after] if leaves else [])
    assert bool(found.left_out) is (leaves is None)


# --- chasing ------------------------------------------------------------------------------------------------------------------


def test_after_an_outage_only_the_latest_reminder(docstring_rules: tuple[Rule, ...]) -> None:
    """
    [first]
    when    = "10 business days before meeting start at 09:30"
    to      = "everyone invited who has not replied"
    send    = "reminder"
    if-late = "send at once until meeting start"

    [second]
    when    = "8 business days before meeting start at 09:30"
    to      = "everyone invited who has not replied"
    send    = "reminder"
    if-late = "send at once until meeting start"

    [last]
    when    = "2 business days before reply deadline at 09:30"
    to      = "everyone invited who has not replied"
    send    = "last-call"
    if-late = "send at once until meeting start"
    unless  = ["call logged in the last 5 business days"]
    """
    called = standing(2, invited=INVITED, call_logged_at=at("2026-03-03 15:00"))
    picture = snapshot(standing(1, invited=INVITED), called)
    found = run(docstring_rules, picture, "2026-03-04 11:00")
    assert [(n.rule, n.person_id) for n in found.notices] == [("second", 2), ("last", 1)]
    told = {(o.rule, o.person): o.sentence for o in found.left_out}
    assert told[docstring_rules[0].id, PersonId(1)] == "a later reminder, [last], is due or has been decided"
    assert told[docstring_rules[1].id, PersonId(1)] == "a later reminder, [last], is due or has been decided"
    # Once the last has been decided, the earlier ones do not come after it.
    picture = snapshot(standing(1, invited=INVITED, noticed=(("last", "r0"),)))
    assert run(docstring_rules, picture, "2026-03-05 11:00").notices == ()


def test_of_two_reminders_at_the_same_instant_the_further_down(docstring_rules: tuple[Rule, ...]) -> None:
    """
    [reminder]
    when = "7 business days before meeting start at 09:30"
    to   = "everyone invited who has not replied"
    send = "reminder"

    [last]
    when = "2 business days before reply deadline at 09:30"
    to   = "everyone invited who has not replied"
    send = "last-call"
    """
    found = run(docstring_rules, snapshot(standing(1, invited=INVITED)), "2026-03-03 09:30")
    assert [n.rule for n in found.notices] == ["last"]


REPEATED = (
    'when = "12 business days before meeting start at 08:30"',  # Tuesday 24 February
    'to = "everyone invited who has not replied"',
    'repeat = "every 3 business days, at most 3 times"',
    'ask = "yes, no or maybe"',
)


def test_repeats_have_their_days_and_rounds() -> None:
    made = rule(*REPEATED)
    picture = snapshot(standing(1, invited=INVITED))
    after, found = at("2026-01-05 00:00"), []
    while (instant := next_due(made, picture, after)) is not None:
        notice = due((made,), picture, known(made), instant).notices[0]  # type: ignore[arg-type]
        found.append((wall(instant), notice.round))
        after = instant
    assert found == [
        ("2026-02-24 08:30", "r0"),
        ("2026-02-27 08:30", "r0.2"),
        ("2026-03-04 08:30", "r0.3"),
        ("2026-03-09 08:30", "r0.4"),
    ]


def test_repeats_end_before_the_meeting_and_with_an_answer() -> None:
    made = rule(
        'when = "2 days before meeting start at 08:30"',
        'to = "champions"',
        'repeat = "every 1 day, at most 9 times"',
        'ask = "yes, no or maybe"',
    )
    champion = person(1, Role.CHAMPION)
    picture = snapshot(standing(champion))
    assert wall(next_due(made, picture, at("2026-03-11 12:00"))) == "2026-03-12 08:30"
    assert next_due(made, picture, at("2026-03-12 08:30")) is None
    silent, answered = standing(champion), standing(champion, invited=INVITED, said="maybe", said_at="2026-03-10 12:00")
    assert run(made, snapshot(silent), "2026-03-11 08:30").notices
    found = run(made, snapshot(answered), "2026-03-11 08:30")
    assert [(o.sentence, o.key) for o in found.left_out] == [("has replied (maybe)", "ask")]


def test_stop_when() -> None:
    lines = (
        'when = "9 days before meeting start at 08:30"',
        'to = "convener"',
        'repeat = "every 1 day, at most 9 times"',
        'stop-when = ["place is set"]',
    )
    made = rule(*lines)
    with_place = snapshot(standing(person(8, Role.CONVENER)))
    without = snapshot(standing(person(8, Role.CONVENER)), of=meeting(place=""))
    assert run(made, with_place, "2026-03-03 08:30").notices, "the first mail is no repeat"
    assert run(made, without, "2026-03-04 08:30").notices
    assert [o.sentence for o in run(made, with_place, "2026-03-04 08:30").left_out] == ['"place is set"']


def test_nobody_is_reminded_of_what_is_younger_than_the_reminder() -> None:
    made = rule('to = "everyone invited who has not replied"', 'if-late = "send at once until meeting start"')
    picture = snapshot(standing(1, invited="2026-02-26 10:00"), standing(2, invited=INVITED))
    assert people(run(made, picture, "2026-02-26 12:00")) == [2]


def test_whoever_says_yes_after_the_rules_time_has_the_rules_for_answers() -> None:
    made = rule('to = "everyone who said yes"', 'if-late = "send at once until meeting start"')
    picture = snapshot(
        standing(1, invited=INVITED, said="yes", said_at="2026-02-26 08:59"),
        standing(2, invited=INVITED, said="yes", said_at="2026-02-26 09:01"),
    )
    assert people(run(made, picture, "2026-02-26 12:00")) == [1]


# --- the meeting changes ------------------------------------------------------------------------------------------------------


def test_a_moved_meeting_is_a_new_round() -> None:
    made = rule(
        'when = "10 business days before meeting start at 09:30"', 'to = "everyone invited who has not replied"'
    )
    had = standing(1, invited=INVITED, noticed=(("rule", "r0"),))
    later = meeting("2026-04-16 09:00", round=1, changed_at=at("2026-03-02 12:00"), reply_deadline=None)
    picture = snapshot(had, of=later)
    assert wall(next_due(made, picture, at("2026-03-02 12:00"))) == "2026-04-02 09:30"
    assert [n.round for n in run(made, picture, "2026-04-02 09:30").notices] == ["r1"]
    assert run(made, picture, "2026-03-02 12:00") == Due()


def test_what_fell_due_before_the_move_is_not_due_again() -> None:
    """Moved closer: the new time of the rule lies before the move. Who had it keeps it; for the others if-late decides."""
    closer = meeting("2026-03-05 09:00", round=1, changed_at=at("2026-02-27 12:00"), reply_deadline=None)
    had = standing(1, invited=INVITED, noticed=(("rule", "r0"),))
    picture = snapshot(had, standing(2, invited=INVITED), of=closer)
    lines = ('when = "10 business days before meeting start at 09:30"', 'to = "everyone invited who has not replied"')
    found = run(rule(*lines), picture, "2026-02-27 12:00")
    assert people(found) == []
    assert [o.sentence for o in found.left_out] == ["it was due on Thu 19 Feb at 09:30, before the meeting was moved"]
    assert people(run(rule(*lines, 'if-late = "send at once until meeting start"'), picture, "2026-02-27 12:00")) == [2]


def test_an_invitation_that_waited_when_the_meeting_moved_is_decided_anew() -> None:
    made = rule(
        'when = "6 weeks before meeting start at 09:00"',
        'to = "businesses who have not been invited"',
        'hold = "ask me first"',
        'if-late = "send if the meeting is at least 3 business days away"',
    )
    moved = meeting("2026-03-10 09:00", round=1, changed_at=at("2026-02-02 12:00"))
    picture = snapshot(
        standing(1, noticed=(("rule", "r0"),)), standing(2, invited=INVITED, noticed=(("rule", "r0"),)), of=moved
    )
    assert people(run(made, picture, "2026-02-02 12:00")) == [1]


def test_a_cancelled_meeting_sends_only_its_cancellation() -> None:
    off = meeting(status=MeetingStatus.CANCELLED, changed_at=at("2026-02-20 10:00"))
    picture = snapshot(
        standing(1, invited=INVITED),
        standing(2, invited=INVITED, said="no"),
        standing(person(8, Role.CONVENER)),
        of=off,
    )
    reminder = rule('to = "everyone invited"')
    assert run(reminder, picture, "2026-02-26 09:00") == Due()
    assert next_due(reminder, picture, at("2026-01-05 00:00")) is None
    cancellation = rule(
        'when = "meeting is cancelled"',
        'to = "everyone invited who has not said no"',
        'attach = "calendar cancellation"',
        'send = "cancelled"',
    )
    assert people(
        occur(cancellation, picture, HappeningKind.MEETING_IS_CANCELLED, None, "2026-02-20 10:00", "sequence-1")
    ) == [1]
    confirmation = rule('when = "reply is yes"', 'to = "the person who replied"', 'send = "confirmation-yes"')
    found = occur(confirmation, picture, HappeningKind.REPLY_IS_YES, 1, "2026-02-21 10:00")
    assert [o.sentence for o in found.left_out] == ["the meeting is cancelled"]
    bounce = rule('when = "mail bounces"', 'to = "convener"', 'send = "address-is-dead"')
    assert people(occur(bounce, picture, HappeningKind.MAIL_BOUNCES, 1, "2026-02-21 10:00", "bounce-x")) == [8]


# --- happenings ---------------------------------------------------------------------------------------------------------------


def test_an_answer_is_acknowledged_once_and_in_the_hours() -> None:
    made = rule(
        'when = "reply is yes"',
        'to = "the person who replied"',
        'send = "confirmation-yes"',
        'send-between = "08:00-17:00"',
    )
    picture = snapshot(standing(1, invited=INVITED, said="yes"), standing(2, invited=INVITED))
    found = occur(made, picture, HappeningKind.REPLY_IS_YES, 1, "2026-02-03 22:00")
    assert [(n.person_id, n.round, wall(n.not_before), wall(n.not_after), n.about) for n in found.notices] == [
        (1, "answer-1", "2026-02-04 08:00", "2026-03-12 12:00", None)
    ]
    again = snapshot(standing(1, invited=INVITED, said="yes", noticed=(("rule", "answer-1"),)))
    assert occur(made, again, HappeningKind.REPLY_IS_YES, 1, "2026-02-03 22:00") == Due()
    assert people(occur(made, again, HappeningKind.REPLY_IS_YES, 1, "2026-02-09 10:00", "answer-3")) == [1]
    assert occur(made, picture, HappeningKind.REPLY_IS_NO, 1, "2026-02-03 12:00") == Due()


def test_nothing_about_a_meeting_that_is_over() -> None:
    made = rule('when = "reply is yes"', 'to = "the person who replied"')
    found = occur(
        made, snapshot(standing(1, invited=INVITED, said="yes")), HappeningKind.REPLY_IS_YES, 1, "2026-03-13 09:00"
    )
    assert [o.sentence for o in found.left_out] == ["the meeting is over"]


def test_only_if_for_a_late_yes() -> None:
    made = rule(
        'when = "reply is yes"', 'only-if = "meeting starts within 1 business day"', 'to = "the person who replied"'
    )
    picture = snapshot(standing(1, invited=INVITED, said="yes"))
    assert not occur(made, picture, HappeningKind.REPLY_IS_YES, 1, "2026-03-10 12:00").notices
    assert occur(made, picture, HappeningKind.REPLY_IS_YES, 1, "2026-03-11 07:00").notices


# --- what a notice says -------------------------------------------------------------------------------------------------------


def test_who_signs() -> None:
    lead, other = person(8, Role.LEAD_CHAMPION), person(9, Role.CHAMPION)
    picture = snapshot(
        standing(person(1, champion=PersonId(9))),
        standing(person(2)),
        standing(lead),
        standing(other),
        standing(person(10, Role.CO_CHAIR)),
    )

    def signers(line: str) -> dict[int, int | None]:
        found = run(rule('to = "businesses"', line), picture, "2026-02-26 09:00")
        return {n.person_id: n.on_behalf_of for n in found.notices}

    assert signers('on-behalf-of = "their champion"') == {1: 9, 2: 8, 8: None, 9: 8, 10: 8}
    assert signers('on-behalf-of = "lead champion"') == {1: 8, 2: 8, 8: None, 9: 8, 10: 8}
    assert signers('on-behalf-of = "co-chair"') == {1: 10, 2: 10, 8: 10, 9: 10, 10: None}
    assert signers('on-behalf-of = "convener"') == dict.fromkeys((1, 2, 8, 9, 10))


def test_a_notice_carries_what_the_rule_says() -> None:
    made = rule(
        'to = "businesses who have not been invited"',
        'send = "invitation-business"',
        'attach = ["calendar invitation"]',
        'hold = "ask me first"',
    )
    notice = run(made, snapshot(standing(1)), "2026-02-26 09:00").notices[0]
    assert (notice.letter, notice.attach, notice.hold, notice.invites) == (
        "invitation-business",
        ("calendar invitation",),
        True,
        True,
    )
    assert notice.reason == "2 weeks before meeting start at 09:00"
    assert wall(notice.not_after) == "2026-03-12 09:00"


@pytest.mark.parametrize(
    ("lines", "invites", "chases"),
    [
        (('to = "businesses who have not been invited"',), True, False),
        (('attach = "calendar invitation"',), True, False),
        (('attach = "calendar update"',), False, False),
        (('to = "everyone invited who has not replied"',), False, True),
        (('to = "everyone invited who has not said no"',), False, False),
    ],
)
def test_what_a_rule_is(lines: tuple[str, ...], invites: bool, chases: bool) -> None:
    made = rule(*lines)
    assert (made.invites, made.chases) == (invites, chases)


def test_the_digest_is_of_the_meaning() -> None:
    when, to = 'when = "1 business day before meeting start at 09:00"', 'to = ["champions", "convener"]'
    one = rule(when, to)
    same = rule(
        'note = "n"',
        'to = [\n"Champions",\n"the convener"]',
        'when = "1 Business Days before the meeting start at 9:00"',
    )
    other = rule(when.replace("09:00", "09:01"), to)
    assert one.digest == same.digest != other.digest
    assert replace(one, hold=True).digest == one.digest, "the digest is made when the file is read"
