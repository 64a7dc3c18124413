"""Answers in words as Gmail, Outlook, Apple Mail and Thunderbird send them: on top, the invitation quoted below in each one's way.

Promises: functions of values. The answer goes to Reply-To of the letter and is tied to it by In-Reply-To and References, except
where a mailto link was clicked: that makes a new mail with nothing but what the link says.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from mailer.sandbox.letter import Letter, MailtoLink
from mailer.sandbox.mime import Mail, in_base64, in_quoted_printable, mailbox, multipart, part, words_field
from mailer.terms import Address

_DISCLAIMER = (
    "CONFIDENTIALITY NOTICE: This e-mail and any attachments are for the sole use of the intended recipient and may contain "
    "confidential information. If you are not the intended recipient, please delete it. Do not reply yes to unexpected requests."
)
_MONTHS_ES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic")
_DAYS_ES = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")


@dataclass(frozen=True, slots=True)
class WordsAnswer:
    """What a program knows when its user presses Send. *mark* is a hex name for this one mail."""

    author: Address
    letter: Letter
    words: str
    at: datetime
    mark: str
    language: str = "en"
    zone: str = "America/Chicago"
    title: str = ""
    organisation: str = ""
    phone: str = ""


def gmail_words(answer: WordsAnswer) -> Mail:
    """Gmail in the browser: quoted with "On … wrote:" and ">", HTML with gmail_quote."""
    letter, sent = answer.letter, _sent(answer)
    author = f"{letter.author.display_name} <{letter.author.addr_spec}>"
    if answer.language == "es":
        when = f"{_DAYS_ES[sent.weekday()]}, {sent.day} {_MONTHS_ES[sent.month - 1]} {sent.year} a la(s) {sent:%H:%M}"
        attribution = f"El {when}, {author} escribió:"
    else:
        attribution = f"On {sent:%a, %b} {sent.day}, {sent.year} at {sent:%-I:%M\u202f%p} {author} wrote:"
    signature = f"{answer.author.display_name}\n{answer.title}, {answer.organisation}\n{answer.phone}".strip()
    text = f"{answer.words}\n\n--\n{signature}\n\n\n{attribution}\n\n{_quoted(letter.text)}\n"
    html = (
        f'<div dir="ltr">{_html(answer.words)}<div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        f'<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{_html(signature)}</div></div><br>'
        f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{_html(attribution)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{_inner(letter)}</blockquote></div>"
    )
    boundary = f"000000000000{answer.mark[:16]}"
    header = [
        ("MIME-Version", "1.0"),
        *_thread(letter),
        ("From", mailbox(answer.author)),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(answer.zone)))),
        ("Message-ID", f"<CA{answer.mark[:12]}-{answer.mark[12:34]}@mail.{_domain(answer)}>"),
        ("Subject", words_field(_re(letter.subject))),
        ("To", mailbox(letter.answer_to)),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    return _mail(answer, part(header, multipart(boundary, _alternative(text, html, '"UTF-8"'))))


def outlook_words(answer: WordsAnswer) -> Mail:
    """Outlook: the invitation unmarked below a From/Sent/To/Subject block; a footer that the company adds to everything."""
    letter, sent = answer.letter, _sent(answer)
    spanish = answer.language == "es"
    names = ("De", "Enviado", "Para", "Asunto") if spanish else ("From", "Sent", "To", "Subject")
    if spanish:
        when = f"{_DAYS_ES[sent.weekday()]}, {sent.day} de {_MONTHS_ES[sent.month - 1]} de {sent.year} {sent:%H:%M}"
    else:
        when = f"{sent:%A, %B} {sent.day}, {sent.year} {sent:%-I:%M %p}"
    values = (f"{letter.author.display_name} <{letter.author.addr_spec}>", when, str(answer.author), letter.subject)
    block = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    regards = "Saludos," if spanish else "Best regards,"
    signature = f"{regards}\n\n{answer.author.display_name}\n{answer.title}\n{answer.organisation}\nT: {answer.phone}"
    text = f"{answer.words}\n\n{signature}\n\n________________________________\n{block}\n\n{letter.text}\n\n{_DISCLAIMER}\n"
    html_block = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in zip(names, values, strict=True))
    html = (
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n<body dir="ltr">\n'
        f'<div class="elementToProof">{_html(answer.words)}</div>\n<div id="Signature">{_html(signature)}</div>\n'
        '<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt">{html_block}</font>'
        f"<div>&nbsp;</div></div>\n<div>{_inner(letter)}</div>\n<p>{_DISCLAIMER}</p>\n</body>\n</html>\n"
    )
    mark, domain = answer.mark.upper(), _domain(answer)
    boundary = f"_000_{mark[:24]}{domain.replace('.', '').replace('-', '')[:20]}_"
    header = [
        ("From", mailbox(answer.author)),
        ("To", mailbox(letter.answer_to)),
        ("Subject", words_field(_re(letter.subject))),
        ("Thread-Topic", words_field(letter.subject)),
        ("Thread-Index", f"AQHb{answer.mark[:22]}=="),
        ("Date", format_datetime(answer.at.astimezone(UTC))),
        ("Message-ID", f"<{mark[:32]}@{mark[32:40]}.prod.{domain}>"),
        *reversed(_thread(letter)),
        ("Accept-Language", "es-ES, en-US" if spanish else "en-US"),
        ("Content-Language", "es-ES" if spanish else "en-US"),
        ("X-MS-Has-Attach", ""),
        ("X-MS-TNEF-Correlator", ""),
        ("Content-Type", f'multipart/alternative;\r\n\tboundary="{boundary}"'),
        ("MIME-Version", "1.0"),
    ]
    return _mail(answer, part(header, multipart(boundary, _alternative(text, html, '"utf-8"'))))


def apple_words(answer: WordsAnswer) -> Mail:
    """Mail on an iPhone: the device line, then the attribution itself quoted."""
    letter, sent = answer.letter, _sent(answer)
    author = f"{letter.author.display_name} <{letter.author.addr_spec}>"
    if answer.language == "es":
        device = "Enviado desde mi iPhone"
        attribution = (
            f"El {sent.day} {_MONTHS_ES[sent.month - 1]} {sent.year}, a la(s) {sent:%H:%M}, {author} escribió:"
        )
    else:
        device = "Sent from my iPhone"
        attribution = f"On {sent:%b} {sent.day}, {sent.year}, at {sent:%-I:%M\u202f%p}, {author} wrote:"
    text = f"{answer.words}\n\n{device}\n\n" + _quoted(f"{attribution}\n\n{letter.text}") + "\n"
    html = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">'
        f'{_html(answer.words)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{device}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">{_html(attribution)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{_inner(letter)}</div></blockquote></body></html>'
    )
    mark = answer.mark.upper()
    boundary = f"Apple-Mail-{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}"
    header = [
        ("Content-Type", f"multipart/alternative; boundary={boundary}"),
        ("Content-Transfer-Encoding", "7bit"),
        ("From", mailbox(answer.author)),
        ("Mime-Version", "1.0 (1.0)"),
        ("Subject", words_field(_re(letter.subject))),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(answer.zone)))),
        ("Message-Id", f"<{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}@{_domain(answer)}>"),
        *reversed(_thread(letter)),
        ("To", mailbox(letter.answer_to)),
        ("X-Mailer", "iPhone Mail (21E236)"),
    ]
    return _mail(answer, part(header, multipart(boundary, _alternative(text, html, "utf-8"))))


def thunderbird_words(answer: WordsAnswer) -> Mail:
    """Thunderbird in plain text, and the mail programs of its kind."""
    letter, sent = answer.letter, _sent(answer)
    name = letter.author.display_name
    if answer.language == "es":
        attribution = f"El {sent.day}/{sent.month}/{sent:%y} a las {sent:%H:%M}, {name} escribió:"
    else:
        attribution = f"On {sent.month}/{sent.day}/{sent:%y} {sent:%-I:%M %p}, {name} wrote:"
    text = f"{answer.words}\n\n{answer.author.display_name}\n\n{attribution}\n{_quoted(letter.text)}\n\n-- \n{answer.organisation}\n"
    mark = answer.mark
    header = [
        ("Message-ID", f"<{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}@{_domain(answer)}>"),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(answer.zone)))),
        ("MIME-Version", "1.0"),
        ("User-Agent", "Mozilla Thunderbird"),
        ("Subject", words_field(_re(letter.subject))),
        ("Content-Language", answer.language),
        ("To", mailbox(letter.answer_to)),
        *reversed(_thread(letter)),
        ("From", mailbox(answer.author)),
        ("Content-Type", "text/plain; charset=UTF-8; format=flowed"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    return _mail(answer, part(header, in_base64(text)))


def link_answer(answer: WordsAnswer, link: MailtoLink) -> Mail:
    """A click on one of the letter's mailto links, sent off as it opened: no thread, the words of the link, the signature."""
    signature = f"{answer.author.display_name}\n{answer.organisation}"
    header = [
        ("MIME-Version", "1.0"),
        ("From", mailbox(answer.author)),
        ("Date", format_datetime(answer.at.astimezone(ZoneInfo(answer.zone)))),
        ("Message-ID", f"<{answer.mark[:32]}@mail.{_domain(answer)}>"),
        ("Subject", words_field(link.subject)),
        ("To", link.to),
        ("Content-Type", 'text/plain; charset="UTF-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    ]
    content = part(header, in_quoted_printable(f"{link.body}\n\n{signature}\n")).encode()
    return Mail(answer.author.addr_spec, link.to, content)


def exchange_absence(answer: WordsAnswer) -> Mail:
    """Exchange's out-of-office answer: null reverse path, "Automatic reply:", Auto-Submitted (RFC 3834 §5)."""
    prefix = "Respuesta automática" if answer.language == "es" else "Automatic reply"
    mark = answer.mark.upper()
    header = [
        ("From", mailbox(answer.author)),
        ("To", mailbox(answer.letter.author)),
        ("Subject", words_field(f"{prefix}: {answer.letter.subject}")),
        ("Thread-Topic", words_field(answer.letter.subject)),
        ("Date", format_datetime(answer.at.astimezone(UTC))),
        ("Message-ID", f"<{mark[:32]}@{mark[32:40]}.prod.{_domain(answer)}>"),
        ("In-Reply-To", answer.letter.message_id),
        ("X-Auto-Response-Suppress", "All"),
        ("Auto-Submitted", "auto-replied"),
        ("X-MS-Exchange-Inbox-Rules-Loop", answer.author.addr_spec),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
    ]
    content = part(header, in_quoted_printable(answer.words + f"\n\n{answer.author.display_name}\n")).encode()
    return Mail("", answer.letter.author.addr_spec, content)


def sieve_absence(answer: WordsAnswer) -> Mail:
    """The vacation answer of a Sieve server (RFC 5230), to From and not to Reply-To."""
    header = [
        ("X-Sieve", "Pigeonhole Sieve 0.5.19 (4eae2f79)"),
        ("Message-ID", f"<dovecot-sieve-{int(answer.at.timestamp())}-{answer.mark[:6]}-0@mx.{_domain(answer)}>"),
        ("Date", format_datetime(answer.at.astimezone(UTC))),
        ("From", mailbox(answer.author)),
        ("To", mailbox(answer.letter.author)),
        ("Subject", words_field(f"Auto: {answer.letter.subject}")),
        ("In-Reply-To", answer.letter.message_id),
        ("References", answer.letter.message_id),
        ("Auto-Submitted", "auto-replied (vacation)"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    content = part(header, answer.words.replace("\n", "\r\n") + "\r\n").encode()
    return Mail("", answer.letter.author.addr_spec, content)


def _mail(answer: WordsAnswer, content: str) -> Mail:
    return Mail(answer.author.addr_spec, answer.letter.answer_to.addr_spec, content.encode())


def _thread(letter: Letter) -> list[tuple[str, str]]:
    references = (*(each for each in letter.references if each != letter.message_id), letter.message_id)
    return [("References", "\r\n ".join(dict.fromkeys(references))), ("In-Reply-To", letter.message_id)]


def _alternative(text: str, html: str, charset: str) -> list[str]:
    encoded = ("Content-Transfer-Encoding", "quoted-printable")
    return [
        part([("Content-Type", f"text/plain; charset={charset}"), encoded], in_quoted_printable(text)),
        part([("Content-Type", f"text/html; charset={charset}"), encoded], in_quoted_printable(html)),
    ]


def _re(subject: str) -> str:
    return subject if subject[:3].lower() == "re:" else f"Re: {subject}"


def _sent(answer: WordsAnswer) -> datetime:
    return (answer.letter.date or answer.at).astimezone(ZoneInfo(answer.zone))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n"))


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _inner(letter: Letter) -> str:
    """The letter's HTML as it is quoted: without the document around it."""
    body = re.search(r"<body[^>]{0,2000}>(.*)</body>", letter.html, re.IGNORECASE | re.DOTALL)
    return body.group(1) if body else letter.html or _html(letter.text)


def _domain(answer: WordsAnswer) -> str:
    return answer.author.addr_spec.rpartition("@")[2]
