"""One rule file → headings and entries with their lines; every slip of layout at once.

A rule file is TOML in a narrow dialect: one heading a rule, each entry a key, "=", and a text between quotes, a list of them, or a
number. The file is cut into entries first and each is given to the TOML parser by itself, so that one missing quote does not hide
the other mistakes and every mistake has its line.

Promises: never raises; what a file of this dialect means is what TOML says it means, but for marks that nobody can see (`INVISIBLE`).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.errors import Problem

Value = str | int | tuple[str, ...]
RESERVED = ("about", "timing", "groups")
"""Headings that are no rules."""
LARGEST = 256 * 1024  # a rule file is a page or two; more is some other file
_LONGEST = 100  # lines of one list
_MOST = 50  # mistakes told of one file; more of them means that it is some other file
FOLLOW = "Nothing is switched on until this is fixed."
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)[ \t]*=")
_QUOTED_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*')[ \t]*=")
_HEADING = re.compile(r"\s*\[([^\[\]]*)\]\s*(#.*)?$")
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'"})
INVISIBLE = str.maketrans(
    dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f", " ")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
    | {"\u2011": "-"}
)
"""What word processors and web pages bring along and nobody can see: other blanks, marks without width, hyphens that do not break."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``key = value`` as it stands in *line*; *typed* are its lines."""

    key: str
    value: Value
    line: int
    typed: str


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its entries; *broken* are keys whose value could not be read, so that they do not count as missing."""

    name: str
    line: int
    typed: str
    entries: tuple[Entry, ...]
    broken: frozenset[str] = frozenset()

    def entry(self, key: str) -> Entry | None:
        return next((e for e in self.entries if e.key == key), None)


@dataclass(slots=True)
class _Open:
    """The section being read."""

    name: str
    line: int
    typed: str
    entries: list[Entry]
    broken: set[str]
    skipped: bool = False


def read_file(name: str, text: str) -> tuple[tuple[Section, ...], tuple[Problem, ...]]:
    """Read the rule file *name* whose words are *text*."""
    if len(text) > LARGEST:
        return (), (Problem(name, 0, "This file is too large to be a rule file.", follow=FOLLOW),)
    text = text.translate(INVISIBLE)
    problems: list[Problem] = []
    sections: list[_Open] = []
    current: _Open | None = None

    def problem(line: int, typed: str, sentence: str, remedy: str = "") -> None:
        context = f"[{current.name}]" if current and not current.skipped else ""
        if len(problems) < _MOST:
            problems.append(Problem(name, line, sentence, context, shown(typed), remedy, FOLLOW))
        elif len(problems) == _MOST:
            problems.append(Problem(name, line, "There are more mistakes from here on.", follow=FOLLOW))

    for line, typed in _statements(text.removeprefix("\ufeff")):
        stripped = typed.strip()
        half = _HALF_HEADING.fullmatch(stripped)
        if half or (stripped.startswith("[") and not _KEY.match(typed)):
            heading, sentence, remedy = _half_heading(half) if half else _heading(stripped)
            current = None
            if sentence:
                problem(line, typed, sentence, remedy)
            earlier = next((s for s in sections if s.name == heading), None)
            # A section with a slip in its heading is still read, for the mistakes in it.
            current = _Open(heading, line, shown(typed), [], {"heading"} if sentence else set(), skipped=not heading)
            if earlier is not None and heading and not sentence:
                current.skipped = True
                problem(
                    line,
                    typed,
                    f"The heading [{heading}] is already in line {earlier.line}.",
                    f"Put both under one heading [{heading}]."
                    if heading in RESERVED
                    else f"Give this rule another name, such as [{heading}-2].",
                )
            sections.append(current)
            continue
        read = _entry(typed)
        if isinstance(read, tuple):
            sentence, remedy, key = read
            if current is not None:
                current.broken.add(key)
            problem(line, typed, sentence, remedy)
        elif current is None:
            problem(
                line,
                typed,
                f'"{read.key}" stands before the first heading.',
                "Put a heading above it: [about], [timing], or the name of a rule, such as [remind-1].",
            )
        elif (twice := next((e for e in current.entries if e.key == read.key), None)) is not None:
            problem(
                line,
                typed,
                f'"{read.key}" is already in line {twice.line}.',
                f'Keep one of the two, or make it one list: {read.key} = ["…", "…"]',
            )
        else:
            current.entries.append(Entry(read.key, read.value, line, shown(typed)))
    if not problems and not _same(text, sections):
        problems.append(
            Problem(
                name, 0, "This file is not written as a rule file is. Compare it with a shipped one.", follow=FOLLOW
            )
        )
    kept = tuple(
        Section(s.name, s.line, s.typed, tuple(s.entries), frozenset(s.broken))
        for s in sections
        if not s.skipped and s.name
    )
    return kept, tuple(problems)


def shown(typed: str) -> str:
    """*typed* as an error text shows it: not more of it than helps."""
    lines = [line if len(line) <= 160 else f"{line[:160]}…" for line in typed.strip().split("\n")]
    return "\n".join(lines if len(lines) <= 12 else [*lines[:12], "…"])


def _same(text: str, sections: list[_Open]) -> bool:
    """Does the TOML parser read the whole file as we did? A guard: a difference is refused, never sent on."""
    try:
        whole = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    ours = {
        s.name: {e.key: list(e.value) if isinstance(e.value, tuple) else e.value for e in s.entries} for s in sections
    }
    return bool(whole == ours)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut *text* into headings and entries. An entry goes on over several lines while a list of it is open."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    index = 0
    while index < len(lines):
        start, statement = index, lines[index]
        index += 1
        if not statement.strip() or statement.lstrip().startswith("#"):
            continue
        # An unfinished list must not swallow the entries that follow it.
        while (
            index < min(len(lines), start + _LONGEST)
            and (_depth(statement) > 0 or _in_long_text(statement))
            and not _starts_another(lines[index])
        ):
            statement += "\n" + lines[index]
            index += 1
        yield start + 1, statement


def _starts_another(line: str) -> bool:
    return bool(_KEY.match(line) or (_HEADING.match(line) and '"' not in line and "'" not in line))


def _in_long_text(statement: str) -> bool:
    """Is a text between three quotes still open?"""
    return statement.count('"""') % 2 == 1 or statement.count("'''") % 2 == 1


