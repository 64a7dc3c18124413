"""``convener understand --jsonl``: read reply texts, one JSON object a line in, one a line out.

Promises: one line out for each line in, in order, flushed at once; a line that cannot be read is answered with an ``error`` (and
          its id, where that can be read), and the others go on.
Never:    touches a database or the network.
Fails:    exit code 1 if any line could not be read; never a traceback.
"""

import argparse
import json
import sys
from typing import TextIO

from mailer.understand.words import read_words

LONGEST_LINE = 4_000_000
"""Characters. No answer comes near; a longer line is refused instead of parsed."""


def run_understand(stdin: TextIO, stdout: TextIO) -> int:
    """Answer each line of *stdin* on *stdout*; 1 if any was bad, else 0."""
    code = 0
    number = 0
    while True:
        number += 1
        try:
            line = stdin.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError:
            answer: dict[str, object] = {"id": None, "error": f"line {number}: not UTF-8; reading stops here"}
            _write(stdout, answer)
            return 1
        if not line:
            return code
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            while line and not line.endswith("\n"):
                line = stdin.readline(LONGEST_LINE)
            answer = {"id": None, "error": f"line {number}: longer than {LONGEST_LINE} characters"}
        else:
            answer = _answer(line, number)
        if "error" in answer:
            code = 1
        _write(stdout, answer)


def _write(stdout: TextIO, answer: dict[str, object]) -> None:
    # ASCII only: a lone surrogate from the input must not break the output.
    stdout.write(json.dumps(answer) + "\n")
    stdout.flush()


def _answer(line: str, number: int) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": f"line {number}: not a JSON object"}
    if not isinstance(row, dict):
        return {"id": None, "error": f"line {number}: not a JSON object"}
    name = row.get("id")
    fields = {key: row.get(key) for key in ("text", "subject", "quoted")}
    wrong = [key for key, value in fields.items() if not (value is None or isinstance(value, str))]
    if "text" not in row:
        wrong.append("text")
    if wrong:
        return {"id": name, "error": f"line {number}: {wrong[0]!r} must be a text"}
    language = row.get("language")
    reading = read_words(
        fields["text"] or "",
        subject=fields["subject"] or "",
        quoted=fields["quoted"] or "",
        language=language if isinstance(language, str) else None,
    )
    return {
        "id": name,
        "verdict": reading.verdict,
        "decided": reading.decided,
        "guests": reading.guests,
        "delegate": reading.delegate,
        "evidence": reading.evidence,
        "reason": reading.reason,
    }


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="understand", description="Read reply texts, one JSON object a line.")
    parser.add_argument("--jsonl", action="store_true", required=True, help="one JSON object a line, in and out")
    parser.parse_args(given[1:] if given[:1] == ["understand"] else given)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        return run_understand(sys.stdin, sys.stdout)
    except BrokenPipeError:
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
