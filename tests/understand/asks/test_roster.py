"""What people write to "whom do we miss, and who is wrong?"."""

import pytest

from mailer.terms import PersonId
from mailer.understand.asks.question import Callee
from mailer.understand.asks.roster import Addition, read_roster

BOB, CHO, DEE, ANN, STONE = (PersonId(n) for n in range(11, 16))
PEOPLE = (
    Callee(1, BOB, "Bob Brown", "Brown Works"),
    Callee(2, CHO, "Cho Chan", "Chan Works"),
    Callee(3, DEE, "Dee de la Cruz", "Cruz Inc"),
    Callee(4, ANN, "Ann Able", "Able Works"),
    Callee(5, STONE, "Bob Stone", "Stone Ltd"),
)


@pytest.mark.parametrize(
    ("text", "drop"),
    [
        ("drop Bob Brown, he left", (BOB,)),
        ("Drop Cho, she left.", (CHO,)),
        ("Cho has retired", (CHO,)),
        ("Cho no longer works there.", (CHO,)),
        ("3 is wrong", (DEE,)),
        ("drop Cho and Ann", (CHO, ANN)),
        ("Drop Cho, Ann, and Dee", (CHO, ANN, DEE)),
        ("Please take Cho off the list", (CHO,)),
        ("Quite a Cho, ya no trabaja allí", (CHO,)),
        ("Cho Chan ist nicht mehr da", (CHO,)),
        ("Hi Dana,\n\n1. remove Bob Stone\n2. Ann left.\n\nThanks!", (STONE, ANN)),
    ],
)
def test_who_is_wrong(text: str, drop: tuple[PersonId, ...]) -> None:
    found = read_roster(text, PEOPLE)
    assert (found.drop, found.add, found.not_understood) == (drop, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "add Ann Lee ann@acme.example, Acme",
        "Please add Ann Lee (ann@acme.example) from Acme",
        "Ann Lee, Acme, ann@acme.example",
        "Add Ann Lee from Acme <ann@acme.example>",
        "- also Ann Lee at Acme, Ann@acme.example",
        "Agregue a Ann Lee, ann@acme.example, Acme",
        "Ajoutez Ann Lee ann@acme.example (Acme)",
    ],
)
def test_who_is_missing(text: str) -> None:
    found = read_roster(text, PEOPLE)
    assert (found.add, found.drop, found.not_understood) == ((Addition("Ann Lee", "ann@acme.example", "Acme"),), (), ())


@pytest.mark.parametrize(
    "text", ["the list is fine", "Looks good to me, thanks!", "No changes", "nobody is missing", "La lista está bien."]
)
def test_nothing_is_to_be_changed(text: str) -> None:
    assert read_roster(text, PEOPLE).fine


@pytest.mark.parametrize(
    "text",
    [
        "drop Bob",  # there are two
        "Don't drop Cho",
        "I would keep them all.",
        "Can you call me about this?",
        "You missed Kim Park from Park Tools",  # where to write?
        "Cho Chan left Chan Works in May, her successor is Lu Han, lu@chan.example",
        "drop Zoe",
        "Has Cho left?",
        "Unless Cho has retired, keep him",
        "I doubt that Cho has left",
        "Bob Brown left, but keep him on the list",
        "Bob Brown has not left",
        "Cho Chan is not gone",
        "Cho Chan's assistant left",
        "Ann Able moved to another office",
        "Ann Able has moved to Texas, still with us",
        "Drop Cho Chan? Not sure",
        "Streichen Sie Cho Chan bitte nicht",
        "Replace Bob Brown with Eve Low eve@low.example",  # nobody is called Replace
        "Contact Eve Low eve@low.example",
    ],
)
def test_what_is_not_clear_is_given_back(text: str) -> None:
    found = read_roster(text, PEOPLE)
    assert (found.drop, found.add, found.fine) == ((), (), False)
    assert found.not_understood


def test_what_was_understood_stands_beside_what_was_not() -> None:
    found = read_roster("Remove 2 and 4, add Lee Wu lee@wu.example from Wu Steel. Bob is a good man.", PEOPLE)
    assert found.drop == (CHO, ANN)
    assert found.add == (Addition("Lee Wu", "lee@wu.example", "Wu Steel"),)
    assert found.not_understood == ("Bob is a good man.",)


@pytest.mark.parametrize(
    "text", ["drop " + "a, " * 5000, "x@y." * 3000, "add " * 4000, "and " * 4000 + "@", "(" * 4000]
)
def test_long_nonsense_takes_no_time(text: str) -> None:
    assert read_roster(text, PEOPLE).drop == ()
