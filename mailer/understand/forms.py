"""What can be asked of the service by mail: the verbs, the form that each is written in, and the wordings that are taken for it.

Promises: values only; a pattern takes a whole line or nothing, and every pattern is linear. To look may be asked for in many words; what changes
          something has few.
"""

import re
from enum import StrEnum


class Verb(StrEnum):
    """What can be asked."""

    HELP = "help"
    STATUS = "status"
    WHO = "who is coming"
    WAITING = "waiting"
    PREVIEW = "preview"
    REHEARSE = "rehearse"
    WHY = "why"
    WORDS = "words"
    GAPS = "gaps"
    CHANGES = "changes"
    TEST_LETTER = "test letter"
    PLAN = "plan"
    QUESTIONS = "questions"
    RELEASE = "release"
    HOLD = "hold"
    DROP = "drop"
    MOVE = "move"
    PLACE = "place"
    CANCEL = "cancel"
    ADD = "add"
    FORGET = "forget"
    IMPORT = "import"
    TAKE_BACK = "take back"
    EXPORT = "export"
    LETTER = "letter"
    ANSWER = "answer"
    CAME = "came"
    ITEM_ADD = "add item"
    ITEM_DONE = "done"
    ITEM_OPEN = "open"
    ITEM_DROP = "drop item"
    ITEM_DUE = "due"
    WRITE = "summary of"
    APPROVE = "approve"
    SHARE = "share"
    ASK = "ask"
    DECIDED = "decided"
    STORIES = "stories"
    PUBLISH = "publish story"
    STORY_DROP = "drop story"
    REPORT = "report"
    HELPERS = "who could help"
    HELPS = "helps with"
    JOIN = "invite into"
    SETTLE = "settle"
    UNDO = "undo"
    CODE = "code"


LOOKS = frozenset(
    {
        Verb.HELP, Verb.STATUS, Verb.WHO, Verb.WAITING, Verb.PREVIEW, Verb.REHEARSE, Verb.WHY, Verb.WORDS, Verb.GAPS, Verb.CHANGES, Verb.TEST_LETTER,
        Verb.PLAN,
        Verb.QUESTIONS, Verb.STORIES, Verb.REPORT, Verb.HELPERS, Verb.CODE,
    }
)  # fmt: skip
"""What changes nothing by itself: it may be asked for in many words."""


