"""Load and save meetings, invitations and answers; draw the snapshot that rules decide on.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

import base64
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from tortoise.expressions import Q

from mailer.decide.snapshot import Snapshot, Standing
from mailer.partnership import series
from mailer.partnership.attendance import Given, Invitation, after_move
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.store import inbound, models, occurrences, picture, plan
from mailer.store import people as people_store
from mailer.store.statement import fetch, in_order, instant, marks, write
from mailer.terms import (
    EventUid,
    InboundId,
    InvitationId,
    MeetingId,
    PartnershipId,
    PartStat,
    PersonId,
    Token,
    Via,
)

_COPIED = (
    "slug", "kind", "title", "dtstart", "dtend", "zone", "place", "online_link", "description", "reply_deadline", "capacity",
    "sequence", "last_major_sequence", "round", "changed_at", "rrule", "told_headcount", "attendance_at", "team_id",
    "comments_until",
)  # fmt: skip


AT_LARGE = "partnership"
"""Slug and kind of the partnership itself. No meeting may have this name."""

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def new_token() -> Token:
    """100 random bits, in the letters of TOKEN_PATTERN."""
    return Token(base64.b32encode(secrets.token_bytes(13)).decode().lower()[:20])


def meeting_of(row: models.Meeting) -> Meeting:
    return Meeting(
        id=MeetingId(row.id),
        partnership_id=PartnershipId(row.partnership_id),  # type: ignore[attr-defined]
        event_uid=EventUid(row.event_uid),
        status=MeetingStatus(row.status),
        created_at=row.created_at,
        **{name: getattr(row, name) for name in _COPIED},
    )


def _meeting(row: dict[str, Any]) -> Meeting:
    instants = {
        name: instant(row[name])
        for name in ("dtstart", "dtend", "reply_deadline", "changed_at", "attendance_at", "comments_until")
    }
    return Meeting(
        id=MeetingId(row["id"]),
        partnership_id=PartnershipId(row["partnership_id"]),
        event_uid=EventUid(row["event_uid"]),
        status=MeetingStatus(row["status"]),
        created_at=instant(row["created_at"]),
        **({name: row[name] for name in _COPIED} | instants),
    )


async def add(meeting: Meeting, now: datetime) -> Meeting:
    """Save a new meeting and give it its id."""
    facts = {name: getattr(meeting, name) for name in _COPIED}
    row = await models.Meeting.create(
        partnership_id=meeting.partnership_id,
        event_uid=meeting.event_uid,
        status=meeting.status.value,
        created_at=now,
        **facts,
    )
    return replace(meeting, id=MeetingId(row.id), created_at=now)


async def change(before: Meeting, after: Meeting, now: datetime) -> None:
    """Save *after* and keep *before* as a version, if anything a calendar shows is different."""
    facts = {name: getattr(after, name) for name in _COPIED}
    await models.Meeting.filter(id=after.id).update(status=after.status.value, **facts)
    if after.sequence != before.sequence:
        await models.MeetingVersion.create(
            meeting_id=before.id,
            sequence=before.sequence,
            title=before.title,
            dtstart=before.dtstart,
            dtend=before.dtend,
            zone=before.zone,
            place=before.place,
            online_link=before.online_link,
            replaced_at=now,
        )
    if after.round != before.round:
        for invitation in await invitations(after.id):
            moved = after_move(invitation)
            if moved is not invitation:
                await save_invitation(moved, None)


async def lock(meeting: MeetingId) -> None:
    """Let nobody else decide about *meeting* until this transaction ends (its first or second statement)."""
    await write("UPDATE meeting SET sequence = sequence WHERE id = ?", [(meeting,)])


async def by_slug(partnership: PartnershipId, slug: str) -> Meeting | None:
    row = await models.Meeting.get_or_none(partnership_id=partnership, slug=slug)
    return meeting_of(row) if row else None


async def by_id(meeting: MeetingId) -> Meeting | None:
    rows = await fetch("SELECT * FROM meeting WHERE id = ?", meeting)
    return _meeting(rows[0]) if rows else None


async def by_event_uid(partnership: PartnershipId, event_uids: Collection[str]) -> Meeting | None:
    """The meeting whose UID is among *event_uids*, without regard to case (Outlook upper-cases)."""
    folded = [u.casefold() for u in event_uids]
    if not folded:
        return None
    rows = await fetch(
        f"SELECT * FROM meeting WHERE partnership_id = ? AND event_uid IN {marks(folded)} ORDER BY id LIMIT 1",  # noqa: S608 - no values in it
        partnership,
        *folded,
    )
    return _meeting(rows[0]) if rows else None


async def all_of(partnership: PartnershipId) -> list[Meeting]:
    """Every meeting, by date."""
    rows = models.Meeting.filter(partnership_id=partnership).exclude(status=MeetingStatus.STANDING.value)
    return [meeting_of(m) for m in await rows.order_by("dtstart")]


async def at_large(partnership: PartnershipId, name: str, zone: str, now: datetime) -> Meeting:
    """The partnership itself, as that under which mail is kept that concerns no single meeting: its row, made if it is new."""
    row = await models.Meeting.get_or_none(partnership_id=partnership, status=MeetingStatus.STANDING.value)
    if row is None:
        row = await models.Meeting.create(
            partnership_id=partnership, slug=AT_LARGE, kind=AT_LARGE, title=name, event_uid=f"{new_token()}@at-large", dtstart=FOREVER,
            dtend=FOREVER, zone=zone, status=MeetingStatus.STANDING.value, created_at=now,
        )  # fmt: skip
    elif (row.title, row.zone) != (name, zone):
        await models.Meeting.filter(id=row.id).update(title=name, zone=zone)
        row.title, row.zone = name, zone
    return meeting_of(row)


async def upcoming(partnership: PartnershipId, now: datetime) -> list[Meeting]:
    """Meetings that have not ended long ago, so that rules may still speak of them."""
    long_ago = now - timedelta(days=400)
    rows = models.Meeting.filter(Q(dtend__gte=long_ago) | ~Q(rrule=""), partnership_id=partnership).order_by("dtstart")
    return [m for m in map(meeting_of, await rows) if not m.rrule or series.last_end(m) >= long_ago]


async def ahead(partnership: PartnershipId, now: datetime) -> list[tuple[Meeting, series.Occurrence]]:
    """Meetings that are neither over nor cancelled, each with itself or its next date, the nearest first."""
    found = [(m, series.upcoming(m, now, c)) for m, c in await _with_changes(partnership)]
    return sorted(((m, date) for m, date in found if date is not None), key=lambda one: one[1].dtstart)


async def begun(partnership: PartnershipId, now: datetime) -> list[tuple[Meeting, series.Occurrence]]:
    """Meetings that have begun, each with itself or the date that began last, the latest first."""
    found = [(m, series.begun(m, now, c)) for m, c in await _with_changes(partnership)]
    return sorted(((m, date) for m, date in found if date is not None), key=lambda one: one[1].dtstart, reverse=True)


async def _with_changes(partnership: PartnershipId) -> list[tuple[Meeting, tuple[series.Change, ...]]]:
    every = [m for m in await all_of(partnership) if not m.cancelled]
    return [(m, await occurrences.changes(m.id) if m.rrule else ()) for m in every]


async def version_before(meeting: Meeting) -> Meeting | None:
    """The meeting as it was before its last change that calendars show."""
    row = (
        await models.MeetingVersion.filter(meeting_id=meeting.id, sequence__lt=meeting.sequence)
        .order_by("-sequence")
        .first()
    )
    if row is None:
        return None
    return replace(
        meeting,
        title=row.title,
        dtstart=row.dtstart,
        dtend=row.dtend,
        zone=row.zone,
        place=row.place,
        online_link=row.online_link,
        sequence=row.sequence,
    )


# Invitations and answers ---------------------------------------------------------------------------------------------------------


@lru_cache(8192)
def _invitation(row: tuple[Any, ...]) -> Invitation:
    """A value made of values, in the order of `_INVITATION`: the same one is read many times between two changes."""
    r = dict(zip(_INVITATION, row, strict=True))
    return Invitation(
        id=InvitationId(r["id"]),
        meeting_id=MeetingId(r["meeting_id"]),
        person_id=PersonId(r["person_id"]),
        token=Token(r["token"]),
        invited_at=instant(r["invited_at"]),
        partstat=PartStat(r["partstat"]),
        guests=r["guests"],
        comment=r["comment"],
        via=Via(r["via"]) if r["via"] else None,
        answered_at=instant(r["answered_at"]),
        sequence=r["sequence"],
        dtstamp=instant(r["dtstamp"]),
        changes=r["changes"],
        earlier=PartStat(r["earlier"]) if r["earlier"] else None,
        reason=r["reason"],
        attended=None if r["attended"] is None else bool(r["attended"]),
        delegate=PersonId(r["delegate_id"]) if r["delegate_id"] else None,
        delegate_of=PersonId(r["delegate_of_id"]) if r["delegate_of_id"] else None,
        waiting_since=instant(r["waiting_since"]),
        offered_until=instant(r["offered_until"]),
        needs=r["needs"],
    )


_INVITATION = (
    "id", "meeting_id", "person_id", "token", "invited_at", "partstat", "guests", "comment", "via", "answered_at", "sequence", "dtstamp",
    "changes", "earlier", "reason", "attended", "delegate_id", "delegate_of_id", "waiting_since", "offered_until", "needs",
)  # fmt: skip


async def _invitations(where: str, *values: object) -> list[Invitation]:
    rows = await fetch(f"SELECT {', '.join(_INVITATION)} FROM invitation WHERE {where}", *values)  # noqa: S608 - no values in it
    return [_invitation(in_order(row)) for row in rows]


async def ensure_invitations(meeting: MeetingId, persons: Iterable[PersonId]) -> None:
    """Give each of *persons* a token for *meeting*, where they have none yet."""
    wanted = set(persons)
    if not wanted:
        return
    have = {i.person_id for i in await invitations(meeting, wanted)}
    rows = [models.Invitation(meeting_id=meeting, person_id=p, token=new_token()) for p in sorted(wanted - have)]
    if rows:
        await models.Invitation.bulk_create(rows, ignore_conflicts=True)


async def invitations(meeting: MeetingId, persons: Collection[PersonId] | None = None) -> list[Invitation]:
    if persons is None:
        return await _invitations("meeting_id = ?", meeting)
    some = list(persons)
    if not some:
        return []
    return await _invitations(f"meeting_id = ? AND person_id IN {marks(some)}", meeting, *some)


async def answers_to(meeting: Meeting) -> list[Invitation]:
    """How everybody stands to *meeting*; where it is one date of a series, to that date."""
    every = await invitations(meeting.id)
    if meeting.recurrence_id is None:
        return every
    return list((await occurrences.standings(every, meeting.recurrence_id)).values())


async def invitation(ident: InvitationId) -> Invitation | None:
    rows = await _invitations("id = ?", ident)
    return rows[0] if rows else None


async def by_tokens(partnership: PartnershipId, tokens: Collection[str]) -> list[Invitation]:
    """Invitations of this partnership that *tokens* name, in the order of *tokens*."""
    if not tokens:
        return []
    rows = await _invitations(
        f"token IN {marks(list(tokens))} AND meeting_id IN (SELECT id FROM meeting WHERE partnership_id = ?)",  # noqa: S608 - no values in it
        *tokens,
        partnership,
    )
    order = {t: i for i, t in enumerate(tokens)}
    return sorted(rows, key=lambda i: order[i.token])


async def known_tokens(partnership: PartnershipId, tokens: Collection[str]) -> set[str]:
    """Those of *tokens* that are of this partnership's invitations."""
    if not tokens:
        return set()
    some = list(set(tokens))
    found = await fetch(
        "SELECT i.token AS token FROM invitation i JOIN meeting m ON m.id = i.meeting_id "  # noqa: S608 - no values in it
        f"WHERE i.token IN {marks(some)} AND m.partnership_id = ?",
        *some,
        partnership,
    )
    return {r["token"] for r in found}


