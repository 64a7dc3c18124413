"""A place among the tokens of an answer, and what stands there in one language: months, weekdays, expressions of the table ``[dates]``.

Promises: pure; looking at a place costs what can begin there. Never: knows what day an expression means.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from mailer.understand.asks import words
from mailer.understand.asks.tokens import Token, tidy, tokens
from mailer.understand.clauses import plain


@cache
def named_words(code: str, kind: str) -> Mapping[str, int]:
    """Months (1-12) or weekdays (0-6) by name."""
    first = 1 if kind == "months" else 0
    rows: Sequence[str] = words.expressions(code, f"dates.{kind}")
    return {plain(name): number for number, names in enumerate(rows, first) for name in names.split()}


@cache
def phrases(code: str, kind: str) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """First word → the expressions of the class ``dates.kind`` that begin with it, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in words.expressions(code, f"dates.{kind}"):
        forms = tuple(t.form for t in tokens(tidy(entry)))
        found.setdefault(forms[0], []).append(forms)
    return {first: sorted(entries, key=len, reverse=True) for first, entries in found.items()}


@cache
def openers(code: str) -> frozenset[str]:
    """Words that a day or an hour can begin with, beside digits."""
    kinds = [kind for kind in words.content(code)["dates"] if kind not in ("months", "weekdays", "month_first")]
    named = {*named_words(code, "months"), *named_words(code, "weekdays"), *words.numbers(code)}
    return frozenset(named.union(*(phrases(code, kind) for kind in kinds)))


SUFFIXES = frozenset({"st", "nd", "rd", "th", "º", "ª", "°", "er", "."})


class Cursor:
    """A place among tokens, and what stands there in one language."""

    __slots__ = ("code", "found")

    def __init__(self, found: Sequence[Token], code: str) -> None:
        self.found = found
        self.code = code

    def form(self, i: int) -> str:
        return self.found[i].form if i < len(self.found) else ""

    def sort(self, i: int) -> str:
        return self.found[i].sort if i < len(self.found) else ""

    def close(self, i: int) -> bool:
        """Whether token *i* stands right behind the one before."""
        return 0 < i < len(self.found) and self.found[i].start == self.found[i - 1].end

    def phrase(self, i: int, kind: str) -> int | None:
        """The place after an expression of the class ``dates.kind``; None where there is none."""
        for forms in phrases(self.code, kind).get(self.form(i), ()):
            if all(self.form(i + k) == form for k, form in enumerate(forms)):
                return i + len(forms)
        return None

    def past(self, i: int, *kinds: str) -> int:
        """The place after any of these, once; *i* where there is none."""
        for kind in kinds:
            end = self.phrase(i, kind)
            if end is not None:
                return end
        return i

    def digits(self, i: int, most: int = 2) -> int | None:
        return int(self.form(i)) if self.sort(i) == "number" and len(self.form(i)) <= most else None

    def named(self, i: int, kind: str) -> int | None:
        return named_words(self.code, kind).get(self.form(i)) if self.sort(i) == "word" else None

    def count(self, i: int) -> int | None:
        number = self.digits(i, 3)
        return number if number is not None else words.numbers(self.code).get(self.form(i))
