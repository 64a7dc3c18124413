"""What the convener asks of the service by mail: "who is coming to launch", "move launch to 19 March 9:00", "add Ann Lee ann@acme.example".

Promises: pure; a line is a command only where all of it was understood; what begins like one and is not wholly understood is given back with
          the nearest right form, so that it becomes a question and never an act. Text is capped and every pattern linear.
Never:    knows whether the writer may command; looks anything up; takes quoted text or a signature for a command.
"""

import re
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from mailer.understand.asks.dates import read_date
from mailer.understand.asks.question import Written

LONGEST = 4_000
MOST_LINES = 30


class Verb(StrEnum):
    """What can be asked."""

    HELP = "help"
    STATUS = "status"
    WHO = "who is coming"
    WAITING = "waiting"
    PREVIEW = "preview"
    REHEARSE = "rehearse"
    WHY = "why"
    WORDS = "words"
    CHANGES = "changes"
    PLAN = "plan"
    QUESTIONS = "questions"
    RELEASE = "release"
    DROP = "drop"
    MOVE = "move"
    PLACE = "place"
    CANCEL = "cancel"
    ADD = "add"
    FORGET = "forget"
    ANSWER = "answer"
    CAME = "came"
    ITEM_ADD = "add item"
    ITEM_DONE = "done"
    ITEM_DUE = "due"
    APPROVE = "approve"
    SETTLE = "settle"
    UNDO = "undo"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Command:
    """One line. *meeting*: as typed, empty where none was named; *who*: names or addresses; *text*: what remains (a place, an item, a rule).
    *number*: of an item or a case; *answer* and *guests*: yes, no, maybe of somebody."""

    verb: Verb
    words: str
    meeting: str = ""
    who: tuple[str, ...] = ()
    address: str = ""
    organisation: str = ""
    role: str = ""
    text: str = ""
    day: date | None = None
    hour: time | None = None
    number: int | None = None
    answer: str = ""
    guests: int = 0


@dataclass(frozen=True, slots=True)
class Commands:
    """*doubtful*: lines that begin like a command: (as typed, what to write instead)."""

    commands: tuple[Command, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.commands or self.doubtful)


FORMS: tuple[tuple[Verb, str, str], ...] = (
    (Verb.HELP, "help", "what you can write to me"),
    (Verb.STATUS, "status", "meetings, answers, what waits for you"),
    (Verb.WHO, "who is coming to MEETING", "the list, with why each line says so"),
    (Verb.WAITING, "waiting", "letters that wait for your word, and unclear cases"),
    (Verb.PREVIEW, "preview MEETING", "what will be sent when, and to how many"),
    (Verb.REHEARSE, "rehearse MEETING", "the whole sequence with pretend answers; nothing is sent"),
    (Verb.WHY, "why ADDRESS", "why somebody got, or did not get, each letter"),
    (Verb.WORDS, "words", "the words of rule files"),
    (Verb.CHANGES, "changes", "what edited rule files would change"),
    (Verb.PLAN, "plan", "the action plan with its open items"),
    (Verb.QUESTIONS, "questions", "what you have offered, and who said what"),
    (Verb.RELEASE, "release RULE of MEETING", "send letters that wait for your word"),
    (Verb.DROP, "drop RULE of MEETING", "do not send them"),
    (Verb.MOVE, "move MEETING to 19 March 2026 9:00", "another date or time; everybody is told"),
    (Verb.PLACE, "place of MEETING: Acme Hall, 1 Main St", "another place; everybody is told"),
    (Verb.CANCEL, "cancel MEETING", "everybody is told"),
    (
        Verb.ADD,
        "add Ann Lee ann@acme.example from Acme",
        "somebody new in the register; add “as champion”, “as public partner”",
    ),
    (Verb.FORGET, "forget ann@acme.example", "erase a person"),
    (Verb.ANSWER, "ann@acme.example yes +1 for MEETING", "an answer you got by telephone"),
    (Verb.CAME, "came to MEETING: Ann Lee, Bob Stone", "who was there"),
    (Verb.ITEM_ADD, "add item: call three schools, owner Ann Lee, due 3 May", "something for the action plan"),
    (Verb.ITEM_DONE, "item 12 done", "an action item is finished"),
    (Verb.ITEM_DUE, "item 12 due 3 May", "an action item has another day"),
    (Verb.APPROVE, "approve summary of MEETING", "the summary may go out"),
    (Verb.SETTLE, "settle QUESTION 2", "take the second of the offered times"),
    (Verb.UNDO, "undo", "in reply to what I did: take it back"),
)
"""Every form, and what it does: for "help" and for what is suggested instead of a slip."""

