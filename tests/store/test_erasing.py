"""Forgetting on either database: what says who it was goes, the numbers stay, nobody else is touched."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tortoise import Tortoise

from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind
from mailer.partnership.register import PersonRow
from mailer.store import erasing, imports, log, meetings, models, people, records, retention
from mailer.store.erasing import Counted, mentions
from mailer.store.log import LogLine
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartnershipId, PartStat, PersonId
from tests.store.conftest import NOW

AFTER = NOW + timedelta(days=30)


async def told(partnership: PartnershipId) -> tuple[Meeting, PersonId, PersonId]:
    """A meeting that Ann and Bob were at, and sentences about both."""
    start = NOW + timedelta(days=8)
    plain = Meeting(
        MeetingId(0), partnership, "launch", "Launch", EventUid("u@x.example"), start, start + timedelta(hours=1), "UTC"
    )
    meeting = await meetings.add(plain, NOW)
    ann, _ = await people.save(
        partnership, PersonRow("Ann Example", ("ann@lee.example", "ann@home.example"), "Lee Works")
    )
    bob, _ = await people.save(
        partnership, PersonRow("Bob Stone", ("bob@stone.example",), "Stone", kind=PartnerKind.PUBLIC_PARTNER)
    )
    await meetings.ensure_invitations(meeting.id, [ann, bob])
    for invitation in await meetings.invitations(meeting.id):
        await meetings.save_invitation(
            replace(invitation, partstat=PartStat.ACCEPTED, guests=2, answered_at=NOW, comment="see you"), None
        )
    await meetings.note_attendance(meeting, [ann], AFTER)
    for sentence, person in [
        ("Ann Example is coming", ann),
        ("Bob Stone comes with Ann  EXAMPLE (Ann@Lee.example)", bob),
        ("Bob Stone asks for Example, Ann", bob),
        ("Joann Examples is another person, xann@lee.example another address", bob),
    ]:
        await log.write(partnership, LogLine(NOW, "answer", sentence, meeting.id, person))
    document = await models.Document.create(
        partnership_id=partnership, kind="summary", text="Thanks to Ann Example!", created_at=NOW
    )
    await models.Comment.create(document_id=document.id, person_id=bob, words="ask Ann Example", at=NOW)
    inbound = {
        "partnership_id": partnership,
        "mailbox": "INBOX",
        "uid_validity": 1,
        "received_at": NOW,
        "state": "handled",
    }
    for uid, author, raw in [
        (1, "ann@lee.example", b"Subject: yes\n\nI come"),
        (2, "bob@stone.example", b"Content-Transfer-Encoding: base64\n\nQW5uIEV4YW1wbGUgY29tZXMgaW5zdGVhZA==\n"),
        (3, "bob@stone.example", b"Subject: me\n\nI come"),
    ]:
        row = await models.Inbound.create(**inbound, imap_uid=uid, digest=str(uid), author=author, subject="yes")
        await models.InboundBytes.create(inbound_id=row.id, content=raw)
    return meeting, ann, bob


async def texts() -> str:
    """Every value of every table."""
    rows: list[Any] = []
    for model in Tortoise.apps["models"].values():
        rows += await model.all().values()
    return "\n".join(map(str, rows))


async def test_name_and_addresses_go_and_numbers_stay(partnership: PartnershipId) -> None:
    meeting, ann, bob = await transact(lambda: told(partnership))
    counted = (
        Counted(PartnerKind.BUSINESS, PartStat.ACCEPTED, True, 1, 2),
        Counted(PartnerKind.PUBLIC_PARTNER, PartStat.ACCEPTED, False, 1, 2),
    )
    assert await erasing.attendance(meeting.id) == counted
    assert (await records.exported(ann))["invitations"][0]["comment"] == "see you"
    assert [n for n, _ in await records.mails_of(ann)] == ["message-1.eml"]
    await transact(lambda: erasing.forget(partnership, ann, AFTER))
    kept = (await texts()).lower().replace("joann examples", "")
    for gone in (
        "ann example",
        "ann  example",
        "example, ann",
        "'ann@lee.example",
        "ann@home.example",
        "lee works",
        "qw5uiev4yw1wbgu",
    ):
        assert gone not in kept, gone
    assert await erasing.attendance(meeting.id) == counted
    sentences = [line.sentence for _, line in await log.lines(partnership)]
    assert sentences[0] == f"Bob Stone comes with {erasing.SOMEBODY} ({erasing.SOMEBODY})"
    assert sentences[2] == "Joann Examples is another person, xann@lee.example another address"
    assert [p.id for p in await people.people(partnership)] == [bob]
    assert await models.InboundBytes.all().count() == 1  # what does not name her
    await transact(lambda: erasing.forget(partnership, bob, AFTER))
    assert await erasing.attendance(meeting.id) == counted
    assert await erasing.barred(partnership, ["bob@stone.example"]) == AFTER
    await transact(lambda: erasing.unbar(partnership, ["bob@stone.example"]))
    assert await erasing.barred(partnership, ["bob@stone.example"]) is None
    await erasing.scrub()


async def test_somebody_else_of_the_same_name_is_left_alone(partnership: PartnershipId) -> None:
    _, ann, bob = await transact(lambda: told(partnership))
    await transact(lambda: people.save(partnership, PersonRow("Ann Example", ("ann@other.example",))))
    await transact(lambda: erasing.forget(partnership, ann, AFTER))
    assert "ann@lee.example" not in (await texts()).replace("xann@lee.example", "")
    said = [line.sentence for _, line in await log.lines(partnership, person=bob)]
    assert said[1] == "Bob Stone asks for Example, Ann"  # which of the two is not known
    assert {p.name for p in await people.people(partnership)} == {"Ann Example", "Bob Stone"}


async def test_a_meeting_ahead_is_not_counted(partnership: PartnershipId) -> None:
    meeting, ann, _ = await transact(lambda: told(partnership))
    await transact(lambda: erasing.forget(partnership, ann, NOW))
    assert [c.kind for c in await erasing.attendance(meeting.id)] == [PartnerKind.PUBLIC_PARTNER]


async def test_retention_in_pieces(partnership: PartnershipId) -> None:
    meeting, _, _ = await transact(lambda: told(partnership))
    counted = await erasing.attendance(meeting.id)
    later = AFTER + timedelta(days=900)
    assert await retention.old_messages(partnership, NOW - timedelta(days=1)) == (0, 0)
    assert await retention.old_messages(partnership, later) == (3, 0)
    assert await transact(lambda: retention.take_out_messages(partnership, later)) == 3
    assert await retention.old_messages(partnership, later) == (0, 0)
    (past,) = await retention.past_meetings(partnership, later)
    assert (past.title, past.people) == ("Launch", 2)
    await transact(lambda: retention.take_out_answers(past.meeting_id, later))
    assert await erasing.attendance(meeting.id) == counted
    assert await retention.past_meetings(partnership, later) == []
    assert await retention.silent(partnership, later) == []  # nobody was ever written to
    assert await transact(lambda: retention.take_out_lines(partnership, later)) == 4


async def test_an_import_is_kept_until_it_is_taken_back(partnership: PartnershipId) -> None:
    ident = await transact(lambda: imports.keep(partnership, {"new": [1]}, "x-returned.csv", b"a", None, NOW))
    assert await imports.journal(partnership, None) == (ident, {"new": [1]})
    await transact(lambda: imports.undone(ident, NOW))
    assert await imports.journal(partnership, ident) is None
    await transact(lambda: imports.drop_old(partnership, AFTER))
    assert await models.Document.filter(kind="import").count() == 0


async def test_which_letter_is_decided_for_all_lists(partnership: PartnershipId) -> None:
    row = PersonRow("Pat Cole", ("pat@college.example",), "Acme College")
    pat, _ = await transact(lambda: people.save(partnership, row))
    await transact(
        lambda: people.decide_organisation(partnership, "Acme College", PartnerKind.PUBLIC_PARTNER, "it is a college")
    )
    await transact(lambda: people.save(partnership, row))
    other, _ = await transact(
        lambda: people.save(partnership, PersonRow("Quin Dale", ("quin@college.example",), "Acme College"))
    )
    kinds = {p.id: p.kind for p in await people.people(partnership)}
    assert kinds == {pat: PartnerKind.PUBLIC_PARTNER, other: PartnerKind.PUBLIC_PARTNER}
    assert await people.decided(partnership) == {pat: "it is a college", other: "it is a college"}


def test_a_name_is_found_under_every_encoding() -> None:
    needles = ["José Ruiz".encode().lower(), "José Ruiz".encode("cp1252").lower()]
    assert mentions("Subject: x\n\nDear José Ruiz,".encode(), needles)
    assert mentions(b"Content-Transfer-Encoding: quoted-printable\n\nDear Jos=C3=A9 =\nRuiz,", needles)
    assert mentions(b"Content-Transfer-Encoding: base64\n\nRGVhciBKb3PDqSBSdWl6LAo=\n", needles)
    assert mentions(b"Subject: =?iso-8859-1?q?Jos=E9_Ruiz?=\n\nhello", needles)
    assert not mentions(b"Subject: x\n\nDear Jose,", needles)
