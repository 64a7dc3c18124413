"""The same story twice: as `convener rehearse` tells it, and as the daemon plays it on the embedded servers with the same clock and answers.

`rehearsed` runs the command in a process of its own, on the store that the waiting daemon has open; `played` lets the daemon go on from there.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path

from mailer.sandbox.habits import Member
from mailer.sandbox.people import People
from mailer.sandbox.saying import habitual, members_of, read_saying
from mailer.store import mail_log, meetings, outbox, people
from mailer.store.transact import transact
from tests.flow.world import ZONE, World

Mail = tuple[str, str, str, str]
"""Minute on the meeting's clock, rule, address, subject."""

_CONFIG = """
[partnership]
key = "northwoods"
name = "Northwoods Manufacturing Partnership"
time-zone = "America/Chicago"
rules = "{rules}"
people = "people.csv"

[convener]
name = "Dana Reyes"
address = "dana.reyes@northwoods.example"
title = "Convener"
organisation = "Northwoods Workforce Board"
phone = "+1 414 555 0100"

[mailbox]
address = "partnership@northwoods.example"
host = "127.0.0.1"
tls = "none"

[sending]
host = "127.0.0.1"
tls = "none"
most-per-minute = {per_minute}
most-per-day = 100000

[service]
database = "sqlite://convener.db"
"""


async def rehearsed(here: World, rules: Path, *arguments: str, per_minute: int = 100_000) -> dict[str, object]:
    """What `convener rehearse launch …` says, as data."""
    folder = here.stage.config.file.parent
    (folder / "config.toml").write_text(_CONFIG.format(rules=rules.resolve(), per_minute=per_minute))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mailer",
        "--config",
        str(folder / "config.toml"),
        "rehearse",
        "launch",
        "--json",
        "--as-of",
        f"{here.stage.clock.now().astimezone(ZONE):%Y-%m-%d %H:%M}",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found: dict[str, object] = json.loads(out)
    return found


def mails_of(found: dict[str, object]) -> list[Mail]:
    """Those that would leave."""
    mails = found["mails"]
    assert isinstance(mails, list)
    return sorted(
        (_minute(datetime.fromisoformat(m["at"])), m["rule"], m["to"], m["subject"])
        for m in mails
        if m["state"].startswith("sent")
    )


def _minute(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%a %d %b %H:%M}"


async def cast_of(here: World, sayings: Sequence[str], habits: bool) -> tuple[Member, ...]:
    """The same pretend people as the command makes."""
    office = here.stage.daemon.office
    register = [p for p in await people.people(office.partnership) if p.id != office.convener]
    members = members_of([read_saying(s) for s in sayings], register)
    return (*members, *habitual(register, members)) if habits else members


async def played(
    here: World,
    until: datetime,
    sayings: Sequence[str] = (),
    *,
    habits: bool = False,
    releases: bool = True,
    deeds: Sequence[tuple[datetime, Callable[[], object]]] = (),
    outage: tuple[datetime, datetime] | None = None,
) -> list[Mail]:
    """Let the daemon go on to *until*; gives what really arrived at the mail server."""
    stage = here.stage
    partnership = stage.daemon.office.partnership
    members = await cast_of(here, sayings, habits)
    stage.people = People(stage.servers, members, stage.clock)
    released: set[int] = set()

    async def release() -> None:
        held = await outbox.rows(partnership, [outbox.HELD], 10_000)
        fresh = [e.id for e in held if e.attempt == 0 and e.id not in released]
        released.update(fresh)
        await transact(lambda: outbox.release(partnership, fresh, stage.clock.now()))

    async def at_once() -> None:
        held = await outbox.rows(partnership, [outbox.HELD], 10_000)
        if any(e.attempt == 0 and e.id not in released for e in held):
            stage.plan(stage.clock.now(), release)

    if releases:
        stage.on_quiet = at_once
    for at, do in deeds:
        stage.plan(at, do)  # type: ignore[arg-type]
    if outage is not None:
        await stage.advance(outage[0].astimezone(UTC) - timedelta(microseconds=1))
        await stage.down(outage[1].astimezone(UTC))
    await stage.advance(until.astimezone(UTC))
    by_message_id = {d.message_id: d for d in await mail_log.of_meeting(here.meeting_id)}
    found = []
    for at, to, message in here.mails:
        decided = by_message_id.get(str(message["Message-ID"]))
        if decided is not None:
            found.append((_minute(at), str(decided.rule), to, str(make_header(decode_header(str(message["Subject"]))))))
    return sorted(found)


async def moved(here: World, by: timedelta) -> None:
    """The convener moves the meeting, with end and deadline."""
    meeting = await meetings.by_id(here.meeting_id)
    assert meeting is not None
    assert meeting.reply_deadline is not None
    await here.change(
        dtstart=meeting.dtstart + by, dtend=meeting.dtend + by, reply_deadline=meeting.reply_deadline + by
    )
