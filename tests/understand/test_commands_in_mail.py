"""Whole mails of the convener's, read as they come: what in them is an order, what is asked about, and what is nobody's order at all.

An action that was not meant is the one mistake that cannot be forgiven: never out of quoted or forwarded text, a signature, a subject that was
answered, a list of things to do, words that were struck out or hidden.
"""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailer.understand import reader
from mailer.understand.asks.question import Written
from mailer.understand.commands import read_commands
from mailer.understand.forms import LOOKS
from mailer.understand.verdict import Context

FRIDAY = Written(datetime(2026, 2, 6, 18, 0, tzinfo=UTC), "America/Chicago", "en")
DANA, SERVICE = "dana@northwoods.example", "partnership@northwoods.example"
CONTEXT = Context(commanders=frozenset({DANA}), own_addresses=frozenset({SERVICE}))


def mail(text: str = "", subject: str = "hello", html: str = "", both: str = "") -> tuple[list[str], list[str], bool]:
    """(orders, what is asked about, whether a program wrote it) of a mail from Dana."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Dana Reyes <{DANA}>", SERVICE, subject
    message["Message-ID"], message["Date"] = "<one@northwoods.example>", "Fri, 06 Feb 2026 12:00:00 -0600"
    if html:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
        if both:
            message.add_alternative(both, subtype="html")
    raw = message.as_bytes()
    verdict = reader.understand(raw, CONTEXT)
    found = read_commands(verdict.text, verdict.subject, FRIDAY, "Dana Reyes")
    return [c.words for c in found.commands], [f for _, f in found.doubtful], verdict.automatic is not None


CANCEL, MOVE, FORGET, ADD = (
    "cancel launch",
    "move launch to 19 March 2026 9:00",
    "forget ann@acme.example",
    "add Ann Lee ann@acme.example from Acme",
)
RELEASE, HOLD, DROP = "release reminder of launch", "hold reminder of launch", "drop reminder of launch"
DANGEROUS = (CANCEL, MOVE, FORGET, ADD, RELEASE, HOLD, DROP)
AROUND = {
    "quoted beneath, as Gmail does": "Thanks!\n\nOn Fri, Feb 6, 2026 at 9:00 AM Partnership <p@n.example> wrote:\n> {0}\n",
    "quoted beneath, with nothing above": "\n\nOn Fri, Feb 6, 2026 at 9:00 AM Partnership <p@n.example> wrote:\n> {0}\n",
    "quoted beneath, in German": "ok\n\nAm 06.02.2026 um 09:00 schrieb Partnership:\n> {0}\n",
    "quoted above, answered below": "On Friday Bob wrote:\n> {0}\nI agree.",
    "quoted by hand, answered between the lines": "> {0}\n\nNo, better not.",
    "quoted by hand, with a yes": "> {0}\n\nyes",
    "an original message": "See below\n\n-----Original Message-----\nFrom: Bob\nSent: Friday\nTo: Dana\nSubject: hi\n\n{0}\n",
    "Outlook's line": "See below\n\n________________________________\nFrom: Bob <b@x.example>\nSent: Friday, February 6, 2026\nTo: Dana\n"
    "Subject: hi\n\n{0}\n",
    "forwarded with a word": "FYI\n\n---------- Forwarded message ---------\nFrom: Bob <bob@x.example>\nDate: Fri, 6 Feb 2026\nSubject: hi\n"
    "To: Dana <d@n.example>\n\n{0}\n",
    "forwarded without a word": "---------- Forwarded message ---------\nFrom: Bob <bob@x.example>\nDate: Fri, 6 Feb 2026\nSubject: hi\n"
    "To: Dana <d@n.example>\n\n{0}\n",
    "in a signature": "Thank you.\n\n-- \nDana Reyes\n{0}\n",
    "don't": "don't {0}",
    "do not": "Please do not {0}.",
    "never": "never {0}",
    "a question": "{0}?",
    "should we": "Should we {0}?",
    "could you": "Could you {0}",
    "perhaps": "maybe {0}",
    "somebody says": "Bob says {0}",
    "a list of things to do": "- {0}",
    "a numbered list": "1. {0}\n2. call Bob",
    "taken back below": "{0}\n\nNo, wait, don't.",
    "taken back beside": "{0}\nSorry, I meant something else.",
    "on a condition below": "{0}\n\nBut only if Bob agrees.",
    "on a condition first": "if it snows, {0}",
}  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("order", DANGEROUS)
def test_what_is_not_said_outright_is_never_an_order(order: str, around: str) -> None:
    orders, _, _ = mail(AROUND[around].format(order))
    assert [o for o in orders if o == order or order in o] == []
    assert orders == []


ASKED = ("don't", "do not", "never", "a question", "should we", "could you", "perhaps", "a list of things to do", "taken back below",
         "taken back beside", "on a condition below")  # fmt: skip


@pytest.mark.parametrize("around", ASKED)
@pytest.mark.parametrize("order", DANGEROUS)
def test_what_may_be_an_order_gets_a_question(order: str, around: str) -> None:
    assert mail(AROUND[around].format(order))[1]


OTHERS = [
    ("", "Re: cancel launch", [], False),
    ("", "RE: AW: cancel launch", [], False),
    ("", "Fwd: cancel launch", [], False),
    ("", "FW: forget ann@acme.example", [], False),
    ("Hm, no.", "cancel launch", [], True),
    ("Dana", "cancel launch", [CANCEL], False),
    ("status\n\n-- \nDana Reyes\ncancel launch", "hello", ["status"], False),
    ("status\n--\nDana\ncancel launch", "hello", ["status"], False),
    ("place of launch: Acme Hall\n\nDana Reyes\nNorthwoods\n123 456\n+1 414 555 0100", "hi", ["place of launch: Acme Hall"], False),
    ("123456\n\nDana\n654321", "Re: hi", ["123456"], False),
    ("Hi,\n\nDana Reyes\n414 555", "hi", [], False),
    (f"{HOLD}\nrelease last-call of launch", "hi", [HOLD, "release last-call of launch"], False),
    (f"{MOVE}\n{CANCEL}\n\nThanks\nDana", "hi", [MOVE, CANCEL], False),
    (f"{MOVE} and cancel retro", "hi", [], True),
    (f"{CANCEL}, Bob said", "hi", [], True),
    (f"{CANCEL}\nSent from my iPhone", "hi", [CANCEL], False),
    (f"{CANCEL}\nOn second thoughts no", "hi", [], True),
    (f"{CANCEL}\n(kidding)", "hi", [], True),
    (f"“{CANCEL}” is what Bob wants", "hi", [], True),
    ("we will not cancel launch", "hi", [], False),
    ("send her the list", "hi", [], True),
    ("stop ann@acme.example", "hi", [], True),
    ("stop the letters", "hi", [], True),
    ("forget ann@acme.example's birthday", "hi", [], True),
    ("add Ann Lee ann@acme.example from Acme or Bob bob@acme.example", "hi", [], True),
    ("Ann yes", "hi", [], True),
    ("ann@acme.example will come", "hi", [], True),
    ("ann@acme.example yes, bob@acme.example no", "hi", [], True),
    ("undo everything", "hi", [], True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "subject", "orders", "asked"), OTHERS)
def test_mails_of_a_convener(text: str, subject: str, orders: list[str], asked: bool) -> None:
    found, doubts, _ = mail(text, subject)
    assert (found, bool(doubts)) == (orders, asked)


@pytest.mark.parametrize(
    ("html", "orders"),
    [
        ("<p>cancel launch</p>", [CANCEL]),
        ("<div>Hi,<br><br>cancel launch<br></div><div class='gmail_signature'>Dana<br>forget ann@acme.example</div>", [CANCEL]),
        ("<div>FYI</div><blockquote>cancel launch</blockquote>", []),
        ("<div dir='ltr'>ok</div><div class='gmail_quote'>On Fri, Bob wrote:<blockquote>cancel launch</blockquote></div>", []),
        ("<p>status</p><p>-- <br>Dana<br>cancel launch</p>", ["status"]),
        ("<p>status</p><div style='display:none'>cancel launch</div>", ["status"]),
        ("<p>status</p><span style=\"color:red; DISPLAY: none\">cancel launch</span>", ["status"]),
        ("<p><s>cancel launch</s></p>", []),
        ("<p><strike>move launch to 19 March 2026 9:00</strike></p><p>status</p>", ["status"]),
        ("<p><del>cancel launch</del> status</p>", ["status"]),
        ("<p>don't</p><p>cancel launch</p>", []),
        ("<ul><li>Bob will</li><li>cancel launch</li></ul>", []),
    ],
)  # fmt: skip
def test_html_only(html: str, orders: list[str]) -> None:
    assert mail(html=html)[0] == orders


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("who is comming to launch", "who is coming to MEETING"),
        ("Whos comming to launch?", "who is coming to MEETING"),
        ("attendence launch", "who is coming to MEETING"),
        ("cancle launch", "cancel MEETING"),
        ("mvoe launch to 19 March 9:00", "move MEETING to 19 March 2026 9:00"),
        ("hlod reminder", "hold RULE of MEETING"),
        ("stauts", "status"),
        ("hlep", "help"),
        ("preveiw launch", "preview MEETING"),
        ("froget ann@acme.example", "forget ann@acme.example"),
        ("udno", "undo"),
    ],
)
def test_a_slip_gets_a_question_with_the_right_wording(text: str, form: str) -> None:
    assert mail(text)[:2] == ([], [form])


@pytest.mark.parametrize(
    "text",
    [
        "Love it",
        "Home at six",
        "Moved the chairs",
        "I sent it",
        "Held up in traffic",
        "Bob is here",
        "Stone works",
        "Here goes",
    ],
)
def test_talk_that_resembles_a_command_is_let_be(text: str) -> None:
    assert mail(text)[:2] == ([], [])


@pytest.mark.parametrize(
    "subject", ["Automatic reply: hello", "Out of office: cancel launch", "Abwesenheitsnotiz: cancel launch"]
)
def test_the_conveners_own_absence_is_a_program_s_mail(subject: str) -> None:
    """What a program wrote is no order whatever it says (`commands_in` looks at that first)."""
    assert mail("I am out of the office until Monday.\ncancel launch", subject)[2]


def test_looking_is_never_an_order() -> None:
    found = read_commands("status\nwho is coming to launch?\npreview launch\nhelp", "", FRIDAY)
    assert {c.verb for c in found.commands} <= LOOKS
