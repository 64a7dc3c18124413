"""Whom a champion has still to call about a meeting, and what is known of each: the same for the letter and for the paper.

Promises: numbered by family name; the list shrinks as people answer (`partnership.calling`).
"""

from mailer.partnership.attendance import Invitation
from mailer.partnership.calling import to_be_called
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.printing.order import family_name, folded
from mailer.printing.sheets import CallLine
from mailer.printing.words import word
from mailer.render.outgoing import Callee
from mailer.render.phrases import Phrases, phrases_for, short_date
from mailer.store import calls, meetings, people
from mailer.terms import PartnershipId, PartStat, PersonId

_CALL_WORDS = frozenset(
    f"call_{result}" for result in ("yes", "no", "maybe", "voicemail", "call_again", "wrong_number", "talked")
)


async def callees(
    partnership: PartnershipId, meeting: Meeting, champion: PersonId, language: str
) -> tuple[Callee, ...]:
    """Whom *champion* has still to call: their peers who have not said yes or no. Numbered by name, as letter and paper show them."""
    return tuple(
        Callee(line.number, peer.id, peer.name, peer.organisation, peer.phone, line.last_answer)
        for peer, line in await to_call(partnership, meeting, champion, language)
    )


async def to_call(
    partnership: PartnershipId, meeting: Meeting, champion: PersonId, language: str
) -> list[tuple[Person, CallLine]]:
    """The same with the lines of the printed list."""
    theirs = [p for p in await people.led_by(partnership, champion) if p.id != champion]
    standing = {i.person_id: i for i in await meetings.invitations(meeting.id, [p.id for p in theirs])}
    last = await calls.latest(meeting.id)
    result = {person: call.result for person, call in last.items()}
    peers = [p for p in theirs if to_be_called(p, standing.get(p.id), result.get(p.id))]
    peers.sort(key=lambda p: (folded(family_name(p.name)), folded(p.name), p.id))
    return [
        (
            peer,
            CallLine(
                number, peer.name, peer.organisation, peer.title, peer.phone,
                _remark(standing.get(peer.id), last.get(peer.id), meeting, phrases_for(language), language),
            ),
        )
        for number, peer in enumerate(peers, 1)
    ]  # fmt: skip


def _remark(
    invitation: Invitation | None, call: calls.LoggedCall | None, meeting: Meeting, phrases: Phrases, language: str
) -> str:
    """What came of the last call, or how they answered so far."""
    if call is not None and (invitation is None or invitation.answered_at is None or call.at >= invitation.answered_at):
        key = f"call_{call.result.replace(' ', '_').replace('-', '_')}"
        if key == "call_call_again" and call.again_at is not None:
            what = word("call_call_again_on", language, date=short_date(meeting.local(call.again_at).date(), phrases))
        else:
            what = word(key, language) if key in _CALL_WORDS else call.result
        said = word("said_since", language, what=what, date=short_date(meeting.local(call.at).date(), phrases))
        return f"{said}: {call.note}" if call.note else said
    if invitation is not None and invitation.partstat is PartStat.TENTATIVE:
        what = word("said_maybe", language)
        if invitation.answered_at is None:
            return what
        day = short_date(meeting.local(invitation.answered_at).date(), phrases)
        return word("said_since", language, what=what, date=day)
    return word("said_nothing", language)
