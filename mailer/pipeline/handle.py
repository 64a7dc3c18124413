"""One inbound message: read, understand, tie to a person, apply, decide, commit.

`handle` is the only way in. Each kind of mail has one function that writes its consequences, inside the one transaction.
"""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from mailer.decide.snapshot import Happening, HappeningKind
from mailer.errors import StoreUnusable
from mailer.parse.bulk import without_bulk
from mailer.parse.message import Message, read
from mailer.parse.reasons import HARD
from mailer.partnership.attendance import Applied, Asked, Given, Ignored, Invitation, apply
from mailer.partnership.meetings import Meeting
from mailer.pipeline import desk
from mailer.pipeline.announce import REPLY_HAPPENINGS, announce, undeliverable
from mailer.pipeline.office import Office
from mailer.store import inbound, log, meetings, outbox, people
from mailer.store.log import LogLine
from mailer.store.transact import transact, unusable
from mailer.terms import InboundId, InvitationId, MeetingId, PartStat, PersonId, canonical
from mailer.understand.bounds import Reader
from mailer.understand.speaker import AskWho, Known, NotOurs, Place, Speaks, speaker
from mailer.understand.verdict import Answer, Context, Kind, ReportedRecipient, Verdict

logger = logging.getLogger(__name__)

OUR_TROUBLE = frozenset({"policy", "blocked", "spam", "authentication", "rejected"})
"""Reasons of refusal that speak of our mail, not of the address."""


async def handle(office: Office, reader: Reader, ident: InboundId, now: datetime) -> None:
    """Write all consequences of one committed message, or count its failure."""
    try:
        raw = await inbound.raw(ident)
        if raw is None:
            await transact(lambda: _finish(ident, inbound.HELD, "other", "its bytes are not there", now))
            return
        raw = without_bulk(raw)  # nobody reads the rest, and what is left need not go to another process
        message = read(raw)
        thread = await outbox.by_message_ids(office.partnership, _thread_ids(message))
        context = Context(
            own_text=await outbox.text_of(thread[0].id) if thread else "",
            authentication_server=office.authentication_server or None,
            own_addresses=frozenset({canonical(office.sender.mailbox)}),
        )
        verdict = _storable(await reader.understand(raw, context, message))
        known = await _known(office, verdict, thread, now)
        thread = thread or await _reported(office, verdict, known)
        if desk.is_for_the_desk(office, verdict, known, thread):
            await desk.obey(office, ident, verdict, thread[0], now)
            return
        await transact(lambda: _Consequences(office, ident, verdict, known, thread, now).write())
    except StoreUnusable:
        raise
    except Exception as exc:
        if (trouble := unusable(exc)) is not None:
            raise trouble from exc
        logger.exception("inbound=%s could not be handled", ident)
        sentence = f"The service stumbled over this message ({type(exc).__name__}); a person should look."
        await transact(lambda: inbound.failed(ident, sentence))


def _thread_ids(message: Message) -> tuple[str, ...]:
    """The messages this one answers or reports about, the nearest first."""
    returned = (message.returned or {}).get("message-id", ())
    return tuple(dict.fromkeys((*message.in_reply_to, *(value.strip() for value in returned))))


def _storable(verdict: Verdict) -> Verdict:
    """Without NUL, which is no text: PostgreSQL refuses it, and one such mail would stop all others."""

    def plain(text: str) -> str:
        return text.replace("\0", "")

    answers = tuple(replace(a, comment=plain(a.comment), evidence=plain(a.evidence)) for a in verdict.answers)
    return replace(
        verdict, text=plain(verdict.text), subject=plain(verdict.subject), reason=plain(verdict.reason), answers=answers
    )


async def _reported(office: Office, verdict: Verdict, known: Known) -> list[outbox.OutboxEntry]:
    """Which of our mails a report is about that does not return its header: the one it names, else by the token it came back to."""
    if verdict.delivery_report is None:
        return []
    if verdict.delivery_report.original_message_id:
        found = await outbox.by_message_ids(office.partnership, [verdict.delivery_report.original_message_id])
        if found:
            return found
    for place in known.by_token:
        entry = await outbox.last_sent(place.meeting.id, place.person.id)
        if entry is not None and any(
            canonical(r.address) == entry.forward_path for r in verdict.delivery_report.recipients
        ):
            return [entry]
    return []