async def known_event_uids(partnership: PartnershipId, event_uids: Collection[str]) -> set[str]:
    """Those of *event_uids* that are of this partnership's meetings, folded as they are kept."""
    if not event_uids:
        return set()
    folded = list({u.casefold() for u in event_uids})
    known = f"SELECT event_uid FROM meeting WHERE partnership_id = ? AND event_uid IN {marks(folded)}"  # noqa: S608 - no values in it
    return {r["event_uid"] for r in await fetch(known, partnership, *folded)}


async def open_invitations(person: PersonId, now: datetime) -> list[Invitation]:
    """Invitations of *person* to meetings that lie ahead and are not cancelled; only such as really left."""
    return await _invitations(
        "person_id = ? AND invited_at IS NOT NULL "
        "AND meeting_id IN (SELECT id FROM meeting WHERE status = 'scheduled' AND (dtend >= ? OR rrule <> ''))",
        person,
        now,
    )


async def heard_of_us(person: PersonId) -> bool:
    """Whether *person* has had a letter, or an answer of theirs is recorded."""
    found = await fetch(
        "SELECT 1 AS found FROM outbox WHERE person_id = ? AND state = 'sent' "
        "UNION ALL SELECT 1 AS found FROM invitation WHERE person_id = ? AND partstat <> 'NEEDS-ACTION' LIMIT 1",
        person,
        person,
    )
    return bool(found)


