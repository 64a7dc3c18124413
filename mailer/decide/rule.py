"""Rules as values: what the phrases of a rule file mean.

Promises: frozen values; ``str`` of each gives its text in the words of the vocabulary, so that what is printed can be written.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from mailer.decide.snapshot import HappeningKind
from mailer.terms import RuleId


class Unit(StrEnum):
    """A unit of time. Minutes and hours are exact; the others count days of the calendar."""

    MINUTE = "minute"
    HOUR = "hour"
    BUSINESS_DAY = "business day"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_DAYS = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24, Unit.BUSINESS_DAY: 1.4, Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30.5}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: ``3 business days``."""

    count: int
    unit: Unit

    @property
    def days(self) -> float:
        """About how many days it is, to compare."""
        return self.count * _DAYS[self.unit]

    @property
    def exact(self) -> timedelta | None:
        """The same length as a `timedelta`, where it is one on any day of the year."""
        match self.unit:
            case Unit.MINUTE:
                return timedelta(minutes=self.count)
            case Unit.HOUR:
                return timedelta(hours=self.count)
            case _:
                return None

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


class Anchor(StrEnum):
    """What a time is counted from."""

    MEETING_START = "meeting start"
    MEETING_END = "meeting end"
    REPLY_DEADLINE = "reply deadline"
    INVITATION = "invitation"
    ITEM_DUE = "item due"
    COMMENT_DEADLINE = "comment deadline"


@dataclass(frozen=True, slots=True)
class Offset:
    """``10 business days before meeting start at 09:30``. *at* None: the clock time of the anchor."""

    duration: Duration
    before: bool
    anchor: Anchor
    at: time | None = None

    def __str__(self) -> str:
        at = f" at {self.at:%H:%M}" if self.at else ""
        return f"{self.duration} {'before' if self.before else 'after'} {self.anchor}{at}"


@dataclass(frozen=True, slots=True)
class Fixed:
    """``on 2026-03-02 at 09:00``, on the clock of the rule's file."""

    day: date
    at: time

    def __str__(self) -> str:
        return f"on {self.day} at {self.at:%H:%M}"


class Period(StrEnum):
    """How often something comes round."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Nth(StrEnum):
    """Which one of its kind within a period."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


class DayKind(StrEnum):
    """A kind of day: a day of the week, a business day, any day."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"
    BUSINESS_DAY = "business day"
    ANY = "day"

    @property
    def weekday(self) -> int | None:
        """As `date.weekday` counts; None where it is not one day of the week."""
        return None if self in (DayKind.BUSINESS_DAY, DayKind.ANY) else list(DayKind).index(self)


@dataclass(frozen=True, slots=True)
class Every:
    """``every Monday at 08:00``, ``every quarter on the second Tuesday at 09:00``, ``every business day at 08:00``, on the clock of the
    rule's file. *nth* None: each such day."""

    period: Period
    day: DayKind
    at: time
    nth: Nth | None = None

    def __str__(self) -> str:
        of = f"{self.period} on the {self.nth} {self.day}" if self.nth else str(self.day)
        return f"every {of} at {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Happens:
    """A happening starts the rule. *count*: from how much on, where the happening is a number."""

    kind: HappeningKind
    count: int = 0

    def __str__(self) -> str:
        return self.kind.value.replace("COUNT", str(self.count))


When = Offset | Fixed | Every | Happens

ITEM_HAPPENINGS = frozenset({HappeningKind.REPLY_IS_DONE, HappeningKind.REPLY_IS_HELP, HappeningKind.ITEM_IS_ADDED})
"""What happens to an action item, not at a meeting."""
_OF_THE_MEETING = frozenset(
    {HappeningKind.MEETING_IS_MOVED, HappeningKind.PLACE_IS_CHANGED, HappeningKind.MEETING_IS_CANCELLED}
)


def of_item(when: When) -> bool:
    """Is *when* about one action item?"""
    if isinstance(when, Happens):
        return when.kind in ITEM_HAPPENINGS
    return isinstance(when, Offset) and when.anchor is Anchor.ITEM_DUE


