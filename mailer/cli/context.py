"""What every command shares: find the configuration, open the store, say what is wrong in plain words, print tables or JSON.

Exit codes (interfaces): 0 all is well, 1 something is wrong with what was given, 2 called wrongly. No traceback ever reaches a convener.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from mailer.errors import MailerError, Problem
from mailer.terms import PartnershipId

if TYPE_CHECKING:  # what takes long to load is loaded by the commands that need it
    from mailer.config import Config, PartnershipSettings

T = TypeVar("T")

CONFIG: ContextVar[Path | None] = ContextVar("config", default=None)
PARTNERSHIP: ContextVar[str | None] = ContextVar("partnership", default=None)

console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, soft_wrap=True, width=220)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def config_file() -> Path:
    """``--config``, else config.toml here, else $CONVENER_CONFIG."""
    given = CONFIG.get()
    if given is not None:
        return given
    here = Path("config.toml")
    if not here.exists() and os.environ.get("CONVENER_CONFIG"):
        return Path(os.environ["CONVENER_CONFIG"])
    return here


def configuration() -> Config:
    """The configuration, or ConfigProblems."""
    from mailer.config import load

    return load(config_file(), os.environ)


def chosen(config: Config) -> PartnershipSettings:
    """The partnership a command is about: the only one, or that of ``--partnership``."""
    wanted = PARTNERSHIP.get()
    if wanted is None and len(config.partnerships) == 1:
        return config.partnerships[0]
    found = next((p for p in config.partnerships if p.key == wanted), None)
    if found is None:
        keys = ", ".join(p.key for p in config.partnerships)
        raise MailerError(f"Which partnership? Say --partnership KEY, with KEY one of: {keys}.")
    return found


def in_store(work: Callable[[Config, PartnershipSettings, PartnershipId], Awaitable[T]]) -> T:
    """Run *work* with the store open."""
    from mailer.store import log, people
    from mailer.store.connection import opened
    from mailer.store.transact import transact

    config = configuration()
    settings = chosen(config)

    async def whole() -> T:
        async with opened(config.database):
            partnership = await transact(
                lambda: people.ensure_partnership(settings.key, settings.name, datetime.now(UTC))
            )
            with log.acting(f"{_me()}, on the command line"):
                return await work(config, settings, partnership)

    return asyncio.run(whole())


def _me() -> str:
    """Who types."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such name on this machine
        return "somebody"


def in_office(work: Callable[[PartnershipSettings, Any], Awaitable[T]]) -> T:
    """Run *work* with the store open and the rules in force: for commands that cause mail."""
    from mailer.pipeline.opening import open_office

    async def whole(config: Config, settings: PartnershipSettings, partnership: PartnershipId) -> T:
        office, _, _ = await open_office(settings, datetime.now(UTC))
        return await work(settings, office)

    return in_store(whole)


def fail(message: object, code: int = 1) -> typer.Exit:
    """Say what is wrong on standard error; raise what this gives."""
    errors.print(str(message), markup=False)
    return typer.Exit(code)


def content_of(file: Path) -> bytes:
    """What stands in a file that was named on the command line."""
    try:
        return file.read_bytes()
    except IsADirectoryError as exc:
        raise MailerError(f"{file} is a folder. Name a file.") from exc
    except OSError as exc:
        raise MailerError(f"{file} cannot be read: {exc.strerror}.") from exc


def write_into(file: Path, content: bytes) -> None:
    """Write a file that was named on the command line."""
    try:
        file.write_bytes(content)
    except IsADirectoryError as exc:
        raise MailerError(f"{file} is a folder. Name a file in it.") from exc
    except OSError as exc:
        raise MailerError(f"{file} cannot be written: {exc.strerror}.") from exc


def print_problems(problems: Sequence[Problem]) -> None:
    """Every problem, on standard error."""
    if problems:
        errors.print("\n\n".join(map(str, problems)) + "\n", markup=False)


def print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=_plain, indent=2) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set | tuple):
        return sorted(map(str, value))
    return str(value)


def counted(count: int, one: str, many: str = "") -> str:
    """“1 person”, “2 people”."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table that can be read in a terminal and piped into a file. Cells are text, never markup."""
    from rich.text import Text

    if not rows:
        console.print(f"{title}: nothing yet.", markup=False)
        return
    console.print(Text(title, style="italic"))  # above a narrow table a title of its own would be broken
    shown = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(str(cell)) for cell in row))
    console.print(shown, soft_wrap=False)
