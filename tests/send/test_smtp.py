"""One mail through every way in which a server can take it, refuse it, or go away."""

import asyncio
import socket
from typing import Any

import pytest
from pydantic import SecretStr

from mailer.config import SmtpSettings
from mailer.render.outgoing import OutgoingMessage
from mailer.send import connection, smtp
from mailer.send.outcome import Deferred, Failed, InDoubt, Outcome, Sent
from mailer.send.smtp import Patience, SmtpTransport, probe
from mailer.terms import MessageId

from .scripted import AUTHORITY, DROP, HANG, Scripted

PATIENCE = Patience(connect=0.5, command=0.3, block=0.3, end=0.3, quit=0.2)
OFFERS_AUTH = ("AUTH PLAIN LOGIN",)


def message(content: bytes = b"Subject: Launch\r\n\r\nPlease come.\r\n", **changes: str) -> OutgoingMessage:
    envelope = {"reverse_path": "partnership@example.org", "forward_path": "ann@acme.example"} | changes
    return OutgoingMessage(
        MessageId("<a1+b=c@example.org>"), subject="Launch", text="Please come.", content=content, **envelope
    )


def settings(server: Scripted | None, **changes: Any) -> SmtpSettings:
    port = server.port if server else unused_port()
    return SmtpSettings.model_validate({"host": "127.0.0.1", "port": port, "tls": "none"} | changes)


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def deliver(server: Scripted | None, mail: OutgoingMessage | None = None, **changes: Any) -> Outcome:
    transport = SmtpTransport(settings(server, **changes), "me.example", PATIENCE)
    try:
        return await transport.deliver(mail or message())
    finally:
        await transport.close()


