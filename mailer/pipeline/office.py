"""What stays the same from message to message: one partnership with its rules in force and its own side of every letter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailer.decide.rule import Bundle, Rule
from mailer.decide.rulebook import RuleBook
from mailer.decide.snapshot import Notice, Snapshot
from mailer.partnership.meetings import Meeting
from mailer.render.outgoing import Sender
from mailer.store import meetings, outbox, people, plan, rules
from mailer.terms import MessageId, PartnershipId, PersonId, RuleId


@dataclass(frozen=True, slots=True)
class ReplyLimits:
    """How many mails the service may write by itself in answer to mails, in an hour: to one person, and to all."""

    to_one: int = 4
    to_all: int = 500


@dataclass(frozen=True, slots=True)
class Office:
    """*known_since*: since when each rule is in force as it stands. *convener*: the convener's own row in the register. *zone*: the clock of
    the partnership at large. *commanders*: the addresses whose mail may command the service. *prints*: enclosed documents are made; a
    rehearsal that keeps no mails only names them."""

    partnership: PartnershipId
    book: RuleBook
    known_since: Mapping[RuleId, datetime]
    sender: Sender
    convener: PersonId
    authentication_server: str = ""
    zone: str = "UTC"
    commanders: frozenset[str] = frozenset()
    paper: Literal["letter", "a4"] = "letter"
    replies: ReplyLimits = ReplyLimits()
    prints: bool = True

    @property
    def domain(self) -> str:
        return self.sender.mailbox.rpartition("@")[2]

    def serving(self, meeting: Meeting) -> tuple[Rule, ...]:
        """The rules that serve *meeting*."""
        return self.book.serving(meeting)

    async def around(self, meeting: Meeting, persons: Iterable[PersonId]) -> Snapshot:
        """The snapshot of *meeting* with *persons*, their champions and whoever has a role: all that a rule about them may name."""
        wanted = set(persons) | set(await people.role_bearers(self.partnership)) | {self.convener}
        wanted |= {t.lead for t in await plan.teams(self.partnership) if t.lead is not None}
        wanted |= {p.champion for p in await people.people(self.partnership, wanted) if p.champion is not None}
        return await meetings.snapshot(meeting, wanted)

    async def kept(self, meeting: Meeting, notices: Sequence[Notice]) -> list[Notice]:
        """*notices*, where those of rules that the convener holds back wait for a word."""
        held = await rules.kept_of(meeting.id) if any(self.book.rule(n.rule) for n in notices) else set()
        return [replace(n, hold=True) if n.rule in held else n for n in notices] if held else list(notices)

    async def post(
        self, meeting: Meeting, notices: Iterable[Notice], now: datetime, answers_to: MessageId | None = None
    ) -> int:
        """Put *notices* into the outbox, with a token for everybody they write to or about (inside `transact`)."""
        wanted = [await self._bundled(n) for n in await self.kept(meeting, list(notices))]
        await meetings.ensure_invitations(meeting.id, {n.person_id for n in wanted if not n.told_with})
        return await outbox.put(self.partnership, wanted, self.domain, now, answers_to)

    async def _bundled(self, notice: Notice) -> Notice:
        """*notice*, or only a note in the ledger that a mail which waits tells it too: one mail per person per day."""
        rule = self.book.rule(notice.rule)
        if rule is None or rule.bundle is not Bundle.PER_PERSON or notice.told_with:
            return notice
        waiting = await outbox.waiting_bundle(notice.meeting_id, notice.rule, notice.person_id)
        if waiting is None or waiting.notice.key == notice.key:
            return notice
        await outbox.join(waiting, notice)
        return replace(notice, told_with=waiting.notice.key)
