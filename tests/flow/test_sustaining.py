"""The aftermath and the long run: drafts and comments, stories and needs, the year's report, partners and priorities, the quarterly cycle.

Each test names the task of the convener that it serves (the numbers of the table of tasks)."""

import re
import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mailer.errors import MailerError
from mailer.partnership.people import PartnerKind, Role
from mailer.pipeline.hand import aftermath, planning, settling
from mailer.pipeline.hand.changes import add_meeting, change_meeting
from mailer.pipeline.papers import enclosures
from mailer.sandbox.habits import Member
from mailer.sandbox.stage import CONVENER
from mailer.store import documents, meetings, people, plan, questions
from mailer.terms import EventUid, MeetingId, PartStat, PersonId
from tests.flow.test_commands import coded, last, write
from tests.flow.test_desk import reply, text_of
from tests.flow.test_life import JANE, answer, cast, files_of, letter_to
from tests.flow.world import RULES, ZONE, World, local, member, words, world

BOB = "bob.brown@brown.example"


def champions() -> list[Member]:
    return cast(
        member("Ann Able", words("Yes, gladly")),
        member("Bob Brown", words("Yes"), roles=frozenset({Role.CHAMPION})),
        member("Kay Kern", words("Yes"), roles=frozenset({Role.CO_CHAIR}), language="es"),
    )


async def summary_is_written(here: World, text: str) -> None:
    await aftermath.write_summary(here.stage.daemon.office, await here.meeting(), text, here.stage.clock.now())


async def test_a_draft_is_shared_commented_and_approved_within_the_week(tmp_path: Path) -> None:
    """Tasks 41, 42, 45: the champions comment on the draft by reply until a day; the silent are reminded; the convener gets it all together,
    approves, and it is out within the week."""
    async with world(tmp_path, champions()) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        await planning.add_item(office, planning.Wanted("call three schools", JANE, date(2026, 5, 3), "Schools"), now)
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        await summary_is_written(here, "Thirty people came.\n\nThey chose two priorities.")
        told = await coded(here, "share summary of launch until 17 March 2026")
        assert "3 champions are asked" in told
        asked = letter_to(here, JANE, "What would you change")
        assert "They chose two priorities." in text_of(asked)
        assert "March 17" in text_of(asked) or "17 March" in text_of(asked)
        assert files_of(asked) == ["launch-action-plan.pdf"]
        assert "Borrador" in str(here.to("kay.kern@kern.example")[-1][1]["Subject"])
        assert not any("What would you change" in s for s in here.subjects("ann.able@able.example"))
        await answer(here, JANE, asked, "Please name the college: they lent us the room.")
        assert "your comment is noted" in text_of(here.to(JANE)[-1][1])
        await answer(here, BOB, letter_to(here, BOB, "What would you change"), "Looks good to me!")
        await here.stage.advance(local(2026, 3, 16, 12, 0))
        assert not any("A word on the draft" in s for who in (JANE, BOB) for s in here.subjects(who))
        assert any("Unas palabras" in s for s in here.subjects("kay.kern@kern.example"))
        again = here.to("kay.kern@kern.example")[-1][1]
        await answer(here, "kay.kern@kern.example", again, "Por favor, nombren a la escuela.")
        noted = here.to("kay.kern@kern.example")[-1][1]
        assert "su comentario está anotado" in text_of(noted)
        assert "noted" not in text_of(noted) + str(noted["Subject"])
        await here.stage.advance(local(2026, 3, 17, 12, 0))
        due = letter_to(here, CONVENER, "summary is due")
        assert "Please name the college" in text_of(due)
        await here.stage.advance(local(2026, 3, 18, 9, 0))
        gathered = letter_to(here, CONVENER, "Comments on the draft")
        assert "Jane Smith: Please name the college" in text_of(gathered)
        assert "Bob Brown: no comments" in text_of(gathered)
        assert "They chose two priorities." in text_of(gathered)
        assert any("Last day for the summary" in s for s in here.subjects(CONVENER))
        await reply(here, gathered, "approve summary")
        code = re.search(r"the code (\d{6})", text_of(last(here)))
        assert code
        assert "> approve summary of launch" in text_of(last(here))
        await reply(here, last(here), code[1])
        await here.stage.advance(local(2026, 3, 18, 16, 0))
        assert any(s.startswith("Summary:") for s in here.subjects("ann.able@able.example"))
        late = letter_to(here, BOB, "What would you change")
        await answer(here, BOB, late, "One more thing: the date is wrong.")
        found = await documents.document(office.partnership, documents.SUMMARY, here.meeting_id)
        assert found is not None
        assert [c.words for c in await documents.comments(found.id)][-1] == "One more thing: the date is wrong."
        await here.stage.advance(local(2026, 3, 19, 9, 0))
        assert any("approved before this comment came" in text_of(m) for _, m in here.to(CONVENER))


