"""A year's rehearsal: 300 people, eight meetings, all shipped rules, everybody with habits; and where its time goes.

Rehearsed as `convener rehearse --habits` does it: a copy of the database, the service's own code, a clock that is moved.
"""

import cProfile
import os
import pstats
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.clock import SteppedClock
from mailer.config import Config
from mailer.daemon import Daemon, build
from mailer.partnership.meetings import Meeting
from mailer.pipeline.hand.changes import add_meeting
from mailer.pipeline.hand.register import import_people
from mailer.render.letters import shipped_letters
from mailer.sandbox.rehearsal import Story, rehearse
from mailer.sandbox.rehearsed import Rehearsed
from mailer.sandbox.saying import habitual
from mailer.store import people
from mailer.store.connection import opened
from mailer.terms import EventUid, MeetingId
from tests.bench.figure import Measured, times, verdict
from tests.bench.letters import settings

PEOPLE, MEETINGS = 300, 8
BEGINS = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
TARGET_SECONDS = 20.0


def partnership(folder: Path) -> Config:
    """The configuration, with the shipped rules and letters."""
    config = settings(folder)
    own = config.partnerships[0].model_copy(update={"rules": shipped_letters().parent / "rules"})
    return config.model_copy(update={"partnerships": (own,)})


def register() -> bytes:
    """300 people at 150 companies, five champions, thirty public partners."""
    rows = ["name,email,organisation,title,kind,roles,champion"]
    for number in range(PEOPLE):
        champion = number < 5
        kind = "public partner" if number % 10 == 9 else "business"
        roles = "lead champion" if number == 0 else "champion" if champion else ""
        led_by = "" if champion else f"guest{number % 5:03d}@works{number % 5:03d}.example"
        company = number % 150
        rows.append(
            f"Guest{number:03d} Anders,guest{number:03d}@works{company:03d}.example,Works {company:03d},Owner,{kind},{roles},{led_by}"
        )
    return "\n".join(rows).encode()


async def furnish(config: Config) -> None:
    """The register and eight meetings in the year."""
    async with opened(config.database):
        daemon = (await build(config, SteppedClock(BEGINS)))[0]
        await import_people(daemon.office, "people.csv", register(), BEGINS)
        for number in range(MEETINGS):
            start = BEGINS + timedelta(days=56 + 38 * number)
            meeting = Meeting(
                id=MeetingId(0),
                partnership_id=daemon.office.partnership,
                slug=f"meeting-{number + 1}",
                title=f"Meeting {number + 1}",
                event_uid=EventUid(""),
                dtstart=start,
                dtend=start + timedelta(hours=2),
                zone="America/Chicago",
                kind="launch meetings" if number in (0, 4) else "full partnership meetings",
                place="12 Mill Road",
                reply_deadline=start - timedelta(days=7),
            )
            await add_meeting(daemon.office, meeting, BEGINS)
        await daemon.close()


async def a_year(config: Config) -> Rehearsed:
    async def write(daemon: Daemon) -> tuple[Story, None]:
        everybody = [p for p in await people.people(daemon.office.partnership) if p.id != daemon.office.convener]
        return Story(BEGINS, BEGINS + timedelta(days=365), habitual(everybody, ())), None

    return await rehearse(config, config.partnerships[0].key, write, BEGINS)


async def measure(runs: int = 3) -> bool:
    """Print the figure; gives whether the target is met. With $CONVENER_PROFILE the functions that cost most."""
    with tempfile.TemporaryDirectory() as temporary:
        config = partnership(Path(temporary) / "year")
        await furnish(config)
        seconds = Measured()
        found: Rehearsed | None = None
        for _ in range(runs):
            with seconds.run():
                found = await a_year(config)
        assert found is not None
        print(f"A year rehearsed: {PEOPLE} people, {MEETINGS} meetings, the shipped rules")
        left = Counter(m.rule for m in found.mails if m.left)
        print(f"  {sum(left.values())} mails would leave, {len(found.answers)} answers come and are understood")
        print("  " + ", ".join(f"{n} {rule}" for rule, n in left.most_common()))
        print(times("the whole rehearsal", seconds))
        met = verdict(
            "seconds", sorted(seconds.wall)[len(seconds.wall) // 2], TARGET_SECONDS, at_least=False, unit=" s"
        )
        if os.environ.get("CONVENER_PROFILE"):
            profile = cProfile.Profile()
            begun = time.perf_counter()
            profile.enable()
            await a_year(config)
            profile.disable()
            print(f"  profiled: {time.perf_counter() - begun:.1f} s")
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    return met
