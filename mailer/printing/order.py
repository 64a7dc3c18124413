"""Who stands where on a list: organisations in the order of the alphabet, people by family name, accents and case aside."""

import unicodedata
from collections.abc import Iterable

from mailer.printing.sheets import Attendee


def folded(text: str) -> str:
    """*text* as it is sorted: "Ángeles" beside "Angeles"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


_AFTER_THE_NAME = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"})


def family_name(name: str) -> str:
    """The part a list is sorted by: "Ortiz" of "Ann Ortiz", of "Ortiz, Ann" and of "Ann Ortiz Jr."; a name of one word is itself."""
    family, comma, given = name.partition(",")
    if comma and folded(given).strip(" .") not in _AFTER_THE_NAME:
        return family.strip()
    words = family.split()
    while len(words) > 1 and folded(words[-1]).strip(".") in _AFTER_THE_NAME:
        words.pop()
    return words[-1] if words else ""


def by_family_name(attendees: Iterable[Attendee]) -> list[Attendee]:
    return sorted(attendees, key=lambda a: (folded(family_name(a.name)), folded(a.name), folded(a.organisation)))


def by_organisation(attendees: Iterable[Attendee]) -> list[tuple[str, list[Attendee]]]:
    """Organisations with their people; those who gave none come last. Spellings that differ in case or blanks are one."""
    groups: dict[str, tuple[str, list[Attendee]]] = {}
    for attendee in by_family_name(attendees):
        shown = " ".join(attendee.organisation.split())
        groups.setdefault(folded(shown), (shown, []))[1].append(attendee)
    return [groups[key] for key in sorted(groups, key=lambda k: (not k, k))]
