"""Wishes not to be written to (inside the transaction of the message)."""

from mailer.pipeline.case import Case
from mailer.store import inbound, people


async def unsubscribe(case: Case) -> None:
    """Asks not to be written to. Stopping is the safe side; the convener hears of it and may undo it."""
    place = next(iter(case.known.by_token + case.known.by_thread), None)
    author = case.known.author
    if author is None or case.verdict.authentication.failed or (place is not None and place.person.id != author.id):
        await case.done("asks not to be written to, but it is not certain who this is", inbound.REVIEW, place)
        return
    await people.note_stop(author.id, case.now)
    await case.say("stopped", f"{author.name} asked not to be written to any more", author.id)
    await case.done(f"{author.name} asked not to be written to any more", inbound.REVIEW, place)
