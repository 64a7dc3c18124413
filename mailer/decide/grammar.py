"""The grammar of phrases: grammar.lark, completed from the vocabulary, compiled once and only when a rule file is read.

Each closed set of words becomes one rule of the grammar with an alternative for every spelling of every word; the alternative is
named ``kind__word``, by which `meaning` finds the word again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lark import Lark, Token, Tree

from mailer.decide.vocabulary import Kind, Word, of_kind, slug, word

Start = str
"""A rule of the grammar that a key's text must match: ``when``, ``audience``, ``condition`` …"""
_RULES = {
    Kind.UNIT: "unit",
    Kind.ANCHOR: "anchor",
    Kind.HAPPENING: "happening",
    Kind.GROUP: "group",
    Kind.STATE: "state",
    Kind.CONDITION: "condition",
    Kind.ATTACHMENT: "attachment",
    Kind.ASK: "ask",
    Kind.SIGNER: "signer",
    Kind.HOLD: "hold",
    Kind.IF_LATE: "if_late",
    Kind.BUNDLE: "bundle",
    Kind.SEND_ON: "send_on",
    Kind.DO: "drafted",
}
_KINDS = {name: kind for kind, name in _RULES.items()}
_STARTS = (*_RULES.values(), "when", "audience", "duration", "repeat", "between", "do")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled grammar. *texts*: the plain text of each terminal that has one; *kinds*: which sorts of word it can stand for;
    *loose*: the terminals of loose spellings."""

    parser: Lark
    texts: Mapping[str, str]
    kinds: Mapping[str, tuple[Kind, ...]]
    loose: frozenset[str]


@cache
def grammar() -> Grammar:
    """Complete and compile the grammar (a seventh of a second)."""
    texts: dict[str, str] = {}
    kinds: dict[str, tuple[Kind, ...]] = {}
    loose: set[str] = set()
    lines = [resources.files("mailer.decide").joinpath("grammar.lark").read_text("utf-8")]
    for kind, name in _RULES.items():
        alternatives = []
        for w in of_kind(kind):
            for spelling in (w.text, *w.also, *w.loose):
                # The first part of a loose spelling tells it; it is loose for its kind alone ("champion" may sign, not get mail).
                mark = f"__LOOSE_{name.upper()}" if spelling in w.loose else ""
                symbols = []
                for part in parts(spelling):
                    if part in _PLACES:
                        symbols.append(_PLACES[part])
                        continue
                    terminal = f"T_{slug(part).upper()}{mark}"
                    while texts.get(terminal, part) != part:
                        terminal += "_"
                    texts[terminal] = part
                    kinds[terminal] = (*kinds.get(terminal, ()), kind)
                    symbols.append(terminal)
                    if mark:
                        loose.add(terminal)
                    mark = ""
                alternatives.append(f"{' '.join(symbols)} -> {name}__{w.slug}")
        lines.append(f"{name}: " + "\n  | ".join(alternatives))
    lines += [f"{name}: {_pattern(text)}" for name, text in texts.items()]
    parser = Lark("\n".join(lines), parser="lalr", start=list(_STARTS), maybe_placeholders=False)
    for defined in parser.terminals:
        if defined.pattern.type == "str":
            texts.setdefault(defined.name, defined.pattern.value)
    return Grammar(parser, texts, kinds, frozenset(loose))


_PLACES = {"N": "duration", "COUNT": "number"}


def parts(spelling: str) -> list[str]:
    """Split *spelling* around N and COUNT."""
    return [p.strip() for p in re.split(r"\b(N|COUNT)\b", spelling) if p.strip()]


def _pattern(text: str) -> str:
    """*text* as a regular expression of the grammar, ending where a word ends."""
    return f"/{re.escape(text.lower()).replace('/', chr(92) + '/')}(?!\\w)/"


def branches(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    """*tree* and every tree in it, from left to right."""
    yield tree
    for child in tree.children:
        if isinstance(child, Tree):
            yield from branches(child)


def word_of(branch: str) -> Word | None:
    """The word for which the alternative *branch* of the grammar stands, or None where it is structure."""
    name, _, slug_ = branch.partition("__")
    return word(_KINDS[name], slug_) if slug_ else None
