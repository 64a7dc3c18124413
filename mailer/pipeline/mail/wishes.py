"""Wishes not to be written to, and to be written to again (inside the transaction of the message).

What is certain in who writes and in how much is meant acts at once and is confirmed once; else the person it is about is asked by mail, or the
convener is. Stopping is never refused; it is only not done to somebody on another's word.

Promises: nobody who complains is written to about it; a program's wish is obeyed, and answered only where no loop can come of it.
"""

import re
from dataclasses import replace
from datetime import datetime

from mailer.decide.snapshot import Notice
from mailer.parse.automatic import month_named
from mailer.partnership.meetings import Meeting
from mailer.pipeline.mail import loops
from mailer.pipeline.mail.case import Case
from mailer.pipeline.mail.filing import filed_under, told
from mailer.store import inbound, people
from mailer.terms import RuleId
from mailer.understand.speaker import Place
from mailer.understand.verdict import Kind, Scope, Wish

STOPPED_RULE = RuleId("service-stopped")
CONFIRM_RULE = RuleId("service-confirm-stop")
"""The service's own mails: what was stopped, and the question whether to. No rule file may use these headings."""

_LETTERS = {Scope.MEETING: "stopped-meeting", Scope.PARTNERSHIP: "stopped", Scope.EVERYTHING: "stopped-everything"}
_SAID = {
    Scope.MEETING: "wants to hear nothing more about “{title}”",
    Scope.PARTNERSHIP: "wants no more mail from this partnership",
    Scope.EVERYTHING: "wants no mail from any partnership, ever",
}
_ASK = "stop: "
_YES = re.compile(
    r"(?:yes|yes,? please|yes,? (?:it|that) was me|sí|si|ja|ja,? bitte|oui)\W*(?:thanks|thank you|gracias|danke|merci)?\W*",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no|no,? (?:it|that) was(?: not|n.t) me|nein|non)\W*(?:thanks|thank you|gracias|danke|merci)?\W*", re.IGNORECASE
)


async def unsubscribe(case: Case) -> None:
    """Somebody asks not to be written to."""
    wish = case.verdict.wish or Wish(Scope.PARTNERSHIP, case.verdict.reason)
    place, doubt = await _whose(case)
    if not doubt and place is not None:
        about = await _meeting_meant(case, wish, place)
        if about is None:
            await case.done(
                f"{place.person.name} wants no more mail about a meeting, but about which?", inbound.REVIEW, place
            )
            return
        await _stop(case, wish, about)
    elif place is not None and (case.known.author is None or case.known.author.id == place.person.id):
        await _ask(case, wish, place, doubt)
    else:
        await case.done(f"asks not to be written to ({wish.scope}), but {doubt}", inbound.REVIEW, place)


async def confirmed(case: Case) -> bool:
    """The answer to the question whether to stop; False where *case* is none."""
    entry = case.thread[0] if case.thread else None
    if (
        entry is None
        or entry.notice.rule != CONFIRM_RULE
        or case.verdict.kind in (Kind.AUTOMATIC, Kind.DELIVERY_REPORT, Kind.COMPLAINT)
    ):
        return False
    author = case.known.author
    said = " ".join(case.verdict.text.split())[:60]
    place = next((p for p in case.known.by_thread if p.person.id == entry.notice.person_id), None)
    if place is None or case.verdict.authentication.failed or (author is not None and author.id != place.person.id):
        await case.done(
            "answers the question whether to stop, but it is not certain who this is", inbound.REVIEW, place
        )
    elif _YES.fullmatch(said) or case.verdict.kind is Kind.UNSUBSCRIBE:
        await _stop(case, Wish(Scope(entry.notice.ask.removeprefix(_ASK)), "confirmed by mail"), place)
    elif _NO.fullmatch(said):
        await case.done(f"{place.person.name} did not ask for it: mail goes on", place=place)
    else:
        await case.unclear(f"{place.person.name} was asked whether to stop, and answers something else", place)
    return True


async def again(case: Case) -> None:
    """Somebody who had stopped us wants mail again."""
    place, doubt = await _whose(case)
    if place is None or doubt:
        await case.unclear(f"wants mail again, but {doubt}", place)
        return
    if not await people.write_again(case.office.partnership, place.person.id):
        await case.unclear(case.verdict.reason, place)
        return
    await case.say("again", f"{place.person.name} wants to be written to again", place.person.id)
    await case.done(f"{place.person.name} is written to again", place=place)
    await _letter(case, place, "writing-again")


