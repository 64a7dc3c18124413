"""Rule files: what checking 200 of them costs, beside the TOML library that reads the same texts and understands nothing of them, and as the
command that a convener types; and what the preview of a meeting with 1,000 people costs, beside one pass over the same people that only asks who
is a business and not invited."""

import asyncio
import os
import re
import resource
import sys
import tempfile
import tomllib
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from mailer.decide.preview import preview
from mailer.decide.rulebook import RuleBook, read_rules
from mailer.decide.snapshot import Snapshot, Standing
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.shipped import shipped_rules
from mailer.terms import EventUid, InvitationId, MeetingId, PartnershipId, PersonId, Token
from tests.bench.figure import Measured, times, verdict

FILES, PEOPLE, RUNS = 200, 1_000, 5
EXAMPLES = Path(__file__).parents[1] / "flow" / "examples"
NOW = datetime(2026, 1, 26, 14, 0, tzinfo=UTC)


def files(count: int) -> dict[str, str]:
    """*count* rule files: the shipped ones and the examples in turn, each rule with a heading of its own."""
    pages = [p.read_text("utf-8") for folder in (shipped_rules(), EXAMPLES) for p in sorted(folder.glob("*.toml"))]
    reserved = ("about", "timing", "groups")
    return {
        f"{number}.toml": re.sub(
            r"^\[([a-z0-9-]+)\]",
            lambda m, n=number: m[0] if m[1] in reserved else f"[{m[1]}-{n}]",
            pages[number % len(pages)],
            flags=re.MULTILINE,
        )
        for number in range(count)
    }


def letters(texts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(re.findall(r'^send\s*=\s*"([^"]+)"', "\n".join(texts.values()), re.MULTILINE))


CONFIG = """[partnership]
key = "bench"
name = "Bench"
time-zone = "America/Chicago"
[convener]
name = "Dana Reyes"
address = "dana@northwdb.example"
[mailbox]
address = "partnership@northwdb.example"
host = "127.0.0.1"
[sending]
host = "127.0.0.1"
"""


def folder(where: Path, texts: Mapping[str, str]) -> list[str]:
    """Write *texts* and the letters that they name as a convener has them; gives the command that checks them."""
    for name in ("rules", "templates"):
        (where / name).mkdir()
    (where / "config.toml").write_text(CONFIG)
    for name, text in texts.items():
        (where / "rules" / name).write_text(text)
    for letter in letters(texts):
        (where / "templates" / f"{letter}.txt").write_text(f"Subject: {letter}\n\nThis is {letter}.\n")
    return [sys.executable, "-m", "mailer", "--config", str(where / "config.toml"), "check", str(where / "rules")]


def partnership(people: int) -> tuple[RuleBook, Snapshot]:
    """A meeting six weeks ahead, with *people* people of all kinds, and the first three examples."""
    texts = {p.name: p.read_text("utf-8") for p in sorted(EXAMPLES.glob("*.toml"))[:3]}
    book, _ = read_rules(texts, letters=letters(texts), default_zone="America/Chicago")
    start = NOW + timedelta(days=45)
    held = Meeting(
        MeetingId(1), PartnershipId(1), "launch", "Launch", EventUid("u"), start, start + timedelta(hours=2), "America/Chicago",
        place="12 Mill Road", reply_deadline=start - timedelta(days=7), created_at=NOW - timedelta(days=5),
    )  # fmt: skip
    standings = []
    for n in range(1, people + 1):
        champion = n % 50 == 1
        one = Person(
            PersonId(n), PartnershipId(1), f"Guest{n} Anders", (f"guest{n}@company{n}.example",), organisation=f"Company {n // 3}",
            kind=list(PartnerKind)[n % 3], roles=frozenset({Role.CHAMPION} if champion else ()), champion=PersonId(n - n % 50 + 1),
        )  # fmt: skip
        invited = Invitation(InvitationId(n), held.id, one.id, Token("t"), invited_at=NOW - timedelta(days=2))
        standings.append(Standing(one, invited if n % 5 == 0 else None))
    return book, Snapshot(held, tuple(standings))


def _bare(snapshot: Snapshot) -> int:
    return sum(s.person.kind is PartnerKind.BUSINESS and s.invited_at is None for s in snapshot.standings)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _run(command: list[str], environment: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    assert await process.wait() == 0, command


async def measure() -> bool:
    """Print the figures; gives whether the targets are met."""
    texts = files(FILES)
    named = letters(texts)
    read_rules({"x.toml": texts["0.toml"]}, letters=named, default_zone="UTC")  # compile the grammar: once a process
    ours, library, plan, bare, command = Measured(), Measured(), Measured(), Measured(), Measured()
    computed: list[float] = []  # one process on one core: what it takes on a quiet machine
    book = RuleBook()
    for number in range(RUNS):
        # another remark in each, so that nothing is remembered of the run before but the words
        fresh = {name: f"# run {number}\n{text}" for name, text in texts.items()}
        with ours.run():
            book, problems = read_rules(fresh, letters=named, default_zone="America/Chicago")
        wrong = [p for p in problems if not p.warning]
        assert not wrong, wrong[0]
        with library.run():
            for text in fresh.values():
                tomllib.loads(text)
    with tempfile.TemporaryDirectory() as temporary:
        check = folder(Path(temporary), texts)
        # as installed: with what Python keeps of the modules it has compiled
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
            "PYTHONPYCACHEPREFIX": temporary
        }
        await _run(check, kept)
        for _ in range(RUNS):
            with command.run():
                before = _of_children()
                await _run(check, kept)
                computed.append(_of_children() - before)
    rules, snapshot = partnership(PEOPLE)
    serving = rules.serving(snapshot.meeting)
    known = {r.id: NOW - timedelta(days=30) for r in serving}
    lines = 0
    for number in range(RUNS):
        now = NOW + timedelta(minutes=number)
        with plan.run():
            lines = len(preview(serving, snapshot, known, now))
        with bare.run():
            _bare(replace(snapshot))
    print(
        f"Rule files: {FILES} files with {len(book.rules)} rules; a meeting with {PEOPLE} people and {len(serving)} rules ({lines} lines)"
    )
    print(times("checking them", ours))
    print(times("the TOML library alone", library))
    print(times("convener check, a process of its own", command))
    print(times("preview", plan))
    print(times("one question to each of the people", bare))
    return all(
        [
            verdict("checking 200 rule files", median(ours.wall), 2.0, at_least=False, unit=" s"),
            verdict(
                "convener check of them, CPU",
                median(computed),
                2.0,
                at_least=False,
                unit=" s",
            ),
            verdict("preview of a meeting with 1,000 people", median(plan.wall), 1.0, at_least=False, unit=" s"),
        ]
    )
