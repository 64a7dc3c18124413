"""One connection to the mail server and the transactions on it, one after the other (the only import of aiosmtplib).

Promises: with TLS demanded, neither password nor mail travels without. The final dot is a step of its own, so that lost before
          it is told from lost after it.
Never:    a second attempt, a connection shared by two mails at a time.
Fails:    `EXPECTED` lists what a server or network can do; `stage` says how far the transaction had come. After any exception the
          connection is to be cut: an unread reply would be taken for the answer to the next mail.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import aiosmtplib

from mailer.config import SmtpSettings
from mailer.render.outgoing import OutgoingMessage
from mailer.send.outcome import Failed, NotOffered, Outcome, SmtpReply, Stage, classify

MAILS_PER_CONNECTION = 100
"""Then QUIT and connect again; many servers limit this, and load balancers like it."""
_AT_ONCE = 64 * 1024
"""A mail up to this size leaves in one write, dot and all. A larger one waits for its bytes to leave before the dot does."""
BeforeData = Callable[[], Awaitable[None]]
"""Awaited when the recipient is accepted and nothing of the mail has left: the last moment to commit that it is on the wire."""
EXPECTED = (aiosmtplib.SMTPException, OSError, EOFError, UnicodeError, NotOffered)
_XTEXT = re.compile(r"[^!-*,-<>-~]")
"""What RFC 3461 §4 wants encoded: all but printable ASCII, and ``+`` and ``=``."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait. RFC 5321 §4.5.3.2 asks for minutes; *end* matters most, for giving up there leaves a mail in doubt."""

    connect: float = 30
    command: float = 120
    block: float = 180
    end: float = 600
    quit: float = 3


