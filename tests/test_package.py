"""The wheel: what somebody has who installs the package instead of cloning the project."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    where = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", where],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    (built,) = where.glob("*.whl")
    return zipfile.ZipFile(built)


def test_it_holds_every_module_and_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    ours = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "mailer").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours <= set(wheel.namelist())


@pytest.mark.parametrize("folder", ["templates", "rules"])
def test_it_carries_the_default_letters_and_rules(wheel: zipfile.ZipFile, folder: str) -> None:
    here = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / folder).rglob("*") if path.is_file()}
    assert here
    assert {f"mailer/_shipped/{name}" for name in here} <= set(wheel.namelist())
    assert "mailer/_shipped/config.example.toml" in wheel.namelist()


def test_the_command_works_from_the_wheel_alone(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    entry = "import sys; sys.path.insert(0, sys.argv.pop(1)); from mailer.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-P", "-c", entry, str(tmp_path / "site"), "init", "here"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert any((tmp_path / "here" / "rules").iterdir())
    assert any((tmp_path / "here" / "templates").iterdir())
    names = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert b"convener = mailer.cli:main" in wheel.read(names[0])
