"""convener share, decided, stories, report, plan helps|helpers|invite, question ask: as typed, on a database in a file (tasks 23, 45, 48, 50, 53)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.pipeline.papers.activity import year_told
from tests.cli.test_rules_commands import CONFIG, PEOPLE, RULES, data, printed, typed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A meeting that was held yesterday."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rules" / "1-invitations.toml").write_text(RULES)
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "people.csv").write_text(PEOPLE)
    printed(tmp_path, "people", "import", str(tmp_path / "people.csv"))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d 09:00")
    printed(tmp_path, "meeting", "add", "launch", "--title", "Launch", "--start", yesterday, "--place", "Mill Road")
    printed(tmp_path, "came", "launch", "ann@acme.example")
    return tmp_path


def test_the_report_in_words_as_data_and_on_paper(folder: Path) -> None:
    printed(folder, "plan", "add", "Ask three schools", "--owner", "ann@acme.example", "--due", "2020-01-01")
    printed(folder, "decided", "launch", "we meet once a quarter")
    day = datetime.now(UTC) - timedelta(days=1)
    told = " ".join(printed(folder, "report", str(day.year)).split())
    assert f"Activity report {day.year}" in told
    assert "1 meeting of the partnership" in told
    assert "we meet once a quarter" in told
    found = json.loads(printed(folder, "report", str(day.year), "--json"))
    assert found["items"] == {"added": 1, "done": 0, "open": 1, "overdue": 1}
    assert [(k["kind"], k["came"]) for m in found["meetings"] for k in m["kinds"]] == [("business", 1)]
    printed(folder, "report", str(day.year), "--pdf", str(folder / "report.pdf"))
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "has not begun" in typed(folder, "report", str(day.year + 2)).output


@pytest.mark.parametrize(("month", "year"), [(1, 2026), (3, 2026), (4, 2027), (12, 2027)])
def test_which_year_is_meant(month: int, year: int) -> None:
    assert year_told(datetime(2027, month, 15, tzinfo=UTC), "America/Chicago") == year


def test_who_could_help(folder: Path) -> None:
    printed(folder, "plan", "add", "Ask the bus company", "--priority", "Transport to work")
    assert "Nobody has said yet" in printed(folder, "plan", "helpers")
    printed(folder, "plan", "helps", "ann@acme.example", "buses and transport")
    assert "Ann Lee" in printed(folder, "plan", "helpers")
    assert (
        "No action team is called Transport" in typed(folder, "plan", "invite", "ann@acme.example", "Transport").output
    )
    assert "Nobody has told a story yet" in printed(folder, "stories")
    assert data(folder, "stories") == []
    assert "There is no story 7" in typed(folder, "stories", "--publish", "7").output


def test_drafts_and_questions(folder: Path) -> None:
    assert "There is no summary of launch yet" in " ".join(typed(folder, "share", "launch").output.split())
    (folder / "summary.txt").write_text("We met.")
    printed(folder, "summary", "launch", "--write", str(folder / "summary.txt"))
    assert "is over" in typed(folder, "share", "launch", "--until", "2020-01-01").output
    assert "0 champions are asked" in printed(folder, "share", "launch")
    assert data(folder, "summary", "launch") == {"state": "shared", "version": 1, "text": "We met."}
    told = printed(
        folder, "question", "ask", "What comes first?", "--to", "everyone", "--choice", "Schools", "--choice", "Buses"
    )
    assert "people are asked" in told
    assert "question show 1" in told
    assert "different choices" in " ".join(
        typed(folder, "question", "ask", "What?", "--to", "everyone", "--choice", "One").output.split()
    )
