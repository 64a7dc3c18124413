"""What a letter speaks of beside person and meeting, loaded when it is written: items, offered times, calls to make, totals, texts, files.

Promises: reads only; a letter gets what its rule asks for (`ask`, `attach`, `items`, `question`) and the short lists any letter may name.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item
from mailer.pipeline.office import Office
from mailer.pipeline.papers.call_list import callees
from mailer.pipeline.papers.enclosures import DOCUMENTS, enclosure
from mailer.pipeline.papers.readiness import readiness
from mailer.printing.order import family_name, folded
from mailer.render.outgoing import Callee, Draft, Enclosure, ItemLine, Offer, Particulars, Totals
from mailer.store import approvals, documents, imports, meetings, people, plan, questions, stories
from mailer.terms import InboundId, PartStat, PersonId, RuleId


async def particulars(
    office: Office, notice: Notice, meeting: Meeting, person: Person, lists: frozenset[str], now: datetime
) -> Particulars:
    """What the letter of *notice* speaks of; *lists* are the names of `render.listings` that stand in it."""
    files = tuple([await enclosure(office, meeting, word, person, now) for word in notice.attach if word in DOCUMENTS])
    if RETURNED in notice.attach:
        ident = InboundId(int(notice.round.removeprefix("inbound-")))
        return Particulars(enclosures=tuple(Enclosure(*f) for f in await imports.files_for(ident)))
    if notice.rule == SIGNER_RULE:
        return Particulars(draft=await _draft(notice, meeting), enclosures=files)
    if not lists:
        return Particulars(enclosures=files)
    asked = await questions.question(notice.question) if notice.question is not None and lists & _ASKED else None
    summary = await _text(office, notice, meeting) if lists & _TEXTS else None
    mine = await plan.items(office.partnership, ids=notice.items) if "items" in lists and notice.items else ()
    every = await plan.items(office.partnership, open_only=True) if "plan" in lists else ()
    comments = await documents.comments(summary.id) if summary and "comments" in lists else ()
    # those who are named, not the whole register: many letters are written at a time
    named = {i for item in (*mine, *every) for i in (item.owner, item.support)} | {c.person for c in comments}
    persons = {p.id: p for p in await people.people(office.partnership, [i for i in named if i])}
    return Particulars(
        items=tuple(_line(i, persons) for i in mine),
        plan=tuple(_line(i, persons) for i in every),
        offers=await _offers(notice) if "choices" in lists else (),
        callees=await callees(office.partnership, meeting, person.id, person.language) if "calls" in lists else (),
        contacts=await contacts(office, person) if "contacts" in lists else (),
        totals=totals(await meetings.answers_to(meeting), meeting) if "totals" in lists else None,
        teams=await teams_without_call(office) if "teams" in lists else (),
        document=summary.text if summary else "",
        question=asked.title if asked else "",
        readiness=await readiness(office, meeting, now) if "readiness" in lists else (),
        answer_by=asked.closes_at if asked else None,
        stories=await _stories(office, notice) if "stories" in lists else (),
        comments=tuple((persons[c.person].name if c.person in persons else "", c.words) for c in comments),
        enclosures=files,
    )


async def contacts(office: Office, champion: Person) -> tuple[Callee, ...]:
    """The companies' people whose champion is *champion*; for a champion without any, those whom nobody has. Numbered by name."""
    every = [
        p for p in await people.people(office.partnership)
        if p.kind is PartnerKind.BUSINESS and p.id != champion.id and not p.roles & _OF_THE_HOUSE
    ]  # fmt: skip
    own = [p for p in every if p.champion == champion.id] or [p for p in every if p.champion is None]
    own.sort(key=lambda p: (folded(family_name(p.name)), folded(p.name), p.id))
    return tuple(Callee(n, p.id, p.name, p.organisation) for n, p in enumerate(own, 1))


_OF_THE_HOUSE = frozenset({Role.CONVENER, Role.CATERER, Role.CHAMPION, Role.LEAD_CHAMPION, Role.CO_CHAIR})

RETURNED = "returned files"
"""What the service's answer to a mail gives back: rows that were left over, somebody's own record. No rule may ask for it."""
SIGNER_RULE = RuleId("service-signer")
"""The service's own letter to a signer: is it OK to send this in your name? No rule file may use this heading."""


async def _draft(notice: Notice, meeting: Meeting) -> Draft | None:
    """The letter that a signer is asked about."""
    ident, _, again = notice.round.partition("/")
    asked = await approvals.word(int(ident))
    if asked is None:
        return None
    return Draft(asked.subject, asked.text, asked.letters, asked.leaves_at, meeting.zone, bool(again))


_TEXTS = frozenset({"document", "comments"})
_ASKED = frozenset({"question", "answer_by"})


async def _text(office: Office, notice: Notice, meeting: Meeting) -> documents.Document | None:
    """The draft that comments are asked on, where the letter is about that; else the summary."""
    if notice.round.startswith(("draft-", "comments-")):
        return await documents.shared(meeting.id)
    return await documents.document(office.partnership, documents.SUMMARY, meeting.id)


def _line(item: Item, persons: Mapping[PersonId, Person]) -> ItemLine:
    owner = persons.get(item.owner) if item.owner else None
    support = persons.get(item.support) if item.support else None
    return ItemLine(item, owner.name if owner else "", support.name if support else "")


_OF_MESSAGE = re.compile(r"inbound-(\d+)-story")


async def _stories(office: Office, notice: Notice) -> tuple[tuple[int, str, str], ...]:
    """Those that one message told; in other letters those that were let out since the last time that the same rule wrote."""
    if (told := _OF_MESSAGE.match(notice.round)) is not None:
        fresh = await stories.stories(office.partnership, inbound=InboundId(int(told[1])))
        return tuple((s.number, s.words, "") for s in fresh)
    since = await stories.last_left(office.partnership, notice.rule, notice.round)
    out = await stories.stories(office.partnership, state=stories.APPROVED, since=since)
    return tuple((0, s.words, s.organisation) for s in out if s.words)


async def _offers(notice: Notice) -> tuple[Offer, ...]:
    if notice.question is None:
        return ()
    return tuple(Offer(c.number, c.label, c.dtstart) for c in await questions.choices(notice.question))


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
    """The action teams that have no meeting of their own yet; one without a lead was offered no times."""
    every = await plan.teams(office.partnership)
    have = {m.team_id for m in await meetings.all_of(office.partnership) if m.team_id is not None and not m.cancelled}
    return tuple(t.name if t.lead is not None else f"{t.name} (nobody leads it yet)" for t in every if t.id not in have)