async def test_the_plan_is_shared_for_comments_and_approval_ends_the_asking(tmp_path: Path) -> None:
    """Task 45: the action plan itself is given to the champions, again and again; nobody is reminded of what is settled."""
    async with world(tmp_path, champions()) as here:
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        assert "There is no summary" in await coded(here, "share summary of launch")
        await coded(here, "share plan of launch until 20 March 2026")
        asked = letter_to(here, JANE, "What would you change")
        assert "It is about the action plan" in text_of(asked)
        await answer(here, JANE, asked, "Item 1 belongs to the college.")
        await here.stage.advance(local(2026, 3, 19, 12, 0))
        assert any("A word on the draft" in s for s in here.subjects(BOB))
        assert not any("A word on the draft" in s for s in here.subjects(JANE))
        await here.stage.advance(local(2026, 3, 23, 12, 0))
        assert "Item 1 belongs to the college." in text_of(letter_to(here, CONVENER, "Comments on the draft"))
        await summary_is_written(here, "Thirty people came.")
        await coded(here, "share summary of launch until 27 March 2026")
        await coded(here, "approve summary of launch")
        await here.stage.advance(local(2026, 3, 30, 12, 0))
        assert sum("A word on the draft" in s for s in here.subjects(BOB)) == 1
        assert sum("Comments on the draft" in s for s in here.subjects(CONVENER)) == 1
        meeting = await meetings.by_id(here.meeting_id)
        assert meeting is not None
        assert meeting.comments_until is None


async def test_stories_and_needs_are_told_by_reply_and_go_where_the_convener_lets_them(tmp_path: Path) -> None:
    """Tasks 49, 51: once a quarter people say what went well and where they need a hand; needs become flagged items, stories wait for the
    convener's word and then stand in the update to public partners, once."""
    pat = member("Pat Pine", words("Yes"), kind=PartnerKind.PUBLIC_PARTNER)
    ann, own = "ann.able@able.example", "pat.pine@pine.example"
    async with world(tmp_path, [*champions(), pat]) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        await planning.add_item(office, planning.Wanted("call three schools", ann, date(2026, 9, 3), "Schools"), now)
        await here.stage.advance(local(2026, 4, 14, 12, 0))
        asked = letter_to(here, ann, "What went well")
        assert any("¿Qué salió bien?" in s for s in here.subjects("kay.kern@kern.example"))
        assert not any("What went well" in s for s in here.subjects(own))
        await answer(
            here,
            ann,
            asked,
            "We hired two apprentices from the high school.\n\nWe need a van for the plant tour in May.",
        )
        told = letter_to(here, CONVENER, "A success story from Ann Able")
        number = re.search(r"(\d+)\. “We hired two apprentices from the high school.”", text_of(told))
        assert number, text_of(told)
        flagged = letter_to(here, CONVENER, "needs help")
        assert "a van for the plant tour" in text_of(flagged)
        item = (await plan.items(office.partnership))[-1]
        assert (item.help, item.owner, item.open) == ("We need a van for the plant tour in May.", office.convener, True)
        await answer(here, JANE, letter_to(here, JANE, "What went well"), "Nothing this time, thanks!")
        await here.stage.advance(local(2026, 5, 1, 12, 0))
        await here.release()
        await here.stage.advance(local(2026, 5, 1, 14, 0))
        assert "apprentices" not in text_of(letter_to(here, own, "where things stand"))
        assert "drop story" in await coded(here, f"publish story {number[1]}")
        await write(here, "stories")
        assert "(approved) “We hired two apprentices" in text_of(last(here))
        for month, day, there in ((6, 1, True), (7, 1, False)):
            await here.stage.advance(local(2026, month, day, 12, 0))
            await here.release()
            await here.stage.advance(local(2026, month, day, 14, 0))
            update = text_of(letter_to(here, own, "where things stand"))
            assert ("“We hired two apprentices from the high school.” (Able Works)" in update) == there


