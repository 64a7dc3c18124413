"""What may stand between braces in a letter, and what is said when something else does.

Promises: `faults_of` finds every mistake of a file at once, with its line, in a convener's words. Names come from `view`; beside
them a letter has conditions and a few filters. Calls, loops, macros, arithmetic and includes are refused before anything runs:
a letter cannot run code, read what it should not, or run for long. Jinja's sandbox stands behind this, as a second fence.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailer.errors import Problem
from mailer.render import markup
from mailer.render.view import NAMES, OPTIONAL
from mailer.terms import language_of, no_language

_LONGEST_FILE = 200_000  # characters
_DEEPEST = 40  # conditions within conditions
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Filter, nodes.Test, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
_FILTERS = ("upper", "lower", "capitalize", "default", "trim")
_NAME_IN_BRACES = re.compile(r"\{\{\s*([A-Za-z_]+(?:\.[A-Za-z_]+)?)\s*\}\}")
_SINGLE_BRACES = re.compile(r"(?<!\{)\{\s*([A-Za-z_]+\.[A-Za-z_]+)\s*\}(?!\})")
_NOT_IN_LETTERS = "This cannot stand in a letter."
_WHAT_CAN = "A letter holds names {{ … }} and conditions {% if … %} … {% endif %}."
_PARTS = frozenset(part for parts in NAMES.values() for part in parts)
_EVERYTHING = [f"{name}.{part}" for name, parts in NAMES.items() for part in parts] + [
    n for n, p in NAMES.items() if not p
]


class _Environment(ImmutableSandboxedEnvironment):
    """Attributes are fields of plain values: whatever begins with an underscore is none."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        # The names of `view` are safe by definition; the sandbox's own way to a field takes five times as long.
        if attribute in _PARTS and obj is not None:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not attr.startswith("_") and not callable(value)

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def _environment(*, html: bool) -> _Environment:
    environment = _Environment(
        autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False, cache_size=0
    )
    environment.globals.clear()
    environment.tests = {name: environment.tests[name] for name in ("defined", "none")}
    kept: dict[str, Callable[..., Any]] = {name: environment.filters[name] for name in _FILTERS}
    environment.filters = {**kept, "href": markup.href, "quoted": quoted}
    return environment


def quoted(text: object) -> str:
    """Set off every line of *text* as somebody's own words."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).splitlines())


TEXT, HTML = _environment(html=False), _environment(html=True)


def faults_of(content: str, where: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a letter file, without running it."""
    if len(content) > _LONGEST_FILE:
        return (Problem(where, 0, "This letter is too long: more than 200,000 characters."),)
    source = markup.take_apart(content)
    found: list[Problem] = []
    if not source.subject:
        remedy = "Begin the file with a line like:  Subject: Please join us"
        found.append(Problem(where, 1, "The subject is missing.", remedy=remedy))
    if source.language and not language_of(source.language):
        sentence, remedy = no_language(source.language)
        found.append(Problem(where, source.language_line, sentence, remedy=remedy))
    if not source.body.strip():
        found.append(Problem(where, 0, "There is nothing in this letter."))
    for block, line in markup.unknown_blocks(source.body):
        near = nearest(block, markup.TEXT_BLOCKS)
        remedy = f"Did you mean [[{near}]]?" if near else _list("Blocks I know", markup.TEXT_BLOCKS)
        sentence = f"I do not know the block [[{block}]]."
        found.append(Problem(where, source.body_line + line - 1, sentence, typed=f"[[{block}]]", remedy=remedy))
    found += faults_of_part(source.subject, where, source.subject_line)
    found += faults_of_part(source.body, where, source.body_line)
    return tuple(found)


def faults_of_part(source: str, where: str, first_line: int = 1) -> tuple[Problem, ...]:
    """What is wrong between the braces of *source*, which begins on *first_line* of its file."""
    if len(source) > _LONGEST_FILE:
        return (Problem(where, 0, "This file is too long: more than 200,000 characters."),)
    lines = source.splitlines()
    faults = list(_single_braces(lines))
    try:
        faults += _faults(TEXT.parse(source), 0)
    except TemplateSyntaxError as error:
        faults += [(error.lineno, *_plain_words(error)), *_names_alone(lines)]
    except RecursionError:
        faults.append((0, _NOT_IN_LETTERS, _WHAT_CAN))
    return tuple(
        Problem(where, first_line + line - 1 if line else 0, sentence, typed=_typed(lines, line), remedy=remedy)
        for line, sentence, remedy in dict.fromkeys(faults)
    )


