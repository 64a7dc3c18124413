"""Kinds of public partner, and gaps among them (task 1)."""

from mailer.partnership.gaps import gaps, gaps_text
from mailer.partnership.people import PartnerKind, Person, Role
from mailer.terms import PartnershipId, PersonId


def person(n: int, organisation: str, kind: PartnerKind = PartnerKind.PUBLIC_PARTNER, **facts: object) -> Person:
    return Person(PersonId(n), PartnershipId(1), f"Person {n}", (f"p{n}@x.example",), organisation, kind=kind, **facts)  # type: ignore[arg-type]


def test_each_kind_is_told_by_the_names_of_organisations_and_titles() -> None:
    people = [
        person(1, "Northside Workforce Board"),
        person(2, "Lakeside Community College"),
        person(3, "Bureau of Vocational Rehabilitation"),
        person(4, "County of Lake", title="Director of Human Services"),
        person(5, "Economic Tools Inc", PartnerKind.BUSINESS),  # a company
        person(6, "Adult Education Center", roles=frozenset({Role.CONVENER})),  # the convener's own house
    ]
    found = {g.kind: len(g.names) for g in gaps(people)}
    assert found == {
        "workforce services": 1, "economic development": 0, "colleges and universities": 1, "vocational rehabilitation": 1,
        "adult education and literacy": 0, "human services": 1, "schools": 0,
    }  # fmt: skip
    told = gaps_text([*people, person(7, "Lake Foundation")])
    assert told.startswith("No contact yet for: economic development, adult education and literacy, schools.")
    assert "I take these for them. Is that right?\n- workforce services: Person 1, Northside Workforce Board" in told
    assert "Person 2, Lakeside Community College" in told
    assert "What these stand for I cannot tell by their names: Person 7, Lake Foundation." in told
    assert "nobody's kind is written down anywhere" in told


def test_an_empty_register_lacks_every_kind() -> None:
    assert all(not g.names for g in gaps([]))
