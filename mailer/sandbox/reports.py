"""Delivery reports as a mail server writes them (RFC 3461, 3462, 3464), in the shape of Postfix.

Promises: a function of values. Three parts: words, message/delivery-status, the original (whole, or its header).
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

Action = Literal["failed", "delayed"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with one recipient: RFC 3463's number, and what the far server said, or where there is none (*far* is
    false) our own. ``{address}`` and ``{domain}`` are the recipient's."""

    dsn_status: str
    words: str
    action: Action = "failed"
    far: bool = True


UNKNOWN_USER = Trouble(
    "5.1.1", "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
)
UNKNOWN_DOMAIN = Trouble(
    "5.4.4", "Host or domain name not found. Name service error for name={domain} type=AAAA: Host not found", far=False
)
MAILBOX_FULL_DELAY = Trouble(
    "4.2.2", "452 4.2.2 <{address}>: The email account that you tried to reach is over quota", "delayed"
)
MAILBOX_FULL = Trouble("5.2.2", "552 5.2.2 <{address}>: The email account that you tried to reach is over quota")

_FAILED = """\
This is the mail system at host {host}.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

If you do so, please include this problem report. You can
delete your own text from the attached returned message.

                   The mail system

<{address}>: {cause}
"""
_DELAYED = """\
This is the mail system at host {host}.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

Your message could not be delivered for more than 4 hour(s).
It will be retried until it is 5 day(s) old.

For further assistance, please send mail to postmaster.

If you do so, please include this problem report. You can
delete your own text from the attached returned message.

                   The mail system

<{address}>: {cause}
"""


def delivery_report(
    original: bytes, *, reverse_path: str, recipient: str, trouble: Trouble, host: str, now: datetime
) -> bytes:
    """Report to *reverse_path* that *original* met *trouble* on its way to *recipient*.

    A failure returns the whole message, a delay its header only, as Postfix does.
    """
    delayed = trouble.action == "delayed"
    domain = recipient.rpartition("@")[2]
    said = trouble.words.format(address=recipient, domain=domain)
    mx, diagnostic, cause = "", f"X-Postfix; {said}", said
    if trouble.far:
        mx, diagnostic = f"\nRemote-MTA: dns; mx.{domain}", f"smtp; {said}"
        cause = f"host mx.{domain}[192.0.2.25] said:\n    {said} (in reply to RCPT TO command)"
    mark = sha256(b"\0".join((original, recipient.encode(), trouble.action.encode()))).hexdigest().upper()
    queue_id, boundary = mark[:10], f"{mark[:10]}.{int(now.timestamp())}/{host}"
    words = (_DELAYED if delayed else _FAILED).format(host=host, address=recipient, cause=cause)
    header, _, _ = original.replace(b"\r\n", b"\n").partition(b"\n\n")
    returned = header + b"\n" if delayed else original.replace(b"\r\n", b"\n")
    eight_bit = any(byte > 127 for byte in returned)
    text = f"""\
Date: {format_datetime(now)}
From: MAILER-DAEMON@{host} (Mail Delivery System)
Subject: {"Delayed Mail (still being retried)" if delayed else "Undelivered Mail Returned to Sender"}
To: {reverse_path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{boundary}"
{"Content-Transfer-Encoding: 8bit" if eight_bit else "Content-Transfer-Encoding: 7bit"}
Message-Id: <{int(now.timestamp())}.{queue_id}@{host}>

This is a MIME-encapsulated message.

--{boundary}
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

{words}
--{boundary}
Content-Description: {"Delayed Message Notification" if delayed else "Delivery report"}
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}
X-Postfix-Queue-ID: {queue_id}
X-Postfix-Sender: rfc822; {reverse_path}
Arrival-Date: {format_datetime(now)}

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {trouble.action}
Status: {trouble.dsn_status}{mx}
Diagnostic-Code: {diagnostic}

--{boundary}
Content-Description: {"Undelivered Message Headers" if delayed else "Undelivered Message"}
Content-Type: {"text/rfc822-headers" if delayed else "message/rfc822"}
{"Content-Transfer-Encoding: 8bit" if eight_bit else "Content-Transfer-Encoding: 7bit"}

""".encode()
    return (text + returned + f"\n--{boundary}--\n".encode()).replace(b"\n", b"\r\n")
