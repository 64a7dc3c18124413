"""What waits for the convener is settled: an unclear answer recorded, its sender asked or left alone, a proposal or a delegate decided.

Promises: each is one commit with all it causes; whoever comes second is told so. Fails: MailerError, with a sentence, where it cannot be done.
"""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from mailer.decide.rule import ATTENDANCE
from mailer.errors import MailerError
from mailer.partnership.attendance import Given, Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person, Role
from mailer.pipeline.due import understood
from mailer.pipeline.hand import delegates, proposed_times, roster
from mailer.pipeline.hand.changes import SAID, enter, enter_answer_to_date
from mailer.pipeline.office import Office
from mailer.store import delegations, inbound, log, meetings, people, questions
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import InboundId, MessageId, RuleId, Via

ASK_RULE = RuleId("service-ask")
"""The service's own mail: what did you mean? No rule file may use this heading."""


QUESTION = "QUESTION"
"""Marks a message that answers something else than whether somebody comes: a yes to it must never become attendance."""

TOLD = "TOLD"
"""Marks a message that answers a letter which asks nothing, and speaks of nothing like coming or not: a yes to it must say what it means."""

ON_DATE = "DATE:"
"""Begins the mark of a message about one date of a series; the day follows."""


class Settle(StrEnum):
    """What a convener may say of a message that waits."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    IGNORE = "ignore"
    ASK = "ask"  # the sender, in one kind question
    STOP = "stop"  # no more mail to this person
    ACCEPT = "accept"  # another time that was proposed
    REFUSE = "refuse"


async def settle(
    office: Office,
    ident: InboundId,
    word: Settle,
    now: datetime,
    *,
    guests: int = 0,
    learn_alias: bool = False,
    note: str = "",
    address: str = "",
    let_answer: bool = False,
) -> str:
    """Decide about a message that waits for a person; gives a sentence. Raises MailerError when that cannot be. *address*: of the delegate whom
    the message names. *learn_alias*: the sender's address is the person's own; *let_answer*: the sender may answer for this person from now on."""

    async def write() -> str:
        sentence = await _decide(
            office,
            ident,
            word,
            now,
            guests=guests,
            learn_alias=learn_alias,
            note=note,
            address=address,
            let_answer=let_answer,
        )
        await log.write(
            office.partnership, LogLine(now, "settled", f"message {ident}: {word.value}. {sentence}", inbound_id=ident)
        )
        return sentence

    return await transact(write)


async def _decide(
    office: Office,
    ident: InboundId,
    word: Settle,
    now: datetime,
    *,
    guests: int,
    learn_alias: bool,
    note: str,
    address: str,
    let_answer: bool,
) -> str:
    row = await inbound.row(office.partnership, ident)
    if row is None or row.state not in (inbound.REVIEW, inbound.HELD):
        raise MailerError(f"No message {ident} waits for a decision. (convener review lists those that do.)")
    if word is Settle.IGNORE:

        async def aside() -> None:
            await inbound.settle(ident, note or "set aside by the convener", now)
            await proposed_times.set_aside([ident])
            await delegates.set_aside(ident)

        await transact(aside)
        return f"Message {ident} from {row.author} is set aside."
    if row.proposed == proposed_times.PROPOSED:
        if word not in (Settle.ACCEPT, Settle.REFUSE):
            raise MailerError(
                f"Message {ident} proposes another time: write {ident} accept, {ident} refuse or {ident} ignore."
            )
        return await (proposed_times.accept if word is Settle.ACCEPT else proposed_times.refuse)(office, ident, now)
    if row.proposed == delegates.NAMED and await delegations.of_message(ident) is not None:
        if word in (Settle.YES, Settle.ACCEPT):
            return await delegates.approve(office, ident, now, address)
        if word in (Settle.NO, Settle.REFUSE):
            return await delegates.refuse(office, ident, now)
        raise MailerError(f"Message {ident} names a delegate: write {ident} yes, {ident} no or {ident} ignore.")
    if row.proposed == roster.PROPOSED:
        if word not in (Settle.YES, Settle.NO, Settle.ACCEPT, Settle.REFUSE):
            raise MailerError(
                f"Message {ident} proposes names: write {ident} yes (all of it is done), {ident} no or {ident} ignore."
            )
        return await roster.decided(office, ident, row.reason, word in (Settle.YES, Settle.ACCEPT), now)
    word = {Settle.ACCEPT: Settle.YES, Settle.REFUSE: Settle.NO}.get(word, word)
    if row.proposed == QUESTION and word is not Settle.STOP:
        return await _to_question(office, row, word, now)
    invitation = await meetings.invitation(row.invitation_id) if row.invitation_id else None
    meeting = await meetings.by_id(invitation.meeting_id) if invitation else None
    if invitation is None or meeting is None:
        return await _untied(office, row, word, now)
    person = (await people.people(office.partnership, [invitation.person_id]))[0]
    day = date.fromisoformat(row.proposed.removeprefix(ON_DATE)) if row.proposed.startswith(ON_DATE) else None
    if day is not None and word is Settle.ASK:
        raise MailerError(
            f"Message {ident} is about {day:%d %B %Y} alone, and I can only ask about the whole series: please ask {person.name} yourself."
        )
    if word is Settle.STOP:
        return await _stop(office, row, person, now)
    if word is Settle.ASK:
        return await _ask(office, row, meeting, person, now)
    _about_coming(row, word, invitation, meeting, person, now)
    reason = note or f"settled by the convener from message {ident}"
    given = Given(SAID[word.value], Via.HAND, now, guests, "", None, None, reason)

    async def write() -> str:
        if not await inbound.settle(ident, reason, now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        if day is None:
            sentence = await enter(office, meeting, person, given, ident, row.message_id)
        else:
            sentence = await enter_answer_to_date(
                office, meeting, person, day, SAID[word.value], now, guests=guests, note=reason
            )
        if word is Settle.YES and row.guests and not guests:
            more = f"{person.address or person.name} yes +{row.guests} for {meeting.slug}"
            sentence += f"; the message may speak of {row.guests} more: if somebody comes along, write “{more}”"
        if learn_alias and row.author:
            await people.learn_alias(person.id, office.partnership, row.author)
        if let_answer and row.author:
            await people.let_answer(office.partnership, person.id, row.author)
            sentence += f"; {row.author} may answer for {person.name} from now on"
        return sentence

    return await transact(write)


def _about_coming(
    row: inbound.InboundRow, word: Settle, invitation: Invitation, meeting: Meeting, person: Person, now: datetime
) -> None:
    """Raises MailerError where *word* would become attendance that nobody spoke of: a letter that asks nothing is filed under some meeting."""
    then = f"then: {row.id} ignore"
    coming = (
        f"If that is what it says, write to me: {person.address or 'ADDRESS'} {word.value} for {meeting.slug}, {then}"
    )
    if meeting.standing:
        why, remedy = "answers a letter that is about no meeting", f"Do by hand what it asks for, {then}"
    elif not meeting.rrule and meeting.dtend <= now:
        why, remedy = f"is filed under “{meeting.title}”, which is over", f"Who was there is told with “came”, {then}"
    elif row.proposed == TOLD:
        why, remedy = f"answers a letter that asks nothing, and may be about more than “{meeting.title}”", coming
    elif invitation.invited_at is None and not invitation.answered:
        why, remedy = f"is filed under “{meeting.title}”, to which {person.name} was not invited", coming
    else:
        return
    raise MailerError(f"Message {row.id} {why}, so “{word.value}” was not recorded. {remedy}")


async def _untied(office: Office, row: inbound.InboundRow, word: Settle, now: datetime) -> str:
    """A message that belongs to no invitation: its author can be left alone; all else is the convener's to do (inside `transact`)."""
    told = f"Message {row.id} is not tied to an invitation"
    author = await people.by_address(office.partnership, row.author) if row.author else None
    if word is Settle.STOP and author is not None:
        return await _stop(office, row, author, now)
    if word is Settle.STOP:
        raise MailerError(
            f"{row.author or 'Its sender'} is not in the register and is not written to. Write: {row.id} ignore"
        )
    if word is Settle.ASK:
        raise MailerError(
            f"{told}, so I cannot ask about one: please write to {row.author or 'its sender'} yourself, then: {row.id} ignore"
        )
    address = row.author if author is not None else "ADDRESS"
    raise MailerError(
        f"{told}. Write to me: {address} {word.value} for MEETING (or: convener attendance MEETING set {address} {word.value}), "
        f"then: {row.id} ignore"
    )


