"""The pages that the demo leaves behind: values → HTML. Pure.

Promises: text is text; one small style of their own, light and dark; tables have headings, and the page its language and title.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from html import escape

from mailer.partnership.meetings import Meeting
from mailer.pipeline.papers.attendance_list import AttendanceRow
from mailer.sandbox.demo.story import Chapter, Line, Link, Passage

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2b33; --soft: #51636d; --paper: #fbfaf7; --line: #d8d4c8; --link: #0b5c7a; --band: #f1eee6; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebee; --soft: #a3b1b9; --paper: #14191c; --line: #344048; --link: #8accea; --band: #1d2529; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
main.wide { max-width: 64rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1rem 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-top: .9rem; border-top: 1px solid var(--line); }
p { margin: .5rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
ol.story, ul.plain { list-style: none; margin: 0; padding: 0; }
ol.story li { display: grid; grid-template-columns: 8.2rem 1fr; gap: .1rem .9rem; padding: .3rem 0; }
ol.story time { color: var(--soft); font-size: .86rem; padding-top: .15rem; font-variant-numeric: tabular-nums; }
ul.plain li { padding: .2rem 0; }
.links a { display: inline-block; margin-right: .9rem; font-size: .92rem; padding: .1rem 0; }
.soft { color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: normal; }
td.when { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
pre { white-space: pre-wrap; font: 15px/1.5 ui-monospace, Consolas, monospace; background: var(--band); padding: 1rem; }
@media (max-width: 34rem) {
  ol.story li { grid-template-columns: 1fr; padding: .45rem 0; }
  table, tbody, tr, td { display: block; }
  thead { position: absolute; left: -10000px; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: .05rem 0; }
}
"""


def _page(title: str, body: str, *, wide: bool = False) -> str:
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<main{' class=wide' if wide else ''}>\n{body}\n</main>\n</body>\n</html>\n"
    )


def index(name: str, chapters: Sequence[Chapter], lists: Sequence[Link], papers: Sequence[Link]) -> str:
    """The story, with everything that it speaks of."""
    told = "\n".join(_chapter(chapter) for chapter in chapters)
    first = (
        f"<h1>{escape(name)}: three months, by mail</h1>\n"
        '<p class="soft">All of this passed through real mail servers on this machine, written and answered by pretend people. '
        "The convener did no more than reply to mail.</p>\n"
    )
    body = f"{first}{told}\n<h2>Lists</h2>\n{_list(lists)}\n<h2>Documents</h2>\n{_list(papers)}"
    return _page(f"{name}: what the demo left behind", body)


def _chapter(chapter: Chapter) -> str:
    lines = "\n".join(_line(line) for line in chapter.lines)
    return f'<section>\n<h2>{escape(chapter.title)}</h2>\n<ol class="story">\n{lines}\n</ol>\n</section>'


def _line(line: Line) -> str:
    at = line.at
    links = "".join(f'<a href="{escape(link.href)}">{escape(link.label)}</a>' for link in line.links)
    shown = f'<br><span class="links">{links}</span>' if links else ""
    return (
        f'<li><time datetime="{at:%Y-%m-%dT%H:%M%z}">{at:%a} {at.day} {at:%b, %H:%M}</time>'
        f"<span>{escape(line.words)}{shown}</span></li>"
    )


def _list(links: Sequence[Link]) -> str:
    return (
        '<ul class="plain">\n'
        + "\n".join(f'<li><a href="{escape(x.href)}">{escape(x.label)}</a></li>' for x in links)
        + "\n</ul>"
    )


_BACK = '<p><a href="index.html">Back to the story</a></p>\n'


def mail_log(passages: Sequence[Passage]) -> str:
    """Every mail that passed, in order."""
    rows = "\n".join(
        f'<tr><td class="when">{p.at.day} {p.at:%b %H:%M}</td><td>{"from" if p.inward else "to"} {escape(p.who)}</td>'
        f'<td><a href="{escape(p.page)}">{escape(p.subject or "(no subject)")}</a></td>'
        f'<td><a href="{escape(p.eml)}" aria-label="mail {p.number} as .eml">.eml</a></td></tr>'
        for p in passages
    )
    head = "<thead><tr><th>when</th><th>from or to</th><th>subject</th><th>as it passed</th></tr></thead>"
    title = f"Every mail: {len(passages)}"
    return _page(title, f"{_BACK}<h1>{title}</h1>\n<table>\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>", wide=True)


def attendance(meeting: Meeting, rows: Sequence[AttendanceRow]) -> str:
    """Who is coming, and why each line says so."""
    lines = []
    for row in rows:
        since = f"{(at := meeting.local(row.since)).day} {at:%b %H:%M}" if row.since else ""
        more = f" +{row.guests}" if row.guests else ""
        lines.append(
            f"<tr><td>{escape(row.answer)}{more}</td><td>{escape(row.name)}<br><span class=soft>{escape(row.organisation)}</span></td>"
            f'<td class="when">{since}</td><td>{escape(row.reason)}</td></tr>'
        )
    local = meeting.local(meeting.dtstart)
    head = "<thead><tr><th>answer</th><th>who</th><th>since</th><th>why</th></tr></thead>"
    table = f"<table>\n{head}\n<tbody>\n{chr(10).join(lines)}\n</tbody>\n</table>"
    when = f"<p>{local:%A} {local.day} {local:%B %Y, %H:%M}, {escape(meeting.place or 'no place yet')}</p>"
    return _page(
        f"{meeting.title}: who is coming", f"{_BACK}<h1>{escape(meeting.title)}</h1>\n{when}\n{table}", wide=True
    )


def plain_mail(subject: str, message: EmailMessage) -> str:
    """A mail as its words."""
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body is not None else "(no words: a calendar answer or a report)"
    files = [str(part.get_filename()) for part in message.walk() if part.get_filename()]
    more = f"<p>With it: {escape(', '.join(files))}</p>" if files else ""
    facts = "<br>".join(f"{name}: {escape(str(message[name]))}" for name in ("From", "To", "Date") if message[name])
    shown = (
        f'<h1>{escape(subject or "(no subject)")}</h1>\n<p class="soft">{facts}</p>\n<pre>{escape(text)}</pre>\n{more}'
    )
    return _page(subject or "a mail", shown)
