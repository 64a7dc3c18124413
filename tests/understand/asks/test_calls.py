"""What champions write about their calls. The sentences are our own, in the shape in which such lists are answered."""

from datetime import UTC, datetime

import pytest

from mailer.terms import PersonId
from mailer.understand.asks.calls import CallResults, read_calls
from mailer.understand.asks.question import Callee, Written

WEDNESDAY = datetime(2027, 2, 10, 15, tzinfo=UTC)  # nine in the morning in Chicago
ANN, BOB, CHO, MOOR = PersonId(101), PersonId(102), PersonId(103), PersonId(104)
PEOPLE = (
    Callee(1, ANN, "Ann Lee", "Acme Tools"),
    Callee(2, BOB, "Bob Stone", "Bolt Inc."),
    Callee(3, CHO, "Cho Kim", "Delta Foods"),
)
NAMES = {ANN: "Ann", BOB: "Bob", CHO: "Cho", MOOR: "Moor"}


def written(language: str = "en") -> Written:
    return Written(WEDNESDAY, "America/Chicago", language)


def short(read: CallResults) -> str:
    """Ann yes; Bob call again 2027-02-16 (note)"""
    return "; ".join(
        f"{NAMES[r.person]} {r.result.value}{f' {r.again}' if r.again else ''}{f' ({r.note})' if r.note else ''}"
        for r in sorted(read.results, key=lambda r: r.person)
    )


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("Ann yes, Bob voicemail, Cho no", "Ann yes; Bob voicemail; Cho no"),
        ("1 yes 2 vm 3 call back Tuesday", "Ann yes; Bob voicemail; Cho call again 2027-02-16"),
        ("1. yes\n2. left message\n3. no", "Ann yes; Bob voicemail; Cho no"),
        ("1) Ann Lee - yes\n2) Bob Stone - voicemail\n3) Cho Kim - no", "Ann yes; Bob voicemail; Cho no"),
        ("Ann: yes\nBob: left a message\nCho: said no", "Ann yes; Bob voicemail; Cho no"),
        ("- Ann Lee: coming\n- Bob Stone: not coming\n- Cho Kim: maybe", "Ann yes; Bob no; Cho maybe"),
        ("Hi Dana,\n\nAnn yes\nBob vm\nCho no\n\nBest,\nJane Smith\n", "Ann yes; Bob voicemail; Cho no"),
        ("Cho no but Bob yes", "Bob yes; Cho no"),
        ("Hello,\nAnn is coming, Bob can't make it, Cho said maybe.\nThanks!", "Ann yes; Bob no; Cho maybe"),
        ("Ann Lee yes, bringing her CFO", "Ann yes (bringing her CFO)"),
        ("Ann yes - needs parking", "Ann yes (needs parking)"),
        ("Ann yes (wants the agenda)", "Ann yes (wants the agenda)"),
        ("Cho: no, traveling that week", "Cho no (traveling that week)"),
        ("Bob: voicemail, her assistant will pass it on", "Bob voicemail (her assistant will pass it on)"),
        ("Ann and Bob yes, Cho no", "Ann yes; Bob yes; Cho no"),
        ("Ann & Bob: yes", "Ann yes; Bob yes"),
        ("Ann, Bob: yes", "Ann yes; Bob yes"),
        ("Ann, Bob and Cho: yes", "Ann yes; Bob yes; Cho yes"),
        ("Yes: Ann, Cho\nNo: Bob", "Ann yes; Bob no; Cho yes"),
        ("Yes:\nAnn\nCho Kim\n\nVoicemail:\n2", "Ann yes; Bob voicemail; Cho yes"),
        ("Yes from Ann, no from Bob, voicemail for Cho", "Ann yes; Bob no; Cho voicemail"),
        ("1, 2 and 3: no", "Ann no; Bob no; Cho no"),
        ("1-3 voicemail", "Ann voicemail; Bob voicemail; Cho voicemail"),
        ("1: yes, 2: no, 3: yes", "Ann yes; Bob no; Cho yes"),
        ("#1 yes; #2 no", "Ann yes; Bob no"),
        ("all yes", "Ann yes; Bob yes; Cho yes"),
        ("Everyone said yes!", "Ann yes; Bob yes; Cho yes"),
        ("Ann yes, the rest voicemail", "Ann yes; Bob voicemail; Cho voicemail"),
        ("No from Cho; all others yes", "Ann yes; Bob yes; Cho no"),
        ("Acme yes, Delta Foods no", "Ann yes; Cho no"),
        ("Ann (Acme): yes", "Ann yes"),
        ("Ann Lee from Acme said yes", "Ann yes"),
        ("Lee, Ann - yes", "Ann yes"),
        ("Stone no, Kim yes", "Bob no; Cho yes"),
        ("Mr. Stone: no. Ms. Kim: yes.", "Bob no; Cho yes"),
        ("Spoke to Ann, she is coming. Left voicemail for Bob.", "Ann yes; Bob voicemail"),
        ("I talked to Bob", "Bob talked"),
        ("Talked to Ann, yes; Bob wrong number; Cho no answer, will try again tomorrow",
         "Ann yes; Bob wrong number; Cho call again 2027-02-11"),
        ("Bob no answer, call again on 3 May", "Bob call again 2027-05-03"),
        ("Bob - call back Friday at 10am", "Bob call again 2027-02-12"),
        ("Bob: call back", "Bob call again"),
        ("Bob: left message, will try again", "Bob voicemail"),
        ("Cho maybe, call again next Monday", "Cho maybe 2027-02-15"),
        ("Cho not sure yet", "Cho maybe"),
        ("Ann isn't coming, Bob won't be able to attend, Cho's in", "Ann no; Bob no; Cho yes"),
        ("Bob no longer works there", "Bob wrong number"),
        ("ANN YES / BOB NO / CHO VM", "Ann yes; Bob no; Cho voicemail"),
        ("Ann yes | Bob no | Cho vm", "Ann yes; Bob no; Cho voicemail"),
        ("Ann yes. Ann is coming.", "Ann yes"),
        ("1. Ann Lee, Acme Tools, 555-123-4567 - yes\n2. Bob Stone, Bolt Inc., (312) 555-0199: left message", "Ann yes; Bob voicemail"),
        ("Called Ann 3 times, no answer", "Ann voicemail"),
        ("Ann yes +1", "Ann yes (+1)"),
        ("Ann y, Bob n", "Ann yes; Bob no"),
        ("Ann ✔, Bob ❌, Cho 👍", "Ann yes; Bob no; Cho yes"),
        ("I got through to Ann, she's coming. Left msg for Bob.", "Ann yes; Bob voicemail"),
        ("so far: Ann yes, Bob no", "Ann yes; Bob no"),
        ("Cho call back next week", "Cho call again (next week)"),
        ("Bob not reached yet", "Bob voicemail"),
        ("I reached Ann and Bob, both are coming", "Ann yes; Bob yes"),
        ("Ann, yes, Bob, no, Cho, maybe", "Ann yes; Bob no; Cho maybe"),
        ("1=yes 2=no 3=vm", "Ann yes; Bob no; Cho voicemail"),
        ("Ann is a yes, Bob is a no and Cho I could not reach.", "Ann yes; Bob no; Cho voicemail"),
        ("ann yes\nbob vm\ncho no", "Ann yes; Bob voicemail; Cho no"),
        ("Spoke to Ann this morning - she's coming.", "Ann yes"),
        ("Ann Lee (Acme Tools)\tyes\nBob Stone (Bolt Inc.)\tno", "Ann yes; Bob no"),
    ],
)  # fmt: skip
def test_english(text: str, results: str) -> None:
    read = read_calls(text, PEOPLE, written())
    assert short(read) == results
    assert bool(read.not_understood) == (not results)


