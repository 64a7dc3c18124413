"""Times of day as people write them: 10am, 10:30, 10.30 Uhr, 14h30, a las 3, noon, in the morning, 10-11am.

Promises: pure. "At 3" has two readings; who knows the times that can be meant tells them apart. Never: guesses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from mailer.understand.asks.cursor import Cursor, openers
from mailer.understand.asks.tokens import Token


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day: each it may mean ("at 3" is 3:00 or 15:00), or a part of the day: from *readings*[0] to *until*."""

    readings: tuple[time, ...]
    until: time | None = None

    def fits(self, clock: time) -> bool:
        if self.until is not None:
            return self.readings[0] <= clock < self.until
        return clock in self.readings


class Hours:
    """Finds a time of day at a place among tokens."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __call__(self, found: Sequence[Token], i: int) -> tuple[int, str, object] | None:
        if found[i].sort != "number" and found[i].form not in openers(self.code):
            return None
        at = Cursor(found, self.code)
        end = at.phrase(i, "noon")
        if end is not None:
            return end, "hour", Hour((time(12),))
        for kind, start, stop in (
            ("morning", time(0), time(12)),
            ("afternoon", time(12), time(18)),
            ("evening", time(17), time(23, 59)),
        ):
            end = at.phrase(i, kind)
            if end is not None:
                return end, "hour", Hour((start,), stop)
        j = at.phrase(i, "at")
        begin = i if j is None else j
        first = self._clock(at, begin, said=j is not None)
        result = self._until(at, begin, first) or first
        return None if result is None else (result[0], "hour", Hour(result[1]))

    def _until(
        self, at: Cursor, i: int, first: tuple[int, tuple[time, ...]] | None
    ) -> tuple[int, tuple[time, ...]] | None:
        """The beginning of "10:00-11:00", "10-11am", "2 - 3 pm"; None where there is no end."""
        end, begins = first if first is not None else (i + 1, ())
        if at.form(end) not in ("-", "–", "—"):
            return None
        second = self._clock(at, end + 1, said=bool(begins))
        if second is None:
            return None
        begins = begins or (self._clock(at, i, said=True) or (0, ()))[1]
        if len(second[1]) == 1:
            begins = tuple(b for b in begins if b < second[1][0])[-1:]  # "10-11am", "11-1pm"
        return (second[0], begins) if begins else None

    def _clock(self, at: Cursor, i: int, said: bool) -> tuple[int, tuple[time, ...]] | None:
        """10am, 10:30, 10.30 Uhr, 14h30, a las 3."""
        hour = at.digits(i)
        if hour is None or hour > 24:
            return None
        j, minute, clear = i + 1, 0, said
        if (
            at.form(j) in (":", ".", "h")
            and at.close(j)
            and at.sort(j + 1) == "number"
            and len(at.form(j + 1)) == 2
            and at.close(j + 1)
        ):
            sign, minute = at.form(j), int(at.form(j + 1))
            if minute > 59:
                return None
            j += 2
            clear = clear or sign in (":", "h")
        for kind, shift in (("am", 0), ("pm", 12)):
            end = at.phrase(j, kind)
            if end is not None and 1 <= hour <= 12:
                return end, (time(hour % 12 + shift, minute),)
        end = at.phrase(j, "oclock")
        if end is not None:
            j, clear = end, True
        if not clear or hour == 24:
            return None
        if 1 <= hour <= 12 and at.form(i)[0] != "0" and not (end is not None and self.code in ("de", "fr")):
            return j, (time(hour, minute), time((hour + 12) % 24, minute))
        return j, (time(hour, minute),)
