"""Phrases: every word of the vocabulary is read, and what is read can be written again."""

import re
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide import rule as r
from mailer.decide.phrases import STARTS, Misread, Read, read
from mailer.decide.snapshot import HappeningKind
from mailer.decide.vocabulary import WORDS, Kind, Word, of_kind, vocabulary
from mailer.understand.asks.question import Question

START = {
    Kind.ANCHOR: ("when", "3 days before {}"),
    Kind.UNIT: ("duration", "1 {}"),
    Kind.HAPPENING: ("when", "{}"),
    Kind.GROUP: ("audience", "{}"),
    Kind.STATE: ("audience", "businesses who {}"),
    Kind.CONDITION: ("condition", "{}"),
    Kind.ATTACHMENT: ("attachment", "{}"),
    Kind.ASK: ("ask", "{}"),
    Kind.SIGNER: ("signer", "{}"),
    Kind.HOLD: ("hold", "{}"),
    Kind.IF_LATE: ("if_late", "{}"),
    Kind.BUNDLE: ("bundle", "{}"),
    Kind.SEND_ON: ("send_on", "{}"),
    Kind.DO: ("drafted", "{}"),
}
SPELLED = [w for w in WORDS if w.kind in START]


def said(word: Word, spelling: str, *, loudly: bool = False) -> Read | Misread:
    start, frame = START[word.kind]
    text = frame.format(re.sub(r"\bN\b", "3 business days", spelling.replace("COUNT", "3")))
    return read(start, text.upper() if loudly else text)


@pytest.mark.parametrize("word", SPELLED, ids=lambda w: f"{w.kind}: {w.text}")
def test_every_word_is_read_in_every_spelling(word: Word) -> None:
    right = said(word, word.text)
    assert isinstance(right, Read)
    for spelling in word.also:
        assert said(word, spelling) == right, spelling
        assert said(word, spelling, loudly=True) == right, spelling
    for spelling in word.loose:
        offered = said(word, spelling)
        assert isinstance(offered, Misread), spelling
        assert offered.right == str(right.value), spelling
        assert [s.right for s in offered.slips] == [word.text], spelling


NEGATED = re.compile(r"\b(?:no|not)\b")
SAYS_SOMETHING = [w for w in SPELLED if w.kind in (Kind.STATE, Kind.CONDITION, Kind.HAPPENING)]


@pytest.mark.parametrize("word", SAYS_SOMETHING, ids=lambda w: f"{w.kind}: {w.text}")
def test_no_guess_turns_the_meaning_round(word: Word) -> None:
    """A convener takes what is offered: "no place is set" must never become "place is set"."""
    right = said(word, word.text)
    assert isinstance(right, Read)
    pieces = word.text.split(" ")
    if not NEGATED.search(word.text):
        for at in range(len(pieces) + 1):
            for no in ("not", "no", "never"):
                offered = said(word, " ".join([*pieces[:at], no, *pieces[at:]]))
                assert offered != right
                assert getattr(offered, "right", "") != str(right.value), (no, at)
    elif "not" in pieces:
        offered = said(word, word.text.replace("not ", ""))
        assert offered != right
        assert getattr(offered, "right", "") != str(right.value)
        for slip in ("nott", "nt", "nto"):
            offered = said(word, word.text.replace("not", slip, 1))
            assert isinstance(offered, Misread)
            assert offered.right in ("", str(right.value)), slip


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        (r.Unit, Kind.UNIT),
        (r.Anchor, Kind.ANCHOR),
        (r.Group, Kind.GROUP),
        (r.State, Kind.STATE),
        (r.ConditionKind, Kind.CONDITION),
        (r.Signer, Kind.SIGNER),
        (r.IfLateKind, Kind.IF_LATE),
        (r.Bundle, Kind.BUNDLE),
        (r.Drafted, Kind.DO),
        (Question, Kind.ASK),
        (HappeningKind, Kind.HAPPENING),
    ],
)
def test_what_the_code_knows_is_what_the_table_says(members: type, kind: Kind) -> None:
    assert {m.value for m in members} == {w.text for w in of_kind(kind)}


def test_no_word_is_there_twice() -> None:
    spellings = [(w.kind, s) for w in WORDS for s in (w.text, *w.also, *w.loose)]
    assert len(spellings) == len(set(spellings))


