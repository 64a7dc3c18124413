"""The page docs/tasks.md: task → rule → letter → test. It is made from tests/tasks.toml and the shipped rules, and held true here."""

import ast
import os
import re
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
        tests = "<br>".join(t.replace("::*", "").replace("::", ": ") for t in task["tests"])
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


def _sources(name: str) -> dict[str, tuple[str, str]]:
    """(docstring, source) of each test that an entry of the table means, by its name."""
    file, _, function = name.partition("::")
    text = (ROOT / "tests" / (file if "/" in file else f"flow/{file}")).read_text(encoding="utf-8")
    found = {
        n.name: (ast.get_docstring(n) or "", ast.get_source_segment(text, n) or "")
        for n in ast.parse(text).body
        if isinstance(n, ast.AsyncFunctionDef | ast.FunctionDef) and n.name.startswith("test_")
    }
    return found if function == "*" else {function: found[function]}


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_shipped_rule_has_a_scenario_that_says_which_task_it_serves(rule: str) -> None:
    """One of the tests of its tasks, named by itself, with the number of the task in its docstring."""
    served = [number for number, task in TASKS.items() if rule in task.get("rules", [])]
    named = {(number, name) for number in served for name in TASKS[number]["tests"] if not name.endswith("::*")}
    said = [name for number, name in named if number in _numbers(name) or number == "more"]
    assert said, f"No test of its own for [{rule}] names one of the tasks {served}."


def _numbers(name: str) -> set[str]:
    return set(re.findall(r"\d+", next(iter(_sources(name).values()))[0]))


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_shipped_rule_is_looked_for_by_its_heading_or_its_letter(rule: str) -> None:
    """Some test of the flow names the rule, or words of its letter's subject: without the rule it fails."""
    letter = (ROOT / "templates" / f"{rules()[rule].letter}.txt").read_text(encoding="utf-8")
    subject = re.sub(r"\{[{%].*?[%}]\}", "|", letter.partition("\n")[0].removeprefix("Subject:"))
    pieces = [piece.split() for piece in re.split(r"[|:,?]", subject)]
    words = {" ".join(w[i : i + 3]) for w in pieces for i in range(max(1, len(w) - 2)) if len(" ".join(w)) > 6}
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests" / "flow").glob("test_*.py")))
    assert f'"{rule}"' in text or any(w in text for w in words), (rule, words)


@pytest.mark.parametrize("number", list(TASKS))
def test_every_task_of_the_table_has_a_test(number: str) -> None:
    assert TASKS[number]["tests"]


@pytest.mark.parametrize("name", sorted({t for task in TASKS.values() for t in task["tests"]}))
def test_the_tests_are_there_and_say_what_they_serve(name: str) -> None:
    found = _sources(name)
    assert found
    if name.endswith("::*"):
        return
    served = {number for number, task in TASKS.items() if name in task["tests"] and number.isdigit()}
    assert not served or served & _numbers(name), f"{name} names none of the tasks {served}"
