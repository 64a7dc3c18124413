"""The convener's words to the service: what is certain is obeyed, all else is given back."""

import pytest

from mailer.understand.rulings import Release, Ruling, read_release, read_rulings


@pytest.mark.parametrize(
    ("text", "rulings", "odd"),
    [
        ("1 yes, 2 no, 3 yes +2, 4 ignore", [(1, "yes", 0), (2, "no", 0), (3, "yes", 2), (4, "ignore", 0)], []),
        ("12: yes\n13: maybe", [(12, "yes", 0), (13, "maybe", 0)], []),
        ("12) Yes.\n\nThanks!", [(12, "yes", 0)], []),
        ("Hi,\n\n12 yes\n13 no\n\nBest regards,\nDana Miller", [(12, "yes", 0), (13, "no", 0)], []),
        ("1 yes and 2 no", [(1, "yes", 0), (2, "no", 0)], []),
        ("1 sí; 2 nein; 3 peut-être", [(1, "yes", 0), (2, "no", 0), (3, "maybe", 0)], []),
        ("4 ask her", [(4, "ask", 0)], []),
        ("4 ask Bob about it", [], ["4 ask Bob about it"]),
        ("4 stop", [(4, "stop", 0)], []),
        ("yes", [], ["yes"]),
        ("12 yes, 12 no", [], ["12: said in two ways"]),
        ("I think 12 is a yes", [], ["I think 12 is a yes"]),
        ("", [], []),
        ("99999999999 yes", [], ["99999999999 yes"]),
        ("12 accept, 13 refuse", [(12, "accept", 0), (13, "refuse", 0)], []),
        ("12: take it", [(12, "accept", 0)], []),
        ("12 accept, 12 refuse", [], ["12: said in two ways"]),
        ("12 accept if she is free", [], ["12 accept if she is free"]),
    ],
)
def test_rulings(text: str, rulings: list[tuple[int, str, int]], odd: list[str]) -> None:
    read = read_rulings(text)
    assert [(r.number, r.word, r.guests) for r in read.rulings] == rulings
    assert list(read.not_understood) == odd


def test_whose_address_it_is() -> None:
    own, other = read_rulings("12 yes alias, 13 no assistant").rulings
    assert (own.alias, own.assistant) == (True, False)
    assert (other.alias, other.assistant) == (False, True)


def test_an_alias_is_learned_only_when_said() -> None:
    assert read_rulings("12 yes alias").rulings == (Ruling(12, "yes", alias=True),)
    assert read_rulings("12 yes").rulings == (Ruling(12, "yes"),)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("12 bob@stone.example", "bob@stone.example"),
        ("12 yes bob@stone.example.", "bob@stone.example"),
        ("12: Bob Stone <bob@stone.example>", "bob@stone.example"),
        ("12 yes: bob@stone.example", "bob@stone.example"),
        ("12 yes", ""),
    ],
)
def test_the_address_of_a_delegate(text: str, address: str) -> None:
    assert read_rulings(text).rulings == (Ruling(12, "yes", address=address),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ok", Release(True)),
        ("OK!", Release(True)),
        ("Yes, thanks", Release(True)),
        ("go ahead", Release(True)),
        ("stop", Release(False)),
        ("Don't send them.", Release(False)),
        ("not Bob", Release(True, ("Bob",))),
        ("ok, not Bob, not Ann Ortiz", Release(True, ("Bob", "Ann Ortiz"))),
        ("ok but not Bob", Release(True, ("Bob",))),
        ("ok, but let me look at the text first", Release(None)),
        ("stop, no wait, send", Release(None)),
        ("maybe tomorrow", Release(None)),
        ("", Release(None)),
    ],
)
def test_release(text: str, expected: Release) -> None:
    assert read_release(text) == expected


@pytest.mark.parametrize(
    ("text", "send", "without"),
    [
        ("send them all", True, ()),
        ("Send all.", True, ()),
        ("release everything", True, ()),
        ("Please send them now", True, ()),
        ("let them go", True, ()),
        ("send all but Bob", True, ("Bob",)),
        ("OK to all except Bob", True, ("Bob",)),
        ("everyone but Bob Brown", True, ("Bob Brown",)),
        ("ok, not to Bob and Ann", True, ("Bob", "Ann")),
        ("all, not Bob, not Ann", True, ("Bob", "Ann")),
        ("don't send them", False, ()),
        ("Do not send any", None, ()),
        ("drop them all", False, ()),
        ("send none", False, ()),
        ("ok but let me look first", None, ()),
        ("send it to Bob", None, ()),
        ("ok?", None, ()),
        ("send them tomorrow", None, ()),
        ("all but", None, ()),
        ("I would not send them", None, ()),
    ],
)
def test_the_word_on_letters_that_wait(text: str, send: bool | None, without: tuple[str, ...]) -> None:
    assert read_release(text) == Release(send, without)
