"""What a review found once, and shall not come again: wishes of readers, addresses that change, votes that come too late."""

import shutil
from datetime import timedelta
from pathlib import Path

from mailer.partnership.meetings import Change
from mailer.pipeline.hand import moves, settling
from mailer.sandbox.habits import Unknown
from mailer.sandbox.stage import CONVENER
from mailer.store import meetings, outbox, people
from mailer.store.transact import transact
from mailer.terms import PartStat
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.test_life import JANE, answer, cast, letter_to
from tests.flow.world import RULES, World, local, member, world

ANN, BOB, UNA = "ann.able@able.example", "bob.brown@brown.example", "una.gone@gone.example"

INVITE_THE_CONVENER = """\
[about]
title = "The convener comes too"
serves = "all meetings"

[invite-the-convener]
when = "6 weeks before meeting start at 09:00"
to = "convener"
send = "invitation-business"
attach = ["calendar invitation"]
if-late = "send at once until meeting start"
"""

COMPLAINT = """\
From: complaints@able.example\r
To: partnership@northwoods.example\r
Subject: FW: an invitation\r
Message-ID: <complaint@able.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
This is an email abuse report.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: SomeGenerator/1.0\r
Version: 1\r
\r
--b\r
Content-Type: message/rfc822\r
\r
{original}\r
--b--\r
"""


async def put_a_question(here: World, *whom: str) -> str:
    office = here.stage.daemon.office
    now = here.stage.clock.now()
    starts = [now + timedelta(days=n) for n in (7, 8, 9)]
    asked = [p for p in await people.people(office.partnership) if p.addresses and p.addresses[0] in whom]
    question, _ = await settling.put(office, "Planning call", [(s, s + timedelta(hours=1)) for s in starts], asked, now)
    await here.stage.quiet()
    return question.slug


async def test_who_wants_no_mail_gets_none_of_the_services_own_letters(tmp_path: Path) -> None:
    """Task 7: a stop holds for questions put by hand, too, and for whom a complaint speaks; answers to their own mail they still get."""
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan"))) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        await answer(here, ANN, here.to(ANN)[0][1], "Please take me off this list.")
        told = len(here.to(ANN))
        raw = COMPLAINT.format(original=here.to(BOB)[0][1].as_bytes().decode("utf-8", "replace"))
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(raw.encode(), "partnership@northwoods.example", "complaints@able.example")
        await here.stage.quiet()
        bobs = len(here.to(BOB))
        await put_a_question(here, ANN, BOB, "cho.chan@chan.example")
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        assert len(here.to(ANN)) == told
        assert len(here.to(BOB)) == bobs
        assert any("Which time" in s for s in here.subjects("cho.chan@chan.example"))
        bob = await people.by_address(here.stage.daemon.office.partnership, BOB)
        assert bob is not None
        assert bob.stopped_at is not None


async def test_a_vote_after_the_settling_changes_nothing_and_says_so(tmp_path: Path) -> None:
    """Tasks 12, 27: what is settled stays settled."""
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"))) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        slug = await put_a_question(here, ANN, BOB)
        await answer(here, ANN, letter_to(here, ANN, "Which time"), "2")
        await coded(here, f"settle {slug} 2")
        seen = len(here.to(BOB))
        await answer(
            here, BOB, next(m for _, m in here.to(BOB) if "Which time" in str(m["Subject"])), "1 suits me best"
        )
        _, rows = await settling.tally(here.stage.daemon.office, slug)
        assert [r.yes for r in rows] == [(), ("Ann Able",), ()]
        assert (
            "Not done" in text_of(here.to(BOB)[-1][1]) or len(here.to(BOB)) == seen
        )  # the convener has it before them
        made = [m for m in await meetings.all_of(here.stage.daemon.office.partnership) if m.slug != "launch"]
        assert len(made) == 1


