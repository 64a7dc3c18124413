"""A message names somebody else who comes instead (RFC 5546 §3.2.2.3): by a calendar or in words.

Promises: who is in the register is invited at once (`mailer.pipeline.hand.delegates`); who is not waits for the convener's word, and where no
          address was given, the person who named them is asked for one.
"""

from dataclasses import replace

from mailer.partnership.attendance import Applied, Asked, Given, apply
from mailer.partnership.people import Person
from mailer.pipeline.hand.delegates import ADDRESS_RULE, ASK, NAMED, name, service_notice
from mailer.pipeline.mail.case import Case
from mailer.pipeline.office import Office
from mailer.store import delegations, inbound, meetings, occurrences, people
from mailer.understand.speaker import Place
from mailer.understand.verdict import Answer, Delegate


async def named(case: Case, place: Place, answer: Answer, given: Given) -> str | Asked | None:
    """Take an answer that names a delegate (inside the transaction of the message). Gives the sentence about it, what to ask, or None where the
    message now waits for the convener."""
    meeting = await meetings.by_id(place.meeting.id) or place.meeting
    invitation = await meetings.invitation(place.invitation.id) or place.invitation
    others = await occurrences.given_before(invitation.id, None) if invitation.answered else []
    first = apply(invitation, meeting, given, others)
    if not isinstance(first, Applied):
        await meetings.record_answer(
            invitation.id, given, type(first).__name__.lower(), first.reason, case.ident, case.now
        )
        return first if isinstance(first, Asked) else f"{place.person.name} sends somebody, but {first.reason}"
    delegate = answer.delegate
    person = await _registered(case.office, delegate) if delegate else None
    if person is None:
        await _ask(case, place, delegate)
        return None
    return await name(
        case.office, meeting, invitation, place.person, person, given, case.ident, case.now, case.verdict.message_id
    )


async def _registered(office: Office, delegate: Delegate) -> Person | None:
    """The delegate's row in the register: by address, or by a full name that only one person has."""
    if delegate.address:
        return await people.by_address(office.partnership, delegate.address)
    wanted = " ".join(delegate.name.casefold().split())
    if " " not in wanted:
        return None
    found = [p for p in await people.people(office.partnership) if " ".join(p.name.casefold().split()) == wanted]
    return found[0] if len(found) == 1 else None


async def _ask(case: Case, place: Place, delegate: Delegate | None) -> None:
    """Put somebody unknown on the convener's desk, and ask for an address where there is none."""
    who = delegate.name if delegate and delegate.name else "somebody"
    address = delegate.address or "" if delegate else ""
    for old in await delegations.asked(place.invitation.id):
        await delegations.settle(old.id, delegations.ENDED)
        if old.inbound is not None:
            await inbound.settle(old.inbound, f"{place.person.name} has written about it since", case.now)
    await delegations.note(place.invitation.id, who, address, delegations.ASKED, case.now, inbound=case.ident)
    if address:
        reason = f"{place.person.name} sends {who} ({address}) instead, who is not in the register; yes adds and invites them"
    else:
        reason = f"{place.person.name} sends {who} instead, and gives no address. Write the number and the address"
        notice = service_notice(
            place.meeting, ADDRESS_RULE, place.person.id, f"inbound-{case.ident}", case.now, "delegate-address"
        )
        notice = replace(notice, ask=ASK)
        await case.office.post(place.meeting, [notice], case.now, case.verdict.message_id)
    await case.waits(reason, place, NAMED)
