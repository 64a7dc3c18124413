"""The timeline of a meeting, and why one person gets what."""

from dataclasses import replace

import pytest

from mailer.decide.explain import Outcome, why
from mailer.decide.preview import preview, timeline
from mailer.decide.rule import Rule
from mailer.decide.rulebook import read_rules
from mailer.decide.snapshot import Snapshot
from mailer.partnership.meetings import MeetingStatus
from mailer.partnership.people import Role
from mailer.terms import PersonId
from tests.decide import cast
from tests.decide.cast import at, known, meeting, person, rule, snapshot, standing


def shipped() -> tuple[Rule, ...]:
    return read_rules(cast.shipped(), letters=cast.LETTERS, default_zone=cast.ZONE)[0].rules


PEOPLE = (
    standing(replace(person(1, Role.CONVENER), name="Dana Lee", organisation="Northside")),
    standing(replace(person(2, champion=PersonId(4)), name="Ana Ortiz", organisation="Acme")),
    standing(replace(person(3, champion=PersonId(4)), name="Kim Lam", organisation="Bolt")),
    standing(replace(person(4, Role.LEAD_CHAMPION), name="Jo Ali", organisation="Co")),
    standing(replace(person(5, kind="public"), name="Lou Reyes", organisation="College")),
    standing(person(6, addresses=("x@x.example",), dead=frozenset({"x@x.example"}))),
    standing(person(7, stopped_at=at("2026-01-10 09:00"))),
)


def test_the_timeline_of_the_shipped_rules() -> None:
    made = shipped()
    now = at("2026-01-28 09:00")
    picture = snapshot(*PEOPLE)
    assert (
        timeline(picture, preview(made, picture, known(*made), now))
        == """\
launch · Thu 12 Mar 2026 09:00 · America/Chicago · reply deadline Thu 5 Mar
 Thu 29 Jan 09:00  invite-businesses          3 people  (Acme: A. Ortiz, Bolt: K. Lam, Co: J. Ali)  waits for the OK of Jo Ali (2), you  1 without champion: you sign
 Thu 29 Jan 10:00  invite-public-partners     1 person  (College: L. Reyes)  waits for the OK of Jo Ali (1)
 Fri 30 Jan 10:00  calendar-follow-up         4 people  (Acme: A. Ortiz, Bolt: K. Lam, Co: J. Ali, …)  minus anyone who says no by then
 Thu 26 Feb 09:30  reminder                   4 people  (Acme: A. Ortiz, Bolt: K. Lam, Co: J. Ali, …)  minus everybody who answers by then
 Tue  3 Mar 09:30  last-call                  4 people  (Acme: A. Ortiz, Bolt: K. Lam, Co: J. Ali, …)  minus everybody who answers by then
 Wed 11 Mar 09:00  logistics                  0 people  nobody, as things stand
whenever it happens:
 reply is yes          confirm-yes             to the person who replied
 reply is no           sorry-you-cannot        to the person who replied
 reply is maybe        thanks-for-maybe        to the person who replied
 meeting is moved      moved                   to everyone invited who has not said no  waits for your OK
 place is changed      place-changed           to everyone invited who has not said no
 meeting is cancelled  cancelled               to everyone invited who has not said no  waits for your OK
 mail bounces          address-is-dead         to convener
 reply is yes          logistics-late-yes      to the person who replied, only if "meeting starts within 1 business day"
left out entirely: 1 without an address that works, 1 asked not to be written to
your notes:
 invite-businesses       The first letter to companies, signed by the champion each of them knows, who is asked first; without one it waits for you
 invite-public-partners  Another letter: come to listen, and to help later
 calendar-follow-up      The entry for the calendar follows on the next business day
 reminder                Only to people we have not heard from, and who have had a week to answer
 last-call               Just before the reply deadline
 logistics               Where, when, parking, what to bring
 moved                   A new date: everybody is asked anew, except those who declined
 place-changed           The same time at another place: answers stay as they are
 address-is-dead         You are told which address does not work, so that you can find another
 logistics-late-yes      Somebody says yes when the others have had the letter
"""  # noqa: E501 - lines as they are printed
    )


def test_in_the_middle_of_it_all() -> None:
    made = shipped()
    noticed = (("invite-businesses", "r0"), ("calendar-follow-up", "i"))
    picture = snapshot(
        standing(person(1), invited="2026-01-29 09:05", noticed=noticed),
        standing(person(2), invited="2026-01-29 09:05", said="yes", said_at="2026-02-02 10:00", noticed=noticed),
        standing(person(3), invited="2026-01-29 09:05", noticed=noticed, call_logged_at=at("2026-02-25 15:00")),
        standing(person(4), invited="2026-01-29 09:05", said="no", said_at="2026-02-02 10:00", noticed=noticed),
    )
    lines = [line for line in preview(made, picture, known(*made), at("2026-02-26 09:30")) if line.at is not None]
    assert [(line.rule, line.count, line.remark) for line in lines] == [
        ("reminder", 1, 'minus everybody who answers by then; 1 left out: "call logged in the last 3 business days"'),
        ("last-call", 2, "minus everybody who answers by then"),
        ("logistics", 1, ""),
    ]


