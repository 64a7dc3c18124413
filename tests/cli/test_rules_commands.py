"""convener preview, rehearse, why, words, changes, test-letter: as typed, on a partnership with a file for a database."""

import json
import re
from email import policy
from email.parser import BytesParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from mailer.cli import anywhere, app
from mailer.errors import MailerError

RULES = """[about]
title  = "Invitations"
serves = "all meetings"
owner  = "dana@northwdb.example"

[timing]
time-zone    = "America/Chicago"
send-between = "08:30-16:30"

[invite]
note = "The first letter"
when = "6 weeks before meeting start at 09:00"
to   = "businesses who have not been invited"
send = "invitation-business"
ask  = "yes, no or maybe"
hold = "ask me first"

[remind-1]
when = "10 days before meeting start at 09:30"
to   = "everyone invited who has not replied"
send = "reminder"
ask  = "yes, no or maybe"

[confirm]
when   = "reply is yes"
to     = "the person who replied"
send   = "confirmation-yes"
attach = ["calendar invitation"]
"""
CONFIG = """[partnership]
key = "northwoods"
name = "Northwoods Partnership"
time-zone = "America/Chicago"
[convener]
name = "Dana Reyes"
address = "dana@northwdb.example"
[mailbox]
address = "partnership@northwdb.example"
host = "127.0.0.1"
tls = "none"
[sending]
host = "127.0.0.1"
tls = "none"
"""
PEOPLE = """name,email,organisation,kind
Ann Lee,ann@acme.example,Acme,business
Bob Katz,bob@bolt.example,Bolt,business
Cho Park,cho@works.example,Works,business
"""
START = "2087-03-13 09:00"  # a Thursday, far ahead on any clock this runs by


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("partnership")
    (where / "rules").mkdir()
    (where / "templates").mkdir()
    (where / "rules" / "1-invitations.toml").write_text(RULES)
    (where / "config.toml").write_text(CONFIG)
    (where / "people.csv").write_text(PEOPLE)
    assert typed(where, "people", "import", str(where / "people.csv")).exit_code == 0
    assert (
        typed(
            where, "meeting", "add", "launch", "--title", "Launch", "--start", START, "--place", "Mill Road"
        ).exit_code
        == 0
    )
    return where


def typed(folder: Path, *arguments: str) -> Result:
    """What the console script does with *arguments*."""
    result = CliRunner().invoke(app, anywhere(["--config", str(folder / "config.toml"), *arguments]))
    if isinstance(result.exception, MailerError):
        return Result(
            result.runner,
            b"",
            str(result.exception).encode(),
            str(result.exception).encode(),
            None,
            1,
            None,
            None,  # type: ignore[arg-type]
        )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def printed(folder: Path, *arguments: str) -> str:
    result = typed(folder, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def data(folder: Path, *arguments: str) -> object:
    return json.loads(printed(folder, *arguments, "--json"))


def test_preview_says_the_plan_and_draws_it(folder: Path, tmp_path: Path) -> None:
    told = printed(folder, "preview", "launch", "--as-of", "2087-01-20", "--svg", str(tmp_path / "plan.svg"))
    assert re.search(
        r"Thu 30 Jan 09:00  invite +3 people  \(Acme: A\. Lee, Bolt: B\. Katz, Works: C\. Park\)  waits for your OK",
        told,
    )
    root = ET.parse(tmp_path / "plan.svg").getroot()
    assert "The first letter" in "".join(root.itertext())
    lines = data(folder, "preview", "launch", "--as-of", "2087-01-20")
    assert isinstance(lines, list)
    assert [(line["rule"], line["count"], line["held"]) for line in lines][:2] == [
        ("invite", 3, True),
        ("remind-1", 3, False),
    ]


def test_rehearse_prints_the_mail_log_and_writes_the_mails(folder: Path, tmp_path: Path) -> None:
    before = (folder / "convener.db").read_bytes()
    told = printed(
        folder,
        "rehearse",
        "launch",
        "--as-of",
        "2087-01-20",
        "--say",
        "Ann=yes after 2 days",
        "--silent-rest",
        "--eml",
        str(tmp_path / "mails"),
    )
    assert "Sat  1 Feb 09:00  ← Ann Lee: “Yes, I will be there.”" in told
    assert "understood: Ann Lee says yes to “Launch”" in told
    assert re.search(r"Mon  3 Mar 09:30  → remind-1 +Bob Katz <bob@bolt\.example>", told)
    assert "ann@acme.example" not in re.findall(r"remind-1.*", told)[0]
    assert "In the end: 1 yes, 2 no answer." in told
    (mail,) = [
        m for m in (tmp_path / "mails").glob("*ann@acme.example.eml") if b"You are on the list" in m.read_bytes()
    ]
    assert BytesParser(policy=policy.default).parsebytes(mail.read_bytes())["To"] == "Ann Lee <ann@acme.example>"
    assert (folder / "convener.db").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["launch", "--say", "Ann"], 1, "is no pretend answer"),
        (["launch", "--say", "Zoe=yes"], 1, "Nobody in the register"),
        (["dinner"], 1, "There is no meeting called dinner. Meetings: "),
        (["launch", "--outage", "soon"], 1, "is no day"),
        (["launch", "--silent-rest", "--habits"], 2, "Say either"),
        (["--move", "2087-03-20 09:00 on 2087-02-01"], 2, "Which meeting is moved?"),
        (["launch", "--until", "2001-01-01"], 1, "end before it begins"),
    ],
)
def test_a_rehearsal_called_wrongly_says_what_is_wrong(
    folder: Path, arguments: list[str], code: int, sentence: str
) -> None:
    result = typed(folder, "rehearse", *arguments)
    assert (result.exit_code, sentence in result.output) == (code, True), result.output


