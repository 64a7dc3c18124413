"""convener review: every word that the desk takes by mail is taken as typed, too."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from mailer import cli
from mailer.store import inbound, models, people
from mailer.store.connection import opened
from mailer.terms import PartnershipId
from tests.cli.test_rules_commands import CONFIG, PEOPLE, RULES, START, data, printed, typed

T = TypeVar("T")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three people, a meeting, and a message from a stranger that waits: it is about Ann's invitation."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "rules" / "1-invitations.toml").write_text(RULES)
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "people.csv").write_text(PEOPLE)
    printed(tmp_path, "people", "import", str(tmp_path / "people.csv"))
    printed(tmp_path, "meeting", "add", "launch", "--title", "Launch", "--start", START, "--place", "Mill Road")
    stored(tmp_path, message_waits)
    return tmp_path


def stored(folder: Path, work: Callable[[PartnershipId], Awaitable[T]]) -> T:
    async def whole() -> T:
        async with opened(f"sqlite://{folder / 'convener.db'}"):
            row = await models.Partnership.get(key="northwoods")
            return await work(PartnershipId(row.id))

    return asyncio.run(whole())


async def message_waits(partnership: PartnershipId) -> None:
    ann = await people.by_address(partnership, "ann@acme.example")
    assert ann is not None
    meeting = await models.Meeting.get(slug="launch")
    invitation = await models.Invitation.create(
        meeting_id=meeting.id, person_id=ann.id, token="t" * 20, invited_at=datetime.now(UTC)
    )
    await models.Inbound.create(
        partnership_id=partnership,
        mailbox="INBOX",
        uid_validity=1,
        imap_uid=1,
        digest="d" * 64,
        state=inbound.REVIEW,
        received_at=datetime.now(UTC),
        message_id="<1@office.example>",
        author="pa@office.example",
        subject="Re: Launch",
        reason="the sender is not known",
        words="She will be there",
        proposed="ACCEPTED",
        invitation_id=invitation.id,
    )


def ann(folder: Path) -> dict[str, object]:
    found = data(folder, "people", "list")
    assert isinstance(found, list)
    return next(dict(p) for p in found if p["name"] == "Ann Lee")


def test_an_assistant_may_answer_from_now_on(folder: Path) -> None:
    assert "--assistant" in printed(folder, "review")
    told = printed(folder, "review", "1", "yes", "--assistant")
    assert "Ann Lee: yes" in told
    assert "pa@office.example may answer for Ann Lee from now on" in " ".join(told.split())
    assert ann(folder)["assistants"] == ["pa@office.example"]
    assert ann(folder)["other_emails"] == []  # nothing is sent there
    assert "Nothing waits" in printed(folder, "review")


def test_a_guest_of_whom_the_message_may_speak_is_not_dropped_in_silence(folder: Path) -> None:
    async def one_more(_: PartnershipId) -> None:
        await models.Inbound.filter(imap_uid=1).update(guests=1)

    stored(folder, one_more)
    told = " ".join(printed(folder, "review", "1", "yes").split())
    assert "Ann Lee: yes" in told
    assert "write “ann@acme.example yes +1 for launch”" in told


def test_an_alias_is_no_assistant(folder: Path) -> None:
    printed(folder, "review", "1", "yes", "--alias")
    assert (ann(folder)["assistants"], ann(folder)["other_emails"]) == ([], ["pa@office.example"])


def test_the_sender_is_asked(folder: Path) -> None:
    assert "Ann Lee is asked: will you come" in printed(folder, "review", "1", "ask")
    rows = data(folder, "outbox")
    assert isinstance(rows, list)
    assert [(r["address"], r["letter"]) for r in rows] == [("ann@acme.example", "please-say")]


def test_nothing_more_is_written_to_a_person(folder: Path) -> None:
    assert "Ann Lee is not written to any more" in printed(folder, "review", "1", "stop")
    assert ann(folder)["stopped_at"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("perhaps",), "yes|no|maybe|ask|ignore|stop, or accept|refuse"),
        (("yes", "--alias", "--assistant"), "not both"),
        (("ask", "--assistant"), "go with an answer"),
        (("ignore", "--alias"), "go with an answer"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    result = typed(folder, "review", "1", *arguments)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert "waits because" in printed(folder, "review")


def test_attendance_without_a_meeting_names_those_there_are(folder: Path) -> None:
    told = typed(folder, "attendance")
    assert told.exit_code == 2
    assert "Of which meeting?" in told.stderr
    assert "Meetings: launch." in told.stderr


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("status", "convener meeting list"),
        ("who", "convener attendance MEETING"),
        ("move", "convener meeting change"),
        ("attendence", "'attendance'"),
    ],
)
def test_what_is_said_by_mail_and_slips_are_told_what_to_type(folder: Path, command: str, instead: str) -> None:
    told = typed(folder, command, "launch")
    assert told.exit_code == 2
    assert instead in " ".join(told.stderr.split())


def test_what_is_suggested_can_be_typed() -> None:
    words = {w for w in cli._SAID_BY_MAIL.values() if w != "--help"}
    for suggested in words:
        first, *rest = suggested.partition(",")[0].split()
        result = CliRunner().invoke(cli.app, [first, *(r for r in rest if r.islower() and first != "outbox"), "--help"])
        assert result.exit_code == 0, suggested
    assert not set(cli._SAID_BY_MAIL) & set(get_command(cli.app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("attendance", "launch", "set", "Ann", "yes", "--guests", "1"), "Recorded: Ann Lee: yes with 1 more"),
        (("attendance", "launch", "set", "ann@acme.exmple", "yes"), "has the address ann@acme.exmple. Perhaps ann@acme.example?"),
        (("attendance", "launch", "set", "Anne Lee", "yes"), "is called Anne Lee. Perhaps Ann Lee?"),
        (("why", "ann@acme.exmple"), "Perhaps ann@acme.example?"),
        (("test-letter", "remindr", "--to-person", "ann@acme.example"), "Did you mean reminder?"),
        (("test-letter", "reminder", "--to-person", "ann@acme.exmple"), "Perhaps ann@acme.example?"),
        (("outbox", "--state", "sent"), "What leaves (newest first): nothing yet."),
        (("question", "list"), "0 questions: nothing yet."),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_what_is_near(folder: Path, line: tuple[str, ...], told: str) -> None:
    assert told in typed(folder, *line).output


def test_one_person_is_not_people(folder: Path) -> None:
    printed(folder, "attendance", "launch", "set", "ann@acme.example", "yes")
    assert "Launch: 1 person coming" in printed(folder, "attendance", "launch")


@pytest.mark.parametrize("group", [(), ("people",), ("meeting",), ("plan",), ("question",), ("print",)])
def test_no_line_of_the_help_is_cut(group: tuple[str, ...]) -> None:
    told = CliRunner().invoke(cli.app, [*group, "--help"]).output
    assert "...\n" not in told.partition("Commands:")[2]
