# ruff: noqa: E501  (mail has long lines)
"""Whole mails through the whole reader: what kind they are, what they say, and when the service leaves the decision to a person."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.message import read
from mailer.terms import Method, PartStat, Via
from mailer.understand.explanation import as_json
from mailer.understand.reader import understand
from mailer.understand.verdict import Context, Kind
from tests.parse import mails
from tests.parse.mails import EVERY, TOKEN, UID, bare, mail

RESULTS = "Authentication-Results: mx.club.example; dkim=none; spf=fail smtp.mailfrom=evil.example; dmarc={} header.from=mill.example\nContent-Type: text/plain\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gmail reply", Kind.ANSWER),
        ("outlook reply", Kind.ANSWER),
        ("apple reply", Kind.ANSWER),
        ("counter", Kind.ANSWER),
        ("delegated", Kind.ANSWER),
        ("refresh", Kind.ANSWER),
        ("postfix bounce", Kind.DELIVERY_REPORT),
        ("postfix delay", Kind.DELIVERY_REPORT),
        ("exchange bounce", Kind.DELIVERY_REPORT),  # our own REQUEST inside it says ACCEPTED
        ("gmail bounce", Kind.DELIVERY_REPORT),
        ("exim bounce", Kind.DELIVERY_REPORT),  # it calls itself auto-replied
        ("qmail bounce", Kind.DELIVERY_REPORT),
        ("complaint", Kind.COMPLAINT),
        ("boxbe", Kind.AUTOMATIC),
        ("receipt", Kind.AUTOMATIC),
        ("pigeonhole", Kind.AUTOMATIC),
        ("exchange oof", Kind.AUTOMATIC),
        ("apple unsubscribe", Kind.UNSUBSCRIBE),  # it calls itself auto-replied
        ("words", Kind.ANSWER),
        ("html only", Kind.ANSWER),
        ("button", Kind.ANSWER),
    ],
)
def test_kinds(name: str, kind: Kind) -> None:
    verdict = understand(EVERY[name])
    assert verdict.kind is kind
    assert verdict.reason
    if kind is not Kind.ANSWER:
        assert not any(answer.decided for answer in verdict.answers)


def test_gmail_accepts() -> None:
    (answer,) = understand(mails.gmail_reply("ACCEPTED", guests=2)).answers
    assert (answer.attendee, answer.event_uid, answer.partstat) == ("anna@mill.example", UID, PartStat.ACCEPTED)
    assert (answer.guests, answer.sequence, answer.dtstamp) == (2, 2, datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    assert answer.via is Via.ITIP
    assert answer.decided


def test_outlook_declines_with_a_comment() -> None:
    verdict = understand(mails.outlook_reply("DECLINED", comment="Sorry\\, I am away that week."))
    (answer,) = verdict.answers
    assert answer.decided
    assert answer.comment == "Sorry, I am away that week."
    assert verdict.tokens == (TOKEN,)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (mails.outlook_reply("ACCEPTED", comment="Sorry\\, I cannot come."), PartStat.ACCEPTED),
        (mails.gmail_reply("ACCEPTED", comment="I will not be able to attend"), PartStat.ACCEPTED),
        (mails.outlook_reply("DECLINED", words="Yes, I will come after all, with pleasure."), PartStat.DECLINED),
    ],
)
def test_a_comment_that_contradicts_is_asked_about(raw: bytes, said: PartStat) -> None:
    verdict = understand(raw)
    assert verdict.kind is Kind.UNCLEAR
    (answer,) = verdict.answers
    assert answer.partstat is said
    assert not answer.decided
    assert verdict.reason.startswith("Not recorded")


def test_outlooks_own_text_is_nobodys_words() -> None:
    block = (
        "When: Thursday, March 12, 2026 3:00 PM-5:00 PM. (UTC+01:00) Berlin\nWhere: Town hall\n\n*~*~*~*~*~*~*~*~*~*\n"
    )
    verdict = understand(mails.outlook_reply("DECLINED", words=block))
    assert verdict.answers[0].decided
    assert verdict.text == ""


def test_words_above_outlooks_own_text_count() -> None:
    block = "Sorry, I cannot come.\n\nWhen: Thursday, March 12, 2026 3:00 PM\nWhere: Town hall\n\n*~*~*~*~*~*~*~*~*~*\n"
    verdict = understand(mails.outlook_reply("ACCEPTED", words=block))
    assert verdict.text == "Sorry, I cannot come."
    assert not verdict.answers[0].decided


def test_guests_in_a_comment_count() -> None:
    (answer,) = understand(mails.gmail_reply("ACCEPTED", comment="I will come and bring two colleagues")).answers
    assert (answer.guests, answer.decided) == (2, True)


def test_an_answer_whose_calendar_part_was_lost_goes_to_a_person() -> None:
    verdict = understand(
        mail("When: Thursday, March 12, 2026 3:00 PM\nWhere: Town hall\n", subject="Declined: Spring meeting")
    )
    assert verdict.kind is Kind.UNCLEAR
    (answer,) = verdict.answers
    assert (answer.partstat, answer.decided) == (PartStat.DECLINED, False)


def test_a_report_that_names_nobody_is_a_report() -> None:
    raw = bare(
        "From: MAILER-DAEMON@mx.club.example\nReturn-Path: <>\nSubject: Undelivered Mail\nMessage-ID: <x@mx>\n\nYour mail could not be delivered.\n"
    )
    verdict = understand(raw)
    assert verdict.kind is Kind.DELIVERY_REPORT
    assert verdict.delivery_report is not None
    assert verdict.delivery_report.recipients == ()


def test_a_single_occurrence() -> None:
    (answer,) = understand(mails.apple_reply()).answers
    assert answer.recurrence_id == datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
    assert answer.partstat is PartStat.TENTATIVE


def test_a_proposal_is_never_decided() -> None:
    verdict = understand(mails.counter())
    (answer,) = verdict.answers
    assert verdict.itip is not None
    assert verdict.itip.method is Method.COUNTER
    assert answer.proposal is not None
    assert answer.proposal.dtstart == datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
    assert answer.proposal.dtend == datetime(2026, 3, 13, 11, 0, tzinfo=UTC)
    assert not answer.decided


def test_delegation_names_the_delegate() -> None:
    (answer,) = understand(mails.DELEGATED).answers
    assert answer.partstat is PartStat.DELEGATED
    assert answer.delegate is not None
    assert (answer.delegate.name, answer.delegate.address) == ("Dan Reed", "dan@mill.example")


def test_an_answer_for_somebody_else_without_a_token_is_held() -> None:
    raw = (
        mails.outlook_reply("DECLINED")
        .replace(f"+{TOKEN}".encode(), b"")
        .replace(b"From: Anna Ortiz <anna@mill.example>", b"From: M <m@evil.example>")
    )
    verdict = understand(raw)
    assert verdict.kind is Kind.UNCLEAR
    assert verdict.tokens == ()
    assert not verdict.answers[0].decided


def test_a_calendar_file_by_itself_is_read_but_not_decided() -> None:
    calendar = mails.apple_reply().split(b"\r\n\r\n", 1)[1]
    verdict = understand(calendar)
    (answer,) = verdict.answers
    assert (answer.partstat, answer.decided) == (PartStat.TENTATIVE, False)


def test_two_answers_of_one_person_in_one_reply_are_held() -> None:
    line = b'ATTENDEE;CN="Anna Ortiz";PARTSTAT=TENTATIVE;EMAIL="anna@mill.example":urn:uuid:1'
    raw = mails.apple_reply().replace(line, line + b"\r\nATTENDEE;PARTSTAT=DECLINED:mailto:anna@mill.example")
    verdict = understand(raw)
    assert verdict.kind is Kind.UNCLEAR
    assert not any(answer.decided for answer in verdict.answers)


def test_somebodys_own_invitation_is_no_answer() -> None:
    raw = (
        mails.apple_reply("NEEDS-ACTION")
        .replace(b"METHOD:REPLY", b"METHOD:REQUEST")
        .replace(b"method=REPLY", b"method=REQUEST")
    )
    verdict = understand(raw)
    assert verdict.kind is Kind.OTHER
    assert verdict.answers == ()
    assert verdict.itip is not None


@pytest.mark.parametrize(
    ("subject", "body", "partstat", "decided"),
    [
        ("Yes: Spring meeting", "", PartStat.ACCEPTED, True),
        ("Yes: Spring meeting", "Yes\n", PartStat.ACCEPTED, True),
        ("Re: Yes: Spring meeting", "Yes, I will come.\n", PartStat.ACCEPTED, True),
        ("No: Spring meeting", "", PartStat.DECLINED, True),
        ("Maybe: Spring meeting", "\n\nAnna\n", PartStat.TENTATIVE, True),
        ("Sí: Reunión de primavera", "Sí\n", PartStat.ACCEPTED, True),
        ("Nein: Treffen", "Leider nicht.\n", PartStat.DECLINED, True),
        ("[EXTERNAL] No: Spring meeting", "", PartStat.DECLINED, True),
        ("Yes: Spring meeting", "Sorry, I cannot come.\n", PartStat.ACCEPTED, False),
        ("Yes: Spring meeting", "No\n", PartStat.ACCEPTED, False),
        ("No: Spring meeting", "Changed my mind: yes, I will come!\n", PartStat.DECLINED, False),
    ],
)
def test_buttons(subject: str, body: str, partstat: PartStat, decided: bool) -> None:
    verdict = understand(mail(body, subject=f"{subject} [ref:{TOKEN}]"))
    (answer,) = verdict.answers
    assert (answer.partstat, answer.via, answer.decided) == (partstat, Via.BUTTON, decided)
    assert verdict.kind is (Kind.ANSWER if decided else Kind.UNCLEAR)
    assert verdict.tokens == (TOKEN,)


def test_guests_beside_a_button_count() -> None:
    (answer,) = understand(mail("I will bring two colleagues.\n", subject=f"Yes: Spring meeting [ref:{TOKEN}]")).answers
    assert (answer.guests, answer.decided) == (2, True)


@pytest.mark.parametrize(("mark", "sequence"), [("", None), (".0", 0), (".12", 12), (".x", None), (".1234567", None)])
def test_a_button_says_which_date_it_answers(mark: str, sequence: int | None) -> None:
    verdict = understand(mail("Yes\n", subject=f"Yes: Spring meeting [ref:{TOKEN}{mark}]"))
    (answer,) = verdict.answers
    assert (answer.partstat, answer.sequence, answer.decided) == (PartStat.ACCEPTED, sequence, True)
    assert verdict.tokens == (TOKEN,)


def test_a_button_without_a_token_is_only_a_subject() -> None:
    verdict = understand(mail("\n", subject="No: Spring meeting"))
    assert not any(answer.via is Via.BUTTON for answer in verdict.answers)


def test_tokens_are_found_in_order_of_weight() -> None:
    other, third = "b" * 20, "c" * 20
    verdict = understand(mail(f"Hello\n\n> ref:{third}\n", subject=f"Re: meeting [ref:{other}]"))
    assert verdict.tokens == (TOKEN, other, third)


@pytest.mark.parametrize("text", [f"preref:{TOKEN}", f"ref:{TOKEN}x", "ref:short", f"ref:{TOKEN[:-1]}1"])
def test_what_is_no_token(text: str) -> None:
    assert understand(mail(text, token="no")).tokens == ()


def test_words_of_a_disowned_mail_are_not_recorded() -> None:
    raw = mail("Yes, I will come.\n", more=RESULTS.format("fail"))
    assert understand(raw).answers[0].decided
    held = understand(raw, Context(authentication_server="mx.club.example"))
    assert held.authentication.dmarc == "fail"
    assert not held.answers[0].decided
    assert held.kind is Kind.UNCLEAR


def test_our_own_letter_quoted_without_marks_is_no_answer() -> None:
    letter = "Dear Anna,\n\nwill you come to our spring meeting in the town hall? Yes, I will come: please write just that.\n"
    raw = mail(f"On Mon, 2 Mar 2026, The Convener <rsvp@club.example> wrote:\n\n{letter}")
    assert not any(answer.decided for answer in understand(raw).answers)
    verdict = understand(raw, Context(own_text=letter))
    assert verdict.answers == ()
    assert verdict.kind is Kind.UNCLEAR


def test_our_own_mail_comes_back() -> None:
    raw = mail("Yes, I will come.\n", author="The Convener <RSVP@club.example>")
    verdict = understand(raw, Context(own_addresses=frozenset({"rsvp@club.example"})))
    assert verdict.kind is Kind.OTHER
    assert verdict.answers == ()


def test_a_report_gives_the_token_of_the_letter_that_came_back() -> None:
    raw = mails.POSTFIX_BOUNCE.replace(
        f"To: rsvp+{TOKEN}@club.example\r\nAuto".encode(), b"To: bounces@club.example\r\nAuto"
    )
    assert understand(raw).tokens == (TOKEN,)


def test_vacation_tells_until_when() -> None:
    verdict = understand(mails.EXCHANGE_OOF)
    assert verdict.automatic is not None
    assert verdict.automatic.until == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (mail("unsubscribe\n"), Kind.UNSUBSCRIBE),
        (mail("Please remove me from your mailing list.\n"), Kind.UNSUBSCRIBE),
        (mail("Por favor, denme de baja.\n"), Kind.UNSUBSCRIBE),
        (mail("Bitte nehmen Sie mich aus dem Verteiler.\n"), Kind.UNSUBSCRIBE),
        (mail("Please stop emailing me.\n\n> Unsubscribe here\n"), Kind.UNSUBSCRIBE),
        (mail("Yes, I will come.\n\n> To unsubscribe, answer with unsubscribe.\n"), Kind.ANSWER),
        (mail("I cannot come, sorry.\n\n> unsubscribe\n"), Kind.ANSWER),
        (
            mail("stop\n", subject=f"unsubscribe [ref:{TOKEN}]").replace(
                b"In-Reply-To: <k1@club.example>\r\nReferences: <k0@club.example>\r\n\t<k1@club.example>\r\n", b""
            ),
            Kind.UNSUBSCRIBE,
        ),
        (mail("I cannot come, sorry. And please remove me from your mailing list.\n"), Kind.UNCLEAR),
    ],
)
def test_wishes_for_no_more_mail(raw: bytes, kind: Kind) -> None:
    assert understand(raw).kind is kind


@pytest.mark.parametrize(
    "raw",
    [
        mail("Thank you!\n"),
        mail("Who else is coming?\n"),
        mail("I will come if my boss agrees.\n"),
        mail("\n\n> will you come?\n"),
        mail(""),
        bare("From: x\nSubject: y\n\nBuy now\n"),
        b"",
    ],
)
def test_nothing_is_decided_where_nothing_is_said(raw: bytes) -> None:
    assert not any(answer.decided for answer in understand(raw).answers)


def test_the_json_keeps_its_shape() -> None:
    keys = {
        "file",
        "kind",
        "message_id",
        "from",
        "subject",
        "date",
        "answers",
        "itip",
        "delivery_report",
        "automatic",
        "authentication",
        "text",
        "reason",
        "defects",
    }
    for name, raw in EVERY.items():
        explained = as_json(understand(raw), name)
        assert keys <= explained.keys()
        assert explained["file"] == name
    (answer,) = as_json(understand(mails.counter()), "c")["answers"]
    assert answer["proposal"] == {"dtstart": "2026-03-13T09:00:00Z", "dtend": "2026-03-13T11:00:00Z"}
    assert set(answer) == {
        "attendee",
        "event_uid",
        "recurrence_id",
        "partstat",
        "guests",
        "delegate",
        "comment",
        "proposal",
        "via",
        "sequence",
        "dtstamp",
        "decided",
        "evidence",
    }


def test_a_message_read_before_gives_the_same_verdict() -> None:
    for raw in EVERY.values():
        assert understand(read(raw), raw=raw) == understand(raw)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(EVERY)), st.data())
def test_any_mail_cut_anywhere_gives_a_verdict(name: str, data: st.DataObject) -> None:
    raw = EVERY[name]
    verdict = understand(raw[data.draw(st.integers(0, 50)) : data.draw(st.integers(0, len(raw)))])
    assert verdict.reason
    assert not any("failed" in defect for defect in verdict.defects)
    as_json(verdict, "x")
