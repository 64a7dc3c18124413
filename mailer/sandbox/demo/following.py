"""The second half of the life: who came, thanks, the summary, what was promised, action teams, the rhythm of months and quarters."""

from datetime import timedelta

from mailer.errors import MailerError
from mailer.pipeline.hand import aftermath, planning
from mailer.sandbox.demo.play import Play
from mailer.sandbox.demo.preparing import INES, RUTH
from mailer.store import meetings, plan, questions

ABSENT = ("Sam Lindqvist", "Olga Petrenko")
TEAMS = (
    ("Schools", "Priya Nair", ("Joy Okafor", "Lucía Fuentes", "Marcus Oyelaran")),
    ("Welding course", "Walt Kaminski", ("Alma Reyes", "Sam Lindqvist", "Tom Birk")),
)
PRIYA, WALT, SAM, LUCIA = (
    "priya.nair@nairsensors.example", "walt@kaminskiwelding.example", "sam@lindqvistfab.example", "lucia@fuentesfoods.example",
)  # fmt: skip
PLAN = b"""priority,team,item,owner,due,support
Young people,Schools,Ask three schools for a day in a plant,Priya Nair,2026-04-02,Joy Okafor
Young people,Schools,Write one page on what a trade pays,Luc\xc3\xada Fuentes,2026-04-10,
Enough welders,Welding course,List the welding tests that companies accept,Walt Kaminski,2026-04-08,Alma Reyes
Enough welders,Welding course,Find two rooms for an evening course,Sam Lindqvist,2026-04-16,Alma Reyes
"""
SUMMARY = """# What we heard

Each company told what keeps it from growing. Two things came up at nearly every table: young people do not know what the work is like, and
there are not enough welders for the orders that are there.

# What we chose

- Young people: days in a plant for three schools before the summer
- Enough welders: an evening course that all companies accept

# What happens next

Two action teams have a first call within four weeks. Everything that was promised stands in the action plan.
"""
LEADS = "\nPriya Nair leads the team for schools, Walt Kaminski the one for the welding course.\n"


async def acts(play: Play) -> None:
    await _held(play)
    await _summed_up(play)
    await _teams(play)
    await _promises(play)
    await _next_quarter(play)


async def _held(play: Play) -> None:
    play.chapter("The meeting is held; who came, notes, thanks")
    await play.until(3, 19, 12, 0)
    play.tell(f"{sum(r.answer == 'yes' for r in await play.rows())} people were expected at Halloran Castings.")
    await play.until(3, 20, 9, 30)
    words = f"came to launch: all but {' and '.join(ABSENT)}"
    await play.convener.write(words)
    came = sum(bool(i.attended) for i in await meetings.invitations((await play.meeting()).id))
    play.tell(
        f"Dana is asked who came, and writes “{words}”. That makes {came}.",
        play.mail("Who came?", label="the question"),
    )
    await play.until(3, 20, 17, 0)
    play.tell(
        "Gail Whitaker is asked for her notes and replies with the file, which is kept.",
        play.answer("gail", "her mail", "notes"),
    )
    await play.until(3, 24, 12, 0)
    thanked, missed = await play.sent("thank-you"), await play.sent("we-missed-you")
    play.tell(
        f"Dana says OK: thanks to {len(thanked)} who came, a word to {' and '.join(missed)} who were missed.",
        play.mail("Thank you for coming"), play.mail("We missed you", label="the word"),
    )  # fmt: skip


async def _summed_up(play: Play) -> None:
    play.chapter("The summary goes out within a week")
    office = play.office
    play.tell(
        "The service warns that the summary is due, and encloses what it knows; Dana writes hers.",
        play.mail("summary is due", label="the warning"), await play.paper("summary"),
    )  # fmt: skip
    await aftermath.write_summary(office, await play.meeting(), SUMMARY, play.now())
    await play.convener.write("share summary of launch until 25 March")
    new, _, problems = await planning.import_plan(office, "plan.csv", PLAN, play.now())
    if problems:
        raise MailerError(str(problems[0]))
    for name, lead, members in TEAMS:
        await planning.save_team(office, name, lead, members, play.now())
    play.tell(
        f"{new} promises go into the action plan with an owner and a day each, and {len(TEAMS)} teams with their leads.",
        await play.paper("action plan"),
    )
    await play.until(3, 25, 17, 0)
    asked = await play.sent("share-draft")
    play.tell(
        f"“share summary of launch until 25 March”: {', '.join(asked)} are asked what they would change. "
        f"Ruth Halloran: “{play.said(RUTH, 'What would you')}”",
        play.mail("What would you change"), play.answer(RUTH, "her comment", "What would you"),
    )  # fmt: skip
    await play.until(3, 26, 9, 0)
    await aftermath.write_summary(office, await play.meeting(), SUMMARY + LEADS, play.now())
    await play.convener.write("approve summary of launch")
    await play.until(3, 26, 14, 0)
    got = await play.sent("send-summary")
    play.tell(
        f"Dana gets the comments with the text, adds who leads, and writes “approve summary of launch”: it goes to {len(got)} people, with the plan.",
        play.mail("Comments on the draft", label="the comments"), play.mail("Summary:"), await play.paper("summary"),
    )  # fmt: skip


