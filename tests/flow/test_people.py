"""Lists of people that come by mail, and what people may ask for: everything that is kept, to be forgotten, to hear no more."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailer.config import RetentionSettings
from mailer.partnership.people import PartnerKind, Person
from mailer.pipeline.hand import register, retention
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import erasing, inbound, log, meetings, models, people
from mailer.terms import PartStat
from tests.flow.test_commands import coded, last, write
from tests.flow.test_desk import reply, text_of
from tests.flow.test_understood import ANN, invited, says
from tests.flow.world import YES, World, button, local, member, words, world

EXCEL = (
    "Nachname;Vorname;E-Mail-Adresse;Firma;Art;Schuhgröße\r\n"
    "Müller;Jörg;joerg@giesserei.example ;Gießerei Müller;Unternehmen;44\r\n"
    "Lee & Park;Ann & Bob;ann@acme.example; Acme;Unternehmen;\r\n"
    "Stone;Cho;cho at stone.example;Stone;Unternehmen;38\r\n"
    "College;Pat;pat@college.example;Acme College;Öffentlicher Partner;40\r\n"
).encode("cp1252")


async def mail_list(
    here: World,
    content: bytes,
    name: str = "Einladungsliste.csv",
    text: str = "Please import this list.",
    **fields: str,
) -> None:
    """A mail of the convener's with a file."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        f"Dana Reyes <{fields.get('author', CONVENER)}>",
        MAILBOX,
        fields.get("subject", "People"),
    )
    message["Message-ID"] = f"<list-{len(here.mails)}@northwoods.example>"
    message["Date"] = format_datetime(here.stage.clock.now())
    message.set_content(text + "\n")
    message.add_attachment(content, maintype="application", subtype="vnd.ms-excel", filename=name)
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, fields.get("author", CONVENER))
    await here.stage.quiet()


async def code_back(here: World) -> EmailMessage:
    """Send the code of the last mail back; gives the answer."""
    code = re.search(r"the code (\d{6})", text_of(last(here)))
    assert code, text_of(last(here))
    seen = len(here.to(CONVENER))
    await reply(here, last(here), code[1])
    return next(m for _, m in here.to(CONVENER)[seen:] if "waits for your word" not in text_of(m))


async def found(here: World, address: str) -> Person | None:
    return await people.by_address(here.stage.daemon.office.partnership, address)


def attached(message: EmailMessage) -> dict[str, bytes]:
    """Files of a mail, by name."""
    return {str(p.get_filename()): p.get_payload(decode=True) for p in message.iter_attachments() if p.get_filename()}  # type: ignore[misc]


async def test_a_list_by_mail_is_taken_and_the_rest_comes_back(tmp_path: Path) -> None:
    """Task 26: what can be taken is taken; the answer has the other rows, each with a reason, in a file for the same Excel; undo takes it back."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await mail_list(here, EXCEL)
        assert await found(here, "joerg@giesserei.example") is None  # asked for the code first
        assert "import Einladungsliste.csv" in text_of(last(here))
        answer = await code_back(here)
        assert "2 new, 0 brought up to date, 2 left out" in text_of(answer)
        joerg = await found(here, "joerg@giesserei.example")
        assert joerg is not None
        assert (joerg.name, joerg.organisation, joerg.kind) == ("Jörg Müller", "Gießerei Müller", PartnerKind.BUSINESS)
        pat = await found(here, "pat@college.example")
        assert pat is not None
        assert pat.kind is PartnerKind.PUBLIC_PARTNER
        (name, content), *more = attached(answer).items()
        assert (name, more) == ("Einladungsliste-returned.csv", [])
        rows = list(csv.reader(io.StringIO(content.decode("cp1252")), delimiter=";"))
        assert rows[0] == ["Nachname", "Vorname", "E-Mail-Adresse", "Firma", "Art", "Schuhgröße", "reason"]
        assert [r[0] for r in rows[1:]] == ["Lee & Park", "Stone"]
        assert "may be two people" in rows[1][-1]
        assert "no e-mail address" in rows[2][-1]
        await reply(here, answer, "undo")
        undone = await code_back(here)
        assert "2 who came with it are out of the register" in text_of(undone)
        assert await found(here, "joerg@giesserei.example") is None


async def test_the_mended_rest_can_be_mailed_back(tmp_path: Path) -> None:
    """Task 26: the file that came back, mended, is a list again."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await mail_list(here, EXCEL)
        ((name, content),) = attached(await code_back(here)).items()
        await mail_list(here, content.replace(b"cho at stone", b"cho@stone"), name)
        answer = await code_back(here)
        assert "1 new, 0 brought up to date, 1 left out" in text_of(answer)
        assert await found(here, "cho@stone.example") is not None


