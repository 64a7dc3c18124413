"""What the acts have at hand: the stage, the convener, every mail that passes, and what is counted for the story."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.papers.attendance_list import AttendanceRow, attendance_rows
from mailer.sandbox.cast import CAST
from mailer.sandbox.demo.convener import Convener
from mailer.sandbox.demo.folder import Folder
from mailer.sandbox.demo.story import Link, Story
from mailer.sandbox.stage import Stage
from mailer.store import meetings, outbox, people

ZONE = ZoneInfo("America/Chicago")


class Play:
    """What the acts have at hand."""

    def __init__(self, stage: Stage, convener: Convener, story: Story, folder: Folder) -> None:
        self.stage, self.convener, self.story, self.folder = stage, convener, story, folder
        self.office = stage.daemon.office
        self.now = stage.clock.now

    def chapter(self, title: str) -> None:
        self.story.chapter(title)

    def tell(self, words: str, *links: Link) -> None:
        """Say what just happened."""
        self.tell_at(self.now(), words, *links)

    def tell_at(self, at: datetime, words: str, *links: Link) -> None:
        self.story.tell(at, words, *links)

    async def until(self, month: int, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass to this moment of 2026 on the partnership's clock."""
        await self.stage.advance(datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC))

    def mail(self, subject: str, to: str = "", label: str = "the letter") -> Link:
        """The newest letter with this in its subject (to this address). Raises MailerError: what is told must have passed."""
        return self._newest(False, subject, to, label)

    def answer(self, author: str, label: str = "the answer", has: str = "") -> Link:
        """The newest mail that came from this address. Raises MailerError."""
        return self._newest(True, has, author, label)

    def _newest(self, inward: bool, subject: str, who: str, label: str) -> Link:
        for passage in reversed(self.folder.passages):
            other = passage.author if inward else passage.to
            if passage.inward is inward and subject in passage.subject and who in other:
                return Link(label, passage.page)
        raise MailerError(f"No mail {'from' if inward else 'to'} {who or 'anybody'} has “{subject}” in its subject.")

    def said(self, address: str, to: str) -> str:
        """What somebody of the cast writes back to such a letter."""
        words = next(w.words for m in CAST if m.email == address for w in m.letters if w.to.startswith(to))
        return " / ".join(words.splitlines())

    async def meeting(self, slug: str = "launch") -> Meeting:
        found = await meetings.by_slug(self.office.partnership, slug)
        if found is None:
            raise MailerError(f"There is no meeting {slug}.")
        return found

    async def rows(self, slug: str = "launch") -> list[AttendanceRow]:
        return await attendance_rows(self.office.partnership, await self.meeting(slug))

    async def tally(self, slug: str = "launch") -> str:
        """ "17 yes, 3 maybe, 9 no, 9 silent"."""
        count = Counter(row.answer for row in await self.rows(slug))
        words = (("yes", "yes"), ("maybe", "maybe"), ("no", "no"), ("no answer", "silent"))
        return ", ".join(f"{count[word]} {told}" for word, told in words if count[word])

    async def sent(self, *rules: str, since: datetime | None = None) -> list[str]:
        """To whom letters of *rules* went (since then), by name in order."""
        names = {p.id: p.name for p in await people.people(self.office.partnership)}
        rows = await outbox.rows(self.office.partnership, [outbox.SENT], 5000)
        return sorted(
            names.get(e.notice.person_id, "the convener")
            for e in rows
            if e.notice.rule in rules and (since is None or e.created_at >= since)
        )

    async def paper(self, name: str, slug: str | None = "launch", who: str = "") -> Link:
        """Print a document into the folder."""
        person = await people.by_address(self.office.partnership, who) if who else None
        return await self.folder.paper(
            self.office, await self.meeting(slug) if slug else None, name, person, self.now()
        )
