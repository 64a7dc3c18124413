"""What was noted of an answer, told to whoever wrote it in their own language: English as it is recorded, Spanish.

Promises: `noted` always answers; a sentence or a language that is not here is told in English. Names, titles and the person's own words stay as
they are. Every pattern is linear.
"""

import re
from datetime import datetime

from mailer.render.phrases import Phrases, date_in_words, phrases_for

_BETWEEN = "; "
"""Stands between sentences where they are recorded, and may stand within one."""
_MOST_PIECES = 6
"""Of one sentence."""
_FULL_DATE = re.compile(
    r"\d\d (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?"
)
_SHORT_TIME = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: (\d{4}))?( \d\d:\d\d)"
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {
    "yes": "sí", "no": "no", "maybe": "quizás", "voicemail": "contestador", "call again": "volver a llamar", "wrong number": "número equivocado",
    "talked": "se habló",
}  # fmt: skip

_SPANISH: tuple[tuple[str, str], ...] = (
    (r"(\d+) is done", "el punto {0} queda cerrado"),
    (r"(\d+) needs help: (.*)", "el punto {0} necesita ayuda: {1}"),
    (r"(\d+) is now due on (.{3,40})", "el punto {0} tiene nueva fecha: {date1}"),
    (r"(\d+) is in progress: (.*)", "el punto {0} está en marcha: {1}"),
    (r"there is no item (\d+)", "no hay ningún punto {0}"),
    (r"item (\d+) is somebody else's now: nothing was changed", "el punto {0} es ahora de otra persona: no se ha cambiado nada"),
    (r"item (\d+) was dropped: nothing was changed", "el punto {0} ya no hace falta: no se ha cambiado nada"),
    (r"nobody comes instead", "nadie viene en su lugar"),
    (r"(.{1,160}) is written to at (\S+) from now on", "a partir de ahora se escribirá a {0} a la dirección {1}"),
    (r"(\d+) mails that came back go out again", "se reenvían {0} correos devueltos"),
    (r"(\S+) is the address of somebody else", "{0} es la dirección de otra persona"),
    (r"the person is gone", "esa persona ya no está"),
    (r"no address is in it", "no contiene ninguna dirección"),
    (r"notes are in: (.*)", "las notas han llegado: {0}"),
    (r"a file was asked for, and none is attached", "se pidió un archivo y no hay ninguno adjunto"),
    (r"the file (.{1,160}) could not be kept", "el archivo {0} no se ha podido guardar"),
    (r"these times suit you: (.*)", "le vienen bien estas horas: {times0}"),
    (r"none of these times suits you", "ninguna de estas horas le viene bien"),
    (r"your order is noted", "su orden está anotado"),
    (r"you take: (.*)", "usted elige: {0}"),
    (r"none of these", "ninguna de estas opciones"),
    (r"what was offered is not known any more", "ya no se sabe qué se había ofrecido"),
    (r"this was settled before the answer came", "esto ya estaba decidido cuando llegó la respuesta"),
    (r"the list is right as it is", "la lista está bien como está"),
    (r"your answer is noted, thank you", "su respuesta está anotada, gracias"),
    (r"your story is noted, thank you", "su historia está anotada, gracias"),
    (r"I see what can be done about what you need", "veré qué se puede hacer con lo que necesita"),
    (r"nothing to tell this time", "esta vez no hay nada que contar"),
    (r"your comment is noted", "su comentario está anotado"),
    (r"you have no comments", "usted no tiene comentarios"),
    (r"there is no draft that could be commented on", "no hay ningún borrador que comentar"),
    (r"the text was approved before this comment came: “(.*)”", "el texto se aprobó antes de que llegara este comentario: «{0}»"),
    (r"this comment came after the day on which they were gathered: “(.*)”", "este comentario llegó después del plazo: «{0}»"),
    (r"not understood: “(.*)”", "no entendido: «{0}»"),
    (r"this kind of answer waits for you", "esta respuesta la leerá una persona"),
    (r"of which letter this speaks is not known any more", "ya no se sabe de qué carta se trata"),
    (r"(.{1,160}) reports (.{1,160}) of (.{1,160}), who answered otherwise: nothing was changed",
     "{2} había respondido otra cosa: no se ha cambiado nada"),
    (r"“(.*)” may go out in your name", "«{0}» puede salir en su nombre"),
    (r"“(.*)” has your OK already", "«{0}» ya tiene su visto bueno"),
    (r"“(.{0,300})” was changed since that mail: the new text waits for an OK of its own, see my mail of (.{3,60})",
     "«{0}» ha cambiado desde aquel correo: el nuevo texto espera su propio visto bueno; vea mi correo del {times1}"),
    (r"“(.*)” is no longer waiting: it had left, or was dropped, before your OK came",
     "«{0}» ya no espera: había salido, o se había retirado, antes de su visto bueno"),
    (r"nothing of “(.*)” waits any more: it had left, or was dropped, before your mail came",
     "nada de «{0}» espera ya: había salido, o se había retirado, antes de su correo"),
    (r"“(.*)” does not go out in your name as it is", "«{0}» no saldrá en su nombre tal como está"),
    (r"the convener has your words", "la coordinación tiene sus palabras"),
    (r"(.{1,160}) joins (.{1,160})", "{0} se une a {1}"),
    (r"(.{1,160}) says (yes|no|maybe) to joining (.{1,160})", "{0} responde {word1} a unirse a {2}"),
    (r"(.{1,160}) proposes, and (.{1,160}) decides:", "{0} propone, y {1} decide:"),
    (r"(.{1,160}): (yes|no|maybe|voicemail|call again|wrong number|talked)(?: on (.{3,40}))?", "{0}: {word1}{on2}"),
)  # fmt: skip
_LANGUAGES = {"es": tuple((re.compile(pattern), told) for pattern, told in _SPANISH)}