_ADDRESS = r"[^\s<>,;:()\"']{1,64}@[^\s<>,;:()\"']{1,190}\.[a-z]{2,24}"
_MEETING = r"(?P<meeting>[\w][\w .-]{0,60}?)"
_THE = r"(?:the )?"
_ROLES = "business|public partner|support partner|champion|lead champion|co-chair|note taker|caterer|action team lead"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + r"\s*[.!?]?", re.IGNORECASE)


_PATTERNS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    (Verb.HELP, _form(r"help|commands|what can (?:you do|i write)|ayuda")),
    (Verb.STATUS, _form(r"status|how (?:are we doing|is it going)|estado")),
    (Verb.WHO, _form(rf"(?:who(?: is|'s|’s) coming|who comes|attendance|list)(?: (?:to|for|of|at) {_THE}{_MEETING})?")),
    (Verb.WAITING, _form(r"waiting|held|review|what(?: is|'s|’s) (?:waiting|held)|what waits(?: for me)?")),
    (Verb.PREVIEW, _form(rf"preview {_THE}{_MEETING}")),
    (Verb.REHEARSE, _form(rf"rehearse {_THE}{_MEETING}(?P<text> (?:--|with ).{{0,300}})?")),
    (Verb.WHY, _form(rf"why (?P<address>{_ADDRESS})(?: (?P<text>\[?[a-z0-9][a-z0-9-]{{0,60}}\]?))?(?: (?:for|at) {_MEETING})?")),
    (Verb.WORDS, _form(r"words")),
    (Verb.CHANGES, _form(r"changes")),
    (Verb.PLAN, _form(r"plan|(?:the )?action plan|open items")),
    (Verb.QUESTIONS, _form(r"questions|tally|votes")),
    (Verb.RELEASE, _form(rf"(?:release|send) \[?(?P<text>[a-z0-9][a-z0-9-]{{0,60}})\]?(?: (?:of|for) {_MEETING})?")),
    (Verb.DROP, _form(rf"(?:drop|do not send|don'?t send) \[?(?P<text>[a-z0-9][a-z0-9-]{{0,60}})\]?(?: (?:of|for) {_MEETING})?")),
    (Verb.MOVE, _form(rf"move {_THE}{_MEETING} to (?P<when>.{{3,60}}?)")),
    (Verb.PLACE, _form(rf"(?:change )?(?:the )?place of {_THE}{_MEETING}(?: to |: ?)(?P<text>.{{2,200}}?)")),
    (Verb.PLACE, _form(rf"{_MEETING} is now at (?P<text>.{{2,200}}?)")),
    (Verb.CANCEL, _form(rf"cancel {_THE}{_MEETING}")),
    (Verb.ITEM_ADD, _form(r"(?:add |new )item:? (?P<text>.{3,300}?)(?:,? owner:? (?P<who>[^,]{2,80}?))?(?:,? due:? (?P<when>.{3,40}?))?")),
    (Verb.ADD, _form(
        rf"add (?P<who>[^\d<>@:;]{{2,80}}?)[ ,]+<?(?P<address>{_ADDRESS})>?"
        rf"(?:,? (?:from|of|at) (?P<organisation>.{{2,100}}?))?(?:,? as (?P<role>{_ROLES}))?"
    )),
    (Verb.FORGET, _form(rf"(?:forget|erase) (?P<address>{_ADDRESS})")),
    (Verb.ANSWER, _form(
        rf"(?P<address>{_ADDRESS})(?: says?)? (?P<answer>yes|no|maybe)(?: ?\+ ?(?P<guests>\d{{1,2}}))?(?: (?:to|for) {_THE}{_MEETING})?"
    )),
    (Verb.CAME, _form(rf"(?:came|attended|were there)(?: (?:to|at) {_THE}{_MEETING})?: ?(?P<who>.{{2,3000}}?)")),
    (Verb.ITEM_DONE, _form(r"(?:item (?P<number>\d{1,4}) (?:is )?done|done (?P<number2>\d{1,4}))")),
    (Verb.ITEM_DUE, _form(r"item (?P<number>\d{1,4}) (?:is )?(?:due|by|to) (?P<when>.{3,40}?)")),
    (Verb.APPROVE, _form(rf"approve (?:the )?summary(?: of {_THE}{_MEETING})?")),
    (Verb.SETTLE, _form(r"settle (?P<text>[a-z0-9][a-z0-9-]{0,90}) (?P<number>\d{1,3})")),
    (Verb.UNDO, _form(r"undo|take it back")),
    (Verb.CODE, _form(r"(?:code:? )?(?P<number>\d{6})")),
)  # fmt: skip

