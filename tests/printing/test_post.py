"""Letters for people without e-mail: the text of the mail, without what only a mail has."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.errors import LetterProblems
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person, Role
from mailer.partnership.postal import Addressee
from mailer.pipeline.papers.enclosures import Desk
from mailer.pipeline.papers.post import posted
from mailer.printing.documents import letters
from mailer.printing.sheets import LetterPage
from mailer.render.outgoing import Sender
from mailer.terms import EventUid, MeetingId, PartnershipId, PersonId
from tests.printing.reading import LETTER, pages, words
from tests.printing.reading import MEETING as SHEET

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
START = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
MEETING = Meeting(
    MeetingId(1), PartnershipId(1), "launch", "Launch meeting", EventUid("u"), START, START + timedelta(hours=2), "America/Chicago",
    place="12 Mill Road", reply_deadline=START - timedelta(days=7),
)  # fmt: skip
SENDER = Sender("Mid-River", "Dana Reyes", "p@example.org", title="Convener", organisation="Board", phone="555-0100")
DESK = Desk(PartnershipId(1), SENDER)
JANE = Person(
    PersonId(1),
    PartnershipId(1),
    "Jane Smith",
    ("j@x.example",),
    "Smith Works",
    "Co-chair",
    roles=frozenset({Role.CHAMPION}),
)
PEOPLE = (
    Addressee("Ann Ortiz", ("12 Main Street", "Springfield, IL 62701"), "Acme"),
    Addressee("José Núñez", ("Calle 5", "San Juan, PR 00901"), language="es"),
)  # fmt: skip


async def test_the_two_invitations_as_letters(tmp_path: Path) -> None:
    """Task 29: who has no e-mail gets the same letter on paper, with a label."""
    for letter in ("invitation-business", "invitation-public-partner"):
        written, labels = await posted(DESK, MEETING, letter, tmp_path, PEOPLE, JANE, NOW)
        english, spanish = pages(written)
        assert "Dear Ann," in english.words
        assert "Please tell Dana Reyes: telephone 555-0100, or write to p@example.org." in english.words
        assert english.words.endswith("Jane Smith Co-chair Smith Works")
        assert "Monday, March 2, 2026" in english.words
        assert "Thursday, March 5, 2026" in english.words
        assert "12 Mill Road" in english.words
        assert "José" in spanish.words
        assert "Avise, por favor, a Dana Reyes" in spanish.words
        for page in (english, spanish):
            for mailish in ("reply to this message", "stop", "Responda", "**", "[[", "{{", "--------"):
                assert mailish not in page.words, mailish
        assert words(labels).count("Ann Ortiz") == 1
        assert "San Juan, PR 00901" in words(labels)


async def test_without_a_champion_the_convener_signs(tmp_path: Path) -> None:
    written, _ = await posted(DESK, MEETING, "invitation-business", tmp_path, PEOPLE[:1], None, NOW)
    assert words(written).endswith("Dana Reyes Convener Board")


async def test_the_conveners_own_letter_comes_first(tmp_path: Path) -> None:
    (tmp_path / "invitation-business.txt").write_text(
        "Subject: Hello\n\nCome, {{ person.first_name }}, it is **free**.\n\n[[buttons]]\n\nYours\n\n[[signature]]\n",
        "utf-8",
    )
    written, _ = await posted(DESK, MEETING, "invitation-business", tmp_path, PEOPLE[:1], JANE, NOW)
    assert "Hello Come, Ann, it is free. Please tell Dana Reyes" in words(written)


async def test_a_letter_that_only_a_mail_can_be(tmp_path: Path) -> None:
    with pytest.raises(LetterProblems, match="There is no letter"):
        await posted(DESK, MEETING, "nothing", tmp_path, PEOPLE, JANE, NOW)
    with pytest.raises(LetterProblems, match="not known"):
        await posted(DESK, MEETING, "address-is-dead", tmp_path, PEOPLE, JANE, NOW)


def test_a_signature_never_stands_alone_on_a_page() -> None:
    """A letter that is longer than its page takes its last paragraph along."""
    counts = set()
    for lines in range(22, 40, 2):
        page = LetterPage(("Ann Lee",), ("word " * 15 * lines, "Last words."), signature=("Ruth Halloran", "President"))
        found = pages(letters(SHEET, [page], LETTER))
        counts.add(len(found))
        assert all(("Halloran" in one.words) == ("Last words" in one.words) for one in found)
    assert counts == {1, 2}
