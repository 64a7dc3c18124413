"""Take what is due from the outbox, write it, send it, record what became of it.

The way of an entry::

    claim ─▶ still wanted? ─▶ written (bytes, "attempt begins": one commit a batch) ─▶ on the wire (commit) ─▶ SMTP ─▶ outcome (commit)

Promises: conditions are read here, at the last moment; what may have left goes out again with the same bytes or not at all; nothing is sent
          that was not committed as begun, was dropped meanwhile or is another worker's; after a crash, or trouble of whatever kind, what may
          have left is in doubt, all else waits again.
Never:    says what an SMTP reply means (`outcome`), when to try again or how fast (`pace`), or what a rule wants (`decide`).
Fails:    a letter that cannot be written holds its entry, with the reason; trouble with the server makes everything wait, said once;
          results that the store does not take are kept, and written before anything else is sent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, Protocol, TypeVar, assert_never

from mailer.clock import Clock
from mailer.decide.conditions import Pace, Unwanted, Wait, Wanted, still_wanted, unreachable
from mailer.decide.dates import date_named, on_date
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Notice, Snapshot, Standing
from mailer.errors import MailerError, StoreUnusable
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.series import Occurrence, at_date, date_of_round, next_start
from mailer.render.letters import Letters
from mailer.render.message import compose
from mailer.render.noted import noted
from mailer.render.outgoing import Facts, OutgoingMessage, Particulars, Sender
from mailer.send import notices
from mailer.send.outcome import Deferred, Failed, InDoubt, Outcome, Sent
from mailer.send.pace import Allowance, Limits, Recent, jitter_of, may_send, next_attempt, too_old
from mailer.store import inbound, log, meetings, outbox, people, rules, workers
from mailer.store.outbox import OutboxEntry, Result, Written
from mailer.store.transact import transact, unusable
from mailer.terms import (
    InboundId,
    ItemId,
    MeetingId,
    MessageId,
    OutboxId,
    PartnershipId,
    PartStat,
    PersonId,
    RuleId,
    Via,
)

logger = logging.getLogger(__name__)

BATCH = 100
"""Entries taken at once: enough to share commits and snapshots, few enough to be sent within minutes at any pace."""

AT_THE_GATE = 16
"""Entries on the wire at a time: they share one commit, while a few connections take them. As many may be in doubt after a crash."""

LOOK_AGAIN = timedelta(seconds=30)
MANY = 1_000_000

UNASKED = frozenset({"service-question", "service-occurrence", "service-proposal-refused", "service-delegate-declined"})
"""The service's own letters that answer nothing of the reader's: a wish not to be written to holds for them, unless the reader is coming."""
LONGEST_QUIET = timedelta(minutes=15)
"""How long everything waits when the server or the network is in trouble."""

MOST_DOUBTS = 2
"""A mail that may have left so often without an answer waits for the convener."""

T = TypeVar("T")


class _NotOurs(Exception):
    """The row was dropped, or another worker has it: nothing is transmitted, and the row stays as it is."""


class _Overtaken(Exception):
    """The meeting was changed since the letter was written: nothing is transmitted, and the conditions are read anew."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter that may leave, and the meeting's sequence that its conditions were read at."""

    entry: OutboxEntry
    message: OutgoingMessage
    sequence: int


