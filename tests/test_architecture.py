"""What the architecture page promises is held by a program."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[1]
PURE = ("parse", "understand", "partnership", "decide", "render", "printing")
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


@pytest.mark.parametrize("package", PURE)
def test_no_hidden_clock_or_die_in_the_pure_packages(package: str) -> None:
    for path in (ROOT / "mailer" / package).rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {a.name.partition(".")[0] for a in node.names} | {
                    (getattr(node, "module", "") or "").partition(".")[0]
                }
                assert not names & {"random", "secrets", "aiosmtplib", "aioimaplib", "tortoise", "socket"}, (
                    f"{path}: {names}"
                )
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
            ):
                assert (node.func.value.id, node.func.attr) not in CLOCKS, f"{path}:{node.lineno}"


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "mailer").rglob("*.py")
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_imports_look_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_each_library_has_one_door() -> None:
    doors: dict[str, set[str]] = {"aioimaplib": set(), "tortoise": set()}
    for path in (ROOT / "mailer").rglob("*.py"):
        text = path.read_text()
        for name, found in doors.items():
            if re.search(rf"^\s*(?:from|import) {name}\b", text, re.MULTILINE):
                found.add(path.relative_to(ROOT / "mailer").parts[0])
    assert doors == {"aioimaplib": {"receive"}, "tortoise": {"store"}}


def test_commands_in_the_readme_exist() -> None:
    from mailer.cli import app

    group = get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined]
    typed = set(re.findall(r"^\s+(?:\.venv/bin/)?convener ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert typed
    assert typed <= known
