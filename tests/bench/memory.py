"""The daemon's memory: a process of its own on a real Dovecot and Postfix; VmRSS while idle, VmHWM before and after a mail of 25 MB."""

import asyncio
import os
import tempfile
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from tests.bench.figure import verdict
from tests.flow.process import Installation, stop
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

SIZE = 25_000_000


def status(pid: int, name: str) -> float:
    """A value of /proc/PID/status in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024 / 1_000_000
    raise LookupError(name)


def children(pid: int) -> list[int]:
    """The processes that *pid* has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def large(author: str, to: str) -> bytes:
    """An answer in words with a photograph of almost all of SIZE."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, to, "Re: Launch meeting"
    message["Message-ID"], message["Date"] = "<large@acme.example>", "Thu, 29 Jan 2026 09:00:00 +0000"
    message.set_content("Yes, see you there. The plan of the hall is attached.")
    message.add_attachment(os.urandom(int(SIZE * 0.73)), "image", "jpeg", filename="hall.jpg")
    return message.as_bytes()


async def once(folder: Path, dovecot: Dovecot, postfix: Postfix) -> tuple[float, float, float]:
    """(idle, peak so far, peak after the large mail) in MB."""
    ours, ann, dana = dovecot.add_user(), dovecot.add_user(), dovecot.add_user()
    address, author = f"{ours.user}@northwdb.example", f"{ann.user}@acme.example"
    installation = Installation(
        folder, address, dovecot.imap_port, postfix.smtp_port, user=ours.user, password=ours.password,
        convener=f"{dana.user}@northwdb.example",
    )  # fmt: skip
    folder.mkdir(parents=True)
    await installation.prepare(("Ann Able", author))
    daemon = await installation.start("run")
    try:
        await asyncio.to_thread(ann.wait, 1, seconds=40)
        await asyncio.sleep(3)
        idle, before = status(daemon.pid, "VmRSS"), status(daemon.pid, "VmHWM")
        raw = large(author, address)
        await asyncio.to_thread(ours.append, raw)
        for _ in range(100):
            rows = await installation.json("inbound")
            if rows and rows[0]["state"] not in ("fetched", "left-alone"):
                break
            await asyncio.sleep(0.3)
        assert [r["state"] for r in rows] in (["handled"], ["review"]), rows
        after = status(daemon.pid, "VmHWM")
        after += sum(status(child, "VmHWM") for child in children(daemon.pid))
    finally:
        await stop(daemon)
    return idle, before, after


async def measure(runs: int = 3) -> bool:
    """Print the figures; gives whether the targets are met."""
    dovecot = Dovecot()
    postfix = Postfix(dovecot)
    found = []
    try:
        with tempfile.TemporaryDirectory() as temporary:
            for run in range(runs):
                found.append(await once(Path(temporary) / str(run), dovecot, postfix))
    finally:
        postfix.daemon.stop()
        dovecot.daemon.stop()
    print(f"Memory of `convener run`, {runs} runs")
    for name, values in (
        ("idle (VmRSS)", [f[0] for f in found]),
        ("peak before the large mail (VmHWM)", [f[1] for f in found]),
    ):
        print(f"  {name:<46} {median(values):8.1f} MB ({min(values):.1f} to {max(values):.1f})")
    first = verdict("idle", median(f[0] for f in found), 120, at_least=False, unit=" MB")
    added = median(max(f[2] - f[1], 0) for f in found)
    second = verdict("a mail of 25 MB adds to the peak", added, 60, at_least=False, unit=" MB")
    return first and second
