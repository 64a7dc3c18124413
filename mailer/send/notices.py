"""What the service itself tells the convener: plain text from values, for the letter "service-notice"."""

from collections.abc import Sequence
from datetime import datetime

from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.store.inbound import InboundRow

MOST_NAMES = 200
MOST_CASES = 50
MOST_WORDS = 600
_SUGGESTED = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}
_OTHER_WORDS = {
    "COUNTER": "Write {0} accept (the meeting is moved, and everybody hears) or {0} refuse (its proposer is told).",
    "REGISTER": "Write {0} yes (all of it is done) or {0} no.",
    "QUESTION": "This answers something else than whether somebody comes: {0} yes counts for that question alone, and I say so where it cannot.",
    "TOLD": "The letter that is answered asks nothing. Write {0} ignore; if it is about coming, write to me: ADDRESS yes for MEETING.",
    "DELEGATE": "Write {0} yes, {0} no, or {0} and an address.",
}
"""What may be written where yes, no and maybe say too little."""


def waiting(meeting: Meeting, rule: str, persons: Sequence[Person], signers: Sequence[str] = ()) -> str:
    """Letters of *rule* wait for a word; *signers* are asked for theirs."""
    if not persons:
        return f"The letters of the rule [{rule}] about “{meeting.title}” waited for your word; they have been released or dropped meanwhile."
    how_many = "One letter waits" if len(persons) == 1 else f"{len(persons)} letters wait"
    lines = [
        f"{how_many} for your word: {'that' if len(persons) == 1 else 'those'} of the rule [{rule}] about “{meeting.title}”, to",
        "",
    ]
    lines += [f"- {p.name}" + (f" ({p.organisation})" if p.organisation else "") for p in persons[:MOST_NAMES]]
    if len(persons) > MOST_NAMES:
        lines.append(f"- and {len(persons) - MOST_NAMES} more")
    if signers:
        told = f"{' and '.join(signers)} {'has' if len(signers) == 1 else 'have'} been asked whether they may go out in that name."
        lines += ["", f"{told} On that OK they leave by themselves; your ok sends them without it."]
    lines += [
        "",
        "Just reply to this mail: ok (send them all), not NAME (send to all others), or stop (send none). Nothing leaves until you do.",
        "",
        "On the command line: convener outbox shows them, convener outbox release all lets them go.",
    ]
    return "\n".join(lines)


def loop(reason: str) -> str:
    """Somebody is not answered just now: perhaps an automaton that does not say so."""
    return "\n".join(
        [
            f"I have stopped answering for an hour: {reason}.",
            "",
            "Perhaps a program answers every mail there. What comes is still read and recorded; only my own mails about it do not leave.",
            "You need not do anything. The command “convener inbound” shows what came.",
        ]
    )


_MORE = "{0} more {1}: those that no mail has told of come with the next one; “convener review” on the command line shows all of them."


def review(cases: Sequence[InboundRow], more: int = 0) -> str:
    """Cases that the service does not decide by itself, with the words, what it thinks, and the choices; the newest is given first and told
    last. *more* wait beside them."""
    if not cases:
        return "The cases that waited for your word have been settled meanwhile."
    lines = [
        f"{len(cases)} {'message waits' if len(cases) == 1 else 'messages wait'} for your word, because I am not certain. Nothing was recorded.",
        *([_MORE.format(more, "message waits" if more == 1 else "messages wait")] if more else []),
        "",
    ]
    for case in reversed(cases):
        lines.append(f"{case.id}   {case.author}: {case.reason}")
        if case.words.strip():
            words = " / ".join(line.strip() for line in case.words.strip().splitlines() if line.strip())
            lines.append(f"     “{words[:MOST_WORDS]}”")
        if case.proposed in _SUGGESTED:
            lines.append(
                f"It may mean: {_SUGGESTED[case.proposed]}" + (f" with {case.guests} more" if case.guests else "") + "."
            )
        if case.proposed.startswith("DATE:"):
            lines.append(f"This is about {case.proposed.removeprefix('DATE:')} alone, and so is your word on it.")
        if case.proposed in _OTHER_WORDS:
            lines.append(_OTHER_WORDS[case.proposed].format(case.id))
        lines.append("")
    numbers = [c.id for c in reversed(cases)]
    example = f"{numbers[0]} yes" + (f", {numbers[1]} ignore" if len(numbers) > 1 else "")
    lines.append(
        f"Just reply to this mail with numbers and words: {example}. I know yes, no, maybe, ask and ignore, and yes +2 for guests. With ask I "
        "write to the person and ask what was meant; with stop I write to them no more."
    )
    lines.append(
        "If the sender's address belongs to the person who was invited, add “alias”: I will know it from then on. If the sender may answer for "
        "that person, as an assistant does, add “assistant”."
    )
    return "\n".join(lines)


def version(since: datetime | None) -> str:
    """The rules in force, by the day since when they are."""
    return f"The version of {since.day} {since:%b}" if since is not None else "The last version that was in order"


def files(sentence: str, since: datetime | None = None) -> str:
    """Rule files or letters cannot be used. *since*: since when the rules in force are in force."""
    if not sentence:
        return "The files that could not be used are in order again. Nothing is left to do."
    return "\n".join(
        [
            "A file of rules or a letter was changed, and cannot be used as it is now:",
            "",
            sentence[:20_000],
            "",
            f"Nothing of the change is switched on. {version(since)} stays in force, and nothing is lost.",
            "Save the file again when it is right: it is taken up within a minute. (convener check shows what is wrong at any time.)",
        ]
    )
