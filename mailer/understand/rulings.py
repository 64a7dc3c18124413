"""What a convener answers to the service's own mails: rulings on numbered cases, and the word on letters that wait.

    12 yes, 13 no, 14 yes +2, 15 ignore, 16 accept, 17 bob@acme.example, 18 ask her          ok          not Bob, not Ann          stop

Promises: pure; only what is certain is a ruling, every other line is given back so that the service can say that it was not understood.
"""

import re
from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in

MOST_RULINGS = 200
LONGEST_TEXT = 20_000  # characters

_WORDS = {
    "yes": "yes", "y": "yes", "coming": "yes", "sí": "yes", "si": "yes", "ja": "yes", "oui": "yes",
    "no": "no", "n": "no", "decline": "no", "declined": "no", "not coming": "no", "nein": "no", "non": "no",
    "maybe": "maybe", "perhaps": "maybe", "unsure": "maybe", "quizás": "maybe", "vielleicht": "maybe", "peut-être": "maybe",
    "accept": "accept", "accepted": "accept", "take it": "accept", "refuse": "refuse", "refused": "refuse", "reject": "refuse",
    "ask": "ask", "ask her": "ask", "ask him": "ask", "ask them": "ask", "ask again": "ask", "stop": "stop", "unsubscribe": "stop",
    "ignore": "ignore", "skip": "ignore", "nothing": "ignore", "drop": "ignore",
}  # fmt: skip
_RULING = re.compile(
    rf"(?P<number>\d{{1,9}})\s*[:.)=-]?\s*(?P<word>{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})"
    r"(?:\s*(?:\+|with|plus)\s*(?P<guests>\d{1,2}))?"
    r"(?:[\s:]+<?(?P<address>[^\s<>@,;:]{1,64}@[^\s<>@,;:]{1,255}?)>?)?(?P<alias>\s+(?:alias|and it is (?:him|her|them)))?"
    r"(?P<assistant>\s+assistant)?\s*[.!]?",
    re.IGNORECASE,
)
_ADDRESS_ONLY = re.compile(
    r"(?P<number>\d{1,9})\s*[:.)=-]?\s*(?:[^\W\d_][^<>@,;:]{0,60}\s+)?<?(?P<address>[^\s<>@,;:]{1,64}@[^\s<>@,;:]{1,255}?)>?\s*[.!]?"
)
_THEM = r"(?: (?:them|it|these|those|all|everything|everybody|all of (?:them|these)|them all|to (?:all|everybody|everyone)))?"
_OK = re.compile(
    rf"(?:please )?(?:ok|okay|okey|yes(?: please)?|all|(?:send|release){_THEM}|(?:let|you can let) (?:them|it) go|go(?: ahead)?|fine|all ok|approved|"
    r"sí|si|ja|oui)(?: (?:please|now))?\s*[.!]*",
    re.IGNORECASE,
)
_STOP = re.compile(
    rf"(?:please )?(?:stop{_THEM}|no|none|drop{_THEM}|cancel{_THEM}|(?:do not|don['’]?t) send{_THEM}|send (?:none|nothing)|nein|non)\s*[.!]*",
    re.IGNORECASE,
)
_ALL_OF_THEM = r"(?: ?,? ?(?:to )?(?:all|everybody|everyone|them(?: all)?|the rest))"
_NOT = re.compile(
    rf"(?:please )?(?:ok|yes|send|release)?(?:{_ALL_OF_THEM}?\s*,?\s*(?:but not|not|without|except(?: for)?)|{_ALL_OF_THEM}\s*,?\s*but)"
    r"(?: to)?\s+(?P<name>[^,;.!?]{2,80})\s*[.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The convener's word on one case. *alias*: the sender's address belongs to that person from now on; *assistant*: the sender may answer for
    that person. *address*: that of a delegate who
    was named; alone it means yes."""

    number: int
    word: str
    guests: int = 0
    alias: bool = False
    address: str = ""
    assistant: bool = False


@dataclass(frozen=True, slots=True)
class Rulings:
    rulings: tuple[Ruling, ...]
    not_understood: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The word on letters that wait. *send*: let them go, except to *without*; else none goes. None where it was not understood."""

    send: bool | None
    without: tuple[str, ...] = ()


def read_rulings(text: str) -> Rulings:
    """Read answers to numbered cases: one a line, or several parted by commas, semicolons or "and"."""
    found: list[Ruling] = []
    odd: list[str] = []
    for piece in _pieces(text):
        match = _RULING.fullmatch(piece)
        if match is None and (named := _ADDRESS_ONLY.fullmatch(piece)) is not None:
            found.append(Ruling(int(named["number"]), "yes", address=named["address"]))
            continue
        if match is None:
            odd.append(piece)
            continue
        found.append(
            Ruling(
                int(match["number"]),
                _WORDS[match["word"].lower()],
                int(match["guests"] or 0),
                bool(match["alias"]),
                match["address"] or "",
                bool(match["assistant"]),
            )
        )
    contradicted = {r.number for r in found if any(o.number == r.number and o != r for o in found)}
    odd += [f"{number}: said in two ways" for number in sorted(contradicted)]
    kept = dict.fromkeys(r for r in found if r.number not in contradicted)
    return Rulings(tuple(kept)[:MOST_RULINGS], tuple(odd))


def read_release(text: str) -> Release:
    """Read the word on letters that wait. Whatever is not wholly understood releases nothing."""
    pieces = _pieces(text)
    if not pieces:
        return Release(None)
    names: list[str] = []
    for i, piece in enumerate(pieces):
        if _STOP.fullmatch(piece) and len(pieces) == 1:
            return Release(False)
        without = _NOT.fullmatch(piece)
        if without is not None:
            names += [n.strip() for n in re.split(r"\s+(?:and|or|nor)\s+", without["name"])]
        elif i == 0 and _OK.fullmatch(piece):
            continue
        else:
            return Release(None)
    return Release(True, tuple(names))


def _pieces(text: str) -> list[str]:
    lines = answer_in(text, most=LONGEST_TEXT).splitlines()
    parts = [p.strip() for line in lines for p in re.split(r"[,;]|\band\b(?=\s*(?:\d|not\b))", line)]
    courtesy = re.compile(
        r"(?:thanks?|thank you|best|regards|kind regards|cheers|hi|hello|dear .{0,40})[ .!]*", re.IGNORECASE
    )
    return [p for p in parts if p and not courtesy.fullmatch(p)]
