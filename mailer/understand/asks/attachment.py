"""The documents that came with a mail: what somebody attached, without the pictures of a signature, calendar files and the like.

Promises: pure; name, type and size as the mail says them. Never: opens a document.
"""

from dataclasses import dataclass

from mailer.parse.message import Message


@dataclass(frozen=True, slots=True)
class Document:
    """*size* in bytes, as far as known. *number*: which of `Message.enclosures` it is."""

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


def read_attachment(message: Message | None, text: str = "") -> Documents:
    """Read which documents came with *message*."""
    return Documents()
