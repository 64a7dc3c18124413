"""The plan of a meeting as a picture: one page, landscape, a row for each rule, from what was sent to what is still to come.

Promises: plain SVG 1.1 without scripts, links or fonts from elsewhere; said in words too (title and desc); told apart by shape, never by colour
alone, so that it can be printed in grey. Dates are those of the meeting's own clock. Pure; the same picture gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from mailer.render.lines import one_line


@dataclass(frozen=True, slots=True)
class Mark:
    """Some mails of a rule at one time. *count* None: only the moment will tell. *held*: they wait for the convener's word."""

    at: datetime
    count: int | None = None
    sent: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. *note*: what it is for; *starts*: what sets it off, where that is no time."""

    rule: str
    marks: tuple[Mark, ...] = ()
    note: str = ""
    starts: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn. *shifts*: when the clocks change, and what is said there."""

    title: str
    partnership: str
    zone: str
    dtstart: datetime | None
    now: datetime
    rows: tuple[Row, ...]
    deadline: datetime | None = None
    cancelled: bool = False
    shifts: tuple[tuple[datetime, str], ...] = ()


PAPERS = {"a4": (297.0, 210.0), "letter": (279.4, 215.9)}
"""Width and height in millimetres, landscape."""

_UNIT = 3.7795  # CSS pixels in a millimetre
_MARGIN = 36.0
_HEAD, _FOOT = 74.0, 58.0
_TALLEST, _LOWEST = 40.0, 12.0
_LONGEST = 46
"""Rows on a page; of more the rest is only counted."""

_INK, _MID, _PALE, _LINE = "#111", "#555", "#ececec", "#bbb"
_STYLE = "font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"


def timeline_svg(picture: Picture, paper: str = "a4") -> str:
    """Draw *picture* on one page of *paper*."""
    return _Page(picture, *PAPERS[paper]).drawn()


@dataclass(frozen=True, slots=True)
class _Axis:
    """Instants to places across the page."""

    first: datetime
    last: datetime
    left: float
    right: float

    def x(self, at: datetime) -> float:
        share = (at - self.first) / (self.last - self.first)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))


