"""What waits, and what is told but once: reminders while answers may lie unread, and mailboxes that stay full."""

from datetime import datetime, timedelta
from pathlib import Path

from mailer.sandbox.habits import Full
from mailer.store import inbound, log, people
from tests.flow.world import MEETING, YES, World, button, local, member, words, world

REMINDED = local(2026, 2, 26, 9, 30)
"""When the shipped rules remind whoever has not replied."""
FULL = "fred.full@full.example"


async def reminders(here: World, address: str) -> list[str]:
    return [state for rule, state in await here.rules_of(address) if rule == "reminder"]


async def test_reminders_wait_while_the_mailbox_is_not_read_to_its_end(tmp_path: Path) -> None:
    """The watcher says that it cannot read (as it does when the server is gone); later that it can."""
    since_invited = REMINDED + timedelta(minutes=10) - local(2026, 1, 29, 12, 0)
    late = member("Lea Late", words("Yes, I'll be there", YES, after=since_invited, punctual=True))
    async with world(tmp_path, [member("Bob Silent"), late, member("Ann Yes", button(YES))]) as here:
        await here.stage.advance(REMINDED - timedelta(minutes=5))
        daemon = here.stage.daemon
        assert daemon.may_chase()
        await daemon.keeper.trouble("The mailbox cannot be read: the server is not there.")
        await here.stage.advance(REMINDED + timedelta(minutes=5))
        assert await reminders(here, "bob.silent@silent.example") == ["queued"]
        assert await reminders(here, "lea.late@late.example") == ["queued"]
        # an answer that had lain there is read; then all is read
        await here.stage.advance(REMINDED + timedelta(minutes=15))
        assert await reminders(here, "bob.silent@silent.example") == ["queued"]
        await daemon.keeper.trouble(None)
        await here.stage.advance(REMINDED + timedelta(minutes=20))
        assert await reminders(here, "bob.silent@silent.example") == ["sent"]
        assert await reminders(here, "lea.late@late.example") == ["dropped"]
        assert await reminders(here, "ann.yes@yes.example") == []
        sent = [at for at, m in here.to("bob.silent@silent.example") if str(m["Subject"]).startswith("Can you come?")]
        assert len(sent) == 1
        assert sent[0] >= REMINDED + timedelta(minutes=15)


async def test_what_does_not_chase_leaves_although_the_mailbox_is_not_read(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Bob Silent")]) as here:
        await here.stage.daemon.keeper.trouble("The mailbox cannot be read: the server is not there.")
        await here.stage.advance(local(2026, 2, 3, 9, 0))
        assert ("invite-businesses", "sent") in await here.rules_of("bob.silent@silent.example")


async def test_a_mailbox_that_stays_full_is_told_again_only_after_a_week(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Fred Full", trouble=Full(late=True))]) as here:
        await here.stage.advance(MEETING)
        partnership = here.stage.daemon.office.partnership
        came = sorted(
            (r.received_at, r.state)
            for r in await inbound.rows(partnership, ())
            if r.kind == "delivery-report" and "came back" in r.reason
        )
        told = [line.at for _, line in await log.lines(partnership) if line.what == "returned"]
        assert [at for at, state in came if state == inbound.REVIEW] == told
        last: datetime | None = None
        for at, state in came:
            again = last is None or at - last > timedelta(days=7)
            assert state == (inbound.REVIEW if again else inbound.HANDLED), at
            last = at if again else last
        assert len(told) == 2  # the invitation and, weeks later, a reminder; each with another mail a few days after
        assert len(came) == 4
        # it may be good: it is written to again, and not given up
        assert ("last-call", "failed") in await here.rules_of(FULL)
        person = await people.by_address(partnership, FULL)
        assert person is not None
        assert not person.dead
