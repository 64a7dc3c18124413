"""The seam between a mailbox and the store: what the IMAP side hands over, and what it is told back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox has been read: everything up to *last_uid* under *uid_validity* is committed or left alone."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server gave it. *size* is RFC822.SIZE; *raw* is None where it exceeds the limit, then *head* holds
    the header section alone."""

    uid_validity: int
    imap_uid: int
    internal_date: datetime | None
    size: int
    raw: bytes | None
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a handed-over message. *kept*: it is ours and its bytes are committed. *file_into*: the mailbox to move it
    to, if filing is on; None leaves it where it is."""

    kept: bool
    file_into: str | None = None


class Intake(Protocol):
    """The store's side of receiving. Every call commits before it returns."""

    async def position(self, mailbox: str) -> Position | None:
        """Where reading *mailbox* stopped; None if it was never read."""

    async def take(self, mailbox: str, fetched: Fetched) -> Taken:
        """Commit the bytes of *fetched* if it is ours, else its ids only. Taking the same message again is nothing."""

    async def take_all(self, mailbox: str, batch: Sequence[Fetched]) -> list[Taken]:
        """Take a batch of small messages at one go: the same promise for each of them, or an exception and none is taken."""

    async def advance(self, mailbox: str, position: Position) -> None:
        """Remember that everything up to *position* has been taken."""

    async def trouble(self, sentence: str | None) -> None:
        """Tell the convener (once) that the mailbox cannot be read, or with None that it can again."""
