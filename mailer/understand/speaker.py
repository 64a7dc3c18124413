"""Who is speaking, and about which invitation: ties an understood answer to one person and one meeting, or says why not.

An answer is tied by, in this order: our token in the address it was sent to, the thread, the event UID, a token in subject or body, and last the
author and the one invitation open to them. The token says who was *written to*; the author says who *writes*. They differ often and
innocently, but nobody unknown changes anything without the convener.

Never: reads a store; `Known` holds what was looked up.
"""

from dataclasses import dataclass

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.terms import canonical
from mailer.understand.verdict import Answer, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """One invitation with its meeting and person. *sequence*: SEQUENCE of the letter that is answered, where the thread tells it."""

    invitation: Invitation
    meeting: Meeting
    person: Person
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of the ids in one message.

    *by_token* and *by_thread*: invitations so named, best first. *event*: the meeting of the UID. *author*: the person who has the author's
    address. *own*: every invitation of the author and of an ATTENDEE in the message to *event*, or where there is no event, those open.
    """

    by_token: tuple[Place, ...] = ()
    by_thread: tuple[Place, ...] = ()
    event: Meeting | None = None
    author: Person | None = None
    own: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaks:
    """*place* is answered, by its person."""

    place: Place


@dataclass(frozen=True, slots=True)
class AskWho:
    """A person must say who this is. *place*: the invitation it is most likely about."""

    reason: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class NotOurs:
    """It answers something else: another event, or a conversation that we have no part in."""

    reason: str


def speaker(verdict: Verdict, answer: Answer, known: Known) -> Speaks | AskWho | NotOurs:
    """Tie *answer* of *verdict* to an invitation."""
    if not known.by_token and not known.by_thread:
        if answer.event_uid and (
            known.event is None or known.event.event_uid.casefold() != answer.event_uid.casefold()
        ):
            return NotOurs("it answers an event of somebody else")
        if not answer.event_uid and verdict.in_reply_to:
            return NotOurs("it belongs to a conversation that is not about an invitation of ours")
    author = verdict.author.addr_spec if verdict.author else ""
    attendee = canonical(answer.attendee) if answer.attendee else None
    place = _written_to(answer, known)
    if place is None:
        if known.event is not None:
            who = attendee or author
            return AskWho(
                f"{who} answers the invitation to “{known.event.title}”, but nobody with that address was invited"
            )
        if len({p.meeting.id for p in known.own}) > 1:
            return AskWho("it answers one of several open invitations, and does not say which")
        return AskWho("it cannot be tied to an invitation")
    if verdict.authentication.failed:
        return AskWho(f"the mail says it is from {author}, but that domain's own check (DMARC) says it is not", place)
    if known.event is not None and place.meeting.id != known.event.id:
        return AskWho("the calendar answer speaks of one meeting and the address it was sent to of another", place)
    own = next(
        (p for p in known.own if p.meeting.id == place.meeting.id and known.author and p.person.id == known.author.id),
        None,
    )
    if known.author is not None and known.author.id == place.person.id:
        if attendee is None or place.person.has_address(attendee):
            return Speaks(place)
        return _about_another(attendee, place, known)
    if own is not None and (attendee is None or own.person.has_address(attendee)):
        # invited themselves, and answering on a letter that was forwarded: a calendar answer names its attendee, words do not
        return (
            Speaks(own)
            if attendee is not None
            else AskWho(f"{own.person.name} answers on the invitation of {place.person.name}: for whom?", place)
        )
    if known.author is None:
        return AskWho(f"{author} is not in the register, and answers on the invitation of {place.person.name}", place)
    return AskWho(f"{known.author.name} answers on the invitation of {place.person.name}", place)


def _written_to(answer: Answer, known: Known) -> Place | None:
    """The invitation that was answered, by the strongest sign there is."""
    candidates = known.by_token + known.by_thread
    if known.event is not None:
        # the UID names the meeting for certain; a token of another meeting in the body of an old letter does not
        same = tuple(p for p in candidates if p.meeting.id == known.event.id)
        candidates = same or candidates
    if candidates:
        return candidates[0]
    if known.event is not None and answer.attendee:
        found = next((p for p in known.own if p.person.has_address(answer.attendee)), None)
        if found is not None:
            return found
    meetings = {p.meeting.id for p in known.own if known.author and p.person.id == known.author.id}
    if len(meetings) == 1:
        return next(p for p in known.own if known.author and p.person.id == known.author.id)
    return None


def _about_another(attendee: str, place: Place, known: Known) -> Speaks | AskWho:
    """The person who was written to sends a calendar answer that names somebody else."""
    if any(p.person.has_address(attendee) for p in known.own):
        other = next(p for p in known.own if p.person.has_address(attendee))
        return AskWho(f"{place.person.name} sends an answer that names {other.person.name}", place)
    return AskWho(f"{place.person.name} sends an answer that names {attendee}, who is not in the register", place)
