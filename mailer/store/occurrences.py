"""Single occurrences of a series: answers to one of them, and those that are cancelled or at another time.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from mailer.partnership.attendance import Given, Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.series import Change
from mailer.store import models
from mailer.terms import InboundId, InvitationId, MeetingId, PartStat, PersonId, Via


def unanswered(invitation: Invitation) -> Invitation:
    """*invitation* as it stands to one occurrence, before anybody answered that one."""
    return replace(
        invitation,
        partstat=PartStat.NEEDS_ACTION,
        guests=0,
        comment="",
        via=None,
        answered_at=None,
        sequence=None,
        dtstamp=None,
        earlier=None,
        reason="",
        delegate=None,
    )


async def standing(invitation: Invitation, recurrence_id: datetime) -> Invitation:
    """How *invitation* stands to one occurrence by its own answers alone."""
    row = await models.OccurrenceAnswer.get_or_none(invitation_id=invitation.id, recurrence_id=recurrence_id)
    return _overlaid(invitation, row) if row else unanswered(invitation)


async def standings(invitations: Collection[Invitation], recurrence_id: datetime) -> dict[InvitationId, Invitation]:
    """How each of *invitations* stands to one occurrence: by its own answer, else by that to the series."""
    some = {i.id: i for i in invitations}
    rows = (
        await models.OccurrenceAnswer.filter(invitation_id__in=list(some), recurrence_id=recurrence_id) if some else []
    )
    own = {InvitationId(r.invitation_id): r for r in rows}  # type: ignore[attr-defined]
    there = (await came(invitations)).get(recurrence_id, {})
    return {
        ident: replace(_overlaid(i, own[ident]) if ident in own else i, attended=there.get(i.person_id))
        for ident, i in some.items()
    }


async def said(invitations: Collection[Invitation]) -> dict[datetime, dict[PersonId, Invitation]]:
    """How those of *invitations* stand who answered single dates by themselves: RECURRENCE-ID → person → how they stand to it."""
    some = {i.id: i for i in invitations}
    found: dict[datetime, dict[PersonId, Invitation]] = {}
    for row in await models.OccurrenceAnswer.filter(invitation_id__in=list(some)) if some else ():
        invitation = some[InvitationId(row.invitation_id)]  # type: ignore[attr-defined]
        found.setdefault(row.recurrence_id, {})[invitation.person_id] = _overlaid(invitation, row)
    return found


async def counts(meeting: MeetingId) -> dict[datetime, int]:
    """How many people answered each occurrence by itself."""
    found: dict[datetime, int] = {}
    for at in await models.column(models.OccurrenceAnswer.filter(invitation__meeting_id=meeting), "recurrence_id"):
        found[at] = found.get(at, 0) + 1
    return found


async def save(invitation: Invitation, recurrence_id: datetime, inbound: InboundId | None) -> None:
    """Write the answer to one occurrence as it now stands."""
    await models.OccurrenceAnswer.update_or_create(
        invitation_id=invitation.id,
        recurrence_id=recurrence_id,
        defaults={
            "partstat": invitation.partstat.value,
            "guests": invitation.guests,
            "comment": invitation.comment,
            "via": invitation.via.value if invitation.via else Via.HAND.value,
            "answered_at": invitation.answered_at,
            "sequence": invitation.sequence,
            "dtstamp": invitation.dtstamp,
            "reason": invitation.reason,
            "inbound_id": inbound,
        },
    )


async def forget(meeting: MeetingId) -> None:
    """The series is at other times now: answers to single occurrences, and their changes, are about none of them any more. Who was at those that
    were held is not forgotten."""
    invitations = await models.column(models.Invitation.filter(meeting_id=meeting), "id")
    if invitations:
        await models.OccurrenceAnswer.filter(invitation_id__in=invitations).delete()
    await models.Occurrence.filter(meeting_id=meeting, attendance_at__isnull=True).delete()


async def note_presence(date: Meeting, came: Collection[PersonId], now: datetime) -> None:
    """Those of *came* were at *date* of a series (`series.at_date`), everybody else with an invitation was not."""
    await forget_presence(date)
    rows = await models.Invitation.filter(meeting_id=date.id).values_list("id", "person_id")
    await models.Presence.bulk_create(
        [models.Presence(invitation_id=i, recurrence_id=date.recurrence_id, attended=p in came) for i, p in rows]
    )
    await _record(date, attendance_at=now)


async def forget_presence(date: Meeting) -> None:
    """Nothing is known any more of who was at *date*."""
    ids = await models.column(models.Invitation.filter(meeting_id=date.id), "id")
    await models.Presence.filter(invitation_id__in=ids, recurrence_id=date.recurrence_id).delete()
    await _record(date, attendance_at=None)


async def came(invitations: Collection[Invitation]) -> dict[datetime, dict[PersonId, bool]]:
    """Who of *invitations* was at which dates, and who was not: RECURRENCE-ID → person → whether they were."""
    some = {i.id: i for i in invitations}
    found: dict[datetime, dict[PersonId, bool]] = {}
    for row in await models.Presence.filter(invitation_id__in=list(some)) if some else ():
        invitation = some[InvitationId(row.invitation_id)]  # type: ignore[attr-defined]
        found.setdefault(row.recurrence_id, {})[invitation.person_id] = row.attended
    return found


async def tell_headcount(date: Meeting, count: int) -> None:
    """The caterer has been told that so many chairs are needed at *date*."""
    await _record(date, told_headcount=count)


async def _record(date: Meeting, **facts: object) -> None:
    """Write what is known of a date, which else stays as it is."""
    times = {"dtstart": date.dtstart, "dtend": date.dtend, "sequence": 0, "changed_at": date.dtstart}
    row, _ = await models.Occurrence.get_or_create(times, meeting_id=date.id, recurrence_id=date.recurrence_id)
    await models.Occurrence.filter(id=row.id).update(**facts)


async def ask_anew(meeting: MeetingId, recurrence_id: datetime) -> None:
    """One date was moved: a yes or maybe to it alone was for the other time; a no stays a no. Whoever comes to no other date is asked about this
    one, and does not count as declined."""
    series = models.Invitation.filter(meeting_id=meeting)
    away = [PartStat.DECLINED.value, PartStat.DELEGATED.value]
    others = await models.column(series.exclude(partstat__in=away), "id")
    declined = await models.column(series.filter(partstat__in=away), "id")
    of_date = models.OccurrenceAnswer.filter(recurrence_id=recurrence_id).exclude(partstat=PartStat.DECLINED.value)
    await of_date.filter(invitation_id__in=others).delete()
    await of_date.filter(invitation_id__in=declined).update(partstat=PartStat.NEEDS_ACTION.value, guests=0)


async def changes(meeting: MeetingId) -> tuple[Change, ...]:
    """What is known of single occurrences, in order."""
    rows = await models.Occurrence.filter(meeting_id=meeting).order_by("recurrence_id")
    return tuple(
        Change(
            r.recurrence_id, r.dtstart, r.dtend, r.cancelled, r.sequence, r.changed_at if r.sequence else None, r.told_headcount, r.attendance_at
        )
        for r in rows
    )  # fmt: skip


async def change(meeting: MeetingId, change: Change, now: datetime) -> None:
    """Write that one occurrence is at another time, or cancelled."""
    await models.Occurrence.update_or_create(
        meeting_id=meeting,
        recurrence_id=change.recurrence_id,
        defaults={
            "dtstart": change.dtstart,
            "dtend": change.dtend,
            "cancelled": change.cancelled,
            "sequence": change.sequence,
            "changed_at": now,
        },
    )


async def times_answered(invitation: InvitationId, recurrence_id: datetime) -> int:
    """How many answers to one occurrence there ever were."""
    return await models.Answer.filter(invitation_id=invitation, recurrence_id=recurrence_id).count()


async def given_before(invitation: InvitationId, recurrence_id: datetime | None) -> list[Given]:
    """What was answered on this invitation (to one occurrence, or to the whole), whether or not it counts; nothing that was asked about."""
    rows = (
        await models.Answer.filter(
            invitation_id=invitation, recurrence_id=recurrence_id, outcome__in=["applied", "ignored"]
        )
        .order_by("id")
        .limit(200)
    )
    return [
        Given(PartStat(r.partstat), Via(r.via), r.at, r.guests, r.comment, r.sequence, r.dtstamp, r.reason)
        for r in rows
    ]


def _overlaid(invitation: Invitation, row: models.OccurrenceAnswer) -> Invitation:
    return replace(
        unanswered(invitation),
        partstat=PartStat(row.partstat),
        guests=row.guests,
        comment=row.comment,
        via=Via(row.via),
        answered_at=row.answered_at,
        sequence=row.sequence,
        dtstamp=row.dtstamp,
        reason=row.reason,
    )
