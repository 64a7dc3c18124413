"""The shipped rules on the stage, each with who gets its letter and at what minute, and who does not; and what the letters say."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from mailer.partnership.meetings import Change, MeetingStatus
from mailer.partnership.people import PartnerKind, Role
from mailer.pipeline.hand import planning
from mailer.pipeline.hand.changes import add_meeting, change_meeting
from mailer.pipeline.hand.unclear import Settle, settle
from mailer.sandbox.habits import Member, Unknown
from mailer.sandbox.stage import CONVENER
from mailer.store import inbound, meetings, outbox, people, plan, questions
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.test_life import JANE, answer, cast, files_of, letter_to
from tests.flow.world import MAYBE, NO, YES, ZONE, World, button, calendar_of, local, member, words, world

ANN, BOB, CHO, DEE, ELI, PAT, SUE, NINA, CARL = (
    f"{name}@{name.split('.')[1]}.example"
    for name in (
        "ann.able", "bob.brown", "cho.chan", "dee.dorn", "eli.ek", "pat.public", "sue.support", "nina.note", "carl.cook",
    )
)  # fmt: skip
DANA = CONVENER
Sent = dict[str, dict[str, str]]


def region(*more: Member) -> list[Member]:
    """Everybody that a rule knows by kind, role or answer."""
    return cast(
        member("Ann Able", button(YES)),
        member("Bob Brown"),
        member("Cho Chan", words("Sorry, I can't make it.", NO)),
        member("Dee Dorn", words("Maybe, I have to see.", MAYBE)),
        member("Eli Ek", words("Sí, asistiré.", YES, to_letter=4), language="es"),
        member("Pat Public", words("Yes, I'll be there"), kind=PartnerKind.PUBLIC_PARTNER),
        member("Sue Support", kind=PartnerKind.SUPPORT_PARTNER),
        member("Nina Note", words("Yes"), roles=frozenset({Role.NOTE_TAKER})),
        member("Carl Cook", kind=PartnerKind.SUPPORT_PARTNER, roles=frozenset({Role.CATERER})),
        member("Una Gone", trouble=Unknown()),
        *more,
    )


async def sent(here: World) -> Sent:
    """Rule → whom → minutes on the meeting's clock, of everything that left."""
    partnership = here.stage.daemon.office.partnership
    names = {p.id: p.addresses[0] for p in await people.people(partnership) if p.addresses}
    found: Sent = {}
    for entry in reversed(await outbox.rows(partnership, [outbox.SENT], 2000)):
        assert entry.sent_at is not None
        minute, whom = f"{entry.sent_at.astimezone(ZONE):%m-%d %H:%M}", names[entry.notice.person_id]
        of_rule = found.setdefault(entry.notice.rule, {})
        of_rule[whom] = ", ".join(filter(None, (of_rule.get(whom), minute)))
    return found


def at(minute: str, *whom: str) -> dict[str, str]:
    return dict.fromkeys(whom, minute)


async def test_from_the_invitation_to_the_morning_before(tmp_path: Path) -> None:
    """Tasks 9, 11, 19, 28, 30, 32, 33, 36, 37, 38, 40: every letter up to the meeting, to the right people and at its minute."""
    async with world(tmp_path, region()) as here:
        await here.stage.advance(local(2026, 3, 11, 13, 0))
        await answer(here, DEE, letter_to(here, DEE, "maybe"), "Yes, I can come!")
        await here.stage.advance(local(2026, 3, 11, 15, 0))
        found = await sent(here)
        assert found["invite-businesses"] == at("01-29 12:00", JANE, ANN, BOB, CHO, DEE, ELI, NINA)
        assert found["invite-public-partners"] == at("01-29 12:00", PAT, SUE)  # and not the caterer
        assert found["address-is-dead"] == at("01-29 12:00", DANA)
        assert found["calendar-follow-up"] == at("01-30 10:00", JANE, ANN, BOB, DEE, ELI, NINA, PAT, SUE)  # not to Cho
        assert found["reminder"] == at("02-26 09:30", BOB, ELI, SUE)  # only those who are silent
        assert found["last-call"] == at("03-03 09:30", BOB, ELI, SUE)
        assert set(found["confirm-yes"]) == {JANE, ANN, DEE, ELI, NINA, PAT}
        assert set(found["sorry-you-cannot"]) == {CHO}
        assert set(found["thanks-for-maybe"]) == {DEE}
        assert found["champion-calls"] == {JANE: "03-02 08:30, 03-05 08:30"}
        assert found["headcount"] == {CARL: "03-05 11:00, 03-11 11:00"}
        assert found["materials"] == at("03-10 08:30", DANA)
        assert found["note-taker"] == at("03-10 09:00", NINA)
        assert found["briefing"] == at("03-10 10:00", PAT)  # public partners who come, and nobody else
        assert found["logistics"] == at("03-11 09:00", JANE, ANN, ELI, NINA, PAT)
        assert found["logistics-late-yes"] == at("03-11 13:00", DEE)
        await _said(here)


