"""The convener's hand: meetings added, moved and cancelled, answers entered. Each is one commit with all it causes."""

import secrets
from dataclasses import replace
from datetime import date, datetime

from mailer.decide.snapshot import Happening
from mailer.errors import MailerError
from mailer.partnership import series
from mailer.partnership.attendance import Applied, Given, apply
from mailer.partnership.meetings import Change, Meeting
from mailer.partnership.people import Person
from mailer.pipeline.due import seats, understood
from mailer.pipeline.due.announce import REPLY_HAPPENINGS, announced, date_answered
from mailer.pipeline.due.tick import reschedule
from mailer.pipeline.hand import delegates, moves
from mailer.pipeline.office import Office
from mailer.store import log, meetings, occurrences
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import EventUid, InboundId, MessageId, PartStat, Via

SAID = {"yes": PartStat.ACCEPTED, "no": PartStat.DECLINED, "maybe": PartStat.TENTATIVE, "open": PartStat.NEEDS_ACTION}
"""What a convener types for an answer."""


def new_event_uid(domain: str) -> EventUid:
    """A UID for all time. Lower case, because it is looked up without regard to case."""
    return EventUid(f"{secrets.token_hex(16)}@{domain}".lower())


async def add_meeting(office: Office, meeting: Meeting, now: datetime) -> Meeting:
    """Save a new meeting and write when its rules fall due."""

    async def write() -> Meeting:
        saved = await meetings.add(replace(meeting, event_uid=new_event_uid(office.domain)), now)
        await reschedule(office, saved, now)
        await log.write(office.partnership, LogLine(now, "meeting", f"“{saved.title}” was added", saved.id))
        return saved

    return await transact(write)


async def change_meeting(office: Office, before: Meeting, after: Meeting, now: datetime) -> tuple[Meeting, Change, int]:
    """Save a change; gives the meeting as it now is, what kind of change it was, and how many mails it makes.

    What waits in the outbox about the meeting is read again when it is about to leave; on a cancellation it is dropped at once.
    """
    return await transact(lambda: moves.change_within(office, before, after, now))


async def enter_answer(
    office: Office,
    meeting: Meeting,
    person: Person,
    partstat: PartStat,
    now: datetime,
    *,
    guests: int = 0,
    note: str = "",
    source: InboundId | None = None,
) -> str:
    """Record an answer that came some other way (by telephone, or settled from an unclear mail); gives a sentence about it.

    Raises MailerError when the meeting is cancelled.
    """

    return await transact(
        lambda: enter(
            office,
            meeting,
            person,
            Given(partstat, Via.HAND, now, guests, note, None, None, note or "entered by hand"),
            source,
        )
    )


async def enter(
    office: Office,
    meeting: Meeting,
    person: Person,
    given: Given,
    source: InboundId | None,
    settles: str | None = None,
) -> str:
    """Write an answer by hand and all it causes (inside `transact`). *settles*: the Message-ID of the mail in which the person gave it, who
    then is told what was understood."""
    now, partstat = given.at, given.partstat
    await meetings.lock(meeting.id)
    meeting = await meetings.by_id(meeting.id) or meeting
    await meetings.ensure_invitations(meeting.id, [person.id])
    invitation = (await meetings.invitations(meeting.id, [person.id]))[0]
    outcome = apply(invitation, meeting, given)
    if not isinstance(outcome, Applied):
        raise MailerError(f"This was not recorded: {outcome.reason}.")
    await meetings.record_answer(invitation.id, given, "applied", given.reason, source, now)
    await seats.save(office, meeting, invitation, outcome.invitation, source, now)
    said = next(word for word, stat in SAID.items() if stat is partstat)
    more = f" with {given.guests} more" if given.guests else ""
    sentence = f"{person.name}: {said}{more} to “{meeting.title}” ({given.reason})"
    if told := await delegates.after_answer(office, meeting, invitation, outcome.invitation, person, now):
        sentence += f"; {told}"
    await log.write(office.partnership, LogLine(now, "answer", sentence, meeting.id, person.id, source))
    if outcome.news and partstat in REPLY_HAPPENINGS:
        happening = Happening(REPLY_HAPPENINGS[partstat], f"answer-{outcome.invitation.changes}", now, person.id)
        answers_to = MessageId(settles) if settles else None
        notices = await announced(office, meeting, happening, now, answers_to)
        if any(n.person_id == person.id for n in notices):
            return sentence
    if settles is not None and source is not None and understood.differs(invitation, outcome.invitation):
        await understood.confirm(office, meeting, person.id, source, MessageId(settles), now)
    return sentence


