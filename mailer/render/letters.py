"""Letters: read from folders, checked at once and completely, written for one person.

Promises: `read_letters` reports every mistake of every file (unknown names with the nearest right one, broken marks, forbidden
constructs) and gives the letters that are in order; a letter is only what `view` offers, in Jinja's sandbox, without calls, macros,
arithmetic or includes, so that it can neither run code nor run for ever. `write` makes subject, text and HTML; CSS was inlined
when the letter was read.
Fails: `write` raises `LetterProblems` where the facts of this mail lack what the letter needs: the mail is held, not sent.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailer.errors import LetterProblems, Problem
from mailer.render import markup
from mailer.render.calendar import one_line
from mailer.render.outgoing import Facts, Letter
from mailer.render.sample import sample_facts
from mailer.render.view import NAMES, OPTIONAL, View, view_of
from mailer.terms import Address

LAYOUT_TEXT, LAYOUT_HTML = "_layout.txt", "_layout.html"
_CONTENT = "[[letter]]"
_FILE_NAME = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9_-]*)(?:\.(?P<language>[a-z]{2}(?:-[a-z]{2,4})?))?\.(?P<form>txt|html)"
)
_LONGEST_FILE = 200_000  # characters
_LONGEST_SUBJECT = 200  # characters; what is longer no mail program shows
_EMPTY_LINES = re.compile(r"\n{3,}")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
_FILTERS = ("upper", "lower", "capitalize", "default", "trim")


@dataclass(frozen=True, slots=True)
class _Compiled:
    where: str
    language: str
    subject: Template
    text: Template
    html: Template


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

    def pick(self, name: str, language: str) -> _Compiled:
        """Letter *name* in *language*, else in the same language elsewhere, else in the partnership's, else in any."""
        variants = self.by_name.get(name)
        if not variants:
            raise LetterProblems((_no_such_letter(name, self.by_name),))
        wanted, default = language.lower().replace("_", "-"), self.default_language
        for key in (wanted, wanted.partition("-")[0], default, default.partition("-")[0]):
            if key in variants:
                return variants[key]
        return next(iter(variants.values()))


