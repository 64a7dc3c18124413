"""A language that nobody knows is told in the same words wherever it stands, and costs nobody their invitation."""

from pathlib import Path

import pytest

from mailer.terms import language_of
from tests.cli.test_rules_commands import CONFIG, typed

TOLD = "I do not know the language “sp”. Did you mean “es”?"


@pytest.mark.parametrize(
    ("typed_", "code"),
    [
        ("en", "en"), ("EN", "en"), (" es ", "es"), ("Spanish", "es"), ("español", "es"), ("Français", "fr"), ("pt-BR", "pt-br"),
        ("pt_br", "pt-br"), ("Hmong", "hmn"), ("hmn", "hmn"), ("zh-Hans", "zh-hans"), ("es-419", "es-419"),
        ("", ""), ("sp", ""), ("xx", ""), ("klingon", ""), ("en;es", ""), ("e", ""), ("english please", ""),
    ],
)  # fmt: skip
def test_languages_as_people_write_them(typed_: str, code: str) -> None:
    assert language_of(typed_) == code


def partnership(where: Path, language: str = "en", people: str = "", letter: str = "", file: str = "hello.txt") -> Path:
    for name in ("rules", "templates"):
        (where / name).mkdir()
    (where / "rules" / "1.toml").write_text('[r]\nwhen = "reply is yes"\nto = "convener"\nsend = "logistics"\n')
    keys = f'language = "{language}"\npeople = "people.csv"\n'
    (where / "config.toml").write_text(CONFIG.replace("[convener]", f"{keys}[convener]", 1))
    (where / "people.csv").write_text(f"name,email,kind,language\n{people}")
    if letter:
        (where / "templates" / file).write_text(letter)
    return where


def told(folder: Path, *arguments: str) -> str:
    result = typed(folder, *arguments)
    return result.output


def test_in_the_configuration(tmp_path: Path) -> None:
    folder = partnership(tmp_path, language="sp")
    for command in (("check",), ("doctor",), ("people", "import", str(folder / "people.csv"))):
        assert TOLD in told(folder, *command), command


@pytest.mark.parametrize(
    ("letter", "file", "line"),
    [
        ("Subject: Hola\nLanguage: sp\n\nHola.\n", "hello.txt", ", line 2"),
        ("Subject: Hola\n\nHola.\n", "hello.sp.txt", ""),
    ],
)
def test_in_a_letter(tmp_path: Path, letter: str, file: str, line: str) -> None:
    found = told(partnership(tmp_path, letter=letter, file=file), "check")
    assert f"templates/{file}{line}\n{TOLD}" in found


def test_in_a_list_of_people(tmp_path: Path) -> None:
    """Ann is written to all the same."""
    folder = partnership(tmp_path, people="Ann Lee,ann@acme.example,business,sp\nEd Diaz,ed@bolt.example,business,pt\n")
    for command in (("check",), ("people", "import", str(folder / "people.csv"))):
        assert f"people.csv, line 2, in Ann Lee   (warning)\n{TOLD} Letters go out in “en”" in told(folder, *command)
    assert "No letter is written in “pt”, which Ed Diaz would have it in." in told(folder, "check")
    assert typed(folder, "check").exit_code == 0
    assert '"language": "en"' in told(folder, "people", "list", "--json").split('"Ann Lee"')[1].split("}")[0]
