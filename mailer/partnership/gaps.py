"""Which kinds of public partner a partnership has, and for which nobody is in the register yet.

What somebody is shows in the name of the organisation and in the title, as people write them; nothing is asked of a people file. Promises: pure;
each kind with the names that count for it, put as a question. Never: takes a company for a public partner; writes a guess down.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.partnership.people import PartnerKind, Person

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "workforce services",
        r"workforce|job cent(?:er|re)|career ?(?:source|link|works|cent(?:er|re))|employment|labou?r|empleo|arbeitsagentur|jobcenter",
    ),
    (
        "economic development",
        r"economic|development (?:corporation|council|authority|agency)|chamber|desarrollo económico|cámara|wirtschaftsförderung|handelskammer",
    ),
    (
        "colleges and universities",
        r"college|universit|polytechnic|institute of technology|technical institute|hochschule",
    ),
    ("vocational rehabilitation", r"rehabilitation|rehab\b|rehabilitación|disabilit|blind\b"),
    (
        "adult education and literacy",
        r"adult (?:ed|education|learning|basic)|literacy|continuing education|educación de adultos|alfabetización|volkshochschule",
    ),
    (
        "human services",
        r"human services|social services|family services|famil(?:y|ies) and children|tanf|welfare|servicios sociales|sozialamt",
    ),
    ("schools", r"school|k-12|escuela|schul"),
)
"""In our own words, with what the names of such organisations hold."""


@dataclass(frozen=True, slots=True)
class PartnerGap:
    """One kind of partner, and who stands for it; nobody is a gap."""

    kind: str
    names: tuple[str, ...]


def gaps(people: Iterable[Person]) -> tuple[PartnerGap, ...]:
    """Every kind, with the partners in the register whose organisation or title says so."""
    partners = _partners(people)
    return tuple(PartnerGap(kind, tuple(_named(p) for p in partners if _is(p, words))) for kind, words in _KINDS)


def unplaced(people: Iterable[Person]) -> tuple[str, ...]:
    """Partners whose names say nothing of their kind."""
    return tuple(_named(p) for p in _partners(people) if not any(_is(p, words) for _, words in _KINDS))


def _partners(people: Iterable[Person]) -> list[Person]:
    return [p for p in people if p.kind is not PartnerKind.BUSINESS and not p.of_the_house]


def _is(person: Person, words: str) -> bool:
    return re.search(words, f"{person.organisation} {person.title}", re.IGNORECASE) is not None


def _named(person: Person) -> str:
    return f"{person.name}, {person.organisation}" if person.organisation else person.name


def gaps_text(people: Iterable[Person]) -> str:
    """In words: what is missing first; what is only taken from names is asked, and kept nowhere."""
    register = tuple(people)
    every, others = gaps(register), unplaced(register)
    missing = [g.kind for g in every if not g.names]
    lines = [f"No contact yet for: {', '.join(missing)}." if missing else "There is somebody of every kind."]
    there = [f"- {g.kind}: {_some(g.names)}" for g in every if g.names]
    if there:
        lines += [
            "By the names of their organisations and by their titles I take these for them. Is that right?",
            *there,
        ]
    if others:
        lines.append(f"What these stand for I cannot tell by their names: {_some(others)}.")
    if missing and (there or others):
        lines.append("Where I am wrong, nothing follows from it: nobody's kind is written down anywhere.")
    return "\n".join(lines)


def _some(names: tuple[str, ...]) -> str:
    return f"{'; '.join(names[:5])}{' …' if len(names) > 5 else ''}"
