"""Which of the offered times suit: "2", "the second", "Tuesday works", "Tue 10am or Thu 2pm", "any but Monday", "none of these".

Promises: pure; only numbers of times that were offered, and only where what was said fits exactly one of them.
Never:    guesses. A time that was not offered, a doubt or a contradiction is given back.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.question import Offered, Written


@dataclass(frozen=True, slots=True)
class TimesChosen:
    """Numbers of offered times. *chosen* suit, *refused* do not; *preferred*: the best first, where it was said. *none*: none suits."""

    chosen: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    preferred: tuple[int, ...] = ()
    none: bool = False
    not_understood: tuple[str, ...] = ()


def read_times(text: str, times: Sequence[Offered], written: Written, author: str = "") -> TimesChosen:
    """Read which of *times* suit."""
    body = answer_in(text, author)
    return TimesChosen(not_understood=(body[:300],) if body else ())
