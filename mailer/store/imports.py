"""What an imported list changed, so that it can be taken back; the files that go out with an answer (rows left over, somebody's own record).

Kept among the documents; retention lets them go. Every function is expected to be called inside `transact` where it writes.
"""

import json
from datetime import datetime
from typing import Any

from mailer.store import models
from mailer.terms import DocumentId, InboundId, PartnershipId

KIND, EXPORT, UNDONE = "import", "export", "undone"
_SORTS = {"zip": "application/zip", "pdf": "application/pdf", "eml": "application/octet-stream"}


async def keep(
    partnership: PartnershipId,
    journal: dict[str, Any],
    name: str,
    content: bytes | None,
    inbound: InboundId | None,
    now: datetime,
    kind: str = KIND,
) -> DocumentId:
    """Keep *journal*, and *content* as a file called *name*, which goes out with the answer to *inbound*."""
    text = json.dumps(journal, ensure_ascii=False)
    row = await models.Document.create(partnership_id=partnership, kind=kind, text=text, state="done", created_at=now)
    if content is not None:
        sort = _SORTS.get(name.rpartition(".")[2], "text/csv")
        await models.DocumentFile.create(
            document_id=row.id, name=name[:300], content_type=sort, content=content, inbound_id=inbound
        )
    return DocumentId(row.id)


async def journal(partnership: PartnershipId, ident: int | None) -> tuple[DocumentId, dict[str, Any]] | None:
    """The import *ident*, else the last, if it was not taken back."""
    query = models.Document.filter(partnership_id=partnership, kind=KIND)
    row = await (query.filter(id=ident) if ident is not None else query).order_by("-id").first()
    if row is None or row.state == UNDONE:
        return None
    return DocumentId(row.id), json.loads(row.text)


async def undone(ident: DocumentId, now: datetime) -> None:
    await models.Document.filter(id=ident).update(state=UNDONE, changed_at=now, text="{}")
    await models.DocumentFile.filter(document_id=ident).delete()


async def files_for(inbound: InboundId) -> list[tuple[str, str, bytes]]:
    """(name, content type, bytes) of what goes out with the answer to this message."""
    rows = models.DocumentFile.filter(inbound_id=inbound, document__kind__in=[KIND, EXPORT]).order_by("id")
    return [(n, t, bytes(c)) for n, t, c in await rows.values_list("name", "content_type", "content")]


async def drop_old(partnership: PartnershipId, before: datetime) -> int:
    """Journals and files of before then."""
    return await models.Document.filter(
        partnership_id=partnership, kind__in=[KIND, EXPORT], created_at__lt=before
    ).delete()
