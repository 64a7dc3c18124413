"""The shortest answers: a bare yes or no, and "works for me". They mean what was asked.

Promises: decided only where the question is known, and where what stands beside the word cannot turn it.
Never:    takes the yes to another matter for one to the invitation, where a sentence says so.
Fails:    not at all.
"""

from mailer.understand import lexicon
from mailer.understand.asked import WEEK, asked_for, asks_attendance, times, times_asked
from mailer.understand.clauses import COMMA
from mailer.understand.findings import Findings
from mailer.understand.phrases import Match
from mailer.understand.reading import Reading
from mailer.understand.said import ANSWERS, Said


class Bare(Findings):
    """The rules about answers of a word or two."""

    def bare(self) -> Reading | None:
        """A bare yes or no means what was asked."""
        asked = asks_attendance(self.subject, self.quoted)
        open_ = any(said.asks for said in self.saids)
        extra = sum(said.unexplained for said in self.saids)
        if extra and self.letter and len(self.saids) == 1 and self.only_word(self.saids[0]):
            extra = 0
        if self.has("bare_yes") and self.has("bare_no"):
            return self.say("needs-person", False, self.words_of("bare_yes"), "The message says both yes and no.")
        for signal, verdict, word in (("bare_yes", "accepted", "yes"), ("bare_no", "declined", "no")):
            if not self.has(signal):
                continue
            clear = (
                asked
                and all(asked_for(self.subject, self.quoted).fits(said.words) for said in self.saids)
                and not any(
                    self.names_another(said, match) or self.leads_elsewhere(said, match) or said.has("hedge")
                    for said, match in self.all(signal)
                )
                and ((extra == 0 and not open_) or self.stands_alone(signal) or self.stands_apart(signal))
                and not self.has("host", "later", "partial", "told", "absent", "seen")
                and not self.has(*(("remote",) if signal == "bare_yes" else ("works", "ack")))
            )
            if clear:
                return self.say(verdict, True, self.words_of(signal), f"A plain {word} to the invitation.")
            return self.say("needs-person", False, self.words_of(signal), f"A {word}, but it is not clear to what.")
        if self.has("works"):
            return self.suits(asked and not open_)
        return None

    @staticmethod
    def names_another(said: Said, match: Match) -> bool:
        """ "Yes, Bill still works here": somebody is named, and not only called at the end of the sentence."""
        never = lexicon.load(said.language).never_names
        after = said.words[match.end :]
        return len(after) > 3 and any(word.capital and word.form not in never for word in after)

    @staticmethod
    def only_word(said: Said) -> bool:
        """Beside its yes or no a sentence holds next to nothing, and nothing that the writer does: "yes, Wednesday is perfect"."""
        lex = lexicon.load(said.language)
        doubt = any(word.form in lex.alarm and i not in said.accounted for i, word in enumerate(said.words))
        if len(said.words) > 1 and said.words[1].form in lex.causes and not said.has("cond", "but", "who"):
            return True  # "yes, because …"
        if len(said.words) > 4 and not any(
            word.form[:1].isdigit() or times((word,)) or lex.phrases.number(word.form) for word in said.words
        ):
            return False  # "sure, you can have my slides"
        few = 1 if said.language == "en" else 0  # elsewhere a verb alone says "I"
        return (
            said.stray() <= few and not (said.of_oneself or said.has("but", "who") or doubt) and len(said.words) <= 12
        )

    def stands_apart(self, signal: str) -> bool:
        """A letter of ours asked, and the yes or no is a clause of its own in a short remark: "sorry for the slow reply - yes!"."""
        if not self.letter or self.size > 20 or len(self.all(signal)) != 1 or any(s.asks for s in self.saids):
            return False
        said, match = self.all(signal)[0]
        after = all(i in said.spoken_for or said.words[i].form == COMMA for i in range(match.end, len(said.words)))
        begin = said.clause(match)[0]
        before = all(word.form in lexicon.load(said.language).therefore for word in said.words[begin : match.begin])
        if not (after and before) or said is not self.saids[-1] or said.of_oneself:
            return False
        # "sorry for the slow reply - yes!", "nothing planned, so yes"; not "about the colour: no"
        led = (
            begin == 0
            or match.begin > begin
            or said.has("regretful", "thanks")
            or said.accounted >= set(range(begin - 1))
        )
        if not led or said.stray(match) > 3:
            return False
        return not self.has(
            *(each for each in ANSWERS if each != signal), "reason", "cond", "partial", "remote", "g_ask"
        ) and not any(other.has("hedge", "elsewhen", "who", "but") or other.of_oneself for other in self.saids)

    def stands_alone(self, signal: str) -> bool:
        """A letter of ours asked, and the message opens with a yes or no that is a sentence of its own; what follows is a remark."""
        if not self.letter or self.size > 45:
            return False
        pairs = self.all(signal)
        first = pairs[0][0]
        if first.number > 1 or any(said is not first for said, _ in pairs) or first.asks:
            return False
        if any(said.stray() > 1 for said in self.saids[: first.number]):
            return False
        if first.unexplained and not self.only_word(first):
            return False
        rest = [said for said in self.saids if said is not first]
        doubts = {"cond", "hedge", "elsewhen", "who", "g_ask", "g_unclear", "but", "reason", "booked"}
        if signal == "bare_no":
            doubts -= {"elsewhen", "reason", "booked", "but"}  # "No. I'm away. Is there another one later?"
        if any(said.has(*ANSWERS, *doubts) for said in rest):
            return False
        return not any(
            word.form in lexicon.load(said.language).alarm and i not in said.accounted
            for said in rest
            for i, word in enumerate(said.words)
        )

    def suits(self, asked: bool) -> Reading:
        """A time that suits is a yes if it is the time that was asked."""
        evidence = self.words_of("works")
        said, _ = self.all("works")[0]
        times_named = times(said.words)
        context = f"{self.subject}\n{self.quoted}".strip()
        if context and times_named:
            offered = times_asked(self.subject, self.quoted)
            asked = times_named <= offered
        if len({time for time in times_named if time in WEEK}) > 1:
            asked = False
        others = sum(s.stray() for s in self.saids)
        clear = (
            asked
            and others <= 1
            and said.unexplained <= 5
            and self.certain("works")
            and not self.has("later", "partial", "reason", "regretful", "host", "other_yes", "other_no", "told")
        )
        if clear:
            return self.say("accepted", True, evidence, "What was asked suits the writer.")
        return self.say(
            "needs-person",
            False,
            evidence,
            "A time suits the writer; it is not certain that it is the one that was asked.",
        )
