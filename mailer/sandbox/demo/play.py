"""Runs the life: the stage, the convener, every mail that passes, and what is counted for the story."""

import shutil
from collections import Counter
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.papers.attendance_list import AttendanceRow, attendance_rows
from mailer.render.letters import shipped_letters
from mailer.sandbox.cast import CAST, STRANGERS, people_csv
from mailer.sandbox.demo.convener import Convener
from mailer.sandbox.demo.folder import Folder, Passage
from mailer.sandbox.demo.story import Link, Story
from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import CONVENER, MAILBOX, Stage, Stalled, staged
from mailer.store import inbound, meetings, outbox, people
from mailer.terms import canonical
from mailer.understand.reader import understand

ZONE = ZoneInfo("America/Chicago")
_ANY_MAIL = b"From: Ann Lee <ann@acme.example>\r\nSubject: Re: Launch\r\n\r\nYes, see you there.\r\n"
START = datetime(2026, 1, 26, 7, 30, tzinfo=ZONE)


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


async def run_demo(*, fast: bool, folder: Path, console: Console) -> int:
    """Play it; 0 when the story came to its end."""
    try:
        left = Folder(folder)
        await _play(left, Story(console, ZONE, slowly=not fast), console)
    except (Stalled, MailerError) as exc:
        console.print(f"The demo stopped: {exc}", markup=False)
        return 1
    return 0


async def _play(folder: Folder, story: Story, console: Console) -> None:
    from mailer.sandbox.demo import following, preparing

    templates = shipped_letters()
    rules = folder.path / "rules"
    shutil.copytree(templates.parent / "rules", rules)
    shutil.copytree(templates, folder.path / "templates")
    _ask_signers(rules / "1-invitations.toml")
    understand(_ANY_MAIL)  # loads the tables of words: on a busy machine that takes longer than a mail may
    convener = Convener()
    names = {canonical(address): m.name for m in (*CAST, *STRANGERS) for address in (*m.emails, *m.unlisted)}
    names[CONVENER] = "the convener"

    def passes(envelope: Envelope, raw: bytes) -> None:
        to, author = canonical(envelope.forward_path), canonical(envelope.reverse_path)
        inward = to.partition("@")[0].partition("+")[0] == MAILBOX.partition("@")[0]
        subject, written_by = _head(raw)
        author = author or canonical(written_by)
        who = names.get(author if inward else to) or (author if inward else to)
        folder.mail(
            Passage(
                len(folder.passages) + 1,
                convener.stage.clock.now().astimezone(ZONE),
                inward,
                who,
                author,
                to,
                subject,
            ),
            raw,
        )

    async with staged(
        folder.path, (*CAST, *STRANGERS), START, rules_folder=rules, templates=folder.path / "templates", people_csv=people_csv(),
        on_mail=passes, convener_reads=convener.reads,
    ) as stage:  # fmt: skip
        convener.stage = stage
        play = Play(stage, convener, story, folder)
        await preparing.acts(play)
        await following.acts(play)
        await folder.close(play.office, story, stage.config.partnerships[0], play.now())
        await _report(play, console)


def _ask_signers(file: Path) -> None:
    """Dana's own wish: nothing leaves in a champion's name before that champion has seen it."""
    text = file.read_text("utf-8")
    file.write_text(text.replace('"ask me first"', '"ask the signer first"'), encoding="utf-8")


def _head(raw: bytes) -> tuple[str, str]:
    """Subject and author of a mail, as its header says."""
    headers = BytesHeaderParser().parsebytes(raw[:20_000])
    try:
        subject = " ".join(str(make_header(decode_header(str(headers["Subject"] or "")))).split())
    except (ValueError, LookupError):
        subject = "?"
    return subject, parseaddr(str(headers["From"] or ""))[1]


async def _report(play: Play, console: Console) -> None:
    """How it ends, and where to look."""
    partnership = play.office.partnership
    counts = await outbox.counts(partnership)
    waits = await inbound.rows(partnership, [inbound.REVIEW, inbound.HELD])
    told = ", ".join(f"{n} {state}" for state, n in sorted(counts.items()))
    console.print(
        f"\nMails: {told}; {await inbound.count(partnership)} came in, {len(waits)} of them wait for the convener.",
        markup=False,
    )
    where = play.folder.path
    console.print(f"\nAll of it lies in {where}; begin with {where / 'index.html'}.", markup=False)
    console.print("With the commands:", markup=False)
    for command in ("attendance launch", "review", "plan list", "why per@isaksencoatings.example"):
        console.print(f"  convener --config {where / 'config.toml'} {command}", markup=False)
    console.print("  convener init DIR           begins with your own partnership", markup=False)
