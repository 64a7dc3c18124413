"""How people say how their action items stand. The sentences are our own, in the shape in which such mails are answered."""

from datetime import UTC, datetime

import pytest

from mailer.understand.asks.items import ItemReports, State, read_items
from mailer.understand.asks.question import Item, Written

WEDNESDAY = datetime(2027, 2, 10, 15, tzinfo=UTC)  # nine in the morning in Chicago
ONE = (Item(7, "Survey of employers"),)
THREE = (Item(1, "Survey of employers"), Item(2, "Draft curriculum"), Item(3, "Data from the college"))


def written(language: str = "en", day_first: bool | None = None) -> Written:
    return Written(WEDNESDAY, "America/Chicago", language, day_first)


def short(read: ItemReports) -> str:
    """1 done; 2 a new date 2027-05-03; 3 help (no data)"""
    return "; ".join(
        f"{r.number} {r.state.value}{f' {r.due}' if r.due else ''}"
        f"{f' ({r.note})' if r.note and r.state is not State.PROGRESS else ''}"
        for r in read.reports
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("done", "7 done"),
        ("Done!", "7 done"),
        ("Hi Dana, done. Thanks, Jane", "7 done"),
        ("It's done.", "7 done"),
        ("Finished yesterday", "7 done"),
        ("This was completed last week.", "7 done"),
        ("All done, thanks for the reminder!", "7 done"),
        ("The survey is finished", "7 done"),
        ("7 done", "7 done"),
        ("Item 7 is complete", "7 done"),
        ("by 3 May", "7 a new date 2027-05-03"),
        ("3 May", "7 a new date 2027-05-03"),
        ("May 3rd please", "7 a new date 2027-05-03"),
        ("New date: 15.3.", "7 a new date 2027-03-15"),
        ("I'll have it done by end of next week.", "7 a new date 2027-02-19"),
        ("done by Friday", "7 a new date 2027-02-12"),
        ("Will be done by the 15th", "7 a new date 2027-02-15"),
        ("Should be ready next Friday", "7 a new date 2027-02-19"),
        ("I need more time, until end of March", "7 a new date 2027-03-31"),
        ("not done yet, need until 3 May", "7 a new date 2027-05-03"),
        ("Please move it to 2027-04-01", "7 a new date 2027-04-01"),
        ("Can't make it before 3 May", "7 a new date 2027-05-03"),
        ("in two weeks", "7 a new date 2027-02-24"),
        ("We are working on it and will be done by 1 April", "7 a new date 2027-04-01"),
        ("tomorrow", "7 a new date 2027-02-11"),
        ("help", "7 help"),
        ("Need help please", "7 help"),
        ("I'm stuck: the college does not answer", "7 help (the college does not answer)"),
        ("need help: no data from the college", "7 help (no data from the college)"),
        ("Need help with the numbers", "7 help (with the numbers)"),
        ("stuck - nobody answers. Need until end of May", "7 help 2027-05-31 (nobody answers)"),
        ("I'm working on it", "7 in progress"),
        ("In progress, on track", "7 in progress"),
        ("almost done", "7 in progress"),
        ("About half way through", ""),
        ("Not started yet", "7 in progress"),
        ("We are running late", "7 in progress"),
    ],
)
def test_one_item(text: str, expected: str) -> None:
    read = read_items(text, ONE, written())
    assert short(read) == expected
    assert bool(read.not_understood) == (not expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 done, 2 by 3 May, 3 need help: no data from the college", "1 done; 2 a new date 2027-05-03; 3 help (no data from the college)"),
        ("1. done\n2. by 3 May\n3. need help", "1 done; 2 a new date 2027-05-03; 3 help"),
        ("1) done\n2) 15 March\n3) stuck, the college does not answer", "1 done; 2 a new date 2027-03-15; 3 help (the college does not answer)"),
        ("#1 complete; #2 next Friday; #3 help", "1 done; 2 a new date 2027-02-19; 3 help"),
        ("1 and 2 done", "1 done; 2 done"),
        ("1, 2 and 3 done", "1 done; 2 done; 3 done"),
        ("1-3 done", "1 done; 2 done; 3 done"),
        ("all done", "1 done; 2 done; 3 done"),
        ("Everything is done!", "1 done; 2 done; 3 done"),
        ("Done: 1, 3", "1 done; 3 done"),
        ("1 done 2 done 3 by Friday", "1 done; 2 done; 3 a new date 2027-02-12"),
        ("Item 1 is done. Item 2: working on it. Item 3: need until 3 May.", "1 done; 2 in progress; 3 a new date 2027-05-03"),
        ("Survey is done, curriculum by 3 May", "1 done; 2 a new date 2027-05-03"),
        ("The survey of employers is finished\nThe draft curriculum: end of next week", "1 done; 2 a new date 2027-02-19"),
        ("1:\ndone\n2:\nby 3 May", "1 done; 2 a new date 2027-05-03"),
        ("2 in progress", "2 in progress"),
        ("Hi Dana,\n\n1: done\n3: help - no data\n\nRegards,\nJane Smith", "1 done; 3 help (no data)"),
        ("1 done\n2 not yet, 15.3.\n3 help", "1 done; 2 a new date 2027-03-15; 3 help"),
    ],
)  # fmt: skip
def test_several_items(text: str, expected: str) -> None:
    read = read_items(text, THREE, written())
    assert short(read) == expected
    assert read.not_understood == ()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("hecho", "es", "7 done"),
        ("¡Listo!", "es", "7 done"),
        ("ya está hecho, gracias", "es", "7 done"),
        ("para el 3 de mayo", "es", "7 a new date 2027-05-03"),
        ("el 3 de mayo", "es", "7 a new date 2027-05-03"),
        ("estará listo el viernes", "es", "7 a new date 2027-02-12"),
        ("todavía no, necesito hasta el 15 de marzo", "es", "7 a new date 2027-03-15"),
        ("necesito ayuda: no hay datos", "es", "7 help (no hay datos)"),
        ("casi listo", "es", "7 in progress"),
        ("estamos en ello", "es", "7 in progress"),
        ("Lo tendré para fin de mes", "es", "7 a new date 2027-02-28"),
        ("A más tardar el 3 de mayo", "es", "7 a new date 2027-05-03"),
        ("Mueve la fecha al 15 de marzo", "es", "7 a new date 2027-03-15"),
        ("Ya quedó listo", "es", "7 done"),
        ("Lo terminé la semana pasada", "es", "7 done"),
        ("Necesito ayuda con los datos", "es", "7 help (con los datos)"),
        ("erledigt", "de", "7 done"),
        ("Ist fertig, viele Grüße", "de", "7 done"),
        ("bis 15.3.", "de", "7 a new date 2027-03-15"),
        ("noch nicht fertig, brauche bis Ende März", "de", "7 a new date 2027-03-31"),
        ("wird bis Freitag fertig", "de", "7 a new date 2027-02-12"),
        ("brauche Hilfe", "de", "7 help"),
        ("bin dran", "de", "7 in progress"),
        ("c'est fait", "fr", "7 done"),
        ("d'ici le 15 mars", "fr", "7 a new date 2027-03-15"),
        ("pas encore, il me faut jusqu'au 15 mars", "fr", "7 a new date 2027-03-15"),
        ("j'ai besoin d'aide", "fr", "7 help"),
        ("en cours", "fr", "7 in progress"),
        ("para el 3 de mayo", "en", "7 a new date 2027-05-03"),
        ("erledigt", "en", "7 done"),
    ],
)
def test_other_languages(text: str, language: str, expected: str) -> None:
    read = read_items(text, ONE, written(language))
    assert short(read) == expected
    assert read.not_understood == ()


