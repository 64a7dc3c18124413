"""What was asked: whether a bare "yes" means coming, and whether a time that suits is the time that was offered.

Promises: a pure function of subject and quoted text; where nothing is known of the question, our own invitation was the question.
Never:    knows a language: the words are each lexicon's ``[asked]`` and ``[days]``.
Fails:    not at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
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
        form = word.form.removesuffix("'s")  # "Monday's meeting"
        if form in days:
            found.add(days[form])
        elif form[:1].isdigit():
            digits = re.match(r"\d{1,2}(?:[.:h]\d\d)?", form)
            if digits:
                found.add(re.sub(r"[.:h](?:00)?$|[.h]", ":", digits.group()).strip(":"))
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """What words name: weekdays, days of the month, months, hours of a clock with twelve, and sorts of occasion."""

    weekdays: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    occasions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.weekdays or self.days or self.months or self.hours or self.occasions)


@dataclass(frozen=True, slots=True)
class Asked:
    """The letter that is answered. Where it names no day, hour …, any that the answer names fits."""

    named: Named
    words: frozenset[str]
    known: bool = False
    """There is a letter."""

    def fits(self, words: Sequence[Word]) -> bool:
        """Nothing that *words* name differs from what the letter named."""
        theirs, ours = named(words), self.named
        return (
            (not ours.weekdays or theirs.weekdays <= ours.weekdays)
            and (not ours.days or theirs.days <= ours.days)
            and (not ours.months or theirs.months <= ours.months)
            and (not ours.hours or theirs.hours <= ours.hours)
            and (not self.known or not theirs.occasions or bool(theirs.occasions & ours.occasions))
        )

    def on_the_day(self, words: Sequence[Word]) -> bool:
        """Some day that *words* name is the letter's, or they name none, or the letter names none."""
        theirs = named(words).weekdays | named(words).days
        ours = self.named.weekdays | self.named.days
        return not theirs or not ours or bool(theirs & ours)


@lru_cache(maxsize=256)
def asked_for(subject: str, quoted: str) -> Asked:
    """The same letter is answered by many: it is read once."""
    found = [sentence.words for sentence in sentences(tidy(f"{subject}\n{quoted[:LONGEST_CONTEXT]}"))]
    names = [named(words) for words in found]
    hours = {hour for words in found for word in words if (hour := _clock(word.form))}
    return Asked(
        Named(
            frozenset().union(*(each.weekdays for each in names)),
            frozenset().union(*(each.days for each in names)) | (_times(found) - WEEK),
            frozenset().union(*(each.months for each in names)),
            frozenset(hours).union(*(each.hours for each in names)),
            frozenset().union(*(each.occasions for each in names)),
        ),
        frozenset(word.form for words in found for word in words),
        len(quoted) >= 40,
    )


def named(words: Sequence[Word]) -> Named:
    """What *words* name. A bare number is a day only where an article or "on" stands before it, an hour only after "at"."""
    weekdays: set[str] = set()
    days: set[str] = set()
    months: set[str] = set()
    hours: set[str] = set()
    occasions: set[str] = set()
    every, known_months, numbers, week = _occasions(), _months(), _numbers(), _days()
    for place, word in enumerate(words):
        form = word.form
        before = words[place - 1].form if place else ""
        after = words[place + 1].form if place + 1 < len(words) else ""
        if f"{before} {form}" in every:
            occasions.add(every[f"{before} {form}"])
        elif form in every:
            occasions.add(every[form])
        elif place and f"the {form}" in every and before in _BEFORE_OCCASION:
            occasions.add(every[f"the {form}"])
        elif form in known_months and (word.capital or form not in _ALSO_WORDS) and form != before:
            months.add(known_months[form])
        elif form[:1].isdigit():
            if clock := _clock(form):
                hours.add(clock)
            elif re.fullmatch(r"\d{1,2}(?:st|nd|rd|th|\.)", form):
                days.add(re.sub(r"\D", "", form))
            elif form.isdigit() and len(form) <= 2:
                if before in _BEFORE_HOUR and after not in known_months:
                    hours.add(str(int(form) % 12))
                elif before in _BEFORE_DAY or before in known_months or after in known_months:
                    days.add(form)
        elif form in numbers and before in _BEFORE_HOUR:
            hours.add(str(numbers[form] % 12))
        elif time := week.get(form.removesuffix("'s")):
            (weekdays if time in WEEK else hours).add(time if time in WEEK else "0")  # beside weekdays there is noon
    return Named(frozenset(weekdays), frozenset(days), frozenset(months), frozenset(hours), frozenset(occasions))


def _clock(form: str) -> str:
    """The hour that "9:45", "3pm", "14h" or "10 Uhr" means, on a clock with twelve; "" for other words."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?(?:h|uhr|hrs?|[ap]\.?m\.?)?", form)
    if not found or form.isdigit() or int(found[1]) > 24:
        return ""
    return f"{int(found[1]) % 12}" + (f":{found[2]}" if found[2] and found[2] != "00" else "")


_ALSO_WORDS = frozenset({"may", "march"})
_BEFORE_HOUR = frozenset({"at", "um", "las", "a"})
_BEFORE_OCCASION = frozenset({"the", "a", "an", "your", "our", "my", "this", "that"})
"""English: some names of occasions ("the fair") are other words too, and count only after one of these."""
_BEFORE_DAY = frozenset({"the", "el", "dia", "le", "am", "den", "der", "dem"})


@cache
def _months() -> Mapping[str, str]:
    return {
        plain(name): str(number)
        for code in lexicon.codes()
        for number, names in enumerate(lexicon.months(code), 1)
        for name in names.split()
    }


@cache
def _numbers() -> Mapping[str, int]:
    """The hours in words, of all languages. English "a" and the like are no numbers here."""
    return {
        word: number
        for code in lexicon.codes()
        for word, number in lexicon.load(code).phrases.numbers.items()
        if len(word) > 2 and number <= 12
    }


@cache
def _occasions() -> Mapping[str, str]:
    """Names of occasions, each with the form that stands for it in comparing (the plural is the same occasion)."""
    names = {name for code in lexicon.codes() for name in lexicon.load(code).occasions}
    return {form: name for name in names for form in (name, name + "s", name + "es")}


def times_asked(subject: str, quoted: str) -> set[str]:
    return _times([sentence.words for sentence in sentences(tidy(f"{subject}\n{quoted[:LONGEST_CONTEXT]}"))])


def _times(found: Iterable[Sequence[Word]]) -> set[str]:
    return {time for words in found for time in times(words)}
