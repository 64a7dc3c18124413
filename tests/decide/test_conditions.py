"""Read again when the mail is about to leave: what was decided days ago may no longer be wanted."""

from dataclasses import replace

import pytest

from mailer.decide.conditions import Unwanted, Wait, Wanted, still_wanted
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Notice, Snapshot, Standing
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.partnership.people import Role
from mailer.terms import MeetingId, PersonId, RuleId
from tests.decide.cast import at, meeting, person, rule, snapshot, standing, wall

INVITED = "2026-01-29 09:05"


def notice_of(
    made: Rule, *, round_: str = "r0", who: int = 1, not_before: str = "2026-02-26 09:00", **facts: object
) -> Notice:
    made_notice = Notice(
        rule=made.id,
        meeting_id=MeetingId(7),
        person_id=PersonId(who),
        round=round_,
        letter=made.letter,
        attach=made.attach,
        on_behalf_of=None,
        hold=made.hold,
        invites=made.invites,
        not_before=at(not_before),
        reason="",
    )
    return replace(made_notice, **facts)  # type: ignore[arg-type]


def told(found: Wanted | Unwanted | Wait) -> str:
    match found:
        case Wanted():
            return "wanted"
        case Unwanted():
            return found.reason
        case Wait():
            return f"{found.reason}, until {wall(found.until)}"


def read(made: Rule, picture: Snapshot, now: str = "2026-02-26 09:00", **facts: object) -> str:
    return told(still_wanted(made, notice_of(made, **facts), picture, at(now)))  # type: ignore[arg-type]


CHASE = 'to = "everyone invited who has not replied"'


@pytest.mark.parametrize(
    ("line", "stands", "expected"),
    [
        (CHASE, standing(1, invited=INVITED), "wanted"),
        (CHASE, standing(1, invited=INVITED, said="yes"), "has replied (yes)"),
        (CHASE, standing(1, invited=INVITED, said="no"), "has replied (no)"),
        (CHASE, standing(1, invited=INVITED, said="delegated"), "has replied (somebody else comes)"),
        (CHASE, standing(1), "has not been invited"),
        ('to = "businesses who have not been invited"', standing(1), "wanted"),
        ('to = "businesses who have not been invited"', standing(1, invited=INVITED), "has been invited already"),
        ('to = "businesses who have not been invited"', standing(1, said="no"), "has answered already (no)"),
        ('to = "businesses"', standing(person(1, kind="public")), 'is not in "businesses"'),
        ('to = ["businesses", "caterer"]', standing(person(1, kind="public")), 'is not in "businesses" or "caterer"'),
        ('to = "everyone invited who has not said no"', standing(1, invited=INVITED, said="no"), "said no"),
        ('to = "everyone who said yes"', standing(1, invited=INVITED, said="no"), "said no"),
        ('to = "everyone who said yes"', standing(1, invited=INVITED), "has not replied"),
        ('to = "everyone who said yes"', standing(1, invited=INVITED, said="delegated"), "has named somebody else"),
        ('to = "everyone who attended"', standing(1, invited=INVITED), "it is not known who attended"),
        ('to = "everyone who attended"', standing(1, invited=INVITED, attended=False), "did not attend"),
        ('to = "everyone who did not attend"', standing(1, invited=INVITED, attended=True), "attended"),
        (CHASE, standing(person(1, stopped_at=at("2026-02-01 00:00")), invited=INVITED), "asked not to be written to"),
        (CHASE, standing(1, invited=INVITED, stopped=True), "asked to hear nothing more about this meeting"),
        (
            CHASE,
            standing(person(1, dead=frozenset({"p1@company1.example"})), invited=INVITED),
            "no address is left that works",
        ),
        (
            'unless = "written to in the last 2 business days"',
            standing(1, invited=INVITED, written_at=at("2026-02-25 12:00")),
            '"written to in the last 2 business days"',
        ),
        (
            'unless = "written to in the last 2 business days"',
            standing(1, invited=INVITED, written_at=at("2026-02-24 12:00")),
            "wanted",
        ),
        (
            'unless = "call logged in the last 1 day"',
            standing(1, invited=INVITED, call_logged_at=at("2026-02-26 08:00")),
            '"call logged in the last 1 day"',
        ),
        ('only-if = "attendance is recorded"', standing(1, invited=INVITED), '"attendance is recorded" is not true'),
        ('only-if = "attendance is recorded"', standing(1, invited=INVITED, attended=True), "wanted"),
    ],
)
def test_the_person(line: str, stands: Standing, expected: str) -> None:
    assert read(rule(line), snapshot(stands)) == expected


NO_MAIL = "asked not to be written to"
GONE = at("2026-02-01 00:00")
STOPPED = person(1, stopped_at=GONE)
YES_LETTER = ('when = "3 days before meeting start"', 'to = "everyone who said yes"')


