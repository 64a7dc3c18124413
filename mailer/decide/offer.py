"""Times on offer: which three a drafted meeting is offered at, and the name under which people answer.

Promises: pure; different business days inside the window, at hours at which mail may leave too, and none that lies behind us.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.decide.rule import Anchor, Draft, Drafted, Duration, Rule, Unit
from mailer.decide.stages import zone_of
from mailer.decide.workdays import is_business_day, on_clock, shift_day
from mailer.partnership.meetings import Meeting

HOW_MANY = 3
LENGTHS = {Drafted.MEETING: timedelta(hours=2), Drafted.PLANNING_CALL: timedelta(hours=1)}
TEAM_CALL = timedelta(hours=1)
_HOURS = (time(10), time(14), time(9))
"""Not all at one hour: who teaches in the morning can come in the afternoon."""
_LONGEST_NAME = 100


def question_name(rule: Rule, meeting: Meeting, round_: str) -> str:
    """The name of the question that *rule* asks in *round_*: the same for each repeat."""
    base = re.sub(r"\.\d+$", "", round_)
    name = re.sub(r"[^a-z0-9]+", "-", f"{rule.id}/{meeting.id}/{base}".lower()).strip("-")
    if len(name) > _LONGEST_NAME:
        name = hashlib.sha256(name.encode()).hexdigest()[:40]
    return name


ANSWER_BY = time(17)
REMINDED_AT = time(9)
_DAYS_TO_ANSWER, _DAY = Duration(5, Unit.BUSINESS_DAY), Duration(1, Unit.BUSINESS_DAY)


def answer_by(
    now: datetime, zone: str, latest: datetime | None = None, until: date | None = None
) -> tuple[datetime | None, datetime]:
    """(when the silent are reminded, when a question closes): on the day *until*, else in five business days, never after *latest*. No reminder
    where that would come within a day of the question."""
    day = until or shift_day(now.astimezone(ZoneInfo(zone)).date(), _DAYS_TO_ANSWER, 1, ())
    closes = on_clock(day, ANSWER_BY, zone)
    closes = closes if latest is None else min(closes, latest)
    before = shift_day(closes.astimezone(ZoneInfo(zone)).date(), _DAY, -1, ())
    remind = on_clock(before, REMINDED_AT, zone)
    return (remind if remind >= now + timedelta(days=1) else None), closes


def length_of(draft: Draft) -> timedelta:
    return TEAM_CALL if draft.each_team else LENGTHS[draft.what]


def offered(
    rule: Rule, meeting: Meeting, now: datetime, taken: Sequence[tuple[datetime, datetime]] = ()
) -> tuple[tuple[datetime, datetime], ...]:
    """Start and end of the times that the draft of *rule* is offered at, earliest first; fewer than three where the window has fewer days.
    *taken*: when other meetings are."""
    draft = rule.do
    assert draft is not None
    zone, names = zone_of(rule, meeting), rule.timing.holidays
    first, last = _window(draft, meeting, now, zone, names)
    today = now.astimezone(ZoneInfo(zone)).date()
    first = max(first, today + timedelta(days=1))
    days = [d for n in range((last - first).days + 1) if is_business_day(d := first + timedelta(days=n), names)]
    out = []
    length = length_of(draft)
    for number, day in enumerate(_spread(days)):
        for hour in (*_HOURS[number % len(_HOURS) :], *_HOURS):
            start = on_clock(day, _within(hour, rule, length), zone)
            if not any(start < busy_end and begin < start + length for begin, busy_end in taken):
                out.append((start, start + length))
                break
    return tuple(out)


def _window(draft: Draft, meeting: Meeting, now: datetime, zone: str, names: tuple[str, ...]) -> tuple[date, date]:
    anchor = {
        None: now,
        Anchor.MEETING_START: meeting.dtstart,
        Anchor.MEETING_END: meeting.dtend,
        Anchor.REPLY_DEADLINE: meeting.reply_deadline or meeting.dtstart,
    }[draft.anchor]
    day, sign = anchor.astimezone(ZoneInfo(zone)).date(), -1 if draft.before else 1
    return shift_day(day, draft.earliest, sign, names), shift_day(day, draft.latest, sign, names)


def _spread(days: Sequence[date]) -> list[date]:
    """Three of *days*, as far apart as the window allows, the first and the last not at its very edge where there is room."""
    if len(days) <= HOW_MANY:
        return list(days)
    return [days[(2 * n + 1) * len(days) // (2 * HOW_MANY)] for n in range(HOW_MANY)]


def _within(hour: time, rule: Rule, length: timedelta) -> time:
    """*hour*, moved into the hours of the file if it lies outside."""
    opens, closes = rule.timing.between.opens, rule.timing.between.closes
    if opens is None or closes is None:
        return hour
    some_day = date(2026, 1, 1)
    latest = datetime.combine(some_day, closes) - length
    return min(max(hour, opens), max(latest.time(), opens) if latest.date() == some_day else opens)
