"""From the store to the paper: who is on which list, in which language, and `convener print`."""

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from mailer.cli import main
from mailer.decide.rulebook import RuleBook
from mailer.errors import MailerError
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item, ItemStatus
from mailer.partnership.register import PersonRow
from mailer.pipeline.office import Office
from mailer.pipeline.papers.call_list import callees
from mailer.pipeline.papers.enclosures import DOCUMENTS, Desk, enclosure, printed
from mailer.printing.sheets import Paper
from mailer.render.outgoing import Sender
from mailer.store import calls, documents, meetings, models, people, plan
from mailer.store.connection import opened
from mailer.store.transact import transact
from mailer.terms import EventUid, ItemId, MeetingId, PartnershipId, PartStat, PersonId
from tests.printing.reading import words

NOW = datetime(2026, 3, 11, 18, 0, tzinfo=UTC)
ANSWERS: dict[str, dict[str, object]] = {
    "Ann Ortiz": {"partstat": PartStat.ACCEPTED, "guests": 1, "needs": "vegan"},
    "Bob Lee": {"partstat": PartStat.TENTATIVE, "answered_at": datetime(2026, 3, 3, tzinfo=UTC)},
    "Cho Park": {"partstat": PartStat.DECLINED},
    "Dee Fox": {},
    "Eve Gray": {"partstat": PartStat.ACCEPTED, "waiting_since": NOW},
    "Wáng 王小明": {"partstat": PartStat.ACCEPTED},
    "Flo Hill": {"partstat": PartStat.DELEGATED},
}


class Town:
    """A partnership with a meeting, a champion and five peers."""

    def __init__(self, partnership: PartnershipId, meeting: Meeting, persons: dict[str, Person]) -> None:
        self.meeting, self.persons = meeting, persons
        self.sender = Sender(
            "Mid-River Partnership", "Dana Reyes", "p@example.org", title="Convener", organisation="Board"
        )
        self.desk = Desk(partnership, self.sender)

    async def words(self, name: str, person: str | None = None, now: datetime = NOW, **facts: object) -> str:
        desk = replace(self.desk, **facts)  # type: ignore[arg-type]
        return words(await printed(desk, self.meeting, name, self.persons[person] if person else None, now))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Town]:
    """The town in a file: making the tables takes longer than all else."""
    file = tmp_path_factory.mktemp("town") / "store.db"

    async def fill() -> Town:
        async with opened(f"sqlite://{file}"):
            return await transact(_town)

    return file, asyncio.run(fill())


@pytest.fixture
async def town(filled: tuple[Path, Town], tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(filled[0], tmp_path / "store.db")
    async with opened(f"sqlite://{tmp_path / 'store.db'}"):
        yield filled[1]


async def _town() -> Town:
    partnership = await people.ensure_partnership("mid-river", "Mid-River", NOW)
    start = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
    meeting = await meetings.add(
        Meeting(
            MeetingId(0), partnership, "launch", "Launch meeting", EventUid("u@example.org"), start, start + timedelta(hours=2),
            "America/Chicago", place="12 Mill Road",
        ),
        NOW,
    )  # fmt: skip
    champion, _ = await people.save(
        partnership, PersonRow("Jane Smith", ("jane@smith.example",), "Smith Works", roles=frozenset({Role.CHAMPION}))
    )
    found = {}
    for name in ANSWERS:
        word = name.split()[0].lower().replace("á", "a")
        ident, _ = await people.save(
            partnership,
            PersonRow(
                name, (f"{word}@x.example",), f"{word.title()} Inc", "Owner", PartnerKind.BUSINESS, phone=f"555-{len(name)}",
                language="es" if name == "Dee Fox" else "en",
            ),
        )  # fmt: skip
        found[name] = ident
        await meetings.ensure_invitations(meeting.id, {ident})
    await people.set_champions(partnership, dict.fromkeys(found.values(), "jane@smith.example"))
    await models.Invitation.filter(meeting_id=meeting.id).update(invited_at=NOW - timedelta(days=20))
    for invitation in await meetings.invitations(meeting.id):
        name = next(n for n, ident in found.items() if ident == invitation.person_id)
        await _save(replace(invitation, **ANSWERS[name]))  # type: ignore[arg-type]
    everybody = {p.name: p for p in await people.people(partnership, [*found.values(), champion])}
    return Town(partnership, meeting, everybody)


async def _save(invitation: Invitation) -> None:
    await meetings.save_invitation(invitation, None)


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("sign-in sheet", ["Ann Ortiz", "Guest", "Bob Lee", "王小明"], ["Cho Park", "Dee Fox", "Eve Gray", "vegan", "Dana Reyes"]),
        ("name badges", ["Ann Ortiz", "Bob Lee", "王小明", "Dana Reyes", "Convener"], ["Cho Park", "Dee Fox", "Eve Gray"]),
        ("table tents", ["Ann Ortiz", "王小明", "Dana Reyes"], ["Bob Lee", "Cho Park", "Dee Fox", "Eve Gray"]),
        ("attendee list", ["Ann Ortiz", "王小明", "2 people from 2 organisations, 3 chairs"], ["Bob Lee", "Cho Park", "Eve Gray", "vegan"]),
        ("agenda", ["9:00 am", "Welcome", "Jane Smith", "Dana Reyes", "11:00 am End"], ["{", "Ended at"]),
        ("timekeeper's agenda", ["Ended at"], []),
        ("checklist", ["The day before", "March 11, 2026", "Dana Reyes"], ["{"]),
        ("summary", ["Who took part", "2 people from 2 organisations said they would come.", "Ann Inc"], ["Bob Inc"]),
    ],
)  # fmt: skip
async def test_who_is_on_the_list(town: Town, name: str, there: list[str], absent: list[str]) -> None:
    text = await town.words(name)
    assert [w for w in there if w not in text] == []
    assert [w for w in absent if w in text] == []
    assert "Launch meeting" in text or name in ("name badges", "table tents")


