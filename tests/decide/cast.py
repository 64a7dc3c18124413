"""People, meetings and rules for these tests, with as few words as possible. The wall clock is Chicago's."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailer.decide.rule import Rule
from mailer.decide.rulebook import read_rules
from mailer.decide.snapshot import Snapshot, Standing
from mailer.partnership.attendance import Invitation
from mailer.partnership.meetings import Meeting
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.terms import EventUid, InvitationId, MeetingId, PartnershipId, PartStat, PersonId, Token

ZONE = "America/Chicago"
SHIPPED = Path(__file__).parents[2] / "rules"
LETTERS = frozenset(
    (
        *("invitation-business", "invitation-public-partner", "calendar-follow-up", "reminder", "last-call"),
        *("confirmation-yes", "sorry-you-cannot", "thanks-for-maybe", "moved", "cancelled", "place-changed"),
        *("logistics", "address-is-dead", "headcount"),
    )
)
ANSWERS = {
    "yes": PartStat.ACCEPTED,
    "no": PartStat.DECLINED,
    "maybe": PartStat.TENTATIVE,
    "delegated": PartStat.DELEGATED,
}
KINDS = {"business": PartnerKind.BUSINESS, "public": PartnerKind.PUBLIC_PARTNER, "support": PartnerKind.SUPPORT_PARTNER}


def at(words: str, zone: str = ZONE) -> datetime:
    """The instant when the clock of *zone* shows *words* ("2026-03-12 09:00")."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall(instant: datetime | None, zone: str = ZONE) -> str | None:
    """The other way round."""
    return None if instant is None else f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def meeting(starts: str = "2026-03-12 09:00", ends: str = "", *, zone: str = ZONE, **facts: object) -> Meeting:
    """A launch meeting on Thursday 12 March 2026; clocks change on 8 March."""
    start = at(starts, zone)
    end = at(ends, zone) if ends else at(starts[:10] + " 12:00", zone)
    made = Meeting(
        MeetingId(7),
        PartnershipId(1),
        "launch",
        "Launch",
        EventUid("uid-7"),
        start,
        max(start, end),
        zone,
        place="Acme, Main Street 1",
        reply_deadline=at("2026-03-05 17:00"),
        created_at=at("2026-01-02 09:00"),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def person(number: int, *roles: Role, kind: str = "business", **facts: object) -> Person:
    made = Person(
        PersonId(number),
        PartnershipId(1),
        f"First{number} Last{number}",
        (f"p{number}@company{number}.example",),
        organisation=f"Company {number}",
        kind=KINDS[kind],
        roles=frozenset(roles),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def standing(
    who: Person | int,
    *,
    invited: str | None = None,
    said: str = "",
    said_at: str = "",
    noticed: tuple[tuple[str, str], ...] = (),
    **facts: object,
) -> Standing:
    """How somebody stands to the meeting. *said*: yes, no, maybe, delegated."""
    one = person(who) if isinstance(who, int) else who
    invitation = None
    if invited is not None or said:
        invitation = Invitation(
            InvitationId(100 + one.id),
            MeetingId(7),
            one.id,
            Token("a" * 20),
            invited_at=at(invited) if invited else None,
            partstat=ANSWERS.get(said, PartStat.NEEDS_ACTION),
            answered_at=at(said_at) if said_at else None,
        )
    made = Standing(one, invitation, noticed=frozenset(noticed))  # type: ignore[arg-type]
    return replace(made, **facts)  # type: ignore[arg-type]


def snapshot(*standings: Standing, of: Meeting | None = None, holds: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot(of or meeting(), standings, frozenset(holds))


def rules(text: str, zone: str = ZONE) -> tuple[Rule, ...]:
    """The rules of one file that must be right."""
    book, problems = read_rules({"test.toml": text}, letters=LETTERS, default_zone=zone)
    assert not [p for p in problems if not p.warning], "\n\n".join(map(str, problems))
    return book.rules


def rule(*lines: str, timing: str = "") -> Rule:
    """One rule; what *lines* leave out is something harmless."""
    keys = {line.split("=")[0].strip() for line in lines}
    usual = {
        "when": 'when = "2 weeks before meeting start at 09:00"',
        "to": 'to = "everyone invited"',
        "send": 'send = "reminder"',
    }
    rest = [line for key, line in usual.items() if key not in keys]
    return rules("\n".join(["[timing]", timing, "[rule]", *lines, *rest]))[0]


def known(*made: Rule, since: str = "2026-01-01 00:00") -> dict[object, datetime]:
    return {r.id: at(since) for r in made}


def shipped() -> dict[str, str]:
    """The files about one meeting and its answers."""
    return {path.name: path.read_text("utf-8") for path in sorted(SHIPPED.glob("[123]-*.toml"))}
