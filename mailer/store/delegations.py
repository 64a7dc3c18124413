"""Who is to come instead of whom: asked about, named, refused, ended. The history stays; what counts now stands on the invitations.

Every function is one statement and expects to be called inside `transact` where it writes.
"""

from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.store.statement import fetch
from mailer.terms import InboundId, InvitationId, PersonId

ASKED, NAMED, REFUSED, ENDED = "asked", "named", "refused", "ended"


@dataclass(frozen=True, slots=True)
class Delegation:
    """*invitation* is that of the person who does not come. *address*: empty where none was given."""

    id: int
    invitation: InvitationId
    name: str
    address: str
    state: str
    delegate: PersonId | None = None
    inbound: InboundId | None = None


async def note(
    invitation: InvitationId,
    name: str,
    address: str,
    state: str,
    now: datetime,
    *,
    delegate: PersonId | None = None,
    inbound: InboundId | None = None,
) -> None:
    """Keep that somebody was named."""
    await models.Delegation.create(
        invitation_id=invitation,
        name=name[:200],
        address=address[:320],
        state=state,
        at=now,
        delegate_id=delegate,
        inbound_id=inbound,
    )


async def of_message(inbound: InboundId) -> Delegation | None:
    """The delegate whom message *inbound* names and who waits for the convener's word."""
    row = await models.Delegation.filter(inbound_id=inbound, state=ASKED).order_by("-id").first()
    return _delegation(row) if row else None


async def asked(invitation: InvitationId) -> list[Delegation]:
    """Whom this person named and nobody has decided about."""
    rows = await fetch(
        "SELECT id, name, address, state, delegate_id, inbound_id FROM delegation WHERE invitation_id = ? AND state = ?",
        invitation,
        ASKED,
    )  # written out: every answer looks here
    return [
        Delegation(
            id=r["id"],
            invitation=invitation,
            name=r["name"],
            address=r["address"],
            state=r["state"],
            delegate=PersonId(r["delegate_id"]) if r["delegate_id"] else None,
            inbound=InboundId(r["inbound_id"]) if r["inbound_id"] else None,
        )
        for r in rows
    ]


async def settle(ident: int, state: str, delegate: PersonId | None = None, address: str = "") -> None:
    """Say what became of what was asked about."""
    facts: dict[str, object] = {"state": state}
    if delegate is not None:
        facts["delegate_id"] = delegate
    if address:
        facts["address"] = address
    await models.Delegation.filter(id=ident, state=ASKED).update(**facts)


async def end(invitation: InvitationId) -> None:
    """The person comes after all, or sends somebody else."""
    await models.Delegation.filter(invitation_id=invitation, state=NAMED).update(state=ENDED)


def _delegation(row: models.Delegation) -> Delegation:
    invitation: int = row.invitation_id  # type: ignore[attr-defined]
    return Delegation(
        id=row.id,
        invitation=InvitationId(invitation),
        name=row.name,
        address=row.address,
        state=row.state,
        delegate=PersonId(row.delegate_id) if row.delegate_id else None,
        inbound=InboundId(row.inbound_id) if row.inbound_id else None,
    )
