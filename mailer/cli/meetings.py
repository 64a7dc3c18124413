"""convener meeting … and convener attendance …: when, where, and who is coming."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from mailer.cli.context import console, counted, fail, in_office, in_store, print_json, table
from mailer.errors import MailerError
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Change, Meeting, MeetingStatus, moved_deadline
from mailer.terms import EventUid, MeetingId, PartnershipId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailer.config import Config, PartnershipSettings
    from mailer.partnership import series
    from mailer.pipeline.papers.attendance_list import AttendanceRow

app = typer.Typer(
    help="Meetings: add, change, cancel, list, show. A change of time or place sends updates.", no_args_is_help=True
)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def instant(text: str, zone: str, what: str) -> datetime:
    """Read ``2026-03-12 09:00`` on the clock of *zone*; UTC."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise MailerError(f"{what} “{text}” is no date and time. Write it like 2026-03-12 09:00.") from exc
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise MailerError(f"{what} “{text}” lacks the time. Write it like {text.strip()} 09:00.")
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(zone))
        if local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(fold=0) != local.replace(fold=0):
            raise MailerError(f"{what} “{text}” does not exist in {zone}: the clocks are put forward over it.")
    return local.astimezone(UTC)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise MailerError(f"There is no time zone “{name}”. Write it like America/Chicago.") from exc
    return name


def _end(start: datetime, end: str | None, hours: float | None, zone: str) -> datetime:
    if end is not None and hours is not None:
        raise MailerError("Say either --end or --hours.")
    if end is None:
        return start + timedelta(hours=hours if hours is not None else 2)
    if re.fullmatch(r"\d{1,2}:\d{2}", end.strip()):
        end = f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d} {end.strip():0>5}"
    return instant(end, zone, "The end")


def _sensible(meeting: Meeting) -> Meeting:
    if meeting.dtend <= meeting.dtstart:
        raise MailerError("The meeting would end before it starts.")
    if meeting.reply_deadline is not None and meeting.reply_deadline > meeting.dtstart:
        raise MailerError("The reply deadline lies after the start of the meeting.")
    return meeting


@app.command()
def add(
    slug: Annotated[str, typer.Argument(metavar="MEETING", help="Its short name for commands, for example launch.")],
    start: Annotated[str, typer.Option(help="2026-03-12 09:00, on the clock of the partnership (or --zone).")],
    title: Annotated[str, typer.Option(help="As people read it.")],
    end: Annotated[str | None, typer.Option(help="11:00, or with a date.")] = None,
    hours: Annotated[float | None, typer.Option(help="How long, if no end is given (default 2).")] = None,
    kind: Annotated[str, typer.Option(help="What rule files serve.")] = "launch meetings",
    place: Annotated[str, typer.Option(help="Address and room.")] = "",
    online: Annotated[str, typer.Option(help="Link for joining from afar.")] = "",
    description: Annotated[str, typer.Option(help="Stands in calendars.")] = "",
    deadline: Annotated[str | None, typer.Option(help="When answers are wanted by: 2026-03-05 17:00.")] = None,
    capacity: Annotated[int | None, typer.Option(min=1, help="How many chairs there are.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone, if not the partnership's.")] = None,
    repeat: Annotated[
        str,
        typer.Option(
            help="A series: “every month on the second Tuesday, 6 times”, or “every 2 weeks until 2026-12-31”."
        ),
    ] = "",
) -> None:
    """Add a meeting. Rules that serve its kind begin to count for it at once; new rules and meetings never look back."""
    if not _SLUG.fullmatch(slug):
        raise fail(
            f"“{slug}” cannot be a short name: small letters, digits and hyphens, for example launch or spring-2026."
        )

    async def work(settings: PartnershipSettings, office: Any) -> Meeting:
        from mailer.partnership.series import repeat_rule
        from mailer.pipeline.hand.changes import add_meeting
        from mailer.render.calendar import check_series
        from mailer.store import meetings

        if await meetings.by_slug(office.partnership, slug):
            raise MailerError(
                f"There is a meeting called {slug} already. Change it with: convener meeting change {slug} …"
            )
        clock = _zone(zone or settings.time_zone)
        dtstart = instant(start, clock, "The start")
        meeting = Meeting(
            id=MeetingId(0),
            partnership_id=office.partnership,
            slug=slug,
            title=title.strip(),
            event_uid=EventUid(""),
            dtstart=dtstart,
            dtend=_end(dtstart, end, hours, clock),
            zone=clock,
            kind=kind,
            place=place,
            online_link=online,
            description=description,
            reply_deadline=instant(deadline, clock, "The reply deadline") if deadline else None,
            capacity=capacity,
            rrule=repeat_rule(repeat, dtstart, clock) if repeat else "",
        )
        check_series(meeting)
        return await add_meeting(office, _sensible(meeting), datetime.now(UTC))

    added = in_office(work)
    if added.rrule:
        told = "Reminders, particulars and thanks come with each date; the invitation comes once."
        console.print(f"A series: {_dates(added)}. {told}", markup=False)
    console.print(
        f"Added {slug}: {added.title}, {_when(added)}. See what will be sent: convener preview {slug}", markup=False
    )


