"""Every answer that was read from words is told back to its sender: what was understood, and how to correct it.

As a rule the convener's own letters do so ([confirm-yes] and so on, with ``{{ understood }}`` in them). Where no rule answers, or where the
answer stays the same and only who else comes has changed, the service's own short letter does, once for each message.

Promises: nothing is confirmed that changed nothing; `loops` has the last word. A correction replaces the answer and is confirmed again.
"""

from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.pipeline.case import Case
from mailer.pipeline.office import Office
from mailer.terms import InboundId, MessageId, PersonId, RuleId, Via
from mailer.understand.speaker import Place

UNDERSTOOD_RULE = RuleId("service-understood")
"""The service's own confirmation. No rule file may use this heading."""
LETTER = "understood"


def differs(before: Invitation, after: Invitation) -> bool:
    """Is there anything to tell?"""
    return (before.partstat, before.guests, before.delegate, before.needs) != (
        after.partstat, after.guests, after.delegate, after.needs
    )  # fmt: skip


async def confirm(case: Case, place: Place, before: Invitation, after: Invitation) -> None:
    """Confirm what *case* changed, where no rule has done so (inside `transact`)."""
    if after.via is not Via.WORDS or not differs(before, after) or await case.quiet(place):
        return
    notice = notice_of(place.meeting, place.person.id, case.ident, case.now)
    await case.office.post(place.meeting, [notice], case.now, case.verdict.message_id)


def notice_of(meeting: Meeting, person: PersonId, ident: InboundId, now: datetime, letter: str = LETTER) -> Notice:
    """The ledger keeps it from leaving twice for the same message."""
    return Notice(
        rule=UNDERSTOOD_RULE, meeting_id=meeting.id, person_id=person, round=f"inbound-{ident}", letter=letter, attach=(),
        on_behalf_of=None, hold=False, invites=False, not_before=now, reason="what was understood of their mail",
    )  # fmt: skip


async def confirm_settled(
    office: Office, meeting: Meeting, person: PersonId, ident: InboundId, message_id: str, now: datetime
) -> None:
    """The convener settled what *person* had written, and no rule tells them (inside `transact`)."""
    await office.post(
        meeting, [notice_of(meeting, person, ident, now)], now, MessageId(message_id) if message_id else None
    )
