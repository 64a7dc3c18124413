"""Understanding within a time limit that holds.

Promises: a verdict after at most about the seconds of computing given, whatever the mail: too long gives one of the kind unclear. Time in which
          a busy machine computes something else does not count: what a mail means does not depend on the load.

In the main thread an interval timer ends the work (patterns of the standard library look for signals too). `Reader`, for a daemon
that must go on listening meanwhile, hands what is large or odd to a worker process and ends that if it does not answer.
"""

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from mailer.parse.charset import decode
from mailer.parse.message import Message
from mailer.parse.parts import Fields, fields_of, header_text
from mailer.understand.reader import nothing_understood, understand
from mailer.understand.verdict import Context, Kind, Verdict

SECONDS = 2.0
SMALL = 200_000  # bytes; below this, reading takes milliseconds
FEW_PARTS = 60
GRACE = 30.0  # seconds on the clock for a worker to start, and to be let compute, on a busy machine


class TookTooLong(BaseException):
    """The time is over. Not an Exception, so that nothing on the way takes it for a broken mail."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the block with `TookTooLong` after *seconds* of this process's computing. Only in the main thread; elsewhere there is no limit."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def understand_within(
    raw: bytes,
    context: Context = Context(),  # noqa: B008 - frozen
    seconds: float = SECONDS,
    message: Message | None = None,
) -> Verdict:
    """`understand` with a limit, for the main thread. *message*: what was read from *raw* already."""
    try:
        with time_limit(seconds):
            return understand(message or raw, context, raw)
    except TookTooLong:
        return took_too_long(raw)


def took_too_long(raw: bytes) -> Verdict:
    """The verdict on a mail that nobody could read in time: only its header's plain facts."""
    head = decode(raw[:20_000].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0], None)[0]
    fields: Fields = fields_of(head)
    subject = header_text(fields["subject"][0])[:500] if "subject" in fields else ""
    message = Message(fields=fields, digest="", size=len(raw), subject=subject, defects=("took too long",))
    return replace(
        nothing_understood(message), kind=Kind.UNCLEAR, reason="Reading this mail took too long; please look at it."
    )


def is_suspicious(raw: bytes) -> bool:
    """Whether reading may take long enough to notice."""
    return len(raw) > SMALL or raw.count(b"oundary") > FEW_PARTS or raw.count(b"<", 0, SMALL) > 8_000


class Reader:
    """Understands mail for a daemon. Close it when the daemon ends."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None

    async def understand(self, raw: bytes, context: Context = Context(), message: Message | None = None) -> Verdict:  # noqa: B008 - frozen
        """Here where it is quick, in the worker where it may not be. *message*: what was read from *raw* already."""
        if not is_suspicious(raw):
            return understand_within(raw, context, self._seconds, message)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        loop = asyncio.get_running_loop()
        try:
            # the worker limits itself; the wider limit here is for a worker that cannot, and for its start
            work = loop.run_in_executor(self._pool, understand_within, raw, context, self._seconds)
            return await asyncio.wait_for(work, self._seconds + GRACE)
        except (TimeoutError, OSError, RuntimeError):
            self.close()
            return took_too_long(raw)

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)
