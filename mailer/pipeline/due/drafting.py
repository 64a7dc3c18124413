"""What a rule with ``do`` prepares: a question with three times on offer, named on each of its letters; and other questions that a letter asks.

Runs inside the transaction that puts the letters into the outbox. The time that is chosen makes the meeting: that is another's business; the
question says which kind (`makes`) and for which team.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.decide.offer import answer_by, offered, question_name
from mailer.decide.rule import AT_LARGE_KINDS, Drafted, Rule
from mailer.decide.sections import ALL_MEETINGS
from mailer.decide.snapshot import Notice
from mailer.decide.stages import zone_of
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import at_date, date_of_round, occurrence_of
from mailer.pipeline.office import Office
from mailer.store import log, meetings, models, occurrences, plan, questions
from mailer.store.log import LogLine
from mailer.terms import QuestionId

CHOICES = "one or more of the choices"
TEAM_CALLS, PLANNING_CALLS = "action team calls", "planning calls"
_AROUND = timedelta(days=400)


async def with_questions(office: Office, meeting: Meeting, notices: Sequence[Notice], now: datetime) -> list[Notice]:
    """*notices* with the questions that their rules ask, made where they are new (inside `transact`)."""
    made: dict[str, QuestionId | None] = {}
    out = []
    for notice in notices:
        rule = office.book.rule(notice.rule)
        if rule is None or (rule.do is None and not rule.polls and rule.ask != CHOICES):
            out.append(notice)
            continue
        name = question_name(rule, meeting, notice.round)
        if name not in made:
            made[name] = await _question(office, await _date_of(meeting, notice), rule, notice, name, now)
        if made[name] is None:
            if rule.do is not None:
                why = f"[{rule.id}] did not go out: there is no free day that could be offered ({notice.round})"
                with log.acting(""):
                    await log.write(office.partnership, LogLine(now, "left out", why, meeting.id, notice.person_id))
            continue  # no time is free, or the plan has no priorities yet: there is nothing to choose from
        out.append(replace(notice, question=made[name]))
    return out


async def _date_of(meeting: Meeting, notice: Notice) -> Meeting:
    """The date of a series that *notice* is about, as a meeting; else *meeting* itself."""
    recurrence_id = date_of_round(notice.round)
    if recurrence_id is None or not meeting.rrule:
        return meeting
    date = occurrence_of(meeting, recurrence_id, await occurrences.changes(meeting.id))
    return at_date(meeting, date) if date is not None else meeting


async def _question(
    office: Office, meeting: Meeting, rule: Rule, notice: Notice, name: str, now: datetime
) -> QuestionId | None:
    known = await questions.by_slug(office.partnership, name)
    if known is not None:
        return known.id
    if rule.ask == CHOICES:
        items = await plan.items(office.partnership, open_only=True)
        shown = [(p, None, None) for p in dict.fromkeys(i.priority for i in items if i.priority)]
        if not shown:
            return None
        return await questions.ask(
            office.partnership,
            name,
            questions.PRIORITIES,
            rule.note or "priorities",
            shown,
            now,
            meeting=meeting.id,
            closes_at=_closes(meeting),
        )
    if rule.do is None:
        title = rule.note or f"{rule.letter.replace('-', ' ')}: {meeting.title}"
        choice = [(title, None, None)]
        return await questions.ask(
            office.partnership,
            name,
            questions.YES_OR_NO,
            title,
            choice,
            now,
            meeting=meeting.id,
            closes_at=_closes(meeting),
        )
    zone = ZoneInfo(zone_of(rule, meeting))
    ahead = [m for m in await meetings.upcoming(office.partnership, now) if not m.standing and not m.cancelled]
    taken = [(m.dtstart, m.dtend) for m in ahead if abs(m.dtstart - now) < _AROUND]
    times = offered(rule, meeting, now, taken)
    if not times:
        return None
    labels = [
        (f"{(local := start.astimezone(zone)):%A} {local.day} {local:%B %Y, %H:%M}", start, end) for start, end in times
    ]
    team = next((t for t in await plan.teams(office.partnership) if t.id == notice.team), None)
    title = f"First call of {team.name}" if team else _title(rule, meeting)
    remind_at, closes_at = answer_by(now, zone.key, times[0][0])
    ident = await questions.ask(
        office.partnership, name, questions.TIMES, title, labels, now, meeting=meeting.id, team=team.id if team else None,
        closes_at=closes_at, remind_at=remind_at,
    )  # fmt: skip
    await models.Question.filter(id=ident).update(makes=kind_made(rule))
    return ident


def _closes(meeting: Meeting) -> datetime | None:
    return None if meeting.standing else meeting.dtstart


def kind_made(rule: Rule) -> str:
    """The kind of meeting that the draft of *rule* becomes."""
    assert rule.do is not None
    if rule.do.each_team:
        return TEAM_CALLS
    if rule.do.what is Drafted.PLANNING_CALL:
        return PLANNING_CALLS
    served = [s for s in rule.serves if s not in AT_LARGE_KINDS | {ALL_MEETINGS}]
    return served[0] if served else "meetings"


def _title(rule: Rule, meeting: Meeting) -> str:
    assert rule.do is not None
    if rule.do.what is Drafted.PLANNING_CALL:
        return "Planning call" if meeting.standing else f"Planning call for {meeting.title}"
    kind = kind_made(rule).removesuffix("s")
    return f"Next {kind}"


async def makes(question: QuestionId) -> str:
    """The kind of meeting that the time chosen for *question* makes; empty where it makes none."""
    found = await models.column(models.Question.filter(id=question), "makes")
    return str(found[0]) if found else ""
