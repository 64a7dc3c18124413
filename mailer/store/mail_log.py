"""The outbox read as a log: what was tried when, and what became of each mail since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.store.outbox import AT_ONCE, OutboxEntry, entries
from mailer.store.statement import fetch, instant
from mailer.terms import MeetingId, MessageId, OutboxId, PartnershipId, PersonId, RuleId


async def newest(partnership: PartnershipId) -> OutboxId:
    """The id of the newest row, 0 where there is none: rows above it are later."""
    (row,) = await fetch("SELECT COALESCE(MAX(id), 0) AS id FROM outbox WHERE partnership_id = ?", partnership)
    return OutboxId(row["id"])


async def since(partnership: PartnershipId, after: OutboxId) -> list[OutboxEntry]:
    """Every mail that was decided on after the row *after*, in order."""
    rows = await fetch("SELECT id FROM outbox WHERE partnership_id = ? AND id > ? ORDER BY id", partnership, after)
    return await these([OutboxId(r["id"]) for r in rows])


async def these(idents: Sequence[OutboxId]) -> list[OutboxEntry]:
    """However many rows, in the order they were made."""
    found: list[OutboxEntry] = []
    for start in range(0, len(idents), AT_ONCE):
        found += await entries(idents[start : start + AT_ONCE])
    return sorted(found, key=lambda e: e.id)


async def nth_newest_attempt(partnership: PartnershipId, number: int) -> datetime | None:
    """When the mail was tried after which *number* - 1 more were; None where fewer ever were."""
    found = await fetch(
        "SELECT tried_at FROM outbox WHERE partnership_id = ? AND tried_at IS NOT NULL ORDER BY tried_at DESC LIMIT 1 OFFSET ?",
        partnership,
        number - 1,
    )
    return instant(found[0]["tried_at"]) if found else None


async def untried_holds(partnership: PartnershipId) -> list[OutboxId]:
    """Mails that wait for the convener's word and were never tried: those wait for nothing else."""
    rows = await fetch(
        "SELECT id FROM outbox WHERE partnership_id = ? AND state = 'held' AND attempt = 0 ORDER BY id", partnership
    )
    return [OutboxId(r["id"]) for r in rows]


async def on_its_way(partnership: PartnershipId) -> bool:
    """Whether a mail is being handed over at this moment."""
    return bool(
        await fetch("SELECT 1 AS found FROM outbox WHERE partnership_id = ? AND state = 'sending' LIMIT 1", partnership)
    )


async def of_person(meeting: MeetingId, person: PersonId) -> list[OutboxEntry]:
    """Every mail about *meeting* that was decided on for *person*, oldest first."""
    rows = await fetch("SELECT id FROM outbox WHERE meeting_id = ? AND person_id = ? ORDER BY id", meeting, person)
    return await these([OutboxId(r["id"]) for r in rows])


@dataclass(frozen=True, slots=True)
class Decided:
    """Of one mail: which meeting and rule, and when it left (None: not yet, or never)."""

    id: OutboxId
    meeting_id: MeetingId
    rule: RuleId
    state: str
    message_id: MessageId
    sent_at: datetime | None


async def of_meeting(meeting: MeetingId) -> list[Decided]:
    """Every mail about *meeting*, whatever became of it, oldest first."""
    rows = await fetch(
        "SELECT id, meeting_id, rule, state, message_id, sent_at FROM outbox WHERE meeting_id = ? ORDER BY id", meeting
    )
    return [
        Decided(
            OutboxId(r["id"]),
            MeetingId(r["meeting_id"]),
            RuleId(r["rule"]),
            r["state"],
            MessageId(r["message_id"]),
            instant(r["sent_at"]),
        )
        for r in rows
    ]
