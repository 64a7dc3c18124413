"""The meeting itself as a convener runs it by mail: who comes in whose place, what the caterer may know, who signed in."""

import re
from email.message import EmailMessage
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from mailer.partnership.people import PartnerKind, Role
from mailer.sandbox.habits import Member
from mailer.sandbox.stage import CONVENER
from mailer.store import meetings, people
from mailer.terms import PartStat
from tests.flow.test_commands import coded, write
from tests.flow.test_desk import text_of
from tests.flow.test_life import JANE, answer, cast, files_of, letter_to
from tests.flow.world import NO, YES, World, button, local, member, words, world

ANN, BOB, CARL = "ann.able@able.example", "bob.brown@brown.example", "carl.cook@cook.example"
COOK = member("Carl Cook", kind=PartnerKind.SUPPORT_PARTNER, roles=frozenset({Role.CATERER}))


def pages(letter: EmailMessage, name: str) -> str:
    """The text of an attached PDF."""
    for part in letter.iter_attachments():
        if name in str(part.get_filename()):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            document = pypdfium2.PdfDocument(content)
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    raise AssertionError(files_of(letter))


async def says(here: World, who: str, text: str) -> EmailMessage:
    """*who* answers the latest letter; gives what comes back."""
    await answer(here, who, here.to(who)[-1][1], text)
    return here.to(who)[-1][1]


async def test_a_delegate_is_on_the_sheet_the_badge_and_in_the_number(tmp_path: Path) -> None:
    """Tasks 11, 36, 37: whoever comes instead is a person of their own; who is replaced is on no list."""
    people_ = cast(
        member("Ann Able", words("Yes, two of us", YES)),
        member("Dee Dorn", words("Yes")),
        member("Bob Brown", kind=PartnerKind.SUPPORT_PARTNER),
        COOK,
    )
    async with world(tmp_path, people_) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        assert await meetings.headcount(here.meeting_id) == 4
        await says(here, ANN, "I cannot come after all. Bob Brown (bob.brown@brown.example) will come in my place.")
        assert await meetings.headcount(here.meeting_id) == 2
        await says(here, BOB, "Yes, gladly. I eat vegan and use a wheelchair.")
        await says(here, "dee.dorn@dorn.example", "Rob Roe <rob@roe.example> comes in my place.")
        case = re.search(r"^(\d+)\b.*dee\.dorn", "\n".join(text_of(m) for _, m in here.to(CONVENER)), re.MULTILINE)
        if case is None:
            await here.stage.advance(local(2026, 2, 11, 12, 0))
            case = re.search(r"^(\d+)\b.*dee\.dorn", "\n".join(text_of(m) for _, m in here.to(CONVENER)), re.MULTILINE)
        assert case is not None
        digest = next(m for _, m in reversed(here.to(CONVENER)) if "dee.dorn" in text_of(m))
        here.stage.servers.admit(["rob@roe.example"], lambda *_: _nothing())
        await answer(here, CONVENER, digest, f"{case[1]} yes")
        assert await meetings.headcount(here.meeting_id) == 2  # Rob has not answered
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        papers = letter_to(here, CONVENER, "To print and to pack")
        for name in ("sign-in", "badges"):
            text = pages(papers, name)
            assert "Brown" in text
            assert "Roe" in text
            assert "Able" not in text.replace("in place of Ann Able", "").replace("Able Works", ""), text
            assert "Dorn" not in text.replace("in place of Dee Dorn", "").replace("Dorn Works", ""), text
        told = letter_to(here, CARL, "Headcount")
        assert "Chairs: 2" in text_of(told)
        assert "vegan: 1" in text_of(told)
        assert "wheelchair" in text_of(told)


async def _nothing() -> None:
    return None


