"""Which running programs are alive: what a dead one had in its hands, others take over."""

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.store import models
from mailer.store.statement import marks, write

SILENT_FOR = timedelta(minutes=2)
"""A worker on another machine that was not seen for so long is dead. (One on this machine is asked for directly.)"""

AT_ONCE = 500
"""Names in one statement: SQLite takes a limited number."""


def new_name() -> str:
    """host:pid:chance, so that a process that got the number of a dead one is not taken for it."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


async def beat(name: str, now: datetime) -> None:
    """Say that *name* is alive."""
    if not await models.Worker.filter(name=name).update(seen_at=now):
        await models.Worker.create(name=name, seen_at=now)


async def dead(own: str, now: datetime) -> list[str]:
    """Workers that are dead at *now*; *own* asks."""
    rows = await models.Worker.exclude(name=own).values_list("name", "seen_at")
    return [name for name, seen_at in rows if not _alive(name, own, seen_at, now)]


async def bury(names: Sequence[str]) -> None:
    """Forget those of *names* of whose work nothing is left to be taken over, by this partnership or another."""
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        await write(
            f"DELETE FROM worker WHERE name IN {marks(some)} "  # noqa: S608
            "AND name NOT IN (SELECT claimed_by FROM outbox WHERE state = 'sending' AND claimed_by IS NOT NULL) "
            "AND name NOT IN (SELECT leased_by FROM mailbox WHERE leased_by IS NOT NULL)",
            [tuple(some)],
        )


def _alive(name: str, own: str, seen_at: datetime, now: datetime) -> bool:
    host, pid, _ = name.rsplit(":", 2)
    if host != own.rsplit(":", 2)[0]:
        return now - seen_at < SILENT_FOR
    if pid == str(os.getpid()):
        return (
            False  # our own number under another name: a predecessor (in a container every program has the same number)
        )
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, OverflowError):
        pass
    # Silent, but there: suspended, or busy. Unless the number went to a program that was started later.
    started = _started_at(pid)
    return started is None or started < seen_at + timedelta(seconds=10)


def _started_at(pid: str) -> datetime | None:
    """When the process began; None where the system does not say (Linux does, proc(5))."""
    try:
        ticks = int(Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[19])
        booted = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        return datetime.fromtimestamp(int(booted.split()[1]) + ticks / os.sysconf("SC_CLK_TCK"), UTC)
    except (OSError, ValueError, IndexError, StopIteration):
        return None
