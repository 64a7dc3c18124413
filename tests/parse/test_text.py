# ruff: noqa: E501  (mail has long lines)
"""The words a person wrote now: replies as the programs of the field write them. All texts are made for these tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.lines import tidy
from mailer.parse.text import trim

QUOTED = """> Dear Anna,
>
> you are invited to our spring meeting. Please answer yes, no or maybe.
>
> The Convener
"""
UNQUOTED = """Dear Anna,

you are invited to our spring meeting. Please answer yes, no or maybe.

The Convener
"""

# how programs introduce the letter they quote; each with ">" below it
ATTRIBUTIONS = [
    "On Mon, Mar 2, 2026 at 9:00 AM The Convener <rsvp@club.example> wrote:",
    "On Mon, 2 Mar 2026 at 09:00, The Convener <rsvp+k5h2@club.example>\nwrote:",
    "On Mar 2, 2026, at 9:00 AM, The Convener <rsvp@club.example>\n wrote:",
    "On 02/03/2026 09:00, The Convener wrote:",
    "On 2026-03-02 09:00, The Convener wrote:",
    "On Monday, March 2nd, 2026 at 9:00 AM, The Convener <rsvp@club.example> wrote:",
    "---- On Mon, 02 Mar 2026 09:00:00 +0100 The Convener <rsvp@club.example> wrote ----",
    "On Monday, March 2, 2026 09:00:00 AM CET, The Convener <rsvp@club.example> wrote:",
    "2 Mar 2026 at 09:00, The Convener <rsvp@club.example>:",
    "2026-03-02 9:00 GMT+01:00 The Convener <rsvp@club.example>:",
    "2026/3/2 The Convener <rsvp@club.example>",
    "2026-03-02 17:21 GMT+01:00 The Convener",
    "El lun, 2 mar 2026 a las 9:00, The Convener (<rsvp@club.example>)\nescribió:",
    "El 2 de marzo de 2026 09:00, The Convener <rsvp@club.example> escribió:",
    "Am Mo., 2. März 2026 um 09:00 Uhr schrieb The Convener <\nrsvp@club.example>:",
    "Am 02.03.26 um 09:00 schrieb The Convener:",
    "The Convener <rsvp@club.example> schrieb am Mo., 2. März 2026, 09:00:",
    "Le lun. 2 mars 2026 à 09:00, The Convener <rsvp@club.example> a\nécrit :",
    "Le 02/03/2026 à 09:00, The Convener a écrit :",
    "- Le 2 mars 2026, The Convener <rsvp@club.example> a écrit :",
    "Il giorno lun 2 mar 2026 alle ore 09:00 The Convener <rsvp@club.example>\nha scritto:",
    "Il 02/03/2026 09:00, The Convener ha scritto:",
    "Em seg., 2 de mar. de 2026 às 09:00, The Convener <rsvp@club.example>\nescreveu:",
    "Op ma 2 mrt 2026 om 09:00 schreef The Convener <rsvp@club.example>:",
    "Den mån 2 mars 2026 kl 09:00 skrev The Convener <rsvp@club.example>:",
    "man. 2. mar. 2026 kl. 09:00 skrev The Convener <rsvp@club.example\n>:",
    "Den man. 2. mar. 2026 kl. 09.00 skrev The Convener <rsvp@club.example>:",
    "ma 2. maalisk. 2026 klo 9.00 The Convener (rsvp@club.example) kirjoitti:",
    "pon., 2 mar 2026 o 09:00 The Convener <rsvp@club.example> napisał(a):",
    "W dniu 2.03.2026 o 09:00, The Convener pisze:",
    "po 2. 3. 2026 v 9:00 odesílatel The Convener <rsvp@club.example> napsal:",
    "пн, 2 мар. 2026 г. в 09:00, The Convener <rsvp@club.example>:",
    "2 марта 2026 г., 9:00 пользователь The Convener <rsvp@club.example> написал:",
    "The Convener <rsvp@club.example>, 2 Mar 2026 Pzt, 09:00 tarihinde şunu yazdı:",
    "The Convener <rsvp@club.example> ezt írta (időpont: 2026. márc. 2., H, 9:00):",
    "The Convener <rsvp@club.example> 于2026年3月2日周一 09:00写道：",
    "2026年3月2日(月) 9:00 The Convener <rsvp@club.example>:",
    "Quoting The Convener <rsvp@club.example>:",
    "The Convener wrote:",
]

# blocks below which the letter stands without marks
BLOCKS = [
    "-----Original Message-----\nFrom: The Convener <rsvp@club.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Anna <anna@mill.example>\nSubject: Spring meeting\n",
    "________________________________\nFrom: The Convener <rsvp@club.example>\nSent: Monday, March 2, 2026 9:00:00 AM\nTo: Anna\nSubject: Spring meeting\n",
    "From: The Convener <rsvp@club.example>\nDate: Monday, 2 March 2026 at 09:00\nTo: Anna <anna@mill.example>\nSubject: Spring meeting\n",
    "*From:* The Convener <rsvp@club.example>\n*Sent:* Monday, March 2, 2026 9:00 AM\n*To:* Anna <anna@mill.example>; Bert\n<bert@mill.example>\n*Subject:* Spring meeting\n",
    "De: The Convener <rsvp@club.example>\nEnviado: lunes, 2 de marzo de 2026 9:00\nPara: Anna\nAsunto: Reunión\n",
    "De : The Convener <rsvp@club.example>\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : Anna\nObjet : Réunion\n",
    "Von: The Convener <rsvp@club.example>\nGesendet: Montag, 2. März 2026 09:00\nAn: Anna\nBetreff: Treffen\n",
    "Da: The Convener <rsvp@club.example>\nInviato: lunedì 2 marzo 2026 09:00\nA: Anna\nOggetto: Riunione\n",
    "Van: The Convener <rsvp@club.example>\nVerzonden: maandag 2 maart 2026 09:00\nAan: Anna\nOnderwerp: Vergadering\n",
    "Från: The Convener <rsvp@club.example>\nSkickat: den 2 mars 2026 09:00\nTill: Anna\nÄmne: Möte\n",
    "От: The Convener <rsvp@club.example>\nОтправлено: 2 марта 2026 г. 9:00\nКому: Anna\nТема: Встреча\n",
    "发件人: The Convener <rsvp@club.example>\n发送时间: 2026年3月2日 9:00\n收件人: Anna\n主题: 会议\n",
    "-------- Ursprüngliche Nachricht --------\nVon: The Convener <rsvp@club.example>\nDatum: 02.03.26 09:00 (GMT+01:00)\nAn: Anna\nBetreff: Treffen\n",
    "-------- Oprindelig meddelelse --------\nFra: The Convener\nDato: 02.03.2026 09.00\nTil: Anna\nEmne: Møde\n",
    "From: The Convener [mailto:rsvp@club.example] Sent: Monday, March 2, 2026 9:00 AM To: Anna Subject: Spring meeting\n",
    "**From**: The Convener\n**Sent**: Monday, March 2, 2026\n**To**: Anna\n",
    "The Convener <rsvp@club.example>\nSent by: Ruth <rsvp@club.example>\n02/03/2026 09:00\nPlease respond to\nrsvp@club.example\n\nTo\nanna@mill.example\ncc\n\nSubject\nSpring meeting\n",
    "--- Please reply above this line ---\n",
    "On Mon, Mar 2, 2026 at 9:00 AM The Convener <rsvp@club.example> wrote:\n",
    "Le lun. 2 mars 2026 à 09:00, The Convener <rsvp@club.example> a écrit :\n",
]

SIGNATURES = [
    "-- \nAnna Ortiz\nMill Ltd\n+44 20 7946 0000",
    "--\nAnna",
    "Sent from my iPhone",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Inviato da iPhone",
    "Sent via BlackBerry from T-Mobile",
]

DISCLAIMERS = [
    "This email and any attachments are confidential and intended solely for the addressee. If you have received this email in error please notify us.",
    "CONFIDENTIALITY NOTICE: this message may contain privileged information. If you are not the intended recipient, delete it.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie uns.",
    "Este mensaje es confidencial y está dirigido exclusivamente a su destinatario. Si usted no es el destinatario, bórrelo.",
    "Ce message et toutes les pièces jointes sont confidentiels. Si vous n'êtes pas le destinataire, merci de le détruire.",
    "Please consider the environment before printing this e-mail.",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_quoted_letter_goes(attribution: str, gap: str) -> None:
    trimmed = trim(f"Yes, I will come.{gap}\n{attribution}{gap}{QUOTED}")
    assert trimmed.words == "Yes, I will come."
    assert "invited" in trimmed.quoted


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rest", [UNQUOTED, QUOTED])
def test_letter_without_marks_goes(block: str, rest: str) -> None:
    assert trim(f"Yes, I will come.\n\n{block}\n{rest}").words == "Yes, I will come."


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signature_goes_apart(signature: str) -> None:
    trimmed = trim(
        f"Yes, I will come.\n\n{signature}\n\nOn 2 Mar 2026, at 09:00, The Convener <rsvp@club.example> wrote:\n\n{QUOTED}"
    )
    assert trimmed.words == "Yes, I will come."
    assert trimmed.signature


@pytest.mark.parametrize("closing", ["Best regards,", "Saludos,", "Mit freundlichen Grüßen", "Cordialement,"])
def test_a_closing_with_a_telephone_number_is_a_signature(closing: str) -> None:
    trimmed = trim(f"Yes, I will come.\n\n{closing}\n\nAnna Ortiz\nCEO\nMill Ltd\nT: +1 555 123 4567\n")
    assert trimmed.words == "Yes, I will come."
    assert "Anna Ortiz" in trimmed.signature
    assert trim(f"Yes, I will come.\n\n{closing}\nAnna\n").words.endswith("Anna")
    below = f"Hello,\n\n{closing}\nYes, I will come, with Bert and Chris. Call me: +1 555 123 4567!\nAnna"
    assert trim(below).words == below


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
@pytest.mark.parametrize("above", ["", "________________________________\n", "Disclaimer\n\n"])
def test_disclaimer_goes(disclaimer: str, above: str) -> None:
    assert trim(f"No, sorry.\n\nAnna\n\n{above}{disclaimer}\n").words == "No, sorry.\n\nAnna"


def test_a_gateways_banner_goes() -> None:
    text = "CAUTION: This email originated from outside of the organization. Do not click links.\n\nYes, I will come.\n"
    assert trim(text).words == "Yes, I will come."


def test_answer_below_the_quoted_letter() -> None:
    text = f"On Mon, Mar 2, 2026 at 9:00 AM The Convener <rsvp@club.example> wrote:\n\n{QUOTED}\nYes, with pleasure.\n"
    assert trim(text).words == "Yes, with pleasure."


def test_answers_between_the_quoted_lines() -> None:
    text = "On 2 Mar 2026, The Convener <rsvp@club.example> wrote:\n> Will you come?\n\nYes.\n\n> How many are you?\n\nThree.\n\n> Kind regards\n"
    assert trim(text).words == "Yes.\n\nThree."


def test_wrapped_quotation() -> None:
    text = "Fine for me.\n\n> this is a long line of the letter that some program has wrapped in the\nmiddle\n> and here it goes on\n"
    assert trim(text).words == "Fine for me."


def test_own_letter_is_subtracted_however_it_is_wrapped() -> None:
    letter = "Dear Anna,\n\nyou are invited to our spring meeting in the town hall. Please answer yes, no or maybe until Friday.\n"
    text = "I am in.\n\nyou are invited to our spring meeting in the\ntown hall. Please answer yes, no or maybe until\nFriday.\n"
    assert trim(text, letter).words == "I am in."


def test_a_short_word_of_ours_stays_the_persons_own() -> None:
    assert trim("Yes\n", "Yes\nNo\nMaybe\nDear Anna, please choose one of these.\n").words == "Yes"


@pytest.mark.parametrize(
    "text",
    [
        "Yes, that works. On Tuesday I am offline.",
        "On Monday I will be there at 10:30.\nOn Tuesday I am away.",
        "From: our side, three people. To: be honest, perhaps four.",
        "We come:\n- Anna\n- Bert\n- Chris",
        "I read what Anna wrote on 3 March: I agree.",
        "Sent from my desk, which is much easier than my phone.",
        "Date: the 12th suits us.\nTime: 10:00 is fine.",
        "5 > 3, so count five of us.",
        "Yes :-)\n\nAnna",
        "-Anna will come, -Bert will not.",
        "Please write to bert@mill.example too, we are 3:\nAnna\nBert\nChris",
    ],
)
def test_a_persons_words_stay(text: str) -> None:
    assert trim(text).words == text


def test_empty_reply_stays_empty() -> None:
    trimmed = trim(f"\n\nOn 2 Mar 2026, The Convener <rsvp@club.example> wrote:\n\n{QUOTED}")
    assert trimmed.words == ""
    assert trimmed.quoted


def test_text_below_a_bare_attribution_is_not_sure() -> None:
    trimmed = trim("On Mon, 2 Mar 2026, The Convener <rsvp@club.example> wrote:\n\nYes, I will come.\n")
    assert trimmed.words == "Yes, I will come."
    assert not trimmed.sure


def test_tidy_limits_everything() -> None:
    lines = tidy("\n" * 50_000 + "a" * 100_000 + "\r\n" + " " * 100_000 + "b\n" * 5_000)
    assert len(lines) <= 1_500
    assert max(map(len, lines)) <= 4_000


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_footer_of_a_list_goes(gap: str) -> None:
    text = f"I will come.{gap}_______________________________________________\nclub mailing list\nclub@lists.example\nhttps://lists.example/club\n"
    assert trim(text).words == "I will come."


_PIECES = st.sampled_from(
    [
        *ATTRIBUTIONS,
        *BLOCKS,
        *SIGNATURES,
        *DISCLAIMERS,
        QUOTED,
        UNQUOTED,
        "Yes.",
        "No.",
        "",
        "> x",
        "--",
        "____________",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=8), st.integers(0, 400))
def test_any_mixture_gives_three_parts(pieces: list[str], cut: int) -> None:
    text = "\n".join(pieces)
    text = text[: max(0, len(text) - cut)]
    trimmed = trim(text)
    # nothing is invented: every line comes from the text, blanks aside
    whole = "".join(text.split())
    assert all("".join(line.split()) in whole for line in trimmed.words.split("\n"))


def test_a_letter_of_short_lines_below_a_header_block_goes_with_it() -> None:
    letter = "Dear Anna,\n\nwill you come to our spring meeting in the town hall?\n\nCoffee from 8:30.\nWe begin at nine.\nYes\nNo\n"
    for block in BLOCKS:
        assert trim(f"Count me in!\n\n{block}\n{letter}", letter).words == "Count me in!"


@pytest.mark.parametrize("greeting", ["Hello", "Hi Laura,", "Hola Laura:", "Bonjour,", "Guten Tag Frau Keller,"])
def test_more_than_a_greeting_is_kept(greeting: str) -> None:
    reply = trim(f"{greeting}\n\n-- \nI will come, Tom\n\nOn Mon, 2 Mar 2026 at 09:00, The Convener wrote:\n{QUOTED}")
    assert reply.words == f"{greeting}\n\n--\nI will come, Tom"
    assert reply.quoted.startswith("On Mon, 2 Mar 2026")


def test_what_says_something_needs_no_signature() -> None:
    assert trim("Yes\n\n-- \nTom Berg").words == "Yes"
    assert trim("Hello, yes\n\nSent from my iPhone").words == "Hello, yes"


PICKED = "> Will you come?\n> And who with?\n\nI will, alone.\n"


def test_lines_that_a_person_picked_to_answer_stay_with_their_marks() -> None:
    reply = trim(PICKED)
    assert reply.words == PICKED.strip()
    assert reply.quoted == "> Will you come?\n> And who with?"


def test_lines_of_our_own_letter_are_never_the_persons() -> None:
    assert trim(PICKED, own_text="Dear Anna,\nWill you come?\nAnd who with?\n").words == "I will, alone."


@pytest.mark.parametrize(
    "intro", ["On Mon, 2 Mar 2026 at 09:00, The Convener wrote:", "> On 2 Mar 2026, The Convener wrote:\n>"]
)
def test_introduced_lines_are_quoted_not_picked(intro: str) -> None:
    assert trim(f"{intro}\n{PICKED}").words == "I will, alone."


def test_nothing_quoted_stays_where_nothing_is_answered() -> None:
    assert trim("> Will you come?\n> And who with?\n").words == ""


def test_a_signature_that_our_letter_had_too_stays_one() -> None:
    """A champion is shown the letter in her name, which says who she is; her program puts the same words below "-- "."""
    own = "On behalf of Inés Arroyo, Plant Director, Arroyo Foods\n\nDear Ann, will you come?\n"
    reply = "OK\n\n--\nInés Arroyo\nPlant Director, Arroyo Foods\n+1 414 555 0103\n"
    assert trim(reply, own_text=own).words == "OK"
