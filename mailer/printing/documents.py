"""One function a document: values → PDF. What stands where is decided here, how it looks in layouts/.

Promises: an empty list gives a document that says so; three hundred people give more pages of the same kind.
Fails:    NotPrintable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from mailer.printing.labels import ADDRESSES, BADGES
from mailer.printing.lettering import LONGEST_LINE
from mailer.printing.order import by_family_name, by_organisation, folded
from mailer.printing.sheets import (
    AgendaLine,
    Attendee,
    CallLine,
    LetterPage,
    MeetingSheet,
    PlanLine,
    Printed,
    Printing,
    Section,
    TaskGroup,
)
from mailer.printing.typesetter import typeset

_LONGEST_PARAGRAPH = 20_000
_LONGEST_PICTURE = 1_000_000


def sign_in_sheet(
    meeting: MeetingSheet, attendees: Iterable[Attendee], printing: Printing, *, walk_ins: int = 12
) -> Printed:
    """A box to tick and a line to sign for everybody, by organisation; room for at least *walk_ins* more at the end."""
    groups = [[name, [_plain(a) for a in people]] for name, people in by_organisation(attendees)]
    return _sheet("sign-in", meeting, printing, groups=groups, walk_ins=walk_ins)


def name_badges(
    meeting: MeetingSheet, attendees: Iterable[Attendee], printing: Printing, *, spare: bool = True
) -> Printed:
    """A badge for everybody, by family name, and a blank one for each guest; *spare* fills the last sheet with blank ones."""
    people = by_family_name(attendees)
    labels = BADGES[printing.paper]
    headline = meeting.partnership or meeting.title
    badges = [_badge(a, headline) for a in people]
    blank = sum(a.guests for a in people)
    if spare and badges:
        blank += -(len(badges) + blank) % labels.per_sheet
    badges += [_badge(Attendee(""), headline) | {"blank": True}] * blank
    return _sheet("badges", meeting, printing, badges=badges, labels=asdict(labels))


def _badge(attendee: Attendee, headline: str) -> dict[str, Any]:
    name = " ".join(attendee.name.split())
    large = " ".join(attendee.known_as.split()) or name
    rest = "" if large == name else name.removeprefix(f"{large} ")
    return {
        "large": large, "rest": rest, "organisation": attendee.organisation, "title": attendee.title, "role": attendee.role,
        "headline": headline, "blank": False,
    }  # fmt: skip


def table_tents(meeting: MeetingSheet, attendees: Iterable[Attendee], printing: Printing) -> Printed:
    """A sign for the table for everybody, two on a sheet, legible from both sides."""
    return _sheet("tents", meeting, printing, people=[_plain(a) for a in by_family_name(attendees)])


def attendee_list(
    meeting: MeetingSheet, attendees: Iterable[Attendee], printing: Printing, *, needs: bool = False
) -> Printed:
    """Who is coming, by family name. *needs* (diet and access) only on the convener's own copy."""
    people = by_family_name(attendees)
    rows = [_plain(a) | ({} if needs else {"needs": ""}) for a in people]
    organisations = len({folded(" ".join(a.organisation.split())) for a in people if a.organisation.strip()})
    return _sheet("attendees", meeting, printing, people=rows, organisations=organisations)


def agenda(
    meeting: MeetingSheet, lines: Sequence[AgendaLine], printing: Printing, *, timekeeper: bool = True
) -> Printed:
    """What is done when, on the clock of the meeting; for the *timekeeper* with columns for when each item really ended."""
    timed, over = running_times(meeting, lines)
    clock = _clock(meeting)
    items = [
        {"starts": clock(at), "until": clock(at + timedelta(minutes=minutes)), "minutes": minutes, "title": line.title,
         "who": line.who, "notes": line.notes}
        for at, minutes, line in timed
    ]  # fmt: skip
    end = items[-1]["until"] if items else ""
    return _sheet("agenda", meeting, printing, items=items, timekeeper=timekeeper, end=end, over=over)


