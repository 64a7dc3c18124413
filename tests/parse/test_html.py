# ruff: noqa: E501  (mail has long lines)
"""HTML answers: each program's own containers, inline answers, and pages that want to hurt."""

import time

import pytest

from mailer.parse.html import html_words

LETTER = "<p>Dear Anna,</p><p>will you come? Please answer yes, no or maybe.</p>"

PAGES = {
    "gmail": f'<div dir="ltr">Yes, I will come.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Mar 2, 2026 at 9:00 AM The Convener &lt;<a href="mailto:rsvp@club.example">rsvp@club.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote">{LETTER}</blockquote></div>',
    "gmail container": f'<div dir="ltr">Yes, I will come.</div><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Mon, 2 Mar 2026 wrote:</div><blockquote>{LETTER}</blockquote></div>',
    "outlook.com": f'<div class="elementToProof">Yes, I will come.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> The Convener<br><b>Sent:</b> Monday</div>{LETTER}',
    "outlook word": f'<div class="WordSection1"><p class="MsoNormal">Yes, I will come.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> The Convener<br><b>Sent:</b> Monday</p></div></div>{LETTER}</div>',
    "new outlook": f'<div>Yes, I will come.</div><div class="ms-outlook-mobile-reference-message">From: x{LETTER}</div>',
    "apple": f'<html><body>Yes, I will come.<br><div><br><blockquote type="cite"><div>On 2 Mar 2026, at 09:00, The Convener &lt;rsvp@club.example&gt; wrote:</div>{LETTER}</blockquote></div></body></html>',
    "thunderbird": f'<p>Yes, I will come.</p><div class="moz-cite-prefix">On 3/2/26 09:00, The Convener wrote:<br></div><blockquote type="cite" cite="mid:k1">{LETTER}</blockquote>',
    "yahoo": f'<div>Yes, I will come.</div><div id="ydp1" class="yahoo_quoted"><div>On Monday, March 2, 2026, The Convener wrote:</div><div>{LETTER}</div></div>',
    "proton": f'<div>Yes, I will come.</div><div class="protonmail_signature_block">Anna, Mill</div><div class="protonmail_quote">On Monday, March 2nd, 2026 at 9:00 AM, x &lt;rsvp@club.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{LETTER}</blockquote></div>',
    "zimbra": f'<div>Yes, I will come.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>x</div><blockquote data-marker="__QUOTED_TEXT__">{LETTER}</blockquote>',
    "our own": f'<div>Yes, I will come.</div><div class="convener-letter" id="convener-letter">{LETTER}</div>',
    "entities": "<style>p {color: red}</style><script>no()</script><p>Yes,&nbsp;I&#32;will\n   come.</p>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_only_the_new_words_stay(page: str) -> None:
    assert html_words(page).words == "Yes, I will come."


def test_inline_answers_stay() -> None:
    page = (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026, The Convener &lt;rsvp@club.example&gt; wrote:</div>'
        "<blockquote>Will you come?</blockquote><div>Yes.</div><blockquote>How many are you?</blockquote><div>Three.</div></div>"
    )
    assert html_words(page).words == "Yes.\n\nThree."


def test_lines_are_lines() -> None:
    page = "<div>Yes</div><div>two<br>three</div><ul><li>Anna</li><li>Bert</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
    assert [line for line in html_words(page).words.split("\n") if line] == [
        "Yes",
        "two",
        "three",
        "Anna",
        "Bert",
        "a b",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000 + "yes",
        "<blockquote>" * 20_000 + "yes",
        "<" * 100_000,
        "<a " * 50_000,
        "<table><tr><td>" * 5_000 + "yes",
        "&" * 100_000,
        "\0" * 1_000,
    ],
    ids=["deep", "quotes", "brackets", "open", "tables", "ampersands", "nuls"],
)
def test_hostile_pages_end_soon(page: str) -> None:
    began = time.process_time()
    html_words(page)
    assert time.process_time() - began < 20  # grown with the square it would be minutes


def test_nothing_gives_nothing() -> None:
    assert html_words("").words == ""
