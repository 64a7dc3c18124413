"""config.example.toml is what the help on the fields says, names every key, and is a configuration."""

import re
import tomllib
from pathlib import Path

from mailer.config import example, load
from mailer.config.settings import SECTIONS, keys_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"


def test_the_file_is_the_help() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == example(), (
        "write it again: python -c 'from mailer.config import example; print(example(), end=\"\")' > config.example.toml"
    )


def test_it_names_every_key_once_with_its_help() -> None:
    text = example()
    for section in SECTIONS:
        part = text.partition(f"[{section}]\n")[2].partition("\n\n\n")[0]
        for key, field in keys_of(section).items():
            assert len(re.findall(rf"^(?:# )?{key} = ", part, re.MULTILINE)) == 1, f"{section}.{key}"
            assert SECTIONS[section].model_fields[field].description, f"{section}.{key} has no help"


def test_it_loads_without_a_problem(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "templates").mkdir()
    file = tmp_path / "config.toml"
    file.write_text(example(), encoding="utf-8")
    config = load(file, {"CONVENER_MAILBOX_PASSWORD": "x"})
    assert config.warnings == ()
    assert config.partnerships[0].name == "North-West Industry Partnership"


def test_every_line_may_be_uncommented(tmp_path: Path) -> None:
    """What the commented lines show is valid and, where there is a default, is the default."""
    for section, model in SECTIONS.items():
        part = example().partition(f"[{section}]\n")[2].partition("\n\n\n")[0]
        keys = "|".join(keys_of(section))
        lines = [found[1] for found in re.finditer(rf"^(?:# )?((?:{keys}) = .*)$", part, re.MULTILINE)]
        values = tomllib.loads("\n".join(lines))
        read = model.model_validate(values)
        for key, name in keys_of(section).items():
            default = model.model_fields[name].default
            if default and not model.model_fields[name].is_required():
                assert getattr(read, name) == default, f"{section}.{key}"


def test_values_stand_in_their_places() -> None:
    text = example(
        {("convener", "name"): 'Ann "Annie" Ortiz', ("mailbox", "port"): 143, ("mailbox", "subaddresses"): False}
    )
    read = tomllib.loads(text)
    assert read["convener"]["name"] == 'Ann "Annie" Ortiz'
    assert read["mailbox"]["port"] == 143
    assert read["mailbox"]["subaddresses"] is False
