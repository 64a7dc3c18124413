"""Load and save partnerships, organisations and persons.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from tortoise.expressions import F

from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.register import PersonRow
from mailer.store import models
from mailer.store.statement import fetch, in_order, instant, marks
from mailer.terms import InvitationId, PartnershipId, PersonId, canonical


async def ensure_partnership(key: str, name: str, now: datetime) -> PartnershipId:
    """The id of the partnership *key*, made if it is new; its name is kept up to date."""
    row, _ = await models.Partnership.get_or_create(key=key, defaults={"name": name, "created_at": now})
    if row.name != name:
        await models.Partnership.filter(id=row.id).update(name=name)
    return PartnershipId(row.id)


async def people(partnership: PartnershipId, ids: Collection[PersonId] | None = None) -> tuple[Person, ...]:
    """The register, by name; or those of *ids*, whether or not they still are in it."""
    if ids is not None and not ids:
        return ()
    some = list(ids or ())
    which = "p.left_at IS NULL" if ids is None else f"p.id IN {marks(some)}"
    rows = await fetch(f"{_PERSONS} WHERE p.partnership_id = ? AND {which} ORDER BY p.name, p.id", partnership, *some)
    theirs = "" if ids is None else f" AND person_id IN {marks(some)}"
    known = await fetch(f"{_ADDRESSES} WHERE partnership_id = ?{theirs}", partnership, *some)
    addresses: dict[int, list[tuple[int, str, bool]]] = {}
    for a in known:
        addresses.setdefault(a["person_id"], []).append((a["rank"], a["address"], a["dead_at"] is not None))
    assistants: dict[int, set[str]] = {}
    for a in await fetch(f"{_ASSISTANTS} WHERE partnership_id = ?{theirs}", partnership, *some):
        assistants.setdefault(a["person_id"], set()).add(a["address"])
    return tuple(
        _person(in_order(r), tuple(sorted(addresses.get(r["id"], ()))), frozenset(assistants.get(r["id"], ())))
        for r in rows
    )


_PERSONS = (
    "SELECT p.id, p.partnership_id, p.name, p.title, p.kind, p.roles, p.language, p.phone, p.champion_id, p.stopped_at, p.stopped_for, "
    "p.away_until, o.name AS organisation FROM person p LEFT JOIN organisation o ON o.id = p.organisation_id"
)
_ADDRESSES = "SELECT person_id, rank, address, dead_at FROM person_address"
_ASSISTANTS = "SELECT person_id, address FROM answers_for"


@lru_cache(4096)
def _person(row: tuple[Any, ...], addresses: tuple[tuple[int, str, bool], ...], assistants: frozenset[str]) -> Person:
    """A value made of values: the same person is read many times between two changes."""
    (
        ident,
        partnership,
        name,
        title,
        kind,
        roles,
        language,
        phone,
        champion,
        stopped_at,
        stopped_for,
        away_until,
        organisation,
    ) = row
    return Person(
        id=PersonId(ident),
        partnership_id=PartnershipId(partnership),
        name=name,
        addresses=tuple(a for _, a, _ in addresses),
        organisation=organisation or "",
        title=title,
        kind=PartnerKind(kind),
        roles=frozenset(Role(r) for r in _listed(roles)),
        language=language,
        phone=phone,
        champion=PersonId(champion) if champion else None,
        dead=frozenset(a for _, a, dead in addresses if dead),
        stopped_at=instant(stopped_at),
        away_until=instant(away_until),
        stopped_for=stopped_for,
        assistants=assistants,
    )


def _listed(value: Any) -> list[str]:
    """A list out of a JSON column, which comes as text."""
    found: list[str] = json.loads(value) if isinstance(value, str) else value
    return found


async def role_bearers(partnership: PartnershipId) -> list[PersonId]:
    """Champions, convener, note taker …: the people whom rules name by what they do."""
    rows = await fetch(
        "SELECT id FROM person WHERE partnership_id = ? AND bears_role = TRUE AND left_at IS NULL", partnership
    )
    return [PersonId(r["id"]) for r in rows]


async def led_by(partnership: PartnershipId, champion: PersonId) -> tuple[Person, ...]:
    """Those of the register whose champion is *champion*."""
    rows = await fetch(
        "SELECT id FROM person WHERE partnership_id = ? AND champion_id = ? AND left_at IS NULL", partnership, champion
    )
    return await people(partnership, [PersonId(r["id"]) for r in rows])


async def by_address(partnership: PartnershipId, address: str) -> Person | None:
    """Whoever of the register has *address* (an alias counts)."""
    rows = await fetch(
        "SELECT person_id FROM person_address WHERE partnership_id = ? AND address = ?", partnership, canonical(address)
    )
    found = await people(partnership, [PersonId(rows[0]["person_id"])]) if rows else ()
    return found[0] if found else None


async def known_addresses(partnership: PartnershipId, addresses: Collection[str]) -> set[str]:
    """Those of *addresses* (canonical) that belong to somebody of the register."""
    if not addresses:
        return set()
    some = list(set(addresses))
    known = f"SELECT address FROM person_address WHERE partnership_id = ? AND address IN {marks(some)}"  # noqa: S608 - no values in it
    return {r["address"] for r in await fetch(known, partnership, *some)}


async def save(partnership: PartnershipId, row: PersonRow) -> tuple[PersonId, bool]:
    """Write one person, known by any of the addresses; True when new. Aliases learned before are kept, a dead address stays dead until
    the row gives another as the first. What a list does not say stays; which letter they get stays where the convener decided it."""
    addresses = tuple(dict.fromkeys(canonical(a) for a in row.addresses))
    known = await models.PersonAddress.filter(partnership_id=partnership, address__in=addresses).values_list(
        "person_id", "address"
    )
    owners = {owner for owner, _ in known}
    if len(owners) > 1:
        raise ValueError("these addresses belong to different people in the register")
    organisation = None
    if row.organisation:
        organisation, _ = await models.Organisation.get_or_create(partnership_id=partnership, name=row.organisation)
    facts: dict[str, Any] = {
        "name": row.name,
        "title": row.title,
        "kind": row.kind.value,
        "roles": sorted(r.value for r in row.roles),
        "language": row.language,
        "phone": row.phone,
        "organisation": organisation.id if organisation else None,
    }
    facts = {column: value for column, value in facts.items() if not owners or row.gives(column)}
    if "organisation" in facts:
        facts["organisation_id"] = facts.pop("organisation")
    if "roles" in facts:
        facts["bears_role"] = bool(row.roles)
    facts["left_at"] = None
    before = await models.Person.get(id=min(owners)) if owners else None
    if organisation is not None and organisation.kind and not (before and before.kind_why):
        facts |= {"kind": organisation.kind, "kind_why": organisation.kind_why}
    elif before is not None and before.kind_why:
        facts.pop("kind", None)
    if before is not None:
        person_id = before.id
        await models.Person.filter(id=person_id).update(**facts)
    else:
        person_id = (await models.Person.create(partnership_id=partnership, **facts)).id
    have = {a: i for i, a in await models.PersonAddress.filter(person_id=person_id).values_list("id", "address")}
    rest = [a for a in have if a not in addresses]
    for rank, address in enumerate((*addresses, *rest)):
        if address in have:
            await models.PersonAddress.filter(id=have[address]).update(rank=rank)
        else:
            await models.PersonAddress.create(
                partnership_id=partnership, person_id=person_id, address=address, rank=rank
            )
    if not known:
        await _stopped_before(PersonId(person_id), addresses)
    return PersonId(person_id), not known


async def set_champions(partnership: PartnershipId, champions: Mapping[PersonId, str]) -> tuple[PersonId, ...]:
    """Say who each person's champion is, by address; gives back the people whose champion is not in the register."""
    unknown = []
    for person_id, address in champions.items():
        champion = await by_address(partnership, address) if address else None
        if address and champion is None:
            unknown.append(person_id)
        await models.Person.filter(id=person_id).update(champion_id=champion.id if champion else None)
    return tuple(unknown)


