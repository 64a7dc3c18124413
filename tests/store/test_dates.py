"""Single dates of a series, proposals and delegates in the store, on either database."""

from dataclasses import replace
from datetime import timedelta

from mailer.decide.dates import on_date
from mailer.decide.rule import ConditionKind
from mailer.partnership.attendance import Given, Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.register import PersonRow
from mailer.partnership.series import Change, at_date
from mailer.partnership.series import occurrences as occurrences_of
from mailer.store import delegations, documents, erasing, meetings, models, occurrences, people, proposals
from mailer.store.transact import transact
from mailer.terms import EventUid, MeetingId, PartnershipId, PartStat, PersonId, Via
from tests.store.conftest import NOW

START = NOW + timedelta(days=8)
SECOND = START + timedelta(days=7)


async def invited(partnership: PartnershipId) -> tuple[Meeting, Invitation, PersonId]:
    """A weekly series, Ann who is invited, and Bob who is not."""
    meeting = await meetings.add(
        Meeting(
            MeetingId(0), partnership, "calls", "Calls", EventUid("u@x.example"), START, START + timedelta(hours=1), "UTC",
            rrule="FREQ=WEEKLY;COUNT=4",
        ),
        NOW,
    )  # fmt: skip
    ann, _ = await people.save(partnership, PersonRow("Ann Lee", ("ann@lee.example",)))
    bob, _ = await people.save(partnership, PersonRow("Bob Stone", ("bob@stone.example",)))
    await meetings.ensure_invitations(meeting.id, [ann])
    return meeting, (await meetings.invitations(meeting.id))[0], bob


async def test_answers_to_one_date_stand_beside_that_to_the_series(partnership: PartnershipId) -> None:
    meeting, invitation, _ = await transact(lambda: invited(partnership))
    yes = replace(invitation, partstat=PartStat.ACCEPTED, via=Via.WORDS, answered_at=NOW, guests=2)
    await transact(lambda: meetings.save_invitation(yes, None))
    own = await occurrences.standing(yes, SECOND)
    assert (own.partstat, own.guests, own.answered_at) == (PartStat.NEEDS_ACTION, 0, None)
    no = replace(own, partstat=PartStat.DECLINED, via=Via.ITIP, answered_at=NOW, dtstamp=NOW, sequence=1)
    await transact(lambda: occurrences.save(no, SECOND, None))
    await transact(lambda: occurrences.save(replace(no, reason="again"), SECOND, None))  # the same row
    there = await occurrences.standings([yes], SECOND)
    assert (there[yes.id].partstat, there[yes.id].reason, there[yes.id].dtstamp) == (PartStat.DECLINED, "again", NOW)
    assert (await occurrences.standings([yes], START))[yes.id] == yes
    assert await occurrences.counts(meeting.id) == {SECOND: 1}
    first, second = Given(PartStat.ACCEPTED, Via.WORDS, NOW), Given(PartStat.DECLINED, Via.ITIP, NOW, dtstamp=NOW)
    await transact(lambda: meetings.record_answer(yes.id, first, "applied", "", None, NOW))
    await transact(lambda: meetings.record_answer(yes.id, second, "applied", "", None, NOW, SECOND))
    await transact(lambda: meetings.record_answer(yes.id, second, "asked", "", None, NOW, SECOND))
    assert await occurrences.given_before(yes.id, None) == [first]
    assert await occurrences.given_before(yes.id, SECOND) == [second]
    await transact(lambda: occurrences.ask_anew(meeting.id, SECOND))
    assert await occurrences.counts(meeting.id) == {SECOND: 1}  # a no stays a no
    await transact(lambda: occurrences.forget(meeting.id))
    assert await occurrences.counts(meeting.id) == {}


async def test_who_comes_to_a_moved_date_alone_is_asked_about_it_anew(partnership: PartnershipId) -> None:
    """No to the series, yes to one date: when that is moved they have said nothing, and do not count as declined."""
    _, invitation, _ = await transact(lambda: invited(partnership))
    no = replace(invitation, partstat=PartStat.DECLINED, via=Via.WORDS, answered_at=NOW)
    await transact(lambda: meetings.save_invitation(no, None))
    yes = replace(no, partstat=PartStat.ACCEPTED, guests=1)
    await transact(lambda: occurrences.save(yes, SECOND, None))
    await transact(lambda: occurrences.ask_anew(no.meeting_id, SECOND))
    there = (await occurrences.standings([no], SECOND))[no.id]
    assert (there.partstat, there.guests) == (PartStat.NEEDS_ACTION, 0)


async def test_changes_of_single_dates(partnership: PartnershipId) -> None:
    meeting, _, _ = await transact(lambda: invited(partnership))
    moved = Change(SECOND, SECOND + timedelta(days=1), SECOND + timedelta(days=1, hours=1), False, 1)
    await transact(lambda: occurrences.change(meeting.id, moved, NOW))
    gone = replace(moved, cancelled=True, sequence=2)
    await transact(lambda: occurrences.change(meeting.id, gone, NOW))
    assert await occurrences.changes(meeting.id) == (replace(gone, changed_at=NOW),)


