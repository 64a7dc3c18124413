"""The six example files of the rule language as they stand, on the stage: a story of four months in which each of their rules writes to somebody."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailer.decide.rulebook import RuleBook, read_rules
from mailer.decide.snapshot import Happening, HappeningKind
from mailer.partnership import plan as plans
from mailer.partnership.meetings import Meeting, MeetingStatus
from mailer.partnership.people import PartnerKind, Role
from mailer.pipeline.due.announce import announce
from mailer.pipeline.hand import aftermath, planning, rulings
from mailer.pipeline.hand.changes import SAID, add_meeting, change_meeting, enter_answer
from mailer.sandbox.habits import Unknown
from mailer.sandbox.stage import CONVENER
from mailer.store import documents, log, meetings, models, people, plan, questions
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PersonId, QuestionId, RuleId
from tests.flow.world import NO, YES, World, button, local, member, words, world

EXAMPLES = Path(__file__).with_name("examples")
LETTER = "Subject: {name}\nLanguage: en\n\nDear {{{{ person.first_name }}}},\n\nThis is {name}.\n\n[[signature]]\n"


def texts() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.toml"))}


def letters() -> frozenset[str]:
    """Every letter that the examples name."""
    return frozenset(re.findall(r'^send\s*=\s*"([^"]+)"', "\n".join(texts().values()), re.MULTILINE))


def book() -> RuleBook:
    found, problems = read_rules(texts(), letters=letters(), default_zone="America/Chicago")
    assert not [p for p in problems if not p.warning], "\n\n".join(map(str, problems))
    return found


def test_the_six_files_are_right_as_they_stand() -> None:
    found, problems = read_rules(texts(), letters=letters(), default_zone="UTC")
    assert len(found.rules) == 35
    assert [(p.where, p.context, p.sentence) for p in problems] == [
        (
            "5-action-items.toml",
            "[monday-list]",
            "08:00 is outside 09:00-16:00, when mail may leave. It waits until 09:00.",
        )
    ]
    assert {r.id for r in found.rules if r.at_large} == {
        "due-soon", "overdue", "needs-help", "thanks-for-finishing", "monday-list", "draft-next-meeting", "partner-update",
    }  # fmt: skip


CAST = [
    member("Ruth Halloran", button(YES), roles=(Role.CHAMPION, Role.LEAD_CHAMPION), organisation="Halloran Tool"),
    member("Lee Lead", button(YES), champion="ruth.halloran@halloran.example"),
    member("Ann Quick", button(YES), champion="ruth.halloran@halloran.example"),
    member("Eli Sorry", words("Sorry, I can't make it", NO)),
    member("Una Clear", words("It depends on whether my boss signs the budget, we will see what she says.")),
    member("Hal Silent", champion="ruth.halloran@halloran.example"),
    member("Max Muster"),
    member("Gone Away", trouble=Unknown()),
    member("Pat Public", kind=PartnerKind.PUBLIC_PARTNER),
    member("Sue Support", kind=PartnerKind.SUPPORT_PARTNER),
    member("Nora Notes", button(YES), roles=(Role.NOTE_TAKER,)),
    member("Cathy Kitchen", roles=(Role.CATERER,), kind=PartnerKind.SUPPORT_PARTNER),
]


class Story:
    """What the convener does on the way."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.quarterly = MeetingId(0)

    @property
    def now(self) -> datetime:
        return self.here.stage.clock.now()

    async def ident(self, address: str) -> PersonId:
        found = await people.by_address(self.here.stage.daemon.office.partnership, address)
        assert found is not None
        return found.id

    def plan(self, at: datetime, do: Callable[[], Awaitable[object]]) -> None:
        async def act() -> None:
            await do()

        self.here.stage.plan(at, act)

    async def says(self, address: str, said: str, guests: int = 0) -> None:
        office = self.here.stage.daemon.office
        person = await people.by_address(office.partnership, address)
        assert person is not None
        await enter_answer(office, await self.here.meeting(), person, SAID[said], self.now, guests=guests)

    async def happen(self, kind: HappeningKind, occasion: str, **facts: object) -> None:
        office, meeting = self.here.stage.daemon.office, await self.here.meeting()
        happening = Happening(kind, occasion, self.now, **facts)  # type: ignore[arg-type]
        if happening.item is not None:
            meeting = await meetings.at_large(office.partnership, office.sender.partnership, office.zone, self.now)
        await transact(lambda: announce(office, meeting, happening, self.now))

    async def names_a_delegate(self) -> None:
        eli, max_ = await self.ident("eli.sorry@sorry.example"), await self.ident("max.muster@muster.example")
        await self.happen(HappeningKind.DELEGATE_IS_NAMED, "delegate-1", person=eli, delegate=max_)

    async def attendance(self) -> None:
        came = [await self.ident(a) for a in ("ruth.halloran@halloran.example", "lee.lead@lead.example")]
        meeting = await self.here.meeting()
        await transact(lambda: meetings.note_attendance(meeting, came, self.now))

    async def notes_come(self) -> None:
        office, meeting = self.here.stage.daemon.office, await self.here.meeting()
        await transact(
            lambda: documents.write(office.partnership, documents.NOTES, meeting.id, "What was said.", self.now)
        )

    async def summary(self) -> None:
        office, meeting = self.here.stage.daemon.office, await self.here.meeting()
        await aftermath.write_summary(office, meeting, "# What we said\n\nA lot.", self.now)
        await aftermath.approve_summary(office, meeting, office.convener, self.now)

    async def teams_and_items(self) -> None:
        office = self.here.stage.daemon.office
        await planning.save_team(office, "Training", "lee.lead@lead.example", ("hal.silent@silent.example",), self.now)
        for text in ("Ask the college", "Book the lab"):
            wanted = planning.Wanted(text, "hal.silent@silent.example", date(2026, 3, 27), "", "Training", None, None)
            await planning.add_item(office, wanted, self.now)

    async def item_is(self, kind: HappeningKind) -> None:
        office = self.here.stage.daemon.office
        before = await planning.item_or_error(office, 1)
        after = plans.done(before) if kind is HappeningKind.REPLY_IS_DONE else plans.needs_help(before, "no time")
        await transact(lambda: plan.change(after, self.now))
        owner = await self.ident("hal.silent@silent.example")
        await self.happen(kind, f"item-1-{kind.value}", person=owner, item=after)

    async def add_quarterly(self) -> None:
        office = self.here.stage.daemon.office
        start = local(2026, 5, 28, 9, 0)
        wanted = Meeting(
            id=MeetingId(0), partnership_id=office.partnership, slug="spring", title="Spring meeting", event_uid=EventUid(""),
            dtstart=start, dtend=start + timedelta(hours=2), zone="America/Chicago", kind="full partnership meetings",
        )  # fmt: skip
        self.quarterly = (await add_meeting(office, wanted, self.now)).id

    async def change_quarterly(self, **facts: object) -> None:
        before = await meetings.by_id(self.quarterly)
        assert before is not None
        await change_meeting(self.here.stage.daemon.office, before, replace(before, **facts), self.now)  # type: ignore[arg-type]


