"""convener people: the register."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import (
    console,
    content_of,
    fail,
    in_office,
    in_store,
    print_json,
    print_problems,
    table,
    write_into,
)
from mailer.partnership.people import Person
from mailer.terms import PartnershipId, PersonId

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.partnership.people import PartnerKind
    from mailer.pipeline.hand.register import Imported

app = typer.Typer(help="The people of the partnership: import, list, forget, export.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(help="A workbook (.xlsx), a spreadsheet saved as CSV, or address cards (.vcf).")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Where the rows go that were not taken (default: beside the file).")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last import back.")] = False,
) -> None:
    """Bring a list into the register. Repeatable: known people are brought up to date, nobody is removed. Rows that are not taken are
    written into a file for the same spreadsheet, each with the reason."""
    from mailer.pipeline.hand.register import import_people, take_back

    if undo:

        async def back(_: PartnershipSettings, office: Any) -> str:
            return await take_back(office, None, datetime.now(UTC))

        console.print(in_office(back), markup=False)
        return
    if file is None:
        raise fail("Which file? convener people import FILE", 2)
    content = content_of(file)

    async def work(settings: PartnershipSettings, office: Any) -> Imported:
        master = settings.people is not None and settings.people.resolve() == file.resolve()
        return await import_people(office, file.name, content, datetime.now(UTC), master=master)

    done = in_office(work)
    print_problems(done.problems)
    console.print(f"{done.new} new, {done.known} brought up to date, {done.left_out} left out.")
    if done.rest is not None:
        into = rejected or file.with_name(done.rest_name)
        write_into(into, done.rest)
        console.print(f"What was left out is in {into}, with the reasons. Mend it there and import it.", markup=False)
    if done.left_out:
        raise typer.Exit(1)


@app.command()
def add(
    name: str,
    address: str,
    organisation: Annotated[str, typer.Option("--from", help="Where they work.")] = "",
    kind: Annotated[str, typer.Option(help="business, public partner or support partner.")] = "business",
) -> None:
    """Somebody new. This also takes in again whoever was forgotten."""
    from mailer.partnership.names import ADDRESS
    from mailer.partnership.register import PersonRow
    from mailer.pipeline.hand.register import add_person
    from mailer.terms import canonical

    wanted = _kind(kind)
    if not ADDRESS.fullmatch(address.strip()):
        raise fail(f"“{address}” is no e-mail address.")

    async def work(settings: PartnershipSettings, office: Any) -> Person:
        row = PersonRow(name, (canonical(address),), organisation, kind=wanted, language=settings.language)
        return await add_person(office, row, datetime.now(UTC))

    person = in_office(work)
    console.print(f"{person.name} ({person.address}) is in the register as {person.kind.value}.", markup=False)


@app.command()
def letter(
    who: Annotated[str, typer.Argument(help="An address, or the name of an organisation.")],
    kind: Annotated[str, typer.Argument(help="business, public partner or support partner.")],
    because: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
) -> None:
    """Decide which of the two letters somebody gets, where two fit. It holds for every list that is imported later."""
    from mailer.pipeline.hand.register import decide_letter

    wanted = _kind(kind)

    async def work(_: PartnershipSettings, office: Any) -> str:
        return await decide_letter(office, who, wanted, because, datetime.now(UTC))

    console.print(in_office(work), markup=False)


def _kind(word: str) -> PartnerKind:
    from mailer.partnership.people import PartnerKind

    try:
        return PartnerKind(word.strip().lower())
    except ValueError:
        raise fail(f"I do not know the kind “{word}”. Kinds: {', '.join(k.value for k in PartnerKind)}.", 2) from None


@app.command("list")
def list_(json: bool = False, as_csv: Annotated[bool, typer.Option("--csv", help="As a people file.")] = False) -> None:
    """Everybody in the register."""
    found, whys, mixed = in_store(_people)
    if json:
        print_json([_record(p, found) | {"kind_why": whys.get(p.id, "")} for p in found])
    elif as_csv:
        from mailer.partnership.register import COLUMNS

        out = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore")
        out.writeheader()
        for p in found:
            r = _record(p, found)
            out.writerow(
                {
                    **r,
                    "other emails": " ".join(r["other_emails"]),
                    "roles": ", ".join(r["roles"]),
                    "assistant of": " ".join(r["assistant_of"]),
                }
            )
    else:
        rows = [
            (
                p.name,
                p.address or "no address left",
                p.organisation,
                p.kind.value,
                ", ".join(sorted(p.roles)),
                "; ".join(r for r in (_remark(p), f"decided: {whys[p.id]}" if p.id in whys else "") if r),
            )
            for p in found
        ]
        table(
            "1 person" if len(found) == 1 else f"{len(found)} people",
            ("name", "email", "organisation", "kind", "roles", "remark"),
            rows,
        )
        for sentence in mixed:
            console.print(sentence, markup=False)


async def _people(
    _: Config, __: PartnershipSettings, partnership: PartnershipId
) -> tuple[tuple[Person, ...], dict[PersonId, str], list[str]]:
    from mailer.pipeline.hand.register import undecided
    from mailer.store import people

    mixed = await undecided(partnership)
    return await people.people(partnership), await people.decided(partnership), list(mixed.values())


def _remark(person: Person) -> str:
    if person.stopped_at is not None:
        scope = {"everything": ", by no partnership", "complaint": ", reported our mail as unwanted"}.get(
            person.stopped_for, ""
        )
        return f"asked not to be written to ({person.stopped_at:%d %b %Y}{scope})"
    if person.dead:
        return f"cannot be reached: {', '.join(sorted(person.dead))}"
    return (
        f"away until {person.away_until:%d %b}" if person.away_until and person.away_until > datetime.now(UTC) else ""
    )


def _record(person: Person, everybody: tuple[Person, ...]) -> dict[str, Any]:
    champion = next((p.address for p in everybody if p.id == person.champion), "") if person.champion else ""
    return {
        "name": person.name,
        "email": person.addresses[0] if person.addresses else "",
        "other_emails": list(person.addresses[1:]),
        "organisation": person.organisation,
        "title": person.title,
        "kind": person.kind.value,
        "roles": sorted(person.roles),
        "champion": champion or "",
        "language": person.language,
        "phone": person.phone,
        "dead": sorted(person.dead),
        "stopped_at": person.stopped_at,
        "stopped_for": person.stopped_for,
        "away_until": person.away_until,
        "assistants": sorted(person.assistants),
        "assistant_of": [
            p.addresses[0]
            for p in everybody
            if p.addresses and p.id != person.id and p.assistants & set(person.addresses)
        ],
    }


async def _one(partnership: PartnershipId, address: str) -> PersonId:
    from mailer.errors import MailerError
    from mailer.store import people

    person = await people.by_address(partnership, address)
    if person is None:
        raise MailerError(f"Nobody in the register has the address {address}.")
    return person.id


@app.command()
def forget(address: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Erase a person and everything kept about them. What remains are numbers: how many of which kind came to a meeting."""
    from mailer.pipeline.hand.register import forget_person
    from mailer.store import erasing

    if not yes and not typer.confirm(f"Erase {address} with all answers and mails? This cannot be undone."):
        raise typer.Exit(1)

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> list[str]:
        gone = await forget_person(partnership, address, datetime.now(UTC))
        await erasing.scrub()
        return [*gone.open, *_where_else(settings, gone.name, address)]

    elsewhere = in_store(work)
    console.print(f"{address} is forgotten.", markup=False)
    for sentence in elsewhere:
        console.print(sentence, markup=False)


