"""convener print …: documents to lay on the table, as PDF, filled from the store.

What cannot be printed (a character that no font here has) is named on standard error; the document is written all the same.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.context import console, content_of, errors, in_store, print_problems
from mailer.errors import MailerError
from mailer.terms import PartnershipId, canonical

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.partnership.people import Person
    from mailer.pipeline.papers.enclosures import Desk
    from mailer.printing.sheets import Printed

app = typer.Typer(
    help="Documents to print, as PDF: sign-in sheet, badges, table tents, agenda, checklist, call list, plan and more.",
    no_args_is_help=True,
)


class PaperSize(StrEnum):
    LETTER = "letter"
    A4 = "a4"


Meeting = Annotated[str, typer.Argument(metavar="MEETING")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to write it (default: a file named after the meeting, here; “-”: standard output).")
]  # fmt: skip
Size = Annotated[PaperSize | None, typer.Option("--paper", help="Default: paper in the configuration.")]
Maybe = Annotated[bool | None, typer.Option("--maybe/--no-maybe", help="With those who said maybe, or without.")]
Own = Annotated[
    Path | None,
    typer.Option("--from", help="Your own text instead of the shipped one. It is kept: letters enclose it too."),
]
Text = Annotated[
    bool, typer.Option("--text", help="Show the text it is made from, to save, edit and give with --from.")
]


@app.command("sign-in")
def sign_in(meeting: Meeting, output: Output = None, paper: Size = None, maybe: Maybe = None) -> None:
    """Sign-in sheet: a box and a line for everybody who says yes or maybe, by organisation, and blank lines."""
    _print("sign-in sheet", meeting, output, paper, maybe=maybe)


@app.command()
def badges(meeting: Meeting, output: Output = None, paper: Size = None, maybe: Maybe = None) -> None:
    """Name badges on label sheets (Avery 5395; on A4 Avery L7418), with blank ones for guests and to fill the last sheet."""
    _print("name badges", meeting, output, paper, maybe=maybe)


@app.command("table-tents")
def table_tents(meeting: Meeting, output: Output = None, paper: Size = None, maybe: Maybe = None) -> None:
    """Table tents for everybody who says yes: cut in the middle, fold along the dashes."""
    _print("table tents", meeting, output, paper, maybe=maybe)


@app.command()
def attendees(
    meeting: Meeting,
    output: Output = None,
    paper: Size = None,
    maybe: Maybe = None,
    needs: Annotated[bool, typer.Option("--needs", help="With diets and access needs: for you alone.")] = False,
) -> None:
    """Who is coming, by family name; after the meeting, who came."""
    _print("attendee list", meeting, output, paper, maybe=maybe, needs=needs)


@app.command()
def agenda(
    meeting: Meeting,
    output: Output = None,
    paper: Size = None,
    own: Own = None,
    text: Text = False,
    timekeeper: Annotated[
        bool, typer.Option("--timekeeper", help="With columns to write down when each item really ended.")
    ] = False,
) -> None:
    """The agenda with running clock times."""
    _outlined("timekeeper's agenda" if timekeeper else "agenda", meeting, output, paper, own, text)


@app.command()
def checklist(meeting: Meeting, output: Output = None, paper: Size = None, own: Own = None, text: Text = False) -> None:
    """Who does what by when, around the meeting, with boxes."""
    _outlined("checklist", meeting, output, paper, own, text)


@app.command("call-list")
def call_list(
    meeting: Meeting,
    champion: Annotated[str, typer.Argument(metavar="CHAMPION", help="Address or name of who calls.")],
    output: Output = None,
    paper: Size = None,
) -> None:
    """Whom a champion has still to call, with boxes for the outcome; the numbers are those of the letter."""
    _print("call list", meeting, output, paper, champion=champion)


@app.command()
def plan(
    meeting: Annotated[str | None, typer.Argument(metavar="[MEETING]")] = None,
    output: Output = None,
    paper: Size = None,
) -> None:
    """The action plan by priority."""
    _print("action plan", meeting, output, paper)


@app.command()
def summary(meeting: Meeting, output: Output = None, paper: Size = None) -> None:
    """The summary as it is written; before that, what is known, with lines to write on."""
    _print("summary", meeting, output, paper)


@app.command()
def letters(
    meeting: Meeting,
    letter: Annotated[
        str, typer.Argument(metavar="LETTER", help="The name of a letter, for example invitation-business.")
    ],
    to: Annotated[
        Path, typer.Option("--to", help="CSV file: name, organisation, address (or street, city, state, postcode).")
    ],
    signed_by: Annotated[
        str | None, typer.Option("--signed-by", help="Address or name of the champion who signs; else you do.")
    ] = None,
    output: Output = None,
    paper: Size = None,
) -> None:
    """Letters to post to people without e-mail, one a page, and address labels (Avery 5160; on A4 L7160) in a second file."""
    content = content_of(to)

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> tuple[Printed, Printed]:
        from mailer.cli.meetings import _meeting
        from mailer.partnership.postal import read_addressees
        from mailer.pipeline.papers.post import posted

        addressees, problems = read_addressees(to.name, content)
        print_problems(problems)
        if not addressees:
            raise MailerError(f"{to.name} names nobody to write to.")
        found = await _meeting(partnership, meeting)
        signer = await _person(partnership, signed_by) if signed_by is not None else None
        desk = _desk(settings, partnership, paper)
        return await posted(desk, found, letter, settings.templates, addressees, signer, datetime.now(UTC))

    written, labels = in_store(work)
    _write(written, f"{meeting}-letters.pdf", output)
    if output is not None and not output.is_dir():
        output = output.with_name(f"{output.stem}-labels{output.suffix}")
    _write(labels, f"{meeting}-labels.pdf", output)


def _outlined(
    name: str, meeting: str, output: Path | None, paper: PaperSize | None, own: Path | None, text: bool
) -> None:
    words = None if own is None else _read(own)

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> str:
        from mailer.cli.meetings import _meeting
        from mailer.pipeline.papers.enclosures import AGENDA, CHECKLIST, outline
        from mailer.store import documents
        from mailer.store.transact import transact

        kind = CHECKLIST if name == CHECKLIST else AGENDA
        found = await _meeting(partnership, meeting)
        if words is not None:
            await transact(lambda: documents.write(partnership, kind, found.id, words, datetime.now(UTC)))
        return await outline(partnership, kind, found, settings.language)

    known = in_store(work) if text or words is not None else ""
    if text:
        sys.stdout.write(known)
        return
    _print(name, meeting, output, paper)


def _read(path: Path) -> str:
    try:
        return content_of(path).decode("utf-8-sig").replace("\r\n", "\n")[:200_000]
    except UnicodeDecodeError as exc:
        raise MailerError(f"{path} is not saved as UTF-8. Save it again with the encoding UTF-8.") from exc


def _print(
    name: str,
    slug: str | None,
    output: Path | None,
    paper: PaperSize | None,
    *,
    champion: str | None = None,
    maybe: bool | None = None,
    needs: bool = False,
) -> None:
    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> tuple[Printed, str]:
        from mailer.cli.meetings import _meeting
        from mailer.pipeline.papers.enclosures import filename, printed

        meeting = await _meeting(partnership, slug) if slug is not None else None
        person = await _person(partnership, champion) if champion is not None else None
        desk = replace(_desk(settings, partnership, paper), maybe=maybe, needs=needs)
        return await printed(desk, meeting, name, person, datetime.now(UTC)), filename(meeting, name)

    _write(*in_store(work), output)


def _desk(settings: PartnershipSettings, partnership: PartnershipId, paper: PaperSize | None) -> Desk:
    from mailer.pipeline.opening import sender_of
    from mailer.pipeline.papers.enclosures import Desk
    from mailer.printing.sheets import Paper

    return Desk(
        partnership, sender_of(settings), Paper(paper.value if paper else settings.paper), zone=settings.time_zone
    )


async def _person(partnership: PartnershipId, champion: str) -> Person:
    """By address, else by name."""
    from mailer.store import people

    if "@" in champion:
        found = await people.by_address(partnership, canonical(champion))
        if found is not None:
            return found
    wanted = " ".join(champion.split()).casefold()
    named = [p for p in await people.people(partnership) if p.name.casefold() == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        raise MailerError(f"There are {len(named)} people called {champion}. Give the address.")
    raise MailerError(f"Nobody in the register is called {champion} or has that address.")


def _write(done: Printed, name: str, output: Path | None) -> None:
    for lost in done.unprintable:
        errors.print(str(lost), markup=False)
    if output is not None and str(output) == "-":
        sys.stdout.buffer.write(done.content)
        return
    target = Path(name) if output is None else output / name if output.is_dir() else output
    try:
        target.write_bytes(done.content)
    except OSError as exc:
        raise MailerError(f"{target} cannot be written: {exc.strerror}.") from exc
    console.print(f"Wrote {target}.", markup=False)
