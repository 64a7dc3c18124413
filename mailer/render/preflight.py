"""Read each outgoing calendar object once more before it leaves, with the eyes of the programs that refused such things.

Promises: what passes has none of the faults of calendar-mail.md, quirks 23 to 31 and 36, that an object can have; each sentence
names the program that would stumble. Never: repairs.
Fails: `preflight` returns sentences; `cleared` raises `CalendarUnfit`, and the mail is held, not sent.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from icalendar import Calendar, Component

from mailer.errors import MailerError
from mailer.terms import canonical

_LONGEST_LINE = 75  # octets, RFC 5545 §3.1


class CalendarUnfit(MailerError):
    """A calendar file of ours would not be understood: the mail must not leave."""


def cleared(content: bytes, method: str, *, mailbox: str = "", domain: str = "") -> bytes:
    """Give *content* back if it may leave."""
    if faults := preflight(content, method, mailbox=mailbox, domain=domain):
        raise CalendarUnfit("The calendar file is not fit to send: " + " ".join(faults))
    return content


def preflight(content: bytes, method: str, *, mailbox: str = "", domain: str = "") -> tuple[str, ...]:
    """Every fault of *content* when it leaves with ``method=`` *method*.

    *mailbox*: our own address, to which nothing with buttons may go; *domain*: that of From.
    """
    faults = list(_bytes(content))
    try:
        calendars = Calendar.from_ical(content, multiple=True)
    except Exception as error:  # the parser raises many things; all mean the same here
        return (*faults, f"It cannot be read again: {error}.")
    if len(calendars) != 1:
        return (*faults, "It holds more than one VCALENDAR (Cyrus refuses it).")
    faults += _calendar(calendars[0], method)
    events = calendars[0].walk("VEVENT")
    if len(events) != 1:
        return (*faults, "It must hold exactly one VEVENT (Nextcloud, and instance updates everywhere).")
    faults += _event(events[0], method)
    faults += _people(events[0], method, mailbox, domain)
    faults += _times(calendars[0], events[0])
    return tuple(faults)


def _bytes(content: bytes) -> Iterator[str]:
    if b"\r\r\n" in content or re.search(rb"(?<!\r)\n|\r(?!\n)", content):
        yield "A line does not end in CRLF (Gmail shows no buttons)."
    lines = content.split(b"\r\n")
    if any(len(line) > _LONGEST_LINE for line in lines):
        yield "A line is longer than 75 octets (RFC 5545 section 3.1)."
    try:
        for line in lines:
            line.decode("utf-8")
    except UnicodeDecodeError:
        yield "It is not UTF-8, or a fold cuts a character in two (umlauts break)."
    if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content):
        yield "It holds a control character."


def _calendar(calendar: Component, method: str) -> Iterator[str]:
    own = calendar.get("METHOD")
    if own is None:
        yield "METHOD is missing (Outlook: not supported calendar message)."
    elif str(own) != method:
        yield f"METHOD is {own}, but the mail says {method} (Outlook: not supported calendar message)."
    if method not in ("REQUEST", "CANCEL"):
        yield f"{method} makes double entries or nothing in desktop Outlook."
    if str(calendar.get("VERSION")) != "2.0" or not calendar.get("PRODID"):
        yield "VERSION:2.0 or PRODID is missing (RFC 5545 section 3.7)."
    if calendar.get("UID") is not None:
        yield "A UID stands on the VCALENDAR."
    for block in (inner for zone in calendar.walk("VTIMEZONE") for inner in zone.subcomponents):
        if block.get("RDATE") is not None:
            yield "VTIMEZONE holds RDATE (Outlook moves the meeting by an hour)."
            break


def _event(event: Component, method: str) -> Iterator[str]:
    if event.errors:
        yield "A property is broken: " + ", ".join(str(name) for name, _ in event.errors) + "."
    for name in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "ORGANIZER", "SUMMARY"):
        if event.get(name) is None:
            yield f"{name} is missing: an update or cancellation is ignored or doubled without it."
        elif isinstance(event.get(name), list):
            yield f"{name} stands there twice."
    status = str(event.get("STATUS", ""))
    if (status == "CANCELLED") != (method == "CANCEL"):
        yield f"STATUS is {status or 'missing'} under METHOD:{method} (cancellations are ignored)."
    if event.get("RDATE") is not None or event.get("EXDATE") is not None:
        yield "RDATE or EXDATE: odd recurrences are refused by Outlook."
    if event.walk("VALARM"):
        yield "VALARM: Google and Outlook drop it; reminders go by mail."


def _people(event: Component, method: str, mailbox: str, domain: str) -> Iterator[str]:
    organizer = str(event.get("ORGANIZER", ""))
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    if len(attendees) != 1:
        yield "It must name exactly one ATTENDEE, the reader (Gmail shows no buttons; others see who is invited)."
    for user in (organizer, *map(str, attendees)):
        if not re.fullmatch(r"mailto:[^\s<>,;@]+@[^\s<>,;@]+", user):
            yield f"“{user}” is no mailto address (Outlook: not supported calendar message)."
    if domain and not canonical(organizer).endswith("@" + canonical("x@" + domain).rpartition("@")[2]):
        yield "ORGANIZER is of another domain than From (Gmail shows no buttons)."
    for attendee in attendees:
        yield from _attendee(attendee, method)
        if canonical(str(attendee)) in (canonical(organizer), canonical(mailbox), _without_subaddress(organizer)):
            yield "The reader is the organizer: Outlook says “As the organizer you need not respond”."
    for user in (event.get("ORGANIZER"), *attendees):
        if '"' in str(getattr(user, "params", {}).get("CN", "")):
            yield "A name holds quotation marks (not every program reads RFC 6868)."


def _attendee(attendee: Any, method: str) -> Iterator[str]:
    params = attendee.params
    if method == "REQUEST" and (params.get("PARTSTAT"), params.get("RSVP")) != ("NEEDS-ACTION", "TRUE"):
        yield "ATTENDEE needs PARTSTAT=NEEDS-ACTION and RSVP=TRUE (Gmail and Apple show no buttons; Outlook ignores any other)."
    if method == "CANCEL" and params.get("RSVP") == "TRUE":
        yield "A cancellation asks for an answer."


def _without_subaddress(address: str) -> str:
    local, _, domain = canonical(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _times(calendar: Component, event: Component) -> Iterator[str]:
    start, end = event.get("DTSTART"), event.get("DTEND")
    if not isinstance(getattr(start, "dt", None), date) or not isinstance(getattr(end, "dt", None), date):
        yield "DTSTART or DTEND is missing or no date."
        return
    zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}
    for property_ in (start, end):
        zone = property_.params.get("TZID")
        if zone and zone not in zones:
            yield f"There is no VTIMEZONE for {zone} (one hour off in Outlook)."
        if isinstance(property_.dt, datetime) and property_.dt.tzinfo is None:
            yield "A time floats: it has neither zone nor Z."
            return
    if end.dt < start.dt:
        yield "It ends before it begins."
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    if isinstance(stamp, datetime) and (stamp.tzinfo is None or stamp.utcoffset()):
        yield "DTSTAMP is not in UTC (RFC 5545 section 3.8.7.2)."
