"""Our own letters, answered by each mail program in each way, and read again by the service: the three must fit one another."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailer.render.letters import Letters, read_letters, shipped_letters
from mailer.render.message import compose
from mailer.render.sample import sample_facts
from mailer.sandbox.habits import Act, Answers, Away, Forwards, Full, Member, Program, Trouble, Unknown, Way
from mailer.sandbox.people import PretendPerson
from mailer.sandbox.servers import Envelope
from mailer.terms import PartStat
from mailer.understand.bounds import understand_within
from mailer.understand.verdict import Kind, Verdict

NOW = datetime(2026, 1, 29, 15, 0, tzinfo=UTC)
ANSWERS = (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE)
WORDS = {
    "en": ("Yes, see you there.", "Sorry, I can't make it.", "Not sure yet."),
    "es": ("Sí, allí estaré.", "Lo siento, no puedo asistir.", "Quizás, todavía no lo sé."),
}


@pytest.fixture(scope="module")
def letters() -> Letters:
    letters, problems = read_letters([shipped_letters()])
    assert not problems
    return letters


def answered(
    letters: Letters,
    *acts: Act,
    program: Program = Program.GMAIL,
    language: str = "en",
    trouble: Trouble | None = None,
    letter: str = "invitation-business",
) -> list[Verdict]:
    """What the service understands of all that one person sends because of one letter of ours."""
    facts = sample_facts(letter)
    assert facts.invitation is not None
    facts = replace(
        facts,
        now=NOW,
        person=replace(facts.person, language=language),
        invitation=replace(facts.invitation, partstat=PartStat.NEEDS_ACTION, earlier=None, guests=0, comment=""),
        attach=("calendar invitation",),
        notice="",
        their_words="",
        about=None,
    )
    message = compose(facts, letters)
    member = Member(
        "Ann Ortiz",
        (message.forward_path,),
        "Acme & Sons",
        "Buyer",
        program=program,
        language=language,
        acts=acts,
        trouble=trouble,
    )
    sent = PretendPerson(member).read(Envelope(message.reverse_path, message.forward_path), message.content, NOW)
    return [understand_within(intention.mail.content) for intention in sent]


@pytest.mark.parametrize("partstat", ANSWERS)
@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("program", list(Program))
@pytest.mark.parametrize("language", list(WORDS))
def test_every_way_of_answering_is_understood(
    letters: Letters, program: Program, way: Way, partstat: PartStat, language: str
) -> None:
    words = WORDS[language][ANSWERS.index(partstat)] if way is Way.WORDS else ""
    (verdict,) = answered(letters, Answers(way, partstat, words=words), program=program, language=language)
    assert verdict.kind is Kind.ANSWER, verdict.reason
    (answer,) = verdict.answers
    assert (answer.partstat, answer.decided) == (partstat, True)
    assert answer.attendee == "ann.ortiz@acme.example"


@pytest.mark.parametrize("program", [Program.OUTLOOK, Program.GMAIL])
def test_absence_is_automatic_and_has_its_end(letters: Letters, program: Program) -> None:
    (verdict,) = answered(letters, Away(9, "I am out of the office until {until}."), program=program)
    assert verdict.kind is Kind.AUTOMATIC
    assert verdict.automatic is not None
    assert (verdict.automatic.until, verdict.answers) == (date(2026, 2, 7), ())


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [(Unknown(late=True), [("5.1.1", True)]), (Full(late=True), [("4.2.2", False), ("5.2.2", True)])],
)
def test_reports_name_the_recipient_and_whether_it_is_for_good(
    letters: Letters, trouble: Trouble, expected: list[tuple[str, bool]]
) -> None:
    verdicts = answered(letters, trouble=trouble)
    reports = [verdict.delivery_report for verdict in verdicts]
    assert [verdict.kind for verdict in verdicts] == [Kind.DELIVERY_REPORT] * len(expected)
    assert [(r.address, r.status, r.permanent) for report in reports if report for r in report.recipients] == [
        ("ann.ortiz@acme.example", *each) for each in expected
    ]


def test_the_answer_of_somebody_uninvited_is_theirs(letters: Letters) -> None:
    stranger = Forwards(
        "Rex Tolliver", "rex@tolliver.example", Program.OUTLOOK, Answers(Way.CALENDAR, PartStat.ACCEPTED)
    )
    (verdict,) = answered(letters, stranger)
    assert [answer.attendee for answer in verdict.answers] == ["rex@tolliver.example"]
