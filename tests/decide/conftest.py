"""Rules from the docstring of the test."""

import inspect

import pytest

from mailer.decide.rule import Rule
from tests.decide import cast


@pytest.fixture
def docstring_rules(request: pytest.FixtureRequest) -> tuple[Rule, ...]:
    """The rule file that the test's docstring is."""
    return cast.rules(inspect.getdoc(request.function) or "")
