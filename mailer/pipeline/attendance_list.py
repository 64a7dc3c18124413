"""Who is coming, and why each line says so: the list that everything else is for."""

from dataclasses import dataclass
from datetime import datetime

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.store import inbound, meetings, outbox, people
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
    """One person who was invited or has answered. *since*: the instant of the answer that counts; *message*: its Message-ID."""

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


async def attendance_rows(partnership: PartnershipId, meeting: Meeting) -> list[AttendanceRow]:
    """Everybody who was invited or has answered, those who come first."""
    invitations = [i for i in await meetings.invitations(meeting.id) if i.invited_at is not None or i.answered]
    persons = {p.id: p for p in await people.people(partnership, [i.person_id for i in invitations])}
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
        )
        for i in ordered
    ]


def _row(i: Invitation, person: Person, message: str, returned: str) -> AttendanceRow:
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
        reason=why(i, person, returned),
        comment=i.comment,
        message=message,
        invited_at=i.invited_at,
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
