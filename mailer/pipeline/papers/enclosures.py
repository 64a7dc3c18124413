"""Documents about a meeting as PDF, filled from the store: for letters that enclose them and for `convener print`.

Promises: what is printed is how things stand now; those who wait for a chair are on no list; diets and access stand on no paper that others see.
Never:    holds up the loop while a page is set (it is done in a thread). Fails: MailerError for a document there is none of.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer import log
from mailer.errors import MailerError
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person, Role
from mailer.partnership.plan import Item, ItemStatus
from mailer.pipeline.office import Office
from mailer.pipeline.papers import activity
from mailer.pipeline.papers.call_list import to_call
from mailer.printing import documents as paper
from mailer.printing.order import folded
from mailer.printing.outline import agenda_lines, checklist_groups, shipped_outline, summary_sections
from mailer.printing.sheets import Attendee, MeetingSheet, Paper, PlanLine, Printed, Printing, Section
from mailer.printing.words import ENGLISH, has_words, word
from mailer.render.outgoing import Enclosure, Sender
from mailer.render.phrases import Phrases, phrases_for, short_date, when_in_words
from mailer.render.view import first_name
from mailer.store import documents as texts
from mailer.store import meetings, people, plan
from mailer.terms import PartnershipId, PartStat, PersonId

_log = logging.getLogger(__name__)

DOCUMENTS = (
    "call list", "attendee list", "sign-in sheet", "name badges", "table tents", "action plan", "summary", "agenda",
    "timekeeper's agenda", "checklist", "activity report",
)  # fmt: skip
"""What can be printed, in the words of rule files."""

AGENDA, CHECKLIST = "agenda", "checklist"

_FOR_ALL = frozenset({"sign-in sheet", "name badges", "table tents"})
"""What lies on a table is in the language of the partnership, not of the person who gets it by mail."""
_ROLES = (Role.LEAD_CHAMPION, Role.CO_CHAIR, Role.CHAMPION, Role.CONVENER, Role.NOTE_TAKER)
_LONG_AGO = date.min


@dataclass(frozen=True, slots=True)
class Desk:
    """The partnership's side of every document. *maybe*: whether those who say maybe are on the list, None for what suits the document;
    *needs*: diets and access, on the convener's own copy only. *year*: of an activity report, on
    the clock of *zone*."""

    partnership: PartnershipId
    sender: Sender
    paper: Paper = Paper.LETTER
    maybe: bool | None = None
    needs: bool = False
    zone: str = "UTC"
    year: int | None = None


_NOT_SET = b"%PDF-1.7\n"


async def enclosure(office: Office, meeting: Meeting, name: str, person: Person, now: datetime) -> Enclosure:
    """The document that a rule calls *name*, as it goes to *person*."""
    if not office.prints:
        return Enclosure(filename(meeting, name), "application/pdf", _NOT_SET)
    desk = Desk(office.partnership, office.sender, Paper(office.paper), zone=office.zone)
    done = await printed(desk, meeting, name, person, now)
    if done.unprintable:
        codes = " ".join(sorted({f"U+{ord(c):04X}" for u in done.unprintable for c in u.characters}))
        log.tell(_log, logging.WARNING, printed=name, meeting=meeting.slug, without=codes)
    return Enclosure(filename(meeting, name), "application/pdf", done.content)


def filename(meeting: Meeting | None, name: str) -> str:
    """ "launch-sign-in-sheet.pdf"."""
    plain = name.replace("'", "").replace(" ", "-")
    return f"{meeting.slug}-{plain}.pdf" if meeting else f"{plain}.pdf"


async def printed(desk: Desk, meeting: Meeting | None, name: str, person: Person | None, now: datetime) -> Printed:
    """Load what *name* shows, and set it. *person* is who gets it: the champion of a call list."""
    theirs = (desk.sender.language,) if person is None or name in _FOR_ALL else (person.language, desk.sender.language)
    mine = next((language for language in theirs if has_words(language)), ENGLISH)
    if name == "action plan":
        return await _action_plan(desk, meeting, mine, now)
    if name == "activity report":
        return await _activity_report(desk, mine, now)
    if meeting is None:
        raise MailerError(f"The {name} needs a meeting.")
    sheet, how = _head(desk, meeting, mine, now)
    match name:
        case "sign-in sheet":
            return await _set(paper.sign_in_sheet, sheet, await attendees(desk, meeting, mine, maybe=True), how)
        case "name badges":
            coming = await attendees(desk, meeting, mine, maybe=True)
            return await _set(paper.name_badges, sheet, _with_convener(desk, coming, mine), how)
        case "table tents":
            coming = await attendees(desk, meeting, mine, maybe=False)
            return await _set(paper.table_tents, sheet, _with_convener(desk, coming, mine), how)
        case "attendee list":
            coming = await attendees(desk, meeting, mine, maybe=False, came=now >= meeting.dtend)
            return await _set(paper.attendee_list, sheet, coming, how, needs=desk.needs)
        case "call list":
            return await _call_list(desk, meeting, person, mine, now)
        case "summary":
            return await _set(paper.summary, sheet, await _summary(desk, meeting, mine, now), how)
        case "agenda" | "timekeeper's agenda":
            names = await _names(desk, mine)
            lines = agenda_lines(await outline(desk.partnership, AGENDA, meeting, mine), names)
            return await _set(paper.agenda, sheet, lines, how, timekeeper=name != "agenda")
        case "checklist":
            phrases = phrases_for(mine)
            start = meeting.local(meeting.dtstart).date()
            names = await _names(desk, mine)
            groups = checklist_groups(
                await outline(desk.partnership, CHECKLIST, meeting, mine),
                names,
                lambda days: short_date(start + timedelta(days=days), phrases),
            )
            return await _set(paper.checklist, sheet, groups, how)
        case _:
            raise MailerError(f"I do not know how to print “{name}”. There are: {', '.join(DOCUMENTS)}.")


async def _set(document: Callable[..., Printed], *values: object, **options: object) -> Printed:
    return await asyncio.to_thread(document, *values, **options)


async def outline(partnership: PartnershipId, kind: str, meeting: Meeting, language: str) -> str:
    """The text that the agenda or checklist of *meeting* is made from: the convener's own, else the one that comes with the program."""
    own = await texts.document(partnership, kind, meeting.id)
    return own.text if own is not None and own.text.strip() else shipped_outline(kind, language)


