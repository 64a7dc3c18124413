"""What came of a champion's calls: "Ann yes, Bob voicemail, Cho no", "1 yes 2 vm 3 call back Tuesday", one a line or several.

Promises: pure; results only for those on the list, and only where a name, an organisation or a number fits exactly one of them.
Never:    guesses. A piece with two results, a doubt, a negation that is in no expression, or words that nobody knows between name
          and result is given back. What is said of one person in two ways is given back too.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailer.terms import PersonId
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.question import Callee, Written

MOST_RESULTS = 200
LONGEST_NOTE = 500


class Result(StrEnum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    VOICEMAIL = "voicemail"
    CALL_AGAIN = "call again"
    WRONG_NUMBER = "wrong number"
    TALKED = "talked"  # spoken to, and nothing said of coming


@dataclass(frozen=True, slots=True)
class CallResult:
    """*again*: the day on which to call again, where one was named. *words*: what it rests on, as typed; *note*: what was added."""

    person: PersonId
    result: Result
    again: date | None = None
    note: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallResults:
    results: tuple[CallResult, ...] = ()
    not_understood: tuple[str, ...] = ()


def read_calls(text: str, people: Sequence[Callee], written: Written, author: str = "") -> CallResults:
    """Read what came of calls to *people*."""
    body = answer_in(text, author)
    return CallResults(not_understood=(body[:300],) if body else ())
