"""What no single phrase of a rule shows: parts that contradict one another, or cannot do what they say."""

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any

from mailer.decide.rule import (
    AT_LARGE_KINDS,
    ATTENDANCE,
    Anchor,
    Audience,
    Bundle,
    Condition,
    ConditionKind,
    Draft,
    Every,
    Fixed,
    Group,
    Happens,
    IfLate,
    IfLateKind,
    Offset,
    OwnGroup,
    Signer,
    Timing,
    Unit,
    When,
    is_at_large,
    of_item,
    states_of,
)
from mailer.decide.snapshot import HappeningKind
from mailer.decide.wording import EntryReader

_REPLIES = frozenset(k for k in HappeningKind if k.value.startswith("reply is")) | {
    HappeningKind.SEAT_IS_FREE
}  # a yes that waits
_OF_THE_READER = _REPLIES | {
    HappeningKind.CANDIDATE_SAYS_YES,
    HappeningKind.CANDIDATE_SAYS_NO,
    HappeningKind.SEAT_IS_FREE,
    HappeningKind.DELEGATE_IS_NAMED,
    HappeningKind.CALL_RESULT_IS_LOGGED,
}
"""What happens to somebody who replied, then or before: whose turn it is for a chair, who sends a delegate, who was called."""
_ABOUT_SOMEBODY = _REPLIES | {
    HappeningKind.CANDIDATE_SAYS_YES,
    HappeningKind.CANDIDATE_SAYS_NO,
    HappeningKind.MAIL_BOUNCES,
    HappeningKind.DELEGATE_IS_NAMED,
    HappeningKind.CALL_RESULT_IS_LOGGED,
    HappeningKind.ITEM_IS_ADDED,
    HappeningKind.SEAT_IS_FREE,
}
_CLASHES = (
    ("have not been invited", "have been invited"),
    ("have not been invited", "have not replied"),
    ("have not been invited", "said yes"),
    ("have not been invited", "said no"),
    ("have not been invited", "said maybe"),
    ("have not replied", "said yes"),
    ("have not replied", "said no"),
    ("have not replied", "said maybe"),
    ("have not said no", "said no"),
    ("said yes", "said no"),
    ("said yes", "said maybe"),
    ("said no", "said maybe"),
    ("attended", "did not attend"),
)
_OF_ITEM = frozenset({ConditionKind.ITEM_IS_OPEN, ConditionKind.ITEM_IS_DONE, ConditionKind.ITEM_HAS_NEW_DATE})
_ANYWHERE = frozenset(
    {
        ConditionKind.WRITTEN_TO,
        ConditionKind.TEAM_WITHOUT_CALL,
        ConditionKind.PLAN_HAS_ITEMS,
        ConditionKind.HELD_LAST_YEAR,
    }
)
_OPPOSITES = (
    (ConditionKind.PLACE_IS_SET, ConditionKind.PLACE_IS_NOT_SET),
    (ConditionKind.ATTENDANCE_IS_RECORDED, ConditionKind.ATTENDANCE_IS_NOT_RECORDED),
    (ConditionKind.SUMMARY_IS_SENT, ConditionKind.SUMMARY_IS_NOT_SENT),
    (ConditionKind.SUMMARY_IS_APPROVED, ConditionKind.SUMMARY_IS_NOT_APPROVED),
    (ConditionKind.NOTES_ARE_IN, ConditionKind.NOTES_ARE_NOT_IN),
    (ConditionKind.ITEM_IS_OPEN, ConditionKind.ITEM_IS_DONE),
)
_OF_MEETING = frozenset(
    {"calendar invitation", "calendar update", "calendar cancellation", "call list", "attendee list", "sign-in sheet", "name badges", "table tents"}
)  # fmt: skip


def _clash(states: frozenset[str]) -> tuple[str, str] | None:
    return next((pair for pair in _CLASHES if states.issuperset(pair)), None)


def check_sense(
    readers: dict[str, EntryReader],
    whens: list[When],
    to: list[Audience],
    found: dict[str, list[Any]],
    timing: Timing,
    serves: tuple[str, ...],
) -> None:
    """What no single phrase shows: parts of a rule that do not go together."""
    happens = [w for w in whens if isinstance(w, Happens)]
    clocked = [w for w in whens if not isinstance(w, Happens)]
    at_large = [w for w in whens if is_at_large(w)]
    at_large += [w for w in whens if isinstance(w, Fixed) and AT_LARGE_KINDS.issuperset(serves)]
    if at_large and len(at_large) < len(whens):
        other = next(w for w in whens if w not in at_large)
        readers["when"].problem(
            f'"{at_large[0]}" is about no single meeting, and "{other}" is about one.', "Make two rules of it."
        )
        return
    if not at_large and AT_LARGE_KINDS.issuperset(serves):
        readers["when"].problem(
            f'"{whens[0]}" is about a meeting, and the file serves {" and ".join(serves)}: this never happens.',
            'Name meetings too under [about], such as:  serves = ["action items", "all meetings"]',
            warning=True,
        )
    _check_people(readers, whens, to, at_large)
    _check_conditions(readers, found, bool(at_large), all(of_item(w) for w in whens))
    _check_repeating(readers, clocked, found)
    _check_calendar(readers, happens, found, bool(at_large))
    _check_doing(readers, whens, found, bool(at_large))
    for w in clocked:
        _window_warning(readers, w, timing)


