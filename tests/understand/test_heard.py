"""Answers heard from outside: sentences written before the reader was run on them, by somebody who had not seen its rules.

`heard_*.txt` are a measure, not examples to fit one by one. Three promises: no decided answer is wrong, but for the few that are
listed by their ids as known misreadings; yes is never taken for no; and the share of clear answers that is decided does not fall
below what was measured.

What a reader is worth shows only on sentences that it has not seen. On the first run of each batch, before anything was mended for
it: the first six batches 275 of 294 decided answers right; ordinary mail later on (17-21, 24, 27, 29, 30, 33-36, 40) 653 of 661,
with 562 of 766 clear answers of yes and no decided; batches made only to mislead (12, 13, 15, 22, 23, 25, 26, 28, 31, 32, 37-39)
225 of 330.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from mailer.cli.understand import run_understand

HERE = Path(__file__).parent
LANGUAGES = ("en", "es", "de", "fr")

INVITATIONS = {
    "launch": (
        "Re: Launch meeting of the manufacturing partnership",
        "You are invited to the launch meeting of the manufacturing partnership, "
        "Thursday 12 March 2026, 9:00-11:00 at Acme Hall."
        " Please reply yes, no or maybe.",
    ),
    "quarterly": (
        "Re: Quarterly meeting of the manufacturing partnership",
        "You are invited to the quarterly meeting of the manufacturing partnership, "
        "Tuesday 9 June 2026, 14:00-16:30 at Acme Hall."
        " Please reply yes, no or maybe.",
    ),
    "call": (
        "Re: Action team call: apprenticeships",
        "The action team on apprenticeships meets by video call on Wednesday 6 May 2026, 13:00-14:00."
        " Please reply yes, no or maybe.",
    ),
    "es": (
        "Re: Reunión de lanzamiento de la alianza manufacturera",
        "Le invitamos a la reunión de lanzamiento de la alianza manufacturera, "
        "jueves 12 de marzo de 2026, 9:00-11:00 en Acme Hall."
        " Por favor responda sí, no o tal vez.",
    ),
    "de": (
        "AW: Auftakttreffen der Industriepartnerschaft",
        "Wir laden Sie zum Auftakttreffen der Industriepartnerschaft ein, "
        "Donnerstag, 12. März 2026, 9:00-11:00 Uhr in der Acme Hall."
        " Bitte antworten Sie mit Ja, Nein oder Vielleicht.",
    ),
    "fr": (
        "RE: Réunion de lancement du partenariat industriel",
        "Nous vous invitons à la réunion de lancement du partenariat industriel, "
        "le jeudi 12 mars 2026 de 9h00 à 11h00 à Acme Hall."
        " Merci de répondre par oui, non ou peut-être.",
    ),
    "tour": (
        "Re: Plant tour and safety round table",
        "You are invited to the plant tour and safety round table, "
        "Friday 17 April 2026, 8:30-12:00 at Borden Castings."
        " Please reply yes, no or maybe.",
    ),
    "health": (
        "Re: Health care partnership: kick-off",
        "You are invited to the kick-off of the health care partnership, "
        "Tuesday 20 October 2026, 7:30-9:00 at St. Luke's conference center."
        " Please reply yes, no or maybe.",
    ),
}

# Decided, and wrong: each a misreading that is known and not yet cured. What is read right by now leaves the list.
KNOWN_MISREADINGS: dict[str, str] = {
    "en-22-051": "I'm in!!! The college accepted me!",
    "en-28-013": "I'll be there at noon.",
    "en-31-044": "Sounds good, the new logo.",
    "en-37-040": "We're closed on Good Friday.",
    "en-39-063": "We can't do that price.",
    "en-39-065": "I won't do it for less.",
}

# The share of clear answers that must be decided rightly (yes and no, maybe): what was measured, less a point or two.
FLOORS = {"en": (0.78, 0.53), "es": (0.8, 0.42), "de": (0.82, 0.46), "fr": (0.82, 0.46)}

HEAD = re.compile(
    r"== (?P<id>\S+) \| (?P<right>[a-z/-]+)(?: \+(?P<guests>\d+))? \| (?P<clear>clear|open) \| (?P<meeting>\w+) \| (?P<kind>.+)"
)


@dataclass(frozen=True, slots=True)
class Heard:
    id: str
    right: tuple[str, ...]
    guests: int
    clear: bool
    invitation: str
    text: str


def heard(language: str) -> Iterator[Heard]:
    for block in (HERE / f"heard_{language}.txt").read_text(encoding="utf-8").split("\n== ")[1:]:
        head, _, text = block.partition("\n")
        found = HEAD.fullmatch("== " + head)
        assert found, f"heard_{language}.txt: {head}"
        invitation = found["meeting"] if language == "en" else language
        yield Heard(
            id=found["id"],
            right=tuple(found["right"].split("/")),
            guests=int(found["guests"] or 0),
            clear=found["clear"] == "clear",
            invitation=invitation,
            text=text.strip(),
        )


@cache
def read(language: str) -> tuple[tuple[Heard, dict[str, object]], ...]:
    """Each sentence with what `convener understand` says of it."""
    rows = list(heard(language))
    questions = []
    for row in rows:
        subject, quoted = INVITATIONS[row.invitation]
        questions.append(json.dumps({"id": row.id, "subject": subject, "text": row.text, "quoted": quoted}))
    out = io.StringIO()
    assert run_understand(io.StringIO("\n".join(questions)), out) == 0
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["id"] for answer in answers] == [row.id for row in rows]
    return tuple(zip(rows, answers, strict=True))


def wrong(row: Heard, answer: dict[str, object]) -> bool:
    """Decided with another verdict than a right one, decided where there is nothing to decide, or with wrong guests."""
    if not answer["decided"]:
        return False
    verdict = answer["verdict"]
    return (
        verdict not in row.right
        or verdict in ("none", "question", "needs-person")
        or (verdict != "declined" and answer["guests"] != row.guests)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_decided_answer_is_wrong(language: str) -> None:
    misread = {
        row.id: f"{answer['verdict']} +{answer['guests']}: {row.text}"
        for row, answer in read(language)
        if wrong(row, answer)
    }
    assert not {row_id: said for row_id, said in misread.items() if row_id not in KNOWN_MISREADINGS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_is_never_taken_for_no(language: str) -> None:
    assert not [
        (row.id, row.text)
        for row, answer in read(language)
        if answer["decided"] and len(row.right) == 1 and {answer["verdict"], *row.right} == {"accepted", "declined"}
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_clear_answers_are_decided(language: str) -> None:
    for verdicts, floor in zip((("accepted", "declined"), ("tentative",)), FLOORS[language], strict=True):
        clear = [(row, answer) for row, answer in read(language) if row.clear and row.right[0] in verdicts]
        decided = [row for row, answer in clear if answer["decided"] and not wrong(row, answer)]
        assert clear
        assert len(decided) / len(clear) >= floor, f"{verdicts}: {len(decided)} of {len(clear)}"


def test_the_sentences_are_many_and_each_has_its_own_id() -> None:
    rows = [row for language in LANGUAGES for row in heard(language)]
    assert len({row.id for row in rows}) == len(rows) > 540
    assert all(row.text for row in rows)
    assert set(KNOWN_MISREADINGS) <= {row.id for row in rows}
