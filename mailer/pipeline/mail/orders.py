"""What the convener orders by mail, done: letters held and let go, meetings moved, people, answers, action items, settled questions.

Promises: each gives what was done and, where there is one, the command that takes it back. Runs inside `transact`. Fails: MailerError, with a
sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.parse.message import read
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Change, Meeting, MeetingStatus
from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.plan import ItemStatus
from mailer.partnership.register import PersonRow
from mailer.pipeline.hand import aftermath, changes, planning, register, rollcall, settling
from mailer.pipeline.mail import errands, lists, references
from mailer.pipeline.mail.case import Case
from mailer.pipeline.mail.overview import waiting, when
from mailer.store import documents, inbound, log, meetings, outbox, people, rules
from mailer.terms import InboundId, MeetingId, OutboxId, RuleId, canonical
from mailer.understand.commands import Command, headed
from mailer.understand.forms import Verb
from mailer.understand.reader import own_words

_DROPPED = f"{outbox.CONVENER_SAID} so, by mail"
NOT_WRITTEN_TO = "nobody has written"
"""How things stand after somebody was added, until they get a letter or answer."""
_ITEM_STATES = {Verb.ITEM_DONE: ItemStatus.DONE, Verb.ITEM_OPEN: ItemStatus.OPEN, Verb.ITEM_DROP: ItemStatus.DROPPED}


@dataclass(frozen=True, slots=True)
class Done:
    """*told*: what was done; *back*: the command that takes it back, empty where none does; *left*: the command that says how things stand now, so
    that an "undo" that comes late does not undo what somebody else did meanwhile."""

    told: str
    back: str = ""
    left: str = ""


class Orders:
    """One order, carried out."""

    def __init__(self, case: Case) -> None:
        self.case, self.office, self.now = case, case.office, case.now

    async def carry_out(self, command: Command) -> Done:
        """Do it."""
        match command.verb:
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
                return Done(*await lists.take_list(self.case, command))
            case Verb.TAKE_BACK:
                return Done(await register.take_back(self.office, command.number, self.now))
            case Verb.EXPORT:
                return Done(await lists.everything(self.case, command.address))
            case Verb.LETTER:
                return await self.letter(command)
            case Verb.ANSWER:
                return await self.answer(command)
            case Verb.CAME:
                return await self.came(command)
            case Verb.ITEM_ADD | Verb.ITEM_DONE | Verb.ITEM_OPEN | Verb.ITEM_DROP | Verb.ITEM_DUE:
                return await self.item(command)
            case Verb.WRITE:
                return await self.write(command)
            case Verb.APPROVE:
                return await self.approve(command)
            case Verb.SHARE | Verb.DECIDED:
                return Done(
                    *await errands.of_meeting(
                        self.office, command, await references.last_meeting(self.case, command), self.now
                    )
                )
            case Verb.ASK | Verb.PUBLISH | Verb.STORY_DROP | Verb.HELPS | Verb.JOIN:
                return Done(*await errands.at_large(self.office, command, self.now))
            case Verb.SETTLE:
                return await self.settle(command)
            case _:
                raise MailerError("That is nothing to be done.")

    async def release(self, command: Command, *, send: bool) -> Done:
        rule, ids, meetings_of = await self.letters_of(command, [outbox.HELD])
        kept = await rules.kept_back(self.office.partnership, rule) if send else set()
        meeting = await references.meeting_meant(self.case, command) if command.meeting else None
        if not ids and not (kept & ({meeting.id} if meeting else kept)):
            raise MailerError(f"No letter of [{rule}] waits. {await waiting(self.office)}")
        if len(meetings_of) > 1:
            raise MailerError(f"Letters of [{rule}] wait for several meetings: say of which.")
        slug = await self.slug_of(meeting, meetings_of)
        if send:
            await outbox.release(self.office.partnership, ids, self.now)
            free = kept & ({meeting.id} if meeting else kept)
            await rules.keep_back(free, rule, False)
            for ident in sorted(free):
                await self.noted("released", f"letters of [{rule}] need wait no more", ident)
            told = f"{len(ids)} letters of [{rule}] are on their way. Only what has not left yet can still be kept."
            return Done(told, f"hold {rule}{slug}")
        await outbox.noted("dropped", self.office.partnership, ids, self.now)
        await outbox.drop(ids, _DROPPED)
        return Done(f"{len(ids)} letters of [{rule}] will not be sent.", f"hold {rule}{slug}")

    async def hold(self, command: Command) -> Done:
        """Letters of a rule wait for the convener's word from now on: those that have not left, those that were dropped, those to come."""
        rule, ids, _ = await self.letters_of(command, [outbox.QUEUED, outbox.DEFERRED])
        found = self.office.book.rule(RuleId(rule))
        if found is None:
            raise MailerError(f"No rule is called [{rule}]. The preview of a meeting names them.")
        meeting = await references.meeting_meant(self.case, command)
        slug = f" of {meeting.slug}"
        again = [
            e.id
            for e in await outbox.rows(self.office.partnership, [outbox.DROPPED], 5000, meeting.id)
            if e.notice.rule == rule and e.notice.reason == _DROPPED
        ]
        waited = (await self.letters_of(command, [outbox.HELD]))[1]
        await outbox.hold(ids, "the convener said hold, by mail")
        await outbox.take_up(again)
        await rules.keep_back([meeting.id], rule, True)
        await self.noted("held", f"letters of [{rule}] wait for a word from now on", meeting.id)
        waits = len(ids) + len(again) + len(waited)
        told = f"Letters of [{rule}]{slug} wait for your word from now on." + (
            f" {waits} letters wait." if waits else ""
        )
        # to let go what was held is to take it back; to let go what waited anyhow, for a first OK, would be an OK that nobody gave
        plain = not (again or waited or found.hold or found.asks_signer)
        return Done(told, f"release {rule}{slug}" if plain else "")

    async def noted(self, what: str, sentence: str, meeting: MeetingId | None = None) -> None:
        """For the record."""
        await log.write(self.office.partnership, log.LogLine(self.now, what, sentence, meeting))

    async def letters_of(self, command: Command, states: Sequence[str]) -> tuple[str, list[OutboxId], set[MeetingId]]:
        """(rule, its letters in *states*, the meetings they are about)."""
        rule = command.text.lower()
        meeting = await references.meeting_meant(self.case, command) if command.meeting else None
        found = await outbox.of_rule(self.office.partnership, rule, states, meeting.id if meeting else None)
        return rule, [e.id for e in found], {e.notice.meeting_id for e in found}

    async def slug_of(self, meeting: Meeting | None, found: set[MeetingId]) -> str:
        one = meeting or (await meetings.by_id(next(iter(found))) if found else None)
        return f" of {one.slug}" if one is not None and not one.standing else ""

    async def change(self, command: Command) -> Done:
        meeting = await references.meeting_meant(self.case, command)
        if command.verb is Verb.CANCEL:
            after = replace(meeting, status=MeetingStatus.CANCELLED)
            back = ""
        elif command.verb is Verb.PLACE:
            after = replace(meeting, place="" if command.text.casefold() == "none" else command.text)
            back = _place_of(meeting)
        else:
            assert command.day is not None
            if meeting.rrule:
                raise MailerError(
                    f"{meeting.slug} is a series, and by mail I cannot tell which of its dates you mean. One of them: convener meeting change "
                    f"{meeting.slug} --on {command.day} --start …"
                )
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
            raise MailerError(f"{meeting.slug} is so already.")
        told = f"{saved.slug} was changed ({kind.value}): {when(saved)}, {saved.place or 'no place yet'}. It makes {made} letters."
        held = await outbox.rows(self.office.partnership, [outbox.HELD], limit=2000)
        waits = sum(e.notice.meeting_id == saved.id and e.notice.round.startswith("sequence-") for e in held)
        left = _move_to(saved) if command.verb is Verb.MOVE else _place_of(saved)
        return Done(told + (f" {waits} of them wait for your word." if waits else ""), back, left if back else "")

    async def add(self, command: Command) -> Done:
        kinds = {k.value: k for k in PartnerKind}
        roles = {r.value: r for r in Role}
        row = PersonRow(
            name=" ".join(command.who), addresses=(canonical(command.address),), organisation=command.organisation,
            kind=kinds.get(command.role, PartnerKind.BUSINESS), roles=frozenset({roles[command.role]} if command.role in roles else ()),
            language=self.office.sender.language,
        )  # fmt: skip
        person = await register.add_person(self.office, row, self.now)
        from_ = f" from {person.organisation}" if person.organisation else ""
        return Done(
            f"{person.name}{from_} ({person.address}) is in the register as {person.kind.value}.",
            f"forget {person.address}",
            NOT_WRITTEN_TO,
        )

    async def forget(self, command: Command) -> Done:
        if canonical(command.address) in self.office.commanders:
            raise MailerError("That is your own address.")
        gone = await register.forget_person(self.office.partnership, command.address, self.now)
        # no name here: this answer is kept, too
        told = "That person and everything kept about them is erased. This cannot be taken back."
        yours = "If a people file, a rule or a letter of yours names them, take that out there."
        return Done("\n".join([told, *gone.open, yours]))

    async def letter(self, command: Command) -> Done:
        who, kind = command.text or command.address, PartnerKind(command.role)
        about = [
            p for p in await people.people(self.office.partnership)
            if p.has_address(canonical(who)) or p.organisation.casefold() == who.casefold()
        ]  # fmt: skip
        told = await register.decide_letter(self.office, who, kind, "", self.now)
        before = {p.kind for p in about}
        return Done(told, f"letter of {who}: {before.pop().value}" if len(before) == 1 and before != {kind} else "")

    async def answer(self, command: Command) -> Done:
        person, meeting = (
            await references.person_at(self.case, command.address),
            await references.meeting_meant(self.case, command),
        )
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
        after = await meetings.invitations(meeting.id, [person.id])
        back = _said(command.address, before[0] if before else None, meeting)
        return Done(sentence, back, _said(command.address, after[0], meeting) if back else "")

    async def came(self, command: Command) -> Done:
        meeting = await references.last_meeting(self.case, command)
        assert command.roll is not None
        back = await rollcall.as_recorded(self.office, meeting, command.roll, self.now)
        told = await rollcall.call_roll(self.office, meeting, command.roll, self.now)
        after = await meetings.by_id(meeting.id) or meeting
        return Done(told, back, await rollcall.as_recorded(self.office, after, command.roll, self.now) if back else "")

    async def item(self, command: Command) -> Done:
        if command.verb is Verb.ITEM_ADD:
            owner = command.who[0] if command.who else None
            item = await planning.add_item(self.office, planning.Wanted(command.text, owner, command.day), self.now)
            told = f"Item {item.number}: {item.text} ({owner or 'nobody yet'}, {item.due or 'no date yet'})."
            return Done(told, f"item {item.number} dropped", f"item {item.number} open")
        assert command.number is not None
        before = await planning.item_or_error(self.office, command.number)
        name = f"Item {command.number}"
        if command.verb is Verb.ITEM_DUE:
            await planning.change_item(self.office, command.number, planning.Wanted(due=command.day), self.now)
            assert command.day is not None
            told = f"{name} is due on {_day(command.day)}: {before.text}."
            if before.due is None:
                return Done(told)
            line = f"item {command.number} due"
            return Done(told, f"{line} {_day(before.due)}", f"{line} {_day(command.day)}")
        after = _ITEM_STATES[command.verb]
        if before.status is after:
            raise MailerError(f"{name} is {after.value} already: {before.text}.")
        await planning.change_item(self.office, command.number, planning.Wanted(status=after), self.now)
        words = {ItemStatus.OPEN: "open", ItemStatus.DONE: "done", ItemStatus.DROPPED: "dropped"}
        line = f"item {command.number}"
        return Done(
            f"{name} is {words[after]}: {before.text}.", f"{line} {words[before.status]}", f"{line} {words[after]}"
        )

    async def write(self, command: Command) -> Done:
        """The summary, from the lines below the command: of this mail, or of the one that its code was asked for."""
        assert command.number is not None
        meeting = await references.meeting_meant(self.case, command)
        text = self.case.verdict.text
        if command.number != self.case.ident:
            row = await inbound.row(self.office.partnership, InboundId(command.number))
            if row is None or canonical(row.author) not in self.office.commanders:
                raise MailerError("That mail is not there any more. Send the summary again.")
            text = own_words(read(await inbound.raw(row.id) or b""), "").words
        before = await documents.document(self.office.partnership, documents.SUMMARY, meeting.id)
        if before is not None and before.state in (documents.APPROVED, documents.SENT):
            raise MailerError(f"The summary of {meeting.slug} was approved before; the letters are on their way.")
        written = await aftermath.write_summary(self.office, meeting, headed(text)[1], self.now)
        return Done(
            f"The summary of {meeting.slug} is written (version {written.version}). To change it, send it anew. To ask the champions what they "
            f"would change: “share summary of {meeting.slug} until” and a day. When it is good: “approve summary of {meeting.slug}”.\n\n"
            f"It says:\n\n{written.text}"
        )

    async def approve(self, command: Command) -> Done:
        meeting = await references.last_meeting(self.case, command)
        by = self.case.known.author
        assert by is not None
        made = await aftermath.approve_summary(self.office, meeting, by.id, self.now)
        return Done(
            f"The summary of {meeting.slug} may go out: {made} letters. Those that have not left stay with “hold send-summary”."
        )

    async def settle(self, command: Command) -> Done:
        assert command.number is not None
        before = {m.id: m for m in await meetings.all_of(self.office.partnership)}
        told = await settling.settle_question(self.office, command.text, command.number, self.now)
        back = left = ""
        for meeting in await meetings.all_of(self.office.partnership):
            old = before.get(meeting.id)
            if old is None:
                back = f"cancel {meeting.slug}"
            elif old.dtstart != meeting.dtstart:
                back, left = _move_to(old), _move_to(meeting)
        return Done(told, back, left)


def _move_to(meeting: Meeting) -> str:
    local = meeting.local(meeting.dtstart)
    return f"move {meeting.slug} to {local.day} {local:%B %Y %H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _place_of(meeting: Meeting) -> str:
    return f"place of {meeting.slug}: {meeting.place or 'none'}"


def _said(address: str, invitation: Invitation | None, meeting: Meeting) -> str:
    """The answer that stands, as the command that enters it; empty where no command does (somebody else comes instead)."""
    if invitation is None:
        return f"{address} open for {meeting.slug}"
    word = next((word for word, stat in changes.SAID.items() if stat is invitation.partstat), None)
    guests = f" +{invitation.guests}" if invitation.guests else ""
    return f"{address} {word}{guests} for {meeting.slug}" if word else ""