def _depth(statement: str) -> int:
    """How many lists are open at the end of an entry; 0 for a heading."""
    if statement.lstrip().startswith("["):
        return 0
    return sum((c == "[") - (c == "]") for c in _bare(statement))


def _bare(text: str) -> str:
    """*text* without what stands between quotes and without remarks. A quote left open ends with its line."""
    out: list[str] = []
    for line in text.split("\n"):
        quote = ""
        escaped = False
        for c in line:
            if quote:
                if escaped:
                    escaped = False
                elif c == "\\" and quote == '"':
                    escaped = True
                elif c == quote:
                    quote = ""
            elif c in "\"'":
                quote = c
            elif c == "#":
                break
            else:
                out.append(c)
        out.append("\n")
    return "".join(out)


def _heading(typed: str) -> tuple[str, str, str]:
    """Name, and what is wrong with the heading *typed* and how to mend it (both empty when nothing is)."""
    inside = re.split(r"[\]#]", typed.lstrip("["))[0].strip().strip("\"'")
    plain = inside if re.fullmatch(r"[A-Za-z0-9_-]+", inside) else re.sub(r"[^A-Za-z0-9_-]+", "-", inside).strip("-")
    if not plain:
        return "", "The heading has no name.", "Write a name between the brackets, such as [remind-1]."
    if typed.startswith("[["):
        return plain, "A heading has one pair of brackets.", f"Write:  [{plain}]"
    if not _HEADING.match(typed):
        if "]" in typed:
            return (
                plain,
                "Nothing can follow the heading in its line.",
                f"Write:  [{plain}]  and put the rest into another line.",
            )
        return plain, "The heading is not closed.", f"Write:  [{plain}]"
    if typed[1:].split("]")[0].strip() != plain:
        return plain, "The name of a rule is letters, digits and hyphens, without blanks or dots.", f"Write:  [{plain}]"
    return plain, "", ""


