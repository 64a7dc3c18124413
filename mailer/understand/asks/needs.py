"""Diets and access needs, said beside another answer: "I'm vegetarian", "one of us uses a wheelchair", "nut allergy", "soy vegana".

Promises: pure; a need only where the words name one; denied needs ("no allergies", "nobody is vegan") are none.
Never:    takes part in the answer beside which it stands, or says who has the need.
Fails:    not at all. A doubt ("maybe", a question) leaves the need with `certain` False.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mailer.understand.asks import words
from mailer.understand.asks.statements import hard_pieces
from mailer.understand.asks.tokens import Span, Token, spans, tidy, tokens

MOST_NEEDS = 20
LONGEST_WORDS = 200
MOST_PEOPLE = 40
NEAR = 5
"""So many words before a need may deny or count it."""


class NeedKind(StrEnum):
    """The names are the classes of the table ``[needs]``, with a blank for an underscore."""

    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    PESCATARIAN = "pescatarian"
    GLUTEN = "no gluten"
    LACTOSE = "no lactose"
    NUTS = "no nuts"
    PORK = "no pork"
    ALCOHOL = "no alcohol"
    HALAL = "halal"
    KOSHER = "kosher"
    DIABETIC = "diabetic"
    ALLERGY = "allergy"
    DIET = "other diet"
    WHEELCHAIR = "wheelchair"
    STEPS = "no steps"
    HEARING = "hearing"
    SIGN_LANGUAGE = "sign language"
    SIGHT = "sight"
    INTERPRETER = "interpreter"
    PARKING = "parking nearby"
    ACCESS = "other access"


_KINDS = {f"needs.{kind.value.replace(' ', '_')}": kind for kind in NeedKind}
_CLASSES = (*_KINDS, "needs.deny", "needs.nothing", "needs.people", "needs.both", "needs.many", "needs.doubt")
_GENERAL = frozenset({NeedKind.ALLERGY, NeedKind.DIET, NeedKind.ACCESS})
"""Left out where the same sentence says more."""


@dataclass(frozen=True, slots=True)
class Need:
    """*count*: how many people; *words*: the sentence, as typed. *certain*: False where a doubt or an unclear count stands beside it."""

    kind: NeedKind
    count: int = 1
    words: str = ""
    certain: bool = True


def read_needs(text: str, language: str = "") -> tuple[Need, ...]:
    """Read diets and access needs out of any text. *language* is not needed: all are looked for at once."""
    del language
    body = tidy(text)
    found = tokens(body)
    laid: dict[tuple[int, int], Span] = {}
    for code in words.codes():
        for span in spans(found, code, _CLASSES):
            old = laid.get((span.begin, span.end))
            if old is None or (not old.kinds and span.kinds):
                laid[span.begin, span.end] = span
    needs: dict[NeedKind, Need] = {}
    for piece in hard_pieces(body, _longest(list(laid.values()))):
        for need in _in_sentence(body, found, piece):
            known = needs.get(need.kind)
            if known is None or need.count > known.count:
                needs[need.kind] = need
    # "a dietary need: gluten free" is one need
    told = {need.words for need in needs.values() if need.kind not in _GENERAL}
    return tuple(n for n in needs.values() if n.kind not in _GENERAL or n.words not in told)[:MOST_NEEDS]


def _longest(laid: list[Span]) -> list[Span]:
    """Spans of several languages over one text: the longest of those that overlap."""
    out: list[Span] = []
    for span in sorted(laid, key=lambda s: (s.begin, not s.kinds, -s.end)):
        if out and span.begin < out[-1].end:
            if span.end - span.begin > out[-1].end - out[-1].begin and span.kinds:
                out[-1] = span
            continue
        out.append(span)
    return out


@cache
def _denials() -> frozenset[tuple[str, ...]]:
    return frozenset(
        tuple(t.form for t in tokens(tidy(e))) for code in words.codes() for e in words.expressions(code, "needs.deny")
    )


def _in_sentence(body: str, found: Sequence[Token], piece: Sequence[Span]) -> list[Need]:
    typed = body[piece[0].start : piece[-1].stop].strip()
    doubt = typed.endswith("?") or any(s.has("needs.doubt") for s in piece)
    needs = []
    for i, span in enumerate(piece):
        kind = next((_KINDS[k] for k in _KINDS if span.has(k)), None)
        if kind is None or _denied(found, piece, i):
            continue
        count, clear = _count(body, piece, i)
        needs.append(Need(kind, count, typed[:LONGEST_WORDS], clear and not doubt))
    return needs


def _denied(found: Sequence[Token], piece: Sequence[Span], i: int) -> bool:
    """ "No", "not", "nobody" in the same clause before a need."""
    for back in range(i - 1, max(-1, i - 1 - NEAR), -1):
        span = piece[back]
        form = found[span.begin].form
        if form in (",", ";", ":", ".") or span.has("needs.nothing"):
            return False
        if span.has("needs.deny"):
            return True
    return False


def _count(body: str, piece: Sequence[Span], i: int) -> tuple[int, bool]:
    """How many people a need is of, and whether that is clear: "two vegans", "one of us", "both of us"."""
    for back in range(i - 1, max(-1, i - 1 - NEAR), -1):
        span = piece[back]
        if span.has("mark") and body[span.start] in ",;:.":
            break
        if span.has("needs.both"):
            return 2, True
        if span.has("needs.many"):
            return 1, False
        if span.has("number") and span.number is not None:
            beside = back == i - 1 or piece[back + 1].has("needs.people")
            if beside and 1 <= span.number <= MOST_PEOPLE:
                return span.number, True
    after = piece[i + 1 : i + 3]
    if (
        len(after) == 2
        and body[after[0].start] in "(x:"
        and after[1].has("number")
        and after[1].number
        and after[1].number <= MOST_PEOPLE
    ):
        return after[1].number, True
    return 1, True
