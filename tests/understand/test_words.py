"""The words reader as a function: what it promises whatever it is given."""

import json
import os
import random
import time
from pathlib import Path

import pytest

from mailer.understand import lexicon
from mailer.understand.clauses import LONGEST_TEXT, sentences, tidy
from mailer.understand.phrases import LexiconFault, Phrases
from mailer.understand.words import Reading, read_words

VERDICTS = {"accepted", "declined", "tentative", "delegated", "question", "needs-person", "none"}
NO_DECISION = {"question", "needs-person", "none"}

HOSTILE = {
    "spaces": " " * 100_000,
    "blank lines": "\n" * 100_000,
    "one word": "a" * 100_000,
    "yes": "yes " * 25_000,
    "i will not": "i will not be able to " * 5_000,
    "not": "not " * 25_000,
    "names": "Ann Smith and " * 8_000,
    "commas": "," * 100_000,
    "numbers": "12:30 +1 " * 12_000,
    "apostrophes": "can't" * 20_000,
    "fillers": "really " * 15_000 + "will attend",
    "questions": "?" * 100_000,
    "addresses": "a@b.c " * 16_000,
    "half an address": "a.b-c+d" * 14_000 + "@",
    "dots": "x.y." * 25_000,
    "conditions": "if " * 30_000,
    "emoji": "👍" * 50_000,
    "accents": "e\u0301" * 50_000,
    "right to left": "\u202e" * 100_000,
    "nul": "\0" * 100_000,
    "german": "ich kann nicht " * 7_000,
    "spanish": "no puedo ir con mi mujer y " * 4_000,
    "french": "je ne peux pas venir avec " * 4_000,
    "surrogates": "\ud800" * 50_000,
    "link": "http://" + "a" * 100_000,
}


def check(reading: Reading, text: str) -> None:
    assert reading.verdict in VERDICTS
    assert not (reading.decided and reading.verdict in NO_DECISION)
    assert 0 <= reading.guests <= 40
    assert reading.reason.endswith(".")
    assert reading.evidence in tidy(text)
    assert reading.evidence or not reading.decided
    if reading.verdict == "delegated" and reading.decided:
        assert reading.delegate


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_soon(text: str) -> None:
    read_words("warm up")
    for code in lexicon.codes():
        lexicon.load(code)
    began = time.process_time()
    reading = read_words(text, subject=text[:1000], quoted=text)
    took = time.process_time() - began
    check(reading, text)
    assert took < 10, f"{took:.3f} s"  # the aim is 0.1 s; what blows up takes years


def test_noise_never_raises() -> None:
    chance = random.Random(3)
    letters = "yesnoIwilcmtakfd'’,.?!;:\n\t -+@1238áßéñ👍()\ud800\u200b"
    for _ in range(600):
        text = "".join(chance.choice(letters) for _ in range(chance.randrange(120)))
        check(read_words(text), text)


def test_words_in_any_order_never_raise() -> None:
    chance = random.Random(4)
    for code in lexicon.codes():
        words = sorted(lexicon.load(code).known)
        for _ in range(200):
            text = " ".join(chance.choice(words) for _ in range(chance.randrange(1, 30)))
            check(read_words(text, language=code), text)


def test_same_words_same_reading() -> None:
    text = "Thanks, Ann and I would love to come. Where is it?"
    assert read_words(text) == read_words(text)