def shipped_letters() -> Path:
    """The folder of the letters that come with the program: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def read_letters(folders: Sequence[Path], *, default_language: str = "en") -> tuple[Letters, tuple[Problem, ...]]:
    """Read every letter of *folders*; a file in a later folder takes the place of one of the same name before it."""
    files: dict[str, str] = {}
    places: dict[str, str] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            paths = sorted(folder.iterdir())
        except OSError:
            problems.append(
                Problem(str(folder), 0, "This folder of letters cannot be read.", remedy="Is the name right?")
            )
            continue
        for path in paths:
            if path.suffix not in (".txt", ".html") or path.name.startswith("."):
                continue
            try:
                files[path.name] = path.read_text(encoding="utf-8")
                places[path.name] = f"{folder.name}/{path.name}"
            except UnicodeDecodeError:
                problems.append(
                    Problem(
                        f"{folder.name}/{path.name}",
                        0,
                        "This file is not saved as UTF-8.",
                        remedy="Save it again with the encoding UTF-8.",
                    )
                )
            except OSError as error:
                problems.append(
                    Problem(f"{folder.name}/{path.name}", 0, f"This file cannot be read: {error.strerror}.")
                )
    letters, found = letters_of(files, default_language=default_language, places=places)
    return letters, tuple(sorted([*problems, *found]))


def letters_of(
    files: Mapping[str, str], *, default_language: str = "en", places: Mapping[str, str] | None = None
) -> tuple[Letters, tuple[Problem, ...]]:
    """Make letters of *files*, file name to content. *places*: what a person calls each file."""
    places = places or {}
    problems: list[Problem] = []
    by_name: dict[str, dict[str, _Compiled]] = {}
    layout_text = files.get(LAYOUT_TEXT, _CONTENT)
    layout_html = files.get(LAYOUT_HTML, f"<html lang='{{{{ language }}}}'><body>{_CONTENT}</body></html>")
    for name, layout in ((LAYOUT_TEXT, layout_text), (LAYOUT_HTML, layout_html)):
        where = places.get(name, name)
        found = list(_check_source(layout, where, 1))
        if _CONTENT not in layout:
            found.append(Problem(where, 0, f"The place for the letter is missing: put {_CONTENT} where it belongs."))
        if found:
            problems += found
            layout_text, layout_html = (_CONTENT, layout_html) if name == LAYOUT_TEXT else (layout_text, _CONTENT)
    for name, content in sorted(files.items()):
        where = places.get(name, name)
        if name in (LAYOUT_TEXT, LAYOUT_HTML):
            continue
        shape = _FILE_NAME.fullmatch(name)
        if shape is None:
            problems.append(
                Problem(where, 0, "A letter is named like invitation.txt or, in another language, invitation.es.txt.")
            )
            continue
        if shape["form"] == "html":
            if f"{name[:-5]}.txt" not in files:
                problems.append(
                    Problem(where, 0, f"There is no {name[:-5]}.txt beside it; every letter needs its plain text.")
                )
            continue
        own_html = files.get(f"{name[:-4]}.html")
        own_place = places.get(f"{name[:-4]}.html", f"{name[:-4]}.html")
        found = list(_check_letter(content, where))
        if own_html is not None:
            found += _check_source(own_html, own_place, 1)
        if not found:
            source = markup.take_apart(content)
            language = shape["language"] or source.language or default_language
            try:
                compiled = _compile(source, where, language, layout_text, layout_html, own_html)
                found += _try_out(compiled, shape["name"])
            except (TemplateSyntaxError, ValueError) as error:
                found.append(Problem(where, 0, f"The letter cannot be put together: {error}."))
        if found:
            problems += found
        else:
            by_name.setdefault(shape["name"], {})[compiled.language] = compiled
    return Letters(by_name, default_language), tuple(sorted(set(problems)))


def write(facts: Facts, letters: Letters, sender: Address) -> Letter:
    """Write the letter of *facts* in the reader's language, as far as there is one."""
    compiled = letters.pick(facts.letter, facts.person.language)
    return _fill(compiled, view_of(facts, compiled.language), sender)


def _fill(compiled: _Compiled, view: View, sender: Address) -> Letter:
    names = {name: getattr(view, name) for name in NAMES}
    try:
        subject = one_line(compiled.subject.render(names))[:_LONGEST_SUBJECT]
        text = _EMPTY_LINES.sub("\n\n", compiled.text.render(names)).strip() + "\n"
        html = compiled.html.render(names)
    except UndefinedError as error:
        raise LetterProblems((_missing(compiled.where, error),)) from error
    except (SecurityError, TypeError, ValueError) as error:
        raise LetterProblems((Problem(compiled.where, 0, f"This letter cannot be written: {error}."),)) from error
    return Letter(subject, text, html, compiled.language, sender)


def _compile(
    source: markup.Source, where: str, language: str, layout_text: str, layout_html: str, own_html: str | None
) -> _Compiled:
    inner = own_html if own_html is not None else markup.as_html(source.body)
    whole = inner if "<html" in inner.lower() else layout_html.replace(_CONTENT, inner)
    return _Compiled(
        where=where,
        language=language,
        subject=_TEXT.from_string(source.subject),
        text=_TEXT.from_string(markup.as_text(layout_text.replace(_CONTENT, source.body))),
        html=_HTML.from_string(_inline_css(whole)),
    )


