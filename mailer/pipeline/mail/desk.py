"""The convener's desk, by mail: what is unclear reaches the convener as one mail with numbered cases; the reply settles them.

The numbers are those of ``convener review``. Letters that wait for a word are released by a reply too ("ok", "not Bob", "stop").

Promises: nothing is decided by silence, and nothing by words that were not wholly understood; every reply is one commit with all it does and is
answered with what was done. Only mail from an address that may command, in reply to such a mail (whose Message-ID nobody else has seen, and
nobody can guess), and with no failed authentication, is obeyed.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.decide.snapshot import Notice
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.pipeline.due.announce import WAITING_RULE
from mailer.pipeline.hand.unclear import Settle, settle
from mailer.pipeline.mail.case import Case
from mailer.pipeline.office import Office
from mailer.pipeline.papers.particulars import RETURNED
from mailer.send.notices import MOST_CASES
from mailer.store import imports, inbound, meetings, outbox, people
from mailer.store.transact import attempt, transact
from mailer.terms import InboundId, PersonId, RuleId, canonical
from mailer.understand.rulings import Release, Ruling, read_release, read_rulings
from mailer.understand.speaker import Known
from mailer.understand.verdict import Verdict

REVIEW_RULE = RuleId("service-review")
DONE_RULE = RuleId("service-done")
URGENT = timedelta(days=2)
"""A case about a meeting so near is told at once instead of with the daily mail."""


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """When unclear cases are told: once a day at *at* on the clock of *zone*, urgent ones at once."""

    at: time = time(8, 0)
    zone: str = "UTC"


async def digest(office: Office, times: DigestTimes, now: datetime) -> bool:
    """Post the mail about unclear cases if one is due; True when it was posted. The ledger keeps it from being posted twice."""
    coming = await next_digest(office, times, now)
    if coming is None or coming[0] > now:
        return False
    _, meeting, newest = coming
    notice = _service(office, meeting, REVIEW_RULE, f"to-{newest}", now, "cases wait for your word")
    await transact(lambda: office.post(meeting, [notice], now))
    return True


async def next_digest(office: Office, times: DigestTimes, now: datetime) -> tuple[datetime, Meeting, int] | None:
    """When unclear cases are told next, the meeting that mail is filed under, and the newest case it tells of; None where nothing new waits.

    One mail tells of `MOST_CASES`, the oldest that no mail has told of first; the others have their turn with the next mail."""
    last = await outbox.last_of(office.partnership, REVIEW_RULE)
    told = int(last.notice.round.removeprefix("to-")) if last is not None else 0
    rows = await inbound.rows_after(office.partnership, [inbound.REVIEW, inbound.HELD], told, MOST_CASES)
    if not rows:
        return None
    newest = rows[-1].id
    found = await _meeting_of(office, rows, now)
    if found is None:
        return None
    meeting, starts = found
    if timedelta(0) <= starts - now <= URGENT:
        return now, meeting, newest
    zone = ZoneInfo(times.zone)
    day = now.astimezone(zone).date()
    if last is not None and last.created_at.astimezone(zone).date() == day:
        day += timedelta(days=1)  # once a day
    return datetime.combine(day, times.at, zone).astimezone(UTC), meeting, newest


async def _meeting_of(office: Office, rows: list[inbound.InboundRow], now: datetime) -> tuple[Meeting, datetime] | None:
    """The meeting a mail about *rows* is filed under, and when it (or its next date) begins: the nearest ahead that a case is about, else the
    next one, else the last."""
    found: dict[object, Meeting] = {}
    for row in rows:
        invitation = await meetings.invitation(row.invitation_id) if row.invitation_id else None
        meeting = await meetings.by_id(invitation.meeting_id) if invitation else None
        if meeting is not None:
            found[meeting.id] = meeting
    every = list(found.values()) or await meetings.all_of(office.partnership)
    those = {m.id for m in every}
    ahead = [(m, date.dtstart) for m, date in await meetings.ahead(office.partnership, now) if m.id in those]
    last = max(every, key=lambda m: m.dtstart, default=None)
    return ahead[0] if ahead else (last, last.dtstart) if last is not None else None


def _service(office: Office, meeting: Meeting, rule: RuleId, round_: str, now: datetime, reason: str) -> Notice:
    return Notice(
        rule=rule, meeting_id=meeting.id, person_id=office.convener, round=round_, letter="service-notice", attach=(), on_behalf_of=None,
        hold=False, invites=False, not_before=now, reason=reason,
    )  # fmt: skip


def is_for_the_desk(office: Office, verdict: Verdict, known: Known, thread: list[outbox.OutboxEntry]) -> bool:
    """Is this the convener's reply to one of the service's own mails?"""
    return (
        bool(thread)
        and thread[0].notice.rule in (REVIEW_RULE, WAITING_RULE, DONE_RULE)
        and known.author is not None
        and (known.author.id == office.convener or _may_command(office, verdict))
        and not verdict.authentication.failed
        and verdict.automatic is None
    )


def _may_command(office: Office, verdict: Verdict) -> bool:
    return verdict.author is not None and canonical(verdict.author.addr_spec) in office.commanders


def understands(office: Office, verdict: Verdict, known: Known, thread: list[outbox.OutboxEntry]) -> bool:
    """Is this the convener's reply to such a mail, in words that settle what it asks?"""
    if not is_for_the_desk(office, verdict, known, thread):
        return False
    if thread[0].notice.rule == WAITING_RULE:
        return read_release(verdict.text).send is not None
    return thread[0].notice.rule == REVIEW_RULE and bool(read_rulings(verdict.text).rulings)


