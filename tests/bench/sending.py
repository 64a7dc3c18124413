"""Personal invitations with calendar part, decided and waiting in the outbox, accepted by smtp-sink: letters a second.

Bare: aiosmtplib alone, handing over the very same bytes, over as many connections.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import aiosmtplib

from mailer.config import Config
from mailer.pipeline.due import tick
from mailer.render.outgoing import OutgoingMessage
from tests.bench.figure import Measured, rates, verdict
from tests.bench.letters import cast, daemon_of, invite, plan, register, settings
from tests.servers.daemons import Daemon, folder, free_port, program, unprivileged


async def bare(port: int, connections: int, letters: Sequence[OutgoingMessage]) -> None:
    """Nothing but the client library."""
    waiting = list(letters)

    async def sends() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="bench") as smtp:
            while waiting:
                letter = waiting.pop()
                await smtp.sendmail(letter.reverse_path, [letter.forward_path], letter.content)

    await asyncio.gather(*(sends() for _ in range(connections)))


async def ours(config: Config, count: int, measured: Measured) -> None:
    """Everybody's invitation out of the outbox, by the daemon's own dispatcher and transport."""
    async with daemon_of(config) as daemon:
        await register(daemon.office.partnership, cast(count))
        await plan(daemon)
        await tick.tick(daemon.office, datetime.now(UTC))
        sent = 0
        with measured.run():
            while done := await daemon.dispatcher.round():
                sent += done
        assert sent >= count, f"only {sent} of {count} letters left"


async def measure(count: int = 1_000, runs: int = 3) -> bool:
    """Print the figure; gives whether the target is met."""
    where = folder("sink")
    port = free_port()
    sink = Daemon(
        "smtp-sink", [program("smtp-sink"), f"127.0.0.1:{port}", "100"], where, ports=(port,), account=unprivileged()
    )
    alone, service = Measured(), Measured()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            letters = await invite(settings(Path(temporary) / "letters"), cast(count))
            size = median(len(letter.content) for letter in letters)
            config = settings(Path(temporary) / "0", smtp=port)
            connections = config.partnerships[0].sending.connections
            print(f"Send: {count} invitations of {size / 1000:.1f} KB to smtp-sink over {connections} connections")
            for run in range(runs):
                with alone.run():
                    await bare(port, connections, letters)
                await ours(settings(Path(temporary) / f"run{run}", smtp=port), count, service)
    finally:
        sink.stop()
    print(rates("aiosmtplib alone, ready-made bytes", len(letters), alone))
    print(rates("outbox, conditions, letter, SMTP, outcome", count, service))
    return verdict("ratio", median(alone.wall) / len(letters) / (median(service.wall) / count), 0.5, at_least=True)
