"""Who belongs to the partnership, as others propose it: champions who look over a list, partners who name somebody, candidates who say yes.

A proposal is a line with ">" in the reason of the message that brought it, written here and read here again:

    > take off: bob@acme.example (Bob Brown, Acme)     > add: Ann Lee <ann@acme.example> from Acme as business for jane@smith.example
    > champion: ann@acme.example (Ann Lee)

Promises: nothing of it is done without the convener's word; one word does all of a message's lines, in one commit.
Fails:    MailerError, with a sentence, where somebody else was faster.
"""

import re
from datetime import datetime

from mailer.errors import MailerError
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.register import PersonRow
from mailer.pipeline.due import tick
from mailer.pipeline.office import Office
from mailer.store import erasing, inbound, log, people
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import InboundId, canonical
from mailer.understand.asks.roster import ListChanges

PROPOSED = "REGISTER"
"""Marks a message whose lines wait for the convener."""

_OFF = re.compile(r"> take off: (?P<address>\S{3,320}) \(.{0,600}\)")
_ADD = re.compile(
    r"> add: (?P<name>[^<>]{2,200}) <(?P<address>[^\s<>]{3,320})>(?: from (?P<organisation>.{1,300}?))? as "
    r"(?P<kind>business|public partner|support partner)(?: for (?P<champion>\S{3,320}))?"
)
_CHAMPION = re.compile(r"> champion: (?P<address>\S{3,320}) \(.{0,300}\)")


async def proposals(office: Office, said: ListChanges, author: Person, kind: PartnerKind) -> list[str]:
    """The lines for what *author* says of a list; who is in the register already is not added."""
    off = await people.people(office.partnership, said.drop)
    known = await people.owners_of(office.partnership, [a.address for a in said.add])
    lines = [f"> take off: {p.addresses[0]} ({_named(p)})" for p in off if p.addresses]
    champion = f" for {author.addresses[0]}" if author.roles & _CHAMPIONS and kind is PartnerKind.BUSINESS else ""
    for new in said.add:
        if new.address in known:
            lines.append(f"{new.name} <{new.address}> is in the register already")
            continue
        firm = f" from {' '.join(new.organisation.split())}" if new.organisation else ""
        lines.append(f"> add: {' '.join(new.name.split())} <{new.address}>{firm} as {kind.value}{champion}")
    return lines


_CHAMPIONS = frozenset({Role.CHAMPION, Role.LEAD_CHAMPION, Role.CO_CHAIR})


def of_champion(person: Person) -> str:
    """The line for somebody who is willing to be a champion."""
    return f"> champion: {person.addresses[0]} ({person.name})"


def _named(person: Person) -> str:
    return f"{person.name}, {person.organisation}" if person.organisation else person.name


async def decided(office: Office, ident: InboundId, reason: str, yes: bool, now: datetime) -> str:
    """The convener's word on the lines of message *ident*; gives a sentence about what was done."""

    async def write() -> str:
        lines = [line for line in reason.splitlines() if line.startswith("> ")]
        told = [await _do(office, line, now) for line in lines] if yes else ["left as it was"]
        if not await inbound.settle(ident, "; ".join(told), now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        await log.write(office.partnership, LogLine(now, "register", "; ".join(told), inbound_id=ident))
        return "; ".join(told) + "."

    sentence = await transact(write)
    await tick.newcomers(office, now)
    return sentence


async def _do(office: Office, line: str, now: datetime) -> str:
    if found := _OFF.fullmatch(line):
        person = await people.by_address(office.partnership, found["address"])
        if person is None:
            return f"{found['address']} is not in the register any more"
        await people.leave(person.id, now)
        return f"{person.name} is off the list (if you keep a people file, take the row out there too)"
    if found := _ADD.fullmatch(line):
        row = PersonRow(
            name=found["name"], addresses=(canonical(found["address"]),), organisation=found["organisation"] or "",
            kind=PartnerKind(found["kind"]), language=office.sender.language,
        )  # fmt: skip
        known = await people.by_address(office.partnership, found["address"])
        if known is not None:
            return f"{known.name} is in the register already"
        if refused := await erasing.refusal(office.partnership, row.name, row.addresses):
            return refused
        ident, _ = await people.save(office.partnership, row)
        if found["champion"]:
            await people.set_champions(office.partnership, {ident: found["champion"]})
        return f"{row.name} <{row.addresses[0]}> is in the register as {row.kind.value}"
    if found := _CHAMPION.fullmatch(line):
        person = await people.by_address(office.partnership, found["address"])
        if person is None:
            return f"{found['address']} is not in the register any more"
        await people.give_role(person.id, (person.roles - {Role.CANDIDATE}) | {Role.CHAMPION})
        return f"{person.name} is a champion"
    return f"“{line[:100]}” could not be done"


async def not_a_candidate(person: Person) -> None:
    """Who has said no is not asked again (inside `transact`)."""
    await people.give_role(person.id, person.roles - {Role.CANDIDATE})