async def play(here: World) -> Story:
    """Plan the whole story."""
    story = Story(here)
    story.plan(local(2026, 2, 4, 10, 0), story.names_a_delegate)
    for month, day in ((2, 3), (2, 5), (3, 3), (3, 6), (3, 11), (4, 2), (4, 24), (4, 30), (5, 2), (5, 5)):
        story.plan(local(2026, month, day, 12, 30), here.release)  # the convener says OK to what waits
    story.plan(local(2026, 3, 9, 9, 0), lambda: story.says("max.muster@muster.example", "yes", guests=3))
    story.plan(local(2026, 3, 11, 14, 0), lambda: story.says("pat.public@public.example", "yes"))
    story.plan(local(2026, 3, 12, 18, 0), story.attendance)
    story.plan(local(2026, 3, 13, 10, 0), story.teams_and_items)
    story.plan(local(2026, 3, 17, 10, 0), story.notes_come)
    story.plan(local(2026, 3, 19, 10, 0), story.summary)
    story.plan(local(2026, 3, 20, 12, 0), story.add_quarterly)
    story.plan(local(2026, 4, 7, 10, 0), lambda: story.item_is(HappeningKind.REPLY_IS_HELP))
    story.plan(local(2026, 4, 9, 10, 0), lambda: story.item_is(HappeningKind.REPLY_IS_DONE))
    start = local(2026, 5, 29, 9, 0)
    story.plan(
        local(2026, 4, 29, 10, 0), lambda: story.change_quarterly(dtstart=start, dtend=start + timedelta(hours=2))
    )
    story.plan(local(2026, 5, 4, 10, 0), lambda: story.change_quarterly(status=MeetingStatus.CANCELLED))
    return story


def write_letters(folder: Path) -> None:
    (folder / "templates").mkdir()
    for name in letters():
        (folder / "templates" / f"{name}.txt").write_text(LETTER.format(name=name), "utf-8")