@pytest.mark.parametrize(
    ("author", "text", "name"),
    [
        ("ann.able@able.example", "Please import this list.", "people.csv"),
        (CONVENER, "Attached is the sign-in sheet.", "people.csv"),
        (CONVENER, "Here is what we spoke about.", "people.csv"),
        (CONVENER, "Do not import this yet.", "people.csv"),
        (CONVENER, "Please import this list.", "people.exe"),
    ],
)
async def test_what_is_no_list_or_not_the_conveners_changes_nothing(
    tmp_path: Path, author: str, text: str, name: str
) -> None:
    """Task 26: somebody else's list, and a file with other words beside it, are not imported."""
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await mail_list(here, EXCEL, name, text, author=author, subject="Tuesday")
        assert await found(here, "joerg@giesserei.example") is None
        assert "the code" not in "".join(text_of(m) for _, m in here.to(CONVENER))


async def test_address_cards_come_by_mail_too(tmp_path: Path) -> None:
    """Task 26: cards of a telephone or of Outlook are a list as well."""
    cards = "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:;;;;\r\nEMAIL;TYPE=INTERNET:{mail}\r\nORG:{org}\r\nEND:VCARD\r\n"
        for name, mail, org in [("Cho Park", "cho@park.example", "Park Tools"), ("Nobody", "", "Void")]
    )
    async with world(tmp_path, [member("Ann Able")]) as here:
        await here.stage.advance(local(2026, 2, 6, 12, 0))
        await mail_list(here, cards.encode(), "contacts.vcf", "")
        answer = await code_back(here)
        cho = await found(here, "cho@park.example")
        assert cho is not None
        assert cho.organisation == "Park Tools"
        rows = list(csv.reader(io.StringIO(attached(answer)["contacts-returned.csv"].decode("utf-8-sig"))))
        assert rows[1][0] == "Nobody"
        assert "no e-mail address" in rows[1][-1]


async def test_two_letters_are_decided_once(tmp_path: Path) -> None:
    """Task 26: a college that is an employer, too: the second list is asked about, the convener decides, no list asks or changes it again."""
    async with world(tmp_path, [member("Ann Able"), member("Pat Cole", organisation="Acme College")]) as here:
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        office, now = here.stage.daemon.office, here.stage.clock.now()
        pat = "pat.cole@cole.example"
        public = f"name,email,organisation,kind\nPat Cole,{pat},Acme College,public partner\n".encode()
        done = await register.import_people(office, "public.csv", public, now)
        assert (done.new, done.known, done.left_out) == (0, 0, 1)
        assert "as business, and in this list as public partner" in done.problems[0].sentence
        assert done.rest is not None
        await coded(here, "letter of Acme College: public partner")
        person = await found(here, pat)
        assert person is not None
        assert person.kind is PartnerKind.PUBLIC_PARTNER
        for kind in ("business", "public partner"):
            again = await register.import_people(
                office, "list.csv", public.replace(b"public partner", kind.encode()), now
            )
            assert (again.known, again.left_out) == (1, 0)
        person = await found(here, pat)
        assert person is not None
        assert person.kind is PartnerKind.PUBLIC_PARTNER
        assert await register.letters_told(office.partnership) == [
            "Acme College gets the public partners' letter, because the convener decided so."
        ]
        await write(here, "preview launch")
        assert "Acme College gets the public partners' letter, because" in text_of(last(here))


async def everything_in(file: Path) -> bytes:
    """The whole database, with what SQLite keeps beside it."""
    return b"".join(p.read_bytes() for p in sorted(file.parent.glob(f"{file.name}*")))


