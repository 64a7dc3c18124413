"""The adapter against servers that misbehave: it never hangs, never mixes up answers, and says what is wrong."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from mailer.errors import MailboxLost, MailboxRefused
from mailer.receive.probe import probe
from mailer.receive.session import Session
from tests.receive.scripted import CAPABILITIES, QUICK, Line, Scripted

CERTIFICATE = str(Path(__file__).with_name("localhost.pem"))
"""of localhost, signed by itself, for these tests only"""


async def selected(server: Scripted) -> Session:
    session = await Session.connect(server.settings(largest_message=100_000), QUICK)
    await session.select("INBOX")
    return session


async def test_the_usual_conversation() -> None:
    async with Scripted({101: b"Subject: a\r\n\r\nA", 105: b"Subject: b\r\n\r\nB"}) as server:
        session = await Session.connect(server.settings(), QUICK)
        opened = await session.select("INBOX")
        assert (opened.uid_validity, opened.uid_next, opened.exists, opened.read_only) == (7, 106, 2, False)
        assert await session.search("UID 102:*") == [105]
        assert [(m.imap_uid, m.size) for m in await session.list_messages([101, 105])] == [(101, 15), (105, 15)]
        assert await session.fetch([101, 105]) == {101: b"Subject: a\r\n\r\nA", 105: b"Subject: b\r\n\r\nB"}
        assert await session.fetch_head(105) == b"Subject: b\r\n\r\n"
        await session.move([101], "Done & dusted")
        assert server.moved == {"Done &- dusted": [101]}
        await session.close()
    assert not [c for c in server.heard if "BODY[" in c or "\\Seen" in c]  # only BODY.PEEK
    assert server.heard[-1] == "LOGOUT"


@pytest.mark.parametrize("subject", ["foo * bar * baz", "RE: yes :(", "))) (((", "{5}", "A1 OK done"])
async def test_no_subject_shifts_anything(subject: str) -> None:
    mails = {n: f"Subject: {subject}\r\n\r\n* {n} FETCH (\r\n{subject}".encode() for n in range(1, 6)}
    async with Scripted(mails) as server:
        session = await selected(server)
        assert await session.fetch(mails) == mails
        session.abort()


async def test_thousands_of_lines_in_one_write() -> None:
    async def answer(line: Line, arguments: str) -> None:
        line.send("".join(f"* {n} FETCH (UID {n} RFC822.SIZE {n} FLAGS ())\r\n" for n in range(1, 5001)))
        line.ok()

    async with Scripted() as server:
        server.play("UID FETCH", answer)
        session = await selected(server)
        assert len(await session.list_messages(range(1, 5001))) == 5000
        session.abort()


async def drop_in_literal(line: Line, arguments: str) -> None:
    line.send("* 1 FETCH (UID 1 BODY[] {1000}\r\nhalf of it")
    line.drop()


async def silence(line: Line, arguments: str) -> None:
    await line.hang()


async def another_tag(line: Line, arguments: str) -> None:
    line.send("ZZ9 OK done\r\n")


async def too_much(line: Line, arguments: str) -> None:
    line.send("* 1 FETCH (UID 1 BODY[] {99999999999}\r\n")


async def endless(line: Line, arguments: str) -> None:
    flags = "".join(f"* {n} FETCH (FLAGS (\\Seen \\Answered \\Flagged $Forwarded))\r\n" for n in range(20_000)).encode()
    with contextlib.suppress(ConnectionError):
        while not line.writer.is_closing():
            line.send(flags)
            await line.writer.drain()


async def autologout(line: Line, arguments: str) -> None:
    line.send("* BYE Autologout; idle for too long\r\n")
    line.drop()


@pytest.mark.parametrize(
    ("play", "sentence"),
    [
        (drop_in_literal, "ended the connection"),
        (silence, "does not answer"),
        (another_tag, "lost step"),
        (too_much, "sends a literal of 99999999999 bytes"),
        (endless, "bytes for one command"),
        (autologout, "Autologout; idle for too long"),
    ],
)
async def test_a_broken_line_fails_what_is_under_way(
    play: Callable[[Line, str], Awaitable[None]], sentence: str
) -> None:
    async with Scripted({1: b"x"}) as server:
        server.play("UID FETCH", play)
        session = await selected(server)
        async with asyncio.timeout(5):
            with pytest.raises(MailboxLost, match=sentence):
                await session.fetch([1])
            with pytest.raises(MailboxLost):  # and everything after it
                await session.noop()


async def test_an_answer_that_comes_late_is_never_the_next_commands() -> None:
    async def late(line: Line, arguments: str) -> None:
        await asyncio.sleep(QUICK.quiet * 1.5)
        line.send("* SEARCH 1 2 3\r\n")
        line.ok()

    async with Scripted({9: b"x"}) as server:
        server.play("UID SEARCH", late)
        session = await selected(server)
        with pytest.raises(MailboxLost, match="does not answer"):
            await session.search("ALL")
        with pytest.raises(MailboxLost):
            await session.search("UID 9")
        assert server.count("UID SEARCH") == 1  # never sent


async def test_a_cancelled_command_ends_the_connection() -> None:
    async with Scripted({1: b"x"}) as server:
        server.play("UID FETCH", silence)
        session = await selected(server)
        command = asyncio.ensure_future(session.fetch([1]))
        await asyncio.sleep(0.05)
        command.cancel()
        await asyncio.gather(command, return_exceptions=True)
        with pytest.raises(MailboxLost):
            await session.noop()


async def test_a_slow_server_is_waited_for_while_it_sends() -> None:
    async def slowly(line: Line, arguments: str) -> None:
        line.send("* 1 FETCH (UID 1 BODY[] {8}\r\n")
        for _ in range(8):
            await asyncio.sleep(QUICK.quiet / 6)  # longer together than a server may be silent
            line.send("x")
        line.send(")\r\n")
        line.ok()

    async with Scripted({1: b"x"}) as server:
        server.play("UID FETCH", slowly)
        session = await selected(server)
        assert await session.fetch([1]) == {1: b"xxxxxxxx"}
        session.abort()


async def test_flags_that_somebody_else_sets_are_no_messages() -> None:
    async def chatty(line: Line, arguments: str) -> None:
        line.send("* 1 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n* OK still here\r\n")
        line.server.send_message(line, 1, arguments)
        line.send("* 1 FETCH (UID 1 FLAGS (\\Seen \\Flagged))\r\n")
        line.ok()

    async with Scripted({1: b"x"}) as server:
        server.play("UID FETCH", chatty)
        session = await selected(server)
        assert await session.fetch([1]) == {1: b"x"}
        session.abort()


async def test_idle_is_woken_by_news_by_stop_and_by_time() -> None:
    async with Scripted() as server:
        session = await selected(server)
        stop = asyncio.Event()

        session.news.clear()
        began = time.monotonic()
        assert await session.idle(0.1, stop)
        assert time.monotonic() - began > 0.09
        assert not session.news.is_set()

        idling = asyncio.ensure_future(session.idle(60, stop))
        await asyncio.sleep(0.05)
        server.deliver(b"x")
        assert await asyncio.wait_for(idling, 30)
        assert session.news.is_set()

        session.news.clear()
        idling = asyncio.ensure_future(session.idle(60, stop))
        await asyncio.sleep(0.05)
        assert not idling.done()  # nothing is left over from the idling before
        stop.set()
        assert await asyncio.wait_for(idling, 30)
        await session.noop()  # the connection is fit for more
        session.abort()


async def test_news_between_two_commands_is_not_lost() -> None:
    async def with_news(line: Line, arguments: str) -> None:
        line.send("* 23 EXISTS\r\n")
        line.ok()

    async with Scripted() as server:
        server.play("NOOP", with_news)
        session = await selected(server)
        session.news.clear()
        await session.noop()
        await asyncio.wait_for(session.idle(60, asyncio.Event()), 30)
        session.abort()


async def test_a_bye_ends_idling_at_once() -> None:
    async with Scripted() as server:

        async def bye(line: Line, arguments: str) -> None:
            line.send("+ idling\r\n* BYE server is going down\r\n")
            line.drop()

        server.play("IDLE", bye)
        session = await selected(server)
        session.news.clear()
        with pytest.raises(MailboxLost, match="server is going down"):
            await asyncio.wait_for(session.idle(60, asyncio.Event()), 30)


async def test_idle_that_is_refused_or_never_begins() -> None:
    async def refuse(line: Line, arguments: str) -> None:
        line.no("not now")

    async with Scripted() as server:
        server.play("IDLE", refuse, silence)
        session = await selected(server)
        assert not await session.idle(60, asyncio.Event())
        with pytest.raises(MailboxLost, match="does not answer"):
            await asyncio.wait_for(session.idle(60, asyncio.Event()), 30)


async def test_a_server_without_move_copies_and_removes_by_uid_only() -> None:
    async def ok(line: Line, arguments: str) -> None:
        line.ok()

    async with Scripted({1: b"x"}, capabilities="IMAP4rev1 UIDPLUS") as server:
        server.play("UID COPY", ok)
        server.play("UID STORE", ok)
        server.play("UID EXPUNGE", ok)
        session = await selected(server)
        await session.move([1], "Done")
        assert server.heard[-3:] == ['UID COPY 1 "Done"', "UID STORE 1 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1"]
        session.abort()


async def test_a_server_that_could_only_expunge_everything_is_not_asked_to() -> None:
    async with Scripted({1: b"x"}, capabilities="IMAP4rev1") as server:
        session = await selected(server)
        with pytest.raises(MailboxRefused, match="cannot move messages safely"):
            await session.move([1], "Done")
        assert not server.count("UID COPY") + server.count("UID STORE")
        session.abort()


async def test_a_missing_folder_is_created() -> None:
    async with Scripted({1: b"x"}) as server:
        session = await selected(server)
        await session.move([1], "Entwürfe")
        assert server.moved == {"Entw&APw-rfe": [1]}
        assert 'SUBSCRIBE "Entw&APw-rfe"' in server.heard
        session.abort()


# ------------------------------------------------------------------------------------------------------------- logging in


@pytest.mark.parametrize(
    ("user", "password", "capabilities", "expected"),
    [
        ('per "f', 'a\\b"c', CAPABILITIES, 'LOGIN "per \\"f" "a\\\\b\\"c"'),
        ("ann", "schön", CAPABILITIES + " AUTH=PLAIN SASL-IR", "AUTHENTICATE PLAIN AGFubgBzY2jDtm4="),
        ("ann", "x", "IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR", "AUTHENTICATE PLAIN AGFubgB4"),
    ],
)
async def test_how_the_password_is_sent(user: str, password: str, capabilities: str, expected: str) -> None:
    async def ok(line: Line, arguments: str) -> None:
        line.ok()

    async with Scripted(capabilities=capabilities) as server:
        server.play("LOGIN", ok)
        server.play("AUTHENTICATE", ok)
        session = await Session.connect(server.settings(user=user, password=SecretStr(password)), QUICK)
        assert server.heard == ["CAPABILITY", expected, "CAPABILITY"]
        session.abort()


async def test_a_server_that_wants_to_be_asked_first() -> None:
    async def ask(line: Line, arguments: str) -> None:
        line.send("+ \r\n")
        assert await line.read() == "AGFubgBzY2jDtm4="
        line.send("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")  # some explain a refusal this way, and wait for an answer
        assert await line.read() == "*"
        line.no("[AUTHENTICATIONFAILED] no")

    async with Scripted(capabilities="IMAP4rev1 AUTH=PLAIN") as server:
        server.play("AUTHENTICATE", ask)
        with pytest.raises(MailboxRefused, match="user name"):
            await Session.connect(server.settings(user="ann", password=SecretStr("schön")), QUICK)


async def test_abilities_are_asked_for_again_after_login() -> None:
    async with Scripted(capabilities="IMAP4rev1") as server:

        async def more(line: Line, arguments: str) -> None:
            server.capabilities = "IMAP4rev1 IDLE"
            line.ok("[CAPABILITY IMAP4rev1 NONSENSE] logged in")

        server.play("LOGIN", more)
        session = await Session.connect(server.settings(), QUICK)
        assert session.capabilities == {"IMAP4REV1", "IDLE"}
        session.abort()


async def refuse_login(line: Line, arguments: str) -> None:
    line.no("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")


async def busy(line: Line, arguments: str) -> None:
    line.no("[UNAVAILABLE] user database is down")


async def test_what_a_wrong_password_sounds_like() -> None:
    async with Scripted() as server:
        server.play("LOGIN", refuse_login, busy)
        with pytest.raises(MailboxRefused) as refused:
            await Session.connect(server.settings(), QUICK)
        assert 'refuses the user name "answers@example.org" or its password' in str(refused.value)
        assert "geheim" not in str(refused.value)
        with pytest.raises(MailboxLost, match="user database is down"):  # not the password's fault: soon again
            await Session.connect(server.settings(), QUICK)


@pytest.mark.parametrize(
    ("changes", "greeting", "problem"),
    [
        ({}, "* OK ready\r\n", None),
        ({"password": None}, "* OK ready\r\n", "There is no password for the mailbox answers@example.org"),
        ({"password": SecretStr("falsch")}, "* OK ready\r\n", "Check user and password in [mailbox]"),
        (
            {"mailbox": "Antworten"},
            "* OK ready\r\n",
            'cannot open the mailbox "Antworten" (it says: Unknown Mailbox). ',
        ),
        ({"mailbox": "Antworten"}, "* OK ready\r\n", 'There are: "INBOX".'),
        ({"tls": "starttls"}, "* OK ready\r\n", "does not offer STARTTLS, so nothing was sent"),
        ({"tls": "tls"}, "* OK ready\r\n", 'Set tls = "starttls"'),
        ({"ca_file": "/nowhere/ca.pem", "tls": "tls"}, "* OK ready\r\n", 'The file "/nowhere/ca.pem" that ca-file'),
        ({"host": "no.such.host.invalid"}, "* OK ready\r\n", 'No server of the name "no.such.host.invalid"'),
        ({"host": "a" * 70 + ".example"}, "* OK ready\r\n", "No connection to the mail server"),
        ({"port": 1}, "* OK ready\r\n", "Nothing answers at 127.0.0.1, port 1"),
        ({}, "220 mail ESMTP\r\n", "is no IMAP server"),
        ({}, "* BYE too many connections\r\n", "too many connections"),
        ({}, "", "does not answer"),  # accepts the connection and greets nobody
    ],
)
async def test_the_doctor_says_what_is_wrong_and_what_mends_it(
    changes: dict[str, object], greeting: str, problem: str | None
) -> None:
    async with Scripted({1: b"x"}) as server:
        server.greeting = greeting
        limits = QUICK if greeting else type(QUICK)(connect=0.3, quiet=0.3)
        probed = await asyncio.wait_for(probe(server.settings(**changes), limits), 30)
    if problem is None:
        assert probed.problem is None
        assert probed.notes[0] == 'Logged in; "INBOX" holds 1 messages.'
    else:
        assert probed.problem is not None
        assert problem in probed.problem
        assert "geheim" not in probed.problem


@pytest.mark.parametrize(
    ("capabilities", "note"),
    [
        ("IMAP4rev1 IDLE MOVE", "The server announces new mail at once (IDLE)."),
        ("IMAP4rev1", "it is looked for every 120 seconds"),
        ("IMAP4rev1 MOVE", "Messages can be filed (MOVE)."),
        ("IMAP4rev1 UIDPLUS", "the server has no MOVE"),
        ("IMAP4rev1", "messages are read but stay where they are"),
        ("IMAP4rev1", '"Done" is not there yet'),
    ],
)
async def test_the_doctor_says_what_the_server_can_do(capabilities: str, note: str) -> None:
    async with Scripted(capabilities=capabilities) as server:
        probed = await probe(server.settings(file_into="Done"), QUICK)
    assert note in " ".join(probed.notes)


async def test_what_is_sent_in_clear_behind_starttls_is_never_read() -> None:
    """CVE-2011-0411: somebody on the line adds an answer of his own to the server's."""

    async def inject(line: Line, arguments: str) -> None:
        line.send(f"{line.tag} OK begin TLS\r\n* CAPABILITY IMAP4rev1 EVIL\r\nX OK injected\r\n")
        await line.hang()

    async with Scripted(capabilities="IMAP4rev1 STARTTLS") as server:
        server.play("STARTTLS", inject)
        began = time.monotonic()
        limits = type(QUICK)(connect=0.5, quiet=0.4)
        with pytest.raises((MailboxLost, MailboxRefused)) as refused:
            await Session.connect(server.settings(tls="starttls"), limits)
        assert time.monotonic() - began < 20  # and not for ever
        assert "lost step" not in str(refused.value)  # the injected line was not even looked at
        assert server.count("LOGIN") == 0