async def _finish(ident: InboundId, state: str, kind: str, reason: str, now: datetime) -> None:
    await inbound.finish(ident, state=state, kind=kind, reason=reason, now=now)


async def _known(office: Office, verdict: Verdict, thread: list[outbox.OutboxEntry], now: datetime) -> Known:
    """Look up every id of the message: tokens, thread, event, author."""
    author = await people.by_address(office.partnership, verdict.author.addr_spec) if verdict.author else None
    uids = [a.event_uid for a in verdict.answers if a.event_uid] + (
        [verdict.itip.event_uid] if verdict.itip and verdict.itip.event_uid else []
    )
    event = await meetings.by_event_uid(office.partnership, uids)
    persons = [author] if author else []
    for answer in verdict.answers:
        if answer.attendee and not any(p.has_address(answer.attendee) for p in persons):
            attendee = await people.by_address(office.partnership, answer.attendee)
            persons += [attendee] if attendee else []
    if event is not None:
        own = await meetings.invitations(event.id, [p.id for p in persons]) if persons else []
    else:
        own = await meetings.open_invitations(author.id, now) if author else []
    by_token = await meetings.by_tokens(office.partnership, verdict.tokens)
    sequences = {(e.notice.meeting_id, e.notice.person_id): e.sequence for e in reversed(thread)}
    threaded: list[Invitation] = []
    for meeting_id, person_id in dict.fromkeys((e.notice.meeting_id, e.notice.person_id) for e in thread):
        threaded += await meetings.invitations(meeting_id, [person_id])
    places = await _places(office, [*by_token, *threaded, *own], sequences, {event.id: event} if event else {})
    return Known(
        by_token=tuple(places[i.id] for i in by_token if i.id in places),
        by_thread=tuple(places[i.id] for i in threaded if i.id in places),
        event=event,
        author=author,
        own=tuple(places[i.id] for i in own if i.id in places),
    )


async def _places(
    office: Office,
    invitations: list[Invitation],
    sequences: dict[tuple[MeetingId, PersonId], int | None],
    loaded: dict[MeetingId, Meeting],
) -> dict[InvitationId, Place]:
    if not invitations:
        return {}
    persons = {p.id: p for p in await people.people(office.partnership, {i.person_id for i in invitations})}
    for meeting_id in {i.meeting_id for i in invitations} - set(loaded):
        meeting = await meetings.by_id(meeting_id)
        if meeting is not None:
            loaded[meeting_id] = meeting
    return {
        i.id: Place(i, loaded[i.meeting_id], persons[i.person_id], sequences.get((i.meeting_id, i.person_id)))
        for i in invitations
        if i.meeting_id in loaded and i.person_id in persons
    }


