"""The words of the RFCs that every stage shares.

Promises: values only; nothing here waits, reads a clock or knows another module of this package.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NewType
from urllib.parse import unquote

import idna

PartnershipId = NewType("PartnershipId", int)
PersonId = NewType("PersonId", int)
MeetingId = NewType("MeetingId", int)
InvitationId = NewType("InvitationId", int)
InboundId = NewType("InboundId", int)
OutboxId = NewType("OutboxId", int)
ItemId = NewType("ItemId", int)
TeamId = NewType("TeamId", int)
QuestionId = NewType("QuestionId", int)
DocumentId = NewType("DocumentId", int)

MessageId = NewType("MessageId", str)
"""RFC 5322 §3.6.4, with its angle brackets: ``<left@right>``."""
EventUid = NewType("EventUid", str)
"""RFC 5545 §3.8.4.7. Compared without regard to case (Outlook upper-cases it)."""
Token = NewType("Token", str)
"""Names one person at one meeting in an address or a letter. Matches `TOKEN_PATTERN`; unguessable; says who was *written to*."""
RuleId = NewType("RuleId", str)
"""The heading of a rule. Unique over all rule files of a partnership, and permanent: the ledger is kept by it."""

TOKEN_PATTERN = r"[a-z2-7]{20}"
"""100 bits of base32. Lower case, because servers and clients fold the case of a local part."""


class PartStat(StrEnum):
    """RFC 5545 §3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


class Method(StrEnum):
    """RFC 5546 §1.4."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    REPLY = "REPLY"
    ADD = "ADD"
    CANCEL = "CANCEL"
    REFRESH = "REFRESH"
    COUNTER = "COUNTER"
    DECLINECOUNTER = "DECLINECOUNTER"


class Via(StrEnum):
    """How an answer reached us."""

    ITIP = "itip"
    TNEF = "tnef"
    WORDS = "words"
    BUTTON = "button"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of From, To, … (RFC 5322 §3.4)."""

    display_name: str
    addr_spec: str

    def __str__(self) -> str:
        return f"{self.display_name} <{self.addr_spec}>" if self.display_name else self.addr_spec


def canonical(address: str) -> str:
    """Bring *address* into the one form in which addresses are compared.

    ``MAILTO:`` goes, percent-encoding and blanks go, the domain becomes its IDNA form, case is folded. A text that is no
    address comes back trimmed and folded: the caller compares, it does not validate.
    """
    text = address.strip().strip("<>").strip()
    if text[:7].lower() == "mailto:":
        text = unquote(text[7:].partition("?")[0]).strip()
    local, at, domain = text.rpartition("@")
    if not at:
        return text.casefold()
    return f"{local.casefold()}@{_domain(domain)}"


@lru_cache(4096)
def _domain(domain: str) -> str:
    try:
        return idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain.casefold()
