"""A `Verdict` as the JSON object of ``convener explain --json``: an interface that stays put.

Promises: every key is there, whatever the message; absent facts are None or empty; instants end in Z.
"""

from datetime import UTC, datetime

from mailer.parse.report import Report
from mailer.understand.verdict import Answer, Verdict


def as_json(verdict: Verdict, file: str) -> dict[str, object]:
    """The object for one message, *file* as the person named it."""
    automatic, itip = verdict.automatic, verdict.itip
    return {
        "file": file,
        "kind": verdict.kind.value,
        "message_id": verdict.message_id,
        "from": verdict.author.addr_spec if verdict.author else None,
        "subject": verdict.subject,
        "date": _instant(verdict.date),
        "answers": [_answer(each) for each in verdict.answers],
        "itip": {"method": itip.method.value, "event_uid": itip.event_uid} if itip else None,
        "delivery_report": _report(verdict.delivery_report) if verdict.delivery_report else None,
        "automatic": {"type": automatic.type, "until": automatic.until.isoformat() if automatic.until else None}
        if automatic
        else None,
        "authentication": {
            "dmarc": verdict.authentication.dmarc,
            "dkim": verdict.authentication.dkim,
            "spf": verdict.authentication.spf,
            "server": verdict.authentication.server,
        },
        "text": verdict.text,
        "reason": verdict.reason,
        "defects": list(verdict.defects),
        "tokens": list(verdict.tokens),
        "in_reply_to": list(verdict.in_reply_to),
        "wish": {"scope": verdict.wish.scope.value, "again": verdict.wish.again, "evidence": verdict.wish.evidence}
        if verdict.wish
        else None,
    }


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if instant else None


def _answer(answer: Answer) -> dict[str, object]:
    delegate, proposal = answer.delegate, answer.proposal
    return {
        "attendee": answer.attendee,
        "event_uid": answer.event_uid,
        "recurrence_id": _instant(answer.recurrence_id),
        "partstat": answer.partstat.value,
        "guests": answer.guests,
        "delegate": {"name": delegate.name, "address": delegate.address} if delegate else None,
        "comment": answer.comment,
        "proposal": {"dtstart": _instant(proposal.dtstart), "dtend": _instant(proposal.dtend)} if proposal else None,
        "via": answer.via.value,
        "sequence": answer.sequence,
        "dtstamp": _instant(answer.dtstamp),
        "decided": answer.decided,
        "evidence": answer.evidence,
    }


def _report(report: Report) -> dict[str, object]:
    return {
        "recipients": [
            {
                "address": each.address,
                "action": each.action,
                "status": each.status,
                "permanent": each.permanent,
                "reason": each.reason,
                "diagnostic": each.diagnostic,
            }
            for each in report.recipients
        ],
        "original_message_id": report.original_message_id,
    }
