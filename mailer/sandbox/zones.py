"""Time zones by the names and rules that Exchange writes into its calendar parts (Windows names, rules since 1601)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class WindowsZone:
    name: str
    standard: str
    daylight: str
    starts: str
    ends: str
    hour_ends: int = 2


_US = ("BYDAY=2SU;BYMONTH=3", "BYDAY=1SU;BYMONTH=11")
_EU = ("BYDAY=-1SU;BYMONTH=3", "BYDAY=-1SU;BYMONTH=10")
_ZONES = {
    "America/New_York": WindowsZone("Eastern Standard Time", "-0500", "-0400", *_US),
    "America/Chicago": WindowsZone("Central Standard Time", "-0600", "-0500", *_US),
    "America/Denver": WindowsZone("Mountain Standard Time", "-0700", "-0600", *_US),
    "America/Los_Angeles": WindowsZone("Pacific Standard Time", "-0800", "-0700", *_US),
    "Europe/Berlin": WindowsZone("W. Europe Standard Time", "+0100", "+0200", *_EU, hour_ends=3),
    "Europe/Madrid": WindowsZone("Romance Standard Time", "+0100", "+0200", *_EU, hour_ends=3),
}


def windows_zone(iana: str) -> WindowsZone:
    """Give Exchange's zone for an IANA name. Raises KeyError for one that no member of the cast lives in."""
    return _ZONES[iana]


def vtimezone(zone: WindowsZone) -> list[str]:
    """The VTIMEZONE lines of *zone*."""
    return [
        "BEGIN:VTIMEZONE",
        f"TZID:{zone.name}",
        "BEGIN:STANDARD",
        f"DTSTART:16010101T{zone.hour_ends:02}0000",
        f"TZOFFSETFROM:{zone.daylight}",
        f"TZOFFSETTO:{zone.standard}",
        f"RRULE:FREQ=YEARLY;INTERVAL=1;{zone.ends}",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        f"TZOFFSETFROM:{zone.standard}",
        f"TZOFFSETTO:{zone.daylight}",
        f"RRULE:FREQ=YEARLY;INTERVAL=1;{zone.starts}",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    ]


def wall_clock(instant: datetime, iana: str) -> str:
    """*instant* as a local DATE-TIME of RFC 5545 §3.3.5."""
    return instant.astimezone(ZoneInfo(iana)).strftime("%Y%m%dT%H%M%S")
