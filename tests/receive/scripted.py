"""An IMAP server of a few lines whose every answer a test can replace, to show what real servers do on bad days."""

import asyncio
import re
import ssl
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from mailer.config import ImapSettings
from mailer.receive.imap import Limits

Play = Callable[["Line", str], Awaitable[None]]
"""Answers one command: given the connection and the command's arguments. Nothing is added to what it sends."""

QUICK = Limits(connect=10, quiet=1.5, longest=20, idle=1, farewell=0.3)
CAPABILITIES = "IMAP4rev1 IDLE MOVE UIDPLUS"


class Line:
    """One connection, as the server sees it."""

    def __init__(self, server: "Scripted", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.tag = ""

    def send(self, *pieces: str | bytes) -> None:
        self.writer.write(b"".join(p.encode() if isinstance(p, str) else p for p in pieces))

    def ok(self, text: str = "done") -> None:
        self.send(f"{self.tag} OK {text}\r\n")

    def no(self, text: str) -> None:
        self.send(f"{self.tag} NO {text}\r\n")

    async def read(self) -> str:
        return (await self.reader.readline()).decode().rstrip("\r\n")

    def drop(self) -> None:
        """End the connection, after what was sent has gone out."""
        self.writer.close()

    async def hang(self) -> None:
        """Say nothing more, until the client goes."""
        await self.reader.read()


class Scripted:
    """`messages` is the mailbox. `play` replaces the next answers to a command, one each."""

    def __init__(
        self,
        messages: dict[int, bytes] | None = None,
        capabilities: str = CAPABILITIES,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self.messages = dict(messages or {})
        self.dates: dict[int, str] = {}
        self.moved: dict[str, list[int]] = defaultdict(list)
        self.mailboxes = {"INBOX"}
        self.uid_validity, self.uid_next = 7, max(self.messages, default=0) + 1
        self.capabilities = capabilities
        self.greeting = "* OK ready\r\n"
        self.heard: list[str] = []
        self.connections = 0
        self.port = 0
        self._plays: defaultdict[str, deque[Play]] = defaultdict(deque)
        self.lines: set[Line] = set()
        self._idling: list[Line] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def play(self, command: str, *plays: Play) -> None:
        self._plays[command].extend(plays)

    def settings(self, **changes: object) -> ImapSettings:
        return ImapSettings(
            address="answers@example.org", host="127.0.0.1", port=self.port, tls="none", password=SecretStr("geheim")
        ).model_copy(update=changes)

    def deliver(self, raw: bytes, tell: bool = True) -> int:
        imap_uid = self.uid_next
        self.messages[imap_uid], self.uid_next = raw, imap_uid + 1
        if tell:
            for line in self._idling:
                line.send(f"* {len(self.messages)} EXISTS\r\n")
        return imap_uid

    def count(self, beginning: str) -> int:
        return sum(command.startswith(beginning) for command in self.heard)

    def drop_all(self) -> None:
        for line in list(self.lines):
            line.drop()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 20, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for line in list(self.lines):
            line.writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(self, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.lines.add(line)
        self.connections += 1
        line.send(self.greeting)
        try:
            while command := await line.read():
                line.tag, _, rest = command.partition(" ")
                name = re.match(r"(UID )?\S+", rest)[0]  # type: ignore[index]
                self.heard.append(rest)
                plays = self._plays[name]
                answer = plays.popleft() if plays else getattr(self, "do_" + name.lower().replace(" ", "_"))
                await answer(line, rest[len(name) + 1 :])
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            self.lines.discard(line)
            self._idling = [one for one in self._idling if one is not line]
            writer.close()
            self._tasks.discard(task)

    def _found(self, uids: str) -> list[int]:
        found: set[int] = set()
        last = max(self.messages, default=0)
        for part in uids.split(","):
            first, _, end = part.partition(":")
            stop = last if end == "*" else int(end or first)
            # RFC 3501 §9: "n:*" holds the last message whatever n is
            found |= {u for u in self.messages if min(int(first), stop) <= u <= max(int(first), stop)}
        return sorted(found)

    async def do_capability(self, line: Line, arguments: str) -> None:
        line.send(f"* CAPABILITY {self.capabilities}\r\n")
        line.ok()

    async def do_login(self, line: Line, arguments: str) -> None:
        if arguments == '"answers@example.org" "geheim"':
            line.ok()
        else:
            line.no("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")

    async def do_select(self, line: Line, arguments: str) -> None:
        if arguments.strip('"') not in self.mailboxes:
            line.no("[NONEXISTENT] Unknown Mailbox")
            return
        line.send(f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] UIDs valid\r\n")
        line.send(f"* OK [UIDNEXT {self.uid_next}] next\r\n* FLAGS (\\Seen)\r\n")
        line.ok("[READ-WRITE] selected")

    async def do_uid_search(self, line: Line, arguments: str) -> None:
        found = self._found(arguments[4:]) if arguments.startswith("UID ") else sorted(self.messages)
        line.send("* SEARCH" + "".join(f" {u}" for u in found) + "\r\n")
        line.ok()

    async def do_uid_fetch(self, line: Line, arguments: str) -> None:
        uids, _, items = arguments.partition(" ")
        for imap_uid in self._found(uids):
            self.send_message(line, imap_uid, items)
        line.ok()

    def send_message(self, line: Line, imap_uid: int, items: str) -> None:
        raw = self.messages[imap_uid]
        number = sorted(self.messages).index(imap_uid) + 1
        date = self.dates.get(imap_uid, "01-Mar-2026 10:00:00 +0100")
        if "BODY.PEEK[]" in items:
            line.send(f"* {number} FETCH (UID {imap_uid} BODY[] {{{len(raw)}}}\r\n", raw, ")\r\n")
        elif "BODY.PEEK[HEADER]" in items:
            head = raw[: raw.find(b"\r\n\r\n") + 4]
            line.send(f"* {number} FETCH (UID {imap_uid} BODY[HEADER]<0> {{{len(head)}}}\r\n", head, ")\r\n")
        else:
            line.send(f'* {number} FETCH (UID {imap_uid} RFC822.SIZE {len(raw)} INTERNALDATE "{date}")\r\n')

    async def do_idle(self, line: Line, arguments: str) -> None:
        line.send("+ idling\r\n")
        self._idling.append(line)
        assert await line.read() in ("DONE", "")
        self._idling.remove(line)
        line.ok()

    async def do_noop(self, line: Line, arguments: str) -> None:
        line.ok()

    async def do_logout(self, line: Line, arguments: str) -> None:
        line.send("* BYE Logging out\r\n")
        line.ok()

    async def do_create(self, line: Line, arguments: str) -> None:
        self.mailboxes.add(arguments.strip('"'))
        line.ok()

    async def do_subscribe(self, line: Line, arguments: str) -> None:
        line.ok()

    async def do_list(self, line: Line, arguments: str) -> None:
        for name in sorted(self.mailboxes):
            line.send(f'* LIST (\\HasNoChildren) "/" "{name}"\r\n')
        line.ok()

    async def do_uid_move(self, line: Line, arguments: str) -> None:
        uids, _, mailbox = arguments.partition(" ")
        if mailbox.strip('"') not in self.mailboxes:
            line.no("[TRYCREATE] no such mailbox")
            return
        for imap_uid in self._found(uids):
            del self.messages[imap_uid]
            self.moved[mailbox.strip('"')].append(imap_uid)
        line.ok()
