"""Which characters the fonts have, and what becomes of those that none has.

Promises: text comes back composed (NFC), in one script-neutral form, without control and bidirectional marks, of bounded length;
          each character left in it has a glyph in fonts/. Never: a box in print: what has no glyph becomes a short rule, and is named.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
LONGEST_LINE = 1_000
"""Characters of a text that stands in one cell of a table: it must not fill more than a page."""

HOLE = "_"
_JOINERS = "\u200c\u200d"
"""ZERO WIDTH (NON-)JOINER: needed to write Persian and Indic names; shaping eats them, no glyph is needed."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@cache
def _covered() -> tuple[list[int], list[int]]:
    """Ranges of code points, from the file that is generated from the fonts (tests/printing/coverage.py)."""
    first, last = [], []
    for line in (FONTS / "coverage.txt").read_text("ascii").split():
        start, _, end = line.partition("-")
        first.append(int(start, 16))
        last.append(int(end or start, 16))
    return first, last


def has_glyph(character: str) -> bool:
    first, last = _covered()
    place = bisect_right(first, ord(character)) - 1
    return place >= 0 and ord(character) <= last[place]


def legible(text: str, longest: int = LONGEST_LINE) -> tuple[str, str]:
    """*text* ready for print, cut at *longest* characters, and the characters that cannot be printed."""
    kept: list[str] = []
    missing: dict[str, None] = {}
    for character in unicodedata.normalize("NFC", text[:longest]):
        if character in " \n":
            kept.append(character)
        elif character == "\t" or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
            kept.append("\u00a0" if character in "\u00a0\u202f" else " ")
        elif character in _JOINERS:
            kept.append(character)
        elif unicodedata.category(character) in _INVISIBLE or _selects_variation(character):
            continue
        elif has_glyph(character):
            kept.append(character)
        else:
            missing[character] = None
            kept.append(HOLE)
    if len(text) > longest:
        kept.append("…")
    return "".join(kept), "".join(missing)


def relieved(text: str, refused: Mapping[str, bool]) -> tuple[str, str]:
    """*text* without what no font can set, and the characters that went. What was *refused* loses the marks and joiners that follow it (the
    mark of one script on the letter of another is in no font); refused again (True), it becomes a short rule."""
    missing: dict[str, None] = {}
    for cluster, again in refused.items():
        start = 0
        while (place := text.find(cluster, start)) >= 0:
            end = place + len(cluster)
            while end < len(text) and _follows(text[end]):
                end += 1
            kept, lost = (HOLE, text[place:end]) if again else (cluster[0], text[place + 1 : end])
            missing |= dict.fromkeys(lost)
            text = text[:place] + kept + text[end:]
            start = place + 1
    return text, "".join(missing)


def _follows(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character).startswith("M")


def _selects_variation(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
