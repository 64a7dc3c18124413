"""With nothing due: what a tick and a look at the outbox cost with 10,000 meetings of 100 people, beside 100 such meetings.

Every meeting has its rules' next instants, invitations and mails that were sent, as after a few weeks of service.
"""

import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from tortoise import connections

from mailer.daemon import Daemon
from mailer.pipeline.due import tick
from mailer.store import models
from mailer.terms import PartnershipId
from tests.bench.figure import verdict
from tests.bench.letters import cast, daemon_of, register, settings

PEOPLE = 100

_INVITATIONS = """INSERT INTO invitation (meeting_id, person_id, token, partstat, guests, comment, changes, reason, invited_at)
SELECT m.id, p.id, 't' || m.id || 'x' || p.id, 'NEEDS-ACTION', 0, '', 0, '', m.created_at FROM meeting m, person p
WHERE p.name LIKE 'Guest%' AND m.status = 'scheduled'"""
_SENT = """INSERT INTO outbox (partnership_id, meeting_id, person_id, key, rule, round, letter, attach, invites, reason, state, due_at, not_before,
attempt, on_the_wire, message_id, forward_path, reverse_path, subject, text, smtp_reply, created_at, sent_at)
SELECT m.partnership_id, i.meeting_id, i.person_id, 'k' || i.id, 'invite', '0', 'invitation-business', '[]', 1, '', 'sent', m.created_at,
m.created_at, 1, 0, '<' || i.id || '@northwdb.example>', '', '', '', '', '250 ok', m.created_at, m.created_at
FROM invitation i JOIN meeting m ON m.id = i.meeting_id"""


async def populate(daemon: Daemon, meetings: int) -> None:
    """*meetings* meetings ahead, everybody invited to each, nothing due for weeks."""
    partnership, now = daemon.office.partnership, datetime.now(UTC)
    await register(partnership, cast(PEOPLE))
    start = now + timedelta(days=90)
    await models.Meeting.bulk_create(
        [
            models.Meeting(
                partnership_id=partnership,
                slug=f"m{number}",
                kind="meeting",
                title=f"Meeting {number}",
                event_uid=f"{number}@northwdb.example",
                dtstart=start + timedelta(hours=number),
                dtend=start + timedelta(hours=number + 2),
                zone="America/Chicago",
                created_at=now - timedelta(days=20),
            )
            for number in range(meetings)
        ],
        batch_size=1_000,
    )
    await _schedule(partnership, daemon, now)
    client = connections.get("default")
    await client.execute_script(_INVITATIONS)
    await client.execute_script(_SENT)
    assert await models.Outbox.all().count() == meetings * PEOPLE


async def _schedule(partnership: PartnershipId, daemon: Daemon, now: datetime) -> None:
    ids = await models.column(models.Meeting.filter(partnership_id=partnership, status="scheduled"), "id")
    rules = [rule.id for rule in daemon.office.book.rules]
    await models.Due.bulk_create(
        [
            models.Due(
                partnership_id=partnership,
                meeting_id=ident,
                rule=rule,
                due_at=now + timedelta(days=30, minutes=ident) if rule == "invite" else None,
            )
            for ident in ids
            for rule in rules
        ],
        batch_size=1_000,
    )


async def cost(work: Callable[[], Awaitable[object]], times: int = 300) -> list[float]:
    """Milliseconds of each of *times* runs."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        found.append((time.perf_counter() - begun) * 1000)
    return found


async def measure(few: int = 100, many: int = 10_000) -> bool:
    """Print the figures; gives whether the targets are met."""
    ticks: dict[int, list[float]] = {few: [], many: []}
    rounds: dict[int, list[float]] = {few: [], many: []}
    with tempfile.TemporaryDirectory() as temporary:
        configs = {count: settings(Path(temporary) / str(count)) for count in (few, many)}
        for count, config in configs.items():
            async with daemon_of(config) as daemon:
                await populate(daemon, count)
        for _ in range(3):
            for count, config in configs.items():
                async with daemon_of(config) as daemon:
                    now = datetime.now(UTC)
                    assert await tick.tick(daemon.office, now) == 0
                    ticks[count] += await cost(lambda daemon=daemon, now=now: tick.tick(daemon.office, now))  # type: ignore[misc]
                    rounds[count] += await cost(daemon.dispatcher.round)
    print(f"Nothing due: {many} meetings of {PEOPLE} people beside {few}")
    met = []
    for name, found in (("tick", ticks), ("round of the dispatcher", rounds)):
        for count in (few, many):
            print(
                f"  {name + f', {count} meetings':<46} {median(found[count]):8.2f} ms ({min(found[count]):.2f} to {max(found[count]):.2f})"
            )
        met.append(verdict(f"ratio, {name}", median(found[many]) / median(found[few]), 1.2, at_least=False))
    return all(met)
