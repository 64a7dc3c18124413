"""What the demo tells: chapters with lines, each said when it happened and by links to what it speaks of.

Promises: calm: a line for what matters, not for every mail; printed as it happens, and kept for the page that is left behind.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

READING_SECONDS = 0.45
"""Real time after each line, so that a person can follow."""
_WHEN = 17


@dataclass(frozen=True, slots=True)
class Link:
    """Something to look at: its name, and where it lies in the folder."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    words: str
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Chapter:
    title: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passage:
    """A mail that passed the servers. *who*: the other side by name."""

    number: int
    at: datetime
    inward: bool
    who: str
    author: str
    to: str
    subject: str

    @property
    def stem(self) -> str:
        other = self.author if self.inward else self.to
        plain = "".join(c if c.isalnum() or c in "@.-_" else "-" for c in other)[:60] or "mail-server"
        return f"{self.number:04d}-{'from' if self.inward else 'to'}-{plain}"

    @property
    def page(self) -> str:
        return f"mails/{self.stem}.html"

    @property
    def eml(self) -> str:
        return f"mails/{self.stem}.eml"


class Story:
    """Tells on *console* and remembers. *slowly*: with time to read."""

    def __init__(self, console: Console, zone: ZoneInfo, *, slowly: bool) -> None:
        self._console, self._zone, self._slowly = console, zone, slowly
        self.chapters: list[Chapter] = []

    def chapter(self, title: str) -> None:
        self.chapters.append(Chapter(title))
        self._console.print()
        self._console.print(Text(title, style="bold"))

    def tell(self, at: datetime, words: str, *links: Link) -> None:
        local = at.astimezone(self._zone)
        self.chapters[-1].lines.append(Line(local, words, links))
        line = Table.grid(padding=0)
        line.add_column(width=_WHEN, no_wrap=True, style="dim")
        line.add_column()
        line.add_row(f"{local:%a} {local.day:>2} {local:%b %H:%M}", Text(words))
        self._console.print(Padding(line, (0, 2)))
        if self._slowly:
            time.sleep(READING_SECONDS)

    def text(self) -> str:
        """The story as plain text."""
        out = []
        for chapter in self.chapters:
            out += [chapter.title, *(f"  {line.at:%Y-%m-%d %H:%M}  {line.words}" for line in chapter.lines), ""]
        return "\n".join(out)
