"""Warnings about rules that are right by themselves, for one meeting and its people."""

from mailer.decide.meeting_sense import warnings_for
from mailer.partnership.people import Role
from tests.decide.cast import at, known, person, rules, snapshot, standing

FILE = """
[invite]
when = "{invite} before meeting start at 09:00"
to   = "businesses who have not been invited"
send = "invitation-business"

[invite-champions]
when = "5 weeks before meeting start at 09:00"
to   = "champions who have not been invited"
send = "invitation-public-partner"

[remind-1]
when = "10 business days before meeting start at 09:30"
to   = "everyone invited who has not replied"
send = "reminder"
"""
PEOPLE = snapshot(
    standing(person(1, Role.CHAMPION)),
    standing(2),
    standing(person(3, kind="public")),
    standing(4, invited="2026-01-30 09:00"),
)


def told(invite: str, now: str = "2026-01-20 12:00") -> list[str]:
    made = rules(FILE.format(invite=invite))
    return [str(p) for p in warnings_for(made, PEOPLE, known(*made), at(now))]  # type: ignore[arg-type]


def test_two_letters_to_one_person() -> None:
    assert told("6 weeks") == [
        'test.toml, line 9, in [invite-champions]   (warning)\n    to = "champions who have not been invited"\n'
        "[invite] and [invite-champions] both reach 1 person (F. Last1). They will get the first one only.\n"
        "That may be right; then leave it."
    ]


def test_a_reminder_before_the_invitation() -> None:
    found = told("8 business days")
    assert len(found) == 2
    assert found[0].splitlines()[2:] == [
        "For the meeting on 12 Mar this would go out on 26 Feb, which is before 1 person is invited (2 Mar).",
        "That person will be left out. Let the reminder come later, or the invitation earlier.",
    ]


def test_what_lies_behind_is_not_warned_of() -> None:
    assert len(told("8 business days", "2026-03-01 12:00")) == 1
