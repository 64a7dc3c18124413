"""The convener's hand on the register: lists in and taken back, who gets which of the two letters, who is forgotten, what is kept about somebody.

Promises: of a list everything that can be taken is taken, and the rest is given back as a file with a reason for each row; each import is one
          commit and can be taken back. Where somebody stands on two lists that ask for two letters the convener decides, once.
Never:    guesses; brings back somebody who was forgotten. Fails: MailerError with a sentence.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from mailer.errors import MailerError, Problem
from mailer.parse.vcard import is_cards, read_cards
from mailer.partnership.names import read_name, shorter
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.register import PeopleList, PersonRow, read_list, read_table, refused
from mailer.partnership.sheet import Sheet
from mailer.pipeline.due.tick import newcomers
from mailer.pipeline.office import Office
from mailer.store import connection, erasing, imports, log, people, records
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import DocumentId, InboundId, PartnershipId, PersonId, canonical


@dataclass(frozen=True, slots=True)
class Imported:
    """*rest*: the rows that were not taken, as a file for the same spreadsheet; *ident* takes it back."""

    new: int
    known: int
    problems: tuple[Problem, ...] = ()
    rest: bytes | None = None
    rest_name: str = ""
    ident: DocumentId | None = None

    @property
    def left_out(self) -> int:
        return len({p.line for p in self.problems if not p.warning})


def read_any(where: str, content: bytes, language: str) -> PeopleList:
    """A list of people out of a spreadsheet's file or out of address cards."""
    if not is_cards(content):
        return read_list(where, content, default_language=language)
    rows = tuple(
        (
            c.line,
            (
                c.name,
                "; ".join(c.addresses[:1]),
                "; ".join(c.addresses[1:]),
                c.organisation,
                c.title,
                c.language,
                c.phone,
            ),
        )
        for c in read_cards(content)
        if not c.group
    )
    headings = ("name", "email", "other emails", "organisation", "title", "language", "phone")
    return read_table(where, Sheet(headings, rows), default_language=language)


async def import_people(
    office: Office, where: str, content: bytes, now: datetime, *, master: bool = False, source: InboundId | None = None
) -> Imported:
    """Bring a list into the register, repeatable; nobody is removed. *master*: the people file of the configuration, whose word on a kind or
    a name counts; another list that contradicts the register is asked about. *source*: the message it came with."""
    read = read_any(where, content, office.sender.language)
    hand = _Import(office, where, now, master)
    rest_name = f"{PurePath(where).stem or 'people'}-returned.csv"

    async def write() -> tuple[DocumentId | None, bytes | None]:
        await hand.look()
        for row in read.rows:
            hand.take(row)
        await hand.save()
        await hand.tie()
        rest = read.rest(hand.refused)
        if master:
            return None, rest
        if not hand.lines and rest is None:
            return None, None
        kept = rest if source is not None else None  # it goes out with the answer to the mail that the list came with
        if not (hand.fresh or hand.before or hand.answering) and kept is None:
            return None, rest  # what changed nothing does not stand between an earlier list and its way back
        ident = await imports.keep(office.partnership, hand.journal(), rest_name, kept, source, now)
        if hand.lines:
            sentence = f"{where} was imported: {hand.new} new, {len(hand.lines) - hand.new} brought up to date"
            await log.write(office.partnership, LogLine(now, "people", sentence, inbound_id=source))
        return ident, rest

    ident, rest = await transact(write)
    if hand.new:
        await newcomers(office, now)
    problems = tuple(sorted((*read.problems, *hand.problems), key=lambda p: p.line))
    return Imported(hand.new, len(hand.lines) - hand.new, problems, rest, rest_name, ident)


