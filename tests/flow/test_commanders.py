"""Who may command by mail: proof of the author, the code where there is none, co-conveners, and what is written down of who did what."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.errors import StoreUnusable
from mailer.partnership.register import PersonRow
from mailer.sandbox.stage import CONVENER
from mailer.store import documents, log, meetings, outbox, people
from mailer.store.transact import transact
from tests.flow.test_commands import coded, done_mail, last, nobody, taken_back, write
from tests.flow.test_desk import reply, text_of
from tests.flow.world import YES, World, button, local, member, world

SERVER = "mx.northwoods.example"
PAT = "pat.ortiz@college.example"
PLACE = "place of launch: Acme Hall"


def believe(here: World, server: str = SERVER) -> None:
    """The configuration names the server whose results count."""
    daemon = here.stage.daemon
    daemon.office = replace(daemon.office, authentication_server=server)


async def convene_with_pat(here: World) -> None:
    """Pat convenes, too."""
    daemon = here.stage.daemon
    row = PersonRow(name="Pat Ortiz", addresses=(PAT,), organisation="Acme College")
    await transact(lambda: people.save(daemon.office.partnership, row))
    daemon.office = replace(daemon.office, commanders=daemon.office.commanders | {PAT})
    here.stage.servers.admit([PAT], nobody)


PASSED = f"{SERVER}; dmarc=pass header.from=northwoods.example; dkim=pass"
RESULTS = [
    ("passing", {"Authentication_Results": PASSED}, SERVER, "done"),
    ("passing, in other letters", {"Authentication_Results": PASSED.upper()}, SERVER, "done"),
    ("failing", {"Authentication_Results": f"{SERVER}; dmarc=fail header.from=northwoods.example"}, SERVER, "nothing"),
    ("a stranger's server says that it passes", {"Authentication_Results": "mx.evil.example; dmarc=pass"}, SERVER, "code"),
    ("a stranger's server named like ours", {"Authentication_Results": f"{SERVER}.evil.example; dmarc=pass"}, SERVER, "code"),
    ("our server's name in a comment", {"Authentication_Results": f"mx.evil.example ({SERVER}); dmarc=pass"}, SERVER, "code"),
    ("DKIM alone is no proof of the author", {"Authentication_Results": f"{SERVER}; dkim=pass; spf=pass"}, SERVER, "code"),
    ("a result in a comment", {"Authentication_Results": f"{SERVER}; dmarc=none (dmarc=pass)"}, SERVER, "code"),
    ("nothing is said", {}, SERVER, "code"),
    ("passing, and no server is named in the configuration", {"Authentication_Results": PASSED}, "", "code"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "server", "then"), [r[1:] for r in RESULTS], ids=[r[0] for r in RESULTS])
async def test_a_command_is_done_where_the_named_server_vouches_for_it(
    tmp_path: Path, fields: dict[str, str], server: str, then: str
) -> None:
    """Task 15: done at once, done when its code comes back, or not at all."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        believe(here, server)
        seen = len(here.to(CONVENER))
        await write(here, PLACE, **fields)
        assert ((await here.meeting()).place == "Acme Hall") is (then == "done")
        told = [text_of(m) for _, m in here.to(CONVENER)[seen:]]
        if then == "nothing":
            assert not any("Acme Hall" in t for t in told)
            return
        assert ("reply with the code" in told[-1]) is (then == "code")
        if then == "code":
            assert "I cannot see that this mail is really from you" in told[-1]
            code = re.search(r"the code (\d{6})", told[-1])
            assert code
            await reply(here, last(here), code[1])
            assert (await here.meeting()).place == "Acme Hall"


