"""A partnership of any size in a database of its own: people in bulk, a meeting, invitations as they are really written, and the answers
that mail and calendar programs really send to them."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from pydantic import SecretStr

from mailer.clock import WorldClock
from mailer.config import Config, ConvenerSettings, ImapSettings, PartnershipSettings, SmtpSettings
from mailer.daemon import Daemon, build
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.pipeline.due import tick
from mailer.pipeline.hand.changes import add_meeting
from mailer.render.outgoing import OutgoingMessage
from mailer.sandbox.habits import Answers, Member, Program, Way
from mailer.sandbox.people import PretendPerson
from mailer.sandbox.servers import Envelope
from mailer.send.outcome import Outcome, Sent
from mailer.store import models
from mailer.store.connection import opened
from mailer.terms import EventUid, MeetingId, PartnershipId, PartStat
from tests.flow.process import RULES

DOMAIN = "northwdb.example"
YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE

# How people answer: half by the buttons of their calendar, half in words above the quoted letter.
_HABITS = (
    (Program.GMAIL, Answers(Way.CALENDAR, YES)),
    (Program.GMAIL, Answers(Way.WORDS, YES, "Yes, see you there")),
    (Program.OUTLOOK, Answers(Way.CALENDAR, NO)),
    (Program.OUTLOOK, Answers(Way.WORDS, NO, "Sorry, can't make it")),
    (Program.APPLE, Answers(Way.CALENDAR, MAYBE)),
    (Program.APPLE, Answers(Way.WORDS, YES, "I will be there, looking forward to it.")),
    (Program.OUTLOOK, Answers(Way.CALENDAR, YES)),
    (Program.THUNDERBIRD, Answers(Way.WORDS, YES, "Count me in.")),
)


def cast(count: int) -> list[Member]:
    """*count* people with their habits."""
    return [
        Member(
            name=f"Guest{number:05d} Anders",
            emails=(f"guest{number:05d}@company{number:05d}.example",),
            organisation=f"Company {number:05d}",
            title="Owner",
            phone="+1 414 555 0100",
            program=program,
            acts=(act,),
        )
        for number, (program, act) in zip(range(count), cycle(_HABITS), strict=False)
    ]


def settings(folder: Path, *, user: str = "nobody", imap: int = 1, smtp: int = 1, database: str = "") -> Config:
    """A configuration for *folder*, with the rules of the flow tests."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "rules" / "rules.toml").write_text(RULES)
    partnership = PartnershipSettings(
        key="northwoods",
        name="Northwoods Manufacturing Partnership",
        time_zone="America/Chicago",
        rules=folder / "rules",
        templates=folder / "templates",
        convener=ConvenerSettings(name="Dana Reyes", address=f"dana@{DOMAIN}", title="Convener"),
        mailbox=ImapSettings(
            address=f"{user}@{DOMAIN}", host="127.0.0.1", port=imap, tls="none", user=user, password=SecretStr("secret")
        ),
        sending=SmtpSettings(
            host="127.0.0.1", port=smtp, tls="none", most_per_minute=10_000_000, most_per_day=10_000_000
        ),
    )
    return Config(
        file=folder / "config.toml",
        database=database or f"sqlite://{folder / 'convener.db'}",
        partnerships=(partnership,),
    )


@asynccontextmanager
async def daemon_of(config: Config) -> AsyncIterator[Daemon]:
    """The store open and the daemon built, its loops not started."""
    async with opened(config.database):
        daemon = (await build(config, WorldClock()))[0]
        try:
            yield daemon
        finally:
            await daemon.close()


async def register(partnership: PartnershipId, members: Sequence[Member]) -> None:
    """Write *members* into the register, in bulk."""
    for start in range(0, len(members), 5_000):
        some = members[start : start + 5_000]
        await models.Person.bulk_create(
            [
                models.Person(partnership_id=partnership, name=m.name, title=m.title, kind=m.kind.value, phone=m.phone)
                for m in some
            ]
        )
        ids = dict(await models.Person.filter(name__in=[m.name for m in some]).values_list("name", "id"))
        await models.PersonAddress.bulk_create(
            [models.PersonAddress(partnership_id=partnership, person_id=ids[m.name], address=m.email) for m in some]
        )


async def plan(daemon: Daemon, slug: str = "launch") -> Meeting:
    """A meeting two months ahead."""
    start = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=60)
    meeting = Meeting(
        id=MeetingId(0),
        partnership_id=daemon.office.partnership,
        slug=slug,
        title="Launch meeting",
        event_uid=EventUid(""),
        dtstart=start,
        dtend=start + timedelta(hours=2),
        zone="America/Chicago",
        place="12 Mill Road",
        reply_deadline=start - timedelta(days=7),
        status=MeetingStatus.SCHEDULED,
    )
    return await add_meeting(daemon.office, meeting, datetime.now(UTC))


class Caught:
    """A transport that takes every mail and keeps it: what the service writes, without a server."""

    def __init__(self) -> None:
        self.mails: list[OutgoingMessage] = []

    async def deliver(self, message: OutgoingMessage, before_data: Callable[[], Awaitable[None]]) -> Outcome:
        await before_data()
        self.mails.append(message)
        return Sent("250 kept")

    async def close(self) -> None:
        """Nothing is open."""


async def invite(config: Config, members: Sequence[Member]) -> list[OutgoingMessage]:
    """Make the partnership, and have everybody's invitation written and sent; gives the letters."""
    async with daemon_of(config) as daemon:
        await register(daemon.office.partnership, members)
        await plan(daemon)
        await tick.tick(daemon.office, datetime.now(UTC))
        caught = Caught()
        daemon.dispatcher._transport = caught
        while await daemon.dispatcher.round():
            pass
        return [m for m in caught.mails if m.forward_path.startswith("guest")]


def answers(members: Sequence[Member], letters: Sequence[OutgoingMessage]) -> list[bytes]:
    """What everybody sends back."""
    people = {m.email: PretendPerson(replace(m)) for m in members}
    now = datetime.now(UTC)
    return [
        intention.mail.content
        for letter in letters
        for intention in people[letter.forward_path].read(
            Envelope(letter.reverse_path, letter.forward_path), letter.content, now
        )
    ]


def copied(config: Config, folder: Path, **servers: int | str) -> Config:
    """The same partnership once more, in *folder*; nobody may have its database open."""
    folder.mkdir(parents=True)
    shutil.copy(config.database.removeprefix("sqlite://"), folder / "convener.db")
    return settings(folder, **servers)  # type: ignore[arg-type]
