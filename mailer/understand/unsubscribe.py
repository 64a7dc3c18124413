"""Wishes to get no more mail: by a mail program's own button, or in words.

Promises: pure. Only the new words count: the footer of every letter of ours says "unsubscribe". In words the wish must be the
          whole message or its clear sentence; somebody who cannot come to one meeting wishes nothing of the kind.
"""

import re

from mailer.parse.message import Message
from mailer.understand.buttons import REPLY_PREFIX, bare_subject

_BARE = re.compile(
    r"\W*(?:please\s+|bitte\s+|por favor,?\s+|merci de (?:me )?)?(?:un-?subscribe(?: me)?|remove(?: me)?|opt[- ]?out|stop|stopp?all|cancel(?:ar)? (?:my )?subscri\w+|de-?subscribe|darme de baja|dar de baja|(?:quiero )?baja|"
    r"désabonner|désinscrire|désabonnement|désinscription|desabonner|abbestellen|abmelden vom verteiler|newsletter abbestellen|austragen|afmelden|uitschrijven|cancellami|annulla iscrizione|disiscrivimi|cancelar inscrição|descadastrar|remover|"
    r"avregistrera|avsluta prenumeration|wypisz|odhlásit)(?:\s+(?:please|bitte|gracias|thanks|thank you|merci))?\W*",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:un-?subscribe me|(?:please |kindly )(?:un-?subscribe)|(?:want|wish|like|ask(?:ing)?|need) (?:you )?to (?:be )?(?:un-?subscribed?|removed from)|(?:remove|take|delete|drop|strike) (?:me|us|my (?:name|address|e-?mail)[\w\s-]{0,20}) (?:off|from|out of) (?:of )?(?:this|your|the|all|any)\b[\w\s-]{0,30}(?:list|mail|database|distribution|newsletter|mailings?)|"
    r"stop (?:sending|e-?mailing|mailing|writing|contacting)(?: me| us)?|(?:do not|don.t|never) (?:ever )?(?:send|e-?mail|mail|contact|write)(?: to)? (?:me|us)(?: any(?:thing|more)?)?(?: again| any ?more| in (?:the )?future| further| e?-?mails?)|no (?:more|further) e?-?mails|"
    r"(?:darme|dame|denme|deme|dadme) de baja|(?:no|dejen de|deje de|dejad de) (?:quiero|deseo|enviarme|mandarme|escribirme)(?: recibir)?(?: más)? (?:correos|mensajes|e-?mails|mails)|(?:elimin|borr|quit)\w+ (?:de|mi) .{0,30}lista|"
    r"aus (?:dem|ihrem|eurem|der) (?:verteiler|mailingliste|e-?mail-?liste|adressliste)|keine (?:weiteren )?(?:e-?mails|mails|nachrichten|einladungen) mehr|newsletter (?:abbestellen|kündigen)|"
    r"(?:me )?(?:désabonner|désinscrire)|(?:retir|supprim|enlev)\w+(?:-moi)? .{0,20}(?:liste|fichier)|ne (?:plus )?(?:m'envoyer|m'envoyez|me (?:contacter|contactez))|"
    r"cancellar(?:mi|e) dalla (?:lista|mailing)|toglietemi dalla|uitschrijven|van (?:de|uw) (?:mailing)?lijst)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 60  # a long letter is about something else too; then a person should see it


def automatic_wish(message: Message) -> str | None:
    """The wish that a mail program sent for its user (the List-Unsubscribe link, RFC 2369 §3.2); None where there is none."""
    if message.header("x-apple-unsubscribe").strip().lower() == "true":
        return "X-Apple-Unsubscribe"
    if message.in_reply_to:
        return None
    subject = REPLY_PREFIX.sub("", bare_subject(message.subject)).strip()
    if re.fullmatch(r"un-?subscribe(?:[\s:_=-].{0,200})?", subject, re.IGNORECASE) and len(message.plain) < 600:
        return f"subject “{subject[:60]}”"
    return None


def wish_in_words(subject: str, words: str) -> str | None:
    """The person's own words for it; None where they say nothing of the kind."""
    text = " ".join(words.split())
    if not text:
        bare = REPLY_PREFIX.sub("", bare_subject(subject)).strip()
        return bare if bare and re.fullmatch(r"(?:please )?un-?subscribe(?: me)?[.! ]*", bare, re.IGNORECASE) else None
    first = text.split("\n", 1)[0][:120]
    if _BARE.fullmatch(first):
        # "stop" and "remove" alone are wishes only where nothing else is written
        return first.strip()
    if len(text.split()) > _MOST_WORDS:
        return None
    match = _SENTENCE.search(text)
    return match[0] if match else None
