# ruff: noqa: E501  (mail has long lines)
"""Bytes → Message: broken header fields, lying charsets, parts without end."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.addresses import addresses
from mailer.parse.charset import decode, decode_header
from mailer.parse.message import enclosed, read
from mailer.parse.parts import Enclosure, content_type
from tests.parse.mails import EVERY, TOKEN, mail


def test_plain_facts() -> None:
    message = read(EVERY["words"])
    assert message.message_id == "<a1@mill.example>"
    assert message.in_reply_to == ("<k1@club.example>", "<k0@club.example>")
    assert message.date == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    assert str(message.author) == "Anna Ortiz <anna@mill.example>"
    assert message.recipients == (f"rsvp+{TOKEN}@club.example",)
    assert message.plain.startswith("Yes, I will come")
    assert message.defects == ()


def test_delivered_to_comes_before_to() -> None:
    raw = mail("x", more=f"Delivered-To: rsvp+{TOKEN}@club.example\n").replace(
        f"rsvp+{TOKEN}@club.example>\r\nSubject".encode(), b"rsvp@club.example>\r\nSubject"
    )
    assert read(raw).recipients == (f"rsvp+{TOKEN}@club.example", "rsvp@club.example")


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),  # says Latin-1, is UTF-8
        ("Grüße".encode("latin-1"), "utf-8", "Grüße"),
        ("Grüße".encode("latin-1"), None, "Grüße"),
        ("Grüße".encode("latin-1"), "unknown-8bit", "Grüße"),
        ("您好".encode(), "big5", "您好"),
        ("您好".encode("gb18030"), "gb2312", "您好"),
        ("“quoted”".encode("cp1252"), "iso-8859-1", "“quoted”"),
        ("はい".encode("iso2022_jp"), "iso-2022-jp", "はい"),
        (b"plain", "no-such-charset", "plain"),
        (b"plain", "rot13", "plain"),
        (b"", "", ""),
        ("да".encode("koi8-r"), '"KOI8-R"', "да"),
    ],
)
def test_charsets(content: bytes, declared: str | None, text: str) -> None:
    assert decode(content, declared)[0] == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=", "Grüße"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),  # a character cut in two
        ("Re: =?iso-8859-1?Q?S=ED?= Anna", "Re: Sí Anna"),
        ("=?x-nonsense?q?S=ED?=", "Sí"),
        ("=?utf-8*en?q?Yes?=", "Yes"),
        ("=?utf-8?B?not base64!?=", None),
        ("a =? b ?= c", "a =? b ?= c"),
        ("Gr\udcfc\udcdfe", "Grüße"),
    ],
)
def test_header_words(raw: str, text: str | None) -> None:
    decoded = decode_header(raw)
    if text is not None:
        assert decoded == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("anna@mill.example", ["anna@mill.example"]),
        ("Anna <Anna@Mill.EXAMPLE>", ["Anna@mill.example"]),
        ('"Ortiz, Anna" <anna@mill.example>', ["anna@mill.example"]),
        ('Anna <anna@mill.example>, "B, C" <b@c.example>; d@e.example', ["anna@mill.example", "b@c.example"]),
        ("=?utf-8?q?J=C3=BCrgen?= <j@mill.example>", ["j@mill.example"]),
        ("undisclosed-recipients:;", []),
        ("Postmaster <", []),
        ("", []),
        ("anna@mill.example (Anna)", ["anna@mill.example"]),
    ],
)
def test_addresses(value: str, found: list[str]) -> None:
    assert [each.addr_spec for each in addresses(value)][: len(found)] == found
    assert bool(addresses(value)) == bool(found)


def test_content_type_parameters() -> None:
    kind, parameters = content_type('Multipart/Report; boundary="a;b=c\\"d"; Report-Type=delivery-status')
    assert kind == "multipart/report"
    assert parameters == {"boundary": 'a;b=c"d', "report-type": "delivery-status"}


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (b"", "no header"),
        (b"\xff\xfe\x00garbage" * 50, "no header"),
        (b"\r\n\r\nFrom: a@b.example\r\n\r\nhello", "blank lines before the header"),
        (b"From: a@b.example\r\r\nSubject: x\r\r\n\r\r\nhello", "doubled carriage returns"),
        (mail("x", author="nobody at all"), "From holds no address"),
        (mail("x").replace(b"Tue, 3 Mar 2026 11:00:00 +0100", b"soon"), "Date is no date"),
        (mail("x", more="Content-Transfer-Encoding: x-uuencode\n"), "unknown transfer encoding"),
        (mail("aGVsbG8", more="Content-Transfer-Encoding: base64\n"), "broken base64"),
        (
            mail("--b\r\n\r\nx\r\n" * 400, more="Content-Type: multipart/mixed; boundary=b\n"),
            "more parts than anybody needs: the rest was left unread",
        ),
        (
            mail("x", more="Content-Type: text/plain; charset=klingon\n").replace(b"\r\n\r\nx", b"\r\n\r\n\xffx"),
            "unknown charset",
        ),
    ],
)
def test_what_is_broken_is_said(raw: bytes, defect: str) -> None:
    assert defect in read(raw).defects


@pytest.mark.parametrize(
    "declared",
    [
        "charset=us-ascii",
        "charset=iso-8859-1",
        "charset=utf-8",
        "charset=klingon",
        "charset*=x''y",
        "charset*0=utf; charset*1=-8",
        "x=y",
    ],
)
def test_eight_bit_text_survives_a_lying_charset(declared: str) -> None:
    raw = mail("Grüße, ich komme.", more=f"Content-Type: text/plain; {declared}\nContent-Transfer-Encoding: 8bit\n")
    assert read(raw).plain.strip() == "Grüße, ich komme."


def test_words_in_an_attached_message_are_not_the_authors() -> None:
    raw = mail(
        "--b\nContent-Type: text/plain\n\nPlease see below.\n--b\nContent-Type: message/rfc822\n\nFrom: x@y.example\nSubject: inner\n\nNo!\n--b--\n",
        more="Content-Type: multipart/mixed; boundary=b\n",
    )
    message = read(raw)
    assert message.plain.strip() == "Please see below."
    assert message.returned is not None


def test_attached_text_is_no_answer() -> None:
    raw = mail(
        "--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nYes\n--b--\n",
        more="Content-Type: multipart/mixed; boundary=b\n",
    )
    message = read(raw)
    assert message.plain.strip() == "See the file."
    assert message.attachments == ("a.txt",)
    assert message.enclosures == (Enclosure("a.txt", "text/plain", 3),)
    assert enclosed(raw, 0) == b"Yes"
    assert enclosed(raw, 1) is None
    assert enclosed(b"", 0) is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(EVERY)), st.data())
def test_any_mail_cut_anywhere_is_read(name: str, data: st.DataObject) -> None:
    raw = EVERY[name]
    start = data.draw(st.integers(0, 60))
    end = data.draw(st.integers(0, len(raw)))
    read(raw[start:end])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    message = read(raw)
    assert message.size == len(raw)
    read(b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + raw)
