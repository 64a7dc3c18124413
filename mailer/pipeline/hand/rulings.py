"""The convener's word about rules: what a changed file would do, that a rule only got another name, that a new one shall look back."""

from dataclasses import replace
from datetime import datetime, timedelta

from mailer.decide.changes import Changes, Ledger, changes
from mailer.decide.due import due
from mailer.decide.rule import IfLate, IfLateKind
from mailer.decide.rulebook import RuleBook
from mailer.errors import MailerError
from mailer.pipeline.due.announce import post_waiting
from mailer.pipeline.due.drafting import with_questions
from mailer.pipeline.due.tick import install
from mailer.pipeline.office import Office
from mailer.store import log, meetings, outbox, rules
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import RuleId

_WHILE = timedelta(days=120)
"""How long a rule that stood in a file is remembered by its heading."""
_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


async def changes_to(office: Office, after: RuleBook, now: datetime) -> Changes:
    """What would follow from *after*, the files as they are, beside the rules in force. Changes nothing."""
    ahead = [m for m in await meetings.upcoming(office.partnership, now) if not m.cancelled]
    snapshots = [await meetings.snapshot(m) for m in ahead]
    waiting = [e.notice for e in await outbox.rows(office.partnership, outbox.WAITING, 10_000)]
    gone = await rules.gone(office.partnership, now - _WHILE)
    ledger = Ledger(await rules.got(office.partnership), tuple(waiting), gone)
    return changes(office.book, after, snapshots, office.known_since, ledger, now)


async def same_rule(office: Office, old: RuleId, new: RuleId, now: datetime) -> Office:
    """[*new*] is the rule that was called [*old*]: whoever got it under the old name has it. Raises MailerError where there is no such rule."""
    if office.book.rule(old) is not None:
        raise MailerError(f"[{old}] still stands in a file; it has no other name.")
    if office.book.rule(new) is None:
        raise MailerError(f"There is no rule [{new}].")

    async def write() -> None:
        count = await rules.rename(office.partnership, old, new)
        sentence = f"[{new}] is the rule that was called [{old}]; {count} mails of it are in the ledger"
        await log.write(office.partnership, LogLine(now, "rules", sentence))

    await transact(write)
    return await install(office, now)


async def look_back(office: Office, rule: RuleId, now: datetime) -> int:
    """Let [*rule*], which is new or changed, send what it would have sent already, as far as that still makes sense; gives how many mails that made.

    What counts back from something is not sent once that has passed."""
    found = office.book.rule(rule)
    if found is None:
        raise MailerError(f"There is no rule [{rule}].")
    late = replace(found, if_late=IfLate(IfLateKind.AT_ONCE))
    made = 0
    for meeting in await meetings.upcoming(office.partnership, now):
        if found not in office.serving(meeting):
            continue
        snapshot = await meetings.snapshot(meeting)
        decided = due([late], snapshot, {rule: _LONG_AGO}, now)

        async def write(meeting=meeting, decided=decided) -> int:  # type: ignore[no-untyped-def]
            await meetings.lock(meeting.id)
            notices = await with_questions(office, meeting, decided.notices, now)
            posted = await office.post(meeting, notices, now)
            await post_waiting(office, meeting, notices, now)
            return posted

        made += await transact(write)
    await transact(lambda: log.write(office.partnership, LogLine(now, "rules", f"[{rule}] looked back: {made} mails")))
    return made
