"""The store's side of receiving: is this message ours? Then its bytes are committed; else its ids only.

Ours is what carries a token of ours, belongs to a thread or event of ours, reports about a mail of ours, comes from somebody in the register,
or is a command of the convener's. All else is left alone in the mailbox: noted by its ids, so that it is not looked at again; its content is
never stored.

What could not be fetched whole waits for a person: with its header where we know it by that, else as a number in the mailbox.

Promises: `take` commits before it returns; taking the same bytes again, under whatever number, is nothing.
Fails:    StoreUnusable, when the database does not take it; then nothing happened and the message is fetched again later.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mailer.clock import Clock
from mailer.parse.message import Message, read
from mailer.receive.intake import Fetched, Position, Taken
from mailer.store import inbound, log, meetings, outbox, people
from mailer.store.inbound import Arrival
from mailer.store.transact import transact
from mailer.terms import TOKEN_PATTERN, PartnershipId, canonical
from mailer.understand.asks.question import Written
from mailer.understand.commands import read_commands
from mailer.understand.lists import read_lists
from mailer.understand.reader import own_words

_SUBADDRESS = re.compile(rf"\+({TOKEN_PATTERN})@")
_REFERENCE = re.compile(rf"\bref:\s?({TOKEN_PATTERN})(?![a-z2-7])", re.IGNORECASE)
_EVENT_UID = re.compile(rb"^UID(?:;[^:\r\n]{0,200})?:([^\r\n]{1,255})", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")


NOT_FETCHED = "The server would not hand out this message; please look at it in the mailbox."
TOO_LARGE = "This message is too large to be read here ({:.0f} MB); please look at it in the mailbox."


@dataclass(frozen=True, slots=True)
class Signs:
    """What of a message may say that it is ours."""

    tokens: tuple[str, ...]
    message_ids: tuple[str, ...]
    event_uids: tuple[str, ...]
    author: str
    from_us: bool
    commands: bool = False


def signs(message: Message) -> Signs:
    """Collect the ids in *message* (pure)."""
    tokens = [t for address in message.recipients for t in _SUBADDRESS.findall(address.lower())]
    for text in (message.subject, message.plain[:50_000], message.html[:100_000], message.returned_text[:50_000]):
        tokens += [t.lower() for t in _REFERENCE.findall(text)]
    returned = [value.strip() for value in (message.returned or {}).get("message-id", ())]
    uids = [
        uid.decode("utf-8", "replace").strip()
        for part in message.calendar_parts
        for uid in _EVENT_UID.findall(_FOLD.sub(b"", part.content[:262_144]))
    ]
    return Signs(
        tuple(dict.fromkeys(tokens)),
        tuple(dict.fromkeys([*message.in_reply_to, *returned])),
        tuple(dict.fromkeys(uids)),
        canonical(message.author.addr_spec) if message.author else "",
        message.has("x-convener-instance"),
    )


class Keeper:
    """An `Intake` over the store for one partnership. *arrived* is called when something new is committed."""

    def __init__(
        self,
        partnership: PartnershipId,
        clock: Clock,
        *,
        own_addresses: frozenset[str],
        commanders: frozenset[str] = frozenset(),
        file_into: str = "",
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._partnership, self._clock, self._own = partnership, clock, own_addresses
        self._file_into, self._arrived, self._commanders = file_into, arrived, commanders
        self.caught_up = False
        """The mailbox can be read, and all that lay in it has been taken."""
        self.looked = False
        """The mailbox has been looked at, whether or not it could be read."""

    async def position(self, mailbox: str) -> Position | None:
        found = await inbound.position(self._partnership, mailbox)
        return Position(*found) if found else None

    async def take(self, mailbox: str, fetched: Fetched) -> Taken:
        return (await self.take_all(mailbox, [fetched]))[0]

    async def take_all(self, mailbox: str, batch: Sequence[Fetched]) -> list[Taken]:
        """Commit a batch in one transaction; the same promise for each of them."""
        arrivals = await self._arrivals(mailbox, batch)
        new = await transact(lambda: inbound.commit(self._partnership, arrivals, self._now()))
        if new:
            self._arrived()
        return [Taken(a.raw is not None, self._file_into or None if a.raw is not None else None) for a in arrivals]

    async def advance(self, mailbox: str, position: Position) -> None:
        await transact(
            lambda: inbound.set_position(
                self._partnership, mailbox, position.uid_validity, position.last_uid, self._now()
            )
        )

    async def trouble(self, sentence: str | None) -> None:
        self.caught_up, self.looked = sentence is None, True
        await transact(lambda: log.set_trouble(self._partnership, "mailbox", sentence, self._now()))

    def _now(self) -> datetime:
        return self._clock.now()

    async def _arrivals(self, mailbox: str, batch: Sequence[Fetched]) -> list[Arrival]:
        """What is to be committed of each message of *batch*."""
        found = [_look(mailbox, fetched, self._commanders) for fetched in batch]
        known = await self._known([its for _, its in found if its is not None])
        arrivals = []
        for fetched, (arrival, its) in zip(batch, found, strict=True):
            if its is None:
                arrivals.append(arrival)
            elif self._ours(its, known):
                raw = fetched.raw if fetched.raw is not None else fetched.head
                arrivals.append(replace(arrival, raw=raw))
            else:
                arrivals.append(replace(arrival, message_id="", author="", subject="", review=""))
        return arrivals

    async def _known(self, found: Sequence[Signs]) -> frozenset[str]:
        """Those of all the ids in a batch that the store knows."""
        return frozenset(
            (await people.owners_of(self._partnership, [s.author for s in found if s.author])).keys()
            | await meetings.known_tokens(self._partnership, [t for s in found for t in s.tokens])
            | await outbox.known_message_ids(self._partnership, [m for s in found for m in s.message_ids])
            | await meetings.known_event_uids(self._partnership, [u for s in found for u in s.event_uids])
        )

    def _ours(self, found: Signs, known: frozenset[str]) -> bool:
        if found.author in self._own and found.from_us:
            return False  # our own mail come back (a copy to ourselves)
        signs_of_ours = (*found.tokens, *found.message_ids, *(u.casefold() for u in found.event_uids))
        if any(sign in known for sign in signs_of_ours):
            return True
        if found.commands and found.author in self._commanders:
            return True
        # somebody we know, in a conversation or about an event that is not ours: their private matter, or the convener's
        return not signs_of_ours and found.author in known and found.author not in self._own


def _commands(message: Message) -> bool:
    """Does the convener ask the service for something?"""
    written = Written(message.date or datetime.now(UTC))
    words = own_words(message, "").words
    return read_commands(words, message.subject, written).any or read_lists(message, words).said_with_files


def _look(mailbox: str, fetched: Fetched, commanders: frozenset[str] = frozenset()) -> tuple[Arrival, Signs | None]:
    """Read one message as far as is needed to know it; no signs where nothing of it could be had."""
    raw = fetched.raw if fetched.raw is not None else fetched.head
    ids = (mailbox, fetched.uid_validity, fetched.imap_uid)
    if not raw and fetched.raw is None:
        digest = inbound.digest("/".join(map(str, ids)).encode())
        return Arrival(*ids, digest, fetched.size, None, review=NOT_FETCHED), None
    message = read(raw)
    found = signs(message)
    if found.author in commanders and not found.from_us:
        found = replace(found, commands=_commands(message))
    return (
        Arrival(
            *ids,
            inbound.digest(raw),
            fetched.size,
            None,
            message_id=(message.message_id or "").replace("\0", ""),
            author=found.author.replace("\0", ""),
            subject=message.subject.replace("\0", ""),
            review=TOO_LARGE.format(fetched.size / 1_000_000) if fetched.raw is None else "",
        ),
        found,
    )
