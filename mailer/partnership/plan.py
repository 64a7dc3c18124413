"""The action plan: priorities, teams, items, and what a word about an item changes.

Promises: pure values; every change gives the item as it then is and one sentence about it. Never: closes or moves an item on a guess.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from mailer.terms import ItemId, MeetingId, PersonId, TeamId


class ItemStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Team:
    """An action team with its lead and its members."""

    id: TeamId
    name: str
    lead: PersonId | None = None
    members: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A promise somebody made. *number* names it in letters and commands; *support*: the public partner who helps; *help*: the
    words in which its owner asked for help, empty when all is well; *moves* counts how often its day was put off."""

    id: ItemId
    number: int
    text: str
    owner: PersonId | None = None
    due: date | None = None
    priority: str = ""
    team: TeamId | None = None
    team_name: str = ""
    support: PersonId | None = None
    status: ItemStatus = ItemStatus.OPEN
    help: str = ""
    moves: int = 0
    meeting: MeetingId | None = None
    since: datetime | None = None
    """Since when it has been as it is: nothing about it falls due before."""

    @property
    def open(self) -> bool:
        return self.status is ItemStatus.OPEN

    def overdue(self, today: date) -> bool:
        return self.open and self.due is not None and self.due < today


def done(item: Item) -> Item:
    """The item is finished; whoever asked for help needs none."""
    return replace(item, status=ItemStatus.DONE, help="")


def moved(item: Item, due: date) -> Item:
    """The item has another day."""
    return replace(item, due=due, moves=item.moves + (item.due is not None and due > item.due), status=ItemStatus.OPEN)


def needs_help(item: Item, words: str) -> Item:
    return replace(item, help=words)
