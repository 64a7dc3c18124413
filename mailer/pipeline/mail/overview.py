"""What the convener looks at by mail: how things stand, who comes, what waits, what will be sent; a rehearsal, a letter tried out.

Promises: changes nothing. Fails: MailerError, with a sentence.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.partnership.gaps import gaps_text
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import at_date, upcoming
from mailer.pipeline.hand import reports, settling
from mailer.pipeline.hand.trial import trial_letter
from mailer.pipeline.mail import errands, references
from mailer.pipeline.mail.case import Case
from mailer.pipeline.office import Office
from mailer.pipeline.papers import attendance_list
from mailer.render.letters import Letters
from mailer.render.outgoing import OutgoingMessage
from mailer.store import inbound, meetings, occurrences, outbox, people, plan, questions
from mailer.terms import MeetingId
from mailer.understand.commands import Command
from mailer.understand.forms import FORMS, Verb


@dataclass(frozen=True, slots=True)
class Tools:
    """What only the program around can do: a rehearsal, reading the edited files, the letters in force. None: it says that it cannot."""

    rehearse: Callable[[Meeting, str, datetime], Awaitable[str]] | None = None
    changes: Callable[[datetime], Awaitable[str]] | None = None
    letters: Callable[[], Letters] | None = None


class Overview:
    """One look. A command that needs a meeting and names none means the only one ahead."""

    def __init__(self, case: Case, tools: Tools) -> None:
        self.case, self.office, self.now, self.tools = case, case.office, case.now, tools

    async def look(self, command: Command) -> str:
        """What *command* asks to see."""
        match command.verb:
            case Verb.HELP:
                return help_text()
            case Verb.STATUS:
                return await self.status(command)
            case Verb.WHO:
                return await self.who(await references.meeting_meant(self.case, command))
            case Verb.WAITING:
                return await waiting(self.office)
            case Verb.PREVIEW:
                return await reports.preview_text(
                    self.office, (await references.meeting_meant(self.case, command)).slug, self.now
                )
            case Verb.REHEARSE if self.tools.rehearse is not None:
                return await self.tools.rehearse(
                    await references.meeting_meant(self.case, command), command.text, self.now
                )
            case Verb.WHY:
                slug = (await references.meeting_meant(self.case, command)).slug if command.meeting else None
                return await reports.why_text(self.office, command.address, self.now, command.text or None, slug)
            case Verb.GAPS:
                return gaps_text(await people.people(self.office.partnership))
            case Verb.WORDS:
                return reports.words_text()
            case Verb.CHANGES if self.tools.changes is not None:
                return await self.tools.changes(self.now)
            case Verb.TEST_LETTER if self.tools.letters is not None:
                letter = await self.tried(command)
                return f"{letter.subject}\n\n{letter.text}\n\nThe whole letter is attached. An answer to it changes nothing."
            case Verb.REHEARSE | Verb.CHANGES | Verb.TEST_LETTER:
                raise MailerError("That cannot be done by mail here; run it on the command line.")
            case Verb.QUESTIONS:
                every = await questions.every(self.office.partnership, open_only=True)
                found = [await settling.tally_text(self.office, q) for q in every]
                return "\n\n".join(found) or "No question is open."
            case Verb.PLAN:
                return await self.plan()
            case Verb.STORIES | Verb.REPORT | Verb.HELPERS:
                return (await errands.at_large(self.office, command, self.now))[0]
            case _:
                raise MailerError("That is nothing to look at.")

    async def picture(self, command: Command) -> tuple[str, bytes] | None:
        """What goes with the words: the plan of a meeting as a page, a letter tried out; None where there is none, or it cannot be made."""
        try:
            if command.verb is Verb.TEST_LETTER and self.tools.letters is not None:
                return f"{command.text.lower()}.eml", (await self.tried(command)).content
            if command.verb is Verb.REPORT:
                return await errands.report_page(self.office, command, self.now)
            if command.verb is not Verb.PREVIEW:
                return None
            meeting = await references.meeting_meant(self.case, command)
            return f"{meeting.slug}-timeline.pdf", await reports.preview_page(self.office, meeting.slug, self.now)
        except MailerError:
            return None

    async def tried(self, command: Command) -> OutgoingMessage:
        """A letter with a real person's data, as the convener alone gets it."""
        assert self.tools.letters is not None
        slug = (await references.meeting_meant(self.case, command)).slug if command.meeting else None
        return await trial_letter(
            self.office, self.tools.letters(), command.text.lower(), command.address, self.now, slug
        )

    async def status(self, command: Command) -> str:
        """How one meeting stands, or every one ahead; and what waits."""
        lines = []
        every = await meetings.all_of(self.office.partnership)
        ahead = [m for m, _ in await meetings.ahead(self.office.partnership, self.now)]
        ahead += [m for m in every if m.cancelled and m.dtend >= self.now]
        for series in [await references.meeting_meant(self.case, command)] if command.meeting else ahead:
            meeting = await self.next_date(series)
            count: dict[str, int] = {}
            chairs = 0
            for row in await attendance_list.attendance_rows(self.office.partnership, series, meeting.recurrence_id):
                count[row.answer] = count.get(row.answer, 0) + 1
                chairs += row.party_size
            told = ", ".join(f"{n} {word}" for word, n in count.items()) or "nobody is invited yet"
            state = " (cancelled)" if meeting.cancelled else ""
            lines.append(f"{meeting.slug}{state}, {when(meeting)}: {told}; {chairs} coming")
        return "\n".join(lines or ["No meeting lies ahead."]) + "\n\n" + await waiting(self.office)

    async def next_date(self, meeting: Meeting) -> Meeting:
        """*meeting*, or of a series the date that is next; while none is ahead the series itself."""
        changes = await occurrences.changes(meeting.id) if meeting.rrule else ()
        date = upcoming(meeting, self.now, changes) if meeting.rrule else None
        return meeting if date is None else at_date(meeting, date)

    async def who(self, series: Meeting) -> str:
        """Who comes (of a series: to the next date), with why each line says so."""
        meeting = await self.next_date(series)
        rows = await attendance_list.attendance_rows(self.office.partnership, series, meeting.recurrence_id)
        lines = [
            f"- {r.answer}: {r.name}{f' +{r.guests}' if r.guests else ''}{f', {r.organisation}' if r.organisation else ''} ({r.reason})"
            for r in rows
        ]
        chairs = sum(r.party_size for r in rows)
        return "\n".join([f"{meeting.title}, {when(meeting)}: {chairs} coming", *lines])

    async def plan(self) -> str:
        """The open items."""
        items = await plan.items(self.office.partnership, open_only=True)
        names = {p.id: p.name for p in await people.people(self.office.partnership)}
        today = self.now.astimezone(ZoneInfo(self.office.zone)).date()
        return "\n".join(
            f"{i.number}. {i.text} ({names.get(i.owner, 'nobody') if i.owner else 'nobody'}, {i.due or 'no date'}"
            f"{', overdue' if i.overdue(today) else ''}{', needs help' if i.help else ''})"
            for i in items
        ) or "Nothing is open."  # fmt: skip


