"""The words of each language, as data: one TOML file a language beside this module; a new language is a new file.

A file holds tables (one for each reader, ``[common]`` and ``[dates]``) of classes: lists of words and fixed expressions. A class is
named ``table.class`` in the readers. Accents and capitals do not matter ("sí" and "si" are one).

Promises: a file is read once, when first needed. Never: decides anything. Fails: `KeyError` for a class that a file does not have
(a bug of ours: the tests load every class of every language).
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from mailer.understand.clauses import plain


@cache
def codes() -> tuple[str, ...]:
    """The languages there are, English first."""
    names = sorted(entry.name[:-5] for entry in resources.files(__package__).iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda code: code != "en"))


@cache
def content(code: str) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((resources.files(__package__) / f"{code}.toml").read_text(encoding="utf-8"))


def expressions(code: str, name: str) -> Sequence[str]:
    """The entries of the class ``table.class``."""
    table, _, kind = name.partition(".")
    found: Sequence[str] = content(code)[table][kind]
    return found


@cache
def numbers(code: str) -> Mapping[str, int]:
    """Number words: one, two …"""
    return {plain(word): number for word, number in content(code)["numbers"].items()}
