"""Open a partnership's office: its letters and rules from files, its row and its convener's in the database.

Promises: every problem of every file at once; while files cannot be used, the last version that could stays in force, and the convener is told.
Fails:    RuleProblems or LetterProblems, when files cannot be used and there is no earlier version.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.config import PartnershipSettings
from mailer.decide.rulebook import RuleBook, read_rules
from mailer.decide.snapshot import Notice
from mailer.errors import LetterProblems, Problem, RuleProblems
from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.register import PersonRow
from mailer.pipeline.due.tick import install
from mailer.pipeline.office import Office, ReplyLimits
from mailer.pipeline.rulefiles import rule_texts
from mailer.render.letters import Letters, read_letters, shipped_letters
from mailer.render.outgoing import Sender
from mailer.store import goodfiles, meetings, people
from mailer.store.transact import transact
from mailer.terms import PartnershipId, PersonId, RuleId, canonical


@dataclass(frozen=True, slots=True)
class Files:
    """What a convener edits, as read: the letters and rules that can be used, and every problem."""

    letters: Letters
    book: RuleBook
    rule_files: Mapping[str, str]
    letter_problems: tuple[Problem, ...]
    rule_problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        return not any(not p.warning for p in (*self.letter_problems, *self.rule_problems))


def read_files(settings: PartnershipSettings) -> Files:
    """Read the letters (shipped ones first, the convener's own in their place) and the rule files."""
    folders = [shipped_letters()]
    if settings.templates.is_dir() and settings.templates.resolve() != folders[0].resolve():
        folders.append(settings.templates)
    letters, letter_problems = read_letters(folders, default_language=settings.language)
    texts, unreadable = rule_texts(settings.rules)
    book, rule_problems = read_rules(texts, letters=letters.names, default_zone=settings.time_zone)
    return Files(letters, book, texts, letter_problems, (*unreadable, *rule_problems))


def stamp(settings: PartnershipSettings) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file that a convener edits changes: names, times and sizes."""
    paths = [*settings.rules.glob("*.toml"), *settings.templates.glob("*")]
    if settings.people is not None:
        paths.append(settings.people)
    found = []
    for path in sorted(paths):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


async def open_office(settings: PartnershipSettings, now: datetime) -> tuple[Office, Letters, tuple[Problem, ...]]:
    """The office of *settings* with its rules in force; what is wrong with the files comes along."""
    files = read_files(settings)
    partnership = await transact(lambda: people.ensure_partnership(settings.key, settings.name, now))
    book = files.book
    problems = (*files.letter_problems, *files.rule_problems)
    if any(not p.warning for p in files.letter_problems):
        raise LetterProblems(tuple(p for p in problems if not p.warning))
    if any(not p.warning for p in files.rule_problems):
        good = await goodfiles.remembered(partnership)
        if not good:
            raise RuleProblems(tuple(p for p in problems if not p.warning))
        book, _ = read_rules(good, letters=files.letters.names, default_zone=settings.time_zone)
    else:
        await transact(lambda: goodfiles.remember(partnership, files.rule_files))
    convener = await transact(lambda: ensure_convener(partnership, settings))
    await transact(lambda: meetings.at_large(partnership, settings.name, settings.time_zone, now))
    office = Office(
        partnership,
        book,
        {},
        sender_of(settings),
        convener,
        settings.mailbox.authentication_server,
        paper=settings.paper,
        zone=settings.time_zone,
        commanders=frozenset(map(canonical, (settings.convener.address, *settings.convener.also))),
        replies=ReplyLimits(
            to_one=settings.sending.most_replies_per_person_per_hour, to_all=settings.sending.most_replies_per_hour
        ),
    )
    return await install(office, now), files.letters, problems


FILES_RULE = RuleId("service-files")
"""The service's own mail to the owner of a file that cannot be used."""


async def tell_owner(office: Office, settings: PartnershipSettings, sentence: str, now: datetime) -> None:
    """One mail about files that cannot be used, to the owner of the first that is wrong (as its last good version names them), else to the
    convener. The same mistakes are told once."""
    texts, _ = rule_texts(settings.rules)
    wrong = next((name for name in sorted(texts) if f"{name}, line" in sentence or f"{name}:" in sentence), "")
    owner = next((r.owner for r in office.book.rules if r.file == wrong and r.owner), "")
    person = await people.by_address(office.partnership, canonical(owner)) if owner else None

    async def write() -> None:
        meeting = await meetings.at_large(office.partnership, settings.name, settings.time_zone, now)
        notice = Notice(
            rule=FILES_RULE,
            meeting_id=meeting.id,
            person_id=person.id if person is not None and person.may_be_written_to else office.convener,
            round=f"files-{hashlib.sha256(sentence.encode()).hexdigest()[:20]}",
            letter="service-notice",
            attach=(),
            on_behalf_of=None,
            hold=False,
            invites=False,
            not_before=now,
            reason="rule files or letters cannot be used",
        )
        await office.post(meeting, [notice], now)

    await transact(write)


def sender_of(settings: PartnershipSettings) -> Sender:
    """The partnership's own side of every letter."""
    return Sender(
        partnership=settings.name,
        name=settings.convener.name,
        mailbox=canonical(settings.mailbox.address),
        subaddresses=settings.mailbox.subaddresses,
        title=settings.convener.title,
        organisation=settings.convener.organisation,
        phone=settings.convener.phone,
        instance=settings.key,
        language=settings.language,
        counters=settings.other_times,
    )


async def ensure_convener(partnership: PartnershipId, settings: PartnershipSettings) -> PersonId:
    """The convener's own row in the register, kept as the configuration says. A convener of that name with another address has a new one:
    else the letters to the convener would go on to the old one, too."""
    known = await people.by_address(partnership, settings.convener.address)
    if known is not None and Role.CONVENER in known.roles:
        return known.id
    if known is None:
        bearers = await people.people(partnership, await people.role_bearers(partnership))
        named = [p for p in bearers if Role.CONVENER in p.roles and p.name == settings.convener.name]
        known = named[0] if len(named) == 1 else None
    row = PersonRow(
        name=settings.convener.name,
        addresses=tuple(dict.fromkeys((canonical(settings.convener.address), *(known.addresses if known else ())))),
        organisation=known.organisation if known else settings.convener.organisation,
        title=known.title if known else settings.convener.title,
        kind=known.kind if known else PartnerKind.SUPPORT_PARTNER,
        roles=(known.roles if known else frozenset()) | {Role.CONVENER},
        language=known.language if known else settings.language,
        phone=settings.convener.phone,
    )
    ident, _ = await people.save(partnership, row)
    return ident


def errors_of(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Those that are no mere warnings."""
    return tuple(p for p in problems if not p.warning)
