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

from mailer.errors import MailerError
from mailer.partnership.meetings import Change, Meeting, MeetingStatus
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.register import PersonRow
from mailer.pipeline.due import tick
from mailer.pipeline.hand import aftermath, changes, planning, reports, settling
from mailer.pipeline.mail import desk
from mailer.pipeline.mail.case import Case
from mailer.pipeline.papers import attendance_list
from mailer.store import inbound, meetings, outbox, people, plan, questions
from mailer.store.transact import transact
from mailer.terms import InboundId, MeetingId, canonical
from mailer.understand.asks.question import Written
from mailer.understand.commands import FORMS, Command, Commands, Verb, read_commands
from mailer.understand.verdict import Kind

_LOOKS = frozenset(
    {
        Verb.HELP, Verb.STATUS, Verb.WHO, Verb.WAITING, Verb.PREVIEW, Verb.REHEARSE, Verb.WHY, Verb.WORDS, Verb.CHANGES, Verb.PLAN,
        Verb.QUESTIONS, Verb.CODE,
    }
)  # fmt: skip
"""What changes nothing: the answer goes to the address of the configuration, whoever asked."""

_FOR_GOOD = frozenset({Verb.FORGET, Verb.CANCEL})
"""What cannot be taken back: it is done when its code comes back."""

_PENDING = re.compile(r"^To do this, reply with the code (?P<code>\d{6})\.\n(?P<lines>(?:> .+\n?)+)", re.MULTILINE)
_WAY_BACK = re.compile(r"^To take it back, reply “undo”\. \((?P<line>.+)\)$", re.MULTILINE)
_CODE_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tools:
    """What only the program around can do: a rehearsal, and reading the edited files. None: it says that it cannot."""

    rehearse: Callable[[Meeting, str, datetime], Awaitable[str]] | None = None
    changes: Callable[[datetime], Awaitable[str]] | None = None


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
    if verdict.kind not in (Kind.OTHER, Kind.UNCLEAR, Kind.ANSWER, Kind.COMMAND):
        return None
    written = Written(verdict.date or case.now, case.office.zone, "en")
    found = read_commands(verdict.text, verdict.subject, written)
    if not found.commands and (verdict.kind is Kind.ANSWER or verdict.answers or _on_a_letter(case)):
        return None  # begins like a command, and is an answer, or talk about a letter
    return found if found.any else None


def _on_a_letter(case: Case) -> bool:
    return bool(case.thread) and not case.thread[0].notice.rule.startswith("service-")


async def obey(case: Case, found: Commands, tools: Tools) -> None:
    """Do what *found* says, and answer with what was done: one commit. (What only looks is looked up before: a rehearsal takes its time.)"""
    office, hand = case.office, _Hand(case, tools)
    wanted = [await hand.way_back() or c if c.verb is Verb.UNDO else c for c in found.commands]
    seen = {c: await _one(case, c, tools) for c in wanted if c.verb in _LOOKS and c.verb is not Verb.CODE}
    proven = case.verdict.authentication.dmarc == "pass" and bool(office.authentication_server)
    asked = [c for c in wanted if c.verb in _FOR_GOOD or (c.verb not in _LOOKS and not proven)]
    parts = [
        f"“{typed}”: I am not sure what you mean, so nothing was done. Write it like:\n  {form}"
        for typed, form in found.doubtful
    ]

    async def write() -> None:
        if not await inbound.claim(case.ident):
            return
        told = [seen[c] if c in seen else await _one(case, c, tools) for c in wanted if c not in asked]
        report = "\n\n".join([*parts, *told, *([_code(asked, proven)] if asked else [])])
        await inbound.finish(
            case.ident, state=inbound.HANDLED, kind="command", reason=report, now=case.now, words=case.verdict.text
        )
        assert case.known.author is not None
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, case.now)
        await desk.tell(case, at_large, case.known.author.id)

    await transact(write)


def _code(asked: Sequence[Command], proven: bool) -> str:
    """What is done when its code comes back."""
    lines = "\n".join(f"> {c.words}" for c in asked)
    why = "This cannot be taken back." if proven else "I cannot see that this mail is really from you."
    return f"{why}\nTo do this, reply with the code {secrets.randbelow(10**6):06d}.\n{lines}"


