"""Find the phrases of a lexicon in a sentence: the small pattern language, and the machine that runs it.

A phrase is a row of items:

    attend            this word (accents and capitals do not matter)
    come|go|<join>    one of these
    <attend>          any entry of the lexicon's word class ``attend``
    [with pleasure]   may be there or not; inside, no further brackets
    ..  ...  ....     up to two, five, eleven words of any kind, but no comma and no negation
    _                 one word of any kind
    #                 a number, in digits or words        @   a name (words with capitals); both are kept
    %                 a day or an hour in digits (12th, 9:30)
    ^   $             where a clause begins (the sentence, after a comma, after a word of class ``lead``); the sentence's end
    ;                 a clause's end: the sentence's, a comma, or before a word of class ``joint`` ("and", "because") or ``stop`` ("with", "at")

Between any two items, words of the class ``filler`` ("really", "unfortunately") and commas are passed over.

Promises: the work for a sentence is bounded by its length times the lexicon's longest phrase; the longest match is found.
Never:    knows a language or what a signal means.
Fails:    `LexiconFault` when a lexicon is written wrongly (a bug of ours: the tests load every lexicon).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.understand.clauses import COMMA, Word, plain

_GAPS = {"_": (1, 1), "..": (0, 2), "...": (0, 5), "....": (0, 11)}
_KEPT = frozenset({"#", "+#", "@", "<companion>"})


class LexiconFault(Exception):
    """A lexicon names a class that it does not hold, or a bracket is not closed."""


@dataclass(slots=True, eq=False)
class _State:
    edges: dict[str, "_State"] = field(default_factory=dict)
    gaps: dict[tuple[int, int], "_State"] = field(default_factory=dict)
    signals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of *signal* was found in words *begin* to *end*; *kept* are the numbers, names and companions on the way."""

    signal: str
    begin: int
    end: int
    kept: tuple[tuple[str, int, int], ...] = ()
    opened: bool = False
    """The phrase says no subject of its own: it leans on where the clause began."""


