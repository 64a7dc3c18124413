"""What a letter speaks of beside person and meeting, loaded when it is written: items, offered times, calls to make, totals, texts, files.

Promises: reads only; a letter gets what its rule asks for (`ask`, `attach`, `items`, `question`) and the short lists any letter may name.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mailer.decide.snapshot import Notice
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.plan import Item
from mailer.pipeline.office import Office
from mailer.render.outgoing import Callee, Enclosure, ItemLine, Offer, Particulars, Totals
from mailer.store import calls, documents, meetings, people, plan, questions
from mailer.terms import PartStat, PersonId

if TYPE_CHECKING:
    from mailer.store.calls import LoggedCall

ENCLOSED = frozenset(
    {"call list", "attendee list", "sign-in sheet", "name badges", "table tents", "summary", "action plan"}
)
"""What a rule may attach as a document to print."""

SETTLED = frozenset({"yes", "no", "wrong number"})
"""Results of a call after which nobody is called again."""


async def particulars(
    office: Office, notice: Notice, meeting: Meeting, person: Person, lists: frozenset[str], now: datetime
) -> Particulars:
    """What the letter of *notice* speaks of; *lists* are the names of `render.listings` that stand in it."""
    files: tuple[Enclosure, ...] = ()
    if not lists:
        return Particulars(enclosures=files)
    persons = (
        {p.id: p for p in await people.people(office.partnership)} if lists & {"items", "plan", "comments"} else {}
    )
    summary = await documents.document(office.partnership, documents.SUMMARY, meeting.id) if lists & _TEXTS else None
    return Particulars(
        items=tuple(_line(i, persons) for i in await plan.items(office.partnership, ids=notice.items))
        if "items" in lists and notice.items
        else (),
        plan=tuple(_line(i, persons) for i in await plan.items(office.partnership, open_only=True))
        if "plan" in lists
        else (),
        offers=await _offers(notice) if "choices" in lists else (),
        callees=await callees(office, meeting, person) if "calls" in lists else (),
        totals=totals(await meetings.invitations(meeting.id), meeting) if "totals" in lists else None,
        teams=await teams_without_call(office) if "teams" in lists else (),
        document=summary.text if summary else "",
        comments=tuple(
            (persons[r.person].name if r.person in persons else "", r.words)
            for r in await documents.comments(summary.id)
        )
        if summary and "comments" in lists
        else (),
        enclosures=files,
    )


_TEXTS = frozenset({"document", "comments"})


def _line(item: Item, persons: Mapping[PersonId, Person]) -> ItemLine:
    owner = persons.get(item.owner) if item.owner else None
    support = persons.get(item.support) if item.support else None
    return ItemLine(item, owner.name if owner else "", support.name if support else "")


async def _offers(notice: Notice) -> tuple[Offer, ...]:
    if notice.question is None:
        return ()
    return tuple(Offer(c.number, c.label, c.dtstart) for c in await questions.choices(notice.question))


async def callees(office: Office, meeting: Meeting, champion: Person) -> tuple[Callee, ...]:
    """Whom *champion* should call about *meeting*: their own contacts who were invited and are silent, in the order of names."""
    register = await people.people(office.partnership)
    invitations = {i.person_id: i for i in await meetings.invitations(meeting.id)}
    logged = await calls.latest(meeting.id)
    silent = [
        p for p in register if p.champion == champion.id and to_be_called(p, invitations.get(p.id), logged.get(p.id))
    ]
    return tuple(
        Callee(n, p.id, p.name, p.organisation, p.phone, _remark(logged.get(p.id))) for n, p in enumerate(silent, 1)
    )


def to_be_called(person: Person, invitation: "Invitation | None", call: "LoggedCall | None") -> bool:
    """Is a call still of use? Invited, silent, not asked to be left alone, and no call has settled it."""
    return (
        person.stopped_at is None
        and invitation is not None
        and invitation.invited_at is not None
        and invitation.partstat is PartStat.NEEDS_ACTION
        and (call is None or call.result not in SETTLED)
    )


def _remark(call: "LoggedCall | None") -> str:
    if call is None:
        return ""
    return f"{call.result} on {call.at:%d %B}" + (f": {call.note}" if call.note else "")


def totals(invitations: Sequence[Invitation], meeting: Meeting) -> Totals:
    """Chairs and needs of those who come, never names."""
    needs: dict[str, int] = {}
    coming = [i for i in invitations if i.partstat is PartStat.ACCEPTED and i.waiting_since is None]
    for invitation in coming:
        for line in invitation.needs.splitlines():
            kind, _, count = line.partition(":")
            needs[kind.strip()] = needs.get(kind.strip(), 0) + int(count.strip() or 1)
    return Totals(sum(i.party_size for i in coming), tuple(sorted(needs.items())), meeting.told_headcount)


async def teams_without_call(office: Office) -> tuple[str, ...]:
    """The action teams that have no meeting of their own yet."""
    every = await plan.teams(office.partnership)
    have = {m.team_id for m in await meetings.all_of(office.partnership) if m.team_id is not None and not m.cancelled}
    return tuple(t.name for t in every if t.id not in have)
