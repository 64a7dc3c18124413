"""Answers: who speaks, what it does to attendance, and what is asked instead of guessed (inside the transaction of the message)."""

from mailer.partnership.attendance import Applied, Asked, Given, Ignored, apply
from mailer.pipeline.announce import REPLY_HAPPENINGS
from mailer.pipeline.case import Case
from mailer.store import meetings
from mailer.terms import PartStat
from mailer.understand.speaker import AskWho, NotOurs, Place, Speaks, speaker
from mailer.understand.verdict import Answer


async def answers(case: Case) -> None:
    open_question: tuple[str, Place | None, Answer] | None = None
    reasons: list[str] = []
    others: list[str] = []
    last: Place | None = None
    for answer in case.verdict.answers:
        who = speaker(case.verdict, answer, case.known)
        if isinstance(who, NotOurs):
            others.append(who.reason)
            continue
        if isinstance(who, AskWho):
            open_question = open_question or (who.reason, who.place, answer)
            continue
        if not answer.decided or answer.partstat not in REPLY_HAPPENINGS:
            open_question = open_question or (case.verdict.reason or answer.evidence, who.place, answer)
            continue
        outcome = await _apply(case, who, answer)
        if isinstance(outcome, Asked):
            open_question = open_question or (outcome.reason, who.place, answer)
        else:
            last = who.place
            reasons.append(_sentence(who.place, answer, outcome))
    if open_question is not None:
        await case.unclear(*open_question)
    elif reasons or others:
        await case.done("; ".join(reasons or others), place=last)
    else:
        await case.unclear(case.verdict.reason)


async def _apply(case: Case, who: Speaks, answer: Answer) -> Applied | Ignored | Asked:
    place = who.place
    # read again under the lock: two messages of one person, or a change of the meeting, may be handled at the same time
    await meetings.lock(place.meeting.id)
    invitation = await meetings.invitation(place.invitation.id) or place.invitation
    meeting = await meetings.by_id(place.meeting.id) or place.meeting
    at = min(case.verdict.date or case.now, case.now)  # a clock that runs ahead must not win over later answers
    sequence = answer.sequence if answer.sequence is not None else place.sequence
    given = Given(
        answer.partstat, answer.via, at, answer.guests, answer.comment, sequence, answer.dtstamp, answer.evidence
    )
    outcome = apply(invitation, meeting, given)
    word = type(outcome).__name__.lower()
    reason = outcome.reason if isinstance(outcome, Ignored | Asked) else answer.evidence
    await meetings.record_answer(invitation.id, given, word, reason, case.ident, case.now)
    await case.say("answer", _sentence(place, answer, outcome), place.person.id, place.meeting)
    if isinstance(outcome, Applied):
        await meetings.save_invitation(outcome.invitation, case.ident)
        if outcome.news:
            await case.happened(REPLY_HAPPENINGS[answer.partstat], f"answer-{outcome.invitation.changes}", place)
    return outcome


def _sentence(place: Place, answer: Answer, outcome: Applied | Ignored | Asked) -> str:
    said = {PartStat.ACCEPTED: "yes", PartStat.DECLINED: "no", PartStat.TENTATIVE: "maybe"}.get(
        answer.partstat, answer.partstat.value
    )
    guests = f" with {answer.guests} more" if answer.guests else ""
    tail = f", but {outcome.reason}" if isinstance(outcome, Ignored | Asked) else ""
    return f"{place.person.name} says {said}{guests} to “{place.meeting.title}”{tail}"
