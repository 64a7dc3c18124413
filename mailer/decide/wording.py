"""Reading the value of one entry, and saying what is wrong with it.

The style: what is wrong in one sentence, with the words as typed; then the nearest right text. Never a word of programmers.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from mailer.decide.grammar import parts
from mailer.decide.phrases import Misread, Read, Slip, read
from mailer.decide.rule import OwnGroup
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
            self.problem(f'"{key}" takes one text, not a list.', f'Write:  {key} = "{texts[0] if texts else "…"}"')
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
    expected += [t if t[:2] in ("a ", "an") or t == "HH:MM" else f'"{t}"' for t in misread.texts if t]
    then = f" There I expect {_any_of(list(dict.fromkeys(expected)))}." if expected else ""
    what = f'I do not understand "{rest}" after "{after}".' if rest else f'Something is missing after "{after}".'
    return f"{what}{then}", lists or _example(start, entry.key, after)


_MEANING = {"audience": '"or"', "when": '"or"', "condition": '"and" under only-if, "or" under unless and stop-when'}


def _as_list(entry: Entry, text: str, rest: str, own: tuple[OwnGroup, ...], start: str) -> tuple[str, str] | None:
    """Sentence and remedy where several things stand in one text."""
    if start not in _MEANING or not re.match(r"(or|and|but|,|;)(?!\w)", rest):
        return None
    pieces = [p for p in re.split(r"\s*(?:,|;|\bor\b|\band\b|\bbut\b)\s*", " ".join(text.split())) if p]
    told = f"One text holds one thing. Several make a list, which means {_MEANING[start]}."
    # "everyone who said yes or said maybe": the later pieces go on from the head of the first.
    head = re.match(r".* who |reply is ", pieces[0]) if pieces else None
    right = []
    for piece in pieces:
        found = next(
            (f for t in (piece, (head[0] if head else "") + piece) if isinstance(f := read(start, t, own), Read)), None
        )
        if found is None:
            return told, f'Write:  {entry.key} = ["…", "…"]'
        right.append(f'"{found.value}"')
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
}


_ROUND = '"every Monday at 08:00", "every business day at 08:00" or "every month on the first business day at 10:00"'


def _example(start: str, key: str, after: str = "") -> str:
    """A right line to go by; where a condition has begun, the rest of that condition."""
    begun = next((w.text for w in of_kind(Kind.CONDITION) if after and parts(w.text)[0] in after), None)
    if start == "condition" and begun is not None:
        return f'Write, for example:  {key} = "{begun.replace("N", "3 business days", 1)}"'
    if start == "when" and after.startswith("every"):
        return f"Write, for example:  {key} = {_ROUND}"
    return f"Write, for example:  {key} = {_EXAMPLES[start]}" if start in _EXAMPLES else ""