FORMS: tuple[tuple[Verb, str, str], ...] = (
    (Verb.HELP, "help", "what you can write to me"),
    (Verb.STATUS, "status", "meetings, answers, what waits for you"),
    (Verb.WHO, "who is coming to MEETING", "the list, with why each line says so"),
    (Verb.WAITING, "waiting", "letters that wait for your word, and unclear cases"),
    (Verb.PREVIEW, "preview MEETING", "what will be sent when, and to how many"),
    (Verb.REHEARSE, "rehearse MEETING", "the whole sequence with pretend answers; nothing is sent"),
    (Verb.WHY, "why ADDRESS", "why somebody got, or did not get, each letter"),
    (Verb.WORDS, "words", "the words of rule files"),
    (Verb.GAPS, "gaps", "the kinds of public partner for which nobody is there yet"),
    (Verb.CHANGES, "changes", "what edited rule files would change"),
    (Verb.TEST_LETTER, "test-letter LETTER for ann@acme.example", "any letter with a real person's data, to you alone"),
    (Verb.PLAN, "plan", "the action plan with its open items"),
    (Verb.QUESTIONS, "questions", "what you have offered, and who said what"),
    (Verb.RELEASE, "release RULE of MEETING", "send letters that wait for your word"),
    (Verb.HOLD, "hold RULE of MEETING", "its letters wait for your word until you release them"),
    (Verb.DROP, "drop RULE of MEETING", "do not send them"),
    (Verb.MOVE, "move MEETING to 19 March 2026 9:00", "another date or time; everybody is told"),
    (Verb.PLACE, "place of MEETING: Acme Hall, 1 Main St", "another place; everybody is told"),
    (Verb.CANCEL, "cancel MEETING", "everybody is told"),
    (
        Verb.ADD,
        "add Ann Lee ann@acme.example from Acme",
        "somebody new in the register; add “as champion”, “as public partner”",
    ),
    (Verb.IMPORT, "import this list", "with the list attached: CSV from a spreadsheet, or address cards (.vcf)"),
    (Verb.LETTER, "letter of Acme College: public partner", "which of the two letters they get, once and for all"),
    (Verb.EXPORT, "export ann@acme.example", "everything that is kept about somebody, as a file"),
    (Verb.FORGET, "forget ann@acme.example", "erase a person"),
    (Verb.ANSWER, "ann@acme.example yes +1 for MEETING", "an answer you got by telephone"),
    (
        Verb.CAME,
        "came to MEETING: Ann Lee, Bob Stone; walk-in: Cho Lee, Acme",
        "who was there; or “all came but Bob”; of a series “came to MEETING on 9 April: …”; or attach the sign-in sheet as CSV",
    ),
    (Verb.ITEM_ADD, "add item: call three schools, owner Ann Lee, due 3 May", "something for the action plan"),
    (Verb.ITEM_DONE, "item 12 done", "an action item is finished"),
    (Verb.ITEM_OPEN, "item 12 open", "it is not finished after all"),
    (Verb.ITEM_DROP, "item 12 dropped", "nobody needs it any more"),
    (Verb.ITEM_DUE, "item 12 due 3 May", "an action item has another day"),
    (Verb.WRITE, "summary of MEETING:", "with the text on the lines below; it waits for your approval"),
    (Verb.APPROVE, "approve summary of MEETING", "the summary may go out"),
    (
        Verb.SHARE,
        "share summary of MEETING until 18 March 2026",
        "the champions are asked for comments; or “share plan of MEETING”",
    ),
    (
        Verb.ASK,
        "ask everyone before MEETING: What comes first? Schools / Transport / Welding",
        "one question, answered by reply; or businesses, champions, public partners; without choices they answer in words",
    ),
    (Verb.DECIDED, "decided at MEETING: we meet once a quarter", "a line of the decision log"),
    (Verb.STORIES, "stories", "what people told of: what went well, and where a hand is needed"),
    (Verb.PUBLISH, "publish story 3", "it may stand in updates and in the yearly report"),
    (Verb.STORY_DROP, "drop story 3", "it stays with you"),
    (Verb.REPORT, "report 2026", "what was done in a year, in numbers and stories"),
    (Verb.HELPERS, "who could help with PRIORITY", "partners who said so, or whose strengths fit"),
    (Verb.HELPS, "pat@college.example helps with: welding, transport", "what a partner can help with"),
    (Verb.JOIN, "invite pat@college.example into TEAM", "the lead of an action team asks; a yes makes the member"),
    (
        Verb.SETTLE,
        "settle QUESTION 2",
        "take the second of the offered times; QUESTION is its number or words of its title",
    ),
    (Verb.UNDO, "undo", "in reply to what I did: take it back"),
)
"""Every form, and what it does: for "help" and for what is suggested instead of a slip."""

_ADDRESS = r"[^\s<>,;:()\"']{1,64}@[^\s<>,;:()\"']{1,190}\.[a-z]{2,24}"
_MEETING = r"(?P<meeting>[\w][\w .-]{0,60}?)"
_THE = r"(?:the )?"
_OF = rf"(?: (?:of|for|about) {_THE}{_MEETING})?"
_NO_RULE = (
    r"(?!(?:it|this|that|them|these|those|all|everything|everybody|now|me|us|on|off|you|your|up|out|to|help|more)\b)"
)
_RULE = rf"{_THE}\[?{_NO_RULE}(?P<text>[a-z0-9][a-z0-9-]{{0,60}})\]?"
_ROLES = "business|public partner|support partner|champion|champion candidate|lead champion|co-chair|note taker|caterer|action team lead"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\s*[.!]*", re.IGNORECASE)


