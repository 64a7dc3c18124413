"""The words of the RFCs that every stage shares.

Promises: values only; nothing here waits, reads a clock or knows another module of this package.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
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


_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj "
    "fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la "
    "lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa "
    "sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""ISO 639-1. Of the codes with three letters (Hmong is "hmn") any is taken."""
_LANGUAGE_CODES = frozenset(_CODES.split())
_LANGUAGE_NAMES = {
    "english": "en", "ingles": "en", "englisch": "en", "anglais": "en", "eng": "en", "spanish": "es", "espanol": "es", "spanisch": "es",
    "espagnol": "es", "castellano": "es", "spa": "es", "german": "de", "deutsch": "de", "aleman": "de", "allemand": "de", "ger": "de",
    "deu": "de", "french": "fr", "francais": "fr", "frances": "fr", "franzosisch": "fr", "fre": "fr", "fra": "fr", "portuguese": "pt",
    "portugues": "pt", "italian": "it", "polish": "pl", "chinese": "zh", "vietnamese": "vi", "arabic": "ar", "russian": "ru", "somali": "so",
    "hmong": "hmn", "korean": "ko", "tagalog": "tl", "japanese": "ja", "ukrainian": "uk",
}  # fmt: skip
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-(?:[a-z]{2}|[a-z]{4}|[0-9]{3}))?")


def language_of(text: str) -> str:
    """The code (BCP 47, in small letters) of a language as people write it: "es" for "ES", "Spanish", "español"; "pt-br". Empty for none."""
    folded = _unaccented(text)
    code = _LANGUAGE_NAMES.get(folded, folded)
    found = _LANGUAGE.fullmatch(code)
    return code if found and (len(found[1]) == 3 or found[1] in _LANGUAGE_CODES) else ""


def no_language(text: str) -> tuple[str, str]:
    """What is wrong with a language that `language_of` does not know, and how to mend it: the same words wherever it stands."""
    folded = _unaccented(text)
    begun = [name for name in _LANGUAGE_NAMES if len(folded) > 1 and name.startswith(folded)]
    near = (begun or get_close_matches(folded, _LANGUAGE_NAMES, 1) or [""])[0]
    meant = f" Did you mean “{_LANGUAGE_NAMES[near]}”?" if near else ""
    shown = text.strip() if len(text.strip()) <= 40 else f"{text.strip()[:40]}…"
    return f"I do not know the language “{shown}”.{meant}", "Write its code: en, es, de, fr, pt-BR …"


def _unaccented(text: str) -> str:
    spread = unicodedata.normalize("NFKD", " ".join(text.split()).replace("_", "-"))
    return "".join(c for c in spread if not unicodedata.combining(c)).lower()