def is_at_large(when: When) -> bool:
    """Is *when* about no single meeting: it comes round, is about an action item, or about what somebody tells of the partnership?"""
    told = isinstance(when, Happens) and when.kind is HappeningKind.STORY_IS_TOLD
    return told or isinstance(when, Every) or of_item(when)


class Group(StrEnum):
    """The groups of the vocabulary that this version knows how to fill."""

    BUSINESSES = "businesses"
    PUBLIC_PARTNERS = "public partners"
    SUPPORT_PARTNERS = "support partners"
    CHAMPIONS = "champions"
    CANDIDATES = "champion candidates"
    LEAD_CHAMPION = "lead champion"
    THEIR_CHAMPION = "their champion"
    CO_CHAIRS = "co-chairs"
    EVERYONE_INVITED = "everyone invited"
    CONVENER = "convener"
    NOTE_TAKER = "note taker"
    CATERER = "caterer"
    ACTION_TEAM = "action team"
    ACTION_TEAM_LEADS = "action team leads"
    ACTION_TEAM_LEAD = "action team lead"
    ITEM_OWNER = "item owner"
    WITH_ITEMS = "everyone with open items"
    WHO_REPLIED = "the person who replied"
    DELEGATE = "the delegate"


_SINGULAR = frozenset(
    {
        "everyone invited",
        "everyone with open items",
        "lead champion",
        "their champion",
        "convener",
        "note taker",
        "caterer",
        "action team lead",
        "item owner",
        "the person who replied",
        "the delegate",
    }
)


class State(StrEnum):
    """How somebody stands to the meeting."""

    NOT_INVITED = "have not been invited"
    INVITED = "have been invited"
    NOT_REPLIED = "have not replied"
    SAID_YES = "said yes"
    SAID_NO = "said no"
    SAID_MAYBE = "said maybe"
    NOT_SAID_NO = "have not said no"
    ATTENDED = "attended"
    DID_NOT_ATTEND = "did not attend"


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """A name from ``[groups]``: addresses, and groups with their states."""

    name: str
    addresses: frozenset[str]
    audiences: tuple["Audience", ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person, by address."""

    address: str

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class Audience:
    """A group, and the states that everybody in it must have."""

    group: Group | OwnGroup | Somebody
    states: tuple[State, ...] = ()

    def __str__(self) -> str:
        states = " and ".join(self.states)
        if str(self.group) in _SINGULAR or "@" in str(self.group):
            states = states.replace("have ", "has ")
        return f"{self.group} who {states}" if states else str(self.group)


class ConditionKind(StrEnum):
    """The conditions of ``only-if``, ``unless`` and ``stop-when``."""

    STARTS_WITHIN = "meeting starts within N"
    INVITED_LESS_THAN = "invited less than N ago"
    WRITTEN_TO = "written to in the last N"
    CALL_LOGGED = "call logged in the last N"
    PLACE_IS_SET = "place is set"
    PLACE_IS_NOT_SET = "place is not set"
    ATTENDANCE_IS_RECORDED = "attendance is recorded"
    ATTENDANCE_IS_NOT_RECORDED = "attendance is not recorded"
    NAMED_A_DELEGATE = "they already named a delegate"
    SUMMARY_IS_SENT = "summary is sent"
    SUMMARY_IS_NOT_SENT = "summary is not sent"
    SUMMARY_IS_APPROVED = "summary is approved"
    SUMMARY_IS_NOT_APPROVED = "summary is not approved"
    NOTES_ARE_IN = "notes are in"
    NOTES_ARE_NOT_IN = "notes are not in"
    CALL_LIST_IS_EMPTY = "call list is empty"
    ITEM_IS_OPEN = "item is open"
    ITEM_IS_DONE = "item is done"
    ITEM_HAS_NEW_DATE = "item has a new date"
    TEAM_WITHOUT_CALL = "an action team has no call yet"
    PLAN_HAS_ITEMS = "the plan has open items"
    HELD_LAST_YEAR = "a meeting was held last year"
    COMMENTED = "they have commented"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, with its length of time where it has one."""

    kind: ConditionKind
    duration: Duration | None = None

    def __str__(self) -> str:
        return self.kind.value.replace("N", str(self.duration), 1) if self.duration else self.kind.value


class Signer(StrEnum):
    """Who signs."""

    THEIR_CHAMPION = "their champion"
    LEAD_CHAMPION = "lead champion"
    CO_CHAIR = "co-chair"
    ACTION_TEAM_LEAD = "action team lead"
    CONVENER = "convener"


class Bundle(StrEnum):
    """How several mails of one rule become one."""

    PER_PERSON = "one mail per person per day"
    PER_COMPANY = "one mail per company"


class Drafted(StrEnum):
    """What ``do`` prepares."""

    MEETING = "draft a meeting"
    PLANNING_CALL = "draft a planning call"


@dataclass(frozen=True, slots=True)
class Draft:
    """``draft a meeting for each action team, 2 weeks to 4 weeks after meeting end``: times on offer between *earliest* and *latest*,
    counted from *anchor*, or from the moment at which the rule falls due."""

    what: Drafted
    earliest: Duration
    latest: Duration
    each_team: bool = False
    before: bool = False
    anchor: Anchor | None = None

    def __str__(self) -> str:
        teams = " for each action team" if self.each_team else ""
        since = f"{'before' if self.before else 'after'} {self.anchor}" if self.anchor else "from now"
        return f"{self.what}{teams}, {self.earliest} to {self.latest} {since}"


class IfLateKind(StrEnum):
    SKIP = "skip"
    AT_ONCE = "send at once"
    UNTIL_START = "send at once until meeting start"
    IF_AWAY = "send if the meeting is at least N away"


@dataclass(frozen=True, slots=True)
class IfLate:
    """What becomes of a mail whose time has passed."""

    kind: IfLateKind = IfLateKind.SKIP
    away: Duration | None = None

    def __str__(self) -> str:
        return self.kind.value.replace("N", str(self.away), 1) if self.away else self.kind.value


@dataclass(frozen=True, slots=True)
class Repeat:
    """``every 3 business days, at most 2 times``: *most* counts the mails that follow the first."""

    every: Duration
    most: int

    def __str__(self) -> str:
        return f"every {self.every}, at most {self.most} time{'' if self.most == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Between:
    """Hours of the day, both on the meeting's clock; ``any time`` where both are None."""

    opens: time | None = None
    closes: time | None = None

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}" if self.opens and self.closes else "any time"


