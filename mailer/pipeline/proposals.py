"""Another time, proposed by a calendar (COUNTER, RFC 5546 §3.2.7): kept, told to the convener, taken or refused by the convener's word.

A proposal changes no answer, and what it says about the present time is told with it, not recorded. Of one person only the latest waits. Each
case says how many people propose the same; taking one takes them all. Proposals in words are no COUNTER: they stay questions.

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
from mailer.partnership.series import occurrence_of, occurrences
from mailer.pipeline import moves
from mailer.pipeline.case import Case
from mailer.pipeline.office import Office
from mailer.render.phrases import phrases_for, when_in_words
from mailer.store import inbound, meetings, people, proposals
from mailer.store import occurrences as occurrence_store
from mailer.store.proposals import ProposedTime
from mailer.store.transact import transact
from mailer.terms import InboundId, MessageId, PartStat, RuleId
from mailer.understand.speaker import Place
from mailer.understand.verdict import Answer

PROPOSED = "COUNTER"
"""How the row of a message that brings a proposal is marked, so that the convener is asked for another word than yes or no."""

REFUSED_RULE = RuleId("service-proposal-refused")
"""The service's own letter. No rule file may use this heading."""

_BESIDE = {PartStat.TENTATIVE: "maybe", PartStat.DECLINED: "no", PartStat.ACCEPTED: "yes"}


def when(meeting: Meeting, start: datetime, end: datetime) -> str:
    """A span on the meeting's own clock, in words."""
    return when_in_words(meeting.local(start), meeting.local(end), phrases_for("en"))


async def proposed(case: Case, place: Place, answer: Answer) -> None:
    """Keep what *answer* proposes and put it on the convener's desk (inside the transaction of the message)."""
    await meetings.lock(place.meeting.id)
    meeting = await meetings.by_id(place.meeting.id) or place.meeting
    found = await _read(meeting, answer)
    if isinstance(found, str):
        await case.unclear(
            f"{place.person.name} proposes another time for “{meeting.title}”, but {found}", place, answer
        )
        return
    start, end, recurrence_id = found
    at = min(case.verdict.date or case.now, case.now)
    earlier = [
        p
        for p in await proposals.open_for(meeting.id)
        if p.invitation == place.invitation.id and p.recurrence_id == recurrence_id
    ]
    if any((p.sequence or 0, p.at) > (answer.sequence or 0, at) for p in earlier):
        await case.done(f"{place.person.name} has proposed another time since", place=place)
        return
    for old in earlier:
        await proposals.settle([old.id], proposals.REPLACED)
        if old.inbound is not None:
            await inbound.settle(old.inbound, f"{place.person.name} has proposed another time since", case.now)
    await proposals.add(
        place.invitation.id,
        start,
        end,
        at,
        recurrence_id=recurrence_id,
        comment=answer.comment,
        sequence=answer.sequence,
        inbound=case.ident,
    )
    tally = [p for p in await proposals.open_for(meeting.id) if _same_time(p, start, end, recurrence_id)]
    beside = f", and says {_BESIDE[answer.partstat]} to the present time" if answer.partstat in _BESIDE else ""
    names = {p.id: p.name for p in await people.people(case.office.partnership, [t.person for t in tally])}
    for each in tally:
        sentence = _sentence(meeting, each, names[each.person], len({t.person for t in tally}), case.now)
        if each.inbound == case.ident:
            await case.waits(sentence + beside, place, PROPOSED)
        elif each.inbound is not None:
            await inbound.retell(each.inbound, sentence)


async def _read(meeting: Meeting, answer: Answer) -> tuple[datetime, datetime, datetime | None] | str:
    """(start, end, which occurrence) of a proposal, or what is wrong with it."""
    if answer.proposal is None:
        return "the time cannot be read"
    if answer.onwards:
        return "for one date of the series and all after it"
    present = meeting.dtstart
    recurrence_id: datetime | None = None
    if answer.recurrence_id is not None and meeting.rrule:
        changes = await occurrence_store.changes(meeting.id)
        occurrence = occurrence_of(meeting, answer.recurrence_id, changes, by_day=answer.recurrence_day)
        if occurrence is None:
            return "for a date that is none of the series"
        present, recurrence_id = occurrence.dtstart, occurrence.recurrence_id
    start, end = answer.proposal.dtstart, answer.proposal.dtend
    if answer.proposal.local:
        if answer.proposal.original is None:
            return "in a time zone that I do not know"
        # its calendar names the present time in the same unknown zone, and that one we know
        shift = present - answer.proposal.original
        start, end = start + shift, end + shift if end is not None else None
    if end is None or end <= start:
        end = start + (meeting.dtend - meeting.dtstart)
    if start == present and end - start == meeting.dtend - meeting.dtstart:
        return "it is the time at which it is; please look at what else is proposed"
    return start, end, recurrence_id


def _same_time(one: ProposedTime, start: datetime, end: datetime, recurrence_id: datetime | None) -> bool:
    return (one.dtstart, one.dtend, one.recurrence_id) == (start, end, recurrence_id)


def _sentence(meeting: Meeting, one: ProposedTime, name: str, how_many: int, now: datetime) -> str:
    """What the convener reads about one proposal."""
    present = next((o for o in occurrences(meeting) if o.recurrence_id == one.recurrence_id), occurrences(meeting)[0])
    told = f"{name} proposes another time for “{meeting.title}”: {when(meeting, one.dtstart, one.dtend)}"
    told += f", instead of {when(meeting, present.dtstart, present.dtend)}"
    if one.sequence is not None and one.sequence < meeting.last_major_sequence:
        told += ". This was for the earlier date: the meeting has been moved since"
    if one.dtstart <= now:
        told += ". That time has passed"
    return told if how_many == 1 else f"{told}. {how_many} people propose this time"


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
    same = [p for p in await proposals.open_for(meeting.id) if _same_time(p, one.dtstart, one.dtend, one.recurrence_id)]
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
