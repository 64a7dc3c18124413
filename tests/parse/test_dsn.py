"""Delivery reports: who, why, for good or for now; and what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.dsn import looks_like_report, read_report
from mailer.parse.message import read
from mailer.parse.reasons import Failure, judge, reason_of
from tests.parse import mails


@pytest.mark.parametrize(
    ("raw", "action", "status", "permanent", "reason"),
    [
        (mails.POSTFIX_BOUNCE, "failed", "5.1.1", True, "user-unknown"),
        (mails.POSTFIX_DELAY, "delayed", "4.4.1", False, None),
        (mails.SUCCESS, "delivered", "2.0.0", False, "delivered"),
        (mails.EXCHANGE_BOUNCE, "failed", "5.1.10", True, "user-unknown"),
        (mails.GMAIL_BOUNCE, "failed", "5.1.1", True, "user-unknown"),
        (mails.EXIM_BOUNCE, "failed", "5.2.2", True, "mailbox-full"),
        (mails.QMAIL_BOUNCE, "failed", "5.1.1", True, "user-unknown"),
        (mails.REFUSED, "failed", "5.7.26", True, "authentication"),
    ],
)
def test_reports(raw: bytes, action: str, status: str, permanent: bool, reason: str | None) -> None:
    report = read_report(read(raw), raw)
    assert report is not None
    (recipient,) = report.recipients
    assert recipient.address == "anna@mill.example"
    assert (recipient.action, recipient.status, recipient.permanent) == (action, status, permanent)
    assert reason is None or recipient.reason == reason
    assert report.original_message_id == "<k1@club.example>"


@pytest.mark.parametrize(
    "raw", [mails.POSTFIX_BOUNCE, mails.EXCHANGE_BOUNCE, mails.GMAIL_BOUNCE, mails.EXIM_BOUNCE, mails.QMAIL_BOUNCE]
)
def test_the_header_that_comes_back_is_found_in_parts_and_in_text(raw: bytes) -> None:
    returned = read(raw).returned
    assert returned is not None
    assert returned["message-id"] == ("<k1@club.example>",)


def test_a_challenge_is_no_failure() -> None:
    report = read_report(read(mails.BOXBE), mails.BOXBE)
    assert report is not None
    assert report.challenge
    assert not any(each.permanent for each in report.recipients)


SES = """{"notificationType":"%s","%s":%s,"mail":{"messageId":"0101","commonHeaders":{"messageId":"<k1@club.example>"},"destination":
["anna@mill.example"]}}

--
If you wish to stop receiving notifications from this topic, please visit https://sns.example/
"""


@pytest.mark.parametrize(
    ("kind", "about", "action", "permanent", "reason"),
    [
        ("Bounce", '{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"anna@mill.example","action":"failed","status":"5.1.1",'
         '"diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}', "failed", True, "user-unknown"),
        ("Bounce", '{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"anna@mill.example"}]}', "failed", False, None),
        ("Delivery", '{"recipients":["anna@mill.example"]}', "delivered", False, "delivered"),
        ("Complaint", '{"complainedRecipients":[{"emailAddress":"anna@mill.example"}]}', "complaint", False, "abuse"),
    ],
)  # fmt: skip
def test_notices_in_json(kind: str, about: str, action: str, permanent: bool, reason: str | None) -> None:
    raw = mails.mail(
        SES % (kind, kind.lower(), about), author="no-reply@sns.example", subject="AWS Notification Message"
    )
    report = read_report(read(raw), raw)
    assert report is not None
    (recipient,) = report.recipients
    assert (recipient.address, recipient.action, recipient.permanent) == ("anna@mill.example", action, permanent)
    assert reason is None or recipient.reason == reason
    assert report.original_message_id == "<k1@club.example>"


@pytest.mark.parametrize(
    "text",
    ["{", '{"notificationType": 5}', '{"notificationType":"Bounce","bounce":[]}', '{"eventType":' + "[" * 5_000, "[]"],
)
def test_json_that_is_no_notice(text: str) -> None:
    raw = mails.mail(text)
    assert read_report(read(raw), raw) is None


@pytest.mark.parametrize(
    ("failure", "permanent", "reason"),
    [
        (Failure("failed", "5.1.1", "550 5.1.1 user unknown"), True, "user-unknown"),
        (
            Failure("failed", "5.0.0", "452 4.2.2 mailbox full"),
            False,
            "mailbox-full",
        ),  # the diagnostic beats the status
        (Failure("failed", "4.4.7", ""), False, "undefined"),
        (Failure("delayed", "5.0.0", "550 no"), False, None),
        (Failure("delivered", "", ""), False, "delivered"),
        (Failure("", "", "", "Your message could not be delivered. 550 No such user here"), True, "user-unknown"),
        (Failure("", "", "", "The delivery is delayed; we will keep trying for 5 days."), False, None),
        (Failure("failed", "5.4.4", "host or domain name not found"), True, "host-unknown"),
        (
            Failure("failed", "5.7.1", "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org"),
            True,
            "blocked",
        ),
        (Failure("failed", "5.7.1", "550 5.7.1 Message rejected as spam"), True, "spam"),
        (Failure("failed", "5.3.4", "552 message size exceeds fixed maximum message size"), True, "too-large"),
    ],
)
def test_judgements(failure: Failure, permanent: bool, reason: str | None) -> None:
    judgement = judge(failure)
    assert judgement.permanent is permanent
    assert reason is None or judgement.reason == reason


def test_a_word_for_a_reason() -> None:
    assert reason_of("Requested action not taken: mailbox unavailable") == "user-unknown"
    assert reason_of("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)") == "user-unknown"
    assert reason_of("450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted") == "blocked"
    assert (
        reason_of("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table")
        == "user-unknown"
    )
    assert reason_of("550 5.7.1 Recipient address rejected: User a@b.example temporary locked") == "suspended"
    assert reason_of("551 5.7.1 Recipient address rejected: Delivery not authorized") == "policy"
    assert reason_of("something else entirely") == "undefined"


@pytest.mark.parametrize(
    "raw",
    [
        mails.mail("I could not deliver the flyers to bert@mill.example yet.\n"),
        mails.mail(
            "Your mail was undeliverable at first: user unknown. Now it works: anna@mill.example. I come.\n",
            subject="Re: Undeliverable: Spring meeting",
        ),
        mails.mail("I'll be delayed, sorry.\n", subject="Delayed"),
        mails.RECEIPT,
        mails.COMPLAINT,
        mails.EVERY["words"],
    ],
)
def test_a_person_is_no_report(raw: bytes) -> None:
    assert not looks_like_report(read(raw))
    assert read_report(read(raw), raw) is None


REPORTS = [each for name, each in sorted(mails.EVERY.items()) if "bounce" in name or "delay" in name or name == "boxbe"]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(REPORTS), st.data())
def test_any_report_cut_anywhere_is_a_value(raw: bytes, data: st.DataObject) -> None:
    raw = raw[data.draw(st.integers(0, 40)) : data.draw(st.integers(0, len(raw)))]
    report = read_report(read(raw), raw)
    assert report is None or all("@" in each.address for each in report.recipients)


def test_a_detector_that_trips_writes_no_traceback(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = b"Return-Path: <>\r\nFrom: \xff\r\nSubject: failure notice\r\n\r\nnothing of use\r\n"
    assert read_report(read(raw), raw) is None
    assert caplog.records == []
    assert capsys.readouterr().err == ""
