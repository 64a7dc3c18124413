"""Who comes instead: "Ann Lee ann@acme.example", "my colleague Bob Stone will go", "nobody".

Promises: pure; a name as typed, an address in canonical form; never the one who was asked.
Never:    takes words for a name that the lists do not know as such: a name has capitals, and nothing unknown stands beside it.
Fails:    not at all: what is not wholly understood is given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.terms import canonical
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.names import Named, names_in
from mailer.understand.asks.question import Whom
from mailer.understand.asks.tokens import Span, in_one_way, spans, tokens, unknown_words, without_telephones


@dataclass(frozen=True, slots=True)
class Delegation:
    """*nobody*: it was said that there is no one. Else *name* and *address* of the delegate, as far as given."""

    name: str = ""
    address: str | None = None
    nobody: bool = False
    not_understood: tuple[str, ...] = ()


_CLASSES = (
    "delegate.nobody", "delegate.absent", "delegate.unsure", "common.greeting",
    "delegate.filler", "delegate.relation", "delegate.title", "delegate.organisation",
    "common.courtesy", "common.doubt",
)  # fmt: skip


def read_delegate(text: str, whom: Whom = Whom(), language: str = "", author: str = "") -> Delegation:  # noqa: B008 - frozen
    """Read who comes instead of *whom*."""
    body = answer_in(text, author) or answer_in(text)
    if not body:
        return Delegation(not_understood=(text.strip()[:300],) if text.strip() else ())
    found = tokens(without_telephones(body))

    def read(code: str) -> tuple[int, Delegation | None]:
        laid = spans(found, code, _CLASSES)
        return unknown_words(laid), _judged(body, laid, whom)

    return in_one_way(read, language) or Delegation(not_understood=(body[:300],))


def _judged(body: str, laid: Sequence[Span], whom: Whom) -> Delegation | None:
    known = ("delegate.filler", "delegate.nobody", "delegate.relation", "delegate.absent")
    if "?" in body or any(
        s.has("url") or s.has("delegate.unsure", "common.greeting") or (s.has("common.doubt") and not s.has(*known))
        for s in laid
    ):
        return None
    named = names_in(body, laid, ("delegate.title",), "delegate.organisation")
    addresses = {canonical(body[s.start : s.stop]) for s in laid if s.has("address")}
    if named.unknown or named.numbers:
        return None
    if any(s.has("delegate.absent") for s in laid) and len(_others(named.names, whom)) == len(named.names):
        return None  # "Bob can't come": he is none, whoever he is
    if any(s.has("delegate.nobody") for s in laid):
        return Delegation(nobody=True) if not named.names and not addresses else None
    return _one(named, addresses, whom)


def _one(named: Named, addresses: set[str], whom: Whom) -> Delegation | None:
    names = _others(named.names, whom)
    if len(names) > 1 or len(addresses) > 1 or not (names or addresses):
        return None
    address = next(iter(addresses), None)
    if address in whom.addresses:
        return None
    return Delegation(names[0] if names else "", address)


def _others(names: Sequence[str], whom: Whom) -> list[str]:
    """Names that are not of the one who was asked."""
    own = set(whom.name.casefold().split())
    return [name for name in names if not set(name.casefold().split()) <= own]