def test_the_whole_table_is_printed() -> None:
    printed = vocabulary()
    for word in WORDS:
        assert word.text in printed
        assert word.help in printed
    assert all(len(line) <= 180 for line in printed.splitlines())


durations = st.builds(r.Duration, st.integers(0, 150), st.sampled_from(r.Unit).filter(lambda u: u is not r.Unit.MONTH))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
offsets = st.builds(r.Offset, durations, st.booleans(), st.sampled_from(r.Anchor), st.none() | clocks).filter(
    lambda o: o.at is None or o.duration.exact is None
)
fixed = st.builds(r.Fixed, st.dates(date(1990, 1, 1), date(2099, 12, 31)), clocks)
happens = st.builds(
    lambda kind, count: r.Happens(kind, count if "COUNT" in kind else 0),
    st.sampled_from(HappeningKind),
    st.integers(1, 99),
)
weekdays = st.sampled_from([d for d in r.DayKind if d.weekday is not None])
every_day = st.one_of(
    st.builds(r.Every, st.just(r.Period.WEEK), weekdays, clocks),
    st.builds(r.Every, st.just(r.Period.DAY), st.sampled_from([r.DayKind.BUSINESS_DAY, r.DayKind.ANY]), clocks),
)
periods = st.sampled_from([r.Period.MONTH, r.Period.QUARTER, r.Period.YEAR])
every_period = st.builds(
    r.Every, periods, weekdays | st.just(r.DayKind.BUSINESS_DAY), clocks, st.sampled_from(r.Nth)
) | st.builds(r.Every, st.just(r.Period.WEEK), st.just(r.DayKind.BUSINESS_DAY), clocks, st.sampled_from(r.Nth))
drafts = st.builds(
    lambda what, lengths, teams, since: r.Draft(
        what, *sorted(lengths, key=lambda d: d.days, reverse=bool(since and since[0])), teams, *(since or (False, None))
    ),
    st.sampled_from(r.Drafted),
    st.tuples(durations, durations),
    st.booleans(),
    st.none()
    | st.tuples(
        st.booleans(), st.sampled_from([r.Anchor.MEETING_START, r.Anchor.MEETING_END, r.Anchor.REPLY_DEADLINE])
    ),
)
audiences = st.builds(r.Audience, st.sampled_from(r.Group), st.lists(st.sampled_from(r.State), max_size=3).map(tuple))
conditions = st.builds(
    lambda kind, length: r.Condition(kind, length if "N" in kind else None), st.sampled_from(r.ConditionKind), durations
)
repeats = st.builds(r.Repeat, durations.filter(lambda d: 0 < d.days < 50), st.integers(1, 20))


@settings(deadline=None)
@given(
    st.one_of(
        offsets.map(lambda v: ("when", v)),
        fixed.map(lambda v: ("when", v)),
        every_day.map(lambda v: ("when", v)),
        every_period.map(lambda v: ("when", v)),
        drafts.map(lambda v: ("do", v)),
        happens.map(lambda v: ("when", v)),
        audiences.map(lambda v: ("audience", v)),
        conditions.map(lambda v: ("condition", v)),
        repeats.map(lambda v: ("repeat", v)),
        durations.map(lambda v: ("duration", v)),
    )
)
def test_what_is_printed_can_be_written(case: tuple[str, object]) -> None:
    start, value = case
    assert read(start, str(value)) == Read(value)


@settings(deadline=None)
@given(st.sampled_from(sorted(STARTS)), st.text(max_size=60))
def test_any_text_is_read_or_refused(start: str, text: str) -> None:
    assert isinstance(read(start, text), Read | Misread)


WORDS_OF_PHRASES = " ".join(w.text for w in SPELLED).split()


@settings(deadline=None)
@given(
    st.sampled_from(sorted(STARTS)),
    st.lists(st.sampled_from([*WORDS_OF_PHRASES, "3", "09:00", "9am", "who", "at", "§0", ","])),
)
def test_any_words_are_read_or_refused(start: str, words: list[str]) -> None:
    text = " ".join(words)
    found = read(start, text)
    assert isinstance(found, Read | Misread)
    if isinstance(found, Misread) and found.right and not any(c.isupper() for c in text):
        assert isinstance(read(start, found.right), Read), "what is offered must be right"
