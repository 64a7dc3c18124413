"""Rule files → a `RuleBook`: every phrase read, every mistake of every file told at once.

Promises: pure; nothing is raised for what a person wrote. A rule with a mistake is not in the book; whether a book with problems
comes into force is the caller's business ("a broken file changes nothing").
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mailer.decide.rule import Anchor, Audience, Fixed, Group, Offset, OwnGroup, Rule
from mailer.decide.rulefile import RESERVED, Section, read_file
from mailer.decide.sections import ALL_MEETINGS, FileReader, kind_of_meetings
from mailer.decide.snapshot import HappeningKind
from mailer.decide.vocabulary import Kind, of_kind
from mailer.decide.wording import EntryReader
from mailer.errors import Problem
from mailer.partnership.meetings import Meeting
from mailer.terms import RuleId

_ANYWHERE = frozenset({HappeningKind.MAIL_BOUNCES})
"""What also happens to mail that is about no meeting."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a partnership."""

    rules: tuple[Rule, ...] = ()
    _by_kind: dict[str | None, tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `serving` found: it is asked for every mail."""

    def serving(self, meeting: Meeting) -> tuple[Rule, ...]:
        """The rules that are about *meeting*; for the partnership at large those about no single meeting."""
        kind = None if meeting.standing else meeting.kind
        if kind not in self._by_kind:
            self._by_kind[kind] = tuple(self._serving(kind))
        return self._by_kind[kind]

    def _serving(self, kind: str | None) -> Iterator[Rule]:
        if kind is None:
            return (r for r in self.rules if r.at_large or (ALL_MEETINGS in r.serves and r.happens & _ANYWHERE))
        plural = kind_of_meetings(kind)
        return (r for r in self.rules if not r.at_large and (ALL_MEETINGS in r.serves or plural in r.serves))

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
            if (one := next((a for a in rest if a.group in _NEEDS_SOMEBODY), None)) is not None:
                reader.problem(
                    f'Groups of your own cannot hold "{one.group}": who that is changes from mail to mail.',
                    "Name it in the rule, beside your group.",
                )
            groups.append(OwnGroup(name, people, rest))
    return tuple(groups)


_NEEDS_SOMEBODY = frozenset(
    {Group.THEIR_CHAMPION, Group.WHO_REPLIED, Group.DELEGATE, Group.ITEM_OWNER, Group.ACTION_TEAM_LEAD}
)


def _second_thoughts(rules: list[Rule]) -> Iterator[Problem]:
    """Warnings about rules that are right by themselves and odd together, or odd for what they serve."""
    earlier: dict[tuple[object, ...], Rule] = {}
    invitations = [(r, _days_before(r)) for r in rules if r.for_uninvited]
    for rule in rules:
        key = (rule.serves, rule.letter, rule.whens, frozenset(rule.to))
        if (twin := earlier.setdefault(key, rule)) is not rule:
            told = f"It sends the same letter to the same people at the same time as [{twin.id}] ({twin.file}, line {twin.line})."
            yield _warning(rule, "", f"{told} They get it twice.", "Take one of the two out.")
        for other in (o for o, _ in invitations if o is not rule and o.line < rule.line and o.file == rule.file):
            if rule.for_uninvited and _meet(rule, other) and (both := _overlap(rule, other)):
                yield _warning(
                    rule,
                    "to",
                    f'Whoever is in "{both[1]}" and in "{both[0]}" gets the letter of [{other.id}] only, which comes first.',
                    "That may be right; then leave it.",
                )
        dates = [w for w in rule.whens if isinstance(w, Fixed)]
        if dates and ALL_MEETINGS in rule.serves:
            yield _warning(
                rule,
                "when",
                f'The file serves all meetings, so "{dates[0]}" holds for each of them.',
                'Name a kind of meeting under [about], such as:  serves = "launch meetings"',
            )
        if rule.chases and (invites := _too_early(rule, invitations)) is not None:
            yield _warning(
                rule,
                "when",
                f"At that time nobody has been invited yet: [{invites.id}] ({invites.file}, line {invites.line}) comes no earlier.",
                "Let the reminder come later, or the invitation earlier.",
            )


_KINDS = frozenset({Group.BUSINESSES, Group.PUBLIC_PARTNERS, Group.SUPPORT_PARTNERS})
"""Everybody is in one of these and in no other."""


def _overlap(one: Rule, other: Rule) -> tuple[str, str] | None:
    """A group of each that may share people, where both invite."""
    for mine in one.to:
        for theirs in other.to:
            if mine.group == theirs.group and one.letter == other.letter:
                continue
            if mine.group == theirs.group or not {mine.group, theirs.group} <= _KINDS:
                return str(mine.group), str(theirs.group)
    return None


def _warning(rule: Rule, key: str, sentence: str, remedy: str) -> Problem:
    values = rule.to if key == "to" else rule.whens
    typed = f"{key} = {', '.join(f'{chr(34)}{w}{chr(34)}' for w in values)}" if key else f"[{rule.id}]"
    return Problem(rule.file, rule.line_of(key), sentence, f"[{rule.id}]", typed, remedy, warning=True)


def _too_early(chase: Rule, invites: list[tuple[Rule, float | None]]) -> Rule | None:
    """The first invitation of the same meetings, if the reminder *chase* falls no later (all count back from the meeting)."""
    days = _days_before(chase)
    same = [(r, before) for r, before in invites if _meet(r, chase)] if days is not None else []
    if days is None or not same or any(before is None or before > days for _, before in same):
        return None
    return max(same, key=lambda pair: pair[1] or 0)[0]


def _meet(one: Rule, other: Rule) -> bool:
    """Do two rules serve the same meetings?"""
    return ALL_MEETINGS in (*one.serves, *other.serves) or bool(set(one.serves) & set(other.serves))


def _days_before(rule: Rule) -> float | None:
    """How many days before the meeting a rule falls, about; None where it does not count back from the meeting."""
    days = [
        w.duration.days for w in rule.whens if isinstance(w, Offset) and w.before and w.anchor is Anchor.MEETING_START
    ]
    return max(days) if days and len(days) == len(rule.whens) else None