async def _whose(case: Case) -> tuple[Place | None, str]:
    """The invitation of whoever wants it, and why that is not certain; without doubt it is the author's own."""
    author, named = case.known.author, case.known.named
    if author is None:
        return next(iter(named), None), "the address is in nobody's row of the register"
    own = next((p for p in (*named, *case.known.own) if p.person.id == author.id), None)
    if named and named[0].person.id != author.id and (own is None or own not in named):
        return named[0], f"{author.name} writes on the letter of {named[0].person.name}"
    place = own or await filed_under(case.office, author, case.now)
    if case.verdict.authentication.failed:
        return place, "that domain's own check (DMARC) says that it is not from there"
    return place, ""


async def _meeting_meant(case: Case, wish: Wish, place: Place) -> Place | None:
    """The place whose meeting the wish is about, where it is about one: that of the letter, unless the words name another month."""
    if wish.scope is not Scope.MEETING:
        return place
    choices = {p.meeting.id: p for p in (*case.known.named, *case.known.own) if p.person.id == place.person.id}
    month = month_named(case.verdict.text)
    if month is not None:
        fitting = [p for p in choices.values() if p.meeting.local(p.meeting.dtstart).month == month]
        return fitting[0] if len(fitting) == 1 else None
    if case.known.named:
        return place
    return next(iter(choices.values())) if len(choices) == 1 else None


async def _stop(case: Case, wish: Wish, place: Place) -> None:
    person = place.person
    match wish.scope:
        case Scope.MEETING:
            await people.note_meeting_stop(place.invitation.id, case.now)
        case Scope.PARTNERSHIP:
            await people.note_stop(person.id, case.now)
        case Scope.EVERYTHING:
            await people.note_stop_everywhere(person.addresses, case.now)
    sentence = f"{person.name} {_SAID[wish.scope].format(title=place.meeting.title)}"
    about: Meeting | None = place.meeting if wish.scope is Scope.MEETING else None
    await case.say("stopped", f"{sentence}: “{wish.evidence[:100]}”", person.id, about)
    await case.done(f"{sentence}: done", place=place)
    if wish.scope is not Scope.MEETING:
        await told(
            case,
            place.meeting,
            f"{sentence}. I have stopped writing to them. To undo it: convener people again {person.address or ''}",
        )
    await _letter(case, place, _LETTERS[wish.scope])


async def _letter(case: Case, place: Place, letter: str) -> None:
    """Tell the person, once for each message."""
    if loops.not_a_persons(case.message, case.verdict, case.office.sender.mailbox):
        return
    if await loops.too_many(case.office, place.person, case.now):
        return
    notice = _notice(place, STOPPED_RULE, f"inbound-{case.ident}", letter, case.now, "what was done at their wish")
    await case.office.post(place.meeting, [notice], case.now, case.verdict.message_id)


async def _ask(case: Case, wish: Wish, place: Place, doubt: str) -> None:
    """Ask the person at their own address, at most once a week for each scope, whether that was they."""
    person = place.person
    if person.stopped_at is not None and wish.scope is not Scope.EVERYTHING:
        await case.done(f"{person.name} has stopped us already", place=place)
        return
    if await loops.too_many(case.office, person, case.now):
        await case.done(f"asks not to be written to ({wish.scope}), but {doubt}", inbound.REVIEW, place)
        return
    year, week, _ = case.now.isocalendar()
    notice = _notice(
        place, CONFIRM_RULE, f"{wish.scope}-{year}-{week}", "please-confirm-stop", case.now, "is this their wish?"
    )
    await case.office.post(place.meeting, [replace(notice, ask=f"{_ASK}{wish.scope}")], case.now)
    await case.say("asked", f"{person.name} is asked by mail whether to stop: {doubt}", person.id)
    await case.done(
        f"asks not to be written to ({wish.scope}), but {doubt}: {person.name} is asked by mail", place=place
    )


def _notice(place: Place, rule: RuleId, round_: str, letter: str, now: datetime, reason: str) -> Notice:
    return Notice(
        rule=rule, meeting_id=place.meeting.id, person_id=place.person.id, round=round_, letter=letter, attach=(), on_behalf_of=None,
        hold=False, invites=False, not_before=now, reason=reason,
    )  # fmt: skip
