"""The words a convener may write in a rule file: one table.

The grammar is completed from it (`phrases`), error texts list and suggest from it (`rulebook`), and `convener words` prints it
(`vocabulary`). To add a word, add a line here and teach `due` or `conditions` what it means; a test compares the two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Kind(StrEnum):
    """What sort of word it is: the singular noun that error texts use."""

    SECTION = "heading"
    ABOUT_KEY = "key of [about]"
    TIMING_KEY = "key of [timing]"
    KEY = "key"
    FORM = "way to say when"
    UNIT = "unit of time"
    ANCHOR = "anchor"
    HAPPENING = "happening"
    GROUP = "group"
    STATE = "state"
    CONDITION = "condition"
    ATTACHMENT = "attachment"
    ASK = "question"
    SIGNER = "signer"
    HOLD = "choice for hold"
    IF_LATE = "choice for if-late"
    BUNDLE = "choice for bundle"
    SEND_ON = "choice for send-on"
    DO = "thing to do"

    @property
    def article(self) -> str:
        """The noun with its article."""
        return f"an {self}" if self[0] in "aeio" else f"a {self}"

    @property
    def plural(self) -> str:
        """The noun for several of them."""
        return _PLURALS.get(self, f"{self.value}s")


_PLURALS = {
    Kind.ABOUT_KEY: "keys of [about]",
    Kind.TIMING_KEY: "keys of [timing]",
    Kind.FORM: "ways to say when",
    Kind.UNIT: "units of time",
    Kind.HOLD: "choices for hold",
    Kind.IF_LATE: "choices for if-late",
    Kind.BUNDLE: "choices for bundle",
    Kind.SEND_ON: "choices for send-on",
    Kind.DO: "things to do",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One entry. In *text*, N stands for a length of time ("3 business days") and COUNT for a number. *also*: spellings taken
    as they are; *loose*: spellings understood well enough to offer *text* instead."""

    text: str
    kind: Kind
    help: str
    also: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The word as a name in the grammar."""
        return slug(self.text)


def slug(text: str) -> str:
    """Turn *text* into letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


Entry = tuple[str, ...]
"""(text, help), and where there are any (…, also, loose), each several spellings with semicolons between them."""


def _words(kind: Kind, *entries: Entry) -> tuple[Word, ...]:
    return tuple(Word(text, kind, help_, *map(_spellings, more)) for text, help_, *more in entries)


def _spellings(text: str) -> tuple[str, ...]:
    return tuple(s.strip() for s in text.split(";") if s.strip())


