"""Questions with choices: put by the convener, tallied, settled.

A question has a day by which people answer (`hand.closing` minds it), and is called by its number or by words of its title.

Promises: each step is one commit; a question is settled once, by the convener; the time that is chosen makes the meeting that was drafted, or
moves the one it was asked about. Never: settles by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailer.decide.offer import answer_by
from mailer.decide.rule import ATTENDANCE, Duration, Unit
from mailer.decide.snapshot import Notice
from mailer.decide.workdays import shift_day
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.pipeline.due.drafting import PLANNING_CALLS, makes
from mailer.pipeline.hand import changes, moves
from mailer.pipeline.hand.planning import person_called
from mailer.pipeline.office import Office
from mailer.store import documents, log, meetings, people, plan, questions
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PersonId, QuestionId, RuleId

QUESTION_RULE = RuleId("service-question")
"""Letters of a question that the convener put by hand. No rule file may use this heading."""

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_AND = ", "


@dataclass(frozen=True, slots=True)
class Tally:
    """What was said to one choice, by name."""

    number: int
    label: str
    yes: tuple[str, ...]
    maybe: tuple[str, ...]
    no: tuple[str, ...]


async def question_or_error(office: Office, name: str) -> questions.AskedQuestion:
    """The question with this number, or whose title holds these words; of several, the one that is open. MailerError with those there are."""
    every = await questions.every(office.partnership)
    plain = " ".join(_WORD.findall(name.casefold().removeprefix("question ")))
    number = int(plain) if plain.isdecimal() and len(plain) < 10 else None
    found = [q for q in every if q.slug == name.strip().casefold() or q.id == number]
    found = found or [q for q in every if " ".join(_WORD.findall(q.title.casefold())) == plain]
    found = found or [q for q in every if plain and set(plain.split()) <= set(_WORD.findall(q.title.casefold()))]
    if len(found) > 1:
        found = [q for q in found if q.state == questions.OPEN] or found
    if len(found) != 1:
        known = "; ".join(f"{q.id} ({q.title})" for q in found or every if q.state == questions.OPEN) or "none"
        raise MailerError(
            f"{'Which' if found else 'There is no'} question {name}{'?' if found else '.'} Open: {known}."
        )
    return found[0]


async def tally(office: Office, name: str) -> tuple[questions.AskedQuestion, tuple[Tally, ...]]:
    """How a question stands. In a ranking, whoever named a choice first counts as a yes."""
    question = await question_or_error(office, name)
    return question, await tally_of(office, question)


async def tally_of(office: Office, question: questions.AskedQuestion) -> tuple[Tally, ...]:
    names = {p.id: p.name for p in await people.people(office.partnership)}
    votes = await questions.votes(question.id)
    rows = []
    for choice in await questions.choices(question.id):
        said = {names.get(person, "?"): word for person, word in votes[choice.number].items()}

        def those(*words: str, said: dict[str, str] = said) -> tuple[str, ...]:
            return tuple(sorted(name for name, word in said.items() if word in words))

        rows.append(Tally(choice.number, choice.label, those("yes", "1"), those("maybe", "2"), those("no")))
    if question.kind == questions.WORDS:
        found = await documents.document(office.partnership, documents.answers_to(question.id), question.meeting)
        said_in_words = await documents.comments(found.id) if found is not None else ()
        rows += [Tally(n, c.words, (names.get(c.person, "?"),), (), ()) for n, c in enumerate(said_in_words, 1)]
    return tuple(rows)


async def tally_text(office: Office, question: questions.AskedQuestion) -> str:
    """How a question stands, to read in a mail."""
    rows = await tally_of(office, question)
    lines = [f"Question {question.id}: {question.title} ({question.state})"]
    if question.kind == questions.WORDS:
        return "\n".join([*lines, *(f"{', '.join(row.yes)}: {row.label}" for row in rows)])
    if question.kind == questions.RANKING:
        lines[0] += ": who put it first; second"
    for row in rows:
        more = "".join(f"; {word}: {', '.join(who)}" for word, who in (("maybe", row.maybe), ("no", row.no)) if who)
        lines.append(
            f"{row.number}. {row.label}: {len(row.yes)} yes{f' ({_AND.join(row.yes)})' if row.yes else ''}{more}"
        )
    return "\n".join(lines)


async def put(
    office: Office,
    title: str,
    times: Sequence[tuple[datetime, datetime]],
    to: Sequence[Person],
    now: datetime,
    *,
    about: Meeting | None = None,
    until: date | None = None,
) -> tuple[questions.AskedQuestion, int]:
    """Offer *times* to the people *to*, to be answered by the day *until*; gives the question and how many letters that makes."""
    if not 2 <= len(times) <= 12:
        raise MailerError("Offer between two and twelve times.")
    if times[0][0] <= now:
        raise MailerError("A time that is offered lies in the past.")
    if not to:
        raise MailerError("Nobody would be asked.")
    remind_at, closes_at = _answer_by(now, about.zone if about else office.zone, times[0][0], until)
    slug = await _free_slug(office, title, now)

    async def write() -> tuple[questions.AskedQuestion, int]:
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, now)
        under = about or at_large
        labels = [
            (f"{(local := under.local(start)):%A} {local.day} {local:%B %Y, %H:%M}", start, end) for start, end in times
        ]
        ident = await questions.ask(
            office.partnership,
            slug,
            questions.TIMES,
            title,
            labels,
            now,
            meeting=under.id,
            closes_at=closes_at,
            remind_at=remind_at,
        )
        return await _asked_of(
            office, under, ident, slug, title, to, "pick-a-time", "one of the offered times", times[-1][0], now
        )

    return await transact(write)


def _answer_by(
    now: datetime, zone: str, latest: datetime | None, until: date | None
) -> tuple[datetime | None, datetime]:
    found = answer_by(now, zone, latest, until)
    if found[1] <= now:
        raise MailerError("The day by which people should answer has passed.")
    return found


async def _asked_of(
    office: Office, under: Meeting, ident: QuestionId, slug: str, title: str, to: Sequence[Person], letter: str, ask: str,
    not_after: datetime | None, now: datetime,
) -> tuple[questions.AskedQuestion, int]:  # fmt: skip
    """Write to everybody who is asked (inside `transact`); gives the question, and how many."""
    notices = [
        Notice(
            rule=QUESTION_RULE, meeting_id=under.id, person_id=person.id, round=slug, letter=letter, attach=(), on_behalf_of=None,
            hold=False, invites=False, not_before=now, reason=f"asked: {title}", not_after=not_after, question=ident, ask=ask,
        )
        for person in to
    ]  # fmt: skip
    made = await office.post(under, notices, now)
    await log.write(
        office.partnership,
        LogLine(now, "question", f"“{title}” was asked of {made} {'person' if made == 1 else 'people'}", under.id),
    )
    found = await questions.question(ident)
    assert found is not None
    return found, made


_KINDS = {
    "businesses": PartnerKind.BUSINESS, "public partners": PartnerKind.PUBLIC_PARTNER, "support partners": PartnerKind.SUPPORT_PARTNER,
}  # fmt: skip
_CHAMPIONS = frozenset({Role.CHAMPION, Role.LEAD_CHAMPION, Role.CO_CHAIR})


async def those(office: Office, wanted: Sequence[str]) -> list[Person]:
    """The people that words mean: everyone, champions, a kind of partner, an address or a name. Nobody who may not be written to."""
    register = [p for p in await people.people(office.partnership) if p.may_be_written_to and not p.of_the_house]
    found: dict[PersonId, Person] = {}
    for word in wanted:
        plain = word.strip().lower()
        if plain in ("everyone", "everybody"):
            some = register
        elif plain in _KINDS:
            some = [p for p in register if p.kind is _KINDS[plain]]
        elif plain == "champions":
            some = [p for p in register if p.roles & _CHAMPIONS]
        elif "@" in word or " " in word:
            some = [await person_called(office, word)]
        else:
            raise MailerError(f"I do not know “{word}”. Write {', '.join(_KINDS)}, champions, everyone, or addresses.")
        found |= {p.id: p for p in some}
    return list(found.values())


_ASKS = {
    questions.CHOICES: "one or more of the choices", questions.RANKING: "an order of preference", questions.WORDS: "comments",
}  # fmt: skip


async def poll(
    office: Office,
    title: str,
    choices: Sequence[str],
    to: Sequence[Person],
    now: datetime,
    *,
    about: Meeting | None = None,
    rank: bool = False,
    until: date | None = None,
) -> tuple[questions.AskedQuestion, int]:
    """Ask one question of the people *to*, with choices to take or to put in order, or for words; answered by reply by the day *until*, else on
    the business day before *about*, else within five business days."""
    plain = [" ".join(c.split()) for c in choices if c.strip()]
    if len(plain) == 1 or len(plain) > 12 or len({c.casefold() for c in plain}) != len(plain):
        raise MailerError("Give between two and twelve different choices, or none for an answer in words.")
    if not to:
        raise MailerError("Nobody would be asked.")
    if about is not None and about.dtstart <= now:
        raise MailerError(f"{about.slug} has begun.")
    kind = questions.WORDS if not plain else questions.RANKING if rank else questions.CHOICES
    if about is not None and until is None:
        day_before = shift_day(about.local(about.dtstart).date(), Duration(1, Unit.BUSINESS_DAY), -1, ())
        until = max(day_before, about.local(now).date())
    remind_at, closes_at = _answer_by(
        now, about.zone if about else office.zone, about.dtstart if about else None, until
    )
    slug = await _free_slug(office, title, now)

    async def write() -> tuple[questions.AskedQuestion, int]:
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, now)
        under = about or at_large
        closes = about.dtstart if about is not None else None
        ident = await questions.ask(
            office.partnership,
            slug,
            kind,
            title,
            [(c, None, None) for c in plain],
            now,
            meeting=under.id,
            closes_at=closes_at,
            remind_at=remind_at,
        )
        return await _asked_of(office, under, ident, slug, title, to, "one-question", _ASKS[kind], closes, now)

    return await transact(write)


async def invite_into_team(office: Office, team: str, person: Person, now: datetime) -> tuple[str, str]:
    """Ask *person* in the name of the lead whether to join *team*; gives both names. A yes by reply makes the member (`mail.asked`)."""
    every = await plan.teams(office.partnership)
    plain = team.casefold().removesuffix(" team").strip()
    found = [t for t in every if t.name.casefold() in (plain, team.casefold())]
    if len(found) != 1:
        raise MailerError(f"No action team is called {team}. Teams: {', '.join(t.name for t in every) or 'none'}.")
    one = found[0]
    if person.id in (*one.members, one.lead):
        raise MailerError(f"{person.name} is in {one.name} already.")
    if one.lead is None:
        raise MailerError(f"{one.name} has no lead yet, in whose name one could ask.")
    lead = (await people.people(office.partnership, [one.lead]))[0]
    slug = await _free_slug(office, f"join-{one.name}-{person.name}", now)

    async def write() -> None:
        at_large = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, now)
        ident = await questions.ask(
            office.partnership,
            slug,
            questions.YES_OR_NO,
            f"joining {one.name}",
            [(one.name, None, None)],
            now,
            meeting=at_large.id,
            team=one.id,
        )
        notice = Notice(
            rule=QUESTION_RULE,
            meeting_id=at_large.id,
            person_id=person.id,
            round=slug,
            letter="join-our-team",
            attach=(),
            on_behalf_of=lead.id if lead.id != person.id else None,
            hold=False,
            invites=False,
            not_before=now,
            reason=f"asked to join {one.name}",
            question=ident,
            ask=ATTENDANCE,
            team=one.id,
        )
        await office.post(at_large, [notice], now)
        sentence = f"{person.name} is asked to join “{one.name}”"
        await log.write(office.partnership, LogLine(now, "team", sentence, None, person.id))

    await transact(write)
    return one.name, lead.name


async def settle_question(office: Office, name: str, number: int, now: datetime) -> str:
    """Take choice *number*, in one commit; gives a sentence about what that did."""

    async def write() -> str:
        told = await _settle(office, await question_or_error(office, name), number, now)
        await log.write(office.partnership, LogLine(now, "settled", told))
        return told

    return await transact(write)


async def _settle(office: Office, question: questions.AskedQuestion, number: int, now: datetime) -> str:
    named = f"Question {question.id} ({question.title})"
    if question.state != questions.OPEN:
        raise MailerError(f"{named} is {question.state} already.")
    offered = await questions.choices(question.id)
    chosen = next((c for c in offered if c.number == number), None)
    if chosen is None:
        has = f"; it has 1 to {len(offered)}" if offered else ": it was asked for words"
        raise MailerError(f"{named} has no choice {number}{has}.")
    if chosen.dtstart is not None and chosen.dtstart <= now:
        raise MailerError(f"{chosen.label} has passed. Offer new times, or take another of them.")
    if chosen.dtstart is None:
        await questions.settle(question.id, chosen.id)
        return f"{question.title}: {chosen.label}."
    if not await questions.settle(question.id, chosen.id):
        raise MailerError(f"{named} was settled by somebody else at this moment.")
    kind = await makes(question.id)
    about = await meetings.by_id(question.meeting) if question.meeting else None
    end = chosen.dtend or chosen.dtstart + timedelta(hours=1)
    if about is not None and about.cancelled:
        raise MailerError(f"{about.slug} is cancelled: it cannot be moved.")
    beside = await _beside(office, chosen.dtstart, end, about)
    if kind or about is None or about.standing:
        zone = about.zone if about is not None else office.zone
        made = await changes.add_meeting(
            office,
            Meeting(
                MeetingId(0), office.partnership, await _free_meeting_slug(office, question.title, chosen.dtstart), question.title,
                EventUid(""), chosen.dtstart, end, zone, kind=kind or PLANNING_CALLS, team_id=question.team,
            ),
            now,
        )  # fmt: skip
        told = f"{question.title}: {chosen.label}. The meeting {made.slug} was made"
        if made.kind != PLANNING_CALLS or question.team is not None:
            return f"{told}; its rules invite to it.{beside}"
        return f"{told}, and {await _invite(office, question, made, now)} people who were asked are invited.{beside}"
    after = moves.at_another_time(about, chosen.dtstart, chosen.dtstart + (about.dtend - about.dtstart))
    saved, change, letters = await changes.change_meeting(office, about, after, now)
    return f"{saved.slug} is on {chosen.label} ({change.value}); that makes {letters} letters.{beside}"


async def _beside(office: Office, start: datetime, end: datetime, about: Meeting | None) -> str:
    """A sentence about meetings that take place at the same time; empty where there is none."""
    ahead = await meetings.all_of(office.partnership)
    same = [
        m.slug for m in ahead
        if not m.standing and not m.cancelled and m.dtstart < end and start < m.dtend and (about is None or m.id != about.id)
    ]  # fmt: skip
    return f" At the same time: {', '.join(same)}." if same else ""


async def _invite(office: Office, question: questions.AskedQuestion, call: Meeting, now: datetime) -> int:
    """Whoever was asked for a time is invited to the call (inside `transact`): no rule knows who they are."""
    return await office.post(
        call,
        [
            Notice(
                rule=QUESTION_RULE, meeting_id=call.id, person_id=person, round="settled", letter="team-call", attach=("calendar invitation",),
                on_behalf_of=None, hold=False, invites=True, not_before=now, reason=f"settled: {question.title}", not_after=call.dtstart,
                ask=ATTENDANCE,
            )
            for person in await questions.asked(question.id)
            if person != office.convener
        ],
        now,
    )  # fmt: skip


async def _free_slug(office: Office, title: str, now: datetime) -> str:
    name = _NOT_IN_NAMES.sub("-", title.lower()).strip("-")[:40] or "question"
    taken = {q.slug for q in await questions.every(office.partnership)}
    return next(s for s in (name, *(f"{name}-{n}" for n in range(2, 10_000))) if s not in taken)


async def _free_meeting_slug(office: Office, title: str, start: datetime) -> str:
    name = f"{_NOT_IN_NAMES.sub('-', title.lower()).strip('-')[:40] or 'meeting'}-{start:%Y-%m}"
    taken = {m.slug for m in await meetings.all_of(office.partnership)}
    return next(s for s in (name, *(f"{name}-{n}" for n in range(2, 10_000))) if s not in taken)