@dataclass
class _Import:
    """One list on its way in (inside `transact`)."""

    office: Office
    where: str
    now: datetime
    master: bool
    new: int = 0
    problems: list[Problem] = field(default_factory=list)
    refused: dict[int, list[str]] = field(default_factory=dict)
    lines: dict[PersonId, PersonRow] = field(default_factory=dict)
    fresh: list[PersonId] = field(default_factory=list)
    before: list[tuple[Person, str]] = field(default_factory=list)
    by_address: dict[str, Person] = field(default_factory=dict)
    by_name: dict[tuple[str, str], Person] = field(default_factory=dict)
    decided: dict[PersonId, str] = field(default_factory=dict)
    barred: dict[str, datetime] = field(default_factory=dict)
    left: dict[PersonId, datetime] = field(default_factory=dict)
    taken: list[PersonRow] = field(default_factory=list)
    answering: list[tuple[PersonId, str]] = field(default_factory=list)

    async def look(self) -> None:
        """The register as it is before: lists are long."""
        partnership = self.office.partnership
        self.decided = await people.decided(partnership)
        self.barred = await erasing.all_barred(partnership)
        self.left = await people.left(partnership)
        for person in (*await people.people(partnership, list(self.left)), *await people.people(partnership)):
            self.by_address |= dict.fromkeys(person.addresses, person)
            if person.organisation and person.addresses and person.id not in self.left:
                self.by_name[person.name.casefold(), person.organisation.casefold()] = person

    def take(self, row: PersonRow) -> None:
        """Take *row*, or say why not."""
        owners = {p.id: p for a in row.addresses if (p := self.by_address.get(a)) is not None}
        one = next(iter(owners.values()), None)
        if self.master:
            gone = "was forgotten" if not owners and self.barred_since(row) is not None else ""
            gone = gone or ("was taken off the list" if one is not None and one.id in self.left else "")
            if gone:
                # no name: what is told here is kept
                told = f"Somebody who {gone} stands in this line; it is left out."
                remedy = "Remove the line. To take them in again: convener people add"
                self.problems.append(Problem(self.where, row.line, told, remedy=remedy, warning=True))
                return
        else:
            row = row.filled()
        if why := self._against(row, list(owners.values())):
            self.refuse(row, *why)
            return
        if one is not None:
            row = self._beside(row, one)
            self.lines[one.id] = row
            same = self.as_known(row, one)
            changes = not same or (row.gives("champion") and not self.has_champion(one.id, row.champion))
            if changes and not self.master:
                self.before.append((one, self.decided.get(one.id, "")))
            if same:
                return
        self.taken.append(row)

    def _beside(self, row: PersonRow, one: Person) -> PersonRow:
        """*row* as far as it may change what is known of *one*; what it may not is told."""
        if Role.CONVENER in one.roles:
            row = replace(row, roles=row.roles | {Role.CONVENER})
        if one.stopped_at is not None and not self.master:
            self.warn(row, f"{one.name} has asked not to be written to; that stays.")
        if not self.master and row.name != one.name:
            if shorter(row.name, one.name):
                self.warn(row, f"{one.name} keeps that name; this list has “{row.name}”.")
                return replace(row, name=one.name)
            self.warn(row, f"{one.name} is called {row.name} from now on.")
        return row

    async def save(self) -> None:
        """Write all that was taken, with few statements."""
        saved = await people.save_all(self.office.partnership, self.taken)
        for row, (ident, fresh) in zip(self.taken, saved, strict=True):
            self.new += fresh
            if fresh:
                self.fresh.append(ident)
            self.lines[ident] = row

    def as_known(self, row: PersonRow, one: Person) -> bool:
        """Does *row* say nothing new? Most rows of a list that is read again do not."""
        said = {
            "organisation": row.organisation == one.organisation, "title": row.title == one.title, "roles": row.roles == one.roles,
            "kind": row.kind is one.kind or one.id in self.decided, "language": row.language == one.language, "phone": row.phone == one.phone,
        }  # fmt: skip
        same = row.name == one.name and row.addresses == one.addresses[: len(row.addresses)]
        return same and all(as_is for column, as_is in said.items() if row.gives(column))

    def barred_since(self, row: PersonRow) -> datetime | None:
        """Since when whoever has one of these addresses is forgotten."""
        found = [people.digest(a) for a in row.addresses] if self.barred else []
        return next((self.barred[d] for d in found if d in self.barred), None)

    def _against(self, row: PersonRow, known: list[Person]) -> tuple[str, str] | None:
        """Why the register speaks against *row*, and what to do."""
        if len(known) > 1:
            names = " and ".join(p.name for p in known)
            return (
                f"these addresses belong to different people in the register: {names}",
                "Keep each person in one row.",
            )
        if own := [a for a in row.addresses if _mailbox_of(a) == _mailbox_of(canonical(self.office.sender.mailbox))]:
            return f"{own[0]} is my own mailbox", "Write the person's own address, or remove the row."
        again = f"To take them in again: convener people add “{row.name}” {row.addresses[0]}"
        if not known and (since := self.barred_since(row)):
            return f"this person was forgotten on {since:%d %B %Y}", again
        if known and (since := self.left.get(known[0].id)):
            return f"{known[0].name} was taken off the list on {since:%d %B %Y}", again
        if not known:
            twin = self.by_name.get((row.name.casefold(), row.organisation.casefold()))
            if twin is not None:
                return (
                    f"{row.name} of {row.organisation} is in the register with {twin.addresses[0]}",
                    "If it is the same person, put both addresses into one row, the one to write to first; if not, tell the names apart.",
                )
            return None
        (one,) = known
        if (twice := self.lines.get(one.id)) is not None:
            return f"this is {one.name}, who stands in line {twice.line} already", "Put all addresses into one row."
        if self.master:
            return None
        if not set(_words(one.name)) & set(_words(row.name)):
            return (
                f"{row.addresses[0]} is {one.name}'s in the register",
                "One address is one person's: find out whose it is.",
            )
        if (
            row.gives("kind")
            and row.kind is not one.kind
            and one.id not in self.decided
            and Role.CONVENER not in one.roles
        ):
            return (
                f"{one.name} is in the register as {one.kind.value}, and in this list as {row.kind.value}",
                f"Decide once which letter they get: convener people letter {one.addresses[0]} “{row.kind.value}” (or “{one.kind.value}”).",
            )
        return None

    def refuse(self, row: PersonRow, why: str, remedy: str) -> None:
        self.problems.append(refused(self.where, row.line, row.name, why, remedy))
        self.refused.setdefault(row.line, []).append(f"{why}. {remedy}".rstrip("."))

    async def tie(self) -> None:
        """Champions and assistants, once everybody is there; both letters in one organisation."""
        partnership = self.office.partnership
        champions = {
            i: r.champion for i, r in self.lines.items() if r.gives("champion") and not self.has_champion(i, r.champion)
        }
        for ident in await people.set_champions(partnership, champions):
            row = self.lines[ident]
            self.warn(row, f"The champion {row.champion} is not in the register.")
        await self._assist()
        mixed = await undecided(partnership)
        for row in self.lines.values():
            if sentence := mixed.pop(row.organisation, ""):
                self.warn(row, sentence)

    def has_champion(self, ident: PersonId, address: str) -> bool:
        one = next((p for a in self.lines[ident].addresses if (p := self.by_address.get(a)) is not None), None)
        champion = self.by_address.get(address)
        return (
            one is not None
            and one.champion == (champion.id if champion else None)
            and (champion is not None or not address)
        )

    async def _assist(self) -> None:
        """Let whoever a row names answer for the people under "assistant of"."""
        partnership = self.office.partnership
        bosses = await people.owners_of(partnership, {b for row in self.lines.values() for b in row.assistant_of})
        answer = {p.id: p.assistants for p in self.by_address.values()}
        pairs: list[tuple[PersonId, str]] = []
        for ident, row in self.lines.items():
            for boss in row.assistant_of:
                person = bosses.get(boss)
                if person is None or person == ident:
                    why = "is not in the register" if person is None else "is the same person"
                    self.warn(row, f"{row.name} cannot answer for {boss}: that {why}.")
                    continue
                known = answer.get(person, frozenset())
                pairs += [(person, address) for address in row.addresses if address not in known]
        await people.let_answer_all(partnership, pairs)
        self.answering = pairs

    def warn(self, row: PersonRow, sentence: str) -> None:
        self.problems.append(Problem(self.where, row.line, sentence, context=row.name, warning=True))

    def journal(self) -> dict[str, Any]:
        """What takes it back."""
        return {
            "new": self.fresh, "before": [_told(p, why) for p, why in self.before], "answering": [list(pair) for pair in self.answering],
        }  # fmt: skip


