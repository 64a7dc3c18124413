"""When rules fall due, and since when they are in force.

`due` is an index of instants: a tick reads the rows that are due and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mailer.store import models
from mailer.store.statement import fetch, instant
from mailer.terms import MeetingId, PartnershipId, RuleId


async def known(partnership: PartnershipId) -> dict[RuleId, tuple[str, datetime]]:
    """(digest, known since) of every rule that is in force."""
    rows = models.KnownRule.filter(partnership_id=partnership, gone_at=None)
    return {RuleId(r.rule): (r.digest, r.known_since) for r in await rows}


async def gone(partnership: PartnershipId, since: datetime) -> dict[RuleId, str]:
    """Digests of rules that have stood in no file since some time after *since*: perhaps they only got another heading."""
    rows = models.KnownRule.filter(partnership_id=partnership, gone_at__gte=since)
    return {RuleId(r.rule): r.digest for r in await rows}


async def learn(partnership: PartnershipId, digests: Mapping[RuleId, str], now: datetime) -> tuple[RuleId, ...]:
    """Note rules that are new or changed: they never look back before *now*. Gives their ids."""
    have = await known(partnership)
    fresh = tuple(rule for rule, digest in digests.items() if rule not in have or have[rule][0] != digest)
    for rule in fresh:
        if rule in have:
            await models.KnownRule.filter(partnership_id=partnership, rule=rule).update(
                digest=digests[rule], known_since=now
            )
    back = [rule for rule in fresh if rule not in have]
    # What was taken out and put in again is new: it never looks back over the time when it stood nowhere.
    for rule in await models.column(
        models.KnownRule.filter(partnership_id=partnership, gone_at__not_isnull=True, rule__in=back), "rule"
    ):
        await models.KnownRule.filter(partnership_id=partnership, rule=rule).update(
            digest=digests[RuleId(rule)], known_since=now, gone_at=None
        )
    new = [
        models.KnownRule(partnership_id=partnership, rule=rule, digest=digests[rule], known_since=now)
        for rule in fresh
        if rule not in have
    ]
    if new:  # another process that starts at the same time may have written them meanwhile
        await models.KnownRule.bulk_create(new, ignore_conflicts=True)
    return fresh


async def forget_missing(partnership: PartnershipId, present: Iterable[RuleId], now: datetime) -> None:
    """Rules that are no longer in any file fall due no more. Their names are kept for a while (`gone`)."""
    present = set(present)
    missing = [r for r in await known(partnership) if r not in present]
    if missing:
        await models.Due.filter(partnership_id=partnership, rule__in=missing).delete()
        await models.KnownRule.filter(partnership_id=partnership, rule__in=missing).update(gone_at=now)


async def got(partnership: PartnershipId) -> dict[RuleId, int]:
    """How many people each rule has written to so far."""
    rows = await fetch(
        "SELECT rule, COUNT(DISTINCT person_id) AS n FROM outbox WHERE partnership_id = ? AND sent_at IS NOT NULL GROUP BY rule",
        partnership,
    )
    return {RuleId(r["rule"]): r["n"] for r in rows}


async def rename(partnership: PartnershipId, old: RuleId, new: RuleId) -> int:
    """The convener says: [*new*] is the rule that was called [*old*]. Its ledger follows, and since when it is in force; gives how many mails
    that concerns (inside `transact`)."""
    before = await models.KnownRule.get_or_none(partnership_id=partnership, rule=old)
    after = await models.KnownRule.get_or_none(partnership_id=partnership, rule=new)
    count = 0
    rows = await models.Outbox.filter(partnership_id=partnership, rule=old).values_list("id", "key")
    taken = set(await models.column(models.Outbox.filter(partnership_id=partnership, rule=new), "key"))
    for ident, key in rows:
        renamed = key.replace(f"/{old}/", f"/{new}/", 1)
        if renamed not in taken:
            await models.Outbox.filter(id=ident).update(rule=new, key=renamed)
            count += 1
    if before is not None:
        if after is None:
            await models.KnownRule.filter(id=before.id).update(rule=new, gone_at=None)
        else:
            if after.digest == before.digest:
                await models.KnownRule.filter(id=after.id).update(known_since=before.known_since)
            await models.KnownRule.filter(id=before.id).delete()
    await models.Due.filter(partnership_id=partnership, rule=old).delete()
    return count


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


async def keep_back(meetings: Iterable[MeetingId], rule: str, kept: bool) -> None:
    """The convener says that letters of *rule* wait for a word, or need wait no more."""
    for meeting in meetings:
        await models.Due.filter(meeting_id=meeting, rule=rule).update(kept=kept)


async def kept_back(partnership: PartnershipId, rule: str) -> set[MeetingId]:
    """The meetings for which letters of *rule* wait, by the convener's word."""
    found = models.Due.filter(partnership_id=partnership, rule=rule, kept=True)
    return {MeetingId(m) for m in await models.column(found, "meeting_id")}


async def kept_of(meeting: MeetingId) -> set[RuleId]:
    """The rules whose letters about *meeting* wait, by the convener's word."""
    rows = await fetch("SELECT rule FROM due WHERE meeting_id = ? AND kept", meeting)
    return {RuleId(r["rule"]) for r in rows}


async def sooner(meeting: MeetingId, rule: RuleId, at: datetime) -> None:
    """Bring the instant of a rule forward, if it is later or none (an invitation left: what counts from it may fall due)."""
    await models.Due.filter(meeting_id=meeting, rule=rule, due_at__gt=at).update(due_at=at)
    await models.Due.filter(meeting_id=meeting, rule=rule, due_at=None).update(due_at=at)


async def fallen_due(
    partnership: PartnershipId, now: datetime, limit: int = 200
) -> dict[MeetingId, tuple[RuleId, ...]]:
    """Rules that are due, by meeting."""
    rows = await fetch(
        "SELECT meeting_id, rule FROM due WHERE partnership_id = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
        partnership,
        now,
        limit,
    )
    out: dict[MeetingId, tuple[RuleId, ...]] = {}
    for row in rows:
        out[MeetingId(row["meeting_id"])] = (*out.get(MeetingId(row["meeting_id"]), ()), RuleId(row["rule"]))
    return out


async def next_due(partnership: PartnershipId) -> datetime | None:
    """When the next tick has something to do."""
    found = await fetch(
        "SELECT due_at FROM due WHERE partnership_id = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1", partnership
    )
    return instant(found[0]["due_at"]) if found else None


async def scheduled(meeting: MeetingId) -> Sequence[tuple[RuleId, datetime | None]]:
    return [(RuleId(r), at) for r, at in await models.Due.filter(meeting_id=meeting).values_list("rule", "due_at")]
