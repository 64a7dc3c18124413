"""Preparing the launch: signers asked for their word, lists reviewed, champions recruited, gaps looked for, roles taken.

Each test names the task of the convener that it serves (the numbers of the table of tasks)."""

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.partnership.people import PartnerKind, Role
from mailer.pipeline.hand import reports
from mailer.sandbox.habits import Member
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import approvals, meetings, people
from mailer.terms import canonical
from tests.flow.test_commands import coded, write
from tests.flow.test_desk import reply, text_of
from tests.flow.test_life import answer, letter_to
from tests.flow.world import ZONE, World, local, member, world

JANE, OLA, ANN, BOB = (
    "jane.smith@smith.example", "ola.nordmann@nordmann.example", "ann.able@able.example", "bob.brown@brown.example",
)  # fmt: skip
NEVER = local(2026, 6, 1, 9, 0)

INVITE = """
[about]
title  = "Invitations in the champions' names"
serves = "all meetings"
[timing]
send-between = "08:30-16:30"
send-on      = "business days"
[invite]
when         = "6 weeks before meeting start at 09:00"
to           = "businesses who have not been invited"
on-behalf-of = "their champion"
send         = "invitation-business"
ask          = "yes, no or maybe"
hold         = "ask the signer first"
"""


def cast() -> list[Member]:
    """Two champions; one has Ann and Bob, the other Cho; nobody has Dee."""
    jane = member("Jane Smith", roles=frozenset({Role.CHAMPION}))
    ola = member("Ola Nordmann", roles=frozenset({Role.CHAMPION}))
    return [
        jane,
        ola,
        member("Ann Able", champion=JANE),
        member("Bob Brown", champion=JANE),
        member("Cho Chan", champion=OLA),
        member("Dee Dorn"),
    ]


def rules(folder: Path, text: str) -> Path:
    made = folder / "own-rules"
    made.mkdir()
    (made / "1-own.toml").write_text(text, encoding="utf-8")
    return made


def to_sign(here: World, who: str) -> list[str]:
    return [s for s in here.subjects(who) if "in your name?" in s or "waiting for your OK" in s]


def invited(here: World, who: str) -> int:
    return sum("please join us" in s for s in here.subjects(who) if "in your name?" not in s and "your OK" not in s)


async def test_letters_wait_for_their_signer_and_leave_on_the_ok(tmp_path: Path) -> None:
    """Tasks 8, 18, 28: the champion reads the letter days before and says OK by reply; only then it leaves, and the proof is kept."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        (asked_at, asked), *more = here.to(JANE)
        assert not more
        assert asked_at.astimezone(ZONE).isoformat()[:16] == "2026-01-26T09:00"  # three business days before
        text = text_of(asked)
        assert "to 2 people" in text
        assert "Thursday, January 29, 2026" in text.replace("\n", " ")
        assert "What would make it easier to run" in text  # the letter itself
        assert "On behalf of Jane Smith" in text
        assert "Dear Ann" in text
        assert len(to_sign(here, OLA)) == 1
        await answer(here, JANE, asked, "Fine by me, thanks Dana!")
        assert "may go out in your name" in text_of(here.to(JANE)[-1][1])
        assert invited(here, ANN) == 0  # not before its hour
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        assert invited(here, ANN) == invited(here, BOB) == 1
        assert invited(here, "cho.chan@chan.example") == 0  # Ola has not answered
        assert invited(here, "dee.dorn@dorn.example") == 0  # the convener signs: waits for the convener
        words = await approvals.every(office.partnership)
        jane = next(w for w in words if w.state == approvals.OK)
        assert jane.words == "Fine by me, thanks Dana!"
        assert jane.proof is not None
        why = await reports.why_text(office, ANN, here.stage.clock.now())
        assert f"“Fine by me, thanks Dana!” (message {jane.proof}, from {JANE}, <" in why
        assert "Jane Smith was asked on Mon 26 Jan 2026 09:00" in why
        assert "once its signer says OK" in await reports.why_text(
            office, "cho.chan@chan.example", here.stage.clock.now()
        )


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("go ahead", "en"),
        ("Yes, please send.", "en"),
        ("Looks good to me - send it.", "en"),
        ("Sí, adelante", "es"),
        ("De acuerdo, puede enviarlo", "es"),
        ("Passt, bitte abschicken", "de"),
        ("D'accord, vous pouvez l'envoyer", "fr"),
    ],
)
async def test_an_ok_in_peoples_own_words(tmp_path: Path, words: str, language: str) -> None:
    """Task 28: OK as people write it."""
    people_ = [
        member("Jane Smith", roles=frozenset({Role.CHAMPION}), language=language),
        member("Ann Able", champion=JANE),
    ]
    async with world(tmp_path, people_, rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        await answer(here, JANE, here.to(JANE)[-1][1], words)
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        assert invited(here, ANN) == 1


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("No, please don't send this.", approvals.NO),
        ("OK, but please change “transport” to “buses”.", approvals.CHANGES),
        ("Please change the title: I am chair now.", approvals.CHANGES),
    ],
)
async def test_no_and_changes_keep_the_letters_and_reach_the_convener(tmp_path: Path, words: str, state: str) -> None:
    """Task 28: what is not an OK keeps the letters; the convener reads the words, and may still send or drop them."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        await answer(here, JANE, letter_to(here, JANE, "in your name?"), words)
        told = text_of(here.to(CONVENER)[-1][1])
        assert words in told
        assert "release invite of launch" in told
        assert {w.state for w in await approvals.every(here.stage.daemon.office.partnership)} == {
            state,
            approvals.ASKED,
        }
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        assert invited(here, ANN) == 0
        assert "letters of [invite] are on their way" in await coded(here, "release invite of launch")
        assert invited(here, ANN) == invited(here, BOB) == 1


