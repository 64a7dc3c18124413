"""The sections of one rule file → its rules.

Reads ``[about]`` and ``[timing]`` first, because every rule of the file stands on them; then each rule, and what only the whole of
a rule shows: parts that are missing, and parts that do not go together.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from mailer.decide.phrases import Read, read
from mailer.decide.rule import (
    AT_LARGE_KINDS,
    Anchor,
    Audience,
    Duration,
    Offset,
    OwnGroup,
    Rule,
    Signer,
    Timing,
    When,
    digest_of,
)
from mailer.decide.rulefile import FOLLOW, RESERVED, Entry, Section
from mailer.decide.sense import check_sense
from mailer.decide.vocabulary import Kind, Word, known, of_kind
from mailer.decide.wording import EntryReader
from mailer.decide.workdays import calendar_of, region_named
from mailer.errors import Problem
from mailer.terms import RuleId

ALL_MEETINGS = "all meetings"


def kind_of_meetings(text: str) -> str:
    """The one form in which kinds of meetings are compared: "Launch meeting" is "launch meetings"."""
    words = " ".join(text.lower().split())
    if words in ("the partnership", "partnership", "the whole partnership"):
        return "the partnership"
    return words if words.endswith("s") else f"{words}s"


@dataclass(slots=True)
class FileReader:
    """Reads the sections of one file."""

    file: str
    own: tuple[OwnGroup, ...]
    letters: Collection[str]
    default_zone: str
    problems: list[Problem]
    promise: Duration | None = None
    """How soon the title says that the summary goes out."""

    def rules(self, sections: list[Section], seen: dict[str, tuple[str, int]]) -> Iterator[Rule]:
        about = next((s for s in sections if s.name == "about"), None)
        timing_section = next((s for s in sections if s.name == "timing"), None)
        serves, owner = self._about(about)
        timing = self._timing(timing_section)
        for section in sections:
            if section.name in RESERVED:
                continue
            rule_like = any(e.key in ("when", "send", "to") for e in section.entries)
            if not rule_like and (alike := get_close_matches(section.name, RESERVED, cutoff=0.8)):
                self._tell(section, f"I do not know the heading [{section.name}]. Did you mean [{alike[0]}]?")
                continue
            if section.name.startswith("service-"):
                self._tell(section, 'Headings that begin with "service-" are kept for the service itself.')
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

    def _warn(self, section: Section, sentence: str, remedy: str) -> None:
        self.problems.append(
            Problem(self.file, section.line, sentence, f"[{section.name}]", section.typed, remedy, warning=True)
        )

    def _reader(self, section: Section, entry: Entry) -> EntryReader:
        return EntryReader(self.file, f"[{section.name}]", entry, self.own, self.problems)

    def _known_keys(self, section: Section, kind: Kind) -> Iterator[tuple[str, EntryReader]]:
        """The entries of *section* whose keys are known and work; the others are told."""
        words = {w.text: w for w in of_kind(kind)}
        for entry in section.entries:
            reader = self._reader(section, entry)
            found: Word | None = words.get(entry.key)
            if found is None:
                self._unknown_key(section, reader, kind, list(words))
            else:
                yield entry.key, reader

    def _unknown_key(self, section: Section, reader: EntryReader, kind: Kind, words: list[str]) -> None:
        key = reader.entry.key
        plain = key.lower().replace("_", "-")
        if kind is Kind.KEY:
            for other, heading in ((Kind.ABOUT_KEY, "about"), (Kind.TIMING_KEY, "timing")):
                if any(plain == w.text for w in of_kind(other)):
                    reader.problem(
                        f'"{key}" belongs under [{heading}].', "Put the line there: it is for the whole file."
                    )
                    return
        elif any(plain == w.text for w in of_kind(Kind.KEY)):
            reader.problem(
                f'"{key}" belongs under the heading of a rule, not under [{section.name}].',
                "Put a heading above it, such as [remind-1].",
            )
            return
        if kind is Kind.KEY and plain in _OF_THE_LETTER:
            reader.problem(f'"{key}" is no key: {_OF_THE_LETTER[plain]}', "Take this line out.")
            return
        alike = self._meant(key, words)
        meant = f' Did you mean "{alike}"?' if alike else ""
        reader.problem(f'I do not know the key "{key}".{meant}', f"{kind.plural.capitalize()} I know: {known(kind)}")

    @staticmethod
    def _meant(key: str, words: Sequence[str] = tuple(w.text for w in of_kind(Kind.KEY))) -> str:
        """The key that *key* probably stands for; empty where that cannot be told."""
        plain = key.lower().replace("_", "-")
        return next(iter(get_close_matches(_SYNONYMS.get(plain, plain), words, n=1, cutoff=0.6)), "")

    def _about(self, section: Section | None) -> tuple[tuple[str, ...], str]:
        serves: tuple[str, ...] = (ALL_MEETINGS,)
        owner = ""
        if section is None:
            return serves, owner
        for key, reader in self._known_keys(section, Kind.ABOUT_KEY):
            match key:
                case "serves":
                    serves = tuple(map(kind_of_meetings, reader.texts())) or serves
                    if ALL_MEETINGS in serves and AT_LARGE_KINDS.isdisjoint(serves) and len(serves) > 1:
                        reader.problem(
                            f'"{ALL_MEETINGS}" holds the others already.',
                            f'Write:  serves = "{ALL_MEETINGS}"',
                            warning=True,
                        )
                case "owner":
                    for text in reader.texts(one=True):
                        if not _is_address(text):
                            reader.problem(
                                f'"{text}" is not an e-mail address.',
                                'Write, for example:  owner = "dana@northwdb.example"',
                            )
                        owner = text.strip()
                case _:
                    for text in reader.texts(one=True):
                        self.promise = _promised(text)
        return serves, owner

    def _timing(self, section: Section | None) -> Timing:
        timing = Timing(self.default_zone)
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
                            meant = region_named(text)
                            reader.problem(
                                f'I do not know the holidays of "{text}".'
                                + (f' Did you mean "{meant}"?' if meant else ""),
                                'Write a country, or a country and its region, such as "US federal", "US-IL" or "Germany".',
                            )
                    timing = replace(timing, holidays=tuple(names))
                case "gap-per-person":
                    for value in reader.phrases("duration", one=True):
                        timing = replace(timing, gap=value)
                case "most-per-minute" | "most-per-day":
                    if (most := reader.number()) is not None:
                        minute = key == "most-per-minute"
                        timing = replace(timing, most_per_minute=most) if minute else replace(timing, most_per_day=most)
                case _:
                    timing = self._window(timing, key, reader)
        if timing.most_per_minute and timing.most_per_day and timing.most_per_minute > timing.most_per_day:
            told = f"{timing.most_per_minute} a minute is more than {timing.most_per_day} a day."
            self._warn(section, told, "Take the line most-per-minute out, or allow more a day.")
        return timing

    def _window(self, timing: Timing, key: str, reader: EntryReader) -> Timing:
        for value in reader.phrases("between" if key == "send-between" else "send_on", one=True):
            field = {"between": value} if key == "send-between" else {"business_days_only": value == "business days"}
            timing = replace(timing, **field)
        return timing

    def _rule(self, section: Section, serves: tuple[str, ...], owner: str, timing: Timing) -> Rule | None:
        before = len(self.problems)
        found: dict[str, Any] = {}
        lines = []
        readers: dict[str, EntryReader] = {}
        for key, reader in self._known_keys(section, Kind.KEY):
            lines.append((key, reader.entry.line))
            readers[key] = reader
            match key:
                case "send-between" | "send-on":
                    timing = self._window(timing, key, reader)
                case "hold":
                    said = list(reader.phrases("hold", one=True))
                    found[key] = [v != "no" for v in said]
                    found["asks-signer"] = [v == "ask the signer first" for v in said]
                case "send":
                    found[key] = reader.texts(one=True)
                    for text in found[key]:
                        self._letter(reader, text)
                case "note":
                    found[key] = reader.texts(one=True)
                case _:
                    start, single = _READ_AS[key]
                    found[key] = reader.phrases(start, one=single)
        typed = {e.key for e in section.entries} | section.broken
        present = typed | {self._meant(key) for key in typed - readers.keys()}
        for key, question in (
            ("when", "what starts the rule"),
            ("to", "who gets the mail"),
            ("send", "which letter goes out"),
        ):
            if key not in present:
                self._tell(section, f'"{key}" is missing: {question}.', _missing(key))
        whens: list[When] = found.get("when", [])
        to: list[Audience] = found.get("to", [])
        if whens and (len(self.problems) == before or all(p.warning for p in self.problems[before:])):
            check_sense(readers, whens, to, found, timing, serves)
        if section.broken or any(not p.warning for p in self.problems[before:]):
            return None

        def only(key: str, default: Any) -> Any:
            return found[key][0] if found.get(key) else default

        self._keeps_promise(readers, whens, found)
        if only("asks-signer", False) and only("on-behalf-of", None) in (None, Signer.CONVENER):
            told = "You sign this letter yourself, so there is nobody else to ask."
            readers["hold"].problem(told, 'Write:  hold = "ask me first"', warning=True)
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
            asks_signer=only("asks-signer", False),
            repeat=only("repeat", None),
            stop_when=tuple(found.get("stop-when", ())),
            if_late=only("if-late", None),
            bundle=only("bundle", None),
            do=only("do", None),
            lines=tuple(lines),
        )
        return replace(rule, digest=digest_of(rule))

    def _keeps_promise(self, readers: dict[str, EntryReader], whens: list[When], found: dict[str, list[Any]]) -> None:
        """Is what has to do with the summary in time for what the title promises?"""
        conditions = (*found.get("only-if", ()), *found.get("unless", ()))
        about = [*map(str, conditions), *found.get("attach", ()), *found.get("send", ())]
        if self.promise is None or not any("summary" in text for text in about):
            return
        for when in whens:
            late = isinstance(when, Offset) and not when.before and when.anchor is Anchor.MEETING_END
            if late and when.duration.days > self.promise.days:  # type: ignore[union-attr]
                told = f'"{when}" is later than the {_in_words(self.promise)} you promised in [about].'
                readers["when"].problem(told, "Let it come earlier, while there is still time.", warning=True)

    def _letter(self, reader: EntryReader, text: str) -> None:
        if text in self.letters:
            return
        stem = text.rsplit("/", 1)[-1].split(".")[0]
        alike = [stem] if stem in self.letters else get_close_matches(text, sorted(self.letters), n=1, cutoff=0.6)
        meant = f' Did you mean "{alike[0]}"?' if alike else ""
        listed = ", ".join(sorted(self.letters)) or "none"
        reader.problem(f'There is no letter "{text}".{meant}', f"Letters there are: {listed}")


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
    "bundle": ("bundle", True),
    "do": ("do", True),
}
_SYNONYMS = {
    "template": "send",
    "letter": "send",
    "mail": "send",
    "who": "to",
    "recipients": "to",
    "audience": "to",
    "to-whom": "to",
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


_OF_THE_LETTER = {
    "subject": "the subject stands in the first line of the letter.",
    "language": "the letter goes out in the language of each person.",
    "cc": "each person gets a mail of their own. Name all of them under to.",
    "bcc": "each person gets a mail of their own. Name all of them under to.",
    "reply-to": "answers always come to the mailbox of the service.",
}


def _promised(title: str) -> Duration | None:
    """ "Summary within one week" promises a week."""
    found = re.search(r"\bwithin\s+(\w+\s+(?:business\s+)?(?:days?|weeks?|months?))\b", title, re.IGNORECASE)
    phrase = read("duration", found[1]) if found else None
    return phrase.value if isinstance(phrase, Read) else None


def _in_words(length: Duration) -> str:
    return f"one {length.unit}" if length.count == 1 else str(length)


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


_USUAL_ZONES = {
    **dict.fromkeys(("eastern", "est", "edt", "et"), "America/New_York"),
    **dict.fromkeys(("central", "cst", "cdt", "ct"), "America/Chicago"),
    **dict.fromkeys(("mountain", "mst", "mdt", "mt"), "America/Denver"),
    **dict.fromkeys(("pacific", "pst", "pdt", "pt"), "America/Los_Angeles"),
}


def _zones_like(text: str) -> str:
    zones = sorted(
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )
    first = text.lower().split(" ")[0].split("/")[-1]
    if first in _USUAL_ZONES:
        return _USUAL_ZONES[first]
    plain = text.lower().replace(" ", "_")
    by_city = {z.rsplit("/", 1)[-1].lower(): z for z in zones}
    if plain.rsplit("/", 1)[-1] in by_city:
        return by_city[plain.rsplit("/", 1)[-1]]
    lower = {z.lower(): z for z in zones}
    found = get_close_matches(plain, list(lower), n=1, cutoff=0.75)
    return lower[found[0]] if found else ""
