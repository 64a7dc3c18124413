"""A clock that is moved: what is still to be done at this instant, and when the next thing happens.

Shared by the stage (the daemon's own loops on real sockets) and the rehearsal (the same work called in turn), so that both stop at the same
instants. Promises: asks the store only, changes nothing.
"""

from datetime import datetime, timedelta

from mailer.daemon import Daemon
from mailer.pipeline.hand import closing
from mailer.pipeline.mail import desk
from mailer.send.pace import DAY, MINUTE
from mailer.store import inbound, mail_log, meetings, outbox, rules


async def busy(daemon: Daemon, now: datetime) -> str:
    """What is still to be done at *now*; empty when nothing is."""
    partnership = daemon.office.partnership
    if await inbound.waiting(partnership, 1):
        return "mail was taken that is not handled"
    if await rules.fallen_due(partnership, now, 1):
        return "rules are due"
    # what makes mails is looked at before the mails: the service is at work while it is asked
    signers = await daemon.signing.next_step(daemon.office, daemon.letters, now)
    if signers is not None and signers <= now:
        return "a signer is to be asked"
    closes = await closing.next_step(daemon.office)
    if closes is not None and closes <= now:
        return "a question has come to its day"
    digest = await desk.next_digest(daemon.office, daemon.digest_times, now)
    ends = await meetings.next_offer_end(partnership)
    if ends is not None and ends <= now:
        return "an offered chair was not taken"
    if digest is not None and digest[0] <= now:
        return "unclear cases are to be told"
    due = await outbox.busy(partnership, now)
    if due and (await pace_opens(daemon, now) <= now or await mail_log.on_its_way(partnership)):
        return "mail is due or on its way"
    return ""


async def next_instant(daemon: Daemon, now: datetime) -> datetime | None:
    """When the service itself has something to do next."""
    partnership = daemon.office.partnership
    found = [await rules.next_due(partnership), await meetings.next_offer_end(partnership)]
    leaves = await outbox.next_due(partnership)
    if leaves is not None:
        found.append(max(leaves, await pace_opens(daemon, now)) if leaves <= now else leaves)
    digest = await desk.next_digest(daemon.office, daemon.digest_times, now)
    if digest is not None:
        found.append(digest[0])
    found.append(await daemon.signing.next_step(daemon.office, daemon.letters, now))
    found.append(await closing.next_step(daemon.office))
    return min((at for at in found if at is not None), default=None)


async def pace_opens(daemon: Daemon, now: datetime) -> datetime:
    """When the pace lets a mail leave: *now*, or later."""
    sending, partnership = daemon.settings.sending, daemon.office.partnership
    opens = now
    for most, window in ((sending.most_per_minute, MINUTE), (sending.most_per_day, DAY)):
        tried = await mail_log.nth_newest_attempt(partnership, most)
        if tried is not None and tried > now - window:
            opens = max(opens, tried + window, now + timedelta(seconds=1))
    return opens
