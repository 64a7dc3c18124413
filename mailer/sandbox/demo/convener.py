"""What the convener of the demo does with mail: reads it, says OK to letters that wait, sends codes back, settles unclear cases, writes commands.

Promises: acts by mail alone, as a convener does: what stands in a letter is all that is known here. Habits (OK, codes) answer by themselves.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from mailer.sandbox.letter import Letter, read_letter
from mailer.sandbox.mail_programs import WordsAnswer, gmail_words
from mailer.sandbox.mime import Mail, in_quoted_printable, mailbox, part, words_field
from mailer.sandbox.servers import Envelope
from mailer.sandbox.stage import CONVENER, MAILBOX, Stage
from mailer.terms import Address

THINKING = timedelta(hours=1)
"""How long the convener takes to say OK to letters that wait."""
SOON = timedelta(minutes=2)
NAME = "Dana Reyes"

_WAIT = re.compile(
    r"^(?:(\d+) letters wait|One letter waits) for your word: those of the rule \[([a-z0-9-]+)\]", re.MULTILINE
)
_CODE = re.compile(r"reply with the code (\d{6})")
_CASE = re.compile(r"^(\d+) (\S+): ", re.MULTILINE)


class Convener:
    """Dana Reyes. *said*: every OK that was given: when, to how many letters, of which rule."""

    def __init__(self) -> None:
        self.stage: Stage
        self.inbox: list[Letter] = []
        self.said: list[tuple[datetime, int, str]] = []
        self.codes = 0
        self._count = 0

    async def reads(self, envelope: Envelope, raw: bytes) -> None:
        """A mail comes; what calls for a habit is answered in a while."""
        letter = read_letter(raw)
        self.inbox.append(letter)
        now = self.stage.clock.now()
        waits, code = _WAIT.search(letter.text), _CODE.search(letter.text)
        if waits is not None:
            count, rule = int(waits[1] or 1), waits[2]

            async def ok() -> None:
                self.said.append((self.stage.clock.now(), count, rule))
                await self.reply(letter, "ok")

            self.stage.plan(now + THINKING, ok)
        elif code is not None:

            async def prove() -> None:
                self.codes += 1
                await self.reply(letter, code[1])

            self.stage.plan(now + SOON, prove)

    def latest(self, subject: str) -> Letter | None:
        """The newest mail whose subject has *subject* in it."""
        return next((letter for letter in reversed(self.inbox) if subject in letter.subject), None)

    async def reply(self, letter: Letter, words: str) -> None:
        """Answer *letter*, with the program's quoting below."""
        now = self.stage.clock.now()
        answer = WordsAnswer(
            Address(NAME, CONVENER), letter, words, now, self._mark(), title="Convener",
            organisation="Northwoods Workforce Board", phone="+1 414 555 0100",
        )  # fmt: skip
        await self.stage.people.submit(gmail_words(answer))
        await self.stage.quiet()

    async def write(self, words: str) -> None:
        """A fresh mail to the partnership's mailbox: a command. Where a code is asked for, it comes and goes within minutes."""
        now = self.stage.clock.now()
        header = [
            ("MIME-Version", "1.0"),
            ("From", mailbox(Address(NAME, CONVENER))),
            ("To", MAILBOX),
            ("Date", f"{now:%a, %d %b %Y %H:%M:%S +0000}"),
            ("Message-ID", f"<{self._mark()[:32]}@mail.northwoods.example>"),
            ("Subject", words_field("For the partnership")),
            ("Content-Type", 'text/plain; charset="UTF-8"'),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ]
        content = part(header, in_quoted_printable(f"{words}\n\nDana\n")).encode()
        await self.stage.people.submit(Mail(CONVENER, MAILBOX, content))
        await self.stage.quiet()
        await self.stage.advance(now + 2 * SOON)

    async def settle(self, rulings: Mapping[str, str]) -> list[str]:
        """Answer the newest mail with unclear cases: (sender has, word). Gives the senders of the cases that were settled."""
        letter = next((each for each in reversed(self.inbox) if "because I am not certain" in each.text), None)
        if letter is None:
            return []
        said, settled = [], []
        for number, sender in _CASE.findall(letter.text):
            word = next((word for part_, word in rulings.items() if part_ in sender), None)
            if word is not None:
                said.append(f"{number} {word}")
                settled.append(sender)
        if said:
            await self.reply(letter, "\n".join(said))
        return settled

    def _mark(self) -> str:
        self._count += 1
        return sha256(f"convener/{self._count}".encode()).hexdigest()
