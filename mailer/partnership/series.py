"""Series: meetings that come round by a rule (RFC 5545 §3.3.10), and their single occurrences.

A series is one meeting with an RRULE; its occurrences are told apart by their RECURRENCE-ID, the instant at which the rule lets them start,
also when one of them is moved. They keep their hour on the wall clock of the meeting when clocks change.

Rules that count from the start or end of the meeting look at each date as a meeting of its own (`at_date`): a reminder, the parking hints and
the thanks come for every date. What asks people into the series (the invitation, what follows it, the reply deadline) comes once. New dates of
single occurrences are told by a letter of their own.

Promises: pure; at most `MOST` occurrences, whatever the rule says. Fails: `repeat_rule` raises MailerError with what to write instead.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting, moved_deadline

MOST = 200
"""Occurrences of one series. A weekly call for almost four years; whoever wants more begins a new series."""

_DAYS = {
    name: code
    for names, code in (
        ("monday mon", "MO"), ("tuesday tue tues", "TU"), ("wednesday wed", "WE"), ("thursday thu thurs", "TH"), ("friday fri", "FR"),
        ("saturday sat", "SA"), ("sunday sun", "SU"),
    )
    for name in names.split()
}  # fmt: skip
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_WORDS = re.compile(
    r"every (?:(?P<every>\d{1,2}|other|second) )?(?P<unit>weekday|day|week|month|year)s?"
    r"(?: on (?:the )?(?:(?P<nth>[a-z0-9]{3,6}) )?(?P<day>[a-z]{3,9}|day \d{1,2}|\d{1,2}(?:st|nd|rd|th)))?"
    r",? (?:(?P<times>\d{1,3}) times|until (?P<until>\d{4}-\d{2}-\d{2}))"
)
_EXAMPLE = "Write it like: every month on the second Tuesday, 6 times   or   every 2 weeks until 2026-12-31"


@dataclass(frozen=True, slots=True)
class Change:
    """What is known of one occurrence. *sequence*: SEQUENCE of the series when it was put elsewhere or cancelled, at *changed_at*; 0 while it is as
    the rule says. *told_headcount*, *attendance_at*: as of a meeting."""

    recurrence_id: datetime
    dtstart: datetime
    dtend: datetime
    cancelled: bool
    sequence: int
    changed_at: datetime | None = None
    told_headcount: int | None = None
    attendance_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series, as it is held. The rest as of `Change`, where one is known."""

    recurrence_id: datetime
    dtstart: datetime
    dtend: datetime
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime | None = None
    told_headcount: int | None = None
    attendance_at: datetime | None = None


