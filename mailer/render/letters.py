"""Letters: read from folders, checked at once and completely, written for one person.

Promises: `read_letters` reports every mistake of every file and gives the letters that are in order. A letter is a text file
(`markup`) that speaks of what `view` offers, within what `grammar` allows; beside it a file of the same name ending in .html may
replace the HTML that is made from it. CSS is inlined when the letter is read, never when it is written.
Fails: `write` raises `LetterProblems` where the facts of this mail lack what the letter needs: the mail is held, not sent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import css_inline
from jinja2 import Template, TemplateError, meta
from jinja2.exceptions import SecurityError
from markupsafe import escape

from mailer.errors import LetterProblems, Problem
from mailer.render import markup
from mailer.render.grammar import HTML, TEXT, faults_of, faults_of_part, nearest
from mailer.render.lines import one_line
from mailer.render.listings import LISTS
from mailer.render.outgoing import Facts, Letter
from mailer.render.sample import sample_facts
from mailer.render.view import NAMES, OPTIONAL, View, view_of
from mailer.shipped import shipped_templates
from mailer.terms import Address, language_of, no_language

LAYOUT_TEXT, LAYOUT_HTML = "_layout.txt", "_layout.html"
_CONTENT = "[[letter]]"
_SUBJECT = "[[subject]]"
"""Stands in the HTML frame for the subject as it comes out: the title, and what a screen reader calls the letter."""
_PLAIN_LAYOUTS = {LAYOUT_TEXT: _CONTENT, LAYOUT_HTML: f'<html lang="{{{{ language }}}}"><body>{_CONTENT}</body></html>'}
_FILE_NAME = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9_-]*)(?:\.(?P<language>[a-z]{2,3}(?:-[a-z]{2,4})?))?\.(?P<form>txt|html)"
)
_LONGEST_SUBJECT = 200  # characters; what is longer no mail program shows
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL | re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_EMPTY_LINES = re.compile(r"\n{3,}")


_KEPT = 512
"""Letters that are kept as they were made: when a file is edited, the others are not made anew."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    where: str
    language: str
    subject: Template
    text: Template
    html: Template
    needs: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    source: str = ""
    pass_on: bool = False


@dataclass(frozen=True, slots=True)
class Letters:
    """All letters in order, by name and language."""

    by_name: Mapping[str, Mapping[str, _Compiled]]
    default_language: str

    @property
    def names(self) -> frozenset[str]:
        """What ``send = "…"`` may say."""
        return frozenset(self.by_name)

    def languages(self, name: str) -> tuple[str, ...]:
        """The languages letter *name* is written in."""
        return tuple(sorted(self.by_name.get(name, ())))

    def needs(self, name: str) -> frozenset[str]:
        """Which of "champion", "before", "about", "answer", "meeting", "links" letter *name* cannot be written without."""
        return frozenset[str]().union(*(variant.needs for variant in self.by_name.get(name, {}).values()))

    def lists(self, name: str) -> frozenset[str]:
        """Which of the lists (`listings.Listings`) letter *name* shows."""
        return frozenset[str]().union(*(variant.lists for variant in self.by_name.get(name, {}).values()))

    def passed_on(self, name: str) -> bool:
        """Whether letter *name* is made to be passed on: then it carries nothing that tells whose copy it is."""
        return any(variant.pass_on for variant in self.by_name.get(name, {}).values())

    def source(self, name: str) -> str:
        """Letter *name* as it is written, in all languages: another text is another source."""
        return "\f".join(v.source for _, v in sorted(self.by_name.get(name, {}).items()))

    def pick(self, name: str, language: str) -> _Compiled:
        """Letter *name* in *language*, else in the same language elsewhere, else in the partnership's, else in any."""
        variants = self.by_name.get(name)
        if not variants:
            raise LetterProblems((_no_such_letter(name, self.by_name),))
        wanted, default = language.lower().replace("_", "-"), self.default_language
        for key in (wanted, wanted.partition("-")[0], default, default.partition("-")[0], "en"):
            if key in variants:
                return variants[key]
        return next(iter(variants.values()))


def shipped_letters() -> Path:
    """The folder of the letters that come with the program."""
    return shipped_templates()


