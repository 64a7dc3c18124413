"""What was understood is told back, once, and two automata never go on for ever."""

from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import inbound
from tests.flow.test_desk import text_of
from tests.flow.world import MAYBE, NO, World, local, member, words, world

RULES = """
[about]
title  = "Only invitations"
serves = "all meetings"

[timing]
send-between = "any time"

[invite]
when   = "6 weeks before meeting start at 09:00"
to     = "businesses who have not been invited"
send   = "invitation-business"
attach = ["calendar invitation"]
ask    = "yes, no or maybe"
"""
CHATTY = (
    RULES
    + """
[please-write-clearly]
when = "reply is unclear"
to   = "the person who replied"
send = "reminder"
ask  = "yes, no or maybe"
"""
)


def rules(folder: Path, text: str) -> Path:
    there = folder / "own-rules"
    there.mkdir()
    (there / "1.toml").write_text(text)
    return there


async def says(here: World, author: str, text: str, *, to: EmailMessage | None = None, **fields: str) -> None:
    """Somebody writes *text*, in answer to a letter of ours or out of the blue."""
    message = EmailMessage()
    message["From"], message["To"] = author, str(to["Reply-To"]) if to is not None else MAILBOX
    message["Subject"] = f"Re: {to['Subject']}" if to is not None else fields.pop("Subject", "Hello")
    message["Message-ID"] = f"<{here.stage.to_mailbox}.{abs(hash(text))}@outside.example>"
    if to is not None:
        message["In-Reply-To"] = str(to["Message-ID"])
    message["Date"] = format_datetime(here.stage.clock.now())
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + "\n")
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, author)
    await here.stage.quiet()


ANN = "ann.able@able.example"


async def invited(here: World) -> EmailMessage:
    await here.stage.advance(local(2026, 2, 2, 12, 0))
    return here.to(ANN)[0][1]


async def test_each_letter_says_what_was_understood(tmp_path: Path) -> None:
    cast = [
        member("Ann Able", words("Yes, I'll be there with two colleagues.")),
        member("Bob No", words("Sorry, I can't make it.", NO)),
        member("Cho Unsure", words("Not sure yet.", MAYBE)),
        member("Eva Luz", words("Sí, asistiré."), language="es"),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        people = (ANN, "bob.no@no.example", "cho.unsure@unsure.example", "eva.luz@luz.example")
        said = [" ".join(" ".join(text_of(m) for _, m in here.to(a)).split()) for a in people]
        party = "I understood that you are coming to “Launch meeting” on Thursday, March 12, 2026 with two others."
        assert party in said[0]
        assert "I understood that you cannot come to “Launch meeting”" in said[1]
        assert "I understood that you do not know yet" in said[2]
        assert all("If that is wrong, just reply and say so." in text for text in said[:3])
        assert "He entendido que usted asistirá a «Launch meeting»" in said[3]


async def test_where_no_rule_answers_the_service_does_once_and_again_after_a_correction(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")], rules_folder=rules(tmp_path, RULES)) as here:
        letter = await invited(here)
        before = len(here.to(ANN))
        await says(here, ANN, "Yes, I will come.", to=letter)
        (_, told), *more = here.to(ANN)[before:]
        assert more == []
        assert "I understood that you are coming to" in " ".join(text_of(told).split())
        assert str(told["Auto-Submitted"]) == "auto-replied"
        assert told["In-Reply-To"]
        await says(here, ANN, "Yes, as I said, I am coming.", to=letter)
        assert len(here.to(ANN)) == before + 1  # nothing is new
        await says(here, ANN, "Sorry, we will be three: I bring two colleagues. Yes, we come.", to=told)
        await says(here, ANN, "I have to correct myself: I can't make it.", to=told)
        last = " ".join(text_of(here.to(ANN)[-1][1]).split())
        assert "you cannot come to" in last
        assert (await here.answers())[ANN] == "no"


@pytest.mark.parametrize(
    "fields",
    [
        {"List_Id": "<club.lists.example>"},
        {"Precedence": "bulk"},
        {"X_Convener_Instance": "other"},
    ],
)
async def test_lists_and_services_are_not_answered(tmp_path: Path, fields: dict[str, str]) -> None:
    async with world(tmp_path, [member("Ann Able")], rules_folder=rules(tmp_path, RULES)) as here:
        letter = await invited(here)
        before = len(here.to(ANN))
        await says(here, ANN, "Yes, I will come.", to=letter, **fields)
        assert len(here.to(ANN)) == before


@pytest.mark.parametrize("numbered", [False, True])
async def test_a_responder_that_does_not_say_so_comes_to_rest(tmp_path: Path, numbered: bool) -> None:
    """Every mail to it makes a mail, and a rule of the convener's answers what is unclear."""
    async with world(tmp_path, [member("Ann Able")], rules_folder=rules(tmp_path, CHATTY)) as here:
        await invited(here)
        answered = 0
        for turn in range(30):
            fresh = here.to(ANN)[answered:]
            if not fresh:
                break
            answered = len(here.to(ANN))
            for _, letter in fresh:
                ticket = f" Your ticket is {answered}{turn}." if numbered else ""
                await says(here, ANN, f"Thanks, we got your mail! Somebody will look at it.{ticket}", to=letter)
        else:
            pytest.fail("it would go on for ever")
        assert 1 <= len(here.to(ANN)) <= 8
        told = [m for _, m in here.to(CONVENER) if "stopped answering" in text_of(m)]
        assert len(told) == 1
        assert (await here.answers())[ANN] == "no answer"


async def test_a_responder_that_says_yes_and_no_in_turn_comes_to_rest(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await invited(here)
        answered = 0
        for turn in range(40):
            fresh = here.to(ANN)[answered:]
            if not fresh:
                break
            answered = len(here.to(ANN))
            text = "Yes, I will come." if turn % 2 else "Sorry, I cannot come."
            await says(here, ANN, f"{text} Number {turn}.", to=fresh[-1][1])
        else:
            pytest.fail("it would go on for ever")
        assert len(here.to(ANN)) <= 10


async def test_what_the_convener_settles_is_told_to_the_sender(tmp_path: Path) -> None:
    from mailer.pipeline.hand.unclear import Settle, settle

    async with world(tmp_path, [member("Ann Able")], rules_folder=rules(tmp_path, RULES)) as here:
        letter = await invited(here)
        await says(here, ANN, "I could come if my boss lets me leave the plant early that day.", to=letter)
        office = here.stage.daemon.office
        (case,) = await inbound.rows(office.partnership, [inbound.REVIEW])
        await settle(office, case.id, Settle.YES, here.stage.clock.now())
        await here.stage.quiet()
        told = " ".join(text_of(here.to(ANN)[-1][1]).split())
        assert "Dana Reyes has noted that you are coming to" in told
