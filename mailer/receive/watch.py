"""Watch one mailbox: hand over every new message, then wait for more, through whatever servers and lines do.

    connect ─▶ select ─▶ where were we? ─▶ ┌─ search ─▶ list sizes ─▶ fetch a portion ─▶ take each ─▶ file ─▶ advance ─┐
       ▲                                   └──────────────────── NOOP, then IDLE or a pause ◀──────────────────────────┘
       └── a pause that grows, with jitter ◀── anything that goes wrong

Promises: a message is taken (committed) before the position passes it, so a death anywhere costs only a second `take`, which is
nothing. A stop is obeyed within seconds, and nothing is cancelled in the middle of a commit. Trouble is told once, and once
when it is over.
Never: decides what is ours; touches \\Seen; digs up old mail unasked.
Fails: only if told to read `once`; else it waits and tries again. Waiting is in seconds of the world even where the program's
clock runs faster (the demo): a server's patience does not.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from mailer.clock import Clock, WorldClock
from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused, MailerError
from mailer.receive.imap import LIMITS, Limits, first_of
from mailer.receive.intake import Intake
from mailer.receive.progress import Patience
from mailer.receive.reading import Reading
from mailer.receive.session import Session

log = logging.getLogger(__name__)


async def watch(
    settings: ImapSettings,
    intake: Intake,
    *,
    stop: asyncio.Event,
    since: datetime | None = None,
    resync_since: datetime | None = None,
    once: bool = False,
    on_new: Callable[[], None] | None = None,
    patience: Patience | None = None,
    limits: Limits = LIMITS,
    chance: Callable[[], float] = random.random,
    clock: Clock | None = None,
) -> None:
    """Read the mailbox of *settings* until *stop* is set; with *once*, read what is there and return, or raise `MailerError`.

    A mailbox that was never read is taken up at its end, or from *since* on (INTERNALDATE). When the server has numbered it
    anew (UIDVALIDITY), it is read again from *resync_since* on: give the instant of the very first start, so that what was
    old then stays alone; with None, if this is not itself the first start, all of it is read, and the intake knows what it has.
    *on_new* is called after messages of ours were committed. *clock* tells when the first start is; no waiting is done by it.
    """
    reading = Reading(
        settings, intake, stop, since=since, resync_since=resync_since, on_new=on_new, clock=clock or WorldClock()
    )
    patience = patience or Patience()
    loop = asyncio.get_running_loop()
    told = _Told(intake)
    failures = 0
    began: float | None = None
    while not stop.is_set():
        well_since: float | None = None
        try:
            async with _connected(settings, stop, limits) as session:
                await reading.open(session)
                while not stop.is_set():
                    await reading.read_new(session)
                    well_since = well_since or loop.time()
                    await told.reading(reading.complaint())
                    if once:
                        return
                    await reading.wait(session)
        except MailerError as error:
            if stop.is_set():
                return
            if once:
                raise
            now = loop.time()
            if well_since is not None:
                began = None
                failures = 0 if now - well_since >= patience.steady else failures
            began = now if began is None else began
            failures += 1
            refused = isinstance(error, MailboxRefused)
            pause = patience.wait(failures, refused=refused, chance=chance())
            if well_since is not None:
                pause = min(pause, settings.poll_every)  # a server that ends every IDLE is read as often as one without
            log.warning("mailbox=%s failures=%d next=%.0fs: %s", settings.mailbox, failures, pause, error)
            if patience.is_to_be_told(refused=refused, lasted=now - began):
                await told.not_reading(str(error), refused=refused)
            await first_of(pause, stop)


class _Told:
    """What the convener knows of our trouble. A sentence is told when things get worse, or better, than what is known: not when
    the server only words it differently."""

    _UNKNOWN, _WELL, _MESSAGES_RESIST, _NOT_READ, _REFUSED = range(-1, 4)

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._known = self._UNKNOWN  # an earlier run may have said something: to be taken back

    async def reading(self, complaint: str | None) -> None:
        """The mailbox is read, but for what *complaint* says."""
        state = self._MESSAGES_RESIST if complaint else self._WELL
        if state != self._known:
            await self._say(complaint, state)

    async def not_reading(self, sentence: str, *, refused: bool) -> None:
        """The mailbox cannot be read."""
        state = self._REFUSED if refused else self._NOT_READ
        if state > self._known:
            await self._say(sentence, state)

    async def _say(self, sentence: str | None, state: int) -> None:
        try:
            await self._intake.trouble(sentence)
            self._known = state
        except MailerError as error:  # the store itself is the trouble: said as soon as it can be
            log.warning("the convener cannot be told: %s", error)


@contextlib.asynccontextmanager
async def _connected(settings: ImapSettings, stop: asyncio.Event, limits: Limits) -> AsyncIterator[Session]:
    """Connect, and end the connection: politely if all went well; at once a few seconds after *stop*, so that whoever waits
    for the server then is freed by a failure instead of a cancellation."""
    stopped = asyncio.ensure_future(stop.wait())
    connecting = asyncio.ensure_future(Session.connect(settings, limits))
    try:
        await asyncio.wait((connecting, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not connecting.done():
            raise MailboxLost("Stopped while connecting.")
        session = connecting.result()
    finally:
        stopped.cancel()
        if not connecting.done():
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

    async def abort_after_stop() -> None:
        await stop.wait()
        await asyncio.sleep(limits.farewell)
        session.abort()

    watching = asyncio.ensure_future(abort_after_stop())
    try:
        yield session
        await session.close()
    finally:
        watching.cancel()
        session.abort()
