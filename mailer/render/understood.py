"""What the service understood of somebody's answer, in one plain sentence and the way to correct it: English, Spanish, German, French.

    I understood that you are coming to “Launch meeting” on Thursday, March 12, 2026 with two others. If that is wrong, just reply and say so.

Promises: says what is recorded, whatever way it came, and who recorded it; empty where there is no answer. A language that is not here gets
the English sentence, as everywhere in this package.
"""

from dataclasses import dataclass

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.render.lines import one_line
from mailer.render.phrases import date_in_words, phrases_for
from mailer.terms import PartStat, Via

_MOST_NEEDS = 200


@dataclass(frozen=True, slots=True)
class Sentences:
    """One language. *lead* by who understood: from words, by hand (*who*), from a calendar or a button. *numbers* from two on."""

    words: str
    hand: str
    noted: str
    partstats: dict[PartStat, str]
    one_more: str
    more: str
    numbers: tuple[str, ...]
    needs: str
    correct: str
    somebody: str


_ENGLISH = Sentences(
    words="I understood that {what}.",
    hand="{who} has noted that {what}.",
    noted="I have noted that {what}.",
    partstats={
        PartStat.ACCEPTED: "you are coming to “{title}” on {date}",
        PartStat.DECLINED: "you cannot come to “{title}” on {date}",
        PartStat.TENTATIVE: "you do not know yet whether you can come to “{title}” on {date}",
        PartStat.DELEGATED: "{delegate} is coming in your place to “{title}” on {date}",
    },
    one_more=" with one other person",
    more=" with {number} others",
    numbers=tuple("two three four five six seven eight nine ten eleven twelve".split()),  # noqa: SIM905
    needs="I have noted this for you: {needs}.",
    correct="If that is wrong, just reply and say so.",
    somebody="somebody else",
)
_SPANISH = Sentences(
    words="He entendido que {what}.",
    hand="{who} ha anotado que {what}.",
    noted="He anotado que {what}.",
    partstats={
        PartStat.ACCEPTED: "usted asistirá a «{title}» el {date}",
        PartStat.DECLINED: "usted no podrá asistir a «{title}» el {date}",
        PartStat.TENTATIVE: "usted aún no sabe si podrá asistir a «{title}» el {date}",
        PartStat.DELEGATED: "{delegate} asistirá en su lugar a «{title}» el {date}",
    },
    one_more=" con una persona más",
    more=" con {number} personas más",
    numbers=tuple("dos tres cuatro cinco seis siete ocho nueve diez once doce".split()),  # noqa: SIM905
    needs="He anotado esto para usted: {needs}.",
    correct="Si no es así, basta con responder y decirlo.",
    somebody="otra persona",
)
_GERMAN = Sentences(
    words="Ich habe verstanden, dass {what}.",
    hand="{who} hat vermerkt, dass {what}.",
    noted="Ich habe vermerkt, dass {what}.",
    partstats={
        PartStat.ACCEPTED: "Sie am {date}{party} zu „{title}“ kommen",
        PartStat.DECLINED: "Sie am {date} nicht zu „{title}“ kommen können",
        PartStat.TENTATIVE: "Sie noch nicht wissen, ob Sie am {date}{party} zu „{title}“ kommen können",
        PartStat.DELEGATED: "{delegate} am {date} an Ihrer Stelle zu „{title}“ kommt",
    },
    one_more=" mit einer weiteren Person",
    more=" mit {number} weiteren Personen",
    numbers=tuple("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()),  # noqa: SIM905
    needs="Vermerkt habe ich für Sie: {needs}.",
    correct="Falls das nicht stimmt, antworten Sie einfach und sagen Sie es.",
    somebody="jemand anderes",
)
_FRENCH = Sentences(
    words="J’ai compris que {what}.",
    hand="{who} a noté que {what}.",
    noted="J’ai noté que {what}.",
    partstats={
        PartStat.ACCEPTED: "vous viendrez à « {title} » le {date}",
        PartStat.DECLINED: "vous ne pourrez pas venir à « {title} » le {date}",
        PartStat.TENTATIVE: "vous ne savez pas encore si vous pourrez venir à « {title} » le {date}",
        PartStat.DELEGATED: "{delegate} viendra à votre place à « {title} » le {date}",
    },
    one_more=" avec une autre personne",
    more=" avec {number} autres personnes",
    numbers=tuple("deux trois quatre cinq six sept huit neuf dix onze douze".split()),  # noqa: SIM905
    needs="J’ai noté ceci pour vous : {needs}.",
    correct="Si ce n’est pas cela, répondez simplement à ce message.",
    somebody="quelqu’un d’autre",
)
_LANGUAGES = {"en": _ENGLISH, "es": _SPANISH, "de": _GERMAN, "fr": _FRENCH}


def understood(
    invitation: Invitation | None, meeting: Meeting | None, language: str, *, delegate: str = "", recorded_by: str = ""
) -> str:
    """The sentence about the answer of *invitation*. *recorded_by*: the convener, who entered what did not come from the person's own mail."""
    key = language.lower().replace("_", "-").partition("-")[0]
    words = _LANGUAGES.get(key, _ENGLISH)
    if invitation is None or meeting is None or invitation.partstat not in words.partstats:
        return ""
    party = _party(invitation, words)
    sentence = words.partstats[invitation.partstat]
    what = sentence.format(
        title=one_line(meeting.title),
        date=date_in_words(meeting.local(meeting.dtstart), phrases_for(language)),
        delegate=one_line(delegate) or words.somebody,
        party=party,
    ) + ("" if "{party}" in sentence else party)
    said = [_lead(invitation, words, recorded_by).format(who=one_line(recorded_by), what=what)]
    if invitation.needs and invitation.partstat is not PartStat.DECLINED:
        said.append(words.needs.format(needs=one_line(invitation.needs)[:_MOST_NEEDS].rstrip(" .")))
    return " ".join([*said, words.correct])


def _lead(invitation: Invitation, words: Sentences, recorded_by: str) -> str:
    if invitation.via is Via.HAND and recorded_by.strip():
        return words.hand
    return words.words if invitation.via is Via.WORDS else words.noted


def _party(invitation: Invitation, words: Sentences) -> str:
    if invitation.partstat not in (PartStat.ACCEPTED, PartStat.TENTATIVE) or invitation.guests < 1:
        return ""
    if invitation.guests == 1:
        return words.one_more
    at = invitation.guests - 2
    return words.more.format(number=words.numbers[at] if at < len(words.numbers) else invitation.guests)