async def save_invitation(invitation: Invitation, inbound: InboundId | None) -> None:
    """Write the answer of *invitation* as it now stands."""
    facts: dict[str, object] = {
        "partstat": invitation.partstat.value,
        "guests": invitation.guests,
        "comment": invitation.comment,
        "via": invitation.via.value if invitation.via else None,
        "answered_at": invitation.answered_at,
        "sequence": invitation.sequence,
        "dtstamp": invitation.dtstamp,
        "changes": invitation.changes,
        "earlier": invitation.earlier.value if invitation.earlier else None,
        "reason": invitation.reason,
        "delegate_id": invitation.delegate,
        "delegate_of_id": invitation.delegate_of,
        "waiting_since": invitation.waiting_since,
        "offered_until": invitation.offered_until,
        "needs": invitation.needs,
        "inbound_id": inbound,
    }
    columns = ", ".join(f"{name} = ?" for name in facts)
    await write(f"UPDATE invitation SET {columns} WHERE id = ?", [(*facts.values(), invitation.id)])  # noqa: S608 - no values in it


async def note_attendance(meeting: Meeting, came: Collection[PersonId], now: datetime) -> None:
    """Those of *came* were there, everybody else who was invited was not; whoever came uninvited is added. Of a series what was noted of its
    latest date stands for the whole."""
    await ensure_invitations(meeting.id, came)
    if meeting.recurrence_id is not None:
        await occurrences.note_presence(meeting, came, now)
        if any(c.attendance_at and c.dtstart > meeting.dtstart for c in await occurrences.changes(meeting.id)):
            return
    await models.Invitation.filter(meeting_id=meeting.id).update(attended=False)
    if came:
        await models.Invitation.filter(meeting_id=meeting.id, person_id__in=list(came)).update(attended=True)
    await models.Meeting.filter(id=meeting.id).update(attendance_at=now)


