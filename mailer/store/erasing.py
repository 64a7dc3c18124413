"""Erase a person: everything that says who it was goes; how many of which kind said what at past meetings stays, as numbers.

Promises: one transaction; afterwards no table holds the name or an address of the person, nor do the messages that are kept. Only digests of the
          addresses are left, so that no list brings them back unasked. `scrub` then makes the file itself free of them.
Never:    touches other people's names. Where somebody else has the same name, sentences that may mean either are left as they are.
          Looks into documents that others sent (photographs, notes).
"""

import binascii
import json
import quopri
import re
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event
from typing import Any

from tortoise import Tortoise, connections
from tortoise.expressions import Q
from tortoise.fields import CharField, TextField
from tortoise.models import Model

from mailer.parse.charset import decode_header
from mailer.partnership.people import PartnerKind
from mailer.store import approvals, models
from mailer.store.inbound import PART
from mailer.store.people import digest
from mailer.store.statement import fetch, marks
from mailer.terms import MeetingId, OutboxId, PartnershipId, PartStat, PersonId

SOMEBODY = "somebody who was forgotten"
"""What stands in sentences where the name was."""

_AT_ONCE = 200
_KEPT = frozenset(
    {
        models.Person,
        models.Organisation,
        models.PersonAddress,
        models.Partnership,
        models.GoodFile,
        models.Worker,
        models.Mailbox,
    }
)
"""Tables in which other people's names stand by themselves, or none."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people of one kind said *partstat* to a meeting, and came (None: not known)."""

    kind: PartnerKind
    partstat: PartStat
    came: bool | None
    people: int
    guests: int


async def attendance(meeting: MeetingId) -> tuple[Counted, ...]:
    """The numbers of a meeting, those of people who are forgotten by now included. Only who was invited, answered or came is counted."""
    rows = await fetch(_ATTENDANCE, meeting, meeting)
    return tuple(
        Counted(
            PartnerKind(r["kind"]),
            PartStat(r["partstat"]),
            None if r["came"] is None else bool(r["came"]),
            int(r["people"]),
            int(r["guests"]),
        )
        for r in rows
    )


_COUNTS = "(i.invited_at IS NOT NULL OR i.partstat <> 'NEEDS-ACTION' OR i.attended IS TRUE)"
_ATTENDANCE = (
    "SELECT kind, partstat, came, SUM(people) AS people, SUM(guests) AS guests FROM ("  # noqa: S608 - no values in it
    "SELECT p.kind AS kind, i.partstat AS partstat, i.attended AS came, 1 AS people, i.guests AS guests FROM invitation i "
    f"JOIN person p ON p.id = i.person_id WHERE i.meeting_id = ? AND {_COUNTS} UNION ALL "
    "SELECT kind, partstat, came, people, guests FROM attendance_count WHERE meeting_id = ?"
    ") AS everybody GROUP BY kind, partstat, came ORDER BY kind, partstat, came"
)


