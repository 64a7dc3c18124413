"""In whose name letters reach businesses: a champion's, where they invite, thank or tell what was agreed; else the convener's own."""

from pathlib import Path

from mailer.decide.rulebook import read_rules
from mailer.render.letters import read_letters, shipped_letters
from mailer.store import outbox
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.test_life import cast
from tests.flow.world import RULES, YES, button, local, member, world

ANN, BOB = "ann.able@able.example", "bob.brown@brown.example"
CHAMPIONS = {"invite-businesses", "thank-you"}
"""Rules whose letters reach Ann or Bob below in a champion's name."""


_SPEAK = {
    "invitation-business", "invitation-public-partner", "thank-you", "meeting-summary", "progress-update", "activity-report", "team-update",
}  # fmt: skip


def test_no_shipped_invitation_and_no_word_on_a_meeting_leaves_in_nobodys_name() -> None:
    """Task 18: whatever invites a business, thanks it, sums up what was agreed or tells how it goes on has a champion's name."""
    letters, _ = read_letters([shipped_letters()])
    texts = {f.name: f.read_text(encoding="utf-8") for f in sorted(RULES.glob("*.toml"))}
    book, _ = read_rules(texts, letters=letters.names, default_zone="America/Chicago")
    speaks = [r for r in book.rules if r.letter in _SPEAK]
    assert {r.id for r in speaks} >= {"invite-businesses", "invite-public-partners", "thank-you", "send-summary"}
    assert [r.id for r in speaks if r.on_behalf_of is None] == []


async def test_every_letter_says_in_whose_name_it_comes(tmp_path: Path) -> None:
    """Task 18: From, first lines and signature agree with what was decided, for every letter that reaches a business until after the meeting."""
    async with world(tmp_path, cast(member("Ann Able", button(YES)), member("Bob Brown"))) as here:
        await here.stage.advance(local(2026, 3, 12, 16, 0))
        await coded(here, "came to launch: Ann Able")
        await here.stage.advance(local(2026, 3, 17, 12, 0))
        await here.release()
        await here.stage.advance(local(2026, 3, 20, 12, 0))
        entries = {
            e.message_id: e.notice for e in await outbox.rows(here.stage.daemon.office.partnership, [outbox.SENT], 1000)
        }
        seen: set[str] = set()
        for _, letter in (*here.to(ANN), *here.to(BOB)):
            notice, text = entries[letter["Message-ID"]], text_of(letter).replace("\r\n", "\n")
            signed = text.rpartition("Kind regards,")[2]
            if notice.on_behalf_of is not None:
                seen.add(notice.rule)
                assert str(letter["From"]).startswith('"Jane Smith, Owner (via Dana Reyes)"'), notice.rule
                assert "On behalf of Jane Smith" in text, notice.rule
                assert "Jane Smith" in signed, notice.rule
            else:
                assert str(letter["From"]).startswith("Dana Reyes <"), notice.rule
                assert "On behalf of" not in text, notice.rule
                assert "Dana Reyes" in signed, notice.rule
        assert seen == CHAMPIONS
