"""The real daemon on the embedded servers, with pretend people and a clock that is moved on when everybody is done.

Time here does not run: `advance` moves it to the next instant at which anybody has something to do (a rule falls due, a mail may leave, a
person answers), and then waits until every mail that moved has been read, handled and sent on. So six weeks pass in a minute, no window is
missed, and the same people give the same story each time.

Promises: the same code as `convener run`, over real sockets; only the clock is another.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from mailer.clock import SteppedClock
from mailer.config import Config, ConvenerSettings, ImapSettings, PartnershipSettings, SmtpSettings
from mailer.daemon import Daemon, build
from mailer.sandbox import instants
from mailer.sandbox.habits import Member
from mailer.sandbox.people import People
from mailer.sandbox.servers import Envelope, Receiver, Servers
from mailer.send.pace import Limits
from mailer.store import inbound
from mailer.store.connection import opened

MAILBOX = "partnership@northwoods.example"
CONVENER = "dana.reyes@northwoods.example"
LOOK_EVERY = 0.005
"""Seconds between the daemon's looks, so that an instant is soon over."""
QUIET_SECONDS = 30.0
"""If the mails of one instant are not dealt with in so much real time, something is broken."""


class Stalled(Exception):
    """Something that moved was never dealt with."""


class Stage:
    """See `staged`."""

    def __init__(self, servers: Servers, people: People, daemon: Daemon, clock: SteppedClock, config: Config) -> None:
        self.servers, self.people, self.daemon, self.clock, self.config = servers, people, daemon, clock, config
        self.to_mailbox = 0
        self.on_quiet: Callable[[], Awaitable[None]] | None = None
        self.pause = 0.0
        self.plans: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def pace(self, per_minute: int) -> None:
        """Let no more than so many mails leave in a minute."""
        settings = self.daemon.settings
        sending = settings.sending.model_copy(update={"most_per_minute": per_minute})
        self.daemon.settings = settings.model_copy(update={"sending": sending})
        self.daemon.dispatcher.limits = Limits(per_minute, sending.most_per_day)

    async def start(self) -> None:
        """Let the daemon run."""
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self.daemon.run(self._stop))
        await self.reading()

    async def end(self) -> None:
        """Stop the daemon, cleanly."""
        self._stop.set()
        if self._running is not None:
            await asyncio.wait_for(self._running, 20)
            self._running = None

    async def down(self, until: datetime) -> None:
        """The service is not there until then: people go on sending, the convener's plans wait, and a new daemon starts."""
        await self.end()
        while (at := self.people.next_due()) is not None and at < until:
            self.clock.set(max(at, self.clock.now()))
            await self.people.send_due()
        self.clock.set(until)
        self.daemon = (await build(self.config, self.clock, look_every=LOOK_EVERY))[0]
        await self.start()
        await self.quiet()

    def plan(self, at: datetime, do: Callable[[], Awaitable[None]]) -> None:
        """The convener does something at *at*."""
        self.plans.append((at.astimezone(UTC), do))
        self.plans.sort(key=lambda p: p[0])

    async def reading(self) -> None:
        """Wait until the mailbox is watched: what came before is old mail, which is left alone."""
        async with asyncio.timeout(QUIET_SECONDS):
            while await inbound.position(self.daemon.office.partnership, "INBOX") is None:  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Wait until everything that is due now has been dealt with."""
        deadline = asyncio.get_running_loop().time() + QUIET_SECONDS
        while await self._busy():
            if asyncio.get_running_loop().time() > deadline:
                raise Stalled(f"not quiet at {self.clock.now()}: {await self._busy()}")
            await asyncio.sleep(0.002)
        if self.on_quiet is not None:
            await self.on_quiet()

    async def _busy(self) -> str:
        """What is still to be done at this instant; empty when nothing is."""
        came = self.to_mailbox
        if await inbound.count(self.daemon.office.partnership) < came:
            return "mail lies in the mailbox that was not taken"
        found = await instants.busy(self.daemon, self.clock.now())
        # a report about a mail that left meanwhile, which the looks before it could not see
        return found or ("mail came into the mailbox" if self.to_mailbox > came else "")

    async def next_instant(self) -> datetime | None:
        """When the next thing happens."""
        found = [await instants.next_instant(self.daemon, self.clock.now()), self.people.next_due()]
        found += [self.plans[0][0]] if self.plans else []
        return min((f for f in found if f is not None), default=None)

    async def advance(self, until: datetime) -> None:
        """Let time pass to *until*, stopping wherever something happens."""
        await self.quiet()
        while True:
            at = await self.next_instant()
            if at is None or at > until:
                break
            if at > self.clock.now():
                self.clock.set(at)
            while self.plans and self.plans[0][0] <= self.clock.now():
                await self.plans.pop(0)[1]()
            await self.people.send_due()
            await self.quiet()
        if until > self.clock.now():
            self.clock.set(until)
            await self.quiet()


@asynccontextmanager
async def staged(
    folder: Path,
    members: Iterable[Member],
    start: datetime,
    *,
    rules_folder: Path,
    templates: Path | None = None,
    seed: int = 1,
    on_mail: Callable[[Envelope, bytes], None] | None = None,
    convener_reads: Receiver | None = None,
    zone: str = "America/Chicago",
    subaddresses: bool = True,
    people_csv: str = "",
) -> AsyncIterator[Stage]:
    """Servers, people and the daemon's loops, from entry to exit; everything it writes is in *folder*."""
    clock = SteppedClock(start)

    def seen(envelope: Envelope, raw: bytes) -> None:
        if on_mail is not None:
            on_mail(envelope, raw)

    servers = Servers(MAILBOX, clock=clock)
    async with servers:
        people = People(servers, members, clock, seed=seed)

        async def ignore(envelope: Envelope, raw: bytes) -> None:
            """The convener reads, and acts by plan."""

        servers.admit([CONVENER], convener_reads or ignore)
        config = _config(folder, servers, rules_folder, templates, zone, subaddresses)
        if people_csv:
            (folder / "people.csv").write_text(people_csv, encoding="utf-8")
        async with opened(config.database):
            daemon = (await build(config, clock, look_every=LOOK_EVERY))[0]
            if people_csv:
                await daemon.reload()
            stage = Stage(servers, people, daemon, clock, config)

            def routed(envelope: Envelope, raw: bytes) -> None:
                local, _, domain = envelope.forward_path.rpartition("@")
                if f"{local.partition('+')[0]}@{domain}".lower() == MAILBOX:
                    stage.to_mailbox += 1
                seen(envelope, raw)

            servers.on_mail = routed
            try:
                await stage.start()
                yield stage
            finally:
                await stage.end()


def _config(
    folder: Path, servers: Servers, rules_folder: Path, templates: Path | None, zone: str, subaddresses: bool
) -> Config:
    settings = PartnershipSettings(
        key="northwoods",
        name="Northwoods Manufacturing Partnership",
        time_zone=zone,
        rules=rules_folder,
        templates=templates or folder / "templates",
        people=folder / "people.csv",
        convener=ConvenerSettings(
            name="Dana Reyes",
            address=CONVENER,
            title="Convener",
            organisation="Northwoods Workforce Board",
            phone="+1 414 555 0100",
        ),
        mailbox=ImapSettings(
            address=MAILBOX,
            host=servers.host,
            port=servers.imap_port,
            tls="none",
            user=servers.user,
            password=SecretStr(servers.password),
            subaddresses=subaddresses,
            poll_every=5,
        ),
        sending=SmtpSettings(
            host=servers.host,
            port=servers.smtp_port,
            tls="none",
            user=servers.user,
            password=SecretStr(servers.password),
            most_per_minute=100_000,
            most_per_day=100_000,
        ),
    )
    return Config(file=folder / "config.toml", database=f"sqlite://{folder / 'convener.db'}", partnerships=(settings,))