async def test_a_delegate_is_shown_as_one(town: Town) -> None:
    flo, wang = town.persons["Flo Hill"].id, town.persons["Wáng 王小明"].id
    (standing,) = [i for i in await meetings.invitations(town.meeting.id) if i.person_id == wang]
    await transact(lambda: _save(replace(standing, delegate_of=flo)))
    assert "Wáng 王小明 Owner in place of Flo Hill" in await town.words("attendee list")
    assert "Wáng 王小明 Owner in place of Flo Hill" in await town.words("sign-in sheet")
    assert "Flo" not in await town.words("name badges")


async def test_a_language_without_words_gets_those_of_the_partnership(town: Town) -> None:
    german = replace(town.persons["Jane Smith"], language="de")
    for language, expected in (
        ("es-MX", "jueves, 12 de marzo de 2026"),
        ("fr", "Thursday, March 12, 2026"),
        ("en-gb", "Thursday, 12 March 2026"),
    ):
        desk = replace(town.desk, sender=replace(town.sender, language=language))
        assert expected in words(await printed(desk, town.meeting, "attendee list", german, NOW)), language


async def test_maybe_and_needs_if_wanted(town: Town) -> None:
    assert "Bob Lee" in await town.words("table tents", maybe=True)
    assert "Bob" not in await town.words("sign-in sheet", maybe=False)
    assert "vegan" in await town.words("attendee list", needs=True)


async def test_after_the_meeting_the_list_is_who_came(town: Town) -> None:
    await transact(lambda: meetings.note_attendance(town.meeting, [town.persons["Dee Fox"].id], NOW))
    before, after = await town.words("attendee list"), await town.words("attendee list", now=NOW + timedelta(days=2))
    assert "Ann Ortiz" in before
    assert "Dee Fox" not in before
    assert "Ann Ortiz" not in after
    assert "Dee Fox" in after
    assert "1 people" not in after
    summary = await town.words("summary", now=NOW + timedelta(days=2))
    assert "took part." in summary


