"""Who was at a meeting, as a convener says it: "came: Ann Lee, Bob", "all came but Bob", "Ann and Bob were there; walk-in: Cho Lee, Acme", a sheet.

Promises: pure; a sentence is a roll call only where all of it was understood; patterns are linear. Whoever signed in and was not invited is a
          walk-in: a name, and what stood beside it.
Never:    knows who was invited; guesses which Bob is meant.
Fails:    None, or for a sheet a sentence.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailer.partnership import sheet as sheets
from mailer.partnership.names import plain
from mailer.partnership.sheet import heading

LONGEST = 15_000
"""Characters: three hundred names with their addresses."""

_ADDRESS = re.compile(r"<?([^\s<>,;:()\"']{1,64}@[^\s<>,;:()\"']{1,190}\.[a-z]{2,24})>?", re.IGNORECASE)
_WALK_INS = re.compile(r"[;.,]?\s*(?:and\s+)?walk[- ]?ins?\s*(?::|were|was)\s*", re.IGNORECASE)
_ALL = r"(?:all|everybody|everyone)(?: of them)?(?: who said yes| on the list)?"
_BUT = r",?\s*(?:but(?: not| for)?|except(?: for)?|apart from|without|not|minus|save for)\s+"
_WERE = r"(?:came|were there|was there|attended|were present|was present|showed up)"
_MEETING = r"(?: (?:to|at) (?:the )?(?P<meeting>[\w][\w .-]{0,60}?))?"
_MONTHDAY = r"\d{1,2}(?:st|nd|rd|th)?"
_ON_DAY = re.compile(
    rf"(?P<meeting>.+) on (?:the )?(?P<day>\d{{4}}-\d\d-\d\d|(?:{_MONTHDAY} (?:of )?[a-z]{{3,9}}|[a-z]{{3,9}} {_MONTHDAY})(?: \d{{4}})?)",
    re.IGNORECASE,
)
_HEADED = re.compile(
    rf"(?:these |the following )?(?:people )?(?:who )?(?:came|attended|were there|were present|present){_MEETING}\s*[:=]\s*(?P<rest>.+)",
    re.IGNORECASE,
)
_ALL_CAME = re.compile(rf"{_ALL} {_WERE}{_MEETING}(?:{_BUT}(?P<but>.+))?", re.IGNORECASE)
_ALL_BUT_CAME = re.compile(rf"{_ALL}{_BUT}(?P<but>.+?) {_WERE}{_MEETING}", re.IGNORECASE)
_ALL_IN_LIST = re.compile(rf"{_ALL}(?:{_BUT}(?P<but>.+))?", re.IGNORECASE)
_ABSENT = re.compile(
    rf"(?:no[- ]shows?|absent|missing|(?:did not|didn['’]t) come){_MEETING}\s*[:=]\s*(?P<but>.+)", re.IGNORECASE
)
_NAMES_CAME = re.compile(rf"(?P<rest>[^:?]+?) {_WERE}{_MEETING}", re.IGNORECASE)
_NOBODY = re.compile(r"(?:nobody|no one|none|noone)", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\b(?:all|everybody|everyone|nobody|none|not|but|except|without|maybe|perhaps|probably|only|some|most|many|few|half|they|we|who|he|she|his|her|their|guests?|i|it"
    r"|think|were|was|came|did|didn|people|others|rest|also|plus|later|left|early|invited|said)\b|\d|\?",
    re.IGNORECASE,
)
_LINK_WORD = re.compile(r"\s+(?:from|of|with)\s+|\s*,\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who was there and had not been invited, as far as the writer knows."""

    name: str
    organisation: str = ""
    address: str = ""
    sure: bool = True
    """Said to be a walk-in; else a row of a sheet whose name may be spelled otherwise in the register."""


