"""The watch against a real Dovecot: TLS, IDLE, filing, \\Seen, large mail, and what it costs in memory."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailer.config import ImapSettings
from mailer.receive.probe import probe
from mailer.receive.watch import watch
from tests.receive.test_watch import Remembered
from tests.servers.dovecot import Dovecot, Mailbox


def settings(mailbox: Mailbox, tls: str, **changes: object) -> ImapSettings:
    server: Dovecot = mailbox.server
    return ImapSettings(
        address=f"{mailbox.user}@example.org",
        host="localhost",
        port=server.imaps_port if tls == "tls" else server.imap_port,
        tls=tls,  # type: ignore[arg-type]
        user=mailbox.user,
        password=SecretStr(mailbox.password),
        ca_file=str(server.certificate),
    ).model_copy(update=changes)


def mail(number: int, length: int = 10) -> bytes:
    head = f"Message-ID: <{number}@example.org>\r\nSubject: RE: yes * {number} :(\r\n\r\n"
    return head.encode() + b"0123456789abcde\r\n" * (length // 17 + 1)


def flags(mailbox: Mailbox, name: str) -> list[bytes]:
    with mailbox.imap(name) as client:
        return [line for _, lines in [client.fetch("1:*", "(FLAGS)")] for line in lines if isinstance(line, bytes)]


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
async def test_everything_arrives_once_and_unread_stays_unread(mailbox: Mailbox, tls: str) -> None:
    intake, stop = Remembered(None), asyncio.Event()
    await asyncio.to_thread(mailbox.append, mail(0))  # old
    task = asyncio.ensure_future(watch(settings(mailbox, tls), intake, stop=stop))
    await intake.until(lambda: intake.at)
    expected = [mail(1), mail(2, 2_000_000), mail(3)]
    for raw in expected:
        await asyncio.to_thread(mailbox.append, raw)
    await intake.until(lambda: len(intake.taken) == 3)
    stop.set()
    await asyncio.wait_for(task, 30)
    assert [f.raw for f in intake.taken] == expected
    assert not [line for line in await asyncio.to_thread(flags, mailbox, "INBOX") if b"\\Seen" in line]


async def test_filing_creates_the_folder_and_changes_nothing_else(mailbox: Mailbox) -> None:
    intake = Remembered(None)
    intake.file_into = "Done & über"
    one = settings(mailbox, "none", file_into=intake.file_into)
    await watch(one, intake, stop=asyncio.Event(), once=True)
    for number in range(3):
        await asyncio.to_thread(mailbox.append, mail(number), "INBOX", "\\Flagged" if number == 1 else "")
    await watch(one, intake, stop=asyncio.Event(), once=True)
    assert await asyncio.to_thread(mailbox.mails) == []
    found = await asyncio.to_thread(flags, mailbox, '"Done &- &APw-ber"')
    assert [b"\\Flagged" in line for line in found] == [False, True, False]
    assert not [line for line in found if b"\\Seen" in line]


async def test_since_and_a_mailbox_numbered_anew(mailbox: Mailbox, dovecot: Dovecot) -> None:
    def append(number: int, day: str) -> None:
        with mailbox.imap() as client:
            client.append("INBOX", None, f'"{day}-Mar-2026 12:00:00 +0000"', mail(number))  # type: ignore[arg-type]

    for number, day in [(1, "01"), (2, "05"), (3, "06")]:
        await asyncio.to_thread(append, number, day)
    intake = Remembered(None)
    one, since = settings(mailbox, "none"), datetime(2026, 3, 5, 12, tzinfo=UTC)
    await watch(one, intake, stop=asyncio.Event(), once=True, since=since)
    assert [f.raw for f in intake.taken] == [mail(2), mail(3)]
    before = intake.at
    assert before is not None

    (dovecot.where / "mail" / mailbox.user / "dovecot-uidlist").unlink()  # what an unlucky restore does
    for index in (dovecot.where / "mail" / mailbox.user).glob("dovecot.index*"):
        index.unlink()
    intake.taken.clear()
    await watch(one, intake, stop=asyncio.Event(), once=True, resync_since=since)
    assert [f.raw for f in intake.taken] == [mail(2), mail(3)]
    assert intake.at is not None
    assert intake.at.uid_validity != before.uid_validity


async def test_the_doctor(mailbox: Mailbox) -> None:
    probed = await probe(settings(mailbox, "tls", file_into="Done"))
    assert probed.problem is None
    assert "The server announces new mail at once (IDLE)." in probed.notes
    wrong = await probe(settings(mailbox, "starttls", password=SecretStr("wrong")))
    assert "Check user and password" in str(wrong.problem)
    untrusted = await probe(settings(mailbox, "tls", ca_file=""))
    assert "certificate that cannot be trusted" in str(untrusted.problem)


_MEASURE = """
import asyncio, gc, json, sys
from mailer.config import ImapSettings
from mailer.receive.intake import Position, Taken
from mailer.receive.watch import watch

def megabytes(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024

class Dropping:
    sizes = []
    at = None
    async def position(self, mailbox): return self.at
    async def take(self, mailbox, fetched):
        self.sizes.append(len(fetched.raw or b""))
        return Taken(True)
    async def take_all(self, mailbox, batch): return [await self.take(mailbox, one) for one in batch]
    async def advance(self, mailbox, position): self.at = position
    async def trouble(self, sentence): pass

async def main():
    settings, intake = ImapSettings(**json.loads(sys.argv[1])), Dropping()
    await watch(settings, intake, stop=asyncio.Event(), once=True)
    gc.collect()
    open("/proc/self/clear_refs", "w").write("5")  # VmHWM starts anew
    before = megabytes("VmRSS")
    intake.at = Position(intake.at.uid_validity, 0)
    await watch(settings, intake, stop=asyncio.Event(), once=True)
    print(json.dumps([intake.sizes, megabytes("VmHWM") - before]))

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux's /proc")
async def test_large_mails_one_after_the_other_cost_the_memory_of_one(mailbox: Mailbox) -> None:
    raw = mail(1, 25_000_000)
    for _ in range(2):
        await asyncio.to_thread(mailbox.append, raw)
    wanted = settings(mailbox, "tls").model_dump(
        mode="json", include={"address", "host", "port", "tls", "user", "ca_file"}
    )
    wanted["password"] = mailbox.password
    command = [sys.executable, "-c", _MEASURE, json.dumps(wanted)]
    finished = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 0, finished.stderr
    sizes, megabytes = json.loads(finished.stdout)
    assert sizes == [len(raw)] * 2
    assert megabytes < 40
