"""Success stories, needs, and who could help with what: told by people, settled by the convener.

Promises: each step is one commit with its log line. A story is seen by nobody but the convener until it is approved.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.errors import MailerError
from mailer.partnership.people import Person
from mailer.pipeline.office import Office
from mailer.store import log, people, plan, stories
from mailer.store.log import LogLine
from mailer.store.transact import transact

_WORD = re.compile(r"[^\W\d_]{4,40}")


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who could help: *said*: in so many words; *fits*: a strength of theirs has a word in common with what is wanted."""

    person: Person
    said: tuple[str, ...]
    fits: tuple[str, ...]


async def settle_story(office: Office, number: int, state: str, now: datetime) -> None:
    """A story may be told to others, or stays with the convener."""

    async def write() -> None:
        if not await stories.settle(office.partnership, number, state, now):
            raise MailerError(f"There is no story {number}. (convener stories shows them.)")
        await log.write(office.partnership, LogLine(now, "story", f"story {number} was {state}"))

    await transact(write)


async def note_strengths(office: Office, person: Person, words: Sequence[str], now: datetime) -> None:
    """*person* can help with *words*."""

    async def write() -> None:
        await stories.add_strengths(person.id, words)
        sentence = f"{person.name} can help with {', '.join(words)}"
        await log.write(office.partnership, LogLine(now, "partner", sentence, None, person.id))

    await transact(write)


async def helpers(office: Office, wanted: str) -> tuple[Helper, ...]:
    """Who could help with *wanted* (a priority, or any words), those who said so first."""
    known = await stories.strengths(office.partnership)
    words = _words(wanted)
    found = []
    for person in await people.people(office.partnership, list(known)):
        said = tuple(s for s in known[person.id] if s.casefold() == wanted.casefold())
        fits = tuple(s for s in known[person.id] if s not in said and words & _words(s))
        if said or fits:
            found.append(Helper(person, said, fits))
    return tuple(sorted(found, key=lambda h: (not h.said, -len(h.fits), h.person.name)))


async def priorities(office: Office) -> tuple[str, ...]:
    """The priorities of the action plan that have open items, in the order of the plan."""
    items = await plan.items(office.partnership, open_only=True)
    return tuple(dict.fromkeys(i.priority for i in items if i.priority))


def _words(text: str) -> set[str]:
    return {w.casefold()[:7] for w in _WORD.findall(text)}


async def stories_text(office: Office) -> str:
    """Every story with its number, and the needs with their items, for a mail or a screen."""
    told = await stories.stories(office.partnership)
    asked = await stories.stories(office.partnership, kind=stories.NEED)
    items = {i.id: i.number for i in await plan.items(office.partnership, ids=[s.item for s in asked if s.item])}
    lines = [f"{s.number}. ({s.state}) {_told(s)}" for s in told if s.words]
    needs = [f"item {items[s.item]}: {_told(s)}" for s in asked if s.item in items and s.words]
    return "\n".join(
        [*(lines or ["Nobody has told a story yet."]), *(["", "A hand is needed:", *needs] if needs else [])]
    )


def _told(story: stories.Story) -> str:
    who = ", ".join(part for part in (story.who, story.organisation) if part)
    return f"“{story.words}” ({who})" if who else f"“{story.words}”"


async def helpers_text(office: Office, wanted: str) -> str:
    found = await helpers(office, wanted)
    if not found:
        return f"Nobody has said yet that they could help with {wanted}."
    return "\n".join(
        f"{h.person.name}{f', {h.person.organisation}' if h.person.organisation else ''} ({h.person.address or 'no address'}): "
        + (f"said so{f', and {chr(44).join(h.fits)}' if h.fits else ''}" if h.said else ", ".join(h.fits))
        for h in found
    )
