"""What a delivery report says: the values that all its readers give."""

from dataclasses import dataclass

from mailer.terms import MessageId


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of a report (RFC 3464 §2.3). *permanent*: this mail would be refused again (class 5 of RFC 3463). Whether the address itself
    is dead says *reason*: only those in `mailer.parse.reasons.HARD` speak of it."""

    address: str
    action: str
    status: str
    permanent: bool
    reason: str
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """*challenge*: not a failure but a demand to prove that we are human. *complaint*: the mail arrived and was unwelcome."""

    recipients: tuple[Recipient, ...]
    original_message_id: MessageId | None = None
    challenge: bool = False
    complaint: bool = False
