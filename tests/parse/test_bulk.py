"""Large attachments are left out before a mail is parsed; words, calendar objects and reports never are."""

import base64
import os
import tracemalloc

import pytest

from mailer.parse.bulk import MOST_LEFT, without_bulk
from mailer.parse.message import enclosed, read

HEADER = (
    b"From: Ann <ann@acme.example>\r\nDate: Thu, 29 Jan 2026 09:00:00 +0000\r\n"
    b'Subject: Re: Launch\r\nMessage-ID: <1@acme.example>\r\nContent-Type: multipart/mixed; boundary="b1"\r\n\r\n'
)
WORDS = b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYes, see you there\r\n"
LAST = b"--b1\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b1--\r\n"


def attachment(size: int, kind: str = "application/pdf", name: str = "plan.pdf") -> bytes:
    content = base64.encodebytes(os.urandom(size)).replace(b"\n", b"\r\n")
    head = (
        f'--b1\r\nContent-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return head.encode() + content


def test_words_and_calendar_around_a_large_attachment_stay() -> None:
    raw = HEADER + WORDS + attachment(8_000_000) + LAST
    message = read(raw)
    assert len(without_bulk(raw)) < 2_000
    assert message.plain.strip() == "Yes, see you there"
    assert [part.content.strip() for part in message.calendar_parts] == [b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"]
    assert message.attachments == ("plan.pdf",)
    assert 7_900_000 < message.enclosures[0].size < 8_400_000
    content = enclosed(raw, 0)
    assert content is not None
    assert len(content) == 8_000_000
    assert enclosed(raw, 1) is None
    assert message.size == len(raw)
    assert message.defects == ()


def test_a_small_mail_is_the_same_bytes() -> None:
    raw = HEADER + WORDS + attachment(50_000) + LAST
    assert without_bulk(raw) is raw


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/calendar", "a.ics"),
        ("application/octet-stream", "invite.ics"),
        ("application/ms-tnef", "winmail.dat"),
        ("text/plain", "a.txt"),
    ],
)
def test_what_may_be_read_is_kept(kind: str, name: str) -> None:
    part = attachment(400_000, kind, name)
    assert part in without_bulk(HEADER + part + LAST)


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * 25_000_000,
        b"Subject: x\r\n\r\n" + b"word " * 5_000_000,
        b"Content-Type: application/pdf\r\n\r\n" + b"QUJD" * 6_000_000,
        HEADER + b"--b1\r\n" * 4_000_000,
        HEADER + (b"--b1\r\nContent-Type: text/plain\r\n\r\n" + b"a" * 200_000) * 120,
        b"\n" * 25_000_000,
    ],
    ids=["no header", "one text", "only a document", "boundary lines", "many texts", "line ends"],
)  # fmt: skip
def test_no_mail_leaves_more_than_the_limit(raw: bytes) -> None:
    assert len(without_bulk(raw)) <= MOST_LEFT + 65_536


def test_reading_a_large_mail_takes_little_memory() -> None:
    raw = HEADER + WORDS + attachment(18_000_000) + LAST
    tracemalloc.start()
    read(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
