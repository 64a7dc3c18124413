"""Reads printed documents back, by another library than the one that set them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pypdfium2

from mailer.printing.sheets import MeetingSheet, Paper, Printed, Printing

AT = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
LETTER = Printing(AT, Paper.LETTER, "March 11, 2026")
A4 = Printing(AT, Paper.A4, "11 March 2026")
ZONE = ZoneInfo("America/Chicago")
MEETING = MeetingSheet(
    "Launch meeting", "Thursday, March 12, 2026, 9:00 am – 11:00 am (CDT)", "Mill Road 12", "Mid-River Partnership",
    datetime(2026, 3, 12, 9, 0, tzinfo=ZONE), datetime(2026, 3, 12, 11, 0, tzinfo=ZONE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A run of text and where it stands, in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float
    text: str

    def covers(self, other: "Box") -> float:
        """The share of the smaller one that lies under the other."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / max(0.01, min(self.area, other.area))

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    text: str
    boxes: tuple[Box, ...]

    @property
    def words(self) -> str:
        """The text with every run of blanks and line ends as one blank."""
        return " ".join(self.text.split())


def pages(printed: Printed) -> list[Page]:
    document = pypdfium2.PdfDocument(printed.content)
    return [_page(document[n]) for n in range(len(document))]


def _page(page: pypdfium2.PdfPage) -> Page:
    text = page.get_textpage()
    boxes = []
    for n in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(n)
        boxes.append(Box(left, bottom, right, top, text.get_text_bounded(left, bottom, right, top)))
    width, height = page.get_size()
    return Page(width, height, text.get_text_range(), tuple(boxes))


def words(printed: Printed) -> str:
    """All text of all pages."""
    return " ".join(page.words for page in pages(printed))


def about(printed: Printed) -> dict[str, str]:
    document = pypdfium2.PdfDocument(printed.content)
    facts: dict[str, str] = document.get_metadata_dict()
    return facts | {"tagged": str(document.is_tagged())}


def overlaps(page: Page) -> Iterator[tuple[str, str]]:
    """Texts that are printed over one another."""
    shown = [b for b in page.boxes if b.text.strip()]
    for n, one in enumerate(shown):
        for other in shown[n + 1 :]:
            if one.covers(other) > 0.15:
                yield one.text, other.text
