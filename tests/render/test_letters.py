"""Letter files: what is wrong with them is said at once and kindly; what is right is chosen by name and language."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailer.errors import LetterProblems
from mailer.render.letters import Letters, letters_of, read_letters, shipped_letters, write
from mailer.render.lines import headline
from mailer.render.sample import CHAMPION, MEETING, READER, sample_facts
from mailer.render.view import NAMES, first_name
from mailer.terms import Address

HEAD = "Subject: Hello\n\n"
NOBODY = Address("", "rsvp@northwoods.example")


def said(body: str, *, head: str = HEAD) -> list[str]:
    letters, problems = letters_of({"a.txt": head + body})
    assert bool(problems) is ("a" not in letters.names)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("body", "line", "sentence", "remedy"),
    [
        ("{{ meeting.palce }}", 3, "I do not know {{ meeting.palce }}.", "Did you mean {{ meeting.place }}?"),
        ("a\n\nb {{ persn.name }}", 5, "I do not know {{ persn.name }}.", "Did you mean {{ person.name }}?"),
        ("{{ Person.First_Name }}", 3, "I do not know {{ Person.First_Name }}.", "Did you mean {{ person.first_name }}?"),
        ("{{ first_name }}", 3, "I do not know {{ first_name }}.", "Did you mean {{ person.first_name }}?"),
        ("{{ meeting.colour }}", 3, "I do not know {{ meeting.colour }}.", "Of meeting I know: title, when, date"),
        ("{{ zebra }}", 3, "I do not know {{ zebra }}.", "Names I know: person, partnership"),
        ("{{ person }}", 3, "{{ person }} is several things.", "Say which: person.name, person.first_name"),
        ("{{ champion }}", 3, "{{ champion }} is several things.", "Say which: champion.name"),
        ("{{ person.name.first }}", 3, "I do not know “first” here.", "at most one point"),
        ("{ meeting.place }", 3, "{ meeting.place } would be sent as it stands.", "Write {{ meeting.place }}, with two braces"),
        ("{{ meeting.place }", 3, "The braces here do not fit together.", "with two braces on each side"),
        ("{{ first name }}", 3, "The braces here do not fit together.", "with two braces on each side"),
        ("x\n{% if meeting.place %}\ny", 4, "A {% if … %} is never closed.", "Write {% endif %}"),
        ("x\n{% endif %}", 4, "This closes a condition that was never opened.", "Write {% if … %} before it"),
        ("{% if answer.word == “yes” %}x{% endif %}", 3, "““” cannot stand between braces.", "must be straight ones"),
        ("{{ person.name|shout }}", 3, "I do not know |shout.", "After | may stand: upper"),
        ("{{ person.name|href }}", 3, "I do not know |href.", "After | may stand: upper"),
        ("[[button]]", 3, "I do not know the block [[button]].", "Did you mean [[buttons]]?"),
        ("[[zebra]]", 3, "I do not know the block [[zebra]].", "Blocks I know: meeting, buttons, signature."),
        # What would run code, read secrets or run for ever.
        ("{{ person.__class__ }}", 3, "I do not know {{ person.__class__ }}.", "Of person I know"),
        ("{{ ''.__class__.__mro__ }}", 3, "I do not know “__mro__” here.", ""),
        ("{{ person['name'] }}", 3, "This cannot stand in a letter.", ""),
        ("{{ person.name.upper() }}", 3, "This cannot stand in a letter.", ""),
        ("{% for a in person.name %}x{% endfor %}", 3, "This cannot stand in a letter.", ""),
        ("{{ 'a' * 999999999 }}", 3, "This cannot stand in a letter.", ""),
        ("{{ 9 ** 999999 }}", 3, "This cannot stand in a letter.", ""),
        ("{% include '/etc/passwd' %}", 3, "This cannot stand in a letter.", ""),
        ("{% import 'os' as os %}", 3, "This cannot stand in a letter.", ""),
        ("{% set x = person %}", 3, "This cannot stand in a letter.", ""),
        ("{% macro x() %}{% endmacro %}", 3, "This cannot stand in a letter.", ""),
        ("{{ self }}", 3, "I do not know {{ self }}.", ""),
        ("{{ range(9) }}", 3, "This cannot stand in a letter.", ""),
        ("{{ lipsum }}", 3, "I do not know {{ lipsum }}.", ""),
        ("{% if " + "not " * 60 + "person.name %}x{% endif %}", 3, "This cannot stand in a letter.", ""),
        ("{% if " + "(" * 5000 + "1" + ")" * 5000 + " %}x{% endif %}", 0, "This cannot stand in a letter.", ""),
        ("x" * 200_001, 0, "too long", ""),
        ("", 0, "There is nothing in this letter.", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(body: str, line: int, sentence: str, remedy: str) -> None:
    _, problems = letters_of({"a.txt": HEAD + body})
    assert problems
    assert sentence in problems[0].sentence
    assert remedy in problems[0].remedy
    assert (problems[0].where, problems[0].line) == ("a.txt", line)


def test_all_at_once() -> None:
    _, problems = letters_of(
        {
            "a.txt": "Hello\n\n{{ persn.name }} and {{ meeting.tilte }}\n[[singature]]",
            "b.txt": "Subject: {{ meeting.dat }}\n\n{{ meeting.place }\n{{ convner.name }}",
            "c d.txt": "Subject: x\n\nx",
            "e.html": "<p>x</p>",
            "f.txt": "Subject: {% if before == 1 %}x{% endif %}\n\nx",
            "g.txt": "Subject: good\n\nfine",
        }
    )
    assert [(p.where, p.line, p.sentence) for p in problems] == [
        ("a.txt", 1, "The subject is missing."),
        ("a.txt", 3, "I do not know {{ meeting.tilte }}."),
        ("a.txt", 3, "I do not know {{ persn.name }}."),
        ("a.txt", 4, "I do not know the block [[singature]]."),
        ("b.txt", 1, "I do not know {{ meeting.dat }}."),
        ("b.txt", 3, "The braces here do not fit together."),
        ("b.txt", 4, "I do not know {{ convner.name }}."),
        ("c d.txt", 0, "This is no name for a letter."),
        ("e.html", 0, "There is no e.txt beside it: every letter needs its plain text."),
        ("f.txt", 1, "The subject comes out empty."),
    ]


def test_a_problem_reads_like_this() -> None:
    assert said("Dear {{ person.frist_name }},") == [
        "a.txt, line 3\n"
        "    Dear {{ person.frist_name }},\n"
        "I do not know {{ person.frist_name }}.\n"
        "Did you mean {{ person.first_name }}?"
    ]


def test_the_shipped_letters_are_in_order() -> None:
    letters, problems = read_letters([shipped_letters()])
    assert problems == ()
    guests = {
        "invitation-business", "invitation-public-partner", "calendar-follow-up", "reminder", "last-call", "confirmation-yes",
        "sorry-you-cannot", "thanks-for-maybe", "moved", "cancelled", "place-changed", "logistics",
    }  # fmt: skip
    assert all(letters.languages(name) == ("en", "es") for name in guests)
    service = {
        "understood",
        "please-say",
        "stopped-meeting",
        "stopped",
        "stopped-everything",
        "writing-again",
        "please-confirm-stop",
    }
    assert all({"en", "es"} <= set(letters.languages(name)) for name in service)
    assert letters.names >= guests | service | {"address-is-dead", "please-decide", "service-notice"}
    assert letters.needs("reminder") == {"meeting", "links"}
    assert letters.needs("address-is-dead") == {"about"}
    assert letters.needs("service-notice") == set()


@pytest.mark.parametrize("name", sorted(path.name for path in shipped_letters().glob("[a-z]*.txt")))
def test_shipped_letters_ask_and_sign(name: str, letters: Letters) -> None:
    """Each letter to a guest has the meeting in words, a signature, and asks for an answer where it needs one."""
    letter, _, language = name.removesuffix(".txt").partition(".")
    facts = sample_facts(letter)
    about = facts.about if "about" in letters.needs(letter) else None
    one = write(replace(facts, person=replace(READER, language=language or "en"), about=about), letters, NOBODY)
    assert one.language == (language or "en")
    assert "None" not in one.text
    assert one.html.count("<html") == 1
    assert "<style" in one.html
    assert 'style="' in one.html
    assert len(one.subject) <= 78
    source = (shipped_letters() / name).read_text(encoding="utf-8")
    to_the_convener = "Your convener service" in source
    assert ("[[signature]]" in source) is not to_the_convener
    if not to_the_convener:
        assert "Jane Smith" in one.text
    if "[[meeting]]" in source:
        assert MEETING.title in one.subject
        assert {"es": "marzo", "de": "März", "fr": "mars"}.get(language, "March") in one.text
    if letter in ("invitation-business", "invitation-public-partner", "reminder", "last-call", "moved"):
        assert "quizás" in one.text if language == "es" else "maybe" in one.text
        assert one.html.count("mailto:") >= 3


def test_the_manual_names_everything() -> None:
    manual = (shipped_letters() / "README.md").read_text(encoding="utf-8")
    for name, parts in NAMES.items():
        for whole in [f"{name}.{part}" for part in parts] or [name]:
            if name not in ("words", "signer", "champion", "before", "about"):
                assert f"`{whole}`" in manual, whole
        assert f"`{name}" in manual


def test_the_language_of_the_reader() -> None:
    letters, problems = letters_of(
        {
            "a.txt": HEAD + "Hi",
            "a.es.txt": HEAD + "Hola",
            "a.en-gb.txt": HEAD + "Hullo",
            "b.txt": "Subject: B\nLanguage: de\n\nHallo",
        },
        default_language="en",
    )
    assert not problems
    assert letters.languages("a") == ("en", "en-gb", "es")
    for language, words in (
        ("en", "Hi"), ("es", "Hola"), ("es-MX", "Hola"), ("es_MX", "Hola"), ("en-GB", "Hullo"), ("en-US", "Hi"), ("fr", "Hi"), ("", "Hi"),
    ):  # fmt: skip
        facts = replace(sample_facts("a"), person=replace(READER, language=language))
        assert words in write(facts, letters, NOBODY).text, language
    assert write(sample_facts("b"), letters, NOBODY).language == "de"


def test_own_letters_take_the_place_of_shipped_ones_one_by_one(tmp_path: Path) -> None:
    own = tmp_path / "letters"
    own.mkdir()
    (own / "reminder.txt").write_text(
        "Subject: Knock, knock\n\nStill there, {{ person.first_name }}?", encoding="utf-8"
    )
    (own / "extra.txt").write_text("Subject: Extra\n\nNew.", encoding="utf-8")
    (own / "notes.md").write_text("not a letter", encoding="utf-8")
    letters, problems = read_letters([shipped_letters(), own])
    assert not problems
    assert write(sample_facts("reminder"), letters, NOBODY).subject == "Knock, knock"
    assert "extra" in letters.names
    assert "list for our meeting" in write(sample_facts("last-call"), letters, NOBODY).text
    spanish = replace(sample_facts("reminder"), person=replace(READER, language="es"))
    assert write(spanish, letters, NOBODY).language == "es", "the shipped translation stays until it is replaced, too"


def test_folders_and_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Subject: Caf\xe9\n\nx")
    _, problems = read_letters([tmp_path / "nowhere", tmp_path])
    assert {p.sentence for p in problems} == {
        "This folder of letters cannot be read: No such file or directory.",
        "This file is not saved as UTF-8.",
    }


def test_own_html_and_own_layout() -> None:
    letters, problems = letters_of(
        {
            "a.txt": HEAD + "Plain {{ person.first_name }}",
            "a.html": "<p class='x'>Rich {{ person.first_name }}</p><table>{% if champion %}<tr><td>{{ champion.name }}</td></tr>{% endif %}</table>",
            "b.txt": HEAD + "Plain",
            "b.html": "<!doctype html><html><body>All my own</body></html>",
            "_layout.html": "<html><head><style>.x { color: red } @media print { .x { content: '→' } }</style></head>"
            "<body>[[letter]]<hr></body></html>",
            "_layout.txt": "Top\n\n[[letter]]\n\nFoot",
        }
    )
    assert not problems
    one = write(replace(sample_facts("a"), on_behalf_of=CHAMPION), letters, NOBODY)
    assert one.text == "Top\n\nPlain Ann\n\nFoot\n"
    assert 'style="color: red;">Rich Ann</p>' in one.html
    assert "<tr><td>Jane Smith</td></tr>" in one.html
    assert "<hr>" in one.html
    assert "@media print" in one.html
    assert r"content: '\2192 '" in one.html, "character references mean nothing in CSS"
    assert "<hr>" not in write(sample_facts("b"), letters, NOBODY).html
    nobody = write(replace(sample_facts("a"), on_behalf_of=None), letters, NOBODY)
    assert "<td>" not in nobody.html


def test_a_broken_layout_is_reported_and_letters_still_leave() -> None:
    letters, problems = letters_of(
        {"a.txt": HEAD + "Hi", "_layout.html": "<p>{{ meting.title }}</p>", "_layout.txt": "[[letter]]"}
    )
    assert [p.where for p in problems] == ["_layout.html", "_layout.html"]
    assert "Hi" in write(sample_facts("a"), letters, NOBODY).html


def test_values_are_escaped_in_html_and_not_in_text() -> None:
    letters, _ = letters_of({"a.txt": HEAD + "{{ person.name }} **{{ meeting.description }}**\n> {{ their_words }}"})
    facts = replace(
        sample_facts("a"),
        person=replace(READER, name="<b>Ann & Co</b>"),
        meeting=replace(MEETING, description="1 < 2\n**not bold**"),
        their_words="<script>\nlast",
    )
    one = write(facts, letters, NOBODY)
    assert one.text == "<b>Ann & Co</b> 1 < 2\n**not bold**\n> <script>\n> last\n"
    assert "&lt;b&gt;Ann &amp; Co&lt;/b&gt; <strong>1 &lt; 2<br>\n**not bold**</strong>" in one.html
    assert "<blockquote>&lt;script&gt;<br>\nlast</blockquote>" in one.html


def test_an_unknown_letter() -> None:
    letters, _ = letters_of({"invitation.txt": HEAD + "x"})
    with pytest.raises(LetterProblems, match="Did you mean “invitation”"):
        letters.pick("invitaton", "en")


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ann Ortiz", "Ann"), ("Ortiz, Ann", "Ann"), ("Dr. Ann Ortiz", "Ann"), ("Mr. Ken Lam", "Ken"), ("A. Ortiz", "A. Ortiz"),
     ("Ann", "Ann"), ("Prof. Dr. Ute Maier", "Ute"), ("María José Núñez", "María"), ("", ""), ("Ortiz,", "Ortiz"), ("Smith, Jane, Jr.", "Jane,")],
)  # fmt: skip
def test_first_names(name: str, first: str) -> None:
    assert first_name(name).rstrip(",") == first.rstrip(",")


@pytest.mark.parametrize(
    ("notice", "subject"),
    [
        ("4 letters wait for your word: those of the rule [invite], to\n\n- Ann Lee", "4 letters wait for your word"),
        ("Dr. Zhao says no. The seat is free.", "Dr. Zhao says no"),
        ("Launch meeting, Thu 10 Dec 2026 09:00: 4 coming\n- yes: Ann Lee", "Launch meeting, Thu 10 Dec 2026 09:00"),
        ("“Ann, please join us: Launch” has its OK.", "“Ann, please join us”"),
        ("\n- \n- Item 1: Ask three schools (Ann Lee)\n", "Item 1: Ask three schools (Ann Lee)"),
        ("word " * 40, "word " * 15 + "word …"),
        ("x" * 2_000, "x" * 80 + " …"),
        ("\r\nBcc", "Bcc"), ("", ""),
    ],
)  # fmt: skip
def test_the_subject_of_a_notice_is_its_first_sentence(notice: str, subject: str) -> None:
    assert headline(notice) == subject