async def test_forgetting_leaves_nothing_but_numbers(tmp_path: Path) -> None:
    """Task 53: after “forget” the file holds neither name nor address; how many of which kind came stays right."""
    acts = (words("Yes, I will be there, and Zelda Quirk sends her best.", YES),)
    cast = [
        member("Zelda Quirk", *acts),
        member("Ann Able", button(YES)),
        member("Bob Brown", words("Zelda Quirk told me of it. Yes!", YES)),
    ]
    zelda = "zelda.quirk@quirk.example"
    async with world(tmp_path, cast) as here:
        await here.stage.advance(local(2026, 3, 12, 14, 0))
        await write(here, "came to launch: Zelda Quirk, Ann Able")
        await code_back(here)
        await coded(here, "add item: Zelda Quirk calls three schools, owner Zelda Quirk, due 3 May")
        counts = await erasing.attendance(here.meeting_id)
        assert sum(c.people for c in counts if c.came) == 2
        assert "Everything that is kept" in await coded(here, f"export {zelda}")
        ((_, content),) = attached(last(here)).items()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            data = json.loads(archive.read("everything.json"))
            assert data["person"]["name"] == "Zelda Quirk"
            assert [i["text"] for i in data["items"]] == ["Zelda Quirk calls three schools"]
            assert any(b"Zelda Quirk sends her best" in archive.read(n) for n in archive.namelist() if "message-" in n)
            assert any("letter-" in n for n in archive.namelist())
        (database,) = tmp_path.glob("**/*.db")
        assert b"Zelda" in await everything_in(database)
        told = await coded(here, f"forget {zelda}")
        assert "is erased" in told
        await here.stage.advance(here.stage.clock.now() + timedelta(minutes=2))
        await erasing.scrub()
        kept = (await everything_in(database)).lower()
        assert b"quirk" not in kept.replace(b"quirk works", b"")
        assert b"zelda" not in kept
        assert await erasing.attendance(here.meeting_id) == counts
        # no list brings her back, the convener's word does
        office, now = here.stage.daemon.office, here.stage.clock.now()
        again = await register.import_people(office, "list.csv", f"name,email\nZelda Quirk,{zelda}\n".encode(), now)
        assert again.left_out == 1
        assert "was forgotten" in again.problems[0].sentence
        await coded(here, f"add Zelda Quirk {zelda} from Quirk Works")
        assert await found(here, zelda) is not None


async def test_retention_shows_does_and_tells(tmp_path: Path) -> None:
    """Task 53: texts of mails and answers go by rule, numbers stay, and whoever was silent for long is only proposed."""
    async with world(tmp_path, [member("Ann Able", button(YES)), member("Bob Brown")]) as here:
        await here.stage.advance(local(2026, 3, 13, 12, 0))
        office, now = here.stage.daemon.office, here.stage.clock.now()
        counts = await erasing.attendance(here.meeting_id)
        assert sum(c.people for c in counts) == 2
        kept = RetentionSettings(messages="18 months", answers="3 years", people="3 years")
        assert (await retention.due(office.partnership, kept, now)).nothing
        later = now + timedelta(days=3 * 366 + 2)
        shown = await retention.due(office.partnership, kept, later)
        assert shown.came
        assert shown.left
        assert [(m.title, m.people) for m in shown.meetings] == [("Launch meeting", 2)]
        assert {p.name for p in shown.people} == {"Ann Able", "Bob Brown"}
        assert await models.Invitation.filter(meeting_id=here.meeting_id).count()  # only looked at
        done = await retention.obey(office, kept, later)
        assert (done.came, done.left, done.lines) == (shown.came, shown.left, shown.lines)
        assert (await retention.due(office.partnership, kept, later)).nothing
        assert await models.Invitation.filter(meeting_id=here.meeting_id).count() == 0
        assert await erasing.attendance(here.meeting_id) == counts
        assert await found(here, ANN) is not None
        assert await models.Inbound.filter(author=ANN).exclude(words="").count() == 0
        told = await models.Outbox.filter(rule="service-told").order_by("-id").first()
        assert told is not None
        assert f"forget {ANN}" in told.reason
        assert "numbers only" in told.reason
        before = await models.Outbox.all().count()
        await retention.obey(office, kept, later + timedelta(days=1))
        assert await models.Outbox.all().count() == before  # nobody is proposed every day


