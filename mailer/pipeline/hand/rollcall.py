"""Who was at a meeting, recorded from a roll call: names found among those who said yes, walk-ins entered into the register.

Promises: one commit, or nothing: where a name is nobody's, or several people's, a sentence says so and nothing is recorded.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.register import PersonRow
from mailer.pipeline.office import Office
from mailer.store import log, meetings, people
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import PartStat, PersonId, canonical
from mailer.understand.rollcall import RollCall, WalkIn


async def call_roll(office: Office, meeting: Meeting, roll: RollCall, now: datetime) -> str:
    """Record *roll*, in one commit; gives a sentence about it. Walk-ins enter the register. Raises MailerError, and records nothing, where a
    name is nobody's or several people's."""
    if roll.unknown:
        await transact(lambda: meetings.forget_attendance(meeting.id))
        return f"Who came to {meeting.slug} is not recorded any more."
    if now < meeting.dtstart:
        raise MailerError(f"{meeting.slug} has not begun yet.")
    register = await people.people(office.partnership)
    held = {i.person_id: i for i in await meetings.invitations(meeting.id)}
    said_yes = {p for p, i in held.items() if i.partstat is PartStat.ACCEPTED and i.waiting_since is None}

    def find(who: str) -> Person | str:
        return _called(who, register, said_yes, set(held))

    odd: list[str] = []
    found: dict[PersonId, str] = {p.id: p.name for p in register if p.id in said_yes} if roll.everybody else {}
    beside = {w.name.casefold() for w in roll.walk_ins} | {w.address for w in roll.walk_ins if w.address}
    for who in (*roll.absent, *roll.came):
        person = find(who)
        if isinstance(person, str):
            if who.casefold() not in beside or person.startswith("Which"):
                odd.append(person)
        elif who in roll.absent and person.id not in said_yes:
            odd.append(f"{person.name} had not said yes.")
        elif who in roll.absent:
            found.pop(person.id, None)
        else:
            found[person.id] = person.name
    fresh: list[WalkIn] = []
    for walk_in in roll.walk_ins:
        known = [p for p in register if walk_in.address and p.has_address(walk_in.address)]
        known = known or [p for p in register if p.name.casefold() == walk_in.name.casefold()]
        if len(known) == 1:
            found[known[0].id] = known[0].name
        elif known:
            odd.append(f"Which {walk_in.name}? Several are called so.")
        else:
            fresh.append(walk_in)
    if odd:
        raise MailerError(" ".join(odd))

    async def write() -> None:
        for one in fresh:
            row = PersonRow(
                one.name, (one.address,) if one.address else (), one.organisation, language=office.sender.language
            )
            ident, _ = await people.save(office.partnership, row)
            found[ident] = one.name
        await meetings.note_attendance(meeting.id, found, now)
        sentence = f"{len(found)} people came to “{meeting.title}”"
        await log.write(office.partnership, LogLine(now, "attendance", sentence, meeting.id))

    await transact(write)
    missed = [p.name for p in register if p.id in said_yes and p.id not in found]
    told = f"{len(found)} people came to {meeting.slug}: {', '.join(found.values()) or 'nobody'}."
    told += f" Missed, though they had said yes: {', '.join(missed)}." if missed else ""
    return told + (f" New in the register: {', '.join(w.name for w in fresh)}." if fresh else "")


def _called(
    who: str, register: Sequence[Person], said_yes: AbstractSet[PersonId], invited: AbstractSet[PersonId]
) -> Person | str:
    """The one person *who* means: by address, by the whole name, by a part of it among those who said yes, those invited, then all."""
    if "@" in who:
        found = [p for p in register if p.has_address(canonical(who))]
        return found[0] if found else f"Nobody in the register has the address {who}."
    wanted = " ".join(who.casefold().split())
    whole = [p for p in register if p.name.casefold() == wanted]
    part = [p for p in register if wanted in p.name.casefold().split()]
    for some in (whole, part):
        for circle in (said_yes, invited, {p.id for p in register}):
            near = [p for p in some if p.id in circle]
            if len(near) == 1:
                return near[0]
            if near:
                names = ", ".join(f"{p.name} ({p.address or p.organisation})" for p in near[:5])
                return f"Which {who}? {names}."
    return f"Nobody in the register is called {who}."


async def as_recorded(office: Office, meeting: Meeting) -> str:
    """What is recorded of who came, as a roll call that restores it; empty where that would be too long."""
    if meeting.attendance_at is None:
        return f"came to {meeting.slug}: not recorded"
    came = [i.person_id for i in await meetings.invitations(meeting.id) if i.attended]
    names = ", ".join(p.address or p.name for p in await people.people(office.partnership, came)) if came else "nobody"
    return f"came to {meeting.slug}: {names}" if len(names) < 10_000 else ""
