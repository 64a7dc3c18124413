"""The embedded servers from outside: by the clients of the standard library, in threads beside the loop."""

import asyncio
import imaplib
import smtplib
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes

import pytest

from mailer.clock import FastClock, SteppedClock
from mailer.sandbox.cast import CAST
from mailer.sandbox.habits import Answers, Full, Greylisted, Member, Unknown, Way
from mailer.sandbox.people import People
from mailer.sandbox.servers import FULL_FOR_NOW, GREYLISTED, Envelope, Servers
from mailer.terms import PartStat
from tests.sandbox.letters import ADDRESS, MAILBOX, SENT, letter


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    async with Servers(MAILBOX) as running:
        yield running


async def submit(
    servers: Servers, to: str, raw: bytes = b"Subject: hello\r\n\r\nhello\r\n", sender: str = MAILBOX
) -> None:
    def send() -> None:
        with smtplib.SMTP(servers.host, servers.smtp_port, timeout=10) as smtp:
            smtp.login(servers.user, servers.password)
            smtp.sendmail(sender, [to], raw)

    await asyncio.to_thread(send)


async def test_mail_for_the_mailbox_and_its_subaddresses_is_in_imap_at_once(servers: Servers) -> None:
    await submit(servers, MAILBOX, sender="ana@acme.example")
    await submit(servers, ADDRESS, sender="ana@acme.example")

    def read() -> list[bytes]:
        with imaplib.IMAP4(servers.host, servers.imap_port, timeout=10) as imap:
            imap.login(servers.user, servers.password)
            imap.select("INBOX")
            _, (numbers,) = imap.search(None, "ALL")
            return [imap.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers.split()]

    first, second = map(message_from_bytes, await asyncio.to_thread(read))
    assert first["Delivered-To"] == MAILBOX
    assert second["Delivered-To"] == ADDRESS
    assert second["Return-Path"] == "<ana@acme.example>"


async def test_idle_hears_of_new_mail_within_a_second(servers: Servers) -> None:
    reader, writer = await asyncio.open_connection(servers.host, servers.imap_port)

    async def until(mark: bytes) -> bytes:
        async with asyncio.timeout(1):
            while mark not in (line := await reader.readline()):
                pass
        return line

    writer.write(b'a LOGIN convener sandbox\r\nb SELECT "INBOX"\r\nc IDLE\r\n')
    await until(b"+ ")
    await servers.deliver(b"Subject: one\r\n\r\n")
    assert b"1 EXISTS" in await until(b"EXISTS")
    writer.close()


async def test_a_wrong_password_is_refused_by_both(servers: Servers) -> None:
    def imap() -> None:
        with imaplib.IMAP4(servers.host, servers.imap_port, timeout=10) as client:
            client.login(servers.user, "wrong")

    def smtp() -> None:
        with smtplib.SMTP(servers.host, servers.smtp_port, timeout=10) as client:
            client.login(servers.user, "wrong")

    for attempt, refusal in ((imap, imaplib.IMAP4.error), (smtp, smtplib.SMTPAuthenticationError)):
        with pytest.raises(refusal):
            await asyncio.to_thread(attempt)


@pytest.mark.parametrize(("address", "status"), [("bob@nowhere.example", "5.4.4"), ("bob@acme.example", "5.1.1")])
async def test_mail_to_nobody_comes_back_with_a_report(servers: Servers, address: str, status: str) -> None:
    async def receive(envelope: Envelope, raw: bytes) -> None:
        raise AssertionError

    servers.admit(["ana@acme.example"], receive)
    await submit(servers, address, letter(address))
    (raw,) = await servers.mails()
    report = message_from_bytes(raw)
    assert report["Return-Path"] == "<>"
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    _, delivery_status, original = report.get_payload()
    assert delivery_status.get_payload()[1]["Status"] == status
    assert original.get_payload()[0]["Message-ID"] == "<letter-1@northwdb.example>"


async def test_a_report_that_finds_nobody_makes_no_report(servers: Servers) -> None:
    await submit(servers, "bob@nowhere.example", sender="")
    assert await servers.mails() == []


async def test_receivers_and_the_hook_see_envelope_and_bytes(servers: Servers) -> None:
    got: list[tuple[Envelope, bytes]] = []
    seen: list[Envelope] = []

    async def receive(envelope: Envelope, raw: bytes) -> None:
        got.append((envelope, raw))

    servers.admit(["Ana@Acme.example"], receive)
    servers.on_mail = lambda envelope, raw: seen.append(envelope)
    await submit(servers, "ana@acme.example")
    assert got[0][0] == Envelope(MAILBOX, "ana@acme.example") == seen[0]
    assert got[0][1].endswith(b"Subject: hello\r\n\r\nhello\r\n")