def _words(name: str) -> list[str]:
    return [w for w in name.casefold().replace(",", " ").replace(".", " ").split() if len(w) > 1]


def _mailbox_of(address: str) -> str:
    """*address* without what stands behind "+"."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _told(person: Person, why: str) -> dict[str, Any]:
    return {
        "id": person.id, "name": person.name, "addresses": list(person.addresses), "organisation": person.organisation, "title": person.title,
        "kind": person.kind.value, "roles": sorted(r.value for r in person.roles), "language": person.language, "phone": person.phone,
        "champion": person.champion, "why": why,
    }  # fmt: skip


def _untold(partnership: PartnershipId, d: Mapping[str, Any]) -> Person:
    return Person(
        PersonId(d["id"]), partnership, d["name"], tuple(d["addresses"]), d["organisation"], d["title"], PartnerKind(d["kind"]),
        frozenset(Role(r) for r in d["roles"]), d["language"], d["phone"], PersonId(d["champion"]) if d["champion"] else None,
    )  # fmt: skip


async def take_back(office: Office, ident: int | None, now: datetime) -> str:
    """Take back an import: the last, or the one called *ident*."""
    found = await imports.journal(office.partnership, ident)
    if found is None:
        raise MailerError("There is no import that could be taken back.")
    which, done = found

    async def write() -> str:
        here = {p.id for p in await people.people(office.partnership)}
        new = [PersonId(i) for i in done.get("new", ()) if i in here]
        stays = await people.take_out(new, now)
        changed = [b for b in done.get("before", ()) if b["id"] in here]
        await people.put_back(office.partnership, [(_untold(office.partnership, b), b["why"]) for b in changed])
        await people.let_answer_no_more([(PersonId(p), address) for p, address in done.get("answering", ())])
        gone, back = len(new) - stays, len(changed)
        await imports.undone(which, now)
        told = f"The import is taken back: {gone + stays} who came with it are out of the register, {back} are as they were before."
        if stays:
            told += f" {stays} of them had mail from us already; nothing more is sent to them."
        await log.write(office.partnership, LogLine(now, "people", told))
        return told

    return await transact(write)


async def add_person(office: Office, row: PersonRow, now: datetime) -> Person:
    """Somebody new, by the convener's word; also somebody who was forgotten, or taken off the list."""
    name, _ = read_name(row.name)
    row = replace(row, name=name)
    known = await people.by_address(office.partnership, row.addresses[0])
    if known is not None and known.id not in await people.left(office.partnership):
        raise MailerError(f"{row.addresses[0]} is in the register already: {known.name}.")

    async def write() -> PersonId:
        await erasing.unbar(office.partnership, row.addresses)
        ident, _ = await people.save(office.partnership, row)
        await log.write(
            office.partnership, LogLine(now, "people", f"{row.name} was added to the register", person_id=ident)
        )
        return ident

    ident = await transact(write)
    await newcomers(office, now)
    return (await people.people(office.partnership, [ident]))[0]


