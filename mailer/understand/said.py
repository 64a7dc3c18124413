"""One sentence, read: which signals it holds, who speaks in it, and what in it is a question.

Promises: a pure function of the sentence and its language's lexicon.
Never:    weighs signals against each other over sentences (weighing.py), or decides (words.py).
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailer.understand import lexicon
from mailer.understand.clauses import COMMA, Sentence, Word, unfold
from mailer.understand.phrases import Match

# What weighs against each other within a sentence: of two phrases, one inside the other, the longer is meant.
_MEANING = frozenset(
    {
        "ignore",
        "yes",
        "wish",
        "works",
        "no",
        "nowish",
        "reason",
        "maybe",
        "hedge",
        "cond",
        "other_yes",
        "other_no",
        "other_away",
        "delegate",
    }
    | {"bare_yes", "bare_no", "ack", "seen", "host", "elsewhen", "earlier", "told", "g_ask"}
)
_RANK = {"ignore": 0, "no": 1, "delegate": 2, "nowish": 3, "other_no": 3, "maybe": 4, "hedge": 5}
ANSWERS = (
    "yes",
    "wish",
    "works",
    "no",
    "nowish",
    "bare_yes",
    "bare_no",
    "other_yes",
    "other_no",
    "other_away",
    "delegate",
    "maybe",
    "sendother",
)

_MUTED = frozenset(
    {
        "cond",
        "reason",
        "booked",
        "partial",
        "elsewhen",
        "hedge",
        "ack",
        "seen",
        "host",
        "g_one",
        "g_plus",
        "g_unclear",
        "likes",
    }
)
"""Signals, beside the answers, that words taken out of play cannot give."""

_EXPLAINS_NOTHING = frozenset(
    {"hedge", "cond", "partial", "told", "host", "elsewhen", "who", "maybe", "other_yes", "other_no"}
)
"""Signals whose words stay unexplained: what stands beside a plain yes should be counted, not excused by them."""


@dataclass(slots=True)
class Said:
    """One sentence, read."""

    number: int
    sentence: Sentence
    words: Sequence[Word]
    found: dict[str, list[Match]] = field(default_factory=dict)
    asks: bool = False
    language: str = "en"
    spoken_for: frozenset[int] = frozenset()
    """Places of words that some phrase, a name or a filler accounts for."""
    accounted: frozenset[int] = frozenset()
    """Places of words that any phrase at all covers."""

    @property
    def unexplained(self) -> int:
        return sum(1 for i, word in enumerate(self.words) if i not in self.spoken_for and word.form != COMMA)

    @property
    def of_oneself(self) -> bool:
        """The writer is named in it: "I", "we"."""
        selves = lexicon.load(self.language).self
        return any(word.form in selves for word in self.words)

    def stray(self, beside: Match | None = None) -> int:
        """Words that neither a phrase nor an invitation explains, *beside* a phrase that is accounted for."""
        lex = lexicon.load(self.language)
        return sum(
            1
            for i, word in enumerate(self.words)
            if i not in self.spoken_for
            and not (beside is not None and beside.begin <= i < beside.end)
            and word.form not in lex.around
            and word.form not in lex.marks
            and word.form != COMMA
            and not word.form[:1].isdigit()
        )

    def has(self, *signals: str) -> bool:
        return any(self.found.get(signal) for signal in signals)

    def first(self, *signals: str) -> Match | None:
        matches = [match for signal in signals for match in self.found.get(signal, ())]
        return min(matches, key=lambda match: match.begin) if matches else None

    def drop(self, signal: str, match: Match) -> None:
        self.found[signal] = [other for other in self.found[signal] if other is not match]

    def move(self, signal: str, match: Match, to: str) -> None:
        self.drop(signal, match)
        self.found.setdefault(to, []).append(replace(match, signal=to))

    def clause(self, match: Match) -> tuple[int, int]:
        """The places from the pause before *match* to the one after it."""
        begin = max((i + 1 for i in range(match.begin) if self.words[i].form == COMMA), default=0)
        end = next((i for i in range(match.end, len(self.words)) if self.words[i].form == COMMA), len(self.words))
        return begin, end

    def pause_between(self, a: Match, b: Match) -> bool:
        low, high = min(a.end, b.end), max(a.begin, b.begin)
        return any(word.form == COMMA for word in self.words[low:high])


def read_sentence(number: int, sentence: Sentence, code: str) -> Said:
    lex = lexicon.load(code)
    words = _name(unfold(sentence.words, lex.longer, lex.longest), lex, sentence.shouted)
    offers = lex.phrases.offers(words)
    said = Said(number, sentence, words, asks=sentence.asks, language=code)
    matches = lex.phrases.find(words, offers)
    meaning = [match for match in matches if match.signal in _MEANING]
    ignored = [match for match in matches if match.signal == "ignore"]
    for match in matches:
        if match.signal == "ignore":
            continue
        if match.signal in _MEANING and any(_covers(other, match) for other in meaning):
            continue
        if (match.signal in ANSWERS or match.signal in _MUTED) and _ignored(match, ignored):
            continue
        said.found.setdefault(match.signal, []).append(match)
    for match in said.found.get("booked", ()):
        said.found.setdefault("reason", []).append(replace(match, signal="reason"))
    for signal in ("good", "bare_yes", "bare_no", "ack"):
        for match in list(said.found.get(signal, ())):
            if any(e.begin <= match.begin and match.end <= e.end for e in said.found.get("earlier", ())):
                said.drop(signal, match)  # "I know I said yes" says what was, not what is
    for instead in said.found.get("delegate", ()):
        for signal in ("other_yes", "other_no", "yes", "no"):
            for match in list(said.found.get(signal, ())):
                if match.begin < instead.end and instead.begin < match.end:
                    said.drop(signal, match)
    covered = {
        i
        for signal, found in said.found.items()
        if signal not in _EXPLAINS_NOTHING
        for match in found
        for i in range(match.begin, match.end)
    }
    for i, here in enumerate(offers):
        for key, end in here:
            if key in ("<filler>", "<lead>", "<tail>", "@"):
                covered.update(range(i, end))
    said.spoken_for = frozenset(covered)
    said.accounted = frozenset(i for match in matches for i in range(match.begin, match.end) if match.signal != "who")
    _who_speaks(said)
    _what_is_asked(said, offers)
    return said


def _ignored(match: Match, ignored: Sequence[Match]) -> bool:
    """What looks like an answer and is none covers the phrase, unless the phrase says more."""
    touched = any(other.begin <= match.begin < other.end or other.begin < match.end <= other.end for other in ignored)
    length = match.end - match.begin
    return touched and not any(
        match.begin <= other.begin and other.end <= match.end and length > other.end - other.begin for other in ignored
    )


def _name(words: list[Word], lex: lexicon.Lexicon, shouted: bool) -> list[Word]:
    """Leave the capital only to words that may be names."""
    named = []
    for i, word in enumerate(words):
        capital = word.capital and not shouted
        if capital and word.form in lex.known:
            first = i == 0 or words[i - 1].form == COMMA
            beside = i + 1 < len(words) and words[i + 1].capital and words[i + 1].form not in lex.known
            # "Mark Jones will come": a word of the lexicon may be a first name, but "Unfortunately" is none.
            capital = (
                not lex.nouns_capital
                and word.form not in lex.never_names
                and (not first or (beside and word.form not in lex.common))
            )
        if capital and _is_called(words, i, lex):
            capital = False
        named.append(replace(word, capital=capital) if capital != word.capital else word)
    return named


def _is_called(words: Sequence[Word], i: int, lex: lexicon.Lexicon) -> bool:
    """The name of the one who is written to: "Thanks Laura, will be there"."""
    if (
        i + 2 >= len(words)
        or words[i + 1].form != COMMA
        or (words[i + 2].capital and words[i + 2].form not in lex.known)
    ):
        return False
    return all(word.form in lex.calls or word.form == COMMA for word in words[max(0, i - 4) : i])


def _covers(other: Match, match: Match) -> bool:
    if other is match:
        return False
    size, mine = other.end - other.begin, match.end - match.begin
    inside = other.begin <= match.begin and match.end <= other.end
    if not inside or (match.signal == "delegate" and other.signal != "ignore" and other.signal not in ("cond", "told")):
        return False
    return size > mine or _RANK.get(other.signal, 9) < _RANK.get(match.signal, 9)


def _who_speaks(said: Said) -> None:
    """A phrase without a subject takes the one before it: "Ann is ill and will not come" says nothing of the writer."""
    lex = lexicon.load(said.language)
    for signal, to in (("yes", "other_yes"), ("wish", "other_yes"), ("no", "other_no"), ("reason", "other_away")):
        for match in list(said.found.get(signal, ())):
            if _has_other_subject(said, match, lex):
                said.move(signal, match, to)
    others = [
        match.begin
        for signal in ("who", "told", "other_yes", "other_no", "other_away")
        for match in said.found.get(signal, ())
    ]
    if not others:
        return
    for signal, to in (("yes", "other_yes"), ("wish", "other_yes"), ("no", "other_no"), ("reason", "other_away")):
        for match in list(said.found.get(signal, ())):
            before = [place for place in others if place < match.begin]
            mine = [k for k in range(match.begin) if said.words[k].form in lex.self]
            if match.opened and before and (not mine or max(mine) < max(before)):
                said.move(signal, match, to)
    speaks = said.of_oneself
    if not speaks and said.has("other_yes", "other_no", "other_away"):
        said.found.pop("reason", None)
    told = said.first("told")
    if told is not None:
        for signal in ("yes", "wish", "no", "maybe", "reason"):
            for match in list(said.found.get(signal, ())):
                if match.begin > told.begin:
                    said.drop(signal, match)


def _has_other_subject(said: Said, match: Match, lex: lexicon.Lexicon) -> bool:
    """Somebody else stands right before a phrase that names nobody: "they can't do Tuesday"."""
    if not match.begin or any(word.form in lex.self for word in said.words[match.begin : match.end]):
        return False
    if any(who.end == match.begin for who in said.found.get("who", ())):
        return True
    before = said.words[match.begin - 1]
    name = before.capital and before.form not in lex.known and before.form != COMMA
    # "Sorry Laura can't make it" calls her; "Bob can't do Tuesday" speaks of him
    return name and not (match.begin > 1 and said.words[match.begin - 2].form in lex.calls)


def who_goes_on(saids: Sequence[Said]) -> None:
    """A sentence that names nobody goes on about whom the one before spoke: "She is away. Can come on Friday." """
    for before, said in pairwise(saids):
        if not before.has("who", "other_yes", "other_no", "other_away") or before.of_oneself or said.of_oneself:
            continue
        for signal, to in (("yes", "other_yes"), ("no", "other_no")):
            for match in list(said.found.get(signal, ())):
                if match.opened:
                    said.move(signal, match, to)


def _what_is_asked(said: Said, offers: list[list[tuple[str, int]]]) -> None:
    """What stands in a question is asked, not said; what stood before it in the same sentence was said."""
    opener = None
    for place in range(len(said.words)):
        if place and said.words[place - 1].form != COMMA and not _leads(offers, place):
            continue
        # Without its mark a question is known only by a beginning that nothing else has ("could you", not "kann ich").
        if any(key == "<asks>" if said.asks else key == "<asks_unmarked>" and place == 0 for key, _ in offers[place]):
            opener = place
            break
    if opener is None:
        if not said.asks:
            return
        opener = 0
    said.asks = True
    for signal in (*ANSWERS, "reason", "cond", "partial", "hedge", "ack"):
        for match in list(said.found.get(signal, ())):
            if match.begin >= opener:
                said.drop(signal, match)


def _leads(offers: list[list[tuple[str, int]]], place: int) -> bool:
    return any(
        key in ("<lead>", "<filler>") and end == place
        for i in range(max(0, place - 6), place)
        for key, end in offers[i]
    )
