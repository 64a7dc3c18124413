"""Mail that machines send: automatic replies, delivery reports, complaints (inside the transaction of the message).

Never: answers any of it, or takes it for an answer.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.parse.reasons import HARD
from mailer.parse.report import Recipient
from mailer.pipeline.due.announce import undeliverable
from mailer.pipeline.mail.case import Case
from mailer.store import inbound, log, outbox, people

OUR_TROUBLE = frozenset({"policy", "blocked", "spam", "authentication", "rejected"})
"""Reasons of refusal that speak of our mail, not of the address."""

TOLD_AGAIN = timedelta(days=7)
"""Of a mailbox that returns our mail the convener hears again after so long."""


async def automatic(case: Case) -> None:
    """An automatic reply never changes an answer and is never answered; a date it names makes reminders wait. Whom it names to write to instead
    is shown to the convener, and never written to."""
    person, found = case.known.author, case.verdict.automatic
    if found is not None and found.type == "challenge":
        await _challenge(case)
        return
    reason = case.verdict.reason
    if found is not None and found.deputies:
        reason = f"{reason} It names {', '.join(found.deputies)} to write to meanwhile; nothing was sent there."
    if person is not None and found is not None and found.until is not None:
        places = case.known.named + case.known.own
        zone = ZoneInfo(places[0].meeting.zone) if places else UTC
        # who is back on a day may be asked in its morning; who is away until a day, on the next
        last = time(0, 0) if found.returns else time(23, 59)
        await people.note_away(person.id, datetime.combine(found.until, last, zone).astimezone(UTC))
        word = "back on" if found.returns else "away until"
        deputy = f"; for urgent matters: {', '.join(found.deputies)}" if found.deputies else ""
        await case.say("away", f"{person.name} is {word} {found.until:%d %B %Y}{deputy}", person.id)
    await case.done(reason)


async def _challenge(case: Case) -> None:
    """A filter wants proof that a person wrote our mail: only a person may give it, so the convener is told."""
    place = next(iter(case.known.named), None)
    entry = case.thread[0] if case.thread else None
    if place is None and entry is None and case.known.author is None:
        await case.done(case.verdict.reason)
        return
    who = place.person.name if place else (case.verdict.author.addr_spec if case.verdict.author else "somebody")
    sentence = f"the mail service of {who} wants proof that a person wrote our mail; it arrives only if you follow the link in its message"
    await case.say("challenge", sentence, place.person.id if place else None)
    await case.done(sentence, inbound.REVIEW, place)


async def delivery_report(case: Case) -> None:
    report = case.verdict.delivery_report
    entry = case.thread[0] if case.thread else None
    if report is None or entry is None:
        await case.done("a delivery report about a mail that this service did not send")
        return
    place = next(
        (
            p
            for p in case.known.by_thread + case.known.by_token + case.known.by_body
            if p.person.id == entry.notice.person_id
        ),
        None,
    )
    state, reasons = inbound.HANDLED, []
    told_before = await log.said_since(
        case.office.partnership, ("returned", "refused"), entry.notice.person_id, case.now - TOLD_AGAIN
    )
    for recipient in report.recipients:
        sentence, needs_person = await _reported(case, entry, recipient, told_before)
        reasons.append(sentence)
        state = inbound.REVIEW if needs_person else state
    if told_before and state == inbound.REVIEW:
        state = inbound.HANDLED  # the convener knows of this mailbox, or has set it aside
    await case.done("; ".join(reasons) or case.verdict.reason, state, place)


async def _reported(case: Case, entry: outbox.OutboxEntry, recipient: Recipient, told_before: bool) -> tuple[str, bool]:
    address = entry.forward_path
    if recipient.action in ("delivered", "relayed", "expanded"):
        return f"delivered to {address}", False
    if recipient.action == "delayed":
        sentence = f"delivery to {address} is delayed; the server keeps trying"
        await case.say("delayed", sentence, entry.notice.person_id)
        return sentence, False
    why = recipient.diagnostic or recipient.reason or recipient.status
    await outbox.bounced(entry, why)
    if recipient.reason in OUR_TROUBLE:
        sentence = f"a server refuses our mail to {address}, not the address: {why}"
        await log.set_trouble(case.office.partnership, "refused", sentence, case.now)
        if not told_before:
            await case.say("refused", sentence, entry.notice.person_id)
        return sentence, True
    if recipient.permanent and recipient.reason in HARD:
        await undeliverable(case.office, entry, why, case.now)
        return f"{address} cannot be reached: {why}", False
    sentence = f"mail to {address} came back, though the address may be good: {why}"
    if not told_before:
        await case.say("returned", sentence, entry.notice.person_id)
    return sentence, True


async def complaint(case: Case) -> None:
    """Somebody pressed the spam button: they are not written to any more, and the convener hears of it."""
    entry = case.thread[0] if case.thread else None
    person = (
        entry.notice.person_id if entry else next((p.person.id for p in case.known.by_token + case.known.by_body), None)
    )
    if person is None:
        await case.done(case.verdict.reason, inbound.REVIEW)
        return
    await people.note_stop(person, case.now, people.COMPLAINT)
    await case.say("complaint", "marked our mail as unwanted: nothing more is sent", person)
    await case.done("marked our mail as unwanted: nothing more is sent to this person", inbound.REVIEW)
