"""The yearly activity report: meetings held, who was invited and came, action items, teams, decisions, stories. As values, text and PDF.

Promises: counts people who were erased since; a story stands in it only when the convener approved it. Reads only.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind
from mailer.partnership.plan import ItemStatus
from mailer.printing.sheets import Section
from mailer.printing.words import word
from mailer.render.phrases import phrases_for, short_date
from mailer.store import activity, documents, erasing, meetings, plan, stories
from mailer.store.activity import ItemNumbers
from mailer.terms import PartnershipId, PartStat


@dataclass(frozen=True, slots=True)
class KindNumbers:
    """People of one kind at one meeting. *came*: None where nobody wrote down who came."""

    kind: PartnerKind
    invited: int
    yes: int
    came: int | None


@dataclass(frozen=True, slots=True)
class MeetingNumbers:
    title: str
    day: date
    team: str
    kinds: tuple[KindNumbers, ...]

    @property
    def invited(self) -> int:
        return sum(k.invited for k in self.kinds)

    @property
    def yes(self) -> int:
        return sum(k.yes for k in self.kinds)

    @property
    def came(self) -> int:
        return sum(k.came or 0 for k in self.kinds)


@dataclass(frozen=True, slots=True)
class Report:
    """*until*: the last day that it tells of. *teams*: (name, how many members); *stories*: (words, organisation); *decisions*: (day, words)."""

    year: int
    until: date
    meetings: tuple[MeetingNumbers, ...]
    items: ItemNumbers
    teams: tuple[tuple[str, int], ...]
    letters_sent: int
    answers_read: int
    needs: int
    needs_met: int
    stories: tuple[tuple[str, str], ...]
    decisions: tuple[tuple[date, str], ...]

    @property
    def full(self) -> tuple[MeetingNumbers, ...]:
        return tuple(m for m in self.meetings if not m.team)


async def load(partnership: PartnershipId, year: int, zone: str, now: datetime) -> Report:
    """What was done in *year* on the clock of *zone*, until now where it is not over. MailerError for a year that has not begun."""
    clock = ZoneInfo(zone)
    since = datetime(year, 1, 1, tzinfo=clock).astimezone(UTC)
    until = min(datetime(year + 1, 1, 1, tzinfo=clock).astimezone(UTC), now + timedelta(seconds=1))
    if since >= now:
        raise MailerError(f"{year} has not begun.")
    last = min(now.astimezone(clock).date(), date(year, 12, 31))
    every = await plan.teams(partnership)
    names = {t.id: t.name for t in every}
    held = [
        m for m in await meetings.all_of(partnership) if since <= m.dtstart < until and m.dtend <= now and not m.cancelled
    ]  # fmt: skip
    asked = await stories.stories(partnership, kind=stories.NEED, since=since, until=until)
    told = await stories.stories(partnership, state=stories.APPROVED, since=since, until=until)
    over = {
        i.id
        for i in await plan.items(partnership, ids=[s.item for s in asked if s.item])
        if i.status is not ItemStatus.OPEN
    }
    return Report(
        year=year,
        until=last,
        meetings=tuple([await _numbers(m, names.get(m.team_id, "") if m.team_id else "") for m in held]),
        items=await activity.item_numbers(partnership, since, until, last),
        teams=tuple((t.name, len({*t.members, *([t.lead] if t.lead else ())})) for t in every),
        letters_sent=await activity.letters_sent(partnership, since, until),
        answers_read=await activity.messages_handled(partnership, since, until),
        needs=len(asked),
        needs_met=sum(s.item in over for s in asked),
        stories=tuple((s.words, s.organisation) for s in told if s.words),
        decisions=await _decisions(partnership, held),
    )


async def _numbers(meeting: Meeting, team: str) -> MeetingNumbers:
    counted = await erasing.attendance(meeting.id)
    known = any(c.came is not None for c in counted)
    kinds = []
    for kind in PartnerKind:
        own = [c for c in counted if c.kind is kind]
        if own:
            yes = sum(c.people for c in own if c.partstat is PartStat.ACCEPTED)
            came = sum(c.people for c in own if c.came) if known else None
            kinds.append(KindNumbers(kind, sum(c.people for c in own), yes, came))
    return MeetingNumbers(meeting.title, meeting.local(meeting.dtstart).date(), team, tuple(kinds))


async def _decisions(partnership: PartnershipId, held: list[Meeting]) -> tuple[tuple[date, str], ...]:
    out = []
    for meeting in held:
        found = await documents.document(partnership, documents.DECISIONS, meeting.id)
        if found is not None:
            out += [(meeting.local(meeting.dtstart).date(), line) for line in found.text.splitlines()]
    return tuple(out)


def sections(report: Report, language: str) -> tuple[Section, ...]:
    """The report in words."""
    phrases = phrases_for(language)

    def count(key: str, n: int) -> str:
        return word(f"{key}_one", language) if n == 1 else word(key, language, n=n)

    full, calls = report.full, len(report.meetings) - len(report.full)
    items = report.items
    numbers = [
        count("report_meetings", len(full)),
        *([count("report_calls", calls)] if calls else []),
        word(
            "report_people", language, invited=sum(m.invited for m in report.meetings), yes=sum(m.yes for m in report.meetings),
            came=sum(m.came for m in report.meetings),
        ),
        word("report_items", language, added=items.added, done=items.done, open=items.open, overdue=items.overdue),
        word("report_teams", language, n=len(report.teams), m=sum(n for _, n in report.teams)),
        word("report_mail", language, sent=report.letters_sent, read=report.answers_read),
        *([word("report_needs", language, n=report.needs, done=report.needs_met)] if report.needs else []),
    ]  # fmt: skip
    held = [
        word(
            "report_meeting", language, date=short_date(m.day, phrases), title=m.title,
            kinds="; ".join(_kinds(m, language)) or word("report_nobody", language),
        )
        for m in report.meetings
    ]  # fmt: skip
    nothing = (word("nothing_yet", language),)
    told = tuple(f"“{words}” ({who})" if who else f"“{words}”" for words, who in report.stories)
    decided = tuple(f"{short_date(day, phrases)}: {words}" for day, words in report.decisions)
    return (
        Section(
            word("in_numbers", language),
            (word("report_until", language, date=short_date(report.until, phrases)),),
            tuple(numbers),
        ),
        Section(word("report_meetings_held", language), () if held else nothing, tuple(held)),
        Section(word("went_well", language), () if told else nothing, told),
        *((Section(word("decisions", language), (), decided),) if decided else ()),
    )


def _kinds(meeting: MeetingNumbers, language: str) -> list[str]:
    return [
        word(
            "report_kind" if k.came is not None else "report_kind_open", language,
            kind=word(f"kind_{k.kind.value.replace(' ', '_')}", language), invited=k.invited, yes=k.yes, came=k.came or 0,
        )
        for k in meeting.kinds
    ]  # fmt: skip


def as_text(report: Report, language: str) -> str:
    """The same, to read in a mail or on a screen."""
    lines = [word("report", language, year=report.year)]
    for section in sections(report, language):
        lines += ["", section.heading, *section.paragraphs, *(f"- {point}" for point in section.points)]
    return "\n".join(lines)


def year_told(now: datetime, zone: str) -> int:
    """Which year a report is about where nobody names one: until the end of March the year before."""
    local = now.astimezone(ZoneInfo(zone))
    return local.year - (local.month <= _STILL_LAST_YEAR)


_STILL_LAST_YEAR = 3