async def test_the_year_is_told_in_numbers_that_outlive_people(tmp_path: Path) -> None:
    """Tasks 51, 53: the yearly report counts meetings, people by kind, items, teams and stories; whoever is erased stays counted; in January
    it comes by itself, and waits for the convener's word before anybody else gets it."""
    pat = member("Pat Pine", words("Yes"), kind=PartnerKind.PUBLIC_PARTNER)
    ann, bob = "ann.able@able.example", BOB
    async with world(tmp_path, [*champions(), member("Cho Chan", words("Sorry, no", PartStat.DECLINED)), pat]) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        for text, due in (("call three schools", date(2026, 5, 3)), ("write to the college", date(2026, 6, 1))):
            await planning.add_item(office, planning.Wanted(text, ann, due, "Schools"), now)
        await planning.save_team(office, "Schools", ann, (bob,), now)
        await here.stage.advance(local(2026, 3, 13, 12, 0))
        await coded(here, "came to launch: Ann Able, Bob Brown, Pat Pine")
        await coded(here, "decided at launch: we meet once a quarter")
        await planning.close_item(office, 1, here.stage.clock.now())
        await write(here, "report 2026")
        assert files_of(last(here)) == ["activity-report-2026.pdf"]
        before = text_of(last(here))
        for line in (
            "1 meeting of the partnership",
            "6 invitations, 5 times yes, 3 times somebody came",
            "Action items: 2 new, 1 done; 1 open at the end, 0 of them overdue",
            "Action teams: 1, with 2 members",
            "business: 5 invited, 4 yes, 2 came; public partner: 1 invited, 1 yes, 1 came",
            "we meet once a quarter",
        ):
            assert line in before.replace("\n  ", " "), before
        await coded(here, "forget bob.brown@brown.example")
        await write(here, "report 2026")
        assert "6 invitations, 5 times yes, 3 times somebody came" in text_of(last(here))
        await here.stage.advance(local(2027, 1, 5, 12, 0))
        year = letter_to(here, CONVENER, "The year in numbers")
        assert files_of(year) == ["partnership-activity-report.pdf"]
        await here.stage.advance(local(2027, 1, 7, 12, 0))
        assert not any("What we did together" in s for s in here.subjects(JANE))
        await here.release()
        await here.stage.advance(local(2027, 1, 7, 14, 0))
        assert files_of(letter_to(here, JANE, "What we did together")) == ["partnership-activity-report.pdf"]
        assert any("Lo que hicimos juntos" in s for s in here.subjects("kay.kern@kern.example"))


async def test_partners_say_with_what_they_can_help_and_join_a_team(tmp_path: Path) -> None:
    """Tasks 48, 50: partners are asked which priorities they can help with; the convener sees who could; the lead of a team asks one of them
    to join, and a yes makes the member."""
    pat = member("Pat Pine", words("Yes"), kind=PartnerKind.PUBLIC_PARTNER, language="es")
    sue = member("Sue Stone", words("Yes"), kind=PartnerKind.SUPPORT_PARTNER)
    ann = "ann.able@able.example"
    async with world(tmp_path, [*champions(), pat, sue]) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        for text, priority in (("call three schools", "Young people"), ("ask the bus company", "Transport to work")):
            await planning.add_item(office, planning.Wanted(text, ann, date(2026, 9, 3), priority), now)
        await planning.save_team(office, "Transport", ann, (), now)
        await here.stage.advance(local(2026, 4, 21, 12, 0))
        assert not any("could you help" in s for s in here.subjects("sue.stone@stone.example"))
        await here.release()
        await here.stage.advance(local(2026, 4, 21, 14, 0))
        asked = letter_to(here, "sue.stone@stone.example", "With which of these could you help")
        assert "2. Transport to work" in text_of(asked)
        await answer(here, "sue.stone@stone.example", asked, "Number 2. We run a van for our trainees.")
        await answer(
            here, "pat.pine@pine.example", letter_to(here, "pat.pine@pine.example", "podría ayudar"), "Con 1 y 2"
        )
        await write(here, "who could help with transport to work?")
        found = text_of(last(here))
        assert "Sue Stone, Stone Works (sue.stone@stone.example): said so" in found
        assert "Pat Pine" in found
        await coded(here, "bob.brown@brown.example helps with: buses and transport, welding")
        await write(here, "who could help with Transport to work")
        assert text_of(last(here)).index("Sue Stone") < text_of(last(here)).index("Bob Brown")
        told = await coded(here, "invite sue.stone@stone.example into Transport")
        assert "in the name of Ann Able" in told
        invited = letter_to(here, "sue.stone@stone.example", "Would you join")
        assert "Ann Able" in text_of(invited)
        assert [t.members for t in await plan.teams(office.partnership)] == [(await _id(here, ann),)]
        await answer(here, "sue.stone@stone.example", invited, "Yes, gladly!")
        assert await _id(here, "sue.stone@stone.example") in (await plan.teams(office.partnership))[0].members
        for who in (CONVENER, ann, "sue.stone@stone.example"):
            assert "Sue Stone joins Transport" in text_of(here.to(who)[-1][1])
        assert "is in Transport already" in await coded(here, "invite sue.stone@stone.example into Transport")
        await coded(here, "invite pat.pine@pine.example into the Transport team")
        await answer(
            here, "pat.pine@pine.example", letter_to(here, "pat.pine@pine.example", "uniría"), "Lo siento, no puedo."
        )
        assert len((await plan.teams(office.partnership))[0].members) == 2
        assert "says no to joining Transport" in text_of(here.to(ann)[-1][1])


