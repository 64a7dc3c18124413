"""Somebody else comes instead (RFC 5546 §3.2.2.3): invited, told of, agreed to or refused by the convener, taken back with a later answer.

A later yes or no of the person's own ends it. When the delegate says no, whoever sent them is told.

Promises: nobody enters the register without the convener's word; nobody sends a person who sends them, over however many others; the history
          (who, on whose word, what became of it) stays. Rules that wait for "delegate is named" run; where there is none, the service's own
          letter invites.
Never:    takes back an invitation that has left: that is the convener's business, who is told.
Fails:    MailerError, with a sentence, where a ruling cannot be done.
"""

from dataclasses import replace
from datetime import datetime

from mailer.decide.snapshot import Happening, HappeningKind, Notice
from mailer.errors import MailerError
from mailer.partnership.attendance import Applied, Asked, Given, Ignored, Invitation, apply
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.register import PersonRow
from mailer.pipeline.due import seats
from mailer.pipeline.due.announce import announce
from mailer.pipeline.office import Office
from mailer.store import delegations, erasing, inbound, log, meetings, occurrences, outbox, people
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import InboundId, MessageId, PartStat, PersonId, RuleId, Via, canonical

NAMED = "DELEGATE"
"""How the row of a message is marked that names somebody who is not in the register."""

INVITE_RULE, DECLINED_RULE, ADDRESS_RULE = (
    RuleId("service-delegate"),
    RuleId("service-delegate-declined"),
    RuleId("service-delegate-address"),
)
"""The service's own letters. No rule file may use these headings."""

MOST_LINKS = 5
"""So many may send one another in a row; then a person should look."""

ASK = "name of a delegate"


async def name(
    office: Office,
    meeting: Meeting,
    invitation: Invitation,
    person: Person,
    delegate: Person,
    given: Given,
    source: InboundId | None,
    now: datetime,
    message_id: MessageId | None = None,
) -> str | Asked:
    """*delegate* comes instead of *person* (inside `transact`)."""
    given = replace(given, delegate=delegate.id, guests=0)
    await meetings.ensure_invitations(meeting.id, [delegate.id])
    every = {i.person_id: i for i in await meetings.invitations(meeting.id)}
    theirs = every[delegate.id]
    doubt = _circle(invitation, person, delegate, every)
    if not doubt and theirs.partstat is PartStat.DECLINED:
        doubt = f"{person.name} sends {delegate.name}, who has said no"
    if not doubt and not delegate.may_be_written_to:
        doubt = f"{person.name} sends {delegate.name}, who cannot or must not be written to"
    others = await occurrences.given_before(invitation.id, None) if invitation.answered else []
    outcome: Applied | Ignored | Asked = Asked(doubt) if doubt else apply(invitation, meeting, given, others)
    reason = given.reason if isinstance(outcome, Applied) else outcome.reason
    await meetings.record_answer(invitation.id, given, type(outcome).__name__.lower(), reason, source, now)
    if isinstance(outcome, Asked):
        return outcome
    if isinstance(outcome, Ignored):
        return f"{person.name} sends {delegate.name}, but {outcome.reason}"
    await seats.hand_over(meeting, invitation, theirs, now)
    await seats.save(office, meeting, invitation, outcome.invitation, source, now)
    told = await after_answer(office, meeting, invitation, outcome.invitation, person, now, naming=True)
    theirs = await meetings.invitation(theirs.id) or theirs
    if theirs.delegate_of is None and theirs.invited_at is None and not theirs.answered:
        await meetings.save_invitation(replace(theirs, delegate_of=person.id), None)
    if outcome.news:
        await delegations.note(
            invitation.id,
            delegate.name,
            delegate.address or "",
            delegations.NAMED,
            now,
            delegate=delegate.id,
            inbound=source,
        )
        occasion = f"delegate-{outcome.invitation.changes}"
        happening = Happening(HappeningKind.DELEGATE_IS_NAMED, occasion, now, person.id, delegate=delegate.id)
        await announce(office, meeting, happening, now, message_id)
        ruled = any(HappeningKind.DELEGATE_IS_NAMED in r.happens and r.invites for r in office.serving(meeting))
        if theirs.invited_at is None and not ruled:
            notice = service_notice(
                meeting, INVITE_RULE, delegate.id, f"r{meeting.round}-{person.id}", now, "invitation-delegate"
            )
            await office.post(meeting, [replace(notice, attach=("calendar invitation",), invites=True)], now)
    sentence = f"{delegate.name} comes to “{meeting.title}” instead of {person.name}" + (f"; {told}" if told else "")
    await log.write(office.partnership, LogLine(now, "delegate", sentence, meeting.id, person.id, source))
    return sentence


