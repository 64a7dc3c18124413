"""What is kept about somebody is shown to them whole, and gone whole: a mark is put into every column of text that there is, and looked for."""

import json
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.fields import BinaryField, CharField, DateField, DatetimeField, JSONField, TextField
from tortoise.models import Model

from mailer.partnership.register import PersonRow
from mailer.store import erasing, models, people, records
from mailer.store.connection import opened
from mailer.store.transact import transact
from mailer.terms import PartnershipId, PersonId
from tests.store.conftest import NOW

NAME, ADDRESS = "Zuzana Quixote", "zuzana@quixote.example"
PERSONAL = (
    "person_id", "caller_id", "delegate_id", "delegate_of_id", "about_id", "on_behalf_of_id", "approved_by_id", "owner_id", "support_id", "lead_id",
)  # fmt: skip
"""Columns that name a person."""


def every_model() -> list[type[Model]]:
    """Parents before children."""
    waiting = list(Tortoise.apps["models"].values())
    waiting.sort(
        key=lambda m: m is not models.Invitation and not {"inbound_id", "outbox_id"}.isdisjoint(m._meta.fields_map)
    )
    found: list[type[Model]] = []
    while waiting:
        model = next(m for m in waiting if all(p is m or p in found for p in parents(m).values()))
        waiting.remove(model)
        found.append(model)
    return found


def parents(model: type[Model]) -> dict[str, type[Model]]:
    return {n: model._meta.fields_map[n].related_model for n in model._meta.fk_fields}  # type: ignore[attr-defined]


def is_text(field: Any) -> bool:
    return isinstance(field, CharField | TextField)


async def plant(model: type[Model], made: dict[type[Model], int], person: int, mark: Any) -> dict[str, str]:
    """A row of *model* that belongs to *person* by every column that can; what `mark(column)` gives stands in its columns of text."""
    values: dict[str, Any] = {}
    planted: dict[str, str] = {}
    for name, field in model._meta.fields_map.items():
        if name == "id" or name in model._meta.backward_fk_fields or name in model._meta.fk_fields:
            continue
        parent = next((n for n in model._meta.fk_fields if f"{n}_id" == name), None)
        if name in PERSONAL or (parent is not None and parents(model)[parent] is models.Person):
            values[name] = person or None
        elif parent is not None:
            values[name] = made.get(parents(model)[parent])
        elif name in ("inbound_id", "outbox_id", "invitation_id", "meeting_id", "item_id"):
            values[name] = made.get({"inbound_id": models.Inbound, "outbox_id": models.Outbox, "invitation_id": models.Invitation,
                                     "meeting_id": models.Meeting, "item_id": models.Item}[name])  # fmt: skip
        elif is_text(field):
            text = FIXED.get((model, name)) or mark(f"{model._meta.db_table}-{name}")
            if field.unique:  # made by us, of chance
                text = f"{model._meta.db_table}-{len(made)}"
            limit = getattr(field, "max_length", None) or 10_000
            values[name] = text[:limit]
            if (model, name) not in FIXED and not field.unique:
                planted[f"{model._meta.db_table}.{name}"] = text[:limit]
        elif isinstance(field, BinaryField):
            values[name] = f"Subject: x\n\n{mark(f'{model._meta.db_table}-{name}')}\n".encode()
            planted[f"{model._meta.db_table}.{name}"] = mark(f"{model._meta.db_table}-{name}")
        elif isinstance(field, DatetimeField):
            values[name] = None if name in ("left_at", "dead_at", "stopped_at") else NOW
        elif isinstance(field, DateField):
            values[name] = NOW.date()
        elif isinstance(field, JSONField):
            values[name] = []
        elif not field.null and not field.has_db_default() and field.default is None:
            values[name] = 7
    made[model] = (await model.create(**values)).pk
    return planted


