"""Address fields (RFC 5322 §3.4) as people and programs really write them.

Promises: never raises; an empty tuple where there is no address. Keeps the case of the local part; folds the domain.
"""

import re
from email.utils import getaddresses

from mailer.parse.charset import decode_header
from mailer.terms import Address

_PLAIN = re.compile(r"[^\s<>(),;:\"\[\]@\\]{1,128}@[^\s<>(),;:\"\[\]@\\]{1,255}")
_NAMED = re.compile(r'"?([^"<>@,;:\\()]{0,200}?)"?\s*<([^\s<>(),;:"\[\]@\\]{1,128}@[^\s<>(),;:"\[\]@\\]{1,255})>')
_ANY = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,128}@[\w.-]{1,255}")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


def addresses(value: str) -> tuple[Address, ...]:
    """Every address in a raw field value."""
    value = value.strip()[:40_000]
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    if _PLAIN.fullmatch(value):
        return (Address("", _folded(value)),)
    if named := _NAMED.fullmatch(value):
        return (Address(decode_header(named[1].strip()), _folded(named[2])),)
    return _several(value)


def _several(value: str) -> tuple[Address, ...]:
    try:
        text = value if value.isascii() else decode_header(value)
        pairs = getaddresses([text])
    except Exception:  # the standard library raises several kinds on broken fields
        pairs = []
    found = [Address(decode_header(name), _folded(spec)) for name, spec in pairs if "@" in spec and " " not in spec]
    if not found:
        found = [Address("", _folded(spec)) for spec in _ANY.findall(decode_header(value))]
    return tuple(found)


def _folded(spec: str) -> str:
    local, _, domain = decode_header(spec).strip(" <>'\"").rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"
