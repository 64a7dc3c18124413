"""Which of the offered times suit: "2", "the second", "Tuesday works", "Tue 10am or Thu 2pm", "any but Monday", "none of these".

Promises: pure; only numbers of times that were offered, and only where what was said fits exactly one of them. (A day that is refused,
          or free from morning to evening, stands for all times on it.)
Never:    guesses. A time that was not offered, a doubt or a contradiction is given back.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.dates import Day, Hour, matchers
from mailer.understand.asks.question import Offered, Written
from mailer.understand.asks.statements import hard_pieces
from mailer.understand.asks.tokens import Span, in_one_way, is_all_of, is_bare, spans, tokens, unknown_words

MOST_TIMES = 60


@dataclass(frozen=True, slots=True)
class TimesChosen:
    """Numbers of offered times. *chosen* suit, *possible* only if they must, *refused* do not; *preferred*: the best first, where it
    was said. *none*: none suits."""

    chosen: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    possible: frozenset[int] = frozenset()
    preferred: tuple[int, ...] = ()
    none: bool = False
    not_understood: tuple[str, ...] = ()


_POLES = ("times.no", "times.prefer", "times.possible", "times.yes")
_WHOLE = ("times.none", "times.all_but", "times.all")
_CLASSES = (
    *_WHOLE, *_POLES, "common.both", "times.both", "times.only", "times.rest", "times.verdict", "times.filler", "common.and",
    "common.or", "common.turn", "common.courtesy", "common.doubt", "common.condition", "dates.by", "dates.the", "dates.at",
)  # fmt: skip


def read_times(text: str, times: Sequence[Offered], written: Written, author: str = "") -> TimesChosen:
    """Read which of *times* suit."""
    body = answer_in(text, author)
    if not body:
        return TimesChosen()
    offered = tuple(times[:MOST_TIMES])
    found = tokens(body)

    def read(code: str) -> tuple[int, TimesChosen | None]:
        laid = spans(found, code, _CLASSES, {}, matchers(code, written))
        reading = _Reading(body, offered, written, code)
        for piece in hard_pieces(body, laid):
            reading.sentence(piece)
        result = reading.result()
        return unknown_words(laid), result

    result = in_one_way(read, written.language)
    return result if result is not None and result != TimesChosen() else TimesChosen(not_understood=(body[:300],))


@dataclass(slots=True)
class _Clause:
    """What stands between two commas: times that are named, and what is said of them before or behind."""

    spans: list[Span]
    turned: bool = False
    """ "But" stands before it."""
    named: list[frozenset[int]] = field(default_factory=list)
    before: str = ""
    behind: str = ""
    linked: bool = False
    only: bool = False
    rest: bool = False
    """All that are not named elsewhere in the sentence."""
    sound: bool = True


class _Reading:
    """Collects what the sentences say."""

    def __init__(self, body: str, offered: Sequence[Offered], written: Written, code: str) -> None:
        self.body = body
        self.code = code
        self.zone = ZoneInfo(written.zone)
        self.offered = offered
        self.every = frozenset(o.number for o in offered)
        self.chosen: set[int] = set()
        self.refused: set[int] = set()
        self.possible: set[int] = set()
        self.preferred: list[int] = []
        self.none = False
        self.odd: list[str] = []

    def result(self) -> TimesChosen:
        torn = (self.chosen | self.possible) & self.refused
        if torn:
            self.odd.append(", ".join(str(n) for n in sorted(torn)) + ": said in two ways")
        if self.none and (self.chosen or self.possible):
            self.odd.append("none, and yet some")
            self.none = False
            torn = set(self.every)
        chosen = frozenset(self.chosen - torn)
        return TimesChosen(
            chosen,
            self.every if self.none else frozenset(self.refused - torn),
            frozenset(self.possible - self.chosen - torn),
            tuple(n for n in dict.fromkeys(self.preferred) if n in chosen),
            self.none,
            tuple(dict.fromkeys(self.odd)),
        )

    # a sentence ---------------------------------------------------------------------------------------------------------

    def sentence(self, piece: Sequence[Span]) -> None:
        typed = self.body[piece[0].start : piece[-1].stop].strip(" ,;-")
        if (
            all(s.has("common.courtesy", "mark", "line", "times.filler") and not self._is_time(s) for s in piece)
            and "?" not in typed
        ):
            return
        asks = any(s.has("mark") and self._typed(s) == "?" for s in piece)
        if (
            asks
            or any(s.has("common.condition") and not self._unconditional(s) for s in piece)
            or not self._clauses(piece)
        ):
            self.odd.append(typed[:300])

    def _unconditional(self, span: Span) -> bool:
        return span.has(*_WHOLE) or (span.has(*_POLES) and (is_bare(self.body, span) or span.end - span.begin > 1))

    def _typed(self, span: Span) -> str:
        return self.body[span.start : span.stop]

    def _clauses(self, piece: Sequence[Span]) -> bool:
        """Read the clauses of a sentence; False (and nothing kept) where one is not understood."""
        clauses = [self._clause(c) for c in self._cut(piece)]
        for clause in clauses:
            if clause.rest:
                clause.named.append(self.every.difference(*(n for c in clauses for n in c.named)))
                clause.sound = clause.sound and bool(clause.before or clause.behind)
        taken: list[tuple[str, frozenset[int]]] = []
        pending: list[frozenset[int]] = []
        before: _Clause | None = None
        for clause in clauses:
            # "neither" is none, "neither Tuesday nor Thursday" are two
            whole = next((s for s in clause.spans if s.has(*_WHOLE) and not (clause.named and s.has("times.no"))), None)
            if not clause.sound:
                if before is not None and whole is None and self._is_reason(before, clause):
                    continue
                return False
            if whole is not None:
                if pending or not self._of_all(clause, whole, taken):
                    return False
            elif not self._of_some(clause, pending, before, taken):
                return False
            before = clause
        taken += [("times.yes", numbers) for numbers in pending]
        if not taken and not any(s.has(*_WHOLE) for s in piece):
            return False
        for pole, numbers in taken:
            self._take(pole, numbers)
        return True

    def _is_reason(self, before: _Clause, clause: _Clause) -> bool:
        """A reason for a refusal may stay unread; it says nothing itself."""
        refused = "times.no" in (before.before, before.behind)
        return refused and not clause.named and not clause.rest and not any(s.has(*_POLES) for s in clause.spans)

    def _cut(self, piece: Sequence[Span]) -> list[_Clause]:
        """Cut at commas and "but"; at "and" where something was said before it."""
        clauses: list[_Clause] = []
        current = _Clause([])
        for i, span in enumerate(piece):
            typed = self._typed(span)
            comma = (
                span.has("mark")
                and typed in (",", "-", "–", "—", ":")
                and not self._within_time(piece, i)
                and not self._heads(piece, i)
            )
            joint = span.has("common.and", "common.or") and self._complete(current)
            turn = span.has("common.turn") and not span.has(*_WHOLE)
            # "1 yes 2 no 3 maybe"
            listed = (
                self._is_time(span)
                and len(current.spans) > 1
                and current.spans[-1].has("times.verdict")
                and self._is_time(current.spans[0])
            )
            if comma and typed in ("-", "–", "—") and self._spans_times(piece, i):
                current.sound = False  # "Tuesday - Thursday", "1-3": all between them, or the two?
            if listed:
                clauses.append(current)
                current = _Clause([span])
            elif comma or turn or joint:
                if any(not s.has("mark") for s in current.spans):
                    clauses.append(current)
                    current = _Clause([], turned=turn)
                else:
                    current.turned = current.turned or turn
            elif not span.has("mark", "line") or typed == "#":
                current.spans.append(span)
        if current.spans:
            clauses.append(current)
        return clauses

    def _within_time(self, piece: Sequence[Span], i: int) -> bool:
        """The comma of "Tuesday, 10am"."""
        around = piece[i - 1 : i] and piece[i + 1 : i + 2]
        if not around:
            return False
        before, after = piece[i - 1], piece[i + 1]
        return isinstance(before.value, Day) and (isinstance(after.value, Hour) or after.has("dates.at"))

    def _complete(self, clause: _Clause) -> bool:
        """Something is said behind a time: "Tuesday works and …" begins anew, "I can't do Monday or …" goes on."""
        first = next((i for i, s in enumerate(clause.spans) if self._is_time(s)), None)
        return first is not None and any(s.has(*_POLES) and not s.has("times.filler") for s in clause.spans[first:])

    def _spans_times(self, piece: Sequence[Span], i: int) -> bool:
        return 0 < i < len(piece) - 1 and self._is_time(piece[i - 1]) and self._is_time(piece[i + 1])

    def _heads(self, piece: Sequence[Span], i: int) -> bool:
        """The colon or dash of "2: no"."""
        beside = 0 < i < len(piece) - 1 and self._is_time(piece[i - 1]) and piece[i + 1].has(*_POLES)
        return beside and self._typed(piece[i]) in (":", "-", "–", "—")

    def _is_digit(self, spans: Sequence[Span], i: int) -> bool:
        return i < len(spans) and spans[i].has("number") and self._typed(spans[i]).isdigit()

    @staticmethod
    def _is_time(span: Span) -> bool:
        # "the last one", "a board meeting": no numbers
        return isinstance(span.value, Day | Hour) or (span.has("number", "ordinal") and not span.has("times.filler"))

    # a clause -----------------------------------------------------------------------------------------------------------

    def _clause(self, clause: _Clause) -> _Clause:
        """Find the times of a clause, and what is said before and behind them."""
        group: list[Span] = []
        day: Day | None = None
        poles: list[tuple[str, int]] = []
        places: list[int] = []
        free = any(s.has("times.all") for s in clause.spans)
        for i, span in enumerate([*clause.spans, None]):
            if span is not None and self._is_time(span) and not self._apart(group, span):
                group.append(span)
                continue
            if span is not None and group and span.has("dates.at", "dates.the", "dates.by") and not span.has(*_POLES):
                continue
            if group:
                numbers, day = self._numbers(group, day)
                refuses = any(pole == "times.no" for pole, _ in poles) or self._refused_behind(clause, i)
                if not numbers or (len(numbers) > 1 and not (refuses or free or self._by_all_but(clause))):
                    clause.sound = False
                clause.named.append(numbers)
                places.append(i - 1)
                group = []
            if span is None:
                break
            if self._is_time(span):
                group.append(span)
            elif span.has("common.and", "common.or"):
                clause.linked = clause.linked or bool(places)
            elif span.has(*_WHOLE) and not span.has("times.no"):
                continue
            elif span.has("times.rest"):
                clause.rest = True
                places.append(i)
            elif span.has("times.only"):
                clause.only = True
            elif span.has(*_POLES) and not span.has("times.both"):
                poles.append((next(p for p in _POLES if span.has(p)), i))
                if self._typed(span).lower() == "no" and self._is_digit(clause.spans, i + 1):
                    clause.sound = False  # "No 2": number two, or not two?
            elif not span.has(
                "times.filler", "times.both", "common.courtesy", "dates.by", "dates.the", "dates.at", "mark"
            ):
                clause.sound = False
        self._poles(clause, poles, places)
        return clause

    def _poles(self, clause: _Clause, poles: list[tuple[str, int]], places: list[int]) -> None:
        if not places:
            clause.behind = _strongest({pole for pole, _ in poles}) or ""
            clause.sound = clause.sound and clause.behind is not None
            return
        before = _strongest({pole for pole, at in poles if at < places[0]})
        behind = _strongest({pole for pole, at in poles if at > places[-1]})
        # "neither Monday nor Tuesday"
        amid = [pole for pole, at in poles if places[0] < at < places[-1] and not pole == before == "times.no"]
        if before is None or behind is None or amid:
            clause.sound = False
        elif before and behind and before != behind:
            both = _strongest({before, behind})
            if both is None:
                clause.sound = False
            else:
                clause.before, clause.behind = both, ""
        else:
            clause.before, clause.behind = before, behind

    def _refused_behind(self, clause: _Clause, i: int) -> bool:
        return any(s.has("times.no") and not s.has("times.yes") for s in clause.spans[i:])

    def _by_all_but(self, clause: _Clause) -> bool:
        return any(s.has("times.all_but") for s in clause.spans)

    def _apart(self, group: Sequence[Span], span: Span) -> bool:
        """Whether *span* begins another time: two days, two hours, two numbers."""
        if not group:
            return False
        days = [isinstance(s.value, Day) for s in (*group, span)]
        hours = [isinstance(s.value, Hour) for s in (*group, span)]
        bare = [s.value is None for s in (*group, span)]
        return sum(days) > 1 or sum(hours) > 1 or sum(bare) > 1 or (any(bare) and any(hours))

    def _numbers(self, group: Sequence[Span], earlier: Day | None) -> tuple[frozenset[int], Day | None]:
        """Which offered times a group of spans may mean. *earlier*: the day named before ("Tuesday at 10 or 2")."""
        day = next((s.value for s in group if isinstance(s.value, Day)), None)
        hour = next((s.value for s in group if isinstance(s.value, Hour)), None)
        bare = next((s for s in group if s.has("number", "ordinal") and (s.value is None or len(group) == 1)), None)
        found: set[int] = set()
        if bare is not None and bare.number is not None:
            if bare.has("ordinal"):
                ordered = [o.number for o in self.offered]
                place = bare.number - 1 if bare.number > 0 else len(ordered) - 1
                if 0 <= place < len(ordered) and (day is None or bare.value is day or self._on(ordered[place], day)):
                    found.add(ordered[place])
            elif bare.number in self.every and (
                day is None or isinstance(bare.value, Day) or self._on(bare.number, day)
            ):
                found.add(bare.number)
            if day is not None and bare.value is None and 1 <= bare.number <= 24:
                clocks = (
                    {time(bare.number % 24), time((bare.number + 12) % 24)}
                    if bare.number <= 12
                    else {time(bare.number % 24)}
                )
                found |= {o.number for o in self.offered if self._on(o.number, day) and self._clock(o) in clocks}
        if day is not None and hour is None and bare is None and day.of_month in self.every and day.weekday is None:
            found.add(day.of_month)  # "el 2": the second time, or the second of the month
        if bare is None or (isinstance(bare.value, Day) and bare.has("ordinal")):
            found |= self._fitting(day, hour)
            if day is None and earlier is not None and hour is not None:
                found &= self._fitting(earlier, hour) or found
        return frozenset(found), day or earlier

    def _fitting(self, day: Day | None, hour: Hour | None) -> set[int]:
        return {
            o.number
            for o in self.offered
            if (day is None or day.fits(o.start.astimezone(self.zone).date()))
            and (hour is None or hour.fits(self._clock(o)))
        }

    def _on(self, number: int, day: Day) -> bool:
        return any(o.number == number and day.fits(o.start.astimezone(self.zone).date()) for o in self.offered)

    def _clock(self, offered: Offered) -> time:
        return offered.start.astimezone(self.zone).time().replace(second=0, microsecond=0)

    # what is said -------------------------------------------------------------------------------------------------------

    def _of_all(self, clause: _Clause, whole: Span, taken: list[tuple[str, frozenset[int]]]) -> bool:
        """All, none, all but."""
        poles = {clause.before, clause.behind} - {""}
        named = frozenset().union(*clause.named)
        if not clause.named and not is_all_of(self.body, whole, self.code, len(self.every)):
            return False
        if whole.has("times.none"):
            if clause.named or poles - {"times.no", "times.yes"} or taken:
                return False
            self.none = True
            return True
        if whole.has("times.all_but"):
            if not clause.named or poles - {"times.yes"}:
                return False
            taken += [("times.yes", self.every - named), ("times.no", named)]
            return True
        if clause.named:
            # "either Tuesday or Thursday", "any time on Tuesday"
            if poles - {"times.yes"}:
                return False
            taken.append(("times.yes", named))
            return True
        if poles - {"times.yes"}:
            return False
        taken.append(("times.yes", self.every))
        return True

    def _of_some(
        self,
        clause: _Clause,
        pending: list[frozenset[int]],
        before: _Clause | None,
        taken: list[tuple[str, frozenset[int]]],
    ) -> bool:
        """Times that are named, with what is said of them. Times with nothing said wait in *pending* for what follows."""
        named = frozenset().union(*clause.named)
        if clause.only:
            # "only 3 works", "only Monday does not"
            refuses = "times.no" in (clause.before, clause.behind)
            if not clause.named or pending or taken or "times.possible" in (clause.before, clause.behind):
                return False
            taken += [
                ("times.no" if refuses else "times.yes", named),
                ("times.yes" if refuses else "times.no", self.every - named),
            ]
            return True
        if not clause.named and len(self.every) == 1 and clause.behind and not taken and not pending:
            if clause.behind == "times.no":
                self.none = True
            taken.append((clause.behind, self.every))
            return True
        if not clause.named:
            return clause.behind in ("", "times.yes")  # "Yes, Tuesday", "Tuesday, that works"
        if not clause.before and not clause.behind:
            if before is not None and "times.no" in (before.before, before.behind) and not clause.turned:
                return False  # "I can't do Monday, Tuesday": is that two refusals?
            pending.append(named)
            return True
        if clause.before or clause.behind in ("times.yes", "times.prefer"):
            if clause.behind == "times.yes" and before is not None and not before.named and before.behind == "times.no":
                return False
            taken += [("times.yes", each) for each in pending]
        elif pending and not clause.linked:
            return False  # "Tuesday, Wednesday not"
        else:
            taken += [(clause.behind, each) for each in pending]
        pending.clear()
        taken.append((clause.before or clause.behind, named))
        return True

    def _take(self, pole: str, numbers: frozenset[int]) -> None:
        if pole == "times.no":
            self.refused |= numbers
        elif pole == "times.possible":
            self.possible |= numbers
        else:
            self.chosen |= numbers
            if pole == "times.prefer":
                self.preferred += sorted(numbers)


def _strongest(poles: set[str]) -> str | None:
    """What several words say together: "works best" prefers; "works" and "does not" is nothing (None)."""
    if len(poles) <= 1:
        return next(iter(poles), "")
    if poles == {"times.yes", "times.prefer"}:
        return "times.prefer"
    if poles == {"times.yes", "times.possible"}:
        return "times.possible"
    return None