# the two letters --------------------------------------------------------------------------------------------------------------


async def undecided(partnership: PartnershipId) -> dict[str, str]:
    """Organisations whose people get different letters, each with a sentence, where the convener has not decided."""
    decided = await people.decided(partnership)
    found: dict[str, dict[PartnerKind, list[Person]]] = {}
    for person in await people.people(partnership):
        if person.organisation and person.id not in decided and person.kind is not PartnerKind.SUPPORT_PARTNER:
            found.setdefault(person.organisation, {}).setdefault(person.kind, []).append(person)
    return {
        organisation: f"{organisation} gets both letters: "
        + ", ".join(f"{', '.join(p.name for p in those[:3])} as {kind.value}" for kind, those in sorted(kinds.items()))
        + f". If one letter is right for all: convener people letter “{organisation}” “public partner” (or “business”)."
        for organisation, kinds in found.items()
        if len(kinds) > 1
    }


async def decide_letter(office: Office, who: str, kind: PartnerKind, why: str, now: datetime) -> str:
    """Which letter a person (an address) or an organisation (its name) gets, once and for all lists to come."""
    partnership = office.partnership
    because = why.strip().rstrip(".") or "the convener decided so"

    async def write() -> str:
        if "@" in who:
            person = await people.by_address(partnership, who)
            if person is None:
                raise MailerError(f"Nobody in the register has the address {who}.")
            await people.decide_kind([person.id], kind, because)
            sentence, ident = f"{person.name} gets {_letter(kind)}, because {because}", person.id
        else:
            ids = await people.decide_organisation(partnership, who, kind, because)
            if not ids:
                raise MailerError(f"There is no organisation called {who} in the register.")
            sentence, ident = (
                f"{who} gets {_letter(kind)}, because {because} ({_count(len(ids), 'person', 'people')})",
                None,
            )
        await log.write(partnership, LogLine(now, "letter", sentence, person_id=ident))
        return sentence + "."

    return await transact(write)


