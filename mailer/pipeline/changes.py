"""The convener's hand: meetings added, moved and cancelled, answers entered, unclear mail settled. Each is one commit with all it causes."""

import secrets
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from mailer.decide.rule import ATTENDANCE
from mailer.decide.snapshot import Happening
from mailer.errors import MailerError
from mailer.partnership import series
from mailer.partnership.attendance import Applied, Given, apply
from mailer.partnership.meetings import Change, Meeting
from mailer.partnership.people import Person
from mailer.pipeline import delegations, moves, proposals, seats, understood
from mailer.pipeline.announce import REPLY_HAPPENINGS, announced
from mailer.pipeline.office import Office
from mailer.pipeline.tick import reschedule
from mailer.store import delegations as delegation_store
from mailer.store import inbound, log, meetings, occurrences, people
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import EventUid, InboundId, MessageId, PartStat, RuleId, Via

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
    if told := await delegations.after_answer(office, meeting, invitation, outcome.invitation, person, now):
        sentence += f"; {told}"
    await log.write(office.partnership, LogLine(now, "answer", sentence, meeting.id, person.id, source))
    if outcome.news and partstat in REPLY_HAPPENINGS:
        happening = Happening(REPLY_HAPPENINGS[partstat], f"answer-{outcome.invitation.changes}", now, person.id)
        answers_to = MessageId(settles) if settles else None
        notices = await announced(office, meeting, happening, now, answers_to)
        if any(n.person_id == person.id for n in notices):
            return sentence
    if settles is not None and source is not None and understood.differs(invitation, outcome.invitation):
        await understood.confirm_settled(office, meeting, person.id, source, settles, now)
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
        await occurrences.save(outcome.invitation, occurrence.recurrence_id, None)
        said = next(word for word, stat in SAID.items() if stat is partstat)
        sentence = f"{person.name}: {said} to “{meeting.title}” on {day:%d %B %Y} ({reason})"
        await log.write(office.partnership, LogLine(now, "answer", sentence, meeting.id, person.id))
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


ASK_RULE = RuleId("service-ask")
"""The service's own mail: what did you mean? No rule file may use this heading."""


class Settle(StrEnum):
    """What a convener may say of a message that waits."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    IGNORE = "ignore"
    ASK = "ask"  # the sender, in one kind question
    STOP = "stop"  # no more mail to this person
    ACCEPT = "accept"  # another time that was proposed
    REFUSE = "refuse"


async def settle(
    office: Office,
    ident: InboundId,
    word: Settle,
    now: datetime,
    *,
    guests: int = 0,
    learn_alias: bool = False,
    note: str = "",
    address: str = "",
    let_answer: bool = False,
) -> str:
    """Decide about a message that waits for a person; gives a sentence. Raises MailerError when that cannot be. *address*: of the delegate whom
    the message names. *learn_alias*: the sender's address is the person's own; *let_answer*: the sender may answer for this person from now on."""
    row = await inbound.row(office.partnership, ident)
    if row is None or row.state not in (inbound.REVIEW, inbound.HELD):
        raise MailerError(f"No message {ident} waits for a decision. (convener review lists those that do.)")
    if word is Settle.IGNORE:

        async def aside() -> None:
            await inbound.settle(ident, note or "set aside by the convener", now)
            await proposals.set_aside([ident])
            await delegations.set_aside(ident)

        await transact(aside)
        return f"Message {ident} from {row.author} is set aside."
    if row.proposed == proposals.PROPOSED:
        if word not in (Settle.ACCEPT, Settle.REFUSE):
            raise MailerError(
                f"Message {ident} proposes another time: write {ident} accept, {ident} refuse or {ident} ignore."
            )
        return await (proposals.accept if word is Settle.ACCEPT else proposals.refuse)(office, ident, now)
    if row.proposed == delegations.NAMED and await delegation_store.of_message(ident) is not None:
        if word in (Settle.YES, Settle.ACCEPT):
            return await delegations.approve(office, ident, now, address)
        if word in (Settle.NO, Settle.REFUSE):
            return await delegations.refuse(office, ident, now)
        raise MailerError(f"Message {ident} names a delegate: write {ident} yes, {ident} no or {ident} ignore.")
    word = {Settle.ACCEPT: Settle.YES, Settle.REFUSE: Settle.NO}.get(word, word)
    invitation = await meetings.invitation(row.invitation_id) if row.invitation_id else None
    meeting = await meetings.by_id(invitation.meeting_id) if invitation else None
    if invitation is None or meeting is None:
        raise MailerError(
            f"Message {ident} is not tied to an invitation. Enter the answer with: convener attendance MEETING set ADDRESS {word.value}, "
            f"then: convener review {ident} ignore"
        )
    person = (await people.people(office.partnership, [invitation.person_id]))[0]
    if word in (Settle.ASK, Settle.STOP):
        return await transact(lambda: (_ask if word is Settle.ASK else _stop)(office, row, meeting, person, now))
    reason = note or f"settled by the convener from message {ident}"
    given = Given(SAID[word.value], Via.HAND, now, guests, "", None, None, reason)

    async def write() -> str:
        if not await inbound.settle(ident, reason, now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        sentence = await enter(office, meeting, person, given, ident, row.message_id)
        if learn_alias and row.author:
            await people.learn_alias(person.id, office.partnership, row.author)
        if let_answer and row.author:
            await people.let_answer(office.partnership, person.id, row.author)
            sentence += f"; {row.author} may answer for {person.name} from now on"
        return sentence

    return await transact(write)


async def _ask(office: Office, row: inbound.InboundRow, meeting: Meeting, person: Person, now: datetime) -> str:
    """Ask the person at their own address what they meant; the reply is an answer like any other (inside `transact`)."""
    if not person.may_be_written_to:
        raise MailerError(
            f"{person.name} cannot be asked by mail: they asked not to be written to, or no address works."
        )
    if meeting.cancelled or meeting.dtstart <= now:
        raise MailerError(f"“{meeting.title}” is over or cancelled: there is nothing to ask {person.name}.")
    await _settled(row, f"{person.name} is asked what was meant", now)
    notice = replace(
        understood.notice_of(meeting, person.id, row.id, now, "please-say"),
        rule=ASK_RULE,
        ask=ATTENDANCE,
        reason="the convener asks what was meant",
    )
    await office.post(meeting, [notice], now, MessageId(row.message_id) if row.message_id else None)
    sentence = f"{person.name} is asked: will you come to “{meeting.title}”?"
    await log.write(office.partnership, LogLine(now, "asked", sentence, meeting.id, person.id, row.id))
    return sentence


async def _stop(office: Office, row: inbound.InboundRow, meeting: Meeting, person: Person, now: datetime) -> str:
    """Write to the person no more (inside `transact`)."""
    sentence = f"{person.name} is not written to any more"
    await _settled(row, sentence, now)
    await people.note_stop(person.id, now)
    await log.write(
        office.partnership, LogLine(now, "stopped", f"{sentence}, by the convener's word", None, person.id, row.id)
    )
    return sentence


async def _settled(row: inbound.InboundRow, reason: str, now: datetime) -> None:
    if not await inbound.settle(row.id, reason, now):
        raise MailerError(f"Message {row.id} was settled by somebody else at this moment.")


async def meeting_or_error(office: Office, slug: str) -> Meeting:
    """The meeting called *slug*; MailerError with those there are."""
    found = await meetings.by_slug(office.partnership, slug)
    if found is None:
        known = ", ".join(m.slug for m in await meetings.all_of(office.partnership)) or "none yet"
        raise MailerError(f"There is no meeting called {slug}. Meetings: {known}.")
    return found
