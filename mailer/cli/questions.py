"""convener question …: times on offer and other choices that people answer by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, in_office, print_json, table
from mailer.errors import MailerError

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
    rows = [(q.slug, q.title, q.kind, q.state) for q in found]
    if json:
        print_json([dict(zip(("name", "title", "kind", "state"), row, strict=True)) for row in rows])
    else:
        table(f"{len(rows)} questions", ("name", "title", "kind", "state"), rows)


@app.command()
def show(name: str, json: bool = False) -> None:
    """How a question stands: who said what to each choice."""
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
    time: Annotated[list[str], typer.Option(help="A time on offer, such as '2026-03-10 09:00'; give several.")],
    to: Annotated[list[str], typer.Option(help=f"Who is asked: {_GROUPS}.")],
    hours: Annotated[float, typer.Option(help="How long it takes.")] = 1.0,
    meeting: Annotated[str | None, typer.Option(help="The meeting whose date it is about.")] = None,
) -> None:
    """Offer times to people; they answer by mail."""

    async def work(settings: PartnershipSettings, office: Any) -> Any:
        from mailer.cli.meetings import instant
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.pipeline.hand.settling import put

        about = await meeting_or_error(office, meeting) if meeting else None
        starts = [instant(t, about.zone if about else settings.time_zone, "The time") for t in time]
        times = [(s, s + timedelta(hours=hours)) for s in sorted(starts)]
        return await put(office, title, times, await _people(office, to), datetime.now(UTC), about=about)

    question, made = in_office(work)
    console.print(f"{made} people are asked. The tally: convener question show {question.slug}", markup=False)


async def _people(office: Any, wanted: list[str]) -> list[Any]:
    from mailer.partnership.people import PartnerKind, Role
    from mailer.pipeline.hand.planning import person_called
    from mailer.store import people

    register = [p for p in await people.people(office.partnership) if p.may_be_written_to and p.id != office.convener]
    kinds = {
        "businesses": PartnerKind.BUSINESS,
        "public partners": PartnerKind.PUBLIC_PARTNER,
        "support partners": PartnerKind.SUPPORT_PARTNER,
    }
    found: dict[int, Any] = {}
    for word in wanted:
        plain = word.strip().lower()
        if plain == "everyone":
            some = register
        elif plain in kinds:
            some = [p for p in register if p.kind is kinds[plain]]
        elif plain == "champions":
            some = [p for p in register if p.roles & {Role.CHAMPION, Role.LEAD_CHAMPION, Role.CO_CHAIR}]
        elif "@" in word or " " in word:
            some = [await person_called(office, word)]
        else:
            raise MailerError(f"I do not know “{word}”. Write {_GROUPS}.")
        found |= {p.id: p for p in some}
    return list(found.values())


@app.command()
def settle(name: str, number: int) -> None:
    """Take one of the choices: the time makes the meeting, or moves it."""
    from mailer.pipeline.hand.settling import settle_question

    console.print(in_office(lambda _, office: settle_question(office, name, number, datetime.now(UTC))), markup=False)