def test_a_person_in_two_groups_gets_the_first_letter_only(docstring_rules: tuple[Rule, ...]) -> None:
    """
    [first]
    when = "6 weeks before meeting start at 09:00"
    to   = "businesses who have not been invited"
    send = "invitation-business"

    [second]
    when = "6 weeks before meeting start at 10:00"
    to   = ["public partners who have not been invited", "champions who have not been invited"]
    send = "invitation-public-partner"
    """
    picture = snapshot(standing(1), standing(person(2, Role.CHAMPION)), standing(person(3, kind="public")))
    lines = preview(docstring_rules, picture, known(*docstring_rules), at("2026-01-20 09:00"))
    assert [(line.count, line.remark) for line in lines] == [(2, ""), (1, "1 left out: they get [first]")]


@pytest.mark.parametrize(
    ("lines", "picture", "remark"),
    [
        (
            ('when = "2 days before reply deadline at 09:00"',),
            snapshot(standing(1, invited="2026-01-10 09:00"), of=meeting(reply_deadline=None)),
            "the meeting has no reply deadline, so this does not go out",
        ),
        (
            ('when = "1 business day after comment deadline at 08:00"',),
            snapshot(standing(1, invited="2026-01-10 09:00")),
            "no draft is shared for comments, so this does not go out",
        ),
        (('to = "caterer"',), snapshot(standing(1)), 'nobody is in "caterer"'),
        (
            ('when = "0 days before meeting start at 10:00"',),
            snapshot(standing(1, invited="2026-01-10 09:00")),
            "it was due on Thu 12 Mar at 10:00, which is too late for this meeting",
        ),
        (
            ('only-if = "place is set"',),
            snapshot(standing(1, invited="2026-01-10 09:00"), of=meeting(place="")),
            '1 left out: "place is set" is not true',
        ),
    ],
)
def test_a_line_that_reaches_nobody_says_why(lines: tuple[str, ...], picture: Snapshot, remark: str) -> None:
    made = rule(*lines)
    (line,) = preview((made,), picture, known(made), at("2026-01-20 09:00"))
    assert (line.count, line.remark) == (0, remark)


def test_a_new_rule_is_shown_as_new() -> None:
    made = rule()
    (line,) = preview((made,), snapshot(standing(1, invited="2026-01-10 09:00")), {}, at("2026-01-20 09:00"))
    assert line.remark == "new: not switched on yet"


def test_a_cancelled_meeting_has_an_empty_timeline() -> None:
    made = shipped()
    picture = snapshot(*PEOPLE, of=meeting(status=MeetingStatus.CANCELLED))
    text = timeline(picture, preview(made, picture, known(*made), at("2026-01-28 09:00")))
    assert "cancelled\n nothing is planned from now on\nwhenever it happens:\n" in text
    assert "reminder" not in text


def test_a_thousand_people() -> None:
    made = shipped()
    picture = snapshot(*(standing(person(n)) for n in range(1, 1001)))
    lines = preview(made, picture, known(*made), at("2026-01-28 09:00"))
    assert [line.count for line in lines if line.at is not None] == [1000, 0, 1000, 1000, 1000, 0]


# --- why ----------------------------------------------------------------------------------------------------------------------

NOTICED = (("invite-businesses", "r0"), ("calendar-follow-up", "i"))


def test_why_for_one_person() -> None:
    made = shipped()
    one = standing(
        person(1),
        invited="2026-01-29 09:05",
        said="yes",
        said_at="2026-02-02 10:00",
        noticed=(*NOTICED, ("confirm-yes", "answer-1")),
    )
    found = why(made, snapshot(one), PersonId(1), known(*made), at("2026-02-20 09:00"))
    assert [str(w) for w in found] == [
        "[invite-businesses] got: it has been decided; the outbox says what became of it   (1-invitations.toml, line 16)",
        '[invite-public-partners] will not get: is not in "public partners" or "support partners"   (1-invitations.toml, line 29)',
        "[calendar-follow-up] got: it has been decided; the outbox says what became of it   (1-invitations.toml, line 36)",
        "[reminder] will not get: as things stand: has replied (yes)   (1-invitations.toml, line 47)",
        "[last-call] will not get: as things stand: has replied (yes)   (1-invitations.toml, line 56)",
        '[confirm-yes] would get: each time that "reply is yes"; so far 1 time   (2-replies.toml, line 11)',
        '[sorry-you-cannot] would get: each time that "reply is no"   (2-replies.toml, line 17)',
        '[thanks-for-maybe] would get: each time that "reply is maybe"   (2-replies.toml, line 22)',
        '[moved] would get: each time that "meeting is moved"   (2-replies.toml, line 29)',
        '[place-changed] would get: each time that "place is changed"   (2-replies.toml, line 38)',
        '[cancelled] would get: each time that "meeting is cancelled"   (2-replies.toml, line 44)',
        '[address-is-dead] will not get: is not in "convener"   (2-replies.toml, line 53)',
        "[logistics] would get: Wed 11 Mar 09:00   (3-week-of-the-meeting.toml, line 14)",
        '[logistics-late-yes] would get: each time that "reply is yes"   (3-week-of-the-meeting.toml, line 22)',
    ]