@dataclass(frozen=True, slots=True)
class RollCall:
    """*everybody*: all who had said yes, but *absent*; else those of *came* (names or addresses). *unknown*: take back what was recorded. *day*:
    which date of a series, as it was written."""

    came: tuple[str, ...] = ()
    everybody: bool = False
    absent: tuple[str, ...] = ()
    walk_ins: tuple[WalkIn, ...] = ()
    meeting: str = ""
    unknown: bool = False
    day: str = ""


def gathered(lines: Sequence[str], ends: Callable[[str], bool]) -> list[str]:
    """*lines*, where names that stand below "came:", one on each line, are put behind it. *ends*: a signature begins."""
    out: list[str] = []
    below = 0
    for line in lines:
        entry = _BULLET.sub("", line)
        if below and entry and not ends(line) and _is_entry(entry):
            open_ended = below == 1 or re.search(r"(?:[,;:]|\band)$", out[-1], re.IGNORECASE)
            out[-1] += f" {entry}" if open_ended else f"; {entry}" if _WALK_INS.match(entry) else f", {entry}"
            below = 2
            continue
        out.append(line)
        headed = _HEADED.fullmatch(f"{line} x") if len(line) <= _SHORT else None
        below = 0 if headed is None else 1 if headed["rest"] == "x" else 2
    return out


_SHORT = 50
"""Characters: a longer line may be one that a mail program broke."""
_BULLET = re.compile(r"^(?:[-*•·]|\d{1,3}[.)])\s+")


def _is_entry(said: str) -> bool:
    """A name, names, or a walk-in, and nothing else."""
    if _WALK_INS.match(said):
        return True
    return len(said) <= 200 and _names(_WALK_INS.split(said, maxsplit=1)[0]) is not None


def read_rollcall(text: str) -> RollCall | None:
    """The roll call in *text*; None where it is none, or not wholly understood."""
    plain = " ".join(text[:LONGEST].split()).rstrip(" .!")
    if "?" in plain:
        return None
    parts = _WALK_INS.split(plain, maxsplit=1)
    walk_ins = _walk_ins(parts[1]) if len(parts) == 2 else ()
    if walk_ins is None:
        return None
    read = _came(parts[0].rstrip(" .;,"))
    if read is None:
        return None
    dated = _ON_DAY.fullmatch(read.meeting)
    meeting, day = (dated["meeting"], dated["day"]) if dated else (read.meeting, "")
    return RollCall(read.came, read.everybody, read.absent, walk_ins, meeting, read.unknown, day)


def _came(said: str) -> RollCall | None:
    for pattern in (_ALL_CAME, _ALL_BUT_CAME, _ABSENT):
        if (found := pattern.fullmatch(said)) is not None:
            return _all(found["but"], found["meeting"])
    if (found := _HEADED.fullmatch(said)) is not None:
        meeting, rest = found["meeting"] or "", found["rest"].strip()
        if rest.casefold() == "not recorded":
            return RollCall(meeting=meeting, unknown=True)
        if _NOBODY.fullmatch(rest):
            return RollCall(meeting=meeting)
        if (every := _ALL_IN_LIST.fullmatch(rest)) is not None:
            return _all(every["but"], meeting)
        names = _names(rest)
        return RollCall(names, meeting=meeting) if names else None
    if (found := _NAMES_CAME.fullmatch(said)) is not None:
        meeting = found["meeting"] or ""
        if _NOBODY.fullmatch(found["rest"].strip()):
            return RollCall(meeting=meeting)
        names = _names(found["rest"])
        return RollCall(names, meeting=meeting) if names else None
    return None


def _all(but: str | None, meeting: str | None) -> RollCall | None:
    absent = _names(but) if but else ()
    return None if absent is None else RollCall(everybody=True, absent=absent, meeting=meeting or "")