async def obey(case: Case) -> None:
    """Do what the reply says, and answer its writer with what was done: one commit. A ruling that cannot be leaves the others as they are."""
    office, entry, now = case.office, case.thread[0], case.now

    async def write() -> None:
        if not await inbound.claim(case.ident):
            return
        if entry.notice.rule == WAITING_RULE:
            lines = await _release(office, entry, read_release(case.verdict.text), now)
        else:
            lines = await _rule(office, case.verdict.text, now)
        await inbound.finish(
            case.ident, state=inbound.HANDLED, kind="command", reason="\n".join(lines), now=now, words=case.verdict.text
        )
        meeting = await meetings.by_id(entry.notice.meeting_id)
        if meeting is not None and case.known.author is not None:
            await tell(case, meeting, case.known.author.id)

    await transact(write)


async def tell(case: Case, meeting: Meeting, person: PersonId) -> None:
    """Tell *person* what a mail did: the reason that its row was closed with; all but those who command in their own language (inside
    `transact`)."""
    own = person == case.office.convener or (
        case.known.author is not None and person == case.known.author.id and _may_command(case.office, case.verdict)
    )
    notice = _service(case.office, meeting, DONE_RULE, f"inbound-{case.ident}", case.now, "what your mail did")
    attach = (RETURNED,) if await imports.files_for(case.ident) else ()
    await case.office.post(
        meeting,
        [replace(notice, person_id=person, attach=attach, letter="service-notice" if own else "noted")],
        case.now,
        case.verdict.message_id,
    )


async def _rule(office: Office, text: str, now: datetime) -> list[str]:
    read = read_rulings(text)
    lines = []
    for ruling in read.rulings:
        try:
            sentence = await attempt(lambda ruling=ruling: _settled(office, ruling, now))  # type: ignore[misc]
        except MailerError as exc:
            sentence = str(exc)
        lines.append(f"{ruling.number}: {sentence}")
    lines += [f"Not understood: “{piece[:120]}”" for piece in read.not_understood[:10]]
    if not read.rulings:
        lines.append(
            "Nothing was changed. Write one line for each case: its number and yes, no, maybe, ask or ignore (12 yes; 13 yes +1; 14 ask), "
            "accept or refuse where another time is proposed."
        )
    return lines


async def _settled(office: Office, ruling: Ruling, now: datetime) -> str:
    return await settle(
        office, InboundId(ruling.number), Settle(ruling.word), now, guests=ruling.guests, learn_alias=ruling.alias,
        let_answer=ruling.assistant, address=ruling.address, note="settled by the convener, by mail",
    )  # fmt: skip


async def _release(office: Office, entry: outbox.OutboxEntry, word: Release, now: datetime) -> list[str]:
    """Let go, or drop, what waits; gives what was done (inside `transact`)."""
    held = await outbox.held_by(entry.notice.meeting_id, *split_round(entry.notice.round))
    if word.send is None:
        return [
            "I did not understand this, so nothing was sent.",
            "Write: ok (send them all), not NAME (send to all others), or stop (send none).",
        ]
    if not held:
        return ["Nothing waits here any more."]
    if not word.send:
        await outbox.noted("dropped", office.partnership, [e.id for e in held], now)
        await outbox.drop([e.id for e in held], f"{outbox.CONVENER_SAID} stop")
        return [f"{_letters(len(held))} will not be sent."]
    names = {p.id: p.name for p in await people.people(office.partnership, [e.notice.person_id for e in held])}
    without = []
    for name in word.without:
        matches = [e for e in held if _is_called(name, names.get(e.notice.person_id, ""))]
        if len(matches) != 1:
            who = ", ".join(names[e.notice.person_id] for e in matches[:5]) or "nobody of those who wait"
            return [f"“{name}” is {who}: which do you mean? Nothing was sent."]
        without += matches
    go = [e for e in held if e.id not in {w.id for w in without}]
    await outbox.noted("dropped", office.partnership, [w.id for w in without], now)
    await outbox.drop([w.id for w in without], f"{outbox.CONVENER_SAID} not to this person")
    await outbox.release(office.partnership, [e.id for e in go], now)
    told = f" Not to {', '.join(names[w.notice.person_id] for w in without)}." if without else ""
    return [f"{_letters(len(go))} {'is' if len(go) == 1 else 'are'} on {'its' if len(go) == 1 else 'their'} way.{told}"]


def _letters(count: int) -> str:
    return "One letter" if count == 1 else f"{count} letters"


def _is_called(name: str, whole: str) -> bool:
    """Whether *name* is words of *whole*: Ann is not Joanna."""
    return bool(
        re.search(rf"(?<!\w){re.escape(' '.join(name.casefold().split()))}(?!\w)", " ".join(whole.casefold().split()))
    )


def split_round(round_: str) -> tuple[str, str]:
    """(rule, round) that a mail about waiting letters speaks of."""
    rule, _, rest = round_.partition("/")
    return rule, rest.rpartition("/")[0]