@app.command()
def change(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    start: str | None = None,
    end: str | None = None,
    hours: float | None = None,
    title: str | None = None,
    place: str | None = None,
    online: str | None = None,
    description: str | None = None,
    deadline: Annotated[str | None, typer.Option(help="A date and time, or “none”.")] = None,
    capacity: Annotated[int | None, typer.Option(min=1)] = None,
    on: Annotated[
        str | None, typer.Option(help="Only this date of a series: 2026-04-14. Say --start for its new time.")
    ] = None,
) -> None:
    """Change a meeting. Another time asks everybody anew who has not said no; another place is told; new words disturb nobody."""

    if on is not None:
        if start is None:
            raise fail(
                "Say the new time of that date: --start “2026-04-16 14:00”. (convener meeting cancel … --on cancels it.)",
                2,
            )
        _change_date(slug, on, start, end, hours)
        return

    async def work(_: PartnershipSettings, office: Any) -> tuple[Meeting, Change, int]:
        from mailer.partnership.series import fits
        from mailer.pipeline.hand.changes import change_meeting, meeting_or_error

        before = await meeting_or_error(office, slug)
        if before.cancelled:
            raise MailerError(f"{slug} is cancelled. Add a new meeting instead.")
        if before.rrule and start and not fits(before.rrule, instant(start, before.zone, "The start"), before.zone):
            raise MailerError(
                f"{slug} is a series ({before.rrule}) that cannot begin then. Cancel it and add another, or move one date: --on DATE."
            )
        dtstart = instant(start, before.zone, "The start") if start else before.dtstart
        length = before.dtend - before.dtstart
        dtend = _end(dtstart, end, hours, before.zone) if end or hours else dtstart + length
        after = replace(
            before,
            dtstart=dtstart,
            dtend=dtend,
            title=before.title if title is None else title,
            place=before.place if place is None else place,
            online_link=before.online_link if online is None else online,
            description=before.description if description is None else description,
            capacity=before.capacity if capacity is None else capacity,
            reply_deadline=_deadline(before, dtstart, deadline),
        )
        return await change_meeting(office, before, _sensible(after), datetime.now(UTC))

    meeting, what, mails = in_office(work)
    _told(meeting, what, mails)


def _deadline(before: Meeting, dtstart: datetime, text: str | None) -> datetime | None:
    """A deadline moves with its meeting unless another is given."""
    if text is None:
        return moved_deadline(before, dtstart)
    return None if text.strip().lower() == "none" else instant(text, before.zone, "The reply deadline")


