"""The cast of the demo: one industry partnership, forty people, every way of answering.

All names, organisations and addresses are invented; the addresses end in .example (RFC 2606), telephone numbers are of the 555 kind.
"""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from mailer.partnership.people import PartnerKind, Role
from mailer.sandbox.habits import (
    Answers,
    Away,
    Forwards,
    Full,
    Greylisted,
    Member,
    Program,
    Unknown,
    Way,
    Writes,
)
from mailer.terms import PartStat

YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE
GMAIL, OUTLOOK, APPLE, THUNDERBIRD = Program.GMAIL, Program.OUTLOOK, Program.APPLE, Program.THUNDERBIRD
CALENDAR, WORDS, LINK = Way.CALENDAR, Way.WORDS, Way.LINK
PUBLIC, SUPPORT = PartnerKind.PUBLIC_PARTNER, PartnerKind.SUPPORT_PARTNER


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)


_LEAD, _TOM, _INES = "ruth.halloran@halloran-castings.example", "tom.birk@birktool.example", "ines@arroyofoods.example"
_SIGNS = tuple(Writes("OK to send this in your name", "OK", after=hours(2)) for _ in range(4))


def one_page(words: str) -> bytes:
    """A PDF of one page that says *words*."""
    drawn = f"BT /F1 18 Tf 72 720 Td ({words}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count, table, count, len(out),
    )  # fmt: skip