async def _said(here: World) -> None:
    """What stands in those letters."""
    letter = here.to(ANN)[0][1]
    assert "Able Works" in text_of(letter)
    assert "Jane Smith" in str(letter["From"])
    assert "Thursday, March 5" in text_of(letter)  # when to answer by
    assert calendar_of(letter) is None
    assert "come and listen" in here.subjects(PAT)[0]
    follow_up = calendar_of(letter_to(here, ANN, "For your calendar"))
    assert follow_up is not None
    assert str(follow_up["METHOD"]) == "REQUEST"
    assert calendar_of(letter_to(here, JANE, "You are on the list")) is not None
    assert "somebody else from Chan Works" in " ".join(text_of(letter_to(here, CHO, "Sorry to miss you")).split())
    calls = text_of(letter_to(here, JANE, "Would you call"))
    assert [n for n in ("Ann Able", "Bob Brown", "Cho Chan", "Dee Dorn", "Eli Ek") if n in calls] == [
        "Bob Brown",
        "Dee Dorn",
    ]
    dead = letter_to(here, DANA, "does not arrive")
    assert "Una Gone" in str(dead["Subject"])
    assert "una.gone@gone.example" in text_of(dead)
    assert "Listen" in text_of(letter_to(here, PAT, "How to take part"))
    notes = letter_to(here, NINA, "You take the notes")
    assert "priorities" in text_of(notes)
    soon = text_of(letter_to(here, ANN, "See you soon"))
    assert "12 Mill Road" in soon
    assert "+1 414 555 0100" in soon
    assert "9:00 am" in soon
    last = text_of(letter_to(here, BOB, "Last call"))
    assert "Thursday, March 5" in last


async def test_somebody_who_reads_spanish_gets_every_letter_in_spanish(tmp_path: Path) -> None:
    """Tasks 7, 9: one voice, in each reader's language, with dates as that language writes them; letters of the service itself, too."""
    async with world(tmp_path, region(), capacity=7) as here:
        await here.stage.advance(local(2026, 3, 3, 12, 0))
        await answer(here, ELI, here.to(ELI)[-1][1], "Sí, asistiré. Soy vegetariana y vendremos dos.")
        await here.stage.advance(local(2026, 3, 4, 12, 0))
        await answer(here, ELI, here.to(ELI)[-1][1], "Mi colega Rosa Ruiz vendrá en mi lugar.")
        await here.stage.advance(local(2026, 3, 5, 12, 0))
        await answer(here, ELI, here.to(ELI)[-1][1], "Puedo ir yo: sí.")
        await here.change(place="La sala nueva")
        await here.stage.advance(local(2026, 3, 5, 16, 0))
        before = await here.meeting()
        await here.change(dtstart=before.dtstart + timedelta(days=7), dtend=before.dtend + timedelta(days=7))
        await here.release()
        await here.stage.advance(local(2026, 3, 6, 12, 0))
        await answer(here, ELI, here.to(ELI)[-1][1], "Lo siento, no puedo ir.")
        await here.stage.advance(local(2026, 3, 9, 12, 0))
        await answer(here, ELI, here.to(ELI)[-1][1], "No me escriba más, por favor.")
        await here.stage.advance(local(2026, 3, 9, 13, 0))
        letters = [m for _, m in here.to(ELI)]
        assert len(letters) >= 10
        for one in letters:
            text, subject = text_of(one), str(one["Subject"])
            assert not re.search(
                r"\b(?:Dear|Kind regards|Thank you|meeting|March|Thursday|Reply|please)\b",
                text.replace("Launch meeting", ""),
            ), text
            assert not re.search(r"\b(?:March|Thursday|New|the)\b", subject.replace("Launch meeting", "")), subject
            html = one.get_body(("html",))
            assert html is not None
            assert 'lang="es"' in str(html.get_content())
        assert any("12 de marzo" in text_of(m) for m in letters)
        assert any("19 de marzo" in str(m["Subject"]) for m in letters)