@pytest.mark.parametrize(
    ("lines", "stands", "expected"),
    [
        (YES_LETTER, standing(STOPPED, invited=INVITED, said="yes"), "wanted"),
        (YES_LETTER, standing(1, invited=INVITED, said="yes", stopped=True), "wanted"),
        (YES_LETTER, standing(person(1, stopped_at=GONE, stopped_for="partnership"), invited=INVITED, said="yes"), "wanted"),
        (YES_LETTER, standing(person(1, stopped_at=GONE, stopped_for="everything"), invited=INVITED, said="yes"), NO_MAIL),
        (YES_LETTER, standing(person(1, stopped_at=GONE, stopped_for="complaint"), invited=INVITED, said="yes"), NO_MAIL),
        (("when = 'meeting is moved'", "to = 'everyone invited'"), standing(STOPPED, invited=INVITED, said="yes"), "wanted"),
        (("when = 'meeting is moved'", "to = 'everyone invited'"), standing(STOPPED, invited=INVITED, said="maybe"), NO_MAIL),
        (("when = 'meeting is moved'", "to = 'everyone invited'"), standing(STOPPED, invited=INVITED), NO_MAIL),
        (("when = 'place is changed'", "to = 'everyone invited'"), standing(1, invited=INVITED, said="yes", stopped=True), "wanted"),
        (('when = "1 day after meeting end"', 'to = "everyone who said yes"'), standing(STOPPED, invited=INVITED, said="yes"), NO_MAIL),
        (('when = "3 days before meeting start"', 'to = "everyone invited"'), standing(STOPPED, invited=INVITED, said="yes"), NO_MAIL),
    ],
)  # fmt: skip
def test_who_is_coming_gets_what_is_needed_though_they_want_no_mail(
    lines: tuple[str, ...], stands: Standing, expected: str
) -> None:
    assert read(rule(*lines), snapshot(stands), round_="sequence-0" if "is " in lines[0] else "r0") == expected


@pytest.mark.parametrize(
    ("lines", "now_is", "round_", "expected"),
    [
        ((), meeting(status=MeetingStatus.CANCELLED), "r0", "the meeting is cancelled"),
        (
            ("when = 'reply is yes'", "to = 'the person who replied'"),
            meeting(status=MeetingStatus.CANCELLED),
            "answer-1",
            "the meeting is cancelled",
        ),
        (("when = 'meeting is cancelled'",), meeting(status=MeetingStatus.CANCELLED), "sequence-2", "wanted"),
        ((), meeting(round=1), "r0", "the meeting was moved since"),
        ((), meeting(round=1), "r0.2", "the meeting was moved since"),
        ((), meeting(round=1), "r0~abcdef.2", "the meeting was moved since"),
        ((), meeting(round=10), "r1", "the meeting was moved since"),
        ((), meeting(round=1), "r1", "wanted"),
        ((), meeting(round=1), "i", "wanted"),
        (
            ("when = 'meeting is moved'",),
            meeting(round=2, last_major_sequence=3),
            "sequence-2",
            "the meeting was moved again since",
        ),
        (("when = 'meeting is moved'",), meeting(round=2, last_major_sequence=3, sequence=4), "sequence-3", "wanted"),
        (("when = 'place is changed'",), meeting(last_major_sequence=3), "sequence-2", "wanted"),
    ],
)
def test_the_meeting(lines: tuple[str, ...], now_is: Meeting, round_: str, expected: str) -> None:
    picture = snapshot(standing(1, invited=INVITED, said="yes"), of=now_is)
    assert read(rule(*lines), picture, round_=round_) == expected


@pytest.mark.parametrize(
    ("starts", "said", "expected"),
    [
        ("reply is yes", "yes", "wanted"),
        ("reply is yes", "no", "the answer has changed since"),
        ("reply is yes", "", "the answer has changed since"),
        ("reply is no", "no", "wanted"),
        ("reply is maybe", "yes", "the answer has changed since"),
        ("reply is unclear", "yes", "wanted"),
    ],
)
def test_a_letter_about_an_answer_that_has_changed(starts: str, said: str, expected: str) -> None:
    made = rule(f'when = "{starts}"', 'to = "the person who replied"')
    assert read(made, snapshot(standing(1, invited=INVITED, said=said)), round_="answer-1") == expected
    # The same letter to somebody else, about that person.
    made = rule(f'when = "{starts}"', 'to = "convener"')
    picture = snapshot(standing(person(8, Role.CONVENER)), standing(1, invited=INVITED, said=said))
    assert read(made, picture, round_="answer-1", who=8, about=PersonId(1)) == expected


OFFICE = 'send-between = "08:00-17:00"\nsend-on = "business days"'


@pytest.mark.parametrize(
    ("now", "not_after", "expected"),
    [
        ("2026-02-26 09:00", None, "wanted"),
        ("2026-02-26 16:59", None, "wanted"),
        ("2026-02-26 17:00", None, "mail may not leave at this hour, until 2026-02-27 08:00"),
        ("2026-02-27 18:00", None, "mail may not leave at this hour, until 2026-03-02 08:00"),
        ("2026-02-26 07:00", None, "its time has not come, until 2026-02-26 09:00"),
        (
            "2026-02-28 10:00",
            "2026-03-01 09:00",
            "mail may not leave at this hour, and after Sun 1 Mar 09:00 it would be too late",
        ),
        ("2026-03-01 09:01", "2026-03-01 09:00", "it is too late: it should have left by Sun 1 Mar 09:00"),
    ],
)
def test_the_hours(now: str, not_after: str | None, expected: str) -> None:
    made = rule(timing=OFFICE)
    limit = at(not_after) if not_after else None
    assert read(made, snapshot(standing(1, invited=INVITED)), now, not_after=limit) == expected


