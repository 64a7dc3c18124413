"""The transactional outbox: what was decided, claimed, written, sent.

States and their next steps::

    held ──ok──▶ queued ──claim──▶ sending ──250──▶ sent
                   ▲                 ├─ 4yz / no connection ─▶ deferred ──due──▶ sending ──too old──▶ failed
                   │                 ├─ 5yz ────────────────▶ failed
                   │                 ├─ lost inside DATA ───▶ in-doubt ──policy──▶ deferred | held (in the same commit)
                   └──(released)─────┴─ letter error ───────▶ held
    any that waits ── no longer wanted ──▶ dropped (with the reason)

The key of a row is the ledger: a notice with a known key is nothing.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise import connections
from tortoise.expressions import Q

from mailer.decide.snapshot import Notice
from mailer.store import log, models
from mailer.store.log import LogLine
from mailer.store.statement import fetch, instant, marks, write
from mailer.terms import ItemId, MeetingId, MessageId, OutboxId, PartnershipId, PersonId, QuestionId, RuleId

HELD, QUEUED, SENDING, DEFERRED, SENT, FAILED, IN_DOUBT, DROPPED = (
    "held", "queued", "sending", "deferred", "sent", "failed", "in-doubt", "dropped",
)  # fmt: skip
WAITING = (HELD, QUEUED, DEFERRED, IN_DOUBT)

AT_ONCE = 500
"""Values in one statement: SQLite takes a limited number."""


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
    first_tried_at: datetime | None = None
    doubts: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What is stored of a letter before an attempt. Once it may have left, the same bytes go out on every later attempt."""

    id: OutboxId
    forward_path: str
    reverse_path: str
    subject: str
    text: str
    content: bytes
    sequence: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of a row after an attempt. *tried*: whether it was about this mail; waiting for others is no attempt."""

    id: OutboxId
    state: str
    smtp_reply: str
    due_at: datetime
    reason: str | None = None
    tried: bool = True


def new_message_id(domain: str) -> MessageId:
    """The Message-ID of a mail, kept with its row for every attempt. It cannot be guessed: whoever names it in a reply has had the mail."""
    return MessageId(f"<{secrets.token_hex(16)}@{domain}>")


async def put(
    partnership: PartnershipId,
    notices: Iterable[Notice],
    domain: str,
    now: datetime,
    answers_to: MessageId | None = None,
) -> int:
    """Add *notices* (inside `transact`); gives how many mails were new. What the ledger knows is nothing; what another mail tells is only noted."""
    wanted = {n.key: n for n in notices}
    if not wanted:
        return 0
    found = await fetch(
        f"SELECT key FROM outbox WHERE partnership_id = ? AND key IN {marks(list(wanted))}",  # noqa: S608 - no values in it
        partnership,
        *wanted,
    )
    known = {row["key"] for row in found}
    rows = [
        (
            partnership, n.meeting_id, n.person_id, n.key, n.rule, n.round, n.letter, json.dumps(n.attach), n.on_behalf_of, n.about, n.invites,
            _reason(n), DROPPED if n.told_with else HELD if n.hold else QUEUED, n.not_before, n.not_before, n.not_after,
            new_message_id(domain), answers_to, now, 0, False, "", "", "", "", "",
            json.dumps(n.items), n.question, n.ask, json.dumps(n.people),
        )
        for n in wanted.values()
        if n.key not in known
    ]  # fmt: skip
    await write(_PUT, rows)
    return sum(not n.told_with for n in wanted.values() if n.key not in known)


def _reason(notice: Notice) -> str:
    """What is only noted in the ledger says which mail tells it."""
    return f"told in one mail with {notice.told_with}" if notice.told_with else notice.reason


_PUT = (
    "INSERT INTO outbox (partnership_id, meeting_id, person_id, key, rule, round, letter, attach, on_behalf_of_id, about_id, invites, reason, "
    "state, due_at, not_before, not_after, message_id, answers_to, created_at, attempt, on_the_wire, forward_path, reverse_path, subject, text, "
    "smtp_reply, items, question_id, ask, people) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING"
)


async def claim(partnership: PartnershipId, worker: str, now: datetime, limit: int) -> list[OutboxEntry]:
    """Take up to *limit* due rows for *worker*, oldest first; nobody else gets them. One statement on either database."""
    client = connections.get("default")
    postgres = client.capabilities.dialect == "postgres"
    p = [f"${i}" if postgres else "?" for i in range(1, 8)]
    lock = "FOR UPDATE SKIP LOCKED" if postgres else ""
    at = now if postgres else _text(now)
    rows = await client.execute_query_dict(
        f"UPDATE outbox SET state = 'sending', claimed_by = {p[0]}, on_the_wire = {'FALSE' if postgres else '0'}, attempt = attempt + 1 "  # noqa: S608
        f"WHERE id IN (SELECT id FROM outbox WHERE partnership_id = {p[1]} AND state IN ('queued', 'deferred') AND due_at <= {p[2]} "
        f"ORDER BY due_at, id LIMIT {p[3]} {lock}) RETURNING *",
        [worker, partnership, at, limit],
    )
    return sorted((_entry(_read(r)) for r in rows), key=lambda e: (e.due_at, e.id))


def _text(instant: datetime) -> str:
    """An instant as Tortoise writes it into SQLite: comparisons are of text."""
    return instant.astimezone(UTC).isoformat(" ")


async def entries(idents: Sequence[OutboxId], order: str = "due_at, id") -> list[OutboxEntry]:
    """These rows, oldest due first."""
    if not idents:
        return []
    rows = await fetch(f"SELECT * FROM outbox WHERE id IN {marks(idents)} ORDER BY {order}", *idents)  # noqa: S608 - no values in it
    return [_entry(_read(r)) for r in rows]


async def begun(written: Sequence[Written]) -> None:
    """Commit that attempts begin, with the bytes that will go out (inside `transact`)."""
    await write(
        "UPDATE outbox SET forward_path = ?, reverse_path = ?, subject = ?, text = ?, sequence = ? WHERE id = ?",
        [(w.forward_path, w.reverse_path, w.subject, w.text, w.sequence, w.id) for w in written],
    )
    await write(
        "INSERT INTO outbox_bytes (outbox_id, content) VALUES (?, ?) ON CONFLICT (outbox_id) DO UPDATE SET content = excluded.content",
        [(w.id, w.content) for w in written],
    )


async def on_the_wire(idents: Sequence[OutboxId], worker: str, now: datetime) -> set[OutboxId]:
    """Commit that the bytes are about to leave: from here a crash means doubt, not a second try.

    Gives the rows for which that is so; the others were dropped meanwhile, or taken over from *worker*, and must not leave."""
    if not idents:
        return set()
    found = await fetch(
        f"UPDATE outbox SET on_the_wire = TRUE, tried_at = ? WHERE id IN {marks(idents)} "  # noqa: S608
        "AND state = 'sending' AND claimed_by = ? AND NOT on_the_wire RETURNING id",
        now,
        *idents,
        worker,
    )
    return {OutboxId(r["id"]) for r in found}


@dataclass(frozen=True, slots=True)
class AtTheGate:
    """How things stand just before the first byte. *sequence*: the meeting's, now."""

    sequence: int | None