async def test_the_caterer_never_gets_a_name(tmp_path: Path) -> None:
    """Tasks 11, 31: numbers only, in the text, in the page, in the headers, in every attachment; corrected when they change."""
    guests = [member(f"Gwendolyn{n} Quixotic{n}", words("Yes, three of us, one vegetarian")) for n in range(3)]
    async with world(tmp_path, cast(*guests, COOK)) as here:
        await here.stage.advance(local(2026, 3, 5, 12, 0))
        assert "Chairs: 10" in text_of(letter_to(here, CARL, "Headcount"))
        for n in (0, 1):
            await here.stage.advance(local(2026, 3, 5, 13 + n, 0))
            await says(here, f"gwendolyn{n}.quixotic{n}@quixotic{n}.example", "Sorry, I can't make it after all.")
        await here.stage.advance(local(2026, 3, 6, 12, 0))
        changed = text_of(letter_to(here, CARL, "New headcount"))
        assert "Chairs: 4" in changed
        assert "instead of 7" in changed
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        about = [m for _, m in here.to(CARL)]
        assert len(about) >= 3
        assert all("eadcount" in str(m["Subject"]) for m in about), here.subjects(CARL)  # and no invitation
        raws = [raw for to, raw in here.raws if to == CARL]
        for raw in raws:
            assert b"uixotic" not in raw
        for letter in about:
            assert files_of(letter) == []
            for part in letter.walk():
                if part.get_content_maintype() == "text":
                    assert "uixotic" not in str(part.get_content())
            assert not [v for v in letter.values() if "uixotic" in str(v) or "Jane" in str(v)]


ROLL = [
    ("All came but Bob", {"Ann Able", "Jane Smith", "Vic Vega"}, {"Bob Brown"}),
    ("came: Ann, Bob; walk-in: Cho Lee, Acme", {"Ann Able", "Bob Brown", "Cho Lee"}, {"Jane Smith", "Vic Vega"}),
    ("Everybody was there.\n\nThanks\nDana", {"Ann Able", "Bob Brown", "Jane Smith", "Vic Vega"}, set()),
    ("came to Launch meeting: Ann Able, vic.vega@vega.example and Zoe Zorn", {"Ann Able", "Vic Vega", "Zoe Zorn"}, {"Bob Brown", "Jane Smith"}),
    ("no-shows: Bob Brown, Vic", {"Ann Able", "Jane Smith"}, {"Bob Brown", "Vic Vega"}),
    ("nobody came", set(), {"Ann Able", "Bob Brown", "Jane Smith", "Vic Vega"}),
]  # fmt: skip
ODD = [
    "All came but Xaver",
    "came: Ann, Sam",
    "all came but Zoe",
    "came: Ann and her husband",
    "I think Ann and Bob came",
]


async def came(here: World) -> tuple[set[str], set[str]]:
    """(who came, who had said yes and did not)."""
    names = {p.id: p.name for p in await people.people(here.stage.daemon.office.partnership)}
    held = await meetings.invitations(here.meeting_id)
    missed = {names[i.person_id] for i in held if i.attended is False and i.partstat is PartStat.ACCEPTED}
    return {names[i.person_id] for i in held if i.attended}, missed


async def test_the_sign_in_sheet_comes_back_by_reply_in_many_words_and_as_a_file(tmp_path: Path) -> None:
    """Tasks 36, 39: one line, or the sheet itself; what is not certain is asked about, and what was recorded can be taken back."""
    people_: list[Member] = cast(
        member("Ann Able", words("Yes")),
        member("Bob Brown", words("Yes")),
        member("Vic Vega", button(YES)),
        member("Zoe Zorn", words("Sorry, no", NO)),
        member("Sam Sole"),
        member("Sam Soul"),
    )
    async with world(tmp_path, people_) as here:
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        asked = letter_to(here, CONVENER, "Who came")

        async def reply_with(text: str, files: tuple[tuple[str, bytes], ...] = ()) -> str:
            await answer(here, CONVENER, asked, text, files)
            told = text_of(here.to(CONVENER)[-1][1])
            code = re.search(r"the code (\d{6})", told)
            if code is not None:
                await answer(here, CONVENER, here.to(CONVENER)[-1][1], code[1])
                told = text_of(here.to(CONVENER)[-1][1])
            return told

        for text in ODD:
            told = await reply_with(text)
            assert "othing was" in told, told
            assert (await here.meeting()).attendance_at is None, text
        for text, there, missed in ROLL:
            told = await reply_with(text)
            assert await came(here) == (there, missed), (text, told)
        assert len([p for p in await people.people(here.stage.daemon.office.partnership) if p.name == "Cho Lee"]) == 1
        sheet = "\ufeffName;Company;Came\r\nAnn Able;Able Works;x\r\nBob Brown;Brown Works;\r\nCho Lee;Acme;x\r\nNew Nan;Nan Co;X\r\n"
        before = await came(here)
        told = " ".join((await reply_with("Here is the sheet.", (("sign-in.csv", sheet.encode()),))).split())
        assert "Nobody in the register is called so: New Nan." in told
        assert await came(here) == before
        typo = sheet.replace("Ann Able", "Ann Abel")
        told = " ".join((await reply_with("Once more.", (("sign-in.csv", typo.encode()),))).split())
        assert "Ann Abel (perhaps Ann Able?), New Nan" in told  # or she would be missed, and somebody else be there
        assert await came(here) == before
        sheet = sheet.replace("New Nan;Nan Co;X", "New Nan;Nan Co;walk-in")
        await reply_with("Now with the mark.", (("sign-in.csv", sheet.encode()),))
        there, missed = await came(here)
        assert there == {"Ann Able", "Cho Lee", "New Nan"}
        assert missed == {"Bob Brown", "Jane Smith", "Vic Vega"}
        done = here.to(CONVENER)[-1][1]
        assert "To take it back" in text_of(done)
        await answer(here, CONVENER, done, "undo")
        code = re.search(r"the code (\d{6})", text_of(here.to(CONVENER)[-1][1]))
        assert code is not None
        await answer(here, CONVENER, here.to(CONVENER)[-1][1], code[1])
        assert (await came(here))[0] == set()  # "nobody came" stood before
        assert "is not recorded any more" in await coded(here, "came to launch: not recorded")
        assert (await here.meeting()).attendance_at is None
        assert JANE


