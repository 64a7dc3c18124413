"""`convener understand --jsonl`: one line out for each line in, whatever comes in."""

import io
import json
import subprocess
import sys

from mailer.cli.understand import run_understand


def run(text: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    code = run_understand(io.StringIO(text), out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_answers_in_order() -> None:
    rows = [
        {"id": "a", "subject": "", "text": "Yes, see you there", "quoted": ""},
        {"id": 2, "text": "Sorry, can't make it"},
    ]
    code, answers = run("\n".join(map(json.dumps, rows)))
    assert code == 0
    assert [(answer["id"], answer["verdict"], answer["decided"]) for answer in answers] == [
        ("a", "accepted", True),
        (2, "declined", True),
    ]
    assert set(answers[0]) == {"id", "verdict", "decided", "guests", "delegate", "evidence", "reason"}


def test_bad_lines_are_answered_and_the_others_go_on() -> None:
    lines = [
        "not json",
        "[]",
        '{"id": "x"}',
        '{"id": "y", "text": 5}',
        '{"id": "z", "text": null}',
        "",
        '{"id": "ok", "text": "No", "subject": null}',
    ]
    code, answers = run("\n".join(lines))
    assert code == 1
    assert [answer["id"] for answer in answers] == [None, None, "x", "y", "z", "ok"]
    assert ["error" in answer for answer in answers] == [True, True, True, True, False, False]


def test_deep_nesting_and_lone_surrogates_break_nothing() -> None:
    code, answers = run("[" * 100_000 + "\n" + '{"id": "s", "text": "\\ud800 I will attend"}')
    assert code == 1
    assert answers[1]["verdict"] == "accepted"


def test_runs_as_a_module_and_flushes_each_line() -> None:
    for arguments in (["--jsonl"], ["understand", "--jsonl"]):
        with subprocess.Popen(
            [sys.executable, "-m", "mailer.cli.understand", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write('{"id": 1, "text": "I will attend."}\n')
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["verdict"] == "accepted"
            process.stdin.close()
            assert process.wait(10) == 0


def test_bytes_that_are_no_utf_8_are_read_as_far_as_they_go() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "mailer.cli.understand", "--jsonl"],
        input=b'{"id": 1, "text": "I will attend \xff"}\n\xff\xfe\n',
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert process.returncode == 1
    assert b"Traceback" not in process.stderr
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    assert answers[0]["verdict"] == "accepted"
    assert "error" in answers[1]
