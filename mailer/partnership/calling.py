"""Whom a champion should still call (pure)."""

from mailer.partnership.attendance import Invitation
from mailer.partnership.people import Person
from mailer.terms import PartStat

SETTLED = frozenset({"yes", "no", "wrong number"})
"""Results of a call after which nobody is called again."""


def to_be_called(person: Person, invitation: Invitation | None, last_result: str | None) -> bool:
    """Is a call still of use? Invited, undecided so far, not asked to be left alone, and no call has settled it."""
    return (
        person.stopped_at is None
        and invitation is not None
        and invitation.invited_at is not None
        and invitation.partstat in (PartStat.NEEDS_ACTION, PartStat.TENTATIVE)
        and last_result not in SETTLED
    )
