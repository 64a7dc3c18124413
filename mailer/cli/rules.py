"""convener preview, why, words: what the rules will do, did, and can say."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, in_office, print_json, table
from mailer.errors import MailerError

if TYPE_CHECKING:
    from mailer.config import PartnershipSettings


def preview(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    as_of: Annotated[
        str | None, typer.Option(help="As if it were this moment: 2026-01-28 or 2026-01-28 09:00.")
    ] = None,
    json: bool = False,
) -> None:
    """What will be sent for a meeting: when, to how many, and what waits for your word."""

    async def work(settings: PartnershipSettings, office: Any) -> tuple[Any, Any]:
        from mailer.cli.meetings import instant
        from mailer.decide.preview import preview as preview_of
        from mailer.pipeline.changes import meeting_or_error
        from mailer.store import meetings

        meeting = await meeting_or_error(office, slug)
        now = datetime.now(UTC)
        if as_of:
            now = instant(as_of if ":" in as_of else f"{as_of} 00:00", settings.time_zone, "The moment")
        snapshot = await meetings.snapshot(meeting)
        return snapshot, preview_of(office.serving(meeting), snapshot, office.known_since, now)

    from mailer.decide.preview import timeline

    snapshot, plan = in_office(work)
    if json:
        print_json([asdict(line) for line in plan])
    else:
        console.print(timeline(snapshot, plan), markup=False)


def why(
    address: str,
    rule: Annotated[str | None, typer.Argument(help="One rule; nothing for all.")] = None,
    meeting: Annotated[str | None, typer.Option(help="One meeting; nothing for the next one.")] = None,
    json: bool = False,
) -> None:
    """Why somebody got a mail, will get it, or will not: for each rule the first line that decides it, and what happened so far."""

    async def work(_: PartnershipSettings, office: Any) -> dict[str, Any]:
        from mailer.decide.explain import why as why_of
        from mailer.pipeline.changes import meeting_or_error
        from mailer.store import log, meetings, people

        now = datetime.now(UTC)
        person = await people.by_address(office.partnership, address)
        if person is None:
            raise MailerError(f"Nobody in the register has the address {address}.")
        ahead = [m for m in await meetings.all_of(office.partnership) if m.dtend >= now and not m.cancelled]
        found = await meeting_or_error(office, meeting) if meeting else (ahead[0] if ahead else None)
        if found is None:
            raise MailerError("There is no meeting ahead. Name one with --meeting.")
        snapshot = await meetings.snapshot(found)
        reasons = why_of(office.serving(found), snapshot, person.id, office.known_since, now)
        story = [(line.at, line.sentence) for _, line in await log.lines(office.partnership, person=person.id)]
        return {
            "meeting": found.slug,
            "name": person.name,
            "rules": [r for r in reasons if rule in (None, r.rule)],
            "story": story,
        }

    answer = in_office(work)
    if json:
        print_json(answer | {"rules": [asdict(r) for r in answer["rules"]]})
        return
    table(
        f"{answer['name']} and {answer['meeting']}",
        ("rule", "", "because"),
        [(r.rule, r.outcome, r.sentence) for r in answer["rules"]],
    )
    if answer["story"]:
        table(
            "What happened so far",
            ("when (UTC)", "what"),
            [(f"{at:%d %b %Y %H:%M}", sentence) for at, sentence in answer["story"]],
        )


def words() -> None:
    """The whole vocabulary of rule files."""
    from mailer.decide.vocabulary import vocabulary

    console.print(vocabulary(), markup=False)