@dataclass(slots=True)
class _Consequences:
    """What one message changes. `write` runs inside the transaction and writes everything, or nothing."""

    office: Office
    ident: InboundId
    verdict: Verdict
    known: Known
    thread: list[outbox.OutboxEntry]
    now: datetime

    async def write(self) -> None:
        if not await inbound.claim(self.ident):
            return  # another worker was here first
        match self.verdict.kind:
            case Kind.ANSWER:
                await self.answers()
            case Kind.DELIVERY_REPORT:
                await self.delivery_report()
            case Kind.COMPLAINT:
                await self.complaint()
            case Kind.AUTOMATIC:
                await self.automatic()
            case Kind.UNSUBSCRIBE:
                await self.unsubscribe()
            case Kind.UNCLEAR | Kind.COMMAND:
                await self.unclear(self.verdict.reason)
            case Kind.OTHER:
                await self.other()

    async def done(
        self, reason: str, state: str = inbound.HANDLED, place: Place | None = None, proposed: Answer | None = None
    ) -> None:
        """Close the message's row with what became of it."""
        await inbound.finish(
            self.ident,
            state=state,
            kind=self.verdict.kind.value,
            reason=reason,
            now=self.now,
            words=self.verdict.text,
            proposed=proposed.partstat.value if proposed else "",
            guests=proposed.guests if proposed else 0,
            invitation=place.invitation.id if place else None,
        )

    async def say(
        self, what: str, sentence: str, person: PersonId | None = None, meeting: Meeting | None = None
    ) -> None:
        line = LogLine(self.now, what, sentence, meeting.id if meeting else None, person, self.ident)
        await log.write(self.office.partnership, line)

    # answers ---------------------------------------------------------------------------------------------------------------------

    async def answers(self) -> None:
        open_question: tuple[str, Place | None, Answer] | None = None
        reasons: list[str] = []
        others: list[str] = []
        last: Place | None = None
        for answer in self.verdict.answers:
            who = speaker(self.verdict, answer, self.known)
            if isinstance(who, NotOurs):
                others.append(who.reason)
                continue
            if isinstance(who, AskWho):
                open_question = open_question or (who.reason, who.place, answer)
                continue
            if not answer.decided or answer.partstat not in REPLY_HAPPENINGS:
                open_question = open_question or (self.verdict.reason or answer.evidence, who.place, answer)
                continue
            outcome = await self.apply(who, answer)
            if isinstance(outcome, Asked):
                open_question = open_question or (outcome.reason, who.place, answer)
            else:
                last = who.place
                reasons.append(_sentence(who.place, answer, outcome))
        if open_question is not None:
            await self.unclear(*open_question)
        elif reasons or others:
            await self.done("; ".join(reasons or others), place=last)
        else:
            await self.unclear(self.verdict.reason)

    async def apply(self, who: Speaks, answer: Answer) -> Applied | Ignored | Asked:
        place = who.place
        # read again under the lock: two messages of one person, or a change of the meeting, may be handled at the same time
        await meetings.lock(place.meeting.id)
        invitation = await meetings.invitation(place.invitation.id) or place.invitation
        meeting = await meetings.by_id(place.meeting.id) or place.meeting
        at = min(self.verdict.date or self.now, self.now)  # a clock that runs ahead must not win over later answers
        sequence = answer.sequence if answer.sequence is not None else place.sequence
        given = Given(
            answer.partstat, answer.via, at, answer.guests, answer.comment, sequence, answer.dtstamp, answer.evidence
        )
        outcome = apply(invitation, meeting, given)
        word = type(outcome).__name__.lower()
        reason = outcome.reason if isinstance(outcome, Ignored | Asked) else answer.evidence
        await meetings.record_answer(invitation.id, given, word, reason, self.ident, self.now)
        await self.say("answer", _sentence(place, answer, outcome), place.person.id, place.meeting)
        if isinstance(outcome, Applied):
            await meetings.save_invitation(outcome.invitation, self.ident)
            if outcome.news:
                await self.happened(REPLY_HAPPENINGS[answer.partstat], f"answer-{outcome.invitation.changes}", place)
        return outcome

    async def happened(self, kind: HappeningKind, occasion: str, place: Place) -> None:
        """Run the rules of a happening; what is in the outbox for this person and no longer fits is dropped when it is about to leave."""
        happening = Happening(kind, occasion, self.now, place.person.id)
        await announce(self.office, place.meeting, happening, self.now, self.verdict.message_id)

    # what needs a person ---------------------------------------------------------------------------------------------------------

    async def unclear(self, reason: str, place: Place | None = None, answer: Answer | None = None) -> None:
        place = place or next(iter(self.known.by_token + self.known.by_thread), None)
        await self.done(reason, inbound.REVIEW, place, answer)
        who = self.verdict.author.addr_spec if self.verdict.author else "somebody"
        await self.say(
            "unclear", f"{who}: {reason}", place.person.id if place else None, place.meeting if place else None
        )
        if place is not None:
            await self.happened(HappeningKind.REPLY_IS_UNCLEAR, f"inbound-{self.ident}", place)

    async def other(self) -> None:
        """No answer in it. On a thread of ours a person wrote something that a person should read; else it is only somebody we know."""
        if self.known.by_token or self.known.by_thread:
            await self.unclear(self.verdict.reason)
        else:
            await self.done(self.verdict.reason)

    # machines --------------------------------------------------------------------------------------------------------------------

    async def automatic(self) -> None:
        """An automatic reply never changes an answer and is never answered; a date it names makes reminders wait."""
        person = self.known.author
        until = self.verdict.automatic.until if self.verdict.automatic else None
        if person is not None and until is not None:
            places = self.known.by_token + self.known.by_thread + self.known.own
            zone = ZoneInfo(places[0].meeting.zone) if places else UTC
            await people.note_away(person.id, datetime.combine(until, time(23, 59), zone).astimezone(UTC))
            await self.say("away", f"{person.name} is away until {until:%d %B %Y}", person.id)
        await self.done(self.verdict.reason)

    async def delivery_report(self) -> None:
        report = self.verdict.delivery_report
        entry = self.thread[0] if self.thread else None
        if report is None or entry is None:
            await self.done("a delivery report about a mail that this service did not send")
            return
        place = next(
            (p for p in self.known.by_thread + self.known.by_token if p.person.id == entry.notice.person_id), None
        )
        state, reasons = inbound.HANDLED, []
        for recipient in report.recipients:
            sentence, needs_person = await self.reported(entry, recipient)
            reasons.append(sentence)
            state = inbound.REVIEW if needs_person else state
        if (
            state == inbound.REVIEW
            and place is not None
            and await inbound.waits_already(self.verdict.kind.value, place.invitation.id)
        ):
            state = inbound.HANDLED  # the convener has been told of this mailbox
        await self.done("; ".join(reasons) or self.verdict.reason, state, place)

    async def reported(self, entry: outbox.OutboxEntry, recipient: ReportedRecipient) -> tuple[str, bool]:
        address = entry.forward_path
        if recipient.action in ("delivered", "relayed", "expanded"):
            return f"delivered to {address}", False
        if recipient.action == "delayed":
            sentence = f"delivery to {address} is delayed; the server keeps trying"
            await self.say("delayed", sentence, entry.notice.person_id)
            return sentence, False
        why = recipient.diagnostic or recipient.reason or recipient.status
        await outbox.bounced(entry, why)
        if recipient.reason in OUR_TROUBLE:
            sentence = f"a server refuses our mail to {address}, not the address: {why}"
            await log.set_trouble(self.office.partnership, "refused", sentence, self.now)
            await self.say("refused", sentence, entry.notice.person_id)
            return sentence, True
        if recipient.permanent and recipient.reason in HARD:
            await undeliverable(self.office, entry, why, self.now)
            return f"{address} cannot be reached: {why}", False
        sentence = f"mail to {address} came back, though the address may be good: {why}"
        await self.say("returned", sentence, entry.notice.person_id)
        return sentence, True

    async def complaint(self) -> None:
        """Somebody pressed the spam button: they are not written to any more, and the convener hears of it."""
        entry = self.thread[0] if self.thread else None
        person = (
            entry.notice.person_id if entry else (self.known.by_token[0].person.id if self.known.by_token else None)
        )
        if person is None:
            await self.done(self.verdict.reason, inbound.REVIEW)
            return
        await people.note_stop(person, self.now)
        await self.say("complaint", "marked our mail as unwanted: nothing more is sent", person)
        await self.done("marked our mail as unwanted: nothing more is sent to this person", inbound.REVIEW)

    async def unsubscribe(self) -> None:
        """Asks not to be written to. Stopping is the safe side; the convener hears of it and may undo it."""
        place = next(iter(self.known.by_token + self.known.by_thread), None)
        author = self.known.author
        if author is None or self.verdict.authentication.failed or (place is not None and place.person.id != author.id):
            await self.done("asks not to be written to, but it is not certain who this is", inbound.REVIEW, place)
            return
        await people.note_stop(author.id, self.now)
        await self.say("stopped", f"{author.name} asked not to be written to any more", author.id)
        await self.done(f"{author.name} asked not to be written to any more", inbound.REVIEW, place)


def _sentence(place: Place, answer: Answer, outcome: Applied | Ignored | Asked) -> str:
    said = {PartStat.ACCEPTED: "yes", PartStat.DECLINED: "no", PartStat.TENTATIVE: "maybe"}.get(
        answer.partstat, answer.partstat.value
    )
    guests = f" with {answer.guests} more" if answer.guests else ""
    tail = f", but {outcome.reason}" if isinstance(outcome, Ignored | Asked) else ""
    return f"{place.person.name} says {said}{guests} to “{place.meeting.title}”{tail}"
