"""Times in calendar parts (RFC 5545 §3.3.5): instants in UTC, whatever calendars call their zones.

Promises: never raises; a zone that nobody knows gives the local time as if in UTC, and says that it did.
"""

import re
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_INSTANT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.IGNORECASE)


class Zones:
    """The time zones of one object, looked up when a time needs one."""

    def __init__(self, block: str) -> None:
        self._block = block

    def instant(self, parameters: dict[str, str], value: str) -> tuple[datetime | None, bool]:
        """*value* in UTC, and whether it was a mere day or a local time without a zone we know."""
        match = _INSTANT.search(value.strip())
        if match is None:
            return None, False
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
            if match[4] is None:
                return datetime.combine(day, time(), UTC), True
            second = min(int(match[6] or 0), 59)  # a leap second is no reason to lose an answer
            local = datetime.combine(day, time(int(match[4]), int(match[5]), second))
            if match[7]:
                return local.replace(tzinfo=UTC), False
            zone = self._zone(parameters.get("TZID", "").strip().strip('"').strip())
            if zone is None:
                return local.replace(tzinfo=UTC), True
            return local.replace(tzinfo=zone).astimezone(UTC), False
        except (ValueError, OverflowError):
            return None, False

    def _zone(self, name: str) -> tzinfo | None:
        if not name:
            return None
        if known := named_zone(name):
            return known
        for block in re.findall(r"BEGIN:VTIMEZONE.{0,20000}?END:VTIMEZONE", self._block, re.IGNORECASE | re.DOTALL)[
            :20
        ]:
            if re.search(rf"^TZID[^:\n]*:\s*{re.escape(name)}\s*$", block, re.IGNORECASE | re.MULTILINE):
                try:
                    described = Timezone.from_ical(block.replace("\n", "\r\n") + "\r\n")
                    return described.to_tz(lookup_tzid=False) if isinstance(described, Timezone) else None
                except Exception:  # whatever icalendar finds wrong with a stranger's zone
                    return None
        return None


def named_zone(name: str) -> tzinfo | None:
    """A zone by its IANA or Windows name, with the prefixes and suffixes that calendars put around it."""
    name = name.strip()
    if name.upper() in ("UTC", "GMT", "Z", "ETC/UTC"):
        return UTC
    windows = WINDOWS_TO_OLSON.get(name) or WINDOWS_TO_OLSON.get(re.sub(r" \d$", "", name))
    candidates = [windows] if windows else [name, "/".join(name.split("/")[-2:]), "/".join(name.split("/")[-3:])]
    for candidate in candidates:
        if re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}", candidate):
            try:
                return ZoneInfo(candidate)
            except (ValueError, OSError, KeyError):
                continue
    return None
