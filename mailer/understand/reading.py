"""What the words of a reply say: the value that `read_words` gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words say.

    *verdict*: accepted, declined, tentative, delegated, question, needs-person or none. *decided*: the service may record it by
    itself. *guests*: how many come along. *delegate*: who comes instead. *evidence*: the words it rests on, verbatim.
    *answers_for*: the writer speaks for this person, not for himself; the caller knows who was invited and should compare.
    """

    verdict: str
    decided: bool
    guests: int
    delegate: str | None
    evidence: str
    reason: str
    delegate_address: str | None = None
    answers_for: str | None = None
    language: str = "en"