def _told(meeting: Meeting, what: Change, mails: int) -> None:
    sentence = {
        Change.MOVED: f"{meeting.slug} is now {_when(meeting)}.",
        Change.PLACE: f"The place of {meeting.slug} is changed.",
        Change.CANCELLED: f"{meeting.slug} is cancelled.",
        Change.WORDS: f"{meeting.slug} is changed; nobody needs to be told.",
        Change.NOTHING: "Nothing is different.",
    }[what]
    letters = f" {mails} letters are in the outbox: convener outbox" if mails else ""
    if not mails and what in (Change.MOVED, Change.PLACE, Change.CANCELLED):
        letters = " No rule tells anybody, or nobody was invited yet."
    console.print(sentence + letters, markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as exc:
        raise MailerError(f"“{text}” is no date. Write it like 2026-04-14.") from exc


def _change_date(slug: str, on: str, start: str | None, end: str | None, hours: float | None) -> None:
    """Move one date of a series, or cancel it where there is no *start*."""

    async def work(_: PartnershipSettings, office: Any) -> int:
        from mailer.pipeline.hand.changes import change_date, date_or_error, meeting_or_error

        meeting = await meeting_or_error(office, slug)
        found = await date_or_error(meeting, _day(on))
        begins = instant(start, meeting.zone, "The start") if start else None
        ends = None
        if begins is not None:
            plain = end is None and hours is None
            ends = begins + (found.dtend - found.dtstart) if plain else _end(begins, end, hours, meeting.zone)
            if ends <= begins:
                raise MailerError("The meeting would end before it starts.")
        now: int = await change_date(office, meeting, _day(on), begins, ends, datetime.now(UTC))
        return now

    mails = in_office(work)
    what = f"is now at {start}" if start else "is cancelled"
    console.print(f"{slug} of {on} {what}; the other dates stay. {mails} letters are in the outbox.", markup=False)


@app.command()
def cancel(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    on: Annotated[str | None, typer.Option(help="Only this date of a series: 2026-04-14.")] = None,
) -> None:
    """Cancel a meeting. Whoever was invited and has not said no is told; nothing else about it is sent any more."""
    if on is not None:
        if not yes and not typer.confirm(f"Cancel {slug} of {on} and tell everybody?"):
            raise typer.Exit(1)
        _change_date(slug, on, None, None, None)
        return
    if not yes and not typer.confirm(f"Cancel {slug} and tell everybody?"):
        raise typer.Exit(1)

    async def work(_: PartnershipSettings, office: Any) -> tuple[Meeting, Change, int]:
        from mailer.pipeline.hand.changes import change_meeting, meeting_or_error

        before = await meeting_or_error(office, slug)
        return await change_meeting(office, before, replace(before, status=MeetingStatus.CANCELLED), datetime.now(UTC))

    _told(*in_office(work))


@app.command("list")
def list_(json: bool = False) -> None:
    """All meetings."""

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> list[Meeting]:
        from mailer.store import meetings

        return await meetings.all_of(partnership)

    found = in_store(work)
    if json:
        print_json([_record(m) for m in found])
    else:
        table(
            "Meetings",
            ("meeting", "when", "title", "place", "status"),
            [(m.slug, _when(m), m.title, m.place or m.online_link, m.status.value) for m in found],
        )


@app.command()
def show(slug: Annotated[str, typer.Argument(metavar="MEETING")], json: bool = False) -> None:
    """One meeting, and how the answers stand."""

    async def work(
        _: Config, __: PartnershipSettings, partnership: PartnershipId
    ) -> tuple[Meeting, list[Invitation], str]:
        from mailer.store import meetings, occurrences

        meeting = await _meeting(partnership, slug)
        dates = _dates(meeting, await occurrences.changes(meeting.id))
        return meeting, await meetings.invitations(meeting.id), dates

    meeting, invitations, dates = in_store(work)
    tally = _tally(invitations)
    if json:
        print_json(_record(meeting) | {"answers": tally})
        return
    rows = [
        ("title", meeting.title),
        ("when", _when(meeting)),
        ("dates", dates),
        ("kind", meeting.kind),
        ("place", meeting.place),
        ("online", meeting.online_link),
    ]
    rows += [
        (
            "reply deadline",
            f"{meeting.local(meeting.reply_deadline):%a %d %b %Y %H:%M}" if meeting.reply_deadline else "",
        )
    ]
    rows += [("status", meeting.status.value), ("answers", ", ".join(f"{n} {word}" for word, n in tally.items() if n))]
    table(meeting.slug, ("", ""), [r for r in rows if r[1]])


async def _meeting(partnership: PartnershipId, slug: str) -> Meeting:
    from mailer.store import meetings

    found = await meetings.by_slug(partnership, slug)
    if found is None:
        raise MailerError(f"There is no meeting called {slug}. {await _known(None, None, partnership)}")
    return found


async def _known(_: Config | None, __: PartnershipSettings | None, partnership: PartnershipId) -> str:
    from mailer.store import meetings

    return f"Meetings: {', '.join(m.slug for m in await meetings.all_of(partnership)) or 'none yet'}."


def _when(meeting: Meeting) -> str:
    start, end = meeting.local(meeting.dtstart), meeting.local(meeting.dtend)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a %d %b %H:%M}"
    return f"{start:%a %d %b %Y %H:%M}-{until} {meeting.zone}"


def _dates(meeting: Meeting, changes: Sequence[series.Change] = ()) -> str:
    """The dates of a series, as they are held."""
    from mailer.partnership.series import occurrences

    if not meeting.rrule:
        return ""
    found = [
        f"{meeting.local(o.dtstart):%d %b %Y}" + (" (cancelled)" if o.cancelled else "")
        for o in occurrences(meeting, changes)
    ]
    return ", ".join(found[:12]) + (f" and {len(found) - 12} more" if len(found) > 12 else "")


def _record(meeting: Meeting) -> dict[str, Any]:
    names = [
        "slug",
        "title",
        "kind",
        "event_uid",
        "dtstart",
        "dtend",
        "zone",
        "place",
        "online_link",
        "description",
        "reply_deadline",
        "capacity",
        "status",
        "sequence",
        "rrule",
    ]
    return {name: getattr(meeting, name) for name in names}