async def decide_kind(persons: Collection[PersonId], kind: PartnerKind, why: str) -> None:
    """Which of the two letters these people get, by the convener's word: no list changes it."""
    await models.Person.filter(id__in=list(persons)).update(kind=kind.value, kind_why=why)


async def decide_organisation(partnership: PartnershipId, name: str, kind: PartnerKind, why: str) -> list[PersonId]:
    """The same for all people of an organisation, those who come later too; gives those of now."""
    found = models.Organisation.filter(partnership_id=partnership, name=name)
    await found.update(kind=kind.value, kind_why=why)
    ids = [int(i) for i in await models.column(found, "id")]
    persons = [PersonId(int(i)) for i in await models.column(models.Person.filter(organisation_id__in=ids), "id")]
    await decide_kind(persons, kind, why)
    return persons


async def decided(partnership: PartnershipId) -> dict[PersonId, str]:
    """Why somebody gets the letter they get, where the convener decided between two."""
    rows = await fetch(
        "SELECT id, kind_why FROM person WHERE partnership_id = ? AND kind_why <> '' AND left_at IS NULL", partnership
    )
    return {PersonId(r["id"]): r["kind_why"] for r in rows}


async def take_out(person: PersonId, now: datetime) -> bool:
    """Out of the register again, as if never taken in. Whoever was written to already leaves a row behind; False then."""
    if await models.Outbox.filter(person_id=person, sent_at__not_isnull=True).exists():
        await models.Person.filter(id=person).update(left_at=now)
        await models.PersonAddress.filter(person_id=person).delete()
        return False
    await models.Person.filter(id=person).delete()
    return True


async def put_back(before: Person, why: str) -> None:
    """*before* as it was, with the addresses of then, after a list has changed it."""
    row = PersonRow(
        name=before.name, addresses=before.addresses, organisation=before.organisation, title=before.title, kind=before.kind, roles=before.roles,
        language=before.language, phone=before.phone,
    )  # fmt: skip
    await models.PersonAddress.filter(person_id=before.id).exclude(address__in=list(before.addresses)).delete()
    await models.Person.filter(id=before.id).update(kind_why="")
    await save(before.partnership_id, row)
    await models.Person.filter(id=before.id).update(champion_id=before.champion, kind=before.kind.value, kind_why=why)


