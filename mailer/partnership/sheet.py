"""A table as a spreadsheet saved it: bytes → headings and rows, and some of its rows back into a file that opens in the same spreadsheet.

Promises: pure; the encoding, the delimiter and the "sep=" line of a file are found out and kept for what is returned. A quotation mark that is
          never closed costs its row, not the file.
          A workbook goes back as CSV.
Fails:    `read_sheet` gives a sentence for what is no text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailer.partnership.workbook import read_workbook

MOST_BYTES = 20_000_000
_HEADINGS_WITHIN = 10
"""How many lines may stand above the headings: a title, a date, blank lines."""

_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_COMMON = frozenset("áàâäãåçéèêëíìîïñóòôöõúùûüýßæøœ“”’…–")
_RARER = frozenset("ÁÀÂÄÅÇÉÈÊËÍÎÑÒÓÔÖØÚÜ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """*rows*: (line, cells), without blank ones; *headings*: the first row that *known* words stand in, else the first. *broken*: why the rest
    could not be read. *plain*: it is text, and no workbook."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    line: int = 1
    codec: str = "utf-8-sig"
    delimiter: str = ","
    sep_line: bool = False
    broken: str = ""
    plain: bool = False


def read_sheet(content: bytes, known: Iterable[str]) -> Sheet | str:
    """Read the file; *known*: headings (in small letters) of which at least one stands in the row of headings."""
    wanted = frozenset(known)
    if content.startswith(b"PK\x03\x04"):
        cells = read_workbook(content, lambda rows: _headings_in(rows, wanted) is not None)
        return cells if isinstance(cells, str) else _sheet(cells, wanted)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "This file is a workbook of an old spreadsheet program, or is locked with a password."
    found = decoded(content[:MOST_BYTES])
    if found is None:
        return "This file is no text."
    text, codec = found
    sep = _SEP.match(text)
    body = text[sep.end() :] if sep else text
    first = next((line for line in body.splitlines() if line.strip()), "")
    if not first:
        return "The file is empty."
    delimiter = sep[1] if sep else _delimiter(body)
    rows, broken = _rows(body, delimiter, 2 if sep else 1)
    if delimiter in first and rows and all(len(cells) == 1 for _, cells in rows[:5]):
        # each line went through a program that took it for one cell, and put quotes around it
        rows, broken = _rows("\n".join(cells[0] for _, cells in rows), delimiter, rows[0][0])
    rows = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    if not rows:
        return "The file is empty."
    return replace(
        _sheet(rows, wanted), codec=codec, delimiter=delimiter, sep_line=sep is not None, broken=broken, plain=True
    )


def _sheet(rows: Sequence[tuple[int, tuple[str, ...]]], wanted: frozenset[str]) -> Sheet:
    place = _headings_in(rows, wanted) or 0
    line, headings = rows[place]
    return Sheet(headings, tuple(rows[place + 1 :]), line)


def _headings_in(rows: Sequence[tuple[int, tuple[str, ...]]], wanted: frozenset[str]) -> int | None:
    """Which of the first rows is the row of headings."""
    found = (i for i, (_, cells) in enumerate(rows[:_HEADINGS_WITHIN]) if wanted & {heading(c) for c in cells})
    return next(found, None)


def heading(cell: str) -> str:
    """A heading as it is compared: small letters, no punctuation."""
    return " ".join(re.sub(r"[^\w]+", " ", cell.replace("_", " ").lower()).split())


def decoded(content: bytes) -> tuple[str, str] | None:
    """The text, and the codec that writes it again; None where it is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        order = ["utf-16"]
    elif content[1:200:2].count(0) > 20 or content[:2].endswith(b"\0"):
        order = ["utf-16-le"]
    else:
        # plain ASCII may go back with its mark, so that a spreadsheet shows the reasons as they are
        order = ["utf-8-sig" if content.startswith(b"\xef\xbb\xbf") or content.isascii() else "utf-8"]
    for codec in (*order, _old_codec(content)):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else (text, codec)
    return None


def _old_codec(content: bytes) -> str:
    """Windows, an old Macintosh or DOS: the one in which most of what is not ASCII is letters of European names."""
    odd = bytes(b for b in content[:200_000] if b > 0x7F)
    read = {codec: odd.decode(codec, "replace") for codec in ("cp1252", "mac_roman", "cp850")}
    score = {codec: sum(2 * (c in _COMMON) + (c in _RARER) for c in text) for codec, text in read.items()}
    return max(score, key=score.__getitem__) if odd else "cp1252"


def _delimiter(text: str) -> str:
    """The sign that stands most often outside quotes in the first lines."""
    plain = re.sub(r'"[^"\n]{0,2000}"', "", "\n".join(text.splitlines()[:_HEADINGS_WITHIN])) or text[:2000]
    best = max(",;\t|", key=plain.count)
    if not plain.count(best):  # every line is one quoted cell
        best = max(",;\t|", key=text[:2000].count)
    return best


def _rows(text: str, delimiter: str, first: int) -> tuple[list[tuple[int, tuple[str, ...]]], str]:
    if text.count('"') % 2:  # one is never closed: it would swallow all that follows
        lines = enumerate(text.splitlines(), first)
        return [
            (n, tuple(next(csv.reader([line], delimiter=delimiter), []))) for n, line in lines if len(line) < 100_000
        ], ""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num + first - 1, tuple(cells)))
    except csv.Error as exc:
        return rows, f"From line {reader.line_num + first} on this cannot be read as CSV ({exc})."
    return rows, ""


def returned(sheet: Sheet, rows: Sequence[tuple[Sequence[str], str]], column: str = "reason") -> bytes:
    """(cells, reason) as a file of the same kind: same columns, encoding and delimiter, and one column more."""
    width = len(sheet.headings)
    while width and not sheet.headings[width - 1].strip():
        width -= 1
    headings = list(sheet.headings[:width])
    again = headings[-1:] == [column]  # it was returned once already
    width -= again
    out = io.StringIO(newline="")
    if sheet.sep_line:
        out.write(f"sep={sheet.delimiter}\r\n")
    writer = csv.writer(out, delimiter=sheet.delimiter)
    writer.writerow([*headings[:width], column])
    for cells, reason in rows:
        kept = [*cells[:width], *[""] * (width - len(cells))]
        writer.writerow([*kept, reason])
    text = out.getvalue()
    try:
        return text.encode(sheet.codec)
    except UnicodeEncodeError:
        plain = text.translate({0x201C: '"', 0x201D: '"', 0x2019: "'", 0x2026: "...", 0x2013: "-"})
        return plain.encode(sheet.codec, "replace")