MOST_SEARCHED = 20_000_000
"""Bytes of a file of the convener's in which a name is looked for."""


def _where_else(settings: PartnershipSettings, name: str, address: str) -> list[str]:
    """Files of the convener that name them, too: those are the convener's to change."""
    folders = {
        settings.rules.parent,
        settings.rules,
        settings.templates,
        *([settings.people.parent] if settings.people else []),
    }
    kinds = {".toml", ".txt", ".md", ".csv", ".tsv", ".vcf", ".xlsx", ".ods", ".zip", ".eml", ".json"}
    files = {p.resolve() for f in folders for p in f.glob("*") if p.suffix.lower() in kinds and p.is_file()}
    wanted = [form.casefold() for form in (name, address)]
    found = []
    for path in sorted(files):
        try:
            text = "" if path.stat().st_size > MOST_SEARCHED else _text_in(path.read_bytes())
        except OSError:
            continue
        if any(form in text for form in wanted):
            found.append(f"{path} names them, too: take them out there.")
    return found


def _text_in(content: bytes) -> str:
    """The words of a file, also of one that is packed, in small letters."""
    pieces = [content]
    if content.startswith(b"PK\x03\x04"):
        # one that cannot be unpacked is searched as it lies there
        troubles = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
        with suppress(*troubles), zipfile.ZipFile(io.BytesIO(content)) as parts:
            pieces = [parts.open(p).read(MOST_SEARCHED) for p in parts.infolist()[:200]]
    return "\n".join(
        p.decode("utf-16" if p[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace").casefold() for p in pieces
    )


@app.command()
def export(
    address: str,
    to: Annotated[Path | None, typer.Option(help="A .zip file: everything as JSON, and the mails themselves.")] = None,
) -> None:
    """Everything kept about a person: theirs to see. As JSON, or with --to as a file to hand over."""
    from mailer.pipeline.hand.register import everything_about
    from mailer.store import records

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> dict[str, Any]:
        return await records.exported(await _one(partnership, address))

    async def whole(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> bytes:
        return await everything_about(partnership, address)

    if to is None:
        print_json(in_store(work))
        return
    write_into(to, in_store(whole))
    console.print(f"Everything kept about {address} is in {to}.", markup=False)


@app.command()
def revive(addresses: list[str]) -> None:
    """Say that addresses which came back as undeliverable are good after all."""
    from mailer.store import people
    from mailer.store.transact import transact

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> None:
        await transact(lambda: people.revive(partnership, addresses))

    in_store(work)
    console.print(f"Written to again from now on: {', '.join(addresses)}.")


@app.command()
def again(address: str) -> None:
    """Write again to somebody who had asked for no more mail, and now wants it."""
    from mailer.store import people
    from mailer.store.transact import transact

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> bool:
        person = await _one(partnership, address)
        return await transact(lambda: people.write_again(partnership, person))

    console.print(f"{address} is written to again." if in_store(work) else f"{address} had not asked for silence.")


@app.command()
def assistant(address: str, of: str) -> None:
    """Say that whoever writes from ADDRESS may answer for the person OF. Nothing is sent there."""
    from mailer.store import people
    from mailer.store.transact import transact

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> None:
        person = await _one(partnership, of)
        await transact(lambda: people.let_answer(partnership, person, address))

    in_store(work)
    console.print(f"{address} may answer for {of} from now on.")
