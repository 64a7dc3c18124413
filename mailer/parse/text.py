"""The words a person wrote now, out of a plain text with everything that programs put around them.

Promises: pure; linear in the text; never empty where the person wrote something. What was taken away is kept apart: signature
          (names and telephone numbers of delegates stand there) and quoted text.
Never:    cuts on shape alone: an attribution needs a verb or a start word and a date, a time or an address; a header block needs
          three of its lines.
Fails:    not at all.

The way: tidy (so that no pattern meets a monster), give each line a class, find the places where somebody else's text begins,
keep what is left. After email_reply_trimmer's design (line classes and one pass), with our own letter's lines subtracted first.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

MOST_LINES = 1_500
MOST_LINE = 4_000
MOST_HEADER_LINE = 400  # attributions and headers are short; longer lines are somebody's words


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The three parts of a reply, each as written. *sure* is False where the words stand below an attribution without any mark
    of quoting: they may be the person's answer or our own letter come back."""

    words: str
    signature: str = ""
    quoted: str = ""
    sure: bool = True


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


class _Patterns:
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
def _patterns() -> _Patterns:
    return _Patterns()


_EVIDENCE = re.compile(
    r"\d{1,2}[:.h]\d\d|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.|,)?\s{1,2}\w{3,}|\w{3,}\.?\s\d{1,2}(?!\w)|@|\d月"
)
_DATE_FIRST = re.compile(r"\W{0,2}\d{2,4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,4}")
_ADDRESS_END = re.compile(r"[<\[(](?:mailto:)?[^<>@\s]{1,100}@[^<>@\s]{1,200}[>\])]\s*[:：,]?$")
_DECORATED = re.compile(r"[-_=*]{3,}[^-_=*\d]{3,60}[-_=*]{3,}$")
_NOTES = ("sent by", "please respond to", "gesendet von", "bitte antwort an", "enviado por", "envoyé par")
_RULE = re.compile(r"[-_=*~#–—]{5,}$")
_SIGNATURE = re.compile(r"(?:--|__|—|––|- -|-- ?|——)$")
_FOOTER_WORDS = re.compile(
    r"confidential|disclaimer|virus|monitored|privileged|mailing list|unsubscribe|vertraulich|confidencial"
)
_FOOTER_TITLE = re.compile(
    r"\W{0,8}(?:disclaimer|confidential\w*(?: notice)?|legal notice|important(?: notice)?|notice|aviso legal|haftungsausschluss)\W{0,8}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"https?://|www\.|@\w|\+?\d[\d ().-]{7,}\d")
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
                lines[-1] += (
                    line.lstrip()
                )  # "<anna@example.org" and on the next line ">:": a wrapped attribution, not a quote
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


def trim(text: str, own_text: str = "") -> Trimmed:
    """Split a reply into the words written now, the signature and the rest. *own_text* is the letter that it answers."""
    lines = tidy(text)
    if not lines:
        return Trimmed("")
    return _Reply(lines, own_text).trimmed()


def _plain(line: str) -> str:
    return re.sub(r"[\W_]+", " ", line).strip().casefold()


class _Reply:
    """One reply under work. `kinds` runs parallel to `lines`; `fate` says where each line goes: n(ew), s(ignature), q(uoted)."""

    def __init__(self, lines: list[str], own_text: str) -> None:
        self.lines = lines
        self.patterns = _patterns()
        self.header_kind: dict[int, str] = {}
        self.header_words: dict[int, str] = {}  # a header's name alone on its line
        self.kinds = [self._kind(place, line) for place, line in enumerate(lines)]
        self.fate = ["n"] * len(lines)
        self.sure = True
        self._decorated()
        self._attributions()
        if own_text:
            self._own(own_text)

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

    def _own(self, own_text: str) -> None:
        whole = " " + _plain(own_text) + " "
        for place, (kind, line) in enumerate(zip(self.kinds, self.lines, strict=True)):
            if kind is Line.TEXT or kind is Line.HEADER:
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
                    own = before[-1:] in ".!?…" or not any(_EVIDENCE.search(each) for each in self.lines[place:later])
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
        if not colon and not lower.endswith(">") and not self._quote_follows(end):
            # "On Wed, 14 Nov 2018 08:14 Anna <anna@example.org> wrote": complete but for its colon
            return begins and ends_with_verb and "@" in text and bool(re.search(r"\d", text))
        evidence = _EVIDENCE.search(lower)
        if verb and evidence:
            # "I read what Anna wrote on 3 March" is somebody's sentence; an attribution ends with its colon
            return colon or (begins and ends_with_verb) or (begins and "@" in text and self._quote_follows(end))
        if verb and colon and self._quote_follows(end) and len(text) < 120:
            return True
        if not evidence:
            return False
        if _DATE_FIRST.match(text) and (_ADDRESS_END.search(text) or (self._quote_follows(end) and len(text) < 120)):
            return True
        if begins and "@" in text and colon and re.search(r"\d", text):
            return True
        return bool(_ADDRESS_END.search(text) and self._quote_follows(end) and (begins or colon))

    def _quote_follows(self, end: int) -> bool:
        for place in range(end + 1, min(end + 4, len(self.lines))):
            if self.kinds[place] is not Line.EMPTY:
                return self.kinds[place] is Line.QUOTE
        return False

    # what goes where --------------------------------------------------------------------------------------------------

    def trimmed(self) -> Trimmed:
        self._cut_quotes()
        self._cut_signatures()
        self._cut_footers()
        self._cut_closing()
        for place in range(len(self.lines) - 1, -1, -1):
            if self.fate[place] == "n" and self.kinds[place] not in (Line.EMPTY, Line.RULE):
                break
            self.fate[place] = (
                "q" if self.fate[place] == "n" else self.fate[place]
            )  # a line across the page ends nothing
        return Trimmed(self._part("n"), self._part("s"), self._part("q"), self.sure)

    def _part(self, fate: str) -> str:
        out: list[str] = []
        for line, its in zip(self.lines, self.fate, strict=True):
            if its == fate:
                out.append(line)
            elif out and out[-1]:
                out.append("")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n").rstrip()

    def _mark(self, start: int, end: int, fate: str) -> None:
        for place in range(start, end):
            self.fate[place] = fate

    def _header_block(self, place: int) -> int:
        """The end of a header block that begins at *place*, or 0. Three kinds of line, one of them From or Sent."""
        kinds: set[str] = set()
        end = at = place
        gap = 0
        while at < len(self.lines) and at < place + 16:
            kind = self.kinds[at]
            if kind is Line.HEADER:
                kinds.add(self.header_kind.get(at, "other"))
                if len(self.lines[at]) > 60:
                    # all of it on one line: "From: Anna Sent: Monday To: Bert Subject: Spring"
                    kinds |= {
                        self.patterns.header_kinds[match[1].lower()]
                        for match in self.patterns.more_headers.finditer(self.lines[at])
                    }
                end, gap = at + 1, 0
            elif kind is Line.EMPTY and gap < 1:
                gap += 1
            elif kind in (Line.TEXT, Line.OWN) and gap == 0 and kinds and self._continues_header(at):
                end = at + 1
            else:
                break
            at += 1
        sure = len(kinds) >= 3 and ("from" in kinds or "sent" in kinds)
        return end if sure else 0

    def _notes_block(self, place: int) -> int | None:
        """Where a block of Lotus Notes begins whose "To" stands at *place*: words alone on their lines, names and date above."""
        if self.header_words.get(place) != "to":
            return None
        near = {self.header_words.get(each) for each in range(place + 1, min(place + 10, len(self.lines)))}
        if not {"to", "subject"} <= near:  # a second one of the kind "to" is cc
            return None
        start = place
        for at in range(place - 1, max(place - 10, -1), -1):
            line = self.lines[at]
            if line and not (_EVIDENCE.search(line) or line.lower().startswith(_NOTES)):
                break
            start = at
        return start

    def _continues_header(self, at: int) -> bool:
        line = self.lines[at].strip()
        # a wrapped To: or Subject: line; only where another header line follows soon
        follows = any(self.kinds[each] is Line.HEADER for each in range(at + 1, min(at + 3, len(self.lines))))
        return follows and ("@" in line or ";" in line or len(line) < 60)

    def _cut_quotes(self) -> None:
        place = 0
        while place < len(self.lines):
            kind = self.kinds[place]
            end = 0
            if kind is Line.QUOTE or kind is Line.OWN:
                self.fate[place] = "q"
            elif kind is Line.ATTRIBUTION:
                end = place + 1
                while end < len(self.lines) and self.kinds[end] is Line.ATTRIBUTION_MORE:
                    end += 1
            elif kind is Line.DELIMITER:
                end = self._delimiter_end(place)
            elif kind is Line.HEADER:
                end = self._header_block(place)
            elif kind is Line.TEXT and (start := self._notes_block(place)) is not None:
                self._mark(start, len(self.lines), "q")
                return
            if end:
                start = self._with_rule(place)
                self._mark(start, end, "q")
                if self._parent_is_unquoted(end):
                    if (
                        kind is not Line.ATTRIBUTION
                        or self._written(0, start)
                        or not self._written(end, len(self.lines))
                    ):
                        self._mark(start, len(self.lines), "q")
                        return
                    self.sure = False  # an answer below, without a mark of quoting: all of it may be his, or none
                place = end
            else:
                place += 1
        self._lazy_quotes()

    def _written(self, start: int, end: int) -> bool:
        """Whether there is text of the person's between."""
        return any(self.kinds[at] in (Line.TEXT, Line.HEADER) and self.fate[at] == "n" for at in range(start, end))

    def _delimiter_end(self, place: int) -> int:
        end = place + 1
        while end < len(self.lines) and self.kinds[end] in (Line.EMPTY, Line.RULE):
            end += 1
        return self._header_block(end) or place + 1 if end < len(self.lines) else place + 1

    def _with_rule(self, place: int) -> int:
        at = place - 1
        while at >= 0 and self.kinds[at] is Line.EMPTY and place - at < 4:
            at -= 1
        return at if at >= 0 and self.kinds[at] in (Line.RULE, Line.DELIMITER) else place

    def _parent_is_unquoted(self, end: int) -> bool:
        """Whether somebody else's text goes on without marks: then nothing below can be told from it."""
        for place in range(end, min(end + 12, len(self.lines))):
            kind = self.kinds[place]
            if kind is Line.QUOTE:
                return False
            if kind in (Line.TEXT, Line.HEADER, Line.SIGNATURE, Line.DEVICE, Line.OWN) and not self._header_block(
                place
            ):
                return True
        return True

    def _lazy_quotes(self) -> None:
        # a quoting program wrapped a long line and left the rest of it without a mark
        for place in range(1, len(self.lines)):
            if (
                self.fate[place] == "n"
                and self.kinds[place] is Line.TEXT
                and self.kinds[place - 1] is Line.QUOTE
                and len(self.lines[place - 1]) >= 66
                and len(self.lines[place]) < 30
                and self.lines[place][:1].islower()
                and (place + 1 < len(self.lines) and self.kinds[place + 1] is Line.QUOTE)
            ):
                self.fate[place] = "q"

    def _segments(self) -> Iterable[tuple[int, int]]:
        start = None
        for place, fate in enumerate([*self.fate, "end"]):
            if fate == "n" and start is None:
                start = place
            elif fate != "n" and start is not None:
                yield start, place
                start = None

    def _cut_signatures(self) -> None:
        written = False
        for start, end in list(self._segments()):
            for place in range(start, end):
                kind = self.kinds[place]
                if kind in (Line.SIGNATURE, Line.DEVICE) and written:
                    # what follows a phone's line without any mark is the letter it answers (Outlook for Android)
                    self._mark(place, end, "s")
                    break
                if kind in (Line.SIGNATURE, Line.DEVICE):
                    self.fate[place] = "s"
                elif kind in (Line.TEXT, Line.HEADER):
                    written = True

    def _cut_closing(self) -> None:
        """Move "Kind regards", a name and how to reach its owner to the signature, where all three stand at the end of the words."""
        for start, end in list(self._segments()):
            for place in range(start + 1, end):
                if self.lines[place].strip(" ,.!-–").casefold() not in self.patterns.closings:
                    continue
                below = [line.strip() for line in self.lines[place + 1 : end] if line.strip()]
                brief = 1 < len(below) <= 12 and all(len(line) <= 80 and line[-1] not in "?!" for line in below)
                if brief and any(_CONTACT.search(line) for line in below) and self._written(start, place):
                    self._mark(place, end, "s")
                break

    def _cut_footers(self) -> None:
        written = False
        for start, end in list(self._segments()):
            place = start
            while place < end:
                stop = place
                while stop < end and self.lines[stop] and (stop == place or self.kinds[stop] is not Line.RULE):
                    stop += 1
                if stop > place:
                    if self._is_footer(place, stop, written):
                        self._mark(self._footer_start(place, start), end if written else stop, "s")
                        if written:
                            break
                    elif any(self.kinds[at] in (Line.TEXT, Line.HEADER) for at in range(place, stop)):
                        written = True
                place = max(stop, place + 1)

    def _is_footer(self, place: int, stop: int, written: bool) -> bool:
        paragraph = " ".join(self.lines[place:stop]).lower()
        if len(paragraph) > 40 and self.patterns.disclaimers.search(paragraph):
            return True
        if not written:
            return False
        if self.patterns.services.search(paragraph):
            return True
        if self.kinds[place] is not Line.RULE and not (place > 1 and self._footer_start(place, 0) < place):
            return False
        # under a line across the page little evidence is enough
        return bool(_FOOTER_WORDS.search(paragraph) or _CONTACT.search(paragraph))

    def _footer_start(self, place: int, start: int) -> int:
        at = place - 1
        while at > start and (
            self.kinds[at] is Line.EMPTY or (len(self.lines[at]) < 40 and _FOOTER_TITLE.match(self.lines[at]))
        ):
            at -= 1
        if at > start and self.kinds[at] is Line.RULE:
            return at
        return at + 1 if any(self.lines[each] for each in range(at + 1, place)) else place
