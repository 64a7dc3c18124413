"""Other times that people proposed (COUNTER), until the convener takes or refuses them, or a later one of the same person replaces them.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.terms import InboundId, InvitationId, MeetingId, PersonId

OPEN, ACCEPTED, REFUSED, REPLACED, SET_ASIDE = "open", "accepted", "refused", "replaced", "set-aside"


@dataclass(frozen=True, slots=True)
class ProposedTime:
    """One proposal. *recurrence_id*: which occurrence of a series it would move; *sequence*: SEQUENCE of the invitation it answers;
    *inbound*: the message that waits on the convener's desk."""

    id: int
    invitation: InvitationId
    person: PersonId
    dtstart: datetime
    dtend: datetime
    at: datetime
    recurrence_id: datetime | None = None
    comment: str = ""
    sequence: int | None = None
    state: str = OPEN
    inbound: InboundId | None = None


async def add(
    invitation: InvitationId,
    dtstart: datetime,
    dtend: datetime,
    at: datetime,
    *,
    recurrence_id: datetime | None,
    comment: str,
    sequence: int | None,
    inbound: InboundId | None,
) -> int:
    """Keep a proposal; gives its number."""
    row = await models.ProposedTime.create(
        invitation_id=invitation,
        dtstart=dtstart,
        dtend=dtend,
        at=at,
        recurrence_id=recurrence_id,
        comment=comment,
        sequence=sequence,
        state=OPEN,
        inbound_id=inbound,
    )
    return int(row.id)


async def open_for(meeting: MeetingId) -> list[ProposedTime]:
    """What waits for the convener's word about *meeting*, oldest first."""
    found = await models.ProposedTime.filter(invitation__meeting_id=meeting, state=OPEN).order_by("id")
    return await _proposals(found)


async def of_message(inbound: InboundId) -> ProposedTime | None:
    """The proposal that message *inbound* brought and that waits."""
    found = await models.ProposedTime.filter(inbound_id=inbound, state=OPEN).order_by("-id").limit(1)
    return next(iter(await _proposals(found)), None)


async def settle(idents: Collection[int], state: str) -> None:
    """Say what became of these proposals."""
    await models.ProposedTime.filter(id__in=list(idents), state=OPEN).update(state=state)


async def _proposals(rows: list[models.ProposedTime]) -> list[ProposedTime]:
    if not rows:
        return []
    wanted = [r.invitation_id for r in rows]  # type: ignore[attr-defined]
    owners: dict[int, int] = dict(await models.Invitation.filter(id__in=wanted).values_list("id", "person_id"))
    return [_proposal(row, owners) for row in rows]


def _proposal(row: models.ProposedTime, owners: dict[int, int]) -> ProposedTime:
    invitation: int = row.invitation_id  # type: ignore[attr-defined]
    return ProposedTime(
        id=row.id,
        invitation=InvitationId(invitation),
        person=PersonId(owners[invitation]),
        dtstart=row.dtstart,
        dtend=row.dtend or row.dtstart,
        at=row.at,
        recurrence_id=row.recurrence_id,
        comment=row.comment,
        sequence=row.sequence,
        state=row.state,
        inbound=InboundId(row.inbound_id) if row.inbound_id else None,
    )
