"""winmail.dat (MS-OXTNEF): the answer that Outlook hid from everybody but Outlook.

Promises: pure; never raises; reads the message class, the body, the event's UID and a proposed time, nothing else.
"""

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import tnefparse

from mailer.parse.charset import decode
from mailer.parse.parts import Part
from mailer.terms import EventUid, PartStat

_CLASSES = {
    "ipm.schedule.meeting.resp.pos": PartStat.ACCEPTED,
    "ipm.schedule.meeting.resp.neg": PartStat.DECLINED,
    "ipm.schedule.meeting.resp.tent": PartStat.TENTATIVE,
}
_MESSAGE_CLASS = 0x001A  # PidTagMessageClass
MOST_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Tnef:
    """*partstat* where the message class is that of an answer; *calendars* where the stream carries .ics files; *proposed*: start and end of
    another time that is proposed with the answer."""

    message_class: str
    partstat: PartStat | None
    body: str = ""
    event_uid: EventUid | None = None
    calendars: tuple[Part, ...] = ()
    proposed: tuple[datetime, datetime] | None = None


def read_tnef(content: bytes) -> Tnef | None:
    """Read a TNEF stream; None where it is none."""
    if len(content) > MOST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stream = tnefparse.TNEF(content, do_checksum=False)
    except Exception:  # a reader of binary data without a promise about what it raises
        return None
    message_class = _message_class(stream)
    calendars = filter(None, map(_calendar, list(getattr(stream, "attachments", ()))[:50]))
    return Tnef(
        message_class,
        _partstat(message_class),
        _body(stream),
        _event_uid(content),
        tuple(calendars),
        _proposed(stream),
    )


def _calendar(attachment: object) -> Part | None:
    try:
        name, content = str(attachment.long_filename()), attachment.data  # type: ignore[attr-defined]
    except Exception:  # names in any charset
        return None
    return (
        Part("text/calendar", {}, name, content)
        if name.lower().endswith(".ics") and isinstance(content, bytes)
        else None
    )


def _message_class(stream: object) -> str:
    for prop in list(getattr(stream, "msgprops", None) or ()):
        if prop.name == tnefparse.TNEF.ATTMESSAGECLASS:
            return _string(prop.data)
    for prop in list(getattr(stream, "mapiprops", None) or ()):
        if prop.name == _MESSAGE_CLASS:
            return _string(prop.data)
    return ""


def _string(value: object) -> str:
    if isinstance(value, bytes):
        value = decode(value, None)[0]
    return str(value).strip("\0 ")[:100_000]


def _partstat(message_class: str) -> PartStat | None:
    # old streams write IPM.Microsoft Schedule.MtgRespP, …N, …A
    name = message_class.lower()
    legacy = {"ipm.microsoft schedule.mtgrespp": PartStat.ACCEPTED, "ipm.microsoft schedule.mtgrespn": PartStat.DECLINED,
              "ipm.microsoft schedule.mtgrespa": PartStat.TENTATIVE}  # fmt: skip
    return _CLASSES.get(name) or legacy.get(name)


def _body(stream: object) -> str:
    try:
        body = getattr(stream, "body", None)
        return _string(body) if isinstance(body, str | bytes) else ""
    except Exception:  # see read_tnef
        return ""


# MS-OXPROPS: PidLidAppointmentProposedStartWhole and …EndWhole, of PSETID_Appointment
_APPOINTMENT = UUID("00062002-0000-0000-c000-000000000046")
_PROPOSED_START, _PROPOSED_END = 0x8250, 0x8251
_FIRST = datetime(1601, 1, 1, tzinfo=UTC)  # FILETIME counts from it, in tenths of a microsecond


def _proposed(stream: object) -> tuple[datetime, datetime] | None:
    found: dict[int, datetime] = {}
    try:
        for prop in list(getattr(stream, "mapiprops", None) or ())[:2_000]:
            if prop.guid == _APPOINTMENT and prop.guid_prop in (_PROPOSED_START, _PROPOSED_END):
                ticks = int.from_bytes(prop.raw_data, "little")
                found[prop.guid_prop] = (_FIRST + timedelta(microseconds=ticks // 10)).replace(microsecond=0)
    except Exception:  # see read_tnef
        return None
    start, end = found.get(_PROPOSED_START), found.get(_PROPOSED_END)
    return (start, end) if start is not None and end is not None and start.year > 2000 else None


# MS-OXCICAL §2.1.3.1.1.20.26: an event UID from outside is wrapped in the GlobalObjectId behind this label
_WRAPPED_UID = re.compile(rb"vCal-Uid\x01\x00\x00\x00([\x21-\x7e]{1,300})\x00")


def _event_uid(content: bytes) -> EventUid | None:
    match = _WRAPPED_UID.search(content)
    return EventUid(match[1].decode("ascii")) if match else None
