"""The only clock. Everything that decides is given `now`; the loops that wait ask a `Clock`.

Promises: instants are aware and in UTC. `SteppedClock` runs faster than the world (the demo) or only when told (tests).
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Wait *duration* of this clock's time."""


class WorldClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds()))


class FastClock:
    """Starts at *start* and runs *speed* times as fast as the world (the demo)."""

    def __init__(self, start: datetime, speed: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._start, self._speed, self._monotonic = start.astimezone(UTC), speed, monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._monotonic() - self._began) * self._speed)

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds() / self._speed))


class SteppedClock:
    """Stands still until `step` moves it (tests, rehearsals)."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def step(self, duration: timedelta) -> None:
        """Move on by *duration*."""
        self._now += duration

    def set(self, instant: datetime) -> None:
        """Move to *instant*."""
        self._now = instant.astimezone(UTC)

    async def sleep(self, duration: timedelta) -> None:
        self._now += duration
        await asyncio.sleep(0)
