"""One way in for all questions: what was asked, and the words of the answer → what they say.

Promises: pure; never raises; bounded by the limits of each reader. Diets and access needs are read beside every question.
Never:    decides that an answer counts: who wrote it, and whether it may be believed, is for the stages after.
Fails:    a reader that fails in spite of all gives the whole text back as not understood.
"""

from dataclasses import dataclass

from mailer.parse.message import Message
from mailer.understand.asks.address import NewAddress, read_address
from mailer.understand.asks.approval import Approval, Word, read_approval
from mailer.understand.asks.attachment import Documents, read_attachment
from mailer.understand.asks.calls import CallResults, read_calls
from mailer.understand.asks.comments import Comments, read_comments
from mailer.understand.asks.delegate import Delegation, read_delegate
from mailer.understand.asks.items import ItemReports, read_items
from mailer.understand.asks.needs import Need, read_needs
from mailer.understand.asks.picks import Picks, read_picks
from mailer.understand.asks.question import Asked, Question
from mailer.understand.asks.ranking import Ranking, read_ranking
from mailer.understand.asks.roster import ListChanges, read_roster
from mailer.understand.asks.stories import Stories, read_stories
from mailer.understand.asks.times import TimesChosen, read_times
from mailer.understand.asks.tokens import unread

Said = (
    Delegation | CallResults | ItemReports | TimesChosen | ListChanges | NewAddress | Documents | Approval | Comments | Ranking | Stories | Picks
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """*said*: the value of the question's reader; None for yes, no or maybe, which `mailer.understand.words` reads."""

    question: Question
    said: Said | None = None
    needs: tuple[Need, ...] = ()
    unread: str = ""
    """The end of a text that is longer than any answer; all of it, should a reader have failed."""

    @property
    def not_understood(self) -> tuple[str, ...]:
        """Pieces that a person must look at."""
        rest = (self.unread[:300],) if self.unread else ()
        return (*(self.said.not_understood if self.said is not None else ()), *rest)

    @property
    def says_something(self) -> bool:
        """Whether anything was read that can be acted upon."""
        if isinstance(self.said, Documents):
            return bool(self.said.documents)
        return self.said is not None and self.said != type(self.said)(not_understood=self.said.not_understood)

    @property
    def certain(self) -> bool:
        """Something was said, and nothing is left that a person must look at."""
        return self.says_something and not self.not_understood


def read(asked: Asked, text: str, message: Message | None = None) -> Reply:
    """Read the answer to *asked*. *text*: the words that the person wrote now, without quoted text (`Verdict.text`); *message*: for
    its documents and its author's name."""
    try:
        whole = asked.question in (Question.COMMENTS, Question.ATTACHMENT, Question.ATTENDANCE)
        said, rest = _said(asked, text, message), "" if whole else unread(text)
        if rest and isinstance(said, Approval) and said.word is Word.YES:
            said = Approval()  # an OK is one to the end, or none
        return Reply(asked.question, said, read_needs(text, asked.written.language), rest)
    except Exception:  # the promise: one odd mail never stops the rest
        return Reply(asked.question, unread=text.strip())


def _said(asked: Asked, text: str, message: Message | None) -> Said | None:
    author = message.author.display_name if message is not None and message.author is not None else ""
    language = asked.written.language
    match asked.question:
        case Question.ATTENDANCE:
            return None
        case Question.DELEGATE:
            return read_delegate(text, asked.whom, language, author)
        case Question.CALLS:
            return read_calls(text, asked.people, asked.written, author)
        case Question.ITEMS:
            return read_items(text, asked.items, asked.written, author)
        case Question.TIMES:
            return read_times(text, asked.times, asked.written, author)
        case Question.ADDRESS:
            return read_address(text, asked.whom, asked.own_addresses, language, author)
        case Question.ATTACHMENT:
            return read_attachment(message, text)
        case Question.APPROVAL:
            return read_approval(text, language, author)
        case Question.COMMENTS:
            return read_comments(text, language, author)
        case Question.RANKING:
            return read_ranking(text, asked.choices, language, author)
        case Question.ROSTER:
            return read_roster(text, asked.people, author)
        case Question.STORIES:
            return read_stories(text, language, author)
        case Question.CHOICES:
            return read_picks(text, asked.choices, language, author)