async def count_and_drop(invitations: Collection[int], now: datetime) -> int:
    """Turn these invitations into numbers, where their meeting is over; then they go, with their answers (inside `transact`)."""
    done = 0
    wanted = list(invitations)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = await fetch(
            "SELECT i.meeting_id, p.kind, i.partstat, i.attended, COUNT(*) AS people, SUM(i.guests) AS guests FROM invitation i "  # noqa: S608
            f"JOIN person p ON p.id = i.person_id JOIN meeting m ON m.id = i.meeting_id WHERE i.id IN {marks(some)} AND {_COUNTS} "
            "AND m.dtend <= ? GROUP BY i.meeting_id, p.kind, i.partstat, i.attended",
            *some, now,
        )  # fmt: skip
        for r in rows:
            came = None if r["attended"] is None else bool(r["attended"])
            row, _ = await models.AttendanceCount.get_or_create(
                meeting_id=r["meeting_id"], kind=r["kind"], partstat=r["partstat"], came=came
            )
            await models.AttendanceCount.filter(id=row.id).update(
                people=row.people + int(r["people"]), guests=row.guests + int(r["guests"])
            )
        done += await models.Invitation.filter(id__in=some).delete()
    return done


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What somebody who was forgotten leaves behind: numbers of open action items, teams without a lead, how many letters that were to go out in
    that name and now wait for the convener, how many people without a champion. *files*: what others sent (notes, lists) and names them."""

    items: tuple[int, ...] = ()
    teams: tuple[str, ...] = ()
    letters: int = 0
    peers: int = 0
    files: tuple[str, ...] = ()


async def forget(partnership: PartnershipId, person: PersonId, now: datetime, *, bar: bool = True) -> LeftOpen:
    """Erase *person* (inside `transact`). *bar*: lists that are imported later do not bring them back."""
    row = await models.Person.filter(id=person, partnership_id=partnership).first()
    if row is None:
        return LeftOpen()
    left = await _left_open(person)
    own = [str(a) for a in await models.column(models.PersonAddress.filter(person_id=person), "address")]
    who = await _who(person, row.name, own)
    invitations = await models.column(models.Invitation.filter(person_id=person), "id")
    await _messages(partnership, person, own, invitations)
    await _bytes(partnership, who)
    await models.Log.filter(person_id=person).delete()
    await models.Outbox.filter(about_id=person).delete()
    await models.Delegation.filter(Q(delegate_id=person) | Q(address__in=own)).delete()
    await models.Invitation.filter(delegate_id=person).update(delegate_id=None)
    await models.Invitation.filter(delegate_of_id=person).update(delegate_of_id=None)
    await models.AnswersFor.filter(partnership_id=partnership, address__in=own).delete()
    await models.Story.filter(person_id=person).update(words="")
    await models.ItemEvent.filter(person_id=person).update(person_id=None)
    await models.Call.filter(caller_id=person).update(caller_id=None)
    await models.Outbox.filter(on_behalf_of_id=person).update(on_behalf_of_id=None)
    await models.Document.filter(approved_by_id=person).update(approved_by_id=None)
    await count_and_drop(invitations, now)
    organisation = row.organisation_id  # type: ignore[attr-defined]
    await models.Person.filter(id=person).delete()
    if organisation and not await models.Person.filter(organisation_id=organisation).exists():
        await models.Organisation.filter(id=organisation).delete()
    left = replace(left, files=await _imports(partnership, person, who))
    await _sentences(who)
    await models.Document.filter(kind="export", partnership_id=partnership).delete()  # may be about them
    LEFT.set()
    if bar:
        for address in own:
            await models.Forgotten.get_or_create(
                partnership_id=partnership, digest=digest(address), defaults={"at": now}
            )
    return left


async def _left_open(person: PersonId) -> LeftOpen:
    """What must not go on by itself once *person* is gone; letters in that name are kept for the convener."""
    signed = await models.column(models.Outbox.filter(on_behalf_of_id=person), "id")
    await models.Outbox.filter(on_behalf_of_id=person, state="held").update(reason=_UNSIGNED)
    held = await models.Outbox.filter(on_behalf_of_id=person, state="held").count()
    for start in range(0, len(signed), _AT_ONCE):
        some = [OutboxId(int(i)) for i in signed[start : start + _AT_ONCE]]
        held += await approvals.hold(some, _UNSIGNED)
    return LeftOpen(
        tuple(sorted(await models.column(models.Item.filter(owner_id=person, status="open"), "number"))),
        tuple(sorted(await models.column(models.Team.filter(lead_id=person), "name"))),
        held,
        await models.Person.filter(champion_id=person, left_at=None).count(),
    )


_UNSIGNED = "who was to sign it is not in the register any more"


async def barred(partnership: PartnershipId, addresses: Iterable[str]) -> datetime | None:
    """Since when whoever has one of these addresses is forgotten; None where nobody is."""
    row = await models.Forgotten.filter(partnership_id=partnership, digest__in=[digest(a) for a in addresses]).first()
    return row.at if row else None


async def refusal(partnership: PartnershipId, name: str, addresses: Iterable[str]) -> str:
    """Why somebody whom others name is not taken in; empty where they may be. Only the convener, who adds them by hand, takes them in again."""
    wanted = list(addresses)
    since = await barred(partnership, wanted)
    if since is None:
        return ""
    return (
        f"{name} was forgotten on {since:%d %B %Y}, and is not taken in again unless you write: add {name} {wanted[0]}"
    )


async def all_barred(partnership: PartnershipId) -> dict[str, datetime]:
    """The same of everybody, by digest."""
    return dict(await models.Forgotten.filter(partnership_id=partnership).values_list("digest", "at"))


async def unbar(partnership: PartnershipId, addresses: Iterable[str]) -> None:
    """Whoever has these addresses is taken in again, by the convener's word."""
    await models.Forgotten.filter(partnership_id=partnership, digest__in=[digest(a) for a in addresses]).delete()


async def scrub() -> None:
    """What was deleted is gone from the file, too: SQLite only marks it as free. Not inside a transaction. PostgreSQL does it by itself."""
    LEFT.clear()
    client = connections.get("default")
    if client.capabilities.dialect == "sqlite":
        await client.execute_script("VACUUM")
        await client.execute_script("PRAGMA wal_checkpoint(TRUNCATE)")


