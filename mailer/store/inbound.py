"""Messages that came: committed before anything else happens to them, handled once, kept for as long as somebody may ask.

States: fetched → handled | review | held (three errors); `left-alone` rows hold ids only, of mail that is not ours.
"""

import hashlib
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise import connections

from mailer.store import models
from mailer.store.statement import fetch, instant, marks, write
from mailer.terms import InboundId, InvitationId, PartnershipId

FETCHED, HANDLED, REVIEW, HELD, LEFT_ALONE = "fetched", "handled", "review", "held", "left-alone"

MOST_ERRORS = 3
"""After as many failures a message is held for a person instead of being tried for ever."""


MOST_WORDS = 4000

PART = 1_048_576
"""Bytes of a message in one row: a large value would be held several times over on its way into the database."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at the moment it is committed. *raw* None: not ours, ids only. *review*: why a person should look at it instead of the program,
    because not all of it is here."""

    mailbox: str
    uid_validity: int
    imap_uid: int
    digest: str
    size: int
    raw: bytes | None
    message_id: str = ""
    author: str = ""
    subject: str = ""
    review: str = ""


@dataclass(frozen=True, slots=True)
class InboundRow:
    """A message as lists show it."""

    id: InboundId
    state: str
    received_at: datetime
    message_id: str
    author: str
    subject: str
    kind: str
    reason: str
    words: str
    proposed: str
    guests: int
    errors: int
    invitation_id: InvitationId | None
    handled_at: datetime | None = None


def digest(raw: bytes) -> str:
    """What tells that two messages are the same one, under whatever number the server keeps them."""
    return hashlib.blake2b(raw, digest_size=20).hexdigest()


async def position(partnership: PartnershipId, mailbox: str) -> tuple[int, int] | None:
    """(uid_validity, last_uid) up to which *mailbox* was read."""
    row = await models.Mailbox.get_or_none(partnership_id=partnership, name=mailbox)
    return (row.uid_validity, row.last_uid) if row and row.uid_validity is not None else None


async def first_read_at(partnership: PartnershipId, mailbox: str) -> datetime | None:
    """When *mailbox* was read for the very first time: what was old then stays alone for ever."""
    row = await models.Mailbox.get_or_none(partnership_id=partnership, name=mailbox)
    return row.first_read_at if row else None


async def set_position(
    partnership: PartnershipId, mailbox: str, uid_validity: int, last_uid: int, now: datetime
) -> None:
    await models.Mailbox.get_or_create(partnership_id=partnership, name=mailbox, defaults={"first_read_at": now})
    mine = models.Mailbox.filter(partnership_id=partnership, name=mailbox)
    await mine.update(uid_validity=uid_validity, last_uid=last_uid)
    await mine.filter(first_read_at=None).update(first_read_at=now)


async def lease(partnership: PartnershipId, mailbox: str, worker: str, dead: Sequence[str]) -> bool:
    """Take or keep the right to read *mailbox*; False while another live worker has it."""
    await models.Mailbox.get_or_create(partnership_id=partnership, name=mailbox)
    mine = models.Mailbox.filter(partnership_id=partnership, name=mailbox)
    return bool(
        await mine.filter(leased_by=worker).update(leased_by=worker)
        or await mine.filter(leased_by=None).update(leased_by=worker)
        or (dead and await mine.filter(leased_by__in=list(dead)).update(leased_by=worker))
    )


async def release_lease(partnership: PartnershipId, mailbox: str, worker: str) -> None:
    await models.Mailbox.filter(partnership_id=partnership, name=mailbox, leased_by=worker).update(leased_by=None)


