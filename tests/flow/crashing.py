"""``python -m tests.flow.crashing POINT --config FILE``: the service, once through, killed (SIGKILL) at a line of the crash table."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mailer import daemon, log
from mailer.config import load
from mailer.pipeline.mail import handle
from mailer.receive.keeper import Keeper
from mailer.send import dispatch
from mailer.store import inbound, outbox
from mailer.store import log as log_store


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die when *name* is about to run."""

    def dead(*_: object, **__: object) -> object:
        die()
        raise AssertionError

    setattr(owner, name, dead)


def after(owner: Any, name: str) -> None:
    """Die when *name* has run."""
    real: Callable[..., Awaitable[object]] = getattr(owner, name)

    async def once(*arguments: object, **named: object) -> object:
        result = await real(*arguments, **named)
        die()
        return result

    setattr(owner, name, once)


def on_reminder(owner: Any, name: str) -> None:
    """Die when *name* is about to run for a mail of the rule [chase]."""
    real = getattr(owner, name)

    def perhaps(self: object, entry: outbox.OutboxEntry, *rest: object) -> object:
        if entry.notice.rule == "chase":
            die()
        return real(self, entry, *rest)

    setattr(owner, name, perhaps)


POINTS: dict[str, Callable[[], None]] = {
    "before-the-bytes-are-committed": lambda: before(inbound, "commit"),
    "bytes-written-but-not-committed": lambda: after(inbound, "commit"),
    "after-the-bytes-are-committed": lambda: before(Keeper, "advance"),
    "after-the-position-is-committed": lambda: after(Keeper, "advance"),
    "while-consequences-are-written": lambda: before(log_store, "write"),
    "when-the-mails-they-cause-are-written": lambda: after(outbox, "put"),
    "after-the-consequences": lambda: after(handle, "transact"),
    "after-the-claim": lambda: after(outbox, "claim"),
    "after-the-attempt-begins": lambda: before(outbox, "on_the_wire"),
    "between-data-and-its-record": lambda: before(dispatch.Dispatcher, "_result"),
    "between-data-of-a-reminder-and-its-record": lambda: on_reminder(dispatch.Dispatcher, "_result"),
    "when-the-record-is-written": lambda: after(outbox, "finish"),
}


def main() -> None:
    point, file = sys.argv[1], Path(sys.argv[3])
    log.setup("error")
    config = load(file, os.environ)
    POINTS[point]()
    asyncio.run(daemon.run(config, once=True))


if __name__ == "__main__":
    main()
