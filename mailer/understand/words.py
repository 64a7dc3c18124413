"""Read what a person answers in plain words: yes, no, perhaps, somebody else, a question, or nothing at all.

A text is cut into sentences (clauses.py), each is read in its own language (lexicon/) with a grammar of phrases (phrases.py);
what the sentences say is weighed here, by rules in a fixed order, each with its sentence for the convener. Who comes along is
counted in party.py.

Promises: a pure function; the same words always give the same reading; the evidence is verbatim; bounded time for any input.
Never:    guesses. Conditions, parts of the meeting, contradictions, hearsay and everything doubtful are left to a person:
          `decided` is true only where one clear answer stands and nothing speaks against it.
Fails:    not at all: what it cannot read is "none" or "needs-person".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailer.understand import lexicon
from mailer.understand.clauses import COMMA, LONGEST_TEXT, Sentence, Word, plain, sentences, tidy, unfold
from mailer.understand.party import Party, count_party
from mailer.understand.phrases import Match

LONG_MESSAGE = 160
"""Words. In a message longer than this an answer is decided only if it stands near the beginning."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words say.

    *verdict*: accepted, declined, tentative, delegated, question, needs-person or none. *decided*: the service may record it by
    itself. *guests*: how many come along. *delegate*: who comes instead. *evidence*: the words it rests on, verbatim.
    *answers_for*: the writer speaks for this person, not for himself; the caller knows who was invited and should compare.
    """

    verdict: str
    decided: bool
    guests: int
    delegate: str | None
    evidence: str
    reason: str
    delegate_address: str | None = None
    answers_for: str | None = None
    language: str = "en"


# What weighs against each other within a sentence: of two phrases, one inside the other, the longer is meant.
_MEANING = frozenset(
    "ignore yes wish works no nowish reason maybe hedge cond other_yes other_no other_away delegate bare_yes bare_no ack host elsewhen earlier told g_ask".split()
)
_RANK = {"ignore": 0, "no": 1, "delegate": 2, "nowish": 3, "other_no": 3, "maybe": 4, "hedge": 5}
_SELF = frozenset({"i", "we", "ich", "wir", "yo", "nosotros", "je", "nous", "moi"})
"""Subjects that are the writer, in any language."""
_ANSWERS = (
    "yes",
    "wish",
    "works",
    "no",
    "nowish",
    "bare_yes",
    "bare_no",
    "other_yes",
    "other_no",
    "other_away",
    "delegate",
    "maybe",
    "sendother",
)


@dataclass(slots=True)
class _Said:
    """One sentence, read."""

    number: int
    sentence: Sentence
    words: Sequence[Word]
    found: dict[str, list[Match]] = field(default_factory=dict)
    asks: bool = False
    language: str = "en"
    spoken_for: frozenset[int] = frozenset()
    """Places of words that some phrase, a name or a filler accounts for."""

    @property
    def unexplained(self) -> int:
        return sum(1 for i, word in enumerate(self.words) if i not in self.spoken_for and word.form != COMMA)

    def has(self, *signals: str) -> bool:
        return any(self.found.get(signal) for signal in signals)

    def first(self, *signals: str) -> Match | None:
        matches = [match for signal in signals for match in self.found.get(signal, ())]
        return min(matches, key=lambda match: match.begin) if matches else None

    def last(self, *signals: str) -> Match | None:
        matches = [match for signal in signals for match in self.found.get(signal, ())]
        return max(matches, key=lambda match: match.begin) if matches else None

    def drop(self, signal: str, match: Match) -> None:
        self.found[signal] = [other for other in self.found[signal] if other is not match]

    def move(self, signal: str, match: Match, to: str) -> None:
        self.drop(signal, match)
        self.found.setdefault(to, []).append(replace(match, signal=to))

    def pause_between(self, a: Match, b: Match) -> bool:
        low, high = min(a.end, b.end), max(a.begin, b.begin)
        return any(word.form == COMMA for word in self.words[low:high])


def read_words(text: str, *, subject: str = "", quoted: str = "", language: str | None = None) -> Reading:
    """Read the new words of a reply; *subject* and *quoted* say what was asked, *language* helps where few words tell."""
    body = tidy(text)
    cut = sentences(body)
    if not cut:
        # Some write the whole answer into the subject line.
        body = tidy(re.sub(r"(?i)^\s*(?:(?:re|aw|antw|rv|sv|tr|r)\s*(?:\[\d+\])?:\s*)+", "", subject[:300]))
        cut = sentences(body) if body and body.strip() != subject.strip() or not quoted else sentences(body)
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


# sentences ------------------------------------------------------------------------------------------------------------
def _vote(words: Sequence[Word]) -> dict[str, int]:
    telling = lexicon.marks()
    votes: dict[str, int] = {}
    for word in words:
        for part in (word.form,) if "'" not in word.form else word.form.split("'"):
            for code in telling.get(part, ()):
                votes[code] = votes.get(code, 0) + 1
    return votes


def _languages(cut: Sequence[Sentence], wanted: str | None, context: str) -> list[str]:
    """The language of each sentence: its own words tell; where they are few, the rest of the message does."""
    known = lexicon.codes()
    votes = [_vote(sentence.words) for sentence in cut]
    total: dict[str, int] = {}
    for vote in votes:
        for code, count in vote.items():
            total[code] = total.get(code, 0) + count
    hint = wanted.lower()[:2] if wanted else None
    if hint not in known:
        hint = None
    if hint is None and context and not _clear(total):
        around: dict[str, int] = {}
        for sentence in sentences(tidy(context[:1500])):
            for code, count in _vote(sentence.words).items():
                around[code] = around.get(code, 0) + count
        hint = max(around, key=lambda code: around[code]) if around else None
    if hint is None and not _clear(total):
        # So few words that none tells: see which language knows most of them.
        for sentence in cut:
            for word in sentence.words:
                for code in known:
                    if word.form in lexicon.load(code).known:
                        total[code] = total.get(code, 0) + 1
    main = max(known, key=lambda code: (total.get(code, 0), code == hint, code == "en"))
    out = []
    for vote in votes:
        best = max(vote, key=lambda code: (vote[code], code == main), default=main)
        out.append(best if vote.get(best, 0) >= vote.get(main, 0) + 2 else main)
    return out


def _clear(votes: dict[str, int]) -> bool:
    order = sorted(votes.values(), reverse=True)
    return bool(order) and (len(order) == 1 or order[0] > order[1]) and order[0] >= 2


def _read_sentence(number: int, sentence: Sentence, code: str) -> _Said:
    lex = lexicon.load(code)
    words = _name(unfold(sentence.words, lex.longer, lex.longest), lex, sentence.shouted)
    offers = lex.phrases.offers(words)
    said = _Said(number, sentence, words, asks=sentence.asks, language=code)
    matches = lex.phrases.find(words, offers)
    meaning = [match for match in matches if match.signal in _MEANING]
    ignored = [match for match in matches if match.signal == "ignore"]
    for match in matches:
        if match.signal == "ignore":
            continue
        if match.signal in _MEANING and any(_covers(other, match) for other in meaning):
            continue
        if any(
            other.begin <= match.begin < other.end or other.begin < match.end <= other.end for other in ignored
        ) and (
            match.signal in _ANSWERS
            or match.signal in ("cond", "reason", "partial", "elsewhen", "hedge", "ack", "host")
        ):
            if not any(
                match.begin <= o.begin and o.end <= match.end and match.end - match.begin > o.end - o.begin
                for o in ignored
            ):
                continue
        said.found.setdefault(match.signal, []).append(match)
    for instead in said.found.get("delegate", ()):
        for signal in ("other_yes", "other_no", "yes", "no"):
            for match in list(said.found.get(signal, ())):
                if match.begin < instead.end and instead.begin < match.end:
                    said.drop(signal, match)
    covered = {
        i
        for signal, found in said.found.items()
        if signal
        not in ("hedge", "cond", "partial", "told", "host", "elsewhen", "who", "maybe", "other_yes", "other_no")
        for match in found
        for i in range(match.begin, match.end)
    }
    for i, here in enumerate(offers):
        for key, end in here:
            if key in ("<filler>", "<lead>", "<tail>", "@"):
                covered.update(range(i, end))
    said.spoken_for = frozenset(covered)
    _who_speaks(said)
    _what_is_asked(said, offers)
    return said


def _name(words: list[Word], lex: lexicon.Lexicon, shouted: bool) -> list[Word]:
    """Leave the capital only to words that may be names."""
    named = []
    for i, word in enumerate(words):
        capital = word.capital and not shouted
        if capital and word.form in lex.known:
            first = i == 0 or words[i - 1].form == COMMA
            beside = i + 1 < len(words) and words[i + 1].capital and words[i + 1].form not in lex.known
            # "Mark Jones will come": a word of the lexicon may be a first name, but "Unfortunately" is none.
            if lex.nouns_capital:
                capital = False
            else:
                capital = word.form not in lex.never_names and (not first or (beside and word.form not in lex.common))
        named.append(replace(word, capital=capital) if capital != word.capital else word)
    return named


def _covers(other: Match, match: Match) -> bool:
    if other is match:
        return False
    size, mine = other.end - other.begin, match.end - match.begin
    inside = other.begin <= match.begin and match.end <= other.end
    if not inside or (match.signal == "delegate" and other.signal != "ignore" and other.signal not in ("cond", "told")):
        return False
    return size > mine or _RANK.get(other.signal, 9) < _RANK.get(match.signal, 9)


def _who_speaks(said: _Said) -> None:
    """A phrase without a subject takes the one before it: "Ann is ill and will not come" says nothing of the writer."""
    others = [
        match.begin
        for signal in ("who", "told", "other_yes", "other_no", "other_away")
        for match in said.found.get(signal, ())
    ]
    if not others:
        return
    for signal, to in (("yes", "other_yes"), ("wish", "other_yes"), ("no", "other_no"), ("reason", "other_away")):
        for match in list(said.found.get(signal, ())):
            before = [place for place in others if place < match.begin]
            mine = [k for k in range(match.begin) if said.words[k].form in _SELF]
            if match.opened and before and (not mine or max(mine) < max(before)):
                said.move(signal, match, to)
    speaks = any(word.form in _SELF for word in said.words)
    if not speaks and said.has("other_yes", "other_no", "other_away"):
        said.found.pop("reason", None)
    told = said.first("told")
    if told is not None:
        for signal in ("yes", "wish", "no", "maybe", "reason"):
            for match in list(said.found.get(signal, ())):
                if match.begin > told.begin:
                    said.drop(signal, match)


def _who_goes_on(saids: Sequence[_Said]) -> None:
    """A sentence that names nobody goes on about whom the one before spoke: "She is away. Can come on Friday." """
    for before, said in pairwise(saids):
        if not before.has("who", "other_yes", "other_no", "other_away") or any(
            word.form in _SELF for word in (*before.words, *said.words)
        ):
            continue
        for signal, to in (("yes", "other_yes"), ("no", "other_no")):
            for match in list(said.found.get(signal, ())):
                if match.opened:
                    said.move(signal, match, to)


def _what_is_asked(said: _Said, offers: list[list[tuple[str, int]]]) -> None:
    """What stands in a question is asked, not said; what stood before it in the same sentence was said."""
    opener = None
    for place in range(len(said.words)):
        if place and said.words[place - 1].form != COMMA and not _leads(offers, place):
            continue
        # Without its mark a question is known only by a beginning that nothing else has ("could you", not "kann ich").
        if any(key == "<asks>" if said.asks else key == "<asks_unmarked>" and place == 0 for key, _ in offers[place]):
            opener = place
            break
    if opener is None:
        if not said.asks:
            return
        opener = 0
    said.asks = True
    for signal in (*_ANSWERS, "reason", "cond", "partial", "hedge", "ack"):
        for match in list(said.found.get(signal, ())):
            if match.begin >= opener:
                said.drop(signal, match)


def _leads(offers: list[list[tuple[str, int]]], place: int) -> bool:
    return any(
        key in ("<lead>", "<filler>") and end == place
        for i in range(max(0, place - 6), place)
        for key, end in offers[i]
    )


# the message ----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Weighed:
    """Answers of the whole message, by kind: (sentence, match), certain and uncertain ones apart."""

    sure: dict[str, list[tuple[_Said, Match]]] = field(default_factory=dict)
    unsure: dict[str, list[tuple[_Said, Match]]] = field(default_factory=dict)

    def add(self, signal: str, said: _Said, match: Match, sure: bool) -> None:
        (self.sure if sure else self.unsure).setdefault(signal, []).append((said, match))


def _weigh(saids: Sequence[_Said]) -> _Weighed:
    weighed = _Weighed()
    for said in saids:
        hedges = said.found.get("hedge", [])
        elsewhen = said.found.get("elsewhen", [])
        for signal in _ANSWERS:
            for match in said.found.get(signal, ()):
                sure = True
                for hedge in hedges:
                    if (hedge.begin <= match.begin or not said.pause_between(hedge, match)) and not _turns_between(
                        said, hedge, match
                    ):
                        sure = False
                kind = signal
                if elsewhen and signal in ("yes", "wish", "works", "bare_yes"):
                    near = [e for e in elsewhen if not _turns_between(said, e, match)]
                    if near:
                        kind = "later"
                if signal in ("yes", "wish", "works", "no") and _goes_on(said, match) > (
                    1 if signal == "no" or _is_firm(said, match) else 0
                ):
                    sure = False
                if signal in ("yes", "wish") and len(_times(said.words) & _WEEK) > 1:
                    sure = False
                if (
                    elsewhen
                    and signal == "no"
                    and any(0 <= e.begin - match.end <= 4 and not said.pause_between(e, match) for e in elsewhen)
                ):
                    sure = False
                weighed.add(kind, said, match, sure)
        for signal in (
            "reason",
            "cond",
            "partial",
            "remote",
            "earlier",
            "turn",
            "host",
            "thanks",
            "regretful",
            "ack",
            "absent",
            "g_ask",
            "pointed",
            "for_whom",
        ):
            for match in said.found.get(signal, ()):
                weighed.add(signal, said, match, True)
    return weighed


def _is_firm(said: _Said, match: Match) -> bool:
    """The words speak of attending; "I come" and "see you" are said of many things."""
    firm = lexicon.load(said.language).firm
    return any(word.form in firm for word in said.words[match.begin : match.end])


def _goes_on(said: _Said, match: Match) -> int:
    """Words after the answer, in its clause, that no invitation explains: "we will come *in under budget*"."""
    lex = lexicon.load(said.language)
    count = 0
    for place in range(match.end, len(said.words)):
        word = said.words[place]
        if word.form == COMMA or word.form in lex.joints:
            break
        if word.form in lex.around or word.capital or place in said.spoken_for or word.form[:1].isdigit():
            continue
        count += 1
    return count


def _turns_between(said: _Said, a: Match, b: Match) -> bool:
    low, high = min(a.end, b.end), max(a.begin, b.begin)
    return any(low <= match.begin < high or match.begin == low for match in said.found.get("but", ()))


def _read(body: str, cut: Sequence[Sentence], subject: str, quoted: str, language: str | None) -> Reading:
    codes = _languages(cut, language, f"{subject}\n{quoted}")
    saids = [
        _read_sentence(number, sentence, code) for number, (sentence, code) in enumerate(zip(cut, codes, strict=True))
    ]
    _who_goes_on(saids)
    party = count_party(
        [(said.words, said.found) for said in saids], [lexicon.load(said.language) for said in saids], body
    )
    judge = _Judge(body, saids, _weigh(saids), party, subject, quoted)
    return replace(judge.verdict(), language=max(set(codes), key=codes.count))


class _Judge:
    """The rules, in the order in which they are asked."""

    def __init__(
        self, body: str, saids: Sequence[_Said], weighed: _Weighed, party: Party, subject: str, quoted: str
    ) -> None:
        self.body, self.saids, self.party, self.subject, self.quoted = body, saids, party, subject, quoted
        self.sure, self.unsure = weighed.sure, weighed.unsure
        self.size = sum(len(said.words) for said in saids)

    def has(self, *signals: str) -> bool:
        return any(self.sure.get(signal) or self.unsure.get(signal) for signal in signals)

    def certain(self, *signals: str) -> bool:
        return any(self.sure.get(signal) for signal in signals)

    def all(self, *signals: str) -> list[tuple[_Said, Match]]:
        return [pair for signal in signals for pair in (*self.sure.get(signal, ()), *self.unsure.get(signal, ()))]

    def words_of(self, *signals: str) -> str:
        pairs = [pair for signal in signals for pair in self.sure.get(signal, ())] or self.all(*signals)
        if not pairs:
            return ""
        said, match = min(pairs, key=lambda pair: (pair[0].number, pair[1].begin))
        return self.quote(said, match)

    def quote(self, said: _Said, match: Match) -> str:
        return self.body[said.words[match.begin].start : said.words[match.end - 1].end]

    def say(self, verdict: str, decided: bool, evidence: str, reason: str, **more: str | None) -> Reading:
        guests = self.party.guests if verdict in ("accepted", "tentative", "needs-person") else 0
        return Reading(verdict, decided, guests, more.pop("delegate", None), evidence, reason, **more)

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
            if said.has(*_ANSWERS, "hedge"):
                answer = said.first(*_ANSWERS, "hedge")
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

    def span(self, said: _Said, low: int, high: int) -> str:
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
                and not self.has("maybe", "yes", "g_ask")
                and not said.asks
                and len({*names}) == 1
            )
            return self.say("delegated", clear, evidence,
                            f"{longest} comes instead." if clear else "Somebody may come instead; it is not clear enough.",
                            delegate=longest, delegate_address=address)  # fmt: skip
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
            # "I said I would come, but now I can't": what was said earlier no longer counts.
            old = [pair for pair in self.all(signal) if pair[0].has("earlier")]
            if len(old) == len(self.all(signal)) and self.certain(other):
                return self.say(
                    verdict,
                    verdict == "declined" and not self.has("maybe", "partial"),
                    self.words_of(other),
                    "The answer was changed; the newer words count.",
                )
        return self.say(
            "needs-person", False, self.words_of("no", "yes"), "One part of the message says yes, another says no."
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
        if self.together("no", "partial"):
            return self.say("needs-person", False, evidence, "The no may be meant for a part of the meeting only.")
        if self.has("other_yes") or any(
            said.has("yes", "no", "works", "wish", "good") for said, _ in self.all("remote")
        ):
            return self.say(
                "needs-person", False, evidence, "The writer does not come, but the message offers something else."
            )
        if self.has("turn") and self.has("wish", "works", "bare_yes") and not self.has("regretful"):
            return self.say("declined", False, evidence, "It sounds like a no, but the message also sounds like a yes.")
        if self.has("host", "told") and not self.has("regretful"):
            return self.say("needs-person", False, evidence, "It may not be the writer's own answer.")
        return self.settle("declined", "no", evidence, "The writer says that he or she does not come.")

    @staticmethod
    def also_good(said: _Said) -> bool:
        """Beside its no the sentence finds something all right ("dinner is fine but not the film")."""
        noes = said.found.get("no", [])
        other = [m for signal in ("good", "works") for m in said.found.get(signal, ())]
        return any(all(m.end <= no.begin or no.end <= m.begin for no in noes) for m in other)

    def settle(self, verdict: str, signal: str, evidence: str, reason: str) -> Reading:
        """A clear answer is decided, unless it stands deep in a long message."""
        if self.size > LONG_MESSAGE and min(said.number for said, _ in self.all(signal)) > 3:
            return self.say(
                verdict, False, evidence, "These words stand deep in a long message and may be about something else."
            )
        return self.say(verdict, True, evidence, reason)

    def perhaps(self) -> Reading | None:
        pairs = self.all("maybe")
        if not pairs:
            return None
        evidence = self.words_of("maybe")
        tied = any(
            said.has("yes", "wish", "bare_yes", "no")
            or (match.end - match.begin >= 2 and self.stray(said, match) <= self.freedom(said, match))
            for said, match in pairs
        ) or (self.size < 15 and sum(self.stray(said, match) - self.freedom(said, match) for said, match in pairs) <= 0)
        clear = (
            tied
            and self.size < LONG_MESSAGE
            and not self.has("host", "told", "other_yes", "other_no", "partial", "later", "sendother")
            and self.certain("maybe")
        )
        if any(who.begin < match.begin for said, match in pairs for who in said.found.get("who", ())):
            clear = False  # "my wife is in, but …": more than one person is spoken of
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
    def freedom(said: _Said, match: Match) -> int:
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
        dated = any(s.has("dated") for s, _ in self.all("reason"))
        clear = (
            (dated or self.has("regretful", "thanks"))
            and sum(self.stray(s) for s in self.saids) <= (12 if self.has("regretful", "thanks", "pointed") else 6)
            and not self.has(
                "partial", "host", "absent", "bare_yes", "works", "later", "other_yes", "other_no", "g_ask", "ack"
            )
            and not any(s.asks for s, _ in self.all("reason"))
            and not self.has("told")
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
        if self.has("other_no", "other_yes") and not self.party.guests:
            return self.say("needs-person", False, evidence, "The message speaks of several people.")
        if self.has("bare_no"):
            return self.say("needs-person", False, evidence, "The message says both no and yes.")
        if any(said.has("but") for said, _ in self.all("yes", "wish")) and self.has("reason"):
            return self.say("needs-person", False, evidence, "There is a yes and an obstacle.")
        if self.has("host") and not self.has("bare_yes"):
            return self.say("needs-person", False, evidence, "It may be the words of one who invites.")
        if self.unexplained_before("yes", "wish") > 14:
            return self.say(
                "needs-person", False, evidence, "These words come after other matters and may belong to those."
            )
        if not any(_is_firm(said, match) for said, match in self.all("yes", "wish")) and not self.has(
            "thanks", "bare_yes", "ack"
        ):
            if sum(self.stray(said) for said in self.saids) > 8:
                return self.say(
                    "accepted", False, evidence, "It sounds like a yes, but the message is mostly about other things."
                )
        if not strong and not self.certain("wish"):
            return self.say("accepted", False, evidence, "It sounds like a yes, but not a certain one.")
        if not strong:
            for said, match in self.sure["wish"]:
                if any(but.begin > match.begin for but in said.found.get("but", ())) or self.has("regretful"):
                    return self.say("needs-person", False, evidence, 'A wish with a "but": what follows is not clear.')
        if self.has("reason") and self.has("regretful"):
            return self.say("needs-person", False, evidence, "There is a yes and an obstacle.")
        if self.has("later"):
            return self.say("accepted", False, evidence, "It sounds like a yes; another day is mentioned too.")
        if self.party.unclear or self.has("g_ask"):
            return self.say("accepted", False, evidence, "A yes; how many people come is not clear.")
        return self.settle("accepted", "yes" if strong else "wish", evidence, "The writer says that he or she comes.")

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
            return self.say(
                "declined",
                True,
                self.quote(said, match),
                f"The writer answers for {who}, who does not come.",
                answers_for=who,
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
            return self.say(
                "declined",
                True,
                self.quote(said, match),
                "The writer answers for somebody else, who does not come.",
                answers_for=whom,
            )
        return self.say(
            "needs-person",
            False,
            self.quote(said, match),
            "The message speaks of somebody else, not of the writer.",
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
        asked = _asks_attendance(self.subject, self.quoted)
        open_ = any(said.asks for said in self.saids)
        extra = sum(said.unexplained for said in self.saids)
        if self.has("bare_yes") and self.has("bare_no"):
            return self.say("needs-person", False, self.words_of("bare_yes"), "The message says both yes and no.")
        if self.has("bare_yes"):
            clear = (
                asked
                and extra == 0
                and not open_
                and not self.has("host", "later", "partial", "remote", "told", "absent")
            )
            return self.say("accepted" if clear else "needs-person", clear, self.words_of("bare_yes"),
                            "A plain yes to the invitation." if clear else "A yes, but it is not clear to what.")  # fmt: skip
        if self.has("bare_no"):
            clear = (
                asked
                and extra == 0
                and not open_
                and not self.has("host", "later", "partial", "works", "ack", "told", "absent")
            )
            return self.say("declined" if clear else "needs-person", clear, self.words_of("bare_no"),
                            "A plain no to the invitation." if clear else "A no, but it is not clear to what.")  # fmt: skip
        if self.has("works"):
            return self.suits(asked and not open_)
        return None

    @staticmethod
    def stray(said: _Said, beside: Match | None = None) -> int:
        """Words of a sentence that neither a phrase nor an invitation explains, *beside* a phrase that is accounted for."""
        lex = lexicon.load(said.language)
        return sum(
            1
            for i, word in enumerate(said.words)
            if i not in said.spoken_for
            and not (beside is not None and beside.begin <= i < beside.end)
            and word.form not in lex.around
            and word.form not in lex.marks
            and word.form != COMMA
            and not word.form[:1].isdigit()
        )

    def suits(self, asked: bool) -> Reading:
        """A time that suits is a yes if it is the time that was asked."""
        evidence = self.words_of("works")
        said, match = self.all("works")[0]
        named = _times(said.words)
        context = f"{self.subject}\n{self.quoted}".strip()
        if context and named:
            cut = sentences(tidy(context))
            offered = {time for sentence in cut for time in _times(sentence.words)}
            asked = named <= offered
        if len({time for time in named if time in _WEEK}) > 1:
            asked = False
        others = sum(self.stray(s) for s in self.saids)
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
        if self.has("ack"):
            return self.say("none", False, self.words_of("ack"), "The writer has seen the message, no more.")
        if self.has("thanks"):
            return self.say("none", False, self.words_of("thanks"), "Thanks, but no answer.")
        return self.say("none", False, "", "No answer to the invitation is in these words.")


def _times(words: Sequence[Word]) -> set[str]:
    """Hours and days of the month, weekdays, noon: what "works for me" may name, in one form for all spellings."""
    found = set()
    for word in words:
        form = word.form
        if form in _DAYS:
            found.add(_DAYS[form])
        elif form[:1].isdigit():
            digits = re.match(r"\d{1,2}(?:[.:h]\d\d)?", form)
            if digits:
                found.add(re.sub(r"[.:h](?:00)?$|[.h]", ":", digits.group()).strip(":"))
    return found


_WEEK = frozenset({"mo", "tu", "we", "th", "fr", "sa", "su"})
_DAYS = {
    name: str(day)
    for day, names in {
        "mo": "monday mon lunes montag lundi",
        "tu": "tuesday tue tues martes dienstag mardi",
        "we": "wednesday wed miercoles mittwoch mercredi",
        "th": "thursday thu thur thurs jueves donnerstag jeudi",
        "fr": "friday fri viernes freitag vendredi",
        "sa": "saturday sat sabado samstag sonnabend samedi",
        "su": "sunday sun domingo sonntag dimanche",
        "noon": "noon mediodia mittag mittags midi",
    }.items()
    for name in names.split()
}


def saids_near(saids: Sequence[_Said], said: _Said) -> list[_Said]:
    return [said, *(other for other in saids if abs(other.number - said.number) <= 2 and other is not said)]


_ATTENDANCE = re.compile(
    r"(?i)\b(attend|join|come|coming|invit|rsvp|r\.s\.v\.p|participat|be there|make it|answer yes|reply|present"
    r"|asist|acompa|vendr|venir|confirm|teilnehm|teilnahme|kommen|komm|einlad|dabei|zusag|antwort|particip|présen|venez|repond|répond)"
)
_ELSE = re.compile(
    r"(?i)\b(mind if|objection|problem with|anything against|prevent|unable|cannot|can't|not (?:be )?(?:able|coming|attend))"
)


def _asks_attendance(subject: str, quoted: str) -> bool:
    """Whether a bare yes would mean coming: nothing is known of the question, or it asked for attendance and not for its lack."""
    if not quoted.strip() and not subject.strip():
        return True
    context = f"{subject}\n{quoted}"[:4000]
    if _ELSE.search(context):
        return False
    if not quoted.strip():
        return True
    return _ATTENDANCE.search(context) is not None