FIXED: dict[tuple[type[Model], str], str] = {
    (models.Inbound, "state"): "handled",
    (models.Outbox, "state"): "sent",
    (models.Item, "status"): "open",
    (models.Person, "kind"): "business",
    (models.Organisation, "kind"): "",
    (models.Invitation, "partstat"): "ACCEPTED",
    (models.AttendanceCount, "kind"): "business",
    (models.AttendanceCount, "partstat"): "ACCEPTED",
    (models.Delegation, "state"): "named",
}
"""Words that code reads: no place for what somebody says."""

NOT_THEIRS = {
    # the partnership's own
    "partnership", "meeting", "meeting_version", "team", "question", "choice", "document", "occurrence", "mailbox", "worker", "trouble", "due",
    "known_rule", "good_file", "attendance_count",
    # digests alone
    "stopped_address", "forgotten",
}  # fmt: skip
"""Tables whose rows are nobody's. (What stands there of somebody's name goes all the same: see below.)"""

NOT_SHOWN = {
    # names of things of ours
    "invitation.token", "outbox.key", "outbox.round", "outbox.letter", "outbox.message_id", "outbox.answers_to", "outbox.reverse_path",
    "outbox.claimed_by", "outbox.ask", "inbound.mailbox", "inbound.digest", "inbound.proposed", "person.kind_why", "organisation.kind_why",
    "organisation.kind",
}  # fmt: skip
STAYS = {
    # an action item is the partnership's: only whose it is, is forgotten
    "item.priority", "item.text", "item.help", "item.status", "item_event.what", "item_event.sentence",
    # what a message was: its row stays, so that it is not taken in twice
    "inbound.mailbox", "inbound.digest", "inbound.kind", "inbound.proposed",
    # told in numbers
    "story.kind", "story.state",
    # a file that somebody sent belongs to the meeting it is about
    "document_file.name", "document_file.content_type", "document_file.content",
}  # fmt: skip


async def everything() -> str:
    """Every value of every table."""
    told: list[str] = []
    for model in Tortoise.apps["models"].values():
        for row in await model.all().values():
            told += [f"{model._meta.db_table}.{k}={v!r}" for k, v in row.items()]
    return "\n".join(told)


async def test_whatever_is_somebodys_is_shown_and_goes(partnership: PartnershipId) -> None:
    made: dict[type[Model], int] = {models.Partnership: partnership}
    planted: dict[str, str] = {}

    async def write() -> PersonId:
        for model in every_model():
            if model is not models.Partnership:
                theirs = await plant(
                    model, made, made.get(models.Person, 0), lambda where: f"mark-{where}.".replace(".", "-")
                )
                planted.update({} if model._meta.db_table in NOT_THEIRS else theirs)
        return PersonId(made[models.Person])

    FIXED[models.Person, "roles"] = ""
    # whose message it is says its author, and whose organisation it is the person's row
    author = "mark-person-address-address"
    FIXED[models.PersonAddress, "address"] = FIXED[models.Inbound, "author"] = author
    try:
        person = await transact(write)
    finally:
        for key in ((models.Person, "roles"), (models.PersonAddress, "address"), (models.Inbound, "author")):
            FIXED.pop(key)
    shown = json.dumps(await records.exported(person), default=str)
    shown += b"".join(raw for _, raw in await records.mails_of(person)).decode()
    missing = [where for where, mark in planted.items() if mark not in shown and where not in NOT_SHOWN]
    assert not missing, missing
    await transact(lambda: erasing.forget(partnership, person, NOW))
    left = await everything()
    assert [where for where, mark in planted.items() if mark in left and where not in STAYS] == []
    assert author not in left


