"""How long a convener waits for a command, on a prepared installation: the whole process, from start to exit.

Bare: the same interpreter, doing nothing. Byte code is kept, as it is wherever nobody forbids it; the first run writes it.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.figure import Measured, times, verdict
from tests.flow.process import Installation

COMMANDS = (
    ("--help",), ("attendance", "launch"), ("people", "list"), ("meeting", "list"), ("inbound",), ("outbox",),
)  # fmt: skip


async def measure(runs: int = 7) -> bool:
    """Print the figures; gives whether the targets are met."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bare = Measured()
    found = {command: Measured() for command in COMMANDS}
    with tempfile.TemporaryDirectory() as temporary:
        installation = Installation(Path(temporary), "rsvp@northwdb.example", 1, 1)
        await installation.prepare(*((f"Guest{n} Anders", f"guest{n}@acme.example") for n in range(100)))
        for command in COMMANDS:
            await installation.run(*command)
        for _ in range(runs):
            with bare.run():
                assert await (await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")).wait() == 0
            for command, measured in found.items():
                with measured.run():
                    await installation.run(*command)
    print("Start: commands on a partnership of 100 people")
    print(times("python -c pass", bare))
    met = []
    for command, measured in found.items():
        print(times(f"convener {' '.join(command)}", measured))
        met.append(median(measured.wall) <= 0.5)
    slowest = max(median(measured.wall) for measured in found.values())
    verdict("the slowest", slowest, 0.5, at_least=False, unit=" s")
    return all(met)
