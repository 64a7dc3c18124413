"""From an invitation to a name on the attendance list: the daemon on the embedded servers, looked at from outside."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailer.partnership.meetings import Change, MeetingStatus
from mailer.pipeline.hand.changes import SAID, enter_answer
from mailer.pipeline.hand.register import import_people
from mailer.sandbox.habits import Answers, Away, Forwards, Full, Greylisted, Member, Program, Unknown, Way
from mailer.store import inbound, outbox, people
from tests.flow.world import MAYBE, MEETING, NO, YES, button, calendar_of, local, member, words, world

RUTH = member("Ruth Halloran", button(YES), roles=("champion", "lead champion"))


async def test_every_way_to_answer_reaches_the_list(tmp_path: Path) -> None:
    cast = [
        member("Ann Gmail", button(YES)),
        member("Bob Outlook", button(NO), program=Program.OUTLOOK),
        member("Cho Apple", button(MAYBE), program=Program.APPLE),
        member("Dee Words", words("Yes, see you there")),
        member("Eli Sorry", words("Sorry, can't make it", NO)),
        member("Fay Unsure", words("not sure yet", MAYBE)),
        member("Gil Link", Answers(Way.LINK, YES)),
        member("Hal Silent"),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        assert await here.answers() == {
            "ann.gmail@gmail.example": "yes",
            "bob.outlook@outlook.example": "no",
            "cho.apple@apple.example": "maybe",
            "dee.words@words.example": "yes",
            "eli.sorry@sorry.example": "no",
            "fay.unsure@unsure.example": "maybe",
            "gil.link@link.example": "yes",
            "hal.silent@silent.example": "no answer",
        }


async def test_reminders_go_to_the_silent_only_and_once(tmp_path: Path) -> None:
    cast = [
        member("Ann Quick", words("Yes, I'll be there")),
        member("Bob No", words("Sorry, I can't come", NO)),
        member("Hal Silent"),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(MEETING + timedelta(days=1))
        assert [r for r, _ in await here.rules_of("ann.quick@quick.example")] == [
            "invite-businesses", "confirm-yes", "calendar-follow-up", "logistics",
        ] or [r for r, _ in await here.rules_of("ann.quick@quick.example")] == [
            "invite-businesses", "calendar-follow-up", "confirm-yes", "logistics",
        ]  # fmt: skip
        bob = [r for r, _ in await here.rules_of("bob.no@no.example")]
        assert "reminder" not in bob
        assert "last-call" not in bob
        hal = [r for r, state in await here.rules_of("hal.silent@silent.example") if state == "sent"]
        assert hal == ["invite-businesses", "calendar-follow-up", "reminder", "last-call"]
        assert len(here.to("hal.silent@silent.example")) == 4


async def test_nothing_leaves_before_the_convener_says_ok_and_who_declines_meanwhile_is_left_in_peace(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Gone")], ok_on=local(2026, 3, 25, 9, 0)) as here:
        await here.stage.advance(local(2026, 1, 29, 15, 0))
        assert here.to("ann.able@able.example") == []
        assert (await outbox.counts(here.stage.daemon.office.partnership))["held"] == 2
        person = await people.by_address(here.stage.daemon.office.partnership, "bob.gone@gone.example")
        assert person is not None
        await enter_answer(
            here.stage.daemon.office, await here.meeting(), person, SAID["no"], here.stage.clock.now(), note="by phone"
        )
        await here.release()
        await here.stage.quiet()
        assert len(here.to("ann.able@able.example")) == 1
        assert not [s for s in here.subjects("bob.gone@gone.example") if "join us" in s]


async def test_a_moved_meeting_reaches_every_calendar_and_asks_anew(tmp_path: Path) -> None:
    cast = [
        member("Ann Yes", button(YES, rounds=(1,))),
        member("Bob No", button(NO, rounds=(1,)), program=Program.OUTLOOK),
        member("Cho Again", button(YES), program=Program.APPLE),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 18, 10, 0))
        assert (await here.answers())["ann.yes@yes.example"] == "yes"
        before = await here.meeting()
        change, mails = await here.change(
            dtstart=before.dtstart + timedelta(days=7), dtend=before.dtend + timedelta(days=7)
        )
        assert (change, mails) == (Change.MOVED, 2)  # not to Bob, who declined
        await here.release()
        await here.stage.advance(local(2026, 2, 20, 10, 0))
        assert await here.answers() == {
            "ann.yes@yes.example": "no answer",
            "bob.no@no.example": "no",
            "cho.again@again.example": "yes",
        }
        calendars = [c for _, m in here.to("ann.yes@yes.example") if (c := calendar_of(m)) is not None]
        events = [c.walk("VEVENT")[0] for c in calendars]
        assert {str(e["UID"]) for e in events} == {before.event_uid}
        assert int(events[0]["SEQUENCE"]) == 0
        assert int(events[-1]["SEQUENCE"]) == 1
        assert events[-1]["DTSTART"].dt == MEETING + timedelta(days=7)
        assert len({str(e["ORGANIZER"]) for e in events}) == 1  # some clients refuse a changed ORGANIZER
        await here.stage.advance(local(2026, 3, 20, 9, 0))
        assert "reminder" in [r for r, _ in await here.rules_of("ann.yes@yes.example")]
        assert "reminder" not in [r for r, _ in await here.rules_of("bob.no@no.example")]


async def test_a_cancelled_meeting_reaches_every_calendar_and_ends_everything(tmp_path: Path) -> None:
    cast = [member("Ann Yes", button(YES)), member("Bob No", button(NO)), member("Hal Silent")]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 10, 10, 0))
        assert await here.change(status=MeetingStatus.CANCELLED) == (Change.CANCELLED, 2)
        await here.release()
        await here.stage.advance(local(2026, 3, 20, 9, 0))
        for address in ("ann.yes@yes.example", "hal.silent@silent.example"):
            calendar = calendar_of(here.to(address)[-1][1])
            assert calendar is not None
            assert str(calendar["METHOD"]) == "CANCEL"
            event = calendar.walk("VEVENT")[0]
            assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 1)
        assert not [s for s in here.subjects("bob.no@no.example") if "cancel" in s.lower()]
        assert "reminder" not in [r for r, _ in await here.rules_of("hal.silent@silent.example")]


async def test_another_place_is_told_and_answers_stay(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Yes", button(YES))]) as here:
        await here.stage.advance(local(2026, 2, 10, 10, 0))
        assert await here.change(place="The new hall") == (Change.PLACE, 1)
        await here.stage.advance(local(2026, 2, 11, 10, 0))
        assert await here.answers() == {"ann.yes@yes.example": "yes"}
        calendar = calendar_of(here.to("ann.yes@yes.example")[-1][1])
        assert calendar is not None
        assert str(calendar.walk("VEVENT")[0]["LOCATION"]) == "The new hall"


async def test_dead_addresses_full_mailboxes_and_greylisting(tmp_path: Path) -> None:
    cast = [
        member("Una Gone", trouble=Unknown()),
        member("Ulf Late", trouble=Unknown(late=True)),
        member("Fred Full", trouble=Full(refusals=2)),
        member("Gray List", trouble=Greylisted()),
    ]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        partnership = here.stage.daemon.office.partnership
        dead = {p.name for p in await people.people(partnership) if p.dead}
        assert dead == {"Una Gone", "Ulf Late"}
        assert (
            len(here.to("fred.full@full.example")) == len(here.to("gray.list@list.example")) == 2
        )  # invitation and calendar entry
        told = " ".join(here.subjects("dana.reyes@northwoods.example"))
        assert "Una Gone" in told
        assert "Ulf Late" in told
        await here.stage.advance(MEETING)
        assert [r for r, _ in await here.rules_of("una.gone@gone.example")] == ["invite-businesses"]


async def test_an_absence_changes_nothing_is_not_answered_and_makes_reminders_wait(tmp_path: Path) -> None:
    away = Away(28, "I am out of the office until {until}.")
    async with world(tmp_path, [member("Vic Away", away)]) as here:
        await here.stage.advance(local(2026, 2, 26, 18, 0))
        assert await here.answers() == {"vic.away@away.example": "no answer"}
        sent = [r for r, state in await here.rules_of("vic.away@away.example") if state == "sent"]
        assert "reminder" not in sent
        assert not [
            r for r, _ in await here.rules_of("vic.away@away.example") if r.startswith(("confirm", "sorry", "thanks"))
        ]
        await here.stage.advance(local(2026, 3, 5, 18, 0))
        sent = [r for r, state in await here.rules_of("vic.away@away.example") if state == "sent"]
        assert {"reminder", "last-call"} & set(sent)


async def test_who_comes_back_too_late_to_answer_is_reminded_all_the_same(tmp_path: Path) -> None:
    away = Away(40, "I am out of the office until {until}.")  # past the day to answer by
    async with world(tmp_path, [member("Vic Away", away)]) as here:
        await here.stage.advance(local(2026, 3, 5, 18, 0))
        assert "reminder" in [r for r, state in await here.rules_of("vic.away@away.example") if state == "sent"]


@pytest.mark.parametrize("subaddresses", [True, False])
async def test_aliases_and_strangers_wait_for_the_convener(tmp_path: Path, subaddresses: bool) -> None:
    known = member(
        "Ann Alias",
        words("Yes, I'll be there", sender="ann@private.example"),
        emails=("ann.alias@alias.example", "ann@private.example"),
    )
    unknown = member("Bob Other", button(YES, sender="bob@elsewhere.example"), unlisted=("bob@elsewhere.example",))
    stranger = Forwards("Rex Stranger", "rex@stranger.example", Program.GMAIL, button(YES))
    forwarder = Member("Ivy Forward", ("ivy@forward.example",), "Forward Works", "Owner", acts=(stranger,))
    async with world(tmp_path, [known, unknown, forwarder], subaddresses=subaddresses) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        assert await here.answers() == {
            "ann.alias@alias.example": "yes",
            "bob.other@other.example": "no answer",
            "ivy@forward.example": "no answer",
        }
        waiting = {r.author for r in await inbound.rows(here.stage.daemon.office.partnership, [inbound.REVIEW])}
        assert waiting == {"bob@elsewhere.example", "rex@stranger.example"}


async def test_a_change_of_mind_counts_and_is_acknowledged(tmp_path: Path) -> None:
    flip = member("Ann Flip", button(YES), button(NO, after=timedelta(days=4)), program=Program.OUTLOOK)
    async with world(tmp_path, [flip]) as here:
        await here.stage.advance(local(2026, 2, 12, 12, 0))
        assert await here.answers() == {"ann.flip@flip.example": "no"}
        rules = [r for r, _ in await here.rules_of("ann.flip@flip.example")]
        assert rules.count("confirm-yes") == 1
        assert rules.count("sorry-you-cannot") == 1


async def test_mail_that_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Yes", button(YES))]) as here:
        private = (
            b"From: mum@family.example\r\nTo: partnership@northwoods.example\r\nSubject: Sunday\r\n"
            b"Message-ID: <1@family.example>\r\n\r\nYes, see you there\r\n"
        )
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(private)
        await here.stage.advance(local(2026, 1, 28, 12, 0))
        rows = await inbound.rows(here.stage.daemon.office.partnership)
        assert [(r.state, r.author, r.subject, r.words) for r in rows] == [("left-alone", "", "", "")]
        assert await inbound.raw(rows[0].id) is None
        assert [r for r in here.mails if r[1] == "mum@family.example"] == []


async def test_the_same_answer_in_two_ways_is_confirmed_once(tmp_path: Path) -> None:
    twice = member("Ann Twice", words("Yes, I'll be there"), button(YES, after=timedelta(days=2)))
    async with world(tmp_path, [twice]) as here:
        await here.stage.advance(local(2026, 2, 12, 12, 0))
        assert [r for r, _ in await here.rules_of("ann.twice@twice.example")].count("confirm-yes") == 1
        assert (await here.answers())["ann.twice@twice.example"] == "yes"


async def test_letters_are_signed_by_the_champion_and_come_from_the_partnership(tmp_path: Path) -> None:
    cast = [RUTH, member("Ann Able", champion=RUTH.email)]
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 1, 29, 15, 0))
        _, letter = here.to("ann.able@able.example")[0]
        assert "Ruth Halloran" in str(letter["From"])
        assert "(via Dana Reyes)" in str(letter["From"])
        assert "partnership@northwoods.example" in str(letter["From"])
        assert str(letter["Reply-To"]).count("+") == 1
        assert letter["Auto-Submitted"] is None


async def test_who_joins_late_is_invited_too(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 4, 12, 0))
        late = b"name,email,kind\nLea Late,lea@late.example,business\n"
        received: list[bytes] = []

        async def reads(_: object, raw: bytes) -> None:
            received.append(raw)

        here.stage.servers.admit(["lea@late.example"], reads)
        done = await import_people(here.stage.daemon.office, "late.csv", late, here.stage.clock.now())
        assert (done.new, done.problems) == (1, ())
        await here.stage.quiet()
        assert await here.release() == 1
        await here.stage.quiet()
        assert len(received) == 1
        assert len(here.to("ann.able@able.example")) == 2  # nobody else is written to again


LUNCH = """\
From: Ann Able <ann.able@able.example>\r
To: partnership@northwoods.example\r
Subject: Accepted: Lunch with Dana\r
Message-ID: <lunch@able.example>\r
MIME-Version: 1.0\r
Content-Type: text/calendar; charset=utf-8; method=REPLY\r
\r
BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:somebody-elses-lunch@able.example\r
DTSTAMP:20260201T120000Z\r
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann.able@able.example\r
END:VEVENT\r
END:VCALENDAR\r
"""
PRIVATE = """\
From: Ann Able <ann.able@able.example>\r
To: partnership@northwoods.example\r
Subject: Re: your garden party\r
Message-ID: <party@able.example>\r
In-Reply-To: <garden@northwoods.example>\r
\r
Yes, see you there!\r
"""


@pytest.mark.parametrize("raw", [LUNCH, PRIVATE], ids=["another event", "another conversation"])
async def test_what_a_known_person_says_about_something_else_is_left_alone(tmp_path: Path, raw: str) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 4, 12, 0))
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(raw.encode(), "partnership@northwoods.example", "ann.able@able.example")
        await here.stage.quiet()
        assert await here.answers() == {"ann.able@able.example": "no answer"}
        (row,) = await inbound.rows(here.stage.daemon.office.partnership)
        assert (row.state, row.author, row.subject) == ("left-alone", "", "")


async def test_whoever_has_written_something_unclear_is_not_reminded(tmp_path: Path) -> None:
    unclear = words("I could come if my boss lets me leave the plant early that day.")
    async with world(tmp_path, [member("Bob Maybe", unclear), member("Hal Silent")]) as here:
        await here.stage.advance(MEETING)
        sent = [r for r, state in await here.rules_of("bob.maybe@maybe.example") if state == "sent"]
        assert "reminder" not in sent
        assert "last-call" not in sent
        assert "reminder" in [r for r, state in await here.rules_of("hal.silent@silent.example") if state == "sent"]
