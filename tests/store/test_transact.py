"""The guards against losing data: cancellation, several processes, and the whole or nothing."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tortoise import Tortoise

from mailer.errors import StoreUnusable
from mailer.store import log, models
from mailer.store.connection import opened
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import PartnershipId
from tests.store.conftest import NOW


async def _lines(partnership: PartnershipId) -> int:
    return len(await log.lines(partnership))


async def _write_two(partnership: PartnershipId, pause: float = 0.0) -> None:
    await log.write(partnership, LogLine(NOW, "one", "first"))
    await asyncio.sleep(pause)
    await log.write(partnership, LogLine(NOW, "two", "second"))


async def test_all_or_nothing(partnership: PartnershipId) -> None:
    async def half() -> None:
        await log.write(partnership, LogLine(NOW, "one", "first"))
        raise ValueError("stop here")

    with pytest.raises(ValueError, match="stop here"):
        await transact(half)
    assert await _lines(partnership) == 0


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.03])
async def test_a_cancelled_caller_leaves_a_whole_transaction_and_a_free_store(
    partnership: PartnershipId, after: float
) -> None:
    for _ in range(10):
        before = await _lines(partnership)
        task = asyncio.create_task(transact(lambda: _write_two(partnership, 0.003)))
        await asyncio.sleep(after)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(5):
            assert await _lines(partnership) - before in (0, 2)
            await transact(lambda: _write_two(partnership))  # nobody is locked out


async def test_a_failing_sibling_does_not_lock_the_store(partnership: PartnershipId) -> None:
    async def fail() -> None:
        await asyncio.sleep(0.001)
        raise ValueError

    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(transact(lambda: _write_two(partnership, 0.002)))
            group.create_task(fail())

    for _ in range(20):
        with pytest.raises(ExceptionGroup):
            await together()
        async with asyncio.timeout(5):
            await transact(lambda: _write_two(partnership))


async def test_transactions_at_once_wait_their_turn(partnership: PartnershipId) -> None:
    async def increment() -> None:
        rows = await models.Trouble.filter(partnership_id=partnership, what="count").select_for_update()
        value = int(rows[0].sentence) if rows else 0
        await models.Trouble.filter(partnership_id=partnership, what="count").update(sentence=str(value + 1))

    await log.set_trouble(partnership, "count", "0", NOW)
    await asyncio.gather(*(transact(increment) for _ in range(50)))
    assert [sentence for _, sentence, _ in await log.troubles(partnership)] == ["50"]


WRITER = """
import asyncio, sys
from mailer.store import models
from mailer.store.connection import opened
from mailer.store.transact import transact

async def main():
    async with opened(sys.argv[1]):
        async def increment():
            row = await models.Trouble.get(what="count")
            await models.Trouble.filter(id=row.id).update(sentence=str(int(row.sentence) + 1))
        for _ in range(100):
            await transact(increment)
asyncio.run(main())
"""


async def test_three_processes_that_read_then_write_lose_nothing(tmp_path: Path) -> None:
    """Tortoise's own client begins DEFERRED and fails with "database is locked" here."""
    url = f"sqlite://{tmp_path / 'store.db'}"
    async with opened(url):
        row = await models.Partnership.create(key="x", name="X", created_at=NOW)
        await log.set_trouble(PartnershipId(row.id), "count", "0", NOW)
        writers = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, url, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        errors = [(await w.communicate())[1].decode() for w in writers]
        assert errors == ["", "", ""]
        assert [s for _, s, _ in await log.troubles(PartnershipId(row.id))] == ["300"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"this is no database, it is a shopping list" * 40, "is no database of convener"), (None, "cannot be opened")],
)
async def test_a_database_that_cannot_be_opened_is_said_plainly(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    file = tmp_path / "shopping.db"
    if content is None:
        file = tmp_path / "no-such-folder" / "x.db"
    else:
        file.write_bytes(content)
    with pytest.raises(StoreUnusable, match=expected):
        async with opened(f"sqlite://{file}"):
            pass
    # a thread that is left would speak to a loop that is gone
    assert not [t for t in threading.enumerate() if "_connection_worker_thread" in t.name]


async def test_a_database_that_another_program_holds_is_waited_for_and_then_said(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    async with opened(f"sqlite://{file}"):
        row = await models.Partnership.create(key="x", name="X", created_at=NOW)
        await Tortoise.get_connection("default").execute_script("PRAGMA busy_timeout=50")
        other = sqlite3.connect(file)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(StoreUnusable, match="locked"):
                await transact(lambda: log.write(PartnershipId(row.id), LogLine(NOW, "a", "b")))
        finally:
            other.rollback()
        await transact(lambda: log.write(PartnershipId(row.id), LogLine(NOW, "a", "b")))
        assert await _lines(PartnershipId(row.id)) == 1
