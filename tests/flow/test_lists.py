"""A list comes into a register that knows some of its people already: what it may change, what it may not, and what that costs (tasks 1, 26)."""

import csv
import io
from pathlib import Path

import pytest

from mailer.partnership.people import PartnerKind, Role
from mailer.pipeline.hand import register
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import people, statement
from mailer.store.transact import transact
from tests.flow.test_preparing import NEVER
from tests.flow.world import World, member, world

ANN, BOB = "ann.able@able.example", "bob.brown@brown.example"
HEAD = "name,email,other emails,organisation,title,kind,roles,champion,language,phone\n"


async def brought(here: World, rows: str, *, master: bool = False) -> register.Imported:
    office, now = here.stage.daemon.office, here.stage.clock.now()
    return await register.import_people(office, "list.csv", (HEAD + rows).encode(), now, master=master)


async def one(here: World, address: str) -> people.Person:
    found = await people.by_address(here.stage.daemon.office.partnership, address)
    assert found is not None
    return found


async def test_an_empty_cell_of_a_list_takes_nothing_away(tmp_path: Path) -> None:
    """A champion stays a champion, whatever a list of addresses leaves open; the people file itself may take a role away."""
    jane = member(
        "Ann Able",
        roles=frozenset({Role.CHAMPION}),
        phone="+1 555 0100",
        champion=BOB,
        language="es",
        kind=PartnerKind.PUBLIC_PARTNER,
    )
    async with world(tmp_path, [jane, member("Bob Brown")], ok_on=NEVER) as here:
        before = await one(here, ANN)
        done = await brought(here, f"Ann Able,{ANN},a@home.example,,,,,,,\n")
        assert (done.new, done.known, done.left_out) == (0, 1, 0)
        after = await one(here, ANN)
        assert after.addresses == (ANN, "a@home.example")
        assert (after.organisation, after.title, after.kind, after.roles, after.champion, after.language, after.phone) == (
            before.organisation, before.title, before.kind, before.roles, before.champion, before.language, before.phone,
        )  # fmt: skip
        await brought(here, f"Ann Able,{ANN},,,,public partner,,,es,\n", master=True)
        assert (await one(here, ANN)).roles == frozenset()


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("Able", "Ann Able"),
        ("A. Able", "Ann Able"),
        ("ANN ABLE", "Ann Able"),
        ("ann able", "Ann Able"),
        ("Able, Ann", "Ann Able"),
        ("Ann Able-Smith", "Ann Able-Smith"),  # a new name is no shorter one
        ("Anna Able", "Anna Able"),
    ],
)
async def test_a_name_is_never_made_shorter_by_a_list(tmp_path: Path, name: str, after: str) -> None:
    async with world(tmp_path, [member("Ann Able")], ok_on=NEVER) as here:
        done = await brought(here, f'"{name}",{ANN},,,,,,,,\n')
        assert (await one(here, ANN)).name == after
        told = [p.sentence for p in done.problems if " name" in p.sentence or " called " in p.sentence]
        assert bool(told) == (name != "Able, Ann"), done.problems


async def test_a_list_and_the_wishes_of_people(tmp_path: Path) -> None:
    """Who wants no mail stays so on every list, also under a new address, also in another partnership's register."""
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")], ok_on=NEVER) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        ann = await one(here, ANN)
        await transact(lambda: people.note_stop(ann.id, now))
        await transact(lambda: people.note_stop_everywhere(["new@stop.example"], now))
        done = await brought(
            here, f"Ann Able,new@able.example,{ANN},,Owner,,,,,\nLu Han,x@han.example,new@STOP.example,,,,,,,\n"
        )
        assert (done.new, done.known) == (1, 1)
        assert any("Ann Able has asked not to be written to; that stays." in p.sentence for p in done.problems)
        for address in (ANN, "x@han.example"):
            found = await one(here, address)
            assert not found.may_be_written_to, address
        assert office.partnership == ann.partnership_id


