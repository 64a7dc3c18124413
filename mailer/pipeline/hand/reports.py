"""What a convener asks of the service: the plan of a meeting, why somebody gets what, the words, what an edit would change, a rehearsal.

One implementation for the command line and for mail: each question has a function that gives data, and one that gives the lines a person reads.
Promises: nothing here changes anything; only what is asked for is loaded. A rehearsal runs in a process of its own, so that the service goes on
meanwhile and its store is left alone.
Fails: MailerError, with a sentence, where something that is named is not there.
"""

import asyncio
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailer.config import PartnershipSettings
from mailer.decide.changes import Changes, Reach
from mailer.decide.explain import Became, Outcome, Past, Why
from mailer.decide.explain import why as why_of
from mailer.decide.meeting_sense import warnings_for
from mailer.decide.preview import PreviewLine, timeline
from mailer.decide.preview import preview as preview_of
from mailer.decide.rulebook import read_rules
from mailer.decide.snapshot import Snapshot
from mailer.decide.vocabulary import Kind, of_kind, vocabulary
from mailer.errors import MailerError, Problem
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import last_end, next_start
from mailer.pipeline.hand import signing
from mailer.pipeline.hand.changes import meeting_or_error
from mailer.pipeline.hand.planning import person_called
from mailer.pipeline.hand.register import letters_told
from mailer.pipeline.hand.rulings import changes_to
from mailer.pipeline.office import Office
from mailer.pipeline.opening import read_files, sender_of
from mailer.printing.documents import timeline as timeline_page
from mailer.printing.sheets import MeetingSheet, Paper, Printing
from mailer.render.letters import letter_names, shipped_letters
from mailer.render.timeline import Mark, Picture, Row, rows_of, timeline_svg
from mailer.send.notices import version
from mailer.store import approvals, goodfiles, log, mail_log, meetings, outbox, people, rules
from mailer.terms import MeetingId, PartnershipId, PersonId

REHEARSAL_SECONDS = 300.0
"""A rehearsal that takes longer is ended."""

# preview ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting's plan as of a moment."""

    snapshot: Snapshot
    lines: tuple[PreviewLine, ...]
    now: datetime


async def plan_of(office: Office, slug: str, now: datetime) -> Plan:
    """What will be sent about the meeting *slug* from *now* on, as things stand."""
    meeting = await meeting_or_error(office, slug)
    snapshot = await meetings.snapshot(meeting)
    return Plan(snapshot, preview_of(office.serving(meeting), snapshot, office.known_since, now), now)


async def preview_text(office: Office, slug: str, now: datetime) -> str:
    """The timeline, and below it what makes no sense for this meeting and its people."""
    plan = await plan_of(office, slug, now)
    odd = warnings_for(office.serving(plan.snapshot.meeting), plan.snapshot, office.known_since, now)
    letters = await letters_told(office.partnership)
    return timeline(plan.snapshot, plan.lines, now) + "".join(f"\n{told}\n" for told in (*odd, *letters))


async def preview_data(office: Office, slug: str, now: datetime) -> list[dict[str, Any]]:
    return [asdict(line) for line in (await plan_of(office, slug, now)).lines]


async def preview_svg(office: Office, slug: str, now: datetime, paper: str = "a4") -> str:
    """The plan as a picture, with what was sent before."""
    plan = await plan_of(office, slug, now)
    meeting = plan.snapshot.meeting
    sent = [d for d in await mail_log.of_meeting(meeting.id) if d.sent_at is not None and d.state == outbox.SENT]
    return timeline_svg(picture_of(office, plan, sent), paper)


async def preview_page(office: Office, slug: str, now: datetime) -> bytes:
    """The same picture as a PDF: what a mail can carry. (Few mail programs show SVG, and many filters take it away.)"""
    meeting = await meeting_or_error(office, slug)
    svg, words = await preview_svg(office, slug, now, office.paper), await preview_text(office, slug, now)
    sheet = MeetingSheet(f"{meeting.title}: what is sent, and when", partnership=office.sender.partnership)
    return (await asyncio.to_thread(timeline_page, sheet, svg, words, Printing(now, Paper(office.paper)))).content


