"""`transact`: the one way into a transaction.

Why (measured on Tortoise with SQLite): cancelling a task inside a bare transaction left the connection locked for ever; with the work in its
own task behind a shield it never did. Rules for *work*: its first statement writes where two processes may race; no network, no rendering,
no sleep inside; no task or gather inside. A `transact` within joins the one around it: all of it is one commit.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from mailer.errors import StoreUnusable

T = TypeVar("T")

_INSIDE: ContextVar[bool] = ContextVar("inside a transaction", default=False)


_GONE = frozenset(
    {
        "PostgresConnectionError",
        "InterfaceError",
        "OSError",
        "TransactionRollbackError",
        "InsufficientResourcesError",
        "OperatorInterventionError",
    }
)
"""asyncpg's classes for a server that is gone, full, going down, or asks to try again (deadlock)."""
_OUR_MISTAKE = frozenset({"DataError", "SyntaxOrAccessError"})
"""Tortoise calls these OperationalError too, but trying again will not help: what we wanted to write cannot be written."""


def unusable(exc: BaseException) -> StoreUnusable | None:
    """The database's own trouble, as a sentence; None where *exc* is about what we asked of it."""
    causes = [e for e in (exc, exc.__cause__, *exc.args) if isinstance(e, BaseException)]
    names = {c.__name__ for e in causes for c in type(e).__mro__}
    if names & _OUR_MISTAKE:
        return None
    if (
        isinstance(exc, OperationalError | TransactionManagementError | DBConnectionError | sqlite3.OperationalError)
        or names & _GONE
    ):
        return StoreUnusable(f"The database did not take it ({exc}); it will be tried again, nothing is lost.")
    return None


async def transact(work: Callable[[], Awaitable[T]]) -> T:
    """Run *work* in one transaction: all of it happens, or none of it. It ends whole even when the caller is cancelled.

    Raises StoreUnusable when the database is locked, full or gone; then nothing happened.
    """
    if _INSIDE.get():
        return await work()

    async def whole() -> T:
        _INSIDE.set(True)
        try:
            async with in_transaction("default"):
                return await work()
        except Exception as exc:
            trouble = unusable(exc)
            if trouble is None:
                raise
            raise trouble from exc

    task = asyncio.create_task(whole())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])  # let it commit or roll back; then stop
        if not task.cancelled():
            task.exception()
        raise


async def attempt(work: Callable[[], Awaitable[T]]) -> T:
    """Run *work* as a part of the transaction around it: where it raises, nothing of it remains, and what was written beside it stands."""
    assert _INSIDE.get(), "an attempt is part of a transaction"
    async with in_transaction("default"):
        return await work()
