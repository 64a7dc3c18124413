"""What went well, and where a hand is needed: the sentences of an answer, told apart.

Promises: pure. A sentence that asks for something is a need, every other one is part of a story; neighbours of one sort stay together, as written.
A label in front ("Good:", "Help:") decides for the rest of its line. "Nothing this time" is none. A question that asks for nothing we know is
given back.
Never:    takes "no help needed" for a need: what denies a need is neither.
Fails:    not at all.
"""

import re
from dataclasses import dataclass

from mailer.understand.asks.comments import Comments, read_comments
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.tokens import in_one_way, spans, tokens, unknown_words

LONGEST = 6_000
MOST_PIECES = 40

_ENDS = re.compile(r"(?<=[.!?])[ \t]+|\n")
_LABEL = re.compile(r"\s{0,4}(?:[-*•]|\d[.)])?\s{0,4}([^\W\d_][\w' ]{0,30}?)\s?[:–—]\s{0,3}")


@dataclass(frozen=True, slots=True)
class Stories:
    """*told*: what went well; *needs*: where a hand is needed; *none*: read, and nothing to tell."""

    told: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    none: bool = False
    not_understood: tuple[str, ...] = ()


def read_stories(text: str, language: str = "", author: str = "") -> Stories:
    """Read an answer to "anything that went well, anything where you need a hand?"."""
    body = answer_in(text, author, LONGEST)
    if not body:
        return Stories()
    if read_comments(body, language) == Comments(none=True) or body.strip(" .!\n").casefold() in ("n/a", "-", "–", "0"):
        return Stories(none=True)
    found: dict[str, list[str]] = {"story": [], "need": []}
    odd: list[str] = []
    before, labelled = "", ""
    for piece, fresh in _pieces(body):
        words, kind = piece, labelled if not fresh else ""
        if fresh and (label := _LABEL.match(piece)) is not None and (named := _named(label[1], language)):
            words, kind = piece[label.end() :].strip(), named
        labelled = kind
        kind = kind or _kind(words, language)
        if words.endswith("?") and kind != "need":
            odd.append(words[:300])  # asked back: that is no success to tell of
            before = ""
            continue
        if not words or not kind or read_comments(words, language) == Comments(none=True):
            before = ""
            continue
        if kind == before and not fresh:
            found[kind][-1] += f" {words}"
        else:
            found[kind].append(words)
        before = kind
    if not any(found.values()):
        return Stories(none=not odd, not_understood=tuple(odd))
    return Stories(tuple(found["story"]), tuple(found["need"]), not_understood=tuple(odd))


def _pieces(body: str) -> list[tuple[str, bool]]:
    """(sentence, whether it begins a line)."""
    out: list[tuple[str, bool]] = []
    at, fresh = 0, True
    for end in [*_ENDS.finditer(body), None][:MOST_PIECES]:
        stop = end.start() if end is not None else len(body)
        if piece := body[at:stop].strip():
            out.append((re.sub(r"^[-*•]\s+", "", piece), fresh))
            fresh = False
        if end is not None:
            at, fresh = end.end(), fresh or end[0] == "\n"
    return out


def _named(label: str, language: str) -> str:
    """What a label says; empty where it is none of ours."""

    def read(code: str) -> tuple[int, str | None]:
        laid = spans(tokens(label), code, ("stories.good", "stories.need", "items.help"))
        if laid and all(s.has("stories.good") for s in laid):
            return 0, "story"
        return (0, "need") if laid and all(s.has("stories.need", "items.help") for s in laid) else (9, None)

    return in_one_way(read, language) or ""


def _kind(sentence: str, language: str) -> str:
    """story or need; empty for a need that is denied."""

    def read(code: str) -> tuple[int, str | None]:
        laid = spans(
            tokens(sentence),
            code,
            ("stories.need", "stories.none_needed", "items.help", "stories.filler", "common.filler"),
        )
        if any(s.has("stories.none_needed") for s in laid):
            return unknown_words(laid), ""
        needs = any(s.has("stories.need", "items.help") for s in laid)
        return unknown_words(laid), "need" if needs else "story"

    found = in_one_way(read, language)
    return "story" if found is None else found