async def waiting(office: Office) -> str:
    """Letters that wait for the convener's word, and unclear cases."""
    held = await outbox.rows(office.partnership, [outbox.HELD], limit=500)
    groups: dict[tuple[str, MeetingId], int] = {}
    for entry in held:
        key = (entry.notice.rule, entry.notice.meeting_id)
        groups[key] = groups.get(key, 0) + 1
    slugs = {m.id: m.slug for m in await meetings.all_of(office.partnership)}
    lines = [
        f"{n} {'letter' if n == 1 else 'letters'} of [{rule}] of {slugs.get(m, 'the partnership')} {'waits' if n == 1 else 'wait'}: release {rule}"
        for (rule, m), n in groups.items()
    ]
    cases = await inbound.rows(office.partnership, [inbound.REVIEW, inbound.HELD], limit=50)
    lines += [f"case {c.id}: {c.author}: {c.reason}" for c in cases]
    return "\n".join(lines or ["Nothing waits for you."])


def help_text() -> str:
    """Everything that can be written, for "help"."""
    return "\n".join(["You can write to me, one line each:", "", *(f"- {form} — {does}" for _, form, does in FORMS)])


def when(meeting: Meeting) -> str:
    """Its day and hour, on its own clock."""
    local = meeting.local(meeting.dtstart)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
