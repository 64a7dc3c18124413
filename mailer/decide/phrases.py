"""One phrase of a rule file → its value, by a grammar (lark) that is completed from the vocabulary.

Promises: a phrase that is not quite right comes back with what was meant, as far as that can be told: `Misread` holds the slips
and the right text. The grammar is compiled once, at the first phrase. Never: guesses silently; a loose spelling is a slip.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from mailer.decide import rule as r
from mailer.decide.snapshot import HappeningKind
from mailer.decide.vocabulary import Kind, Word, of_kind, slug, word
from mailer.terms import canonical

Start = str
"""A rule of the grammar that a key's text must match: ``when``, ``audience``, ``condition`` …"""

_LISTS = {
    Kind.UNIT: "unit",
    Kind.ANCHOR: "anchor",
    Kind.HAPPENING: "happening",
    Kind.GROUP: "group",
    Kind.STATE: "state",
    Kind.CONDITION: "condition",
    Kind.ATTACHMENT: "attachment",
    Kind.ASK: "ask",
    Kind.SIGNER: "signer",
    Kind.HOLD: "hold",
    Kind.IF_LATE: "if_late",
    Kind.BUNDLE: "bundle",
    Kind.SEND_ON: "send_on",
}
STARTS = ("when", "audience", "condition", "duration", "repeat", "between", "do", "attachment", "ask", "signer", "hold", "if_late", "bundle", "send_on")  # fmt: skip
_WITHIN: dict[Start, tuple[Kind, ...]] = {
    **{name: (kind, Kind.UNIT) for kind, name in _LISTS.items()},
    "when": (Kind.UNIT, Kind.ANCHOR, Kind.HAPPENING),
    "audience": (Kind.GROUP, Kind.STATE),
    "duration": (Kind.UNIT,),
    "repeat": (Kind.UNIT,),
    "between": (),
    "do": (Kind.DO, Kind.UNIT, Kind.ANCHOR),
}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_DAYS = {r.Unit.MINUTE: 1 / 1440, r.Unit.HOUR: 1 / 24, r.Unit.BUSINESS_DAY: 1.4, r.Unit.DAY: 1, r.Unit.WEEK: 7, r.Unit.MONTH: 30.5}  # fmt: skip
_LONGEST = 1100  # days; more is a slip, and dates have an end
_LIKELY = 0.72  # how alike two wordings must be to offer one for the other
_MOST_REPAIRS = 8


class NotATime(ValueError):
    """A date or clock time that does not exist, or an offset that makes no sense; the message is the sentence."""


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
    """The phrase is right. *later*: words in it that this version cannot act on."""

    value: Any
    later: tuple[Word, ...] = ()


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


def _pattern(text: str) -> str:
    """*text* as a regular expression of the grammar, ending where a word ends."""
    return f"/{re.escape(text.lower()).replace('/', chr(92) + '/')}(?!\\w)/"


@cache
def _compiled() -> tuple[Lark, dict[str, str], dict[str, list[Kind]], frozenset[str]]:
    """Complete and compile the grammar: the parser, text of each terminal, kinds each may stand for, loose terminals."""
    texts: dict[str, str] = {}
    kinds: dict[str, list[Kind]] = {}
    loose: set[str] = set()
    lines = [resources.files("mailer.decide").joinpath("grammar.lark").read_text("utf-8")]
    for kind, name in _LISTS.items():
        alternatives = []
        for w in of_kind(kind):
            for spelling in (w.text, *w.also, *w.loose):
                symbols = []
                for index, part in enumerate(_parts(spelling)):
                    if part in ("N", "COUNT"):
                        symbols.append("duration" if part == "N" else "number")
                        continue
                    # A loose spelling is loose for its kind alone: "champion" is a slip in `to`, "convener" is right twice.
                    is_loose = spelling in w.loose and index == 0
                    terminal = f"T_{slug(part).upper()}" + (f"__LOOSE_{name.upper()}" if is_loose else "")
                    if terminal in texts and texts[terminal] != part:
                        terminal += "_2"
                    texts[terminal] = part
                    kinds.setdefault(terminal, []).append(kind)
                    if is_loose:
                        loose.add(terminal)
                    symbols.append(terminal)
                alternatives.append(f"{' '.join(symbols)} -> {name}__{w.slug}")
        lines.append(f"{name}: " + "\n  | ".join(alternatives))
    lines += [f"{name}: {_pattern(text)}" for name, text in texts.items()]
    parser = Lark("\n".join(lines), parser="lalr", start=list(STARTS), maybe_placeholders=False)
    for defined in parser.terminals:
        if defined.name not in texts and defined.pattern.type == "str":
            texts[defined.name] = defined.pattern.value
    return parser, texts, kinds, frozenset(loose)


