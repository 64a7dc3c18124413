"""A file of postal addresses (a workbook, or CSV as a spreadsheet saves it) → people to write to by post, with every refused row and its reason.

Promises: pure; columns are found by their headings in any order and case; the address is one column with line breaks (or semicolons), or street,
          city, state, postcode, country in columns of their own. Fails: `Problem` values; a file without the needed headings gives no rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.errors import Problem
from mailer.partnership.sheet import heading, read_sheet

COLUMNS = (
    "name",
    "organisation",
    "title",
    "language",
    "address",
    "street",
    "street 2",
    "city",
    "state",
    "postcode",
    "country",
)
"""The headings. Only name, and address or street, are needed."""  # fmt: skip

MOST_ROWS = 5_000
_LONGEST_LINE = 120

_SPELLINGS = {
    "organization": "organisation", "company": "organisation", "employer": "organisation", "full name": "name", "job title": "title",
    "lang": "language", "postal address": "address", "mailing address": "address", "address 1": "street", "address line 1": "street",
    "address1": "street", "street address": "street", "address 2": "street 2", "address line 2": "street 2", "address2": "street 2",
    "town": "city", "province": "state", "zip": "postcode", "zip code": "postcode", "postal code": "postcode", "zipcode": "postcode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who gets letters by post. *lines*: the address below the name and the organisation."""

    name: str
    lines: tuple[str, ...]
    organisation: str = ""
    title: str = ""
    language: str = ""
    row: int = 0

    @property
    def label(self) -> tuple[str, ...]:
        """What stands on the envelope."""
        return (self.name, *((self.organisation,) if self.organisation else ()), *self.lines)


def read_addressees(where: str, content: bytes) -> tuple[tuple[Addressee, ...], tuple[Problem, ...]]:
    """Read the file; *where* is its name as the person knows it."""
    sheet = read_sheet(content, {*COLUMNS, *_SPELLINGS})
    if isinstance(sheet, str):
        return (), (Problem(where, 1, sheet, remedy=f"Its first line names the columns: {', '.join(COLUMNS)}"),)
    columns = {_column(cell): place for place, cell in reversed(list(enumerate(sheet.headings)))}
    if "name" not in columns or not {"address", "street"} & set(columns):
        lacks = "name" if "name" not in columns else "address"
        return (), (
            Problem(
                where,
                sheet.line,
                f"There is no column “{lacks}”.",
                remedy=f"Columns there can be: {', '.join(COLUMNS)}",
            ),
        )
    found: list[Addressee] = []
    problems: list[Problem] = []
    for count, (line, cells) in enumerate(sheet.rows):
        if count >= MOST_ROWS:
            problems.append(Problem(where, line, f"Only the first {MOST_ROWS:,} rows were read."))
            break
        if cells[0].lstrip().startswith("#"):
            continue
        if any(cell.strip() for cell in cells[len(sheet.headings) :]):
            one: Addressee | str = (
                "it has more cells than the first line; an address with commas or semicolons needs quotes around it"
            )
        else:
            one = _addressee(cells, columns, line)
        if isinstance(one, Addressee):
            found.append(one)
        else:
            problems.append(Problem(where, line, f"This row is left out: {one}.", typed=",".join(cells)[:200]))
    if sheet.broken:
        problems.append(Problem(where, 0, sheet.broken))
    return tuple(found), tuple(problems)


def _addressee(cells: Sequence[str], columns: dict[str, int], row: int) -> Addressee | str:
    """The person of one row, or why there is none."""

    def cell(name: str) -> str:
        place = columns.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    name = " ".join(cell("name").split())
    if not name:
        return "it has no name"
    lines = [" ".join(line.split()) for line in cell("address").replace(";", "\n").splitlines()]
    if not any(lines):
        town = ", ".join(part for part in (cell("city"), cell("state")) if part)
        lines = [cell("street"), cell("street 2"), f"{town} {cell('postcode')}".strip(), cell("country")]
    lines = [line[:_LONGEST_LINE] for line in lines if line][:7]
    if not lines:
        return "it has no postal address"
    organisation = " ".join(cell("organisation").split())
    if lines[0].casefold() == name.casefold():
        lines = lines[1:]
    return Addressee(name, tuple(lines), organisation, " ".join(cell("title").split()), cell("language").lower(), row)


def _column(cell: str) -> str:
    return _SPELLINGS.get(heading(cell), heading(cell))
