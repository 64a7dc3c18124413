"""A people file (CSV, as a spreadsheet saves it) → rows for the register, with every refused row and its reason.

Promises: pure; a row is taken whole or refused whole; columns are found by their headings in any order and case; comma, semicolon or tab.
Fails:    `Problem` values that name file and line; a file without the needed headings gives no rows.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from mailer.errors import Problem
from mailer.partnership.people import PartnerKind, Role
from mailer.terms import canonical

COLUMNS = (
    "name", "email", "other emails", "organisation", "title", "kind", "roles", "champion", "language", "phone", "assistant of",
)  # fmt: skip
"""The headings, as `convener init` writes them. Only name and email are needed."""

MOST_ROWS = 20_000

_SPELLINGS = {
    "e-mail": "email", "mail": "email", "email address": "email", "address": "email", "other e-mails": "other emails", "aliases": "other emails",
    "company": "organisation", "organization": "organisation", "employer": "organisation", "full name": "name", "role": "roles",
    "assistant to": "assistant of", "answers for": "assistant of", "type": "kind", "job title": "title", "telephone": "phone", "lang": "language",
}  # fmt: skip
_KINDS = {k.value: k for k in PartnerKind} | {
    "": PartnerKind.BUSINESS, "businesses": PartnerKind.BUSINESS, "company": PartnerKind.BUSINESS, "public": PartnerKind.PUBLIC_PARTNER,
    "public partners": PartnerKind.PUBLIC_PARTNER, "partner": PartnerKind.PUBLIC_PARTNER, "support": PartnerKind.SUPPORT_PARTNER,
    "support partners": PartnerKind.SUPPORT_PARTNER,
}  # fmt: skip
_ROLES = {r.value: r for r in Role} | {"co chair": Role.CO_CHAIR, "cochair": Role.CO_CHAIR, "notes": Role.NOTE_TAKER}
_ADDRESS = re.compile(r"[^\s<>@,;\"\x00-\x1f]{1,64}@[^\s<>@,;\"\x00-\x1f.]+(?:\.[^\s<>@,;\"\x00-\x1f.]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2})?")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a people file or a convener gives them; *champion* is an address or empty. Addresses are canonical. *assistant_of*: the
    addresses of those for whom this person may answer."""

    name: str
    addresses: tuple[str, ...]
    organisation: str = ""
    title: str = ""
    kind: PartnerKind = PartnerKind.BUSINESS
    roles: frozenset[Role] = frozenset()
    champion: str = ""
    language: str = "en"
    phone: str = ""
    line: int = 0
    assistant_of: tuple[str, ...] = ()


def read_people(
    where: str, content: bytes, *, default_language: str = "en"
) -> tuple[tuple[PersonRow, ...], tuple[Problem, ...]]:
    """Read a people file; *where* is its name as the person knows it."""
    text = _decoded(content)
    if text is None:
        return (), (Problem(where, 0, "This file is no text.", remedy="Save it from the spreadsheet as CSV (UTF-8)."),)
    lines = [line for line in text.splitlines()[:1] if line.strip()]
    if not lines:
        return (), (
            Problem(where, 1, "The file is empty.", remedy=f"Its first line names the columns: {', '.join(COLUMNS)}"),
        )
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    problems: list[Problem] = []
    rows: list[PersonRow] = []
    seen: dict[str, int] = {}
    try:
        columns = _columns(where, next(reader), problems)
        if columns is None:
            return (), tuple(problems)
        for count, cells in enumerate(reader):
            line = reader.line_num
            if count >= MOST_ROWS:
                problems.append(
                    Problem(where, line, f"The file has more than {MOST_ROWS:,} rows; the rest was not read.")
                )
                break
            if not any(c.strip() for c in cells) or cells[0].lstrip().startswith("#"):
                continue
            row = _row(
                where,
                line,
                {name: cells[i].strip() if i < len(cells) else "" for name, i in columns.items()},
                default_language,
                problems,
            )
            if row is None:
                continue
            double = next((seen[a] for a in row.addresses if a in seen), None)
            if double is not None:
                problems.append(
                    _refused(
                        where,
                        line,
                        row.name,
                        f"an address of this row stands in line {double} already",
                        "Keep one of them.",
                    )
                )
                continue
            seen |= dict.fromkeys(row.addresses, line)
            rows.append(row)
    except csv.Error as exc:
        problems.append(
            Problem(
                where,
                reader.line_num,
                f"This line cannot be read as CSV ({exc}).",
                remedy="Save the file from the spreadsheet once more.",
            )
        )
    return tuple(rows), tuple(problems)


