"""Logging: one line a change of state, ``key=value`` (or one JSON object), to standard error.

Promises: a value cannot break out of its line, whatever stands in it. Never: a mail's text, a password, the details that libraries
log of either (aioimaplib prints mails at DEBUG, Tortoise every value of a statement).
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Literal, TextIO

_TALKATIVE = {
    "aioimaplib": logging.INFO,
    "tortoise": logging.WARNING,
    "mail": logging.WARNING,
    "pymap": logging.WARNING,
}
"""The lowest level at which each may speak, whatever the configuration says."""
_LONGEST_VALUE = 500


def setup(level: str = "info", form: Literal["text", "json"] = "text", stream: TextIO | None = None) -> None:
    """Send every logger to *stream* (standard error), from *level* on. May be called again after a reload."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    wanted = logging.getLogger().level
    for name, lowest in _TALKATIVE.items():
        logging.getLogger(name).setLevel(max(lowest, wanted))


def tell(logger: logging.Logger, level: int = logging.INFO, /, **facts: object) -> None:
    """Log one change of state: ``tell(log, outbox=81, state="deferred", attempt=2, next=due)``. None is left out."""
    if logger.isEnabledFor(level):
        known = {name: fact for name, fact in facts.items() if fact is not None}
        logger.log(level, "%s", line(known), extra={"facts": known}, stacklevel=2)


def line(facts: Mapping[str, object]) -> str:
    """*facts* as ``key=value key="two words"``."""
    return " ".join(f"{name}={_value(fact)}" for name, fact in facts.items())


def _plain(fact: object) -> str:
    match fact:
        case bool():
            return str(fact).lower()
        case datetime():
            shown = fact.astimezone(UTC)
            return shown.strftime("%Y-%m-%dT%H:%M:%SZ" if shown.second else "%Y-%m-%dT%H:%MZ")
        case timedelta():
            return f"{fact.total_seconds():g}s"
        case Enum():
            return str(fact.value)
        case _:
            return str(fact)


def _value(fact: object) -> str:
    text = _plain(fact)
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 1] + "…"
    if text and text.isprintable() and not any(sign in text for sign in ' "=\\'):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = record.getMessage()
        if not said.isprintable():
            said = json.dumps(said)
        text = f"{stamp} {record.levelname.lower()} {record.name} {said}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry: dict[str, object] = {"time": stamp, "level": record.levelname.lower(), "logger": record.name}
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            entry |= {
                name: fact if isinstance(fact, int | float) and not isinstance(fact, Enum) else _plain(fact)
                for name, fact in facts.items()
            }
        else:
            entry["message"] = record.getMessage()
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
