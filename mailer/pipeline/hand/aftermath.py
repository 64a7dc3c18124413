"""After a meeting: the summary as it grows from a draft to a letter that goes out, by way of the champions' comments.

Promises: each step is one commit with its log line; a summary goes out only when it was approved, and the same words that were approved.
"""

from datetime import date, datetime, time

from mailer.decide.rule import Duration, Unit
from mailer.decide.snapshot import Happening, HappeningKind
from mailer.decide.workdays import on_clock, shift_day
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.due.announce import announce
from mailer.pipeline.due.tick import reschedule
from mailer.pipeline.office import Office
from mailer.store import documents, log, meetings
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import PersonId


async def write_summary(office: Office, meeting: Meeting, text: str, now: datetime) -> documents.Document:
    """Save *text* as the draft of the summary. What was approved before is no longer."""
    if not text.strip():
        raise MailerError("The summary is empty.")

    async def write() -> documents.Document:
        found = await documents.write(office.partnership, documents.SUMMARY, meeting.id, text.strip(), now)
        sentence = f"the summary of “{meeting.title}” was written (version {found.version})"
        await log.write(office.partnership, LogLine(now, "summary", sentence, meeting.id))
        return found

    return await transact(write)


COMMENTS_BY = time(17)
"""The hour of the day until which comments are asked for."""
_DAYS_FOR_COMMENTS = Duration(2, Unit.BUSINESS_DAY)


async def share(office: Office, meeting: Meeting, what: str, until: date | None, now: datetime) -> tuple[date, int]:
    """Ask the champions for comments on the summary or the plan (`documents`) until a day, in two business days where none is given.

    Gives the day and how many letters that makes. Raises MailerError where there is no such draft, or it went out already."""
    day = until or shift_day(meeting.local(now).date(), _DAYS_FOR_COMMENTS, 1, ())
    deadline = on_clock(day, COMMENTS_BY, meeting.zone)
    if deadline <= now:
        raise MailerError(f"{day:%d %B %Y} is over: nobody could comment until then.")

    async def write() -> int:
        if what == documents.PLAN:
            found: documents.Document | None = await documents.write(office.partnership, what, meeting.id, "", now)
        else:
            found = await documents.document(office.partnership, what, meeting.id)
        if found is None:
            raise MailerError(
                f"There is no {what} of {meeting.slug} yet. Write one: convener summary {meeting.slug} --write FILE"
            )
        if found.state in (documents.APPROVED, documents.SENT):
            raise MailerError(f"The {what} of {meeting.slug} was approved before; the letters are on their way.")
        await documents.set_state(found.id, documents.SHARED, now)
        await meetings.ask_comments(meeting.id, deadline)
        asked = await meetings.by_id(meeting.id)
        assert asked is not None
        await reschedule(office, asked, now)
        sentence = f"comments on the {what} of “{meeting.title}” are asked for until {day} (version {found.version})"
        await log.write(office.partnership, LogLine(now, "comments", sentence, meeting.id))
        happening = Happening(HappeningKind.DRAFT_IS_SHARED, f"draft-{found.id}-{found.version}-{day}", now)
        return await announce(office, asked, happening, now)

    return day, await transact(write)


async def note_decision(office: Office, meeting: Meeting, words: str, now: datetime) -> None:
    """Add a line to the decisions of *meeting*."""
    line = " ".join(words.split())
    if not line:
        raise MailerError("A decision needs words.")

    async def write() -> None:
        known = await documents.document(office.partnership, documents.DECISIONS, meeting.id)
        text = f"{known.text}\n{line}" if known is not None else line
        await documents.write(office.partnership, documents.DECISIONS, meeting.id, text, now)
        await log.write(office.partnership, LogLine(now, "decision", f"decided: {line}", meeting.id))

    await transact(write)


async def approve_summary(office: Office, meeting: Meeting, by: PersonId, now: datetime) -> int:
    """The summary may go out; gives how many letters that makes."""

    async def write() -> int:
        found = await documents.document(office.partnership, documents.SUMMARY, meeting.id)
        if found is None:
            raise MailerError(f"There is no summary of {meeting.slug} yet.")
        if found.state in (documents.APPROVED, documents.SENT):
            raise MailerError(f"The summary of {meeting.slug} was approved before.")
        await documents.set_state(found.id, documents.APPROVED, now, by)
        await meetings.ask_comments(meeting.id, None)
        sentence = f"the summary of “{meeting.title}” was approved (version {found.version})"
        await log.write(office.partnership, LogLine(now, "summary", sentence, meeting.id, by))
        happening = Happening(HappeningKind.SUMMARY_IS_APPROVED, f"summary-{found.id}-{found.version}", now, by)
        return await announce(office, meeting, happening, now)

    return await transact(write)
