"""Migrations give the same tables as the models, forbid what loses rows on SQLite, and keep populated tables whole."""

import re
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.migrations.operations import AddField, AddIndex, CreateModel, RunPython, RunSQL

from mailer.errors import StoreUnusable
from mailer.store import connection, models
from mailer.store.connection import opened
from tests.store.conftest import NOW

ALLOWED = (CreateModel, AddField, AddIndex, RunSQL, RunPython)
"""AlterField, RenameField and RemoveField rebuild the table on SQLite: indexes, unique keys and, by cascade, children are lost."""

_INTERNAL = re.compile(r"tortoise_|sqlite_")


async def _sqlite_schema(url: str, *, migrate: bool) -> dict[str, set[str]]:
    if migrate:
        async with opened(url, by_steps=True):
            return await _read()
    await Tortoise.init(config=connection._settings(url), _enable_global_fallback=True)
    try:
        await Tortoise.generate_schemas()
        return await _read()
    finally:
        await Tortoise.close_connections()


async def _read() -> dict[str, set[str]]:
    """Columns and indexes, by table, without the names that tools make up."""
    db = Tortoise.get_connection("default")
    found: dict[str, set[str]] = {}
    for row in await db.execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'table'"):
        name = row["name"]
        if _INTERNAL.match(name):
            continue
        facts = {
            f"{c['name']} {c['type']} {c['notnull']} {c['pk']}"
            for c in await db.execute_query_dict(f"PRAGMA table_info({name})")
        }
        for index in await db.execute_query_dict(f"PRAGMA index_list({name})"):
            columns = [c["name"] for c in await db.execute_query_dict(f"PRAGMA index_info({index['name']})")]
            facts.add(f"index {index['unique']} {columns}")
        for key in await db.execute_query_dict(f"PRAGMA foreign_key_list({name})"):
            facts.add(f"key {key['from']} {key['table']} {key['on_delete']}")
        found[name] = facts
    return found


async def test_migrations_and_models_agree(tmp_path: Path) -> None:
    migrated = await _sqlite_schema(f"sqlite://{tmp_path / 'a.db'}", migrate=True)
    generated = await _sqlite_schema(f"sqlite://{tmp_path / 'b.db'}", migrate=False)
    assert migrated == generated
    assert {"outbox", "inbound", "invitation", "person"} <= set(migrated)


async def test_migrations_run_on_postgres(postgres_url: str) -> None:
    async with opened(postgres_url, by_steps=True):
        assert await models.Partnership.all().count() == 0
        db = Tortoise.get_connection("default")
        rows = await db.execute_query_dict("SELECT indexname FROM pg_indexes WHERE tablename = 'outbox'")
        assert {"outbox_due", "outbox_by_message_id"} <= {r["indexname"] for r in rows}


def test_no_migration_rebuilds_a_table() -> None:
    import importlib
    import pkgutil

    from mailer.store import migrations

    names = [m.name for m in pkgutil.iter_modules(migrations.__path__)]
    assert names
    for name in names:
        module = importlib.import_module(f"mailer.store.migrations.{name}")
        for operation in module.Migration.operations:
            assert isinstance(operation, ALLOWED), (
                f"{name}: {type(operation).__name__} loses rows or keys on SQLite; write it as RunSQL"
            )


async def test_opening_again_changes_nothing_and_copies_nothing(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'store.db'}"
    async with opened(url):
        await models.Partnership.create(key="x", name="X", created_at=NOW)
    async with opened(url):
        assert await models.Partnership.all().count() == 1
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(("-wal", "-shm"))) == ["store.db"]


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'store.db'}"
    async with opened(url):
        db = Tortoise.get_connection("default")
        await db.execute_script(
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_future', '2030-01-01')"
        )
    with pytest.raises(StoreUnusable, match="newer version"):
        async with opened(url):
            pass
