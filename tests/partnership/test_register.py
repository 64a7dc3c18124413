"""People files as spreadsheets write them: what is taken, what is refused, and why."""

import pytest

from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.register import read_people


def problems(content: str | bytes) -> list[tuple[int, str]]:
    _, found = read_people("people.csv", content.encode() if isinstance(content, str) else content)
    return [(p.line, p.sentence) for p in found]


@pytest.mark.parametrize(
    "content",
    [
        "name,email\nAnn Ortiz,Ann@Acme.example\n",
        "\ufeffName;E-Mail\r\nAnn Ortiz;ann@acme.example\r\n",
        "email\tname\nann@acme.example\tAnn  Ortiz\n",
        "Full Name,Email address,Company\nAnn Ortiz,ann@acme.example,Acme\n\n",
        "name,email\nAnn Ortiz,ann@acme.example\n# a remark,\n",
    ],
)
def test_spreadsheets_differ(content: str) -> None:
    rows, found = read_people("people.csv", content.encode())
    assert found == ()
    assert [(r.name, r.addresses) for r in rows] == [("Ann Ortiz", ("ann@acme.example",))]


def test_every_column() -> None:
    rows, found = read_people(
        "people.csv",
        "name,email,other emails,organisation,title,kind,roles,champion,language,phone,assistant of\n"
        'Inés Arroyo,ines@arroyo.example,"i@home.example; i2@home.example",Arroyo Foods,Director,public partner,"champion, co-chair",'
        "ruth@x.example,es,+1 555,Ruth@x.example; tom@x.example\n".encode("cp1252"),
    )
    assert [p.warning for p in found] == [True]  # a champion from the public side is told, and taken
    (row,) = rows
    assert row.addresses == ("ines@arroyo.example", "i@home.example", "i2@home.example")
    assert (row.kind, row.roles, row.language) == (PartnerKind.PUBLIC_PARTNER, {Role.CHAMPION, Role.CO_CHAIR}, "es")
    assert row.champion == "ruth@x.example"
    assert row.assistant_of == ("ruth@x.example", "tom@x.example")


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        ("name\nAnn\n", 1, "The column “email” is missing."),
        ("", 1, "The file is empty."),
        ("name,email\nAnn,\n", 2, "This row is left out: it has no e-mail address."),
        ("name,email\n,ann@acme.example\n", 2, "This row is left out: it has no name."),
        ("name,email\nAnn,ann at acme\n", 2, "This row is left out: “ann at acme” is no e-mail address."),
        (
            "name,email\nAnn,a@b.example\nBob,A@B.example\n",
            3,
            "This row is left out: an address of this row stands in line 2 already, for Ann.",
        ),
        ("name,email,kind\nAnn,a@b.example,busines\n", 2, "This row is left out: I do not know the kind “busines”."),
        ("name,email,roles\nAnn,a@b.example,champ\n", 2, "This row is left out: I do not know the role “champ”."),
        (
            "name,email,assistant of\nAnn,a@b.example,Ruth Vance\n",
            2,
            "This row is left out: “Ruth” under “assistant of” is no e-mail address.",
        ),
        ("name,email,shoe size\nAnn,a@b.example,43\n", 1, "I do not know the column “shoe size”; it is left out."),
        (
            "name,email\nAnn,a@b.example\nBob,b@b..example\n",
            3,
            "This row is left out: “b@b..example” is no e-mail address.",
        ),
    ],
)
def test_what_is_refused_and_why(content: str, line: int, sentence: str) -> None:
    assert (line, sentence) in problems(content)


def test_a_file_that_is_no_text() -> None:
    assert problems(b"\x00\x01\x00\x00\x00\x00\xff\xfe\x00") == [(0, "This file is no text.")]