def noted(recorded: str, language: str) -> str:
    """*recorded*, sentences in English with semicolons between, as its reader is told."""
    table = _LANGUAGES.get(language.lower().partition("-")[0])
    if table is None:
        return recorded
    words = phrases_for(language)
    return "\n".join(_line(line, table, words) for line in recorded.split("\n"))


def _line(line: str, table: tuple[tuple[re.Pattern[str], str], ...], words: Phrases) -> str:
    pieces = line.split(_BETWEEN)
    told: list[str] = []
    while pieces:
        took, said = 1, None
        for length in range(1, min(len(pieces), _MOST_PIECES) + 1):
            if said is not None and _sentence(pieces[length - 1], table, words) is not None:
                break  # the next sentence
            longer = _sentence(_BETWEEN.join(pieces[:length]), table, words)
            took, said = (length, longer) if longer is not None else (took, said)
        told.append(said if said is not None else pieces[0])
        del pieces[:took]
    return _BETWEEN.join(told)


def _sentence(said: str, table: tuple[tuple[re.Pattern[str], str], ...], words: Phrases) -> str | None:
    for pattern, told in table:
        found = pattern.fullmatch(said)
        if found is not None:
            facts: dict[str, str] = {}
            for n, value in enumerate(g or "" for g in found.groups()):
                facts[f"date{n}"] = _dates(value, words)
                facts[f"times{n}"] = _times(value, words)
                facts[f"word{n}"] = _WORDS.get(value, value)
                facts[f"on{n}"] = f" ({_dates(value, words)})" if value else ""
            return told.format(*(g or "" for g in found.groups()), **facts)
    return None


def _dates(text: str, words: Phrases) -> str:
    def one(found: re.Match[str]) -> str:
        if len(found[0].split()) < 3:
            day, month = found[0].split()
            at = datetime.strptime(f"{day} {month} 2000", "%d %B %Y")  # noqa: DTZ007 - a day, on nobody's clock
            return f"{at.day} de {words.months[at.month - 1]}"
        return date_in_words(datetime.strptime(found[0], "%d %B %Y"), words)  # noqa: DTZ007 - the same

    return _FULL_DATE.sub(one, text)


def _times(text: str, words: Phrases) -> str:
    def one(found: re.Match[str]) -> str:
        day = f"{words.weekdays[_DAYS.index(found[1])]} {found[2]} de {words.months[_MONTHS.index(found[3])]}"
        return f"{day}{f' de {found[4]}' if found[4] else ''},{found[5]}"

    return _SHORT_TIME.sub(one, text)
