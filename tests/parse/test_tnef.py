"""winmail.dat: the answer that Outlook hid. Streams are built here attribute by attribute (MS-OXTNEF §2.1)."""

import struct
from base64 import encodebytes
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.tnef import read_tnef
from mailer.terms import Method, PartStat, Via
from mailer.understand.reader import understand
from mailer.understand.verdict import Kind
from tests.parse.mails import TOKEN, mail

MESSAGE_CLASS, SUBJECT, BODY = (0x8008, 0x0007), (0x8004, 0x0001), (0x800C, 0x0002)


def attribute(kind: tuple[int, int], content: bytes) -> bytes:
    head = struct.pack("<BHHI", 1, kind[0], kind[1], len(content))
    return head + content + struct.pack("<H", sum(content) & 0xFFFF)


def stream(message_class: str, body: str = "", extra: bytes = b"") -> bytes:
    parts = [
        struct.pack("<IH", 0x223E9F78, 1),
        attribute((0x9006, 0x0008), struct.pack("<I", 0x00010000)),
        attribute((0x9007, 0x0006), struct.pack("<II", 1252, 0)),
        attribute(MESSAGE_CLASS, message_class.encode() + b"\0"),
        attribute(SUBJECT, b"Accepted: Spring meeting\0"),
    ]
    if body:
        parts.append(attribute(BODY, body.encode("cp1252") + b"\0"))
    return b"".join(parts) + extra


def winmail(content: bytes, words: str = "") -> bytes:
    data = encodebytes(content).decode()
    return mail(
        f"--w\nContent-Type: text/plain\n\n{words}\n--w\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=winmail.dat\n\n{data}\n--w--\n",
        subject="Accepted: Spring meeting",
        more="Content-Type: multipart/mixed; boundary=w\n",
    )


@pytest.mark.parametrize(
    ("message_class", "partstat"),
    [
        ("IPM.Schedule.Meeting.Resp.Pos", PartStat.ACCEPTED),
        ("IPM.Schedule.Meeting.Resp.Neg", PartStat.DECLINED),
        ("IPM.Schedule.Meeting.Resp.Tent", PartStat.TENTATIVE),
        ("IPM.Microsoft Schedule.MtgRespP", PartStat.ACCEPTED),
        ("IPM.Schedule.Meeting.Request", None),
        ("IPM.Microsoft Mail.Note", None),
    ],
)
def test_message_classes(message_class: str, partstat: PartStat | None) -> None:
    found = read_tnef(stream(message_class))
    assert found is not None
    assert found.partstat is partstat


def test_the_uid_that_outlook_wraps() -> None:
    wrapped = b"\x04\x00\x00\x00\x82\x00\xe0\x00vCal-Uid\x01\x00\x00\x00meeting-7@club.example\x00"
    found = read_tnef(
        stream("IPM.Schedule.Meeting.Resp.Pos", extra=attribute((0x9003, 0x0006), struct.pack("<I", 0) + wrapped))
    )
    assert found is not None
    assert found.event_uid == "meeting-7@club.example"


def test_an_answer_in_winmail_dat() -> None:
    verdict = understand(
        winmail(stream("IPM.Schedule.Meeting.Resp.Neg"), "When: Thursday\nWhere: Town hall\n\n*~*~*~*\n")
    )
    assert verdict.kind is Kind.ANSWER
    (answer,) = verdict.answers
    assert (answer.partstat, answer.via, answer.decided) == (PartStat.DECLINED, Via.TNEF, True)
    assert answer.attendee == "anna@mill.example"
    assert verdict.tokens == (TOKEN,)


def test_words_that_contradict_it_are_asked_about() -> None:
    verdict = understand(winmail(stream("IPM.Schedule.Meeting.Resp.Pos"), "Sorry, I cannot come.\n"))
    assert verdict.kind is Kind.UNCLEAR
    assert not verdict.answers[0].decided


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_stream_cut_or_spoiled_anywhere(data: st.DataObject) -> None:
    raw = bytearray(stream("IPM.Schedule.Meeting.Resp.Pos", "I come."))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=4)):
        raw[place] = data.draw(st.integers(0, 255))
    read_tnef(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


def proposed(lid: int, instant: datetime) -> bytes:
    """A named MAPI property of appointments that holds an instant (MS-OXTNEF §2.1.3.5, FILETIME)."""
    ticks = int((instant - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    appointment = UUID("00062002-0000-0000-c000-000000000046").bytes_le
    return struct.pack("<HH", 0x0040, 0x8001) + appointment + struct.pack("<II", 0, lid) + struct.pack("<Q", ticks)


def test_a_proposal_hidden_in_an_answer_is_no_answer() -> None:
    start, end = datetime(2026, 3, 13, 10, tzinfo=UTC), datetime(2026, 3, 13, 11, tzinfo=UTC)
    props = struct.pack("<I", 2) + proposed(0x8250, start) + proposed(0x8251, end)
    content = stream("IPM.Schedule.Meeting.Resp.Tent", extra=attribute((0x9003, 0x0006), props))
    found = read_tnef(content)
    assert found is not None
    assert found.proposed == (start, end)
    verdict = understand(winmail(content))
    (answer,) = verdict.answers
    assert verdict.itip is not None
    assert verdict.itip.method is Method.COUNTER
    assert answer.proposal is not None
    assert (answer.proposal.dtstart, answer.proposal.dtend, answer.decided) == (start, end, False)
    one = struct.pack("<I", 1) + proposed(0x8250, start)
    half = read_tnef(stream("IPM.Schedule.Meeting.Resp.Tent", extra=attribute((0x9003, 0x0006), one)))
    assert half is not None
    assert half.proposed is None
