"""Letters in somebody's name: its owner is asked first, with the text as its readers will get it; an OK by reply lets them go.

A question is one signer, one rule of one meeting and one text (`text_id`): not one for each reader. It is put three business days before the
letters are due, or when they come to wait; who is silent is reminded once, and the convener is told.

Promises: what waits for a signer leaves on that signer's OK to this very text, in the hours of its rule, or on the convener's word; another text
          (or another date, place or title of the meeting, or another signer) is asked about anew, also where the old one has its OK and has not
          begun to leave. A no that follows an OK keeps what has not left; the word by which letters left stays as it was.
Never:    takes silence for an OK; asks anybody about what the convener signs; lets go what the convener holds back; asks two about one letter.
Fails:    a letter that cannot be written is not asked about; the convener is told why.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailer.decide.conditions import signer_of
from mailer.decide.due import due
from mailer.decide.rule import Duration, Rule, Signer, Unit
from mailer.decide.snapshot import Notice
from mailer.decide.stages import window_of
from mailer.decide.workdays import shift
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting, as_told
from mailer.partnership.people import Person
from mailer.pipeline.due.announce import tell_convener, tell_waiting
from mailer.pipeline.hand.trial import facts_as_tried
from mailer.pipeline.office import Office
from mailer.pipeline.papers.particulars import SIGNER_RULE
from mailer.render.letters import Letters
from mailer.render.message import compose
from mailer.store import approvals, documents, log, meetings, outbox, people, rules
from mailer.store.approvals import SignersWord, Waiting
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import InboundId, MeetingId, PersonId, RuleId
from mailer.understand.asks.courtesy import answer_in

logger = logging.getLogger(__name__)

AHEAD = Duration(3, Unit.BUSINESS_DAY)
"""How long before letters are due their signer is asked."""
REMINDED = Duration(1, Unit.BUSINESS_DAY)
"""How long before they are due, or after the question where that is later, a silent signer is reminded."""

_LOOK = Duration(2, Unit.WEEK)


class Signing:
    """What a partnership asks its signers. Remembers only what it has looked at ahead and told of; all else is in the store."""

    def __init__(self) -> None:
        self._looked: set[tuple[MeetingId, RuleId, datetime]] = set()
        self._told: set[tuple[MeetingId, RuleId, str]] = set()

    async def next_step(self, office: Office, letters: Letters, now: datetime) -> datetime | None:
        """When there is something to do next; not after *now* where there is something now."""
        asking = _asking(office)
        if not asking:
            return None
        at: list[datetime] = [when for _, _, _, when in await self._ahead(office, asking, now)]
        for group in await approvals.waiting(office.partnership, list(asking)):
            meeting = await meetings.by_id(group.meeting)
            if meeting is None:
                continue
            word, ever_ok = await _word_on(office, letters, meeting, group)
            if group.rule in await rules.kept_of(meeting.id):
                continue
            if group.state == "queued":
                at += [now] if word is None and ever_ok else []
            elif word is None:
                at.append(now)
            elif word.state != approvals.OK:
                at += [group.not_before] if (group.meeting, group.rule, group.round) not in self._told else []
            else:
                at.append(window_of(asking[group.rule], meeting).opening(max(now, group.not_before)))
        for asked in await approvals.silent(office.partnership):
            if asked.rule in asking:
                meeting = await meetings.by_id(asked.meeting)
                at += [_remind_at(asked, asking[asked.rule], meeting)] if meeting is not None else []
        return min(at, default=None)

    async def attend(self, office: Office, letters: Letters, now: datetime) -> None:
        """Ask, remind, let go what has its OK."""
        asking = _asking(office)
        if not asking:
            return
        for about, rule, due_at, when in await self._ahead(office, asking, now):
            if when <= now:
                await _ask_ahead(office, letters, about, rule, due_at, now)
                self._looked.add((about.id, rule.id, due_at))
        told: dict[tuple[MeetingId, RuleId, str], list[Waiting]] = {}
        for group in await approvals.waiting(office.partnership, list(asking)):
            meeting = await meetings.by_id(group.meeting)
            if meeting is not None and await _attend_to(office, letters, meeting, asking[group.rule], group, now):
                told.setdefault((group.meeting, group.rule, group.round), []).append(group)
        for which, groups in told.items():
            if which not in self._told and await _tell_waiting(office, groups, now):
                self._told.add(which)
        for asked in await approvals.silent(office.partnership):
            if asked.rule in asking:
                await _remind(office, asked, asking[asked.rule], now)

    async def _ahead(
        self, office: Office, asking: dict[RuleId, Rule], now: datetime
    ) -> list[tuple[Meeting, Rule, datetime, datetime]]:
        """(meeting, rule, when it falls due, when its signers are asked) of what is to come and was not looked at."""
        until = shift(now, _LOOK, 1, None, office.zone, ())
        found = []
        for ident, rule_id, due_at in await approvals.coming(office.partnership, list(asking), until):
            if due_at <= now or (ident, rule_id, due_at) in self._looked:
                continue
            meeting = await meetings.by_id(ident)
            if meeting is not None and not meeting.cancelled:
                rule = asking[rule_id]
                found.append((meeting, rule, due_at, _earlier(due_at, AHEAD, rule, meeting)))
        return found


def _asking(office: Office) -> dict[RuleId, Rule]:
    return {rule.id: rule for rule in office.book.rules if rule.asks_signer}


def _earlier(at: datetime, by: Duration, rule: Rule, meeting: Meeting) -> datetime:
    return shift(at, by, -1, None, meeting.zone, rule.timing.holidays)


def _remind_at(asked: SignersWord, rule: Rule, meeting: Meeting) -> datetime:
    after = shift(asked.asked_at, REMINDED, 1, None, meeting.zone, rule.timing.holidays)
    if asked.leaves_at is None:
        return after
    before = max(after, _earlier(asked.leaves_at, REMINDED, rule, meeting))
    # asked at the last moment: reminded a day after the letters came to wait, not at that very hour
    return (
        before
        if before < asked.leaves_at
        else shift(asked.leaves_at, REMINDED, 1, None, meeting.zone, rule.timing.holidays)
    )


def text_id(letters: Letters, letter: str, meeting: Meeting, signer: Person, document: str = "") -> str:
    """Names what readers of *letter* are told in the name of *signer*: the same for all of them, another one for another text (pure)."""
    facts = (letters.source(letter), document, *as_told(meeting), signer.name, signer.title, signer.organisation)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


async def _text_id(office: Office, letters: Letters, meeting: Meeting, letter: str, signer: Person, round_: str) -> str:
    """The same, with the document that the letter carries; what comes round is another text each time."""
    document = ""
    if letters.lists(letter) & {"document", "comments"}:
        found = await documents.document(office.partnership, documents.SUMMARY, meeting.id)
        document = found.text if found is not None else ""
    if meeting.standing:
        document += f"\f{round_}"
    return text_id(letters, letter, meeting, signer, document)


async def _word_on(
    office: Office, letters: Letters, meeting: Meeting, group: Waiting
) -> tuple[SignersWord | None, bool]:
    """The signer's word on these letters as they are now; and whether there is an OK to an earlier text."""
    signer = (await people.people(office.partnership, [group.signer]))[0]
    now_id = await _text_id(office, letters, meeting, group.letter, signer, group.round)
    every = await approvals.words_on(meeting.id, group.rule, signer.id)
    current = next((w for w in every if w.text_id == now_id), None)
    return current, any(w.state == approvals.OK for w in every)


