"""The proof: what `convener rehearse` says is what the daemon sends: recipient, rule, minute, subject.

Each scenario is rehearsed by the command, on the data of a daemon that waits on the embedded servers with its clock standing still; then the
daemon plays it, and the mail that arrived at the SMTP server is compared with the log.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.rehearsing import mails_of, moved, played, rehearsed
from tests.flow.world import MEETING, RULES, ZONE, member, world

CAST = [
    member("Ruth Halloran", roles=("champion", "lead champion")),
    member("Ann Lee"),
    member("Bob Katz"),
    member("Cho Park"),
    member("Dee Ortiz"),
    member("Eli Brandt"),
    member("Alma Reyes", kind="public partner", language="es"),
]
END = MEETING + timedelta(days=12)


def until(end: datetime) -> list[str]:
    return ["--until", f"{(end - timedelta(days=1)):%Y-%m-%d}"]


def midnight(end: datetime) -> datetime:
    return end.astimezone(ZONE).replace(hour=0, minute=0)


@pytest.mark.parametrize(
    ("sayings", "options", "rules_that_went"),
    [
        pytest.param([], [], {"invite-businesses", "reminder", "last-call"}, id="everybody is silent"),
        pytest.param(
            ["Ann=yes after 2 days", "Bob=no", "Cho=yes +1 after 3 hours", "Dee=maybe after 1 week"],
            [],
            {"invite-businesses", "confirm-yes", "logistics"},
            id="answers",
        ),
        pytest.param(["Ann=yes", "Dee=bounces"], [], {"address-is-dead"}, id="a dead address"),
        pytest.param(
            ["Ann=It depends on my boss, I will let you know"], [], {"service-review"}, id="words that are unclear"
        ),
        pytest.param(["Ann=yes"], ["--nobody-releases"], {"service-waiting"}, id="nobody gives the word"),
        pytest.param([], ["--habits"], {"invite-businesses", "confirm-yes"}, id="habits"),
    ],
)
async def test_the_daemon_sends_what_the_rehearsal_said(
    sayings: list[str], options: list[str], rules_that_went: set[str], tmp_path: Path
) -> None:
    async with world(tmp_path, CAST) as here:
        here.stage.plans.clear()
        said = [part for s in sayings for part in ("--say", s)]
        found = await rehearsed(here, RULES, *said, *options, *until(END))
        sent = await played(
            here, midnight(END), sayings, habits="--habits" in options, releases="--nobody-releases" not in options
        )
        assert mails_of(found) == sent
        assert rules_that_went <= {rule for _, rule, _, _ in sent}


async def test_a_move_with_letters_that_wait_and_an_answer_to_each_date(tmp_path: Path) -> None:
    async with world(tmp_path, CAST) as here:
        here.stage.plans.clear()
        sayings = ["Ann=yes after 1 day", "Bob=no"]
        said = [part for s in sayings for part in ("--say", s)]
        end = END + timedelta(days=7)
        found = await rehearsed(here, RULES, *said, "--move", "2026-03-19 09:00 on 2026-02-18 10:00", *until(end))

        async def move() -> None:
            await moved(here, timedelta(days=7))

        sent = await played(here, midnight(end), sayings, deeds=[(datetime(2026, 2, 18, 10, 0, tzinfo=ZONE), move)])
        assert mails_of(found) == sent
        news = [(minute, to) for minute, rule, to, _ in sent if rule == "moved"]
        assert ("Wed 18 Feb 10:00", "ann.lee@lee.example") in news
        assert "bob.katz@katz.example" not in {to for _, to in news}
        assert len([1 for _, rule, to, _ in sent if (rule, to) == ("confirm-yes", "ann.lee@lee.example")]) == 2


async def test_an_outage_over_the_reminders_and_an_answer_that_waits_in_the_mailbox(tmp_path: Path) -> None:
    async with world(tmp_path, CAST) as here:
        here.stage.plans.clear()
        sayings = ["Ann=yes after 4 weeks", "Bob=no after 30 days"]
        said = [part for s in sayings for part in ("--say", s)]
        found = await rehearsed(here, RULES, *said, "--outage", "2026-02-26..2026-03-03", *until(END))
        outage = (datetime(2026, 2, 26, tzinfo=ZONE), datetime(2026, 3, 4, tzinfo=ZONE))
        sent = await played(here, midnight(END), sayings, outage=outage)
        assert mails_of(found) == sent
        assert not [m for m in sent if m[0][4:10] in ("26 Feb", "27 Feb", "28 Feb", "01 Mar", "02 Mar", "03 Mar")]
        assert ("Wed 04 Mar 00:00", "confirm-yes", "ann.lee@lee.example") in [m[:3] for m in sent]


async def test_the_clocks_change_on_the_way_and_a_slow_mail_server_makes_minutes(tmp_path: Path) -> None:
    """Reminders at 09:30 and hints at 09:00 stay there on the clock of the wall; with two mails a minute the last leave later."""
    async with world(tmp_path, CAST) as here:
        here.stage.plans.clear()
        here.stage.pace(2)
        found = await rehearsed(here, RULES, "--say", "Ann=yes", *until(END), per_minute=2)
        sent = await played(here, midnight(END), ["Ann=yes"])
        assert mails_of(found) == sent
        assert [m[0] for m in sent if m[1] == "logistics"] == ["Wed 11 Mar 09:00"]
        assert len({m[0] for m in sent if m[1] == "invite-businesses"}) >= 3
        events = found["events"]
        assert isinstance(events, list)
        assert [e["sentence"] for e in events] == ["the clocks are put forward"]
