"""The transactional outbox: what was decided, claimed, written, sent.

States and their next steps::

    held ──ok──▶ queued ──claim──▶ sending ──250──▶ sent
                   ▲                 ├─ 4yz / no connection ─▶ deferred ──due──▶ sending ──too old──▶ failed
                   │                 ├─ 5yz ────────────────▶ failed
                   │                 ├─ lost inside DATA ───▶ in-doubt ──policy──▶ queued | held
                   └──(released)─────┴─ letter error ───────▶ held
    any that waits ── no longer wanted ──▶ dropped (with the reason)

The key of a row is the ledger: a notice with a known key is nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tortoise import connections
from tortoise.expressions import Q

from mailer.decide.snapshot import Notice
from mailer.store import models
from mailer.store.statement import fetch, write
from mailer.terms import EventUid, MeetingId, MessageId, OutboxId, PartnershipId, PersonId, RuleId

HELD, QUEUED, SENDING, DEFERRED, SENT, FAILED, IN_DOUBT, DROPPED = (
    "held", "queued", "sending", "deferred", "sent", "failed", "in-doubt", "dropped",
)  # fmt: skip
WAITING = (HELD, QUEUED, DEFERRED, IN_DOUBT)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One row, with the notice it came from."""

    id: OutboxId
    notice: Notice
    state: str
    attempt: int
    due_at: datetime
    created_at: datetime
    message_id: MessageId
    answers_to: MessageId | None
    subject: str
    forward_path: str
    smtp_reply: str
    sent_at: datetime | None
    sequence: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """What is stored of a letter before its first attempt: from then on the same bytes go out."""

    id: OutboxId
    forward_path: str
    reverse_path: str
    subject: str
    text: str
    content: bytes
    sequence: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of a row after an attempt."""

    id: OutboxId
    state: str
    smtp_reply: str
    due_at: datetime
    reason: str | None = None


def message_id_of(key: str, event_uid: EventUid | None, domain: str) -> MessageId:
    """The Message-ID of the mail that *key* names: the same facts, the same id, on every attempt."""
    return MessageId(f"<{hashlib.sha256(f'{event_uid}/{key}'.encode()).hexdigest()[:32]}@{domain}>")


async def put(
    partnership: PartnershipId,
    notices: Iterable[Notice],
    event_uid: EventUid | None,
    domain: str,
    now: datetime,
    answers_to: MessageId | None = None,
) -> int:
    """Add *notices* (inside `transact`); gives how many were new. What the ledger knows is nothing."""
    wanted = {n.key: n for n in notices}
    known = (
        set(await models.column(models.Outbox.filter(partnership_id=partnership, key__in=list(wanted)), "key"))
        if wanted
        else set()
    )
    rows = [
        models.Outbox(
            partnership_id=partnership,
            meeting_id=n.meeting_id,
            person_id=n.person_id,
            key=n.key,
            rule=n.rule,
            round=n.round,
            letter=n.letter,
            attach=list(n.attach),
            on_behalf_of_id=n.on_behalf_of,
            about_id=n.about,
            invites=n.invites,
            reason=n.reason,
            state=HELD if n.hold else QUEUED,
            due_at=n.not_before,
            not_before=n.not_before,
            not_after=n.not_after,
            message_id=message_id_of(n.key, event_uid, domain),
            answers_to=answers_to,
            created_at=now,
        )
        for n in wanted.values()
        if n.key not in known
    ]
    if rows:
        await models.Outbox.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


async def claim(partnership: PartnershipId, worker: str, now: datetime, limit: int) -> list[OutboxEntry]:
    """Take up to *limit* due rows for *worker*, oldest first; nobody else gets them. One statement on either database."""
    client = connections.get("default")
    postgres = client.capabilities.dialect == "postgres"
    p = [f"${i}" if postgres else "?" for i in range(1, 8)]
    lock = "FOR UPDATE SKIP LOCKED" if postgres else ""
    at = now if postgres else _text(now)
    ids = await client.execute_query_dict(
        f"UPDATE outbox SET state = 'sending', claimed_by = {p[0]}, on_the_wire = {'FALSE' if postgres else '0'}, attempt = attempt + 1 "  # noqa: S608
        f"WHERE id IN (SELECT id FROM outbox WHERE partnership_id = {p[1]} AND state IN ('queued', 'deferred') AND due_at <= {p[2]} "
        f"ORDER BY due_at, id LIMIT {p[3]} {lock}) RETURNING id",
        [worker, partnership, at, limit],
    )
    return await entries([OutboxId(r["id"]) for r in ids])


def _text(instant: datetime) -> str:
    """An instant as Tortoise writes it into SQLite: comparisons are of text."""
    return instant.astimezone(UTC).isoformat(" ")


async def entries(idents: Sequence[OutboxId]) -> list[OutboxEntry]:
    """These rows, oldest due first."""
    if not idents:
        return []
    return [_entry(r) for r in await models.Outbox.filter(id__in=list(idents)).order_by("due_at", "id")]


async def begun(written: Sequence[Written]) -> None:
    """Commit that attempts begin, with the bytes that will go out (inside `transact`)."""
    await write(
        "UPDATE outbox SET forward_path = ?, reverse_path = ?, subject = ?, text = ?, sequence = ? WHERE id = ?",
        [(w.forward_path, w.reverse_path, w.subject, w.text, w.sequence, w.id) for w in written],
    )
    await write(
        "INSERT INTO outbox_bytes (outbox_id, content) VALUES (?, ?) ON CONFLICT (outbox_id) DO NOTHING",
        [(w.id, w.content) for w in written],
    )


async def on_the_wire(idents: Sequence[OutboxId]) -> None:
    """Commit that the bytes are about to leave: from here a crash means doubt, not a second try."""
    await write("UPDATE outbox SET on_the_wire = TRUE WHERE id = ?", [(i,) for i in idents])


async def contents(idents: Sequence[OutboxId]) -> dict[OutboxId, tuple[str, str, str, str, bytes]]:
    """Bytes written before, by row: (forward_path, reverse_path, subject, text, content)."""
    stored = dict(await models.OutboxBytes.filter(outbox_id__in=list(idents)).values_list("outbox_id", "content"))
    rows = await models.Outbox.filter(id__in=list(stored)).values_list(
        "id", "forward_path", "reverse_path", "subject", "text"
    )
    return {OutboxId(i): (f, r, s, t, bytes(stored[i])) for i, f, r, s, t in rows}


async def finish(results: Sequence[Result], now: datetime) -> None:
    """Record outcomes (inside `transact`). A row that was sent marks its person as written to and, if it invites, as invited."""
    await write(
        "UPDATE outbox SET state = ?, smtp_reply = ?, due_at = ?, sent_at = ?, on_the_wire = ?, claimed_by = NULL, "
        "reason = COALESCE(?, reason) WHERE id = ?",
        [
            (
                r.state,
                r.smtp_reply[:1000],
                r.due_at,
                now if r.state == SENT else None,
                r.state == IN_DOUBT,
                r.reason,
                r.id,
            )
            for r in results
        ],
    )
    sent = [(now, r.id) for r in results if r.state == SENT]
    await write("UPDATE person SET written_at = ? WHERE id = (SELECT person_id FROM outbox WHERE id = ?)", sent)
    await write(
        "UPDATE invitation SET invited_at = ? WHERE invited_at IS NULL AND (meeting_id, person_id) = "
        "(SELECT meeting_id, person_id FROM outbox WHERE id = ? AND invites = TRUE)",
        sent,
    )


async def recover(partnership: PartnershipId, dead: Sequence[str], now: datetime) -> tuple[list[OutboxEntry], int]:
    """After the workers *dead* died: what they had claimed and not begun to transmit waits again; what may have left is in doubt.

    Gives (rows in doubt, how many wait again)."""
    if not dead:
        return [], 0
    theirs = models.Outbox.filter(partnership_id=partnership, state=SENDING, claimed_by__in=list(dead))
    doubtful = await models.column(theirs.filter(on_the_wire=True), "id")
    again = await theirs.filter(on_the_wire=False).update(state=DEFERRED, due_at=now, claimed_by=None)
    if doubtful:
        await models.Outbox.filter(id__in=doubtful).update(state=IN_DOUBT, claimed_by=None)
    return await entries([OutboxId(i) for i in doubtful]), again


async def in_doubt(partnership: PartnershipId) -> list[OutboxEntry]:
    return [_entry(r) for r in await models.Outbox.filter(partnership_id=partnership, state=IN_DOUBT).order_by("id")]


async def next_due(partnership: PartnershipId) -> datetime | None:
    """When the next row may leave."""
    row = (
        await models.Outbox.filter(partnership_id=partnership, state__in=[QUEUED, DEFERRED]).order_by("due_at").first()
    )
    return row.due_at if row else None


async def busy(partnership: PartnershipId, now: datetime) -> bool:
    """Whether anything is due or under way (one query: a row that is claimed between two would be seen by neither)."""
    due = Q(state__in=[QUEUED, DEFERRED], due_at__lte=now)
    return await models.Outbox.filter(Q(state=SENDING) | due, partnership_id=partnership).exists()


async def sent_since(partnership: PartnershipId, now: datetime) -> tuple[int, int]:
    """How many mails left in the last minute and in the last day: what the pace is kept by, also over a restart."""
    sent = models.Outbox.filter(partnership_id=partnership)
    return await sent.filter(sent_at__gt=now - timedelta(minutes=1)).count(), await sent.filter(
        sent_at__gt=now - timedelta(days=1)
    ).count()


async def drop(idents: Sequence[OutboxId], reason: str) -> int:
    """These are no longer wanted. What has begun to leave is not touched."""
    if not idents:
        return 0
    return await models.Outbox.filter(id__in=list(idents), state__in=[*WAITING, SENDING], on_the_wire=False).update(
        state=DROPPED, reason=reason, claimed_by=None
    )


async def drop_in_doubt(idents: Sequence[OutboxId], reason: str) -> int:
    return await models.Outbox.filter(id__in=list(idents), state=IN_DOUBT).update(state=DROPPED, reason=reason)


async def release(partnership: PartnershipId, idents: Sequence[OutboxId], now: datetime) -> int:
    """The convener says: send these."""
    return await models.Outbox.filter(
        partnership_id=partnership, id__in=list(idents), state__in=[HELD, IN_DOUBT, FAILED]
    ).update(state=QUEUED, due_at=now, on_the_wire=False)


async def hold(idents: Sequence[OutboxId], reason: str) -> None:
    await models.Outbox.filter(id__in=list(idents)).update(state=HELD, reason=reason, claimed_by=None)


async def waiting_for(meeting: MeetingId, person: PersonId | None = None) -> list[OutboxEntry]:
    """What still waits to be sent about *meeting* (to *person*)."""
    query = models.Outbox.filter(meeting_id=meeting, state__in=list(WAITING))
    if person is not None:
        query = query.filter(person_id=person)
    return [_entry(r) for r in await query.order_by("due_at", "id")]


async def rows(
    partnership: PartnershipId, states: Sequence[str] = (), limit: int = 200, meeting: MeetingId | None = None
) -> list[OutboxEntry]:
    """The outbox as lists show it, newest first."""
    query = models.Outbox.filter(partnership_id=partnership)
    if states:
        query = query.filter(state__in=list(states))
    if meeting is not None:
        query = query.filter(meeting_id=meeting)
    return [_entry(r) for r in await query.order_by("-id").limit(limit)]


_COUNT = "SELECT state, COUNT(*) AS n FROM outbox WHERE partnership_id = $1 GROUP BY state"


async def counts(partnership: PartnershipId) -> Mapping[str, int]:
    """How many rows are in each state."""
    client = connections.get("default")
    found = await client.execute_query_dict(_COUNT.replace("$1", str(int(partnership))))
    return {r["state"]: r["n"] for r in found}


async def by_message_ids(partnership: PartnershipId, message_ids: Sequence[str]) -> list[OutboxEntry]:
    """Mails of ours that *message_ids* name, the latest first: the thread an answer belongs to."""
    if not message_ids:
        return []
    found = await models.Outbox.filter(partnership_id=partnership, message_id__in=list(message_ids)[:50]).order_by(
        "-id"
    )
    return [_entry(r) for r in found]


async def known_message_ids(partnership: PartnershipId, message_ids: Sequence[str]) -> set[str]:
    """Those of *message_ids* that are of mails of ours."""
    known: set[str] = set()
    for start in range(0, len(message_ids), 500):  # a thread may name a hundred, a batch holds a hundred threads
        some = list(set(message_ids[start : start + 500]))
        query = models.Outbox.filter(partnership_id=partnership, message_id__in=some)
        known |= set(await models.column(query, "message_id"))
    return known


async def text_of(ident: OutboxId) -> str:
    """What the letter said."""
    found = await fetch("SELECT text FROM outbox WHERE id = ?", ident)
    return str(found[0]["text"]) if found else ""


async def thread(meeting: MeetingId, persons: Sequence[PersonId]) -> dict[PersonId, tuple[MessageId, ...]]:
    """Message-IDs of what was sent to each of *persons* about *meeting*, oldest first."""
    found = (
        await models.Outbox.filter(meeting_id=meeting, person_id__in=list(persons), state=SENT)
        .order_by("id")
        .values_list("person_id", "message_id")
    )
    out: dict[PersonId, tuple[MessageId, ...]] = {}
    for person, message_id in found:
        out[PersonId(person)] = (*out.get(PersonId(person), ()), MessageId(message_id))
    return out


async def bounced(entry: OutboxEntry, reason: str) -> bool:
    """A delivery report says that a mail which the server took did not arrive."""
    return bool(
        await models.Outbox.filter(id=entry.id, state__in=[SENT, IN_DOUBT]).update(
            state=FAILED, smtp_reply=reason[:1000]
        )
    )


def _entry(r: models.Outbox) -> OutboxEntry:
    ids = vars(r)
    return OutboxEntry(
        id=OutboxId(r.id),
        notice=Notice(
            rule=RuleId(r.rule),
            meeting_id=MeetingId(ids["meeting_id"]),
            person_id=PersonId(ids["person_id"]),
            round=r.round,
            letter=r.letter,
            attach=tuple(r.attach),
            on_behalf_of=PersonId(r.on_behalf_of_id) if r.on_behalf_of_id else None,
            hold=r.state == HELD,
            invites=r.invites,
            not_before=r.not_before,
            reason=r.reason,
            not_after=r.not_after,
            about=PersonId(r.about_id) if r.about_id else None,
            outbox_id=OutboxId(r.id),
        ),
        state=r.state,
        attempt=r.attempt,
        due_at=r.due_at,
        created_at=r.created_at,
        message_id=MessageId(r.message_id),
        answers_to=MessageId(r.answers_to) if r.answers_to else None,
        subject=r.subject,
        forward_path=r.forward_path,
        smtp_reply=r.smtp_reply,
        sent_at=r.sent_at,
        sequence=r.sequence,
    )


async def last_of(partnership: PartnershipId, rule: RuleId) -> OutboxEntry | None:
    """The newest mail of *rule*."""
    row = await models.Outbox.filter(partnership_id=partnership, rule=rule).order_by("-id").first()
    return _entry(row) if row else None


async def held_by(meeting: MeetingId, rule: str, round_: str) -> list[OutboxEntry]:
    """Letters of one rule and round that wait for the convener's word."""
    found = await models.Outbox.filter(meeting_id=meeting, rule=rule, round=round_, state=HELD).order_by("id")
    return [_entry(r) for r in found]


async def last_sent(meeting: MeetingId, person: PersonId) -> OutboxEntry | None:
    """The newest mail about *meeting* that left for *person*."""
    row = (
        await models.Outbox.filter(meeting_id=meeting, person_id=person, state__in=[SENT, FAILED])
        .order_by("-id")
        .first()
    )
    return _entry(row) if row else None


async def undelivered(meeting: MeetingId) -> dict[PersonId, str]:
    """Whose last mail about *meeting* did not arrive, and what was said of it."""
    found = (
        await models.Outbox.filter(meeting_id=meeting, state__in=[SENT, FAILED])
        .order_by("id")
        .values_list("person_id", "state", "smtp_reply")
    )
    last = {PersonId(person): (state, reply) for person, state, reply in found}
    return {person: reply for person, (state, reply) in last.items() if state == FAILED}
