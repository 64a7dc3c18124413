"""How an answer changes attendance: order, lateness, and what is asked instead of guessed.

Promises: `apply` is a function of values; applying the same answer twice, or a set of answers in any order of arrival, ends in
the same partstat. Never: guesses. What does not fit is `Ignored` (with the reason) or `Asked` (a person decides).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailer.partnership.meetings import Meeting
from mailer.terms import InvitationId, MeetingId, PartStat, PersonId, Token, Via


@dataclass(frozen=True, slots=True)
class Invitation:
    """How one person stands to one meeting.

    It exists as soon as anything is written to the person about the meeting (*token* names the pair); *invited_at* is when an
    invitation left, None before. *partstat* is the answer that counts; *answered_at* the instant that orders it among others
    (date of the mail, never later than its arrival); *sequence* and *dtstamp* as the answer gave them. *changes* counts
    recorded changes of the answer: the round of rules such as "reply is yes". *earlier* is the answer given to an earlier date
    of the meeting, which does not count for the new one. *attended*: whether they came, None until somebody says so. *delegate*: who comes
    instead; *delegate_of*: instead of whom this person comes. *waiting_since*: a yes that waits for a chair of a full meeting; *offered_until*:
    a chair is kept for them until then. *needs*: diets and access, in their words.
    """

    id: InvitationId
    meeting_id: MeetingId
    person_id: PersonId
    token: Token
    invited_at: datetime | None = None
    partstat: PartStat = PartStat.NEEDS_ACTION
    guests: int = 0
    comment: str = ""
    via: Via | None = None
    answered_at: datetime | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    changes: int = 0
    earlier: PartStat | None = None
    reason: str = ""
    attended: bool | None = None
    delegate: PersonId | None = None
    delegate_of: PersonId | None = None
    waiting_since: datetime | None = None
    offered_until: datetime | None = None
    needs: str = ""

    @property
    def answered(self) -> bool:
        return self.partstat is not PartStat.NEEDS_ACTION

    @property
    def party_size(self) -> int:
        """How many chairs: the person and the guests, if they come."""
        return 1 + self.guests if self.partstat is PartStat.ACCEPTED else 0


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it reaches attendance, whatever way it came.

    *at*: the date of the mail, or the moment of entry by hand. *sequence*: the answer's own, or that of the letter it replies
    to, or None where neither is known.
    """

    partstat: PartStat
    via: Via
    at: datetime
    guests: int = 0
    comment: str = ""
    sequence: int | None = None
    dtstamp: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """*invitation* is the new state. *news*: the answer differs from before, so rules about replies run."""

    invitation: Invitation
    news: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    reason: str


def apply(invitation: Invitation, meeting: Meeting, given: Given) -> Applied | Ignored | Asked:
    """Decide what *given* does to *invitation* (the order of checks: calendar-mail, field quirks 13 and 14)."""
    if meeting.cancelled:
        return Ignored("the meeting is cancelled: the answer is noted and changes nothing")
    if given.sequence is not None:  # some calendars raise it by themselves; none can answer what was not sent yet
        given = replace(given, sequence=min(given.sequence, meeting.sequence))
    if _to_earlier_date(given, meeting):
        late = "it answers the invitation to the earlier date of the meeting"
        return Asked(late) if given.via in (Via.WORDS, Via.BUTTON) else Ignored(late)
    if given.via is not Via.HAND and _older(given, invitation):
        return Ignored("a later answer of the same person is already recorded")
    same = (given.partstat, given.guests) == (invitation.partstat, invitation.guests)
    return Applied(
        replace(
            invitation,
            partstat=given.partstat,
            guests=given.guests,
            comment=given.comment or (invitation.comment if same else ""),
            via=given.via,
            answered_at=given.at,
            sequence=given.sequence,
            dtstamp=given.dtstamp,
            changes=invitation.changes + (given.partstat is not invitation.partstat),
            earlier=None,
            reason=given.reason,
        ),
        news=given.partstat is not invitation.partstat,
    )


def _to_earlier_date(given: Given, meeting: Meeting) -> bool:
    """Does *given* answer the meeting as it was before its last change of date? By SEQUENCE where known, else by the clock."""
    if given.via is Via.HAND or not meeting.round:
        return False
    if given.sequence is not None:
        return given.sequence < meeting.last_major_sequence
    return meeting.changed_at is not None and given.at < meeting.changed_at


def _older(given: Given, invitation: Invitation) -> bool:
    """Is *given* older than the answer that counts? Calendar answers of one person are ordered by SEQUENCE, then DTSTAMP; all
    else by date. Equal is not older: the last to arrive counts, and the same answer again changes nothing."""
    if invitation.answered_at is None:
        return False
    if given.dtstamp is not None and invitation.dtstamp is not None:
        return (given.sequence or 0, given.dtstamp) < (invitation.sequence or 0, invitation.dtstamp)
    return given.at < invitation.answered_at


def after_move(invitation: Invitation) -> Invitation:
    """The same invitation when the meeting got another date: a yes or maybe was for the old date and is asked anew; a no
    stays a no, so that nobody who declined is chased."""
    if invitation.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return replace(invitation, partstat=PartStat.NEEDS_ACTION, guests=0, earlier=invitation.partstat)
    return invitation
