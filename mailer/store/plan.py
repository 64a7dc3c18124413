"""Load and save the action plan: teams, items, and what happened to each.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tortoise.functions import Max

from mailer.partnership.plan import Item, ItemStatus, Team
from mailer.store import models
from mailer.store.statement import fetch, marks, write
from mailer.terms import InboundId, ItemId, MeetingId, PartnershipId, PersonId, TeamId


async def teams(partnership: PartnershipId) -> tuple[Team, ...]:
    """Every action team, by name, with its members."""
    rows = await fetch("SELECT id, name, lead_id FROM team WHERE partnership_id = ? ORDER BY name", partnership)
    members: dict[int, list[PersonId]] = {}
    ids = [r["id"] for r in rows]
    if ids:
        those = f"SELECT team_id, person_id FROM team_member WHERE team_id IN {marks(ids)} ORDER BY id"  # noqa: S608 - no values in it
        for row in await fetch(those, *ids):
            members.setdefault(row["team_id"], []).append(PersonId(row["person_id"]))
    return tuple(
        Team(
            TeamId(r["id"]),
            r["name"],
            PersonId(r["lead_id"]) if r["lead_id"] else None,
            tuple(members.get(r["id"], ())),
        )
        for r in rows
    )


async def save_team(
    partnership: PartnershipId, name: str, lead: PersonId | None = None, members: Collection[PersonId] = ()
) -> Team:
    """The team called *name*, made if it is new; a *lead* that is given takes over, *members* are added."""
    row, _ = await models.Team.get_or_create(partnership_id=partnership, name=name)
    if lead is not None:
        await models.Team.filter(id=row.id).update(lead_id=lead)
    for person in {*members, *([lead] if lead is not None else [])}:
        await models.TeamMember.get_or_create(team_id=row.id, person_id=person)
    return next(t for t in await teams(partnership) if t.id == row.id)


async def items(
    partnership: PartnershipId,
    *,
    owner: PersonId | None = None,
    ids: Collection[ItemId] | None = None,
    open_only: bool = False,
) -> tuple[Item, ...]:
    """Items by number; those of *owner*, those of *ids*, or those that are open."""
    query = models.Item.filter(partnership_id=partnership)
    if owner is not None:
        query = query.filter(owner_id=owner)
    if ids is not None:
        query = query.filter(id__in=list(ids))
    if open_only:
        query = query.filter(status=ItemStatus.OPEN.value)
    rows = await query.order_by("number").values(*_COLUMNS, "team__name")
    return tuple(_item(r) for r in rows)


_COLUMNS = (
    "id", "number", "text", "owner_id", "due", "priority", "team_id", "support_id", "status", "help", "moves", "meeting_id",
)  # fmt: skip


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=ItemId(row["id"]),
        number=row["number"],
        text=row["text"],
        owner=PersonId(row["owner_id"]) if row["owner_id"] else None,
        due=row["due"] if row["due"] is None or type(row["due"]) is date else date.fromisoformat(str(row["due"])[:10]),
        priority=row["priority"],
        team=TeamId(row["team_id"]) if row["team_id"] else None,
        team_name=row["team__name"] or "",
        support=PersonId(row["support_id"]) if row["support_id"] else None,
        status=ItemStatus(row["status"]),
        help=row["help"],
        moves=row["moves"],
        meeting=MeetingId(row["meeting_id"]) if row["meeting_id"] else None,
    )


async def item(partnership: PartnershipId, number: int) -> Item | None:
    rows = await models.Item.filter(partnership_id=partnership, number=number).values(*_COLUMNS, "team__name")
    return _item(rows[0]) if rows else None


async def add(partnership: PartnershipId, wanted: Item, now: datetime) -> Item:
    """Save a new item; it gets the next number."""
    last = await models.Item.filter(partnership_id=partnership).annotate(last=Max("number")).values("last")
    number = (last[0]["last"] if last and last[0]["last"] else 0) + 1
    row = await models.Item.create(partnership_id=partnership, number=number, created_at=now, **_facts(wanted))
    await _look_again(ItemId(row.id), now)
    return replace(wanted, id=ItemId(row.id), number=number)


async def change(after: Item, now: datetime) -> None:
    """Save an item as it now is."""
    closed = None if after.open else now
    await models.Item.filter(id=after.id).update(changed_at=now, closed_at=closed, **_facts(after))
    await _look_again(after.id, now)


async def _look_again(item: ItemId, now: datetime) -> None:
    """The next tick looks at the rules about no single meeting: this item may fall due at another time now."""
    await write(
        "UPDATE due SET due_at = ? WHERE (due_at IS NULL OR due_at > ?) AND meeting_id IN (SELECT m.id FROM meeting m "
        "JOIN item i ON i.partnership_id = m.partnership_id WHERE i.id = ? AND m.status = 'standing')",
        [(now, now, item)],
    )


def _facts(wanted: Item) -> dict[str, Any]:
    return {
        "text": wanted.text,
        "owner_id": wanted.owner,
        "due": wanted.due,
        "priority": wanted.priority,
        "team_id": wanted.team,
        "support_id": wanted.support,
        "status": wanted.status.value,
        "help": wanted.help,
        "moves": wanted.moves,
        "meeting_id": wanted.meeting,
    }


async def note(
    ident: ItemId,
    what: str,
    sentence: str,
    now: datetime,
    person: PersonId | None = None,
    inbound: InboundId | None = None,
) -> None:
    """Add to the history of an item."""
    await models.ItemEvent.create(
        item_id=ident, at=now, what=what, sentence=sentence, person_id=person, inbound_id=inbound
    )


async def history(ident: ItemId) -> list[dict[str, Any]]:
    """What happened to an item, oldest first."""
    rows = models.ItemEvent.filter(item_id=ident).order_by("id")
    found: list[dict[str, Any]] = await rows.values("at", "what", "sentence", "person_id")
    return found
