"""A small partnership on the stage, and what the tests look at from outside."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

from mailer.partnership.meetings import Change, Meeting
from mailer.pipeline.hand.changes import add_meeting, change_meeting
from mailer.render.letters import shipped_letters
from mailer.sandbox.cast import people_csv
from mailer.sandbox.habits import Answers, Member, Program, Way
from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import MAILBOX, Stage, staged
from mailer.store import meetings, outbox
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartStat, canonical

ZONE = ZoneInfo("America/Chicago")
START = datetime(2026, 1, 26, 8, 0, tzinfo=ZONE)
MEETING = datetime(2026, 3, 12, 9, 0, tzinfo=ZONE)
RULES = shipped_letters().parent / "rules"
YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE


def local(*parts: int) -> datetime:
    """An instant on the meeting's wall clock."""
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[arg-type, misc]


def member(name: str, *acts: Answers, program: Program = Program.GMAIL, **facts: object) -> Member:
    """Somebody at a company of their own."""
    word = name.lower().replace(" ", ".")
    plain = Member(
        name,
        (f"{word}@{word.split('.')[-1]}.example",),
        f"{name.split()[-1]} Works",
        "Owner",
        program=program,
        acts=acts,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def words(text: str, partstat: PartStat = YES, **facts: object) -> Answers:
    return Answers(Way.WORDS, partstat, text, **facts)  # type: ignore[arg-type]


def button(partstat: PartStat, **facts: object) -> Answers:
    return Answers(Way.CALENDAR, partstat, **facts)  # type: ignore[arg-type]


class World:
    """The stage, every mail that passed, and the meeting."""

    def __init__(self) -> None:
        self.stage: Stage
        self.meeting_id = MeetingId(0)
        self.mails: list[tuple[datetime, str, EmailMessage]] = []
        self.raws: list[tuple[str, bytes]] = []

    def saw(self, envelope: Envelope, raw: bytes) -> None:
        to = canonical(envelope.forward_path)
        if to.partition("@")[0].partition("+")[0] != MAILBOX.partition("@")[0]:
            message = BytesParser(policy=policy.default).parsebytes(raw)
            assert isinstance(message, EmailMessage)
            self.mails.append((self.stage.clock.now(), to, message))
            self.raws.append((to, raw))

    def to(self, address: str) -> list[tuple[datetime, EmailMessage]]:
        """Everything that was delivered to *address*."""
        return [(at, m) for at, to, m in self.mails if to == address]

    def subjects(self, address: str) -> list[str]:
        return [str(m["Subject"]) for _, m in self.to(address)]

    async def meeting(self) -> Meeting:
        found = await meetings.by_id(self.meeting_id)
        assert found is not None
        return found

    async def answers(self) -> dict[str, str]:
        """How everybody stands, by first address."""
        from mailer.pipeline.papers.attendance_list import attendance_rows

        rows = await attendance_rows(self.stage.daemon.office.partnership, await self.meeting())
        return {r.address: r.answer + (f" +{r.guests}" if r.guests else "") for r in rows}

    async def release(self) -> int:
        """The convener says OK to whatever waits."""
        partnership, now = self.stage.daemon.office.partnership, self.stage.clock.now()
        held = [e.id for e in await outbox.rows(partnership, [outbox.HELD], 1000)]
        return await transact(lambda: outbox.release(partnership, held, now))

    async def change(self, **facts: object) -> tuple[Change, int]:
        before = await self.meeting()
        _, change, mails = await change_meeting(
            self.stage.daemon.office,
            before,
            replace(before, **facts),  # type: ignore[arg-type]
            self.stage.clock.now(),
        )
        return change, mails

    async def rules_of(self, address: str) -> list[tuple[str, str]]:
        """(rule, state) of every mail decided for *address*, in order."""
        from mailer.store import people

        person = await people.by_address(self.stage.daemon.office.partnership, address)
        assert person is not None
        found = await outbox.rows(self.stage.daemon.office.partnership, limit=1000)
        return [(e.notice.rule, e.state) for e in reversed(found) if e.notice.person_id == person.id]


@asynccontextmanager
async def world(
    folder: Path,
    members: Iterable[Member],
    *,
    subaddresses: bool = True,
    rules_folder: Path = RULES,
    ok_on: datetime | None = None,
    **facts: object,
) -> AsyncIterator[World]:
    """Everybody in place on Monday 26 January, a launch meeting planned for 12 March; invitations get their OK on the 29th at noon."""
    here = World()
    cast = list(members)
    async with staged(
        folder,
        cast,
        START,
        rules_folder=rules_folder,
        people_csv=people_csv(cast),
        on_mail=here.saw,
        subaddresses=subaddresses,
    ) as stage:
        here.stage = stage
        office = stage.daemon.office
        plan = Meeting(
            id=MeetingId(0),
            partnership_id=office.partnership,
            slug="launch",
            title="Launch meeting",
            event_uid=EventUid(""),
            dtstart=MEETING.astimezone(UTC),
            dtend=(MEETING + timedelta(hours=2)).astimezone(UTC),
            zone=ZONE.key,
            place="12 Mill Road",
            reply_deadline=local(2026, 3, 5, 17, 0),
        )
        here.meeting_id = (await add_meeting(office, replace(plan, **facts), stage.clock.now())).id  # type: ignore[arg-type]

        async def ok() -> None:
            await here.release()

        stage.plan(ok_on or local(2026, 1, 29, 12, 0), ok)
        yield here


def calendar_of(message: EmailMessage) -> Calendar | None:
    """The calendar part of a letter, read by the library."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            calendar = Calendar.from_ical(content)
            assert isinstance(calendar, Calendar)
            return calendar
    return None