# One line a failure: what the server does, and what becomes of the mail.
@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, Sent("250 2.0.0 taken")),
        (
            {"CONNECT": "554 5.7.1 go away"},
            Deferred("The mail server takes no mail from us at the moment.", "554 5.7.1 go away", everybody=True),
        ),
        (
            {"CONNECT": "421 4.3.2 shutting down"},
            Deferred("The mail server takes no mail from us at the moment.", "421 4.3.2 shutting down", everybody=True),
        ),
        ({"CONNECT": DROP}, Deferred("The mail server closed the connection.", everybody=True)),
        ({"CONNECT": HANG}, Deferred("The mail server cannot be reached in time.", everybody=True)),
        ({"EHLO": HANG}, Deferred("The mail server has stopped answering.", everybody=True)),
        (
            {"MAIL": "550 5.1.8 Access denied, bad outbound sender"},
            Deferred(
                "The mail server refuses our mail as such, not this person; ask whoever runs it. All mail waits.",
                "550 5.1.8 Access denied, bad outbound sender",
                everybody=True,
            ),
        ),
        (
            {"MAIL": "552 5.3.4 Message size exceeds fixed limit"},
            Failed("The mail is too large for the mail server.", "552 5.3.4 Message size exceeds fixed limit"),
        ),
        (
            {"RCPT": "550 5.1.1 No such user here"},
            Failed(
                "The mail server says that this address does not exist or takes no mail.",
                "550 5.1.1 No such user here",
                address_is_dead=True,
            ),
        ),
        (
            {"RCPT": "451 4.7.1 Greylisted, please try again in five minutes"},
            Deferred(
                "The mail server asks us to try again later.", "451 4.7.1 Greylisted, please try again in five minutes"
            ),
        ),
        (
            {"RCPT": "452 4.2.2 Mailbox full"},
            Deferred("The person's mailbox is full for now.", "452 4.2.2 Mailbox full"),
        ),
        (
            {"RCPT": "552 5.2.2 Mailbox full, quota exceeded"},
            Failed("The person's mailbox is full.", "552 5.2.2 Mailbox full, quota exceeded"),
        ),
        (
            {"RCPT": "421 4.4.2 bye"},
            Deferred("The mail server takes no more mail from us at the moment.", "421 4.4.2 bye", everybody=True),
        ),
        ({"RCPT": DROP}, Deferred("The mail server closed the connection.")),
        ({"RCPT": HANG}, Deferred("The mail server has stopped answering.")),
        (
            {"RCPT": "hello?"},
            Deferred("The mail server answers something that is no SMTP.", "-1 Malformed SMTP response line: hello?"),
        ),
        ({"DATA": "451 4.3.0 no"}, Deferred("The mail server asks us to try again later.", "451 4.3.0 no")),
        ({"DATA": "250 what"}, Deferred("The mail server answers something that is no SMTP.", "250 what")),
        ({"DATA": DROP}, Deferred("The mail server closed the connection.")),
        (
            {".": DROP},
            InDoubt(
                "The mail server closed the connection. The mail had left completely, so it may or may not have been taken."
            ),
        ),
        (
            {".": HANG},
            InDoubt(
                "The mail server has stopped answering. The mail had left completely, so it may or may not have been taken."
            ),
        ),
        (
            {".": "what?"},
            InDoubt(
                "The mail server answers something that is no SMTP. The mail had left completely, so it may or may not have"
                " been taken."
            ),
        ),
        (
            {".": "554 5.6.0 Bad message"},
            Failed("The mail server refuses this mail for good.", "554 5.6.0 Bad message"),
        ),
    ],
    ids=lambda value: " ".join(f"{k}:{v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
async def test_outcome_of_a_scripted_server(says: dict[str, str], expected: Outcome) -> None:
    async with Scripted(says) as server:
        assert await deliver(server) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_connection_refused(host: str) -> None:
    assert await deliver(None, host=host) == Deferred(
        "The mail server refuses connections; nothing listens on that port.", everybody=True
    )


LARGE = b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 1_000_000
"""More than what the kernel takes off our hands, so that we notice."""


@pytest.mark.parametrize("tls", ["none", "tls"])
async def test_lost_in_the_middle_of_a_large_mail_is_not_in_doubt(tls: str) -> None:
    async with Scripted(reads=200_000, implicit_tls=tls == "tls") as server:
        outcome = await deliver(server, message(LARGE), tls=tls, host="localhost", ca_file=AUTHORITY)
    assert outcome == Deferred("The mail server closed the connection.")


async def test_a_server_that_stops_reading_a_large_mail_is_given_up() -> None:
    async with Scripted(reads=200_000, in_body=HANG) as server:
        assert await deliver(server, message(LARGE)) == Deferred("The mail server has stopped answering.")


async def test_refused_in_the_middle_of_a_large_mail_is_a_refusal() -> None:
    async with Scripted(reads=200_000, in_body="421 4.3.0 no more") as server:
        outcome = await deliver(server, message(LARGE))
    assert outcome == Deferred(
        "The mail server takes no more mail from us at the moment.", "421 4.3.0 no more", everybody=True
    )


@pytest.mark.parametrize("tls", ["none", "tls"])
async def test_a_large_mail_arrives_whole_and_its_loss_after_the_dot_is_in_doubt(tls: str) -> None:
    body = b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 20_000
    way = {"tls": tls, "host": "localhost", "ca_file": AUTHORITY}
    async with Scripted({".": ["250 2.0.0 ok", DROP]}, implicit_tls=tls == "tls") as server:
        assert isinstance(await deliver(server, message(body), **way), Sent)
        assert isinstance(await deliver(server, message(body), **way), InDoubt)
    assert server.mails == [body, body]


@pytest.mark.parametrize(
    "body", [b".\r\n..two\r\n.\r\nend", b"bare\nline\nfeeds\n", b"lone\rreturn\r\n", b"", b"\r\n.\r\n"]
)
async def test_any_bytes_arrive_as_they_are_but_for_line_ends(body: bytes) -> None:
    async with Scripted() as server:
        assert isinstance(await deliver(server, message(body)), Sent)
    expected = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert server.mails == [expected if expected.endswith(b"\r\n") else expected + b"\r\n"]


async def test_envelope_asks_for_a_report_where_the_server_gives_one() -> None:
    async with Scripted(offers=("DSN", "SIZE 1000000", "8BITMIME")) as server:
        await deliver(server)
        await deliver(server, message("Subject: é\r\n\r\n".encode(), reverse_path=""))
    assert [c for c in server.commands if c.startswith(("MAIL", "RCPT"))] == [
        "MAIL FROM:<partnership@example.org> SIZE=33 RET=HDRS ENVID=a1+2Bb+3Dc@example.org",
        "RCPT TO:<ann@acme.example> NOTIFY=FAILURE ORCPT=rfc822;ann@acme.example",
        "MAIL FROM:<> SIZE=15 BODY=8BITMIME",
        "RCPT TO:<ann@acme.example>",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@acme.example\r\nRCPT TO:<eve@evil.example>",
        "ann@acme.example> SIZE=1",
        "a b@c.example",
        "@c.example",
    ],
)
async def test_what_is_no_address_never_reaches_the_server(address: str) -> None:
    async with Scripted() as server:
        assert await deliver(server, message(forward_path=address)) == Failed(
            "This is no e-mail address that mail can be sent to.", address_is_dead=True
        )
        assert isinstance(await deliver(server, message(reverse_path=address or "x")), Deferred)
    assert server.connections == 0