@pytest.mark.parametrize(
    "text",
    [
        "1 hecho, 2 para el 3 de mayo, 3 necesito ayuda: no hay datos",
        "1 erledigt, 2 bis 3. Mai, 3 brauche Hilfe: keine Daten",
        "1 fait, 2 pour le 3 mai, 3 besoin d'aide : pas de données",
    ],
)
def test_several_in_other_languages(text: str) -> None:
    read = read_items(text, THREE, written())
    assert [(r.number, r.state, str(r.due or "")) for r in read.reports] == [
        (1, State.DONE, ""),
        (2, State.MOVED, "2027-05-03"),
        (3, State.HELP, ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "done?",
        "Can you help?",
        "yes",
        "No idea",
        "Who said that I do this?",
        "done, but the last table is missing",
        "Done, the last table is still missing",
        "done except for the survey of the small firms",
        "Done on Monday",
        "if Bob sends data, done by Friday",
        "3 May or 5 May",
        "by 03/04",
        "by 31 February",
        "by 3 January",
        "by 3 May 2026",
        "early next week",
        "some time in May",
        "after 3 May",
        "Monday 4 May",
        "done, by 3 May the report",
        "Please write to Bob about it",
        "7 done, 7 by 3 May",
        "9 done",
        "hecho el lunes",
        "Hecho, falta la tabla",
        "si llegan los datos, el 3 de mayo",
        "¿Puede ser el 3 de mayo?",
        "No necesito ayuda",
        "not my item",
        "done with the first part",
        "done half of it",
        "I have done nothing",
        "It was due on 3 May",
        "not before 3 May",
        "3 May is too early",
        "I can't do 3 May",
        "We'll meet on 3 May to discuss",
        "help is on the way",
        "I'm stuck in traffic",
        "I need 2 more weeks",
        "Hopefully by Friday",
        "Bob will do it by Friday",
        "Done, see you on Friday!",
        "I no longer work on this",
        "I don't need help",
        "no help needed",
    ],
)
def test_what_is_doubtful_is_given_back(text: str) -> None:
    read = read_items(text, ONE, written())
    assert read.reports == ()
    assert read.not_understood


