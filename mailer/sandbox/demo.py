"""`convener demo`: six weeks of a partnership in about a minute, on the embedded servers, with the real daemon.

A launch meeting is planned; invitations leave when the convener says OK; thirty-odd people answer the way people do; the meeting is moved by a
week half-way; reminders go to the silent only; somebody answers by telephone. At the end: who is coming, and why each line says so.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.hand.changes import SAID, add_meeting, change_meeting, enter_answer
from mailer.pipeline.hand.unclear import Settle, settle
from mailer.pipeline.papers.attendance_list import AttendanceRow, attendance_rows
from mailer.render.letters import shipped_letters
from mailer.sandbox.cast import CAST, people_csv
from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import CONVENER, MAILBOX, Stage, Stalled, staged
from mailer.store import inbound, log, meetings, outbox, people
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartStat, canonical

ZONE = ZoneInfo("America/Chicago")
START = datetime(2026, 1, 26, 8, 0, tzinfo=ZONE)
MEETING = datetime(2026, 3, 12, 9, 0, tzinfo=ZONE)
MOVED_ON = datetime(2026, 2, 18, 10, 0, tzinfo=ZONE)
MOVED_TO = MEETING + timedelta(days=7)
THINKING = timedelta(hours=1)
"""How long the convener takes to say OK to letters that wait."""
PAUSE_SECONDS = 0.12
"""Real time between two instants, so that a person can follow."""

ShowAttendance = Callable[[Meeting, list[AttendanceRow]], None]


@dataclass(slots=True)
class Show:
    """What the live view shows."""

    names: dict[str, str]
    now: datetime = START
    feed: deque[Text] = field(default_factory=lambda: deque(maxlen=18))
    tally: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    received: int = 0
    held: int = 0
    waiting: int = 0
    last_log: int = 0
    title: str = ""

    def mail(self, envelope: Envelope, raw: bytes) -> None:
        """A mail passes the server."""
        headers = BytesHeaderParser().parsebytes(raw[:20_000])
        try:
            subject = str(make_header(decode_header(str(headers["Subject"] or ""))))
        except (ValueError, LookupError):
            subject = "?"
        if canonical(envelope.forward_path).partition("@")[0].split("+")[0] == MAILBOX.partition("@")[0]:
            self.received += 1
            who = self.names.get(canonical(envelope.reverse_path), envelope.reverse_path.strip("<>") or "a mail server")
            self._say("←", who, subject, "cyan")
        else:
            self.sent += 1
            self._say("→", self.names.get(canonical(envelope.forward_path), envelope.forward_path), subject, "green")

    def _say(self, arrow: str, who: str, what: str, style: str) -> None:
        self._line((f"{arrow} ", style), (f"{who[:26]:<26} ", style), " ".join(what.split()))

    def note(self, sentence: str, style: str = "yellow") -> None:
        """Something was understood, decided or changed."""
        self._line(("• ", style), (" ".join(sentence.split()), style))

    def _line(self, *parts: str | tuple[str, str]) -> None:
        when = (f"{self.now.astimezone(ZONE):%d %b %H:%M}  ", "dim")
        self.feed.append(Text.assemble(when, *parts, no_wrap=True, overflow="ellipsis"))

    def __rich__(self) -> RenderableType:
        numbers = Table.grid(padding=(0, 2))
        for word in ("yes", "maybe", "no answer", "no"):
            numbers.add_row(word, str(self.tally[word]))
        numbers.add_row("", "")
        numbers.add_row("mails sent", str(self.sent))
        numbers.add_row("mails received", str(self.received))
        numbers.add_row("wait for the convener's OK", str(self.held))
        numbers.add_row("wait for a decision", str(self.waiting))
        grid = Table.grid(expand=True, padding=(0, 1))
        grid.add_column(ratio=3)
        grid.add_column(ratio=1)
        grid.add_row(
            Panel(Group(*self.feed), title="what leaves →, what comes ←, what changes •", height=21),
            Panel(numbers, title="so far", height=21),
        )
        return Group(Text(f"{self.now.astimezone(ZONE):%A %d %B %Y, %H:%M}   {self.title}", style="bold"), grid)


async def run_demo(*, fast: bool, keep: Path | None, console: Console, show_attendance: ShowAttendance) -> int:
    """Play it; 0 when the story came to its end."""
    if keep is not None and keep.exists() and any(keep.iterdir()):
        console.print(f"{keep} is not empty; name a new folder.", markup=False)
        return 1
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="convener-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            await _play(folder, fast=fast, keep=keep is not None, console=console, show_attendance=show_attendance)
        except (Stalled, MailerError) as exc:
            console.print(f"The demo stopped: {exc}", markup=False)
            return 1
    return 0


async def _play(folder: Path, *, fast: bool, keep: bool, console: Console, show_attendance: ShowAttendance) -> None:
    templates = shipped_letters()
    rules_folder = folder / "rules"
    shutil.copytree(templates.parent / "rules", rules_folder)
    shutil.copytree(templates, folder / "templates")
    names = {canonical(address): m.name for m in CAST for address in (*m.emails, *m.unlisted)}
    show = Show(names | {CONVENER: "the convener"})
    kept = _keeper(folder / "mails") if keep else None

    def passes(envelope: Envelope, raw: bytes) -> None:
        show.mail(envelope, raw)
        if kept is not None:
            kept(envelope, raw)

    async with staged(
        folder,
        CAST,
        START,
        rules_folder=rules_folder,
        templates=folder / "templates",
        people_csv=people_csv(),
        on_mail=passes,
    ) as stage:
        meeting = await _prepare(stage, show)
        stage.pause = 0.0 if fast else PAUSE_SECONDS
        async with _shown(show, fast, console):
            await stage.advance((MOVED_TO + timedelta(days=1)).astimezone(UTC))
        if keep:
            (folder / "config.toml").write_text(_configuration(stage), encoding="utf-8")
        await _report(stage, meeting.id, folder if keep else None, console, show_attendance)


@contextlib.asynccontextmanager
async def _shown(show: Show, fast: bool, console: Console) -> AsyncIterator[None]:
    if fast or not console.is_terminal:
        yield
        return
    with Live(show, console=console, refresh_per_second=12, transient=True):
        yield


async def _prepare(stage: Stage, show: Show) -> Meeting:
    """The convener adds the meeting and plans; from then on everything runs by itself."""
    office = stage.daemon.office
    meeting = await add_meeting(
        office,
        Meeting(
            id=MeetingId(0),
            partnership_id=office.partnership,
            slug="launch",
            title="Manufacturing launch meeting",
            event_uid=EventUid(""),
            dtstart=MEETING.astimezone(UTC),
            dtend=(MEETING + timedelta(hours=2)).astimezone(UTC),
            zone=ZONE.key,
            place="Halloran Castings, 12 Mill Road, training room",
            reply_deadline=datetime(2026, 3, 6, 17, 0, tzinfo=ZONE).astimezone(UTC),
        ),
        stage.clock.now(),
    )
    show.title = meeting.title
    releases: set[datetime] = set()

    async def release() -> None:
        held = [e.id for e in await outbox.rows(office.partnership, [outbox.HELD], 1000)]
        if held:
            show.note(f"the convener says OK to {len(held)} letters")
            await transact(lambda: outbox.release(office.partnership, held, stage.clock.now()))

    async def after_each_instant() -> None:
        now = stage.clock.now()
        show.now = now
        for number, line in await log.lines(office.partnership, after=show.last_log):
            show.last_log = number
            show.note(line.sentence, "red" if line.what in ("dead", "returned", "unclear") else "yellow")
        counts = await outbox.counts(office.partnership)
        show.held = counts.get(outbox.HELD, 0)
        show.waiting = len(await inbound.rows(office.partnership, [inbound.REVIEW, inbound.HELD]))
        said = {PartStat.ACCEPTED: "yes", PartStat.DECLINED: "no", PartStat.TENTATIVE: "maybe"}
        show.tally = Counter(
            said.get(i.partstat, "no answer")
            for i in await meetings.invitations(meeting.id)
            if i.invited_at or i.answered
        )
        if show.held and not any(at > now for at in releases):
            releases.add(now + THINKING)
            stage.plan(now + THINKING, release)
        if stage.pause:
            await asyncio.sleep(stage.pause)

    async def move() -> None:
        before = await meetings.by_id(meeting.id)
        assert before is not None
        shift = MOVED_TO - MEETING
        after = replace(
            before,
            dtstart=before.dtstart + shift,
            dtend=before.dtend + shift,
            reply_deadline=(before.reply_deadline or before.dtstart) + shift,
        )
        show.note(f"the convener moves the meeting to {MOVED_TO:%d %B}", "magenta")
        await change_meeting(office, before, after, stage.clock.now())

    async def by_phone() -> None:
        current = await meetings.by_id(meeting.id)
        silent = [i for i in await meetings.invitations(meeting.id) if not i.answered and i.invited_at]
        who = await people.people(office.partnership, [i.person_id for i in silent])
        chosen = next((p for p in who if p.phone and not p.dead and not p.roles), None)
        if current is not None and chosen is not None:
            show.note(f"{chosen.name} rings up: yes", "magenta")
            await enter_answer(office, current, chosen, SAID["yes"], stage.clock.now(), note="by phone")

    async def decide() -> None:
        """The convener looks at what waits, and knows one of the unknown addresses."""
        for row in await inbound.rows(office.partnership, [inbound.REVIEW]):
            if "is not in the register" in row.reason and row.proposed == "ACCEPTED" and row.invitation_id:
                invitation = await meetings.invitation(row.invitation_id)
                person = (await people.people(office.partnership, [invitation.person_id]))[0] if invitation else None
                if person is not None and person.name.split()[-1].lower() in row.author:
                    show.note(f"the convener knows {row.author}: it is {person.name}", "magenta")
                    await settle(
                        office,
                        row.id,
                        Settle.YES,
                        stage.clock.now(),
                        learn_alias=True,
                        note=f"the convener knows {row.author}",
                    )

    stage.on_quiet = after_each_instant
    stage.plan(datetime(2026, 2, 4, 9, 0, tzinfo=ZONE), decide)
    stage.plan(MOVED_ON, move)
    stage.plan(datetime(2026, 3, 12, 15, 0, tzinfo=ZONE), by_phone)
    return meeting


def _keeper(folder: Path) -> Callable[[Envelope, bytes], None]:
    folder.mkdir()
    count = 0

    def keep(envelope: Envelope, raw: bytes) -> None:
        nonlocal count
        count += 1
        (folder / f"{count:04d}-to-{canonical(envelope.forward_path).replace('/', '_')[:80]}.eml").write_bytes(raw)

    return keep


def _configuration(stage: Stage) -> str:
    """A configuration with which the commands read what the demo left behind. (Its mail servers are gone.)"""
    settings = stage.config.partnerships[0]
    return f"""# What the demo left behind, for looking at with the commands. Its mail servers ended with it.