def _circle(invitation: Invitation, person: Person, delegate: Person, every: dict[PersonId, Invitation]) -> str:
    """Why this chain of delegates should be looked at; empty where it is in order."""
    if delegate.id == person.id:
        return f"{person.name} names nobody else as coming instead"
    seen, at = {person.id}, delegate.id
    while (found := every.get(at)) is not None and found.partstat is PartStat.DELEGATED and found.delegate is not None:
        if at in seen or found.delegate in seen:
            return f"{person.name} sends {delegate.name}, but in the end they send one another"
        seen.add(at)
        at = found.delegate
    links, above = 1, invitation
    while above.delegate_of is not None and links <= MOST_LINKS:
        links += 1
        following = every.get(above.delegate_of)
        if following is None:
            break
        above = following
    if links > MOST_LINKS:
        return f"{person.name} sends {delegate.name}: that is the {links}th in a row"
    return ""


async def after_answer(
    office: Office,
    meeting: Meeting,
    before: Invitation,
    after: Invitation,
    person: Person,
    now: datetime,
    *,
    naming: bool = False,
) -> str:
    """What an answer that was recorded means for delegates (inside `transact`); gives what else there is to say."""
    told: list[str] = []
    for old in await delegations.asked(after.id) if not naming else ():
        await delegations.settle(old.id, delegations.ENDED)
        if old.inbound is not None:
            await inbound.settle(old.inbound, f"{person.name} has answered since", now)
    if before.delegate is not None and before.delegate != after.delegate:
        told.append(await _released(office, meeting, before, person, now))
    if (
        after.partstat is PartStat.DECLINED
        and before.partstat is not PartStat.DECLINED
        and after.delegate_of is not None
    ):
        sent = next(iter(await meetings.invitations(meeting.id, [after.delegate_of])), None)
        if sent is not None and sent.partstat is PartStat.DELEGATED and sent.delegate == person.id:
            notice = service_notice(
                meeting, DECLINED_RULE, sent.person_id, f"answer-{after.id}-{after.changes}", now, "delegate-declined"
            )
            await office.post(meeting, [replace(notice, about=person.id, ask=ASK)], now)
            sender = (await people.people(office.partnership, [sent.person_id]))[0]
            told.append(f"{sender.name}, who sent {person.name}, is told")
    return "; ".join(filter(None, told))


async def _released(office: Office, meeting: Meeting, before: Invitation, person: Person, now: datetime) -> str:
    """Whoever was to come instead is not needed any more."""
    assert before.delegate is not None
    await delegations.end(before.id)
    theirs = next(iter(await meetings.invitations(meeting.id, [before.delegate])), None)
    if theirs is None or theirs.delegate_of != person.id:
        return ""
    await meetings.save_invitation(replace(theirs, delegate_of=None), None)
    waiting = [e.id for e in await outbox.waiting_for(meeting.id, before.delegate) if e.notice.rule == INVITE_RULE]
    await outbox.drop(waiting, f"{person.name} comes after all, or sends somebody else")
    if theirs.invited_at is None or theirs.partstat is PartStat.DECLINED:
        return ""
    delegate = (await people.people(office.partnership, [before.delegate]))[0]
    said = " and has said yes" if theirs.partstat is PartStat.ACCEPTED else ""
    return f"{delegate.name}, who was to come instead, is still invited{said}"


