"""The outbox and the ledger: claimed once, known keys are nothing, instants compare as instants."""

import asyncio
import os
from datetime import UTC, datetime, timedelta, timezone

from mailer.decide.snapshot import Notice
from mailer.partnership.meetings import Meeting
from mailer.partnership.register import PersonRow
from mailer.store import meetings, models, outbox, people, workers
from mailer.store.outbox import Result, Written
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartnershipId, PersonId, RuleId
from tests.store.conftest import NOW


async def _meeting(partnership: PartnershipId) -> Meeting:
    meeting = Meeting(
        MeetingId(0),
        partnership,
        "launch",
        "Launch",
        EventUid("u1@x.example"),
        NOW + timedelta(days=9),
        NOW + timedelta(days=9, hours=2),
        "America/Chicago",
    )
    return await meetings.add(meeting, NOW)


async def _person(partnership: PartnershipId, name: str) -> PersonId:
    ident, _ = await people.save(partnership, PersonRow(name, (f"{name}@acme.example",)))
    return ident


def _notice(meeting: Meeting, person: PersonId, rule: str = "invite", **facts: object) -> Notice:
    plain = {
        "rule": RuleId(rule), "meeting_id": meeting.id, "person_id": person, "round": "r0", "letter": "invitation-business", "attach": (),
        "on_behalf_of": None, "hold": False, "invites": True, "not_before": NOW, "reason": "because",
    }  # fmt: skip
    return Notice(**(plain | facts))  # type: ignore[arg-type]


async def test_a_known_key_is_nothing(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    for _ in range(3):
        await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    assert len(await outbox.rows(partnership)) == 1


async def test_claims_at_once_never_share_a_row(partnership: PartnershipId) -> None:
    meeting = await _meeting(partnership)
    persons = [await _person(partnership, f"p{i}") for i in range(60)]
    await transact(lambda: outbox.put(partnership, [_notice(meeting, p) for p in persons], "x.example", NOW))
    claims = await asyncio.gather(*(outbox.claim(partnership, f"w{i}", NOW, 7) for i in range(12)))
    taken = [e.id for claim in claims for e in claim]
    assert len(taken) == len(set(taken)) == 60


async def test_instants_of_any_zone_compare_as_instants(partnership: PartnershipId) -> None:
    """SQLite compares text: 12:00+02:00 must not be taken for later than 11:00 UTC."""
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    east = timezone(timedelta(hours=2))
    due = datetime(2026, 3, 2, 12, 0, tzinfo=east)  # 10:00 UTC
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann, not_before=due)], "x.example", NOW))
    assert await outbox.claim(partnership, "w", datetime(2026, 3, 2, 11, 59, tzinfo=east), 5) == []
    assert len(await outbox.claim(partnership, "w", datetime(2026, 3, 2, 12, 0, 0, 5, tzinfo=east), 5)) == 1


async def test_sent_marks_the_person_invited_and_written_to(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")

    async def prepare() -> None:
        await meetings.ensure_invitations(meeting.id, [ann])
        await outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW)

    await transact(prepare)
    (entry,) = await outbox.claim(partnership, "w", NOW, 5)
    written = Written(entry.id, "ann@acme.example", "r@x.example", "Subject", "Text", b"bytes", 0)
    await transact(lambda: outbox.begun([written]))
    assert (await outbox.contents([entry.id]))[entry.id] == (
        "ann@acme.example",
        "r@x.example",
        "Subject",
        "Text",
        b"bytes",
    )
    await transact(lambda: outbox.on_the_wire([entry.id], "w", NOW))
    await transact(lambda: outbox.finish([Result(entry.id, outbox.SENT, "250 ok", NOW)], NOW))
    snapshot = await meetings.snapshot(meeting)
    standing = snapshot.standing_of(ann)
    assert standing is not None
    assert standing.written_at == NOW
    assert standing.invitation is not None
    assert standing.invitation.invited_at == NOW
    assert standing.noticed == {(RuleId("invite"), "r0")}
    assert await outbox.begun_since(partnership, NOW + timedelta(seconds=30)) == (1, 1)


async def test_what_a_dead_worker_held_is_taken_over(partnership: PartnershipId) -> None:
    meeting = await _meeting(partnership)
    persons = [await _person(partnership, n) for n in ("ann", "bob", "cho")]
    await transact(lambda: outbox.put(partnership, [_notice(meeting, p) for p in persons], "x.example", NOW))
    held = await outbox.claim(partnership, "dead", NOW, 2)
    (living,) = await outbox.claim(partnership, "alive", NOW, 1)
    await transact(lambda: outbox.on_the_wire([held[0].id], "dead", NOW))
    doubtful, again = await transact(lambda: outbox.recover(partnership, ["dead"], NOW))
    assert [e.id for e in doubtful] == [held[0].id]
    assert again == 1
    assert (await outbox.entries([living.id]))[0].state == outbox.SENDING


async def test_a_worker_of_this_machine_is_dead_when_its_process_is(partnership: PartnershipId) -> None:
    own = workers.new_name()
    host = own.rsplit(":", 2)[0]
    await workers.beat(own, NOW)
    await workers.beat(f"{host}:999999999:aaaa", NOW)  # no such process
    await workers.beat("elsewhere:1:bbbb", NOW)
    await workers.beat("long-gone:1:cccc", NOW - timedelta(minutes=5))
    assert sorted(await workers.dead(own, NOW)) == sorted([f"{host}:999999999:aaaa", "long-gone:1:cccc"])