@pytest.mark.parametrize(
    ("text", "expected", "odd"),
    [
        ("done", "", ("done",)),  # which of the three?
        ("1 done 2", "", ("1 done 2",)),
        ("1 done, 1 by 3 May", "", ("1 done / 1 by 3 May",)),
        ("1 done\n5 done", "1 done", ("5 done",)),
        ("1 done\n2 the weather is nice", "1 done", ("2 the weather is nice",)),
        ("1 done if 2 is done", "", ("1 done if 2 is done",)),
        ("1 done. We met 3 colleges.", "1 done", ("We met 3 colleges",)),
        ("1 done\n1 if the data come\n2 done", "2 done", ("1 if the data come", "1 done")),
        ("both done", "", ("both done",)),
        ("all three done", "1 done; 2 done; 3 done", ()),
        ("", "", ()),
    ],
)
def test_doubts_among_several(text: str, expected: str, odd: tuple[str, ...]) -> None:
    read = read_items(text, THREE, written())
    assert short(read) == expected
    assert read.not_understood == odd


def test_the_hint_settles_which_comes_first() -> None:
    assert str(read_items("by 03/04", ONE, written(day_first=True)).reports[0].due) == "2027-04-03"
    assert str(read_items("by 03/04", ONE, written(day_first=False)).reports[0].due) == "2027-03-04"


APRIL = datetime(2026, 4, 22, 15, tzinfo=UTC)  # a Wednesday
CALLS = (Item(2, "call three schools"),)
PLAN = (*CALLS, Item(3, "write to the college"), Item(5, "find a bus"))


@pytest.mark.parametrize(
    ("items", "language", "text", "expected", "left"),
    [
        (CALLS, "en", "Done! All three schools said yes.", "2 done", ["All three schools said yes"]),
        (CALLS, "es", "Hecho. Las tres escuelas dijeron que sí.", "2 done", ["Las tres escuelas dijeron que sí"]),
        # words of the title beside "done" that deny, ask, or speak of what is to come
        (CALLS, "en", "Done! The schools are not finished yet.", "", None),
        (CALLS, "en", "Done. Which schools did you mean?", "", None),
        (CALLS, "en", "Done, but one of the schools is missing.", "", None),
        (CALLS, "en", "Done. Two of the schools by Friday.", "", None),
        # among several items every word about one makes what was said of it doubtful
        (PLAN, "en", "All done. The college laughed at us.", "2 done; 5 done", None),
        (CALLS, "en", "done with 2", "2 done", []),
        (PLAN, "en", "done with 2, 3 by Friday", "2 done; 3 a new date 2026-04-24", []),
        (PLAN, "en", "Done with 2 and 3", "2 done; 3 done", []),
        (PLAN, "en", "done with 2, 3 and 5.", "2 done; 3 done; 5 done", []),
        (PLAN, "en", "done with 2 but 3 needs help", "2 done; 3 help", []),
        (PLAN, "en", "done with 7", "", ["7 done"]),
        (CALLS, "en", "Can somebody help me?", "2 help", []),
        (CALLS, "en", "Could you help me, nobody answers?", "2 help (nobody answers?)", []),
        (CALLS, "es", "¿Me puede ayudar?", "2 help", []),
        (CALLS, "en", "Do you need help?", "", ["Do you need help?"]),
        (CALLS, "en", "done?", "", ["done?"]),
        (CALLS, "en", "what item?", "", ["what item?"]),
        (CALLS, "en", "not mine, it's Bob's", "", ["not mine, it's Bob's"]),
        (CALLS, "es", "no es mío, es de Bob", "", ["no es mío, es de Bob"]),
        (CALLS, "en", "by 31 June", "", ["by 31 June"]),
        (CALLS, "es", "el 31 de junio", "", ["el 31 de junio"]),
        (CALLS, "en", "by 1 April", "", ["by 1 April"]),
        (CALLS, "en", "by 3 May", "2 a new date 2026-05-03", []),
        (CALLS, "en", "next Friday", "2 a new date 2026-05-01", []),
        (CALLS, "es", "el próximo viernes", "2 a new date 2026-04-24", []),
        (CALLS, "en", "end of the month", "2 a new date 2026-04-30", []),
        (CALLS, "es", "a fin de mes", "2 a new date 2026-04-30", []),
    ],
)
def test_what_owners_write_back(
    items: tuple[Item, ...], language: str, text: str, expected: str, left: list[str] | None
) -> None:
    read = read_items(text, items, Written(APRIL, "America/Chicago", language))
    assert short(read) == expected
    if left is not None:
        assert list(read.not_understood) == left
    elif expected == "":
        assert read.not_understood
