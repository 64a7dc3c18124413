"""The append-only log of what happened and why, and the troubles that are said once."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.store.statement import fetch, marks
from mailer.store.statement import write as insert
from mailer.terms import InboundId, MeetingId, OutboxId, PartnershipId, PersonId


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    what: str
    sentence: str
    meeting_id: MeetingId | None = None
    person_id: PersonId | None = None
    inbound_id: InboundId | None = None
    outbox_id: OutboxId | None = None
    actor: str = ""


_ACTOR: ContextVar[str] = ContextVar("who acts", default="")


@contextmanager
def acting(who: str) -> Iterator[None]:
    """Whatever is logged within was done by *who*: "dana@example.org, by mail". (It reaches into the transactions that begin within.)"""
    token = _ACTOR.set(who[:400])
    try:
        yield
    finally:
        _ACTOR.reset(token)


async def write(partnership: PartnershipId, line: LogLine) -> None:
    """Add one line."""
    await insert(
        "INSERT INTO log (partnership_id, at, what, sentence, actor, meeting_id, person_id, inbound_id, outbox_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                partnership,
                line.at,
                line.what,
                line.sentence,
                line.actor or _ACTOR.get(),
                line.meeting_id,
                line.person_id,
                line.inbound_id,
                line.outbox_id,
            )
        ],
    )


async def lines(
    partnership: PartnershipId,
    *,
    after: int = 0,
    person: PersonId | None = None,
    meeting: MeetingId | None = None,
    by_people: bool = False,
    who: str = "",
    limit: int = 500,
    newest: bool = False,
) -> list[tuple[int, LogLine]]:
    """Lines with an id above *after*, oldest first; the last ones where *newest*. *by_people*: what somebody did; *who*: part of the name."""
    query = models.Log.filter(partnership_id=partnership, id__gt=after)
    if by_people:
        query = query.exclude(actor="")
    if who:
        query = query.filter(actor__icontains=who)
    if person is not None:
        query = query.filter(person_id=person)
    if meeting is not None:
        query = query.filter(meeting_id=meeting)
    rows = await query.order_by("-id" if newest else "id").limit(limit)
    if newest:
        rows.reverse()
    return [
        (
            r.id,
            LogLine(
                r.at,
                r.what,
                r.sentence,
                MeetingId(r.meeting_id) if r.meeting_id else None,
                PersonId(r.person_id) if r.person_id else None,
                InboundId(r.inbound_id) if r.inbound_id else None,
                OutboxId(r.outbox_id) if r.outbox_id else None,
                r.actor,
            ),
        )
        for r in rows
    ]


async def said_since(partnership: PartnershipId, what: Sequence[str], person: PersonId, since: datetime) -> bool:
    """Whether a line of one of these sorts about *person* was written after *since*."""
    return await models.Log.filter(
        partnership_id=partnership, what__in=list(what), person_id=person, at__gt=since
    ).exists()


async def set_trouble(partnership: PartnershipId, what: str, sentence: str | None, now: datetime) -> bool:
    """Note that *what* does not work, or with None that it works again; True when that is news."""
    if sentence is None:
        return bool(await models.Trouble.filter(partnership_id=partnership, what=what).delete())
    row, new = await models.Trouble.get_or_create(
        partnership_id=partnership, what=what, defaults={"sentence": sentence, "since": now}
    )
    if not new and row.sentence != sentence:
        await models.Trouble.filter(id=row.id).update(sentence=sentence)
        return True
    return new


async def troubles(partnership: PartnershipId) -> list[tuple[str, str, datetime]]:
    """(what, sentence, since) of everything that does not work at present."""
    return [
        (t.what, t.sentence, t.since) for t in await models.Trouble.filter(partnership_id=partnership).order_by("since")
    ]


async def unknown(
    partnership: PartnershipId, meeting: MeetingId, what: str, told: Collection[tuple[PersonId | None, str]]
) -> set[tuple[PersonId | None, str]]:
    """Those of *told* (whom it is about, the sentence) that no line of this meeting says yet."""
    if not told:
        return set()
    persons = sorted({p for p, _ in told if p is not None})
    known: set[tuple[PersonId | None, str]] = set()
    lines = (
        "SELECT person_id, sentence FROM log WHERE +partnership_id = ? AND meeting_id = ? AND what = ? AND person_id"
    )
    for start in range(0, len(persons), 500):
        some = persons[start : start + 500]
        rows = await fetch(f"{lines} IN {marks(some)}", partnership, meeting, what, *some)
        known |= {(PersonId(r["person_id"]), r["sentence"]) for r in rows}
    if any(p is None for p, _ in told):
        known |= {(None, r["sentence"]) for r in await fetch(f"{lines} IS NULL", partnership, meeting, what)}
    return set(told) - known