async def _to_question(office: Office, row: inbound.InboundRow, word: Settle, now: datetime) -> str:
    """The convener's reading of an answer to something else than whether somebody comes (inside `transact`). A yes-or-no question takes it;
    where more follows from a yes, or nothing says what was asked, the convener is told so."""
    voted = await questions.voted_by(row.id)
    if word is Settle.ASK:
        raise MailerError(
            f"Message {row.id} answers something else than whether somebody comes to a meeting, and I can only ask about that: "
            f"please write to {row.author or 'its sender'} yourself, then: {row.id} ignore"
        )
    if voted is None:
        raise MailerError(
            f"Message {row.id} answers something else than whether somebody comes to a meeting, so “{word.value}” was not recorded. "
            f"Do by hand what it asks for, then write: {row.id} ignore"
        )
    question, ident = voted
    person = (await people.people(office.partnership, [ident]))[0]
    if question.kind != questions.YES_OR_NO or question.team is not None or Role.CANDIDATE in person.roles:
        raise MailerError(
            f"Message {row.id} answers “{question.title}”, from which more follows than a vote, so “{word.value}” was not recorded. "
            f"Do it by hand for {person.name}, then write: {row.id} ignore"
        )
    if question.state != questions.OPEN:
        raise MailerError(f"“{question.title}” is settled already. Write {row.id} ignore.")
    sentence = f"{person.name}: {word.value} to “{question.title}”"
    await _settled(row, sentence, now)
    await questions.vote(question.id, person.id, {1: word.value}, now, row.id)
    await log.write(office.partnership, LogLine(now, "answer", sentence, None, person.id, row.id))
    return sentence


