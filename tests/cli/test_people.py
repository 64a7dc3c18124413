"""convener people: a file in, the register, and the same file out again."""

import csv
import io
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.test_rules_commands import CONFIG, RULES, data, printed, typed
from tests.partnership.test_nasty_lists import row, workbook

PEOPLE = """name,email,other emails,organisation,assistant of
Pat Pool,pat@acme.example,pp@home.example,Acme,ann@acme.example; bob@bolt.example
Ann Lee,ann@acme.example,,Acme,
Bob Katz,bob@bolt.example,,Bolt,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rules" / "1-invitations.toml").write_text(RULES)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def register(folder: Path) -> dict[str, dict[str, object]]:
    found = data(folder, "people", "list")
    assert isinstance(found, list)
    return {p["name"]: p for p in found}


def test_an_assistant_stands_in_the_file_for_whom_she_answers(folder: Path) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    assert "3 new" in printed(folder, "people", "import", str(folder / "people.csv"))
    found = register(folder)
    assert found["Ann Lee"]["assistants"] == found["Bob Katz"]["assistants"] == ["pat@acme.example", "pp@home.example"]
    assert found["Pat Pool"]["assistants"] == []
    # out and in again: nothing is lost, nothing is new
    out = printed(folder, "people", "list", "--csv")
    rows = {r["name"]: r["assistant of"] for r in csv.DictReader(io.StringIO(out))}
    assert rows["Pat Pool"].split() == ["ann@acme.example", "bob@bolt.example"]
    assert rows["Ann Lee"] == ""
    (folder / "people.csv").write_text(out)
    assert "0 new, 4 brought up to date, 0 left out" in printed(folder, "people", "import", str(folder / "people.csv"))
    assert register(folder) == found


@pytest.mark.parametrize(
    ("boss", "told"),
    [
        ("nobody@acme.example", "Pat Pool cannot answer for nobody@acme.example: that is not in the register."),
        ("pp@home.example", "Pat Pool cannot answer for pp@home.example: that is the same person."),
    ],
)
def test_who_cannot_be_answered_for_is_told_and_the_row_is_kept(folder: Path, boss: str, told: str) -> None:
    (folder / "people.csv").write_text(
        f"name,email,other emails,assistant of\nPat Pool,pat@acme.example,pp@home.example,{boss}\n"
    )
    result = typed(folder, "people", "import", str(folder / "people.csv"))
    assert result.exit_code == 0
    assert told in " ".join(result.output.split())
    assert register(folder)["Pat Pool"]["assistants"] == []


NASTY = (
    "Name;E-Mail;Firma;Art\r\nLee, Ann;ann@acme.example;Acme College;\r\nBob & Cho;bob@bolt.example;Bolt;\r\n".encode(
        "cp1252"
    )
)


def test_what_is_left_over_is_a_file_beside_the_list(folder: Path) -> None:
    (folder / "liste.csv").write_bytes(NASTY)
    result = typed(folder, "people", "import", str(folder / "liste.csv"))
    assert result.exit_code == 1
    assert "1 new, 0 brought up to date, 1 left out" in result.output
    rest = (folder / "liste-returned.csv").read_bytes().decode("utf-8-sig")
    assert rest.splitlines()[0] == "Name;E-Mail;Firma;Art;reason"
    assert "may be two people" in rest
    elsewhere = folder / "rest.csv"
    typed(folder, "people", "import", str(folder / "liste.csv"), "--rejected", str(elsewhere))
    assert elsewhere.exists()


def test_an_import_is_taken_back(folder: Path) -> None:
    (folder / "liste.csv").write_bytes(NASTY)
    typed(folder, "people", "import", str(folder / "liste.csv"))
    (folder / "more.csv").write_text(
        "name,email,organisation,title\nAnn Lee,ann@acme.example,Acme,Owner\nDia Roe,dia@roe.example,Roe,\n"
    )
    assert "1 new, 1 brought up to date" in printed(folder, "people", "import", str(folder / "more.csv"))
    assert register(folder)["Ann Lee"]["title"] == "Owner"
    assert "0 new, 2 brought up to date" in printed(
        folder, "people", "import", str(folder / "more.csv")
    )  # changes nothing
    assert "1 who came with it are out of the register, 1 are as they were" in printed(
        folder, "people", "import", "--undo"
    )
    assert (register(folder)["Ann Lee"]["title"], register(folder)["Ann Lee"]["organisation"]) == ("", "Acme College")
    assert "Dia Roe" not in register(folder)


def test_which_letter_is_decided_shown_and_kept(folder: Path) -> None:
    (folder / "liste.csv").write_text(
        "name,email,organisation,kind\nAnn Lee,a@c.example,Acme College,business\nBob Katz,b@c.example,Acme College,public partner\n"
    )
    result = typed(folder, "people", "import", str(folder / "liste.csv"))
    assert "Acme College gets both letters: Ann Lee as business, Bob Katz as public partner" in result.output
    assert "gets both letters" in printed(folder, "people", "list")
    told = printed(folder, "people", "letter", "Acme College", "public partner", "--because", "it is a college")
    assert "Acme College gets the public partners' letter, because it is a college (2 people)." in told
    listed = printed(folder, "people", "list")
    assert "gets both letters" not in listed
    assert "decided: it is a college" in listed
    assert {p["kind"] for p in register(folder).values() if p["organisation"] == "Acme College"} == {"public partner"}
    assert typed(folder, "people", "letter", "Nobody Inc", "business").exit_code == 1
    assert typed(folder, "people", "letter", "Acme College", "friends").exit_code == 2


def test_everything_kept_forgotten_and_taken_in_again(folder: Path) -> None:
    assert "Zoe Quill (zoe@quill.example) is in the register" in printed(
        folder, "people", "add", "Zoe Quill", "zoe@quill.example", "--from", "Quill"
    )
    assert typed(folder, "people", "add", "Zoe Quill", "zoe@quill.example").exit_code == 1
    printed(folder, "people", "export", "zoe@quill.example", "--to", str(folder / "zoe.zip"))
    with zipfile.ZipFile(folder / "zoe.zip") as archive:
        assert b"Zoe Quill" in archive.read("everything.json")
    (folder / "people.csv").write_text("name,email\nZoe Quill,zoe@quill.example\n")
    (folder / "store-before-20260101-000000.db").write_bytes(b"")
    told = printed(folder, "people", "forget", "zoe@quill.example", "--yes")
    assert "is forgotten" in told
    for file in folder.glob("*.db*"):
        content = file.read_bytes().lower()
        assert b"zoe" not in content
        assert b"quill" not in content
    result = typed(folder, "people", "import", str(folder / "people.csv"))
    assert "was forgotten on" in result.output
    assert register(folder).keys() == {"Dana Reyes"}
    assert "is in the register" in printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")


def test_the_log_says_who_and_retention_what_it_would_do(folder: Path) -> None:
    printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")
    table = printed(folder, "log", "--who")
    assert "Zoe Quill was added to the register" in table
    assert "on the command line" in table
    (line,) = data(folder, "log", "--by", "command line", "--about", "zoe@quill.example", "--json")  # type: ignore[misc]
    assert line["what"] == "people"
    assert typed(folder, "log", "--meeting", "nothing").exit_code != 0
    assert "Nothing is kept longer than you want it." in printed(folder, "retention", "--dry-run")
    assert "Nothing is kept longer" in printed(folder, "retention")


def test_what_somebody_leaves_open_and_where_else_they_stand_is_told(folder: Path) -> None:
    """Files that are packed are looked into; copies from before an update are named, and go by themselves."""
    printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")
    printed(folder, "people", "add", "Bob Katz", "bob@bolt.example")
    printed(folder, "plan", "add", "call three schools", "--owner", "zoe@quill.example")
    (folder / "mine.csv").write_text("name,email,champion\nBob Katz,bob@bolt.example,zoe@quill.example\n", "utf-16")
    printed(folder, "people", "import", str(folder / "mine.csv"))
    printed(folder, "people", "export", "zoe@quill.example", "--to", str(folder / "kept.zip"))
    (folder / "list.xlsx").write_bytes(workbook(("People", row(1, "Name") + row(2, "ZOE QUILL"))))
    (folder / "other.csv").write_text("name,email\nZoey Quillan,zoey@quill.example\n")
    old, fresh = (
        folder / "convener-before-20200101-000000.db",
        folder / f"convener-before-{datetime.now(UTC):%Y%m%d}-000000.db",
    )
    for copy in (old, fresh, folder / "convener-before-lunch.db"):
        copy.write_bytes(b"zoe")
    told = " ".join(printed(folder, "people", "forget", "zoe@quill.example", "--yes").split())
    assert "Without an owner now: action item 1." in told
    assert "Without a champion now: 1 person." in told
    assert {n for n in ("kept.zip", "list.xlsx", "mine.csv", "other.csv") if f"{n} names them, too" in told} == {
        "kept.zip", "list.xlsx", "mine.csv",
    }  # fmt: skip
    assert f"Copies of the database from before an update still have them: {old.name}, {fresh.name}." in told
    assert f"would be removed: {old.name}." in printed(folder, "retention", "--dry-run")
    assert old.exists()
    assert f"were removed: {old.name}." in printed(folder, "retention")
    assert not old.exists()
    assert fresh.exists()
    assert (folder / "convener-before-lunch.db").exists()


def test_a_folder_is_no_file(folder: Path) -> None:
    printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")
    for command in (("people", "import"), ("plan", "import"), ("people", "export", "zoe@quill.example", "--to")):
        result = typed(folder, *command, str(folder / "rules"))
        assert result.exit_code == 1
        assert "is a folder. Name a file" in result.output


def test_small_words_for_one(folder: Path) -> None:
    printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example", "--from", "Quill")
    assert "(1 person)" in printed(folder, "people", "letter", "Quill", "public partner")


def test_a_name_as_people_write_it_into_a_list_is_read_by_hand_too(folder: Path) -> None:
    """“Dear PhD” is what a letter would say."""
    printed(folder, "people", "add", "Lee, Ann, PhD", "ann@acme.example")
    assert "Ann Lee PhD" in register(folder)
    result = typed(folder, "people", "add", "Ann & Bob", "both@acme.example")
    assert result.exit_code == 1
    assert "may be two people" in result.output


def test_who_was_taken_off_comes_back_by_hand_alone(folder: Path) -> None:
    people_file = folder / "list.csv"
    people_file.write_text("name,email\nZoe Quill,zoe@quill.example\n")
    printed(folder, "people", "import", str(people_file))
    with sqlite3.connect(folder / "convener.db") as store:
        store.execute("UPDATE person SET left_at = '2026-03-02 15:00:00+00:00' WHERE name = 'Zoe Quill'")
    store.close()
    result = typed(folder, "people", "import", str(people_file))
    assert result.exit_code == 1
    assert "Zoe Quill was taken off the list on 02 March 2026" in result.output
    assert "Zoe Quill" not in register(folder)
    assert "is in the register" in printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")
    assert "Zoe Quill" in register(folder)


def test_approvals_show_who_when_by_which_mail_and_to_which_text(folder: Path) -> None:
    printed(folder, "people", "add", "Zoe Quill", "zoe@quill.example")
    printed(
        folder, "meeting", "add", "launch", "--title", "Launch", "--start", "2087-03-13 09:00", "--place", "Mill Road"
    )
    with sqlite3.connect(folder / "convener.db") as store:
        ((partnership, zoe),) = store.execute(
            "SELECT partnership_id, id FROM person WHERE name = 'Zoe Quill'"
        ).fetchall()
        ((launch,),) = store.execute("SELECT id FROM meeting WHERE slug = 'launch'").fetchall()
        at, text = "2026-03-02 15:00:00+00:00", "3fa9c0ffee12beef3fa9c0ffee12beef"
        (inbound,) = store.execute(
            "INSERT INTO inbound (partnership_id, mailbox, uid_validity, imap_uid, digest, state, received_at, size, errors, message_id, author, "
            "subject, kind, reason, words, proposed, guests) VALUES (?, 'INBOX', 1, 1, 'x', 'handled', ?, 9, 0, '<ok-1@quill.example>', "
            "'zoe@quill.example', 'Re', 'answer', '', 'OK', '', 0) RETURNING id",
            (partnership, at),
        ).fetchone()  # fmt: skip
        store.execute(
            "INSERT INTO approval (partnership_id, person_id, meeting_id, rule, round, state, words, asked_at, answered_at, inbound_id, subject, "
            "text, letters) VALUES (?, ?, ?, 'invite', ?, 'ok', 'OK', ?, ?, ?, 'Join us', 'Dear Ann', 2)",
            (partnership, zoe, launch, text, at, at, inbound),
        )
    store.close()
    (found,) = data(folder, "approvals", "--json")  # type: ignore[misc]
    assert {k: found[k] for k in ("signer", "state", "words", "message", "message_id", "author", "text id")} == {
        "signer": "Zoe Quill", "state": "ok", "words": "OK", "message": inbound, "message_id": "<ok-1@quill.example>",
        "author": "zoe@quill.example", "text id": text,
    }  # fmt: skip
    assert "3fa9c0ffee12" in printed(folder, "approvals")
    assert "Dear Ann" in printed(folder, "approvals", str(found["number"]))


def test_the_convener_with_a_new_address_is_one_person(folder: Path) -> None:
    (folder / "people.csv").write_text(
        "name,email,kind\nAnn Lee,ann@acme.example,busines\nBob Katz,bob@bolt.example,business\n"
    )
    told = typed(folder, "people", "import", str(folder / "people.csv"))
    assert "Did you mean business?" in told.stderr
    assert set(register(folder)) == {"Dana Reyes", "Bob Katz"}
    (folder / "config.toml").write_text(CONFIG.replace("dana@northwdb.example", "dana.reyes@northwdb.example"))
    printed(folder, "meeting", "add", "launch", "--title", "Launch", "--start", "2087-03-13 09:00")
    found = data(folder, "people", "list")
    assert isinstance(found, list)
    dana = [p for p in found if p["name"] == "Dana Reyes"]
    assert [p["email"] for p in dana] == ["dana.reyes@northwdb.example"]