def running_times(
    meeting: MeetingSheet, lines: Sequence[AgendaLine]
) -> tuple[list[tuple[datetime, int, AgendaLine]], int]:
    """When each item starts and how long it lasts, and by how many minutes all are longer (shorter: negative) than the meeting.

    Items without minutes share what is left, at least five each; where the end of the meeting is not known, ten each.
    """
    starts = (meeting.starts or datetime(2000, 1, 1, 9, tzinfo=UTC)).replace(microsecond=0)
    length = int((meeting.ends - meeting.starts).total_seconds() // 60) if meeting.starts and meeting.ends else None
    given = sum(line.minutes for line in lines if line.minutes is not None)
    open_lines = sum(1 for line in lines if line.minutes is None)
    share, extra = divmod(max(length - given, 0), open_lines) if length is not None and open_lines else (10, 0)
    timed, at = [], starts
    for line in lines:
        minutes = line.minutes
        if minutes is None:
            open_lines -= 1
            minutes = max(5, share + (extra if open_lines == 0 else 0))
        timed.append((at, minutes, line))
        at = _later(at, minutes)
    total = sum(minutes for _, minutes, _ in timed)
    return timed, total - length if length is not None and lines else 0


def _later(at: datetime, minutes: int) -> datetime:
    """*minutes* of real time later, on the same wall clock."""
    if at.tzinfo is None:
        return at + timedelta(minutes=minutes)
    return (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)


def _clock(meeting: MeetingSheet) -> Any:
    def text(at: datetime) -> str:
        if not meeting.twelve_hours:
            return f"{at.hour}:{at.minute:02}"
        return f"{at.hour % 12 or 12}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"

    return text


def checklist(meeting: MeetingSheet, groups: Sequence[TaskGroup], printing: Printing, *, own_lines: int = 4) -> Printed:
    """Who does what by when, with boxes; *own_lines* are blank."""
    return _sheet("checklist", meeting, printing, groups=[asdict(g) for g in groups if g.tasks], own_lines=own_lines)


def call_list(meeting: MeetingSheet, caller: str, calls: Sequence[CallLine], printing: Printing) -> Printed:
    """Whom *caller* calls, in the order given, with boxes for the outcome and how to tell it by mail."""
    return _sheet("calls", meeting, printing, caller=caller, calls=[asdict(c) for c in calls])


def action_plan(meeting: MeetingSheet, lines: Sequence[PlanLine], printing: Printing) -> Printed:
    """The plan by priority, priorities and items in the order given; items without a priority come last."""
    priorities: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        priorities.setdefault(" ".join(line.priority.split()), []).append(asdict(line))
    grouped = [{"name": name, "items": items} for name, items in priorities.items() if name]
    if "" in priorities:
        grouped.append({"name": "", "items": priorities[""]})
    return _sheet("plan", meeting, printing, priorities=grouped)


def letters(meeting: MeetingSheet, pages: Sequence[LetterPage], printing: Printing) -> Printed:
    """Letters to post, each on its own page, the address where an envelope has its window."""
    return _sheet("letters", meeting, printing, _LONGEST_PARAGRAPH, letters=[asdict(page) for page in pages])


def address_labels(meeting: MeetingSheet, addresses: Sequence[Sequence[str]], printing: Printing) -> Printed:
    """Labels for the same letters; each address is its lines."""
    shown = [[line for line in address if line.strip()] for address in addresses]
    return _sheet("labels", meeting, printing, addresses=shown, labels=asdict(ADDRESSES[printing.paper]))


def summary(meeting: MeetingSheet, sections: Sequence[Section], printing: Printing, *, heading: str = "") -> Printed:
    """A summary as it stands: known facts, and lines to write on."""
    parts = [asdict(s) for s in sections]
    return _sheet("summary", meeting, printing, _LONGEST_PARAGRAPH, heading=heading, sections=parts)


def timeline(meeting: MeetingSheet, svg: str, words: str, printing: Printing) -> Printed:
    """The plan of a meeting (`render.timeline`) as a page to print or to read on a telephone. *words*: the same, said in words."""
    return _sheet("timeline", meeting, printing, _LONGEST_PICTURE, svg=svg, words=words)


def _plain(attendee: Attendee) -> dict[str, Any]:
    return asdict(attendee)


def _sheet(
    layout: str, meeting: MeetingSheet, printing: Printing, longest: int = LONGEST_LINE, /, **data: Any
) -> Printed:
    head = {"title": meeting.title, "when": meeting.when, "place": meeting.place, "partnership": meeting.partnership}
    return typeset(layout, {"sheet": head, **data}, meeting.language, printing, longest)
