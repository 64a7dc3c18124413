"""The first half of the life: the launch is prepared, answered, moved; the silent are reminded and called; all is laid out."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind
from mailer.partnership.postal import read_addressees
from mailer.pipeline.hand.changes import add_meeting
from mailer.pipeline.papers.enclosures import Desk
from mailer.pipeline.papers.post import posted
from mailer.printing.sheets import Paper
from mailer.sandbox.demo.play import ZONE, Play
from mailer.store import people
from mailer.terms import EventUid, MeetingId

TOM, INES, RUTH = "tom.birk@birktool.example", "ines@arroyofoods.example", "ruth.halloran@halloran-castings.example"
CATERER = "ken@abara-catering.example"
PAPERS = (
    "sign-in sheet", "name badges", "table tents", "agenda", "timekeeper's agenda", "checklist", "attendee list",
)  # fmt: skip
DAY = datetime(2026, 3, 12, 9, 0, tzinfo=ZONE)
BY_POST = b"""name,organisation,street,city,state,postcode
Agnes Thorpe,Thorpe Millwork,8 Canal Street,Northwoods,WI,53901
Vern Hollis,Hollis Gaskets,PO Box 77,Lakeview,WI,53912
"""


async def acts(play: Play) -> None:
    await _launch_is_prepared(play)
    await _answers_come(play)
    await _meeting_is_moved(play)
    await _silent_are_asked(play)
    await _last_days(play)


async def _launch_is_prepared(play: Play) -> None:
    play.chapter("The launch is prepared")
    office = play.office
    register = await people.people(office.partnership)
    kinds = Counter(p.kind for p in register)
    champions = sorted(p.name for p in register if any("champion" in role.value for role in p.roles))
    play.tell(
        f"Dana Reyes, the convener, imports her list: {kinds[PartnerKind.BUSINESS]} people of companies, "
        f"{kinds[PartnerKind.PUBLIC_PARTNER]} public partners, {kinds[PartnerKind.SUPPORT_PARTNER]} who help. "
        f"{', '.join(champions[:-1])} and {champions[-1]} are champions: they sign for their industry."
    )
    meeting = await add_meeting(
        office,
        Meeting(
            id=MeetingId(0), partnership_id=office.partnership, slug="launch", title="Manufacturing launch meeting", event_uid=EventUid(""),
            dtstart=DAY.astimezone(UTC), dtend=(DAY + timedelta(hours=2)).astimezone(UTC), zone=ZONE.key,
            place="Halloran Castings, 12 Mill Road, training room",
            reply_deadline=datetime(2026, 3, 6, 17, 0, tzinfo=ZONE).astimezone(UTC), kind="launch meetings",
        ),
        play.now(),
    )  # fmt: skip
    plan = await play.folder.picture(office, meeting.slug, "launch-plan-at-first", play.now())
    play.tell(
        "She adds the launch for 12 March. The rules that come with the service say what goes out when, and to how many.",
        plan,
    )
    await _by_post(play, meeting)
    await play.until(1, 29, 8, 30)
    signed = [
        (p.at, p.who)
        for p in play.folder.passages
        if p.inward and p.subject.startswith(("Re: OK to send this", "Re: ¿Podemos enviar"))
    ]
    if signed:
        names = list(dict.fromkeys(who for _, who in signed))
        play.tell_at(
            signed[-1][0],
            f"{' and '.join(names)} are shown the letters that leave in their name, and reply “OK”.",
            play.mail("OK to send this"),
        )
    await play.until(1, 29, 11, 30)
    waited = [f"{count} [{rule}]" for _, count, rule in play.convener.said]
    if waited:
        play.tell(
            f"What has no signer's OK waits for Dana's; she replies “ok” to: {', '.join(waited)}.",
            play.mail("your word", label="what she was asked"),
        )
    business, public = await play.sent("invite-businesses"), await play.sent("invite-public-partners")
    play.tell(
        f"{len(business)} invitations leave for companies, signed by the champion each of them knows; "
        f"{len(public)} others, to come and listen, for public partners and helpers.",
        play.mail("please join us", "walt", "to a company"), play.mail("", "lucia", "in Spanish"),
        play.mail("come and listen", label="to a public partner"),
    )  # fmt: skip


async def _by_post(play: Play, meeting: Meeting) -> None:
    addressees, _ = read_addressees("post.csv", BY_POST)
    desk = Desk(play.office.partnership, play.office.sender, Paper(play.office.paper))
    signer = await people.by_address(play.office.partnership, RUTH)
    letters, labels = await posted(
        desk, meeting, "invitation-business", play.folder.path / "templates", addressees, signer, play.now()
    )
    play.tell(
        f"{len(addressees)} people have no e-mail: their letters and labels are printed.",
        play.folder.keep("letters to post", "launch-letters.pdf", letters), play.folder.keep("address labels", "launch-labels.pdf", labels),
    )  # fmt: skip


async def _answers_come(play: Play) -> None:
    play.chapter("Answers come, in every way people have")
    await play.until(1, 29, 14, 0)
    dead = play.convener.latest("Leon Vasquez does not arrive")
    if dead is not None:
        await play.convener.reply(dead, "He is at leon@vasquez-valves.example now")
        again = play.mail("please join us", "leon@vasquez-valves.example", "the letter that found him")
        play.tell(
            "Leon Vasquez's address bounces. Dana replies with a new one, and his letter goes out again.",
            play.mail("Leon Vasquez does not", label="what she was told"),
            again,
        )
    await play.until(1, 31, 9, 0)
    settled = await play.convener.settle({"petrenko": "yes alias", "tolliver": "ignore", "stan@": "yes"})
    if settled:
        play.tell(
            f"{len(settled)} answers are not certain; one mail asks Dana, who replies with numbers and words. Stan Kowal sends a colleague: “yes”. "
            "Olga Petrenko wrote from an address nobody knew: “yes alias”. "
            "Rex Tolliver was never invited: “ignore”.",
            play.answer("olga.petrenko@post", "Olga's answer"), play.answer("dana", "Dana's reply", "not certain"),
        )  # fmt: skip
    await play.until(2, 3, 10, 30)
    settled = await play.convener.settle({"zhao": "ask"})
    if settled:
        play.tell(
            "Dr. Helen Zhao answers with conditions; Dana has the service ask her what she means.",
            play.answer("zhao", "her words"),
            play.mail("One question", "zhao", "the question"),
        )
    await play.until(2, 16, 17, 0)
    for told in ways(await play.rows()):
        play.tell(told.words, *(play.answer(address, label) for address, label in told.shown))
    play.tell(
        "Stan Kowal's colleague, Petra Lind, has an invitation of her own, and says yes.",
        play.answer("stan@", "his answer"), play.answer("petra", "her answer"), play.mail("In place of", "petra", "her invitation"),
    )  # fmt: skip
    away = [
        p.who for p in play.folder.passages if p.inward and p.subject.lower().startswith(("automatic reply", "auto:"))
    ]
    play.tell(
        f"Out-of-office answers of {' and '.join(dict.fromkeys(away))} change nothing and are not answered.",
        play.answer("fiona", "one of them", "utomatic"),
    )
    play.tell(f"So far: {await play.tally()}.")


@dataclass(frozen=True, slots=True)
class Way:
    """One way of answering: what is told, and whose answers are shown."""

    words: str
    shown: tuple[tuple[str, str], ...]


def ways(rows: list) -> list[Way]:  # type: ignore[type-arg]
    """How people answered, counted, with examples."""
    found = []
    for start, told in (
        ("calendar answer", "click a button in their calendar"),
        ("in words", "write it in their own words"),
        ("by the link", "use a link in the letter"),
    ):
        those = [r for r in rows if r.reason.startswith(start)]
        if not those:
            continue
        quoted = [r for r in those if "“" in r.reason][:3]
        examples = ", ".join(f"{r.name} “{r.reason.partition('“')[2]}" for r in quoted)
        words = f"{len(those)} {told}" + (f": {examples}" if examples else "") + "."
        found.append(Way(words, tuple((r.address, r.name) for r in (quoted or those)[:3])))
    return found


async def _meeting_is_moved(play: Play) -> None:
    play.chapter("The meeting is moved by a week")
    await play.until(2, 18, 9, 50)
    asked = play.convener.codes
    await play.convener.write("move launch to 19 March 2026 9:00")
    meeting = await play.meeting()
    if meeting.local(meeting.dtstart).day != 19:
        raise MailerError("The launch was not moved.")
    code = (
        " The service cannot see that the mail is really hers, sends a code, and gets it back."
        if play.convener.codes > asked
        else ""
    )
    play.tell(
        f"The room is taken. Dana writes “move launch to 19 March 2026 9:00”.{code}",
        play.mail("launch was changed", label="what she is told"),
    )
    await play.until(2, 18, 13, 0)
    told = await play.sent("moved")
    play.tell(
        f"She says OK: {len(told)} people get the new date, and every calendar follows. Whoever had said no is left in peace.",
        play.mail("New date", "walt", "the letter"),
    )
    await play.until(3, 4, 17, 0)
    play.tell(f"A yes to the old date did not count for the new one. By now: {await play.tally()}.")


async def _silent_are_asked(play: Play) -> None:
    play.chapter("The silent are reminded, then called")
    since = play.now()
    await play.until(3, 6, 12, 0)
    reminded = await play.sent("reminder", since=since)
    play.tell(f"A reminder, to those alone who have not answered: {', '.join(reminded)}.", play.mail("Can you come?"))
    await play.until(3, 9, 9, 0)
    callers = await play.sent("champion-calls", since=since)
    play.tell(
        f"{' and '.join(dict.fromkeys(callers))} get the list of their own contacts who are still silent, to call.",
        play.mail("Would you call"),
        await play.paper("call list", who=TOM),
    )
    await play.until(3, 10, 17, 0)
    for address, name, to in ((TOM, "Tom Birk", "Would you call"), (INES, "Inés Arroyo", "¿Podría llamar")):
        play.tell(
            f"{name} replies with what came of it: “{play.said(address, to)}”.", play.answer(address, "the reply", to)
        )
    await play.until(3, 12, 17, 0)
    called = await play.sent("last-call", since=since)
    play.tell(
        f"The last call goes to {', '.join(called) or 'nobody: everybody has answered'}. Now: {await play.tally()}.",
        *([play.mail("Last call")] if called else []),
    )


async def _last_days(play: Play) -> None:
    play.chapter("The last days")
    await play.until(3, 16, 17, 0)
    play.tell("The caterer gets chairs and diets as numbers, never a name.", play.mail("Headcount", CATERER))
    await play.until(3, 17, 17, 0)
    papers = [await play.paper(name) for name in PAPERS]
    play.tell(
        "What to print comes to Dana by mail; more is made by a command.", play.mail("To print and to pack"), *papers
    )
    briefed = await play.sent("briefing")
    play.tell(
        f"{len(briefed)} public partners read how to listen well; Gail Whitaker hears that she takes the notes.",
        play.mail("How to take part"),
        play.mail("You take the notes"),
    )
    await play.until(3, 18, 17, 0)
    told = await play.sent("logistics")
    play.tell(
        f"Where, when and what to bring, to the {len(told)} who come.",
        play.mail("See you soon"),
        await play.folder.picture(play.office, "launch", "launch-plan-the-day-before", play.now()),
    )
