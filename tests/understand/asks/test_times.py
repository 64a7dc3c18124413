"""Which of the offered times people choose. The sentences are our own, in the shape in which such mails are answered."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.understand.asks.question import Offered, Written
from mailer.understand.asks.times import TimesChosen, read_times

CHICAGO = ZoneInfo("America/Chicago")
WEDNESDAY = datetime(2027, 2, 10, 15, tzinfo=UTC)
OFFERED = (  # Monday to Friday of the week after next
    Offered(1, datetime(2027, 2, 22, 10, tzinfo=CHICAGO)),
    Offered(2, datetime(2027, 2, 23, 10, tzinfo=CHICAGO)),
    Offered(3, datetime(2027, 2, 25, 14, tzinfo=CHICAGO)),
    Offered(4, datetime(2027, 2, 26, 9, 30, tzinfo=CHICAGO)),
)
ALL = "1234"


def written(language: str = "en") -> Written:
    return Written(WEDNESDAY, "America/Chicago", language)


def short(read: TimesChosen) -> str:
    """23 not 1 maybe 4 best 3"""
    parts = [
        "".join(map(str, sorted(read.chosen))),
        "none" if read.none else "",
        "not " + "".join(map(str, sorted(read.refused))) if read.refused and not read.none else "",
        "maybe " + "".join(map(str, sorted(read.possible))) if read.possible else "",
        "best " + "".join(map(str, read.preferred)) if read.preferred else "",
    ]
    return " ".join(filter(None, parts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", "2"),
        ("#3", "3"),
        ("Option 2 please", "2"),
        ("No. 2 works", "2"),
        ("number 4", "4"),
        ("the second", "2"),
        ("The 2nd one works for me", "2"),
        ("the last one", "4"),
        ("The first or the last", "14"),
        ("2 and 3", "23"),
        ("1, 2", "12"),
        ("2 or 3, preferably 3", "23 best 3"),
        ("only 3", "3 not 124"),
        ("Only Monday does not work", "234 not 1"),
        ("1 yes, 2 no, 3 yes, 4 maybe", "13 not 2 maybe 4"),
        ("1 yes 2 no 3 yes", "13 not 2"),
        ("1: yes\n2: no\n3: ok\n4: no", "13 not 24"),
        ("Tuesday works", "2"),
        ("Tuesday works for me.\n\nThanks,\nBob", "2"),
        ("Hi Dana,\n\nTuesday, please.\n\nBest regards,\nBob Stone", "2"),
        ("Tue 10am or Thu 2pm", "23"),
        ("Tuesday or Thursday", "23"),
        ("Tuesday and Thursday both work", "23"),
        ("Either Tuesday or Thursday works for me", "23"),
        ("Tuesday, 23 February at 10", "2"),
        ("Tuesday, 10am", "2"),
        ("2pm on Thursday", "3"),
        ("Feb 23", "2"),
        ("2/23 or 2/25", "23"),
        ("the 25th", "3"),
        ("9:30", "4"),
        ("Thursday afternoon", "3"),
        ("Friday morning works best, Thursday works too", "34 best 4"),
        ("any but Monday", "234 not 1"),
        ("All except Friday", "123 not 4"),
        ("Anything but 2", "134 not 2"),
        ("all work", ALL),
        ("Any of these", ALL),
        ("I'm flexible", ALL),
        ("none of these", "none"),
        ("None of these work for me, sorry", "none"),
        ("Unfortunately none.", "none"),
        ("not Monday", "not 1"),
        ("I can't do Monday or Friday", "not 14"),
        ("Monday doesn't work, Tuesday does work", "2 not 1"),
        ("I can't do Monday, but Tuesday or Thursday is fine", "23 not 1"),
        ("Monday doesn't work, I have a board meeting. Thursday at 2 is great.", "3 not 1"),
        ("Tuesday works but Thursday is better", "23 best 3"),
        ("I prefer Thursday, Tuesday is possible", "23 best 3"),
        ("Monday no, Tuesday yes, Friday maybe", "2 not 1 maybe 4"),
        ("Monday yes Tuesday no", "1 not 2"),
        ("Thursday if need be", "maybe 3"),
        ("Monday doesn't work, the others are fine", "234 not 1"),
        ("Tue 10", "2"),
        ("Yes, Tuesday", "2"),
        ("Tuesday! See you then", "2"),
        ("Tue 23 Feb, 10:00 - 11:00", "2"),
        ("Tuesday 10-11am", "2"),
        ("Neither Tuesday nor Thursday", "not 23"),
        ("Not Tuesday, but Thursday", "3 not 2"),
        ("I'm out Monday and Tuesday", "not 12"),
        ("all but the first two", "34 not 12"),
        ("Let's do Tuesday", "2"),
    ],
)
def test_english(text: str, expected: str) -> None:
    read = read_times(text, OFFERED, written())
    assert short(read) == expected
    assert read.not_understood == ()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("el martes me va bien", "es", "2"),
        ("la segunda", "es", "2"),
        ("el 2", "es", "2"),
        ("martes 23 a las 10", "es", "2"),
        ("martes o jueves", "es", "23"),
        ("Puedo el martes o el viernes", "es", "24"),
        ("el viernes por la mañana", "es", "4"),
        ("prefiero el jueves", "es", "3 best 3"),
        ("cualquiera menos el lunes", "es", "234 not 1"),
        ("El lunes no puedo, el martes sí", "es", "2 not 1"),
        ("ninguno", "es", "none"),
        ("me da igual", "es", ALL),
        ("El lunes imposible, los demás bien", "es", "234 not 1"),
        ("No puedo ni el lunes ni el martes", "es", "not 12"),
        ("Jueves 25 a las 14", "es", "3"),
        ("Solo el jueves", "es", "3 not 124"),
        ("La primera o la tercera", "es", "13"),
        ("Prefiero jueves pero martes también puedo", "es", "23 best 3"),
        ("Dienstag passt", "de", "2"),
        ("Di oder Do", "de", "23"),
        ("der zweite", "de", "2"),
        ("Montag geht nicht, Dienstag passt gut", "de", "2 not 1"),
        ("am liebsten Donnerstag", "de", "3 best 3"),
        ("alle außer Montag", "de", "234 not 1"),
        ("keiner davon passt", "de", "none"),
        ("Freitag Vormittag", "de", "4"),
        ("mardi me convient", "fr", "2"),
        ("le deuxième", "fr", "2"),
        ("tous sauf lundi", "fr", "234 not 1"),
        ("lundi je ne peux pas, mardi c'est bon", "fr", "2 not 1"),
        ("vendredi matin", "fr", "4"),
        ("aucun ne me convient", "fr", "none"),
        ("el martes me va bien", "en", "2"),
    ],
)
def test_other_languages(text: str, language: str, expected: str) -> None:
    read = read_times(text, OFFERED, written(language))
    assert short(read) == expected
    assert read.not_understood == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", ""),
        ("Wednesday", ""),
        ("Wednesday at 10", ""),
        ("10am", ""),  # of Monday, or of Tuesday?
        ("Tuesday at 3pm", ""),
        ("next Tuesday", ""),  # that is the 16th
        ("Tuesday, Wednesday", ""),
        ("Tuesday, Thursday don't work", ""),
        ("I can't do Monday, Tuesday", ""),
        ("Tuesday works if I can leave early", ""),
        ("Does Wednesday work?", ""),
        ("Tuesday?", ""),
        ("Tuesday works, unless Bob is away", ""),
        ("yes", ""),
        ("El martes si puedo", ""),
        ("Monday doesn't work, the others", ""),
        ("Friday the second", ""),  # the second is on a Tuesday
        ("No 2", ""),  # number two, or not two?
        ("1-3", ""),
        ("Tuesday to Thursday", ""),
        ("Monday through Thursday", ""),
        ("Tuesday after 11", ""),
        ("my boss prefers Tuesday", ""),
        ("Tuesday would have worked", ""),
        ("I wish I could do Tuesday", ""),
        ("Tuesday isn't great", ""),
        ("Can we do Tuesday", ""),
        ("m", ""),
        ("No", ""),
        ("Let me check with my boss", ""),
        ("2 works. 2 does not work.", ""),
        ("none of these, but Tuesday", ""),
        ("Tuesday works, I will call in from the road", ""),
        ("We are 3 people", ""),
        ("Whichever you and Bob like", ""),
        ("Could we do Wednesday instead?", ""),
        ("2 works. Call me at 555-1234.", "2"),
        ("Tuesday works. Could you send the agenda?", "2"),
        ("si puedo salir, el martes", ""),
    ],
)
def test_what_is_doubtful_is_given_back(text: str, expected: str) -> None:
    read = read_times(text, OFFERED, written())
    assert short(read) == expected
    assert read.not_understood


def test_nothing_is_nothing() -> None:
    assert read_times("", OFFERED, written()) == TimesChosen()
    assert read_times("Thanks,\nBob", OFFERED, written()) == TimesChosen()


def test_two_times_on_one_day() -> None:
    two = (*OFFERED, Offered(5, datetime(2027, 2, 23, 15, tzinfo=CHICAGO)))
    assert read_times("Tuesday works", two, written()).not_understood == ("Tuesday works",)
    assert short(read_times("not Tuesday", two, written())) == "not 25"
    assert short(read_times("Tuesday at 3", two, written())) == "5"
    assert short(read_times("Tuesday afternoon", two, written())) == "5"
    assert short(read_times("any time on Tuesday", two, written())) == "25"


def test_both_are_two() -> None:
    assert read_times("both work", OFFERED, written()).not_understood
    assert read_times("neither", OFFERED, written()).not_understood
    assert read_times("all three work", OFFERED, written()).not_understood
    assert short(read_times("both work", OFFERED[:2], written())) == "12"
    assert short(read_times("either is fine", OFFERED[:2], written())) == "12"
    assert short(read_times("neither works", OFFERED[:2], written())) == "none"
    assert short(read_times("all three work", OFFERED[:3], written())) == "123"


def test_one_time() -> None:
    assert short(read_times("yes", OFFERED[:1], written())) == "1"
    assert short(read_times("works for me", OFFERED[:1], written())) == "1"
    assert read_times("no, sorry", OFFERED[:1], written()).none


def test_the_clock_is_the_meetings() -> None:
    evening = (Offered(1, datetime(2027, 2, 23, 1, tzinfo=UTC)),)  # Monday, seven in the evening, in Chicago
    assert short(read_times("Monday 7pm", evening, written())) == "1"
    assert read_times("Tuesday 1am", evening, written()).not_understood
