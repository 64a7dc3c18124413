"""How answers change attendance: a table of orders and lateness, and any order of arrival ends in the same state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.partnership.attendance import Applied, Asked, Given, Ignored, Invitation, after_move, apply
from mailer.partnership.meetings import Change, Meeting, MeetingStatus, changed
from mailer.terms import EventUid, InvitationId, MeetingId, PartnershipId, PartStat, PersonId, Token, Via

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MEETING = Meeting(
    MeetingId(1),
    PartnershipId(1),
    "launch",
    "Launch",
    EventUid("u@x.example"),
    NOON + timedelta(days=9),
    NOON + timedelta(days=9, hours=2),
    "UTC",
)
CHANGED = replace(MEETING, sequence=1)
"""Another place: SEQUENCE is 1, the date is the same."""
MOVED = replace(MEETING, sequence=1, last_major_sequence=1, round=1, changed_at=NOON)
OPEN = Invitation(InvitationId(1), MeetingId(1), PersonId(1), Token("a" * 20))
YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE


def answer(partstat: PartStat, minutes: int = 0, via: Via = Via.WORDS, **facts: object) -> Given:
    return Given(partstat, via, NOON + timedelta(minutes=minutes), **facts)  # type: ignore[arg-type]


def itip(partstat: PartStat, sequence: int | None, stamped: int, arrives: int | None = None) -> Given:
    """A calendar answer stamped *stamped* minutes after noon by the attendee's own clock, in a mail dated *arrives*."""
    at = stamped if arrives is None else arrives
    return answer(partstat, at, Via.ITIP, sequence=sequence, dtstamp=NOON + timedelta(minutes=stamped))


def after(invitation: Invitation, meeting: Meeting, *answers: Given) -> Invitation:
    for place, each in enumerate(answers):
        outcome = apply(invitation, meeting, each, answers[:place])
        if isinstance(outcome, Applied):
            invitation = outcome.invitation
    return invitation


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer(YES)], YES),
        ([answer(YES), answer(NO, 5)], NO),
        ([answer(NO, 5), answer(YES)], NO),  # the older arrives later
        ([itip(YES, 0, 10), itip(NO, 0, 5)], YES),
        ([itip(YES, 0, 10, arrives=0), itip(NO, 0, 5, arrives=60)], YES),  # DTSTAMP orders, not the arrival
        ([itip(YES, 0, 0), answer(NO, 30)], NO),  # words after a click
        ([answer(NO, 30), itip(YES, 0, 0)], NO),
        ([itip(YES, 7, 0), itip(NO, 0, 10)], NO),  # a SEQUENCE that the attendee raised wins nothing
        ([itip(YES, None, 0), itip(NO, None, 10)], NO),  # Outlook may leave it out
        ([answer(YES), answer(NO, -5, Via.HAND)], NO),  # the convener's hand always counts
        ([answer(PartStat.NEEDS_ACTION, 5, Via.HAND), answer(YES)], PartStat.NEEDS_ACTION),  # also "open"
        ([itip(YES, 1, 0), itip(NO, 0, 0, arrives=10)], YES),  # SEQUENCE before the date
        ([answer(YES, 5), itip(NO, 0, -900, arrives=10)], NO),  # a calendar that copies the DTSTAMP of our request
        ([itip(YES, 0, 20, arrives=0), answer(MAYBE, 5), itip(NO, 0, 10, arrives=30)], MAYBE),
        ([answer(MAYBE, 5), itip(NO, 0, 10, arrives=30), itip(YES, 0, 20, arrives=0)], MAYBE),
    ],
)
def test_order(answers: list[Given], expected: PartStat) -> None:
    meeting = CHANGED if any(a.sequence == 1 for a in answers) else MEETING
    assert after(OPEN, meeting, *answers).partstat is expected


def test_a_later_answer_to_an_older_version_is_asked_about() -> None:
    held = after(OPEN, CHANGED, itip(YES, 1, 0))
    assert isinstance(apply(held, CHANGED, itip(NO, 0, 10)), Asked)
    assert isinstance(apply(held, CHANGED, itip(YES, 0, 10)), Ignored)  # it says the same
    assert isinstance(apply(held, CHANGED, itip(NO, 0, -10)), Ignored)


def test_a_delegate_is_kept_until_the_person_answers() -> None:
    sends = after(OPEN, MEETING, answer(PartStat.DELEGATED, delegate=PersonId(7)))
    assert (sends.partstat, sends.delegate, sends.changes) == (PartStat.DELEGATED, PersonId(7), 1)
    other = apply(sends, MEETING, answer(PartStat.DELEGATED, 5, delegate=PersonId(8)))
    assert isinstance(other, Applied)
    assert (other.invitation.delegate, other.news) == (PersonId(8), True)
    comes = after(OPEN, MEETING, answer(PartStat.DELEGATED, delegate=PersonId(7)), answer(YES, 9))
    assert (comes.partstat, comes.delegate) == (YES, None)


