# ruff: noqa: E501  (mail has long lines)
"""Mails in the shapes of the programs that write them, made for the tests: headers, folds and oddities as in the field, names invented."""

TOKEN = "abcdefghij234567klmn"
UID = "meeting-7@club.example"

HEAD = """\
Received: from mail.mill.example (mail.mill.example [192.0.2.7])
\tby mx.club.example (Postfix) with ESMTPS id 4V1abc2defz9
\tfor <rsvp+{token}@club.example>; Tue,  3 Mar 2026 10:00:05 +0000 (UTC)
From: {author}
To: The Convener <rsvp+{token}@club.example>
Subject: {subject}
Date: Tue, 3 Mar 2026 11:00:00 +0100
Message-ID: <{name}@mill.example>
In-Reply-To: <k1@club.example>
References: <k0@club.example>
\t<k1@club.example>
MIME-Version: 1.0
{more}"""


def mail(
    body: str,
    *,
    author: str = "Anna Ortiz <anna@mill.example>",
    subject: str = "Re: Spring meeting",
    more: str = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
    name: str = "a1",
    token: str = TOKEN,
) -> bytes:
    """One mail with the usual header, CRLF line ends."""
    head = HEAD.format(author=author, subject=subject, more=more, name=name, token=token)
    return f"{head}\n{body}".replace("\r\n", "\n").replace("\n", "\r\n").encode()


def bare(text: str) -> bytes:
    """One mail as it stands, CRLF line ends."""
    return text.replace("\n", "\r\n").encode()


# Calendar answers -----------------------------------------------------------------------------------------------------

_GOOGLE_EVENT = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20260312T140000Z
DTEND:20260312T160000Z
DTSTAMP:20260303T100000Z
ORGANIZER;CN=The Convener:mailto:rsvp+{token}@club.example
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Anna Ort
 iz;X-NUM-GUESTS={guests}{comment}:mailto:anna@mill.example
CREATED:20260301T090000Z
LAST-MODIFIED:20260303T100000Z
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Spring meeting
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def gmail_reply(partstat: str = "ACCEPTED", guests: int = 0, comment: str = "") -> bytes:
    """Gmail: a sentence, the object as text/calendar and once more as application/ics."""
    event = _GOOGLE_EVENT.format(
        token=TOKEN,
        uid=UID,
        partstat=partstat,
        guests=guests,
        comment=f';X-RESPONSE-COMMENT="{comment}"' if comment else "",
    )
    return mail(
        f"""--b1
Content-Type: multipart/alternative; boundary="b2"

--b2
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

QW5uYSBPcnRpeiBoYXMgYWNjZXB0ZWQgdGhpcyBpbnZpdGF0aW9uLgo=
--b2
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 7bit

{event}
--b2--
--b1
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: 7bit

{event}
--b1--
""",
        subject="Accepted: Spring meeting @ Thu Mar 12, 2026 (Anna Ortiz)",
        more='Content-Type: multipart/mixed; boundary="b1"\n',
        name="g1",
    )


def outlook_reply(partstat: str = "DECLINED", comment: str = "", words: str = "") -> bytes:
    """Exchange Online: no ORGANIZER, MAILTO in capitals, COMMENT with a line end of its own."""
    return mail(
        f"""--_000_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

{words}

--_000_
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: 8bit

BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN="Ortiz, Anna":MAILTO:Anna@Mill.example
COMMENT;LANGUAGE=en-US:{comment}\\n
UID:{UID.upper()}
SUMMARY;LANGUAGE=en-US:Declined: Spring meeting
DTSTART;TZID=W. Europe Standard Time:20260312T150000
DTEND;TZID=W. Europe Standard Time:20260312T170000
CLASS:PUBLIC
DTSTAMP:20260303T100000Z
SEQUENCE:0
X-MICROSOFT-CDO-APPT-SEQUENCE:2
END:VEVENT
END:VCALENDAR
--_000_--
""",
        subject="Declined: Spring meeting",
        more='Content-Type: multipart/alternative; boundary="_000_"\n',
        name="o1",
    )


