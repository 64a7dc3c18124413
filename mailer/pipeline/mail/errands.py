"""What the convener asks for by mail about the aftermath and the long run: drafts, decisions, stories, the year, who could help with what.

Promises: each gives (what was done or found, the command that takes it back: empty where nothing does). Raises MailerError with a sentence.
"""

import re
from datetime import datetime

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.hand import aftermath, changes, settling, stories
from mailer.pipeline.office import Office
from mailer.pipeline.papers import activity
from mailer.pipeline.papers.enclosures import Desk, printed
from mailer.printing.sheets import Paper
from mailer.store import documents, people
from mailer.store.stories import APPROVED, DROPPED
from mailer.understand.commands import Command
from mailer.understand.forms import Verb


async def of_meeting(office: Office, command: Command, meeting: Meeting, now: datetime) -> tuple[str, str]:
    """A draft is shared; a decision is written down."""
    if command.verb is Verb.DECIDED:
        await aftermath.note_decision(office, meeting, command.text, now)
        return f"Written into the decisions of {meeting.slug}: {command.text}", ""
    what = documents.PLAN if command.text.endswith("plan") else documents.SUMMARY
    day, made = await aftermath.share(office, meeting, what, command.day, now)
    told = f"{made} champions are asked what they would change in the {what} of {meeting.slug}, until {day:%d %B %Y}."
    return told, ""


async def at_large(office: Office, command: Command, now: datetime) -> tuple[str, str]:
    """What is about no single meeting."""
    match command.verb:
        case Verb.STORIES:
            return await stories.stories_text(office), ""
        case Verb.REPORT:
            year = command.number or activity.year_told(now, office.zone)
            report = await activity.load(office.partnership, year, office.zone, now)
            return activity.as_text(report, office.sender.language), ""
        case Verb.ASK:
            return await _ask(office, command, now), ""
        case Verb.HELPERS:
            return await stories.helpers_text(office, command.text), ""
        case Verb.PUBLISH | Verb.STORY_DROP:
            assert command.number is not None
            publish = command.verb is Verb.PUBLISH
            await stories.settle_story(office, command.number, APPROVED if publish else DROPPED, now)
            if publish:
                told = "may stand in the next update and in the yearly report."
                return f"Story {command.number} {told}", f"drop story {command.number}"
            return f"Story {command.number} stays with you.", f"publish story {command.number}"
        case Verb.HELPS:
            person = await _person(office, command.address)
            words = tuple(w.strip(" .") for w in re.split(r",|;| and ", command.text) if w.strip(" ."))
            await stories.note_strengths(office, person, words, now)
            return f"{person.name} can help with {', '.join(words)}.", ""
        case Verb.JOIN:
            person = await _person(office, command.address)
            team, lead = await settling.invite_into_team(office, command.text, person, now)
            return f"{person.name} is asked to join {team}, in the name of {lead}. A yes makes the member.", ""
        case _:
            raise MailerError("That is none of mine.")


async def report_page(office: Office, command: Command, now: datetime) -> tuple[str, bytes]:
    """(name, PDF) of the year's report that *command* asks for."""
    year = command.number or activity.year_told(now, office.zone)
    desk = Desk(office.partnership, office.sender, Paper(office.paper), zone=office.zone, year=year)
    done = await printed(desk, None, "activity report", None, now)
    return f"activity-report-{year}.pdf", done.content


async def _ask(office: Office, command: Command, now: datetime) -> str:
    title, mark, rest = command.text.partition("?")
    choices = [c.strip(" .") for c in rest.split("/") if c.strip(" .")]
    about = await changes.meeting_or_error(office, command.meeting) if command.meeting else None
    whom = await settling.those(office, command.who)
    found, made = await settling.poll(
        office, f"{title.strip()}?" if mark or not choices else title, choices, whom, now, about=about
    )
    return (
        f"{'1 person is' if made == 1 else f'{made} people are'} asked: {found.title} “questions” shows what they say."
    )


async def _person(office: Office, address: str) -> Person:
    found = await people.by_address(office.partnership, address)
    if found is None:
        raise MailerError(f"Nobody in the register has the address {address}.")
    return found
