"""Comments on a draft: the words, or that there are none.

Promises: pure. "Looks good" and the like, and nothing else, mean no comments; every other text is a comment, as written.
Never:    judges a comment.
Fails:    not at all.
"""

from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.tokens import in_one_way, spans, tokens, unknown_words

LONGEST_COMMENT = 20_000


@dataclass(frozen=True, slots=True)
class Comments:
    """*none*: read, and nothing to say. *text*: what was said. Both empty: nothing was written."""

    text: str = ""
    none: bool = False
    not_understood: tuple[str, ...] = ()


def read_comments(text: str, language: str = "", author: str = "") -> Comments:
    """Read what somebody says about a draft."""
    body = answer_in(text, author, LONGEST_COMMENT)
    if not body:
        return Comments(not_understood=(text.strip()[:300],) if text.strip() else ())
    found = tokens(body)

    def read(code: str) -> tuple[int, bool | None]:
        laid = spans(found, code, ("comments.none", "comments.filler", "common.courtesy"))
        only = all(s.kinds and not s.has("number", "ordinal", "address", "url") for s in laid)
        return unknown_words(laid), (only and any(s.has("comments.none") for s in laid) and "?" not in body) or None

    if in_one_way(read, language):
        return Comments(none=True)
    return Comments(body[:LONGEST_COMMENT])