async def test_the_conveners_own_row_and_the_services_mailbox(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")], ok_on=NEVER) as here:
        local, _, domain = MAILBOX.partition("@")
        done = await brought(
            here,
            f"Dana Reyes,{CONVENER},,Northwoods,,public partner,caterer,,,\n"
            f"Partnership,{MAILBOX},,,,,,,,\nPartnership Two,{local}+abc@{domain},,,,,,,,\nEve Low,{CONVENER.upper()},,,,,,,,\n",
        )
        dana = await one(here, CONVENER)
        assert Role.CONVENER in dana.roles
        whys = {p.line: p.sentence for p in done.problems if not p.warning}
        assert set(whys) == {3, 4, 5}
        assert "is my own mailbox" in whys[3]
        assert "is my own mailbox" in whys[4]
        await brought(here, f"Dana Reyes,{CONVENER},,,,support partner,,,,\n", master=True)
        assert Role.CONVENER in (await one(here, CONVENER)).roles


async def test_one_person_in_two_rows_under_two_known_addresses(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able")], ok_on=NEVER) as here:
        await brought(here, f"Ann Able,{ANN},ann@home.example,,,,,,,\n")
        done = await brought(here, f"Ann Able,{ANN},,,Owner,,,,,\nAnn Able,ann@home.example,,,Boss,,,,,\n")
        assert (done.known, done.left_out) == (1, 1)
        assert done.rest is not None
        _, row = csv.reader(io.StringIO(done.rest.decode("utf-8-sig")))
        assert "who stands in line 2 already" in row[-1]
        assert (await one(here, ANN)).title == "Owner"


async def test_what_was_mended_is_imported_and_the_whole_is_taken_back(tmp_path: Path) -> None:
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")], ok_on=NEVER) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        before = {p.id: p for p in await people.people(office.partnership)}
        done = await brought(
            here,
            f"Ann Able,{ANN},,Able Tools,Chair,business,champion,{BOB},de,+1 555 0199\n"
            "Lu Han,lu@han.example,,Han,,,,,,\nEd & Flo,both@low.example,,,,,,,,\n",
        )
        assert (done.new, done.known, done.left_out) == (1, 1, 1)
        assert (await one(here, ANN)).champion == (await one(here, BOB)).id
        assert done.rest is not None
        mended = done.rest.decode("utf-8-sig").replace("Ed & Flo", "Flo Low").encode()
        again = await register.import_people(office, done.rest_name, mended, now)
        assert (again.new, again.left_out) == (1, 0)
        await register.take_back(office, again.ident, now)
        await register.take_back(office, done.ident, now)
        assert {p.id: p for p in await people.people(office.partnership)} == before


async def test_a_long_list_costs_few_statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first list of thousands is entered at once; and again, and taken back."""
    async with world(tmp_path, [member("Bob Brown")], ok_on=NEVER) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        asked: list[str] = []
        fetch, write = statement.fetch, statement.write

        async def counted_fetch(text: str, *values: object) -> object:
            asked.append(text)
            return await fetch(text, *values)

        async def counted_write(text: str, rows: object) -> None:
            asked.append(text)
            await write(text, rows)  # type: ignore[arg-type]

        monkeypatch.setattr(people, "fetch", counted_fetch)
        monkeypatch.setattr(people, "write", counted_write)
        first, second = (
            "".join(
                f"Person Number{n},p{n}x@firm{n % 300}.example,p{n}y@home.example,Firm {n % 300},{title},,,{BOB if n % 3 else ''},,\n"
                for n in range(900)
            )
            for title in ("Owner", "Boss")
        )
        done = await brought(here, first)
        assert (done.new, done.left_out) == (900, 0)
        assert len(asked) < 90, len(asked)
        asked.clear()
        assert (await brought(here, second)).known == 900
        assert len(asked) < 90, len(asked)
        asked.clear()
        await register.take_back(office, None, now)
        assert len(asked) < 90, len(asked)
        assert (await one(here, "p7x@firm7.example")).title == "Owner"
        assert (await one(here, "p7y@home.example")).champion == (await one(here, BOB)).id
        await register.take_back(office, done.ident, now)
        assert len(await people.people(office.partnership)) == 2


async def test_a_row_that_the_database_refuses_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One commit: either every row that was taken is there, with its champion, or none is."""
    async with world(tmp_path, [member("Bob Brown")], ok_on=NEVER) as here:

        async def broken(*_: object) -> None:
            raise RuntimeError("the power failed")

        with monkeypatch.context() as patch:
            patch.setattr(people, "set_champions", broken)
            with pytest.raises(RuntimeError):
                await brought(here, f"Lu Han,lu@han.example,,,,,,{BOB},,\n")
        assert await people.by_address(here.stage.daemon.office.partnership, "lu@han.example") is None


async def test_champions_and_assistants_of_a_list_are_taken_back_too(tmp_path: Path) -> None:
    """Who may answer for somebody by a list that was a mistake may not do so any longer."""
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")], ok_on=NEVER) as here:
        office, now = here.stage.daemon.office, here.stage.clock.now()
        before = {p.id: p for p in await people.people(office.partnership)}
        rows = f"name,email,champion,assistant of\nAnn Able,{ANN},{BOB},\nPat Pool,pat@pool.example,,{BOB}\n"
        done = await register.import_people(office, "list.csv", rows.encode(), now)
        assert (await one(here, ANN)).champion == (await one(here, BOB)).id
        assert (await one(here, BOB)).assistants == {"pat@pool.example"}
        await register.take_back(office, done.ident, now)
        assert {p.id: p for p in await people.people(office.partnership)} == before