@pytest.mark.parametrize(
    ("text", "language", "results"),
    [
        ("Ann sí, Bob buzón, Cho no", "es", "Ann yes; Bob voicemail; Cho no"),
        ("Ann si, Bob buzon de voz, Cho no puede", "es", "Ann yes; Bob voicemail; Cho no"),
        ("Hola Dana,\n\nAnn confirmada\nBob no contesta, lo llamo el viernes\nCho no puede\n\nSaludos,\nJuana", "es",
         "Ann yes; Bob call again 2027-02-12; Cho no"),
        ("1 sí 2 buzón 3 volver a llamar el martes", "es", "Ann yes; Bob voicemail; Cho call again 2027-02-16"),
        ("Ann y Bob vienen, Cho quizás", "es", "Ann yes; Bob yes; Cho maybe"),
        ("Ann no contesta", "es", "Ann voicemail"),
        ("Hablé con Ann, viene. Bob: dejé mensaje. Cho lo va a pensar", "es", "Ann yes; Bob voicemail; Cho maybe"),
        ("Cho ya no trabaja ahí", "es", "Cho wrong number"),
        ("todos sí", "es", "Ann yes; Bob yes; Cho yes"),
        ("Ann sí, viene con su jefe", "es", "Ann yes (viene con su jefe)"),
        ("Ann confirmó su asistencia, Bob no pudo", "es", "Ann yes; Bob no"),
        ("A Ann le dejé un mensaje, Bob viene", "es", "Ann voicemail; Bob yes"),
        ("Ann está de vacaciones, llamarla el 1 de marzo", "es", "Ann call again 2027-03-01 (está de vacaciones, llamarla el 1 de marzo)"),
        ("ann si\nbob no\ncho buzon", "es", "Ann yes; Bob no; Cho voicemail"),
        ("Ann ja, Bob Mailbox, Cho nein", "de", "Ann yes; Bob voicemail; Cho no"),
        ("Ann kommt, Bob nicht erreicht, Cho hat abgesagt", "de", "Ann yes; Bob voicemail; Cho no"),
        ("Ann kommt nicht", "de", "Ann no"),
        ("1 ja 2 AB 3 nochmal anrufen am Dienstag", "de", "Ann yes; Bob voicemail; Cho call again 2027-02-16"),
        ("Mit Ann gesprochen, kommt", "de", "Ann yes"),
        ("Herr Stone ist verhindert, Frau Kim überlegt noch", "de", "Bob no; Cho maybe"),
        ("Ann oui, Bob répondeur, Cho non", "fr", "Ann yes; Bob voicemail; Cho no"),
        ("Ann vient, Bob ne répond pas, Cho ne peut pas venir", "fr", "Ann yes; Bob voicemail; Cho no"),
        ("Ann peut-être; Bob à rappeler vendredi; Cho mauvais numéro", "fr", "Ann maybe; Bob call again 2027-02-12; Cho wrong number"),
        # the letter was in English, the answer is not
        ("Ann sí, Bob no contesta", "en", "Ann yes; Bob voicemail"),
        ("Ann kommt, Bob kommt nicht", "en", "Ann yes; Bob no"),
    ],
)  # fmt: skip
def test_other_languages(text: str, language: str, results: str) -> None:
    read = read_calls(text, PEOPLE, written(language))
    assert short(read) == results
    assert read.not_understood == ()


