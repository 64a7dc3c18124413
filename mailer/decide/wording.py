"""Reading the value of one entry, and saying what is wrong with it.

The style: what is wrong in one sentence, with the words as typed; then the nearest right text. Never a word of programmers.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mailer.decide.grammar import parts
from mailer.decide.phrases import DESCRIBED, Misread, Read, Slip, normal, read
from mailer.decide.rule import Happens, OwnGroup
from mailer.decide.rulefile import FOLLOW, Entry
from mailer.decide.vocabulary import Kind, known, of_kind
from mailer.errors import Problem

_LONGEST_TEXT = 300  # characters of one phrase; a longer one is a letter that lost its way
_MOST_PARTS = 50  # of one list


@dataclass(slots=True)
class EntryReader:
    """Reads the value of one entry, and words what is wrong with it."""

    file: str
    context: str
    entry: Entry
    own: tuple[OwnGroup, ...]
    problems: list[Problem]
    failed: bool = field(default=False)

    def problem(self, sentence: str, remedy: str = "", *, warning: bool = False) -> None:
        self.failed = self.failed or not warning
        follow = "" if warning else FOLLOW
        e = self.entry
        self.problems.append(Problem(self.file, e.line, sentence, self.context, e.typed, remedy, follow, warning))

    def texts(self, *, one: bool = False) -> list[str]:
        """The value as a list of texts."""
        value, key = self.entry.value, self.entry.key
        if isinstance(value, int):
            self.problem(f"The words after {key} = must stand between quotes.", f'Write:  {key} = "{value}"')
            return []
        texts = [value] if isinstance(value, str) else list(value)
        if one and len(texts) != 1:
            first = texts[0] if texts else "…"
            if key == "send-on" and isinstance(read("send_on", first), Misread):
                first = "business days"
            self.problem(f'"{key}" takes one text, not a list.', f'Write:  {key} = "{first}"')
            return []
        if not texts:
            self.problem("The list is empty.", f'Write something into it, or take the line out:  {key} = ["…"]')
        if any(not t.strip() for t in texts):
            self.problem(
                f"Nothing stands between the quotes after {key}.", "Write something there, or take the line out."
            )
            return []
        if len(texts) > _MOST_PARTS or any(len(t) > _LONGEST_TEXT for t in texts):
            self.problem("This is too long for a rule.")
            return []
        return texts

    def number(self) -> int | None:
        """The value as a whole number from 1 on."""
        value, key = self.entry.value, self.entry.key
        text = value.strip() if isinstance(value, str) else str(value)
        if (
            isinstance(value, tuple)
            or not text.isascii()
            or not text.isdigit()
            or not 1 <= len(text) <= 6
            or int(text) < 1
        ):
            self.problem(f"{key} takes a whole number, from 1 on.", f"Write, for example:  {key} = 100")
            return None
        return int(text)

    def phrases(self, start: str, *, one: bool = False) -> list[Any]:
        """The value as phrases of the kind *start*; what cannot be read is told and left out."""
        values = []
        for text in self.texts(one=one):
            found = read(start, text, self.own if start == "audience" else ())
            if isinstance(found, Misread):
                self.problem(*_worded(self.entry, text, found, self.own, start))
            else:
                values.append(found.value)
        return values


def _written(entry: Entry, text: str, right: str) -> str:
    """The line with *right* in the place of *text*."""
    if isinstance(entry.value, tuple):
        return f"{entry.key} = [{', '.join(f'{chr(34)}{right if v == text else v}{chr(34)}' for v in entry.value)}]"
    return f'{entry.key} = "{right}"'


_HINTS = {
    Kind.ANCHOR: "an anchor is one of: {known}",
    Kind.UNIT: "time is counted in minutes, hours, days, business days, weeks or months",
}


def _worded(entry: Entry, text: str, misread: Misread, own: tuple[OwnGroup, ...], start: str) -> tuple[str, str]:
    """Sentence and remedy for a phrase that could not be read."""
    names = [g.name for g in own]
    if misread.sentence:
        return misread.sentence, ""
    hard = [s for s in misread.slips if not s.loose]
    if misread.right:
        write = f"Write:  {_written(entry, text, misread.right)}"
        named = next((s for s in hard if s.kind is not None), None)
        if len(hard) == 1 and named and len(misread.slips) == 1 and named.kind in (Kind.GROUP, Kind.STATE):
            return (
                _unknown(named),
                f"{named.kind.plural.capitalize()} I know: {known(named.kind, names if named.kind is Kind.GROUP else ())} (type: convener words)",
            )
        sentence = _unknown(hard[0]) if len(misread.slips) == 1 and hard and hard[0].kind is not None else "Close."
        return sentence, f"{write}{_hint(misread)}"
    return _stuck(entry, text, misread, own, start)


def _unknown(slip: Slip) -> str:
    assert slip.kind is not None
    return f'I do not know the {slip.kind} "{slip.typed}". Did you mean "{slip.right}"?'


def _hint(misread: Misread) -> str:
    hints = [_HINTS[s.kind].format(known=known(s.kind)) for s in misread.slips if s.kind in _HINTS]
    if any(s.kind is None and ":" in s.right for s in misread.slips):
        hints.append("times are 24-hour HH:MM")
    return f"\n({'; '.join(dict.fromkeys(hints))})" if hints else ""


def _stuck(entry: Entry, text: str, misread: Misread, own: tuple[OwnGroup, ...], start: str) -> tuple[str, str]:
    """Sentence and remedy where no right text could be guessed."""
    names = [g.name for g in own]
    rest, after = misread.rest, _shown(misread.after, names)
    if (said := _as_people_say(entry, text, rest, after, start)) is not None:
        return said
    kinds = [k for k in misread.wanted if k is not Kind.UNIT]
    lists = "\n".join(
        f"{k.plural.capitalize()} I know: {known(k, names if k is Kind.GROUP else ())} (type: convener words)"
        for k in kinds
    )
    if (listed := _as_list(entry, text, rest, own, start)) is not None:
        return listed
    if not after and start == "when":
        return f'I do not understand "{rest}".', f"{_example(start, entry.key)}\n{lists}".strip()
    if not after and len(kinds) == 1:
        typed = rest.split(" who ")[0].split(" that ")[0]
        if kinds[0].startswith("choice"):
            return f'"{typed}" is no {kinds[0]}.', lists
        return f'I do not know the {kinds[0]} "{typed}".', lists
    if not after:
        return f'I do not understand "{rest}".', _example(start, entry.key)
    expected = [k.article for k in misread.wanted]
    expected += [t if t in DESCRIBED else f'"{t}"' for t in misread.texts if t]
    then = f" There I expect {_any_of(list(dict.fromkeys(expected)))}." if expected else ""
    what = f'I do not understand "{rest}" after "{after}".' if rest else f'Something is missing after "{after}".'
    units = f"\n({_HINTS[Kind.UNIT]})" if Kind.UNIT in misread.wanted and rest else ""
    return f"{what}{then}", lists or _example(start, entry.key, after) + units


_NOT_THESE = re.compile(r"\b(but not|except|excluding|without|other than|apart from|minus)\b", re.IGNORECASE)
_FROM_HAPPENING = re.compile(r"\S+ (?:business )?\w+ (?:after|before) (.+)")
_A_ZONE = r"\(?(?:utc|gmt|cet|cest|[ecmp][sd]?t|(?:eastern|central|mountain|pacific)(?: time)?)\)?"
_ANSWER = re.compile(r"\b(?:answer|repl(?:y|ies|ied)|respon)", re.IGNORECASE)
_NO_COUNT = re.compile(r"[-–−+]\s?\d+\b|\d+[.,]\d+\b|half\b|½")


def _as_people_say(entry: Entry, text: str, rest: str, after: str, start: str) -> tuple[str, str] | None:
    """Sentence and remedy for what is plain to people and not said so here."""
    if start == "audience" and (found := _NOT_THESE.search(text)):
        return (
            f'There is no "{found[0].lower()}" here: a line names those who get the mail.',
            "Name them by how they stand (businesses who have not replied), or give those you mean a name of their own under [groups].",
        )
    if start == "when" and (found := _FROM_HAPPENING.fullmatch(normal(text))):
        happening = read("when", found[1])
        happening = read("when", happening.right) if isinstance(happening, Misread) else happening
        if isinstance(happening, Read) and isinstance(happening.value, Happens):
            return (
                f'"{happening.value}" starts a rule at once; no time is counted from it.',
                f'Write:  {entry.key} = "{happening.value}"',
            )
    if start == "when" and re.fullmatch(_A_ZONE, rest, re.IGNORECASE):
        plain = read("when", after)
        right = str(plain.value) if isinstance(plain, Read) else plain.right
        if right:
            told = "Times are those of the clock where the meeting is; no zone stands beside them."
            return told, f'Write:  {entry.key} = "{right}"'
    if start == "when" and after == "on":
        if re.search(r"\b(each|every)\b", rest):
            return (
                f'I do not understand "{rest}" after "on".',
                f"What comes round begins with every:  {entry.key} = {_ROUND}",
            )
        return _dated(entry.key, rest)
    if start in ("when", "repeat", "duration", "if_late", "condition", "do") and (found := _NO_COUNT.match(rest)):
        right = f"Write, for example:  {entry.key} = {_EXAMPLES[start]}" if start in _EXAMPLES else ""
        return f'"{found[0]}" is no number that I can count with: I need a whole one, such as 2.', right
    if start == "repeat" and isinstance(read("repeat", f"{text}, at most 2 times"), Read):
        return "How often at most is missing.", f'Write, for example:  {entry.key} = "{text}, at most 2 times"'
    if entry.key == "stop-when" and _ANSWER.search(text):
        return "An answer ends the repeating by itself.", "Take this line out: it is not needed."
    if start == "condition" and not after:
        who = re.sub(r"^(they|the person|somebody|people|everyone) (?!already)", "", rest.lower())
        stands = read("audience", f"everyone invited who {who}")
        right = str(stands.value) if isinstance(stands, Read) else stands.right
        if right:
            return f'"{rest}" says how somebody stands to the meeting.', f'That is said under to:  to = "{right}"'
    return None


_MONTHS = {name: number for number, names in enumerate((
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep",
    "october oct", "november nov", "december dec",
), 1) for name in names.split()}  # fmt: skip
_MONTH_DAY = re.compile(
    r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?|(\d{1,2})(?:st|nd|rd|th|\.)?(?: of)? ([a-z]{3,9})\.?(?:,? (\d{4}))?"
)
_DIGITS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\b")


def _dated(key: str, rest: str) -> tuple[str, str]:
    """Sentence and remedy for a date that is not written as year-month-day."""
    told = f'I do not understand the date "{rest}". A date is written year-month-day, with a time.'
    words = rest.lower()
    if found := _DIGITS.match(words):
        one, two, year = int(found[1]), int(found[3]), int(found[4]) % 100 + 2000
        days = (
            {_day(year, one, two)} if found[2] != "." else set()
        )  # 3.12. is the third of December wherever dots are written
        rights = sorted(d for d in days | {_day(year, two, one)} if d)
    elif (found := _MONTH_DAY.match(words)) and (found[1] or found[5]) in _MONTHS:
        year = int(found[3] or found[6] or 0)
        rights = [d for d in [_day(year or 1, _MONTHS[found[1] or found[5]], int(found[2] or found[4]))] if year and d]
    else:
        rights = []
    found = re.search(r"\bat (\d{1,2})(?:[:.](\d{2}))?\s?([ap]m)?", words)
    hour = int(found[1]) % 12 + 12 * (found[3] == "pm") if found and found[3] else int(found[1]) if found else 9
    at = f"{hour:02}:{found[2] if found and found[2] else '00'}"
    shown = rights or ["2026-03-02"]
    start = "Write:  " if rights else "Write, for example:  "
    return told, start + "   or   ".join(f'{key} = "on {d} at {at}"' for d in shown)


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


_MEANING = {
    "audience": '"or"',
    "attachment": '"and"',
    "when": '"or"',
    "condition": '"and" under only-if, "or" under unless and stop-when',
}


def _plainly(start: str, text: str, own: tuple[OwnGroup, ...]) -> str:
    """*text* as it should be written; empty where it cannot be read, or only with a guess."""
    found = read(start, text, own)
    if isinstance(found, Read):
        return str(found.value)
    return found.right if all(s.loose for s in found.slips) else ""


def _as_list(entry: Entry, text: str, rest: str, own: tuple[OwnGroup, ...], start: str) -> tuple[str, str] | None:
    """Sentence and remedy where several things stand in one text."""
    if start not in _MEANING or not re.match(r"(or|and|but|,|;)(?!\w)", rest):
        return None
    pieces = [p for p in re.split(r"\s*(?:,|;|\bor\b|\band\b|\bbut\b)\s*", " ".join(text.split())) if p]
    told = f"One text holds one thing. Several make a list, which means {_MEANING[start]}."
    # "public partners and support partners who have not been invited": so are both
    *before, last = pieces
    _, who, states = last.partition(" who ")
    if start == "audience" and who and not any(" who " in p for p in before):
        pieces = [*(f"{p} who {states}" for p in before), last]
    # "everyone who said yes or maybe", "meeting moved or cancelled": the later pieces go on from the head of the first
    words = pieces[0].split(" ")
    heads = ["", *(" ".join(words[:n]) + " " for n in range(len(words) - 1, 0, -1))]
    clock = re.search(r" at \S+$", last) if start == "when" and not any(" at " in p for p in before) else None
    right = []
    for piece in pieces:
        tails = [clock[0], ""] if clock and piece != last else [""]
        found = next((f for head in heads for tail in tails if (f := _plainly(start, head + piece + tail, own))), "")
        if not found:
            return told, f'Write:  {entry.key} = ["…", "…"]'
        right.append(f'"{found}"')
    return told, f"Write:  {entry.key} = [{', '.join(right)}]"


def _shown(text: str, names: list[str]) -> str:
    for index, name in enumerate(names):
        text = text.replace(f"§{index}", name)
    return text


def _any_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


_EXAMPLES = {
    "when": '"6 weeks before meeting start at 09:00", "1 business day after invitation at 10:00", "on 2026-03-02 at 09:00" or "reply is yes"',
    "audience": '"businesses who have not been invited"',
    "condition": '"meeting starts within 2 business days"',
    "repeat": '"every 3 business days, at most 2 times"',
    "between": '"08:30-16:30" or "any time"',
    "duration": '"1 day"',
    "do": '"draft a meeting, 10 weeks to 14 weeks from now"',
    "signer": '"their champion"; where there is none, the lead champion signs',
    "attachment": '"calendar invitation"',
    "if_late": '"send if the meeting is at least 3 business days away"',
}


_ROUND = '"every Monday at 08:00", "every business day at 08:00" or "every month on the first business day at 10:00"'


def _example(start: str, key: str, after: str = "") -> str:
    """A right line to go by; where a condition has begun, the rest of that condition."""
    begun = next(
        (
            w.text
            for w in of_kind(Kind.CONDITION)
            if after and any(parts(s)[0] in after for s in (w.text, *w.also, *w.loose))
        ),
        None,
    )
    if start == "condition" and begun is not None:
        return f'Write, for example:  {key} = "{begun.replace("N", "3 business days", 1)}"'
    if start == "when" and after.startswith("every"):
        return f"Write, for example:  {key} = {_ROUND}"
    return f"Write, for example:  {key} = {_EXAMPLES[start]}" if start in _EXAMPLES else ""