_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def _inline_css(template: str) -> str:
    """Inline the CSS of an HTML template. Jinja's pieces are put aside: conditions as comments, so that a table does not
    throw them out, names and what stands inside a tag as plain words."""
    pieces: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        pieces.append(found[0])
        before = template[: found.start()]
        word = f"piece-{len(pieces) - 1}-of-jinja"
        inside_tag = before.rfind("<") > before.rfind(">")
        return word if inside_tag or found[0].startswith("{{") else f"<!--{word}-->"

    html = _INLINER.inline(markup.JINJA_PIECE.sub(put_aside, template))
    return re.sub(r"<!--piece-(\d+)-of-jinja-->|piece-(\d+)-of-jinja", lambda f: pieces[int(f[1] or f[2])], html)


def _quoted(text: object) -> str:
    return "\n".join(f"> {line}".rstrip() for line in str(text).splitlines())


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False, cache_size=0
    )
    environment.globals.clear()
    environment.tests = {name: environment.tests[name] for name in ("defined", "none")}
    kept: dict[str, Callable[..., Any]] = {name: environment.filters[name] for name in _FILTERS}
    environment.filters = {**kept, "href": markup.href, "quoted": _quoted}
    return environment


_TEXT, _HTML = _environment(html=False), _environment(html=True)


def _check_letter(content: str, where: str) -> Iterator[Problem]:
    """Everything that is wrong with one letter file, without running it."""
    if len(content) > _LONGEST_FILE:
        yield Problem(where, 0, "This letter is too long: more than 200,000 characters.")
        return
    source = markup.take_apart(content)
    if not source.subject:
        yield Problem(
            where, 1, "The subject is missing.", remedy="Begin the file with a line like:  Subject: Please join us"
        )
    if not source.body.strip():
        yield Problem(where, 0, "There is nothing in this letter.")
    for block, line in markup.unknown_blocks(source.body):
        near = _nearest(block, markup.TEXT_BLOCKS)
        yield Problem(
            where,
            source.body_line + line - 1,
            f"I do not know the block [[{block}]].",
            remedy=f"Did you mean [[{near}]]?" if near else _list("Blocks I know", markup.TEXT_BLOCKS),
        )
    yield from _check_source(source.subject, where, source.subject_line)
    yield from _check_source(source.body, where, source.body_line)


def _check_source(source: str, where: str, first_line: int) -> Iterator[Problem]:
    """The Jinja of *source*: its grammar, what is allowed, and whether every name is known."""
    lines = source.splitlines()

    def problem(line: int, sentence: str, remedy: str = "") -> Problem:
        typed = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        return Problem(where, first_line + line - 1, sentence, typed=typed[:200], remedy=remedy)

    try:
        tree = _TEXT.parse(source)
    except TemplateSyntaxError as error:
        yield problem(error.lineno, *_plain_words(error))
        return
    seen: set[Problem] = set()
    for found in _faults(tree):
        told = problem(*found)
        if told not in seen:
            seen.add(told)
            yield told


