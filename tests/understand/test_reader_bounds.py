"""The time limit holds, for a command and for a daemon."""

import asyncio
import re
import time

import pytest

from mailer.understand import bounds
from mailer.understand.bounds import Reader, TookTooLong, is_suspicious, time_limit, understand_within
from mailer.understand.verdict import Kind
from tests.parse.mails import EVERY, mail


def test_a_pattern_that_blows_up_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong), time_limit(0.2):
        re.match(r"(a+)+$", "a" * 60 + "b")
    assert time.monotonic() - began < 20  # unhindered it takes years


def test_too_long_gives_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> None:
        try:
            while True:
                sum(range(1000))
        except Exception:  # what a reader of mail does with surprises must not catch the limit
            pytest.fail("the limit was caught")

    monkeypatch.setattr(bounds, "understand", slow)
    verdict = understand_within(EVERY["words"], seconds=0.1)
    assert verdict.kind is Kind.UNCLEAR
    assert verdict.defects == ("took too long",)
    assert verdict.subject == "Re: Spring meeting"


def test_what_is_suspicious() -> None:
    assert not any(map(is_suspicious, EVERY.values()))
    assert is_suspicious(mail("x" * 300_000))
    assert is_suspicious(mail("boundary=" * 100))
    assert is_suspicious(mail("<b>" * 10_000))


async def test_the_daemon_goes_on_listening_while_a_large_mail_is_read() -> None:
    reader = Reader()
    beats = 0

    async def heart() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(heart())
    try:
        verdict = await reader.understand(mail("Yes, I will come.\n\n> " + "x\n> " * 150_000))
        assert verdict.kind is Kind.ANSWER
        assert verdict.text == "Yes, I will come."
        assert beats > 5
        assert (await reader.understand(EVERY["words"])).kind is Kind.ANSWER
    finally:
        beating.cancel()
        reader.close()


async def test_a_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "understand_within", _sleep)
    monkeypatch.setattr(bounds, "GRACE", 1.0)
    reader = Reader(seconds=0.1)
    began = time.monotonic()
    verdict = await reader.understand(mail("x" * 300_000))
    assert verdict.defects == ("took too long",)
    assert time.monotonic() - began < 25
    reader.close()


def _sleep(*_: object) -> None:
    time.sleep(30)
