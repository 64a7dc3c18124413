"""Whom or what on a numbered list a word names: each name by its parts, only where exactly one fits.

Promises: pure. A part that two share names neither by itself; the reader sees both and asks.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from mailer.understand.asks import words
from mailer.understand.asks.names import PARTICLES
from mailer.understand.asks.tokens import tidy, tokens

Names = Mapping[tuple[str, ...], frozenset[int]]
SHORTEST_PART = 2
SHORTEST_TITLE_WORD = 4


@cache
def _small_words() -> frozenset[str]:
    """Words that any sentence may hold."""
    return frozenset(
        t.form
        for code in words.codes()
        for kind in ("common.filler", "common.of", "common.and", "items.filler", "items.note", "dates.by", "items.move")
        for entry in words.expressions(code, kind)
        for t in tokens(tidy(entry))
    )


@cache
def _titles() -> frozenset[str]:
    """ "Dr" names nobody."""
    return frozenset(entry for code in words.codes() for entry in words.expressions(code, "delegate.title"))


def titles_of(entries: Iterable[tuple[int, str]]) -> Names:
    """(number, title) → the whole title, and each long word of it that no other title has."""
    found: dict[tuple[str, ...], set[int]] = {}
    for number, title in entries:
        forms = tuple(t.form for t in tokens(tidy(title[:300])))
        if not forms:
            continue
        found.setdefault(forms, set()).add(number)
        for form in set(forms):
            if len(form) >= SHORTEST_TITLE_WORD and form.isalpha() and form not in _small_words():
                found.setdefault((form,), set()).add(number)
    return {forms: frozenset(numbers) for forms, numbers in found.items() if len(numbers) == 1}


def names_of(entries: Iterable[tuple[int, str, str]]) -> Names:
    """(number, name, organisation) → expressions → the numbers they may mean."""
    found: dict[tuple[str, ...], set[int]] = {}

    def add(forms: tuple[str, ...], number: int) -> None:
        if forms and (len(forms) > 1 or len(forms[0]) >= SHORTEST_PART):
            found.setdefault(forms, set()).add(number)

    for number, name, organisation in entries:
        parts = tuple(t.form for t in tokens(tidy(name[:200])) if t.sort == "word")
        while len(parts) > 1 and parts[0] in _titles():
            parts = parts[1:]
        add(parts, number)
        if len(parts) > 2:
            add((parts[0], parts[-1]), number)
        for part in (*parts[:1], *parts[-1:]):
            add((part,), number)
        if len(parts) > 2 and parts[1] in PARTICLES:
            add(parts[1:], number)  # "de la Cruz"
        whole = tuple(t.form for t in tokens(tidy(organisation[:200])))
        add(whole, number)
        if len(whole) > 1 and len(whole[0]) > 3 and whole[0] not in _COMMON:
            add(whole[:1], number)
        if len(whole) > 2:
            add(whole[:-1], number)  # "St. Mary's", of "St. Mary's Hospital"
    return {forms: frozenset(numbers) for forms, numbers in found.items()}


_COMMON = frozenset(
    {"the", "city", "county", "state", "north", "south", "east", "west", "first", "national", "american", "great"}
    | {"college", "university", "department"}
)
"""A firm is not called by such a first word alone."""
