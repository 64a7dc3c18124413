"""A letter tried out: written with a real person's data as the service would write it, but to the convener alone.

Promises: nothing in it can be answered for the person: address, token and event are stand-ins, so that a reply or a click in the calendar changes
nobody's answer. Nothing is stored. Fails: MailerError, where the letter cannot be written for this person.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from mailer.decide.conditions import signer_of
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Notice
from mailer.errors import MailerError
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.partnership.series import at_date
from mailer.pipeline.hand.changes import meeting_or_error
from mailer.pipeline.hand.planning import person_called
from mailer.pipeline.office import Office
from mailer.pipeline.papers.particulars import particulars
from mailer.render.letters import Letters
from mailer.render.message import compose, text_field
from mailer.render.outgoing import Facts, OutgoingMessage
from mailer.store import meetings, people
from mailer.store.meetings import new_token
from mailer.terms import EventUid, InvitationId, MessageId, RuleId

MARK = "[test letter] "
_TRIAL = RuleId("service-trial")


async def trial_letter(
    office: Office, letters: Letters, letter: str, address: str, now: datetime, slug: str | None = None
) -> OutgoingMessage:
    """*letter* as the person with *address* would get it, about the meeting *slug* or the next one."""
    if letter not in letters.names:
        near = get_close_matches(letter, sorted(letters.names), 1)
        meant = f"Did you mean {near[0]}?" if near else f"Letters there are: {', '.join(sorted(letters.names))}."
        raise MailerError(f"There is no letter “{letter}”. {meant}")
    person = await person_called(office, address)
    convener = (await people.people(office.partnership, [office.convener]))[0]
    if convener.address is None:
        raise MailerError("Your own address cannot be reached, so the letter has nowhere to go.")
    meeting = await meeting_or_error(office, slug) if slug else await _nearest(office, now)
    rule = next((r for r in office.serving(meeting) if r.letter == letter), None) if meeting else None
    facts = await facts_as_tried(office, letters, letter, person, meeting, rule, now)
    ours = replace(person, addresses=(convener.address,), dead=frozenset())
    message = compose(replace(facts, person=ours), letters)
    marked = text_field("Subject", MARK + message.subject)
    plain = f"\r\nSubject: {text_field('Subject', message.subject)}\r\n".encode()
    content = message.content.replace(plain, f"\r\nSubject: {marked}\r\n".encode(), 1)
    return replace(message, subject=MARK + message.subject, content=content)


async def _nearest(office: Office, now: datetime) -> Meeting | None:
    """The next meeting, else the last."""
    if found := await meetings.ahead(office.partnership, now) or await meetings.begun(office.partnership, now):
        return found[0][0]
    return max(await meetings.all_of(office.partnership), key=lambda m: m.dtstart, default=None)


async def facts_as_tried(
    office: Office,
    letters: Letters,
    letter: str,
    person: Person,
    meeting: Meeting | None,
    rule: Rule | None,
    now: datetime,
) -> Facts:
    """What *letter* would be written from for *person*, with stand-ins for whatever could be answered."""
    mark = hashlib.sha256(f"{letter}/{person.id}/{now.isoformat()}".encode()).hexdigest()[:32]
    message_id = MessageId(f"<test-{mark}@{office.domain}>")
    if meeting is None:
        return Facts(message_id, now, office.sender, letter, person)
    snapshot = await office.around(meeting, [person.id])
    dates = [o for o in snapshot.dates if o.dtend > now and not o.cancelled]
    if dates:  # of a series the next date
        meeting = replace(at_date(meeting, min(dates, key=lambda o: o.dtstart)), recurrence_id=None)
    standing = snapshot.standing_of(person.id)
    signer = signer_of(rule, person, snapshot) if rule is not None else None
    given = standing.invitation if standing is not None else None
    blank = Invitation(InvitationId(0), meeting.id, person.id, new_token())
    notice = Notice(
        rule=rule.id if rule else _TRIAL, meeting_id=meeting.id, person_id=person.id, round="trial", letter=letter,
        attach=rule.attach if rule else (), on_behalf_of=signer, hold=False, invites=False, not_before=now, reason="tried out",
        items=tuple(i.id for i in snapshot.items if i.open and i.owner == person.id),
    )  # fmt: skip
    known = {s.person.id: s.person for s in snapshot.standings}
    return Facts(
        message_id=message_id,
        now=now,
        sender=office.sender,
        letter=letter,
        person=person,
        meeting=replace(meeting, event_uid=EventUid(f"test-{mark}@{office.domain}")),
        invitation=replace(given, token=blank.token) if given is not None else blank,
        on_behalf_of=known.get(signer) if signer is not None else None,
        attach=notice.attach,
        before=await meetings.version_before(meeting) if meeting.sequence else _earlier(meeting),
        about=person if "about" in letters.needs(letter) else None,
        their_words="(what the person wrote stands here)" if "about" in letters.needs(letter) else "",
        particulars=await particulars(office, notice, meeting, person, letters.lists(letter), now),
        notice="(what the service tells you stands here)",
    )


def _earlier(meeting: Meeting) -> Meeting:
    """For a letter about a move where there was none: the meeting itself."""
    return meeting
