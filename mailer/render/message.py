"""Facts and letters → one ready message: header fields, text, HTML, calendar part.

Promises: the shape that Google, Outlook and Apple show with buttons (calendar-mail.md, "The outgoing shape"); seven-bit content only,
so that no server needs 8BITMIME or SMTPUTF8; the same facts give the same bytes. No value from outside can add a header field.
From is always our own mailbox (DMARC); who signs is in its display name.
Never: reads a clock, invents a Message-ID, sends.
Fails: `MailerError` with a sentence (letter needs what is not known, calendar object unfit, address unusable): the mail is held.
"""

import hashlib
import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from email.header import Header
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import idna

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.render.calendar import Apart, calendar_object
from mailer.render.letters import Letters, write
from mailer.render.lines import one_line
from mailer.render.links import mailto, reference
from mailer.render.outgoing import Enclosure, Facts, Letter, OutgoingMessage, Sender
from mailer.render.phrases import phrases_for
from mailer.render.preflight import cleared
from mailer.terms import Address, MessageId, Method

INSTANCE_FIELD = "X-Convener-Instance"
"""Marks our own mail, so that it is known when it comes back (reply-mail.md, loop rules)."""

_METHODS = {
    "calendar invitation": Method.REQUEST,
    "calendar update": Method.REQUEST,
    "calendar cancellation": Method.CANCEL,
    "calendar proposal refused": Method.DECLINECOUNTER,  # these two are the service's own words, in no rule
    "calendar as it stands": Method.REQUEST,
}
_ADDR_SPEC = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}|\"[\x20\x21\x23-\x5b\x5d-\x7e]{1,62}\"@[A-Za-z0-9.-]{1,253}"
)
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,240}>")
_MOST_REFERENCES = 12  # the first and the last ones: RFC 5322 §3.6.4 lets a long list be shortened
_LONGEST_NAME = 120  # characters
_LINE = 76
_LONGEST_LINE = 990  # octets; RFC 5321 §4.5.3.1.6 allows 998


def compose(facts: Facts, letters: Letters) -> OutgoingMessage:
    """Write the whole mail of *facts*. One that is passed on has no token: whoever it reaches would answer, or stop mail, for its reader."""
    if letters.passed_on(facts.letter):
        facts = replace(facts, invitation=None, thread=())
    for meeting in (facts.meeting, facts.before):
        if meeting is not None:
            _check_zone(meeting)
    forward_path = _address(facts.person.address or "")
    token = facts.invitation.token if facts.invitation else None
    reply_to = _address(facts.sender.reply_address(token))
    variant = letters.pick(facts.letter, facts.person.language)
    author = Address(_author(facts.sender, facts.on_behalf_of, variant.language), _address(facts.sender.mailbox))
    letter = write(facts, letters, author)
    method, calendar = _calendar_part(facts, reply_to, letter.language)
    fields = [
        *_fields(facts, letter, Address(facts.sender.name, reply_to), forward_path),
        ("MIME-Version", "1.0"),
    ]
    mark = hashlib.sha256(facts.message_id.encode()).hexdigest()[:32]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return OutgoingMessage(
        message_id=facts.message_id,
        reverse_path=reply_to,  # a delivery report then names whom it is about
        forward_path=forward_path,
        subject=letter.subject,
        text=letter.text,
        content=head.encode("ascii") + _body(letter, method, calendar, facts.particulars.enclosures, mark),
    )


def _check_zone(meeting: Meeting) -> None:
    try:
        ZoneInfo(meeting.zone)
    except (KeyError, ValueError, OSError) as error:
        raise MailerError(
            f"I do not know the time zone “{one_line(meeting.zone)}” of “{one_line(meeting.title)}”."
        ) from error