@dataclass(frozen=True, slots=True)
class Timing:
    """When mail may leave, and what a business day is. *zone* is the clock of ``on DATE`` and ``every …``, and of rules at large. *most_per_minute*,
    *most_per_day*: a pace for the mails of the file, beside that for all mail."""

    zone: str
    between: Between = field(default_factory=Between)
    business_days_only: bool = False
    holidays: tuple[str, ...] = ()
    gap: Duration | None = None
    most_per_minute: int | None = None
    most_per_day: int | None = None


ATTENDANCE = "yes, no or maybe"
"""The one thing to ask whose answer is how somebody stands to the meeting, if the letter is about coming."""
AT_LARGE_KINDS = frozenset({"action items", "the partnership"})
"""What a file may serve beside meetings."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one file, checked.

    *digest* changes when the meaning changes, not when a note or the layout does. *letter* is the template's name.
    """

    id: RuleId
    file: str
    line: int
    digest: str
    serves: tuple[str, ...]
    whens: tuple[When, ...]
    to: tuple[Audience, ...]
    letter: str
    timing: Timing
    owner: str = ""
    note: str = ""
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    attach: tuple[str, ...] = ()
    ask: str = ""
    on_behalf_of: Signer | None = None
    hold: bool = False
    asks_signer: bool = False
    """What is held waits for the word of whoever signs it. What the convener signs waits for the convener."""
    repeat: Repeat | None = None
    stop_when: tuple[Condition, ...] = ()
    if_late: IfLate | None = None
    bundle: Bundle | None = None
    do: Draft | None = None
    lines: tuple[tuple[str, int], ...] = ()
    """(key, line) of each key as written, for `why`."""

    @property
    def at_large(self) -> bool:
        """It is about no single meeting: it comes round by the calendar, or is about action items. It serves the partnership itself, whatever
        ``serves`` says (which then names the kind of meeting that ``do`` drafts)."""
        if any(is_at_large(w) for w in self.whens):
            return True
        return (
            bool(self.serves)
            and AT_LARGE_KINDS.issuperset(self.serves)
            and any(isinstance(w, Fixed) for w in self.whens)
        )

    @property
    def of_items(self) -> bool:
        """Each of its mails is about one action item (or several, bundled)."""
        return any(of_item(w) for w in self.whens)

    @property
    def tells_headcount(self) -> bool:
        """Its letter goes to the caterer: what it says is what the caterer was told last. (That the meeting has changed is another letter.)"""
        return any(a.group is Group.CATERER for a in self.to) and not self.happens & _OF_THE_MEETING

    @property
    def asks_attendance(self) -> bool:
        """It asks whether somebody comes. A yes to any other letter ("can you host?") says nothing about coming."""
        return self.ask == ATTENDANCE and (self.invites or not self.polls)

    @property
    def polls(self) -> bool:
        """It asks for a yes or no about something else than coming, by the people it goes to: none of them need be invited."""
        if self.ask != ATTENDANCE or self.invites or not self.is_relative:
            return False
        return not any(a.group is Group.EVERYONE_INVITED or states_of(a) for a in self.to)

    @property
    def invites(self) -> bool:
        """Its mail is an invitation: it is for people not invited yet, asks a delegate, or carries the calendar invitation."""
        delegate = self.ask == ATTENDANCE and any(a.group is Group.DELEGATE for a in self.to)
        return self.for_uninvited or delegate or "calendar invitation" in self.attach

    @property
    def for_uninvited(self) -> bool:
        return any(State.NOT_INVITED in states_of(a) for a in self.to)

    @property
    def chases(self) -> bool:
        """It presses for an answer: an answer ends it, and of several only the latest goes out."""
        return any(State.NOT_REPLIED in states_of(a) for a in self.to)

    @property
    def happens(self) -> frozenset[HappeningKind]:
        """The happenings that start it."""
        return frozenset(w.kind for w in self.whens if isinstance(w, Happens))

    @property
    def cancels(self) -> bool:
        """It tells people that the meeting is cancelled: the one mail that a cancelled meeting still sends."""
        return HappeningKind.MEETING_IS_CANCELLED in self.happens or "calendar cancellation" in self.attach

    @property
    def is_relative(self) -> bool:
        """It falls due by the clock, not by a happening."""
        return any(not isinstance(w, Happens) for w in self.whens)

    def line_of(self, key: str) -> int:
        """The line of *key* in the file, or that of the heading."""
        return next((line for name, line in self.lines if name == key), self.line)