LEFT = Event()
"""Whether this process erased somebody since it last scrubbed."""


# who is looked for ------------------------------------------------------------------------------------------------------------


_CODECS = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
"""Of letters, and of lists as spreadsheets save them."""


@dataclass(frozen=True, slots=True)
class _Who:
    """*found* finds the name or an address in a text; *likes* are what a row must hold to be looked at; *needles* the same for bytes."""

    found: re.Pattern[str]
    likes: tuple[str, ...]
    needles: tuple[bytes, ...]

    def out_of(self, text: str) -> str:
        return self.found.sub(SOMEBODY, text)


async def _who(person: PersonId, name: str, addresses: Collection[str]) -> _Who:
    words = name.split()
    texts = [re.escape(a) for a in addresses]
    likes = [_like(a) for a in addresses]
    plain = list(addresses)
    others = await models.Person.filter(name__icontains=name).exclude(id=person).exists() if words else True
    if not others:
        texts.append(r"\s+".join(map(re.escape, words)))
        if len(words) > 1:
            texts.append(rf"{re.escape(words[-1])},\s+" + r"\s+".join(map(re.escape, words[:-1])))
        likes.append("%".join(["", *(_like(w).strip("%") for w in words), ""]))
        likes.append("%".join(["", _like(words[-1]).strip("%"), *(_like(w).strip("%") for w in words[:-1]), ""]))
        plain.append(name)
    pattern = re.compile(rf"(?<![\w.@+-])(?:{'|'.join(texts) or '(?!)'})(?![\w@])", re.IGNORECASE)
    needles = {form.encode(codec, "ignore").lower() for form in plain for codec in _CODECS} - {b""}
    return _Who(pattern, tuple(dict.fromkeys(likes)), tuple(needles))


def _like(text: str) -> str:
    return "%" + re.sub(r"[^\w@. -]|_", "_", text) + "%"


# where ------------------------------------------------------------------------------------------------------------------------


async def _messages(
    partnership: PartnershipId, person: PersonId, own: Collection[str], invitations: Collection[int]
) -> None:
    """What they wrote, and what was written to them."""
    written = Q(author__in=list(own), partnership_id=partnership) | Q(invitation_id__in=list(invitations))
    ids = [int(i) for i in await models.column(models.Inbound.filter(written), "id")]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        await models.InboundBytes.filter(inbound_id__in=some).delete()
        await models.Inbound.filter(id__in=some).update(
            author="", subject="", words="", reason="forgotten", state="forgotten", message_id="", invitation_id=None
        )
        await models.Log.filter(inbound_id__in=some).delete()
        await models.DocumentFile.filter(inbound_id__in=some).update(inbound_id=None)
    sent = [int(i) for i in await models.column(models.Outbox.filter(person_id=person), "id")]
    for start in range(0, len(sent), _AT_ONCE):
        await models.OutboxBytes.filter(outbox_id__in=sent[start : start + _AT_ONCE]).delete()


async def _imports(partnership: PartnershipId, person: PersonId, who: _Who) -> tuple[str, ...]:
    """Out of the way back of lists that were taken in, and the rows of lists that were not; gives the names of other files that name them."""
    for row in await models.Document.filter(partnership_id=partnership, kind="import"):
        done = _journal(row.text)
        mine = {
            "new": [i for i in done.get("new", ()) if i != person],
            "before": [b for b in done.get("before", ()) if b.get("id") != person],
            "answering": [a for a in done.get("answering", ()) if a[0] != person and not who.found.search(a[1])],
        }
        if done and mine != done:
            await models.Document.filter(id=row.id).update(text=json.dumps(mine, ensure_ascii=False))
        for file in await models.DocumentFile.filter(document_id=row.id):
            if mentions(bytes(file.content), who.needles):
                await models.DocumentFile.filter(id=file.id).delete()
    named = []
    idents = await models.column(models.DocumentFile.filter(document__partnership_id=partnership), "id")
    for ident in idents:
        file = await models.DocumentFile.get(id=ident)
        if mentions(bytes(file.content), who.needles):
            named.append(who.out_of(file.name))
    return tuple(named)


