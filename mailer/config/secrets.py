"""A password from where it is kept: the environment, a file, a command, or the configuration itself.

Promises: neither the password, nor the command, nor what the command prints is ever in a message. Never: waits longer than 15
seconds. Fails: a problem with what to do.
"""

import shlex
import stat
import subprocess
from pathlib import Path

from pydantic import SecretStr

from mailer.config.source import Entry
from mailer.errors import Problem

COMMAND_SECONDS = 15
_LARGEST = 4096
_WAYS = ("password", "password-file", "password-command")


def find_secret(keys: dict[str, Entry], folder: Path, problems: list[Problem]) -> SecretStr | None:
    """Resolve the password of one section; None where none is set or a problem was found.

    The way that was set nearest to the process counts (a variable before the file). Relative paths start from *folder*.
    """
    ways = {name: keys[name] for name in _WAYS if name in keys and keys[name].value != ""}
    if not ways:
        return None
    rank = max(entry.rank for entry in ways.values())
    nearest = {name: entry for name, entry in ways.items() if entry.rank == rank}
    if len(nearest) > 1:
        *_, last = nearest.values()
        problems.append(last.problem(f"Only one of {' and '.join(nearest)} can be set.", "Keep the one that you use."))
        return None
    [(way, entry)] = nearest.items()
    if not isinstance(entry.value, str):
        problems.append(entry.problem(f"{way} must be text between quotation marks."))
        return None
    match way:
        case "password-file":
            found = _from_file(entry, folder, problems)
        case "password-command":
            found = _from_command(entry, folder, problems)
        case _:
            found = entry.value
    return SecretStr(found) if found else None


def readable_by_others(path: Path) -> bool:
    """Whether another user of this machine may read *path*."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def _from_file(entry: Entry, folder: Path, problems: list[Problem]) -> str:
    path = folder / Path(entry.value).expanduser()
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
        password = raw.decode("utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        problems.append(entry.problem(f"The password file {path} does not exist."))
    except (OSError, UnicodeDecodeError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not text"
        problems.append(entry.problem(f"The password file {path} cannot be read: {why}."))
    else:
        if password and "\n" not in password and len(raw) <= _LARGEST:
            if readable_by_others(path):
                sentence = f"Other users of this machine can read the password file {path}."
                problems.append(entry.problem(sentence, f"chmod 600 {path}", warning=True))
            return password
        problems.append(entry.problem(f"The password file {path} must hold one line, the password."))
    return ""


def _from_command(entry: Entry, folder: Path, problems: list[Problem]) -> str:
    remedy = "Run it by hand, as the user the service runs as, and see what it says."
    try:
        words = shlex.split(entry.value)
        result = subprocess.run(  # noqa: S603 - the convener's own command, from the convener's own file
            words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
        password = result.stdout[:_LARGEST].decode().rstrip("\r\n")
    except ValueError as exc:
        why = (
            "prints something that is not text"
            if isinstance(exc, UnicodeDecodeError)
            else "has a quotation mark too few"
        )
        problems.append(entry.problem(f"The password command {why}.", remedy))
        return ""
    except subprocess.TimeoutExpired:
        sentence = f"The password command did not end within {COMMAND_SECONDS} seconds; it may be waiting for somebody to type."
        problems.append(entry.problem(sentence, remedy))
        return ""
    except OSError as exc:
        problems.append(entry.problem(f"The password command cannot be started: {exc.strerror}.", remedy))
        return ""
    if result.returncode != 0:
        problems.append(entry.problem(f"The password command failed (exit code {result.returncode}).", remedy))
        return ""
    if not password or "\n" in password:
        problems.append(entry.problem("The password command must print one line, the password.", remedy))
        return ""
    return password
