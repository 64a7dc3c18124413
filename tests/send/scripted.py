"""An SMTP server that does what it is told: the edge that the tests of sending fake.

`says` maps a verb (CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, "." for the answer to the final dot, RSET, QUIT) to an answer, to
DROP or HANG, or to a list of these, used up in order. What is not scripted is answered kindly.
"""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Self

DROP = "(drop)"
HANG = "(hang)"
CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = str(CERTIFICATES / "authority.pem")

_KIND = {
    "CONNECT": "220 scripted ESMTP",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 taken",
}
_KIND |= {"AUTH": "235 2.7.0 welcome", "RSET": "250 2.0.0 ok", "STARTTLS": "220 2.0.0 ready", "QUIT": "221 2.0.0 bye"}

Said = str | list[str]


class Scripted:
    """One server on a free port of loopback. *reads*: bytes of a body that it takes before `in_body` happens to it."""

    def __init__(
        self,
        says: Mapping[str, Said] | None = None,
        offers: tuple[str, ...] = ("8BITMIME", "SIZE 50000000", "ENHANCEDSTATUSCODES"),
        *,
        reads: int | None = None,
        in_body: str = DROP,
        implicit_tls: bool = False,
        starttls: bool = False,
    ) -> None:
        self._says = {verb: list(said) if isinstance(said, list) else said for verb, said in (says or {}).items()}
        self._offers, self._reads, self._in_body = offers, reads, in_body
        self._implicit_tls, self._starttls = implicit_tls, starttls
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.connections = self.open_now = self.most_open = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        context = _server_context() if self._implicit_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        self._writers.add(writer)
        plain = writer.transport
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.open_now -= 1
            if (
                writer.transport is None
            ):  # a refused handshake leaves asyncio's writer without one, and its __del__ fails
                writer._transport = plain
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._answer("CONNECT", writer):
            return
        while line := await reader.readline():
            command = line.decode().rstrip("\r\n")
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if not await self._answer(verb, writer):
                return
            if verb == "STARTTLS" and self._last.startswith("220"):
                await writer.start_tls(_server_context())
                self._starttls = False
            if verb == "DATA" and self._last.startswith("354"):
                if self._reads is not None:
                    await reader.readexactly(self._reads)
                    if not await self._say(self._in_body, writer):
                        return
                body = await self._body(reader)
                self.mails.append(body)
                if not await self._answer(".", writer):
                    return
            if verb == "QUIT":
                return

    async def _body(self, reader: asyncio.StreamReader) -> bytes:
        body = bytearray()
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                raise asyncio.IncompleteReadError(bytes(body), None)
            body += line[1:] if line.startswith(b".") else line
        return bytes(body)

    async def _answer(self, verb: str, writer: asyncio.StreamWriter) -> bool:
        said = self._says.get(verb)
        if isinstance(said, list):
            said = said.pop(0) if said else None
        if said is None and verb == "EHLO":
            lines = ["scripted", *self._offers, *(["STARTTLS"] if self._starttls else [])]
            said = "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])
        return await self._say(said or _KIND.get(verb, "250 ok"), writer)

    async def _say(self, said: str, writer: asyncio.StreamWriter) -> bool:
        self._last = said
        if said == DROP:
            return False
        if said == HANG:
            await asyncio.sleep(3600)
        writer.write(said.encode() + b"\r\n")
        await writer.drain()
        return not said.startswith("421")


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "localhost.pem")
    return context
