"""Whatever a file holds, `load` gives a configuration or problems with a sentence, and never anything else."""

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.config import Config, load
from mailer.errors import ConfigProblems, Problem

from .test_load import ENVIRONMENT, GOOD, SECRET

_BITS = st.sampled_from(
    ["\n", "=", '"', "'", "[", "]", "[[", '"""', "''", "\\", "#", "{", "}", ",", ".", " = 1\n", "\x00", "é", "1979-05-27",
     "[mailbox]\n", "password", f'password = "{SECRET}"\n', "key = [", "nan", "9" * 30, "port = 0x10\n", "true"]
)  # fmt: skip


def outcome(file: Path) -> Config | tuple[Problem, ...]:
    try:
        return load(file, ENVIRONMENT)
    except ConfigProblems as problems:
        return problems.problems


@settings(max_examples=120, deadline=None, derandomize=True)
@given(edits=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 30), _BITS), min_size=1, max_size=5))
@example(edits=[(0, len(GOOD), "[" * 5000)])
@example(edits=[(0, len(GOOD), "a." * 3000 + "b = 1")])
def test_any_edit_of_a_good_file(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for start, length, new in edits:
        text = text[:start] + new + text[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        for part in ("rules", "templates"):
            (Path(folder) / part).mkdir()
        file = Path(folder) / "config.toml"
        file.write_text(text, encoding="utf-8")
        read = outcome(file)
    if isinstance(read, Config):
        assert SECRET not in repr(read)
        return
    named = text.count(SECRET) == text.count(
        f'password = "{SECRET}'
    )  # an edit may leave it as the value of another key
    assert read
    for problem in read:
        assert problem.sentence.endswith((".", "?"))
        assert SECRET not in str(problem) or not named
        assert problem.line <= text.count("\n") + 1


@given(raw=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_bytes(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_bytes(raw)
        assert outcome(file)
