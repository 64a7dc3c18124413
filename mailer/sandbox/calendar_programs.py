"""Calendar answers (iTIP REPLY, COUNTER and REFRESH by mail) as Gmail, Outlook with Exchange, and Apple write them.

Promises: functions of values; the differences between the programs are kept: which properties are there, in which case, in which
parts, under which header fields (seen in captures of each).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from mailer.sandbox.letter import CalendarObject, Letter
from mailer.sandbox.mime import Mail, folded, in_base64, in_quoted_printable, mailbox, multipart, part, words_field
from mailer.sandbox.zones import vtimezone, wall_clock, windows_zone
from mailer.terms import Address, PartStat


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """All that a program knows when its user clicks. *mark* is a hex name for this one mail: message id and boundaries.

    *proposed*: another time, with which the answer becomes a COUNTER; *delegate*: who comes instead; *date*: the one occurrence of a series that
    is answered; *again*: no answer at all, the calendar asks for the event (REFRESH)."""

    author: Address
    letter: Letter
    calendar: CalendarObject
    partstat: PartStat
    at: datetime
    mark: str
    language: str = "en"
    zone: str = "America/Chicago"
    comment: str = ""
    guests: int = 0
    proposed: tuple[datetime, datetime] | None = None
    delegate: Address | None = None
    date: datetime | None = None
    again: bool = False

    @property
    def method(self) -> str:
        return "REFRESH" if self.again else "COUNTER" if self.proposed else "REPLY"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """What stands in DTSTART and DTEND."""
        if self.proposed:
            return self.proposed
        length = self.calendar.dtend - self.calendar.dtstart
        return (self.date, self.date + length) if self.date else (self.calendar.dtstart, self.calendar.dtend)

    @property
    def parameters(self) -> str:
        """PARTSTAT, and who comes instead."""
        to = f';DELEGATED-TO="mailto:{self.delegate.addr_spec}"' if self.delegate else ""
        return f"PARTSTAT={self.partstat}{to}"


_WORDS = {
    "en": {PartStat.ACCEPTED: "Accepted", PartStat.DECLINED: "Declined", PartStat.TENTATIVE: "Tentative"},
    "es": {PartStat.ACCEPTED: "Aceptada", PartStat.DECLINED: "Rechazada", PartStat.TENTATIVE: "Provisional"},
}
_VERBS = {
    "en": {
        PartStat.ACCEPTED: "has accepted this invitation.",
        PartStat.DECLINED: "has declined this invitation.",
        PartStat.TENTATIVE: "has replied “Maybe” to this invitation.",
    },
    "es": {
        PartStat.ACCEPTED: "ha aceptado esta invitación.",
        PartStat.DECLINED: "ha rechazado esta invitación.",
        PartStat.TENTATIVE: "ha respondido «Quizás» a esta invitación.",
    },
}
_BUSY = {PartStat.ACCEPTED: "BUSY", PartStat.DECLINED: "FREE", PartStat.TENTATIVE: "TENTATIVE"}


def _word(answer: CalendarAnswer) -> str:
    if answer.proposed or answer.again or answer.partstat not in _WORDS["en"]:
        return {"REFRESH": "Refresh", "COUNTER": "New Time Proposed"}.get(answer.method, "Delegated")
    return _WORDS[answer.language][answer.partstat]


def _verb(answer: CalendarAnswer) -> str:
    if answer.proposed or answer.again or answer.partstat not in _VERBS["en"]:
        return {"REFRESH": "asks for this event.", "COUNTER": "has proposed a new time for this event."}.get(
            answer.method, "has delegated this invitation."
        )
    return _VERBS[answer.language][answer.partstat]


def gmail_answer(answer: CalendarAnswer) -> Mail:
    """Google Calendar: text, HTML and REPLY in an alternative, and the same REPLY again as invite.ics."""
    calendar, author = answer.calendar, answer.author
    stamp, organizer = answer.at.astimezone(UTC), calendar.organizer_address()
    comment = f';X-RESPONSE-COMMENT="{answer.comment}"' if answer.comment else ""
    ics = folded(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            f"METHOD:{answer.method}",
            "BEGIN:VEVENT",
            f"DTSTART:{_utc(answer.span[0])}",
            f"DTEND:{_utc(answer.span[1])}",
            f"DTSTAMP:{_utc(stamp)}",
            f"ORGANIZER{calendar.organizer.params}:mailto:{organizer}",
            f"UID:{calendar.event_uid}",
            *([f"RECURRENCE-ID:{_utc(answer.date)}"] if answer.date else []),
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;{answer.parameters};CN={_cn(author.display_name)};"
            f"X-NUM-GUESTS={answer.guests}{comment}:mailto:{author.addr_spec}",
            f"CREATED:{_utc(answer.letter.date or stamp)}",
            f"LAST-MODIFIED:{_utc(stamp)}",
            f"LOCATION:{_escape(calendar.location)}",
            f"SEQUENCE:{calendar.sequence}",
            "STATUS:CONFIRMED",
            f"SUMMARY:{_escape(calendar.summary)}",
            "TRANSP:OPAQUE",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )
    when = answer.calendar.dtstart.astimezone(ZoneInfo(answer.zone)).strftime("%a %b %-d, %Y %-I:%M%p (%Z)")
    word = _word(answer)
    verb = _verb(answer)
    text = f"{author.display_name} {verb}\n\n" + (f"{answer.comment}\n\n" if answer.comment else "")
    text += f"{calendar.summary}\n{when}\n\nInvitation from Google Calendar: https://calendar.google.com/calendar/\n"
    html = f"<html><body><div><p><b>{escape(author.display_name)}</b> {verb}</p><p>{escape(calendar.summary)}<br>{when}</p></div></body></html>"
    outer, inner = f"000000000000{answer.mark[:16]}", f"000000000000{answer.mark[16:32]}"
    alternative = multipart(
        inner,
        [
            part(
                [
                    ("Content-Type", 'text/plain; charset="UTF-8"; format=flowed; delsp=yes'),
                    ("Content-Transfer-Encoding", "base64"),
                ],
                in_base64(text),
            ),
            part(
                [("Content-Type", 'text/html; charset="UTF-8"'), ("Content-Transfer-Encoding", "quoted-printable")],
                in_quoted_printable(html),
            ),
            part(
                [
                    ("Content-Type", f'text/calendar; charset="UTF-8"; method={answer.method}'),
                    ("Content-Transfer-Encoding", "7bit" if ics.isascii() else "8bit"),
                ],
                ics,
            ),
        ],
    )
    body = multipart(
        outer,
        [
            part([("Content-Type", f'multipart/alternative; boundary="{inner}"')], alternative),
            part(
                [
                    ("Content-Type", 'application/ics; name="invite.ics"'),
                    ("Content-Disposition", 'attachment; filename="invite.ics"'),
                    ("Content-Transfer-Encoding", "base64"),
                ],
                in_base64(ics),
            ),
        ],
    )
    header = [
        ("MIME-Version", "1.0"),
        ("Reply-To", mailbox(author)),
        ("Sender", "Google Calendar <calendar-notification@google.com>"),
        ("Auto-Submitted", "auto-generated"),
        ("Message-ID", f"<calendar-{answer.mark[:8]}-{answer.mark[8:12]}-{answer.mark[12:16]}@google.com>"),
        ("Date", format_datetime(stamp)),
        ("Subject", words_field(f"{word}: {calendar.summary} @ {when} ({organizer})")),
        ("From", mailbox(author)),
        ("To", organizer),
        ("Content-Type", f'multipart/mixed; boundary="{outer}"'),
    ]
    return Mail(author.addr_spec, organizer, part(header, body).encode())


def outlook_answer(answer: CalendarAnswer) -> Mail:
    """Exchange: no ORGANIZER, the UID in capitals, Windows zones, the comment as COMMENT with an escaped line feed at its end."""
    calendar, author, zone = answer.calendar, answer.author, windows_zone(answer.zone)
    organizer, domain = calendar.organizer_address(), author.addr_spec.rpartition("@")[2]
    word = _word(answer)
    tongue = {"en": "en-US", "es": "es-ES"}[answer.language]
    subject = f"{word}: {calendar.summary}"
    comment = answer.comment + "\n"
    ics = folded(
        [
            "BEGIN:VCALENDAR",
            f"METHOD:{answer.method}",
            "PRODID:Microsoft Exchange Server 2010",
            "VERSION:2.0",
            *vtimezone(zone),
            "BEGIN:VEVENT",
            f"ATTENDEE;{answer.parameters};CN={_cn(author.display_name)}:MAILTO:{author.addr_spec}",
            f"COMMENT;LANGUAGE={tongue}:{_escape(comment)}",
            f"UID:{calendar.event_uid.upper()}",
            f"SUMMARY;LANGUAGE={tongue}:{_escape(subject)}",
            *(
                [f"RECURRENCE-ID;TZID={zone.name}:{wall_clock(answer.date, answer.zone)[:8]}T000000"]
                if answer.date
                else []
            ),
            f"DTSTART;TZID={zone.name}:{wall_clock(answer.span[0], answer.zone)}",
            f"DTEND;TZID={zone.name}:{wall_clock(answer.span[1], answer.zone)}",
            *(
                [
                    f"X-MS-OLK-ORIGINALSTART;TZID={zone.name}:{wall_clock(calendar.dtstart, answer.zone)}",
                    f"X-MS-OLK-ORIGINALEND;TZID={zone.name}:{wall_clock(calendar.dtend, answer.zone)}",
                ]
                if answer.proposed
                else []
            ),
            "CLASS:PUBLIC",
            "PRIORITY:5",
            f"DTSTAMP:{_utc(answer.at)}",
            "TRANSP:OPAQUE",
            "STATUS:CONFIRMED",
            f"SEQUENCE:{calendar.sequence}",
            f"LOCATION;LANGUAGE={tongue}:{_escape(calendar.location)}",
            f"X-MICROSOFT-CDO-APPT-SEQUENCE:{calendar.sequence}",
            "X-MICROSOFT-CDO-OWNERAPPTID:0",
            f"X-MICROSOFT-CDO-BUSYSTATUS:{_BUSY.get(answer.partstat, 'FREE')}",
            "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
            "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
            "X-MICROSOFT-CDO-IMPORTANCE:1",
            "X-MICROSOFT-CDO-INSTTYPE:0",
            "X-MICROSOFT-DONOTFORWARDMEETING:FALSE",
            "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )
    mark = answer.mark.upper()
    boundary = f"_000_{mark[:24]}{domain.replace('.', '').replace('-', '')[:20]}_"
    html = (
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n'
        f'<body lang="{tongue}">\n<div class="WordSection1">\n<p class="MsoNormal">{escape(answer.comment) or "<o:p>&nbsp;</o:p>"}</p>\n'
        "</div>\n</body>\n</html>\n"
    )
    quoted_printable = ("Content-Transfer-Encoding", "quoted-printable")
    body = multipart(
        boundary,
        [
            part([("Content-Type", 'text/plain; charset="utf-8"'), quoted_printable], in_quoted_printable(comment)),
            part([("Content-Type", 'text/html; charset="utf-8"'), quoted_printable], in_quoted_printable(html)),
            part(
                [
                    ("Content-Type", f'text/calendar; charset="utf-8"; method={answer.method}'),
                    ("Content-Transfer-Encoding", "base64"),
                ],
                in_base64(ics),
            ),
        ],
    )
    header = [
        ("From", mailbox(author)),
        ("To", mailbox(Address(answer.letter.author.display_name, organizer))),
        ("Subject", words_field(subject)),
        ("Thread-Topic", words_field(calendar.summary)),
        ("Thread-Index", f"AQHb{answer.mark[:22]}=="),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(answer.zone)))),
        ("Message-ID", f"<{mark[:32]}@{mark[32:40]}.prod.{domain}>"),
        ("References", answer.letter.message_id),
        ("In-Reply-To", answer.letter.message_id),
        ("Accept-Language", tongue),
        ("Content-Language", tongue),
        ("X-MS-Has-Attach", ""),
        ("X-Auto-Response-Suppress", "DR, OOF, AutoReply"),
        ("X-MS-TNEF-Correlator", ""),
        ("Content-Type", f'multipart/alternative;\r\n\tboundary="{boundary}"'),
        ("MIME-Version", "1.0"),
    ]
    return Mail(author.addr_spec, organizer, part(header, body).encode())


def apple_answer(answer: CalendarAnswer) -> Mail:
    """Apple Calendar: an alternative of text and a mixed part that holds the REPLY as a named attachment, with METHOD inside only."""
    calendar, author, zone = answer.calendar, answer.author, answer.zone
    organizer = calendar.organizer_address()
    word = _word(answer)
    ics = folded(
        [
            "BEGIN:VCALENDAR",
            "CALSCALE:GREGORIAN",
            "PRODID:-//Apple Inc.//macOS 14.4.1//EN",
            "VERSION:2.0",
            f"METHOD:{answer.method}",
            "BEGIN:VEVENT",
            f"UID:{calendar.event_uid}",
            *([f"RECURRENCE-ID;TZID={zone}:{wall_clock(answer.date, zone)}"] if answer.date else []),
            f"DTSTART;TZID={zone}:{wall_clock(answer.span[0], zone)}",
            f"DTEND;TZID={zone}:{wall_clock(answer.span[1], zone)}",
            f"SUMMARY:{_escape(calendar.summary)}",
            f"DTSTAMP:{_utc(answer.at)}",
            f"SEQUENCE:{calendar.sequence}",
            f"ORGANIZER{calendar.organizer.params}:mailto:{organizer}",
            f'ATTENDEE;CN="{author.display_name}";CUTYPE=INDIVIDUAL;{answer.parameters};ROLE=REQ-PARTICIPANT:'
            f"mailto:{author.addr_spec}",
            *([f"COMMENT:{_escape(answer.comment)}"] if answer.comment else []),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )
    mark = answer.mark.upper()
    outer, inner = f"Apple-Mail-1--{int(mark[:8], 16)}", f"Apple-Mail-2--{int(mark[:8], 16)}"
    verb = _verb(answer)
    sentence = f"{author.display_name} {verb} {calendar.summary}" + (f"\n\n{answer.comment}" if answer.comment else "")
    name = f"iCal-{answer.at.astimezone(UTC):%Y%m%d-%H%M%S}.ics"
    quoted_printable = ("Content-Transfer-Encoding", "quoted-printable")
    html = part(
        [("Content-Type", "text/html;\r\n\tcharset=utf-8"), quoted_printable],
        in_quoted_printable(f"<html><body><div>{escape(sentence)}</div></body></html>\n"),
    )
    attached = part(
        [
            ("Content-Disposition", f"attachment;\r\n\tfilename={name}"),
            ("Content-Type", f'text/calendar;\r\n\tx-unix-mode=0644;\r\n\tname="{name}"'),
            quoted_printable,
        ],
        in_quoted_printable(ics),
    )
    mixed = part([("Content-Type", f"multipart/mixed;\r\n\tboundary={inner}")], multipart(inner, [html, attached]))
    plain = part(
        [("Content-Type", "text/plain;\r\n\tcharset=utf-8;\r\n\tformat=flowed"), quoted_printable],
        in_quoted_printable(sentence + "\n"),
    )
    header = [
        ("From", mailbox(author)),
        ("Content-Type", f"multipart/alternative;\r\n\tboundary={outer}"),
        ("MIME-Version", "1.0 (Mac OS X Mail 16.0 \\(3774.500.171.1.1\\))"),
        ("Subject", words_field(f"{word}: {calendar.summary}")),
        (
            "Message-Id",
            f"<{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}@{author.addr_spec.rpartition('@')[2]}>",
        ),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(zone)))),
        ("To", organizer),
        ("X-Mailer", "Apple Mail (2.3774.500.171.1.1)"),
        ("X-Mail-Calendar-Part", "Yes"),
    ]
    return Mail(author.addr_spec, organizer, part(header, multipart(outer, [plain, mixed])).encode())


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    """TEXT of RFC 5545 §3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _cn(name: str) -> str:
    return f'"{name}"' if any(mark in name for mark in ",;:") else name
