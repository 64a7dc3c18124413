"""Delegates, addresses, approval, comments: the answers that are a line or two."""

import pytest

from mailer.understand.asks.address import NewAddress, read_address
from mailer.understand.asks.approval import Word, read_approval
from mailer.understand.asks.comments import Comments, read_comments
from mailer.understand.asks.delegate import Delegation, read_delegate
from mailer.understand.asks.question import Whom

JANE = Whom("Jane Smith", ("jane@acme.example",))
LEE = Whom("Ann Lee", ("ann@old.example",))

# who comes instead ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Ann Lee ann@acme.example", "Ann Lee", "ann@acme.example"),
        ("Ann Lee <Ann.Lee@Acme.example>", "Ann Lee", "ann.lee@acme.example"),
        ("Ann Lee, ann@acme.example", "Ann Lee", "ann@acme.example"),
        ("ann@acme.example", "", "ann@acme.example"),
        ("Ann Lee", "Ann Lee", None),
        ("my colleague Bob Stone will go", "Bob Stone", None),
        ("Hi Dana,\n\nmy colleague Bob Stone will go.\n\nBest,\nJane", "Bob Stone", None),
        ("Bob Stone will attend in my place. His email is bob@acme.example.", "Bob Stone", "bob@acme.example"),
        ("I'm sending Bob Stone, our HR manager", "Bob Stone", None),
        ("Please invite Maria de la Cruz instead: maria@acme.example", "Maria de la Cruz", "maria@acme.example"),
        ("Dr. Anna Berg-Klein", "Anna Berg-Klein", None),
        ("Bob J. Stone can go", "Bob J. Stone", None),
        ("Bob Stone from Acme Tools", "Bob Stone", None),
        ("Our plant manager Bob Stone (bob@acme.example) will represent us.", "Bob Stone", "bob@acme.example"),
        ("Jane can't come. Bob Stone will.", "Bob Stone", None),
        ("Bob Stone\nbob@acme.example\n555-123-4567", "Bob Stone", "bob@acme.example"),
        ("María-José O'Neil", "María-José O'Neil", None),
        ("Will Smith will go", "Will Smith", None),
        ("Bob Stone\n\nJane Smith\nVice President, Acme Tools\nwww.acme.example", "Bob Stone", None),
        ("Irá mi colega Marta Ruiz, marta@acme.example", "Marta Ruiz", "marta@acme.example"),
        ("Marta Ruiz irá en mi lugar", "Marta Ruiz", None),
        ("Mein Kollege Hans Maier kommt, hans@acme.example", "Hans Maier", "hans@acme.example"),
        ("Frau Dr. Anna Berg, a.berg@acme.example", "Anna Berg", "a.berg@acme.example"),
        ("ma collègue Marie Petit viendra", "Marie Petit", None),
    ],
)
def test_a_delegate(text: str, name: str, address: str | None) -> None:
    assert read_delegate(text, JANE, "en", "Jane Smith") == Delegation(name, address)


@pytest.mark.parametrize(
    "text",
    [
        "nobody",
        "No one, sorry",
        "Unfortunately no one can make it.",
        "We can't send anyone",
        "nadie",
        "niemand",
        "Leider niemand",
        "personne",
        "none",
    ],
)
def test_nobody(text: str) -> None:
    assert read_delegate(text, JANE) == Delegation(nobody=True)


@pytest.mark.parametrize(
    "text",
    [
        "maybe Ann Lee?",
        "Ann Lee or Bob Stone",
        "Ann Lee and Bob Stone will come",
        "ann@acme.example or bob@acme.example",
        "I will ask around",
        "my colleague",
        "somebody from my team",
        "Bob can't come",
        "Bob Stone and me",
        "Bob will come with me",
        "Ask Bob Stone",
        "Tuesday",
        "HR",
        "Hi Dana Bob Stone will come",
        "Bob is on vacation, Jane too",
        "Jane Smith",  # the one who was asked
        "jane@acme.example",
        "Let me check with Ann first",
        "Can I send two people?",
        "nobody, but Ann Lee might",
        "call me at 555-1234",
        "see https://acme.example/team",
    ],
)
def test_no_certain_delegate(text: str) -> None:
    assert read_delegate(text, JANE) == Delegation(not_understood=(text,))


# where somebody is to be found ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("she is now at ann@new.example", NewAddress("ann@new.example")),
        ("ann@new.example", NewAddress("ann@new.example")),
        ("Ann Lee <ann@new.example>", NewAddress("ann@new.example")),
        ("Hi Dana,\n\nAnn's new address is Ann.Lee@New.example.\n\nBest\nJane", NewAddress("ann.lee@new.example")),
        ("ann@old.example no longer works, please use ann@new.example", NewAddress("ann@new.example")),
        ("There was a typo, it should be ann@new.example", NewAddress("ann@new.example")),
        ("You can reach her at ann@new.example", NewAddress("ann@new.example")),
        ("no longer works here", NewAddress(gone=True)),
        ("Ann retired.", NewAddress(gone=True)),
        ("She left the company", NewAddress(gone=True)),
        ("Ann has left Acme and is now at ann@bolt.example", NewAddress("ann@bolt.example", gone=True)),
        ("Bob Stone took over: bob@acme.example", NewAddress("bob@acme.example", successor="Bob Stone")),
        ("Ann left the company. Please contact Bob Stone, bob@acme.example", NewAddress("bob@acme.example", True, "Bob Stone")),
        ("su nuevo correo es ana@new.example", NewAddress("ana@new.example")),
        ("ya no trabaja aquí", NewAddress(gone=True)),
        ("Marta Ruiz ocupa su lugar: marta@acme.example", NewAddress("marta@acme.example", successor="Marta Ruiz")),
        ("arbeitet nicht mehr bei uns", NewAddress(gone=True)),
        ("neue Adresse: ann@new.example", NewAddress("ann@new.example")),
        ("n'est plus chez nous", NewAddress(gone=True)),
        ("sa nouvelle adresse est ann@new.example", NewAddress("ann@new.example")),
    ],
)  # fmt: skip
def test_an_address(text: str, expected: NewAddress) -> None:
    assert read_address(text, LEE, frozenset({"launch@north.example"})) == expected


