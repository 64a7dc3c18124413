"""Letters to post: a letter of the partnership for people without e-mail, one a page, and the labels for the envelopes.

Promises: the same text as the mail has, with the way to answer by telephone in place of the buttons; nothing is sent or recorded.
Fails:    LetterProblems, where the letter speaks of something that a posted letter cannot know.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mailer.errors import LetterProblems, Problem
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.postal import Addressee
from mailer.pipeline.papers.enclosures import Desk
from mailer.printing import documents as paper
from mailer.printing.sheets import LetterPage, MeetingSheet, Printed, Printing
from mailer.printing.words import word
from mailer.render.letters import Letters, letters_of, shipped_letters, write
from mailer.render.outgoing import Facts
from mailer.render.phrases import date_in_words, phrases_for
from mailer.terms import Address, MessageId, PersonId

_ASKS = re.compile(r"\[\[\s*buttons\s*\]\]")
_SIGNS = re.compile(r"\[\[\s*signature\s*\]\]")
_MARKS = re.compile(r"\*\*(?=\S)([^*]+?)\*\*")


async def posted(
    desk: Desk,
    meeting: Meeting,
    letter: str,
    templates: Path,
    addressees: Sequence[Addressee],
    signer: Person | None,
    now: datetime,
) -> tuple[Printed, Printed]:
    """The letters, and their labels in the same order. *templates*: the convener's own letters; *signer*: the champion who signs."""
    letters = _for_post(letter, templates, desk.sender.language)
    pages = [_page(desk, meeting, letter, letters, one, signer, now) for one in addressees]
    how = Printing(now, desk.paper)
    sheet = MeetingSheet(meeting.title, partnership=desk.sender.partnership, language=desk.sender.language)
    written = await asyncio.to_thread(paper.letters, sheet, pages, how)
    return written, await asyncio.to_thread(paper.address_labels, sheet, [one.label for one in addressees], how)


def _for_post(letter: str, templates: Path, language: str) -> Letters:
    """*letter* without the frame of a mail; where it asks for a click or signs, a posted letter does that its own way."""
    files: dict[str, str] = {}
    for folder in (shipped_letters(), templates):
        for path in sorted(folder.glob(f"{letter}*.txt")) if folder.is_dir() else ():
            if path.name.partition(".")[0] == letter:
                files[path.name] = path.read_text("utf-8", "replace")
    letters, problems = letters_of(
        {name: _changed(name, text, language) for name, text in files.items()}, default_language=language
    )
    if problems:
        raise LetterProblems(tuple(problems))
    if letter not in letters.names:
        raise LetterProblems(
            (Problem(f"{letter}.txt", 0, f"There is no letter “{letter}”.", remedy="See: convener check"),)
        )
    return letters


def _changed(name: str, text: str, default: str) -> str:
    parts = name.split(".")
    language = parts[1] if len(parts) == 3 else default
    ask = word(
        "answer_by_phone",
        language,
        phone="{{ convener.phone }}",
        name="{{ convener.name }}",
        address="{{ convener.address }}",
    )
    short = word("answer_by_letter", language, name="{{ convener.name }}", address="{{ convener.address }}")
    text = _ASKS.sub(lambda _: f"{{% if convener.phone %}}{ask}{{% else %}}{short}{{% endif %}}", text)
    return _SIGNS.sub("", text)


def _page(
    desk: Desk, meeting: Meeting, name: str, letters: Letters, to: Addressee, signer: Person | None, now: datetime
) -> LetterPage:
    own = desk.sender
    language = to.language or own.language
    person = Person(PersonId(0), desk.partnership, to.name, (), to.organisation, to.title, language=language)
    facts = Facts(MessageId("<posted@localhost>"), now, own, name, person, meeting=meeting, on_behalf_of=signer)
    done = write(facts, letters, Address(own.name, own.mailbox))
    signature = (signer.name, signer.title, signer.organisation) if signer else (own.name, own.title, own.organisation)
    return LetterPage(
        address=to.label,
        paragraphs=tuple(_MARKS.sub(r"\1", block.strip()) for block in re.split(r"\n{2,}", done.text) if block.strip()),
        date=date_in_words(meeting.local(now), phrases_for(done.language)),
        subject=done.subject,
        sender=tuple(line for line in (own.partnership, own.name, own.phone, own.mailbox) if line),
        signature=tuple(line for line in signature if line),
    )
