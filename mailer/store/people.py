"""Load and save partnerships, organisations and persons.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from tortoise.expressions import F

from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.register import PersonRow
from mailer.store import models
from mailer.store.statement import fetch, in_order, instant, marks, write
from mailer.terms import InvitationId, PartnershipId, PersonId, canonical

T = TypeVar("T")


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
    found = await people(partnership, list((await owners_of(partnership, [address])).values()))
    return found[0] if found else None


async def save(partnership: PartnershipId, row: PersonRow) -> tuple[PersonId, bool]:
    """Write one person, known by any of the addresses; True when new. Aliases learned before are kept, a dead address stays dead until
    the row gives another as the first. What a list does not say stays; which letter they get stays where the convener decided it."""
    return (await save_all(partnership, [row]))[0]


async def save_all(partnership: PartnershipId, rows: Sequence[PersonRow]) -> list[tuple[PersonId, bool]]:
    """The same for many, in their order, with few statements. Nobody may stand in two of *rows*."""
    every = [tuple(dict.fromkeys(canonical(a) for a in row.addresses)) for row in rows]
    wanted = [a for addresses in every for a in addresses]
    owner = await owners_of(partnership, wanted)
    owners = [{owner[a] for a in addresses if a in owner} for addresses in every]
    if any(len(found) > 1 for found in owners):
        raise ValueError("these addresses belong to different people in the register")
    known = [min(found) if found else None for found in owners]
    before = await _rows_of([i for i in known if i is not None])
    firms = await _organisations(partnership, [row.organisation for row in rows if row.organisation])
    written = [
        _facts(row, before[ident] if ident is not None else None, firms.get(row.organisation))
        for row, ident in zip(rows, known, strict=True)
    ]
    await write(
        f"UPDATE person SET {', '.join(f'{c} = ?' for c in _COLUMNS)} WHERE id = ?",  # noqa: S608 - names of ours
        [(*facts, ident) for facts, ident in zip(written, known, strict=True) if ident is not None],
    )
    fresh = iter(await _new_persons(partnership, [f for f, i in zip(written, known, strict=True) if i is None]))
    idents = [i if i is not None else next(fresh) for i in known]
    await _rank(partnership, list(zip(idents, every, strict=True)))
    new = {a: PersonId(i) for i, k, addresses in zip(idents, known, every, strict=True) if k is None for a in addresses}
    await _stopped_before(new)
    return [(PersonId(i), k is None) for i, k in zip(idents, known, strict=True)]


_COLUMNS = (
    "name", "title", "kind", "roles", "language", "phone", "organisation_id", "bears_role", "kind_why", "left_at",
)  # fmt: skip
_AT_ONCE = 300


def batched(values: Sequence[T]) -> list[Sequence[T]]:
    """In pieces, for databases take a limited number of values in one statement."""
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]


def _facts(row: PersonRow, before: Mapping[str, Any] | None, firm: tuple[int, str, str] | None) -> tuple[object, ...]:
    """What is written of *row*, in the order of `_COLUMNS`."""

    def said(column: str, value: object, key: str = "") -> object:
        return value if before is None or row.gives(column) else before[key or column]

    kind: object = said("kind", row.kind.value)
    why = before["kind_why"] if before is not None else ""
    if firm is not None and firm[1] and not why:
        kind, why = firm[1], firm[2]
    elif before is not None and why:
        kind = before["kind"]
    roles = sorted(r.value for r in row.roles)
    return (
        row.name if before is None or row.gives("name") else before["name"],
        said("title", row.title), kind, said("roles", json.dumps(roles)), said("language", row.language), said("phone", row.phone),
        said("organisation", firm[0] if firm is not None else None, "organisation_id"),
        said("roles", bool(roles), "bears_role"), why, None,
    )  # fmt: skip


async def _rows_of(idents: Sequence[int]) -> dict[int, dict[str, Any]]:
    columns = ", ".join(("id", *_COLUMNS))
    found: dict[int, dict[str, Any]] = {}
    for some in batched(list(dict.fromkeys(idents))):
        rows = await fetch(f"SELECT {columns} FROM person WHERE id IN {marks(some)}", *some)  # noqa: S608 - names of ours
        found |= {int(r["id"]): dict(r) for r in rows}
    for one in found.values():
        one["roles"] = json.dumps(_listed(one["roles"]))
        one["bears_role"] = bool(one["bears_role"])
    return found


async def _organisations(partnership: PartnershipId, names: Sequence[str]) -> dict[str, tuple[int, str, str]]:
    """(id, kind that was decided for all its people, why) of each, made where it is new."""
    wanted = list(dict.fromkeys(names))
    await write(
        "INSERT INTO organisation (partnership_id, name, kind, kind_why) VALUES (?, ?, '', '') ON CONFLICT DO NOTHING",
        [(partnership, name) for name in wanted],
    )
    found: dict[str, tuple[int, str, str]] = {}
    for some in batched(wanted):
        rows = await fetch(
            f"SELECT id, name, kind, kind_why FROM organisation WHERE partnership_id = ? AND name IN {marks(some)}",  # noqa: S608
            partnership, *some,
        )  # fmt: skip
        found |= {r["name"]: (int(r["id"]), r["kind"], r["kind_why"]) for r in rows}
    return found


async def _new_persons(partnership: PartnershipId, written: Sequence[tuple[object, ...]]) -> list[int]:
    """Enter them; gives their ids, in order."""
    columns = ("partnership_id", "stopped_for", *_COLUMNS)
    idents: list[int] = []
    for some in batched(written):
        values = ", ".join([marks(columns)] * len(some))
        rows = await fetch(
            f"INSERT INTO person ({', '.join(columns)}) VALUES {values} RETURNING id, name",  # noqa: S608 - names of ours
            *[value for facts in some for value in (partnership, "", *facts)],
        )
        rows.sort(key=lambda r: int(r["id"]))
        if [r["name"] for r in rows] != [facts[0] for facts in some]:
            raise RuntimeError("the database gave ids in another order than the rows")
        idents += [int(r["id"]) for r in rows]
    return idents


async def _rank(partnership: PartnershipId, wanted: Sequence[tuple[int, tuple[str, ...]]]) -> None:
    """The addresses of each, the one to write to first; those that were known beside them come after."""
    have: dict[int, dict[str, tuple[int, int]]] = {}
    for some in batched([ident for ident, _ in wanted]):
        rows = await fetch(
            f"SELECT id, person_id, address, rank FROM person_address WHERE person_id IN {marks(some)} ORDER BY rank, id",  # noqa: S608
            *some,
        )
        for r in rows:
            have.setdefault(int(r["person_id"]), {})[r["address"]] = (int(r["id"]), int(r["rank"]))
    moved: list[tuple[object, ...]] = []
    new: list[tuple[object, ...]] = []
    for ident, addresses in wanted:
        own = have.get(ident, {})
        for rank, address in enumerate((*addresses, *(a for a in own if a not in addresses))):
            if address not in own:
                new.append((partnership, ident, address, rank, ""))
            elif own[address][1] != rank:
                moved.append((rank, own[address][0]))
    await write("UPDATE person_address SET rank = ? WHERE id = ?", moved)
    await write(
        "INSERT INTO person_address (partnership_id, person_id, address, rank, dead_reason) VALUES (?, ?, ?, ?, ?)", new
    )


async def set_champions(partnership: PartnershipId, champions: Mapping[PersonId, str]) -> tuple[PersonId, ...]:
    """Say who each person's champion is, by address; gives back the people whose champion is not in the register."""
    owners = await owners_of(partnership, [a for a in champions.values() if a])
    found = {person: owners.get(canonical(address)) if address else None for person, address in champions.items()}
    await write("UPDATE person SET champion_id = ? WHERE id = ?", [(champion, p) for p, champion in found.items()])
    return tuple(p for p, champion in found.items() if champions[p] and champion is None)


