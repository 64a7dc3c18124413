"""Something happened: run the rules that wait for it, and put what they decide into the outbox.

All of it runs inside the transaction that writes the happening itself.
"""

from collections.abc import Sequence
from datetime import datetime

from mailer.decide.due import happened
from mailer.decide.snapshot import Happening, HappeningKind, Notice
from mailer.partnership.meetings import Meeting
from mailer.pipeline.office import Office
from mailer.store import log, meetings, outbox, people
from mailer.store.log import LogLine
from mailer.terms import MessageId, PartStat, PersonId, RuleId

WAITING_RULE = RuleId("service-waiting")
"""The service's own mail: what waits for the convener's word. No rule file may use this heading."""


REPLY_HAPPENINGS = {
    PartStat.ACCEPTED: HappeningKind.REPLY_IS_YES,
    PartStat.DECLINED: HappeningKind.REPLY_IS_NO,
    PartStat.TENTATIVE: HappeningKind.REPLY_IS_MAYBE,
}
"""The rules that wait for each answer."""


async def announce(
    office: Office, meeting: Meeting, happening: Happening, now: datetime, answers_to: MessageId | None = None
) -> int:
    """Run the rules of *happening* and put what they decide into the outbox (inside `transact`)."""
    return len(await announced(office, meeting, happening, now, answers_to))


async def announced(
    office: Office,
    meeting: Meeting,
    happening: Happening,
    now: datetime,
    answers_to: MessageId | None = None,
    not_to: PersonId | None = None,
) -> tuple[Notice, ...]:
    """The same; gives what the rules decided. *not_to*: somebody who is not answered just now (`loops`)."""
    if happening.person is not None:
        snapshot = await office.around(meeting, [happening.person])
    else:
        snapshot = await meetings.snapshot(meeting)
    decided = happened(office.serving(meeting), snapshot, happening, office.known_since, now)
    notices = tuple(n for n in decided.notices if n.person_id != not_to)
    await office.post(meeting, notices, now, answers_to)
    await post_waiting(office, meeting, notices, now)
    return notices


async def overtaken(office: Office, entry: outbox.OutboxEntry, now: datetime) -> None:
    """A letter left while its meeting changed: run the rules of that change once more. Whoever had it in time is in the ledger; who became
    invited by this letter alone is told now (inside `transact`)."""
    meeting = await meetings.by_id(entry.notice.meeting_id)
    if meeting is None:
        return
    if meeting.cancelled:
        kind = HappeningKind.MEETING_IS_CANCELLED
    elif meeting.last_major_sequence > (entry.sequence or 0):
        kind = HappeningKind.MEETING_IS_MOVED
    else:
        kind = HappeningKind.PLACE_IS_CHANGED
    await announce(office, meeting, Happening(kind, f"sequence-{meeting.sequence}", now), now)


async def undeliverable(office: Office, entry: outbox.OutboxEntry, reason: str, now: datetime) -> None:
    """An address is dead: nothing more is sent there, and rules about bounces run (inside `transact`)."""
    address = entry.forward_path
    news = await people.mark_dead(office.partnership, address, reason, now)
    meeting = await meetings.by_id(entry.notice.meeting_id)
    await log.write(
        office.partnership,
        LogLine(
            now,
            "dead",
            f"{address} cannot be reached: {reason}",
            entry.notice.meeting_id,
            entry.notice.person_id,
            outbox_id=entry.id,
        ),
    )
    if news and meeting is not None:
        happening = Happening(HappeningKind.MAIL_BOUNCES, f"bounce-{address}"[:100], now, entry.notice.person_id)
        await announce(office, meeting, happening, now)


async def post_waiting(office: Office, meeting: Meeting, notices: Sequence[Notice], now: datetime) -> None:
    """Tell the convener, once a rule and round, that mails wait for a word (inside `transact`)."""
    for rule, round_ in dict.fromkeys((n.rule, n.round) for n in notices if n.hold):
        first = next(n for n in notices if n.hold and (n.rule, n.round) == (rule, round_))
        notice = Notice(
            rule=WAITING_RULE,
            meeting_id=meeting.id,
            person_id=office.convener,
            round=f"{rule}/{round_}/{first.person_id}"[:120],  # newcomers later in the same round are another mail
            letter="service-notice",
            attach=(),
            on_behalf_of=None,
            hold=False,
            invites=False,
            not_before=now,
            reason=f"mails of [{rule}] wait for your word",
            about=first.person_id,
        )
        await office.post(meeting, [notice], now)
