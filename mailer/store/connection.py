"""Open and close the database, and bring its tables up to date.

Migrations are Tortoise's own, forwards only. What they must not do on SQLite (rebuild a table) a test forbids.

Fails: StoreUnusable, with a sentence, when the database cannot be opened.
"""

import glob
import logging
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tortoise import Tortoise, connections
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import ConfigurationError, DBConnectionError, OperationalError
from tortoise.migrations.executor import MigrationExecutor

from mailer.errors import StoreUnusable

logging.getLogger("tortoise").setLevel(logging.WARNING)  # its debug lines carry the values of every statement

BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another process. A convener's command beside the daemon needs milliseconds."""

_APP = {"models": ["mailer.store.models"], "default_connection": "default", "migrations": "mailer.store.migrations"}


def _settings(url: str, engine: str = "mailer.store.sqlite", **pragmas: str) -> dict[str, Any]:
    try:
        connection = expand_db_url(url)
    except ConfigurationError as exc:
        raise StoreUnusable(
            f"I cannot read the database address {url!r}. Write sqlite://FILE or postgres://USER@HOST/NAME."
        ) from exc
    if connection["engine"] == "tortoise.backends.sqlite":
        connection["engine"] = engine
        connection["credentials"] |= {"busy_timeout": BUSY_TIMEOUT_MS, "synchronous": "FULL"} | pragmas
    return {"connections": {"default": connection}, "apps": {"models": _APP}, "use_tz": True, "timezone": "UTC"}


def sqlite_file(url: str) -> Path | None:
    """The file behind *url*; None for another database or one in memory."""
    if not url.startswith("sqlite://"):
        return None
    path = url.removeprefix("sqlite://").partition("?")[0]
    return None if path == ":memory:" else Path(path)


_THROWAWAY = {"engine": "mailer.store.sqlite_here", "synchronous": "OFF", "journal_mode": "MEMORY"}


@asynccontextmanager
async def opened(url: str, *, throwaway: bool = False, by_steps: bool = False) -> AsyncIterator[None]:
    """Open the database at *url*, bring its tables up to date, and close it in the end whatever happens. *throwaway*: nobody needs it
    else and nobody after a crash, so nothing waits for the disk or for another thread. *by_steps*: an empty database goes through every
    migration, too, instead of getting the tables as they are now.

    Raises StoreUnusable when it cannot be opened or is of a newer version than this program.
    """
    try:
        await open_store(url, by_steps=by_steps, **(_THROWAWAY if throwaway else {}))
        yield
    finally:
        await close_store()


async def open_store(url: str, *, by_steps: bool = False, **pragmas: str) -> None:
    """See `opened`; the caller must `close_store` (an unclosed SQLite connection keeps the process alive)."""
    try:
        await Tortoise.init(config=_settings(url, **pragmas), _enable_global_fallback=True)
        await _migrate(url, by_steps)
    except (OperationalError, DBConnectionError, sqlite3.Error, OSError) as exc:
        raise StoreUnusable(_sentence(url, exc)) from exc


async def close_store() -> None:
    """Close every connection."""
    if Tortoise._inited:
        await Tortoise.close_connections()


def _sentence(url: str, exc: BaseException) -> str:
    text = str(exc)
    shown = url.rpartition("@")[2] if "@" in url else url.removeprefix("sqlite://")
    if "locked" in text:
        return f"The database {shown} is locked by another program. Close that program, or wait; nothing is lost."
    if "full" in text:
        return f"The disk that holds the database {shown} is full. Make room; nothing is lost."
    if "not a database" in text:
        return f"The file {shown} is no database of convener. Name another file under [service] database."
    if "readonly" in text:
        return f"The database {shown} may not be written to. Give this user the right to write it and its folder."
    if "unable to open" in text:
        return f"The database {shown} cannot be opened. Does its folder exist, and may this user write there?"
    return (
        f"The database {shown} cannot be used: {text.strip().splitlines()[0] if text.strip() else type(exc).__name__}."
    )


async def _migrate(url: str, by_steps: bool) -> None:
    """Apply what is missing. On SQLite foreign keys are off meanwhile (a rebuilt table would take its children along) and a copy of the file
    is put beside it first; afterwards every foreign key is checked."""
    connection = Tortoise.get_connection("default")
    # by itself: a connect that fails inside a query would leave the client locked for whoever asks next
    await connection.create_connection(with_db=True)
    executor = MigrationExecutor(connection, {"models": _APP})
    plan = await executor.plan()
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    applied = {m.name for m in await executor.recorder.applied_migrations()}
    unknown = applied - {key.name for key in executor.loader.graph.nodes}
    if unknown:
        raise StoreUnusable(
            "The database was written by a newer version of convener. Install that version again; nothing was changed."
        )
    if not plan:
        return
    if not applied and not by_steps:
        # an empty database needs no history: the tables as they are now, and a note that all steps are done (a test holds them equal)
        await Tortoise.generate_schemas()
        for step in plan:
            await executor.recorder.record_applied(step.migration.app_label, step.migration.name)
        return
    file = sqlite_file(url)
    if file and applied:
        stamp = datetime.now(UTC).strftime(_STAMPED)
        await connection.execute_script(f"VACUUM INTO '{str(_beside(file, stamp)).replace(chr(39), chr(39) * 2)}'")
    if sqlite := connection.capabilities.dialect == "sqlite":
        await connection.execute_script("PRAGMA foreign_keys=OFF")
    await executor.migrate()
    if sqlite:
        broken = await connection.execute_query_dict("PRAGMA foreign_key_check")
        await connection.execute_script("PRAGMA foreign_keys=ON")
        if broken:
            raise StoreUnusable(
                f"Bringing the database up to date left {len(broken)} rows without a parent; the copy beside it is whole."
            )


def _beside(file: Path, stamp: str) -> Path:
    return file.with_name(f"{file.stem}-before-{stamp}{file.suffix}")


def copies() -> list[Path]:
    """The copies of the open database that were made before it was brought up to date, oldest first."""
    file = getattr(connections.get("default"), "filename", None)
    if not file:
        return []
    beside = Path(file)
    return sorted(p for p in beside.parent.glob(f"{glob.escape(beside.stem)}-before-*{beside.suffix}") if made_at(p))


def made_at(copy: Path) -> datetime | None:
    """When a copy was made, by its name; None where it is none of ours."""
    found = _STAMP.search(copy.stem)
    return datetime.strptime(found[1], _STAMPED).replace(tzinfo=UTC) if found else None


_STAMPED = "%Y%m%d-%H%M%S"
_STAMP = re.compile(r"-before-((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d)-(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)$")


def room_left(url: str) -> int | None:
    """Bytes free on the disk of an SQLite database; None where that is somebody else's matter."""
    file = sqlite_file(url)
    return shutil.disk_usage(file.resolve().parent).free if file else None
