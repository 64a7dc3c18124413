"""What was done in a stretch of time, as numbers: for the yearly report. People who were erased since are counted too.

Reads only; each function is one statement.
"""

from dataclasses import dataclass
from datetime import date, datetime

from mailer.partnership.plan import ItemStatus
from mailer.store import models
from mailer.store.statement import fetch
from mailer.terms import PartnershipId


@dataclass(frozen=True, slots=True)
class ItemNumbers:
    """Action items: those added and finished in the stretch; those open at its end, and how many of them were overdue then."""

    added: int
    done: int
    open: int
    overdue: int


async def item_numbers(partnership: PartnershipId, since: datetime, until: datetime, last_day: date) -> ItemNumbers:
    """*last_day*: what was due before it, and is open at the end, is overdue."""
    rows = models.Item.filter(partnership_id=partnership, created_at__lt=until)
    added = done = still_open = overdue = 0
    for created, closed, status, due in await rows.values_list("created_at", "closed_at", "status", "due"):
        added += created >= since
        done += status == ItemStatus.DONE and closed is not None and since <= closed < until
        if closed is None or closed >= until:
            still_open += 1
            overdue += due is not None and str(due)[:10] < last_day.isoformat()
    return ItemNumbers(added, done, still_open, overdue)


async def letters_sent(partnership: PartnershipId, since: datetime, until: datetime) -> int:
    rows = await fetch(
        "SELECT COUNT(*) AS n FROM outbox WHERE partnership_id = ? AND state = 'sent' AND sent_at >= ? AND sent_at < ?",
        partnership, since, until,
    )  # fmt: skip
    return int(rows[0]["n"])


async def messages_handled(partnership: PartnershipId, since: datetime, until: datetime) -> int:
    """Messages of people that were read and dealt with; not those that are none of ours."""
    rows = await fetch(
        "SELECT COUNT(*) AS n FROM inbound WHERE partnership_id = ? AND state IN ('handled', 'review', 'forgotten') "
        "AND received_at >= ? AND received_at < ?",
        partnership, since, until,
    )  # fmt: skip
    return int(rows[0]["n"])
