"""The answer to "OK to send this in your name?": yes, no, or yes with changes.

Promises: pure. Only an OK with nothing else beside courtesy is a yes; whatever is added to it makes it `CHANGES`, with the words.
Never:    takes silence, thanks or a question for an OK.
Fails:    not at all: what is neither is given back as not understood.
"""

from dataclasses import dataclass
from enum import StrEnum

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.tokens import Span, in_one_way, spans, tokens

LONGEST_CHANGES = 4_000


class Word(StrEnum):
    YES = "yes"
    NO = "no"
    CHANGES = "yes with changes"


@dataclass(frozen=True, slots=True)
class Approval:
    """*word* None: not understood. *changes*: what is wanted, as written. *evidence*: the words it rests on."""

    word: Word | None = None
    changes: str = ""
    evidence: str = ""
    not_understood: tuple[str, ...] = ()


_CLASSES = (
    "approval.yes", "approval.no", "approval.changes", "approval.open", "approval.filler", "common.courtesy", "common.doubt",
)  # fmt: skip


_NOT_SAID = frozenset("?？❓❔⁉👎🛑🚫❌✋")
"""Signs beside which an OK is none."""


def read_approval(text: str, language: str = "", author: str = "") -> Approval:
    """Read the answer of one who was asked to sign."""
    body = answer_in(text, author)
    if not body:
        return Approval(not_understood=(text.strip()[:300],) if text.strip() else ())
    found = tokens(body)

    def read(code: str) -> tuple[int, Approval | None]:
        laid = spans(found, code, _CLASSES)
        unknown = sum(1 for s in laid if not s.kinds or s.has("number", "ordinal", "address", "url"))
        return unknown, _judge(body, laid, unknown)

    return in_one_way(read, language) or Approval(not_understood=(body[:300],))


def _judge(body: str, laid: list[Span], unknown: int) -> Approval | None:
    says = [s for s in laid if s.has("approval.yes", "approval.no")]
    yes = any(s.has("approval.yes") for s in says)
    no = any(s.has("approval.no") for s in says)
    asks = any(s.has("approval.open") or (s.has("mark") and body[s.start] in _NOT_SAID) for s in laid)
    changes = next((s for s in laid if s.has("approval.changes")), None)
    doubt = any(
        s.has("common.doubt") and not s.has("approval.yes", "approval.no", "approval.changes", "approval.filler")
        for s in laid
    )
    evidence = body[says[0].start : says[0].stop] if says else ""
    if yes and no:
        return None
    if changes is not None and not no and not asks:
        # "OK, but change …" and "please change …" alike: the words are what is to be changed
        if not yes and changes.begin > 0 and any(not s.kinds for s in laid[: laid.index(changes)]):
            return None
        return Approval(Word.CHANGES, _rest(body, laid, changes), evidence or body[changes.start : changes.stop])
    if asks or doubt or unknown or not says:
        return None
    return Approval(Word.YES if yes else Word.NO, "", evidence)


def _rest(body: str, laid: list[Span], changes: Span) -> str:
    """What is to be changed: the words behind the last yes, or from where changes are asked for."""
    behind = [
        s.stop for s in laid if s.has("approval.yes") and not s.has("approval.changes") and s.begin < changes.begin
    ]
    start = behind[-1] if behind else changes.start
    return body[start:].strip().lstrip(" ,.;:!–—-\n").strip()[:LONGEST_CHANGES]
