"""How many mails may answer mails within an hour: as the configuration says."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flow.test_shipped_rules import region, sent
from tests.flow.world import NO, YES, button, local, member, world


@pytest.mark.parametrize(
    ("limits", "confirmed"),
    [
        ({}, 2),
        ({"most_replies_per_person_per_hour": 1}, 1),
        ({"most_replies_per_hour": 1}, 1),
    ],
)
async def test_a_second_answer_within_the_hour_counts_and_is_confirmed_only_below_the_limit(
    tmp_path: Path, limits: dict[str, int], confirmed: int
) -> None:
    flip = member(
        "Ann Flip",
        button(YES, after=timedelta(minutes=60), punctual=True),
        button(NO, after=timedelta(minutes=70), punctual=True),
    )
    async with world(tmp_path, [flip]) as here:
        stage = here.stage
        own = stage.config.partnerships[0]
        sending = own.sending.model_copy(update=limits)
        stage.config = stage.config.model_copy(update={"partnerships": (own.model_copy(update={"sending": sending}),)})
        await stage.down(local(2026, 1, 26, 9, 0))
        await stage.advance(local(2026, 2, 12, 12, 0))
        assert await here.answers() == {"ann.flip@flip.example": "no"}
        rules = [r for r, _ in await here.rules_of("ann.flip@flip.example")]
        assert len([r for r in rules if r in ("confirm-yes", "sorry-you-cannot")]) == confirmed
        told = [r for r, _ in await here.rules_of("dana.reyes@northwoods.example")]
        assert ("service-loop" in told) == (confirmed == 1), told


async def test_one_person_gets_so_many_planned_letters_a_week_over_all_rules(tmp_path: Path) -> None:
    """Task 7: one voice; what is more waits its turn, answers do not, and nobody loses the last word before the deadline."""
    bob, nina = "bob.brown@brown.example", "nina.note@note.example"
    async with world(tmp_path, region()) as here:
        stage = here.stage
        own = stage.config.partnerships[0]
        sending = own.sending.model_copy(update={"most_per_person_per_week": 1})
        stage.config = stage.config.model_copy(update={"partnerships": (own.model_copy(update={"sending": sending}),)})
        await stage.down(local(2026, 1, 26, 9, 0))
        await stage.advance(local(2026, 3, 6, 12, 0))
        found = await sent(here)
        assert found["invite-businesses"][bob] == "01-29 12:00"
        assert found["calendar-follow-up"][bob] == "02-05 12:00"  # a week later, not on the next day
        assert found["confirm-yes"][nina].startswith("01-29")  # an answer is acknowledged at once
        planned = [
            (when, m)
            for when, m in here.to(bob)
            if not any(w in str(m["Subject"]) for w in ("You are on the list", "Sorry to miss"))
        ]
        assert len(planned) >= 3
        for (one, _), (other, _) in pairwise(planned):
            assert other - one >= timedelta(days=7)
