"""Who is coming, and why each line says so: the list that everything else is for."""

from dataclasses import dataclass
from datetime import datetime

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.store import inbound, meetings, occurrences, outbox, people
from mailer.terms import PartnershipId, PartStat, Via

SAID_AS = {
    PartStat.ACCEPTED: "yes",
    PartStat.TENTATIVE: "maybe",
    PartStat.NEEDS_ACTION: "no answer",
    PartStat.DELEGATED: "sends somebody",
    PartStat.DECLINED: "no",
}
"""How a list says an answer, in the order of a list."""

_ORDER = {partstat: place for place, partstat in enumerate(SAID_AS)}
_VIA = {
    "itip": "calendar answer",
    "tnef": "calendar answer",
    "words": "in words",
    "button": "by the link in the letter",
    "hand": "by hand",
}


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One person who was invited or has answered. *since*: the instant of the answer that counts; *message*: its Message-ID. *instead_of*: in
    whose place this person comes; *sends*: who comes in theirs."""

    answer: str
    name: str
    address: str
    organisation: str
    kind: str
    guests: int
    party_size: int
    since: datetime | None
    via: str
    reason: str
    comment: str
    message: str
    invited_at: datetime | None
    instead_of: str = ""
    sends: str = ""


async def attendance_rows(
    partnership: PartnershipId, meeting: Meeting, recurrence_id: datetime | None = None
) -> list[AttendanceRow]:
    """Everybody who was invited or has answered, those who come first. *recurrence_id*: as things stand for that date of a series; whoever has
    said nothing about it alone stands as to the series."""
    every = await meetings.invitations(meeting.id)
    if recurrence_id is not None:
        every = list((await occurrences.standings(every, recurrence_id)).values())
    invitations = [i for i in every if i.invited_at is not None or i.answered or i.delegate_of is not None]
    named = {i for each in invitations for i in (each.delegate, each.delegate_of) if i is not None}
    persons = {p.id: p for p in await people.people(partnership, {i.person_id for i in invitations} | named)}
    sources = await meetings.sources(meeting.id)
    returned = await outbox.undelivered(meeting.id)
    messages = await inbound.message_ids(list(sources.values()))
    ordered = sorted(invitations, key=lambda i: (_ORDER[i.partstat], persons[i.person_id].name))
    return [
        _row(
            i,
            persons[i.person_id],
            messages.get(sources[i.id], "") if i.id in sources else "",
            returned.get(i.person_id, ""),
            persons.get(i.delegate_of) if i.delegate_of else None,
            persons.get(i.delegate) if i.delegate else None,
        )
        for i in ordered
    ]


def _row(
    i: Invitation, person: Person, message: str, returned: str, instead_of: Person | None, sends: Person | None
) -> AttendanceRow:
    return AttendanceRow(
        answer=SAID_AS[i.partstat],
        name=person.name,
        address=person.address or next(iter(person.addresses), ""),
        organisation=person.organisation,
        kind=person.kind.value,
        guests=i.guests,
        party_size=i.party_size,
        since=i.answered_at if i.answered else None,
        via=i.via.value if i.via and i.answered else "",
        reason=why(i, person, returned) + (f"; sends {sends.name}" if sends else ""),
        comment=i.comment,
        message=message,
        invited_at=i.invited_at,
        instead_of=instead_of.name if instead_of else "",
        sends=sends.name if sends else "",
    )


def why(i: Invitation, person: Person, returned: str = "") -> str:
    """What the answer rests on, or why there is none (pure)."""
    if i.answered:
        way = _VIA.get(i.via.value, "") if i.via else ""
        if i.via in (Via.WORDS, Via.HAND) and i.reason:
            return f"{way}: “{i.reason}”" if i.via is Via.WORDS else f"{way}: {i.reason}"
        return f"{way}: “{i.comment}”" if i.comment and i.via is not Via.BUTTON else way
    if i.earlier is not None:
        return f"said {SAID_AS[i.earlier]} to the earlier date; asked anew"
    if person.dead:
        return f"cannot be reached: {', '.join(sorted(person.dead))}"
    if returned:
        return f"the last mail did not arrive: {returned[:120]}"
    return "asked not to be written to" if person.stopped_at else "silent so far"
