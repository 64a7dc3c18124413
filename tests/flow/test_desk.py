"""The convener's desk, by mail: cases and letters that wait are settled by plain replies."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailer.decide.snapshot import Notice
from mailer.errors import MailerError, StoreUnusable
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Role
from mailer.pipeline.hand import unclear
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import inbound, log, meetings, models, outbox, people, plan, questions
from mailer.store.transact import transact
from mailer.terms import InboundId, PersonId, RuleId
from tests.flow.world import NO, YES, World, button, local, member, words, world


async def reply(here: World, letter: EmailMessage, text: str, author: str = CONVENER) -> None:
    """Dana (or somebody who says so) answers a mail of the service."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        f"Dana Reyes <{author}>",
        str(letter["Reply-To"] or MAILBOX),
        f"Re: {letter['Subject']}",
    )
    message["Message-ID"], message["In-Reply-To"] = (
        f"<{abs(hash((text, here.stage.to_mailbox, str(letter['Message-ID']))))}@northwoods.example>",
        str(letter["Message-ID"]),
    )
    message["Date"] = format_datetime(here.stage.clock.now())
    body = letter.get_body(("plain",))
    assert body is not None
    quoted = "\n".join("> " + line for line in str(body.get_content()).splitlines())
    message.set_content(f"{text}\n\nOn {letter['Date']}, {letter['From']} wrote:\n{quoted}\n")
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, author)
    await here.stage.quiet()


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_letters_that_wait_are_released_by_a_reply(tmp_path: Path) -> None:
    never = local(2026, 6, 1, 9, 0)
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown"), member("Cho Chan")], ok_on=never) as here:
        await here.stage.advance(local(2026, 1, 29, 10, 0))
        (_, asked), *_ = here.to(CONVENER)
        assert "Ann Able" in text_of(asked)
        assert here.to("ann.able@able.example") == []
        await reply(here, asked, "ok, but let me look at the letter first")
        assert here.to("ann.able@able.example") == []
        assert "did not understand" in text_of(here.to(CONVENER)[-1][1])
        await reply(here, asked, "OK, not Bo")  # part of a name is nobody
        assert "which do you mean? Nothing was sent" in text_of(here.to(CONVENER)[-1][1])
        await reply(here, asked, "OK, not Bob")
        assert len(here.to("ann.able@able.example")) == len(here.to("cho.chan@chan.example")) == 1
        assert here.to("bob.brown@brown.example") == []
        assert "Not to Bob Brown" in text_of(here.to(CONVENER)[-1][1])
        assert (await outbox.counts(here.stage.daemon.office.partnership)).get("held", 0) == 0
        # another date makes no other person of him
        meeting = await here.meeting()
        await here.change(dtstart=meeting.dtstart + timedelta(days=7), dtend=meeting.dtend + timedelta(days=7))
        await here.stage.advance(local(2026, 2, 6, 10, 0))
        await here.release()
        await here.stage.advance(local(2026, 2, 12, 10, 0))
        assert here.to("bob.brown@brown.example") == []
        assert len(here.to("ann.able@able.example")) > 1, here.subjects("ann.able@able.example")


