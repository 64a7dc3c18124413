"""Meetings: when, where, and what of a change is major.

SEQUENCE rises by one when date, time, place, online link or status change, not when only words change (RFC 5546 §2.1.4);
`last_major_sequence` remembers the last rise that asked everybody anew (a change of date or time), for answers that come late.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailer.terms import EventUid, MeetingId, PartnershipId, TeamId


class MeetingStatus(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    STANDING = "standing"
    """No meeting at all: the partnership itself, under which mail is kept that concerns no single meeting."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. Instants are aware UTC; *zone* is the IANA name in which its wall clock and its rules are read.

    *slug* is its name on the command line ("launch"); *kind* is what rule files "serve" ("launch meetings"). *round* counts
    changes of date or time: a moved meeting is a new round for the rules. *changed_at* is when that last happened. *rrule*: RFC 5545 RRULE of
    a series, empty for a single meeting. *told_headcount*: what the caterer was told last. *attendance_at*: since when it is known who came.
    *team_id*: whose call it is, where it is that of one action team. *recurrence_id*: this is a series as seen from that one date
    (`series.at_date`); *date_sequence*: SEQUENCE of the series when that date was put elsewhere.
    """

    id: MeetingId
    partnership_id: PartnershipId
    slug: str
    title: str
    event_uid: EventUid
    dtstart: datetime
    dtend: datetime
    zone: str
    kind: str = "launch meetings"
    place: str = ""
    online_link: str = ""
    description: str = ""
    reply_deadline: datetime | None = None
    capacity: int | None = None
    rrule: str = ""
    status: MeetingStatus = MeetingStatus.SCHEDULED
    sequence: int = 0
    last_major_sequence: int = 0
    round: int = 0
    created_at: datetime | None = None
    changed_at: datetime | None = None
    told_headcount: int | None = None
    attendance_at: datetime | None = None
    team_id: TeamId | None = None
    comments_until: datetime | None = None
    """Until when comments on a draft about it are asked for; None while none is shared."""
    recurrence_id: datetime | None = None
    date_sequence: int = 0

    @property
    def standing(self) -> bool:
        """Is it no meeting, but the partnership at large?"""
        return self.status is MeetingStatus.STANDING

    @property
    def cancelled(self) -> bool:
        return self.status is MeetingStatus.CANCELLED

    def local(self, instant: datetime) -> datetime:
        """*instant* on the wall clock of this meeting."""
        return instant.astimezone(ZoneInfo(self.zone))


def as_told(meeting: Meeting) -> tuple[object, ...]:
    """All that letters tell their readers of a meeting: where it differs, another text leaves."""
    return (
        meeting.title, meeting.dtstart.isoformat(), meeting.dtend.isoformat(), meeting.zone, meeting.place, meeting.online_link,
        meeting.description, meeting.reply_deadline and meeting.reply_deadline.isoformat(), meeting.rrule,
    )  # fmt: skip


def moved_deadline(meeting: Meeting, dtstart: datetime) -> datetime | None:
    """The reply deadline when *meeting* begins at *dtstart* instead: as far before it on the clock as it was, never after it."""
    if meeting.reply_deadline is None:
        return None
    zone = ZoneInfo(meeting.zone)
    shift = meeting.local(dtstart).replace(tzinfo=None) - meeting.local(meeting.dtstart).replace(tzinfo=None)
    deadline = (meeting.local(meeting.reply_deadline).replace(tzinfo=None) + shift).replace(tzinfo=zone)
    return min(deadline.astimezone(UTC), dtstart)


class Change(StrEnum):
    """What of a meeting changed, as far as anybody must be told."""

    MOVED = "moved"  # date or time: answers are asked for anew
    PLACE = "place"  # place or online link
    CANCELLED = "cancelled"
    WORDS = "words"  # title, description: calendars are not disturbed
    NOTHING = "nothing"


def changed(before: Meeting, after: Meeting, now: datetime) -> tuple[Meeting, Change]:
    """Give *after* with SEQUENCE, major SEQUENCE and round set as its difference from *before* demands, and name the change."""
    if after.cancelled and not before.cancelled:
        return replace(after, sequence=before.sequence + 1, changed_at=now), Change.CANCELLED
    if (after.dtstart, after.dtend, after.zone) != (before.dtstart, before.dtend, before.zone):
        sequence = before.sequence + 1
        return (
            replace(after, sequence=sequence, last_major_sequence=sequence, round=before.round + 1, changed_at=now),
            Change.MOVED,
        )
    if (after.place, after.online_link) != (before.place, before.online_link):
        return replace(after, sequence=before.sequence + 1), Change.PLACE
    return (after, Change.WORDS) if after != before else (before, Change.NOTHING)
