"""Lines of the log: one a change, whatever stands in the values."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from mailer import log
from mailer.terms import PartStat

logger = logging.getLogger("mailer.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = {name: logging.getLogger(name).level for name in ("aioimaplib", "tortoise", "mail", "pymap")}
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in names.items():
        logging.getLogger(name).setLevel(before)


def said(form: Any = "text", **facts: object) -> str:
    stream = io.StringIO()
    log.setup("info", form, stream)
    log.tell(logger, **facts)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"outbox": 81, "key": "remind-3d/x", "state": "deferred", "next": datetime(2026, 5, 1, 9, 15, tzinfo=UTC)},
            "outbox=81 key=remind-3d/x state=deferred next=2026-05-01T09:15Z",
        ),
        ({"at": datetime(2026, 5, 1, 9, 15, 7, tzinfo=timezone(timedelta(hours=2)))}, "at=2026-05-01T07:15:07Z"),
        ({"reply": "450 4.2.1 try later"}, 'reply="450 4.2.1 try later"'),
        ({"partstat": PartStat.ACCEPTED, "gone": None, "first": True, "took": timedelta(seconds=1.5)}, "partstat=ACCEPTED first=true took=1.5s"),
        ({"subject": 'a\nstate=sent "x"'}, r'subject="a\nstate=sent \"x\""'),
        ({"subject": "\x1b[31mred"}, 'subject="\\u001b[31mred"'),
        ({"name": "Zoë"}, "name=Zoë"),
        ({"empty": "", "equals": "a=b"}, 'empty="" equals="a=b"'),
    ],
)  # fmt: skip
def test_text(facts: dict[str, object], expected: str) -> None:
    line = said(**facts)
    assert line.count("\n") == 1
    stamp, rest = line.rstrip("\n").split(" ", 1)
    assert datetime.fromisoformat(stamp).tzinfo is not None
    assert rest == f"info mailer.test {expected}"


def test_a_long_value_is_cut() -> None:
    assert len(said(subject="x" * 5000)) < 600


def test_json() -> None:
    entry = json.loads(said("json", outbox=81, state="sent", at=datetime(2026, 5, 1, tzinfo=UTC), none=None))
    assert datetime.fromisoformat(entry.pop("time")).tzinfo is not None
    assert entry == {"level": "info", "logger": "mailer.test", "outbox": 81, "state": "sent", "at": "2026-05-01T00:00Z"}


def test_a_message_of_somebody_else_cannot_start_a_new_line() -> None:
    stream = io.StringIO()
    log.setup("info", "text", stream)
    logger.warning("got %s", "a\nb")
    assert stream.getvalue().count("\n") == 1


def test_libraries_that_print_mails_stay_silent_even_at_debug() -> None:
    stream = io.StringIO()
    log.setup("debug", "text", stream)
    for name in ("aioimaplib", "aioimaplib.aioimaplib", "tortoise.db_client"):
        logging.getLogger(name).debug("the mail's text")
    logger.debug("ours")
    assert "the mail's text" not in stream.getvalue()
    assert "ours" in stream.getvalue()


def test_setup_again_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    log.setup("info", "text", first)
    log.setup("error", "text", second)
    log.tell(logger, state="sent")
    log.tell(logger, logging.ERROR, state="lost")
    assert first.getvalue() == ""
    assert second.getvalue().endswith("error mailer.test state=lost\n")
