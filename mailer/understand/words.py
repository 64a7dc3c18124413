"""Read what a person answers in plain words: yes, no, perhaps, somebody else, a question, or nothing at all.

A text is cut into sentences (clauses.py), each is read in its own language (lexicon/) with a grammar of phrases (phrases.py);
said.py finds who speaks and what is asked, weighing.py which answers are certain, findings.py the doubts that stand against one;
judge.py decides, with others.py (delegates, assistants) and bare.py (a yes or no alone). Who comes along is counted in party.py;
asked.py knows what the letter named and what a bare yes would mean.

Promises: a pure function; the same words always give the same reading; the evidence is verbatim; bounded time for any input.
Never:    guesses. Conditions, parts of the meeting, contradictions, hearsay and everything doubtful are left to a person:
          `decided` is true only where one clear answer stands and nothing speaks against it.
Fails:    not at all: what it cannot read is "none" or "needs-person".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailer.understand import lexicon
from mailer.understand.asked import asks_attendance
from mailer.understand.clauses import LONGEST_TEXT, Sentence, sentences, tidy
from mailer.understand.judge import Judge
from mailer.understand.languages import languages_of
from mailer.understand.party import count_party
from mailer.understand.phrases import Match
from mailer.understand.reading import Reading
from mailer.understand.said import Said, read_sentence, who_goes_on
from mailer.understand.weighing import weigh

__all__ = ["Reading", "read_words"]


_QUOTED = re.compile(r"(?m)^[ \t]{0,8}>.*$")
"""Lines with a mark of quoting may stand among the words, for a person to see. They are not the writer's."""


_GREETING = re.compile(r"(?i)\s*(?:hi|hello|hey|dear|hola|hallo|bonjour|guten tag|good \w{2,10})\b[^\n.!?]{0,40}$")
_SIGNATURE = re.compile(r"\n[ \t]*(?:--|—|___+|---+)[ \t]*\n")
_BOX = re.compile(r"[\[(][ \t]{0,3}([xX✓✔*]?)[ \t]{0,3}[\])][ \t]{0,3}([^\[\]()\n]{0,60})")
_ASKED_LINE = re.compile(
    r"(?im)^(\W{0,5}(?:attending|attendance|coming|asistencia|asistirá|teilnahme|présence|participation)\b[^?:\n]{0,30})\?(?=[ \t]{1,4}\S)"
)
"""A question of the letter, repeated with its answer: "Attending? No"."""
_CHOICES = re.compile(
    r"(?i)\b(?:yes|sí|si|ja|oui)[ \t]{0,2}[/,][ \t]{0,2}(?:no|nein|non)[ \t]{0,2}(?:[/,]|or|o|oder|ou)[ \t]{0,2}"
    r"(?:maybe|perhaps|tal vez|quizás?|vielleicht|peut-être)\b"
)
"""The letter's own choices, repeated: they choose nothing."""


def _without_signature(body: str) -> str:
    """What stands below a line of dashes is no answer, if more than a greeting stands above."""
    cut = _SIGNATURE.search(body)
    if cut is None:
        return body
    above = body[: cut.start()]
    return above if sentences(above) and not _GREETING.match(above) else body


def _chosen(body: str) -> str | None:
    """What a form says: the label of its one marked box, or "" where that is not plain. None: it is no form."""
    boxes = list(_BOX.finditer(body))
    if len(boxes) < 2:
        return None
    marked = [box[2] for box in boxes if box[1]]
    before = body[: boxes[0].start()].rpartition("\n")[2]
    labels_follow = not any(c.isalnum() for c in before)  # "yes [x] no [ ]" has its labels before the boxes
    return marked[0] if len(marked) == 1 and labels_follow else ""


def read_words(text: str, *, subject: str = "", quoted: str = "", language: str | None = None) -> Reading:
    """Read the new words of a reply; *subject* and *quoted* say what was asked, *language* helps where few words tell."""
    body = _without_signature(tidy(_QUOTED.sub("", text[: 2 * LONGEST_TEXT])))
    body = _ASKED_LINE.sub(r"\1:", body)
    chosen = _chosen(body)
    if chosen is not None:
        body = chosen
    listed = _CHOICES.search(body)
    if listed:
        body = _CHOICES.sub(lambda found: " " * len(found[0]), body)
    if (chosen is not None or listed) and not sentences(body):
        return Reading(
            "needs-person",
            False,
            0,
            None,
            tidy(text).strip()[:80],
            "Choices are listed, and it is not plain which one is meant.",
        )
    cut = sentences(body)
    if not cut:
        # Some write the whole answer into the subject line.
        body = tidy(re.sub(r"(?i)^\s*(?:(?:re|aw|antw|rv|sv|tr|r)\s*(?:\[\d+\])?:\s*)+", "", subject[:300]))
        cut = sentences(body)
        if not cut:
            return Reading("none", False, 0, None, "", "There are no words in this message.")
        reading = _read(body, cut, "", quoted, language)
        return (
            reading
            if reading.verdict in ("accepted", "declined") and _is_own_subject(subject)
            else replace(
                reading,
                decided=False,
                verdict="none",
                reason="The message is empty, and its subject alone is no clear answer.",
            )
        )
    reading = _read(body, cut, subject, quoted, language)
    if reading.decided and len(text) > LONGEST_TEXT:
        return replace(
            reading, decided=False, reason="The message is very long; it was read to a point only. " + reading.reason
        )
    return reading


def _is_own_subject(subject: str) -> bool:
    """An answer's "Re: …" repeats our subject: only a subject of one's own can be an answer."""
    return re.match(r"(?i)\s*(re|aw|antw|rv|sv|tr|r|fwd?|wg)\s*(\[\d+\])?:", subject) is None


_COMES = ("yes", "wish", "works", "bare_yes", "maybe")


def _counting(said: Said) -> Mapping[str, Sequence[Match]]:
    """What of a sentence counts heads. "Room for 3?" asks about the room, and says nothing of who comes."""
    if said.sentence.asks and not said.of_oneself and not any(said.found.get(signal) for signal in _COMES):
        return {signal: found for signal, found in said.found.items() if signal != "g_total"}
    return said.found


def _read(body: str, cut: Sequence[Sentence], subject: str, quoted: str, language: str | None) -> Reading:
    codes = languages_of(cut, language, f"{subject}\n{quoted}")
    saids = [
        read_sentence(number, sentence, code) for number, (sentence, code) in enumerate(zip(cut, codes, strict=True))
    ]
    who_goes_on(saids)
    party = count_party([(s.words, _counting(s)) for s in saids], [lexicon.load(s.language) for s in saids])
    judge = Judge(
        body, saids, weigh(saids, bool(quoted.strip()) and asks_attendance(subject, quoted)), party, subject, quoted
    )
    return replace(judge.verdict(), language=max(codes, key=codes.count))
