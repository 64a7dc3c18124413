"""What came of a champion's calls: "Ann yes, Bob voicemail, Cho no", "1 yes 2 vm 3 call back Tuesday", one a line or several.

Promises: pure; results only for those on the list, and only where a name, an organisation or a number fits exactly one of them.
Never:    guesses. A piece with two results, a doubt, a negation that is in no expression, or words that nobody knows between name
          and result is given back. What is said of one person in two ways is given back too.
Fails:    not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from mailer.terms import PersonId
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.dates import Day, Hour, matchers
from mailer.understand.asks.listed import names_of
from mailer.understand.asks.question import Callee, Written
from mailer.understand.asks.statements import EVERYBODY, Reads, Statement, hard_pieces, numbered, statements
from mailer.understand.asks.tokens import (
    Span,
    in_one_way,
    is_a,
    is_bare,
    spans,
    tokens,
    unknown_words,
    without_telephones,
)

MOST_RESULTS = 200
LONGEST_NOTE = 500


class Result(StrEnum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    VOICEMAIL = "voicemail"
    CALL_AGAIN = "call again"
    WRONG_NUMBER = "wrong number"
    TALKED = "talked"  # spoken to, and nothing said of coming


@dataclass(frozen=True, slots=True)
class CallResult:
    """*again*: the day on which to call again, where one was named. *words*: what it rests on, as typed; *note*: what was added."""

    person: PersonId
    result: Result
    again: date | None = None
    note: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallResults:
    results: tuple[CallResult, ...] = ()
    not_understood: tuple[str, ...] = ()


_RESULTS = {
    "calls.yes": Result.YES, "calls.no": Result.NO, "calls.maybe": Result.MAYBE, "calls.voicemail": Result.VOICEMAIL,
    "calls.again": Result.CALL_AGAIN, "calls.wrong": Result.WRONG_NUMBER, "calls.talked": Result.TALKED,
}  # fmt: skip
_AROUND = (
    "calls.filler", "calls.he", "calls.times", "delegate.title", "common.courtesy", "common.and", "common.of", "common.turn",
)  # fmt: skip
_CLASSES = (
    *_RESULTS, *_AROUND, "calls.note", "calls.all", "calls.when", "common.doubt", "common.condition",
)  # fmt: skip
_OPEN = frozenset({Result.VOICEMAIL, Result.CALL_AGAIN, Result.WRONG_NUMBER, Result.TALKED})
"""Results that say nothing of coming: what is added to them cannot change a yes or a no."""

_Said = tuple[frozenset[int], Result, date | None, str, str]
"""Whom (numbers), what, when again, note, words."""
_Odd = tuple[str, frozenset[int]]
"""What was not understood, and whom it names."""
_Line = tuple[tuple[_Said, ...], tuple[_Odd, ...]]
"""What was read, and what was not."""


def read_calls(text: str, people: Sequence[Callee], written: Written, author: str = "") -> CallResults:
    """Read what came of calls to *people*."""
    body = answer_in(text, author)
    known = {callee.number: callee for callee in people}
    names = names_of((c.number, c.name, c.organisation) for c in people)
    said: list[_Said] = []
    odd: list[_Odd] = []
    heading: Result | None = None
    last: frozenset[int] = frozenset()
    for line in body.split("\n"):
        if not line.strip():
            heading = None
            continue
        reader = _LineReader(line, known, names, written, heading, last)
        result = in_one_way(reader.read, written.language)
        if result is None:
            odd.append((line.strip(), frozenset()))
            continue
        (found, left), heading = result
        said += found
        odd += left
        if found:
            last = found[-1][0]
    if body and not said and not odd:
        odd.append((body[:LONGEST_NOTE], frozenset()))  # courtesy and no more, for all we know
    return _combined(said, odd, people)


def _combined(said: Sequence[_Said], left: Sequence[_Odd], people: Sequence[Callee]) -> CallResults:
    """One result a person; said in two ways, or once so that it is not understood, none."""
    odd = [text for text, _ in left]
    doubted = frozenset().union(*(numbers for _, numbers in left))
    found: dict[int, CallResult] = {}
    conflict: dict[int, list[str]] = {}
    ident = {callee.number: callee.person for callee in people}
    one_by_one = [s for s in said if s[0] != EVERYBODY]
    rest = [s for s in said if s[0] == EVERYBODY]
    named = frozenset().union(*(s[0] for s in one_by_one))
    if len(rest) == 1 and not odd:  # else nobody knows who is left
        one_by_one.append((frozenset(ident) - named, *rest[0][1:]))
    elif rest:
        odd += [s[4] for s in rest]
    for numbers, result, again, note, typed in one_by_one:
        for number in sorted(numbers):
            new = CallResult(ident[number], result, again, note[:LONGEST_NOTE], typed[:LONGEST_NOTE])
            old = found.get(number)
            merged = new if old is None else _both(old, new)
            if merged is None:
                conflict.setdefault(number, [old.words if old else ""]).append(typed)
            else:
                found[number] = merged
    for number in doubted & found.keys() - conflict.keys():
        odd.append(found.pop(number).words)
    for number, pieces in conflict.items():
        found.pop(number, None)
        odd.append(" / ".join(dict.fromkeys(pieces))[:LONGEST_NOTE])
    return CallResults(tuple(found.values())[:MOST_RESULTS], tuple(dict.fromkeys(p for p in odd if p)))


def _both(old: CallResult, new: CallResult) -> CallResult | None:
    """The same said twice, or "spoke to Ann" and then what she said; None where the two contradict each other."""
    result = _one_of({old.result, new.result})
    again = old.again or new.again
    if result is None or (old.again and new.again and old.again != new.again):
        return None
    notes = "; ".join(dict.fromkeys(n for n in (old.note, new.note) if n))
    return replace(
        new,
        result=result,
        again=again,
        note=notes[:LONGEST_NOTE],
        words="; ".join(dict.fromkeys((old.words, new.words))),
    )


def _one_of(results: set[Result], dated: bool = False) -> Result | None:
    """What several words together mean, or None."""
    if len(results) == 1:
        return next(iter(results))
    without = results - {Result.TALKED}
    if len(without) == 1:
        return next(iter(without))
    if without == {Result.VOICEMAIL, Result.CALL_AGAIN}:
        return Result.CALL_AGAIN if dated else Result.VOICEMAIL
    if without == {Result.MAYBE, Result.CALL_AGAIN}:
        return Result.MAYBE
    return None


@dataclass(slots=True)
class _Heard:
    """What the spans of one statement have said so far. *early*: something beside it stood before the result."""

    results: set[Result] = field(default_factory=set)
    days: list[Day] = field(default_factory=list)
    note_at: int | None = None
    marked: bool = False
    doubted: bool = False
    turned: bool = False
    hour: bool = False
    early: bool = False

    def begin_note(self, at: int) -> None:
        if self.note_at is None:
            self.note_at = at


class _LineReader:
    """One line, read in one language at a time."""

    def __init__(
        self, line: str, known: Mapping[int, Callee], names: Mapping[tuple[str, ...], frozenset[int]], written: Written,
        heading: Result | None, last: frozenset[int],
    ) -> None:  # fmt: skip
        self.line = line
        self.known = known
        self.names = names
        self.written = written
        self.today = written.local.date()
        self.heading = heading
        self.last = last
        self.found = tokens(without_telephones(line))

    def read(self, code: str) -> tuple[int, tuple[_Line, Result | None] | None]:
        laid = spans(self.found, code, _CLASSES, self.names, matchers(code, self.written))
        while laid and laid[0].has("mark") and self.line[laid[0].start] in "-*•–·>":
            laid = laid[1:]
        unknown = unknown_words(laid)
        heading = self._heading(laid)
        if heading is not None:
            return unknown, (((), ()), heading)
        if self.heading is not None and not any(self._says(span) for span in laid):
            return unknown, self._listed(laid)
        reads = Reads(
            self._subjects,
            self._says,
            is_a("common.and"),
            is_a("common.of", "delegate.title"),
            self._doubts,
            self._conditions,
            is_a("common.turn"),
        )
        said: list[_Said] = []
        odd: list[_Odd] = []
        last = self.last
        for piece in hard_pieces(self.line, laid):
            for statement in statements(self.line, piece, reads):
                result = self._statement(statement, last)
                if result is None:
                    if not self._is_courtesy(statement):
                        text = self.line[statement.start : statement.stop].strip(" ,;-")
                        odd.append((text, statement.subjects))
                else:
                    said.append(result)
                    last = result[0]
        return unknown, ((tuple(said), tuple(odd)), None)

    def _heading(self, laid: Sequence[Span]) -> Result | None:
        """A line "Yes:" above the names that belong to it."""
        if not laid or self.line[laid[-1].start : laid[-1].stop] != ":":
            return None
        results = {self._result(span) for span in laid[:-1]} - {None}
        others = [s for s in laid[:-1] if self._result(s) is None and not s.has("calls.filler", "common.of")]
        return next(iter(results)) if len(results) == 1 and not others else None

    def _listed(self, laid: Sequence[Span]) -> tuple[_Line, Result | None] | None:
        """Names, and no more, below a heading."""
        assert self.heading is not None
        said: list[_Said] = []
        for i, span in enumerate(laid):
            subjects = self._subjects(laid, i)
            if subjects:
                comma = i > 0 and self.line[laid[i - 1].start : laid[i - 1].stop] == ","
                if said and subjects & said[-1][0] and not comma:
                    subjects &= said.pop()[0]  # "1. Ann", "Ann (Acme)"
                said.append((subjects, self.heading, None, "", self.line.strip()))
            elif not span.has("mark", "common.and", "common.of", "delegate.title"):
                return None
        if not said or any(len(each[0]) != 1 for each in said):
            return None
        return (tuple(said), ()), self.heading

    def _subjects(self, laid: Sequence[Span], i: int) -> frozenset[int]:
        span = laid[i]
        if span.named and (len(span.kinds) == 1 or self.line[span.start].isupper()):
            return span.named
        if span.has("calls.all"):
            return EVERYBODY
        if i + 1 < len(laid) and laid[i + 1].has("calls.times"):
            return frozenset()
        return numbered(self.line, laid, i, self.known)

    def _result(self, span: Span) -> Result | None:
        if span.named and self.line[span.start].isupper():
            return None
        return next((result for kind, result in _RESULTS.items() if span.has(kind)), None)

    def _says(self, span: Span) -> bool:
        return self._result(span) is not None

    def _doubts(self, span: Span) -> bool:
        return span.has("common.doubt", "common.condition") and not self._says(span) and not span.has("calls.filler")

    def _conditions(self, span: Span) -> bool:
        return span.has("common.condition") and not (self._says(span) and is_bare(self.line, span))

    def _is_courtesy(self, statement: Statement) -> bool:
        return (
            all(s.has("common.courtesy", "mark", "line", "common.and") for s in statement.said)
            and not statement.subjects
        )

    def _statement(self, statement: Statement, last: frozenset[int]) -> _Said | None:
        """What one statement says, or None where it is not understood."""
        subjects, said = statement.subjects, statement.said
        typed = self.line[statement.start : statement.stop].strip(" ,;")
        if not statement.sound or "?" in typed:
            return None
        if not subjects:
            # "Left a message. She called back: she is coming." goes on with the one before
            if len(last) != 1 or last == EVERYBODY or not (said and said[0].has("calls.he")):
                return None
            subjects = last
        return self._judged(subjects, said, typed)

    def _answers_no(self, said: Sequence[Span], i: int) -> bool:
        """A bare "no" answers where nothing follows that it may deny: "No he llamado a Bob" is no answer of his."""
        if said[i].end - said[i].begin > 1 or self.line[said[i].start : said[i].stop].lower() != "no":
            return True
        if is_bare(self.line, said[i]) or i + 1 >= len(said) or said[i + 1].begin > said[i].end:
            return True
        after = said[i + 1]
        return not self._says(after) and (after.has("common.of") or not after.has("calls.filler", "calls.he"))

    def _judged(self, subjects: frozenset[int], said: Sequence[Span], typed: str) -> _Said | None:
        heard = _Heard()
        if not all(self._takes(heard, said, i) for i in range(len(said))):
            return None
        result = _one_of(heard.results, bool(heard.days))
        if result is None or len(heard.days) > 1:
            return None
        if (heard.days or heard.hour) and Result.CALL_AGAIN not in heard.results:
            return None  # a day of which nobody says what it is for
        if result not in _OPEN and (heard.doubted or heard.hour or heard.turned or heard.early):
            return None  # "yes, but …"
        if heard.doubted and heard.note_at is None:
            return None
        again = heard.days[0].usual if heard.days else None
        if heard.days and (again is None or result in (Result.YES, Result.NO, Result.WRONG_NUMBER)):
            return None
        note = ""
        if heard.note_at is not None:
            end = max(span.stop for span in said)
            note = self.line[heard.note_at : end].strip(" ,;.:()–—-")
        return subjects, result, again, note, typed

    def _takes(self, heard: _Heard, said: Sequence[Span], i: int) -> bool:
        """Take one span into account; False where it makes the whole not understood."""
        span = said[i]
        result = self._result(span)
        if result is not None:
            heard.results.add(result)
            heard.doubted = heard.doubted or (result is Result.NO and not self._answers_no(said, i))
        elif isinstance(span.value, Day):
            if span.value.usual != self.today or heard.results:  # "called her today" tells nothing
                heard.days.append(span.value)
        elif isinstance(span.value, Hour):
            heard.hour = True
            return bool(heard.days) or Result.CALL_AGAIN in heard.results
        elif span.has("common.turn"):
            if heard.results:
                heard.turned = True
                heard.begin_note(span.start)
        elif self._doubts(span):
            heard.doubted = True
        elif span.has("mark"):
            heard.marked = heard.marked or bool(heard.results)
        elif span.has("calls.when"):
            heard.begin_note(span.start)
            return Result.CALL_AGAIN in heard.results
        elif span.has("number") and i + 1 < len(said) and said[i + 1].has("calls.times"):
            return True
        elif span.has("calls.note"):
            heard.early = heard.early or not heard.results
            heard.begin_note(span.start)
        elif not span.has(*_AROUND):
            if not heard.results or not (heard.marked or heard.note_at is not None):
                return False  # a word that nobody knows, before or amid what is said
            heard.begin_note(span.start - (self.line[span.start - 1 : span.start] == "+"))
        return True
