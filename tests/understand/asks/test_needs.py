"""Diets and access needs, said beside other answers."""

import pytest

from mailer.understand.asks.needs import NeedKind as Kind
from mailer.understand.asks.needs import read_needs


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("Yes, I'll be there. I'm vegetarian.", [(Kind.VEGETARIAN, 1)]),
        ("one of us uses a wheelchair", [(Kind.WHEELCHAIR, 1)]),
        ("Coming! Nut allergy.", [(Kind.NUTS, 1)]),
        ("soy vegana", [(Kind.VEGAN, 1)]),
        ("We will be two, both vegan", [(Kind.VEGAN, 2)]),
        ("2 vegetarians and 1 gluten free", [(Kind.VEGETARIAN, 2), (Kind.GLUTEN, 1)]),
        ("three of us are vegan", [(Kind.VEGAN, 3)]),
        ("two people with gluten intolerance", [(Kind.GLUTEN, 2)]),
        ("She's allergic to shellfish", [(Kind.ALLERGY, 1)]),
        ("I have a dietary restriction: gluten free", [(Kind.GLUTEN, 1)]),
        ("I don't eat pork", [(Kind.PORK, 1)]),
        ("Halal food, please", [(Kind.HALAL, 1)]),
        ("my colleague keeps kosher", [(Kind.KOSHER, 1)]),
        ("I'm lactose intolerant and diabetic", [(Kind.LACTOSE, 1), (Kind.DIABETIC, 1)]),
        ("Coming with Ann, who is deaf and needs an ASL interpreter", [(Kind.HEARING, 1), (Kind.SIGN_LANGUAGE, 1)]),
        ("I am hard of hearing", [(Kind.HEARING, 1)]),
        ("I can't climb stairs", [(Kind.STEPS, 1)]),
        ("Bob brings his guide dog", [(Kind.ACCESS, 1)]),
        ("we need a Spanish interpreter", [(Kind.INTERPRETER, 1)]),
        ("large print, please", [(Kind.SIGHT, 1)]),
        ("I need accessible parking", [(Kind.PARKING, 1)]),
        ("No dairy, no nuts", [(Kind.LACTOSE, 1), (Kind.NUTS, 1)]),
        ("somos dos, los dos vegetarianos", [(Kind.VEGETARIAN, 2)]),
        ("sin gluten por favor", [(Kind.GLUTEN, 1)]),
        ("uso silla de ruedas", [(Kind.WHEELCHAIR, 1)]),
        ("tengo alergia a las nueces", [(Kind.NUTS, 1)]),
        ("ich bin Vegetarier", [(Kind.VEGETARIAN, 1)]),
        ("eine Kollegin sitzt im Rollstuhl", [(Kind.WHEELCHAIR, 1)]),
        ("zwei Veganer", [(Kind.VEGAN, 2)]),
        ("je suis végétarienne", [(Kind.VEGETARIAN, 1)]),
        ("allergique aux noix", [(Kind.NUTS, 1)]),
    ],
)
def test_needs(text: str, needs: list[tuple[Kind, int]]) -> None:
    read = read_needs(text)
    assert sorted((n.kind, n.count) for n in read) == sorted(needs)
    assert all(n.certain and n.words in text for n in read)


@pytest.mark.parametrize(
    "text",
    [
        "", "Happy to come!", "No allergies.", "I have no dietary restrictions", "I am not vegetarian", "nobody is vegan",
        "no tengo alergias", "no soy vegana", "bin nicht vegan", "keine Allergien", "pas d'allergies", "We have no special needs",
        "None of us is vegetarian",
    ],
)  # fmt: skip
def test_none(text: str) -> None:
    assert read_needs(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Is there vegetarian food?",
        "I might need a wheelchair",
        "maybe one vegan",
        "some of us are vegetarian",
        "we are all vegan",
    ],
)
def test_doubts_are_told(text: str) -> None:
    (need,) = read_needs(text)
    assert not need.certain
