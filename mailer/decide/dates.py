"""The dates of a series, each as rules see it: a meeting of its own, with how everybody stands to that date.

What counts from the start or end of the meeting comes with each date that is held. What brings people into the series comes once: invitations,
whatever carries a calendar file (it is of the whole series), and what counts from an invitation, the reply deadline or a day.

Promises: pure. What stands in notes and summary belongs to the date that began last before it was noted. Whoever was invited when a date was
over has no part in it, and a yes that is younger than its end does not count for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from mailer.decide.rule import Anchor, Offset, Rule, When
from mailer.decide.snapshot import Snapshot, Standing
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import Occurrence, at_date
from mailer.terms import PartStat, PersonId


def each_date(rule: Rule, when: When, meeting: Meeting) -> bool:
    """Does *when* of *rule* come with each date of *meeting*, a series?"""
    return (
        bool(meeting.rrule)
        and meeting.recurrence_id is None
        and isinstance(when, Offset)
        and when.anchor in (Anchor.MEETING_START, Anchor.MEETING_END)
        and not rule.invites
        and not any(name.startswith("calendar ") for name in rule.attach)
    )


def held(snapshot: Snapshot) -> Iterator[Occurrence]:
    """The dates of a series that are not cancelled, in order of the rule; none that was over when the series was moved."""
    moved_at = snapshot.meeting.changed_at if snapshot.meeting.round else None
    return (o for o in snapshot.dates if not o.cancelled and (moved_at is None or o.dtend > moved_at))


def meetings_of(rule: Rule, when: When, snapshot: Snapshot) -> Iterator[Meeting]:
    """What *when* of *rule* counts from: the meeting, or each date of a series."""
    if each_date(rule, when, snapshot.meeting):
        yield from (at_date(snapshot.meeting, o) for o in held(snapshot))
    else:
        yield snapshot.meeting


def date_named(snapshot: Snapshot, recurrence_id: datetime) -> Occurrence | None:
    """The date of the series that has this RECURRENCE-ID, also a cancelled one."""
    return next((o for o in snapshot.dates if o.recurrence_id == recurrence_id), None)


def on_date(snapshot: Snapshot, occurrence: Occurrence) -> Snapshot:
    """*snapshot* of a series as it is on one date: answers to that date count before those to the series."""
    said = snapshot.said_to_dates.get(occurrence.recurrence_id, {})
    came = snapshot.came_to_dates.get(occurrence.recurrence_id, {})
    return replace(
        snapshot,
        meeting=at_date(snapshot.meeting, occurrence),
        headcount=snapshot.headcounts.get(occurrence.recurrence_id),
        standings=tuple(_to_date(s, occurrence, said, came) for s in snapshot.standings),
        holds=frozenset(
            fact
            for fact in snapshot.holds
            if fact not in snapshot.true_since or _is_of(snapshot, occurrence, snapshot.true_since[fact])
        ),
    )


def _to_date(
    standing: Standing, occurrence: Occurrence, said: Mapping[PersonId, Invitation], came: Mapping[PersonId, bool]
) -> Standing:
    invitation = said.get(standing.person.id, standing.invitation)
    if invitation is not None and invitation is standing.invitation:
        invitation = _before_its_end(invitation, occurrence)
    attended = came.get(standing.person.id)
    if invitation is standing.invitation and attended is standing.attended:
        return standing
    return replace(standing, invitation=invitation, attended=attended)


def _before_its_end(invitation: Invitation, occurrence: Occurrence) -> Invitation:
    """*invitation* to the series without what is younger than the end of this date; a no stays a no."""
    if invitation.invited_at is not None and invitation.invited_at >= occurrence.dtend:
        invitation = replace(invitation, invited_at=None)
    late = invitation.answered_at is not None and invitation.answered_at >= occurrence.dtend
    if late and invitation.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return replace(invitation, partstat=PartStat.NEEDS_ACTION, guests=0)
    return invitation


def _is_of(snapshot: Snapshot, occurrence: Occurrence, noted: datetime | None) -> bool:
    """Is what was noted at that instant about this date: the last one that had begun?"""
    if noted is None or noted < occurrence.dtstart:
        return False
    return not any(occurrence.dtstart < other.dtstart <= noted for other in held(snapshot))
