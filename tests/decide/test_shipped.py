"""The shipped rule files: right, without warnings, and understood as they are meant."""

import re

import pytest

from mailer.decide.due import next_due
from mailer.decide.rule import Rule
from mailer.decide.rulebook import read_rules
from mailer.decide.vocabulary import Kind, of_kind
from mailer.render.letters import read_letters, shipped_letters
from tests.decide import cast
from tests.decide.cast import at, meeting, snapshot, standing, wall


@pytest.fixture(scope="module")
def shipped() -> tuple[Rule, ...]:
    book, problems = read_rules(cast.shipped(), letters=cast.LETTERS, default_zone=cast.ZONE)
    assert problems == ()
    return book.rules


def test_they_serve_the_meetings_of_everybody(shipped: tuple[Rule, ...]) -> None:
    """Calls of teams have rules of their own; what follows an answer is for every meeting."""
    book, _ = read_rules(cast.shipped(), letters=cast.LETTERS, default_zone=cast.ZONE)
    for kind in ("launch meetings", "full partnership meetings"):
        assert book.serving(meeting(kind=kind)) == shipped  # type: ignore[arg-type]
    for kind in ("action team calls", "planning calls"):
        assert {r.file for r in book.serving(meeting(kind=kind))} == {"2-replies.toml"}  # type: ignore[arg-type]


def test_what_a_convener_must_trust_waits_for_the_convener(shipped: tuple[Rule, ...]) -> None:
    assert {r.id for r in shipped if r.hold} == {"invite-businesses", "invite-public-partners", "moved", "cancelled"}


def test_what_they_are(shipped: tuple[Rule, ...]) -> None:
    assert {r.id for r in shipped if r.for_uninvited} == {"invite-businesses", "invite-public-partners"}
    assert {r.id for r in shipped if r.chases} == {"reminder", "last-call"}
    assert {r.id for r in shipped if r.cancels} == {"cancelled"}
    assert {r.letter for r in shipped} == cast.LETTERS - {"headcount"}


def test_their_times(shipped: tuple[Rule, ...]) -> None:
    picture = snapshot(standing(1, invited="2026-01-30 11:00"))
    times = {r.id: wall(next_due(r, picture, at("2026-01-05 00:00"))) for r in shipped}
    assert {id_: time for id_, time in times.items() if time} == {
        "invite-businesses": "2026-01-29 09:00",
        "invite-public-partners": "2026-01-29 10:00",
        "calendar-follow-up": "2026-02-02 10:00",
        "reminder": "2026-02-26 09:30",
        "last-call": "2026-03-03 09:30",
        "logistics": "2026-03-11 09:00",
    }


def test_the_zone_is_that_of_the_partnership() -> None:
    book, _ = read_rules(cast.shipped(), letters=cast.LETTERS, default_zone="Europe/Vienna")
    assert {r.timing.zone for r in book.rules} == {"Europe/Vienna"}


def test_what_they_suggest_in_remarks_is_right_too() -> None:
    """A line that a convener switches on by taking the # away."""
    files = {name: re.sub(r"^# (\S+ +=)", r"\1", text, flags=re.MULTILINE) for name, text in cast.shipped().items()}
    assert files != cast.shipped()
    book, problems = read_rules(files, letters=cast.LETTERS, default_zone=cast.ZONE)
    assert problems == ()
    assert book.rules[0].timing.holidays == ("US federal",)
    assert book.rules[0].owner == "you@example.org"


EXAMPLE = """
[about]
title   = "Everything that this version knows"
serves  = ["launch meetings", "planning calls"]
owner   = "dana@northwdb.example"

[timing]
time-zone      = "America/Chicago"
send-between   = "08:30-16:30"
send-on        = "business days"
holidays       = ["US federal", "US-IL"]
gap-per-person = "1 business day"
most-per-minute = 20
most-per-day   = "400"

[groups]
steering = ["jane@crown.example", "champions"]

[everything]
note         = "One of each"
when         = ["6 weeks before meeting start at 09:00", "on 2026-03-02 at 09:00"]
to           = ["businesses who have not been invited", "steering who have not been invited"]
only-if      = ["place is set"]
unless       = ["written to in the last 2 business days", "call logged in the last 2 days"]
on-behalf-of = "their champion"
send         = "invitation-business"
attach       = ["calendar invitation"]
ask          = "yes, no or maybe"
hold         = "ask me first"
if-late      = "send if the meeting is at least 3 business days away"
repeat       = "every 5 business days, at most 2 times"
stop-when    = ["meeting starts within 5 business days"]
send-between = "09:00-12:00"
send-on      = "every day"
bundle       = "one mail per company"
do           = "draft a planning call, 4 weeks to 3 weeks before meeting start"
"""


def test_every_key_that_works_is_read() -> None:
    book, problems = read_rules({"x.toml": EXAMPLE}, letters=cast.LETTERS, default_zone="UTC")
    assert [p.line for p in problems] == [31, 35]  # warnings: the same times twice; of each company one person is asked
    written = set(re.findall(r"^([a-z-]+) *=", EXAMPLE, re.MULTILINE))
    every = {w.text for kind in (Kind.ABOUT_KEY, Kind.TIMING_KEY, Kind.KEY) for w in of_kind(kind)}
    assert written - {"steering"} == every
    made = book.rules[0]
    assert [str(w) for w in made.whens] == ["6 weeks before meeting start at 09:00", "on 2026-03-02 at 09:00"]
    assert str(made.timing.between) == "09:00-12:00"
    assert not made.timing.business_days_only
    assert str(made.if_late) == "send if the meeting is at least 3 business days away"
    assert str(made.repeat) == "every 5 business days, at most 2 times"
    assert (made.hold, made.ask, made.note) == (True, "yes, no or maybe", "One of each")


@pytest.mark.parametrize("serves", ["launch meetings", "Launch meeting", "launch  Meetings"])
def test_kinds_of_meetings_are_compared_kindly(serves: str) -> None:
    text = f'[about]\nserves = "{serves}"\n[r]\nwhen = "reply is yes"\nto = "convener"\nsend = "reminder"\n'
    book, problems = read_rules({"x.toml": text}, letters=cast.LETTERS, default_zone="UTC")
    assert problems == ()
    assert book.serving(meeting())
    assert not book.serving(meeting(kind="planning calls"))  # type: ignore[arg-type]


def test_every_shipped_file_is_right_and_has_its_letters() -> None:
    files = {path.name: path.read_text("utf-8") for path in sorted(cast.SHIPPED.glob("*.toml"))}
    letters, faults = read_letters([shipped_letters()])
    assert faults == ()
    book, problems = read_rules(files, letters=letters.names, default_zone=cast.ZONE)
    assert problems == ()
    assert {r.file for r in book.rules} == set(files)
    for rule in book.rules:
        assert {"en", "es"} <= set(letters.languages(rule.letter)) or all("convener" in str(a) for a in rule.to), (
            rule.id
        )