async def letters_told(partnership: PartnershipId) -> list[str]:
    """Who gets which letter by the convener's word, and what is not decided yet: for the list of people and for the preview."""
    whys = await people.decided(partnership)
    persons = await people.people(partnership, list(whys)) if whys else ()
    lines: dict[str, None] = {}
    for p in persons:
        lines[f"{p.organisation or p.name} gets {_letter(p.kind)}, because {whys[p.id]}."] = None
    return [*lines, *(await undecided(partnership)).values()]


def _letter(kind: PartnerKind) -> str:
    return {
        PartnerKind.BUSINESS: "the businesses' letter",
        PartnerKind.PUBLIC_PARTNER: "the public partners' letter",
    }.get(kind, "the support partners' letter")


# rights -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gone:
    """*name*: who it was, to be told once and never kept. *open*: what they leave behind, in sentences without a name."""

    name: str
    open: tuple[str, ...] = ()


async def forget_person(partnership: PartnershipId, address: str, now: datetime) -> Gone:
    """Erase whoever has *address*."""
    person = await people.by_address(partnership, canonical(address))
    if person is None:
        raise MailerError(f"Nobody in the register has the address {address}.")

    async def write() -> erasing.LeftOpen:
        left = await erasing.forget(partnership, person.id, now)
        await log.write(partnership, LogLine(now, "forgotten", "somebody was forgotten, by the convener's word"))
        return left

    return Gone(person.name, tuple(_left_open(await transact(write))))


def _left_open(left: erasing.LeftOpen) -> list[str]:
    told = []
    if left.items:
        told.append(
            f"Without an owner now: action {'item' if len(left.items) == 1 else 'items'} {', '.join(map(str, left.items))}."
        )
    if left.teams:
        told.append(f"Without a lead now: {', '.join(left.teams)}.")
    if left.peers:
        told.append(f"Without a champion now: {_count(left.peers, 'person', 'people')}.")
    if left.letters:
        told.append(f"{_count(left.letters, 'letter')} in that name will not leave without your word: see “waiting”.")
    if left.files:
        told.append(f"Files that others sent name them, and are left as they are: {', '.join(left.files)}.")
    if beside := connection.copies():
        told.append(
            f"Copies of the database from before an update still have them: {', '.join(p.name for p in beside)}. "
            "Each goes by itself 30 days after it was made; delete them now if that is too late."
        )
    return told


def _count(n: int, one: str, more: str = "") -> str:
    return f"{n} {one if n == 1 else more or one + 's'}"


async def everything_about(partnership: PartnershipId, address: str) -> bytes:
    """All that is kept about whoever has *address*: a zip with everything.json and the mails."""
    person = await people.by_address(partnership, canonical(address))
    if person is None:
        raise MailerError(f"Nobody in the register has the address {address}.")
    data = await records.exported(person.id)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(data, ensure_ascii=False, indent=2, default=_plain))
        for name, raw in await records.mails_of(person.id):
            archive.writestr(f"mails/{name}", raw)
    return made.getvalue()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
