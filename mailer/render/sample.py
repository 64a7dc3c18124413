"""Invented facts on which every letter is tried when it is read.

Promises: everything a letter may speak of is there; nobody in it exists (RFC 2606 names).
"""

from datetime import UTC, date, datetime, timedelta

from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.partnership.plan import Item
from mailer.render.outgoing import Callee, Draft, Facts, ItemLine, Offer, Particulars, Sender, Totals
from mailer.terms import EventUid, InvitationId, ItemId, MeetingId, MessageId, PartnershipId, PartStat, PersonId, Token

_START = datetime(2026, 3, 12, 14, tzinfo=UTC)
_PARTNERSHIP = PartnershipId(1)

SENDER = Sender(
    partnership="Northwoods Industry Partnership",
    name="Dana Lee",
    mailbox="rsvp@northwoods.example",
    title="Convener",
    organisation="Northwoods Workforce Board",
    phone="+1 555 0100",
)

MEETING = Meeting(
    id=MeetingId(1),
    partnership_id=_PARTNERSHIP,
    slug="launch",
    title="Launch meeting",
    event_uid=EventUid("launch-1@northwoods.example"),
    dtstart=_START,
    dtend=_START + timedelta(hours=2),
    zone="America/Chicago",
    place="Community Hall, 12 Main Street, Duluth",
    online_link="https://meet.example/launch",
    description="Coffee from 8:30.\nWe begin at nine sharp.",
    reply_deadline=datetime(2026, 3, 5, 23, tzinfo=UTC),
    comments_until=datetime(2026, 3, 18, 22, tzinfo=UTC),
    capacity=60,
)

READER = Person(
    id=PersonId(1),
    partnership_id=_PARTNERSHIP,
    name="Ann Ortiz",
    addresses=("ann.ortiz@acme.example", "ann@home.example"),
    organisation="Acme Tools",
    title="Operations Manager",
    phone="+1 555 0101",
    champion=PersonId(2),
)

CHAMPION = Person(
    id=PersonId(2),
    partnership_id=_PARTNERSHIP,
    name="Jane Smith",
    addresses=("jane.smith@bolt.example",),
    organisation="Bolt Castings",
    title="Co-Chair",
    kind=PartnerKind.BUSINESS,
    roles=frozenset({Role.CHAMPION, Role.CO_CHAIR}),
    phone="+1 555 0102",
)


ITEM = Item(
    id=ItemId(1),
    number=12,
    text="Ask three schools for a day in a plant",
    owner=READER.id,
    due=date(2026, 4, 15),
    priority="Young people in the trades",
    team_name="Schools",
)


def sample_facts(letter: str) -> Facts:
    """Everything known at once, which no real letter has."""
    return Facts(
        message_id=MessageId("<sample@northwoods.example>"),
        now=datetime(2026, 2, 2, 15, tzinfo=UTC),
        sender=SENDER,
        letter=letter,
        person=READER,
        meeting=MEETING,
        invitation=Invitation(
            id=InvitationId(1),
            meeting_id=MEETING.id,
            person_id=READER.id,
            token=Token("abcdefghijklmnopqrst"),
            partstat=PartStat.ACCEPTED,
            guests=2,
            comment="Is there parking?",
            earlier=PartStat.TENTATIVE,
        ),
        on_behalf_of=CHAMPION,
        before=MEETING,
        about=Person(
            id=PersonId(3),
            partnership_id=_PARTNERSHIP,
            name="Ken Lam",
            addresses=("ken@gone.example", "ken.lam@cast.example"),
            organisation="Cast & Co",
            dead=frozenset({"ken@gone.example"}),
        ),
        instead_of=CHAMPION,
        notice="Two letters wait for your word.",
        particulars=Particulars(
            items=(ItemLine(ITEM, "Ann Ortiz"),),
            plan=(ItemLine(ITEM, "Ann Ortiz"),),
            offers=(
                Offer(1, dtstart=_START + timedelta(days=14)),
                Offer(2, dtstart=_START + timedelta(days=15, hours=2)),
            ),
            callees=(Callee(1, PersonId(3), "Ken Lam", "Cast & Co", "+1 555 0103", "voicemail on 3 March"),),
            contacts=(Callee(1, PersonId(3), "Ken Lam", "Cast & Co"),),
            totals=Totals(42, (("vegetarian", 5), ("wheelchair", 1)), told=39),
            teams=("Welding curriculum",),
            document="Thirty companies met.\nThey chose two priorities.",
            comments=(("Ken Lam", "Please add the date."),),
            question="What should we work on first?",
            readiness=(
                "Nobody takes the notes (role: note taker).",
                "Action item 12 is open: ask three schools (Ann Ortiz, overdue).",
            ),
            answer_by=_START + timedelta(days=10),
            stories=((3, "Two apprentices have begun.", "Cast & Co"),),
            draft=Draft("Please join us", "Dear Ken,\n\nwill you come?", 12, _START, MEETING.zone, again=True),
        ),
        their_words="Could you call me?\nI am not sure about Thursday.",
    )
