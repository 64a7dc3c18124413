"""Somebody was forgotten, and life goes on: they write, others name them, a list has them, what was theirs is open (task 53)."""

from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from mailer.pipeline.hand import register
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import erasing, inbound, models, people, plan
from mailer.store.transact import transact
from tests.flow.test_commands import coded, last, write
from tests.flow.test_desk import reply, text_of
from tests.flow.test_life import answer, letter_to
from tests.flow.test_preparing import NEVER, cast, digest_with_proposal, proposal
from tests.flow.world import World, local, member, world

ZELDA = "zelda.quirk@quirk.example"


def with_zelda() -> list[object]:
    return [member("Zelda Quirk"), member("Bob Brown")]


async def forget(here: World) -> None:
    await register.forget_person(here.stage.daemon.office.partnership, ZELDA, here.stage.clock.now())
    await erasing.scrub()


async def nothing_is_known(here: World, folder: Path) -> None:
    partnership = here.stage.daemon.office.partnership
    assert await people.by_address(partnership, ZELDA) is None
    assert "Zelda Quirk" not in {p.name for p in await people.people(partnership)}
    await erasing.scrub()
    for file in folder.glob("**/*.db*"):
        content = file.read_bytes().lower()
        assert b"zelda" not in content
        assert ZELDA.encode() not in content


async def test_who_was_forgotten_writes_again(tmp_path: Path) -> None:
    """A reply to an old letter, or a fresh mail, is left where it is: nothing of it is kept, and nobody is answered."""
    async with world(tmp_path, [member("Zelda Quirk"), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        invitation = letter_to(here, ZELDA, "")
        await forget(here)
        seen = len(here.mails)
        await answer(here, ZELDA, invitation, "Yes, I will come after all! Zelda Quirk")
        await write(here, "I would like to come to the launch meeting. Zelda Quirk", ZELDA, subject="Launch")
        await here.stage.advance(local(2026, 1, 31, 12, 0))
        assert [m for _, to, m in here.mails[seen:] if to == ZELDA] == []
        await nothing_is_known(here, tmp_path)


async def test_who_was_forgotten_is_named_as_a_delegate(tmp_path: Path) -> None:
    """The convener agrees to a delegate who was forgotten: told, and nobody is invited, until they are added by hand."""
    async with world(tmp_path, [member("Zelda Quirk"), member("Bob Brown")]) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        await forget(here)
        bob = "bob.brown@brown.example"
        await answer(here, bob, letter_to(here, bob, ""), f"I cannot come, Zelda Quirk ({ZELDA}) comes instead.")
        (case,) = await inbound.rows(office.partnership, [inbound.REVIEW], 10)
        seen = len(here.to(ZELDA))
        await write(here, "waiting")
        await reply(here, last(here), f"{case.id} yes")
        assert "was forgotten on" in " ".join(text_of(last(here)).split())
        assert len(here.to(ZELDA)) == seen
        assert await people.by_address(office.partnership, ZELDA) is None


async def test_a_champion_proposes_who_was_forgotten(tmp_path: Path) -> None:
    """The convener's yes to a list of names does not bring them back; the rest of the list is done."""
    launch = {"dtstart": local(2026, 3, 27, 9, 0), "dtend": local(2026, 3, 27, 11, 0)}
    async with world(tmp_path, [*cast(), member("Zelda Quirk")], ok_on=NEVER, **launch) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 1, 30, 12, 0))
        await forget(here)
        jane = "jane.smith@smith.example"
        await answer(
            here,
            jane,
            letter_to(here, jane, "Whom do we miss?"),
            f"Add Zelda Quirk {ZELDA}, Quirk Works\nAdd Lu Han lu.han@han.example, Han",
        )
        await here.stage.advance(local(2026, 2, 2, 12, 0))
        _, number = proposal(here)
        await reply(here, digest_with_proposal(here), f"{number} yes")
        told = " ".join(text_of(here.to(CONVENER)[-1][1]).split())
        assert "Zelda Quirk was forgotten on" in told
        assert await people.by_address(office.partnership, ZELDA) is None
        assert await people.by_address(office.partnership, "lu.han@han.example") is not None


