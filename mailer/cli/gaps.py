"""convener people gaps: for which kinds of public partner nobody is in the register yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.cli.context import console, in_store, print_json

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.partnership.people import Person
    from mailer.terms import PartnershipId


def gaps(json: bool = False) -> None:
    """Which kinds of public partner have no contact yet, and who stands for the others."""
    from mailer.partnership import gaps as found_in

    async def work(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> tuple[Person, ...]:
        from mailer.store import people

        return await people.people(partnership)

    register = in_store(work)
    if json:
        print_json([{"kind": g.kind, "names": list(g.names)} for g in found_in.gaps(register)])
    else:
        console.print(found_in.gaps_text(register), markup=False)
