"""Authentication-Results (RFC 8601), from the server that the configuration names and from no other.

Promises: pure; never raises. Anybody can write this field into a mail: only the topmost one of the named server counts, since the
          server puts it above whatever came with the mail. Without a name nothing is believed (RFC 8601 §5, §7.1).
"""

import re
from dataclasses import dataclass

from mailer.parse.message import Message

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"^\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """Each result in lower case, or none."""

    dmarc: str = "none"
    dkim: str = "none"
    spf: str = "none"
    server: str | None = None


def authentication_results(message: Message, server: str | None) -> AuthenticationResults:
    """What *server* found out about this mail."""
    if not server:
        return AuthenticationResults()
    found: dict[str, str] = {}
    wanted = server.strip().lower()
    for value in message.headers("Authentication-Results"):
        name, _, results = _COMMENT.sub(" ", value).partition(";")
        if (name.split() or [""])[0].lower() != wanted:
            continue
        for result in results.split(";"):
            if match := _RESULT.match(result):
                method, outcome = match[1].lower(), match[2].lower()
                # several signatures, several dkim results: one that passes is enough
                if method not in found or (method == "dkim" and outcome == "pass"):
                    found[method] = outcome
        return AuthenticationResults(
            found.get("dmarc", "none"), found.get("dkim", "none"), found.get("spf", "none"), wanted
        )
    return AuthenticationResults()
