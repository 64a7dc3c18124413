"""convener came, summary, share, decided, stories, report: who was there, the summary from draft to letter, what came of it all."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, content_of, fail, in_office, print_json
from mailer.cli.plan import day_of
from mailer.errors import MailerError

if TYPE_CHECKING:
    from mailer.config import PartnershipSettings
    from mailer.understand.rollcall import RollCall


def came(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    who: Annotated[
        list[str] | None, typer.Argument(help="Names or addresses of those who came; or “all but Bob” in quotes.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--csv", help="The sign-in sheet as a CSV file: a column “email” or “name”, and one “came”."),
    ] = None,
    on: Annotated[str, typer.Option(help="Which date of a series: 2026-04-14. Without it the one that was last.")] = "",
) -> None:
    """Say who came; everybody else who was invited did not. Thanks, and words to those who were missed, follow from it."""
    roll = replace(_roll(who or [], sheet), day=on)

    async def work(_: PartnershipSettings, office: Any) -> str:
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.pipeline.hand.rollcall import call_roll

        return await call_roll(office, await meeting_or_error(office, slug), roll, datetime.now(UTC))

    console.print(in_office(work), markup=False)


def _roll(who: list[str], sheet: Path | None) -> RollCall:
    from mailer.understand.rollcall import read_rollcall, read_sheet

    if sheet is None:
        read = read_rollcall(f"came: {', '.join(who)}") if who else None
        if read is None:
            raise fail("Name those who came (“all but Bob” will do), or give the sign-in sheet with --csv.", 2)
        return read
    found = read_sheet(content_of(sheet))
    if isinstance(found, str):
        raise fail(f"{sheet.name}: {found}")
    return found


def summary(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    write: Annotated[
        Path | None, typer.Option(help="A text file (or - for standard input) that becomes the draft.")
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Let it go out as it stands.")] = False,
    json: bool = False,
) -> None:
    """The summary of a meeting: show it, write it, approve it. What was approved goes out by rule."""

    async def work(_: PartnershipSettings, office: Any) -> Any:
        from mailer.pipeline.hand import aftermath
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.store import documents

        meeting, now = await meeting_or_error(office, slug), datetime.now(UTC)
        if write is not None:
            try:
                text = sys.stdin.read() if str(write) == "-" else write.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as exc:
                raise MailerError(f"{write} cannot be read as text (UTF-8).") from exc
            await aftermath.write_summary(office, meeting, text, now)
        made = await aftermath.approve_summary(office, meeting, office.convener, now) if approve else None
        found = await documents.document(office.partnership, documents.SUMMARY, meeting.id)
        return found, made

    found, made = in_office(work)
    if found is None:
        raise fail(f"There is no summary of {slug} yet. Write one: convener summary {slug} --write FILE")
    if json:
        print_json({"state": found.state, "version": found.version, "text": found.text})
        return
    console.print(found.text, markup=False)
    tail = f"; it makes {made} letters" if made is not None else ""
    console.print(f"\n({found.state}, version {found.version}{tail})", markup=False)


def stories(
    publish: Annotated[int | None, typer.Option(help="Let this story stand in updates and the yearly report.")] = None,
    drop: Annotated[int | None, typer.Option(help="Keep this story to yourself.")] = None,
    json: bool = False,
) -> None:
    """What people told of: what went well, and where a hand is needed."""

    async def work(_: PartnershipSettings, office: Any) -> Any:
        from mailer.pipeline.hand import stories as hand
        from mailer.store import stories as store

        now = datetime.now(UTC)
        for number, state in ((publish, store.APPROVED), (drop, store.DROPPED)):
            if number is not None:
                await hand.settle_story(office, number, state, now)
        told = await store.stories(office.partnership) + await store.stories(office.partnership, kind=store.NEED)
        return await hand.stories_text(office), told

    text, told = in_office(work)
    if json:
        print_json([asdict(s) for s in told])
        return
    console.print(text, markup=False)


def decided(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    words: Annotated[str, typer.Argument(help="What was decided, in a line.")],
) -> None:
    """Write a line into the decisions of a meeting; the yearly report gathers them."""

    async def work(_: PartnershipSettings, office: Any) -> None:
        from mailer.pipeline.hand.aftermath import note_decision
        from mailer.pipeline.hand.changes import meeting_or_error

        await note_decision(office, await meeting_or_error(office, slug), words, datetime.now(UTC))

    in_office(work)
    console.print(f"Written into the decisions of {slug}.", markup=False)


def report(
    year: Annotated[int | None, typer.Argument(help="Default: this year; until March the year before.")] = None,
    json: bool = False,
    output: Annotated[Path | None, typer.Option("--pdf", help="Write it as PDF to this file.")] = None,
) -> None:
    """What was done in a year: meetings, who came, action items, teams, decisions, stories."""

    async def work(settings: PartnershipSettings, office: Any) -> Any:
        from mailer.pipeline.papers import activity
        from mailer.pipeline.papers.enclosures import Desk, printed
        from mailer.printing.sheets import Paper

        now = datetime.now(UTC)
        which = year or activity.year_told(now, office.zone)
        found = await activity.load(office.partnership, which, office.zone, now)
        desk = Desk(office.partnership, office.sender, Paper(office.paper), zone=office.zone, year=which)
        pdf = await printed(desk, None, "activity report", None, now) if output is not None else None
        return found, activity.as_text(found, settings.language), pdf

    found, text, pdf = in_office(work)
    if output is not None:
        try:
            output.write_bytes(pdf.content)
        except OSError as exc:
            raise fail(f"{output} cannot be written: {exc.strerror}.") from exc
        console.print(f"Wrote {output}.", markup=False)
    elif json:
        print_json(asdict(found))
    else:
        console.print(text, markup=False)


def share(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    until: Annotated[
        str | None, typer.Option(help="The last day for comments, such as 2026-03-18 (default: two business days).")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="The action plan instead of the summary.")] = False,
) -> None:
    """Ask the champions what they would change in the draft of the summary, or in the action plan."""
    day = day_of(until)

    async def work(_: PartnershipSettings, office: Any) -> Any:
        from mailer.pipeline.hand import aftermath
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.store import documents

        meeting = await meeting_or_error(office, slug)
        what = documents.PLAN if plan else documents.SUMMARY
        return await aftermath.share(office, meeting, what, day, datetime.now(UTC))

    last, made = in_office(work)
    console.print(f"{made} champions are asked for comments until {last}.", markup=False)
