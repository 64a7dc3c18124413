"""What people told on being asked: successes and needs; and what each partner can help with.

Every function is one or few statements and expects to be called inside `transact` where it writes. Whoever is erased takes the words along; the
row stays to be counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.store.statement import fetch, instant
from mailer.terms import InboundId, ItemId, PartnershipId, PersonId, RuleId

STORY, NEED = "story", "need"
NEW, APPROVED, DROPPED = "new", "approved", "dropped"


@dataclass(frozen=True, slots=True)
class Story:
    """*number* names it in letters and commands; *who* and *organisation* are empty when they were erased; *item*: what a need became."""

    number: int
    kind: str
    words: str
    state: str
    at: datetime
    who: str = ""
    organisation: str = ""
    item: ItemId | None = None


async def tell(
    partnership: PartnershipId, person: PersonId, kind: str, words: str, now: datetime, inbound: InboundId, item: ItemId | None = None
) -> int:  # fmt: skip
    """Keep what *person* told; gives its number."""
    row = await models.Story.create(
        partnership_id=partnership,
        person_id=person,
        kind=kind,
        words=words[:5_000],
        at=now,
        inbound_id=inbound,
        item_id=item,
    )
    return row.id


async def stories(
    partnership: PartnershipId,
    *,
    kind: str = STORY,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    inbound: InboundId | None = None,
) -> tuple[Story, ...]:
    """Stories, oldest first. *since*, *until*: when they were told, or approved where only the approved are wanted."""
    query = models.Story.filter(partnership_id=partnership, kind=kind)
    when = "settled_at" if state == APPROVED else "at"
    if state is not None:
        query = query.filter(state=state)
    if since is not None:
        query = query.filter(**{f"{when}__gt": since})
    if until is not None:
        query = query.filter(**{f"{when}__lt": until})
    if inbound is not None:
        query = query.filter(inbound_id=inbound)
    rows = await query.order_by("id").values(
        "id", "kind", "words", "state", "at", "item_id", "person__name", "person__organisation__name"
    )
    return tuple(
        Story(
            r["id"], r["kind"], r["words"], r["state"], r["at"], r["person__name"] or "", r["person__organisation__name"] or "",
            ItemId(r["item_id"]) if r["item_id"] else None,
        )
        for r in rows
    )  # fmt: skip


async def settle(partnership: PartnershipId, number: int, state: str, now: datetime) -> bool:
    """The convener's word about a story; False where there is none of this number."""
    found = models.Story.filter(partnership_id=partnership, kind=STORY, id=number)
    return bool(await found.update(state=state, settled_at=now))


async def last_left(partnership: PartnershipId, rule: RuleId, round_: str) -> datetime | None:
    """When the letters of *rule* left in the last round before this one."""
    rows = await fetch(
        "SELECT MAX(sent_at) AS at FROM outbox WHERE partnership_id = ? AND rule = ? AND round <> ? AND state = 'sent'",
        partnership, rule, round_,
    )  # fmt: skip
    return instant(rows[0]["at"])


async def add_strengths(person: PersonId, words: Iterable[str]) -> None:
    """*person* can help with *words*, beside all that was known."""
    for one in words:
        if plain := " ".join(one.split())[:300]:
            await models.Strength.get_or_create(person_id=person, words=plain)


async def strengths(partnership: PartnershipId) -> dict[PersonId, tuple[str, ...]]:
    """What everybody of the register can help with."""
    rows = await fetch(
        "SELECT s.person_id, s.words FROM strength s JOIN person p ON p.id = s.person_id "
        "WHERE p.partnership_id = ? AND p.left_at IS NULL ORDER BY s.id",
        partnership,
    )
    found: dict[PersonId, tuple[str, ...]] = {}
    for r in rows:
        found[PersonId(r["person_id"])] = (*found.get(PersonId(r["person_id"]), ()), r["words"])
    return found
