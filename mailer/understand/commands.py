"""What the convener asks of the service by mail: "who is coming to launch", "move launch to 19 March 9:00", "add Ann Lee ann@acme.example".

Promises: pure; a line is a command only where all of it was understood; what begins like one and is not wholly understood is given back with
          the nearest right form, so that it becomes a question and never an act. Text is capped and every pattern linear.
Never:    knows whether the writer may command; looks anything up; takes quoted text or a signature for a command.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, time
from difflib import get_close_matches

from mailer.understand.asks.dates import read_date
from mailer.understand.asks.question import Written
from mailer.understand.forms import FORMS, LOOKS, OTHER_WORDS, PATTERNS, VERB_WORDS, Verb, form_of
from mailer.understand.rollcall import LONGEST, RollCall, gathered, read_rollcall

MOST_LINES = 60
MOST_OF_A_LINE = 500
"""Characters: only a list of who came is longer."""


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
    roll: RollCall | None = None


@dataclass(frozen=True, slots=True)
class Commands:
    """*doubtful*: lines that begin like a command: (as typed, what to write instead)."""

    commands: tuple[Command, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.commands or self.doubtful)


_END = re.compile(
    r"(?:--|[-_*=]{2,}|thanks|thank you|many thanks|thx|best|regards|(?:kind|best|warm) (?:regards|wishes)|cheers|"
    r"yours|sincerely|sent from|on .{4,80} wrote:).*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"(?:(?:hi|hello|hey)(?: [\w.]{1,30}){0,2}, )?(?P<please>(?:please|pls|kindly)[, ]+)?"
    r"(?P<wish>(?:(?:could|can|would|will) you(?: please)?|i(?:'d|’d| would) like (?:you )?to(?! know| see)|"
    r"i (?:want|need) (?:you )?to(?! know| see)|let['’]?s|let us|"
    r"we (?:should|must|need to|have to|want to)|(?:should|shall|can|could|may|must) (?:we|i)|"
    r"(?:do not|don['’]?t|never|not)(?! send\b)|what if (?:we|i)|"
    r"maybe|perhaps|i think we should|ok(?:ay)?,?|yes,?|no,?|and|then|now|also) )?"
    r"(?P<look>(?:please )?(?:(?:tell|show|send|give) (?:me|us)|let me (?:know|see)|"
    r"i(?:'d|’d| would) like to (?:know|see)|i want to (?:know|see)|what is|see) )?",
    re.IGNORECASE,
)
_COURTESY_BEHIND = re.compile(r"[, ]+(?:please|pls|thanks|thank you|thx|right now|now)[.! ]*$", re.IGNORECASE)
_OPEN_PLACE = re.compile(
    r"(?i:\b(?:maybe|perhaps|possibly|probably|"
    r"unless|either|tbd|tba|unknown|undecided|unclear|not|to be|if|or|we|you|they|please|instead|none yet)\b)|"
    r"(?<!\w)I(?:['’]\w+)? [a-z]|\bwill\b|^(?:at )?\d{1,2}(?::\d\d)?(?: ?[ap]m)?$",
)
"""Words that leave a place open, or say more than a place."""
_NO_PERSON = re.compile(
    r"\b(?:chairs?|seats?|items?|for|to|a|an|the|new|another|somebody|someone|person|people|everyone|everybody|me|my|our|his|her|their|e-?mail|address|"
    r"alias|guests?|note|team|and|or|not|also|back|again|number|phone|member|colleague)\b|['’]s\b|&",
    re.IGNORECASE,
)
_NO_ORGANISATION = re.compile(r"@|\b(?:as|if|maybe|perhaps|and then|but|instead|please)\b|,.*,", re.IGNORECASE)
_MEANT_ELSE = re.compile(
    r"\b(?:but|unless|only if|not|wait|don['’]?t|do not|actually|instead|scratch|forget|sorry|never ?mind|no|if|hold on|oops|mistake|wrong|undo|"
    r"stop|later|before|until|first)\b|\?",
    re.IGNORECASE,
)
"""Beside a command these may take it back, or put a condition to it."""


def read_commands(text: str, subject: str, written: Written, author: str = "") -> Commands:
    """Read the commands of a mail: its lines, or its subject where the mail has no other words. *author*: the display name, a signature."""
    head, below = headed(text)
    if below and isinstance(wrote := read_command(head, written), Command) and wrote.verb is Verb.WRITE:
        return Commands((wrote,))  # the rest is its text, whatever it says
    every = [line.strip() for line in text[:LONGEST].splitlines()]  # a long list of names has many lines
    lines = gathered(every, lambda line: bool(_END.fullmatch(line)) or _signs(line, author))[:MOST_LINES]
    found = _in_lines(lines, written, author)
    if found.any:
        return found
    said = [line for line in lines if line and not _greeting(line)]
    told = _in_lines([subject.strip()[:300]], written, author)
    if not said or _signs(said[0], author) or _END.fullmatch(said[0]):
        return told
    if told.any and len(text.strip()) < _A_SIGNATURE:  # the words beside it may say something else
        return Commands(doubtful=tuple((c.words, c.words) for c in told.commands) or told.doubtful)
    return found


def headed(text: str) -> tuple[str, str]:
    """(the first line that says something, a greeting aside; the text below it)."""
    head, _, below = text.strip().partition("\n")
    return headed(below) if below and _greeting(head.strip()) else (head.strip(), below.strip())


_A_SIGNATURE = 80
"""Characters: who writes no more than that below a subject has perhaps said it there."""


def _signs(line: str, author: str) -> bool:
    """Is *line* the writer's name, or the beginning of what stands below it?"""
    names = {n for n in re.split(r"[\s,.]+", author.casefold()) if n}
    said = [w for w in re.split(r"[\s,.]+", line.casefold()) if w]
    initials = "".join(n[0] for n in author.casefold().split())
    return (
        bool(said) and len(said) <= 6 and (said[0] in names or said == [initials]) and not any(c in line for c in "?:")
    )