def test_a_text_that_goes_on_beyond_the_cap_is_not_decided() -> None:
    text = "I will attend.\n" + "Nothing else. " * (LONGEST_TEXT // 10)
    assert not read_words(text).decided


@pytest.mark.parametrize(
    ("quoted", "text", "verdict", "decided"),
    [
        ("Will you attend the meeting on 12 March?", "Yes", "accepted", True),
        ("Will you attend the meeting on 12 March?", "No", "declined", True),
        ("Would you mind if we moved it?", "No", "needs-person", False),
        ("Have you read the minutes?", "Yes", "needs-person", False),
        ("Could we talk at noon?", "Noon works for me.", "accepted", True),
        ("Could we talk at noon?", "Three works for me, I have 15:00 free.", "needs-person", False),
        ("Shall we meet on Thursday?", "Friday works for me.", "needs-person", False),
        ("¿Vendrá usted a la reunión?", "Sí", "accepted", True),
        ("Kommen Sie zur Sitzung?", "Ja", "accepted", True),
        ("Serez-vous présent ?", "Non", "declined", True),
    ],
)
def test_bare_answers_mean_what_was_asked(quoted: str, text: str, verdict: str, decided: bool) -> None:
    reading = read_words(text, quoted=quoted)
    assert (reading.verdict, reading.decided) == (verdict, decided), reading


@pytest.mark.parametrize(
    ("subject", "verdict", "decided"),
    [
        ("Yes, I will be there", "accepted", True),
        ("Sorry, can't make it", "declined", True),
        ("Re: I will be there", "none", False),  # that may be our own subject
        ("Re: Invitation: plenary on 12 March", "none", False),
        ("", "none", False),
    ],
)
def test_an_empty_message_is_read_from_its_subject(subject: str, verdict: str, decided: bool) -> None:
    reading = read_words("", subject=subject)
    assert (reading.verdict, reading.decided) == (verdict, decided), reading


def test_who_answers_for_somebody_says_so() -> None:
    reading = read_words("Unfortunately, Dr. Brown will be unable to attend.")
    assert reading.decided
    assert reading.answers_for == "Dr. Brown"


def test_a_delegate_comes_with_the_address() -> None:
    reading = read_words("I can't come, Ruth Evans (ruth.evans@example.com) will attend in my place.")
    assert (reading.delegate, reading.delegate_address) == ("Ruth Evans", "ruth.evans@example.com")


@pytest.mark.parametrize("hint", ["es", "ES", "es-MX", "xx", "", None])
def test_the_language_hint_helps_and_never_breaks(hint: str | None) -> None:
    assert read_words("Confirmo mi asistencia.", language=hint).verdict == "accepted"


@pytest.mark.parametrize(
    "text",
    [
        "Não posso ir.",
        "Ik kom niet.",
        "Non posso venire, mi dispiace.",
        "Jag kommer gärna.",
        "Не смогу прийти.",
        "参加します。",
        "Přijdu rád.",
    ],
)
def test_a_language_it_does_not_know_is_not_decided(text: str) -> None:
    assert not read_words(text).decided


def test_damaged_typing_is_read() -> None:
    for text in (
        "i cant make it",
        "I can t make it",
        "I can’t make it",
        "I CAN'T MAKE IT",
        "I wont be able\nto attend",
        "i can`t come",
    ):
        reading = read_words(text)
        assert (reading.verdict, reading.decided) == ("declined", True), (text, reading)


def test_sentences_keep_their_places() -> None:
    text = "Hi Bob,\nyes — I'll be there. Mr. Jones, too?"
    for sentence in sentences(text):
        for word in sentence.words:
            assert word.form == "," or text[word.start : word.end].lower().startswith(word.form[0])
    assert [sentence.asks for sentence in sentences(text)] == [False, True]


# lexicons -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", lexicon.codes())
def test_every_lexicon_loads(code: str) -> None:
    lex = lexicon.load(code)
    assert lex.code == code
    assert len(lex.marks) > 100


def test_the_languages_promised_are_there() -> None:
    assert set(lexicon.codes()) >= {"en", "es", "de", "fr"}
    assert lexicon.codes()[0] == "en"


@pytest.mark.parametrize(
    "phrase", ["<nowhere> will come", "i [will [not]] come", "i will] come", "i [will come", "[maybe]"]
)
def test_a_phrase_written_wrongly_is_refused(phrase: str) -> None:
    with pytest.raises(LexiconFault):
        Phrases({"filler": ["really"]}, {"yes": [phrase]}, {})


# figures --------------------------------------------------------------------------------------------------------------
CORPORA = Path(os.environ.get("CONVENER_CORPORA", Path(__file__).parents[2] / ".." / "shared" / "corpora"))


@pytest.mark.skipif(
    not (CORPORA / "replies" / "real-replies.jsonl").exists(), reason="no labelled replies: set CONVENER_CORPORA"
)
def test_figures_on_labelled_replies() -> None:
    """Bounds of the plan: hardly ever wrong, never the opposite, most plain answers decided."""
    lines = (CORPORA / "replies" / "real-replies.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if not row["doubtful"]]
    readings = {row["id"]: read_words(row["text"], subject=row["subject"], quoted=row["quoted"]) for row in rows}
    decided = [row for row in rows if readings[row["id"]].decided]
    wrong = [row["id"] for row in decided if readings[row["id"]].verdict != row["label"]]
    plain = [row for row in rows if row["label"] in ("accepted", "declined")]
    assert len(wrong) <= 0.01 * len(decided), wrong
    assert sum(row in decided and row["id"] not in wrong for row in plain) >= 0.85 * len(plain)
    assert all(readings[row["id"]].guests == row["guests"] for row in rows if row["guests"])


@pytest.mark.parametrize(
    ("text", "guests"),
    [
        ("Yes, I will be there. Room for 3?", 0),
        ("I am in. Do you have seats for 3?", 0),
        ("Ja, ich komme. Gibt es Platz für 3 Personen?", 0),
        ("Yes, I will come with 2 colleagues. Is that ok?", 2),
        ("Yes, we will be 3. Is there parking?", 2),
    ],
)
def test_a_question_about_room_counts_nobody(text: str, guests: int) -> None:
    reading = read_words(text)
    assert (reading.verdict, reading.guests) == ("accepted", guests)
