"""What rules may know beside invitations: documents, calls, teams, items, votes, headcount, and when mails left.

Each is one statement over an index; nothing here is loaded that no rule can ask for. Used by `meetings.snapshot` alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.decide.conditions import held_in
from mailer.decide.rule import ConditionKind
from mailer.partnership.meetings import Meeting
from mailer.partnership.plan import Item, ItemStatus, Team
from mailer.store import documents, models, plan
from mailer.store.outbox import CONVENER_SAID
from mailer.store.statement import fetch, instant, marks
from mailer.terms import ItemId, MeetingId, PartnershipId, PersonId, RuleId, TeamId


@dataclass(slots=True)
class Ledger:
    """What was decided and what left, by person."""

    noticed: dict[int, set[tuple[RuleId, str]]] = field(default_factory=dict)
    last_of: dict[int, dict[RuleId, datetime]] = field(default_factory=dict)
    refused: dict[int, set[RuleId]] = field(default_factory=dict)


async def ledger(meeting: MeetingId, persons: Collection[PersonId] | None) -> Ledger:
    """The ledger of one meeting."""
    found = Ledger()
    some = list(persons or ())
    theirs = "" if persons is None else f" AND person_id IN {marks(some)}"
    for row in await fetch(
        f"SELECT person_id, rule, round, sent_at, state = 'dropped' AND reason LIKE ? AS refused FROM outbox WHERE meeting_id = ?{theirs}",  # noqa: S608
        f"{CONVENER_SAID}%",
        meeting,
        *some,
    ):
        person, rule = row["person_id"], RuleId(row["rule"])
        found.noticed.setdefault(person, set()).add((rule, row["round"]))
        if row["refused"]:
            found.refused.setdefault(person, set()).add(rule)
        if row["sent_at"] is not None:
            at, last = instant(row["sent_at"]), found.last_of.setdefault(person, {})
            assert at is not None
            last[rule] = max(at, last.get(rule, at))
    return found


async def recent(
    partnership: PartnershipId, since: datetime, persons: Collection[PersonId] | None
) -> dict[int, tuple[datetime, ...]]:
    """When mails of rules left since an instant, over all meetings, by person."""
    some = list(persons or ())
    theirs = "" if persons is None else f" AND person_id IN {marks(some)}"
    rows = await fetch(
        f"SELECT person_id, sent_at FROM outbox WHERE partnership_id = ? AND tried_at > ?{theirs} "  # noqa: S608 - no values in it
        "AND state = 'sent' AND rule NOT LIKE 'service-%' ORDER BY sent_at",
        partnership,
        since,
        *some,
    )
    found: dict[int, list[datetime]] = {}
    for row in rows:
        if (at := instant(row["sent_at"])) is not None:
            found.setdefault(row["person_id"], []).append(at)
    return {person: tuple(times) for person, times in found.items()}


async def facts(meeting: Meeting, teams: Collection[Team]) -> Mapping[str, datetime | None]:
    """What is true of the meeting (or the partnership), in the words of conditions, and since when where that is known."""
    found: dict[ConditionKind, datetime | None] = {}
    if not meeting.standing:
        kinds = {
            r["kind"]: (r["state"], instant(r["changed_at"] or r["created_at"]))
            for r in await fetch(
                "SELECT kind, state, created_at, changed_at FROM document WHERE meeting_id = ? AND kind IN (?, ?) ORDER BY id",
                meeting.id,
                documents.NOTES,
                documents.SUMMARY,
            )
        }
        if documents.NOTES in kinds:
            found[ConditionKind.NOTES_ARE_IN] = kinds[documents.NOTES][1]
        state, since = kinds.get(documents.SUMMARY, (None, None))
        if state in (documents.APPROVED, documents.SENT):
            found[ConditionKind.SUMMARY_IS_APPROVED] = since
        left = await _summary_left(meeting.id) if state == documents.APPROVED else None
        if state == documents.SENT or left is not None:
            found[ConditionKind.SUMMARY_IS_SENT] = left or since
    if teams:
        have = await models.column(
            models.Meeting.filter(partnership_id=meeting.partnership_id, team_id__not_isnull=True).exclude(
                status="cancelled"
            ),
            "team_id",
        )
        if any(t.id not in have for t in teams):
            found[ConditionKind.TEAM_WITHOUT_CALL] = None
    held: list[str] = []
    if meeting.standing:
        if await models.Item.exists(partnership_id=meeting.partnership_id, status=ItemStatus.OPEN.value):
            found[ConditionKind.PLAN_HAS_ITEMS] = None
        held = await _years_held(meeting.partnership_id)
    return {kind.value: since for kind, since in found.items()} | dict.fromkeys(held)


async def _years_held(partnership: PartnershipId) -> list[str]:
    """For each year that has a meeting the fact that says so; one that lies ahead is of a year that no rule looks back at yet."""
    rows = models.Meeting.filter(partnership_id=partnership).exclude(status__in=["standing", "cancelled"])
    ends = await rows.values_list("dtend", "zone")
    return list(dict.fromkeys(held_in(end.astimezone(ZoneInfo(zone)).year) for end, zone in ends))


async def _summary_left(meeting: MeetingId) -> datetime | None:
    """When the summary last left for anybody."""
    rows = await fetch(
        "SELECT MAX(sent_at) AS left_at FROM outbox WHERE meeting_id = ? AND state = 'sent' AND CAST(attach AS TEXT) LIKE '%\"summary\"%'",
        meeting,
    )
    return instant(rows[0]["left_at"])


async def calls(meeting: MeetingId) -> dict[int, tuple[str, datetime]]:
    """The last call with each person: what came of it, and when."""
    rows = await fetch("SELECT person_id, result, at FROM call WHERE meeting_id = ? ORDER BY id", meeting)
    return {r["person_id"]: (r["result"], at) for r in rows if (at := instant(r["at"])) is not None}


async def to_call(meeting: MeetingId, champions: Collection[PersonId] | None) -> dict[int, int]:
    """How many people each champion, or each of *champions*, has still to call (`partnership.calling.to_be_called`, in one statement)."""
    some = list(champions or ())
    theirs = "" if champions is None else f"AND p.champion_id IN {marks(some)} "
    rows = await fetch(
        "SELECT p.champion_id AS champion, COUNT(*) AS n FROM invitation i JOIN person p ON p.id = i.person_id "  # noqa: S608 - no values in it
        "WHERE i.meeting_id = ? AND i.invited_at IS NOT NULL AND i.partstat IN ('NEEDS-ACTION', 'TENTATIVE') AND p.stopped_at IS NULL "
        "AND p.left_at IS NULL AND p.champion_id IS NOT NULL AND p.champion_id <> p.id AND COALESCE((SELECT c.result FROM call c "
        "WHERE c.meeting_id = i.meeting_id AND c.person_id = i.person_id ORDER BY c.id DESC LIMIT 1), '') "
        f"NOT IN ('yes', 'no', 'wrong number') {theirs}GROUP BY p.champion_id",
        meeting,
        *some,
    )
    return {r["champion"]: r["n"] for r in rows}


async def commented(meeting: MeetingId) -> set[int]:
    """Who has written about the draft of the meeting that was shared last, since it was."""
    rows = await fetch(
        "SELECT DISTINCT c.person_id AS person_id FROM comment c JOIN document d ON d.id = c.document_id "
        "WHERE d.meeting_id = ? AND c.at >= d.shared_at "
        "AND d.shared_at = (SELECT MAX(x.shared_at) FROM document x WHERE x.meeting_id = d.meeting_id)",
        meeting,
    )
    return {r["person_id"] for r in rows}


async def voted(meeting: MeetingId) -> dict[int, set[str]]:
    """Names of the questions about the meeting that each person has answered."""
    rows = await fetch(
        "SELECT DISTINCT v.person_id AS person_id, q.slug AS slug FROM vote v JOIN choice c ON c.id = v.choice_id "
        "JOIN question q ON q.id = c.question_id WHERE q.meeting_id = ?",
        meeting,
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row["person_id"], set()).add(row["slug"])
    return found


async def headcount(meeting: MeetingId) -> int:
    """How many chairs are needed: those who said yes, with their guests, and do not wait for a chair."""
    rows = await fetch(
        "SELECT COALESCE(SUM(1 + guests), 0) AS n FROM invitation WHERE meeting_id = ? AND partstat = 'ACCEPTED' AND waiting_since IS NULL",
        meeting,
    )
    return int(rows[0]["n"])


async def items(partnership: PartnershipId) -> tuple[Item, ...]:
    """Every action item, with since when it is as it is."""
    since = {
        ItemId(ident): changed or created
        for ident, created, changed in await models.Item.filter(partnership_id=partnership).values_list(
            "id", "created_at", "changed_at"
        )
    }
    return tuple(replace(i, since=since.get(i.id)) for i in await plan.items(partnership))


def places(teams: Collection[Team]) -> tuple[Mapping[int, tuple[TeamId, ...]], Mapping[int, tuple[TeamId, ...]]]:
    """(teams that each person leads, teams that each person is in)."""
    leads: dict[int, tuple[TeamId, ...]] = {}
    within: dict[int, tuple[TeamId, ...]] = {}
    for team in teams:
        if team.lead is not None:
            leads[team.lead] = (*leads.get(team.lead, ()), team.id)
        for person in dict.fromkeys((*team.members, *([team.lead] if team.lead is not None else ()))):
            within[person] = (*within.get(person, ()), team.id)
    return leads, within