def _faults(node: nodes.Node) -> Iterator[tuple[int, str, str]]:
    """Walk the syntax tree. A name and its part (``meeting.place``) are judged together, once."""
    if isinstance(node, nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in NAMES:
            whole = f"{node.node.name}.{node.attr}"
            if node.attr not in NAMES[node.node.name]:
                yield node.lineno, f"I do not know {{{{ {whole} }}}}.", _did_you_mean(whole)
            return
        if isinstance(node.node, nodes.Name):
            whole = f"{node.node.name}.{node.attr}"
            yield node.lineno, f"I do not know {{{{ {whole} }}}}.", _did_you_mean(whole)
            return
        yield (
            node.lineno,
            f"I do not know a part “{node.attr}” here.",
            "A name has at most one point: {{ meeting.place }}.",
        )
        return
    if isinstance(node, nodes.Name):
        if node.name not in NAMES:
            yield node.lineno, f"I do not know {{{{ {node.name} }}}}.", _did_you_mean(node.name)
        elif NAMES[node.name] and node.name not in OPTIONAL:
            yield node.lineno, f"{{{{ {node.name} }}}} is several things.", _list("Say which", _wholes(node.name))
        return
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield node.lineno, f"I do not know |{node.name}.", _list("After | may stand", _FILTERS)
    elif not isinstance(node, (*_ALLOWED, nodes.Test)):
        yield node.lineno, _NOT_IN_LETTERS, "A letter holds names {{ … }} and conditions {% if … %} … {% endif %}."
        return
    if isinstance(node, nodes.Output):
        for child in node.nodes:
            if isinstance(child, nodes.Name) and child.name in OPTIONAL:
                yield (
                    child.lineno,
                    f"{{{{ {child.name} }}}} is several things.",
                    _list("Say which", _wholes(child.name)),
                )
    for child in node.iter_child_nodes():
        yield from _faults(child)


_NOT_IN_LETTERS = "This cannot stand in a letter."


def _wholes(name: str) -> list[str]:
    return [f"{name}.{part}" for part in NAMES[name]] or [name]


def _did_you_mean(whole: str) -> str:
    """The nearest name that exists; where there is none, the list to choose from."""
    everything = [each for name in NAMES for each in _wholes(name)]
    first, _, last = whole.partition(".")
    if near := _nearest(whole, everything):
        return f"Did you mean {{{{ {near} }}}}?"
    if NAMES.get(first):
        return _list(f"Of {first} I know", NAMES[first])
    same_end = [each for each in everything if last and each.endswith(f".{last}")]
    if same_end:
        return f"Did you mean {{{{ {same_end[0]} }}}}?"
    return _list("Names I know", NAMES)


def _nearest(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)), "")


def _list(what: str, names: Iterable[str]) -> str:
    return f"{what}: {', '.join(names)}."


def _plain_words(error: TemplateSyntaxError) -> tuple[str, str]:
    """Jinja's message in a convener's words."""
    message = error.message or ""
    if "unexpected end of template" in message.lower() or "Unexpected end" in message:
        return "A {% if … %} is never closed.", "Write {% endif %} where the condition ends."
    if "unknown tag 'endif'" in message or "Encountered unknown tag 'end" in message or "unknown tag 'else'" in message:
        return "This closes a condition that was never opened.", "Write {% if … %} before it, or take this away."
    if "Encountered unknown tag" in message or "No such" in message:
        return _NOT_IN_LETTERS, "A letter holds names {{ … }} and conditions {% if … %} … {% endif %}."
    if "No filter named" in message:
        return f"{message.rstrip('.')}.".replace("No filter named", "I do not know the filter"), _list(
            "After | may stand", _FILTERS
        )
    return (
        "The braces on this line do not fit together.",
        "A name is written {{ meeting.place }}, with two braces on each side.",
    )


def _try_out(compiled: _Compiled, name: str) -> Iterable[Problem]:
    """Write the letter once, with everything known."""
    facts = sample_facts(name)
    try:
        letter = _fill(compiled, view_of(facts, compiled.language), Address("", facts.sender.mailbox))
    except LetterProblems as error:
        return error.problems
    if not letter.subject:
        return (Problem(compiled.where, 1, "The subject comes out empty."),)
    return ()


def _missing(where: str, error: UndefinedError) -> Problem:
    """A name that is known but has no value in this mail."""
    found = re.search(r"has no attribute '(\w+)'|'(\w+)' is undefined", str(error))
    part = next((group for group in found.groups() if group), "") if found else ""
    return Problem(
        where,
        0,
        f"This letter speaks of “{part}”, of which nothing is known for this mail."
        if part
        else "Something is not known for this mail.",
        remedy="Use the letter with a rule that knows it, or put {% if … %} around it.",
    )


def _no_such_letter(name: str, known: Iterable[str]) -> Problem:
    near = _nearest(name, known)
    return Problem(
        f"{name}.txt",
        0,
        f"There is no letter “{name}”.",
        remedy=f"Did you mean “{near}”?" if near else _list("Letters there are", sorted(known)),
    )
