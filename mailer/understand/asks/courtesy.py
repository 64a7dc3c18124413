"""What people put around an answer: a greeting in front, thanks and a name behind. It is taken off before the answer is read.

Promises: pure; only words that the lists know, and names beside them, are taken; what is taken never holds a number.
Never:    takes the words in the middle of an answer.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from mailer.understand.asks import words
from mailer.understand.asks.tokens import LONGEST_TEXT, MOST_TOKENS, Token, tidy, tokens
from mailer.understand.clauses import plain

MOST_NAMES = 4
"""Words of a name after a greeting or a closing."""
SHORTEST_WRAPPED = 50
"""A shorter line was ended by its writer."""


def answer_in(text: str, author: str = "", most: int = LONGEST_TEXT) -> str:
    """The text, to *most* characters, without greeting, closing and name; *author* is the display name of who wrote it."""
    text = tidy(text, most)
    found = tokens(text)
    start = _after_greeting(found)
    if len(found) >= MOST_TOKENS:
        return _unwrapped(text[found[start].start if start < len(found) else 0 :].strip())  # its end is out of sight
    end = _before_closing(found, start, frozenset(plain(name) for name in author.split()))
    if start >= end:
        return ""
    return _unwrapped(text[found[start].start : found[end - 1].end].strip())


def _unwrapped(text: str) -> str:
    """Join the lines that a mail program broke: long ones, where the next goes on with a small letter."""
    lines = text.split("\n")
    out = [lines[0]]
    for before, line in pairwise(lines):
        if len(before) >= SHORTEST_WRAPPED and before[-1] not in ".!?:;" and line[:1].islower():
            out[-1] += " " + line
        else:
            out.append(line)
    return "\n".join(out)


@cache
def _expressions(kind: str) -> tuple[tuple[str, ...], ...]:
    found = {
        tuple(t.form for t in tokens(tidy(entry))) for code in words.codes() for entry in words.expressions(code, kind)
    }
    return tuple(sorted(found, key=lambda forms: (-len(forms), forms)))


def _phrase(found: Sequence[Token], i: int, kind: str) -> int | None:
    for forms in _expressions(kind):
        if len(forms) <= len(found) - i and all(found[i + k].form == form for k, form in enumerate(forms)):
            return i + len(forms)
    return None


def _is_gap(token: Token) -> bool:
    return token.sort in ("line", "mark")


def _after_greeting(found: Sequence[Token]) -> int:
    """The place after "Hi Dana," or "Dear Ms Lee" on a line of its own; 0 where nobody is greeted."""
    i = 0
    while i < len(found) and found[i].sort == "line":
        i += 1
    end = _phrase(found, i, "common.greeting")
    if end is None:
        return i
    names = 0
    while end < len(found) and names <= MOST_NAMES and (found[end].capital or found[end].form == "."):
        names += found[end].sort == "word"
        end += 1
    if end < len(found) and not (found[end].sort == "line" or found[end].form in (",", "!", ":", "-", "–", "—")):
        return i if names else end  # "Hi Ann said yes": the name belongs to what follows, for all we know
    while end < len(found) and _is_gap(found[end]) and found[end].form != "#":
        end += 1
    return end


def _before_closing(found: Sequence[Token], start: int, author: frozenset[str]) -> int:
    """The place where thanks and the writer's name begin; the end where there are none."""
    end = _before_signature(found, start, author)
    while end > start and found[end - 1].sort == "line":
        end -= 1
    own = _before_names(found, start, end, author)
    for _ in range(3):  # "Hope this helps. Thanks! Best, Jane"
        shorter = _one_closing(found, start, own)
        if shorter is None:
            break
        end = own = shorter
    if own < end and author:
        names = [t for t in found[own:end] if t.sort == "word"]
        opened = own == start or _is_gap(found[own - 1])
        if opened and names and all(t.form in author for t in names):
            end = own
    while end > start and found[end - 1].sort == "line":
        end -= 1
    return end


def _before_signature(found: Sequence[Token], start: int, author: frozenset[str]) -> int:
    """The place where the writer's whole name stands on a line of its own: his signature. A postscript behind it is no signature."""
    end = len(found)
    if len(author) < 2 or any(t.form in ("ps", "p") and i and found[i - 1].sort == "line" for i, t in enumerate(found)):
        return end
    line: list[Token] = []
    for i in range(start, end + 1):
        if i < end and found[i].sort != "line":
            line.append(found[i])
            continue
        if (
            line
            and i - len(line) > start
            and {t.form for t in line if t.sort == "word"} == author
            and len(line) <= 2 * len(author)
        ):
            return i - len(line)
        line = []
    return end


def _before_names(found: Sequence[Token], start: int, end: int, author: frozenset[str]) -> int:
    """Go back over a name at the end."""
    count = 0
    while end > start and count <= MOST_NAMES:
        token = found[end - 1]
        if token.sort == "word" and (token.capital or token.form in author) and not _ends_closing(found, start, end):
            count += 1
        elif not _is_gap(token):
            break
        end -= 1
    while end < len(found) and _is_gap(found[end]):
        end += 1
    return end


def _ends_closing(found: Sequence[Token], start: int, end: int) -> bool:
    return any(
        len(forms) <= end - start and all(found[end - len(forms) + k].form == form for k, form in enumerate(forms))
        for forms in _expressions("common.closing")
    )


def _one_closing(found: Sequence[Token], start: int, end: int) -> int | None:
    stop = end
    while stop > start and _is_gap(found[stop - 1]):
        stop -= 1
    for kind in ("common.closing", "common.courtesy"):
        for forms in _expressions(kind):
            begin = stop - len(forms)
            if begin < start or any(found[begin + k].form != form for k, form in enumerate(forms)):
                continue
            if begin == start or _is_gap(found[begin - 1]):
                return begin
    return None
