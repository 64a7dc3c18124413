"""Why a mail was not delivered, and whether trying again could help: RFC 3463 where codes are given, words where not.

Promises: pure. The order is the one that 535 labelled reports bear out: the action; then the class in the diagnostic text, which
          beats Status where they differ; then Status; then the SMTP reply; then words.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one address. *text*: the report's own words, for want of codes."""

    action: str
    status: str
    diagnostic: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    action: str
    status: str
    permanent: bool
    reason: str


HARD = frozenset({"user-unknown", "host-unknown", "has-moved"})
"""Reasons that speak of the address itself. With any other the address may be alive, and our mail or its timing was refused."""

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:])([45])([0-5]\d)(?=[ \-#;:]|$)(?!\.\d)", re.MULTILINE)


@cache
def _words() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The reasons in order, what says surely that delivery will be tried again, what says so perhaps, what says that it will not."""
    lists = tomllib.loads(files("mailer.parse").joinpath("reports.toml").read_text("utf-8"))

    def pattern(alternatives: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(alternatives), re.IGNORECASE)

    reasons = tuple((reason["name"], pattern(reason["patterns"])) for reason in lists["reasons"])
    return reasons, pattern(lists["sure_delays"]), pattern(lists["delays"]), pattern(lists["gave_up"])


def judge(failure: Failure) -> Judgement:
    """What became of the mail to one address."""
    action = failure.action
    if action in ("delivered", "relayed", "expanded"):
        return Judgement(action, failure.status or "2.0.0", False, "delivered")
    words = failure.diagnostic or failure.text
    reason = reason_of(f"{failure.status} {failure.diagnostic}") if failure.diagnostic else "undefined"
    if reason == "undefined":
        reason = reason_of(f"{failure.status} {failure.text}")
    if action == "delayed":
        return Judgement(action, failure.status or "4.0.0", False, "expired" if reason == "undefined" else reason)
    klass, status = _class(failure)
    if not klass:
        _, surely, delays, gave_up = _words()
        words = " ".join(words.split())
        delayed = surely.search(words) or (delays.search(words) and not gave_up.search(words))
        klass = "4" if delayed else "5"
        if not action:
            action = "delayed" if delayed else "failed"
    return Judgement(
        action or ("delayed" if klass == "4" else "failed"), status or f"{klass}.0.0", klass == "5", reason
    )


def _class(failure: Failure) -> tuple[str, str]:
    diagnostic = failure.diagnostic
    enhanced = _ENHANCED.search(diagnostic)
    reply = _REPLY.search(diagnostic[:400])
    if enhanced and enhanced[1] in "45":
        if reply and reply[1] != enhanced[1] and reply.start() < enhanced.start():
            return reply[1], failure.status or enhanced[0]
        return enhanced[1], enhanced[0]
    if reply:
        return reply[1], failure.status if failure.status[:1] == reply[1] else ""
    if failure.status[:1] in ("4", "5"):
        return failure.status[0], failure.status
    enhanced = _ENHANCED.search(failure.text)
    if enhanced and enhanced[1] in "45":
        return enhanced[1], enhanced[0]
    if reply := _REPLY.search(failure.text):
        return reply[1], ""
    return "", ""


# Postfix and Exchange put this before every reason of theirs, from greylisting to unknown users.
_REJECTED = re.compile(r"(?:recipient|sender) address rejected:", re.IGNORECASE)
# Exchange Online does not say that a user is unknown; this is how it does not.
_DENIED_UNKNOWN = re.compile(r"5\.4\.1\b.{0,120}access denied", re.IGNORECASE)


def reason_of(text: str) -> str:
    """One word for the reason, or undefined."""
    text = " ".join(text[:4_000].split())
    if _DENIED_UNKNOWN.search(text):
        return "user-unknown"
    bare = _REJECTED.sub(" ", text)
    for reason, pattern in _words()[0]:
        if pattern.search(bare):
            return reason
    return "undefined"
