"""Answers: who speaks, what it does to attendance, and what is asked instead of guessed (inside the transaction of the message)."""

from dataclasses import replace

from mailer.partnership.attendance import Applied, Asked, Given, Ignored, Invitation, apply
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import Occurrence, alone, at_date, date_of_round, occurrence_of
from mailer.pipeline.due import seats, understood
from mailer.pipeline.due.announce import REPLY_HAPPENINGS, date_answered
from mailer.pipeline.hand import delegates
from mailer.pipeline.mail import delegations, proposals, requests
from mailer.pipeline.mail.case import Case
from mailer.pipeline.mail.known import known_of
from mailer.store import inbound, meetings, occurrences
from mailer.terms import Method, PartStat, Via
from mailer.understand.asks.introduce import read_introduction
from mailer.understand.speaker import AskWho, Known, NotOurs, Place, Speaks, speaker
from mailer.understand.verdict import Answer


async def answers(case: Case) -> None:
    """Each answer of the message for itself: what is certain counts, the first that is not is asked about."""
    if case.verdict.itip is not None and case.verdict.itip.method is Method.REFRESH:
        await requests.refresh(case)
        return
    open_question: tuple[str, Place | None, Answer] | None = None
    reasons: list[str] = []
    others: list[str] = []
    last: Place | None = None
    waits = False
    for answer, known in await _with_known(case):
        who = speaker(case.verdict, answer, known)
        if isinstance(who, NotOurs):
            others.append(who.reason)
            continue
        if isinstance(who, AskWho):
            open_question = open_question or (who.reason, who.place, answer)
            continue
        if _is_counter(case):
            if waits:
                reasons.append("it proposes more than one time at once: only the first is told")
            else:
                await proposals.proposed(case, who.place, answer)
                waits = True
            continue
        if not answer.decided or answer.partstat not in (*REPLY_HAPPENINGS, PartStat.DELEGATED):
            open_question = open_question or (case.verdict.reason or answer.evidence, who.place, answer)
            continue
        outcome: Applied | Ignored | Asked | str | None
        dated = _to_its_date(case, who.place, answer)
        if answer.partstat is PartStat.DELEGATED:
            outcome = await _delegates(case, who, dated)
            waits = waits or outcome is None
        else:
            outcome = await _apply(case, who, dated)
        if isinstance(outcome, Asked):
            open_question = open_question or (outcome.reason, who.place, answer)
        elif outcome is not None:
            last = who.place
            reasons.append(outcome if isinstance(outcome, str) else _sentence(who.place, answer, outcome))
    if waits:
        await _told_beside(case, [*reasons, *([open_question[0]] if open_question else [])])
    elif open_question is not None:
        await case.unclear(*open_question)
    elif reasons and (wish := read_introduction(case.verdict.text)):
        told = f"{'; '.join(reasons)}; beside it: “{wish}”"  # the answer counts; the wish is for the convener
        await case.done(told, inbound.REVIEW, place=last)
    elif reasons or others:
        await case.done("; ".join(reasons or others), place=last)
    else:
        await case.unclear(case.verdict.reason)


def _is_counter(case: Case) -> bool:
    return case.verdict.itip is not None and case.verdict.itip.method is Method.COUNTER


async def _with_known(case: Case) -> list[tuple[Answer, Known]]:
    """Each answer with what is known of its own event: a calendar may answer several at once. Beside one of ours those of others are theirs."""
    uids = list(dict.fromkeys((a.event_uid or "").casefold() for a in case.verdict.answers))
    if len(uids) < 2:
        return [(a, case.known) for a in case.verdict.answers]
    found: dict[str, Known] = {}
    for uid in uids:
        own = tuple(a for a in case.verdict.answers if (a.event_uid or "").casefold() == uid)
        alone = replace(case.verdict, answers=own, itip=None)
        found[uid] = await known_of(case.office, alone, case.thread, case.now)
    ours = {uid for uid, known in found.items() if known.event is not None}
    return [
        (a, found[uid]) for a in case.verdict.answers if (uid := (a.event_uid or "").casefold()) in ours or not ours
    ]


def _to_its_date(case: Case, place: Place, answer: Answer) -> Answer:
    """*answer*, in words, to a letter about one date of a series is an answer to that date: who cannot come in April may come in May."""
    if answer.via is not Via.WORDS or answer.recurrence_id is not None or not place.meeting.rrule:
        return answer
    here = (place.meeting.id, place.person.id)
    letter = next((e.notice for e in case.thread if (e.notice.meeting_id, e.notice.person_id) == here), None)
    return replace(answer, recurrence_id=date_of_round(letter.round)) if letter is not None else answer


async def _told_beside(case: Case, more: list[str]) -> None:
    """Tell with the question that waits what else the message brought."""
    row = await inbound.row(case.office.partnership, case.ident)
    if more and row is not None:
        await inbound.retell(case.ident, "; ".join([row.reason, *more]))


async def _confirm(case: Case, place: Place, before: Invitation, after: Invitation) -> None:
    """Confirm what words changed, where no rule has done so and no loop threatens."""
    if after.via is Via.WORDS and understood.differs(before, after) and not await case.quiet(place):
        await understood.confirm(
            case.office, place.meeting, place.person.id, case.ident, case.verdict.message_id, case.now
        )


