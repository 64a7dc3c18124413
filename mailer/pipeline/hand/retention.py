"""What the configuration says about how long things are kept, obeyed: looked at first, done once a day, told.

Promises: what `due` shows is what `obey` takes out; numbers stay; people are only proposed, and forgotten by the convener's word alone.
Never:    holds the database long: texts go in small pieces.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailer.config import RetentionSettings
from mailer.config.settings import span
from mailer.partnership.people import Person
from mailer.partnership.series import last_end
from mailer.pipeline.due.announce import tell_convener
from mailer.pipeline.office import Office
from mailer.store import connection, imports, log, meetings, people, retention
from mailer.store.log import LogLine
from mailer.store.retention import Past
from mailer.store.transact import transact
from mailer.terms import MeetingId, PartnershipId

PROPOSED = "proposed"
"""The word in the log for whom the convener was asked about."""
ASK_AGAIN = timedelta(days=365)
FILES_STAY = timedelta(days=30)
"""The way back of an import, files that went out with an answer, and copies of the database from before an update."""
MOST_TOLD = 60


@dataclass(frozen=True, slots=True)
class Removal:
    """*people* are proposed, not removed."""

    came: int = 0
    left: int = 0
    meetings: tuple[Past, ...] = ()
    lines: int = 0
    people: tuple[Person, ...] = ()
    copies: tuple[Path, ...] = ()
    """Of the database, made before it was brought up to date."""

    @property
    def nothing(self) -> bool:
        return not (self.came or self.left or self.meetings or self.lines or self.copies)

    def told(self, *, done: bool) -> list[str]:
        """In words: what was done, or would be."""
        said = "were removed" if done else "would be removed"
        out = []
        if self.came or self.left:
            out.append(f"The texts of {self.came} mails that came and {self.left} that left {said}.")
        for m in self.meetings[:MOST_TOLD]:
            out.append(
                f"“{m.title}” of {m.dtstart:%d %B %Y}: the answers of {m.people} people {'are' if done else 'would be'} numbers only."
            )
        if self.lines:
            out.append(f"{self.lines} lines of the log about people {said}.")
        if self.copies:
            names = ", ".join(p.name for p in self.copies)
            out.append(f"Copies of the database from before an update of the program {said}: {names}.")
        return out


async def due(partnership: PartnershipId, kept: RetentionSettings, now: datetime) -> Removal:
    """What is kept long enough by now."""
    messages, answers, silence = span(kept.messages), span(kept.answers), span(kept.people)
    came, left = await retention.old_messages(partnership, now - messages) if messages else (0, 0)
    past = await retention.past_meetings(partnership, now - answers) if answers else []
    lines = await retention.old_lines(partnership, now - answers) if answers else 0
    silent = await retention.silent(partnership, now - silence) if silence else []
    return Removal(
        came, left, tuple([m for m in past if not m.rrule or await _over(m, now - (answers or FILES_STAY))]), lines,
        await people.people(partnership, silent),
        tuple(p for p in connection.copies() if (made := connection.made_at(p)) is not None and made < now - FILES_STAY),
    )  # fmt: skip


async def _over(past: Past, before: datetime) -> bool:
    """A series is over when its last date is."""
    meeting = await meetings.by_id(MeetingId(past.meeting_id))
    return meeting is not None and last_end(meeting) < before


async def obey(office: Office, kept: RetentionSettings, now: datetime) -> Removal:
    """Take out what is kept long enough, and tell the convener."""
    partnership = office.partnership
    await transact(lambda: imports.drop_old(partnership, now - FILES_STAY))
    found = await due(partnership, kept, now)
    if messages := span(kept.messages):
        while await transact(lambda: retention.take_out_messages(partnership, now - messages)):
            pass
    for past in found.meetings:
        await transact(lambda past=past: retention.take_out_answers(past.meeting_id, now))  # type: ignore[misc]
    if found.lines and (answers := span(kept.answers)):
        await transact(lambda: retention.take_out_lines(partnership, now - answers))
    for copy in found.copies:
        copy.unlink(missing_ok=True)
    asked = await retention.proposed_since(partnership, [p.id for p in found.people], PROPOSED, now - ASK_AGAIN)
    fresh = [p for p in found.people if p.id not in asked]
    if not found.nothing or fresh:
        await transact(lambda: _tell(office, found, fresh, kept, now))
    return found


async def _tell(office: Office, found: Removal, fresh: list[Person], kept: RetentionSettings, now: datetime) -> None:
    lines = found.told(done=True)
    for sentence in lines:
        await log.write(office.partnership, LogLine(now, "retention", sentence))
    if fresh:
        lines += [
            "",
            f"Nothing was heard for {kept.people} of these {len(fresh)} people. To forget somebody, send me their line:",
            "",
        ]
        for p in fresh[:MOST_TOLD]:
            lines.append(f"forget {p.addresses[0] if p.addresses else p.name}")
            await log.write(
                office.partnership, LogLine(now, PROPOSED, f"{p.name} was proposed to be forgotten", None, p.id)
            )
        if len(fresh) > MOST_TOLD:
            lines.append(f"… and {len(fresh) - MOST_TOLD} more, with a later mail.")
    at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, now)
    await tell_convener(
        office, at_large, f"retention-{now:%Y-%m-%d}", "\n".join(["By your rules of retention:", "", *lines]), now
    )
