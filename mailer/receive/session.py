"""A logged-in IMAP connection, in the commands that reading a mailbox takes (RFC 3501, 2177, 4315, 6851).

Promises: \\Seen is never set (BODY.PEEK). TLS certificates are checked; STARTTLS is never done without. A message leaves the
mailbox by its own UID only.
Fails: `MailboxLost` and `MailboxRefused`, with a sentence for the convener. Nothing else leaves, but for cancellation and bugs.
"""

import asyncio
import contextlib
import socket
import ssl
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from mailer.config import ImapSettings
from mailer.errors import MailboxLost, MailboxRefused
from mailer.receive import refusals
from mailer.receive.grammar import (
    fetch_data,
    internal_date,
    is_plain,
    mailbox_name,
    numbers,
    quoted,
    read_mailbox_name,
    response_code,
    uid_set,
)
from mailer.receive.imap import LIMITS, Limits, Line
from mailer.receive.progress import Listed

LARGEST_HEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class Selected:
    """What SELECT says. *uid_next* is None with servers that do not say."""

    uid_validity: int
    uid_next: int | None
    exists: int
    read_only: bool


class Session:
    """A logged-in connection. Commands wait for one another; one task should own it."""

    def __init__(self, line: Line, settings: ImapSettings, limits: Limits) -> None:
        self._line, self._settings, self._limits = line, settings, limits
        self.capabilities: frozenset[str] = frozenset()

    @classmethod
    async def connect(cls, settings: ImapSettings, limits: Limits = LIMITS) -> Self:
        """Connect, agree on TLS, log in."""
        loop = asyncio.get_running_loop()
        line = Line(loop, settings, limits)
        session = cls(line, settings, limits)
        try:
            async with asyncio.timeout(limits.connect):
                context = _tls(settings) if settings.tls != "none" else None
                await loop.create_connection(
                    lambda: line,
                    settings.host,
                    settings.port,
                    ssl=context if settings.tls == "tls" else None,
                )
                _keep_alive(line.transport)
                greeting = await line.greeting
                if settings.tls == "starttls" and context is not None:
                    await session._start_tls(context)
            await session._log_in(greeting)
        except (
            OSError,
            UnicodeError,
        ) as error:  # TimeoutError and ssl.SSLError are such; UnicodeError: a host that is no name
            line.abort()
            raise refusals.unreachable(error, settings) from error
        except BaseException:
            line.abort()
            raise
        return session

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        await self._ask_capabilities()
        if "STARTTLS" not in self.capabilities:
            raise refusals.no_starttls(self._settings)
        answer = await self._line.execute("STARTTLS")
        if answer.status != "OK":
            raise refusals.no_starttls(self._settings)
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._line.transport, self._line, context, server_hostname=self._settings.host)
        self._line.transport = transport

    async def _log_in(self, greeting: bytes) -> None:
        kind = greeting[2:].split(b" ", 1)[0].upper()
        if kind == b"BYE":
            raise refusals.closed(self._settings, greeting[5:])
        if kind not in (b"OK", b"PREAUTH"):
            raise MailboxRefused(f"What answers at {refusals.place(self._settings)} is no IMAP server.")
        await self._ask_capabilities()
        if kind == b"PREAUTH":
            return
        user = self._settings.user or self._settings.address
        if self._settings.password is None:
            raise refusals.no_password(self._settings)
        password = self._settings.password.get_secret_value()
        plain = b64encode(f"\0{user}\0{password}".encode())  # RFC 4616
        if "LOGINDISABLED" not in self.capabilities and is_plain(user) and is_plain(password):
            answer = await self._line.execute("LOGIN", quoted(user), quoted(password))
        elif "AUTH=PLAIN" in self.capabilities and "SASL-IR" in self.capabilities:
            answer = await self._line.execute("AUTHENTICATE", "PLAIN", plain.decode("ascii"))
        elif "AUTH=PLAIN" in self.capabilities:
            answer = await self._line.execute("AUTHENTICATE", "PLAIN", answers=(plain,))
        elif self._settings.tls == "none":
            raise refusals.needs_tls(self._settings)
        else:
            raise MailboxRefused(
                f"The mail server {refusals.place(self._settings)} takes no user name and password"
                + (" with letters beyond ASCII." if "LOGINDISABLED" not in self.capabilities else " over IMAP.")
            )
        if answer.status != "OK":
            raise refusals.not_logged_in(answer.text, self._settings)
        await self._ask_capabilities()  # RFC 3501 §6.2: what was announced before need not hold any more

    async def _ask_capabilities(self) -> None:
        answer = await self._line.execute("CAPABILITY")
        found: set[str] = set()
        for parts in answer.untagged:
            fields = parts[0].decode("ascii", "replace").upper().split()
            if fields[1:2] == ["CAPABILITY"]:
                found.update(fields[2:])
        self.capabilities = frozenset(found)

    @property
    def news(self) -> asyncio.Event:
        """Set when the server spoke of new mail, or the connection ended. Whoever looks for new mail clears it before."""
        return self._line.news

    async def select(self, mailbox: str) -> Selected:
        """Open *mailbox*."""
        answer = await self._line.execute("SELECT", mailbox_name(mailbox))
        if answer.status != "OK":
            raise refusals.no_mailbox(mailbox, answer.text, self._settings)
        codes = {"EXISTS": "0"}
        for parts in answer.untagged:
            line = parts[0]
            code, argument = response_code(line[5:]) if line[:5].upper() == b"* OK " else ("", "")
            if code:
                codes[code] = argument
            elif line.endswith(b" EXISTS"):
                codes["EXISTS"] = line[2:-7].decode("ascii", "replace")
        try:
            uid_next = int(codes["UIDNEXT"]) if "UIDNEXT" in codes else None
            read_only = response_code(answer.text)[0] == "READ-ONLY"
            return Selected(int(codes["UIDVALIDITY"]), uid_next, int(codes["EXISTS"]), read_only)
        except (KeyError, ValueError):
            # RFC 3501 §2.3.1.1 demands it; without it no position can be remembered.
            raise MailboxRefused(
                f'The mail server {refusals.place(self._settings)} gives no lasting numbers to the messages in "{mailbox}"; '
                "such a mailbox cannot be watched."
            ) from None

    async def search(self, criteria: str) -> list[int]:
        """Give the UIDs of the messages that meet *criteria*, ascending. ASCII only, so no CHARSET (Exchange refuses it)."""
        answer = await self._line.execute("UID SEARCH", criteria)
        if answer.status != "OK":
            raise refusals.not_done("search the mailbox", answer.text, self._settings)
        return sorted({number for parts in answer.untagged for number in numbers(parts, b"SEARCH")})

    async def list_messages(self, imap_uids: Collection[int]) -> list[Listed]:
        """Give size and date of those that the server still has."""
        answer = await self._line.execute("UID FETCH", uid_set(imap_uids), "(UID RFC822.SIZE INTERNALDATE)")
        if answer.status != "OK":
            raise refusals.not_done("list messages", answer.text, self._settings)
        found = []
        for parts in answer.untagged:
            data = fetch_data(parts)
            imap_uid, size = data.get(b"UID", b""), data.get(b"RFC822.SIZE", b"")
            if imap_uid.isdigit() and size.isdigit():
                found.append(Listed(int(imap_uid), int(size), internal_date(data.get(b"INTERNALDATE", b""))))
        return found

    async def fetch(self, imap_uids: Collection[int]) -> dict[int, bytes]:
        """Give the bytes of those messages that the server still has."""
        return await self._bodies(imap_uids, "BODY.PEEK[]", b"BODY[]")

    async def fetch_head(self, imap_uid: int) -> bytes | None:
        """Give the header section of one message, its first 256 KB; None if it is gone."""
        items = f"BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>"
        return (await self._bodies((imap_uid,), items, b"BODY[HEADER]<0>")).get(imap_uid)

    async def _bodies(self, imap_uids: Collection[int], items: str, key: bytes) -> dict[int, bytes]:
        answer = await self._line.execute("UID FETCH", uid_set(imap_uids), f"(UID {items})")
        if answer.status != "OK":
            raise refusals.not_done("hand out a message", answer.text, self._settings)
        found: dict[int, bytes] = {}
        for parts in answer.untagged:
            data = fetch_data(parts)
            imap_uid, body = data.get(b"UID", b""), data.get(key)
            if imap_uid.isdigit() and body is not None:
                found[int(imap_uid)] = body
        return found

    async def idle(self, seconds: float, stop: asyncio.Event) -> bool:
        """Wait until the server speaks of new mail, *stop* is set, or *seconds* are over. False if the server has no IDLE."""
        if "IDLE" not in self.capabilities:
            return False
        return await self._line.idle(min(seconds, self._limits.idle), stop)

    async def noop(self) -> None:
        """Let the server tell what is new (RFC 3501 §6.1.2)."""
        await self._line.execute("NOOP")

    async def move(self, imap_uids: Collection[int], mailbox: str) -> None:
        """Move messages to *mailbox*, which is created if need be.

        Without MOVE (RFC 6851) by COPY, \\Deleted and UID EXPUNGE (RFC 4315): a plain EXPUNGE would remove what other people
        have marked. Without both, refused.
        """
        if not {"MOVE", "UIDPLUS"} & self.capabilities:
            raise MailboxRefused(f"The mail server {refusals.place(self._settings)} cannot move messages safely.")
        uids, name = uid_set(imap_uids), mailbox_name(mailbox)
        verb = "UID MOVE" if "MOVE" in self.capabilities else "UID COPY"
        answer = await self._line.execute(verb, uids, name)
        if answer.status != "OK":
            await self.create(mailbox)
            answer = await self._line.execute(verb, uids, name)
        if answer.status == "OK" and verb == "UID COPY":
            answer = await self._line.execute("UID STORE", uids, "+FLAGS.SILENT", "(\\Deleted)")
            if answer.status == "OK":
                answer = await self._line.execute("UID EXPUNGE", uids)
        if answer.status != "OK":
            raise refusals.not_done(f'move messages to "{mailbox}"', answer.text, self._settings)

    async def create(self, mailbox: str) -> None:
        """Create *mailbox*, unless it is there."""
        answer = await self._line.execute("CREATE", mailbox_name(mailbox))
        if answer.status == "OK":
            await self._line.execute("SUBSCRIBE", mailbox_name(mailbox))  # else many mail programs do not show it
        elif response_code(answer.text)[0] != "ALREADYEXISTS":
            raise refusals.not_done(f'create the mailbox "{mailbox}"', answer.text, self._settings)

    async def mailboxes(self) -> list[str]:
        """Give the names of the mailboxes there are."""
        answer = await self._line.execute("LIST", quoted(""), quoted("*"))
        names = []
        for parts in answer.untagged:
            if parts[0][:7].upper() == b"* LIST ":
                name = parts[1] if len(parts) > 1 else parts[0].rpartition(b'" ')[2].strip(b'" ')
                names.append(read_mailbox_name(name.decode("utf-8", "replace")))
        return names

    async def close(self) -> None:
        """Log out, without waiting long for it."""
        if self._line.lost is None:
            with contextlib.suppress(MailboxLost, MailboxRefused, TimeoutError):
                async with asyncio.timeout(self._limits.farewell):
                    await self._line.execute("LOGOUT")
        self._line.abort()

    def abort(self) -> None:
        """End the connection at once: what is under way fails."""
        self._line.abort()


def _tls(settings: ImapSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise MailboxRefused(
            f'The file "{settings.ca_file}" that ca-file in [mailbox] names holds no certificates: {error.strerror or error}.'
        ) from error


def _keep_alive(transport: asyncio.BaseTransport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
