"""Hand ready messages to the mail server over a few connections that are used again and again.

Promises: `deliver` gives an outcome for whatever the server does. Lost before the final dot is Deferred, lost after it is InDoubt.
Never:    a second attempt, save one: a connection that had idled and turns out to be gone at MAIL is replaced by a fresh one.
Fails:    expected trouble is a value. A cancelled `deliver` cuts its connection off at once and leaves the mail in doubt for
          whoever cancelled.
"""

import asyncio
import re
import socket
from collections import deque
from time import monotonic

from mailer.config import SmtpSettings
from mailer.render.outgoing import OutgoingMessage
from mailer.send.connection import EXPECTED, BeforeData, CallersTrouble, Connection, Patience, reply_in
from mailer.send.outcome import Deferred, Failed, Outcome, Stage, classify

__all__ = ["BeforeData", "Patience", "SmtpTransport", "probe"]

IDLE_SECONDS = 45.0
"""An unused connection is closed after this. Servers do it after 60 to 300 seconds, some without a word."""
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,64}@[^\s<>@\x00-\x1f\x7f]{1,255}")


class SmtpTransport:
    """The way out for one partnership: at most `settings.connections` connections, made when needed, closed when idle.

    *hostname* is what we call ourselves in EHLO. Not for use from two event loops.
    """

    def __init__(self, settings: SmtpSettings, hostname: str = "", patience: Patience | None = None) -> None:
        self._settings = settings
        self._hostname = hostname or _own_name()
        self._patience = patience or Patience()
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: deque[Connection] = deque()
        self._sweep: asyncio.TimerHandle | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def deliver(self, message: OutgoingMessage, before_data: BeforeData | None = None) -> Outcome:
        """Hand *message* over, and say what became of it. Waits while all connections are busy.

        *before_data* is awaited once, between the server's yes to the recipient and the first byte of the mail; if it raises,
        nothing is sent and its exception comes out of here.
        """
        if not _ADDRESS.fullmatch(message.forward_path):
            return Failed("This is no e-mail address that mail can be sent to.", address_is_dead=True)
        if message.reverse_path and not _ADDRESS.fullmatch(message.reverse_path):
            return Deferred("The sender's address is no e-mail address; check [mailbox] address.", everybody=True)
        async with self._places:
            while (idle := self._take()) is not None:
                outcome = await self._attempt(idle, message, before_data)
                if outcome is not None:
                    return outcome
            outcome = await self._attempt(self._connection(), message, before_data)
            assert outcome is not None  # None says "this connection had gone while it idled", which a fresh one has not
            return outcome

    async def close(self) -> None:
        """Take leave of the server. Mails under way are finished by whoever waits for them."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            self._part(self._idle.pop())
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _attempt(
        self, connection: Connection, message: OutgoingMessage, before_data: BeforeData | None
    ) -> Outcome | None:
        reused = connection.stage is not Stage.CONNECT
        try:
            if not reused:
                await connection.open()
            outcome = await connection.transact(message, before_data)
        except EXPECTED as exc:
            connection.cut()
            if reused and connection.stage is Stage.MAIL and isinstance(exc, ConnectionError):
                return None
            return classify(reply_in(exc), connection.stage)
        except CallersTrouble as exc:
            connection.cut()
            raise exc.trouble from None
        except BaseException:
            connection.cut()
            raise
        if (
            reused
            and connection.stage is Stage.MAIL
            and isinstance(outcome, Deferred)
            and outcome.smtp_reply.startswith("421")
        ):
            connection.cut()  # RFC 5321 §3.8: it had timed out and says so now
            return None
        self._give_back(connection)
        return outcome

    def _connection(self) -> Connection:
        return Connection(self._settings, self._hostname, self._patience)

    def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and monotonic() - connection.last_used < IDLE_SECONDS:
                return connection
            self._part(connection)
        return None

    def _give_back(self, connection: Connection) -> None:
        if self._closed or not connection.usable:
            self._part(connection)
            return
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._sweep_idle)

    def _sweep_idle(self) -> None:
        self._sweep = None
        while self._idle and monotonic() - self._idle[0].last_used >= IDLE_SECONDS:
            self._part(self._idle.popleft())
        if self._idle:
            wait = IDLE_SECONDS - (monotonic() - self._idle[0].last_used)
            self._sweep = asyncio.get_running_loop().call_later(wait, self._sweep_idle)

    def _part(self, connection: Connection) -> None:
        leaving = asyncio.get_running_loop().create_task(connection.quit())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def probe(settings: SmtpSettings, hostname: str = "", patience: Patience | None = None) -> str | None:
    """Connect, encrypt and sign in as `deliver` would, and leave: what is wrong, in one sentence, or None."""
    connection = Connection(settings, hostname or _own_name(), patience or Patience(command=30))
    try:
        await connection.open()
    except EXPECTED as exc:
        outcome = classify(reply_in(exc), connection.stage)
        assert isinstance(outcome, Deferred)
        return f"{outcome.sentence} ({outcome.smtp_reply})" if outcome.smtp_reply else outcome.sentence
    finally:
        await connection.quit()
    return None


def _own_name() -> str:
    name = socket.gethostname()
    return (
        name if "." in name and name.isascii() else "[127.0.0.1]"
    )  # RFC 5321 §4.1.4: an address literal where there is no name
