"""The watch against the embedded IMAP server of the demo (pymap): another implementation than our own idea of one."""

import asyncio

from pydantic import SecretStr

from mailer.config import ImapSettings
from mailer.receive.intake import Position
from mailer.receive.probe import probe
from mailer.receive.watch import watch
from mailer.sandbox.servers import Servers
from tests.receive.test_watch import Remembered


def settings(servers: Servers, **changes: object) -> ImapSettings:
    return ImapSettings(
        address=servers.mailbox,
        host=servers.host,
        port=servers.imap_port,
        tls="none",
        user=servers.user,
        password=SecretStr(servers.password),
    ).model_copy(update=changes)


def mail(number: int, length: int = 10) -> bytes:
    return f"Message-ID: <{number}@example.org>\r\nSubject: * {number} :(\r\n\r\n".encode() + b"x" * length + b"\r\n"


async def test_everything_arrives_once_in_order_and_is_filed() -> None:
    intake, stop = Remembered(None), asyncio.Event()
    intake.file_into = "Erledigt/Für später"
    async with Servers("answers@example.org") as servers:
        await servers.deliver(mail(0))  # old
        task = asyncio.ensure_future(watch(settings(servers), intake, stop=stop))
        await intake.until(lambda: intake.at)
        expected = [mail(1), mail(2, 300_000), *(mail(n) for n in range(3, 60))]
        for raw in expected:
            await servers.deliver(raw)
        await intake.until(lambda: len(intake.taken) == len(expected))
        await intake.until(lambda: intake.at and intake.at.last_uid == intake.uids[-1])
        stop.set()
        await asyncio.wait_for(task, 30)
        assert [f.raw for f in intake.taken] == expected
        assert intake.uids == sorted(set(intake.uids))
        assert await servers.mails() == [mail(0)]
        assert await servers.mails("Erledigt/Für später") == expected
    assert intake.said == [None]


async def test_a_second_start_reads_what_came_meanwhile() -> None:
    intake = Remembered(None)
    async with Servers("answers@example.org") as servers:
        await watch(settings(servers), intake, stop=asyncio.Event(), once=True)
        assert isinstance(intake.at, Position)
        await servers.deliver(mail(1))
        await watch(settings(servers), intake, stop=asyncio.Event(), once=True)
        await watch(settings(servers), intake, stop=asyncio.Event(), once=True)
    assert [f.raw for f in intake.taken] == [mail(1)]


async def test_the_doctor() -> None:
    async with Servers("answers@example.org") as servers:
        assert (await probe(settings(servers))).problem is None
        probed = await probe(settings(servers, password=SecretStr("wrong")))
        assert probed.problem is not None
        assert "Check user and password" in probed.problem
        probed = await probe(settings(servers, mailbox="Nowhere"))
        assert probed.problem is not None
        assert 'cannot open the mailbox "Nowhere"' in probed.problem
