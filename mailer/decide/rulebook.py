"""Rule files → a `RuleBook`: every phrase read, every mistake of every file told at once.

Promises: pure; nothing is raised for what a person wrote. A rule with a mistake is not in the book; whether a book with problems
comes into force is the caller's business ("a broken file changes nothing").
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mailer.decide.rule import Audience, Group, OwnGroup, Rule
from mailer.decide.rulefile import Section, read_file
from mailer.decide.sections import ALL_MEETINGS, RESERVED, FileReader, kind_of_meetings
from mailer.decide.vocabulary import Kind, of_kind
from mailer.decide.wording import EntryReader
from mailer.errors import Problem
from mailer.partnership.meetings import Meeting
from mailer.terms import RuleId


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a partnership."""

    rules: tuple[Rule, ...] = ()

    def serving(self, meeting: Meeting) -> tuple[Rule, ...]:
        """The rules that are about *meeting*."""
        kind = kind_of_meetings(meeting.kind)
        return tuple(r for r in self.rules if ALL_MEETINGS in r.serves or kind in r.serves)

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
        if not mistakes and not any(s.name not in RESERVED for s in read_sections):
            problems.append(Problem(name, 0, "There is no rule in this file.", warning=True))
    own = _own_groups(sections, problems)
    rules: list[Rule] = []
    seen: dict[str, tuple[str, int]] = {}
    for name in sorted(files):
        reader = FileReader(name, own, letters, default_zone, problems)
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
            reader = EntryReader(file, "[groups]", entry, tuple(groups), problems)
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
