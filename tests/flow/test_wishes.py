"""Wishes not to be written to: by scope, certain or not, and the way back."""

from pathlib import Path

import pytest

from mailer.partnership.people import Person
from mailer.sandbox.stage import CONVENER
from mailer.store import inbound, meetings, people
from tests.flow.test_desk import reply, text_of
from tests.flow.test_understood import ANN, invited, says
from tests.flow.world import World, local, member, world


async def person(here: World, address: str = ANN) -> Person:
    found = await people.by_address(here.stage.daemon.office.partnership, address)
    assert found is not None
    return found


async def stopped_meeting(here: World) -> bool:
    (invitation,) = await meetings.invitations(here.meeting_id, [(await person(here)).id])
    snapshot = await meetings.snapshot(await here.meeting())
    standing = snapshot.standing_of(invitation.person_id)
    assert standing is not None
    return standing.stopped


@pytest.mark.parametrize(
    ("wish", "letter", "stopped_for", "meeting"),
    [
        ("stop", "No more messages about Launch meeting", "", True),
        ("No more reminders about the March meeting, please.", "No more messages about Launch meeting", "", True),
        ("Please take me off this list.", "No more messages from Northwoods", "partnership", False),
        ("Don't write to me ever again.", "No more messages", "everything", False),
        ("Bitte nehmen Sie mich aus Ihrem Verteiler.", "No more messages from Northwoods", "partnership", False),
        ("No me escriba más, por favor.", "No more messages from Northwoods", "partnership", False),
        ("Ne m'écrivez plus jamais.", "No more messages", "everything", False),
    ],
)
async def test_a_certain_wish_acts_at_once_and_is_confirmed_once(
    tmp_path: Path, wish: str, letter: str, stopped_for: str, meeting: bool
) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        first = await invited(here)
        before = len(here.to(ANN))
        await says(here, ANN, wish, to=first)
        (_, told), *more = here.to(ANN)[before:]
        assert more == []
        assert letter in str(told["Subject"])
        assert ((await person(here)).stopped_for, await stopped_meeting(here)) == (stopped_for, meeting)
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        assert len(here.to(ANN)) == before + 1
        await reply(here, told, "Please write to me again.", author=ANN)
        assert "hear from" in str(here.to(ANN)[-1][1]["Subject"])
        assert ((await person(here)).stopped_for, await stopped_meeting(here)) == ("", False)


async def test_a_wish_from_an_unknown_address_is_asked_about_at_the_persons_own(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        first = await invited(here)
        before = len(here.to(ANN))
        await says(here, "ann@private.example", "Unsubscribe me", to=first)
        assert (await person(here)).stopped_at is None
        (_, question), *more = here.to(ANN)[before:]
        assert more == []
        assert "Shall I stop" in str(question["Subject"])
        await says(here, "ann@private.example", "Please unsubscribe me.", to=first)
        assert len(here.to(ANN)) == before + 1  # asked once a week
        await reply(here, question, "yes", author=ANN)
        assert (await person(here)).stopped_for == "partnership"


async def test_a_no_to_that_question_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        first = await invited(here)
        await says(here, "ann@private.example", "Unsubscribe me", to=first)
        await reply(here, here.to(ANN)[-1][1], "no", author=ANN)
        assert (await person(here)).stopped_at is None
        assert not await inbound.rows(here.stage.daemon.office.partnership, [inbound.REVIEW])
        assert (await here.answers())[ANN] == "no answer"  # that no was about something else


async def test_somebody_else_cannot_stop_a_person(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        first = await invited(here)
        await says(here, "bob.brown@brown.example", "Please take me off this list.", to=first)
        assert (await person(here)).stopped_at is None
        assert (await person(here, "bob.brown@brown.example")).stopped_at is None
        rows = await inbound.rows(here.stage.daemon.office.partnership, [inbound.REVIEW])
        assert any("Bob Brown writes on the letter of Ann Able" in r.reason for r in rows)


async def test_a_program_that_asks_is_obeyed_and_not_answered(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        first = await invited(here)
        before = len(here.to(ANN))
        fields = {"X_Apple_Unsubscribe": "true", "Auto_Submitted": "auto-replied"}
        await says(here, ANN, "Apple Mail sent this message.", to=first, **fields)
        assert (await person(here)).stopped_for == "partnership"
        assert len(here.to(ANN)) == before
        assert any("wants no more mail" in text_of(m) for _, m in here.to(CONVENER))


async def test_who_is_coming_hears_of_a_move_though_they_stopped_us(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        first = await invited(here)
        await says(here, ANN, "Yes, I will come.", to=first)
        await says(here, ANN, "Please take me off this list.", to=first)
        bob = "bob.brown@brown.example"
        await says(here, bob, "Please take me off this list.", to=here.to(bob)[0][1])
        counts = len(here.to(ANN)), len(here.to(bob))
        await here.change(place="Town Hall")
        await here.stage.quiet()
        assert (len(here.to(ANN)), len(here.to(bob))) == (counts[0] + 1, counts[1])


async def test_a_wish_for_ever_outlives_the_row(tmp_path: Path) -> None:
    from mailer.partnership.register import PersonRow
    from mailer.store.transact import transact

    async with world(tmp_path, [member("Ann Able")]) as here:
        await says(here, ANN, "Don't write to me ever again.", to=await invited(here))
        partnership, now = here.stage.daemon.office.partnership, here.stage.clock.now()
        other = await transact(lambda: people.ensure_partnership("other", "Other", now))
        await transact(lambda: people.save(other, PersonRow(name="Ann Able", addresses=(ANN,))))
        found = await people.by_address(other, ANN)
        assert found is not None
        assert found.stopped_for == "everything"
        assert (await person(here)).partnership_id == partnership
