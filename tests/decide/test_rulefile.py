"""The layout of rule files: what is read is what TOML says, and nothing that a person writes makes it fall over."""

import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.rulebook import read_rules
from mailer.decide.rulefile import INVISIBLE, read_file
from tests.decide import cast

keys = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
plain = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\" + "".join(map(chr, INVISIBLE))), max_size=20
)
quoted = st.one_of(
    plain.map(lambda t: '"' + t.replace('"', "") + '"'),
    plain.map(lambda t: "'" + t.replace("'", "") + "'"),
    st.just(r'"a \" quote # and [brackets]"'),
)
lists = st.lists(quoted, max_size=4).flatmap(
    lambda parts: st.sampled_from([", ", ",", ",\n  ", ' ,\n# [a remark] "with" quotes\n']).map(
        lambda comma: "[" + comma.join(parts) + "]"
    )
)
values = st.one_of(quoted, lists, st.integers(0, 99).map(str))
entries = st.dictionaries(keys, values, max_size=5)
files = st.dictionaries(keys, entries, min_size=1, max_size=4)
gaps = st.sampled_from(["\n", "\n\n", ' # a remark: [x] = "y"\n', "\r\n", "\n# [no-heading]\n"])


@settings(deadline=None)
@given(files, gaps)
def test_a_good_file_means_what_toml_says(sections: dict[str, dict[str, str]], gap: str) -> None:
    text = "".join(
        f"[{name}]{gap}" + "".join(f"{k} = {v}{gap}" for k, v in es.items()) for name, es in sections.items()
    )
    read, problems = read_file("x.toml", text)
    assert not problems, text
    ours = {s.name: {e.key: list(e.value) if isinstance(e.value, tuple) else e.value for e in s.entries} for s in read}
    assert ours == tomllib.loads(text)
    lines = text.replace("\r\n", "\n").split("\n")
    for section in read:
        assert lines[section.line - 1].startswith(f"[{section.name}]")
        for entry in section.entries:
            assert lines[entry.line - 1].startswith(f"{entry.key} =")


pieces = st.sampled_from(
    [
        "[",
        "]",
        '"',
        "'",
        "=",
        ",",
        "\n",
        "#",
        "\\",
        "a",
        "to",
        "when",
        " ",
        "“",
        "”",
        ":",
        "{",
        "}",
        '"""',
        "1",
        "2026-03-02",
        "x = ",
        "\r",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=40).map("".join)))
def test_any_file_is_read_or_refused(text: str) -> None:
    sections, problems = read_file("x.toml", text)
    if problems:
        assert all(p.sentence and p.where == "x.toml" for p in problems)
    else:
        assert {s.name for s in sections} == set(tomllib.loads(text.removeprefix("\ufeff").replace("\r", "\n")))


@settings(deadline=None)
@given(st.data())
def test_a_shipped_file_with_any_bite_out_of_it(data: st.DataObject) -> None:
    name, text = data.draw(st.sampled_from(sorted(cast.shipped().items())))
    start = data.draw(st.integers(0, len(text)))
    bitten = text[:start] + text[start + data.draw(st.integers(1, 30)) :]
    book, problems = read_rules({name: bitten}, letters=cast.LETTERS, default_zone=cast.ZONE)
    assert book.rules or problems


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        '"' * 100_000,
        "a = [" * 5_000,
        "x = " + "[" * 50_000,
        "\n" * 200_000,
        "é" * 300_000,
        "a = [\n" + '"",\n' * 60_000,
        "x\n" * 100_000,
    ],
)
def test_a_hostile_file_takes_no_time(text: str) -> None:
    began = time.process_time()
    _, problems = read_rules({"x.toml": text}, letters=(), default_zone="UTC")
    assert problems
    assert time.process_time() - began < 20  # grown with the square it would be minutes


def test_two_hundred_files() -> None:
    page = cast.shipped()["1-invitations.toml"]
    files = {
        f"{n}.toml": "".join(
            f"[{line[1:-1]}-{n}]\n" if line.startswith("[") and line[1:-1] not in ("about", "timing") else f"{line}\n"
            for line in page.splitlines()
        )
        for n in range(200)
    }
    book, problems = read_rules(files, letters=cast.LETTERS, default_zone=cast.ZONE)
    assert len(book.rules) == 1000
    assert not [p for p in problems if not p.warning]
