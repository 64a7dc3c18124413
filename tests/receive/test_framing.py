"""Whole responses out of bytes that come in any pieces."""

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.receive.framing import Framing, Overlong, Parts

CASES: list[tuple[bytes, list[Parts]]] = [
    (b"* OK ready\r\n", [[b"* OK ready"]]),
    (b"* 1 EXISTS\r\n* 0 RECENT\r\nA1 OK done\r\n", [[b"* 1 EXISTS"], [b"* 0 RECENT"], [b"A1 OK done"]]),
    (b"* 1 FETCH (BODY[] {5}\r\nab\r\nc UID 3)\r\n", [[b"* 1 FETCH (BODY[] {5}", b"ab\r\nc", b" UID 3)"]]),
    (b"* 1 FETCH (BODY[] {0}\r\n)\r\n", [[b"* 1 FETCH (BODY[] {0}", b"", b")"]]),
    (b"* 1 FETCH (A ~{2}\r\n\r\n B {1}\r\nx)\r\n", [[b"* 1 FETCH (A ~{2}", b"\r\n", b" B {1}", b"x", b")"]]),
    # a literal may hold what looks like the end of it all
    (
        b"* 1 FETCH (BODY[] {9}\r\nA1 OK x\r\n)\r\nA1 OK y\r\n",
        [[b"* 1 FETCH (BODY[] {9}", b"A1 OK x\r\n", b")"], [b"A1 OK y"]],
    ),
    # human text in braces is no literal
    (b"* OK hello {3}\r\nA1 NO {7}\r\n+ {2}\r\n", [[b"* OK hello {3}"], [b"A1 NO {7}"], [b"+ {2}"]]),
    (b"* bye now {12}\r\n", [[b"* bye now {12}"]]),
    # nothing inside a line is changed
    (b'* LIST () "/" "Weekly * Events"\r\n', [[b'* LIST () "/" "Weekly * Events"']]),
    # line ends that are not quite right
    (b"* 2 EXISTS\n\r\n* 3 EXISTS\r\n", [[b"* 2 EXISTS"], [b"* 3 EXISTS"]]),
]


def cut(data: bytes, size: int) -> list[Parts]:
    framing = Framing(largest_literal=1000)
    return [parts for start in range(0, len(data), size) for parts in framing.feed(data[start : start + size])]


@pytest.mark.parametrize(("data", "expected"), CASES)
@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_pieces_of_any_size_give_the_same_responses(data: bytes, expected: list[Parts], size: int) -> None:
    assert cut(data, size) == expected
    assert cut(data + b"* 9 EXI", size) == expected  # what is not complete waits


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_cut_anywhere_give_the_same_responses(data: bytes, size: int) -> None:
    try:
        whole = cut(data, 10_000)
    except Overlong:
        return
    assert cut(data, size) == whole


@pytest.mark.parametrize("data", [b"* 1 FETCH (BODY[] {1001}\r\n", b"* " + b"x" * 600])
def test_more_than_we_hold_is_refused(data: bytes) -> None:
    framing = Framing(largest_literal=1000, longest_line=500)
    with pytest.raises(Overlong):
        list(framing.feed(data))


def test_a_large_message_is_in_memory_once() -> None:
    size = 20_000_000
    framing = Framing(largest_literal=size)
    piece = b"x" * 65_536
    tracemalloc.start()
    try:
        found = list(framing.feed(b"* 1 FETCH (BODY[] {%d}\r\n" % size))
        for sent in range(0, size, len(piece)):
            found += framing.feed(piece[: size - sent])
        found += framing.feed(b")\r\n")
        assert tracemalloc.get_traced_memory()[1] < 1.02 * size
    finally:
        tracemalloc.stop()
    assert [len(part) for part in found[0][1:]] == [size, 1]


def test_work_grows_with_the_bytes_and_not_faster() -> None:
    def seconds(count: int) -> float:
        data = b"".join(b"* %d FETCH (UID %d BODY[] {50}\r\n%b)\r\n" % (n, n, b"x" * 50) for n in range(count))
        framing = Framing(largest_literal=10_000)
        began = time.process_time()
        assert sum(1 for _ in framing.feed(data)) == count  # in one piece, as after a pause of ours
        return time.process_time() - began

    few, many = (min(seconds(count) for _ in range(3)) for count in (2_000, 32_000))
    assert many < 100 * few  # 16 times as many; the square would be 256
