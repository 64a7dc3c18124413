"""A copy of the real data to play with.

Promises: the original is read and never written, also while the service works on it: SQLite by its backup interface, PostgreSQL table by table
inside one read-only snapshot. Bytes of mails that were dealt with long ago stay behind (nothing asks for them).
Fails: StoreUnusable, with a sentence; where there is no database yet too.
"""

import asyncio
import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tortoise import Tortoise, connections
from tortoise.exceptions import BaseORMException
from tortoise.models import Model

from mailer.errors import StoreUnusable
from mailer.store import models
from mailer.store.connection import _settings, close_store, opened, sqlite_file
from mailer.store.statement import marks

AT_ONCE = 500
"""Rows in one statement."""

_LEFT_BEHIND = (models.Worker, models.InboundBytes, models.OutboxBytes, models.DocumentFile)


_UNHANDLED = "AND inbound_id IN (SELECT id FROM inbound WHERE state = 'fetched')"


async def copy_store(url: str, to: Path) -> str:
    """Copy the database at *url* into the file *to*, which must not exist; gives the copy's own address. No store may be open."""
    copy = f"sqlite://{to}"
    file = sqlite_file(url)
    if file is not None:
        await asyncio.to_thread(_backup, file, to)
    else:
        await _by_rows(url, copy)
    return copy


def _backup(file: Path, to: Path) -> None:
    if not file.exists():
        raise StoreUnusable(
            f"There is no database {file} yet, so nothing can be rehearsed. Add people and a meeting first."
        )
    try:
        source = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)
        try:
            target = sqlite3.connect(to)
            try:
                source.backup(target)
            finally:
                target.close()
        finally:
            source.close()
    except sqlite3.Error as exc:
        raise StoreUnusable(f"The database {file} cannot be copied: {exc}.") from exc


async def _by_rows(url: str, copy: str) -> None:
    async with opened(copy, throwaway=True):
        pass  # its tables
    config = _settings(copy, synchronous="OFF", journal_mode="MEMORY")
    config["connections"]["original"] = _settings(url)["connections"]["default"]
    try:
        await Tortoise.init(config=config, _enable_global_fallback=True)
        here = connections.get("default")
        await here.execute_script("PRAGMA foreign_keys=OFF")
        async with connections.get("original")._in_transaction() as original:
            await original.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for model in Tortoise.apps["models"].values():
                if model not in _LEFT_BEHIND:
                    await _table(model, original, here)
            await _table(models.InboundBytes, original, here, _UNHANDLED)
    except (BaseORMException, OSError) as exc:
        raise StoreUnusable(f"The database cannot be copied: {exc}.") from exc
    finally:
        await close_store()


async def _table(model: type[Model], original: Any, here: Any, only: str = "") -> None:
    """Row by row as the tables hold them: the models' own queries are written for one kind of database only."""
    table, last = model._meta.db_table, 0
    while True:
        rows = await original.execute_query_dict(
            f'SELECT * FROM "{table}" WHERE id > $1 {only} ORDER BY id LIMIT {AT_ONCE}',  # noqa: S608 - names of ours
            [last],
        )
        if not rows:
            return
        columns = ", ".join(f'"{name}"' for name in rows[0])
        values = [[_plain(v) for v in row.values()] for row in rows]
        await here.execute_many(f'INSERT INTO "{table}" ({columns}) VALUES {marks(values[0])}', values)  # noqa: S608
        last = rows[-1]["id"]


def _plain(value: object) -> object:
    """A value as Tortoise writes it into SQLite."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(" ")
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case dict() | list():
            return json.dumps(value)
        case _:
            return value
