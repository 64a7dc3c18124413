"""What a convener says pretend answers are: "Ann=yes after 2 days", "Bob=no", "Cho=yes +1", "Dee=bounces".

Promises: pure; who is meant is found among the real people, and asked about where several could be. Fails: MailerError, with the right form.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.partnership.people import Person
from mailer.sandbox.habits import Act, Answers, Member, Program, Unknown, Way
from mailer.terms import PartStat, canonical

FORM = 'Write it like "Ann=yes after 2 days", "Bob=no", "Cho=yes +1 after 3 hours" or "Dee=bounces".'
SOON = timedelta(hours=4)
"""How long somebody thinks of whom nothing else is said."""

_AFTER = re.compile(r"\s+after\s+(\d{1,3}|an?)\s+(minute|hour|day|week)s?\s*$", re.IGNORECASE)
_GUESTS = re.compile(r"\s*\+\s*(\d{1,2})\s*$")
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {
    "yes": (PartStat.ACCEPTED, "Yes, I will be there."),
    "no": (PartStat.DECLINED, "Sorry, I cannot make it."),
    "maybe": (PartStat.TENTATIVE, "I am not sure yet, perhaps."),
    "done": (PartStat.NEEDS_ACTION, "Done."),
    "help": (PartStat.NEEDS_ACTION, "I need help with this."),
}
BOUNCES = "bounces"


@dataclass(frozen=True, slots=True)
class Saying:
    """One pretend answer. *who*: as typed; *words*: what the mail will say."""

    who: str
    words: str
    partstat: PartStat = PartStat.NEEDS_ACTION
    after: timedelta = SOON
    bounces: bool = False

    def __str__(self) -> str:
        return (
            f"{self.who}: address refused"
            if self.bounces
            else f"{self.who}: “{self.words}” after {_in_words(self.after)}"
        )


def read_saying(text: str) -> Saying:
    """Read one ``--say``."""
    who, equals, rest = text.partition("=")
    who, rest = who.strip(), rest.strip()
    if not equals or not who or not rest:
        raise MailerError(f"“{text}” is no pretend answer. {FORM}")
    after = SOON
    if (found := _AFTER.search(rest)) is not None:
        number = 1 if found[1].lower() in ("a", "an") else int(found[1])
        after, rest = _UNITS[found[2].lower()] * number, rest[: found.start()].strip()
    if rest.lower() == BOUNCES:
        return Saying(who, "", bounces=True)
    guests = 0
    if (more := _GUESTS.search(rest)) is not None:
        guests, rest = int(more[1]), rest[: more.start()].strip()
    partstat, words = _WORDS.get(rest.lower(), (PartStat.NEEDS_ACTION, rest.strip('"“”')))
    if guests:
        count = _NUMBERS[guests] if guests < len(_NUMBERS) else str(guests)
        words += f" I will bring {count} {'guest' if guests == 1 else 'guests'}."
    return Saying(who, words, partstat, after)


def members_of(sayings: Sequence[Saying], register: Sequence[Person]) -> tuple[Member, ...]:
    """The pretend people that do what *sayings* say; everybody else stays silent."""
    acts: dict[str, list[Act]] = {}
    troubled: set[str] = set()
    people: dict[str, Person] = {}
    for saying in sayings:
        person = _person(saying.who, register)
        address = person.address
        if address is None:
            raise MailerError(f"{person.name} has no address that mail can reach, so nothing can be answered.")
        people[address] = person
        if saying.bounces:
            troubled.add(address)
        else:
            act = Answers(Way.WORDS, saying.partstat, saying.words, saying.after, punctual=True)
            acts.setdefault(address, []).append(act)
    return tuple(
        _member(people[address], tuple(acts.get(address, ())), bounces=address in troubled) for address in people
    )


def habitual(register: Sequence[Person], but: Sequence[Member], seed: int = 1) -> tuple[Member, ...]:
    """Everybody else, with the habits that people have: half come, one in seven declines, a quarter stays silent; some at the second letter."""
    spoken = {m.email for m in but}
    return tuple(
        _member(person, _habits(Random(f"{seed}/{address}")), program=_program(address))  # noqa: S311 - the same story each time
        for person in register
        if (address := person.address) is not None and address not in spoken
    )


_LIKELY: tuple[tuple[float, tuple[Act, ...]], ...] = (
    (0.24, (Answers(Way.CALENDAR, PartStat.ACCEPTED),)),
    (0.18, (Answers(Way.WORDS, PartStat.ACCEPTED, "Yes, I will be there."),)),
    (0.03, (Answers(Way.WORDS, PartStat.ACCEPTED, "Yes, and I will bring one guest."),)),
    (0.07, (Answers(Way.CALENDAR, PartStat.DECLINED),)),
    (0.07, (Answers(Way.WORDS, PartStat.DECLINED, "Sorry, I cannot make it.", timedelta(days=1)),)),
    (0.06, (Answers(Way.WORDS, PartStat.TENTATIVE, "I am not sure yet, perhaps.", timedelta(days=2)),)),
    (0.10, (Answers(Way.WORDS, PartStat.ACCEPTED, "Yes, count me in.", timedelta(days=1), to_letter=2),)),
    (0.25, ()),
)


def _habits(chance: Random) -> tuple[Act, ...]:
    (chosen,) = chance.choices([acts for _, acts in _LIKELY], [weight for weight, _ in _LIKELY])
    return chosen


def _program(address: str) -> Program:
    return list(Program)[sum(address.encode()) % len(Program)]


def _member(
    person: Person, acts: tuple[Act, ...], *, bounces: bool = False, program: Program = Program.GMAIL
) -> Member:
    return Member(
        person.name,
        tuple(dict.fromkeys((person.address or "", *person.addresses))),
        person.organisation,
        person.title,
        language=person.language,
        phone=person.phone,
        program=program,
        acts=acts,
        trouble=Unknown() if bounces else None,
    )


def _person(who: str, register: Sequence[Person]) -> Person:
    """The one person that *who* means: an address, a whole name, or a part of a name or organisation."""
    if "@" in who:
        found = [p for p in register if canonical(who) in p.addresses]
    else:
        wanted = who.casefold()
        found = [p for p in register if p.name.casefold() == wanted]
        found = found or [p for p in register if wanted in p.name.casefold().split()]
        found = found or [p for p in register if wanted in p.name.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise MailerError(f"Nobody in the register is “{who}”. Write a name or an address as the register has it.")
    names = ", ".join(f"{p.name} ({p.organisation or p.address})" for p in found[:6])
    raise MailerError(f"“{who}” could be {names}{' and others' if len(found) > 6 else ''}. Write the address instead.")


@dataclass(frozen=True, slots=True)
class Outage:
    """The service is down from *begins* until *ends*: no tick, no sending, no receiving."""

    begins: datetime
    ends: datetime


def read_outage(text: str, zone: str) -> Outage:
    """Read ``2026-02-26`` (that day), ``2026-02-26..2026-02-28`` (to the end of the last day), or with times."""
    first, _, last = text.partition("..")
    begins = _moment(first, zone, end=False)
    ends = _moment(last or first, zone, end=True)
    if ends <= begins:
        raise MailerError(f"The outage “{text}” would end before it begins.")
    return Outage(begins, ends)


def _moment(text: str, zone: str, *, end: bool) -> datetime:
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text) + timedelta(days=int(end))
            return datetime.combine(day, time(), ZoneInfo(zone))
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError) as exc:
        raise MailerError(
            f"“{text}” is no day. Write 2026-02-26, 2026-02-26..2026-02-28, or 2026-02-26 09:00."
        ) from exc


def _in_words(while_: timedelta) -> str:
    for name, unit in reversed(_UNITS.items()):
        number, rest = divmod(while_, unit)
        if number and not rest and name != "week":
            return f"{number} {name}{'' if number == 1 else 's'}"
    return str(while_)
