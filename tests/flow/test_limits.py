"""How many mails may answer mails within an hour: as the configuration says."""

from datetime import timedelta
from pathlib import Path

import pytest

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
