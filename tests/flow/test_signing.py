"""A signer's word: what is an OK, what is none, and what becomes of letters when text, signer or mind changes (task 28)."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.partnership.people import Role
from mailer.pipeline.hand import register, reports
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import approvals, inbound, models, outbox, people
from mailer.store.transact import transact
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.test_life import answer, letter_to
from tests.flow.test_preparing import ANN, BOB, INVITE, JANE, NEVER, OLA, cast, invited, rules, to_sign
from tests.flow.world import World, local, world

ASKED = "in your name?"

NO_OK = (
    ("", approvals.ASKED), ("ok?", approvals.ASKED), ("OK??", approvals.ASKED), ("Is this ok", approvals.ASKED),
    ("is it okay to send", approvals.ASKED),
    ("who is this?", approvals.ASKED), ("Who are you and why do I get this?", approvals.ASKED), ("Thanks!", approvals.ASKED),
    ("Great, thank you for the reminder", approvals.ASKED), ("No worries!", approvals.ASKED), ("I'm fine, thanks", approvals.ASKED),
    ("I'm good", approvals.ASKED), ("Good morning Dana", approvals.ASKED), ("Received, will read it tonight", approvals.ASKED),
    ("OK, I will read it tomorrow", approvals.ASKED), ("Please send it to me", approvals.ASKED), ("please send to me", approvals.ASKED),
    ("OK once the date is fixed", approvals.ASKED), ("OK if Bob agrees", approvals.ASKED), ("OK, as long as legal approves", approvals.ASKED),
    ("probably ok", approvals.ASKED),
    ("ok I guess", approvals.ASKED), ("yes and no", approvals.ASKED), ("OK. No.", approvals.ASKED),
    ("OK 👎", approvals.ASKED),
    ("Yes, who gets it?", approvals.ASKED), ("Bob says ok", approvals.ASKED), ("OK for the first paragraph", approvals.ASKED),
    ("OK next week", approvals.ASKED), ("I am out of the office until Monday", approvals.ASKED), ("Sent from my iPhone", approvals.ASKED),
    ("Let me think about it", approvals.ASKED), ("unsubscribe me from this please", approvals.ASKED),
    ("OK, but change the second line", approvals.CHANGES), ("Looks good. Just fix the typo in line 2.", approvals.CHANGES),
    ("Looks good to me, except I'm not chair any more", approvals.CHANGES), ("My title is Chair, otherwise OK", approvals.CHANGES),
    ("Yes, you may send it, but not to Acme", approvals.CHANGES), ("De acuerdo, pero cambie la segunda línea", approvals.CHANGES),
    ("No", approvals.NO), ("Please don't send this yet", approvals.NO), ("not ok", approvals.NO), ("I cannot approve this", approvals.NO),
    ("Take my name off", approvals.NO), ("not yet", approvals.NO),
)  # fmt: skip
OK = (
    "OK", "ok to send", "Looks good, go ahead", "Ok, thanks Dana. Great letter!", "Approved.", "I approve this text.", "O.K.", "Yes please",
    "OK to send in my name", "No changes needed, go ahead", "You can use my name. OK!", "Sí, adelante", "ja, gerne", "d'accord",
)  # fmt: skip


async def the_word(here: World) -> str:
    """How Jane's word on her letter stands."""
    words = await approvals.every(here.stage.daemon.office.partnership)
    signer = await jane(here)
    return next(w.state for w in words if w.person == signer)


async def jane(here: World) -> int:
    found = await people.by_address(here.stage.daemon.office.partnership, JANE)
    assert found is not None
    return found.id


async def test_sixty_replies_of_a_signer(tmp_path: Path) -> None:
    """Task 28: only an OK is an OK; whatever else comes, nothing leaves."""
    wrong: list[tuple[str, str]] = []
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))  # the hour has come: an OK would let them go
        asked = letter_to(here, JANE, ASKED)
        for said, state in NO_OK:
            await answer(here, JANE, asked, said)
            if (now := await the_word(here)) != state:
                wrong.append((said, now))
            await models.Approval.filter(person_id=await jane(here)).update(
                state=approvals.ASKED, words="", inbound_id=None
            )
        assert not wrong
        assert invited(here, ANN) == 0
        for said in OK:
            await answer(here, JANE, asked, said)
            if (now := await the_word(here)) != approvals.OK:
                wrong.append((said, now))
            await models.Approval.filter(person_id=await jane(here)).update(
                state=approvals.ASKED, words="", inbound_id=None
            )
        assert not wrong
        await here.stage.advance(local(2026, 1, 29, 13, 0))
        assert invited(here, ANN) == 1


