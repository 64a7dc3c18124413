"""Names of people among the words of a short answer: rows of words with capitals that no list knows.

Promises: pure; names as typed. Never: decides who somebody is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mailer.understand.asks import words
from mailer.understand.asks.tokens import Span
from mailer.understand.clauses import plain

MOST_WORDS = 5
GIVEN = frozenset(
    {"will", "may", "grace", "hope", "art", "bill", "mark", "rose", "june", "april", "august", "rich", "faith", "joy"}
)
"""Given names that are words too."""
PARTICLES = frozenset(
    {
        "de",
        "la",
        "del",
        "los",
        "las",
        "van",
        "von",
        "der",
        "den",
        "di",
        "da",
        "dos",
        "du",
        "le",
        "al",
        "bin",
        "ter",
        "y",
        "zu",
    }
)


@dataclass(frozen=True, slots=True)
class Named:
    """*unknown*: how many words are neither names nor on any list; *numbers*: whether there are numbers."""

    names: tuple[str, ...]
    unknown: int
    numbers: bool


def names_in(body: str, laid: Sequence[Span], titles: tuple[str, ...], *organisation: str) -> Named:
    """Collect names; *titles* ("Dr") may begin one, what follows a word of the class *organisation* ("from") is a firm, no person."""
    names: list[str] = []
    unknown = 0
    numbers = False
    i, n = 0, len(laid)
    while i < n:
        span = laid[i]
        if span.has("number", "ordinal") and not body[span.start].isalpha():
            numbers = True
            i += 1
        elif span.has(*organisation) and i + 1 < n and _may_begin(body, laid[i + 1]):
            i = _name_end(body, laid, i + 1)
        elif i + 1 < n and _is_given(body, span) and _may_begin(body, laid[i + 1]):
            end = _name_end(body, laid, i + 1)
            names.append(body[span.start : laid[end - 1].stop])
            i = end
        elif not span.kinds or (span.has("number", "ordinal") and body[span.start].isalpha()):
            if _may_begin(body, span) and _is_name(body, laid[i : _name_end(body, laid, i)]):
                end = _name_end(body, laid, i)
                names.append(re.sub(r"['’]s$", "", body[span.start : laid[end - 1].stop]))
                i = end
            else:
                unknown += 1
                i += 1
        else:
            i += 1
    return Named(tuple(dict.fromkeys(names)), unknown, numbers)


def _may_begin(body: str, span: Span) -> bool:
    return not span.kinds and body[span.start].isupper()


def _is_given(body: str, span: Span) -> bool:
    """Will, in "Will Smith"."""
    typed = body[span.start : span.stop]
    return bool(span.kinds) and typed.istitle() and typed.lower() in GIVEN


def _is_name(body: str, laid: Sequence[Span]) -> bool:
    """Not a weekday, and no capitals alone ("HR")."""
    typed = body[laid[0].start : laid[-1].stop]
    return not (typed.isupper() and " " not in typed) and any(plain(part) not in _words() for part in typed.split())


@cache
def _words() -> frozenset[str]:
    """Words of any list: by themselves they are no names, capital or not."""
    every = {
        plain(entry)
        for code in words.codes()
        for table, classes in words.content(code).items()
        if table not in ("numbers", "ordinals")
        for entries in classes.values()
        for entry in entries
    }
    return frozenset(every | {part for entry in every for part in entry.split() if len(part) > 2} - GIVEN)


def _name_end(body: str, laid: Sequence[Span], i: int) -> int:
    """The place after the name that begins at *i*."""
    end = i + 1
    while end < len(laid) and end - i < MOST_WORDS:
        span = laid[end]
        typed = body[span.start : span.stop]
        between = body[laid[end - 1].stop : span.start]
        if "\n" in between:
            break
        if _may_begin(body, span) or (typed.istitle() and span.has("delegate.title")):
            end += 1
        elif (after := _after_particles(body, laid, end)) is not None:
            end = after
        elif typed in ("-", ".") and not between and end + 1 < len(laid) and (_may_begin(body, laid[end + 1])):
            if typed == "." and span.start - laid[end - 1].start > 3:
                break  # a full stop after a word ends the sentence; after an initial it does not
            end += 2
        else:
            break
    return end


def _after_particles(body: str, laid: Sequence[Span], i: int) -> int | None:
    """The place after "de la Cruz"."""
    end = i
    while end < min(len(laid), i + 3) and body[laid[end].start : laid[end].stop].lower() in PARTICLES:
        end += 1
    return end + 1 if end > i and end < len(laid) and _may_begin(body, laid[end]) else None
