"""The waiting list of a full meeting: chairs are given with the answer, and offered when one is free (inside the transaction of the change)."""

from collections.abc import Sequence
from datetime import datetime

from mailer.decide.snapshot import Happening, HappeningKind
from mailer.partnership import seats
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.pipeline.due.announce import announce, headcount_changed
from mailer.pipeline.office import Office
from mailer.store import log, meetings
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import InboundId, MeetingId


async def save(
    office: Office, meeting: Meeting, before: Invitation, after: Invitation, source: InboundId | None, now: datetime
) -> Invitation:
    """Save an answer, with a chair or on the waiting list; what becomes free is offered. Gives the invitation as saved."""
    if meeting.capacity is None:
        await meetings.save_invitation(after, source)
        if after.party_size != before.party_size:
            await headcount_changed(office, meeting, now)
        return after
    if before.delegate is not None and before.delegate != after.delegate:
        await _take_back(meeting, before)
    others = [i for i in await meetings.invitations(meeting.id) if i.id != after.id]
    placed = seats.seated(meeting, before, after, others, now)
    await meetings.save_invitation(placed, source)
    if placed.waiting_since is not None and before.waiting_since is None:
        sentence = f"“{meeting.title}” is full: on the waiting list"
        await log.write(office.partnership, LogLine(now, "waiting", sentence, meeting.id, placed.person_id))
    await offer(office, meeting, now, [*others, placed])
    if placed.party_size != before.party_size:
        await headcount_changed(office, meeting, now)
    return placed


async def _take_back(meeting: Meeting, before: Invitation) -> None:
    """A chair that was kept for whoever was to come instead is free."""
    assert before.delegate is not None
    for theirs in await meetings.invitations(meeting.id, [before.delegate]):
        if seats.kept(theirs):
            await meetings.save_seat(theirs.id, None, None)


async def hand_over(meeting: Meeting, left: Invitation, delegate: Invitation, now: datetime) -> None:
    """The chair of *left* is kept for the delegate, before anybody else is offered it (inside the transaction of the change)."""
    after = seats.taken_over(meeting, left, delegate, now)
    if after != delegate:
        await meetings.save_seat(after.id, after.waiting_since, after.offered_until)


async def offer(
    office: Office, meeting: Meeting, now: datetime, invitations: Sequence[Invitation] | None = None
) -> int:
    """Offer free chairs to those who wait; gives how many offers were made or ran out. *invitations*: all of them, where they are at hand."""
    every = invitations if invitations is not None else await meetings.invitations(meeting.id)
    changed = seats.offers(meeting, every, now)
    for invitation in changed:
        await meetings.save_seat(invitation.id, invitation.waiting_since, invitation.offered_until)
        if invitation.offered_until is None:
            sentence = "the offer of a chair ran out" if invitation.waiting_since else "the chair is kept no longer"
        else:
            sentence = f"a chair is offered until {meeting.local(invitation.offered_until):%d %b %H:%M}"
            occasion = f"seat-{invitation.id}-{invitation.offered_until:%Y%m%dT%H%M}"
            happening = Happening(HappeningKind.SEAT_IS_FREE, occasion, now, invitation.person_id)
            await announce(office, meeting, happening, now)
        await log.write(office.partnership, LogLine(now, "waiting", sentence, meeting.id, invitation.person_id))
    return len(changed)


async def offers_run_out(office: Office, now: datetime) -> None:
    """Take back what was offered and not taken in time; the next one gets it."""
    for meeting_id in await meetings.with_offers_until(office.partnership, now):

        async def write(meeting_id: MeetingId = meeting_id) -> None:
            await meetings.lock(meeting_id)
            meeting = await meetings.by_id(meeting_id)
            if meeting is not None:
                await offer(office, meeting, now)

        await transact(write)
