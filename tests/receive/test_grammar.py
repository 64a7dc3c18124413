"""What is written and read of RFC 3501."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.receive import grammar


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("geheim", '"geheim"'),
        ('per "f"', '"per \\"f\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("(*%", '"(*%"'),
        ("", '""'),
    ],
)
def test_quoted(text: str, written: str) -> None:
    assert grammar.quoted(text) == written


@pytest.mark.parametrize("text", ["a\r\nA1 LOGOUT", "a\nb", "a\0b"])
def test_a_command_cannot_be_smuggled_in(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        grammar.quoted(text)
    with pytest.raises(ValueError, match="cannot be sent"):
        grammar.quoted(f"x{text}")
    assert not grammar.is_plain(text)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),  # RFC 3501 §5.1.3
        ("Q&A", '"Q&-A"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("Antworten 🎉", '"Antworten &2DzfiQ-"'),
        ('say "hi"', '"say \\"hi\\""'),
    ],
)
def test_mailbox_names(name: str, written: str) -> None:
    assert grammar.mailbox_name(name) == written
    assert grammar.read_mailbox_name(written[1:-1].replace('\\"', '"')) == name


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"])))
def test_every_mailbox_name_survives(name: str) -> None:
    inner = grammar.mailbox_name(name)[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert grammar.read_mailbox_name(inner) == name


@pytest.mark.parametrize(
    ("uids", "written"),
    [([1], "1"), ([3, 1, 2], "1:3"), ([1, 2, 4, 7, 8], "1:2,4,7:8"), ([5, 5], "5"), ([], "")],
)
def test_uid_set(uids: list[int], written: str) -> None:
    assert grammar.uid_set(uids) == written


def test_a_command_of_scattered_uids_stays_short() -> None:
    assert len(grammar.uid_set(range(4_000_000_000, 4_000_001_000, 2))) < 8000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 1-mar-2026 10:00:00 +0130", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        (b"31-Feb-2026 10:00:00 +0000", None),
        (b"01-Xyz-2026 10:00:00 +0000", None),
        (b"01-Jan-0000 10:00:00 +0000", None),
        (b"01-Jan-0001 00:00:00 +0100", None),
        (b"", None),
    ],
)
def test_internal_date(text: bytes, expected: datetime | None) -> None:
    assert grammar.internal_date(text) == expected


def test_search_date_is_english() -> None:
    assert grammar.search_date(date(2026, 3, 1)) == "1-Mar-2026"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([b"* 12 FETCH (UID 5 RFC822.SIZE 2000)"], {b"UID": b"5", b"RFC822.SIZE": b"2000"}),
        ([b"* 1 FETCH (BODY[] {3}", b"a)b", b" UID 7)"], {b"BODY[]": b"a)b", b"UID": b"7"}),
        ([b"* 1 fetch (uid 7 body[] {0}", b"", b")"], {b"UID": b"7", b"BODY[]": b""}),
        ([b'* 1 FETCH (UID 7 BODY[] "quo\\"ted")'], {b"UID": b"7", b"BODY[]": b'quo"ted'}),
        # lists, and strings that hold brackets, shift nothing
        ([b"* 1 FETCH (FLAGS (\\Seen $x) UID 7)"], {b"FLAGS": b"", b"UID": b"7"}),
        ([b'* 1 FETCH (ENVELOPE ("RE: yes :(" ((NIL NIL "a" "b"))) UID 7)'], {b"ENVELOPE": b"", b"UID": b"7"}),
        ([b'* 1 FETCH (X "foo * bar (" UID 7)'], {b"X": b"foo * bar (", b"UID": b"7"}),
        ([b"* 1 FETCH (ENVELOPE ({5}", b"a ( b", b" NIL) UID 7)"], {b"ENVELOPE": b"", b"UID": b"7"}),
        ([b"* 1 EXISTS"], {}),
        ([b"* 1 FETCH"], {}),
        ([b'* 1 FETCH (UID "5'], {}),
    ],
)
def test_fetch_data(parts: list[bytes], expected: dict[bytes, bytes]) -> None:
    assert grammar.fetch_data(parts) == expected


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_without_an_exception(text: bytes) -> None:
    grammar.fetch_data([b"* 1 FETCH (" + text])
    list(grammar.numbers([b"* SEARCH " + text], b"SEARCH"))
    grammar.response_code(text)
    grammar.internal_date(text)
    assert grammar.words(text).isprintable()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (b"[UIDVALIDITY 17] valid", ("UIDVALIDITY", "17"), "valid"),
        (b"[tryCreate] no such mailbox.", ("TRYCREATE", ""), "no such mailbox"),
        (b"plain words", ("", ""), "plain words"),
        (b"[ALERT] two\twords\x1b[31m", ("ALERT", ""), "two words [31m"),
    ],
)
def test_response_code(text: bytes, code: tuple[str, str], said: str) -> None:
    assert (grammar.response_code(text), grammar.words(text)) == (code, said)
