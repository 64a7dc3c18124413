"""SQLite for a store that one short program has for itself: statements run where they are asked for, not in a thread beside.

Handing each statement to a thread and waiting for it costs several times what it costs to run it. For a service that must go on listening that is
right; a rehearsal does nothing else meanwhile. (Tortoise chooses its SQL by the word "sqlite" in this module's name.)
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from typing import Any

import aiosqlite
from tortoise.exceptions import IntegrityError, OperationalError

from mailer.store.sqlite import ImmediateSqliteClient, Wrapper


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


class Here:
    """What both clients below can do at once, where `statement` asks them: nothing to wait for, so nothing to hand on."""

    _connection: Any
    _lock: asyncio.Lock

    def _check_loop(self) -> bool:
        """There is no thread whose words would go to another loop. (Asked at every statement.)"""
        return True

    @property
    def free(self) -> bool:
        """Whether no other task is in the midst of a transaction."""
        return self._connection is not None and not self._lock.locked()

    def rows(self, text: str, values: list[object]) -> list[Any]:
        try:
            found: list[Any] = self._connection._conn.execute(text, values).fetchall()
        except sqlite3.Error as exc:
            raise _translated(exc) from exc
        return found

    def many(self, text: str, rows: list[list[object]]) -> None:
        """Inside a transaction only."""
        try:
            self._connection._conn.executemany(text, rows)
        except sqlite3.Error as exc:
            raise _translated(exc) from exc


def _translated(exc: sqlite3.Error) -> Exception:
    """The error as Tortoise's own clients raise it."""
    match exc:
        case sqlite3.OperationalError():
            return OperationalError(exc)
        case sqlite3.IntegrityError():
            return IntegrityError(exc)
        case _:
            return exc


class HereTransaction(Here, Wrapper):
    """Inside a transaction."""


class SqliteHereClient(Here, ImmediateSqliteClient):
    """One connection, no thread."""

    wrapper = HereTransaction

    async def create_connection(self, with_db: bool) -> None:
        if not self._connection:
            self._connection = await _Here(lambda: sqlite3.connect(self.filename, isolation_level=None), 64)
            self._connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                self._connection._conn.execute(f"PRAGMA {pragma}={value}").close()
            await self._post_connect()


client_class = SqliteHereClient
"""Where Tortoise looks when a connection's engine is this module."""
