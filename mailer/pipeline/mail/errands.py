"""What the convener asks for by mail about the aftermath and the long run: drafts, decisions, stories, the year, who could help with what.

Promises: each gives (what was done or found, the command that takes it back: empty where nothing does). Raises MailerError with a sentence.
"""

from datetime import datetime

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.hand import aftermath
from mailer.pipeline.office import Office
from mailer.store import documents
from mailer.understand.commands import Command


async def of_meeting(office: Office, command: Command, meeting: Meeting, now: datetime) -> tuple[str, str]:
    """A draft is shared; a decision is written down."""
    what = documents.PLAN if command.text.endswith("plan") else documents.SUMMARY
    day, made = await aftermath.share(office, meeting, what, command.day, now)
    told = f"{made} champions are asked what they would change in the {what} of {meeting.slug}, until {day:%d %B %Y}."
    return told, ""


async def at_large(office: Office, command: Command, now: datetime) -> tuple[str, str]:
    raise MailerError("That cannot be done by mail yet.")