class CallersTrouble(Exception):
    """`before_data` failed. *trouble* is its exception, which may look like one of the network's."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble


class Connection:
    """One connection and the transactions on it, one after the other. `stage` says how far the present one has come."""

    def __init__(self, settings: SmtpSettings, hostname: str, patience: Patience) -> None:
        self.stage = Stage.CONNECT
        self.mails = 0
        self.last_used = monotonic()
        self._settings, self._patience = settings, patience
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            start_tls=False,  # done in `open`, where "not offered" is refused
            local_hostname=hostname,
            timeout=patience.command,
        )

    @property
    def usable(self) -> bool:
        return self._smtp.is_connected and self.mails < MAILS_PER_CONNECTION

    async def open(self) -> None:
        """Connect, greet, encrypt, sign in. Raises what EXPECTED lists, with `stage` telling how far it came."""
        settings, smtp = self._settings, self._smtp
        if settings.tls != "none":
            smtp.tls_context = await asyncio.to_thread(ssl.create_default_context, cafile=settings.ca_file or None)
        await smtp.connect(timeout=self._patience.connect)
        self.stage = Stage.GREETING
        await self._greet()
        if settings.tls == "starttls":
            self.stage = Stage.TLS
            if not smtp.supports_extension("starttls"):
                raise NotOffered(
                    f"{settings.host} offers no encryption (STARTTLS) on port {settings.port}, so neither the password nor any"
                    ' mail was sent. Ask its operator for the port; 465 goes with tls = "tls".'
                )
            await smtp.starttls(timeout=self._patience.connect)
            self.stage = Stage.GREETING
            await self._greet()
        if settings.password is not None:
            self.stage = Stage.SIGN_IN
            await self._sign_in(settings.user, settings.password.get_secret_value())
        self.stage = Stage.MAIL

    async def _greet(self) -> None:
        try:
            await self._smtp.ehlo()
        except aiosmtplib.SMTPHeloError:
            if not self._smtp.is_connected:
                raise
            await self._smtp.helo()

    async def _sign_in(self, user: str, password: str) -> None:
        smtp = self._smtp
        ways = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
        offered = [way for name, way in ways.items() if name in smtp.server_auth_methods]
        if not offered:
            names = ", ".join(smtp.server_auth_methods).upper() or "none at all"
            raise NotOffered(f"{self._settings.host} offers no way to sign in with a password (it offers: {names}).")
        for way in offered:
            try:
                await way(user, password)
                return
            except aiosmtplib.SMTPAuthenticationError as exc:
                # Only "I do not know this way" is worth another way: each wrong password counts towards a locked account.
                if exc.code != 504 or way == offered[-1]:
                    raise

    async def transact(self, message: OutgoingMessage, before_data: BeforeData | None) -> Outcome:
        """One transaction (RFC 5321 §3.3). Raises what EXPECTED lists; then this connection is of no more use."""
        self.stage = Stage.MAIL
        beyond_ascii = not (message.reverse_path + message.forward_path).isascii()
        if beyond_ascii and not self._smtp.supports_extension("smtputf8"):
            return Failed("The mail server cannot take addresses with letters beyond ASCII (SMTPUTF8).")
        content = _dotted(message.content)
        for stage, verb, argument in self._envelope(message, beyond_ascii):
            self.stage = stage
            reply = await self._command(verb, argument)
            if reply.code // 100 != 2:
                return await self._refused(reply)
        if before_data is not None:
            try:
                await before_data()
            except Exception as exc:
                raise CallersTrouble(exc) from exc
        self.stage = Stage.DATA
        reply = await self._command(b"DATA")
        if reply.code != 354:
            self._mispaired_if(reply.code < 400)
            return await self._refused(reply)
        reply = await (self._at_once(content) if len(content) <= _AT_ONCE else self._in_blocks(content))
        self._mispaired_if(
            self.stage is not Stage.END
        )  # answered before the dot: what follows would be read as commands
        self.mails, self.last_used = self.mails + 1, monotonic()
        return classify(reply, self.stage)

    def _envelope(self, message: OutgoingMessage, beyond_ascii: bool) -> list[tuple[Stage, bytes, bytes]]:
        offers = self._smtp.supports_extension
        mail, rcpt = f"FROM:<{message.reverse_path}>", f"TO:<{message.forward_path}>"
        if offers("size"):
            mail += f" SIZE={len(message.content)}"  # RFC 1870 §3
        if offers("8bitmime") and not message.content.isascii():
            mail += " BODY=8BITMIME"  # RFC 6152 §3
        if beyond_ascii:
            mail += " SMTPUTF8"  # RFC 6531 §3.4
        if (
            offers("dsn") and message.reverse_path
        ):  # RFC 3461 §4: whose mail failed comes back in the report, as machine words
            mail += " RET=HDRS"
            if len(envid := _xtext(message.message_id.strip("<>"))) <= 100:
                mail += f" ENVID={envid}"
            rcpt += f" NOTIFY=FAILURE ORCPT=rfc822;{_xtext(message.forward_path)}"
        return [(Stage.MAIL, b"MAIL", mail.encode()), (Stage.RCPT, b"RCPT", rcpt.encode())]

    async def _command(self, *words: bytes) -> SmtpReply:
        reply = await self._smtp.execute_command(*words, timeout=self._patience.command)
        return SmtpReply(reply.code, reply.message)

    async def _refused(self, reply: SmtpReply) -> Outcome:
        outcome = classify(reply, self.stage)
        self.last_used = monotonic()
        if self._smtp.is_connected:
            try:
                await self._smtp.rset(timeout=self._patience.command)
            except EXPECTED:
                self.cut()
        return outcome

    async def _at_once(self, content: bytes) -> SmtpReply:
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(content + b".\r\n")
        if not protocol.is_connected:  # the kernel refused the bytes: nothing left
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self.stage = Stage.END
        reply = await protocol.read_response(timeout=self._patience.end)
        return SmtpReply(reply.code, reply.message)

    async def _in_blocks(self, content: bytes) -> SmtpReply:
        protocol = self._smtp.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        # Listening from the first block on: a server may refuse, or go, before it has everything.
        answer = asyncio.ensure_future(protocol.read_response())
        try:
            for start in range(0, len(content), _AT_ONCE):
                protocol.write(content[start : start + _AT_ONCE])
                await self._left(answer)
                if answer.done():
                    break
            else:
                protocol.write(b".\r\n")
                if protocol.is_connected:
                    self.stage = Stage.END
            reply = await asyncio.wait_for(answer, self._patience.end)
        finally:
            answer.cancel()
        return SmtpReply(reply.code, reply.message)

    async def _left(self, answer: "asyncio.Future[aiosmtplib.SMTPResponse]") -> None:
        """Wait until the bytes written so far have left this process, or the server has spoken."""
        deadline = monotonic() + self._patience.block
        await asyncio.sleep(0)
        while not answer.done() and (transport := self._smtp.transport) is not None:
            assert isinstance(transport, asyncio.WriteTransport)
            if transport.is_closing() or not transport.get_write_buffer_size():
                return
            if monotonic() > deadline:
                raise TimeoutError
            # Asked again and again, since the library keeps its own waiting for room to itself. Only large mails come here.
            await asyncio.sleep(0.002)

    def _mispaired_if(self, condition: bool) -> None:
        if condition:
            self.cut()

    async def quit(self) -> None:
        """Take leave (RFC 5321 §4.1.1.10), briefly."""
        try:
            if self._smtp.is_connected:
                await self._smtp.quit(timeout=self._patience.quit)
        except EXPECTED:
            pass
        finally:
            self.cut()

    def cut(self) -> None:
        """Close at once, without sending what is still buffered."""
        if (transport := self._smtp.transport) is not None:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
        self._smtp.close()


def reply_in(exc: BaseException) -> SmtpReply | BaseException:
    return SmtpReply(exc.code, exc.message) if isinstance(exc, aiosmtplib.SMTPResponseException) else exc


def _dotted(content: bytes) -> bytes:
    """*content* with CRLF line ends, a last line end, and dots doubled (RFC 5321 §4.5.2)."""
    if not content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        content = re.sub(rb"\r\n|\n|\r", b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content


def _xtext(words: str) -> str:
    return _XTEXT.sub(lambda found: "".join(f"+{byte:02X}" for byte in found[0].encode()), words)