def _groups(audience: Audience) -> Iterator[object]:
    """The group of *audience*, and those inside it."""
    yield audience.group
    if isinstance(audience.group, OwnGroup):
        for inner in audience.group.audiences:
            yield from _groups(inner)


def _check_people(readers: dict[str, EntryReader], whens: list[When], to: list[Audience], at_large: list[When]) -> None:
    happens = [w for w in whens if isinstance(w, Happens)]
    about_somebody = all(of_item(w) or (isinstance(w, Happens) and w.kind in _ABOUT_SOMEBODY) for w in whens)
    for audience in to:
        tell = readers["to"].problem
        group = audience.group
        if group is Group.WHO_REPLIED and not all(isinstance(w, Happens) and w.kind in _OF_THE_READER for w in whens):
            tell(
                '"the person who replied" is only known when a reply starts the rule.',
                'Write, for example:  when = "reply is yes"',
            )
        if group is Group.THEIR_CHAMPION and not about_somebody:
            tell(
                'Whose champion "their champion" is, is only known when a reply or a bounce starts the rule.',
                'Write:  to = "champions"',
            )
        if group is Group.DELEGATE and any(w.kind is not HappeningKind.DELEGATE_IS_NAMED for w in happens) | (
            len(happens) < len(whens)
        ):
            tell(
                '"the delegate" is only known when one is named.',
                'Write:  when = "delegate is named"',
            )
        if group is Group.ITEM_OWNER and not all(map(of_item, whens)):
            tell(
                '"item owner" is only known where the rule is about an action item.',
                'Write, for example:  when = "3 business days before item due at 09:00"',
            )
        if group is Group.ACTION_TEAM_LEAD and not about_somebody:
            tell(
                "Which team's lead \"action team lead\" is, is only known where the rule is about an action item or somebody's reply.",
                'Write:  to = "action team leads"',
            )
        if at_large and (states_of(audience) or Group.EVERYONE_INVITED in _groups(audience)):
            about = " and ".join(sorted(states_of(audience))) or "everyone invited"
            tell(
                f'"{about}" is about one meeting, and "{at_large[0]}" is about none.',
                'Name a group alone, such as:  to = "public partners"',
            )
        if (clash := _clash(frozenset(audience.states))) is not None:
            tell(f'Nobody can be both: "{clash[0]}" and "{clash[1]}".', "Take one of the two out.")


def _check_conditions(
    readers: dict[str, EntryReader], found: dict[str, list[Any]], at_large: bool, of_items: bool
) -> None:
    for key in ("only-if", "unless", "stop-when"):
        conditions: list[Condition] = found.get(key, [])
        for condition in conditions:
            if condition.kind in _OF_ITEM and not of_items:
                readers[key].problem(
                    f'"{condition}" is about an action item, and this rule is about none.',
                    'Count from the item:  when = "1 business day after item due at 09:00"',
                )
            elif condition.kind not in _OF_ITEM | _ANYWHERE and at_large:
                readers[key].problem(
                    f'"{condition}" is about one meeting, and this rule is about none.', "Take it out."
                )
        kinds = {c.kind for c in conditions}
        if key == "only-if" and (both := next((p for p in _OPPOSITES if kinds.issuperset(p)), None)):
            readers[key].problem(f'"{both[0]}" and "{both[1]}" are never true together.', "Take one of the two out.")
        if key == "only-if" and ConditionKind.ITEM_HAS_NEW_DATE in kinds:
            readers[key].problem(
                '"item has a new date" ends a mail about the old date; it never lets one go.',
                'Write:  stop-when = ["item has a new date"]',
            )
    both_ways = [c for c in found.get("only-if", []) if c in found.get("unless", [])]
    if both_ways:
        readers["unless"].problem(
            f'"{both_ways[0]}" stands under only-if and under unless: this mail never goes.', "Take one of the two out."
        )


def _check_repeating(readers: dict[str, EntryReader], clocked: Sequence[When], found: dict[str, list[Any]]) -> None:
    if "repeat" in found and not clocked:
        readers["repeat"].problem("Only a rule with a time can repeat; this one starts with a happening.")
    elif "repeat" in found and any(isinstance(w, Every) for w in clocked):
        readers["repeat"].problem("A rule that comes round by itself does not repeat besides.", "Take this line out.")
    if "repeat" not in found and "stop-when" in found:
        readers["stop-when"].problem(
            '"stop-when" ends a repeating, and this rule does not repeat.',
            'Add, for example:  repeat = "every 3 business days, at most 2 times"',
        )
    late: IfLate | None = next(iter(found.get("if-late", [])), None)
    if late is None:
        return
    if not clocked:
        readers["if-late"].problem("A happening is never late; this line does nothing.", "Take it out.", warning=True)
    elif late.kind in (IfLateKind.UNTIL_START, IfLateKind.IF_AWAY):
        if all(isinstance(w, Every) or of_item(w) for w in clocked):
            readers["if-late"].problem(f'"{late}": this rule is about no meeting.', 'Write:  if-late = "send at once"')
        elif all(isinstance(w, Offset) and not w.before and w.anchor in _AFTER for w in clocked):
            readers["if-late"].problem(
                f'"{late}": when this rule falls due, the meeting has begun.', 'Write:  if-late = "send at once"'
            )


