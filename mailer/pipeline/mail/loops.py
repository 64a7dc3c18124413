"""May this message be answered by a mail of ours? The rules against loops (RFC 3834, and what broke in the field: reply-mail.md).

Two automata that answer each other never stop by themselves, and not every automaton says that it is one.

Promises: nothing is answered that a program wrote, that came over a list or without a sender, or that is our own; nobody gets more than a few
          answers in an hour, nor all together more than many; the same words about the same invitation are answered once in an hour.
Never:    keeps an answer from being recorded: only the mail about it does not leave. The convener hears of it once a day for each person.
"""

from datetime import datetime, timedelta

from mailer.decide.snapshot import Notice
from mailer.parse.message import Message
from mailer.partnership.people import Person
from mailer.pipeline.office import Office
from mailer.store import inbound, log, outbox
from mailer.store.log import LogLine
from mailer.terms import InboundId, RuleId, Via, canonical
from mailer.understand.speaker import Place
from mailer.understand.verdict import Kind, Verdict

LOOP_RULE = RuleId("service-loop")
"""The service's own mail: somebody is not answered just now. No rule file may use this heading."""

LATELY = timedelta(hours=1)
_LIST_WORDS = frozenset({"list", "bulk", "junk", "auto_reply"})
_NOBODY = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply")


def not_a_persons(message: Message | None, verdict: Verdict, own_address: str) -> str:
    """Why the mail itself is none to be answered; empty where a person may have written it to us."""
    if verdict.automatic is not None or verdict.kind in (Kind.DELIVERY_REPORT, Kind.COMPLAINT, Kind.AUTOMATIC):
        return "a program wrote it"
    author = canonical(verdict.author.addr_spec) if verdict.author else ""
    if not author:
        return "it names no author"
    if author == canonical(own_address):
        return "it is our own"
    if author.partition("@")[0] in _NOBODY:
        return "nobody reads what is sent there"
    by_calendar = any(a.via in (Via.ITIP, Via.TNEF) for a in verdict.answers)
    if (
        message is None or by_calendar
    ):  # a calendar server may say, rightly, that it answers for its user: a person has pressed a button
        return ""
    if message.has("list-id") or message.has("list-post"):
        return "it came over a list"
    if message.header("precedence").strip().lower() in _LIST_WORDS:
        return "it is marked as bulk mail"
    if message.has("x-convener-instance"):
        return "a service like this one wrote it"
    if message.header("return-path").strip() == "<>":
        return "it came without a sender"
    word = message.header("auto-submitted").strip().lower()
    if word and not word.startswith("no"):
        return "a program wrote it"
    return ""


async def quiet(
    office: Office, ident: InboundId, verdict: Verdict, message: Message | None, place: Place, now: datetime
) -> str:
    """Why *place*'s person gets no mail in answer to this message; empty where he or she may (inside `transact`)."""
    if reason := not_a_persons(message, verdict, office.sender.mailbox):
        return reason
    person = place.person
    reason = await too_many(office, person, now)
    again = bool(verdict.text.strip()) and not reason
    if again and await inbound.said_before(ident, place.invitation.id, verdict.text, now - LATELY):
        reason = f"{person.name} wrote the same words twice within an hour"
    if reason:
        await _tell(office, ident, place, reason, now)
    return reason


async def too_many(office: Office, person: Person, now: datetime) -> str:
    """Whether enough mails have answered mails within the hour; empty where one more may."""
    to_one, to_all = await outbox.replies_since(office.partnership, person.id, now - LATELY)
    if to_one >= office.replies.to_one:
        return f"{person.name} was answered {to_one} times within an hour"
    if to_all >= office.replies.to_all:
        return f"{to_all} mails were answered within an hour"
    return ""


async def _tell(office: Office, ident: InboundId, place: Place, reason: str, now: datetime) -> None:
    """A line in the log each time, a mail to the convener once a day for each person."""
    person, meeting = place.person, place.meeting
    sentence = f"no mail in answer just now: {reason}"
    await log.write(office.partnership, LogLine(now, "quiet", sentence, meeting.id, person.id, ident))
    notice = Notice(
        rule=LOOP_RULE, meeting_id=meeting.id, person_id=office.convener, round=f"{person.id}-{now:%Y-%m-%d}", letter="service-notice",
        attach=(), on_behalf_of=None, hold=False, invites=False, not_before=now, reason=reason, about=person.id,
    )  # fmt: skip
    if person.id != office.convener:
        await office.post(meeting, [notice], now)
