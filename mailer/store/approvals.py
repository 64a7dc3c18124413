"""A signer's word on letters in his or her name: what was shown, what came back, and the message that proves it.

A row is one question: one signer, one rule of one meeting, one text (`text_id`). Every function is one or few statements and expects to be called
inside `transact` where it writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q

from mailer.store import models
from mailer.store.statement import fetch, instant, marks
from mailer.terms import InboundId, MeetingId, OutboxId, PartnershipId, PersonId, RuleId

ASKED, OK, CHANGES, NO, OVER = "asked", "ok", "changes", "no", "over"
"""*OVER*: the letters left, or were dropped, without this word."""


@dataclass(frozen=True, slots=True)
class SignersWord:
    """*words*: what the signer wrote; *proof*: the message it came in. *letters* and *leaves_at*: as the question told them."""

    id: int
    person: PersonId
    meeting: MeetingId
    rule: RuleId
    text_id: str
    state: str
    asked_at: datetime
    subject: str = ""
    text: str = ""
    letters: int = 0
    leaves_at: datetime | None = None
    reminded_at: datetime | None = None
    words: str = ""
    answered_at: datetime | None = None
    proof: InboundId | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Letters of one rule, meeting, round, letter file and signer that have not begun to leave. *first*: the earliest of them."""

    meeting: MeetingId
    rule: RuleId
    signer: PersonId
    round: str
    state: str
    letter: str
    ids: tuple[OutboxId, ...]
    not_before: datetime

    @property
    def first(self) -> OutboxId:
        return self.ids[0]


async def waiting(partnership: PartnershipId, rules: Sequence[RuleId]) -> list[Waiting]:
    """Letters of *rules* in somebody's name that wait: for a word, or for their hour."""
    if not rules:
        return []
    # || '': by the index of states, for few wait and very many were sent
    rows = await fetch(
        "SELECT id, meeting_id, rule, on_behalf_of_id, round, state, letter, not_before FROM outbox WHERE partnership_id = ? "  # noqa: S608
        f"AND state IN ('held', 'queued', 'deferred') AND rule || '' IN {marks(rules)} AND on_behalf_of_id IS NOT NULL "
        # what is held with an attempt behind it is held for another reason; what a server put off has not left
        "AND (attempt = 0 OR state <> 'held') AND doubts = 0 ORDER BY id",
        partnership,
        *rules,
    )
    groups: dict[tuple[MeetingId, RuleId, PersonId, str, str, str], list[tuple[OutboxId, datetime]]] = {}
    for r in rows:
        state = "held" if r["state"] == "held" else "queued"
        key = (
            MeetingId(r["meeting_id"]),
            RuleId(r["rule"]),
            PersonId(r["on_behalf_of_id"]),
            r["round"],
            state,
            r["letter"],
        )
        at = instant(r["not_before"])
        assert at is not None
        groups.setdefault(key, []).append((OutboxId(r["id"]), at))
    return [Waiting(*key, tuple(i for i, _ in some), max(at for _, at in some)) for key, some in groups.items()]


async def hold(idents: Sequence[OutboxId], reason: str) -> int:
    """Keep these for their signer's word; gives how many. What is leaving, or may have left, is not touched; the rest is written anew."""
    found = models.Outbox.filter(_not_begun(), id__in=list(idents))
    ids = [int(i) for i in await models.column(found, "id")]
    await models.OutboxBytes.filter(outbox_id__in=ids).delete()
    await models.Outbox.filter(id__in=ids).update(
        state="held", reason=reason, claimed_by=None, on_the_wire=False, attempt=0
    )
    return len(ids)


async def hold_about(meeting: MeetingId, rules: Sequence[RuleId], reason: str, signer: PersonId | None = None) -> int:
    """The same for all letters of *rules* about *meeting* in the name of *signer*, or of anybody."""
    theirs = models.Outbox.filter(
        _not_begun(), meeting_id=meeting, rule__in=list(rules), on_behalf_of_id__not_isnull=True
    )
    theirs = theirs.filter(on_behalf_of_id=signer) if signer is not None else theirs
    return await hold([OutboxId(int(i)) for i in await models.column(theirs, "id")], reason)


def _not_begun() -> Q:
    return Q(doubts=0) & (Q(state__in=["queued", "deferred"]) | Q(state="sending", on_the_wire=False))


