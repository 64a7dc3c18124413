"""Who takes part: organisations and persons, their kinds and roles.

Pure values, loaded and saved by the store.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.terms import Address, PartnershipId, PersonId, canonical


class PartnerKind(StrEnum):
    """Which of the two letters a person gets."""

    BUSINESS = "business"
    PUBLIC_PARTNER = "public partner"
    SUPPORT_PARTNER = "support partner"


class Role(StrEnum):
    """What a person does for the partnership. A person may have several, or none."""

    CONVENER = "convener"
    CANDIDATE = "champion candidate"
    CHAMPION = "champion"
    LEAD_CHAMPION = "lead champion"
    CO_CHAIR = "co-chair"
    NOTE_TAKER = "note taker"
    CATERER = "caterer"
    ACTION_TEAM_LEAD = "action team lead"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the partnership writes to.

    *addresses*: the first is written to; the others are aliases from which an answer is accepted as this person's. All
    canonical. *dead*: addresses that a delivery report called permanently undeliverable. *stopped_at*: asked not to be written
    to (whole partnership), and *stopped_for* what: "partnership", "everything" (every partnership) or "complaint". *away_until*: an
    automatic reply said so. *champion*: who signs and calls ("their champion"). *assistants*: addresses that may answer for this person.
    """

    id: PersonId
    partnership_id: PartnershipId
    name: str
    addresses: tuple[str, ...]
    organisation: str = ""
    title: str = ""
    kind: PartnerKind = PartnerKind.BUSINESS
    roles: frozenset[Role] = frozenset()
    language: str = "en"
    phone: str = ""
    champion: PersonId | None = None
    dead: frozenset[str] = frozenset()
    stopped_at: datetime | None = None
    away_until: datetime | None = None
    stopped_for: str = ""
    assistants: frozenset[str] = frozenset()

    @property
    def address(self) -> str | None:
        """Where to write: the first address that is not dead; None where none is left."""
        return next((a for a in self.addresses if a not in self.dead), None)

    @property
    def may_be_written_to(self) -> bool:
        return self.stopped_at is None and self.address is not None

    @property
    def of_the_house(self) -> bool:
        """Works for the meetings and is no guest of them: the convener, who invites, and a caterer without another role, who gets numbers."""
        return Role.CONVENER in self.roles or self.roles == {Role.CATERER}

    def has_address(self, address: str) -> bool:
        return canonical(address) in self.addresses

    def lets_answer(self, address: str) -> bool:
        """May whoever writes from *address* answer for this person?"""
        return canonical(address) in self.assistants

    def mailbox(self) -> Address:
        """Name and address as a header field shows them. Only for a person who has an address left."""
        assert self.address is not None
        return Address(self.name, self.address)
