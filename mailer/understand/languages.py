"""Find out which language a sentence is written in.

Promises: a pure function; the same words give the same language; a sentence in which few words tell takes that of the message.
Never:    knows a language: each lexicon says which words tell.
Fails:    not at all: where nothing tells, the hint decides, then what was quoted, then English.
"""

from collections.abc import Sequence

from mailer.understand import lexicon
from mailer.understand.clauses import Sentence, Word, sentences, tidy


def _vote(words: Sequence[Word]) -> dict[str, int]:
    telling = lexicon.marks()
    votes: dict[str, int] = {}
    for word in words:
        for part in (word.form,) if "'" not in word.form else word.form.split("'"):
            for code in telling.get(part, ()):
                votes[code] = votes.get(code, 0) + 1
    return votes


def languages_of(cut: Sequence[Sentence], wanted: str | None, context: str) -> list[str]:
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
        if hint is not None and len(votes) == 1 and len(cut[0].words) <= 4:
            total[hint] = total.get(hint, 0) + 1  # a few words are most likely in the letter's own language
    if not _clear(total):
        # So few words that none tells: see which language knows most of them, above all words that only it knows.
        for sentence in cut:
            for word in sentence.words:
                knowing = [code for code in known if lexicon.load(code).knows(word.form)]
                for code in knowing:
                    total[code] = total.get(code, 0) + (2 if len(knowing) == 1 else 1)
    main = max(known, key=lambda code: (total.get(code, 0), code == hint, code == "en"))
    out = []
    for vote in votes:
        best = max(vote, key=lambda code: (vote[code], code == main), default=main)
        out.append(best if vote.get(best, 0) >= vote.get(main, 0) + 2 else main)
    return out


def _clear(votes: dict[str, int]) -> bool:
    order = sorted(votes.values(), reverse=True)
    return bool(order) and (len(order) == 1 or order[0] > order[1]) and order[0] >= 2
