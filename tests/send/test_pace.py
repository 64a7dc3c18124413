"""How many may leave now, when the next may, and when a deferred mail is tried again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from mailer.send.pace import Allowance, Limits, Recent, jitter_of, may_send, next_attempt, too_old

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LIMITS = Limits(per_minute=30, per_day=1000)


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


def ahead(**duration: float) -> datetime:
    return NOW + timedelta(**duration)


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        (Recent(), Allowance(30)),
        (Recent(last_minute=12, last_day=12), Allowance(18)),
        (Recent(last_minute=0, last_day=995), Allowance(5)),
        (Recent(30, 30, ago(seconds=45), ago(seconds=45)), Allowance(0, ahead(seconds=15))),
        (Recent(31, 31, ago(seconds=60), ago(hours=1)), Allowance(0, ahead(seconds=1))),
        (Recent(3, 1000, ago(seconds=10), ago(hours=20)), Allowance(0, ahead(hours=4))),
        (Recent(30, 1000, ago(seconds=10), ago(hours=20)), Allowance(0, ahead(hours=4))),
        (Recent(30, 30), Allowance(0, ahead(minutes=1))),
        (Recent(30, 30, ahead(hours=3), ahead(hours=3)), Allowance(0, ahead(minutes=1))),  # the clock was set back
        (Recent(0, 1200, None, ahead(days=30)), Allowance(0, ahead(days=1))),
    ],
)
def test_may_send(recent: Recent, expected: Allowance) -> None:
    assert may_send(recent, NOW, LIMITS) == expected


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(1, 2), (2, 6), (3, 12), (4, 24), (5, 48), (6, 96), (7, 192), (8, 240), (9, 240), (10_000, 240)],
)
def test_next_attempt(attempt: int, minutes: int) -> None:
    middle = timedelta(minutes=minutes)
    assert next_attempt(attempt, NOW, 0.5) == NOW + middle
    assert next_attempt(attempt, NOW, 0.0) == NOW + middle * 0.75
    assert next_attempt(attempt, NOW, 1.0) == NOW + middle * 1.25


def test_greylisting_of_five_minutes_is_over_at_the_third_attempt() -> None:
    second = next_attempt(1, NOW, 0.0)
    assert next_attempt(2, second, 0.0) - NOW >= timedelta(minutes=5)


@pytest.mark.parametrize(("hours", "expected"), [(0, False), (47.9, False), (48, True), (100, True)])
def test_too_old(hours: float, expected: bool) -> None:
    assert too_old(ago(hours=hours), NOW, timedelta(hours=48)) is expected


def test_jitter_is_the_same_for_the_same_mail_and_spread_over_mails() -> None:
    assert jitter_of("remind-1/uid/7", 2) == jitter_of("remind-1/uid/7", 2)
    values = sorted(jitter_of(f"remind-1/uid/{person}", 1) for person in range(1000))
    assert values[0] >= 0.0
    assert values[-1] <= 1.0
    assert all(b - a < 0.02 for a, b in pairwise(values))