async def test_a_forged_result_below_that_of_the_named_server_counts_for_nothing(tmp_path: Path) -> None:
    """Anybody can write the named server's name into a mail: only what that server put on top counts (RFC 8601 §5)."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        believe(here)
        raw = (
            f"Authentication-Results: {SERVER}; dmarc=fail header.from=northwoods.example\r\n"
            f"Authentication-Results: {PASSED}\r\nFrom: Dana Reyes <{CONVENER}>\r\nTo: partnership@northwoods.example\r\n"
            f"Subject: hello\r\nMessage-ID: <forged@evil.example>\r\nDate: Mon, 26 Jan 2026 08:00:00 -0600\r\n\r\n{PLACE}\r\n"
        )
        before, seen = await here.meeting(), len(here.to(CONVENER))
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(raw.encode(), "partnership@northwoods.example", "x@evil.example")
        await here.stage.quiet()
        assert await here.meeting() == before
        assert len(here.to(CONVENER)) == seen


async def test_what_cannot_be_taken_back_asks_for_a_code_also_where_the_author_is_proven(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        believe(here)
        await write(here, "forget bob.brown@brown.example\ncancel launch", Authentication_Results=PASSED)
        assert "This cannot be taken back" in text_of(last(here))
        partnership = here.stage.daemon.office.partnership
        assert await people.by_address(partnership, "bob.brown@brown.example") is not None
        assert not (await here.meeting()).cancelled


async def test_a_code_serves_its_own_commands_once_and_for_a_day(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await write(here, PLACE)
        first = last(here)
        await write(here, "place of launch: The College")
        second = last(here)
        codes = [(re.search(r"the code (\d{6})", text_of(m)) or pytest.fail("no code"))[1] for m in (first, second)]
        if codes[0] != codes[1]:
            await reply(here, first, codes[1])
            assert "does not belong to anything that waits" in text_of(last(here))
        await write(here, codes[0])  # a mail of its own answers nothing
        assert "does not belong to anything that waits" in text_of(last(here))
        await here.stage.advance(here.stage.clock.now() + timedelta(days=1, minutes=1))
        await reply(here, second, codes[1])
        assert "too old" in text_of(last(here))
        assert (await here.meeting()).place == "12 Mill Road"


async def test_two_conveners_and_the_record_of_who_did_what(tmp_path: Path) -> None:
    """Task 15, "one voice": each commands and takes back what the other did, answers go to who wrote, and the log names who it was."""
    async with world(tmp_path, [member("Ann Able", button(YES))], ok_on=local(2026, 6, 1, 9, 0)) as here:
        await convene_with_pat(here)
        partnership = here.stage.daemon.office.partnership
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await coded(here, PLACE)
        done = await done_mail(here)
        assert here.to(PAT) == []
        told = await taken_back(here, done, author=PAT)  # Dana has passed it on
        assert "12 Mill Road" in told
        assert (await here.meeting()).place == "12 Mill Road"
        assert "launch is so already. Nothing was done" in await taken_back(here, done)  # Dana, who did not know
        asked = here.to(CONVENER)[0][1]
        assert "2 letters wait for your word" in text_of(asked)
        seen = len(here.to(CONVENER))
        await reply(here, asked, "ok", author=PAT)
        assert "2 letters are on their way" in text_of(here.to(PAT)[-1][1])
        assert len(here.to(CONVENER)) == seen
        assert len(here.to("ann.able@able.example")) == 1
        lines = [(line.what, line.actor) for _, line in await log.lines(partnership, by_people=True)]
        assert [a for w, a in lines if w == "meeting"] == [f"{CONVENER}, by mail", f"{PAT}, by mail"]
        assert [a for w, a in lines if w == "released"] == [f"{PAT}, by mail"]


async def is_written_down(here: World, text: str) -> None:
    """The command is done, and the log names who gave it."""
    partnership = here.stage.daemon.office.partnership
    before = [n for n, _ in await log.lines(partnership, limit=5000)][-1]
    await write(here, text, Authentication_Results=PASSED)
    fresh = await log.lines(partnership, after=before, by_people=True)
    assert fresh, f"{text}: {text_of(last(here))}"
    assert {line.actor for _, line in fresh} == {f"{CONVENER}, by mail"}, text


async def test_every_change_is_written_down_with_who_made_it(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown")]) as here:
        believe(here)
        partnership = here.stage.daemon.office.partnership
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        for text in (
            PLACE,
            "move launch to 20 March 2026 10:30",
            "ann.able@able.example no for launch",
            "add Cho Park cho@park.example from Park Tools",
            "add item: ask the college, due 4 March",
            "item 1 due 10 March",
            "item 1 done",
            "item 1 open",
            "item 1 dropped",
            "letter of Park Tools: public partner",
            "hold reminder of launch",
            "release reminder of launch",
            "ask everyone before launch: What comes first? Schools / Transport",
            "settle 1 2",
            "ann.able@able.example helps with: welding",
        ):
            await is_written_down(here, text)
        await here.stage.advance(local(2026, 3, 21, 12, 0))
        now = here.stage.clock.now()
        await transact(lambda: documents.write(partnership, documents.SUMMARY, here.meeting_id, "We met.", now))
        for text in (
            "decided at launch: we meet once a quarter",
            "came to launch: Ann Able",
            "share summary of launch",
            "approve summary of launch",
        ):
            await is_written_down(here, text)


async def test_what_commands_change_and_their_answer_are_one_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away before the answer is written: nothing is half done. One of two that cannot be leaves the other."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        believe(here)
        real = outbox.put
        seen: list[str] = []

        async def broken(partnership: object, notices: list[object], *more: object) -> int:
            if any(n.rule == "service-done" for n in notices) and not seen:  # type: ignore[attr-defined]
                seen.append((await here.meeting()).place)
                raise StoreUnusable("the database is gone")
            return await real(partnership, notices, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(outbox, "put", broken)
        before = len(here.to(CONVENER))
        await write(here, f"{PLACE}\nitem 7 done\nadd item: ask the college", Authentication_Results=PASSED)
        assert seen == ["Acme Hall"]
        told = [text_of(m) for _, m in here.to(CONVENER)[before:]]
        assert len(told) == 1
        assert "There is no item 7" in told[0]
        assert (await here.meeting()).sequence == 1  # once, and not once a try
        office = here.stage.daemon.office
        assert len([1 for _, line in await log.lines(office.partnership) if line.what == "meeting"]) == 2
        assert (await meetings.by_id(here.meeting_id)) is not None


async def test_a_command_that_fails_in_the_middle_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailer.errors import MailerError
    from mailer.pipeline.hand import moves

    async with world(tmp_path, [member("Ann Able")]) as here:
        believe(here)

        async def broken(*_: object) -> int:
            raise MailerError("The letters about it cannot be made.")

        monkeypatch.setattr(moves, "announce", broken)
        before = await here.meeting()
        await write(here, f"{PLACE}\nadd item: ask the college", Authentication_Results=PASSED)
        told = text_of(last(here))
        assert "The letters about it cannot be made. Nothing was done." in told
        assert "Item 1: ask the college" in told
        assert await here.meeting() == before


async def test_what_others_wrote_cannot_look_like_a_way_back(tmp_path: Path) -> None:
    """A name in the list of who comes that reads like the service's own words takes nothing back, and no code is read out of it."""
    trap = "To take it back, reply “undo”. (place of launch: Evil Hall)"
    async with world(tmp_path, [member("Ann Able")]) as here:
        believe(here)
        await write(here, f"decided at launch: x\nadd item: {trap}", Authentication_Results=PASSED)
        await write(here, "plan", Authentication_Results=PASSED)
        shown = last(here)
        assert trap in text_of(shown).replace("\r\n", " ").replace("\n", " ")
        await reply(here, shown, "undo")
        assert (await here.meeting()).place == "12 Mill Road"
