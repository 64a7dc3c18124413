"""Read what is new in a selected mailbox and hand it to the intake.

Promises: every message that the search finds is taken, left alone because it is older than asked for, found gone, or held for the
next round; the position passes none that is held. The next portion is fetched while this one is taken. Of large messages one
is in memory at a time.
Never: connects or waits for a connection (watch.py); chooses UIDs, portions and forms (progress.py).
Fails: `MailboxLost`, `MailboxRefused`, and what the intake raises if it is a `MailerError`: the caller connects again later, and
what was not taken is wanted again. Another exception of the intake holds that one message; several in a row count as its failure.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime

from mailer.clock import Clock
from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused, MailerError
from mailer.receive.imap import first_of
from mailer.receive.intake import Fetched, Intake, Position, Taken
from mailer.receive.progress import (
    BYTES_AT_ONCE,
    TRIES_OF_EACH_FORM,
    Form,
    Listed,
    Portion,
    Progress,
    chunks,
    is_old,
    new_since,
    not_older,
    still_there,
)
from mailer.receive.session import Selected, Session

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 5
"""So many messages that cannot be taken, one after the other: it is not the messages."""


class Reading:
    """The reading of one mailbox, over as many connections as it takes."""

    def __init__(
        self,
        settings: ImapSettings,
        intake: Intake,
        stop: asyncio.Event,
        *,
        since: datetime | None,
        resync_since: datetime | None,
        on_new: Callable[[], None] | None,
        clock: Clock,
    ) -> None:
        self._settings, self._intake, self._stop = settings, intake, stop
        self._since, self._resync_since, self._on_new = since, resync_since, on_new
        self._clock = clock
        self._mailbox = settings.mailbox
        self._progress = Progress(0, 0)
        self._committed: Position | None = None
        self._digging = False
        """old mail is being read: the position is kept back until all of it is, since it could not tell what was skipped"""
        self._not_before: datetime | None = None
        self._end_of_old = 0
        self._unfilable: set[str] = set()
        self._is_idling = True
        self._failures = 0

    def complaint(self) -> str | None:
        """Say that messages resist, once they were tried a few times; None while all is well."""
        stubborn = sorted(uid for uid in self._progress.held if self._progress.tries(uid) >= TRIES_OF_EACH_FORM)
        if not stubborn:
            return None
        count = "One message" if len(stubborn) == 1 else f"{len(stubborn)} messages"
        return f'{count} in "{self._mailbox}" cannot be taken in; the service keeps trying, and reads the others.'

    async def open(self, session: Session) -> None:
        """Select the mailbox and find out where to go on."""
        selected = await session.select(self._mailbox)
        self._is_idling = True
        self._unfilable.clear()
        if self._progress.uid_validity == selected.uid_validity:
            return
        self._committed = await self._intake.position(self._mailbox)
        self._digging, self._end_of_old = False, 0
        if self._committed is None:
            await self._begin(session, selected)
        elif self._committed.uid_validity == selected.uid_validity:
            self._progress = Progress(selected.uid_validity, self._committed.last_uid)
        else:
            log.warning("mailbox=%s has been numbered anew: it is read again", self._mailbox)
            self._dig(selected.uid_validity, self._resync_since, await _last_uid(session, selected))

    async def _begin(self, session: Session, selected: Selected) -> None:
        last_uid = await _last_uid(session, selected)
        self._resync_since = self._resync_since or self._since or self._clock.now()
        if self._since is not None:
            self._dig(selected.uid_validity, self._since, last_uid)
        else:
            self._progress = Progress(selected.uid_validity, last_uid)
            await self._advance()

    def _dig(self, uid_validity: int, not_before: datetime | None, last_uid: int) -> None:
        self._progress = Progress(uid_validity, 0)
        self._digging, self._not_before, self._end_of_old = True, not_before, last_uid

    async def read_new(self, session: Session) -> None:
        """Read everything that is there and not settled."""
        session.news.clear()
        progress = self._progress
        search = not_older(self._not_before) if self._digging else new_since(progress.last_uid)
        for imap_uids in chunks(progress.wanted(await session.search(search))):
            listed = await self._list(session, imap_uids)
            async with contextlib.aclosing(self._portions(session, listed)) as portions:
                async for fetched in portions:
                    await self._take(session, fetched)
                    if self._stop.is_set():
                        return
        if self._digging and not progress.held:
            progress.settle((self._end_of_old,))
            self._digging = False
        await self._advance()

    async def wait(self, session: Session) -> None:
        """Wait until the server speaks of new mail or the poll is due."""
        # What came since the search is told now, not by all servers (RFC 2177 leaves it open) once IDLE has begun.
        await session.noop()
        if self._stop.is_set() or session.news.is_set():
            return
        if self._is_idling:
            self._is_idling = await session.idle(self._settings.poll_every, self._stop)
        if not self._is_idling:
            await first_of(self._settings.poll_every, self._stop, session.news)
            if not self._stop.is_set():
                await session.noop()

    async def _list(self, session: Session, imap_uids: Sequence[int]) -> list[Listed]:
        listed = await session.list_messages(imap_uids)
        unlisted = set(imap_uids) - {message.imap_uid for message in listed}
        for imap_uid in await self._sort_out(session, unlisted):
            self._progress.suspect((imap_uid,))
            listed.append(Listed(imap_uid, 0, None))
        if self._digging:
            self._progress.settle([message.imap_uid for message in listed if is_old(message, self._not_before)])
            listed = [message for message in listed if not is_old(message, self._not_before)]
        return listed

    async def _sort_out(self, session: Session, imap_uids: set[int]) -> list[int]:
        """Of messages that the server did not show: settle those that are gone, give those that are not."""
        if not imap_uids:
            return []
        present = imap_uids.intersection(await session.search(still_there(imap_uids)))
        self._progress.settle(imap_uids - present)
        return sorted(present)

    async def _portions(self, session: Session, listed: Sequence[Listed]) -> AsyncGenerator[deque[Fetched], None]:
        """Fetch *listed*; unless this portion is large, the next one is on its way when this one is given."""
        waiting = deque(self._progress.portions(listed, self._settings.largest_message))
        ahead: asyncio.Task[tuple[deque[Fetched], list[Listed]]] | None = None
        try:
            while waiting or ahead is not None:
                if ahead is None:
                    portion = waiting.popleft()
                    ahead = asyncio.create_task(self._fetch(session, portion))
                fetched, again = await ahead
                ahead = None
                waiting.extendleft(reversed([*self._progress.portions(again, self._settings.largest_message)]))
                if waiting and portion.size <= BYTES_AT_ONCE:
                    portion = waiting.popleft()
                    ahead = asyncio.create_task(self._fetch(session, portion))
                yield fetched
        finally:
            if ahead is not None:
                if not self._stop.is_set():  # else it ends by itself, and the connection can be closed politely
                    ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def _fetch(self, session: Session, portion: Portion) -> tuple[deque[Fetched], list[Listed]]:
        """Fetch one portion: what came, and what is to be asked for again, each alone."""
        messages = {message.imap_uid: message for message in portion.messages}
        bodies: dict[int, bytes] = {}
        first = portion.messages[0].imap_uid
        try:
            match portion.form:
                case Form.WHOLE:
                    bodies = await session.fetch(messages)
                case Form.HEAD:
                    head = await session.fetch_head(first)
                    bodies = {} if head is None else {first: head}
                case Form.IDS:
                    log.warning("mailbox=%s imap_uid=%d cannot be had: only its ids are kept", self._mailbox, first)
                    bodies = {first: b""}
        except MailboxRefused as error:
            log.warning("mailbox=%s imap_uids=%d..: %s", self._mailbox, first, error)
        except MailboxLost:
            if not self._stop.is_set():
                self._progress.suspect(tuple(messages))
            raise
        missing = await self._sort_out(session, messages.keys() - bodies.keys())
        if len(messages) == 1:
            for imap_uid in missing:
                self._progress.hold(imap_uid)
            missing = []
        self._progress.suspect_together(missing)
        fetched: deque[Fetched] = deque()
        for imap_uid in sorted(bodies.keys() & messages.keys()):
            message, body = messages[imap_uid], bodies.pop(imap_uid)
            raw, head = (body, b"") if portion.form is Form.WHOLE else (None, body)
            validity, size = self._progress.uid_validity, message.size or len(body)
            fetched.append(Fetched(validity, imap_uid, message.internal_date, size, raw, head))
        return fetched, [messages[imap_uid] for imap_uid in missing]

    async def _take(self, session: Session, messages: deque[Fetched]) -> None:
        """Hand over one portion, file it, and commit how far we are."""
        outcomes = await self._hand_over(messages)
        filing: defaultdict[str, list[int]] = defaultdict(list)
        for imap_uid, taken in outcomes.items():
            if taken.file_into:
                filing[taken.file_into].append(imap_uid)
        for mailbox, imap_uids in filing.items():
            await self._file(session, imap_uids, mailbox)
        self._progress.settle(outcomes.keys())
        await self._advance()
        if self._on_new is not None and any(taken.kept for taken in outcomes.values()):
            self._on_new()

    async def _hand_over(self, messages: deque[Fetched]) -> dict[int, Taken]:
        """Have *messages* taken, and say what became of each by its UID; those that could not be taken are held."""
        if len(messages) > 1:
            try:
                outcomes = await self._intake.take_all(self._mailbox, messages)
                return {fetched.imap_uid: taken for fetched, taken in zip(messages, outcomes, strict=True)}
            except MailerError:
                raise
            except Exception:
                log.exception("mailbox=%s: a batch could not be taken; now one by one", self._mailbox)
        taken: dict[int, Taken] = {}
        while messages and not self._stop.is_set():
            fetched = messages.popleft()
            imap_uid = fetched.imap_uid
            try:
                taken[imap_uid] = await self._intake.take(self._mailbox, fetched)
                self._failures = 0
            except MailerError:
                raise
            except Exception as error:
                log.exception("mailbox=%s imap_uid=%d could not be taken", self._mailbox, imap_uid)
                self._progress.hold(imap_uid)
                self._failures += 1
                if self._failures >= FAILURES_IN_A_ROW:
                    self._failures = 0
                    raise MailerError("Messages cannot be stored; the log says why. None is lost.") from error
            finally:
                del fetched  # a large message must not outlive its commit
        return taken

    async def _file(self, session: Session, imap_uids: list[int], mailbox: str) -> None:
        # Moved into itself a message gets a new UID, would be new again, and so for ever.
        if mailbox in self._unfilable or mailbox.casefold() == self._mailbox.casefold():
            return
        try:
            await session.move(imap_uids, mailbox)
        except MailboxRefused as error:
            self._unfilable.add(mailbox)  # until the next connection
            log.warning("mailbox=%s: messages stay where they are. %s", self._mailbox, error)

    async def _advance(self) -> None:
        position = self._progress.position
        if not self._digging and position != self._committed:
            await self._intake.advance(self._mailbox, position)
            self._committed = position


async def _last_uid(session: Session, selected: Selected) -> int:
    if selected.uid_next is not None:
        return selected.uid_next - 1
    return max(await session.search("UID *"), default=0)
