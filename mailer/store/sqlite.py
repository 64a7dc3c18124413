"""The SQLite client that does not lose data. (Tortoise chooses its SQL by the word in this module's name.)

Tortoise's own client begins transactions DEFERRED (two processes that read, then write, fail with "database is locked" at once) and keeps its
lock for ever when a task is cancelled while entering a transaction. This one begins IMMEDIATE, so that writers wait their turn, and gives
the lock back whatever happens. And closing waits for the connection's thread to end, also where the file could not be opened.
"""

import asyncio
import sqlite3

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class Wrapper(SqliteTransactionWrapper):
    """The client inside a transaction."""

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            raise TransactionManagementError(exc) from exc


class _Context(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:  # cancelled or locked: whoever comes next must not wait for us
            if self.connection._connection is not None and self.connection._connection.in_transaction:
                await self.connection._connection.rollback()
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client


class ImmediateSqliteClient(SqliteClient):
    """One connection a process, transactions IMMEDIATE."""

    wrapper = Wrapper

    async def create_connection(self, with_db: bool) -> None:
        if self._connection:
            return
        connection = aiosqlite.connect(self.filename, isolation_level=None)
        try:
            self._connection = await connection
        except BaseException:
            # its thread has a last word for a loop that may be gone by then
            await asyncio.to_thread(connection._thread.join)
            raise
        self._connection._conn.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await self._connection.execute_fetchall(f"PRAGMA {pragma}={value}")
        await self._post_connect()

    async def close(self) -> None:
        """Close, and wait for the thread: aiosqlite says "closed" while it is still on its way out."""
        connection = self._connection
        await super().close()
        if connection is not None and connection._thread.is_alive():
            await asyncio.to_thread(connection._thread.join)

    def _in_transaction(self) -> TransactionContext:
        return _Context(self.wrapper(self), self._lock)


client_class = ImmediateSqliteClient
"""Where Tortoise looks when a connection's engine is this module."""
