"""The program as installed, on Dovecot and Postfix, with SQLite and PostgreSQL: mail goes in by SMTP, all is looked at from outside."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.flow.process import ROOT, Installation, stop
from tests.flow.world import calendar_of
from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.postfix import Postfix

CORPORA = Path(os.environ.get("CONVENER_CORPORA", ROOT.parent / "shared" / "corpora"))


class Site:
    """An installation on the real servers, and the mailboxes of the people in it."""

    def __init__(self, folder: Path, dovecot: Dovecot, postfix: Postfix, database: str) -> None:
        self.dovecot, self.postfix = dovecot, postfix
        self.ours = dovecot.add_user()
        self.address = f"{self.ours.user}@northwdb.example"
        self.dana = dovecot.add_user()
        self.installation = Installation(
            folder, self.address, dovecot.imap_port, postfix.smtp_port, user=self.ours.user, password=self.ours.password,
            convener=f"{self.dana.user}@northwdb.example", database=database,
        )  # fmt: skip
        self.people: dict[str, Mailbox] = {}
        self.daemon: asyncio.subprocess.Process | None = None

    def person(self, name: str) -> str:
        """Somebody with a mailbox; their address."""
        mailbox = self.dovecot.add_user()
        self.people[name] = mailbox
        return f"{mailbox.user}@acme.example"

    async def start(self) -> None:
        self.daemon = await self.installation.start("run")

    async def stop(self) -> None:
        if self.daemon is not None:
            log = await stop(self.daemon)
            assert self.daemon.returncode == 0, log
            assert "Traceback" not in log, log
            self.daemon = None

    async def letters(self, name: str, count: int) -> list[EmailMessage]:
        """The letters of one person, as soon as there are *count*."""
        raws = await asyncio.to_thread(self.people[name].wait, count, seconds=40)
        return [_message(raw) for raw in raws]

    async def send(self, raw: bytes, sender: str, to: str) -> None:
        await asyncio.to_thread(self.postfix.inject, raw, sender, [to])

    async def until(self, what: Callable[[], Awaitable[object]], expected: object, seconds: float = 40) -> None:
        """Wait until *what* gives *expected*."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (found := await what()) != expected:
            assert asyncio.get_running_loop().time() < deadline, f"{found} is not {expected}"
            await asyncio.sleep(0.3)


