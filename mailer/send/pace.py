"""How fast mail may leave, and when a deferred one is tried again.

Promises: pure arithmetic on instants and counts; the store counts what was sent, so the pace survives a restart and is shared by
all workers. The same arguments always give the same answer; chance is an argument.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_FIRST_WAIT = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=4)
_GREYLISTING = timedelta(minutes=6)
"""Most greylisting servers let a mail through after five minutes (RFC 6647 §4.5)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most this many begun attempts in any minute and in any 24 hours."""

    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Recent:
    """What the store counts: attempts begun in the last minute and the last day, and the oldest of each (None where there is none)."""

    last_minute: int = 0
    last_day: int = 0
    oldest_in_minute: datetime | None = None
    oldest_in_day: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """*now*: how many may leave at once. *again_at*: when the next may leave, where *now* is none; else None."""

    now: int
    again_at: datetime | None = None


def may_send(recent: Recent, now: datetime, limits: Limits) -> Allowance:
    """Say how many mails may leave at *now*; where none may, when to ask again."""
    free = min(limits.per_minute - recent.last_minute, limits.per_day - recent.last_day)
    if free > 0:
        return Allowance(free)
    waits = []
    if recent.last_minute >= limits.per_minute:
        waits.append((recent.oldest_in_minute or now) + MINUTE)
    if recent.last_day >= limits.per_day:
        waits.append((recent.oldest_in_day or now) + DAY)
    # A clock that was set back must not stop the mail: never wait longer than the window itself.
    again_at = max(waits)
    longest = DAY if recent.last_day >= limits.per_day else MINUTE
    return Allowance(0, min(max(again_at, now + timedelta(seconds=1)), now + longest))


def next_attempt(attempt: int, now: datetime, jitter: float = 0.5) -> datetime:
    """When to try again after the *attempt*-th attempt (from 1) was deferred at *now*.

    2, 6, 12, 24, … minutes, at most four hours; *jitter* (0 to 1) shifts each by up to a quarter either way, so that a crowd that
    was deferred together does not come back together.
    """
    wait = _FIRST_WAIT if attempt <= 1 else min(_LONGEST_WAIT, _GREYLISTING * 2 ** min(attempt - 2, 10))
    return now + wait * (0.75 + 0.5 * min(1.0, max(0.0, jitter)))


def too_old(first_attempt: datetime, now: datetime, give_up_after: timedelta) -> bool:
    """Whether a mail that was first tried at *first_attempt* and deferred ever since is given up."""
    return now - first_attempt >= give_up_after


def jitter_of(key: str, attempt: int) -> float:
    """A number between 0 and 1 that is the same for the same mail and attempt, and evenly spread over mails."""
    number = 2166136261
    for byte in f"{key}/{attempt}".encode():  # FNV-1a: spread is all that is asked of it
        number = (number ^ byte) * 16777619 & 0xFFFFFFFF
    return number / 0xFFFFFFFF
