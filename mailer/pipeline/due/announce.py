"""Something happened: run the rules that wait for it, and put what they decide into the outbox.

All of it runs inside the transaction that writes the happening itself.
"""

from collections.abc import Sequence
from datetime import datetime

from mailer.decide.due import LeftOut, happened
from mailer.decide.rule import Group, Rule
from mailer.decide.snapshot import Happening, HappeningKind, Notice
from mailer.partnership import series
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.pipeline.due.drafting import with_questions
from mailer.pipeline.office import Office
from mailer.store import log, meetings, occurrences, outbox, people
from mailer.store.log import LogLine
from mailer.terms import MessageId, PartStat, PersonId, RuleId

WAITING_RULE = RuleId("service-waiting")
"""The service's own mail: what waits for the convener's word. No rule file may use this heading."""

TOLD_RULE = RuleId("service-told")
"""The service's own mail: something the convener should know. No rule file may use this heading."""

REPLY_HAPPENINGS = {
    PartStat.ACCEPTED: HappeningKind.REPLY_IS_YES,
    PartStat.DECLINED: HappeningKind.REPLY_IS_NO,
    PartStat.TENTATIVE: HappeningKind.REPLY_IS_MAYBE,
}
"""The rules that wait for each answer."""


async def announce(
    office: Office, meeting: Meeting, happening: Happening, now: datetime, answers_to: MessageId | None = None
) -> int:
    """Run the rules of *happening* and put what they decide into the outbox (inside `transact`)."""
    return len(await announced(office, meeting, happening, now, answers_to))


async def announced(
    office: Office,
    meeting: Meeting,
    happening: Happening,
    now: datetime,
    answers_to: MessageId | None = None,
    not_to: PersonId | None = None,
) -> tuple[Notice, ...]:
    """The same; gives what the rules decided. *not_to*: somebody who is not answered just now (`loops`)."""
    serving = office.serving(meeting)
    waits = any(happening.kind in rule.happens for rule in serving)
    notices: tuple[Notice, ...] = ()
    if waits:
        concerned = [p for p in (happening.person, happening.delegate) if p is not None]
        if happening.item is not None and happening.item.owner is not None:
            concerned.append(happening.item.owner)
        everybody = not concerned or any(happening.kind in r.happens and _reaches_many(r) for r in serving)
        snapshot = await (meetings.snapshot(meeting) if everybody else office.around(meeting, concerned))
        decided = happened(serving, snapshot, happening, office.known_since, now)
        wanted = [n for n in decided.notices if n.person_id != not_to]
        notices = tuple(await with_questions(office, meeting, wanted, now))
        await office.post(meeting, notices, now, answers_to)
        await note_left_out(office, meeting, decided.left_out, now)
        await post_waiting(office, meeting, notices, now)
    if happening.kind in _ANSWERS:
        await headcount_changed(office, meeting, now)
    return tuple(n for n in notices if not n.told_with)


async def date_answered(
    office: Office,
    meeting: Meeting,
    date: Meeting,
    before: Invitation,
    after: Invitation,
    now: datetime,
    answers_to: MessageId | None = None,
    not_to: PersonId | None = None,
) -> None:
    """Somebody answered one *date* of a series alone: run the rules, where it makes a difference to how they stood (inside `transact`)."""
    if before.partstat is not after.partstat and after.partstat in REPLY_HAPPENINGS:
        assert date.recurrence_id is not None
        times = await occurrences.times_answered(after.id, date.recurrence_id)
        occasion, kind = f"answer-{times}{series.date_round(date)}", REPLY_HAPPENINGS[after.partstat]
        happening = Happening(kind, occasion, now, after.person_id, recurrence_id=date.recurrence_id)
        await announced(office, meeting, happening, now, answers_to, not_to)
    elif before.party_size != after.party_size:
        await headcount_changed(office, meeting, now)


