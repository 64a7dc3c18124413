"""A question has its day: the silent are reminded once, the convener gets the tally with a proposed ruling, and decides."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.pipeline.hand import closing, settling
from mailer.pipeline.hand.settling import Tally
from mailer.sandbox.stage import CONVENER
from mailer.store import meetings, people, questions
from mailer.store.questions import AskedQuestion
from mailer.terms import QuestionId
from tests.flow.test_commands import coded, last
from tests.flow.test_desk import reply, text_of
from tests.flow.test_life import answer, cast, letter_to
from tests.flow.world import World, local, member, world

ANN, BOB, CHO = "ann.able@able.example", "bob.brown@brown.example", "cho.chan@chan.example"


async def offered(here: World, title: str = "Planning call", days: tuple[int, ...] = (10, 11, 12)) -> AskedQuestion:
    office = here.stage.daemon.office
    whom = [p for p in await people.people(office.partnership) if p.address in (ANN, BOB, CHO)]
    times = [(start := local(2026, 2, day, 10, 0), start + timedelta(hours=1)) for day in days]
    return (await settling.put(office, title, times, whom, here.stage.clock.now()))[0]


def three() -> list[object]:
    return cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan", language="es"))  # type: ignore[return-value]


def tallies(here: World) -> list[tuple[datetime, str]]:
    return [(at, text_of(m)) for at, m in here.to(CONVENER) if "Question " in text_of(m) and "yes" in text_of(m)]


async def test_on_its_day_the_tally_comes_with_a_proposal_and_the_convener_decides(tmp_path: Path) -> None:
    """Tasks 5, 12, 27: the silent are reminded once, in their language; the tally comes on the day; late answers count until it is settled."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        question = await offered(here)
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        assert "Planning call" in text_of(letter_to(here, ANN, "Which time"))
        assert "by Monday, February 2" in text_of(letter_to(here, ANN, "Which time"))
        await answer(here, ANN, letter_to(here, ANN, "Which time"), "1 and 3 work for me")
        await answer(here, BOB, letter_to(here, BOB, "Which time"), "Could be, my brother is in town, hm.")
        await here.stage.advance(local(2026, 2, 2, 16, 0))
        again = [
            (who, at)
            for at, who, m in here.mails
            if "Still time" in str(m["Subject"]) or "Aún está" in str(m["Subject"])
        ]
        assert again == [(CHO, local(2026, 1, 30, 9, 0))]  # Bob's words wait on the desk: he is not silent
        assert tallies(here) == []
        await here.stage.advance(local(2026, 2, 2, 18, 0))
        [(at, told)] = tallies(here)
        assert at == local(2026, 2, 2, 17, 0)
        assert "Nothing was heard from Cho Chan" in " ".join(told.split())
        assert "I propose 1" in told
        assert "1 and 3 stand alike" in " ".join(told.split())
        assert (await questions.question(question.id)).state == questions.OPEN  # type: ignore[union-attr]
        await answer(here, CHO, letter_to(here, CHO, "Aún está"), "La tercera, por favor")
        assert len(tallies(here)) == 2
        assert "I propose 3" in tallies(here)[-1][1]
        mail = [m for _, m in here.to(CONVENER) if "I propose 3" in text_of(m)][-1]
        await offered(here, "Quite another thing", (17, 18, 19))
        await reply(here, mail, "settle 3")  # of the one that the mail is about
        code = re.search(r"the code (\d{6})", text_of(last(here)))
        assert code, text_of(last(here))
        await reply(here, last(here), code[1])
        assert "planning-call-2026-02 was made" in " ".join(text_of(last(here)).split())
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        assert len(tallies(here)) == 2


async def test_the_last_answer_brings_the_tally_at_once_and_nobody_is_reminded(tmp_path: Path) -> None:
    """Tasks 5, 12: three of three have answered."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        await offered(here, "Hiring calls")
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        for who, said in ((ANN, "2"), (BOB, "the second"), (CHO, "ninguna")):
            await answer(here, who, here.to(who)[-1][1], said)
        [(_, told)] = tallies(here)
        assert "Everybody who was asked has answered." in told
        assert "I propose 2, Wednesday 11 February 2026, 10:00." in " ".join(told.split())
        await here.stage.advance(local(2026, 2, 4, 12, 0))
        assert len(tallies(here)) == 1
        assert not any("Still time" in str(m["Subject"]) for _, _, m in here.mails)
        assert "was made" in await coded(here, "settle hiring calls 2")


async def test_an_answer_in_words_is_closed_on_its_day_and_what_comes_later_waits(tmp_path: Path) -> None:
    """Tasks 5, 23: there is nothing to rule on words, so the question closes; a late word is not lost."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        await here.stage.advance(local(2026, 2, 16, 12, 0))
        await coded(here, "ask businesses: What would make the meeting worth your morning?")
        await answer(here, ANN, letter_to(here, ANN, "One question"), "Two names for each promise.")
        await here.stage.advance(local(2026, 2, 24, 9, 0))
        told = next(text_of(m) for _, m in here.to(CONVENER) if "The day to answer has come" in text_of(m))
        assert "Ann Able: Two names for each promise." in told
        assert "propose" not in told
        await answer(here, BOB, letter_to(here, BOB, "One question"), "Coffee.")
        await here.stage.advance(local(2026, 2, 25, 9, 0))
        assert any("this was settled before the answer came" in text_of(m) for _, m in here.to(CONVENER))