async def test_after_the_meeting_and_the_calls_of_the_teams(tmp_path: Path) -> None:
    """Tasks 36, 38, 39, 41, 42, 43: the roll call by a reply, thanks and regrets, notes chased, the teams' first calls and the warning."""
    async with world(tmp_path, region()) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        await planning.save_team(office, "Young people", ANN, (ELI, BOB), now)
        await planning.save_team(office, "Transport", DEE, (), now)
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        await answer(here, DANA, letter_to(here, DANA, "Who came"), "All came but Eli; walk-in: Flo Fox, Fox Furs")
        code = re.search(r"the code (\d{6})", text_of(here.to(DANA)[-1][1]))
        assert code is not None
        await answer(here, DANA, here.to(DANA)[-1][1], code[1])
        assert "Flo Fox" in text_of(here.to(DANA)[-1][1])
        await here.stage.advance(local(2026, 3, 16, 16, 0))
        await here.release()
        await here.stage.advance(local(2026, 3, 18, 12, 0))
        offered = letter_to(here, ANN, "Which time")
        await answer(here, ANN, offered, "The second is best")
        asked = {q.title: q.slug for q in await questions.every(office.partnership)}
        told = await coded(here, f"settle {asked['First call of Young people']} 2")
        call = next(m for m in await meetings.all_of(office.partnership) if m.slug in told)
        assert timedelta(days=14) <= call.dtstart - (await here.meeting()).dtend <= timedelta(days=28)
        await here.stage.advance(local(2026, 3, 20, 12, 0))
        for who in (ANN, BOB):
            assert any(calendar_of(m) for _, m in here.to(who) if "First call of Young people" in str(m["Subject"]))
        await answer(here, BOB, letter_to(here, BOB, "First call of Young people"), "Yes, I'll be on the call.")
        await here.stage.advance(call.dtstart)
        found = await sent(here)
        assert found["who-came"] == at("03-13 08:30", DANA)
        assert files_of(letter_to(here, DANA, "Who came")) == ["launch-attendee-list.pdf"]
        assert found["ask-for-notes"][NINA].startswith("03-13 09:00, 03-16 09:00, 03-17 09:00")
        assert set(found["thank-you"]) == {JANE, ANN, NINA, PAT}
        assert set(found["we-missed-you"]) == {ELI}
        assert found["summary-is-due"] == at("03-17 08:30", DANA)
        assert found["first-team-calls"] == at("03-18 09:00", ANN, DEE)
        assert set(found["invite-team"]) == {ANN, ELI, BOB}
        assert set(found["action-team-call-missing"].items()) == {(DANA, "03-26 09:00")}
        missing = text_of(letter_to(here, DANA, "without a first call"))
        assert "Transport" in missing
        assert "Young people" not in missing
        assert set(found["team-call-tomorrow"]) == {ANN, BOB}  # Eli has not answered


