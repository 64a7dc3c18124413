"""Which kinds of public partner a partnership has, and for which nobody is in the register yet.

What somebody is shows in the name of the organisation and in the title, as people write them; nothing is asked of a people file. Promises: pure;
each kind with the names that count for it, so that a wrong guess is seen. Never: takes a company for a public partner.
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
    partners = [p for p in people if p.kind is not PartnerKind.BUSINESS and not p.of_the_house]
    return tuple(
        PartnerGap(
            kind,
            tuple(
                f"{p.name}, {p.organisation}" if p.organisation else p.name
                for p in partners
                if re.search(words, f"{p.organisation} {p.title}", re.IGNORECASE)
            ),
        )
        for kind, words in _KINDS
    )


def gaps_text(found: Iterable[PartnerGap]) -> str:
    """In words: what is missing first."""
    every = tuple(found)
    missing = [g.kind for g in every if not g.names]
    lines = [f"No contact yet for: {', '.join(missing)}." if missing else "There is somebody of every kind."]
    lines += [f"- {g.kind}: {'; '.join(g.names[:5])}{' …' if len(g.names) > 5 else ''}" for g in every if g.names]
    return "\n".join(
        [*lines, "Told by the names of organisations and by titles; a partner with another name may be missed."]
    )
