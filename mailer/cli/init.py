"""`convener init DIR`: a folder to start from, with a configuration, rules, letters and a list of people.

Promises: asks nothing, guesses what the machine knows, overwrites nothing that is there. Fails: exit code 1 with a sentence.
"""

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from mailer.config.example import example
from mailer.config.settings import time_zones
from mailer.errors import MailerError
from mailer.partnership.register import COLUMNS
from mailer.shipped import shipped

_SAMPLES = (
    "# Ann Lee,ann@acme.example,ann.lee@home.example; a.lee@acme.example,Acme,Plant Manager,business,champion,,en,+1 555 0101,",
    "# Pat Cole,pat@college.example,,Acme College,Dean,public partner,note taker,ann@acme.example,en,+1 555 0102,",
)
"""Rows that start with # are examples; the import leaves them out."""
_PRIVATE = 0o600
"""A configuration may come to hold a password."""


def run_init(folder: Path, out: TextIO, environ: Mapping[str, str] | None = None) -> int:
    """Write what is not there yet into *folder*, and say on *out* what to do next."""
    environ = os.environ if environ is None else environ
    try:
        source = shipped()
        folder.mkdir(parents=True, exist_ok=True)
        written: list[str] = []
        kept: list[str] = []
        for name, text, mode in (
            ("config.toml", example(_guesses(folder, environ)), _PRIVATE),
            # Excel takes a CSV file for UTF-8 only if it begins with this mark.
            ("people.csv", "\ufeff" + "\r\n".join((",".join(COLUMNS), *_SAMPLES, "")), 0o644),
        ):
            (written if _write_new(folder / name, text, mode) else kept).append(name)
        for part in ("rules", "templates"):
            new, old = _copy_new(source / part, folder / part)
            written += [_counted(part, new)] if new else []
            kept += [_counted(part, old)] if old else []
    except MailerError as exc:
        out.write(f"{exc}\n")
        return 1
    except OSError as exc:
        out.write(f"I cannot write into {folder}: {exc.strerror or exc}.\n")
        return 1
    out.write(f"Written to {folder}: {', '.join(written)}.\n" if written else f"Everything is in {folder} already.\n")
    if kept and written:
        out.write(f"Left as it was: {', '.join(kept)}.\n")
    go_there = "" if folder.resolve() == Path.cwd() else f"cd {folder}, then "
    out.write(
        f"\n1. {go_there}put your name, addresses and mail servers into config.toml, and your people into people.csv.\n"
        "2. convener check finds mistakes in these files; convener doctor tries the mail servers.\n"
        "3. convener people import people.csv, then convener meeting add … (see convener meeting add --help), convener preview, convener run.\n"
    )
    return 0


def _counted(folder: str, files: int) -> str:
    return f"{folder}/ ({files} file{'s' if files != 1 else ''})"


def _guesses(folder: Path, environ: Mapping[str, str]) -> dict[tuple[str, str], object]:
    title = folder.resolve().name
    guesses: dict[tuple[str, str], object] = {("partnership", "people"): "people.csv"}
    if key := re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]:
        guesses["partnership", "key"] = key
        words = re.split(r"[-_\s]+", title)
        guesses["partnership", "name"] = " ".join(word[:1].upper() + word[1:] for word in words if word)
    if zone := machine_time_zone(environ):
        guesses["partnership", "time-zone"] = zone
    if name := _account_name():
        guesses["convener", "name"] = name
    return guesses


def machine_time_zone(environ: Mapping[str, str], etc: Path = Path("/etc")) -> str:
    """The time zone of this machine by its name; empty where it has none but UTC."""
    candidates = [environ.get("TZ", "").removeprefix(":")]
    with suppress(OSError, UnicodeDecodeError):
        candidates.append((etc / "timezone").read_text().strip())
    candidates.append(str((etc / "localtime").resolve()).rpartition("/zoneinfo/")[2])
    for name in candidates:
        if "/" in name and name in time_zones() and not name.startswith("Etc/"):
            return name
    return ""


def _account_name() -> str:
    try:
        import pwd  # not on Windows

        account = pwd.getpwuid(os.getuid())
    except (ImportError, KeyError):
        return ""
    name = account.pw_gecos.partition(",")[0].strip()
    return name if name and name.isprintable() and account.pw_uid >= 1000 else ""  # "root" signs no letters


def _write_new(path: Path, text: str, mode: int) -> bool:
    try:
        with open(
            path, "x", encoding="utf-8", newline="", opener=lambda name, flags: os.open(name, flags, mode)
        ) as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _copy_new(source: Path, target: Path) -> tuple[int, int]:
    """Copy the files that are not there; gives how many were copied and how many were kept."""
    new = old = 0
    target.mkdir(exist_ok=True)
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        place = target / file.relative_to(source)
        if file.is_dir():
            place.mkdir(exist_ok=True)
        elif place.exists():
            old += 1
        else:
            shutil.copyfile(file, place)
            new += 1
    return new, old