async def enter_answer_to_date(
    office: Office,
    meeting: Meeting,
    person: Person,
    day: date,
    partstat: PartStat,
    now: datetime,
    *,
    guests: int = 0,
    note: str = "",
) -> str:
    """The same for one date of a series; what was answered to the series stays. Raises MailerError where there is no such date."""
    occurrence = await date_or_error(meeting, day)
    if occurrence.cancelled:
        raise MailerError(f"This was not recorded: {meeting.slug} is cancelled on {day:%d %B %Y}.")
    reason = note or "entered by hand"

    async def write() -> str:
        await meetings.lock(meeting.id)
        await meetings.ensure_invitations(meeting.id, [person.id])
        invitation = (await meetings.invitations(meeting.id, [person.id]))[0]
        standing = await occurrences.standing(invitation, occurrence.recurrence_id)
        outcome = apply(standing, meeting, Given(partstat, Via.HAND, now, guests, note, None, None, reason))
        if not isinstance(outcome, Applied):
            raise MailerError(f"This was not recorded: {outcome.reason}.")
        given = Given(partstat, Via.HAND, now, guests, note, None, None, reason)
        await meetings.record_answer(invitation.id, given, "applied", reason, None, now, occurrence.recurrence_id)
        stood = (await occurrences.standings([invitation], occurrence.recurrence_id))[invitation.id]
        await occurrences.save(outcome.invitation, occurrence.recurrence_id, None)
        said = next(word for word, stat in SAID.items() if stat is partstat)
        sentence = f"{person.name}: {said} to “{meeting.title}” on {day:%d %B %Y} ({reason})"
        await log.write(office.partnership, LogLine(now, "answer", sentence, meeting.id, person.id))
        await date_answered(office, meeting, series.at_date(meeting, occurrence), stood, outcome.invitation, now)
        return sentence

    return await transact(write)


async def date_or_error(meeting: Meeting, day: date) -> series.Occurrence:
    """The occurrence of *meeting* on *day*; MailerError with the dates there are."""
    changes = await occurrences.changes(meeting.id)
    found = series.on_day(meeting, day, changes)
    if not meeting.rrule:
        raise MailerError(f"{meeting.slug} is a single meeting.")
    if found is None:
        there = ", ".join(f"{meeting.local(o.dtstart):%Y-%m-%d}" for o in series.occurrences(meeting, changes)[:12])
        raise MailerError(f"{meeting.slug} is not held on {day:%Y-%m-%d}. Its dates: {there}.")
    return found


async def change_date(
    office: Office, meeting: Meeting, day: date, start: datetime | None, end: datetime | None, now: datetime
) -> int:
    """Move one date of a series to *start*, or cancel it where there is no *start*; gives how many people are told."""
    found = await date_or_error(meeting, day)
    length = found.dtend - found.dtstart
    begins = start or found.dtstart
    ends = end or begins + length
    return await transact(
        lambda: moves.move_occurrence(office, meeting, found.recurrence_id, begins, ends, now, cancelled=start is None)
    )


async def meeting_or_error(office: Office, slug: str) -> Meeting:
    """The meeting called *slug*; MailerError with those there are."""
    found = await meetings.by_slug(office.partnership, slug)
    if found is None:
        known = ", ".join(m.slug for m in await meetings.all_of(office.partnership)) or "none yet"
        raise MailerError(f"There is no meeting called {slug}. Meetings: {known}.")
    return found
