"""What is kept long enough: found, counted, taken out.

Promises: a message that waits for somebody's word stays; so do the rows by which nothing happens twice; attendance stays as numbers. Each call of
          `take_out_…` does a bounded piece (inside `transact`) and says how much, until it is nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from mailer.store import erasing, models
from mailer.store.statement import fetch, marks
from mailer.terms import PartnershipId, PersonId

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Past:
    """A meeting that is over long enough, and how many of its invitations are still kept by name."""

    meeting_id: int
    title: str
    dtstart: datetime
    rrule: str
    people: int


_INBOUND = (
    "partnership_id = ? AND received_at < ? AND state NOT IN ('fetched', 'review', 'held') AND (words <> '' OR subject <> '' "
    "OR EXISTS (SELECT 1 FROM inbound_bytes b WHERE b.inbound_id = inbound.id))"
)
_OUTBOX = (
    "partnership_id = ? AND created_at < ? AND state IN ('sent', 'failed', 'dropped') AND (text <> '' OR subject <> '' "
    "OR EXISTS (SELECT 1 FROM outbox_bytes b WHERE b.outbox_id = outbox.id))"
)


async def old_messages(partnership: PartnershipId, before: datetime) -> tuple[int, int]:
    """How many that came, and how many that left, have a text from before then."""
    came = await fetch(f"SELECT COUNT(*) AS n FROM inbound WHERE {_INBOUND}", partnership, before)  # noqa: S608 - no values in it
    left = await fetch(f"SELECT COUNT(*) AS n FROM outbox WHERE {_OUTBOX}", partnership, before)  # noqa: S608
    return came[0]["n"], left[0]["n"]


async def take_out_messages(partnership: PartnershipId, before: datetime) -> int:
    """Take the texts of some of them out."""
    came = await _ids(f"SELECT id FROM inbound WHERE {_INBOUND} LIMIT {AT_ONCE}", partnership, before)  # noqa: S608
    if came:
        await models.InboundBytes.filter(inbound_id__in=came).delete()
        await models.Inbound.filter(id__in=came).update(words="", subject="")
    left = await _ids(f"SELECT id FROM outbox WHERE {_OUTBOX} LIMIT {AT_ONCE}", partnership, before)  # noqa: S608
    if left:
        await models.OutboxBytes.filter(outbox_id__in=left).delete()
        await models.Outbox.filter(id__in=left).update(text="", subject="")
    return len(came) + len(left)


async def past_meetings(partnership: PartnershipId, before: datetime) -> list[Past]:
    """Meetings that began before then and still have answers by name. Of a series the caller looks when its last date is."""
    rows = await fetch(
        "SELECT m.id, m.title, m.dtstart, m.rrule, SUM(CASE WHEN i.invited_at IS NOT NULL OR i.partstat <> 'NEEDS-ACTION' THEN 1 ELSE 0 END) "
        "AS people FROM meeting m JOIN invitation i ON i.meeting_id = m.id "
        "WHERE m.partnership_id = ? AND m.dtend < ? GROUP BY m.id, m.title, m.dtstart, m.rrule ORDER BY m.dtstart",
        partnership, before,
    )  # fmt: skip
    return [Past(r["id"], r["title"], _instant(r["dtstart"]), r["rrule"], int(r["people"])) for r in rows]


def _instant(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


async def take_out_answers(meeting: int, now: datetime) -> int:
    """Turn a meeting's answers into numbers; its calls go."""
    ids = [int(i) for i in await models.column(models.Invitation.filter(meeting_id=meeting), "id")]
    await models.Inbound.filter(invitation_id__in=ids).update(invitation_id=None)
    await models.Call.filter(meeting_id=meeting).delete()
    return await erasing.count_and_drop(ids, now)


async def old_lines(partnership: PartnershipId, before: datetime) -> int:
    """How many lines the log has about people from before then."""
    return await models.Log.filter(partnership_id=partnership, at__lt=before).exclude(person_id=None).count()


async def take_out_lines(partnership: PartnershipId, before: datetime) -> int:
    return await models.Log.filter(partnership_id=partnership, at__lt=before).exclude(person_id=None).delete()


async def silent(partnership: PartnershipId, since: datetime) -> list[PersonId]:
    """Whoever has no role, was written to before *since* already, and gave no sign of life after it: no message, no answer, not seen."""
    rows = await fetch(
        "SELECT p.id FROM person p WHERE p.partnership_id = ? AND p.left_at IS NULL AND p.bears_role = FALSE "
        "AND EXISTS (SELECT 1 FROM outbox o WHERE o.person_id = p.id AND o.sent_at < ?) "
        "AND NOT EXISTS (SELECT 1 FROM invitation i JOIN meeting m ON m.id = i.meeting_id WHERE i.person_id = p.id "
        "AND (i.answered_at >= ? OR (i.attended = TRUE AND m.dtend >= ?))) "
        "AND NOT EXISTS (SELECT 1 FROM person_address a JOIN inbound b ON b.author = a.address AND b.partnership_id = a.partnership_id "
        "WHERE a.person_id = p.id AND b.received_at >= ?) "
        "AND NOT EXISTS (SELECT 1 FROM item t WHERE t.owner_id = p.id AND t.status = 'open') ORDER BY p.name",
        partnership, since, since, since, since,
    )  # fmt: skip
    return [PersonId(r["id"]) for r in rows]


async def proposed_since(
    partnership: PartnershipId, persons: list[PersonId], what: str, since: datetime
) -> set[PersonId]:
    """Those of *persons* about whom the convener was asked after *since*."""
    found: set[PersonId] = set()
    for start in range(0, len(persons), AT_ONCE):
        some = persons[start : start + AT_ONCE]
        rows = await fetch(
            f"SELECT DISTINCT person_id FROM log WHERE partnership_id = ? AND what = ? AND at > ? AND person_id IN {marks(some)}",  # noqa: S608
            partnership, what, since, *some,
        )  # fmt: skip
        found |= {PersonId(r["person_id"]) for r in rows}
    return found


async def _ids(statement: str, *values: object) -> list[int]:
    return [int(r["id"]) for r in await fetch(statement, *values)]
