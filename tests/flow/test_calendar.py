"""What calendars say beside yes and no, on the stage: another time, somebody else instead, the event again, one date of a series.

The mails are those that Gmail, Outlook and Apple write to the very letters that were sent.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.partnership.meetings import MeetingStatus
from mailer.partnership.people import PartnerKind
from mailer.pipeline.hand import moves
from mailer.pipeline.hand.unclear import Settle, settle
from mailer.pipeline.papers.attendance_list import attendance_rows
from mailer.sandbox.calendar_programs import CalendarAnswer, apple_answer, gmail_answer, outlook_answer
from mailer.sandbox.habits import Member
from mailer.sandbox.letter import Letter, read_letter
from mailer.sandbox.mime import Mail
from mailer.sandbox.stage import CONVENER
from mailer.store import inbound, meetings, occurrences, people, proposals
from mailer.store.transact import transact
from mailer.terms import Address, PartStat, canonical
from tests.flow import world as stages
from tests.flow.test_desk import reply, text_of
from tests.flow.world import MAYBE, NO, RULES, YES, World, button, calendar_of, local, member, words

THURSDAY = (local(2026, 3, 19, 14, 0), local(2026, 3, 19, 16, 0))
INVITED = local(2026, 2, 3, 12, 0)
PROGRAMS = {"gmail": gmail_answer, "outlook": outlook_answer, "apple": apple_answer}
DELEGATED = PartStat.DELEGATED


@asynccontextmanager
async def world(folder: Path, cast: list[Member], **facts: object) -> AsyncIterator[World]:
    """The stage with the shipped rules for invitations and answers alone; letters to partners who are no businesses are left out, so that
    such a person is invited only as a delegate."""
    mine = folder / "rules"
    mine.mkdir()
    for file in (*RULES.glob("1-*.toml"), *RULES.glob("2-*.toml")):
        text = file.read_text(encoding="utf-8")
        start = text.find("[invite-public-partners]")
        if start >= 0:
            text = text[:start] + text[text.index("\n[", start) + 1 :]
        (mine / file.name).write_text(text, encoding="utf-8")
    async with stages.world(folder, cast, rules_folder=mine, **facts) as here:  # type: ignore[arg-type]
        yield here


class Desk:
    """What tests do with the world: answer letters by calendar, look at the desk."""

    def __init__(self, here: World) -> None:
        self.here, self.office, self._marks = here, here.stage.daemon.office, 0

    def letter(self, address: str) -> Letter:
        """The latest letter to *address* with a calendar object."""
        letters = [read_letter(raw) for to, raw in self.here.raws if to == address]
        return next(each for each in reversed(letters) if each.calendar is not None)

    async def sends(
        self,
        name: str,
        partstat: PartStat,
        program: Callable[[CalendarAnswer], Mail] = gmail_answer,
        *,
        on: str = "",
        **facts: object,
    ) -> None:
        """*name*'s calendar answers the latest invitation (to *on*, where it was forwarded)."""
        word = name.lower().replace(" ", ".")
        address = f"{word}@{word.split('.')[-1]}.example"
        letter = self.letter(on or address)
        assert letter.calendar is not None
        self._marks += 1
        answer = CalendarAnswer(
            Address(name, address),
            letter,
            letter.calendar,
            partstat,
            self.here.stage.clock.now(),
            f"{self._marks:040x}",
            **facts,  # type: ignore[arg-type]
        )
        await self.delivers(program(answer))

    async def delivers(self, mail: Mail) -> None:
        self.here.stage.to_mailbox += 1
        await self.here.stage.servers.deliver(mail.content, mail.forward_path, mail.reverse_path)
        await self.here.stage.quiet()

    async def waiting(self) -> list[inbound.InboundRow]:
        """What waits for the convener, oldest first."""
        return list(reversed(await inbound.rows(self.office.partnership, [inbound.REVIEW, inbound.HELD])))

    async def word(self, number: inbound.InboundId, word: str, address: str = "") -> str:
        """The convener rules on a case."""
        told = await settle(self.office, number, Settle(word), self.here.stage.clock.now(), address=address)
        await self.here.stage.quiet()
        return told

    async def list(self, recurrence_id: datetime | None = None) -> dict[str, str]:
        rows = await attendance_rows(self.office.partnership, await self.here.meeting(), recurrence_id)
        return {r.name + (f", instead of {r.instead_of}" if r.instead_of else ""): r.answer for r in rows}

    def last(self, address: str) -> EmailMessage:
        return self.here.to(address)[-1][1]


