"""Who speaks, and for whom: situation → outcome. Nobody unknown changes anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.terms import (
    Address,
    EventUid,
    InvitationId,
    MeetingId,
    MessageId,
    PartnershipId,
    PartStat,
    PersonId,
    Token,
    Via,
)  # fmt: skip
from mailer.understand.speaker import AskWho, Known, NotOurs, Place, Speaks, names, same_house, speaker
from mailer.understand.verdict import Answer, Authentication, Kind, Verdict

START = datetime(2026, 3, 12, 14, tzinfo=UTC)


def meeting(number: int) -> Meeting:
    return Meeting(
        MeetingId(number), PartnershipId(1), f"m{number}", f"Meeting {number}", EventUid(f"uid{number}@x.example"),
        START + timedelta(days=30 * number), START + timedelta(days=30 * number, hours=2), "America/Chicago",
    )  # fmt: skip


def person(number: int, name: str, *addresses: str, **facts: object) -> Person:
    return Person(PersonId(number), PartnershipId(1), name, addresses, **facts)  # type: ignore[arg-type]


ANN = person(
    1,
    "Ann Ortiz",
    "ann@mill.example",
    "ann@home.example",
    assistants=frozenset({"office@mill.example", "cho@mill.example"}),
)
BOB = person(2, "Bob Stone", "bob@cast.example")
CHO = person(3, "Cho Lee", "cho@mill.example")
DAN = person(4, "Dan Free", "dan@gmail.com")
MARCH, APRIL = meeting(1), meeting(2)


def place(who: Person, at: Meeting = MARCH) -> Place:
    number = who.id * 10 + at.id
    return Place(Invitation(InvitationId(number), at.id, who.id, Token("a" * 20)), at, who)


P = {
    f"{w.name.split()[0].lower()}{n}": place(w, m) for w in (ANN, BOB, CHO, DAN) for n, m in (("", MARCH), ("2", APRIL))
}
WHO = {a: p for p in (ANN, BOB, CHO, DAN) for a in p.addresses}

# author | token | thread | body | own | event | attendee | text | dmarc | reply to something → outcome
TABLE = """
ann@mill.example | ann | | | | | | | | → ann
ann@mill.example | | ann | | | | | | | → ann
ann@mill.example | | | ann | | | | | | → ann
ann@mill.example | | | | ann | | | | | → ann
ANN@MILL.EXAMPLE | ann | | | | | | | | → ann
ann@home.example | ann | | | | | | | | → ann
ann@home.example | | | | ann | | | | | → ann
ann@mill.example | ann | ann | | ann | | | | | → ann
ann@mill.example | | ann | ann2 | | | | | | → ann
ann@mill.example | | ann2 | ann | ann | | | | | → ann2
ann@mill.example | ann | | ann2 | | | | | | → ann
ann@mill.example | ann | ann2 | | | | | | | → ? of one meeting
ann@mill.example | ann | ann2,ann | | | | | | | → ann
ann@mill.example | bob,ann | | | | | | | | → ann
ann@mill.example | | bob,ann | | | | | | | → ann
ann@mill.example | | | bob,ann | | | | | | → ann
ann@mill.example | | | | ann,ann2 | | | | | → ? several open
ann@mill.example | | | | | | | | | → ? no open invitation
x@else.example | | | | | | | | | → ? cannot be tied
x@else.example | ann | | | | | | | | → ? not in the register
x@else.example | | ann | | | | | | | → ? not in the register
x@else.example | | | ann | | | | | | → ? not in the register
x@mill.example | ann | | | | | | | | → ? of the same organisation
x@mill.example | | ann | | | | | Ms Ortiz will attend | | → ? of the same organisation
x@gmail.com | dan | | | | | | | | → ? not in the register
bob@cast.example | ann | | | | | | | | → ? Bob Stone answers on the invitation of Ann Ortiz
bob@cast.example | ann | | | bob | | | | | → ? for whom
bob@cast.example | | ann | | bob | | | | | → ? for whom
bob@cast.example | | | ann | bob | | | | | → ? for whom
bob@cast.example | ann | | | bob | 1 | bob@cast.example | | | → bob
bob@cast.example | ann | | | bob,ann | 1 | ann@mill.example | | | → ? Bob Stone answers on
bob@cast.example | | | | bob | | | | | → bob
bob@cast.example | | | | bob,bob2 | | | | | → ? several open
bob@cast.example | bob2 | | | bob,bob2 | | | | | → bob2
bob@cast.example | | | | | | | | | → ? no open invitation
office@mill.example | ann | | | | | | | | → ann
office@mill.example | | ann | | | | | | | → ann
office@mill.example | | | ann | | | | | | → ann
office@mill.example | bob | | | | | | | | → ? not in the register
office@mill.example | ann | | | | | | | fail | → ? DMARC
office@mill.example | ann | | | ann | 1 | ann@mill.example | | | → ann
office@mill.example | ann | | | ann | 1 | office@mill.example | | | → ? of the same organisation
office@mill.example | | | | | | | | | → ? cannot be tied
cho@mill.example | ann | | | | | | | | → ann
cho@mill.example | ann | | | cho | | | | | → ? is invited too
cho@mill.example | ann | | | cho | | | Ms Ortiz will attend | | → ann
cho@mill.example | cho | | | cho | | | | | → cho
cho@mill.example | ann,cho | | | cho | | | | | → cho
cho@mill.example | ann | | | cho | 1 | cho@mill.example | | | → cho
cho@mill.example | cho | | | cho,ann | 1 | ann@mill.example | | | → ann
ann@mill.example | cho | | | ann | | | | | → ? for whom
ann@mill.example | ann | | | | | | | fail | → ? DMARC
ann@mill.example | ann | | | | | | | pass | → ann
ann@mill.example | ann | | | | | | | none | → ann
ann@mill.example | | | | ann | | | | fail | → ? DMARC
ann@mill.example | | | | ann | | | | | x → no
x@else.example | | | | | | | | | x → no
ann@mill.example | | | ann | ann | | | | | x → ann
ann@mill.example | | ann | | ann | | | | | x → ann
ann@mill.example | | | | ann | 1 | ann@mill.example | | | → ann
ann@mill.example | | | | ann | 1 | ann@mill.example | | | x → ann
ann@mill.example | | | | ann | 9 | ann@mill.example | | | → no
ann@mill.example | | | ann | ann | 9 | ann@mill.example | | | → no
ann@mill.example | ann2 | | | ann | 1 | ann@mill.example | | | → ? speaks of one meeting
ann@mill.example | | | ann2 | ann | 1 | ann@mill.example | | | → ann
ann@mill.example | ann | | | ann | 1 | bob@cast.example | | | → ? not in the register
ann@mill.example | ann | | | ann,bob | 1 | bob@cast.example | | | → ? names Bob Stone
x@else.example | | | | | 1 | x@else.example | | | → ? nobody with that address
x@else.example | | | | ann | 1 | ann@mill.example | | | → ? not in the register
dan@gmail.com | dan | | | | | | | | → dan
"""
ROWS = [line for line in TABLE.strip().splitlines() if line]


@pytest.mark.parametrize("row", ROWS)
def test_who_speaks(row: str) -> None:
    situation, _, outcome = row.partition("→")
    author, token, thread, body, own, event, attendee, text, dmarc, replied = (c.strip() for c in situation.split("|"))

    def places(names_: str) -> tuple[Place, ...]:
        return tuple(P[n] for n in names_.split(",") if n)

    known_event = {"1": MARCH}.get(event)
    known = Known(places(token), places(thread), known_event, WHO.get(author.lower()), places(own), places(body))
    verdict = Verdict(
        Kind.ANSWER, "", author=Address("", author), text=text, authentication=Authentication(dmarc=dmarc or "none"),
        in_reply_to=(MessageId("<x@y.example>"),) if replied or thread else (),
    )  # fmt: skip
    answer = Answer(PartStat.ACCEPTED, Via.ITIP if event else Via.WORDS, True, "", attendee=attendee or None)
    answer = replace(answer, event_uid=EventUid(f"UID{event}@X.example") if event else None)
    found = speaker(verdict, answer, known)
    expected = outcome.strip()
    if expected == "no":
        assert isinstance(found, NotOurs)
    elif expected.startswith("?"):
        assert isinstance(found, AskWho)
        assert expected[1:].strip() in found.reason
    else:
        assert isinstance(found, Speaks), found
        assert found.place == P[expected]


def test_there_are_enough_situations() -> None:
    assert len(ROWS) >= 60


def test_names_and_houses() -> None:
    assert names("Ms Ortiz will attend", ANN)
    assert not names("She will attend", ANN)
    assert same_house("x@mill.example", ANN)
    assert not same_house("x@gmail.com", DAN)