async def test_a_new_address_starts_anew_also_where_it_is_greylisted(tmp_path: Path) -> None:
    """Task 15: the letter that came back goes to the new address, and a server that wants it twice gets it twice, however late it is."""
    new = "una@new.example"
    async with world(tmp_path, cast(member("Una Gone", trouble=Unknown()))) as here:
        await here.stage.advance(local(2026, 2, 9, 12, 0))
        dead = letter_to(here, CONVENER, "does not arrive")

        async def reads(_: object, raw: bytes) -> None:
            return None

        here.stage.servers.admit([new], reads)
        here.stage.servers.refuse(new, "451 4.7.1 Greylisted, try again later", then_accept=True)
        await answer(here, CONVENER, dead, f"Her new address is {new}")
        partnership = here.stage.daemon.office.partnership
        (entry,) = [e for e in await outbox.rows(partnership, limit=100) if e.forward_path == new]
        # it was really put off, and this was the first attempt there
        assert (entry.state, entry.attempt) == (outbox.DEFERRED, 1)
        assert here.to(new) == []
        await here.stage.advance(local(2026, 2, 9, 18, 0))
        ((_, letter),) = [(at, m) for at, m in here.to(new) if "please join us" in str(m["Subject"])]
        (sent,) = [e for e in await outbox.rows(partnership, limit=100) if e.id == entry.id]
        assert (sent.state, sent.attempt, letter["Message-ID"]) == (outbox.SENT, 2, entry.message_id)
        assert not [e for e in await outbox.rows(partnership, [outbox.FAILED], 100) if e.forward_path == new]


async def test_a_delegates_address_is_kept_and_the_delegate_is_written_to_there(tmp_path: Path) -> None:
    """Task 9: whoever names somebody without an address is asked for it; the address that comes back is used."""
    async with world(tmp_path, cast(member("Ann Able"))) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        await answer(
            here, ANN, here.to(ANN)[0][1], "I can't make it, but my colleague Rob Roe will come instead of me."
        )
        asked = letter_to(here, ANN, "Who comes in your place")

        async def reads(_: object, raw: bytes) -> None:
            return None

        here.stage.servers.admit(["rob@roe.example"], reads)
        await answer(here, ANN, asked, "Rob Roe, rob@roe.example")
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        digest = next(m for _, m in reversed(here.to(CONVENER)) if "rob@roe.example" in text_of(m))
        number = next(line.split()[0] for line in text_of(digest).splitlines() if "rob@roe.example" in line)
        await answer(here, CONVENER, digest, f"{number} yes")
        await here.stage.advance(local(2026, 2, 3, 16, 0))
        assert any("In place of Ann Able" in s for s in here.subjects("rob@roe.example"))
        ann = await people.by_address(here.stage.daemon.office.partnership, ANN)
        assert ann is not None
        (own,) = await meetings.invitations(here.meeting_id, [ann.id])
        assert own.partstat is PartStat.DELEGATED


async def test_the_conveners_own_no_is_an_answer(tmp_path: Path) -> None:
    """Task 15: where the convener is invited, too, what they answer to their own invitation is no command, whatever it begins with."""
    dana = member("Dana Reyes", emails=(CONVENER,))
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    (rules / "convener.toml").write_text(INVITE_THE_CONVENER)
    async with world(tmp_path, cast(dana), rules_folder=rules) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        invitation = next(m for _, m in here.to(CONVENER) if "please join us" in str(m["Subject"]))
        await answer(here, CONVENER, invitation, "Cancel me, please: I can't come to this one.")
        meeting = await here.meeting()
        assert not meeting.cancelled
        assert "othing was done" not in text_of(here.to(CONVENER)[-1][1])
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        await answer(here, CONVENER, invitation, "I can't come, sorry.")
        assert (await here.answers())[CONVENER] == "no"


async def test_another_place_is_told_although_one_date_was_changed_before(tmp_path: Path) -> None:
    """Task 9: the change of one date is no move of the series, and hides no later change of it."""
    second = local(2026, 4, 9, 9, 0)
    rule = "FREQ=MONTHLY;BYDAY=2TH;COUNT=4"
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown")), rrule=rule) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        office, now = here.stage.daemon.office, here.stage.clock.now()
        meeting = await here.meeting()
        start = local(2026, 4, 16, 14, 0)
        end = start + timedelta(hours=2)
        await transact(lambda: moves.move_occurrence(office, meeting, second, start, end, now))
        await here.stage.advance(local(2026, 2, 6, 13, 0))
        assert (await here.change(place="The new hall"))[0] is Change.PLACE
        await here.stage.advance(local(2026, 2, 6, 14, 0))
        for who in (ANN, BOB, JANE):
            assert "The new hall" in text_of(letter_to(here, who, "New place"))
