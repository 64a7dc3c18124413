"""The end of a question: the silent are reminded once, and on its day the convener gets the tally, with a proposed ruling.

Who answers last brings the tally at once. It stays open until the convener rules: what is said after its day counts, and is told to the convener
anew. Only a question for words, on which there is nothing to rule, is closed.

Promises: one reminder to each who is silent, none to those whose words wait on the desk; the tally once, and after each later word.
Never:    settles anything.
"""

from collections.abc import Sequence
from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.due.announce import tell_convener
from mailer.pipeline.hand.settling import QUESTION_RULE, Tally, tally_of, tally_text
from mailer.pipeline.office import Office
from mailer.store import documents, meetings, people, questions
from mailer.store.questions import AskedQuestion
from mailer.store.transact import transact
from mailer.terms import InboundId, PersonId

TOLD = "question-"
"""How the round of a mail that tells of a question begins: its number follows."""

_ASKS = {
    questions.TIMES: "one of the offered times", questions.RANKING: "an order of preference", questions.CHOICES: "one or more of the choices",
    questions.WORDS: "comments",
}  # fmt: skip


async def next_step(office: Office) -> datetime | None:
    """When there is something to do next."""
    times = [
        at for q in await questions.to_attend(office.partnership) for at in (q.remind_at, q.closes_at) if at is not None
    ]
    return min(times, default=None)


async def attend(office: Office, now: datetime) -> None:
    """Remind, and close, what has come to its day."""
    for question in await questions.to_attend(office.partnership):
        about = await meetings.by_id(question.meeting) if question.meeting is not None else None
        if about is None or about.cancelled:
            await transact(lambda q=question: questions.told(q.id, now))  # type: ignore[misc]
        elif question.closes_at is not None and question.closes_at <= now:
            await transact(lambda q=question, m=about: _close(office, q, m, now))  # type: ignore[misc]
        elif question.remind_at is not None and question.remind_at <= now:
            await transact(lambda q=question, m=about: _remind(office, q, m, now))  # type: ignore[misc]


async def heard(office: Office, question: AskedQuestion, inbound: InboundId, now: datetime) -> None:
    """Somebody has answered *question*: where that was the last, or the convener had the tally before, it is told (inside `transact`)."""
    about = await meetings.by_id(question.meeting) if question.meeting is not None else None
    if about is None or question.kind not in questions.TALLIED:
        return
    if question.told_at is not None:
        await _tell(office, question, about, f"{TOLD}{question.id}-{inbound}", "Another word has come.", now)
    elif not await silent(office, question) and await questions.told(question.id, now):
        await _tell(office, question, about, f"{TOLD}{question.id}", "Everybody who was asked has answered.", now)


async def silent(office: Office, question: AskedQuestion) -> list[Person]:
    """Who was asked and has not said anything, but the convener."""
    said = {p for votes in (await questions.votes(question.id)).values() for p in votes}
    kept = await documents.document(office.partnership, documents.answers_to(question.id), question.meeting)
    said |= {c.person for c in await documents.comments(kept.id)} if kept is not None else set()
    if question.meeting is not None:
        said |= set(await questions.waiting_for_a_person(question.meeting))
    asked: Sequence[PersonId] = await questions.asked(question.id, to_come=True)
    return [p for p in await people.people(office.partnership, asked) if p.id not in said] if asked else []


async def _remind(office: Office, question: AskedQuestion, about: Meeting, now: datetime) -> None:
    await questions.reminded(question.id)
    closes = question.closes_at
    notices = [
        Notice(
            rule=QUESTION_RULE, meeting_id=about.id, person_id=person.id, round=f"{question.slug}/again", letter="question-again", attach=(),
            on_behalf_of=None, hold=False, invites=False, not_before=now, reason=f"reminded: {question.title}", not_after=closes,
            question=question.id, ask=_ASKS[question.kind], team=question.team,
        )
        for person in await silent(office, question)
        if person.may_be_written_to and not person.of_the_house and not (person.away_until and closes and person.away_until > closes)
    ]  # fmt: skip
    await office.post(about, notices, now)


async def _close(office: Office, question: AskedQuestion, about: Meeting, now: datetime) -> None:
    if not await questions.told(question.id, now):
        return
    quiet = [p for p in await silent(office, question) if not p.of_the_house]
    names = ", ".join(p.name for p in quiet[:20]) + (f" and {len(quiet) - 20} more" if len(quiet) > 20 else "")
    what = "The day to answer has come." + (f" Nothing was heard from {names}." if names else "")
    await _tell(office, question, about, f"{TOLD}{question.id}", what, now)
    if question.kind == questions.WORDS:
        await questions.settle(question.id, None, questions.CLOSED)


async def _tell(office: Office, question: AskedQuestion, about: Meeting, round_: str, what: str, now: datetime) -> None:
    passed = {c.number for c in await questions.choices(question.id) if c.dtstart is not None and c.dtstart <= now}
    told = f"{what}\n\n{await tally_text(office, question)}"
    if question.kind != questions.WORDS:
        told += f"\n\n{ruling(question, await tally_of(office, question), passed)}"
    await tell_convener(office, about, round_, told, now)


def ruling(question: AskedQuestion, rows: Sequence[Tally], passed: frozenset[int] | set[int] = frozenset()) -> str:
    """What could be ruled, and how (pure). Times in *passed* are none any more; where choices stand alike, the earlier time is proposed, and of
    other things none."""
    best = sorted(
        (r for r in rows if r.number not in passed and (r.yes or r.maybe)),
        key=lambda r: (-len(r.yes), -len(r.maybe), len(r.no), r.number),
    )
    times = question.kind == questions.TIMES
    if not any(r.yes or r.maybe or r.no for r in rows):
        return f"Nobody has answered yet, so I propose nothing. To take one of them all the same, reply: settle {question.id} NUMBER"
    if not best:
        remedy = " Offer others with: convener question ask" if times else ""
        return f"{'None of the times suits anybody' if times else 'Nothing was chosen'}, so I propose nothing.{remedy}"
    first, *rest = best
    alike = [
        r for r in rest if (len(r.yes), len(r.maybe), len(r.no)) == (len(first.yes), len(first.maybe), len(first.no))
    ]
    numbers = " and ".join(str(r.number) for r in (first, *alike))
    how = f"reply: settle {question.id} {first.number}"
    if alike and not times:
        return f"{numbers} stand alike: it is for you to choose. To take {first.number}, {how}"
    tie = f" ({numbers} stand alike; it is the earliest of them.)" if alike else ""
    return (
        f"I propose {first.number}, {first.label}.{tie} To take it, {how}\n"
        "It is for you to decide: any other number will do, and until then every answer counts."
    )
