"""SQLite for a store that one short program has for itself: statements run where they are asked for, not in a thread beside.

Handing each statement to a thread and waiting for it costs several times what it costs to run it. For a service that must go on listening that is
right; a rehearsal does nothing else meanwhile. (Tortoise chooses its SQL by the word "sqlite" in this module's name.)
"""

import sqlite3
from collections.abc import Callable, Generator
from typing import Any

import aiosqlite

from mailer.store.sqlite import ImmediateSqliteClient


class _Here(aiosqlite.Connection):
    """An aiosqlite connection without its thread."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    async def _connect(self) -> "_Here":
        self._connection = self._connector()
        return self

    def __await__(self) -> Generator[Any, None, "_Here"]:
        return self._connect().__await__()

    def stop(self) -> None:
        """There is no thread to stop."""

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SqliteHereClient(ImmediateSqliteClient):
    """One connection, no thread."""

    async def create_connection(self, with_db: bool) -> None:
        if not self._connection:
            self._connection = await _Here(lambda: sqlite3.connect(self.filename, isolation_level=None), 64)
            self._connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                self._connection._conn.execute(f"PRAGMA {pragma}={value}").close()
            await self._post_connect()


client_class = SqliteHereClient
"""Where Tortoise looks when a connection's engine is this module."""
