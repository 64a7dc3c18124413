"""The line to an IMAP server: aioimaplib made safe. This is its only importer.

Promises: one command at a time, and every wait ends: a server that is silent, an answer that comes late, a cancelled caller all
end the connection, so no answer is ever taken for another command's. A lost connection fails what is pending at once. A large
message is held once. What a server may send for one command is limited.
Never: logs what passes; knows what the commands mean (session.py).
Fails: `MailboxLost`, with a sentence for the convener.

What aioimaplib 2.0.3 does otherwise, and why its methods are replaced: `data_received` recurses once a line and joins all
lines of a FETCH anew for each, mangles "* " inside lines and counts brackets inside strings; `connection_lost` leaves commands
waiting; `execute` leaves a cancelled or late command in place for the next to stumble over; an unasked-for answer of the server
inside AUTHENTICATE is never answered.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TypeVar

import aioimaplib

from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused
from mailer.receive import refusals
from mailer.receive.framing import LONGEST_LINE, Framing, Overlong, Parts

logging.getLogger("aioimaplib").setLevel(logging.INFO)  # its DEBUG lines hold bodies of mail

_T = TypeVar("_T")

_LITERAL_SLACK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How long we wait, in seconds of the world: a server knows nothing of a faster clock."""

    connect: float = 30
    """until the server has greeted"""
    quiet: float = 60
    """without a byte while a command is under way"""
    longest: float = 1800
    """for one command, however busily the server sends"""
    idle: float = 540
    """for one IDLE: routers forget a quiet connection, some after ten minutes (RFC 2177 allows 29)"""
    farewell: float = 3
    """for LOGOUT, and for what is under way when we are told to stop"""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and what the server said before."""

    status: str
    text: bytes
    untagged: list[Parts]


class _Exchange(aioimaplib.Command):  # type: ignore[misc]  # it refuses CR, LF and NUL in arguments
    """One command under way, what it still has to say, and what came back."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, name: str, tag: str, *args: str, answers: Iterable[bytes] = ()
    ) -> None:
        prefix, _, verb = name.rpartition(" ")
        super().__init__(verb, tag, *args, prefix=prefix or None, loop=loop)
        self.answers = deque(answers)
        self.untagged: list[Parts] = []
        self.invited: asyncio.Future[None] = loop.create_future()
        self.answered: asyncio.Future[Answer] = loop.create_future()

    def fail(self, error: Exception) -> None:
        for future in (self.invited, self.answered):
            if not future.done():
                future.set_exception(error)
                future.exception()  # seen: nobody may be waiting for it


