"""The program as a convener runs it: commands in processes of their own, with a configuration file, on whatever servers a test has."""

import asyncio
import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

RULES = """
[about]
title = "Rules for tests"
serves = "all meetings"

[timing]
send-between = "any time"

[invite]
when = "20 weeks before meeting start at 09:00"
to = "businesses who have not been invited"
send = "invitation-business"
attach = ["calendar invitation"]
if-late = "send at once until meeting start"

[confirm]
when = "reply is yes"
to = "the person who replied"
send = "confirmation-yes"
attach = ["calendar invitation"]

[sorry]
when = "reply is no"
to = "the person who replied"
send = "sorry-you-cannot"

[moved]
when = "meeting is moved"
to = "everyone invited who has not said no"
send = "moved"
attach = ["calendar update"]

[cancelled]
when = "meeting is cancelled"
to = "everyone invited who has not said no"
send = "cancelled"
attach = ["calendar cancellation"]

[dead]
when = "mail bounces"
to = "convener"
send = "address-is-dead"
"""

CHASE = f"""{RULES}
[chase]
when = "place is changed"
to = "everyone invited who has not replied"
send = "reminder"
"""


@dataclass
class Installation:
    """A folder with config.toml, rules and a database, and the commands on it."""

    folder: Path
    address: str
    imap_port: int
    smtp_port: int
    user: str = "convener"
    password: str = "sandbox"
    convener: str = "dana@northwoods.example"
    database: str = "sqlite://convener.db"
    tls: str = "none"
    rules: dict[str, str] = field(default_factory=lambda: {"rules.toml": RULES})

    def write(self) -> None:
        (self.folder / "rules").mkdir(parents=True, exist_ok=True)
        for name, text in self.rules.items():
            (self.folder / "rules" / name).write_text(text)
        config = f"""
[partnership]
key = "northwoods"
name = "Northwoods Partnership"
time-zone = "America/Chicago"
rules = "rules"
templates = "templates"

[convener]
name = "Dana Reyes"
address = "{self.convener}"

[mailbox]
address = "{self.address}"
host = "127.0.0.1"
port = {self.imap_port}
tls = "{self.tls}"
user = "{self.user}"
poll-every = 5

[sending]
host = "127.0.0.1"
port = {self.smtp_port}
tls = "none"
most-per-minute = 10000
most-per-day = 100000

[service]
database = "{self.database}"
"""
        (self.folder / "templates").mkdir(exist_ok=True)
        (self.folder / "config.toml").write_text(config)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "CONVENER_MAILBOX_PASSWORD": self.password,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    async def start(self, *arguments: str, module: str = "mailer") -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, "--config", str(self.folder / "config.toml"),
            env=self.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *arguments: str, expect: int | None = 0, module: str = "mailer", seconds: float = 60) -> str:
        """Run one command to its end; what it printed. No traceback is ever right."""
        process = await self.start(*arguments, module=module)
        try:
            out, err = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            process.kill()
            raise
        text = out.decode() + err.decode()
        assert "Traceback" not in text, text
        if expect is not None:
            assert process.returncode == expect, f"{arguments} gave {process.returncode}:\n{text}"
        return out.decode()

    async def json(self, *arguments: str) -> Any:
        return json.loads(await self.run(*arguments, "--json"))

    async def prepare(self, *people: tuple[str, str]) -> None:
        """Write the files, bring people in, plan a meeting."""
        self.write()
        rows = "".join(f"{name},{email},{name.split()[-1]} Works,business\n" for name, email in people)
        (self.folder / "people.csv").write_text(f"name,email,organisation,kind\n{rows}")
        await self.run("people", "import", str(self.folder / "people.csv"))
        day = datetime.now(UTC).date() + timedelta(days=60)
        await self.run(
            "meeting", "add", "launch", "--title", "Launch meeting", "--start", f"{day} 09:00", "--place", "12 Mill Road",
            "--deadline", f"{day - timedelta(days=7)} 17:00",
        )  # fmt: skip

    async def prepared(self, template: Path) -> None:
        """The same as `prepare`, from a folder in which it was done before (the database knows neither ports nor paths)."""
        shutil.copytree(template, self.folder, dirs_exist_ok=True)
        self.write()

    async def attendance(self) -> dict[str, str]:
        rows = (await self.json("attendance", "launch"))["attendance"]
        return {r["address"]: r["answer"] for r in rows}


async def stop(process: asyncio.subprocess.Process, number: int = signal.SIGTERM) -> str:
    """End a running daemon as its user would; what it logged."""
    if process.returncode is None:
        process.send_signal(number)
    _, err = await asyncio.wait_for(process.communicate(), 30)
    return err.decode()
