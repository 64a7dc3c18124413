"""A new address for somebody: "she is now at ann@new.example", "no longer works here", "Bob took over: bob@acme.example".

Promises: pure; addresses in canonical form; never the old one, never ours.
Never:    guesses. Two new addresses, a doubt, or a second name of which it is not said that it took over, are given back.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.terms import canonical
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.names import names_in
from mailer.understand.asks.question import Whom
from mailer.understand.asks.tokens import Span, in_one_way, spans, tokens, unknown_words, without_telephones


@dataclass(frozen=True, slots=True)
class NewAddress:
    """*address*: where to write from now on. *gone*: the person is not there any more (beside an address of the
    person's own: works elsewhere now). *successor*: a name, where the address is of
    somebody else who took over (empty: it is the person's own)."""

    address: str | None = None
    gone: bool = False
    successor: str = ""
    not_understood: tuple[str, ...] = ()


_CLASSES = (
    "address.gone", "address.successor", "address.unknown", "address.filler", "address.moved", "delegate.title",
    "delegate.organisation", "common.courtesy", "common.doubt", "common.condition", "common.turn",
)  # fmt: skip


def read_address(
    text: str,
    whom: Whom = Whom(),  # noqa: B008 - frozen
    own_addresses: frozenset[str] = frozenset(),
    language: str = "",
    author: str = "",
) -> NewAddress:
    """Read where *whom* is to be written to."""
    body = answer_in(text, author)
    if not body:
        return NewAddress()
    found = tokens(without_telephones(body))
    not_new = {canonical(a) for a in whom.addresses} | {canonical(a) for a in own_addresses}

    def read(code: str) -> tuple[int, NewAddress | None]:
        laid = spans(found, code, _CLASSES)
        return unknown_words(laid), _judged(body, laid, whom, not_new)

    return in_one_way(read, language) or NewAddress(not_understood=(body[:300],))


def _judged(body: str, laid: Sequence[Span], whom: Whom, not_new: set[str]) -> NewAddress | None:
    doubts = any(
        s.has("common.doubt", "common.condition") and not s.has("address.gone", "address.successor", "address.filler")
        for s in laid
    )
    if doubts or "?" in body or any(s.has("url", "address.unknown") for s in laid):
        return None
    addresses = {canonical(body[s.start : s.stop]) for s in laid if s.has("address")} - not_new
    gone = any(s.has("address.gone") for s in laid)
    took_over = any(s.has("address.successor") and not s.has("address.filler") for s in laid)
    moved = any(s.has("address.moved") for s in laid)
    named = names_in(body, laid, ("delegate.title",), "delegate.organisation", "address.gone")
    own = set(whom.name.casefold().split())
    others = [name for name in named.names if not set(name.casefold().replace(".", " ").split()) <= own]
    if named.unknown or named.numbers or len(addresses) > 1 or len(others) > 1:
        return None
    if not addresses:
        return NewAddress(gone=True) if gone and not others and not took_over else None
    address = next(iter(addresses))
    if others:
        # a name beside the address: somebody who took over, or nobody we can tell
        return NewAddress(address, gone, others[0]) if took_over else None
    if took_over or (gone and not moved):
        return None  # "Ann left. bob@acme.example": whose is it?
    return NewAddress(address, gone)
