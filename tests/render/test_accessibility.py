"""Every shipped letter, in each of its languages, as a screen reader, a telephone and a dark screen meet it.

Structure is read off the finished HTML; contrast is computed of the colours in force, in light and in dark (WCAG 2.2, 1.4.3: 4.5 to 1). What
needs a browser (no scrolling sideways at 390 pixels, axe's rules) was looked at in one; these are the rules that a change could break."""

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pytest

from mailer.render.letters import read_letters, shipped_letters, write
from mailer.render.outgoing import Letter
from mailer.render.phrases import phrases_for
from mailer.render.sample import sample_facts
from mailer.terms import Address

LETTERS, _ = read_letters([shipped_letters()])
EVERY = [(name, language) for name in sorted(LETTERS.names) for language in LETTERS.languages(name)]
VOID = {"meta", "br", "img", "hr", "link", "input"}


def written(name: str, language: str) -> Letter:
    facts = sample_facts(name)
    return write(replace(facts, person=replace(facts.person, language=language)), LETTERS, Address("", ""))


@dataclass(frozen=True)
class Look:
    """What an element inherits: text and ground, in light and in dark."""

    tag: str = ""
    light: tuple[str, str] = ("#000000", "#ffffff")
    dark: tuple[str, str] = ("#000000", "#ffffff")


class Reader(HTMLParser):
    """Reads a finished letter: elements with their attributes, words with the colours in force, links, headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[tuple[str, Look]] = []
        self.links: list[tuple[str, str]] = []
        self.title = ""
        self._dark = _dark_rules(html)
        self._stack = [Look()]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "a":
            self.links.append((attributes.get("href", ""), ""))
        if tag in VOID:
            return
        above = self._stack[-1]
        own = dict(re.findall(r"(?:^|;)\s*(color|background-color)\s*:\s*(#[0-9a-f]{6})", attributes.get("style", "")))
        names = {tag, *(f".{word}" for word in attributes.get("class", "").split())}
        dark = {key: value for selectors, found in self._dark if names & selectors for key, value in found.items()}
        light = (own.get("color", above.light[0]), own.get("background-color", above.light[1]))
        shown = own | dark
        self._stack.append(
            Look(tag, light, (shown.get("color", above.dark[0]), shown.get("background-color", above.dark[1])))
        )

    def handle_endtag(self, tag: str) -> None:
        while len(self._stack) > 1 and self._stack.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._stack[-1].tag == "title":
            self.title += data
        elif data.strip() and self._stack[-1].tag != "style":
            self.words.append((data, self._stack[-1]))
            if self.links and self._stack[-1].tag == "a":
                self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)


def _dark_rules(html: str) -> list[tuple[set[str], dict[str, str]]]:
    """The rules for dark screens: (selectors, colours)."""
    block = html.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    return [
        (
            {part.strip() for part in selectors.lstrip(") {\n").split(",")},
            dict(re.findall(r"(?<![-a-z])(color|background-color):\s*(#[0-9a-f]{6})", body)),
        )
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block.partition("{")[2])
    ]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: the ratio of relative luminances."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_letter_can_be_read_by_everybody(name: str, language: str) -> None:
    letter = written(name, language)
    seen = Reader(letter.html)
    tags = [tag for tag, _ in seen.elements]
    of = dict(reversed(seen.elements))
    assert of["html"]["lang"] == language
    assert seen.title == letter.subject
    assert of["div"]["lang"] == language  # web mail throws the html element away
    assert of["div"]["role"] == "article"
    assert of["div"]["aria-label"] == letter.subject
    assert any(
        a.get("name") == "viewport" and "width=device-width" in a["content"] for t, a in seen.elements if t == "meta"
    )
    assert all(a.get("role") == "presentation" for t, a in seen.elements if t == "table")
    assert all("alt" in a for t, a in seen.elements if t == "img")
    assert {tag for tag in tags if re.fullmatch(r"h\d", tag)} <= {"h2"}  # the subject is the heading above them
    for target, label in seen.links:
        assert target.startswith(("mailto:", "https://", "http://", "tel:")), target
        assert len(label.strip()) > 1
        assert label.strip().lower() not in ("here", "click here", "link", "aquí", "más")
    assert all(int(a["height"]) >= 44 for t, a in seen.elements if t == "td" and "button" in a.get("class", "").split())
    for words, look in seen.words:
        for scheme, (ink, ground) in (("light", look.light), ("dark", look.dark)):
            assert contrast(ink, ground) >= 4.5, f"{words.strip()!r} in {scheme}: {ink} on {ground}"


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_plain_text_says_the_same(name: str, language: str) -> None:
    """No word of the HTML is missing in the text, but for the buttons (the text asks for the same words) and the card's title."""
    letter = written(name, language)
    shown = [
        words
        for words, look in Reader(letter.html).words
        if look.tag != "a" and look.light[1] != "#f4f8fb" and words.strip() != phrases_for(language).ask_or_tap
    ]
    words_in = re.compile(r"[^\W_]+").findall
    plain = set(words_in(letter.text.lower()))
    missing = [word for each in shown for word in words_in(each.lower()) if word not in plain]
    assert set(missing) <= set(words_in("Northwoods Industry Partnership".lower())), missing
