"""A series on the stage, with the shipped rules: what comes with each date, and what becomes of a date that is declined or moved."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.pipeline.hand import changes, moves, unclear
from mailer.pipeline.papers.attendance_list import attendance_rows
from mailer.sandbox.letter import MailtoLink, read_letter
from mailer.store import inbound, people
from mailer.store.transact import transact
from mailer.terms import PartStat, canonical
from tests.flow.test_desk import reply
from tests.flow.world import NO, YES, ZONE, World, button, local, member, world

RRULE = "FREQ=MONTHLY;BYDAY=2TH;COUNT=3"
SECOND, THIRD = local(2026, 4, 9, 9, 0), local(2026, 5, 14, 9, 0)
ANN, BOB, CHO = "ann.able@able.example", "bob.brown@brown.example", "cho.chan@chan.example"


def letters(here: World, address: str) -> list[tuple[str, str]]:
    """When each letter came, and its subject."""
    return [
        (f"{at.astimezone(ZONE):%m-%d %H:%M}", str(m["Subject"]).partition(", 2026")[0]) for at, m in here.to(address)
    ]


async def test_every_date_has_its_reminder_and_its_particulars_and_the_invitation_comes_once(tmp_path: Path) -> None:
    cast = [member("Ann Able", button(YES)), member("Bob Brown", button(YES)), member("Cho Chan")]
    async with world(tmp_path, cast, rrule=RRULE) as here:
        await here.stage.advance(local(2026, 3, 20, 12, 0))
        office, now = here.stage.daemon.office, here.stage.clock.now()
        bob = await people.by_address(office.partnership, BOB)
        assert bob is not None
        await changes.enter_answer_to_date(office, await here.meeting(), bob, SECOND.date(), PartStat.DECLINED, now)
        await here.stage.advance(local(2026, 4, 10, 12, 0))
        start, now = local(2026, 5, 15, 9, 0), here.stage.clock.now()
        meeting, end = await here.meeting(), start + timedelta(hours=2)
        await transact(lambda: moves.move_occurrence(office, meeting, THIRD, start, end, now))
        await here.stage.advance(local(2026, 5, 18, 12, 0))
        invited = ["please join us: Launch meeting", "For your calendar: Launch meeting, Thursday, March 12"]
        march = ("03-11 09:00", "See you soon: Launch meeting, Thursday, March 12")
        april = ("04-08 09:00", "See you soon: Launch meeting, Thursday, April 9")
        moved = ("04-10 12:00", "One date is changed: Launch meeting, Friday, May 15")
        may = ("05-14 09:00", "See you soon: Launch meeting, Friday, May 15")
        assert letters(here, ANN)[3:] == [march, april, moved, may]
        assert letters(here, BOB)[3:] == [march, moved, may]  # Bob comes, but not in April
        assert letters(here, CHO) == [
            ("01-29 12:00", f"Cho, {invited[0]}"),
            ("01-30 10:00", invited[1]),
            ("02-26 09:30", "Can you come? Launch meeting, Thursday, March 12"),
            ("03-03 09:30", "Last call: Launch meeting, Thursday, March 12"),
            ("03-26 09:30", "Can you come? Launch meeting, Thursday, April 9"),
            moved,
            ("05-01 09:30", "Can you come? Launch meeting, Friday, May 15"),
        ]


async def press(here: World, link: MailtoLink, author: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, link.to, link.subject
    message["Message-ID"], message["Date"] = f"<{link.subject[-8:-1]}@pressed.example>", here.stage.clock.now()
    message.set_content(link.body)
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), canonical(link.to), author)
    await here.stage.quiet()


async def test_an_answer_to_a_letter_about_one_date_is_an_answer_to_that_date(tmp_path: Path) -> None:
    """ "Sorry, I cannot come" to the hints for April says nothing about May."""
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Cho Chan")], rrule=RRULE) as here:
        await here.stage.advance(local(2026, 4, 8, 12, 0))
        ((_, hints),) = [(at, m) for at, m in here.to(ANN) if "April 9" in str(m["Subject"])]
        await reply(here, hints, "Sorry, something came up, I cannot make it.", author=ANN)
        ((_, asked),) = [(at, m) for at, m in here.to(CHO) if "April 9" in str(m["Subject"])]
        await reply(here, asked, "Yes, I will be there!", author=CHO)
        await here.stage.advance(local(2026, 5, 2, 12, 0))
        ((_, asked),) = [(at, m) for at, m in here.to(CHO) if "May 14" in str(m["Subject"])]
        no = read_letter(asked.as_bytes()).answer_links()[NO]
        assert no.subject.endswith(".0@20260514T140000Z]")
        await press(here, no, CHO)
        await here.stage.advance(local(2026, 5, 14, 12, 0))
        assert await here.answers() == {ANN: "yes", CHO: "no answer"}
        office, meeting = here.stage.daemon.office, await here.meeting()
        said = {
            date: {r.address: r.answer for r in await attendance_rows(office.partnership, meeting, date)}
            for date in (SECOND, THIRD)
        }
        assert said == {SECOND: {ANN: "no", CHO: "yes"}, THIRD: {ANN: "yes", CHO: "no"}}
        assert "See you soon: Launch meeting, Thursday, May 14" in [s for _, s in letters(here, ANN)]
        soon = [s for _, s in letters(here, CHO) if s.startswith(("See you", "Can you"))]
        assert soon == [
            "Can you come? Launch meeting, Thursday, March 12",
            "Can you come? Launch meeting, Thursday, April 9",
            "Can you come? Launch meeting, Thursday, May 14",
        ]


async def test_a_doubt_about_one_date_is_settled_for_that_date(tmp_path: Path) -> None:
    """The convener's ruling on "perhaps" to the hints for April leaves May as it is."""
    async with world(tmp_path, [member("Ann Able", button(YES))], rrule=RRULE) as here:
        await here.stage.advance(local(2026, 4, 8, 12, 0))
        ((_, hints),) = [(at, m) for at, m in here.to(ANN) if "April 9" in str(m["Subject"])]
        await reply(here, hints, "I could come if my boss lets me leave the plant early that day.", author=ANN)
        office, now, meeting = here.stage.daemon.office, here.stage.clock.now(), await here.meeting()
        (row,) = await inbound.rows(office.partnership, [inbound.REVIEW])
        with pytest.raises(MailerError, match="about 09 April 2026 alone"):
            await unclear.settle(office, row.id, unclear.Settle.ASK, now)
        await unclear.settle(office, row.id, unclear.Settle.NO, now)
        assert await here.answers() == {ANN: "yes"}
        said = [(await attendance_rows(office.partnership, meeting, date))[0].answer for date in (SECOND, THIRD)]
        assert said == ["no", "yes"]
