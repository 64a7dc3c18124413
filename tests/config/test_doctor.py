"""`convener doctor` against real sockets: what is fine, and what is wrong and how to mend it."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mailer import shipped
from mailer.cli.doctor import run_doctor
from mailer.clock import SteppedClock
from mailer.config import Config, ConvenerSettings, ImapSettings, PartnershipSettings, SmtpSettings
from mailer.errors import Problem
from mailer.sandbox.servers import Servers


def config(servers: Servers | None = None, password: str | None = "sandbox", **changes: Any) -> Config:
    secret = SecretStr(password) if password else None
    imap_port, smtp_port = (servers.imap_port, servers.smtp_port) if servers else (9, 9)
    partnership = PartnershipSettings(
        key="north",
        name="North",
        time_zone="America/Chicago",
        rules=Path("rules"),
        templates=Path("templates"),
        convener=ConvenerSettings(name="Dana", address="dana@example.org"),
        mailbox=ImapSettings(
            address="rsvp@example.org", host="127.0.0.1", port=imap_port, tls="none", user="convener", password=secret
        ),
        sending=SmtpSettings(host="127.0.0.1", port=smtp_port, tls="none"),
    )
    return Config(file=Path("config.toml"), database="sqlite://:memory:", partnerships=(partnership,), **changes)


async def said(settings: Config) -> tuple[int, str]:
    out = io.StringIO()
    return await run_doctor(settings, out), out.getvalue()


async def test_all_is_well() -> None:
    async with Servers("rsvp@example.org") as servers:
        code, text = await said(config(servers))
    assert code == 0, text
    assert "ok        time zone: America/Chicago; tzdata" in text
    assert f"ok        mailbox: convener at 127.0.0.1, port {servers.imap_port}\n" in text
    assert f"ok        sending: 127.0.0.1, port {servers.smtp_port}, without signing in\n" in text
    assert "WRONG" not in text


async def test_a_wrong_password_and_a_dead_server_are_both_told() -> None:
    async with Servers("rsvp@example.org") as servers:
        settings = config(servers, password="hunter2")
        dead = settings.partnerships[0].sending.model_copy(update={"port": 9})
        settings = settings.model_copy(
            update={"partnerships": (settings.partnerships[0].model_copy(update={"sending": dead}),)}
        )
        code, text = await said(settings)
    assert code == 1
    assert f"WRONG     mailbox (convener at 127.0.0.1, port {servers.imap_port}):\n" in text
    assert (
        "WRONG     sending (127.0.0.1, port 9, without signing in):\n"
        "            The mail server refuses connections; nothing listens on that port.\n"
    ) in text
    assert text.endswith("2 things need mending.\n")
    assert "hunter2" not in text


async def test_no_password_is_said_without_trying() -> None:
    code, text = await said(config(password=None))
    assert code == 1
    assert "No password is set. Set CONVENER_MAILBOX_PASSWORD in the environment" in text


async def test_warnings_of_the_configuration_are_repeated() -> None:
    async with Servers("rsvp@example.org") as servers:
        warning = Problem("config.toml", 3, "Other users can read this.", warning=True)
        code, text = await said(config(servers, warnings=(warning,)))
    assert code == 0
    assert text.startswith("note      config.toml, line 3   (warning)\n            Other users can read this.\n")


async def test_a_clock_that_stands_in_the_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = tmp_path / "config.example.toml"
    example.write_text("")
    os.utime(example, (datetime(2026, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    monkeypatch.setattr(shipped, "shipped", lambda: tmp_path)
    out = io.StringIO()
    settings = config().model_copy(update={"partnerships": ()})
    assert await run_doctor(settings, out, SteppedClock(datetime(1970, 1, 3, tzinfo=UTC))) == 1
    assert "The clock of this machine says 03 January 1970" in out.getvalue()
    assert await run_doctor(settings, io.StringIO(), SteppedClock(datetime(2026, 1, 2, tzinfo=UTC))) == 0
