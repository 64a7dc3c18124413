"""What the convener asks of the service by mail (task 15, 34 and "the convener operates everything by mail")."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from pathlib import Path

from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import meetings, outbox, people, plan, rules
from mailer.understand.forms import LOOKS, Verb
from tests.flow.test_desk import reply, text_of
from tests.flow.world import YES, World, button, local, member, world


async def write(here: World, text: str, author: str = CONVENER, **fields: str) -> None:
    """A fresh mail to the service's mailbox."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        f"Dana Reyes <{author}>",
        MAILBOX,
        fields.pop("subject", "hello"),
    )
    message["Message-ID"] = f"<{abs(hash((text, author, len(here.mails))))}@northwoods.example>"
    message["Date"] = format_datetime(here.stage.clock.now())
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text + "\n\nDana\n")
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, author)
    await here.stage.quiet()


def last(here: World) -> EmailMessage:
    return here.to(CONVENER)[-1][1]


async def coded(here: World, text: str) -> str:
    """Write a command that changes something, send its code back, and give the answer."""
    await write(here, text)
    code = re.search(r"the code (\d{6})", text_of(last(here)))
    assert code, text_of(last(here))
    seen = len(here.to(CONVENER))
    await reply(here, last(here), code[1])
    return "\n".join(text_of(m) for _, m in here.to(CONVENER)[seen:])


async def test_looking_needs_no_code_and_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await write(here, "who is coming to launch?")
        assert "yes" in text_of(last(here))
        assert "Ann Able" in text_of(last(here))
        await write(here, "status")
        assert "1 yes, 1 no answer" in text_of(last(here))
        await write(here, "why bob.brown@brown.example")
        assert "Bob Brown and launch" in text_of(last(here))
        await write(here, "", subject="preview launch")
        assert "reply deadline" in text_of(last(here))
        (page,) = last(here).iter_attachments()
        assert page.get_filename() == "launch-timeline.pdf"
        assert page.get_content().startswith(b"%PDF-")
        await write(here, "help")
        assert "move MEETING" in text_of(last(here))