async def _one(case: Case, command: Command, tools: Tools) -> str:
    try:
        done = await _Hand(case, tools).do(command)
    except MailerError as exc:
        return f"“{command.words}”: {exc} Nothing was done."
    back = f"\nTo take it back, reply “undo”. ({done.back})" if done.back else ""
    return done.told + back


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
                return _Done(await self.status())
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
            case Verb.WORDS:
                return _Done(reports.words_text())
            case Verb.CHANGES if self.tools.changes is not None:
                return _Done(await self.tools.changes(self.now))
            case Verb.REHEARSE | Verb.CHANGES:
                raise MailerError("That cannot be done by mail here; run it on the command line.")
            case Verb.QUESTIONS:
                every = await questions.every(self.office.partnership, open_only=True)
                found = [await settling.tally_text(self.office, q.slug) for q in every]
                return _Done("\n\n".join(found) or "No question is open.")
            case Verb.PLAN:
                return _Done(await self.plan())
            case Verb.RELEASE | Verb.DROP:
                return await self.release(command, send=command.verb is Verb.RELEASE)
            case Verb.MOVE | Verb.PLACE | Verb.CANCEL:
                return await self.change(command)
            case Verb.ADD:
                return await self.add(command)
            case Verb.FORGET:
                return await self.forget(command)
            case Verb.ANSWER:
                return await self.answer(command)
            case Verb.CAME:
                return await self.came(command)
            case Verb.ITEM_ADD | Verb.ITEM_DONE | Verb.ITEM_DUE:
                return await self.item(command)
            case Verb.APPROVE:
                return await self.approve(command)
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
        wanted = command.meeting.casefold().strip()
        found = [m for m in every if m.slug == wanted] or [m for m in every if m.title.casefold() == wanted]
        if len(found) != 1:
            raise MailerError(
                f"There is no meeting called {command.meeting}. Meetings: {', '.join(m.slug for m in every)}."
            )
        return found[0]

    # looks -----------------------------------------------------------------------------------------------------------------------

    async def status(self) -> str:
        lines = []
        for meeting in [m for m in await meetings.all_of(self.office.partnership) if m.dtend >= self.now]:
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
        rule = command.text
        meeting = await self.meeting(command) if command.meeting else None
        held = await outbox.held_of(self.office.partnership, rule, meeting.id if meeting else None)
        if not held:
            raise MailerError(f"No letter of [{rule}] waits.")
        if len({e.notice.meeting_id for e in held}) > 1:
            raise MailerError(f"Letters of [{rule}] wait for several meetings: say of which.")
        ids = [e.id for e in held]
        if send:
            await transact(lambda: outbox.release(self.office.partnership, ids, self.now))
            return _Done(f"{len(ids)} letters of [{rule}] are on their way.")
        await transact(lambda: outbox.drop(ids, "the convener said so, by mail"))
        return _Done(f"{len(ids)} letters of [{rule}] will not be sent.")

    async def change(self, command: Command) -> _Done:
        meeting = await self.meeting(command)
        if command.verb is Verb.CANCEL:
            after = replace(meeting, status=MeetingStatus.CANCELLED)
            back = ""
        elif command.verb is Verb.PLACE:
            after, back = (
                replace(meeting, place=command.text),
                f"place of {meeting.slug}: {meeting.place}" if meeting.place else "",
            )
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
            back = f"move {meeting.slug} to {local:%Y-%m-%d %H:%M}"
        saved, kind, made = await changes.change_meeting(self.office, meeting, after, self.now)
        if kind is Change.NOTHING:
            return _Done(f"{meeting.slug} is so already; nothing was changed.")
        told = f"{saved.slug} was changed ({kind.value}): {_when(saved)}, {saved.place or 'no place yet'}. It makes {made} letters."
        held = await outbox.rows(self.office.partnership, [outbox.HELD], limit=2000)
        waits = sum(e.notice.meeting_id == saved.id and e.notice.round.startswith("sequence-") for e in held)
        return _Done(told + (f" {waits} of them wait for your word." if waits else ""), back)

    async def add(self, command: Command) -> _Done:
        known = await people.by_address(self.office.partnership, command.address)
        if known is not None:
            raise MailerError(f"{command.address} is in the register already: {known.name}.")
        kinds = {k.value: k for k in PartnerKind}
        roles = {r.value: r for r in Role}
        row = PersonRow(
            name=" ".join(command.who), addresses=(canonical(command.address),), organisation=command.organisation,
            kind=kinds.get(command.role, PartnerKind.BUSINESS), roles=frozenset({roles[command.role]} if command.role in roles else ()),
            language=self.office.sender.language,
        )  # fmt: skip
        ident, _ = await transact(lambda: people.save(self.office.partnership, row))
        await tick.newcomers(self.office, self.now)
        person = (await people.people(self.office.partnership, [ident]))[0]
        from_ = f" from {person.organisation}" if person.organisation else ""
        return _Done(
            f"{person.name}{from_} ({person.address}) is in the register as {person.kind.value}.",
            f"forget {person.address}",
        )

    async def forget(self, command: Command) -> _Done:
        person = await self.person(command.address)
        if canonical(command.address) in self.office.commanders:
            raise MailerError("That is your own address.")
        await transact(lambda: people.forget(self.office.partnership, person.id))
        return _Done(f"{person.name} and everything kept about them is erased. This cannot be taken back.")

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
        old = said.get(before[0].partstat) if before else None
        return _Done(sentence, f"{command.address} {old} for {meeting.slug}" if old else "")

    async def came(self, command: Command) -> _Done:
        meeting = await self.last(command)
        found: list[Person] = []
        odd: list[str] = []
        for name in command.who:
            try:
                found.append(await planning.person_called(self.office, name))
            except MailerError as exc:
                odd.append(str(exc))
        if odd:
            raise MailerError(" ".join(odd))
        await aftermath.note_attendance(self.office, meeting, [p.id for p in found], self.now)
        return _Done(f"{len(found)} people came to {meeting.slug}: {', '.join(p.name for p in found)}.")

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
            return _Done(f"Item {item.number}: {item.text} ({item.due or 'no date yet'}).")
        assert command.number is not None
        before = await planning.item_or_error(self.office, command.number)
        if command.verb is Verb.ITEM_DONE:
            await planning.close_item(self.office, command.number, self.now)
            return _Done(f"Item {command.number} is done: {before.text}.")
        await planning.change_item(self.office, command.number, planning.Wanted(due=command.day), self.now)
        back = f"item {command.number} due {before.due}" if before.due else ""
        return _Done(f"Item {command.number} is due on {command.day}: {before.text}.", back)

    async def approve(self, command: Command) -> _Done:
        meeting = await self.last(command)
        by = self.case.known.author
        assert by is not None
        made = await aftermath.approve_summary(self.office, meeting, by.id, self.now)
        return _Done(f"The summary of {meeting.slug} may go out: {made} letters.")

    async def settle(self, command: Command) -> _Done:
        assert command.number is not None
        return _Done(await settling.settle_question(self.office, command.text, command.number, self.now))

    async def way_back(self) -> Command | None:
        """The command that takes back what the mail that is replied to did."""
        _, found = await self._thread_row(_WAY_BACK)
        read = read_commands(found["line"], "", Written(self.now, self.office.zone, "en")).commands if found else ()
        return read[0] if len(read) == 1 else None

    async def code(self, command: Command) -> _Done:
        """The code has come back: it is really the convener. It serves once, and for a day."""
        row, found = await self._thread_row(_PENDING)
        assert command.number is not None
        if row is None or found is None or found["code"] != f"{command.number:06d}":
            raise MailerError("This code does not belong to anything that waits.")
        if row.handled_at is not None and self.now - row.handled_at > _CODE_LASTS:
            raise MailerError("This code is too old. Write your command again.")
        lines = [line.removeprefix("> ") for line in found["lines"].splitlines()]
        await transact(lambda: inbound.retell(row.id, row.reason.replace(found["code"], "that was used")))
        told = []
        for line in lines:
            for one in read_commands(line, "", Written(self.now, self.office.zone, "en")).commands:
                told.append(await _one(self.case, one, self.tools))
        return _Done("\n\n".join(told))

    async def _thread_row(self, pattern: re.Pattern[str]) -> tuple[inbound.InboundRow | None, re.Match[str] | None]:
        """The message whose answer this mail replies to, and what *pattern* finds in that answer."""
        entry = next((e for e in self.case.thread if e.notice.rule == desk.DONE_RULE), None)
        if entry is None:
            return None, None
        ident = InboundId(int(entry.notice.round.removeprefix("inbound-")))
        row = await inbound.row(self.office.partnership, ident)
        return row, pattern.search(row.reason) if row else None


def help_text() -> str:
    """Everything that can be written, for "help"."""
    width = max(len(form) for _, form, _ in FORMS) + 2
    return "\n".join(
        ["You can write to me, one line each:", "", *(f"{form:<{width}}{does}" for _, form, does in FORMS)]
    )


def _when(meeting: Meeting) -> str:
    local = meeting.local(meeting.dtstart)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
