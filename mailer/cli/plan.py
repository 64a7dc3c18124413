"""convener plan …: the action plan, its items and teams."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, content_of, fail, in_office, in_store, print_json, print_problems, table
from mailer.errors import MailerError

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.terms import PartnershipId

app = typer.Typer(help="The action plan: priorities, teams, items.", no_args_is_help=True)

Due = Annotated[str | None, typer.Option("--due", help="The day it is due, such as 2026-05-03.")]
Owner = Annotated[str | None, typer.Option(help="Who promised it: an address or a name of the register.")]
Team = Annotated[str | None, typer.Option(help="Which action team.")]
Priority = Annotated[str | None, typer.Option(help="Which priority it belongs to.")]
Support = Annotated[str | None, typer.Option(help="The public partner who helps.")]


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Items that are done or dropped too.")] = False,
    json: bool = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As a plan file.")] = False,
) -> None:
    """The items of the plan, under their priorities."""

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> list[dict[str, Any]]:
        from zoneinfo import ZoneInfo

        from mailer.store import people, plan

        found = await plan.items(partnership, open_only=not everything)
        names = {p.id: p for p in await people.people(partnership)}
        today = datetime.now(ZoneInfo(settings.time_zone)).date()
        return [
            {
                "number": i.number,
                "priority": i.priority,
                "team": i.team_name,
                "item": i.text,
                "owner": names[i.owner].name if i.owner in names else "",
                "owner_address": names[i.owner].address if i.owner in names else None,
                "due": i.due,
                "status": i.status.value,
                "overdue": i.overdue(today),
                "help": i.help,
                "support": names[i.support].name if i.support in names else "",
                "moves": i.moves,
            }
            for i in sorted(found, key=lambda i: (i.priority, i.number))
        ]

    rows = in_store(work)
    if json:
        print_json(rows)
    elif as_csv:
        from mailer.pipeline.hand.planning import COLUMNS

        out = csv.DictWriter(sys.stdout, COLUMNS, extrasaction="ignore")
        out.writeheader()
        out.writerows({**r, "owner": r["owner_address"] or r["owner"]} for r in rows)
    else:
        table(
            f"{len(rows)} item{'s' if len(rows) != 1 else ''}",
            ("no", "priority", "item", "owner", "due", "status", "team"),
            [(r["number"], r["priority"], r["item"], r["owner"], r["due"] or "", _status(r), r["team"]) for r in rows],
        )


def _status(row: dict[str, Any]) -> str:
    remarks = [row["status"], *(["overdue"] if row["overdue"] else []), *(["needs help"] if row["help"] else [])]
    return ", ".join(remarks)


@app.command()
def add(
    text: Annotated[str, typer.Argument(help="What is to be done.")],
    owner: Owner = None,
    due: Due = None,
    priority: Priority = None,
    team: Team = None,
    support: Support = None,
) -> None:
    """Add an item."""
    from mailer.pipeline.hand.planning import Wanted, add_item

    wanted = Wanted(text, owner, day_of(due), priority, team, support)
    item = in_office(lambda _, office: add_item(office, wanted, datetime.now(UTC)))
    console.print(f"Item {item.number} was added: {item.text}", markup=False)


@app.command()
def change(
    number: int,
    text: Annotated[str | None, typer.Option("--item", help="What is to be done.")] = None,
    owner: Owner = None,
    due: Due = None,
    priority: Priority = None,
    team: Team = None,
    support: Support = None,
    status: Annotated[str | None, typer.Option(help="open, done or dropped.")] = None,
) -> None:
    """Change what you name of an item; the rest stays."""
    from mailer.partnership.plan import ItemStatus
    from mailer.pipeline.hand.planning import Wanted, change_item

    try:
        state = ItemStatus(status) if status else None
    except ValueError as exc:
        raise fail(f"I do not know the status “{status}”. Write open, done or dropped.") from exc
    wanted = Wanted(text, owner, day_of(due), priority, team, support, state)
    item = in_office(lambda _, office: change_item(office, number, wanted, datetime.now(UTC)))
    console.print(f"Item {item.number}: {item.text}, {item.due or 'no date'}, {item.status.value}", markup=False)


@app.command()
def done(number: int) -> None:
    """An item is finished."""
    from mailer.pipeline.hand.planning import close_item

    item = in_office(lambda _, office: close_item(office, number, datetime.now(UTC)))
    console.print(f"Item {item.number} is done: {item.text}", markup=False)


@app.command()
def show(number: int, json: bool = False) -> None:
    """One item and its history."""

    async def work(_: PartnershipSettings, office: Any) -> tuple[Any, list[dict[str, Any]]]:
        from mailer.pipeline.hand.planning import item_or_error
        from mailer.store import plan

        item = await item_or_error(office, number)
        return item, await plan.history(item.id)

    item, history = in_office(work)
    if json:
        print_json(
            {"number": item.number, "item": item.text, "due": item.due, "status": item.status, "history": history}
        )
        return
    console.print(f"{item.number}. {item.text}", markup=False)
    table("", ("when", "what"), [(h["at"].strftime("%Y-%m-%d %H:%M"), h["sentence"]) for h in history])


@app.command()
def team(
    name: str,
    lead: Annotated[str | None, typer.Option(help="Who leads it: an address or a name of the register.")] = None,
    member: Annotated[list[str] | None, typer.Option(help="Who is in it; may be given several times.")] = None,
) -> None:
    """Make an action team, or give it a lead and members."""
    from mailer.pipeline.hand.planning import save_team

    made = in_office(lambda _, office: save_team(office, name, lead, tuple(member or ()), datetime.now(UTC)))
    console.print(f"Team “{made.name}” has {len(made.members)} members.", markup=False)


@app.command()
def invite(
    who: Annotated[str, typer.Argument(help="An address or a name of the register.")],
    team: Annotated[str, typer.Argument(help="The action team.")],
) -> None:
    """Ask somebody to join an action team, in the name of its lead; a yes by reply makes the member."""

    async def work(_: PartnershipSettings, office: Any) -> tuple[str, str, str]:
        from mailer.pipeline.hand.planning import person_called
        from mailer.pipeline.hand.settling import invite_into_team

        person = await person_called(office, who)
        return person.name, *(await invite_into_team(office, team, person, datetime.now(UTC)))

    name, asked, lead = in_office(work)
    console.print(f"{name} is asked to join {asked}, in the name of {lead}.", markup=False)


@app.command()
def helps(
    who: Annotated[str, typer.Argument(help="An address or a name of the register.")],
    words: Annotated[list[str], typer.Argument(help="What they can help with: priorities, or any words.")],
) -> None:
    """Note what a partner can help with."""

    async def work(_: PartnershipSettings, office: Any) -> None:
        from mailer.pipeline.hand.planning import person_called
        from mailer.pipeline.hand.stories import note_strengths

        await note_strengths(office, await person_called(office, who), words, datetime.now(UTC))

    in_office(work)


@app.command()
def helpers(
    priority: Annotated[str | None, typer.Argument(help="A priority, or any words; default: each priority.")] = None,
) -> None:
    """Who could help with a priority: partners who said so, then those whose strengths have a word in common with it."""

    async def work(_: PartnershipSettings, office: Any) -> list[tuple[str, str]]:
        from mailer.pipeline.hand.stories import helpers_text, priorities

        wanted = (priority,) if priority else await priorities(office)
        return [(one, await helpers_text(office, one)) for one in wanted]

    found = in_office(work)
    if not found:
        console.print("No open item has a priority. Name one: convener plan helpers PRIORITY")
    for name, text in found:
        console.print(f"{name}\n{text}\n", markup=False)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A CSV file with the headings of plan list --csv.")]) -> None:
    """Bring a plan file into the plan: known numbers are changed, other rows are added."""
    from mailer.pipeline.hand.planning import import_plan

    content = content_of(file)
    new, changed, problems = in_office(lambda _, office: import_plan(office, file.name, content, datetime.now(UTC)))
    print_problems(problems)
    console.print(f"{new} new, {changed} changed, {len(problems)} left out.")
    if problems:
        raise typer.Exit(1)


def day_of(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise MailerError(f"“{text}” is no date. Write it like 2026-05-03.") from exc