def apple_reply(partstat: str = "TENTATIVE") -> bytes:
    """Apple: one part, LF inside, RECURRENCE-ID with a zone."""
    return mail(
        f"""BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 15.0//EN
BEGIN:VEVENT
UID:{UID}
DTSTAMP:20260303T100000Z
RECURRENCE-ID;TZID=Europe/Berlin:20260312T150000
SEQUENCE:1
ORGANIZER;EMAIL=rsvp@club.example:/aMTYz/principal/
ATTENDEE;CN="Anna Ortiz";PARTSTAT={partstat};EMAIL="anna@mill.example":urn:uuid:1
END:VEVENT
END:VCALENDAR
""",
        subject="Tentative: Spring meeting",
        more="Content-Type: text/calendar; charset=utf-8; method=REPLY\nContent-Transfer-Encoding: 8bit\n",
        name="p1",
    )


def counter(zone: str = "W. Europe Standard Time") -> bytes:
    """Outlook proposes another time."""
    return mail(
        f"""BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:COUNTER
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE;CN=Anna Ortiz:mailto:anna@mill.example
DTSTART;TZID={zone}:20260313T100000
DTEND;TZID={zone}:20260313T120000
X-MS-OLK-ORIGINALSTART;TZID={zone}:20260312T150000
UID:{UID}
SEQUENCE:1
DTSTAMP:20260303T100000Z
END:VEVENT
END:VCALENDAR
""",
        subject="New Time Proposed: Spring meeting",
        more="Content-Type: text/calendar; charset=utf-8; method=COUNTER\n",
        name="c1",
    )


DELEGATED = mail(
    f"""BEGIN:VCALENDAR
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
DTSTAMP:20260303T100000Z
ORGANIZER:mailto:rsvp@club.example
ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:dan@mill.example":mailto:anna@mill.example
ATTENDEE;CN=Dan Reed;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:anna@mill.example":mailto:dan@mill.example
UID:{UID}
SEQUENCE:0
END:VEVENT
END:VCALENDAR
""",
    more="Content-Type: text/calendar; charset=utf-8; method=REPLY\n",
    name="d1",
)

REFRESH = mail(
    f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REFRESH\nBEGIN:VEVENT\nUID:{UID}\nDTSTAMP:20260303T100000Z\n"
    "ORGANIZER:mailto:rsvp@club.example\nATTENDEE:mailto:anna@mill.example\nEND:VEVENT\nEND:VCALENDAR\n",
    more="Content-Type: text/calendar; charset=utf-8; method=REFRESH\n",
    name="f1",
)

# Delivery reports -----------------------------------------------------------------------------------------------------

POSTFIX_BOUNCE = bare(f"""\
Return-Path: <>
Date: Tue,  3 Mar 2026 10:00:01 +0000 (UTC)
From: MAILER-DAEMON@mx.club.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: rsvp+{TOKEN}@club.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4V1.1772532001/mx.club.example"
Message-Id: <20260303100001.4V1@mx.club.example>

This is a MIME-encapsulated message.

--4V1.1772532001/mx.club.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.club.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<anna@mill.example>: host mail.mill.example[192.0.2.7] said: 550 5.1.1
    <anna@mill.example>: Recipient address rejected: User unknown in local
    recipient table (in reply to RCPT TO command)

--4V1.1772532001/mx.club.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.club.example
X-Postfix-Queue-ID: 4V1
Arrival-Date: Tue,  3 Mar 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; anna@mill.example
Original-Recipient: rfc822;anna@mill.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.mill.example
Diagnostic-Code: smtp; 550 5.1.1 <anna@mill.example>: Recipient address
    rejected: User unknown in local recipient table

--4V1.1772532001/mx.club.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: The Convener <rsvp@club.example>
Reply-To: rsvp+{TOKEN}@club.example
To: anna@mill.example
Subject: Spring meeting
Message-ID: <k1@club.example>

--4V1.1772532001/mx.club.example--
""")

