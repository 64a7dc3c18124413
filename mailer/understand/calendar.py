"""Calendar answers: REPLY, COUNTER and REFRESH (RFC 5546 §3.2) → answers.

Promises: pure. SUMMARY, LOCATION and times of a REPLY are never taken over: clients localise and prefix them.
Never:    decides an answer that somebody gives for somebody else without a token of ours (RFC 6047 §2.2.1), nor one that its own
          comment contradicts.
"""

import re
from dataclasses import replace

from mailer.parse.itip import ItipAttendee, ItipEvent, ItipMessage
from mailer.parse.message import Message
from mailer.parse.text import trim
from mailer.parse.tnef import Tnef
from mailer.terms import Method, PartStat, Via, canonical
from mailer.understand.added import Beside, words_beside
from mailer.understand.verdict import Answer, Delegate, ItipSummary, Kind, Proposal, Verdict

_ANSWERS = (Method.REPLY, Method.COUNTER, Method.REFRESH)
# What calendars write into the text of an answer by themselves: no words of the person's.
_MACHINE = re.compile(
    r"^(?:when|where|wann|wo|quand|où|cuándo|dónde|what|who|subject|calendar|invitees?|organi[sz]er|time|location|joining info)\W|\*~\*~"
    r"|has (?:tentatively )?(?:accepted|declined|delegated)|has proposed a new time|asks for this event"
    r"|(?:accepted|declined) (?:the|this|your)|has replied|invitation from google calendar"
    r"|you are receiving this|forwarding this invitation|hat (?:diese|ihre|die) .{0,40}(?:angenommen|abgelehnt|zugesagt|abgesagt)"
    r"|a (?:accepté|refusé|décliné)|ha (?:aceptado|rechazado)|view your (?:event|calendar)|https?://",
    re.IGNORECASE | re.MULTILINE,
)


def calendar_verdict(
    message: Message, verdict: Verdict, calendars: tuple[ItipMessage, ...], tnef: Tnef | None, words: str
) -> Verdict | None:
    """The verdict on a message with calendar parts; None where they hold nothing for us (an attached event, say)."""
    words = persons_words(words)
    chosen = next((each for each in calendars if each.method in _ANSWERS), None)
    if chosen is None and tnef is not None and tnef.partstat is not None:
        return _by_tnef(message, verdict, tnef, words or persons_words(tnef.body))
    if chosen is None:
        foreign = next((each for each in calendars if each.method is not None), None)
        if foreign is None or foreign.method is None:
            return None
        summary = ItipSummary(foreign.method, next((event.event_uid for event in foreign.events), None))
        verdict = replace(verdict, itip=summary, text=words)
        if words:
            return None  # somebody wrote to us and attached an event of theirs: the words count
        return replace(verdict, kind=Kind.OTHER, reason=f"A calendar message of another kind ({foreign.method}).")
    assert chosen.method is not None  # it is one of _ANSWERS
    same = [each for each in calendars if each.method is chosen.method]
    events = [event for each in same for event in each.events]
    defects = tuple(dict.fromkeys(defect for each in same for defect in each.defects))
    verdict = replace(
        verdict,
        itip=ItipSummary(chosen.method, next((event.event_uid for event in events if event.event_uid), None)),
        text=_own_words(events, words),
        defects=(*verdict.defects, *defects),
    )
    if chosen.method is Method.REFRESH:
        return replace(verdict, kind=Kind.ANSWER, reason="An attendee asks for the invitation again.")
    doubts: list[str] = []
    answers = [answer for event in events for answer in _answers(message, verdict, chosen.method, event, words, doubts)]
    if not answers:
        return replace(verdict, kind=Kind.UNCLEAR, reason="A calendar answer that does not say who answers, or what.")
    if len({answer.partstat for answer in answers}) > 1 and _same_person_and_event(answers):
        answers = [replace(answer, decided=False) for answer in answers]
        doubts.append("it holds two different answers of one person")
    if chosen.method is Method.COUNTER:
        return replace(verdict, kind=Kind.ANSWER, answers=tuple(answers), reason=_proposal_sentence(answers[0]))
    decided = [answer for answer in answers if answer.decided]
    if doubts and not decided:
        return replace(
            verdict,
            kind=Kind.UNCLEAR,
            answers=tuple(answers),
            reason=f"Not recorded: {'; '.join(dict.fromkeys(doubts))}.",
        )
    if doubts:  # what is certain counts, each answer for itself; the rest is asked about
        return replace(
            verdict,
            kind=Kind.ANSWER,
            answers=tuple(answers),
            reason=f"A calendar answer, of which a part is not recorded: {'; '.join(dict.fromkeys(doubts))}.",
        )
    first = answers[0]
    return replace(
        verdict,
        kind=Kind.ANSWER,
        answers=tuple(answers),
        reason=f"A calendar answer: {first.attendee or 'the sender'} {first.partstat.value.lower()}.",
    )