def test_why_names_the_line_that_decided(folder: Path) -> None:
    told = printed(folder, "why", "ann@acme.example", "--meeting", "launch")
    assert re.search(
        r"would get:\n  invite +Thu 30 Jan 09:00, once you release it +\(1-invitations\.toml, line 12\)", told
    )
    assert re.search(r"remind-1 +as things stand: has not been invited +\(1-invitations\.toml, line 20\)", told)
    found = data(folder, "why", "ann@acme.example", "remind-1", "--meeting", "launch")
    assert isinstance(found, dict)
    assert [(r["rule"], r["outcome"], r["key"]) for r in found["rules"]] == [("remind-1", "will not get", "to")]
    assert typed(folder, "why", "nobody@x.example").exit_code == 1
    missed = typed(folder, "why", "ann@acme.example", "remind-9").output
    assert "No rule [remind-9] serves launch. Did you mean [remind-1]?" in missed
    assert "Those that do: invite, remind-1, confirm." in typed(folder, "why", "ann@acme.example", "x").output


def test_changes_says_what_a_draft_would_do_and_does_nothing(folder: Path, tmp_path: Path) -> None:
    assert printed(folder, "changes") == "Nothing is different: the files say what is in force.\n"
    draft = tmp_path / "draft"
    draft.mkdir()
    (draft / "1-invitations.toml").write_text(
        RULES.replace("[remind-1]", "[remind1]")
        + '\n[more]\nwhen = "3 days before meeting start at 09:00"\nto = "businesses"\nsend = "logistics"\n'
    )
    told = printed(folder, "changes", str(draft))
    assert "new: [remind1], [more]" in told
    assert "Ann Lee, Bob Katz and Cho Park would newly get [more] about launch (first on Mon 10 Mar 2087 09:00)" in told
    assert "[remind1] looks like the old [remind-1], which 0 people already got. Same rule?" in told
    assert data(folder, "changes") == {
        "new": [], "changed": [], "removed": [], "renamed": [], "newly_get": [], "no_longer_get": [], "would_have_got": [], "dropped": [],
        "problems": [],
    }  # fmt: skip
    (draft / "1-invitations.toml").write_text(RULES.replace('"businesses who', '"busineses who'))
    result = typed(folder, "changes", str(draft))
    assert result.exit_code == 1
    assert "Did you mean" in result.output
    assert re.search(r"until this is fixed. The version of \d+ [A-Z][a-z]{2} stays in force\.", result.output)


def test_words_are_the_same_either_way(folder: Path) -> None:
    words = data(folder, "words")
    assert isinstance(words, list)
    told = printed(folder, "words")
    assert len(words) > 100
    assert all(w["means"] in told for w in words)


def test_a_letter_tried_out_answers_for_nobody(folder: Path, tmp_path: Path) -> None:
    printed(
        folder,
        "test-letter",
        "invitation-business",
        "--to-person",
        "ann@acme.example",
        "--eml",
        str(tmp_path / "one.eml"),
    )
    raw = (tmp_path / "one.eml").read_bytes()
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert str(message["Subject"]).startswith("[test letter] ")
    assert message["To"].addresses[0].addr_spec == "dana@northwdb.example"
    assert b"Dear Ann" in raw
    assert b"ann@acme.example" not in raw
    assert "no letter “dinner”" in typed(folder, "test-letter", "dinner", "--to-person", "ann@acme.example").output
    assert typed(folder, "test-letter", "reminder", "--to-person", "zoe@x.example").exit_code == 1
    nowhere = typed(folder, "test-letter", "reminder", "--to-person", "ann@acme.example")  # no mail server is there
    assert (nowhere.exit_code, "was not sent" in nowhere.output) == (1, True)