_VERB_WORDS = re.compile(
    r"(?:preview|rehearse|why|release|drop|move|cancel|add|forget|erase|approve|settle|postpone|reschedule|delete|remove|undo|place of|change)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?:--|thanks|thank you|best|regards|kind regards|cheers|sent from|on .{4,80} wrote:).*", re.IGNORECASE
)


def read_commands(text: str, subject: str, written: Written) -> Commands:
    """Read the commands of a mail: its lines, or its subject where the mail has hardly any other words."""
    found = _in_lines([line.strip() for line in text[:LONGEST].splitlines()[:MOST_LINES]], written)
    if not found.any and len(text.strip()) < _A_SIGNATURE:
        return _in_lines([_PREFIX.sub("", subject.strip()[:300])], written)
    return found


_PREFIX = re.compile(r"(?:(?:re|aw|fwd?|wg|rv)\s*:\s*){1,5}", re.IGNORECASE)
_A_SIGNATURE = 80
"""Characters: who writes no more than that below a subject has said it there."""


def _in_lines(lines: list[str], written: Written) -> Commands:
    commands: list[Command] = []
    doubtful: list[tuple[str, str]] = []
    for line in lines:
        if not line:
            continue
        if (commands or doubtful) and _END.fullmatch(line):
            break
        read = read_command(line, written)
        if isinstance(read, Command):
            commands.append(read)
        elif read:
            doubtful.append((line[:200], read))
        elif commands or doubtful:
            break  # what follows the commands is a signature, or talk
        elif not _greeting(line):
            break
    return Commands(tuple(commands), tuple(doubtful))


def _greeting(line: str) -> bool:
    return (
        len(line) < 60
        and re.fullmatch(r"(?:hi|hello|hey|dear|good (?:morning|day|afternoon))\b[^?]*[,!.]?", line, re.IGNORECASE)
        is not None
    )


def read_command(line: str, written: Written) -> Command | str:
    """The command of one line; the form that it should have where it only begins like one; empty where it is none."""
    plain = " ".join(line[:LONGEST].split())
    for verb, pattern in _PATTERNS:
        found = pattern.fullmatch(plain)
        if found is not None:
            return _command(verb, plain, found.groupdict(), written)
    return _nearest(plain)


def _command(verb: Verb, plain: str, parts: dict[str, str | None], written: Written) -> Command | str:
    def part(name: str) -> str:
        return (parts.get(name) or parts.get(f"{name}2") or "").strip()

    day = hour = None
    if part("when"):
        # a convener's clock has 24 hours: 9:00 is in the morning, 14:00 after noon
        clock = _CLOCK.search(part("when"))
        if clock is not None and int(clock[1]) < 24:
            hour = time(int(clock[1]), int(clock[2]))
        read = read_date(_CLOCK.sub("", part("when")) if hour else part("when"), written)
        if read.day is None or read.not_understood:
            return _form_of(verb)
        day, hour = read.day, hour or read.hour
    people = tuple(name.strip(" .") for name in re.split(r",|;| and ", part("who")) if name.strip(" ."))
    return Command(
        verb, plain, meeting=part("meeting"), who=people, address=part("address").lower(), organisation=part("organisation").rstrip(". "),
        role=part("role").lower(), text=part("text").strip("[] "), day=day, hour=hour, number=int(part("number")) if part("number") else None,
        answer=part("answer").lower(), guests=int(part("guests") or 0),
    )  # fmt: skip


_CLOCK = re.compile(r"[ ,]+(?:at )?(\d{1,2}):([0-5]\d)(?: h| Uhr)?$", re.IGNORECASE)


def _nearest(plain: str) -> str:
    """The form that a line was probably meant to have, if it begins like a command."""
    if not _VERB_WORDS.match(plain) or len(plain) > 300:
        return ""
    first = plain.split()[0].lower()
    other = {
        "postpone": Verb.MOVE,
        "reschedule": Verb.MOVE,
        "delete": Verb.FORGET,
        "remove": Verb.FORGET,
        "erase": Verb.FORGET,
    }
    verb = other.get(first) or (Verb.PLACE if first in ("place", "change") else None)
    if verb is None:
        verb = next((v for v, form, _ in FORMS if form.split()[0] == first), None)
    return _form_of(verb) if verb is not None else ""


def _form_of(verb: Verb) -> str:
    return next((form for v, form, _ in FORMS if v is verb), "help")
