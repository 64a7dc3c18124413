"""Tables of answers in four languages, read through the real reader.

The sentences are our own writing, after the kinds of hard case in the design notes; none comes from a mail or a corpus. They were
written in lots; each lot was first read unseen. One in three of each (by the checksum of its text) is held out: of words_en_4,
words_en_5, words_es_3, words_de_3 and words_fr_3 that third was never looked at while the lexicons were written.

The later lots were each read once unseen and then looked at whole, to mend what went wrong by kind. Decided rightly of all decided, and
yes and no decided of all clear ones, at that first reading:

    en_7 es_5 de_4 fr_4    hard cases, no letter known      267 of 279    80 %    (two flips)
    en_8                   notes and texts, no letter       100 of 105    87 %
    en_9                   answers to a letter              104 of 108    67 %
    en_10 es_6 de_5 fr_5   hard cases, no letter            226 of 241    76 %
    en_11                  plain answers to a letter        179 of 179    95 %
    en_12                  texts, no letter                  37 of 42     74 %
    en_13                  notes about anything, no letter   36 of 48     66 %
    en_14                  longer notes, no letter           25 of 37     69 %
    en_15 es_7 de_6 fr_6   answers to a letter              159 of 160    86 %
    en_16                  notes about anything, no letter   33 of 40     92 %
    en_17                  notes about anything, no letter   21 of 26     78 %

A sentence under a verdict must be read so, or be left open: never decided otherwise. A sentence under [open] must never be
decided. For the held-out third there are bounds instead, and they are what a user may expect of sentences nobody tried.
"""

import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.understand.words import Reading, read_words

HERE = Path(__file__).parent
LANGUAGES = ("en", "es", "de", "fr")


@dataclass(frozen=True)
class Case:
    language: str
    verdict: str
    text: str
    more: str
    quoted: str
    held_out: bool

    @property
    def reading(self) -> Reading:
        return read_words(self.text, quoted=self.quoted)


def cases(language: str) -> list[Case]:
    found = []
    verdict = ""
    lines = [
        line
        for path in sorted(HERE.glob(f"words_{language}*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            verdict = line[1 : line.index("]")].split()[0]
            continue
        quoted = ""
        if line.startswith("Q: "):
            quoted, _, line = line[3:].partition(" || ")
        text, _, more = line.partition(" | ")
        text = text.replace("\\n", "\n")
        found.append(Case(language, verdict, text, more.strip(), quoted, zlib.crc32(text.encode()) % 3 == 0))
    return found


ALL = [case for language in LANGUAGES for case in cases(language)]
ANSWERED = [case for case in ALL if case.verdict != "open"]


def name(case: Case) -> str:
    return f"{case.language}-{case.verdict}-{case.text[:40]}"


@pytest.mark.parametrize("case", [case for case in ALL if case.verdict == "open" and not case.held_out], ids=name)
def test_left_open(case: Case) -> None:
    reading = case.reading
    assert not reading.decided, reading


@pytest.mark.parametrize("case", [case for case in ANSWERED if not case.held_out], ids=name)
def test_never_decided_otherwise(case: Case) -> None:
    reading = case.reading
    if reading.decided:
        assert right(case, reading), reading
        assert reading.evidence in case.text, reading
        assert reading.evidence, reading


def right(case: Case, reading: Reading) -> bool:
    if case.verdict == "delegated" and reading.delegate != case.more:
        return False
    if case.verdict == "accepted" and reading.guests != int(case.more or 0):
        return False
    return reading.verdict == case.verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_answers_are_decided(language: str) -> None:
    """Not all: many are as hard as we could think of, and where no letter is known less is decided."""
    mine = [case for case in ANSWERED if case.language == language]
    left = [case.text for case in mine if not case.reading.decided]
    assert len(left) <= 0.1 * len(mine), left


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_beside_a_no_is_never_a_yes(language: str) -> None:
    """Any yes with any no after it, or before it: the convener looks, or the no counts (a wish, then a no)."""
    mine = [case for case in ANSWERED if case.language == language and not case.held_out and case.reading.decided]
    yes = [case.text for case in mine if case.verdict == "accepted"]
    no = [case.text for case in mine if case.verdict == "declined"]
    chance = random.Random(5)
    decided = 0
    for _ in range(250):
        pair = [chance.choice(yes).rstrip(" .") + ".", chance.choice(no).rstrip(" .") + "."]
        chance.shuffle(pair)
        reading = read_words("\n\n".join(pair))
        assert not (reading.decided and reading.verdict == "accepted"), pair
        decided += reading.decided
    assert decided < 25


def test_held_out_sentences() -> None:
    answered = [(case, case.reading) for case in ANSWERED if case.held_out]
    wrong = [(case, reading) for case, reading in answered if reading.decided and not right(case, reading)]
    flipped = [case for case, reading in wrong if {case.verdict, reading.verdict} == {"accepted", "declined"}]
    decided = [case for case in ALL if case.held_out and case.verdict == "open" and case.reading.decided]
    assert not flipped
    assert len(wrong) <= 0.01 * len(answered), wrong
    assert len(decided) <= 0.04 * sum(case.held_out and case.verdict == "open" for case in ALL), decided
