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

MOST_PROBLEMS = 25
"""Told in the mail; all of them stand in the file that comes with it."""

_LIST = re.compile(r".{1,200}\.(?:csv|tsv|txt|vcf|vcard)", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"\b(?:import|add|take (?:in|up)|register|list|lists|people|persons|contacts|invitees|csv|cards?|importar|lista|personas|contactos|"
    r"importier\w*|liste|kontakte|personen|importe\w*|personnes|contacts)\b",
    re.IGNORECASE,
)
_SAYS_ELSE = re.compile(
    r"\b(?:came|attended|sign[- ]?in|do not|don['’]?t|not yet|wait|draft|example|minutes|notes|agenda)\b", re.IGNORECASE
)


def list_in(case: Case, found: Commands) -> Commands | None:
    """The lists that came with a mail, as commands; None where there is none or the words are about something else."""
    asked = [c for c in found.commands if c.verb is Verb.IMPORT and c.number is None]
    if case.message is None or (found.commands and not asked) or (case.thread and not asked):
        return None
    files = [(n, f) for n, f in enumerate(case.message.enclosures) if _LIST.fullmatch(f.name.strip()) and f.size]
    if not files:
        return None
    said = f"{case.verdict.subject}\n{case.verdict.text}"
    names = [" ".join(f.name.split())[:100] for _, f in files]
    if not asked and (_SAYS_ELSE.search(said) or not (_SAYS_SO.search(said) or not case.verdict.text.strip())):
        return Commands(
            doubtful=tuple((name, "import this list\n  (above the list that you attach)") for name in names)
        )
    return Commands(
        tuple(
            Command(Verb.IMPORT, f"import {name} of mail {case.ident}/{n}", text=name, number=case.ident, guests=n)
            for (n, _), name in zip(files, names, strict=True)
        )
    )


async def take_list(case: Case, command: Command) -> tuple[str, str]:
    """Import it; gives what is told, and the command that takes it back."""
    if command.number is None:
        raise MailerError(
            "There is no list with this mail. Attach it as CSV (as a spreadsheet saves it) or as address cards (.vcf)."
        )
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
