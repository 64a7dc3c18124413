"""`convener doctor`: try the mailbox, the way out, the clock and the time zones for real, and say how to mend what is wrong.

Promises: changes nothing, sends nothing; every partnership is tried, whatever the first one says. Passwords are never shown.
Fails: exit code 1 where something is wrong that a person must mend.
"""

import asyncio
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import TextIO

from mailer import shipped
from mailer.clock import Clock, WorldClock
from mailer.config import Config, PartnershipSettings
from mailer.receive import probe as mailbox
from mailer.send import smtp

SECONDS = 60.0
"""For each try. The parts have limits of their own; this one is for what they forgot."""


async def run_doctor(config: Config, out: TextIO, clock: Clock | None = None) -> int:
    """Try everything but the database, and write one line each to *out*."""
    wrong = 0
    out.writelines(f"note      {_indented(str(warning))}\n" for warning in config.warnings)
    wrong += _say(
        out, "clock", _clock_problem((clock or WorldClock()).now()), f"{datetime.now().astimezone():%d %B %Y, %H:%M %Z}"
    )
    for partnership in config.partnerships:
        if len(config.partnerships) > 1:
            out.write(f"\n{partnership.name} ({partnership.key})\n")
        zone = partnership.time_zone
        wrong += _say(out, "time zone", _zone_problem(zone), f"{zone}; {_zone_source()}")
        wrong += await _mailbox(partnership, out)
        wrong += await _sending(partnership, out)
    if wrong:
        out.write(f"\n{'One thing needs' if wrong == 1 else f'{wrong} things need'} mending.\n")
    return 1 if wrong else 0


async def _mailbox(partnership: PartnershipSettings, out: TextIO) -> int:
    settings = partnership.mailbox
    place = f"{settings.user or settings.address} at {settings.host}, port {settings.port}"
    if settings.password is None:
        problem = "No password is set. Set CONVENER_MAILBOX_PASSWORD in the environment, or see [mailbox] in the configuration."
        return _say(out, "mailbox", problem, place)
    try:
        async with asyncio.timeout(SECONDS):
            probed = await mailbox.probe(settings)
    except TimeoutError:
        return _say(out, "mailbox", f"{settings.host} has not answered within {SECONDS:.0f} seconds.", place)
    wrong = _say(out, "mailbox", probed.problem, place)
    out.writelines(f"            {note}\n" for note in probed.notes)
    return wrong


async def _sending(partnership: PartnershipSettings, out: TextIO) -> int:
    settings = partnership.sending
    place = f"{settings.host}, port {settings.port}, "
    place += f"signed in as {settings.user}" if settings.password else "without signing in"
    try:
        async with asyncio.timeout(SECONDS):
            problem = await smtp.probe(settings)
    except TimeoutError:
        problem = f"{settings.host} has not answered within {SECONDS:.0f} seconds."
    return _say(out, "sending", problem, place)


def _say(out: TextIO, what: str, problem: str | None, fine: str) -> int:
    if problem:
        out.write(f"{'WRONG':<10}{what} ({fine}):\n            {_indented(problem)}\n")
    else:
        out.write(f"{'ok':<10}{what}: {fine}\n")
    return 1 if problem else 0


def _indented(text: str) -> str:
    return "\n            ".join(text.splitlines())


def _clock_problem(now: datetime) -> str | None:
    """The clock cannot be checked against another without the network's help; but it cannot stand before the program was written."""
    written = datetime.fromtimestamp((shipped.shipped() / shipped.EXAMPLE).stat().st_mtime, UTC)
    # Packers set round dates in the past on purpose; a checkout is dated by itself. Neither is in the future.
    if now < written - timedelta(days=1):
        return f"The clock of this machine says {now:%d %B %Y}, which is before this program came to it. Set it (timedatectl set-ntp true)."
    return None


def _zone_problem(name: str) -> str | None:
    try:
        zone = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return f"This machine knows no time zone {name}. Install the package tzdata."
    january = datetime(2026, 1, 1, tzinfo=zone)
    return (
        None
        if january.utcoffset() is not None
        else f"The data of time zone {name} is empty. Install the package tzdata."
    )


def _zone_source() -> str:
    try:
        return f"tzdata {version('tzdata')}"
    except PackageNotFoundError:
        return "the system's data"
