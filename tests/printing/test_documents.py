"""What stands on each document, in which order, on how many pages, and that nothing runs over its place."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import typst

from mailer.printing import documents
from mailer.printing.labels import ADDRESSES, BADGES, LabelSheet
from mailer.printing.sheets import (
    AgendaLine,
    Attendee,
    CallLine,
    LetterPage,
    Paper,
    PlanLine,
    Printed,
    Printing,
    Section,
    Task,
    TaskGroup,
)
from tests.printing.reading import A4, AT, LETTER, MEETING, ZONE, about, overlaps, pages, words

LONG_WORD = "Wolfeschlegelsteinhausenbergerdorffdonaudampfschiff"
LONG = Attendee(
    f"Maria-Luisa de la Concepción {LONG_WORD}",
    "Workforce Development Board of the Middle River, Cedar Valley and Three Lakes Counties",
    "Deputy Executive Director for Employer Engagement, Partnerships and Community Affairs",
    known_as="Maria-Luisa",
    kind="public partner",
    role="Action team lead",
    guests=3,
    needs="step-free access; no nuts, no dairy, no shellfish; seat near the door; sign language interpreter in the morning",
)
PEOPLE = (
    Attendee("Ann Ortiz", "Acme Home Care", "Chief Executive", "Ann", "business", "Champion", guests=2, needs="vegetarian"),
    Attendee("Bob Lee", "ACME  home care", "", "Bob", "business"),
    Attendee("Cho, Dana", "Lake College", "Dean", "Dana", "public partner"),
    Attendee("Álvaro Núñez", "Zenith", "", "Álvaro"),
    Attendee("Zoë Abel", "", "", "Zoë"),
)  # fmt: skip
CROWD = tuple(
    Attendee(f"Person {n:03}x", f"Company {n % 60:02}", "Manager", "Person", guests=int(n % 50 == 0))
    for n in range(300)
)
CALLS = tuple(
    CallLine(n, f"Callee {n:02}x", f"Company {n}", "Owner", f"(217) 555-01{n:02}", "no answer yet")
    for n in range(1, 31)
)
PLAN = (
    PlanLine(
        "Call five employers", "Jobs", 1, "Training", "Ann Ortiz", "May 3", "open", "Lake College", "12 days late"
    ),
    PlanLine("Thank the host", "", 4),
    PlanLine("Ask about the early bus", "Getting to work", 2, due="June 1", status="open"),
    PlanLine("Share the job shadowing calendar", "Jobs", 3, status="done"),
)
AGENDA = (
    AgendaLine("Welcome", 10, "Jane Smith", "two sentences"),
    AgendaLine("Priorities", None, "everybody"),
    AgendaLine("Next steps", 15),
)
TASKS = (
    TaskGroup("The day before", (Task("Print badges", "Dana Lee", "March 11"), Task("Pack markers", done=True))),
    TaskGroup("Empty"),
)
LETTERS = tuple(
    LetterPage(
        (f"Person {n:03}x", "12 Main Street", "Springfield, IL 62701"), (f"Dear {n:03}y,", "Please come."), "March 2",
        "Our first meeting", ("Mid-River", "1 Court Square"), ("Jane Smith", "Co-chair"),
    )
    for n in range(12)
)  # fmt: skip

DOCUMENTS: dict[str, Callable[[Printing], Printed]] = {
    "sign-in": lambda how: documents.sign_in_sheet(MEETING, (*PEOPLE, LONG), how),
    "badges": lambda how: documents.name_badges(MEETING, (*PEOPLE, LONG), how),
    "tents": lambda how: documents.table_tents(MEETING, (*PEOPLE, LONG), how),
    "attendees": lambda how: documents.attendee_list(MEETING, (*PEOPLE, LONG), how, needs=True),
    "agenda": lambda how: documents.agenda(MEETING, AGENDA, how),
    "checklist": lambda how: documents.checklist(MEETING, TASKS, how),
    "calls": lambda how: documents.call_list(MEETING, "Jane Smith", CALLS, how),
    "plan": lambda how: documents.action_plan(MEETING, PLAN, how),
    "letters": lambda how: documents.letters(MEETING, LETTERS, how),
    "labels": lambda how: documents.address_labels(MEETING, [p.address for p in LETTERS], how),
    "summary": lambda how: documents.summary(MEETING, [Section("Promises", ("We met.",), ("Ann calls",), 3)], how),
}
EMPTY: dict[str, Callable[[Printing], Printed]] = {
    "sign-in": lambda how: documents.sign_in_sheet(MEETING, (), how),
    "badges": lambda how: documents.name_badges(MEETING, (), how),
    "tents": lambda how: documents.table_tents(MEETING, (), how),
    "attendees": lambda how: documents.attendee_list(MEETING, (), how),
    "agenda": lambda how: documents.agenda(MEETING, (), how),
    "checklist": lambda how: documents.checklist(MEETING, (), how),
    "calls": lambda how: documents.call_list(MEETING, "Jane Smith", (), how),
    "plan": lambda how: documents.action_plan(MEETING, (), how),
    "letters": lambda how: documents.letters(MEETING, (), how),
    "labels": lambda how: documents.address_labels(MEETING, (), how),
}


@pytest.mark.parametrize("paper", [LETTER, A4], ids=["letter", "a4"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_titled_tagged_and_on_the_right_paper(name: str, paper: Printing) -> None:
    printed = DOCUMENTS[name](paper)
    facts = about(printed)
    assert facts["Title"]
    assert facts["tagged"] == "True"
    assert facts["CreationDate"].startswith("D:20260311180000")
    assert b"pdfuaid:part" in printed.content, "PDF/UA-1"
    assert re.search(rb"/Lang ?\(en\)", printed.content)
    size = {(612, 792), (792, 612)} if paper.paper is Paper.LETTER else {(595, 842), (842, 595)}
    assert {(round(p.width), round(p.height)) for p in pages(printed)} <= size
    assert printed.unprintable == ()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_values_give_the_same_bytes(name: str) -> None:
    first, again = DOCUMENTS[name](LETTER), DOCUMENTS[name](LETTER)
    assert first.content == again.content
    assert DOCUMENTS[name](replace(LETTER, at=AT + timedelta(days=1))).content != first.content


@pytest.mark.parametrize("paper", [LETTER, A4], ids=["letter", "a4"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_runs_off_the_page_or_over_other_text(
    name: str, language: str, paper: Printing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.printing.test_documents.MEETING", replace(MEETING, language=language))
    for page in pages(DOCUMENTS[name](paper)):
        for box in page.boxes:
            assert box.left >= 9, box
            assert box.right <= page.width - 9, box
            assert box.bottom >= 9, box
            assert box.top <= page.height - 9, box
        assert list(overlaps(page)) == []


@pytest.mark.parametrize("paper", [LETTER, A4], ids=["letter", "a4"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_library_has_nothing_to_warn_of(name: str, paper: Printing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A layout that does not settle, a font that is not there."""
    warnings: list[object] = []

    def compile_(*values: object, **options: object) -> object:
        content, found = typst.compile_with_warnings(*values, **options)  # type: ignore[call-overload]
        warnings.extend(found)
        return content

    monkeypatch.setattr(typst, "compile", compile_)
    DOCUMENTS[name](paper)
    assert warnings == []


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_list_says_so(name: str) -> None:
    text = words(EMPTY[name](LETTER))
    assert re.search(r"yet|Nobody", text), text
    assert len(pages(EMPTY[name](LETTER))) == 1