def persons_words(text: str) -> str:
    """What a person wrote above the text that calendars add by themselves."""
    match = _MACHINE.search(text)
    if match is None:
        return text
    return text[: text.rfind("\n", 0, match.start()) + 1].strip()


def _same_person_and_event(answers: list[Answer]) -> bool:
    keys = [(each.attendee, each.event_uid, each.recurrence_id) for each in answers]
    return len(set(keys)) < len(keys)


def _answers(
    message: Message, verdict: Verdict, method: Method, event: ItipEvent, words: str, doubts: list[str]
) -> list[Answer]:
    senders = {canonical(each.addr_spec) for each in (message.author, message.sender) if each is not None}
    speaking = _speaking(event, method, senders)
    answers = []
    for attendee in speaking:
        partstat = attendee.partstat or PartStat.NEEDS_ACTION
        comment = _comment(event, attendee)
        beside = Beside() if partstat is PartStat.NEEDS_ACTION else words_beside(partstat, comment, words)
        doubt = _doubt(verdict, event, attendee, partstat, senders) or beside.against
        if doubt and method is Method.REPLY:
            doubts.append(doubt)
        delegate = next(iter(attendee.delegated_to), None)
        name = (
            next((each.name for each in event.attendees if each.address == delegate and each.name), "")
            if delegate
            else ""
        )
        proposal = None
        if method is Method.COUNTER and event.dtstart:
            proposal = Proposal(event.dtstart, event.dtend, event.local, event.original_start)
        answers.append(
            Answer(
                partstat=partstat,
                via=Via.ITIP,
                # a proposal changes nothing until the convener says so
                decided=not doubt and method is Method.REPLY and partstat is not PartStat.NEEDS_ACTION,
                evidence=f"PARTSTAT={partstat.value}",
                attendee=attendee.address or None,
                event_uid=event.event_uid,
                recurrence_id=event.recurrence_id,
                guests=_guests(attendee, partstat, beside),
                delegate=Delegate(name or delegate.partition("@")[0], delegate) if delegate else None,
                comment=comment,
                proposal=proposal,
                sequence=event.sequence,
                dtstamp=event.dtstamp,
                recurrence_day=event.recurrence_day,
                onwards=event.onwards,
            )
        )
    return answers


def _speaking(event: ItipEvent, method: Method, senders: set[str]) -> list[ItipAttendee]:
    """Who of the ATTENDEE lines speaks. A REPLY names the one who answers; some calendars send the whole list."""
    own = [each for each in event.attendees if each.address in senders or each.sent_by in senders]
    own = [
        each for each in own if each.partstat not in (None, PartStat.NEEDS_ACTION)
    ] or own  # once as invited, once as answered
    stated = [each for each in event.attendees if each.partstat not in (None, PartStat.NEEDS_ACTION)]
    if method is Method.COUNTER:
        return (own or stated or list(event.attendees))[:1]
    if own and all(each.partstat for each in own):
        others = [each for each in stated if each not in own and not _delegates_beside(each, own)]
        # who else stands in it did not write it; kept, undecided, for the convener
        return [*own, *others]
    return stated or list(event.attendees)[:1]