async def test_stop_drops_what_waits(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")], ok_on=local(2026, 6, 1, 9, 0)) as here:
        await here.stage.advance(local(2026, 1, 29, 10, 0))
        await reply(here, here.to(CONVENER)[0][1], "stop")
        await here.stage.advance(local(2026, 2, 3, 10, 0))
        assert here.to("ann.able@able.example") == []


async def test_unclear_answers_come_as_one_mail_and_are_settled_by_a_reply(tmp_path: Path) -> None:
    cast = [
        member("Ann Other", button(YES, sender="ann@elsewhere.example"), unlisted=("ann@elsewhere.example",)),
        member("Bob Maybe", words("I could come if my boss lets me leave the plant early that day.")),
        member("Cho Clear", words("Sorry, I can't make it", NO)),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        digests = [
            m
            for _, m in here.to(CONVENER)
            if "wait for your word, because" in text_of(m) or "waits for your word, because" in text_of(m)
        ]
        assert digests
        numbers = {
            line.split()[1]: line.split()[0]
            for line in text_of(digests[-1]).splitlines()
            if "@" in line and line.split()[0].isdigit()
        }
        ann, bob = numbers["ann@elsewhere.example:"], numbers["bob.maybe@maybe.example:"]
        # somebody else who says so is not obeyed
        await reply(here, digests[-1], f"{bob} yes", author="mallory@evil.example")
        assert (await here.answers())["bob.maybe@maybe.example"] == "no answer"
        await reply(here, digests[-1], f"{ann} yes alias, {bob} hm let me think, 999 no\nThanks!")
        answers = await here.answers()
        assert answers["ann.other@other.example"] == "yes"
        assert answers["bob.maybe@maybe.example"] == "no answer"
        told = text_of(here.to(CONVENER)[-1][1])
        assert "Ann Other: yes" in told
        assert "hm let me think" in told
        assert "999" in told
        await reply(here, here.to(CONVENER)[-1][1], f"{bob} no")
        assert (await here.answers())["bob.maybe@maybe.example"] == "no"
        before = len(here.to(CONVENER))
        await here.stage.advance(local(2026, 2, 20, 12, 0))
        later = [text_of(m) for _, m in here.to(CONVENER)[before:]]
        assert not [t for t in later if "for your word, because" in t]  # settled: no more mail about it


def numbers_of(digest: EmailMessage) -> dict[str, str]:
    """Author → number of the case."""
    lines = [line.split() for line in text_of(digest).splitlines() if "@" in line]
    return {words[1].rstrip(":"): words[0] for words in lines if len(words) > 1 and words[0].isdigit()}


async def test_the_convener_lets_the_sender_be_asked(tmp_path: Path) -> None:
    cast = [member("Bob Maybe", words("I could come if my boss lets me leave the plant early that day."))]
    bob = "bob.maybe@maybe.example"
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        (digest,) = [m for _, m in here.to(CONVENER) if bob in numbers_of(m)]
        before = len(here.to(bob))
        await reply(here, digest, f"{numbers_of(digest)[bob]} ask him")
        (_, question), *more = here.to(bob)[before:]
        assert more == []
        assert "yes, no or maybe" in text_of(question)
        assert "leave the plant early" in text_of(question)
        assert (await here.answers())[bob] == "no answer"
        await reply(here, question, "Yes.", author=bob)
        assert (await here.answers())[bob] == "yes"


async def test_an_assistant_answers_once_the_convener_says_so(tmp_path: Path) -> None:
    boss, helper = "ann.ortiz@ortiz.example", "office@ortiz.example"
    async with world(tmp_path, [member("Ann Ortiz")]) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        letter = here.to(boss)[0][1]
        await reply(here, letter, "Yes, Ms Ortiz will attend.", author=helper)
        assert (await here.answers())[boss] == "no answer"
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        digest = [m for _, m in here.to(CONVENER) if helper in numbers_of(m)][-1]
        assert "assistant" in text_of(digest)
        await reply(here, digest, f"{numbers_of(digest)[helper]} yes assistant")
        assert (await here.answers())[boss] == "yes"
        assert here.to(helper) == []
        await here.stage.advance(local(2026, 2, 4, 12, 0))
        await reply(here, letter, "Unfortunately Ms Ortiz cannot attend after all.", author=helper)
        assert (await here.answers())[boss] == "no"
        assert here.to(helper) == []  # never written to


async def test_of_many_unclear_cases_the_oldest_are_told_first_and_none_is_forgotten(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        partnership, now = here.stage.daemon.office.partnership, here.stage.clock.now()
        rows = [
            models.Inbound(
                partnership_id=partnership, mailbox="INBOX", uid_validity=9, imap_uid=uid, digest=f"many-{uid}", state=inbound.REVIEW,
                received_at=now, author=f"p{uid:03}@many.example", reason="it may mean anything", words="Hm.",
            )
            for uid in range(1, 121)
        ]  # fmt: skip
        await transact(lambda: models.Inbound.bulk_create(rows))
        before = len(here.to(CONVENER))
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        mails = [m for _, m in here.to(CONVENER)[before:] if "for your word, because" in text_of(m)]
        assert "70 more messages wait" in text_of(mails[0])
        every = [f"p{uid:03}@many.example" for uid in range(1, 121)]
        assert [list(numbers_of(m)) for m in mails] == [every[:50], every[50:100], every[70:]]


async def waiting_from(here: World, address: str) -> inbound.InboundRow:
    """The message of *address* that waits for the convener."""
    (row,) = [
        r for r in await inbound.rows(here.stage.daemon.office.partnership, [inbound.REVIEW]) if r.author == address
    ]
    return row


async def test_thanks_for_a_letter_that_asks_nothing_never_become_attendance(tmp_path: Path) -> None:
    ann, bob = "ann.able@able.example", "bob.brown@brown.example"
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown", button(NO))]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        confirmed = next(m for _, m in here.to(bob) if str(m["Subject"]).startswith(("Sorry", "We will miss", "Thank")))
        await reply(here, confirmed, "How is the new hall? My brother built it.", author=bob)
        row = await waiting_from(here, bob)
        assert row.proposed == unclear.TOLD
        await here.stage.advance(local(2026, 2, 7, 12, 0))
        digest = next(m for _, m in reversed(here.to(CONVENER)) if bob in numbers_of(m))
        assert "asks nothing" in text_of(digest)
        await reply(here, digest, f"{row.id} yes")
        told = text_of(here.to(CONVENER)[-1][1])
        assert "was not recorded" in told
        assert f"{bob} yes for launch" in told
        assert (await here.answers())[bob] == "no"
        # after the meeting a yes is about anything but coming
        await here.stage.advance(local(2026, 3, 16, 12, 0))
        await reply(
            here, here.to(ann)[-1][1], "Could my colleague have the slides as well, if that is possible?", author=ann
        )
        late = await waiting_from(here, ann)
        office = here.stage.daemon.office
        for word in (unclear.Settle.YES, unclear.Settle.NO, unclear.Settle.MAYBE):
            with pytest.raises(MailerError, match="is over, so"):
                await unclear.settle(office, late.id, word, here.stage.clock.now())
        assert await here.answers() == {ann: "yes", bob: "no"}


async def test_a_ruling_on_a_letter_about_no_meeting_or_to_somebody_not_invited_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")], ok_on=local(2026, 6, 1, 9, 0)) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        ann = await people.by_address(office.partnership, "ann.able@able.example")
        assert ann is not None
        at_large = await transact(lambda: meetings.at_large(office.partnership, "Northwoods", office.zone, now))
        for n, (meeting, match) in enumerate([(at_large.id, "about no meeting"), (here.meeting_id, "was not invited")]):
            await transact(lambda meeting=meeting: meetings.ensure_invitations(meeting, [ann.id]))  # type: ignore[misc]
            (place,) = await meetings.invitations(meeting, [ann.id])
            row = await put(here, n, author="ann.able@able.example", invitation_id=place.id, kind="unclear")
            with pytest.raises(MailerError, match=match):
                await unclear.settle(office, row, unclear.Settle.YES, now)
            assert not (await meetings.invitations(meeting, [ann.id]))[0].answered
        await post_at_large(here, at_large, ann.id)
        seen = len(here.to("ann.able@able.example"))
        await reply(here, here.to("ann.able@able.example")[-1][1], "Yes!", author="ann.able@able.example")
        assert not (await meetings.invitations(at_large.id, [ann.id]))[0].answered
        assert len(here.to("ann.able@able.example")) == seen


async def post_at_large(here: World, at_large: Meeting, person: PersonId) -> None:
    """A letter of the partnership itself, which asks nothing."""
    now = here.stage.clock.now()
    notice = Notice(
        rule=RuleId("service-told"), meeting_id=at_large.id, person_id=person, round="news", letter="service-notice", attach=(),
        on_behalf_of=None, hold=False, invites=False, not_before=now, reason="The plan has new items.",
    )  # fmt: skip
    await transact(lambda: here.stage.daemon.office.post(at_large, [notice], now))
    await here.stage.quiet()


async def put(here: World, uid: int, **facts: object) -> InboundId:
    """A message that waits for the convener."""
    now = here.stage.clock.now()
    row = models.Inbound(
        partnership_id=here.stage.daemon.office.partnership, mailbox="INBOX", uid_validity=9, imap_uid=uid, digest=f"put-{uid}",
        state=inbound.REVIEW, received_at=now, reason="it may mean anything", words="Hm.", **facts,
    )  # fmt: skip
    await transact(row.save)
    return InboundId(row.id)


async def test_asking_and_stopping_where_there_is_no_invitation_say_what_can_be_done(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        for n, (author, mark, word, told) in enumerate(
            [
                ("who@else.example", "", unclear.Settle.ASK, "please write to who@else.example yourself"),
                ("who@else.example", "", unclear.Settle.STOP, "is not in the register and is not written to"),
                ("who@else.example", "", unclear.Settle.YES, "Write to me: ADDRESS yes for MEETING"),
                ("ann.able@able.example", "", unclear.Settle.NO, "Write to me: ann.able@able.example no for MEETING"),
                ("ann.able@able.example", unclear.QUESTION, unclear.Settle.ASK, "I can only ask about that"),
            ]
        ):
            row = await put(here, n, author=author, proposed=mark)
            with pytest.raises(MailerError) as refused:
                await unclear.settle(office, row, word, now)
            assert told in str(refused.value)
            assert f"{row} ignore" in str(refused.value)
            assert not any(f"set {author} {w}" in str(refused.value) for w in ("ask", "stop"))
        row = await put(here, 99, author="ann.able@able.example")
        assert await unclear.settle(office, row, unclear.Settle.STOP, now) == "Ann Able is not written to any more"
        ann = await people.by_address(office.partnership, "ann.able@able.example")
        assert ann is not None
        assert not ann.may_be_written_to


@pytest.mark.parametrize("of_a_team", [False, True])
async def test_where_more_follows_from_a_vote_the_desk_does_not_cast_it(tmp_path: Path, of_a_team: bool) -> None:
    """Whether somebody becomes a champion, or joins a team, is more than a vote: a ruling on unclear words is refused, and nothing follows."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        ann = await people.by_address(office.partnership, "ann.able@able.example")
        assert ann is not None

        async def asked() -> questions.AskedQuestion:
            team = (await plan.save_team(office.partnership, "Welding")).id if of_a_team else None
            if not of_a_team:
                await people.give_role(ann.id, ann.roles | {Role.CANDIDATE})
            ident = await questions.ask(
                office.partnership, "will-you", questions.YES_OR_NO, "Will you?", [("yes", None, None)], now, team=team
            )
            found = await questions.question(ident)
            assert found is not None
            return found

        question = await transact(asked)
        row = await put(here, 1, author="ann.able@able.example", proposed=unclear.QUESTION)
        await transact(lambda: questions.vote(question.id, ann.id, {1: "maybe"}, now, row))
        for word in (unclear.Settle.YES, unclear.Settle.NO, unclear.Settle.ACCEPT):
            with pytest.raises(MailerError, match="from which more follows than a vote"):
                await unclear.settle(office, row, word, now)
        assert await questions.votes(question.id) == {1: {ann.id: "maybe"}}
        assert (await waiting_row(here, "ann.able@able.example")).state == inbound.REVIEW
        assert all(not t.members for t in await plan.teams(office.partnership))


async def test_what_a_reply_settles_and_its_answer_are_one_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between the ruling and the mail that tells of it: nothing is half done, and the next try does it once."""
    cast = [member("Bob Maybe", words("I could come if my boss lets me leave the plant early that day."))]
    bob = "bob.maybe@maybe.example"
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        office = here.stage.daemon.office
        (digest,) = [m for _, m in here.to(CONVENER) if bob in numbers_of(m)]
        real = outbox.put
        seen: list[tuple[str, str]] = []

        async def broken(partnership: object, notices: list[object], *more: object) -> int:
            if any(n.rule == "service-done" for n in notices) and not seen:  # type: ignore[attr-defined]
                row = await waiting_row(here, bob)
                seen.append((row.state, (await here.answers())[bob]))
                raise StoreUnusable("the database is gone")
            return await real(partnership, notices, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(outbox, "put", broken)
        await reply(here, digest, f"{numbers_of(digest)[bob]} yes")
        assert seen == [(inbound.HANDLED, "yes")]  # it was done inside, and given up with the rest
        assert (await here.answers())[bob] == "yes"
        lines = [line for _, line in await log.lines(office.partnership) if line.what == "settled"]
        assert len(lines) == 1
        assert "waits for a decision" not in text_of(here.to(CONVENER)[-1][1])


async def waiting_row(here: World, address: str) -> inbound.InboundRow:
    return next(r for r in await inbound.rows(here.stage.daemon.office.partnership) if r.author == address)
