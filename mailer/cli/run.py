"""convener demo, init, check, doctor, run, explain, understand."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from mailer.cli import context
from mailer.cli.context import console, counted, fail, print_json, print_problems
from mailer.errors import ConfigProblems, MailerError, Problem

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.partnership.register import PersonRow
    from mailer.pipeline.opening import Files


def demo(
    fast: Annotated[bool, typer.Option("--fast", help="As fast as it goes, without time to read.")] = False,
    folder: Annotated[
        Path, typer.Option("--folder", "--keep", help="Where to leave the mails, documents and the story.")
    ] = Path("convener-demo"),
) -> None:
    """The whole life of a partnership on embedded mail servers with pretend people who answer in many ways. Needs nothing, ends by itself."""
    from mailer import log
    from mailer.sandbox.demo import run_demo

    log.setup("error")

    raise typer.Exit(asyncio.run(run_demo(fast=fast, folder=folder, console=console)))


def init(folder: Annotated[Path, typer.Argument(metavar="DIR")]) -> None:
    """Write config.toml, rules/, templates/ and people.csv to edit. Never overwrites."""
    from mailer.cli.init import run_init

    raise typer.Exit(run_init(folder, sys.stdout))


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Rule files, letters, people files or folders; nothing for everything.")
    ] = None,
    json: bool = False,
) -> None:
    """Every problem of the configuration, rules, letters and people files at once: file, line, remedy."""
    problems, checked = _check(paths or [])
    if json:
        print_json([{name: getattr(p, name) for name in p.__slots__} for p in problems])
    else:
        print_problems(problems)
        wrong = sum(not p.warning for p in problems)
        if not wrong:
            console.print(f"All is well: {', '.join(checked)}.", markup=False)
    if any(not p.warning for p in problems):
        raise typer.Exit(1)


def _check(paths: list[Path]) -> tuple[list[Problem], list[str]]:
    from mailer.decide.rulebook import read_rules
    from mailer.partnership.register import read_people
    from mailer.pipeline.rulefiles import rule_texts
    from mailer.render.letters import letter_names, read_letters, shipped_letters

    problems: list[Problem] = []
    checked: list[str] = []
    config: Config | None = None
    try:
        config = context.configuration()
        checked.append("the configuration")
        problems += config.warnings
    except ConfigProblems as exc:
        if not paths or context.config_file().exists():
            problems += exc.problems
    if paths:
        zone = config.partnerships[0].time_zone if config else "UTC"
        letters = letter_names([shipped_letters(), *(p.templates for p in (config.partnerships[:1] if config else ()))])
        for path in paths:
            if not path.exists():
                problems.append(Problem(str(path), 0, "There is no such file or folder."))
                continue
            checked.append(str(path))
            if path.suffix == ".csv":
                problems += read_people(path.name, path.read_bytes())[1]
            elif path.suffix in (".txt", ".html") or (
                path.is_dir() and not any(path.glob("*.toml")) and any(path.glob("*.txt"))
            ):
                problems += read_letters([shipped_letters(), path if path.is_dir() else path.parent])[1]
            elif path.is_dir():
                texts, unreadable = rule_texts(path)
                problems += [*unreadable, *read_rules(texts, letters=letters, default_zone=zone)[1]]
            elif path.resolve() != context.config_file().resolve():
                texts = {path.name: path.read_text(encoding="utf-8", errors="replace")}
                problems += read_rules(texts, letters=letters, default_zone=zone)[1]
        return problems, checked

    from mailer.pipeline.opening import read_files

    for settings in config.partnerships if config else ():
        files = read_files(settings)
        problems += [*files.letter_problems, *files.rule_problems]
        checked += [
            f"{len(files.book.rules)} rules in {len(files.rule_files)} files",
            f"{len(files.letters.names)} letters",
        ]
        if settings.people is not None:
            if settings.people.exists():
                rows, found = read_people(
                    settings.people.name, settings.people.read_bytes(), default_language=settings.language
                )
                problems += [*found, *_without_letters(settings, rows, files)]
                checked.append(counted(len(rows), "person", "people"))
            else:
                problems.append(
                    Problem(
                        str(settings.people),
                        0,
                        "There is no such people file.",
                        remedy="Make it, or take the line out of [partnership].",
                    )
                )
    return problems, checked


def _without_letters(settings: PartnershipSettings, rows: Sequence[PersonRow], files: Files) -> Iterator[Problem]:
    """Languages that people read and in which no rule has a letter: a slip, or a translation to be made."""
    written = {language for rule in files.book.rules for language in files.letters.languages(rule.letter)}
    readers: dict[str, list[PersonRow]] = {}
    for row in rows:
        readers.setdefault(row.language, []).append(row)
    for language, some in sorted(readers.items()):
        if written and not {language, language.partition("-")[0]} & written:
            who = some[0].name if len(some) == 1 else f"{some[0].name} and {len(some) - 1} more"
            told = f"No letter is written in “{language}”, which {who} would have it in."
            remedy = f"Letters there are in {', '.join(sorted(written))}; without one they get that in “{settings.language}” or English."
            yield Problem(
                settings.people.name if settings.people else settings.key,
                some[0].line,
                told,
                remedy=remedy,
                warning=True,
            )


def doctor() -> None:
    """Try the mailbox, the mail server, the database and the clock for real, and say what is wrong and how to mend it."""
    from mailer.cli.doctor import run_doctor
    from mailer.store.connection import opened, room_left

    config = context.configuration()

    async def whole() -> int:
        code = await run_doctor(config, sys.stdout)
        try:
            async with opened(config.database):
                from mailer.store import log, people

                for settings in config.partnerships:
                    partnership = await people.ensure_partnership(settings.key, settings.name, datetime.now(UTC))
                    for what, sentence, since in await log.troubles(partnership):
                        console.print(
                            f"trouble   {settings.key}: {what} since {since:%d %b %H:%M} UTC: {sentence}", markup=False
                        )
                        code = 1
            room = room_left(config.database)
            if room is not None and room < 200_000_000:
                console.print(f"database  only {room // 1_000_000} MB are left on its disk. Make room.")
                code = 1
            else:
                console.print("database  works")
        except MailerError as exc:
            console.print(f"database  {exc}", markup=False)
            code = 1
        return code

    raise typer.Exit(asyncio.run(whole()))


def run(
    once: Annotated[bool, typer.Option("--once", help="Handle what is there and what is due, then return.")] = False,
    since: Annotated[
        str | None,
        typer.Option(
            help="At the very first start, read mail from this day on (2026-03-01); else old mail is left alone."
        ),
    ] = None,
) -> None:
    """The service: reads, answers, reminds, until it is told to stop (SIGTERM, Ctrl-C)."""
    from mailer import daemon, log

    config = context.configuration()
    print_problems(config.warnings)
    log.setup(config.log_level, config.log_format)
    instant = None
    if since is not None:
        try:
            instant = datetime.fromisoformat(since).replace(tzinfo=ZoneInfo(config.partnerships[0].time_zone))
        except ValueError as exc:
            raise fail(f"“{since}” is no day. Write it like 2026-03-01.", 2) from exc
    try:
        asyncio.run(daemon.run(config, once=once, since=instant))
    finally:
        logging.shutdown()


def explain(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    json: bool = False,
) -> None:
    """What the service understands of each message; no side effect, no database."""
    from mailer.cli.explain import run_explain

    raise typer.Exit(run_explain(paths, json, sys.stdout))


def understand(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, both ways.")] = False,
) -> None:
    """What reply texts mean: a batch on standard input."""
    from mailer.cli.understand import run_understand

    if not jsonl:
        raise fail("Write: convener understand --jsonl, with one JSON object a line on standard input.", 2)
    raise typer.Exit(run_understand(sys.stdin, sys.stdout))
