"""What the convener asks of the service by mail, done: look, change, take back.

Who may command: an address of the configuration, where the named server says that the mail is really from there (DMARC passed); else the service
answers with a code that only the owner of the address can read, and does nothing until it comes back.

Promises: a line that was not wholly understood changes nothing; each change is told with the words that take it back; what cannot be taken back
          is asked about first. Never: answers a machine, or anybody who may not command.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailer.decide.rule import Group
from mailer.errors import MailerError
from mailer.pipeline.mail import desk, lists, references
from mailer.pipeline.mail.case import Case
from mailer.pipeline.mail.orders import NOT_WRITTEN_TO, Done, Orders
from mailer.pipeline.mail.overview import Overview, Tools
from mailer.store import imports, inbound, meetings
from mailer.store.transact import attempt, transact
from mailer.terms import InboundId, canonical
from mailer.understand.asks.question import Written
from mailer.understand.commands import Command, Commands, read_commands, settled
from mailer.understand.forms import LOOKS, Verb
from mailer.understand.verdict import Kind

_FOR_GOOD = frozenset({Verb.FORGET, Verb.CANCEL})
"""What cannot be taken back: it is done when its code comes back."""

_PENDING = re.compile(r"^To do this, reply with the code (?P<code>\d{6})\.\n(?P<lines>(?:> .+\n?)+)", re.MULTILINE)
_WAY_BACK = re.compile(r"^To take it back, reply “undo”\. \((?P<line>.+)\)$", re.MULTILINE)
_LIKE_OURS = re.compile(r"^(?=To (?:do this|take it back), reply)", re.MULTILINE)
"""What somebody else wrote may look like the two lines above."""
_AS_LONG_AS = ", as long as it is: "
_CODE_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Order:
    """A command to be done; *left*: as long as things stand so (`Done.left`), where it takes something back."""

    command: Command
    left: str = ""

    @property
    def line(self) -> str:
        """It in words that mean the same on any other day."""
        return settled(self.command).words + (f"{_AS_LONG_AS}{self.left}" if self.left else "")


def commands_in(case: Case) -> Commands | None:
    """The commands of a mail from somebody who may command; None for all other mail."""
    verdict, author = case.verdict, case.known.author
    if author is None or verdict.author is None or verdict.automatic is not None or verdict.itip is not None:
        return None
    if canonical(verdict.author.addr_spec) not in case.office.commanders or verdict.authentication.failed:
        return None
    if verdict.kind not in (Kind.OTHER, Kind.UNCLEAR, Kind.ANSWER, Kind.COMMAND, Kind.UNSUBSCRIBE):
        return None
    if desk.understands(case.office, verdict, case.known, case.thread):
        return None
    written = Written(verdict.date or case.now, case.office.zone, "en")
    found = read_commands(verdict.text, verdict.subject, written, verdict.author.display_name)
    if not found.commands and (sheet := _sheet(case)) is not None:
        return sheet
    if (brought := lists.list_in(case, found)) is not None and not _to_others(case):
        return brought
    if verdict.kind is Kind.UNSUBSCRIBE and case.thread:
        return None  # the convener's own wish, on a letter
    if not found.commands and (verdict.answers or _on_a_letter(case)):
        return None  # begins like a command, and is an answer, or talk about a letter
    if _to_others(case):
        doubts = tuple(
            (c.words, f"{c.words}\n(to me alone, for this mail went to others, too)") for c in found.commands
        )
        return Commands(doubtful=doubts) if doubts else None
    return found if found.any else None


def _on_a_letter(case: Case) -> bool:
    """Does the mail answer a letter as its reader? (What a rule writes to the convener alone, and asks nothing, is no such letter.)"""
    if not case.thread or case.thread[0].notice.rule.startswith("service-"):
        return False
    rule = case.office.book.rule(case.thread[0].notice.rule)
    return rule is None or bool(rule.ask) or any(a.group is not Group.CONVENER for a in rule.to)


def _to_others(case: Case) -> bool:
    """Does the mail go to anybody beside the service and those who may command it?"""
    own = canonical(case.office.sender.mailbox)
    name, _, domain = own.partition("@")
    return any(
        address != own
        and address not in case.office.commanders
        and not (address.startswith(f"{name}+") and address.endswith(f"@{domain}"))
        for address in map(canonical, case.verdict.recipients)
    )


def _sheet(case: Case) -> Commands | None:
    """The sign-in sheet that is attached to an answer to “who came?”, where the words beside it say nothing else."""
    if not case.thread or case.thread[0].notice.letter != "who-came" or case.message is None:
        return None
    files = [f for f in case.message.enclosures if f.name.lower().endswith((".csv", ".txt", ".tsv"))]
    if len(files) != 1:
        return None
    return Commands(
        (Command(Verb.CAME, f"the sheet {files[0].name}", text=files[0].name, answer=files[0].content_type),)
    )


async def obey(case: Case, found: Commands, tools: Tools) -> None:
    """Do what *found* says, and answer with what was done: one commit. (What only looks is looked up before: a rehearsal takes its time.)"""
    office, overview = case.office, Overview(case, tools)
    wanted: list[_Order] = []
    ready: dict[_Order, str] = {}
    for command in found.commands:
        try:
            wanted += await _orders(case, command)
        except MailerError as exc:
            wanted.append(order := _Order(command))
            ready[order] = _not_done(order, exc)
    pictures = []
    for order in wanted:
        if order not in ready and order.command.verb in LOOKS and order.command.verb is not Verb.CODE:
            ready[order] = await _looked(overview, order)
            page = await overview.picture(order.command)
            pictures += [page] if page is not None else []
    proven = case.verdict.authentication.dmarc == "pass" and bool(office.authentication_server)
    asked = [
        o for o in wanted
        if o not in ready and (o.command.verb in _FOR_GOOD or (o.command.verb not in LOOKS and not proven))
    ]  # fmt: skip
    ready |= {o: sentence for o in asked if (sentence := await _refused(case, o))}
    asked = [o for o in asked if o not in ready]
    parts = [
        f"“{typed}”: I am not sure what you mean, so nothing was done. Write it like:\n  {form}"
        for typed, form in found.doubtful
    ]

    async def write() -> None:
        if not await inbound.claim(case.ident):
            return
        told = [ready[o] if o in ready else await _done(case, o) for o in wanted if o not in asked]
        report = "\n\n".join([*parts, *told, *([_code(asked, proven)] if asked else [])])
        await inbound.finish(
            case.ident, state=inbound.HANDLED, kind="command", reason=report, now=case.now, words=case.verdict.text
        )
        for name, page in pictures:
            await imports.keep(office.partnership, {}, name, page, case.ident, case.now, kind=imports.EXPORT)
        assert case.known.author is not None
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, case.now)
        await desk.tell(case, at_large, case.known.author.id)

    await transact(write)


async def _orders(case: Case, command: Command) -> list[_Order]:
    """*command* as it stands where it is: a sheet is read, "undo" means what it takes back, the letter that is answered names the meeting."""
    if command.verb is Verb.UNDO:
        return await _ways_back(case)
    if command.verb is Verb.CAME and command.roll is None:
        return [_Order(await references.sheet_called(case, command))]
    return [_Order(await references.placed(case, command))]


async def _looked(overview: Overview, order: _Order) -> str:
    try:
        return _LIKE_OURS.sub(" ", await overview.look(order.command))
    except MailerError as exc:
        return _not_done(order, exc)


async def _done(case: Case, order: _Order) -> str:
    """Do it, wholly or not at all (inside `transact`); gives what is told."""
    try:
        if order.command.verb is Verb.CODE:
            return await _with_code(case, order.command)
        done = await attempt(lambda: _carried_out(case, order))
    except MailerError as exc:
        return _not_done(order, exc)
    told = _LIKE_OURS.sub(" ", done.told)
    if not done.back or references.own_line(case, done.back) is None:
        return told
    left = f"{_AS_LONG_AS}{done.left}" if done.left else ""
    return f"{told}\nTo take it back, reply “undo”. ({done.back}{left})"


async def _carried_out(case: Case, order: _Order) -> Done:
    if order.left == NOT_WRITTEN_TO:
        await references.not_written_to(case, order.command.address)
        return await Orders(case).carry_out(order.command)
    done = await Orders(case).carry_out(order.command)
    if order.left and done.back != order.left:
        if done.back == order.command.words:
            raise MailerError("It is so already.")
        stands = f" Now: {done.back}." if done.back else ""
        raise MailerError(
            f"It was changed since then.{stands} If you want this all the same, write: {order.command.words}."
        )
    return done


def _not_done(order: _Order, why: MailerError) -> str:
    return f"“{order.command.words}”: {why} Nothing was done."


async def _refused(case: Case, order: _Order) -> str:
    """Why it cannot be done, as far as that can be seen before its code comes back; empty where it can."""
    command = order.command
    try:
        if command.meeting or command.verb in (Verb.MOVE, Verb.PLACE, Verb.CANCEL):
            await references.meeting_meant(case, command)
        if command.verb in (Verb.FORGET, Verb.ANSWER, Verb.EXPORT):
            await references.person_at(case, command.address)
        if order.left == NOT_WRITTEN_TO:
            await references.not_written_to(case, command.address)
        if command.verb is Verb.IMPORT and command.number is None:
            raise MailerError(lists.NO_LIST)
    except MailerError as exc:
        return _not_done(order, exc)
    return ""


# the code, and the way back ----------------------------------------------------------------------------------------------------------


def _code(asked: Sequence[_Order], proven: bool) -> str:
    """What is done when its code comes back."""
    lines = "\n".join(f"> {o.line}" for o in asked)
    why = "This cannot be taken back." if proven else "I cannot see that this mail is really from you."
    return f"{why}\nTo do this, reply with the code {secrets.randbelow(10**6):06d}.\n{lines}"


async def _with_code(case: Case, command: Command) -> str:
    """The code has come back: it is really the convener. It serves once, and for a day."""
    row = await _answered(case)
    found = _PENDING.search(row.reason) if row else None
    if row is None or found is None or found["code"] != f"{command.number or 0:06d}":
        raise MailerError("This code does not belong to anything that waits.")
    if row.handled_at is not None and case.now - row.handled_at > _CODE_LASTS:
        raise MailerError("This code is too old. Write your command again.")
    await inbound.retell(row.id, row.reason.replace(found["code"], "that was used"))
    lines = [line.removeprefix("> ") for line in found["lines"].splitlines()]
    return "\n\n".join([await _done(case, order) for line in lines if (order := _read(case, line)) is not None])


async def _ways_back(case: Case) -> list[_Order]:
    """What takes back what the mail that is replied to did, the last first. Raises MailerError where nothing does."""
    row = await _answered(case)
    if row is None:
        raise MailerError("Reply “undo” to the mail that says what I did and can take back.")
    found = [_read(case, line) for line in reversed(_WAY_BACK.findall(row.reason))]
    if not any(found):
        raise MailerError("That mail tells of nothing that “undo” could take back. Write what you want instead.")
    return [order for order in found if order is not None]


def _read(case: Case, line: str) -> _Order | None:
    """A line of the service's own (`_Order.line`)."""
    words, _, left = line.partition(_AS_LONG_AS)
    command = references.own_line(case, words)
    return _Order(command, left) if command is not None else None


async def _answered(case: Case) -> inbound.InboundRow | None:
    """The message to whose answer this mail replies."""
    entry = next((e for e in case.thread if e.notice.rule == desk.DONE_RULE), None)
    if entry is None:
        return None
    return await inbound.row(case.office.partnership, InboundId(int(entry.notice.round.removeprefix("inbound-"))))
