"""Try a mailbox once, for `convener doctor`.

Promises: nothing in the mailbox changes; it ends within the limits of a connection. The answer is in words a convener understands.
"""

from dataclasses import dataclass

from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused
from mailer.receive.imap import LIMITS, Limits
from mailer.receive.session import Session

_SHOWN_MAILBOXES = 12


@dataclass(frozen=True, slots=True)
class Probed:
    """What a try found out. *problem* says what is wrong and what mends it, or is None; *notes* is what else is worth knowing."""

    problem: str | None
    notes: tuple[str, ...] = ()


async def probe(settings: ImapSettings, limits: Limits = LIMITS) -> Probed:
    """Connect, log in, open the mailbox, and say what came of it."""
    try:
        session = await Session.connect(settings, limits)
    except (MailboxLost, MailboxRefused) as error:
        return Probed(str(error))
    notes = list(_abilities(session.capabilities, settings))
    try:
        selected = await session.select(settings.mailbox)
        notes.insert(0, f'Logged in; "{settings.mailbox}" holds {selected.exists} messages.')
        if settings.file_into and selected.read_only:
            notes.append(
                f'"{settings.mailbox}" may only be read: no message will be filed into "{settings.file_into}".'
            )
        elif settings.file_into and settings.file_into not in await session.mailboxes():
            notes.append(f'"{settings.file_into}" is not there yet: it will be created.')
        await session.close()
    except MailboxRefused as error:
        return Probed(await _with_names(session, str(error)), tuple(notes))
    except MailboxLost as error:
        return Probed(str(error), tuple(notes))
    finally:
        session.abort()
    return Probed(None, tuple(notes))


async def _with_names(session: Session, sentence: str) -> str:
    try:
        names = await session.mailboxes()
    except (MailboxLost, MailboxRefused):
        return sentence
    shown = ", ".join(f'"{name}"' for name in sorted(names)[:_SHOWN_MAILBOXES])
    more = f" and {len(names) - _SHOWN_MAILBOXES} more" if len(names) > _SHOWN_MAILBOXES else ""
    return f"{sentence} There are: {shown}{more}." if names else sentence


def _abilities(capabilities: frozenset[str], settings: ImapSettings) -> list[str]:
    notes = []
    if "IDLE" in capabilities:
        notes.append("The server announces new mail at once (IDLE).")
    else:
        notes.append(
            f"The server does not announce new mail (no IDLE): it is looked for every {settings.poll_every} seconds."
        )
    if settings.file_into:
        if "MOVE" in capabilities:
            notes.append("Messages can be filed (MOVE).")
        elif "UIDPLUS" in capabilities:
            notes.append("Messages can be filed (UIDPLUS; the server has no MOVE).")
        else:
            notes.append("The server has neither MOVE nor UIDPLUS: messages are read but stay where they are.")
    if settings.tls == "none":
        notes.append('The password and all mail travel in the open (tls = "none").')
    return notes