async def commit(partnership: PartnershipId, arrivals: Sequence[Arrival], now: datetime) -> list[InboundId]:
    """Write *arrivals* (inside `transact`); gives the ids of those that are ours and new. One that is there already is nothing."""
    if not arrivals:
        return []
    known = {digest for _, digest in await _digests(partnership, [a.digest for a in arrivals])}
    fresh: list[Arrival] = []
    for arrival in arrivals:
        if arrival.digest not in known:
            known.add(arrival.digest)
            fresh.append(arrival)
    if not fresh:
        return []
    await write(
        "INSERT INTO inbound (partnership_id, mailbox, uid_validity, imap_uid, digest, state, reason, received_at, size, message_id, author, "
        "subject, errors, kind, words, proposed, guests) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', 0) ON CONFLICT DO NOTHING",
        [
            (
                partnership, a.mailbox, a.uid_validity, a.imap_uid, a.digest,
                REVIEW if a.review else FETCHED if a.raw is not None else LEFT_ALONE, a.review, now, a.size,
                a.message_id[:998], a.author[:320], a.subject[:998],
            )
            for a in fresh
        ],
    )  # fmt: skip
    ours = {a.digest: a.raw for a in fresh if a.raw is not None}
    if not ours:
        return []
    rows = await _digests(partnership, list(ours))
    await write(_KEEP, [(i, 0, ours[d]) for i, d in rows if len(ours[d]) <= PART])
    for ident, content in ((i, ours[d]) for i, d in rows if len(ours[d]) > PART):
        for part, start in enumerate(range(0, len(content), PART)):  # one at a time: that is what parts are for
            await write(_KEEP, [(ident, part, content[start : start + PART])])
    return [InboundId(i) for i, _ in rows]


async def _digests(partnership: PartnershipId, digests: Sequence[str]) -> list[tuple[int, str]]:
    """(id, digest) of the messages so named that are there, in the order they came."""
    found = await fetch(
        f"SELECT id, digest FROM inbound WHERE partnership_id = ? AND digest IN {marks(digests)} ORDER BY id",  # noqa: S608 - no values in it
        partnership,
        *digests,
    )
    return [(r["id"], r["digest"]) for r in found]


_KEEP = "INSERT INTO inbound_bytes (inbound_id, part, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


async def waiting(partnership: PartnershipId, limit: int = 100) -> list[InboundId]:
    """Messages that are committed and not handled yet, oldest first."""
    found = await fetch(
        "SELECT id FROM inbound WHERE partnership_id = ? AND state = ? ORDER BY id LIMIT ?", partnership, FETCHED, limit
    )
    return [InboundId(row["id"]) for row in found]


async def count(partnership: PartnershipId, states: Sequence[str] = ()) -> int:
    """How many messages have been seen, ours or not; or are in one of *states*."""
    found = models.Inbound.filter(partnership_id=partnership)
    return await (found.filter(state__in=list(states)) if states else found).count()


async def raw(ident: InboundId) -> bytes | None:
    """The bytes as they came; None where they are not kept."""
    gathered = io.BytesIO()
    for part in itertools.count():
        found = await fetch("SELECT content FROM inbound_bytes WHERE inbound_id = ? AND part = ?", ident, part)
        if not found:
            return gathered.getvalue() if part else None
        gathered.write(found[0]["content"])
        if len(found[0]["content"]) < PART:
            return gathered.getvalue()
    return None


async def claim(ident: InboundId) -> bool:
    """Begin to write the consequences of a message: the first statement of its transaction. False when they are written already."""
    return bool(
        await fetch("UPDATE inbound SET state = ? WHERE id = ? AND state = ? RETURNING id", HANDLED, ident, FETCHED)
    )


async def finish(
    ident: InboundId,
    *,
    state: str,
    kind: str,
    reason: str,
    now: datetime,
    words: str = "",
    proposed: str = "",
    guests: int = 0,
    invitation: InvitationId | None = None,
) -> None:
    """Write what became of a message."""
    await write(
        "UPDATE inbound SET state = ?, kind = ?, reason = ?, words = ?, proposed = ?, guests = ?, invitation_id = ?, handled_at = ? "
        "WHERE id = ?",
        [(state, kind, reason, words[:MOST_WORDS], proposed, guests, invitation, now, ident)],
    )


async def failed(ident: InboundId, sentence: str) -> bool:
    """Count an error of a message that stays `fetched`; True when it was the last try and the message is held now."""
    client = connections.get("default")
    await models.Inbound.filter(id=ident, state=FETCHED).update(reason=sentence[:1000])
    await client.execute_query(f"UPDATE inbound SET errors = errors + 1 WHERE id = {int(ident)}")  # noqa: S608
    return bool(await models.Inbound.filter(id=ident, errors__gte=MOST_ERRORS, state=FETCHED).update(state=HELD))


