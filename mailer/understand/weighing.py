"""All sentences together: which answers stand for certain, and which are hedged, about another day, or about other things.

Promises: a pure function of what the sentences say.
Never:    decides between answers (words.py).
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailer.understand import lexicon
from mailer.understand.asked import WEEK, times
from mailer.understand.clauses import COMMA
from mailer.understand.phrases import Match
from mailer.understand.said import ANSWERS, Said


@dataclass(slots=True)
class Weighed:
    """Answers of the whole message, by kind: (sentence, match), certain and uncertain ones apart."""

    sure: dict[str, list[tuple[Said, Match]]] = field(default_factory=dict)
    unsure: dict[str, list[tuple[Said, Match]]] = field(default_factory=dict)

    def add(self, signal: str, said: Said, match: Match, sure: bool) -> None:
        (self.sure if sure else self.unsure).setdefault(signal, []).append((said, match))


ATTENDS = ("yes", "wish", "works", "bare_yes")
"""Answers that say the writer comes, somewhere, some day."""

_PLAIN = frozenset(
    {"reason", "cond", "partial", "remote", "earlier", "turn", "host", "thanks", "regretful", "ack", "seen", "absent"}
) | {
    "g_ask",
    "pointed",
    "for_whom",
    "speaks_for",
    "booked",
}
"""Signals that are weighed as they stand."""

FREE_WORDS = {"no": 1, "yes": 0, "wish": 0, "works": 0}
"""Words after an answer, in its clause, that nothing explains: so many are let pass. One more after a word like "attend"."""


NEGATION_REACHES = 6
"""Words from a negation to the answer that it turns round."""


def weigh(saids: Sequence[Said], asked: bool = False) -> Weighed:
    """*asked*: a letter that asks is known, so that "I'll be there, front row" can hardly be about anything else."""
    weighed = Weighed()
    plain = any(said.has("bare_yes", "thanks", "yes", "ack") for said in saids)
    for said in saids:
        if asked:
            # "Sounds good" and "fine with us" are an answer to a letter, and may be one to anything
            said.found.setdefault("works", []).extend(replace(m, signal="works") for m in said.found.get("likes", ()))
        if asked or plain:
            said.found.setdefault("yes", []).extend(replace(m, signal="yes") for m in said.found.get("parting", ()))
        for signal in ANSWERS:
            for match in said.found.get(signal, ()):
                elsewhen = signal in ATTENDS and any(
                    not turns_between(said, e, match) for e in said.found.get("elsewhen", ())
                )
                sure = not (
                    _hedged(said, match)
                    or _negated(said, match)
                    or _about_else(said, match, asked)
                    or _of_another(said, match)
                )
                weighed.add("later" if elsewhen else signal, said, match, sure)
        for signal in _PLAIN:
            for match in said.found.get(signal, ()):
                weighed.add(signal, said, match, True)
    return weighed


def _hedged(said: Said, match: Match) -> bool:
    """Something before the answer, or in its clause, makes it uncertain: "I think I can come". Not so after a "but"."""
    if match.signal == "maybe":
        return False
    therefore = lexicon.load(said.language).therefore
    return any(
        (hedge.begin <= match.begin or not said.pause_between(hedge, match))
        and not turns_between(said, hedge, match)
        and not any(word.form in therefore for word in said.words[hedge.end : match.begin])
        and not _begins_anew(said, hedge, match)
        for hedge in said.found.get("hedge", ())
    )


def _of_another(said: Said, match: Match) -> bool:
    """The phrase names nobody, and a word that nothing accounts for stands right before it: a subject, perhaps."""
    lex = lexicon.load(said.language)
    if match.signal == "works" and match.begin and not match.opened:
        for place in range(said.clause(match)[0], match.begin):
            form = said.words[place].form
            known = (
                form in lex.around
                or form in lex.marks
                or form in lex.never_names
                or place in said.accounted
                or (place in said.spoken_for and not (lex.nouns_capital and said.words[place].capital))
                or form[:1].isdigit()
                or form == COMMA
            )
            if not known:
                return True  # "the link works for me", "deliveries on the 17th are fine"
        return False
    if match.signal not in ("yes", "no") or match.opened or not match.begin or not lex.subjects_needed:
        return False
    if any(word.form in lex.self for word in said.words[match.begin : match.end]):
        return False
    before = said.words[match.begin - 1].form
    return not (
        before == COMMA
        or match.begin - 1 in said.spoken_for
        or match.begin - 1 in said.accounted
        or before in lex.known
        or before[:1].isdigit()
    )


def _begins_anew(said: Said, hedge: Match, match: Match) -> bool:
    """ "I think this is a great idea and I'm in": the answer is a clause of its own; not so in "I think Ann and I will come"."""
    lex = lexicon.load(said.language)
    if said.words[match.begin].form not in lex.self or match.begin - hedge.end < 4:
        return False
    before = said.words[match.begin - 1]
    return before.form in lex.joints and not said.words[match.begin - 2].capital and not said.has("g_one")


def _negated(said: Said, match: Match) -> bool:
    """A negation that no phrase accounts for stands before the answer in its clause: "don't …", "nobody says that …"."""
    lex = lexicon.load(said.language)
    begin = said.clause(match)[0]
    for place in range(match.begin - 1, max(begin, match.begin - NEGATION_REACHES) - 1, -1):
        form = said.words[place].form
        if form in lex.joints or form in lex.therefore:
            return False
        if form in lex.negation and place not in said.accounted:
            # "No, I can't": the word that opens the clause answers by itself
            return not (match.signal in ("no", "nowish", "bare_no") and place == begin)
    return False


def _about_else(said: Said, match: Match, asked: bool) -> bool:
    """The words after the answer, or days named beside it, show that something else may be meant."""
    signal = match.signal
    if signal in FREE_WORDS:
        free = max(FREE_WORDS[signal], int(is_firm(said, match)))
        lex = lexicon.load(said.language)
        if asked and signal == "yes" and said.words[match.end - 1].form in lex.place:
            limited = match.end < len(said.words) and said.words[match.end].form in lex.limits
            free = free if limited else 3
        if _goes_on(said, match) > free:
            return True
    if signal in ("yes", "wish"):
        return len(times(said.words) & WEEK) > 1  # "Tuesday or Thursday": which?
    if signal == "no":
        # "not next week": the invitation's day, or another?
        return any(
            0 <= e.begin - match.end <= 4 and not said.pause_between(e, match) for e in said.found.get("elsewhen", ())
        )
    return False


def is_firm(said: Said, match: Match) -> bool:
    """The words speak of attending; "I come" and "see you" are said of many things."""
    firm = lexicon.load(said.language).firm
    return any(word.form in firm for word in said.words[match.begin : match.end])


def _goes_on(said: Said, match: Match) -> int:
    """Words after the answer, in its clause, that no invitation explains: "we will come *in under budget*"."""
    lex = lexicon.load(said.language)
    count = 0
    for place in range(match.end, len(said.words)):
        word = said.words[place]
        if word.form == COMMA or word.form in lex.joints:
            break
        if word.form in lex.around or word.capital or place in said.spoken_for or word.form[:1].isdigit():
            continue
        count += 1
    return count


def turns_between(said: Said, a: Match, b: Match) -> bool:
    low, high = min(a.end, b.end), max(a.begin, b.begin)
    return any(low <= match.begin < high or match.begin == low for match in said.found.get("but", ()))
