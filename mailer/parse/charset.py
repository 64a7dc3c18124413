"""Bytes → text, whatever they claim to be.

Promises: never raises. The chain is declared charset, UTF-8, windows-1252; a declared charset that the bytes belie loses.
"""

import binascii
import codecs
import re

# Names that senders write and Python does not know, or that say nothing.
_ALIASES = {
    "unknown-8bit": "", "x-unknown": "", "unknown": "", "8bit": "", "7bit": "", "binary": "", "default": "", "default_charset": "",
    "x-user-defined": "", "us-ascii": "", "ascii": "", "ansi_x3.4-1968": "", "utf8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "ansi_x3.110-1983": "latin-1", "cp-850": "cp850", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6", "x-gbk": "gbk", "gb2312": "gb18030", "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "windows-874": "cp874", "iso-8859-1": "cp1252", "latin-1": "cp1252",
    "latin1": "cp1252", "iso_8859-1": "cp1252", "cp-1252": "cp1252", "windows1252": "cp1252", "x-windows-949": "cp949",
}  # fmt: skip
_SEVEN_BIT = ("utf-7", "hz", "iso2022")  # codecs whose text hides in ASCII bytes
_MULTI_BYTE = ("gb", "big5", "euc", "cp932", "cp949", "cp950", "shift", "sjis", "johab", "utf-16", "utf-32", "hkscs")


def _codec(declared: str | None) -> str:
    name = (declared or "").strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if not name:
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return "?"
    return info.name if info._is_text_encoding else "?"  # base64, rot13 … are codecs too


_known: dict[str | None, str] = {}


def _known_codec(declared: str | None) -> str:
    codec = _known.get(declared)
    if codec is None:
        codec = _codec(declared)
        if len(_known) < 500:  # names come from strangers
            _known[declared] = codec
    return codec


def decode(content: bytes, declared: str | None) -> tuple[str, str]:
    """Decode *content*; with it a defect in words, or an empty text."""
    codec = _known_codec(declared)
    defect = "unknown charset" if codec == "?" else ""
    if codec == "?":
        codec = ""
    if content.isascii() and not codec.startswith(_SEVEN_BIT) and not codec.startswith(("utf-16", "utf-32")):
        return content.decode("ascii"), defect
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") and not codec:
        codec = "utf-16"
    order = [codec, "utf-8"] if codec.startswith(_SEVEN_BIT + _MULTI_BYTE) else ["utf-8", codec]
    for name in order:
        if name:
            try:
                return content.decode(name), defect
            except (UnicodeError, ValueError):
                continue
    if codec and codec != "utf-8":
        return content.decode(codec, "replace"), defect or "charset does not fit its text"
    return _windows(content), defect or ("charset does not fit its text" if codec else "")


def _windows(content: bytes) -> str:
    # UTF-8 with a few broken bytes stays UTF-8; text that is no UTF-8 at all is read as windows-1252
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 4 < sum(1 for char in text if char > "\x7f"):
        return text
    return content.decode("cp1252", "replace")


_MOJIBAKE = re.compile(r"[\x80-\xff]{4,}")


def other_reading(text: str) -> str:
    """*text* as it reads if some program took UTF-8 or GB 18030 for Latin-1; empty where it does not look so."""
    if not _MOJIBAKE.search(text):
        return ""
    for codec in ("utf-8", "gb18030"):
        try:
            return text.encode("latin-1").decode(codec)
        except UnicodeError:
            continue
    return ""


_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)[ \t]+(?==\?)")


def decode_header(value: str, charset: str | None = None) -> str:
    """A field value: encoded words (RFC 2047) and stray 8-bit bytes decoded, control characters gone. *charset* for the bytes."""
    if not value.isascii():
        try:
            value = decode(value.encode("ascii", "surrogateescape"), charset)[0]
        except UnicodeEncodeError:
            value = value.encode("utf-8", "replace").decode("utf-8", "replace")
    if "=?" in value:
        value = _words(_BETWEEN_WORDS.sub(r"\1", value))
    return "".join(char for char in value if char >= " " or char == "\t") if not value.isprintable() else value


def _words(value: str) -> str:
    out: list[str] = []
    place = 0
    pending, charset = b"", ""
    # adjacent words of one charset are joined before decoding: senders cut characters in two
    for match in _ENCODED_WORD.finditer(value):
        if match.start() > place:
            if pending:
                out.append(decode(pending, charset)[0])
                pending = b""
            out.append(value[place : match.start()])
        name = match[1].partition("*")[0].lower()  # RFC 2231 §5: charset*language
        if pending and name != charset:
            out.append(decode(pending, charset)[0])
            pending = b""
        charset = name
        text = match[3].encode("utf-8", "replace")
        if match[2] in "bB":
            clean = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
            try:
                pending += binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
            except binascii.Error:
                pending += text
        else:
            pending += binascii.a2b_qp(text, header=True)
        place = match.end()
    if pending:
        out.append(decode(pending, charset)[0])
    out.append(value[place:])
    return "".join(out)