async def test_changes_reach_those_whom_they_concern(tmp_path: Path) -> None:
    """Tasks 9, 30: another place at once, another date and the end of it on the convener's word; never to those who declined."""
    async with world(tmp_path, region()) as here:
        await here.stage.advance(local(2026, 2, 17, 10, 0))
        concerned = (JANE, ANN, BOB, DEE, ELI, PAT, SUE, NINA)
        assert (await here.change(place="Acme Hall"))[0] is Change.PLACE
        await here.stage.advance(local(2026, 2, 17, 11, 0))
        before = await here.meeting()
        await here.change(dtstart=before.dtstart + timedelta(days=7), dtend=before.dtend + timedelta(days=7))
        await here.stage.advance(local(2026, 2, 17, 12, 0))
        assert "moved" not in await sent(here)
        await here.release()
        await here.stage.advance(local(2026, 2, 18, 12, 0))
        await here.change(status=MeetingStatus.CANCELLED)
        await here.stage.advance(local(2026, 2, 18, 13, 0))
        assert "cancelled" not in await sent(here)
        await here.release()
        await here.stage.advance(local(2026, 4, 1, 9, 0))
        found = await sent(here)
        assert found["place-changed"] == at("02-17 10:00", *concerned)
        assert found["moved"] == at("02-17 12:00", *concerned)
        assert found["cancelled"] == at("02-18 13:00", *concerned)
        assert found["caterer-change"] == {CARL: "02-17 10:00, 02-17 11:00"}  # no guest, but not forgotten
        assert found["caterer-cancelled"] == at("02-18 13:00", CARL)
        assert "Acme Hall" in text_of(letter_to(here, CARL, "note the change"))
        assert "Acme Hall" in text_of(letter_to(here, ANN, "New place"))
        assert "12 Mill Road" in text_of(letter_to(here, ANN, "New place"))  # no longer there
        moved = text_of(letter_to(here, ANN, "New date"))
        assert "March 19" in moved
        assert "March 12" in moved
        assert "you had answered yes" in " ".join(moved.split())
        assert {str(c["METHOD"]) for m in ("New place", "New date") if (c := calendar_of(letter_to(here, ANN, m)))} == {
            "REQUEST"
        }
        cancelled = calendar_of(letter_to(here, ANN, "Cancelled"))
        assert cancelled is not None
        assert str(cancelled["METHOD"]) == "CANCEL"
        later = {"reminder", "last-call", "headcount", "briefing", "logistics", "materials", "who-came"}
        assert not later & set(found)


async def test_promises_have_their_day_and_the_convener_a_monday(tmp_path: Path) -> None:
    """Tasks 3, 6, 13, 16, 51: a word before and after the day, one mail where several fall due, help and thanks at once, the list on Mondays."""
    async with world(tmp_path, region()) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        for text, owner, due in (
            ("call the schools", ANN, date(2026, 2, 12)),
            ("write to the college", ANN, date(2026, 2, 12)),
            ("find a bus", BOB, date(2026, 2, 12)),
            ("rent a hall", BOB, date(2026, 5, 29)),
        ):
            await planning.add_item(office, planning.Wanted(text, owner, due), now)
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        soon = letter_to(here, ANN, "Due soon")
        assert "call the schools" in text_of(soon)
        assert "write to the college" in text_of(soon)
        await answer(here, ANN, soon, "Both are done!")
        await here.stage.advance(local(2026, 2, 23, 12, 0))
        await answer(here, BOB, letter_to(here, BOB, "Still open"), "Help please, no bus company answers.")
        await here.stage.advance(local(2026, 3, 20, 12, 0))
        found = await sent(here)
        assert found["item-is-due-soon"] == at("02-09 09:00", ANN, BOB)  # one mail each
        assert found["item-is-done"].keys() == {ANN}
        assert found["item-is-overdue"][BOB].startswith("02-13 09:00, 02-20 09:00")
        assert set(found["item-is-overdue"]) == {BOB}
        assert found["somebody-needs-help"] == at("02-23 12:00", DANA)
        assert found["open-items-on-monday"][DANA].startswith(
            "02-02 08:00, 02-09 08:00, 02-16 08:00, 02-23 08:00, 03-02 08:00"
        )
        monday = next(
            m
            for when, m in here.to(DANA)
            if when == local(2026, 2, 16, 8, 0) and "open action items" in str(m["Subject"])
        )
        assert "find a bus" in text_of(monday)
        assert "overdue" in text_of(monday)
        assert "call the schools" not in text_of(monday)
        for item in await plan.items(office.partnership, open_only=True):
            await planning.close_item(office, item.number, here.stage.clock.now())
        before = len(here.to(DANA))
        await here.stage.advance(local(2026, 3, 31, 12, 0))
        assert not any("open action items" in str(m["Subject"]) for _, m in here.to(DANA)[before:])  # nothing to tell
        assert files_of(monday) == ["action-plan.pdf"] or files_of(monday)[0].endswith("action-plan.pdf")
        assert "find a bus" in text_of(letter_to(here, DANA, "needs help"))