POSTFIX_DELAY = (
    POSTFIX_BOUNCE.replace(b"Action: failed", b"Action: delayed")
    .replace(b"Status: 5.1.1", b"Status: 4.4.1")
    .replace(
        b"550 5.1.1 <anna@mill.example>: Recipient address\r\n    rejected: User unknown in local recipient table",
        b"451 4.3.0 try again later",
    )
)
SUCCESS = POSTFIX_BOUNCE.replace(b"Action: failed", b"Action: delivered").replace(b"Status: 5.1.1", b"Status: 2.0.0")

EXCHANGE_BOUNCE = bare(f"""\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mill.onmicrosoft.example>
To: rsvp+{TOKEN}@club.example
Date: Tue, 3 Mar 2026 10:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="e1"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <e1@mill.onmicrosoft.example>
In-Reply-To: <k1@club.example>
Subject: Undeliverable: Spring meeting
Auto-Submitted: auto-replied

--e1
Content-Type: multipart/alternative; differences=Content-Type; boundary="e2"

--e2
Content-Type: text/plain; charset="us-ascii"

Your message to anna@mill.example couldn't be delivered.

anna wasn't found at mill.example.

--e2
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message to anna@mill.example couldn't be delivered.</p></body></html>
--e2--
--e1
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0.eurprd.prod.outlook.example
Received-From-MTA: dns;mx.club.example

Final-Recipient: rfc822;anna@mill.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient anna@mill.example not found by SMTP address lookup

--e1
Content-Type: message/rfc822

From: The Convener <rsvp@club.example>
Message-ID: <k1@club.example>
Subject: Spring meeting
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:{UID}
ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@mill.example
END:VEVENT
END:VCALENDAR
--e1--
""")

GMAIL_BOUNCE = bare(f"""\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: rsvp+{TOKEN}@club.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <k1@club.example>
In-Reply-To: <k1@club.example>
X-Failed-Recipients: anna@mill.example
Message-ID: <69a.g@mx.google.example>
Date: Tue, 03 Mar 2026 02:00:00 -0800 (PST)
Content-Type: multipart/report; boundary="g1"; report-type=delivery-status

--g1
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to anna@mill.example because the address couldn't be found, or is unable to receive mail.

The response was:
550 5.1.1 The email account that you tried to reach does not exist.

--g1
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Arrival-Date: Tue, 03 Mar 2026 02:00:00 -0800 (PST)
X-Original-Message-ID: <k1@club.example>

Final-Recipient: rfc822; anna@mill.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550 5.1.1 double-checking the recipient's address.

--g1
Content-Type: message/rfc822

From: The Convener <rsvp@club.example>
Message-ID: <k1@club.example>
Subject: Spring meeting

Dear Anna,
--g1--
""")

EXIM_BOUNCE = bare(f"""\
Return-Path: <>
X-Failed-Recipients: anna@mill.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.club.example>
To: rsvp+{TOKEN}@club.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1x@mx.club.example>
Date: Tue, 03 Mar 2026 10:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  anna@mill.example
    host mail.mill.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<anna@mill.example>:
    552 5.2.2 Mailbox full

------ This is a copy of the message, including all the headers. ------

Return-path: <rsvp@club.example>
From: The Convener <rsvp@club.example>
To: anna@mill.example
Message-ID: <k1@club.example>

Dear Anna,
""")

QMAIL_BOUNCE = bare(f"""\
Return-Path: <>
Date: 3 Mar 2026 10:00:00 -0000
From: MAILER-DAEMON@mail.mill.example
To: rsvp+{TOKEN}@club.example
Subject: failure notice

Hi. This is the qmail-send program at mail.mill.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<anna@mill.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <rsvp@club.example>
Message-ID: <k1@club.example>
Subject: Spring meeting

Dear Anna,
""")

REFUSED = POSTFIX_BOUNCE.replace(
    b"550 5.1.1 <anna@mill.example>: Recipient address\r\n    rejected: User unknown in local recipient table",
    b"550 5.7.26 This mail has been blocked because the\r\n    sender is unauthenticated (SPF, DKIM)",
).replace(b"Status: 5.1.1", b"Status: 5.7.26")

COMPLAINT = bare("""\
From: <feedback@isp.example>
Date: Tue, 3 Mar 2026 10:00:00 +0000
Subject: FW: Spring meeting
To: <rsvp@club.example>
Message-ID: <fb1@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="f1"

--f1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message.

--f1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <anna@mill.example>

--f1
Content-Type: message/rfc822

From: The Convener <rsvp@club.example>
Message-ID: <k1@club.example>
Subject: Spring meeting

Dear Anna,
--f1--
""")

