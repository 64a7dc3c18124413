"""Wishes to get no more mail, or to get it again: by a mail program's own button, or in words; and how much they are about.

    stop; no more reminders about the March meeting              this meeting (the foot of our letters says "about this")
    unsubscribe; please take me off this list                    this partnership
    don't write to me ever again; all your lists                 everything
    write to me again                                            the way back

Promises: pure. Only the new words count: the footer of every letter of ours says "unsubscribe". In words the wish must be the
          whole message or its clear sentence; somebody who cannot come to one meeting wishes nothing of the kind.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailer.parse.message import Message
from mailer.understand.buttons import REPLY_PREFIX, bare_subject
from mailer.understand.verdict import Scope, Wish

_POLITE_BEFORE = r"\W*(?:please\s+|bitte\s+|por favor,?\s+|merci de (?:me )?)?"
_POLITE_AFTER = r"(?:,?\s+(?:please|bitte|gracias|thanks|thank you|merci))?\W*"


@dataclass(frozen=True, slots=True)
class _Patterns:
    bare: re.Pattern[str]
    sentence: re.Pattern[str]
    again: re.Pattern[str]
    meeting: re.Pattern[str]
    everything: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    lists = tomllib.loads(files("mailer.understand").joinpath("unsubscribe.toml").read_text("utf-8"))
    joined = {name: "|".join(entries) for name, entries in lists.items()}
    return _Patterns(
        re.compile(f"{_POLITE_BEFORE}(?:{joined['bare']}){_POLITE_AFTER}", re.IGNORECASE),
        re.compile(rf"\b(?:{joined['sentences']})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{joined['again']})(?!\w)", re.IGNORECASE),
        re.compile(rf"\b(?:{joined['meeting']})(?!\w)", re.IGNORECASE),
        re.compile(rf"\b(?:{joined['everything']})(?!\w)", re.IGNORECASE),
    )


_MOST_WORDS = 60  # a long letter is about something else too; then a person should see it
_STOP = re.compile(r"\W*(?:please |bitte )?stopp?\W*", re.IGNORECASE)


def automatic_wish(message: Message) -> Wish | None:
    """The wish that a mail program sent for its user (the List-Unsubscribe link, RFC 2369 §3.2); None where there is none."""
    if message.header("x-apple-unsubscribe").strip().lower() == "true":
        return Wish(Scope.PARTNERSHIP, "X-Apple-Unsubscribe", by_program=True)
    if message.in_reply_to:
        return None
    subject = REPLY_PREFIX.sub("", bare_subject(message.subject)).strip()
    if re.fullmatch(r"un-?subscribe(?:[\s:_=-].{0,200})?", subject, re.IGNORECASE) and len(message.plain) < 600:
        # the link at the foot of our letters says "about this", and writes "stop" into the mail
        scope = Scope.MEETING if _STOP.fullmatch(message.plain[:40].strip()) else Scope.PARTNERSHIP
        return Wish(scope, f"subject “{subject[:60]}”", by_program=True)
    return None


def wish_in_words(subject: str, words: str) -> Wish | None:
    """The person's own words for it; None where they say nothing of the kind."""
    patterns = _patterns()
    text = " ".join(words.split())
    if not text:
        wish = REPLY_PREFIX.sub("", bare_subject(subject)).strip()
        found = re.fullmatch(r"(?:please )?un-?subscribe(?: me)?[.! ]*", wish, re.IGNORECASE)
        return Wish(Scope.PARTNERSHIP, wish) if found else None
    if _STOP.fullmatch(text[:40]):
        return Wish(Scope.MEETING, text[:40].strip())
    if patterns.bare.fullmatch(text[:120]):  # "stop" and "remove" are wishes only where nothing else is written
        return Wish(_scope(text), text[:120].strip())
    if len(text.split()) > _MOST_WORDS:
        return None
    if (match := patterns.sentence.search(text)) is not None:
        return Wish(_scope(text), match[0])
    if (match := patterns.again.search(text)) is not None:
        return Wish(Scope.EVERYTHING, match[0], again=True)
    return None


def _scope(text: str) -> Scope:
    if _patterns().everything.search(text):
        return Scope.EVERYTHING
    return Scope.MEETING if _patterns().meeting.search(text) else Scope.PARTNERSHIP
