"""What the convener asks of the service by mail, done: look, change, take back.

Who may command: an address of the configuration, where the named server says that the mail is really from there (DMARC passed); else the service
answers with a code that only the owner of the address can read, and does nothing until it comes back.

Promises: a line that was not wholly understood changes nothing; each change is told with the words that take it back; what cannot be taken back
          is asked about first. Never: answers a machine, or anybody who may not command.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.decide.rule import Group
from mailer.errors import MailerError
from mailer.parse.files import file_contents
from mailer.partnership.gaps import gaps, gaps_text
from mailer.partnership.meetings import Change, Meeting, MeetingStatus
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import ItemStatus
from mailer.partnership.register import PersonRow
from mailer.pipeline.due.announce import TOLD_RULE
from mailer.pipeline.hand import aftermath, changes, closing, planning, register, reports, rollcall, settling
from mailer.pipeline.hand.trial import trial_letter
from mailer.pipeline.mail import desk, errands, lists
from mailer.pipeline.mail.case import Case
from mailer.pipeline.papers import attendance_list
from mailer.render.letters import Letters
from mailer.render.outgoing import OutgoingMessage
from mailer.store import imports, inbound, meetings, outbox, people, plan, questions, rules
from mailer.store.transact import transact
from mailer.terms import InboundId, MeetingId, OutboxId, RuleId, canonical
from mailer.understand.asks.question import Written
from mailer.understand.commands import Command, Commands, naming, read_command, read_commands, settled
from mailer.understand.forms import FORMS, LOOKS, Verb
from mailer.understand.rollcall import read_sheet
from mailer.understand.verdict import Kind

_FOR_GOOD = frozenset({Verb.FORGET, Verb.CANCEL})
"""What cannot be taken back: it is done when its code comes back."""

_PENDING = re.compile(r"^To do this, reply with the code (?P<code>\d{6})\.\n(?P<lines>(?:> .+\n?)+)", re.MULTILINE)
_WAY_BACK = re.compile(r"^To take it back, reply “undo”\. \((?P<line>.+)\)$", re.MULTILINE)
_DROPPED = "the convener said so, by mail"
_CODE_LASTS = timedelta(days=1)
_ITEM_STATES = {Verb.ITEM_DONE: ItemStatus.DONE, Verb.ITEM_OPEN: ItemStatus.OPEN, Verb.ITEM_DROP: ItemStatus.DROPPED}


@dataclass(frozen=True, slots=True)
class Tools:
    """What only the program around can do: a rehearsal, reading the edited files, the letters in force. None: it says that it cannot."""

    rehearse: Callable[[Meeting, str, datetime], Awaitable[str]] | None = None
    changes: Callable[[datetime], Awaitable[str]] | None = None
    letters: Callable[[], Letters] | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """*told*: what was done or found; *back*: the command that takes it back."""

    told: str
    back: str = ""


def commands_in(case: Case) -> Commands | None:
    """The commands of a mail from somebody who may command; None for all other mail."""
    verdict, author = case.verdict, case.known.author
    if author is None or verdict.author is None or verdict.automatic is not None or verdict.itip is not None:
        return None
    if canonical(verdict.author.addr_spec) not in case.office.commanders or verdict.authentication.failed:
        return None
    if verdict.kind not in (Kind.OTHER, Kind.UNCLEAR, Kind.ANSWER, Kind.COMMAND, Kind.UNSUBSCRIBE):
        return None
    if desk.understands(case.office, verdict, case.known, case.thread):
        return None
    written = Written(verdict.date or case.now, case.office.zone, "en")
    found = read_commands(verdict.text, verdict.subject, written, verdict.author.display_name)
    if not found.commands and (sheet := _sheet(case)) is not None:
        return sheet
    if (brought := lists.list_in(case, found)) is not None and not _to_others(case):
        return brought
    if verdict.kind is Kind.UNSUBSCRIBE and case.thread:
        return None  # the convener's own wish, on a letter
    if not found.commands and (verdict.answers or _on_a_letter(case)):
        return None  # begins like a command, and is an answer, or talk about a letter
    if _to_others(case):
        doubts = tuple(
            (c.words, f"{c.words}\n(to me alone, for this mail went to others, too)") for c in found.commands
        )
        return Commands(doubtful=doubts) if doubts else None
    return found if found.any else None


def _on_a_letter(case: Case) -> bool:
    """Does the mail answer a letter as its reader? (What a rule writes to the convener alone, and asks nothing, is no such letter.)"""
    if not case.thread or case.thread[0].notice.rule.startswith("service-"):
        return False
    rule = case.office.book.rule(case.thread[0].notice.rule)
    return rule is None or bool(rule.ask) or any(a.group is not Group.CONVENER for a in rule.to)


def _to_others(case: Case) -> bool:
    """Does the mail go to anybody beside the service and those who may command it?"""
    own = canonical(case.office.sender.mailbox)
    name, _, domain = own.partition("@")
    return any(
        address != own
        and address not in case.office.commanders
        and not (address.startswith(f"{name}+") and address.endswith(f"@{domain}"))
        for address in map(canonical, case.verdict.recipients)
    )


def _sheet(case: Case) -> Commands | None:
    """The sign-in sheet that is attached to an answer to “who came?”, where the words beside it say nothing else."""
    if not case.thread or case.thread[0].notice.letter != "who-came" or case.message is None:
        return None
    files = [f for f in case.message.enclosures if f.name.lower().endswith((".csv", ".txt", ".tsv"))]
    if len(files) != 1:
        return None
    return Commands(
        (Command(Verb.CAME, f"the sheet {files[0].name}", text=files[0].name, answer=files[0].content_type),)
    )


async def obey(case: Case, found: Commands, tools: Tools) -> None:
    """Do what *found* says, and answer with what was done: one commit. (What only looks is looked up before: a rehearsal takes its time.)"""
    office, hand = case.office, _Hand(case, tools)
    wanted: list[Command] = []
    refused: dict[Command, str] = {}
    for command in found.commands:
        try:
            if command.verb is Verb.CAME and command.roll is None:
                wanted.append(await hand.sheet(command))
            else:
                wanted += (await hand.ways_back() if command.verb is Verb.UNDO else []) or [await hand.placed(command)]
        except MailerError as exc:
            refused[command] = _not_done(command, exc)
    wanted += refused
    seen = {c: await _one(case, c, tools) for c in wanted if c.verb in LOOKS and c.verb is not Verb.CODE}
    pictures = [page for c in wanted if c in seen and (page := await hand.picture(c)) is not None]
    proven = case.verdict.authentication.dmarc == "pass" and bool(office.authentication_server)
    asked = [c for c in wanted if c not in refused and (c.verb in _FOR_GOOD or (c.verb not in LOOKS and not proven))]
    refused |= {c: sentence for c in asked if (sentence := await hand.refuses(c))}
    asked = [c for c in asked if c not in refused]
    parts = [
        f"“{typed}”: I am not sure what you mean, so nothing was done. Write it like:\n  {form}"
        for typed, form in found.doubtful
    ]

    async def write() -> None:
        if not await inbound.claim(case.ident):
            return
        ready = {**seen, **refused}
        told = [ready[c] if c in ready else await _one(case, c, tools) for c in wanted if c not in asked]
        report = "\n\n".join([*parts, *told, *([_code(asked, proven)] if asked else [])])
        await inbound.finish(
            case.ident, state=inbound.HANDLED, kind="command", reason=report, now=case.now, words=case.verdict.text
        )
        for name, page in pictures:
            await imports.keep(office.partnership, {}, name, page, case.ident, case.now, kind=imports.EXPORT)
        assert case.known.author is not None
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, case.now)
        await desk.tell(case, at_large, case.known.author.id)

    await transact(write)


def _code(asked: Sequence[Command], proven: bool) -> str:
    """What is done when its code comes back."""
    lines = "\n".join(f"> {settled(c).words}" for c in asked)
    why = "This cannot be taken back." if proven else "I cannot see that this mail is really from you."
    return f"{why}\nTo do this, reply with the code {secrets.randbelow(10**6):06d}.\n{lines}"


async def _one(case: Case, command: Command, tools: Tools) -> str:
    try:
        done = await _Hand(case, tools).do(command)
    except MailerError as exc:
        return _not_done(command, exc)
    back = f"\nTo take it back, reply “undo”. ({done.back})" if done.back else ""
    return done.told + back


def _not_done(command: Command, why: MailerError) -> str:
    return f"“{command.words}”: {why} Nothing was done."


class _Hand:
    """One command, done. A command that needs a meeting and names none means the only one ahead."""

    def __init__(self, case: Case, tools: Tools) -> None:
        self.case, self.office, self.now, self.tools = case, case.office, case.now, tools

    async def do(self, command: Command) -> _Done:
        """Do it. Raises MailerError, with a sentence, where it cannot be done."""
        match command.verb:
            case Verb.HELP:
                return _Done(help_text())
            case Verb.STATUS:
                return _Done(await self.status(command))
            case Verb.WHO:
                return _Done(await self.who(await self.meeting(command)))
            case Verb.WAITING:
                return _Done(await self.waiting())
            case Verb.PREVIEW:
                return _Done(await reports.preview_text(self.office, (await self.meeting(command)).slug, self.now))
            case Verb.REHEARSE if self.tools.rehearse is not None:
                return _Done(await self.tools.rehearse(await self.meeting(command), command.text, self.now))
            case Verb.WHY:
                slug = (await self.meeting(command)).slug if command.meeting else None
                return _Done(await reports.why_text(self.office, command.address, self.now, command.text or None, slug))
            case Verb.GAPS:
                return _Done(gaps_text(gaps(await people.people(self.office.partnership))))
            case Verb.WORDS:
                return _Done(reports.words_text())
            case Verb.CHANGES if self.tools.changes is not None:
                return _Done(await self.tools.changes(self.now))
            case Verb.TEST_LETTER if self.tools.letters is not None:
                letter = await self.tried(command)
                return _Done(
                    f"{letter.subject}\n\n{letter.text}\n\nThe whole letter is attached. An answer to it changes nothing."
                )
            case Verb.REHEARSE | Verb.CHANGES | Verb.TEST_LETTER:
                raise MailerError("That cannot be done by mail here; run it on the command line.")
            case Verb.QUESTIONS:
                every = await questions.every(self.office.partnership, open_only=True)
                found = [await settling.tally_text(self.office, q) for q in every]
                return _Done("\n\n".join(found) or "No question is open.")
            case Verb.PLAN:
                return _Done(await self.plan())
            case Verb.RELEASE | Verb.DROP:
                return await self.release(command, send=command.verb is Verb.RELEASE)
            case Verb.HOLD:
                return await self.hold(command)
            case Verb.MOVE | Verb.PLACE | Verb.CANCEL:
                return await self.change(command)
            case Verb.ADD:
                return await self.add(command)
            case Verb.FORGET:
                return await self.forget(command)
            case Verb.IMPORT:
                return _Done(*await lists.take_list(self.case, command))
            case Verb.TAKE_BACK:
                return _Done(await register.take_back(self.office, command.number, self.now))
            case Verb.EXPORT:
                return _Done(await lists.everything(self.case, command.address))
            case Verb.LETTER:
                return await self.letter(command)
            case Verb.ANSWER:
                return await self.answer(command)
            case Verb.CAME:
                return await self.came(command)
            case Verb.ITEM_ADD | Verb.ITEM_DONE | Verb.ITEM_OPEN | Verb.ITEM_DROP | Verb.ITEM_DUE:
                return await self.item(command)
            case Verb.APPROVE:
                return await self.approve(command)
            case Verb.SHARE | Verb.DECIDED:
                return _Done(*await errands.of_meeting(self.office, command, await self.last(command), self.now))
            case (
                Verb.STORIES | Verb.ASK | Verb.PUBLISH | Verb.STORY_DROP | Verb.REPORT | Verb.HELPERS | Verb.HELPS | Verb.JOIN
            ):  # fmt: skip
                return _Done(*await errands.at_large(self.office, command, self.now))
            case Verb.SETTLE:
                return await self.settle(command)
            case Verb.UNDO:
                raise MailerError("Reply “undo” to the mail that says what I did and can take back.")
            case Verb.CODE:
                return await self.code(command)

    async def meeting(self, command: Command) -> Meeting:
        every = await meetings.all_of(self.office.partnership)
        if not command.meeting or command.meeting.lower() == "meeting":
            ahead = [m for m in every if m.dtend >= self.now and not m.cancelled]
            if len(ahead) == 1:
                return ahead[0]
            raise MailerError(f"Which meeting? {', '.join(m.slug for m in ahead) or 'There is none ahead'}.")
        wanted = " ".join(command.meeting.casefold().split())
        plain = wanted.removesuffix(" meeting")
        found = [m for m in every if m.slug in (wanted, plain, plain.replace(" ", "-"))]
        found = found or [m for m in every if m.title.casefold() in (wanted, plain, f"{plain} meeting")]
        if len(found) != 1:
            raise MailerError(
                f"There is no meeting called {command.meeting}. Meetings: {', '.join(m.slug for m in every)}."
            )
        return found[0]

    # looks -----------------------------------------------------------------------------------------------------------------------

    async def picture(self, command: Command) -> tuple[str, bytes] | None:
        """What goes with the words: the plan of a meeting as a page, a letter tried out; None where there is none, or it cannot be made."""
        try:
            if command.verb is Verb.TEST_LETTER and self.tools.letters is not None:
                return f"{command.text.lower()}.eml", (await self.tried(command)).content
            if command.verb is Verb.REPORT:
                return await errands.report_page(self.office, command, self.now)
            if command.verb is not Verb.PREVIEW:
                return None
            meeting = await self.meeting(command)
            return f"{meeting.slug}-timeline.pdf", await reports.preview_page(self.office, meeting.slug, self.now)
        except MailerError:
            return None

    async def tried(self, command: Command) -> OutgoingMessage:
        """A letter with a real person's data, as the convener alone gets it."""
        assert self.tools.letters is not None
        slug = (await self.meeting(command)).slug if command.meeting else None
        return await trial_letter(
            self.office, self.tools.letters(), command.text.lower(), command.address, self.now, slug
        )

    async def status(self, command: Command) -> str:
        lines = []
        ahead = [m for m in await meetings.all_of(self.office.partnership) if m.dtend >= self.now]
        for meeting in [await self.meeting(command)] if command.meeting else ahead:
            count: dict[str, int] = {}
            chairs = 0
            for row in await attendance_list.attendance_rows(self.office.partnership, meeting):
                count[row.answer] = count.get(row.answer, 0) + 1
                chairs += row.party_size
            told = ", ".join(f"{n} {word}" for word, n in count.items()) or "nobody is invited yet"
            state = " (cancelled)" if meeting.cancelled else ""
            lines.append(f"{meeting.slug}{state}, {_when(meeting)}: {told}; {chairs} chairs")
        return "\n".join(lines or ["No meeting lies ahead."]) + "\n\n" + await self.waiting()

    async def who(self, meeting: Meeting) -> str:
        rows = await attendance_list.attendance_rows(self.office.partnership, meeting)
        lines = [
            f"{r.answer:<10} {r.name}{f' +{r.guests}' if r.guests else ''}{f', {r.organisation}' if r.organisation else ''}: {r.reason}"
            for r in rows
        ]
        chairs = sum(r.party_size for r in rows)
        return "\n".join([f"{meeting.title}, {_when(meeting)}: {chairs} chairs", *lines])

    async def waiting(self) -> str:
        held = await outbox.rows(self.office.partnership, [outbox.HELD], limit=500)
        groups: dict[tuple[str, MeetingId], int] = {}
        for entry in held:
            key = (entry.notice.rule, entry.notice.meeting_id)
            groups[key] = groups.get(key, 0) + 1
        slugs = {m.id: m.slug for m in await meetings.all_of(self.office.partnership)}
        lines = [
            f"{n} letters of [{rule}] of {slugs.get(m, 'the partnership')} wait: release {rule}"
            for (rule, m), n in groups.items()
        ]
        cases = await inbound.rows(self.office.partnership, [inbound.REVIEW, inbound.HELD], limit=50)
        lines += [f"case {c.id}: {c.author}: {c.reason}" for c in cases]
        return "\n".join(lines or ["Nothing waits for you."])

    async def plan(self) -> str:
        items = await plan.items(self.office.partnership, open_only=True)
        names = {p.id: p.name for p in await people.people(self.office.partnership)}
        today = self.now.astimezone(ZoneInfo(self.office.zone)).date()
        return "\n".join(
            f"{i.number}. {i.text} ({names.get(i.owner, 'nobody') if i.owner else 'nobody'}, {i.due or 'no date'}"
            f"{', overdue' if i.overdue(today) else ''}{', needs help' if i.help else ''})"
            for i in items
        ) or "Nothing is open."  # fmt: skip

    async def person(self, address: str) -> Person:
        found = await people.by_address(self.office.partnership, address)
        if found is None:
            raise MailerError(f"Nobody in the register has the address {address}.")
        return found

    # changes ---------------------------------------------------------------------------------------------------------------------

    async def release(self, command: Command, *, send: bool) -> _Done:
        rule, ids, meetings_of = await self.letters_of(command, [outbox.HELD])
        kept = await rules.kept_back(self.office.partnership, rule) if send else set()
        meeting = await self.meeting(command) if command.meeting else None
        if not ids and not (kept & ({meeting.id} if meeting else kept)):
            raise MailerError(f"No letter of [{rule}] waits. {await self.waiting()}")
        if len(meetings_of) > 1:
            raise MailerError(f"Letters of [{rule}] wait for several meetings: say of which.")
        slug = await self.slug_of(meeting, meetings_of)
        if send:
            await transact(lambda: outbox.release(self.office.partnership, ids, self.now))
            await transact(lambda: rules.keep_back(kept & ({meeting.id} if meeting else kept), rule, False))
            told = f"{len(ids)} letters of [{rule}] are on their way."
            return _Done(f"{told} Those that have not left yet can still be kept: “hold {rule}{slug}”.")
        await transact(lambda: outbox.noted("dropped", self.office.partnership, ids, self.now))
        await transact(lambda: outbox.drop(ids, _DROPPED))
        return _Done(f"{len(ids)} letters of [{rule}] will not be sent.", f"hold {rule}{slug}")

    async def hold(self, command: Command) -> _Done:
        """Letters of a rule wait for the convener's word from now on: those that have not left, those that were dropped, those to come."""
        rule, ids, _ = await self.letters_of(command, [outbox.QUEUED, outbox.DEFERRED])
        if self.office.book.rule(RuleId(rule)) is None:
            raise MailerError(f"No rule is called [{rule}]. The preview of a meeting names them.")
        meeting = await self.meeting(command)
        slug = f" of {meeting.slug}"
        again = [
            e.id
            for e in await outbox.rows(self.office.partnership, [outbox.DROPPED], 5000, meeting.id)
            if e.notice.rule == rule and e.notice.reason == _DROPPED
        ]

        async def write() -> None:
            await outbox.hold(ids, "the convener said hold, by mail")
            await outbox.take_up(again)
            await rules.keep_back([meeting.id], rule, True)

        await transact(write)
        waits = f" {len(ids) + len(again)} letters wait." if ids or again else ""
        told = f"Letters of [{rule}]{slug} wait for your word from now on.{waits}"
        return _Done(told, "" if again else f"release {rule}{slug}")

    async def letters_of(self, command: Command, states: Sequence[str]) -> tuple[str, list[OutboxId], set[MeetingId]]:
        """(rule, its letters in *states*, the meetings they are about)."""
        rule = command.text.lower()
        meeting = await self.meeting(command) if command.meeting else None
        found = await outbox.of_rule(self.office.partnership, rule, states, meeting.id if meeting else None)
        return rule, [e.id for e in found], {e.notice.meeting_id for e in found}

    async def slug_of(self, meeting: Meeting | None, found: set[MeetingId]) -> str:
        one = meeting or (await meetings.by_id(next(iter(found))) if found else None)
        return f" of {one.slug}" if one is not None and not one.standing else ""

    async def change(self, command: Command) -> _Done:
        meeting = await self.meeting(command)
        if command.verb is Verb.CANCEL:
            after = replace(meeting, status=MeetingStatus.CANCELLED)
            back = ""
        elif command.verb is Verb.PLACE:
            after = replace(meeting, place="" if command.text.casefold() == "none" else command.text)
            back = f"place of {meeting.slug}: {meeting.place or 'none'}"
        else:
            assert command.day is not None
            local = meeting.local(meeting.dtstart)
            clock = command.hour or time(local.hour, local.minute)
            start = datetime.combine(command.day, clock, ZoneInfo(meeting.zone)).astimezone(UTC)
            if start <= self.now:
                raise MailerError("That lies in the past.")
            deadline = meeting.reply_deadline
            after = replace(
                meeting,
                dtstart=start,
                dtend=start + (meeting.dtend - meeting.dtstart),
                reply_deadline=deadline + (start - meeting.dtstart) if deadline else None,
            )
            back = _move_to(meeting)
        saved, kind, made = await changes.change_meeting(self.office, meeting, after, self.now)
        if kind is Change.NOTHING:
            return _Done(f"{meeting.slug} is so already; nothing was changed.")
        told = f"{saved.slug} was changed ({kind.value}): {_when(saved)}, {saved.place or 'no place yet'}. It makes {made} letters."
        held = await outbox.rows(self.office.partnership, [outbox.HELD], limit=2000)
        waits = sum(e.notice.meeting_id == saved.id and e.notice.round.startswith("sequence-") for e in held)
        return _Done(told + (f" {waits} of them wait for your word." if waits else ""), back)

    async def add(self, command: Command) -> _Done:
        kinds = {k.value: k for k in PartnerKind}
        roles = {r.value: r for r in Role}
        row = PersonRow(
            name=" ".join(command.who), addresses=(canonical(command.address),), organisation=command.organisation,
            kind=kinds.get(command.role, PartnerKind.BUSINESS), roles=frozenset({roles[command.role]} if command.role in roles else ()),
            language=self.office.sender.language,
        )  # fmt: skip
        person = await register.add_person(self.office, row, self.now)
        from_ = f" from {person.organisation}" if person.organisation else ""
        return _Done(
            f"{person.name}{from_} ({person.address}) is in the register as {person.kind.value}.",
            f"forget {person.address}",
        )

    async def forget(self, command: Command) -> _Done:
        if canonical(command.address) in self.office.commanders:
            raise MailerError("That is your own address.")
        await register.forget_person(self.office.partnership, command.address, self.now)
        # no name here: this answer is kept, too
        return _Done("That person and everything kept about them is erased. This cannot be taken back.")

    async def letter(self, command: Command) -> _Done:
        kind = PartnerKind(command.role)
        return _Done(await register.decide_letter(self.office, command.text or command.address, kind, "", self.now))

    async def answer(self, command: Command) -> _Done:
        person, meeting = await self.person(command.address), await self.meeting(command)
        before = await meetings.invitations(meeting.id, [person.id])
        sentence = await changes.enter_answer(
            self.office,
            meeting,
            person,
            changes.SAID[command.answer],
            self.now,
            guests=command.guests,
            note="told to the convener",
        )
        said = {stat: word for word, stat in changes.SAID.items()}
        old = said.get(before[0].partstat) if before else "open"
        guests = f" +{before[0].guests}" if before and before[0].guests else ""
        return _Done(sentence, f"{command.address} {old}{guests} for {meeting.slug}" if old else "")

    async def came(self, command: Command) -> _Done:
        meeting = await self.last(command)
        assert command.roll is not None
        back = await rollcall.as_recorded(self.office, meeting)
        return _Done(await rollcall.call_roll(self.office, meeting, command.roll, self.now), back)

    async def sheet(self, command: Command) -> Command:
        """The sign-in sheet that is attached, as the command that says the same. Raises MailerError where it cannot be read."""
        raw = await inbound.raw(self.case.ident) or b""
        read = read_sheet(file_contents(raw, command.text, command.answer) or b"")
        if isinstance(read, str):
            raise MailerError(f"In {command.text}, {read}")
        entry = self.case.thread[0]
        meeting = await meetings.by_id(entry.notice.meeting_id) or await self.last(command)
        words = rollcall.in_words(meeting, await rollcall.called(self.office, meeting, read))
        line = read_command(words, self.written(), sure=True)
        assert isinstance(line, Command)
        return line

    async def placed(self, command: Command) -> Command:
        """*command*, naming what the letter it answers is about: “approve summary”, “settle 2”."""
        if command.verb is Verb.SETTLE and not command.text:
            name = await self.question(command)
            return replace(command, text=name, words=f"settle {name} {command.number}")
        about = await meetings.by_id(self.case.thread[0].notice.meeting_id) if self.case.thread else None
        return command if about is None or about.standing else naming(command, about.slug)

    async def last(self, command: Command) -> Meeting:
        """The meeting named, or the one that was last."""
        if command.meeting:
            return await self.meeting(command)
        past = [m for m in await meetings.all_of(self.office.partnership) if m.dtstart <= self.now and not m.cancelled]
        if not past:
            raise MailerError("No meeting has been held yet.")
        return past[-1]

    async def item(self, command: Command) -> _Done:
        if command.verb is Verb.ITEM_ADD:
            owner = command.who[0] if command.who else None
            item = await planning.add_item(self.office, planning.Wanted(command.text, owner, command.day), self.now)
            told = f"Item {item.number}: {item.text} ({owner or 'nobody yet'}, {item.due or 'no date yet'})."
            return _Done(told, f"item {item.number} dropped")
        assert command.number is not None
        before = await planning.item_or_error(self.office, command.number)
        name = f"Item {command.number}"
        if command.verb is Verb.ITEM_DUE:
            await planning.change_item(self.office, command.number, planning.Wanted(due=command.day), self.now)
            back = f"item {command.number} due {before.due:%d %B %Y}" if before.due else ""
            return _Done(f"{name} is due on {command.day:%d %B %Y}: {before.text}.", back)
        after = _ITEM_STATES[command.verb]
        if before.status is after:
            raise MailerError(f"{name} is {after.value} already: {before.text}.")
        await planning.change_item(self.office, command.number, planning.Wanted(status=after), self.now)
        words = {ItemStatus.OPEN: "open", ItemStatus.DONE: "done", ItemStatus.DROPPED: "dropped"}
        return _Done(f"{name} is {words[after]}: {before.text}.", f"item {command.number} {words[before.status]}")

    async def approve(self, command: Command) -> _Done:
        meeting = await self.last(command)
        by = self.case.known.author
        assert by is not None
        made = await aftermath.approve_summary(self.office, meeting, by.id, self.now)
        return _Done(
            f"The summary of {meeting.slug} may go out: {made} letters. Those that have not left stay with “hold send-summary”."
        )

    async def settle(self, command: Command) -> _Done:
        assert command.number is not None
        before = {m.id: m for m in await meetings.all_of(self.office.partnership)}
        told = await settling.settle_question(self.office, command.text, command.number, self.now)
        back = ""
        for meeting in await meetings.all_of(self.office.partnership):
            old = before.get(meeting.id)
            if old is None:
                back = f"cancel {meeting.slug}"
            elif old.dtstart != meeting.dtstart:
                back = _move_to(old)
        return _Done(told, back)

    async def question(self, command: Command) -> str:
        """The number of the question that *command*, which names none, is about: the mail that is answered says so, or that no other is open."""
        notice = self.case.thread[0].notice if self.case.thread else None
        if notice is not None and notice.rule == TOLD_RULE and notice.round.startswith(closing.TOLD):
            return notice.round.removeprefix(closing.TOLD).partition("-")[0]
        if notice is not None and notice.question is not None:
            return str(notice.question)
        every = await questions.every(self.office.partnership, open_only=True)
        if len(every) == 1:
            return str(every[0].id)
        known = "; ".join(f"{q.id} ({q.title})" for q in every) or "none is open"
        raise MailerError(f"Which question? {known}. Write: settle QUESTION {command.number}")

    async def ways_back(self) -> list[Command]:
        """The commands that take back what the mail that is replied to did, the last first."""
        row = await self._answered()
        found = _WAY_BACK.findall(row.reason) if row else []
        read = [read_command(line, self.written(), sure=True) for line in reversed(found)]
        return [c for c in read if isinstance(c, Command)]

    def written(self) -> Written:
        return Written(self.now, self.office.zone, "en")

    async def refuses(self, command: Command) -> str:
        """Why *command* cannot be done, as far as that can be seen before its code comes back; empty where it can."""
        try:
            if command.meeting or command.verb in (Verb.MOVE, Verb.PLACE, Verb.CANCEL):
                await self.meeting(command)
            if command.verb in (Verb.FORGET, Verb.ANSWER, Verb.EXPORT):
                await self.person(command.address)
            if command.verb is Verb.IMPORT and command.number is None:
                raise MailerError(lists.NO_LIST)
        except MailerError as exc:
            return _not_done(command, exc)
        return ""

    async def code(self, command: Command) -> _Done:
        """The code has come back: it is really the convener. It serves once, and for a day."""
        row = await self._answered()
        found = _PENDING.search(row.reason) if row else None
        assert command.number is not None
        if row is None or found is None or found["code"] != f"{command.number:06d}":
            raise MailerError("This code does not belong to anything that waits.")
        if row.handled_at is not None and self.now - row.handled_at > _CODE_LASTS:
            raise MailerError("This code is too old. Write your command again.")
        lines = [line.removeprefix("> ") for line in found["lines"].splitlines()]
        await transact(lambda: inbound.retell(row.id, row.reason.replace(found["code"], "that was used")))
        told = []
        for line in lines:
            one = read_command(line, self.written(), sure=True)
            if isinstance(one, Command):
                told.append(await _one(self.case, one, self.tools))
        return _Done("\n\n".join(told))

    async def _answered(self) -> inbound.InboundRow | None:
        """The message to whose answer this mail replies."""
        entry = next((e for e in self.case.thread if e.notice.rule == desk.DONE_RULE), None)
        if entry is None:
            return None
        return await inbound.row(self.office.partnership, InboundId(int(entry.notice.round.removeprefix("inbound-"))))


def help_text() -> str:
    """Everything that can be written, for "help"."""
    width = max(len(form) for _, form, _ in FORMS) + 2
    return "\n".join(
        ["You can write to me, one line each:", "", *(f"{form:<{width}}{does}" for _, form, does in FORMS)]
    )


def _move_to(meeting: Meeting) -> str:
    local = meeting.local(meeting.dtstart)
    return f"move {meeting.slug} to {local.day} {local:%B %Y %H:%M}"


def _when(meeting: Meeting) -> str:
    local = meeting.local(meeting.dtstart)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
