"""Plain text that a convener edits (agenda, checklist, summary) → lines of documents. Pure.

Promises: any text gives lines, in the worst case one a line of text; nothing is dropped but comments (#) and blank lines.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mailer.printing.sheets import AgendaLine, Section, Task, TaskGroup
from mailer.printing.words import ENGLISH, language_of_words

_OUTLINES = Path(__file__).parent / "outlines"
_MINUTES = re.compile(r"(?:(\d{1,3})(?:\s*min\.?)?|\*)\s+(\S.*)")
_DAYS = re.compile(r"\s*\(([+-]?\d{1,3}) days?\)$")
_NAMED = re.compile(r"\{([a-z -]{1,40})\}")
MOST_LINES = 500


def shipped_outline(what: str, language: str) -> str:
    """The text of *what* ("agenda", "checklist") that comes with the program."""
    own = _OUTLINES / f"{what}.{language_of_words(language)}.txt"
    return (own if own.is_file() else _OUTLINES / f"{what}.{ENGLISH}.txt").read_text("utf-8")


def agenda_lines(text: str, names: Mapping[str, str]) -> tuple[AgendaLine, ...]:
    """``15  What | who`` and indented notes; *names* fill ``{convener}`` and the like, unknown ones leave nothing."""
    found: list[AgendaLine] = []
    for line in _lines(text):
        if line[0] in " \t" and found:
            notes = f"{found[-1].notes} {line.strip()}".strip()
            found[-1] = replace(found[-1], notes=_filled(notes, names))
            continue
        matched = _MINUTES.fullmatch(line.strip())
        what, who = _cells(matched.group(2) if matched else line, 2, names)
        minutes = int(matched.group(1)) if matched and matched.group(1) else None
        found.append(AgendaLine(what, minutes, who))
    return tuple(found)


def checklist_groups(text: str, names: Mapping[str, str], day: Callable[[int], str]) -> tuple[TaskGroup, ...]:
    """Headings and ``- what | who | by``; a task without a date has that of its heading, which *day* puts into words."""
    groups: list[TaskGroup] = []
    by = ""
    for line in _lines(text):
        if not line.lstrip().startswith("- "):
            heading = line.strip()
            days = _DAYS.search(heading)
            by = day(int(days.group(1))) if days else ""
            groups.append(TaskGroup(_filled(_DAYS.sub("", heading), names)))
            continue
        what, who, until = _cells(line.lstrip()[2:], 3, names)
        if not groups:
            groups.append(TaskGroup(""))
        groups[-1] = replace(groups[-1], tasks=(*groups[-1].tasks, Task(what, who, until or by)))
    return tuple(g for g in groups if g.tasks)


def summary_sections(text: str) -> tuple[Section, ...]:
    """``# Heading`` (or a line in capitals, or underlined), ``- point``, and paragraphs; ``___`` is a line to write on."""
    sections: list[Section] = []
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            _grow(sections, paragraphs=(" ".join(paragraph),))
            paragraph.clear()

    for raw in text.splitlines()[: MOST_LINES * 4]:
        line = raw.strip()
        if not line:
            close()
        elif re.fullmatch(r"_{3,}", line):
            close()
            _grow(sections, lines=1)
        elif re.fullmatch(r"[=-]{3,}", line) and len(paragraph) == 1:
            sections.append(Section(paragraph.pop()))
        elif line.startswith("#") or (line.isupper() and len(line) > 3 and not paragraph):
            close()
            sections.append(Section(line.lstrip("# ").strip()))
        elif line[:2] in ("- ", "* ", "• "):
            close()
            _grow(sections, points=(line[2:].strip(),))
        else:
            paragraph.append(line)
    close()
    return tuple(sections)


def _grow(
    sections: list[Section], *, paragraphs: tuple[str, ...] = (), points: tuple[str, ...] = (), lines: int = 0
) -> None:
    """Add to the last section; points begin anew after a paragraph, so that the order of the text is kept."""
    if not sections or (paragraphs and (sections[-1].points or sections[-1].lines)):
        sections.append(Section(""))
    last = sections[-1]
    sections[-1] = replace(
        last, paragraphs=last.paragraphs + paragraphs, points=last.points + points, lines=last.lines + lines
    )


def _lines(text: str) -> Iterator[str]:
    kept = (line.rstrip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    for count, line in enumerate(kept):
        if count >= MOST_LINES:
            return
        yield line


def _cells(line: str, count: int, names: Mapping[str, str]) -> list[str]:
    cells = [_filled(cell, names) for cell in line.split("|", count - 1)]
    return cells + [""] * (count - len(cells))


def _filled(text: str, names: Mapping[str, str]) -> str:
    return " ".join(_NAMED.sub(lambda m: names.get(m.group(1), ""), text).split())
