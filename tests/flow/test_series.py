"""A series on the stage, with the shipped rules: what comes with each date, and what becomes of a date that is declined or moved."""

import re
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.register import PersonRow
from mailer.pipeline.hand import changes, moves, register, rollcall, unclear
from mailer.pipeline.papers.attendance_list import attendance_rows
from mailer.sandbox.letter import MailtoLink, read_letter
from mailer.sandbox.stage import CONVENER
from mailer.store import inbound, meetings, people
from mailer.store.transact import transact
from mailer.terms import PartStat, canonical
from mailer.understand.rollcall import read_rollcall
from tests.flow.test_commands import last
from tests.flow.test_desk import reply, text_of
from tests.flow.world import NO, YES, ZONE, World, button, calendar_of, local, member, world

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
        sorry = ("03-20 12:00", "Sorry to miss you: Launch meeting")
        assert letters(here, BOB)[3:] == [march, sorry, moved, may]  # Bob comes, but not in April
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
            "See you soon: Launch meeting, Thursday, April 9",  # the yes came the day before
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


QUARTERLY = "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH;COUNT=4"
"""The second Thursday of March, June, September and December, at nine: in December clocks have changed."""
CARL, DEE, ELI = "carl.cook@cook.example", "dee.dorn@dorn.example", "eli.ek@ek.example"
FAY, WES = "fay.fox@fox.example", "wes@ward.example"


class Hand:
    """The convener's hand in a series."""

    def __init__(self, here: World) -> None:
        self.here, self.office = here, here.stage.daemon.office

    @property
    def now(self) -> datetime:
        return self.here.stage.clock.now()

    async def says(self, address: str, day: date, partstat: PartStat, guests: int = 0) -> None:
        person = await people.by_address(self.office.partnership, address)
        assert person is not None
        meeting = await self.here.meeting()
        await changes.enter_answer_to_date(self.office, meeting, person, day, partstat, self.now, guests=guests)
        await self.here.stage.quiet()

    async def recorded(self, words: str) -> str:
        """What is recorded of the date that *words* are about."""
        roll = read_rollcall(words)
        assert roll is not None
        return await rollcall.as_recorded(self.office, await self.here.meeting(), roll, self.now)

    async def calls(self, words: str) -> str:
        roll = read_rollcall(words)
        assert roll is not None
        return await rollcall.call_roll(self.office, await self.here.meeting(), roll, self.now)


