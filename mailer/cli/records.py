"""convener log and convener retention: who did what, and how long it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mailer.cli.context import console, counted, in_office, in_store, print_json, table
from mailer.terms import PartnershipId

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings


def log(
    who: Annotated[
        bool, typer.Option("--who", help="Only what somebody did, with who it was: released, moved, settled, added …")
    ] = False,
    by: Annotated[str, typer.Option(help="Only what this person did (part of the name or address).")] = "",
    about: Annotated[str, typer.Option(help="Only about whoever has this address.")] = "",
    meeting: Annotated[str, typer.Option(help="Only about this meeting.")] = "",
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many lines.")] = 100,
    json: bool = False,
) -> None:
    """What happened and why, the newest last."""
    from mailer.errors import MailerError
    from mailer.store import log as lines
    from mailer.store import meetings, people

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> list[dict[str, Any]]:
        person = await people.by_address(partnership, about) if about else None
        of = await meetings.by_slug(partnership, meeting) if meeting else None
        if about and person is None:
            raise MailerError(f"Nobody in the register has the address {about}.")
        if meeting and of is None:
            raise MailerError(f"There is no meeting called {meeting}.")
        found = await lines.lines(
            partnership, person=person.id if person else None, meeting=of.id if of else None, by_people=who, who=by, limit=last,
            newest=True,
        )  # fmt: skip
        slugs = {m.id: m.slug for m in await meetings.all_of(partnership)}
        zone = ZoneInfo(settings.time_zone)
        return [
            {
                "at": line.at, "when": f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}", "what": line.what, "sentence": line.sentence,
                "who": line.actor, "meeting": slugs.get(line.meeting_id, "") if line.meeting_id else "",
            }
            for _, line in found
        ]  # fmt: skip

    rows = in_store(work)
    if json:
        print_json([{k: v for k, v in r.items() if k != "when"} for r in rows])
        return
    columns = ("when", "what", "meeting", "sentence", "who") if who or by else ("when", "what", "meeting", "sentence")
    table(counted(len(rows), "line"), columns, [tuple(r[c] for c in columns) for r in rows])


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be removed.")] = False,
    json: bool = False,
) -> None:
    """Remove what is kept long enough, by [retention] of the configuration. The service does so by itself once a day."""
    from mailer.pipeline.hand.retention import Removal, due, obey
    from mailer.store import erasing

    async def work(settings: PartnershipSettings, office: Any) -> Removal:
        now = datetime.now(UTC)
        if dry_run:
            return await due(office.partnership, settings.retention, now)
        found = await obey(office, settings.retention, now)
        if not found.nothing:
            await erasing.scrub()
        return found

    found = in_office(work)
    if json:
        print_json(
            {
                "mails that came": found.came,
                "mails that left": found.left,
                "meetings": [{"title": m.title, "people": m.people} for m in found.meetings],
                "lines of the log": found.lines,
                "copies of the database": [p.name for p in found.copies],
                "proposed to be forgotten": [{"name": p.name, "email": p.address} for p in found.people],
            }
        )
        return
    for sentence in found.told(done=not dry_run) or ["Nothing is kept longer than you want it."]:
        console.print(sentence, markup=False)
    for p in found.people:
        console.print(
            f"Nothing heard of {p.name} ({p.address or 'no address'}): convener people forget …", markup=False
        )
