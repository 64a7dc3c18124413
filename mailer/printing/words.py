"""The words of printed documents by language, for callers that put values into words: "Champion", "12 days late".

Promises: a language without a file of its own, and a word that a file lacks, is said in English.
"""

import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "layouts" / "words"
ENGLISH = "en"


def has_words(language: str) -> bool:
    """Are documents in *language* ("es-mx": in Spanish) in its own words?"""
    short = language.partition("-")[0].lower()
    return short.isalpha() and short.isascii() and (WORDS / f"{short}.toml").is_file()


def language_of_words(language: str) -> str:
    """The language documents have their words in: *language* ("es-mx" → "es") where there is a file for it, else English."""
    return language.partition("-")[0].lower() if has_words(language) else ENGLISH


@cache
def _words(language: str) -> dict[str, str]:
    return tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))


def word(key: str, language: str, **values: object) -> str:
    """The words of *key*, their holes filled from *values*."""
    text = _words(language_of_words(language)).get(key) or _words(ENGLISH)[key]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
