"""The plain text of agenda, checklist and summary."""

import pytest

from mailer.printing.order import by_organisation, family_name
from mailer.printing.outline import agenda_lines, checklist_groups, shipped_outline, summary_sections
from mailer.printing.sheets import AgendaLine, Attendee, Section, Task, TaskGroup

NAMES = {"convener": "Dana", "champions": "Ann, Bob", "lead champion": "Ann"}


def test_an_agenda() -> None:
    text = """
# comment
10 Welcome | {lead champion}
    Why we are here.
    In two sentences.
*  Priorities
15 min Votes | everybody | and more
Coffee | {nobody at all}
"""
    assert agenda_lines(text, NAMES) == (
        AgendaLine("Welcome", 10, "Ann", "Why we are here. In two sentences."),
        AgendaLine("Priorities", None),
        AgendaLine("Votes", 15, "everybody | and more"),
        AgendaLine("Coffee", None, ""),
    )


def test_a_checklist() -> None:
    text = """
- first of all
The day before (-1 days)
- Print | {convener}
- Pack | Sam | noon
Later
- Thank
Nothing here (+3 days)
"""
    assert checklist_groups(text, NAMES, lambda days: f"day {days}") == (
        TaskGroup("", (Task("first of all"),)),
        TaskGroup("The day before", (Task("Print", "Dana", "day -1"), Task("Pack", "Sam", "noon"))),
        TaskGroup("Later", (Task("Thank"),)),
    )


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", ()),
        ("Just words\nover two lines.", (Section("", ("Just words over two lines.",)),)),
        (
            "# Who came\n\nTwelve people.\n\n- Ann\n- Bob\n\n___\n___",
            (Section("Who came", ("Twelve people.",), ("Ann", "Bob"), 2),),
        ),
        ("PRIORITIES\n\n* Jobs", (Section("PRIORITIES", points=("Jobs",)),)),
        ("Promises\n--------\nAnn calls.", (Section("Promises", ("Ann calls.",)),)),
        ("# A\n- x\n\nAfter the list.", (Section("A", points=("x",)), Section("", ("After the list.",)))),
    ],
)
def test_a_summary(text: str, sections: tuple[Section, ...]) -> None:
    assert summary_sections(text) == sections


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_shipped_ones_are_good(language: str) -> None:
    lines = agenda_lines(shipped_outline("agenda", language), NAMES)
    assert len(lines) == 6
    assert sum(line.minutes or 0 for line in lines) == 70
    assert [line for line in lines if line.minutes is None]
    assert all("{" not in line.title + line.who + line.notes for line in lines)
    groups = checklist_groups(shipped_outline("checklist", language), NAMES, str)
    assert len(groups) == 5
    assert all(task.by for group in groups for task in group.tasks)
    assert [group.tasks[0].by for group in groups] == ["-14", "-5", "-1", "0", "1"]


@pytest.mark.parametrize(
    ("name", "family"),
    [("Ann Ortiz", "Ortiz"), ("Ortiz, Ann", "Ortiz"), ("Ann Ortiz Jr.", "Ortiz"), ("Ann Ortiz, PhD", "Ortiz"), ("Cher", "Cher"),
     ("王小明", "王小明"), ("", ""), ("Jr.", "Jr.")],
)  # fmt: skip
def test_family_names(name: str, family: str) -> None:
    assert family_name(name) == family


def test_organisations_that_differ_in_case_or_blanks_are_one() -> None:
    people = [
        Attendee("B", "acme  inc"),
        Attendee("A", "Acme Inc"),
        Attendee("C", ""),
        Attendee("D", "Äcker"),
        Attendee("E", "Zoo"),
    ]
    assert [(name, [p.name for p in group]) for name, group in by_organisation(people)] == [
        ("Äcker", ["D"]), ("Acme Inc", ["A", "B"]), ("Zoo", ["E"]), ("", ["C"]),
    ]  # fmt: skip