def _calendar_part(facts: Facts, organizer: str, language: str) -> tuple[Method | None, bytes]:
    """The calendar object that the rule attaches, checked; none if it attaches none."""
    methods = {_METHODS[words] for words in facts.attach if words in _METHODS}
    documents = [words for words in facts.attach if words not in _METHODS]
    if len(documents) > len(facts.particulars.enclosures):
        raise MailerError(f"I do not know how to attach “{documents[len(facts.particulars.enclosures)]}”.")
    if not methods:
        return None, b""
    if len(methods) > 1:
        raise MailerError("One mail cannot both invite and cancel.")
    if facts.meeting is None:
        raise MailerError(f"The letter “{facts.letter}” has a calendar file, but no meeting.")
    (method,) = methods
    if "calendar as it stands" in facts.attach and facts.meeting.cancelled:
        method = Method.CANCEL
    if method is Method.REQUEST and facts.meeting.cancelled:
        raise MailerError(f"“{one_line(facts.meeting.title)}” is cancelled: nobody can be invited to it.")
    content = calendar_object(
        method,
        facts.series or facts.meeting,
        facts.person,
        Address(facts.sender.name, organizer),
        dtstamp=facts.now,
        language=language,
        instead_of=(facts.instead_of.address or "") if facts.instead_of else "",
        apart=Apart(facts.recurrence_id, facts.without, facts.moved, facts.sender.counters),
    )
    domain = organizer.rpartition("@")[2]
    return method, cleared(content, method.value, mailbox=facts.sender.mailbox, domain=domain)


def _author(sender: Sender, champion: Person | None, language: str) -> str:
    """The display name of From: "Jane Smith, Co-Chair (via Dana Lee)", or the convener's own."""
    if champion is None:
        return sender.name
    name = f"{champion.name}, {champion.title}" if champion.title.strip() else champion.name
    return f"{name} ({phrases_for(language).via} {sender.name})"


def _fields(facts: Facts, letter: Letter, reply_to: Address, forward_path: str) -> Iterator[tuple[str, str]]:
    """The header fields, in the order people read them."""
    yield "From", mailbox_field("From", letter.sender)
    yield "To", mailbox_field("To", Address(facts.person.name, forward_path))
    yield "Reply-To", mailbox_field("Reply-To", reply_to)
    yield "Subject", text_field("Subject", letter.subject)
    yield "Date", format_datetime(facts.now.astimezone(UTC).replace(microsecond=0))
    yield "Message-ID", facts.message_id
    thread = [mid for mid in (*facts.thread, facts.answers_to) if mid and _MESSAGE_ID.fullmatch(mid)]
    if thread:
        yield "In-Reply-To", thread[-1]
        yield "References", "\r\n ".join(_shortened(thread))
    yield "Content-Language", letter.language
    if facts.automatic:
        # RFC 3834 §5: auto-replied answers a message, auto-generated answers none.
        yield "Auto-Submitted", "auto-replied" if facts.answers_to else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    else:
        # A vacation notice in answer to an invitation is worth having: it says when the silence ends. Hence not OOF.
        yield "X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply"
    yield INSTANCE_FIELD, text_field(INSTANCE_FIELD, facts.sender.instance)
    if facts.invitation and not facts.about and not facts.notice:  # those are the convener's own business
        stop = mailto(reply_to.addr_spec, ("unsubscribe", f" [{reference(facts.invitation.token)}]"))
        yield "List-Unsubscribe", f"<{stop}>"


def _shortened(thread: list[MessageId]) -> list[MessageId]:
    unique = list(dict.fromkeys(thread))
    return unique if len(unique) <= _MOST_REFERENCES else [unique[0], *unique[1 - _MOST_REFERENCES :]]