async def test_the_call_list_shrinks_as_people_answer_and_says_what_is_known(town: Town) -> None:
    jane = town.persons["Jane Smith"]
    text = await town.words("call list", "Jane Smith")
    assert "Calls to make for Jane Smith" in text
    assert re.search(r"1 Dee Fox Owner, Dee Inc Last: no answer yet 555-7", text), text
    assert re.search(r"2 Bob Lee Owner, Bob Inc Last: maybe, March 2, 2026 555-7", text), text
    for name in ("Ann Ortiz", "Cho Park", "Eve Gray", "王小明"):
        assert name not in text
    call = calls.LoggedCall(town.persons["Dee Fox"].id, "voicemail", NOW - timedelta(days=1), jane.id, "try the cell")
    await transact(lambda: calls.log_call(town.meeting.id, call, None))
    again = calls.LoggedCall(town.persons["Bob Lee"].id, "call again", NOW, jane.id, "", NOW + timedelta(days=2))
    await transact(lambda: calls.log_call(town.meeting.id, again, None))
    text = await town.words("call list", "Jane Smith")
    assert "Last: voicemail, March 10, 2026: try the cell" in text
    assert "Last: call again on March 13, 2026, March 11, 2026" in text
    shown = await callees(town.desk.partnership, town.meeting, jane.id, "en")
    assert [(c.number, c.name) for c in shown] == [(1, "Dee Fox"), (2, "Bob Lee")]
    (bob,) = [i for i in await meetings.invitations(town.meeting.id) if i.person_id == town.persons["Bob Lee"].id]
    await transact(lambda: _save(replace(bob, partstat=PartStat.ACCEPTED)))
    assert [c.name for c in await callees(town.desk.partnership, town.meeting, jane.id, "en")] == ["Dee Fox"]


async def test_the_action_plan(town: Town) -> None:
    ann, dee = town.persons["Ann Ortiz"].id, town.persons["Dee Fox"].id

    async def fill() -> None:
        partnership = town.desk.partnership
        team = await plan.save_team(partnership, "Training", ann)
        for item in (
            Item(ItemId(0), 0, "Call five employers", ann, date(2026, 3, 1), "Jobs", team.id, support=dee),
            Item(ItemId(0), 0, "Thank the host", None, None, ""),
            Item(ItemId(0), 0, "Ask about the bus", dee, date(2026, 4, 1), "Getting to work", help="no number"),
            Item(ItemId(0), 0, "Print the leaflet", dee, date(2026, 2, 1), "Jobs", status=ItemStatus.DONE),
            Item(ItemId(0), 0, "Never mind", dee, None, "Jobs", status=ItemStatus.DROPPED),
        ):
            await plan.add(partnership, item, NOW)

    await transact(fill)
    text = await town.words("action plan")
    assert "4 items, 1 overdue" in text
    assert "Call five employers Training Ann Ortiz with Dee Fox March 1, 2026 open OVERDUE 10 days late" in text
    assert "asks for help: no number" in text
    assert "Never mind" not in text
    assert text.index("Print the leaflet") < text.index("Getting to work") < text.index("Other items")
    assert "Plan de acción" in await town.words("action plan", "Dee Fox")
    # in the evening of the first of April it is the second by UTC, and nothing is late yet
    evening = datetime(2026, 4, 2, 3, 0, tzinfo=UTC)
    desk = replace(town.desk, zone="America/Chicago")
    late = words(await printed(desk, None, "action plan", None, evening))
    assert "as of April 1, 2026" in late
    assert "4 items, 1 overdue" in late


async def test_a_meeting_to_which_nobody_was_invited_stands_in_the_report(town: Town) -> None:
    desk = replace(town.desk, year=2026, zone="America/Chicago")
    report = words(await printed(desk, None, "activity report", None, datetime(2026, 5, 1, tzinfo=UTC)))
    assert "March 12, 2026, Launch meeting: business:" in report
    start = datetime(2026, 4, 12, 14, 0, tzinfo=UTC)
    empty = Meeting(
        MeetingId(0), town.desk.partnership, "spring", "Spring meeting", EventUid("s@example.org"), start, start + timedelta(hours=2),
        "America/Chicago",
    )  # fmt: skip
    await transact(lambda: meetings.add(empty, NOW))
    report = words(await printed(desk, None, "activity report", None, datetime(2026, 5, 1, tzinfo=UTC)))
    assert "April 12, 2026, Spring meeting: nobody was invited" in report


async def test_the_written_summary_takes_the_place_of_the_skeleton(town: Town) -> None:
    await transact(
        lambda: documents.write(
            town.desk.partnership,
            documents.SUMMARY,
            town.meeting.id,
            "# What we agreed\n\n- Ann calls five employers",
            NOW,
        )
    )
    text = await town.words("summary")
    assert "What we agreed • Ann calls five employers" in text
    assert "Who took part" not in text


