"""Whole mails: snapshots, their shape as other programs read it, and that nothing from outside gets into the header."""

import email
import email.policy
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from icalendar import Calendar
from markupsafe import escape

from mailer.errors import LetterProblems, MailerError
from mailer.partnership.meetings import MeetingStatus
from mailer.render.letters import Letters, letters_of
from mailer.render.message import compose, mailbox_field, text_field
from mailer.render.outgoing import Facts, OutgoingMessage
from mailer.render.sample import CHAMPION, MEETING, READER, SENDER, sample_facts
from mailer.terms import TOKEN_PATTERN, Address, MessageId, PartStat
from mailer.understand.buttons import pressed

TOKEN = "abcdefghijklmnopqrst"
FULL = sample_facts("invitation-business")
assert FULL.invitation is not None


def facts(letter: str, **changes: object) -> Facts:
    """A mail to somebody who has not answered, about nobody else."""
    assert FULL.invitation is not None
    asked = replace(FULL.invitation, partstat=PartStat.NEEDS_ACTION, guests=0, comment="", earlier=None)
    bare = replace(
        FULL, letter=letter, invitation=asked, on_behalf_of=None, before=None, about=None, their_words="", notice=""
    )
    return replace(bare, **changes)  # type: ignore[arg-type]


def parsed(message: OutgoingMessage) -> EmailMessage:
    read = email.message_from_bytes(message.content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


CANCELLED = replace(MEETING, status=MeetingStatus.CANCELLED, sequence=2)
MOVED = replace(
    MEETING,
    dtstart=MEETING.dtstart + timedelta(days=7),
    dtend=MEETING.dtend + timedelta(days=7),
    sequence=1,
    place="Niño Hall",
)
MARIA = replace(READER, name="María José Núñez", language="es", organisation="Fundición Núñez")
WHOLE_MAILS = {
    "invitation-on-behalf": facts("invitation-business", on_behalf_of=CHAMPION, attach=("calendar invitation",)),
    "invitation-public-partner-es": facts("invitation-public-partner", person=MARIA),
    "moved-es": facts("moved", person=MARIA, meeting=MOVED, before=MEETING, attach=("calendar update",), thread=(MessageId("<1@n.example>"),)),
    "cancelled": facts("cancelled", meeting=CANCELLED, attach=("calendar cancellation",)),
    "confirmation-without-subaddresses": facts(
        "confirmation-yes",
        sender=replace(SENDER, subaddresses=False),
        invitation=replace(FULL.invitation, partstat=PartStat.ACCEPTED, guests=2),
        attach=("calendar invitation",),
        answers_to=MessageId("<answer@acme.example>"),
        thread=(MessageId("<1@n.example>"), MessageId("<2@n.example>")),
        automatic=True,
    ),
    "address-is-dead": facts("address-is-dead", about=FULL.about, their_words="550 5.1.1 no such user", automatic=True),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE_MAILS)
def test_whole_mails(name: str, letters: Letters, snapshot: Callable[[str, bytes], None]) -> None:
    snapshot(f"{name}.eml", compose(WHOLE_MAILS[name], letters).content)


@pytest.mark.parametrize("name", WHOLE_MAILS)
def test_what_every_mail_keeps(name: str, letters: Letters) -> None:
    message = compose(WHOLE_MAILS[name], letters)
    assert message.content.isascii(), "8BITMIME would be needed"
    assert b"\n" not in message.content.replace(b"\r\n", b""), "a line end that is not CRLF"
    assert max(map(len, message.content.split(b"\r\n"))) <= 998
    assert message == compose(WHOLE_MAILS[name], letters), "the same facts give the same bytes"
    read = parsed(message)
    assert read["From"].addresses[0].addr_spec == SENDER.mailbox
    assert read["Message-ID"] == "<sample@northwoods.example>"
    assert read["Subject"] == message.subject
    assert read["X-Convener-Instance"] == "convener"
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == message.text
    assert "<" not in message.text.replace("<https", "")
    assert f'lang="{read["Content-Language"]}"' in html.get_content()
    assert TOKEN in message.text, "the mark at the foot"


def test_the_shape_with_a_calendar_part(letters: Letters) -> None:
    read = parsed(compose(WHOLE_MAILS["invitation-on-behalf"], letters))
    assert read.get_content_type() == "multipart/mixed"
    alternative, attachment = read.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(alternative.iter_parts())[-1]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "UTF-8"
    assert calendar["Content-Disposition"] is None
    assert calendar.get_param("name") is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert (attachment.get_content_type(), attachment.get_filename()) == ("application/ics", "invite.ics")
    assert attachment.get_content_disposition() == "attachment"
    same = [b64decode(part.get_payload()) for part in (calendar, attachment)]  # type: ignore[arg-type]
    assert same[0] == same[1]
    event = Calendar.from_ical(same[0]).events[0]
    assert event["ORGANIZER"] == f"mailto:rsvp+{TOKEN}@northwoods.example"
    assert event["ATTENDEE"] == "mailto:ann.ortiz@acme.example"


def test_the_shape_without_a_calendar_part(letters: Letters) -> None:
    read = parsed(compose(WHOLE_MAILS["invitation-public-partner-es"], letters))
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_html_holds_what_was_written_whatever_its_encoding(letters: Letters) -> None:
    words = "Ñandú – 田中 🎉 &amp; <b>"
    for place in (words, words + "x" * 2000):
        html = parsed(compose(facts("reminder", meeting=replace(MEETING, place=place)), letters)).get_body(("html",))
        assert html is not None
        long = len(place) > 990
        assert html["Content-Transfer-Encoding"] == ("quoted-printable" if long else "7bit")
        assert escape(place) in unescape_references(html.get_content())


def unescape_references(html: str) -> str:
    return re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), html)


