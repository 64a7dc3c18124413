"""Decide between what the sentences of a message say: rules in a fixed order, each with its sentence for the convener.

Promises: the first rule that applies gives the reading; `decided` only where one clear answer stands and nothing speaks against it.
Never:    looks at words itself: it weighs signals (lexicon/__init__.py says what each means), whatever the language.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import replace

from mailer.understand import lexicon
from mailer.understand.asked import WEEK, Asked, asked_for, asks_attendance, named, times, times_asked
from mailer.understand.clauses import COMMA, Word, plain
from mailer.understand.party import Party
from mailer.understand.phrases import Match
from mailer.understand.reading import Reading
from mailer.understand.said import ANSWERS, Said
from mailer.understand.weighing import Weighed, is_firm, turns_between

LONG_MESSAGE = 160
"""Words. In a message longer than this an answer is decided only if it stands near the beginning."""


class Judge:
    """The rules, in the order in which they are asked."""

    def __init__(
        self, body: str, saids: Sequence[Said], weighed: Weighed, party: Party, subject: str, quoted: str
    ) -> None:
        self.body, self.saids, self.party, self.subject, self.quoted = body, saids, party, subject, quoted
        self.sure, self.unsure = weighed.sure, weighed.unsure
        self.size = sum(len(said.words) for said in saids)
        self.asked: Asked | None = None
        self.letter = bool(quoted.strip()) and asks_attendance(subject, quoted)
        """A letter that asks for attendance is known: what stands by itself answers it."""
        if self.letter:
            # "Sounds good" and "no problem" are an answer to a letter, and may be one to anything
            for said in saids:
                for match in said.found.get("likes", ()):
                    self.sure.setdefault("works", []).append((said, match))

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

    def together(self, signal: str, *others: str) -> bool:
        """*signal* stands in one sentence with one of *others*."""
        return any(said.has(*others) for said, _ in self.all(signal))

    # ---------------------------------------------------------------------------------------------------------------
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

    def span(self, said: Said, low: int, high: int) -> str:
        return self.body[said.words[low].start : said.words[high - 1].end]

    def delegated(self) -> Reading | None:
        if self.has("delegate"):
            said, match = self.all("delegate")[0]
            names = [self.body[said.words[a].start : said.words[b - 1].end] for key, a, b in match.kept if key == "@"]
            longest = max(names, key=len) if names else None
            evidence = self.quote(said, match)
            address = next(
                (word.form for said_ in saids_near(self.saids, said) for word in said_.words if "@" in word.form), None
            )
            # Where every noun has a capital, one word alone may be anything.
            named = longest is not None and (len(longest.split()) > 1 or not lexicon.load(said.language).nouns_capital)
            one_of_two = match.begin > 0 and said.words[match.begin - 1].form in lexicon.load(said.language).either
            clear = (
                named
                and not one_of_two
                and self.certain("delegate")
                and not self.leads_elsewhere(said, match)
                and not self.has("maybe", "yes", "g_ask")
                and not said.asks
                and len({*names}) == 1
            )
            reading = self.say(
                "delegated",
                clear,
                evidence,
                f"{longest} comes instead." if clear else "Somebody may come instead; it is not clear enough.",
            )
            return replace(reading, delegate=longest, delegate_address=address)
        if self.has("sendother"):
            if self.has("no", "reason", "nowish") and not self.has("yes"):
                return self.say(
                    "delegated", False, self.words_of("sendother"), "Somebody comes instead, but no name is given."
                )
            if self.has("yes", "wish", "other_yes", "other_no"):
                return self.say("needs-person", False, self.words_of("sendother"), "It is not clear who comes.")
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
        opened = max((m.end for m in said.found.get("bare_yes", ())), default=0) if said.has("but", "regretful") else 0
        other = [m for signal in ("good", "works") for m in said.found.get(signal, ()) if m.begin >= opened]
        return any(all(m.end <= no.begin or no.end <= m.begin for no in noes) for m in other)

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
        ends = [word.form for word in said.words[match.begin : place]][-2:]
        if place < len(said.words) and said.words[place].form in lex.toward:
            place += 1
        elif ends[-1] not in lex.toward and not (len(ends) > 1 and ends[0] in lex.toward and ends[1] in lex.around):
            return False
        thing: list[tuple[int, Word]] = []
        while place < len(said.words) and said.words[place].form != COMMA and len(thing) < 5:
            word = said.words[place]
            if word.form in lex.joints or word.form in lex.toward or word.form in lex.stops:
                break
            thing.append((place, word))
            place += 1
        strange = [
            word
            for at, word in thing
            if word.form not in lex.around
            and word.form not in self.asked.words
            and not word.form[:1].isdigit()
            and word.form not in lex.known
            and (at not in said.spoken_for or (word.capital and self.letter))
        ]
        named_ours = any(
            word.form in self.asked.words and word.form not in lex.marks and word.form not in lex.toward
            for _, word in thing
        )
        return bool(strange) and not named_ours

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
        if any(self.free_of_doubt(said, yes) for said, _ in pairs for yes in said.found.get("yes", ())):
            return self.say("needs-person", False, evidence, "The message leaves something open, and says yes too.")
        if clear and any(self.about_a_name(said, match) for said, match in pairs):
            clear = False  # "Helen and maybe Karl"; "Ann yes, I don't know"
        if not self.letter and not any(self.of_coming(said, match) for said, match in pairs):
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
        return any(word.form in lexicon.load(said.language).act for word in said.words)

    @staticmethod
    def about_a_name(said: Said, match: Match) -> bool:
        lex = lexicon.load(said.language)
        never = lex.never_names
        if said.has("good") and any(word.capital and word.form not in lex.known for word in said.words):
            return True
        after = said.words[match.end : match.end + 1]
        return match.end - match.begin == 1 and any(word.capital and word.form not in never for word in after)

    @staticmethod
    def freedom(said: Said, match: Match) -> int:
        """Other words beside a "maybe": after "not sure whether" they say what is doubted, and it may be anything."""
        return 0 if said.words[match.end - 1].form in lexicon.load(said.language).whether else 1

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

    def on_that_day(self, said: Said) -> bool:
        """A day is named: the letter's, where a letter is known that names one."""
        if not said.has("dated"):
            return False
        asked = self.asked = self.asked or asked_for(self.subject, self.quoted)
        theirs, ours = named(said.words), asked.named
        if not (ours.weekdays or ours.days):
            return not said.has("somewhere")
        return bool(theirs.weekdays & ours.weekdays or theirs.days & ours.days)

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

    def only_i(self) -> bool:
        """ "Bob can't, but I will": after the "but" the writer speaks of himself."""
        for said, match in self.sure.get("yes", ()):
            selves = lexicon.load(said.language).self
            own = any(word.form in selves for word in said.words[match.begin : match.end]) or (
                match.begin and said.words[match.begin - 1].form in selves
            )
            if own and all(
                other is said and turns_between(said, no, match) and no.begin < match.begin
                for other, no in self.all("other_no", "other_away")
            ):
                return True
        return False

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

    def other_people(self) -> Reading | None:
        polite = self.has("regretful", "thanks")
        if not self.has("other_yes", "other_no", "other_away"):
            return None
        pairs = self.all("other_yes", "other_no") or self.all("other_away")
        said, match = pairs[0]
        names = [(a, b) for key, a, b in match.kept if key == "@"]
        who = self.span(said, *names[0]) if names else None
        lex = lexicon.load(said.language)
        weighty = who is not None and (len(who.split()) > 1 or plain(who.split()[0]).strip(".") in lex.titles)
        # That somebody is ill or away is no answer by itself; said with regret it is one.
        only_no = self.certain("other_no", *(("other_away",) if polite else ())) and not self.has("other_yes")
        if (
            only_no
            and weighty
            and not said.asks
            and not self.has("maybe", "told", "host", "partial")
            and (polite or self.size < 30)
        ):
            return replace(
                self.say(
                    "declined", True, self.quote(said, match), f"The writer answers for {who}, who does not come."
                ),
                answers_for=who,
            )
        one = len({self.span(s, a, b) for s, m in pairs for key, a, b in m.kept if key == "@"}) <= 1
        only_yes = self.certain("other_yes") and not self.has("other_no", "other_away", "reason", "no", "nowish")
        if (
            only_yes
            and one
            and (weighty or who is None)
            and self.has("speaks_for")
            and not any(said.asks for said in self.saids)
            and not self.has("maybe", "told", "host", "partial", "later", "remote", "cond", "g_ask", "bare_no")
            and not self.party.unclear
            and not self.alarmed()
            and self.about_this(said, match)
        ):
            whom = who or self.whom() or self.span(said, match.begin, match.begin + 1)
            return replace(
                self.say("accepted", True, self.quote(said, match), f"The writer answers for {whom}, who comes."),
                answers_for=whom,
            )
        if (
            only_no
            and who is None
            and self.has("regretful")
            and self.has("thanks", "for_whom")
            and not said.asks
            and not self.has("maybe", "told", "host", "partial")
        ):
            whom = self.whom() or self.span(said, match.begin, match.begin + 1)
            return replace(
                self.say(
                    "declined",
                    True,
                    self.quote(said, match),
                    "The writer answers for somebody else, who does not come.",
                ),
                answers_for=whom,
            )
        return replace(
            self.say(
                "needs-person",
                False,
                self.quote(said, match),
                "The message speaks of somebody else, not of the writer.",
            ),
            answers_for=who,
        )

    def whom(self) -> str | None:
        for said, match in self.all("for_whom"):
            for key, begin, end in match.kept:
                if key == "@":
                    return self.span(said, begin, end)
        return None

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
        if any(
            said.has(*ANSWERS, "reason", "booked", "cond", "hedge", "elsewhen", "who", "g_ask", "g_unclear", "but")
            for said in rest
        ):
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

    def nothing(self) -> Reading:
        asking = next((said for said in self.saids if said.asks), None)
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


def saids_near(saids: Sequence[Said], said: Said) -> list[Said]:
    """The sentence and those about it: an address may stand in the next one."""
    return [said, *(other for other in saids if abs(other.number - said.number) <= 2 and other is not said)]
