"""The few words the service itself puts into letters, and dates in words: English, Spanish, German, French.

Promises: `phrases_for` always answers; a language that is not here gets the English words around a letter written in its own.
Dates name weekday and month, so that nobody takes 3/4 for the wrong day. "en" writes the American way, "en-gb" the British.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from mailer.terms import PartStat


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. *answers*: the word on each button, which the reader of answers knows, and the sentence it sends.
    *date*, *hours*, *span* are filled by `str.format`."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    hours: str
    span: str
    clock: str
    answers: dict[PartStat, tuple[str, str]]
    ask: str
    ask_or_tap: str
    when: str
    where: str
    online: str
    on_behalf_of: str
    stop: str
    stop_link: str
    via: str = "via"
    due: str = "due {date}"
    overdue: str = "was due {date}"
    no_date: str = "no date yet"
    help_asked: str = "help asked for"
    chairs: str = "Chairs: {count}"
    chairs_before: str = "Chairs: {count} (instead of {before})"
    nothing_open: str = "Nothing is open."
    first_of_month: str = "1"
    twelve_hours: bool = False


_ENGLISH = Phrases(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=tuple(
        "January February March April May June July August September October November December".split()  # noqa: SIM905
    ),
    date="{weekday}, {month} {day}, {year}",
    hours="{start} – {end} ({zone})",
    span="{date}, {start} – {end_date}, {end} ({zone})",
    clock="{hour}:{minute:02} {half}",
    answers={
        PartStat.ACCEPTED: ("Yes", "Yes, I will come."),
        PartStat.DECLINED: ("No", "No, I cannot come."),
        PartStat.TENTATIVE: ("Maybe", "Maybe. I do not know yet."),
    },
    ask="Just reply to this message: yes, no or maybe.",
    ask_or_tap="Just reply to this message with yes, no or maybe, or tap one of these:",
    when="When",
    where="Where",
    online="Online",
    on_behalf_of="On behalf of",
    stop="No more messages about this? Reply with the word “stop”.",
    stop_link="No more messages about this, please",
    twelve_hours=True,
)

_BRITISH = replace(_ENGLISH, date="{weekday}, {day} {month} {year}", clock="{hour}:{minute:02}", twelve_hours=False)

_SPANISH = Phrases(
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=tuple(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905
    ),
    date="{weekday}, {day} de {month} de {year}",
    hours="de {start} a {end} h ({zone})",
    span="{date}, {start} h – {end_date}, {end} h ({zone})",
    clock="{hour}:{minute:02}",
    answers={
        PartStat.ACCEPTED: ("Sí", "Sí, asistiré."),
        PartStat.DECLINED: ("No", "No, no podré asistir."),
        PartStat.TENTATIVE: ("Quizás", "Quizás. Todavía no lo sé."),
    },
    ask="Basta con responder a este mensaje: sí, no o quizás.",
    ask_or_tap="Basta con responder a este mensaje con sí, no o quizás, o pulsar una opción:",
    when="Cuándo",
    where="Dónde",
    online="En línea",
    on_behalf_of="En nombre de",
    stop="¿No desea más mensajes sobre esto? Responda con la palabra «stop».",
    stop_link="No deseo más mensajes sobre esto",
    due="para el {date}",
    overdue="era para el {date}",
    no_date="todavía sin fecha",
    help_asked="pide ayuda",
    chairs="Asientos: {count}",
    chairs_before="Asientos: {count} (en lugar de {before})",
    nothing_open="No hay nada pendiente.",
)

_GERMAN = Phrases(
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=tuple(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
    ),
    date="{weekday}, {day}. {month} {year}",
    hours="{start} bis {end} Uhr ({zone})",
    span="{date}, {start} Uhr bis {end_date}, {end} Uhr ({zone})",
    clock="{hour}:{minute:02}",
    answers={
        PartStat.ACCEPTED: ("Ja", "Ja, ich komme."),
        PartStat.DECLINED: ("Nein", "Nein, ich kann leider nicht kommen."),
        PartStat.TENTATIVE: ("Vielleicht", "Vielleicht. Ich weiß es noch nicht."),
    },
    ask="Antworten Sie einfach auf diese Nachricht: Ja, Nein oder Vielleicht.",
    ask_or_tap="Antworten Sie einfach mit Ja, Nein oder Vielleicht, oder tippen Sie hier:",
    when="Wann",
    where="Wo",
    online="Online",
    on_behalf_of="Im Namen von",
    stop="Keine weiteren Nachrichten dazu? Antworten Sie mit dem Wort „Stopp“.",
    stop_link="Bitte keine weiteren Nachrichten dazu",
    due="fällig {date}",
    overdue="war fällig {date}",
    no_date="noch ohne Termin",
    help_asked="bittet um Hilfe",
    chairs="Plätze: {count}",
    chairs_before="Plätze: {count} (statt {before})",
    nothing_open="Nichts ist offen.",
)

_FRENCH = Phrases(
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=tuple(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
    ),
    date="{weekday} {day} {month} {year}",
    hours="de {start} à {end} ({zone})",
    span="{date}, {start} – {end_date}, {end} ({zone})",
    clock="{hour} h {minute:02}",
    answers={
        PartStat.ACCEPTED: ("Oui", "Oui, je viendrai."),
        PartStat.DECLINED: ("Non", "Non, je ne pourrai pas venir."),
        PartStat.TENTATIVE: ("Peut-être", "Peut-être. Je ne sais pas encore."),
    },
    ask="Répondez simplement à ce message : oui, non ou peut-être.",
    ask_or_tap="Répondez simplement à ce message par oui, non ou peut-être, ou touchez l’un de ces boutons :",
    when="Quand",
    where="Où",
    online="En ligne",
    on_behalf_of="De la part de",
    stop="Plus de messages à ce sujet ? Répondez par le mot « stop ».",
    stop_link="Plus de messages à ce sujet, s’il vous plaît",
    first_of_month="1er",
    due="pour le {date}",
    overdue="était pour le {date}",
    no_date="pas encore de date",
    help_asked="demande de l’aide",
    chairs="Places : {count}",
    chairs_before="Places : {count} (au lieu de {before})",
    nothing_open="Rien n’est en cours.",
)

LANGUAGES = {"en": _ENGLISH, "en-gb": _BRITISH, "es": _SPANISH, "de": _GERMAN, "fr": _FRENCH}


def phrases_for(language: str) -> Phrases:
    """The words for *language* ("es", "es-MX"): its own, those of the language without its region, or English."""
    key = language.lower().replace("_", "-")
    return LANGUAGES.get(key) or LANGUAGES.get(key.partition("-")[0]) or _ENGLISH


def date_in_words(local: datetime, phrases: Phrases) -> str:
    """*local* (on the meeting's wall clock) as a date."""
    return phrases.date.format(
        weekday=phrases.weekdays[local.weekday()],
        day=phrases.first_of_month if local.day == 1 else local.day,
        month=phrases.months[local.month - 1],
        year=local.year,
    )


def short_date(day: date, phrases: Phrases) -> str:
    """A date without its weekday, for lists that have little room."""
    pattern = phrases.date.replace("{weekday}, ", "").replace("{weekday} ", "")
    return date_in_words(datetime.combine(day, time()), replace(phrases, date=pattern))


def time_in_words(local: datetime, phrases: Phrases) -> str:
    """*local* as a time of day."""
    if phrases.twelve_hours:
        half = "am" if local.hour < 12 else "pm"
        return phrases.clock.format(hour=(local.hour + 11) % 12 + 1, minute=local.minute, half=half)
    return phrases.clock.format(hour=local.hour, minute=local.minute)


def zone_in_words(local: datetime) -> str:
    """The abbreviation people know (CDT, CET), or the difference to UTC where the zone has none."""
    name = local.tzname() or "UTC"
    if name.isalpha():
        return name
    minutes = round((local.utcoffset() or datetime.resolution).total_seconds() / 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def hours_in_words(start: datetime, end: datetime, phrases: Phrases) -> str:
    """From when to when, on one day; empty if it takes more than one. *start* and *end* are on the meeting's wall clock."""
    if start.date() != end.date():
        return ""
    times = {"start": time_in_words(start, phrases), "end": time_in_words(end, phrases)}
    return phrases.hours.format(**times, zone=zone_in_words(start))


def when_in_words(start: datetime, end: datetime, phrases: Phrases) -> str:
    """Both ends of a meeting in one phrase."""
    date = date_in_words(start, phrases)
    if hours := hours_in_words(start, end, phrases):
        return f"{date}, {hours}"
    return phrases.span.format(
        date=date,
        start=time_in_words(start, phrases),
        end_date=date_in_words(end, phrases),
        end=time_in_words(end, phrases),
        zone=zone_in_words(start),
    )