def _body(letter: Letter, method: Method | None, calendar: bytes, enclosures: Sequence[Enclosure], mark: str) -> bytes:
    """The parts, plainest first (RFC 2046 §5.1.4); the calendar part last of them and without Content-Disposition (quirks 25 and 27),
    then what is enclosed. The boundaries hold ``=_``, which neither base64 nor quoted-printable can produce, and *mark*, which the HTML
    must not hold."""
    while mark in letter.html:
        mark += "_"
    parts = [
        _part("text/plain; charset=utf-8", "quoted-printable", _quoted_printable(letter.text)),
        _html_part(letter.html),
    ]
    enclosed = [_enclosed(each) for each in enclosures]
    if method is None:
        if not enclosed:
            return _multipart("alternative", f"=_1_{mark}", parts)
        return _multipart("mixed", f"=_1_{mark}", [_multipart("alternative", f"=_2_{mark}", parts), *enclosed])
    encoded = encodebytes(calendar).replace(b"\n", b"\r\n")
    parts.append(_part(f"text/calendar; charset=UTF-8; method={method.value}", "base64", encoded))
    alternative = _multipart("alternative", f"=_2_{mark}", parts)
    name = "cancel.ics" if method is Method.CANCEL else "invite.ics"
    attachment = _part(
        f'application/ics; name="{name}"', "base64", encoded, f'Content-Disposition: attachment; filename="{name}"\r\n'
    )
    return _multipart("mixed", f"=_1_{mark}", [alternative, attachment, *enclosed])


_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9 ._-]+")


def _enclosed(enclosure: Enclosure) -> bytes:
    """A file of ours. Its name is ours too, and kept to letters that need no encoding (RFC 2183 §2.3)."""
    name = _UNSAFE_IN_NAMES.sub("-", enclosure.filename).strip(". ")[:80] or "attachment"
    encoded = encodebytes(enclosure.content).replace(b"\n", b"\r\n")
    return _part(
        f'{enclosure.content_type}; name="{name}"',
        "base64",
        encoded,
        f'Content-Disposition: attachment; filename="{name}"\r\n',
    )


def _html_part(html: str) -> bytes:
    """HTML needs no encoding: what is not ASCII becomes character references. Unless a line is longer than SMTP allows."""
    plain = html.encode("ascii", "xmlcharrefreplace").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if max(map(len, plain.split(b"\n"))) > _LONGEST_LINE:
        return _part("text/html; charset=utf-8", "quoted-printable", _quoted_printable(html))
    return _part("text/html; charset=utf-8", "7bit", plain.replace(b"\n", b"\r\n"))


def _part(content_type: str, encoding: str, body: bytes, extra: str = "") -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n{extra}\r\n"
    return head.encode("ascii") + body


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    delimiter = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"


def _quoted_printable(text: str) -> bytes:
    """RFC 2045 §6.7. Surrogates and other leftovers of broken decoding become question marks."""
    encoded = b2a_qp(text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace"))
    return encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def text_field(name: str, value: str) -> str:
    """*value* as an unstructured header field, folded; in encoded words where it is not ASCII, or cannot be folded (RFC 2047)."""
    value = one_line(value)
    plain = value.isascii() and "=?" not in value
    if plain and len(name) + len(value) + 2 <= _LINE:
        return value
    foldable = plain and max(map(len, value.split())) + len(name) + 2 <= _LINE
    header = Header(value, "us-ascii" if foldable else "utf-8", maxlinelen=_LINE, header_name=name)
    return header.encode(linesep="\r\n")


def mailbox_field(name: str, address: Address) -> str:
    """*address* as ``"Name" <addr@spec>``; a name that is not ASCII in encoded words (RFC 2047 §5 (3))."""
    display_name = one_line(address.display_name)[:_LONGEST_NAME]
    if not display_name:
        return address.addr_spec
    if display_name.isascii() and "=?" not in display_name:
        phrase = '"' + display_name.replace("\\", "").replace('"', "'") + '"'
    else:
        phrase = Header(display_name, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")
    used = len(phrase.rpartition("\n")[2]) + (0 if "\n" in phrase else len(name) + 2)
    fold = "" if used + len(address.addr_spec) + 3 <= _LINE else "\r\n"
    return f"{phrase}{fold} <{address.addr_spec}>"


def _address(address: str) -> str:
    """*address* as SMTP takes it without SMTPUTF8: its domain in IDNA form, nothing that ends a command or a field."""
    local, at, domain = address.rpartition("@")
    try:
        ready = f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}" if not domain.isascii() else address
    except idna.IDNAError:
        ready = ""
    if not at or not _ADDR_SPEC.fullmatch(ready):
        raise MailerError(f"“{one_line(address)}” is no address that mail can be sent to.")
    return ready
