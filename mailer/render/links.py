"""Links that open a mail which is already written: the buttons of a letter, and the way out.

Promises: the token stands in the address where the mailbox has subaddresses, and always in the subject, as ``[ref:TOKEN]``; the
subject begins with the word on the button, which the reader of answers knows in each language. The link of an answer says SEQUENCE of the
meeting, too (``[ref:TOKEN.2]``): a link opens a new mail, in no thread, and one pressed in an old letter answers the old date. In a letter about
one date of a series it names that date (``[ref:TOKEN.2@20260409T140000Z]``).
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from mailer.partnership.meetings import Meeting
from mailer.render.lines import one_line
from mailer.render.outgoing import Sender
from mailer.render.phrases import Phrases
from mailer.terms import PartStat, Token


@dataclass(frozen=True, slots=True)
class LinksView:
    """Addresses for buttons: each opens a mail that is already written."""

    yes: str
    no: str
    maybe: str
    stop: str


def reference(token: Token | None) -> str:
    """How a token stands in a subject or at the foot of a letter; empty without one."""
    return f"ref:{token}" if token else ""


def links_to_answer(sender: Sender, token: Token, meeting: Meeting | None, phrases: Phrases) -> LinksView:
    """The buttons of one person's letter."""
    address, mark = sender.reply_address(token), f" [{reference(token)}]"
    on = f"@{meeting.recurrence_id:%Y%m%dT%H%M%SZ}" if meeting and meeting.recurrence_id else ""
    dated = f" [{reference(token)}.{meeting.sequence}{on}]" if meeting else mark
    title = one_line(meeting.title) if meeting else one_line(sender.partnership)

    def answer(partstat: PartStat) -> str:
        word, sentence = phrases.answers[partstat]
        return mailto(address, (f"{word}: ", title, dated), sentence)

    return LinksView(
        yes=answer(PartStat.ACCEPTED),
        no=answer(PartStat.DECLINED),
        maybe=answer(PartStat.TENTATIVE),
        stop=mailto(address, ("unsubscribe", mark), "stop"),
    )


def mailto(address: str, subject: tuple[str, ...], body: str = "") -> str:
    """A link that opens a written mail (RFC 6068 §2: everything but the plainest characters percent-encoded). *subject* comes in
    pieces: most of them are the same for everybody."""
    link = f"mailto:{quote(address, safe='@+')}?subject={''.join(map(_percent_encoded, subject))}"
    return f"{link}&body={_percent_encoded(body)}" if body else link


@lru_cache(maxsize=1024)
def _percent_encoded(text: str) -> str:
    return quote(text, safe="")