async def _ask_ahead(
    office: Office, letters: Letters, meeting: Meeting, rule: Rule, due_at: datetime, now: datetime
) -> None:
    """Ask the signers of what will be due, as things stand now."""
    snapshot = await meetings.snapshot(meeting)
    decided = due(office.serving(meeting), snapshot, office.known_since, due_at)
    mine = [n for n in decided.notices if n.rule == rule.id and n.on_behalf_of is not None and not n.told_with]
    for signer in dict.fromkeys(n.on_behalf_of for n in mine):
        theirs = [n for n in mine if n.on_behalf_of == signer]
        assert signer is not None
        await _ask(office, letters, meeting, rule, signer, theirs, due_at, now)


async def _attend_to(
    office: Office, letters: Letters, meeting: Meeting, rule: Rule, group: Waiting, now: datetime
) -> bool:
    """Do what is to be done about letters that wait; True where they wait for a word that is not there."""
    word, ever_ok = await _word_on(office, letters, meeting, group)
    if group.state == "queued":
        if word is None and ever_ok:
            reason = "the letter is another one than its signer has seen"
            await transact(lambda: approvals.hold(group.ids, reason))
        return False
    if group.rule in await rules.kept_of(meeting.id):
        return False
    if word is not None and word.state == approvals.OK:
        if window_of(rule, meeting).opening(max(now, group.not_before)) <= now:
            await transact(lambda: _let_go(office, meeting, rule, group, now))
        return False
    if word is None:
        notices = [e.notice for e in await outbox.entries(group.ids)]
        await _ask(office, letters, meeting, rule, group.signer, notices, None, now)
    return True


