"""Where the service's own mails are filed: every mail belongs to a meeting, also one that is about none.

Promises: inside the transaction of the message. Nothing of it invites anybody.
"""

from datetime import datetime

from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.due.announce import tell_convener
from mailer.pipeline.mail.case import Case
from mailer.pipeline.office import Office
from mailer.store import meetings
from mailer.understand.speaker import Place


async def nearest_meeting(office: Office, now: datetime) -> Meeting | None:
    """The next meeting ahead, else the last one; None where there never was any."""
    if found := await meetings.ahead(office.partnership, now) or await meetings.begun(office.partnership, now):
        return found[0][0]
    return max(await meetings.all_of(office.partnership), key=lambda m: m.dtstart, default=None)


async def filed_under(office: Office, person: Person, now: datetime) -> Place | None:
    """A place for a mail to *person* that is about no meeting."""
    meeting = await nearest_meeting(office, now)
    if meeting is None:
        return None
    await meetings.ensure_invitations(meeting.id, [person.id])
    found = await meetings.invitations(meeting.id, [person.id])
    return Place(found[0], meeting, person) if found else None


async def told(case: Case, meeting: Meeting, sentence: str) -> None:
    """Tell the convener in a mail, once for each message."""
    await tell_convener(case.office, meeting, f"inbound-{case.ident}", sentence, case.now)
