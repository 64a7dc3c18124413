"""A wish to be introduced to somebody, beside any other answer: "Yes. Please put me in touch with the college."

Promises: pure; gives the sentence as written, or nothing. Never: takes it for an answer; knows who is meant.
"""

import re

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.tokens import spans, tokens
from mailer.understand.asks.words import codes

_SENTENCE = re.compile(r"(?<=[.!?])[ \t]+|\n")


def read_introduction(text: str) -> str:
    """The first sentence that wishes an introduction; empty where there is none."""
    for sentence in _SENTENCE.split(answer_in(text))[:40]:
        found = tokens(sentence)
        if any(s.has("introduce.wish") for code in codes() for s in spans(found, code, ("introduce.wish",))):
            return sentence.strip()[:300]
    return ""
