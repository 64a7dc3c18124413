"""A workbook whose parts unfold to more than they say is refused before anything unfolds it in memory."""

import io
import struct
import time
import zipfile
import zlib

from mailer.partnership import workbook

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def lying(name: str, content: bytes, says: int) -> bytes:
    """A workbook in which the part *name* is told to be *says* bytes long, with a checksum of that much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", _SHEET.format(""))
        parts.writestr(name, content)
    raw = bytearray(out.getvalue())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(content[:says]))
    raw[at + 24 : at + 28] = struct.pack("<I", says)
    return bytes(raw)


def test_a_part_that_unfolds_to_more_than_it_says_is_refused(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(workbook, "MOST_UNFOLDED", 1_000_000)
    bomb = lying("xl/sharedStrings.xml", b" " * 5_000_000, 100)
    assert workbook._trouble(bomb) == "This workbook is too large."


def test_rows_far_away_without_names_of_cells_are_counted() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", _SHEET.format(f'<row r="1048576">{"<c/>" * 16000}</row>'))
    began = time.process_time()
    assert workbook._trouble(out.getvalue()) == "A sheet of this workbook is too large."
    assert time.process_time() - began < 20