async def test_a_question_or_talk_is_no_ok(tmp_path: Path) -> None:
    """Task 28: what is neither yes nor no goes to the convener's desk; so does a yes from another address."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        asked = letter_to(here, JANE, "in your name?")
        await answer(here, JANE, asked, "Who else gets this? Call me tomorrow.")
        await answer(here, BOB, asked, "OK")
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        assert invited(here, ANN) == 0
        assert all(w.state == approvals.ASKED for w in await approvals.every(here.stage.daemon.office.partnership))
        assert (await here.answers()).get(JANE) != "yes"


async def test_silence_is_reminded_once_and_told(tmp_path: Path) -> None:
    """Task 28: the silent are reminded a business day before; the convener hears of it, and may send the letters."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 28, 12, 0))
        assert [s.partition(" your")[0] for s in to_sign(here, JANE)] == ["OK to send this in", "Still waiting for"]
        told = [text_of(m) for _, m in here.to(CONVENER)]
        assert sum("Jane Smith has not said yet" in t for t in told) == 1
        await here.stage.advance(local(2026, 2, 5, 12, 0))
        assert len(to_sign(here, JANE)) == 2
        waits = [m for _, m in here.to(CONVENER) if "have been asked whether" in text_of(m)]
        assert len(waits) == 1
        assert invited(here, ANN) == 0
        await reply(here, waits[0], "ok")
        assert (
            invited(here, ANN) == invited(here, "cho.chan@chan.example") == invited(here, "dee.dorn@dorn.example") == 1
        )


async def test_another_text_after_the_ok_is_asked_about_anew(tmp_path: Path) -> None:
    """Task 28: an OK is to one text. A changed letter, or another place, needs another one."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        await answer(here, JANE, letter_to(here, JANE, "in your name?"), "OK")
        await here.change(place="Acme Hall, 1 Main Street")
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        assert invited(here, ANN) == 0
        assert len(to_sign(here, JANE)) == 2
        again = letter_to(here, JANE, "in your name?")
        assert "Acme Hall" in text_of(again)
        await answer(here, JANE, again, "OK")
        await here.stage.advance(local(2026, 1, 29, 13, 0))
        assert invited(here, ANN) == 1
        sent = next(m for _, m in here.to(ANN))
        assert "Acme Hall" in text_of(sent)


async def test_an_ok_at_night_waits_for_the_hours_of_the_rule(tmp_path: Path) -> None:
    """Task 28: the signer's OK is no word to write to people at night."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 22, 0))
        await answer(here, JANE, letter_to(here, JANE, "in your name?"), "ok")
        assert invited(here, ANN) == 0
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        (at, _), *_ = here.to(ANN)
        assert at.astimezone(ZONE) >= datetime(2026, 1, 30, 8, 30, tzinfo=ZONE)