async def _let_go(office: Office, meeting: Meeting, rule: Rule, group: Waiting, now: datetime) -> None:
    """Release letters that have their OK (inside `transact`); whom another one signs for by now stays, and that one is asked."""
    mine = list(group.ids)
    if rule.on_behalf_of is not Signer.ACTION_TEAM_LEAD:  # whose lead is meant stands in the items of the letter
        entries = await outbox.entries(group.ids)
        snapshot = await office.around(meeting, [e.notice.person_id for e in entries])
        readers = {s.person.id: s.person for s in snapshot.standings}
        for entry in entries:
            reader = readers.get(entry.notice.person_id)
            signer = signer_of(rule, reader, snapshot) if reader is not None else group.signer
            if signer != group.signer:
                mine.remove(entry.id)
                await approvals.signed_by([entry.id], signer)
                if signer is None:
                    await tell_waiting(office, meeting, [replace(entry.notice, on_behalf_of=None, hold=True)], now)
    await outbox.release(office.partnership, mine, now)


async def _ask(
    office: Office, letters: Letters, meeting: Meeting, rule: Rule, signer_id: PersonId, notices: Sequence[Notice],
    leaves_at: datetime | None, now: datetime,
) -> None:  # fmt: skip
    """Put the question, once for this text."""
    signer = (await people.people(office.partnership, [signer_id]))[0]
    letter = notices[0].letter  # not the rule's: it may name another by now, and these are what leaves
    ident = await _text_id(office, letters, meeting, letter, signer, notices[0].round)
    subject, text, trouble = "", "", ""
    readers = await people.people(office.partnership, [n.person_id for n in notices])
    shown = [
        next(p for p in readers if p.language == language) for language in dict.fromkeys(p.language for p in readers)
    ]
    try:
        tried = [await facts_as_tried(office, letters, letter, p, meeting, rule, now) for p in shown]
        written = [compose(replace(facts, on_behalf_of=signer), letters) for facts in tried]
        subject, text = written[0].subject, "\n\n\n".join(m.text.strip() for m in written)
    except MailerError as exc:
        trouble = f"the letter cannot be written: {exc}"
    if not signer.may_be_written_to:
        trouble = f"{signer.name} cannot be asked by mail: they asked not to be written to, or no address works"
    question = SignersWord(
        0, signer.id, meeting.id, rule.id, ident, approvals.ASKED, now, subject, text, len(notices), leaves_at
    )

    async def write() -> None:
        number = await approvals.ask(office.partnership, question)
        if number is None:
            return
        if trouble:
            told = (
                f"{_letters(len(notices))} of [{rule.id}] in the name of {signer.name} wait for your word: {trouble}."
            )
            await tell_convener(office, meeting, f"signer-{number}", told, now)
            return
        at = window_of(rule, meeting).opening(now)
        await office.post(meeting, [_question(meeting, signer.id, f"{number}", at)], now)
        sentence = f"{signer.name} was asked: is it OK to send “{subject}” ([{rule.id}]) to {len(notices)} people in your name?"
        await log.write(office.partnership, LogLine(now, "signer", sentence, meeting.id, signer.id))

    await transact(write)


def _question(meeting: Meeting, signer: PersonId, round_: str, at: datetime) -> Notice:
    return Notice(
        rule=SIGNER_RULE, meeting_id=meeting.id, person_id=signer, round=round_, letter="may-we-sign", attach=(), on_behalf_of=None, hold=False,
        invites=False, not_before=at, reason="asked for an OK to letters in this name", ask="an OK",
    )  # fmt: skip


