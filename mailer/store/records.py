"""Everything that is kept about one person: theirs to see.

Promises: reads only. What is about somebody else as well (a letter with a list enclosed) is given as it was sent to this person.
"""

import re
from typing import Any

from tortoise.expressions import Q

from mailer.store import erasing, inbound, models
from mailer.terms import InboundId, PartnershipId, PersonId


async def exported(person: PersonId) -> dict[str, Any]:
    """As plain data."""
    row = (await models.Person.filter(id=person).values())[0]
    invitations = await models.Invitation.filter(person_id=person).values()
    ids = [i["id"] for i in invitations]
    own = [str(a) for a in await models.column(models.PersonAddress.filter(person_id=person), "address")]
    organisation = (
        await models.Organisation.filter(id=row["organisation_id"]).first() if row["organisation_id"] else None
    )
    messages = await models.column(models.Inbound.filter(_theirs(row["partnership_id"], own, ids)), "id")
    return {
        "person": row,
        "organisation": organisation.name if organisation else "",
        "addresses": await models.PersonAddress.filter(person_id=person)
        .order_by("rank")
        .values("address", "rank", "dead_at", "dead_reason"),
        "may answer for them": await models.AnswersFor.filter(person_id=person).values("address"),
        "meetings": await models.Meeting.filter(id__in=[i["meeting_id"] for i in invitations]).values(
            "id", "title", "dtstart", "place"
        ),
        "invitations": invitations,
        "answers": await models.Answer.filter(invitation_id__in=ids).order_by("id").values(),
        "dates": await models.OccurrenceAnswer.filter(invitation_id__in=ids).values(),
        "dates they were at": await models.Presence.filter(invitation_id__in=ids).values("recurrence_id", "attended"),
        "proposed_times": await models.ProposedTime.filter(invitation_id__in=ids).values(),
        "delegations": await models.Delegation.filter(
            Q(invitation_id__in=ids) | Q(delegate_id=person) | Q(address__in=own)
        ).values(),
        "calls": await models.Call.filter(person_id=person)
        .order_by("id")
        .values("meeting_id", "result", "note", "again_at", "at"),
        "calls made": await models.Call.filter(caller_id=person).order_by("id").values("meeting_id", "result", "at"),
        "votes": await models.Vote.filter(person_id=person)
        .order_by("id")
        .values("choice__question__title", "choice__label", "value", "at"),
        "comments": await models.Comment.filter(person_id=person)
        .order_by("id")
        .values("document__kind", "words", "at"),
        "approvals": await models.Approval.filter(person_id=person)
        .order_by("id")
        .values("rule", "state", "words", "subject", "text", "round", "asked_at", "answered_at"),
        "stories": await models.Story.filter(person_id=person).order_by("id").values("kind", "state", "words", "at"),
        "strengths": await models.Strength.filter(person_id=person).values("words"),
        "items": await models.Item.filter(Q(owner_id=person) | Q(support_id=person))
        .order_by("id")
        .values("number", "priority", "text", "due", "status", "help"),
        "items, what they did": await models.ItemEvent.filter(person_id=person)
        .order_by("id")
        .values("at", "what", "sentence"),
        "teams": await models.TeamMember.filter(person_id=person).values("team__name"),
        "teams they lead": await models.Team.filter(lead_id=person).values("name"),
        "mails": await models.Outbox.filter(person_id=person)
        .order_by("id")
        .values(
            "id",
            "rule",
            "letter",
            "state",
            "subject",
            "text",
            "reason",
            "created_at",
            "sent_at",
            "forward_path",
            "smtp_reply",
        ),
        "messages": await models.Inbound.filter(_theirs(row["partnership_id"], own, ids))
        .order_by("id")
        .values("id", "received_at", "author", "message_id", "subject", "kind", "words", "reason"),
        "files they sent": await models.DocumentFile.filter(inbound_id__in=messages).values("name", "content_type"),
        "what others have written of them": await erasing.named(PartnershipId(row["partnership_id"]), person),
        "log": await models.Log.filter(person_id=person).order_by("id").values("at", "what", "sentence", "actor"),
    }


def _theirs(partnership: int, own: list[str], invitations: list[int]) -> Q:
    return Q(author__in=own, partnership_id=partnership) | Q(invitation_id__in=invitations)


async def mails_of(person: PersonId) -> list[tuple[str, bytes]]:
    """(file name, bytes) of every message that is kept whole: "message-12.eml" came, "letter-7.eml" left; and of the files that they sent."""
    partnership = int((await models.Person.get(id=person)).partnership_id)  # type: ignore[attr-defined]
    own = [str(a) for a in await models.column(models.PersonAddress.filter(person_id=person), "address")]
    ids = [int(i) for i in await models.column(models.Invitation.filter(person_id=person), "id")]
    found: list[tuple[str, bytes]] = []
    for ident in await models.column(models.Inbound.filter(_theirs(partnership, own, ids)).order_by("id"), "id"):
        raw = await inbound.raw(InboundId(int(ident)))
        if raw is not None:
            found.append((f"message-{ident}.eml", raw))
    sent = [int(i) for i in await models.column(models.Outbox.filter(person_id=person), "id")]
    for ident in sent:
        row = await models.OutboxBytes.filter(outbox_id=ident).first()
        if row is not None:
            found.append((f"letter-{ident}.eml", bytes(row.content)))
    theirs = await models.column(models.Inbound.filter(_theirs(partnership, own, ids)), "id")
    for file in await models.DocumentFile.filter(inbound_id__in=theirs).order_by("id"):
        found.append((f"file-{file.id}-{_UNSAFE.sub('_', file.name)[-100:]}", bytes(file.content)))
    return found


_UNSAFE = re.compile(r"[^\w.-]+|^[.]+|(?<=[.])[.]+")
