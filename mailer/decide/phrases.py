"""One phrase of a rule file → its value, by a grammar (lark) that is completed from the vocabulary.

Promises: a phrase that is not quite right comes back with what was meant, as far as that can be told: `Misread` holds the slips
and the right text. The grammar is compiled once, at the first phrase. Never: guesses silently; a loose spelling is a slip.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from mailer.decide.grammar import Grammar, Start, branches, grammar, word_of
from mailer.decide.meaning import Meaning, NotATime, clock
from mailer.decide.rule import OwnGroup
from mailer.decide.vocabulary import Kind

STARTS: dict[Start, tuple[Kind, ...]] = {
    "when": (Kind.UNIT, Kind.ANCHOR, Kind.HAPPENING),
    "audience": (Kind.GROUP, Kind.STATE),
    "condition": (Kind.CONDITION, Kind.UNIT),
    "duration": (Kind.UNIT,),
    "repeat": (Kind.UNIT,),
    "between": (),
    "do": (Kind.DO, Kind.UNIT, Kind.ANCHOR),
    "attachment": (Kind.ATTACHMENT,),
    "ask": (Kind.ASK,),
    "signer": (Kind.SIGNER,),
    "hold": (Kind.HOLD,),
    "if_late": (Kind.IF_LATE, Kind.UNIT),
    "bundle": (Kind.BUNDLE,),
    "send_on": (Kind.SEND_ON,),
}
"""What a key's text can be, with the kinds of word it can hold: what an error text lists."""
_GLUED = re.compile(r"(\d{1,4})(minutes?|hours?|days?|weeks?|months?)\b")
_RANGE = re.compile(r"(\d{1,3}) ?[-–] ?(\d{1,3}) ((?:business )?(?:days|weeks|months))\b")
_NOT = re.compile(r"\b(?:no|not|never|nobody|without)\b|n't\b|\bun\w+")
"""What turns the meaning round: where it stands, only a slip of a letter or two is mended ("have nott replied"), for the opposite is near."""
_SURE = 0.93
_LIKELY = 0.72  # how alike two wordings must be to offer one for the other
_MOST_REPAIRS = 8


