"""Who was at a meeting, recorded from a roll call: names found among those who said yes, walk-ins entered into the register.

Of a series it is about one of its dates: the one that the roll call names, or that began last.

Promises: one commit, or nothing: where a name is nobody's, or several people's, a sentence says so and nothing is recorded. Nobody enters the
register who was not said to be a walk-in.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from mailer.errors import MailerError
from mailer.partnership import series
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.register import PersonRow
from mailer.pipeline.office import Office
from mailer.store import erasing, log, meetings, occurrences, people
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import PartStat, PersonId, canonical
from mailer.understand.rollcall import LONGEST, RollCall, WalkIn


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a roll call means. *missed*: had said yes and were not there."""

    came: tuple[Person, ...]
    walk_ins: tuple[WalkIn, ...]
    missed: tuple[Person, ...]


async def of_its_date(meeting: Meeting, words: str, now: datetime) -> Meeting:
    """*meeting*; a series as it is on the date that *words* name ("9 April"), or that began last. Raises MailerError where there is none."""
    if meeting.recurrence_id is not None or (not meeting.rrule and not words):
        return meeting
    changes = await occurrences.changes(meeting.id) if meeting.rrule else ()
    dates = [o for o in series.occurrences(meeting, changes) if not o.cancelled]
    if words:
        fitting = [o for o in dates if _plain_day(words) in _names_of(meeting.local(o.dtstart))]
    else:
        fitting = sorted((o for o in dates if o.dtstart <= now), key=lambda o: o.dtstart)[-1:]
    if len(fitting) == 1:
        return series.at_date(meeting, fitting[0]) if meeting.rrule else meeting
    if not words:
        raise MailerError(f"{meeting.slug} has not begun yet.")
    there = ", ".join(f"{meeting.local(o.dtstart):%Y-%m-%d}" for o in dates[:12])
    raise MailerError(f"{meeting.slug} is not held on {words}. Its dates: {there}.")


async def of_letter(meeting: Meeting, round_: str, now: datetime) -> Meeting:
    """*meeting*; a series as it is on the date that a letter of *round_* was about, or that began last."""
    about = series.date_of_round(round_) if meeting.rrule else None
    date = series.occurrence_of(meeting, about, await occurrences.changes(meeting.id)) if about is not None else None
    return series.at_date(meeting, date) if date is not None else await of_its_date(meeting, "", now)


def _plain_day(words: str) -> str:
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bof\b", " ", words.casefold()).strip()


def _names_of(day: datetime) -> set[str]:
    """What people write for *day*."""
    found = {f"{day:%Y-%m-%d}"}
    for month in (f"{day:%B}".casefold(), f"{day:%b}".casefold()):
        found |= {
            f"{day.day} {month}",
            f"{month} {day.day}",
            f"{day.day} {month} {day.year}",
            f"{month} {day.day} {day.year}",
        }
    return found


async def called(office: Office, meeting: Meeting, roll: RollCall) -> Called:
    """Find the people of *roll*. Raises MailerError where a name is nobody's or several people's."""
    register = await people.people(office.partnership)
    held = await meetings.answers_to(meeting)
    said_yes = {i.person_id for i in held if i.partstat is PartStat.ACCEPTED and i.waiting_since is None}
    invited = {i.person_id for i in held if i.invited_at is not None or i.answered}
    odd: list[str] = []
    unknown: list[str] = []
    found: dict[PersonId, Person] = {p.id: p for p in register if p.id in said_yes} if roll.everybody else {}
    beside = {w.name.casefold() for w in roll.walk_ins} | {w.address for w in roll.walk_ins if w.address}
    for who in (*roll.absent, *roll.came):
        person = _called(who, register, said_yes if who in roll.absent else said_yes | invited)
        if isinstance(person, str):
            if who.casefold() not in beside or person.startswith("Which"):
                odd.append(person)
        elif who in roll.absent and person.id not in said_yes:
            odd.append(f"{person.name} had not said yes.")
        elif who in roll.absent:
            found.pop(person.id, None)
        else:
            found[person.id] = person
    fresh: list[WalkIn] = []
    for walk_in in roll.walk_ins:
        known = [p for p in register if walk_in.address and p.has_address(walk_in.address)]
        known = known or [p for p in register if p.name.casefold() == walk_in.name.casefold()]
        if len(known) == 1:
            found[known[0].id] = known[0]
        elif known:
            odd.append(f"Which {walk_in.name}? Several are called so.")
        elif not walk_in.sure:
            unknown.append(f"{walk_in.name}{_near(walk_in.name, register)}")
        else:
            fresh.append(walk_in)
    if unknown:
        remedy = "Whoever walked in: write “walk-in” in the column “came”. The others: as the register spells them."
        odd.append(f"Nobody in the register is called so: {', '.join(unknown)}. {remedy}")
    if odd:
        raise MailerError(" ".join(odd))
    missed = tuple(p for p in register if p.id in said_yes and p.id not in found)
    return Called(tuple(found.values()), tuple(fresh), missed)


