"""A calendar proposes another time (COUNTER, RFC 5546 §3.2.7): kept, tallied, put on the convener's desk.

A proposal changes no answer, and what it says about the present time is told with it, not recorded. Of one person only the latest waits. Each
case says how many people propose the same. Proposals in words are no COUNTER: they stay questions.

Never: moves anything: `mailer.pipeline.hand.proposed_times` does, by the convener's word.
"""

from datetime import datetime

from mailer.partnership.meetings import Meeting
from mailer.partnership.series import occurrence_of, occurrences
from mailer.pipeline.hand.proposed_times import PROPOSED, same_time, when
from mailer.pipeline.mail.case import Case
from mailer.store import inbound, meetings, people, proposals
from mailer.store import occurrences as occurrence_store
from mailer.store.proposals import ProposedTime
from mailer.terms import PartStat
from mailer.understand.speaker import Place
from mailer.understand.verdict import Answer

_BESIDE = {PartStat.TENTATIVE: "maybe", PartStat.DECLINED: "no", PartStat.ACCEPTED: "yes"}


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
    tally = [p for p in await proposals.open_for(meeting.id) if same_time(p, start, end, recurrence_id)]
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
