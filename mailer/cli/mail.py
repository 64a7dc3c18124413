"""convener inbound, outbox, review: what came, what leaves, what waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, fail, in_office, in_store, print_json, table
from mailer.errors import MailerError
from mailer.terms import InboundId, OutboxId, PartnershipId

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings


def inbound(
    action: Annotated[str | None, typer.Argument(help="Nothing to list; show NUMBER; retry NUMBER.")] = None,
    number: Annotated[int | None, typer.Argument()] = None,
    state: Annotated[list[str] | None, typer.Option(help="fetched, handled, review, held, left-alone.")] = None,
    json: bool = False,
) -> None:
    """What came: each message, and what became of it."""
    from mailer.store import inbound as store

    async def rows(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> list[store.InboundRow]:
        return await store.rows(partnership, state or ())

    async def one(
        _: Config, __: PartnershipSettings, partnership: PartnershipId
    ) -> tuple[store.InboundRow | None, bytes | None]:
        row = await store.row(partnership, InboundId(number or 0))
        return row, await store.raw(InboundId(number or 0)) if row else None

    async def retry(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> bool:
        from mailer.store.transact import transact

        return await transact(lambda: store.again(partnership, InboundId(number or 0)))

    if action is None:
        found = in_store(rows)
        if json:
            print_json([{name: getattr(r, name) for name in r.__slots__} for r in found])
            return
        shown = [
            (r.id, f"{r.received_at:%d %b %H:%M}", r.state, r.kind, r.author, r.subject[:60], r.reason) for r in found
        ]
        table(
            "What came (newest first)", ("no.", "when", "state", "kind", "from", "subject", "what became of it"), shown
        )
    elif action == "show" and number is not None:
        row, raw = in_store(one)
        if row is None:
            raise fail(f"There is no message {number}.")
        console.print((raw or b"(only its ids are kept)").decode("utf-8", "replace"), markup=False)
    elif action == "retry" and number is not None:
        if not in_store(retry):
            raise fail(f"Message {number} does not wait.")
        console.print(f"Message {number} is handled once more when the service looks next.")
    else:
        raise fail("Write: convener inbound, convener inbound show NUMBER, or convener inbound retry NUMBER", 2)


def outbox(
    action: Annotated[
        str | None, typer.Argument(help="Nothing to list; show, release, retry or drop NUMBERS; release all.")
    ] = None,
    numbers: Annotated[list[str] | None, typer.Argument()] = None,
    state: Annotated[
        list[str] | None, typer.Option(help="held, queued, deferred, sent, failed, in-doubt, dropped.")
    ] = None,
    json: bool = False,
) -> None:
    """What leaves: each mail, its state and why. Held mails wait for: convener outbox release NUMBERS (or all)."""
    from mailer.store import outbox as store
    from mailer.store import people
    from mailer.store.transact import transact

    async def rows(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> list[dict[str, Any]]:
        found = await store.rows(partnership, state or ())
        names = (
            {p.id: p for p in await people.people(partnership, {e.notice.person_id for e in found})} if found else {}
        )
        return [
            {
                "number": e.id, "state": e.state, "to": names[e.notice.person_id].name,
                "address": e.forward_path or names[e.notice.person_id].address,
                "rule": e.notice.rule, "letter": e.notice.letter, "subject": e.subject, "due_at": e.due_at, "sent_at": e.sent_at,
                "attempt": e.attempt, "reason": e.notice.reason, "smtp_reply": e.smtp_reply, "message_id": e.message_id,
            }
            for e in found
        ]  # fmt: skip

    if action is None:
        found = in_store(rows)
        if json:
            print_json(found)
            return
        cells = [
            (
                r["number"],
                r["state"],
                f"{(r['sent_at'] or r['due_at']):%d %b %H:%M}",
                r["to"],
                r["rule"],
                r["letter"],
                r["reason"],
            )
            for r in found
        ]
        table("What leaves (newest first)", ("no.", "state", "when (UTC)", "to", "rule", "letter", "why"), cells)
        return
    if action not in ("show", "release", "retry", "drop") or not numbers:
        raise fail("Write: convener outbox, or convener outbox show|release|retry|drop NUMBERS (release all)", 2)

    async def act(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> int:
        if numbers == ["all"]:
            idents = [e.id for e in await store.rows(partnership, [store.HELD], limit=10_000)]
        else:
            try:
                idents = [OutboxId(int(n)) for n in numbers]
            except ValueError as exc:
                raise MailerError("Mails are named by their numbers: convener outbox lists them.") from exc
        idents = [e.id for e in await store.entries(idents) if await _mine(partnership, e.id)]
        if action == "show":
            for ident, stored in (await store.contents(idents)).items():
                console.print(f"--- {ident}\n{stored[4].decode('utf-8', 'replace')}", markup=False)
            return len(idents)
        if action == "drop":
            await transact(lambda: store.noted("dropped", partnership, idents, datetime.now(UTC)))
            return await transact(lambda: store.drop(idents, "dropped by the convener"))
        return await transact(lambda: store.release(partnership, idents, datetime.now(UTC)))

    async def _mine(partnership: PartnershipId, ident: OutboxId) -> bool:
        from mailer.store import models

        return await models.Outbox.exists(id=ident, partnership_id=partnership)

    done = in_store(act)
    if not done:
        raise fail("None of these waits (or is kept): convener outbox lists them.")
    if action != "show":
        words = {
            "drop": "dropped",
            "release": "released: they leave when the service looks next",
            "retry": "tried again when the service looks next",
        }
        console.print(f"{done} {words[action]}.")


def review(
    number: Annotated[int | None, typer.Argument(help="The message to decide about.")] = None,
    word: Annotated[
        str | None,
        typer.Argument(
            metavar="[yes|no|maybe|accept|refuse|ask|ignore|stop]",
            help="yes, no, maybe: the answer, or whether a delegate may come. accept, refuse: another time that is proposed. "
            "ask: the sender what was meant. ignore: set it aside. stop: write to this person no more.",
        ),
    ] = None,
    guests: Annotated[int, typer.Option(min=0, max=99)] = 0,
    alias: Annotated[
        bool, typer.Option("--alias", help="The sender's address belongs to this person from now on.")
    ] = False,
    assistant: Annotated[
        bool,
        typer.Option("--assistant", help="The sender may answer for this person from now on; nothing is sent there."),
    ] = False,
    address: Annotated[str, typer.Option(help="Of the delegate whom the message names.")] = "",
    note: str = "",
    json: bool = False,
) -> None:
    """What waits for a person: list it, or decide (convener review 12 yes --guests 1; 13 accept; 14 ask; 15 no --assistant)."""
    from mailer.store import inbound as store

    if number is None:

        async def rows(_: Config, __: PartnershipSettings, partnership: PartnershipId) -> list[store.InboundRow]:
            return await store.rows(partnership, [store.REVIEW, store.HELD])

        found = in_store(rows)
        if json:
            print_json([{name: getattr(r, name) for name in r.__slots__} for r in found])
            return
        if not found:
            console.print("Nothing waits for you.")
            return
        for r in found:
            console.print(
                f"{r.id}  {r.author}  “{r.subject}”  ({r.received_at:%d %b %H:%M})", markup=False, style="bold"
            )
            console.print(f"    waits because: {r.reason}", markup=False)
            if r.words:
                console.print("    " + "\n    ".join(r.words.strip().splitlines()[:8]), markup=False, style="dim")
            suggestion = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}.get(r.proposed)
            if r.proposed == "COUNTER":
                console.print(f"    decide with: convener review {r.id} accept, or refuse", markup=False)
            elif r.proposed == "DELEGATE":
                console.print(f"    decide with: convener review {r.id} yes (--address …), or no", markup=False)
            if suggestion:
                console.print(
                    f"    it may mean: {suggestion}" + (f" with {r.guests} more" if r.guests else ""), markup=False
                )
        console.print(
            "\nDecide with: convener review NUMBER yes|no|maybe|ask|ignore|stop   (--alias if the address is theirs too, --assistant if"
            " the sender may answer for them)",
            markup=False,
        )
        return
    from mailer.pipeline.hand.unclear import Settle, settle

    if word not in [s.value for s in Settle]:
        raise fail(
            "Write: convener review NUMBER yes|no|maybe|ask|ignore|stop, or accept|refuse where another time is proposed",
            2,
        )
    if alias and assistant:
        raise fail("An address is the person's own (--alias) or an assistant's (--assistant), not both.", 2)
    if (alias or assistant) and word not in ("yes", "no", "maybe"):
        raise fail(f"--alias and --assistant go with an answer (yes, no, maybe), not with {word}.", 2)

    async def work(_: PartnershipSettings, office: Any) -> str:
        return await settle(
            office,
            InboundId(number),
            Settle(word),
            datetime.now(UTC),
            guests=guests,
            learn_alias=alias,
            let_answer=assistant,
            note=note,
            address=address,
        )

    console.print(in_office(work), markup=False)
