"""The life around the meetings: champions' calls, the action plan, times on offer, notes and summary, numbers for the caterer.

Each test names the task of the convener that it serves (the numbers of the table of tasks)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.plan import ItemStatus
from mailer.pipeline.hand import aftermath, planning, settling
from mailer.sandbox.habits import Member, Unknown
from mailer.sandbox.stage import CONVENER, MAILBOX
from mailer.store import documents, meetings, outbox, people, plan
from mailer.terms import PartStat
from tests.flow.test_commands import coded
from tests.flow.test_desk import text_of
from tests.flow.world import ZONE, World, calendar_of, local, member, words, world

JANE = "jane.smith@smith.example"


def cast(*more: Member) -> list[Member]:
    jane = member("Jane Smith", words("I'll be there"), roles=frozenset({Role.LEAD_CHAMPION}))
    return [jane, *(replace(m, champion=m.champion or JANE) for m in more)]


async def answer(
    here: World,
    who: str,
    letter: EmailMessage,
    text: str,
    files: tuple[tuple[str, bytes], ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> None:
    """Somebody replies to a letter of the service."""
    message = EmailMessage()
    message["From"], message["To"] = who, str(letter["Reply-To"] or MAILBOX)
    message["Subject"], message["In-Reply-To"] = f"Re: {letter['Subject']}", str(letter["Message-ID"])
    message["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
    message["Message-ID"] = f"<{abs(hash((who, text, str(here.stage.clock.now()))))}@elsewhere.example>"
    message["Date"] = format_datetime(here.stage.clock.now())
    quoted = "\n".join("> " + line for line in text_of(letter).splitlines())
    message.set_content(f"{text}\n\nOn {letter['Date']}, {letter['From']} wrote:\n{quoted}\n")
    for name, value in headers:
        message[name] = value
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    here.stage.to_mailbox += 1
    await here.stage.servers.deliver(message.as_bytes(), MAILBOX, who)
    await here.stage.quiet()


def letter_to(here: World, who: str, subject: str) -> EmailMessage:
    """The latest letter to *who* whose subject has *subject* in it."""
    return next(m for _, m in reversed(here.to(who)) if subject in str(m["Subject"]))


def files_of(letter: EmailMessage) -> list[str]:
    return [str(part.get_filename()) for part in letter.iter_attachments()]


async def test_a_champion_calls_and_reports_by_reply(tmp_path: Path) -> None:
    """Tasks 32, 33, 34: a personal call list that shrinks, with results by reply."""
    people_ = cast(
        member("Ann Able"), member("Bob Brown"), member("Cho Chan"), member("Dee Dorn", words("Yes, gladly"))
    )
    async with world(tmp_path, people_) as here:
        await here.stage.advance(local(2026, 3, 2, 12, 0))
        asked = letter_to(here, JANE, "Would you call")
        assert "Ann Able" in text_of(asked)
        assert "Dee Dorn" not in text_of(asked)
        assert files_of(asked) == ["launch-call-list.pdf"]
        await answer(here, JANE, asked, "Ann yes, Bob voicemail, Cho no")
        assert "voicemail" in text_of(here.to(JANE)[-1][1])
        answers = await here.answers()
        assert answers["ann.able@able.example"] == "yes"
        assert answers["cho.chan@chan.example"] == "no"
        assert answers["bob.brown@brown.example"] == "no answer"
        await here.stage.advance(local(2026, 3, 9, 12, 0))
        again = letter_to(here, JANE, "Would you call")
        assert again is not asked
        assert [n for n in ("Ann Able", "Bob Brown", "Cho Chan") if n in text_of(again)] == ["Bob Brown"]


async def test_a_report_never_overturns_what_somebody_said_themselves(tmp_path: Path) -> None:
    """Task 33: whoever has answered is asked about, not overwritten."""
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"))) as here:
        await here.stage.advance(local(2026, 3, 2, 12, 0))
        asked = letter_to(here, JANE, "Would you call")
        await answer(here, "ann.able@able.example", here.to("ann.able@able.example")[-1][1], "Sorry, I can't make it.")
        await answer(here, JANE, asked, "Ann yes\nBob yes")
        answers = await here.answers()
        assert answers["ann.able@able.example"] == "no"
        assert answers["bob.brown@brown.example"] == "yes"


async def test_items_are_reminded_moved_helped_and_closed_by_reply(tmp_path: Path) -> None:
    """Tasks 3, 6, 13, 16, 51: promises are held to their day, and changed by a reply."""
    ann = "ann.able@able.example"
    async with world(tmp_path, cast(member("Ann Able", words("Yes")))) as here:
        office = here.stage.daemon.office
        now = here.stage.clock.now()
        for text, due in (("call three schools", date(2026, 2, 12)), ("write to the college", date(2026, 2, 12))):
            await planning.add_item(office, planning.Wanted(text, ann, due, "Young people"), now)
        await here.stage.advance(local(2026, 2, 9, 12, 0))
        soon = letter_to(here, ann, "Due soon")
        assert [n for n in ("1. call three schools", "2. write to the college") if n in text_of(soon)].__len__() == 2
        await answer(here, ann, soon, "1 done, 2 by 20 February")
        found = {i.number: (i.status.value, i.due) for i in await plan.items(office.partnership)}
        assert found == {1: ("done", date(2026, 2, 12)), 2: ("open", date(2026, 2, 20))}
        assert "call three schools" in text_of(letter_to(here, ann, "that is done"))
        await here.stage.advance(local(2026, 2, 23, 12, 0))
        late = letter_to(here, ann, "Still open")
        assert "call three schools" not in text_of(late)
        await answer(here, ann, late, "I need help with this: nobody answers at the college.")
        told = letter_to(here, CONVENER, "needs help")
        assert "Ann Able" in text_of(told)
        assert "write to the college" in text_of(told)
        monday = letter_to(here, CONVENER, "open action items")
        assert "write to the college" in text_of(monday)


async def test_what_each_brings_to_the_launch_is_asked_for_in_time(tmp_path: Path) -> None:
    """Task 35: who takes which part in the launch stands in the plan: reminded before its day, closed by reply, told of where it is late."""
    pat, vic = "pat.cole@cole.example", "vic.dunn@dunn.example"
    async with world(tmp_path, cast(member("Pat Cole"), member("Vic Dunn"))) as here:
        office = here.stage.daemon.office
        for text, owner in (("bring the figures of the labour market", pat), ("man the sign-in desk", vic)):
            part = planning.Wanted(text, owner, date(2026, 2, 20), "The launch")
            await planning.add_item(office, part, here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 18, 12, 0))
        soon = letter_to(here, pat, "Due soon")
        assert "figures of the labour market" in text_of(soon)
        assert "sign-in desk" not in text_of(soon)
        await answer(here, pat, soon, "done, they are with me")
        await here.stage.advance(local(2026, 2, 23, 12, 0))
        assert not any("Still open" in subject for subject in here.subjects(pat))
        assert "sign-in desk" in text_of(letter_to(here, vic, "Still open"))
        monday = text_of(letter_to(here, CONVENER, "open action items"))
        assert "sign-in desk" in monday
        assert "figures of the labour market" not in monday


async def test_what_is_still_missing_is_told_in_time(tmp_path: Path) -> None:
    """Tasks 1, 10, 35, 38: three weeks and one week before, the convener reads what is missing, and nothing of what is there."""
    nina = member("Nina Note", words("Yes"), roles=frozenset({Role.NOTE_TAKER}))
    gone = member("Gil Gone", trouble=Unknown())
    pat = member("Pat Cole", words("Yes"), kind=PartnerKind.PUBLIC_PARTNER)
    async with world(
        tmp_path, cast(member("Vic Dunn"), member("Ann Able", words("Yes")), nina, gone, pat), place=""
    ) as here:
        office = here.stage.daemon.office
        for text, owner, due in (
            ("man the sign-in desk", "vic.dunn@dunn.example", date(2026, 2, 17)),
            ("rent a bus", None, date(2026, 3, 10)),
            ("write the yearly letter", None, date(2026, 6, 1)),
        ):
            await planning.add_item(office, planning.Wanted(text, owner, due), here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 19, 12, 0))
        told = " ".join(text_of(letter_to(here, CONVENER, "still missing")).split())
        for sentence in (
            "There is no place yet: “place of launch: …” sets it.",
            "There is no caterer in the register",
            "1 business has not answered: Vic Dunn.",
            "1 person has no address that works: Gil Gone.",
            "No contact yet for: workforce services,",
            "Action item 1 is open: man the sign-in desk (Vic Dunn, overdue).",
            "Action item 2 is open: rent a bus (nobody has taken it).",
        ):
            assert sentence in told, told
        for sentence in (
            "takes the notes",
            "champion or co-chair",
            "Pat Cole",
            "Ann Able",
            "yearly letter",
            "not been invited",
            "Jane",  # her letters left on the convener's word
        ):
            assert sentence not in told, told
        assert files_of(letter_to(here, CONVENER, "still missing")) == ["launch-checklist.pdf"]
        await here.change(place="Acme Hall")
        await here.stage.advance(local(2026, 3, 5, 12, 0))
        again = " ".join(text_of(letter_to(here, CONVENER, "still missing")).split())
        assert "no place yet" not in again
        assert sum("still missing" in s for s in here.subjects(CONVENER)) == 2
        assert [rule for rule, _ in await here.rules_of(CONVENER)].count("readiness") == 2


async def test_a_letter_that_had_to_wait_speaks_only_of_what_is_still_open(tmp_path: Path) -> None:
    """Task 13: one of two items is done while their mail waits for the mail server: the mail leaves with the other one."""
    ann = "ann.able@able.example"
    async with world(tmp_path, cast(member("Ann Able"))) as here:
        office = here.stage.daemon.office
        for text in ("call three schools", "write to the college"):
            item = planning.Wanted(text, ann, date(2026, 2, 12), "Young people")
            await planning.add_item(office, item, here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 9, 8, 59))
        here.stage.servers.refuse(ann, "451 4.7.1 Try again later", then_accept=True)
        await here.stage.advance(local(2026, 2, 9, 9, 0))
        assert not any("Due soon" in subject for subject in here.subjects(ann))
        await planning.change_item(office, 1, planning.Wanted(status=ItemStatus.DONE), here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 9, 12, 0))
        soon = text_of(letter_to(here, ann, "Due soon"))
        assert "write to the college" in soon
        assert "call three schools" not in soon


async def test_times_are_offered_answered_and_settled(tmp_path: Path) -> None:
    """Tasks 5, 12, 27, 43, 46: times by mail, answers by mail, settled by the convener."""
    ann, bob = "ann.able@able.example", "bob.brown@brown.example"
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"))) as here:
        office = here.stage.daemon.office
        starts = [datetime(2026, 2, day, 10, 0, tzinfo=ZONE).astimezone(UTC) for day in (10, 11, 12)]
        asked = [p for p in await people.people(office.partnership) if p.address in (ann, bob)]
        times = [(s, s.replace(hour=s.hour + 1)) for s in starts]
        question, made = await settling.put(office, "Planning call", times, asked, here.stage.clock.now())
        assert made == 2
        await here.stage.advance(local(2026, 1, 27, 12, 0))
        await answer(here, ann, letter_to(here, ann, "Which time"), "1 and 3 work for me")
        await answer(here, bob, letter_to(here, bob, "Which time"), "Thursday is best")
        _, rows = await settling.tally(office, question.slug)
        assert [r.yes for r in rows] == [("Ann Able",), (), ("Ann Able", "Bob Brown")]
        told = await coded(here, f"settle {question.slug} 3")
        assert "planning-call-2026-02" in told
        call = await meetings.by_slug(office.partnership, "planning-call-2026-02")
        assert call is not None
        assert call.dtstart == starts[2]
        for who in (ann, bob):
            assert calendar_of(letter_to(here, who, "Planning call")) is not None
        assert not [s for s in here.subjects(JANE) if "Planning call" in s]  # who was not asked is not invited
        await answer(here, bob, letter_to(here, bob, "Planning call"), "Yes, fine.")
        await here.stage.advance(local(2026, 2, 12, 9, 0))
        calls = [e.notice.rule for e in await outbox.rows(office.partnership, [], 1000, call.id)]
        assert sorted(set(calls)) == ["confirm-yes", "service-question", "team-call-tomorrow"], calls


async def test_after_the_meeting_notes_thanks_and_summary(tmp_path: Path) -> None:
    """Tasks 36, 37, 38, 39, 41, 42: notes chased, thanks to those who came, the summary out when it is approved."""
    nina = member("Nina Note", words("Yes"), roles=frozenset({Role.NOTE_TAKER}))
    ann, bob = "ann.able@able.example", "bob.brown@brown.example"
    async with world(tmp_path, cast(member("Ann Able", words("Yes")), member("Bob Brown", words("Yes")), nina)) as here:
        office = here.stage.daemon.office
        await here.stage.advance(local(2026, 3, 13, 12, 0))
        assert files_of(letter_to(here, CONVENER, "To print and to pack")) == [
            "launch-sign-in-sheet.pdf",
            "launch-name-badges.pdf",
            "launch-table-tents.pdf",
        ]
        notes = letter_to(here, "nina.note@note.example", "Your notes")
        await answer(here, "nina.note@note.example", notes, "Here they are.", (("notes.pdf", b"%PDF-1.4 notes"),))
        kept = await documents.document(office.partnership, documents.NOTES, here.meeting_id)
        assert kept is not None
        assert [(n, c) for n, _, c in await documents.files(kept.id)] == [("notes.pdf", b"%PDF-1.4 notes")]
        assert "1 person came" in await coded(here, "came to launch: Ann Able")
        await here.stage.advance(local(2026, 3, 16, 16, 0))
        assert not [s for s in here.subjects("nina.note@note.example") if "Your notes" in s][1:]
        await here.release()
        await here.stage.advance(local(2026, 3, 17, 10, 0))
        assert any("Thank you for coming" in s for s in here.subjects(ann))
        assert any("missed you" in s for s in here.subjects(bob))
        meeting = await here.meeting()
        await aftermath.write_summary(
            office, meeting, "Thirty people came.\n\nThey chose two priorities.", here.stage.clock.now()
        )
        assert not any("Summary" in s for s in here.subjects(ann))
        await coded(here, "approve summary of launch")
        await here.stage.advance(local(2026, 3, 18, 12, 0))
        summary = letter_to(here, ann, "Summary")
        assert "They chose two priorities." in text_of(summary)
        assert files_of(summary) == ["launch-summary.pdf", "launch-action-plan.pdf"]
        assert not any("summary is due" in s for s in here.subjects(CONVENER) if "2026-03-18" in s)


async def test_the_caterer_gets_numbers_and_no_names(tmp_path: Path) -> None:
    """Tasks 11, 31: headcount with diets, never a name; a correction when it changes."""
    carl = member("Carl Cook", roles=frozenset({Role.CATERER}))
    more = [member(f"Guest{n} Gast{n}", words("Yes, I'll be there")) for n in range(4)]
    vera = member("Vera Vega", words("Yes, two of us. I am vegetarian.", PartStat.ACCEPTED))
    async with world(tmp_path, cast(*more, vera, carl)) as here:
        await here.stage.advance(local(2026, 3, 5, 12, 0))
        told = letter_to(here, "carl.cook@cook.example", "Headcount")
        assert "Chairs: 7" in text_of(told)
        assert "vegetarian: 1" in text_of(told)
        assert "Vega" not in text_of(told)
        for n in range(4):
            address = f"guest{n}.gast{n}@gast{n}.example"
            await answer(here, address, here.to(address)[-1][1], "Sorry, I can't make it after all.")
        await here.stage.advance(local(2026, 3, 6, 12, 0))
        changed = letter_to(here, "carl.cook@cook.example", "New headcount")
        assert "instead of 7" in text_of(changed)


async def test_a_full_meeting_has_a_waiting_list(tmp_path: Path) -> None:
    """Capacity: nobody who has a chair loses it; a free one is offered in order, and only for a time."""
    ann, bob, cho = "ann.able@able.example", "bob.brown@brown.example", "cho.chan@chan.example"
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan")), capacity=2) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))  # Jane has one of the two chairs
        for who in (ann, bob, cho):
            await answer(here, who, here.to(who)[-1][1], "Yes, I will be there.")
        assert "You are on the list" in here.subjects(ann)[-1]
        assert "On the waiting list" in here.subjects(bob)[-1]
        assert "All chairs are taken" in text_of(here.to(cho)[-1][1])
        assert await meetings.headcount(here.meeting_id) == 2
        await answer(here, ann, here.to(ann)[-1][1], "I am sorry, I cannot come after all.")
        offer = letter_to(here, bob, "A chair is free")
        assert not any("chair is free" in s for s in here.subjects(cho))
        assert await meetings.headcount(here.meeting_id) == 1
        await here.stage.advance(local(2026, 2, 13, 12, 0))  # Bob lets it pass
        await answer(here, cho, letter_to(here, cho, "A chair is free"), "Yes please")
        assert await meetings.headcount(here.meeting_id) == 2
        await answer(here, bob, offer, "yes, I take it")
        assert await meetings.headcount(here.meeting_id) == 2
        await here.stage.advance(local(2026, 3, 11, 12, 0))
        assert any("See you" in s or "Soon" in s or "soon" in s for s in here.subjects(cho))
        assert not any("See you" in s for s in here.subjects(bob))


async def test_the_chair_of_whoever_sends_somebody_is_kept_for_them_and_then_offered(tmp_path: Path) -> None:
    """Task 9: a delegate takes the chair over; a chair that nobody needs is offered at once."""
    ann, bob, cho, dee = (f"{n}@{n.split('.')[1]}.example" for n in ("ann.able", "bob.brown", "cho.chan", "dee.dorn"))
    people_ = cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan"), member("Dee Dorn"))
    async with world(tmp_path, people_, capacity=3) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))  # Jane has a chair
        for who in (ann, dee, cho):
            await answer(here, who, here.to(who)[0][1], "Yes, I will be there.")
        assert "On the waiting list" in here.subjects(cho)[-1]
        await answer(
            here,
            ann,
            here.to(ann)[0][1],
            "I can't make it, but Bob Brown (bob.brown@brown.example) will come instead of me.",
        )
        assert not any("chair is free" in s for s in here.subjects(cho))  # it is kept for Bob
        await answer(here, ann, here.to(ann)[0][1], "I can come myself after all, yes.")
        assert "You are on the list" in here.subjects(ann)[-1]  # and hers again
        await answer(here, ann, here.to(ann)[0][1], "Bob Brown (bob.brown@brown.example) will come instead of me.")
        await answer(here, bob, here.to(bob)[0][1], "Sorry, no.")
        assert any("chair is free" in s for s in here.subjects(cho))
        await answer(here, cho, letter_to(here, cho, "A chair is free"), "Yes please")
        # who is sent has a chair already: theirs is free at once
        await here.stage.advance(local(2026, 2, 11, 12, 0))
        await answer(here, ann, here.to(ann)[0][1], "Yes, I will be there.")
        assert "On the waiting list" in here.subjects(ann)[-1]
        await answer(here, dee, here.to(dee)[0][1], "Cho Chan (cho.chan@chan.example) will come instead of me.")
        assert any("chair is free" in s for s in here.subjects(ann))
        assert await meetings.headcount(here.meeting_id) == 2


async def test_a_chair_that_is_kept_for_a_delegate_is_offered_when_nothing_is_heard(tmp_path: Path) -> None:
    """Task 9: two days, then the next one is asked."""
    ann, cho = "ann.able@able.example", "cho.chan@chan.example"
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"), member("Cho Chan")), capacity=2) as here:
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        for who in (ann, cho):
            await answer(here, who, here.to(who)[0][1], "Yes, I will be there.")
        await answer(here, ann, here.to(ann)[0][1], "Bob Brown (bob.brown@brown.example) will come instead of me.")
        await here.stage.advance(local(2026, 2, 12, 11, 0))
        assert not any("chair is free" in s for s in here.subjects(cho))
        await here.stage.advance(local(2026, 2, 12, 13, 0))
        assert any("chair is free" in s for s in here.subjects(cho))


async def test_nobody_closes_what_is_somebody_elses(tmp_path: Path) -> None:
    """Task 13: an item that was given to another since the letter left, or was dropped, is not closed by an answer to that letter; words about
    it are not lost, and an out-of-office that says "done" closes nothing."""
    ann, bob = "ann.able@able.example", "bob.brown@brown.example"
    async with world(tmp_path, cast(member("Ann Able"), member("Bob Brown"))) as here:
        office = here.stage.daemon.office
        for text in ("call three schools", "write to the college", "find a bus"):
            await planning.add_item(office, planning.Wanted(text, ann, date(2026, 2, 12)), here.stage.clock.now())
        await here.stage.advance(local(2026, 2, 10, 12, 0))
        soon = letter_to(here, ann, "Due soon")
        await planning.change_item(office, 1, planning.Wanted(owner=bob), here.stage.clock.now())
        await planning.change_item(office, 2, planning.Wanted(status=ItemStatus.DROPPED), here.stage.clock.now())
        away = "I am out of the office until 20 February. Everything urgent is done by Bob Brown."
        await answer(here, ann, soon, away, headers=(("Auto-Submitted", "auto-replied"),))
        await answer(here, bob, soon, "1 done")  # forwarded to him
        assert [i.status.value for i in await plan.items(office.partnership)] == ["open", "dropped", "open"]
        await answer(here, ann, soon, "All done")
        found = {i.number: i.status.value for i in await plan.items(office.partnership)}
        assert found == {1: "open", 2: "dropped", 3: "done"}
        told = " ".join(text_of(here.to(ann)[-1][1]).split())
        assert "item 1 is somebody else's now" in told
        assert "item 2 was dropped" in told
