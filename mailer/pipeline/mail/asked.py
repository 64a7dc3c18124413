"""Answers to what a letter asked beside yes, no or maybe: calls, action items, times, notes, addresses, approvals (inside the transaction).

The letter that is answered names its question (`Notice.ask`) and showed the numbers and names; `understand.asks` reads the words; here they
become facts, each told back to the sender in one mail.

Promises: only the person the letter was written to is believed; what was understood is kept, what was not waits for the convener beside it.
Never:    lets a report overturn what somebody answered themselves: that is asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from mailer.decide.rule import Group
from mailer.decide.snapshot import Happening, HappeningKind
from mailer.errors import MailerError
from mailer.parse.files import file_contents
from mailer.partnership import plan as plans
from mailer.partnership.attendance import Given
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item, ItemStatus
from mailer.pipeline.due import announce
from mailer.pipeline.hand import changes, closing, roster, signing, unclear
from mailer.pipeline.mail import answers, desk
from mailer.pipeline.mail.case import Case
from mailer.store import approvals, calls, documents, inbound, meetings, outbox, people, plan, questions, stories
from mailer.terms import ItemId, PartStat, QuestionId, Via
from mailer.understand import asks
from mailer.understand.asks.address import NewAddress
from mailer.understand.asks.approval import Approval, Word
from mailer.understand.asks.attachment import Documents
from mailer.understand.asks.calls import CallResult, CallResults, Result
from mailer.understand.asks.comments import Comments
from mailer.understand.asks.delegate import Delegation
from mailer.understand.asks.items import ItemReport, ItemReports, State
from mailer.understand.asks.needs import read_needs
from mailer.understand.asks.picks import Picks
from mailer.understand.asks.question import Asked, Callee, Choice, Offered, Question, Whom, Written
from mailer.understand.asks.question import Item as AskedItem
from mailer.understand.asks.ranking import Ranking
from mailer.understand.asks.reply import Reply
from mailer.understand.asks.roster import ListChanges
from mailer.understand.asks.stories import Stories
from mailer.understand.asks.times import TimesChosen
from mailer.understand.speaker import Place
from mailer.understand.verdict import Answer, Delegate, Kind

_NUMBERED = re.compile(r"^ {0,8}(\d{1,4})\. (.{1,300})$", re.MULTILINE)
_READ = (Kind.ANSWER, Kind.UNCLEAR, Kind.OTHER)


def question_of(case: Case) -> Question | None:
    """What the letter asked that *case* answers; None for yes, no or maybe, and where nothing says what it answers."""
    if not case.thread or case.verdict.kind not in _READ or case.verdict.itip is not None:
        return None
    try:
        question = Question(case.thread[0].notice.ask)
    except ValueError:
        return None
    if question is Question.ATTENDANCE and case.thread[0].notice.question is None:
        return None  # whether they come: read like any answer
    return question


async def answered(case: Case, question: Question) -> bool:
    """Take *case* as the answer to *question*; False where its words say nothing to it, so that they are read as any other mail."""
    entry = case.thread[0]
    author = case.known.author
    if author is None or author.id != entry.notice.person_id:
        who = case.verdict.author.addr_spec if case.verdict.author else "somebody"
        await case.unclear(
            f"{who} answers a letter that asked somebody else for {question.value}", mark=unclear.QUESTION
        )
        return True
    if case.verdict.authentication.failed:
        await case.unclear(
            f"the mail says it is from {author.name}, but that domain's own check (DMARC) says it is not",
            mark=unclear.QUESTION,
        )
        return True
    meeting = await meetings.by_id(entry.notice.meeting_id)
    if meeting is None:
        return False
    if question is Question.ATTENDANCE:
        return await _polled(case, meeting, author)
    asked = await _asked(case, question, meeting)
    reply = asks.read(asked, case.verdict.text, case.message)
    if not reply.says_something:
        if case.verdict.kind is Kind.ANSWER and question is not Question.APPROVAL:
            return False
        told = f"asked for {question.value}, {author.name} writes something that I do not understand"
        if question is Question.APPROVAL and (word := await _word_asked_for(case)) is not None:
            await signing.doubt(case.office, word, case.verdict.text.strip(), author, meeting, case.now, case.ident)
            told += f" (if it is an OK, write: release {word.rule} of {meeting.slug})"
        await case.unclear(told, mark=unclear.QUESTION)
        return True
    taker = _Taker(case, meeting, author, asked)
    done, doubts = await taker.take(reply)
    if taker.closed:
        return True
    doubts += [f"not understood: “{piece[:200]}”" for piece in reply.not_understood]
    told = "; ".join([*done, *doubts]) or case.verdict.reason
    await case.done(told, inbound.REVIEW if doubts else inbound.HANDLED, mark=unclear.QUESTION)
    await case.say("answer" if not doubts else "unclear", f"{author.name}: {told}", author.id, meeting)
    if done:
        await desk.tell(case, meeting, author.id)
    return True


async def _word_asked_for(case: Case) -> approvals.SignersWord | None:
    """Which question to a signer *case* answers."""
    ident, _, _ = case.thread[0].notice.round.partition("/")
    return await approvals.word(int(ident)) if ident.isdecimal() else None


async def _polled(case: Case, meeting: Meeting, author: Person) -> bool:
    """A yes or no to another question than whether they come ("can you host?"): it is a vote, told to the convener."""
    word = next((_POLLED[a.partstat] for a in case.verdict.answers if a.decided and a.partstat in _POLLED), None)
    question = case.thread[0].notice.question
    found = await questions.question(question) if question is not None else None
    if word is None or found is None:
        if found is not None and found.state == questions.OPEN:  # so that nobody asks again
            await questions.vote(found.id, author.id, {1: "maybe"}, case.now, case.ident)
        await case.unclear(
            f"{author.name} answers the question “{found.title if found else 'that was asked'}”: please look",
            mark=unclear.QUESTION,
        )
        return True
    if found.state != questions.OPEN:
        await case.done(f"{author.name} says {word} to “{found.title}”, which was settled before")
        return True
    await questions.vote(found.id, author.id, {1: word}, case.now, case.ident)
    if found.team is not None:
        await _joins(case, found, author, word)
        return True
    if word != "maybe" and Role.CANDIDATE in author.roles and _asks_candidates(case):
        await _candidate(case, author, meeting, willing=word == "yes")
        return True
    told = f"{author.name} says {word} to “{found.title}”"
    await case.say("answer", told, author.id, meeting)
    await case.done(
        told, inbound.REVIEW if word != "no" else inbound.HANDLED, mark=unclear.QUESTION
    )  # a yes is for the convener to act on
    return True


async def _joins(case: Case, asked_: questions.AskedQuestion, author: Person, word: str) -> None:
    """The answer to an invitation into an action team: a yes makes the member, and the lead hears of it with the convener."""
    assert asked_.team is not None
    team = next(t for t in await plan.teams(case.office.partnership) if t.id == asked_.team)
    if word == "yes":
        await plan.save_team(case.office.partnership, team.name, members=[author.id])
        await questions.settle(asked_.id, (await questions.choices(asked_.id))[0].id)
    told = f"{author.name} joins {team.name}" if word == "yes" else f"{author.name} says {word} to joining {team.name}"
    await case.say("team", told, author.id)
    await case.done(told, inbound.HANDLED)
    at_large = await meetings.at_large(
        case.office.partnership, case.office.sender.partnership, case.office.zone, case.now
    )
    for person in {case.office.convener, author.id, *([team.lead] if team.lead is not None else [])}:
        await desk.tell(case, at_large, person)


def _asks_candidates(case: Case) -> bool:
    rule = case.office.book.rule(case.thread[0].notice.rule)
    return rule is not None and any(a.group is Group.CANDIDATES for a in rule.to)


async def _candidate(case: Case, author: Person, meeting: Meeting, *, willing: bool) -> None:
    """Whether somebody will be a champion. A yes is thanked for at once, and the convener's word makes it so: champions sign letters and see names.
    After a no nobody is asked again."""
    told = f"{author.name} {'is willing to be a champion' if willing else 'would rather not be a champion'}"
    await case.say("answer", told, author.id, meeting)
    if willing:
        await propose(case, author, meeting, [roster.of_champion(author)], quietly=True)
    else:
        await roster.not_a_candidate(author)
        await case.done(told)
    kind = HappeningKind.CANDIDATE_SAYS_YES if willing else HappeningKind.CANDIDATE_SAYS_NO
    happening = Happening(kind, f"inbound-{case.ident}", case.now, author.id)
    await announce.announce(case.office, meeting, happening, case.now, case.verdict.message_id)


_POLLED = {PartStat.ACCEPTED: "yes", PartStat.DECLINED: "no", PartStat.TENTATIVE: "maybe"}


async def note_needs(case: Case) -> None:
    """Keep the diets and access needs that stand beside an answer (inside `transact`)."""
    author = case.known.author
    place = next((p for p in case.known.by_thread + case.known.by_token if author and p.person.id == author.id), None)
    if place is None or not case.verdict.text or case.verdict.authentication.failed:
        return
    found = read_needs(case.verdict.text, place.person.language)
    if found:
        lines = [f"{need.kind.value}{'' if need.certain else ' (not certain)'}: {need.count}" for need in found]
        await meetings.note_needs(place.invitation.id, "\n".join(lines))


async def _asked(case: Case, question: Question, meeting: Meeting) -> Asked:
    """The question with what its letter showed: the numbers are read off the letter itself, for lists change."""
    entry = case.thread[0]
    office = case.office
    written = Written(
        case.verdict.date or case.now, meeting.zone, case.known.author.language if case.known.author else ""
    )
    found = Asked(question, written, own_addresses=frozenset({office.sender.mailbox}))
    match question:
        case Question.CALLS | Question.ROSTER:
            shown = _NUMBERED.findall(await outbox.text_of(entry.id))
            peers = [p for p in await people.people(office.partnership) if p.id != entry.notice.person_id]
            return replace(found, people=tuple(_callees(shown, peers)))
        case Question.ITEMS:
            items = await plan.items(office.partnership, ids=entry.notice.items)
            return replace(found, items=tuple(AskedItem(i.number, i.text) for i in items))
        case Question.ADDRESS if entry.notice.about is not None:
            about = (await people.people(office.partnership, [entry.notice.about]))[0]
            return replace(found, whom=Whom(about.name, about.addresses))
        case Question.DELEGATE if case.known.author is not None:
            return replace(found, whom=Whom(case.known.author.name, case.known.author.addresses))
        case Question.TIMES | Question.RANKING | Question.CHOICES if entry.notice.question is not None:
            offered = await questions.choices(entry.notice.question)
            times = tuple(Offered(c.number, c.dtstart) for c in offered if c.dtstart is not None)
            return replace(found, times=times, choices=tuple(Choice(c.number, c.label) for c in offered if c.label))
        case _:
            return found


def _callees(shown: list[tuple[str, str]], peers: list[Person]) -> list[Callee]:
    found = []
    for number, words in shown:
        named = [p for p in peers if words == p.name or words.startswith(f"{p.name}, ")]
        if len(named) == 1:
            found.append(Callee(int(number), named[0].id, named[0].name, named[0].organisation))
    return found


class _Taker:
    """Makes facts of what was read; each step gives the sentences about what was done, and what is doubtful."""

    def __init__(self, case: Case, meeting: Meeting, author: Person, asked: Asked) -> None:
        self.case, self.meeting, self.author, self.asked = case, meeting, author, asked
        self.office, self.now = case.office, case.now
        self.closed = False
        """Another way has closed the message's row."""
        self.done: list[str] = []
        self.doubts: list[str] = []

    async def take(self, reply: Reply) -> tuple[list[str], list[str]]:
        """(what was done, what is doubtful)."""
        match reply.said:
            case CallResults(results=results):
                for result in results:
                    await self.call(result)
            case ItemReports(reports=reports):
                for report in reports:
                    await self.item(report)
            case Delegation() as said:
                await self.delegation(said)
            case NewAddress() as said:
                await self.address(said)
            case Documents() as said:
                await self.documents(said)
            case Comments() as said:
                await self.comments(said)
            case Stories() as said:
                await self.stories(said)
            case Picks() as said:
                await self.picks(said)
            case TimesChosen() as said:
                await self.times(said)
            case Ranking(order=order):
                await self.vote({number: str(place) for place, number in enumerate(order, 1)}, "your order is noted")
            case ListChanges() as said:
                await self.roster(said, reply.not_understood)
            case Approval() as said:
                await self.approval(said)
            case None:
                self.doubts.append("this kind of answer waits for you")
        return self.done, self.doubts

    async def call(self, said: CallResult) -> None:
        """One line of a champion's report. A yes or no by telephone counts where the person has not answered otherwise."""
        person = (await people.people(self.office.partnership, [said.person]))[0]
        again = _at(said.again, self.meeting)
        logged = calls.LoggedCall(said.person, said.result.value, self.now, self.author.id, said.note, again)
        await calls.log_call(self.meeting.id, logged, self.case.ident)
        stat = {Result.YES: PartStat.ACCEPTED, Result.NO: PartStat.DECLINED, Result.MAYBE: PartStat.TENTATIVE}.get(
            said.result
        )
        sentence = f"{person.name}: {said.result.value}" + (f" on {said.again:%d %B}" if said.again else "")
        if stat is not None:
            await meetings.lock(self.meeting.id)
            own = await meetings.invitations(self.meeting.id, [said.person])
            if own and own[0].answered and own[0].partstat is not stat and own[0].via is not Via.HAND:
                self.doubts.append(
                    f"{self.author.name} reports {said.result.value} of {person.name}, who answered otherwise: nothing was changed"
                )
                return
            reason = f"by telephone, {self.author.name} reports: {said.words}"[:300]
            given = Given(stat, Via.HAND, self.now, 0, said.note, None, None, reason)
            try:
                await changes.enter(self.office, self.meeting, person, given, self.case.ident)
            except MailerError as exc:
                self.doubts.append(str(exc))
                return
        self.done.append(sentence)
        occasion = f"inbound-{self.case.ident}-call-{said.person}"
        happening = Happening(HappeningKind.CALL_RESULT_IS_LOGGED, occasion, self.now, said.person)
        await announce.announce(self.office, self.meeting, happening, self.now)

    async def item(self, said: ItemReport) -> None:
        """How one action item stands now."""
        item = await plan.item(self.office.partnership, said.number)
        if item is None:
            self.doubts.append(f"there is no item {said.number}")
            return
        if item.owner != self.author.id:  # it was given to somebody else since the letter left
            self.doubts.append(f"item {item.number} is somebody else's now: nothing was changed")
            return
        if item.status is ItemStatus.DROPPED:
            self.doubts.append(f"item {item.number} was dropped: nothing was changed")
            return
        kind: HappeningKind | None = None
        match said.state:
            case State.DONE:
                after, kind, sentence = plans.done(item), HappeningKind.REPLY_IS_DONE, f"{item.number} is done"
            case State.HELP:
                after, kind = plans.needs_help(item, said.note or said.words), HappeningKind.REPLY_IS_HELP
                sentence = f"{item.number} needs help: {said.note or said.words}"
            case State.MOVED if said.due is not None:
                after, sentence = plans.moved(item, said.due), f"{item.number} is now due on {said.due:%d %B %Y}"
            case _:
                after, sentence = item, f"{item.number} is in progress: {said.note or said.words}"
        if said.state is State.HELP and said.due is not None:
            after = plans.moved(after, said.due)
        await plan.change(after, self.now)
        await plan.note(item.id, said.state.value, sentence, self.now, self.author.id, self.case.ident)
        self.done.append(sentence)
        if kind is not None:
            occasion = f"inbound-{self.case.ident}-item-{item.number}"
            happening = Happening(kind, occasion, self.now, self.author.id, item=after)
            await announce.announce(self.office, self.meeting, happening, self.now, self.case.verdict.message_id)

    async def delegation(self, said: Delegation) -> None:
        """Who comes instead is an answer like any other: the same way as one by calendar."""
        if said.nobody:
            self.done.append("nobody comes instead")
            return
        place = next((p for p in self.case.known.by_thread if p.person.id == self.author.id), None)
        if place is None:
            self.doubts.append(f"{said.name} comes instead, but of whom is not clear")
            return
        answer = Answer(
            PartStat.DELEGATED,
            Via.WORDS,
            True,
            self.case.verdict.text[:300],
            delegate=Delegate(said.name, said.address),
        )
        self.closed = True
        await answers.answers(
            replace(self.case, verdict=replace(self.case.verdict, kind=Kind.ANSWER, answers=(answer,)))
        )

    async def address(self, said: NewAddress) -> None:
        """The convener, or the person, gives an address that works."""
        about = self.case.thread[0].notice.about or self.author.id
        if said.address is None:
            self.doubts.append("the person is gone" if said.gone else "no address is in it")
            return
        person = (await people.people(self.office.partnership, [about]))[0]
        if not await people.write_to(self.office.partnership, about, said.address):
            self.doubts.append(f"{said.address} is the address of somebody else")
            return
        again = await outbox.send_again(self.office.partnership, about, self.now)
        self.done.append(
            f"{person.name} is written to at {said.address} from now on"
            + (f"; {again} mails that came back go out again" if again else "")
        )

    async def documents(self, said: Documents) -> None:
        """Notes of a meeting: the files, and the words of the mail."""
        if not said.documents:
            self.doubts.append("a file was asked for, and none is attached")
            return
        raw = await inbound.raw(self.case.ident) or b""
        found = [(one, file_contents(raw, one.name, one.content_type)) for one in said.documents]
        made = await documents.write(
            self.office.partnership, documents.NOTES, self.meeting.id, self.case.verdict.text, self.now
        )
        for one, content in found:
            if content is None:
                self.doubts.append(f"the file {one.name} could not be kept")
            else:
                await documents.keep_file(made.id, one.name, one.content_type, content, self.case.ident)
        self.done.append("notes are in: " + ", ".join(d.name for d in said.documents))

    async def times(self, said: TimesChosen) -> None:
        """Which of the offered times suit; whatever was not spoken of stays open."""
        offered = {offer.number for offer in self.asked.times}
        yes = said.chosen | set(said.preferred)
        no = offered - yes - said.possible if said.none else said.refused
        word = {**dict.fromkeys(no, "no"), **dict.fromkeys(said.possible, "maybe"), **dict.fromkeys(yes, "yes")}
        shown = {o.number: self.meeting.local(o.start) for o in self.asked.times}
        good = ", ".join(f"{shown[n]:%a} {shown[n].day} {shown[n]:%b %H:%M}" for n in sorted(yes) if n in shown)
        await self.vote(word, f"these times suit you: {good}" if good else "none of these times suits you")

    async def vote(self, said: dict[int, str], sentence: str) -> None:
        question = self.case.thread[0].notice.question
        if question is None:
            self.doubts.append("what was offered is not known any more")
            return
        found = await questions.question(question)
        if found is None or found.state != questions.OPEN:
            self.doubts.append("this was settled before the answer came")
            return
        await questions.vote(question, self.author.id, said, self.now, self.case.ident)
        await closing.heard(self.office, found, self.case.ident, self.now)
        self.done.append(sentence)

    async def roster(self, said: ListChanges, odd: tuple[str, ...]) -> None:
        """Who is missing on a list, and who is wrong: proposals, which only the convener makes facts."""
        if said.fine and not odd:
            self.done.append("the list is right as it is")
            return
        rule = self.office.book.rule(self.case.thread[0].notice.rule)
        kind = (
            self.author.kind
            if rule is not None and self.author.kind is not PartnerKind.BUSINESS
            else PartnerKind.BUSINESS
        )
        lines = await roster.proposals(self.office, said, self.author, kind)
        if not lines:
            return
        self.closed = True
        await propose(self.case, self.author, self.meeting, lines, odd)

    async def approval(self, said: Approval) -> None:
        """A signer's word on letters in his or her name. The letters follow by themselves (`hand.signing`)."""
        asked = await _word_asked_for(self.case)
        if asked is None or said.word is None:
            self.doubts.append("of which letter this speaks is not known any more")
            return
        state = {Word.YES: approvals.OK, Word.CHANGES: approvals.CHANGES, Word.NO: approvals.NO}[said.word]
        words = self.case.verdict.text.strip()
        self.done.append(
            await signing.take_word(
                self.office, asked, state, words, self.author, self.meeting, self.now, self.case.ident
            )
        )

    async def in_words(self, said: Comments, question: QuestionId) -> None:
        """The answer to a question without choices."""
        found = await questions.question(question)
        if found is None or found.state != questions.OPEN:
            self.doubts.append("this was settled before the answer came")
            return
        office, kind = self.office, documents.answers_to(question)
        kept = await documents.document(office.partnership, kind, found.meeting)
        kept = kept or await documents.write(office.partnership, kind, found.meeting, "", self.now)
        await documents.comment(kept.id, self.author.id, said.text or self.case.verdict.text, self.now, self.case.ident)
        await closing.heard(office, found, self.case.ident, self.now)
        self.done.append("your answer is noted, thank you")

    async def stories(self, said: Stories) -> None:
        """Successes wait for the convener's word; what is needed becomes an action item that is flagged, in the convener's hands."""
        told = [await self._tell(stories.STORY, words) for words in said.told]
        for words in said.needs:
            wanted = Item(
                ItemId(0), 0, f"A hand for {self.author.organisation or self.author.name}: {words}"[:300], self.office.convener, help=words
            )  # fmt: skip
            item = await plan.add(self.office.partnership, wanted, self.now)
            await plan.note(
                item.id, "added", f"{item.number} was asked for: {words}", self.now, self.author.id, self.case.ident
            )
            await self._tell(stories.NEED, words, item.id)
            occasion = f"inbound-{self.case.ident}-need-{item.number}"
            happening = Happening(HappeningKind.REPLY_IS_HELP, occasion, self.now, self.author.id, item=item)
            await announce.announce(self.office, self.meeting, happening, self.now, self.case.verdict.message_id)
        if told:
            happening = Happening(
                HappeningKind.STORY_IS_TOLD, f"inbound-{self.case.ident}-story", self.now, self.author.id
            )
            await announce.announce(self.office, self.meeting, happening, self.now, self.case.verdict.message_id)
        self.done += ["your story is noted, thank you"] if told else []
        self.done += ["I see what can be done about what you need"] if said.needs else []
        self.done += ["nothing to tell this time"] if said.none else []

    async def _tell(self, kind: str, words: str, item: ItemId | None = None) -> int:
        return await stories.tell(self.office.partnership, self.author.id, kind, words, self.now, self.case.ident, item)

    async def picks(self, said: Picks) -> None:
        """Which of the choices somebody takes; of priorities that is what they can help with."""
        shown = {c.number: c.name for c in self.asked.choices}
        taken = [shown[n] for n in sorted(said.taken)]
        sentence = f"you take: {'; '.join(taken)}" if taken else "none of these"
        await self.vote({n: "yes" if n in said.taken else "no" for n in shown}, sentence)
        question = self.case.thread[0].notice.question
        found = await questions.question(question) if question is not None else None
        if found is not None and found.kind == questions.PRIORITIES:
            await stories.add_strengths(self.author.id, taken)

    async def comments(self, said: Comments) -> None:
        """What somebody writes about a draft."""
        office = self.office
        if self.case.thread[0].notice.question is not None:
            await self.in_words(said, self.case.thread[0].notice.question)
            return
        summary = await documents.shared(self.meeting.id)
        summary = summary or await documents.document(office.partnership, documents.SUMMARY, self.meeting.id)
        if summary is None:
            self.doubts.append("there is no draft that could be commented on")
            return
        words = said.text or "no comments"
        await documents.comment(summary.id, self.author.id, words, self.now, self.case.ident)
        self.done.append("your comment is noted" if said.text else "you have no comments")
        if said.text and summary.state in (documents.APPROVED, documents.SENT):
            self.doubts.append(f"the text was approved before this comment came: “{words[:300]}”")
        elif said.text and self.meeting.comments_until is not None and self.meeting.comments_until < self.now:
            self.doubts.append(f"this comment came after the day on which they were gathered: “{words[:300]}”")


async def propose(
    case: Case,
    author: Person,
    meeting: Meeting,
    lines: Sequence[str],
    odd: Sequence[str] = (),
    *,
    quietly: bool = False,
) -> None:
    """What *author* proposes for the register waits for the convener; the proposer is told so, unless *quietly*."""
    await meetings.ensure_invitations(meeting.id, [author.id])
    invitation = (await meetings.invitations(meeting.id, [author.id]))[0]
    rest = [
        f"not understood: “{' '.join(piece[:200].split())}”" for piece in odd
    ]  # a line that begins with ">" is a proposal
    told = "\n".join([f"{author.name} proposes, and {case.office.sender.name} decides:", *lines, *rest])
    await case.waits(told, Place(invitation, meeting, author), roster.PROPOSED)
    if not quietly:
        await desk.tell(case, meeting, author.id)


def _at(day: date | None, meeting: Meeting) -> datetime | None:
    """Nine o'clock of *day* on the meeting's clock."""
    if day is None:
        return None
    return datetime.combine(day, time(9), ZoneInfo(meeting.zone)).astimezone(UTC)
