"""A file of postal addresses, as spreadsheets save it."""

import pytest

from mailer.partnership.postal import Addressee, read_addressees

ANN = Addressee("Ann Ortiz", ("12 Main Street", "Springfield, IL 62701"), "Acme", row=2)


@pytest.mark.parametrize(
    "content",
    [
        b'name,organisation,address\nAnn Ortiz,Acme,"12 Main Street; Springfield, IL 62701"\n',
        b"\xef\xbb\xbfFull Name;Company;Street;City;State;ZIP\r\nAnn Ortiz;Acme;12 Main Street;Springfield;IL;62701\r\n",
        "name\torganization\tAddress 1\tTown\tprovince\tpostcode\nAnn  Ortiz \tAcme\t12 Main Street\tSpringfield\tIL\t62701\n".encode("utf-16"),
        b'name,organisation,address\n"Ann Ortiz",Acme,"Ann Ortiz;12 Main Street;Springfield, IL 62701"\n',
    ],
)  # fmt: skip
def test_one_address_in_many_ways(content: bytes) -> None:
    assert read_addressees("post.csv", content) == ((ANN,), ())


def test_line_breaks_inside_a_cell() -> None:
    (found,), _ = read_addressees("post.csv", b'name,address\nBob,"5 Elm St\nSpringfield\n\nUSA"\n')
    assert found.lines == ("5 Elm St", "Springfield", "USA")
    assert found.label == ("Bob", "5 Elm St", "Springfield", "USA")


def test_windows_letters() -> None:
    (found,), problems = read_addressees("post.csv", "name;address\nJosé Núñez;Calle 5\n".encode("cp1252"))
    assert found.name == "José Núñez"
    assert problems == ()


def test_rows_that_cannot_be_used_come_back_with_their_reason() -> None:
    text = b"name,address\nAnn,12 Main St\n,nowhere\nBob,\nCho,5 Elm St, Springfield\n\n# Dee,6 Oak St\nEve,7 Fir St\n"
    found, problems = read_addressees("post.csv", text)
    assert [a.name for a in found] == ["Ann", "Eve"]
    assert [(p.line, p.sentence.partition(": ")[2].partition(";")[0].rstrip(".")) for p in problems] == [
        (3, "it has no name"),
        (4, "it has no postal address"),
        (5, "it has more cells than the first line"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"organisation,address\nAcme,x\n", "There is no column “name”."),
        (b"name,email\nAnn,a@b.example\n", "There is no column “address”."),
    ],
)
def test_files_that_cannot_be_used(content: bytes, sentence: str) -> None:
    found, (problem,) = read_addressees("post.csv", content)
    assert found == ()
    assert problem.sentence == sentence


def test_hostile_bytes() -> None:
    for content in (
        b"\x00" * 100,
        b"name,address\n" + b'"' * 5000,
        b"\xff\xfe\x00",
        b"name,address\n" + b"a," * 9000 + b"\n",
    ):
        read_addressees("post.csv", content)
