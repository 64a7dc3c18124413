"""Cut a short answer into words, numbers and marks, and find the expressions of a reader among them.

Promises: linear in the (capped) text; every token knows its place, so that words can be given back as typed.
Never:    knows what an expression means to a reader: it names the classes that an expression belongs to.
Fails:    not at all; what is neither word, number, address nor mark is passed over.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from mailer.understand.asks import words
from mailer.understand.clauses import plain

LONGEST_TEXT = 6_000
"""Characters read. An answer to one question is shorter."""
MOST_TOKENS = 800
LONGEST_EXPRESSION = 8  # words

_PIECES = re.compile(
    r"(?P<address>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    r"|(?P<url>(?:https?://|www\.)\S{1,300})"
    r"|(?P<number>\d{1,9})"
    r"|(?P<word>[^\W\d_]{1,60}(?:['’´`‘][^\W\d_]{1,60}){0,2})"
    r"|(?P<line>\n)"
    r"|(?P<mark>[^\w\s])"
)
_ENDINGS = {"ll": "will", "re": "are", "m": "am", "ve": "have", "s": "is", "d": "would"}
_WRITTEN_OUT = {"let's": ("let", "us"), "y'all": ("you", "all")}
_IRREGULAR = {"won't": "will", "shan't": "shall", "can't": "can"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word in the form in which it is compared, a number, an address or a mark, and where it stood."""

    form: str
    start: int
    end: int
    sort: str
    capital: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """An expression, a number, a mark or an unknown word. *kinds*: the classes it belongs to, none for an unknown word.

    *number*: for numbers and ordinals (-1: the last). *named*: numbers of those on the letter's list whom it may name."""

    kinds: frozenset[str]
    begin: int
    """Place of the first token."""
    end: int
    start: int
    """Place of the first character."""
    stop: int
    number: int | None = None
    named: frozenset[int] = frozenset()
    value: object = None

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)


def is_a(*kinds: str) -> Callable[[Span], bool]:
    """Whether a span belongs to one of these classes."""
    return lambda span: span.has(*kinds)


def is_bare(text: str, span: Span) -> bool:
    """Nothing but a mark, a line's end or the end behind it: "si" without its accent is a yes there, and an "if" elsewhere."""
    return text[span.stop :].lstrip(" \t")[:1] in ("", ",", ".", ";", "!", "\n", ")", "-", "–", "—")


_TELEPHONE = re.compile(
    r"(?<![\w/-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)|\d{2,4})[ .-]{1,2}\d{3}[ .-]\d{3,5}(?![\w/-])"
    r"|(?<![\w/-])\d{3}-\d{4}(?![\w/-])|\+\d{1,3} ?\d[\d ]{5,14}\d"
)


def is_all_of(text: str, span: Span, code: str, count: int) -> bool:
    """Whether "both" are two, and "all three" three."""
    if span.has("common.both"):
        return count == 2
    said = words.numbers(code).get(plain(text[span.start : span.stop].split()[-1]))
    return said is None or said == count


def without_telephones(text: str) -> str:
    """Telephone numbers stand on lists and in signatures, and come back with the answer; blanks take their place."""
    return _TELEPHONE.sub(lambda match: " " * len(match[0]), text)


def tidy(text: str, most: int = LONGEST_TEXT) -> str:
    """Cap *text*; one kind of line end, no invisible characters."""
    text = text[:most].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u202f", " ")
    return "".join(c for c in text if c == "\n" or c == "\t" or (c.isprintable() and not "\ud800" <= c <= "\udfff"))


def tokens(text: str) -> list[Token]:
    """The tokens of a text that is `tidy`."""
    found: list[Token] = []
    for piece in _PIECES.finditer(text):
        if len(found) >= MOST_TOKENS:
            break
        sort, typed, start, end = piece.lastgroup or "", piece.group(), piece.start(), piece.end()
        if sort != "word":
            form = typed.lower().rstrip(".") if sort == "address" else typed
            found.append(Token(form, start, end, sort))
            continue
        capital = typed[:1].isupper()
        for form in _written_out(re.sub("[’´`‘]", "'", typed)):
            found.append(Token(form, start, end, "word", capital))
    return found


def _written_out(word: str) -> Iterable[str]:
    """ "can't" is "can not", "I'll" is "i will", "l'après-midi" is "l après midi"."""
    if word.lower() == "sí":
        return ("sí",)  # the accent tells yes from if
    folded = plain(word)
    if "'" not in folded:
        return (folded,)
    if folded in _WRITTEN_OUT:
        return _WRITTEN_OUT[folded]
    if folded[1] == "'" and folded[0] in "od" and word[:1].isupper() and word[2:3].isupper():
        return (folded.replace("'", ""),)  # O'Neil, D'Angelo
    if folded.endswith("n't"):
        return (_IRREGULAR.get(folded, folded[:-3]), "not")
    head, _, tail = folded.rpartition("'")
    return (*head.split("'"), _ENDINGS.get(tail, tail) if len(head) > 1 or head == "i" else tail)


