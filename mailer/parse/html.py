"""HTML answers → plain text, with what the mail program marked as quoted or signature taken away first.

Promises: pure; never raises; depth, size and number of elements are limited.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailer.parse.text import Trimmed, trim

MOST_HTML = 400_000
MOST_NESTING = 400
MOST_ELEMENTS = 30_000

# Containers by the program that writes them. What they hold is never the person's own new words. A blockquote is none of them: it
# becomes lines with ">", and so do containers that hold one, for people write between the pieces.
QUOTED = (
    "div.gmail_quote_container", "div.gmail_quote", "div.gmail_extra", "div.gmail_attr", "div.yahoo_quoted", "div.yahoo-quoted-begin",
    "div#yahoo_quoted", "div.ydp_quoted", "div.moz-cite-prefix", "div.moz-forward-container", "div.protonmail_quote", "div.tutanota_quote",
    "div.zmail_extra", "div.zmail_extra_hr", "div.zoho_quote", "hr[data-marker=__DIVIDER__]", "div[data-marker=__HEADERS__]",
    "div.front-blockquote", "div[name=messageReplySection]", "div.hs_reply", "div.gmail_original",
    "div.mail-editor-reference-message-container", "div.ms-outlook-mobile-reference-message",
    "div#mail-editor-reference-message-container", "div.x_gmail_quote", "div.cm_quote", "div.history_container", "div.intercom-history",
    "div.fd-reply-history", "div.freshdesk_quote", "div.missive_quote", "div.outreach-quote", "div.quote", "div#OLK_SRC_BODY_SECTION",
    "span#OLK_SRC_BODY_SECTION", "div#isForwardContent", "div#replySplit", "div.qmbox", "div.ntes-mailreplaced", "includetail",
    "div.notion-mail-quote", "div.trix-quote", "div.zendesk-quote", "div#previous-replies", "div.convener-letter",
    "div.WordSection1 > div.OutlookMessageHeader",
)  # fmt: skip
# From these on everything that follows in the document is quoted.
BORDERS = (
    "div#divRplyFwdMsg",
    "div#x_divRplyFwdMsg",
    "div#appendonsend",
    "hr#stopSpelling",
    "hr#zwchr",
    "div.OutlookMessageHeader",
    "hr.EmailQuote",
    "div#OriginalMessage",
)
SIGNATURES = (
    "div.gmail_signature", "div.gmail_signature_prefix", "div#Signature", "div#x_Signature", "div#ms-outlook-mobile-signature",
    "div.moz-signature", "pre.moz-signature", "div#AppleMailSignature", "div.AppleMailSignature", "div.protonmail_signature_block",
    "div[name=messageSignatureSection]", "div.zmail_signature", "div[data-marker=__SIG_PRE__]", "div[data-marker=__SIG_POST__]",
    "div.front-signature", "div#lineBreakAtBeginningOfSignature", "div#edo-signature", "div.signature",
)  # fmt: skip
DROPPED = (  # struck out is taken back; what is hidden nobody has read, nor meant
    "style, script, head, title, meta, link, template, noscript, object, iframe, svg, img, button, select, textarea, "
    's, strike, del, [style*="display:none" i], [style*="display: none" i]'
)

_BREAKS = frozenset({
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote", "section", "article",
    "header", "footer", "dl", "dt", "dd", "center", "address", "form", "main", "aside", "nav", "body",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"})
_BORDER_TOP = re.compile(
    r"border:?\s*(?:none|0[a-z]*)\s*;\s*border-top\s*:?\s*solid\s*#(?:b5c4df|e1e1e1)|border-top\s*:\s*#?b5c4df|padding:\s*3(?:\.0)?pt\s+0",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")


def html_words(html: str, own_text: str = "") -> Trimmed:
    """The words a person wrote now in an HTML answer."""
    text, signature, quoted = html_text(html)
    trimmed = trim(text, own_text, marked=True)
    return Trimmed(
        trimmed.words,
        "\n".join(filter(None, (trimmed.signature, signature))),
        "\n".join(filter(None, (trimmed.quoted, quoted))),
    )


def html_text(html: str) -> tuple[str, str, str]:
    """Text, signature and quoted text by the containers that programs use."""
    html = _safe(html)
    try:
        tree = LexborHTMLParser(html)
        body = tree.body or tree.root
        if body is None:
            return "", "", ""
        for node in body.css(DROPPED):
            node.decompose()
    except Exception:  # a parser in C: whatever it refuses is read as text without its tags
        return re.sub(r"<[^<>]{0,2000}>", " ", html), "", ""
    taken: list[str] = []
    for selector in SIGNATURES:
        for node in body.css(selector):
            taken.append(_text_of(node))
            node.decompose()
    quoted: list[str] = []
    for selector in QUOTED:
        for node in body.css(selector):
            if node.css_first("blockquote") is None:
                quoted.append(_text_of(node))
                node.decompose()
    _cut_after_borders(body, quoted)
    return _text_of(body), "\n".join(taken), "\n".join(quoted)


def _safe(html: str) -> str:
    html = html[:MOST_HTML]
    # depth is counted before the tree is made: walking a tree of ten thousand levels is what kills readers
    depth = deepest = count = 0
    for match in _TAG.finditer(html):
        count += 1
        if match[2].lower() in ("br", "hr", "img", "p", "li", "td", "tr", "meta", "input"):
            continue
        depth += -1 if match[1] else 1
        deepest = max(deepest, depth)
        if deepest > MOST_NESTING or count > MOST_ELEMENTS:
            return (
                re.sub(r"<(?!/?(?:p|br|blockquote)\b)[^<>]{0,2000}>", " ", html)
                .replace("<blockquote", "<p")
                .replace("</blockquote", "</p")
            )
    return html


def _cut_after_borders(body: LexborNode, quoted: list[str]) -> None:
    border = None
    for selector in BORDERS:
        border = body.css_first(selector)
        if border is not None:
            break
    if border is None:
        for node in body.css("div[style]"):
            if _BORDER_TOP.search(node.attributes.get("style") or "") and re.search(
                r"\w{2,12}\s?:", node.text(deep=True)[:60]
            ):
                border = node
                break
    if border is None:
        return
    at: LexborNode | None = border
    first = True
    while at is not None and at.tag != "body":
        following = at.next
        while following is not None:
            after = following.next
            quoted.append(_text_of(following))
            following.decompose()
            following = after
        parent = at.parent
        if first:
            quoted.append(_text_of(at))
            at.decompose()
            first = False
        at = parent


def _text_of(root: LexborNode) -> str:
    """Text with a line for each block, `>` before what stands in a blockquote. Iterative: depth must not matter."""
    out: list[str] = []
    line: list[str] = []
    quote = 0

    def end_line(force: bool = False) -> None:
        text = _BLANKS.sub(" ", "".join(line)).strip()
        line.clear()
        if text or force:
            out.append("> " * min(quote, 5) + text if quote else text)

    stack: list[tuple[LexborNode | None, str]] = [(root, "")]
    preformatted = 0
    while stack:
        node, closing = stack.pop()
        if node is None:
            if closing == "blockquote":
                end_line()
                quote -= 1
            elif closing == "pre":
                end_line()
                preformatted -= 1
            else:
                end_line()
            if closing in _PARAGRAPHS and out and out[-1]:
                out.append("")
            continue
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if preformatted and "\n" in text:
                pieces = text.split("\n")
                for piece in pieces[:-1]:
                    line.append(piece)
                    end_line(force=True)
                line.append(pieces[-1])
            else:
                line.append(text)
            continue
        if tag in _BREAKS:
            if tag == "br":
                end_line(force=True)
            else:
                end_line()
                if tag in _PARAGRAPHS and out and out[-1]:
                    out.append("")
                if tag == "hr":
                    out.append("________________________________")
                elif tag == "blockquote":
                    quote += 1
                elif tag == "pre":
                    preformatted += 1
                stack.append((None, tag))
        elif tag in ("td", "th") and line:
            line.append(" ")
        child = node.last_child
        while child is not None:
            stack.append((child, ""))
            child = child.prev
    end_line()
    return "\n".join(out)