def test_a_boundary_in_the_letter_is_no_boundary(letters: Letters) -> None:
    first = compose(facts("please-decide", about=FULL.about), letters).content
    found = re.search(rb'boundary="([^"]+)"', first)
    assert found is not None
    words = f"--{found[1].decode()}\n--{found[1].decode()}--\nyes"
    read = parsed(compose(facts("please-decide", about=FULL.about, their_words=words), letters))
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    html = read.get_body(("html",))
    assert html is not None
    assert html.get_content().rstrip().endswith("</html>")


def test_a_cancellation_says_so_in_both_places(letters: Letters) -> None:
    message = compose(WHOLE_MAILS["cancelled"], letters)
    (calendar,) = (part for part in parsed(message).walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "CANCEL"
    assert b"METHOD:CANCEL\r\n" in calendar.get_payload(decode=True)  # type: ignore[operator]
    assert b"\r\nSTATUS:CANCELLED\r\n" in calendar.get_payload(decode=True)  # type: ignore[operator]


def test_on_behalf_of(letters: Letters) -> None:
    message = compose(WHOLE_MAILS["invitation-on-behalf"], letters)
    read = parsed(message)
    assert read["From"].addresses[0].display_name == "Jane Smith, Co-Chair (via Dana Lee)"
    assert read["Reply-To"].addresses[0].addr_spec == f"rsvp+{TOKEN}@northwoods.example"
    assert message.text.startswith("On behalf of Jane Smith, Co-Chair (Bolt Castings)\n")
    assert message.reverse_path == f"rsvp+{TOKEN}@northwoods.example"
    assert message.forward_path == "ann.ortiz@acme.example"


def test_thread_and_automatic_fields(letters: Letters) -> None:
    read = parsed(compose(WHOLE_MAILS["confirmation-without-subaddresses"], letters))
    assert read["In-Reply-To"] == "<answer@acme.example>"
    assert read["References"].split() == ["<1@n.example>", "<2@n.example>", "<answer@acme.example>"]
    assert (read["Auto-Submitted"], read["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    planned = parsed(compose(WHOLE_MAILS["moved-es"], letters))
    assert planned["Auto-Submitted"] is None
    assert "OOF" not in planned["X-Auto-Response-Suppress"]
    assert planned["In-Reply-To"] == "<1@n.example>"
    notice = parsed(compose(WHOLE_MAILS["address-is-dead"], letters))
    assert notice["Auto-Submitted"] == "auto-generated"
    assert notice["List-Unsubscribe"] is None


def test_a_long_thread_is_shortened(letters: Letters) -> None:
    thread = tuple(MessageId(f"<{number}@n.example>") for number in range(40))
    references = parsed(compose(facts("reminder", thread=thread), letters))["References"].split()
    assert (references[0], references[-1], len(references)) == ("<0@n.example>", "<39@n.example>", 12)


@pytest.mark.parametrize("subaddresses", [True, False])
def test_links_hold_the_token_and_a_word(subaddresses: bool, letters: Letters) -> None:
    message = compose(facts("reminder", sender=replace(SENDER, subaddresses=subaddresses)), letters)
    read = parsed(message)
    html = read.get_body(("html",))
    assert html is not None
    links = re.findall(r'href="(mailto:[^"]+)"', html.get_content())
    address = f"rsvp+{TOKEN}@northwoods.example" if subaddresses else "rsvp@northwoods.example"
    found = {}
    for link in links:
        parts = urlsplit(link.replace("&amp;", "&"))
        query = parse_qs(parts.query, strict_parsing=True)
        assert unquote(parts.path) == address
        answers = not query["subject"][0].startswith("unsubscribe")
        assert f"[ref:{TOKEN}{'.0' if answers else ''}]" in query["subject"][0]  # SEQUENCE tells which date is answered
        found[query["subject"][0].partition(":")[0].split()[0]] = query["body"][0]
    assert found == {
        "Yes": "Yes, I will come.",
        "Maybe": "Maybe. I do not know yet.",
        "No": "No, I cannot come.",
        "unsubscribe": "stop",
    }
    stop = urlsplit(read["List-Unsubscribe"].strip("<>"))
    assert parse_qs(stop.query)["subject"] == [f"unsubscribe [ref:{TOKEN}]"]
    assert re.fullmatch(TOKEN_PATTERN, TOKEN)


@pytest.mark.parametrize("language", ["en", "en-gb", "es", "de", "fr"])
def test_the_reader_of_answers_knows_every_button(language: str) -> None:
    letters, problems = letters_of({f"a.{language}.txt": "Subject: x\n\n[[buttons]]"})
    assert not problems
    read = parsed(
        compose(
            facts("a", person=replace(READER, language=language), meeting=replace(MEETING, title="No: not yet")),
            letters,
        )
    )
    html = read.get_body(("html",))
    assert html is not None
    links = [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'href="(mailto:[^"]+)"', html.get_content())]
    buttons = [pressed(parse_qs(link.query)["subject"][0]) for link in links]
    assert [button.partstat for button in buttons if button] == [
        PartStat.ACCEPTED,
        PartStat.TENTATIVE,
        PartStat.DECLINED,
    ]


HOSTILE = [
    "Ann\r\nBcc: everybody@evil.example",
    "Ann\nX-Evil: 1\n\n<html>",
    'Ann "Bo" Ortiz\\',
    "<script>alert(1)</script>",
    "Ann\u2028Bcc: x@evil.example\u202eevil",
    "Ann\x00\x07 Ortiz\ud800",
    "=?utf-8?q?Bcc=3A?= Ann",
    "{{ convener.phone }} {% if 1 %}**bold** [[buttons]]",
    "--=_9b6b360a73f44758751491f37ac8dfe7--",
    "END:VCALENDAR\r\nBEGIN:VCALENDAR",
    "A" * 5000,
    "Ñ" * 3000,
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_values_stay_values(evil: str, letters: Letters) -> None:
    meeting = replace(MEETING, title=evil, place=evil, description=evil, online_link="javascript:" + evil)
    person = replace(READER, name=evil, organisation=evil)
    champion = replace(CHAMPION, name=evil, title=evil)
    sender = replace(SENDER, name=evil, partnership=evil)
    message = compose(
        facts(
            "invitation-business",
            person=person,
            meeting=meeting,
            on_behalf_of=champion,
            sender=sender,
            attach=("calendar invitation",),
            answers_to=MessageId("<x@y>\r\nBcc: evil@evil.example"),
        ),
        letters,
    )
    head = message.content.partition(b"\r\n\r\n")[0]
    names = re.findall(rb"^([^\s:]+):", head, re.MULTILINE)
    assert names == [
        b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"Content-Language", b"X-Auto-Response-Suppress",
        b"X-Convener-Instance", b"List-Unsubscribe", b"MIME-Version", b"Content-Type",
    ]  # fmt: skip
    read = parsed(message)
    assert [a.addr_spec for a in read["From"].addresses] == ["rsvp@northwoods.example"]
    assert [a.addr_spec for a in read["To"].addresses] == ["ann.ortiz@acme.example"]
    html = read.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()
    assert 'href="javascript' not in html.get_content()
    assert "+1 555 0100 " not in message.text.partition("On behalf")[2].partition("\n")[0], (
        "values are not run as templates"
    )
    assert sum(part.get_content_type() == "text/calendar" for part in read.walk()) == 1
    assert len(message.subject) <= 200


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        ("o'neil+x@acme.example", "o'neil+x@acme.example"),
        ("ann@acme.example\r\nRCPT TO:<x@y.example>", None),
        ("añn@acme.example", None),
        ("ann@acme.example>", None),
        ("ann", None),
        ("a b@acme.example", None),
        ("@acme.example", None),
        ("ann@\u2024.example", None),
    ],
)
def test_addresses(address: str, sent_to: str | None, letters: Letters) -> None:
    one = facts("reminder", person=replace(READER, addresses=(address,)))
    if sent_to is None:
        with pytest.raises(MailerError, match="no address that mail can be sent to"):
            compose(one, letters)
    else:
        assert compose(one, letters).forward_path == sent_to


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (facts("reminder", attach=("calendar invitation",), meeting=CANCELLED), "is cancelled: nobody can be invited"),
        (facts("service-notice", attach=("calendar update",), meeting=None, notice="x"), "but no meeting"),
        (facts("reminder", attach=("call list",)), "do not know how to attach “call list”"),
        (facts("reminder", attach=("calendar update", "calendar cancellation")), "cannot both invite and cancel"),
        (facts("reminder", meeting=replace(MEETING, zone="Mars/Olympus")), "do not know the time zone “Mars/Olympus”"),
        (facts("reminder", meeting=replace(MEETING, zone="../etc")), "do not know the time zone “../etc”"),
        (facts("remindr"), "Did you mean “reminder”"),
        (
            facts("reminder", attach=("calendar invitation",), person=replace(READER, addresses=(SENDER.mailbox,))),
            "The reader is the organizer",
        ),
    ],
)
def test_what_must_not_leave(wrong: Facts, sentence: str, letters: Letters) -> None:
    with pytest.raises(MailerError, match=re.escape(sentence)):
        compose(wrong, letters)


