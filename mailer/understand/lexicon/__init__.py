"""The words of each language, as data: one TOML file a language beside this module; a new language is a new file.

A file holds ``marks`` (words that tell the language from others), ``[longer]`` (shortened, damaged and misspelt forms, written out),
``[numbers]``, ``[days]``, ``[asked]`` (how a letter asks), ``[classes]`` (lists of words and fixed expressions) and ``[signals]``
(phrases, in the small language of `mailer.understand.phrases`). `SIGNALS` below says what each signal means, `NEEDED` what each
class is for that the program itself looks at; a file may have more classes for its own phrases.

Promises: a lexicon is read once, when first needed, and checked: an unknown signal, class or a broken phrase is refused.
Never:    decides anything.
Fails:    `LexiconFault` for a file that is written wrongly.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mailer.understand.clauses import plain
from mailer.understand.phrases import LexiconFault, Phrases

SIGNALS: Mapping[str, str] = {
    "ignore": "looks like an answer and is none: what it covers is taken out of play",
    "yes": "the writer comes",
    "wish": "the writer would like to come: a yes, unless something follows",
    "works": "a time suits: a yes where that time was asked",
    "no": "the writer does not come",
    "nowish": "a wish that is over, or a polite no",
    "reason": "only a reason for staying away",
    "maybe": "the writer does not know yet",
    "hedge": "the writer is not certain, or does not mean it",
    "earlier": "tells what was answered before",
    "turn": "the answer has changed",
    "cond": "a condition",
    "partial": "a part of the meeting, or late, or not to the end",
    "remote": "by telephone or on a screen",
    "elsewhen": "another day or another meeting",
    "other_yes": "somebody else comes",
    "other_no": "somebody else does not come",
    "other_away": "somebody else is away or busy",
    "delegate": "a named person comes instead",
    "sendother": "somebody comes instead, or speaks for somebody",
    "bare_yes": "yes, to whatever was asked",
    "bare_no": "no, to whatever was asked",
    "ack": "all right",
    "seen": "received, understood, and no more",
    "good": "something is said to be all right",
    "host": "the words of one who invites, or of staff, not of a guest",
    "who": "somebody else is spoken of",
    "told": "what others said or asked",
    "thanks": "thanks for the invitation",
    "regretful": "politely sorry",
    "but": "a turn within a sentence",
    "dated": "a day is named, or pointed at",
    "for_whom": "the writer says for whom he speaks",
    "pointed": "the day of the invitation is pointed at: that day, then",
    "absent": "the note of an absence that answers by itself",
    "speaks_for": "the writer answers for somebody else by office: an assistant, a secretary",
    "somewhere": "where the writer is, which may be why he stays away",
    "parting": "until then: a yes where our letter asked, or beside a plain yes",
    "defer": "an answer is promised: where no letter of ours is known, to anything",
    "likes": "the idea pleases: a yes only where our letter asked",
    "booked": "a reason that leaves no doubt: that time is taken",
    "g_plus": "so many people more",
    "g_one": "companions, counted by those named",
    "g_total": "so many people in all",
    "g_unclear": "more people, nobody knows how many",
    "g_none": "alone",
    "g_ask": "asks whether somebody may come along",
}

NEEDED: Mapping[str, str] = {
    "filler": "passed over between the words of a phrase",
    "lead": "a clause may begin after it",
    "joint": "a clause may end before it",
    "stop": "what comes after the answer may begin with it",
    "tail": "may follow before the sentence ends",
    "asks": "opens a question",
    "either": "or: of two people named, neither is sure",
    "around": "may follow an answer, which stays the answer to the invitation: articles, times, the names of occasions",
    "firm": "speaks of attending and of little else",
    "whether": "opens what is doubted",
    "self": "the writer as a subject",
    "weekday": "never a name",
    "month": "never a name",
    "title": "may begin a name",
    "other": "somebody who is not the writer",
    "companion": "somebody who comes along: counted",
    "place": "ends an answer with the place or the act itself: there, attend",
    "toward": "leads from an answer to what it is about: to, at, in",
    "hours": "follows a number that is an hour, not a head",
    "joins": "ends an answer, and a name that follows is what is joined",
    "screen": "taking part without being there",
    "act": "speaks of coming",
    "causes": "opens a cause: because",
    "limits": "after an answer, may begin what limits it: for, until",
    "calls": "stands before the name of the one who is written to",
    "negation": "turns round what follows in its clause",
    "therefore": "what stands before it explains what follows, and casts no doubt on it",
    "alarm": "a word of doubt: where no phrase accounts for it, no yes is certain",
    "occasion": "a sort of meeting, told from others: an answer that names another one than the letter is about that one",
    "typed": "words long enough to be known though a letter is missing, doubled or out of its place",
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    code: str
    name: str
    marks: frozenset[str]
    longer: Mapping[str, tuple[str, ...]]
    longest: int
    phrases: Phrases
    known: frozenset[str]
    titles: frozenset[str]
    common: frozenset[str]
    """Words that are never names, capital or not."""
    never_names: frozenset[str]
    around: frozenset[str]
    """What may follow an answer and leaves it the answer to the invitation: articles, times, the names of occasions."""
    firm: frozenset[str]
    """Words that speak of attending or answering and of little else."""
    self: frozenset[str]
    """Subjects that are the writer."""
    whether: frozenset[str]
    joints: frozenset[str]
    either: frozenset[str]
    """"Or": of two people named, neither is sure."""
    place: frozenset[str]
    limits: frozenset[str]
    causes: frozenset[str]
    act: frozenset[str]
    toward: frozenset[str]
    stops: frozenset[str]
    hours: frozenset[str]
    screen: frozenset[str]
    joins: frozenset[str]
    calls: frozenset[str]
    negation: frozenset[str]
    therefore: frozenset[str]
    alarm: frozenset[str]
    occasions: frozenset[str]
    nouns_capital: bool
    subjects_needed: bool
    """A verb does not tell by itself who acts."""

    def knows(self, form: str) -> bool:
        return form in self.known or form in self.longer


@cache
def codes() -> tuple[str, ...]:
    """The languages there are, English first: it wins where nothing tells."""
    names = sorted(entry.name[:-5] for entry in resources.files(__package__).iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda code: code != "en"))


@cache
def marks() -> Mapping[str, tuple[str, ...]]:
    """For each word that tells, the languages it speaks for."""
    telling: dict[str, tuple[str, ...]] = {}
    for code in codes():
        for word in _content(code)["marks"].split():
            folded = plain(word)
            if code not in telling.get(folded, ()):
                telling[folded] = (*telling.get(folded, ()), code)
    return telling


@cache
def _content(code: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / f"{code}.toml").read_text(encoding="utf-8"))


def asked(code: str) -> Mapping[str, Sequence[str]]:
    """Beginnings of words in a letter that asks: ``reply`` (yes or no), ``attendance``, ``against`` (for its lack)."""
    stems: Mapping[str, Sequence[str]] = _content(code)["asked"]
    return stems


def days(code: str) -> Mapping[str, str]:
    """The names of the weekdays (mo … su) and of noon."""
    names: Mapping[str, str] = _content(code)["days"]
    return names


def _slips(word: str) -> set[str]:
    """*word* with one letter (not the first) missing, doubled, or changed with its neighbour."""
    places = range(1, len(word))
    missing = {word[:i] + word[i + 1 :] for i in places}
    doubled = {word[:i] + word[i] + word[i:] for i in places}
    changed = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places if i + 1 < len(word)}
    return (missing | doubled | changed) - {word}


def months(code: str) -> Sequence[str]:
    """The names of the months, January first, each with its other forms."""
    names: Sequence[str] = _content(code)["months"]["names"]
    return names


@cache
def load(code: str) -> Lexicon:
    content = _content(code)
    signals: dict[str, list[str]] = content["signals"]
    classes: dict[str, list[str]] = content["classes"]
    unknown = set(signals) - set(SIGNALS)
    if unknown:
        raise LexiconFault(f"{code}.toml: no such signal: {', '.join(sorted(unknown))}")
    for needed in NEEDED:
        if needed not in classes:
            raise LexiconFault(f"{code}.toml: the class {needed!r} is missing")
    # A form after "=" is compared with its accents: "=sí" is not "si".
    longer = {
        short if short.startswith("=") else plain(short): tuple(plain(long).split())
        for short, long in content["longer"].items()
    }
    known = {plain(word) for word in content["marks"].split()}
    for entries in classes.values():
        for entry in entries:
            known.update(plain(entry).split())
    common = set(known)
    for phrases in signals.values():
        for phrase in phrases:
            known.update(plain(phrase).replace("|", " ").replace("[", " ").replace("]", " ").split())
    for word in map(plain, classes["typed"]):
        for slip in _slips(word):
            if slip not in known and slip not in content["numbers"]:
                longer.setdefault(slip, (word,))
    titles = frozenset(plain(word) for word in classes["title"])
    return Lexicon(
        code,
        content["name"],
        frozenset(plain(word) for word in content["marks"].split()),
        longer,
        max((short.count(" ") + 1 for short in longer), default=1),
        Phrases(classes, signals, content["numbers"]),
        frozenset(known - titles),
        titles,
        frozenset(common - titles),
        frozenset(
            plain(word) for name in ("weekday", "month", "i" if "i" in classes else "weekday") for word in classes[name]
        ),
        frozenset(plain(word) for word in classes["around"]),
        frozenset(plain(word) for word in classes["firm"]),
        frozenset(plain(word) for word in classes["self"]),
        frozenset(plain(word) for word in classes["whether"]),
        frozenset(plain(word) for word in classes["joint"]),
        frozenset(plain(word) for word in classes["either"]),
        frozenset(plain(word) for word in classes["place"]),
        frozenset(plain(word) for word in classes["limits"]),
        frozenset(plain(word) for word in classes["causes"]),
        frozenset(plain(word) for word in classes["act"]),
        frozenset(plain(word) for word in classes["toward"]),
        frozenset(plain(word) for word in classes["stop"]),
        frozenset(plain(word) for word in classes["hours"]),
        frozenset(plain(word) for word in classes["screen"]),
        frozenset(plain(word) for word in classes["joins"]),
        frozenset(plain(word) for word in classes["calls"]),
        frozenset(plain(word) for word in classes["negation"]),
        frozenset(plain(word) for word in classes["therefore"]),
        frozenset(plain(word) for word in classes["alarm"]),
        frozenset(plain(word) for word in classes["occasion"]),
        bool(content.get("nouns_capital", False)),
        bool(content.get("subjects_needed", False)),
    )
