"""The folder that the demo leaves behind: every mail as .eml and as a page, the documents, the pictures, and index.html that tells the story.

Promises: replaces what an earlier demo left there, and nothing else; pages need no script, no network, and open on a telephone too.
Fails:    MailerError, with a sentence, where the folder holds something that is not a demo's.
"""

import shutil
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from mailer.config import PartnershipSettings
from mailer.errors import MailerError
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import Person
from mailer.pipeline.hand.reports import preview_svg
from mailer.pipeline.office import Office
from mailer.pipeline.papers.attendance_list import attendance_rows
from mailer.pipeline.papers.enclosures import Desk, filename, printed
from mailer.printing.sheets import Paper, Printed
from mailer.sandbox.demo import pages
from mailer.sandbox.demo.story import Link, Passage, Story
from mailer.store import meetings

MARK = ".convener-demo"
_ABOUT = "What `convener demo` left behind. The next demo replaces it.\n"


class Folder:
    """See the module. *path* is empty when it is opened."""

    def __init__(self, path: Path) -> None:
        if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / MARK).exists())):
            raise MailerError(f"{path} holds something else. Name another folder: convener demo --folder DIR.")
        if path.exists():
            shutil.rmtree(path)
        self.path = path
        self.passages: list[Passage] = []
        self.papers: list[Link] = []
        (path / "mails").mkdir(parents=True)
        (path / "papers").mkdir()
        (path / MARK).write_text(_ABOUT, encoding="utf-8")

    def mail(self, passage: Passage, raw: bytes) -> None:
        """Keep a mail as it passed, and as a page: a letter of ours as its reader sees it, an answer as its words."""
        self.passages.append(passage)
        (self.path / passage.eml).write_bytes(raw)
        message = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(message, EmailMessage)
        shown = None if passage.inward else message.get_body(("html",))
        page = str(shown.get_content()) if shown is not None else pages.plain_mail(passage.subject, message)
        (self.path / passage.page).write_text(page, encoding="utf-8")

    async def paper(
        self, office: Office, meeting: Meeting | None, name: str, person: Person | None, now: datetime
    ) -> Link:
        """Print the document *name* as things stand."""
        desk = Desk(office.partnership, office.sender, Paper(office.paper), zone=office.zone)
        done = await printed(desk, meeting, name, person, now)
        return self.keep(name, filename(meeting, name), done)

    def keep(self, label: str, file: str, done: Printed) -> Link:
        """Keep a document that was printed."""
        (self.path / "papers" / file).write_bytes(done.content)
        link = Link(label, f"papers/{file}")
        self.papers.append(link)
        return link

    async def picture(self, office: Office, slug: str, name: str, now: datetime) -> Link:
        """The plan of a meeting as a picture."""
        (self.path / "papers" / f"{name}.svg").write_text(await preview_svg(office, slug, now), encoding="utf-8")
        link = Link("the plan as a picture", f"papers/{name}.svg")
        self.papers.append(link)
        return link

    async def close(self, office: Office, story: Story, settings: PartnershipSettings, now: datetime) -> None:
        """Write the pages and a configuration with which the commands read what is left."""
        (self.path / "config.toml").write_text(_configuration(settings), encoding="utf-8")
        (self.path / "story.txt").write_text(story.text(), encoding="utf-8")
        (self.path / "mails.html").write_text(pages.mail_log(self.passages), encoding="utf-8")
        lists = []
        for meeting in await meetings.all_of(office.partnership):
            rows = await attendance_rows(office.partnership, meeting)
            if rows:
                name = f"attendance-{meeting.slug}.html"
                (self.path / name).write_text(pages.attendance(meeting, rows), encoding="utf-8")
                lists.append(Link(f"{meeting.title}: who is coming, and why", name))
        lists.append(Link(f"every mail ({len(self.passages)})", "mails.html"))
        (self.path / "index.html").write_text(
            pages.index(settings.name, story.chapters, lists, self.papers), encoding="utf-8"
        )


def _configuration(settings: PartnershipSettings) -> str:
    return f"""# What the demo left behind, for looking at with the commands. Its mail servers ended with it.

[partnership]
key = "{settings.key}"
name = "{settings.name}"
time-zone = "{settings.time_zone}"
people = "people.csv"

[convener]
name = "{settings.convener.name}"
address = "{settings.convener.address}"

[mailbox]
address = "{settings.mailbox.address}"
host = "127.0.0.1"
tls = "none"

[sending]
host = "127.0.0.1"
tls = "none"

[service]
database = "sqlite://convener.db"
"""
