"""A workbook of a spreadsheet program (.xlsx) → the cells of one of its sheets, as text.

Promises: pure; of several sheets the first visible one in which a known heading stands, else the first with anything in it.
Never:    opens what would take much memory: the size of a workbook says nothing of what it unfolds to.
Fails:    `read_workbook` gives a sentence for what cannot be read.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

MOST_UNFOLDED = 200_000_000
"""Bytes."""
MOST_CELLS = 2_000_000
"""A sheet with one cell far away is held with all the empty ones between."""

Rows = list[tuple[int, tuple[str, ...]]]
"""(line, cells)."""

_PLACE = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d{1,7})["']""")
_ROW_BEGINS = re.compile(rb"<(?:\w{1,20}:)?row\b")
_ROW = re.compile(rb"""<(?:\w{1,20}:)?row\b[^>]{0,300}?\br=["'](\d{1,7})["']""")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
_PIECE = 1_048_576
_ENDS = re.compile(r"\.0$")


def read_workbook(content: bytes, is_it: Callable[[Rows], bool]) -> Rows | str:
    """The rows of the sheet that *is_it*."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum  # loaded when a workbook comes

    if (trouble := _trouble(content)) is not None:
        return trouble
    first: Rows = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for place, about in enumerate(book.sheets_metadata):
                if about.visible is not SheetVisibleEnum.Visible:
                    continue
                found = _rows(book.get_sheet_by_index(place).to_python(skip_empty_area=False))
                if found and is_it(found):
                    return found
                first = first or found
    except (CalamineError, ValueError, OSError, zipfile.BadZipFile):
        return "This workbook cannot be read; it may be damaged, or locked with a password."
    return first or "The file is empty."


def _trouble(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if not any(map(_is_sheet, parts.namelist())):
                return "This file is no workbook that I know."
            left = MOST_UNFOLDED
            for part in parts.infolist():
                sheet = _is_sheet(part.filename)
                part.file_size = left + 2 * _PIECE  # what a part says of its size may be a lie: it is read to its end
                with parts.open(part) as opened:
                    for piece in iter(lambda: opened.read(left + 1 if sheet else _PIECE), b""):  # noqa: B023 - used at once
                        left -= len(piece)
                        if left < 0:
                            return "This workbook is too large."
                        if sheet and _cells(piece) > MOST_CELLS:
                            return "A sheet of this workbook is too large."
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return "This workbook cannot be read; it may be damaged, or locked with a password."
    return None


def _is_sheet(name: str) -> bool:
    return name.lower().startswith("xl/worksheets/")


def _cells(xml: bytes) -> int:
    """Height by width; cells need not say their place."""
    height = max((int(row) for row in _ROW.findall(xml)), default=0)
    width = max((len(_CELL.findall(row)) for row in _ROW_BEGINS.split(xml)), default=0)
    for letters, row in _PLACE.findall(xml):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        height, width = max(height, int(row)), max(width, column)
    return height * width


def _rows(cells: Sequence[Sequence[object]]) -> Rows:
    found = [(line, tuple(_text(cell) for cell in row)) for line, row in enumerate(cells, 1)]
    return [(line, row) for line, row in found if any(row)]


def _text(cell: object) -> str:
    """As the spreadsheet shows it, near enough: whole numbers without a point, days as 2026-03-18."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _ENDS.sub("", repr(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell).strip()