def states_of(audience: Audience) -> frozenset[State]:
    """Every state that *audience* asks for, through own groups too."""
    states = set(audience.states)
    if isinstance(audience.group, OwnGroup):
        for inner in audience.group.audiences:
            states |= states_of(inner)
    return frozenset(states)


def digest_of(rule: Rule) -> str:
    """A short name for what the rule means. Where it stands, its note and its owner do not count."""
    meaning: tuple[object, ...] = (
        rule.serves, rule.whens, rule.to, rule.letter, rule.timing, rule.only_if, rule.unless, rule.attach, rule.ask,
        rule.on_behalf_of, rule.hold, rule.repeat, rule.stop_when, rule.if_late,
    )  # fmt: skip
    # Parts that came later count only where they are used, so that rules without them keep their names.
    meaning += tuple(part for part in (rule.bundle, rule.do, rule.asks_signer or None) if part is not None)
    return hashlib.sha256(_told(meaning).encode()).hexdigest()[:16]


def _told(value: object) -> str:
    """*value* as text that is the same for the same meaning in every run (sets have no order of their own)."""
    if isinstance(value, tuple):
        return f"({','.join(map(_told, value))})"
    if isinstance(value, frozenset):
        return f"{{{','.join(sorted(map(_told, value)))}}}"
    if isinstance(value, OwnGroup):
        return f"{value.name}={_told(value.addresses)}{_told(value.audiences)}"
    if isinstance(value, Audience):
        return f"{_told(value.group)}/{_told(frozenset(value.states))}"
    if isinstance(value, Timing):
        pace = tuple(part for part in (value.most_per_minute, value.most_per_day) if part is not None)
        return _told((value.zone, value.between, value.business_days_only, value.holidays, value.gap, *pace))
    return str(value)
