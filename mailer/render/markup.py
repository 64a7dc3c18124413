"""The way letters are written: a plain text file with a few marks, from which both the text and the HTML are made.

A letter begins with ``Subject: …`` (and, if it likes, ``Language: en`` and ``Pass-on: yes``); after an empty line come its paragraphs:

    an empty line           ends a paragraph; a line break inside a paragraph stays a line break
    **words**               bold
    - words                 a list, one line an entry
    > words                 somebody's own words, set off
    # words                 a heading
    [words](address)        a link
    [[meeting]]             when, where, online: what is known of them
    [[buttons]]             asks for an answer in words; in HTML with buttons for yes, no and maybe
    [[signature]]           who signs, with title, organisation and telephone
    {{ person.first_name }} and {% if meeting.place %} … {% endif %}: see `view`

Promises: the conversion happens once, when the letter is read, and never on what is filled in later: a name full of stars and
brackets stays a name. Never: knows what the names mean.
"""

import re
from dataclasses import dataclass

from markupsafe import escape

_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
JINJA_PIECE = re.compile(_JINJA, re.DOTALL)
_ONLY_TAGS = re.compile(r"\s*(?:(?:\{%[^{}]*%\}|\{#[^{}]*#\})\s*)+")
_HEADER = re.compile(r"(subject|language|pass-on)\s*:\s*(.*)", re.IGNORECASE)
_BLOCK = re.compile(r"\[\[\s*([a-z]+)\s*\]\]")
_BOLD = re.compile(r"\*\*(?=\S)([^*]+?)\*\*")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_ONLINE_LINK = re.compile(r"\{\{-?\s*((?:meeting|before)\.online_link)\s*-?\}\}")

TEXT_BLOCKS = {
    "meeting": (
        "{{ words.when }}: {{ meeting.when }}\n"
        "{% if meeting.place %}\n{{ words.where }}: {{ meeting.place }}\n{% endif %}\n"
        "{% if meeting.online_link %}\n{{ words.online }}: {{ meeting.online_link }}\n{% endif %}"
    ),
    "buttons": "{{ words.ask }}",
    "signature": (
        "{{ signer.name }}\n"
        "{% if signer.title %}\n{{ signer.title }}\n{% endif %}\n"
        "{% if signer.organisation %}\n{{ signer.organisation }}\n{% endif %}\n"
        "{% if signer.phone %}\n{{ signer.phone }}\n{% endif %}"
    ),
}

