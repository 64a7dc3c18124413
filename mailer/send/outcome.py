"""What became of one attempt to hand one message to the server: the outcomes, and the one place that says what a reply means.

Promises: every exception and reply of the SMTP client becomes one of four values. Never: decides when to try again (the store's backoff does).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took responsibility (250 after the final dot)."""

    smtp_reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not taken, and may be later (4yz, no connection). *everybody*: the trouble is the server's or ours, not this mail's, so
    the whole outbox should wait. *sentence* is for the convener."""

    sentence: str
    smtp_reply: str = ""
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Refused for good (5yz for this mail). *address_is_dead*: the refusal is about the recipient's address (RFC 3463 x.1.1 …)."""

    sentence: str
    smtp_reply: str = ""
    address_is_dead: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The connection died between our last byte and the server's answer: it may have been taken."""

    sentence: str


Outcome = Sent | Deferred | Failed | InDoubt
