"""Which UIDs, in which portions and forms, and how long to wait: all without a server."""

from datetime import UTC, datetime

import pytest

from mailer.receive.progress import (
    BYTES_AT_ONCE,
    Form,
    Listed,
    Patience,
    Progress,
    chunks,
    is_old,
    new_since,
    not_older,
)


def test_the_last_message_which_a_search_always_finds_is_not_wanted_again() -> None:
    assert Progress(1, 10).wanted([10]) == []
    assert Progress(1, 10).wanted([12, 11, 10]) == [11, 12]


def test_the_position_follows_what_is_settled_and_never_passes_what_is_held() -> None:
    progress = Progress(1, 10)
    assert progress.wanted([11, 12, 13, 20]) == [11, 12, 13, 20]
    progress.settle([11])
    assert progress.last_uid == 11
    progress.hold(12)
    progress.settle([13, 20])
    assert progress.last_uid == 11
    assert progress.held == {12}
    assert progress.wanted([12, 13, 20, 21]) == [12, 21]  # 13 and 20 are settled, though the position does not show it
    progress.settle([12])
    assert progress.last_uid == 20
    progress.settle([21])
    assert progress.last_uid == 21


def test_settled_in_any_order_the_position_waits_for_the_lowest() -> None:
    progress = Progress(1, 0)
    progress.wanted([1, 2, 3, 4])
    progress.settle([4])
    progress.settle([2])
    assert progress.last_uid == 0
    progress.settle([1])
    assert progress.last_uid == 2
    progress.settle([3])
    assert progress.last_uid == 4


def test_a_held_message_that_somebody_deleted_holds_nothing_up() -> None:
    progress = Progress(1, 0)
    progress.wanted([1, 2])
    progress.hold(1)
    progress.settle([2])
    assert progress.wanted([3]) == [3]
    progress.settle([3])
    assert (progress.last_uid, progress.held) == (3, set())


def listed(*sizes: int) -> list[Listed]:
    return [Listed(number, size, None) for number, size in enumerate(sizes, start=1)]


def shape(progress: Progress, messages: list[Listed], largest: int = 10 * BYTES_AT_ONCE) -> list[tuple[list[int], str]]:
    return [([m.imap_uid for m in p.messages], p.form.name) for p in progress.portions(messages, largest)]


def test_portions() -> None:
    big = BYTES_AT_ONCE
    assert shape(Progress(1, 0), listed(10, 20, big, 30, 11 * big, 40)) == [
        ([1, 2], "WHOLE"),
        ([3], "WHOLE"),
        ([4], "WHOLE"),
        ([5], "HEAD"),  # larger than may be read
        ([6], "WHOLE"),
    ]
    assert [len(uids) for uids, _ in shape(Progress(1, 0), listed(*[2000] * 250))] == [100, 100, 50]
    assert shape(Progress(1, 0), []) == []


def test_who_broke_the_line_is_found_and_asked_for_less_and_less() -> None:
    progress = Progress(1, 0)
    messages = listed(10, 10, 10)
    progress.suspect([2, 3])  # fetched together: either may be to blame
    assert shape(progress, messages) == [([1], "WHOLE"), ([2], "WHOLE"), ([3], "WHOLE")]
    progress.settle([2])
    forms = []
    for _ in range(7):
        forms.append(progress.form(3))
        progress.suspect([3])
    assert forms == [Form.WHOLE] * 3 + [Form.HEAD] * 3 + [Form.IDS]
    assert shape(progress, messages) == [([1, 2], "WHOLE"), ([3], "IDS")]


def test_chunks() -> None:
    assert [list(c) for c in chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]


def test_searches() -> None:
    since = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert new_since(41) == "UID 42:*"
    assert not_older(None) == "ALL"
    assert not_older(since) == "SINCE 28-Feb-2026"  # SINCE looks at the day, in the server's zone
    assert is_old(Listed(1, 1, datetime(2026, 3, 1, 11, 59, tzinfo=UTC)), since)
    assert not is_old(Listed(1, 1, since), since)
    assert not is_old(Listed(1, 1, None), since)  # not known: read it


@pytest.mark.parametrize(
    ("failures", "refused", "chance", "seconds"),
    [
        (1, False, 0.0, 0.5),
        (1, False, 1.0, 1.0),
        (4, False, 1.0, 8.0),
        (100, False, 1.0, 300.0),
        (1, True, 1.0, 300.0),  # a wrong password is not tried every second
        (1, True, 0.0, 150.0),
    ],
)
def test_patience(failures: int, refused: bool, chance: float, seconds: float) -> None:
    assert Patience().wait(failures, refused=refused, chance=chance) == seconds


def test_what_the_convener_is_told() -> None:
    patience = Patience()
    assert patience.is_to_be_told(refused=True, lasted=0)
    assert not patience.is_to_be_told(refused=False, lasted=30)
    assert patience.is_to_be_told(refused=False, lasted=120)
