"""Who is speaking, and about which invitation: ties an understood answer to one person and one meeting, or says why not.

An answer is tied by, in this order: our token in the address it was sent to or in its subject (a button), the thread, the event UID, a token in
its body, and last the author and the one invitation open to them. The token says who was *written to*; the author says who *writes*. They differ
often and innocently, but nobody changes anything for another without the convener's word; who may answer for whom (assistants) is that word, too.

Never: reads a store; `Known` holds what was looked up.
"""

import re
from dataclasses import dataclass

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.terms import Via, canonical
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

    *by_token* (address, subject), *by_thread* and *by_body*: invitations so named, best first; tokens in a body may be quoted from any old
    letter. *event*: the meeting of the UID. *author*: the person who has the author's address. *own*: every invitation of the author and of an
    ATTENDEE in the message to *event*, or where there is no event, those open.
    """

    by_token: tuple[Place, ...] = ()
    by_thread: tuple[Place, ...] = ()
    event: Meeting | None = None
    author: Person | None = None
    own: tuple[Place, ...] = ()
    by_body: tuple[Place, ...] = ()

    @property
    def named(self) -> tuple[Place, ...]:
        """Every invitation that the message itself names, the strongest sign first."""
        return self.by_token + self.by_thread + self.by_body


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
    if (elsewhere := _belongs_elsewhere(verdict, answer, known)) is not None:
        return elsewhere
    author = canonical(verdict.author.addr_spec) if verdict.author else ""
    # a calendar names whose answer it is; in words that is only the author, who may be the assistant of the one invited
    attendee = canonical(answer.attendee) if answer.attendee and answer.via is not Via.WORDS else None
    place = _written_to(answer, known)
    if place is None:
        return AskWho(_untied(author, attendee, known))
    if verdict.authentication.failed:
        return AskWho(f"the mail says it is from {author}, but that domain's own check (DMARC) says it is not", place)
    if known.event is None and answer.event_uid and answer.via is Via.ITIP:
        return AskWho("the calendar answer names another event than the letter it answers", place)
    if known.event is not None and place.meeting.id != known.event.id:
        return AskWho("the calendar answer speaks of one meeting and the address it was sent to of another", place)
    if known.event is None and known.by_thread and place.meeting.id not in {p.meeting.id for p in known.by_thread}:
        return AskWho(
            "the letter that is answered speaks of one meeting and the address it was sent to of another", place
        )
    person = place.person
    if known.author is not None and known.author.id == person.id:
        if attendee is None or person.has_address(attendee):
            return Speaks(place)
        return _about_another(attendee, place, known)
    own = next(
        (p for p in known.own if p.meeting.id == place.meeting.id and known.author and p.person.id == known.author.id),
        None,
    )
    if own is not None and attendee is not None and own.person.has_address(attendee):
        return Speaks(
            own
        )  # invited themselves, and answering on a letter that was forwarded: a calendar answer names its attendee
    if person.lets_answer(author) and (attendee is None or person.has_address(attendee)):
        if attendee is not None or own is None or names(verdict.text, person):
            return Speaks(place)
        return AskWho(f"{own.person.name} may answer for {person.name}, but is invited too: for whom is this?", place)
    if own is not None and attendee is None:
        return AskWho(f"{own.person.name} answers on the invitation of {person.name}: for whom?", place)
    return AskWho(_on_anothers(author, place, known), place)


def _belongs_elsewhere(verdict: Verdict, answer: Answer, known: Known) -> NotOurs | None:
    """Another event, or a conversation without us: then a token that is quoted in the body says little, and the author nothing."""
    if known.by_token or known.by_thread:
        return None
    if answer.event_uid:
        if known.event is None or known.event.event_uid.casefold() != answer.event_uid.casefold():
            return NotOurs("it answers an event of somebody else")
    elif verdict.in_reply_to and not known.by_body:
        return NotOurs("it belongs to a conversation that is not about an invitation of ours")
    return None


def _untied(author: str, attendee: str | None, known: Known) -> str:
    if known.event is not None:
        who = attendee or author
        return f"{who} answers the invitation to “{known.event.title}”, but nobody with that address was invited"
    if len({p.meeting.id for p in known.own}) > 1:
        return "it answers one of several open invitations, and does not say which"
    if known.author is not None:
        return f"{known.author.name} has no open invitation that this could answer"
    return "it cannot be tied to an invitation"


def _on_anothers(author: str, place: Place, known: Known) -> str:
    """Why somebody else's answer on an invitation waits."""
    person = place.person
    if known.author is not None:
        return f"{known.author.name} answers on the invitation of {person.name}"
    if same_house(author, person):
        return (
            f"{author} is not in the register, and answers on the invitation of {person.name}, of the same organisation"
        )
    return f"{author} is not in the register, and answers on the invitation of {person.name}"


_EVERYBODYS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "aol.com", "gmx.de",
     "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr", "proton.me", "protonmail.com", "comcast.net", "msn.com", "mail.com"}
)  # fmt: skip


def same_house(address: str, person: Person) -> bool:
    """Does *address* have the mail domain of *person*, and is that domain nobody's but their organisation's?"""
    domain = canonical(address).rpartition("@")[2]
    return bool(domain) and domain not in _EVERYBODYS and any(a.rpartition("@")[2] == domain for a in person.addresses)


def names(words: str, person: Person) -> bool:
    """Do *words* speak of *person* by family name?"""
    family = person.name.partition(",")[0] if "," in person.name else (person.name.split() or [""])[-1]
    return len(family) > 1 and family.casefold() in re.findall(r"[\w'’-]+", words[:8000].casefold())


def _written_to(answer: Answer, known: Known) -> Place | None:
    """The invitation that was answered, by the strongest sign there is."""
    if (found := _best((known.by_token, known.by_thread), known)) is not None:
        return found
    if known.event is not None and answer.attendee:
        own = next((p for p in known.own if p.person.has_address(answer.attendee)), None)
        if own is not None:
            return own
    if (found := _best((known.by_body,), known)) is not None:
        return found
    meetings = {p.meeting.id for p in known.own if known.author and p.person.id == known.author.id}
    if len(meetings) == 1:
        return next(p for p in known.own if known.author and p.person.id == known.author.id)
    return None


def _best(groups: tuple[tuple[Place, ...], ...], known: Known) -> Place | None:
    """The first of the strongest group, but rather the author's own: who answers all sends to the tokens of others, too."""
    if known.event is not None:
        # the UID names the meeting for certain; a token of another meeting in an old letter does not
        same = tuple(tuple(p for p in group if p.meeting.id == known.event.id) for group in groups)
        groups = same if any(same) else groups
    group = next((g for g in groups if g), ())
    return next((p for p in group if known.author and p.person.id == known.author.id), group[0] if group else None)


def _about_another(attendee: str, place: Place, known: Known) -> Speaks | AskWho:
    """The person who was written to sends a calendar answer that names somebody else."""
    if any(p.person.has_address(attendee) for p in known.own):
        other = next(p for p in known.own if p.person.has_address(attendee))
        if other.meeting.id == place.meeting.id and other.person.lets_answer(place.person.address or ""):
            return Speaks(other)
        return AskWho(f"{place.person.name} sends an answer that names {other.person.name}", place)
    return AskWho(f"{place.person.name} sends an answer that names {attendee}, who is not in the register", place)
