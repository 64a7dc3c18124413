"""Diets and access needs, said beside another answer: "I'm vegetarian", "one of us uses a wheelchair", "nut allergy", "soy vegana".

Promises: pure; a need only where the words name one; denied needs ("no allergies") are none.
Never:    takes part in the answer beside which it stands.
Fails:    not at all.
"""

from dataclasses import dataclass
from enum import StrEnum

MOST_NEEDS = 20


class NeedKind(StrEnum):
    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    PESCATARIAN = "pescatarian"
    GLUTEN_FREE = "gluten-free"
    LACTOSE_FREE = "lactose-free"
    NUT_ALLERGY = "nut allergy"
    ALLERGY = "allergy"
    HALAL = "halal"
    KOSHER = "kosher"
    NO_PORK = "no pork"
    NO_ALCOHOL = "no alcohol"
    DIABETIC = "diabetic"
    DIET = "other diet"
    WHEELCHAIR = "wheelchair"
    STEP_FREE = "step-free access"
    HEARING = "hearing"
    SIGN_LANGUAGE = "sign language"
    SIGHT = "sight"
    INTERPRETER = "interpreter"
    PARKING = "parking close by"
    ACCESS = "other access need"


@dataclass(frozen=True, slots=True)
class Need:
    """*count*: how many people; *words*: as typed. *certain*: False where a count or a doubt is not understood."""

    kind: NeedKind
    count: int = 1
    words: str = ""
    certain: bool = True


def read_needs(text: str, language: str = "") -> tuple[Need, ...]:
    """Read diets and access needs out of any text."""
    return ()
