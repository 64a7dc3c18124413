"""The documents that came with a mail: what somebody attached, without the pictures of a signature, calendar files and the like.

Promises: pure; name, type and size as the mail says them. A photograph of a flip chart is a document, a logo is none.
Never:    opens a document, or takes one for safe.
Fails:    not at all.
"""

import re
from dataclasses import dataclass

from mailer.parse.message import Message
from mailer.parse.parts import Enclosure
from mailer.understand.asks import words
from mailer.understand.asks.tokens import spans, tidy, tokens

MOST_DOCUMENTS = 30
SMALLEST_PHOTOGRAPH = 40_000
"""Bytes. Pictures of signatures are smaller, photographs larger."""
SMALLEST_SHOWN = 150_000
"""Bytes of a picture within the words: below this it may be a logo or a banner."""


@dataclass(frozen=True, slots=True)
class Document:
    """*size* in bytes, or about that. *number*: its place in `Message.enclosures`; `mailer.parse.message.enclosed` gives its content."""

    name: str
    content_type: str
    size: int
    number: int


@dataclass(frozen=True, slots=True)
class Documents:
    """*promised*: no document is there, but the words speak of one. *left_out*: names of what is no document."""

    documents: tuple[Document, ...] = ()
    left_out: tuple[str, ...] = ()
    promised: bool = False
    not_understood: tuple[str, ...] = ()


_NO_DOCUMENTS = re.compile(
    r"application/(?:pgp-|x-pkcs7|pkcs7|ms-tnef|applefile|x-apple)|text/(?:x-)?vcard|text/directory|message/"
)
_NO_NAMES = re.compile(
    r"(?:smime\.p7[sm]|att\d{3,6}\.(?:htm|html|txt|dat)|winmail\.dat"
    r"|.{0,100}\.(?:vcf|p7s|asc|ics|exe|scr|js|vbs|bat|cmd|com|lnk|jar|msi))$",
    re.IGNORECASE,
)
_LOGO = re.compile(
    r"(?:image\d{1,4}|outlook-.{0,80}|logo.{0,80}|.{0,40}_?logo|banner.{0,40}|facebook|linkedin|twitter|x|instagram"
    r"|icon.{0,20}|spacer|pixel)\.\w{3,4}$",
    re.IGNORECASE,
)


def read_attachment(message: Message | None, text: str = "") -> Documents:
    """Read which documents came with *message*; *text*: the words beside them."""
    if message is None:
        return Documents(promised=_promises(text))
    documents: list[Document] = []
    left_out: list[str] = []
    for number, enclosure in enumerate(message.enclosures):
        if _is_document(enclosure, message.html):
            documents.append(Document(enclosure.name, enclosure.content_type, enclosure.size, number))
        else:
            left_out.append(enclosure.name or enclosure.content_type)
    return Documents(
        tuple(documents[:MOST_DOCUMENTS]), tuple(left_out[:MOST_DOCUMENTS]), not documents and _promises(text)
    )


def _is_document(enclosure: Enclosure, html: str) -> bool:
    if _NO_DOCUMENTS.match(enclosure.content_type) or _NO_NAMES.match(enclosure.name) or not enclosure.size:
        return False
    if not enclosure.content_type.startswith("image/"):
        return bool(enclosure.name) or enclosure.content_type.startswith("application/")
    shown = enclosure.inline or (bool(enclosure.content_id) and f"cid:{enclosure.content_id}" in html)
    if shown or _LOGO.match(enclosure.name):
        return enclosure.size >= SMALLEST_SHOWN
    return enclosure.size >= SMALLEST_PHOTOGRAPH


def _promises(text: str) -> bool:
    """Whether the words say that something is attached."""
    found = tokens(tidy(text))
    return any(
        span.has("attachment.promised")
        for code in words.codes()
        for span in spans(found, code, ("attachment.promised", "attachment.none"))
    )