class Transport(Protocol):
    """Hands over one message (`SmtpTransport`)."""

    async def deliver(self, message: OutgoingMessage, before_data: Callable[[], Awaitable[None]]) -> Outcome: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What this stage needs of the partnership: its own side of every letter, the letters and the rules in force. *particulars*: what a letter
    speaks of beside person and meeting (lists, documents, enclosures), loaded when the letter is written."""

    partnership: PartnershipId
    sender: Sender
    letters: Letters
    rule: Callable[[RuleId], Rule | None]
    serving: Callable[[Meeting], tuple[Rule, ...]]
    may_chase: Callable[[], bool] = lambda: True
    particulars: Callable[[Notice, Meeting, Person, frozenset[str], datetime], Awaitable[Particulars]] | None = None


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
    """Sends for one partnership.

    Told inside the transaction: *on_dead* of an address that was refused for good, *on_invited* of invitations that left, *on_overtaken* of one
    that left while its meeting was being changed or cancelled, so that the change was not announced to that person; *on_sent* of all that left.
    *pace*: how many mails one person gets, over all rules.
    """

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
        on_overtaken: Callable[[OutboxEntry, datetime], Awaitable[None]] | None = None,
        on_sent: Callable[[Sequence[Notice], datetime], Awaitable[None]] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._letterhead, self._transport, self._clock = letterhead, transport, clock
        self._worker, self.limits, self._give_up_after = worker, limits, give_up_after
        self._on_dead, self._on_invited, self._on_overtaken = on_dead, on_invited, on_overtaken
        self._on_sent, self._pace = on_sent, pace
        self._wire: Shared[OutboxId] = Shared(self._commit_wire)
        self._results: Shared[tuple[OutboxEntry, Result, bool]] = Shared(self._commit_results)
        self._gate = asyncio.Semaphore(AT_THE_GATE)
        self._quiet_until: datetime | None = None
        self._quiet = LOOK_AGAIN
        self._granted: set[OutboxId] = set()
        self._unrecorded: list[tuple[OutboxEntry, Result, bool]] = []
        self._unsettled = True
        self._worked = False

    async def recover(self, dead: Sequence[str]) -> None:
        """Settle what dead workers left behind, and forget them. In doubt: chasing mails are held, all else goes out again, the same bytes."""
        await self._take_back(dead, "the service stopped while the mail was being handed over", True)
        await transact(lambda: workers.bury(dead))

    async def _take_back(self, names: Sequence[str], why: str, at_once: bool) -> None:
        """Give a next step to everything that *names* had in hand."""
        head, now = self._letterhead(), self._clock.now()

        async def write() -> int:
            doubtful, again = await outbox.recover(head.partnership, names, now)
            for entry in doubtful:
                await self._settle_doubt(head, entry, why, now, at_once)
            return again

        if again := await transact(write):
            logger.info("outbox recovered=%d state=deferred", again)

    async def _settle_doubt(
        self, head: Letterhead, entry: OutboxEntry, why: str, now: datetime, at_once: bool = False
    ) -> None:
        """Decide about an entry in doubt (inside the transaction that makes it so). *at_once*: a restart was pause enough."""
        rule = head.rule(entry.notice.rule)
        chases = rule is not None and rule.chases
        if chases or entry.doubts >= MOST_DOUBTS:
            often = "" if chases else f", {entry.doubts} times now"
            await outbox.hold([entry.id], f"it may or may not have left{often} ({why}); send it again?")
        else:
            later = next_attempt(entry.attempt, now, jitter_of(entry.notice.key, entry.attempt))
            await outbox.try_again(entry.id, now if at_once else later)
        logger.info("outbox=%d key=%s state=in-doubt doubts=%d", entry.id, entry.notice.key, entry.doubts)

    async def round(self) -> int:
        """Send what is due and what the pace allows; gives how many entries were dealt with."""
        if self._unrecorded:
            await self._record_unrecorded()
        if self._unsettled:
            await self._take_back([self._worker], "sending was interrupted while the mail was being handed over", False)
            self._unsettled = False
        head, now = self._letterhead(), self._clock.now()
        if self._quiet_until is not None and now < self._quiet_until:
            return 0
        if not await outbox.busy(head.partnership, now):
            return 0  # without a transaction: this is asked every second
        minute, day = await outbox.begun_since(head.partnership, now)
        allowance = may_send(Recent(minute, day), now, self.limits)
        if allowance.now <= 0:
            return 0
        self._unsettled = True  # until all of them have a next step: whatever is raised in between
        entries = await transact(lambda: outbox.claim(head.partnership, self._worker, now, min(BATCH, allowance.now)))
        if entries:
            ready = await self._prepare(head, entries, now)
            ended = await asyncio.gather(*(self._send(head, one) for one in ready), return_exceptions=True)
            troubles = [e for e in ended if isinstance(e, BaseException)]
            for trouble in sorted(troubles, key=lambda e: isinstance(e, StoreUnusable)):
                raise trouble
        self._unsettled = False
        return len(entries)

    # writing ---------------------------------------------------------------------------------------------------------------------

    async def _prepare(self, head: Letterhead, entries: Sequence[OutboxEntry], now: datetime) -> list[_Ready]:
        """Decide which are still wanted, write those, and commit that their attempts begin."""
        before = await outbox.contents([e.id for e in entries])
        ready: list[_Ready] = []
        fresh: list[Written] = []
        paces: dict[str, Allowance] = {}
        for meeting_id in dict.fromkeys(e.notice.meeting_id for e in entries):
            mine = [e for e in entries if e.notice.meeting_id == meeting_id]
            meeting = await meetings.by_id(meeting_id)
            if meeting is None:
                await transact(lambda mine=mine: outbox.drop([e.id for e in mine], "its meeting is gone"))  # type: ignore[misc]
                continue
            try:
                since = now - timedelta(days=self._pace.days) if self._pace is not None else None
                desk = await _Desk.of(head, meeting, mine, since)
            except Exception as exc:
                await self._hold(mine, exc)
                continue
            for entry in mine:
                try:
                    items = await self._wanted(head, desk.snapshot, entry, now)
                    if items is None:
                        continue
                    if not await self._paced(head, meeting, entry, paces, now):
                        continue
                    shorter = items != entry.notice.items
                    entry = replace(entry, notice=replace(entry.notice, items=items))
                    if entry.id in before and desk.as_written(entry) and not shorter:
                        forward, reverse, subject, text, content = before[entry.id]
                        message = OutgoingMessage(entry.message_id, reverse, forward, subject, text, content)
                        ready.append(_Ready(entry, message, meeting.sequence))
                        continue
                    message = compose(await desk.facts(entry, now), head.letters)
                except Exception as exc:
                    await self._hold([entry], exc)
                    continue
                ready.append(_Ready(replace(entry, sequence=meeting.sequence), message, meeting.sequence))
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

    async def _hold(self, entries: Sequence[OutboxEntry], exc: Exception) -> None:
        """One letter that cannot be written must not stop the others. (Trouble of the store is no fault of the letter's.)"""
        if isinstance(exc, StoreUnusable):
            raise exc
        if (trouble := unusable(exc)) is not None:
            raise trouble from exc
        for entry in entries:
            words = str(exc) if isinstance(exc, MailerError) else f"{type(exc).__name__}: {exc}"
            sentence = f"the letter {entry.notice.letter} cannot be written: {words}"[:1000]
            hold = partial(outbox.hold, [entry.id], sentence)
            await transact(hold)
            logger.warning(
                "outbox=%d state=held letter=%s",
                entry.id,
                entry.notice.letter,
                exc_info=None if isinstance(exc, MailerError) else exc,
            )

    async def _wanted(
        self, head: Letterhead, snapshot: Snapshot, entry: OutboxEntry, now: datetime
    ) -> tuple[ItemId, ...] | None:
        """None where it shall not leave, or not now; else of which action items it shall still speak."""
        rule = head.rule(entry.notice.rule)
        standing = snapshot.standing_of(entry.notice.person_id)
        if standing is None or standing.person.address is None:
            reason = "nobody to write to: the address is dead or the person is gone"
            await transact(lambda: outbox.drop([entry.id], reason))
            return None
        if rule is None:
            if entry.notice.rule.startswith("service-"):
                if entry.notice.rule not in UNASKED or (stop := unreachable(standing)) is None or _comes(standing):
                    return entry.notice.items
                why = stop
                await transact(lambda: outbox.drop([entry.id], why))
                return None
            await transact(lambda: outbox.drop([entry.id], f"the rule [{entry.notice.rule}] is in no file any more"))
            return None
        if rule.chases and not head.may_chase():
            # their answer may lie in the mailbox that cannot be read just now
            verdict: Wanted | Unwanted | Wait = Wait(now + LOOK_AGAIN, "the mailbox is not read to its end yet")
        else:
            verdict = still_wanted(rule, entry.notice, snapshot, now, head.serving(snapshot.meeting), self._pace)
        match verdict:
            case Wanted(items=items):
                return items
            case Unwanted(reason=reason):
                await transact(lambda: outbox.drop([entry.id], reason))
                logger.info("outbox=%d key=%s state=dropped", entry.id, entry.notice.key)
            case Wait(until=until, reason=reason):
                result = Result(entry.id, outbox.QUEUED, "", until, reason, tried=False)
                await transact(lambda: outbox.finish([result], now))
            case _:
                assert_never(verdict)
        return None

    async def _paced(
        self, head: Letterhead, meeting: Meeting, entry: OutboxEntry, paces: dict[str, Allowance], now: datetime
    ) -> bool:
        """Does the pace of the rule's own file let this mail leave now? *paces* is kept for one batch."""
        rule = head.rule(entry.notice.rule)
        if rule is None or (rule.timing.most_per_minute is None and rule.timing.most_per_day is None):
            return True
        if rule.file not in paces:
            same = [r.id for r in head.serving(meeting) if r.file == rule.file] or [rule.id]
            minute, day, newest, oldest = await outbox.begun_of(head.partnership, same, now)
            limits = Limits(rule.timing.most_per_minute or MANY, rule.timing.most_per_day or MANY)
            paces[rule.file] = may_send(Recent(minute, day, newest, oldest), now, limits)
        allowance = paces[rule.file]
        if allowance.now > 0:
            paces[rule.file] = Allowance(allowance.now - 1, allowance.again_at)
            return True
        again = allowance.again_at or now + LOOK_AGAIN
        result = Result(entry.id, outbox.QUEUED, "", again, f"the pace of {rule.file}", tried=False)
        await transact(lambda: outbox.finish([result], now))
        return False

    # sending ---------------------------------------------------------------------------------------------------------------------

    async def _send(self, head: Letterhead, ready: _Ready) -> None:
        entry = replace(ready.entry, forward_path=ready.message.forward_path)
        async with self._gate:
            outcome = await self._hand_over(ready)
        if outcome is None:
            return
        now = self._clock.now()
        if isinstance(outcome, Result):
            await self._results.add((entry, outcome, False))
            return
        self._keep_quiet(outcome, now)
        result, dead = self._result(entry, outcome, now)
        await self._results.add((entry, result, dead))  # first: what comes after may fail
        await self._trouble(head, outcome, now)

    async def _hand_over(self, ready: _Ready) -> Outcome | Result | None:
        """Transmit, if that is still right. A `Result` where it did not come to an attempt; None where the row is not ours any more."""
        ident, now, leaving = ready.entry.id, self._clock.now(), False
        if self._quiet_until is not None and now < self._quiet_until:
            again = max(now + LOOK_AGAIN, self._quiet_until)
            return Result(ident, outbox.DEFERRED, "the server was in trouble a moment ago", again, tried=False)
        await self._wire.add(ident)
        if ident not in self._granted:
            return None
        self._granted.discard(ident)

        async def last_look() -> None:
            nonlocal leaving
            found = await outbox.at_the_gate(ident, self._worker)
            if found is None:
                raise _NotOurs
            if found.sequence != ready.sequence:
                raise _Overtaken
            leaving = True

        try:
            return await self._transport.deliver(ready.message, last_look)
        except _NotOurs:
            logger.warning("outbox=%d is not sent: it was taken over or dropped", ident)
            return None
        except _Overtaken:
            return Result(ident, outbox.QUEUED, "", now, tried=False)
        except Exception as exc:
            logger.exception("outbox=%d could not be handed over", ident)
            sentence = f"the program stumbled while it handed the mail over ({type(exc).__name__})"
            return InDoubt(sentence) if leaving else Deferred(sentence)

    def _result(self, entry: OutboxEntry, outcome: Outcome, now: datetime) -> tuple[Result, bool]:
        match outcome:
            case Sent(smtp_reply=reply):
                return Result(entry.id, outbox.SENT, reply, now), False
            case Failed(sentence=sentence, smtp_reply=reply, address_is_dead=dead):
                return Result(entry.id, outbox.FAILED, reply or sentence, now, sentence), dead
            case InDoubt(sentence=sentence):
                return Result(entry.id, outbox.IN_DOUBT, sentence, now, sentence), False
            case Deferred(sentence=sentence, smtp_reply=reply, everybody=everybody):
                if not everybody and too_old(entry.first_tried_at or now, now, self._give_up_after):
                    return Result(entry.id, outbox.FAILED, reply or sentence, now, f"given up: {sentence}"), False
                again = (
                    max(now + LOOK_AGAIN, self._quiet_until or now)
                    if everybody
                    else next_attempt(entry.attempt, now, jitter_of(entry.notice.key, entry.attempt))
                )
                return Result(entry.id, outbox.DEFERRED, reply or sentence, again, sentence, tried=not everybody), False
            case _:
                assert_never(outcome)

    def _keep_quiet(self, outcome: Outcome, now: datetime) -> None:
        """Trouble of the server or ours makes everybody wait."""
        # it grows: a wrong password that is tried twice a minute locks the account
        if (
            isinstance(outcome, Deferred)
            and outcome.everybody
            and (self._quiet_until is None or now >= self._quiet_until)
        ):
            self._quiet = min(self._quiet * 2, LONGEST_QUIET) if self._quiet_until is not None else LOOK_AGAIN
            self._quiet_until = now + self._quiet

    async def _trouble(self, head: Letterhead, outcome: Outcome, now: datetime) -> None:
        """Say such trouble once, and that it is over (also what an earlier run of the program said)."""
        if isinstance(outcome, Deferred) and outcome.everybody:
            self._worked = False
            if await transact(lambda: log.set_trouble(head.partnership, "sending", outcome.sentence, now)):
                logger.warning("sending trouble=%r", outcome.sentence)
        elif isinstance(outcome, Sent) and (self._quiet_until is not None or not self._worked):
            self._quiet_until, self._worked = None, True
            await transact(lambda: log.set_trouble(head.partnership, "sending", None, now))

    async def _commit_wire(self, idents: Sequence[OutboxId]) -> None:
        now = self._clock.now()
        self._granted |= await transact(lambda: outbox.on_the_wire(idents, self._worker, now))

    async def _commit_results(self, results: Sequence[tuple[OutboxEntry, Result, bool]]) -> None:
        try:
            await self._record(results)
        except Exception:
            self._unrecorded.extend(results)
            raise

    async def _record_unrecorded(self) -> None:
        """Write down what the store did not take before, one by one, so that one that cannot be written does not keep the others."""
        while self._unrecorded:
            one = self._unrecorded[0]
            try:
                await self._record([one])
            except StoreUnusable:
                raise
            except Exception:
                logger.exception("outbox=%d: what follows from its result failed; the result alone is kept", one[0].id)
                await self._record([one], consequences=False)
            del self._unrecorded[0]

    async def _record(self, results: Sequence[tuple[OutboxEntry, Result, bool]], *, consequences: bool = True) -> None:
        """Commit results and what follows from them. A row that is not ours any more is left as it is."""
        head, now = self._letterhead(), self._clock.now()

        async def write() -> list[tuple[OutboxEntry, Result]]:
            ours = await outbox.owned([r.id for _, r, _ in results], self._worker)
            kept = [(e, r) for e, r, _ in results if r.id in ours]
            await outbox.finish([r for _, r in kept], now)
            for entry, result in kept:
                if result.state == outbox.IN_DOUBT:
                    doubtful = replace(entry, doubts=entry.doubts + 1)
                    await self._settle_doubt(head, doubtful, result.reason or result.smtp_reply, now)
            if not consequences:
                return kept
            invited = [e for e, r in kept if r.state == outbox.SENT and e.notice.invites]
            if invited:
                await self._on_invited([(e.notice.meeting_id, e.notice.person_id) for e in invited], now)
            sent = [e.notice for e, r in kept if r.state == outbox.SENT]
            if sent and self._on_sent is not None:
                await self._on_sent(sent, now)
            if invited and self._on_overtaken is not None:
                overtaken = await outbox.overtaken([e.id for e in invited])
                for entry in invited:
                    if entry.id in overtaken:
                        await self._on_overtaken(entry, now)
            for entry, result, dead in results:
                if dead and entry.id in ours:
                    await self._on_dead(entry, result.reason or result.smtp_reply, now)
            return kept

        for entry, result in await transact(write):
            logger.info("outbox=%d key=%s state=%s attempt=%d", entry.id, entry.notice.key, result.state, entry.attempt)

    async def run(self, stop: asyncio.Event, every: float = 1.0) -> None:
        """Send until *stop*; an empty outbox is looked at every *every* seconds of real time (other processes put mails there too)."""
        while not stop.is_set():
            try:
                if await self.round():
                    continue
            except Exception as exc:
                if not isinstance(exc, StoreUnusable) and unusable(exc) is None:
                    raise
                logger.warning("%s", exc)
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue


def _comes(standing: Standing) -> bool:
    return standing.partstat is PartStat.ACCEPTED


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
    async def of(
        cls, head: Letterhead, meeting: Meeting, entries: Sequence[OutboxEntry], recent_since: datetime | None = None
    ) -> "_Desk":
        wanted = {e.notice.person_id for e in entries}
        others = {p for e in entries for p in (e.notice.on_behalf_of, e.notice.about) if p is not None}
        snapshot = await meetings.snapshot(meeting, wanted | others, recent_since=recent_since)
        return cls(
            head,
            meeting,
            await meetings.version_before(meeting) if meeting.sequence else None,
            snapshot,
            {s.person.id: s.person for s in snapshot.standings},
            await outbox.thread(meeting.id, sorted(wanted)),
        )

    def as_written(self, entry: OutboxEntry) -> bool:
        """Whether the bytes that were written for *entry* are to go out: what may have left must not differ from itself, else the latest counts."""
        standing = self.snapshot.standing_of(entry.notice.person_id)
        assert standing is not None
        same = entry.sequence == self.meeting.sequence and entry.forward_path == standing.person.address
        return entry.doubts > 0 or same

    async def facts(self, entry: OutboxEntry, now: datetime) -> Facts:
        notice = entry.notice
        standing = self.snapshot.standing_of(notice.person_id)
        assert standing is not None
        meeting, before, recurrence_id = self._date(notice, now)
        attach = notice.attach
        if recurrence_id is not None and (date := date_named(self.snapshot, recurrence_id)) is not None:
            if standing.invited_at is not None and standing.partstat not in (PartStat.DECLINED, PartStat.DELEGATED):
                attach = tuple(a for a in attach if a != "calendar invitation")  # it came, or comes, with the series
            standing = on_date(self.snapshot, date).standing_of(notice.person_id) or standing
        return Facts(
            message_id=entry.message_id,
            now=now,
            sender=self.head.sender,
            letter=notice.letter,
            person=standing.person,
            meeting=meeting,
            invitation=standing.invitation,
            on_behalf_of=self.persons.get(notice.on_behalf_of) if notice.on_behalf_of else None,
            attach=_still_useful(attach, standing.invitation, self.meeting),
            before=before,
            about=self.persons.get(notice.about) if notice.about else None,
            their_words=await inbound.words_of(self.meeting.partnership_id, entry.answers_to)
            if entry.answers_to and (notice.about or notice.rule.startswith("service-"))
            else "",
            particulars=await self.head.particulars(
                notice, meeting, standing.person, self.head.letters.lists(notice.letter), now
            )
            if self.head.particulars is not None
            else Particulars(),
            notice=await self._notice(entry),
            answers_to=entry.answers_to,
            thread=self.threads.get(notice.person_id, ()),
            instead_of=await self._person(standing.invitation.delegate_of if standing.invitation else None),
            recurrence_id=recurrence_id,
            series=self.meeting if self.meeting.rrule and recurrence_id is None else None,
            without=tuple(o.recurrence_id for o in self.snapshot.dates if o.cancelled),
            moved=tuple(o for o in self.snapshot.dates if o.sequence and not o.cancelled),
            # an invitation is nothing automatic, whoever writes it
            automatic=entry.answers_to is not None or (notice.rule.startswith("service-") and not notice.attach),
            delegate=await self._name(standing.invitation.delegate if standing.invitation else None),
        )

    async def _name(self, person: PersonId | None) -> str:
        found = await people.people(self.meeting.partnership_id, [person]) if person is not None else ()
        return found[0].name if found else ""

    async def _person(self, person: PersonId | None) -> Person | None:
        found = await people.people(self.meeting.partnership_id, [person]) if person is not None else ()
        return found[0] if found else None

    def _date(self, notice: Notice, now: datetime) -> tuple[Meeting, Meeting | None, datetime | None]:
        """What the letter is about: the meeting, or one date of a series, and how it was before."""
        recurrence_id = date_of_round(notice.round)
        if recurrence_id is None:
            ahead = min(
                (o for o in self.snapshot.dates if o.dtend > now and not o.cancelled), key=_starts, default=None
            )
            if ahead is None:
                return self.meeting, self.before, None
            # a letter about the series speaks of its next date; a calendar file begins with the first
            before = self.before
            if before is not None:
                start = next_start(before, now)
                before = replace(before, dtstart=start, dtend=start + (before.dtend - before.dtstart))
            return replace(at_date(self.meeting, ahead), recurrence_id=None), before, None
        found = date_named(self.snapshot, recurrence_id)
        if found is None:
            raise MailerError("the date that this letter is about is none of the series any more")
        length = self.meeting.dtend - self.meeting.dtstart
        before = replace(self.meeting, dtstart=recurrence_id, dtend=recurrence_id + length)
        return at_date(self.meeting, found), before, recurrence_id

    async def _notice(self, entry: OutboxEntry) -> str:
        """What the service's own mails say, as things stand when they are written."""
        partnership, round_ = self.meeting.partnership_id, entry.notice.round
        match entry.notice.rule:
            case "service-waiting":
                rule, _, rest = round_.partition("/")
                of = rest.rpartition("/")[0]
                held = await outbox.held_by(self.meeting.id, rule, of)
                persons = await people.people(partnership, [e.notice.person_id for e in held])
                asks = (found := self.head.rule(RuleId(rule))) is not None and found.asks_signer
                signers = {s for e in held if (s := e.notice.on_behalf_of) is not None} if asks else set()
                named = await people.people(partnership, sorted(signers))
                return notices.waiting(self.meeting, rule, persons, [p.name for p in named])
            case "service-review":
                waits, newest = [inbound.REVIEW, inbound.HELD], int(round_.removeprefix("to-"))
                cases = await inbound.rows(partnership, waits, notices.MOST_CASES, up_to=newest)
                return notices.review(cases, await inbound.count(partnership, waits) - len(cases))
            case "service-told":
                return entry.notice.reason
            case "service-loop":
                return notices.loop(entry.notice.reason)
            case "service-files":
                troubles = [sentence for what, sentence, _ in await log.troubles(partnership) if what == "files"]
                since = max((at for _, at in (await rules.known(partnership)).values()), default=None)
                return notices.files(troubles[0] if troubles else "", since and self.meeting.local(since))
            case "service-done":
                row = await inbound.row(partnership, InboundId(int(round_.removeprefix("inbound-"))))
                told = row.reason if row else ""
                reader = self.persons.get(entry.notice.person_id) if entry.notice.letter == "noted" else None
                return noted(told, reader.language) if reader is not None else told
            case _:
                return ""


def _starts(date: Occurrence) -> datetime:
    return date.dtstart


def _still_useful(attach: tuple[str, ...], invitation: Invitation | None, meeting: Meeting) -> tuple[str, ...]:
    """Without the calendar invitation for somebody whose calendar has answered it: asked anew, it would forget the answer."""
    if (
        invitation is None
        or invitation.via not in (Via.ITIP, Via.TNEF)
        or (invitation.sequence or 0) < meeting.last_major_sequence
    ):
        return attach
    return tuple(a for a in attach if a != "calendar invitation")
