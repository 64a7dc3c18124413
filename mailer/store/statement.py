"""Statements written out, for the few places where many mails pass: building a query costs several times what running it does.

Written for SQLite with ``?``; the same text serves PostgreSQL. Inside `transact` they belong to its transaction.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tortoise import connections

from mailer.store.sqlite_here import Here, HereTransaction


async def fetch(text: str, *values: object) -> list[dict[str, Any]]:
    """The rows that *text* gives."""
    client = connections.get("default")
    if isinstance(client, Here) and client.free:
        return client.rows(text, _plain(values))
    if client.capabilities.dialect == "postgres":
        return list(await client.execute_query_dict(_numbered(text), list(values)))
    _, rows = await client.execute_query(text, _plain(values))
    return list(rows)


async def write(text: str, rows: Sequence[Sequence[object]]) -> None:
    """Run *text* once for each of *rows*."""
    if not rows:
        return
    client = connections.get("default")
    if isinstance(client, HereTransaction) and client.free:
        client.many(text, [_plain(row) for row in rows])
    elif client.capabilities.dialect == "postgres":
        await client.execute_many(_numbered(text), [list(row) for row in rows])
    else:
        await client.execute_many(text, [_plain(row) for row in rows])


def marks(values: Sequence[object]) -> str:
    """Placeholders for ``IN``."""
    return "(" + ", ".join("?" * len(values)) + ")"


def in_order(row: Any) -> tuple[Any, ...]:
    """The values of a row in the order of the statement, lists as the text that is kept: what can be compared and remembered."""
    values = row.values() if isinstance(row, dict) else row
    return tuple([json.dumps(v) if isinstance(v, list) else v for v in values])


def instant(value: Any) -> datetime | None:
    """An instant out of a row: SQLite keeps it as text."""
    if value is None or isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _plain(values: Sequence[object]) -> list[object]:
    # as Tortoise writes them, because comparisons are of text
    return [v.astimezone(UTC).isoformat(" ") if isinstance(v, datetime) else v for v in values]


@lru_cache(256)
def _numbered(text: str) -> str:
    """Placeholders as PostgreSQL wants them."""
    parts = text.split("?")
    return "".join(part + (f"${i}" if i < len(parts) else "") for i, part in enumerate(parts, 1))
