"""Words beside an answer that was given otherwise: by a button, a calendar, a winmail.dat.

Promises: pure; never raises. Words never change such an answer; they can only make a person look at it.
"""

import re
from dataclasses import dataclass

from mailer.terms import PartStat
from mailer.understand.words import Reading, read_words

PARTSTATS = {
    "accepted": PartStat.ACCEPTED,
    "declined": PartStat.DECLINED,
    "tentative": PartStat.TENTATIVE,
    "delegated": PartStat.DELEGATED,
}


def reading_of(text: str, *, subject: str = "", quoted: str = "") -> Reading:
    """What *text* says. Should reading it fail, a person reads it."""
    try:
        return read_words(text, subject=subject, quoted=quoted)
    except Exception:  # one mail with words that trip the grammar must not stop the others
        return Reading("needs-person", False, 0, None, "", "The words could not be read; please look at them.")


@dataclass(frozen=True, slots=True)
class Beside:
    """*against*: why the words do not go with the answer, or empty. *guests*: how many they bring along."""

    against: str = ""
    guests: int = 0


def words_beside(partstat: PartStat, *texts: str) -> Beside:
    """What the words beside the answer *partstat* add to it."""
    guests = 0
    for text in dict.fromkeys(filter(None, texts)):
        reading = reading_of(text)
        if against := contradiction(partstat, reading):
            return Beside(against)
        guests = max(guests, reading.guests or (_brought(text) if reading.verdict == "none" else 0))
    return Beside(guests=guests if partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE) else 0)


_PLUS = re.compile(r"\s*(?:me |i )?\+ ?(\d{1,2})(?: (?:guests?|people|persons?|more))?\s*[.!]?\s*", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?\(?\d[\d ()./-]{6,}")


def _brought(text: str) -> int:
    """How many come along by words that hold no answer of their own, because the calendar has given it ("+2", "with my wife")."""
    if (found := _PLUS.fullmatch(text)) is not None:
        return int(found[1])
    if "?" in text or _TELEPHONE.search(text):
        return 0
    reading = reading_of(f"Yes, I will come. {text}")
    return reading.guests if reading.verdict == "accepted" and reading.decided else 0


def contradiction(partstat: PartStat, reading: Reading) -> str:
    """Why words, read, do not go with the answer; empty where they do."""
    if reading.verdict in ("none", "question"):
        return ""
    if reading.verdict == "needs-person":
        return f"the answer is {partstat.value.lower()}, but the words beside it need a person"
    said = PARTSTATS[reading.verdict]
    if said is partstat:
        return ""
    return f"the answer is {partstat.value.lower()}, but the words say {said.value.lower()}: “{reading.evidence[:120]}”"
