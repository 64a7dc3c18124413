"""The lines of a reply, and what each of them is: text, quotation, attribution, header, delimiter, signature …

Promises: pure; linear in the text. Every pattern is anchored, bounded or a plain alternation.
Never:    calls a line an attribution by its shape alone: it needs a verb or a start word, and a date, a time or an address.
"""

import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

MOST_LINES = 1_500
MOST_LINE = 4_000
MOST_HEADER_LINE = 400  # attributions and headers are short; longer lines are somebody's words


class Line(StrEnum):
    """What a line is."""

    EMPTY = "e"
    TEXT = "t"
    QUOTE = "q"
    ATTRIBUTION = "b"
    ATTRIBUTION_MORE = "B"
    HEADER = "h"
    DELIMITER = "d"
    RULE = "r"
    SIGNATURE = "s"
    DEVICE = "v"
    OWN = "o"


@cache
def words() -> dict[str, Any]:
    """The word lists."""
    return tomllib.loads(files("mailer.parse").joinpath("quoting.toml").read_text("utf-8"))


def _alternatives(texts: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(set(texts), key=len, reverse=True))


class Patterns:
    """Patterns made once from the word lists. Each is anchored, bounded or a plain alternation: none can blow up."""

    def __init__(self) -> None:
        lists = words()
        self.delimiters = tuple(sorted(lists["delimiters"], key=len, reverse=True))
        self.markers = tuple(lists["markers"])
        self.devices = tuple(lists["footers"]["devices"])
        self.disclaimers = re.compile(_alternatives(lists["footers"]["disclaimers"]))
        self.closings = frozenset(lists["footers"]["closings"])
        self.services = re.compile(_alternatives(lists["footers"]["services"]))
        self.verb = re.compile(
            r"(?<!\w)(?:" + _alternatives(lists["attribution"]) + r")(?!\w)|[写寫書]道|写[:：]|님이 작성"
        )
        self.starts = re.compile(r"[\W_]{0,3}(?:" + _alternatives(lists["attribution_starts"]) + r")(?!\w)")
        kinds = {word: kind for kind, found in lists["headers"].items() for word in found}
        self.header_kinds = kinds
        self.header = re.compile(r"[\s*_|]{0,4}(" + _alternatives(kinds) + r")[*_]{0,4}\s{0,3}[:：]", re.IGNORECASE)
        long_words = [word for word in kinds if len(word) > 3 or word in ("to", "an", "von", "de")]
        self.more_headers = re.compile(
            r"(?<=\s)[*_]{0,2}(" + _alternatives(long_words) + r")[*_]{0,2}\s?[:：]", re.IGNORECASE
        )


@cache
def patterns() -> Patterns:
    return Patterns()