_HALF_HEADING = re.compile(r"([^\w\[\]\"'#=,]*)(\[?)\s*([A-Za-z0-9_-]+)\s*\]")
"""A heading without its first bracket, or with a bullet of a word processor before it."""


def _half_heading(found: re.Match[str]) -> tuple[str, str, str]:
    before, bracket, name = found[1].strip(), found[2], found[3]
    if bracket and not before:
        return _heading(f"[{name}]")
    sentence = "Nothing can stand before a heading." if bracket else "The heading has no opening bracket."
    return name, sentence, f"Write:  [{name}]"


def _entry(typed: str) -> Entry | tuple[str, str, str]:
    """The entry that *typed* is, or what is wrong, how to mend it, and which key it is."""
    found = _KEY.match(typed) or _QUOTED_KEY.match(typed)
    if not found:
        return _no_entry(typed)
    key, rest = found[1].strip("\"'"), typed[found.end() :]
    first = rest.strip()
    if not first or first.startswith("#"):
        return f'Nothing stands after "{key} =".', f'Write the words between quotes:  {key} = "…"', key
    try:
        # Given alone, with its line breaks, so that the parser sees what TOML would see.
        value = tomllib.loads("value =" + rest)["value"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError):
        return (*_unreadable(key, rest), key)
    match value:
        case bool():
            word = "no" if not value else "ask me first" if key == "hold" else "yes"
            return f'"{first}" must stand between quotes here.', f'Write:  {key} = "{word}"', key
        case str() | int():
            return Entry(key, value, 0, typed)
        case list() if all(isinstance(v, str) for v in value):
            return Entry(key, tuple(value), 0, typed)
        case list():
            return "Each part of a list must stand between quotes.", f'Write:  {key} = ["…", "…"]', key
        case dict():
            return "There are no braces in rule files.", f'Write words between quotes:  {key} = "…"', key
        case _:
            bare = first.split("#")[0].strip()
            right = f"on {bare} at 09:00" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare) else bare
            return f"The words after {key} = must stand between quotes.", f'Write:  {key} = "{right}"', key


def _no_entry(typed: str) -> tuple[str, str, str]:
    first = typed.strip().split("\n")[0]
    if found := re.match(r"([A-Za-z][\w-]*)\s*:\s*(.*)$", first):
        value = found[2].strip().strip("\"'“”") or "…"
        return 'A key is followed by "=", not by ":".', f'Write:  {found[1]} = "{value}"', found[1]
    if first.startswith(("//", ";", "--", "/*", "%")):
        return "A remark begins with #.", f"Write:  # {first.lstrip('/;-*% ')}", ""
    if found := re.match(r"([A-Za-z][\w-]*(?: [A-Za-z][\w-]*)+)\s*=\s*(.*)$", first):
        key = found[1].lower().replace(" ", "-")
        return "A key is one word, with hyphens instead of blanks.", f"Write:  {key} = {found[2]}", key
    if found := re.match(r"([A-Za-z][\w-]*)\s+([\"“'].*)$", first):
        return f'"=" is missing after {found[1]}.', f"Write:  {found[1]} = {found[2].translate(_CURLY)}", found[1]
    if found := re.match(r"([A-Za-z]\w*(?:[‐‑‒–—−][A-Za-z]\w*)+)\s*=\s*(.*)$", first):
        key = re.sub("[‐‑‒–—−]", "-", found[1])
        return f'The dash in "{found[1]}" is not the hyphen of the keyboard: -', f"Write:  {key} = {found[2]}", key
    if first[:1] in "\"'" or first.endswith((",", "]")):
        return "This line belongs to no key.", 'A list begins with [ in the line of its key:  to = ["…", "…"]', ""
    return 'This line is neither a heading nor a key with "=".', 'Write:  key = "words", or put # before a remark.', ""