@pytest.mark.parametrize("name", [d for d in DOCUMENTS if "agenda" not in d and d != "checklist"])
async def test_what_rules_attach(town: Town, name: str) -> None:
    office = Office(town.desk.partnership, RuleBook(()), {}, town.sender, PersonId(0), paper="a4")
    found = await enclosure(office, town.meeting, name, town.persons["Jane Smith"], NOW)
    assert found.filename == f"launch-{name.replace(' ', '-')}.pdf"
    assert found.content_type == "application/pdf"
    width, height = pypdfium2.PdfDocument(found.content)[0].get_size()
    assert {round(width), round(height)} == {595, 842}
    assert found == await enclosure(office, town.meeting, name, town.persons["Jane Smith"], NOW)


async def test_what_there_is_none_of_is_said(town: Town) -> None:
    with pytest.raises(MailerError, match="I do not know how to print “menu”"):
        await town.words("menu")
    with pytest.raises(MailerError, match="champion"):
        await town.words("call list")


async def test_a_lost_character_is_logged_by_its_number(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    office = Office(town.desk.partnership, RuleBook(()), {}, replace(town.sender, name="Dana 🎉"), PersonId(0))
    await enclosure(office, town.meeting, "name badges", town.persons["Jane Smith"], NOW)
    assert "U+1F389" in caplog.text
    assert "🎉" not in caplog.text


def test_the_paper_is_one_of_two() -> None:
    assert {p.value for p in Paper} == {"letter", "a4"}


class Shell:
    """`convener` as it is typed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.output = monkeypatch, output

    def __call__(self, *typed: str, code: int = 0) -> tuple[str, str]:
        self.monkeypatch.setattr(sys, "argv", ["convener", *typed])
        ended = 0
        try:
            main()
        except SystemExit as end:
            ended = end.code if isinstance(end.code, int) else 0
        shown, errors = self.output.readouterr()
        assert ended == code, errors
        return shown, errors


def test_convener_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CONVENER_MAILBOX_PASSWORD", "x")
    shell, folder = Shell(monkeypatch, capsys), tmp_path / "desk"
    shell("init", str(tmp_path / "desk"))
    monkeypatch.chdir(folder)
    for rules in (folder / "rules").glob("*.toml"):
        rules.unlink()
    (folder / "people.csv").write_text(
        "name,email,organisation,roles,champion\nAnn Ortiz,ann@a.example,Acme,champion,\n"
        "Bob 🎉 Lee,bob@b.example,Bolt,,ann@a.example\nCho Park,cho@c.example,Corp,,ann@a.example\n",
        "utf-8",
    )
    shell("people", "import", "people.csv")
    shell("meeting", "add", "launch", "--start", "2030-03-12 09:00", "--title", "Launch meeting")
    shell("attendance", "launch", "set", "bob@b.example", "yes")
    told, warned = shell("print", "badges", "launch")
    assert told == "Wrote launch-name-badges.pdf.\n"
    assert "“🎉” (U+1F389)" in warned
    shell("print", "call-list", "launch", "ann ortiz", "--output", "calls.pdf", "--paper", "a4")
    page = pypdfium2.PdfDocument(folder / "calls.pdf")[0]
    assert round(page.get_width()) == 595
    assert "Nobody is left to call" in " ".join(page.get_textpage().get_text_range().split()), "nobody is invited yet"
    assert "Nobody in the register is called Zed" in shell("print", "call-list", "launch", "Zed", code=1)[1]
    assert "There is no meeting called fall" in shell("print", "sign-in", "fall", code=1)[1]
    text, _ = shell("print", "agenda", "launch", "--text")
    (folder / "agenda.txt").write_text(text.replace("Welcome", "Bienvenue"), "utf-8")
    shell("print", "agenda", "launch", "--from", "agenda.txt", "-o", "agenda.pdf")
    assert "Bienvenue" in pypdfium2.PdfDocument(folder / "agenda.pdf")[0].get_textpage().get_text_range()
    assert "Bienvenue" in shell("print", "agenda", "launch", "--text")[0], "kept for this meeting"
    assert "cannot be read" in shell("print", "agenda", "launch", "--from", "nothing.txt", code=1)[1]
    assert "cannot be written" in shell("print", "plan", "-o", "no/such/folder/plan.pdf", code=1)[1]
