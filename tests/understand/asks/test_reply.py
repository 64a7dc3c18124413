"""The one way in: every question, whatever is answered."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.message import read as read_message
from mailer.terms import PersonId
from mailer.understand import asks
from mailer.understand.asks import Asked, Callee, Choice, Item, Offered, Question, Whom, Written, words
from mailer.understand.asks.approval import Approval, Word
from mailer.understand.asks.attachment import Documents
from mailer.understand.asks.calls import CallResults
from mailer.understand.asks.comments import Comments
from mailer.understand.asks.dates import read_date
from mailer.understand.asks.delegate import Delegation
from mailer.understand.asks.items import ItemReports
from mailer.understand.asks.needs import NeedKind
from mailer.understand.asks.ranking import Ranking
from mailer.understand.asks.times import TimesChosen

WEDNESDAY = datetime(2027, 2, 10, 15, tzinfo=UTC)
PEOPLE = (
    Callee(1, PersonId(101), "Ann Lee", "Acme"),
    Callee(2, PersonId(102), "Bob Stone", "Bolt"),
    Callee(3, PersonId(103), "Cho Kim", ""),
)
ITEMS = (Item(1, "Survey of employers"), Item(2, "Draft curriculum"), Item(3, "Data from the college"))
TIMES = tuple(Offered(n, WEDNESDAY + timedelta(days=9 + n)) for n in range(1, 5))
CHOICES = (Choice(1, "Housing", "A"), Choice(2, "Training", "B"), Choice(3, "Transport", "C"))


def asked(question: Question, written: Written | None = None) -> Asked:
    return Asked(
        question, written or Written(WEDNESDAY, "America/Chicago", "en"), PEOPLE, ITEMS, TIMES, CHOICES,
        Whom("Ann Lee", ("ann@old.example",)), frozenset({"launch@north.example"}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "text", "kind", "certain"),
    [
        (Question.CALLS, "Ann yes, Bob vm", CallResults, True),
        (Question.CALLS, "Ann yes, Dave no", CallResults, False),
        (Question.ITEMS, "1 done", ItemReports, True),
        (Question.TIMES, "2", TimesChosen, True),
        (Question.RANKING, "B, A, C", Ranking, True),
        (Question.DELEGATE, "Bob Stone will go", Delegation, True),
        (Question.APPROVAL, "OK", Approval, True),
        (Question.APPROVAL, "Hm", Approval, False),
        (Question.ATTACHMENT, "later", Documents, False),
    ],
)
def test_each_question_has_its_reader(question: Question, text: str, kind: type, certain: bool) -> None:
    reply = asks.read(asked(question), text)
    assert isinstance(reply.said, kind)
    assert reply.certain is certain


def test_part_of_an_answer_is_something_but_not_certain() -> None:
    reply = asks.read(asked(Question.CALLS), "Ann yes\nDave no")
    assert reply.says_something
    assert not reply.certain
    assert reply.not_understood == ("Dave no",)


def test_yes_no_or_maybe_is_read_elsewhere_and_needs_here() -> None:
    reply = asks.read(asked(Question.ATTENDANCE), "Yes, we will be two. One of us is vegan.")
    assert reply.said is None
    assert not reply.says_something
    assert [(n.kind, n.count) for n in reply.needs] == [(NeedKind.VEGAN, 1)]


def test_the_authors_name_is_known_from_the_message() -> None:
    message = read_message(b"From: Jane Smith <jane@acme.example>\nSubject: Re: calls\n\nAnn yes\n\nJane\n")
    reply = asks.read(asked(Question.CALLS), message.plain, message)
    assert reply.certain
    assert isinstance(reply.said, CallResults)
    assert len(reply.said.results) == 1


def test_what_is_beyond_the_caps_is_given_back() -> None:
    reply = asks.read(asked(Question.CALLS), "Ann yes\n" + "\n" * 6_000 + "Ann no, I was wrong")
    assert reply.says_something
    assert not reply.certain
    assert reply.not_understood == ("Ann no, I was wrong",)
    assert not asks.read(asked(Question.CALLS), "Ann yes\n" * 1_000).certain


def test_a_long_comment_is_kept() -> None:
    text = "A paragraph about housing. " * 500
    reply = asks.read(asked(Question.COMMENTS), text)
    assert reply.certain
    assert reply.said == Comments(text.strip())


def test_a_promised_document_is_none() -> None:
    reply = asks.read(asked(Question.ATTACHMENT), "Please find my notes attached.")
    assert not reply.says_something
    assert isinstance(reply.said, Documents)
    assert reply.said.promised


def test_empty_is_nothing() -> None:
    for question in Question:
        reply = asks.read(asked(question), "")
        assert not reply.says_something
        assert reply.not_understood == ()


# whatever comes ---------------------------------------------------------------------------------------------------------

HOSTILE = {
    "spaces": " " * 100_000,
    "blank lines": "\n" * 100_000,
    "one word": "a" * 100_000,
    "digits": "1" * 100_000,
    "numbers": "1 " * 50_000,
    "names": "Ann and " * 12_000 + "yes",
    "results": "yes " * 25_000,
    "names and results": "Ann yes, " * 11_000,
    "dates": "3 May " * 16_000,
    "half dates": "3 of the of the of " * 5_000,
    "weekdays": "next Friday of next week " * 4_000,
    "commas": "," * 100_000,
    "colons": "1:" * 50_000,
    "apostrophes": "can't" * 20_000,
    "quotes": "'" * 100_000,
    "brackets": "(" * 100_000,
    "questions": "?" * 100_000,
    "addresses": "a@b.c " * 16_000,
    "half an address": "a.b-c+d" * 14_000 + "@",
    "link": "http://" + "a" * 100_000,
    "emoji": "👍" * 50_000,
    "accents": "e\u0301" * 50_000,
    "right to left": "\u202e" * 100_000,
    "nul": "\0" * 100_000,
    "surrogates": "\ud800" * 50_000,
    "greetings": "hi dear hello " * 7_000,
    "thanks": "thanks best regards " * 5_000,
    "needs": "no not vegan gluten " * 5_000,
    "digits of other scripts": "٣ ٥ ²" * 20_000,
}


HEAVIEST = (Question.CALLS, Question.ITEMS, Question.TIMES, Question.RANKING, Question.DELEGATE)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_soon(text: str) -> None:
    for question in HEAVIEST:
        asks.read(asked(question), "warm up")
    began = time.process_time()
    for question in HEAVIEST:
        check(asks.read(asked(question), text))
    took = time.process_time() - began
    assert took < 30, f"{took:.3f} s for {len(HEAVIEST)} questions"  # about 1 s; what blows up takes years


def check(reply: asks.Reply) -> None:
    """What no answer can bring about."""
    today = WEDNESDAY.astimezone(ZoneInfo("America/Chicago")).date()
    match reply.said:
        case CallResults(results):
            assert {r.person for r in results} <= {p.person for p in PEOPLE}
            assert len({r.person for r in results}) == len(results)
            assert all(r.again is None or r.again >= today for r in results)
        case ItemReports(reports):
            assert {r.number for r in reports} <= {i.number for i in ITEMS}
            assert len({r.number for r in reports}) == len(reports)
            assert all(r.due is None or r.due >= today for r in reports)
        case TimesChosen() as times:
            every = {o.number for o in TIMES}
            assert times.chosen | times.refused | times.possible | set(times.preferred) <= every
            assert not times.chosen & times.refused
            assert not (times.none and times.chosen)
        case Ranking(order):
            assert set(order) <= {c.number for c in CHOICES}
            assert len(set(order)) == len(order)
        case Approval(word=Word.YES, changes=changes):
            assert not changes
        case Delegation() as delegation:
            assert delegation.address != "launch@north.example" or delegation.name
            assert not (delegation.nobody and (delegation.name or delegation.address))


def _vocabulary() -> list[str]:
    found = {
        e
        for code in words.codes()
        for t, c in words.content(code).items()
        if t not in ("numbers", "ordinals")
        for es in c.values()
        for e in es
    }
    names = [
        "Ann",
        "Bob",
        "Cho",
        "Lee",
        "Acme",
        "Dave",
        "A",
        "B",
        "C",
        "survey",
        "curriculum",
        "ann@new.example",
        "Monday",
        "3 May",
        "15.3.",
        "10am",
    ]
    return [
        *sorted(found),
        *names * 40,
        *[str(n) for n in range(40)] * 5,
        *[",", ".", ";", ":", "\n", "?", "!", "-", "and", "or", "but"] * 60,
    ]


VOCABULARY = _vocabulary()
QUESTIONS = st.sampled_from([q for q in Question if q is not Question.ATTACHMENT])


@settings(max_examples=300, deadline=None)
@given(QUESTIONS, st.lists(st.sampled_from(VOCABULARY), max_size=25).map(" ".join))
def test_words_in_any_order(question: Question, text: str) -> None:
    check(asks.read(asked(question), text))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS, st.text(max_size=200))
def test_any_text(question: Question, text: str) -> None:
    check(asks.read(asked(question), text))


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["America/Chicago", "Pacific/Kiritimati", "Europe/Berlin", "UTC"]),
    st.sampled_from(["en", "es", "de", "fr", ""]),
    st.sampled_from([None, True, False]),
    st.lists(
        st.sampled_from([e for code in words.codes() for es in words.content(code)["dates"].values() for e in es] + [str(n) for n in range(33)] * 8
                        + [".", "/", "-", "th", "2027", "2019", "of"] * 20),
        min_size=1, max_size=6,
    ).map(" ".join),
)  # fmt: skip
def test_no_day_lies_behind(at: datetime, zone: str, language: str, day_first: bool | None, text: str) -> None:
    day = read_date(text, Written(at, zone, language, day_first)).day
    today = at.astimezone(ZoneInfo(zone)).date()
    assert day is None or today <= day <= today + timedelta(days=731)


def test_a_reader_does_not_fail_in_silence() -> None:
    """`asks.read` catches what a reader raises; here nothing is caught."""
    from mailer.understand.asks import reply

    for question in Question:
        for text in (
            "Ann yes",
            "1 done",
            "² done",
            "٣",
            "İ ſ K",
            "1" * 9,
            "by 99999999-9-9",
            "31.12.9999",
            "0.0.0",
            "00/00",
        ):
            reply._said(asked(question), text, None)
            reply.read_needs(text)


@pytest.mark.parametrize(
    "text",
    [
        "OK" + "\n" * 7000 + "but change line 2",
        "OK. " + "please " * 1500 + "do not send it",
        "OK " + "thanks " * 900 + "but wait",
    ],
)
def test_an_ok_whose_end_is_out_of_sight_is_none(text: str) -> None:
    reply = asks.read(Asked(Question.APPROVAL, Written(datetime(2026, 3, 2, tzinfo=UTC))), text)
    assert not reply.says_something
    assert reply.not_understood
