"""Days and hours as people write them, counted from a Wednesday: 10 February 2027, nine in the morning in Chicago."""

from datetime import UTC, date, datetime, time

import pytest

from mailer.understand.asks.dates import DateReading, read_date
from mailer.understand.asks.question import Written

WEDNESDAY = datetime(2027, 2, 10, 15, tzinfo=UTC)


def written(language: str = "en", at: datetime = WEDNESDAY, day_first: bool | None = None) -> Written:
    return Written(at, "America/Chicago", language, day_first)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 May", "2027-05-03"),
        ("by 3 May", "2027-05-03"),
        ("by May 3", "2027-05-03"),
        ("May 3rd", "2027-05-03"),
        ("the 3rd of May", "2027-05-03"),
        ("3rd of May 2027", "2027-05-03"),
        ("May 3, 2027", "2027-05-03"),
        ("before May 3rd, 2027", "2027-05-03"),
        ("no later than 3 May", "2027-05-03"),
        ("by 3 May at the latest", "2027-05-03"),
        ("on Monday, May 3", "2027-05-03"),
        ("Mon 3 May", "2027-05-03"),
        ("Monday the 3rd of May", "2027-05-03"),
        ("2027-05-03", "2027-05-03"),
        ("15.3.", "2027-03-15"),
        ("15.3", "2027-03-15"),
        ("15.03.2027", "2027-03-15"),
        ("15. 3. 2027", "2027-03-15"),
        ("3/15", "2027-03-15"),
        ("15/3/27", "2027-03-15"),
        ("3/3", "2027-03-03"),
        ("3-15-2027", "2027-03-15"),
        ("the 15th", "2027-02-15"),
        ("by the 5th", "2027-03-05"),
        ("today", "2027-02-10"),
        ("tomorrow", "2027-02-11"),
        ("the day after tomorrow", "2027-02-12"),
        ("Friday", "2027-02-12"),
        ("by Friday", "2027-02-12"),
        ("this Friday", "2027-02-12"),
        ("next Friday", "2027-02-19"),
        ("coming Friday", "2027-02-12"),
        ("Friday next week", "2027-02-19"),
        ("next week Friday", "2027-02-19"),
        ("Friday of next week", "2027-02-19"),
        ("Monday", "2027-02-15"),
        ("next Monday", "2027-02-15"),
        ("end of the week", "2027-02-12"),
        ("end of next week", "2027-02-19"),
        ("by the end of next week", "2027-02-19"),
        ("end of the month", "2027-02-28"),
        ("EOM", "2027-02-28"),
        ("end of May", "2027-05-31"),
        ("end of next month", "2027-03-31"),
        ("end of the year", "2027-12-31"),
        ("in two weeks", "2027-02-24"),
        ("in 10 days", "2027-02-20"),
        ("three weeks from now", "2027-03-03"),
        ("within a month", "2027-03-10"),
        ("EOD Friday", "2027-02-12"),
        ("Thanks, by 3 May", "2027-05-03"),
    ],
)
def test_english(text: str, day: str) -> None:
    assert read_date(text, written()) == DateReading(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("el 3 de mayo", "es", "2027-05-03"),
        ("3 de mayo de 2027", "es", "2027-05-03"),
        ("para el 3 de mayo", "es", "2027-05-03"),
        ("antes del 20 de marzo", "es", "2027-03-20"),
        ("hasta el 3 de mayo a más tardar", "es", "2027-05-03"),
        ("el lunes 3 de mayo", "es", "2027-05-03"),
        ("el 15", "es", "2027-02-15"),
        ("el viernes", "es", "2027-02-12"),
        ("el próximo viernes", "es", "2027-02-12"),
        ("el viernes que viene", "es", "2027-02-12"),
        ("el viernes de la próxima semana", "es", "2027-02-19"),
        ("martes 23", "es", "2027-02-23"),
        ("mañana", "es", "2027-02-11"),
        ("pasado mañana", "es", "2027-02-12"),
        ("fin de mes", "es", "2027-02-28"),
        ("a fines de mayo", "es", "2027-05-31"),
        ("a finales de la próxima semana", "es", "2027-02-19"),
        ("en dos semanas", "es", "2027-02-24"),
        ("dentro de 10 días", "es", "2027-02-20"),
        ("bis 3. Mai", "de", "2027-05-03"),
        ("bis zum 15. März 2027", "de", "2027-03-15"),
        ("am 15.3.2027", "de", "2027-03-15"),
        ("Mi 17.2.", "de", "2027-02-17"),
        ("am 15.", "de", "2027-02-15"),
        ("kommenden Freitag", "de", "2027-02-12"),
        ("Freitag nächster Woche", "de", "2027-02-19"),
        ("nächste Woche Freitag", "de", "2027-02-19"),
        ("übermorgen", "de", "2027-02-12"),
        ("Ende nächster Woche", "de", "2027-02-19"),
        ("Ende Mai", "de", "2027-05-31"),
        ("Monatsende", "de", "2027-02-28"),
        ("in zwei Wochen", "de", "2027-02-24"),
        ("le 3 mai", "fr", "2027-05-03"),
        ("avant le 15 mars 2027", "fr", "2027-03-15"),
        ("d'ici vendredi", "fr", "2027-02-12"),
        ("le 15", "fr", "2027-02-15"),
        ("fin mai", "fr", "2027-05-31"),
        ("fin de la semaine prochaine", "fr", "2027-02-19"),
        ("après-demain", "fr", "2027-02-12"),
        ("dans deux semaines", "fr", "2027-02-24"),
        ("el 3 de mayo", "en", "2027-05-03"),  # an answer need not be in the language of the letter
    ],
)
def test_other_languages(text: str, language: str, day: str) -> None:
    assert read_date(text, written(language)) == DateReading(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("Friday at 10am", "2027-02-12", "10:00"),
        ("Fri 10:30 am", "2027-02-12", "10:30"),
        ("tomorrow at 2pm", "2027-02-11", "14:00"),
        ("May 3, 2027 at 10:30am", "2027-05-03", "10:30"),
        ("Friday at noon", "2027-02-12", "12:00"),
        ("Friday 14:30", "2027-02-12", "14:30"),
        ("Friday, 9.30 am", "2027-02-12", "09:30"),
        ("el viernes a las 10 de la mañana", "2027-02-12", "10:00"),
        ("Freitag um 10 Uhr", "2027-02-12", "10:00"),
        ("vendredi à 14h30", "2027-02-12", "14:30"),
    ],
)
def test_hours(text: str, day: str, hour: str) -> None:
    assert read_date(text, written()) == DateReading(date.fromisoformat(day), time.fromisoformat(hour))