async def test_every_rule_of_the_examples_writes_to_somebody(tmp_path: Path) -> None:
    write_letters(tmp_path)
    async with world(tmp_path, CAST, rules_folder=EXAMPLES, kind="launch meetings") as here:
        await play(here)
        await here.stage.advance(local(2026, 5, 6, 12, 0))
        office = here.stage.daemon.office
        found = await models.Outbox.filter(partnership_id=office.partnership, state="sent").order_by("sent_at")
        sent: dict[str, set[str]] = {}
        for row in found:
            sent.setdefault(row.rule, set()).add(row.round)
        silent = [r.id for r in office.book.rules if r.id not in sent]
        told = [line.sentence for _, line in await log.lines(office.partnership, limit=5000) if line.what == "left out"]
        assert silent == [], "\n".join(told)

        # what they say to whom
        reached = models.Outbox.filter(partnership_id=office.partnership, state="sent")
        people_of: dict[str, set[int]] = {}
        for rule, one in await reached.values_list("rule", "person_id"):
            people_of.setdefault(rule, set()).add(one)
        hal, lee, cathy = [await Story(here).ident(a) for a in (
            "hal.silent@silent.example", "lee.lead@lead.example", "cathy.kitchen@kitchen.example",
        )]  # fmt: skip
        assert people_of["due-soon"] == {hal}
        assert people_of["first-action-team-calls"] == {lee}
        assert people_of["headcount"] == people_of["headcount-changed"] == {cathy}
        assert hal not in people_of["thank-you"] | people_of["we-missed-you"]

        # two items, one mail
        due = [x for x in found if x.rule == "due-soon"]
        assert [len(x.items) for x in due] == [2]
        assert due[0].ask == "done, help or a new date"

        # three times on offer, on three days, within the window and the hours
        asked = [x for x in found if x.rule == "first-action-team-calls"]
        question = QuestionId(asked[0].question_id or 0)
        times = [c.dtstart.astimezone(UTC) for c in await questions.choices(question) if c.dtstart]
        assert len({t.date() for t in times}) == 3
        assert local(2026, 3, 26, 0, 0) <= times[0] <= times[-1] <= local(2026, 4, 10, 0, 0)
        assert (await models.Question.get(id=question)).makes == "action team calls"

        # nothing twice
        keys = [x.key for x in found]
        assert len(keys) == len(set(keys))


async def test_a_broken_edit_changes_nothing_and_its_owner_gets_one_mail(tmp_path: Path) -> None:
    write_letters(tmp_path)
    rules = tmp_path / "rules"
    rules.mkdir()
    for name, text in texts().items():
        (rules / name).write_text(text, "utf-8")
    async with world(tmp_path, [member("Ann Able")], rules_folder=rules, kind="launch meetings") as here:
        daemon = here.stage.daemon
        before = daemon.office.book
        broken = texts()["2-replies.toml"].replace('"reply is yes"', '"reply is yess"')
        (rules / "2-replies.toml").write_text(broken, "utf-8")
        for _ in range(3):  # however often it is looked at
            await daemon.reload()
        await here.stage.quiet()
        assert daemon.office.book == before
        letters_to_owner = [m for _, m in here.to(CONVENER)]
        assert len(letters_to_owner) == 1
        text = str(letters_to_owner[0].get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert 'I do not know the happening "reply is yess"' in " ".join(text.split())
        assert "2-replies.toml, line 11" in text
        since = max(daemon.office.known_since.values()).astimezone(ZoneInfo("America/Chicago"))
        assert f"The version of {since.day} {since:%b} stays in force" in " ".join(text.split())
        (rules / "2-replies.toml").write_text(texts()["2-replies.toml"], "utf-8")
        await daemon.reload()
        await here.stage.quiet()
        assert len(here.to(CONVENER)) == 1


async def test_a_new_rule_looks_back_only_on_the_conveners_word(tmp_path: Path) -> None:
    write_letters(tmp_path)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "1.toml").write_text(texts()["1-launch-invitations.toml"], "utf-8")
    async with world(tmp_path, [member("Ann Able")], rules_folder=rules, kind="launch meetings") as here:
        daemon = here.stage.daemon
        await here.stage.advance(local(2026, 2, 27, 12, 0))
        assert "remind-1" in here.subjects("ann.able@able.example") or "launch-reminder" in here.subjects(
            "ann.able@able.example"
        )
        extra = '\n[thanks-ahead]\nwhen = "15 business days before meeting start at 09:00"\nto = "everyone invited"\nsend = "launch-reminder"\n'
        (rules / "1.toml").write_text(texts()["1-launch-invitations.toml"] + extra, "utf-8")
        await daemon.reload()
        await here.stage.advance(local(2026, 3, 2, 16, 0))
        count = here.subjects("ann.able@able.example").count("launch-reminder")
        assert count == 1
        assert await rulings.look_back(daemon.office, RuleId("thanks-ahead"), here.stage.clock.now()) == 1
        await here.stage.quiet()
        assert here.subjects("ann.able@able.example").count("launch-reminder") == 2
        assert await rulings.look_back(daemon.office, RuleId("thanks-ahead"), here.stage.clock.now()) == 0

        renamed = extra.replace("thanks-ahead", "thanks-in-advance")
        (rules / "1.toml").write_text(texts()["1-launch-invitations.toml"] + renamed, "utf-8")
        after, _ = read_rules(
            {"1.toml": texts()["1-launch-invitations.toml"] + renamed}, letters=letters(), default_zone="UTC"
        )
        told = await rulings.changes_to(daemon.office, after, here.stage.clock.now())
        assert [str(r) for r in told.renamed] == [
            "[thanks-in-advance] looks like the old [thanks-ahead], which 1 person already got. Same rule?"
        ]
        await daemon.reload()
        daemon.office = await rulings.same_rule(
            daemon.office, RuleId("thanks-ahead"), RuleId("thanks-in-advance"), here.stage.clock.now()
        )
        assert await rulings.look_back(daemon.office, RuleId("thanks-in-advance"), here.stage.clock.now()) == 0