async def automatic(here: World, letter: EmailMessage, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        JANE,
        str(letter["Reply-To"]),
        f"Automatic reply: {letter['Subject']}",
    )
    message["Message-ID"], message["In-Reply-To"], message["Auto-Submitted"] = (
        "<auto@x.example>",
        str(letter["Message-ID"]),
        "auto-replied",
    )
    message.set_content(text)
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, JANE)
    await here.stage.quiet()


async def test_only_the_signer_says_ok(tmp_path: Path) -> None:
    """Task 28: not another partner, not an unknown address of the same name, not an assistant, not a machine."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        asked = letter_to(here, JANE, ASKED)
        found = await people.by_address(office.partnership, JANE)
        assert found is not None
        await transact(lambda: people.let_answer(office.partnership, found.id, "pat@smith.example"))
        for other in (
            OLA,
            BOB,
            "jane.smith@gmail.example",
            '"Jane Smith" <js@home.example>',
            "pat@smith.example",
            CONVENER,
        ):
            await answer(here, other, asked, "OK")
            assert await the_word(here) == approvals.ASKED, other
        await automatic(here, asked, "OK")
        assert await the_word(here) == approvals.ASKED
        assert invited(here, ANN) == 0


async def test_a_yes_to_ones_own_invitation_is_no_ok(tmp_path: Path) -> None:
    """Task 28: a champion is invited, too; a reply to that invitation names the question about the letters among its References."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await here.change(place="Acme Hall, 1 Main Street")
        await here.stage.advance(local(2026, 1, 29, 14, 0))  # asked anew, later than her own invitation was decided on
        partnership, signer = here.stage.daemon.office.partnership, await jane(here)
        own = [
            e.id
            for e in await outbox.rows(partnership, [outbox.HELD], 100)
            if e.notice.person_id == signer and e.notice.invites
        ]
        await transact(lambda: outbox.release(partnership, own, here.stage.clock.now()))
        await here.stage.advance(local(2026, 1, 29, 15, 0))
        invitation = next(
            m for _, m in reversed(here.to(JANE)) if ASKED not in str(m["Subject"]) and "join us" in str(m["Subject"])
        )
        assert str(letter_to(here, JANE, ASKED)["Message-ID"]) in str(invitation["References"])
        await answer(here, JANE, invitation, "Yes")
        assert await the_word(here) == approvals.ASKED
        assert invited(here, ANN) == 0
        assert (await here.answers())[JANE] == "yes"


async def test_an_ok_to_the_old_text_is_none_to_the_new_one(tmp_path: Path) -> None:
    """Task 28: the answer to the first mail comes after the text was changed: the signer is told, and the new text waits."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        first = letter_to(here, JANE, ASKED)
        await here.change(place="Acme Hall, 1 Main Street")
        await here.stage.advance(local(2026, 1, 29, 14, 0))
        assert sum(ASKED in subject for subject in here.subjects(JANE)) == 2
        await answer(here, JANE, first, "OK")
        told = text_of(here.to(JANE)[-1][1])
        assert "the new text waits for an OK of its own" in " ".join(told.split())
        assert "may go out in your name" not in told
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == 0
        # what is wrong with the old text holds for the new one
        await answer(here, JANE, first, "Please change my title to Chair")
        await here.stage.advance(local(2026, 1, 30, 13, 0))
        assert {
            w.state for w in await approvals.every(here.stage.daemon.office.partnership) if w.person == await jane(here)
        } == {approvals.CHANGES}
        await answer(here, JANE, letter_to(here, JANE, ASKED), "OK now")
        await here.stage.advance(local(2026, 1, 30, 14, 0))
        assert invited(here, ANN) == 1


async def test_ok_twice_keeps_the_first_as_proof(tmp_path: Path) -> None:
    """Task 28: the proof is the mail by which the letters left."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        asked = letter_to(here, JANE, ASKED)
        await answer(here, JANE, asked, "OK")
        await here.stage.advance(local(2026, 1, 29, 13, 0))
        assert invited(here, ANN) == 1
        (first,) = [w for w in await approvals.every(office.partnership) if w.person == await jane(here)]
        await answer(here, JANE, asked, "OK!!")
        assert "has your OK already" in text_of(here.to(JANE)[-1][1])
        await answer(here, JANE, asked, "No, stop")
        assert "had left, or was dropped, before your mail came" in " ".join(text_of(here.to(JANE)[-1][1]).split())
        told = " ".join(text_of(here.to(CONVENER)[-1][1]).split())
        assert "had said OK on" in told
        assert "No, stop" in told
        assert [w for w in await approvals.every(office.partnership) if w.person == await jane(here)] == [first]
        assert invited(here, ANN) == 1
        # who, when, which mail, which text
        why = await reports.why_text(office, ANN, here.stage.clock.now())
        row = await inbound.row(office.partnership, first.proof)  # type: ignore[arg-type]
        assert row is not None
        message_id, author = await approvals.proof(first.proof)  # type: ignore[arg-type]
        assert author == JANE
        for part in (message_id, JANE, first.text_id[:12]):
            assert part in why


