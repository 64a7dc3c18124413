"""Rule files → a `RuleBook`: every phrase read, every mistake of every file told at once.

Promises: pure; nothing is raised for what a person wrote. A rule with a mistake is not in the book; whether a book with problems
comes into force is the caller's business ("a broken file changes nothing").
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from mailer.decide.phrases import Misread, Read, Slip, read
from mailer.decide.rule import (
    Audience,
    Fixed,
    Group,
    Happens,
    Offset,
    OwnGroup,
    Rule,
    Timing,
    When,
    states_of,
)
from mailer.decide.rulefile import FOLLOW, Entry, Section, read_file
from mailer.decide.snapshot import HappeningKind
from mailer.decide.vocabulary import Kind, Word, known, of_kind
from mailer.decide.workdays import calendar_of
from mailer.errors import Problem
from mailer.partnership.meetings import Meeting
from mailer.terms import RuleId

_RESERVED = ("about", "timing", "groups")
_LONGEST_TEXT = 300  # characters of one phrase; a longer one is a letter that lost its way
_MOST_PARTS = 50  # of one list
_ALL_MEETINGS = "all meetings"


def _serves(text: str) -> str:
    """The one form in which kinds of meetings are compared: "Launch meeting" is "launch meetings"."""
    words = " ".join(text.lower().split())
    return words if words.endswith("s") else f"{words}s"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a partnership."""

    rules: tuple[Rule, ...] = ()

    def serving(self, meeting: Meeting) -> tuple[Rule, ...]:
        """The rules that are about *meeting*."""
        kind = _serves(meeting.kind)
        return tuple(r for r in self.rules if _ALL_MEETINGS in r.serves or kind in r.serves)

    def rule(self, id_: RuleId) -> Rule | None:
        """The rule whose heading is *id_*."""
        return next((r for r in self.rules if r.id == id_), None)


def read_rules(
    files: Mapping[str, str], *, letters: Collection[str], default_zone: str
) -> tuple[RuleBook, tuple[Problem, ...]]:
    """Read *files* (name → text). *letters*: the letters there are; *default_zone*: the zone of files that name none."""
    problems: list[Problem] = []
    sections: list[tuple[str, Section]] = []
    broken: set[str] = set()
    for name in sorted(files):
        read_sections, mistakes = read_file(name, files[name])
        problems += mistakes
        if mistakes:
            broken.add(name)
        sections += [(name, s) for s in read_sections]
        if not mistakes and not any(s.name not in _RESERVED for s in read_sections):
            problems.append(Problem(name, 0, "There is no rule in this file.", warning=True))
    own = _own_groups(sections, problems)
    rules: list[Rule] = []
    seen: dict[str, tuple[str, int]] = {}
    for name in sorted(files):
        reader = _FileReader(name, own, letters, default_zone, problems)
        rules += reader.rules([s for file, s in sections if file == name], seen)
    bad = broken | {p.where for p in problems if not p.warning}
    problems += _second_thoughts([r for r in rules if r.file not in bad])
    return RuleBook(tuple(rules)), tuple(sorted(problems, key=lambda p: (p.where, p.line)))


def _own_groups(sections: list[tuple[str, Section]], problems: list[Problem]) -> tuple[OwnGroup, ...]:
    """The groups of every ``[groups]``. A name may be used in any file, and in groups that stand below it."""
    groups: list[OwnGroup] = []
    places: dict[str, tuple[str, int]] = {}
    for file, section in sections:
        if section.name != "groups":
            continue
        for entry in section.entries:
            reader = _EntryReader(file, "[groups]", entry, tuple(groups), problems)
            name = " ".join(entry.key.replace("_", " ").split())
            if any(name.lower() in (w.text, *w.also) for w in of_kind(Kind.GROUP)):
                reader.problem(f'"{name}" is a group that there is already.', "Give yours another name.")
                continue
            if name.lower() in places:
                where, line = places[name.lower()]
                reader.problem(
                    f'The group "{name}" is already in {where}, line {line}.', "Give one of them another name."
                )
                continue
            places[name.lower()] = (file, entry.line)
            audiences = [a for a in reader.phrases("audience") if isinstance(a, Audience)]
            people = frozenset(str(a.group) for a in audiences if "@" in str(a.group) and not a.states)
            rest = tuple(a for a in audiences if str(a.group) not in people)
            if any(_needs_somebody(a) for a in rest):
                reader.problem('Groups of your own cannot hold "their champion" or "the person who replied".')
            groups.append(OwnGroup(name, people, rest))
    return tuple(groups)