def _in_lines(lines: list[str], written: Written, author: str) -> Commands:
    commands: list[Command] = []
    doubtful: list[tuple[str, str]] = []
    rest: list[str] = []
    after_gap = False
    for i, line in enumerate(lines):
        if not line:
            after_gap = True
            continue
        if (commands or doubtful) and (_END.fullmatch(line) or _signs(line, author)):
            break
        read = read_command(line, written)
        if isinstance(read, Command) and read.verb is Verb.WRITE:
            doubtful.append((line[:200], f"{form_of(Verb.WRITE)}\n  and the text below, with nothing else in the mail"))
        elif isinstance(read, Command):
            commands.append(read)
        elif read:
            doubtful.append((line[:200], read))
        elif commands and not after_gap and lines[i - 1]:
            joined = read_command(f"{commands[-1].words} {line}", written)  # a line that a mail program broke
            if isinstance(joined, Command) and joined.verb is commands[-1].verb and not _MEANT_ELSE.search(line):
                commands[-1] = joined
                continue
            rest.append(line)
        elif commands or doubtful:
            rest.append(line)
        elif not _greeting(line):
            break
        after_gap = False
    if any(_MEANT_ELSE.search(line) for line in rest[:20]) or (rest and _goes_on(lines, commands, rest[0])):
        why = "with only the command in the mail, for the words below it may mean something else"
        doubtful += [(c.words, f"{c.words}\n({why})") for c in commands if c.verb not in LOOKS]
        commands = [c for c in commands if c.verb in LOOKS]
    return Commands(tuple(commands), tuple(doubtful))


def _goes_on(lines: list[str], commands: list[Command], line: str) -> bool:
    """Does *line* stand right below a command, with no gap? Then it may belong to it."""
    at = lines.index(line)
    return bool(commands) and at > 0 and bool(lines[at - 1])


