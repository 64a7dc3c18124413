"""An order of preference: "3, 1, 2", "first B then A", "A > C > B".

Promises: pure; only things that were to be put into order, none twice. An order may leave some out.
Never:    guesses: a list of places and a list of things cannot be told apart where both are bare numbers beside one another.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.listed import titles_of
from mailer.understand.asks.question import Choice
from mailer.understand.asks.tokens import Span, in_one_way, spans, tokens, unknown_words

MOST_CHOICES = 50


@dataclass(frozen=True, slots=True)
class Ranking:
    """*order*: numbers of the choices, the best first. *complete*: all of them stand in it."""

    order: tuple[int, ...] = ()
    complete: bool = False
    not_understood: tuple[str, ...] = ()


_CLASSES = ("ranking.filler", "ranking.then", "common.and", "common.courtesy")
_MARKS = frozenset(",.;:>)(-–—→=/#\n")


def read_ranking(text: str, choices: Sequence[Choice], language: str = "", author: str = "") -> Ranking:
    """Read an order of *choices*."""
    body = answer_in(text, author)
    if not body:
        return Ranking()
    choices = choices[:MOST_CHOICES]
    found = tokens(body)
    names: dict[tuple[str, ...], frozenset[int]] = dict(titles_of((c.number, c.name) for c in choices))
    names |= {(c.letter.lower(),): frozenset({c.number}) for c in choices if c.letter}

    def read(code: str) -> tuple[int, Ranking | None]:
        laid = spans(found, code, _CLASSES, names)
        order = _order(body, laid, {c.number for c in choices})
        return unknown_words(laid), Ranking(order, len(order) == len(choices)) if order else None

    return in_one_way(read, language) or Ranking(not_understood=(body[:300],))


def _order(body: str, laid: Sequence[Span], known: set[int]) -> tuple[int, ...]:
    """The order, or nothing where it is not understood."""
    places: list[int | None] = []
    things: list[int] = []
    place: int | None = None
    numbered = _has_places(body, laid)
    for i, span in enumerate(laid):
        if span.has("mark", "line"):
            if body[span.start] not in _MARKS:
                return ()
            continue
        named = _named(body, laid, i)
        if named:
            if len(named) != 1:
                return ()
            places.append(place)
            things.append(next(iter(named)))
            place = None
        elif (
            span.number is not None
            and span.has("ordinal", "number")
            and not (span.has("ranking.filler") and span.has("number"))
        ):
            if things and places[-1] is None and (_is_behind(laid, i) or _is_rank(body, laid, i)):
                places[-1] = span.number  # "B first", "B: 2"
            elif span.has("ordinal") or (numbered and place is None and _is_place(body, laid, i)):
                place = span.number
            elif span.number in known and not numbered:
                places.append(place)
                things.append(span.number)
                place = None
            else:
                return ()
        elif not span.has(*_CLASSES):
            return ()
    return _sorted(things, places, place)


def _is_behind(laid: Sequence[Span], i: int) -> bool:
    """An ordinal right behind a name: "B first, A second"."""
    if not laid[i].has("ordinal") or not laid[i - 1].named:
        return False
    after = laid[i + 1] if i + 1 < len(laid) else None
    return after is None or bool(after.named) or after.has("mark", "line", "ranking.then", "common.and")


def _is_rank(body: str, laid: Sequence[Span], i: int) -> bool:
    """B: 2, A = 1"""
    return i >= 2 and laid[i].has("number") and bool(laid[i - 2].named) and body[laid[i - 1].start] in ":="


def _named(body: str, laid: Sequence[Span], i: int) -> frozenset[int]:
    """A choice by name or letter; a small "a" is a word, unless it stands alone among marks."""
    span = laid[i]
    typed = body[span.start : span.stop]
    if not span.named:
        return frozenset()
    if len(typed) == 1 and typed.islower() and span.kinds != {"name"}:
        return frozenset()
    return span.named


def _has_places(body: str, laid: Sequence[Span]) -> bool:
    """Whether the numbers in front are places: "1. B  2. A", one a line or after one another, with a name behind each."""
    firsts = [i for i in range(len(laid)) if _is_place(body, laid, i)]
    return bool(firsts) and [laid[i].number for i in firsts] == list(range(1, len(firsts) + 1)) and firsts[0] == 0


def _is_place(body: str, laid: Sequence[Span], i: int) -> bool:
    """A number with a full stop, a bracket, a colon or a dash behind it, and something to be placed after that."""
    span = laid[i]
    if not span.has("number") or not body[span.start].isdigit() or i + 2 >= len(laid):
        return False
    mark, after = laid[i + 1], laid[i + 2]
    return (
        mark.has("mark") and body[mark.start] in ".):=-–—" and (i == 0 or laid[i - 1].has("line", "mark") or bool(laid[i - 1].named))
        and not after.has("mark", "line", "number")
    )  # fmt: skip


def _sorted(things: Sequence[int], places: Sequence[int | None], left: int | None) -> tuple[int, ...]:
    if not things or left is not None or len(set(things)) != len(things):
        return ()
    given = [p for p in places if p is not None]
    if not given:
        return tuple(things) if len(things) > 1 else ()
    ordered = sorted(p for p in given if p > 0)
    if len(set(given)) != len(given) or (len(given) == len(things) and -1 not in given):
        if len(set(given)) != len(given) or ordered != list(range(1, len(ordered) + 1)):
            return ()
        return tuple(thing for _, thing in sorted(zip([p or 0 for p in places], things, strict=True)))
    # "first B, then A, last C": the places that are told must agree with the order in which they stand
    for at, place in enumerate(places):
        if place is not None and place not in (at + 1, -1):
            return ()
        if place == -1 and at + 1 != len(things):
            return ()
    return tuple(things)
