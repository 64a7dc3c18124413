"""Somebody's calendar asks for the meeting again (REFRESH, RFC 5546 §3.2.6).

Promises: answered with the meeting as it stands, REQUEST or CANCEL, to the person's own address and at most once a day for each person and
          meeting: the ledger keeps count. Never: answers a stranger, or somebody who was not invited: such requests wait for the convener.
"""

from mailer.decide.snapshot import Notice
from mailer.pipeline.mail.case import Case
from mailer.store import meetings
from mailer.terms import PartStat, RuleId, Via
from mailer.understand.speaker import NotOurs, Speaks, speaker
from mailer.understand.verdict import Answer

REFRESH_RULE = RuleId("service-refresh")
"""The service's own letter. No rule file may use this heading."""


async def refresh(case: Case) -> None:
    """Send the meeting again to whoever asks and was invited (inside the transaction of the message)."""
    uid = case.verdict.itip.event_uid if case.verdict.itip else None
    who = speaker(
        case.verdict, Answer(PartStat.NEEDS_ACTION, Via.ITIP, False, "METHOD:REFRESH", event_uid=uid), case.known
    )
    if isinstance(who, NotOurs):
        await case.done(f"a calendar asks for an event, but {who.reason}")
        return
    if not isinstance(who, Speaks):
        await case.unclear(f"a calendar asks for the invitation again, but {who.reason}", who.place)
        return
    place = who.place
    meeting = await meetings.by_id(place.meeting.id) or place.meeting
    if place.invitation.invited_at is None:
        await case.unclear(f"{place.person.name} asks for the invitation, but was not invited", place)
        return
    notice = Notice(
        rule=REFRESH_RULE, meeting_id=meeting.id, person_id=place.person.id, round=f"{meeting.local(case.now):%Y-%m-%d}",
        letter="calendar-again", attach=("calendar as it stands",), on_behalf_of=None, hold=False, invites=False, not_before=case.now,
        reason="their calendar asked for it",
    )  # fmt: skip
    made = await case.office.post(meeting, [notice], case.now, case.verdict.message_id)
    sentence = f"{place.person.name}'s calendar asks for “{meeting.title}” again"
    await case.say("refresh", f"{sentence}: {'sent' if made else 'sent once today already'}", place.person.id, meeting)
    await case.done(f"{sentence}; it is sent" if made else f"{sentence}; it was sent once today already", place=place)