async def _id(here: World, address: str) -> PersonId:
    found = await people.by_address(here.stage.daemon.office.partnership, address)
    assert found is not None
    return found.id


async def test_one_question_before_the_meeting_is_answered_by_reply(tmp_path: Path) -> None:
    """Tasks 5, 23: one question before the meeting, with choices or for words; answers by reply, tallied for the convener."""
    ann, cho = "ann.able@able.example", "cho.chan@chan.example"
    async with world(tmp_path, [*champions(), member("Cho Chan", words("Yes"))]) as here:
        await here.stage.advance(local(2026, 2, 16, 12, 0))
        told = await coded(
            here, "ask businesses before launch: What should come first? Schools / Transport to work / Welding"
        )
        assert "5 people are asked" in told
        asked = letter_to(here, ann, "One question: What should come first?")
        assert "2. Transport to work" in text_of(asked)
        await answer(here, ann, asked, "Number 2, please")
        await answer(here, cho, letter_to(here, cho, "One question"), "transport and welding")
        kay = letter_to(here, "kay.kern@kern.example", "Una pregunta")
        await answer(here, "kay.kern@kern.example", kay, "Ninguna de estas")
        assert "you take: Transport to work" in text_of(here.to(ann)[-1][1])
        await write(here, "questions")
        tally = text_of(last(here))
        assert "2. Transport to work: 2 yes (Ann Able, Cho Chan); no: Kay Kern" in tally
        assert "3. Welding: 1 yes (Cho Chan)" in tally
        assert "1. Schools: 0 yes" in tally
        await coded(here, "ask champions: What would make the meeting worth your morning?")
        open_ = letter_to(here, JANE, "worth your morning?")
        assert "in your own words" in text_of(open_)
        await answer(here, JANE, open_, "That we leave with two names for each promise.")
        await write(here, "questions")
        assert "Jane Smith: That we leave with two names for each promise." in text_of(last(here))
        assert not any("worth your morning" in s for s in here.subjects(cho))
        assert (await here.answers())[ann] == "yes"