def method_of(letter: EmailMessage) -> str:
    calendar = calendar_of(letter)
    assert calendar is not None
    return str(calendar["METHOD"])


# Another time --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_proposed_time_is_taken(tmp_path: Path, program: str) -> None:
    cast = [member("Ann Able", button(YES, rounds=(1,))), member("Bob Brown"), member("Cho Chan")]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Ann Able", MAYBE, PROGRAMS[program], proposed=THURSDAY)
        assert (await here.answers())["ann.able@able.example"] == "yes"  # a proposal changes no answer
        (case,) = await desk.waiting()
        assert "Ann Able proposes another time for “Launch meeting”" in case.reason
        assert "Thursday, March 19, 2026, 2:00 pm" in case.reason
        assert "instead of Thursday, March 12, 2026, 9:00 am" in case.reason
        assert "says maybe to the present time" in case.reason
        await desk.sends("Bob Brown", NO, outlook_answer, proposed=THURSDAY)
        first, second = await desk.waiting()
        assert "2 people propose this time" in first.reason
        assert "2 people propose this time" in second.reason
        with pytest.raises(MailerError, match="accept"):
            await desk.word(first.id, "yes")
        told = await desk.word(first.id, "accept")
        assert "is moved to Thursday, March 19" in told
        assert await desk.waiting() == []
        meeting = await here.meeting()
        assert (meeting.dtstart, meeting.dtend, meeting.sequence) == (*THURSDAY, 1)
        assert meeting.reply_deadline == local(2026, 3, 12, 22, 0)  # it moves along
        assert {p.state for p in await _proposals(desk)} == set()
        await here.release()
        await here.stage.quiet()
        for address in ("ann.able@able.example", "bob.brown@brown.example", "cho.chan@chan.example"):
            calendar = calendar_of(desk.last(address))
            assert calendar is not None
            assert calendar.walk("VEVENT")[0]["DTSTART"].dt == THURSDAY[0]


async def _proposals(desk: Desk) -> list[proposals.ProposedTime]:
    return await proposals.open_for((await desk.here.meeting()).id)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_proposed_time_is_refused_by_mail_once(tmp_path: Path, program: str) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Ann Able", MAYBE, PROGRAMS[program], proposed=THURSDAY)
        await here.stage.advance(local(2026, 2, 4, 12, 0))
        digest = next(m for _, m in reversed(here.to(CONVENER)) if "proposes another time" in text_of(m))
        (case,) = await desk.waiting()
        assert f"Write {case.id} accept" in text_of(digest)
        before = len(here.to("ann.able@able.example"))
        await reply(here, digest, f"{case.id} refuse")
        assert "stays where it is" in text_of(desk.last(CONVENER))
        letter = desk.last("ann.able@able.example")
        assert len(here.to("ann.able@able.example")) == before + 1
        assert method_of(letter) == "DECLINECOUNTER"
        calendar = calendar_of(letter)
        assert calendar is not None
        assert calendar.walk("VEVENT")[0]["DTSTART"].dt == (await here.meeting()).dtstart
        await reply(here, digest, f"{case.id}: refuse")  # again: nothing more leaves
        assert len(here.to("ann.able@able.example")) == before + 1
        assert not [s for s in here.subjects("bob.brown@brown.example") if "time" in s.lower()]


