"""Answers that lie in a mailbox of a real Dovecot, received, understood and committed with all they cause: mails a second.

Half of them are calendar replies as Gmail, Outlook and Apple write them, half are words above a quoted letter; all are ours, with tokens.
Bare: the same client library alone fetches the same mails, one by one and a hundred at a time, and the standard library parses them.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from statistics import median

import aioimaplib

from mailer.config import Config
from mailer.store import models
from tests.bench.figure import Measured, rates, verdict
from tests.bench.letters import answers, cast, copied, daemon_of, invite, settings
from tests.servers.daemons import unprivileged
from tests.servers.dovecot import PASSWORD, Dovecot, Mailbox


def fill(mailbox: Mailbox, mails: Sequence[bytes]) -> None:
    """Put *mails* into the maildir itself, and have Dovecot look at them once."""
    with mailbox.imap():
        pass
    folder = mailbox.server.where / "mail" / mailbox.user
    for number, raw in enumerate(mails):
        (folder / "new" / f"{1_700_000_000 + number}.M{number}P1.bench").write_bytes(raw)
    unprivileged().own(folder)
    with mailbox.imap() as client:
        assert len(client.search(None, "ALL")[1][0].split()) == len(mails)
        client.fetch("1:*", "(RFC822.SIZE INTERNALDATE)")


async def bare(mailbox: Mailbox, count: int, at_once: int) -> None:
    """Nothing but the client library and the parser of the standard library."""
    client = aioimaplib.IMAP4(mailbox.server.host, mailbox.server.imap_port, timeout=60)
    await client.wait_hello_from_server()
    await client.login(mailbox.user, PASSWORD)
    await client.select("INBOX")
    parsed = 0
    for first in range(1, count + 1, at_once):
        which = str(first) if at_once == 1 else f"{first}:{min(first + at_once - 1, count)}"
        answer = await client.fetch(which, "(UID BODY.PEEK[])")
        for line in answer.lines:
            if isinstance(line, bytearray):
                message = message_from_bytes(bytes(line))
                parsed += bool(message["From"])
    await client.logout()
    assert parsed == count, f"{parsed} of {count} came"


async def ours(config: Config, count: int, measured: Measured) -> None:
    """The daemon's own loops of reading and handling, until everything is handled."""
    async with daemon_of(config) as daemon:
        stop = asyncio.Event()
        since = datetime.now(UTC) - timedelta(days=10_000)
        with measured.run():
            loops = [asyncio.create_task(daemon.receiving(stop, since)), asyncio.create_task(daemon.handling(stop))]
            while await models.Inbound.filter(state__not="fetched").count() < count:
                await asyncio.sleep(0.02)
                for loop in loops:
                    if loop.done():
                        loop.result()
        stop.set()
        await asyncio.gather(*loops)
        states = [state for (state,) in await models.Inbound.all().values_list("state")]
        assert states.count("handled") == count, {state: states.count(state) for state in set(states)}
        assert await models.Answer.all().count() == count


async def measure(count: int = 2_000, runs: int = 3) -> bool:
    """Print the figure; gives whether the target is met."""
    dovecot = Dovecot()
    one_by_one, in_chunks, service = Measured(), Measured(), Measured()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            mailbox = dovecot.add_user()
            prepared = settings(Path(temporary) / "prepared", user=mailbox.user)
            members = cast(count)
            mails = answers(members, await invite(prepared, members))
            assert len(mails) == count
            fill(mailbox, mails)
            size = median(len(raw) for raw in mails)
            print(f"Receive: {count} answers of {size / 1000:.1f} KB out of Dovecot")
            for run in range(runs):
                with one_by_one.run():
                    await bare(mailbox, count, 1)
                with in_chunks.run():
                    await bare(mailbox, count, 100)
                config = copied(prepared, Path(temporary) / f"run{run}", user=mailbox.user, imap=dovecot.imap_port)
                await ours(config, count, service)
    finally:
        dovecot.daemon.stop()
    print(rates("aioimaplib one by one, parsed", count, one_by_one))
    print(rates("aioimaplib a hundred at a time, parsed", count, in_chunks))
    print(rates("watch, keep, understand, apply, commit", count, service))
    met = verdict("ratio to one by one", median(one_by_one.wall) / median(service.wall), 0.5, at_least=True)
    print(f"  {'ratio to a hundred at a time':<46} {median(in_chunks.wall) / median(service.wall):8.2f}")
    return met
