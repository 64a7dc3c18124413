"""The embedded mail servers: SMTP (aiosmtpd) and IMAP (pymap, in memory) on free ports of loopback, in the running loop.

Promises: mail for the convener's mailbox and its subaddresses is in the IMAP mailbox, and pushed to who idles there, when the
SMTP server says 250. Mail for an address that was admitted is handed to its receiver. All other mail comes back with a delivery
report to its reverse path (RFC 5321 §6.1); mail with a null reverse path never does. Refusals are scripted by address.
Never: a connection to another machine, a file, a name look-up.
Fails: an exception of a receiver is a bug and is answered 500 to whoever submitted the mail.
"""

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config as PymapConfig
from pymap.backend.dict import Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from mailer.clock import Clock, WorldClock
from mailer.sandbox.reports import UNKNOWN_DOMAIN, UNKNOWN_USER, delivery_report
from mailer.terms import canonical

LOOPBACK = "127.0.0.1"
LARGEST_MESSAGE = 50 * 1024 * 1024
IMAP_LINE = 1024 * 1024
"""A FETCH of many UIDs is one long line; asyncio's own limit of 64 KB would end the connection."""
GREYLISTED = "451 4.7.1 Greylisted, please try again in five minutes"
NO_SUCH_USER = "550 5.1.1 Recipient address rejected: User unknown"
FULL_FOR_NOW = "452 4.2.2 Mailbox full"
FULL = "552 5.2.2 Mailbox full, quota exceeded"


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 §2.3.1, one recipient at a time. A null reverse path is empty."""

    reverse_path: str
    forward_path: str


Receiver = Callable[[Envelope, bytes], Awaitable[None]]
Hook = Callable[[Envelope, bytes], None]


class Servers:
    """Both servers, from `async with` to its end.

    *mailbox* is the convener's address; *user* and *password* open it by IMAP and are accepted by SMTP AUTH. *on_mail* sees
    every mail that passes, in both directions, before it is handed on.
    """

    host = LOOPBACK

    def __init__(
        self,
        mailbox: str,
        *,
        user: str = "convener",
        password: str = "sandbox",
        clock: Clock | None = None,
        on_mail: Hook | None = None,
    ) -> None:
        self.mailbox, self.user, self.password, self.on_mail = canonical(mailbox), user, password, on_mail
        self.name = "mail." + self.mailbox.rpartition("@")[2]
        self.smtp_port = self.imap_port = 0
        self._clock: Clock = clock or WorldClock()
        self._receivers: dict[str, Receiver] = {}
        self._refusals: dict[str, list[str | None]] = {}
        self._mailboxes: Any = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._smtp_connections: set[SMTP] = set()
        self._listening: list[asyncio.Server] = []

    async def __aenter__(self) -> Self:
        await self._listen_imap()
        await self._listen_smtp()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._listening:
            server.close()
        for smtp in self._smtp_connections:
            if isinstance(smtp.transport, asyncio.WriteTransport):
                smtp.transport.abort()
        for task, writer in list(self._connections.items()):
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # lets the aborted SMTP connections hear of it

    def admit(self, addresses: Iterable[str], receiver: Receiver) -> None:
        """Hand mail for each of *addresses* (and their subaddresses) to *receiver*. Their domains become known ones."""
        for address in addresses:
            self._receivers[canonical(address)] = receiver

    def refuse(self, address: str, *smtp_replies: str, then_accept: bool = False) -> None:
        """Answer the n-th RCPT TO *address* with the n-th of *smtp_replies*; the last one for ever unless *then_accept*."""
        self._refusals[canonical(address)] = [*smtp_replies, None] if then_accept else list(smtp_replies)

    async def deliver(self, raw: bytes, to: str | None = None, reverse_path: str | None = None) -> None:
        """Put *raw* into the convener's IMAP mailbox; with *to*, under the trace lines that a server adds on the way."""
        if to is not None:
            raw = self._trace(Envelope(reverse_path or "", to)) + raw
        inbox = await self._mailboxes.get_mailbox("INBOX")
        await inbox.append(AppendMessage(raw, self._clock.now()), recent=True)

    async def mails(self, mailbox: str = "INBOX") -> list[bytes]:
        """Give what lies in an IMAP mailbox, oldest first."""
        requirement = FetchRequirement.CONTENT
        found: list[bytes] = []
        async for message in (await self._mailboxes.get_mailbox(mailbox)).messages():
            found.append(bytes((await message.load_content(requirement)).get_body([])))
        return found

    async def route(self, envelope: Envelope, raw: bytes) -> None:
        """Bring one mail to where it belongs, or its report back."""
        if self.on_mail is not None:
            self.on_mail(envelope, raw)
        address = canonical(envelope.forward_path)
        if _without_subaddress(address) == self.mailbox:
            await self.deliver(raw, envelope.forward_path, envelope.reverse_path)
        elif (
            receiver := self._receivers.get(address) or self._receivers.get(_without_subaddress(address))
        ) is not None:
            await receiver(envelope, self._trace(envelope) + raw)
        elif envelope.reverse_path:
            domains = {known.rpartition("@")[2] for known in (self.mailbox, *self._receivers)}
            report = delivery_report(
                raw,
                reverse_path=envelope.reverse_path,
                recipient=envelope.forward_path,
                trouble=UNKNOWN_USER if address.rpartition("@")[2] in domains else UNKNOWN_DOMAIN,
                host=self.name,
                now=self._clock.now(),
            )
            await self.route(Envelope("", envelope.reverse_path), report)

    def refusal(self, address: str) -> str | None:
        """Give what the server says to this RCPT TO, or None where it takes the recipient."""
        script = self._refusals.get(canonical(address))
        if not script:
            return None
        return script.pop(0) if len(script) > 1 else script[0]

    def _trace(self, envelope: Envelope) -> bytes:
        """RFC 5321 §4.4, and the line by which a subaddress survives."""
        return (
            f"Return-Path: <{envelope.reverse_path}>\r\nDelivered-To: {envelope.forward_path}\r\n"
            f"Received: from client.{self.name} (localhost [127.0.0.1])\r\n\tby {self.name} (sandbox) with ESMTP\r\n"
            f"\tfor <{envelope.forward_path}>; {format_datetime(self._clock.now())}\r\n"
        ).encode()

    async def _listen_imap(self) -> None:
        config = _ImapConfig(self.user, self.password)
        config.apply_context()
        login = Login(config)
        await login.demo_user_identity.set(UserMetadata(config, self.user, password=self.password))
        self._mailboxes = MailboxSet()
        config.set_cache[self.user] = (self._mailboxes, FilterSet())
        imap = IMAPServer(login, config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._connections[task] = writer
            try:
                await imap(reader, writer, SocketInfoLocal(writer))
            except (ConnectionError, asyncio.CancelledError):
                pass  # the client went, or the servers stop
            finally:
                self._connections.pop(task, None)

        self.imap_port = self._note(await asyncio.start_server(connected, LOOPBACK, 0, limit=IMAP_LINE))

    async def _listen_smtp(self) -> None:
        handler = _SmtpHandler(self)
        loop = asyncio.get_running_loop()

        def connected() -> SMTP:
            smtp = SMTP(
                handler,
                hostname=self.name,
                ident="ESMTP sandbox",
                data_size_limit=LARGEST_MESSAGE,
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                authenticator=handler.authenticate,
                loop=loop,
            )
            self._smtp_connections = {s for s in self._smtp_connections if s.transport is not None} | {smtp}
            return smtp

        self.smtp_port = self._note(await loop.create_server(connected, LOOPBACK, 0))

    def _note(self, server: asyncio.Server) -> int:
        self._listening.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port


class _SmtpHandler:
    """aiosmtpd's hooks (their names are its own)."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if (reply := self._servers.refusal(address)) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        for forward_path in envelope.rcpt_tos:
            await self._servers.route(Envelope(envelope.mail_from or "", forward_path), envelope.content)
        return "250 2.0.0 Ok: taken by the sandbox"

    def authenticate(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            self._servers.user.encode(),
            self._servers.password.encode(),
        )
        return AuthResult(success=right, handled=False)


class _ImapConfig(PymapConfig):
    """pymap without its thread pool, its slow password hash and its look-up of the host's name."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(
            Namespace(proxy_protocol=None, passlib_cfg=None),
            host=LOOPBACK,
            port=0,
            demo_data=False,
            demo_user=user,
            demo_password=password,
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0.0,
        )

    @property
    def greeting(self) -> bytes:
        return b"Server ready (sandbox)"


def _without_subaddress(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
