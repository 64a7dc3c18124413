"""A rule that was changed comes into force whole or not at all, whatever stops the service in the midst of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.decide.rulebook import RuleBook, read_rules
from mailer.pipeline.due import tick
from mailer.pipeline.office import Office
from mailer.store import rules
from mailer.terms import RuleId
from tests.flow.world import RULES, member, world

INVITATIONS = "1-invitations.toml"
LAST_CALL = RuleId("last-call")
BEFORE, AFTER = "2 business days before reply deadline at 09:30", "3 business days before reply deadline at 09:30"


def edited(office: Office, before: str, after: str) -> RuleBook:
    """The shipped rules with one phrase changed."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(RULES.glob("*.toml"))}
    assert texts[INVITATIONS].count(before) == 1
    texts[INVITATIONS] = texts[INVITATIONS].replace(before, after)
    letters = {rule.letter for rule in office.book.rules}
    book, problems = read_rules(texts, letters=letters, default_zone=office.zone)
    assert not [p for p in problems if not p.warning]
    return book


async def test_a_changed_rule_falls_due_anew_though_the_first_try_to_put_it_in_force_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, [member("Ann Able")]) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        before = dict(await rules.scheduled(here.meeting_id))[LAST_CALL]
        changed = replace(office, book=edited(office, BEFORE, AFTER))

        async def cut_off(*_: object) -> None:
            raise RuntimeError("the power failed")

        with monkeypatch.context() as patch:
            patch.setattr(tick, "reschedule", cut_off)
            with pytest.raises(RuntimeError):
                await tick.install(changed, now)
        assert dict(await rules.scheduled(here.meeting_id))[LAST_CALL] == before

        again = await tick.install(changed, now + timedelta(minutes=5))
        after = dict(await rules.scheduled(here.meeting_id))[LAST_CALL]
        assert before is not None
        assert after is not None
        assert before - after == timedelta(days=1)
        assert again.known_since[LAST_CALL] == now + timedelta(minutes=5), "it never looks back before it was in force"