async def _delegates(case: Case, who: Speaks, answer: Answer) -> str | Asked | None:
    if answer.recurrence_id is not None:
        return Asked("it names somebody who comes instead to one date of the series")
    await meetings.lock(who.place.meeting.id)
    before = await meetings.invitation(who.place.invitation.id) or who.place.invitation
    outcome = await delegations.named(case, who.place, answer, _given(case, who.place, answer))
    after = await meetings.invitation(before.id)
    if isinstance(outcome, str) and after is not None:
        await _confirm(case, who.place, before, after)
    return outcome


def _given(case: Case, place: Place, answer: Answer) -> Given:
    at = min(case.verdict.date or case.now, case.now)  # a clock that runs ahead must not win over later answers
    sequence = answer.sequence if answer.sequence is not None else place.sequence
    return Given(
        answer.partstat, answer.via, at, answer.guests, answer.comment, sequence, answer.dtstamp, answer.evidence
    )


async def _apply(case: Case, who: Speaks, answer: Answer) -> Applied | Ignored | Asked:
    place = who.place
    # read again under the lock: two messages of one person, or a change of the meeting, may be handled at the same time
    await meetings.lock(place.meeting.id)
    invitation = await meetings.invitation(place.invitation.id) or place.invitation
    meeting = await meetings.by_id(place.meeting.id) or place.meeting
    given = _given(case, place, answer)
    if answer.recurrence_id is not None:
        occurrence = await _occurrence(meeting, answer)
        if meeting.rrule or occurrence is None or answer.onwards:
            return await _apply_to_date(case, place, invitation, meeting, given, answer, occurrence)
    others = await occurrences.given_before(invitation.id, None) if invitation.answered else []
    outcome = apply(invitation, meeting, given, others)
    word = type(outcome).__name__.lower()
    reason = outcome.reason if isinstance(outcome, Ignored | Asked) else answer.evidence
    await meetings.record_answer(invitation.id, given, word, reason, case.ident, case.now)
    await case.say("answer", _sentence(place, answer, outcome), place.person.id, place.meeting)
    if isinstance(outcome, Applied):
        await seats.save(case.office, meeting, invitation, outcome.invitation, case.ident, case.now)
        told_more = await delegates.after_answer(
            case.office, meeting, invitation, outcome.invitation, place.person, case.now
        )
        if told_more:
            await case.say("delegate", told_more, place.person.id, meeting)
        told = outcome.news and await case.happened(
            REPLY_HAPPENINGS[answer.partstat], f"answer-{outcome.invitation.changes}", place
        )
        if not told:
            await _confirm(case, place, invitation, outcome.invitation)
    return outcome


async def _occurrence(meeting: Meeting, answer: Answer) -> Occurrence | None:
    assert answer.recurrence_id is not None
    changes = await occurrences.changes(meeting.id) if meeting.rrule else ()
    return occurrence_of(meeting, answer.recurrence_id, changes, by_day=answer.recurrence_day)


async def _apply_to_date(
    case: Case,
    place: Place,
    invitation: Invitation,
    meeting: Meeting,
    given: Given,
    answer: Answer,
    occurrence: Occurrence | None,
) -> Applied | Ignored | Asked:
    """An answer to one date of a series: it counts for that date and leaves the answer to the series as it is. Rules run where it makes a
    difference, and their letters speak of that date."""
    outcome: Applied | Ignored | Asked
    if answer.onwards:
        outcome = Asked("it answers one date of the series and all dates after it")
    elif occurrence is None:
        outcome = Asked("it answers a date on which there is no such meeting")
    elif occurrence.cancelled:
        outcome = Ignored("that date is cancelled: the answer is noted and changes nothing")
    else:
        standing = await occurrences.standing(invitation, occurrence.recurrence_id)
        others = await occurrences.given_before(invitation.id, occurrence.recurrence_id) if standing.answered else []
        outcome = apply(standing, alone(meeting, occurrence), given, others)
    recurrence_id = occurrence.recurrence_id if occurrence else answer.recurrence_id
    reason = outcome.reason if isinstance(outcome, Ignored | Asked) else given.reason
    word = type(outcome).__name__.lower()
    await meetings.record_answer(invitation.id, given, word, reason, case.ident, case.now, recurrence_id)
    stood = invitation
    if isinstance(outcome, Applied) and occurrence is not None:
        stood = (await occurrences.standings([invitation], occurrence.recurrence_id))[invitation.id]
        await occurrences.save(outcome.invitation, occurrence.recurrence_id, case.ident)
    day = meeting.local(recurrence_id) if recurrence_id else None
    told = _sentence(place, answer, outcome) + (f" on {day:%d %B %Y}" if day else "")
    await case.say("answer", told, place.person.id, meeting)
    if isinstance(outcome, Applied) and occurrence is not None:
        date, not_to = at_date(meeting, occurrence), place.person.id if await case.quiet(place) else None
        to, after = case.verdict.message_id, outcome.invitation
        await date_answered(case.office, meeting, date, stood, after, case.now, to, not_to)
    return outcome


def _sentence(place: Place, answer: Answer, outcome: Applied | Ignored | Asked) -> str:
    said = {PartStat.ACCEPTED: "yes", PartStat.DECLINED: "no", PartStat.TENTATIVE: "maybe"}.get(
        answer.partstat, answer.partstat.value
    )
    guests = f" with {answer.guests} more" if answer.guests else ""
    tail = f", but {outcome.reason}" if isinstance(outcome, Ignored | Asked) else ""
    return f"{place.person.name} says {said}{guests} to “{place.meeting.title}”{tail}"