CAST: tuple[Member, ...] = (
    # champions: they sign for their industry, and answer quickly
    Member(
        "Ruth Halloran", (_LEAD,), "Halloran Castings", "President",
        roles=(Role.LEAD_CHAMPION, Role.CO_CHAIR), phone="+1 414 555 0101", program=OUTLOOK,
        acts=(Answers(CALENDAR, YES, after=hours(2)),), letters=(*_SIGNS, Writes("What would you change", "Please say who leads each team.")),
    ),
    Member(
        "Tom Birk", (_TOM, "tbirk@birktool.example"), "Birk Tool & Die", "Owner",
        roles=(Role.CHAMPION, Role.CO_CHAIR), champion=_LEAD, phone="+1 414 555 0102", program=GMAIL,
        acts=(Answers(CALENDAR, YES, after=hours(4)),),
        letters=(*_SIGNS, Writes("What would you change", "Looks good"), Writes("Would you call", "Per yes\nEd voicemail\nTess no", after=hours(5))),
    ),
    Member(
        "Inés Arroyo", (_INES,), "Arroyo Foods", "Plant Director",
        roles=(Role.CHAMPION,), champion=_LEAD, language="es", phone="+1 414 555 0103", program=GMAIL,
        acts=(Answers(CALENDAR, YES, after=hours(6)),),
        letters=(
            *(Writes("¿Podemos enviar esto", "OK", after=hours(2)) for _ in range(3)),
            Writes("¿Podría llamar", "Bruno sí", after=hours(5)),
            Writes("¿Nos reunimos en su empresa", "Sí, con mucho gusto. Tenemos sala para cuarenta.", after=hours(4)),
        ),
    ),
    # the buttons of each calendar
    Member(
        "Marcus Oyelaran", ("m.oyelaran@lakeshore-plating.example",), "Lakeshore Plating", "Operations Manager",
        champion=_TOM, phone="+1 414 555 0110", program=GMAIL,
        acts=(Answers(CALENDAR, YES, after=days(1)),),
    ),
    Member(
        "Beth Sundqvist", ("beth@sundqvistgear.example",), "Sundqvist Gear Works", "HR Director",
        champion=_TOM, phone="+1 414 555 0111", program=GMAIL,
        acts=(Answers(CALENDAR, NO, after=days(2)),),
    ),
    Member(
        "Dev Raman", ("dev.raman@ramanrobotics.example",), "Raman Robotics", "Founder",
        champion=_TOM, phone="+1 414 555 0112", program=GMAIL,
        acts=(Answers(CALENDAR, MAYBE, words="Depends on a customer visit", after=days(1.5)),),
    ),
    Member(
        "Carla Whitcomb", ("cwhitcomb@midvalley-machining.example",), "Mid-Valley Machining", "Vice President",
        champion=_TOM, phone="+1 414 555 0113", program=OUTLOOK,
        acts=(Answers(CALENDAR, YES, after=hours(9)),),
    ),
    Member(
        "Joel Pettersson", ("jpettersson@kettlecold.example",), "Kettle Cold Storage", "General Manager",
        champion=_INES, phone="+1 414 555 0114", zone="America/New_York", program=OUTLOOK,
        acts=(Answers(CALENDAR, NO, words="We have our audit that week, sorry.", after=days(3)),),
    ),
    Member(
        "Anneke de Boer", ("a.deboer@deboerdairy.example",), "De Boer Dairy", "Quality Manager",
        champion=_INES, phone="+1 414 555 0115", program=OUTLOOK,
        acts=(Answers(CALENDAR, MAYBE, after=days(2)),),
    ),
    Member(
        "Sam Lindqvist", ("sam@lindqvistfab.example",), "Lindqvist Fabrication", "Owner",
        champion=_TOM, phone="+1 414 555 0116", program=APPLE,
        acts=(Answers(CALENDAR, YES, after=hours(14)),),
        letters=(Writes("Due soon", "I need help with this: nobody at the college calls me back."),),
    ),
    Member(
        "Grace Umeh", ("grace.umeh@umehpackaging.example",), "Umeh Packaging", "Managing Director",
        champion=_INES, phone="+1 414 555 0117", zone="America/New_York", program=APPLE,
        acts=(Answers(CALENDAR, NO, after=days(1)),),
    ),
    # words above the quoted letter
    Member(
        "Walt Kaminski", ("walt@kaminskiwelding.example",), "Kaminski Welding", "Owner",
        champion=_TOM, phone="+1 414 555 0120", program=APPLE,
        acts=(Answers(WORDS, YES, words="Yes, see you there.", after=hours(3)),),
        letters=(Writes("Which time", "2 or 3 works for me"), Writes("Due soon", "I will have it by 17 April", after=hours(2))),
    ),
    Member(
        "Priya Nair", ("priya.nair@nairsensors.example",), "Nair Sensors", "Chief Operating Officer",
        champion=_TOM, phone="+1 414 555 0121", program=GMAIL,
        acts=(Answers(WORDS, YES, words="Hi Dana,\n\nI'll be there. I am vegetarian. Looking forward to it!", after=hours(20)),),
        letters=(Writes("Which time", "1 and 3 are fine"), Writes("Due soon", "Done!", after=hours(2))),
    ),
    Member(
        "Hank Boisvert", ("hboisvert@boisverttruck.example",), "Boisvert Truck Parts", "Production Manager",
        champion=_TOM, phone="+1 414 555 0122", program=OUTLOOK,
        acts=(Answers(WORDS, NO, words="Sorry, can't make it. We are in the middle of a plant move.", after=days(2)),),
    ),
    Member(
        "Lucía Fuentes", ("lucia@fuentesfoods.example",), "Fuentes Foods", "Gerente",
        champion=_INES, language="es", phone="+1 414 555 0123", program=GMAIL,
        acts=(Answers(WORDS, YES, words="Sí, allí estaré. ¡Gracias!", after=hours(8)),),
        letters=(Writes("Sigue pendiente", "Hecho. ¡Gracias!"),),
    ),
    Member(
        "Ramón Ibarra", ("ramon.ibarra@ibarralogistica.example",), "Ibarra Logística", "Director",
        champion=_INES, language="es", phone="+1 414 555 0124", program=OUTLOOK,
        acts=(Answers(WORDS, NO, words="Lo siento, no puedo asistir.", after=days(1)),),
    ),
    Member(
        "Nora Feldman", ("nora@feldmanfinishing.example",), "Feldman Finishing", "Controller",
        champion=_TOM, phone="+1 414 555 0125", program=THUNDERBIRD,
        acts=(Answers(WORDS, MAYBE, words="Not sure yet.", after=days(1)), Answers(WORDS, YES, words="Yes, I can come.", to_letter=3)),
    ),
    # a link in the letter
    Member(
        "Otis Greer", ("otis@greerforge.example",), "Greer Forge", "Shop Foreman",
        champion=_TOM, phone="+1 414 555 0130", program=GMAIL,
        acts=(Answers(LINK, YES, after=hours(1)),),
    ),
    Member(
        "Yvonne Tran", ("yvonne.tran@transnacks.example",), "Tran Snacks", "Owner",
        champion=_INES, phone="+1 414 555 0131", program=APPLE,
        acts=(Answers(LINK, NO, after=days(1)),),
    ),
    # silent until reminded, or for ever
    Member(
        "Ed Novak", ("ed.novak@novaksprings.example",), "Novak Springs", "President",
        champion=_TOM, phone="+1 414 555 0140", program=OUTLOOK,
        acts=(Answers(WORDS, YES, words="Thanks for the nudge - count me in.", to_letter=3, after=hours(4)),),
    ),
    Member(
        "Tess Moreau", ("tess@moreaumolds.example",), "Moreau Molds", "Engineering Manager",
        champion=_TOM, phone="+1 414 555 0141", program=GMAIL,
        acts=(Answers(LINK, NO, to_letter=3, after=hours(2)),),
    ),
    Member(
        "Bruno Castellani", ("bruno@castellanipasta.example",), "Castellani Pasta", "Owner",
        champion=_INES, phone="+1 414 555 0142", program=APPLE,
    ),
    # machines answer, or nobody
    Member(
        "Fiona Achterberg", ("fiona@achterbergdrives.example",), "Achterberg Drives", "Training Manager",
        champion=_TOM, phone="+1 414 555 0150", program=OUTLOOK,
        acts=(
            Away(9, "Thank you for your message. I am out of the office until {until} with no access to e-mail."),
            Answers(WORDS, YES, words="Back from vacation. Yes, I will attend.", after=days(10)),
        ),
    ),
    Member(
        "Per Isaksen", ("per@isaksencoatings.example",), "Isaksen Coatings", "Plant Manager",
        champion=_TOM, phone="+1 414 555 0151", program=THUNDERBIRD,
        acts=(Away(25, "I am away until {until}. Your mail is not forwarded."),),
    ),
    Member(
        "Gus Marchetti", ("gus@marchettimeats.example",), "Marchetti Meats", "Owner",
        champion=_INES, phone="+1 414 555 0152", trouble=Full(late=True),
    ),
    Member(
        "Kay Dorsett", ("kay.dorsett@dorsettdies.example",), "Dorsett Dies", "Office Manager",
        champion=_TOM, phone="+1 414 555 0153", trouble=Full(),
    ),
    Member(
        "Leon Vasquez", ("leon.vasquez@vasquezvalves.example",), "Vasquez Valves", "Buyer",
        champion=_TOM, phone="+1 414 555 0154", trouble=Unknown(),
        unlisted=("leon@vasquez-valves.example",), acts=(Answers(CALENDAR, YES, after=hours(9)),),
    ),
    Member(
        "Mia Sorensen", ("mia.sorensen@sorensensteel.example",), "Sorensen Steel", "HR Manager",
        champion=_TOM, phone="+1 414 555 0155", trouble=Unknown(late=True),
    ),
    # who is speaking?
    Member(
        "Paul Drummond", ("paul.drummond@drummondpress.example", "pdrummond@mail.example"), "Drummond Press", "Owner",
        champion=_TOM, phone="+1 414 555 0160", program=APPLE,
        acts=(Answers(WORDS, YES, words="Yes, I'll be there", sender="pdrummond@mail.example", after=hours(5)),),
    ),
    Member(
        "Olga Petrenko", ("olga@petrenkoplastics.example",), "Petrenko Plastics", "Director",
        champion=_TOM, phone="+1 414 555 0161", program=GMAIL, unlisted=("olga.petrenko@post.example",),
        acts=(Answers(CALENDAR, YES, sender="olga.petrenko@post.example", after=hours(11)),),
    ),
    Member(
        "Ivy Calloway", ("ivy@callowaycontrols.example",), "Calloway Controls", "Sales Manager",
        champion=_TOM, phone="+1 414 555 0162", program=GMAIL,
        acts=(
            Answers(CALENDAR, YES, after=hours(7)),
            Forwards("Rex Tolliver", "rex@tolliverpumps.example", GMAIL, Answers(CALENDAR, YES, after=days(1), rounds=(1,))),
        ),
    ),
    Member(
        "Stan Kowal", ("stan@kowalbearings.example",), "Kowal Bearings", "Plant Manager",
        champion=_TOM, phone="+1 414 555 0163", program=GMAIL,
        acts=(
            Answers(
                WORDS, PartStat.DELEGATED, after=hours(28), rounds=(1,),
                words="I can't make it myself, but my colleague Petra Lind (petra.lind@kowalbearings.example) will come in my place.",
            ),
        ),
    ),
    # words that a person must read, and a change of mind
    Member(
        "Dr. Helen Zhao", ("h.zhao@zhaopharma.example",), "Zhao Pharma", "Site Head",
        champion=_INES, phone="+1 414 555 0170", program=OUTLOOK,
        acts=(
            Answers(
                WORDS, MAYBE, after=hours(26), rounds=(1,),
                words="Dear Dana,\n\nif the part on apprenticeships is before noon I could join for that hour, but only if my "
                "colleague from the Racine site may come in my place for the rest. Otherwise we would rather host you here "
                "some time in spring. What do you think?",
            ),
            Answers(WORDS, YES, words="Dear Dana,\n\nthat date is fine. I will come.", after=hours(30), rounds=(2,)),
        ),
    ),
    Member(
        "Nate Ferraro", ("nate@ferrarofixtures.example",), "Ferraro Fixtures", "Owner",
        champion=_TOM, phone="+1 414 555 0171", program=APPLE,
        acts=(
            Answers(WORDS, YES, words="Yes, I'm in.", after=hours(5)),
            Answers(WORDS, NO, words="Sorry, something came up. I can't come after all.", after=days(6), rounds=(1,)),
        ),
    ),
    # public partners and support
    Member(
        "Alma Reyes", ("alma.reyes@lakecollege.example",), "Lake County College", "Dean of Trades",
        kind=PUBLIC, champion=_LEAD, phone="+1 414 555 0180", program=OUTLOOK,
        acts=(Answers(CALENDAR, YES, after=hours(5)),),
    ),
    Member(
        "Curtis Bell", ("cbell@wdb-north.example",), "Northern Workforce Board", "Program Manager",
        kind=PUBLIC, champion=_LEAD, phone="+1 414 555 0181", program=GMAIL, trouble=Greylisted(),
        acts=(Answers(CALENDAR, YES, after=days(1)),),
    ),
    Member(
        "Joy Okafor", ("joy.okafor@county-schools.example",), "County School District", "Career Counselor",
        kind=PUBLIC, champion=_LEAD, phone="+1 414 555 0182", program=APPLE,
        acts=(Answers(WORDS, YES, words="Count me in", to_letter=2, after=hours(6)),),
    ),
    Member(
        "Gail Whitaker", ("gail.whitaker@lakecounty-edc.example",), "Lake County Development", "Analyst",
        kind=SUPPORT, roles=(Role.NOTE_TAKER,), phone="+1 414 555 0183", program=OUTLOOK,
        acts=(Answers(CALENDAR, YES, after=hours(9)),),
        letters=(
            Writes(
                "Your notes, please", "Here they are, typed up.", after=hours(4),
                file=("launch-notes.pdf", one_page("Notes of the launch meeting")),
            ),
        ),
    ),
    Member(
        "Ken Abara", ("ken@abara-catering.example",), "Abara Catering", "Owner",
        kind=SUPPORT, roles=(Role.CATERER,), phone="+1 414 555 0190", program=GMAIL,
    ),
)  # fmt: skip

STRANGERS: tuple[Member, ...] = (
    # nobody knows them at first: named as a delegate
    Member(
        "Petra Lind", ("petra.lind@kowalbearings.example",), "Kowal Bearings", "Shift Lead",
        program=GMAIL, acts=(Answers(WORDS, YES, words="Yes, I will be there.", after=hours(4)),),
    ),
)  # fmt: skip
"""People who are not in the people file."""

COLUMNS = ("name", "email", "other emails", "organisation", "title", "kind", "roles", "champion", "language", "phone")


def people_csv(cast: Iterable[Member] = CAST) -> str:
    """The people file of *cast*, as a convener would export it. Several entries of one field are parted by semicolons."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for member in cast:
        rows.writerow(
            (
                member.name, member.email, "; ".join(member.emails[1:]), member.organisation, member.title,
                member.kind, "; ".join(member.roles), member.champion, member.language, member.phone,
            )
        )  # fmt: skip
    return text.getvalue()