_ANSWERS = frozenset({*REPLY_HAPPENINGS.values(), HappeningKind.DELEGATE_IS_NAMED})
_FEW = frozenset(
    {
        Group.CANDIDATES, Group.WHO_REPLIED, Group.THEIR_CHAMPION, Group.DELEGATE, Group.ITEM_OWNER, Group.ACTION_TEAM_LEAD, Group.ACTION_TEAM_LEADS,
        Group.CONVENER, Group.CATERER, Group.NOTE_TAKER, Group.LEAD_CHAMPION, Group.CHAMPIONS, Group.CO_CHAIRS,
    }
)  # fmt: skip
"""Groups that the picture around the persons concerned holds whole."""


def _reaches_many(rule: Rule) -> bool:
    return any(a.group not in _FEW for a in rule.to)


async def headcount_changed(office: Office, meeting: Meeting, now: datetime) -> int:
    """Run the rules about the headcount, where the caterer was told another one; after each change of chairs (inside `transact`)."""
    if not any(HappeningKind.HEADCOUNT_CHANGES in rule.happens for rule in office.serving(meeting)):
        return 0
    if meeting.rrule:
        changes = await occurrences.changes(meeting.id)
        ahead = [o for o in series.occurrences(meeting, changes) if o.dtend > now and not o.cancelled]
        return sum([await _headcount_of_date(office, meeting, series.at_date(meeting, o), now) for o in ahead])
    if meeting.told_headcount is None:
        return 0
    differs = await meetings.headcount(meeting.id) - meeting.told_headcount
    if not differs:
        return 0
    happening = Happening(HappeningKind.HEADCOUNT_CHANGES, f"headcount-{now:%Y%m%dT%H%M%S%f}", now, count=differs)
    return await announce(office, meeting, happening, now)


async def _headcount_of_date(office: Office, meeting: Meeting, date: Meeting, now: datetime) -> int:
    if date.told_headcount is None:
        return 0
    differs = meetings.chairs(await meetings.answers_to(date)) - date.told_headcount
    if not differs:
        return 0
    occasion = f"headcount-{now:%Y%m%dT%H%M%S%f}{series.date_round(date)}"
    happening = Happening(
        HappeningKind.HEADCOUNT_CHANGES, occasion, now, count=differs, recurrence_id=date.recurrence_id
    )
    return await announce(office, meeting, happening, now)


async def headcount_told(office: Office, sent: Sequence[Notice], now: datetime) -> None:
    """Letters have left: what those to the caterer said is what the caterer was told last (inside `transact`)."""
    for notice in sent:
        rule = office.book.rule(notice.rule)
        if rule is not None and rule.tells_headcount:
            date = await _date_of(notice)
            count = await meetings.tell_headcount(notice.meeting_id, date)
            sentence = f"the caterer was told of {count} chairs"
            await log.write(
                office.partnership, LogLine(now, "headcount", sentence, notice.meeting_id, notice.person_id)
            )


async def _date_of(notice: Notice) -> Meeting | None:
    """The date of a series that *notice* is about."""
    about = series.date_of_round(notice.round)
    meeting = await meetings.by_id(notice.meeting_id) if about is not None else None
    if about is None or meeting is None:
        return None
    found = series.occurrence_of(meeting, about, await occurrences.changes(meeting.id))
    return series.at_date(meeting, found) if found is not None else None


async def note_left_out(office: Office, meeting: Meeting, left_out: Sequence[LeftOut], now: datetime) -> None:
    """Write into the log, once, whom a rule would have reached and why it does not (inside `transact`)."""
    wanted = {(o.person, f"[{o.rule}] did not go out: {o.sentence}", o.round) for o in left_out}
    told = {(p, f"{s} ({r})" if r else s) for p, s, r in wanted}
    fresh = await log.unknown(office.partnership, meeting.id, "left out", told)
    with log.acting(""):  # the rules' own doing, whoever caused that they were asked
        for person, sentence in sorted(fresh, key=lambda one: (one[0] or 0, one[1])):
            await log.write(office.partnership, LogLine(now, "left out", sentence, meeting.id, person))


