"""What conveners write to the service, in their own words: what is asked for, and above all what is not done on a doubt."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from time import monotonic

import pytest

from mailer.understand.asks.question import Written
from mailer.understand.commands import Command, headed, read_command, read_commands, settled
from mailer.understand.forms import FORMS, LOOKS, Verb

FRIDAY = Written(datetime(2026, 2, 6, 18, 0, tzinfo=UTC), "America/Chicago", "en")


def read(text: str, subject: str = "hello", author: str = "Dana Reyes") -> tuple[list[Command], list[str]]:
    found = read_commands(text, subject, FRIDAY, author)
    return list(found.commands), [form for _, form in found.doubtful]


LOOKED: dict[tuple[Verb, str], str] = {
    (Verb.HELP, ""): """
        help | Help! | help please | please help | help me | Could you help me? | I need help | commands | What can I do here? |
        What can you do? | what can I write? | How does this work? | instructions | ayuda | HELP. | Help me, please!
    """,
    (Verb.STATUS, ""): """
        status | Status? | status please | What's the status? | give me a status | how are things | where do we stand | Where do we stand? |
        how are we doing? | How is it going? | What is the status? | send me the status | Please send me a status report | overview |
        Could you give me an overview? | how do things stand? | estado
    """,
    (Verb.STATUS, "launch"): "status launch | Status of launch | the status of the launch | status for launch? | Please send me the status of launch",
    (Verb.WHO, ""): "who's coming | who is coming? | who said yes | attendance | list | how many are coming? | headcount | who has not answered",
    (Verb.WHO, "launch"): """
        who is coming to launch | Who is coming to launch? | who's coming to the launch | whos coming to launch | Who has said yes to launch? |
        who will be at launch | Who will come to launch? | Who is attending launch? | attendance launch | list launch | guest list launch |
        how many people are coming to launch | headcount launch | Who is not coming to launch? | Please tell me who is coming to launch. |
        could you send me the list of launch | show me the attendance of launch | Can you tell me who is coming to launch? |
        I would like to know who is coming to launch | who comes to launch
    """,
    (Verb.PREVIEW, "launch"): """
        preview launch | Preview of launch | preview the launch | what will be sent for launch? | what will go out for launch |
        please preview launch | show me a preview of launch | preview for launch | Preview launch, please | send me the preview of launch |
        Could you show me the preview of launch? | preview launch. | a preview of launch | give me a preview of launch | Preview Launch
    """,
    (Verb.PREVIEW, ""): "preview | what goes out next? | what's next? | what will happen next?",
    (Verb.WAITING, ""): """
        waiting | held | review | what is waiting? | What waits for me? | what's held | what do I have to do | anything waiting? | the queue |
        open cases | what should I decide? | show me what is waiting | Please tell me what waits for me
    """.replace("what do I have to do | ", ""),
    (Verb.PLAN, ""): "plan | the plan | action plan | open items | show me the plan | send me the action plan | what is overdue? | "
    "the open items, please",
    (Verb.QUESTIONS, ""): "questions | tally | votes | the open questions | show me the votes",
}  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "meeting", "text"),
    [(v, m, t.strip()) for (v, m), texts in LOOKED.items() for t in texts.split("|") if t.strip()],
)
def test_to_look_may_be_asked_in_many_words(verb: Verb, meeting: str, text: str) -> None:
    (found,), doubtful = read(f"{text}\n\nDana\n")
    assert (found.verb, found.meeting.lower(), doubtful) == (verb, meeting, [])


MARCH = date(2026, 3, 19)
DONE: list[tuple[str, Mapping[str, object]]] = [
    *(
        (text, {"verb": Verb.MOVE, "meeting": "launch", "day": MARCH, "hour": time(9)})
        for text in (
            "move launch to 19 March 2026 9:00", "Move launch to 19 March 2026 9:00.", "move the launch to 19 March 2026, 9:00",
            "please move launch to 19 March 2026 9:00", "move launch to 19 March, 9 am", "Move launch to March 19th at 9am",
            "move launch to 2026-03-19 09:00", "move launch to Thursday 19 March 2026 9:00", "move launch to 19 March 2026 9:00, please",
            "move launch to 19 March 2026 9:00!", "MOVE launch TO 19 MARCH 2026 9:00", "Please, move launch to 19 March 9:00",
            "move launch to 19 Mar 2026 9:00", "move launch to the 19th of March, 9:00", "move  launch  to  19  March  2026  9:00",
        )
    ),
    ("move launch to 19 March", {"verb": Verb.MOVE, "day": MARCH, "hour": None}),
    ("move the meeting to 19 March", {"verb": Verb.MOVE, "meeting": "meeting", "day": MARCH}),
    ("place of launch: Acme Hall, 1 Main St", {"verb": Verb.PLACE, "meeting": "launch", "text": "Acme Hall, 1 Main St"}),
    ("change the place of launch to Acme Hall", {"verb": Verb.PLACE, "meeting": "launch", "text": "Acme Hall"}),
    ("Please change place of the launch: Will Rogers Hall, Building I", {"verb": Verb.PLACE, "text": "Will Rogers Hall, Building I"}),
    ("cancel launch", {"verb": Verb.CANCEL, "meeting": "launch"}),
    ("Please cancel the launch.", {"verb": Verb.CANCEL, "meeting": "launch"}),
    *(
        (text, {"verb": Verb.ADD, "who": ("Ann Lee",), "address": "ann@acme.example", "organisation": "Acme"})
        for text in (
            "add Ann Lee ann@acme.example from Acme", "add Ann Lee <ann@acme.example> from Acme", "add Ann Lee (ann@acme.example) from Acme",
            "add Ann Lee, ann@acme.example, from Acme", "Please add Ann Lee ann@acme.example from Acme", "add Ann Lee from Acme, ann@acme.example",
            "add Ann Lee of Acme ann@acme.example", "Add Ann Lee of Acme <ANN@acme.example>", "add Ann Lee ann@acme.example from Acme.",
            "add Ann Lee from Acme ann@acme.example", "add Ann Lee, from Acme, ann@acme.example", "add Ann Lee ann@acme.example, from Acme",
            "please add Ann Lee from Acme <ann@acme.example>", "add Ann Lee ann@acme.example of Acme",
            "add Ann Lee <ann@acme.example>, of Acme, please",
        )
    ),
    ("add Ann Lee ann@acme.example from Acme as champion", {"verb": Verb.ADD, "organisation": "Acme", "role": "champion"}),
    ("add Ann Lee ann@acme.example from Acme as a public partner", {"verb": Verb.ADD, "organisation": "Acme", "role": "public partner"}),
    ("add José de la Cruz jose@cruz.example", {"verb": Verb.ADD, "who": ("José de la Cruz",)}),
    *((text, {"verb": Verb.FORGET, "address": "ann@acme.example"}) for text in (
        "forget ann@acme.example", "Forget ann@acme.example.", "please forget ann@acme.example", "erase ann@acme.example",
        "forget <ann@acme.example>", "FORGET ANN@ACME.EXAMPLE",
    )),
    *((text, {"verb": Verb.HOLD, "text": "reminder", "meeting": "launch"}) for text in (
        "hold reminder of launch", "hold the reminder for launch", "hold [reminder] of launch", "pause reminder of launch",
            "hold back reminder of launch",
        "please hold the reminder of launch", "Hold reminder for the launch.", "hold the [reminder] for launch, please",
    )),
    *((text, {"verb": Verb.RELEASE, "text": "invite-businesses", "meeting": "launch"}) for text in (
        "release invite-businesses of launch", "release [invite-businesses] of launch", "send invite-businesses for launch",
        "please release invite-businesses of launch", "Release invite-businesses for the launch!", "release the invite-businesses of launch",
    )),
    *((text, {"verb": Verb.DROP, "text": "reminder", "meeting": "launch"}) for text in (
        "drop reminder of launch", "don't send reminder of launch", "do not send the reminder for launch", "Don’t send [reminder] of launch",
    )),
    *((text, {"verb": Verb.ANSWER, "address": "ann@acme.example", "answer": "yes"}) for text in (
        "ann@acme.example yes", "ann@acme.example: yes", "ann@acme.example says yes", "ann@acme.example said yes for launch",
            "<ann@acme.example> yes",
    )),
    ("ann@acme.example yes +2 for launch", {"verb": Verb.ANSWER, "answer": "yes", "guests": 2, "meeting": "launch"}),
    ("add item: call three schools, owner Ann Lee, due 3 May", {"verb": Verb.ITEM_ADD, "text": "call three schools", "who": ("Ann Lee",),
        "day": date(2026, 5, 3)}),
    ("add item: call three schools by 3 May", {"verb": Verb.ITEM_ADD, "text": "call three schools", "day": date(2026, 5, 3)}),
    ("add item: call three schools by telephone", {"verb": Verb.ITEM_ADD, "text": "call three schools by telephone", "day": None}),
    ("new action item: call the college", {"verb": Verb.ITEM_ADD, "text": "call the college"}),
    ("item 12 done", {"verb": Verb.ITEM_DONE, "number": 12}),
    ("item 12 is done", {"verb": Verb.ITEM_DONE, "number": 12}),
    ("item 12 not done", {"verb": Verb.ITEM_OPEN, "number": 12}),
    ("item 12 dropped", {"verb": Verb.ITEM_DROP, "number": 12}),
    ("move item 12 to 3 May", {"verb": Verb.ITEM_DUE, "number": 12, "day": date(2026, 5, 3)}),
    ("approve the summary of launch", {"verb": Verb.APPROVE, "meeting": "launch"}),
    ("settle launch-call 2", {"verb": Verb.SETTLE, "text": "launch-call", "number": 2}),
    ("settle 7 2", {"verb": Verb.SETTLE, "text": "7", "number": 2}),
    ("settle 2", {"verb": Verb.SETTLE, "text": "", "number": 2}),
    ("settle question 7 with 2", {"verb": Verb.SETTLE, "text": "7", "number": 2}),
    ("settle “First call of Hiring & Transport” 2", {"verb": Verb.SETTLE, "text": "First call of Hiring & Transport", "number": 2}),
    ("Take it back!", {"verb": Verb.UNDO}),
    ("the code is 123456", {"verb": Verb.CODE, "number": 123456}),
    ("123 456", {"verb": Verb.CODE, "number": 123456}),
    ("all came but Bob", {"verb": Verb.CAME}),
    ("came to launch: Ann Lee, Bob", {"verb": Verb.CAME, "meeting": "launch"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts"), DONE, ids=[t for t, _ in DONE])
def test_a_change_that_is_said_outright(text: str, facts: Mapping[str, object]) -> None:
    (found,), doubtful = read(f"Hi,\n\n{text}\n\nThanks\nDana Reyes\nNorthwoods Partnership\n")
    assert {name: getattr(found, name) for name in facts} == facts
    assert doubtful == []


NOT_DONE = """
    Can you move launch to 19 March 2026 9:00? | Could you please move launch to 19 March 2026 9:00 | don't move launch to 19 March |
    Do not move launch to 19 March 2026 9:00 | should we move launch to 19 March 2026 9:00? | Shall we move launch to 19 March? |
    move launch to 19 March 2026 9:00? | move launch to 19 or 20 March | move launch to 19 March 2026 9:00 if Bob agrees | move launch to 3/4 9:00 |
    move launch to 19 March 2026 9:00, not 12 March | move launch by a week | move launch to Acme Hall | move launch to 10:00 |
    postpone launch to 19 March | reschedule launch to 19 March 2026 9:00 | launch is moved to 19 March | maybe move launch to 19 March |
    I would like to move launch to 19 March | let's move launch to 19 March | we should move launch to 19 March | move launch to 31 February |
    move launch to 19 March 2025 | move launch
    launch is now at Acme Hall | The launch is now at 9:00 | the meeting is now at 10 | launch is now at risk | Ann is now at Acme |
    place of launch to be decided | place of launch: to be decided | place of launch: TBD | place of launch: not yet known |
    place of launch: Acme Hall or the college | place of launch: maybe Acme Hall | place of launch: Acme Hall if they let us | place of launch? |
    place of launch: Acme Hall? | place of launch: Acme Hall. I will tell you more tomorrow | place of launch: we do not know |
    place of launch: 9:00 |
    change the place of launch | place of launch: at 10
    cancel | cancel launch? | should I cancel launch? | do not cancel launch | Don't cancel launch! | never cancel launch | can we cancel launch? |
    launch is cancelled | we have to cancel launch | shall I cancel the launch | call off launch
    add ann@acme.example | add Ann Lee | add Ann Lee and Bob Stone ann@acme.example | add Ann Lee ann@acme.example and Bob Stone bob@acme.example |
    add Ann Lee ann@acme.example from Acme, Bob Stone bob@acme.example from Acme | add two chairs for ann@acme.example |
    add Lee, Ann ann@acme.example |
    add new address for Ann ann@acme.example | add Ann Lee's new address ann@acme.example | add another champion ann@acme.example | invite Ann Lee |
    add somebody from Acme ann@acme.example | add Ann Lee ann@acme.example from Acme as boss | add Ann Lee ann@acme.example? |
    add Ann Lee ann@acme.example from Acme but not yet | don't add Ann Lee ann@acme.example | add alias ann@acme.example
    forget it | Forget that | forget about launch | forget Ann Lee | do not forget ann@acme.example | don't forget ann@acme.example |
    never forget ann@acme.example | forget ann@acme.example and bob@acme.example | forget ann@acme.example? | erase everything |
    delete ann@acme.example | remove ann@acme.example | remove Ann Lee from launch | should I forget ann@acme.example
    hold | hold everything | hold it | hold on | hold off on the reminder | stop | stop reminder | stop everything | stop the reminder for launch |
    don't hold reminder of launch | hold reminder of launch?
    release | release everything | release all | release it | send it | send them | send now | send all | send help | release reminder of launch? |
    should I release reminder of launch | do not release reminder of launch | don't send it | drop it | drop all | send reminder to Bob
    ann@acme.example yes? | should ann@acme.example yes
    item 12 done? | item 12, 13 done | 12 done | item 12 due 31 April | item 12 due next week | item 12 due 3 May or 10 May | item 12 |
    add an item: call three schools
    approve | approve summary later | do not approve summary | approve summary? | settle maybe 2 | settle 2 or 3 | settle launch-call 2 or 3 |
    settle | undo launch | don't undo | undo?
    came: not Bob | came: Ann Lee but not Bob | came to launch Ann and Bob | all came? | came: Ann, Bob and 2 others | all came I think |
    came: Ann, Bob?
