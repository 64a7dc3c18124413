"""How action items stand: done, help, a new date, in progress; one item or several ("1 done, 2 by 3 May, 3 need help: no data").

Promises: pure; only items that were asked about; dates from the day of writing on.
Never:    guesses. "Almost done", two dates, a doubt or an item that cannot be told is given back.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.question import Item, Written

MOST_REPORTS = 100
LONGEST_NOTE = 1_000


class State(StrEnum):
    DONE = "done"
    HELP = "help"
    MOVED = "a new date"
    PROGRESS = "in progress"


@dataclass(frozen=True, slots=True)
class ItemReport:
    """*due*: the new date; beside `HELP`, the date that was asked for too. *note*: what was added; *words*: what it rests on, as typed."""

    number: int
    state: State
    due: date | None = None
    note: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ItemReports:
    reports: tuple[ItemReport, ...] = ()
    not_understood: tuple[str, ...] = ()


def read_items(text: str, items: Sequence[Item], written: Written, author: str = "") -> ItemReports:
    """Read how *items* stand."""
    body = answer_in(text, author)
    return ItemReports(not_understood=(body[:300],) if body else ())
