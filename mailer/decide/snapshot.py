"""What rules may know when they decide: a picture of one meeting and everybody who stands in some relation to it.

Values only: loaded by the store, read by `due`, `conditions` and `preview`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.plan import Item, Team
from mailer.partnership.series import Occurrence
from mailer.terms import ItemId, MeetingId, OutboxId, PartStat, PersonId, QuestionId, RuleId, TeamId


@dataclass(frozen=True, slots=True)
class Standing:
    """One person of the partnership, as seen from one meeting.

    *invitation*: None where nothing was ever written about this meeting. *written_at*: when the last mail of any rule left
    for this person (any meeting). *noticed*: (rule, round) already decided for this meeting and person, whatever became of it.
    *call_logged_at*, *attended*, *named_delegate*: None or False until somebody says so.
    """

    person: Person
    invitation: Invitation | None = None
    written_at: datetime | None = None
    noticed: frozenset[tuple[RuleId, str]] = frozenset()
    refused: frozenset[RuleId] = frozenset()
    """Rules whose mail to them the convener has dropped, for this meeting."""
    call_logged_at: datetime | None = None
    call_result: str = ""
    """What came of the last call."""
    attended: bool | None = None
    named_delegate: bool = False
    owes: bool = False
    """Has promised an action item that is open; known in the picture of the partnership at large."""
    commented: bool = False
    """Has written about the draft that is shared now, or that there is nothing to say."""
    heard_from: bool = False
    """Wrote something about this meeting that waits for the convener: not silent, whatever it means."""
    stopped: bool = False
    """Asked to hear nothing more about this meeting."""
    leads: tuple[TeamId, ...] = ()
    """The action teams this person leads, and those he or she is in."""
    teams: tuple[TeamId, ...] = ()
    to_call: int | None = None
    """How many people this champion has still to call about the meeting; None where nobody counted."""
    voted: frozenset[str] = frozenset()
    """The questions with choices that this person has answered, by their names (`offer.question_name`)."""
    last_of: Mapping[RuleId, datetime] = field(default_factory=dict)
    """When the last mail of each rule left for this person about this meeting."""
    recent: tuple[datetime, ...] = ()
    """When the mails of the last days left for this person, over all rules and meetings, oldest first: what the pace looks at."""

    @property
    def invited_at(self) -> datetime | None:
        """When the person's invitation to this meeting left."""
        return self.invitation.invited_at if self.invitation else None

    @property
    def partstat(self) -> PartStat:
        """The answer that counts."""
        return self.invitation.partstat if self.invitation else PartStat.NEEDS_ACTION


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One meeting with every person of its partnership. *holds* lists facts such as ``attendance is recorded``."""

    meeting: Meeting
    standings: tuple[Standing, ...]
    holds: frozenset[str] = field(default_factory=frozenset)
    items: tuple[Item, ...] = ()
    """Every action item, in the picture of the partnership at large."""
    teams: tuple[Team, ...] = ()
    headcount: int | None = None
    """How many chairs are needed now."""
    dates: tuple[Occurrence, ...] = ()
    """Every date of a series, the cancelled ones too (`dates.on_date` draws the picture of one of them)."""
    said_to_dates: Mapping[datetime, Mapping[PersonId, Invitation]] = field(default_factory=dict)
    """How people stand to single dates that they answered by themselves, by RECURRENCE-ID."""
    came_to_dates: Mapping[datetime, Mapping[PersonId, bool]] = field(default_factory=dict)
    """Who was at single dates of a series, and who was not, by RECURRENCE-ID."""
    headcounts: Mapping[datetime, int] = field(default_factory=dict)
    """How many chairs are needed at those dates of which the caterer was told a number."""
    true_since: Mapping[str, datetime] = field(default_factory=dict)
    """Since when facts of `holds` are true, where they belong to one date of a series."""

    def standing_of(self, person: PersonId) -> Standing | None:
        return next((s for s in self.standings if s.person.id == person), None)

    def item(self, ident: ItemId) -> Item | None:
        return next((i for i in self.items if i.id == ident), None)


class HappeningKind(StrEnum):
    """The happenings of the vocabulary, by the words a convener writes."""

    REPLY_IS_YES = "reply is yes"
    REPLY_IS_NO = "reply is no"
    REPLY_IS_MAYBE = "reply is maybe"
    REPLY_IS_UNCLEAR = "reply is unclear"
    MEETING_IS_MOVED = "meeting is moved"
    MEETING_IS_CANCELLED = "meeting is cancelled"
    PLACE_IS_CHANGED = "place is changed"
    MAIL_BOUNCES = "mail bounces"
    REPLY_IS_DONE = "reply is done"
    REPLY_IS_HELP = "reply is help"
    DELEGATE_IS_NAMED = "delegate is named"
    SUMMARY_IS_APPROVED = "summary is approved"
    DRAFT_IS_SHARED = "draft is shared"
    STORY_IS_TOLD = "story is told"
    CANDIDATE_SAYS_YES = "candidate says yes"
    CANDIDATE_SAYS_NO = "candidate says no"
    ITEM_IS_ADDED = "item is added"
    SEAT_IS_FREE = "seat is free"
    CALL_RESULT_IS_LOGGED = "call result is logged"
    HEADCOUNT_CHANGES = "headcount changes by COUNT or more"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at *at*. *person*: who replied, or whose mail bounced. *occasion* names it for the ledger, so
    that the same happening never counts twice (``answer-3``, ``sequence-2``, ``bounce-ann@x.example``). *item*: which action item it
    is about; *delegate*: who comes instead of *person*; *count*: by how much the headcount differs from what was told; *recurrence_id*: it is
    about this one date of a series, which *occasion* names too (`series.date_of_round`)."""

    kind: HappeningKind
    occasion: str
    at: datetime
    person: PersonId | None = None
    item: Item | None = None
    delegate: PersonId | None = None
    count: int = 0
    recurrence_id: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail that a rule has decided on: not yet written, not yet sent.

    The ledger key (`key`) is meeting + heading + person + round and is unique in the outbox. *round* names which time of the
    rule this is: ``r0`` for the first date of the meeting, ``r0.2`` for the second repeat, a happening's occasion otherwise.
    *not_before*: the opening of the window; *not_after*: past this instant it is dropped instead of sent late, None for no limit. *about*: the
    person the mail is about where that is not the reader (a bounce reported to the convener). *items*: the action items it is about; *question*:
    the choices it offers; *ask*: the answer it asks for, in the words of the rule, so that the reader of the reply knows what to look for. *people*:
    those it is for or about beside *person_id* and *about*, where several mails became one; *told_with*: the key of the mail that says all of
    this one, which then is only noted; *team*: the action team it is about.
    """

    rule: RuleId
    meeting_id: MeetingId
    person_id: PersonId
    round: str
    letter: str
    attach: tuple[str, ...]
    on_behalf_of: PersonId | None
    hold: bool
    invites: bool
    not_before: datetime
    reason: str
    not_after: datetime | None = None
    about: PersonId | None = None
    items: tuple[ItemId, ...] = ()
    question: QuestionId | None = None
    ask: str = ""
    outbox_id: OutboxId | None = None
    people: tuple[PersonId, ...] = ()
    told_with: str = ""
    team: TeamId | None = None

    @property
    def key(self) -> str:
        """Name this mail for all time: the same facts always give the same key."""
        return f"{self.meeting_id}/{self.rule}/{self.person_id}/{self.round}"