def _unreadable(key: str, rest: str) -> tuple[str, str]:
    """What is wrong with *rest*, the text after ``key =`` that the TOML parser refuses, and how to mend it."""
    text = rest.strip()
    line = text.split("\n")[0].strip()
    if any(c in rest for c in "“”„«»‘") and _parses(rest.translate(_CURLY)):
        return 'These are not the plain quotes of the keyboard: " ".', f"Write:  {key} = {text.translate(_CURLY)}"
    if text.startswith("["):
        return _unreadable_list(key, text)
    if text.startswith(('"""', "'''")):
        return "The words must stand in one line.", f'Write:  {key} = "…"'
    if text[0] in "\"'":
        quote = text[0]
        end = _end_of_quoted(line)
        if end < 0:
            inner = line.strip("\"'“” ")
            return f"A quote is missing: put the words after {key} = between quotes.", f'Write:  {key} = "{inner}"'
        after = line[end + 1 :].strip()
        if after in (",", ";", "."):
            return f'"{after}" stands behind the closing quote.', f"Write:  {key} = {line[: end + 1]}"
        if after.startswith((",", quote)) and _parses(f"[{text.rstrip(',')}]"):
            return "Several texts need brackets.", f"Write:  {key} = [{text.rstrip(',')}]"
        if after:
            if "\\" in line[:end]:
                return _backslash(key, line)
            whole = f"{line[1:end]} {after}".replace('"', "")
            remedy = f'Write:  {key} = "{whole}"   (or put # before a remark)'
            return f'"{after}" stands behind the closing quote.', remedy
        return _backslash(key, line)
    if text[0] == "{":
        return "There are no braces in rule files.", f'Write words between quotes:  {key} = "…"'
    words = line.split(" #")[0].strip().strip("\"'“”")
    return f"Put the words after {key} = between quotes.", f'Write:  {key} = "{words}"'


_MISSING_COMMA = re.compile(r"([\"'])(\s+)([\"'])")


def _unreadable_list(key: str, text: str) -> tuple[str, str]:
    bare, joined = _bare(text), " ".join(text.split()).replace("[ ", "[").replace(" ]", "]")
    if _parses(with_commas := _MISSING_COMMA.sub(r"\1, \3", joined)):
        return "A comma is missing between two parts of the list.", f"Write:  {key} = {with_commas}"
    if any(line.count('"') % 2 for line in text.split("\n")):
        return "A quote is missing in this list.", f'Each part stands between quotes:  {key} = ["…", "…"]'
    if bare.count("[") > bare.count("]"):
        closed = joined.rstrip(" ,") + "]"
        return "The list is not closed.", f"Write:  {key} = {closed}" if _parses(
            closed
        ) else "Put ] behind its last part."
    if re.search(r"[\[,]\s*[A-Za-z]", bare):
        inside = ", ".join(f'"{p.strip(chr(34) + " ")}"' for p in joined.strip("[] ").split(",") if p.strip(' "'))
        return "Each part of a list must stand between quotes.", f"Write:  {key} = [{inside}]"
    return "This list cannot be read.", f'Write:  {key} = ["…", "…"]'


def _backslash(key: str, line: str) -> tuple[str, str]:
    return r"The character \ cannot stand here.", f"Write:  {key} = {line.replace(chr(92), '/')}"


def _end_of_quoted(line: str) -> int:
    quote, escaped = line[0], False
    for index, c in enumerate(line[1:], 1):
        if escaped:
            escaped = False
        elif c == "\\" and quote == '"':
            escaped = True
        elif c == quote:
            return index
    return -1


def _parses(text: str) -> bool:
    try:
        tomllib.loads("value = " + text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True