def _tally(invitations: list[Invitation]) -> dict[str, int]:
    from mailer.pipeline.papers.attendance_list import SAID_AS

    tally = dict.fromkeys(("yes", "maybe", "no answer", "sends somebody", "no"), 0)
    for invitation in invitations:
        if invitation.invited_at is not None or invitation.answered:
            tally[SAID_AS[invitation.partstat]] += 1
    return tally | {"people coming": sum(i.party_size for i in invitations)}


def attendance(
    slug: Annotated[str, typer.Argument(metavar="MEETING")] = "",
    action: Annotated[
        str | None, typer.Argument(metavar="[set", help="“set” enters an answer that came some other way.")
    ] = None,
    address: Annotated[str | None, typer.Argument(metavar="ADDRESS")] = None,
    answer: Annotated[str | None, typer.Argument(metavar="yes|no|maybe]")] = None,
    note: Annotated[str, typer.Option(help="Where the answer comes from: “by phone”.")] = "",
    guests: Annotated[int, typer.Option(min=0, max=99, help="How many more come along.")] = 0,
    json: bool = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For a spreadsheet.")] = False,
    on: Annotated[str | None, typer.Option(help="One date of a series: 2026-04-14.")] = None,
) -> None:
    """Who is coming, since when, by which message; or enter an answer: attendance launch set ann@acme.example yes --note "by phone"."""
    if not slug:
        raise fail(f"Of which meeting? Write: convener attendance MEETING. {in_store(_known)}", 2)
    if action is None:
        _show_attendance(slug, json, as_csv, on)
        return
    from mailer.pipeline.hand.changes import SAID

    if action != "set" or address is None or answer is None:
        raise fail("Write: convener attendance MEETING set ADDRESS yes|no|maybe", 2)
    if answer.lower() not in SAID:
        raise fail(f"“{answer}” is no answer I know: yes, no, maybe or open.", 2)

    async def work(_: PartnershipSettings, office: Any) -> str:
        from mailer.pipeline.hand.changes import enter_answer, enter_answer_to_date, meeting_or_error
        from mailer.pipeline.hand.planning import person_called

        meeting = await meeting_or_error(office, slug)
        person = await person_called(office, address)
        if on is not None:
            said = SAID[answer.lower()]
            return await enter_answer_to_date(
                office, meeting, person, _day(on), said, datetime.now(UTC), guests=guests, note=note
            )
        return await enter_answer(
            office,
            meeting,
            person,
            SAID[answer.lower()],
            datetime.now(UTC),
            guests=guests,
            note=note or "entered by hand",
        )

    console.print(f"Recorded: {in_office(work)}.", markup=False)


def _show_attendance(slug: str, json: bool, as_csv: bool, on: str | None = None) -> None:
    from mailer.pipeline.papers.attendance_list import AttendanceRow, attendance_rows

    async def work(
        _: Config, __: PartnershipSettings, partnership: PartnershipId
    ) -> tuple[Meeting, list[AttendanceRow]]:
        from mailer.pipeline.hand.changes import date_or_error

        meeting = await _meeting(partnership, slug)
        if on is None:
            return meeting, await attendance_rows(partnership, meeting)
        held = await date_or_error(meeting, _day(on))
        title = f"{meeting.title} (cancelled)" if held.cancelled else meeting.title
        shown = replace(meeting, title=title, dtstart=held.dtstart, dtend=held.dtend, rrule="")
        return shown, await attendance_rows(partnership, meeting, held.recurrence_id)

    meeting, rows = in_store(work)
    records = [asdict(r) for r in rows]
    if json:
        print_json(
            {"meeting": _record(meeting), "attendance": records, "people_coming": sum(r.party_size for r in rows)}
        )
    elif as_csv:
        out = csv.DictWriter(sys.stdout, [f.name for f in fields(AttendanceRow)])
        out.writeheader()
        out.writerows(records)
    else:
        show_attendance(meeting, rows)


def show_attendance(meeting: Meeting, rows: list[AttendanceRow]) -> None:
    """The table of who is coming and why."""
    cells = [
        (
            r.answer + (f" +{r.guests}" if r.guests else ""),
            r.name + (f", instead of {r.instead_of}" if r.instead_of else ""),
            r.organisation,
            f"{meeting.local(r.since):%d %b %H:%M}" if r.since else "",
            r.reason,
        )
        for r in rows
    ]
    coming = sum(r.party_size for r in rows)
    if not rows:
        console.print(f"{meeting.title} ({_when(meeting)}): nobody is invited yet.", markup=False)
        return
    title = f"{meeting.title}: {counted(coming, 'person', 'people')} coming ({_when(meeting)})"
    table(title, ("answer", "name", "organisation", "since", "why"), cells)
