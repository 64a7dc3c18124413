"""Somebody else: who comes instead of the writer, and for whom the writer answers.

Promises: a name is given where one clear name stands; decided only where it is certain who comes, or for whom an assistant answers.
Never:    knows who was invited: the caller compares `answers_for`.
Fails:    not at all.
"""

from collections.abc import Sequence
from dataclasses import replace

from mailer.understand import lexicon
from mailer.understand.clauses import plain
from mailer.understand.findings import Findings
from mailer.understand.reading import Reading
from mailer.understand.said import Said
from mailer.understand.weighing import turns_between


class Others(Findings):
    """The rules about other people."""

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
            whom = who or self.whom()
            return replace(
                self.say(
                    "accepted" if whom else "needs-person",
                    bool(whom),
                    self.quote(said, match),
                    f"The writer answers for {whom or 'somebody'}, who comes.",
                ),
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
        """The one person named, with a title or as "on behalf of"."""
        for said, match in self.all("for_whom"):
            for key, begin, end in match.kept:
                if key == "@":
                    return self.span(said, begin, end)
        titled = {}
        for said in self.saids:
            titles = lexicon.load(said.language).titles
            for begin, word in enumerate(said.words[:-1]):
                end = begin + 1
                while word.form.strip(".") in titles and end < len(said.words) and said.words[end].capital:
                    end += 1
                if end > begin + 1 and said.words[begin - 1].form not in titles:
                    titled[said.words[end - 1].form] = self.span(said, begin, end)
        return next(iter(titled.values())) if len(titled) == 1 else None

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


def saids_near(saids: Sequence[Said], said: Said) -> list[Said]:
    """The sentence and those about it: an address may stand in the next one."""
    return [said, *(other for other in saids if abs(other.number - said.number) <= 2 and other is not said)]
