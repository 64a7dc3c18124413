"""Cut what a person wrote into sentences of words that remember where they stood.

Promises: the same text always gives the same sentences; every word knows its place in the text as typed, so that evidence can
          be quoted verbatim; time and memory grow with the (capped) length only.
Never:    judges what a sentence means (words.py), or knows a language: shortened and damaged forms come from the lexicon.
Fails:    not at all; what is no word is left out.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TEXT = 6_000
"""Characters read. An answer to an invitation is shorter; what goes on is read to here and then never decided."""
LONGEST_SENTENCE = 90
"""Words in one sentence; a longer one is cut, so that no sentence costs much."""
MOST_SENTENCES = 60

COMMA = ","

# One alternative a kind, each linear: no nested repetition, so no input can make it slow.
_PIECES = re.compile(
    r"(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    r"|(?P<url>(?:https?://|www\.)\S{1,500})"
    r"|(?P<number>\+?\d{1,4}(?:(?:[.:h]\d{2})?\s?(?:[ap]\.?m\b\.?|uhr\b|hrs?\b)|[.:h]\d{2}|h\b|st\b|nd\b|rd\b|th\b|\.(?=\s?(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)))?)"
    r"|(?P<word>[^\W\d_]+(?:['’´`‘][^\W\d_]+)*)"
    r"|(?P<hand>[👍👎✅❌🙏])"
    r"|(?P<blank>\n[ \t]*\n\s*)"
    r"|(?P<line>\n)"
    r"|(?P<stop>[.!?…;¿¡])"
    r"|(?P<pause>,|:|\(|\)|--|[—–]|(?<=\s)-(?=\s)|(?<=\w)-(?=\s)|(?<=\s)-(?=\w)|/)",
    re.IGNORECASE,
)

_ABBREVIATED = frozenset(
    """mr mrs ms dr prof sr sra srta lic ing mme mlle st dept inc ltd co corp no nr vs etc approx dra ud uds hr fr dipl mag bzw ca zb
    evtl ggf ggfs jr jan feb mar apr jun jul aug sep sept oct nov dec""".split()  # noqa: SIM905 - a list of forty strings is no help
)
"""After these a full stop ends no sentence. Of all languages: a wrong hit costs less than a wrong cut."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is compared (*form*), where it stood, and whether it was typed with a capital."""

    form: str
    start: int
    end: int
    capital: bool
    marked: str = ""
    """As typed, in small letters, where accents were typed: they tell "sí" from "si"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    words: tuple[Word, ...]
    asks: bool
    """It ends in a question mark."""
    shouted: bool = False
    """Written in capitals throughout: they say nothing of names."""


def plain(word: str) -> str:
    """Bring *word* into the form in which words are compared, whatever the keyboard: case, accents and ligatures fold."""
    if word.isascii():
        return word.lower()
    # German keeps its umlauts apart from bare vowels: "wurde" and "würde" are two words, "wuerde" and "würde" are one.
    word = (
        word.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("æ", "ae").replace("œ", "oe")
    )
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


_SPACED_PLUS = re.compile(r"\+ (?=\d)")


def tidy(text: str) -> str:
    """Cap *text* and even out what programs put into it; places in the result are the places that evidence quotes."""
    text = _SPACED_PLUS.sub("+", text)
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = "".join("" if unicodedata.category(c) == "Cf" else c for c in text)[:LONGEST_TEXT]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def sentences(text: str) -> list[Sentence]:
    """Cut *text*, already `tidy`, at stops, paragraphs and at line ends that look meant."""
    found: list[Sentence] = []
    words: list[Word] = []
    loud = 0
    line_began = 0

    def close(asks: bool = False) -> None:
        nonlocal loud
        if any(word.form != COMMA for word in words):
            found.append(Sentence(tuple(words), asks, loud > 2 and loud > 0.6 * len(words)))
        words.clear()
        loud = 0

    for piece in _PIECES.finditer(text):
        if len(found) >= MOST_SENTENCES:
            break
        kind, typed, start, end = piece.lastgroup, piece.group(), piece.start(), piece.end()
        if kind == "word" or kind == "hand":
            if len(words) >= LONGEST_SENTENCE:
                close()
            folded = plain(typed.replace("’", "'").replace("´", "'").replace("`", "'").replace("‘", "'"))
            loud += len(typed) > 1 and typed.isupper()
            marked = "" if typed.isascii() else typed.lower()
            words.append(Word(folded, start, end, typed[:1].isupper(), marked))
        elif kind == "number":
            words.append(Word("".join(typed.lower().split()), start, end, False))
        elif kind == "email":
            words.append(Word(typed.lower(), start, end, False))
        elif kind == "pause":
            if words and words[-1].form != COMMA:
                words.append(Word(COMMA, start, end, False))
        elif kind == "stop":
            # An opening mark starts a sentence; a full stop after "Mr" or a single letter ends none.
            if typed == "." and words and words[-1].end == start and _abbreviates(words[-1], text, end):
                continue
            if (
                typed == "."
                and words
                and words[-1].end == start
                and words[-1].form.isdigit()
                and text[end : end + 2].strip().islower()
            ):
                continue  # "am 12. im Rathaus"
            if typed in "¿¡":
                if words and typed == "¿":
                    close()
                continue
            if typed == "?" and not words and found and not text[found[-1].words[-1].end : start].strip(" .!?\n"):
                found[-1] = Sentence(found[-1].words, True, found[-1].shouted)
            close(asks=typed == "?")
        elif kind == "blank":
            close()
            line_began = end
        elif kind == "line":
            _end_line(text, line_began, start, end, words, close)
            line_began = end
    close()
    return found


def _abbreviates(word: Word, text: str, after: int) -> bool:
    if word.form in _ABBREVIATED:
        follows = text[after : after + 2].strip()
        return bool(follows) and (word.form not in {"no", "co"} or follows[:1].isdigit())
    return (
        len(word.form) == 1
        and word.capital
        and word.form.isalpha()
        and text[after : after + 1] != "\n"
        and word.form != "i"
    )


def _end_line(text: str, began: int, start: int, end: int, words: list[Word], close: object) -> None:
    """A line break is a blank in a wrapped paragraph, and an end after "Hi Bob" or "Yes"."""
    if not words:
        return
    follows = text[end : end + 40].lstrip(" \t>")
    if follows[:1].isupper():
        if re.match(r"I(?:\b|')", follows):
            # The pronoun is always a capital: it may go on the line before ("If I can / I will come").
            if words[-1].form != COMMA:
                words.append(Word(COMMA, start, end, False))
        elif start - began < 60 and callable(close):
            close()
    elif follows[:1] in "-*•" and callable(close):
        close()


def unfold(words: tuple[Word, ...], longer: Mapping[str, tuple[str, ...]], most: int) -> list[Word]:
    """Write shortened and damaged forms out ("can't", "cant", "can t" → "can not"); all parts keep the place of the whole."""
    out: list[Word] = []
    i, n = 0, len(words)
    while i < n:
        for size in range(min(most, n - i), 0, -1):
            key = words[i].form if size == 1 else " ".join(word.form for word in words[i : i + size])
            if size == 1 and words[i].marked and f"={words[i].marked}" in longer:
                key = f"={words[i].marked}"
            parts = longer.get(key)
            if parts is not None:
                out += [Word(part, words[i].start, words[i + size - 1].end, words[i].capital) for part in parts]
                i += size
                break
        else:
            out.append(words[i])
            i += 1
    return out