def read_letters(folders: Sequence[Path], *, default_language: str = "en") -> tuple[Letters, tuple[Problem, ...]]:
    """Read every letter of *folders*; a file in a later folder takes the place of one of the same name before it."""
    files: dict[str, str] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            problems.append(Problem(str(folder), 0, f"This folder of letters cannot be read: {error.strerror}."))
            continue
        for path in paths:
            if path.suffix not in (".txt", ".html") or path.name.startswith("."):
                continue
            where = f"{folder.name}/{path.name}"
            try:
                files[path.name] = path.read_text(encoding="utf-8")
                places[path.name] = where
            except UnicodeDecodeError:
                remedy = "Save it again with the encoding UTF-8."
                problems.append(Problem(where, 0, "This file is not saved as UTF-8.", remedy=remedy))
            except OSError as error:
                problems.append(Problem(where, 0, f"This file cannot be read: {error.strerror}."))
    letters, found = letters_of(files, default_language=default_language, places=places)
    return letters, tuple(sorted([*problems, *found]))


def letter_names(folders: Sequence[Path]) -> frozenset[str]:
    """The names of the letters in *folders*, right or wrong: what ``send = "…"`` may say, without the second that it takes to make all of them."""
    files = (path.name for folder in folders if folder.is_dir() for path in folder.glob("*.txt"))
    shapes = (_FILE_NAME.fullmatch(name) for name in files)
    return frozenset(shape["name"] for shape in shapes if shape is not None)


def letters_of(
    files: Mapping[str, str], *, default_language: str = "en", places: Mapping[str, str] | None = None
) -> tuple[Letters, tuple[Problem, ...]]:
    """Make letters of *files*, file name to content. *places*: what a person calls each file."""
    places = {name: name for name in files} | dict(places or {})
    layouts, problems = _layouts(files, places)
    by_name: dict[str, dict[str, _Compiled]] = {}
    for file in sorted(set(files) - set(_PLAIN_LAYOUTS)):
        shape = _FILE_NAME.fullmatch(file)
        if shape is None:
            named = "A letter is named like invitation.txt or, in another language, invitation.es.txt."
            problems.append(Problem(places[file], 0, "This is no name for a letter.", remedy=named))
        elif shape["language"] and not language_of(shape["language"]):
            told, _ = no_language(shape["language"])
            problems.append(
                Problem(places[file], 0, told, remedy="Name the file after its language: invitation.es.txt")
            )
        elif shape["form"] == "html":
            if f"{file[:-5]}.txt" not in files:
                sentence = f"There is no {file[:-5]}.txt beside it: every letter needs its plain text."
                problems.append(Problem(places[file], 0, sentence))
        else:
            made = _letter(file, files, places, layouts, shape["language"] or "", default_language)
            if isinstance(made, _Compiled):
                by_name.setdefault(shape["name"], {})[made.language] = made
            else:
                problems += made
    return Letters(by_name, default_language), tuple(sorted(set(problems)))


