"""What a letter asked, and what a reader must know to understand the answer: numbers and names that the letter showed.

Promises: values only. The words of `Question` are those of the key ``ask`` in a rule file.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailer.terms import PersonId


class Question(StrEnum):
    """The words of ``ask``."""

    ATTENDANCE = "yes, no or maybe"  # read by mailer.understand.words; here only diets and access needs beside it
    DELEGATE = "name of a delegate"
    CALLS = "call results"
    ITEMS = "done, help or a new date"
    TIMES = "one of the offered times"
    ADDRESS = "a new address"
    ATTACHMENT = "an attachment"
    APPROVAL = "an OK"
    COMMENTS = "comments"
    RANKING = "an order of preference"
    ROSTER = "names to add or take off"
    STORIES = "what went well, and what is needed"
    CHOICES = "one or more of the choices"


@dataclass(frozen=True, slots=True)
class Written:
    """When and where an answer was written: what dates in it are counted from. *at* is aware; *zone* an IANA name.

    *language*: of the letter that is answered; it decides only where words or dates could be read two ways ("Mar 3"). *day_first*:
    how 03/04 is read; None where nobody knows, and then it is not read."""

    at: datetime
    zone: str = "UTC"
    language: str = ""
    day_first: bool | None = None

    @property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody on a list of calls, with the number in front of the name."""

    number: int
    person: PersonId
    name: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An action item that the letter asked about. *number*: as the letter shows it."""

    number: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that was offered. *start* is aware."""

    number: int
    start: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to be put into an order. *letter*: where the letter named them A, B, C."""

    number: int
    name: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Whom:
    """The person the question is about: whose address is wanted, or who would send a delegate."""

    name: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with what it showed. Only what belongs to the question is looked at. *own_addresses*: ours, never somebody's new one."""

    question: Question
    written: Written
    people: tuple[Callee, ...] = ()
    items: tuple[Item, ...] = ()
    times: tuple[Offered, ...] = ()
    choices: tuple[Choice, ...] = ()
    whom: Whom = Whom()
    own_addresses: frozenset[str] = frozenset()
