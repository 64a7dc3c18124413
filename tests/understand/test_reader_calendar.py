"""Calendar answers by whole mails, the quirks of the field one by one (numbers as in the list of field quirks that the parser was made from)."""

import base64
from datetime import UTC, datetime

import pytest

from mailer.terms import Method, PartStat
from mailer.understand.reader import understand
from mailer.understand.verdict import Answer, Kind, Verdict
from tests.parse.mails import TOKEN, UID, mail

ANNA = "anna@mill.example"
SAYS = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANNA}"


def lines(*own: str, method: str = "REPLY", uid: str = UID) -> str:
    """One object around *own* lines of its event."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", *([f"METHOD:{method}"] if method else []), "BEGIN:VEVENT", f"UID:{uid}"]
    return "\n".join([*head, "DTSTAMP:20260303T100000Z", "SEQUENCE:2", *own, "END:VEVENT", "END:VCALENDAR", ""])


def sent(
    ics: str | bytes,
    *,
    content_type: str = 'text/calendar; charset="utf-8"; method=REPLY',
    words: str = "",
    author: str = f"Anna Ortiz <{ANNA}>",
    token: str = TOKEN,
    more: str = "",
) -> Verdict:
    """The verdict on a mail that brings *ics*, with *words* beside it."""
    content = ics.replace("\n", "\r\n").encode() if isinstance(ics, str) else ics
    encoded = base64.encodebytes(content).decode()
    body = (
        f"--b1\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        f"--b1\nContent-Type: {content_type}\nContent-Transfer-Encoding: base64\n{more}\n{encoded}\n--b1--\n"
    )
    header = 'Content-Type: multipart/alternative; boundary="b1"\n'
    return understand(mail(body, author=author, more=header, subject="Accepted: Spring meeting", token=token))


def only(verdict: Verdict) -> Answer:
    (answer,) = verdict.answers
    return answer


@pytest.mark.parametrize(
    ("ics", "facts"),
    [
        (lines(SAYS), {}),  # 1: no ORGANIZER
        (lines(SAYS).replace("DTSTAMP:20260303T100000Z\nSEQUENCE:2\n", ""), {}),  # 1: neither DTSTAMP nor SEQUENCE
        (lines(SAYS), {"content_type": "text/calendar; charset=utf-8"}),  # 2: no method=
        (lines(SAYS), {"content_type": 'application/ics; name="invite.ics"'}),  # 2
        (lines(SAYS), {"content_type": "text/x-vcalendar"}),  # 2
        (lines(SAYS), {"content_type": 'application/octet-stream; name="answer.ics"'}),  # 2
        (lines(SAYS, method=""), {}),  # METHOD outside only
        (lines(SAYS, method="reply"), {"content_type": "text/calendar"}),
        (lines(f"ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:{ANNA.upper()}"), {}),  # 4
        (lines(f"ATTENDEE;PARTSTAT=ACCEPTED:{ANNA}"), {}),  # 4: no scheme
        (lines(SAYS, uid=UID.upper()), {}),  # Outlook
        (lines(SAYS, "SUMMARY:Declined: [EXTERNAL] Spring meeting", "LOCATION:nowhere"), {}),  # 10: never copied
        (lines(SAYS, "SUMMARY:Fr\u00fchjahrstreffen").encode("latin-1"), {}),  # 15: not UTF-8
        (lines(SAYS, "SUMMARY:Fr\u00fchjahr").replace("\n", "\r\n").encode().replace(b"\xc3\xbc", b"\xc3\r\n \xbc"), {}),  # 15
        (lines(SAYS, f'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{ANNA}'), {}),  # 16: once answered, once as invited
        (lines(SAYS, 'ORGANIZER;EMAIL="rsvp@club.example":/O=CLUB/OU=X/CN=RSVP'), {}),  # 17
        (lines(SAYS, "DTSTART;TZID=tzone://Microsoft/Custom:20260312T150000"), {}),  # 18: the time is not needed
        (lines(SAYS, "DTSTART;TZID=(UTC+01:00) Amsterdam\\, Berlin:20260312T150000"), {}),  # 18
        (lines(SAYS) + "\n--\nclub mailing list\nUnsubscribe: https://lists.example\n", {}),  # 19
        (lines(SAYS, "COMMENT:\\n"), {}),  # 9: Outlook's empty comment
        (lines(SAYS), {"words": "When: Thursday 12 March\nWhere: Mill Road\n*~*~*~*~*~*~*~*~*~*\n"}),  # 36
        (lines("CLASS:PUBLIC", SAYS, "BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "END:VALARM"), {}),
    ],
)  # fmt: skip
def test_a_yes_in_any_dress(ics: str | bytes, facts: dict[str, str]) -> None:
    verdict = sent(ics, **facts)  # type: ignore[arg-type]
    answer = next(a for a in verdict.answers if a.decided)
    assert verdict.kind is Kind.ANSWER
    assert (answer.attendee, answer.partstat) == (ANNA, PartStat.ACCEPTED)
    assert (answer.event_uid or "").casefold() == UID


@pytest.mark.parametrize(
    ("parameters", "words", "guests", "decided"),
    [
        (";X-NUM-GUESTS=2", "", 2, True),
        ("", "Looking forward, I bring two colleagues", 2, True),
        ("", "+2", 2, True),
        ("", "Sorry, I can't make it after all", 0, False),
        ("", "Yes, if my boss lets me go", 0, False),
        ("", "Is there parking?", 0, True),
        ("", "Is there room for 3?", 0, True),
        ("", "You reach me at +1 414 555 0100", 0, True),
        ("", "with my wife", 1, True),
        (';X-RESPONSE-COMMENT="Sorry, can\'t make it"', "", 0, False),
        (';X-RESPONSE-COMMENT="plus one"', "", 1, True),
    ],
)
def test_words_beside_a_yes(parameters: str, words: str, guests: int, decided: bool) -> None:
    answer = only(sent(lines(f"ATTENDEE;PARTSTAT=ACCEPTED{parameters}:mailto:{ANNA}"), words=words))
    assert (answer.guests if decided else 0, answer.decided) == (guests, decided)


def test_guests_of_a_no_do_not_count() -> None:
    answer = only(sent(lines(f"ATTENDEE;PARTSTAT=DECLINED;X-NUM-GUESTS=2:mailto:{ANNA}")))
    assert (answer.partstat, answer.decided, answer.guests) == (PartStat.DECLINED, True, 0)


def test_the_list_of_everybody_speaks_for_its_sender_alone() -> None:
    verdict = sent(lines(SAYS, "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@mill.example"), token="")
    assert verdict.kind is Kind.ANSWER
    assert [(a.attendee, a.decided) for a in verdict.answers] == [(ANNA, True), ("bob@mill.example", False)]
    assert "part is not recorded" in verdict.reason


@pytest.mark.parametrize("author", [f"Anna <{ANNA}>", "Bob <bob@mill.example>"])
def test_delegator_and_delegate_in_one_answer(author: str) -> None:
    """Kolab and SOGo put both into the answer of each (RFC 5546 §3.2.3)."""
    anna = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@mill.example":mailto:{ANNA}'
    bob = f'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:{ANNA}":mailto:bob@mill.example'
    answer = only(sent(lines(anna, bob), author=author))
    if ANNA in author:
        assert answer.partstat is PartStat.DELEGATED
        assert answer.delegate is not None
        assert answer.delegate.address == "bob@mill.example"
    else:
        assert (answer.attendee, answer.partstat) == ("bob@mill.example", PartStat.ACCEPTED)
    assert answer.decided


def test_several_events_keep_their_own_answers() -> None:
    second = lines(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ANNA}", uid="lunch@mill.example")
    event = second[second.index("BEGIN:VEVENT") : second.index("END:VCALENDAR")]
    verdict = sent(lines(SAYS).replace("END:VCALENDAR", event + "END:VCALENDAR"))
    assert [(a.event_uid, a.partstat, a.decided) for a in verdict.answers] == [
        (UID, PartStat.ACCEPTED, True),
        ("lunch@mill.example", PartStat.DECLINED, True),
    ]


@pytest.mark.parametrize(
    ("line", "instant", "day", "onwards"),
    [
        ("RECURRENCE-ID:20260312T140000Z", datetime(2026, 3, 12, 14, tzinfo=UTC), False, False),
        ("RECURRENCE-ID;TZID=W. Europe Standard Time:20260312T150000", datetime(2026, 3, 12, 14, tzinfo=UTC), False, False),
        ("RECURRENCE-ID;VALUE=DATE:20260312", datetime(2026, 3, 12, tzinfo=UTC), True, False),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260312T140000Z", datetime(2026, 3, 12, 14, tzinfo=UTC), False, True),
    ],
)  # fmt: skip
def test_one_date_of_a_series(line: str, instant: datetime, day: bool, onwards: bool) -> None:  # 7, 8
    answer = only(sent(lines(SAYS, line)))
    assert (answer.recurrence_id, answer.recurrence_day, answer.onwards) == (instant, day, onwards)


PROPOSES = f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{ANNA}"


@pytest.mark.parametrize(
    ("zone", "hour", "local"),
    [
        (";TZID=W. Europe Standard Time", 9, False),
        (";TZID=Europe/Berlin", 9, False),
        (";TZID=tzone://Microsoft/Custom", 10, True),
        (';TZID="(UTC+01:00) Amsterdam, Berlin"', 10, True),
        (";TZID=Customized Time Zone", 10, True),
        ("", 10, True),
    ],
)
def test_the_zone_of_a_proposal(zone: str, hour: int, local: bool) -> None:  # 11, 18
    own = (
        PROPOSES,
        f"DTSTART{zone}:20260313T100000",
        f"DTEND{zone}:20260313T110000",
        f"X-MS-OLK-ORIGINALSTART{zone}:20260312T150000",
    )
    verdict = sent(lines(*own, method="COUNTER"), content_type="text/calendar; method=COUNTER")
    proposal = only(verdict).proposal
    assert proposal is not None
    assert (proposal.dtstart, proposal.local) == (datetime(2026, 3, 13, hour, tzinfo=UTC), local)
    assert proposal.original is not None
    assert not only(verdict).decided


def test_a_proposal_with_the_list_of_everybody_is_its_senders() -> None:  # 11: OpenPaaS
    own = ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@mill.example", PROPOSES, "DTSTART:20260313T100000Z")
    answer = only(sent(lines(*own, method="COUNTER"), content_type="text/calendar; method=COUNTER"))
    assert answer.attendee == ANNA


def test_a_request_again_says_whose_event() -> None:
    verdict = sent(lines(f"ATTENDEE:mailto:{ANNA}", method="REFRESH"), content_type="text/calendar; method=REFRESH")
    assert verdict.itip is not None
    assert (verdict.itip.method, verdict.itip.event_uid, verdict.answers) == (Method.REFRESH, UID, ())
