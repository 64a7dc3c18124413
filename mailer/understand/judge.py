"""Decide between what the sentences of a message say: rules in a fixed order, each with its sentence for the convener.

Promises: the first rule that applies gives the reading; `decided` only where one clear answer stands and nothing speaks against it.
Never:    looks at words itself: it weighs signals (lexicon/__init__.py says what each means), whatever the language.
Fails:    not at all.
"""

from mailer.understand import lexicon
from mailer.understand.asked import times
from mailer.understand.bare import Bare
from mailer.understand.clauses import COMMA
from mailer.understand.findings import LONG_MESSAGE
from mailer.understand.others import Others
from mailer.understand.phrases import Match
from mailer.understand.reading import Reading
from mailer.understand.said import ANSWERS, Said
from mailer.understand.weighing import is_firm, turns_between


class Judge(Others, Bare):
    """The rules, in the order in which they are asked."""

    def verdict(self) -> Reading:
        for rule in (self.conditional, self.delegated, self.both, self.no, self.perhaps, self.kind_no, self.wished, self.only_reason,
                     self.yes, self.other_people, self.bare):  # fmt: skip
            reading = rule()
            if reading is not None:
                return reading
        return self.nothing()

    def conditional(self) -> Reading | None:
        for said, match in self.all("cond"):
            if said.has(*ANSWERS, "hedge"):
                answer = said.first(*ANSWERS, "hedge")
                assert answer is not None
                low, high = min(answer.begin, match.begin), max(answer.end, match.end)
                return self.say(
                    "needs-person", False, self.span(said, low, high), "There is a condition in this answer."
                )
            if (
                match.begin == 0
                and self.has("yes", "wish", "no", "bare_yes", "works", "maybe")
                and not said.asks
                and len(said.words) < 14
            ):
                return self.say(
                    "needs-person", False, self.span(said, 0, len(said.words)), "A condition follows the answer."
                )
        return None

    def both(self) -> Reading | None:
        if not (self.has("yes") and self.has("no")):
            return None
        for signal, other, verdict in (("yes", "no", "declined"), ("no", "yes", "accepted")):
            # "I said I would come, but now I can't": what was said earlier no longer counts, what comes after it does.
            newest = [(said.number, match.begin) for said, match in self.sure.get(other, ())]
            past = [(said.number, match.begin) for said, match in self.all(signal) if self.told_of_earlier(said, match)]
            if newest and len(past) == len(self.all(signal)) and max(past) < min(newest):
                decided = not self.has("maybe", "partial")
                return self.say(
                    verdict, decided, self.words_of(other), "The answer was changed; the newer words count."
                )
        return self.say(
            "needs-person", False, self.words_of("no", "yes"), "One part of the message says yes, another says no."
        )

    def yes_beside_no(self) -> bool:
        """A bare yes, or "fine with me", contradicts a no; not in "yes, unfortunately I cannot", nor as another day that suits."""
        for said, match in self.all("bare_yes"):
            if not (said.has("no", "nowish") and self.only_opens(said, match)) and not self.goes_on(said, match):
                return True
        if any(not times(said.words) and not said.has("no") for said, _ in self.all("works")):
            return True
        first_no = min(said.number for said, _ in self.all("no"))
        return any(said.number > first_no and not said.has("but", "reason", "no") for said, _ in self.all("wish"))

    @staticmethod
    def only_opens(said: Said, match: Match) -> bool:
        """ "Yes, thanks for asking, but I can't", "yes I got it but": not so "yes to the dinner but …"."""
        if said.has("regretful") and not said.has("but"):
            return True
        after = said.words[match.end].form if match.end < len(said.words) else COMMA
        return (said.has("but") or said.has("regretful")) and (
            after == COMMA or after in lexicon.load(said.language).self
        )

    @staticmethod
    def goes_on(said: Said, match: Match) -> bool:
        """ "Yes, I got the invitation": the word answers something else, and its sentence says what."""
        return said.unexplained >= 2 and not said.has("yes", "wish", "works", "no", "nowish", "maybe")

    @staticmethod
    def told_of_earlier(said: Said, match: Match) -> bool:
        """The answer stands after "I said", with neither "but" nor a pause between."""
        return any(
            earlier.begin <= match.begin
            and not turns_between(said, earlier, match)
            and not said.pause_between(earlier, match)
            for earlier in said.found.get("earlier", ())
        )

    def no(self) -> Reading | None:
        if not self.has("no"):
            return None
        evidence = self.words_of("no")
        if self.has("maybe"):
            return self.say("needs-person", False, evidence, "The message says no, but leaves something open.")
        if not self.certain("no"):
            return self.say("declined", False, evidence, "It sounds like a no, but not a certain one.")
        if any(self.also_good(said) for said, _ in self.all("no")):
            return self.say("needs-person", False, evidence, "One part of the sentence says no, another does not.")
        if self.yes_beside_no():
            return self.say("needs-person", False, evidence, "The message says both yes and no.")
        if any(wish.begin > match.begin for said, match in self.all("no") for wish in said.found.get("wish", ())):
            return self.say("needs-person", False, evidence, "After the no there is a wish to come: to another part?")
        if self.together("no", "partial"):
            return self.say("needs-person", False, evidence, "The no may be meant for a part of the meeting only.")
        if self.has("other_yes") or any(
            said.asks or said.has("yes", "no", "works", "wish", "good") for said, _ in self.all("remote")
        ):
            return self.say(
                "needs-person", False, evidence, "The writer does not come, but the message offers something else."
            )
        first = min(said.number for said, _ in self.all("no"))
        if any(said.has("elsewhen") for said in self.saids[:first]):
            return self.say("needs-person", False, evidence, "A no that follows words about another time.")
        if self.has("turn") and self.has("wish", "works", "bare_yes") and not self.has("regretful"):
            return self.say("declined", False, evidence, "It sounds like a no, but the message also sounds like a yes.")
        if self.has("host", "told") and not self.has("regretful"):
            return self.say("needs-person", False, evidence, "It may not be the writer's own answer.")
        return self.settle("declined", "no", evidence, "The writer says that he or she does not come.")

    @staticmethod
    def also_good(said: Said) -> bool:
        """Beside its no the sentence finds something all right ("dinner is fine but not the film")."""
        noes = said.found.get("no", [])
        # not the "yes" that only opens: "yes, I got it, but I can't come"
        opening = [m.end for signal in ("bare_yes", "ack") for m in said.found.get(signal, ())]
        opened = max(opening, default=0) if said.has("but", "regretful") else 0
        other = [m for signal in ("good", "works") for m in said.found.get(signal, ()) if m.begin >= opened]
        return any(all(m.end <= no.begin or no.end <= m.begin for no in noes) for m in other)

    def perhaps(self) -> Reading | None:
        pairs = self.all("maybe")
        if not pairs:
            return None
        evidence = self.words_of("maybe")
        tied = any(
            said.has("yes", "wish", "bare_yes", "no")
            or (match.end - match.begin >= 2 and said.stray(match) <= self.freedom(said, match))
            for said, match in pairs
        ) or (self.size < 15 and sum(said.stray(match) - self.freedom(said, match) for said, match in pairs) <= 0)
        clear = (
            tied
            and self.size < LONG_MESSAGE
            and not self.has("host", "told", "other_yes", "other_no", "partial", "later", "sendother")
            and self.certain("maybe")
        )
        if any(
            who.begin < match.begin or match.end - match.begin == 1
            for said, match in pairs
            for who in said.found.get("who", ())
        ):
            clear = False  # "my wife is in, but …": more than one person is spoken of
        if all(self.strange_beside(said, match) and not self.of_act(said) for said, match in pairs):
            clear = False  # "I'm not sure about the colour"
        if any(self.free_of_doubt(said, yes) for said, _ in pairs for yes in said.found.get("yes", ())):
            return self.say("needs-person", False, evidence, "The message leaves something open, and says yes too.")
        if clear and any(self.about_a_name(said, match) for said, match in pairs):
            clear = False  # "Helen and maybe Karl"; "Ann yes, I don't know"
        if not (self.letter and self.size <= 20) and not any(self.of_coming(said, match) for said, match in pairs):
            clear = False  # "I'll get back to you": to what?
        plain_yes = any(
            not said.has("maybe")
            or all(
                m.begin > match.begin and m.end - m.begin == 1 and said.pause_between(m, match)
                for m in said.found["maybe"]
            )
            for said, match in self.all("yes")
        )
        if plain_yes:
            return self.say("needs-person", False, evidence, "The message says yes, but leaves something open.")
        return self.say("tentative", clear, evidence, "The writer does not know yet.")

    @staticmethod
    def free_of_doubt(said: Said, yes: Match) -> bool:
        """The yes stands far behind every doubt of its sentence, or behind a "but": it may be the answer."""
        before = [match for match in said.found["maybe"] if match.end <= yes.begin]
        if len(before) < len(said.found["maybe"]):
            return False
        return all(yes.begin > match.end + 5 or turns_between(said, match, yes) for match in before)

    @staticmethod
    def of_coming(said: Said, match: Match) -> bool:
        """The doubt is about coming, or is no mere promise of an answer."""
        if not any(d.begin < match.end and match.begin < d.end for d in said.found.get("defer", ())):
            return True
        return Judge.of_act(said)

    @staticmethod
    def strange_beside(said: Said, match: Match) -> bool:
        """Words beside a doubt that say what is doubted, and it is no meeting. Where nouns have capitals they are no names."""
        lex = lexicon.load(said.language)
        return said.stray(match) > 0 or any(
            lex.nouns_capital and word.capital and word.form not in lex.known and word.form not in lex.around
            for i, word in enumerate(said.words)
            if i and not match.begin <= i < match.end
        )

    @staticmethod
    def of_act(said: Said) -> bool:
        return any(word.form in lexicon.load(said.language).act for word in said.words)

    @staticmethod
    def about_a_name(said: Said, match: Match) -> bool:
        lex = lexicon.load(said.language)
        never = lex.never_names
        if said.has("good") and any(word.capital and word.form not in lex.known for word in said.words):
            return True
        if any(
            good.begin and good.end < match.begin and said.pause_between(good, match)
            for good in said.found.get("good", ())
        ):
            return True  # "the fair yes, the meeting I don't know"
        after = said.words[match.end : match.end + 1]
        return match.end - match.begin == 1 and any(word.capital and word.form not in never for word in after)

    @staticmethod
    def freedom(said: Said, match: Match) -> int:
        """Other words beside a "maybe": after "not sure whether" they say what is doubted, and it may be anything."""
        promised = any(d.begin < match.end and match.begin < d.end for d in said.found.get("defer", ()))
        return 0 if promised or said.words[match.end - 1].form in lexicon.load(said.language).whether else 1

    def kind_no(self) -> Reading | None:
        if not self.has("nowish"):
            return None
        clear = (
            self.has("reason", "regretful", "bare_no", "thanks")
            and not self.has("yes", "works", "host")
            and self.certain("nowish")
        )
        return self.say("declined", clear, self.words_of("nowish"), "A wish that cannot be fulfilled: a polite no.")

    def wished(self) -> Reading | None:
        """A wish, then a reason: a no without a negative word."""
        if not (self.has("wish") and self.has("reason")) or self.has("yes"):
            return None
        wish_said, wish = self.all("wish")[0]
        later = [
            pair for pair in self.all("reason") if (pair[0].number, pair[1].begin) > (wish_said.number, wish.begin)
        ]
        turned = any(said.has("but") or said.number > wish_said.number or self.has("regretful") for said, _ in later)
        if later and turned and not self.has("partial", "host"):
            return self.settle(
                "declined", "reason", self.quote(*later[0]), "A wish, then a reason for staying away: that is a no."
            )
        return self.say(
            "needs-person", False, self.words_of("reason"), "The writer would like to come, but names an obstacle."
        )

    def only_reason(self) -> Reading | None:
        if not self.has("reason") or self.has("yes"):
            return None
        said, match = self.all("reason")[0]
        evidence = self.quote(said, match)
        # said with regret, or of "that day", or briefly that the time is taken: the invitation is meant
        meant = (
            self.has("regretful", "thanks", "pointed")
            or (self.has("bare_no") and any(s.of_oneself for s, _ in self.all("reason")))
            or (self.has("booked") and self.size <= 24)
        )
        beside = sum(s.stray() for s in self.saids if not s.has("reason", "elsewhen"))
        clear = (
            (meant or (self.letter and any(self.on_that_day(s) for s, _ in self.all("reason"))))
            and sum(s.stray() for s in self.saids) <= (12 if meant else 6)
            and (meant or beside <= 1)
            and not self.together("reason", "partial")
            and not self.has("host", "absent", "bare_yes", "works", "later", "told", "seen")
            and not self.has("other_yes", "other_no", "g_ask", "ack")
            and not any(s.asks or self.strange_after_but(s, [m.end]) for s, m in self.all("reason"))
        )
        if clear:
            return self.settle(
                "declined", "reason", evidence, "The writer has something else on that day: that is a no."
            )
        return self.say("needs-person", False, evidence, "There is a reason for staying away, but no clear no.")

    def yes(self) -> Reading | None:
        if not self.has("yes", "wish"):
            if self.has("later"):
                return self.say(
                    "needs-person",
                    False,
                    self.words_of("later"),
                    "These words may be about another day or another meeting.",
                )
            return None
        strong = self.certain("yes")
        evidence = self.words_of("yes", "wish") if strong else self.words_of("wish", "yes")
        if self.has("partial") and (
            self.together("yes", "partial") or self.together("wish", "partial") or self.has("partial")
        ):
            return self.say("needs-person", False, evidence, "The writer comes, but perhaps not for all of it.")
        if (self.has("other_no") and not self.only_i()) or (self.has("other_yes") and not self.party.guests):
            return self.say("needs-person", False, evidence, "The message speaks of several people.")
        if any(not self.goes_on(said, match) for said, match in self.all("bare_no")):
            return self.say("needs-person", False, evidence, "The message says both no and yes.")
        if any(said.has("but") for said, _ in self.all("yes", "wish")) and self.has("reason"):
            return self.say("needs-person", False, evidence, "There is a yes and an obstacle.")
        if len(self.all("absent")) > 1:
            return self.say("needs-person", False, evidence, "It may be the note of an absence.")
        if self.has("host") and not self.has("bare_yes"):
            return self.say("needs-person", False, evidence, "It may be the words of one who invites.")
        if self.unexplained_before("yes", "wish") > (60 if self.letter else 14):
            return self.say(
                "needs-person", False, evidence, "These words come after other matters and may belong to those."
            )
        firm = any(is_firm(said, match) for said, match in self.all("yes", "wish")) or self.has(
            "thanks", "bare_yes", "ack"
        )
        if not firm and sum(said.stray() for said in self.saids) > 8:
            return self.say(
                "accepted", False, evidence, "It sounds like a yes, but the message is mostly about other things."
            )
        if not strong and not self.certain("wish"):
            return self.say("accepted", False, evidence, "It sounds like a yes, but not a certain one.")
        if not strong:
            for said, match in self.sure["wish"]:
                if any(but.begin > match.begin for but in said.found.get("but", ())) or self.has("regretful"):
                    return self.say("needs-person", False, evidence, 'A wish with a "but": what follows is not clear.')
        if any(said.has("pointed", "regretful", "dated", "thanks", "but") for said, _ in self.all("reason")) or (
            self.has("reason") and self.has("regretful", "booked")
        ):
            return self.say("needs-person", False, evidence, "There is a yes and an obstacle.")
        if self.has("later"):
            return self.say("accepted", False, evidence, "It sounds like a yes; another day is mentioned too.")
        if self.party.unclear or self.has("g_ask"):
            return self.say("accepted", False, evidence, "A yes; how many people come is not clear.")
        if self.alarmed():
            return self.say("needs-person", False, evidence, "A yes, and beside it words of doubt that may concern it.")
        return self.settle("accepted", "yes" if strong else "wish", evidence, "The writer says that he or she comes.")

    def nothing(self) -> Reading:
        asking = next((said for said in self.saids if said.asks), None)
        if asking is None and self.has("sendother"):
            return self.say(
                "needs-person", False, self.words_of("sendother"), "Somebody may come instead; it is not clear who."
            )
        if asking is not None:
            return self.say("question", False, self.span(asking, 0, len(asking.words)), "The writer asks something.")
        if self.has("hedge"):
            return self.say(
                "needs-person", False, self.words_of("hedge"), "The writer weighs something; it is not clear what."
            )
        if self.has("ack", "seen"):
            return self.say("none", False, self.words_of("ack", "seen"), "The writer has seen the message, no more.")
        if self.has("thanks"):
            return self.say("none", False, self.words_of("thanks"), "Thanks, but no answer.")
        return self.say("none", False, "", "No answer to the invitation is in these words.")