HTML_BLOCKS = {
    "meeting": """
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="card-cell">
<p class="card-title">{{ meeting.title }}</p>
<p class="fact"><span class="label">{{ words.when }}</span><br>
{% if meeting.hours %}{{ meeting.date }}<br>{{ meeting.hours }}{% else %}{{ meeting.when }}{% endif %}</p>
{% if meeting.place %}<p class="fact"><span class="label">{{ words.where }}</span><br>{{ meeting.place }}</p>{% endif %}
{% if meeting.online_link %}<p class="fact"><span class="label">{{ words.online }}</span><br>
<a class="link" href="{{ meeting.online_link|href }}">{{ meeting.online_link }}</a></p>{% endif %}
</td></tr></table>
""",
    "buttons": """
<p>{{ words.ask_or_tap }}</p>
<table role="presentation" class="buttons" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td class="button yes" width="32%" height="48" align="center"><a class="button-link" href="{{ links.yes }}">{{ words.yes }}</a></td>
<td class="gap" width="2%">&nbsp;</td>
<td class="button maybe" width="32%" height="48" align="center"><a class="button-link" href="{{ links.maybe }}">{{ words.maybe }}</a></td>
<td class="gap" width="2%">&nbsp;</td>
<td class="button no" width="32%" height="48" align="center"><a class="button-link" href="{{ links.no }}">{{ words.no }}</a></td>
</tr></table>
""",
    "signature": """
<p class="signature"><strong>{{ signer.name }}</strong>{% if signer.title %}<br>
{{ signer.title }}{% endif %}{% if signer.organisation %}<br>
{{ signer.organisation }}{% endif %}{% if signer.phone %}<br>
{{ signer.phone }}{% endif %}</p>
""",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A letter file taken apart. *body_line*: the line of the file on which *body* begins, from 1."""

    subject: str
    subject_line: int
    language: str
    language_line: int
    body: str
    body_line: int
    pass_on: bool = False
    """The reader shall pass it on: nothing in it may be the reader's own."""


def take_apart(content: str) -> Source:
    """Split the head (``Subject:``, ``Language:``, ``Pass-on:``) from the body; what is missing is empty."""
    lines = content.lstrip("\ufeff").splitlines()
    found: dict[str, tuple[str, int]] = {}
    start = 0
    for start, line in enumerate([*lines, ""]):
        header = _HEADER.fullmatch(line.strip())
        if header is None and (line.strip() or found):
            break
        if header is not None:
            found.setdefault(header[1].lower(), (header[2].strip(), start + 1))
    subject, subject_line = found.get("subject", ("", 0))
    language, language_line = found.get("language", ("", 0))
    pass_on = found.get("pass-on", ("", 0))[0].lower() == "yes"
    return Source(subject, subject_line, language.lower(), language_line, "\n".join(lines[start:]), start + 1, pass_on)


def unknown_blocks(body: str) -> list[tuple[str, int]]:
    """Every ``[[word]]`` that is no block, with its line in *body*, from 1."""
    return [
        (found[1], number)
        for number, line in enumerate(body.splitlines(), 1)
        for found in _BLOCK.finditer(line)
        if found[1] not in TEXT_BLOCKS
    ]


def as_text(body: str) -> str:
    """The template of the plain text."""
    out: list[str] = []
    for line in body.splitlines():
        stripped = line.strip()
        block = _BLOCK.fullmatch(stripped)
        if block:
            out.append(as_text(TEXT_BLOCKS.get(block[1], "")))
        elif _ONLY_TAGS.fullmatch(line):
            out.append(stripped)  # leaves no empty line behind
        elif stripped.startswith(">"):
            out.append("{% filter quoted %}" + _plain(stripped.lstrip("> ")) + "{% endfilter %}\n")
        else:
            out.append(_plain(stripped.removeprefix("# ")) + "\n")
    return "".join(out)


def _plain(line: str) -> str:
    held = _Held()
    return held.give_back(_LINK.sub(r"\1: \2", _BOLD.sub(r"\1", held.take(line))))


def as_html(body: str) -> str:
    """The template of the HTML between the parts of the layout."""
    out: list[str] = []
    kind, parts = "", list[str]()

    def close() -> None:
        if parts:
            out.append(_element(kind, parts))
            parts.clear()

    for line in body.splitlines():
        stripped = line.strip()
        block = _BLOCK.fullmatch(stripped)
        if not stripped:
            close()
        elif block or _ONLY_TAGS.fullmatch(line):
            close()
            out.append(HTML_BLOCKS.get(block[1], "").strip() if block else stripped)
        else:
            this, words = _kind(stripped)
            if this != kind:
                close()
            kind = this
            parts.append(_inline(words))
    close()
    return "\n".join(out)


def _kind(line: str) -> tuple[str, str]:
    for mark, kind in (("- ", "ul"), ("# ", "h2"), (">", "blockquote")):
        if line.startswith(mark):
            return kind, line[len(mark) :].strip()
    return "p", line


def _element(kind: str, parts: list[str]) -> str:
    if kind == "ul":
        return "<ul>\n" + "\n".join(f"<li>{part}</li>" for part in parts) + "\n</ul>"
    return f"<{kind}>" + "<br>\n".join(parts) + f"</{kind}>"


def _inline(words: str) -> str:
    held = _Held()
    html = str(escape(held.take(words)))
    html = _BOLD.sub(r"<strong>\1</strong>", html)
    html = _LINK.sub(lambda found: f'<a class="link" href="{_target(found[2], held)}">{found[1]}</a>', html)
    return _ONLINE_LINK.sub(r'<a class="link" href="{{ \1|href }}">{{ \1 }}</a>', held.give_back(html))


def _target(target: str, held: "_Held") -> str:
    expression = held.give_back(target)
    if expression.startswith("{{"):
        return "{{ (" + expression[2:-2].strip("- ") + ")|href }}"
    return href(target)


def href(address: str) -> str:
    """*address* if it may stand behind a link, else ``#``: nothing that runs in a browser."""
    return address if address.lower().startswith(("https://", "http://", "mailto:", "tel:")) else "#"


class _Held:
    """Keeps the pieces of Jinja away while the words around them are changed."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def take(self, text: str) -> str:
        return JINJA_PIECE.sub(self._keep, text.replace("\ue000", ""))

    def _keep(self, found: re.Match[str]) -> str:
        self._pieces.append(found[0])
        return f"\ue000{len(self._pieces) - 1}\ue000"

    def give_back(self, text: str) -> str:
        return re.sub("\ue000(\\d+)\ue000", lambda found: self._pieces[int(found[1])], text)
