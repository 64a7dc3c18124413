"""A new address for somebody: "she is now at ann@new.example", "no longer works here", "Bob took over: bob@acme.example".

Promises: pure; addresses in canonical form; never the old one, never ours.
Never:    guesses. Two new addresses, or a doubt, are given back.
Fails:    not at all.
"""

from dataclasses import dataclass

from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.question import Whom


@dataclass(frozen=True, slots=True)
class NewAddress:
    """*address*: where to write from now on. *gone*: the person is not there any more. *successor*: a name, where the address is of
    somebody else who took over (empty: it is the person's own)."""

    address: str | None = None
    gone: bool = False
    successor: str = ""
    not_understood: tuple[str, ...] = ()


def read_address(
    text: str,
    whom: Whom = Whom(),  # noqa: B008 - frozen
    own_addresses: frozenset[str] = frozenset(),
    language: str = "",
    author: str = "",
) -> NewAddress:
    """Read where *whom* is to be written to."""
    body = answer_in(text, author)
    return NewAddress(not_understood=(body[:300],) if body else ())