def _parts(text: str) -> list[str]:
    """Split a spelling around N and COUNT."""
    parts: list[list[str]] = [[]]
    for piece in text.split():
        if piece in ("N", "COUNT"):
            parts += [[piece], []]
        else:
            parts[-1].append(piece)
    return [" ".join(part) for part in parts if part]


_VALUES: dict[str, Any] = {
    "unit": r.Unit,
    "anchor": r.Anchor,
    "group": r.Group,
    "state": r.State,
    "condition": r.ConditionKind,
    "signer": r.Signer,
    "happening": HappeningKind,
    "if_late": r.IfLateKind,
}


@dataclass(frozen=True, slots=True)
class Later:
    """A word understood that this version cannot act on, in the place of its value."""

    text: str

    def __str__(self) -> str:
        return self.text


class _Meaning(Transformer[Token, Any]):
    """Turn a tree into values. Words become the enumeration members that have their text."""

    def __init__(self, own: Sequence[r.OwnGroup]) -> None:
        super().__init__()
        self._own = own

    def __default__(self, data: str, children: list[Any], meta: Any) -> Any:
        name, _, slug_ = str(data).partition("__")
        if not slug_:
            return children[0]
        kind = next(k for k, v in _LISTS.items() if v == name) if name != "do" else Kind.DO
        w = word(kind, slug_)
        values = [c for c in children if not isinstance(c, Token)]
        if not w.ready:
            return Later(_filled(w.text, values))
        value: Any = _VALUES[name](w.text) if name in _VALUES else w.text
        if name == "condition":
            return r.Condition(value, *values)
        if name == "if_late":
            return r.IfLate(value, *values)
        return r.Happens(value) if name == "happening" else value

    def number(self, children: list[Token]) -> int:
        text = str(children[0])
        if text.isdigit():
            return int(text)
        return 1 if text in ("a", "an") else _NUMBERS.index(text) + 1

    def duration(self, children: list[Any]) -> r.Duration:
        length = r.Duration(children[0], children[1])
        if length.count * _DAYS[length.unit] > _LONGEST:
            raise NotATime(f'"{length}" is more than three years.')
        return length

    def clock(self, children: list[Token]) -> time:
        return clock(str(children[0]))

    def direction(self, children: list[Token]) -> bool:
        return str(children[0]) == "before"

    def offset(self, children: list[Any]) -> r.Offset | Later:
        duration, before, anchor, *at = children
        if isinstance(anchor, Later):
            return Later(
                f"{duration} {'before' if before else 'after'} {anchor}" + (f" at {at[0]:%H:%M}" if at else "")
            )
        if at and duration.exact is not None:
            raise NotATime(
                f'"{duration}" is an exact length of time, so no "at {at[0]:%H:%M}" can follow. Leave it out, or count in days.'
            )
        return r.Offset(duration, before, anchor, at[0] if at else None)

    def fixed(self, children: list[Any]) -> r.Fixed:
        try:
            return r.Fixed(date.fromisoformat(str(children[0])), children[1])
        except ValueError:
            raise NotATime(f'There is no day "{children[0]}". Write year-month-day, such as 2026-03-02.') from None

    def every_weekday(self, children: list[Any]) -> Later:
        return Later(f"every {str(children[0]).capitalize()} at {children[1]:%H:%M}")

    def every_period(self, children: list[Any]) -> Later:
        period, nth, day, at = children
        return Later(f"every {period} on the {nth} {day!s} at {at:%H:%M}")

    def own_group(self, children: list[Token]) -> r.OwnGroup:
        return self._own[int(str(children[0])[1:])]

    def audience(self, children: list[Any]) -> r.Audience | Later:
        group, *states = children
        if isinstance(group, Token):
            group = r.Somebody(canonical(str(group)))
        if isinstance(group, Later):
            return Later(str(group) + (" who " + " and ".join(states) if states else ""))
        return r.Audience(group, tuple(states))

    def repeat(self, children: list[Any]) -> r.Repeat:
        every, most = children
        if every.count == 0 or most == 0:
            raise NotATime("Both numbers of repeat must be at least 1.")
        return r.Repeat(every, most)

    def between(self, children: list[Token]) -> r.Between:
        if len(children) == 1:
            return r.Between()
        opens, closes = (clock(str(c)) for c in children)
        if opens >= closes:
            raise NotATime(f"{opens:%H:%M} is not earlier than {closes:%H:%M}: write the earlier time first.")
        return r.Between(opens, closes)

    def do(self, children: list[Any]) -> Later:
        return Later(" ".join(str(c) for c in children))


