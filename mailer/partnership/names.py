"""A name and its addresses as people type them into a cell → as letters need them, or why that cannot be said for certain.

Promises: pure; what two readings fit is no reading. Text is capped and every pattern linear.
"""

import re
import unicodedata

from mailer.errors import MailerError
from mailer.terms import canonical

LONGEST = 200

ADDRESS = re.compile(r"[^\s<>@,;\"\x00-\x1f]{1,64}@[^\s<>@,;\"\x00-\x1f.]{1,63}(?:\.[^\s<>@,;\"\x00-\x1f.]{1,63}){1,8}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_SUFFIXES = frozenset(
    ["jr", "sr", "ii", "iii", "iv", "phd", "edd", "md", "dds", "rn", "pe", "cpa", "mba", "mph", "esq", "jd", "cfp", "pmp", "shrm-cp", "shrm-scp",
     "sphr", "ma", "ms", "ba", "bsc", "msc"]
)  # fmt: skip
_FIRMS = frozenset(
    ["inc", "llc", "ltd", "gmbh", "ag", "co", "corp", "sa", "sl", "srl", "sarl", "plc", "kg", "ohg", "sas", "bv"]
)
_AND = re.compile(r"\s*[&+/;]\s*|\s+(?:and|und|et|or|oder|ou)\s+|\s*\n\s*", re.IGNORECASE)
_Y = re.compile(r"\s+(?:y|e)\s+", re.IGNORECASE)
_LINK = re.compile(r'=HYPERLINK\(\s*"(?:mailto:)?([^"]{3,320})"', re.IGNORECASE)
_PRONOUNS = re.compile(r"\s*[(\[]\s*(?:she|he|they|ella|él|elle|sie|er)\s*/[\w/ ]{1,30}[)\]]", re.IGNORECASE)
_FORMULA = re.compile(r"=|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|NV|BEZUG!|WERT!|¡REF!|¡VALOR!)", re.IGNORECASE)
_QUOTES = '"“”„«»'
_NOBODY = frozenset(
    {"noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "no.reply", "nobody", "bounce"}
)
_SHARED = frozenset(
    ["info", "office", "contact", "hr", "humanresources", "jobs", "careers", "admin", "sales", "mail", "hello", "team", "support", "reception",
     "frontdesk", "help", "inquiries", "enquiries", "accounting", "kontakt", "contacto", "oficina", "ventas", "buero", "verwaltung", "accueil",
     "rh", "personal", "secretaria", "sekretariat", "secretariat"]
)  # fmt: skip
_ANGLED = re.compile(r"([^<>;,]{0,200})<([^<>]{1,330})>")


def plain(cell: str) -> str:
    """*cell* without blanks around and within, and without signs that nobody sees."""
    return " ".join(_INVISIBLE.sub("", cell).split())


def is_formula(cell: str) -> bool:
    """Did a spreadsheet leave a formula or one of its errors where a value should stand? (A link to an address is one.)"""
    return _FORMULA.match(cell.strip()) is not None and _LINK.match(cell.strip()) is None


def is_shared(address: str) -> bool:
    """Is it an address that several people read, as a rule?"""
    return re.sub(r"[._-]", "", address.partition("@")[0].partition("+")[0]) in _SHARED


def read_name(cell: str) -> tuple[str, str]:
    """(name, what was made of it where that is worth a word). Raises MailerError with the reason why it is no single person's name."""
    if len(cell) > LONGEST:
        raise MailerError(f"its name is longer than {LONGEST} characters")
    cell = _PRONOUNS.sub("", _INVISIBLE.sub("", cell)).strip().strip(_QUOTES)
    cell = cell.removeprefix("'")  # Excel's mark for "this is text"
    if is_formula(cell):
        raise MailerError(f"“{plain(cell)[:80]}” is a formula and no name")
    if len(_AND.split(cell.strip())) > 1 or _two_by_y(cell):
        raise MailerError(f"“{plain(cell)}” may be two people; each needs a row of their own")
    name = plain(cell)
    if name and not any(c.isalpha() for c in name):
        raise MailerError(f"“{name}” is no name")
    if "@" in name:
        raise MailerError(f"“{name}” is an address and no name")
    parts = [p.strip() for p in name.split(",") if p.strip()]
    suffix = ""
    while len(parts) > 1 and _is(parts[-1], _SUFFIXES):
        suffix = f" {parts.pop()}{suffix}"
    if len(parts) > 1 and _is(parts[-1], _FIRMS):
        raise MailerError(f"“{name}” is a firm and no person")
    if len(parts) == 1:
        return parts[0] + suffix, ""
    if len(parts) == 2 and min(len(p.split()) for p in parts) == 1:
        family, given = parts
        if _is(given.split()[-1], _SUFFIXES) and len(given.split()) > 1:
            given, _, last = given.rpartition(" ")
            suffix = f" {last}{suffix}"
        turned = f"{given} {family}{suffix}"
        return turned, f"“{name}” was read as {turned}."
    if not parts:
        return "", ""
    raise MailerError(f"“{name}” may be two people, or one whose family name stands first")


def _two_by_y(cell: str) -> bool:
    """ "Ana López y Juan Díaz" are two, "José Ortega y Gasset" is one."""
    parts = _Y.split(plain(cell))
    return len(parts) == 2 and not (len(parts[1].split()) == 1 and len(parts[0].split()) > 1)


def _is(word: str, of: frozenset[str]) -> bool:
    return word.replace(".", "").lower() in of


def shorter(name: str, known: str) -> bool:
    """Is *name* nothing but *known* with less of it: no given name, an initial, no accents, other capitals?"""
    words, longer = _compared(name), _compared(known)
    if words == longer:
        return not (known.isupper() or known.islower()) or name.isupper() or name.islower()
    return len(words) <= len(longer) and all(
        any(w == full or (len(w) == 1 and full.startswith(w)) for full in longer) for w in words
    )


def _compared(name: str) -> list[str]:
    spread = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"[^\W\d_]+", "".join(c for c in spread if not unicodedata.combining(c)))