@pytest.mark.parametrize(
    ("line", "back", "expected"),
    [
        (CHASE, "2026-03-02 00:00", "is away until Mon 2 Mar 00:00, until 2026-03-02 08:00"),
        (CHASE, "2026-02-26 08:59", "wanted"),
        (CHASE, "2026-03-12 10:00", "wanted"),  # back after the meeting: to wait would be not to ask at all
        ('to = "everyone invited"', "2026-03-02 00:00", "wanted"),
    ],
)
def test_a_reminder_waits_for_who_is_away(line: str, back: str, expected: str) -> None:
    away = person(1, away_until=at(back))
    made = rule(line, timing=OFFICE)
    assert read(made, snapshot(standing(away, invited=INVITED)), not_after=at("2026-03-12 09:00")) == expected


def test_the_pace_for_one_person_over_all_rules() -> None:
    timing = OFFICE + '\ngap-per-person = "1 day"'
    written = snapshot(standing(1, invited=INVITED, said="yes", written_at=at("2026-02-25 15:00")))
    planned = rule('to = "everyone invited"', timing=timing)
    assert read(planned, written) == "got another mail less than 1 day ago, until 2026-02-26 15:00"
    assert read(planned, written, "2026-02-26 15:00") == "wanted"
    answer = rule('when = "reply is yes"', 'to = "the person who replied"', timing=timing)
    assert read(answer, written, round_="answer-1") == "wanted"


def test_a_repeat_ends_where_the_first_mail_does_not() -> None:
    made = rule('to = "convener"', 'repeat = "every 1 day, at most 3 times"', 'stop-when = "place is set"')
    picture = snapshot(standing(person(8, Role.CONVENER)))
    assert read(made, picture, who=8) == "wanted"
    assert read(made, picture, who=8, round_="r0.2") == '"place is set"'
    assert read(made, picture, who=8, round_="r0~abcdef.3") == '"place is set"'


def test_a_place_that_changed_twice_is_told_once() -> None:
    made = rule('when = "place is changed"', 'to = "everyone invited"', 'send = "place-changed"')
    both = standing(1, invited=INVITED, noticed=(("rule", "sequence-2"), ("rule", "sequence-3")))
    picture = snapshot(both, of=meeting(sequence=3))
    assert read(made, picture, round_="sequence-2") == "the meeting was changed again since"
    assert read(made, picture, round_="sequence-3") == "wanted"


def test_of_reminders_that_had_to_wait_only_the_latest_leaves() -> None:
    """Saturday's and Sunday's, on Monday; and one that waited for a release while the last call went out."""
    lines = ('to = "everyone invited who has not replied"', 'send = "reminder"')
    daily = rule('when = "7 days before meeting start at 09:00"', *lines, 'repeat = "every 1 day, at most 6 times"')
    last = replace(rule('when = "2 days before meeting start at 09:00"', *lines), id=RuleId("last"))
    waiting = standing(1, invited=INVITED, noticed=(("rule", "r0.3"), ("rule", "r0.4")))
    assert read(daily, snapshot(waiting), round_="r0.3") == "a later reminder, [rule], has been decided"
    assert read(daily, snapshot(waiting), round_="r0.4") == "wanted"
    called = snapshot(standing(1, invited=INVITED, noticed=(("rule", "r0.4"), ("last", "r0"))))
    found = still_wanted(daily, notice_of(daily, round_="r0.4"), called, at("2026-03-10 09:30"), (daily, last))
    assert told(found) == "a later reminder, [last], has been decided"
    assert still_wanted(last, notice_of(last), called, at("2026-03-10 09:30"), (daily, last)) == Wanted()


def test_a_person_who_has_been_forgotten() -> None:
    assert read(rule(), snapshot(standing(2))) == "is no longer in the register"


def test_one_standing_is_enough() -> None:
    """When the mail is about to leave, nobody else is looked up."""
    made = rule(
        'to = ["the person who replied who said yes", "their champion"]',
        'when = "reply is yes"',
        'only-if = "place is set"',
        'on-behalf-of = "their champion"',
    )
    found = still_wanted(
        made,
        notice_of(made, round_="answer-1"),
        snapshot(standing(1, invited=INVITED, said="yes")),
        at("2026-02-26 09:00"),
    )
    assert found == Wanted()


def test_waiting_ends() -> None:
    """Whoever comes back at *until* is not told to wait again."""
    now = at("2026-02-27 18:00")
    made = rule(timing=OFFICE)
    picture = snapshot(standing(1, invited=INVITED))
    found = still_wanted(made, notice_of(made), picture, now)
    assert isinstance(found, Wait)
    assert still_wanted(made, notice_of(made), picture, found.until) == Wanted()
