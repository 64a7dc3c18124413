"""Notices that a mail service sends as JSON in a mail (Amazon SES through SNS).

Promises: pure; never raises; None where it is no such notice.
"""

import json
from collections.abc import Mapping
from typing import Any

from mailer.parse.reasons import Failure, judge
from mailer.parse.report import Recipient, Report
from mailer.terms import MessageId, canonical


def read_notice(text: str) -> Report | None:
    """The report in *text*, the whole of a mail's plain text."""
    if not text.lstrip().startswith("{") or ('"notificationType"' not in text and '"eventType"' not in text):
        return None
    try:
        # servers wrap the one long line, through words and strings; what follows the object is the service's own footer
        notice, _ = json.JSONDecoder(strict=False).raw_decode(text.strip().replace("\r", "").replace("\n", ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(notice, dict):
        return None
    kind = str(notice.get("notificationType") or notice.get("eventType")).lower()
    about = _mapping(notice.get(kind))
    if kind == "bounce":
        recipients = [_bounced(each, about) for each in _mappings(about.get("bouncedRecipients"))]
    elif kind == "complaint":
        recipients = [
            Recipient(_address(each), "complaint", "", False, "abuse")
            for each in _mappings(about.get("complainedRecipients"))
        ]
    elif kind == "delivery":
        listed = about.get("recipients")
        addresses = [str(each) for each in listed] if isinstance(listed, list) else []
        recipients = [Recipient(canonical(each), "delivered", "2.0.0", False, "delivered") for each in addresses]
    else:
        return None
    named = tuple(each for each in recipients if "@" in each.address)[:200]
    return Report(named, _message_id(_mapping(notice.get("mail"))), complaint=kind == "complaint") if named else None


def _bounced(recipient: Mapping[str, Any], bounce: Mapping[str, Any]) -> Recipient:
    diagnostic = str(recipient.get("diagnosticCode") or "").partition(";")[2].strip() or str(
        recipient.get("diagnosticCode") or ""
    )
    action = str(recipient.get("action") or "failed").lower()
    verdict = judge(
        Failure(action, str(recipient.get("status") or ""), diagnostic, str(bounce.get("bounceSubType") or ""))
    )
    # without any code the service's own word stands: Permanent, Transient or Undetermined
    coded = recipient.get("status") or diagnostic
    permanent = verdict.permanent if coded else str(bounce.get("bounceType")).lower() == "permanent"
    return Recipient(_address(recipient), action, verdict.status, permanent, verdict.reason, diagnostic[:1_000])


def _address(recipient: Mapping[str, Any]) -> str:
    return canonical(str(recipient.get("emailAddress") or ""))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _message_id(mail: Mapping[str, Any]) -> MessageId | None:
    # the service overwrites our Message-ID; what we wrote is among the headers, if it was told to send them
    common = _mapping(mail.get("commonHeaders")).get("messageId")
    if isinstance(common, str) and common.startswith("<"):
        return MessageId(common)
    for header in _mappings(mail.get("headers")):
        if str(header.get("name")).lower() == "message-id":
            return MessageId(str(header.get("value")))
    return None