async def test_of_one_person_only_the_latest_proposal_waits(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Ann Able", MAYBE, proposed=THURSDAY)
        await here.stage.advance(INVITED + timedelta(hours=1))
        later = (THURSDAY[0] + timedelta(hours=1), THURSDAY[1] + timedelta(hours=1))
        await desk.sends("Ann Able", MAYBE, outlook_answer, proposed=later)
        (case,) = await desk.waiting()
        assert "3:00 pm" in case.reason
        assert "people propose" not in case.reason
        (one,) = await _proposals(desk)
        assert one.dtstart == later[0]


async def test_odd_proposals_are_told_as_what_they_are(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown"), member("Cho Chan")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        old = desk.letter("bob.brown@brown.example")
        meeting = await here.meeting()
        await desk.sends("Ann Able", MAYBE, proposed=(meeting.dtstart, meeting.dtend))
        (case,) = await desk.waiting()
        assert "the time at which it is" in case.reason
        assert await _proposals(desk) == []
        await here.change(dtstart=meeting.dtstart + timedelta(days=1), dtend=meeting.dtend + timedelta(days=1))
        assert old.calendar is not None
        now = here.stage.clock.now()
        bob = Address("Bob Brown", "bob.brown@brown.example")
        await desk.delivers(
            gmail_answer(CalendarAnswer(bob, old, old.calendar, MAYBE, now, "ab" * 20, proposed=THURSDAY))
        )
        assert "for the earlier date" in (await desk.waiting())[-1].reason
        past = (local(2026, 1, 5, 9, 0), local(2026, 1, 5, 11, 0))
        await desk.sends("Cho Chan", MAYBE, apple_answer, proposed=past)
        case = (await desk.waiting())[-1]
        assert "That time has passed" in case.reason
        with pytest.raises(MailerError, match="passed"):
            await desk.word(case.id, "accept")


async def test_words_that_propose_a_time_stay_a_question(tmp_path: Path) -> None:
    asks = words("Could we do Thursday the 19th at 2pm instead?")
    async with world(tmp_path, [member("Ann Able", asks)]) as here:
        await here.stage.advance(INVITED)
        assert await _proposals(Desk(here)) == []
        assert (await here.answers())["ann.able@able.example"] == "no answer"
        assert len(await Desk(here).waiting()) == 1


# The event again -----------------------------------------------------------------------------------------------------------------


async def test_a_calendar_that_asks_again_gets_the_meeting_once_a_day(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        await here.stage.advance(INVITED)
        desk, address = Desk(here), "ann.able@able.example"
        before = len(here.to(address))
        for program in PROGRAMS.values():
            await desk.sends("Ann Able", PartStat.NEEDS_ACTION, program, again=True)
        assert len(here.to(address)) == before + 1
        assert method_of(desk.last(address)) == "REQUEST"
        assert desk.last(address)["Auto-Submitted"] == "auto-replied"
        assert await desk.waiting() == []
        await here.change(status=MeetingStatus.CANCELLED)
        await here.release()
        await here.stage.advance(INVITED + timedelta(days=1))
        await desk.sends("Ann Able", PartStat.NEEDS_ACTION, apple_answer, again=True)
        assert method_of(desk.last(address)) == "CANCEL"
        assert "asked" in str(desk.last(address)["Subject"])


async def test_a_stranger_who_asks_again_gets_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Mal Ice", PartStat.NEEDS_ACTION, on="ann.able@able.example", again=True)
        assert here.to("mal.ice@ice.example") == []
        (case,) = await desk.waiting()
        assert "mal.ice@ice.example" in case.reason


# Somebody else instead -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_delegate_who_is_known_is_invited_and_counts(tmp_path: Path, program: str) -> None:
    bob = member("Bob Stone", kind=PartnerKind.SUPPORT_PARTNER)
    async with world(tmp_path, [member("Ann Able"), bob]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        assert here.to("bob.stone@stone.example") == []
        await desk.sends("Ann Able", DELEGATED, PROGRAMS[program], delegate=Address("Bob", "bob.stone@stone.example"))
        letter = desk.last("bob.stone@stone.example")
        assert "Ann Able" in text_of(letter)
        calendar = calendar_of(letter)
        assert calendar is not None
        (event,) = calendar.walk("VEVENT")
        assert "ann.able@able.example" in str(event["ATTENDEE"].params["DELEGATED-FROM"])
        assert await desk.list() == {"Ann Able": "sends somebody", "Bob Stone, instead of Ann Able": "no answer"}
        await desk.sends("Bob Stone", YES, PROGRAMS[program])
        assert (await desk.list())["Bob Stone, instead of Ann Able"] == "yes"
        assert await desk.waiting() == []
        await here.stage.advance(INVITED + timedelta(hours=2))
        await desk.sends("Bob Stone", NO, PROGRAMS[program])
        assert "Bob Stone" in text_of(desk.last("ann.able@able.example"))  # who sent him is told
        await desk.sends("Ann Able", YES, PROGRAMS[program])
        assert await desk.list() == {"Ann Able": "yes", "Bob Stone": "no"}


async def test_a_delegate_whom_nobody_knows_needs_the_conveners_word(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Cho Chan")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        rob = Address("Rob Roe", "rob.roe@roe.example")
        await desk.sends("Ann Able", DELEGATED, outlook_answer, delegate=rob)
        (case,) = await desk.waiting()
        assert "rob.roe@roe.example" in case.reason
        assert "not in the register" in case.reason
        assert await people.by_address(desk.office.partnership, rob.addr_spec) is None
        assert (await here.answers())["ann.able@able.example"] == "no answer"
        with pytest.raises(MailerError, match="names a delegate"):
            await desk.word(case.id, "maybe")
        assert "not invited" in await desk.word(case.id, "no")
        assert await people.by_address(desk.office.partnership, rob.addr_spec) is None
        await here.stage.advance(INVITED + timedelta(hours=1))
        await desk.sends("Ann Able", DELEGATED, apple_answer, delegate=rob)
        (case,) = await desk.waiting()
        received: list[bytes] = []

        async def reads(_: object, raw: bytes) -> None:
            received.append(raw)

        here.stage.servers.admit([rob.addr_spec], reads)
        assert "comes to “Launch meeting” instead of Ann Able" in await desk.word(case.id, "yes")
        assert len(received) == 1
        found = await people.by_address(desk.office.partnership, rob.addr_spec)
        assert found is not None
        assert found.organisation == "Able Works"
        assert (await desk.list())["Ann Able"] == "sends somebody"


async def test_an_answer_of_their_own_ends_the_question_about_a_delegate(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Ann Able", DELEGATED, delegate=Address("Rob Roe", "rob.roe@roe.example"))
        (case,) = await desk.waiting()
        await here.stage.advance(INVITED + timedelta(hours=1))
        await desk.sends("Ann Able", YES)
        assert await desk.waiting() == []
        with pytest.raises(MailerError):
            await desk.word(case.id, "yes")
        assert await desk.list() == {"Ann Able": "yes"}


async def test_chains_of_delegates_keep_their_history_and_never_close(tmp_path: Path) -> None:
    cast = [member("Ann Able"), member("Bob Brown"), member("Cho Chan")]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        await desk.sends("Ann Able", DELEGATED, delegate=Address("", "bob.brown@brown.example"))
        await desk.sends("Bob Brown", DELEGATED, outlook_answer, delegate=Address("", "cho.chan@chan.example"))
        assert await desk.waiting() == []
        answers = await here.answers()
        assert answers["ann.able@able.example"] == answers["bob.brown@brown.example"] == "sends somebody"
        await desk.sends("Cho Chan", DELEGATED, apple_answer, delegate=Address("", "ann.able@able.example"))
        (case,) = await desk.waiting()
        assert "send one another" in case.reason
        assert (await here.answers())["cho.chan@chan.example"] == "no answer"
        ann = await people.by_address(desk.office.partnership, "ann.able@able.example")
        assert ann is not None
        (own,) = await meetings.invitations(here.meeting_id, [ann.id])
        assert [h["partstat"] for h in await meetings.history(own.id)] == ["DELEGATED"]


async def test_a_delegate_named_in_words_without_an_address_is_asked_for(tmp_path: Path) -> None:
    says = words("I can't make it, but my colleague Rob Roe will come instead of me.", DELEGATED)
    async with world(tmp_path, [member("Ann Able", says)]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        (case,) = await desk.waiting()
        assert case.proposed == "DELEGATE", case.reason
        assert "gives no address" in case.reason
        assert any("e-mail address" in text_of(m) for _, m in here.to("ann.able@able.example"))
        with pytest.raises(MailerError, match="address"):
            await desk.word(case.id, "yes")

        async def reads(_: object, raw: bytes) -> None:
            return None

        here.stage.servers.admit(["rob@roe.example"], reads)
        await desk.word(case.id, "yes", "rob@roe.example")
        assert (await desk.list())["Ann Able"] == "sends somebody"


async def test_a_delegate_named_in_words_who_is_known_by_a_full_name(tmp_path: Path) -> None:
    says = words("I can't make it, but my colleague Rob Roe will come instead of me.", DELEGATED)
    rob = member("Rob Roe", kind=PartnerKind.SUPPORT_PARTNER)
    async with world(tmp_path, [member("Ann Able", says), rob]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        assert await desk.waiting() == []
        assert await desk.list() == {"Ann Able": "sends somebody", "Rob Roe, instead of Ann Able": "no answer"}
        assert method_of(desk.last("rob.roe@roe.example")) == "REQUEST"
        told = [text_of(m) for _, m in here.to("ann.able@able.example")]
        assert any("Rob Roe" in each for each in told)  # what was understood is confirmed


# Several events in one answer ----------------------------------------------------------------------------------------------------


async def test_somebody_elses_event_beside_ours_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        letter = desk.letter("ann.able@able.example")
        assert letter.calendar is not None
        lunch = (
            "BEGIN:VEVENT\r\nUID:lunch@able.example\r\nDTSTAMP:20260203T180000Z\r\nSEQUENCE:0\r\n"
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ann.able@able.example\r\nEND:VEVENT\r\n"
        )
        ours = lunch.replace("lunch@able.example", letter.calendar.event_uid).replace("DECLINED", "ACCEPTED")

        async def sends(number: int, *events: str) -> None:
            message = EmailMessage()
            message["From"], message["To"] = "Ann Able <ann.able@able.example>", letter.calendar.organizer_address()  # type: ignore[union-attr]
            message["Subject"], message["Message-ID"] = "Accepted: two things", f"<two-{number}@able.example>"
            message["Date"] = here.stage.clock.now()
            ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\n" + "".join(events) + "END:VCALENDAR\r\n"
            message.set_content(ics, subtype="calendar", params={"method": "REPLY"})
            await desk.delivers(Mail("ann.able@able.example", str(message["To"]), message.as_bytes()))

        await sends(1, lunch, ours, lunch.replace("lunch", "dinner"))
        assert (await here.answers())["ann.able@able.example"] == "yes"
        assert await desk.waiting() == []
        await sends(2, lunch)  # to our address, about their lunch
        assert (await here.answers())["ann.able@able.example"] == "yes"
        (case,) = await desk.waiting()
        assert "another event" in case.reason


# One date of a series ------------------------------------------------------------------------------------------------------------

SECOND = local(2026, 4, 9, 9, 0)
RRULE = "FREQ=MONTHLY;BYDAY=2TH;COUNT=4"


@pytest.mark.parametrize("program", PROGRAMS)
async def test_an_answer_to_one_date_leaves_the_series_alone(tmp_path: Path, program: str) -> None:
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown")], rrule=RRULE) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        calendar = calendar_of(here.to("bob.brown@brown.example")[-1][1])
        assert calendar is not None
        assert calendar.walk("VEVENT")[0]["RRULE"].to_ical().decode().startswith("FREQ=MONTHLY")
        await desk.sends("Ann Able", NO, PROGRAMS[program], date=SECOND)
        await desk.sends("Bob Brown", YES, PROGRAMS[program], date=SECOND)
        assert await desk.waiting() == []
        assert await desk.list() == {"Ann Able": "yes", "Bob Brown": "no answer"}
        assert await desk.list(SECOND) == {"Ann Able": "no", "Bob Brown": "yes"}
        assert await desk.list(local(2026, 5, 14, 9, 0)) == {"Ann Able": "yes", "Bob Brown": "no answer"}
        await desk.sends("Bob Brown", YES, PROGRAMS[program], date=local(2026, 4, 10, 9, 0))
        (case,) = await desk.waiting()
        assert "no such meeting" in case.reason


async def test_one_date_is_moved_and_one_is_cancelled(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob No", button(NO))], rrule=RRULE) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        desk, now = Desk(here), here.stage.clock.now()
        meeting = await here.meeting()
        start = start_of_second = local(2026, 4, 16, 14, 0)
        end = start + timedelta(hours=2)
        told = await transact(lambda: moves.move_occurrence(desk.office, meeting, SECOND, start, end, now))
        await here.stage.quiet()
        assert told == 1  # not to Bob, who declined
        letter = desk.last("ann.able@able.example")
        calendar = calendar_of(letter)
        assert calendar is not None
        (event,) = calendar.walk("VEVENT")
        assert (event["RECURRENCE-ID"].dt, event["DTSTART"].dt, int(event["SEQUENCE"])) == (SECOND, start, 1)
        assert "RRULE" not in event
        assert "April 9" in text_of(letter)
        assert "April 16" in text_of(letter)
        meeting = await here.meeting()
        third = local(2026, 5, 14, 9, 0)
        end = third + timedelta(hours=2)
        await transact(lambda: moves.move_occurrence(desk.office, meeting, third, third, end, now, cancelled=True))
        await here.stage.quiet()
        assert method_of(desk.last("ann.able@able.example")) == "CANCEL"
        assert await desk.list() == {"Ann Able": "yes", "Bob No": "no"}
        await desk.sends("Ann Able", PartStat.NEEDS_ACTION, again=True)
        calendar = calendar_of(desk.last("ann.able@able.example"))
        assert calendar is not None
        series, moved = calendar.walk("VEVENT")
        assert series["EXDATE"].dts[0].dt == third
        assert (moved["RECURRENCE-ID"].dt, moved["DTSTART"].dt) == (SECOND, start_of_second)
        assert [c.cancelled for c in await occurrences.changes(here.meeting_id)] == [False, True]


# Links of old letters ------------------------------------------------------------------------------------------------------------


async def test_a_link_in_an_old_letter_is_asked_about_after_the_move(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        await here.stage.advance(INVITED)
        desk = Desk(here)
        old = next(
            each for to, raw in here.raws if to == "ann.able@able.example" and (each := read_letter(raw)).answer_links()
        )
        meeting = await here.meeting()
        await here.change(dtstart=meeting.dtstart + timedelta(days=7), dtend=meeting.dtend + timedelta(days=7))
        await here.release()
        await here.stage.advance(INVITED + timedelta(days=1))
        link = old.answer_links()[YES]
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Ann Able <ann.able@able.example>", link.to, link.subject
        message["Message-ID"] = "<late@able.example>"
        message["Date"] = here.stage.clock.now()
        message.set_content(link.body)
        await desk.delivers(Mail("ann.able@able.example", canonical(link.to), message.as_bytes()))
        assert (await here.answers())["ann.able@able.example"] == "no answer"
        (case,) = await desk.waiting()
        assert "earlier date" in case.reason
