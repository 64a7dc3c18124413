"""`convener demo`: it ends by itself, everybody stands where their answers put them, and what it keeps can be looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _convener(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mailer", *arguments],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_demo_tells_its_story_and_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    told = _convener("demo", "--fast", "--keep", str(folder))
    assert "people coming (Thu 19 Mar 2026" in told
    found = json.loads(_convener("--config", str(folder / "config.toml"), "attendance", "launch", "--json"))
    answers = {row["name"]: row["answer"] for row in found["attendance"]}
    assert answers["Ruth Halloran"] == answers["Walt Kaminski"] == answers["Olga Petrenko"] == "yes"
    assert answers["Beth Sundqvist"] == answers["Ramón Ibarra"] == answers["Tess Moreau"] == "no"
    assert answers["Per Isaksen"] == answers["Gus Marchetti"] == "no answer"
    assert answers["Nora Feldman"] == "maybe"
    waiting = {
        row["author"] for row in json.loads(_convener("--config", str(folder / "config.toml"), "review", "--json"))
    }
    assert "rex@tolliverpumps.example" in waiting  # nobody invited him: nothing is recorded
    assert len(list((folder / "mails").glob("*.eml"))) > 200