async def overtaken(office: Office, entry: outbox.OutboxEntry, now: datetime) -> None:
    """A letter left while its meeting changed: run the rules of that change once more. Whoever had it in time is in the ledger; who became
    invited by this letter alone is told now (inside `transact`)."""
    meeting = await meetings.by_id(entry.notice.meeting_id)
    if meeting is None:
        return
    if meeting.cancelled:
        kind = HappeningKind.MEETING_IS_CANCELLED
    elif meeting.last_major_sequence > (entry.sequence or 0):
        kind = HappeningKind.MEETING_IS_MOVED
    else:
        before = await meetings.version_before(meeting)
        if before is None or (before.place, before.online_link) == (meeting.place, meeting.online_link):
            return  # one date of a series: those invited hear of it by themselves
        kind = HappeningKind.PLACE_IS_CHANGED
    await announce(office, meeting, Happening(kind, f"sequence-{meeting.sequence}", now), now)


async def undeliverable(office: Office, entry: outbox.OutboxEntry, reason: str, now: datetime) -> None:
    """An address is dead: nothing more is sent there, and rules about bounces run (inside `transact`)."""
    address = entry.forward_path
    news = await people.mark_dead(office.partnership, address, reason, now)
    meeting = await meetings.by_id(entry.notice.meeting_id)
    await log.write(
        office.partnership,
        LogLine(
            now,
            "dead",
            f"{address} cannot be reached: {reason}",
            entry.notice.meeting_id,
            entry.notice.person_id,
            outbox_id=entry.id,
        ),
    )
    if news and meeting is not None:
        happening = Happening(HappeningKind.MAIL_BOUNCES, f"bounce-{address}"[:100], now, entry.notice.person_id)
        await announce(office, meeting, happening, now)


def _asking(office: Office) -> set[RuleId]:
    return {r.id for r in office.book.rules if r.asks_signer}


async def tell_convener(office: Office, meeting: Meeting, round_: str, sentence: str, now: datetime) -> None:
    """Tell the convener something, once a *round_* (inside `transact`)."""
    notice = Notice(
        rule=TOLD_RULE, meeting_id=meeting.id, person_id=office.convener, round=round_[:120], letter="service-notice", attach=(),
        on_behalf_of=None, hold=False, invites=False, not_before=now, reason=sentence,
    )  # fmt: skip
    await office.post(meeting, [notice], now)


async def post_waiting(office: Office, meeting: Meeting, notices: Sequence[Notice], now: datetime) -> None:
    """Tell the convener, once a rule and round, that mails wait for a word (inside `transact`). What waits for a signer's may have it already:
    that is looked at next (`hand.signing`)."""
    asking = _asking(office)
    notices = [n for n in notices if n.rule not in asking or n.on_behalf_of is None]
    await tell_waiting(office, meeting, notices, now)


async def tell_waiting(office: Office, meeting: Meeting, notices: Sequence[Notice], now: datetime) -> None:
    """The same, whosever word they wait for (inside `transact`)."""
    notices = await office.kept(meeting, notices)
    for rule, round_ in dict.fromkeys((n.rule, n.round) for n in notices if n.hold):
        first = next(n for n in notices if n.hold and (n.rule, n.round) == (rule, round_))
        # newcomers later in the same round are another mail; where signers are asked, those have mails of their own
        of = office.convener if rule in _asking(office) else first.person_id
        notice = Notice(
            rule=WAITING_RULE,
            meeting_id=meeting.id,
            person_id=office.convener,
            round=f"{rule}/{round_}/{of}"[:120],
            letter="service-notice",
            attach=(),
            on_behalf_of=None,
            hold=False,
            invites=False,
            not_before=now,
            reason=f"mails of [{rule}] wait for your word",
            about=first.person_id,
        )
        await office.post(meeting, [notice], now)
