"""The real servers do what the flow tests build on."""

import imaplib
import smtplib
import time
from email import message_from_bytes

import asyncpg
import pytest

from tests.servers.daemons import program
from tests.servers.dovecot import PASSWORD, Dovecot, Mailbox
from tests.servers.postfix import Postfix

MAIL = b"From: ana@acme.example\r\nSubject: hello\r\nMessage-ID: <1@acme.example>\r\n\r\nhello\r\n"


def test_mail_goes_in_by_smtp_and_is_seen_by_imap(postfix: Postfix, mailbox: Mailbox) -> None:
    postfix.inject(MAIL, "ana@acme.example", f"{mailbox.user}+token@northwdb.example")
    (raw,) = mailbox.wait(1)
    message = message_from_bytes(raw)
    assert message["Subject"] == "hello"
    assert message["Return-Path"] == "<ana@acme.example>"
    assert message["Delivered-To"] == f"{mailbox.user}+token@northwdb.example"


def test_mail_to_an_unknown_user_is_taken_and_returned(postfix: Postfix, mailbox: Mailbox) -> None:
    postfix.inject(MAIL, f"{mailbox.user}@northwdb.example", "nobody-here@acme.example")
    (raw,) = mailbox.wait(1)
    report = message_from_bytes(raw)
    assert report.get_content_type() == "multipart/report"
    assert report["Return-Path"] == "<>"
    _, status, original = report.get_payload()
    assert status.get_payload()[1]["Final-Recipient"] == "rfc822; nobody-here@acme.example"
    assert status.get_payload()[1]["Status"] == "5.1.1"
    assert original.get_payload()[0]["Message-ID"] == "<1@acme.example>"


def test_mail_for_another_machine_is_refused_at_once(postfix: Postfix, mailbox: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        postfix.inject(MAIL, f"{mailbox.user}@northwdb.example", "ana@elsewhere.example")
    assert refused.value.recipients["ana@elsewhere.example"][0] == 550


def test_a_user_can_be_added_by_name(postfix: Postfix, dovecot: Dovecot) -> None:
    ana = dovecot.add_user("ana")
    postfix.inject(MAIL, "", "ana@bolt.example")
    assert ana.wait(1)


def test_imap_over_tls_and_by_starttls_shows_a_certificate_to_trust(dovecot: Dovecot, mailbox: Mailbox) -> None:
    mailbox.append(MAIL)
    with imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=dovecot.tls(), timeout=20) as client:
        client.login(mailbox.user, mailbox.password)
        assert client.select("INBOX") == ("OK", [b"1"])
    with imaplib.IMAP4("localhost", dovecot.imap_port, timeout=20) as client:
        client.starttls(dovecot.tls())
        with pytest.raises(imaplib.IMAP4.error):
            client.login(mailbox.user, "wrong")


def test_submission_with_starttls_and_password(postfix: Postfix, mailbox: Mailbox) -> None:
    with smtplib.SMTP("localhost", postfix.smtp_port, timeout=20) as client:
        client.starttls(context=postfix.tls())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(mailbox.user, "wrong")
        client.login(mailbox.user, PASSWORD)
        client.sendmail("ana@acme.example", [f"{mailbox.user}@acme.example"], MAIL)
    assert mailbox.wait(1)


def test_idle_is_pushed(dovecot: Dovecot, mailbox: Mailbox) -> None:
    with mailbox.imap() as client:
        client.send(b"i IDLE\r\n")
        client.readline()
        began = time.monotonic()
        mailbox.append(MAIL)
        while b"EXISTS" not in client.readline():
            pass
        assert time.monotonic() - began < 10
        client.send(b"DONE\r\n")
        assert client.readline().startswith(b"i OK")


async def test_postgres_answers_in_a_database_of_its_own(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("SELECT 6 * 7") == 42
        assert (
            await connection.fetchval("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
            == 0
        )
    finally:
        await connection.close()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_server_fails_in_ci_and_skips_elsewhere(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no-such-server is not installed"):
        program("no-such-server")