# fmt: off
WORDS: tuple[Word, ...] = (
    *_words(
        Kind.SECTION,
        ("about", "What the file is for."),
        ("timing", "Time zone, hours and days on which mail may leave."),
        ("groups", "Your own names for groups of people."),
    ),
    *_words(
        Kind.ABOUT_KEY,
        ("title", "What the file is about, in your words."),
        ("serves",
         'Which meetings: "all meetings", or their kind, such as "launch meetings"; or "action items". A list means any of them.'),
        ("owner", "Whose file this is: the address that hears of mistakes in it."),
    ),
    *_words(
        Kind.TIMING_KEY,
        ("time-zone",
         'Such as "America/Chicago": the clock for "on DATE" and "every …". All else follows the clock of the meeting.'),
        ("send-between", 'Hours in which mail may leave, such as "08:30-16:30", or "any time".'),
        ("send-on", 'Days on which mail may leave: "business days" or "every day".'),
        ("holidays",
         'Which public holidays are no business days, such as "US federal", "US-IL" or "Germany". A list means all of them.'),
        ("gap-per-person", 'How long a planned mail waits after another mail to the same person, such as "1 day".'),
        ("most-per-minute",
         "How many mails of this file may leave in a minute, such as 10. (The pace for all mail is in config.toml, under [sending].)"),
        ("most-per-day",
         "How many mails of this file may leave in a day, such as 200. (The pace for all mail is in config.toml, under [sending].)"),
    ),
    *_words(
        Kind.KEY,
        ("when",
         "What starts the rule: a time before or after an anchor, a date, or a happening. A list means any of them."),
        ("to",
         'Who gets the mail: a group, or a group and a state: "businesses who have not been invited". A list: all of them, one mail a person.'),
        ("only-if", "All of these must be true when the mail leaves."),
        ("unless", "Any of these holds the mail back when it is about to leave."),
        ("send", "Which letter: the name of its file under templates/."),
        ("attach", "What goes with the letter."),
        ("ask", "Which answer the letter asks for."),
        ("on-behalf-of", "Who signs. The mail still comes from your own address."),
        ("hold", 'May it leave by itself? "ask me first" keeps it until you release it, "ask the signer first" until its signer says OK.'),
        ("repeat",
         'How often it is sent again, such as "every 3 business days, at most 2 times". An answer always ends it.'),
        ("stop-when", "Any of these ends the repeating."),
        ("if-late", "What to do if its time has passed: the service was down, or the meeting came or moved too close."),
        ("send-between", "As in [timing], for this rule alone."),
        ("send-on", "As in [timing], for this rule alone."),
        ("note", "A remark for yourself; previews show it."),
        ("bundle", "Puts several mails of the rule into one."),
        ("do", 'Prepares a meeting or a call: the letter offers times for it. "draft a meeting, 10 weeks to 14 weeks from now".'),
    ),
    *_words(
        Kind.FORM,
        ("N before ANCHOR at HH:MM",
         '"6 weeks before meeting start at 09:00". Without "at", the clock time of the anchor.'),
        ("N after ANCHOR at HH:MM",
         '"1 business day after invitation at 10:00". Without "at", the clock time of the anchor.'),
        ("on DATE at HH:MM", '"on 2026-03-02 at 09:00".'),
        ("every DAY at HH:MM", '"every Monday at 08:00", "every business day at 08:00", "every day at 08:00". It is about no single meeting.'),
        ("every PERIOD on the NTH DAY at HH:MM",
         '"every quarter on the second Tuesday at 09:00", "every month on the first business day at 10:00".'),
    ),
    *_words(
        Kind.UNIT,
        ("minute", "Sixty seconds.", "minutes", "min; mins"),
        ("hour", "Sixty minutes.", "hours", "h; hrs"),
        ("business day", "A day that is neither weekend nor one of your holidays.",
         "business days", "working day; working days; workday; workdays; weekday; weekdays"),
        ("day", "A day of the calendar.", "days"),
        ("week", "Seven days.", "weeks"),
        ("month", "The same day of another month, or that month's last.", "months"),
    ),
    *_words(
        Kind.ANCHOR,
        ("meeting start",
         'When the meeting begins; of a series each date. What invites or brings a calendar file comes once; for others that shall, "on DATE".',
         "the meeting start; start of the meeting",
         "meeting; the meeting; meeting starts; start; the start; the meeting starts; meeting begins"),
        ("meeting end", "When the meeting ends; of a series each of its dates.",
         "the meeting end; end of the meeting", "meeting ends; end; the meeting ends"),
        ("reply deadline", "The day by which people should answer.",
         "the reply deadline", "deadline; the deadline; replies are due; rsvp deadline"),
        ("invitation", "When that person's own invitation left.",
         "the invitation; their invitation", "invite; the invite; being invited"),
        ("item due", "The day an action item is due, at 17:00. Each item has its own mail; another day is another mail.",
         "the item due; item is due", "due date; item's due date; due; the due date; item due date; action item due; action item is due"),
        ("comment deadline", "Until when comments on a draft are asked for; each draft that is shared has its own.",
         "the comment deadline", "comments are due; end of comments; deadline for comments"),
    ),
    *_words(
        Kind.HAPPENING,
        ("reply is yes", "Somebody says yes.",
         "the reply is yes", "answer is yes; reply yes; somebody says yes; they say yes"),
        ("reply is no", "Somebody says no.",
         "the reply is no", "answer is no; reply no; somebody says no; they say no"),
        ("reply is maybe", "Somebody says maybe.",
         "the reply is maybe", "answer is maybe; reply maybe; somebody says maybe"),
        ("reply is unclear", "An answer came that only a person can decide."),
        ("meeting is moved", "The meeting gets another date or time.",
         "", "meeting moved; meeting moves; the meeting is moved; date is changed; meeting is changed; meeting is rescheduled"),
        ("meeting is cancelled", "The meeting will not take place.",
         "meeting is canceled", "meeting cancelled; meeting canceled; the meeting is cancelled"),
        ("place is changed", "The meeting gets another place or online link.",
         "", "place changes; the place is changed; room is changed"),
        ("mail bounces", "An address turns out not to work.", "", "a mail bounces; email bounces; mail bounced"),
        ("reply is done", "Somebody reports an action item as done.", "the reply is done",
         "reply done; item is reported done; reply is finished; reply is closed"),
        ("reply is help", "Somebody asks for help with an action item.", "the reply is help", "reply help; somebody asks for help"),
        ("delegate is named", "Somebody names a person who comes instead.", "a delegate is named", "delegate named"),
        ("summary is approved", "The summary of the meeting may go out.", "the summary is approved", "summary approved"),
        ("draft is shared", "A draft is given to the champions for their comments.", "a draft is shared; the draft is shared", "draft shared"),
        ("story is told", "Somebody tells of something that went well.", "a story is told", "story told; success is told"),
        ("candidate says yes", "Somebody is willing to be a champion.", "a candidate says yes", "candidate accepts; candidate agrees"),
        ("candidate says no", "Somebody would rather not be a champion.", "a candidate says no", "candidate declines; candidate refuses"),
        ("item is added", "A new action item.", "an item is added", "item added; new item"),
        ("seat is free", "A full meeting has a chair again.", "a seat is free", "seat free; chair is free; a seat becomes free; seat is empty"),
        ("call result is logged", "A champion reports a call.", "a call result is logged", "call is logged; call logged"),
        ("headcount changes by COUNT or more", "So many more or fewer come than the caterer was told last.",
         "the headcount changes by COUNT or more", "headcount changes by more than COUNT; headcount differs by COUNT or more"),
    ),
    *_words(
        Kind.GROUP,
        ("businesses", "People of companies. (A caterer is in none of the three: who brings the food gets numbers, not an invitation.)",
         "all businesses", "business; companies; business partners; the businesses"),
        ("public partners", "People of public partners.", "all public partners", "public partner; the public partners"),
        ("support partners", "People of support partners.",
         "all support partners", "support partner; the support partners"),
        ("champions", "Champions, the lead champion and co-chairs.", "all champions; the champions", "champion"),
        ("champion candidates", "Whom you would like to have as champions; the role is “champion candidate”.",
         "the champion candidates; all champion candidates", "candidates; candidate; champion candidate; future champions"),
        ("lead champion", "The lead champion.", "the lead champion"),
        ("their champion", "The champion of the person to whom something happened. Only with happenings."),
        ("co-chairs", "The co-chairs.", "the co-chairs", "co-chair; cochairs"),
        ("everyone invited", "Everybody whose invitation to this meeting has left.",
         "everyone; everybody; everybody invited; all invited",
         "all; invitees; all invitees; people; everyone who is invited; people invited; attendees; guests"),
        ("convener", "You.", "the convener", "me; conveners"),
        ("note taker", "Who takes notes.", "the note taker", "note-taker; notetaker; note takers"),
        ("caterer", "Who brings food and drink.", "the caterer", "caterers"),
        ("action team", "Everybody in the action team of the item or call; without one, everybody in any.",
         "the action team; action teams; all action teams", "team members; the team; action team members"),
        ("action team leads", "Everybody who leads an action team.", "the action team leads; all action team leads", "team leads"),
        ("action team lead", "Who leads the action team of the item, or of the person to whom something happened.",
         "the action team lead; their action team lead", "team lead; the team lead; action team leader"),
        ("item owner", "Who promised the action item. Only with action items.", "the item owner", "owner; the owner; owner of the item; item owners"),
        ("everyone with open items", "Everybody who has promised an action item that is open. Not for rules about one meeting.",
         "everybody with open items", "item owners with open items; people with open items; owners of open items"),
        ("the person who replied", "Whose answer it is, or whose turn for a free chair. Only with happenings.",
         "person who replied", "whoever replied; the person replying"),
        ("the delegate", 'Who comes instead of somebody. Only with "delegate is named".', "delegate; their delegate", "the replacement"),
    ),
    *_words(
        Kind.STATE,
        ("have not been invited", "No invitation to this meeting has left for them, and they have not answered.",
         "has not been invited", "are not invited; is not invited; haven't been invited; were not invited"),
        ("have been invited", "Their invitation to this meeting has left.",
         "has been invited", "are invited; is invited; were invited"),
        ("have not replied", "Invited, and no answer counts yet.",
         "has not replied",
         "haven't replied; hasn't replied; did not reply; didn't reply; have not answered; has not answered; are silent"),
        ("said yes", "Their answer is yes.",
         "have said yes; has said yes", "say yes; says yes; accepted; are coming; replied yes"),
        ("said no", "Their answer is no.", "have said no; has said no", "say no; says no; declined; replied no"),
        ("said maybe", "Their answer is maybe.",
         "have said maybe; has said maybe", "say maybe; says maybe; replied maybe"),
        ("have not said no", "Their answer is yes or maybe, or they have not answered.",
         "has not said no", "did not say no; didn't say no; have not declined"),
        ("attended", "They came.", "have attended; has attended", "came; were there"),
        ("did not attend", "They did not come.",
         "have not attended; has not attended", "didn't attend; did not come; were not there"),
    ),
    *_words(
        Kind.CONDITION,
        ("meeting starts within N", "The meeting begins in that time.",
         "the meeting starts within N", "meeting starts in N; meeting is within N; meeting start within N"),
        ("invited less than N ago", "Their invitation left in that time.",
         "", "invited within N; invited in the last N"),
        ("written to in the last N", "Any mail of any rule left for them in that time.",
         "",
         "written to less than N ago; written in the last N; mailed in the last N; written to within N; written to in last N"),
        ("call logged in the last N", "A call with them was noted in that time.",
         "", "called in the last N; called less than N ago; they were called in the last N; they have been called in the last N; "
         "call logged less than N ago; call logged within N; call logged in last N"),
        ("place is set", "The meeting has a place or an online link.", "the place is set"),
        ("place is not set", "The meeting has neither place nor online link.", "the place is not set",
         "no place is set; there is no place; place not set; place is unset; place is missing; place is open"),
        ("attendance is recorded", "It is known who came."),
        ("attendance is not recorded", "It is not known yet who came.",
         "", "attendance not recorded; attendance is unrecorded; attendance is missing; no attendance is recorded"),
        ("they already named a delegate", "Somebody comes instead of them.",
         "", "they named a delegate; already named a delegate"),
        ("they have commented", "They have answered about the draft that is shared now.", "they commented", "has commented; have commented"),
        ("summary is sent", "The summary has gone out.", "the summary is sent", "summary sent; summary has been sent"),
        ("summary is not sent", "The summary has not gone out.", "the summary is not sent",
         "summary not sent; summary is unsent; summary has not been sent"),
        ("summary is approved", "The summary may go out.", "the summary is approved", "summary approved"),
        ("summary is not approved", "The summary may not go out yet.", "the summary is not approved", "summary not approved; summary is unapproved"),
        ("notes are in", "The note taker has sent the notes.", "the notes are in", "notes are there; notes have arrived"),
        ("notes are not in", "The notes have not come yet.", "the notes are not in", "notes are missing; no notes are in; notes are not there"),
        ("call list is empty", "This champion has nobody left to call.", "the call list is empty", "call list empty; nobody is left to call"),
        ("item is open", "The action item is not done.", "the item is open", "item open; item is not done; item is undone; action item is open"),
        ("item is done", "The action item is done.", "the item is done", "item done; item is closed; item is not open; action item is done"),
        ("item has a new date", "The action item has another day now than the one that the mail is about.", "the item has a new date",
         "item has new date; item is moved; item got a new date; date is changed"),
        ("an action team has no call yet", "A team has not set up its first call.", "a team has no call yet",
         "action team has no call yet; action team has no call; a team has no call"),
        ("the plan has open items", "At least one action item of the plan is open.", "the action plan has open items",
         "plan has open items; there are open items; an action item is open; open items; plan is not empty"),
        ("a meeting was held last year", "At least one meeting of the calendar year before this one took place.", "",
         "there was a meeting last year; a meeting took place last year; we met last year"),
    ),
    *_words(
        Kind.ATTACHMENT,
        ("calendar invitation", "The meeting for the reader's calendar.",
         "", "calendar invite; invitation; calendar; ics; calendar file"),
        ("calendar update", "The changed meeting: it replaces the old one in the calendar.", "", "update"),
        ("calendar cancellation", "Takes the meeting out of the calendar.", "", "cancellation; calendar cancelation"),
        ("call list", "Whom the champion should call. With an empty list the mail does not go.", "the call list", "list of calls; calls; names"),
        ("attendee list", "Who is coming.", "the attendee list", "attendance list; list of attendees; attendees; guest list"),
        ("sign-in sheet", "A sheet to sign at the door.", "the sign-in sheet; sign-in sheets", "sign in sheet; signin sheet; sign-up sheet"),
        ("name badges", "A badge for each who is coming.", "", "badges; name badge; name tags"),
        ("table tents", "A name card for each who is coming.", "", "name cards; table tent; place cards"),
        ("summary", "The summary of the meeting.", "the summary", "meeting summary; minutes"),
        ("agenda", "The agenda of the meeting.", "the agenda"),
        ("timekeeper's agenda", "The agenda with what each part may take, for whoever keeps the time.", "", "timekeeper agenda"),
        ("checklist", "What to bring and to prepare.", "the checklist", "check list; materials checklist"),
        ("action plan", "The action plan as it is now.", "the action plan", "plan; action items; open items"),
        ("activity report", "What was done in the year: until March in the year before.", "the activity report", "yearly report; annual report"),
    ),
    *_words(
        Kind.ASK,
        ("yes, no or maybe", "Will they come?",
         "yes, no, or maybe; yes, no, maybe; yes no or maybe",
         "yes or no; yes/no; yes, no; yes/no/maybe; yes or no or maybe; rsvp"),
        ("name of a delegate", "Who comes instead?", "the name of a delegate", "a delegate; delegate; somebody else; name of the delegate"),
        ("call results", "What came of the calls?", "the call results", "results of the calls; results; calls; call result"),
        ("done, help or a new date", "How does the action item stand?", "done, help, or a new date",
         "done or help; done, help; done or a new date; done, help, new date; status"),
        ("one of the offered times", "Which time suits?", "one of the times", "offered times; a time; times; pick a time; which time"),
        ("a new address", "Which address works?", "another address", "new address; address; an address"),
        ("names to add or take off", "Whom do we miss on the list, and who is wrong? You decide about each.", "names to add or drop",
         "names; who is missing; changes of the list; names to add; whom do we miss"),
        ("an OK", "May it go out as it is?", "an ok", "ok; approval; your ok; okay"),
        ("comments", "What should be different?", "", "a comment; feedback; remarks"),
        ("what went well, and what is needed", "Successes to tell of, and where a hand is needed.",
         "what went well and what is needed", "stories; successes; a story; good news"),
        ("one or more of the choices", "Which of them? In a rule, the choices are the priorities of the action plan.",
         "some of the choices", "choices; one of the choices; which ones; which priorities"),
        ("an order of preference", "Which matters most?", "", "a ranking; ranking; order of preference; priorities"),
        ("an attachment", "A file.", "a file", "attachment; attachments; file; notes"),
    ),
    *_words(
        Kind.SIGNER,
        ("their champion", "The champion named for that person; where there is none, the lead champion.",
         "the champion; their own champion", "champion; champions; the champions"),
        ("lead champion", "The lead champion.", "the lead champion"),
        ("co-chair", "The co-chair.", "the co-chair", "co-chairs; cochair"),
        ("convener", "You, as without this line.", "the convener", "me"),
        ("action team lead", "Who leads the action team of the item, or the reader's.", "the action team lead; their action team lead",
         "team lead; action team leads"),
    ),
    *_words(
        Kind.HOLD,
        ("ask me first", "It waits until you release it.", "", "yes; ask first; ask; ask me; hold; true"),
        ("ask the signer first",
         "Who signs (on-behalf-of) is asked by mail, some days before: OK to send this in your name? It leaves on that OK, or on yours.",
         "ask the signer; ask the champion first", "signer; ask signer; ask signer first; ask champion; ask them first; ask the champion"),
        ("no", "It leaves by itself.", "", "false; never; none"),
    ),
    *_words(
        Kind.IF_LATE,
        ("skip", "It is not sent. The usual choice for mails before or after something.",
         "", "skip it; do not send; don't send; never"),
        ("send at once", "It is sent at once, while what it counts back from is still to come.", "", "send anyway; send; send late; send it at once"),
        ("send at once until meeting start", "It is sent at once, but not when the meeting has begun.",
         "", "send at once until the meeting starts; send until meeting start"),
        ("send if the meeting is at least N away", "It is sent at once while the meeting is that far off.",
         "", "send at once if the meeting is at least N away; send if meeting is at least N away; "
         "send if the meeting is N away; send if the meeting is more than N away"),
    ),
    *_words(
        Kind.BUNDLE,
        ("one mail per person per day", "Several mails of this rule to one person become one, at most one a day.", "",
         "one mail per person; one a day; per person; one mail a day; daily; one per person per day"),
        ("one mail per company", "One mail for all people of a company: to the first of them in the register.", "",
         "one per company; per company; one mail per organisation; company"),
    ),
    *_words(
        Kind.SEND_ON,
        ("business days", "Neither at the weekend nor on your holidays.",
         "", "business day; weekdays; working days; workdays; work days; monday to friday; monday-friday; mon-fri"),
        ("every day", "Any day.", "any day; all days", "always; any time; days"),
    ),
    *_words(
        Kind.DO,
        ("draft a meeting", 'Offers three times for a meeting; "for each action team" for one of each. The time that is chosen makes it.'),
        ("draft a planning call", "Offers three times for a planning call. The time that is chosen makes it."),
    ),
)
# fmt: on


