"""Write the list of characters that the fonts have: .venv/bin/python -m tests.printing.coverage

A test holds that mailer/printing/fonts/coverage.txt says what this finds.
"""

import sys
from collections.abc import Iterable

from fontTools.ttLib import TTFont

from mailer.printing.lettering import FONTS


def characters() -> set[int]:
    """Every code point that a font maps to a glyph other than .notdef."""
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.tt[fc]")):
        cmap = TTFont(path, lazy=True, fontNumber=0).getBestCmap()
        found |= {code for code, glyph in cmap.items() if glyph != ".notdef"}
    return found


def ranges(codes: Iterable[int]) -> str:
    """ "0020-007E" and single code points, one a line."""
    lines: list[str] = []
    first = last = -2
    for code in [*sorted(codes), 0x110000]:
        if code == last + 1 and code != 0x110000:
            last = code
            continue
        if last >= 0:
            lines.append(f"{first:04X}" if first == last else f"{first:04X}-{last:04X}")
        first = last = code
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (FONTS / "coverage.txt").write_text(ranges(characters()), "ascii")
    sys.stdout.write(f"{FONTS / 'coverage.txt'} written\n")