@pytest.mark.parametrize(
    ("lines", "facts", "now", "expected"),
    [
        ((), {"invited": "2026-01-10 09:00"}, "2026-02-01 09:00", (Outcome.WOULD_GET, "Thu 26 Feb 09:00", "when")),
        (
            ('hold = "ask me first"',),
            {"invited": "2026-01-10 09:00"},
            "2026-02-01 09:00",
            (Outcome.WOULD_GET, "Thu 26 Feb 09:00, once you release it", "when"),
        ),
        ((), {}, "2026-02-01 09:00", (Outcome.WILL_NOT_GET, "as things stand: has not been invited", "to")),
        (
            ('when = "1 business day before comment deadline at 09:00"',),
            {"invited": "2026-01-10 09:00"},
            "2026-02-01 09:00",
            (Outcome.WILL_NOT_GET, "no draft is shared for comments", "when"),
        ),
        (
            (),
            {"invited": "2026-01-10 09:00", "noticed": (("rule", "r0"),)},
            "2026-03-01 09:00",
            (Outcome.GOT, "it has been decided; the outbox says what became of it", ""),
        ),
        (
            (),
            {"invited": "2026-01-10 09:00"},
            "2026-03-01 09:00",
            (Outcome.WILL_NOT_GET, "it was due on Thu 26 Feb at 09:00", "if-late"),
        ),
        (
            ('if-late = "send at once until meeting start"',),
            {"invited": "2026-01-10 09:00"},
            "2026-03-01 09:00",
            (Outcome.WOULD_GET, "Sun 1 Mar 09:00", "when"),
        ),
        (
            ('unless = "invited less than 5 business days ago"',),
            {"invited": "2026-02-20 09:00"},
            "2026-02-21 09:00",
            (Outcome.WILL_NOT_GET, 'as things stand: "invited less than 5 business days ago"', "unless"),
        ),
        (
            ('only-if = "attendance is recorded"',),
            {"invited": "2026-01-10 09:00"},
            "2026-02-26 09:00",
            (Outcome.WILL_NOT_GET, '"attendance is recorded" is not true', "only-if"),
        ),
        (
            ('when = "2 days before reply deadline at 09:00"',),
            {"invited": "2026-01-10 09:00"},
            "2026-02-26 09:00",
            (Outcome.WOULD_GET, "Tue 3 Mar 09:00", "when"),
        ),
        (
            ('when = "1 day after invitation at 10:00"',),
            {},
            "2026-02-01 09:00",
            (Outcome.WILL_NOT_GET, "has not been invited", "to"),
        ),
        (
            (),
            {"invited": "2026-01-10 09:00", "stopped": True},
            "2026-02-01 09:00",
            (Outcome.WILL_NOT_GET, "asked to hear nothing more about this meeting", ""),
        ),
        (
            ('to = "everyone invited who has not replied"',),
            {"invited": "2026-02-26 10:00"},
            "2026-02-26 11:00",
            (Outcome.WILL_NOT_GET, "was not among these people when its time came", "when"),
        ),
    ],
)
def test_why(lines: tuple[str, ...], facts: dict[str, object], now: str, expected: tuple[Outcome, str, str]) -> None:
    made = rule(*lines)
    picture = snapshot(standing(1, **facts))  # type: ignore[arg-type]
    (found,) = why((made,), picture, PersonId(1), known(made), at(now))
    assert (found.outcome, found.sentence, found.key) == expected
    assert found.line == made.line_of(found.key)


def test_why_of_a_rule_that_came_too_late_or_is_new() -> None:
    made = rule()
    picture = snapshot(standing(1, invited="2026-01-10 09:00"))
    (found,) = why((made,), picture, PersonId(1), known(made, since="2026-02-27 09:00"), at("2026-02-27 10:00"))
    assert found.sentence == "its time had passed when the rule was switched on"
    (found,) = why((made,), picture, PersonId(1), {}, at("2026-02-01 10:00"))
    assert found.sentence == "the rule is new and not switched on yet"
