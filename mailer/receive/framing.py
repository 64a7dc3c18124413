"""Cut what an IMAP server sends into whole responses (RFC 3501 §4.3, §7).

Promises: the same responses however the bytes are cut; work in proportion to the bytes; a literal is copied once.
Never: looks into a literal, changes a byte of a line.
Fails: `Overlong` for a line or a literal beyond the limits; the stream cannot be used after it.
"""

import re
from collections.abc import Iterator
from io import BytesIO

Parts = list[bytes]
"""One response: text, literal, text, literal, …, text. The literal markers stay at the ends of the texts."""

LONGEST_LINE = 16 * 1024 * 1024  # the answer to SEARCH in a mailbox of two million messages

_LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_HAS_LITERALS = re.compile(rb"\* (?!(?:OK|NO|BAD|BYE|PREAUTH)\b)", re.IGNORECASE)


class Overlong(Exception):
    """The server sends more than we are willing to hold."""


class Framing:
    """Holds what has come of the response that is not complete yet."""

    def __init__(self, largest_literal: int, longest_line: int = LONGEST_LINE) -> None:
        self._largest_literal, self._longest_line = largest_literal, longest_line
        self._parts: Parts = []
        self._line = bytearray()
        self._literal: BytesIO | None = None
        self._missing = 0

    def feed(self, data: bytes) -> Iterator[Parts]:
        """Give every response that *data* completes."""
        position, end = 0, len(data)
        while position < end:
            if self._missing:
                position = self._take_literal(data, position)
                continue
            # A line ends in CRLF and holds neither CR nor LF (RFC 3501 §9, QUOTED-CHAR): LF alone finds its end, also
            # where the CR came with the bytes before.
            newline = data.find(b"\n", position)
            piece_end = end if newline < 0 else newline
            if len(self._line) + piece_end - position > self._longest_line:
                raise Overlong(f"a line of more than {self._longest_line} bytes")
            self._line += data[position:piece_end]
            if newline < 0:
                return
            position = newline + 1
            line = bytes(self._line.removesuffix(b"\r"))
            self._line.clear()
            self._parts.append(line)
            if not self._begin_literal(line):
                parts, self._parts = self._parts, []
                if parts != [b""]:
                    yield parts

    def _begin_literal(self, line: bytes) -> bool:
        # Human text may end in braces: only data responses carry literals.
        if not line.endswith(b"}") or not _HAS_LITERALS.match(self._parts[0]):
            return False
        marker = _LITERAL.search(line)
        if marker is None:
            return False
        size = int(marker[1])
        if size > self._largest_literal:
            raise Overlong(f"a literal of {size} bytes")
        if size == 0:
            self._parts.append(b"")
        self._missing = size
        return True

    def _take_literal(self, data: bytes, position: int) -> int:
        stop = min(position + self._missing, len(data))
        self._missing -= stop - position
        if self._literal is None and not self._missing:  # whole in one piece, as most mail is
            self._parts.append(data[position:stop])
            return stop
        if self._literal is None:
            self._literal = BytesIO()
            # Room for all of it at once: a buffer that grows leaves holes behind, as large as the mail.
            self._literal.seek(self._missing + stop - position - 1)
            self._literal.write(b"\0")
            self._literal.seek(0)
        self._literal.write(memoryview(data)[position:stop])
        if not self._missing:
            self._parts.append(self._literal.getvalue())  # hands out its own buffer: no second copy of a large mail
            self._literal = None
        return stop
