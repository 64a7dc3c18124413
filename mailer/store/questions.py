"""Questions with choices: times on offer, rankings, who can host; and what each person says to each choice.

Every function is one or few statements and expects to be called inside `transact` where it writes. The latest word of a person counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailer.store import models
from mailer.store.statement import fetch, instant, marks
from mailer.terms import InboundId, MeetingId, PartnershipId, PersonId, QuestionId, TeamId

TIMES, RANKING, YES_OR_NO = "times", "ranking", "yes-or-no"
CHOICES, PRIORITIES, WORDS = "choices", "priorities", "words"
"""Any number of the choices; the same of the priorities of the plan, asked of who could help; an answer in words alone."""
OPEN, SETTLED, CLOSED = "open", "settled", "closed"
TALLIED = (TIMES, RANKING, CHOICES, WORDS)
"""What closes on its day, and whose tally is told to the convener then."""


@dataclass(frozen=True, slots=True)
class OfferedChoice:
    """One choice. *dtstart* and *dtend* are there for times; *number* is what people answer with, and never changes."""

    id: int
    number: int
    label: str = ""
    dtstart: datetime | None = None
    dtend: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """*kind*: times, ranking, yes-or-no, choices, priorities, words. *slug* or *id* names it in commands. *chosen*: the choice that it was settled
    with. *remind_at*: when the silent are reminded, None when they were; *told_at*: since when the convener knows how it stands."""

    id: QuestionId
    slug: str
    kind: str
    title: str
    state: str
    meeting: MeetingId | None = None
    team: TeamId | None = None
    closes_at: datetime | None = None
    chosen: int | None = None
    remind_at: datetime | None = None
    told_at: datetime | None = None


async def ask(
    partnership: PartnershipId,
    slug: str,
    kind: str,
    title: str,
    offered: Sequence[tuple[str, datetime | None, datetime | None]],
    now: datetime,
    *,
    meeting: MeetingId | None = None,
    team: TeamId | None = None,
    closes_at: datetime | None = None,
    remind_at: datetime | None = None,
) -> QuestionId:
    """A new question with its choices (label, start, end), numbered from 1; the one that is there, where the slug is known."""
    known = await by_slug(partnership, slug)
    if known is not None:
        return known.id
    row = await models.Question.create(
        partnership_id=partnership, slug=slug, kind=kind, title=title[:300], meeting_id=meeting, team_id=team,
        closes_at=closes_at, remind_at=remind_at, created_at=now,
    )  # fmt: skip
    for number, (label, dtstart, dtend) in enumerate(offered, 1):
        await models.Choice.create(question_id=row.id, number=number, label=label[:300], dtstart=dtstart, dtend=dtend)
    return QuestionId(row.id)


async def by_slug(partnership: PartnershipId, slug: str) -> AskedQuestion | None:
    row = await models.Question.get_or_none(partnership_id=partnership, slug=slug)
    return _question(vars(row)) if row else None


async def question(ident: QuestionId) -> AskedQuestion | None:
    row = await models.Question.get_or_none(id=ident)
    return _question(vars(row)) if row else None


async def every(partnership: PartnershipId, *, open_only: bool = False) -> tuple[AskedQuestion, ...]:
    """Questions of the partnership, the newest first."""
    query = models.Question.filter(partnership_id=partnership)
    if open_only:
        query = query.filter(state=OPEN)
    return tuple(_question(vars(row)) for row in await query.order_by("-id"))


def _question(row: Mapping[str, Any]) -> AskedQuestion:
    return AskedQuestion(
        QuestionId(row["id"]),
        row["slug"],
        row["kind"],
        row["title"],
        row["state"],
        MeetingId(row["meeting_id"]) if row["meeting_id"] else None,
        TeamId(row["team_id"]) if row["team_id"] else None,
        instant(row["closes_at"]),
        row["chosen_id"],
        instant(row["remind_at"]),
        instant(row["told_at"]),
    )


async def to_attend(partnership: PartnershipId) -> tuple[AskedQuestion, ...]:
    """Open questions that still have a reminder or a tally to come."""
    kinds = list(TALLIED)
    rows = await fetch(
        f"SELECT * FROM question WHERE partnership_id = ? AND state = ? AND kind IN {marks(kinds)} "  # noqa: S608 - no values in it
        "AND told_at IS NULL AND closes_at IS NOT NULL ORDER BY id",
        partnership,
        OPEN,
        *kinds,
    )
    return tuple(_question(row) for row in rows)


async def reminded(ident: QuestionId) -> None:
    """The silent have been reminded: it is done once."""
    await models.Question.filter(id=ident).update(remind_at=None)


async def told(ident: QuestionId, now: datetime) -> bool:
    """The convener is told how it stands; False where that was done before."""
    return bool(await models.Question.filter(id=ident, told_at__isnull=True).update(told_at=now, remind_at=None))


async def choices(ident: QuestionId) -> tuple[OfferedChoice, ...]:
    rows = models.Choice.filter(question_id=ident).order_by("number")
    return tuple(OfferedChoice(c.id, c.number, c.label, c.dtstart, c.dtend) for c in await rows)


async def asked(ident: QuestionId, *, to_come: bool = False) -> list[PersonId]:
    """To whom letters with this question left; *to_come*: and to whom they are on their way."""
    found = models.Outbox.filter(question_id=ident).order_by("id")
    found = found.exclude(state__in=["dropped", "failed"]) if to_come else found.filter(state="sent")
    return [PersonId(p) for p in dict.fromkeys(await models.column(found, "person_id"))]


async def waiting_for_a_person(meeting: MeetingId) -> list[PersonId]:
    """Who wrote about *meeting* (or the partnership at large) what waits for the convener: not silent, whatever it means."""
    held = models.Inbound.filter(state="review", invitation_id__not_isnull=True)
    ids = await models.column(held, "invitation_id")
    found = models.Invitation.filter(id__in=ids, meeting_id=meeting)
    return [PersonId(p) for p in await models.column(found, "person_id")]


async def vote(
    ident: QuestionId, person: PersonId, said: Mapping[int, str], now: datetime, inbound: InboundId | None
) -> None:
    """What *person* says to each choice by its number (yes, no, maybe, or a rank): it takes the place of all they said before."""
    known = {c.number: c.id for c in await choices(ident)}
    await models.Vote.filter(choice_id__in=list(known.values()), person_id=person).delete()
    for number, value in said.items():
        if number in known:
            await models.Vote.create(choice_id=known[number], person_id=person, value=value, at=now, inbound_id=inbound)


async def votes(ident: QuestionId) -> dict[int, dict[PersonId, str]]:
    """Choice number → person → what they said."""
    found: dict[int, dict[PersonId, str]] = {c.number: {} for c in await choices(ident)}
    rows = models.Vote.filter(choice__question_id=ident).order_by("id")
    for number, person, value in await rows.values_list("choice__number", "person_id", "value"):
        found[number][PersonId(person)] = value
    return found


async def voted_by(inbound: InboundId) -> tuple[AskedQuestion, PersonId] | None:
    """The question to which message *inbound* was taken as the word of a person."""
    row = await models.Vote.filter(inbound_id=inbound).first().prefetch_related("choice__question")
    return (_question(vars(row.choice.question)), PersonId(row.person_id)) if row else None  # type: ignore[attr-defined]


async def settle(ident: QuestionId, choice: int | None, state: str = SETTLED) -> bool:
    """The question is answered: *choice* is the id of what was chosen. False where it was answered before."""
    return bool(await models.Question.filter(id=ident, state=OPEN).update(state=state, chosen_id=choice))
