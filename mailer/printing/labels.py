"""The sizes of label sheets that shops sell, so that what is printed lands on the labels.

Millimetres from the upper left corner of the sheet. The American ones from the inch measures their maker prints on the box.
"""

from dataclasses import dataclass

from mailer.printing.sheets import Paper

_INCH = 25.4


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """*left*, *top*: the first label. *across*, *down*: from one label to the next."""

    name: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


AVERY_5395 = LabelSheet(
    "Avery 5395", 2, 4, 3.375 * _INCH, 7 / 3 * _INCH, 0.6875 * _INCH, 7 / 12 * _INCH, 3.75 * _INCH, 2.5 * _INCH
)
AVERY_5160 = LabelSheet(
    "Avery 5160", 3, 10, 2.625 * _INCH, 1.0 * _INCH, 0.1875 * _INCH, 0.5 * _INCH, 2.75 * _INCH, 1.0 * _INCH
)
AVERY_L7418 = LabelSheet("Avery L7418", 2, 4, 86.5, 55.5, 18.5, 37.5, 86.5, 55.5)
AVERY_L7160 = LabelSheet("Avery L7160", 3, 7, 63.5, 38.1, 7.25, 15.15, 66.04, 38.1)

BADGES = {Paper.LETTER: AVERY_5395, Paper.A4: AVERY_L7418}
ADDRESSES = {Paper.LETTER: AVERY_5160, Paper.A4: AVERY_L7160}