async def give_role(person: PersonId, roles: Collection[Role]) -> None:
    """Say which roles *person* has."""
    await models.Person.filter(id=person).update(roles=sorted(r.value for r in roles), bears_role=bool(roles))


async def leave(person: PersonId, now: datetime) -> None:
    """Take *person* off the register; what is known of them stays while something refers to it. A people file may bring them back."""
    await models.Person.filter(id=person, left_at=None).update(left_at=now)


async def learn_alias(person: PersonId, partnership: PartnershipId, address: str) -> None:
    """From now on *address* speaks for *person*."""
    rank = await models.PersonAddress.filter(person_id=person).count()
    await models.PersonAddress.get_or_create(
        partnership_id=partnership, address=canonical(address), defaults={"person_id": person, "rank": rank}
    )


async def write_to(partnership: PartnershipId, person: PersonId, address: str) -> bool:
    """From now on *person* is written to at *address*; False where it belongs to somebody else."""
    wanted = canonical(address)
    owner = await models.PersonAddress.get_or_none(partnership_id=partnership, address=wanted)
    if owner is not None and owner.person_id != person:  # type: ignore[attr-defined]
        return False
    await models.PersonAddress.filter(person_id=person).update(rank=F("rank") + 1)
    if owner is None:
        await models.PersonAddress.create(partnership_id=partnership, person_id=person, address=wanted, rank=0)
    else:
        await models.PersonAddress.filter(id=owner.id).update(rank=0, dead_at=None, dead_reason="")
    return True


async def mark_dead(partnership: PartnershipId, address: str, reason: str, now: datetime) -> bool:
    """Never write to *address* again; False when it was dead already or is nobody's."""
    return bool(
        await models.PersonAddress.filter(partnership_id=partnership, address=canonical(address), dead_at=None).update(
            dead_at=now, dead_reason=reason[:1000]
        )
    )


async def revive(partnership: PartnershipId, addresses: Iterable[str]) -> None:
    """The convener says that these addresses are good after all."""
    await models.PersonAddress.filter(partnership_id=partnership, address__in=[canonical(a) for a in addresses]).update(
        dead_at=None, dead_reason=""
    )


async def let_answer(partnership: PartnershipId, person: PersonId, address: str) -> None:
    """From now on whoever writes from *address* may answer for *person*; nothing is sent there."""
    await models.AnswersFor.get_or_create(partnership_id=partnership, person_id=person, address=canonical(address))


async def note_away(person: PersonId, until: datetime) -> None:
    await models.Person.filter(id=person).update(away_until=until)


PARTNERSHIP, EVERYTHING, COMPLAINT = "partnership", "everything", "complaint"
"""What a person wants to hear no more of. The last two leave nothing out, not even news of a meeting they wanted to come to."""


async def note_stop(person: PersonId, now: datetime, what: str = PARTNERSHIP) -> None:
    """Asked not to be written to by this partnership. A wider wish takes the place of a narrower one."""
    await models.Person.filter(id=person, stopped_at=None).update(stopped_at=now, stopped_for=what)
    if what != PARTNERSHIP:
        await models.Person.filter(id=person).update(stopped_for=what)


async def note_stop_everywhere(addresses: Iterable[str], now: datetime) -> None:
    """Asked not to be written to ever again: by no partnership here, nor by one that has these addresses later."""
    wanted = [canonical(a) for a in addresses]
    for address in wanted:
        await models.StoppedAddress.get_or_create(digest=digest(address), defaults={"at": now})
    for person in set(await models.column(models.PersonAddress.filter(address__in=wanted), "person_id")):
        await note_stop(PersonId(int(str(person))), now, EVERYTHING)


async def note_meeting_stop(invitation: InvitationId, now: datetime) -> None:
    """Asked to hear nothing more about one meeting."""
    await models.Invitation.filter(id=invitation, stopped_at=None).update(stopped_at=now)


async def write_again(partnership: PartnershipId, person: PersonId) -> bool:
    """Takes back every wish not to be written to; False where there was none. Other partnerships keep theirs."""
    addresses = await models.column(
        models.PersonAddress.filter(person_id=person, partnership_id=partnership), "address"
    )
    await models.StoppedAddress.filter(digest__in=[digest(str(a)) for a in addresses]).delete()
    meetings = await models.Invitation.filter(person_id=person, stopped_at__not_isnull=True).update(stopped_at=None)
    stopped = models.Person.filter(id=person, partnership_id=partnership, stopped_at__not_isnull=True)
    return bool(await stopped.update(stopped_at=None, stopped_for="")) or bool(meetings)


def digest(address: str) -> str:
    """All that is kept of an address whose owner wants nothing kept."""
    return hashlib.sha256(address.encode()).hexdigest()


async def _stopped_before(person: PersonId, addresses: Iterable[str]) -> None:
    """A new row for somebody who wants no mail from any partnership keeps that wish."""
    row = await models.StoppedAddress.filter(digest__in=[digest(a) for a in addresses]).first()
    if row is not None:
        await note_stop(person, row.at, EVERYTHING)
