"""A layout and its data → a PDF. The only door to the typesetting library (Typst), which is loaded when something is printed.

Promises: text of data is text, never markup; no font, file or package from outside this package; the same values give the same bytes;
          PDF/UA-1, so a missing glyph is refused by the library and never a box in print: it is left out then, and named.
Fails:    NotPrintable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailer.errors import MailerError
from mailer.printing.lettering import FONTS, LONGEST_LINE, legible, relieved
from mailer.printing.sheets import Printed, Printing, Unprintable
from mailer.printing.words import language_of_words

if TYPE_CHECKING:
    import typst

LAYOUTS = Path(__file__).parent / "layouts"


_KEPT_FOR = 10
"""Documents: how long the library keeps what it computed, in case the next one is like it."""

_LARGE = 20_000
"""Characters of data: after so much the library is made to let go at once."""

_SAME = 8
"""Documents kept: what many people get within an hour is set once."""


_MOST_REFUSED = 30
_COULD_NOT = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}|\\(.)", re.DOTALL)


class NotPrintable(MailerError):
    """The document could not be set."""


class _Refused(Exception):
    """The library has no font for *text* as it stands among its neighbours."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _unescaped(text: str) -> str:
    """A text as the library quotes it in an error."""
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)) if m.group(1) else m.group(2), text)


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(
    layout: str, data: dict[str, Any], language: str, printing: Printing, longest: int = LONGEST_LINE
) -> Printed:
    """Set *data* by layouts/*layout*.typ; each text of it is cut at *longest* characters."""
    refused: dict[str, bool] = {}
    while True:
        try:
            return _set(layout, data, language, printing, longest, refused)
        except _Refused as one:
            if refused.get(one.text) or len(refused) >= _MOST_REFUSED:
                raise NotPrintable(f"The document “{layout}” could not be set: no font has “{one.text}”.") from one
            refused[one.text] = one.text in refused


def _set(
    layout: str, data: dict[str, Any], language: str, printing: Printing, longest: int, refused: Mapping[str, bool]
) -> Printed:
    unprintable: dict[Unprintable, None] = {}
    whole = _cleaned(data, longest, refused, unprintable) | {
        "language": language_of_words(language),
        "paper": printing.paper.value,
        "today": legible(printing.today)[0],
    }
    hour = printing.at.replace(minute=0, second=0, microsecond=0)
    content = _compiled(layout, json.dumps(whole, ensure_ascii=False), int(hour.timestamp()))
    return Printed(content, tuple(unprintable))


@lru_cache(_SAME)
def _compiled(layout: str, data: str, timestamp: int) -> bytes:
    import typst

    try:
        return typst.compile(
            str(LAYOUTS / f"{layout}.typ"),
            root=str(LAYOUTS),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=["ua-1"],
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        found = _COULD_NOT.search(error.message)
        if found is not None:
            raise _Refused(_unescaped(found.group(1))) from error
        raise NotPrintable(f"The document “{layout}” could not be set: {error.message}") from error
    finally:
        if len(data) > _LARGE:
            _forget()


def _forget() -> None:
    """Set empty pages until the library has let go of the last document: a service that prints for a large meeting would stay large."""
    import typst

    for _ in range(_KEPT_FOR + 1):
        typst.compile(b"", font_paths=_fonts(), format="pdf")


def _cleaned(value: Any, longest: int, refused: Mapping[str, bool], unprintable: dict[Unprintable, None]) -> Any:
    """*value* with each text in it made legible; notes what was lost."""
    if isinstance(value, str):
        text, missing = legible(value, longest)
        text, lost = relieved(text, refused)
        missing += lost
        if missing:
            unprintable[Unprintable(missing, value if len(value) < 80 else value[:79] + "…")] = None
        return text
    if isinstance(value, dict):
        return {key: _cleaned(one, longest, refused, unprintable) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one, longest, refused, unprintable) for one in value]
    return value
