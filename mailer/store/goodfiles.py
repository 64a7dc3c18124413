"""The last rule files that could be used, for when those on disk cannot."""

from collections.abc import Mapping

from mailer.store import models
from mailer.terms import PartnershipId


async def remember(partnership: PartnershipId, files: Mapping[str, str]) -> None:
    """These are in force now."""
    await models.GoodFile.filter(partnership_id=partnership).delete()
    await models.GoodFile.bulk_create(
        [models.GoodFile(partnership_id=partnership, name=n, content=c) for n, c in files.items()]
    )


async def remembered(partnership: PartnershipId) -> dict[str, str]:
    return dict(await models.GoodFile.filter(partnership_id=partnership).values_list("name", "content"))