async def test_address_beyond_ascii_needs_smtputf8() -> None:
    async with Scripted() as plain, Scripted(offers=("SMTPUTF8",)) as able:
        assert isinstance(await deliver(plain, message(forward_path="zoë@example.org")), Failed)
        assert isinstance(await deliver(able, message(forward_path="zoë@example.org")), Sent)
    assert "MAIL FROM:<partnership@example.org> SMTPUTF8" in able.commands


# TLS and signing in


async def test_starttls_is_required_not_hoped_for() -> None:
    async with Scripted(offers=OFFERS_AUTH) as server:
        outcome = await deliver(server, tls="starttls", user="me", password=SecretStr("hunter2"))
    assert outcome == Deferred(
        f"127.0.0.1 offers no encryption (STARTTLS) on port {server.port}, so neither the password nor any mail was sent. Ask"
        ' its operator for the port; 465 goes with tls = "tls".',
        everybody=True,
    )
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_both_kinds_of_tls_carry_a_mail(tls: str) -> None:
    async with Scripted(offers=OFFERS_AUTH, implicit_tls=tls == "tls", starttls=tls == "starttls") as server:
        secret = SecretStr("hunter2")
        assert await deliver(server, tls=tls, host="localhost", ca_file=AUTHORITY, user="me", password=secret) == Sent(
            "250 2.0.0 taken"
        )
    assert [c.split()[0] for c in server.commands].count("EHLO") == 1 + (tls == "starttls")


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_certificate_nobody_vouches_for_is_refused(tls: str) -> None:
    async with Scripted(implicit_tls=tls == "tls", starttls=tls == "starttls") as server:
        outcome = await deliver(server, tls=tls, host="localhost")
    assert outcome == Deferred(
        "The mail server's certificate is not accepted (unable to get local issuer certificate).", everybody=True
    )


async def test_tls_on_a_port_without_it() -> None:
    async with Scripted() as server:
        outcome = await deliver(server, tls="tls")
    assert isinstance(outcome, Deferred)
    assert outcome.everybody
    assert "does not speak TLS on this port" in outcome.sentence


async def test_wrong_password_is_tried_once() -> None:
    async with Scripted({"AUTH": "535 5.7.8 Authentication credentials invalid"}, offers=OFFERS_AUTH) as server:
        outcome = await deliver(server, user="me", password=SecretStr("hunter2"))
    assert outcome == Deferred(
        "The mail server does not accept our user name and password for sending.",
        "535 5.7.8 Authentication credentials invalid",
        everybody=True,
    )
    assert sum(command.startswith("AUTH") for command in server.commands) == 1


async def test_no_way_to_sign_in() -> None:
    async with Scripted(offers=("AUTH XOAUTH2",)) as server:
        outcome = await deliver(server, user="me", password=SecretStr("hunter2"))
    assert outcome == Deferred(
        "127.0.0.1 offers no way to sign in with a password (it offers: XOAUTH2).", everybody=True
    )


# Connections


async def test_connections_are_few_and_reused() -> None:
    async with Scripted() as server:
        transport = SmtpTransport(settings(server, connections=3), "me.example", PATIENCE)
        outcomes = await asyncio.gather(*(transport.deliver(message()) for _ in range(60)))
        await transport.close()
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert (server.connections, server.most_open) == (3, 3)
    assert server.commands.count("QUIT") == 3