"""


@pytest.mark.parametrize("text", [t.strip() for line in NOT_DONE.splitlines() for t in line.split("|") if t.strip()])
def test_a_doubt_is_a_question_and_never_an_act(text: str) -> None:
    commands, doubtful = read(f"{text}\n\nDana\n")
    assert [c.words for c in commands if c.verb not in LOOKS] == []
    assert doubtful or commands or text.startswith("should ann"), "nobody answers"


@pytest.mark.parametrize(
    "text",
    [
        "move launch to 19 March 2026 9:00\nbut only if Bob agrees",
        "cancel launch\n\nNo, wait, don't.",
        "cancel launch\n\nUnless you hear otherwise by tonight.",
        "forget ann@acme.example\nshe moved away, or did she?",
        "move launch to 19 March 2026 9:00\n\nActually let me first talk to Ann.",
        "release reminder of launch\n\nSorry, I meant last-call.",
        "place of launch: Acme Hall\n\nI am not certain yet.",
        "came to launch: Ann Lee, Bob Stone\n\nOr was it Bob Brown?",
        "move launch to 19 March 2026 9:00\nand tell Bob that he is late",
        "item 12 done\n\nScratch that.",
    ],
)
def test_words_below_a_command_may_take_it_back(text: str) -> None:
    commands, doubtful = read(text)
    assert commands == []
    assert doubtful


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("move launch to 19 March 2026 9:00\nDana", 1),
        ("cancel launch\nDana Reyes\nConvener, Northwoods\n+1 555 0100", 1),
        ("cancel launch\n\nThanks,\nDana\nNot for onward distribution", 1),
        ("item 1 done\nitem 2 done\n\nitem 3 due 3 May\n\nBest regards\nDana", 3),
        ("status\nwho is coming to launch?\n\nWhat else should I know?", 2),
        ("cancel launch\n-- \nDana Reyes | Is this mail for you?", 1),
        ("cancel launch\nDR", 1),
    ],
)
def test_what_stands_below_may_be_a_signature(text: str, count: int) -> None:
    commands, doubtful = read(text)
    assert (len(commands), doubtful) == (count, [])


def test_a_line_that_a_mail_program_broke_is_one_line() -> None:
    (found,), doubtful = read(
        "came to launch: Ann Lee, Bob Stone, Cho Chan, Dee Dorn, Eli Ek,\nFay Fox and Gus Gray\n\nDana"
    )
    assert found.roll is not None
    assert found.roll.came[-2:] == ("Fay Fox", "Gus Gray")
    assert len(found.roll.came) == 7
    assert doubtful == []


@pytest.mark.parametrize(
    ("subject", "body", "acts", "asks"),
    [
        ("preview launch", "", True, False),
        ("cancel launch", "Dana", True, False),
        ("cancel launch", "Thanks\nDana Reyes", True, False),
        ("cancel launch", "No, don't.", False, True),
        ("cancel launch", "What do you think?", False, True),
        ("Re: cancel launch", "", False, False),
        ("Re: cancel launch", "Hm, no.", False, False),
        ("Fwd: forget ann@acme.example", "", False, False),
        ("cancel launch", "Hi Bob, this is the subject of a long mail to you, in which I explain why it would be a mistake to do so.", False, False),
    ],
)  # fmt: skip
def test_the_subject_counts_where_nothing_else_is_said(subject: str, body: str, acts: bool, asks: bool) -> None:
    commands, doubtful = read(body, subject)
    assert (bool(commands), bool(doubtful)) == (acts, asks)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, that is fine.", "I spoke with Bob, he will come.", "See you tomorrow!", "Ann called: she is ill.", "OK", "yes",
            "Lunch at twelve?",
        "The meeting went well.", "I can't come on the 12th after all.", "Please find the notes attached.", "",
    ],
)  # fmt: skip
def test_talk_is_no_command(text: str) -> None:
    assert read(text) == ([], [])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("previw launch", "preview MEETING"), ("Preveiw launch?", "preview MEETING"), ("staus", "status"), ("cahnges", "changes"),
        ("relase invite-businesses of launch", "release RULE of MEETING"), ("cancle launch", "cancel MEETING"),
        ("rehearze launch", "rehearse MEETING"), ("export Ann Lee", "export ann@acme.example"), ("meetings", "status"),
        ("unhold reminder of launch", "release RULE of MEETING"), ("letter of Ann Lee", "letter of Acme College: public partner"),
        ("Export is what we should talk about with the companies", ""),
        ("Cancelled!", ""), ("Approved", ""), ("Declined", ""), ("Statutes of the board attached", ""), ("previw what the launch will be like", ""),
    ],
)  # fmt: skip
def test_a_slip_in_the_name_of_a_command_is_asked_about(text: str, form: str) -> None:
    commands, doubtful = read(text)
    assert commands == []
    assert doubtful == ([form] if form else [])


def test_what_waits_for_its_code_means_the_same_on_another_day() -> None:
    (found,), _ = read("move launch to next Thursday")
    again = read_command(
        settled(found).words, Written(datetime(2026, 2, 7, 18, 0, tzinfo=UTC), "America/Chicago", "en")
    )
    assert isinstance(again, Command)
    assert (again.day, again.meeting) == (found.day, "launch")


@pytest.mark.parametrize("form", [form for verb, form, _ in FORMS if verb is not Verb.WHY])
def test_every_form_that_help_shows_is_understood(form: str) -> None:
    line = form.replace("MEETING", "launch").replace("RULE", "reminder").replace("QUESTION", "launch-call")
    found = read_command(line, FRIDAY)
    assert isinstance(found, Command)
    assert found.verb is next(v for v, f, _ in FORMS if f == form)


def test_a_very_long_line_costs_little() -> None:
    begun = monotonic()
    for text in (
        "add " + "a " * 7000, "came: " + "x, " * 5000, "move " + "to " * 5000, "all came but " + "not " * 3000, "a" * 15_000 + " came",
        ("a " * 240 + "came ") * 30, "add item: " + "by 3 May " * 60,
    ):  # fmt: skip
        read(text)
    assert monotonic() - begun < 3


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("came:\nAnn Lee\nBob Stone\n\nDana", "Ann Lee|Bob Stone"),
        ("came: Ann Lee\nBob Stone\nCho Kim\n\nThanks\nDana", "Ann Lee|Bob Stone|Cho Kim"),
        ("These people came:\n- Ann Lee\n- bob@stone.example\nDana", "Ann Lee|bob@stone.example"),
        ("came to launch:\n1. Ann Lee\n2. Bob Stone\nwalk-in: Cho Kim, Acme", "Ann Lee|Bob Stone|+Cho Kim"),
        ("came: Ann Lee,\nBob Stone and\nCho Kim\nBest\nDana", "Ann Lee|Bob Stone|Cho Kim"),
        # a line that a mail program broke goes on in the next
        (
            "came: Ann Lee, Bob Stone, Cho Kim, Dee Dorn, Eli Ek, Gus\nMarch, Flo Fox",
            "Ann Lee|Bob Stone|Cho Kim|Dee Dorn|Eli Ek|Gus March|Flo Fox",
        ),
        ("came: Ann\nBob\nDana", "Ann|Bob"),  # Dana signs
        ("came:\n" + "\n".join(f"Ann Lee{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(150)), 150),
        # what is no name below the names makes a question of it
        ("came: Ann Lee\nSam was ill", None),
        ("came:\nAnn Lee\nand perhaps Bob", None),
        ("came: Ann Lee\nBob?", None),
    ],
)
def test_names_may_stand_a_line_each(text: str, came: str | int | None) -> None:
    written = Written(datetime(2026, 3, 13, 15, tzinfo=UTC), "America/Chicago", "en")
    found = read_commands(text, "Re: Who came? Launch meeting", written, "Dana Reyes")
    if came is None:
        assert not found.commands
        assert found.doubtful
        return
    (command,) = found.commands
    assert command.roll is not None
    said = [*command.roll.came, *(f"+{w.name}" for w in command.roll.walk_ins)]
    assert (len(said) if isinstance(came, int) else "|".join(said)) == came


@pytest.mark.parametrize(
    ("text", "meeting", "below"),
    [
        ("Summary of launch:\n\nTwelve came.\n\ncancel launch\nwas said.", "launch", "Twelve came.\n\ncancel launch\nwas said."),
        ("summary:\nWe met.", "", "We met."),
        ("Hi,\n\nthis is the summary for the launch\nWe met.", "launch", "We met."),
    ],
)  # fmt: skip
def test_below_the_word_summary_stands_its_text_whatever_it_says(text: str, meeting: str, below: str) -> None:
    (found,), doubtful = read(text)
    assert (found.verb, found.meeting, doubtful, headed(text)[1]) == (Verb.WRITE, meeting, [], below)


@pytest.mark.parametrize(
    "text",
    ["summary of launch", "who is coming to launch\nsummary of launch:\nWe met.", "cancel launch\nsummary:\nWe met."],
)
def test_a_summary_without_its_text_or_beside_something_else_is_asked_about(text: str) -> None:
    commands, doubtful = read(text)
    assert Verb.WRITE not in [c.verb for c in commands]
    assert any(form.startswith("summary of MEETING:") for form in doubtful)


def test_what_is_said_about_a_summary_is_no_command() -> None:
    assert read("Summary of today's call: they will come.\nBest, Dana") == ([], [])
    assert read("The summary is due, I know.\nI'll write it tonight.") == ([], [])