BOXBE = bare(f"""\
From: Boxbe <notify@boxbe.example>
To: rsvp+{TOKEN}@club.example
Subject: Spring meeting (Action Required)
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <bx@boxbe.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="x1"

--x1
Content-Type: text/plain

Your message to anna@mill.example was delivered to a waiting list. Anna uses Boxbe. Click the following link to confirm your message.

--x1
Content-Type: message/delivery-status

Reporting-MTA: dns; boxbe.example

Final-Recipient: rfc822; anna@mill.example
Action: failed
Status: 5.7.1

--x1--
""")

RECEIPT = bare("""\
From: Anna Ortiz <anna@mill.example>
To: rsvp@club.example
Subject: Read: Spring meeting
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <r1@mill.example>
Content-Type: multipart/report; report-type=disposition-notification; boundary="m1"

--m1
Content-Type: text/plain

Your message was read on 3 March 2026.
--m1
Content-Type: message/disposition-notification

Final-Recipient: RFC822; anna@mill.example
Disposition: automatic-action/MDN-sent-automatically; displayed
Original-Message-ID: <k1@club.example>

--m1--
""")

# Automatic answers ----------------------------------------------------------------------------------------------------

PIGEONHOLE = mail(
    "I am away until 20 March 2026. In urgent cases please write to Bert.\n",
    subject="Auto: Spring meeting",
    more="Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\nX-Auto-Response-Suppress: All\nX-Sieve: Pigeonhole Sieve 0.5.19\nContent-Type: text/plain\n",
    name="v1",
)
EXCHANGE_OOF = mail(
    "Ich bin bis zum 20.03.2026 nicht im Büro. Ihre Mail wird nicht weitergeleitet.\n",
    subject="Automatische Antwort: Spring meeting",
    name="v2",
)
LOTUS_OOF = mail(
    "I will return on 23 March.\n", subject="Anna Ortiz is out of the office (returning 23/03/2026)", name="v3"
)
APPLE_UNSUBSCRIBE = mail(
    "Apple Mail sent this email to unsubscribe from the message “Spring meeting”.\n",
    subject="unsubscribe",
    more="X-Apple-Unsubscribe: true\nAuto-Submitted: auto-replied\nContent-Type: text/plain\n",
    name="u1",
)

EVERY = {
    "gmail reply": gmail_reply(),
    "gmail comment": gmail_reply("TENTATIVE", 2, "we may be late"),
    "outlook reply": outlook_reply(),
    "apple reply": apple_reply(),
    "counter": counter(),
    "delegated": DELEGATED,
    "refresh": REFRESH,
    "postfix bounce": POSTFIX_BOUNCE,
    "postfix delay": POSTFIX_DELAY,
    "exchange bounce": EXCHANGE_BOUNCE,
    "gmail bounce": GMAIL_BOUNCE,
    "exim bounce": EXIM_BOUNCE,
    "qmail bounce": QMAIL_BOUNCE,
    "complaint": COMPLAINT,
    "boxbe": BOXBE,
    "receipt": RECEIPT,
    "pigeonhole": PIGEONHOLE,
    "exchange oof": EXCHANGE_OOF,
    "apple unsubscribe": APPLE_UNSUBSCRIBE,
    "words": mail(
        "Yes, I will come and bring Bert.\n\nAnna\n\nOn 2 Mar 2026, The Convener <rsvp@club.example> wrote:\n\n> Dear Anna,\n> will you come?\n"
    ),
    "html only": mail(
        '<html><body><div>Yes, <b>with</b> pleasure.</div><div class="gmail_quote"><div class="gmail_attr">On 2 Mar 2026 wrote:</div>'
        "<blockquote>Will you come?</blockquote></div></body></html>",
        more="Content-Type: text/html; charset=utf-8\n",
    ),
    "button": mail("Yes\n", subject=f"Yes: Spring meeting [ref:{TOKEN}]"),
}
