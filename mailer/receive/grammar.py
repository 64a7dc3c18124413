"""The few productions of RFC 3501 §9 that we write and read.

Promises: what is written cannot end a command early; what is read may be anything, and what is not understood is absent.
Fails: `ValueError` for a text that cannot be sent at all (it holds CR, LF or NUL).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from mailer.receive.framing import Parts

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNSENDABLE = re.compile(r"[\x00\r\n]")
_INTERNAL_DATE = re.compile(rb"\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_TOKEN = re.compile(rb'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|~?\{\d+\+?\}\Z|([^\s()"]+))', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_FETCH = re.compile(rb"\* \d+ FETCH (?=\()", re.IGNORECASE)
_CODE = re.compile(rb"\s*\[([A-Za-z0-9-]+)(?: ([^\]]*))?\]")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def quoted(text: str) -> str:
    """Write *text* as a quoted string. ASCII only, which `is_plain` tells."""
    if _UNSENDABLE.search(text):
        raise ValueError("line ends and NUL cannot be sent")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_plain(text: str) -> bool:
    """Tell whether *text* may stand in a quoted string."""
    return text.isascii() and not _UNSENDABLE.search(text)


def mailbox_name(name: str) -> str:
    """Write a mailbox name: modified UTF-7 (RFC 3501 §5.1.3), quoted."""
    written: list[str] = []
    shifted: list[str] = []

    def unshift() -> None:
        if shifted:
            utf16 = "".join(shifted).encode("utf-16-be", "surrogatepass")
            written.append("&" + b64encode(utf16).decode("ascii").rstrip("=").replace("/", ",") + "-")
            shifted.clear()

    for character in name:
        if " " <= character <= "~":
            unshift()
            written.append("&-" if character == "&" else character)
        else:
            shifted.append(character)
    unshift()
    return quoted("".join(written))


def read_mailbox_name(name: str) -> str:
    """Read modified UTF-7 as far as it can be read."""

    def shifted(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        text = match[1].replace(",", "/")
        try:
            return b64decode(text + "=" * (-len(text) % 4)).decode("utf-16-be")
        except ValueError:
            return match[0]

    return _SHIFTED.sub(shifted, name)


def uid_set(imap_uids: Iterable[int]) -> str:
    """Write a sequence-set, neighbours joined: ``1:3,7``."""
    written: list[str] = []
    ordered = sorted(set(imap_uids))
    start = 0
    for index, imap_uid in enumerate(ordered):
        if index + 1 < len(ordered) and ordered[index + 1] == imap_uid + 1:
            continue
        first = ordered[start]
        written.append(str(imap_uid) if first == imap_uid else f"{first}:{imap_uid}")
        start = index + 1
    return ",".join(written)


def search_date(day: date) -> str:
    """Write a date for SEARCH: English whatever the locale."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}"


def internal_date(text: bytes) -> datetime | None:
    """Read a date-time; None if it is none."""
    match = _INTERNAL_DATE.fullmatch(text)
    if match is None:
        return None
    try:
        month = _MONTHS.index(match[2].decode("ascii").title()) + 1
        offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == b"-" else 1)
        day, year, hour, minute, second = (int(match[n]) for n in (1, 3, 4, 5, 6))
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def response_code(text: bytes) -> tuple[str, str]:
    """Read ``[CODE arguments] words`` (RFC 3501 §7.1): the code in capitals and its arguments; both empty if there is none."""
    match = _CODE.match(text)
    if match is None:
        return "", ""
    return match[1].decode("ascii").upper(), (match[2] or b"").decode("ascii", "replace")


def words(text: bytes) -> str:
    """Give the human part of a status response, fit to be shown: one line, no controls, not long."""
    match = _CODE.match(text)
    shown = text[match.end() if match else 0 :].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in shown).split())[:200].rstrip(" .")


def numbers(parts: Parts, name: bytes) -> Iterator[int]:
    """Give the numbers of a ``* SEARCH 1 2 3``; nothing for another response."""
    fields = parts[0].split()
    if len(fields) > 1 and fields[1].upper() == name:
        yield from (int(field) for field in fields[2:] if field.isdigit())


def fetch_data(parts: Parts) -> dict[bytes, bytes]:
    """Read the items of one FETCH response: name in capitals → atom, string or literal. Lists are passed over.

    Brackets, quotes and literals are told apart properly, so a subject that holds ``:(`` or ``* `` shifts nothing.
    """
    start = _FETCH.match(parts[0])
    if start is None:
        return {}
    found: dict[bytes, bytes] = {}
    name: bytes | None = None
    depth = 0
    for index in range(0, len(parts), 2):
        text = parts[index]
        position = start.end() if index == 0 else 0
        while (token := _TOKEN.match(text, position)) is not None and token.end() > position:
            position = token.end()
            value: bytes
            if token[1] == b"(":
                depth += 1
                if depth == 2:
                    value = b""  # a list is a value too, but none that we ask for
                else:
                    continue
            elif token[1] == b")":
                depth -= 1
                continue
            elif token[2] is not None:
                value = _ESCAPED.sub(rb"\1", token[2])
            elif token[3] is not None:
                value = token[3]
            else:
                value = parts[index + 1] if index + 1 < len(parts) else b""
            if depth == 1 or (depth == 2 and token[1] == b"("):
                if name is None:
                    name = value.upper()
                else:
                    found[name] = value
                    name = None
    return found
