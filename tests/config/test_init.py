"""`convener init`: what it writes is whole, guessed where the machine knows, and never in place of something."""

import io
import os
from pathlib import Path

import pytest

from mailer.cli.init import machine_time_zone, run_init
from mailer.config import load
from mailer.partnership.register import COLUMNS, read_people
from mailer.shipped import shipped_rules, shipped_templates


def init(folder: Path, **environment: str) -> tuple[int, str]:
    out = io.StringIO()
    return run_init(folder, out, environment), out.getvalue()


def test_what_it_writes_is_a_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "Upper_peninsula"
    code, said = init(folder, TZ="America/Detroit")
    assert code == 0
    config = load(folder / "config.toml", {"CONVENER_MAILBOX_PASSWORD": "x"})
    (partnership,) = config.partnerships
    assert config.warnings == ()
    assert (partnership.key, partnership.name) == ("upper-peninsula", "Upper Peninsula")
    assert partnership.time_zone == "America/Detroit"
    assert partnership.people == folder / "people.csv"
    for ours, theirs in ((folder / "rules", shipped_rules()), (folder / "templates", shipped_templates())):
        assert {f.name: f.read_bytes() for f in ours.iterdir()} == {f.name: f.read_bytes() for f in theirs.iterdir()}
    assert said.splitlines()[-3:] == [
        f"1. cd {folder}, then put your name, addresses and mail servers into config.toml, and your people into people.csv.",
        "2. convener check finds mistakes in these files; convener doctor tries the mail servers.",
        "3. convener people import people.csv, then convener meeting add … (see convener meeting add --help), convener preview, convener run.",
    ]


@pytest.mark.skipif(os.name == "nt", reason="file modes are of POSIX")
def test_the_configuration_is_private(tmp_path: Path) -> None:
    init(tmp_path)
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600


def test_the_list_of_people_has_a_header_and_samples_that_are_not_imported(tmp_path: Path) -> None:
    init(tmp_path)
    raw = (tmp_path / "people.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfname,email,other emails,")  # Excel opens it as UTF-8
    text = raw.decode("utf-8-sig")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert all(line.count(",") == len(COLUMNS) - 1 for line in text.splitlines())
    assert read_people("people.csv", raw) == ((), ())
    # Without the mark the samples are good rows, so a convener who edits one gets it right.
    rows, problems = read_people("people.csv", text.replace("# ", "").encode())
    assert [row.name for row in rows] == ["Ann Lee", "Pat Cole"]
    assert problems == ()


def test_nothing_is_overwritten_and_what_is_missing_is_added(tmp_path: Path) -> None:
    init(tmp_path)
    mine = {"config.toml": b"mine", "people.csv": b"mine", "templates/reminder.txt": b"mine"}
    for name, content in mine.items():
        (tmp_path / name).write_bytes(content)
    rule = next((tmp_path / "rules").iterdir())
    rule.unlink()
    code, said = init(tmp_path)
    assert code == 0
    assert {name: (tmp_path / name).read_bytes() for name in mine} == mine
    assert rule.exists()
    assert "rules/ (1 file)" in said
    assert "Left as it was: config.toml, people.csv, rules/" in said
    assert "Everything is in" in init(tmp_path)[1]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = init(tmp_path / "file" / "x")
    assert (code, said) == (1, f"I cannot write into {tmp_path}/file/x: Not a directory.\n")


@pytest.mark.parametrize(
    ("environment", "timezone", "localtime", "expected"),
    [
        ({"TZ": "America/Chicago"}, None, None, "America/Chicago"),
        ({"TZ": ":Europe/Berlin"}, "America/Denver", None, "Europe/Berlin"),
        ({"TZ": "CST6CDT,M3.2.0,M11.1.0"}, "America/Denver\n", None, "America/Denver"),
        ({}, None, "Asia/Tokyo", "Asia/Tokyo"),
        ({}, "Etc/UTC", "Etc/UTC", ""),
        ({}, "Mars/Olympus", None, ""),
        ({}, None, None, ""),
    ],
)
def test_time_zone_of_the_machine(
    environment: dict[str, str], timezone: str | None, localtime: str | None, expected: str, tmp_path: Path
) -> None:
    if timezone:
        (tmp_path / "timezone").write_text(timezone)
    if localtime:
        (tmp_path / "localtime").symlink_to(f"/usr/share/zoneinfo/{localtime}")
    assert machine_time_zone(environment, tmp_path) == expected