async def _remind(office: Office, asked: SignersWord, rule: Rule, now: datetime) -> None:
    """Remind a silent signer, once, and tell the convener; nobody is reminded of what no longer waits."""
    meeting = await meetings.by_id(asked.meeting)
    if meeting is None or _remind_at(asked, rule, meeting) > now:
        return
    signer = (await people.people(office.partnership, [asked.person]))[0]
    held = [
        g for g in await approvals.waiting(office.partnership, [rule.id])
        if g.meeting == meeting.id and g.signer == asked.person and g.state == "held"
    ]  # fmt: skip
    later = [w for w in await approvals.words_on(meeting.id, rule.id, asked.person) if w.id > asked.id]
    coming = asked.leaves_at is not None and asked.leaves_at > now
    if later or not (held or coming):
        await transact(lambda: approvals.over([asked.id], now))
        return

    async def write() -> None:
        await approvals.reminded(asked.id, now)
        if not asked.text:
            return  # told when it could not be asked
        at = window_of(rule, meeting).opening(now)
        if signer.may_be_written_to:
            await office.post(meeting, [_question(meeting, signer.id, f"{asked.id}/again", at)], now)
        follows = (
            "is reminded today" if signer.may_be_written_to else "cannot be reminded: no mail may go there any more"
        )
        when = f"They are due on {_day(asked.leaves_at, meeting)}. " if asked.leaves_at is not None else ""
        told = (
            f"{signer.name} has not said yet whether “{asked.subject}” may go out in that name, and {follows}. "
            f"{_letters(asked.letters)} of [{rule.id}] about “{meeting.title}” wait for it. {when}Without an OK none of them leaves, unless you "
            f"write: release {rule.id} of {meeting.slug}"
        )
        await tell_convener(office, meeting, f"signer-{asked.id}-again", told, now)

    await transact(write)


async def _tell_waiting(office: Office, groups: Sequence[Waiting], now: datetime) -> bool:
    """Letters have come to their hour without the signer's word: the convener, who may give his or her own, is told once (the ledger knows).
    False where it is too early."""
    meeting = await meetings.by_id(groups[0].meeting)
    entries = await outbox.entries([groups[0].first])
    if meeting is None or any(g.not_before > now for g in groups):
        return False
    notices = [e.notice for e in entries]
    about = meeting
    await transact(lambda: tell_waiting(office, about, notices, now))
    return True


def _letters(count: int) -> str:
    return "1 letter" if count == 1 else f"{count} letters"


# the answer -------------------------------------------------------------------------------------------------------------------


async def take_word(
    office: Office, asked: SignersWord, state: str, words: str, signer: Person, meeting: Meeting, now: datetime, source: InboundId
) -> str:  # fmt: skip
    """The signer's word on what *asked* showed (inside `transact`); gives what to tell the signer. The letters follow by themselves."""
    held = 0
    if state != approvals.OK:
        reason = f"{signer.name} does not want it in that name as it is"
        held = await approvals.hold_about(meeting.id, [asked.rule], reason, signer.id)
    gone = not held and not await _waits(office, asked, now)
    title = f"“{asked.subject}”"
    newer = [w for w in await approvals.words_on(meeting.id, asked.rule, signer.id) if w.id > asked.id]
    if state == approvals.OK:
        if asked.state == approvals.OK:
            return f"{title} has your OK already"
        await _keep(office, asked, state, words, signer, meeting, now, source)
        if newer and not meeting.standing:
            day = _day(newer[-1].asked_at, meeting)
            return f"{title} was changed since that mail: the new text waits for an OK of its own, see my mail of {day}"
        if gone:
            return f"{title} is no longer waiting: it had left, or was dropped, before your OK came"
        return f"{title} may go out in your name"
    if gone:
        if asked.state != approvals.OK:
            await _keep(office, asked, state, words, signer, meeting, now, source)
        await _tell_refused(office, _too_late(asked, signer.name, words, meeting), meeting, now, source)
        return f"nothing of {title} waits any more: it had left, or was dropped, before your mail came; the convener has your words"
    await _keep(office, asked, state, words, signer, meeting, now, source)
    for one in newer if not meeting.standing else ():  # what is wrong with the old text may be wrong with the new one
        if one.state in (approvals.ASKED, approvals.OK):
            await _keep(office, one, state, words, signer, meeting, now, source)
    await _tell_refused(office, refused(asked, signer.name, words, meeting), meeting, now, source)
    return f"{title} does not go out in your name as it is; the convener has your words"


