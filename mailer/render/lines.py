"""Values from outside as lines that cannot become more lines.

Promises: `one_line` has no line break, no control or direction mark and no half of a surrogate pair, so a name cannot end a header
field, a content line or a sentence; letters, marks over them and joined emoji stay as they are.
"""

import re

from markupsafe import Markup, escape

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")


def one_line(text: str) -> str:
    """*text* as one line, its blanks squeezed."""
    return " ".join(_UNFIT.sub(" ", text).split())


def clean_lines(text: str) -> str:
    """*text* with its own line breaks and nothing else of that kind."""
    return "\n".join(one_line(line) for line in text.strip().splitlines())


_SENTENCE_ENDS = re.compile(r"[.!?;:](?=\s|$)(?<=.{16})")
"""After a word or two nothing ends: “Dr. Zhao”, “launch: 12 coming”."""
_HEADLINE = 80


def headline(text: str) -> str:
    """What the first sentence of *text* says, cut at a word, for a subject; empty where it says nothing."""
    first = one_line(next((line for line in text.splitlines() if line.strip("- ")), ""))[:1_000].lstrip("- ")
    said = _SENTENCE_ENDS.split(first, maxsplit=1)[0]
    if len(said) > _HEADLINE:
        said = (said[:_HEADLINE].rpartition(" ")[0] or said[:_HEADLINE]).rstrip(",–-") + " …"
    return said + "”" * (said.count("“") - said.count("”"))


class Lines(str):
    """A text of several lines. In HTML its line breaks stay visible."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return Markup("<br>\n").join(escape(line) for line in self.splitlines())


class Written(Lines):
    """What a convener wrote, with the marks of a summary: ``# `` before a heading, ``- `` before a point. No mark is shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(line.lstrip("# ") if line.startswith("#") else line for line in self.splitlines())

    def __html__(self) -> Markup:
        return Markup("<br>\n").join(_marked(line) for line in self.splitlines())


def _marked(line: str) -> Markup:
    if line.startswith("#"):
        return Markup("<strong>{}</strong>").format(line.lstrip("# "))
    return Markup("• {}").format(line[2:]) if line.startswith("- ") else escape(line)
