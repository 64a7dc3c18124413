"""One inbound message on the table: what is known of it, and the few things that every kind of mail may do with it.

Promises: everything here runs inside the one transaction of the message.
"""

from dataclasses import dataclass
from datetime import datetime

from mailer.decide.snapshot import Happening, HappeningKind
from mailer.parse.message import Message
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import date_of_round
from mailer.pipeline.due.announce import announced
from mailer.pipeline.hand.unclear import ON_DATE, TOLD
from mailer.pipeline.mail import loops
from mailer.pipeline.office import Office
from mailer.store import inbound, log, outbox
from mailer.store.log import LogLine
from mailer.terms import InboundId, PersonId
from mailer.understand.speaker import Known, Place
from mailer.understand.verdict import Answer, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """A message with its verdict and whom it speaks of. *thread*: our own mails it answers or reports about, the nearest first."""

    office: Office
    ident: InboundId
    verdict: Verdict
    known: Known
    thread: list[outbox.OutboxEntry]
    now: datetime
    message: Message | None = None

    async def done(
        self,
        reason: str,
        state: str = inbound.HANDLED,
        place: Place | None = None,
        proposed: Answer | None = None,
        mark: str = "",
    ) -> None:
        """Close the message's row with what became of it. *mark*: what a ruling on it is about, where not the meeting (`hand.unclear`)."""
        await inbound.finish(
            self.ident,
            state=state,
            kind=self.verdict.kind.value,
            reason=reason,
            now=self.now,
            words=self.verdict.text,
            proposed=mark or (proposed.partstat.value if proposed else ""),
            guests=proposed.guests if proposed else 0,
            invitation=place.invitation.id if place else None,
        )

    async def say(
        self, what: str, sentence: str, person: PersonId | None = None, meeting: Meeting | None = None
    ) -> None:
        line = LogLine(self.now, what, sentence, meeting.id if meeting else None, person, self.ident)
        await log.write(self.office.partnership, line)

    async def happened(self, kind: HappeningKind, occasion: str, place: Place) -> bool:
        """Run the rules of a happening; what is in the outbox for this person and no longer fits is dropped when it is about to leave.
        True where the person gets a letter about it, or may get none (`loops`)."""
        happening = Happening(kind, occasion, self.now, place.person.id)
        quiet = await self.quiet(place)
        not_to = place.person.id if quiet else None
        notices = await announced(
            self.office, place.meeting, happening, self.now, self.verdict.message_id, not_to=not_to
        )
        return bool(quiet) or any(n.person_id == place.person.id for n in notices)

    async def quiet(self, place: Place) -> str:
        """Why *place*'s person gets no mail in answer to this one; empty where he or she may."""
        return await loops.quiet(self.office, self.ident, self.verdict, self.message, place, self.now)

    def _mark(self, place: Place | None, answer: Answer | None) -> str:
        """What a doubt is about, where that is not the meeting: one date of a series, which the calendar names or the letter was about; or
        nobody knows what, for the letter asks nothing and the words hold no answer."""
        here = (place.meeting.id, place.person.id) if place is not None else None
        letter = next((e.notice for e in self.thread if (e.notice.meeting_id, e.notice.person_id) == here), None)
        at = (answer.recurrence_id if answer else None) or (date_of_round(letter.round) if letter else None)
        if place is not None and place.meeting.rrule and at is not None:
            return f"{ON_DATE}{place.meeting.local(at):%Y-%m-%d}"
        return TOLD if letter is not None and not letter.ask and answer is None else ""

    async def waits(self, reason: str, place: Place, proposed: str) -> None:
        """Close the message's row with a question for the convener that is no doubt about the words; *proposed* marks what sort."""
        await inbound.finish(
            self.ident,
            state=inbound.REVIEW,
            kind=self.verdict.kind.value,
            reason=reason,
            now=self.now,
            words=self.verdict.text,
            proposed=proposed,
            invitation=place.invitation.id,
        )
        await self.say("asked", reason, place.person.id, place.meeting)

    async def unclear(
        self, reason: str, place: Place | None = None, answer: Answer | None = None, mark: str = ""
    ) -> None:
        place = place or next(iter(self.known.named), None)
        await self.done(reason, inbound.REVIEW, place, answer, mark or self._mark(place, answer))
        who = self.verdict.author.addr_spec if self.verdict.author else "somebody"
        await self.say(
            "unclear", f"{who}: {reason}", place.person.id if place else None, place.meeting if place else None
        )
        if place is not None:
            await self.happened(HappeningKind.REPLY_IS_UNCLEAR, f"inbound-{self.ident}", place)
