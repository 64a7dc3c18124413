"""What documents are made of. Callers fill these from the store; nothing here knows where they come from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Paper(StrEnum):
    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class MeetingSheet:
    """What stands at the head of a sheet. *starts* is on the clock of the meeting; *when* says it in words.

    *partnership* stands in the footer. *language* names the words of the layout and is in the PDF. *twelve_hours*: 1:30 pm.
    """

    title: str
    when: str = ""
    place: str = ""
    partnership: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    language: str = "en"
    twelve_hours: bool = True


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who comes. *known_as* is what stands large on the badge (empty: the whole name); *guests* come along;
    *role* is what the person does for the partnership ("Champion"); *needs* is diet and access, for the convener's eyes; *instead_of*
    names whose delegate this is."""

    name: str
    organisation: str = ""
    title: str = ""
    known_as: str = ""
    kind: str = ""
    role: str = ""
    guests: int = 0
    needs: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One thing to do. *minutes* None: whatever time is left, shared among such lines."""

    title: str
    minutes: int | None = None
    who: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    what: str
    who: str = ""
    by: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks under one heading: "The day before"."""

    heading: str
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class CallLine:
    """Somebody to call. *number* is how the answering mail names the person."""

    number: int
    name: str
    organisation: str = ""
    title: str = ""
    phone: str = ""
    last_answer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One item of the action plan. *status* and *due* are in words; *overdue* too ("12 days late"), empty where it is not."""

    item: str
    priority: str = ""
    number: int | None = None
    team: str = ""
    owner: str = ""
    due: str = ""
    status: str = ""
    support: str = ""
    overdue: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One letter to post. *address* is what shows in the window of the envelope, the name first; *sender* is the return address."""

    address: tuple[str, ...]
    paragraphs: tuple[str, ...]
    date: str = ""
    subject: str = ""
    sender: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary. *lines* are left blank to be written on."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Unprintable:
    """Characters that no font has, and the text they stand in. A short rule is printed in their place, to be filled in by pen."""

    characters: str
    text: str

    def __str__(self) -> str:
        codes = ", ".join(f"U+{ord(c):04X}" for c in self.characters)
        return f"“{self.text}”: no font here has “{self.characters}” ({codes}). A short rule stands in its place: write it in by pen."


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished document."""

    content: bytes
    unprintable: tuple[Unprintable, ...] = ()


@dataclass(frozen=True, slots=True)
class Printing:
    """How to print: on which paper; *at* is the creation date in the PDF, and "as of" on lists that age (*today*, on the
    convener's clock, in words)."""

    at: datetime
    paper: Paper = Paper.LETTER
    today: str = ""
