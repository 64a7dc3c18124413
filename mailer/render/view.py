"""What a letter may speak of: every name that may stand between {{ and }}, and nothing else.

Promises: the fields of these classes are the whole vocabulary; `NAMES` is read off them, for checks and for the manual. Every text
is one line, except where `Lines` says otherwise, so that no name or title can add a line to a header or to a letter.
What is not known for a letter is None as a whole (``champion``, ``before``, ``about``) and empty in its parts.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import get_type_hints
from zoneinfo import ZoneInfo

from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.render.lines import Lines, clean_lines, headline, one_line
from mailer.render.links import LinksView, links_to_answer, reference
from mailer.render.listings import listings
from mailer.render.outgoing import Draft, Facts, Sender
from mailer.render.phrases import (
    Phrases,
    date_in_words,
    hours_in_words,
    phrases_for,
    time_in_words,
    when_in_words,
    zone_in_words,
)
from mailer.render.understood import understood
from mailer.terms import PartStat

_MOST_WORDS = 4000  # of somebody's own mail, quoted to the convener
_MOST_LETTER = 20_000  # of a letter shown to its signer


@dataclass(frozen=True, slots=True)
class PersonView:
    """person, champion, about, signer."""

    name: str
    first_name: str
    organisation: str
    title: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class AboutView:
    """The person a letter to the convener tells of. *dead_addresses*: what no longer works; *address*: what is left."""

    name: str
    first_name: str
    organisation: str
    title: str
    address: str
    phone: str
    dead_addresses: str


@dataclass(frozen=True, slots=True)
class MeetingView:
    """meeting, before. *when* is date and hours in one phrase; *hours* from when to when, empty if it takes several days;
    *time* when it begins; *zone* as in "CDT"."""

    title: str
    when: str
    date: str
    hours: str
    time: str
    end_time: str
    zone: str
    place: str
    online_link: str
    description: Lines
    reply_deadline: str
    comments_until: str
    seats: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the reader has answered: "yes", "no", "maybe" or nothing, in the letter's language. *earlier*: to the date before
    the meeting was moved. *guests* is a number. *waiting*: "yes" while they wait for a chair of a full meeting; *offered_until*: until when one is
    kept for them."""

    word: str
    earlier: str
    guests: int
    comment: str
    waiting: str
    offered_until: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """The letter that a signer is asked about. *again* is "yes" in a reminder."""

    subject: str
    text: Lines
    letters: int
    when: str
    again: str


@dataclass(frozen=True, slots=True)
class WordsView:
    """The service's own words, in the letter's language."""

    yes: str
    no: str
    maybe: str
    ask: str
    ask_or_tap: str
    when: str
    where: str
    online: str
    on_behalf_of: str
    stop: str
    stop_link: str


@dataclass(frozen=True, slots=True)
class View:
    """The names a letter begins with. *signer* signs: the champion, else the convener. *attached*: the words of the rule; empty
    if nothing is. *reference* marks the letter. *understood*: the sentence about the reader's answer, with the way to correct it."""

    person: PersonView
    partnership: str
    convener: PersonView
    signer: PersonView
    champion: PersonView | None
    meeting: MeetingView | None
    before: MeetingView | None
    about: AboutView | None
    instead_of: PersonView | None
    answer: AnswerView | None
    draft: DraftView | None
    understood: str
    links: LinksView | None
    their_words: Lines
    notice: Lines
    headline: str
    # what `listings` lists
    items: Lines
    plan: Lines
    choices: Lines
    calls: Lines
    contacts: Lines
    totals: Lines
    teams: Lines
    document: Lines
    comments: Lines
    question: Lines
    answer_by: Lines
    readiness: Lines
    stories: Lines
    attached: str
    reference: str
    language: str
    words: WordsView


def _vocabulary() -> dict[str, tuple[str, ...]]:
    parts = {"PersonView": PersonView, "MeetingView": MeetingView, "AboutView": AboutView}
    parts |= {"AnswerView": AnswerView, "DraftView": DraftView, "LinksView": LinksView, "WordsView": WordsView}
    hints = get_type_hints(View)
    names: dict[str, tuple[str, ...]] = {}
    for name in (f.name for f in fields(View)):
        known = [part for part in parts.values() if part in (hints[name], *getattr(hints[name], "__args__", ()))]
        names[name] = tuple(f.name for f in fields(known[0])) if known else ()
    return names


NAMES: dict[str, tuple[str, ...]] = _vocabulary()
"""Name → its parts; none for a plain text."""

OPTIONAL: dict[str, str] = {
    "champion": "nobody signs it on behalf of the partnership (the rule has no on-behalf-of)",
    "before": "the meeting was not changed",
    "about": "it tells of no other person",
    "instead_of": "the reader comes in nobody's place",
    "answer": "the reader is not invited",
    "draft": "it asks nobody for an OK",
    "links": "the reader is not invited",
    "meeting": "it belongs to no meeting",
}
"""Names that are nothing in some letters, and why."""


