"""Where settings come from: TOML files and the environment, as entries that remember their place.

Promises: every entry knows file and line (or the variable); what is no TOML is one problem that says where. Never: shows a line
that may hold a password.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mailer.config.settings import SECTIONS, keys_of
from mailer.errors import Problem

PREFIX = "CONVENER_"
ENVIRONMENT = "the environment"
_OTHER_NAMES = {"smtp": "sending", "imap": "mailbox", "mail": "mailbox", "database": "service", "logging": "service"}
"""What people call the sections in other programs."""
_LARGEST = 1024 * 1024
_SECRET = re.compile(r"pass|secret|token|credential", re.IGNORECASE)
_HARMLESS = {key for section in SECTIONS for key in keys_of(section) if not _SECRET.search(key)}
"""Keys whose line may be shown even where the file cannot be read as a whole. A misspelt password is a password."""
_HEADING = re.compile(r"\[[\[\] A-Za-z-]{0,40}")
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it was written. *rank*: a higher one (the environment) overrides a lower (the file)."""

    value: Any
    where: str
    line: int
    context: str
    typed: str = ""
    rank: int = 0

    def problem(self, sentence: str, remedy: str = "", *, warning: bool = False) -> Problem:
        return Problem(self.where, self.line, sentence, self.context, self.typed, remedy, warning=warning)


Entries = dict[str, dict[str, Entry]]
"""Section → key → entry."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its entries, the line of each section, and ``partnerships = …`` of a main file."""

    where: str
    entries: Entries
    section_lines: dict[str, int]
    misspelt: frozenset[tuple[str, str]] = frozenset()
    """Sections and keys that a problem already proposes in place of something else; to call them missing would say it twice."""
    partnerships: Entry | None = None


def read_file(path: Path, where: str, problems: list[Problem]) -> Source | None:
    """Read one TOML file; None where it cannot be read at all."""
    try:
        raw = path.read_bytes()
        if len(raw) > _LARGEST:
            raise OSError("it is larger than a configuration can be")
    except FileNotFoundError:
        problems.append(
            Problem(where, 0, "This file does not exist.", remedy="`convener init` writes one to start from.")
        )
        return None
    except OSError as exc:
        problems.append(Problem(where, 0, f"This file cannot be read: {exc.strerror or exc}."))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        remedy = "Save the file as UTF-8 (in Notepad: Save as, Encoding)."
        problems.append(Problem(where, line, "This file is not in UTF-8.", remedy=remedy))
        return None
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        problems.append(_syntax(where, text, str(exc)))
        return None
    except RecursionError:
        problems.append(Problem(where, 0, "This file is nested too deeply."))
        return None
    return _sections(where, text, table, problems)


def _sections(where: str, text: str, table: dict[str, Any], problems: list[Problem]) -> Source:
    lines, typed = _lines(text), text.split("\n")
    entries: Entries = {}
    partnerships = None
    misspelt: set[tuple[str, str]] = set()
    for name, value in table.items():
        line = lines.get((name,), 0)
        if name == "partnerships" and isinstance(value, str):
            partnerships = Entry(value, where, line, "partnerships", typed[line - 1] if line else "")
        elif name not in SECTIONS:
            meant = near_section(name) if isinstance(value, dict | list) else ""
            misspelt.add((meant, ""))
            problems.append(_unknown_section(where, line, name, value, meant))
        elif not isinstance(value, dict):
            misspelt.add((name, ""))
            sentence = (
                f"{name} is a section, not a setting."
                if not isinstance(value, list)
                else "This section may be there once."
            )
            problems.append(Problem(where, line, sentence, name, remedy=f"Write [{name}] on a line of its own."))
        else:
            keys = entries.setdefault(name, {})
            for key, setting in value.items():
                line = lines.get((name, key), lines.get((name,), 0))
                shown = typed[line - 1].strip() if line else ""
                if _SECRET.search(shown) or "://" in shown:  # a database address may hold a password
                    shown = ""
                entry = Entry(setting, where, line, f"{name}.{key}", shown)
                if key in keys_of(name):
                    keys[key] = entry
                else:
                    meant = next(iter(get_close_matches(key, keys_of(name), 1)), "")
                    misspelt.add((name, meant))
                    problems.append(_unknown_key(entry, name, key, meant))
    section_lines = {name[0]: line for name, line in lines.items() if len(name) == 1}
    return Source(where, entries, section_lines, frozenset(misspelt), partnerships)


def near_section(name: str) -> str:
    """The section that *name* may stand for; empty where none is near."""
    return _OTHER_NAMES.get(name.lower()) or next(iter(get_close_matches(name.lower(), SECTIONS, 1)), "")


