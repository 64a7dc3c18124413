"""Wishes to get no more mail: by a mail program's own button, or in words.

Promises: pure. Only the new words count: the footer of every letter of ours says "unsubscribe". In words the wish must be the
          whole message or its clear sentence; somebody who cannot come to one meeting wishes nothing of the kind.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from mailer.parse.message import Message
from mailer.understand.buttons import REPLY_PREFIX, bare_subject

_POLITE_BEFORE = r"\W*(?:please\s+|bitte\s+|por favor,?\s+|merci de (?:me )?)?"
_POLITE_AFTER = r"(?:\s+(?:please|bitte|gracias|thanks|thank you|merci))?\W*"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lists = tomllib.loads(files("mailer.understand").joinpath("unsubscribe.toml").read_text("utf-8"))
    bare, sentences = "|".join(lists["bare"]), "|".join(lists["sentences"])
    return (
        re.compile(f"{_POLITE_BEFORE}(?:{bare}){_POLITE_AFTER}", re.IGNORECASE),
        re.compile(rf"\b(?:{sentences})\b", re.IGNORECASE),
    )


_MOST_WORDS = 60  # a long letter is about something else too; then a person should see it


def automatic_wish(message: Message) -> str | None:
    """The wish that a mail program sent for its user (the List-Unsubscribe link, RFC 2369 §3.2); None where there is none."""
    if message.header("x-apple-unsubscribe").strip().lower() == "true":
        return "X-Apple-Unsubscribe"
    if message.in_reply_to:
        return None
    subject = REPLY_PREFIX.sub("", bare_subject(message.subject)).strip()
    if re.fullmatch(r"un-?subscribe(?:[\s:_=-].{0,200})?", subject, re.IGNORECASE) and len(message.plain) < 600:
        return f"subject “{subject[:60]}”"
    return None


def wish_in_words(subject: str, words: str) -> str | None:
    """The person's own words for it; None where they say nothing of the kind."""
    bare, sentence = _patterns()
    text = " ".join(words.split())
    if not text:
        wish = REPLY_PREFIX.sub("", bare_subject(subject)).strip()
        return wish if re.fullmatch(r"(?:please )?un-?subscribe(?: me)?[.! ]*", wish, re.IGNORECASE) else None
    if bare.fullmatch(text[:120]):  # "stop" and "remove" are wishes only where nothing else is written
        return text[:120].strip()
    if len(text.split()) > _MOST_WORDS:
        return None
    match = sentence.search(text)
    return match[0] if match else None