async def test_the_picture_of_a_series_has_its_dates_and_what_was_said_to_each(partnership: PartnershipId) -> None:
    meeting, invitation, bob = await transact(lambda: invited(partnership))
    yes = replace(invitation, partstat=PartStat.ACCEPTED, via=Via.WORDS, answered_at=NOW, guests=2)
    no = replace(yes, partstat=PartStat.DECLINED, guests=0, dtstamp=NOW, sequence=1)
    later = Change(SECOND, SECOND + timedelta(days=1), SECOND + timedelta(days=1, hours=1), False, 1)

    async def write() -> None:
        await meetings.save_invitation(yes, None)
        await occurrences.save(no, SECOND, None)
        await occurrences.change(meeting.id, later, NOW)
        await documents.write(partnership, documents.NOTES, meeting.id, "What was said.", START + timedelta(hours=2))

    await transact(write)
    picture = await meetings.snapshot(meeting)
    assert [o.dtstart for o in picture.dates] == [START, later.dtstart, *(START + timedelta(days=d) for d in (14, 21))]
    person = yes.person_id
    said = {}
    for date in picture.dates:
        stands = on_date(picture, date).standing_of(person)
        assert stands is not None
        said[date.recurrence_id] = stands.partstat
    assert [said[SECOND], said[START]] == [PartStat.DECLINED, PartStat.ACCEPTED]
    notes = [ConditionKind.NOTES_ARE_IN.value in on_date(picture, date).holds for date in picture.dates]
    assert notes == [True, False, False, False]
    of_second = on_date(picture, picture.dates[1]).meeting
    assert [i.party_size for i in await meetings.answers_to(of_second)] == [0]
    assert [i.party_size for i in await meetings.answers_to(meeting)] == [3]
    long_after = START + timedelta(days=410)
    assert [m.id for m in await meetings.upcoming(partnership, long_after)] == [meeting.id]  # its last date counts
    assert await meetings.upcoming(partnership, long_after + timedelta(days=30)) == []
    assert bob not in picture.said_to_dates[SECOND]


async def test_proposals_wait_until_they_are_settled(partnership: PartnershipId) -> None:
    meeting, invitation, _ = await transact(lambda: invited(partnership))
    facts = {"recurrence_id": None, "comment": "", "sequence": 0, "inbound": None}
    number = await transact(lambda: proposals.add(invitation.id, START, SECOND, NOW, **facts))  # type: ignore[arg-type]
    (one,) = await proposals.open_for(meeting.id)
    assert (one.id, one.person, one.dtstart, one.dtend) == (number, invitation.person_id, START, SECOND)
    await transact(lambda: proposals.settle([number], proposals.REFUSED))
    await transact(lambda: proposals.settle([number], proposals.ACCEPTED))  # too late
    assert await proposals.open_for(meeting.id) == []
    assert (await models.ProposedTime.get(id=number)).state == proposals.REFUSED


async def test_a_delegate_who_is_forgotten_is_forgotten_where_he_was_named(partnership: PartnershipId) -> None:
    _, invitation, bob = await transact(lambda: invited(partnership))
    await transact(lambda: meetings.save_invitation(replace(invitation, delegate=bob), None))
    await transact(
        lambda: delegations.note(invitation.id, "Bob Stone", "bob@stone.example", delegations.NAMED, NOW, delegate=bob)
    )
    await transact(lambda: delegations.note(invitation.id, "Bob", "bob@stone.example", delegations.ASKED, NOW))
    (asked,) = await delegations.asked(invitation.id)
    assert asked.address == "bob@stone.example"
    await transact(lambda: erasing.forget(partnership, bob, NOW))
    assert await delegations.asked(invitation.id) == []
    assert await models.Delegation.all().count() == 0
    left = await meetings.invitation(invitation.id)
    assert left is not None
    assert left.delegate is None


async def test_who_came_is_kept_for_each_date(partnership: PartnershipId) -> None:
    meeting, invitation, bob = await transact(lambda: invited(partnership))
    ann = invitation.person_id
    first, second = (at_date(meeting, o) for o in occurrences_of(meeting)[:2])
    await transact(lambda: meetings.note_attendance(second, [ann, bob], NOW + timedelta(days=16)))
    await transact(lambda: meetings.note_attendance(first, [bob], NOW + timedelta(days=17)))  # noted late
    snapshot = await meetings.snapshot(await meetings.by_id(meeting.id) or meeting)
    assert snapshot.meeting.attendance_at == NOW + timedelta(days=16)  # of the latest date
    there = [{s.person.id: s.attended for s in on_date(snapshot, o).standings} for o in snapshot.dates[:3]]
    assert there == [{ann: False, bob: True}, {ann: True, bob: True}, {ann: None, bob: None}]
    assert [on_date(snapshot, o).meeting.attendance_at is not None for o in snapshot.dates] == [
        True,
        True,
        False,
        False,
    ]
    assert {i.person_id: i.attended for i in await meetings.answers_to(first)} == {ann: False, bob: True}
    await transact(lambda: occurrences.forget(meeting.id))  # the series moves: what was held was held
    assert {i.person_id: i.attended for i in await meetings.answers_to(first)} == {ann: False, bob: True}
    await transact(lambda: meetings.forget_attendance(first))
    assert {i.attended for i in await meetings.answers_to(first)} == {None}


async def test_what_the_caterer_was_told_is_kept_for_each_date(partnership: PartnershipId) -> None:
    meeting, invitation, _ = await transact(lambda: invited(partnership))
    yes = replace(invitation, partstat=PartStat.ACCEPTED, via=Via.WORDS, answered_at=NOW, guests=2)
    await transact(lambda: meetings.save_invitation(yes, None))
    first, second = (at_date(meeting, o) for o in occurrences_of(meeting)[:2])
    assert await transact(lambda: meetings.tell_headcount(meeting.id, first)) == 3
    await transact(lambda: occurrences.save(replace(yes, partstat=PartStat.DECLINED, guests=0), SECOND, None))
    assert await transact(lambda: meetings.tell_headcount(meeting.id, second)) == 0
    snapshot = await meetings.snapshot(meeting)
    told = [(on_date(snapshot, o).meeting.told_headcount, on_date(snapshot, o).headcount) for o in snapshot.dates]
    assert told == [(3, 3), (0, 0), (None, None), (None, None)]
    assert all(o.changed_at is None for o in snapshot.dates)