def _delegates_beside(other: ItipAttendee, own: list[ItipAttendee]) -> bool:
    """Does *other* stand there only because one of the two delegates to the other (RFC 5546 §3.2.3)?"""
    addresses = {each.address for each in own}
    return bool(addresses & {*other.delegated_to, *other.delegated_from}) or any(
        other.address in (*each.delegated_to, *each.delegated_from) for each in own
    )


def _guests(attendee: ItipAttendee, partstat: PartStat, beside: Beside) -> int:
    """X-NUM-GUESTS, else the words; whoever does not come brings nobody."""
    if partstat not in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return 0
    return attendee.guests or beside.guests


def _comment(event: ItipEvent, attendee: ItipAttendee) -> str:
    texts = dict.fromkeys(filter(None, (attendee.comment, *event.comments)))
    joined = "\n".join(texts).strip()
    return trim(joined).words.strip() if joined else ""


def _own_words(events: list[ItipEvent], words: str) -> str:
    if words:
        return words
    comments = (_comment(event, attendee) for event in events for attendee in event.attendees[:5])
    return "\n".join(dict.fromkeys(filter(None, comments)))


def _doubt(verdict: Verdict, event: ItipEvent, attendee: ItipAttendee, partstat: PartStat, senders: set[str]) -> str:
    if event.event_uid is None:
        return "the calendar answer names no event"
    if not attendee.address:
        return "the calendar answer names no attendee"
    if verdict.authentication.failed:
        return "the sender's domain disowns this mail (DMARC)"
    if attendee.address not in senders and attendee.sent_by not in senders and not verdict.tokens:
        return f"it answers for {attendee.address}, but somebody else sent it"
    if partstat is PartStat.DELEGATED and not attendee.delegated_to:
        return "it delegates, but does not say to whom"
    return ""


def _proposal_sentence(answer: Answer) -> str:
    if answer.proposal is None:
        return "An attendee proposes another time, but it cannot be read."
    return f"{answer.attendee or 'The sender'} proposes another time: {answer.proposal.dtstart:%-d %B %Y, %H:%M} UTC."


def _by_tnef(message: Message, verdict: Verdict, tnef: Tnef, words: str) -> Verdict:
    assert tnef.partstat is not None
    attendee = canonical(message.author.addr_spec) if message.author else None
    beside = words_beside(tnef.partstat, words)
    against = beside.against
    if verdict.authentication.failed:
        against = "the sender's domain disowns this mail (DMARC)"
    if tnef.proposed is not None:
        return _proposal_by_tnef(verdict, tnef, tnef.partstat, attendee, words)
    answer = Answer(
        partstat=tnef.partstat,
        via=Via.TNEF,
        decided=not against and attendee is not None,
        evidence=tnef.message_class,
        attendee=attendee,
        event_uid=tnef.event_uid,
        guests=beside.guests,
        comment=words,
    )
    verdict = replace(verdict, itip=ItipSummary(Method.REPLY, tnef.event_uid), answers=(answer,), text=words)
    if against:
        return replace(verdict, kind=Kind.UNCLEAR, reason=f"Not recorded: {against}.")
    return replace(
        verdict, kind=Kind.ANSWER, reason=f"An answer by Outlook (winmail.dat): {tnef.partstat.value.lower()}."
    )


def _proposal_by_tnef(verdict: Verdict, tnef: Tnef, partstat: PartStat, attendee: str | None, words: str) -> Verdict:
    """Outlook says COUNTER in winmail.dat by an answer that holds another time."""
    assert tnef.proposed is not None
    answer = Answer(
        partstat=partstat,
        via=Via.TNEF,
        decided=False,
        evidence=tnef.message_class,
        attendee=attendee,
        event_uid=tnef.event_uid,
        comment=words,
        proposal=Proposal(*tnef.proposed),
    )
    itip = ItipSummary(Method.COUNTER, tnef.event_uid)
    return replace(
        verdict, kind=Kind.ANSWER, itip=itip, answers=(answer,), text=words, reason=_proposal_sentence(answer)
    )