@pytest.mark.parametrize(
    "text",
    [
        "03/04",  # April or March
        "3/4/2027",
        "4.5/6",
        "31 February",
        "30.2.",
        "3 January",  # gone by; eleven months ahead is not meant
        "3 May 2026",
        "2026-05-03",
        "3 May 2062",
        "Monday 4 May",  # a Tuesday
        "Friday, 13.2.",
        "early next week",
        "mid May",
        "next week",
        "May",
        "sometime in May",
        "after 3 May",
        "from Friday",
        "3 or 4 May",
        "3-5 May",
        "Monday or Tuesday",
        "Friday at 3",  # in the morning, or in the afternoon?
        "Friday morning",
        "the 32nd",
        "the 10th",  # today, or in a month?
        "Wednesday",  # today, or in a week?
        "this Monday",
        "soon",
        "ASAP",
        "never",
        "yesterday",
        "last Friday",
        "nächsten Freitag",
        "vendredi prochain",
        "99999999 May",
        "12345/12345",
        "3 May 10 May",
        "555-1234",
    ],
)
def test_what_is_doubtful_is_no_date(text: str) -> None:
    assert read_date(text, written()) == DateReading(not_understood=(text,))


def test_the_hint_says_which_comes_first() -> None:
    assert read_date("03/04", written(day_first=True)).day == date(2027, 4, 3)
    assert read_date("03/04", written(day_first=False)).day == date(2027, 3, 4)
    assert read_date("15/3", written(day_first=False)).day == date(2027, 3, 15)
    assert read_date("3.4.", written(day_first=False)).day == date(2027, 3, 4)


def test_the_language_of_the_letter_decides_between_two_readings() -> None:
    assert read_date("Mar 3", written("en")).day == date(2027, 3, 3)


@pytest.mark.parametrize(
    ("at", "text", "day"),
    [
        (datetime(2027, 2, 11, 3, tzinfo=UTC), "tomorrow", date(2027, 2, 11)),  # still Wednesday evening in Chicago
        (datetime(2027, 2, 12, 15, tzinfo=UTC), "next Friday", date(2027, 2, 19)),  # said on a Friday
        (datetime(2027, 2, 12, 15, tzinfo=UTC), "end of the week", date(2027, 2, 12)),
        (datetime(2027, 2, 13, 15, tzinfo=UTC), "end of the week", None),  # said on a Saturday
        (datetime(2027, 2, 13, 15, tzinfo=UTC), "this Monday", date(2027, 2, 15)),
        (datetime(2027, 2, 13, 15, tzinfo=UTC), "next Friday", date(2027, 2, 19)),
        (datetime(2027, 12, 30, 15, tzinfo=UTC), "5 January", date(2028, 1, 5)),
        (datetime(2027, 12, 30, 15, tzinfo=UTC), "in two weeks", date(2028, 1, 13)),
        (datetime(2028, 2, 10, 15, tzinfo=UTC), "29 February", date(2028, 2, 29)),
        (datetime(2027, 1, 31, 15, tzinfo=UTC), "in a month", date(2027, 2, 28)),
        (datetime(2027, 12, 15, 15, tzinfo=UTC), "end of next month", date(2028, 1, 31)),
    ],
)
def test_counted_from_the_day_of_writing(at: datetime, text: str, day: date | None) -> None:
    assert read_date(text, written(at=at)).day == day


def test_nothing_is_nothing() -> None:
    assert read_date("", written()) == DateReading()
    assert read_date(" \n ", written()) == DateReading()
