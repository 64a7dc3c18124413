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
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.parse.lines import EVIDENCE, MOST_HEADER_LINE, Line, Lines, tidy


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The three parts of a reply, each as written. *sure* is False where the words stand below an attribution without any mark
    of quoting: they may be the person's answer or our own letter come back."""

    words: str
    signature: str = ""
    quoted: str = ""
    sure: bool = True


_FOOTER_WORDS = re.compile(
    r"confidential|disclaimer|virus|monitored|privileged|mailing list|unsubscribe|vertraulich|confidencial"
)
_FOOTER_TITLE = re.compile(
    r"\W{0,8}(?:disclaimer|confidential\w*(?: notice)?|legal notice|important(?: notice)?|notice|aviso legal|haftungsausschluss)\W{0,8}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"https?://|www\.|@\w|\+?\d[\d ().-]{7,}\d")
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|hola|hallo|bonjour|guten tag|good (?:morning|afternoon|evening)|buen[oa]s (?:d[ií]as|tardes|noches))"
    r"(?: [\w.'-]{1,20}){0,3}\W{0,3}$",
    re.IGNORECASE,
)
_NOTES = ("sent by", "please respond to", "gesendet von", "bitte antwort an", "enviado por", "envoyé par")


def trim(text: str, own_text: str = "", marked: bool = False) -> Trimmed:
    """Split a reply into the words written now, the signature and the rest. *own_text* is the letter that it answers. *marked*: a
    program has marked every quote, as in HTML."""
    lines = tidy(text)
    if not lines:
        return Trimmed("")
    return _Reply(lines, own_text).trimmed(marked)


class _Reply(Lines):
    """One reply under work. `fate` says where each line goes: n(ew), s(ignature), q(uoted), p(icked by the person from what is quoted)."""

    def __init__(self, lines: list[str], own_text: str) -> None:
        super().__init__(lines, own_text)
        self.fate = ["n"] * len(lines)
        self.sure = True

    def trimmed(self, marked: bool) -> Trimmed:
        self._cut_quotes()
        if not marked:
            self._keep_picked_quotes()
        self._cut_signatures()
        self._keep_more_than_a_greeting()
        self._cut_footers()
        self._cut_closing()
        for place in range(len(self.lines) - 1, -1, -1):
            if self.fate[place] == "n" and self.kinds[place] not in (Line.EMPTY, Line.RULE):
                break
            self.fate[place] = (
                "q" if self.fate[place] == "n" else self.fate[place]
            )  # a line across the page ends nothing
        return Trimmed(self._part("np"), self._part("s"), self._part("qp"), self.sure)

    def _part(self, fates: str) -> str:
        out: list[str] = []
        for line, its in zip(self.lines, self.fate, strict=True):
            if its in fates:
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
            if line and not (EVIDENCE.search(line) or line.lower().startswith(_NOTES)):
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

    def _keep_picked_quotes(self) -> None:
        """In doubt quoted lines stay: where nothing above tells the person's words from the letter, and where the mail opens with
        lines that no program introduced and that the person answers below. Their marks stay too: nobody reads them as his words."""
        first = next((at for at, kind in enumerate(self.kinds) if kind is not Line.EMPTY), 0)
        if not self.sure:
            start, end = first, len(self.lines)
        elif self.kinds[first] is Line.QUOTE:
            start = end = first
            while end < len(self.lines) and self.kinds[end] in (Line.QUOTE, Line.EMPTY):
                end += 1
            if self._introduced(start, end) or not self._written(end, len(self.lines)):
                return
        else:
            return
        for place in range(start, end):
            if self.kinds[place] is Line.QUOTE and not self.is_own(self.lines[place]):
                self.fate[place] = "p"

    def _introduced(self, start: int, end: int) -> bool:
        """Whether a line of the quote itself says who wrote it and when, as some programs put it."""
        head = " ".join(line.lstrip("> ").strip() for line in self.lines[start : min(start + 4, end)])[
            :MOST_HEADER_LINE
        ]
        return bool(EVIDENCE.search(head) and (self.patterns.verb.search(head.lower()) or "://" in head))

    def _keep_more_than_a_greeting(self) -> None:
        """A mail of "Hello" and a signature says nothing: then what was taken for the signature may be the message."""
        left = [line.strip() for line, fate in zip(self.lines, self.fate, strict=True) if fate == "n" and line.strip()]
        if len(left) == 1 and _GREETING.match(left[0]):
            self.fate = ["n" if fate == "s" else fate for fate in self.fate]

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
