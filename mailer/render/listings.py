"""Lists in letters: action items, choices, calls, totals, teams, as lines of text in the language of the letter.

Promises: one line an entry, numbered where the reader answers by number; an empty list is an empty text, so that a letter can leave it out
with ``{% if items %}``. Never: knows where the entries came from.
"""

from collections.abc import Iterable
from datetime import datetime, time
from typing import TypedDict
from zoneinfo import ZoneInfo

from mailer.render.lines import Lines, Written, clean_lines, one_line
from mailer.render.outgoing import Facts, ItemLine, Offer, Totals
from mailer.render.phrases import Phrases, date_in_words, time_in_words, zone_in_words

_MOST_WORDS = 60_000  # of a document in a letter


class Listings(TypedDict):
    """The names of `view.View` that hold lists."""

    items: Lines
    plan: Lines
    choices: Lines
    calls: Lines
    contacts: Lines
    totals: Lines
    teams: Lines
    document: Written
    comments: Lines
    question: Lines
    answer_by: Lines
    readiness: Lines
    stories: Lines


LISTS = frozenset(Listings.__annotations__)
"""Their names."""


def listings(facts: Facts, phrases: Phrases) -> Listings:
    """Every list that *facts* has something for."""
    parts = facts.particulars
    zone = ZoneInfo(facts.meeting.zone if facts.meeting else "UTC")
    now = facts.now.astimezone(zone)
    return Listings(
        items=_lines(_item(each, phrases, now) for each in parts.items),
        plan=Lines("\n".join(_plan(parts.plan, phrases, now))),
        choices=_lines(f"{offer.number}. {_offer(offer, phrases, zone)}" for offer in parts.offers),
        calls=_lines(
            f"{c.number}. "
            + ", ".join(one_line(part) for part in (c.name, c.organisation, c.phone, c.remark) if part.strip())
            for c in parts.callees
        ),
        contacts=_lines(
            f"{c.number}. {', '.join(one_line(part) for part in (c.name, c.organisation) if part.strip())}"
            for c in parts.contacts
        ),
        totals=_totals(parts.totals, phrases),
        teams=_lines(f"- {one_line(team)}" for team in parts.teams),
        document=Written(clean_lines(parts.document)[:_MOST_WORDS]),
        comments=_lines(f"{one_line(who)}: {one_line(words)}" for who, words in parts.comments),
        question=Lines(one_line(parts.question)),
        answer_by=Lines(date_in_words(parts.answer_by.astimezone(zone), phrases) if parts.answer_by else ""),
        readiness=_lines(f"- {one_line(each)}" for each in parts.readiness),
        stories=_lines(_story(*story) for story in parts.stories),
    )


def _story(number: int, words: str, who: str) -> str:
    told = f"“{one_line(words)}”" + (f" ({one_line(who)})" if who else "")
    return f"{number}. {told}" if number else f"- {told}"


def _lines(lines: Iterable[str]) -> Lines:
    return Lines("\n".join(lines))


def _item(line: ItemLine, phrases: Phrases, now: datetime) -> str:
    item = line.item
    if item.due is None:
        day = phrases.no_date
    else:
        words = date_in_words(datetime.combine(item.due, time()), phrases)
        day = (phrases.overdue if item.overdue(now.date()) else phrases.due).format(date=words)
    notes = [day, *([phrases.help_asked] if item.help else []), *([one_line(line.owner)] if line.owner else [])]
    return f"{item.number}. {one_line(item.text)} ({', '.join(notes)})"


def _plan(lines: tuple[ItemLine, ...], phrases: Phrases, now: datetime) -> list[str]:
    """Open items under their priorities."""
    out: list[str] = []
    heading = None
    for line in sorted(lines, key=lambda each: (each.item.priority, each.item.number)):
        if line.item.priority != heading:
            heading = line.item.priority
            out += [*([""] if out else []), *([one_line(heading)] if heading else [])]
        out.append(_item(line, phrases, now))
    return out


def _offer(offer: Offer, phrases: Phrases, zone: ZoneInfo) -> str:
    if offer.dtstart is None:
        return one_line(offer.label)
    local = offer.dtstart.astimezone(zone)
    return f"{date_in_words(local, phrases)}, {time_in_words(local, phrases)} ({zone_in_words(local)})"


def _totals(totals: Totals | None, phrases: Phrases) -> Lines:
    if totals is None:
        return Lines("")
    if totals.told is not None and totals.told != totals.chairs:
        first = phrases.chairs_before.format(count=totals.chairs, before=totals.told)
    else:
        first = phrases.chairs.format(count=totals.chairs)
    return _lines([first, *(f"{one_line(kind)}: {count}" for kind, count in totals.needs)])
