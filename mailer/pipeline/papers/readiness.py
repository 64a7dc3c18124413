"""What a meeting still lacks some days before it: place, roles, words of signers, answers, people without an address, parts that nobody has done.

Promises: reads only; each line is one sentence that says what to do where that is not plain; nothing is listed that is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from mailer.partnership.attendance import Invitation
from mailer.partnership.gaps import gaps
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item
from mailer.pipeline.office import Office
from mailer.store import approvals, meetings, outbox, people, plan
from mailer.terms import PartStat, PersonId

_MOST_NAMES = 12
_LEADING = frozenset({Role.LEAD_CHAMPION, Role.CO_CHAIR, Role.CHAMPION})
_WANTED = {
    approvals.ASKED: "has not said OK yet to", approvals.CHANGES: "wants changes in", approvals.NO: "has said no to",
}  # fmt: skip


async def readiness(office: Office, meeting: Meeting, now: datetime) -> tuple[str, ...]:
    """What is missing for *meeting*, what weighs most first."""
    register = await people.people(office.partnership)
    names = {p.id: p.name for p in register}
    latest: dict[tuple[object, object], approvals.SignersWord] = {}
    for word in await approvals.every(office.partnership, meeting.id):
        latest.setdefault((word.person, word.rule), word)
    held = await outbox.rows(office.partnership, [outbox.HELD], 1000, meeting.id)
    waiting = {(e.notice.on_behalf_of, e.notice.rule) for e in held}
    words = [
        f"{names.get(w.person, 'A signer')} {_WANTED[w.state]} “{w.subject}” ({_count(w.letters, 'letter', 'letters')})."
        for w in latest.values()
        if w.state in _WANTED and ((w.person, w.rule) in waiting or (w.leaves_at is not None and w.leaves_at > now))
    ]
    waits = [f"{_count(len(held), 'letter waits', 'letters wait')} for a word: write “waiting”."] if held else []
    items = await plan.items(office.partnership, open_only=True)
    answers = await meetings.answers_to(meeting)
    return (
        *missing(meeting, register, answers),
        *words,
        *waits,
        *parts(items, meeting, meeting.local(now).date(), names),
    )


def missing(meeting: Meeting, register: Sequence[Person], answers: Sequence[Invitation]) -> list[str]:
    """Place, roles, and those of whom nothing is known (pure)."""
    lines = []
    if not meeting.place and not meeting.online_link:
        lines.append(f"There is no place yet: “place of {meeting.slug}: …” sets it.")
    roles = {r for p in register for r in p.roles}
    if not roles & _LEADING:
        lines.append("Nobody is champion or co-chair.")
    if Role.NOTE_TAKER not in roles:
        lines.append("Nobody takes the notes (role: note taker).")
    if Role.CATERER not in roles:
        lines.append("There is no caterer in the register, so nobody is told how many come.")
    guests = [p for p in register if not p.of_the_house]
    by_person = {i.person_id: i for i in answers}
    silent = [
        p for p in guests
        if p.kind is PartnerKind.BUSINESS and p.may_be_written_to and (i := by_person.get(p.id)) is not None and i.invited_at is not None
        and i.partstat is PartStat.NEEDS_ACTION
    ]  # fmt: skip
    uninvited = [
        p for p in guests
        if p.may_be_written_to and ((i := by_person.get(p.id)) is None or (i.invited_at is None and not i.answered))
    ]  # fmt: skip
    unreached = [p for p in guests if p.address is None]
    for who, one, many in (
        (silent, "business has not answered", "businesses have not answered"),
        (uninvited, "person has not been invited", "people have not been invited"),
        (unreached, "person has no address that works", "people have no address that works"),
    ):
        if who:
            lines.append(f"{_count(len(who), one, many)}: {_named(p.name for p in who)}.")
    kinds = [g.kind for g in gaps(register) if not g.names]
    if kinds:
        lines.append(f"No contact yet for: {', '.join(kinds)}. (“gaps” tells how I know.)")
    return lines


def parts(items: Iterable[Item], meeting: Meeting, today: date, names: Mapping[PersonId, str]) -> list[str]:
    """What was promised for the meeting and is still open (pure)."""
    day = meeting.local(meeting.dtstart).date()
    lines = []
    for item in items:
        if item.due is not None and item.due <= day:
            owner = names.get(item.owner, "") if item.owner is not None else ""
            notes = [
                owner or "nobody has taken it",
                *(["overdue"] if item.overdue(today) else []),
                *(["needs help"] if item.help else []),
            ]
            lines.append(f"Action item {item.number} is open: {item.text} ({', '.join(notes)}).")
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _named(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_NAMES} more" if len(every) > _MOST_NAMES else ""
    return ", ".join(every[:_MOST_NAMES]) + more