async def test_a_time_that_has_passed_is_not_taken(tmp_path: Path) -> None:
    """Task 27: a convener who settles late is told so, and nothing is made."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        question = await offered(here)
        await here.stage.advance(local(2026, 2, 11, 9, 0))
        assert "has passed" in await coded(here, f"settle {question.id} 1")
        assert "has no choice 7; it has 1 to 3" in " ".join((await coded(here, f"settle {question.id} 7")).split())
        assert "was made" in await coded(here, f"settle {question.id} 2")
        assert len([m for m in await meetings.all_of(here.stage.daemon.office.partnership) if not m.standing]) == 2
        with pytest.raises(MailerError, match="settled already"):
            await settling.settle_question(here.stage.daemon.office, "planning", 3, here.stage.clock.now())


async def test_a_question_is_called_by_its_number_or_by_words_of_its_title(tmp_path: Path) -> None:
    """Tasks 5, 43: nobody types first-team-calls-2-r0-team-1."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        office = here.stage.daemon.office
        schools = await offered(here, "First call of Schools")
        hiring = await offered(here, "First call of Hiring & Transport", (17, 18, 19))
        for name, found in (
            (str(schools.id), schools),
            (f"question {hiring.id}", hiring),
            ("schools", schools),
            ("Schools call", schools),
            ("first call of hiring & transport", hiring),
            ("hiring", hiring),
            (schools.slug, schools),
        ):
            assert (await settling.question_or_error(office, name)).id == found.id, name
        for name in ("first call", "999", "welding", "", "???"):
            with pytest.raises(MailerError, match=f"{schools.id} .First call of Schools."):
                await settling.question_or_error(office, name)
        await settling.settle_question(office, "schools", 1, here.stage.clock.now())
        assert (await settling.question_or_error(office, "first call")).id == hiring.id  # the other is settled
        told = await coded(here, "settle 2")
        assert "First call of Hiring & Transport: Wednesday 18 February" in " ".join(told.split())


def row(number: int, yes: str = "", maybe: str = "", no: str = "") -> Tally:
    return Tally(number, f"choice {number}", tuple(yes), tuple(maybe), tuple(no))


@pytest.mark.parametrize(
    ("kind", "rows", "passed", "expected"),
    [
        (questions.TIMES, [row(1, "ab"), row(2, "abc", no="d")], (), "I propose 2, choice 2."),
        (questions.TIMES, [row(1, "ab", no="c"), row(2, "ab", maybe="c")], (), "I propose 2"),
        (
            questions.TIMES,
            [row(1, "ab"), row(2, "ab")],
            (),
            "I propose 1, choice 1. (1 and 2 stand alike; it is the earliest",
        ),
        (questions.TIMES, [row(1, "abc"), row(2, "ab")], (1,), "I propose 2"),
        (questions.TIMES, [row(1, no="ab"), row(2, no="ab")], (), "None of the times suits anybody"),
        (questions.TIMES, [row(1, "ab")], (1,), "None of the times suits anybody"),
        (questions.TIMES, [row(1), row(2, maybe="a")], (), "I propose 2"),
        (questions.CHOICES, [row(1, "ab"), row(2, "ab")], (), "1 and 2 stand alike: it is for you to choose"),
        (questions.RANKING, [row(1, "a", "bc"), row(2, "bc", "a")], (), "I propose 2"),
        (questions.CHOICES, [row(1, no="a"), row(2, no="a")], (), "Nothing was chosen"),
        (questions.TIMES, [row(1), row(2)], (), "Nobody has answered yet"),
    ],
)
def test_what_is_proposed(kind: str, rows: list[Tally], passed: tuple[int, ...], expected: str) -> None:
    question = AskedQuestion(QuestionId(7), "x", kind, "X", questions.OPEN)
    assert closing.ruling(question, rows, frozenset(passed)).startswith(expected)


async def test_times_for_a_meeting_that_is_planned_move_it_with_its_deadline(tmp_path: Path) -> None:
    """Tasks 27, 46: the time that is taken moves the meeting they were offered for, and the day to answer by moves along."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        office = here.stage.daemon.office
        before = await here.meeting()
        whom = [p for p in await people.people(office.partnership) if p.address in (ANN, BOB)]
        times = [(local(2026, 3, day, 9, 0), local(2026, 3, day, 11, 0)) for day in (18, 19)]
        await settling.put(office, "A day for the launch", times, whom, here.stage.clock.now(), about=before)
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        assert "is on Thursday 19 March" in await coded(here, "settle launch 2")
        after = await here.meeting()
        assert (after.dtstart, after.dtend) == times[1]
        assert after.reply_deadline == local(2026, 3, 12, 17, 0)  # over the change of the clocks


async def test_calls_at_the_same_time_are_told_of(tmp_path: Path) -> None:
    """Task 43: two teams that are offered the same hours may take the same one; the convener, who settles, hears of it."""
    async with world(tmp_path, three()) as here:  # type: ignore[arg-type]
        await offered(here, "First call of Schools")
        await offered(here, "First call of Transport")
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        assert "At the same time" not in await coded(here, "settle schools 2")
        assert "At the same time: first-call-of-schools-2026-02." in " ".join(
            (await coded(here, "settle transport 2")).split()
        )