class Phrases:
    """All phrases of one language, in one machine: common beginnings are walked once."""

    def __init__(
        self,
        classes: Mapping[str, Iterable[str]],
        signals: Mapping[str, Iterable[str]],
        numbers: Mapping[str, int],
    ) -> None:
        self.numbers = {plain(word): number for word, number in numbers.items()}
        self._entries: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._classes = set(classes)
        self._negations = frozenset(plain(word) for word in classes.get("negation", ()))
        for name, entries in classes.items():
            for entry in entries:
                words = tuple(plain(word) for word in entry.split())
                self._entries.setdefault(words[0], []).append((words, f"<{name}>"))
        self._root = _State()
        for signal, phrases in signals.items():
            for phrase in phrases:
                self._add(signal, phrase)

    # building ---------------------------------------------------------------------------------------------------------
    def _add(self, signal: str, phrase: str) -> None:
        states = [self._root]
        pieces = phrase.replace("[", " [ ").replace("]", " ] ").split()
        before: list[_State] | None = None
        for piece in pieces:
            if piece == "[":
                if before is not None:
                    raise LexiconFault(f"{signal}: brackets within brackets in {phrase!r}")
                before = list(states)
            elif piece == "]":
                if before is None:
                    raise LexiconFault(f"{signal}: a bracket closes that was not opened in {phrase!r}")
                states = _unique([*states, *before])
                before = None
            else:
                states = self._advance(states, piece, signal, phrase)
        if before is not None:
            raise LexiconFault(f"{signal}: a bracket is not closed in {phrase!r}")
        for state in states:
            if state is self._root:
                raise LexiconFault(f"{signal}: {phrase!r} fits nothing at all")
            if signal not in state.signals:
                state.signals.append(signal)

    def _advance(self, states: list[_State], piece: str, signal: str, phrase: str) -> list[_State]:
        after: list[_State] = []
        if piece in _GAPS:
            return _unique([state.gaps.setdefault(_GAPS[piece], _State()) for state in states])
        for choice in piece.split("|"):
            if choice.startswith("<"):
                if choice[1:-1] not in self._classes:
                    raise LexiconFault(f"{signal}: no word class {choice} for {phrase!r}")
                key = choice
            else:
                key = choice if choice in "^$#@;" or choice == "+#" else plain(choice)
            after += [state.edges.setdefault(key, _State()) for state in states]
        return _unique(after)

    # running ----------------------------------------------------------------------------------------------------------
    def number(self, word: str) -> int | None:
        digits = word.lstrip("+")
        if digits.isdigit() and len(digits) <= 3:
            return int(digits)
        return self.numbers.get(word)

    def offers(self, words: Sequence[Word]) -> list[list[tuple[str, int]]]:
        """For each place, what stands there: the word, its classes, number, name; each with the place after it."""
        n = len(words)
        forms = [word.form for word in words]
        out: list[list[tuple[str, int]]] = []
        for i, form in enumerate(forms):
            here: list[tuple[str, int]] = [(form, i + 1)]
            if form[0] == "+" and form[1:].isdigit():
                if i + 1 < n and forms[i + 1][0].isdigit():
                    out.append([("<telephone>", i + 1)])  # "+1 414 555 0100" brings nobody along
                    continue
                if form != "+1":
                    here.append(("+#", i + 1))
            for entry, name in self._entries.get(form, ()):
                size = len(entry)
                if size == 1 or tuple(forms[i : i + size]) == entry:
                    here.append((name, i + size))
            if form[0].isdigit():
                here.append(("%", i + 1))
            if self.number(form) is not None:
                here.append(("#", i + 1))
            if words[i].capital:
                j = i
                while j < n and j < i + 4 and words[j].capital and forms[j] != "i":
                    j += 1
                    here.append(("@", j))
            out.append(here)
        return out

    def find(self, words: Sequence[Word], offers: list[list[tuple[str, int]]]) -> list[Match]:
        """All phrases in the sentence, for each signal and place the longest."""
        n = len(words)
        begins = _beginnings(words, offers)
        found: list[Match] = []
        for i in range(n):
            if words[i].form == COMMA:
                continue
            best: dict[str, Match] = {}
            self._walk(self._root, i, i, n, words, offers, (), False, set(), best)
            opener = self._root.edges.get("^")
            if opener is not None and begins[i]:
                self._walk(opener, i, i, n, words, offers, (), True, set(), best)
            found += best.values()
        return found

    def _walk(
        self,
        state: _State,
        at: int,
        begin: int,
        n: int,
        words: Sequence[Word],
        offers: list[list[tuple[str, int]]],
        kept: tuple[tuple[str, int, int], ...],
        opened: bool,
        seen: set[tuple[int, int]],
        best: dict[str, Match],
        passed: bool = False,
    ) -> None:
        mark = (id(state), at)
        if mark in seen:
            return
        seen.add(mark)
        for signal in state.signals:
            if not passed and at > begin and (signal not in best or best[signal].end < at):
                best[signal] = Match(signal, begin, at, kept, opened)
        edges = state.edges
        if "$" in edges and _only_filler(words, offers, at, n):
            self._walk(edges["$"], n, begin, n, words, offers, kept, opened, seen, best)
        if ";" in edges and _clause_ends(words, offers, at, n):
            self._walk(edges[";"], at, begin, n, words, offers, kept, opened, seen, best)
        for (least, most), following in state.gaps.items():
            for count in range(most + 1):
                if count and (at + count > n or words[at + count - 1].form == COMMA):
                    break
                if count and words[at + count - 1].form in self._negations:
                    break
                if count >= least:
                    self._walk(following, at + count, begin, n, words, offers, kept, opened, seen, best)
        if at >= n:
            return
        for key, end in offers[at]:
            following_state = edges.get(key)
            if following_state is not None:
                more = (*kept, (key, at, end)) if key in _KEPT else kept
                self._walk(following_state, end, begin, n, words, offers, more, opened, seen, best)
            if key == "<filler>" and at > begin:
                self._walk(state, end, begin, n, words, offers, kept, opened, seen, best, True)
        if at > begin and (words[at].form == COMMA or "@" in words[at].form):
            self._walk(state, at + 1, begin, n, words, offers, kept, opened, seen, best, True)


def _unique(states: list[_State]) -> list[_State]:
    return list({id(state): state for state in states}.values())


def _beginnings(words: Sequence[Word], offers: list[list[tuple[str, int]]]) -> list[bool]:
    """Where a clause may begin: the sentence, after a comma, and after words that only lead in."""
    n = len(words)
    begins = [False] * (n + 1)
    begins[0] = True
    for i, word in enumerate(words):
        if word.form == COMMA:
            begins[i + 1] = True
        for key, end in offers[i]:
            if key == "<lead>" or (key == "<filler>" and begins[i]):
                begins[end] = True
    return begins


def _clause_ends(words: Sequence[Word], offers: list[list[tuple[str, int]]], at: int, n: int) -> bool:
    if at >= n or words[at].form == COMMA or any(key in ("<joint>", "<stop>") for key, _ in offers[at]):
        return True
    return _only_filler(words, offers, at, n)


def _only_filler(words: Sequence[Word], offers: list[list[tuple[str, int]]], at: int, n: int) -> bool:
    """Nothing but fillers and commas up to the end."""
    reach = {at}
    for i in range(at, n):
        if i not in reach:
            continue
        if words[i].form == COMMA:
            reach.add(i + 1)
        for key, end in offers[i]:
            if key in ("<filler>", "<tail>"):
                reach.add(end)
    return n in reach