EVIDENCE = re.compile(
    r"\d{1,2}[:.h]\d\d|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.|,)?\s{1,2}\w{3,}|\w{3,}\.?\s\d{1,2}(?!\w)|@|\d月"
)
_DATE = re.compile(r"\d{1,2}[:.h]\d\d|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]|\d月")
_DATE_FIRST = re.compile(r"\W{0,2}\d{2,4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,4}")
_ADDRESS_END = re.compile(r"[<\[(](?:mailto:)?[^<>@\s]{1,100}@[^<>@\s]{1,200}[>\])]\s*[:：,]?$")
_DECORATED = re.compile(r"[-_=*]{3,}[^-_=*\d]{3,60}[-_=*]{3,}$")
_RULE = re.compile(r"[-_=*~#–—]{5,}$")
_SIGNATURE = re.compile(r"(?:--|__|—|––|- -|-- ?|——)$")
_SENTENCE = re.compile(r"\b(?:is|was|are|were|but|because|and i|i'm|i am)\b")
_QUOTE = re.compile(r"\s{0,8}(?:>|&gt;|＞|\|(?=\s|$))")
_SPACES = re.compile(r"[ \t\u00a0\u2007\u202f\u3000]{9,}")
_MANY_EMPTY = re.compile(r"\n{4,}")
_INVISIBLE = {ord(char): None for char in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\0\x0b\x0c"}


def tidy(text: str) -> list[str]:
    """Lines that no pattern can choke on: few, short, without long runs of blanks or of empty lines."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.translate(_INVISIBLE).replace("\u2028", "\n").replace("\u2029", "\n").replace("\u00a0", " ")
    if "\n\n\n\n" in text:
        text = _MANY_EMPTY.sub("\n\n\n", text)
    lines: list[str] = []
    empty = 0
    for line in text.split("\n", MOST_LINES * 2)[: MOST_LINES * 2]:
        line = line[:MOST_LINE].rstrip()
        if not line:
            empty += 1
            if empty > 2 or not lines:
                continue
        else:
            empty = 0
            if line.lstrip()[0] == ">" and lines and _open_bracket(lines[-1]):
                # "<anna@example.org" and on the next line ">:": a wrapped attribution, not a quote
                lines[-1] += line.lstrip()
                continue
            if "         " in line or "\t" in line:
                line = _SPACES.sub(" " * 8, line)
        lines.append(line)
        if len(lines) >= MOST_LINES:
            break
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _open_bracket(line: str) -> bool:
    place = line.rfind("<")
    return place >= 0 and "@" in line[place:] and ">" not in line[place:] and not _QUOTE.match(line)


def _plain(line: str) -> str:
    return re.sub(r"[\W_]+", " ", line).strip().casefold()


class Lines:
    """The lines of one reply and what each is. `kinds` runs parallel to `lines`."""

    def __init__(self, lines: list[str], own_text: str) -> None:
        self.lines = lines
        self.patterns = patterns()
        self.header_kind: dict[int, str] = {}
        self.header_words: dict[int, str] = {}  # a header's name alone on its line
        self.kinds = [self._kind(place, line) for place, line in enumerate(lines)]
        self._own_words = f" {_plain(own_text)} " if own_text else ""
        self._decorated()
        self._attributions()
        if own_text:
            self._own()

    def is_own(self, line: str) -> bool:
        """Whether our own letter says so."""
        return bool(self._own_words) and f" {_plain(line)} " in self._own_words

    def _kind(self, place: int, line: str) -> Line:
        if not line:
            return Line.EMPTY
        head = line.lstrip()
        first = head[0]
        if first in ">＞|&" and _QUOTE.match(line):
            return Line.QUOTE
        if len(head) > MOST_HEADER_LINE:
            return Line.TEXT
        lower = head.lower()
        if first in "-_=*~#–—+<[" or head[-1] in ":-":
            if _SIGNATURE.match(head):
                return Line.SIGNATURE
            if _RULE.match(head):
                return Line.RULE
            core = lower.strip(" -_=*~+#.:<>|[]\t–—")
            if core.startswith(self.patterns.delimiters) and len(core) < 80 and (core != lower):
                named = next(each for each in self.patterns.delimiters if core.startswith(each))
                if core == named or first in "-_=*~–—":
                    return Line.DELIMITER
        if (":" in head or "：" in head) and (match := self.patterns.header.match(head)):
            self.header_kind[place] = self.patterns.header_kinds[match[1].lower()]
            return Line.HEADER
        if len(head) < 12 and lower in self.patterns.header_kinds:
            self.header_words[place] = self.patterns.header_kinds[lower]
        if len(head) < 160 and any(each in lower for each in self.patterns.markers):
            return Line.DELIMITER
        if (
            len(head) < 100
            and lower.lstrip("-*_[(<•– ").startswith(self.patterns.devices)
            and not _SENTENCE.search(lower)
        ):
            return Line.DEVICE
        return Line.TEXT

    def _decorated(self) -> None:
        # "-------- Oprindelig besked --------" in any language, where a header follows
        for place, line in enumerate(self.lines[:-1]):
            if self.kinds[place] is Line.TEXT and _DECORATED.match(line.strip()):
                after = next(
                    (each for each in range(place + 1, min(place + 4, len(self.lines))) if self.lines[each]), place
                )
                if self.kinds[after] is Line.HEADER:
                    self.kinds[place] = Line.DELIMITER

    def _own(self) -> None:
        whole = self._own_words
        signed = False
        for place, (kind, line) in enumerate(zip(self.kinds, self.lines, strict=True)):
            # our letter may name the very person who signs below "-- ": that block stays one
            signed = kind is Line.SIGNATURE or (signed and kind is not Line.EMPTY)
            if not signed and (kind is Line.TEXT or kind is Line.HEADER):
                plain = _plain(line)
                # short lines ("Yes", "Thursday") may be the person's own, though we wrote them too
                if len(plain) >= 24 and f" {plain} " in whole:
                    self.kinds[place] = Line.OWN
                    self.header_kind.pop(place, None)
        for place, kind in enumerate(self.kinds):
            if (
                kind in (Line.TEXT, Line.HEADER)
                and self._between_own(place)
                and f" {_plain(self.lines[place])} " in whole
            ):
                self.kinds[place] = Line.OWN

    def _between_own(self, place: int) -> bool:
        def next_kind(step: int) -> Line | None:
            at = place + step
            while 0 <= at < len(self.kinds) and self.kinds[at] is Line.EMPTY:
                at += step
            return self.kinds[at] if 0 <= at < len(self.kinds) else None

        before = (Line.OWN, Line.ATTRIBUTION, Line.ATTRIBUTION_MORE, Line.DELIMITER)
        return next_kind(-1) in before and next_kind(1) in (Line.OWN, None)

    # attributions -----------------------------------------------------------------------------------------------------

    def _attributions(self) -> None:
        place = 0
        while place < len(self.lines):
            if self.kinds[place] in (Line.TEXT, Line.HEADER, Line.OWN):
                place = self._attribution(place)
            else:
                place += 1

    def _attribution(self, place: int) -> int:
        """Mark an attribution that begins at *place*; the place to go on from."""
        joined = ""
        for end in range(place, min(place + 5, len(self.lines))):
            if self.kinds[end] not in (Line.TEXT, Line.HEADER, Line.OWN):
                break
            joined = f"{joined} {self.lines[end].strip()}".strip()
            if len(joined) > MOST_HEADER_LINE:
                break
            begins = self._begins(joined)
            if end > place and not begins:
                break
            if self._is_attribution(joined, end, begins):
                start = place
                # the words before it may have no blank line between: the latest beginning is the true one
                for later in range(end, place, -1):
                    rest = " ".join(each.strip() for each in self.lines[later : end + 1])
                    before = self.lines[later - 1].strip()
                    own = before[-1:] in ".!?…" or not any(EVIDENCE.search(each) for each in self.lines[place:later])
                    if own and self._begins_with_word(rest) and self._is_attribution(rest, end, True):
                        start = later
                        break
                self.kinds[start] = Line.ATTRIBUTION
                for more in range(start + 1, end + 1):
                    self.kinds[more] = Line.ATTRIBUTION_MORE
                for each in range(start, end + 1):
                    self.header_kind.pop(each, None)
                return end + 1
        return place + 1

    def _begins_with_word(self, text: str) -> bool:
        head = text[:40].lower()
        return bool(self.patterns.starts.match(head) or head.lstrip(" *-_")[:1].isdigit())

    def _begins(self, text: str) -> bool:
        return self._begins_with_word(text) or "@" in text[:120]

    def _is_attribution(self, text: str, end: int, begins: bool) -> bool:
        text = text.strip(" -_*")
        lower = text.lower()
        colon = lower[-1:] in (":", "：")
        verb = self.patterns.verb.search(lower)
        ends_with_verb = bool(verb) and any(
            lower.rstrip(" .>").endswith(each[0]) for each in self.patterns.verb.finditer(lower)
        )
        if not colon and not lower.endswith(">") and not self.quote_follows(end):
            # "On Wed, 14 Nov 2018 08:14 Anna <anna@example.org> wrote": complete but for its colon
            return begins and ends_with_verb and "@" in text and bool(re.search(r"\d", text))
        evidence = EVIDENCE.search(lower)
        if verb and evidence:
            # "I read what Anna wrote on 3 March" is somebody's sentence; an attribution ends with its colon
            return colon or (begins and ends_with_verb) or (begins and "@" in text and self.quote_follows(end))
        if verb and colon and self.quote_follows(end) and len(text) < 120:
            return True
        if not evidence:
            return False
        if _DATE_FIRST.match(text) and (_ADDRESS_END.search(text) or (self.quote_follows(end) and len(text) < 120)):
            return True
        if begins and "@" in text and colon and _DATE.search(lower):
            return True
        return bool(_ADDRESS_END.search(text) and self.quote_follows(end) and (begins or colon))

    def quote_follows(self, end: int) -> bool:
        for place in range(end + 1, min(end + 4, len(self.lines))):
            if self.kinds[place] is not Line.EMPTY:
                return self.kinds[place] is Line.QUOTE
        return False
