"""Why, where mails were decided on before: got (when), on its way, waiting for a word, dropped, refused; and after a move."""

from dataclasses import replace

import pytest

from mailer.decide.explain import Became, Outcome, Past, why
from mailer.decide.rule import Rule
from mailer.terms import PersonId, RuleId
from tests.decide.cast import at, known, meeting, person, rule, snapshot, standing

INVITE = rule(
    'when = "6 weeks before meeting start at 09:00"',
    'to = "businesses who have not been invited"',
    'send = "invitation-business"',
    'hold = "ask me first"',
)
CONFIRM = rule('when = "reply is yes"', 'to = "the person who replied"', 'send = "confirmation-yes"')
LEFT = "2026-01-29 09:05"


def past(made: Rule, became: Became, when: str = LEFT, round_: str = "r0", reason: str = "") -> Past:
    return Past(RuleId(made.id), round_, became, at(when), reason)


@pytest.mark.parametrize(
    ("became", "reason", "outcome", "sentence"),
    [
        (Became.SENT, "", Outcome.GOT, "Thu 29 Jan 09:05"),
        (Became.COMING, "", Outcome.WOULD_GET, "it is in the outbox and leaves Thu 29 Jan 09:05"),
        (Became.HELD, "", Outcome.WOULD_GET, "once you release it: it waits for your OK"),
        (
            Became.DROPPED,
            "has been called lately",
            Outcome.WILL_NOT_GET,
            "it was decided on, and not sent: has been called lately",
        ),
        (Became.FAILED, "550 no such user", Outcome.WILL_NOT_GET, "it did not arrive: 550 no such user"),
    ],
)
def test_what_became_of_it(became: Became, reason: str, outcome: Outcome, sentence: str) -> None:
    invited = LEFT if became is Became.SENT else None
    one = standing(person(1), invited=invited, noticed=((INVITE.id, "r0"),))
    (found,) = why(
        (INVITE,),
        snapshot(one),
        PersonId(1),
        known(INVITE),
        at("2026-02-01 09:00"),
        [past(INVITE, became, reason=reason)],
    )
    assert (found.outcome, found.sentence) == (outcome, sentence)
    assert found.line > 0


def test_after_a_move_an_invitation_that_was_got_is_got_for_the_earlier_date() -> None:
    """The new date is a new round; whoever was invited has been invited, and is told when."""
    moved = replace(meeting(), round=1, sequence=1, last_major_sequence=1, changed_at=at("2026-02-10 09:00"))
    one = standing(person(1), invited=LEFT, noticed=((INVITE.id, "r0"),))
    (found,) = why(
        (INVITE,),
        snapshot(one, of=moved),
        PersonId(1),
        known(INVITE),
        at("2026-02-11 09:00"),
        [past(INVITE, Became.SENT)],
    )
    assert (found.outcome, found.sentence) == (Outcome.GOT, "Thu 29 Jan 09:05, for an earlier date of the meeting")


def test_what_may_happen_again_was_got_and_comes_again() -> None:
    one = standing(person(1), invited=LEFT, said="yes", noticed=((CONFIRM.id, "answer-1"), (CONFIRM.id, "answer-2")))
    before = [
        past(CONFIRM, Became.SENT, "2026-02-02 10:00", "answer-1"),
        past(CONFIRM, Became.SENT, "2026-02-05 10:00", "answer-2"),
    ]
    (found,) = why((CONFIRM,), snapshot(one), PersonId(1), known(CONFIRM), at("2026-02-11 09:00"), before)
    assert (found.outcome, found.sentence) == (
        Outcome.GOT,
        'got it Thu 5 Feb 10:00 (2 times so far); again each time that "reply is yes"',
    )
