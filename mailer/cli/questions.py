"""convener question …: times on offer and other choices that people answer by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, counted, in_office, print_json, table

if TYPE_CHECKING:
    from mailer.config import PartnershipSettings

app = typer.Typer(help="Questions with choices: offer times, see the tally, settle.", no_args_is_help=True)

_GROUPS = "businesses, public partners, support partners, champions, everyone, or addresses"


@app.command("list")
def list_(json: bool = False) -> None:
    """Every question, the newest first."""

    async def work(_: PartnershipSettings, office: Any) -> Any:
        from mailer.store import questions

        return await questions.every(office.partnership)

    found = in_office(work)
    rows = [(q.id, q.title, q.kind, q.state, f"{q.closes_at:%Y-%m-%d}" if q.closes_at else "") for q in found]
    headings = ("number", "title", "kind", "state", "answers until")
    if json:
        print_json(
            [dict(zip(headings, row, strict=True)) | {"name": q.slug} for row, q in zip(rows, found, strict=True)]
        )
    else:
        table(counted(len(rows), "question"), headings, rows)


@app.command()
def show(name: str, json: bool = False) -> None:
    """How a question stands: who said what to each choice. NAME: its number, or words of its title."""
    from mailer.pipeline.hand.settling import tally

    question, rows = in_office(lambda _, office: tally(office, name))
    if json:
        print_json(
            [
                {"number": r.number, "label": r.label, "yes": list(r.yes), "maybe": list(r.maybe), "no": list(r.no)}
                for r in rows
            ]
        )
        return
    table(
        f"{question.title} ({question.state})",
        ("no", "choice", "yes", "maybe", "no"),
        [(r.number, r.label, ", ".join(r.yes), ", ".join(r.maybe), ", ".join(r.no)) for r in rows],
    )


@app.command()
def ask(
    title: Annotated[str, typer.Argument(help="What it is about, as people read it.")],
    to: Annotated[list[str], typer.Option(help=f"Who is asked: {_GROUPS}.")],
    time: Annotated[
        list[str] | None, typer.Option(help="A time on offer, such as '2026-03-10 09:00'; give several.")
    ] = None,
    choice: Annotated[
        list[str] | None, typer.Option(help="Something to choose; give several, or none for words.")
    ] = None,
    rank: Annotated[bool, typer.Option("--rank", help="The choices are to be put in order.")] = False,
    hours: Annotated[float, typer.Option(help="How long it takes.")] = 1.0,
    meeting: Annotated[
        str | None, typer.Option(help="The meeting whose date it is about, or before which it is asked.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day by which people answer; else in five business days."),
    ] = None,
) -> None:
    """Offer times to people, or ask them one question; they answer by mail. The silent are reminded once; you get the tally, and decide."""

    async def work(settings: PartnershipSettings, office: Any) -> Any:
        from mailer.cli.meetings import instant
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.pipeline.hand.settling import poll, put, those

        about = await meeting_or_error(office, meeting) if meeting else None
        if not time:
            whom = await those(office, to)
            day = until.date() if until else None
            return await poll(office, title, choice or (), whom, datetime.now(UTC), about=about, rank=rank, until=day)
        starts = [instant(t, about.zone if about else settings.time_zone, "The time") for t in time]
        times = [(s, s + timedelta(hours=hours)) for s in sorted(starts)]
        day = until.date() if until else None
        return await put(office, title, times, await those(office, to), datetime.now(UTC), about=about, until=day)

    question, made = in_office(work)
    console.print(
        f"{'1 person is' if made == 1 else f'{made} people are'} asked. The tally comes by mail; at any time: convener question show {question.id}",
        markup=False,
    )


@app.command()
def settle(name: str, number: int) -> None:
    """Take one of the choices: the time makes the meeting, or moves it. NAME: the number of the question, or words of its title."""
    from mailer.pipeline.hand.settling import settle_question

    console.print(in_office(lambda _, office: settle_question(office, name, number, datetime.now(UTC))), markup=False)