async def rows(
    partnership: PartnershipId, states: Sequence[str] = (), limit: int = 200, *, up_to: int | None = None
) -> list[InboundRow]:
    """Messages, newest first. *up_to*: none with a higher number."""
    return await _rows(partnership, states, "DESC", limit, "<=", up_to)


async def rows_after(partnership: PartnershipId, states: Sequence[str], after: int, limit: int) -> list[InboundRow]:
    """Messages with a higher number than *after*, oldest first."""
    return await _rows(partnership, states, "ASC", limit, ">", after)


async def _rows(
    partnership: PartnershipId, states: Sequence[str], order: str, limit: int, compare: str, number: int | None
) -> list[InboundRow]:
    some = list(states)
    which = f" AND state IN {marks(some)}" if some else ""
    which += f" AND id {compare} ?" if number is not None else ""
    found = await fetch(
        f"SELECT * FROM inbound WHERE partnership_id = ?{which} ORDER BY id {order} LIMIT ?",  # noqa: S608 - no values in it
        partnership,
        *some,
        *([number] if number is not None else []),
        limit,
    )
    return [
        _row({**r, "received_at": instant(r["received_at"]), "handled_at": instant(r["handled_at"])}) for r in found
    ]


async def row(partnership: PartnershipId, ident: InboundId) -> InboundRow | None:
    found = await models.Inbound.get_or_none(id=ident, partnership_id=partnership)
    return _row(vars(found)) if found else None


async def by_digests(partnership: PartnershipId, digests: Sequence[str]) -> dict[str, InboundRow]:
    """Messages by what tells that two are the same one."""
    found: dict[str, InboundRow] = {}
    for start in range(0, len(digests), 500):
        some = list(digests[start : start + 500])
        found |= {
            r.digest: _row(vars(r)) for r in await models.Inbound.filter(partnership_id=partnership, digest__in=some)
        }
    return found


async def message_ids(idents: Sequence[InboundId]) -> dict[InboundId, str]:
    return dict(await models.Inbound.filter(id__in=list(idents)).values_list("id", "message_id")) if idents else {}


async def words_of(partnership: PartnershipId, message_id: str) -> str:
    """What the person wrote in the message so named."""
    row = await models.Inbound.filter(partnership_id=partnership, message_id=message_id).first()
    return row.words if row else ""


async def again(partnership: PartnershipId, ident: InboundId) -> bool:
    """Handle a held message once more."""
    return bool(
        await models.Inbound.filter(id=ident, partnership_id=partnership, state__in=[HELD, REVIEW]).update(
            state=FETCHED, errors=0
        )
    )


async def settle(ident: InboundId, reason: str, now: datetime) -> bool:
    """A person decided about a message that waited."""
    return bool(
        await models.Inbound.filter(id=ident, state__in=[REVIEW, HELD]).update(
            state=HANDLED, reason=reason, handled_at=now
        )
    )


def _row(r: Mapping[str, Any]) -> InboundRow:
    return InboundRow(
        InboundId(r["id"]), r["state"], r["received_at"], r["message_id"], r["author"], r["subject"], r["kind"], r["reason"], r["words"],
        r["proposed"], r["guests"], r["errors"], InvitationId(r["invitation_id"]) if r["invitation_id"] else None, r["handled_at"],
    )  # fmt: skip


async def retell(ident: InboundId, reason: str) -> None:
    """Another sentence about what became of a message."""
    await models.Inbound.filter(id=ident).update(reason=reason)


async def invitations_in_review(partnership: PartnershipId) -> list[InvitationId]:
    """Invitations on which a person has written something that waits for the convener."""
    found = await fetch(
        "SELECT invitation_id FROM inbound WHERE partnership_id = ? AND state = ? AND kind IN ('answer', 'unclear', 'other', 'unsubscribe') "
        "AND invitation_id IS NOT NULL",
        partnership,
        REVIEW,
    )
    return [InvitationId(r["invitation_id"]) for r in found]


async def said_before(ident: InboundId, invitation: InvitationId, words: str, since: datetime) -> bool:
    """Whether the same words came about the same invitation since *since*, in another message."""
    found = await fetch(
        "SELECT 1 AS found FROM inbound WHERE invitation_id = ? AND id <> ? AND handled_at > ? AND words = ? LIMIT 1",
        invitation,
        ident,
        since,
        words[:MOST_WORDS],
    )
    return bool(found)
