"""Where the service's own mails are filed: every mail belongs to a meeting, also one that is about none.

Promises: inside the transaction of the message. Nothing of it invites anybody.
"""

from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.mail.case import Case
from mailer.pipeline.office import Office
from mailer.store import meetings
from mailer.terms import RuleId
from mailer.understand.speaker import Place

TOLD_RULE = RuleId("service-told")
"""The service's own mail: something the convener should know. No rule file may use this heading."""


async def nearest_meeting(office: Office, now: datetime) -> Meeting | None:
    """The next meeting ahead, else the last one; None where there never was any."""
    every = await meetings.all_of(office.partnership)
    ahead = [m for m in every if m.dtstart >= now and not m.cancelled]
    return min(ahead, key=lambda m: m.dtstart) if ahead else max(every, key=lambda m: m.dtstart, default=None)


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
    notice = Notice(
        rule=TOLD_RULE, meeting_id=meeting.id, person_id=case.office.convener, round=f"inbound-{case.ident}", letter="service-notice",
        attach=(), on_behalf_of=None, hold=False, invites=False, not_before=case.now, reason=sentence,
    )  # fmt: skip
    await case.office.post(meeting, [notice], case.now)
