"""The pretend people: they get our mail, and some time later answer it as the programs they use really write.

`PretendPerson` decides what one person will send and when: no waiting, no chance but the seed. `People` does it: takes mail from the
servers, waits by the clock, and submits the answers by SMTP.
Promises: the same seed gives the same answers at the same times, and for the same letters the same bytes. A person answers one
question once, nothing after a cancellation, and never an acknowledgement; a responder answers automatic mail never and a
correspondent once in some days (RFC 3834 §2).
"""

import asyncio
import heapq
import itertools
import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from types import TracebackType
from typing import Self

import aiosmtplib

from mailer.clock import Clock
from mailer.sandbox.calendar_programs import CalendarAnswer, apple_answer, gmail_answer, outlook_answer
from mailer.sandbox.habits import (
    Act,
    Answers,
    Away,
    Forwards,
    Full,
    Greylisted,
    Member,
    Program,
    Unknown,
    Way,
    Writes,
)
from mailer.sandbox.letter import CalendarObject, Letter, read_letter
from mailer.sandbox.mail_programs import (
    WordsAnswer,
    apple_words,
    exchange_absence,
    gmail_words,
    link_answer,
    outlook_words,
    sieve_absence,
    thunderbird_words,
)
from mailer.sandbox.mime import Mail, enclosing
from mailer.sandbox.reports import MAILBOX_FULL, MAILBOX_FULL_DELAY, UNKNOWN_USER, Trouble, delivery_report
from mailer.sandbox.servers import FULL_FOR_NOW, GREYLISTED, NO_SUCH_USER, Envelope, Servers
from mailer.terms import Address, canonical

logger = logging.getLogger(__name__)

_CALENDARS = {
    Program.GMAIL: gmail_answer,
    Program.OUTLOOK: outlook_answer,
    Program.APPLE: apple_answer,
    Program.THUNDERBIRD: gmail_answer,
}
_MAIL_PROGRAMS = {
    Program.GMAIL: gmail_words,
    Program.OUTLOOK: outlook_words,
    Program.APPLE: apple_words,
    Program.THUNDERBIRD: thunderbird_words,
}
HEAD = 16_384
"""Bytes in which the header of a letter ends."""
_THREAD = re.compile(r"^(Message-ID|In-Reply-To|References):((?:.|\n[ \t])*)", re.MULTILINE | re.IGNORECASE)
_IDS = re.compile(r"<[^<>\s]{1,250}>")
DELAY_REPORTED_AFTER, GIVEN_UP_AFTER, LATE_BOUNCE_AFTER = timedelta(hours=4), timedelta(days=5), timedelta(minutes=10)


@dataclass(slots=True)
class Occasion:
    """One meeting at one date, as a person knows it from the letters. A new date starts a new *round*."""

    calendar: CalendarObject | None = None
    round: int = 1
    letters: int = 0
    done: set[Act] = field(default_factory=set)
    cancelled: bool = False
    message_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Intention:
    """A mail that will leave at *due*, unless by then the meeting was cancelled or got another date."""

    due: datetime
    mail: Mail
    occasion: Occasion | None = None
    round: int = 0

    @property
    def stands(self) -> bool:
        return self.occasion is None or (not self.occasion.cancelled and self.occasion.round == self.round)


