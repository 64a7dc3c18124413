"""Which of the offered times suit: "2", "the second", "Tuesday works", "Tue 10am or Thu 2pm", "any but Monday", "none of these".

Promises: pure; only numbers of times that were offered, and only where what was said fits exactly one of them. (A day that is refused,
          or free from morning to evening, stands for all times on it.)
Never:    guesses. A time that was not offered, a doubt or a contradiction is given back.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.dates import matchers
from mailer.understand.asks.offers import CLASSES, POLES, WHOLE, Clause, Offers, is_time
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


def read_times(text: str, times: Sequence[Offered], written: Written, author: str = "") -> TimesChosen:
    """Read which of *times* suit."""
    body = answer_in(text, author)
    if not body:
        return TimesChosen()
    offered = tuple(times[:MOST_TIMES])
    found = tokens(body)

    def read(code: str) -> tuple[int, TimesChosen | None]:
        laid = spans(found, code, CLASSES, {}, matchers(code, written))
        reading = _Reading(body, offered, written, code)
        for piece in hard_pieces(body, laid):
            reading.sentence(piece)
        result = reading.result()
        return unknown_words(laid), result

    result = in_one_way(read, written.language)
    return result if result is not None and result != TimesChosen() else TimesChosen(not_understood=(body[:300],))


class _Reading:
    """Collects what the sentences say."""

    def __init__(self, body: str, offered: Sequence[Offered], written: Written, code: str) -> None:
        self.body = body
        self.code = code
        self.offers = Offers(body, offered, written.zone)
        self.every = self.offers.every
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
            all(s.has("common.courtesy", "mark", "line", "times.filler") and not is_time(s) for s in piece)
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
        return span.has(*WHOLE) or (span.has(*POLES) and (is_bare(self.body, span) or span.end - span.begin > 1))

    def _typed(self, span: Span) -> str:
        return self.body[span.start : span.stop]

    def _clauses(self, piece: Sequence[Span]) -> bool:
        """Read the clauses of a sentence; False (and nothing kept) where one is not understood."""
        clauses = self.offers.clauses(piece)
        taken: list[tuple[str, frozenset[int]]] = []
        pending: list[frozenset[int]] = []
        before: Clause | None = None
        for clause in clauses:
            # "neither" is none, "neither Tuesday nor Thursday" are two
            whole = next((s for s in clause.spans if s.has(*WHOLE) and not (clause.named and s.has("times.no"))), None)
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
        if not taken and not any(s.has(*WHOLE) for s in piece):
            return False
        for pole, numbers in taken:
            self._take(pole, numbers)
        return True

    def _is_reason(self, before: Clause, clause: Clause) -> bool:
        """A reason for a refusal may stay unread; it says nothing itself."""
        refused = "times.no" in (before.before, before.behind)
        return refused and not clause.named and not clause.rest and not any(s.has(*POLES) for s in clause.spans)

    # what is said -------------------------------------------------------------------------------------------------------

    def _of_all(self, clause: Clause, whole: Span, taken: list[tuple[str, frozenset[int]]]) -> bool:
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
        clause: Clause,
        pending: list[frozenset[int]],
        before: Clause | None,
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
