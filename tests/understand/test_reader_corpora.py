"""Real mail, where it is at hand: $CONVENER_CORPORA, or ../shared/corpora beside the project. Floors, not exact figures."""

import csv
import json
import os
import re
import time
from functools import cache
from pathlib import Path

import pytest

from mailer.understand.reader import understand
from mailer.understand.verdict import Kind, Verdict

CORPORA = Path(os.environ.get("CONVENER_CORPORA") or Path(__file__).parents[2] / ".." / "shared" / "corpora").resolve()

pytestmark = pytest.mark.skipif(
    not CORPORA.is_dir(), reason=f"no corpora of real mail at {CORPORA} (set CONVENER_CORPORA)"
)


def rows(folder: str) -> list[dict[str, str]]:
    with (CORPORA / folder / "MANIFEST.tsv").open(newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if (CORPORA / folder / row["path"]).exists()]


@cache
def verdict(folder: str, path: str) -> tuple[Verdict, float]:
    began = time.process_time()
    found = understand((CORPORA / folder / path).read_bytes())
    return found, time.process_time() - began


def share(found: list[bool]) -> float:
    return 100 * sum(found) / max(1, len(found))


@pytest.mark.parametrize("folder", ["malformed", "reports", "automatic"])
def test_every_mail_is_understood_in_time_and_none_stumbles(folder: str) -> None:
    for row in rows(folder):
        found, took = verdict(folder, row["path"])
        assert took < 5, row["path"]
        assert not any("failed (" in defect for defect in found.defects), (row["path"], found.defects)


def test_nothing_is_decided_in_broken_mail() -> None:
    decided = [
        row["path"]
        for row in rows("malformed")
        if any(each.decided for each in verdict("malformed", row["path"])[0].answers)
    ]
    assert decided == []


def test_reports_are_recognised() -> None:
    bounces = [row["path"] for row in rows("reports") if row["kind"] in ("bounce", "bounce.delay")]
    assert share([verdict("reports", path)[0].kind is Kind.DELIVERY_REPORT for path in bounces]) >= 97


def test_what_is_no_failure_is_not_called_permanent() -> None:
    for row in rows("reports"):
        if row["kind"] in ("dsn.delivered", "challenge", "notbounce", "complaint.arf"):
            report = verdict("reports", row["path"])[0].delivery_report
            assert not any(each.permanent for each in (report.recipients if report else ())), row["path"]


def test_automatic_mail_is_recognised_and_never_an_answer() -> None:
    for row in rows("automatic"):
        if row["kind"] == "autoreply":
            found = verdict("automatic", row["path"])[0]
            assert found.kind is Kind.AUTOMATIC, row["path"]
            assert not found.answers


def test_people_who_announce_an_absence_are_people() -> None:
    head = b"From: Guest <guest@example.org>\r\nSubject: Re: Invitation\r\nMessage-ID: <h@example.org>\r\n\r\n"
    for folder in ("replies", "automatic"):
        for row in rows(folder):
            if row["kind"] == "human-absence.text":
                assert understand(head + (CORPORA / folder / row["path"]).read_bytes()).kind is not Kind.AUTOMATIC, row[
                    "path"
                ]


def test_calendar_replies_name_event_and_attendee() -> None:
    checked = 0
    for row in rows("calendar"):
        stated = re.match(
            r"UID (\S+) ?\| ?(\S+@\S+) (ACCEPTED|DECLINED|TENTATIVE|DELEGATED)", row["expected_outcome"] or ""
        )
        if row["method"] != "REPLY" or stated is None:
            continue
        raw = (CORPORA / "calendar" / row["path"]).read_bytes()
        if row["kind"] != "eml":
            raw = (
                b"From: "
                + stated[2].encode()
                + b"\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
                + raw
            )
        answers = {
            (each.event_uid, (each.attendee or "").lower(), each.partstat.value) for each in understand(raw).answers
        }
        assert (stated[1], stated[2].lower(), stated[3]) in answers, row["path"]
        checked += 1
    assert checked >= 5


def test_replies_are_trimmed() -> None:
    def lines(text: str) -> list[str]:
        return [
            each
            for each in (re.sub(r"\s+", " ", re.sub(r"^[>\s]+", "", line)).strip() for line in text.split("\n"))
            if each
        ]

    leaked = []
    for expected in sorted((CORPORA / "replies").rglob("*.expected.json")):
        source = expected.with_name(expected.name.replace(".expected.json", ".txt"))
        if source.exists():
            want = json.loads(expected.read_text())
            raw = (
                b"From: Guest <guest@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                + source.read_bytes()
            )
            own = set(lines(want["core"])) | set(lines(want["signature"]))
            gone = {each for each in lines(want["quoted"]) if sum(map(str.isalnum, each)) >= 3} - own
            leaked.append(not gone & set(lines(understand(raw).text)))
    assert share(leaked) >= 95