PATTERNS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    (Verb.HELP, _form(
        r"help(?: me)?|i need help|how does this work|how do i do this|commands|(?:list )?all commands|"
        r"what (?:can|may|do) (?:you do|i (?:write|do|say|ask)(?: (?:here|to you))?)|instructions|manual|ayuda|hilfe|aide"
    )),
    (Verb.STATUS, _form(
        rf"(?:a |the )?status(?: report)?(?: (?:of|for) {_THE}{_MEETING}| (?!please\b)(?P<meeting2>[\w-]{{2,60}}))?|"
        r"how (?:are we|is it|are things|is everything)(?: (?:doing|going|standing))?|how (?:do|does) (?:things|it) (?:stand|look)|"
        r"where (?:do|are) (?:we|things)(?: stand)?|what(?:'s|’s| is) (?:the status|up|new)|(?:an )?overview|estado"
    )),
    (Verb.WHO, _form(
        rf"(?:who(?: is|'s|’s|s)?(?: all| not)? (?:coming|attending|invited|expected)|"
        rf"who (?:comes|attends|will (?:come|attend|be there)|(?:has )?(?:answered|replied|said (?:yes|no))|has(?: not|n['’]?t) answered|is missing)|"
        rf"how many(?: people)? (?:are|will be) (?:coming|attending)|"
        rf"(?:the |a )?(?:attendance|(?:attendance |guest |attendee )?list|attendees|guests|participants|headcount|rsvps?|replies|answers))"
        rf"(?: (?:to|for|of|at) {_THE}{_MEETING}| (?!please\b)(?P<meeting2>[\w-]{{2,60}}))?|"
        rf"who will be at {_THE}(?P<meeting3>[\w][\w .-]{{0,60}}?)"
    )),
    (Verb.WAITING, _form(
        r"waiting|held|review|(?:what|anything)(?: is|'s|’s)? (?:waiting|held|left to do)(?: for me)?|what waits(?: for me)?|"
        r"what (?:do|must|should) i (?:do|decide|look at)|(?:the )?(?:queue|(?:open |unclear )?cases)"
    )),
    (Verb.PREVIEW, _form(
        rf"(?:a |the )?preview(?: of| for)? {_THE}{_MEETING}|preview|what goes out(?: next)?|what(?:'s|’s| is) next|"
        rf"what (?:will|is going to) (?:be sent|go out|happen)(?: next)?(?: for {_THE}(?P<meeting2>[\w][\w .-]{{0,60}}?))?"
    )),
    (Verb.REHEARSE, _form(rf"rehearse {_THE}{_MEETING}(?P<text> (?:--|with ).{{0,300}})?|rehearse")),
    (Verb.WHY, _form(
        rf"why (?:did )?(?P<address>{_ADDRESS})(?: (?P<text>\[?(?!for\b|at\b|get\b|not\b)[a-z0-9][a-z0-9-]{{0,60}}\]?))?(?: (?:for|at) {_MEETING})?"
    )),
    (Verb.WORDS, _form(r"words")),
    (Verb.GAPS, _form(r"(?:the )?gaps|who is missing|whom do we miss")),
    (Verb.CHANGES, _form(r"changes")),
    (Verb.TEST_LETTER, _form(
        rf"test[ -]letter[ :]+[“\"]?(?P<text>[a-z0-9][a-z0-9-]{{0,80}})[”\"]? (?:for|to|as) <?(?P<address>{_ADDRESS})>?"
        rf"(?: (?:about|of|at) {_THE}{_MEETING})?"
    )),
    (Verb.PLAN, _form(r"(?:the )?(?:action )?plan|(?:the )?(?:open |action )items|what is (?:open|overdue)")),
    (Verb.QUESTIONS, _form(r"(?:the )?(?:open )?questions|(?:the )?tally|(?:the )?votes")),
    (Verb.SHARE, _form(
        rf"share (?:the )?(?:draft (?:of the )?)?(?P<text>summary|plan|action plan)(?: (?:of|about|after) {_THE}{_MEETING})?"
        r"(?: until (?P<when>.{3,40}?))?"
    )),
    (Verb.ASK, _form(
        rf"ask (?:the |all )?(?P<who>businesses|public partners|support partners|champions|everyone|everybody)"
        rf"(?: (?:before|of|for) {_THE}{_MEETING})?: ?(?P<text>.{{5,400}}?)"
    )),
    (Verb.DECIDED, _form(rf"decided(?: (?:at|in) {_THE}{_MEETING})?: ?(?P<text>.{{3,400}}?)")),
    (Verb.STORIES, _form(r"(?:the )?(?:success )?stories(?: and (?:needs|asks))?")),
    (Verb.PUBLISH, _form(r"(?:publish|approve) story (?P<number>\d{1,6})")),
    (Verb.STORY_DROP, _form(r"drop story (?P<number>\d{1,6})")),
    (Verb.REPORT, _form(r"(?:the )?(?:activity |yearly |annual )?report(?: (?:of|for|about))?(?: (?P<number>20\d\d))?")),
    (Verb.HELPERS, _form(r"who (?:could|can|may) help(?: us)?(?: with)? (?P<text>.{2,200}?)")),
    (Verb.HELPS, _form(rf"<?(?P<address>{_ADDRESS})>? (?:helps|can help|could help) with:? (?P<text>.{{2,300}}?)")),
    (Verb.JOIN, _form(rf"invite <?(?P<address>{_ADDRESS})>? into (?:the )?(?:action )?(?:team )?(?P<text>.{{2,200}}?)")),
    (Verb.ITEM_DROP, _form(r"item (?P<number>\d{1,4}) (?:is )?dropped|drop item (?P<number2>\d{1,4})")),
    (Verb.HOLD, _form(rf"(?:hold|pause) (?:back )?{_RULE}{_OF}")),
    (Verb.RELEASE, _form(rf"(?:release|send) {_RULE}{_OF}")),
    (Verb.DROP, _form(rf"(?:drop|do not send|don['’]?t send) {_RULE}{_OF}")),
    (Verb.ITEM_DUE, _form(r"(?:move )?item (?P<number>\d{1,4}) (?:is )?(?:now )?(?:due|by|to) (?P<when>.{3,40}?)")),
    (Verb.MOVE, _form(rf"move {_THE}{_MEETING} to (?P<when>.{{3,60}}?)")),
    (Verb.PLACE, _form(rf"(?:the )?place of {_THE}{_MEETING}: ?(?P<text>.{{2,200}}?)")),
    (Verb.PLACE, _form(rf"change (?:the )?place of {_THE}{_MEETING}(?: to |: ?)(?P<text>.{{2,200}}?)")),
    (Verb.CANCEL, _form(rf"cancel {_THE}{_MEETING}")),
    (Verb.ITEM_ADD, _form(
        r"(?:add |new |add new )(?:action )?item:? (?P<text>.{3,300}?)(?:,? owner:? (?P<who>[^,]{2,80}?))?(?:,? due:? (?P<when>.{3,40}?))?"
    )),
    (Verb.ADD, _form(
        rf"add (?P<who>[^\d<>@:;]{{2,80}}?)(?:,? (?:from|of|at) (?P<organisation2>[^<>@;]{{2,100}}?))?[ ,]+[(<]?(?P<address>{_ADDRESS})[)>]?"
        rf"(?:,? (?:from|of|at) (?P<organisation>.{{2,100}}?))?(?:,? as (?:an? |the )?(?P<role>{_ROLES}))?"
    )),
    (Verb.IMPORT, _form(r"import (?P<text>.{1,200}?) of mail (?P<number>\d{1,9})/(?P<guests>\d{1,2})")),
    (Verb.IMPORT, _form(
        r"(?:import|add)(?: (?:this|these|the|my|all))?(?: new| attached)?"
        r"(?: (?:list|people|persons|contacts|file|csv|cards?)){1,2}(?: attached)?|import"
    )),
    (Verb.TAKE_BACK, _form(r"take back import (?P<number>\d{1,9})")),
    (Verb.EXPORT, _form(rf"(?:export|everything (?:you have )?(?:about|on|of)) <?(?P<address>{_ADDRESS})>?")),
    (Verb.LETTER, _form(r"letter (?:of|for) (?P<text>.{2,200}?): ?(?P<role>business|public partner|support partner)")),
    (Verb.FORGET, _form(rf"(?:forget|erase) <?(?P<address>{_ADDRESS})>?")),
    (Verb.ANSWER, _form(
        rf"<?(?P<address>{_ADDRESS})>?:?(?: says?| said)? (?P<answer>yes|no|maybe|open)(?: ?\+ ?(?P<guests>\d{{1,2}}))?"
        rf"(?: (?:to|for) {_THE}{_MEETING})?"
    )),
    (Verb.ITEM_DONE, _form(r"item (?P<number>\d{1,4}) (?:is )?done|done (?P<number2>\d{1,4})")),
    (Verb.ITEM_OPEN, _form(r"item (?P<number>\d{1,4}) (?:is )?(?:open|not done)(?: again)?|(?:re)?open item (?P<number2>\d{1,4})")),
    (Verb.WRITE, _form(rf"(?:(?:the|this is the) )?summary(?: (?:of|for) {_THE}{_MEETING})?(?: in mail (?P<number>\d{{1,9}}))?:?")),
    (Verb.APPROVE, _form(rf"approve (?:the )?summary(?: of {_THE}{_MEETING})?")),
    (Verb.SETTLE, _form(
        r"settle (?!.*\b(?:or|not|maybe|perhaps|if|either|unless|later|both)\b)"
        r"(?:(?:the )?(?:question )?(?:on |about )?[“\"]?(?P<text>\w[\w .,'’&/-]{0,90}?)[”\"]?(?: with|:|,)? )?(?:number )?(?P<number>\d{1,3})"
    )),
    (Verb.UNDO, _form(r"undo(?: it| that| this)?|take (?:it|that|this) back")),
    (Verb.CODE, _form(r"(?:the )?(?:code(?: is)?:? )?(?P<number>\d{3}) ?(?P<number_tail>\d{3})")),
)  # fmt: skip