def _head(desk: Desk, meeting: Meeting | None, language: str, now: datetime) -> tuple[MeetingSheet, Printing]:
    phrases = phrases_for(language)
    if meeting is None:
        sheet = MeetingSheet("", partnership=desk.sender.partnership, language=language)
        return sheet, Printing(now, desk.paper, short_date(_today(desk, now), phrases))
    start, end = meeting.local(meeting.dtstart), meeting.local(meeting.dtend)
    sheet = MeetingSheet(
        title=meeting.title, when=when_in_words(start, end, phrases), place=meeting.place or meeting.online_link,
        partnership=desk.sender.partnership, starts=start, ends=end, language=language, twelve_hours=phrases.twelve_hours,
    )  # fmt: skip
    return sheet, Printing(now, desk.paper, short_date(meeting.local(now).date(), phrases))


def _today(desk: Desk, now: datetime) -> date:
    return now.astimezone(ZoneInfo(desk.zone)).date()


async def attendees(desk: Desk, meeting: Meeting, language: str, *, maybe: bool, came: bool = False) -> list[Attendee]:
    """Who is expected; where it is known who *came*, those."""
    everybody = await meetings.answers_to(meeting)
    wanted = {PartStat.ACCEPTED} | ({PartStat.TENTATIVE} if (maybe if desk.maybe is None else desk.maybe) else set())
    if came and _recorded(meeting, everybody):
        coming = [i for i in everybody if i.attended]
    else:
        coming = [
            i
            for i in everybody
            if (i.partstat in wanted and i.waiting_since is None)
            or (maybe and i.delegate_of is not None and not i.answered)  # sent by somebody who said so
        ]
    wanted_people = {p for i in coming for p in (i.person_id, i.delegate_of) if p is not None}
    persons = {p.id: p for p in await people.people(desk.partnership, wanted_people)}
    return [_attendee(persons[i.person_id], i, persons, language) for i in coming if i.person_id in persons]


def _recorded(meeting: Meeting, invitations: Iterable[Invitation]) -> bool:
    """Is it known who came? It may have been nobody."""
    return meeting.attendance_at is not None or any(i.attended for i in invitations)


def _attendee(person: Person, invitation: Invitation, persons: Mapping[PersonId, Person], language: str) -> Attendee:
    role = next((r for r in _ROLES if r in person.roles), None)
    sender = persons.get(invitation.delegate_of) if invitation.delegate_of is not None else None
    return Attendee(
        name=person.name, organisation=person.organisation, title=person.title, known_as=first_name(person.name),
        kind=word(f"kind_{person.kind.value.replace(' ', '_')}", language), role=_role(role, language) if role else "",
        guests=invitation.guests, needs=invitation.needs, instead_of=sender.name if sender else "",
    )  # fmt: skip


def _role(role: Role, language: str) -> str:
    return word(f"role_{role.value.replace(' ', '_').replace('-', '_')}", language)


def _with_convener(desk: Desk, coming: list[Attendee], language: str) -> list[Attendee]:
    """The convener, who invites and is not invited, gets a badge and a tent too."""
    own = desk.sender
    if any(folded(a.name) == folded(own.name) for a in coming):
        return coming
    role = _role(Role.CONVENER, language)
    return [*coming, Attendee(own.name, own.organisation, own.title, first_name(own.name), role=role)]