@pytest.mark.parametrize(
    ("given_", "kind"),
    [
        (itip(YES, 0, 30), Ignored),  # SEQUENCE of the earlier date
        (itip(YES, 1, 30), Applied),
        (itip(YES, None, -30), Ignored),  # no SEQUENCE: the clock tells
        (itip(YES, None, 30), Applied),
        (answer(YES, 30, sequence=0), Asked),  # words on the thread of the old letter: ask
        (answer(YES, 30, sequence=1), Applied),
        (answer(YES, -30), Asked),
        (answer(YES, 30, Via.BUTTON), Applied),
        (answer(YES, -30, Via.BUTTON), Asked),
        (answer(YES, -30, Via.HAND), Applied),
    ],
)
def test_answers_to_an_earlier_date(given_: Given, kind: type) -> None:
    assert isinstance(apply(OPEN, MOVED, given_), kind)


def test_a_cancelled_meeting_takes_no_answers() -> None:
    assert isinstance(apply(OPEN, replace(MEETING, status=MeetingStatus.CANCELLED), answer(YES)), Ignored)


def test_an_answer_after_the_meeting_is_only_noted() -> None:
    late = answer(YES, 60 * 24 * 30)
    assert isinstance(apply(OPEN, MEETING, late), Ignored)
    assert isinstance(apply(OPEN, MEETING, replace(late, via=Via.HAND)), Applied)
    assert isinstance(apply(OPEN, replace(MEETING, rrule="FREQ=WEEKLY;COUNT=20"), late), Applied)


def test_the_same_answer_again_is_no_news() -> None:
    first = apply(OPEN, MEETING, answer(YES))
    assert isinstance(first, Applied)
    assert first.news
    again = apply(first.invitation, MEETING, answer(YES, 1, Via.BUTTON))
    assert isinstance(again, Applied)
    assert not again.news
    assert again.invitation.changes == 1


@pytest.mark.parametrize(("before", "then"), [(YES, PartStat.NEEDS_ACTION), (MAYBE, PartStat.NEEDS_ACTION), (NO, NO)])
def test_a_move_asks_anew_except_who_declined(before: PartStat, then: PartStat) -> None:
    moved = after_move(after(OPEN, MEETING, answer(before)))
    assert moved.partstat is then
    assert moved.earlier is (before if then is not before else None)


@given(
    st.lists(
        st.tuples(st.sampled_from([YES, NO, MAYBE]), st.integers(0, 2), st.integers(0, 1000)),
        min_size=1,
        max_size=6,
        unique_by=lambda a: (a[1], a[2]),
    ),
    st.randoms(),
)
def test_calendar_answers_in_any_order_repeated_end_the_same(
    answers: list[tuple[PartStat, int, int]], chance: object
) -> None:
    meeting = replace(MEETING, sequence=2)
    one = [itip(partstat, sequence, stamped) for partstat, sequence, stamped in answers]
    other = [*one, *one]
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert after(OPEN, meeting, *one[::-1]).partstat is after(OPEN, meeting, *other).partstat


ANSWERS = st.builds(
    lambda way, partstat, sequence, stamped, at: (
        itip(partstat, sequence, stamped, arrives=at)
        if way == "calendar"
        else answer(partstat, at, Via.BUTTON if way == "button" else Via.WORDS, sequence=sequence or None)
    ),
    st.sampled_from(["calendar", "calendar", "words", "button"]),
    st.sampled_from([YES, NO, MAYBE]),
    st.integers(0, 2),
    st.integers(-100, 100),
    st.integers(-100, 100),
)


def _key(given_: Given) -> tuple[object, ...]:
    return (given_.at,) if given_.dtstamp is None else (given_.sequence, given_.dtstamp, given_.at)


@given(
    st.lists(ANSWERS, min_size=1, max_size=7, unique_by=(_key, lambda a: a.at)),
    st.sampled_from([replace(MEETING, sequence=2), replace(MOVED, sequence=2)]),
    st.randoms(),
)
def test_answers_from_several_programs_in_any_order_end_the_same(
    answers: list[Given], meeting: Meeting, chance: object
) -> None:
    """Calendars with clocks of their own, words and buttons, each perhaps twice."""
    other = [*answers, *answers[:2]]
    chance.shuffle(other)  # type: ignore[attr-defined]
    one, two = after(OPEN, meeting, *answers), after(OPEN, meeting, *other)
    assert (one.partstat, one.answered_at, one.via) == (two.partstat, two.answered_at, two.via)


@pytest.mark.parametrize(
    ("facts", "change", "sequence", "round_"),
    [
        ({"dtstart": NOON}, Change.MOVED, 1, 1),
        ({"zone": "Europe/Berlin"}, Change.MOVED, 1, 1),
        ({"place": "elsewhere"}, Change.PLACE, 1, 0),
        ({"online_link": "https://x.example"}, Change.PLACE, 1, 0),
        ({"title": "Another name"}, Change.WORDS, 0, 0),
        ({"status": MeetingStatus.CANCELLED}, Change.CANCELLED, 1, 0),
        ({}, Change.NOTHING, 0, 0),
    ],
)
def test_what_a_change_means(facts: dict[str, object], change: Change, sequence: int, round_: int) -> None:
    after_, what = changed(MEETING, replace(MEETING, **facts), NOON)  # type: ignore[arg-type]
    assert (what, after_.sequence, after_.round) == (change, sequence, round_)
    assert after_.last_major_sequence == (1 if change is Change.MOVED else 0)