def _journal(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _sentences(who: _Who) -> None:
    """The name and the addresses go out of every text of every table."""
    async for model, ident, name, text in _named_in(who):
        limit = getattr(model._meta.fields_map[name], "max_length", None)
        better = who.out_of(text)
        await model.filter(id=ident).update(**{name: better[: limit or len(better)]})


async def named(partnership: PartnershipId, person: PersonId) -> list[dict[str, str]]:
    """Where somebody is named in what is not theirs: each line of text, and what it is of (no more of it, for the rest is about others)."""
    row = await models.Person.get(id=person)
    own = [str(a) for a in await models.column(models.PersonAddress.filter(person_id=person), "address")]
    who = await _who(person, row.name, own)
    return [
        {"in": model._meta.db_table, "what": name, "line": line.strip()[:1000]}
        async for model, _, name, text in _named_in(who)
        for line in text.splitlines()
        if who.found.search(line)
    ]


async def _named_in(who: _Who) -> AsyncIterator[tuple[type[Model], int, str, str]]:
    """Every text in which the name or an address stands."""
    operator = "LIKE" if connections.get("default").capabilities.dialect == "sqlite" else "ILIKE"
    for model in Tortoise.apps["models"].values():
        fields = {
            n: f for n, f in model._meta.fields_map.items() if isinstance(f, CharField | TextField) and not f.unique
        }
        if model in _KEPT or not fields:
            continue
        columns = [f.source_field or n for n, f in fields.items()]
        asked = " OR ".join(f'"{c}" {operator} ?' for c in columns for _ in who.likes)
        values = [like for _ in columns for like in who.likes]
        listed = ", ".join(f'"{c}"' for c in columns)
        for r in await fetch(f'SELECT id, {listed} FROM "{model._meta.db_table}" WHERE {asked}', *values):  # noqa: S608 - names of ours
            for name, field in fields.items():
                text = r[field.source_field or name] or ""
                if who.found.search(text):
                    yield model, int(r["id"]), name, text


async def _bytes(partnership: PartnershipId, who: _Who) -> None:
    """Kept messages of others that name them; letters with lists enclosed, which cannot be searched."""
    for table, parent, key, part in (
        ("inbound_bytes", "inbound", "inbound_id", "b.part"),
        ("outbox_bytes", "outbox", "outbox_id", "0"),
    ):
        last = 0
        while True:
            rows = await fetch(
                f"SELECT b.id, b.{key} AS whose, {part} AS part, b.content FROM {table} b "  # noqa: S608 - names of ours
                f"JOIN {parent} p ON p.id = b.{key} "
                "WHERE b.id > ? AND p.partnership_id = ? AND p.state NOT IN ('fetched', 'sending', 'in-doubt') ORDER BY b.id LIMIT 50",
                last, partnership,
            )  # fmt: skip
            if not rows:
                break
            last = rows[-1]["id"]
            named = [r["whose"] for r in rows if mentions(bytes(r["content"]), who.needles, whole=r["part"] == 0)]
            if named and table == "inbound_bytes":
                await models.InboundBytes.filter(inbound_id__in=named).delete()
            elif named:
                await models.OutboxBytes.filter(outbox_id__in=named).delete()
    sent = models.Outbox.filter(partnership_id=partnership, state__in=("sent", "failed", "dropped"))
    lists = [
        i for i, files in await sent.values_list("id", "attach") if any(not f.startswith("calendar") for f in files)
    ]
    for start in range(0, len(lists), _AT_ONCE):
        await models.OutboxBytes.filter(outbox_id__in=lists[start : start + _AT_ONCE]).delete()


_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4,76}={0,2}\r?\n){1,100000}")
_WORD = re.compile(rb"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,2000}\?=")


_WORKBOOK = re.compile(rb"name\*?=[^\r\n]{0,200}\.(?:xlsx|xls|ods|zip)\b", re.IGNORECASE)


def mentions(raw: bytes, needles: Collection[bytes], *, whole: bool = True) -> bool:
    """Whether *raw*, a mail or a megabyte of one, holds one of *needles* (small letters), under whatever transfer encoding. *whole*: it is from
    its beginning, so that it names its encodings. A mail that brings a workbook, in which nothing can be found, counts as one that does."""
    readings = [raw]
    low = raw[:PART].lower()
    if _WORKBOOK.search(low):
        return True
    if not whole or b"quoted-printable" in low:
        readings.append(quopri.decodestring(raw))
    if not whole or b"base64" in low:
        # a piece may begin in the midst of a line: what comes before its first end is not a whole number of bytes
        for block in _BASE64.findall(raw if whole else raw[raw.find(b"\n") + 1 :]):
            try:
                readings.append(binascii.a2b_base64(block))
            except binascii.Error:
                continue
    if b"=?" in raw[:65_536]:
        words = b" ".join(_WORD.findall(raw[:65_536]))
        readings.append(decode_header(words.decode("ascii", "replace")).encode())
    return any(needle in reading.lower() for reading in readings for needle in needles)
