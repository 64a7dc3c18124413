"""What each kind of pretend person sends: read back with the standard library, never with our own parser."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailer.sandbox.cast import CAST
from mailer.sandbox.habits import Answers, Away, Forwards, Full, Member, Program, Unknown, Way
from mailer.sandbox.letter import read_calendar, read_letter
from mailer.sandbox.people import Intention, PretendPerson
from mailer.sandbox.servers import Envelope
from mailer.terms import PartStat
from tests.sandbox.letters import ADDRESS, EVENT_UID, MAILBOX, SENT, START, TOKEN, letter

WHO = "ana.ortiz@acme.example"


def person(*acts: Answers | Away | Forwards, **more: object) -> PretendPerson:
    facts = {"program": Program.GMAIL, **more}
    return PretendPerson(Member("Ana Ortiz", (WHO,), "Acme", "Buyer", acts=acts, **facts))  # type: ignore[arg-type]


def get(
    who: PretendPerson, at: timedelta = timedelta(0), reverse_path: str = MAILBOX, **shape: object
) -> list[Intention]:
    return who.read(Envelope(reverse_path, WHO), letter(WHO, **shape), SENT + at)  # type: ignore[arg-type]


def opened(intention: Intention) -> EmailMessage:
    message = message_from_bytes(intention.mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    assert all(len(line) <= 998 for line in intention.mail.content.split(b"\r\n"))
    assert b"\n" not in intention.mail.content.replace(b"\r\n", b"")
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def replies_of(message: EmailMessage) -> list[str]:
    return [
        raw.decode()
        for part in message.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")
        and isinstance(raw := part.get_payload(decode=True), bytes)
    ]


@pytest.mark.parametrize("partstat", [PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE])
@pytest.mark.parametrize("program", list(Program))
def test_calendar_answers_name_event_attendee_and_organizer(program: Program, partstat: PartStat) -> None:
    (intention,) = get(person(Answers(Way.CALENDAR, partstat), program=program))
    message = opened(intention)
    for text in replies_of(message):
        reply = read_calendar(text)
        assert reply is not None
        assert reply.method == "REPLY"
        assert reply.event_uid.casefold() == EVENT_UID
        (attendee,) = reply.attendees
        assert attendee.value.lower() == f"mailto:{WHO}"
        assert f"PARTSTAT={partstat}" in attendee.params
        assert reply.sequence == 0
        # Exchange writes a wall clock in a zone with a Windows name, which is 9 o'clock in Chicago
        assert reply.dtstart == START or "T090000" in text
    assert (intention.mail.reverse_path, intention.mail.forward_path) == (WHO, ADDRESS)
    assert SENT < intention.due == message["Date"].datetime.replace(microsecond=intention.due.microsecond)


def test_google_sends_its_reply_twice_and_its_comment_as_a_parameter() -> None:
    message = opened(get(person(Answers(Way.CALENDAR, PartStat.ACCEPTED, words="With a guest", guests=1)))[0])
    first, second = replies_of(message)
    assert first == second
    unfolded = first.replace("\r\n ", "")
    assert 'X-NUM-GUESTS=1;X-RESPONSE-COMMENT="With a guest":mailto:' in unfolded
    assert f'ORGANIZER;CN="Dana Lee; NWDB":mailto:{ADDRESS}' in unfolded
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_exchange_has_no_organizer_an_upper_case_uid_and_windows_zones() -> None:
    message = opened(get(person(Answers(Way.CALENDAR, PartStat.DECLINED), program=Program.OUTLOOK))[0])
    (text,) = replies_of(message)
    assert "ORGANIZER" not in text
    assert f"UID:{EVENT_UID.upper()}" in text
    assert "DTSTART;TZID=Central Standard Time:20260312T090000" in text
    assert "X-MICROSOFT-CDO-APPT-SEQUENCE:0" in text
    assert "COMMENT;LANGUAGE=en-US:\\n" in text
    assert message["X-Auto-Response-Suppress"]
    assert message["Auto-Submitted"] is None


def test_apple_states_the_method_only_inside_a_named_attachment() -> None:
    message = opened(get(person(Answers(Way.CALENDAR, PartStat.ACCEPTED), program=Program.APPLE))[0])
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") is None
    assert part.get_filename().endswith(".ics")
    assert message["In-Reply-To"] is None


@pytest.mark.parametrize(
    ("program", "language", "attribution"),
    [
        (Program.GMAIL, "en", r"^On Thu, Jan 29, 2026 at 9:00.AM Ruth Halloran .*wrote:$"),
        (Program.GMAIL, "es", r"^El jue, 29 ene 2026 a la\(s\) 09:00, Ruth Halloran .*escribió:$"),
        (Program.OUTLOOK, "en", r"^Sent: Thursday, January 29, 2026 9:00 AM$"),
        (Program.OUTLOOK, "es", r"^Enviado: jue, 29 de ene de 2026 09:00$"),
        (Program.APPLE, "en", r"^> On Jan 29, 2026, at 9:00.AM, Ruth Halloran .*wrote:$"),
        (Program.APPLE, "es", r"^> El 29 ene 2026, a la\(s\) 09:00, Ruth Halloran .*escribió:$"),
        (Program.THUNDERBIRD, "en", r"^On 1/29/26 9:00 AM, Ruth Halloran .*wrote:$"),
        (Program.THUNDERBIRD, "es", r"^El 29/1/26 a las 09:00, Ruth Halloran .*escribió:$"),
    ],
)
def test_words_stand_above_the_quoted_letter(program: Program, language: str, attribution: str) -> None:
    who = person(
        Answers(Way.WORDS, PartStat.ACCEPTED, words="Sí, con mucho gusto."), program=program, language=language
    )
    message = opened(get(who)[0])
    own, found, quoted = re.split(f"({attribution})", text_of(message), maxsplit=1, flags=re.MULTILINE)
    assert own.startswith("Sí, con mucho gusto.")
    assert found
    assert "Please reply yes or no." in quoted
    assert "Please reply" not in own
    assert message["In-Reply-To"] == "<letter-1@northwdb.example>"
    assert message["To"].addresses[0].addr_spec == ADDRESS
    assert not replies_of(message)


@pytest.mark.parametrize("partstat", [PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE])
def test_a_click_on_a_link_makes_a_new_mail_with_the_words_of_the_link(partstat: PartStat) -> None:
    message = opened(get(person(Answers(Way.LINK, partstat)), method=None, links=True)[0])
    word = {PartStat.ACCEPTED: "Yes", PartStat.DECLINED: "No", PartStat.TENTATIVE: "Maybe"}[partstat]
    assert message["Subject"] == f"{word}: Launch meeting"
    assert text_of(message).startswith(f"{word} [{TOKEN}]\n")
    assert message["To"] == ADDRESS
    assert message["In-Reply-To"] is None


def test_a_link_that_only_stops_mail_is_no_question() -> None:
    assert read_letter(letter(WHO, method=None, links=True)).asks
    stop = f"No more messages about this, please: <mailto:{ADDRESS}?subject=unsubscribe%20%5Bref%5D&body=stop>\n"
    assert not read_letter(letter(WHO, method=None, text=stop)).asks


def test_the_silent_answer_the_letter_they_wait_for_and_only_once() -> None:
    who = person(Answers(Way.WORDS, PartStat.ACCEPTED, words="Yes", to_letter=3))
    assert get(who, number=1) == []
    assert get(who, number=2, method=None, links=True) == []
    assert get(who, number=9, method=None, auto_submitted="auto-replied", links=True) == []
    (intention,) = get(who, number=3, method=None, links=True, refers_to="<letter-1@northwdb.example>")
    assert opened(intention)["In-Reply-To"] == "<letter-3@northwdb.example>"
    assert get(who, number=4, method=None, links=True) == []


def test_a_click_in_the_calendar_waits_for_the_calendar_part() -> None:
    who = person(Answers(Way.CALENDAR, PartStat.ACCEPTED))
    assert get(who, number=1, method=None, links=True) == []
    (intention,) = get(who, number=2)
    assert replies_of(opened(intention))


def test_a_reminder_without_a_calendar_part_can_be_answered_by_the_calendar() -> None:
    who = person(Answers(Way.CALENDAR, PartStat.ACCEPTED, to_letter=2))
    assert get(who, number=1) == []
    (intention,) = get(who, number=2, method=None, links=True)
    assert EVENT_UID in replies_of(opened(intention))[0]


def test_a_new_date_is_answered_anew_and_drops_what_was_still_to_be_said() -> None:
    who = person(
        Answers(Way.CALENDAR, PartStat.ACCEPTED),
        Answers(Way.WORDS, PartStat.DECLINED, words="Sorry, I can't after all", after=timedelta(days=6), rounds=(1,)),
    )
    first, second = get(who, number=1)
    assert first.stands
    assert second.stands
    (again,) = get(who, timedelta(days=1), number=2, sequence=1, start=START + timedelta(days=7))
    assert (first.stands, second.stands, again.stands) == (False, False, True)
    assert "SEQUENCE:1" in replies_of(opened(again))[0]


def test_a_cancellation_silences_everybody() -> None:
    who = person(Answers(Way.CALENDAR, PartStat.ACCEPTED))
    (intention,) = get(who)
    assert get(who, number=2, method="CANCEL", sequence=1) == []
    assert not intention.stands
    assert get(who, number=3, method=None, links=True) == []


@pytest.mark.parametrize("program", [Program.OUTLOOK, Program.THUNDERBIRD])
def test_absence_is_told_once_in_some_days_until_the_return(program: Program) -> None:
    who = person(Away(9, "I am away until {until}."), program=program)
    (told,) = get(who)
    message = opened(told)
    assert message["Auto-Submitted"].startswith("auto-replied")
    assert "away until 7 February" in text_of(message)
    assert told.mail.reverse_path == ""
    assert told.mail.forward_path == MAILBOX  # From, not Reply-To
    assert get(who, timedelta(days=3), number=2) == []
    assert len(get(who, timedelta(days=5), number=3)) == 1
    assert get(who, timedelta(days=9), number=4) == []


@pytest.mark.parametrize("shape", [{"auto_submitted": "auto-generated"}, {"reverse_path": ""}])
def test_absence_is_not_told_to_machines(shape: dict[str, str]) -> None:
    assert get(person(Away(9, "Away until {until}")), **shape) == []


def test_unknown_user_and_full_mailbox_come_back_as_reports() -> None:
    (bounce,) = get(person(trouble=Unknown(late=True)))
    delayed, failed = get(person(trouble=Full(late=True)))
    assert delayed.due < failed.due
    for intention, status, action in (
        (bounce, "5.1.1", "failed"),
        (delayed, "4.2.2", "delayed"),
        (failed, "5.2.2", "failed"),
    ):
        assert (intention.mail.reverse_path, intention.mail.forward_path) == ("", MAILBOX)
        message = opened(intention)
        assert message.get_content_type() == "multipart/report"
        words, report, original = message.iter_parts()
        per_message, per_recipient = report.get_payload()
        assert per_message["Reporting-MTA"] == "dns; mx.acme.example"
        assert per_recipient["Final-Recipient"] == f"rfc822; {WHO}"
        assert (per_recipient["Status"], per_recipient["Action"]) == (status, action)
        assert "Message-ID: <letter-1@northwdb.example>" in original.as_string()
        assert WHO in words.get_content()
    assert get(person(trouble=Unknown(late=True)), reverse_path="") == []


def test_an_alias_answers_from_another_address() -> None:
    (intention,) = get(person(Answers(Way.WORDS, PartStat.ACCEPTED, words="Yes", sender="ana@home.example")))
    assert opened(intention)["From"].addresses[0].addr_spec == "ana@home.example"
    assert intention.mail.reverse_path == "ana@home.example"


def test_somebody_uninvited_answers_on_the_token_of_another() -> None:
    act = Forwards("Rex Tolliver", "rex@tolliver.example", Program.OUTLOOK, Answers(Way.CALENDAR, PartStat.ACCEPTED))
    (intention,) = get(person(act))
    (text,) = replies_of(opened(intention))
    assert "MAILTO:rex@tolliver.example" in text.replace("\r\n ", "")
    assert WHO not in text
    assert intention.mail.forward_path == ADDRESS


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_times() -> None:
    def run(seed: int, number: int = 1) -> list[Intention]:
        member = Member(
            "Ana Ortiz", (WHO,), "Acme", "Buyer", acts=(Answers(Way.WORDS, PartStat.ACCEPTED, words="Yes"),)
        )
        return PretendPerson(member, seed).read(Envelope(MAILBOX, WHO), letter(WHO, number=number), SENT)

    assert [(i.due, i.mail) for i in run(1)] == [(i.due, i.mail) for i in run(1)]
    assert run(1)[0].due != run(2)[0].due
    assert run(1)[0].due == run(1, number=2)[0].due  # whatever names our letter has


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.email)
def test_everybody_of_the_cast_writes_mail_that_can_be_read(member: Member) -> None:
    who, sent = PretendPerson(member), []
    for number in range(1, 5):
        sent += who.read(
            Envelope(MAILBOX, member.email),
            letter(member.email, number=number, links=True),
            SENT + timedelta(days=number),
        )
    for intention in sent:
        assert opened(intention)["Message-ID"]
    acts = sum(
        not isinstance(act, Away) and 1 in ((act.answers if isinstance(act, Forwards) else act).rounds or (1,))
        for act in member.acts
    )
    answers = [i for i in sent if i.occasion is not None]
    assert len(answers) == (0 if member.trouble in (Unknown(late=True), Full(late=True)) else acts)