async def signed_by(idents: Sequence[OutboxId], signer: PersonId | None) -> None:
    """Another one signs these, which wait; None: the convener."""
    await models.Outbox.filter(id__in=list(idents), state="held").update(on_behalf_of_id=signer)


async def proof(message: InboundId) -> tuple[str, str]:
    """The Message-ID and the author of the mail that brought a word."""
    rows = await fetch("SELECT message_id, author FROM inbound WHERE id = ?", message)
    return (rows[0]["message_id"], rows[0]["author"]) if rows else ("", "")


async def coming(
    partnership: PartnershipId, rules: Sequence[RuleId], until: datetime
) -> list[tuple[MeetingId, RuleId, datetime]]:
    """When *rules* fall due, as far as that is before *until*."""
    if not rules:
        return []
    rows = await fetch(
        f"SELECT meeting_id, rule, due_at FROM due WHERE partnership_id = ? AND due_at <= ? AND rule IN {marks(rules)} ORDER BY due_at",  # noqa: S608
        partnership,
        until,
        *rules,
    )
    return [(MeetingId(r["meeting_id"]), RuleId(r["rule"]), at) for r in rows if (at := instant(r["due_at"]))]


async def ask(partnership: PartnershipId, question: SignersWord) -> int | None:
    """Note a new question; its number, or None where it was asked before. (Its own id does not count.)"""
    row, new = await models.Approval.get_or_create(
        person_id=question.person,
        meeting_id=question.meeting,
        rule=question.rule,
        round=question.text_id,
        defaults={
            "partnership_id": partnership,
            "asked_at": question.asked_at,
            "subject": question.subject,
            "text": question.text,
            "letters": question.letters,
            "leaves_at": question.leaves_at,
        },
    )
    return row.id if new else None


async def answer(ident: int, state: str, words: str, now: datetime, proof: InboundId | None) -> None:
    """The signer's word. The latest counts."""
    await models.Approval.filter(id=ident).update(state=state, words=words[:4000], answered_at=now, inbound_id=proof)


async def over(idents: Sequence[int], now: datetime) -> None:
    """Nothing waits for these any more."""
    await models.Approval.filter(id__in=list(idents), state=ASKED).update(state=OVER, answered_at=now)


async def reminded(ident: int, now: datetime) -> None:
    await models.Approval.filter(id=ident).update(reminded_at=now)


async def word(ident: int) -> SignersWord | None:
    row = await models.Approval.get_or_none(id=ident)
    return _read(vars(row)) if row is not None else None


async def silent(partnership: PartnershipId) -> tuple[SignersWord, ...]:
    """The questions that were neither answered nor put again, newest first."""
    rows = await fetch(
        "SELECT * FROM approval WHERE partnership_id = ? AND state = 'asked' AND reminded_at IS NULL ORDER BY id DESC",
        partnership,
    )
    return tuple(_read(row) for row in rows)


async def words_on(meeting: MeetingId, rule: RuleId, person: PersonId) -> tuple[SignersWord, ...]:
    """Everything *person* was asked about the letters of *rule*, oldest first."""
    rows = await fetch(
        "SELECT * FROM approval WHERE meeting_id = ? AND rule = ? AND person_id = ? ORDER BY id", meeting, rule, person
    )
    return tuple(_read(row) for row in rows)


async def every(partnership: PartnershipId, meeting: MeetingId | None = None) -> tuple[SignersWord, ...]:
    """All questions, newest first."""
    query = models.Approval.filter(partnership_id=partnership)
    if meeting is not None:
        query = query.filter(meeting_id=meeting)
    return tuple(_read(vars(row)) for row in await query.order_by("-id"))


def _read(row: Mapping[str, Any]) -> SignersWord:
    asked_at = instant(row["asked_at"])
    assert asked_at is not None
    return SignersWord(
        row["id"],
        PersonId(row["person_id"]),
        MeetingId(row["meeting_id"]),
        RuleId(row["rule"]),
        row["round"],
        row["state"],
        asked_at,
        row["subject"],
        row["text"],
        row["letters"],
        instant(row["leaves_at"]),
        instant(row["reminded_at"]),
        row["words"],
        instant(row["answered_at"]),
        InboundId(row["inbound_id"]) if row["inbound_id"] else None,
    )