_AFTER = (Anchor.MEETING_START, Anchor.MEETING_END)


def _check_calendar(
    readers: dict[str, EntryReader], happens: list[Happens], found: dict[str, list[Any]], at_large: bool
) -> None:
    if "attach" not in found:
        return
    attach = found["attach"]
    if at_large and (one := next((a for a in attach if a in _OF_MEETING), None)) is not None:
        readers["attach"].problem(f'"{one}" is of one meeting, and this rule is about none.', "Take it out.")
    elif happens and all(w.kind is HappeningKind.MEETING_IS_CANCELLED for w in happens):
        if any(a in ("calendar invitation", "calendar update") for a in attach):
            readers["attach"].problem(
                "A cancelled meeting has no such calendar file.", 'Write:  attach = ["calendar cancellation"]'
            )
    elif "calendar cancellation" in attach and HappeningKind.MEETING_IS_CANCELLED not in {w.kind for w in happens}:
        readers["attach"].problem(
            '"calendar cancellation" takes the meeting out of the reader\'s calendar.',
            'It goes with:  when = "meeting is cancelled"',
        )
    elif len([a for a in attach if a.startswith("calendar")]) > 1:
        readers["attach"].problem("A mail carries one calendar file.", "Keep one of them.")


def _check_doing(
    readers: dict[str, EntryReader], whens: list[When], found: dict[str, list[Any]], at_large: bool
) -> None:
    do: Draft | None = next(iter(found.get("do", [])), None)
    ask = next(iter(found.get("ask", [])), "")
    if do is not None:
        if at_large and do.anchor is not None:
            readers["do"].problem(
                f'"{do.anchor}" is of a meeting, and this rule is about none.',
                f'Write:  do = "{do.what}, {do.earliest} to {do.latest} from now"',
            )
        if all(of_item(w) for w in whens):
            readers["do"].problem("A rule about action items drafts no meeting.", "Make a rule of its own for it.")
        if "repeat" in found and ask != "one of the offered times":
            readers["repeat"].problem(
                "It would offer the same times again, and nobody is asked to choose.",
                'Add:  ask = "one of the offered times"',
                warning=True,
            )
        if Unit.MINUTE in (do.earliest.unit, do.latest.unit) or Unit.HOUR in (do.earliest.unit, do.latest.unit):
            readers["do"].problem(
                "A meeting is offered on days, not within hours.",
                f'Write:  do = "{do.what}, 2 weeks to 4 weeks from now"',
            )
    elif ask == "one of the offered times":
        readers["ask"].problem(
            "This rule offers no times.",
            'Add, for example:  do = "draft a meeting, 2 weeks to 4 weeks after meeting end"',
        )
    if ask == "done, help or a new date" and not all(of_item(w) for w in whens):
        readers["ask"].problem(
            "That is asked about an action item, and this rule is about none.",
            'Count from the item:  when = "3 business days before item due at 09:00"',
        )
    if ask == ATTENDANCE and at_large:
        readers["ask"].problem("This rule is about no meeting that anybody could come to.", "Take it out.")
    signer = next(iter(found.get("on-behalf-of", [])), None)
    in_a_team = all(a.group is Group.ACTION_TEAM for a in found.get("to", []))
    if signer is Signer.ACTION_TEAM_LEAD and not (
        in_a_team or all(of_item(w) for w in whens) or (do is not None and do.each_team)
    ):
        readers["on-behalf-of"].problem(
            "A reader in no action team gets this letter signed by you.",
            "That may be right; then leave it.",
            warning=True,
        )
    if next(iter(found.get("bundle", [])), None) is Bundle.PER_COMPANY and ask == ATTENDANCE:
        readers["bundle"].problem(
            "Of each company one person is asked; what the others would say is not known then.",
            "That may be right; then leave it.",
            warning=True,
        )


def _window_warning(readers: dict[str, EntryReader], when: When, timing: Timing) -> None:
    opens, closes = timing.between.opens, timing.between.closes
    at: time | None = None if isinstance(when, Happens) else when.at
    if at is None or opens is None or closes is None or opens <= at < closes:
        return
    then = f"It waits until {opens:%H:%M}" + (" of the next day that suits." if at >= closes else ".")
    readers["when"].problem(f"{at:%H:%M} is outside {timing.between}, when mail may leave. {then}", warning=True)