async def doubt(
    office: Office, asked: SignersWord, words: str, signer: Person, meeting: Meeting, now: datetime, source: InboundId
) -> None:
    """After an OK its signer writes what nobody understands: what has not left waits, for the convener reads it first (inside `transact`)."""
    if asked.state != approvals.OK or not answer_in(words, signer.name) or not await _waits(office, asked, now):
        return
    reason = f"{signer.name} wrote once more after the OK"
    await approvals.hold_about(meeting.id, [asked.rule], reason, signer.id)
    await _keep(office, asked, approvals.ASKED, words, signer, meeting, now, source)
    told = (
        f"{signer.name} had said OK to “{asked.subject}” ([{asked.rule}]), and now writes:\n\n{_quoted(words)}\n\n"
        f"What has not left stays where it is until {signer.name} says OK again, or you write: release {asked.rule} of {meeting.slug}"
    )
    await tell_convener(office, meeting, f"inbound-{source}", told, now)


async def _waits(office: Office, asked: SignersWord, now: datetime) -> bool:
    """Whether anything still waits for this word, or is to come."""
    groups = await approvals.waiting(office.partnership, [asked.rule])
    if any((g.meeting, g.signer) == (asked.meeting, asked.person) for g in groups):
        return True
    return office.book.rule(asked.rule) is not None and asked.leaves_at is not None and asked.leaves_at > now


async def _keep(
    office: Office, asked: SignersWord, state: str, words: str, signer: Person, meeting: Meeting, now: datetime, source: InboundId
) -> None:  # fmt: skip
    """Write the word down, and in the log, where no later word takes its place."""
    await approvals.answer(asked.id, state, words, now, source)
    message_id, author = await approvals.proof(source)
    said = "wrote something unclear" if state == approvals.ASKED else _STATES[state]
    sentence = f"{signer.name} {said} to “{asked.subject}” ([{asked.rule}], text {asked.text_id[:12]}), from {author}, {message_id}"
    await log.write(office.partnership, LogLine(now, "signer", sentence, meeting.id, signer.id, source))


async def _tell_refused(office: Office, told: str, meeting: Meeting, now: datetime, source: InboundId) -> None:
    await tell_convener(office, meeting, f"inbound-{source}", told, now)


def refused(asked: SignersWord, name: str, words: str, meeting: Meeting) -> str:
    """What the convener is told of a no, or of a yes with changes (pure)."""
    return (
        f"{name} was asked whether “{asked.subject}” ([{asked.rule}], “{meeting.title}”) may go out in that name, and writes:\n\n"
        f"{_quoted(words)}\n\n"
        f"What has not left stays where it is. When you change the letter, {name} is asked anew by itself. "
        f"You can also write: release {asked.rule} of {meeting.slug} (send them as they are), or: drop {asked.rule} of {meeting.slug} (send none)."
    )


def _too_late(asked: SignersWord, name: str, words: str, meeting: Meeting) -> str:
    before = f"had said OK on {_day(asked.answered_at, meeting)}" if asked.state == approvals.OK else "was asked"
    return (
        f"{name} {before} whether “{asked.subject}” ([{asked.rule}], “{meeting.title}”) may go out in that name. Nothing of it waits any more; "
        f"it has left, or was dropped. Now {name} writes:\n\n{_quoted(words)}"
    )


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}" for line in words.splitlines()[:40])


_STATES = {
    approvals.ASKED: "has not answered yet", approvals.OK: "said OK", approvals.CHANGES: "wants changes", approvals.NO: "said no",
    approvals.OVER: "did not answer; the letters left, or were dropped, without it",
}  # fmt: skip


async def sentence(office: Office, word: SignersWord, meeting: Meeting) -> str:
    """One question and its answer, with the proof."""
    found = await people.people(office.partnership, [word.person])
    said = f": “{' / '.join(word.words.split(chr(10)))[:300]}”" if word.words else ""
    proof = ""
    if word.proof is not None:
        message_id, author = await approvals.proof(word.proof)
        proof = f" (message {word.proof}, from {author}, {message_id})" if message_id else f" (message {word.proof})"
    when = f" on {_day(word.answered_at, meeting)}" if word.answered_at is not None else ""
    return (
        f"[{word.rule}] {found[0].name if found else 'somebody'} was asked on {_day(word.asked_at, meeting)} about “{word.subject}” "
        f"and {_STATES.get(word.state, word.state)}{when}{said}{proof}; text {word.text_id[:12]}"
    )


def _day(instant: datetime | None, meeting: Meeting) -> str:
    if instant is None:
        return ""
    local = meeting.local(instant)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
