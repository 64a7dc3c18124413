"""The page of the rule language, sentence by sentence: its words, what a convener writes with them, and what happens then.

What is proved at length elsewhere is named in `ELSEWHERE`, so that every sentence can be found. The wall clock is Chicago's.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from mailer.decide.conditions import Unwanted, Wanted, still_wanted
from mailer.decide.due import Due, due, happened
from mailer.decide.phrases import STARTS, Read, read
from mailer.decide.rule import Rule
from mailer.decide.rulebook import read_rules
from mailer.decide.snapshot import Happening, HappeningKind, Notice, Snapshot, Standing
from mailer.decide.vocabulary import LAWS, Kind, vocabulary
from mailer.decide.vocabulary import WORDS as TABLE
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.partnership.people import Role
from mailer.partnership.plan import Item, Team, done, needs_help
from mailer.terms import PersonId, RuleId, TeamId
from tests.decide.cast import LETTERS, at, known, meeting, person, rule, rules, snapshot, standing, wall
from tests.decide.test_at_large import at_large, item

ELSEWHERE = {
    "one heading per rule; no [[…]], no nested or inline tables, no bare dates; a missing quote; every slip in its own words":
        "decide.test_slips.test_a_slip_is_told_kindly_and_exactly",
    "every error of every file": "decide.test_slips.test_every_mistake_of_every_file_at_once",
    "every key": "decide.test_shipped.test_every_key_that_works_is_read",
    "every way to say when": "decide.test_due.test_every_way_to_say_when",
    "every quarter on the second Tuesday": "decide.test_at_large.test_what_comes_round",
    "a list under when means any of them": "decide.test_due.test_next_due_is_the_earliest_of_all_people_and_times",
    "a list under to is a union, one mail per person": "decide.test_due.test_several_audiences_and_one_mail_a_person",
    "the display name, and On behalf of": "render.test_message.test_on_behalf_of",
    "who signs": "decide.test_due.test_who_signs",
    "released by ok, not Bob, stop": "flow.test_desk.test_letters_that_wait_are_released_by_a_reply",
    "repeat: so many times, on their days": "decide.test_due.test_repeats_have_their_days_and_rounds",
    "stop-when": "decide.test_due.test_stop_when",
    "if-late": "decide.test_due.test_late",
    "one mail per person per day": "decide.test_at_large.test_one_mail_a_day",
    "one mail per company": "decide.test_at_large.test_one_mail_per_company",
    "draft a meeting for each action team": "decide.test_at_large.test_a_draft_for_each_team",
    "law 1": "decide.test_due.test_nobody_gets_the_same_rule_twice",
    "law 1, over any history": "decide.test_laws.test_the_laws_hold_in_any_history",
    "law 3": "decide.test_due.test_a_new_rule_never_looks_back",
    "law 3, it shows what it would have sent": "decide.test_changes.test_a_new_rule_never_looks_back_but_says_so",
    "law 3, and asks": "flow.test_rules.test_a_new_rule_looks_back_only_on_the_conveners_word",
    "law 5": "decide.test_due.test_a_date_is_on_the_clock_of_the_file_and_an_offset_on_that_of_the_meeting",
    "law 5, daylight saving": "decide.test_workdays.test_lengths_of_time_across_the_change_of_clocks",
    "law 6": "decide.test_due.test_hours_and_the_anchor",
    "law 7": "decide.test_due.test_after_an_outage_only_the_latest_reminder",
    "law 9": "flow.test_rules.test_a_broken_edit_changes_nothing_and_its_owner_gets_one_mail",
    "preview": "decide.test_preview.test_the_timeline_of_the_shipped_rules",
    "rehearse": "flow.test_rehearsal.test_the_daemon_sends_what_the_rehearsal_said",
    "why": "decide.test_preview.test_why_for_one_person",
    "changes: renamed headings": "decide.test_changes.test_another_heading_is_recognised",
    "commands, as typed": "cli.test_rules_commands.test_preview_says_the_plan_and_draws_it",
    "all of it also by mail": "flow.test_commands.test_looking_needs_no_code_and_changes_nothing",
    "warnings for one meeting": "decide.test_meeting_sense.test_a_reminder_before_the_invitation",
    "the six example files": "flow.test_rules.test_every_rule_of_the_examples_writes_to_somebody",
}  # fmt: skip


@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE)
def test_it_is_proved_elsewhere(place: str) -> None:
    module, _, name = place.rpartition(".")
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name, None)), place


# --- the words ----------------------------------------------------------------------------------------------------------------

WORDS: Mapping[str, str] = {
    "when": "3 minutes before meeting start | 3 hours after meeting end | 3 days before reply deadline at 09:00"
    " | 3 business days after invitation at 09:00 | 3 weeks before item due at 09:00 | 3 months before meeting start"
    " | on 2026-03-02 at 09:00 | every Monday at 08:00 | every quarter on the second Tuesday at 09:00 | reply is yes | reply is no"
    " | reply is maybe | reply is unclear | reply is done | reply is help | delegate is named | meeting is moved | meeting is cancelled"
    " | place is changed | mail bounces | headcount changes by 3 or more | summary is approved | item is added | seat is free"
    " | call result is logged",
    "audience": "businesses | public partners | support partners | champions | lead champion | their champion | everyone invited | convener"
    " | note taker | caterer | item owner | action team | action team leads | the person who replied | the delegate"
    " | businesses who have been invited | businesses who have not been invited | businesses who have not replied"
    " | everyone who said yes | everyone who said no | everyone who said maybe | everyone invited who has not said no"
    " | everyone who attended | everyone who did not attend | everyone who said yes and did not attend",
    "condition": "meeting starts within 5 business days | item is open | item is done | summary is sent | summary is not sent"
    " | summary is approved | summary is not approved | attendance is recorded | place is set | invited less than 5 business days ago"
    " | written to in the last 2 business days | call logged in the last 3 business days | call list is empty | notes are in"
    " | they already named a delegate | item has a new date | an action team has no call yet",
    "attachment": "calendar invitation | calendar update | calendar cancellation | call list | attendee list | sign-in sheet | name badges"
    " | table tents | summary | action plan",
    "ask": "yes, no or maybe | name of a delegate | call results | done, help or a new date | one of the offered times | a new address"
    " | an attachment",
    "signer": "their champion | lead champion | action team lead",
    "hold": "ask me first | no",
    "repeat": "every 3 business days, at most 2 times | every 1 business day, at most 3 times",
    "if_late": "skip | send at once until meeting start | send if the meeting is at least 3 business days away",
    "bundle": "one mail per person per day | one mail per company",
    "do": "draft a meeting for each action team, 2 weeks to 4 weeks after meeting end | draft a meeting, 10 weeks to 14 weeks from now"
    " | draft a planning call, 4 weeks to 3 weeks before meeting start",
    "between": "08:30-16:30 | any time",
    "send_on": "business days",
}  # fmt: skip


@pytest.mark.parametrize(("start", "phrase"), [(s, p.strip()) for s, some in WORDS.items() for p in some.split(" | ")])
def test_every_word_of_the_page_is_read(start: str, phrase: str) -> None:
    assert start in STARTS
    found = read(start, phrase)
    assert isinstance(found, Read), found
    again = read(start, str(found.value))
    assert again == found, "what is read is written the same way"


SHOWN = [
    (word.kind, word.text, example)
    for word in TABLE
    if word.kind in (Kind.ABOUT_KEY, Kind.TIMING_KEY, Kind.KEY, Kind.FORM)
    for example in word.help.split('"')[1::2]
    if example != "at" and "DATE" not in example and "…" not in example
]


@pytest.mark.parametrize(("kind", "key", "example"), SHOWN, ids=[f"{key}: {example}" for _, key, example in SHOWN])
def test_what_convener_words_shows_as_an_example_works_as_it_stands(kind: Kind, key: str, example: str) -> None:
    headings = {Kind.ABOUT_KEY: "about", Kind.TIMING_KEY: "timing"}
    lines = {"when": '"6 weeks before meeting start at 09:00"', "to": '"convener"', "send": '"reminder"'}
    if example == "ask the signer first":
        lines["on-behalf-of"] = '"lead champion"'
    made = {headings.get(kind, "r"): {"when" if kind is Kind.FORM else key: f'"{example}"'}}
    made["r"] = lines | made.get("r", {})
    if "invitation" in made["r"]["when"]:
        made["r"]["to"] = '"everyone invited"'
    text = "\n".join(f"[{h}]\n" + "\n".join(f"{k} = {v}" for k, v in keys.items()) for h, keys in made.items())
    _, problems = read_rules({"x.toml": text + "\n"}, letters=LETTERS, default_zone="UTC")
    assert [p for p in problems if not p.warning] == []


def test_there_are_examples() -> None:
    assert len(SHOWN) >= 20


def test_the_laws_are_printed_with_the_words() -> None:
    assert all(law in vocabulary() for law in LAWS)


# --- who is written to --------------------------------------------------------------------------------------------------------

INVITED, NOW = "2026-01-29 09:05", "2026-02-26 09:00"
SAID_AT = "2026-02-01 08:00"
TEAM = Team(TeamId(3), "Training", PersonId(12), (PersonId(11), PersonId(12)))
PEOPLE = (
    standing(person(1, champion=PersonId(6)), invited=INVITED),
    standing(person(2)),
    standing(person(3, kind="public"), invited=INVITED, said="yes", said_at=SAID_AT, attended=True),
    standing(person(4, kind="public"), invited=INVITED, said="no", said_at=SAID_AT),
    standing(person(5), invited=INVITED, said="maybe", said_at=SAID_AT, attended=False),
    standing(person(6, Role.CHAMPION, kind="support")),
    standing(person(7, Role.LEAD_CHAMPION, kind="support"), invited=INVITED, said="yes", said_at=SAID_AT, attended=False),
    standing(person(8, Role.CONVENER, kind="support")),
    standing(person(9, Role.NOTE_TAKER, kind="support")),
    standing(person(10, Role.CATERER, kind="support")),
    standing(person(11, kind="support"), teams=(TEAM.id,)),
    standing(person(12, kind="support"), teams=(TEAM.id,), leads=(TEAM.id,)),
)  # fmt: skip
ITEM = item(1, "2026-03-02", owner=1, team=TEAM.id)
DELEGATE = PersonId(2)


def picture(
    made: Rule,
    *people: Standing,
    of: Meeting | None = None,
    holds: Sequence[str] = (),
    items: tuple[Item, ...] = (ITEM,),
) -> Snapshot:
    """What the decider sees: the meeting, or for rules about none the partnership at large."""
    seen = snapshot(*(people or PEOPLE), of=of or (at_large() if made.at_large else None), holds=tuple(holds))
    return replace(seen, items=items, teams=(TEAM,))


def decided(made: Rule, seen: Snapshot, now: str = NOW, who: int = 1, about: Item | None = ITEM, count: int = 0) -> Due:
    """What the rule decides at *now*, with what starts it: its time, or something that happens to *who*."""
    if not made.happens:
        return due((made,), seen, known(made), at(now))  # type: ignore[arg-type]
    delegate = DELEGATE if HappeningKind.DELEGATE_IS_NAMED in made.happens else None
    happening = Happening(
        min(made.happens), "answer-1", at(now), PersonId(who), about if made.at_large else None, delegate, count
    )
    return happened((made,), seen, happening, known(made), at(now))  # type: ignore[arg-type]


def to(found: Due) -> list[int]:
    return [n.person_id for n in found.notices]


@pytest.mark.parametrize(
    ("group", "when", "expected"),
    [
        ("businesses", "", [1, 2, 5]),
        ("public partners", "", [3, 4]),
        ("support partners", "", [6, 7, 9, 11, 12]),  # neither the convener nor who brings the food
        ("champions", "", [6, 7]),
        ("lead champion", "", [7]),
        ("their champion", "reply is yes", [6]),
        ("everyone invited", "", [1, 3, 4, 5, 7]),
        ("convener", "", [8]),
        ("note taker", "", [9]),
        ("caterer", "", [10]),
        ("item owner", "1 day before item due at 09:00", [1]),
        ("action team", "", [11, 12]),
        ("action team leads", "", [12]),
        ("action team lead", "reply is help", [12]),
        ("the person who replied", "reply is yes", [1]),
        ("the delegate", "delegate is named", [2]),
        ("board", "", [3, 6, 7]),  # a name from [groups]
        ("board who said yes", "", [3, 7]),
        ("p9@company9.example", "", [9]),
        ("businesses who have been invited", "", [1, 5]),
        ("businesses who have not been invited", "", [2]),
        ("everyone invited who has not replied", "", [1]),
        ("everyone who said yes", "", [3, 7]),
        ("everyone who said no", "", [4]),
        ("everyone who said maybe", "", [5]),
        ("everyone invited who has not said no", "", [1, 3, 5, 7]),
        ("everyone who attended", "", [3]),
        ("everyone who did not attend", "", [5, 7]),
        ("everyone who said yes and did not attend", "", [7]),
    ],
)  # fmt: skip
def test_groups_and_states(group: str, when: str, expected: list[int]) -> None:
    text = f'[groups]\nboard = ["champions", "p3@company3.example"]\n[r]\nwhen = "{when or "2 weeks before meeting start at 09:00"}"\n'
    (made,) = rules(f'{text}to = "{group}"\nsend = "reminder"\n')
    now = "2026-03-01 09:00" if "item due" in when else NOW
    assert to(decided(made, picture(made), now)) == expected


@pytest.mark.parametrize(
    ("when", "group", "who", "expected"),
    [
        ("reply is yes", "the person who replied", 3, [3]),
        ("reply is no", "the person who replied", 4, [4]),
        ("reply is maybe", "the person who replied", 5, [5]),
        ("reply is unclear", "convener", 1, [8]),
        ("reply is done", "the person who replied", 1, [1]),
        ("reply is help", "action team lead", 1, [12]),
        ("delegate is named", "the delegate", 1, [2]),
        ("meeting is moved", "everyone invited who has not said no", 1, [1, 3, 5, 7]),
        ("meeting is cancelled", "everyone invited who has not said no", 1, [1, 3, 5, 7]),
        ("place is changed", "everyone invited", 1, [1, 3, 4, 5, 7]),
        ("mail bounces", "convener", 1, [8]),
        ("summary is approved", "everyone invited", 1, [1, 3, 4, 5, 7]),
        ("item is added", "item owner", 1, [1]),
        ("seat is free", "the person who replied", 3, [3]),
        ("call result is logged", "their champion", 1, [6]),
    ],
)
def test_happenings(when: str, group: str, who: int, expected: list[int]) -> None:
    made = rule(f'when = "{when}"', f'to = "{group}"')
    off = meeting(status=MeetingStatus.CANCELLED) if when == "meeting is cancelled" else None
    seen = picture(made, of=off)
    assert to(decided(made, seen, who=who)) == expected
    other = HappeningKind.REPLY_IS_NO if when != "reply is no" else HappeningKind.REPLY_IS_YES
    happening = Happening(other, "answer-9", at(NOW), PersonId(who))
    assert happened((made,), seen, happening, known(made), at(NOW)) == Due(), "nothing else starts it"  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "expected"), [(3, [10]), (-3, [10]), (7, [10]), (2, []), (-1, [])])
def test_headcount_changes_by_so_many_or_more(count: int, expected: list[int]) -> None:
    made = rule('when = "headcount changes by 3 or more"', 'to = "caterer"')
    assert to(decided(made, picture(made), count=count)) == expected


# --- conditions ---------------------------------------------------------------------------------------------------------------

ANN = standing(1, invited=INVITED)
Situation = Mapping[str, object]


def seen_so(made: Rule, facts: Situation) -> tuple[Snapshot, str]:
    """The picture in a situation, and when it is looked at."""
    own = {k: v for k, v in facts.items() if k not in ("now", "place", "holds", "item")}
    held = meeting(place=facts["place"]) if "place" in facts else None
    items = (facts["item"],) if "item" in facts else (ITEM,)
    seen = picture(made, replace(ANN, **own), of=held, holds=facts.get("holds", ()), items=items)  # type: ignore[arg-type]
    return seen, str(facts.get("now", NOW))


def holding(fact: str) -> tuple[Situation, Situation]:
    return {"holds": (fact,)}, {}


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("meeting starts within 5 business days", {"now": "2026-03-06 09:00"}, {"now": "2026-03-04 09:00"}),
        ("place is set", {"place": "Mill Road 1"}, {"place": ""}),
        ("place is not set", {"place": ""}, {"place": "Mill Road 1"}),
        ("attendance is recorded", {"attended": False}, {}),
        ("summary is sent", *holding("summary is sent")),
        ("summary is not sent", *reversed(holding("summary is sent"))),
        ("summary is approved", *holding("summary is approved")),
        ("summary is not approved", *reversed(holding("summary is approved"))),
        ("notes are in", *holding("notes are in")),
        ("an action team has no call yet", *holding("an action team has no call yet")),
        ("invited less than 30 business days ago", {}, {"invitation": None}),
        ("invited less than 5 business days ago", {"now": "2026-02-04 09:00"}, {"now": "2026-02-06 09:00"}),
        ("written to in the last 2 business days", {"written_at": at("2026-02-25 09:00")}, {"written_at": at("2026-02-23 09:00")}),
        ("call logged in the last 3 business days", {"call_logged_at": at("2026-02-25 09:00")}, {"call_logged_at": at("2026-02-20 09:00")}),
        ("they already named a delegate", {"named_delegate": True}, {}),
        ("call list is empty", {"to_call": 0}, {"to_call": 2}),
    ],
)  # fmt: skip
def test_conditions_are_read_when_it_falls_due_and_when_it_leaves(
    condition: str, true: Situation, false: Situation
) -> None:
    for key, facts, goes in (
        ("only-if", true, True),
        ("only-if", false, False),
        ("unless", true, False),
        ("unless", false, True),
    ):
        made = rule('when = "mail bounces"', 'to = "p1@company1.example"', f'{key} = "{condition}"')
        seen, now = seen_so(made, facts)
        found = decided(made, seen, now)
        assert bool(found.notices) is goes, (key, facts)
        told = f'"{condition}" is not true' if key == "only-if" else f'"{condition}"'
        assert [o.sentence for o in found.left_out] == ([] if goes else [told])
        leaving = still_wanted(made, waiting(made, seen), seen, at(now))
        assert leaving == (Wanted() if goes else Unwanted(told, key)), "law 2: read again, never from memory"


def waiting(made: Rule, seen: Snapshot, round_: str = "bounce-1", who: int = 1) -> Notice:
    return Notice(
        made.id, seen.meeting.id, PersonId(who), round_, made.letter, (), None, False, made.invites, at("2026-01-05 09:00"), "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        ("item is open", ITEM, None),
        ("item is done", done(ITEM), ITEM),
    ],
)
def test_conditions_about_an_item(condition: str, true: Item, false: Item | None) -> None:
    made = rule('when = "reply is done"', 'to = "the person who replied"', f'only-if = "{condition}"')
    assert to(decided(made, picture(made), about=true)) == [1]
    assert to(decided(made, picture(made), about=false or done(ITEM))) == []


def test_an_item_with_a_new_date_ends_the_repeating() -> None:
    made = rule(
        'when = "1 business day after item due at 09:00"',
        'to = "item owner"',
        'repeat = "every 5 business days, at most 3 times"',
        'stop-when = ["item is done", "item has a new date"]',
    )
    for about, expected in (
        (ITEM, Wanted((ITEM.id,))),
        (replace(ITEM, due=ITEM.due and ITEM.due.replace(day=20)), Unwanted("action item 1 has another day now")),
        (done(ITEM), Unwanted("action item 1 is done")),
    ):
        seen = picture(made, items=(about,))
        notice = replace(waiting(made, seen, "item-1/2026-03-02.2"), items=(ITEM.id,))
        assert still_wanted(made, notice, seen, at("2026-03-10 09:00")) == expected
    assert to(decided(made, picture(made), "2026-03-03 09:00")) == [1]


# --- laws ---------------------------------------------------------------------------------------------------------------------

CHASE = ('to = "everyone invited who has not replied"', 'repeat = "every 3 business days, at most 2 times"')
SENT_AT = at("2026-02-26 09:00")
HAD = replace(ANN, noticed=frozenset({(RuleId("rule"), "r0")}), last_of={RuleId("rule"): SENT_AT})
AFTER = "2026-02-27 12:00"


def now_says(said: str) -> Standing:
    return replace(HAD, invitation=standing(1, invited=INVITED, said=said, said_at=AFTER).invitation)


@pytest.mark.parametrize(
    ("lines", "stands", "of", "goes"),
    [
        (CHASE, HAD, None, True),
        (CHASE, now_says("yes"), None, False),
        (CHASE, now_says("no"), None, False),
        (CHASE, now_says("maybe"), None, False),
        (CHASE, now_says("delegated"), None, False),
        (CHASE, replace(HAD, heard_from=True), None, False),  # wrote something that only a person can read
        (CHASE, replace(HAD, person=person(1, dead=frozenset({"p1@company1.example"}))), None, False),  # a bounce
        (CHASE, replace(HAD, person=person(1, stopped_at=at(AFTER))), None, False),  # "stop"
        (CHASE, replace(HAD, stopped=True), None, False),
        (CHASE, HAD, meeting(status=MeetingStatus.CANCELLED), False),
        # an answer always stops it, without being told: neither state nor ask says a word of answers here
        (('to = "everyone invited"', CHASE[1]), HAD, None, True),
        (('to = "everyone invited"', CHASE[1]), now_says("no"), None, False),
        (('to = "businesses"', CHASE[1]), now_says("yes"), None, False),
        (('to = "p1@company1.example"', CHASE[1]), now_says("maybe"), None, False),
        # what is no answer to it stops nothing: said before its first mail, or by those whom it is for
        (('to = "everyone invited"', CHASE[1]), replace(HAD, invitation=PEOPLE[2].invitation), None, True),
        (('to = "everyone who said yes"', CHASE[1]), now_says("yes"), None, True),
    ],
)  # fmt: skip
def test_law_4_what_ends_a_chase_ends_it_at_once(
    lines: tuple[str, ...], stands: Standing, of: Meeting | None, goes: bool
) -> None:
    made = rule('when = "2 weeks before meeting start at 09:00"', *lines)
    seen = picture(made, stands, of=of)
    assert bool(to(decided(made, seen, "2026-03-03 09:00"))) is goes, "the next one"
    assert isinstance(still_wanted(made, waiting(made, seen, "r0.2"), seen, at("2026-03-03 09:00")), Wanted) is goes, (
        "and one that waits"
    )


def test_law_8_or_and_and() -> None:
    both = ['"place is set"', '"attendance is recorded"']
    for key, goes in (("only-if", False), ("unless", False)):
        made = rule(f"{key} = [{', '.join(both)}]")
        assert bool(to(decided(made, picture(made, ANN)))) is goes
    made = rule('unless = ["place is not set", "attendance is recorded"]')
    assert to(decided(made, picture(made, ANN))) == [1]


def test_help_ends_what_asks_about_an_item() -> None:
    made = rule(
        'when = "1 business day after item due at 09:00"', 'to = "item owner"', 'ask = "done, help or a new date"',
        'repeat = "every 5 business days, at most 3 times"',
    )  # fmt: skip
    seen = picture(made, items=(needs_help(ITEM, "no time"),))
    notice = replace(waiting(made, seen, "item-1/2026-03-02.2"), items=(ITEM.id,))
    assert still_wanted(made, notice, seen, at("2026-03-10 09:00")) == Unwanted("has asked for help", "ask")


# --- timing -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "own", "leaves"),
    [
        ("", "", "2026-02-16 07:00"),
        ('send-between = "08:30-16:30"', "", "2026-02-16 08:30"),
        ('send-between = "any time"', "", "2026-02-16 07:00"),
        ('send-on = "business days"', "", "2026-02-16 07:00"),
        ('send-on = "business days"\nholidays = "US federal"', "", "2026-02-17 00:00"),  # Presidents' Day
        ('send-on = "business days"\nholidays = "US federal"\nsend-between = "08:30-16:30"', "", "2026-02-17 08:30"),
        ('send-on = "business days"\nholidays = "US federal"', 'send-on = "every day"', "2026-02-16 07:00"),  # override
        ('send-between = "08:30-16:30"', 'send-between = "any time"', "2026-02-16 07:00"),
        ('send-between = "08:30-16:30"', 'send-between = "10:00-12:00"', "2026-02-16 10:00"),
    ],
)
def test_hours_and_days_and_their_overrides(timing: str, own: str, leaves: str) -> None:
    made = rule('when = "on 2026-02-16 at 07:00"', 'to = "convener"', *([own] if own else []), timing=timing)
    (notice,) = decided(made, picture(made), "2026-02-16 07:00").notices
    assert wall(notice.not_before) == leaves


@pytest.mark.parametrize(("line", "held"), [("", False), ('hold = "no"', False), ('hold = "ask me first"', True)])
def test_hold(line: str, held: bool) -> None:
    made = rule('to = "convener"', *([line] if line else []))
    assert [n.hold for n in decided(made, picture(made)).notices] == [held]


def test_what_is_asked_goes_with_the_letter_to_the_reader_of_the_reply() -> None:
    made = rule('to = "convener"', 'ask = "a new address"', 'attach = ["action plan"]')
    assert [(n.ask, n.attach) for n in decided(made, picture(made)).notices] == [("a new address", ("action plan",))]


# --- how errors speak ---------------------------------------------------------------------------------------------------------

ABOUT = '[about]\ntitle = "Thank you, summary within one week"\nserves = "launch meetings"\n'


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (
            '[remind-1]\nwhen = "reply is yes"\nsend = "reminder"\nto = "busineses who have not replied"\n',
            'launch.toml, line 4, in [remind-1]\n    to = "busineses who have not replied"\n'
            'I do not know the group "busineses". Did you mean "businesses"?\nGroups I know: businesses, public partners, ',
        ),
        (
            '[logistics]\nto = "convener"\nsend = "logistics"\nwhen = "1 business days before meeting at 9am"\n',
            'launch.toml, line 4, in [logistics]\n    when = "1 business days before meeting at 9am"\n'
            'Close.\nWrite:  when = "1 business day before meeting start at 09:00"\n'
            "(an anchor is one of: meeting start, meeting end, reply deadline, invitation, item due",
        ),
        (
            f'{ABOUT}[summary-deadline]\nto = "convener"\nsend = "reminder"\nonly-if = "summary is not sent"\n'
            'when = "6 business days after meeting end"\n',
            'launch.toml, line 8, in [summary-deadline]   (warning)\n    when = "6 business days after meeting end"\n'
            '"6 business days after meeting end" is later than the one week you promised in [about].\n',
        ),
        (
            '[remind-1]\nto = "convener"\nsend = "reminder"\nwhen = "reply is yes\n',
            'launch.toml, line 4, in [remind-1]\n    when = "reply is yes\nA quote is missing: put the words after when = between quotes.\n',
        ),
    ],
)  # fmt: skip
def test_errors_as_the_page_shows_them(file: str, told: str) -> None:
    _, (problem,) = read_rules({"launch.toml": file}, letters=LETTERS, default_zone="UTC")
    assert str(problem).startswith(told)
    assert str(problem).endswith("\nNothing is switched on until this is fixed.") is not problem.warning
