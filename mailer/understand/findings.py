"""What the sentences of one message hold, laid out for the rules, and the doubts that keep an answer from being certain.

Promises: answers questions about signals; a doubt is raised by words, days, hours, occasions and things that the letter does not speak of.
Never:    decides; whatever the language, the words are the lexicon's.
Fails:    not at all.
"""

from collections.abc import Sequence

from mailer.understand import lexicon
from mailer.understand.asked import Asked, asked_for, asks_attendance, named
from mailer.understand.clauses import COMMA, Word
from mailer.understand.party import Party
from mailer.understand.phrases import Match
from mailer.understand.reading import Reading
from mailer.understand.said import ANSWERS, Said
from mailer.understand.weighing import Weighed

LONG_MESSAGE = 160
"""Words. In a message longer than this an answer is decided only if it stands near the beginning."""


class Findings:
    """All that was found in a message, and what the letter asked."""

    def __init__(
        self, body: str, saids: Sequence[Said], weighed: Weighed, party: Party, subject: str, quoted: str
    ) -> None:
        self.body, self.saids, self.party, self.subject, self.quoted = body, saids, party, subject, quoted
        self.sure, self.unsure = weighed.sure, weighed.unsure
        self.size = sum(len(said.words) for said in saids)
        self.asked: Asked | None = None
        self.letter = bool(quoted.strip()) and asks_attendance(subject, quoted)
        """A letter that asks for attendance is known: what stands by itself answers it."""

    def has(self, *signals: str) -> bool:
        return any(self.sure.get(signal) or self.unsure.get(signal) for signal in signals)

    def certain(self, *signals: str) -> bool:
        return any(self.sure.get(signal) for signal in signals)

    def all(self, *signals: str) -> list[tuple[Said, Match]]:
        return [pair for signal in signals for pair in (*self.sure.get(signal, ()), *self.unsure.get(signal, ()))]

    def words_of(self, *signals: str) -> str:
        pairs = [pair for signal in signals for pair in self.sure.get(signal, ())] or self.all(*signals)
        if not pairs:
            return ""
        said, match = min(pairs, key=lambda pair: (pair[0].number, pair[1].begin))
        return self.quote(said, match)

    def quote(self, said: Said, match: Match) -> str:
        return self.body[said.words[match.begin].start : said.words[match.end - 1].end]

    def say(self, verdict: str, decided: bool, evidence: str, reason: str) -> Reading:
        guests = self.party.guests if verdict in ("accepted", "tentative", "needs-person") else 0
        return Reading(verdict, decided, guests, None, evidence, reason)

    def span(self, said: Said, low: int, high: int) -> str:
        return self.body[said.words[low].start : said.words[high - 1].end]

    def together(self, signal: str, *others: str) -> bool:
        """*signal* stands in one sentence with one of *others*."""
        return any(said.has(*others) for said, _ in self.all(signal))

    def settle(self, verdict: str, signal: str, evidence: str, reason: str) -> Reading:
        """A clear answer is decided, unless it stands deep in a long message."""
        if not any(self.about_this(said, match) for said, match in self.sure.get(signal, ())):
            return self.say(
                "needs-person",
                False,
                evidence,
                "These words may be about another day or another meeting than the letter's.",
            )
        if self.size > LONG_MESSAGE and min(said.number for said, _ in self.all(signal)) > 3:
            return self.say(
                verdict, False, evidence, "These words stand deep in a long message and may be about something else."
            )
        return self.say(verdict, True, evidence, reason)

    def about_this(self, said: Said, match: Match) -> bool:
        """Nothing beside the answer names another day, or another sort of meeting, than the letter that it answers."""
        if self.asked is None:
            self.asked = asked_for(self.subject, self.quoted)
        if match.signal == "reason":
            return self.asked.on_the_day(said.words)  # what keeps somebody away is another occasion, always
        lex = lexicon.load(said.language)
        if self.leads_elsewhere(said, match):
            return False
        if self.letter and match.signal != "no" and said.has("remote") and not self.asked.words & lex.screen:
            return False  # by telephone, to a meeting that people come to
        begin, end = said.clause(match)
        begin = max((i + 1 for i in range(begin, match.begin) if said.words[i].form in lex.joints), default=begin)
        end = next((i for i in range(match.end, end) if said.words[i].form in lex.joints), end)
        if not self.asked.fits(said.words[begin:end]):
            return False
        if not named(said.words[begin:end]) and not said.has("reason", "but") and not self.asked.fits(said.words[:end]):
            return False
        if said.number and not named(said.words):
            # "The hearing is on Tuesday. I'll be there": the answer points at the sentence before it
            before = self.saids[said.number - 1]
            if not before.has(*ANSWERS, "reason", "thanks") and not before.asks:
                return self.asked.fits(before.words)
        return True

    def leads_elsewhere(self, said: Said, match: Match) -> bool:
        """ "It's a no on the donation": the answer goes on to a thing that is no meeting, and that no letter speaks of."""
        lex = lexicon.load(said.language)
        self.asked = self.asked or asked_for(self.subject, self.quoted)
        place = match.end
        if match.signal == "yes" and place < len(said.words) and said.words[place].capital:
            named_after = said.words[place].form
            if (
                named_after not in lex.known
                and named_after not in self.asked.words
                and said.words[place - 1].form in lex.joins
            ):
                return True  # "I will be joining Allied"
        if match.signal in ("bare_yes", "bare_no") and place < len(said.words) and said.words[place].form == COMMA:
            place += 1  # "yes, on the invoice"
        ends = [word.form for word in said.words[match.begin : place]][-2:]
        if place < len(said.words) and said.words[place].form in lex.toward:
            place += 1
        elif ends[-1] not in lex.toward and not (len(ends) > 1 and ends[0] in lex.toward and ends[1] in lex.around):
            return False
        while True:
            thing: list[tuple[int, Word]] = []
            while place < len(said.words) and said.words[place].form != COMMA and len(thing) < 5:
                word = said.words[place]
                if word.form in lex.joints or word.form in lex.toward or word.form in lex.stops:
                    break
                thing.append((place, word))
                place += 1
            if self._strange(said, thing):
                return True
            if place >= len(said.words) or said.words[place].form not in lex.toward:
                return False
            place += 1

    def _strange(self, said: Said, thing: Sequence[tuple[int, Word]]) -> bool:
        """No meeting, and nothing that the letter speaks of."""
        lex = lexicon.load(said.language)
        ours = self.asked.words if self.asked else frozenset()
        strange = any(
            word.form not in lex.around
            and word.form not in ours
            and not word.form[:1].isdigit()
            and word.form not in lex.known
            and (at not in said.spoken_for or (word.capital and self.letter))
            for at, word in thing
        )
        ours_named = any(
            word.form in ours and word.form not in lex.marks and word.form not in lex.toward for _, word in thing
        )
        return strange and not ours_named

    def on_that_day(self, said: Said) -> bool:
        """A day is named: the letter's, where a letter is known that names one."""
        if not said.has("dated"):
            return False
        asked = self.asked = self.asked or asked_for(self.subject, self.quoted)
        theirs, ours = named(said.words), asked.named
        if not (ours.weekdays or ours.days):
            return not said.has("somewhere")
        return bool(theirs.weekdays & ours.weekdays or theirs.days & ours.days)

    def alarmed(self) -> bool:
        """Words of doubt that no phrase accounts for, or much that is not understood after a "but" that follows the yes."""
        conceded = max(
            (s.number for s in self.saids if s.has("yes") and (self.letter or self.turns_at_once(s))), default=0
        )  # with a letter before him, what somebody tells before his plain yes is no doubt of it
        for said in self.saids[conceded:]:
            lex = lexicon.load(said.language)
            found = [match for signal in ("yes", "wish", "works") for match in said.found.get(signal, ())]
            # "I have moved the other meeting, so I will come": what explains the yes casts no doubt on it
            begins = max((match.begin for match in found), default=0)
            turns = {match.end - 1 for match in said.found.get("but", ())}
            since = max((i for i in range(begins) if said.words[i].form in lex.therefore or i in turns), default=-1)
            if not said.asks and any(
                word.form in lex.alarm and i not in said.accounted and i > since for i, word in enumerate(said.words)
            ):
                return True
            if self.strange_after_but(said, [match.end for match in found]):
                return True
        return False

    @staticmethod
    def turns_at_once(said: Said) -> bool:
        """The sentence opens with "but" or "so": what stands before it is a concession or a cause."""
        opens = said.words[0].form
        return opens in lexicon.load(said.language).therefore or any(m.begin == 0 for m in said.found.get("but", ()))

    @staticmethod
    def strange_after_but(said: Said, ends: Sequence[int]) -> bool:
        """Much that is not understood follows a "but" after an answer that ends at one of *ends*."""
        lex = lexicon.load(said.language)
        known = said.accounted | said.spoken_for
        for but in said.found.get("but", ()):
            if ends and min(ends) <= but.begin:
                after = [i for i in range(but.end, len(said.words)) if i not in known]
                if sum(said.words[i].form != COMMA and said.words[i].form not in lex.around for i in after) >= 2:
                    return True
        return False

    def unexplained_before(self, *signals: str) -> int:
        """Words in earlier sentences that say nothing of the answer: the more, the likelier another matter is meant."""
        first = min(said.number for said, _ in self.all(*signals))
        ours = ("yes", "wish", "thanks", "bare_yes", "regretful", "reason", "works", "no", "maybe", "earlier", "turn")
        return sum(len(said.words) for said in self.saids[:first] if not said.has(*ours))
