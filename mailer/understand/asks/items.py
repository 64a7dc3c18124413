"""How action items stand: done, help, a new date, in progress; one item or several ("1 done, 2 by 3 May, 3 need help: no data").

Promises: pure; only items that were asked about; dates from the day of writing on.
Never:    guesses. "Almost done", two dates, a doubt or an item that cannot be told is given back.
Fails:    not at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.dates import Day, Hour, matchers
from mailer.understand.asks.listed import titles_of
from mailer.understand.asks.question import Item, Written
from mailer.understand.asks.statements import EVERYBODY, Reads, Statement, hard_pieces, numbered, statements
from mailer.understand.asks.tokens import Span, in_one_way, is_a, is_all_of, is_bare, spans, tokens, unknown_words

MOST_REPORTS = 100
LONGEST_NOTE = 1_000


class State(StrEnum):
    DONE = "done"
    HELP = "help"
    MOVED = "a new date"
    PROGRESS = "in progress"


@dataclass(frozen=True, slots=True)
class ItemReport:
    """*due*: the new date; beside `HELP`, the date that was asked for too. *note*: what was added; *words*: what it rests on, as typed."""

    number: int
    state: State
    due: date | None = None
    note: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ItemReports:
    reports: tuple[ItemReport, ...] = ()
    not_understood: tuple[str, ...] = ()


_SAYS = ("items.done", "items.help", "items.progress", "items.open")
_AROUND = (
    "items.filler", "items.move", "items.item", "items.all", "items.until", "dates.by", "dates.the", "dates.end_of_day",
    "common.and", "common.courtesy",
)  # fmt: skip
_CLASSES = (
    *_SAYS, *_AROUND, "common.both", "items.note", "items.past", "items.remains", "common.doubt", "common.condition", "common.turn",
)  # fmt: skip
_AGAINST = (*_SAYS, "items.remains", "common.doubt", "common.condition", "common.turn")
_N = r"#?\d{1,4}"
_DONE_WITH = (
    # "done with 2, 3 by Friday" is of the first alone, "done with 2, 3 and 5." of all
    (
        re.compile(
            rf"\b(done|finished) with ({_N}(?:, ?{_N})*(?:,? (?:and|&) {_N})?)(?=\s*(?:[.;!]|$))", re.IGNORECASE
        ),
        r"\2 \1",
    ),
    (re.compile(rf"\b(done|finished) with ({_N}(?: (?:and|&) {_N})*)(?=[,;]| but\b)", re.IGNORECASE), r"\2 \1"),
)
_WITHOUT_BY = frozenset({"tomorrow", "eow", "eom", "mañana", "morgen", "demain"})
"""Days that need no "by" after "done"."""

_Said = tuple[frozenset[int], State, date | None, str, str]
"""Which items (numbers), state, new date, note, words."""
_Odd = tuple[str, frozenset[int]]
"""What was not understood, and which items it names."""
_Line = tuple[tuple[_Said, ...], tuple[_Odd, ...]]


def read_items(text: str, items: Sequence[Item], written: Written, author: str = "") -> ItemReports:
    """Read how *items* stand."""
    body = answer_in(text, author)
    said: list[_Said] = []
    odd: list[_Odd] = []
    known = {item.number: item for item in items}
    titles = titles_of((item.number, item.title) for item in items)
    last: frozenset[int] = frozenset(known) if len(known) == 1 else frozenset()
    for line in map(_by_number, _joined(body)):
        found = in_one_way(_LineReader(line, known, titles, written, last).read, written.language)
        if found is None:
            odd.append((line.strip()[:LONGEST_NOTE], frozenset()))
            continue
        said += found[0]
        odd += found[1]
        if found[0]:
            last = found[0][-1][0]
    if body and not said and not odd:
        odd.append((body[:LONGEST_NOTE], frozenset()))  # courtesy and no more, for all we know
    return _combined(said, odd, frozenset(known))


def _joined(body: str) -> list[str]:
    """Lines, with "3" or "Item 3:" on a line of its own put in front of the next."""
    lines: list[str] = []
    held = ""
    for line in body.split("\n"):
        text = line.strip()
        if not text:
            continue
        if (
            len(text) < 12
            and text.rstrip(":.)").split()[-1:]
            and text.rstrip(":.)").split()[-1].lstrip("#").isdigit()
            and not held
        ):
            held = text.rstrip(".")
            continue
        lines.append(f"{held} {text}" if held else text)
        held = ""
    return [*lines, held] if held else lines


def _by_number(line: str) -> str:
    """ "done with 2 and 3" as "2 and 3 done"."""
    for pattern, put in _DONE_WITH:
        line = pattern.sub(put, line)
    return line


def _combined(said: Sequence[_Said], left: Sequence[_Odd], known: frozenset[int]) -> ItemReports:
    """One report an item; said in two ways, or once so that it is not understood, none."""
    odd = [text for text, _ in left]
    doubted = frozenset().union(*(numbers for _, numbers in left))
    pieces: dict[int, list[_Said]] = {}
    for each in said:
        for number in sorted(known if each[0] == EVERYBODY else each[0]):
            pieces.setdefault(number, []).append(each)
    reports = []
    for number, parts in sorted(pieces.items()):
        one = _one_of(number, parts)
        if one is None or number in doubted:
            odd.append(" / ".join(dict.fromkeys(p[4] for p in parts))[:LONGEST_NOTE])
        else:
            reports.append(one)
    return ItemReports(tuple(reports)[:MOST_REPORTS], tuple(dict.fromkeys(p for p in odd if p)))


def _one_of(number: int, parts: Sequence[_Said]) -> ItemReport | None:
    """What several sentences on one item say together; None where they contradict each other."""
    states = {p[1] for p in parts}
    days = {p[2] for p in parts} - {None}
    state = _together(states)
    if state is None or len(days) > 1 or (state is State.DONE and days):
        return None
    notes = "; ".join(dict.fromkeys(p[3] for p in parts if p[3]))
    words = "; ".join(dict.fromkeys(p[4] for p in parts))
    return ItemReport(number, state, next(iter(days), None), notes[:LONGEST_NOTE], words[:LONGEST_NOTE])


def _together(states: set[State]) -> State | None:
    if len(states) == 1:
        return next(iter(states))
    if State.DONE in states:
        return None
    return State.HELP if State.HELP in states else State.MOVED


@dataclass(slots=True)
class _Heard:
    """What the spans of one statement have said so far. Clauses are counted: what stands between two marks."""

    kinds: set[str] = field(default_factory=set)
    days: list[tuple[int, Day]] = field(default_factory=list)
    unknown_in: set[int] = field(default_factory=set)
    clause: int = 0
    clause_at: int | None = None
    note_at: int | None = None
    done_in: int = -1
    said_in: int = -1
    marked: bool = False
    past: bool = False
    turned: bool = False
    until: bool = False
    remains: bool = False

    @property
    def done(self) -> bool:
        return "items.done" in self.kinds

    def begin_note(self, span: Span) -> None:
        """The note begins with its clause, or with *span* where the clause says more before."""
        if self.note_at is None:
            self.note_at = span.start if self.said_in == self.clause else self.clause_at
            self.remains = self.remains or self.done_in == self.clause  # "done with the first part"


class _LineReader:
    """One line, read in one language at a time."""

    def __init__(
        self,
        line: str,
        known: Mapping[int, Item],
        titles: Mapping[tuple[str, ...], frozenset[int]],
        written: Written,
        last: frozenset[int],
    ) -> None:
        self.line = line
        self.known = known
        self.titles = titles
        self.written = written
        self.last = last
        self.found = tokens(line)
        self.by_number = False
        self.code = ""

    def read(self, code: str) -> tuple[int, _Line | None]:
        self.code = code
        laid = spans(self.found, code, _CLASSES, self.titles, matchers(code, self.written))
        while laid and laid[0].has("mark") and self.line[laid[0].start] in "-*•–·>":
            laid = laid[1:]
        unknown = unknown_words(laid)
        # where items are told by number, words of their titles are only words
        self.by_number = any(
            numbered(self.line, laid, i, self.known) and not self._counts(laid, i) for i in range(len(laid))
        )
        reads = Reads(
            self._subjects,
            self._says,
            is_a("common.and"),
            is_a("items.item"),
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
                if result is not None:
                    said.append(result)
                    last = result[0]
                elif not self._is_courtesy(statement):
                    text = self.line[statement.start : statement.stop].strip(" ,;-")
                    odd.append(
                        (text[:LONGEST_NOTE], statement.subjects if self._speaks_against(statement) else frozenset())
                    )
        return unknown, (tuple(said), tuple(odd))

    def _subjects(self, laid: Sequence[Span], i: int) -> frozenset[int]:
        span = laid[i]
        if span.named and not self.by_number:
            return span.named
        if span.has("items.all") and len(self.known) > 1 and is_all_of(self.line, span, self.code, len(self.known)):
            return EVERYBODY
        named = numbered(self.line, laid, i, self.known)
        if named and self._counts(laid, i):
            return frozenset()
        return named

    def _counts(self, laid: Sequence[Span], i: int) -> bool:
        """A number in the middle of what is said is a count ("met 3 colleges"), unless "item" or a mark stands before it."""
        if i == 0:
            return False
        before = laid[i - 1]
        return not (
            before.has(
                "mark", "line", "common.and", "items.item", "common.turn", "common.courtesy", "day", "hour", *_SAYS
            )
            or (before.number is not None and before.has("number"))
        )

    def _says(self, span: Span) -> bool:
        return span.has(*_SAYS) or isinstance(span.value, Day)

    def _doubts(self, span: Span) -> bool:
        return (
            span.has("common.doubt", "common.condition")
            and not self._says(span)
            and not span.has("items.filler", "items.move", "dates.by")
        )

    def _conditions(self, span: Span) -> bool:
        return span.has("common.condition") and not (span.has("items.filler") and is_bare(self.line, span))

    def _is_courtesy(self, statement: Statement) -> bool:
        return not statement.subjects and all(
            s.has("common.courtesy", "mark", "line", "common.and") for s in statement.said
        )

    def _speaks_against(self, statement: Statement) -> bool:
        """Does a sentence that was not understood make doubtful what was said of the items that it names? Where there is only one, words of its
        title beside "Done!" are a remark ("All three schools said yes"), unless they deny, ask or put a condition."""
        if len(self.known) > 1:
            return True
        return any(
            s.has(*_AGAINST) or isinstance(s.value, Day) or (s.has("mark") and self.line[s.start] == "?")
            for s in statement.said
        )

    def _statement(self, statement: Statement, last: frozenset[int]) -> _Said | None:
        typed = self.line[statement.start : statement.stop].strip(" ,;")
        subjects = statement.subjects or last
        if not statement.sound or not subjects or (len(subjects) > 1 and not statement.subjects):
            return None
        return self._judged(subjects, statement.said, typed)

    def _judged(self, subjects: frozenset[int], said: Sequence[Span], typed: str) -> _Said | None:
        heard = _Heard()
        for i, span in enumerate(said):
            if not self._takes(heard, said, i, span):
                return None
        if heard.done and (heard.turned or heard.remains or (heard.days and not heard.until)):
            return None  # "done, but …", "done, the table is missing"; "done Monday": last Monday, or the next?
        days = [day for _, day in heard.days]
        if heard.done and any(clause != heard.done_in for clause, _ in heard.days):
            return None  # "the survey is done, the plan by 3 May"
        if any(clause in heard.unknown_in for clause, _ in heard.days):
            return None
        state = self._state(heard.kinds, days, heard.past)
        if state is None:
            return None
        end = max(span.stop for span in said)
        note = self.line[heard.note_at : end].strip(" ,;.:()–—-") if heard.note_at is not None else ""
        return subjects, state, days[0].usual if days else None, typed if state is State.PROGRESS else note, typed

    def _takes(self, so_far: _Heard, said: Sequence[Span], i: int, span: Span) -> bool:
        """Take one span into account; False where it makes the whole not understood."""
        if span.has("mark"):
            so_far.marked = so_far.marked or bool(so_far.kinds or so_far.days)
            so_far.clause += 1
            so_far.clause_at = None
            # "Can somebody help me?" asks for help
            return self.line[span.start] != "?" or (so_far.kinds == {"items.help"} and span is said[-1])
        if so_far.clause_at is None:
            so_far.clause_at = span.start
        if span.has("vague"):
            return False
        if isinstance(span.value, Day):
            so_far.days.append((so_far.clause, span.value))
            by = (i > 0 and said[i - 1].has("items.until")) or self.line[span.start : span.stop].lower() in _WITHOUT_BY
            so_far.until = so_far.until or by
            return True
        says = next((kind for kind in _SAYS if span.has(kind)), None)
        so_far.remains = so_far.remains or span.has("items.remains")
        anything = bool(so_far.kinds or so_far.days)
        if says is not None and not (so_far.note_at is not None and span.has("items.filler")):
            so_far.kinds.add(says)
            so_far.said_in = so_far.clause
            if says == "items.done":
                so_far.done_in = so_far.clause
        elif span.has("items.past"):
            so_far.past = True
        elif self._doubts(span) and not span.has("common.turn"):
            if so_far.kinds != {"items.help"} or not (so_far.marked or so_far.note_at is not None):
                return False
            so_far.begin_note(span)
        elif span.has("common.turn"):
            so_far.turned = so_far.turned or anything
        elif span.has("items.note"):
            if not anything:
                return False
            so_far.begin_note(span)
        elif isinstance(span.value, Hour) or span.named or span.has(*_AROUND):
            return True
        elif not anything or not (so_far.marked or so_far.turned or so_far.note_at is not None):
            return False
        else:
            so_far.unknown_in.add(so_far.clause)
            so_far.begin_note(span)
        return True

    @staticmethod
    def _state(kinds: set[str], days: Sequence[Day], past: bool) -> State | None:
        if len(days) > 1 or any(day.usual is None for day in days) or (past and (days or "items.help" in kinds)):
            return None
        if "items.help" in kinds:
            return State.HELP if "items.done" not in kinds else None
        if "items.done" in kinds and kinds != {"items.done"}:
            return None
        if days:
            return State.MOVED  # "done by Friday" is said of what is to come
        if "items.done" in kinds:
            return State.DONE
        return State.PROGRESS if kinds else None