async def _teams(play: Play) -> None:
    play.chapter("Action teams find their times")
    office = play.office
    await play.until(3, 27, 15, 0)
    play.tell(
        "Each team's lead is offered times, and replies with numbers.",
        play.mail("Which time suits", label="the times"),
        play.answer("walt", "an answer", "Which time"),
    )
    for question in [q for q in await questions.every(office.partnership, open_only=True) if q.team is not None]:
        votes = await questions.votes(question.id)
        number = max(votes, key=lambda n: (sum(word == "yes" for word in votes[n].values()), -n))
        words = f"settle {question.title.removeprefix('First call of ')} {number}"
        await play.convener.write(words)
        play.tell(f"Dana writes “{words}” in answer to the tally, and the team is invited.")
    await play.until(3, 31, 8, 0)
    for call in [m for m in await meetings.all_of(office.partnership) if m.team_id is not None and not m.standing]:
        at = call.local(call.dtstart)
        play.tell(
            f"{call.title}: {at:%A} {at.day} {at:%B, %H:%M}. So far: {await play.tally(call.slug)}.", play.mail(call.title, label="the invitation")
        )  # fmt: skip


async def _promises(play: Play) -> None:
    play.chapter("Promises are kept, moved, or cry for help")
    await play.until(3, 31, 12, 0)
    play.tell(
        f"Three days before hers is due, Priya Nair gets a word, and replies “{play.said(PRIYA, 'Due soon')}”",
        play.mail("Due soon", "priya"), play.mail("that is done", "priya", "the thanks"),
    )  # fmt: skip
    since = play.now()
    await play.until(4, 1, 14, 0)
    updated = await play.sent("progress-update", since=since)
    play.tell(
        f"The monthly update waits for Dana's OK; then it goes to {len(updated)} public partners, with the plan.",
        play.mail("where things stand"),
    )
    await play.until(4, 3, 17, 0)
    play.tell(
        f"Walt Kaminski replies “{play.said(WALT, 'Due soon')}”; the plan has the new day.",
        play.answer("walt", "his reply", "Due soon"),
    )
    await play.until(4, 13, 18, 0)
    play.tell(
        f"Sam Lindqvist: “{play.said(SAM, 'Due soon')}” Dana is told.",
        play.mail("needs help", label="what she is told"),
    )
    play.tell(
        f"Lucía Fuentes let the day pass; asked once more, she replies “{play.said(LUCIA, 'Sigue')}”",
        play.mail("Sigue pendiente", label="the reminder"), play.answer("lucia", "her reply", "Sigue pendiente"),
    )  # fmt: skip
    items = await plan.items(play.office.partnership)
    done = sum(not i.open for i in items)
    play.tell(
        f"Of {len(items)} promises {done} are kept. Every Monday Dana sees what is open.",
        play.mail("open action items", label="Monday's letter"),
        await play.paper("action plan", None),
    )


async def _next_quarter(play: Play) -> None:
    play.chapter("The next quarter begins")
    office = play.office
    letter = play.convener.latest("When shall the next meeting be")
    if letter is None:
        raise MailerError("No times were offered for the next meeting.")
    known = {m.id for m in await meetings.all_of(office.partnership)}
    await play.convener.reply(letter, "2")
    for question in [q for q in await questions.every(office.partnership, open_only=True) if q.team is None]:
        await play.convener.write(f"settle {question.id} 2")
    made = [m for m in await meetings.all_of(office.partnership) if m.id not in known]
    if not made:
        raise MailerError("The next meeting was not made.")
    at = made[0].local(made[0].dtstart)
    play.tell(
        f"On the first Monday of the quarter times for the next meeting were offered; Dana takes the second: {at:%A} {at.day} {at:%B, %H:%M}.",
        play.mail("When shall the next", label="the times"), await play.folder.picture(office, made[0].slug, "next-meeting-plan", play.now()),
    )  # fmt: skip
    await play.stage.advance(made[0].dtstart - timedelta(weeks=8, days=6))
    play.tell(
        f"Nine weeks ahead the champions are asked who can host. Inés Arroyo: “{play.said(INES, '¿Nos reunimos')}”",
        play.mail("Could we meet at your place"), play.answer(INES, "her answer", "Nos reunimos"),
    )  # fmt: skip