async def _call_list(desk: Desk, meeting: Meeting, person: Person | None, language: str, now: datetime) -> Printed:
    if person is None:
        raise MailerError("A call list needs the champion who calls.")
    lines = [line for _, line in await to_call(desk.partnership, meeting, person.id, language)]
    sheet, how = _head(desk, meeting, language, now)
    return await _set(paper.call_list, sheet, person.name, lines, how)


async def _action_plan(desk: Desk, meeting: Meeting | None, language: str, now: datetime) -> Printed:
    items = [i for i in await plan.items(desk.partnership) if i.status is not ItemStatus.DROPPED]
    known = {p for i in items for p in (i.owner, i.support) if p is not None}
    names = {p.id: p.name for p in await people.people(desk.partnership, known)}
    today = meeting.local(now).date() if meeting else _today(desk, now)
    first: dict[str, int] = {}
    for item in items:
        first.setdefault(item.priority, item.number)
    items.sort(key=lambda i: (first[i.priority], not i.open, i.due is None, i.due or _LONG_AGO, i.number))
    sheet, how = _head(desk, None, language, now)
    return await _set(paper.action_plan, sheet, [_plan_line(i, names, today, language) for i in items], how)


async def _activity_report(desk: Desk, language: str, now: datetime) -> Printed:
    year = desk.year or activity.year_told(now, desk.zone)
    report = await activity.load(desk.partnership, year, desk.zone, now)
    sheet, how = _head(desk, None, language, now)
    return await _set(
        paper.summary, sheet, activity.sections(report, language), how, heading=word("report", language, year=year)
    )


def _plan_line(item: Item, names: dict[PersonId, str], today: date, language: str) -> PlanLine:
    late = (today - item.due).days if item.due is not None and item.overdue(today) else 0
    return PlanLine(
        item=item.text, priority=item.priority, number=item.number, team=item.team_name,
        owner=names.get(item.owner, "") if item.owner else "", support=names.get(item.support, "") if item.support else "",
        due=short_date(item.due, phrases_for(language)) if item.due else "", status=word(f"status_{item.status.value}", language),
        overdue="" if not late else word("late_one", language) if late == 1 else word("late", language, n=late),
        note=word("help", language, words=item.help) if item.help and item.open else "",
    )  # fmt: skip


async def _summary(desk: Desk, meeting: Meeting, language: str, now: datetime) -> Sequence[Section]:
    """The summary as it is written; before that a skeleton of what is known, with lines to write on."""
    document = await texts.document(desk.partnership, texts.SUMMARY, meeting.id)
    if document is not None and document.text.strip():
        return summary_sections(document.text)
    decided = await texts.document(desk.partnership, texts.DECISIONS, meeting.id)
    came = _recorded(meeting, await meetings.invitations(meeting.id))
    those = await attendees(desk, meeting, language, maybe=False, came=True)
    companies = sorted({a.organisation for a in those if a.organisation}, key=folded)
    said = "took_part_of" if came else "said_yes_of"
    items = [i for i in await plan.items(desk.partnership) if i.meeting == meeting.id]
    names = {p.id: p.name for p in await people.people(desk.partnership, {i.owner for i in items if i.owner})}
    phrases = phrases_for(language)
    return (
        Section(word("took_part", language), (word(said, language, n=len(those), o=len(companies)),), tuple(companies)),
        Section(word("in_our_words", language), lines=6),
        Section(word("priorities", language), points=_unique(i.priority for i in items), lines=2),
        *(
            (Section(word("decisions", language), points=tuple(decided.text.splitlines())),)
            if decided is not None
            else ()
        ),
        Section(word("promises", language), points=tuple(_promise(i, names, phrases) for i in items), lines=3),
        Section(word("next_steps", language), lines=3),
    )


def _promise(item: Item, names: dict[PersonId, str], phrases: Phrases) -> str:
    who = names.get(item.owner) if item.owner else None
    rest = ", ".join(part for part in (who, short_date(item.due, phrases) if item.due else None) if part)
    return f"{item.text} ({rest})" if rest else item.text


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in words if w))


async def _names(desk: Desk, language: str) -> dict[str, str]:
    """Who fills ``{champions}`` and the like in an outline."""
    bearers = await people.people(desk.partnership, await people.role_bearers(desk.partnership))

    def those(*roles: Role) -> str:
        return ", ".join(p.name for p in bearers if p.roles & set(roles))

    leading = those(Role.LEAD_CHAMPION) or those(Role.CO_CHAIR) or those(Role.CHAMPION)
    return {
        "convener": desk.sender.name,
        "champions": those(Role.CHAMPION, Role.LEAD_CHAMPION),
        "lead champion": leading.partition(", ")[0],
        "co-chair": those(Role.CO_CHAIR),
        "note taker": those(Role.NOTE_TAKER),
        "caterer": those(Role.CATERER),
        "everybody": word("everybody", language),
    }
