"""What a changed file would bring about."""

from mailer.decide.changes import Changes, Ledger, changes
from mailer.decide.rulebook import read_rules
from mailer.decide.snapshot import Notice
from mailer.terms import RuleId
from tests.decide import cast
from tests.decide.cast import at, known, snapshot, standing

REMIND = """
[remind-1]
when = "10 business days before meeting start at 09:30"
to   = "everyone invited who has not replied"
send = "reminder"
ask  = "yes, no or maybe"
"""
LOGISTICS = """
[logistics]
when = "1 business day before meeting start at 09:00"
to   = "everyone who said yes"
send = "logistics"
"""
PICTURE = snapshot(
    standing(1, invited="2026-01-29 09:00"),
    standing(2, invited="2026-01-29 09:00"),
    standing(3, invited="2026-01-29 09:00", said="yes", said_at="2026-02-01 09:00"),
)


def compared(
    before: str, after: str, now: str = "2026-02-10 12:00", got: int = 0, waiting: tuple[Notice, ...] = ()
) -> Changes:
    books = [read_rules({"x.toml": text}, letters=cast.LETTERS, default_zone=cast.ZONE)[0] for text in (before, after)]
    ledger = Ledger({RuleId("remind-1"): got}, waiting)
    return changes(books[0], books[1], [PICTURE], known(*books[0].rules), ledger, at(now))  # type: ignore[arg-type]


def test_nothing_changed() -> None:
    assert not compared(REMIND, REMIND).anything
    note = REMIND + 'note = "another remark"\n'
    assert not compared(REMIND, note).anything, "a note changes nothing"


def test_a_new_rule_says_who_would_newly_get_it() -> None:
    found = compared(REMIND, REMIND + LOGISTICS)
    assert found.new == ("logistics",)
    assert [(g.rule, g.people, cast.wall(g.first)) for g in found.gains] == [("logistics", (3,), "2026-03-11 09:00")]
    assert found.losses == found.dropped == found.missed == ()


def test_a_new_rule_never_looks_back_but_says_so() -> None:
    found = compared(LOGISTICS, LOGISTICS + REMIND.replace("]", "]\nif-late = 'send at once'", 1), "2026-02-27 12:00")
    assert found.gains == ()
    assert [(m.rule, m.people) for m in found.missed] == [("remind-1", (1, 2))]


def test_a_rule_taken_out_drops_what_waits() -> None:
    waiting = Notice(
        RuleId("remind-1"), PICTURE.meeting.id, PICTURE.standings[0].person.id, "r0", "reminder", (), None, True, False,
        at("2026-02-26 09:30"), "…",
    )  # fmt: skip
    found = compared(REMIND + LOGISTICS, LOGISTICS, waiting=(waiting,))
    assert found.removed == ("remind-1",)
    assert found.dropped == (waiting,)
    assert [(r.rule, r.people) for r in found.losses] == [("remind-1", (1, 2))]


def test_a_later_time_is_a_change_that_costs_nobody() -> None:
    found = compared(REMIND, REMIND.replace("10 business", "8 business"))
    assert found.changed == ("remind-1",)
    assert found.gains == found.losses == ()


def test_another_heading_is_recognised() -> None:
    found = compared(REMIND + LOGISTICS, REMIND.replace("remind-1", "remind1") + LOGISTICS, got=43)
    assert [str(r) for r in found.renamed] == [
        "[remind1] looks like the old [remind-1], which 43 people already got. Same rule?"
    ]
    assert found.renamed[0].same


def test_another_heading_and_another_hour_too() -> None:
    after = REMIND.replace("remind-1", "first-reminder").replace("09:30", "10:00")
    assert [(r.old, r.new, r.same) for r in compared(REMIND, after, got=43).renamed] == [
        ("remind-1", "first-reminder", False)
    ]


def test_a_rule_of_its_own_is_no_other_name() -> None:
    assert compared(REMIND, LOGISTICS).renamed == ()