def _names(said: str) -> tuple[str, ...] | None:
    """Names or addresses, parted by commas and "and"; None where one of them is none."""
    found = [p.strip(" .<>") for p in re.split(r"[,;&\n]|\band\b", said, flags=re.IGNORECASE)]
    names = tuple(dict.fromkeys(p for p in found if p))
    if not names or any(not _is_name(n) for n in names):
        return None
    return names


def _is_name(said: str) -> bool:
    if _ADDRESS.fullmatch(said):
        return True
    return (
        len(said) <= 80 and "@" not in said and ":" not in said and len(said.split()) <= 6 and not _NO_NAME.search(said)
    )


def _walk_ins(said: str) -> tuple[WalkIn, ...] | None:
    """Each parted by a semicolon: name, organisation, address, as far as they stand there."""
    found = []
    for piece in re.split(r";|\band\b(?=[^;]*(?:,|\bfrom\b|\())", said.strip(" .;")):
        address = _ADDRESS.search(piece)
        rest = (
            _ADDRESS.sub("", piece).replace("(", ",").replace(")", "")
            if address
            else piece.replace("(", ",").replace(")", "")
        )
        name, *more = [p.strip(" .<>") for p in _LINK_WORD.split(rest, maxsplit=1)]
        organisation = more[0].strip(" ,") if more else ""
        if not _is_name(name) or len(name.split()) < 2 or "," in organisation or _NO_NAME.fullmatch(organisation):
            return None
        found.append(WalkIn(name, organisation, address[1].lower() if address else ""))
    return tuple(found) or None


_YES = frozenset({"yes", "y", "x", "1", "true", "came", "present", "sí", "si", "ja", "oui", "✓", "✔", "☑", "ok"})
_WALKED = frozenset({"walk-in", "walkin", "walk in", "w", "new", "nuevo", "neu"})
_NO = frozenset({"", "no", "n", "0", "false", "absent", "-", "nein", "non"})
_HEADINGS = {
    "name": "name", "email": "email", "came": "came", "organisation": "organisation", "e mail": "email", "mail": "email",
    "email address": "email", "e mail address": "email", "company": "organisation", "organization": "organisation", "full name": "name",
    "present": "came", "attended": "came", "signed in": "came", "signature": "came", "here": "came",
}  # fmt: skip
MOST_ROWS = 5_000


def read_sheet(content: bytes) -> RollCall | str:
    """A sign-in sheet as a spreadsheet saves it: a column “came”, and “name” or “email” (and “organisation”). Rows without a mark did not come;
    the mark “walk-in” is for whoever is not in the register."""
    sheet = sheets.read_sheet(content, _HEADINGS)
    if isinstance(sheet, str):
        return sheet[:1].lower() + sheet[1:]
    headings = [_HEADINGS.get(heading(cell), "") for cell in sheet.headings]
    columns = {name: i for i, name in reversed(list(enumerate(headings))) if name}
    if "came" not in columns or not {"email", "name"} & set(columns):
        return f"line {sheet.line}: the columns “came” and “email” or “name” are needed."
    if sheet.broken:
        return sheet.broken
    if len(sheet.rows) > MOST_ROWS:
        return f"it has more than {MOST_ROWS} lines."
    came: list[str] = []
    walk_ins: list[WalkIn] = []
    for line, cells in sheet.rows:
        cell = {name: plain(cells[i]) if i < len(cells) else "" for name, i in columns.items()}
        mark, who = cell["came"].lower(), cell.get("email") or cell.get("name") or ""
        if mark not in _YES | _NO | _WALKED:
            return f"line {line}: I do not know the mark “{cell['came'][:40]}”; write x or leave it empty."
        if mark not in _NO and who:
            if mark in _YES:
                came.append(who.lower() if "@" in who else who)
            if cell.get("name"):
                sure = mark in _WALKED
                walk_ins.append(WalkIn(cell["name"], cell.get("organisation", ""), cell.get("email", "").lower(), sure))
    return RollCall(tuple(dict.fromkeys(came)), walk_ins=tuple(walk_ins))
