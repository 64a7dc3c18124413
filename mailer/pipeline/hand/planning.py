"""The action plan by the convener's hand: items added, changed, closed; teams; the plan out of a file and into one.

Promises: each change is one commit with its history line; what a rule waits for (an item is added) is announced in it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches

from mailer.decide.snapshot import Happening, HappeningKind
from mailer.errors import MailerError, Problem
from mailer.partnership.people import Person, Role
from mailer.partnership.plan import Item, ItemStatus, Team, done
from mailer.pipeline.due.announce import announce
from mailer.pipeline.office import Office
from mailer.store import log, meetings, people, plan
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import ItemId, PersonId

COLUMNS = ("number", "priority", "team", "item", "owner", "due", "status", "support")
"""The headings of a plan file. Only item is needed; owner and support are addresses or names of the register."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item as it is typed: people by address or name, the team by name. None leaves a fact as it is."""

    text: str | None = None
    owner: str | None = None
    due: date | None = None
    priority: str | None = None
    team: str | None = None
    support: str | None = None
    status: ItemStatus | None = None


async def person_called(office: Office, who: str) -> Person:
    """The one person of the register with this address or name; MailerError where there is none, or several."""
    if "@" in who:
        found = await people.by_address(office.partnership, who)
        if found is not None:
            return found
        known = [a for p in await people.people(office.partnership) for a in p.addresses]
        raise MailerError(f"Nobody in the register has the address {who}.{_perhaps(who, known)}")
    wanted = " ".join(who.casefold().split())
    register = await people.people(office.partnership)
    exact = [p for p in register if p.name.casefold() == wanted]
    near = exact or [p for p in register if wanted and wanted in p.name.casefold().split()]
    if len(near) != 1:
        names = ", ".join(f"{p.name} ({p.address})" for p in near[:5])
        raise MailerError(
            f"Which {who}? {names}."
            if near
            else f"Nobody in the register is called {who}.{_perhaps(who, [p.name for p in register])}"
        )
    return near[0]


def _perhaps(typed: str, known: Sequence[str]) -> str:
    """What is nearly spelled so."""
    near = get_close_matches(typed.casefold(), {k.casefold(): k for k in known}, 2, 0.75)
    return f" Perhaps {' or '.join(k for k in dict.fromkeys(known) if k.casefold() in near)}?" if near else ""


async def add_item(office: Office, wanted: Wanted, now: datetime) -> Item:
    """A new item of the plan. Raises MailerError where it has no text, or names somebody unknown."""
    if not (wanted.text or "").strip():
        raise MailerError("An action item needs words: what is to be done?")

    async def write() -> Item:
        item = await _filled(office, Item(ItemId(0), 0, ""), wanted)
        saved = await plan.add(office.partnership, item, now)
        await _noted(office, saved, "added", f"{saved.number} was added: {saved.text}", now)
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, now)
        happening = Happening(HappeningKind.ITEM_IS_ADDED, f"item-{saved.number}", now, saved.owner, item=saved)
        await announce(office, at_large, happening, now)
        return saved

    return await transact(write)


async def change_item(office: Office, number: int, wanted: Wanted, now: datetime) -> Item:
    """Change what *wanted* names of item *number*."""

    async def write() -> Item:
        before = await item_or_error(office, number)
        after = await _filled(office, before, wanted)
        if after == before:
            return before
        await plan.change(after, now)
        what = "done" if after.status is ItemStatus.DONE and before.open else "changed"
        await _noted(office, after, what, f"{number} was changed: {_difference(before, after)}", now)
        return after

    return await transact(write)


async def close_item(office: Office, number: int, now: datetime) -> Item:
    """Item *number* is done."""

    async def write() -> Item:
        after = done(await item_or_error(office, number))
        await plan.change(after, now)
        await _noted(office, after, "done", f"{number} is done", now)
        return after

    return await transact(write)


async def item_or_error(office: Office, number: int) -> Item:
    """Item *number*; MailerError with those there are."""
    found = await plan.item(office.partnership, number)
    if found is None:
        raise MailerError(f"There is no item {number}. (convener plan list shows them.)")
    return found


async def save_team(office: Office, name: str, lead: str | None, members: tuple[str, ...], now: datetime) -> Team:
    """The team called *name* with its lead and members; whoever leads has the role from now on."""

    async def write() -> Team:
        leader = await person_called(office, lead) if lead else None
        others = [(await person_called(office, who)).id for who in members]
        team = await plan.save_team(office.partnership, " ".join(name.split()), leader.id if leader else None, others)
        if leader is not None and Role.ACTION_TEAM_LEAD not in leader.roles:
            await people.give_role(leader.id, leader.roles | {Role.ACTION_TEAM_LEAD})
        sentence = f"team “{team.name}”" + (f", led by {leader.name}" if leader else "")
        await log.write(office.partnership, LogLine(now, "plan", sentence, None, leader.id if leader else None))
        return team

    return await transact(write)