def picture_of(office: Office, plan: Plan, sent: Sequence[mail_log.Decided] = ()) -> Picture:
    """The values that are drawn (pure)."""
    meeting = plan.snapshot.meeting
    zone = ZoneInfo(meeting.zone)
    serving = office.serving(meeting)
    marks = [(d.rule, Mark(d.sent_at.astimezone(zone), 1, sent=True)) for d in sent if d.sent_at is not None]
    marks += [
        (line.rule, Mark(line.at.astimezone(zone), line.count, held=line.held))
        for line in plan.lines
        if line.at is not None
    ]
    of_rule = rows_of([(str(rule), mark) for rule, mark in marks])
    starts = {line.rule: line.starts for line in plan.lines if line.at is None}
    rows = [
        Row(r.id, of_rule.get(r.id, ()), r.note, starts.get(r.id, ""), r.hold)
        for r in serving
        if r.id in of_rule or r.id in starts
    ]
    rows.sort(key=lambda row: (not row.marks, row.marks[0].at if row.marks else plan.now))
    instants = [m.at for row in rows for m in row.marks] + [plan.now, next_start(meeting, plan.now)]
    return Picture(
        title=meeting.title,
        partnership=office.sender.partnership,
        zone=meeting.zone,
        dtstart=None if meeting.standing else next_start(meeting, plan.now),
        now=plan.now,
        rows=tuple(rows),
        deadline=meeting.reply_deadline,
        cancelled=meeting.cancelled,
        shifts=tuple(clock_shifts(meeting.zone, min(instants), max(instants))),
    )


def clock_shifts(zone: str, begins: datetime, ends: datetime) -> list[tuple[datetime, str]]:
    """When the clocks of *zone* are put forward or back (pure)."""
    place, found = ZoneInfo(zone), []
    at = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    before = at.astimezone(place).utcoffset() or timedelta()
    while at <= ends:
        offset = at.astimezone(place).utcoffset() or timedelta()
        if offset != before:
            found.append((at, f"clocks {'forward' if offset > before else 'back'}"))
        before, at = offset, at + timedelta(hours=1)
    return found


# why -------------------------------------------------------------------------------------------------------------------------

