"""convener preview, why, words, changes, test-letter: what the rules will do, did, can say, and would do after an edit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.context import console, errors, fail, in_office, in_store, print_json
from mailer.errors import MailerError

if TYPE_CHECKING:
    from mailer.config import Config, PartnershipSettings
    from mailer.pipeline.hand.reports import Edit
    from mailer.pipeline.office import Office
    from mailer.render.outgoing import OutgoingMessage
    from mailer.terms import PartnershipId


def preview(
    slug: Annotated[str, typer.Argument(metavar="MEETING")],
    as_of: Annotated[
        str | None, typer.Option(help="As if it were this moment: 2026-01-28 or 2026-01-28 09:00.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw it, on one page that can be printed.")
    ] = None,
    json: bool = False,
) -> None:
    """What will be sent for a meeting: when, to how many, and what waits for your word."""

    async def work(settings: PartnershipSettings, office: Office) -> tuple[Any, str]:
        from mailer.cli.rehearse import moment
        from mailer.pipeline.hand import reports

        now = moment(as_of, settings.time_zone) if as_of else datetime.now(UTC)
        told = await (reports.preview_data if json else reports.preview_text)(office, slug, now)
        return told, await reports.preview_svg(office, slug, now, settings.paper) if svg is not None else ""

    told, picture = in_office(work)
    if svg is not None:
        _write(svg, picture.encode())
    if json:
        print_json(told)
    else:
        console.print(told, markup=False, end="")


def why(
    address: str,
    rule: Annotated[str | None, typer.Argument(help="One rule; nothing for all.")] = None,
    meeting: Annotated[str | None, typer.Option(help="One meeting; nothing for the next one.")] = None,
    json: bool = False,
) -> None:
    """Why somebody got a mail, will get it, or will not: for each rule the first line that decides it, and what happened so far."""

    async def work(_: PartnershipSettings, office: Office) -> Any:
        from mailer.pipeline.hand import reports

        one = rule.strip("[] ") if rule else None
        return await (reports.why_data if json else reports.why_text)(office, address, datetime.now(UTC), one, meeting)

    told = in_office(work)
    if json:
        print_json(told)
    else:
        console.print(told, markup=False, end="")


def words(json: bool = False) -> None:
    """The whole vocabulary of rule files."""
    from mailer.pipeline.hand import reports

    if json:
        print_json(reports.words_data())
    else:
        console.print(reports.words_text(), markup=False, end="")


def changes(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A draft of the rule files; nothing for those in use.")
    ] = None,
    same: Annotated[
        str | None, typer.Option(metavar="NEW=OLD", help="Say that a rule only got another heading.")
    ] = None,
    look_back: Annotated[
        str | None, typer.Option(metavar="RULE", help="Let a new rule send what it would have sent already.")
    ] = None,
    json: bool = False,
) -> None:
    """What edited rule files would change, before they take effect: who newly gets what, what is dropped. Nobody gets anything twice."""
    if same is not None or look_back is not None:
        _rule_about(same, look_back)
        return
    if folder is not None and not folder.is_dir():
        raise MailerError(f"There is no folder {folder}.")

    async def work(_: Config, settings: PartnershipSettings, partnership: PartnershipId) -> Edit:
        from mailer.pipeline.hand import reports

        office = await reports.office_in_force(settings, partnership)
        return await reports.edit_of(office, settings, datetime.now(UTC), folder)

    from mailer.pipeline.hand import reports

    edit = in_store(work)
    if json:
        print_json(reports.edit_data(edit))
    elif edit.problems:
        errors.print(reports.edit_text(edit), markup=False, end="")
    else:
        console.print(reports.edit_text(edit), markup=False, end="")
    if edit.problems:
        raise typer.Exit(1)


def _rule_about(same: str | None, look_back: str | None) -> None:
    """The convener's word about a rule that is new."""
    if same is not None and "=" not in same:
        raise fail("Write it like --same remind-1=remind1: the new heading, then the old one.", 2)

    async def work(settings: PartnershipSettings, office: Office) -> list[str]:
        del settings
        from mailer.pipeline.hand import rulings
        from mailer.terms import RuleId

        now, told = datetime.now(UTC), []
        if same is not None:
            new, _, old = (part.strip("[] ") for part in same.partition("="))
            office = await rulings.same_rule(office, RuleId(old), RuleId(new), now)
            told.append(f"[{new}] goes on where [{old}] ended: whoever got that does not get it again.")
        if look_back is not None:
            made = await rulings.look_back(office, RuleId(look_back.strip("[] ")), now)
            told.append(f"{made} letters are in the outbox: convener outbox")
        return told

    for sentence in in_office(work):
        console.print(sentence, markup=False)


def letter_test(
    letter: Annotated[str, typer.Argument(help="Its name, as rules write it under send.")],
    to_person: Annotated[str, typer.Option(metavar="ADDRESS", help="Whose data it is written with.")],
    meeting: Annotated[str | None, typer.Option(help="One meeting; nothing for the next one.")] = None,
    eml: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file; nothing is sent.")] = None,
    json: bool = False,
) -> None:
    """Any letter with a real person's data, sent to you alone. An answer to it changes nothing."""

    async def work(settings: PartnershipSettings, office: Office) -> tuple[OutgoingMessage, str]:
        from mailer.pipeline.hand.trial import trial_letter
        from mailer.pipeline.opening import read_files

        letters = read_files(settings).letters
        message = await trial_letter(office, letters, letter, to_person, datetime.now(UTC), meeting)
        return message, "" if eml is not None else await _handed_over(settings, message)

    message, trouble = in_office(work)
    if eml is not None:
        _write(eml, message.content)
    if json:
        print_json({"to": message.forward_path, "subject": message.subject, "text": message.text, "trouble": trouble})
    elif trouble:
        errors.print(f"The letter was not sent: {trouble}", markup=False)
    else:
        where = f"written to {eml}" if eml is not None else f"sent to {message.forward_path}"
        console.print(f"{message.subject}\n{where}", markup=False)
    if trouble:
        raise typer.Exit(1)


async def _handed_over(settings: PartnershipSettings, message: OutgoingMessage) -> str:
    """Send *message*; what went wrong, or nothing."""
    from mailer.send.outcome import Sent
    from mailer.send.smtp import SmtpTransport

    async def at_once() -> None:
        """There is no ledger of test letters."""

    transport = SmtpTransport(settings.sending)
    try:
        outcome = await asyncio.wait_for(transport.deliver(message, at_once), 120)
    except TimeoutError:
        return "the mail server takes too long to answer."
    finally:
        await transport.close()
    return "" if isinstance(outcome, Sent) else outcome.sentence


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as exc:
        raise MailerError(f"{file} cannot be written: {exc.strerror}.") from exc
