"""The decisions of reading a mailbox: which UIDs are wanted, in which portions, in which form, and how long to wait.

Promises: values only; chance and time are arguments. A UID is settled only when its message was taken or is gone; the position
never passes a UID that is not. A message that cannot be fetched costs three tries, then its header section alone is asked
for, after three more its ids stand for it: it is handed over in any case and the rest does not wait for it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from mailer.receive.grammar import search_date, uid_set
from mailer.receive.intake import Position

TRIES_OF_EACH_FORM = 3
MESSAGES_AT_ONCE = 100
BYTES_AT_ONCE = 512 * 1024
LISTED_AT_ONCE = 500
"""UIDs in one command: 500 of them, scattered, stay below the 8,192 bytes that every server takes (RFC 7162 §4)."""


class Form(Enum):
    """How much of a message is asked for."""

    WHOLE = auto()
    HEAD = auto()
    IDS = auto()


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the server lists it. *size* is RFC822.SIZE, 0 where the server did not say."""

    imap_uid: int
    size: int
    internal_date: datetime | None


@dataclass(frozen=True, slots=True)
class Portion:
    """Messages fetched with one command. HEAD and IDS portions hold one message."""

    messages: tuple[Listed, ...]
    form: Form = Form.WHOLE

    @property
    def size(self) -> int:
        return sum(message.size for message in self.messages) if self.form is Form.WHOLE else 0


@dataclass(slots=True)
class Progress:
    """How far one mailbox has been read under one UIDVALIDITY, and what resists."""

    uid_validity: int
    last_uid: int
    _order: list[int] = field(default_factory=list)
    _next: int = 0
    _open: set[int] = field(default_factory=set)
    _settled: set[int] = field(default_factory=set)
    _held: set[int] = field(default_factory=set)
    _tries: dict[int, int] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        return Position(self.uid_validity, self.last_uid)

    @property
    def held(self) -> frozenset[int]:
        """The messages that could not be had or taken yet."""
        return frozenset(self._held)

    def wanted(self, found: Iterable[int]) -> list[int]:
        """Choose from what a search found, in UID order. ``UID n:*`` always finds the last message, even below n."""
        self._order = sorted({imap_uid for imap_uid in found if imap_uid > self.last_uid} - self._settled)
        self._open, self._next = set(self._order), 0
        self._held &= self._open
        return list(self._order)

    def settle(self, imap_uids: Iterable[int]) -> None:
        """These are taken, gone, or to be left alone."""
        imap_uids = tuple(imap_uids)
        self._open.difference_update(imap_uids)
        self._held.difference_update(imap_uids)
        self._settled.update(imap_uids)
        for imap_uid in imap_uids:
            self._tries.pop(imap_uid, None)
        while self._next < len(self._order) and self._order[self._next] not in self._open:
            self._next += 1
        if self._next < len(self._order):
            reached = self._order[self._next] - 1
        else:
            reached = max(self._order[-1] if self._order else 0, max(self._settled, default=0))
        if reached > self.last_uid:
            self.last_uid = reached
            self._settled = {imap_uid for imap_uid in self._settled if imap_uid > reached}

    def suspect(self, imap_uids: Collection[int]) -> None:
        """The line was lost over these. One alone is to blame; of several each is asked for alone next time."""
        if len(imap_uids) == 1:
            (imap_uid,) = imap_uids
            self._tries[imap_uid] = self.tries(imap_uid) + 1
        else:
            self.suspect_together(imap_uids)

    def suspect_together(self, imap_uids: Iterable[int]) -> None:
        """One of these is to blame, or several: each is asked for alone next time."""
        for imap_uid in imap_uids:
            self._tries.setdefault(imap_uid, 0)

    def hold(self, imap_uid: int) -> None:
        """This one cannot be had or taken now: it stays wanted, and those behind it need not wait."""
        self._held.add(imap_uid)
        self.suspect((imap_uid,))

    def tries(self, imap_uid: int) -> int:
        """How often it failed alone."""
        return self._tries.get(imap_uid, 0)

    def form(self, imap_uid: int) -> Form:
        """How much of this message to ask for after what happened with it."""
        tries = self.tries(imap_uid)
        if tries < TRIES_OF_EACH_FORM:
            return Form.WHOLE
        return Form.HEAD if tries < 2 * TRIES_OF_EACH_FORM else Form.IDS

    def portions(self, listed: Sequence[Listed], largest_message: int) -> Iterator[Portion]:
        """Cut *listed* into portions, in UID order: many small messages, or one that is large, too large or suspect."""
        gathered: list[Listed] = []
        size = 0
        for message in sorted(listed, key=lambda message: message.imap_uid):
            form = self.form(message.imap_uid)
            if form is Form.WHOLE and message.size > largest_message:
                form = Form.HEAD
            alone = form is not Form.WHOLE or message.imap_uid in self._tries
            full = len(gathered) >= MESSAGES_AT_ONCE or size + message.size > BYTES_AT_ONCE
            if gathered and (alone or full):
                yield Portion(tuple(gathered))
                gathered, size = [], 0
            if alone:
                yield Portion((message,), form)
            else:
                gathered.append(message)
                size += message.size
        if gathered:
            yield Portion(tuple(gathered))


def chunks(imap_uids: Sequence[int], length: int = LISTED_AT_ONCE) -> Iterator[Sequence[int]]:
    """Cut *imap_uids* into commands."""
    for start in range(0, len(imap_uids), length):
        yield imap_uids[start : start + length]


def new_since(last_uid: int) -> str:
    """The search for what came after *last_uid*."""
    return f"UID {last_uid + 1}:*"


def not_older(since: datetime | None) -> str:
    """The search for what is to be dug up. SINCE looks at the day alone, in the server's own zone (RFC 3501 §6.4.4), hence a
    day more; `is_old` does the rest."""
    return "ALL" if since is None else f"SINCE {search_date(since - timedelta(days=1))}"


def still_there(imap_uids: Iterable[int]) -> str:
    """The search that tells messages which are gone from messages which the server did not show."""
    return f"UID {uid_set(imap_uids)}"


def is_old(message: Listed, since: datetime | None) -> bool:
    """Tell whether *message* is to be left alone."""
    return since is not None and message.internal_date is not None and message.internal_date < since


@dataclass(frozen=True, slots=True)
class Patience:
    """How failures follow one another: when to try again, and when to tell the convener.

    A lost line is tried again after *first* seconds, then twice as many, up to *longest*; a refusal after *refused*: the same
    password again and again gets an account locked. A refusal is told at once; a lost line once it has lasted *tolerated*
    seconds, since servers restart. A line counts as a good one again when it has held for *steady* seconds.
    """

    first: float = 1.0
    longest: float = 300.0
    refused: float = 300.0
    tolerated: float = 120.0
    steady: float = 60.0

    def wait(self, failures: int, *, refused: bool, chance: float) -> float:
        """Seconds until the next try after the *failures*-th failure in a row. *chance* in [0, 1) spreads many clients of one
        server between half and the whole of it."""
        whole = self.refused if refused else min(self.longest, self.first * 2.0 ** min(failures - 1, 30))
        return whole * (0.5 + chance / 2)

    def is_to_be_told(self, *, refused: bool, lasted: float) -> bool:
        """Tell whether the convener should hear of it."""
        return refused or lasted >= self.tolerated
