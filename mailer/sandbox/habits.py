"""What a pretend person does with mail: values that the cast is made of."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from mailer.partnership.people import PartnerKind, Role
from mailer.terms import PartStat


class Program(Enum):
    """The mail program, and the calendar that belongs to it."""

    GMAIL = "Gmail"
    OUTLOOK = "Outlook"
    APPLE = "Apple"
    THUNDERBIRD = "Thunderbird"


class Way(Enum):
    """How an answer is given. A click in the calendar waits until a letter brought the calendar part."""

    CALENDAR = "the buttons of the calendar"
    WORDS = "words above the quoted letter"
    LINK = "a link in the letter"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers the *to_letter*-th letter that asks (silence before it), *after* a while, give or take two fifths.

    *words* is the text, or the comment of a calendar answer. *sender*: another address than the one written to. *rounds*: for
    which dates of the meeting (1 is the first, 2 after a move); empty is every one. *punctual*: after exactly that while.
    """

    way: Way
    partstat: PartStat
    words: str = ""
    after: timedelta = timedelta(hours=5)
    to_letter: int = 1
    rounds: tuple[int, ...] = ()
    sender: str = ""
    guests: int = 0
    punctual: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """An absence responder, for *days* from the first letter on; ``{until}`` in *words* is the day of return."""

    days: int
    words: str
    again_after: timedelta = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Forwards:
    """Hands the invitation to somebody who was not invited and who *answers* with the calendar of *program*."""

    name: str
    email: str
    program: Program
    answers: Answers


@dataclass(frozen=True, slots=True)
class Unknown:
    """The address does not exist: refused at RCPT, or taken and reported later (*late*)."""

    late: bool = False


@dataclass(frozen=True, slots=True)
class Full:
    """The mailbox is full: refused at RCPT with 452 for ever, or *refusals* times; or taken, reported delayed and at last failed (*late*)."""

    late: bool = False
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Greylisted:
    """The server wants the first attempt repeated."""


@dataclass(frozen=True, slots=True)
class Writes:
    """Replies in words, once, to a letter whose subject has *to* in it: results of calls, how a promise stands, notes. *file*: one that is
    attached, by name, and its content."""

    to: str
    words: str
    after: timedelta = timedelta(hours=3)
    file: tuple[str, bytes] | None = None


Act = Answers | Away | Forwards
Trouble = Unknown | Full | Greylisted


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast: the row in the people file, and the habits. *emails*: the first is written to.

    *unlisted*: addresses that the convener does not know of. *letters*: replies to letters that ask for something else than coming.
    """

    name: str
    emails: tuple[str, ...]
    organisation: str
    title: str
    kind: PartnerKind = PartnerKind.BUSINESS
    roles: tuple[Role, ...] = ()
    champion: str = ""
    language: str = "en"
    phone: str = ""
    zone: str = "America/Chicago"
    program: Program = Program.GMAIL
    acts: tuple[Act, ...] = ()
    trouble: Trouble | None = None
    unlisted: tuple[str, ...] = ()
    letters: tuple[Writes, ...] = ()

    @property
    def email(self) -> str:
        return self.emails[0]
