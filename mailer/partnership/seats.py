"""Chairs of a meeting that has only so many: who sits, who waits, who is offered the next one.

Promises: pure; nobody who has a chair loses it to somebody else; whoever waits is offered a chair in the order in which they said yes, and keeps the
offer for a time; a party sits together or not at all. Whoever comes instead of somebody with a chair is kept that chair for the same time.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import last_start, next_start
from mailer.terms import PartStat

OFFER_LASTS = timedelta(days=2)
"""How long an offered chair is kept, unless the meeting begins before."""


def taken(invitations: Iterable[Invitation], now: datetime) -> int:
    """Chairs that are given, offered or kept."""
    return sum(
        max(i.party_size, kept(i))
        for i in invitations
        if i.waiting_since is None or (i.offered_until is not None and i.offered_until > now)
    )


def kept(invitation: Invitation) -> bool:
    """Is a chair kept for somebody who comes instead of another, and has not answered?"""
    return invitation.offered_until is not None and invitation.waiting_since is None and not invitation.answered


def taken_over(meeting: Meeting, left: Invitation, delegate: Invitation, now: datetime) -> Invitation:
    """The *delegate*'s invitation with the chair of *left*, who sends them: kept for a time, or theirs at once if they wait for one."""
    had = left.partstat is PartStat.ACCEPTED and left.waiting_since is None
    if meeting.capacity is None or not had or now >= last_start(meeting):
        return delegate
    if delegate.partstat is PartStat.ACCEPTED:
        return replace(delegate, waiting_since=None, offered_until=None)
    return delegate if delegate.answered else replace(delegate, offered_until=_until(meeting, now))


def seated(
    meeting: Meeting, before: Invitation, after: Invitation, others: Iterable[Invitation], now: datetime
) -> Invitation:
    """*after* with a chair, or on the waiting list. *others*: everybody else's invitations to the meeting."""
    if after.partstat is not PartStat.ACCEPTED or meeting.capacity is None:
        return replace(after, waiting_since=None, offered_until=None)
    has = before.partstat is PartStat.ACCEPTED and before.waiting_since is None
    offered = before.offered_until is not None and before.offered_until >= now
    grown = after.party_size > max(before.party_size, kept(before))
    if (has or offered) and not grown:
        return replace(after, waiting_since=None, offered_until=None)
    if taken(others, now) + after.party_size <= meeting.capacity:
        return replace(after, waiting_since=None, offered_until=None)
    return replace(after, waiting_since=before.waiting_since or now, offered_until=None)


def offers(meeting: Meeting, invitations: Iterable[Invitation], now: datetime) -> list[Invitation]:
    """The invitations that change: those whose offer has run out go to the end of the queue, and who waits is offered what is free."""
    every = {i.id: i for i in invitations}
    if meeting.capacity is None or meeting.cancelled or now >= last_start(meeting):
        return []
    changed: dict[int, Invitation] = {}
    for i in every.values():
        if i.offered_until is not None and i.offered_until <= now:
            again = None if kept(i) else now
            changed[i.id] = every[i.id] = replace(i, waiting_since=again, offered_until=None)
    waiting = sorted(
        (i for i in every.values() if i.waiting_since and not i.offered_until), key=lambda i: (i.waiting_since, i.id)
    )
    for i in waiting:
        if i.id in changed:
            continue  # has just let an offer pass
        if taken(every.values(), now) + i.party_size <= meeting.capacity:
            changed[i.id] = every[i.id] = replace(i, offered_until=_until(meeting, now))
    return list(changed.values())


def _until(meeting: Meeting, now: datetime) -> datetime:
    """Until when a chair that is offered now is kept."""
    return min(now + OFFER_LASTS, next_start(meeting, now))