@pytest.mark.parametrize("name", ["sign-in", "badges", "tents", "attendees"])
def test_every_name_stands_as_often_as_it_should(name: str) -> None:
    printed = {
        "sign-in": documents.sign_in_sheet,
        "badges": documents.name_badges,
        "tents": documents.table_tents,
        "attendees": documents.attendee_list,
    }[name](MEETING, CROWD, LETTER)
    text = words(printed)
    times = 2 if name == "tents" else 1
    for person in CROWD:
        assert text.count(person.name) == times, person.name


def test_badges_land_on_the_labels() -> None:
    for how in (LETTER, A4):
        printed = documents.name_badges(MEETING, CROWD, how)
        found = pages(printed)
        assert len(found) == -(-306 // 8), "300 people and 6 guests, 8 on a sheet"
        for page in found:
            _inside_labels(page, BADGES[how.paper])


def test_addresses_land_on_the_labels() -> None:
    addresses = [[f"Person {n:03}x", LONG.organisation, "12 Main Street", "Springfield, IL 62701"] for n in range(100)]
    for how, sheets in ((LETTER, 4), (A4, 5)):
        found = pages(documents.address_labels(MEETING, addresses, how))
        assert len(found) == sheets
        for page in found:
            _inside_labels(page, ADDRESSES[how.paper])
        text = " ".join(page.words for page in found)
        assert all(text.count(lines[0]) == 1 for lines in addresses)


def _inside_labels(page: object, labels: LabelSheet) -> None:
    """Every text lies within one label, two millimetres from its edge."""
    mm = 72 / 25.4
    for box in page.boxes:  # type: ignore[attr-defined]
        left, right = box.left / mm, box.right / mm
        top, bottom = (page.height - box.top) / mm, (page.height - box.bottom) / mm  # type: ignore[attr-defined]
        column = int((left - labels.left) / labels.across)
        row = int((top - labels.top) / labels.down)
        assert labels.left + column * labels.across + 2 <= left, box
        assert right <= labels.left + column * labels.across + labels.width - 2, box
        assert labels.top + row * labels.down + 1.5 <= top, box
        assert bottom <= labels.top + row * labels.down + labels.height - 1.5, box


def test_label_sheets_fit_their_paper() -> None:
    for paper, width, height in ((Paper.LETTER, 215.9, 279.4), (Paper.A4, 210, 297)):
        for labels in (BADGES[paper], ADDRESSES[paper]):
            right = labels.left + (labels.columns - 1) * labels.across + labels.width
            bottom = labels.top + (labels.rows - 1) * labels.down + labels.height
            assert right == pytest.approx(width - labels.left, abs=0.7), labels.name
            assert bottom == pytest.approx(height - labels.top, abs=0.7), labels.name


def test_a_badge_shows_the_name_people_are_called_by_largest() -> None:
    (page,) = pages(documents.name_badges(MEETING, PEOPLE[:1], LETTER, spare=False))
    heights = {box.text.strip(): box.top - box.bottom for box in page.boxes}
    assert heights["Ann"] == max(heights.values())
    assert heights["Ann"] > 1.8 * heights["Ortiz"]
    assert page.words.startswith("Mid-River Partnership Champion Ann Ortiz Acme Home Care Chief Executive")


def test_a_name_that_is_not_called_first_stands_whole_below() -> None:
    (page,) = pages(documents.name_badges(MEETING, PEOPLE[2:3], LETTER, spare=False))
    assert "Dana Cho, Dana Lake College" in page.words


def test_the_sign_in_sheet_is_by_organisation_and_family_name() -> None:
    text = words(documents.sign_in_sheet(MEETING, PEOPLE, LETTER))
    order = ["ACME home care", "Bob Lee", "Ann Ortiz", "Guest", "Guest", "Lake College", "Cho, Dana", "Zenith",
             "Álvaro Núñez", "No organisation given", "Zoë Abel", "Not on the list?"]  # fmt: skip
    places, start = [], text.index("Signature")
    for word in order:
        start = text.index(word, start) + 1
        places.append(start)
    assert places == sorted(places)
    assert "Acme Home Care" not in text, "one company, one heading"


def test_long_sign_in_sheets_repeat_their_headings_and_number_their_pages() -> None:
    found = pages(documents.sign_in_sheet(MEETING, CROWD, LETTER))
    assert len(found) > 10
    for n, page in enumerate(found, 1):
        assert f"Page {n} of {len(found)}" in page.words
        assert "Signature" in page.words
        assert re.search(r"Signature Company \d\d(?= Person| Guest)|Not on the list", page.words), page.words[:200]
        assert not re.search(r"Company \d\d (Mid-River|Page)", page.words), "a heading alone at the foot of a page"


def test_names_of_guests_are_left_to_be_written() -> None:
    text = words(documents.sign_in_sheet(MEETING, [replace(PEOPLE[0], guests=40)], LETTER))
    assert text.count("Guest") == 4
    assert "and 36 more guests" in text


def test_walk_ins_have_lines_in_any_case() -> None:
    for how in (LETTER, A4):
        for n in range(0, 26, 2):
            last = pages(documents.sign_in_sheet(MEETING, CROWD[:n], how))[-1]
            assert "Not on the list? Welcome" in last.words, n
    assert "Welcome, please add" not in words(documents.sign_in_sheet(MEETING, PEOPLE, LETTER, walk_ins=0))


def test_needs_stand_on_the_conveners_copy_only() -> None:
    assert "vegetarian" in words(documents.attendee_list(MEETING, PEOPLE, LETTER, needs=True))
    for printed in (
        documents.attendee_list(MEETING, PEOPLE, LETTER),
        documents.sign_in_sheet(MEETING, PEOPLE, LETTER),
        documents.name_badges(MEETING, PEOPLE, LETTER),
        documents.table_tents(MEETING, PEOPLE, LETTER),
    ):
        assert "vegetarian" not in words(printed)
        assert b"vegetarian" not in printed.content


def test_the_attendee_list_counts() -> None:
    text = words(documents.attendee_list(MEETING, PEOPLE, LETTER))
    assert "5 people from 3 organisations, 7 chairs with their guests" in text
    assert [text.index(n) for n in ("Zoë Abel", "Cho, Dana", "Bob Lee", "Álvaro Núñez", "Ann Ortiz")] == sorted(
        text.index(p.name) for p in PEOPLE
    )


@pytest.mark.parametrize(
    ("lines", "expected", "over"),
    [
        (AGENDA, [("9:00", 10), ("9:10", 95), ("10:45", 15)], 0),
        ((AgendaLine("a", 60), AgendaLine("b", 90)), [("9:00", 60), ("10:00", 90)], 30),
        ((AgendaLine("a", 60),), [("9:00", 60)], -60),
        ((AgendaLine("a"), AgendaLine("b"), AgendaLine("c", 13)), [("9:00", 53), ("9:53", 54), ("10:47", 13)], 0),
        ((AgendaLine("a", 120), AgendaLine("b")), [("9:00", 120), ("11:00", 5)], 5),
        ((), [], 0),
    ],
)
def test_the_clock_runs_along_the_agenda(
    lines: tuple[AgendaLine, ...], expected: list[tuple[str, int]], over: int
) -> None:
    timed, too_long = documents.running_times(MEETING, lines)
    assert [(f"{at.hour}:{at.minute:02}", minutes) for at, minutes, _ in timed] == expected
    assert too_long == over


def test_the_clock_knows_the_night_it_is_put_forward() -> None:
    """At 2:00 on 8 March 2026 it is 3:00 in Chicago."""
    night = replace(
        MEETING, starts=datetime(2026, 3, 8, 1, 30, tzinfo=ZONE), ends=datetime(2026, 3, 8, 4, 0, tzinfo=ZONE)
    )
    timed, _ = documents.running_times(night, [AgendaLine("a", 60), AgendaLine("b", 10)])
    assert [f"{at:%H:%M}" for at, _, _ in timed] == ["01:30", "03:30"]


def test_the_timekeeper_gets_columns_to_write_in() -> None:
    theirs, ours = (
        words(documents.agenda(MEETING, AGENDA, LETTER, timekeeper=False)),
        words(documents.agenda(MEETING, AGENDA, LETTER)),
    )
    assert "Ended at" in ours
    assert "Ended at" not in theirs
    assert "9:10 am 95 Priorities everybody 10:45 am" in ours
    assert "11:00 am End" in theirs
    long = documents.agenda(MEETING, [AgendaLine("a", 150)], LETTER)
    assert "The items take 30 minutes longer than the meeting." in words(long)


def test_twenty_four_hours() -> None:
    late = replace(MEETING, starts=datetime(2026, 3, 12, 13, 5, tzinfo=ZONE), ends=None, twelve_hours=False)
    assert "13:05 10 Welcome" in words(documents.agenda(late, AGENDA, LETTER))


def test_the_call_list_says_how_to_answer() -> None:
    printed = documents.call_list(MEETING, "Jane Smith", CALLS, LETTER)
    text = words(printed)
    assert "Reply to this mail with for instance: 1 yes, 2 voicemail" in text
    assert text.count("call again") == 30 + 2
    for call in CALLS:
        assert text.count(call.phone) == 1
        assert re.search(rf"\b{call.number} {call.name}", text), call
    spanish = documents.call_list(replace(MEETING, language="es-MX"), "Jane Smith", CALLS, LETTER)
    assert "Responda a este correo, por ejemplo: 1 sí, 2 buzón de voz" in words(spanish)


def test_the_plan_is_by_priority_and_says_what_is_late_in_words() -> None:
    text = words(documents.action_plan(MEETING, PLAN, LETTER))
    assert [text.index(w) for w in ("Jobs", "Getting to work", "Other items")] == sorted(
        text.index(w) for w in ("Jobs", "Getting to work", "Other items")
    )
    assert text.index("Share the job") < text.index("Getting to work")
    assert "4 items, 1 overdue" in text
    assert "open OVERDUE 12 days late" in text
    assert text.count("OVERDUE") == 1


def test_letters_are_one_a_page_with_the_address_in_the_window() -> None:
    for how, lowest, highest in ((LETTER, 50, 86), (A4, 45, 90)):
        found = pages(documents.letters(MEETING, LETTERS, how))
        assert len(found) == 12
        for n, page in enumerate(found):
            assert f"Person {n:03}x" in page.words
            (box,) = [b for b in page.boxes if b.text.startswith(f"Person {n:03}x")]
            assert lowest < (page.height - box.top) / (72 / 25.4) < highest


def test_a_long_letter_goes_on_overleaf() -> None:
    long = replace(LETTERS[0], paragraphs=tuple(f"Paragraph {n}. " + "We meet. " * 60 for n in range(12)))
    found = pages(documents.letters(MEETING, [long, LETTERS[1]], LETTER))
    assert len(found) == 4
    assert "Person 001x" in found[3].words


def test_text_is_text_and_never_markup() -> None:
    nasty = '#read("/etc/passwd") *bold* $x$ @ref <tag> \\ ] } `raw` // {n}'
    person = Attendee(nasty, nasty, nasty, known_as="#Ann")
    for name, document in {
        "badge": documents.name_badges, "tent": documents.table_tents, "sign-in": documents.sign_in_sheet, "list": documents.attendee_list,
    }.items():  # fmt: skip
        text = words(document(replace(MEETING, title=nasty, place=nasty), [person], LETTER))
        assert '#read("/etc/passwd")' in text, name
        assert "*bold* $x$ @ref <tag>" in text, name


def test_a_text_without_end_is_cut() -> None:
    endless = Attendee("x" * 100_000, "y " * 50_000, "z")
    for document in (documents.name_badges, documents.sign_in_sheet, documents.table_tents, documents.attendee_list):
        assert len(pages(document(MEETING, [endless], LETTER))) <= 3