def _greeting(line: str) -> bool:
    return (
        len(line) < 60
        and re.fullmatch(
            r"(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening))\b(?: [\w.]{1,30}){0,4}[,!.]?",
            line,
            re.IGNORECASE,
        )
        is not None
    )


def read_command(line: str, written: Written, *, sure: bool = False) -> Command | str:
    """The command of one line; the form that it should have where it only begins like one; empty where it is none. *sure*: the line is the
    service's own (`form_of`): nothing in it is a doubt."""
    plain = " ".join(line[:LONGEST].split())
    asks = plain.endswith("?")
    bare = plain.rstrip("? ")
    read = _read(bare, written, sure=sure)
    if isinstance(read, Command) and (sure or read.verb in LOOKS or read.verb is Verb.ASK or not asks):
        return read
    if isinstance(read, Command):
        return bare
    if sure:
        return read
    if not read and (listed := _IN_A_LIST.match(plain)) is not None:  # a list of things to do may be anybody's
        core = _read(bare[listed.end() :], written)
        return core.words if isinstance(core, Command) else core
    politely = _read_politely(bare, written, asks)
    return politely if isinstance(politely, Command) else read or politely or _nearest(plain)


def _read_politely(bare: str, written: Written, asks: bool) -> Command | str:
    """Without the courtesy around it. To look, any wording will do; a change that is wished, doubted or denied is asked about."""
    around = _POLITE.match(bare)
    if around is None:
        return ""
    core = _COURTESY_BEHIND.sub("", bare[around.end() :])
    if core == bare or not core:
        return ""
    read = _read(core, written)
    if isinstance(read, Command):
        certain = not asks and not around["wish"] and not around["look"]
        return read if certain or read.verb in LOOKS else core
    if read:
        return read
    return _nearest(core) if around["wish"] or around["please"] else ""


def _read(plain: str, written: Written, *, sure: bool = False) -> Command | str:
    for verb, pattern in PATTERNS if len(plain) <= MOST_OF_A_LINE else ():
        found = pattern.fullmatch(plain)
        if found is not None:
            return _command(verb, plain, found.groupdict(), written, sure=sure)
    roll = read_rollcall(plain)
    if roll is not None:
        return Command(Verb.CAME, plain, meeting=roll.meeting, roll=roll)
    return ""


def _command(verb: Verb, plain: str, parts: dict[str, str | None], written: Written, *, sure: bool) -> Command | str:
    def part(name: str) -> str:
        return next((v.strip() for n in (name, f"{name}2", f"{name}3") if (v := parts.get(n))), "")

    text, when = part("text").strip("[] "), part("when")
    by = re.fullmatch(r"(.{3,}?),? by (.{3,30})", text) if verb is Verb.ITEM_ADD and not when else None
    if by is not None and read_date(by[2], written).day is not None:
        text, when = by[1], by[2]
    day = hour = None
    if when:
        # a convener's clock has 24 hours: 9:00 is in the morning, 14:00 after noon
        clock = _CLOCK.search(when)
        if clock is not None and int(clock[1]) < 24:
            hour = time(int(clock[1]), int(clock[2]))
        read = read_date(_CLOCK.sub("", when) if hour else when, written)
        if read.day is None or read.not_understood:
            return form_of(verb)
        day, hour = read.day, hour or read.hour
    people = tuple(name.strip(" .") for name in re.split(r",|;| and ", part("who")) if name.strip(" ."))
    organisation = part("organisation").rstrip(". ")
    if not sure and verb is Verb.PLACE and _OPEN_PLACE.search(text):
        return form_of(verb)
    if verb is Verb.ADD and (len(people) != 1 or _NO_PERSON.search(people[0]) or _NO_ORGANISATION.search(organisation)):
        return form_of(verb)
    number = part("number") + (parts.get("number_tail") or "")
    return Command(
        verb, plain, meeting=part("meeting"), who=people, address=part("address").lower(), organisation=organisation,
        role=part("role").lower(), text=text, day=day, hour=hour, number=int(number) if number else None,
        answer=part("answer").lower(), guests=int(part("guests") or 0),
    )  # fmt: skip


