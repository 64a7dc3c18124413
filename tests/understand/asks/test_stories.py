"""Successes and needs told apart; choices taken by number or name (tasks 23, 48, 51)."""

import pytest

from mailer.understand.asks.introduce import read_introduction
from mailer.understand.asks.picks import Picks, read_picks
from mailer.understand.asks.question import Choice
from mailer.understand.asks.stories import Stories, read_stories

CHOICES = (Choice(1, "Young people in the trades"), Choice(2, "Welding curriculum"), Choice(3, "Transport to work"))


@pytest.mark.parametrize(
    ("text", "told", "needs"),
    [
        ("We hired two apprentices from the high school.", 1, 0),
        ("Hi Dana,\n\nWe hired two apprentices. They came from the plant tour.\n\nWe need a speaker for May.\n\nBest\nAnn", 1, 1),
        ("Good: the college opened the lab.\nHelp: nobody answers at the bus company.", 1, 1),
        ("Looking for somebody who knows grants.", 0, 1),
        ("- the tour was full\n- three schools signed up\n- we could use a van", 2, 1),
        ("Contratamos a dos alumnos de la escuela. Necesitamos un autobús para mayo.", 1, 1),
        ("Wir haben zwei Lehrlinge eingestellt. Wir suchen jemand für den Bus.", 1, 1),
        ("The lab is open. No help needed at the moment.", 1, 0),
        ("Our training day went very well, 20 students came. Could anyone lend us a projector?", 1, 1),
        ("Fue bien. ¿Alguien puede prestarnos un proyector?", 1, 1),
    ],
)  # fmt: skip
def test_what_is_told_and_what_is_needed(text: str, told: int, needs: int) -> None:
    found = read_stories(text)
    assert (len(found.told), len(found.needs)) == (told, needs), found


@pytest.mark.parametrize(
    "text", ["Nothing to add, thanks", "none", "Nothing from me\nAnn", "Nothing this time", "n/a", "Nada por ahora"]
)
def test_nothing_to_tell(text: str) -> None:
    assert read_stories(text, author="Ann Able") == Stories(none=True)


@pytest.mark.parametrize(
    ("text", "told", "left"),
    [
        ("What do you mean?", 0, ["What do you mean?"]),
        ("Can you call me?", 0, ["Can you call me?"]),
        ("We hired two. Who reads this?", 1, ["Who reads this?"]),
        ("Contratamos a dos. ¿Quién lo lee?", 1, ["¿Quién lo lee?"]),
    ],
)
def test_what_is_asked_back_is_no_story(text: str, told: int, left: list[str]) -> None:
    found = read_stories(text)
    assert (len(found.told), list(found.not_understood), found.none) == (told, left, False)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1 and 3", {1, 3}),
        ("We can help with 2.", {2}),
        ("Welding curriculum", {2}),
        ("the second, please", {2}),
        ("all of them", {1, 2, 3}),
        ("Number 3. We run the bus to the plant.", {3}),
        ("Podemos ayudar con 1 y 2", {1, 2}),
        ("Wir können helfen bei 3", {3}),
    ],
)
def test_choices_are_taken(text: str, taken: set[int]) -> None:
    assert read_picks(text, CHOICES).taken == taken, read_picks(text, CHOICES)


@pytest.mark.parametrize("text", ["7", "not 2", "everything but 2", "what does 2 mean?", "I will think about it"])
def test_what_is_not_understood_takes_nothing(text: str) -> None:
    found = read_picks(text, CHOICES)
    assert not found.taken
    assert not found.none
    assert found.not_understood


@pytest.mark.parametrize("text", ["none of these", "None of these, sorry", "Ninguna de estas"])
def test_none_is_an_answer(text: str) -> None:
    assert read_picks(text, CHOICES) == Picks(none=True)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Yes, I'll come. Please introduce me to the people from the bus company.\n\nAnn", "Please introduce me to the people from the bus company."),
        ("Sí, allí estaré. ¿Podría ponerme en contacto con el instituto?", "¿Podría ponerme en contacto con el instituto?"),
        ("Ja. Könnten Sie den Kontakt vermitteln?", "Könnten Sie den Kontakt vermitteln?"),
        ("Yes, I will be there. Let me introduce my colleague Bob.", ""),
        ("Yes. Nice to meet you all.", ""),
    ],
)  # fmt: skip
def test_a_wish_to_be_introduced(text: str, wish: str) -> None:
    assert read_introduction(text) == wish
