"""Orders of preference."""

import pytest

from mailer.understand.asks.question import Choice
from mailer.understand.asks.ranking import Ranking, read_ranking

CHOICES = (
    Choice(1, "Housing", "A"),
    Choice(2, "Training", "B"),
    Choice(3, "Transport", "C"),
    Choice(4, "Child care", "D"),
    Choice(5, "Wages", "E"),
)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("3,1,2", (3, 1, 2)),
        ("3 1 2 4 5", (3, 1, 2, 4, 5)),
        ("3 > 1 > 2", (3, 1, 2)),
        ("3-1-2", (3, 1, 2)),
        ("3\n1\n2", (3, 1, 2)),
        ("A > C > B", (1, 3, 2)),
        ("C, A, E, B, D", (3, 1, 5, 2, 4)),
        ("My order is C, A, E, B, D. Thanks, Jane", (3, 1, 5, 2, 4)),
        ("first B then A", (2, 1)),
        ("First: B. Second: A. Third: C.", (2, 1, 3)),
        ("B first, A second", (2, 1)),
        ("1. B\n2. A\n3. C", (2, 1, 3)),
        ("1) Transport\n2) Child care", (3, 4)),
        ("1. Housing 2. Wages 3. Training", (1, 5, 2)),
        ("1st Training, 2nd Housing", (2, 1)),
        ("Training first, then housing, last wages", (2, 1, 5)),
        ("Wages over housing", (5, 1)),
        ("A is most important, then C", (1, 3)),
        ("A=2, B=1, C=3", (2, 1, 3)),
        ("Housing: 2, Wages: 1", (5, 1)),
        ("Hi Dana,\n\nC, then A, then B\n\nBest,\nJane", (3, 1, 2)),
        ("primero B, luego A", (2, 1)),
        ("mi orden es 3, 1, 2", (3, 1, 2)),
        ("zuerst B, dann A, dann C", (2, 1, 3)),
        ("d'abord B, puis A", (2, 1)),
    ],
)
def test_orders(text: str, order: tuple[int, ...]) -> None:
    assert read_ranking(text, CHOICES) == Ranking(order, len(order) == 5)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "B",
        "housing",
        "7,1",
        "3, 1, 3",
        "Housing, Training, Housing",
        "1: 3\n2: 1\n3: 2",  # is 3 the first, or is 1 the third?
        "first B, first A",
        "B second, A third",
        "I don't care",
        "all the same to me",
        "not A",
        "A or B first",
        "A, then the rest",
        "3,1,2?",
        "Training? Perhaps housing",
        "A < B",
        "rank them as you like",
    ],
)
def test_what_is_doubtful_is_given_back(text: str) -> None:
    read = read_ranking(text, CHOICES)
    assert read.order == ()
    assert read.not_understood


def test_names_that_share_a_word() -> None:
    choices = (Choice(1, "Training for managers"), Choice(2, "Training for operators"))
    assert read_ranking("operators, managers", choices) == Ranking((2, 1), complete=True)
    assert read_ranking("training, managers", choices).order == ()


def test_nothing_is_nothing() -> None:
    assert read_ranking("Thanks!", CHOICES) == Ranking()