async def approve(office: Office, ident: InboundId, now: datetime, address: str = "") -> str:
    """The convener agrees to the delegate whom message *ident* names: added to the register if need be, and invited."""
    asked, meeting, invitation, person = await _waiting(office, ident)
    wanted = canonical(address or asked.address)
    if "@" not in wanted:
        raise MailerError(
            f"I do not know the address of {asked.name}. Write: {ident} {asked.name.split()[0].lower()}@example.org, with the right address."
        )

    async def write() -> str:
        if not await inbound.settle(ident, f"{asked.name} comes instead of {person.name}: agreed by the convener", now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        await meetings.lock(meeting.id)
        delegate = await people.by_address(office.partnership, wanted) or await _added(
            office, person, asked.name, wanted
        )
        given = Given(
            PartStat.DELEGATED, Via.HAND, now, reason=f"{person.name} names {delegate.name}; agreed by the convener"
        )
        current = await meetings.invitation(invitation.id) or invitation
        await delegations.settle(asked.id, delegations.ENDED, delegate.id, wanted)  # `name` notes it as named
        sentence = await name(office, meeting, current, person, delegate, given, ident, now)
        if isinstance(sentence, Asked):
            raise MailerError(f"{sentence.reason}. Nothing was changed.")
        return sentence

    return await transact(write)


async def _added(office: Office, person: Person, name: str, address: str) -> Person:
    """Enter somebody into the register as a colleague of *person*."""
    if refused := await erasing.refusal(office.partnership, name, [address]):
        raise MailerError(f"{refused}. Nothing was changed.")
    row = PersonRow(
        name=name if name != "somebody" else address.partition("@")[0],
        addresses=(address,),
        organisation=person.organisation,
        kind=person.kind,
        language=person.language,
    )
    ident, _ = await people.save(office.partnership, row)
    return (await people.people(office.partnership, [ident]))[0]


async def refuse(office: Office, ident: InboundId, now: datetime) -> str:
    """The convener does not agree to the delegate whom message *ident* names. No answer is changed."""
    asked, meeting, _, person = await _waiting(office, ident)

    async def write() -> None:
        if not await inbound.settle(ident, f"{asked.name} is not to come instead of {person.name}", now):
            raise MailerError(f"Message {ident} was settled by somebody else at this moment.")
        await delegations.settle(asked.id, delegations.REFUSED)

    await transact(write)
    return (
        f"{asked.name} is not invited to “{meeting.title}”; what {person.name} answered before stays. Nobody is told."
    )


async def set_aside(ident: InboundId) -> None:
    """The convener ignores whom message *ident* names (inside `transact`)."""
    asked = await delegations.of_message(ident)
    if asked is not None:
        await delegations.settle(asked.id, delegations.REFUSED)


async def _waiting(office: Office, ident: InboundId) -> tuple[delegations.Delegation, Meeting, Invitation, Person]:
    asked = await delegations.of_message(ident)
    invitation = await meetings.invitation(asked.invitation) if asked else None
    meeting = await meetings.by_id(invitation.meeting_id) if invitation else None
    if asked is None or invitation is None or meeting is None or meeting.partnership_id != office.partnership:
        raise MailerError(f"Message {ident} names nobody who waits for your word.")
    return asked, meeting, invitation, (await people.people(office.partnership, [invitation.person_id]))[0]


def service_notice(meeting: Meeting, rule: RuleId, person: PersonId, round_: str, now: datetime, letter: str) -> Notice:
    return Notice(
        rule=rule, meeting_id=meeting.id, person_id=person, round=round_, letter=letter, attach=(), on_behalf_of=None, hold=False,
        invites=False, not_before=now, reason="somebody comes instead",
    )  # fmt: skip