async def test_the_quarter_does_not_drift(tmp_path: Path) -> None:
    """Task 52: over two years a meeting is drafted ahead in each quarter, ten to fourteen weeks before; one that is held late moves none of those
    that follow."""
    rules = tmp_path / "rules"
    rules.mkdir()
    shutil.copy(RULES / "7-quarterly-rhythm.toml", rules)
    async with world(tmp_path, cast(), rules_folder=rules) as here:
        office = here.stage.daemon.office
        drafted: list[datetime] = []
        held: list[datetime] = []
        for quarter in range(9):
            await here.stage.advance(
                local(2026 + quarter // 4, quarter % 4 * 3 + 1, 9, 12, 0) if quarter else local(2026, 3, 20, 12, 0)
            )
            for found in await questions.every(office.partnership, open_only=True):
                times = [c for c in await questions.choices(found.id) if c.dtstart is not None]
                if found.kind == questions.TIMES and "partnership" in found.title and times:
                    asked = letter_to(here, CONVENER, "When shall the next meeting be")
                    drafted.append(datetime.strptime(str(asked["Date"]), "%a, %d %b %Y %H:%M:%S %z"))
                    assert times[0].dtstart is not None
                    assert timedelta(weeks=9) < times[0].dtstart - drafted[-1] < timedelta(weeks=15)
                    await settling.settle_question(office, found.slug, 1, drafted[-1])
                    made = max(await meetings.all_of(office.partnership), key=lambda m: m.id)
                    if len(held) == 2:  # the third is held three weeks late
                        later = made.dtstart + timedelta(weeks=3)
                        made, _, _ = await change_meeting(
                            office, made, replace(made, dtstart=later, dtend=later + timedelta(hours=2)), drafted[-1]
                        )
                    held.append(made.dtstart)
        quarters = [(d.year, (d.month - 1) // 3) for d in drafted]
        assert quarters == [(2026, 1), (2026, 2), (2026, 3), (2027, 0), (2027, 1), (2027, 2), (2027, 3), (2028, 0)]
        assert [d.astimezone(ZONE).strftime("%A %H:%M") for d in drafted] == ["Monday 09:00"] * 8
        assert max(d.day for d in drafted) <= 7
        others = [h for n, h in enumerate(held) if n != 2]
        assert len({(h.year, (h.month - 1) // 3) for h in others}) == 7


async def test_the_update_waits_for_a_word_and_can_be_passed_on(tmp_path: Path) -> None:
    """Tasks 17, 21, 49: the monthly update to public partners waits for the convener, carries the plan, and can be passed on: whoever gets
    it forwarded cannot stop mail in the reader's name; what a partner offers in reply reaches the convener."""
    pat = member("Pat Pine", words("Yes"), kind=PartnerKind.PUBLIC_PARTNER)
    async with world(tmp_path, [*champions(), pat]) as here:
        office = here.stage.daemon.office
        wanted = planning.Wanted("call three schools", JANE, date(2026, 9, 3), "Young people")
        await planning.add_item(office, wanted, here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 2, 16, 0))
        assert not any("where things stand" in s for s in here.subjects("pat.pine@pine.example"))
        waits = letter_to(here, CONVENER, "your word")
        assert "progress-update" in text_of(waits) or "where things stand" in text_of(waits)
        await here.release()
        await here.stage.advance(local(2026, 2, 3, 12, 0))
        update = letter_to(here, "pat.pine@pine.example", "where things stand")
        text = text_of(update)
        assert "1. call three schools" in text
        assert "Young people" in text
        assert "pass it on" in text
        assert files_of(update) == ["partnership-action-plan.pdf"]
        assert not any("where things stand" in s for s in here.subjects(JANE))
        await answer(here, "zoe.zimmer@elsewhere.example", update, "Please stop writing to me.")
        found = await people.by_address(office.partnership, "pat.pine@pine.example")
        assert found is not None
        assert found.may_be_written_to
        await answer(here, "pat.pine@pine.example", update, "We can help with 1: our college knows two of the schools.")
        await here.stage.advance(local(2026, 2, 4, 9, 0))
        assert "our college knows two of the schools" in " ".join(
            text_of(letter_to(here, CONVENER, "your word")).split()
        )


async def test_after_a_team_call_the_plan_goes_to_the_team(tmp_path: Path) -> None:
    """Tasks 16, 44: after each call of a team the convener is asked what was promised; the team gets the plan, when the convener lets it go."""
    ann = "ann.able@able.example"
    async with world(tmp_path, champions()) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        team = await planning.save_team(office, "Schools", ann, (BOB,), now)
        start = local(2026, 3, 24, 9, 0)
        meeting = replace(
            await here.meeting(), id=MeetingId(0), slug="schools-call", title="First call of Schools", event_uid=EventUid(""), dtstart=start,
            dtend=start + timedelta(hours=1), kind="action team calls", team_id=team.id, reply_deadline=None,
        )  # fmt: skip
        await add_meeting(office, meeting, now)
        await here.stage.advance(local(2026, 3, 24, 12, 0))
        asked = letter_to(here, CONVENER, "What was promised? First call of Schools")
        assert "add item:" in text_of(asked)
        await coded(here, "add item: invite two teachers, owner Bob Brown, due 3 May 2026")
        assert "Written into the decisions" in await coded(here, "decided at schools-call: teachers come first")
        await here.stage.advance(local(2026, 3, 25, 15, 0))
        assert not any("After our call" in s for s in here.subjects(ann))
        await here.release()
        await here.stage.advance(local(2026, 3, 25, 16, 0))
        for who in (ann, BOB):
            assert "invite two teachers" in text_of(letter_to(here, who, "After our call"))
        assert not any("After our call" in s for s in here.subjects(JANE))


async def test_a_wish_to_be_introduced_reaches_the_convener(tmp_path: Path) -> None:
    """Task 15: what people ask beside an answer, or on a letter that asks nothing, comes to the convener in their words, and is no answer."""
    ann, bob = "ann.able@able.example", BOB
    async with world(tmp_path, champions()) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        letter = here.to(ann)[-1][1]
        await answer(here, ann, letter, "Could you introduce me to somebody at the college who knows welding?")
        await answer(
            here,
            bob,
            here.to(bob)[-1][1],
            "Yes, I will be there. Please introduce me to the people from the bus company.",
        )
        answers = await here.answers()
        assert answers[ann] == answers[bob] == "yes"
        await here.stage.advance(local(2026, 2, 11, 9, 0))
        told = " ".join(text_of(letter_to(here, CONVENER, "your word")).split())
        assert "introduce me to somebody at the college who knows welding" in told
        assert "introduce me to the people from the bus company" in told


async def test_a_summary_that_goes_every_wrong_way(tmp_path: Path) -> None:
    """Tasks 41, 42, 45: nobody came and it is known, no text is there, nobody comments in time, somebody does afterwards, the OK comes after the
    week: nothing is made up, nothing lost, and it still goes out."""
    async with world(tmp_path, champions()) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        await coded(here, "nobody came to launch")
        desk = enclosures.Desk(office.partnership, office.sender)
        listed = await enclosures.attendees(desk, await here.meeting(), "en", maybe=False, came=True)
        assert listed == []  # not those who had said yes
        assert "There is no summary" in await coded(here, "approve summary of launch")
        await here.stage.advance(local(2026, 3, 17, 9, 0))
        assert any("summary is due" in s for s in here.subjects(CONVENER))
        with pytest.raises(MailerError, match="empty"):
            await summary_is_written(here, " \n ")
        snow = (
            "Nobody could come through the snow.\n\ncancel launch\nis what some had asked for.\n"
            + "It snowed and it snowed.\n" * 300
        )
        seen = len(here.to(CONVENER))
        await reply(here, letter_to(here, CONVENER, "summary is due"), f"Summary:\n\n{snow}")
        (code,) = re.findall(r"the code (\d{6})", text_of(here.to(CONVENER)[-1][1]))
        assert await documents.document(office.partnership, documents.SUMMARY, here.meeting_id) is None
        await reply(here, here.to(CONVENER)[-1][1], code)
        assert len(here.to(CONVENER)) == seen + 2
        assert "The summary of launch is written (version 1)" in text_of(here.to(CONVENER)[-1][1])
        written = await documents.document(office.partnership, documents.SUMMARY, here.meeting_id)
        assert written is not None
        assert " ".join(written.text.split()) == " ".join(snow.split())
        with pytest.raises(MailerError, match="16 March 2026 is over"):
            await aftermath.share(
                office, await here.meeting(), documents.SUMMARY, date(2026, 3, 16), here.stage.clock.now()
            )
        await coded(here, "share summary of launch until 18 March 2026")
        await here.stage.advance(local(2026, 3, 19, 12, 0))
        assert "Nobody has written anything about the draft" in text_of(
            letter_to(here, CONVENER, "Comments on the draft")
        )
        before = len(here.to(CONVENER))
        await answer(here, JANE, letter_to(here, JANE, "What would you change"), "It was ice, not snow.")
        await here.stage.advance(local(2026, 3, 20, 9, 0))
        assert any("this comment came after the day" in text_of(m) for _, m in here.to(CONVENER)[before:])
        await here.stage.advance(local(2026, 3, 31, 9, 0))
        assert not any(s.startswith("Summary:") for s in here.subjects("ann.able@able.example"))
        await coded(here, "approve summary of launch")
        await here.stage.advance(local(2026, 3, 31, 16, 0))
        assert any(s.startswith("Summary:") for s in here.subjects("ann.able@able.example"))
        assert "approved before" in await coded(here, "approve summary of launch")
        assert "approved before" in await coded(here, "summary of launch:\nIt was ice.")
        assert sum(s.startswith("Summary:") for s in here.subjects("ann.able@able.example")) == 1