def _layouts(files: Mapping[str, str], places: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The frame around every letter; one that is wrong is reported and a bare one stands in for it."""
    layouts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, bare in _PLAIN_LAYOUTS.items():
        layout, where = files.get(name, bare), places.get(name, name)
        found = list(faults_of_part(layout, where))
        if layout.count(_CONTENT) != 1:
            sentence = f"Write {_CONTENT} once, where the letter belongs."
            found.append(
                Problem(where, 0, "The place for the letter is missing, or there are several.", remedy=sentence)
            )
        problems += found
        layouts[name] = bare if found else layout
    return layouts, problems


def _letter(
    file: str,
    files: Mapping[str, str],
    places: Mapping[str, str],
    layouts: Mapping[str, str],
    language: str,
    default_language: str,
) -> _Compiled | tuple[Problem, ...]:
    """Check, make and try out one letter."""
    own_html = f"{file[:-4]}.html"
    frame = (layouts[LAYOUT_TEXT], layouts[LAYOUT_HTML])
    html = (files[own_html], places[own_html]) if own_html in files else None
    return _made(file, files[file], places[file], html, frame, language, default_language)


@lru_cache(_KEPT)
def _made(
    file: str,
    written: str,
    where: str,
    own_html: tuple[str, str] | None,
    frame: tuple[str, str],
    language: str,
    default_language: str,
) -> _Compiled | tuple[Problem, ...]:
    found = faults_of(written, where)
    if own_html is not None:
        found += faults_of_part(*own_html)
    if found:
        return found
    source = markup.take_apart(written)
    html = own_html[0] if own_html is not None else markup.as_html(source.body)
    if "<html" not in html.lower():
        html = frame[1].replace(_CONTENT, html)
    try:
        compiled = _Compiled(
            where=where,
            language=language or language_of(source.language) or default_language,
            subject=TEXT.from_string(source.subject),
            text=TEXT.from_string(markup.as_text(frame[0].replace(_CONTENT, source.body))),
            html=HTML.from_string(_inline_css(html)),
        )
        view = view_of(sample_facts(file), compiled.language)
        letter = _fill(compiled, view)
    except LetterProblems as error:
        return error.problems
    except (TemplateError, css_inline.InlineError, ValueError) as error:
        return (Problem(where, 0, f"The letter cannot be put together: {error}."),)
    if not letter.subject:
        return (Problem(where, 1, "The subject comes out empty."),)
    lists = _lists(source.subject + source.body + html)
    needs = frozenset(_needs(compiled, view))
    if source.pass_on and (own := sorted(needs & {"links", "answer"})):
        remedy = "Take out the buttons, or the line “Pass-on: yes”."
        told = f"A letter that is passed on cannot speak of {' and '.join(own)}: whoever gets it would answer for its reader."
        return (Problem(where, 0, told, remedy=remedy),)
    return replace(compiled, needs=needs, lists=lists, source=written, pass_on=source.pass_on)


def _lists(template: str) -> frozenset[str]:
    """Which of the lists *template* shows. Most show none, and then nothing need be parsed."""
    pieces = " ".join(found[0] for found in markup.JINJA_PIECE.finditer(template))
    if not any(name in pieces for name in LISTS):
        return frozenset()
    return frozenset(meta.find_undeclared_variables(TEXT.parse(template))) & LISTS


def _needs(compiled: _Compiled, view: View) -> Iterator[str]:
    """Take each optional thing away in turn and see what the letter misses."""
    for name in OPTIONAL:
        try:
            _fill(compiled, replace(view, **{name: None}))  # type: ignore[arg-type]
        except LetterProblems:
            yield name


def write(facts: Facts, letters: Letters, sender: Address) -> Letter:
    """Write the letter of *facts* in the reader's language, as far as there is one."""
    compiled = letters.pick(facts.letter, facts.person.language)
    return replace(_fill(compiled, view_of(facts, compiled.language)), sender=sender)


def _fill(compiled: _Compiled, view: View) -> Letter:
    names = {name: getattr(view, name) for name in NAMES}
    try:
        subject = one_line(compiled.subject.render(names))[:_LONGEST_SUBJECT].rstrip()
        text = _EMPTY_LINES.sub("\n\n", compiled.text.render(names)).strip() + "\n"
        html = compiled.html.render(names).replace(_SUBJECT, str(escape(subject)))
    except (TemplateError, SecurityError, TypeError, ValueError) as error:
        raise LetterProblems((_unknown_now(compiled, view),)) from error
    return Letter(subject, text, html, compiled.language, Address("", ""))


def _unknown_now(compiled: _Compiled, view: View) -> Problem:
    """The letter speaks of something that this mail knows nothing of."""
    missing = [name for name in OPTIONAL if getattr(view, name) is None]
    wanted = [name for name in missing if name in compiled.needs] or missing
    why = "; ".join(f"{{{{ {name}.… }}}}: {OPTIONAL[name]}" for name in wanted)
    return Problem(
        compiled.where,
        0,
        f"This letter speaks of something that is not known for this mail ({why or 'unknown'}).",
        remedy=f"Put {{% if {wanted[0] if wanted else 'name'} %}} … {{% endif %}} around it, or send it from another rule.",
    )


_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def _inline_css(template: str) -> str:
    """Inline the CSS of an HTML template; what is left of it becomes ASCII, for character references mean nothing in there.

    Jinja's pieces are put aside meanwhile: conditions as comments, so that a table does not throw them out, names and whatever
    stands inside a tag as plain words.
    """
    pieces: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        pieces.append(found[0])
        before = markup.JINJA_PIECE.sub("", template[: found.start()])
        word = f"piece-{len(pieces) - 1}-of-jinja"
        inside_tag = before.rfind("<") > before.rfind(">")
        return word if inside_tag or found[0].startswith("{{") else f"<!--{word}-->"

    html = _INLINER.inline(markup.JINJA_PIECE.sub(put_aside, template))
    html = _STYLE.sub(lambda found: _NOT_ASCII.sub(lambda each: f"\\{ord(each[0]):x} ", found[0]), html)
    return re.sub(r"<!--piece-(\d+)-of-jinja-->|piece-(\d+)-of-jinja", lambda f: pieces[int(f[1] or f[2])], html)


def _no_such_letter(name: str, known: Mapping[str, object]) -> Problem:
    near = nearest(name, known)
    remedy = f"Did you mean “{near}”?" if near else f"Letters there are: {', '.join(sorted(known))}."
    return Problem(f"{name}.txt", 0, f"There is no letter “{name}”.", remedy=remedy)
