"""How an answer changes attendance: order, lateness, and what is asked instead of guessed.

Which of several answers of one person counts (to a meeting, or to one occurrence of a series) depends on the answers, never on the order in
which they arrive. Answers by calendar are ordered among themselves by SEQUENCE, DTSTAMP and date of the mail (RFC 5546 §2.1.5); answers in
words, by button or by hand by their date; the latest of the one and the latest of the other by date again, because a calendar that copies
our DTSTAMP must not lose a later no to earlier words.

Promises: `apply` is a function of values; applying the same answer twice, or a set of answers in any order of arrival, ends in
the same partstat. Never: guesses. What does not fit is `Ignored` (with the reason) or `Asked` (a person decides).
"""

from collections.abc import Iterable
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
    delegate: PersonId | None = None


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


def apply(
    invitation: Invitation, meeting: Meeting, given: Given, others: Iterable[Given] = ()
) -> Applied | Ignored | Asked:
    """Decide what *given* does to *invitation* (the order of checks: calendar-mail, field quirks 13 and 14). *others*: what the same person
    answered before and does not count at present; seldom, a new answer makes one of them count again."""
    if meeting.cancelled:
        return Ignored("the meeting is cancelled: the answer is noted and changes nothing")
    if given.via is not Via.HAND and not meeting.rrule and given.at >= meeting.dtend:
        return Ignored("the meeting is over: the answer is noted and changes nothing")
    given = _bounded(given, meeting)
    if _to_earlier_date(given, meeting):
        late = "it answers the invitation to the earlier date of the meeting"
        return Asked(late) if given.via in (Via.WORDS, Via.BUTTON) else Ignored(late)
    counts = given
    if given.via is not Via.HAND:
        before = [_bounded(g, meeting) for g in others if not _before_round(g, meeting)]
        held = _held(invitation)
        counts = _latest([*before, *([held] if held else []), given])
        if counts is held:
            return _put_aside(given, held)
    same = (counts.partstat, counts.guests) == (invitation.partstat, invitation.guests)
    news = counts.partstat is not invitation.partstat or counts.delegate != invitation.delegate
    return Applied(
        replace(
            invitation,
            partstat=counts.partstat,
            guests=counts.guests,
            comment=counts.comment or (invitation.comment if same else ""),
            via=counts.via,
            answered_at=counts.at,
            sequence=counts.sequence,
            dtstamp=counts.dtstamp,
            changes=invitation.changes + news,
            earlier=None,
            reason=counts.reason,
            delegate=counts.delegate if counts.partstat is PartStat.DELEGATED else None,
        ),
        news=news,
    )


def _bounded(given: Given, meeting: Meeting) -> Given:
    """Some calendars raise SEQUENCE by themselves; none can answer what was not sent yet."""
    if given.sequence is None:
        return given
    return replace(given, sequence=min(given.sequence, meeting.sequence))


def _held(invitation: Invitation) -> Given | None:
    """The answer that counts at present, as it was given."""
    by_hand = invitation.via is Via.HAND and invitation.earlier is None  # "open", said by the convener
    if invitation.answered_at is None or not (invitation.answered or by_hand):
        return None
    return Given(
        invitation.partstat,
        invitation.via or Via.HAND,
        invitation.answered_at,
        invitation.guests,
        invitation.comment,
        invitation.sequence,
        invitation.dtstamp,
        invitation.reason,
        invitation.delegate,
    )


_BY_CALENDAR = (Via.ITIP, Via.TNEF)


def _latest(answers: Iterable[Given]) -> Given:
    """The answer that counts among *answers*; of equals the last."""
    by_calendar: Given | None = None
    otherwise: Given | None = None
    last: Given | None = None
    for each in answers:
        if each.via in _BY_CALENDAR:
            if by_calendar is None or _stamp(each) >= _stamp(by_calendar):
                by_calendar = each
        elif otherwise is None or each.at >= otherwise.at:
            otherwise = each
        last = each
    if by_calendar is None or otherwise is None:
        found = by_calendar or otherwise
        assert found is not None
        return found
    if by_calendar.at == otherwise.at:
        return by_calendar if last is by_calendar else otherwise
    return max(by_calendar, otherwise, key=lambda given: given.at)


def _stamp(given: Given) -> tuple[int, datetime, datetime]:
    """Orders the calendar answers of one person (calendar-mail, quirk 13); without DTSTAMP the date of the mail stands in."""
    return given.sequence or 0, given.dtstamp or given.at, given.at


def _put_aside(given: Given, held: Given) -> Ignored | Asked:
    older_version = given.via in _BY_CALENDAR and (given.sequence or 0) < (held.sequence or 0)
    if older_version and given.at > held.at and given.partstat is not held.partstat:
        return Asked("it was sent after the recorded answer, but answers an older version of the invitation")
    return Ignored("a later answer of the same person is already recorded")


def _before_round(given: Given, meeting: Meeting) -> bool:
    """Was *given* for the meeting as it was before its last change of date?"""
    if given.via is Via.HAND:
        return bool(meeting.round and meeting.changed_at is not None and given.at < meeting.changed_at)
    return _to_earlier_date(given, meeting)


def _to_earlier_date(given: Given, meeting: Meeting) -> bool:
    """Does *given* answer the meeting as it was before its last change of date? By SEQUENCE where known, else by the clock."""
    if given.via is Via.HAND or not meeting.round:
        return False
    if given.sequence is not None:
        return given.sequence < meeting.last_major_sequence
    return meeting.changed_at is not None and given.at < meeting.changed_at


def after_move(invitation: Invitation) -> Invitation:
    """The same invitation when the meeting got another date: a yes or maybe was for the old date and is asked anew; a no
    stays a no, so that nobody who declined is chased."""
    if invitation.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        return replace(invitation, partstat=PartStat.NEEDS_ACTION, guests=0, earlier=invitation.partstat)
    return invitation
