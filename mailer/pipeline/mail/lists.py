"""A list of people that the convener mails: what is attached, taken in, and given back with the answer.

A list is taken for one where the words beside it say so, or say nothing; else the convener is asked. It is read anew from the kept message when
its code comes back. Promises: the same safety, answer and way back as every other command by mail.
"""

import re

from mailer.errors import MailerError
from mailer.parse.message import enclosed, read
from mailer.pipeline.hand import register
from mailer.pipeline.mail.case import Case
from mailer.store import imports, inbound
from mailer.terms import InboundId, canonical
from mailer.understand.commands import Command, Commands
from mailer.understand.forms import Verb
from mailer.understand.lists import read_lists

MOST_PROBLEMS = 25
"""Told in the mail; all of them stand in the file that comes with it."""

NO_LIST = "There is no list with this mail. Attach it as a workbook (.xlsx), as CSV, or as address cards (.vcf)."


def list_in(case: Case, found: Commands) -> Commands | None:
    """The lists that came with a mail, as commands; None where there is none or the words are about something else."""
    asked = [c for c in found.commands if c.verb is Verb.IMPORT and c.number is None]
    if case.message is None or (found.commands and not asked) or (case.thread and not asked):
        return None
    brought = read_lists(case.message, case.verdict.text)
    if not brought.files:
        return None
    if not asked and not brought.sure:
        told = tuple((name, "import this list\n  (above the list that you attach)") for _, name in brought.files)
        return Commands(doubtful=told) if brought.said else None
    return Commands(
        tuple(
            Command(Verb.IMPORT, f"import {name} of mail {case.ident}/{n}", text=name, number=case.ident, guests=n)
            for n, name in brought.files
        )
    )


async def take_list(case: Case, command: Command) -> tuple[str, str]:
    """Import it; gives what is told, and the command that takes it back."""
    if command.number is None:
        raise MailerError(NO_LIST)
    row = await inbound.row(case.office.partnership, InboundId(command.number))
    if row is None or canonical(row.author) not in case.office.commanders:
        raise MailerError("That list is not there.")
    raw = await inbound.raw(row.id) or b""
    content = enclosed(raw, command.guests)
    name = command.text
    if content is None or command.guests >= len(read(raw).enclosures):
        raise MailerError(f"{name} cannot be read any more. Send it again.")
    done = await register.import_people(case.office, name, content, case.now, source=case.ident)
    lines = [f"{name}: {done.new} new, {done.known} brought up to date, {done.left_out} left out."]
    if done.rest is not None:
        lines.append(
            f"What was left out is attached as {done.rest_name}, with a reason for each row. Mend it there and send it to me."
        )
    lines += [f"- line {p.line}: {p.sentence} {p.remedy}".rstrip() for p in done.problems[:MOST_PROBLEMS]]
    if len(done.problems) > MOST_PROBLEMS:
        lines.append(f"… and {len(done.problems) - MOST_PROBLEMS} more.")
    back = f"take back import {done.ident}" if done.ident is not None and done.new + done.known else ""
    return "\n".join(lines), back


async def everything(case: Case, address: str) -> str:
    """All that is kept about somebody, as a file with the answer."""
    content = await register.everything_about(case.office.partnership, address)
    name = f"{re.sub(r'[^a-z0-9]+', '-', address.lower()).strip('-')}.zip"
    await imports.keep(case.office.partnership, {}, name, content, case.ident, case.now, kind=imports.EXPORT)
    return (
        f"Everything that is kept about {address} is attached: as a list in everything.json, and the mails themselves."
    )
