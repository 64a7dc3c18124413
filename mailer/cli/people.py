"""convener people: the register."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, fail, in_office, in_store, print_json, print_problems, table
from mailer.partnership.people import Person
from mailer.terms import PartnershipId, PersonId

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings

app = typer.Typer(help="The people of the partnership: import, list, forget, export.", no_args_is_help=True)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A CSV file, as a spreadsheet saves it.")]) -> None:
    """Bring a people file into the register. Repeatable: known people are brought up to date, nobody is removed."""
    from mailer.pipeline.opening import import_people

    try:
        content = file.read_bytes()
    except OSError as exc:
        raise fail(f"{file} cannot be read: {exc.strerror}.") from exc

    async def work(_: PartnershipSettings, office: Any) -> tuple[int, int, tuple[Any, ...]]:
        return await import_people(office, file.name, content, datetime.now(UTC))

    new, known, problems = in_office(work)
    print_problems(problems)
    refused = len({(p.where, p.line) for p in problems if not p.warning})
    console.print(f"{new} new, {known} brought up to date, {refused} left out.")
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_(json: bool = False, as_csv: Annotated[bool, typer.Option("--csv", help="As a people file.")] = False) -> None:
    """Everybody in the register."""
    found = in_store(_people)
    if json:
        print_json([_record(p, found) for p in found])
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
                _remark(p),
            )
            for p in found
        ]
        table(f"{len(found)} people", ("name", "email", "organisation", "kind", "roles", "remark"), rows)


async def _people(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> tuple[Person, ...]:
    from mailer.store import people

    return await people.people(partnership)


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
    """Erase a person and everything kept about them."""
    from mailer.store import people
    from mailer.store.transact import transact

    if not yes and not typer.confirm(f"Erase {address} with all answers and mails? This cannot be undone."):
        raise typer.Exit(1)

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> None:
        person = await _one(partnership, address)
        await transact(lambda: people.forget(partnership, person))

    in_store(work)
    console.print(
        f"{address} is forgotten. Remove the row from the people file too, or the next import brings it back."
    )


@app.command()
def export(address: str) -> None:
    """Everything kept about a person, as JSON: theirs to see."""
    from mailer.store import people

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> dict[str, Any]:
        return await people.exported(await _one(partnership, address))

    print_json(in_store(work))


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
