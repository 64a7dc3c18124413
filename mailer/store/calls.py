"""Telephone calls about a meeting, and what came of each. Append-only: of several about one person the latest counts."""

from dataclasses import dataclass
from datetime import datetime

from mailer.store import models
from mailer.terms import InboundId, MeetingId, PersonId


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """*result*: yes, no, maybe, voicemail, talked, call-again, wrong-number …; *again_at*: when to call again, if that was said."""

    person: PersonId
    result: str
    at: datetime
    caller: PersonId | None = None
    note: str = ""
    again_at: datetime | None = None


async def log_call(meeting: MeetingId, call: LoggedCall, inbound: InboundId | None) -> None:
    await models.Call.create(
        meeting_id=meeting, person_id=call.person, caller_id=call.caller, result=call.result, note=call.note,
        again_at=call.again_at, at=call.at, inbound_id=inbound,
    )  # fmt: skip


async def latest(meeting: MeetingId) -> dict[PersonId, LoggedCall]:
    """The last call with each person about *meeting*."""
    rows = await models.Call.filter(meeting_id=meeting).order_by("id").values()
    return {
        PersonId(r["person_id"]): LoggedCall(
            PersonId(r["person_id"]),
            r["result"],
            r["at"],
            PersonId(r["caller_id"]) if r["caller_id"] else None,
            r["note"],
            r["again_at"],
        )
        for r in rows
    }