async def at_the_gate(ident: OutboxId, worker: str) -> AtTheGate | None:
    """Look once more; None when the row is no longer on the wire for *worker*."""
    found = await fetch(
        "SELECT m.sequence AS sequence FROM outbox o LEFT JOIN meeting m ON m.id = o.meeting_id "
        "WHERE o.id = ? AND o.state = 'sending' AND o.claimed_by = ? AND o.on_the_wire",
        ident,
        worker,
    )
    return AtTheGate(found[0]["sequence"]) if found else None


async def owned(idents: Sequence[OutboxId], worker: str) -> set[OutboxId]:
    """Those of *idents* that *worker* is sending; nobody changes them until the transaction ends."""
    if not idents:
        return set()
    lock = "FOR UPDATE" if _postgres() else ""  # on SQLite the transaction is the lock
    found = await fetch(
        f"SELECT id FROM outbox WHERE id IN {marks(idents)} AND state = 'sending' AND claimed_by = ? ORDER BY id {lock}",  # noqa: S608
        *idents,
        worker,
    )
    return {OutboxId(r["id"]) for r in found}


async def overtaken(idents: Sequence[OutboxId]) -> set[OutboxId]:
    """Invitations among *idents* that were written before the meeting was changed or cancelled. It cannot change until the transaction ends."""
    if not idents:
        return set()
    lock = "FOR SHARE OF m" if _postgres() else ""
    found = await fetch(
        "SELECT o.id AS id FROM outbox o JOIN meeting m ON m.id = o.meeting_id "  # noqa: S608
        f"WHERE o.id IN {marks(idents)} AND o.invites = TRUE AND m.sequence > COALESCE(o.sequence, 0) {lock}",
        *idents,
    )
    return {OutboxId(r["id"]) for r in found}


