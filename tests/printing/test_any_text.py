"""Whatever stands in a register or a mail: every document can be set, and what is lost is named."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.printing import documents
from mailer.printing.lettering import has_glyph, legible
from mailer.printing.outline import agenda_lines, checklist_groups, summary_sections
from mailer.printing.sheets import AgendaLine, Attendee, CallLine, LetterPage, PlanLine, Section, Task, TaskGroup
from tests.printing.reading import LETTER, MEETING

ANY = st.text(max_size=60)
LONG = st.text(max_size=3000)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(ANY, ANY, ANY, LONG), max_size=4), st.integers(0, 200))
def test_people(rows: list[tuple[str, str, str, str]], guests: int) -> None:
    people = [Attendee(n, o, t, n[:9], o, t, guests, needs, n) for n, o, t, needs in rows]
    documents.sign_in_sheet(MEETING, people, LETTER)
    documents.name_badges(MEETING, people, LETTER)
    documents.table_tents(MEETING, people, LETTER)
    documents.attendee_list(MEETING, people, LETTER, needs=True)


@settings(max_examples=12, deadline=None)
@given(ANY, LONG, st.one_of(st.none(), st.integers(0, 999)))
def test_lists(text: str, long: str, minutes: int | None) -> None:
    documents.agenda(MEETING, [AgendaLine(long, minutes, text, long)], LETTER)
    documents.checklist(MEETING, [TaskGroup(text, (Task(long, text, text),))], LETTER)
    documents.call_list(MEETING, text, [CallLine(1, text, long, text, text, long, long)], LETTER)
    documents.action_plan(MEETING, [PlanLine(long, text, 1, text, text, text, text, text, text, long)], LETTER)
    documents.letters(MEETING, [LetterPage((text, long), (long, text), text, text, (text,), (long,))], LETTER)
    documents.address_labels(MEETING, [[text, long, text]], LETTER)
    documents.summary(MEETING, [Section(text, (long,), (long,), 2)], LETTER, heading=text)


@settings(max_examples=300, deadline=None)
@given(LONG)
def test_legible_text_has_only_what_the_fonts_have(text: str) -> None:
    found, missing = legible(text)
    assert all(has_glyph(c) or c in " \n\u00a0\u200c\u200d" for c in found)
    assert not any(has_glyph(c) for c in missing)
    assert len(found) <= 1001


@settings(max_examples=200, deadline=None)
@given(LONG)
def test_outlines(text: str) -> None:
    agenda_lines(text, {})
    checklist_groups(text, {}, str)
    summary_sections(text)
