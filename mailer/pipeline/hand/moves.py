"""Changes of a meeting and all they cause: the part that runs inside a transaction, for everybody who changes one.

Promises: what a change announces, drops and reschedules is one commit with the change. Fails: MailerError when somebody else changed the
meeting at the same moment, or where there is no such date.
"""

from dataclasses import replace
from datetime import datetime

from mailer.decide.snapshot import Happening, HappeningKind, Notice
from mailer.errors import MailerError
from mailer.partnership import series
from mailer.partnership.meetings import Change, Meeting, as_told, changed, moved_deadline
from mailer.pipeline.due import seats
from mailer.pipeline.due.announce import announce
from mailer.pipeline.due.tick import reschedule
from mailer.pipeline.office import Office
from mailer.store import approvals, log, meetings, occurrences, outbox
from mailer.store.log import LogLine
from mailer.terms import PartStat, RuleId

OCCURRENCE_RULE = RuleId("service-occurrence")
"""The service's own letter about one date of a series. No rule file may use this heading. Its round is SEQUENCE and RECURRENCE-ID."""

_HAPPENINGS = {
    Change.MOVED: HappeningKind.MEETING_IS_MOVED,
    Change.PLACE: HappeningKind.PLACE_IS_CHANGED,
    Change.CANCELLED: HappeningKind.MEETING_IS_CANCELLED,
}
_COMING = (PartStat.ACCEPTED, PartStat.TENTATIVE)


def at_another_time(meeting: Meeting, dtstart: datetime, dtend: datetime) -> Meeting:
    """*meeting* moved; its reply deadline moves with it."""
    deadline = moved_deadline(meeting, dtstart)
    return replace(meeting, dtstart=dtstart, dtend=dtend, reply_deadline=deadline)


async def change_within(office: Office, before: Meeting, after: Meeting, now: datetime) -> tuple[Meeting, Change, int]:
    """Save a change (inside `transact`); gives the meeting as it now is, what kind of change it was, and how many mails it makes.

    What waits in the outbox about the meeting is read again when it is about to leave; on a cancellation it is dropped at once.
    """
    current, change = changed(before, after, now)
    if change is Change.NOTHING:
        return current, change, 0
    await meetings.lock(before.id)
    if await meetings.by_id(before.id) != before:
        raise MailerError(
            f"{before.slug} was changed by somebody else at this moment. Look at it, and change it again."
        )
    await meetings.change(before, current, now)
    if change is Change.MOVED and before.rrule:
        await occurrences.forget(current.id)
    if change is Change.CANCELLED:
        await outbox.drop([e.id for e in await outbox.waiting_for(current.id)], "the meeting is cancelled")
    if change is Change.MOVED:
        # a move that was not announced yet is overtaken by this one
        stale = [e.id for e in await outbox.waiting_for(current.id) if e.notice.round.startswith("sequence-")]
        await outbox.drop(stale, "the meeting moved once more")
    if as_told(current) != as_told(before):
        # in this very commit: not one leaves with words that its signer has not seen (`hand.signing` asks anew)
        asking = [r.id for r in office.book.rules if r.asks_signer]
        await approvals.hold_about(current.id, asking, "the meeting was changed since its signer's word")
    await reschedule(office, current, now)
    made = 0
    if change in _HAPPENINGS:
        happening = Happening(_HAPPENINGS[change], f"sequence-{current.sequence}", now)
        made = await announce(office, current, happening, now)
    if current.capacity != before.capacity:
        await seats.offer(office, current, now)
    await log.write(
        office.partnership, LogLine(now, "meeting", f"“{current.title}” was changed: {change.value}", current.id)
    )
    return current, change, made


async def move_occurrence(
    office: Office,
    meeting: Meeting,
    recurrence_id: datetime,
    dtstart: datetime,
    dtend: datetime,
    now: datetime,
    *,
    cancelled: bool = False,
) -> int:
    """Put one date of a series elsewhere, or cancel it (inside `transact`); gives how many are told: all who were invited, or come to this date
    alone, and have not said no to it. SEQUENCE rises by one; answers to the series stay; what was answered to this date alone was for another
    time."""
    await meetings.lock(meeting.id)
    current = await meetings.by_id(meeting.id) or meeting
    before = series.occurrence_of(current, recurrence_id, await occurrences.changes(current.id))
    if before is None or not current.rrule:
        raise MailerError(f"“{current.title}” has no such date.")
    if current.cancelled or before.cancelled:
        raise MailerError("That date is cancelled already.")
    after = replace(current, sequence=current.sequence + 1)
    await meetings.change(current, after, now)
    change = series.Change(before.recurrence_id, dtstart, dtend, cancelled, after.sequence)
    await occurrences.change(current.id, change, now)
    stood = await occurrences.standings(await meetings.invitations(current.id), before.recurrence_id)
    if not cancelled:
        await occurrences.ask_anew(current.id, before.recurrence_id)
    stale = [
        e.id
        for e in await outbox.waiting_for(current.id)
        if series.date_of_round(e.notice.round) == before.recurrence_id
    ]
    await outbox.drop(stale, "that date is cancelled" if cancelled else "that date was moved since")
    await reschedule(office, after, now)
    notices = [
        Notice(
            rule=OCCURRENCE_RULE, meeting_id=current.id, person_id=i.person_id, round=series.round_of_date(after.sequence, before.recurrence_id),
            letter="date-cancelled" if cancelled else "date-changed",
            attach=("calendar cancellation" if cancelled else "calendar update",), on_behalf_of=None, hold=False, invites=False,
            not_before=now, reason="one date of the series is changed",
        )
        for i in stood.values()
        if (i.invited_at is not None or i.partstat in _COMING) and i.partstat not in (PartStat.DECLINED, PartStat.DELEGATED)
    ]  # fmt: skip
    day = current.local(before.recurrence_id)
    what = "is cancelled" if cancelled else f"is now on {current.local(dtstart):%d %B %Y, %H:%M}"
    await log.write(
        office.partnership, LogLine(now, "meeting", f"“{current.title}” on {day:%d %B %Y} {what}", current.id)
    )
    made = await office.post(after, notices, now)
    kind = HappeningKind.MEETING_IS_CANCELLED if cancelled else HappeningKind.MEETING_IS_MOVED
    occasion = series.round_of_date(after.sequence, before.recurrence_id)
    return made + await announce(office, after, Happening(kind, occasion, now, recurrence_id=before.recurrence_id), now)