@pytest.mark.parametrize(
    "text",
    [
        "maybe ann@new.example?",
        "ann@new.example or alee@new.example",
        "I don't know",
        "The address is correct: ann@old.example",
        "launch@north.example",  # ours
        "try 555-1234",
        "Her e-mail is ann@new.example, Bob's is bob@acme.example",
        "Ann left. bob@acme.example",  # whose is that?
        "Bob Stone bob@acme.example",  # has he taken over?
        "Please contact bob@acme.example",
        "I think she moved to Ohio",
        "If she is still there, ann@new.example",
        "Who is Ann?",
    ],
)
def test_no_certain_address(text: str) -> None:
    assert read_address(text, LEE, frozenset({"launch@north.example"})) == NewAddress(not_understood=(text,))


# may it be sent in your name? -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "OK", "Ok!", "ok to send", "Yes", "Yes, go ahead.", "Hi Dana, OK. Thanks, Jane", "Approved", "Looks good to me!", "Fine with me, thanks",
        "Yes, please send it in my name.", "You have my OK", "Go for it", "sí, adelante", "de acuerdo", "Por mí bien, gracias", "ja, einverstanden",
        "Passt so, danke!", "oui, c'est bon", "d'accord", "Sure, no changes", "I've read it. Good to go!",
    ],
)  # fmt: skip
def test_an_ok(text: str) -> None:
    approval = read_approval(text)
    assert (approval.word, approval.changes, approval.not_understood) == (Word.YES, "", ())
    assert approval.evidence in text


@pytest.mark.parametrize(
    "text",
    ["no", "No, please don't send it", "Please hold off", "not yet", "I'd rather not", "nein",
      "bitte nicht senden", "no estoy de acuerdo", "pas encore", "I do not approve"],
)  # fmt: skip
def test_a_no(text: str) -> None:
    assert read_approval(text).word is Word.NO


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("OK but change Tuesday to Thursday", "but change Tuesday to Thursday"),
        ("OK, but please use my full name.", "but please use my full name."),
        ("Yes, with one change: my title is Vice President", "with one change: my title is Vice President"),
        ("Fine except the last paragraph", "except the last paragraph"),
        ("Please replace 'partners' by 'companies'", "Please replace 'partners' by 'companies'"),
        ("Looks good, only fix the date", "only fix the date"),
        ("ok pero cambia el título", "pero cambia el título"),
        ("ja, aber bitte den Titel ändern", "aber bitte den Titel ändern"),
        ("oui mais changez le titre", "mais changez le titre"),
        ("ok to send to businesses only", "to businesses only"),
        ("OK if you remove the second sentence", "if you remove the second sentence"),
    ],
)
def test_an_ok_with_changes(text: str, changes: str) -> None:
    approval = read_approval(text)
    assert (approval.word, approval.changes) == (Word.CHANGES, changes)


@pytest.mark.parametrize(
    "text",
    [
        "OK?", "Is it OK if Bob signs?", "yes and no", "I'll look at it tonight", "Thanks", "What is this about?", "OK, I will read it tomorrow",
        "Probably OK", "Please send me the letter", "Yes please do not send", "no no, go ahead", "bitte senden Sie mir den Brief",
        "envoyez-moi la lettre", "Yes. No.",
        "I guess", "ok ok ok who are you", "Jane", "not bad", "I will not be in the office", "yes, when Bob has approved",
    ],
)  # fmt: skip
def test_no_certain_ok(text: str) -> None:
    approval = read_approval(text)
    assert approval.word is None
    assert approval.not_understood


# what do you say to the draft? ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Looks good to me!\n\nBest\nJane", "No comments", "none", "Nothing to add, thanks", "I have read it. All fine.",
     "Perfect, great job!", "no changes from my side",
     "sin comentarios", "Todo bien, gracias", "keine Anmerkungen", "Passt so!", "rien à ajouter", "c'est parfait, merci"],
)  # fmt: skip
def test_no_comments(text: str) -> None:
    assert read_comments(text) == Comments(none=True)


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("The second paragraph is too long.", "The second paragraph is too long."),
        (
            "Hi Dana,\n\nPlease add Bob's firm.\nAnd the date is wrong.\n\nBest,\nJane",
            "Please add Bob's firm.\nAnd the date is wrong.",
        ),
        ("Looks good, but the date is wrong", "Looks good, but the date is wrong"),
        ("Looks good?", "Looks good?"),
        ("Falta el párrafo sobre transporte", "Falta el párrafo sobre transporte"),
        ("1. typo in line 3\n2. no mention of Delta", "1. typo in line 3\n2. no mention of Delta"),
        (
            "No comment on the first page. On the second: who pays?",
            "No comment on the first page. On the second: who pays?",
        ),
    ],
)
def test_comments(text: str, comment: str) -> None:
    assert read_comments(text) == Comments(comment)


def test_nothing_is_nothing() -> None:
    assert read_comments("") == Comments()
    assert read_comments("Thanks!") == Comments(not_understood=("Thanks!",))
    assert read_delegate("") == Delegation()
    assert read_address("") == NewAddress()
    assert read_approval("").word is None