async def test_what_no_longer_waits_is_not_dropped(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    (entry,) = await outbox.claim(partnership, "w", NOW, 1)
    await transact(lambda: outbox.on_the_wire([entry.id], "w", NOW))
    assert await transact(lambda: outbox.drop([entry.id], "too late")) == 0
    assert await models.Outbox.filter(id=entry.id, state=outbox.SENDING).exists()


async def test_only_what_is_still_in_hand_goes_on_the_wire(partnership: PartnershipId) -> None:
    meeting = await _meeting(partnership)
    persons = [await _person(partnership, n) for n in ("ann", "bob", "cho")]
    await transact(lambda: outbox.put(partnership, [_notice(meeting, p) for p in persons], "x.example", NOW))
    mine = [e.id for e in await outbox.claim(partnership, "w", NOW, 2)]
    others = [e.id for e in await outbox.claim(partnership, "other", NOW, 1)]
    waiting = [e.id for e in await outbox.waiting_for(meeting.id)]
    assert sorted(waiting) == sorted(mine + others)  # what is only being made ready can still be dropped
    assert await transact(lambda: outbox.drop([mine[0]], "cancelled")) == 1
    assert await transact(lambda: outbox.on_the_wire([*mine, *others], "w", NOW)) == {mine[1]}
    assert await transact(lambda: outbox.on_the_wire(mine, "w", NOW)) == set()
    assert await outbox.at_the_gate(mine[0], "w") is None
    assert await outbox.at_the_gate(mine[1], "other") is None
    assert await outbox.at_the_gate(mine[1], "w") == outbox.AtTheGate(0)
    assert await transact(lambda: outbox.owned([*mine, *others], "w")) == {mine[1]}


async def test_waiting_for_others_is_no_attempt(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    for tried, attempt, first in ((False, 0, None), (True, 1, NOW), (True, 2, NOW)):
        (entry,) = await outbox.claim(partnership, "w", NOW, 1)
        result = Result(entry.id, outbox.DEFERRED, "451 later", NOW, "later", tried=tried)
        await transact(lambda result=result: outbox.finish([result], NOW))  # type: ignore[misc]
        (entry,) = await outbox.entries([entry.id])
        assert (entry.attempt, entry.first_tried_at) == (attempt, first)


async def test_a_delivery_report_may_come_before_the_servers_yes_is_written(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    (entry,) = await outbox.claim(partnership, "w", NOW, 1)
    await transact(lambda: outbox.on_the_wire([entry.id], "w", NOW))
    assert await transact(lambda: outbox.bounced(entry, "550 no such user"))
    await transact(lambda: outbox.finish([Result(entry.id, outbox.SENT, "250 ok", NOW)], NOW))
    assert (await outbox.entries([entry.id]))[0].state == outbox.FAILED


async def test_an_invitation_that_left_while_its_meeting_moved_is_overtaken(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    (entry,) = await outbox.claim(partnership, "w", NOW, 1)
    await transact(lambda: outbox.begun([Written(entry.id, "a@x.example", "r@x.example", "S", "T", b"bytes", 0)]))
    assert await transact(lambda: outbox.overtaken([entry.id])) == set()
    await models.Meeting.filter(id=meeting.id).update(sequence=1)
    assert await transact(lambda: outbox.overtaken([entry.id])) == {entry.id}


async def test_a_silent_worker_whose_process_runs_is_alive(partnership: PartnershipId) -> None:
    own, now = workers.new_name(), datetime.now(UTC)
    parent = f"{own.rsplit(':', 2)[0]}:{os.getppid()}:aaaa"
    await workers.beat(parent, now)
    assert await workers.dead(own, now + timedelta(hours=5)) == []


async def test_the_dead_are_forgotten_when_nothing_of_theirs_is_left(partnership: PartnershipId) -> None:
    meeting, ann = await _meeting(partnership), await _person(partnership, "ann")
    await transact(lambda: outbox.put(partnership, [_notice(meeting, ann)], "x.example", NOW))
    await outbox.claim(partnership, "busy:1:a", NOW, 1)
    for name in ("busy:1:a", "idle:1:a"):
        await workers.beat(name, NOW)
    await transact(lambda: workers.bury(["busy:1:a", "idle:1:a"]))
    assert await workers.dead("own:1:a", NOW + timedelta(hours=1)) == ["busy:1:a"]


async def test_more_than_two_thousand_letters_of_a_rule_are_released_at_once(partnership: PartnershipId) -> None:
    meeting, person = await _meeting(partnership), await _person(partnership, "Ann")
    many = [_notice(meeting, person, round=f"r{n}", hold=True) for n in range(2_100)]
    await transact(lambda: outbox.put(partnership, many, "example.org", NOW))
    held = await outbox.of_rule(partnership, "invite", [outbox.HELD], meeting.id)
    assert len(held) == 2_100
    assert await transact(lambda: outbox.release(partnership, [e.id for e in held], NOW)) == 2_100
    assert (await outbox.counts(partnership)).get(outbox.HELD, 0) == 0
