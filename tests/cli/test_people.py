"""convener people: a file in, the register, and the same file out again."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.test_rules_commands import CONFIG, RULES, data, printed, typed

PEOPLE = """name,email,other emails,organisation,assistant of
Pat Pool,pat@acme.example,pp@home.example,Acme,ann@acme.example; bob@bolt.example
Ann Lee,ann@acme.example,,Acme,
Bob Katz,bob@bolt.example,,Bolt,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rules" / "1-invitations.toml").write_text(RULES)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def register(folder: Path) -> dict[str, dict[str, object]]:
    found = data(folder, "people", "list")
    assert isinstance(found, list)
    return {p["name"]: p for p in found}


def test_an_assistant_stands_in_the_file_for_whom_she_answers(folder: Path) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    assert "3 new" in printed(folder, "people", "import", str(folder / "people.csv"))
    found = register(folder)
    assert found["Ann Lee"]["assistants"] == found["Bob Katz"]["assistants"] == ["pat@acme.example", "pp@home.example"]
    assert found["Pat Pool"]["assistants"] == []
    # out and in again: nothing is lost, nothing is new
    out = printed(folder, "people", "list", "--csv")
    rows = {r["name"]: r["assistant of"] for r in csv.DictReader(io.StringIO(out))}
    assert rows["Pat Pool"].split() == ["ann@acme.example", "bob@bolt.example"]
    assert rows["Ann Lee"] == ""
    (folder / "people.csv").write_text(out)
    assert "0 new, 4 brought up to date, 0 left out" in printed(folder, "people", "import", str(folder / "people.csv"))
    assert register(folder) == found


@pytest.mark.parametrize(
    ("boss", "told"),
    [
        ("nobody@acme.example", "Pat Pool cannot answer for nobody@acme.example: that is not in the register."),
        ("pp@home.example", "Pat Pool cannot answer for pp@home.example: that is the same person."),
    ],
)
def test_who_cannot_be_answered_for_is_told_and_the_row_is_kept(folder: Path, boss: str, told: str) -> None:
    (folder / "people.csv").write_text(
        f"name,email,other emails,assistant of\nPat Pool,pat@acme.example,pp@home.example,{boss}\n"
    )
    result = typed(folder, "people", "import", str(folder / "people.csv"))
    assert result.exit_code == 0
    assert told in " ".join(result.output.split())
    assert register(folder)["Pat Pool"]["assistants"] == []
