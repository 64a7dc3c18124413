"""A store in a file of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from mailer.store import people
from mailer.store.connection import opened
from mailer.store.transact import transact
from mailer.terms import PartnershipId

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
async def partnership(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PartnershipId]:
    """An open store of either kind with one partnership."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps statements by table, whatever the database; a program has one database, this run has two
    url = f"sqlite://{tmp_path / 'store.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url):
        yield await transact(lambda: people.ensure_partnership("northwoods", "Northwoods", NOW))