def proposal(here: World) -> tuple[str, str]:
    """The newest mail with cases to the convener: its words, and the number of the last case that proposes names."""
    text = next(text_of(m) for _, m in reversed(here.to(CONVENER)) if " proposes, and " in text_of(m))
    found = re.findall(r"^ ?(\d+) +\S+@\S+: .* proposes, and ", text, re.MULTILINE)
    return text, found[-1]


def digest_with_proposal(here: World) -> EmailMessage:
    return next(m for _, m in reversed(here.to(CONVENER)) if " proposes, and " in text_of(m))


async def test_champions_look_over_the_list_and_the_convener_decides(tmp_path: Path) -> None:
    """Task 26: each champion sees whom we mean to invite, names who is missing and who is wrong; one word of the convener does it."""
    launch = local(2026, 3, 27, 9, 0)
    async with world(tmp_path, cast(), dtstart=launch, dtend=local(2026, 3, 27, 11, 0), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        asked = letter_to(here, JANE, "Whom do we miss?")
        assert [n for n in ("Ann Able", "Bob Brown", "Cho Chan", "Dee Dorn") if n in text_of(asked)] == [
            "Ann Able",
            "Bob Brown",
        ]
        await answer(here, JANE, asked, "Drop Bob, he left.\nAdd Ann Lee ann@acme.example, Acme Tools\nThanks!")
        told = text_of(here.to(JANE)[-1][1])
        assert "Dana Reyes decides" in told
        assert "Ann Lee" in told, told
        assert await people.by_address(office.partnership, "ann@acme.example") is None
        assert BOB in {p.address for p in await people.people(office.partnership)}
        await answer(here, OLA, letter_to(here, OLA, "Whom do we miss?"), "The list is fine, thank you.")
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        text, number = proposal(here)
        assert "take off: bob.brown@brown.example" in text
        await reply(here, digest_with_proposal(here), f"{number} yes")
        done = text_of(here.to(CONVENER)[-1][1])
        assert "Bob Brown is off the list" in done, done
        assert "Ann Lee" in done, done
        register = {p.address: p for p in await people.people(office.partnership)}
        assert BOB not in register
        new = register["ann@acme.example"]
        jane = register[JANE]
        assert (new.name, new.organisation, new.champion) == ("Ann Lee", "Acme Tools", jane.id)
        assert "ola.nordmann" not in text


async def test_a_proposal_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    """Task 26: no is no, and what was not understood is shown beside what was."""
    async with world(
        tmp_path, cast(), dtstart=local(2026, 3, 27, 9, 0), dtend=local(2026, 3, 27, 11, 0), ok_on=NEVER
    ) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        asked = letter_to(here, JANE, "Whom do we miss?")
        await answer(here, JANE, asked, "Ann has retired.\nBob might want to bring his brother along, ask him.")
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        text, number = proposal(here)
        assert "bring his brother" in text
        await reply(here, digest_with_proposal(here), f"{number} no")
        assert ANN in {p.address for p in await people.people(office.partnership)}


async def test_public_partners_name_others(tmp_path: Path) -> None:
    """Tasks 1, 20: partners are asked whom they know; who is named is added by the convener's word, as a public partner."""
    pat = member("Pat Park", kind=PartnerKind.PUBLIC_PARTNER)
    async with world(
        tmp_path, [pat], dtstart=local(2026, 4, 3, 9, 0), dtend=local(2026, 4, 3, 11, 0), ok_on=NEVER
    ) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        asked = letter_to(here, "pat.park@park.example", "Who else should be at the table?")
        await answer(
            here, "pat.park@park.example", asked, "You should ask Lu Han, Lakeside College, lu.han@lakeside.example"
        )
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        _, number = proposal(here)
        await reply(here, digest_with_proposal(here), f"{number} yes")
        new = await people.by_address(office.partnership, "lu.han@lakeside.example")
        assert new is not None
        assert (new.name, new.organisation, new.kind) == ("Lu Han", "Lakeside College", PartnerKind.PUBLIC_PARTNER)


async def test_champions_are_recruited_by_mail(tmp_path: Path) -> None:
    """Task 25: a personal letter, held for the convener; the silent reminded; thanks for a yes, a courteous close for a no."""
    three = [member(n, roles=frozenset({Role.CANDIDATE})) for n in ("Ann Able", "Bob Brown", "Cho Chan")]
    cho = "cho.chan@chan.example"
    async with world(
        tmp_path,
        three,
        dtstart=local(2026, 4, 22, 9, 0),
        dtend=local(2026, 4, 22, 11, 0),
        reply_deadline=None,
        ok_on=NEVER,
    ) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 28, 12, 0))
        assert not here.to(ANN)
        waits = letter_to(here, CONVENER, "")
        assert "will-you-be-a-champion" in text_of(waits)
        await reply(here, waits, "ok")
        await answer(here, ANN, letter_to(here, ANN, "would you help"), "Yes, I would be glad to.")
        await answer(here, BOB, letter_to(here, BOB, "would you help"), "No, I'm sorry, not this year.")
        assert "Thank you, Ann" in here.subjects(ANN)
        assert "Thank you all the same, Bob" in here.subjects(BOB)
        roles = {p.address: p.roles for p in await people.people(office.partnership)}
        assert roles[ANN] == {Role.CANDIDATE}  # not before the convener's word
        assert roles[BOB] == frozenset()
        assert (await here.answers()).get(ANN) != "yes"  # nobody asked about the meeting
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        _, number = proposal(here)
        await reply(here, digest_with_proposal(here), f"{number} yes")
        roles = {p.address: p.roles for p in await people.people(office.partnership)}
        assert roles[ANN] == {Role.CHAMPION}
        await here.stage.advance(local(2026, 2, 5, 12, 0))
        await here.release()
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        asked = [sum("would you help" in s for s in here.subjects(a)) for a in (ANN, BOB, cho)]
        assert asked == [1, 1, 2]


