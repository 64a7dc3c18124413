"""A rehearsal: the service itself, over a copy of the real data, on a clock that is moved, with pretend answers. Nothing is sent.

The parts are the daemon's own (`Daemon`: rules, dispatcher, letters, reading, desk); two are others: the clock stands still until it is moved to the
next instant at which anybody has something to do, and the transport keeps the mail. A pretend answer is a real mail, written from the letter
as a mail program writes it, taken by the keeper and handled, so that understanding is rehearsed too.

Documents that letters enclose are typeset only where the mails are written to a folder: nobody looks at them else.

Promises: the real store is only read; the same data, files and story give the same log. In an outage nothing ticks, leaves or is read; after it
mail is read first, then what is due is decided, as after a restart. Whatever the rules hold for a word is released at once, unless nobody is to.
Fails: MailerError where the files cannot be used; Stuck, a bug, where the work of one instant never ends.
"""

import asyncio
import logging
import re
import selectors
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from mailer.clock import SteppedClock
from mailer.config import Config
from mailer.daemon import Daemon, build
from mailer.decide.due import Due
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.hand.changes import change_meeting
from mailer.pipeline.office import Office
from mailer.pipeline.papers.attendance_list import SAID_AS
from mailer.receive.intake import Fetched
from mailer.render.outgoing import OutgoingMessage
from mailer.sandbox import instants
from mailer.sandbox.habits import Member, Unknown
from mailer.sandbox.people import Intention, PretendPerson
from mailer.sandbox.rehearsed import (
    AnswerLine,
    Event,
    LeftOutLine,
    MailLine,
    Rehearsed,
    state_in_words,
)
from mailer.sandbox.saying import Outage
from mailer.sandbox.servers import NO_SUCH_USER, Envelope
from mailer.send.outcome import Outcome, Sent, SmtpReply, Stage, classify
from mailer.store import inbound, mail_log, meetings, outbox, people
from mailer.store.connection import opened
from mailer.store.copying import copy_store
from mailer.store.models import Worker, column
from mailer.store.transact import transact
from mailer.terms import MeetingId, MessageId, OutboxId, PersonId, canonical

T = TypeVar("T")

MOST_ROUNDS = 2_000
"""Turns of work at one instant, after which something goes in circles."""


