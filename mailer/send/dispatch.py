"""Take what is due from the outbox, write it, send it, record what became of it.

The way of an entry::

    claim ─▶ still wanted? ─▶ written (bytes, "attempt begins": one commit a batch) ─▶ on the wire (commit) ─▶ SMTP ─▶ outcome (commit)

Promises: conditions are read here, at the last moment; the bytes of the first attempt go out on every attempt; nothing is sent that was not
          committed as begun; after a crash what may have left is `in-doubt`, all else waits again.
Never:    says what an SMTP reply means (`outcome`), when to try again or how fast (`pace`), or what a rule wants (`decide`).
Fails:    a letter that cannot be written holds its entry, with the reason; trouble with the server makes everything wait, said once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar, assert_never

from mailer.clock import Clock
from mailer.decide.conditions import Unwanted, Wait, Wanted, still_wanted
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Snapshot
from mailer.errors import MailerError, StoreUnusable
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.render.letters import Letters
from mailer.render.message import compose
from mailer.render.outgoing import Facts, OutgoingMessage, Sender
from mailer.send import notices
from mailer.send.outcome import Deferred, Failed, InDoubt, Outcome, Sent
from mailer.send.pace import Limits, Recent, jitter_of, may_send, next_attempt, too_old
from mailer.store import inbound, log, meetings, outbox, people
from mailer.store.outbox import OutboxEntry, Result, Written
from mailer.store.transact import transact
from mailer.terms import InboundId, MeetingId, MessageId, OutboxId, PartnershipId, PersonId, RuleId, Via

logger = logging.getLogger(__name__)

BATCH = 100
"""Entries taken at once: enough to share commits and snapshots, few enough to be sent within minutes at any pace."""

AT_THE_GATE = 16
"""Entries on the wire at a time: they share one commit, while a few connections take them. As many may be in doubt after a crash."""

LOOK_AGAIN = timedelta(seconds=30)
LONGEST_QUIET = timedelta(minutes=15)
"""How long everything waits when the server or the network is in trouble."""

T = TypeVar("T")


class Transport(Protocol):
    """Hands over one message (`SmtpTransport`)."""

    async def deliver(self, message: OutgoingMessage, before_data: Callable[[], Awaitable[None]]) -> Outcome: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What this stage needs of the partnership: its own side of every letter, the letters and the rules in force."""

    partnership: PartnershipId
    sender: Sender
    letters: Letters
    rule: Callable[[RuleId], Rule | None]
    serving: Callable[[Meeting], tuple[Rule, ...]]
    may_chase: Callable[[], bool] = lambda: True