async def test_who_was_forgotten_is_on_a_new_list(tmp_path: Path) -> None:
    """Under any of their addresses; the row comes back with its reason; taking the import back changes nothing of that."""
    async with world(tmp_path, [member("Zelda Quirk"), member("Bob Brown")]) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        await forget(here)
        rows = f"name,email,other emails\nZelda Quirk,{ZELDA},\nLu Han,lu@han.example,\n"
        done = await register.import_people(office, "list.csv", rows.encode(), now)
        assert (done.new, done.left_out) == (1, 1)
        assert done.rest is not None
        assert done.rest.decode("utf-8-sig").count("forgotten") == 1
        aliased = f"name,email,other emails\nZ. Quirk,zq@home.example,{ZELDA.upper()}\n"
        assert (await register.import_people(office, "list.csv", aliased.encode(), now)).left_out == 1
        assert await models.DocumentFile.all().count() == 0  # what went to the command line is not kept
        await register.take_back(office, done.ident, now)
        assert await people.by_address(office.partnership, "lu@han.example") is None
        # the people file of the configuration neither: it is read again with every change of a rule
        master = await register.import_people(office, "people.csv", rows.encode(), now, master=True)
        assert master.new == 1
        assert {p.name for p in await people.people(office.partnership)} == {"Bob Brown", "Dana Reyes", "Lu Han"}


async def test_what_was_theirs_is_open_and_told(tmp_path: Path) -> None:
    """Items, a team and peers stay, without an owner, a lead, a champion; the convener hears of it in the answer to “forget”."""
    async with world(tmp_path, [member("Zelda Quirk"), member("Bob Brown", champion=ZELDA)], ok_on=NEVER) as here:
        office = here.stage.daemon.office
        await coded(here, "add item: call three schools, owner Zelda Quirk, due 2 March")
        zelda = await people.by_address(office.partnership, ZELDA)
        assert zelda is not None
        await transact(lambda: plan.save_team(office.partnership, "Transport", lead=zelda.id))
        told = " ".join((await coded(here, f"forget {ZELDA}")).split())
        for part in (
            "is erased",
            "Without an owner now: action item 1.",
            "Without a lead now: Transport.",
            "Without a champion now: 1 person.",
        ):
            assert part in told, told
        (item,) = await plan.items(office.partnership)
        assert (item.text, item.owner, item.open) == ("call three schools", None, True)
        (team,) = await plan.teams(office.partnership)
        assert team.lead is None
        await here.stage.advance(local(2026, 3, 20, 12, 0))  # its day passes, and nothing stumbles
        await nothing_is_known(here, tmp_path)


async def test_a_request_of_somebody_forgotten_leaves_no_mail_of_theirs_in_a_list_that_came(tmp_path: Path) -> None:
    """The convener mailed a list with them in it, which is kept with its mail: the kept mail goes, the register stays."""
    async with world(tmp_path, [member("Bob Brown")], ok_on=NEVER) as here:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = f"Dana <{CONVENER}>", MAILBOX, "import this list"
        message["Message-ID"], message["Date"] = "<list@northwoods.example>", format_datetime(here.stage.clock.now())
        message.set_content("Please import this list.\n")
        rows = f"name,email\nZelda Quirk,{ZELDA}\nLu Han,lu@han.example\nZelda Quirk & Co,x@quirk.example\n"
        message.add_attachment(rows.encode("utf-16"), maintype="text", subtype="csv", filename="list.csv")
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(message.as_bytes(), MAILBOX, CONVENER)
        await here.stage.quiet()
        office = here.stage.daemon.office
        await register.import_people(office, "list.csv", rows.encode(), here.stage.clock.now())
        assert await people.by_address(office.partnership, ZELDA) is not None
        await forget(here)
        assert await people.by_address(office.partnership, "lu@han.example") is not None
        await nothing_is_known(here, tmp_path)
        assert await models.DocumentFile.all().count() == 0


async def test_who_was_forgotten_walks_in(tmp_path: Path) -> None:
    """On the sign-in sheet of a meeting: the convener is told, and writes it once more without them, or adds them first."""
    async with world(tmp_path, [member("Zelda Quirk"), member("Bob Brown")]) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 3, 12, 14, 0))
        await forget(here)
        told = " ".join(
            (await coded(here, f"came to launch: Bob Brown; walk-in: Zelda Quirk, Quirk Works, {ZELDA}")).split()
        )
        assert "was forgotten on" in told
        assert await people.by_address(office.partnership, ZELDA) is None