def unread(text: str) -> str:
    """What of *text* is beyond the caps, and was not read."""
    found = tokens(tidy(text))
    if len(found) >= MOST_TOKENS:
        return tidy(text)[found[-1].end :].strip() or text[LONGEST_TEXT:].strip()
    return text[LONGEST_TEXT:].strip()


@cache
def _entries(code: str, classes: tuple[str, ...]) -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    """First word → the expressions that begin with it, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in classes:
        for entry in words.expressions(code, name):
            forms = tuple(t.form for t in tokens(tidy(entry)))
            found.setdefault(forms[0], []).append((forms, name))
    return {first: sorted(entries, key=lambda e: -len(e[0])) for first, entries in found.items()}


@cache
def _ordinals(code: str) -> Mapping[str, int]:
    return {plain(word): number for word, number in words.content(code)["ordinals"].items()}


Matcher = Callable[[Sequence[Token], int], tuple[int, str, object] | None]
"""Looks for something of its own at a place: the place after it, its kind and its value."""


def spans(
    found: Sequence[Token],
    code: str,
    classes: tuple[str, ...],
    names: Mapping[tuple[str, ...], frozenset[int]] = {},
    matchers: Iterable[Matcher] = (),
) -> list[Span]:
    """Lay expressions over the tokens, the longest first; where two are as long, the span has the classes of both."""
    entries = _entries(code, classes)
    matchers = tuple(matchers)
    firsts = {name[0] for name in names}
    out: list[Span] = []
    i, n = 0, len(found)
    while i < n:
        best = _one(found, i, code, names if found[i].form in firsts else {})
        candidates = [best]
        for forms, name in entries.get(found[i].form, ()):
            size = len(forms)
            if size <= n - i and all(found[i + k].form == forms[k] for k in range(size)):
                candidates.append(_span(found, i, i + size, name))
        for matcher in matchers:
            match = matcher(found, i)
            if match is not None:
                end, kind, value = match
                candidates.append(replace(_span(found, i, end, kind), value=value))
        longest = max(c.end for c in candidates)
        merged: Span | None = None
        for each in candidates:
            if each.end == longest:
                merged = each if merged is None else _both(merged, each)
        assert merged is not None
        out.append(merged)
        i = longest
    return out


def _both(one: Span, other: Span) -> Span:
    return replace(
        one,
        kinds=one.kinds | other.kinds,
        number=one.number if one.number is not None else other.number,
        named=one.named | other.named,
        value=one.value if one.value is not None else other.value,
    )


def _span(found: Sequence[Token], begin: int, end: int, *kinds: str) -> Span:
    return Span(frozenset(kinds), begin, end, found[begin].start, found[end - 1].end)


def _one(found: Sequence[Token], i: int, code: str, names: Mapping[tuple[str, ...], frozenset[int]]) -> Span:
    """What stands at a place without any class: a name on the list, a number, an ordinal, a mark, a word."""
    for size in range(min(LONGEST_EXPRESSION, len(found) - i), 0, -1) if names else ():
        key = tuple(t.form for t in found[i : i + size])
        if key in names:
            return replace(_span(found, i, i + size, "name"), named=names[key])
    token = found[i]
    if token.sort == "number":
        end = i + 1
        if (
            end < len(found)
            and found[end].start == token.end
            and found[end].form in ("st", "nd", "rd", "th", "º", "ª", "°")
        ):
            return replace(_span(found, i, end + 1, "ordinal"), number=int(token.form))
        return replace(_span(found, i, end, "number"), number=int(token.form))
    if token.sort == "word":
        if (number := words.numbers(code).get(token.form)) is not None:
            return replace(_span(found, i, i + 1, "number"), number=number)
        if (number := _ordinals(code).get(token.form)) is not None:
            return replace(_span(found, i, i + 1, "ordinal"), number=number)
        return _span(found, i, i + 1)
    return _span(found, i, i + 1, token.sort)


_T = TypeVar("_T")


def in_one_way(read: Callable[[str], tuple[int, _T | None]], hint: str = "") -> _T | None:
    """Read in each language; *read* gives how many words it did not know, and what it read, or None where it cannot read it.

    The languages that leave the fewest words unknown count, and no other: else a language that knows less would read more out of
    it. Of those, *hint*; where they differ and nothing tells, none does."""
    results = {code: read(code) for code in words.codes()}
    fewest = min(unknown for unknown, _ in results.values())
    best = {code: value for code, (unknown, value) in results.items() if unknown == fewest and value is not None}
    hint = hint[:2].lower()
    if hint in best:
        return best[hint]
    first, *others = best.values() or (None,)
    return first if all(other == first for other in others) else None


def unknown_words(laid: Iterable[Span]) -> int:
    """How many words are in no class."""
    return sum(1 for span in laid if not span.kinds)
