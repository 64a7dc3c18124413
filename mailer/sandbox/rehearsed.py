"""What a rehearsal found: every mail with its minute, every pretend answer and how it was understood, who was left out and why.

Values, and their two forms: lines for a terminal or a mail, and plain data for programs. Pure.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from mailer.store.outbox import DROPPED, FAILED, HELD, SENT


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail that was decided on. *at*: when it left; else when it would be tried next, or was to leave. *why*: what made it due, or what
    became of it instead. *eml*: the file it was written to."""

    at: datetime
    rule: str
    meeting: str
    name: str
    to: str
    subject: str
    state: str
    why: str
    eml: str = ""

    @property
    def left(self) -> bool:
        return self.state.startswith(SENT)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One pretend answer, when it was delivered, and what the service made of it."""

    at: datetime
    name: str
    address: str
    words: str
    understood: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something else that happened: an outage, a deed of the convener's, a change of the clocks."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """People whom a rule would have reached but for *why*. *names* empty: the whole rule."""

    rule: str
    meeting: str
    why: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """*meeting*: the short name, or empty for the whole partnership. *assumed*: what was pretended, in sentences."""

    meeting: str
    title: str
    zone: str
    begins: datetime
    until: datetime
    assumed: tuple[str, ...]
    mails: tuple[MailLine, ...]
    answers: tuple[AnswerLine, ...]
    events: tuple[Event, ...]
    left_out: tuple[LeftOutLine, ...]
    attendance: tuple[tuple[str, int], ...]
    elsewhere: int = 0
    """Mails that are not about this meeting, which were rehearsed too."""
    troubles: tuple[str, ...] = field(default=())


def state_in_words(state: str, *, was_held: bool, waits_for_ok: bool, whose: str = "your") -> str:
    """How a log says the state of an outbox row."""
    match state:
        case _ if state == SENT:
            return f"sent after {whose} OK" if was_held else "sent"
        case _ if state == HELD:
            return f"waits for {whose} OK" if waits_for_ok else "held"
        case _ if state == FAILED:
            return "refused"
        case _ if state == DROPPED:
            return "not sent"
        case _:
            return "still waits"


def as_data(found: Rehearsed) -> dict[str, Any]:
    """For programs."""
    return asdict(found) | {
        "attendance": dict(found.attendance),
        "mails": [asdict(m) for m in found.mails],
        "answers": [asdict(a) for a in found.answers],
        "events": [asdict(e) for e in found.events],
        "left_out": [asdict(line) | {"names": list(line.names)} for line in found.left_out],
        "assumed": list(found.assumed),
        "troubles": list(found.troubles),
    }


def as_text(found: Rehearsed) -> str:
    """For people: the log by time, then what was not sent and who was left out."""
    zone = ZoneInfo(found.zone)
    begins, until = found.begins.astimezone(zone), found.until.astimezone(zone)
    head = f"Rehearsal of {found.meeting or 'the whole partnership'}"
    head += f" · {found.title}" if found.title else ""
    lines = [
        head,
        f"{_day(begins)} {begins:%Y %H:%M} to {_day(until)} {until:%Y} · {found.zone} · nothing was sent, and no data was changed",
        *(f"  {sentence}" for sentence in found.assumed),
        "",
        *_log(found, zone),
    ]
    waits = [m for m in found.mails if not m.left]
    if waits:
        lines += ["", "Not sent:", *_grouped(waits)]
    if found.left_out:
        lines += ["", "Left out:"]
        lines += [f"  [{o.rule}] {_who(o.names)}{o.why}" for o in found.left_out]
    lines += [f"Trouble: {sentence}" for sentence in found.troubles]
    sent = sum(m.left for m in found.mails)
    lines += ["", f"{sent} mails would leave, {len(found.answers)} would come."]
    if found.elsewhere:
        lines.append(f"{found.elsewhere} mails that are not about this meeting were rehearsed too, and are not shown.")
    if found.attendance:
        lines.append("In the end: " + ", ".join(f"{n} {word}" for word, n in found.attendance) + ".")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _log(found: Rehearsed, zone: ZoneInfo) -> list[str]:
    """Mails of one rule that leave at the same minute are told together where they are many."""
    told: list[tuple[datetime, int, list[str]]] = [(e.at, 0, [f"── {e.sentence}"]) for e in found.events]
    told += [(a.at, 1, [f"← {a.name}: {_shown(a.words)}", f"     {a.understood}"]) for a in found.answers]
    width = max((len(m.rule) for m in found.mails if m.left), default=0)
    left = sorted((m for m in found.mails if m.left), key=lambda m: (m.at.replace(second=0, microsecond=0), m.rule))
    for (at, rule), group in groupby(left, key=lambda m: (m.at.replace(second=0, microsecond=0), m.rule)):
        some = list(group)
        for state, same in groupby(sorted(some, key=lambda m: (m.state, m.subject)), key=lambda m: m.state):
            told.append((at, 2, _mails(rule, state, list(same), width)))
    lines: list[str] = []
    for at, _, texts in sorted(told, key=lambda t: t[:2]):
        stamp = f"{_day(at.astimezone(zone))} {at.astimezone(zone):%H:%M}"
        lines += [f"{stamp}  {texts[0]}", *(f"{'':<{len(stamp)}}  {text}" for text in texts[1:])]
    return lines or ["No mail would leave."]


_FEW = 4


def _mails(rule: str, state: str, some: Sequence[MailLine], width: int) -> list[str]:
    told = "" if state == SENT else f"   ({state})"
    if len(some) <= _FEW:
        return [f"→ {rule:<{width}}  {m.name} <{m.to}>: {m.subject}{told}" for m in some]
    subjects = list(dict.fromkeys(m.subject for m in some))
    return [
        f"→ {rule:<{width}}  {_who([m.name for m in some]).removesuffix(': ')}{told}",
        f"  {'':<{width}}  {subjects[0]}{f' (and {len(subjects) - 1} more)' if len(subjects) > 1 else ''}",
    ]


def _grouped(mails: Sequence[MailLine]) -> list[str]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for m in mails:
        groups.setdefault((m.rule, m.state, m.why), []).append(m.name)
    return [f"  [{rule}] {_who(names)}{state}: {why}" for (rule, state, why), names in groups.items()]


def _who(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f"{', '.join(names)}: " if len(names) <= 3 else f"{len(names)} people ({', '.join(names[:3])}, …): "


def _shown(words: str) -> str:
    flat = " ".join(words.split())
    return f"“{flat if len(flat) <= 90 else flat[:89] + '…'}”" if flat else "(an answer of the calendar)"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day:>2} {at:%b}"