async def test_a_letter_is_tried_out_by_mail(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        before = len(here.to("bob.brown@brown.example"))
        await write(here, "test-letter logistics for bob.brown@brown.example")
        told = last(here)
        assert "Dear Bob" in text_of(told)
        assert "See you soon: Launch meeting" in text_of(told)
        (whole,) = told.iter_attachments()
        assert whole.get_filename() == "logistics.eml"
        letter = BytesParser(policy=policy.default).parsebytes(whole.get_content())
        assert (letter["To"].addresses[0].addr_spec, letter["Subject"].startswith("[test letter] ")) == (CONVENER, True)
        await write(here, "test-letter nonsense to bob.brown@brown.example about launch")
        assert "There is no letter “nonsense”" in text_of(last(here))
        assert len(here.to("bob.brown@brown.example")) == before


async def test_changing_asks_for_the_code_first_and_tells_the_way_back(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able", button(YES))]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        before = await meetings.by_id(here.meeting_id)
        await write(here, "move launch to 19 March 2026 at 10:00")
        asked = last(here)
        assert "To do this, reply with the code" in text_of(asked)
        assert await meetings.by_id(here.meeting_id) == before
        await reply(here, asked, "000000" if "000000" not in text_of(asked) else "111111")
        assert await meetings.by_id(here.meeting_id) == before
        code = re.search(r"the code (\d{6})", text_of(asked))
        assert code
        await reply(here, asked, code[1])
        after = await meetings.by_id(here.meeting_id)
        assert after is not None
        assert after.local(after.dtstart).isoformat()[:16] == "2026-03-19T10:00"
        assert "To take it back, reply “undo”" in text_of(last(here))
        done = last(here)
        await reply(here, asked, f"code {code[1]}")
        assert "does not belong to anything" in text_of(last(here))
        undone = await _undo(here, done)
        assert "launch was changed (moved)" in undone
        again = await meetings.by_id(here.meeting_id)
        assert again is not None
        assert before is not None
        assert again.dtstart == before.dtstart


async def _undo(here: World, done: EmailMessage) -> str:
    await reply(here, done, "undo")
    code = re.search(r"the code (\d{6})", text_of(last(here)))
    assert code, text_of(last(here))
    await reply(here, last(here), code[1])
    return text_of(last(here))


async def test_people_items_and_answers_are_entered_by_mail(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        assert "Cho Park from Park Tools" in await coded(here, "add Cho Park cho@park.example from Park Tools")
        assert (await people.by_address(office.partnership, "cho@park.example")) is not None
        await coded(here, "bob.brown@brown.example yes +1 for launch")
        bob = await people.by_address(office.partnership, "bob.brown@brown.example")
        assert bob is not None
        held = (await meetings.invitations(here.meeting_id, [bob.id]))[0]
        assert (held.partstat, held.guests) == (YES, 1)
        await coded(here, "add item: ask three schools, owner Ann Able, due 3 May")
        assert [(i.number, i.text) for i in await plan.items(office.partnership)] == [(1, "ask three schools")]
        assert "is done" in await coded(here, "item 1 done")
        assert "erased" in await coded(here, "forget cho@park.example")
        assert await people.by_address(office.partnership, "cho@park.example") is None


async def test_what_is_not_wholly_understood_is_asked_about(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        before = await meetings.by_id(here.meeting_id)
        await write(here, "postpone launch by a week or so")
        assert "I am not sure what you mean" in text_of(last(here))
        assert "move MEETING to" in text_of(last(here))
        await write(here, "move launch to 1 March 2024 9:00")
        assert await meetings.by_id(here.meeting_id) == before


async def test_nobody_else_commands(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        seen = len(here.mails)
        for text, author, more in [
            ("cancel launch", "ann.able@able.example", {}),
            ("who is coming to launch", "stranger@elsewhere.example", {}),
            ("status", CONVENER, {"Auto_Submitted": "auto-replied"}),
        ]:
            await write(here, text, author, **more)
        assert len(here.mails) == seen
        meeting = await meetings.by_id(here.meeting_id)
        assert meeting is not None
        assert not meeting.cancelled


async def picture(here: World) -> tuple[object, ...]:
    """All that commands change, to compare before and after."""
    office = here.stage.daemon.office
    meeting = await here.meeting()
    held = await meetings.invitations(here.meeting_id)
    return (
        (meeting.dtstart, meeting.dtend, meeting.place, meeting.reply_deadline, meeting.attendance_at is None),
        sorted((i.person_id, i.partstat, i.guests, i.attended) for i in held if i.invited_at or i.answered),
        sorted((p.name, p.addresses, p.kind) for p in await people.people(office.partnership)),
        [(i.number, i.status.value, i.due) for i in await plan.items(office.partnership, open_only=True)],
    )


async def test_every_change_has_a_way_back_that_works(tmp_path: Path) -> None:
    """Tasks 15, 34: done by mail, confirmed, and taken back with one word."""
    async with world(tmp_path, [member("Ann Able", button(YES, guests=1)), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await coded(here, "add item: ask three schools, owner Ann Able, due 3 March")
        for text in (
            "place of launch: Acme Hall, 1 Main St. Building I",
            "move launch to 20 March 2026 10:30",
            "ann.able@able.example no for launch",
            "bob.brown@brown.example yes +2 for launch",
            "add Cho Park cho@park.example from Park Tools",
            "add item: ask the college, due 4 March",
            "item 1 done",
            "item 1 dropped",
            "item 1 due 10 March",
            "letter of Brown Works: public partner",
            "item 1 due 11 March\nitem 1 done\nbob.brown@brown.example no for launch",
        ):
            before = await picture(here)
            assert "To take it back" in await coded(here, text), text
            assert await picture(here) != before, text
            done = next(m for _, m in reversed(here.to(CONVENER)) if "To take it back" in text_of(m))
            await _undo(here, done)
            after = await picture(here)
            # whoever has not answered is as good as whoever was set back to no answer; a move asks everybody anew
            if not text.startswith("move"):
                assert after == before, text
            else:
                assert (after[0], after[2:]) == (before[0], before[2:])


async def test_letters_are_held_released_and_dropped_by_mail(tmp_path: Path) -> None:
    """Task 14: what a rule will send waits for a word from now on, and goes out with one."""
    ann = "ann.able@able.example"
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")], ok_on=local(2026, 6, 1, 9, 0)) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await reply(here, here.to(CONVENER)[0][1], "send them all")
        assert len(here.to(ann)) == 1
        assert "wait for your word from now on" in await coded(here, "hold the reminder for launch")
        await here.stage.advance(local(2026, 2, 26, 18, 0))
        assert not [s for s in here.subjects(ann) if "Can you come" in s]
        assert any("[reminder]" in text_of(m) for _, m in here.to(CONVENER))
        assert "2 letters of [reminder] will not be sent" in await coded(here, "drop reminder of launch")
        assert "2 letters wait" in await _undo(here, last(here))
        await coded(here, "release reminder of launch")
        await here.stage.advance(local(2026, 2, 27, 18, 0))
        assert len([s for s in here.subjects(ann) if "Can you come" in s]) == 1
        await coded(here, "hold last-call of launch")
        await _undo(here, last(here))
        await here.stage.advance(local(2026, 3, 5, 18, 0))
        assert any("Last call" in s for s in here.subjects(ann))
        # a rule that there is not, and one of which nothing waits
        assert "No rule is called [remindr]" in await coded(here, "hold remindr of launch")
        assert "No letter of [moved] waits" in await coded(here, "release moved of launch")


async def test_what_is_not_meant_as_a_command_does_nothing(tmp_path: Path) -> None:
    """Task 15: an action not meant is the one mistake that cannot be forgiven."""
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        before = await picture(here)
        for text in (
            "stop the reminder for launch",
            "cancel launch\n\nNo, wait, don't!",
            "Could you move launch to 19 March 2026 9:00?",
            "don't forget ann.able@able.example",
            "launch is now at 10",
        ):
            seen = len(here.to(CONVENER))
            await write(here, text)
            assert "so nothing was done" in text_of(last(here)), text
            assert len(here.to(CONVENER)) == seen + 1
        # to somebody else, with the service in copy: talk about the meeting is no order
        await write(here, "Hi Bob,\ncancel launch", Cc="bob.brown@brown.example")
        assert "to me alone" in text_of(last(here))
        # what cannot be done is told before any code is asked for
        await write(here, "forget nobody@else.example\ncancel lunch")
        assert "the code" not in text_of(last(here))
        assert "Nobody in the register" in text_of(last(here))
        assert "no meeting called lunch" in text_of(last(here))
        # the convener is a person, too: an own answer to an own invitation is an answer
        assert await picture(here) == before
        dana = await people.by_address(here.stage.daemon.office.partnership, CONVENER)
        assert dana is not None
        assert dana.stopped_at is None


async def nobody(envelope: Envelope, raw: bytes) -> None:
    """Gets mail, and does not answer."""


async def done_mail(here: World) -> EmailMessage:
    """The newest mail that tells a way back."""
    return next(m for _, m in reversed(here.to(CONVENER)) if "To take it back" in text_of(m))


async def taken_back(here: World, done: EmailMessage, author: str = CONVENER) -> str:
    """Reply "undo", with its code where one is asked for; gives all that is told."""
    seen = len(here.to(author))
    await reply(here, done, "undo", author=author)
    code = re.search(r"the code (\d{6})", text_of(here.to(author)[-1][1]))
    if code:
        await reply(here, here.to(author)[-1][1], code[1], author=author)
    return "\n".join(text_of(m) for _, m in here.to(author)[seen:])


async def test_undo_comes_once_and_never_undoes_what_others_did_since(tmp_path: Path) -> None:
    """Tasks 15, 34: an "undo" that comes twice or late finds things changed, says so, and leaves them as they are."""
    ann = "ann.able@able.example"
    async with world(tmp_path, [member("Ann Able", button(YES, guests=1)), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await coded(here, "add item: ask three schools, owner Ann Able, due 3 March")
        for text, meanwhile in (
            (f"{ann} no for launch", f"{ann} maybe for launch"),
            ("place of launch: Acme Hall (2nd floor), 1 Main St", "place of launch: The College"),
            ("move launch to 20 March 2026 10:30", "move launch to 24 March 2026 10:30"),
            ("item 1 done", "item 1 dropped"),
            ("item 1 due 10 March", "item 1 due 12 March"),
        ):
            await coded(here, text)
            done = await done_mail(here)
            await taken_back(here, done)
            before = await picture(here)
            assert (
                "It is so already. Nothing was done" in (told := await taken_back(here, done)) or "already" in told
            ), text
            assert await picture(here) == before, text
            await coded(here, text)
            done = await done_mail(here)
            await coded(here, meanwhile)
            before = await picture(here)
            told = await taken_back(here, done)
            assert "It was changed since then" in told, text
            assert "Nothing was done" in told, text
            assert await picture(here) == before, text
        # her own word, later than the convener's, is not taken back with it
        await coded(here, f"{ann} no for launch")
        done = await done_mail(here)
        await reply(here, here.to(ann)[-1][1], "Yes, I will come after all.", author=ann)
        assert (await here.answers())[ann] == "yes"
        assert "It was changed since then" in await taken_back(here, done)
        assert (await here.answers())[ann] == "yes"
        assert "nothing that “undo” could take back" in await taken_back(here, last(here))


async def test_somebody_added_who_has_had_letters_is_not_erased_by_undo(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        partnership = here.stage.daemon.office.partnership
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        here.stage.servers.admit(["cho@park.example"], nobody)
        await coded(here, "add Cho Park cho@park.example from Park Tools")
        done = await done_mail(here)
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        assert here.to("cho@park.example")
        told = await taken_back(here, done)
        assert "has been written to" in told
        assert "To erase all of it, write: forget cho@park.example" in told
        assert await people.by_address(partnership, "cho@park.example") is not None


async def test_undo_of_a_hold_never_gives_the_ok_that_nobody_gave(tmp_path: Path) -> None:
    """Task 14: invitations wait for their first OK; "hold" beside it, and "undo" of that, let none of them go."""
    ann = "ann.able@able.example"
    async with world(tmp_path, [member("Ann Able")], ok_on=local(2026, 6, 1, 9, 0)) as here:
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        told = await coded(here, "hold invite-businesses of launch")
        assert "wait for your word from now on. 1 letters wait." in told
        assert "To take it back" not in told
        assert "nothing that “undo” could take back" in await taken_back(here, last(here))
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        assert here.to(ann) == []
        assert (await outbox.counts(here.stage.daemon.office.partnership))["held"] == 1


TAKEN_BACK = {
    Verb.MOVE, Verb.PLACE, Verb.ANSWER, Verb.ADD, Verb.LETTER, Verb.ITEM_ADD, Verb.ITEM_DONE, Verb.ITEM_OPEN, Verb.ITEM_DROP, Verb.ITEM_DUE,
    Verb.HOLD, Verb.DROP, Verb.RELEASE, Verb.IMPORT, Verb.CAME, Verb.PUBLISH, Verb.STORY_DROP, Verb.SETTLE,
}  # fmt: skip
FOR_GOOD = {
    Verb.CANCEL: "everybody is told; its code comes first", Verb.FORGET: "nothing is left; its code comes first",
    Verb.TAKE_BACK: "is a way back itself", Verb.UNDO: "is one itself", Verb.EXPORT: "changes nothing",
    Verb.WRITE: "the next text takes its place", Verb.APPROVE: "letters: hold what has not left",
    Verb.SHARE: "letters have left", Verb.ASK: "letters have left", Verb.JOIN: "a letter has left", Verb.DECIDED: "the log of decisions only grows",
    Verb.HELPS: "the latest word counts: say it anew",
}  # fmt: skip


def test_of_every_command_it_is_known_whether_there_is_a_way_back() -> None:
    """Whoever adds a command says here how it is taken back, or why it is not."""
    assert set(Verb) - LOOKS == TAKEN_BACK | set(FOR_GOOD)
    assert not TAKEN_BACK & set(FOR_GOOD)


async def test_who_came_and_a_release_are_taken_back(tmp_path: Path) -> None:
    """Tasks 14, 36: what was said of who came is unsaid, and not over somebody's later word; letters released wait again."""
    cast = [member("Ann Able", button(YES)), member("Bob Brown")]
    async with world(tmp_path, cast, ok_on=local(2026, 6, 1, 9, 0)) as here:
        await here.stage.advance(local(2026, 1, 28, 12, 0))
        await coded(here, "hold reminder of launch")
        assert "need wait no more" not in await coded(here, "release reminder of launch")
        await taken_back(here, await done_mail(here))
        assert (await rules.kept_of(here.meeting_id)) == {"reminder"}
        await here.stage.advance(local(2026, 1, 29, 12, 0))
        await here.release()
        await here.stage.advance(local(2026, 3, 12, 16, 0))
        before = await picture(here)
        await coded(here, "came to launch: Bob Brown")
        assert await picture(here) != before
        done = await done_mail(here)
        await taken_back(here, done)
        assert await picture(here) == before
        await coded(here, "came to launch: Bob Brown")
        done = await done_mail(here)
        await coded(here, "came to launch: Ann Able")
        after = await picture(here)
        assert "It was changed since then" in await taken_back(here, done)
        assert await picture(here) == after