class _Page:
    def __init__(self, picture: Picture, width_mm: float, height_mm: float) -> None:
        self._p, self._mm = picture, (width_mm, height_mm)
        self._zone = ZoneInfo(picture.zone)
        self._width, self._height = round(width_mm * _UNIT), round(height_mm * _UNIT)
        self._rows = picture.rows[:_LONGEST]
        room = self._height - 2 * _MARGIN - _HEAD - _FOOT
        self._step = min(_TALLEST, max(_LOWEST, room / max(1, len(self._rows))))
        self._size = min(12.0, max(7.5, self._step * 0.62))
        self._top = _MARGIN + _HEAD
        self._bottom = self._top + self._step * max(1, len(self._rows))
        self._rule_width = min(
            190.0, max(96.0, max((_width(r.rule, self._size) for r in self._rows), default=0) * 1.06 + 18)
        )
        self._when_left = _MARGIN + self._rule_width
        self._count_right = self._when_left + 128 * self._size / 12 + 44 * self._size / 12
        self._axis = self._spanned(self._count_right + 18, self._width - _MARGIN - 12)

    def _spanned(self, left: float, right: float) -> _Axis:
        instants = [m.at for r in self._rows for m in r.marks] + [self._p.now]
        instants += [at for at in (self._p.dtstart, self._p.deadline) if at is not None]
        first, last = min(instants), max(instants)
        margin = max(timedelta(days=2), (last - first) * 0.03)
        return _Axis(first - margin, last + margin, left, right)

    def drawn(self) -> str:
        parts = [
            *self._opening(),
            *self._header(),
            *self._bands(),
            *self._weeks(),
            *self._lines(),
            *(part for n, row in enumerate(self._rows) for part in self._row(row, self._top + n * self._step)),
            *self._legend(),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _opening(self) -> Iterator[str]:
        width, height = self._mm
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
            f'viewBox="0 0 {self._width} {self._height}" role="img" aria-labelledby="name words" style="{_STYLE}">'
        )
        yield f'<title id="name">{_safe(self._heading())}</title>'
        yield f'<desc id="words">{_safe(self._in_words())}</desc>'
        yield f'<rect width="{self._width}" height="{self._height}" fill="#fff"/>'

    def _heading(self) -> str:
        return f"{self._p.title}: what is sent, and when"

    def _in_words(self) -> str:
        told = [f"As of {self._day(self._p.now)}."]
        if self._p.dtstart is not None:
            told.append(f"The meeting is on {self._moment(self._p.dtstart)}.")
        for row in self._p.rows:
            for mark in row.marks:
                count = "" if mark.count is None else f", {mark.count} {'person' if mark.count == 1 else 'people'}"
                what = "sent" if mark.sent else "waits for your OK" if mark.held else "planned"
                told.append(f"{row.rule}: {what} {self._moment(mark.at)}{count}.")
            if row.starts:
                told.append(f"{row.rule}: whenever {row.starts}.")
        return " ".join(told)

    def _header(self) -> Iterator[str]:
        y = _MARGIN + 18
        yield _text(_MARGIN, y, _cut(self._p.title, 20, self._width - 2 * _MARGIN), 20, weight="bold")
        told = [self._p.partnership]
        if self._p.dtstart is not None:
            told.append(self._moment(self._p.dtstart, year=True) + (" (cancelled)" if self._p.cancelled else ""))
        if self._p.deadline is not None:
            told.append(f"answers by {self._day(self._p.deadline)}")
        told += [self._p.zone, f"as of {self._moment(self._p.now, year=True)}"]
        yield _text(
            _MARGIN, y + 18, _cut(" · ".join(t for t in told if t), 11, self._width - 2 * _MARGIN), 11, fill=_MID
        )
        head = self._top - 8
        yield _text(_MARGIN, head, "rule", 9, fill=_MID)
        yield _text(self._when_left, head, "next, or last", 9, fill=_MID)
        yield _text(self._count_right, head, "people", 9, fill=_MID, anchor="end")

    def _bands(self) -> Iterator[str]:
        """Every other row is shaded, so that the eye keeps to its line."""
        for n in range(0, len(self._rows), 2):
            y = self._top + n * self._step
            yield f'<rect x="{_MARGIN}" y="{y:.1f}" width="{self._width - 2 * _MARGIN}" height="{self._step:.1f}" fill="{_PALE}"/>'

    def _weeks(self) -> Iterator[str]:
        """A thin line for each Monday, or each month where there are many; the dates on top."""
        days = (self._axis.last - self._axis.first).days
        free = self._axis.left
        for day in self._ticks(days):
            x = self._axis.x(datetime(day.year, day.month, day.day, tzinfo=self._zone))
            yield f'<line x1="{x:.1f}" y1="{self._top:.1f}" x2="{x:.1f}" y2="{self._bottom:.1f}" stroke="{_LINE}" stroke-width="0.6"/>'
            label = f"{day.day} {day:%b}"
            if x >= free and x + _width(label, 9) < self._width - _MARGIN:
                yield _text(x + 1, self._top - 8, label, 9, fill=_MID)
                free = x + _width(label, 9) + 10

    def _ticks(self, days: int) -> Iterator[date]:
        day = self._axis.first.astimezone(self._zone).date() + timedelta(days=1)
        last = self._axis.last.astimezone(self._zone).date()
        while day <= last:
            if day.day == 1 if days > 200 else day.weekday() == 0:
                yield day
            day += timedelta(days=1)

    def _lines(self) -> Iterator[str]:
        """Today, the deadline, the meeting, the changes of the clocks: lines through all rows, named below."""
        marks = [(self._p.now, "today", "4 3", 1.2)]
        if self._p.deadline is not None:
            marks.append((self._p.deadline, "answers due", "1.5 2.5", 1.2))
        if self._p.dtstart is not None:
            marks.append((self._p.dtstart, "cancelled" if self._p.cancelled else "meeting", "", 2.4))
        marks += [(at, told, "8 3 2 3", 0.9) for at, told in self._p.shifts if self._axis.first < at < self._axis.last]
        ends: list[float] = []
        for at, told, dashes, thick in sorted(marks, key=lambda m: m[0]):
            x = self._axis.x(at)
            dash = f' stroke-dasharray="{dashes}"' if dashes else ""
            yield (
                f'<line x1="{x:.1f}" y1="{self._top - 3:.1f}" x2="{x:.1f}" y2="{self._bottom + 4:.1f}" stroke="{_INK}" '
                f'stroke-width="{thick}"{dash}/>'
            )
            half = _width(told, 9) / 2
            middle = min(max(x, self._axis.left + half), self._width - _MARGIN - half)
            level = next((n for n, end in enumerate(ends) if middle - half > end + 6), len(ends))
            ends[level : level + 1] = [middle + half]
            yield _text(middle, self._bottom + 14 + 11 * level, told, 9, anchor="middle")

    def _row(self, row: Row, y: float) -> Iterator[str]:
        size, middle = self._size, y + self._step / 2
        two = self._step >= 30 and bool(row.note)
        base = middle + size * 0.35 - (size * 0.55 if two else 0)
        yield "<g>"
        yield f"<title>{_safe(row.rule)}{_safe(f': {row.note}') if row.note else ''}</title>"
        yield _text(_MARGIN + 3, base, _cut(row.rule, size, self._rule_width - 8), size, weight="bold")
        if two:
            room = self._count_right - _MARGIN - 12
            yield _text(_MARGIN + 3, base + size * 1.15, _cut(row.note, size * 0.8, room), size * 0.8, fill=_MID)
        if row.marks:
            yield from self._when(row, base)
            yield from self._marks(row, middle)
        elif row.starts:
            room = max(self._count_right, self._axis.x(self._p.now) - 12) - self._when_left
            yield _text(self._when_left, base, _cut(row.starts, size * 0.88, room), size * 0.88, fill=_MID)
        else:
            yield _text(self._when_left, base, "never, as things stand", size * 0.88, fill=_MID)
        if row.starts and not row.marks:
            x = max(self._axis.left, self._axis.x(self._p.now))
            yield (
                f'<line x1="{x:.1f}" y1="{middle:.1f}" x2="{self._axis.right:.1f}" y2="{middle:.1f}" stroke="{_MID}" '
                f'stroke-width="1" stroke-dasharray="1 4"/>'
            )
            if row.held:
                yield _diamond(x + 6, middle, size * 0.42)
        yield "</g>"

    def _when(self, row: Row, base: float) -> Iterator[str]:
        ahead = [m for m in row.marks if not m.sent]
        mark, size = (ahead[0] if ahead else row.marks[-1]), self._size * 0.88
        yield _text(self._when_left, base, self._moment(mark.at), size)
        if mark.count is not None:
            yield _text(self._count_right, base, str(mark.count), size, anchor="end")

    def _marks(self, row: Row, middle: float) -> Iterator[str]:
        radius = self._size * 0.42
        marks = sorted(row.marks, key=lambda m: m.at)
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            x = self._axis.x(mark.at)
            free = self._axis.x(following.at) - radius * 1.3 if following is not None else self._width - _MARGIN
            if mark.count == 0:
                yield _cross(x, middle, radius * 0.7)
            elif mark.held and not mark.sent:
                yield _diamond(x, middle, radius * 1.25)
            else:
                fill = _INK if mark.sent else "#fff"
                yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{_INK}" stroke-width="1.4"/>'
            label = str(mark.count) if mark.count else ""
            place = x + radius + 4
            if label and len(marks) > 1 and place + _width(label, self._size * 0.8) < free:
                yield _text(place, middle + self._size * 0.3, label, self._size * 0.8, halo=True)

    def _legend(self) -> Iterator[str]:
        y, x = min(self._height - _MARGIN + 4, self._bottom + 72), _MARGIN + 6
        for shape, told in (
            (f'<circle cx="{x}" cy="{y - 3}" r="4" fill="{_INK}" stroke="{_INK}"/>', "sent"),
            ("circle", "planned"),
            ("diamond", "waits for your OK"),
            ("cross", "nobody, as things stand"),
            ("dots", "whenever it happens"),
        ):
            if shape == "circle":
                shape = f'<circle cx="{x:.1f}" cy="{y - 3}" r="4" fill="#fff" stroke="{_INK}" stroke-width="1.4"/>'
            elif shape == "diamond":
                shape = _diamond(x, y - 3, 5)
            elif shape == "cross":
                shape = _cross(x, y - 3, 3)
            elif shape == "dots":
                shape = f'<line x1="{x - 6:.1f}" y1="{y - 3}" x2="{x + 8:.1f}" y2="{y - 3}" stroke="{_MID}" stroke-dasharray="1 4"/>'
            yield shape
            yield _text(x + 12, y, told, 9, fill=_MID)
            x += 30 + _width(told, 9)
        more = len(self._p.rows) - len(self._rows)
        if more:
            yield _text(self._width - _MARGIN, y, f"and {more} more rules", 9, fill=_MID, anchor="end")

    def _day(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{local:%a} {local.day} {local:%b}"

    def _moment(self, at: datetime, *, year: bool = False) -> str:
        return f"{self._day(at)}{f' {at.astimezone(self._zone):%Y}' if year else ''} {at.astimezone(self._zone):%H:%M}"


def _diamond(x: float, y: float, radius: float) -> str:
    points = f"{x:.1f},{y - radius:.1f} {x + radius:.1f},{y:.1f} {x:.1f},{y + radius:.1f} {x - radius:.1f},{y:.1f}"
    return f'<polygon points="{points}" fill="#fff" stroke="{_INK}" stroke-width="1.8"/>'


def _cross(x: float, y: float, radius: float) -> str:
    return (
        f'<path d="M{x - radius:.1f} {y - radius:.1f}L{x + radius:.1f} {y + radius:.1f}M{x - radius:.1f} {y + radius:.1f}'
        f'L{x + radius:.1f} {y - radius:.1f}" stroke="{_MID}" stroke-width="1.3"/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    weight: str = "",
    fill: str = _INK,
    anchor: str = "",
    halo: bool = False,
) -> str:
    extra = f' font-weight="{weight}"' if weight else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    extra += ' paint-order="stroke" stroke="#fff" stroke-width="2.5"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" fill="{fill}"{extra}>{_safe(words)}</text>'


_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]- "), frozenset("mwMWOQGD@%&—")