[partnership]
key = "{settings.key}"
name = "{settings.name}"
time-zone = "{settings.time_zone}"
people = "people.csv"

[convener]
name = "{settings.convener.name}"
address = "{settings.convener.address}"

[mailbox]
address = "{settings.mailbox.address}"
host = "127.0.0.1"
tls = "none"

[sending]
host = "127.0.0.1"
tls = "none"

[service]
database = "sqlite://convener.db"
"""


async def _report(
    stage: Stage, ident: MeetingId, folder: Path | None, console: Console, show_attendance: ShowAttendance
) -> None:
    """Who is coming and why; what waits; where to look next."""
    meeting = await meetings.by_id(ident)
    assert meeting is not None
    partnership = stage.daemon.office.partnership
    show_attendance(meeting, await attendance_rows(partnership, meeting))
    counts = await outbox.counts(partnership)
    console.print(
        f"\nMails: {', '.join(f'{n} {state}' for state, n in sorted(counts.items()))}; {await inbound.count(partnership)} came in.",
        markup=False,
    )
    waits = await inbound.rows(partnership, [inbound.REVIEW, inbound.HELD])
    if waits:
        console.print(f"\n{len(waits)} messages wait for a person, because the service never guesses:")
        for row in reversed(waits):
            console.print(f"  {row.author}: {row.reason}", markup=False)
    console.print("\nWhere to look next:")
    if folder is not None:
        console.print(f"  every mail            {folder / 'mails'}", markup=False)
        for command in ("attendance launch", "review", "outbox", "inbound", "preview launch"):
            console.print(f"  convener --config {folder / 'config.toml'} {command}", markup=False)
    else:
        console.print("  convener demo --keep DIR    keeps the database and every mail, to look at with the commands")
    console.print("  convener init DIR           begins with your own partnership")
