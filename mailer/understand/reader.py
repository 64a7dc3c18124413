"""One message → one `Verdict`: what kind of mail it is, and what it says for us.

Promises: pure; never raises; the same bytes and the same `Context` give the same verdict. Where it is in doubt it does not
          decide: `decided` is False, and `reason` says why.
Never:    looks into the database: whose token it is and whether an answer is the latest is for the stages after.
Fails:    a verdict of the kind unclear, with defects.

The order of the checks is forced by the mail there is: a bounce may call itself an automatic answer (Exim), so may an automatic
unsubscribe (Apple); a demand for proof that we are human comes in the form of a bounce (Boxbe).
"""

import re
from dataclasses import replace

from mailer.parse.authentication import authentication_results
from mailer.parse.automatic import absence, automatic, deputies
from mailer.parse.dsn import is_challenge
from mailer.parse.html import html_words
from mailer.parse.itip import read_calendars
from mailer.parse.message import Message, read
from mailer.parse.text import Trimmed, trim
from mailer.parse.tnef import read_tnef
from mailer.terms import PartStat, Via, canonical
from mailer.understand.added import PARTSTATS, contradiction, reading_of
from mailer.understand.buttons import Button, bare_subject, calendar_subject, meaning, pressed, tokens_of
from mailer.understand.calendar import calendar_verdict, persons_words
from mailer.understand.reports import complaint, receipt, report
from mailer.understand.unsubscribe import automatic_wish, wish_in_words
from mailer.understand.verdict import (
    Answer,
    Authentication,
    Automatic,
    Context,
    Delegate,
    Kind,
    Verdict,
)
from mailer.understand.words import Reading


def understand(raw_or_message: bytes | Message, context: Context = Context(), raw: bytes = b"") -> Verdict:  # noqa: B008 - frozen
    """Say what one message means. Who has read it already hands over the `Message`, and with it the *raw* bytes, which the reader of
    the oddest delivery reports wants."""
    if isinstance(raw_or_message, bytes):
        raw = raw_or_message
        message = read(raw)
    else:
        message = raw_or_message
    try:
        return _understand(message, raw, context)
    except Exception as problem:  # the promise: one bad mail never stops the rest
        return replace(
            nothing_understood(message),
            kind=Kind.UNCLEAR,
            reason="This mail could not be read; please look at it.",
            defects=(*message.defects, f"reading failed ({type(problem).__name__})"),
        )


def nothing_understood(message: Message) -> Verdict:
    """The plain facts of a message, before anything is understood."""
    return Verdict(
        kind=Kind.OTHER,
        reason="There is nothing in it for us.",
        message_id=message.message_id,
        author=message.author,
        subject=message.subject,
        date=message.date,
        in_reply_to=message.in_reply_to,
        recipients=message.recipients,
        defects=message.defects,
    )


def _understand(message: Message, raw: bytes, context: Context) -> Verdict:
    results = authentication_results(message, context.authentication_server)
    verdict = replace(
        nothing_understood(message),
        tokens=tokens_of(message.recipients, message.subject, message.plain or message.html),
        authentication=Authentication(results.dmarc, results.dkim, results.spf, results.server),
    )
    return (
        _own(message, verdict, context)
        or complaint(message, verdict)
        or report(message, raw, verdict)
        or receipt(message, verdict)
        or _automatic_unsubscribe(message, verdict)
        or _automatic(message, verdict, context)
        or _calendar(message, verdict, context)
        or _person(message, verdict, context)
    )


def _own(message: Message, verdict: Verdict, context: Context) -> Verdict | None:
    author = canonical(message.author.addr_spec) if message.author else ""
    marked = message.has("x-convener-instance")
    if author in context.own_addresses and (marked or author not in context.commanders):
        return replace(verdict, reason="Our own mail came back.")
    return None


def _automatic_unsubscribe(message: Message, verdict: Verdict) -> Verdict | None:
    wish = automatic_wish(message)
    if wish is None:
        return None
    reason = f"A mail program asks for no more mail ({wish.evidence}): {wish.scope.value}."
    return replace(verdict, kind=Kind.UNSUBSCRIBE, reason=reason, wish=wish)


