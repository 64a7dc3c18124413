"""What a changed set of rule files would bring about: who newly gets what, which waiting mail is dropped, which rule only got another heading.

Promises: pure; both sets of rules are walked with the code that decides (`preview`). A new or changed rule never looks back, so nothing that lies
behind is ever "newly got".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from mailer.decide.preview import planned
from mailer.decide.rule import Rule
from mailer.decide.rulebook import RuleBook
from mailer.decide.snapshot import Notice, Snapshot
from mailer.terms import MeetingId, PersonId, RuleId

_ALIKE = 0.72
"""How alike two headings, or two rules, must be to ask whether they are one."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is in the books. *got*: how many people each rule has written to; *waiting*: mails not sent yet; *gone*: digests of rules that stood in a
    file not long ago."""

    got: Mapping[RuleId, int]
    waiting: tuple[Notice, ...] = ()
    gone: Mapping[RuleId, str] | None = None


@dataclass(frozen=True, slots=True)
class Renamed:
    """*new* looks like *old*, which *already* people got. *same*: word for word, but for the heading."""

    old: RuleId
    new: RuleId
    already: int
    same: bool

    def __str__(self) -> str:
        people = "1 person" if self.already == 1 else f"{self.already} people"
        return f"[{self.new}] looks like the old [{self.old}], which {people} already got. Same rule?"


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom one rule reaches at one meeting: newly, or no longer."""

    rule: RuleId
    meeting: MeetingId
    people: tuple[PersonId, ...]
    first: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """*gains*: who would newly get a rule; *losses*: who would have got it, and will not; *dropped*: waiting mails whose rule is in no file any more.
    *missed*: rules that are new or changed and whose time has passed for some: they never look back, unless the convener says so."""

    new: tuple[RuleId, ...] = ()
    changed: tuple[RuleId, ...] = ()
    removed: tuple[RuleId, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    gains: tuple[Reach, ...] = ()
    losses: tuple[Reach, ...] = ()
    dropped: tuple[Notice, ...] = ()
    missed: tuple[Reach, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.new or self.changed or self.removed)


def changes(
    before: RuleBook,
    after: RuleBook,
    snapshots: Sequence[Snapshot],
    known_since: Mapping[RuleId, datetime],
    ledger: Ledger,
    now: datetime,
) -> Changes:
    """Compare *after*, the files as they are, with *before*, the rules in force. *snapshots*: the meetings that rules still speak of, and the
    partnership at large."""
    old, fresh = {r.id: r for r in before.rules}, {r.id: r for r in after.rules}
    new = tuple(i for i in fresh if i not in old)
    removed = tuple(i for i in old if i not in fresh)
    changed = tuple(i for i in fresh if i in old and fresh[i].digest != old[i].digest)
    known = {i: now if i in new or i in changed else known_since.get(i, now) for i in fresh}
    gains: list[Reach] = []
    losses: list[Reach] = []
    missed: list[Reach] = []
    for snapshot in snapshots:
        was = _reached(before.serving(snapshot.meeting), snapshot, known_since, now)
        serving = after.serving(snapshot.meeting)
        will = _reached(serving, snapshot, known, now)
        gains += _difference(will, was, snapshot)
        losses += _difference(was, will, snapshot)
        young = [r for r in serving if r.id in new or r.id in changed]
        if young:
            everything = _reached(young, snapshot, {r.id: _LONG_AGO for r in young}, now)
            looking_forward = {r: will.get(r, {}) for r in everything}
            missed += _difference(everything, looking_forward, snapshot)
    return Changes(
        new,
        changed,
        removed,
        renamed(old.values(), [fresh[i] for i in new], removed, ledger),
        tuple(gains),
        tuple(losses),
        tuple(n for n in ledger.waiting if n.rule in removed),
        tuple(missed),
    )


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_Reached = dict[RuleId, dict[PersonId, datetime]]


def _reached(
    rules: Sequence[Rule], snapshot: Snapshot, known_since: Mapping[RuleId, datetime], now: datetime
) -> _Reached:
    found: _Reached = {}
    for mail in planned(rules, snapshot, known_since, now):
        found.setdefault(mail.rule, {}).setdefault(mail.person, mail.at)
    return found


def _difference(these: _Reached, those: _Reached, snapshot: Snapshot) -> list[Reach]:
    out = []
    for rule, people in these.items():
        more = tuple(p for p in people if p not in those.get(rule, {}))
        if more:
            out.append(Reach(rule, snapshot.meeting.id, more, min(people[p] for p in more)))
    return out


def renamed(
    before: Iterable[Rule], new: Sequence[Rule], removed: Sequence[RuleId], ledger: Ledger
) -> tuple[Renamed, ...]:
    """Which of the *new* rules look like one that is gone: word for word, else by heading and words together. Each old one is asked about once."""
    old = {r.id: r for r in before if r.id in removed}
    digests = {i: r.digest for i, r in old.items()} | {i: d for i, d in (ledger.gone or {}).items() if i not in old}
    pairs: list[tuple[float, RuleId, Rule]] = []
    for rule in new:
        for ident, digest in digests.items():
            if ident == rule.id:
                continue
            if digest == rule.digest:
                likeness = 2.0
            else:
                likeness = SequenceMatcher(None, ident, rule.id).ratio()
                if ident in old:
                    likeness = max(
                        (likeness + _words_alike(old[ident], rule)) / 2, _words_alike(old[ident], rule) - 0.1
                    )
            if likeness >= _ALIKE:
                pairs.append((likeness, ident, rule))
    out: list[Renamed] = []
    for likeness, ident, rule in sorted(pairs, key=lambda p: -p[0]):
        if not any(ident == r.old or rule.id == r.new for r in out):
            out.append(Renamed(ident, rule.id, ledger.got.get(ident, 0), likeness > 1))
    return tuple(out)


def _words_alike(one: Rule, other: Rule) -> float:
    return SequenceMatcher(None, _words(one), _words(other), autojunk=False).ratio()


def _words(rule: Rule) -> str:
    parts = (
        *rule.whens,
        *rule.to,
        rule.letter,
        *rule.only_if,
        *rule.unless,
        *rule.attach,
        rule.ask,
        rule.repeat or "",
        rule.do or "",
    )
    return " / ".join(map(str, parts))