@dataclass(frozen=True, slots=True)
class Slip:
    """*typed* stands where *right* should. *kind*: what sort of word was wanted, None for structure. *loose*: it was a spelling
    that everybody understands."""

    typed: str
    right: str
    kind: Kind | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The phrase is right."""

    value: Any


@dataclass(frozen=True, slots=True)
class Misread:
    """The phrase is not right. *right* is the text that was probably meant, or empty. *rest* is what could not be read, *after*
    what came before it; *wanted* are the kinds of word and *texts* the plain words that could have stood there."""

    slips: tuple[Slip, ...] = ()
    right: str = ""
    rest: str = ""
    after: str = ""
    wanted: tuple[Kind, ...] = ()
    texts: tuple[str, ...] = ()
    sentence: str = ""


def normal(text: str) -> str:
    """Lower case, single blanks, plain apostrophes."""
    return " ".join(text.replace("’", "'").replace("\u00a0", " ").split()).lower()


def read(start: Start, text: str, own: Sequence[OwnGroup] = ()) -> Read | Misread:
    """Read *text* as a phrase of the kind *start*; *own* are the groups of ``[groups]``."""
    if not own:
        return _read_cached(start, text)
    return _read(start, text, own)


@lru_cache(maxsize=4096)
def _read_cached(start: Start, text: str) -> Read | Misread:
    return _read(start, text, ())


def _with_marks(text: str, own: Sequence[OwnGroup]) -> str:
    """Put the mark of an own group in the place of its name."""
    for index, group in sorted(enumerate(own), key=lambda pair: -len(pair[1].name)):
        for name in (normal(group.name), normal(group.name).replace("-", " ")):
            if text == name or text.startswith((name + " who ", name + " that ")):
                return f"§{index}{text[len(name) :]}"
    return text


def _read(start: Start, text: str, own: Sequence[OwnGroup]) -> Read | Misread:
    g = grammar()
    words, cased = normal(text), " ".join(text.split())
    phrase = _with_marks(words, own) if start == "audience" else words.replace("§", "?")
    slips: list[Slip] = []
    for _ in range(_MOST_REPAIRS):
        try:
            tree = g.parser.parse(phrase, start=start)
        except UnexpectedInput as e:
            at = _where(e, phrase)
            names = _could_follow(g, start, phrase[:at])
            mended = _mend(start, phrase, at, names, g, own)
            if mended is None:
                wanted = tuple(
                    k for k in dict.fromkeys(k for n in names for k in g.kinds.get(n, ())) if k in STARTS[start]
                )
                plain = tuple(dict.fromkeys(_shown(n, g) for n in names if n not in g.kinds))
                shown = cased if normal(cased) == phrase else phrase
                return Misread(tuple(slips), rest=shown[at:], after=shown[:at].strip(), wanted=wanted, texts=plain)
            phrase, slip = mended
            slips.append(slip)
            continue
        try:
            value = Meaning(own).transform(tree)
        except VisitError as e:
            if isinstance(e.orig_exc, NotATime):
                return Misread(tuple(slips), sentence=str(e.orig_exc))
            raise
        slips += _loose_slips(tree, g)
        if slips:
            return Misread(tuple(slips), right=str(value) if not isinstance(value, tuple) else "")
        return Read(value)
    return Misread(tuple(slips), rest=phrase)


def _where(e: UnexpectedInput, phrase: str) -> int:
    """Where reading stopped."""
    if isinstance(e, UnexpectedToken):
        at = len(phrase) if e.token.type == "$END" else (e.token.start_pos or 0)
    else:
        at = e.pos_in_stream or 0 if isinstance(e, UnexpectedCharacters) else len(phrase)
    return at + len(phrase[at:]) - len(phrase[at:].lstrip())


def _could_follow(g: Grammar, start: Start, read_so_far: str) -> list[str]:
    """The terminals that can follow what has been read."""
    parser: Any = g.parser.parse_interactive(read_so_far, start=start)
    parser.exhaust_lexer()
    return sorted(n for n in parser.accepts() if n != "$END")


_SPELLINGS = {
    "_ON": ("on",),
    "_WHO": ("who",),
    "_AND": ("and",),
    "_TIMES": ("times",),
    "FOR_EACH_TEAM": ("for each action team",),
    "BUSINESS_DAY": ("business day",),
    "_FROM_NOW": ("from now",),
    "WEEKDAY": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "PERIOD": ("week", "month", "quarter", "year"),
    "NTH": ("first", "second", "third", "fourth", "last"),
}
_OTHER_WORDS = (
    ("the day", "1 day", "NUMBER"), ("the week", "1 week", "NUMBER"), ("half an hour", "30 minutes", "NUMBER"),
    ("day", "1 day", "NUMBER"), ("business day", "1 business day", "NUMBER"), ("week", "1 week", "NUMBER"), ("month", "1 month", "NUMBER"),
    ("once", "1 time", "NUMBER"), ("twice", "2 times", "NUMBER"), ("up to", "at most", "_AT_MOST"), ("no more than", "at most", "_AT_MOST"),
    ("max", "at most", "_AT_MOST"), ("maximum", "at most", "_AT_MOST"),
    ("prior to", "before", "BEFORE"), ("ahead of", "before", "BEFORE"), ("earlier than", "before", "BEFORE"), ("following", "after", "AFTER"),
    (", at", "at", "_AT"), ("first", "month on the first", "PERIOD"),
    ("third", "month on the third", "PERIOD"), ("fourth", "month on the fourth", "PERIOD"), ("last", "month on the last", "PERIOD"),
    ("each", "every", "_EVERY"), ("any", "every", "_EVERY"), ("on each", "every", "_EVERY"),
    ("weekday", "business day", "BUSINESS_DAY"), ("working day", "business day", "BUSINESS_DAY"), ("workday", "business day", "BUSINESS_DAY"),
    ("1st", "first", "NTH"), ("2nd", "second", "NTH"), ("3rd", "third", "NTH"), ("4th", "fourth", "NTH"), ("final", "last", "NTH"),
    ("on", "on the", "_ON_THE"), ("from today", "from now", "_FROM_NOW"), ("for each team", "for each action team", "FOR_EACH_TEAM"),
)  # fmt: skip
"""What people say, what is written here, and the place in the grammar where it may stand."""
_LEFT_OUT = (
    ("at", re.compile(r"\d{1,2}([:.]\d\d|\s?[ap]\.?m\b)"), "_AT"),
    ("on", re.compile(r"\d{4}-\d\d-\d\d\b"), "_ON"),
)
"""Small words that are missing before what stands there."""
_NEEDLESS = ("yet", "so far", "already", "sharp", "o'clock", "local time")
_SAMPLES = {
    "NUMBER": "a number",
    "NUMBER_WORD": "a number",
    "CLOCK": "HH:MM",
    "LOOSE_CLOCK": "HH:MM",
    "DATE": "a date such as 2026-03-02",
    "ADDRESS": "an address",
    "WEEKDAY": "a day of the week",
    "PERIOD": "month or quarter",
    "NTH": "first, second … or last",
    "_WHO": "who",
    "_AND": "and",
    "_TIMES": "times",
    "_TO": "-",
    "_UNTIL": "to",
    "_COMMA": "a comma",
    "DAY": '"day"',
    "BUSINESS_DAY": '"business day"',
}


DESCRIBED = frozenset(_SAMPLES.values()) - {"who", "and", "times", "-", "to"}
"""Samples that tell what may stand there; the others are the words themselves."""


def _shown(name: str, g: Grammar) -> str:
    return _SAMPLES.get(name) or g.texts.get(name, "")


def _mend(
    start: Start,
    phrase: str,
    at: int,
    names: list[str],
    g: Grammar,
    own: Sequence[OwnGroup],
) -> tuple[str, Slip] | None:
    """Put the likeliest of the words that could stand at *at* in the place of what stands there."""
    if "NUMBER" in names and (found := _GLUED.match(phrase[at:])):
        apart = f"{found[1]} {found[2]}"
        return phrase[:at] + apart + phrase[at + found.end() :], Slip(found[0], apart, loose=True)
    if "NUMBER" in names and (found := _RANGE.match(phrase[at:])):
        apart = f"{found[1]} {found[3]} to {found[2]} {found[3]}"
        return phrase[:at] + apart + phrase[at + found.end() :], Slip(found[0], apart, loose=True)
    for said, meant, name in _OTHER_WORDS:
        if name in names and re.match(rf"{said}(?!\w)", phrase[at:]):
            return " ".join([*phrase[:at].split(), meant, phrase[at + len(said) :].strip()]), Slip(
                said, meant, loose=True
            )
    for before, what, name in _LEFT_OUT:
        if name in names and what.match(phrase[at:]):
            return f"{phrase[:at]}{before} {phrase[at:]}", Slip("", before, loose=True)
    if phrase[at:] in _NEEDLESS and at:
        return phrase[:at].rstrip(" ,"), Slip(phrase[at:], "", loose=True)
    pieces = phrase[at:].split(" ") if at < len(phrase) else []
    rest = [n for n in names if n in g.kinds and n not in g.loose]
    if not pieces and len(names) == len(rest) == 1 and rest[0] in g.texts:
        return f"{phrase} {g.texts[rest[0]]}", Slip("", g.texts[rest[0]], loose=True)
    kinds = {n: next((k for k in g.kinds[n] if k in STARTS[start]), g.kinds[n][0]) for n in names if n in g.kinds}
    candidates = [(g.texts[n], g.texts[n], kinds.get(n)) for n in names if g.texts.get(n)]
    candidates += [(t, t, None) for n in names for t in _SPELLINGS.get(n, ())]
    if "OWN" in names:
        candidates += [(group.name, f"§{i}", Kind.GROUP) for i, group in enumerate(own)]
    # The first word of one name only: "public" for "public partners".
    right = {g.texts[n] for n in names if n in g.kinds and n not in g.loose}
    begun = {t for t in right if pieces and len(pieces[0]) > 3 and t.startswith(pieces[0] + " ")}
    best: tuple[float, int, str, str, Kind | None] = (0.0, 0, "", "", None)
    for text, put, kind in candidates:
        for count in range(1, min(len(pieces), len(text.split()) + 1) + 1):
            typed = " ".join(pieces[:count])
            likeness = SequenceMatcher(None, typed, text.lower()).ratio()
            if begun == {text} and text.startswith(typed + " "):
                likeness = max(likeness, _LIKELY)
            if likeness > best[0]:
                best = (likeness, count, text, put, kind)
    likeness, count, text, put, kind = best
    typed = " ".join(pieces[:count])
    if likeness < _LIKELY or typed == put:
        return None
    # "not" that would vanish is no slip; one that would appear must all but stand there
    denied = len(_NOT.findall(typed)), len(_NOT.findall(text.lower()))
    if denied[0] > denied[1] or (any(denied) and likeness < _SURE - 0.03 * (denied[0] == denied[1])):
        return None
    return " ".join([*phrase[:at].split(), put, *pieces[count:]]), Slip(typed, text, kind)


def _loose_slips(tree: Tree[Token], g: Grammar) -> list[Slip]:
    slips = []
    for branch in branches(tree):
        for child in branch.children:
            if not isinstance(child, Token):
                continue
            if child.type == "LOOSE_CLOCK":
                slips.append(Slip(str(child), f"{clock(str(child)):%H:%M}", loose=True))
            elif child.type in g.loose and (w := word_of(str(branch.data))) is not None:
                slips.append(Slip(g.texts[child.type], w.text, w.kind, loose=True))
    return slips