async def owners_of(partnership: PartnershipId, addresses: Collection[str]) -> dict[str, PersonId]:
    """Whose these addresses are, by canonical address; those that are nobody's are left out."""
    found: dict[str, PersonId] = {}
    for some in batched(list({canonical(a) for a in addresses})):
        rows = await fetch(
            f"SELECT address, person_id FROM person_address WHERE partnership_id = ? AND address IN {marks(some)}",  # noqa: S608
            partnership, *some,
        )  # fmt: skip
        found |= {r["address"]: PersonId(r["person_id"]) for r in rows}
    return found


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


async def left(partnership: PartnershipId) -> dict[PersonId, datetime]:
    """Who was taken off the register, and when."""
    rows = await fetch("SELECT id, left_at FROM person WHERE partnership_id = ? AND left_at IS NOT NULL", partnership)
    return {PersonId(r["id"]): at for r in rows if (at := instant(r["left_at"])) is not None}


async def take_out(persons: Sequence[PersonId], now: datetime) -> int:
    """Out of the register again, as if never taken in. Whoever was written to already leaves a row behind; gives how many those are."""
    stays = 0
    for some in batched(persons):
        wrote = models.Outbox.filter(person_id__in=list(some), sent_at__not_isnull=True)
        written = {PersonId(int(i)) for i in await models.column(wrote, "person_id")}
        await models.Person.filter(id__in=list(written)).update(left_at=now)
        await models.PersonAddress.filter(person_id__in=list(written)).delete()
        await models.Person.filter(id__in=[i for i in some if i not in written]).delete()
        stays += len(written)
    return stays


async def put_back(partnership: PartnershipId, before: Sequence[tuple[Person, str]]) -> None:
    """Each as it was, with the addresses of then and why this kind, after a list has changed it."""
    rows = [
        PersonRow(
            name=p.name, addresses=p.addresses, organisation=p.organisation, title=p.title, kind=p.kind, roles=p.roles, language=p.language,
            phone=p.phone,
        )
        for p, _ in before
    ]  # fmt: skip
    for some in batched(before):
        ids = [p.id for p, _ in some]
        kept = [a for p, _ in some for a in p.addresses]
        await models.PersonAddress.filter(person_id__in=ids).exclude(address__in=kept).delete()
        await models.Person.filter(id__in=ids).update(kind_why="")
    await save_all(partnership, rows)
    await write(
        "UPDATE person SET champion_id = ?, kind = ?, kind_why = ? WHERE id = ?",
        [(p.champion, p.kind.value, why, p.id) for p, why in before],
    )


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
    await let_answer_all(partnership, [(person, address)])


async def let_answer_all(partnership: PartnershipId, pairs: Iterable[tuple[PersonId, str]]) -> None:
    """The same for many."""
    await write(
        "INSERT INTO answers_for (partnership_id, person_id, address) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(partnership, person, canonical(address)) for person, address in pairs],
    )


async def let_answer_no_more(pairs: Iterable[tuple[PersonId, str]]) -> None:
    """Take that back."""
    await write("DELETE FROM answers_for WHERE person_id = ? AND address = ?", list(pairs))


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


async def _stopped_before(new: Mapping[str, PersonId]) -> None:
    """Who is new here, and wants no mail from any partnership, keeps that wish. *new*: by address."""
    digests = {digest(address): person for address, person in new.items()}
    for some in batched(list(digests)):
        for row in await fetch(f"SELECT digest, at FROM stopped_address WHERE digest IN {marks(some)}", *some):  # noqa: S608
            at = instant(row["at"])
            assert at is not None
            await note_stop(digests[row["digest"]], at, EVERYTHING)