def _typed(lines: list[str], line: int) -> str:
    return lines[line - 1].strip()[:200] if 0 < line <= len(lines) else ""


_Fault = tuple[int, str, str]  # line, what is wrong, what to write


def _faults(node: nodes.Node, depth: int) -> Iterator[_Fault]:
    """Walk the syntax tree. A name and its part (``meeting.place``) are judged together."""
    if isinstance(node, nodes.Getattr):
        if not isinstance(node.node, nodes.Name):
            yield (
                node.lineno,
                f"I do not know “{node.attr}” here.",
                "A name has at most one point: {{ meeting.place }}.",
            )
        elif node.attr not in NAMES.get(node.node.name, ()):
            whole = f"{node.node.name}.{node.attr}"
            yield node.lineno, f"I do not know {{{{ {whole} }}}}.", _did_you_mean(whole)
        return
    if isinstance(node, nodes.Name):
        if node.name not in NAMES:
            yield node.lineno, f"I do not know {{{{ {node.name} }}}}.", _did_you_mean(node.name)
        elif NAMES[node.name] and node.name not in OPTIONAL:
            yield _several(node)
        return
    if depth > _DEEPEST or not isinstance(node, _ALLOWED):
        yield node.lineno, _NOT_IN_LETTERS, _WHAT_CAN
        return
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield node.lineno, f"I do not know |{node.name}.", _list("After | may stand", _FILTERS)
    if isinstance(node, nodes.Output):
        for child in node.nodes:
            if isinstance(child, nodes.Name) and child.name in OPTIONAL:
                yield _several(child)
    for inner in node.iter_child_nodes():
        yield from _faults(inner, depth + 1)


def _several(node: nodes.Name) -> _Fault:
    wholes = [f"{node.name}.{part}" for part in NAMES[node.name]]
    return node.lineno, f"{{{{ {node.name} }}}} is several things.", _list("Say which", wholes)


def _single_braces(lines: list[str]) -> Iterator[_Fault]:
    for number, line in enumerate(lines, 1):
        for found in _SINGLE_BRACES.finditer(line):
            yield (
                number,
                f"{found[0]} would be sent as it stands.",
                f"Write {{{{ {found[1]} }}}}, with two braces on each side.",
            )


def _names_alone(lines: list[str]) -> Iterator[_Fault]:
    """Unknown names in a file whose grammar is broken elsewhere."""
    for number, line in enumerate(lines, 1):
        for found in _NAME_IN_BRACES.finditer(line):
            if found[1] not in _EVERYTHING and found[1] not in NAMES:
                yield number, f"I do not know {{{{ {found[1]} }}}}.", _did_you_mean(found[1])


def _did_you_mean(whole: str) -> str:
    """The nearest name that exists; where there is none, the list to choose from."""
    first, point, last = whole.lower().partition(".")
    if NAMES.get(first) and point:
        near = nearest(last, NAMES[first])
        return f"Did you mean {{{{ {first}.{near} }}}}?" if near else _list(f"Of {first} I know", NAMES[first])
    same = [each for each in _EVERYTHING if each.rpartition(".")[2] == (last or first)]
    near = same[0] if same and not point else nearest(whole.lower(), _EVERYTHING) or next(iter(same), "")
    return f"Did you mean {{{{ {near} }}}}?" if near else _list("Names I know", NAMES)


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of *known* that *word* was probably meant to be, or nothing."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)), "")


def _list(what: str, names: Iterable[str]) -> str:
    return f"{what}: {', '.join(names)}."


def _plain_words(error: TemplateSyntaxError) -> tuple[str, str]:
    """Jinja's message in a convener's words."""
    message = error.message or ""
    if "Unexpected end of template" in message:
        return "A {% if … %} is never closed.", "Write {% endif %} where the condition ends."
    if "unknown tag 'end" in message or "unknown tag 'el" in message:
        return "This closes a condition that was never opened.", "Write {% if … %} before it, or take this away."
    if found := re.search(r"unexpected char '(.)'", message):
        return f"“{found[1]}” cannot stand between braces.", 'Quotation marks must be straight ones: "yes".'
    if "unknown tag" in message:
        return _NOT_IN_LETTERS, _WHAT_CAN
    if found := re.search(r"No (?:filter|test) named '(\w+)'", message):
        return f"I do not know “{found[1]}”.", _list("After | may stand", _FILTERS)
    return (
        "The braces here do not fit together.",
        "A name is written {{ meeting.place }}, with two braces on each side.",
    )
