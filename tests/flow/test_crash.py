"""Every line of the crash table, with a process that is really killed: nothing lost, nothing doubled but with the same bytes and Message-ID."""

import asyncio
from collections.abc import AsyncIterator
from email.parser import BytesParser
from pathlib import Path

import pytest

from mailer.sandbox.servers import Envelope, Servers
from tests.flow.process import CHASE, Installation

ANN = "ann@acme.example"
MAILBOX = "partnership@northwoods.example"


class Site:
    """The embedded servers in this process, the program in others."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.servers = servers
        self.installation = Installation(folder, MAILBOX, servers.imap_port, servers.smtp_port)
        self.got: list[tuple[str, bytes]] = []

    async def receive(self, envelope: Envelope, raw: bytes) -> None:
        self.got.append((envelope.forward_path, raw))

    def letters(self, word: str) -> list[bytes]:
        """Letters whose subject holds *word*."""
        return [raw for to, raw in self.got if to == ANN and word in str(BytesParser().parsebytes(raw)["Subject"])]

    async def answer(self, text: str) -> None:
        """Ann answers the first letter."""
        letter = BytesParser().parsebytes(self.got[0][1])
        reply_to = str(letter["Reply-To"]).partition("<")[2].rstrip(">") or str(letter["Reply-To"])
        raw = (
            f"From: Ann Ortiz <{ANN}>\r\nTo: {reply_to}\r\nSubject: Re: your invitation\r\nMessage-ID: <answer-1@acme.example>\r\n"
            f"In-Reply-To: {letter['Message-ID']}\r\nDate: {letter['Date']}\r\n\r\n{text}\r\n"
        )
        await self.servers.route(Envelope(ANN, reply_to), raw.encode())

    async def once(self) -> None:
        await self.installation.run("run", "--once")

    async def crash(self, point: str) -> None:
        await self.installation.run(point, expect=-9, module="tests.flow.crashing")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with Ann in its register and a meeting planned."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(Installation(folder, MAILBOX, 1, 1, rules={"rules.toml": CHASE}).prepare(("Ann Ortiz", ANN)))
    return folder


@pytest.fixture
async def site(tmp_path: Path, template: Path) -> AsyncIterator[Site]:
    async with Servers(MAILBOX) as servers:
        here = Site(tmp_path, servers)
        servers.admit([ANN, here.installation.convener], here.receive)
        await here.installation.prepared(template)
        yield here


RECEIVING = [
    "before-the-bytes-are-committed",
    "bytes-written-but-not-committed",
    "after-the-bytes-are-committed",
    "after-the-position-is-committed",
    "while-consequences-are-written",
    "when-the-mails-they-cause-are-written",
    "after-the-consequences",
]


@pytest.mark.parametrize("point", RECEIVING)
async def test_an_answer_is_neither_lost_nor_counted_twice(site: Site, point: str) -> None:
    await site.once()
    assert len(site.letters("join us")) == 1
    await site.answer("Yes, see you there")
    await site.crash(point)
    await site.once()
    await site.once()
    assert await site.installation.attendance() == {ANN: "yes"}
    states = [m["state"] for m in await site.installation.json("inbound")]
    assert states == ["handled"]
    confirmations = [m for m in await site.installation.json("outbox") if m["rule"] == "confirm"]
    assert [m["state"] for m in confirmations] == ["sent"]
    assert len(site.letters("join us")) == 1
    assert len([1 for to, _ in site.got if to == ANN]) == 2


@pytest.mark.parametrize("point", ["after-the-claim", "after-the-attempt-begins"])
async def test_a_mail_that_did_not_leave_leaves_once(site: Site, point: str) -> None:
    await site.crash(point)
    assert site.got == []
    await site.once()
    await site.once()
    assert len(site.letters("join us")) == 1


@pytest.mark.parametrize("point", ["between-data-and-its-record", "when-the-record-is-written"])
async def test_a_mail_in_doubt_goes_again_with_the_same_bytes(site: Site, point: str) -> None:
    await site.crash(point)
    assert len(site.got) == 1
    await site.once()
    await site.once()
    assert len(site.got) == 2
    body = [raw.partition(b"\r\nFrom: ")[2] for _, raw in site.got]  # what the server puts before it differs
    assert body[0] == body[1] != b""
    assert [m["state"] for m in await site.installation.json("outbox")] == ["sent"]


async def test_a_reminder_in_doubt_waits_for_the_convener(site: Site) -> None:
    site.installation.rules = {"rules.toml": CHASE}
    site.installation.write()
    await site.once()  # the invitation
    await site.installation.run("meeting", "change", "launch", "--place", "The new hall")
    await site.crash("between-data-of-a-reminder-and-its-record")
    assert len(site.got) == 2
    await site.once()
    assert {m["rule"]: m["state"] for m in await site.installation.json("outbox")} == {
        "invite": "sent",
        "chase": "held",
    }
    assert len(site.got) == 2


async def test_two_programs_at_once_send_everything_once(site: Site) -> None:
    await asyncio.gather(site.once(), site.once(), site.once())
    await site.once()
    assert len(site.letters("join us")) == 1
    assert [m["state"] for m in await site.installation.json("outbox")] == ["sent"]