async def test_the_quarter_has_its_rhythm(tmp_path: Path) -> None:
    """Tasks 10, 17, 46, 49, 52: a host is looked for, the next meeting is drafted, public partners hear every month; nothing of it unasked."""
    vic = member("Vic Vega", button(YES), roles=frozenset({Role.CHAMPION}))
    async with world(tmp_path, region(vic)) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        await planning.add_item(office, planning.Wanted("find a bus", BOB, date(2026, 5, 29)), now)
        spring = replace(
            await here.meeting(), slug="spring", title="Spring meeting", kind="full partnership meetings", place="",
            dtstart=local(2026, 5, 28, 9, 0), dtend=local(2026, 5, 28, 11, 0), reply_deadline=local(2026, 5, 21, 17, 0),
        )  # fmt: skip
        spring = await add_meeting(office, spring, now)
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        assert "progress-update" not in await sent(here)  # held
        await here.release()
        await here.stage.advance(local(2026, 3, 26, 12, 0))
        update = letter_to(here, PAT, "where things stand")
        assert "find a bus" in text_of(update)
        assert files_of(update)[0].endswith("action-plan.pdf")
        host = letter_to(here, "vic.vega@vega.example", "Could we meet")
        assert "Vega Works" in text_of(host)
        await answer(
            here,
            "vic.vega@vega.example",
            host,
            "Maybe we could, if the boss lets us have the big hall that week, who knows.",
        )
        unclear = (await inbound.rows(office.partnership, [inbound.REVIEW]))[0]
        before = await here.answers()
        told = await settle(office, unclear.id, Settle.YES, here.stage.clock.now())
        assert told.startswith("Vic Vega: yes to “")
        assert await here.answers() == before  # to host is not to come
        assert not any(i.answered for i in await meetings.invitations(spring.id))
        await answer(here, "vic.vega@vega.example", host, "Yes, with pleasure, we have a room for thirty.")
        yes = (await inbound.rows(office.partnership, [inbound.REVIEW]))[0]
        assert "to “" in await settle(office, yes.id, Settle.YES, here.stage.clock.now())
        assert await here.answers() == before
        await here.stage.advance(local(2026, 3, 27, 12, 0))
        assert any(
            "Vic Vega" in text_of(m) and "yes" in text_of(m)
            for when, m in here.to(DANA)
            if when > local(2026, 3, 26, 11, 0)
        )
        await here.stage.advance(local(2026, 4, 6, 12, 0))
        _, change, _ = await change_meeting(office, spring, replace(spring, place="Vega Works"), here.stage.clock.now())
        assert change is Change.PLACE
        drafted = letter_to(here, DANA, "When shall the next meeting be")
        days = re.findall(r"^\d\. \w+, (\w+ \d+, \d+)", text_of(drafted), re.MULTILINE)
        assert len(days) == 3
        first = datetime.strptime(f"{days[0]} +0000", "%B %d, %Y %z").date()
        assert timedelta(weeks=10) <= first - date(2026, 4, 6) <= timedelta(weeks=14)
        question = next(
            q for q in await questions.every(office.partnership, open_only=True) if "partnership meeting" in q.title
        )
        told = await coded(here, f"settle {question.slug} 1")
        summer = next(m for m in await meetings.all_of(office.partnership) if m.slug in told)
        assert (summer.kind, summer.local(summer.dtstart).date()) == ("full partnership meetings", first)
        await here.stage.advance(local(2026, 4, 15, 12, 0))
        found = await sent(here)
        assert found["who-can-host"] == {JANE: "03-26 09:00, 04-02 09:00", "vic.vega@vega.example": "03-26 09:00"}
        assert found["draft-next-meeting"] == at("04-06 09:00", DANA)
        assert set(found["progress-update"]) == {PAT}
        assert found["progress-update"][PAT].startswith("02-02 12:00")