def _decoded(content: bytes) -> str | None:
    for codec in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _columns(where: str, headings: list[str], problems: list[Problem]) -> dict[str, int] | None:
    columns: dict[str, int] = {}
    for i, heading in enumerate(headings):
        name = " ".join(heading.strip().lower().replace("_", " ").split())
        name = _SPELLINGS.get(name, name)
        if name in COLUMNS:
            columns.setdefault(name, i)
        elif name:
            near = get_close_matches(name, COLUMNS, 1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Columns I know: {', '.join(COLUMNS)}."
            problems.append(
                Problem(
                    where,
                    1,
                    f"I do not know the column “{heading.strip()}”; it is left out.",
                    remedy=hint,
                    warning=True,
                )
            )
    missing = [name for name in ("name", "email") if name not in columns]
    if missing:
        problems.append(
            Problem(
                where,
                1,
                f"The column “{missing[0]}” is missing.",
                remedy=f"The first line names the columns: {', '.join(COLUMNS)}",
            )
        )
        return None
    return columns


def _refused(where: str, line: int, name: str, why: str, remedy: str) -> Problem:
    return Problem(where, line, f"This row is left out: {why}.", context=name, remedy=remedy)


def _row(
    where: str, line: int, cells: Mapping[str, str], default_language: str, problems: list[Problem]
) -> PersonRow | None:
    name = " ".join(cells["name"].split())
    others = [a.strip() for a in re.split(r"[;,\s]+", cells.get("other emails", "")) if a.strip()]
    language = cells.get("language", "").lower() or default_language
    refused: list[tuple[str, str]] = []
    if not name:
        refused.append(("it has no name", "Write the name as it should stand in letters."))
    if not cells["email"]:
        refused.append(("it has no e-mail address", "Write the address, or remove the row."))
    for address in [a for a in (cells["email"], *others) if a and not _ADDRESS.fullmatch(a)]:
        refused.append(
            (
                f"“{address}” is no e-mail address",
                "It needs the form name@example.org; several go under “other emails”.",
            )
        )
    for address in [a for a in (cells["email"], *others) if not a.rpartition("@")[0].isascii()]:
        refused.append(
            (f"mail servers rarely take letters like those before the @ of “{address}”", "Ask for another address.")
        )
    kind = _KINDS.get(cells.get("kind", "").lower())
    if kind is None:
        refused.append(
            (f"I do not know the kind “{cells['kind']}”", f"Kinds: {', '.join(k.value for k in PartnerKind)}.")
        )
    roles = set()
    for word in [w.strip().lower() for w in re.split(r"[;,]", cells.get("roles", "")) if w.strip()]:
        if word in _ROLES:
            roles.add(_ROLES[word])
        else:
            refused.append((f"I do not know the role “{word}”", f"Roles: {', '.join(r.value for r in Role)}."))
    if not _LANGUAGE.fullmatch(language):
        refused.append((f"“{cells['language']}” is no language", "Write en, es, de, fr …"))
    champion = cells.get("champion", "")
    if champion and not _ADDRESS.fullmatch(champion):
        refused.append(
            (
                f"the champion “{champion}” is no e-mail address",
                "Write the address under which the champion stands in this file.",
            )
        )
    bosses = tuple(a.strip() for a in re.split(r"[;,\s]+", cells.get("assistant of", "")) if a.strip())
    for boss in [b for b in bosses if not _ADDRESS.fullmatch(b)]:
        refused.append(
            (
                f"“{boss}” under “assistant of” is no e-mail address",
                "Write the address under which the person whom this one may answer for stands in this file.",
            )
        )
    problems += [_refused(where, line, name, why, remedy) for why, remedy in refused]
    if refused or kind is None:
        return None
    return PersonRow(
        name=name,
        addresses=tuple(dict.fromkeys(canonical(a) for a in (cells["email"], *others))),
        organisation=" ".join(cells.get("organisation", "").split()),
        title=" ".join(cells.get("title", "").split()),
        kind=kind,
        roles=frozenset(roles),
        champion=canonical(champion) if champion else "",
        language=language,
        phone=cells.get("phone", ""),
        line=line,
        assistant_of=tuple(dict.fromkeys(canonical(b) for b in bosses)),
    )
