"""Who came, as conveners write it, and as a sign-in sheet says it."""

import pytest

from mailer.understand.rollcall import RollCall, WalkIn, read_rollcall, read_sheet
from tests.partnership.test_nasty_lists import row, workbook

CHO = WalkIn("Cho Lee", "Acme")
READ: list[tuple[str, RollCall]] = [
    ("came: Ann Lee, Bob Stone", RollCall(("Ann Lee", "Bob Stone"))),
    ("Came to launch: Ann Lee and Bob Stone.", RollCall(("Ann Lee", "Bob Stone"), meeting="launch")),
    ("came to the Launch meeting: a@b.example, c@d.example", RollCall(("a@b.example", "c@d.example"), meeting="Launch meeting")),
    ("attended: Ann", RollCall(("Ann",))),
    ("were there: Ann, Bob", RollCall(("Ann", "Bob"))),
    ("Present: Ann; Bob", RollCall(("Ann", "Bob"))),
    ("Ann and Bob came", RollCall(("Ann", "Bob"))),
    ("Ann, Bob & Cho were there", RollCall(("Ann", "Bob", "Cho"))),
    ("all came", RollCall(everybody=True)),
    ("Everyone came!", RollCall(everybody=True)),
    ("Everybody was there", RollCall(everybody=True)),
    ("all came but Bob", RollCall(everybody=True, absent=("Bob",))),
    ("all came except Bob Stone and Cho", RollCall(everybody=True, absent=("Bob Stone", "Cho"))),
    ("everyone but Bob came", RollCall(everybody=True, absent=("Bob",))),
    ("All who said yes came, except for Bob.", RollCall(everybody=True, absent=("Bob",))),
    ("came: all but Bob", RollCall(everybody=True, absent=("Bob",))),
    ("all came to launch apart from Bob", RollCall(everybody=True, absent=("Bob",), meeting="launch")),
    ("no-shows: Bob, Cho", RollCall(everybody=True, absent=("Bob", "Cho"))),
    ("absent: Bob", RollCall(everybody=True, absent=("Bob",))),
    ("nobody came", RollCall()),
    ("came: nobody", RollCall()),
    ("came: Ann, Bob; walk-in: Cho Lee, Acme", RollCall(("Ann", "Bob"), walk_ins=(CHO,))),
    ("came: Ann, Bob, walk-in: Cho Lee from Acme", RollCall(("Ann", "Bob"), walk_ins=(CHO,))),
    ("all came but Bob; walk-in: Cho Lee (Acme)", RollCall(everybody=True, absent=("Bob",), walk_ins=(CHO,))),
    ("all came, walk-ins: Cho Lee (Acme); Dee Dorn from Beta", RollCall(everybody=True, walk_ins=(CHO, WalkIn("Dee Dorn", "Beta")))),
    ("all came; walk-in: Ed Low, ed@low.example", RollCall(everybody=True, walk_ins=(WalkIn("Ed Low", "", "ed@low.example"),))),
    ("came to launch: not recorded", RollCall(meeting="launch", unknown=True)),
    ("came to launch on 2026-04-09: Ann, Bob", RollCall(("Ann", "Bob"), meeting="launch", day="2026-04-09")),
    ("came to the quarterly meeting on 9 April: Ann", RollCall(("Ann",), meeting="quarterly meeting", day="9 April")),
    ("all came to launch on April 9th but Bob", RollCall(everybody=True, absent=("Bob",), meeting="launch", day="April 9th")),
    ("came to launch on the 9th of April 2026: nobody", RollCall(meeting="launch", day="9th of April 2026")),
    ("came to talk on jobs: Ann", RollCall(("Ann",), meeting="talk on jobs")),
    ("came to launch on 2026-04-09: not recorded", RollCall(meeting="launch", unknown=True, day="2026-04-09")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ, ids=[t for t, _ in READ])
def test_who_came(text: str, expected: RollCall) -> None:
    assert read_rollcall(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "came: not Bob", "came: Ann but not Bob", "I think all came", "most came", "Ann came late", "Ann was there, Bob was not", "Bob did not come",
        "all came but I am not sure about Bob", "came: Ann, Bob and 2 others", "Who came?", "all came?", "came: Ann; walk-in: Cho",
        "we came", "all but bob",
        "half of them came", "all 12 came", "Ann came, and so did the others", "came: Ann, maybe Bob", "Ann and her guest came",
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_is_no_roll_call(text: str) -> None:
    assert read_rollcall(text) is None


SHEETS: list[tuple[bytes, tuple[str, ...]]] = [
    (b"name,email,came\nAnn Lee,ann@a.example,x\nBob Stone,bob@b.example,\n", ("ann@a.example",)),
    ("\ufeffName;Came\r\nAnn Lee;x\r\nJos\u00e9 Cruz ;X\r\n;;\r\n".encode(), ("Ann Lee", "Jos\u00e9 Cruz")),
    ("Name;Signature\nJos\u00e9 Cruz;yes\n".encode("cp1252"), ("Jos\u00e9 Cruz",)),
    ("name\tsigned in\nAnn\t\u2713\n".encode("utf-16"), ("Ann",)),
    (b'name,came\n"Lee, Ann",1\n', ("Lee, Ann",)),
    (b"Sign-in sheet, launch\n\nE-mail;Name;Signed in:\nann@a.example;Ann\xa0Lee;X\n", ("ann@a.example",)),
    (workbook(("Sheet", row(1, "Name", "Came") + row(2, "Ann Lee", "x") + row(3, "Bob", ""))), ("Ann Lee",)),
]


@pytest.mark.parametrize(("content", "came"), SHEETS)
def test_a_sheet(content: bytes, came: tuple[str, ...]) -> None:
    read = read_sheet(content)
    assert isinstance(read, RollCall)
    assert read.came == came


def test_a_sheet_tells_walk_ins_from_names_that_may_be_misspelled() -> None:
    read = read_sheet(b"name,organisation,came\nAnn Lee,Acme,x\nCho Kim,Fox Furs,walk-in\nBob,,\n")
    assert isinstance(read, RollCall)
    assert read.came == ("Ann Lee",)
    assert read.walk_ins == (WalkIn("Ann Lee", "Acme", sure=False), WalkIn("Cho Kim", "Fox Furs"))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"name,email\nAnn,a@b.example\n", "columns"),
        (b"name,came\nAnn,perhaps\n", "perhaps"),
        (b"\x89PNG\x00\x00", "no text"),
        (b"PK\x03\x04" + bytes(60), "cannot be read"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(content: bytes, word: str) -> None:
    read = read_sheet(content)
    assert isinstance(read, str)
    assert word in read
