"""What was asked: whether a bare "yes" means coming, and whether a time that suits is the time that was offered.

Promises: a pure function of subject and quoted text; where nothing is known of the question, our own invitation was the question.
Never:    knows a language: the words are each lexicon's ``[asked]`` and ``[days]``.
Fails:    not at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from mailer.understand import lexicon
from mailer.understand.clauses import Word, plain, sentences, tidy

LONGEST_CONTEXT = 4_000
"""Characters of quoted text that are looked at: an invitation asks before that."""

WEEK = frozenset({"mo", "tu", "we", "th", "fr", "sa", "su"})


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """One alternation of fixed stems of all languages: linear whatever it is given."""
    stems = sorted({plain(stem) for code in lexicon.codes() for stem in lexicon.asked(code)[kind]})
    return re.compile(r"\b(?:" + "|".join(map(re.escape, stems)) + ")")


@cache
def _days() -> Mapping[str, str]:
    return {
        plain(name): day
        for code in lexicon.codes()
        for day, names in lexicon.days(code).items()
        for name in names.split()
    }


def asks_attendance(subject: str, quoted: str) -> bool:
    """Whether a bare yes would mean coming: the question asked for attendance, and not for its lack or for something else."""
    topic = _folded(re.sub(r"(?i)^(?:\s*[a-z]{1,4}\s*:)+", "", subject[:300]))
    letter = _folded(quoted[:LONGEST_CONTEXT])
    if _pattern("reply").search(letter):
        return True
    questions = re.findall(r"[^.!?]{0,400}\?", letter) or re.findall(r"[^.!?]{0,300}\?", topic)
    if questions:
        return not any(map(_pattern("against").search, questions)) and any(
            map(_pattern("attendance").search, questions)
        )
    if not letter:
        return True
    return any(_pattern("attendance").search(text) for text in (letter, topic)) and not _pattern("against").search(
        letter
    )


def _folded(text: str) -> str:
    return " ".join(plain(word) for word in text.split())


def times(words: Sequence[Word]) -> set[str]:
    """Hours and days of the month, weekdays, noon: what "works for me" may name, in one form for all spellings."""
    days = _days()
    found = set()
    for word in words:
        form = word.form
        if form in days:
            found.add(days[form])
        elif form[:1].isdigit():
            digits = re.match(r"\d{1,2}(?:[.:h]\d\d)?", form)
            if digits:
                found.add(re.sub(r"[.:h](?:00)?$|[.h]", ":", digits.group()).strip(":"))
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What the letter named: *weekdays*, *days* (days of the month and hours, as `times` gives them), *occasions*. Empty: not known."""

    weekdays: frozenset[str]
    days: frozenset[str]
    occasions: frozenset[str]
    known: bool = False
    """There was a letter."""

    def fits(self, words: Sequence[Word]) -> bool:
        """Nothing that *words* name differs from what the letter named."""
        weekdays, days, occasions = named(words)
        return (
            (not self.weekdays or weekdays <= self.weekdays)
            and (not self.days or days <= self.days)
            and (not self.known or not occasions or bool(occasions & self.occasions))
        )

    def on_the_day(self, words: Sequence[Word]) -> bool:
        """Some day that *words* name is the letter's, or they name none, or the letter names none."""
        weekdays, days, _ = named(words)
        theirs, ours = weekdays | days, self.weekdays | self.days
        return not theirs or not ours or bool(theirs & ours)

    def names(self, words: Sequence[Word]) -> bool:
        """Whether *words* name a day or an occasion at all."""
        return any(named(words))


@lru_cache(maxsize=256)
def asked_for(subject: str, quoted: str) -> Asked:
    """The same letter is answered by many: it is read once."""
    found = [named(sentence.words) for sentence in sentences(tidy(f"{subject}\n{quoted[:LONGEST_CONTEXT]}"))]
    all_times = times_asked(subject, quoted)
    return Asked(
        frozenset().union(*(weekdays for weekdays, _, _ in found)),
        frozenset(all_times - WEEK),
        frozenset().union(*(occasions for _, _, occasions in found)),
        len(quoted) >= 40,
    )


def named(words: Sequence[Word]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Weekdays, days of the month, and occasions in *words*. A bare number is a day only where an article or "on" stands before it."""
    weekdays, days, occasions = set(), set(), set()
    every = _occasions()
    for place, word in enumerate(words):
        if word.form in every:
            occasions.add(every[word.form])
        elif place and f"the {word.form}" in every and words[place - 1].form in _BEFORE_OCCASION:
            occasions.add(every[f"the {word.form}"])
        elif word.form[:1].isdigit():
            if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th|\.)", word.form) or (
                word.form.isdigit() and len(word.form) <= 2 and place and words[place - 1].form in _BEFORE_DAY
            ):
                days.add(re.sub(r"\D", "", word.form))
        else:
            weekdays |= times((word,)) & WEEK
    return frozenset(weekdays), frozenset(days), frozenset(occasions)


_BEFORE_OCCASION = frozenset({"the", "a", "an", "your", "our", "my", "this", "that"})
"""English: some names of occasions ("the fair") are other words too, and count only after one of these."""
_BEFORE_DAY = frozenset({"the", "el", "dia", "le", "am", "den", "der", "dem"})


@cache
def _occasions() -> Mapping[str, str]:
    """Names of occasions, each with the form that stands for it in comparing (the plural is the same occasion)."""
    names = {name for code in lexicon.codes() for name in lexicon.load(code).occasions}
    return {form: name for name in names for form in (name, name + "s", name + "es")}


def times_asked(subject: str, quoted: str) -> set[str]:
    context = tidy(f"{subject}\n{quoted[:LONGEST_CONTEXT]}")
    return {time for sentence in sentences(context) for time in times(sentence.words)}