@pytest.mark.parametrize("party", [1, 2])
async def test_a_party_sits_together_or_waits(tmp_path: Path, party: int) -> None:
    """Task 9: two chairs are not offered as one; a bigger party does not push anybody out."""
    people_ = cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan"))
    async with world(tmp_path, people_, capacity=3) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))  # Jane has one of three
        await says(here, ANN, "Yes, there will be two of us.")
        assert await meetings.headcount(here.meeting_id) == 3
        told = await says(here, BOB, "Yes, we will be two." if party == 2 else "Yes, I'll come.")
        assert "waiting list" in str(told["Subject"])
        await says(here, ANN, "I come alone after all, yes.")
        offered = any("chair is free" in s for s in here.subjects(BOB))
        assert offered == (party == 1)
        assert await meetings.headcount(here.meeting_id) == 2


async def test_a_name_of_two_who_were_invited_is_asked_about(tmp_path: Path) -> None:
    """Tasks 36, 39: one Cat said yes, the other was silent and may have come: nobody is thanked, or missed, on a guess."""
    people_ = cast(member("Cat Cole", words("Yes")), member("Cat Carr"), member("Ann Able", words("Yes")))
    async with world(tmp_path, people_) as here:
        await here.stage.advance(local(2026, 3, 13, 10, 0))
        told = " ".join((await coded(here, "came: Ann, Cat Carr")).split())
        assert (await came(here))[0] == {"Ann Able", "Cat Carr"}
        await write(here, "came: Ann, Cat")
        code = re.search(r"the code (\d{6})", text_of(here.to(CONVENER)[-1][1]))
        assert code, told
        await answer(here, CONVENER, here.to(CONVENER)[-1][1], code[1])
        told = " ".join(text_of(here.to(CONVENER)[-1][1]).split())
        assert "Which Cat? Cat Carr (cat.carr@carr.example), Cat Cole (cat.cole@cole.example)." in told
        assert (await came(here))[0] == {"Ann Able", "Cat Carr"}
        await coded(here, "all came but Cat")  # of those who said yes there is one Cat
        assert await came(here) == ({"Ann Able", "Jane Smith"}, {"Cat Cole"})


async def test_a_caterers_yes_to_a_number_makes_no_guest(tmp_path: Path) -> None:
    """Tasks 11, 31: "yes, noted" in reply to a headcount is no word on coming; whoever brings the food is in no number and on no list."""
    async with world(tmp_path, cast(member("Ann Able", words("Yes")), COOK)) as here:
        await here.stage.advance(local(2026, 3, 5, 12, 0))
        before = await here.answers()
        for said in ("Yes, thank you.", "Yes", "No problem, thanks!"):
            await answer(here, CARL, letter_to(here, CARL, "Headcount"), said)
        assert await here.answers() == before
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        assert all("eadcount" in s for s in here.subjects(CARL)), here.subjects(CARL)
        assert "Chairs: 2" in text_of(letter_to(here, CARL, "Headcount"))