async def test_a_script_of_refusals(servers: Servers) -> None:
    servers.refuse("ana@acme.example", FULL_FOR_NOW, GREYLISTED, then_accept=True)
    servers.admit(["ana@acme.example"], _nothing)
    for code, dsn_status in ((452, b"4.2.2"), (451, b"4.7.1")):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await submit(servers, "ana@acme.example")
        assert refused.value.recipients["ana@acme.example"][0] == code
        assert refused.value.recipients["ana@acme.example"][1].startswith(dsn_status)
    await submit(servers, "ana@acme.example")
    await submit(servers, "ana@acme.example")


async def test_the_servers_stop_while_clients_are_connected() -> None:
    async with asyncio.timeout(5):
        async with Servers(MAILBOX) as servers:
            imap, _ = await asyncio.open_connection(servers.host, servers.imap_port)
            smtp, _ = await asyncio.open_connection(servers.host, servers.smtp_port)
            await imap.readline()
            await smtp.readline()
        assert await imap.read() == b""
        with pytest.raises(OSError):  # noqa: PT011 - any refusal will do
            await asyncio.open_connection(servers.host, servers.smtp_port)


async def _nothing(envelope: Envelope, raw: bytes) -> None:
    pass


def member(name: str, **facts: object) -> Member:
    return Member(name, (f"{name}@acme.example",), "Acme", "Buyer", **facts)  # type: ignore[arg-type]


YES = (Answers(Way.WORDS, PartStat.ACCEPTED, words="Yes, see you there."),)


async def test_people_answer_by_smtp_when_their_time_has_come() -> None:
    clock = SteppedClock(SENT)
    async with Servers(MAILBOX, clock=clock) as servers:
        people = People(servers, [member("ana", acts=YES), member("bob")], clock)
        for name in ("ana", "bob"):
            await submit(servers, f"{name}@acme.example", letter(f"{name}@acme.example"))
        assert await people.send_due() == 0
        due = people.next_due()
        assert due is not None
        clock.set(due)
        assert await people.send_due() == 1
        assert people.next_due() is None
        (raw,) = await servers.mails()
        assert message_from_bytes(raw)["Delivered-To"] == ADDRESS


async def test_people_answer_by_themselves_on_a_fast_clock() -> None:
    clock = FastClock(SENT, speed=100_000)
    async with Servers(MAILBOX, clock=clock) as servers, People(servers, [member("ana", acts=YES)], clock) as people:
        await submit(servers, "ana@acme.example", letter("ana@acme.example"))
        async with asyncio.timeout(5):
            while not people.sent:  # noqa: ASYNC110 - looks from outside
                await asyncio.sleep(0.01)
        assert len(await servers.mails()) == 1
        assert people.sent[0][0] <= clock.now()


@pytest.mark.parametrize(
    ("trouble", "codes"),
    [
        (Unknown(), [550, 550]),
        (Full(), [452, 452]),
        (Full(refusals=1), [452, 250]),
        (Greylisted(), [451, 250]),
        (Unknown(late=True), [250]),
    ],
)
async def test_troubles_at_the_door(trouble: object, codes: list[int]) -> None:
    clock = SteppedClock(SENT)
    async with Servers(MAILBOX, clock=clock) as servers:
        People(servers, [member("ana", trouble=trouble)], clock)
        assert [await code_for(servers, "ana@acme.example") for _ in codes] == codes


async def code_for(servers: Servers, address: str) -> int:
    try:
        await submit(servers, address, letter(address))
    except smtplib.SMTPRecipientsRefused as refused:
        return int(refused.recipients[address][0])
    return 250


async def test_the_whole_cast_gets_one_invitation() -> None:
    clock = SteppedClock(SENT)
    async with Servers(MAILBOX, clock=clock) as servers:
        people = People(servers, CAST, clock)
        for each in CAST:
            if servers.refusal(each.email) is None:
                await servers.route(Envelope(MAILBOX, each.email), letter(each.email))
        while (due := people.next_due()) is not None:
            clock.set(max(due, clock.now() + timedelta(seconds=1)))
            await people.send_due()
        assert len(await servers.mails()) == len(people.sent) > 25
