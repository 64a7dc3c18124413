"""The rule files of a folder, as texts: what `decide.rulebook` reads.

By itself, because `convener check` needs nothing else of the pipeline. Fails: never; what cannot be read is a problem of its file.
"""

from pathlib import Path

from mailer.errors import Problem


def rule_texts(folder: Path) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Every rule file of *folder*, by name."""
    if not folder.is_dir():
        return {}, (
            Problem(
                str(folder),
                0,
                "There is no such folder of rules.",
                remedy="Make it, or name another under [partnership] rules.",
            ),
        )
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            texts[path.name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.append(
                Problem(
                    path.name, 0, "This file is not saved as UTF-8.", remedy="Save it again with the encoding UTF-8."
                )
            )
        except OSError as exc:
            problems.append(Problem(path.name, 0, f"This file cannot be read: {exc.strerror}."))
    return texts, tuple(problems)