class _Troubles(logging.Handler):
    """What the service would write into its log as an error, once each: a rehearsal tells it instead."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self.told[record.getMessage() + (f" ({type(cause).__name__}: {cause})" if cause is not None else "")] = None


@contextmanager
def _troubles() -> Iterator[_Troubles]:
    logger, found = logging.getLogger("mailer"), _Troubles()
    before = logger.propagate
    logger.addHandler(found)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.propagate = before
        logger.removeHandler(found)


class Stuck(MailerError):
    """The work of one instant never ends."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the convener does at *at*, beside giving the word."""

    at: datetime
    sentence: str
    do: Callable[[Office, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """What is pretended. *about*: the meeting whose letters are answered, None for all. *assumed*: the same in sentences, for the log."""

    begins: datetime
    until: datetime
    members: tuple[Member, ...] = ()
    about: MeetingId | None = None
    outages: tuple[Outage, ...] = ()
    deeds: tuple[Deed, ...] = ()
    releases: bool = True
    seed: int = 1
    assumed: tuple[str, ...] = ()

    def up(self, at: datetime) -> datetime:
        """The first moment from *at* on at which the service runs."""
        for outage in sorted(self.outages, key=lambda o: o.begins):
            if outage.begins <= at < outage.ends:
                at = outage.ends
        return at.astimezone(UTC)


def move(slug: str, start: datetime, at: datetime) -> Deed:
    """The convener moves the meeting; end and reply deadline move along."""

    async def do(office: Office, now: datetime) -> None:
        before = await meetings.by_slug(office.partnership, slug)
        if before is None or before.cancelled:
            return
        shift = start - before.dtstart
        deadline = before.reply_deadline + shift if before.reply_deadline else None
        after = replace(before, dtstart=start, dtend=before.dtend + shift, reply_deadline=deadline)
        await change_meeting(office, before, after, now)

    return Deed(at, f"you move {slug} to {start:%d %b %Y %H:%M}", do)


class Kept:
    """The transport of a rehearsal: takes every mail, except for addresses that refuse theirs."""

    def __init__(self, eml: Path | None = None) -> None:
        self._eml = eml
        self._refusing: frozenset[str] = frozenset()
        self.taken: list[OutgoingMessage] = []
        self.files: dict[MessageId, str] = {}

    async def deliver(self, message: OutgoingMessage, before_data: Callable[[], Awaitable[None]]) -> Outcome:
        if canonical(message.forward_path) in self._refusing:
            code, _, text = NO_SUCH_USER.partition(" ")
            return classify(SmtpReply(int(code), text), Stage.RCPT)
        await before_data()
        self.taken.append(message)
        if self._eml is not None:
            name = f"{len(self.files) + 1:04d}-to-{re.sub(r'[^a-z0-9@.-]+', '_', canonical(message.forward_path))[:80]}.eml"
            (self._eml / name).write_bytes(message.content)
            self.files[message.message_id] = name
        return Sent("250 kept, not sent")

    def refuse(self, addresses: Iterable[str]) -> None:
        """Nobody is at *addresses*."""
        self._refusing |= {canonical(a) for a in addresses}

    async def close(self) -> None:
        """Nothing is open."""


class Rehearsal:
    """One run. The copy of the store must be open."""

    def __init__(self, daemon: Daemon, clock: SteppedClock, kept: Kept, story: Story) -> None:
        self._daemon, self._clock, self._kept, self._story = daemon, clock, kept, story
        self._people = {canonical(m.email): PretendPerson(m, story.seed) for m in story.members if m.acts}
        self._intentions: list[tuple[datetime, int, PretendPerson, Intention]] = []
        self._deeds = sorted(story.deeds, key=lambda d: d.at, reverse=True)
        self._number = count(1)
        self._released: set[OutboxId] = set()
        self._came: list[tuple[datetime, PretendPerson, Intention, str]] = []
        self._left_out: dict[tuple[MeetingId, str, PersonId | None, str], str] = {}
        self._before: frozenset[OutboxId] = frozenset()
        self._after = OutboxId(0)

    async def run(self) -> None:
        """From the beginning of the story to its end."""
        daemon, story = self._daemon, self._story
        daemon.keeper.caught_up = True
        await daemon.dispatcher.recover(await column(Worker.exclude(name=daemon.worker), "name"))
        partnership = daemon.office.partnership
        self._after = await mail_log.newest(partnership)
        self._before = frozenset(e.id for e in await outbox.rows(partnership, outbox.WAITING, 100_000))
        self._clock.set(story.up(story.begins))
        await self._settle()
        while (at := await self._next()) is not None and at <= story.until:
            self._clock.set(max(at, self._clock.now()))
            await self._deliver()
            while self._deeds and self._deeds[-1].at <= self._clock.now():
                await self._deeds.pop().do(daemon.office, self._clock.now())
            await self._settle()

    async def _next(self) -> datetime | None:
        found = [await instants.next_instant(self._daemon, self._clock.now())]
        found += [self._intentions[0][0]] if self._intentions else []
        found += [self._deeds[-1].at] if self._deeds else []
        at = min((f for f in found if f is not None), default=None)
        return self._story.up(at) if at is not None else None

    async def _deliver(self) -> None:
        """Put what people have sent by now into the mailbox."""
        now = self._clock.now()
        batch: list[Fetched] = []
        while self._intentions and self._intentions[0][0] <= now:
            _, _, person, intention = heappop(self._intentions)
            if intention.stands:
                number, raw = next(self._number), intention.mail.content
                batch.append(Fetched(1, number, intention.due, len(raw), raw))
                self._came.append((now, person, intention, inbound.digest(raw)))
        for start in range(0, len(batch), 100):
            await self._daemon.keeper.take_all("rehearsal", batch[start : start + 100])

    async def _settle(self) -> None:
        """Do everything that is to be done at this instant."""
        daemon, now = self._daemon, self._clock.now()
        for _ in range(MOST_ROUNDS):
            await daemon.handle_arrived()
            await daemon.tick(now, self._heed)
            while await daemon.dispatcher.round():
                await self._read()
            if not await instants.busy(daemon, now) and not await self._release():
                return
        raise Stuck(f"The rehearsal goes in circles at {now:%d %b %Y %H:%M} UTC: {await instants.busy(daemon, now)}.")

    async def _release(self) -> bool:
        """Give the word for letters that wait for it. One that was tried before waits for another reason."""
        if not self._story.releases:
            return False
        partnership = self._daemon.office.partnership
        fresh = [i for i in await mail_log.untried_holds(partnership) if i not in self._released]
        if fresh:
            self._released.update(fresh)
            await transact(lambda: outbox.release(partnership, fresh, self._clock.now()))
        return bool(fresh)

    async def _read(self) -> None:
        """The pretend people read what was delivered to them, and make up their minds."""
        taken, self._kept.taken = self._kept.taken, []
        mine = [(p, m) for m in taken if (p := self._people.get(canonical(m.forward_path))) is not None]
        about: set[str] | None = None
        if mine and self._story.about is not None:
            partnership = self._daemon.office.partnership
            entries = await outbox.by_message_ids(partnership, [m.message_id for _, m in mine])
            about = {e.message_id for e in entries if e.notice.meeting_id == self._story.about}
        for person, message in mine:
            if about is None or message.message_id in about:
                envelope = Envelope(message.reverse_path, message.forward_path)
                for intention in person.read(envelope, message.content, self._clock.now()):
                    heappush(self._intentions, (intention.due, next(self._number), person, intention))

    def _whose(self, entry: outbox.OutboxEntry) -> str:
        """Whose word a held mail waits for. (A signer is taken to say OK at once, like the convener.)"""
        rule = self._daemon.office.book.rule(entry.notice.rule)
        return "the signer's" if rule is not None and rule.asks_signer and entry.notice.on_behalf_of else "your"

    def _heed(self, meeting: Meeting, rules: Sequence[str], decided: Due) -> None:
        """Remember who was left out by the rules that were due."""
        for out in decided.left_out:
            if out.rule in rules:
                self._left_out[(meeting.id, out.rule, out.person, out.round)] = out.sentence

    # telling ----------------------------------------------------------------------------------------------------------------

    async def tell(self, meeting: Meeting | None) -> Rehearsed:
        """What happened to the mails that were decided on, and to those that waited when it began."""
        story, partnership = self._story, self._daemon.office.partnership
        every = await mail_log.since(partnership, self._after)
        every += await mail_log.these(sorted(self._before))
        register = {p.id: p for p in await people.people(partnership, sorted({e.notice.person_id for e in every}))}
        slugs = {m.id: m.slug for m in await meetings.all_of(partnership)}
        lines = [
            (
                e.notice.meeting_id,
                MailLine(
                    at=e.sent_at or e.due_at,
                    rule=e.notice.rule,
                    meeting=slugs.get(e.notice.meeting_id, ""),
                    name=register[e.notice.person_id].name if e.notice.person_id in register else "",
                    to=e.forward_path
                    or (register[e.notice.person_id].address or "" if e.notice.person_id in register else ""),
                    subject=e.subject,
                    state=state_in_words(
                        e.state,
                        was_held=e.id in self._released,
                        waits_for_ok=e.attempt == 0 and e.doubts == 0,
                        whose=self._whose(e),
                    ),
                    why=e.smtp_reply if e.state == outbox.FAILED else e.notice.reason,
                    eml=self._kept.files.get(e.message_id, ""),
                ),
            )
            for e in every
        ]
        mine = [line for about, line in lines if meeting is None or about == meeting.id]
        zone = meeting.zone if meeting is not None else self._daemon.settings.time_zone
        return Rehearsed(
            meeting=meeting.slug if meeting else "",
            title=meeting.title if meeting else self._daemon.settings.name,
            zone=zone,
            begins=story.begins,
            until=story.until,
            assumed=story.assumed,
            mails=tuple(sorted(mine, key=lambda m: (m.at, m.rule, m.to))),
            answers=await self._answers(),
            events=self._events(zone),
            left_out=await self._left(meeting, mine),
            attendance=await self._attendance(meeting),
            elsewhere=sum(line.left for about, line in lines) - sum(line.left for line in mine),
        )

    async def _answers(self) -> tuple[AnswerLine, ...]:
        rows = await inbound.by_digests(self._daemon.office.partnership, [d for *_, d in self._came])
        found = []
        for at, person, intention, digest in self._came:
            row = rows.get(digest)
            words = row.words if row else ""
            understood = "left alone: it is not known to be ours" if row is None else f"{_kind(row)}: {row.reason}"
            author = canonical(intention.mail.reverse_path) or person.member.email
            found.append(
                AnswerLine(
                    at, person.member.name, author, words, understood, row is not None and row.state == inbound.HANDLED
                )
            )
        return tuple(found)

    def _events(self, zone: str) -> tuple[Event, ...]:
        story = self._story
        found = [Event(o.begins, "the service is down") for o in story.outages]
        found += [Event(o.ends, "the service is up again, and catches up") for o in story.outages]
        found += [Event(d.at, d.sentence) for d in story.deeds]
        found += [Event(at, sentence) for at, sentence in clock_changes(zone, story.begins, story.until)]
        return tuple(sorted((e for e in found if e.at <= story.until), key=lambda e: e.at))

    async def _left(self, meeting: Meeting | None, mails: Sequence[MailLine]) -> tuple[LeftOutLine, ...]:
        partnership = self._daemon.office.partnership
        slugs = {m.id: m.slug for m in await meetings.all_of(partnership)}
        register = {
            p.id: p.name for p in await people.people(partnership, sorted({k[2] for k in self._left_out if k[2]}))
        }
        got = {(m.meeting, m.rule, m.name) for m in mails if m.left}
        groups: dict[tuple[str, str, str], list[str]] = {}
        for (about, rule, person, _), sentence in self._left_out.items():
            if meeting is not None and about != meeting.id:
                continue
            slug, name = slugs.get(about, ""), register.get(person, "") if person is not None else ""
            if (slug, rule, name) not in got:
                groups.setdefault((slug, rule, sentence), []).extend([name] if name else [])
        return tuple(LeftOutLine(rule, slug, why, tuple(who)) for (slug, rule, why), who in groups.items())

    async def _attendance(self, meeting: Meeting | None) -> tuple[tuple[str, int], ...]:
        if meeting is None:
            return ()
        invited = [i for i in await meetings.invitations(meeting.id) if i.invited_at is not None or i.answered]
        tally = {word: sum(SAID_AS[i.partstat] == word for i in invited) for word in SAID_AS.values()}
        return tuple((word, n) for word, n in tally.items() if n)


def _kind(row: inbound.InboundRow) -> str:
    return "waits for you" if row.state in (inbound.REVIEW, inbound.HELD) else "understood"


def clock_changes(zone: str, begins: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """When the clocks of *zone* are put forward or back between two instants."""
    found = []
    place = ZoneInfo(zone)
    at = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    before = at.astimezone(place).utcoffset()
    while at <= until:
        offset = at.astimezone(place).utcoffset()
        if offset != before and offset is not None and before is not None:
            found.append((at, f"the clocks are put {'forward' if offset > before else 'back'}"))
        before, at = offset, at + timedelta(hours=1)
    return found


class _Patient(selectors.DefaultSelector):
    """Looks for input now and then only while there is other work: nobody writes to a rehearsal, and each look is a call of the system."""

    _looks = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._looks += 1
        if timeout is not None and timeout <= 0 and self._looks % 64:
            return []
        found: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        return found


def alone(work: Coroutine[Any, Any, T]) -> T:
    """Run *work*, a rehearsal, in a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(_Patient())) as runner:
        return runner.run(work)


async def rehearse(
    config: Config,
    key: str,
    write: Callable[[Daemon], Awaitable[tuple[Story, Meeting | None]]],
    begins: datetime,
    eml: Path | None = None,
) -> Rehearsed:
    """Rehearse the partnership *key* of *config* from *begins* on. *write* tells the story, looking at the copied data. No store may be open."""
    settings = next(p for p in config.partnerships if p.key == key)
    with tempfile.TemporaryDirectory(prefix="convener-rehearsal-") as temporary:
        copy = await copy_store(config.database, Path(temporary) / "copy.db")
        async with opened(copy, throwaway=True):
            clock = SteppedClock(begins)
            kept = Kept(eml)
            alone = config.model_copy(update={"partnerships": (settings,), "database": copy})
            daemon = (await build(alone, clock, transport=kept))[0]
            daemon.office = replace(daemon.office, prints=eml is not None)
            try:
                story, meeting = await write(daemon)
                kept.refuse(m.email for m in story.members if isinstance(m.trouble, Unknown))
                rehearsal = Rehearsal(daemon, clock, kept, story)
                with _troubles() as troubles:
                    await rehearsal.run()
                return replace(await rehearsal.tell(meeting), troubles=tuple(troubles.told))
            finally:
                await daemon.close()
