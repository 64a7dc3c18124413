"""The cast as data, and the people file that is made of it."""

import csv
import io

import pytest

from mailer.partnership.people import PartnerKind, Role
from mailer.sandbox.cast import CAST, COLUMNS, people_csv
from mailer.sandbox.habits import Away, Forwards
from mailer.terms import canonical


def addresses() -> list[str]:
    listed = [address for member in CAST for address in (*member.emails, *member.unlisted)]
    return listed + [act.email for member in CAST for act in member.acts if isinstance(act, Forwards)]


def test_names_organisations_and_addresses_are_all_different() -> None:
    for values in ([m.name for m in CAST], [m.organisation for m in CAST], addresses()):
        assert len(values) == len(set(values))


def test_every_address_is_invented_and_canonical() -> None:
    for address in addresses():
        assert address.endswith(".example")
        assert canonical(address) == address


def test_the_cast_has_every_kind_of_person() -> None:
    assert {member.kind for member in CAST} == set(PartnerKind)
    assert 30 <= len(CAST) <= 40
    assert sum(member.language == "es" for member in CAST) >= 2
    assert any(isinstance(act, Away) for member in CAST for act in member.acts)


def test_every_champion_is_one() -> None:
    champions = {m.email for m in CAST if {Role.CHAMPION, Role.LEAD_CHAMPION} & set(m.roles)}
    assert {m.champion for m in CAST if m.champion} <= champions


@pytest.mark.parametrize("column", COLUMNS)
def test_the_people_file_has_each_column_in_the_words_of_a_convener(column: str) -> None:
    rows = list(csv.DictReader(io.StringIO(people_csv())))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(CAST)
    assert any(row[column] for row in rows)