def read_environment(
    environ: Mapping[str, str], partnerships: list[str], problems: list[Problem]
) -> dict[str, Entries]:
    """The settings in *environ*, by partnership key; those for all are under the empty one."""
    found: dict[str, Entries] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX)
        unknown: tuple[str, str] | None = None
        for partnership in ["", *partnerships]:
            lead = partnership.replace("-", "_").upper() + "_" if partnership else ""
            section, _, key = name.removeprefix(lead).lower().partition("_") if name.startswith(lead) else ("", "", "")
            key = key.replace("_", "-")
            if section not in SECTIONS or (partnership and section in ("service", "partnership")):
                continue
            if key in keys_of(section):
                entry = Entry(environ[variable], ENVIRONMENT, 0, variable, rank=1 + bool(partnership))
                found.setdefault(partnership, {}).setdefault(section, {})[key] = entry
                break
            unknown = unknown or (section, key)
        else:
            if unknown:
                section, key = unknown
                near = get_close_matches(key, keys_of(section), 1)
                remedy = f"Did you mean {PREFIX}{section.upper()}_{near[0].replace('-', '_').upper()}?" if near else ""
                problems.append(Problem(ENVIRONMENT, 0, f"[{section}] has no {key}.", variable, remedy=remedy))
    return found


def merged(*layers: Entries) -> Entries:
    """Later layers override earlier ones, key by key."""
    result: Entries = {}
    for layer in layers:
        for section, keys in layer.items():
            result.setdefault(section, {}).update(keys)
    return result


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of each section and key. *text* has been accepted by tomllib, so only strings over several lines need care."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    closing = ""
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if found := _TABLE.match(line):
            table = _parts(found[1])
            lines.setdefault(table, number)
        elif found := _KEY.match(line):
            key = table + _parts(found[1])
            for depth in range(1, len(key) + 1):
                lines.setdefault(key[:depth], number)
        for quotes in ('"""', "'''"):
            if line.partition("#")[0].count(quotes) % 2:
                closing = quotes
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _unknown_section(where: str, line: int, name: str, value: object, meant: str) -> Problem:
    if isinstance(value, dict | list):
        remedy = f"Did you mean [{meant}]?" if meant else f"The sections are {', '.join(f'[{s}]' for s in SECTIONS)}."
        return Problem(where, line, f"There is no section [{name}].", remedy=remedy)
    homes = [f"[{section}]" for section in SECTIONS if name in keys_of(section)]
    if homes:
        remedy = f"Put it below {' or '.join(homes)}."
    else:
        near = get_close_matches(name, [*SECTIONS, "partnerships"], 1)
        remedy = f"Did you mean {near[0]}?" if near else ""
    return Problem(where, line, f"{name} stands outside of any section.", remedy=remedy)


def _unknown_key(entry: Entry, section: str, key: str, meant: str) -> Problem:
    # The line is not shown: a misspelt password is a password.
    homes = [f"[{other}]" for other in SECTIONS if other != section and key in keys_of(other)]
    if meant:
        remedy = f"Did you mean {meant}?"
    elif homes:
        remedy = f"It belongs under {' or '.join(homes)}."
    else:
        remedy = f"What it knows: {', '.join(keys_of(section))}."
    return replace(entry, typed="").problem(f"[{section}] has no {key}.", remedy)


def _syntax(where: str, text: str, message: str) -> Problem:
    found = _PLACE.search(message)
    lines = text.split("\n")
    line = int(found[1]) if found and found[1] else len(lines)
    said = _PLACE.sub("", message).rstrip(".")
    typed = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    key, equals, value = typed.partition("=")
    harmless = key.strip() in _HARMLESS and typed.count("=") == 1 if equals else bool(_HEADING.fullmatch(typed))
    shown = typed if harmless and not _SECRET.search(typed) and "://" not in typed else ""
    if "overwrite" in said.lower() or "twice" in said or "redeclar" in said.lower() or "already" in said.lower():
        return Problem(where, line, "This is there twice.", "", shown, "Keep one of them.")
    if equals and re.match(r"\s*[A-Za-z]", value) and value.strip() not in ("true", "false"):
        return Problem(where, line, "Text needs quotation marks.", "", shown, f'Write {key.strip()} = "…".')
    if equals and value.count('"') % 2:
        return Problem(where, line, "A quotation mark is missing.", "", shown, f'Write {key.strip()} = "…".')
    if equals and "\\" in value:
        remedy = "Write it between single quotation marks: '…'."
        return Problem(
            where, line, "A backslash has a meaning of its own between these quotation marks.", "", shown, remedy
        )
    return Problem(where, line, f"This is not valid TOML: {said[:1].lower()}{said[1:]}.", "", shown)
