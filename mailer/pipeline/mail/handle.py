"""One inbound message: read, understand, tie to a person, apply, decide, commit.

`handle` is the only way in. Each kind of mail has one function that writes its consequences, inside the one transaction: `answers`, `asked`,
`machines`, `wishes`; what the convener writes is for `commands` or the `desk`.
"""

import logging
from dataclasses import replace
from datetime import datetime

from mailer.errors import StoreUnusable
from mailer.parse.bulk import without_bulk
from mailer.parse.message import read
from mailer.pipeline.mail import answers, asked, commands, desk, machines, wishes
from mailer.pipeline.mail.case import Case
from mailer.pipeline.mail.known import answers_for, known_of, reported, thread_ids
from mailer.pipeline.mail.overview import Tools
from mailer.pipeline.office import Office
from mailer.store import inbound, log, outbox
from mailer.store.transact import transact, unusable
from mailer.terms import InboundId, canonical
from mailer.understand.bounds import Reader
from mailer.understand.verdict import Context, Kind, Verdict

logger = logging.getLogger(__name__)


async def handle(
    office: Office,
    reader: Reader,
    ident: InboundId,
    now: datetime,
    tools: Tools = Tools(),  # noqa: B008 - frozen
) -> None:
    """Write all consequences of one committed message, or count its failure."""
    try:
        raw = await inbound.raw(ident)
        if raw is None:
            await transact(lambda: _finish(ident, inbound.HELD, "other", "its bytes are not there", now))
            return
        raw = without_bulk(raw)  # nobody reads the rest, and what is left need not go to another process
        message = read(raw)
        thread = await outbox.by_message_ids(office.partnership, thread_ids(message))
        context = Context(
            own_text=await outbox.text_of(thread[0].id) if thread else "",
            authentication_server=office.authentication_server or None,
            own_addresses=frozenset({canonical(office.sender.mailbox)}),
            commanders=office.commanders,
            answers_for=await answers_for(office, message, thread),
        )
        verdict = _storable(await reader.understand(raw, context, message))
        known = await known_of(office, verdict, thread, now)
        thread = thread or await reported(office, verdict, known)
        case = Case(office, ident, verdict, known, thread, now, message)
        if (found := commands.commands_in(case)) is not None:
            with log.acting(_by_mail(verdict)):
                await commands.obey(case, found, tools)
            return
        if desk.is_for_the_desk(office, verdict, known, thread):
            with log.acting(_by_mail(verdict)):
                await desk.obey(case)
            return
        await transact(lambda: _consequences(case))
    except StoreUnusable:
        raise
    except Exception as exc:
        if (trouble := unusable(exc)) is not None:
            raise trouble from exc
        logger.exception("inbound=%s could not be handled", ident)
        sentence = f"The service stumbled over this message ({type(exc).__name__}); a person should look."
        await transact(lambda: inbound.failed(ident, sentence))


def _by_mail(verdict: Verdict) -> str:
    return f"{verdict.author.addr_spec if verdict.author else 'somebody'}, by mail"


def _storable(verdict: Verdict) -> Verdict:
    """Without NUL, which is no text: PostgreSQL refuses it, and one such mail would stop all others."""

    def plain(text: str) -> str:
        return text.replace("\0", "")

    said = tuple(replace(a, comment=plain(a.comment), evidence=plain(a.evidence)) for a in verdict.answers)
    return replace(
        verdict, text=plain(verdict.text), subject=plain(verdict.subject), reason=plain(verdict.reason), answers=said
    )


async def _finish(ident: InboundId, state: str, kind: str, reason: str, now: datetime) -> None:
    await inbound.finish(ident, state=state, kind=kind, reason=reason, now=now)


async def _consequences(case: Case) -> None:
    """Everything that one message changes, or nothing (inside `transact`)."""
    if not await inbound.claim(case.ident):
        return  # another worker was here first
    if await wishes.confirmed(case):
        return
    question = asked.question_of(case)
    if question is not None and await asked.answered(case, question):
        return
    match case.verdict.kind:
        case Kind.ANSWER:
            await answers.answers(case)
            await asked.note_needs(case)
        case Kind.DELIVERY_REPORT:
            await machines.delivery_report(case)
        case Kind.COMPLAINT:
            await machines.complaint(case)
        case Kind.AUTOMATIC:
            await machines.automatic(case)
        case Kind.UNSUBSCRIBE:
            await wishes.unsubscribe(case)
        case Kind.COMMAND if case.verdict.wish is not None:
            await wishes.again(case)
        case Kind.UNCLEAR | Kind.COMMAND:
            await case.unclear(case.verdict.reason)
        case Kind.OTHER:
            await _other(case)


async def _other(case: Case) -> None:
    """No answer in it. On a thread of ours a person wrote something that a person should read; else it is only somebody we know."""
    if case.known.named:
        await case.unclear(case.verdict.reason)
    else:
        await case.done(case.verdict.reason)
