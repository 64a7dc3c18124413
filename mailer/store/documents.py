"""Texts that grow with the partnership: notes, summaries, updates, reports; the files and comments that belong to them.

Every function is one or few statements and expects to be called inside `transact` where it writes.
"""

from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import F

from mailer.store import models
from mailer.terms import DocumentId, InboundId, MeetingId, PartnershipId, PersonId, QuestionId

NOTES, SUMMARY, UPDATE, REPORT = "notes", "summary", "update", "report"
PLAN, DECISIONS = "plan", "decisions"
"""The plan has no text of its own: the action plan, given to the champions for their comments. Decisions are lines."""
DRAFT, SHARED, APPROVED, SENT = "draft", "shared", "approved", "sent"


@dataclass(frozen=True, slots=True)
class Document:
    """*state*: a draft, shared for comments, approved to go out, sent."""

    id: DocumentId
    kind: str
    state: str
    text: str
    version: int
    meeting: MeetingId | None = None
    approved_by: PersonId | None = None
    approved_at: datetime | None = None
    shared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote about a document."""

    person: PersonId
    words: str
    at: datetime


async def document(partnership: PartnershipId, kind: str, meeting: MeetingId | None) -> Document | None:
    """The newest document of *kind* about *meeting*."""
    row = (
        await models.Document.filter(partnership_id=partnership, kind=kind, meeting_id=meeting).order_by("-id").first()
    )
    return _document(row) if row else None


def _document(row: models.Document) -> Document:
    return Document(
        DocumentId(row.id),
        row.kind,
        row.state,
        row.text,
        row.version,
        MeetingId(row.meeting_id) if row.meeting_id else None,
        PersonId(row.approved_by_id) if row.approved_by_id else None,
        row.approved_at,
        row.shared_at,
    )


def answers_to(question: QuestionId) -> str:
    """The kind of document that holds what people say to a question in words."""
    return f"answers-{question}"


async def shared(meeting: MeetingId) -> Document | None:
    """The draft about *meeting* that was shared last."""
    row = await models.Document.filter(meeting_id=meeting, shared_at__not_isnull=True).order_by("-shared_at").first()
    return _document(row) if row else None


async def write(partnership: PartnershipId, kind: str, meeting: MeetingId | None, text: str, now: datetime) -> Document:
    """Save *text* as the document of *kind* about *meeting*: its next version, a draft again until it is approved anew."""
    known = await document(partnership, kind, meeting)
    if known is None or known.state == SENT:
        row = await models.Document.create(
            partnership_id=partnership, meeting_id=meeting, kind=kind, text=text, created_at=now
        )
        return _document(row)
    await models.Document.filter(id=known.id).update(
        text=text, version=F("version") + 1, changed_at=now, state=DRAFT, approved_by_id=None, approved_at=None
    )
    found = await document(partnership, kind, meeting)
    assert found is not None
    return found


async def set_state(ident: DocumentId, state: str, now: datetime, by: PersonId | None = None) -> None:
    facts: dict[str, object] = {"state": state, "changed_at": now}
    if state == SHARED:
        facts["shared_at"] = now
    if state == APPROVED:
        facts |= {"approved_by_id": by, "approved_at": now}
    await models.Document.filter(id=ident).update(**facts)


async def keep_file(ident: DocumentId, name: str, content_type: str, content: bytes, inbound: InboundId | None) -> None:
    await models.DocumentFile.create(
        document_id=ident, name=name[:300], content_type=content_type[:100], content=content, inbound_id=inbound
    )


async def files(ident: DocumentId) -> list[tuple[str, str, bytes]]:
    """(name, content type, bytes) of each file of a document."""
    rows = models.DocumentFile.filter(document_id=ident).order_by("id")
    return [(n, t, bytes(c)) for n, t, c in await rows.values_list("name", "content_type", "content")]


async def comment(ident: DocumentId, person: PersonId, words: str, now: datetime, inbound: InboundId | None) -> None:
    await models.Comment.create(document_id=ident, person_id=person, words=words, at=now, inbound_id=inbound)


async def comments(ident: DocumentId) -> tuple[Remark, ...]:
    rows = models.Comment.filter(document_id=ident).order_by("id")
    return tuple(Remark(PersonId(p), w, at) for p, w, at in await rows.values_list("person_id", "words", "at"))


async def states(partnership: PartnershipId, meeting: MeetingId) -> dict[str, str]:
    """The state of the newest document of each kind about *meeting*."""
    rows = models.Document.filter(partnership_id=partnership, meeting_id=meeting).order_by("id")
    found: list[tuple[str, str]] = await rows.values_list("kind", "state")
    return dict(found)
