"""The plan as a picture: well-formed, on one page, said in words, told apart by shape."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from mailer.render.timeline import PAPERS, Mark, Picture, Row, rows_of, timeline_svg

ZONE = ZoneInfo("America/Chicago")
SVG = "{http://www.w3.org/2000/svg}"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]


NOW = at(2026, 2, 10, 9)
ROWS = (
    Row("invite", (Mark(at(2026, 1, 29, 9), 46, sent=True),), "First invitation"),
    Row("follow-up", (Mark(at(2026, 2, 12, 9), 12, held=True),)),
    Row("reminder", (Mark(at(2026, 2, 26, 9, 30), 58), Mark(at(2026, 3, 3, 9, 30), 0))),
    Row("confirm", (), starts="reply is yes"),
)


def picture(rows: tuple[Row, ...] = ROWS, title: str = "Launch meeting") -> Picture:
    return Picture(
        title=title,
        partnership="Northwoods",
        zone="America/Chicago",
        dtstart=at(2026, 3, 12, 9),
        now=NOW,
        rows=rows,
        deadline=at(2026, 3, 5, 17),
        shifts=((at(2026, 3, 8, 3), "clocks forward"),),
    )


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter(f"{SVG}text")]


def test_it_says_when_to_how_many_and_what_waits() -> None:
    svg = timeline_svg(picture())
    said = texts(svg)
    for words in (
        "Launch meeting",
        "invite",
        "Thu 29 Jan 09:00",
        "46",
        "Thu 12 Feb 09:00",
        "today",
        "meeting",
        "answers due",
        "clocks forward",
    ):
        assert words in said
    words = ET.fromstring(svg).find(f"{SVG}desc")
    assert words is not None
    assert words.text == (
        "As of Tue 10 Feb. The meeting is on Thu 12 Mar 09:00. invite: sent Thu 29 Jan 09:00, 46 people. "
        "follow-up: waits for your OK Thu 12 Feb 09:00, 12 people. reminder: planned Thu 26 Feb 09:30, 58 people. "
        "reminder: planned Tue 3 Mar 09:30, 0 people. confirm: whenever reply is yes."
    )


def test_shapes_tell_what_colour_would() -> None:
    """One of each shape stands in the legend."""
    root = ET.fromstring(timeline_svg(picture()))
    fills = [c.get("fill") for c in root.iter(f"{SVG}circle")]
    assert (fills.count("#111"), fills.count("#fff")) == (2, 2)
    assert len(list(root.iter(f"{SVG}polygon"))) == 2
    assert len(list(root.iter(f"{SVG}path"))) == 2
    colours = set(re.findall(r"#[0-9a-f]{3,6}", timeline_svg(picture())))
    assert all((len(set(c[1:])) <= 2 and c[1:3] == c[-2:]) or len(set(c[1:])) == 1 for c in colours)  # greys only


@pytest.mark.parametrize("paper", list(PAPERS))
@pytest.mark.parametrize("count", [0, 1, 3, 12, 40, 120])
def test_everything_stays_on_the_page(count: int, paper: str) -> None:
    rows = tuple(
        Row(
            f"a-rule-with-a-long-heading-that-somebody-wrote-{n}" if n % 3 else f"rule-{n}",
            (Mark(NOW + timedelta(days=n), n),),
            "note " * 30,
        )
        for n in range(count)
    )
    svg = timeline_svg(picture(rows, title="A very long title " * 20), paper)
    root = ET.fromstring(svg)
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert width > height
    for element in root.iter():
        for name, most in (
            ("x", width),
            ("x1", width),
            ("x2", width),
            ("cx", width),
            ("y", height),
            ("y1", height),
            ("cy", height),
        ):
            value = element.get(name)
            assert value is None or 0 <= float(value) <= most, (element.tag, name, value)
    for text in root.iter(f"{SVG}text"):
        size, anchor = float(text.get("font-size") or 0), text.get("text-anchor")
        assert size >= 5
        if anchor is None:
            assert float(text.get("x") or 0) + len(text.text or "") * size * 0.30 <= width
    if count == 120:
        assert any(t.startswith("and ") and t.endswith("more rules") for t in texts(svg))


def test_what_a_convener_writes_cannot_break_out_of_the_picture() -> None:
    svg = timeline_svg(
        picture((Row("</text><script>alert(1)</script>", ROWS[0].marks, 'a "note" & <b>\x00\x1b'),), title="<&>\ud800")
    )
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "href" not in svg
    assert "url(" not in svg


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert timeline_svg(picture()) == timeline_svg(picture())


def test_a_plan_without_a_date_has_no_line_for_a_meeting() -> None:
    from dataclasses import replace

    assert "meeting" not in texts(timeline_svg(replace(picture(), dtstart=None, deadline=None)))


def test_mails_of_one_day_are_one_mark() -> None:
    day = at(2026, 1, 29, 9)
    found = rows_of([("a", Mark(day + timedelta(minutes=n), 1, sent=True)) for n in range(5)] + [("a", Mark(NOW, 3))])
    assert found == {"a": (Mark(day, 5, sent=True), Mark(NOW, 3))}