def secure() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def start_tls(line: Line, arguments: str) -> None:
    line.ok("begin TLS")
    transport = line.writer.transport
    try:
        await line.writer.start_tls(secure())
    except OSError:
        pass  # the client does not trust us
    finally:
        if line.writer.transport is None:
            line.writer._transport = transport  # type: ignore[attr-defined]  # asyncio leaves None there, and trips over it


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_mail_over_tls(tls: str) -> None:
    async with Scripted({1: b"x" * 300_000}, CAPABILITIES + " STARTTLS", secure() if tls == "tls" else None) as server:
        server.play("STARTTLS", start_tls)
        session = await Session.connect(server.settings(tls=tls, host="localhost", ca_file=CERTIFICATE), QUICK)
        await session.select("INBOX")
        assert await session.fetch([1]) == server.messages
        await session.close()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": "localhost"}, "cannot be trusted: self-signed certificate"),
        ({"host": "127.0.0.1", "ca_file": CERTIFICATE}, "IP address mismatch"),
    ],
)
async def test_no_password_goes_to_a_server_that_cannot_be_trusted(
    tls: str, changes: dict[str, object], sentence: str
) -> None:
    async with Scripted({}, CAPABILITIES + " STARTTLS", secure() if tls == "tls" else None) as server:
        server.play("STARTTLS", start_tls)
        with pytest.raises(MailboxRefused, match=sentence):
            await Session.connect(server.settings(tls=tls, **changes), QUICK)
        assert server.count("LOGIN") == 0
