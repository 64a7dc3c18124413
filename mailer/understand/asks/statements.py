"""Cut an answer about several people or things into statements: who or what, and what is said of it.

    Ann yes, Bob voicemail          1 done 2 by 3 May          yes: Ann, Bob; no: Cho          left a message for Ann

Promises: pure; every span of a line belongs to one statement, or to none that is `sound`. A statement is unsound where it cannot be
told of whom something is said: two names without "and", a name with nothing said, a condition in the sentence.
Never:    knows what is said: the reader tells which spans say something.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.understand.asks.tokens import Span

EVERYBODY = frozenset({0})
"""Subject of a statement about all, or about all that are not named elsewhere. Numbers on a list begin with 1."""

HARD = frozenset({";", "|", "!", "…"})
_LINKS = frozenset({"&", "/", "+"})


@dataclass(frozen=True, slots=True)
class Statement:
    """*subjects*: numbers on the list; empty where nobody was named (then it may go on with what was said before)."""

    subjects: frozenset[int]
    said: tuple[Span, ...]
    start: int
    stop: int
    sound: bool = True


@dataclass(slots=True)
class _Group:
    """Names that stand together."""

    members: list[frozenset[int]]
    begin: int
    end: int
    listed: bool = False  # parted by commas only: one may have been left without a word
    conflict: bool = False

    @property
    def sound(self) -> bool:
        return not self.conflict and all(len(member) == 1 for member in self.members)

    @property
    def subjects(self) -> frozenset[int]:
        """Whom the names mean; nobody, where one of them may mean two."""
        return frozenset().union(*self.members) if self.sound else frozenset()


@dataclass(slots=True)
class _Sentence:
    text: str
    laid: Sequence[Span]
    groups: list[_Group] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reads:
    """What the reader tells of a span: whom it names, whether it says something, whether it only joins names, doubts or sets a condition."""

    subjects: Callable[[Sequence[Span], int], frozenset[int]]
    says: Callable[[Span], bool]
    joins: Callable[[Span], bool]
    of: Callable[[Span], bool]
    doubts: Callable[[Span], bool]
    conditions: Callable[[Span], bool]
    turns: Callable[[Span], bool]


def hard_pieces(text: str, laid: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """Sentences and lines: what one says has no part in the other."""
    begin = 0
    for i, span in enumerate(laid):
        typed = text[span.start : span.stop]
        ends = span.has("line") or (
            span.has("mark") and (typed in HARD or typed == "?" or (typed == "." and _ends(text, laid, i)))
        )
        if ends:
            # a question mark belongs to its sentence
            stop = i + 1 if typed in ("?", "!") else i
            if any(not s.has("line", "mark") for s in laid[begin:stop]) or "?" in (
                text[s.start : s.stop] for s in laid[begin:stop]
            ):
                yield laid[begin:stop]
            begin = i + 1
    if any(not s.has("line", "mark") for s in laid[begin:]):
        yield laid[begin:]


def _ends(text: str, laid: Sequence[Span], i: int) -> bool:
    """Whether a full stop ends a sentence: not after "Mr", an initial, or the number of a list."""
    if i == 0:
        return False
    before = laid[i - 1]
    if before.stop != laid[i].start:
        return True
    typed = text[before.start : before.stop]
    if typed.isdigit():
        return i + 1 >= len(laid) or laid[i + 1].has("line")
    if typed.lower() in ("no", "nr", "n"):
        return not (i + 1 < len(laid) and laid[i + 1].has("number"))
    return not (len(typed) == 1 or typed.lower() in _ABBREVIATED)


_ABBREVIATED = frozenset({"mr", "mrs", "ms", "dr", "st", "sr", "sra", "srta", "ing", "lic", "hr", "fr", "mme", "prof"})


def statements(text: str, laid: Sequence[Span], reads: Reads) -> list[Statement]:
    """The statements of one piece of `hard_pieces`."""
    groups = _groups(text, laid, reads)
    whole = (laid[0].start, laid[-1].stop)
    condition = any(reads.conditions(span) for span in laid)
    if not groups:
        return [Statement(frozenset(), tuple(laid), *whole, sound=not condition)]
    blocks = [
        laid[a:b] for a, b in zip([0, *(g.end for g in groups)], [*(g.begin for g in groups), len(laid)], strict=True)
    ]
    says = [any(reads.says(span) for span in block) for block in blocks]
    if condition or any(reads.doubts(span) and not reads.turns(span) for span in blocks[0]):
        return [Statement(_all(groups), tuple(laid), *whole, sound=False)]
    if len(groups) == 1:
        return [_single(groups[0], blocks, laid, says, reads)]
    if says[0]:
        return _said_first(text, laid, groups, blocks, says, reads)
    if not all(says[1:]):
        return [Statement(_all(groups), tuple(laid), *whole, sound=False)]
    return _named_first(text, laid, groups, blocks, reads)


def _all(groups: Sequence[_Group]) -> frozenset[int]:
    return frozenset().union(*(g.subjects for g in groups))


def _single(
    group: _Group, blocks: Sequence[Sequence[Span]], laid: Sequence[Span], says: Sequence[bool], reads: Reads
) -> Statement:
    said = (*blocks[0], *blocks[1])
    # "yes: Ann, Bob" is a list; "Ann, Bob yes" may have lost a word, and so may "talked to Ann, Bob yes"
    sound = group.sound and any(says) and not (group.listed and (says[1] or not says[0]))
    return Statement(group.subjects, said, laid[0].start, laid[-1].stop, sound)


def _named_first(
    text: str, laid: Sequence[Span], groups: Sequence[_Group], blocks: Sequence[Sequence[Span]], reads: Reads
) -> list[Statement]:
    """Ann yes, Bob no."""
    found = []
    doubted = False
    for number, group in enumerate(groups):
        said = list(blocks[number + 1])
        last = number + 1 == len(groups)
        parted = last or _parted(text, said, reads)
        while not last and said and (_is_separator(text, said[-1], reads) or reads.turns(said[-1])):
            said.pop()
        if number == 0:
            said = [*blocks[0], *said]
        doubts = any(reads.doubts(span) for span in said)
        stop = said[-1].stop if said and said[-1].stop > laid[group.end - 1].stop else laid[group.end - 1].stop
        start = laid[0].start if number == 0 else laid[group.begin].start
        sound = group.sound and not group.listed and not doubted
        found.append(Statement(group.subjects, tuple(said), start, stop, sound))
        doubted = doubts and not parted
    return found


def _said_first(
    text: str,
    laid: Sequence[Span],
    groups: Sequence[_Group],
    blocks: Sequence[Sequence[Span]],
    says: Sequence[bool],
    reads: Reads,
) -> list[Statement]:
    """Yes from Ann, no from Bob: a mark or "and" after each name, none between what is said and the name."""
    whole = Statement(_all(groups), tuple(laid), laid[0].start, laid[-1].stop, sound=False)
    if any(not _is_separator(text, span, reads) for span in blocks[-1]) or not all(says[:-1]):
        return [whole]
    found = []
    for number, group in enumerate(groups):
        said = list(blocks[number])
        if number and not (said and _is_separator(text, said[0], reads)):
            return [whole]
        while said and _is_separator(text, said[0], reads):
            said.pop(0)
        if any(_is_separator(text, span, reads) for span in said):
            return [whole]
        found.append(Statement(group.subjects, tuple(said), said[0].start, laid[group.end - 1].stop, group.sound))
    return found


def _is_separator(text: str, span: Span, reads: Reads) -> bool:
    return reads.joins(span) or (span.has("mark") and text[span.start : span.stop] in (",", "&", "/"))


def _parted(text: str, said: Sequence[Span], reads: Reads) -> bool:
    """Whether a mark or "and" stands between what is said of one and the name of the next."""
    return bool(said) and (_is_separator(text, said[-1], reads) or reads.turns(said[-1]) or said[-1].has("mark"))


def _groups(text: str, laid: Sequence[Span], reads: Reads) -> list[_Group]:
    groups: list[_Group] = []
    between: list[Span] = []
    i = 0
    while i < len(laid):
        named = reads.subjects(laid, i)
        if not named:
            between.append(laid[i])
            i += 1
            continue
        if groups and _connects(text, between, reads):
            _join(text, groups[-1], named, between, reads, i)
        else:
            groups.append(_Group([named], i, i + 1))
        between = []
        i += 1
    for group in groups:
        if group.end < len(laid) and text[laid[group.end].start : laid[group.end].stop] in (":", "-", "–", "—", "="):
            group.listed = False  # "Ann, Bob: yes"
    return groups


def _connects(text: str, between: Sequence[Span], reads: Reads) -> bool:
    """Nothing but marks, "and" and "from" between two names."""
    return all(
        reads.joins(s) or reads.of(s) or (s.has("mark") and text[s.start : s.stop] in ",&/+-–—(.):") for s in between
    )


def _join(text: str, group: _Group, named: frozenset[int], between: Sequence[Span], reads: Reads, i: int) -> None:
    marks = {text[s.start : s.stop] for s in between if s.has("mark")}
    linked = any(reads.joins(s) for s in between) or bool(marks & _LINKS)
    last = group.members[-1]
    group.end = i + 1
    if not linked and last & named:
        group.members[-1] = last & named  # "1. Ann", "Ann (Acme)", "Lee, Ann"
    elif linked:
        group.members.append(named)
        group.listed = False
    elif marks == {","}:
        group.members.append(named)
        group.listed = True
    elif (
        marks <= {"-", "–"}
        and len(marks) == 1
        and len(last) == len(named) == 1
        and _is_range(text, group, last, named, between)
    ):
        group.members += [frozenset({n}) for n in range(min(last) + 1, min(named) + 1)]
    else:
        group.conflict = True


def _is_range(text: str, group: _Group, last: frozenset[int], named: frozenset[int], between: Sequence[Span]) -> bool:
    """1-3"""
    dash = between[0]
    return (
        len(between) == 1 and text[dash.start - 1 : dash.start].isdigit() and text[dash.stop : dash.stop + 1].isdigit()
        and min(last) < min(named) < min(last) + 50
    )  # fmt: skip


def numbered(text: str, laid: Sequence[Span], i: int, known: Mapping[int, object]) -> frozenset[int]:
    """The number of a list entry that stands at a place: digits, at the beginning or after a mark or a word that is no count."""
    span = laid[i]
    if span.number is None or not span.has("number") or not text[span.start].isdigit() or span.number not in known:
        return frozenset()
    if i and laid[i - 1].has("mark") and text[laid[i - 1].start : laid[i - 1].stop] in ("+", "$", "€", "%"):
        return frozenset()
    if i + 1 < len(laid) and text[laid[i + 1].start : laid[i + 1].stop] in ("%", "€", "$"):
        return frozenset()
    return frozenset({span.number})
