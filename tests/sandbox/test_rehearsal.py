"""What is pretended, read from what a convener types; the log in words; a copy of the data that leaves the original alone."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.errors import MailerError
from mailer.partnership.people import PartnerKind, Person
from mailer.pipeline.hand.reports import arguments_of, harmless
from mailer.sandbox.habits import Answers, Unknown
from mailer.sandbox.rehearsed import AnswerLine, Event, LeftOutLine, MailLine, Rehearsed, as_text
from mailer.sandbox.saying import habitual, members_of, read_outage, read_saying
from mailer.store import models, people
from mailer.store.connection import opened
from mailer.store.copying import copy_store
from mailer.store.transact import transact
from mailer.terms import PartnershipId, PartStat, PersonId

YES, NO, MAYBE, OPEN = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE, PartStat.NEEDS_ACTION


def person(number: int, name: str, *addresses: str, organisation: str = "") -> Person:
    return Person(
        PersonId(number),
        PartnershipId(1),
        name,
        addresses or (f"{number}@x.example",),
        organisation,
        kind=PartnerKind.BUSINESS,
    )


REGISTER = (
    person(1, "Ann Lee", "ann@acme.example", organisation="Acme"),
    person(2, "Ann Ortiz", "ann@bolt.example", organisation="Bolt"),
    person(3, "Bob Katz", "bob@katz.example", "bkatz@katz.example"),
    person(4, "Hannah Cho", "cho@cho.example"),
)


@pytest.mark.parametrize(
    ("text", "who", "words", "partstat", "after"),
    [
        ("Ann Lee=yes after 2 days", "Ann Lee", "Yes, I will be there.", YES, timedelta(days=2)),
        ("Bob=no", "Bob", "Sorry, I cannot make it.", NO, timedelta(hours=4)),
        ("Cho = yes +1", "Cho", "Yes, I will be there. I will bring one guest.", YES, timedelta(hours=4)),
        (
            "Cho=yes + 3 after a week",
            "Cho",
            "Yes, I will be there. I will bring three guests.",
            YES,
            timedelta(weeks=1),
        ),
        ("Bob=Maybe after 30 minutes", "Bob", "I am not sure yet, perhaps.", MAYBE, timedelta(minutes=30)),
        ("Bob=It depends on my boss", "Bob", "It depends on my boss", OPEN, timedelta(hours=4)),
        ("Bob=“I'll be there after 3”", "Bob", "I'll be there after 3", OPEN, timedelta(hours=4)),
        ("bob@katz.example=done after 1 day", "bob@katz.example", "Done.", OPEN, timedelta(days=1)),
    ],
)
def test_what_is_said(text: str, who: str, words: str, partstat: PartStat, after: timedelta) -> None:
    found = read_saying(text)
    assert (found.who, found.words, found.partstat, found.after) == (who, words, partstat, after)


@pytest.mark.parametrize("text", ["Ann", "=yes", "Ann=", "", "Ann yes"])
def test_what_is_no_saying_is_told_with_the_right_form(text: str) -> None:
    with pytest.raises(MailerError, match="Ann=yes after 2 days"):
        read_saying(text)


def test_who_is_meant_is_found_or_asked() -> None:
    members = members_of([read_saying(s) for s in ("Ann Lee=yes", "bkatz@katz.example=no", "Cho=bounces")], REGISTER)
    assert [m.email for m in members] == ["ann@acme.example", "bob@katz.example", "cho@cho.example"]
    assert members[2].trouble == Unknown()
    with pytest.raises(MailerError, match=r"Ann Lee \(Acme\), Ann Ortiz \(Bolt\)"):
        members_of([read_saying("Ann=yes")], REGISTER)
    with pytest.raises(MailerError, match="Nobody in the register is “Zoe”"):
        members_of([read_saying("Zoe=yes")], REGISTER)


def test_a_change_of_mind_is_two_answers_of_one_person() -> None:
    (ann,) = members_of([read_saying("Ann Lee=maybe after 1 day"), read_saying("Ann Lee=yes after 5 days")], REGISTER)
    assert [(a.partstat, a.after) for a in ann.acts if isinstance(a, Answers)] == [
        (MAYBE, timedelta(days=1)),
        (YES, timedelta(days=5)),
    ]


def test_habits_are_the_same_story_each_time_and_another_with_another_number() -> None:
    crowd = [person(n, f"Guest {n}", f"guest{n}@x.example") for n in range(400)]
    story = [m.acts for m in habitual(crowd, (), 1)]
    assert story == [m.acts for m in habitual(crowd, (), 1)]
    assert story != [m.acts for m in habitual(crowd, (), 2)]
    silent = sum(not acts for acts in story)
    assert 60 < silent < 140
    assert len(habitual(REGISTER, members_of([read_saying("Bob=yes")], REGISTER))) == len(REGISTER) - 1


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-02-26", "2026-02-26T06:00", "2026-02-27T06:00"),
        ("2026-02-26..2026-02-28", "2026-02-26T06:00", "2026-03-01T06:00"),
        ("2026-02-26 09:00..2026-02-26 11:30", "2026-02-26T15:00", "2026-02-26T17:30"),
        (
            "2026-03-08",
            "2026-03-08T06:00",
            "2026-03-09T05:00",
        ),  # the day on which the clocks are put forward has 23 hours
    ],
)
def test_an_outage_is_whole_days_or_times(text: str, begins: str, ends: str) -> None:
    found = read_outage(text, "America/Chicago")
    assert (found.begins, found.ends) == (
        datetime.fromisoformat(begins).replace(tzinfo=UTC),
        datetime.fromisoformat(ends).replace(tzinfo=UTC),
    )


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-02-28..2026-02-26", ""])
def test_an_outage_that_is_none(text: str) -> None:
    with pytest.raises(MailerError):
        read_outage(text, "America/Chicago")


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, 3, hour, minute, tzinfo=UTC)


def test_the_log_tells_many_mails_together_and_few_one_by_one() -> None:
    def mail(number: int, state: str = "sent", why: str = "") -> MailLine:
        name = f"Guest {number}"
        return MailLine(_at(15), "invite", "launch", name, f"g{number}@x.example", f"{name}, please come", state, why)

    found = Rehearsed(
        meeting="launch",
        title="Launch",
        zone="America/Chicago",
        begins=_at(1),
        until=_at(23),
        assumed=("everybody stays silent",),
        mails=(*map(mail, range(6)), mail(7, "not sent", "has answered"), mail(8, "not sent", "has answered")),
        answers=(AnswerLine(_at(16), "Ann", "ann@x.example", "Yes!", "understood: Ann says yes", True),),
        events=(Event(_at(17), "the service is down"),),
        left_out=(LeftOutLine("remind", "launch", "called lately", ("Cho",)),),
        attendance=(("yes", 1), ("no answer", 5)),
        elsewhere=3,
    )
    assert as_text(found).splitlines() == [
        "Rehearsal of launch · Launch",
        "Mon  2 Feb 2026 19:00 to Tue  3 Feb 2026 · America/Chicago · nothing was sent, and no data was changed",
        "  everybody stays silent",
        "",
        "Tue  3 Feb 09:00  → invite  6 people (Guest 0, Guest 1, Guest 2, …)",
        "                            Guest 0, please come (and 5 more)",
        "Tue  3 Feb 10:00  ← Ann: “Yes!”",
        "                       understood: Ann says yes",
        "Tue  3 Feb 11:00  ── the service is down",
        "",
        "Not sent:",
        "  [invite] Guest 7, Guest 8: not sent: has answered",
        "",
        "Left out:",
        "  [remind] Cho: called lately",
        "",
        "6 mails would leave, 1 would come.",
        "3 mails that are not about this meeting were rehearsed too, and are not shown.",
        "In the end: 1 yes, 5 no answer.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["launch"]),
        (" with Ann=yes after 2 days, Bob=no", ["launch", "--say=Ann=yes after 2 days", "--say=Bob=no"]),
        (" --say “Ann=yes” --habits", ["launch", "--say=Ann=yes", "--habits"]),
    ],
)
def test_a_rehearsal_asked_for_by_mail(text: str, expected: list[str]) -> None:
    assert harmless(arguments_of("launch", text)) == expected


@pytest.mark.parametrize("text", ["--eml /etc", "--config /x", "--say", '--say "Ann', "-h", "--eml=/tmp/x"])
def test_nothing_that_writes_or_reads_files_is_taken_from_a_mail(text: str) -> None:
    with pytest.raises(MailerError):
        harmless(arguments_of("launch", text))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    found: str = (
        f"sqlite://{tmp_path / 'store.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    return found


async def test_a_copy_holds_the_same_rows_and_the_original_is_not_touched(url: str, tmp_path: Path) -> None:
    from tortoise.backends.base.executor import EXECUTOR_CACHE

    EXECUTOR_CACHE.clear()
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    async with opened(url):
        partnership = await transact(lambda: people.ensure_partnership("northwoods", "Northwoods", now))
        for number in range(700):  # more than one handful
            await models.Person.create(
                partnership_id=partnership, name=f"Guest {number} Ñandú", kind="business", roles=["champion"]
            )
        ids = sorted(await models.column(models.Person.all(), "id"))
        await models.PersonAddress.create(
            partnership_id=partnership, person_id=ids[0], address="a@x.example", dead_at=now
        )
    before = _digest(url)
    copy = await copy_store(url, tmp_path / "copy.db")
    assert _digest(url) == before
    EXECUTOR_CACHE.clear()
    async with opened(copy, throwaway=True):
        rows: list[Any] = await models.Person.all().order_by("id")
        assert [r.id for r in rows] == ids
        assert (rows[5].name, rows[5].roles) == ("Guest 5 Ñandú", ["champion"])
        (address,) = await models.PersonAddress.all()
        assert (address.person_id, address.dead_at) == (ids[0], now)  # type: ignore[attr-defined]
        await models.Person.all().delete()
    EXECUTOR_CACHE.clear()
    async with opened(url):
        assert await models.Person.all().count() == 700


def _digest(url: str) -> str:
    """The bytes of a database file; of a server nothing that can be compared so."""
    return (
        hashlib.sha256(Path(url.removeprefix("sqlite://")).read_bytes()).hexdigest() if url.startswith("sqlite") else ""
    )


async def test_without_a_database_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match="nothing can be rehearsed"):
        await copy_store(f"sqlite://{tmp_path / 'none.db'}", tmp_path / "copy.db")