def _needs_somebody(audience: Audience) -> bool:
    return audience.group in (Group.THEIR_CHAMPION, Group.WHO_REPLIED)


@dataclass(slots=True)
class _EntryReader:
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
        return [v for v in (self.phrase(start, t) for t in self.texts(one=one)) if v is not None]

    def phrase(self, start: str, text: str) -> Any:
        found = read(start, text, self.own if start == "audience" else ())
        if isinstance(found, Misread):
            self.problem(*_worded(self.entry, text, found, self.own, start))
            return None
        if found.later:
            names = ", ".join(f'"{w.text}"' for w in found.later)
            self.problem(*_not_yet(names))
            return None
        assert isinstance(found, Read)
        return found.value


def _not_yet(names: str) -> tuple[str, str]:
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


def _default_timing(zone: str) -> Timing:
    return Timing(zone)


@dataclass(slots=True)
class _FileReader:
    """Reads the sections of one file."""

    file: str
    own: tuple[OwnGroup, ...]
    letters: Collection[str]
    default_zone: str
    problems: list[Problem]

    def rules(self, sections: list[Section], seen: dict[str, tuple[str, int]]) -> Iterator[Rule]:
        about = next((s for s in sections if s.name == "about"), None)
        timing_section = next((s for s in sections if s.name == "timing"), None)
        serves, owner = self._about(about)
        timing = self._timing(timing_section)
        for section in sections:
            if section.name in _RESERVED:
                continue
            if alike := get_close_matches(section.name, _RESERVED, cutoff=0.8):
                if not any(e.key in ("when", "send", "to") for e in section.entries):
                    self._tell(section, f"I do not know the heading [{section.name}]. Did you mean [{alike[0]}]?")
                    continue
            if section.name in seen:
                file, line = seen[section.name]
                self._tell(
                    section,
                    f"The heading [{section.name}] is already in {file}, line {line}.",
                    f"Give this rule another name, such as [{section.name}-2].",
                )
                continue
            seen[section.name] = (self.file, section.line)
            if (rule := self._rule(section, serves, owner, timing)) is not None:
                yield rule

    def _tell(self, section: Section, sentence: str, remedy: str = "") -> None:
        self.problems.append(
            Problem(self.file, section.line, sentence, f"[{section.name}]", section.typed, remedy, FOLLOW)
        )

    def _reader(self, section: Section, entry: Entry) -> _EntryReader:
        return _EntryReader(self.file, f"[{section.name}]", entry, self.own, self.problems)

    def _known_keys(self, section: Section, kind: Kind) -> Iterator[tuple[str, _EntryReader]]:
        """The entries of *section* whose keys are known and work; the others are told."""
        words = {w.text: w for w in of_kind(kind)}
        for entry in section.entries:
            reader = self._reader(section, entry)
            found: Word | None = words.get(entry.key)
            if found is None:
                self._unknown_key(section, reader, kind, list(words))
            elif not found.ready:
                if entry.key == "bundle":
                    reader.phrases("bundle", one=True)
                elif entry.key == "do":
                    reader.phrases("do", one=True)
                if not reader.failed:
                    reader.problem(*_not_yet(f'"{entry.key}"'))
            else:
                yield entry.key, reader

    def _unknown_key(self, section: Section, reader: _EntryReader, kind: Kind, words: list[str]) -> None:
        key = reader.entry.key
        plain = key.lower().replace("_", "-")
        if alike := get_close_matches(_SYNONYMS.get(plain, plain), words, n=1, cutoff=0.6):
            reader.problem(
                f'I do not know the key "{key}". Did you mean "{alike[0]}"?',
                f"{kind.plural.capitalize()} I know: {', '.join(w for w in words)}",
            )
            return
        for other, heading in ((Kind.ABOUT_KEY, "about"), (Kind.TIMING_KEY, "timing")):
            if any(plain == w.text for w in of_kind(other)):
                reader.problem(f'"{key}" belongs under [{heading}].', "Put the line there: it is for the whole file.")
                return
        if kind is not Kind.KEY and any(plain == w.text for w in of_kind(Kind.KEY)):
            reader.problem(
                f'"{key}" belongs under the heading of a rule, not under [{section.name}].',
                "Put a heading above it, such as [remind-1].",
            )
            return
        reader.problem(
            f'I do not know the key "{key}".', f"{kind.plural.capitalize()} I know: {', '.join(w for w in words)}"
        )

    def _about(self, section: Section | None) -> tuple[tuple[str, ...], str]:
        serves: tuple[str, ...] = (_ALL_MEETINGS,)
        owner = ""
        if section is None:
            return serves, owner
        for key, reader in self._known_keys(section, Kind.ABOUT_KEY):
            match key:
                case "serves":
                    serves = tuple(map(_serves, reader.texts())) or serves
                    if any("action item" in s for s in serves):
                        reader.problem(*_not_yet('"action items"'))
                case "owner":
                    for text in reader.texts(one=True):
                        if not _is_address(text):
                            reader.problem(
                                f'"{text}" is not an e-mail address.',
                                'Write, for example:  owner = "dana@northwdb.example"',
                            )
                        owner = text.strip()
                case _:
                    reader.texts(one=True)
        return serves, owner

    def _timing(self, section: Section | None) -> Timing:
        timing = _default_timing(self.default_zone)
        if section is None:
            return timing
        for key, reader in self._known_keys(section, Kind.TIMING_KEY):
            match key:
                case "time-zone":
                    for text in reader.texts(one=True):
                        if _is_zone(text):
                            timing = replace(timing, zone=text)
                        else:
                            alike = _zones_like(text)
                            reader.problem(
                                f'I do not know the time zone "{text}".'
                                + (f' Did you mean "{alike}"?' if alike else ""),
                                'A time zone is a continent and a city, such as "America/Chicago".',
                            )
                case "holidays":
                    names = reader.texts()
                    if [n.lower() for n in names] == ["none"]:
                        names = []
                    for text in names:
                        if calendar_of(text) is None:
                            reader.problem(
                                f'I do not know the holidays of "{text}".',
                                'Write a country, or a country and its region, such as "US federal", "US-IL" or "Germany".',
                            )
                    timing = replace(timing, holidays=tuple(names))
                case "gap-per-person":
                    for value in reader.phrases("duration", one=True):
                        timing = replace(timing, gap=value)
                case _:
                    timing = self._window(timing, key, reader)
        return timing

    def _window(self, timing: Timing, key: str, reader: _EntryReader) -> Timing:
        for value in reader.phrases("between" if key == "send-between" else "send_on", one=True):
            if key == "send-between":
                timing = replace(timing, between=value)
            else:
                timing = replace(timing, business_days_only=value == "business days")
        return timing

    def _rule(self, section: Section, serves: tuple[str, ...], owner: str, timing: Timing) -> Rule | None:
        before = len(self.problems)
        found: dict[str, Any] = {}
        lines = []
        readers: dict[str, _EntryReader] = {}
        for key, reader in self._known_keys(section, Kind.KEY):
            lines.append((key, reader.entry.line))
            readers[key] = reader
            match key:
                case "send-between" | "send-on":
                    timing = self._window(timing, key, reader)
                case "hold":
                    found[key] = [v == "ask me first" for v in reader.phrases("hold", one=True)]
                case "send":
                    found[key] = reader.texts(one=True)
                    for text in found[key]:
                        self._letter(reader, text)
                case "note":
                    found[key] = reader.texts(one=True)
                case _:
                    start, single = _READ_AS[key]
                    found[key] = reader.phrases(start, one=single)
        present = {e.key for e in section.entries} | section.broken
        for key, question in (
            ("when", "what starts the rule"),
            ("to", "who gets the mail"),
            ("send", "which letter goes out"),
        ):
            if key not in present and not (key == "send" and "do" in present):
                self._tell(section, f'"{key}" is missing: {question}.', _missing(key))
        whens: list[When] = found.get("when", [])
        to: list[Audience] = found.get("to", [])
        if len(self.problems) == before or all(p.warning for p in self.problems[before:]):
            self._sense(section, readers, whens, to, found, timing)
        if section.broken or any(not p.warning for p in self.problems[before:]):
            return None

        def only(key: str, default: Any) -> Any:
            return found[key][0] if found.get(key) else default

        rule = Rule(
            id=RuleId(section.name),
            file=self.file,
            line=section.line,
            digest="",
            serves=serves,
            whens=tuple(dict.fromkeys(whens)),
            to=tuple(dict.fromkeys(to)),
            letter=only("send", ""),
            timing=timing,
            owner=owner,
            note=only("note", ""),
            only_if=tuple(found.get("only-if", ())),
            unless=tuple(found.get("unless", ())),
            attach=tuple(dict.fromkeys(found.get("attach", ()))),
            ask=only("ask", ""),
            on_behalf_of=only("on-behalf-of", None),
            hold=only("hold", False),
            repeat=only("repeat", None),
            stop_when=tuple(found.get("stop-when", ())),
            if_late=only("if-late", None),
            lines=tuple(lines),
        )
        return replace(rule, digest=_digest(rule))

    def _letter(self, reader: _EntryReader, text: str) -> None:
        if text in self.letters:
            return
        stem = text.rsplit("/", 1)[-1].split(".")[0]
        alike = [stem] if stem in self.letters else get_close_matches(text, sorted(self.letters), n=1, cutoff=0.6)
        meant = f' Did you mean "{alike[0]}"?' if alike else ""
        listed = ", ".join(sorted(self.letters)) or "none"
        reader.problem(f'There is no letter "{text}".{meant}', f"Letters there are: {listed}")

    def _sense(
        self,
        section: Section,
        readers: dict[str, _EntryReader],
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
            if audience.group is Group.THEIR_CHAMPION and (
                clocked or any(w.kind not in _ABOUT_SOMEBODY for w in happens)
            ):
                readers["to"].problem(
                    'Whose champion "their champion" is, is only known when a reply or a bounce starts the rule.',
                    'Write:  to = "champions"',
                )
            if len(states := states_of(audience)) > 1 and (clash := _clash(frozenset(states))):
                readers["to"].problem(f'Nobody can be both: "{clash[0]}" and "{clash[1]}".', "Take one of the two out.")
        if "repeat" in found and not clocked:
            readers["repeat"].problem("Only a rule with a time can repeat; this one starts with a happening.")
        if "repeat" not in found and "stop-when" in found:
            readers["stop-when"].problem(
                '"stop-when" ends a repeating, and this rule does not repeat.',
                'Add, for example:  repeat = "every 3 business days, at most 2 times"',
            )
        if "if-late" in found and not clocked:
            readers["if-late"].problem(
                "A happening is never late; this line does nothing.", "Take it out.", warning=True
            )
        for w in clocked:
            self._window_warning(readers, w, timing)
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

    def _window_warning(self, readers: dict[str, _EntryReader], when: Offset | Fixed, timing: Timing) -> None:
        opens, closes = timing.between.opens, timing.between.closes
        at: time | None = when.at
        if at is None or opens is None or closes is None or opens <= at < closes:
            return
        then = f"It waits until {opens:%H:%M}" + (" of the next day that suits." if at >= closes else ".")
        readers["when"].problem(f"{at:%H:%M} is outside {timing.between}, when mail may leave. {then}", warning=True)


_READ_AS = {
    "when": ("when", False),
    "to": ("audience", False),
    "only-if": ("condition", False),
    "unless": ("condition", False),
    "stop-when": ("condition", False),
    "attach": ("attachment", False),
    "ask": ("ask", True),
    "on-behalf-of": ("signer", True),
    "repeat": ("repeat", True),
    "if-late": ("if_late", True),
}
_SYNONYMS = {
    "template": "send",
    "letter": "send",
    "mail": "send",
    "who": "to",
    "recipients": "to",
    "audience": "to",
    "from": "on-behalf-of",
    "signed-by": "on-behalf-of",
    "attachment": "attach",
    "attachments": "attach",
    "if": "only-if",
    "condition": "only-if",
    "except": "unless",
    "not-if": "unless",
    "comment": "note",
    "remark": "note",
    "at": "when",
    "trigger": "when",
    "stop-if": "stop-when",
    "timezone": "time-zone",
    "zone": "time-zone",
    "hours": "send-between",
    "days": "send-on",
    "late": "if-late",
}
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


def _missing(key: str) -> str:
    return {
        "when": 'Add, for example:  when = "6 weeks before meeting start at 09:00"',
        "to": 'Add, for example:  to = "businesses who have not been invited"',
        "send": 'Add the name of a letter:  send = "reminder"',
    }[key]


def _is_address(text: str) -> bool:
    local, at, domain = text.strip().rpartition("@")
    return bool(local and at and "." in domain and " " not in text.strip())


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        return False
    return "/" in text or text == "UTC"


def _zones_like(text: str) -> str:
    from zoneinfo import available_timezones

    zones = sorted(
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )
    usual = {"central": "America/Chicago", "eastern": "America/New_York", "mountain": "America/Denver", "pacific": "America/Los_Angeles", "cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles"}  # fmt: skip
    first = text.lower().split(" ")[0].split("/")[-1]
    if first in usual:
        return usual[first]
    plain = text.lower().replace(" ", "_")
    by_city = {z.rsplit("/", 1)[-1].lower(): z for z in zones}
    if plain.rsplit("/", 1)[-1] in by_city:
        return by_city[plain.rsplit("/", 1)[-1]]
    lower = {z.lower(): z for z in zones}
    found = get_close_matches(plain, list(lower), n=1, cutoff=0.75)
    return lower[found[0]] if found else ""


def _digest(rule: Rule) -> str:
    """A short name for what the rule means. Where it stands, its note and its owner do not count."""
    meaning = (
        rule.serves, rule.whens, rule.to, rule.letter, rule.timing, rule.only_if, rule.unless, rule.attach, rule.ask,
        rule.on_behalf_of, rule.hold, rule.repeat, rule.stop_when, rule.if_late,
    )  # fmt: skip
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
        return _told((value.zone, value.between, value.business_days_only, value.holidays, value.gap))
    return str(value)


def _second_thoughts(rules: list[Rule]) -> Iterator[Problem]:
    """Warnings about rules that are right by themselves and odd together."""
    earlier: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        key = (rule.serves, rule.letter, rule.whens, frozenset(rule.to))
        if (twin := earlier.setdefault(key, rule)) is not rule:
            yield Problem(
                rule.file,
                rule.line,
                f"It sends the same letter to the same people at the same time as [{twin.id}] ({twin.file}, line {twin.line}). They get it twice.",
                f"[{rule.id}]",
                f"[{rule.id}]",
                "Take one of the two out.",
                warning=True,
            )
