"""Which parts of real-shaped mail are documents."""

import base64

import pytest

from mailer.parse.message import read
from mailer.understand.asks.attachment import read_attachment

HEAD = (
    "From: Jane Smith <jane@acme.example>\nTo: launch@north.example\nDate: Wed, 10 Feb 2027 09:00:00 -0600\nSubject: Re: notes\n"
    'Message-ID: <1@acme.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
)
WORDS = "--b\nContent-Type: text/plain; charset=utf-8\n\nHere are my notes.\n"


def part(kind: str, name: str, size: int, disposition: str = "attachment", more: str = "") -> str:
    content = base64.encodebytes(b"x" * size).decode()
    return (
        f'--b\nContent-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: {disposition}; filename="{name}"\n{more}\n{content}'
    )


def documents(*parts: str, words: str = WORDS) -> list[tuple[str, str, int]]:
    message = read((HEAD + words + "".join(parts) + "--b--\n").encode())
    return [(d.name, d.content_type, d.size) for d in read_attachment(message, message.plain).documents]


@pytest.mark.parametrize(
    ("kind", "name", "size"),
    [
        ("application/pdf", "notes.pdf", 3_000),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Notes 10 Feb.docx", 20_000),
        ("application/octet-stream", "notes.odt", 900),
        ("text/plain", "notes.txt", 200),
        ("text/csv", "attendance.csv", 200),
        ("image/jpeg", "IMG_2041.jpg", 150_000),  # the flip chart
        ("image/png", "sign-in sheet.png", 80_000),
        ("application/zip", "photos.zip", 50_000),
    ],
)
def test_a_document(kind: str, name: str, size: int) -> None:
    assert documents(part(kind, name, size)) == [(name, kind, size)]


@pytest.mark.parametrize(
    "piece",
    [
        part("image/png", "image001.png", 9_000, "inline", "Content-ID: <image001.png@01D>\n"),
        part("image/png", "logo.png", 60_000),
        part("image/gif", "pixel.gif", 43),
        part("image/jpeg", "Outlook-abc123.jpg", 20_000),
        part("text/calendar", "invite.ics", 500),
        part("application/octet-stream", "meeting.ics", 500),
        part("application/pkcs7-signature", "smime.p7s", 4_000),
        part("application/pgp-signature", "signature.asc", 800),
        part("text/x-vcard", "jane.vcf", 300),
        part("application/octet-stream", "card.vcf", 300),
        part("application/ms-tnef", "winmail.dat", 4_000),
        part("text/html", "ATT00001.htm", 200),
        part("application/octet-stream", "invoice.exe", 40_000),
        part("application/pdf", "empty.pdf", 0),
        "--b\nContent-Type: message/rfc822\n\nFrom: x@y.example\nSubject: inner\n\nNo!\n",
    ],
)
def test_no_document(piece: str) -> None:
    assert documents(piece) == []


def test_both() -> None:
    logo = part("image/png", "image001.png", 9_000, "inline", "Content-ID: <i1@x>\n")
    assert documents(logo, part("application/pdf", "notes.pdf", 3_000)) == [("notes.pdf", "application/pdf", 3_000)]


def test_a_large_one_keeps_its_name_and_about_its_size() -> None:
    ((name, _, size),) = documents(part("application/pdf", "scan.pdf", 4_000_000))
    assert name == "scan.pdf"
    assert 3_900_000 < size < 4_200_000


def test_what_was_promised_and_is_missing() -> None:
    message = read((HEAD + "--b\nContent-Type: text/plain\n\nPlease find attached my notes.\n--b--\n").encode())
    assert read_attachment(message, message.plain).promised
    assert read_attachment(None, "siehe Anhang").promised
    assert not read_attachment(None, "I will send them tomorrow").promised
    assert not read_attachment(None, "I can't open the attachment").promised


def test_what_is_left_out_is_named() -> None:
    message = read((HEAD + WORDS + part("text/x-vcard", "jane.vcf", 300) + "--b--\n").encode())
    read_ = read_attachment(message, message.plain)
    assert (read_.documents, read_.left_out) == ((), ("jane.vcf",))
