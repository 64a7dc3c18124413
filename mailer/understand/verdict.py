"""What the service understands of one message: the value between reading and acting.

Its JSON form (`as_json`) is the interface of ``convener explain --json``. Absent facts are None or empty, never guessed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from mailer.parse.report import Report
from mailer.terms import Address, EventUid, MessageId, Method, PartStat, Token, Via


class Kind(StrEnum):
    """What sort of mail it is."""

    ANSWER = "answer"
    DELIVERY_REPORT = "delivery-report"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    UNSUBSCRIBE = "unsubscribe"
    COMMAND = "command"
    UNCLEAR = "unclear"  # a person should look: `reason` says why
    OTHER = "other"  # nothing in it for us


@dataclass(frozen=True, slots=True)
class Delegate:
    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another time, proposed by COUNTER. *local*: in a zone nobody knows, given as if it were UTC; *original*, read the same way, is what
    the proposer's calendar takes the present time to be, where it says so."""

    dtstart: datetime
    dtend: datetime | None = None
    local: bool = False
    original: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attendee tells us, by iTIP, button or words.

    *decided*: the service may record it by itself. *evidence*: the words or the property it rests on. *sequence* and
    *dtstamp* are the answer's own, as sent; None where the message has none. *recurrence_day*: `recurrence_id` names a day, or a local
    time as if in UTC, of the series; *onwards*: it means that occurrence and all after it.
    """

    partstat: PartStat
    via: Via
    decided: bool
    evidence: str
    attendee: str | None = None
    event_uid: EventUid | None = None
    recurrence_id: datetime | None = None
    guests: int = 0
    delegate: Delegate | None = None
    comment: str = ""
    proposal: Proposal | None = None
    sequence: int | None = None
    dtstamp: datetime | None = None
    recurrence_day: bool = False
    onwards: bool = False


@dataclass(frozen=True, slots=True)
class ItipSummary:
    method: Method
    event_uid: EventUid | None


@dataclass(frozen=True, slots=True)
class Automatic:
    """*type*: vacation, auto-reply, challenge, list, receipt …; *until*: the day a vacation answer names, if it does; *returns*: on that day they
    are back, else still away. *deputies*: addresses it names to write to instead: to be shown, never to be written to."""

    type: str
    until: date | None = None
    returns: bool = False
    deputies: tuple[str, ...] = ()


class Scope(StrEnum):
    """How much somebody wants to hear no more of."""

    MEETING = "this meeting"
    PARTNERSHIP = "this partnership"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to get no more mail, or with *again* to get mail once more. *evidence*: its words. *by_program*: a mail program's own button."""

    scope: Scope
    evidence: str
    again: bool = False
    by_program: bool = False


@dataclass(frozen=True, slots=True)
class Authentication:
    """RFC 8601, only from the server that the configuration names. Each: pass, fail, … or none."""

    dmarc: str = "none"
    dkim: str = "none"
    spf: str = "none"
    server: str | None = None

    @property
    def failed(self) -> bool:
        """The named server says that the author's domain disowns this mail."""
        return self.dmarc == "fail"


@dataclass(frozen=True, slots=True)
class Context:
    """What understanding may know beside the message itself; all optional, so that ``explain`` needs no database.

    *own_text*: the text of the letter this answers, whose lines are never the person's own. *authentication_server*: the
    authserv-id to believe. *own_domains*, *own_addresses*: to know our own mail come back;
    *commanders*: whose own mail it is all the same. *answers_for*: the name of the one invited, where the convener has said that
    the author may answer for them. *asked*: what the letter asked
    ("yes, no or maybe", "name of a delegate", …).
    """

    own_text: str = ""
    authentication_server: str | None = None
    own_addresses: frozenset[str] = frozenset()
    commanders: frozenset[str] = frozenset()
    answers_for: str = ""
    asked: str = "yes, no or maybe"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything understood of one message.

    *tokens*: tokens of ours that the message may carry, in order of weight: recipient addresses, subject, body.
    *text*: the words the person wrote now. *reason*: one sentence a convener understands.
    """

    kind: Kind
    reason: str
    message_id: MessageId | None = None
    author: Address | None = None
    subject: str = ""
    date: datetime | None = None
    in_reply_to: tuple[MessageId, ...] = ()
    tokens: tuple[Token, ...] = ()
    recipients: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    itip: ItipSummary | None = None
    delivery_report: Report | None = None
    automatic: Automatic | None = None
    authentication: Authentication = field(default_factory=Authentication)
    text: str = ""
    defects: tuple[str, ...] = ()
    wish: Wish | None = None
