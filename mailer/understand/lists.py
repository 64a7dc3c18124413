"""Does a mail bring a list of people? Which of its files are lists, and whether the words beside them say so.

Promises: pure; looks at names and words only, and opens no file.
"""

import re
from dataclasses import dataclass

from mailer.parse.message import Message

MOST_LISTS = 10

_LIST = re.compile(r".{1,200}\.(?:csv|tsv|txt|vcf|vcard|xlsx?|ods)", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"\b(?:import|(?:add|take (?:in|up)) (?:these|them|this|those|all|everybody)|(?:list|lists) of (?:people|persons|contacts|invitees)|"
    r"(?:invitation|invitee|mailing|people|contact|new|attached) list|new (?:people|persons|contacts)|people|contacts|importar|lista|contactos|"
    r"importier\w*|(?:einladungs|kontakt|teilnehmer)?liste|kontakte|importe\w*|liste)\b",
    re.IGNORECASE,
)
_SAYS_ELSE = re.compile(
    r"\b(?:came|attended|sign[- ]?in|do not|don['’]?t|not yet|wait|draft|example|minutes|notes|agenda|nicht|noch nicht|todav[ií]a no|pas encore|"
    r"unsubscri\w*|opted out|opt out|remove\w*|delete\w*|take (?:\w+ ){0,3}(?:off|out)|drop\w*|declined|bounced|no longer|stop\w*|forget|erase\w*|"
    r"wrong|for your (?:files|information|records)|fyi|not (?:to )?be invited|elimin\w*|quit(?:ar?|e|en)|borr\w*|baja|löschen|"
    r"entfern\w*|abgemeldet|streichen|supprim\w*|retir\w*|désabonn\w*|désinscri\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Brought:
    """*files*: (place in `Message.enclosures`, name). *said*: the words are about a list of people; *else_*: they are about
    something else as well."""

    files: tuple[tuple[int, str], ...] = ()
    said: bool = False
    else_: bool = False

    @property
    def said_with_files(self) -> bool:
        return bool(self.files) and self.said

    @property
    def sure(self) -> bool:
        return self.said_with_files and not self.else_


def read_lists(message: Message, text: str) -> Brought:
    """The lists that came with *message*; *text*: the writer's own words."""
    files = tuple(
        (n, " ".join(f.name.split())[:100])
        for n, f in enumerate(message.enclosures)
        if f.size and not f.inline and _LIST.fullmatch(f.name.strip())
    )
    words = f"{message.subject[:300]}\n{text[:4_000]}"
    return Brought(files[:MOST_LISTS], bool(_SAYS_SO.search(words)), bool(_SAYS_ELSE.search(words)))
