"""Count who comes along: "+1", "my wife and I", "we will be three", "bringing Ann and Bob".

Promises: a pure function over the phrases found; a number only where the words give one.
Never:    decides whether anybody comes.
Fails:    not at all: what cannot be counted is `unclear`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.understand.clauses import Word
from mailer.understand.lexicon import Lexicon
from mailer.understand.phrases import Match

MOST_GUESTS = 20
"""More than this is not a party but a year, a room or a price."""


@dataclass(frozen=True, slots=True)
class Party:
    guests: int = 0
    unclear: bool = False


def count_party(
    read: Sequence[tuple[Sequence[Word], Mapping[str, Sequence[Match]]]], lexicons: Sequence[Lexicon]
) -> Party:
    """Count companions over all sentences; two ways of counting that disagree are unclear."""
    totals: set[int] = set()
    more = 0
    unclear = False
    for (words, found), lex in zip(read, lexicons, strict=True):
        counted = [m for signal in ("g_plus", "g_one", "g_total") for m in found.get(signal, ())]
        unclear = unclear or any(
            not any(m.begin <= vague.begin and vague.end <= m.end for m in counted)
            for vague in found.get("g_unclear", ())
        )
        more_people = found.get("g_plus", ())
        for match in _apart(found.get("g_total", ())):
            if any(plus.begin < match.end and match.begin < plus.end for plus in more_people):
                continue  # "with two people more" are not two in all
            number = _number(match, words, lex)
            if number is not None and 1 <= number <= MOST_GUESTS:
                totals.add(number - 1)
        here = bare = 0
        alone = found.get("g_none", ())
        said_so = any(found.get(signal) for signal in ("yes", "wish", "works", "bare_yes", "maybe"))
        for match in _apart([*found.get("g_plus", ()), *found.get("g_one", ())]):
            if any(none.begin < match.end and match.begin < none.end for none in alone):
                continue  # "no plus one"
            if words[match.begin].form in lex.joints and not said_so:
                continue  # "my daughter has a recital and my son has a game"
            if match.signal == "g_plus":
                number = _number(match, words, lex)
                if number is not None and 1 <= number <= MOST_GUESTS:
                    here += number
                elif not any(word.form in lex.hours for word in words[match.end : match.end + 1]):
                    unclear = True
            else:
                named = _named(match)
                here += named
                bare += not named
        # "my wife and I …, and we will both come" are two, not three
        here = here or bare
        more = max(more, here) if here else more
    if totals and more and totals != {more}:
        # "We will be three: my wife, my son and I" counts twice; the total counts.
        return Party(max(totals), unclear or max(totals) < more)
    if len(totals) > 1:
        return Party(max(totals), True)
    if totals:
        return Party(next(iter(totals)), False)
    return Party(more, unclear)


def _named(match: Match) -> int:
    """Companions named: a title and a name, side by side, are one."""
    spans = sorted((begin, end) for key, begin, end in match.kept if key in ("@", "<companion>"))
    return sum(1 for place, (begin, _) in enumerate(spans) if not place or spans[place - 1][1] != begin)


def _number(match: Match, words: Sequence[Word], lex: Lexicon) -> int | None:
    for key, begin, _ in match.kept:
        if key in ("#", "+#"):
            if any(word.form in lex.hours for word in words[begin + 1 : begin + 2]):
                return None  # "at ten o'clock"
            return lex.phrases.number(words[begin].form)
    return None


def _apart(matches: Sequence[Match]) -> list[Match]:
    """Of phrases that overlap the longest."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.begin - m.end, m.begin)):
        if all(match.end <= other.begin or other.end <= match.begin for other in kept):
            kept.append(match)
    return kept