def read_addresses(cell: str) -> tuple[str, ...]:
    """The addresses of one cell, in order. Raises MailerError with the reason where one of them is none, or they are several people's."""
    cell = _INVISIBLE.sub("", cell).strip()[:4_000]
    if link := _LINK.match(cell):
        cell = link[1]
    angled = _ANGLED.findall(cell)
    names = {plain(n).strip("\"' ,;").lower() for n, _ in angled} - {""}
    if len(names) > 1:
        raise MailerError(f"“{plain(cell)}” are addresses of several people; each needs a row of their own")
    if angled:
        pieces = [a for _, a in angled]
    else:
        pieces = [
            p
            for p in re.split(r"[;,|\s/]+", cell)
            if p.strip(".") and p.lower() not in ("or", "and", "und", "oder", "y", "o", "et", "ou")
        ]
    found: list[str] = []
    for piece in pieces:
        bare = (
            re.sub(r"^mailto:", "", piece.strip().strip("\"'()[]<>"), flags=re.IGNORECASE)
            .partition("?")[0]
            .rstrip(".:")
        )
        if "@" not in bare and "@" not in cell:
            bare = plain(cell)
        if not ADDRESS.fullmatch(bare):
            raise MailerError(f"“{bare[:80]}” is no e-mail address")
        if len(bare) > 254:  # RFC 5321 §4.5.3.1.3, without its angle brackets
            raise MailerError(f"“{bare[:80]}…” is longer than an address may be")
        if bare.partition("@")[0].lower() in _NOBODY:
            raise MailerError(f"nobody reads {bare}")
        if not bare.rpartition("@")[0].isascii():
            raise MailerError(f"mail servers rarely take letters like those before the @ of “{bare}”")
        found.append(canonical(bare))
    return tuple(dict.fromkeys(found))