def in_words(meeting: Meeting, found: Called) -> str:
    """*found* as the line that says the same."""
    came = ", ".join(p.address or p.name for p in found.came) or "nobody"
    extra = "; ".join(
        ", ".join(part.replace(",", " ").replace(";", " ") for part in (w.name, w.organisation) if part)
        + (f", {w.address}" if w.address else "")
        for w in found.walk_ins
    )
    return f"came to {_name(meeting)}: {came}" + (f"; walk-in: {extra}" if extra else "")


def _name(meeting: Meeting) -> str:
    """The meeting, or the one date of a series, as a roll call names it."""
    on = f" on {meeting.local(meeting.dtstart):%Y-%m-%d}" if meeting.recurrence_id is not None else ""
    return f"{meeting.slug}{on}"


async def call_roll(office: Office, meeting: Meeting, roll: RollCall, now: datetime) -> str:
    """Record *roll*, in one commit; gives a sentence about it. Walk-ins enter the register."""
    meeting = await of_its_date(meeting, roll.day, now)
    if roll.unknown:
        await transact(lambda: meetings.forget_attendance(meeting))
        return f"Who came to {_name(meeting)} is not recorded any more."
    if now < meeting.dtstart:
        raise MailerError(f"{meeting.slug} has not begun yet.")
    found = await called(office, meeting, roll)
    came = {p.id: p.name for p in found.came}

    async def write() -> None:
        for one in found.walk_ins:
            addresses = (one.address,) if one.address else ()
            if refused := await erasing.refusal(office.partnership, one.name, addresses):
                raise MailerError(f"{refused}. Leave that name out, or add it first. Nothing was recorded.")
            row = PersonRow(one.name, addresses, one.organisation, language=office.sender.language)
            ident, _ = await people.save(office.partnership, row)
            came[ident] = one.name
        await meetings.note_attendance(meeting, came, now)
        sentence = f"{_people(len(came))} came to “{meeting.title}”"
        await log.write(office.partnership, LogLine(now, "attendance", sentence, meeting.id))

    await transact(write)
    told = f"{_people(len(came))} came to {_name(meeting)}: {', '.join(came.values()) or 'nobody'}."
    if found.missed:
        told += f" Missed, though they had said yes: {', '.join(p.name for p in found.missed)}."
    return told + (f" New in the register: {', '.join(w.name for w in found.walk_ins)}." if found.walk_ins else "")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _called(who: str, register: Sequence[Person], expected: AbstractSet[PersonId]) -> Person | str:
    """The one person *who* means: by address, by the whole name, by a part of it among those *expected*, else among all. Of two who were invited
    the one who said yes is not taken for granted."""
    if "@" in who:
        found = [p for p in register if p.has_address(canonical(who))]
        return found[0] if found else f"Nobody in the register has the address {who}."
    family, _, given = who.partition(",")  # a sheet may say "Lee, Ann"
    wanted = " ".join(f"{given} {family}".casefold().split())
    whole = [p for p in register if p.name.casefold() == wanted]
    part = [p for p in register if wanted in p.name.casefold().split()]
    for some in (whole, part):
        for circle in (expected, {p.id for p in register}):
            near = [p for p in some if p.id in circle]
            if len(near) == 1:
                return near[0]
            if near:
                names = ", ".join(f"{p.name} ({p.address or p.organisation})" for p in near[:5])
                return f"Which {who}? {names}."
    return f"Nobody in the register is called {who}.{_near(who, register)}"


def _near(name: str, register: Sequence[Person]) -> str:
    """Names that are spelled nearly so, in brackets."""
    names = {p.name.casefold(): p.name for p in register}
    near = [names[n] for n in get_close_matches(name.casefold(), list(names), 2, 0.75)]
    return f" (perhaps {' or '.join(near)}?)" if near else ""


async def as_recorded(office: Office, meeting: Meeting, roll: RollCall, now: datetime) -> str:
    """What is recorded of who came to the meeting that *roll* is about, as a roll call that restores it; empty where that would be too long."""
    meeting = await of_its_date(meeting, roll.day, now)
    if meeting.attendance_at is None:
        return f"came to {_name(meeting)}: not recorded"
    idents = [i.person_id for i in await meetings.answers_to(meeting) if i.attended]
    came = await people.people(office.partnership, idents) if idents else ()
    words = in_words(meeting, Called(tuple(came), (), ()))
    return words if len(words) < LONGEST else ""
