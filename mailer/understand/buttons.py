"""The reply links of our letters: a mail with "Yes: Spring meeting [ref:token.sequence]" as its subject.

Promises: pure. A button counts only together with a token: anybody may begin a subject with "No:".
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from mailer.terms import TOKEN_PATTERN, PartStat, Token

_WORDS: dict[PartStat, tuple[str, ...]] = {
    PartStat.ACCEPTED: (
        "yes", "sí", "si", "ja", "oui", "sì", "sim", "kyllä", "tak", "ano", "áno", "igen", "da", "да", "так", "evet", "ναι", "是", "はい",
        "예", "accept", "accepted", "attending", "i will come", "coming",
    ),
    PartStat.DECLINED: (
        "no", "nein", "non", "não", "nao", "nee", "nej", "nei", "ei", "nie", "ne", "nem", "nu", "нет", "ні", "hayır", "όχι", "否", "いいえ", "아니요",
        "decline", "declined", "not attending", "not coming",
    ),
    PartStat.TENTATIVE: (
        "maybe", "perhaps", "quizás", "quizas", "tal vez", "a lo mejor", "vielleicht", "peut-être", "peut-etre", "forse", "talvez",
        "misschien", "kanske", "måske", "kanskje", "ehkä", "może", "możliwe", "možná", "možno", "talán", "poate", "возможно", "может быть",
        "можливо", "belki", "ίσως", "也许", "tentative", "tentatively",
    ),
}  # fmt: skip
# How calendars begin the subject of an answer. Where their calendar part was lost on the way this is all that is left.
_CALENDAR_WORDS: dict[PartStat, tuple[str, ...]] = {
    PartStat.ACCEPTED: (
        "accepted", "zugesagt", "angenommen", "akzeptiert", "aceptado", "aceptada", "accepté", "accettato", "aceito", "geaccepteerd",
    ),
    PartStat.DECLINED: (
        "declined", "abgesagt", "abgelehnt", "rechazado", "rechazada", "refusé", "décliné", "rifiutato", "recusado", "geweigerd",
    ),
    PartStat.TENTATIVE: (
        "tentative", "tentatively accepted", "mit vorbehalt", "vorläufig", "provisional", "provisoire", "provvisorio", "voorlopig",
    ),
}  # fmt: skip
_CALENDAR_MEANING = {word: partstat for partstat, found in _CALENDAR_WORDS.items() for word in found}
_MEANING = {word: partstat for partstat, found in _WORDS.items() for word in found}

_REF = re.compile(rf"(?<![\w:])ref:\s?({TOKEN_PATTERN})(?!\w)", re.IGNORECASE)
_SUBADDRESS = re.compile(rf"\+({TOKEN_PATTERN})@", re.IGNORECASE)
REPLY_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|antw?|antwort|sv|vs|odp|ynt|rv|r|res|ref|fw|fwd|wg|tr|rif|回复|答复|转发)\s*(?:\[\d{1,3}\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(rf"(?<![\w:])ref:\s?{TOKEN_PATTERN}\.(\d{{1,6}})(?:@(\d{{8}}T\d{{6}}Z))?(?!\w)", re.IGNORECASE)
_BRACKETED_REF = re.compile(
    rf"\s*[\[(]?\s*ref:\s?{TOKEN_PATTERN}(?:\.\d{{1,6}}(?:@\d{{8}}T\d{{6}}Z)?)?\s*[\])]?\s*", re.IGNORECASE
)
# a bracket before the word is a gateway's ("[EXTERNAL] Yes: …")
_BUTTON = re.compile(r"^(?:\[[^\[\]]{1,40}\]\s*)*([^\W\d_][^:：\[\]]{0,24}?)\s*[:：]\s")


@dataclass(frozen=True, slots=True)
class Button:
    """*partstat* as the link said; *evidence*: the subject as it came; *sequence*: SEQUENCE of the meeting when the letter with the link was
    written, so that an old letter's link answers the old date; *recurrence_id*: which date of a series that letter was about."""

    partstat: PartStat
    evidence: str
    sequence: int | None = None
    recurrence_id: datetime | None = None


def tokens_of(recipients: tuple[str, ...], subject: str, body: str, returned: str = "") -> tuple[Token, ...]:
    """Our tokens in order of weight: recipient addresses, subject, body, a returned header."""
    found: dict[str, None] = {}
    for address in recipients:
        if match := _SUBADDRESS.search(address):
            found[match[1].lower()] = None
    for text in (subject, body):
        if "ref:" in text or "REF:" in text or "Ref:" in text:
            found.update((each.lower(), None) for each in _REF.findall(text)[:20])
    if returned:
        found.update((each.lower(), None) for each in [*_SUBADDRESS.findall(returned), *_REF.findall(returned)][:20])
    return tuple(Token(each) for each in found)


def pressed(subject: str) -> Button | None:
    """The button in a subject that holds a token of ours; None where there is none."""
    if not _REF.search(subject):
        return None
    match = _BUTTON.match(REPLY_PREFIX.sub("", subject).strip())
    if match is None:
        return None
    partstat = meaning(match[1])
    found = _SEQUENCE.search(subject)
    if partstat is None:
        return None
    return Button(
        partstat, f"subject “{match[1].strip()}:”", int(found[1]) if found else None, _date(found[2]) if found else None
    )


def _date(stamp: str | None) -> datetime | None:
    try:
        return datetime.strptime(stamp.upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if stamp else None
    except ValueError:
        return None


def calendar_subject(subject: str) -> PartStat | None:
    """What a calendar says at the beginning of a subject."""
    match = _BUTTON.match(subject.strip())
    return _CALENDAR_MEANING.get(match[1].strip().casefold()) if match else None


def meaning(words: str) -> PartStat | None:
    """What one button word means, alone."""
    return _MEANING.get(words.strip(" .!¡\t\r\n").casefold())


def bare_subject(subject: str) -> str:
    """A subject without our reference: what a person could have written there."""
    return _BRACKETED_REF.sub(" ", subject).strip() if "ref:" in subject.lower() else subject