async def test_who_stopped_everything_still_hears_of_the_meeting_they_accepted(tmp_path: Path) -> None:
    """Task 35: stopped invitations, kept the parking details: who is coming to Thursday's meeting hears that it is cancelled, and nothing else."""
    async with world(tmp_path, [member("Ann Able"), member("Bob Brown")]) as here:
        first = await invited(here)
        await says(here, ANN, "Yes, I will come.", to=first)
        # what a mail program sends on the user's press of a button (RFC 2369): an empty mail to the address of List-Unsubscribe
        link = str(first["List-Unsubscribe"]).strip("<>")
        assert link.startswith("mailto:")
        address, _, query = link.removeprefix("mailto:").partition("?")
        message = EmailMessage()
        message["From"], message["To"], message["Message-ID"] = ANN, address, "<stop@able.example>"
        message["Subject"] = query.partition("subject=")[2].replace("%20", " ")
        message["Date"] = format_datetime(here.stage.clock.now())
        message.set_content("")
        here.stage.to_mailbox += 1
        await here.stage.servers.deliver(message.as_bytes(), address, ANN)
        await here.stage.quiet()
        ann = await found(here, ANN)
        assert ann is not None
        assert ann.stopped_for == "partnership"
        count = len(here.to(ANN))
        (invitation,) = await meetings.invitations(here.meeting_id, [ann.id])
        assert invitation.partstat is PartStat.ACCEPTED
        await here.stage.advance(local(2026, 3, 10, 12, 0))
        between = [str(m["Subject"]) for _, m in here.to(ANN)[count:]]
        assert not [s for s in between if "reminder" in s.lower() or "join" in s.lower()], between
        await coded(here, "cancel launch")
        await here.release()
        await here.stage.quiet()
        assert "cancelled" in str(here.to(ANN)[-1][1]["Subject"]).lower()


async def test_the_log_says_who_did_it(tmp_path: Path) -> None:
    """Task 24: two convene; who released, moved, added and settled what stands in the log."""
    pat = "pat.cole@cole.example"
    async with world(tmp_path, [member("Ann Able"), member("Pat Cole")]) as here:
        office = here.stage.daemon.office
        from dataclasses import replace

        here.stage.daemon.office = replace(office, commanders=office.commanders | {pat})
        await here.stage.advance(local(2026, 1, 29, 10, 0))

        async def both(text: str, author: str) -> None:
            await write(here, text, author)
            asked = here.to(author)[-1][1]
            code = re.search(r"the code (\d{6})", text_of(asked))
            assert code, text_of(asked)
            await reply(here, asked, code[1], author=author)

        await both("add Cho Park cho@park.example from Park Tools", CONVENER)
        await both("release invite-businesses of launch", pat)
        await both("move launch to 19 March 2026 at 10:00", pat)
        await both("add item: ask three schools", CONVENER)
        await says(here, ANN, "I may or I may not, who knows how it goes", to=here.to(ANN)[0][1])
        await here.stage.advance(local(2026, 1, 30, 9, 0))
        (case,) = await inbound.rows(office.partnership, [inbound.REVIEW])
        asked = next(
            m for _, m in reversed(here.to(CONVENER)) if str(case.id) in text_of(m) and "your word" in text_of(m)
        )
        await reply(here, asked, f"{case.id} maybe")
        lines = [
            (line.what, line.actor, line.sentence) for _, line in await log.lines(office.partnership, by_people=True)
        ]
        by = {what: actor for what, actor, _ in lines}
        assert by["released"] == by["meeting"] == f"{pat}, by mail"
        assert by["people"] == by["plan"] == f"{CONVENER}, by mail"
        assert by["settled"] == f"{CONVENER}, by mail"
        assert {a for _, a, _ in lines} == {f"{pat}, by mail", f"{CONVENER}, by mail"}
        assert "left out" not in by, "why rules did not apply is nobody's deed"
        assert [w for w, a, _ in lines if a.startswith(pat)] == [
            w for w, *_ in [(line.what,) for _, line in await log.lines(office.partnership, who="pat.cole")]
        ]
