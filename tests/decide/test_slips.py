"""Slips in rule files, each with the exact words that a convener gets (slips.txt; "Nothing is switched on …" left out)."""

import re
from pathlib import Path

import pytest

from mailer.decide.rulebook import read_rules
from mailer.decide.rulefile import FOLLOW
from mailer.decide.vocabulary import Kind, known

LETTERS = {"invitation-business", "reminder", "last-call", "logistics"}
CASES = [case.split("\n----\n") for case in Path(__file__).with_name("slips.txt").read_text("utf-8").split("\n====\n")]


def without_lists(text: str) -> str:
    """*text* with … for the lists of words: a word more in the vocabulary changes no slip."""
    text = re.sub(r"(\w I know: )[^\n]*?( \(type: convener words\)|$)", r"\1…\2", text, flags=re.MULTILINE)
    return re.sub(r"(an anchor is one of: )[^;)\n]*", r"\1…", text)


@pytest.mark.parametrize(("typed", "told"), CASES, ids=lambda text: text.split("\n")[-1][:60])
def test_a_slip_is_told_kindly_and_exactly(typed: str, told: str) -> None:
    _, problems = read_rules({"launch.toml": typed + "\n"}, letters=LETTERS, default_zone="America/Chicago")
    assert without_lists("\n\n".join(str(p).replace(f"\n{FOLLOW}", "") for p in problems)) == told.rstrip("\n")
    for problem in problems:
        assert problem.warning != (problem.follow == FOLLOW), "an error says what happens meanwhile"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('to = "the dogs"', Kind.GROUP),
        ('to = "everyone invited who never answered"', Kind.STATE),
        ('when = "tomorrow"', Kind.HAPPENING),
        ('when = "2 weeks before"', Kind.ANCHOR),
        ('unless = "it rains"', Kind.CONDITION),
        ('attach = "map"', Kind.ATTACHMENT),
        ('ask = "will you come?"', Kind.ASK),
        ('hold = "maybe"', Kind.HOLD),
        ('colour = "red"', Kind.KEY),
    ],
)
def test_the_lists_hold_every_word_of_their_kind(line: str, kind: Kind) -> None:
    lines = {"when": 'when = "reply is yes"', "to": 'to = "the person who replied"', "send": 'send = "reminder"'}
    lines[line.partition(" =")[0]] = line
    text = "\n".join(["[r]", *lines.values(), ""])
    _, problems = read_rules({"launch.toml": text}, letters=LETTERS, default_zone="America/Chicago")
    assert known(kind) in "\n".join(map(str, problems))


def test_what_nobody_can_see_does_no_harm() -> None:
    """Blanks that do not break, marks without width and hyphens that do not break come along from word processors."""
    text = '\ufeff[remind\u20111]\nwhen\u00a0= "2\u00a0business\u202fdays before meeting start"\nto = "every\u200bone invited"\nsend = "reminder"\n'
    book, problems = read_rules({"launch.toml": text}, letters=LETTERS, default_zone="America/Chicago")
    assert problems == ()
    assert [(r.id, str(r.whens[0])) for r in book.rules] == [("remind-1", "2 business days before meeting start")]


def test_there_are_enough_of_them() -> None:
    assert len({told for _, told in CASES}) >= 215


def test_no_words_of_programmers() -> None:
    """Nobody who writes rules has heard of any of these."""
    never = (
        "None",
        "token",
        "Token",
        "parse",
        "TOML",
        "dict",
        "tuple",
        "enum",
        "exception",
        "Traceback",
        "regex",
        "T_",
        "§",
    )
    for typed, told in CASES:
        new = [line for line in told.split("\n") if not line.startswith("    ")]
        assert not [w for w in never if any(w in line for line in new)], typed


def test_every_mistake_of_every_file_at_once() -> None:
    files = {
        "a.toml": '[one]\nwhen = "tomorrow"\nto = "nobodies"\nsend = "remindr"\n',
        "b.toml": '[two]\nwhen = "reply is yes"\nto = "the person who replied\nsend = "reminder"\n',
        "c.toml": '[one]\nwhen = "reply is yes"\nto = "the person who replied"\nsend = "reminder"\n',
    }
    book, problems = read_rules(files, letters=LETTERS, default_zone="America/Chicago")
    assert [(p.where, p.line) for p in problems] == [
        ("a.toml", 2),
        ("a.toml", 3),
        ("a.toml", 4),
        ("b.toml", 3),
        ("c.toml", 1),
    ]
    assert problems[-1].sentence == "The heading [one] is already in a.toml, line 1."
    assert book.rules == ()


def test_a_rule_beside_a_broken_one_is_still_read() -> None:
    good = '[good]\nwhen = "reply is yes"\nto = "the person who replied"\nsend = "reminder"\n'
    book, problems = read_rules({"a.toml": good + "[bad]\nwhen = 1\n"}, letters=LETTERS, default_zone="UTC")
    assert [r.id for r in book.rules] == ["good"]
    assert problems
