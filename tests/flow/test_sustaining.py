"""The aftermath and the long run: drafts and comments, stories and needs, the year's report, partners and priorities, the quarterly cycle.

Each test names the task of the convener that it serves (the numbers of the table of tasks)."""

from datetime import date
from pathlib import Path

from mailer.partnership.people import Role
from mailer.pipeline.hand import aftermath, planning
from mailer.sandbox.stage import CONVENER
from mailer.store import documents, meetings
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.test_life import JANE, answer, cast, files_of, letter_to
from tests.flow.world import World, local, member, words, world

BOB = "bob.brown@brown.example"


def champions() -> list[object]:
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
        await here.stage.advance(local(2026, 3, 17, 12, 0))
        due = letter_to(here, CONVENER, "summary is due")
        assert "Please name the college" in text_of(due)
        await here.stage.advance(local(2026, 3, 18, 9, 0))
        gathered = letter_to(here, CONVENER, "Comments on the draft")
        assert "Jane Smith: Please name the college" in text_of(gathered)
        assert "Bob Brown: no comments" in text_of(gathered)
        assert "They chose two priorities." in text_of(gathered)
        assert any("Last day for the summary" in s for s in here.subjects(CONVENER))
        await coded(here, "approve summary of launch")
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