async def test_gaps_are_shown_by_mail(tmp_path: Path) -> None:
    """Task 1: for which kinds of public partner nobody is there yet, by mail as on the command line."""
    pat = member("Pat Park", kind=PartnerKind.PUBLIC_PARTNER, organisation="Lakeside Community College")
    async with world(tmp_path, [pat], ok_on=NEVER) as here:
        await write(here, "gaps")
        told = " ".join(text_of(here.to(CONVENER)[-1][1]).split())
        assert "No contact yet for: workforce services, economic development, vocational rehabilitation" in told
        assert "Pat Park, Lakeside Community College" in told


async def test_a_champion_passes_a_text_on_and_nothing_in_it_is_the_champions_own(tmp_path: Path) -> None:
    """Task 18: instead of a letter in a champion's name, a text to forward to peers, on the convener's word; a peer who answers it answers for
    nobody else, and a wish to hear no more stops nobody else's mail."""
    later = local(2026, 3, 30, 9, 0)
    kay = member("Kay Kern", roles=frozenset({Role.CO_CHAIR}), language="es")
    async with world(tmp_path, [*cast(), kay], dtstart=later, dtend=later + timedelta(hours=2)) as here:
        await here.stage.advance(local(2026, 2, 9, 12, 0))
        assert not any("pass on" in s for s in here.subjects(JANE))  # it waits for a word
        await here.release()
        await here.stage.advance(local(2026, 2, 9, 14, 0))
        letter = letter_to(here, JANE, "For you to pass on")
        assert "reenvíe" in str(letter_to(here, "kay.kern@kern.example", "reenvíe")["Subject"])
        assert not any("pass on" in s for s in here.subjects(BOB))
        jane = await people.by_address(here.stage.daemon.office.partnership, JANE)
        assert jane is not None
        (invitation,) = await meetings.invitations(here.meeting_id, [jane.id])
        raw = next(raw for to, raw in here.raws if to == JANE and str(letter["Message-ID"]).encode() in raw)
        assert invitation.token.encode() not in raw
        assert letter["List-Unsubscribe"] is None
        assert canonical(str(letter["Reply-To"].addresses[0].addr_spec)) == MAILBOX
        html = letter.get_body(("html",))
        assert html is not None
        assert "mailto:" not in str(html.get_content())
        text = text_of(letter)
        assert "Jane Smith" in text.split("--------")[1]
        await answer(here, BOB, letter, "Yes, I will be there")  # forwarded by Jane, answered by Bob
        assert (await here.answers()).get(JANE) != "yes"
        await answer(here, BOB, letter, "Please stop writing to me.")
        jane = await people.by_address(here.stage.daemon.office.partnership, JANE)
        assert jane is not None
        assert jane.may_be_written_to
