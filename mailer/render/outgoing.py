"""What a letter is written from, and what leaves: the two values of this stage."""

from dataclasses import dataclass
from datetime import datetime

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.plan import Item
from mailer.partnership.series import Occurrence
from mailer.terms import Address, MessageId, PersonId, Token


@dataclass(frozen=True, slots=True)
class Sender:
    """The partnership's own side of every letter, from the configuration.

    *mailbox*: the address that is read (From, ORGANIZER, Reply-To); *subaddresses*: whether ``local+token@`` reaches it.
    *name*, *title*, *organisation*, *phone*: the convener's own, for the signature. *instance* marks our own mail (loop header).
    """

    partnership: str
    name: str
    mailbox: str
    subaddresses: bool = True
    title: str = ""
    organisation: str = ""
    phone: str = ""
    instance: str = "convener"
    language: str = "en"
    counters: bool = True
    """Whether calendars may offer to propose another time."""

    def reply_address(self, token: Token | None) -> str:
        """Where an answer to *token* goes: ``rsvp+token@domain`` where the mailbox has subaddresses (RFC 5233)."""
        local, _, domain = self.mailbox.rpartition("@")
        return f"{local}+{token}@{domain}" if token and self.subaddresses else self.mailbox


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An action item as a letter shows it, with the names of the people in it."""

    item: Item
    owner: str = ""
    support: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the choices a letter offers: a time, or words. *votes*: how many have taken it, where the letter may say so."""

    number: int
    label: str = ""
    dtstart: datetime | None = None
    votes: int | None = None


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody to be called. *remark*: what came of the last call."""

    number: int
    person: PersonId
    name: str
    organisation: str = ""
    phone: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Chairs and needs, never names: for the caterer. *told*: the chairs of the last such letter."""

    chairs: int
    needs: tuple[tuple[str, int], ...] = ()
    told: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that its signer is asked about, as its readers get it. *letters*: how many; *leaves_at* on the clock of *zone*; *again*: the
    signer was asked before."""

    subject: str
    text: str
    letters: int
    leaves_at: datetime | None = None
    zone: str = "UTC"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a letter may speak of beside person and meeting. *plan*: all open items; *items*: those the letter is about; *teams*: teams that
    have no call yet; *document*: the summary or other text the letter carries, *comments* what people wrote about it."""

    items: tuple[ItemLine, ...] = ()
    plan: tuple[ItemLine, ...] = ()
    offers: tuple[Offer, ...] = ()
    callees: tuple[Callee, ...] = ()
    totals: Totals | None = None
    teams: tuple[str, ...] = ()
    document: str = ""
    comments: tuple[tuple[str, str], ...] = ()
    question: str = ""
    answer_by: datetime | None = None
    """Until when answers to the question are collected."""
    readiness: tuple[str, ...] = ()
    """What the meeting still lacks."""
    stories: tuple[tuple[int, str, str], ...] = ()
    """(number, words, who), the number 0 where nobody answers with it."""
    enclosures: tuple[Enclosure, ...] = ()
    draft: Draft | None = None
    contacts: tuple[Callee, ...] = ()
    """Whom we mean to invite of the reader's own people: for "whom do we miss, who is wrong?"."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one letter may speak of. What is None is not known for this letter; a letter that needs it fails its check.

    *now* stamps the mail (Date, DTSTAMP). *attach*: the words of the rule ("calendar invitation", "calendar update",
    "calendar cancellation", "sign-in sheet", …). *before*: the meeting as it was (moved, place changed). *about*: the person the letter tells the
    reader of (a dead address). *their_words*: what that person wrote, quoted to the convener. *answers_to*: the message this
    acknowledges; *thread*: our earlier messages to this person about this meeting, oldest first. *automatic*: an
    acknowledgement of what somebody sent (RFC 3834 Auto-Submitted: auto-replied) in contrast to a letter the convener planned.
    """

    message_id: MessageId
    now: datetime
    sender: Sender
    letter: str
    person: Person
    meeting: Meeting | None = None
    invitation: Invitation | None = None
    on_behalf_of: Person | None = None
    attach: tuple[str, ...] = ()
    before: Meeting | None = None
    about: Person | None = None
    their_words: str = ""
    answers_to: MessageId | None = None
    thread: tuple[MessageId, ...] = ()
    automatic: bool = False
    particulars: Particulars = Particulars()
    notice: str = ""
    """What the service itself tells the convener (letter "service-notice")."""
    instead_of: Person | None = None
    """In whose place the reader comes, as a delegate."""
    recurrence_id: datetime | None = None
    """The letter is about this one occurrence of a series; *meeting* then has its times."""
    series: Meeting | None = None
    """What a calendar file is written from, where the letter speaks of the next date of a series."""
    without: tuple[datetime, ...] = ()
    """Occurrences of a series that do not take place."""
    moved: tuple[Occurrence, ...] = ()
    """Those that are held at another time than its rule says."""
    delegate: str = ""
    """The name of whoever comes in the reader's place."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Ready bytes and their envelope (RFC 5321). The same bytes go out on every attempt. *text* is what the letter said, for
    subtracting it from the answer later; *subject* for lists."""

    message_id: MessageId
    reverse_path: str
    forward_path: str
    subject: str
    text: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A written letter before it becomes a message. *text* is real plain text; *html* has its CSS inlined."""

    subject: str
    text: str
    html: str
    language: str
    sender: Address
