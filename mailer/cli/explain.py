"""``convener explain``: what the service understands of each message, without side effects and without a database.

Promises: one object (or paragraph) a message, in order, each written as soon as it is known; never a traceback; no message takes
          longer than the limit.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from mailer.understand.bounds import understand_within
from mailer.understand.explanation import as_json
from mailer.understand.verdict import Context, Verdict

STANDARD_INPUT = "-"


def run_explain(
    paths: Sequence[str], as_json_lines: bool, out: TextIO, *, context: Context | None = None, errors: TextIO | None = None,
    standard_input: BinaryIO | None = None,
) -> int:  # fmt: skip
    """Explain every message in *paths* (files, folders, ``-``). 0 when all could be opened, 1 when one could not, 2 without any."""
    errors = errors or sys.stderr
    if not paths:
        print("Say which files or folders to explain, or - for standard input.", file=errors)
        return 2
    status = 0
    for name, content in _messages(paths, errors, standard_input or sys.stdin.buffer):
        if content is None:
            status = 1
            continue
        verdict = understand_within(content, context or Context())
        if as_json_lines:
            # surrogates cannot be written; they were never text
            line = json.dumps(as_json(verdict, name), ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
            print(line, file=out, flush=True)
        else:
            print(in_words(verdict, name), file=out, flush=True)
    return status


def _messages(paths: Sequence[str], errors: TextIO, standard_input: BinaryIO) -> Iterator[tuple[str, bytes | None]]:
    for name in paths:
        if name == STANDARD_INPUT:
            yield name, standard_input.read()
            continue
        path = Path(name)
        try:
            # names as they came: the reader compares them with what it gave
            files = [str(each) for each in sorted(path.rglob("*")) if each.is_file()] if path.is_dir() else [name]
        except OSError as problem:
            print(f"{name}: {problem.strerror or problem}", file=errors)
            yield name, None
            continue
        for file in files:
            try:
                content = Path(file).read_bytes()
            except OSError as problem:
                print(f"{file}: {problem.strerror or problem}", file=errors)
                yield file, None
                continue
            yield file, content


def in_words(verdict: Verdict, name: str) -> str:
    """The same for a person's eyes."""
    lines = [f"{name}: {verdict.kind.value}", f"  {verdict.reason}"]
    if verdict.author:
        lines.append(f"  from {verdict.author}" + (f", {verdict.date:%-d %B %Y %H:%M} UTC" if verdict.date else ""))
    for answer in verdict.answers:
        party = f", with {answer.guests} more" if answer.guests else ""
        to = f" to {answer.delegate.name}" if answer.delegate else ""
        state = "recorded by itself" if answer.decided else "for a person to decide"
        lines.append(
            f"  {answer.attendee or 'somebody'}: {answer.partstat.value.lower()}{to}{party} ({state}; {answer.evidence})"
        )
    if verdict.delivery_report:
        for each in verdict.delivery_report.recipients:
            lines.append(
                f"  {each.address}: {each.action} {each.status} {each.reason}{', permanent' if each.permanent else ''}"
            )
    if verdict.text:
        lines.append("  words: " + " / ".join(filter(None, (line.strip() for line in verdict.text.splitlines())))[:400])
    if verdict.defects:
        lines.append("  defects: " + "; ".join(verdict.defects))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m mailer.cli.explain [--json] PATH…``"""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["explain"]:
        given = given[1:]
    lines = "--json" in given
    return run_explain([each for each in given if each != "--json"], lines, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