def _filled(text: str, values: Sequence[Any]) -> str:
    for value in values:
        text = text.replace("COUNT" if isinstance(value, int) else "N", str(value), 1)
    return text


def clock(text: str) -> time:
    """Read a clock time, in the twelve-hour manner too."""
    if text in ("noon", "midnight"):
        return time(12 if text == "noon" else 0)
    letters = "".join(c for c in text if c.isalpha())
    digits = text.replace(".m.", "").rstrip(" amphoclk'.").replace(".", ":")
    hours, _, minutes = digits.partition(":")
    hour, minute = int(hours), int(minutes or 0)
    if letters in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise NotATime(f'There is no time "{text}". Times are 24-hour HH:MM, such as 09:00 or 16:30.')
        hour = hour % 12 + (12 if letters == "pm" else 0)
    if hour > 23 or minute > 59:
        raise NotATime(f'There is no time "{text}". Times are 24-hour HH:MM, such as 09:00 or 16:30.')
    return time(hour, minute)


def normal(text: str) -> str:
    """Lower case, single blanks, plain apostrophes."""
    return " ".join(text.replace("’", "'").replace("\u00a0", " ").split()).lower()


def read(start: Start, text: str, own: Sequence[r.OwnGroup] = ()) -> Read | Misread:
    """Read *text* as a phrase of the kind *start*; *own* are the groups of ``[groups]``."""
    if not own:
        return _read_cached(start, text)
    return _read(start, text, own)


@lru_cache(maxsize=4096)
def _read_cached(start: Start, text: str) -> Read | Misread:
    return _read(start, text, ())


def _with_marks(text: str, own: Sequence[r.OwnGroup]) -> str:
    """Put the mark of an own group in the place of its name."""
    for index, group in sorted(enumerate(own), key=lambda pair: -len(pair[1].name)):
        name = normal(group.name)
        if text == name or text.startswith((name + " who ", name + " that ")):
            return f"§{index}{text[len(name) :]}"
    return text


def _read(start: Start, text: str, own: Sequence[r.OwnGroup]) -> Read | Misread:
    parser, texts, kinds, loose = _compiled()
    words = normal(text)
    phrase = _with_marks(words, own) if start == "audience" else words.replace("§", "?")
    slips: list[Slip] = []
    for _ in range(_MOST_REPAIRS):
        try:
            tree = parser.parse(phrase, start=start)
        except UnexpectedInput as e:
            at, names = _where(e, phrase)
            mended = _mend(phrase, at, names, texts, kinds, own)
            if mended is None:
                wanted = tuple(
                    k for k in dict.fromkeys(k for n in names for k in kinds.get(n, ())) if k in _WITHIN[start]
                )
                plain = tuple(dict.fromkeys(_shown(n, texts) for n in names if n not in kinds))
                return Misread(tuple(slips), rest=phrase[at:], after=phrase[:at].strip(), wanted=wanted, texts=plain)
            phrase, slip = mended
            slips.append(slip)
            continue
        try:
            value = _Meaning(own).transform(tree)
        except VisitError as e:
            if isinstance(e.orig_exc, NotATime):
                return Misread(tuple(slips), sentence=str(e.orig_exc))
            raise
        slips += _loose_slips(tree, texts, loose)
        if slips:
            return Misread(tuple(slips), right=str(value) if not isinstance(value, tuple) else "")
        return Read(value, tuple(_later(tree)))
    return Misread(tuple(slips), rest=phrase)