async def ask_comments(meeting: MeetingId, until: datetime | None) -> None:
    """Comments on a draft are asked for until *until*; None: no more."""
    await models.Meeting.filter(id=meeting).update(comments_until=until)


async def forget_attendance(meeting: Meeting) -> None:
    """Nothing is known any more of who was there."""
    if meeting.recurrence_id is not None:
        await occurrences.forget_presence(meeting)
    await models.Invitation.filter(meeting_id=meeting.id).update(attended=None)
    await models.Meeting.filter(id=meeting.id).update(attendance_at=None)


async def save_seat(ident: InvitationId, waiting_since: datetime | None, offered_until: datetime | None) -> None:
    await models.Invitation.filter(id=ident).update(waiting_since=waiting_since, offered_until=offered_until)


async def with_offers_until(partnership: PartnershipId, now: datetime) -> list[MeetingId]:
    """Meetings of which a chair was offered that was not taken by *now*."""
    rows = await fetch(
        f"SELECT DISTINCT i.meeting_id AS meeting_id {_OFFERED} AND i.offered_until <= ?", _LONG_AGO, partnership, now
    )
    return [MeetingId(r["meeting_id"]) for r in rows]


async def next_offer_end(partnership: PartnershipId) -> datetime | None:
    """When the next offer of a chair runs out."""
    rows = await fetch(
        f"SELECT i.offered_until AS ends {_OFFERED} ORDER BY i.offered_until LIMIT 1", _LONG_AGO, partnership
    )
    return instant(rows[0]["ends"]) if rows else None


