"""What is kept of what was fetched: with a store of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.clock import SteppedClock
from mailer.decide.snapshot import Notice
from mailer.partnership.meetings import Meeting
from mailer.partnership.register import PersonRow
from mailer.receive.intake import Fetched, Position, Taken
from mailer.receive.keeper import Keeper
from mailer.store import inbound, meetings, models, outbox, people
from mailer.store.connection import opened
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartnershipId, RuleId, Token

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
UID = "9f2c4e@northwdb.example"


class Case:
    """A partnership with Ann, a meeting, her invitation and the letter that took it to her."""

    def __init__(self) -> None:
        self.partnership = PartnershipId(0)
        self.token = Token("")
        self.message_id = ""
        self.new = 0

    def arrived(self) -> None:
        self.new += 1

    def keeper(self, file_into: str = "") -> Keeper:
        return Keeper(
            self.partnership,
            SteppedClock(NOW),
            own_addresses=frozenset({"rsvp@northwdb.example"}),
            file_into=file_into,
            arrived=self.arrived,
        )

    async def rows(self) -> list[inbound.InboundRow]:
        return (await inbound.rows(self.partnership))[::-1]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    here = Case()
    async with opened(f"sqlite://{tmp_path / 'store.db'}"):
        here.partnership = await transact(lambda: people.ensure_partnership("northwoods", "Northwoods", NOW))
        person, _ = await people.save(here.partnership, PersonRow("Ann", ("ann@acme.example", "ann@home.example")))
        meeting = Meeting(
            MeetingId(0), here.partnership, "launch", "Launch", EventUid(UID), NOW + timedelta(days=9), NOW + timedelta(days=9, hours=2), "UTC"
        )  # fmt: skip
        meeting = await meetings.add(meeting, NOW)
        await meetings.ensure_invitations(meeting.id, [person])
        here.token = (await meetings.invitations(meeting.id))[0].token
        notice = Notice(
            rule=RuleId("invite"), meeting_id=meeting.id, person_id=person, round="r0", letter="invitation-business", attach=(),
            on_behalf_of=None, hold=False, invites=True, not_before=NOW, reason="",
        )  # fmt: skip
        await outbox.put(here.partnership, [notice], "northwdb.example", NOW)
        here.message_id = (await outbox.rows(here.partnership))[0].message_id
        yield here


def mail(author: str, to: str = "rsvp@northwdb.example", *, extra: str = "", text: str = "Yes") -> bytes:
    return f"From: {author}\r\nTo: {to}\r\nSubject: Re: Launch\r\nMessage-ID: <a-{author}>\r\n{extra}\r\n{text}\r\n".encode()


def fetched(raw: bytes | None, imap_uid: int = 1, *, head: bytes = b"", size: int = 0, validity: int = 7) -> Fetched:
    return Fetched(validity, imap_uid, NOW, size or len(raw or head), raw, head)


REPLY = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{UID.upper()}\r\nEND:VEVENT\r\nEND:VCALENDAR"


@pytest.mark.parametrize(
    "by", ["author", "alias", "token", "reference", "thread", "event"]
)  # fmt: skip
async def test_ours_is_kept_with_its_bytes(case: Case, by: str) -> None:
    stranger = "bob@else.example"
    raw = {
        "author": mail("Ann@ACME.example"),
        "alias": mail("ann@home.example"),
        "token": mail(stranger, f"rsvp+{case.token}@northwdb.example"),
        "reference": mail(stranger, text=f"ok\r\n> ref:{case.token}"),
        "thread": mail(stranger, extra=f"In-Reply-To: {case.message_id}\r\n"),
        "event": mail(stranger, extra="Content-Type: text/calendar; method=REPLY\r\n", text=REPLY),
    }[by]
    assert await case.keeper("Answers").take("INBOX", fetched(raw)) == Taken(True, "Answers")
    (row,) = await case.rows()
    assert row.state == "fetched"
    assert await inbound.raw(row.id) == raw
    assert case.new == 1


async def test_of_what_is_not_ours_only_ids_are_kept(case: Case) -> None:
    raw = mail("mum@family.example", extra="In-Reply-To: <other@family.example>\r\n", text="ref:aaaaaaaaaaaaaaaaaaaa")
    assert await case.keeper("Answers").take("INBOX", fetched(raw)) == Taken(False, None)
    (row,) = await case.rows()
    assert (row.state, row.author, row.subject, row.message_id) == ("left-alone", "", "", "")
    assert await inbound.raw(row.id) is None
    assert case.new == 0


async def test_our_own_mail_that_came_back_is_left_alone(case: Case) -> None:
    raw = mail(
        "rsvp@northwdb.example", f"rsvp+{case.token}@northwdb.example", extra="X-Convener-Instance: convener\r\n"
    )
    assert not (await case.keeper().take("INBOX", fetched(raw))).kept


async def test_a_batch_is_told_apart_one_by_one(case: Case) -> None:
    raws = [
        mail("mum@family.example"),
        mail("ann@acme.example"),
        mail("b@c.example", f"rsvp+{case.token}@northwdb.example"),
    ]
    batch = [fetched(raw, number) for number, raw in enumerate(raws, 1)]
    assert [t.kept for t in await case.keeper().take_all("INBOX", batch)] == [False, True, True]
    assert [(r.state, r.author) for r in await case.rows()] == [
        ("left-alone", ""), ("fetched", "ann@acme.example"), ("fetched", "b@c.example"),
    ]  # fmt: skip


async def test_the_same_bytes_under_another_number_are_nothing(case: Case) -> None:
    keeper = case.keeper()
    raw = mail("ann@acme.example")
    await keeper.take_all("INBOX", [fetched(raw, 1), fetched(raw, 2)])
    await keeper.take("INBOX", fetched(raw, 1, validity=8))
    assert len(await case.rows()) == 1


async def test_messages_that_cannot_be_fetched_each_wait_for_a_person(case: Case) -> None:
    keeper = case.keeper("Answers")
    for number in (1, 2, 2):
        assert await keeper.take("INBOX", fetched(None, number, size=900)) == Taken(False, None)
    rows = await case.rows()
    assert [r.state for r in rows] == ["review", "review"]
    assert all("would not hand out" in r.reason for r in rows)


async def test_a_message_too_large_waits_for_a_person_if_it_is_ours(case: Case) -> None:
    head = mail("ann@acme.example", text="").rstrip() + b"\r\n\r\n"
    stranger = mail("mum@family.example", text="").rstrip() + b"\r\n\r\n"
    keeper = case.keeper()
    assert (await keeper.take("INBOX", fetched(None, 1, head=head, size=40_000_000))).kept
    assert not (await keeper.take("INBOX", fetched(None, 2, head=stranger, size=40_000_000))).kept
    ours, theirs = await case.rows()
    assert (ours.state, ours.author, ours.subject) == ("review", "ann@acme.example", "Re: Launch")
    assert "too large" in ours.reason
    assert "40 MB" in ours.reason
    assert await inbound.raw(ours.id) == head
    assert (theirs.state, theirs.reason) == ("left-alone", "")


async def test_a_large_message_comes_out_as_it_went_in(case: Case) -> None:
    raw = mail("ann@acme.example", text="x" * (2 * inbound.PART))
    for some in (raw, raw[: 2 * inbound.PART], raw[: inbound.PART], raw[: inbound.PART + 1]):
        await case.keeper().take("INBOX", fetched(some, len(some)))
    assert [await inbound.raw(r.id) for r in await case.rows()] == [
        raw, raw[: 2 * inbound.PART], raw[: inbound.PART], raw[: inbound.PART + 1],
    ]  # fmt: skip
    assert await models.InboundBytes.all().count() == 3 + 2 + 1 + 2


async def test_a_position_is_remembered(case: Case) -> None:
    keeper = case.keeper()
    assert await keeper.position("INBOX") is None
    await keeper.advance("INBOX", Position(7, 12))
    assert await keeper.position("INBOX") == Position(7, 12)
