"""Dates and times in words, on the meeting's wall clock."""

from dataclasses import fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.render.phrases import LANGUAGES, Phrases, date_in_words, phrases_for, time_in_words, when_in_words
from mailer.terms import PartStat

CHICAGO, MADRID, KOLKATA = ZoneInfo("America/Chicago"), ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("language", "start", "end", "words"),
    [
        ("en", (2026, 3, 12, 9, 0), (2026, 3, 12, 11, 0), "Thursday, March 12, 2026, 9:00 am – 11:00 am (CDT)"),
        ("en", (2026, 12, 1, 12, 0), (2026, 12, 1, 13, 5), "Tuesday, December 1, 2026, 12:00 pm – 1:05 pm (CST)"),
        ("en", (2026, 7, 1, 0, 0), (2026, 7, 1, 0, 30), "Wednesday, July 1, 2026, 12:00 am – 12:30 am (CDT)"),
        ("en-GB", (2026, 3, 12, 9, 0), (2026, 3, 12, 14, 0), "Thursday, 12 March 2026, 9:00 – 14:00 (CDT)"),
        ("es", (2026, 3, 12, 9, 0), (2026, 3, 12, 11, 0), "jueves, 12 de marzo de 2026, de 9:00 a 11:00 h (CDT)"),
        ("es_MX", (2026, 9, 2, 16, 30), (2026, 9, 2, 18, 0), "miércoles, 2 de septiembre de 2026, de 16:30 a 18:00 h (CDT)"),
        ("de", (2026, 3, 12, 9, 0), (2026, 3, 12, 11, 0), "Donnerstag, 12. März 2026, 9:00 bis 11:00 Uhr (CDT)"),
        ("fr", (2026, 8, 1, 9, 0), (2026, 8, 1, 11, 30), "samedi 1er août 2026, de 9 h 00 à 11 h 30 (CDT)"),
        ("fr", (2026, 3, 12, 9, 0), (2026, 3, 12, 11, 0), "jeudi 12 mars 2026, de 9 h 00 à 11 h 00 (CDT)"),
        ("pt", (2026, 3, 12, 9, 0), (2026, 3, 12, 11, 0), "Thursday, March 12, 2026, 9:00 am – 11:00 am (CDT)"),
        ("en", (2026, 3, 12, 9, 0), (2026, 3, 13, 16, 0), "Thursday, March 12, 2026, 9:00 am – Friday, March 13, 2026, 4:00 pm (CDT)"),
        ("de", (2026, 3, 12, 9, 0), (2026, 3, 13, 16, 0), "Donnerstag, 12. März 2026, 9:00 Uhr bis Freitag, 13. März 2026, 16:00 Uhr (CDT)"),
        ("es", (2026, 3, 12, 9, 0), (2026, 3, 13, 16, 0), "jueves, 12 de marzo de 2026, 9:00 h – viernes, 13 de marzo de 2026, 16:00 h (CDT)"),
    ],
)  # fmt: skip
def test_when(language: str, start: tuple[int, ...], end: tuple[int, ...], words: str) -> None:
    first, last = datetime(*start, tzinfo=CHICAGO), datetime(*end, tzinfo=CHICAGO)  # type: ignore[misc,arg-type]
    assert when_in_words(first, last, phrases_for(language)) == words


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Madrid", "CET"),
        ("Asia/Kolkata", "IST"),
        ("Asia/Dubai", "UTC+4"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/Sao_Paulo", "UTC−3"),
        ("UTC", "UTC"),
    ],
)
def test_zones_have_names(zone: str, name: str) -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=ZoneInfo(zone))
    assert when_in_words(noon, noon, phrases_for("en-gb")).endswith(f"12:00 – 12:00 ({name})")


def test_the_wall_clock_is_the_meetings() -> None:
    instant = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)
    assert date_in_words(instant.astimezone(MADRID), phrases_for("es")) == "viernes, 13 de marzo de 2026"
    assert time_in_words(instant.astimezone(KOLKATA), phrases_for("de")) == "5:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_complete(language: str) -> None:
    phrases = LANGUAGES[language]
    assert (len(phrases.weekdays), len(phrases.months)) == (7, 12)
    assert set(phrases.answers) == {PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE}
    assert all(getattr(phrases, field.name) != "" for field in fields(Phrases))
    for word, sentence in phrases.answers.values():
        assert sentence.startswith(word), "the written answer begins with the word on the button"
        assert word.lower() in phrases.ask.lower()
