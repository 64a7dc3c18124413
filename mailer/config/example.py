"""config.example.toml, written from the help on the fields, so that the two cannot differ."""

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from mailer.config.settings import SECTIONS, keys_of

_HEAD = """\
The configuration of convener, in TOML: text stands between quotation marks, and what follows a # is not read.

A line that starts with a single # and a key shows what holds if you leave it as it is, or an example; take the # away to
change it. The environment goes before this file: CONVENER_SECTION_KEY, for instance CONVENER_MAILBOX_PASSWORD or
CONVENER_SENDING_MOST_PER_DAY. Paths start from the folder of this file. `convener check` reads it and says what is wrong,
`convener doctor` tries it.

Many partnerships on one installation: one such file for each, without [service], in a folder; and a main file with
partnerships = "partnerships/*.toml" at its top and [service] below. What the main file says under [convener], [mailbox]
and [sending] then holds for all of them. For one alone in the environment: CONVENER_NORTH_WEST_MAILBOX_PASSWORD, where
north-west is its key."""
_WIDTH = 118


def example(values: Mapping[tuple[str, str], object] | None = None) -> str:
    """The annotated example. *values* (by section and key) stand in place of its own."""
    values = values or {}
    lines = [_comment(paragraph) for paragraph in _HEAD.split("\n\n")]
    text = "\n#\n".join(lines) + "\n"
    for section, model in SECTIONS.items():
        head = (model.__doc__ or "").strip().partition(": ")[2]
        text += f"\n\n[{section}]\n{_comment(head[:1].upper() + head[1:])}\n"
        for key, name in keys_of(section).items():
            field = model.model_fields[name]
            text += f"\n{_comment(field.description or '')}\n{_line(key, field, values.get((section, key)))}\n"
    return text


def _line(key: str, field: FieldInfo, value: object) -> str:
    if value is not None:
        return f"{key} = {_toml(value)}"
    sample = field.examples[0] if field.examples else None
    if field.is_required():
        return f"{key} = {_toml(sample)}"
    no_default = field.default in (None, "", PydanticUndefined)
    return f"# {key} = {_toml(sample if no_default else field.default)}"


def _toml(value: Any) -> str:
    if isinstance(value, Path):
        value = value.as_posix()
    return json.dumps(value, ensure_ascii=False)  # text, numbers and booleans are written alike in JSON and TOML


def _comment(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent="# ", subsequent_indent="# ")