async def test_an_ok_after_the_convener_sent_them_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        asked = letter_to(here, JANE, ASKED)
        await coded(here, "release invite of launch")
        assert invited(here, ANN) == 1
        await answer(here, JANE, asked, "OK")
        assert "no longer waiting" in text_of(here.to(JANE)[-1][1])
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == 1


async def test_a_no_after_the_ok_keeps_what_has_not_left(tmp_path: Path) -> None:
    """Task 28: minds change before the hour of the letters comes, and while they leave."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 22, 0))
        asked = letter_to(here, JANE, ASKED)
        await answer(here, JANE, asked, "ok")
        assert await the_word(here) == approvals.OK
        # as if the mail server had put the letters off
        await models.Outbox.filter(rule="invite", on_behalf_of_id=await jane(here)).update(state="deferred", attempt=1)
        await answer(here, JANE, asked, "Thanks!")
        assert await the_word(here) == approvals.OK
        await answer(
            here, JANE, asked, "Hm, I must talk to legal first"
        )  # nobody knows what that means for the letters
        assert await the_word(here) == approvals.ASKED
        assert "stays where it is until Jane Smith says OK again" in " ".join(text_of(here.to(CONVENER)[-1][1]).split())
        await answer(here, JANE, asked, "ok then")
        await models.Outbox.filter(rule="invite", on_behalf_of_id=await jane(here)).update(state="deferred", attempt=1)
        await answer(here, JANE, asked, "No wait, please do not send it")
        assert await the_word(here) == approvals.NO
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == invited(here, BOB) == 0
        await answer(here, JANE, asked, "All right, go ahead")
        await here.stage.advance(local(2026, 1, 30, 16, 0))
        assert invited(here, ANN) == invited(here, BOB) == 1


async def test_a_change_while_letters_leave_keeps_them_in_the_same_commit(tmp_path: Path) -> None:
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        mine = models.Outbox.filter(rule="invite", on_behalf_of_id=await jane(here))
        await models.Approval.filter(person_id=await jane(here)).update(state=approvals.OK)
        later = local(2026, 1, 29, 15, 0)
        await mine.update(state="deferred", attempt=2, due_at=later, not_before=later)
        await here.change(capacity=50)
        assert set(await models.column(mine, "state")) == {"deferred"}  # no letter says how many chairs there are
        await here.change(place="Acme Hall, 1 Main Street")
        assert set(await models.column(mine, "state")) == {"held"}
        await here.stage.advance(local(2026, 1, 29, 16, 0))
        assert invited(here, ANN) == 0
        await answer(here, JANE, letter_to(here, JANE, ASKED), "OK")
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == 1
        assert "Acme Hall" in text_of(here.to(ANN)[-1][1])


async def test_the_signer_sees_the_letter_that_leaves(tmp_path: Path) -> None:
    """The rule names another letter by now; those that were decided before are still the old one, and that is what the signer is shown."""
    folder = rules(tmp_path, INVITE)
    async with world(tmp_path, cast(), rules_folder=folder, ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await answer(here, JANE, letter_to(here, JANE, ASKED), "Please change the title")
        other = INVITE.replace('"invitation-business"', '"invitation-public"')
        (folder / "1-own.toml").write_text(other, encoding="utf-8")
        await here.stage.daemon.reload()
        await here.change(place="Acme Hall, 1 Main Street")  # asked anew
        await here.stage.advance(local(2026, 1, 29, 15, 0))
        asked = letter_to(here, JANE, ASKED)
        await answer(here, JANE, asked, "OK")
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == 1
        seen = " ".join(text_of(asked).replace(">", " ").split())
        left = " ".join(text_of(here.to(ANN)[-1][1]).split())
        assert left.partition("Dear Ann")[2][:300] in seen


async def test_another_champion_signs_and_is_asked(tmp_path: Path) -> None:
    """Ann has another champion when Jane's OK comes: Ola is asked, and only Bob's letter leaves in Jane's name."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await answer(here, OLA, letter_to(here, OLA, ASKED), "no")  # to the one letter that she had to sign
        ann = await people.by_address(office.partnership, ANN)
        assert ann is not None
        await transact(lambda: people.set_champions(office.partnership, {ann.id: OLA}))
        await answer(here, JANE, letter_to(here, JANE, ASKED), "OK")
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert (invited(here, ANN), invited(here, BOB)) == (0, 1)
        await answer(here, OLA, letter_to(here, OLA, ASKED), "OK")
        await here.stage.advance(local(2026, 1, 30, 16, 0))
        assert invited(here, ANN) == 1
        assert "Ola Nordmann" in text_of(here.to(ANN)[-1][1])
        assert "Jane" not in text_of(here.to(ANN)[-1][1])


