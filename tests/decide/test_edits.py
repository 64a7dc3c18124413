"""Edits, restarts and outages in any order: nobody gets a rule twice, and what is new or changed never looks back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.decide.conditions import Wait, Wanted, still_wanted
from mailer.decide.due import due
from mailer.decide.rule import Rule
from mailer.decide.snapshot import Notice, Snapshot, Standing
from mailer.decide.stages import stages
from mailer.partnership.attendance import Invitation
from mailer.terms import InvitationId, MeetingId, PersonId, RuleId, Token
from tests.decide.cast import at, meeting, person, rules, standing

FILE = """
[invite]
when    = "6 weeks before meeting start at 09:00"
to      = "businesses who have not been invited"
send    = "invitation-business"
if-late = "send at once"

[remind]
when    = "{days} business days before meeting start at {hour}"
to      = "everyone invited who has not replied"
send    = "reminder"
if-late = "{late}"

[logistics]
when    = "{logistics} before meeting start at 09:00"
to      = "everyone invited"
send    = "logistics"
if-late = "send at once until meeting start"
"""


@dataclass
class Service:
    """The ledger, the outbox, and since when each rule is known (as `store.rules.learn` keeps it). A restart loses nothing else."""

    people: dict[PersonId, Standing]
    made: Sequence[Rule] = ()
    known: dict[RuleId, tuple[str, datetime]] = field(default_factory=dict)
    outbox: list[Notice] = field(default_factory=list)
    sent: list[tuple[datetime, Notice, Rule]] = field(default_factory=list)

    def edit(self, made: Sequence[Rule], now: datetime) -> None:
        self.made = made
        for one in made:
            if self.known.get(one.id, ("", now))[0] != one.digest:
                self.known[one.id] = (one.digest, now)

    def tick(self, now: datetime) -> None:
        since = {i: then for i, (_, then) in self.known.items()}
        for notice in due(self.made, self.picture(), since, now).notices:
            stands = self.people[notice.person_id]
            assert (notice.rule, notice.round) not in stands.noticed, "decided twice"
            of = next(r for r in self.made if r.id == notice.rule)
            planned = next(s for w in of.whens for s in stages(of, w, meeting()) if s.round == notice.round)
            assert planned.at > since[notice.rule], "looked back"
            self.people[notice.person_id] = replace(stands, noticed=stands.noticed | {(notice.rule, notice.round)})
            self.outbox.append(notice)
        waiting = []
        for notice in self.outbox:
            of = next(r for r in self.made if r.id == notice.rule)
            verdict = still_wanted(of, notice, self.picture(), now, self.made)
            if isinstance(verdict, Wait):
                waiting.append(notice)
            if isinstance(verdict, Wanted):
                self.sent.append((now, notice, of))
                stands = self.people[notice.person_id]
                blank = Invitation(InvitationId(1), MeetingId(7), notice.person_id, Token("t"))
                invitation = stands.invitation or (replace(blank, invited_at=now) if notice.invites else None)
                self.people[notice.person_id] = replace(stands, written_at=now, invitation=invitation)
        self.outbox = waiting

    def picture(self) -> Snapshot:
        return Snapshot(meeting(), tuple(self.people.values()))


versions = st.builds(
    lambda days, hour, late, logistics: rules(FILE.format(days=days, hour=hour, late=late, logistics=logistics)),
    st.sampled_from([6, 8, 10, 12]),
    st.sampled_from(["09:30", "15:00"]),
    st.sampled_from(["skip", "send at once"]),
    st.sampled_from(["1 business day", "3 days"]),
)
moments = st.integers(20 * 24, 66 * 24).map(lambda hour: at("2026-01-05 09:00") + timedelta(hours=hour))
histories = st.lists(st.tuples(moments, st.none() | versions), min_size=3, max_size=12).map(
    lambda h: sorted(h, key=lambda e: e[0])
)


@settings(max_examples=100, deadline=None)
@given(versions, histories, st.sampled_from([None, timedelta(hours=3), timedelta(days=1)]))
def test_any_sequence_of_edits_outages_and_restarts(
    first: Sequence[Rule], history: list[tuple[datetime, Sequence[Rule] | None]], every: timedelta | None
) -> None:
    service = Service({PersonId(n): standing(person(n)) for n in (1, 2)})
    now = at("2026-01-05 09:00")
    service.edit(first, now)
    for moment, edited in [*history, (at("2026-03-20 09:00"), None)]:
        while every is not None and now + every < moment:
            now += every
            service.tick(now)
        now = max(now, moment)
        if edited is not None:
            service.edit(edited, now)
        service.tick(now)
    had = [(n.rule, n.person_id, n.round) for _, n, _ in service.sent]
    assert len(had) == len(set(had)), "sent twice"
    for sent_at, notice, of in service.sent:
        planned = next(s for w in of.whens for s in stages(of, w, meeting()) if s.round == notice.round)
        assert sent_at >= notice.not_before
        assert planned.limit is None or sent_at <= max(planned.limit, meeting().dtstart)
    if every is not None and not any(edited for _, edited in history):
        invited = {n.person_id for _, n, _ in service.sent if n.rule == "invite"}
        assert invited == {1, 2}, "lost"