class Line(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]
    """The protocol: one command at a time, whole responses, no way to hang."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: ImapSettings, limits: Limits) -> None:
        super().__init__(loop)
        self.settings, self.limits = settings, limits
        self.greeting: asyncio.Future[bytes] = loop.create_future()
        self.news = asyncio.Event()
        """the server spoke of new mail, or the connection ended"""
        self.lost: MailboxLost | MailboxRefused | None = None
        self._framing = self._fresh()
        self._turn = asyncio.Lock()
        self._exchange: _Exchange | None = None
        self._heard_at = loop.time()
        self._received = 0
        self._bye = b""
        self._deaf = False

    def _fresh(self) -> Framing:
        return Framing(self._largest_literal)

    @property
    def _largest_literal(self) -> int:
        # Servers' RFC822.SIZE is not exact: some count line ends otherwise than they send them.
        return self.settings.largest_message + self.settings.largest_message // 4 + _LITERAL_SLACK

    def data_received(self, data: bytes) -> None:
        self._heard_at = self.loop.time()
        self._received += len(data)
        try:
            if self._received > self._largest_literal + LONGEST_LINE:
                raise Overlong(f"more than {self._received} bytes for one command")
            for parts in self._framing.feed(data):
                self._heard(parts)
                if self._deaf:
                    # What was sent in clear behind the answer to STARTTLS may be anybody's: never read on (CVE-2011-0411).
                    self._framing, self._deaf = self._fresh(), False
                    break
        except Overlong as error:
            self.abort(
                MailboxLost(f"The mail server {refusals.place(self.settings)} sends {error}: more than is taken.")
            )

    def connection_lost(self, error: Exception | None) -> None:
        self._end(refusals.closed(self.settings, self._bye, error))

    def abort(self, error: MailboxLost | MailboxRefused | None = None) -> None:
        """End the connection without a farewell."""
        self._end(error or MailboxLost("The connection to the mail server was given up."))
        if self.transport is not None:
            self.transport.abort()

    def _end(self, error: MailboxLost | MailboxRefused) -> None:
        self.lost = self.lost or error
        if not self.greeting.done():
            self.greeting.set_exception(self.lost)
            self.greeting.exception()
        if self._exchange is not None:
            self._exchange.fail(self.lost)
        self.news.set()

    def _heard(self, parts: Parts) -> None:
        line, exchange = parts[0], self._exchange
        if not self.greeting.done():
            self.greeting.set_result(line)
        elif line.startswith(b"* "):
            self._untagged(parts, exchange)
        elif line.startswith(b"+"):
            self._continuation(line)
        else:
            tag, _, rest = line.partition(b" ")
            if exchange is None or tag.decode("ascii", "replace") != exchange.tag:
                self.abort(MailboxLost(f"The mail server {refusals.place(self.settings)} lost step with us."))
                return
            status, _, text = rest.partition(b" ")
            self._deaf = exchange.name == "STARTTLS" and status.upper() == b"OK"
            if not exchange.answered.done():
                exchange.answered.set_result(Answer(status.upper().decode("ascii", "replace"), text, exchange.untagged))

    def _untagged(self, parts: Parts, exchange: _Exchange | None) -> None:
        line = parts[0]
        if line[2:5].upper() == b"BYE":
            self._bye = line[5:].strip()
        elif line.endswith(b" EXISTS") and line[2:-7].isdigit():
            self.news.set()
        if exchange is not None and exchange.name != "IDLE":
            exchange.untagged.append(parts)

    def _continuation(self, line: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        if exchange.answers:
            self.transport.write(exchange.answers.popleft() + b"\r\n")
        elif exchange.name == "IDLE":
            if not exchange.invited.done():
                exchange.invited.set_result(None)
        else:
            self.transport.write(b"*\r\n")  # RFC 3501 §6.2.2: the client cancels; XOAUTH2 sends its error this way

    async def execute(self, name: str, *args: str, answers: Iterable[bytes] = ()) -> Answer:
        """Send one command and wait for its answer, as long as the server shows life."""
        async with self._exchanging(name, *args, answers=answers) as exchange:
            return await self._wait(exchange.answered)

    @contextlib.asynccontextmanager
    async def _exchanging(self, name: str, *args: str, answers: Iterable[bytes] = ()) -> AsyncIterator[_Exchange]:
        async with self._turn:
            if self.lost is not None:
                raise self.lost
            exchange = self._exchange = _Exchange(self.loop, name, self.new_tag(), *args, answers=answers)
            try:
                self.transport.write(str(exchange).encode("ascii") + b"\r\n")
                self._heard_at, self._received = self.loop.time(), 0
                yield exchange
            except BaseException:
                self.abort()  # the answer is still to come, and nobody could tell whose it is
                raise
            finally:
                self._exchange = None

    async def _wait(self, future: asyncio.Future[_T]) -> _T:
        began = self.loop.time()
        while not future.done():
            now = self.loop.time()
            left = min(self._heard_at + self.limits.quiet, began + self.limits.longest) - now
            if left <= 0:
                error = MailboxLost(refusals.silent(self.settings))
                self.abort(error)
                raise error
            await asyncio.wait((future,), timeout=left)
        return future.result()

    async def idle(self, seconds: float, stop: asyncio.Event) -> bool:
        """Wait for news, *stop* or *seconds* with IDLE (RFC 2177). False if the server will not, whatever it announced."""
        async with self._exchanging("IDLE") as exchange:
            pair = (exchange.invited, exchange.answered)
            await asyncio.wait(pair, timeout=self.limits.quiet, return_when=asyncio.FIRST_COMPLETED)
            if exchange.answered.done():
                exchange.answered.result()
                return False
            if not exchange.invited.done():
                raise MailboxLost(refusals.silent(self.settings))
            await first_of(seconds, self.news, stop)
            if self.lost is not None:
                raise self.lost
            self.transport.write(b"DONE\r\n")
            self._heard_at = self.loop.time()
            await self._wait(exchange.answered)
            return True


async def first_of(seconds: float, *events: asyncio.Event) -> None:
    """Wait until one of *events* is set, at most *seconds*."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiting:
            waiter.cancel()
