"""Which running programs are alive: what a dead one had in its hands, others take over."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from mailer.store import models

SILENT_FOR = timedelta(minutes=2)
"""A worker on another machine that was not seen for so long is dead. (One on this machine is asked for directly.)"""


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


async def bury(names: list[str]) -> None:
    """Their work has been taken over."""
    await models.Worker.filter(name__in=names).delete()


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
    except (PermissionError, ValueError):
        pass
    return now - seen_at < SILENT_FOR
