"""The word files: every language has every class, and nothing that cannot be found again."""

from mailer.understand.asks import words
from mailer.understand.asks.tokens import tidy, tokens


def test_every_language_has_the_classes_of_english() -> None:
    shape = {
        table: set(entries) for table, entries in words.content("en").items() if table not in ("numbers", "ordinals")
    }
    for code in words.codes():
        content = words.content(code)
        assert {table: set(content[table]) for table in shape} == shape, code
        assert set(content) == set(words.content("en"))


def test_every_expression_has_words() -> None:
    for code in words.codes():
        for table, classes in words.content(code).items():
            for name, entries in classes.items() if table not in ("numbers", "ordinals") else ():
                for entry in entries:
                    assert isinstance(entry, str)
                    assert tokens(tidy(entry)), (code, table, name, entry)