def _width(words: str, size: float) -> float:
    """How wide *words* come out, near enough, in a Helvetica of *size*; other scripts are taken for wide."""
    ems = sum(0.31 if c in _NARROW else 0.86 if c in _WIDE else 0.58 if ord(c) < 0x2000 else 1.0 for c in words)
    return ems * size


def _cut(words: str, size: float, room: float) -> str:
    words = one_line(words)
    if _width(words, size) <= room:
        return words
    while words and _width(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip() + "…"


def _safe(words: str) -> str:
    """As XML takes it: no control characters (XML 1.0 §2.2), and the five that mean something escaped."""
    plain = "".join(c for c in words if c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    return escape(plain)


def rows_of(marks: Sequence[tuple[str, Mark]]) -> dict[str, tuple[Mark, ...]]:
    """Marks by rule; those of one rule, day and kind are one."""
    found: dict[str, dict[tuple[date, bool, bool], Mark]] = {}
    for rule, mark in marks:
        of_rule = found.setdefault(rule, {})
        key = (mark.at.date(), mark.sent, mark.held)
        before = of_rule.get(key)
        if before is None:
            of_rule[key] = mark
        else:
            count = None if None in (before.count, mark.count) else (before.count or 0) + (mark.count or 0)
            of_rule[key] = Mark(min(before.at, mark.at), count, mark.sent, mark.held)
    return {rule: tuple(sorted(some.values(), key=lambda m: m.at)) for rule, some in found.items()}