@pytest.mark.parametrize(
    ("text", "results", "odd"),
    [
        ("Ann yes if Bob comes", "", ("Ann yes if Bob comes",)),
        ("Ann yes, unless Bob comes", "", ("Ann yes, unless Bob comes",)),
        ("If Ann comes, Bob yes", "", ("If Ann comes, Bob yes",)),
        ("Ann yes, Bob only if it is short, Cho no", "", ("Ann yes, Bob only if it is short, Cho no",)),
        ("Ann?", "", ("Ann?",)),
        ("Ann yes?", "", ("Ann yes?",)),
        ("Ann yes no", "", ("Ann yes no",)),
        ("Ann yes, Ann no", "", ("Ann yes / Ann no",)),
        ("Ann yes\nAnn no\nBob vm", "Bob voicemail", ("Ann yes / Ann no",)),
        ("Dave yes", "", ("Dave yes",)),
        ("Dave yes\nAnn no", "Ann no", ("Dave yes",)),
        ("7 yes", "", ("7 yes",)),
        ("Ann yes, Bob, Cho no", "Ann yes", ("Bob, Cho no",)),
        ("Ann, Bob yes", "", ("Ann, Bob yes",)),
        ("Talked to Ann, Bob yes", "", ("Talked to Ann, Bob yes",)),
        ("Ann said Bob will come", "", ("Ann said Bob will come",)),
        ("Ann will bring Bob: yes", "", ("Ann will bring Bob: yes",)),
        ("Ann yes for Wednesday", "", ("Ann yes for Wednesday",)),
        ("Ann yes at 3pm", "", ("Ann yes at 3pm",)),
        ("Ann definitely will not not come", "", ("Ann definitely will not not come",)),
        ("Spoke to Ann: yes, Bob: no, left voicemail for Cho", "", ("Spoke to Ann: yes, Bob: no, left voicemail for Cho",)),
        ("Ann hesitates", "", ("Ann hesitates",)),
        ("Ann yes next week", "", ("Ann yes next week",)),
        ("Ann yes I think", "", ("Ann yes I think",)),
        ("Ann would be a yes", "", ("Ann would be a yes",)),
        ("Ann didn't say no", "", ("Ann didn't say no",)),
        ("Ann cannot say yes or no yet", "", ("Ann cannot say yes or no yet",)),
        ("Ann no doubt yes", "", ("Ann no doubt yes",)),
        ("All yes except Bob", "", ("All yes except Bob",)),
        ("Nobody answered", "", ("Nobody answered",)),
        ("Ann and her boss yes", "", ("Ann and her boss yes",)),
        ("I haven't called Bob", "", ("I haven't called Bob",)),
        ("Ann will let me know by Friday", "", ("Ann will let me know by Friday",)),
        ("Ann passed away", "", ("Ann passed away",)),
        ("yes", "", ("yes",)),
        ("Will call them tomorrow", "", ("Will call them tomorrow",)),
        ("Sorry, had no time yet. Next week!", "", ("Sorry, had no time yet", "Next week!")),
        ("Ann yes. Please take me off this list.", "Ann yes", ("Please take me off this list",)),
        ("Cho: call back Monday or Tuesday", "", ("Cho: call back Monday or Tuesday",)),
        ("Cho: call back on 3 January", "", ("Cho: call back on 3 January",)),
        ("Ann is in a meeting in Ohio", "", ("Ann is in a meeting in Ohio",)),
        ("Bob is out today", "", ("Bob is out today",)),
        ("No he llamado a Bob", "", ("No he llamado a Bob",)),
        ("Ann no dijo que no", "", ("Ann no dijo que no",)),
        ("Ann quiere venir", "", ("Ann quiere venir",)),
        ("Ann sí si va Bob", "", ("Ann sí si va Bob",)),
        ("Ann yes\nAnn only if Bob comes\nCho no", "Cho no", ("Ann only if Bob comes", "Ann yes")),
        ("Dave no\nthe rest yes", "", ("Dave no", "the rest yes")),
        ("", "", ()),
        ("Thanks, will do!", "", ("Thanks, will do!",)),
        ("Ann yes, but she is on vacation that week", "", ("Ann yes, but she is on vacation that week",)),
        ("Left a message for Ann. She called back: she is coming.", "Ann voicemail", ("She called back: she is coming",)),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_given_back(text: str, results: str, odd: tuple[str, ...]) -> None:
    read = read_calls(text, PEOPLE, written())
    assert short(read) == results
    assert read.not_understood == odd


def test_a_name_of_two_is_nobodys() -> None:
    people = (*PEOPLE, Callee(4, MOOR, "Ann Moor", "Eagle Steel"))
    read = read_calls("Ann yes, Moor no, Bob vm", people, written())
    assert short(read) == "Bob voicemail; Moor no"
    assert read.not_understood == ("Ann yes",)
    assert short(read_calls("Ann Lee yes, Ann Moor no", people, written())) == "Ann yes; Moor no"
    assert short(read_calls("Ann (Eagle) yes", people, written())) == "Moor yes"
    assert short(read_calls("4 Ann yes", people, written())) == "Moor yes"
    assert read_calls("1 Moor yes", people, written()).results == ()


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Maria yes", True), ("de la Cruz yes", True), ("Cruz yes", True), ("Dr. Maria de la Cruz: yes", True), ("St. Mary's yes", True),
        ("St. Mary's Hospital yes", True), ("Dr. yes", False), ("Hospital yes", False),
    ],
)  # fmt: skip
def test_titles_and_long_names(text: str, known: bool) -> None:
    people = (*PEOPLE, Callee(4, MOOR, "Dr. Maria de la Cruz", "St. Mary's Hospital"))
    assert short(read_calls(text, people, written())) == ("Moor yes" if known else "")


def test_one_firm_with_two_people_names_neither() -> None:
    people = (Callee(1, ANN, "Ann Lee", "Acme"), Callee(2, BOB, "Bob Stone", "Acme"))
    read = read_calls("Acme yes", people, written())
    assert read == CallResults((), ("Acme yes",))


def test_names_that_are_words() -> None:
    people = (Callee(1, ANN, "Will May", ""), Callee(2, BOB, "April Day", ""))
    assert short(read_calls("Will May yes, April Day no", people, written())) == "Ann yes; Bob no"
    assert short(read_calls("Will yes, April no", people, written())) == "Ann yes; Bob no"
    assert read_calls("will call again Tuesday", people, written()).results == ()


def test_words_and_note_are_kept_as_typed() -> None:
    (result,) = read_calls("ANN Lee: Yes - brings Tom", PEOPLE, written()).results
    assert (result.words, result.note) == ("ANN Lee: Yes - brings Tom", "brings Tom")


def test_the_writers_name_is_no_answer() -> None:
    read = read_calls("Ann yes\n\nJane", PEOPLE, written(), "Jane Smith")
    assert (short(read), read.not_understood) == ("Ann yes", ())