_BECAME = {
    outbox.SENT: Became.SENT,
    outbox.HELD: Became.HELD,
    outbox.FAILED: Became.FAILED,
    outbox.DROPPED: Became.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why one person gets what about one meeting, and what happened so far."""

    name: str
    meeting: str
    zone: str
    rules: tuple[Why, ...]
    story: tuple[tuple[datetime, str], ...]
    signers: tuple[str, ...] = ()
    """What those in whose name letters went out, or wait, have said to that."""


async def reasons(
    office: Office, address: str, now: datetime, rule: str | None = None, slug: str | None = None
) -> Reasons:
    """For each rule (or *rule* alone): would get, got or will not get, and the line that decided it. *address*: or a name that only one person has.
    *slug* None: the next meeting."""
    person = await person_called(office, address)
    meeting = await meeting_or_error(office, slug) if slug else await _next(office, now)
    serving = office.serving(meeting)
    if rule is not None and rule not in {r.id for r in serving}:
        near = get_close_matches(rule, [r.id for r in serving], 1)
        known = ", ".join(r.id for r in serving) or "none"
        meant = f"Did you mean [{near[0]}]?" if near else f"Those that do: {known}."
        raise MailerError(f"No rule [{rule}] serves {meeting.slug}. {meant}")
    wanted = [r for r in serving if rule in (None, r.id)]
    snapshot = await meetings.snapshot(meeting)
    past = [
        Past(
            e.notice.rule,
            e.notice.round,
            _BECAME.get(e.state, Became.COMING),
            e.sent_at or e.due_at,
            e.smtp_reply if e.state == outbox.FAILED else e.notice.reason if e.state == outbox.DROPPED else "",
        )
        for e in await mail_log.of_person(meeting.id, person.id)
    ]
    found = why_of(wanted, snapshot, person.id, office.known_since, now, past)
    story = tuple((line.at, line.sentence) for _, line in await log.lines(office.partnership, person=person.id))
    asking = {r.id for r in wanted if r.asks_signer}
    theirs = {
        (e.notice.rule, e.notice.on_behalf_of)
        for e in await mail_log.of_person(meeting.id, person.id)
        if e.notice.rule in asking
    }
    asked = [w for w in await approvals.every(office.partnership, meeting.id) if (w.rule, w.person) in theirs]
    signers = tuple([await signing.sentence(office, w, meeting) for w in asked])
    return Reasons(person.name, meeting.slug, meeting.zone, found, story, signers)


async def _next(office: Office, now: datetime) -> Meeting:
    every = await meetings.all_of(office.partnership)
    ahead = [m for m in every if last_end(m) >= now and not m.cancelled and not m.standing]
    ahead.sort(key=lambda m: next_start(m, now))
    if not ahead:
        raise MailerError("There is no meeting ahead. Name one.")
    return ahead[0]


async def why_text(
    office: Office, address: str, now: datetime, rule: str | None = None, slug: str | None = None
) -> str:
    found = await reasons(office, address, now, rule, slug)
    zone = ZoneInfo(found.zone)
    width = max((len(w.rule) for w in found.rules), default=0)
    lines = [f"{found.name} and {found.meeting}, as of {now.astimezone(zone):%a %d %b %Y %H:%M} ({found.zone})"]
    for outcome in (Outcome.GOT, Outcome.WOULD_GET, Outcome.WILL_NOT_GET):
        some = [w for w in found.rules if w.outcome is outcome]
        if some:
            lines += ["", f"{outcome.value}:"]
            lines += [f"  {w.rule:<{width}}  {w.sentence}   ({w.file}, line {w.line})" for w in some]
    if found.signers:
        lines += ["", "in whose name:", *(f"  {line}" for line in found.signers)]
    if found.story:
        lines += ["", "what happened so far:"]
        lines += [f"  {at.astimezone(zone):%a %d %b %H:%M}  {sentence}" for at, sentence in found.story]
    return "\n".join(lines) + "\n"


async def why_data(
    office: Office, address: str, now: datetime, rule: str | None = None, slug: str | None = None
) -> dict[str, Any]:
    found = await reasons(office, address, now, rule, slug)
    return {
        "name": found.name,
        "meeting": found.meeting,
        "rules": [asdict(w) for w in found.rules],
        "story": [{"at": at, "sentence": sentence} for at, sentence in found.story],
        "signers": list(found.signers),
    }


# words -----------------------------------------------------------------------------------------------------------------------


def words_text() -> str:
    """The whole vocabulary of rule files."""
    return vocabulary()


def words_data() -> list[dict[str, str]]:
    """The same, a word at a time."""
    return [{"kind": kind.value, "word": word.text, "means": word.help} for kind in Kind for word in of_kind(kind)]


# changes ---------------------------------------------------------------------------------------------------------------------


async def office_in_force(settings: PartnershipSettings, partnership: PartnershipId) -> Office:
    """The office as the service last took the files up; what lies on the disk now is not put in force."""
    letters = letter_names([shipped_letters(), settings.templates])
    texts = await goodfiles.remembered(partnership)
    book, _ = read_rules(texts, letters=letters, default_zone=settings.time_zone)
    known = {rule: since for rule, (_, since) in (await rules.known(partnership)).items()}
    convener = await people.by_address(partnership, settings.convener.address)
    if convener is None:
        raise MailerError("The service has never run on this data, so every rule is new.")
    return Office(partnership, book, known, sender_of(settings), convener.id, zone=settings.time_zone)


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit of the rule files would bring about, with the names to say it in."""

    changes: Changes
    names: dict[PersonId, str]
    slugs: dict[MeetingId, str]
    problems: tuple[Problem, ...]
    zone: str = "UTC"
    since: datetime | None = None
    """Since when the rules in force are in force."""


async def edit_of(office: Office, settings: PartnershipSettings, now: datetime, folder: Path | None = None) -> Edit:
    """Compare the rule files of *folder* (the partnership's own, or a draft of them) with the rules in force."""
    files = read_files(settings if folder is None else settings.model_copy(update={"rules": folder}))
    wrong = tuple(p for p in (*files.rule_problems, *files.letter_problems) if not p.warning)
    if wrong:
        since = max(office.known_since.values(), default=None)
        return Edit(Changes(), {}, {}, wrong, office.zone, since)
    found = await changes_to(office, files.book, now)
    named = {p for reach in (*found.gains, *found.losses, *found.missed) for p in reach.people}
    register = await people.people(office.partnership, sorted(named | {n.person_id for n in found.dropped}))
    slugs = {m.id: m.slug for m in await meetings.all_of(office.partnership)}
    return Edit(found, {p.id: p.name for p in register}, slugs, (), office.zone)


def edit_text(edit: Edit) -> str:
    """In words (pure)."""
    zone = ZoneInfo(edit.zone)
    if edit.problems:
        told = "\n\n".join(map(str, edit.problems))
        return f"{told}\n\nNothing is switched on until this is fixed. {version(edit.since and edit.since.astimezone(zone))} stays in force.\n"
    found, lines = edit.changes, []
    if not found.anything:
        return "Nothing is different: the files say what is in force.\n"
    for word, some in (("new", found.new), ("changed", found.changed), ("in no file any more", found.removed)):
        if some:
            lines.append(f"{word}: " + ", ".join(f"[{r}]" for r in some))
    lines.append("")
    for reach in found.gains:
        first = reach.first.astimezone(zone) if reach.first else None
        when = f" (first on {first:%a} {first.day} {first:%b %Y %H:%M})" if first else ""
        lines.append(f"{_people(reach, edit)} would newly get [{reach.rule}] about {_slug(reach, edit)}{when}")
    for reach in found.losses:
        lines.append(f"{_people(reach, edit)} would no longer get [{reach.rule}] about {_slug(reach, edit)}")
    if found.dropped:
        count = len(found.dropped)
        lines.append(
            f"{count} waiting {'mail is' if count == 1 else 'mails are'} dropped: their rule is in no file any more"
        )
    for reach in found.missed:
        lines.append(
            f"{_people(reach, edit)} would have got [{reach.rule}] about {_slug(reach, edit)} already; a new or changed rule does not look "
            f"back. (convener changes --look-back {reach.rule} sends it now)"
        )
    for pair in found.renamed:
        lines.append(f"{pair} If so: convener changes --same {pair.new}={pair.old}")
    if not (found.gains or found.losses or found.dropped or found.missed):
        lines.append("nobody gets anything else than before")
    lines.append("nobody gets anything twice")
    return "\n".join(lines) + "\n"


def edit_data(edit: Edit) -> dict[str, Any]:
    """For programs (pure)."""
    found = edit.changes

    def reach(some: Sequence[Reach]) -> list[dict[str, Any]]:
        return [
            {
                "rule": r.rule,
                "meeting": edit.slugs.get(r.meeting, ""),
                "people": [edit.names.get(p, "") for p in r.people],
                "first": r.first,
            }
            for r in some
        ]

    return {
        "new": list(found.new),
        "changed": list(found.changed),
        "removed": list(found.removed),
        "renamed": [{"old": r.old, "new": r.new, "already": r.already, "same": r.same} for r in found.renamed],
        "newly_get": reach(found.gains),
        "no_longer_get": reach(found.losses),
        "would_have_got": reach(found.missed),
        "dropped": [{"rule": n.rule, "person": edit.names.get(n.person_id, "")} for n in found.dropped],
        "problems": [str(p) for p in edit.problems],
    }


async def changes_text(office: Office, settings: PartnershipSettings, now: datetime) -> str:
    """What the edited files would change beside the rules of *office*."""
    return edit_text(await edit_of(office, settings, now))


def _people(reach: Reach, edit: Edit) -> str:
    names = [edit.names.get(p, "?") for p in reach.people]
    if len(names) <= 3:
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{len(names)} people ({', '.join(names[:3])}, …)"


def _slug(reach: Reach, edit: Edit) -> str:
    return edit.slugs.get(reach.meeting, "the partnership")


# rehearse --------------------------------------------------------------------------------------------------------------------

_TAKES_A_VALUE = frozenset({"--say", "--outage", "--move", "--as-of", "--until", "--seed"})
_ALONE = frozenset({"--silent-rest", "--habits", "--nobody-releases", "--json"})


async def rehearse_text(config: Path, key: str, arguments: Sequence[str]) -> str:
    """What `convener rehearse` prints for *arguments* (a meeting, and options that write nothing), from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mailer",
        "--config",
        str(config),
        "--partnership",
        key,
        "rehearse",
        *harmless(arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"COLUMNS": "120"},
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), REHEARSAL_SECONDS)
    except TimeoutError:
        raise MailerError("The rehearsal took too long and was ended. Ask for a shorter time with --until.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise MailerError(err.decode(errors="replace").strip()[-2000:] or "The rehearsal stopped.")
    return out.decode(errors="replace")


def harmless(arguments: Sequence[str]) -> list[str]:
    """*arguments*, if none of them could write a file or read another configuration (pure)."""
    taken: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in _TAKES_A_VALUE:
            value = next(words, None)
            if value is None:
                raise MailerError(f"What after {word}?")
            taken.append(f"{word}={value}")
        elif word in _ALONE or not word.startswith("-"):
            taken.append(word)
        else:
            raise MailerError(f"I do not know {word} here.")
    return taken


def arguments_of(slug: str, text: str) -> list[str]:
    """What follows "rehearse MEETING" in a mail, as the command takes it: "--say …" as typed, or "with Ann=yes after 2 days, Bob=no"."""
    text = text.strip()
    if text.lower().startswith("with "):
        return [slug, *(part for said in text[5:].split(",") if said.strip() for part in ("--say", said.strip()))]
    try:
        return [slug, *shlex.split(text.translate(_STRAIGHT))]
    except ValueError as exc:
        raise MailerError("A quotation mark is missing in what follows the meeting.") from exc


_STRAIGHT = str.maketrans("“”„", '"""')
"""Quotation marks as mail programs write them."""
