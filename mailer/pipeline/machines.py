"""Mail that machines send: automatic replies, delivery reports, complaints (inside the transaction of the message).

Never: answers any of it, or takes it for an answer.
"""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from mailer.parse.reasons import HARD
from mailer.pipeline.announce import undeliverable
from mailer.pipeline.case import Case
from mailer.store import inbound, log, outbox, people
from mailer.understand.verdict import ReportedRecipient

OUR_TROUBLE = frozenset({"policy", "blocked", "spam", "authentication", "rejected"})
"""Reasons of refusal that speak of our mail, not of the address."""


async def automatic(case: Case) -> None:
    """An automatic reply never changes an answer and is never answered; a date it names makes reminders wait."""
    person = case.known.author
    until = case.verdict.automatic.until if case.verdict.automatic else None
    if person is not None and until is not None:
        places = case.known.named + case.known.own
        zone = ZoneInfo(places[0].meeting.zone) if places else UTC
        await people.note_away(person.id, datetime.combine(until, time(23, 59), zone).astimezone(UTC))
        await case.say("away", f"{person.name} is away until {until:%d %B %Y}", person.id)
    await case.done(case.verdict.reason)


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
    for recipient in report.recipients:
        sentence, needs_person = await _reported(case, entry, recipient)
        reasons.append(sentence)
        state = inbound.REVIEW if needs_person else state
    if (
        state == inbound.REVIEW
        and place is not None
        and await inbound.waits_already(case.verdict.kind.value, place.invitation.id)
    ):
        state = inbound.HANDLED  # the convener has been told of this mailbox
    await case.done("; ".join(reasons) or case.verdict.reason, state, place)


async def _reported(case: Case, entry: outbox.OutboxEntry, recipient: ReportedRecipient) -> tuple[str, bool]:
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
        await case.say("refused", sentence, entry.notice.person_id)
        return sentence, True
    if recipient.permanent and recipient.reason in HARD:
        await undeliverable(case.office, entry, why, case.now)
        return f"{address} cannot be reached: {why}", False
    sentence = f"mail to {address} came back, though the address may be good: {why}"
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
    await people.note_stop(person, case.now)
    await case.say("complaint", "marked our mail as unwanted: nothing more is sent", person)
    await case.done("marked our mail as unwanted: nothing more is sent to this person", inbound.REVIEW)