def test_a_letter_that_lacks_its_facts_says_which(letters: Letters) -> None:
    with pytest.raises(LetterProblems) as error:
        compose(facts("address-is-dead"), letters)
    assert "about" in str(error.value)
    assert "it tells of no other person" in str(error.value)
    with pytest.raises(LetterProblems, match="the reader is not invited"):
        compose(facts("reminder", invitation=None), letters)


def test_organizer_stays_the_same_over_updates(letters: Letters) -> None:
    organizers = set()
    for one in (WHOLE_MAILS["invitation-on-behalf"], WHOLE_MAILS["moved-es"], WHOLE_MAILS["cancelled"]):
        content = compose(one, letters).content
        found = re.search(
            rb"method=\w+\r\nContent-Transfer-Encoding: base64\r\n\r\n(.*?)\r\n\r\n--", content, re.DOTALL
        )
        assert found is not None
        unfolded = b64decode(found[1]).replace(b"\r\n ", b"")
        organizers |= set(re.findall(rb"ORGANIZER.*", unfolded))
    assert organizers == {b'ORGANIZER;CN="Dana Lee":mailto:rsvp+abcdefghijklmnopqrst@northwoods.example\r'}


@pytest.mark.parametrize(
    ("value", "back"),
    [
        ("plain", "plain"),
        ("long " * 38, ("long " * 38).strip()),
        ("¿Podrá venir? " * 10, ("¿Podrá venir? " * 10).strip()),
        ("=?utf-8?q?x?=", "=?utf-8?q?x?="),
        ("x" * 190, "x" * 190),
    ],
)
def test_subjects_come_back(value: str, back: str) -> None:
    field = text_field("Subject", value)
    assert max(map(len, f"Subject: {field}".split("\r\n"))) <= 78
    assert email.message_from_string(f"Subject: {field}\r\n\r\n", policy=email.policy.default)["Subject"] == back


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("Ann Ortiz", "Ann Ortiz"),
        ("Smith, Jane (via Dana)", "Smith, Jane (via Dana)"),
        ('Ann "Bo" Ortiz', "Ann 'Bo' Ortiz"),
        ("María José Núñez de la Torre y Fernández de Córdoba, Copresidenta", "María José Núñez de la Torre y Fernández de Córdoba, Copresidenta"),
        ("田中 太郎", "田中 太郎"),
        ("a@b.example", "a@b.example"),
        ("", ""),
    ],
)  # fmt: skip
def test_names_come_back(name: str, back: str) -> None:
    field = mailbox_field("To", Address(name, "x@acme.example"))
    assert max(map(len, f"To: {field}".split("\r\n"))) <= 78
    read = email.message_from_string(f"To: {field}\r\n\r\n", policy=email.policy.default)["To"].addresses
    # The standard library keeps a blank too many between two encoded words.
    assert [(" ".join(a.display_name.split()), a.addr_spec) for a in read] == [(back, "x@acme.example")]