class PretendPerson:
    """One member of the cast and what they remember."""

    def __init__(self, member: Member, seed: int = 1) -> None:
        self.member, self._seed = member, seed
        self._occasions: list[Occasion] = []
        self._unwritten = list(member.letters)
        self._first_mail: datetime | None = None
        self._absence_told: dict[str, datetime] = {}

    def read(self, envelope: Envelope, raw: bytes, at: datetime) -> list[Intention]:
        """Take in one mail that arrived *at* this moment; give what will be sent because of it."""
        trouble = self.member.trouble
        if isinstance(trouble, Unknown) and trouble.late:
            return self._reports(envelope, raw, at, [(LATE_BOUNCE_AFTER, UNKNOWN_USER)])
        if isinstance(trouble, Full) and trouble.late:
            return self._reports(
                envelope, raw, at, [(DELAY_REPORTED_AFTER, MAILBOX_FULL_DELAY), (GIVEN_UP_AFTER, MAILBOX_FULL)]
            )
        self._first_mail = self._first_mail or at
        if not self._unwritten and self._of_no_use(raw):
            return []
        letter = read_letter(raw)
        intentions = [*self._absences(envelope, letter, at)]
        wanted = next((each for each in self._unwritten if each.to in letter.subject), None)
        if wanted is not None:
            self._unwritten.remove(wanted)
            return [*intentions, self._reply(wanted, letter, at)]
        occasion = self._occasion(letter)
        if letter.calendar is not None and letter.calendar.method == "CANCEL":
            occasion.cancelled = True
        if not letter.asks or occasion.cancelled:
            return intentions
        occasion.letters += 1
        for act in self.member.acts:
            answers = act.answers if isinstance(act, Forwards) else act
            if isinstance(answers, Away) or not _is_due(act, answers, occasion):
                continue
            occasion.done.add(act)
            mark = self._mark(letter.message_id, len(occasion.done), occasion.round)
            # not by the mark: message ids hold our random tokens, and the story is to be the same each time
            haste = Random(f"{self._seed}/{self.member.email}/{occasion.round}/{len(occasion.done)}")  # noqa: S311
            due = at + answers.after * (1.0 if answers.punctual else haste.uniform(0.6, 1.4))
            mail = self._answer(act, answers, letter, occasion, due, mark)
            intentions.append(Intention(due, mail, occasion, occasion.round))
        return intentions

    def _of_no_use(self, raw: bytes) -> bool:
        """Is there nothing to do about this mail, as its header shows? An acknowledgement; or a letter without calendar part in a conversation
        in which everything has been said. (Most letters are; opening one takes longer than all else that a person does.)"""
        if any(isinstance(act, Away) for act in self.member.acts):
            return False
        head = raw[:HEAD].partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        if "\nAuto-Submitted: auto-replied" in head:
            return True
        if b"text/calendar" in raw:
            return False
        ids = {name.lower(): set(_IDS.findall(value)) for name, value in _THREAD.findall(head)}
        thread = ids.get("in-reply-to", set()) | ids.get("references", set())
        occasion = next((each for each in self._occasions if each.message_ids & thread), None)
        if occasion is None or not all(act in occasion.done for act in self.member.acts):
            return False
        occasion.message_ids |= ids.get("message-id", set())
        return True

    def _occasion(self, letter: Letter) -> Occasion:
        """Find or begin what the letter is about: by its calendar part, else by its thread, else the latest."""
        calendar = letter.calendar
        threads = set(letter.references)
        found = next((each for each in self._occasions if each.message_ids & threads), None)
        if calendar is not None:
            known = (each for each in self._occasions if each.calendar and _same_event(each.calendar, calendar))
            nameless = (each for each in self._occasions if each.calendar is None)
            found = next(known, None) or next(nameless, None)
        elif found is None and self._occasions:
            found = self._occasions[-1]
        if found is None:
            found = Occasion()
            self._occasions.append(found)
        if calendar is not None:
            if found.calendar is not None and found.calendar.dtstart != calendar.dtstart:
                found.round, found.letters, found.done = found.round + 1, 0, set()
            found.calendar = calendar
        found.message_ids.add(letter.message_id)
        return found

    def _answer(self, act: Act, answers: Answers, letter: Letter, occasion: Occasion, due: datetime, mark: str) -> Mail:
        member = self.member
        author = Address(member.name, answers.sender or member.email)
        program = member.program
        if isinstance(act, Forwards):
            author, program = Address(act.name, act.email), act.program
        if answers.way is Way.CALENDAR and occasion.calendar is not None:
            return _CALENDARS[program](
                CalendarAnswer(
                    author,
                    letter,
                    occasion.calendar,
                    answers.partstat,
                    due,
                    mark,
                    language=member.language,
                    zone=member.zone,
                    comment=answers.words,
                    guests=answers.guests,
                )
            )
        words = self._words(author, letter, answers.words, due, mark)
        link = letter.answer_links().get(answers.partstat) if answers.way is Way.LINK else None
        return link_answer(words, link) if link is not None else _MAIL_PROGRAMS[program](words)

    def _reply(self, wanted: Writes, letter: Letter, at: datetime) -> Intention:
        """What is written back to a letter that asks for something else than coming."""
        haste = Random(f"{self._seed}/{self.member.email}/{wanted.to}/{len(self._unwritten)}")  # noqa: S311 - the same story each time
        due = at + wanted.after * haste.uniform(0.6, 1.4)
        mark = self._mark(letter.message_id, len(self._unwritten), -1)
        author = Address(self.member.name, self.member.email)
        mail = _MAIL_PROGRAMS[self.member.program](self._words(author, letter, wanted.words, due, mark))
        return Intention(due, mail if wanted.file is None else enclosing(mail, wanted.file, mark))

    def _absences(self, envelope: Envelope, letter: Letter, at: datetime) -> Iterable[Intention]:
        """RFC 3834 §2: not to automatic or list mail, not to a null reverse path, not again and again."""
        away = next((act for act in self.member.acts if isinstance(act, Away)), None)
        if away is None or self._first_mail is None or not envelope.reverse_path:
            return
        until = self._first_mail + timedelta(days=away.days)
        told = self._absence_told.get(canonical(letter.author.addr_spec))
        if letter.auto_submitted != "no" or letter.from_list or at >= until or (told and at < told + away.again_after):
            return
        self._absence_told[canonical(letter.author.addr_spec)] = at
        day = f"{until.day} {until:%B}" if self.member.language == "en" else f"{until.day}/{until.month}/{until.year}"
        due = at + timedelta(seconds=30)
        mark = self._mark(letter.message_id, 0, 0)
        author = Address(self.member.name, self.member.email)
        words = self._words(author, letter, away.words.format(until=day), due, mark)
        write = exchange_absence if self.member.program is Program.OUTLOOK else sieve_absence
        yield Intention(due, write(words))

    def _reports(
        self, envelope: Envelope, raw: bytes, at: datetime, troubles: list[tuple[timedelta, Trouble]]
    ) -> list[Intention]:
        if not envelope.reverse_path:
            return []
        host = "mx." + self.member.email.rpartition("@")[2]
        return [
            Intention(
                at + after,
                Mail(
                    "",
                    envelope.reverse_path,
                    delivery_report(
                        raw,
                        reverse_path=envelope.reverse_path,
                        recipient=envelope.forward_path,
                        trouble=trouble,
                        host=host,
                        now=at + after,
                    ),
                ),
            )
            for after, trouble in troubles
        ]

    def _words(self, author: Address, letter: Letter, words: str, due: datetime, mark: str) -> WordsAnswer:
        member = self.member
        return WordsAnswer(
            author,
            letter,
            words,
            due,
            mark,
            language=member.language,
            zone=member.zone,
            title=member.title,
            organisation=member.organisation,
            phone=member.phone,
        )

    def _mark(self, message_id: str, number: int, round_: int) -> str:
        return sha256(f"{self._seed}/{self.member.email}/{message_id}/{round_}/{number}".encode()).hexdigest()


