"""Mail on its way when something happens: doubt, a full disk, a letter that cannot be written, a change, another worker."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from mailer.partnership.meetings import MeetingStatus
from mailer.render.outgoing import OutgoingMessage
from mailer.send import dispatch
from mailer.send.outcome import Deferred, InDoubt, Outcome
from mailer.store import log, models, outbox
from mailer.store.transact import transact
from tests.flow.world import RULES, World, local, member, world

ANN, BOB = "ann.silent@silent.example", "bob.slow@slow.example"
OK = local(2026, 1, 29, 12, 0)
Gate = Callable[[], Awaitable[None]]


def on_delivery(
    here: World, monkeypatch: pytest.MonkeyPatch, to: str, act: Callable[[Gate], Awaitable[Outcome | None]]
) -> None:
    """*act* is asked first when a mail for *to* is handed over; with None the mail goes its way."""
    transport = here.stage.daemon.transport
    real = transport.deliver

    async def deliver(message: OutgoingMessage, before_data: Gate) -> Outcome:
        found = await act(before_data) if message.forward_path == to else None
        return found if found is not None else await real(message, before_data)

    monkeypatch.setattr(transport, "deliver", deliver)


async def invitation(address: str) -> models.Outbox:
    person = await models.PersonAddress.get(address=address)
    return await models.Outbox.get(rule="invite-businesses", person_id=vars(person)["person_id"])


async def test_mail_in_doubt_twice_waits_for_the_convener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, [member("Ann Silent")]) as here:
        times = []

        async def lost(gate: Gate) -> Outcome:
            await gate()
            times.append(here.stage.clock.now())
            return InDoubt("the connection was lost after the dot")

        on_delivery(here, monkeypatch, ANN, lost)
        await here.stage.advance(local(2026, 2, 5, 12, 0))
        assert len(times) == 2
        assert times[1] - times[0] >= timedelta(minutes=1)
        row = await invitation(ANN)
        assert row.state == outbox.HELD
        assert "may or may not have left" in row.reason


async def test_a_result_the_disk_did_not_take_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, [member("Ann Silent")]) as here:
        real, full = outbox.finish, [True]

        async def finish(results: list[outbox.Result], now: object) -> None:
            if full and any(r.state == outbox.SENT for r in results):
                full.clear()
                raise OperationalError("database or disk is full")
            await real(results, now)  # type: ignore[arg-type]

        monkeypatch.setattr(outbox, "finish", finish)
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert not full
        assert len([s for s in here.subjects(ANN) if "join us" in s]) == 1
        assert (await invitation(ANN)).state == outbox.SENT


async def test_one_letter_that_cannot_be_written_is_held_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, [member("Ann Silent"), member("Bob Slow")]) as here:
        real: Callable[..., OutgoingMessage] = dispatch.compose  # type: ignore[attr-defined]

        def compose(facts: object, letters: object) -> OutgoingMessage:
            if facts.person.address == ANN:  # type: ignore[attr-defined]
                raise KeyError("x")
            return real(facts, letters)

        monkeypatch.setattr(dispatch, "compose", compose)
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        row = await invitation(ANN)
        assert row.state == outbox.HELD
        assert "cannot be written" in row.reason
        assert (await invitation(BOB)).state == outbox.SENT


async def test_a_mail_at_the_gate_does_not_leave_for_a_cancelled_meeting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, [member("Ann Silent"), member("Bob Slow")]) as here:

        async def cancelled_meanwhile(_: Gate) -> None:
            if not (await here.meeting()).cancelled:
                await here.change(status=MeetingStatus.CANCELLED)

        on_delivery(here, monkeypatch, BOB, cancelled_meanwhile)
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert here.subjects(BOB) == []
        assert (await invitation(BOB)).state == outbox.DROPPED


async def test_what_another_worker_took_over_is_not_sent_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, [member("Ann Silent")]) as here:
        daemon = here.stage.daemon
        taken: list[int] = []

        async def taken_over(_: Gate) -> None:
            if not taken:
                taken.append(1)
                await daemon.dispatcher.recover([daemon.worker])

        on_delivery(here, monkeypatch, ANN, taken_over)
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert taken
        assert len([s for s in here.subjects(ANN) if "join us" in s]) == 1
        assert (await invitation(ANN)).state == outbox.SENT


async def test_deferred_mail_says_what_is_true_when_it_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, [member("Ann Silent")]) as here:
        greylisted = [True]

        async def later(_: Gate) -> Outcome | None:
            return Deferred("greylisted", "451 4.7.1 try later") if greylisted else None

        on_delivery(here, monkeypatch, ANN, later)
        await here.stage.advance(OK + timedelta(minutes=5))
        message_id = (await invitation(ANN)).message_id
        await here.change(place="The new hall, 99 Lake Street")
        greylisted.clear()
        await here.stage.advance(OK + timedelta(hours=4))
        letter = here.to(ANN)[0][1]
        assert letter["Message-ID"] == message_id
        body = letter.get_body(("plain",))
        assert body is not None
        assert "99 Lake Street" in body.get_content()
        assert "12 Mill Road" not in body.get_content()


async def test_trouble_of_an_earlier_run_is_over_with_the_first_mail_that_leaves(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Silent")]) as here:
        partnership = here.stage.daemon.office.partnership
        await transact(lambda: log.set_trouble(partnership, "sending", "the password is wrong", here.stage.clock.now()))
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        assert await log.troubles(partnership) == []


async def test_a_rule_file_has_a_pace_of_its_own(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    text = (RULES / "1-invitations.toml").read_text("utf-8")
    (rules / "1-invitations.toml").write_text(text.replace("[timing]", "[timing]\nmost-per-minute = 2", 1), "utf-8")
    people = [member(f"Guest{n} Gast{n}") for n in range(5)]
    async with world(tmp_path, people, rules_folder=rules) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 30))
        left = sorted(at for n in range(5) for at, _ in here.to(f"guest{n}.gast{n}@gast{n}.example"))
        assert len(left) == 5
        assert all(later - earlier >= timedelta(minutes=1) for earlier, later in zip(left, left[2:], strict=False))