_OFFERED = (
    "FROM invitation i CROSS JOIN meeting m WHERE i.offered_until > ? AND m.id = i.meeting_id AND m.partnership_id = ?"
)
"""Invitations with an offer. CROSS and > say to SQLite: by the index of offers, which are few."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def note_needs(ident: InvitationId, needs: str) -> None:
    """Diets and access needs, a line a kind with its number."""
    await models.Invitation.filter(id=ident).update(needs=needs)


async def record_answer(
    ident: InvitationId,
    given: Given,
    outcome: str,
    reason: str,
    inbound: InboundId | None,
    now: datetime,
    recurrence_id: datetime | None = None,
) -> None:
    """Add *given* to the history, whatever became of it. *recurrence_id*: it answers one date of a series."""
    await write(
        "INSERT INTO answer (invitation_id, inbound_id, partstat, guests, comment, via, at, sequence, dtstamp, outcome, reason, recorded_at, "
        "recurrence_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                ident, inbound, given.partstat.value, given.guests, given.comment, given.via.value, given.at, given.sequence, given.dtstamp,
                outcome, reason, now, recurrence_id,
            )
        ],
    )  # fmt: skip


async def history(ident: InvitationId) -> list[dict[str, Any]]:
    """Every answer ever given on this invitation, oldest first."""
    rows: list[dict[str, Any]] = await models.Answer.filter(invitation_id=ident).order_by("id").values()
    return rows


async def sources(meeting: MeetingId) -> dict[InvitationId, InboundId]:
    """The message each answer that counts came from."""
    rows = await models.Invitation.filter(meeting_id=meeting, inbound_id__not_isnull=True).values_list(
        "id", "inbound_id"
    )
    return {InvitationId(i): InboundId(m) for i, m in rows}


async def headcount(meeting: MeetingId) -> int:
    """How many chairs are needed now."""
    return await picture.headcount(meeting)


async def tell_headcount(meeting: MeetingId, date: Meeting | None = None) -> int:
    """The caterer has been told how many chairs are needed, at one *date* of a series; gives the number."""
    if date is not None:
        count = chairs(await answers_to(date))
        await occurrences.tell_headcount(date, count)
        return count
    count = await picture.headcount(meeting)
    await models.Meeting.filter(id=meeting).update(told_headcount=count)
    return count


def chairs(answers: Iterable[Invitation]) -> int:
    """How many chairs those who come need, with their guests; who waits for one has none."""
    return sum(i.party_size for i in answers if i.waiting_since is None)


# The picture for the rules -------------------------------------------------------------------------------------------------------


async def snapshot(
    meeting: Meeting, persons: Collection[PersonId] | None = None, *, recent_since: datetime | None = None
) -> Snapshot:
    """The meeting with everybody of the register, or with *persons* alone (and nobody else) where the question is about them.

    *recent_since*: also when mails left for them since then, over all meetings, for the pace of one person."""
    register = await people_store.people(meeting.partnership_id, persons)
    only = [p.id for p in register] if persons is not None else None
    teams = await plan.teams(meeting.partnership_id)
    if only is not None and not only:
        return Snapshot(meeting, (), teams=teams)
    some = list(only or ())
    theirs = "" if only is None else f" AND person_id IN {marks(some)}"
    held = {i.person_id: i for i in await _invitations("meeting_id = ?" + theirs, meeting.id, *some)}
    halted = "SELECT person_id FROM invitation WHERE meeting_id = ? AND stopped_at IS NOT NULL"
    stopped = {row["person_id"] for row in await fetch(halted + theirs, meeting.id, *some)}
    waits = set(await inbound.invitations_in_review(meeting.partnership_id))
    book = await picture.ledger(meeting.id, only)
    recent = await picture.recent(meeting.partnership_id, recent_since, only) if recent_since is not None else {}
    written_at: dict[int, datetime | None] = {}
    written = "SELECT id, written_at FROM person WHERE partnership_id = ? AND written_at IS NOT NULL"
    theirs = theirs.replace("person_id", "id")
    for row in await fetch(written + theirs, meeting.partnership_id, *some):
        written_at[row["id"]] = instant(row["written_at"])
    calls = {} if meeting.standing else await picture.calls(meeting.id)
    to_call = {} if meeting.standing else await picture.to_call(meeting.id, only)
    voted = await picture.voted(meeting.id)
    commented = await picture.commented(meeting.id) if meeting.comments_until is not None else set()
    items = await picture.items(meeting.partnership_id) if meeting.standing else ()
    owing = {i.owner for i in items if i.open}
    leads, within = picture.places(teams)
    nobody_called = ("", None)
    facts = await picture.facts(meeting, teams)
    changes = await occurrences.changes(meeting.id) if meeting.rrule else ()
    told = [series.at_date(meeting, o) for o in series.occurrences(meeting, changes) if o.told_headcount is not None]
    return Snapshot(
        meeting,
        tuple(
            Standing(
                person=p,
                invitation=(held_ := held.get(p.id)),
                written_at=written_at.get(p.id),
                noticed=frozenset(book.noticed.get(p.id, ())),
                refused=frozenset(book.refused.get(p.id, ())),
                call_result=calls.get(p.id, nobody_called)[0],
                call_logged_at=calls.get(p.id, nobody_called)[1],
                attended=held_.attended if held_ else None,
                named_delegate=held_ is not None and held_.delegate is not None,
                stopped=p.id in stopped,
                owes=p.id in owing,
                commented=p.id in commented,
                heard_from=held_ is not None and held_.id in waits,
                leads=leads.get(p.id, ()),
                teams=within.get(p.id, ()),
                to_call=to_call.get(p.id, 0),
                voted=frozenset(voted.get(p.id, ())),
                last_of=book.last_of.get(p.id, {}),
                recent=recent.get(p.id, ()),
            )
            for p in register
        ),
        frozenset(facts),
        items,
        teams,
        None if meeting.told_headcount is None else await picture.headcount(meeting.id),
        series.occurrences(meeting, changes) if meeting.rrule else (),
        await occurrences.said(list(held.values())) if meeting.rrule else {},
        await occurrences.came(list(held.values())) if meeting.rrule else {},
        {d.recurrence_id: chairs(await answers_to(d)) for d in told if d.recurrence_id is not None},
        {fact: since for fact, since in facts.items() if since is not None},
    )