def view_of(facts: Facts, language: str) -> View:
    """Put *facts* into the words of *language*."""
    phrases = phrases_for(language)
    token = facts.invitation.token if facts.invitation else None
    champion = person_view(facts.on_behalf_of) if facts.on_behalf_of else None
    convener = _convener(facts.sender)
    return View(
        person=person_view(facts.person),
        partnership=one_line(facts.sender.partnership),
        convener=convener,
        signer=champion or convener,
        champion=champion,
        meeting=_meeting(facts.meeting, language) if facts.meeting else None,
        before=_meeting(facts.before, language) if facts.before else None,
        about=_about(facts.about) if facts.about else None,
        instead_of=person_view(facts.instead_of) if facts.instead_of else None,
        answer=_answer(facts, phrases),
        draft=_draft(facts.particulars.draft, phrases) if facts.particulars.draft else None,
        understood=understood(
            facts.invitation, facts.meeting, language, delegate=facts.delegate, recorded_by=facts.sender.name
        ),
        links=links_to_answer(facts.sender, token, facts.meeting, phrases) if token else None,
        their_words=Lines(clean_lines(facts.their_words)[:_MOST_WORDS]),
        notice=Lines(clean_lines(facts.notice)),
        headline=headline(facts.notice) or "a word from your convener service",
        **listings(facts, phrases),
        attached=", ".join(facts.attach),
        reference=reference(token),
        language=language,
        words=_words(language),
    )


def person_view(person: Person) -> PersonView:
    name = one_line(person.name)
    return PersonView(
        name=name or (person.address or ""),
        first_name=first_name(name) or (person.address or ""),
        organisation=one_line(person.organisation),
        title=one_line(person.title),
        address=person.address or "",
        phone=one_line(person.phone),
    )


_COURTESY = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "sr", "sra", "herr", "frau", "hr", "fr", "m", "mme", "rev"}
)


def first_name(name: str) -> str:
    """ "Ann" of "Ann Ortiz", of "Ortiz, Ann" and of "Dr. Ann Ortiz"; an initial alone takes the whole name along."""
    family, comma, given = name.partition(",")
    words = (given if comma and given.strip() else family).split()
    while len(words) > 1 and words[0].rstrip(".").lower() in _COURTESY:
        words = words[1:]
    if not words:
        return ""
    return name if len(words[0].rstrip(".")) < 2 else words[0]


def _convener(sender: Sender) -> PersonView:
    return PersonView(
        name=one_line(sender.name),
        first_name=first_name(one_line(sender.name)),
        organisation=one_line(sender.organisation),
        title=one_line(sender.title),
        address=sender.mailbox,
        phone=one_line(sender.phone),
    )


def _about(person: Person) -> AboutView:
    view = person_view(person)
    return AboutView(
        name=view.name if person.name.strip() else person.addresses[0],
        first_name=view.first_name,
        organisation=view.organisation,
        title=view.title,
        address=view.address,
        phone=view.phone,
        dead_addresses=", ".join(sorted(person.dead)),
    )


@lru_cache(maxsize=256)
def _meeting(meeting: Meeting, language: str) -> MeetingView:
    phrases = phrases_for(language)
    start, end = meeting.local(meeting.dtstart), meeting.local(meeting.dtend)
    deadline = meeting.reply_deadline
    return MeetingView(
        title=one_line(meeting.title),
        when=when_in_words(start, end, phrases),
        date=date_in_words(start, phrases),
        hours=hours_in_words(start, end, phrases),
        time=time_in_words(start, phrases),
        end_time=time_in_words(end, phrases),
        zone=zone_in_words(start),
        place=one_line(meeting.place),
        online_link=one_line(meeting.online_link),
        description=Lines(clean_lines(meeting.description)),
        reply_deadline=date_in_words(meeting.local(deadline), phrases) if deadline else "",
        comments_until=date_in_words(meeting.local(meeting.comments_until), phrases) if meeting.comments_until else "",
        seats=str(meeting.capacity) if meeting.capacity else "",
    )


def _answer(facts: Facts, phrases: Phrases) -> AnswerView | None:
    given = facts.invitation
    if given is None:
        return None
    return AnswerView(
        word=_word(given.partstat, phrases),
        earlier=_word(given.earlier, phrases),
        guests=given.guests,
        comment=one_line(given.comment),
        waiting=_word(PartStat.ACCEPTED, phrases) if given.waiting_since is not None else "",
        offered_until=_until(facts, given.offered_until, phrases),
    )


def _draft(draft: Draft, phrases: Phrases) -> DraftView:
    local = draft.leaves_at.astimezone(ZoneInfo(draft.zone)) if draft.leaves_at else None
    return DraftView(
        subject=one_line(draft.subject),
        text=Lines(clean_lines(draft.text)[:_MOST_LETTER]),
        letters=draft.letters,
        when=f"{date_in_words(local, phrases)}, {time_in_words(local, phrases)}" if local else "",
        again=phrases.answers[PartStat.ACCEPTED][0].lower() if draft.again else "",
    )


def _until(facts: Facts, instant: datetime | None, phrases: Phrases) -> str:
    if instant is None or facts.meeting is None:
        return ""
    local = facts.meeting.local(instant)
    return f"{date_in_words(local, phrases)}, {time_in_words(local, phrases)}"


def _word(partstat: PartStat | None, phrases: Phrases) -> str:
    return phrases.answers[partstat][0].lower() if partstat in phrases.answers else ""


@lru_cache(maxsize=32)
def _words(language: str) -> WordsView:
    phrases = phrases_for(language)
    return WordsView(
        yes=phrases.answers[PartStat.ACCEPTED][0],
        no=phrases.answers[PartStat.DECLINED][0],
        maybe=phrases.answers[PartStat.TENTATIVE][0],
        **{f.name: getattr(phrases, f.name) for f in fields(WordsView) if f.name not in ("yes", "no", "maybe")},
    )
