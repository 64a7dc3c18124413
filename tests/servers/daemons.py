"""Real servers as child processes of the tests: started on free ports of loopback, stopped as a whole, their logs shown on failure.

A server that is not installed is a skip on a person's machine and a failure where CI=true: there every test must run.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

LOOPBACK = "127.0.0.1"
NOBODY = 65534
START_SECONDS, STOP_SECONDS = 20.0, 10.0


def absent(what: str) -> NoReturn:
    """Skip, or fail where all must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; in CI this must be there", pytrace=False)
    pytest.skip(what)


def program(name: str, *places: str) -> str:
    """Find a program on PATH or in *places* (daemons are often outside a user's PATH)."""
    found = shutil.which(
        name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *places))
    )
    return found or absent(f"{name} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Account:
    """Who a server runs as: ourselves, or nobody where we are root."""

    uid: int
    gid: int

    def own(self, folder: Path) -> None:
        """Give *folder* and all in it to this account."""
        if os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid)

    def popen(self) -> Mapping[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}


def unprivileged() -> Account:
    return Account(NOBODY, NOBODY) if os.geteuid() == 0 else Account(os.geteuid(), os.getegid())


def folder(name: str) -> Path:
    """A short path that every account can walk into (pytest's own folders only let their owner in; sockets need short paths)."""
    made = Path(tempfile.mkdtemp(prefix=f"convener-{name}-", dir="/tmp"))
    made.chmod(0o755)
    return made


def certificate(where: Path) -> Path:
    """Write cert.pem and key.pem for localhost into *where*; the certificate is its own authority."""
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(where / "key.pem"), "-out", str(where / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return where / "cert.pem"


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the tests end without a word (killed, timed out): prctl(PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


# The kernel forgets that wish when a program changes its effective user, as Postfix does; so a shell stands between.
_SHEPHERD = '"$@" & child=$!; trap "kill -TERM $child" TERM; wait $child; code=$?; wait; exit $code'


class Daemon:
    """One server process with its children, in a process group of its own."""

    def __init__(
        self, name: str, command: Sequence[str], where: Path, *, ports: Sequence[int], account: Account | None = None
    ) -> None:
        self.name, self.where = name, where
        self.output = where / "output.log"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                ["/bin/sh", "-c", _SHEPHERD, "sh", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=where,
                start_new_session=True,
                preexec_fn=_end_with_parent,
                **(account.popen() if account else {}),
            )
        try:
            for port in ports:
                self._await(port)
        except BaseException:
            self.stop()
            raise

    def logs(self) -> str:
        """Everything the server said, for the report of a failed test."""
        texts = [
            f"--- {path.relative_to(self.where)}\n{path.read_text(errors='replace')[-20_000:]}"
            for path in sorted(self.where.glob("*.log"))
            if path.stat().st_size
        ]
        return f"{self.name}:\n" + "\n".join(texts)

    def stop(self) -> None:
        """End the whole group: gently, then for certain. Its folder goes too."""
        for how, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            try:
                os.killpg(self._process.pid, how)
            except ProcessLookupError:
                break
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and self._group_lives():
                time.sleep(0.02)
        self._process.wait(STOP_SECONDS)
        shutil.rmtree(self.where, ignore_errors=True)

    def _group_lives(self) -> bool:
        self._process.poll()
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _await(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                pytest.fail(
                    f"{self.name} ended at once (exit {self._process.returncode})\n{self.logs()}", pytrace=False
                )
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail(f"{self.name} does not answer on port {port}\n{self.logs()}", pytrace=False)
