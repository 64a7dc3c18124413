"""convener approvals: who was asked for a word on letters in his or her name, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, counted, in_office, print_json, table

if TYPE_CHECKING:
    from mailer.config import PartnershipSettings

SHOWN = ("number", "rule", "signer", "state", "asked", "answered", "words", "message", "text id")


def approvals(
    number: Annotated[
        int | None, typer.Argument(help="Nothing to list; a number shows the letter that was seen.")
    ] = None,
    meeting: Annotated[str | None, typer.Option(help="Of one meeting alone.")] = None,
    json: bool = False,
) -> None:
    """What the signers of letters have said to them; each with the message that proves it (convener inbound show MESSAGE), and the id of
    the text that was shown: another text has another id. With --json the Message-ID and the author, too."""

    async def work(_: PartnershipSettings, office: Any) -> list[dict[str, Any]]:
        from mailer.pipeline.hand.changes import meeting_or_error
        from mailer.store import approvals as store
        from mailer.store import people

        about = await meeting_or_error(office, meeting) if meeting else None
        found = await store.every(office.partnership, about.id if about else None)
        names = {p.id: p.name for p in await people.people(office.partnership, list({w.person for w in found}))}
        proofs = {w.id: await store.proof(w.proof) if w.proof is not None else ("", "") for w in found}
        return [
            {
                "number": w.id,
                "rule": w.rule,
                "signer": names.get(w.person, ""),
                "state": w.state,
                "asked": w.asked_at,
                "reminded": w.reminded_at,
                "answered": w.answered_at,
                "words": w.words,
                "message": w.proof,
                "message_id": proofs[w.id][0],
                "author": proofs[w.id][1],
                "text id": w.text_id,
                "letters": w.letters,
                "subject": w.subject,
                "text": w.text,
            }
            for w in found
        ]

    rows = in_office(work)
    if number is not None:
        rows = [r for r in rows if r["number"] == number]
    if json:
        print_json(rows)
    elif number is not None and rows:
        console.print(f"{rows[0]['subject']}\n\n{rows[0]['text']}", markup=False)
    else:
        shown = [
            tuple(
                f"{v:%d %b %Y %H:%M}" if hasattr(v, "hour") else "" if v is None else v[:12] if k == "text id" else v
                for k, v in ((k, r[k]) for k in SHOWN)
            )
            for r in rows
        ]
        table(counted(len(rows), "question to signers", "questions to signers"), SHOWN, shown)