async def _filled(office: Office, item: Item, wanted: Wanted) -> Item:
    facts: dict[str, object] = {}
    if wanted.text is not None:
        facts["text"] = " ".join(wanted.text.split())
    if wanted.owner is not None:
        facts["owner"] = (await person_called(office, wanted.owner)).id if wanted.owner else None
    if wanted.support is not None:
        facts["support"] = (await person_called(office, wanted.support)).id if wanted.support else None
    if wanted.due is not None:
        facts["due"] = wanted.due
        later = item.due is not None and wanted.due > item.due
        facts["moves"] = item.moves + later
    if wanted.priority is not None:
        facts["priority"] = " ".join(wanted.priority.split())
    if wanted.team is not None:
        team = await plan.save_team(office.partnership, " ".join(wanted.team.split())) if wanted.team else None
        facts |= {"team": team.id if team else None, "team_name": team.name if team else ""}
    if wanted.status is not None:
        facts["status"] = wanted.status
    return replace(item, **facts)  # type: ignore[arg-type]


def _difference(before: Item, after: Item) -> str:
    told = []
    for name in ("text", "due", "priority", "team_name", "status"):
        if getattr(before, name) != getattr(after, name):
            told.append(f"{name.removesuffix('_name')} {getattr(after, name) or 'none'}")
    told += ["another owner"] if before.owner != after.owner else []
    told += ["another supporting partner"] if before.support != after.support else []
    return ", ".join(told)


async def _noted(
    office: Office, item: Item, what: str, sentence: str, now: datetime, by: PersonId | None = None
) -> None:
    await plan.note(item.id, what, sentence, now, by)
    await log.write(office.partnership, LogLine(now, "plan", f"item {sentence}", None, item.owner))


async def import_plan(
    office: Office, where: str, content: bytes, now: datetime
) -> tuple[int, int, tuple[Problem, ...]]:
    """Bring a plan file (CSV) into the plan: rows with a known number change that item, the others are added.

    Gives (new, changed, problems: every row that was refused, and why)."""
    rows, problems = read_plan(where, content)
    new = changed = 0
    for line, number, wanted in rows:
        try:
            if number is not None and await plan.item(office.partnership, number) is not None:
                await change_item(office, number, wanted, now)
                changed += 1
            else:
                await add_item(office, wanted, now)
                new += 1
        except MailerError as exc:
            problems.append(Problem(where, line, f"This row is left out: {exc}", context=wanted.text or ""))
    return new, changed, tuple(problems)


def read_plan(where: str, content: bytes) -> tuple[list[tuple[int, int | None, Wanted]], list[Problem]]:
    """Rows of a plan file: (line, number, what it says), and what is wrong with the others. Pure."""
    problems: list[Problem] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    headings = [h.strip().lower() for h in next(reader, [])]
    if "item" not in headings:
        remedy = f"The first line names the columns: {', '.join(COLUMNS)}"
        return [], [Problem(where, 1, "The column “item” is missing.", remedy=remedy)]
    rows: list[tuple[int, int | None, Wanted]] = []
    for cells in reader:
        cell = {name: cells[i].strip() for i, name in enumerate(headings) if i < len(cells)}
        if not any(cell.values()):
            continue
        try:
            rows.append((reader.line_num, int(cell["number"]) if cell.get("number") else None, _row(cell)))
        except ValueError as exc:
            problems.append(
                Problem(where, reader.line_num, f"This row is left out: {exc}.", context=cell.get("item", ""))
            )
    return rows, problems


def _row(cell: dict[str, str]) -> Wanted:
    try:
        due = date.fromisoformat(cell["due"]) if cell.get("due") else None
    except ValueError:
        raise ValueError(f"“{cell['due']}” is no date; write it like 2026-05-03") from None
    status = cell.get("status", "").lower()
    if status and status not in {s.value for s in ItemStatus}:
        raise ValueError(f"I do not know the status “{status}”: open, done or dropped")
    return Wanted(
        cell.get("item"), cell.get("owner") or None, due, cell.get("priority") or None, cell.get("team") or None,
        cell.get("support") or None, ItemStatus(status) if status else None,
    )  # fmt: skip
