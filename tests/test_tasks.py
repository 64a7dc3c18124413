"""The page docs/tasks.md: task → rule → letter → test. It is made from tests/tasks.toml and the shipped rules, and held true here."""

import ast
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailer.decide.rule import Rule
from mailer.decide.rulebook import read_rules
from mailer.render.letters import read_letters, shipped_letters
from mailer.shipped import shipped_rules

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tasks.md"
TASKS: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests" / "tasks.toml").read_text(encoding="utf-8"))


def rules() -> dict[str, Rule]:
    files = {path.name: path.read_text("utf-8") for path in sorted(shipped_rules().glob("*.toml"))}
    book, _ = read_rules(files, letters=read_letters([shipped_letters()])[0].names, default_zone="America/Chicago")
    return {str(rule.id): rule for rule in book.rules}


def page() -> str:
    shipped = rules()
    lines = [
        "# What is done for each task of a convener",
        "",
        "The numbers are those of the table of 53 tasks that the project began with; what is not listed is not by mail, or not done yet.",
        "This page is made from `tests/tasks.toml`; a test keeps it true.",
        "",
        "| task | what is done | rules → letters | commands | tests |",
        "|---|---|---|---|---|",
    ]
    for number, task in TASKS.items():
        sends = "<br>".join(f"`[{r}]` → {shipped[r].letter}" for r in task.get("rules", []))
        commands = "<br>".join(f"`convener {c}`" for c in task.get("commands", []))
        tests = "<br>".join(t.replace("::*", "").replace("::", ": ") for t in task["tests"]) or "none of its own yet"
        lines.append(f"| {number}. {task['task']} | {task['done']} | {sends} | {commands} | {tests} |")
    return "\n".join(lines) + "\n"


def test_the_page_is_what_the_tables_say() -> None:
    if os.environ.get("CONVENER_SNAPSHOTS") == "update":
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_shipped_rule_serves_a_task() -> None:
    named = {rule for task in TASKS.values() for rule in task.get("rules", [])}
    assert named == set(rules())


@pytest.mark.parametrize("name", sorted({t for task in TASKS.values() for t in task["tests"]}))
def test_the_tests_are_there_and_say_what_they_serve(name: str) -> None:
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / "tests" / "flow" / file).read_text(encoding="utf-8"))
    functions = {n.name: n for n in tree.body if isinstance(n, ast.AsyncFunctionDef | ast.FunctionDef)}
    if function == "*":
        assert any(n.startswith("test_") for n in functions)
        return
    told = ast.get_docstring(functions[function]) or ""
    served = [number for number, task in TASKS.items() if name in task["tests"] and number.isdigit()]
    assert not served or "Task" in told
