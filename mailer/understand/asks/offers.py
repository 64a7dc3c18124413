"""What a sentence says of offered times, clause by clause: which of them are named, and what stands before and behind.

Promises: pure; what may mean two times names both, and the clause is not `sound` (unless all of a day are meant: refused, or free).
Never:    decides what the clauses say together: see `mailer.understand.asks.times`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from mailer.understand.asks.hours import Hour
from mailer.understand.asks.monthdays import Day
from mailer.understand.asks.question import Offered
from mailer.understand.asks.tokens import Span

POLES = ("times.no", "times.prefer", "times.possible", "times.yes")
WHOLE = ("times.none", "times.all_but", "times.all")
CLASSES = (
    *WHOLE, *POLES, "common.both", "times.both", "times.only", "times.rest", "times.verdict", "times.filler", "common.and",
    "common.or", "common.turn", "common.courtesy", "common.doubt", "common.condition", "dates.by", "dates.the", "dates.at",
)  # fmt: skip


@dataclass(slots=True)
class Clause:
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


class Offers:
    """The times that were offered, and the text that speaks of them."""

    def __init__(self, body: str, offered: Sequence[Offered], zone: str) -> None:
        self.body = body
        self.zone = ZoneInfo(zone)
        self.offered = offered
        self.every = frozenset(o.number for o in offered)

    def clauses(self, piece: Sequence[Span]) -> list[Clause]:
        """The clauses of a sentence."""
        clauses = [self._clause(c) for c in self._cut(piece)]
        for clause in clauses:
            if clause.rest:
                clause.named.append(self.every.difference(*(n for c in clauses for n in c.named)))
                clause.sound = clause.sound and bool(clause.before or clause.behind)
        return clauses

    def _typed(self, span: Span) -> str:
        return self.body[span.start : span.stop]

    def _cut(self, piece: Sequence[Span]) -> list[Clause]:
        """Cut at commas and "but"; at "and" where something was said before it."""
        clauses: list[Clause] = []
        current = Clause([])
        for i, span in enumerate(piece):
            typed = self._typed(span)
            comma = (
                span.has("mark")
                and typed in (",", "-", "–", "—", ":")
                and not self._within_time(piece, i)
                and not self._heads(piece, i)
            )
            joint = span.has("common.and", "common.or") and self._complete(current)
            turn = span.has("common.turn") and not span.has(*WHOLE)
            # "1 yes 2 no 3 maybe"
            listed = (
                is_time(span)
                and len(current.spans) > 1
                and current.spans[-1].has("times.verdict")
                and is_time(current.spans[0])
            )
            if comma and typed in ("-", "–", "—") and self._spans_times(piece, i):
                current.sound = False  # "Tuesday - Thursday", "1-3": all between them, or the two?
            if listed:
                clauses.append(current)
                current = Clause([span])
            elif comma or turn or joint:
                if any(not s.has("mark") for s in current.spans):
                    clauses.append(current)
                    current = Clause([], turned=turn)
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

    def _complete(self, clause: Clause) -> bool:
        """Something is said behind a time: "Tuesday works and …" begins anew, "I can't do Monday or …" goes on."""
        first = next((i for i, s in enumerate(clause.spans) if is_time(s)), None)
        return first is not None and any(s.has(*POLES) and not s.has("times.filler") for s in clause.spans[first:])

    def _spans_times(self, piece: Sequence[Span], i: int) -> bool:
        return 0 < i < len(piece) - 1 and is_time(piece[i - 1]) and is_time(piece[i + 1])

    def _heads(self, piece: Sequence[Span], i: int) -> bool:
        """The colon or dash of "2: no"."""
        beside = 0 < i < len(piece) - 1 and is_time(piece[i - 1]) and piece[i + 1].has(*POLES)
        return beside and self._typed(piece[i]) in (":", "-", "–", "—")

    def _is_digit(self, spans: Sequence[Span], i: int) -> bool:
        return i < len(spans) and spans[i].has("number") and self._typed(spans[i]).isdigit()

    def _clause(self, clause: Clause) -> Clause:
        """Find the times of a clause, and what is said before and behind them."""
        group: list[Span] = []
        day: Day | None = None
        poles: list[tuple[str, int]] = []
        places: list[int] = []
        free = any(s.has("times.all") for s in clause.spans)
        for i, span in enumerate([*clause.spans, None]):
            if span is not None and is_time(span) and not self._apart(group, span):
                group.append(span)
                continue
            if span is not None and group and span.has("dates.at", "dates.the", "dates.by") and not span.has(*POLES):
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
            if is_time(span):
                group.append(span)
            elif span.has("common.and", "common.or"):
                clause.linked = clause.linked or bool(places)
            elif span.has(*WHOLE) and not span.has("times.no"):
                continue
            elif span.has("times.rest"):
                clause.rest = True
                places.append(i)
            elif span.has("times.only"):
                clause.only = True
            elif span.has(*POLES) and not span.has("times.both"):
                poles.append((next(p for p in POLES if span.has(p)), i))
                if self._typed(span).lower() == "no" and self._is_digit(clause.spans, i + 1):
                    clause.sound = False  # "No 2": number two, or not two?
            elif not span.has(
                "times.filler", "times.both", "common.courtesy", "dates.by", "dates.the", "dates.at", "mark"
            ):
                clause.sound = False
        self._poles(clause, poles, places)
        return clause

    def _poles(self, clause: Clause, poles: list[tuple[str, int]], places: list[int]) -> None:
        if not places:
            clause.behind = strongest({pole for pole, _ in poles}) or ""
            clause.sound = clause.sound and clause.behind is not None
            return
        before = strongest({pole for pole, at in poles if at < places[0]})
        behind = strongest({pole for pole, at in poles if at > places[-1]})
        # "neither Monday nor Tuesday"
        amid = [pole for pole, at in poles if places[0] < at < places[-1] and not pole == before == "times.no"]
        if before is None or behind is None or amid:
            clause.sound = False
        elif before and behind and before != behind:
            both = strongest({before, behind})
            if both is None:
                clause.sound = False
            else:
                clause.before, clause.behind = both, ""
        else:
            clause.before, clause.behind = before, behind

    def _refused_behind(self, clause: Clause, i: int) -> bool:
        return any(s.has("times.no") and not s.has("times.yes") for s in clause.spans[i:])

    def _by_all_but(self, clause: Clause) -> bool:
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


def is_time(span: Span) -> bool:
    # "the last one", "a board meeting": no numbers
    return isinstance(span.value, Day | Hour) or (span.has("number", "ordinal") and not span.has("times.filler"))


def strongest(poles: set[str]) -> str | None:
    """What several words say together: "works best" prefers; "works" and "does not" is nothing (None)."""
    if len(poles) <= 1:
        return next(iter(poles), "")
    if poles == {"times.yes", "times.prefer"}:
        return "times.prefer"
    if poles == {"times.yes", "times.possible"}:
        return "times.possible"
    return None
