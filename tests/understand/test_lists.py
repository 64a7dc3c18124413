"""Which mails bring a list of people, and which words beside it say something else."""

from email.message import EmailMessage

import pytest

from mailer.parse.message import Message, read
from mailer.understand.lists import read_lists


def mail(subject: str, text: str, *names: str) -> Message:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "d@x.example", "s@x.example", subject
    message.set_content(text)
    for name in names:
        message.add_attachment(b"name,email\n", maintype="text", subtype="csv", filename=name)
    return read(message.as_bytes())


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("List", "Please import this list"),
        ("import", ""),
        ("Invitation list", "Here it is."),
        ("", "Please add these people."),
        ("", "Add everybody on it, please"),
        ("", "Bitte importieren"),
        ("Contactos", "Importar, por favor"),
    ],
)
def test_a_list_to_take_in(subject: str, text: str) -> None:
    assert read_lists(mail(subject, text, "people.csv", "cards.vcf"), text).sure


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", "see attached"),
        ("FYI", "the mailing list of the chamber, for your files"),
        ("list", "These people unsubscribed, remove them"),
        ("list", "please delete these contacts"),
        ("contacts", "please take these people off"),
        ("people", "They opted out."),
        ("people who declined", ""),
        ("people who came", ""),
        ("list", "Do not import this yet"),
        ("Lista", "Dar de baja a estas personas"),
        ("Kontakte", "Bitte löschen"),
        ("liste", "Merci de supprimer ces contacts"),
        ("new people", "the minutes are attached too"),
    ],
)
def test_words_that_say_something_else_are_asked_about(subject: str, text: str) -> None:
    assert not read_lists(mail(subject, text, "people.csv"), text).sure


def test_a_file_that_is_no_list() -> None:
    assert not read_lists(mail("import this list", "", "letter.docx"), "").files