async def test_what_the_convener_holds_back_waits_in_spite_of_an_ok(tmp_path: Path) -> None:
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        asked = letter_to(here, JANE, ASKED)
        await coded(here, "hold invite of launch")
        await answer(here, JANE, asked, "OK")
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert invited(here, ANN) == 0
        await coded(here, "release invite of launch")
        await here.stage.advance(local(2026, 1, 30, 16, 0))
        assert invited(here, ANN) == 1


async def test_a_signer_who_is_forgotten_signs_nothing(tmp_path: Path) -> None:
    """What waits in the name of somebody who was erased waits for the convener, also where it had its OK."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 29, 22, 0))
        await answer(here, JANE, letter_to(here, JANE, ASKED), "ok")
        await models.Outbox.filter(rule="invite", on_behalf_of_id=await jane(here)).update(state="deferred", attempt=1)
        await register.forget_person(office.partnership, JANE, here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        assert invited(here, ANN) == invited(here, BOB) == 0
        states = await models.Outbox.filter(rule="invite", letter="invitation-business").values_list("state", flat=True)
        assert "held" in states
        for _, mail in [*here.to(ANN), *here.to(BOB)]:
            assert "Jane" not in text_of(mail)


@pytest.mark.parametrize("role", [Role.CO_CHAIR, Role.LEAD_CHAMPION])
async def test_two_with_the_role_one_is_asked(tmp_path: Path, role: Role) -> None:
    """One signer a letter: where two are co-chair, the first is asked, and nothing leaves on the other's word."""
    text = INVITE.replace("their champion", role.value.replace("-", " ") if role is Role.LEAD_CHAMPION else "co-chair")
    two = [replace(m, roles=frozenset({role})) if m.roles else m for m in cast()]
    async with world(tmp_path, two, rules_folder=rules(tmp_path, text), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        asked = [who for who in (JANE, OLA) if to_sign(here, who)]
        # the one signs for all, and the other for the one
        first = next(who for who in asked if "people" in text_of(letter_to(here, who, ASKED)))
        other = OLA if first == JANE else JANE
        if other in asked:
            await answer(here, other, letter_to(here, other, ASKED), "OK")
        await here.stage.advance(local(2026, 1, 29, 13, 0))
        assert invited(here, ANN) == invited(here, BOB) == 0
        await answer(here, first, letter_to(here, first, ASKED), "OK")
        await here.stage.advance(local(2026, 1, 29, 14, 0))
        assert invited(here, ANN) == invited(here, BOB) == 1


async def test_a_signer_who_cannot_be_asked_is_told_of_at_once(tmp_path: Path) -> None:
    dead = [replace(m, roles=frozenset({Role.CHAMPION})) if m.name == "Jane Smith" else m for m in cast()]
    async with world(tmp_path, dead, rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await transact(lambda: people.mark_dead(office.partnership, JANE, "no such user", here.stage.clock.now()))
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        told = [" ".join(text_of(m).split()) for _, m in here.to(CONVENER)]
        assert sum("cannot be asked by mail" in t for t in told) == 1
        assert not to_sign(here, JANE)


async def test_a_signer_who_wants_no_more_mail_has_not_said_ok(tmp_path: Path) -> None:
    """“stop” is a wish of its own: nobody asks Jane again, nothing leaves in her name, and the convener hears of it in time."""
    async with world(tmp_path, cast(), rules_folder=rules(tmp_path, INVITE), ok_on=NEVER) as here:
        await here.stage.advance(local(2026, 1, 26, 12, 0))
        await answer(here, JANE, letter_to(here, JANE, ASKED), "Unsubscribe")
        found = await people.by_address(here.stage.daemon.office.partnership, JANE)
        assert found is not None
        assert not found.may_be_written_to
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert len(to_sign(here, JANE)) == 1
        assert invited(here, ANN) == invited(here, BOB) == 0
        told = [" ".join(text_of(m).split()) for _, m in here.to(CONVENER)]
        assert sum("cannot be reminded: no mail may go there any more" in t for t in told) == 1
