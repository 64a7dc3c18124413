"""Address cards of telephones, Outlook, Gmail and older programs."""

import pytest

from mailer.parse.vcard import Card, is_cards, read_cards

OUTLOOK_21 = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;LANGUAGE=de;CHARSET=Windows-1252:M\xfcller;J\xf6rg\r\nFN;CHARSET=Windows-1252:J\xf6rg M\xfcller\r\n"
    b"ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gie=C3=9Ferei =\r\nM=C3=BCller;Einkauf\r\n"
    b"TITLE:Leiter\r\nTEL;WORK;FAX:+49 1\r\nTEL;WORK;VOICE:+49 2\r\n"
    b"EMAIL;INTERNET:j@home.example\r\nEMAIL;PREF;INTERNET:joerg@m.example\r\n"
    b"PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQEAYABgAAD\r\n\r\nEND:VCARD\r\n"
)
APPLE_30 = (
    b"BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Apple Inc.//iOS 17//EN\nN:Lee;Ann;;;\nFN:Ann Lee\nORG:Acme\\, Inc.;\n"
    b"item1.EMAIL;type=INTERNET;type=pref:ann@acme.example\nitem1.X-ABLabel:_$!<Work>!$_\nTEL;type=CELL;type=VOICE;type=pref:+1 (555) 010-0\n"
    b"NOTE:a long note that is\n  folded\nEND:VCARD\n"
)
V40 = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:José Ortega\r\nEMAIL;PREF=2:b@o.example\r\nEMAIL;PREF=1:mailto:jose@o.example\r\n"
    'ORG:"Ortega"\r\nLANG;PREF=1:es\r\nTEL;VALUE=uri:tel:+34-1\r\nEND:VCARD\r\n'
).encode()


@pytest.mark.parametrize(
    ("content", "card"),
    [
        (
            OUTLOOK_21,
            Card(1, "Jörg Müller", ("joerg@m.example", "j@home.example"), "Gießerei Müller", "Leiter", "+49 2"),
        ),
        (APPLE_30, Card(1, "Ann Lee", ("ann@acme.example",), "Acme, Inc.", "", "+1 (555) 010-0")),
        (V40, Card(1, "José Ortega", ("jose@o.example", "b@o.example"), '"Ortega"', "", "+34-1", "es")),
        (
            V40.decode().encode("utf-16"),
            Card(1, "José Ortega", ("jose@o.example", "b@o.example"), '"Ortega"', "", "+34-1", "es"),
        ),
        (b"\xef\xbb\xbfbegin:vcard\nn:Lee;Ann\nemail:a@x.example\nend:vcard", Card(1, "Ann Lee", ("a@x.example",))),
        (
            b"BEGIN:VCARD\nFN:Ann\n Lee\nEMAIL:a@x.example",
            Card(1, "AnnLee", ("a@x.example",)),
        ),  # folded within a word; no end
        (
            b"BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Acme\nEMAIL:hello@acme.example\nEND:VCARD",
            Card(1, "", ("hello@acme.example",), "Acme"),
        ),  # a firm is no person
        (
            b"BEGIN:VCARD\nFN:Acme Inc\nORG:Acme Inc;\nX-ABShowAs:COMPANY\nEMAIL:hello@acme.example\nEND:VCARD",
            Card(1, "", ("hello@acme.example",), "Acme Inc"),
        ),
        (b"BEGIN:VCARD\nKIND:group\nFN:Board\nEND:VCARD", Card(1, "Board", group=True)),
        (b"BEGIN:VCARD\nEND:VCARD", Card(1)),
    ],
)
def test_one_card(content: bytes, card: Card) -> None:
    assert is_cards(content)
    assert read_cards(content) == (card,)


def test_several_cards_in_one_file() -> None:
    cards = read_cards(OUTLOOK_21 + APPLE_30 + b"\r\n" + V40 + APPLE_30.replace(b"END:VCARD\n", b"") + V40)
    assert [c.name for c in cards] == ["Jörg Müller", "Ann Lee", "José Ortega", "Ann Lee", "José Ortega"]
    assert [c.line for c in cards] == sorted({c.line for c in cards})


@pytest.mark.parametrize("content", [b"", b"name,email\n", b"BEGIN:VCALENDAR\n", b"\0" * 90, b"PK\x03\x04"])
def test_what_is_no_card(content: bytes) -> None:
    assert not is_cards(content)
    assert read_cards(content) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCARD\n" * 50_000,
        b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + b"=\n" * 50_000,
        b"BEGIN:VCARD\nORG:" + b"\\;" * 50_000 + b"\nEND:VCARD",
        b"BEGIN:VCARD\n" + b"EMAIL:" + b"@" * 1_000_000 + b"\n" + b" x" * 10_000,
        bytes(range(256)).join([b"BEGIN:VCARD\n", b"FN:", b"\nEND:VCARD\n"]),
    ],
)
def test_hostile_cards_cost_little(content: bytes) -> None:
    assert len(read_cards(content)) <= 5_000
