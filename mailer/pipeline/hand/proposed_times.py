"""Another time, proposed by a calendar, taken or refused by the convener's word. Taking one takes all that propose the same.

Promises: taking a proposal moves the meeting by the same way as ``convener meeting change`` does, so everybody hears; refusing it sends one
          DECLINECOUNTER (RFC 5546 §3.2.8) to its proposer.
Never:    moves anything without the convener's word.
Fails:    MailerError, with a sentence, where a ruling cannot be done.
"""

from collections.abc import Sequence
from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.hand import moves
from mailer.pipeline.office import Office
from mailer.render.phrases import phrases_for, when_in_words
from mailer.store import inbound, meetings, people, proposals
from mailer.store.proposals import ProposedTime
from mailer.store.transact import transact
from mailer.terms import InboundId, MessageId, RuleId

PROPOSED = "COUNTER"
"""How the row of a message that brings a proposal is marked, so that the convener is asked for another word than yes or no."""

REFUSED_RULE = RuleId("service-proposal-refused")
"""The service's own letter. No rule file may use this heading."""


def when(meeting: Meeting, start: datetime, end: datetime) -> str:
    """A span on the meeting's own clock, in words."""
    return when_in_words(meeting.local(start), meeting.local(end), phrases_for("en"))


def same_time(one: ProposedTime, start: datetime, end: datetime, recurrence_id: datetime | None) -> bool:
    return (one.dtstart, one.dtend, one.recurrence_id) == (start, end, recurrence_id)


async def accept(office: Office, ident: InboundId, now: datetime) -> str:
    """The convener takes the proposal of message *ident*: the meeting is moved, and everybody hears. Gives a sentence."""
    found = await _waiting(office, ident)
    _, meeting, one = found
    if meeting.cancelled:
        raise MailerError(f"“{meeting.title}” is cancelled: it cannot be moved.")
    if one.dtstart <= now:
        raise MailerError(f"The time that message {ident} proposes has passed.")
    if meeting.rrule and one.recurrence_id is None:
        raise MailerError(f"“{meeting.title}” is a series. Move it with: convener meeting change {meeting.slug} …")
    same = [p for p in await proposals.open_for(meeting.id) if same_time(p, one.dtstart, one.dtend, one.recurrence_id)]
    moved_to = when(meeting, one.dtstart, one.dtend)

    async def write() -> int:
        if not await inbound.settle(ident, f"accepted: the meeting is now {moved_to}", now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        await proposals.settle([p.id for p in same], proposals.ACCEPTED)
        for other in same:
            if other.inbound is not None and other.inbound != ident:
                await inbound.settle(other.inbound, f"accepted: the meeting is now {moved_to}", now)
        if one.recurrence_id is not None:
            return await moves.move_occurrence(office, meeting, one.recurrence_id, one.dtstart, one.dtend, now)
        after = moves.at_another_time(meeting, one.dtstart, one.dtend)
        return (await moves.change_within(office, meeting, after, now))[2]

    mails = await transact(write)
    left = len(await proposals.open_for(meeting.id))
    more = f" {left} other proposal{'s wait' if left > 1 else ' waits'}." if left else ""
    return f"“{meeting.title}” is moved to {moved_to}; {mails} letters tell of it.{more}"


async def refuse(office: Office, ident: InboundId, now: datetime) -> str:
    """The convener does not take the proposal of message *ident*: its proposer is told, once. Gives a sentence."""
    row, meeting, one = await _waiting(office, ident)
    person = (await people.people(office.partnership, [one.person]))[0]

    async def write() -> None:
        if not await inbound.settle(ident, "the proposed time was refused", now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        await proposals.settle([one.id], proposals.REFUSED)
        if meeting.cancelled:
            return
        notice = Notice(
            rule=REFUSED_RULE, meeting_id=meeting.id, person_id=one.person, round=f"proposal-{one.id}", letter="proposal-refused",
            attach=("calendar proposal refused",), on_behalf_of=None, hold=False, invites=False, not_before=now,
            reason="the convener refused the proposed time",
        )  # fmt: skip
        await office.post(meeting, [notice], now, MessageId(row.message_id) if row.message_id else None)

    await transact(write)
    return f"{person.name} is told that “{meeting.title}” stays where it is."


async def set_aside(idents: Sequence[InboundId]) -> None:
    """The convener ignores what these messages propose (inside `transact`)."""
    for ident in idents:
        one = await proposals.of_message(ident)
        if one is not None:
            await proposals.settle([one.id], proposals.SET_ASIDE)


async def _waiting(office: Office, ident: InboundId) -> tuple[inbound.InboundRow, Meeting, ProposedTime]:
    row = await inbound.row(office.partnership, ident)
    one = await proposals.of_message(ident)
    if row is None or one is None or row.invitation_id is None:
        raise MailerError(f"Message {ident} proposes no time that waits for your word.")
    invitation = await meetings.invitation(row.invitation_id)
    meeting = await meetings.by_id(invitation.meeting_id) if invitation else None
    if meeting is None:
        raise MailerError(f"The meeting of message {ident} is gone.")
    return row, meeting, one
