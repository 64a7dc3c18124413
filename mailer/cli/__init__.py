"""The commands: thin shells that read what was typed, call one function, and print.

run      demo, init, check, doctor, run        people    people …
plan     plan …                               questions  question …
rules    preview, why, words, changes, test-letter; rehearse
meetings  meeting …, attendance
mail     inbound, outbox, review               explain, understand: what the service makes of a message
printing print …: documents as PDF
aftermath came, summary, share, decided, stories, report; approvals: what signers said
records  log, retention
context  what all share
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import mailer
from mailer.cli import (
    aftermath,
    approvals,
    context,
    gaps,
    mail,
    meetings,
    people,
    plan,
    printing,
    questions,
    records,
    rehearse,
    rules,
    run,
)
from mailer.errors import MailerError

_SAID_BY_MAIL = {
    "status": "meeting list", "who": "attendance MEETING", "waiting": "review, or: convener outbox", "tally": "question list",
    "questions": "question list",
    "move": "meeting change", "place": "meeting change", "cancel": "meeting cancel", "add": "people add", "forget": "people forget",
    "export": "people export", "import": "people import", "gaps": "people gaps", "letter": "people letter", "release": "outbox release",
    "hold": "outbox", "drop": "outbox", "send": "outbox release", "item": "plan", "items": "plan list", "settle": "question settle",
    "ask": "question ask", "undo": "log, and take back by hand what it tells", "help": "--help", "meetings": "meeting list",
}  # fmt: skip
"""What a convener writes in a mail is not always what is typed."""


class _Commands(TyperGroup):
    """Says what to type where a command is only known by mail."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> tuple[str | None, Any, list[str]]:  # type: ignore[override]
        if args and args[0] not in self.commands and (typed := _SAID_BY_MAIL.get(args[0].lower())) is not None:
            ctx.fail(f"There is no command “{args[0]}”. Write: convener {typed}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    help="Invitations, answers, reminders and attendance of industry partnerships, run from the convener's own mailbox.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"convener {mailer.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    config: Annotated[
        Path | None, typer.Option(help="Configuration (default: config.toml here, else $CONVENER_CONFIG).")
    ] = None,
    partnership: Annotated[
        str | None, typer.Option(help="Which partnership, where the configuration has several.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    del version
    context.CONFIG.set(config)
    context.PARTNERSHIP.set(partnership)


_COMMANDS: tuple[Callable[..., None], ...] = (
    run.demo, run.init, run.check, run.doctor, run.run, rules.preview, rehearse.rehearse, rules.why, rules.words, rules.changes,
    meetings.attendance, aftermath.came, aftermath.summary, aftermath.share, aftermath.decided, aftermath.stories, aftermath.report,
    approvals.approvals, mail.review, mail.inbound, mail.outbox, records.log, records.retention, run.explain, run.understand,
)  # fmt: skip
for _command in _COMMANDS:
    app.command()(_command)
app.command("test-letter")(rules.letter_test)
people.app.command("gaps")(gaps.gaps)
app.add_typer(people.app, name="people")
app.add_typer(plan.app, name="plan")
app.add_typer(questions.app, name="question")
app.add_typer(meetings.app, name="meeting")
app.add_typer(printing.app, name="print")


def _whole_in_lists(some: typer.Typer) -> None:
    """The list of commands shows each one's first sentence to its end; left alone, it is cut in the middle."""
    for one in some.registered_commands:
        said = " ".join(((one.callback.__doc__ if one.callback else "") or "").split())
        one.short_help = said.partition(". ")[0].rstrip(".") + "."
    for group in some.registered_groups:
        if group.typer_instance is not None:
            group.short_help = str(group.typer_instance.info.help).partition(". ")[0].rstrip(".") + "."
            _whole_in_lists(group.typer_instance)


_whole_in_lists(app)

GLOBAL = ("--config", "--partnership")


def anywhere(arguments: list[str]) -> list[str]:
    """``--config`` and ``--partnership`` may stand before or after the command."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in GLOBAL:
            first += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.startswith(tuple(f"{g}=" for g in GLOBAL)):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def main() -> None:
    """The console script: whatever goes wrong is said in a plain line or a few."""
    try:
        app(anywhere(sys.argv[1:]), prog_name="convener")
    except MailerError as exc:
        context.errors.print(str(exc), markup=False)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BaseExceptionGroup as group:
        _say_group(group)
        sys.exit(1)
    except Exception as exc:
        context.errors.print(
            f"Something is wrong in the program itself ({type(exc).__name__}: {exc}). Nothing was lost; please report it.",
            markup=False,
        )
        if "--traceback" in sys.argv:
            raise
        sys.exit(1)


def _say_group(group: BaseExceptionGroup[BaseException]) -> None:
    for exc in group.exceptions:
        if isinstance(exc, BaseExceptionGroup):
            _say_group(exc)
        else:
            context.errors.print(str(exc) or type(exc).__name__, markup=False)