def repeat_rule(words: str, dtstart: datetime, zone: str) -> str:
    """The RRULE that *words* mean for a series that begins at *dtstart*; UNTIL in UTC, as RFC 5545 §3.3.10 wants beside a TZID."""
    found = _WORDS.fullmatch(" ".join(words.lower().split()))
    if found is None:
        raise MailerError(f"I do not understand “{words}”. {_EXAMPLE}")
    start = dtstart.astimezone(ZoneInfo(zone))
    parts = _frequency(found, words, start)
    if found["times"]:
        if not 2 <= int(found["times"]) <= MOST:
            raise MailerError(f"A series has 2 to {MOST} meetings.")
        parts.append(f"COUNT={int(found['times'])}")
    else:
        try:
            until = datetime.combine(date.fromisoformat(found["until"]), time(23, 59, 59), ZoneInfo(zone))
        except ValueError as exc:
            raise MailerError(f"“{found['until']}” is no date. {_EXAMPLE}") from exc
        parts.append(f"UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    rule = ";".join(parts)
    dates = _starts(rule, start.replace(tzinfo=None), zone)
    if not dates or dates[0] != dtstart.astimezone(UTC):
        raise MailerError(
            f"The first meeting, {start:%A %d %B %Y}, is none of “{words}”. Begin on a day of the series."
        )
    if len(dates) < 2 or len(dates) > MOST:
        raise MailerError(f"“{words}” gives {len(dates)} meeting{'s' * (len(dates) > 1)}: a series has 2 to {MOST}.")
    return rule


def _frequency(found: re.Match[str], words: str, start: datetime) -> list[str]:
    unit = found["unit"]
    every = {"other": 2, "second": 2}.get(found["every"] or "") or int(found["every"] or 1)
    if unit == "weekday":
        if found["day"] or every > 1:
            raise MailerError(f"I do not understand “{words}”. {_EXAMPLE}")
        return ["FREQ=WEEKLY", "BYDAY=MO,TU,WE,TH,FR"]
    parts = [f"FREQ={_UNITS[unit]}", *([f"INTERVAL={every}"] if every > 1 else [])]
    day, nth = found["day"], found["nth"]
    number = re.search(r"\d+", day) if day else None
    if day is None:
        if unit == "month" and start.day > 28:
            raise MailerError(f"Not every month has a {start.day}th. Write: every month on the last {start:%A}, …")
        return parts
    if number is not None and unit == "month" and nth is None and 1 <= int(number[0]) <= 28:
        return [*parts, f"BYMONTHDAY={int(number[0])}"]
    if number is None and day in _DAYS and unit == "week" and nth is None:
        return [*parts, f"BYDAY={_DAYS[day]}"]
    if number is None and day in _DAYS and unit == "month" and nth in _NTH:
        return [*parts, f"BYDAY={_NTH[nth]}{_DAYS[day]}"]
    raise MailerError(f"I do not understand “{words}”. {_EXAMPLE}")


def _starts(rule: str, start: datetime, zone: str) -> tuple[datetime, ...]:
    """The instants of *rule*, in UTC; *start* is naive, on the clock of *zone*."""
    found: list[datetime] = []
    for local in rrulestr(rule, dtstart=start.replace(tzinfo=ZoneInfo(zone))):
        found.append(local.astimezone(UTC))
        if len(found) > MOST:
            break
    return tuple(found)


@lru_cache(256)
def _all(rule: str, dtstart: datetime, zone: str) -> tuple[datetime, ...]:
    return _starts(rule, dtstart.astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone)[:MOST]


def occurrences(meeting: Meeting, changes: Iterable[Change] = ()) -> tuple[Occurrence, ...]:
    """All of them, by RECURRENCE-ID; of a single meeting itself alone."""
    length = meeting.dtend - meeting.dtstart
    if not meeting.rrule or meeting.recurrence_id is not None:
        start = meeting.recurrence_id or meeting.dtstart
        return (Occurrence(start, meeting.dtstart, meeting.dtend, meeting.cancelled),)
    changed = {change.recurrence_id: change for change in changes}
    found = []
    for start in _all(meeting.rrule, meeting.dtstart, meeting.zone):
        change = changed.get(start)
        if change is not None:
            found.append(
                Occurrence(
                    start, change.dtstart, change.dtend, change.cancelled, change.sequence, change.changed_at,
                    change.told_headcount, change.attendance_at,
                )
            )  # fmt: skip
        else:
            found.append(Occurrence(start, start, start + length))
    return tuple(found)


def fits(rule: str, dtstart: datetime, zone: str) -> bool:
    """May a series with *rule* begin at *dtstart*? (RFC 5545 §3.8.5.3 leaves undefined what else that means.)"""
    dates = _all(rule, dtstart, zone)
    return bool(dates) and dates[0] == dtstart


def last_end(meeting: Meeting) -> datetime:
    """When the last occurrence ends."""
    return occurrences(meeting)[-1].dtend


def last_start(meeting: Meeting) -> datetime:
    """When the last date of a series begins by its rule; of a single meeting, when it begins."""
    return occurrences(meeting)[-1].dtstart


def next_start(meeting: Meeting, instant: datetime) -> datetime:
    """When a series next begins by its rule, at or after *instant*, or began last; of a single meeting, when it begins."""
    if not meeting.rrule or meeting.recurrence_id is not None:
        return meeting.dtstart
    starts = _all(meeting.rrule, meeting.dtstart, meeting.zone)
    return next((start for start in starts if start >= instant), starts[-1])


def at_date(meeting: Meeting, occurrence: Occurrence) -> Meeting:
    """The series *meeting* as it is on one of its dates: a meeting like any other, whose deadline lies as far before it."""
    since = [at for at in (meeting.changed_at, occurrence.changed_at) if at is not None]
    return replace(
        meeting,
        dtstart=occurrence.dtstart,
        dtend=occurrence.dtend,
        reply_deadline=moved_deadline(meeting, occurrence.dtstart),
        recurrence_id=occurrence.recurrence_id,
        date_sequence=occurrence.sequence,
        changed_at=max(since, default=None),
        told_headcount=occurrence.told_headcount,
        attendance_at=occurrence.attendance_at,
    )


def alone(meeting: Meeting, occurrence: Occurrence) -> Meeting:
    """One date as answers to it alone are judged: a single meeting that is over when the date is, and was moved when the date was."""
    moved = replace(meeting, rrule="", round=meeting.round + bool(occurrence.sequence))
    return replace(
        at_date(moved, occurrence), last_major_sequence=max(meeting.last_major_sequence, occurrence.sequence)
    )


def occurrence_of(
    meeting: Meeting, recurrence_id: datetime, changes: Iterable[Change] = (), *, by_day: bool = False
) -> Occurrence | None:
    """The occurrence that *recurrence_id* means, in whatever zone it was written; None where it means none.

    Compared as instants; else by the day, where just one occurrence is on it (Exchange writes midnight or a mere date: calendar-mail, quirk
    7). *by_day*: it is a day or a local time, given as if in UTC.
    """
    every = occurrences(meeting, changes)
    if not by_day:
        exact = next((o for o in every if o.recurrence_id == recurrence_id), None)
        if exact is not None:
            return exact
    zone = ZoneInfo(meeting.zone)
    days = {recurrence_id.astimezone(UTC).date()} if by_day else {recurrence_id.astimezone(zone).date()}
    same = [o for o in every if o.recurrence_id.astimezone(zone).date() in days]
    if len(same) != 1:
        return None
    if (
        not by_day
        and abs(same[0].recurrence_id - recurrence_id) > timedelta(0)
        and not _is_midnight(recurrence_id, zone)
    ):
        return None  # an hour of that day at which there is no meeting
    return same[0]


def _is_midnight(instant: datetime, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).time() == time() or instant.astimezone(UTC).time() == time()


def on_day(meeting: Meeting, day: date, changes: Iterable[Change] = ()) -> Occurrence | None:
    """The occurrence that is held on *day*, on the meeting's clock."""
    zone = ZoneInfo(meeting.zone)
    return next((o for o in occurrences(meeting, changes) if o.dtstart.astimezone(zone).date() == day), None)


def upcoming(meeting: Meeting, now: datetime, changes: Iterable[Change] = ()) -> Occurrence | None:
    """The next occurrence that has not ended and is not cancelled."""
    ahead = [o for o in occurrences(meeting, changes) if o.dtend > now and not o.cancelled]
    return min(ahead, key=lambda o: o.dtstart) if ahead else None


def begun(meeting: Meeting, now: datetime, changes: Iterable[Change] = ()) -> Occurrence | None:
    """The occurrence that began last, of those that are not cancelled."""
    past = [o for o in occurrences(meeting, changes) if o.dtstart <= now and not o.cancelled]
    return max(past, key=lambda o: o.dtstart) if past else None


_STAMP = "%Y%m%dT%H%M%SZ"


def round_of_date(sequence: int, recurrence_id: datetime) -> str:
    """The round of a letter about one date."""
    return f"sequence-{sequence}/{recurrence_id.astimezone(UTC):{_STAMP}}"


_DATE_IN_ROUND = re.compile(r"(?:sequence-\d+/|(?:r|answer-|headcount-)\w+@)(\d{8}T\d{6}Z)(?=[-+.~/]|$)")


def date_round(meeting: Meeting) -> str:
    """What names the one date, and the time it was put to, in the rounds of rules: empty for a whole series or a single meeting."""
    if meeting.recurrence_id is None:
        return ""
    moved = f"+{meeting.date_sequence}" if meeting.date_sequence else ""
    return f"@{meeting.recurrence_id.astimezone(UTC):{_STAMP}}{moved}"


def date_of_round(round_: str) -> datetime | None:
    """The RECURRENCE-ID of the date that a letter is about; None where it is about the whole series, or a single meeting."""
    found = _DATE_IN_ROUND.match(round_)
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