async def test_whoever_is_named_in_what_is_others_goes_there_too(partnership: PartnershipId) -> None:
    """Every column of text of every table holds the name and the address, in rows that are Bob's."""
    made: dict[type[Model], int] = {models.Partnership: partnership}

    async def write() -> PersonId:
        for model in every_model():
            if model not in (
                models.Partnership,
                models.PersonAddress,
                models.Organisation,
                models.StoppedAddress,
                models.Forgotten,
            ):
                said = (
                    (lambda where: f"of Bob {where}"[:25])
                    if model is models.Person
                    else (lambda _: f"{NAME} {ADDRESS}")
                )
                await plant(model, made, made.get(models.Person, 0), said)
        ident, _ = await people.save(partnership, PersonRow(NAME, (ADDRESS,)))
        return ident

    person = await transact(write)
    before = {m: await m.all().count() for m in Tortoise.apps["models"].values()}
    shown = json.dumps(await records.exported(person), default=str)
    assert shown.count(NAME) > 40, "and it is shown where it stands"
    await transact(lambda: erasing.forget(partnership, person, NOW))
    left = await everything()
    # a rule file is the convener's, and a file belongs to the meeting it is about: both are told of
    own = ("partnership.", "worker.", "good_file.", "mailbox.", "document_file.content=")
    assert [line[:90] for line in left.splitlines() if ("quixote" in line.lower()) and not line.startswith(own)] == []
    gone = {m._meta.db_table for m, n in before.items() if await m.all().count() < n}
    assert gone <= {
        "person",
        "person_address",
        "outbox_bytes",
        "inbound_bytes",
        "delegation",
        "answers_for",
        "log",
        "outbox",
    }


async def test_nothing_is_left_in_the_file(tmp_path: Path) -> None:
    """Not in free pages, not in the write-ahead log."""
    file = tmp_path / "store.db"
    async with opened(f"sqlite://{file}"):
        partnership = await transact(lambda: people.ensure_partnership("northwoods", "Northwoods", NOW))
        made: dict[type[Model], int] = {models.Partnership: partnership}

        async def write() -> PersonId:
            ident, _ = await people.save(partnership, PersonRow(NAME, (ADDRESS,), "Quixote Works"))
            made[models.Person] = ident
            for model in every_model():
                if model not in (models.Partnership, models.Person, models.PersonAddress, models.Organisation, models.Worker, models.Mailbox,
                                 models.GoodFile, models.DocumentFile):  # fmt: skip
                    await plant(model, made, ident, lambda where: f"{NAME} of {where}")
            return ident

        person = await transact(write)
        await transact(lambda: erasing.forget(partnership, person, NOW))
        await erasing.scrub()
        raw = b"".join(part.read_bytes() for part in tmp_path.iterdir())
        assert b"Quixote" not in raw
        assert b"quixote" not in raw


@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "cp1252"])
async def test_rows_of_an_import_go(partnership: PartnershipId, kind: str) -> None:
    """The way back of an import knows how somebody was before; the file that went back with the answer may have a row of theirs."""
    ident, _ = await transact(lambda: people.save(partnership, PersonRow(NAME, (ADDRESS,), phone="+1 555 0100")))
    other, _ = await transact(lambda: people.save(partnership, PersonRow("Bob Stone", ("bob@stone.example",))))
    journal = {
        "new": [ident, other],
        "before": [{"id": ident, "name": NAME, "phone": "+1 555 0100"}, {"id": other, "phone": "+1 555 0199"}],
        "answering": [[ident, "pat@stone.example"], [other, ADDRESS], [other, "pat@stone.example"]],
    }
    document = await models.Document.create(
        partnership_id=partnership, kind="import", text=json.dumps(journal), state="done", created_at=NOW
    )
    await models.DocumentFile.create(
        document_id=document.id,
        name="x-returned.csv",
        content_type="text/csv",
        content=f"{NAME.upper()};zz@q.example\n".encode(kind),
    )
    await models.DocumentFile.create(
        document_id=document.id, name="y.csv", content_type="text/csv", content=b"Cho Park;cho@park.example\n"
    )
    await transact(lambda: erasing.forget(partnership, ident, NOW))
    assert json.loads((await models.Document.get(id=document.id)).text) == {
        "new": [other],
        "before": [{"id": other, "phone": "+1 555 0199"}],
        "answering": [[other, "pat@stone.example"]],
    }
    assert await models.DocumentFile.all().values_list("name", flat=True) == ["y.csv"]