def _automatic(message: Message, verdict: Verdict, context: Context) -> Verdict | None:
    mark = automatic(message)
    if mark is None and "http" in message.plain and is_challenge(message):
        return replace(
            verdict,
            kind=Kind.AUTOMATIC,
            reason="A filter wants proof that a person wrote our mail.",
            automatic=Automatic("challenge"),
        )
    if mark is None or (mark.type == "auto-generated" and _has_answer(message)):
        return None
    text = own_words(message, "").words
    written = message.date.date() if message.date else None
    end = absence(f"{message.subject}\n{text}", written) if written else None
    own = frozenset({*context.own_addresses, *([canonical(message.author.addr_spec)] if message.author else [])})
    others = deputies(text, own) if mark.type == "vacation" or end else ()
    away = (f", back on {end.day:%-d %B %Y}" if end.returns else f", away until {end.day:%-d %B %Y}") if end else ""
    return replace(
        verdict,
        kind=Kind.AUTOMATIC,
        reason=f"An automatic answer{away} ({mark.evidence}).",
        automatic=Automatic(mark.type, end.day if end else None, bool(end and end.returns), others),
        text=text,
    )


def _has_answer(message: Message) -> bool:
    # calendar servers that answer for their users mark the mail auto-generated (RFC 3834 §5.2), and rightly
    return any(
        re.search(rb"^METHOD:\s*(?:REPLY|COUNTER|REFRESH)", each.content, re.IGNORECASE | re.MULTILINE)
        for each in message.calendar_parts
    )


def own_words(message: Message, own_text: str) -> Trimmed:
    """The words of the person, from the plain text if there is any, else from HTML."""
    if message.plain.strip():
        trimmed = trim(message.plain, own_text)
        if trimmed.words or not message.html:
            return trimmed
        from_html = html_words(message.html, own_text)
        return from_html if from_html.words else trimmed
    if message.html:
        return html_words(message.html, own_text)
    return Trimmed("")


def _calendar(message: Message, verdict: Verdict, context: Context) -> Verdict | None:
    tnef = next(filter(None, map(read_tnef, message.tnef_parts[:3])), None) if message.tnef_parts else None
    parts = (*message.calendar_parts, *(tnef.calendars if tnef else ()))
    calendars = read_calendars(parts) if parts else ()
    if not calendars and (tnef is None or tnef.partstat is None):
        return None
    return calendar_verdict(message, verdict, calendars, tnef, own_words(message, context.own_text).words)


def _person(message: Message, verdict: Verdict, context: Context) -> Verdict:
    trimmed = own_words(message, context.own_text)
    verdict = replace(verdict, text=trimmed.words)
    if wish := wish_in_words(message.subject, trimmed.words):
        said = f"“{wish.evidence[:100]}”"
        verdict = replace(verdict, wish=wish)
        if len(wish.evidence) + 20 < len(trimmed.words) and reading_of(trimmed.words).verdict in PARTSTATS:
            what = "wants mail again" if wish.again else "wants no more mail"
            return replace(verdict, kind=Kind.UNCLEAR, reason=f"The sender {what} ({said}), and answers too.")
        if wish.again:
            return replace(verdict, kind=Kind.COMMAND, reason=f"The sender wants mail again: {said}.")
        reason = f"The sender wants no more mail: {said} ({wish.scope.value})."
        return replace(verdict, kind=Kind.UNSUBSCRIBE, reason=reason)
    if button := pressed(message.subject):
        return _button(message, verdict, trimmed, button)
    if (partstat := calendar_subject(message.subject)) and not persons_words(trimmed.words):
        return _calendar_without_its_part(message, verdict, partstat)
    if not trimmed.words:
        if trimmed.quoted or message.attachments or message.calendar_parts:
            return replace(verdict, kind=Kind.UNCLEAR, reason="There are no new words in this mail.")
        return replace(verdict, reason="The mail is empty.")
    # what was asked is in our own letter, whether or not their program quoted it
    asked = trimmed.quoted or context.own_text
    reading = reading_of(trimmed.words, subject=bare_subject(message.subject), quoted=asked)
    return _worded(message, verdict, trimmed, reading, context.answers_for)


