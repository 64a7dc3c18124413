"""What is known of a message's ids: the tokens it carries, the thread it answers, the event it names, who wrote it.

Promises: look-ups only; writes nothing. What the ids mean together is decided by `mailer.understand.speaker`.
"""

from datetime import datetime

from mailer.parse.message import Message
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.pipeline.office import Office
from mailer.store import meetings, outbox, people
from mailer.terms import InvitationId, MeetingId, PersonId, canonical
from mailer.understand.speaker import Known, Place
from mailer.understand.verdict import Verdict


def thread_ids(message: Message) -> tuple[str, ...]:
    """The messages this one answers or reports about, the nearest first."""
    returned = (message.returned or {}).get("message-id", ())
    return tuple(dict.fromkeys((*message.in_reply_to, *(value.strip() for value in returned))))


async def reported(office: Office, verdict: Verdict, known: Known) -> list[outbox.OutboxEntry]:
    """Which of our mails a report is about that does not return its header: the one it names, else by the token it came back to."""
    if verdict.delivery_report is None:
        return []
    if verdict.delivery_report.original_message_id:
        found = await outbox.by_message_ids(office.partnership, [verdict.delivery_report.original_message_id])
        if found:
            return found
    for place in known.by_token + known.by_body:
        entry = await outbox.last_sent(place.meeting.id, place.person.id)
        if entry is not None and any(
            canonical(r.address) == entry.forward_path for r in verdict.delivery_report.recipients
        ):
            return [entry]
    return []


async def known_of(office: Office, verdict: Verdict, thread: list[outbox.OutboxEntry], now: datetime) -> Known:
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
    found = await meetings.by_tokens(office.partnership, verdict.tokens)
    outside = f"{' '.join(verdict.recipients)} {verdict.subject}".casefold()
    by_token = [i for i in found if i.token in outside]
    by_body = [i for i in found if i.token not in outside]
    sequences = {(e.notice.meeting_id, e.notice.person_id): e.sequence for e in reversed(thread)}
    threaded: list[Invitation] = []
    for meeting_id, person_id in dict.fromkeys((e.notice.meeting_id, e.notice.person_id) for e in thread):
        threaded += await meetings.invitations(meeting_id, [person_id])
    places = await _places(office, [*found, *threaded, *own], sequences, {event.id: event} if event else {})
    return Known(
        by_token=tuple(places[i.id] for i in by_token if i.id in places),
        by_thread=tuple(places[i.id] for i in threaded if i.id in places),
        event=event,
        author=author,
        own=tuple(places[i.id] for i in own if i.id in places),
        by_body=tuple(places[i.id] for i in by_body if i.id in places),
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


async def answers_for(office: Office, message: Message, thread: list[outbox.OutboxEntry]) -> str:
    """The name of the one who was written to, where the author is known as their assistant; else empty."""
    if not thread or message.author is None:
        return ""
    found = await people.people(office.partnership, [thread[0].notice.person_id])
    return found[0].name if found and canonical(message.author.addr_spec) in found[0].assistants else ""
