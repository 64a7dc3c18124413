"""convener rehearse: the whole sequence with pretend answers, on a copy of the real data. Nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import context
from mailer.cli.context import console, fail, print_json
from mailer.errors import MailerError

if TYPE_CHECKING:
    from mailer.config import PartnershipSettings
    from mailer.daemon import Daemon
    from mailer.partnership.meetings import Meeting
    from mailer.sandbox.rehearsal import Deed, Story
    from mailer.sandbox.saying import Outage, Saying

AFTERWARDS = timedelta(days=30)
"""How long after the meeting a rehearsal goes on: thanks, summary and first calls come then."""


def rehearse(
    slug: Annotated[
        str | None, typer.Argument(metavar="[MEETING]", help="One meeting; nothing for the whole partnership.")
    ] = None,
    say: Annotated[
        list[str] | None,
        typer.Option(help='A pretend answer: "Ann=yes after 2 days", "Bob=no", "Cho=yes +1", "Dee=bounces".'),
    ] = None,
    silent_rest: Annotated[
        bool, typer.Option("--silent-rest", help="Everybody else stays silent (the default).")
    ] = False,
    habits: Annotated[bool, typer.Option("--habits", help="Everybody else answers as people do.")] = False,
    outage: Annotated[
        list[str] | None, typer.Option(help="The service is down: 2026-02-26, or 2026-02-26..2026-02-28.")
    ] = None,
    move: Annotated[
        list[str] | None, typer.Option(help='You move the meeting: "2026-03-19 09:00 on 2026-02-18 10:00".')
    ] = None,
    nobody_releases: Annotated[
        bool, typer.Option("--nobody-releases", help="Letters that wait for your OK go on waiting.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(help="Begin as if it were this moment: 2026-01-28 or 2026-01-28 09:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The last day; nothing for 30 days after the meeting.")] = None,
    eml: Annotated[Path | None, typer.Option(metavar="DIR", help="Write each mail to this folder.")] = None,
    seed: Annotated[int, typer.Option(help="Another number, another story with --habits.")] = 1,
    json: bool = False,
) -> None:
    """Everything that would be sent and why, with pretend answers: the service's own code on a fast clock, over a copy of the real data."""
    if silent_rest and habits:
        raise fail("Say either --silent-rest or --habits.", 2)
    if move and slug is None:
        raise fail("Which meeting is moved? Name it: convener rehearse MEETING --move …", 2)
    from mailer import log
    from mailer.sandbox import rehearsal, rehearsed
    from mailer.sandbox.saying import read_outage, read_saying

    config = context.configuration()
    settings = context.chosen(config)
    log.setup("error")
    zone = settings.time_zone
    begins = moment(as_of, zone) if as_of else datetime.now(UTC).replace(microsecond=0)
    ends = moment(until, zone, end=True) if until else None
    if ends is not None and ends <= begins:
        raise MailerError("The rehearsal would end before it begins.")
    sayings = [read_saying(s) for s in say or ()]
    outages = tuple(read_outage(o, zone) for o in outage or ())
    moves = [_move(m, slug or "", zone) for m in move or ()]
    if eml is not None:
        if eml.exists() and (not eml.is_dir() or any(eml.iterdir())):
            raise MailerError(f"{eml} is not an empty folder; name a new one.")
        eml.mkdir(parents=True, exist_ok=True)

    async def write(daemon: Daemon) -> tuple[Story, Meeting | None]:
        return await _story(
            daemon, settings, slug, begins, ends, sayings, outages, moves, habits, not nobody_releases, seed
        )

    found = rehearsal.alone(rehearsal.rehearse(config, settings.key, write, begins, eml))
    if json:
        print_json(rehearsed.as_data(found))
        return
    console.print(rehearsed.as_text(found), markup=False, end="")
    if eml is not None:
        console.print(f"Every mail: {eml}", markup=False)


async def _story(
    daemon: Daemon,
    settings: PartnershipSettings,
    slug: str | None,
    begins: datetime,
    ends: datetime | None,
    sayings: list[Saying],
    outages: tuple[Outage, ...],
    moves: list[tuple[datetime, Deed]],
    habits: bool,
    releases: bool,
    seed: int,
) -> tuple[Story, Meeting | None]:
    from mailer.partnership.series import last_end
    from mailer.pipeline.hand.changes import meeting_or_error
    from mailer.sandbox.rehearsal import Story
    from mailer.sandbox.saying import habitual, members_of
    from mailer.store import meetings, people

    partnership = daemon.office.partnership
    meeting = await meeting_or_error(daemon.office, slug) if slug else None
    if ends is None:
        every = [meeting] if meeting else await meetings.all_of(partnership)
        last = [last_end(m) for m in every if not m.cancelled]
        ends = max([*last, *(start for start, _ in moves), begins]) + AFTERWARDS
    register = [p for p in await people.people(partnership) if p.id != daemon.office.convener]
    members = members_of(sayings, register)
    assumed = [str(s) for s in sayings]
    if habits:
        members = (*members, *habitual(register, members, seed))
        assumed.append(f"everybody else answers as people do (story {seed})")
    else:
        assumed.append("everybody else stays silent" if sayings else "everybody stays silent")
    assumed.append(
        "letters that wait for your OK get it at once"
        if releases
        else "nobody gives the word for letters that wait for it"
    )
    story = Story(
        begins,
        ends,
        members,
        about=meeting.id if meeting and not habits else None,
        outages=outages,
        deeds=tuple(deed for _, deed in moves),
        releases=releases,
        seed=seed,
        assumed=tuple(assumed),
    )
    return story, meeting


def moment(text: str, zone: str, *, end: bool = False) -> datetime:
    """A day (its beginning, or its *end*) or a day and time, on the clock of *zone*."""
    from mailer.cli.meetings import instant

    if ":" in text:
        return instant(text, zone, "The moment")
    return instant(f"{text} 00:00", zone, "The moment") + timedelta(days=int(end))


def _move(text: str, slug: str, zone: str) -> tuple[datetime, Deed]:
    from mailer.cli.meetings import instant
    from mailer.sandbox.rehearsal import move

    to, on, at = text.partition(" on ")
    if not on:
        raise MailerError(f'“{text}” is no move. Write it like "2026-03-19 09:00 on 2026-02-18 10:00".')
    start = instant(to, zone, "The new start")
    return start, move(slug, start, moment(at, zone))
