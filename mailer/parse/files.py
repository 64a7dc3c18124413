"""The bytes of files that came with a mail, for the few mails whose files are kept.

Promises: pure; never raises; what is larger than `MOST_BYTES` is left out. Never: opens a file or believes its name.
"""

from email import message_from_bytes
from email.message import Message as Entity

MOST_BYTES = 20_000_000


def file_contents(raw: bytes, name: str, content_type: str) -> bytes | None:
    """The content of the first file of *raw* with this name and type, as `Message.enclosures` has them; None where there is none."""
    try:
        for part in message_from_bytes(raw[: 2 * MOST_BYTES]).walk():
            if part.is_multipart() or part.get_content_type() != content_type or _name(part) != name:
                continue
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and len(content) <= MOST_BYTES:
                return content
    except Exception:  # the parser of the standard library meets hostile bytes here
        return None
    return None


def _name(part: Entity) -> str:
    from mailer.parse.parts import file_name

    return file_name(part)
