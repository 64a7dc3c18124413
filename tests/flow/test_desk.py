"""The convener's desk, by mail: cases and letters that wait are settled by plain replies."""

from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import inbound, models, outbox
from mailer.store.transact import transact
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
        f"<{abs(hash((text, str(letter['Message-ID']))))}@northwoods.example>",
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
