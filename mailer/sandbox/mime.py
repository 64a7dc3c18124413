"""MIME as mail programs lay it out: header fields in their own order, their own boundaries.

The standard library would write every mail in one and the same shape; the differences between programs are what the sandbox is for.
"""

import base64
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr

from mailer.terms import Address

Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mail:
    """Ready bytes and their envelope."""

    reverse_path: str
    forward_path: str
    content: bytes


def mailbox(address: Address) -> str:
    """Name and address for a header field, the name encoded where it must be (RFC 2047)."""
    return formataddr((address.display_name, address.addr_spec))


def words_field(text: str) -> str:
    """Unstructured words for a header field."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=74).encode(linesep="\r\n")


def part(fields: Fields, body: str) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n" + body


def multipart(boundary: str, parts: Iterable[str]) -> str:
    """The body of a multipart entity (RFC 2046 §5.1.1)."""
    return "".join(f"--{boundary}\r\n{each}\r\n" for each in parts) + f"--{boundary}--\r\n"


def in_base64(text: str) -> str:
    return _base64(text.encode())


def _base64(octets: bytes) -> str:
    return base64.encodebytes(octets).decode().replace("\n", "\r\n")


_OF_THE_BODY = re.compile(
    r"^(?:Content-[^:\r\n]{1,40}):[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", re.MULTILINE | re.IGNORECASE
)


def enclosing(mail: Mail, file: tuple[str, bytes], mark: str) -> Mail:
    """*mail* with a PDF file beside what it had: its body becomes the first of two parts (RFC 2046 §5.1.3)."""
    head, _, body = mail.content.decode().partition("\r\n\r\n")
    head += "\r\n"
    of_body = "".join(
        found[0] for found in _OF_THE_BODY.finditer(head) if not found[0].lower().startswith("content-language")
    )
    boundary = f"----=_mixed_{mark[:20]}"
    name, content = file
    fields = [
        ("Content-Type", f'application/pdf; name="{name}"'),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("Content-Transfer-Encoding", "base64"),
    ]
    parts = [f"{of_body}\r\n{body}", part(fields, _base64(content))]
    outer = _OF_THE_BODY.sub("", head) + f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    return Mail(mail.reverse_path, mail.forward_path, (outer + multipart(boundary, parts)).encode())


def in_quoted_printable(text: str, charset: str = "utf-8") -> str:
    octets = quopri.encodestring(re.sub(r"\r\n?", "\n", text).encode(charset, "xmlcharrefreplace"))
    return octets.decode("ascii").replace("\n", "\r\n")


def folded(lines: Iterable[str]) -> str:
    """Content lines, folded at 75 octets on borders of characters (RFC 5545 §3.1)."""
    out: list[str] = []
    for line in lines:
        octets = b""
        for character in line:
            encoded = character.encode()
            if len(octets) + len(encoded) > 75:
                out.append(octets.decode())
                octets = b" "
            octets += encoded
        out.append(octets.decode())
    return "\r\n".join(out) + "\r\n"
