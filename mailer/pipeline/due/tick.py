"""The clock: which rules fall due, and what they decide.

A tick reads the index of due instants; a meeting whose rules are not due costs nothing.
"""

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailer.decide.due import Due, next_due
from mailer.decide.due import due as due_now
from mailer.decide.rule import Anchor, Offset, Rule
from mailer.decide.snapshot import Snapshot
from mailer.errors import StoreUnusable
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import next_start
from mailer.pipeline.due.announce import note_left_out, post_waiting
from mailer.pipeline.due.drafting import with_questions
from mailer.pipeline.office import Office
from mailer.store import meetings, rules
from mailer.store.transact import transact, unusable
from mailer.terms import MeetingId, PersonId, RuleId

logger = logging.getLogger(__name__)

POSTPONED = timedelta(minutes=10)
"""How long a meeting that could not be decided is left alone."""


Heed = Callable[[Meeting, Sequence[RuleId], Due], None]
"""Hears which rules were due for a meeting and what was decided: a rehearsal tells who was left out, and why."""


async def tick(office: Office, now: datetime, heed: Heed | None = None) -> int:
    """Decide what is due at *now*; gives how many mails that made."""
    made = 0
    for meeting_id, due_rules in (await rules.fallen_due(office.partnership, now)).items():
        try:
            made += await _meeting(office, meeting_id, due_rules, now, heed)
        except StoreUnusable:
            raise
        except Exception as exc:  # one meeting that cannot be decided must not stop the others
            if (trouble := unusable(exc)) is not None:
                raise trouble from exc
            logger.exception("meeting=%d could not be decided", meeting_id)
            later = functools.partial(rules.postpone, meeting_id, due_rules, now + POSTPONED)
            await transact(later)
    return made


async def _meeting(
    office: Office, meeting_id: MeetingId, due_rules: Sequence[RuleId], now: datetime, heed: Heed | None
) -> int:
    meeting = await meetings.by_id(meeting_id)
    if meeting is None:
        return 0
    serving = {r.id: r for r in office.serving(meeting)}
    wanted = [serving[r] for r in due_rules if r in serving]
    snapshot = await meetings.snapshot(meeting)
    decided = due_now(
        office.serving(meeting), snapshot, office.known_since, now
    )  # all of them: reminders give way to one another

    async def write() -> int:
        await meetings.lock(meeting.id)
        if await meetings.by_id(meeting.id) != meeting:
            return 0  # it was changed while we decided: the next tick decides anew
        await rules.schedule(
            office.partnership, meeting.id, when_next(office, snapshot, wanted, due_rules, now), not_after=now
        )
        notices = await with_questions(office, meeting, decided.notices, now)
        made = await office.post(meeting, notices, now)
        await note_left_out(office, meeting, decided.left_out, now)
        await post_waiting(office, meeting, notices, now)
        return made

    made = await transact(write)
    if heed is not None:
        heed(meeting, due_rules, decided)
    return made


def when_next(
    office: Office, snapshot: Snapshot, serving: Sequence[Rule], asked: Sequence[RuleId], now: datetime
) -> dict[RuleId, datetime | None]:
    """When each of *asked* may next fall due; never, for those that serve this meeting no more."""
    coming: dict[RuleId, datetime | None] = dict.fromkeys(asked)
    coming |= {rule.id: next_due(rule, snapshot, now) for rule in serving}
    return coming


async def reschedule(office: Office, meeting: Meeting, now: datetime) -> None:
    """Write when each rule may fall due for *meeting*: after it was added or moved, or rules changed (inside `transact`).

    An instant that has just passed is looked at once more by the next tick: the laws decide there whether it is late.
    """
    snapshot = await meetings.snapshot(meeting)
    serving = office.serving(meeting)
    wanted = when_next(office, snapshot, serving, [r.id for r in serving], now - timedelta(days=400))
    await rules.schedule(office.partnership, meeting.id, wanted)


async def install(office: Office, now: datetime) -> Office:
    """Put the rules of *office* in force: note which are new or changed, and when everything next falls due.

    One commit: a changed rule that is known already would never be looked at again, were its instants left behind.
    """

    async def write() -> Office:
        fresh = set(await rules.learn(office.partnership, {r.id: r.digest for r in office.book.rules}, now))
        await rules.forget_missing(office.partnership, [r.id for r in office.book.rules], now)
        known = await rules.known(office.partnership)
        current = replace(office, known_since={r: since for r, (_, since) in known.items()})
        for meeting in await meetings.upcoming(office.partnership, now):
            serving = {r.id for r in current.serving(meeting)}
            if fresh & serving or serving != {r for r, _ in await rules.scheduled(meeting.id)}:
                await reschedule(current, meeting, now)
        return current

    return await transact(write)


async def invitations_left(office: Office, sent: Sequence[tuple[MeetingId, PersonId]], now: datetime) -> None:
    """Invitations have left: rules that count from a person's own invitation may fall due (inside `transact`). Whoever was invited before
    changes nothing."""
    for meeting_id in dict.fromkeys(m for m, _ in sent):
        persons = [p for m, p in sent if m == meeting_id]
        if not any(i.invited_at == now for i in await meetings.invitations(meeting_id, persons)):
            continue
        for rule in office.book.rules:
            if any(isinstance(w, Offset) and w.anchor is Anchor.INVITATION for w in rule.whens):
                await rules.sooner(meeting_id, rule.id, now)


async def newcomers(office: Office, now: datetime) -> None:
    """People have joined the register: rules for the uninvited look at every meeting ahead once more."""

    async def write() -> None:
        for meeting in await meetings.upcoming(office.partnership, now):
            if next_start(meeting, now) > now and not meeting.cancelled:
                for rule in office.serving(meeting):
                    if rule.for_uninvited:
                        await rules.sooner(meeting.id, rule.id, now)

    await transact(write)
