"""Letters in the shape the service sends, written with the standard library."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

SENT = datetime(2026, 1, 29, 15, 0, tzinfo=UTC)
START = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
MAILBOX = "rsvp@northwdb.example"
TOKEN = "abcdefghij234567abcd"
ADDRESS = f"rsvp+{TOKEN}@northwdb.example"
EVENT_UID = "launch-7f3a9c@northwdb.example"


def letter(
    to: str,
    *,
    number: int = 1,
    method: str | None = "REQUEST",
    links: bool = False,
    sequence: int = 0,
    start: datetime = START,
    auto_submitted: str | None = None,
    refers_to: str | None = None,
    text: str = "Dear guest,\n\nwe would like to see you on 12 March. Please reply yes or no.\n\nDana Lee\n",
) -> bytes:
    """One letter: with its calendar part if *method*, with Yes, No and Maybe links if *links*."""
    message = EmailMessage()
    message["From"] = f"Ruth Halloran (via Dana Lee) <{MAILBOX}>"
    message["To"] = to
    message["Reply-To"] = f"Dana Lee <{ADDRESS}>"
    message["Subject"] = "Invitation: Launch meeting, 12 March"
    message["Date"] = format_datetime(SENT)
    message["Message-ID"] = f"<letter-{number}@northwdb.example>"
    if refers_to:
        message["In-Reply-To"] = message["References"] = refers_to
    if auto_submitted:
        message["Auto-Submitted"] = auto_submitted
    link = f"mailto:rsvp%2B{TOKEN}@northwdb.example?subject={{0}}%3A%20Launch%20meeting&body={{0}}%20%5B{TOKEN}%5D"
    if links:
        text += "".join(f"\n{word}: <{link.format(word)}>" for word in ("Yes", "No", "Maybe")) + "\n"
        text += f"\nNo more messages: <mailto:rsvp%2B{TOKEN}@northwdb.example?subject=unsubscribe>\n"
    message.set_content(text)
    html = "<p>Dear guest,</p><p>we would like to see you on 12 March.</p>"
    if links:
        html += "".join(f'<a href="{link.format(w).replace("&", "&amp;")}">{w}</a> ' for w in ("Yes", "No", "Maybe"))
    message.add_alternative(f'<html lang="en"><body>{html}</body></html>', subtype="html")
    if method:
        calendar = "\r\n".join(
            (
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//test//EN",
                f"METHOD:{method}",
                "BEGIN:VEVENT",
                f"UID:{EVENT_UID}",
                f"DTSTAMP:{SENT:%Y%m%dT%H%M%SZ}",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                f"DTEND:{start + timedelta(hours=2):%Y%m%dT%H%M%SZ}",
                f"SEQUENCE:{sequence}",
                "SUMMARY:Launch meeting\\, first of the year",
                "LOCATION:Lake County College\\, Room 4",
                f'ORGANIZER;CN="Dana Lee; NWDB":mailto:{ADDRESS}',
                f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailt\r\n o:{to}",
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            )
        )
        message.add_alternative(calendar.encode(), maintype="text", subtype="calendar", params={"method": method})
    return message.as_bytes().replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")
