"""Leave out of a mail's bytes what nobody here reads: the contents of large attachments.

Why: the parser of the standard library takes six to seven times the size of a mail; pictures and documents are never looked into.
Promises: pure and quick (a few passes of the C library over the bytes). Header fields, names and the order of parts stay as they are; a part
          whose content goes gets a field X-Left-Out with the number of its bytes. A part that may hold words, a calendar object or a
          delivery report keeps as much of its content as is ever read. What is left is at most MOST_LEFT.
Never:    decodes anything. Small mails are given back as they are.
"""

import re

LARGE = 262_144
"""A stretch between two boundary lines below this is not worth a look."""
MOST_READ = 2_900_000
"""Of what may be read: enough for 2 MB under base64, which is all that the parser keeps of a calendar object."""
MOST_LEFT = 4_000_000

_BOUNDARY_LINE = b"\n--"
_TYPE = re.compile(rb"^content-type:[ \t\r\n]*([\w.+-]{1,60})/([\w.+-]{1,80})", re.IGNORECASE | re.MULTILINE)
_READ_BY_NAME = re.compile(rb"\.(?:ics|vcs|ical)|winmail\.dat", re.IGNORECASE)
_READ = frozenset({b"text", b"multipart", b"message"})
_READ_APPLICATIONS = frozenset({b"ics", b"calendar", b"ms-tnef", b"vnd.ms-tnef"})


def without_bulk(raw: bytes) -> bytes:
    """*raw* without the contents of large attachments."""
    if len(raw) <= LARGE:
        return raw
    kept: list[bytes] = []
    left, start = MOST_LEFT, 0
    while start < len(raw) and left > 0:
        end = raw.find(_BOUNDARY_LINE, start + 1)
        end = len(raw) if end < 0 else end
        stretch = _cut(raw, start, end, left)
        kept.append(stretch)
        left -= len(stretch)
        start = end
    return b"".join(kept)


def _cut(raw: bytes, start: int, end: int, left: int) -> bytes:
    """One stretch, from a boundary line up to the next: a header and, as a rule, one body."""
    if end - start <= LARGE:
        return raw[start : min(end, start + left)]
    head = raw[start : start + 65_536].replace(b"\r\n", b"\n")
    blank = head.find(b"\n\n", 1)
    kind = _TYPE.search(head, 0, blank) if blank > 0 else None
    if (
        kind is None
        or kind[1].lower() in _READ
        or kind[2].lower() in _READ_APPLICATIONS
        or _READ_BY_NAME.search(head, 0, blank)
    ):
        most = MOST_READ
    else:
        return (head[: blank + 1] + b"X-Left-Out: %d\n\n" % (end - start - blank))[:left]
    return raw[start : min(end, start + min(most, left))]