def _same_event(one: CalendarObject, other: CalendarObject) -> bool:
    return one.event_uid.casefold() == other.event_uid.casefold()


def _is_due(act: Act, answers: Answers, occasion: Occasion) -> bool:
    return (
        act not in occasion.done
        and occasion.letters >= answers.to_letter
        and (not answers.rounds or occasion.round in answers.rounds)
        and (answers.way is not Way.CALENDAR or occasion.calendar is not None)
    )


class People:
    """The whole cast at the embedded servers.

    As a context (`async with`) it answers by itself in time of *clock*. Without, its owner steps: `next_due`, `send_due`.
    *sent* is every mail that left, in order.
    """

    def __init__(self, servers: Servers, members: Iterable[Member], clock: Clock, *, seed: int = 1) -> None:
        self._servers, self._clock = servers, clock
        self.sent: list[tuple[datetime, Mail]] = []
        self._waiting: list[tuple[datetime, int, Intention]] = []
        self._count = itertools.count()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        for member in members:
            self._move_in(PretendPerson(member, seed))

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def next_due(self) -> datetime | None:
        """When the next mail is to leave, or None where nobody has anything to say."""
        return self._waiting[0][0] if self._waiting else None

    async def send_due(self) -> int:
        """Send everything that is due now; give how many mails left."""
        before = len(self.sent)
        while self._waiting and self._waiting[0][0] <= self._clock.now():
            _, _, intention = heapq.heappop(self._waiting)
            if intention.stands:
                await self._submit(intention)
        return len(self.sent) - before

    async def submit(self, mail: Mail) -> None:
        """Send *mail* now, for somebody who is not of the cast."""
        await self._submit(Intention(self._clock.now(), mail))

    def _move_in(self, person: PretendPerson) -> None:
        member, trouble = person.member, person.member.trouble

        async def receive(envelope: Envelope, raw: bytes) -> None:
            for intention in person.read(envelope, raw, self._clock.now()):
                heapq.heappush(self._waiting, (intention.due, next(self._count), intention))
            self._changed.set()

        async def ignore(envelope: Envelope, raw: bytes) -> None:
            """Somebody who got the invitation from another reads what comes, and leaves it at that."""

        self._servers.admit((*member.emails, *member.unlisted), receive)
        self._servers.admit((act.email for act in member.acts if isinstance(act, Forwards)), ignore)
        match trouble:
            case Unknown(late=False):
                self._servers.refuse(member.email, NO_SUCH_USER)
            case Full(late=False, refusals=0):
                self._servers.refuse(member.email, FULL_FOR_NOW)
            case Full(late=False, refusals=times):
                self._servers.refuse(member.email, *[FULL_FOR_NOW] * times, then_accept=True)
            case Greylisted():
                self._servers.refuse(member.email, GREYLISTED, then_accept=True)
            case _:
                pass

    async def _submit(self, intention: Intention) -> None:
        mail = intention.mail
        try:
            async with aiosmtplib.SMTP(
                hostname=self._servers.host,
                port=self._servers.smtp_port,
                start_tls=False,
                local_hostname="client.example",
            ) as smtp:
                await smtp.sendmail(mail.reverse_path, [mail.forward_path], mail.content)
        except (aiosmtplib.SMTPException, OSError) as trouble:
            logger.warning("a pretend person's mail to %s was not taken: %s", mail.forward_path, trouble)
            return
        self.sent.append((intention.due, mail))

    async def _run(self) -> None:
        while True:
            await self.send_due()
            self._changed.clear()
            due = self.next_due()
            waits: list[asyncio.Task[object]] = [asyncio.create_task(self._changed.wait())]
            if due is not None:
                waits.append(asyncio.create_task(self._clock.sleep(due - self._clock.now())))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
