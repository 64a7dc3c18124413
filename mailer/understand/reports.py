"""Mail about our mail: complaints, delivery reports, receipts → verdicts.

Promises: pure. Each gives None where the message is none of its kind. Our tokens are looked for in what came back, too.
"""

import re
from dataclasses import replace

from mailer.parse.dsn import read_report
from mailer.parse.message import Message
from mailer.parse.report import Recipient, Report
from mailer.terms import MessageId, Token, canonical
from mailer.understand.buttons import tokens_of
from mailer.understand.verdict import Automatic, Kind, Verdict


def complaint(message: Message, verdict: Verdict) -> Verdict | None:
    """RFC 5965: somebody pressed "this is spam"."""
    if _hotmail_complaint(message):
        reported = (message.returned or {}).get("x-hmxmroriginalrecipient", ())
        recipients = tuple(
            Recipient(canonical(each), "complaint", "", False, "abuse") for each in reported if "@" in each
        )
        return replace(
            verdict,
            kind=Kind.COMPLAINT,
            reason="Somebody reports our mail as unwanted.",
            delivery_report=Report(recipients, _returned_id(message)),
            tokens=_with_returned(message, verdict),
        )
    if message.feedback is None and not (
        message.content_type == "multipart/report"
        and message.parameters.get("report-type", "").lower() == "feedback-report"
    ):
        return None
    feedback = message.feedback or {}
    addresses = dict.fromkeys(
        canonical(re.sub(r"^\s*rfc822\s*;", "", each, flags=re.IGNORECASE))
        for name in ("original-rcpt-to", "removal-recipient")
        for each in feedback.get(name, ())
        if "@" in each
    )
    kind = " ".join(feedback.get("feedback-type", ("abuse",))[:1])
    recipients = tuple(Recipient(each, "complaint", "", False, kind.strip().lower() or "abuse") for each in addresses)
    return replace(
        verdict,
        kind=Kind.COMPLAINT,
        reason="Somebody's mail service reports our mail as unwanted.",
        delivery_report=Report(recipients, _returned_id(message)),
        tokens=_with_returned(message, verdict),
    )


def _hotmail_complaint(message: Message) -> bool:
    # Microsoft's reports are older than RFC 5965
    return message.subject.lower().startswith("complaint about message from") and message.returned is not None


def _returned_id(message: Message) -> MessageId | None:
    values = (message.returned or {}).get("message-id")
    match = re.search(r"<[^<>\s]+>", values[0]) if values else None
    return MessageId(match[0]) if match else None


def _with_returned(message: Message, verdict: Verdict) -> tuple[Token, ...]:
    """Our tokens, with those in the header of the message that came back."""
    returned = " ".join(value for values in (message.returned or {}).values() for value in values)[:20_000]
    return tuple(dict.fromkeys((*verdict.tokens, *tokens_of((), "", "", returned))))


def report(message: Message, raw: bytes, verdict: Verdict) -> Verdict | None:
    found = read_report(message, raw)
    if found is None:
        return None
    tokens = _with_returned(message, verdict)
    if found.complaint:
        return replace(
            verdict,
            kind=Kind.COMPLAINT,
            reason="Somebody reports our mail as unwanted.",
            delivery_report=found,
            tokens=tokens,
        )
    if found.challenge:
        return replace(
            verdict,
            kind=Kind.AUTOMATIC,
            reason="A filter wants proof that a person wrote our mail.",
            automatic=Automatic("challenge"),
            delivery_report=found if found.recipients else None,
            tokens=tokens,
        )
    return replace(
        verdict,
        kind=Kind.DELIVERY_REPORT,
        reason=_report_sentence(found.recipients),
        delivery_report=found,
        tokens=tokens,
    )


def _report_sentence(recipients: tuple[Recipient, ...]) -> str:
    if not recipients:
        return "A delivery report that does not say whom it concerns."
    who = ", ".join(each.address for each in recipients[:3]) + (" and others" if len(recipients) > 3 else "")
    if all(each.action in ("delivered", "relayed", "expanded") for each in recipients):
        return f"Our mail was delivered to {who}."
    if any(each.permanent for each in recipients):
        return f"Our mail could not be delivered to {who} ({recipients[0].reason.replace('-', ' ')})."
    if any(each.action == "delayed" for each in recipients):
        return f"Our mail to {who} is delayed."
    return f"Our mail did not reach {who} this time ({recipients[0].reason.replace('-', ' ')})."


def receipt(message: Message, verdict: Verdict) -> Verdict | None:
    """RFC 8098: our mail was displayed, or deleted unread."""
    if message.disposition is None and not (
        message.content_type == "multipart/report"
        and message.parameters.get("report-type", "").lower() == "disposition-notification"
    ):
        return None
    return replace(
        verdict, kind=Kind.AUTOMATIC, reason="A receipt: our mail was displayed.", automatic=Automatic("receipt")
    )
