# ruff: noqa: E501  (mail has long lines)
"""Automata: known by a header or the beginning of the subject, never by the text alone."""

from datetime import date

import pytest

from mailer.parse.authentication import authentication_results
from mailer.parse.automatic import Absence, absence, automatic, deputies
from mailer.parse.message import read
from tests.parse.mails import EVERY, EXCHANGE_OOF, LOTUS_OOF, PIGEONHOLE, mail

PLAIN = "Content-Type: text/plain\n"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (PIGEONHOLE, "vacation"),
        (EXCHANGE_OOF, "auto-reply"),
        (LOTUS_OOF, "vacation"),
        *[
            (mail("x", more=f"{field}\n{PLAIN}"), kind)
            for field, kind in [
                ("Auto-Submitted: auto-replied", "auto-reply"),
                ("Auto-Submitted: auto-generated; owner-email=a@b.example", "auto-generated"),
                ("X-Autoreply: yes", "auto-reply"),
                ("X-Autorespond: Spring meeting", "auto-reply"),
                ("Precedence: auto_reply", "auto-reply"),
                ("Precedence: junk\nX-Loop: a@b.example", "auto-reply"),
                ("X-POST-MessageClass: 9; Autoresponder", "auto-reply"),
                ("X-MS-Exchange-Inbox-Rules-Loop: a@b.example\nX-Auto-Response-Suppress: All", "vacation"),
                ("Return-Path: <>", "auto-reply"),
            ]
        ],
        *[
            (mail("x", subject=subject), kind)
            for subject, kind in [
                ("Automatic reply: Spring meeting", "auto-reply"),
                ("Out of Office: Re: Spring meeting", "vacation"),
                ("Out of the office", "vacation"),
                ("OOO Re: Spring meeting", "vacation"),
                ("Abwesenheitsnotiz: Spring meeting", "vacation"),
                ("Réponse automatique : Spring meeting", "auto-reply"),
                ("Respuesta automática: Spring meeting", "auto-reply"),
                ("Risposta automatica: Spring meeting", "auto-reply"),
                ("Automatisch antwoord: Spring meeting", "auto-reply"),
                ("Autosvar: Spring meeting", "auto-reply"),
                ("Odpowiedź automatyczna: Spring meeting", "auto-reply"),
                ("Автоответ: Spring meeting", "auto-reply"),
                ("自动回复: Spring meeting", "auto-reply"),
                ("Auto: Spring meeting", "auto-reply"),
                ("[Auto-Reply] Spring meeting", "auto-reply"),
            ]
        ],
    ],
)
def test_automata(raw: bytes, kind: str) -> None:
    mark = automatic(read(raw))
    assert mark is not None
    assert mark.type == kind


@pytest.mark.parametrize(
    "raw",
    [
        EVERY["words"],
        mail("I am out of the office until Monday, so I cannot come. Automatic reply!\n"),
        mail("x", more=f"Auto-Submitted: no\n{PLAIN}"),
        mail("x", more=f"X-Auto-Response-Suppress: All\n{PLAIN}"),
        mail("x", more=f"Precedence: list\nList-Id: <club.lists.example>\n{PLAIN}"),
        mail("x", subject="Re: Automatic reply to our guests?"),
        mail("x", subject="Away game on Thursday, so no"),
        mail("Mr Smith cannot come.", subject="Absence: Mr Smith").replace(
            b"In-Reply-To: <k1@club.example>\r\nReferences: <k0@club.example>\r\n\t<k1@club.example>\r\n", b""
        ),
        mail("x", subject="Vacation plans and the meeting"),
        mail("x", subject="Absence of Mr Smith on Thursday"),
    ],
)
def test_people(raw: bytes) -> None:
    assert automatic(read(raw)) is None


@pytest.mark.parametrize(
    ("text", "until", "returns"),
    [
        ("I am away until 20 March 2026.", date(2026, 3, 20), False),
        ("I am away until March 20th, back then.", date(2026, 3, 20), False),
        ("out of office from 3 March to 10 March 2026", date(2026, 3, 10), False),
        ("Back on Monday 23/3.", date(2026, 3, 23), True),
        ("I will be back on Monday, March 23.", date(2026, 3, 23), True),
        ("I'm away until 20 March and back on 23 March.", date(2026, 3, 23), True),
        ("Ich bin bis zum 20.03.2026 nicht im Büro.", date(2026, 3, 20), False),
        ("Ich bin bis einschließlich 20. März nicht erreichbar.", date(2026, 3, 20), False),
        ("Ab dem 23. März bin ich wieder da.", date(2026, 3, 23), True),
        ("Ich bin ab Montag, 23.03. wieder erreichbar.", date(2026, 3, 23), True),
        ("Estaré fuera hasta el 20 de marzo.", date(2026, 3, 20), False),
        ("Vuelvo el lunes 23 de marzo.", date(2026, 3, 23), True),
        ("Me reincorporo el 23 de marzo.", date(2026, 3, 23), True),
        ("Je suis absente jusqu'au 20 mars 2026.", date(2026, 3, 20), False),
        ("Je suis absent jusqu’au vendredi 20 mars inclus.", date(2026, 3, 20), False),
        ("De retour le lundi 23 mars.", date(2026, 3, 23), True),
        ("Sono assente fino al 20/03/2026.", date(2026, 3, 20), False),
        ("I return on 2026-04-01.", date(2026, 4, 1), True),
        ("I am away until 03/04/2026.", None, False),  # March or April?
        ("I am away until 13/04/2026.", date(2026, 4, 13), False),
        ("I will be back on 5 January.", date(2027, 1, 5), True),
        ("I was away until 20 March 2019.", None, False),
        ("I am away.", None, False),
        ("until 31 February", None, False),
    ],
)
def test_until(text: str, until: date | None, returns: bool) -> None:
    assert absence(text, date(2026, 3, 3)) == (Absence(until, returns) if until else None)


def test_whom_an_absent_person_names() -> None:
    text = "In urgent cases write to bob.stone@mill.example. Ann <ann@mill.example>"
    assert deputies(text, frozenset({"ann@mill.example"})) == ("bob.stone@mill.example",)
    assert deputies("I am away.", frozenset()) == ()


RESULTS = "Authentication-Results: {server}; dkim=fail header.d=x.example; dkim=pass (2048-bit key; unprotected) header.d=mill.example;\n spf=softfail smtp.mailfrom=mill.example; dmarc={dmarc} (p=NONE) header.from=mill.example\n"


def test_results_of_the_named_server_only() -> None:
    more = (
        RESULTS.format(server="mx.club.example", dmarc="fail")
        + RESULTS.format(server="mx.evil.example", dmarc="pass")
        + PLAIN
    )
    message = read(mail("x", more=more))
    found = authentication_results(message, "MX.club.example")
    assert (found.dmarc, found.dkim, found.spf) == ("fail", "pass", "softfail")
    assert authentication_results(message, None).dmarc == "none"
    assert authentication_results(message, "mx.other.example").dmarc == "none"


def test_a_forged_result_below_the_servers_own_is_not_believed() -> None:
    more = (
        RESULTS.format(server="mx.club.example", dmarc="fail")
        + RESULTS.format(server="mx.club.example", dmarc="pass")
        + PLAIN
    )
    assert authentication_results(read(mail("x", more=more)), "mx.club.example").dmarc == "fail"
