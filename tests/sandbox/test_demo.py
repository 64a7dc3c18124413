"""`convener demo`: it ends by itself, tells the same story each time, and what it leaves can be looked at."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mailer", *arguments],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def convener(*arguments: str) -> str:
    running = start(*arguments)
    told, _ = running.communicate(timeout=300)
    assert running.returncode == 0, told
    assert "Traceback" not in told
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a demo left, run in a folder where one had run before."""
    where = tmp_path_factory.mktemp("demo") / "convener-demo"
    where.mkdir()
    (where / ".convener-demo").write_text("from before")
    (where / "story.txt").write_text("from before")
    convener("demo", "--fast", "--folder", str(where))
    return where


def test_the_story_has_every_part_of_the_life(folder: Path) -> None:
    told = (folder / "story.txt").read_text("utf-8")
    for words in (
        "reply “OK”", "invitations leave", "bounces", "click a button in their calendar", "in their own words", "sends a colleague", "Out-of-office",
        "“move launch to", "A reminder, to those alone", "replies with what came of it", "The caterer gets", "What to print",
        "That makes 22", "kept", "thanks to 22 who came", "“approve summary of launch”", "Dana writes “settle", "“Done!”", "monthly update",
        "I need help", "“Hecho. ¡Gracias!”", "times for the next meeting", "who can host",
    ):  # fmt: skip
        assert words in told, words


def test_everybody_stands_where_their_answers_put_them(folder: Path) -> None:
    found = json.loads(convener("--config", str(folder / "config.toml"), "attendance", "launch", "--json"))
    answers = {row["name"]: row["answer"] for row in found["attendance"]}
    assert {answers[n] for n in ("Ruth Halloran", "Walt Kaminski", "Olga Petrenko", "Leon Vasquez", "Petra Lind")} == {
        "yes"
    }
    assert {answers[n] for n in ("Per Isaksen", "Bruno Castellani")} == {"yes"}  # a champion telephoned
    assert {answers[n] for n in ("Beth Sundqvist", "Ramón Ibarra", "Tess Moreau")} == {"no"}
    assert answers["Gus Marchetti"] == "no answer"
    assert answers["Nora Feldman"] == "maybe"
    assert "Rex Tolliver" not in answers  # nobody invited him


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and value]


def test_every_link_leads_to_something_and_every_mail_is_there_twice(folder: Path) -> None:
    for page in ("index.html", "mails.html"):
        links = _Links()
        links.feed((folder / page).read_text("utf-8"))
        assert len(links.found) > 50
        assert [link for link in links.found if not (folder / link).is_file()] == []
    letters = list((folder / "mails").glob("*.eml"))
    assert len(letters) > 300
    assert all(letter.with_suffix(".html").is_file() for letter in letters)
    papers = {path.name for path in (folder / "papers").iterdir()}
    for name in (
        "sign-in-sheet",
        "name-badges",
        "table-tents",
        "agenda",
        "call-list",
        "summary",
        "action-plan",
        "letters",
        "labels",
    ):
        assert f"launch-{name}.pdf" in papers
    assert {"launch-plan-at-first.svg", "next-meeting-plan.svg"} <= papers


def test_a_second_run_tells_the_same_story(folder: Path, tmp_path: Path) -> None:
    convener("demo", "--fast", "--folder", str(tmp_path / "again"))
    assert (tmp_path / "again" / "story.txt").read_text("utf-8") == (folder / "story.txt").read_text("utf-8")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "my-letter.txt").write_text("dear Ann")
    running = start("demo", "--fast", "--folder", str(tmp_path))
    told, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "holds something else" in told.replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["my-letter.txt"]
