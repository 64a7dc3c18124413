"""Build every part from the configuration, run the loops, stop by event.

For each partnership: the mailbox is watched, what came is handled, the clock ticks, what is due is sent, edited files are taken up. The loops
share nothing but the store; each can fail and go on without the others.

Promises: a clean stop finishes what is being written or sent; a dead worker's work is taken over; trouble is said once.
Fails:    ConfigProblems, RuleProblems, LetterProblems, StoreUnusable at the start; afterwards it keeps running.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from mailer.clock import Clock, WorldClock
from mailer.config import Config, PartnershipSettings
from mailer.decide.conditions import Pace
from mailer.decide.snapshot import Notice
from mailer.errors import MailerError, Problem, StoreUnusable
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline import opening
from mailer.pipeline.due import seats, tick
from mailer.pipeline.due.announce import headcount_told, overtaken, undeliverable
from mailer.pipeline.hand import closing, reports, retention
from mailer.pipeline.hand.register import import_people
from mailer.pipeline.hand.signing import Signing
from mailer.pipeline.mail import desk
from mailer.pipeline.mail.handle import handle
from mailer.pipeline.mail.overview import Tools
from mailer.pipeline.office import Office
from mailer.pipeline.papers.particulars import particulars
from mailer.receive.keeper import Keeper
from mailer.receive.watch import watch
from mailer.render.letters import Letters
from mailer.render.outgoing import Particulars
from mailer.send.dispatch import Dispatcher, Letterhead, Transport
from mailer.send.pace import Limits
from mailer.send.smtp import SmtpTransport
from mailer.store import erasing, inbound, log, workers
from mailer.store.connection import opened
from mailer.store.outbox import OutboxEntry
from mailer.store.transact import transact
from mailer.terms import MeetingId, PersonId, canonical
from mailer.understand.bounds import Reader

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between looks at the outbox and the due rules: an indexed query each. (Other programs put work there too.)"""
FILES_EVERY = 3.0
BEAT_EVERY = 20.0
RETAIN_EVERY = timedelta(days=1)
READ_FIRST = 20.0
"""How long a start waits for the first look at the mailbox."""
GOOD_WHILE = 300.0
"""A loop that ran so long before it stumbled begins again at once."""