@cache
def of_kind(kind: Kind) -> tuple[Word, ...]:
    """All words of *kind*."""
    return tuple(w for w in WORDS if w.kind is kind)


@cache
def word(kind: Kind, slug_: str) -> Word:
    """The word of *kind* whose slug is *slug_*."""
    return next(w for w in WORDS if w.kind is kind and w.slug == slug_)


def known(kind: Kind, own: Iterable[str] = ()) -> str:
    """Name the words of *kind*, for an error text."""
    return ", ".join([w.text for w in of_kind(kind)] + list(own))


LAWS = (
    "Nobody gets the same rule twice for the same date of a meeting.",
    "Conditions are read when the mail is about to leave.",
    "A rule that is new or changed never looks back.",
    "An answer, a dead address, a wish not to be written to, or a cancelled meeting ends every reminder at once.",
    "Times are those of the clock where the meeting is; daylight saving moves with it.",
    "A mail that may not leave at its hour waits for the next opening; if that is too late, if-late decides.",
    "After an outage only the latest of several reminders goes out.",
    'Lists mean "or" under to, when, unless and stop-when, and "and" under only-if. There is no other logic: write a second rule.',
    "Of a series, what counts from the start or end of the meeting comes with each date; invitations, and what follows them, come once.",
    "A file with a mistake changes nothing: the last good version stays in force.",
)
"""What always holds, without a word in any file."""


def vocabulary() -> str:
    """Print the whole table, for ``convener words``."""
    lines = [
        "The words of rule files. N is a length of time, such as 3 business days; COUNT is a number.",
        "",
    ]
    for kind in Kind:
        words = of_kind(kind)
        lines.append(kind.plural.capitalize() if not kind.plural.startswith("keys of") else kind.plural)
        width = min(44, max(len(w.text) for w in words) + 2)
        lines += [f"  {w.text:<{width}} {w.help}" for w in words]
        lines.append("")
    lines += ["What always holds", *(f"  {law}" for law in LAWS)]
    return "\n".join(lines) + "\n"