_CLOCK = re.compile(r"[ ,]+(?:at )?(\d{1,2}):([0-5]\d)(?: h| Uhr)?$", re.IGNORECASE)


def settled(command: Command) -> Command:
    """*command* in words that mean the same on any other day: “next Thursday” is the day it was when it was written."""
    if command.day is None:
        return command
    day = f"{command.day:%d %B %Y}".lstrip("0") + (f" {command.hour:%H:%M}" if command.hour else "")
    if command.verb is Verb.MOVE:
        return replace(command, words=f"move {command.meeting} to {day}")
    if command.verb is Verb.ITEM_DUE:
        return replace(command, words=f"item {command.number} due {day}")
    if command.verb is Verb.SHARE:
        return replace(
            command, words=f"share {command.text}{f' of {command.meeting}' if command.meeting else ''} until {day}"
        )
    owner = f", owner {command.who[0]}" if command.who else ""
    return replace(command, words=f"add item: {command.text}{owner}, due {day}")


def naming(command: Command, meeting: str) -> Command:
    """*command*, which names no meeting, about the one called *meeting*; as it is where it is about none."""
    words = {
        Verb.APPROVE: f"approve summary of {meeting}",
        Verb.SHARE: f"share {command.text} of {meeting}",
        Verb.DECIDED: f"decided at {meeting}: {command.text}",
    }.get(command.verb)
    return command if command.meeting or words is None else settled(replace(command, meeting=meeting, words=words))


_OFTEN = (
    "preview", "rehearse", "release", "status", "changes", "cancel", "forget", "approve", "postpone", "attendance", "whos", "move", "hold", "help",
    "undo",
)  # fmt: skip
_LONG = tuple(word for word in _OFTEN if len(word) > 5)
"""A short word is near to many that are talk; there only letters that changed places count."""
_FEW_BLANKS = 5


_ANSWER_OF = re.compile(
    r"(?:<?[^\s<>@,;:]{1,64}@[^\s<>@,;:]{1,190}>?|[A-Z][\w'’-]{1,40}(?: [A-Z][\w'’.-]{0,40}){0,3}) "
    r"(?:(?:says? |said )?(?:yes|no|maybe)\b.{0,120}|(?:will|can|can['’]t|cannot|won['’]t|is) (?:not )?(?:come|coming)\b.{0,120})"
)
"""Somebody's answer, not in the form that says whose and to what."""
_IN_A_LIST = re.compile(r"(?:[-*•–]|\d{1,2}[.)]) +")


def _nearest(plain: str) -> str:
    """The form that a line was probably meant to have, if it begins like a command."""
    if len(plain) > 300:
        return ""
    if re.search(r"\bis (?:now|moved|postponed|cancelled|canceled)\b", plain, re.IGNORECASE):
        return form_of(
            Verb.CANCEL
            if "cancel" in plain.lower()
            else Verb.PLACE
            if re.search(r"\bnow (?:at|in)\b", plain)
            else Verb.MOVE
        )
    if re.match(r"\d{1,4} (?:is )?(?:done|finished|open|due)\b", plain, re.IGNORECASE):
        return form_of(Verb.ITEM_DONE)
    if _ANSWER_OF.fullmatch(plain):
        return form_of(Verb.ANSWER)
    first = plain.split(" ", 1)[0].lower().rstrip(":,.!?")
    if not VERB_WORDS.match(plain):
        # a slip in the one word that says what is wanted ("previw launch"); an inflection ("cancelled") is talk
        few = plain.count(" ") <= _FEW_BLANKS
        near = [w for w in _OFTEN if sorted(w) == sorted(first)] if few else []
        near = near or (get_close_matches(first, _LONG, 1, 0.8) if few else [])
        if not near or (first != near[0] and first.startswith(near[0][:-1])):
            return ""
        first = near[0]
    verb = OTHER_WORDS.get(first) or next((v for v, form, _ in FORMS if form.split()[0] == first), None)
    return form_of(verb) if verb is not None else ""