def _calendar_without_its_part(message: Message, verdict: Verdict, partstat: PartStat) -> Verdict:
    answer = Answer(
        partstat=partstat,
        via=Via.WORDS,
        decided=False,
        evidence=f"subject “{message.subject[:80]}”",
        attendee=canonical(message.author.addr_spec) if message.author else None,
    )
    return replace(
        verdict,
        kind=Kind.UNCLEAR,
        answers=(answer,),
        text="",
        reason="By its subject a calendar answer, but its calendar part is missing.",
    )


def _worded(message: Message, verdict: Verdict, trimmed: Trimmed, reading: Reading, answers_for: str = "") -> Verdict:
    if reading.verdict == "none":
        return replace(verdict, reason=reading.reason or "There is no answer to the invitation in these words.")
    if reading.verdict not in PARTSTATS:
        return replace(verdict, kind=Kind.UNCLEAR, reason=reading.reason or "A person should read this.")
    doubt = "" if reading.decided else reading.reason
    if verdict.authentication.failed:
        doubt = "The sender's domain disowns this mail (DMARC)."
    elif not trimmed.sure:
        doubt = "These words stand below a line that introduces a quoted letter: they may be ours."
    elif reading.answers_for and not (
        _is_author(reading.answers_for, message) or _same_name(reading.answers_for, answers_for)
    ):
        doubt = f"The words speak for {reading.answers_for}: whose answer is it?"
    answer = Answer(
        partstat=PARTSTATS[reading.verdict],
        via=Via.WORDS,
        decided=reading.decided and not doubt,
        evidence=reading.evidence,
        attendee=canonical(message.author.addr_spec) if message.author else None,
        guests=reading.guests,
        delegate=_delegate(reading),
        comment=verdict.text,
    )
    kind = Kind.ANSWER if answer.decided else Kind.UNCLEAR
    return replace(verdict, kind=kind, reason=doubt or reading.reason, answers=(answer,))


def _is_author(name: str, message: Message) -> bool:
    """Whether *name* is the author's own: an assistant who writes from the mailbox of the one invited."""
    return message.author is not None and _same_name(name, message.author.display_name)


def _same_name(name: str, whole: str) -> bool:
    """Whether *name* ("Ms Ortiz") may be that of *whole* ("Ann Ortiz")."""
    own = set(re.findall(r"\w{2,}", whole.casefold()))
    named = set(re.findall(r"\w{3,}", name.casefold())) - {"mrs", "herr", "frau", "señor", "señora", "prof"}
    return bool(named) and named <= own


def _delegate(reading: Reading) -> Delegate | None:
    if not reading.delegate and not reading.delegate_address:
        return None
    address = canonical(reading.delegate_address) if reading.delegate_address else None
    return Delegate(reading.delegate or (address or "").partition("@")[0], address)


def _button(message: Message, verdict: Verdict, trimmed: Trimmed, button: Button) -> Verdict:
    """A button of our letter, with what the person added. The words win an argument only by making a person look."""
    partstat, added = button.partstat, trimmed.words.strip()
    guests, delegate, against = 0, None, ""
    said = meaning(added)
    if said is not None and said is not partstat:
        against = f"the link said {partstat.value.lower()}, the words say “{added}”"
    elif added and said is None:
        reading = reading_of(added, subject="", quoted=trimmed.quoted)
        against = contradiction(partstat, reading)
        if not against:
            guests, delegate = reading.guests, _delegate(reading)
    if verdict.authentication.failed:
        against = "the sender's domain disowns this mail (DMARC)"
    answer = Answer(
        partstat=partstat,
        via=Via.BUTTON,
        decided=not against,
        evidence=button.evidence,
        attendee=canonical(message.author.addr_spec) if message.author else None,
        guests=guests,
        delegate=delegate,
        comment=added if said is None else "",
        sequence=button.sequence,
        recurrence_id=button.recurrence_id,
    )
    if against:
        return replace(verdict, kind=Kind.UNCLEAR, answers=(answer,), reason=f"Not recorded: {against}.")
    return replace(
        verdict,
        kind=Kind.ANSWER,
        answers=(answer,),
        reason=f"Answered by the link in our letter: {partstat.value.lower()}.",
    )
