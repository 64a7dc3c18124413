"""A letter file becomes two templates; what is filled in later cannot change their form."""

import pytest

from mailer.render.grammar import HTML, TEXT
from mailer.render.lines import Written
from mailer.render.markup import as_html, as_text, href, take_apart, unknown_blocks


@pytest.mark.parametrize(
    ("written", "text", "html"),
    [
        ("One\ntwo\n\nthree", "One\ntwo\n\nthree\n", "<p>One<br>\ntwo</p>\n<p>three</p>"),
        ("**Bold** and 2*3*4", "Bold and 2*3*4\n", "<p><strong>Bold</strong> and 2*3*4</p>"),
        ("- a\n- b\nc", "- a\n- b\nc\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>"),
        ("# Head", "Head\n", "<h2>Head</h2>"),
        ("a < b & c", "a < b & c\n", "<p>a &lt; b &amp; c</p>"),
        ("{{ a.b }} <i>", "{{ a.b }} <i>\n", "<p>{{ a.b }} &lt;i&gt;</p>"),
        ("**{{ a.b }}**", "{{ a.b }}\n", "<p><strong>{{ a.b }}</strong></p>"),
        ("> {{ w }}", "{% filter quoted %}{{ w }}{% endfilter %}\n", "<blockquote>{{ w }}</blockquote>"),
        (
            "{% if a %}\nx\n{% endif %}\ny",
            "{% if a %}x\n{% endif %}y\n",
            "{% if a %}\n<p>x</p>\n{% endif %}\n<p>y</p>",
        ),
        ("x{% if a %} y{% endif %}\nz", "x{% if a %} y{% endif %}\nz\n", "<p>x{% if a %} y{% endif %}<br>\nz</p>"),
        (
            "[Map](https://map.example/?a=1&b=2)",
            "Map: https://map.example/?a=1&b=2\n",
            '<p><a class="link" href="https://map.example/?a=1&amp;b=2">Map</a></p>',
        ),
        ("[x](javascript:alert)", "x: javascript:alert\n", '<p><a class="link" href="#">x</a></p>'),
        (
            "[Join]({{ meeting.online_link }})",
            "Join: {{ meeting.online_link }}\n",
            '<p><a class="link" href="{{ (meeting.online_link)|href }}">Join</a></p>',
        ),
        (
            "{{ meeting.online_link }}",
            "{{ meeting.online_link }}\n",
            '<p><a class="link" href="{{ meeting.online_link|href }}">{{ meeting.online_link }}</a></p>',
        ),
        ('{% if a == "<b>" %}', '{% if a == "<b>" %}', '{% if a == "<b>" %}'),
    ],
)
def test_marks(written: str, text: str, html: str) -> None:
    assert as_text(written) == text
    assert as_html(written) == html


def test_blocks_stand_alone() -> None:
    assert "[[" not in as_text("[[meeting]]\n[[buttons]]\n[[signature]]")
    assert "[[" not in as_html("[[meeting]]\n[[buttons]]\n[[signature]]")
    assert unknown_blocks("a\n[[metting]]\n[[buttons]] [[x]]") == [("metting", 2), ("x", 3)]


@pytest.mark.parametrize(
    ("content", "subject", "language", "body", "line"),
    [
        ("Subject: Hello\n\nText\nmore", "Hello", "", "Text\nmore", 3),
        ("\ufeffsubject : Hello\nLanguage: ES\n\n\nText", "Hello", "es", "Text", 5),
        ("Text without a subject", "", "", "Text without a subject", 1),
        ("\n\nSubject: x\nText", "x", "", "Text", 4),
        ("Subject: x", "x", "", "", 2),
        ("", "", "", "", 1),
    ],
)
def test_the_head(content: str, subject: str, language: str, body: str, line: int) -> None:
    source = take_apart(content)
    assert (source.subject, source.language, source.body.strip()) == (subject, language, body)
    if body:
        assert content.splitlines()[source.body_line - 1 :] == source.body.splitlines()


@pytest.mark.parametrize(
    ("address", "kept"),
    [("https://x.example", True), ("HTTP://x.example", True), ("mailto:a@b.example", True), ("tel:+1555", True),
     ("javascript:x", False), ("JaVaScRiPt:x", False), ("data:text/html,x", False), ("", False), ("Dial 5", False)],
)  # fmt: skip
def test_what_may_stand_behind_a_link(address: str, kept: bool) -> None:
    assert (href(address) == address) is kept


def test_what_a_convener_wrote_shows_no_marks() -> None:
    summary = Written("# What we <heard>\n\n- two things\n#hash stays a heading")
    assert TEXT.from_string("{{ d }}").render(d=summary) == "What we <heard>\n\n- two things\nhash stays a heading"
    assert HTML.from_string("{{ d }}").render(d=summary) == (
        "<strong>What we &lt;heard&gt;</strong><br>\n<br>\n• two things<br>\n<strong>hash stays a heading</strong>"
    )
