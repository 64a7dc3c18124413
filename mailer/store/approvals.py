"""A signer's word on letters in his or her name, with the message that proves it.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.terms import InboundId, MeetingId, PartnershipId, PersonId, RuleId

ASKED, OK, CHANGES, NO = "asked", "ok", "changes", "no"


@dataclass(frozen=True, slots=True)
class SignersWord:
    """*words*: what the signer wrote; *proof*: the message it came in."""

    person: PersonId
    meeting: MeetingId
    rule: RuleId
    round: str
    state: str
    asked_at: datetime
    words: str = ""
    answered_at: datetime | None = None
    proof: InboundId | None = None


async def ask(
    partnership: PartnershipId, person: PersonId, meeting: MeetingId, rule: RuleId, round_: str, now: datetime
) -> bool:
    """Note that *person* is asked; False where that was done before."""
    _, new = await models.Approval.get_or_create(
        person_id=person,
        meeting_id=meeting,
        rule=rule,
        round=round_,
        defaults={"partnership_id": partnership, "asked_at": now},
    )
    return new


async def answer(
    person: PersonId,
    meeting: MeetingId,
    rule: RuleId,
    round_: str,
    state: str,
    words: str,
    now: datetime,
    proof: InboundId,
) -> None:
    await models.Approval.filter(person_id=person, meeting_id=meeting, rule=rule, round=round_).update(
        state=state, words=words[:4000], answered_at=now, inbound_id=proof
    )


async def words_on(meeting: MeetingId, rule: RuleId, round_: str) -> tuple[SignersWord, ...]:
    """Every signer's word on the letters of *rule*."""
    rows = models.Approval.filter(meeting_id=meeting, rule=rule, round=round_).order_by("id")
    return tuple(_word(row) for row in await rows)


async def of_meeting(meeting: MeetingId) -> tuple[SignersWord, ...]:
    return tuple(_word(row) for row in await models.Approval.filter(meeting_id=meeting).order_by("id"))


def _word(row: models.Approval) -> SignersWord:
    return SignersWord(
        PersonId(vars(row)["person_id"]),
        MeetingId(row.meeting_id),
        RuleId(row.rule),
        row.round,
        row.state,
        row.asked_at,
        row.words,
        row.answered_at,
        InboundId(row.inbound_id) if row.inbound_id else None,
    )