def _where(e: UnexpectedInput, phrase: str) -> tuple[int, list[str]]:
    """Where reading stopped, and the terminals that could have come."""
    if isinstance(e, UnexpectedToken):
        names = sorted(e.accepts or e.expected)
        at = len(phrase) if e.token.type == "$END" else (e.token.start_pos or 0)
    elif isinstance(e, UnexpectedCharacters):
        names, at = sorted(e.allowed or ()), e.pos_in_stream or 0
    else:
        names, at = [], len(phrase)
    while at < len(phrase) and phrase[at] == " ":
        at += 1
    return at, [n for n in names if n != "$END"]


_SPELLINGS = {
    "_WHO": ("who",),
    "_AND": ("and",),
    "_TIMES": ("times",),
    "WEEKDAY": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "PERIOD": ("week", "month", "quarter", "year"),
    "NTH": ("first", "second", "third", "fourth", "last"),
}
_SAMPLES = {"NUMBER": "a number", "NUMBER_WORD": "a number", "CLOCK": "HH:MM", "LOOSE_CLOCK": "HH:MM", "DATE": "a date such as 2026-03-02", "ADDRESS": "an address", "OWN": "", "WEEKDAY": "a day of the week", "PERIOD": "month or quarter", "NTH": "first, second … or last", "_WHO": "who", "_AND": "and", "_TIMES": "times", "_TO": "-"}  # fmt: skip


def _shown(name: str, texts: dict[str, str]) -> str:
    return _SAMPLES.get(name) or texts.get(name, "")


def _mend(
    phrase: str,
    at: int,
    names: list[str],
    texts: dict[str, str],
    kinds: dict[str, list[Kind]],
    own: Sequence[r.OwnGroup],
) -> tuple[str, Slip] | None:
    """Put the likeliest of the words that could stand at *at* in the place of what stands there."""
    pieces = phrase[at:].split(" ") if at < len(phrase) else []
    candidates = [(texts[n], texts[n], kinds[n][0] if n in kinds else None) for n in names if texts.get(n)]
    candidates += [(t, t, None) for n in names for t in _SPELLINGS.get(n, ())]
    if "OWN" in names:
        candidates += [(g.name, f"§{i}", Kind.GROUP) for i, g in enumerate(own)]
    best: tuple[float, int, str, str, Kind | None] = (0.0, 0, "", "", None)
    for text, put, kind in candidates:
        size = len(text.split())
        for count in range(max(1, size - 1), min(len(pieces), size + 1) + 1):
            typed = " ".join(pieces[:count])
            likeness = SequenceMatcher(None, typed, text.lower()).ratio()
            if likeness > best[0]:
                best = (likeness, count, text, put, kind)
    likeness, count, text, put, kind = best
    if likeness >= _LIKELY:
        typed = " ".join(pieces[:count])
        if typed != put:
            mended = " ".join([*phrase[:at].split(), put, *pieces[count:]])
            return mended, Slip(typed, text, kind)
    return None


def _loose_slips(tree: Tree[Token], texts: dict[str, str], loose: frozenset[str]) -> list[Slip]:
    slips = []
    for branch in _branches(tree):
        for child in branch.children:
            if not isinstance(child, Token):
                continue
            if child.type == "LOOSE_CLOCK":
                slips.append(Slip(str(child), f"{clock(str(child)):%H:%M}", loose=True))
            elif child.type in loose:
                name, _, slug_ = str(branch.data).partition("__")
                kind = next(k for k, v in _LISTS.items() if v == name)
                slips.append(Slip(texts[child.type], word(kind, slug_).text, kind, loose=True))
    return slips


def _branches(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """*tree* and every tree in it, from left to right."""
    yield tree
    for child in tree.children:
        if isinstance(child, Tree):
            yield from _branches(child)


def _later(tree: Tree[Token]) -> list[Word]:
    """Words of *tree* that this version cannot act on."""
    found = []
    for branch in _branches(tree):
        name, _, slug_ = str(branch.data).partition("__")
        if name == "every_weekday":
            found.append(word(Kind.FORM, slug("every WEEKDAY at HH:MM")))
        elif name == "every_period":
            found.append(word(Kind.FORM, slug("every PERIOD on the NTH DAY at HH:MM")))
        elif slug_:
            kind = next((k for k, v in _LISTS.items() if v == name), Kind.DO)
            if not (w := word(kind, slug_)).ready:
                found.append(w)
    return found
