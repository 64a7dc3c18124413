"""What was asked: whether a bare "yes" means coming, and whether a time that suits is the time that was offered.

Promises: a pure function of subject and quoted text; where nothing is known of the question, our own invitation was the question.
Never:    knows a language: the words are each lexicon's ``[asked]`` and ``[days]``.
Fails:    not at all.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

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


def times_asked(subject: str, quoted: str) -> set[str]:
    context = tidy(f"{subject}\n{quoted[:LONGEST_CONTEXT]}")
    return {time for sentence in sentences(context) for time in times(sentence.words)}