def chairs_of(message: EmailMessage) -> int:
    """The number that a letter to the caterer tells."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"(\d+) (?:guests|people|chairs|persons)|: \**(\d+)\**", body.get_content())
    assert found is not None
    return int(found[1] or found[2])


async def test_a_quarterly_series_from_its_first_date_to_its_last(tmp_path: Path) -> None:
    """Yes to all, no to one date, somebody else for one date, a walk-in, a date moved, one cancelled, somebody new, and clocks that change."""
    cast = [
        member("Ann Able", button(YES)), member("Bob Brown", button(YES)), member("Cho Chan", unlisted=(FAY, WES)), member("Dee Dorn", button(NO)),
        member("Eli Ek", button(YES)), member("Carl Cook", kind=PartnerKind.SUPPORT_PARTNER, roles=(Role.CATERER,)),
    ]  # fmt: skip
    async with world(tmp_path, cast, rrule=QUARTERLY) as here:
        hand, advance = Hand(here), here.stage.advance
        await advance(local(2026, 3, 12, 13, 0))
        told = await hand.calls("came: Ann Able, Eli Ek")
        assert told.startswith("2 people came to launch on 2026-03-12: Ann Able, Eli Ek. Missed")
        await advance(local(2026, 3, 17, 9, 0))
        await here.release()
        await advance(local(2026, 5, 20, 12, 0))
        june, moved = date(2026, 6, 11), local(2026, 6, 18, 9, 0)
        for who, what in ((BOB, NO), (ELI, NO), (DEE, YES)):  # Dee comes instead of Eli, this once
            await hand.says(who, june, what)
        await advance(local(2026, 5, 27, 12, 0))
        await changes.change_date(hand.office, await here.meeting(), june, moved, None, hand.now)
        await advance(local(2026, 5, 28, 12, 0))
        await hand.says(DEE, date(2026, 6, 18), YES)
        await advance(local(2026, 6, 12, 12, 0))
        await hand.says(ANN, date(2026, 6, 18), YES, guests=3)
        await advance(local(2026, 6, 18, 13, 0))
        told = await hand.calls(f"came: Dee Dorn; walk-in: Wes Ward, Ward Works, {WES}")
        assert "Missed, though they had said yes: Ann Able. New in the register: Wes Ward." in told
        assert await hand.recorded("came to launch: nobody") == f"came to launch on 2026-06-18: {DEE}, {WES}"
        assert (
            await hand.recorded("came to launch on 12 March: nobody") == f"came to launch on 2026-03-12: {ANN}, {ELI}"
        )
        for wrong in ("11 June", "2026-09-01"):
            with pytest.raises(MailerError, match="Its dates: 2026-03-12, 2026-06-18, 2026-09-10, 2026-12-10"):
                await hand.calls(f"came to launch on {wrong}: Ann Able")
        with pytest.raises(MailerError, match="has not begun yet"):
            await hand.calls("came to launch on 10 September: Ann Able")
        await advance(local(2026, 6, 23, 9, 0))
        await here.release()
        await advance(local(2026, 7, 1, 12, 0))
        await register.add_person(hand.office, PersonRow("Fay Fox", (FAY,), "Fox Works"), hand.now)
        await advance(local(2026, 7, 2, 9, 0))
        await here.release()
        await advance(local(2026, 8, 10, 12, 0))
        await changes.change_date(hand.office, await here.meeting(), date(2026, 9, 10), None, None, hand.now)
        await advance(local(2026, 8, 11, 9, 0))
        await here.release()
        await advance(local(2026, 12, 10, 12, 0))
        soon, may_be, cancelled = (
            "See you soon: Launch meeting, Thursday, ",
            "Can you come? Launch meeting, Thursday, ",
            "One date is cancelled: ",
        )
        march = [("03-11 09:00", f"{soon}March 12")]
        june = [("06-17 09:00", f"{soon}June 18")]
        changed = [("05-27 12:00", "One date is changed: Launch meeting, Thursday, June 18")]
        gone = [("08-10 12:00", f"{cancelled}Launch meeting, Thursday, September 10")]
        december = [("12-09 09:00", f"{soon}December 10")]  # clocks have changed: nine in the morning all the same
        perhaps = [("11-26 09:30", f"{may_be}December 10")]
        thanks, missed, sorry = (
            "Thank you for coming: Launch meeting",
            "We missed you: Launch meeting",
            "Sorry to miss you: Launch meeting",
        )
        listed = "You are on the list: Launch meeting, Thursday, June "
        assert letters(here, ANN)[3:] == [
            *march,
            ("03-17 09:00", thanks),
            *changed,
            *june,
            ("06-23 09:00", missed),
            *gone,
            *december,
        ]
        assert letters(here, BOB)[3:] == [*march, ("03-17 09:00", missed), ("05-20 12:00", sorry), *gone, *december]
        assert letters(here, ELI)[3:] == [*march, ("03-17 09:00", thanks), ("05-20 12:00", sorry), *gone, *december]
        silent = [
            ("02-26 09:30", f"{may_be}March 12"),
            ("03-03 09:30", "Last call: Launch meeting, Thursday, March 12"),
        ]
        assert letters(here, CHO)[2:] == [*silent, *changed, ("06-04 09:30", f"{may_be}June 18"), *gone, *perhaps]
        # who comes to one date alone hears of that date, and of no other
        again = [("05-20 12:00", f"{listed}11"), *changed, ("05-28 12:00", f"{listed}18")]
        assert letters(here, DEE)[3:] == [*again, *june, ("06-23 09:00", thanks)]
        calendars = [c.walk("VEVENT") for _, m in here.to(DEE)[3:] if (c := calendar_of(m)) is not None]
        assert [[("RRULE" in e, e["RECURRENCE-ID"].dt == local(2026, 6, 11, 9, 0)) for e in c] for c in calendars] == [
            [(False, True)]
        ] * 3
        joined = ("For your calendar: Launch meeting, Thursday, September 10", gone, perhaps)
        assert letters(here, FAY) == [
            ("07-02 09:00", "Fay, please join us: Launch meeting"),
            ("07-03 10:00", joined[0]),
            *gone,
            *perhaps,
        ]
        assert letters(here, WES)[1:] == [("06-23 09:00", thanks), ("06-24 10:00", joined[0]), *gone, *perhaps]
        first, *others = [e for _, m in here.to(FAY)[:2] if (c := calendar_of(m)) is not None for e in c.walk("VEVENT")]
        assert first["DTSTART"].dt == local(2026, 3, 12, 9, 0)
        assert [(e["RECURRENCE-ID"].dt, e["DTSTART"].dt) for e in others] == [(local(2026, 6, 11, 9, 0), moved)]
        numbers = zip(letters(here, CARL), here.to(CARL), strict=True)
        told = {at: chairs_of(m) for (at, subject), (_, m) in numbers if "headcount" in subject.lower()}
        assert told == {
            "03-05 11:00": 3, "03-11 11:00": 3, "06-11 11:00": 2, "06-12 12:00": 5, "06-17 11:00": 5, "12-03 11:00": 3, "12-09 11:00": 3
        }  # fmt: skip
        assert [pair for pair in letters(here, CARL) if pair[0] not in told] == [
            ("05-27 12:00", "Please note the change: Launch meeting, Thursday, June 18"),
            ("08-11 09:00", "Cancelled: Launch meeting, Thursday, September 10"),
        ]


@pytest.mark.parametrize("line", ["came: Ann Able", "came to Launch meeting: Ann Able"])
async def test_who_came_is_said_in_answer_to_the_letter_that_asks(tmp_path: Path, line: str) -> None:
    """Weeks later, when the next date has been held: it is the date of the letter all the same."""
    async with world(
        tmp_path, [member("Ann Able", button(YES)), member("Bob Brown", button(YES))], rrule=RRULE
    ) as here:
        await here.stage.advance(local(2026, 4, 9, 13, 0))
        (asked,) = [
            m for _, m in here.to(CONVENER) if str(m["Subject"]).startswith("Who came?")
        ]  # that of April comes tomorrow
        await reply(here, asked, line)
        code = re.search(r"the code (\d{6})", text_of(last(here)))
        assert code, text_of(last(here))
        await reply(here, last(here), code[1])
        assert (
            "1 person came to launch on 2026-03-12: Ann Able. Missed, though they had said yes: Bob Brown."
            in text_of(last(here))
        )
        found = await meetings.snapshot(await here.meeting())
        came = {
            date: [s.person.name for s in found.standings if who.get(s.person.id)]
            for date, who in found.came_to_dates.items()
        }
        assert came == {local(2026, 3, 12, 9, 0): ["Ann Able"]}
        await reply(here, last(here), "who is coming to launch?")
        assert "Thu 14 May 2026 09:00: 2 " in text_of(last(here))
