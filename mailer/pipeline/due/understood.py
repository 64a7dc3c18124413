"""Every answer that was read from words is told back to its sender: what was understood, and how to correct it.

As a rule the convener's own letters do so ([confirm-yes] and so on, with ``{{ understood }}`` in them). Where no rule answers, or where the
answer stays the same and only who else comes has changed, the service's own short letter does, once for each message.

Promises: once for each message, by the ledger. A correction replaces the answer and is confirmed again.
Never: asks whether it may: whoever calls looks at `differs` and, where a mail is answered, at `mailer.pipeline.mail.loops` first.
"""

from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.pipeline.office import Office
from mailer.terms import InboundId, MessageId, PersonId, RuleId

UNDERSTOOD_RULE = RuleId("service-understood")
"""The service's own confirmation. No rule file may use this heading."""
LETTER = "understood"


def differs(before: Invitation, after: Invitation) -> bool:
    """Is there anything to tell?"""
    return (before.partstat, before.guests, before.delegate, before.needs) != (
        after.partstat, after.guests, after.delegate, after.needs
    )  # fmt: skip


def notice_of(meeting: Meeting, person: PersonId, ident: InboundId, now: datetime, letter: str = LETTER) -> Notice:
    """The ledger keeps it from leaving twice for the same message."""
    return Notice(
        rule=UNDERSTOOD_RULE, meeting_id=meeting.id, person_id=person, round=f"inbound-{ident}", letter=letter, attach=(),
        on_behalf_of=None, hold=False, invites=False, not_before=now, reason="what was understood of their mail",
    )  # fmt: skip


async def confirm(
    office: Office, meeting: Meeting, person: PersonId, ident: InboundId, message_id: MessageId | None, now: datetime
) -> None:
    """Tell *person* what was understood of message *ident*, where no rule does (inside `transact`)."""
    await office.post(meeting, [notice_of(meeting, person, ident, now)], now, message_id)
