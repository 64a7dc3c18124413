"""The watch, whole, against the scripted server: nothing is lost, nothing is dug up unasked, everything ends when told."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from mailer.clock import SteppedClock
from mailer.errors import MailboxLost, MailboxRefused, StoreUnusable
from mailer.receive.imap import Limits
from mailer.receive.intake import Fetched, Position, Taken
from mailer.receive.progress import Patience
from mailer.receive.watch import watch
from tests.receive.scripted import CAPABILITIES, QUICK, Line, Scripted

AT_ONCE = Patience(first=0.02, longest=0.02, refused=0.05, tolerated=0.2)
NONE_LATER = Position(7, 0)


class Remembered:
    """An intake in memory, which can be told to fail."""

    def __init__(self, position: Position | None = NONE_LATER) -> None:
        self.at = position
        self.positions: list[Position] = []
        self.taken: list[Fetched] = []
        self.said: list[str | None] = []
        self.file_into: str | None = None
        self.failures: dict[int, list[Exception]] = {}
        self._changed = asyncio.Event()

    async def position(self, mailbox: str) -> Position | None:
        assert mailbox == "INBOX"
        return self.at

    async def take(self, mailbox: str, fetched: Fetched) -> Taken:
        if self.failures.get(fetched.imap_uid):
            raise self.failures[fetched.imap_uid].pop(0)
        self.taken.append(fetched)
        self._changed.set()
        return Taken(True, self.file_into)

    async def take_all(self, mailbox: str, batch: Sequence[Fetched]) -> list[Taken]:
        for fetched in batch:
            if self.failures.get(fetched.imap_uid):
                raise self.failures[fetched.imap_uid].pop(0)
        return [await self.take(mailbox, fetched) for fetched in batch]

    async def advance(self, mailbox: str, position: Position) -> None:
        self.at = position
        self.positions.append(position)
        self._changed.set()

    async def trouble(self, sentence: str | None) -> None:
        self.said.append(sentence)
        self._changed.set()

    @property
    def uids(self) -> list[int]:
        return [fetched.imap_uid for fetched in self.taken]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.05)


@contextlib.asynccontextmanager
async def watching(
    server: Scripted, intake: Remembered, *, poll: float = 60, **more: Any
) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    settings = server.settings(**{"poll_every": poll, **more.pop("settings", {})})
    more = {"patience": AT_ONCE, "limits": QUICK, "chance": lambda: 1.0, **more}
    task = asyncio.ensure_future(watch(settings, intake, stop=stop, **more))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def read_once(server: Scripted, intake: Remembered, **more: Any) -> None:
    more = {"limits": QUICK, **more}
    await asyncio.wait_for(watch(server.settings(), intake, stop=asyncio.Event(), once=True, **more), 30)


def mails(*uids: int) -> dict[int, bytes]:
    return {uid: f"Subject: {uid}\r\n\r\n{uid}\r\n".encode() for uid in uids}


# ------------------------------------------------------------------------------------------------------------ the good days


async def test_at_the_first_start_old_mail_is_left_alone() -> None:
    intake = Remembered(None)
    async with Scripted(mails(1, 2, 3)) as server, watching(server, intake):
        await intake.until(lambda: intake.at)
        assert intake.at == Position(7, 3)
        await intake.until(lambda: server.count("IDLE"))
        server.deliver(b"new")
        await intake.until(lambda: intake.at == Position(7, 4))
    assert [(f.imap_uid, f.raw, f.size) for f in intake.taken] == [(4, b"new", 3)]


async def test_at_the_first_start_an_empty_mailbox_is_one_to_watch() -> None:
    intake = Remembered(None)
    async with Scripted() as server:
        await read_once(server, intake)
        assert intake.at == Position(7, 0)
        server.deliver(b"first")
        await read_once(server, intake)
    assert intake.uids == [1]


async def test_since_digs_up_what_is_not_older() -> None:
    intake = Remembered(None)
    async with Scripted(mails(1, 2, 3, 4)) as server:
        server.dates = {
            1: "27-Feb-2026 09:00:00 +0000",
            2: "28-Feb-2026 23:30:00 +0000",
            4: "01-Mar-2026 00:30:00 +0100",
        }
        await read_once(server, intake, since=datetime(2026, 3, 1, tzinfo=UTC))
    assert [c for c in server.heard if c.startswith("UID SEARCH")] == ["UID SEARCH SINCE 28-Feb-2026"]
    assert intake.uids == [3]
    assert intake.positions == [Position(7, 4)]


async def test_a_later_start_goes_on_where_the_last_one_stopped() -> None:
    intake = Remembered(Position(7, 2))
    async with Scripted(mails(1, 2, 3, 4)) as server:
        await read_once(server, intake, since=datetime(2020, 1, 1, tzinfo=UTC))
    assert intake.uids == [3, 4]
    assert intake.at == Position(7, 4)
    assert intake.taken[0].internal_date == datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_many_messages_come_in_order_and_in_few_commands() -> None:
    intake = Remembered()
    async with Scripted(dict.fromkeys(range(1, 1201), b"x" * 900)) as server:
        await read_once(server, intake)
        assert intake.uids == list(range(1, 1201))
        assert server.count("UID FETCH") == 3 + 12
    assert intake.at == Position(7, 1200)


async def test_a_push_is_read_at_once_and_said() -> None:
    intake, calls = Remembered(), []
    async with Scripted() as server, watching(server, intake, on_new=lambda: calls.append(intake.uids)):
        await intake.until(lambda: server.count("IDLE"))
        began = time.monotonic()
        server.deliver(b"a")
        await intake.until(lambda: calls)
        assert time.monotonic() - began < 20  # by the push: the next look would be minutes away
    assert calls == [[1]]
    assert server.heard[-1] == "LOGOUT"


async def test_a_push_that_got_lost_is_made_up_for_by_the_poll() -> None:
    intake = Remembered()
    async with Scripted() as server, watching(server, intake, poll=0.1):
        await intake.until(lambda: server.count("IDLE"))
        server.deliver(b"a", tell=False)
        await intake.until(lambda: intake.uids == [1])


async def test_what_comes_between_the_search_and_idle_is_told_by_noop() -> None:
    async def search(line: Line, arguments: str) -> None:
        await server.do_uid_search(line, arguments)
        server.deliver(b"just then")

    async def noop(line: Line, arguments: str) -> None:
        line.send("* 1 EXISTS\r\n")
        line.ok()

    intake = Remembered()
    async with Scripted() as server:
        server.play("UID SEARCH", search)
        server.play("NOOP", noop)
        async with watching(server, intake):
            await intake.until(lambda: intake.uids == [1])
            assert server.count("IDLE") == 0


async def test_a_server_without_idle_is_polled() -> None:
    intake = Remembered()
    async with Scripted(capabilities="IMAP4rev1") as server, watching(server, intake, poll=0.05):
        await intake.until(lambda: server.count("NOOP") >= 2)
        server.deliver(b"a")
        await intake.until(lambda: intake.uids == [1])
    assert server.count("IDLE") == 0


async def test_filing() -> None:
    intake = Remembered()
    intake.file_into = "Done"
    async with Scripted(mails(1, 2)) as server:
        await read_once(server, intake)
        assert server.moved == {"Done": [1, 2]}
        assert not server.messages
    assert intake.at == Position(7, 2)


@pytest.mark.parametrize(("file_into", "capabilities"), [("Done", "IMAP4rev1"), ("Inbox", CAPABILITIES)])
async def test_what_cannot_be_filed_stays_and_is_read_all_the_same(file_into: str, capabilities: str) -> None:
    intake = Remembered()
    intake.file_into = file_into
    async with Scripted(mails(1, 2), capabilities) as server:
        await read_once(server, intake)
        assert sorted(server.messages) == [1, 2]
        assert not server.moved
    assert (intake.uids, intake.at) == ([1, 2], Position(7, 2))


async def test_too_large_a_message_is_handed_over_by_its_head() -> None:
    intake = Remembered()
    async with Scripted({1: b"Subject: film\r\n\r\n" + b"x" * 70_000, 2: b"Subject: b\r\n\r\n"}) as server:
        settings = server.settings(largest_message=65_536)
        await watch(settings, intake, stop=asyncio.Event(), once=True, limits=QUICK)
    assert [(f.raw, f.head, f.size) for f in intake.taken] == [
        (None, b"Subject: film\r\n\r\n", 70_017),
        (b"Subject: b\r\n\r\n", b"", 14),
    ]


# ------------------------------------------------------------------------------------------------------------- the bad days


async def test_a_new_uidvalidity_means_reading_everything_again() -> None:
    intake = Remembered(Position(6, 900))
    async with Scripted(mails(1, 2, 3)) as server:
        await read_once(server, intake)
    assert intake.uids == [1, 2, 3]
    assert intake.positions == [Position(7, 3)]


async def test_but_not_what_was_old_at_the_very_first_start() -> None:
    intake = Remembered(Position(6, 900))
    async with Scripted(mails(1, 2, 3)) as server:
        server.dates = {1: "01-Jan-2019 10:00:00 +0000"}
        await read_once(server, intake, resync_since=datetime(2026, 1, 1, tzinfo=UTC))
    assert intake.uids == [2, 3]


async def test_uidvalidity_may_change_while_we_watch() -> None:
    intake = Remembered()
    async with Scripted(mails(1, 2)) as server, watching(server, intake):
        await intake.until(lambda: server.count("IDLE"))
        server.uid_validity, server.uid_next, server.messages = 8, 2, mails(1)
        server.drop_all()
        await intake.until(lambda: intake.at == Position(8, 1))
    assert [(f.uid_validity, f.imap_uid) for f in intake.taken] == [(7, 1), (7, 2), (8, 1)]


async def test_nor_what_was_old_at_a_first_start_of_this_run() -> None:
    intake, now = Remembered(None), datetime(2026, 3, 1, 12, tzinfo=UTC)
    async with Scripted(mails(1, 2)) as server, watching(server, intake, clock=SteppedClock(now)):
        await intake.until(lambda: server.count("IDLE"))
        server.uid_validity, server.dates = 8, {2: "01-Mar-2026 12:00:01 +0000"}  # 2 came at the wrong moment
        server.drop_all()
        await intake.until(lambda: intake.at == Position(8, 2))
    assert intake.uids == [2]


async def drop_in_literal(line: Line, arguments: str) -> None:
    line.send("* 1 FETCH (UID 1 BODY[] {1000}\r\nhalf of it")
    line.drop()


def after_listing(play: Callable[[Line, str], Awaitable[None]]) -> Callable[[Line, str], Awaitable[None]]:
    """Use *play* for what fetches bodies, not for what lists."""

    async def chosen(line: Line, arguments: str) -> None:
        if "BODY" in arguments:
            await play(line, arguments)
        else:
            await line.server.do_uid_fetch(line, arguments)

    return chosen


async def test_a_line_that_drops_in_the_middle_of_a_message() -> None:
    intake = Remembered()
    async with Scripted(mails(1, 2)) as server:
        server.play("UID FETCH", *[after_listing(drop_in_literal)] * 2)
        async with watching(server, intake):
            await intake.until(lambda: intake.at == Position(7, 2))
    assert [(f.imap_uid, f.raw) for f in intake.taken] == list(mails(1, 2).items())
    assert server.connections == 2


@pytest.mark.parametrize("how", ["drops the line", "says no", "leaves it out", "hangs"])
async def test_one_message_that_cannot_be_fetched_does_not_stop_the_rest_and_is_not_lost(how: str) -> None:
    class Broken(Scripted):
        async def do_uid_fetch(self, line: Line, arguments: str) -> None:
            uids, _, items = arguments.partition(" ")
            if "BODY" not in items or 2 not in self._found(uids):
                await super().do_uid_fetch(line, arguments)
            elif how == "drops the line":
                line.drop()
            elif how == "hangs":
                await line.hang()
            elif how == "says no":
                line.no("[SERVERBUG] Internal error occurred")
            else:
                for imap_uid in set(self._found(uids)) - {2}:
                    self.send_message(line, imap_uid, items)
                line.ok()

    intake = Remembered()
    async with Broken(mails(1, 2, 3)) as server:
        limits = Limits(connect=1, quiet=0.1, farewell=0.1)
        async with watching(server, intake, poll=0.02, limits=limits):
            await intake.until(lambda: intake.at == Position(7, 3))
    whole = [(f.imap_uid, f.raw) for f in intake.taken if f.raw is not None]
    assert sorted(whole) == sorted(mails(1, 3).items())
    [last] = [f for f in intake.taken if f.imap_uid == 2]
    assert (last.raw, last.head, last.size) == (None, b"", len(mails(2)[2]))  # its ids stand for it
    assert intake.said[-1] is None


async def test_a_message_that_is_broken_in_its_body_only_is_handed_over_by_its_head() -> None:
    class Broken(Scripted):
        async def do_uid_fetch(self, line: Line, arguments: str) -> None:
            if "BODY.PEEK[]" in arguments:
                line.drop()
            else:
                await super().do_uid_fetch(line, arguments)

    intake = Remembered()
    async with Broken(mails(1)) as server, watching(server, intake):
        await intake.until(lambda: intake.at == Position(7, 1))
    assert [(f.raw, f.head) for f in intake.taken] == [(None, b"Subject: 1\r\n\r\n")]


async def test_messages_that_somebody_moves_away_meanwhile_hold_nothing_up() -> None:
    class Shared(Scripted):
        async def do_uid_fetch(self, line: Line, arguments: str) -> None:
            self.messages.pop(2 if "BODY" in arguments else 1, None)
            await super().do_uid_fetch(line, arguments)

    intake = Remembered()
    async with Shared(mails(1, 2, 3)) as server:
        await read_once(server, intake)
    assert (intake.uids, intake.at) == ([3], Position(7, 3))


async def test_a_wrong_password_is_said_once_and_taken_back_when_it_is_mended() -> None:
    async def refuse(line: Line, arguments: str) -> None:
        line.no("[AUTHENTICATIONFAILED] no")

    intake = Remembered()
    async with Scripted(mails(1)) as server:
        server.play("LOGIN", *[refuse] * 4)
        async with watching(server, intake):
            await intake.until(lambda: intake.uids == [1] and None in intake.said)
    assert len(intake.said) == 2
    assert "Check user and password" in str(intake.said[0])
    assert intake.said[1] is None


async def test_a_server_that_is_gone_for_a_moment_is_no_news_but_one_that_stays_away_is() -> None:
    intake = Remembered()
    async with Scripted(mails(1)) as server:
        server.greeting = "* BYE maintenance\r\n"
        async with watching(server, intake, patience=Patience(first=0.05, longest=0.05, tolerated=0.3)):
            await asyncio.sleep(0.15)
            assert intake.said == []
            await intake.until(lambda: intake.said)
            assert "maintenance" in str(intake.said[0])
            await asyncio.sleep(0.2)
            assert len(intake.said) == 1
            server.greeting = "* OK back\r\n"
            await intake.until(lambda: intake.said[-1] is None)
    assert intake.uids == [1]


async def test_a_password_that_is_changed_while_a_message_resists_is_told_too() -> None:
    async def refuse(line: Line, arguments: str) -> None:
        line.no(f"[AUTHENTICATIONFAILED] not so ({time.monotonic()} secs)")  # worded anew every time

    intake = Remembered()
    intake.failures = {1: [RuntimeError("bug")] * 5}
    async with Scripted(mails(1)) as server, watching(server, intake, poll=0.02):
        await intake.until(lambda: any(said and "One message" in said for said in intake.said))
        server.play("LOGIN", *[refuse] * 4)
        server.drop_all()
        await intake.until(lambda: intake.uids == [1] and intake.said[-1] is None)
    assert [said and said.split()[0] for said in intake.said] == [None, "One", "The", "One", None] or (
        [said and said.split()[0] for said in intake.said] == [None, "One", "The", None]
    )


async def test_a_server_that_ends_every_idle_is_not_hammered() -> None:
    async def drop(line: Line, arguments: str) -> None:
        line.drop()

    intake = Remembered()
    async with Scripted(mails(1)) as server:
        server.play("IDLE", *[drop] * 100)
        async with watching(server, intake, patience=Patience(first=0.02, longest=60), poll=0.3):
            await asyncio.sleep(0.9)
        assert 3 <= server.connections <= 8  # 0.02 + 0.04 + … up to the poll's 0.3 seconds
    assert intake.said == [None]  # it is read all the same


async def test_a_store_that_cannot_take_loses_nothing() -> None:
    intake = Remembered()
    intake.failures = {2: [StoreUnusable("The disk is full."), StoreUnusable("The disk is full.")]}
    async with Scripted(mails(1, 2, 3)) as server, watching(server, intake):
        await intake.until(lambda: intake.at == Position(7, 3))
    assert intake.uids == [1, 2, 3]
    assert not [p for p in intake.positions if p.last_uid == 2]


async def test_one_message_that_the_store_chokes_on_waits_alone() -> None:
    intake = Remembered()
    intake.failures = {2: [RuntimeError("bug")] * 5}
    async with Scripted(mails(1, 2, 3)) as server, watching(server, intake, poll=0.02):
        await intake.until(lambda: intake.uids == [1, 3])
        assert intake.at == Position(7, 1)  # not passed
        await intake.until(lambda: any(said and "One message" in said for said in intake.said))
        await intake.until(lambda: intake.at == Position(7, 3))
        await intake.until(lambda: intake.said[-1] is None)
    assert intake.uids == [1, 3, 2]


async def test_a_store_that_chokes_on_everything_is_left_in_peace_for_a_while() -> None:
    intake = Remembered()
    intake.failures = {uid: [RuntimeError("bug")] * 3 for uid in range(1, 21)}
    async with Scripted(mails(*range(1, 21))) as server, watching(server, intake, poll=0.02):
        await intake.until(lambda: intake.at == Position(7, 20))
        assert server.connections > 1
    assert sorted(intake.uids) == list(range(1, 21))


async def test_once_says_what_is_wrong_instead_of_waiting() -> None:
    async with Scripted() as server:
        settings = server.settings(password=SecretStr("falsch"))
        with pytest.raises(MailboxRefused):
            await watch(settings, Remembered(), stop=asyncio.Event(), once=True, limits=QUICK)
        server.greeting = "* BYE no\r\n"
        with pytest.raises(MailboxLost):
            await read_once(server, Remembered())


# ------------------------------------------------------------------------------------------------------------------ the end


async def hang(line: Line, arguments: str) -> None:
    await line.hang()


@pytest.mark.parametrize("where", ["IDLE", "LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "LOGOUT", "greeting", "pause"])
async def test_a_stop_is_obeyed_wherever_the_watch_is(where: str) -> None:
    patient = Limits(connect=60, quiet=60, farewell=0.1)
    intake = Remembered()
    async with Scripted(mails(1)) as server:
        if where == "greeting":
            server.greeting = ""
        elif where == "pause":
            server.greeting = "* BYE no\r\n"
        elif where != "IDLE":
            server.play(where, hang)
        async with watching(server, intake, limits=patient, patience=Patience(first=60)) as stop:
            await intake.until(lambda: server.connections)
            await asyncio.sleep(0.1)
            began = time.monotonic()
            stop.set()
        assert time.monotonic() - began < 20  # every limit here is longer
    if where == "IDLE":
        assert server.heard[-1] == "LOGOUT"
    assert len(asyncio.all_tasks()) == 1  # no task is left behind


async def test_a_cancelled_watch_leaves_nothing_behind() -> None:
    async with Scripted() as server:
        intake = Remembered()
        task = asyncio.ensure_future(watch(server.settings(), intake, stop=asyncio.Event(), limits=QUICK))
        await intake.until(lambda: server.count("IDLE"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.05)
        assert not server.lines
