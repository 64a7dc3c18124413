"""``convener explain``: one object a message, in order, whatever the message."""

import io
import json
from pathlib import Path

from mailer.cli.explain import run_explain
from tests.parse.mails import EVERY


def explained(paths: list[str], **more: object) -> tuple[int, list[dict[str, object]], str]:
    out, errors = io.StringIO(), io.StringIO()
    status = run_explain(paths, True, out, errors=errors, **more)  # type: ignore[arg-type]
    return status, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def test_files_and_folders_in_order(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, raw in EVERY.items():
        (tmp_path / "in" / f"{name}.eml").write_bytes(raw)
    single = str(tmp_path / "in" / "words.eml")
    status, lines, errors = explained([single, str(tmp_path / "in")])
    assert (status, errors) == (0, "")
    assert [line["file"] for line in lines] == [
        single,
        *(str(tmp_path / "in" / f"{name}.eml") for name in sorted(EVERY)),
    ]


def test_standard_input() -> None:
    status, lines, _ = explained(["-"], standard_input=io.BytesIO(EVERY["words"]))
    assert status == 0
    assert lines[0]["file"] == "-"
    assert lines[0]["kind"] == "answer"


def test_a_missing_file_is_a_plain_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(EVERY["words"])
    status, lines, errors = explained([str(tmp_path / "no.eml"), str(good)])
    assert status == 1
    assert [line["file"] for line in lines] == [str(good)]
    assert errors.count("\n") == 1
    assert "Traceback" not in errors


def test_no_path_is_a_wrong_call() -> None:
    assert explained([])[0] == 2


def test_for_a_persons_eyes(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(EVERY["gmail comment"])
    out = io.StringIO()
    assert run_explain([str(file)], False, out) == 0
    assert "anna@mill.example: tentative, with 2 more" in out.getvalue()


def test_bytes_that_are_no_text_are_written_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "b.eml"
    file.write_bytes(
        b"From: \xff\xfe <a@b.example>\r\nSubject: \xed\xa0\x80\r\nMessage-ID: <\xff@b>\r\n\r\n\xff\xfe\r\n"
    )
    status, lines, _ = explained([str(file)])
    assert status == 0
    assert lines[0]["from"] == "a@b.example"