async def _ask(office: Office, row: inbound.InboundRow, meeting: Meeting, person: Person, now: datetime) -> str:
    """Ask the person at their own address what they meant; the reply is an answer like any other (inside `transact`)."""
    if not person.may_be_written_to:
        raise MailerError(
            f"{person.name} cannot be asked by mail: they asked not to be written to, or no address works."
        )
    if meeting.cancelled or meeting.dtstart <= now:
        raise MailerError(f"“{meeting.title}” is over or cancelled: there is nothing to ask {person.name}.")
    await _settled(row, f"{person.name} is asked what was meant", now)
    notice = replace(
        understood.notice_of(meeting, person.id, row.id, now, "please-say"),
        rule=ASK_RULE,
        ask=ATTENDANCE,
        reason="the convener asks what was meant",
    )
    await office.post(meeting, [notice], now, MessageId(row.message_id) if row.message_id else None)
    sentence = f"{person.name} is asked: will you come to “{meeting.title}”?"
    await log.write(office.partnership, LogLine(now, "asked", sentence, meeting.id, person.id, row.id))
    return sentence


async def _stop(office: Office, row: inbound.InboundRow, person: Person, now: datetime) -> str:
    """Write to the person no more (inside `transact`)."""
    sentence = f"{person.name} is not written to any more"
    await _settled(row, sentence, now)
    await people.note_stop(person.id, now)
    await log.write(
        office.partnership, LogLine(now, "stopped", f"{sentence}, by the convener's word", None, person.id, row.id)
    )
    return sentence


async def _settled(row: inbound.InboundRow, reason: str, now: datetime) -> None:
    if not await inbound.settle(row.id, reason, now):
        raise MailerError(f"Message {row.id} was settled by somebody else at this moment.")