async def test_a_connection_ends_after_so_many_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAILS_PER_CONNECTION", 4)
    async with Scripted() as server:
        transport = SmtpTransport(settings(server, connections=1), "me.example", PATIENCE)
        for _ in range(10):
            assert isinstance(await transport.deliver(message()), Sent)
        await transport.close()
    assert server.connections == 3


async def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.05)
    async with Scripted() as server:
        transport = SmtpTransport(settings(server), "me.example", PATIENCE)
        await transport.deliver(message())
        await asyncio.sleep(0.15)
        assert server.commands[-1] == "QUIT"
        await transport.deliver(message())
        await transport.close()
    assert server.connections == 2


@pytest.mark.parametrize("gone", [DROP, "421 4.4.2 timed out"])
async def test_a_connection_that_went_while_idle_costs_no_attempt(gone: str) -> None:
    async with Scripted({"MAIL": ["250 ok", gone, "250 ok"]}) as server:
        transport = SmtpTransport(settings(server), "me.example", PATIENCE)
        assert isinstance(await transport.deliver(message()), Sent)
        assert isinstance(await transport.deliver(message()), Sent)
        await transport.close()
    assert server.connections == 2


async def test_a_refusal_leaves_the_connection_in_use() -> None:
    async with Scripted({"RCPT": ["550 5.1.1 no", "250 ok", "451 4.7.1 later", "250 ok"]}) as server:
        transport = SmtpTransport(settings(server, connections=1), "me.example", PATIENCE)
        outcomes = [await transport.deliver(message()) for _ in range(4)]
        await transport.close()
    assert [type(outcome) for outcome in outcomes] == [Failed, Sent, Deferred, Sent]
    assert server.connections == 1


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_cancelled_at_any_step_the_next_mail_gets_its_own_answers(verb: str) -> None:
    async with Scripted({verb: [HANG, "250-a\r\n250 b"] if verb == "EHLO" else [HANG]}) as server:
        transport = SmtpTransport(settings(server, connections=1), "me.example", Patience(quit=0.2))
        first = asyncio.create_task(transport.deliver(message()))
        await asyncio.sleep(0.05)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await asyncio.wait_for(transport.deliver(message()), 2) == Sent("250 2.0.0 taken")
        await transport.close()
    assert server.connections == 2


async def test_before_data_comes_between_the_recipient_and_the_first_byte() -> None:
    async with Scripted() as server:
        seen: list[list[str]] = []

        async def commit() -> None:
            seen.append([command.split()[0] for command in server.commands])

        transport = SmtpTransport(settings(server), "me.example", PATIENCE)
        await transport.deliver(message(), commit)
        await transport.close()
    assert seen == [["EHLO", "MAIL", "RCPT"]]


async def test_before_data_is_not_called_for_a_refused_recipient() -> None:
    async with Scripted({"RCPT": "550 5.1.1 no"}) as server:

        async def commit() -> None:
            pytest.fail("nothing was about to leave")

        transport = SmtpTransport(settings(server), "me.example", PATIENCE)
        assert isinstance(await transport.deliver(message(), commit), Failed)
        await transport.close()


async def test_a_failing_before_data_comes_out_as_it_is_and_nothing_is_sent() -> None:
    async with Scripted() as server:

        async def commit() -> None:
            raise ConnectionError("the database is gone")

        transport = SmtpTransport(settings(server, connections=1), "me.example", PATIENCE)
        with pytest.raises(ConnectionError, match="the database is gone"):
            await transport.deliver(message(), commit)
        assert isinstance(await transport.deliver(message()), Sent)
        await transport.close()
    assert len(server.mails) == 1


async def test_probe() -> None:
    async with Scripted() as server:
        assert await probe(settings(server), "me.example", PATIENCE) is None
    assert [command.split()[0] for command in server.commands] == ["EHLO", "QUIT"]
    async with Scripted({"AUTH": "535 5.7.8 no"}, offers=OFFERS_AUTH) as server:
        assert await probe(settings(server, user="me", password=SecretStr("x")), "me.example", PATIENCE) == (
            "The mail server does not accept our user name and password for sending. (535 5.7.8 no)"
        )
