"""Reading the value of one entry, and saying what is wrong with it.

The style: what is wrong in one sentence, with the words as typed; then the nearest right text. Never a word of programmers.
"""

from dataclasses import dataclass, field
from typing import Any

from mailer.decide.phrases import Misread, Slip, read
from mailer.decide.rule import OwnGroup
from mailer.decide.rulefile import FOLLOW, Entry
from mailer.decide.vocabulary import Kind, known
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

    def phrases(self, start: str, *, one: bool = False) -> list[Any]:
        """The value as phrases of the kind *start*; what cannot be read is told and left out."""
        values, later = [], []
        for text in self.texts(one=one):
            found = read(start, text, self.own if start == "audience" else ())
            if isinstance(found, Misread):
                self.problem(*_worded(self.entry, text, found, self.own, start))
            elif found.later:
                # A word with a place for a number is shown as the phrase that fills it.
                later += [found.value if w.text != w.text.lower() else w.text for w in found.later]
            else:
                values.append(found.value)
        if later:
            self.problem(*not_yet(", ".join(f'"{w}"' for w in later)))
        return values


def not_yet(names: str) -> tuple[str, str]:
    return (
        f"I know the words {names}, but this version cannot act on them yet.",
        "Take this out, or put # before the lines of the whole rule, until a later version.",
    )


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
    sentence, remedy = _stuck(entry, text, misread, names, start)
    return sentence, remedy


def _unknown(slip: Slip) -> str:
    assert slip.kind is not None
    return f'I do not know the {slip.kind} "{slip.typed}". Did you mean "{slip.right}"?'


def _hint(misread: Misread) -> str:
    hints = [_HINTS[s.kind].format(known=known(s.kind)) for s in misread.slips if s.kind in _HINTS]
    if any(s.kind is None and ":" in s.right for s in misread.slips):
        hints.append("times are 24-hour HH:MM")
    return f"\n({'; '.join(dict.fromkeys(hints))})" if hints else ""


def _stuck(entry: Entry, text: str, misread: Misread, names: list[str], start: str) -> tuple[str, str]:
    """Sentence and remedy where no right text could be guessed."""
    rest = misread.rest
    joined = rest.split(" ")[0].strip(",;")
    if start in ("audience", "when", "condition") and (
        (joined in ("or", "and", "but", "") and rest) or rest.startswith(",")
    ):
        listed = ", ".join(f'"{p}"' for p in _pieces(text))
        if len(_pieces(text)) > 1:
            meaning = {
                "audience": "or",
                "when": "or",
                "condition": '"and" under only-if, "or" under unless and stop-when',
            }[start]
            return (
                f"One text holds one thing. Several make a list (it means {meaning}).",
                f"Write:  {entry.key} = [{listed}]",
            )
    if not misread.after:
        typed = f'"{rest}"' if rest else "this"
        kinds = [k for k in misread.wanted if k is not Kind.UNIT]
        if len(kinds) == 1 and rest:
            head = rest.split(" who ")[0].split(" that ")[0]
            return f'I do not know the {kinds[0]} "{head}".', _list(kinds[0], names)
        return f"I do not understand {typed}.", _example(start, entry.key)
    expected = [k.value if k is not Kind.UNIT else "a unit of time" for k in misread.wanted]
    expected += [
        t
        if t in ("a number", "HH:MM", "an address") or t.startswith(("a date", "a day", "month", "first"))
        else f'"{t}"'
        for t in misread.texts
        if t
    ]
    expected = list(dict.fromkeys(expected))
    then = f" There I expect {_any_of(expected)}." if expected else ""
    if not rest:
        return f'Something is missing after "{_shown(misread.after, names)}".{then}', _lists(
            misread, names
        ) or _example(start, entry.key)
    after = _shown(misread.after, names)
    return f'I do not understand "{rest}" after "{after}".{then}', _lists(misread, names) or _example(start, entry.key)


def _shown(text: str, names: list[str]) -> str:
    for index, name in enumerate(names):
        text = text.replace(f"§{index}", name)
    return text


def _pieces(text: str) -> list[str]:
    """*text* cut at its commas, and its words "or" and "and"."""
    words = text.replace(",", " , ").split()
    pieces: list[list[str]] = [[]]
    for w in words:
        if w.lower() in (",", "or", "and", "but"):
            pieces.append([])
        else:
            pieces[-1].append(w)
    return [" ".join(p) for p in pieces if p]


def _any_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _lists(misread: Misread, names: list[str]) -> str:
    kinds = [k for k in misread.wanted if k is not Kind.UNIT]
    return "\n".join(_list(k, names) for k in kinds)


def _list(kind: Kind, names: list[str]) -> str:
    own = names if kind is Kind.GROUP else ()
    return f"{kind.plural.capitalize()} I know: {known(kind, own)} (type: convener words)"


_EXAMPLES = {
    "when": '"6 weeks before meeting start at 09:00", "1 business day after invitation at 10:00", "on 2026-03-02 at 09:00" or "reply is yes"',
    "audience": '"businesses who have not been invited"',
    "condition": '"meeting starts within 2 business days"',
    "repeat": '"every 3 business days, at most 2 times"',
    "between": '"08:30-16:30" or "any time"',
    "duration": '"1 day"',
    "do": '"draft a meeting, 10 weeks to 14 weeks from now"',
}


def _example(start: str, key: str) -> str:
    return f"Write, for example:  {key} = {_EXAMPLES[start]}" if start in _EXAMPLES else ""
