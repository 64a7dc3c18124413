"""Address cards (vCard 2.1, 3.0 and 4.0: RFC 2426, RFC 6350) → the few facts of each that a register needs.

Promises: pure; never raises; a line that cannot be read costs that line, not the card. Lines folded in the ways of all three versions are joined,
          quoted-printable (2.1) and escapes are undone; the charset is the card's own word, UTF-8, or Windows'.
Never:    opens pictures, keys or sounds, or follows an address in a card.
"""

import quopri
import re
from dataclasses import dataclass

from mailer.parse.charset import decode
from mailer.parse.itip import content_line, unescaped

MOST_BYTES = 5_000_000
MOST_CARDS = 5_000
MOST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class Card:
    """*line*: where it begins. *addresses*: the preferred first. *group*: a list of members, which is nobody by itself. *name*: of a person,
    empty for a firm."""

    line: int
    name: str = ""
    addresses: tuple[str, ...] = ()
    organisation: str = ""
    title: str = ""
    phone: str = ""
    language: str = ""
    group: bool = False


_BEGIN = re.compile(rb"^\s*BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE)
_END = re.compile(rb"^\s*END\s*:\s*VCARD\s*$", re.IGNORECASE)
_NAME = re.compile(r"(?:[\w-]{1,40}\.)?([A-Za-z][A-Za-z0-9-]{0,40})(?=[;:])")
_QUOTED_PRINTABLE = re.compile(rb"[;:](?:ENCODING=)?QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_WANTED = frozenset(
    {"FN", "N", "EMAIL", "ORG", "TITLE", "ROLE", "TEL", "LANG", "KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS"}
)


def is_cards(content: bytes) -> bool:
    """Whether *content* begins as address cards do."""
    return (
        re.match(
            rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*B\0?E\0?G\0?I\0?N\0?:\0?V\0?C\0?A\0?R\0?D",
            content[:200],
            re.IGNORECASE,
        )
        is not None
    )


def read_cards(content: bytes) -> tuple[Card, ...]:
    """Every card of a file."""
    content = content[:MOST_BYTES]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16", "replace").encode()
    elif content[1:2] == b"\0":
        content = content.decode("utf-16-le", "replace").encode()
    cards: list[Card] = []
    open_since = 0
    lines: list[bytes] = []
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", content.removeprefix(b"\xef\xbb\xbf")), 1):
        if _BEGIN.match(line):
            if open_since and lines:  # the one before has no end
                cards.append(_card(open_since, lines))
            open_since, lines = number, []
        elif _END.match(line):
            if open_since:
                cards.append(_card(open_since, lines))
            open_since, lines = 0, []
        elif open_since:
            lines.append(line)
        if len(cards) >= MOST_CARDS:
            break
    else:
        if open_since and lines:
            cards.append(_card(open_since, lines))
    return tuple(cards)


def _card(number: int, lines: list[bytes]) -> Card:
    found: dict[str, list[tuple[dict[str, str], str, str]]] = {}
    for raw in _unfolded(lines):
        match = _NAME.match(raw[:100].decode("ascii", "replace"))
        if match is None or match[1].upper() not in _WANTED:
            continue
        head = raw.partition(b":")[0].decode("ascii", "replace")
        charset = _CHARSET.search(head)
        value = raw
        if _QUOTED_PRINTABLE.search(raw[: len(head) + 1]):
            value = head.encode("ascii", "replace") + b":" + quopri.decodestring(raw[len(head) + 1 :])
        text = decode(value, charset[1] if charset else None)[0]
        parameters, said = content_line(text[match.end() :], uri=False)
        found.setdefault(match[1].upper(), []).append((parameters, said, head.upper()))

    def first(name: str) -> str:
        return next((unescaped(v).strip() for _, v, _ in found.get(name, ()) if v.strip()), "")

    kind = (first("KIND") or first("X-ADDRESSBOOKSERVER-KIND")).lower()
    firm = kind in ("org", "organization") or first("X-ABSHOWAS").upper() == "COMPANY"
    called = " ".join((first("FN") or _composed(found)).split())
    works_at = " ".join(_parts(found["ORG"][0][1])[0].split()) if found.get("ORG") else ""
    emails = sorted(found.get("EMAIL", ()), key=_preference)
    phones = sorted(found.get("TEL", ()), key=lambda e: ("FAX" in e[2], _preference(e)))
    return Card(
        number,
        "" if firm else called,
        tuple(
            dict.fromkeys(
                re.sub(r"^mailto:", "", unescaped(v).strip(), flags=re.IGNORECASE) for _, v, _ in emails if v.strip()
            )
        )[:20],
        works_at or (called if firm else ""),
        first("TITLE") or first("ROLE"),
        re.sub(r"^tel:", "", unescaped(phones[0][1]).strip(), flags=re.IGNORECASE) if phones else "",
        first("LANG"),
        kind == "group",
    )


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """A blank at the beginning goes on with the line before (RFC 6350 §3.2); in 2.1 so does a line after "=" under quoted-printable."""
    found: list[bytes] = []
    soft = False
    for line in lines:
        if soft and found:
            found[-1] = found[-1][:-1] + line.lstrip(b" \t") if line[:1] in (b" ", b"\t") else found[-1][:-1] + line
        elif line[:1] in (b" ", b"\t") and found:
            found[-1] += line[1:]
        else:
            found.append(line)
        if len(found[-1]) > MOST_LINE * 25:
            found[-1] = found[-1][: MOST_LINE * 25]  # a picture
        soft = found[-1].endswith(b"=") and _QUOTED_PRINTABLE.search(found[-1].partition(b":")[0] + b":") is not None
    return [line[:MOST_LINE] for line in found]


def _preference(entry: tuple[dict[str, str], str, str]) -> int:
    """PREF=1 is first (RFC 6350 §5.3); TYPE=PREF and PREF alone are those of 3.0 and 2.1."""
    parameters, _, head = entry
    rank = parameters.get("PREF", "").strip('"')
    if rank.isdigit():
        return int(rank[:3])
    return 0 if re.search(r"\bPREF\b", head) else 101


def _composed(found: dict[str, list[tuple[dict[str, str], str, str]]]) -> str:
    """Given and family name out of N, where nothing says how the whole is written."""
    if not found.get("N"):
        return ""
    family, given, *_ = (*_parts(found["N"][0][1]), "", "")
    return f"{given} {family}".strip()


def _parts(value: str) -> list[str]:
    """The components of a structured value, which semicolons part (RFC 6350 §3.4)."""
    return [unescaped(p).strip() for p in re.split(r"(?<!\\);", value)]
