"""What a command refers to: which meeting, person or question it means, where it names one and where it names none.

Promises: look-ups only. Fails: MailerError, with those there are, where nothing or more than one is meant.
"""

from dataclasses import replace

from mailer.errors import MailerError
from mailer.parse.files import file_contents
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.due.announce import TOLD_RULE
from mailer.pipeline.hand import closing, rollcall
from mailer.pipeline.mail.case import Case
from mailer.store import inbound, meetings, people, questions
from mailer.understand.asks.question import Written
from mailer.understand.commands import Command, naming, read_command
from mailer.understand.forms import Verb
from mailer.understand.rollcall import read_sheet


async def meeting_meant(case: Case, command: Command) -> Meeting:
    """The meeting named, or where none is named the only one ahead."""
    every = await meetings.all_of(case.office.partnership)
    if not command.meeting or command.meeting.lower() == "meeting":
        ahead = [m for m, _ in await meetings.ahead(case.office.partnership, case.now)]
        if len(ahead) == 1:
            return ahead[0]
        told = ", ".join(m.slug for m in ahead or every) or "none yet"
        raise MailerError(f"Which meeting? {'Ahead' if ahead else 'None lies ahead; there were'}: {told}.")
    wanted = " ".join(command.meeting.casefold().split())
    plain = wanted.removesuffix(" meeting")
    found = [m for m in every if m.slug in (wanted, plain, plain.replace(" ", "-"))]
    found = found or [m for m in every if m.title.casefold() in (wanted, plain, f"{plain} meeting")]
    if len(found) != 1:
        raise MailerError(
            f"There is no meeting called {command.meeting}. Meetings: {', '.join(m.slug for m in every)}."
        )
    return found[0]


async def last_meeting(case: Case, command: Command) -> Meeting:
    """The meeting named, or the one that was last."""
    if command.meeting:
        return await meeting_meant(case, command)
    past = await meetings.begun(case.office.partnership, case.now)
    if not past:
        raise MailerError("No meeting has been held yet.")
    return past[0][0]


async def person_at(case: Case, address: str) -> Person:
    """Whoever has *address*."""
    found = await people.by_address(case.office.partnership, address)
    if found is None:
        raise MailerError(f"Nobody in the register has the address {address}.")
    return found


async def question_meant(case: Case, command: Command) -> str:
    """The number of the question that *command*, which names none, is about: the mail that is answered says so, or that no other is open."""
    notice = case.thread[0].notice if case.thread else None
    if notice is not None and notice.rule == TOLD_RULE and notice.round.startswith(closing.TOLD):
        return notice.round.removeprefix(closing.TOLD).partition("-")[0]
    if notice is not None and notice.question is not None:
        return str(notice.question)
    every = await questions.every(case.office.partnership, open_only=True)
    if len(every) == 1:
        return str(every[0].id)
    known = "; ".join(f"{q.id} ({q.title})" for q in every) or "none is open"
    raise MailerError(f"Which question? {known}. Write: settle QUESTION {command.number}")


async def placed(case: Case, command: Command) -> Command:
    """*command*, naming what the letter it answers is about: “approve summary”, “settle 2”, “came: Ann”. Raises MailerError."""
    if command.verb is Verb.SETTLE and not command.text:
        name = await question_meant(case, command)
        return replace(command, text=name, words=f"settle {name} {command.number}")
    about = await meetings.by_id(case.thread[0].notice.meeting_id) if case.thread else None
    if about is not None and about.standing:
        about = None
    if command.verb is Verb.WRITE and command.number is None:
        meeting = about if about is not None and not command.meeting else await last_meeting(case, command)
        words = f"summary of {meeting.slug} in mail {case.ident}"
        return replace(command, meeting=meeting.slug, number=case.ident, words=words)
    if about is None:
        return command
    if command.verb is Verb.CAME and not case.thread[0].notice.rule.startswith("service-"):
        return await _called_here(case, command, about)
    return naming(command, about.slug)


async def _called_here(case: Case, command: Command, about: Meeting) -> Command:
    """The roll call in answer to a letter about a meeting, or one date of a series, naming that: another may have been held since."""
    assert command.roll is not None
    if command.roll.day or (command.meeting and (await meeting_meant(case, command)).id != about.id):
        return command
    meeting = await rollcall.of_letter(about, case.thread[0].notice.round, case.now)
    if meeting.dtstart > case.now or command.roll.unknown:
        return command
    words = rollcall.in_words(meeting, await rollcall.called(case.office, meeting, command.roll))
    return own_line(case, words) or command


async def sheet_called(case: Case, command: Command) -> Command:
    """The sign-in sheet that is attached, as the command that says the same. Raises MailerError where it cannot be read."""
    raw = await inbound.raw(case.ident) or b""
    read = read_sheet(file_contents(raw, command.text, command.answer) or b"")
    if isinstance(read, str):
        raise MailerError(f"In {command.text}, {read}")
    entry = case.thread[0]
    meeting = await meetings.by_id(entry.notice.meeting_id) or await last_meeting(case, command)
    meeting = await rollcall.of_letter(meeting, entry.notice.round, case.now)
    words = rollcall.in_words(meeting, await rollcall.called(case.office, meeting, read))
    line = own_line(case, words)
    assert line is not None
    return line


async def not_written_to(case: Case, address: str) -> None:
    """Raises MailerError where somebody who was added has had a letter, or has answered, since: to forget them is more than to take it back."""
    person = await person_at(case, address)
    if await meetings.heard_of_us(person.id):
        raise MailerError(
            f"{person.name} has been written to, or has answered, since then. To erase all of it, write: forget {address}."
        )


def own_line(case: Case, line: str) -> Command | None:
    """The command of a line that the service itself has written; None where it is none any more."""
    read = read_command(line, Written(case.now, case.office.zone, "en"), sure=True)
    return read if isinstance(read, Command) else None