def _message(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def reply_address(letter: EmailMessage) -> str:
    return str(letter["Reply-To"].addresses[0].addr_spec)


def organizer(letter: EmailMessage) -> tuple[str, str]:
    """(UID, organizer's address) of the calendar part."""
    calendar = calendar_of(letter)
    assert calendar is not None
    event = calendar.walk("VEVENT")[0]
    return str(event["UID"]), str(event["ORGANIZER"]).removeprefix("mailto:")


def captured(source: Path) -> str:
    """The calendar object of a captured answer, unfolded."""
    content = source.read_bytes()
    if source.suffix == ".eml":
        part = next(p for p in BytesParser().parsebytes(content).walk() if p.get_content_type() == "text/calendar")
        content = part.get_payload(decode=True)  # type: ignore[assignment]
    start = content.upper().find(b"BEGIN:VCALENDAR")
    return re.sub(rb"\r?\n[ \t]", b"", content[start:]).decode("utf-8", "replace")


def calendar_answer(letter: EmailMessage, author: str, source: Path) -> tuple[bytes, str]:
    """A captured answer of a real calendar program, fitted to this case: UID, addresses and SEQUENCE are ours, all else is theirs."""
    text = captured(source)
    uid, to = organizer(letter)
    text = re.sub(r"(?m)^UID:.*$", f"UID:{uid}", text)
    text = re.sub(r"(?m)^SEQUENCE:.*$", "SEQUENCE:0", text)
    text = re.sub(r"(?mi)^(ATTENDEE[^\r\n]*?:mailto:)[^\r\n]*", lambda m: m[1] + author, text)
    text = re.sub(r"(?mi)^(ORGANIZER[^\r\n]*?:mailto:)[^\r\n]*", lambda m: m[1] + to, text)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"A Guest <{author}>", to, "Accepted: Launch meeting"
    message["Message-ID"] = f"<{abs(hash((author, source.name)))}@acme.example>"
    message["Date"] = format_datetime(letter["Date"].datetime)
    message.set_content("")
    message.add_alternative(text.encode(), "text", "calendar", params={"method": "REPLY", "charset": "UTF-8"})
    return message.as_bytes(), to


def words(letter: EmailMessage, author: str, text: str) -> tuple[bytes, str]:
    """A reply in words above the quoted letter."""
    to = reply_address(letter)
    quoted = "\n".join("> " + line for line in str(letter.get_body(("plain",)).get_content()).splitlines())  # type: ignore[union-attr]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"A Guest <{author}>", to, f"Re: {letter['Subject']}"
    message["Message-ID"], message["In-Reply-To"] = (
        f"<{abs(hash((author, text)))}@acme.example>",
        str(letter["Message-ID"]),
    )
    message["Date"] = format_datetime(letter["Date"].datetime)
    message.set_content(f"{text}\n\nOn Thu, 29 Jan 2026 at 09:00, Dana Reyes <{to}> wrote:\n{quoted}\n")
    return message.as_bytes(), to


@pytest.fixture(params=["sqlite", "postgres"])
async def site(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, postfix: Postfix
) -> AsyncIterator[Site]:
    database = "sqlite://convener.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    here = Site(tmp_path, dovecot, postfix, database)
    yield here
    if here.daemon is not None and here.daemon.returncode is None:
        here.daemon.kill()
        await here.daemon.wait()


def _captures() -> dict[str, Path]:
    found = {
        "google": CORPORA / "calendar/captures/google_reply_accepted.ics",
        "exchange": CORPORA / "calendar/captures/exchange_reply_no_organizer_nc7962.ics",
        "apple": CORPORA / "calendar/apple+ccs-calendarserver/imip/good_reply.eml",
    }
    return found if all(p.exists() for p in found.values()) else {}


async def test_the_main_job(site: Site) -> None:
    gone = "nobody-of-that-name@acme.example"
    names = ["Gina Google", "Ed Exchange", "Al Apple", "Will Words", "Nora No", "Sil Silent"]
    address = {name: site.person(name) for name in names}
    await site.installation.prepare(*address.items(), ("Dee Dead", gone))
    await site.start()
    letters = {name: (await site.letters(name, 1))[0] for name in names}
    assert len({organizer(letter)[1] for letter in letters.values()}) == len(names)  # each has a token of their own

    captures = _captures()
    for name, kind in (("Gina Google", "google"), ("Ed Exchange", "exchange"), ("Al Apple", "apple")):
        if captures:
            raw, to = calendar_answer(letters[name], address[name], captures[kind])
        else:  # the collection of captured mail is not here: the same people answer in words
            raw, to = words(letters[name], address[name], "Yes, see you there")
        await site.send(raw, address[name], to)
    for name, text in (("Will Words", "Yes, see you there"), ("Nora No", "Sorry, can't make it")):
        raw, to = words(letters[name], address[name], text)
        await site.send(raw, address[name], to)

    expected = {address[n]: "yes" for n in names[:4]}
    expected |= {address["Nora No"]: "no", address["Sil Silent"]: "no answer", gone: "no answer"}
    for name, kind in (("Gina Google", "google"), ("Ed Exchange", "exchange"), ("Al Apple", "apple")):
        if captures:
            said = re.search(r"PARTSTAT=([A-Z]+)", captured(captures[kind]))
            assert said is not None
            expected[address[name]] = {"ACCEPTED": "yes", "DECLINED": "no", "TENTATIVE": "maybe"}[said[1]]
    await site.until(site.installation.attendance, expected)

    async def dead() -> set[str]:
        return {a for p in await site.installation.json("people", "list") for a in p["dead"]}

    await site.until(dead, {gone})  # Postfix's own report
    told = await asyncio.to_thread(site.dana.wait, 1)
    assert any(b"Dee Dead" in raw for raw in told)

    # the daemon is killed, and the meeting moves while it is down
    assert site.daemon is not None
    site.daemon.kill()
    await site.daemon.communicate()
    day = str((await site.installation.json("meeting", "show", "launch"))["dtstart"])[:10]
    await site.installation.run("meeting", "change", "launch", "--start", f"{day} 13:00")
    await site.start()

    async def newest(name: str) -> tuple[str, int]:
        calendars = [
            c
            for raw in await asyncio.to_thread(site.people[name].mails)
            if (c := calendar_of(_message(raw))) is not None
        ]
        event = calendars[-1].walk("VEVENT")[0]
        return str(calendars[-1]["METHOD"]), int(event["SEQUENCE"])

    await site.until(lambda: newest("Sil Silent"), ("REQUEST", 1))
    await site.until(lambda: newest("Will Words"), ("REQUEST", 1))
    assert await newest("Nora No") == ("REQUEST", 0)  # she declined, and is left in peace
    assert (await site.installation.attendance())[address["Will Words"]] == "no answer"  # asked anew

    await site.installation.run("meeting", "cancel", "launch", "--yes")
    await site.until(lambda: newest("Sil Silent"), ("CANCEL", 2))
    await site.stop()
    states = {m["state"] for m in await site.installation.json("outbox")}
    assert states <= {"sent", "failed", "dropped"}
    assert all(isinstance(calendar_of(letter), Calendar) for letter in letters.values())


async def test_a_mailbox_shared_with_a_person_is_left_as_it_was(site: Site) -> None:
    """Old mail is not dug up, \\Seen is not touched, private mail is neither kept nor answered."""
    ann = site.person("Ann Able")
    await site.installation.prepare(("Ann Able", ann))
    old = f"From: Ann Able <{ann}>\r\nTo: {site.address}\r\nSubject: last year\r\nMessage-ID: <old@acme.example>\r\n\r\nYes, see you there\r\n"
    site.ours.append(old.encode(), flags="")
    await site.start()
    letter = (await site.letters("Ann Able", 1))[0]
    private = f"From: Mum <mum@family.example>\r\nTo: {site.address}\r\nSubject: Sunday\r\nMessage-ID: <mum@family.example>\r\n\r\nYes please\r\n"
    await site.send(private.encode(), "mum@family.example", site.address)
    raw, to = words(letter, ann, "Yes, see you there")
    await site.send(raw, ann, to)
    await site.until(site.installation.attendance, {ann: "yes"})
    rows = await site.installation.json("inbound")
    assert sorted((r["state"], r["subject"]) for r in rows) == [
        ("handled", f"Re: {letter['Subject']}"),
        ("left-alone", ""),
    ]
    with site.ours.imap() as client:
        _, (unseen,) = client.search(None, "UNSEEN")
    assert len(unseen.split()) == 3
    await site.stop()


async def test_a_wrong_password_is_said_once_in_plain_words(site: Site) -> None:
    await site.installation.prepare(("Ann Able", site.person("Ann Able")))
    site.installation.password = "wrong"
    text = await site.installation.run("doctor", expect=1)
    assert "password" in text.lower()
    await site.start()
    await asyncio.sleep(6)
    assert site.daemon is not None
    log = await stop(site.daemon)
    assert log.lower().count("password") <= 3, log
    site.daemon = None
