"""Which of the choices of a letter somebody takes: "1 and 3", "the second", "young people", "none of these".

Promises: pure; only choices that the letter showed; every word of the whole text, or of its first sentence, must be understood, else nothing is
          taken. What follows that sentence is given back for a person to read.
Never:    guesses: where no choice is named, the words are given back.
Fails:    not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.listed import titles_of
from mailer.understand.asks.question import Choice
from mailer.understand.asks.tokens import in_one_way, spans, tokens, unknown_words

_CLASSES = (
    "picks.none",
    "picks.all",
    "picks.filler",
    "ranking.filler",
    "common.and",
    "common.both",
    "common.courtesy",
    "common.filler",
)


@dataclass(frozen=True, slots=True)
class Picks:
    """*taken*: numbers of the choices; *none*: none of them, in so many words."""

    taken: frozenset[int] = frozenset()
    none: bool = False
    not_understood: tuple[str, ...] = ()


def read_picks(text: str, choices: Sequence[Choice], language: str = "", author: str = "") -> Picks:
    """Read which of *choices* somebody takes."""
    body = answer_in(text, author)
    if not body:
        return Picks()
    whole = _read(body, choices, language)
    if whole is not None:
        return whole
    first, rest = (part.strip() for part in (*_FIRST.split(body, maxsplit=1), "")[:2])
    some = _read(first, choices, language) if rest else None
    return replace(some, not_understood=(rest[:300],)) if some is not None else Picks(not_understood=(body[:300],))


_FIRST = re.compile(r"(?<=[.!;])\s|\n|\s[-–—]\s")


def _read(body: str, choices: Sequence[Choice], language: str) -> Picks | None:
    known = {c.number for c in choices}
    found = tokens(body)
    names = dict(titles_of((c.number, c.name) for c in choices))

    def read(code: str) -> tuple[int, Picks | None]:
        laid = spans(found, code, _CLASSES, names)
        taken: set[int] = set()
        none = every = False
        for span in laid:
            if span.named:
                taken |= span.named
            elif span.has("number", "ordinal") and span.number is not None:
                if span.number not in known:
                    return unknown_words(laid), None
                taken.add(span.number)
            elif span.has("picks.none"):
                none = True
            elif span.has("picks.all"):
                every = True
        odd = any(not s.kinds for s in laid) or "?" in body
        if odd or (none and (taken or every)) or (every and taken) or not (taken or none or every):
            return unknown_words(laid), None
        return unknown_words(laid), Picks(frozenset(known if every else taken), none)

    return in_one_way(read, language)
