"""What no single phrase of a rule shows: parts that contradict one another, or cannot do what they say."""

from datetime import time
from typing import Any

from mailer.decide.rule import Audience, Fixed, Group, Happens, Offset, Timing, When
from mailer.decide.snapshot import HappeningKind
from mailer.decide.wording import EntryReader

_ABOUT_SOMEBODY = frozenset(k for k in HappeningKind if k.value.startswith("reply is")) | {HappeningKind.MAIL_BOUNCES}
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


def _clash(states: frozenset[str]) -> tuple[str, str] | None:
    return next((pair for pair in _CLASHES if states.issuperset(pair)), None)


def check_sense(
    readers: dict[str, EntryReader],
    whens: list[When],
    to: list[Audience],
    found: dict[str, list[Any]],
    timing: Timing,
) -> None:
    """What no single phrase shows: parts of a rule that do not go together."""
    happens = [w for w in whens if isinstance(w, Happens)]
    clocked = [w for w in whens if not isinstance(w, Happens)]
    replies = [w for w in happens if w.kind.value.startswith("reply is")]
    for audience in to:
        if audience.group is Group.WHO_REPLIED and len(replies) != len(whens):
            readers["to"].problem(
                '"the person who replied" is only known when a reply starts the rule.',
                'Write, for example:  when = "reply is yes"',
            )
        if audience.group is Group.THEIR_CHAMPION and (clocked or any(w.kind not in _ABOUT_SOMEBODY for w in happens)):
            readers["to"].problem(
                'Whose champion "their champion" is, is only known when a reply or a bounce starts the rule.',
                'Write:  to = "champions"',
            )
        if (clash := _clash(frozenset(audience.states))) is not None:
            readers["to"].problem(f'Nobody can be both: "{clash[0]}" and "{clash[1]}".', "Take one of the two out.")
    if "repeat" in found and not clocked:
        readers["repeat"].problem("Only a rule with a time can repeat; this one starts with a happening.")
    if "repeat" not in found and "stop-when" in found:
        readers["stop-when"].problem(
            '"stop-when" ends a repeating, and this rule does not repeat.',
            'Add, for example:  repeat = "every 3 business days, at most 2 times"',
        )
    if "if-late" in found and not clocked:
        readers["if-late"].problem("A happening is never late; this line does nothing.", "Take it out.", warning=True)
    for w in clocked:
        _window_warning(readers, w, timing)
    if happens and all(w.kind is HappeningKind.MEETING_IS_CANCELLED for w in happens) and "attach" in found:
        if any(a in ("calendar invitation", "calendar update") for a in found["attach"]):
            readers["attach"].problem(
                "A cancelled meeting has no such calendar file.", 'Write:  attach = ["calendar cancellation"]'
            )
    elif (
        "attach" in found
        and "calendar cancellation" in found["attach"]
        and HappeningKind.MEETING_IS_CANCELLED not in {w.kind for w in happens}
    ):
        readers["attach"].problem(
            '"calendar cancellation" takes the meeting out of the reader\'s calendar.',
            'It goes with:  when = "meeting is cancelled"',
        )


def _window_warning(readers: dict[str, EntryReader], when: Offset | Fixed, timing: Timing) -> None:
    opens, closes = timing.between.opens, timing.between.closes
    at: time | None = when.at
    if at is None or opens is None or closes is None or opens <= at < closes:
        return
    then = f"It waits until {opens:%H:%M}" + (" of the next day that suits." if at >= closes else ".")
    readers["when"].problem(f"{at:%H:%M} is outside {timing.between}, when mail may leave. {then}", warning=True)
