"""When rules fall due, and since when they are in force.

`due` is an index of instants: a tick reads the rows that are due and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mailer.store import models
from mailer.terms import MeetingId, PartnershipId, RuleId


async def known(partnership: PartnershipId) -> dict[RuleId, tuple[str, datetime]]:
    """(digest, known since) of every rule that ever was in force."""
    return {
        RuleId(r.rule): (r.digest, r.known_since) for r in await models.KnownRule.filter(partnership_id=partnership)
    }


async def learn(partnership: PartnershipId, digests: Mapping[RuleId, str], now: datetime) -> tuple[RuleId, ...]:
    """Note rules that are new or changed: they never look back before *now*. Gives their ids."""
    have = await known(partnership)
    fresh = tuple(rule for rule, digest in digests.items() if rule not in have or have[rule][0] != digest)
    for rule in fresh:
        if rule in have:
            await models.KnownRule.filter(partnership_id=partnership, rule=rule).update(
                digest=digests[rule], known_since=now
            )
    new = [
        models.KnownRule(partnership_id=partnership, rule=rule, digest=digests[rule], known_since=now)
        for rule in fresh
        if rule not in have
    ]
    if new:  # another process that starts at the same time may have written them meanwhile
        await models.KnownRule.bulk_create(new, ignore_conflicts=True)
    return fresh


async def forget_missing(partnership: PartnershipId, present: Iterable[RuleId]) -> None:
    """Rules that are no longer in any file fall due no more."""
    present = set(present)
    gone = [
        r for r in await models.column(models.KnownRule.filter(partnership_id=partnership), "rule") if r not in present
    ]
    if gone:
        await models.Due.filter(partnership_id=partnership, rule__in=gone).delete()
        await models.KnownRule.filter(partnership_id=partnership, rule__in=gone).delete()


async def postpone(meeting: MeetingId, rules: Iterable[RuleId], until: datetime) -> None:
    """Look at these again at *until*: something about them could not be decided."""
    await models.Due.filter(meeting_id=meeting, rule__in=list(rules)).update(due_at=until)


async def schedule(
    partnership: PartnershipId,
    meeting: MeetingId,
    due: Mapping[RuleId, datetime | None],
    not_after: datetime | None = None,
) -> None:
    """Write when each of these rules may next fall due for *meeting*; None: not by time any more.

    *not_after*: the instant of the tick that decided; what was brought forward since (`sooner`) stays as it is.
    """
    have = {r.rule: r for r in await models.Due.filter(meeting_id=meeting, rule__in=list(due))} if due else {}
    fresh = []
    for rule, at in due.items():
        if rule not in have:
            fresh.append(models.Due(partnership_id=partnership, meeting_id=meeting, rule=rule, due_at=at))
        elif have[rule].due_at != at:
            row = models.Due.filter(id=have[rule].id)
            await (row if not_after is None else row.filter(due_at__lte=not_after)).update(due_at=at)
    if fresh:
        await models.Due.bulk_create(fresh, ignore_conflicts=True)


async def sooner(meeting: MeetingId, rule: RuleId, at: datetime) -> None:
    """Bring the instant of a rule forward, if it is later or none (an invitation left: what counts from it may fall due)."""
    await models.Due.filter(meeting_id=meeting, rule=rule, due_at__gt=at).update(due_at=at)
    await models.Due.filter(meeting_id=meeting, rule=rule, due_at=None).update(due_at=at)


async def fallen_due(
    partnership: PartnershipId, now: datetime, limit: int = 200
) -> dict[MeetingId, tuple[RuleId, ...]]:
    """Rules that are due, by meeting."""
    rows = (
        await models.Due.filter(partnership_id=partnership, due_at__lte=now)
        .order_by("due_at")
        .limit(limit)
        .values_list("meeting_id", "rule")
    )
    out: dict[MeetingId, tuple[RuleId, ...]] = {}
    for meeting, rule in rows:
        out[MeetingId(meeting)] = (*out.get(MeetingId(meeting), ()), RuleId(rule))
    return out


async def next_due(partnership: PartnershipId) -> datetime | None:
    """When the next tick has something to do."""
    row = await models.Due.filter(partnership_id=partnership, due_at__not_isnull=True).order_by("due_at").first()
    return row.due_at if row else None


async def scheduled(meeting: MeetingId) -> Sequence[tuple[RuleId, datetime | None]]:
    return [(RuleId(r), at) for r, at in await models.Due.filter(meeting_id=meeting).values_list("rule", "due_at")]
