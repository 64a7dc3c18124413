"""What replies of real servers mean. One line a reply."""

import socket
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.send.outcome import (
    Deferred,
    Failed,
    InDoubt,
    NotOffered,
    Outcome,
    Sent,
    SmtpReply,
    Stage,
    classify,
    enhanced_code,
)

SENT, LATER, ALL_WAIT, FAILED, DEAD, DOUBT = "sent", "later", "all wait", "failed", "dead address", "in doubt"
RCPT, END, MAIL, SIGN_IN = Stage.RCPT, Stage.END, Stage.MAIL, Stage.SIGN_IN


def name(outcome: Outcome) -> str:
    match outcome:
        case Sent():
            return SENT
        case Deferred(everybody=everybody):
            return ALL_WAIT if everybody else LATER
        case Failed(address_is_dead=dead):
            return DEAD if dead else FAILED
        case InDoubt():
            return DOUBT


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        (END, "250 2.0.0 Ok: queued as 4ZkV2x1Jz7z9", SENT),
        (END, "250 OK id=1tE5xX-0003nX-2b", SENT),
        # The recipient's address
        (RCPT, "550 5.1.1 <x@acme.example>: Recipient address rejected: User unknown in virtual mailbox table", DEAD),
        (RCPT, "550-5.1.1 The email account that you tried to reach does not exist. Please try", DEAD),
        (RCPT, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", DEAD),
        (RCPT, "550 5.4.1 Recipient address rejected: Access denied. [DB5EUR03FT021.eop-EUR03]", DEAD),
        (RCPT, "550 5.1.2 The recipient address is not a valid RFC-5321 address.", DEAD),
        (RCPT, "501 5.1.3 Bad recipient address syntax", DEAD),
        (RCPT, "556 5.1.10 Recipient address has null MX", DEAD),
        (RCPT, "550 5.4.4 Unable to route: Host or domain name not found", DEAD),
        (RCPT, "550 5.2.1 The email account that you tried to reach is disabled", DEAD),
        (RCPT, "550 No such user here", DEAD),
        (RCPT, "550 Requested action not taken: mailbox unavailable", DEAD),
        (RCPT, "551 User not local", DEAD),
        (RCPT, "550 5.0.0 <x@acme.example>... User unknown", DEAD),
        (RCPT, "554 delivery error: dd This user doesn't have an account (mta1)", FAILED),
        (END, "550 5.1.1 unknown user", DEAD),
        # Full
        (RCPT, "452 4.2.2 The email account that you tried to reach is over quota", LATER),
        (RCPT, "452 Mailbox full", LATER),
        (RCPT, "552 5.2.2 Mailbox full", FAILED),
        (RCPT, "552 Requested mail action aborted: exceeded storage allocation", FAILED),
        (RCPT, "550 Mailbox quota exceeded", FAILED),
        # Later
        (RCPT, "451 4.7.1 Greylisting in action, please come back later", LATER),
        (
            RCPT,
            "450 4.2.0 <x@acme.example>: Recipient address rejected: Greylisted, see http://postgrey.example",
            LATER,
        ),
        (RCPT, "451 4.3.0 <x@acme.example>: Temporary lookup failure", LATER),
        (RCPT, "450 4.1.2 <x@acme.example>: Recipient address rejected: Domain not found", LATER),
        (END, "451 4.3.0 Error: queue file write error", LATER),
        # Us, or the server: everybody waits
        (MAIL, "421 4.3.0 Temporary System Problem. Try again later", ALL_WAIT),
        (MAIL, "452 4.3.1 Insufficient system storage", ALL_WAIT),
        (RCPT, "452 4.3.1 Insufficient system storage", ALL_WAIT),
        (RCPT, "421 4.7.0 Too many errors", ALL_WAIT),
        (RCPT, "450 4.7.1 Error: too many recipients from 192.0.2.1", ALL_WAIT),
        (END, "421-4.7.28 Our system has detected an unusual rate of mail", ALL_WAIT),
        (END, "550 5.4.5 Daily user sending limit exceeded.", ALL_WAIT),
        (
            END,
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException; Failed to process: SendAsDenied",
            ALL_WAIT,
        ),
        (RCPT, "554 5.7.1 <x@acme.example>: Relay access denied", ALL_WAIT),
        (RCPT, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", ALL_WAIT),
        (RCPT, "550 relay not permitted", ALL_WAIT),
        (MAIL, "530 5.7.0 Must issue a STARTTLS command first", ALL_WAIT),
        (RCPT, "530 5.7.57 Client not authenticated to send mail", ALL_WAIT),
        (MAIL, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", ALL_WAIT),
        (RCPT, "553 5.7.1 <me@example.org>: Sender address rejected: not owned by user other", ALL_WAIT),
        (RCPT, "550 5.1.8 Access denied, bad outbound sender", ALL_WAIT),
        (MAIL, "550 5.1.0 <me@example.org> sender rejected", ALL_WAIT),
        (MAIL, "501 5.1.7 Bad sender address syntax", ALL_WAIT),
        (RCPT, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", ALL_WAIT),
        (SIGN_IN, "535 5.7.8 Error: authentication failed", ALL_WAIT),
        (SIGN_IN, "454 4.7.0 Temporary authentication failure", ALL_WAIT),
        (Stage.CONNECT, "554 no SMTP service here", ALL_WAIT),
        (Stage.GREETING, "502 5.5.1 command not implemented", ALL_WAIT),
        # This mail
        (MAIL, "552 5.3.4 Message size exceeds fixed limit", FAILED),
        (MAIL, "552 message size exceeds fixed maximum message size", FAILED),
        (END, "552-5.3.4 Your message exceeded Google's message size limits.", FAILED),
        (END, "554 5.6.0 Message contains bare LF", FAILED),
        (END, "554 Transaction failed", FAILED),
        (RCPT, "550 5.4.6 Routing loop detected", FAILED),
        # A policy that cannot be placed is tried again, alone
        (END, "554 5.7.1 Message rejected: looks like spam", LATER),
        (RCPT, "550 5.7.124 RESOLVER.RST.SenderNotInGroup; not allowed to send to this group", LATER),
        # No SMTP at all
        (RCPT, "-1 Malformed SMTP response line: HTTP/1.1 400", LATER),
        (RCPT, "354 go ahead", LATER),
        (END, "-1 Malformed SMTP response line", DOUBT),
        (END, "354 go ahead", DOUBT),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "name", ""),
)
def test_reply(stage: Stage, reply: str, expected: str) -> None:
    code, text = (reply[:2], reply[3:]) if reply.startswith("-") else (reply[:3], reply[4:])
    outcome = classify(SmtpReply(int(code), text), stage)
    assert name(outcome) == expected, outcome
    if isinstance(outcome, Deferred | Failed):
        assert outcome.smtp_reply == str(SmtpReply(int(code), text))
        assert outcome.sentence.endswith(".")


def wrapped(cause: BaseException) -> Exception:
    error = ConnectionError("Error connecting to smtp.example.org on port 587")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("what", "stage", "expected", "words"),
    [
        (wrapped(ConnectionRefusedError()), Stage.CONNECT, ALL_WAIT, "refuses connections"),
        (wrapped(socket.gaierror(-2, "Name or service not known")), Stage.CONNECT, ALL_WAIT, "name of the mail server"),
        (wrapped(OSError(101, "Network is unreachable")), Stage.CONNECT, ALL_WAIT, "cannot be reached (Network is unreachable)"),
        (TimeoutError(), Stage.CONNECT, ALL_WAIT, "cannot be reached in time"),
        (TimeoutError(), RCPT, LATER, "stopped answering"),
        (TimeoutError(), END, DOUBT, "stopped answering"),
        (ConnectionResetError(), Stage.DATA, LATER, "closed the connection"),
        (ConnectionResetError(), END, DOUBT, "closed the connection"),
        (wrapped(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), Stage.CONNECT, ALL_WAIT, "does not speak TLS"),
        (NotOffered("No STARTTLS here."), Stage.TLS, ALL_WAIT, "No STARTTLS here."),
        (RuntimeError("whatever"), SIGN_IN, ALL_WAIT, "cannot be used (whatever)"),
    ],
)  # fmt: skip
def test_no_reply(what: BaseException, stage: Stage, expected: str, words: str) -> None:
    outcome = classify(what, stage)
    assert name(outcome) == expected
    assert not isinstance(outcome, Sent)
    assert words in outcome.sentence


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (550, "5.1.1 no", (5, 1, 1)),
        (550, "sorry (#5.1.1)", (5, 1, 1)),
        (550, "blocked 5.1.1.7 and 10.5.1.1", None),
        (550, "4.2.2 later", None),
        (550, "version 5.1", None),
        (250, "2.0.0 Ok", (2, 0, 0)),
    ],
)
def test_enhanced_code(code: int, text: str, expected: tuple[int, int, int] | None) -> None:
    assert enhanced_code(SmtpReply(code, text)) == expected


def test_reply_is_one_short_line() -> None:
    shown = str(SmtpReply(550, "no\r\nstate=sent\x1b[31m  " + "x" * 1000))
    assert shown.startswith("550 no state=sent [31m x")
    assert len(shown) == 300


@given(code=st.integers(-1, 999), text=st.text(max_size=400), stage=st.sampled_from(Stage))
def test_any_reply_has_an_outcome_and_only_the_end_can_send(code: int, text: str, stage: Stage) -> None:
    outcome = classify(SmtpReply(code, text), stage)
    assert isinstance(outcome, Sent) == (stage is END and 200 <= code <= 299)
    assert isinstance(outcome, InDoubt) <= (stage is END)
    if 400 <= code <= 499:
        assert isinstance(outcome, Deferred)
