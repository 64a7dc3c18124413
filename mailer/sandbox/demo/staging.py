"""Run the demo: the stage is set, the acts are played, the folder is closed."""

import shutil
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

from rich.console import Console

from mailer.errors import MailerError
from mailer.render.letters import shipped_letters
from mailer.sandbox.cast import CAST, STRANGERS, people_csv
from mailer.sandbox.demo import following, preparing
from mailer.sandbox.demo.convener import Convener
from mailer.sandbox.demo.folder import Folder
from mailer.sandbox.demo.play import ZONE, Play
from mailer.sandbox.demo.story import Passage, Story
from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import CONVENER, MAILBOX, Stalled, staged
from mailer.store import inbound, outbox, people
from mailer.terms import canonical

START = datetime(2026, 1, 26, 7, 30, tzinfo=ZONE)


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
    templates = shipped_letters()
    rules = folder.path / "rules"
    shutil.copytree(templates.parent / "rules", rules)
    shutil.copytree(templates, folder.path / "templates")
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


def _head(raw: bytes) -> tuple[str, str]:
    """Subject and author of a mail, as its header says."""
    headers = BytesHeaderParser().parsebytes(raw[:20_000])
    try:
        subject = " ".join(str(make_header(decode_header(str(headers["Subject"] or "")))).split())
    except (ValueError, LookupError):
        subject = "?"
    return subject, parseaddr(str(headers["From"] or ""))[1]


async def _left(play: Play) -> str:
    """What became of the mails: how many left, which came back from whom, and which were not needed any more."""
    partnership = play.office.partnership
    counts = await outbox.counts(partnership)
    back = await outbox.rows(partnership, [outbox.FAILED], 1000)
    told = [f"{counts.get(outbox.SENT, 0)} left."]
    if back:
        names = sorted(p.name for p in await people.people(partnership, {e.notice.person_id for e in back}))
        told.append(f"{len(back)} more came back, for an address or a mailbox does not work: {', '.join(names)}.")
    if dropped := counts.get(outbox.DROPPED, 0):
        told.append(f"{dropped} were not needed any more when their hour came (convener outbox --state dropped).")
    others = {s: n for s, n in counts.items() if s not in (outbox.SENT, outbox.FAILED, outbox.DROPPED) and n}
    told += [f"{n} are {state}." for state, n in sorted(others.items())]
    return " ".join(told)


async def _report(play: Play, console: Console) -> None:
    """How it ends, and where to look."""
    partnership = play.office.partnership
    waits = await inbound.rows(partnership, [inbound.REVIEW, inbound.HELD])
    came = f"{await inbound.count(partnership)} came in, {len(waits)} of them wait for the convener."
    console.print(f"\nMails: {await _left(play)} {came}", markup=False)
    where = play.folder.path
    console.print(f"\nAll of it lies in {where}; begin with {where / 'index.html'}.", markup=False)
    console.print("With the commands:", markup=False)
    for command in ("attendance launch", "review", "plan list", "why per@isaksencoatings.example"):
        console.print(f"  convener --config {where / 'config.toml'} {command}", markup=False)
    console.print("  convener init DIR           begins with your own partnership", markup=False)