class Daemon:
    """The running parts of one partnership."""

    def __init__(
        self,
        settings: PartnershipSettings,
        office: Office,
        letters: Letters,
        clock: Clock,
        worker: str,
        *,
        look_every: float,
        transport: Transport | None = None,
        config_file: Path | None = None,
    ) -> None:
        self.settings, self.office, self.letters, self.clock, self.worker = settings, office, letters, clock, worker
        self.arrived = asyncio.Event()
        self.arrived.set()
        self.look_every = look_every
        self.reader = Reader()
        self.transport: Transport = transport or SmtpTransport(settings.sending)
        self.dispatcher = Dispatcher(
            self.letterhead,
            self.transport,
            clock,
            worker=worker,
            limits=Limits(settings.sending.most_per_minute, settings.sending.most_per_day),
            give_up_after=timedelta(hours=settings.sending.give_up_after_hours),
            on_dead=self.on_dead,
            on_invited=self.on_invited,
            on_overtaken=self.on_overtaken,
            on_sent=self.on_sent,
            pace=Pace(settings.sending.most_per_person_per_week) if settings.sending.most_per_person_per_week else None,
        )
        self.keeper = Keeper(
            office.partnership,
            clock,
            own_addresses=frozenset({canonical(settings.mailbox.address), canonical(settings.convener.address)}),
            commanders=office.commanders,
            file_into=settings.mailbox.file_into,
            arrived=self.arrived.set,
        )
        self.digest_times = desk.DigestTimes(time.fromisoformat(settings.convener.digest_at), settings.time_zone)
        self.all_handled = False
        self.signing = Signing()
        rehearse = self.rehearse if config_file is not None else None
        self.tools = Tools(rehearse, self.changes, lambda: self.letters)
        self._config_file = config_file
        self._stamp: object = opening.stamp(settings)
        self._retained: datetime | None = None

    def letterhead(self) -> Letterhead:
        book = self.office.book
        return Letterhead(
            self.office.partnership,
            self.office.sender,
            self.letters,
            book.rule,
            book.serving,
            self.may_chase,
            self.particulars,
        )

    async def particulars(
        self, notice: Notice, meeting: Meeting, person: Person, lists: frozenset[str], now: datetime
    ) -> Particulars:
        return await particulars(self.office, notice, meeting, person, lists, now)

    async def rehearse(self, meeting: Meeting, text: str, now: datetime) -> str:
        """A rehearsal that was asked for by mail, in a process of its own."""
        assert self._config_file is not None
        return await reports.rehearse_text(
            self._config_file, self.settings.key, reports.arguments_of(meeting.slug, text)
        )

    async def changes(self, now: datetime) -> str:
        """What the edited files would change, asked for by mail."""
        return await reports.changes_text(self.office, self.settings, now)

    async def on_dead(self, entry: OutboxEntry, reason: str, now: datetime) -> None:
        await undeliverable(self.office, entry, reason, now)

    async def on_overtaken(self, entry: OutboxEntry, now: datetime) -> None:
        await overtaken(self.office, entry, now)

    async def on_sent(self, sent: Sequence[Notice], now: datetime) -> None:
        await headcount_told(self.office, sent, now)

    async def on_invited(self, invited: Sequence[tuple[MeetingId, PersonId]], now: datetime) -> None:
        await tick.invitations_left(self.office, invited, now)

    def may_chase(self) -> bool:
        """Whether silence is known to be silence: the mailbox is read, and what came is handled."""
        return self.keeper.caught_up and self.all_handled

    async def handle_arrived(self, stop: asyncio.Event | None = None) -> int:
        """Handle everything that is committed and waits; gives how many."""
        done = 0
        while ids := await inbound.waiting(self.office.partnership):
            self.all_handled = False
            for ident in ids:
                if stop is not None and stop.is_set():
                    return done
                await handle(self.office, self.reader, ident, self.clock.now(), self.tools)
                done += 1
        self.all_handled = True
        return done

    async def handling(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.arrived.clear()
            await self.handle_arrived(stop)
            await _either(stop, self.arrived, 5.0)

    async def reading_first(self, stop: asyncio.Event) -> None:
        """After a start, what came meanwhile counts before anything is decided or sent. Not for ever: the mailbox may be out of reach."""
        over = asyncio.get_running_loop().time() + READ_FIRST
        while not stop.is_set() and asyncio.get_running_loop().time() < over:
            if self.keeper.looked and not await inbound.waiting(self.office.partnership, 1):
                return
            await _either(stop, None, min(self.look_every, 0.1))

    async def sending(self, stop: asyncio.Event) -> None:
        await self.reading_first(stop)
        await self.dispatcher.run(stop, self.look_every)

    async def ticking(self, stop: asyncio.Event) -> None:
        await self.reading_first(stop)
        while not stop.is_set():
            await self.tick(self.clock.now())
            await _either(stop, None, self.look_every)

    async def tick(self, now: datetime, heed: tick.Heed | None = None) -> None:
        """Decide everything that the clock brings about. *heed* hears what was decided about each meeting."""
        await tick.tick(self.office, now, heed)
        await seats.offers_run_out(self.office, now)
        await self.signing.attend(self.office, self.letters, now)
        await closing.attend(self.office, now)
        await desk.digest(self.office, self.digest_times, now)
        await self.retain(now)

    async def retain(self, now: datetime) -> None:
        """Once a day, and after a start: what is kept long enough goes; what was erased is gone from the file, too."""
        if self._retained is None or now - self._retained >= RETAIN_EVERY:
            self._retained = now
            if not (await retention.obey(self.office, self.settings.retention, now)).nothing:
                erasing.LEFT.set()
        if erasing.LEFT.is_set():
            await erasing.scrub()

    async def editing(self, stop: asyncio.Event) -> None:
        """Take up files that changed, once they check clean; tell the convener, once, when they do not."""
        while not stop.is_set():
            await _either(stop, None, FILES_EVERY)
            stamp = opening.stamp(self.settings)
            if stamp != self._stamp:
                self._stamp = None  # if the store is in trouble now, they are taken up later
                await self.reload()
                self._stamp = stamp

    async def reload(self) -> tuple[Problem, ...]:
        """Read the files anew; gives what is wrong with them."""
        now = self.clock.now()
        try:
            self.office, self.letters, problems = await opening.open_office(self.settings, now)
            await self.signing.attend(self.office, self.letters, now)  # before a changed letter leaves on an earlier OK
            if self.settings.people is not None and self.settings.people.exists():
                content = await asyncio.to_thread(self.settings.people.read_bytes)
                done = await import_people(self.office, self.settings.people.name, content, now, master=True)
                problems = (*problems, *done.problems)
        except StoreUnusable:
            raise
        except MailerError as exc:
            await self.files_trouble(str(exc))
            return getattr(exc, "problems", ())
        wrong = opening.errors_of(problems)
        await self.files_trouble("\n\n".join(map(str, wrong)) if wrong else None)
        return problems

    async def files_trouble(self, sentence: str | None) -> None:
        if await transact(lambda: log.set_trouble(self.office.partnership, "files", sentence, self.clock.now())):
            logger.warning("files %s", "in order again" if sentence is None else f"cannot be used:\n{sentence}")
            if sentence is not None:
                await opening.tell_owner(self.office, self.settings, sentence, self.clock.now())

    async def living(self, stop: asyncio.Event) -> None:
        """Say that this worker lives, and take over from dead ones."""
        world = WorldClock()
        while not stop.is_set():
            await self.take_over(world.now())
            await _either(stop, None, BEAT_EVERY)

    async def take_over(self, now: datetime) -> None:
        await workers.beat(self.worker, now)
        dead = await workers.dead(self.worker, now)
        if dead:
            await self.dispatcher.recover(dead)

    async def receiving(self, stop: asyncio.Event, since: datetime | None) -> None:
        mailbox, partnership = self.settings.mailbox.mailbox, self.office.partnership
        while not stop.is_set():
            dead = await workers.dead(self.worker, datetime.now(UTC))
            if await transact(lambda dead=dead: inbound.lease(partnership, mailbox, self.worker, dead)):  # type: ignore[misc]
                break
            await _either(stop, None, 5.0)
        try:
            first = await inbound.first_read_at(partnership, mailbox)
            await watch(
                self.settings.mailbox, self.keeper, stop=stop, since=since, resync_since=first, on_new=self.arrived.set
            )
        finally:
            await transact(lambda: inbound.release_lease(partnership, mailbox, self.worker))

    async def run(self, stop: asyncio.Event, since: datetime | None = None) -> None:
        """All loops, until *stop*."""
        await self.take_over(datetime.now(UTC))
        loops: list[Callable[[], Awaitable[None]]] = [
            lambda: self.receiving(stop, since),
            lambda: self.handling(stop),
            lambda: self.ticking(stop),
            lambda: self.sending(stop),
            lambda: self.editing(stop),
            lambda: self.living(stop),
        ]
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(_lasting(loop, stop))
        await self.close()

    async def close(self) -> None:
        await self.transport.close()
        self.reader.close()

    async def once(self, since: datetime | None = None) -> None:
        """Read what is there, handle it, decide and send what is due, then return."""
        stop = asyncio.Event()
        await self.take_over(datetime.now(UTC))
        partnership, mailbox = self.office.partnership, self.settings.mailbox.mailbox
        first = await inbound.first_read_at(partnership, mailbox)
        try:
            await watch(self.settings.mailbox, self.keeper, stop=stop, since=since, resync_since=first, once=True)
        finally:
            await self.handle_arrived()
            await self.tick(self.clock.now())
            while await self.dispatcher.round():
                await self.tick(self.clock.now())
            await self.close()


async def _either(stop: asyncio.Event, event: asyncio.Event | None, seconds: float) -> None:
    """Wait for one of the events, at most *seconds* of real time."""
    waits = [asyncio.create_task(e.wait()) for e in (stop, event) if e is not None]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()


async def _lasting(loop: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run *loop* again after whatever stopped it, with patience: trouble with the store or a bug must not end the service."""
    wait = 1.0
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await loop()
        except StoreUnusable as exc:
            logger.warning("%s", exc)
        except Exception:
            logger.exception("a loop stumbled; it goes on in %.0f seconds", wait)
        if not stop.is_set():
            wait = 1.0 if asyncio.get_running_loop().time() - began > GOOD_WHILE else min(wait * 2, 60.0)
            await _either(stop, None, wait)


async def build(
    config: Config, clock: Clock, *, look_every: float = LOOK_EVERY, transport: Transport | None = None
) -> list[Daemon]:
    """Every partnership of *config*, with its files read and its rules in force. The store must be open. *transport*: another way out than
    the mail server's (a rehearsal keeps what would be sent)."""
    worker = workers.new_name()
    await workers.beat(worker, datetime.now(UTC))
    daemons = []
    for settings in config.partnerships:
        office, letters, problems = await opening.open_office(settings, clock.now())
        daemon = Daemon(
            settings,
            office,
            letters,
            clock,
            worker,
            look_every=look_every,
            transport=transport,
            config_file=config.file,
        )
        wrong = opening.errors_of(problems)
        await daemon.files_trouble("\n\n".join(map(str, wrong)) if wrong else None)
        if settings.people is not None and settings.people.exists():
            content = await asyncio.to_thread(settings.people.read_bytes)
            await import_people(office, settings.people.name, content, clock.now(), master=True)
        daemons.append(daemon)
    return daemons


async def run(config: Config, *, once: bool = False, since: datetime | None = None) -> None:
    """The service: until SIGTERM or SIGINT, then a clean stop; or *once* through everything that is there."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with opened(config.database):
        daemons = await build(config, WorldClock())
        logger.info("running partnerships=%s", ",".join(d.settings.key for d in daemons))
        if once:
            for daemon in daemons:
                await daemon.once(since)
            return
        async with asyncio.TaskGroup() as group:
            for daemon in daemons:
                group.create_task(daemon.run(stop, since))
        logger.info("stopped")