def _postgres() -> bool:
    return bool(connections.get("default").capabilities.dialect == "postgres")


async def contents(idents: Sequence[OutboxId]) -> dict[OutboxId, tuple[str, str, str, str, bytes]]:
    """Bytes written before, by row: (forward_path, reverse_path, subject, text, content)."""
    some = await fetch(f"SELECT outbox_id FROM outbox_bytes WHERE outbox_id IN {marks(idents)} LIMIT 1", *idents)  # noqa: S608
    if not some:
        return {}
    stored = dict(await models.OutboxBytes.filter(outbox_id__in=list(idents)).values_list("outbox_id", "content"))
    rows = await models.Outbox.filter(id__in=list(stored)).values_list(
        "id", "forward_path", "reverse_path", "subject", "text"
    )
    return {OutboxId(i): (f, r, s, t, bytes(stored[i])) for i, f, r, s, t in rows}


async def finish(results: Sequence[Result], now: datetime) -> None:
    """Record outcomes (inside `transact`, of rows that are `owned`). A row that was sent marks its person as written to and, if it invites,
    as invited."""
    await write(
        "UPDATE outbox SET state = ?, smtp_reply = ?, due_at = ?, sent_at = ?, on_the_wire = ?, claimed_by = NULL, "
        "reason = COALESCE(?, reason), attempt = attempt - ?, doubts = doubts + ?, first_tried_at = COALESCE(first_tried_at, ?) "
        "WHERE id = ? AND state = 'sending'",
        [
            (
                r.state,
                r.smtp_reply[:1000],
                r.due_at,
                now if r.state == SENT else None,
                r.state == IN_DOUBT,
                r.reason,
                int(not r.tried),
                int(r.state == IN_DOUBT),
                now if r.tried else None,
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


async def recover(partnership: PartnershipId, gone: Sequence[str], now: datetime) -> tuple[list[OutboxEntry], int]:
    """After the workers *gone* died (or let go): what they had claimed and not begun to transmit waits again; what may have left is in doubt.

    Gives (all rows in doubt, how many wait again)."""
    again = 0
    for start in range(0, len(gone), AT_ONCE):
        some = gone[start : start + AT_ONCE]
        theirs = f"WHERE partnership_id = ? AND state = 'sending' AND claimed_by IN {marks(some)}"
        await write(
            f"UPDATE outbox SET state = 'in-doubt', claimed_by = NULL, doubts = doubts + 1 {theirs} AND on_the_wire",  # noqa: S608
            [(partnership, *some)],
        )
        waits = await fetch(
            "UPDATE outbox SET state = 'deferred', due_at = ?, claimed_by = NULL, attempt = attempt - 1 "  # noqa: S608
            f"{theirs} AND NOT on_the_wire RETURNING id",
            now,
            partnership,
            *some,
        )
        again += len(waits)
    return await in_doubt(partnership), again


async def in_doubt(partnership: PartnershipId) -> list[OutboxEntry]:
    return [
        _entry(vars(r)) for r in await models.Outbox.filter(partnership_id=partnership, state=IN_DOUBT).order_by("id")
    ]


async def next_due(partnership: PartnershipId) -> datetime | None:
    """When the next row may leave."""
    found = await fetch(
        "SELECT due_at FROM outbox WHERE partnership_id = ? AND state IN ('queued', 'deferred') ORDER BY due_at LIMIT 1",
        partnership,
    )
    return instant(found[0]["due_at"]) if found else None


async def busy(partnership: PartnershipId, now: datetime) -> bool:
    """Whether anything is due or under way (one query: a row that is claimed between two would be seen by neither)."""
    return bool(
        await fetch(
            "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM outbox WHERE partnership_id = ? AND state = 'sending') "
            "OR EXISTS (SELECT 1 FROM outbox WHERE partnership_id = ? AND state IN ('queued', 'deferred') AND due_at <= ?)",
            partnership,
            partnership,
            now,
        )
    )


async def begun_since(partnership: PartnershipId, now: datetime) -> tuple[int, int]:
    """How many mails were tried in the last minute and in the last day, or are about to be: what the pace is kept by, also over a restart."""
    minute, day = now - timedelta(minutes=1), now - timedelta(days=1)
    (found,) = await fetch(
        "SELECT (SELECT COUNT(*) FROM outbox WHERE partnership_id = ? AND tried_at > ?) AS minute, "
        "(SELECT COUNT(*) FROM outbox WHERE partnership_id = ? AND tried_at > ?) AS day, "
        "(SELECT COUNT(*) FROM outbox WHERE partnership_id = ? AND state = 'sending' AND NOT on_the_wire) AS now",
        partnership,
        minute,
        partnership,
        day,
        partnership,
    )
    return found["minute"] + found["now"], found["day"] + found["now"]


async def begun_of(
    partnership: PartnershipId, rules: Sequence[RuleId], now: datetime
) -> tuple[int, int, datetime | None, datetime | None]:
    """The same for the mails of *rules*: tried in the last minute and in the last day, and the oldest attempt of each."""
    minute, day = now - timedelta(minutes=1), now - timedelta(days=1)
    (found,) = await fetch(
        "SELECT COUNT(*) AS day, MIN(tried_at) AS oldest, SUM(CASE WHEN tried_at > ? THEN 1 ELSE 0 END) AS minute, "  # noqa: S608
        "MIN(CASE WHEN tried_at > ? THEN tried_at END) AS newest "
        f"FROM outbox WHERE partnership_id = ? AND tried_at > ? AND rule IN {marks(rules)}",
        minute,
        minute,
        partnership,
        day,
        *rules,
    )
    return found["minute"] or 0, found["day"], instant(found["newest"]), instant(found["oldest"])


CONVENER_SAID = "the convener said"
"""How the reason begins where a letter was dropped on the convener's word: that holds whatever date the meeting gets."""


async def drop(idents: Sequence[OutboxId], reason: str) -> int:
    """These are no longer wanted. What has begun to leave is not touched."""
    if not idents:
        return 0
    return await models.Outbox.filter(id__in=list(idents), state__in=[*WAITING, SENDING], on_the_wire=False).update(
        state=DROPPED, reason=reason, claimed_by=None
    )


async def release(partnership: PartnershipId, idents: Sequence[OutboxId], now: datetime) -> int:
    """The convener says: send these. What was tried before does not count any more."""
    await noted("released", partnership, idents, now)
    return await models.Outbox.filter(
        partnership_id=partnership, id__in=list(idents), state__in=[HELD, IN_DOUBT, FAILED]
    ).update(state=QUEUED, due_at=now, on_the_wire=False, attempt=0, first_tried_at=None)


async def noted(what: str, partnership: PartnershipId, idents: Sequence[OutboxId], now: datetime) -> None:
    """For the record: who let which letters go, or kept them from going."""
    groups: dict[tuple[str, int | None], int] = {}
    for start in range(0, len(idents), AT_ONCE):
        rows = models.Outbox.filter(partnership_id=partnership, id__in=list(idents[start : start + AT_ONCE]))
        for rule, meeting in await rows.values_list("rule", "meeting_id"):
            groups[rule, meeting] = groups.get((rule, meeting), 0) + 1
    for (rule, meeting), n in groups.items():
        line = LogLine(
            now, what, f"{n} {'letter' if n == 1 else 'letters'} of [{rule}]", MeetingId(meeting) if meeting else None
        )
        await log.write(partnership, line)


async def hold(idents: Sequence[OutboxId], reason: str) -> None:
    """Keep these for the convener. What is leaving, or has an end, is not touched."""
    waits = Q(state__in=list(WAITING)) | Q(state=SENDING, on_the_wire=False)
    await models.Outbox.filter(waits, id__in=list(idents)).update(
        state=HELD, reason=reason, claimed_by=None, on_the_wire=False
    )


async def try_again(ident: OutboxId, at: datetime) -> None:
    """A mail in doubt goes out again, the same bytes, at *at*."""
    await models.Outbox.filter(id=ident, state=IN_DOUBT).update(
        state=DEFERRED, due_at=at, claimed_by=None, on_the_wire=False
    )


async def waiting_for(meeting: MeetingId, person: PersonId | None = None) -> list[OutboxEntry]:
    """What still waits to be sent about *meeting* (to *person*), also what is being made ready and has not begun to leave."""
    waits = Q(state__in=list(WAITING)) | Q(state=SENDING, on_the_wire=False)
    query = models.Outbox.filter(waits, meeting_id=meeting)
    if person is not None:
        query = query.filter(person_id=person)
    return [_entry(vars(r)) for r in await query.order_by("due_at", "id")]


async def rows(
    partnership: PartnershipId, states: Sequence[str] = (), limit: int = 200, meeting: MeetingId | None = None
) -> list[OutboxEntry]:
    """The outbox as lists show it, newest first."""
    query = models.Outbox.filter(partnership_id=partnership)
    if states:
        query = query.filter(state__in=list(states))
    if meeting is not None:
        query = query.filter(meeting_id=meeting)
    return [_entry(vars(r)) for r in await query.order_by("-id").limit(limit)]


_COUNT = "SELECT state, COUNT(*) AS n FROM outbox WHERE partnership_id = $1 GROUP BY state"


async def counts(partnership: PartnershipId) -> Mapping[str, int]:
    """How many rows are in each state."""
    client = connections.get("default")
    found = await client.execute_query_dict(_COUNT.replace("$1", str(int(partnership))))
    return {r["state"]: r["n"] for r in found}


async def by_message_ids(partnership: PartnershipId, message_ids: Sequence[str]) -> list[OutboxEntry]:
    """Mails of ours that *message_ids* name, in that order: the thread an answer belongs to, what it answers first (RFC 5322, 3.6.4)."""
    if not message_ids:
        return []
    nearest = {ident: at for at, ident in reversed([*enumerate(list(message_ids)[:50])])}
    found = await fetch(_OF_MESSAGE_IDS + marks(list(nearest)), partnership, *nearest)
    rows = await entries([OutboxId(r["id"]) for r in found], "id DESC") if found else []
    return sorted(rows, key=lambda e: nearest[e.message_id])


async def known_message_ids(partnership: PartnershipId, message_ids: Sequence[str]) -> set[str]:
    """Those of *message_ids* that are of mails of ours."""
    known: set[str] = set()
    for start in range(0, len(message_ids), 500):  # a thread may name a hundred, a batch holds a hundred threads
        some = list(set(message_ids[start : start + 500]))
        known |= {r["message_id"] for r in await fetch(_OF_MESSAGE_IDS + marks(some), partnership, *some)}
    return known


_OF_MESSAGE_IDS = "SELECT id, message_id FROM outbox WHERE +partnership_id = ? AND message_id IN "
"""With a plus, SQLite takes the index of Message-IDs; else it reads everything that the partnership ever sent."""


async def text_of(ident: OutboxId) -> str:
    """What the letter said."""
    found = await fetch("SELECT text FROM outbox WHERE id = ?", ident)
    return str(found[0]["text"]) if found else ""


async def thread(meeting: MeetingId, persons: Sequence[PersonId]) -> dict[PersonId, tuple[MessageId, ...]]:
    """Message-IDs of what was sent to each of *persons* about *meeting*, oldest first."""
    if not persons:
        return {}
    found = await fetch(
        f"SELECT person_id, message_id FROM outbox WHERE meeting_id = ? AND person_id IN {marks(persons)} AND state = 'sent' ORDER BY id",  # noqa: S608 - no values in it
        meeting,
        *persons,
    )
    out: dict[PersonId, tuple[MessageId, ...]] = {}
    for row in found:
        person = PersonId(row["person_id"])
        out[person] = (*out.get(person, ()), MessageId(row["message_id"]))
    return out


async def of_rule(
    partnership: PartnershipId, rule: str, states: Sequence[str], meeting: MeetingId | None = None
) -> list[OutboxEntry]:
    """Every letter of *rule* in one of *states*."""
    query = models.Outbox.filter(partnership_id=partnership, rule=rule, state__in=list(states))
    if meeting is not None:
        query = query.filter(meeting_id=meeting)
    return [_entry(vars(r)) for r in await query.order_by("id")]


async def take_up(idents: Sequence[OutboxId]) -> None:
    """What was dropped waits for the convener's word once more."""
    if idents:
        await models.Outbox.filter(id__in=list(idents), state=DROPPED).update(state=HELD)


async def send_again(partnership: PartnershipId, person: PersonId, now: datetime) -> int:
    """What came back from *person*'s old address, and may still be of use, goes out once more; gives how many."""
    fresh = Q(not_after=None) | Q(not_after__gte=now)
    recent = models.Outbox.filter(created_at__gte=now - timedelta(days=30))
    return await recent.filter(fresh, partnership_id=partnership, person_id=person, state=FAILED).update(
        state=QUEUED, due_at=now, claimed_by=None, on_the_wire=False, doubts=0, attempt=0, first_tried_at=None
    )


async def waiting_bundle(meeting: MeetingId, rule: RuleId, person: PersonId) -> OutboxEntry | None:
    """A mail of *rule* to *person* that has not begun to leave, into which another can go."""
    waits = Q(state__in=[HELD, QUEUED])
    row = await models.Outbox.filter(waits, meeting_id=meeting, rule=rule, person_id=person, attempt=0).first()
    return _entry(vars(row)) if row else None


async def join(into: OutboxEntry, notice: Notice) -> None:
    """Put what *notice* is about into the mail *into*, which waits (inside `transact`)."""
    own = into.notice
    people = [p for p in (*own.people, *notice.people, notice.about) if p is not None and p != own.about]
    await models.Outbox.filter(id=into.id).update(
        items=list(dict.fromkeys((*own.items, *notice.items))), people=list(dict.fromkeys(people))
    )


async def bounced(entry: OutboxEntry, reason: str) -> bool:
    """A delivery report says that a mail which the server took did not arrive. It may come before we know that the server took it."""
    left = Q(state__in=[SENT, IN_DOUBT]) | Q(state=SENDING, on_the_wire=True)
    again = Q(state__in=[QUEUED, DEFERRED, HELD], doubts__gt=0)
    return bool(
        await models.Outbox.filter(left | again, id=entry.id).update(
            state=FAILED, smtp_reply=reason[:1000], claimed_by=None, on_the_wire=False
        )
    )


_INSTANTS = ("due_at", "not_before", "not_after", "first_tried_at", "created_at", "sent_at")
_LISTS = ("attach", "items", "people")


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as `fetch` gives it, with the values that a model has."""
    found = dict(row)
    for name in _INSTANTS:
        found[name] = instant(found[name])
    for name in _LISTS:
        if isinstance(found[name], str):
            found[name] = json.loads(found[name])
    found["invites"] = bool(found["invites"])
    return found


def _entry(r: Mapping[str, Any]) -> OutboxEntry:
    return OutboxEntry(
        id=OutboxId(r["id"]),
        notice=Notice(
            rule=RuleId(r["rule"]),
            meeting_id=MeetingId(r["meeting_id"]),
            person_id=PersonId(r["person_id"]),
            round=r["round"],
            letter=r["letter"],
            attach=tuple(r["attach"]),
            on_behalf_of=PersonId(r["on_behalf_of_id"]) if r["on_behalf_of_id"] else None,
            hold=r["state"] == HELD,
            invites=r["invites"],
            not_before=r["not_before"],
            reason=r["reason"],
            not_after=r["not_after"],
            about=PersonId(r["about_id"]) if r["about_id"] else None,
            items=tuple(ItemId(i) for i in r["items"]),
            question=QuestionId(r["question_id"]) if r["question_id"] else None,
            ask=r["ask"],
            people=tuple(PersonId(p) for p in r["people"]),
            outbox_id=OutboxId(r["id"]),
        ),
        state=r["state"],
        attempt=r["attempt"],
        due_at=r["due_at"],
        created_at=r["created_at"],
        message_id=MessageId(r["message_id"]),
        answers_to=MessageId(r["answers_to"]) if r["answers_to"] else None,
        subject=r["subject"],
        forward_path=r["forward_path"],
        smtp_reply=r["smtp_reply"],
        sent_at=r["sent_at"],
        sequence=r["sequence"],
        first_tried_at=r["first_tried_at"],
        doubts=r["doubts"],
    )


async def last_of(partnership: PartnershipId, rule: RuleId) -> OutboxEntry | None:
    """The newest mail of *rule*."""
    rows = await fetch(
        "SELECT * FROM outbox WHERE id = (SELECT MAX(id) FROM outbox WHERE partnership_id = ? AND rule = ?)",
        partnership,
        rule,
    )
    return _entry(_read(rows[0])) if rows else None


async def held_by(meeting: MeetingId, rule: str, round_: str) -> list[OutboxEntry]:
    """Letters of one rule and round that wait for the convener's word."""
    found = await models.Outbox.filter(meeting_id=meeting, rule=rule, round=round_, state=HELD).order_by("id")
    return [_entry(vars(r)) for r in found]


async def last_sent(meeting: MeetingId, person: PersonId) -> OutboxEntry | None:
    """The newest mail about *meeting* that left for *person*."""
    row = (
        await models.Outbox.filter(meeting_id=meeting, person_id=person, state__in=[SENT, FAILED])
        .order_by("-id")
        .first()
    )
    return _entry(vars(row)) if row else None


async def undelivered(meeting: MeetingId) -> dict[PersonId, str]:
    """Whose last mail about *meeting* did not arrive, and what was said of it."""
    found = (
        await models.Outbox.filter(meeting_id=meeting, state__in=[SENT, FAILED])
        .order_by("id")
        .values_list("person_id", "state", "smtp_reply")
    )
    last = {PersonId(person): (state, reply) for person, state, reply in found}
    return {person: reply for person, (state, reply) in last.items() if state == FAILED}


async def replies_since(partnership: PartnershipId, person: PersonId, since: datetime) -> tuple[int, int]:
    """(to *person*, to everybody): how many mails that answer a mail were decided since *since*."""
    rows = await fetch(
        "SELECT COUNT(*) AS every, SUM(CASE WHEN person_id = ? THEN 1 ELSE 0 END) AS own FROM outbox "
        "WHERE partnership_id = ? AND created_at > ? AND answers_to IS NOT NULL",
        person,
        partnership,
        since,
    )
    return int(rows[0]["own"] or 0), int(rows[0]["every"])