class Shared(Generic[T]):
    """Commits that come close together share one transaction: whoever comes while one runs goes into the next."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Return when *item* is committed; raises what its transaction raised."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        await asyncio.shield(done)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await self._write([item for item, _ in batch])
                except Exception as exc:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(exc)
                else:
                    for _, done in batch:
                        if not done.done():
                            done.set_result(None)
        finally:
            self._running = None


class Dispatcher:
    """Sends for one partnership. *on_dead* is told, inside the transaction, of an address that was refused for good; *on_sent* of what left."""

    def __init__(
        self,
        letterhead: Callable[[], Letterhead],
        transport: Transport,
        clock: Clock,
        *,
        worker: str,
        limits: Limits,
        give_up_after: timedelta,
        on_dead: Callable[[OutboxEntry, str, datetime], Awaitable[None]],
        on_invited: Callable[[Sequence[tuple[MeetingId, PersonId]], datetime], Awaitable[None]],
    ) -> None:
        self._letterhead, self._transport, self._clock = letterhead, transport, clock
        self._worker, self._limits, self._give_up_after = worker, limits, give_up_after
        self._on_dead, self._on_invited = on_dead, on_invited
        self._wire: Shared[OutboxId] = Shared(self._commit_wire)
        self._results: Shared[tuple[OutboxEntry, Result, bool]] = Shared(self._commit_results)
        self._gate = asyncio.Semaphore(AT_THE_GATE)
        self._quiet_until: datetime | None = None
        self._quiet = LOOK_AGAIN

    async def recover(self, dead: Sequence[str]) -> None:
        """Settle what dead workers left behind. In doubt: chasing mails are held, all else goes out again with the same bytes."""
        head, now = self._letterhead(), self._clock.now()
        doubtful, again = await transact(lambda: outbox.recover(head.partnership, dead, now))
        if again:
            logger.info("outbox recovered=%d state=deferred", again)
        for entry in doubtful:
            await self._settle_doubt(head, entry, "the service stopped while the mail was being handed over", now)

    async def _settle_doubt(self, head: Letterhead, entry: OutboxEntry, why: str, now: datetime) -> None:
        rule = head.rule(entry.notice.rule)
        if rule is not None and rule.chases:
            await transact(lambda: outbox.hold([entry.id], f"it may or may not have left ({why}); send it again?"))
        else:
            await transact(lambda: outbox.release(head.partnership, [entry.id], now))
        logger.info("outbox=%d key=%s state=in-doubt chases=%s", entry.id, entry.notice.key, bool(rule and rule.chases))

    async def round(self) -> int:
        """Send what is due and what the pace allows; gives how many entries were dealt with."""
        head, now = self._letterhead(), self._clock.now()
        if self._quiet_until is not None and now < self._quiet_until:
            return 0
        minute, day = await outbox.sent_since(head.partnership, now)
        allowance = may_send(Recent(minute, day), now, self._limits)
        if allowance.now <= 0:
            return 0
        entries = await transact(lambda: outbox.claim(head.partnership, self._worker, now, min(BATCH, allowance.now)))
        if not entries:
            return 0
        messages = await self._prepare(head, entries, now)
        await asyncio.gather(*(self._send(head, entry, message) for entry, message in messages))
        return len(entries)

    # writing ---------------------------------------------------------------------------------------------------------------------

    async def _prepare(
        self, head: Letterhead, entries: Sequence[OutboxEntry], now: datetime
    ) -> list[tuple[OutboxEntry, OutgoingMessage]]:
        """Decide which are still wanted, write those, and commit that their attempts begin."""
        before = await outbox.contents([e.id for e in entries])
        ready: list[tuple[OutboxEntry, OutgoingMessage]] = []
        fresh: list[Written] = []
        for meeting_id in dict.fromkeys(e.notice.meeting_id for e in entries):
            mine = [e for e in entries if e.notice.meeting_id == meeting_id]
            meeting = await meetings.by_id(meeting_id)
            if meeting is None:
                await transact(lambda mine=mine: outbox.drop([e.id for e in mine], "its meeting is gone"))  # type: ignore[misc]
                continue
            desk = await _Desk.of(head, meeting, mine)
            for entry in mine:
                if not await self._wanted(head, desk.snapshot, entry, now):
                    continue
                if entry.id in before:
                    forward, reverse, subject, text, content = before[entry.id]
                    ready.append((entry, OutgoingMessage(entry.message_id, reverse, forward, subject, text, content)))
                    continue
                try:
                    message = compose(await desk.facts(entry, now), head.letters)
                except MailerError as exc:
                    sentence = f"the letter {entry.notice.letter} cannot be written: {exc}"
                    await transact(lambda entry=entry, sentence=sentence: outbox.hold([entry.id], sentence))  # type: ignore[misc]
                    logger.warning("outbox=%d state=held letter=%s", entry.id, entry.notice.letter)
                    continue
                ready.append((entry, message))
                fresh.append(
                    Written(
                        entry.id,
                        message.forward_path,
                        message.reverse_path,
                        message.subject,
                        message.text,
                        message.content,
                        meeting.sequence,
                    )
                )
        if fresh:
            await transact(lambda: outbox.begun(fresh))
        return ready

    async def _wanted(self, head: Letterhead, snapshot: Snapshot, entry: OutboxEntry, now: datetime) -> bool:
        rule = head.rule(entry.notice.rule)
        standing = snapshot.standing_of(entry.notice.person_id)
        if standing is None or standing.person.address is None:
            reason = "nobody to write to: the address is dead or the person is gone"
            await transact(lambda: outbox.drop([entry.id], reason))
            return False
        if rule is None:
            if entry.notice.rule.startswith("service-"):
                return True
            await transact(lambda: outbox.drop([entry.id], f"the rule [{entry.notice.rule}] is in no file any more"))
            return False
        if rule.chases and not head.may_chase():
            # their answer may lie in the mailbox that cannot be read just now
            verdict: Wanted | Unwanted | Wait = Wait(now + LOOK_AGAIN, "the mailbox is not read to its end yet")
        else:
            verdict = still_wanted(rule, entry.notice, snapshot, now, head.serving(snapshot.meeting))
        match verdict:
            case Wanted():
                return True
            case Unwanted(reason=reason):
                await transact(lambda: outbox.drop([entry.id], reason))
                logger.info("outbox=%d key=%s state=dropped", entry.id, entry.notice.key)
            case Wait(until=until, reason=reason):
                result = Result(entry.id, outbox.QUEUED, "", until, reason)
                await transact(lambda: outbox.finish([result], now))
            case _:
                assert_never(verdict)
        return False

    # sending ---------------------------------------------------------------------------------------------------------------------

    async def _send(self, head: Letterhead, entry: OutboxEntry, message: OutgoingMessage) -> None:
        async with self._gate:
            if self._quiet_until is not None and self._clock.now() < self._quiet_until:
                outcome: Outcome = Deferred("the server was in trouble a moment ago", everybody=True)
            else:
                await self._wire.add(entry.id)
                outcome = await self._transport.deliver(message, _go)
        now = self._clock.now()
        entry = replace(entry, forward_path=message.forward_path)
        result, dead = self._result(entry, outcome, now)
        await self._trouble(head, outcome, now)
        await self._results.add((entry, result, dead))
        if isinstance(outcome, InDoubt):
            await self._settle_doubt(head, entry, outcome.sentence, now)

    def _result(self, entry: OutboxEntry, outcome: Outcome, now: datetime) -> tuple[Result, bool]:
        match outcome:
            case Sent(smtp_reply=reply):
                return Result(entry.id, outbox.SENT, reply, now), False
            case Failed(sentence=sentence, smtp_reply=reply, address_is_dead=dead):
                return Result(entry.id, outbox.FAILED, reply or sentence, now, sentence), dead
            case InDoubt(sentence=sentence):
                return Result(entry.id, outbox.IN_DOUBT, sentence, now, sentence), False
            case Deferred(sentence=sentence, smtp_reply=reply, everybody=everybody):
                if not everybody and too_old(entry.notice.not_before, now, self._give_up_after):
                    return Result(entry.id, outbox.FAILED, reply or sentence, now, f"given up: {sentence}"), False
                again = (
                    now + LOOK_AGAIN
                    if everybody
                    else next_attempt(entry.attempt, now, jitter_of(entry.notice.key, entry.attempt))
                )
                return Result(entry.id, outbox.DEFERRED, reply or sentence, again, sentence), False
            case _:
                assert_never(outcome)

    async def _trouble(self, head: Letterhead, outcome: Outcome, now: datetime) -> None:
        """Trouble of the server or ours makes everybody wait, and is said once."""
        if isinstance(outcome, Deferred) and outcome.everybody:
            # it grows: a wrong password that is tried twice a minute locks the account
            if self._quiet_until is None or now >= self._quiet_until:
                self._quiet = min(self._quiet * 2, LONGEST_QUIET) if self._quiet_until is not None else LOOK_AGAIN
                self._quiet_until = now + self._quiet
            if await transact(lambda: log.set_trouble(head.partnership, "sending", outcome.sentence, now)):
                logger.warning("sending trouble=%r", outcome.sentence)
        elif self._quiet_until is not None and isinstance(outcome, Sent):
            self._quiet_until = None
            await transact(lambda: log.set_trouble(head.partnership, "sending", None, now))

    async def _commit_wire(self, idents: Sequence[OutboxId]) -> None:
        await transact(lambda: outbox.on_the_wire(idents))

    async def _commit_results(self, results: Sequence[tuple[OutboxEntry, Result, bool]]) -> None:
        now = self._clock.now()

        async def write() -> None:
            await outbox.finish([r for _, r, _ in results], now)
            invited = [
                (e.notice.meeting_id, e.notice.person_id)
                for e, r, _ in results
                if r.state == outbox.SENT and e.notice.invites
            ]
            if invited:
                await self._on_invited(invited, now)
            for entry, result, dead in results:
                if dead:
                    await self._on_dead(entry, result.reason or result.smtp_reply, now)

        await transact(write)
        for entry, result, _ in results:
            logger.info("outbox=%d key=%s state=%s attempt=%d", entry.id, entry.notice.key, result.state, entry.attempt)

    async def run(self, stop: asyncio.Event, every: float = 1.0) -> None:
        """Send until *stop*; an empty outbox is looked at every *every* seconds of real time (other processes put mails there too)."""
        while not stop.is_set():
            try:
                if await self.round():
                    continue
            except StoreUnusable as exc:
                logger.warning("%s", exc)
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue


async def _go() -> None:
    """What is on the wire was committed before the mail came to the gate."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What writing a batch of letters about one meeting needs to know, loaded at once."""

    head: Letterhead
    meeting: Meeting
    before: Meeting | None
    snapshot: Snapshot
    persons: dict[PersonId, Person]
    threads: dict[PersonId, tuple[MessageId, ...]]

    @classmethod
    async def of(cls, head: Letterhead, meeting: Meeting, entries: Sequence[OutboxEntry]) -> "_Desk":
        wanted = {e.notice.person_id for e in entries}
        others = {p for e in entries for p in (e.notice.on_behalf_of, e.notice.about) if p is not None}
        snapshot = await meetings.snapshot(meeting, wanted | others)
        return cls(
            head,
            meeting,
            await meetings.version_before(meeting) if meeting.sequence else None,
            snapshot,
            {s.person.id: s.person for s in snapshot.standings},
            await outbox.thread(meeting.id, sorted(wanted)),
        )

    async def facts(self, entry: OutboxEntry, now: datetime) -> Facts:
        notice = entry.notice
        standing = self.snapshot.standing_of(notice.person_id)
        assert standing is not None
        return Facts(
            message_id=entry.message_id,
            now=now,
            sender=self.head.sender,
            letter=notice.letter,
            person=standing.person,
            meeting=self.meeting,
            invitation=standing.invitation,
            on_behalf_of=self.persons.get(notice.on_behalf_of) if notice.on_behalf_of else None,
            attach=_still_useful(notice.attach, standing.invitation, self.meeting),
            before=self.before,
            about=self.persons.get(notice.about) if notice.about else None,
            their_words=await inbound.words_of(self.meeting.partnership_id, entry.answers_to)
            if notice.about and entry.answers_to
            else "",
            notice=await self._notice(entry),
            answers_to=entry.answers_to,
            thread=self.threads.get(notice.person_id, ()),
            automatic=entry.answers_to is not None,
        )

    async def _notice(self, entry: OutboxEntry) -> str:
        """What the service's own mails say, as things stand when they are written."""
        partnership, round_ = self.meeting.partnership_id, entry.notice.round
        match entry.notice.rule:
            case "service-waiting":
                rule, _, rest = round_.partition("/")
                of = rest.rpartition("/")[0]
                held = await outbox.held_by(self.meeting.id, rule, of)
                persons = await people.people(partnership, [e.notice.person_id for e in held])
                return notices.waiting(self.meeting, rule, persons)
            case "service-review":
                cases = await inbound.rows(partnership, [inbound.REVIEW, inbound.HELD], limit=50)
                return notices.review(cases)
            case "service-done":
                row = await inbound.row(partnership, InboundId(int(round_.removeprefix("inbound-"))))
                return row.reason if row else ""
            case _:
                return ""


def _still_useful(attach: tuple[str, ...], invitation: Invitation | None, meeting: Meeting) -> tuple[str, ...]:
    """Without the calendar invitation for somebody whose calendar has answered it: asked anew, it would forget the answer."""
    if (
        invitation is None
        or invitation.via not in (Via.ITIP, Via.TNEF)
        or (invitation.sequence or 0) < meeting.last_major_sequence
    ):
        return attach
    return tuple(a for a in attach if a != "calendar invitation")