VERB_WORDS = re.compile(
    r"(?:preview|rehearse|why|release|send|hold|pause|stop|halt|drop|move|shift|cancel|call off|add|invite|forget|erase|approve|settle|"
    r"share|publish|decided|report|stories|ask|"
    r"export(?= \S+(?: \S+){0,4}$)|letter of|unhold|resume|meetings$|"
    r"postpone|reschedule|put off|delete|remove|undo|place|venue|change|rename|help|status|who|came|attended|item|new item|done|"
    r"(?:all|everybody|everyone|nobody) \w+|don['’]?t send|do not send)\b",
    re.IGNORECASE,
)
OTHER_WORDS = {
    "postpone": Verb.MOVE, "reschedule": Verb.MOVE, "put": Verb.MOVE, "shift": Verb.MOVE, "delete": Verb.FORGET, "remove": Verb.FORGET,
    "erase": Verb.FORGET, "place": Verb.PLACE, "venue": Verb.PLACE, "change": Verb.PLACE, "send": Verb.RELEASE, "pause": Verb.HOLD,
    "stop": Verb.HOLD, "halt": Verb.HOLD, "call": Verb.CANCEL, "invite": Verb.ADD, "unhold": Verb.RELEASE,
    "resume": Verb.RELEASE, "meetings": Verb.STATUS, "item": Verb.ITEM_DONE, "done": Verb.ITEM_DONE,
    "new": Verb.ITEM_ADD, "attended": Verb.CAME, "all": Verb.CAME, "everybody": Verb.CAME, "everyone": Verb.CAME, "nobody": Verb.CAME,
    "report": Verb.REPORT, "whos": Verb.WHO, "attendance": Verb.WHO, "don't": Verb.DROP, "don’t": Verb.DROP, "dont": Verb.DROP, "do": Verb.DROP,
}  # fmt: skip
"""What a convener may write for it; understood as far as to say what to write instead."""


def form_of(verb: Verb) -> str:
    return next((form for v, form, _ in FORMS if v is verb), "help")
