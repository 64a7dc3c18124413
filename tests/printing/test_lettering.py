"""Every letter of every name is there, or is named."""

import re
import tomllib
from pathlib import Path

import pytest

from mailer.printing import documents, lettering, typesetter
from mailer.printing.lettering import FONTS, has_glyph, legible
from mailer.printing.sheets import Attendee
from mailer.printing.typesetter import LAYOUTS
from mailer.printing.words import WORDS, language_of_words, word
from tests.printing import coverage
from tests.printing.reading import LETTER, MEETING, words

NAMES = [
    ("French", "Anaïs Lœuillet-Çağıl"),
    ("Spanish", "Íñigo Ñuñez Güell"),
    ("Polish", "Łukasz Brzęczyszczykiewicz"),
    ("Czech", "Řehoř Žďárský"),
    ("Hungarian", "Győző Űrhajós"),
    ("Icelandic", "Þórður Ægir Guðmundsson"),
    ("Turkish", "Gökçe Işıklı İnce"),
    ("Romanian", "Ștefan Țepeș"),
    ("Latvian", "Ģirts Ķēniņš"),
    ("Welsh", "Siân Ŵyn"),
    ("Maltese", "Ġorġ Ħaż-Żebbuġ"),
    ("Vietnamese", "Nguyễn Thị Ngọc Ánh"),
    ("Vietnamese, decomposed", "Nguye\u0302\u0303n Thi\u0323 A\u0301nh"),
    ("Yoruba", "Ọláẹ̀kàn Ṣóyínká"),
    ("Hausa", "Ɗanjuma Ƙofa"),
    ("Navajo", "Hastiin Tłʼéhígíí Łizhinii"),
    ("Lushootseed", "siʔaɫ ʔə dxʷdəwʔabš"),
    ("Hawaiian", "Kaʻiulani Keʻelikōlani"),
    ("Azeri", "Əliyev Şəmsəddin"),
    ("German capital", "GROẞMANN"),
    ("Greek", "Γεώργιος Παπαδόπουλος"),
    ("Greek, ancient accents", "Ἀθηνᾶ Ὄλυμπος"),
    ("Russian", "Александр Щёкин"),
    ("Ukrainian", "Ґалаґан Їжак Єва"),
    ("Serbian", "Ђорђе Љубљана Њего"),
    ("Kazakh", "Әлихан Қожа Ғұмар"),
    ("Mongolian", "Өнөрцэцэг Үүлэн"),
    ("Armenian", "Արամ Խաչատրյան"),
    ("Georgian", "გიორგი წერეთელი"),
    ("Arabic", "محمد عبد الرحمن"),
    ("Arabic with marks", "مُحَمَّد"),
    ("Persian", "علی‌رضا پژمان گلچین"),
    ("Urdu", "ٹیپو چوہدری ڈار"),
    ("Hebrew", "יעל כהן"),
    ("Hebrew with points", "שָׁלוֹם"),
    ("Syriac", "ܐܦܪܝܡ"),
    ("Thaana", "މުޙައްމަދު"),
    ("Amharic", "አበበ ቢቂላ"),
    ("Hindi", "अनिता शर्मा कृष्णन्"),
    ("Bengali", "রবীন্দ্রনাথ ঠাকুর"),
    ("Punjabi", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ"),
    ("Gujarati", "નરેન્દ્ર પટેલ"),
    ("Odia", "ସୁବ୍ରତ ପଟ୍ଟନାୟକ"),
    ("Tamil", "முருகன் சுப்பிரமணியன்"),
    ("Telugu", "శ్రీనివాస్ రెడ్డి"),
    ("Kannada", "ಕೃಷ್ಣಮೂರ್ತಿ"),
    ("Malayalam", "കൃഷ്ണൻകുട്ടി"),
    ("Sinhala", "ශ්‍රී ලංකා"),
    ("Thai", "สมชาย ใจดี"),
    ("Lao", "ສົມຊາຍ"),
    ("Khmer", "សុខ ចាន់ត្រា"),
    ("Burmese", "အောင်ဆန်း"),
    ("Tibetan", "བསྟན་འཛིན་"),
    ("Mongolian script", "ᠴᠢᠩᠭᠢᠰ"),
    ("Chinese, simplified", "王小明 赵丽颖"),
    ("Chinese, traditional", "陳美麗 龔鑫"),
    ("Japanese", "鈴木 さくら タロウ"),
    ("Korean", "김민준 뷁쌍"),
    ("Cherokee", "ᏎᏉᏯ ꮳꮃꭹ"),
    ("Inuktitut", "ᐊᓄᒃᑎᑐᑦ"),
    ("Osage", "𐓏𐓘𐓻𐓘𐓻𐓟"),
    ("Adlam", "𞤀𞤁𞤂𞤢𞤃"),
    ("N'Ko", "ߒߞߏ"),
    ("Tifinagh", "ⵜⵉⴼⵉⵏⴰⵖ"),
    ("Vai", "ꕙꔤ"),
    ("Yi", "ꆈꌠ"),
    ("company marks", "Smith & Söhne™ ® № 5 – “Best” • 100 % €"),
]


@pytest.mark.parametrize(("script", "name"), NAMES, ids=[s for s, _ in NAMES])
def test_a_name_can_be_printed_whole(script: str, name: str) -> None:
    text, missing = legible(name)
    assert missing == "", script
    assert "_" not in text


def test_all_of_them_come_out_of_the_document_again() -> None:
    """Set, shaped and read back: PDF/UA-1 would refuse a glyph that is missing."""
    people = [Attendee(name, script) for script, name in NAMES]
    for document in (documents.sign_in_sheet, documents.attendee_list, documents.table_tents, documents.name_badges):
        printed = document(MEETING, people, LETTER)
        assert printed.unprintable == ()
        text = _letters(words(printed))
        for script, name in NAMES:
            if script in _READ_BACK_APART:
                continue
            assert _letters(legible(name)[0]) in text, (document.__name__, script)


_READ_BACK_APART = frozenset({"Urdu", "Arabic with marks", "Hebrew with points", "Thaana", "Khmer", "Adlam"})
"""Scripts whose letters the reading library orders or composes in another way than they were written."""


def _letters(text: str) -> str:
    return re.sub(
        r"[\s\u200b-\u200d\ufffe\x02-]", "", text
    )  # U+FFFE, U+0002: what the reader makes of a hyphen at the end of a line


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("Ann Green 🎉", "🎉"),
        ("𠮷野家", "𠮷"),
        ("Bob \ue000 Lee", "\ue000"),
        ("𒀀𒁀", "𒀀𒁀"),
    ],
)
def test_what_no_font_has_is_named_and_leaves_a_rule(name: str, missing: str) -> None:
    printed = documents.name_badges(MEETING, [Attendee(name, "Acme")], LETTER)
    (lost,) = printed.unprintable
    assert lost.characters == missing
    assert f"U+{ord(missing[0]):04X}" in str(lost)
    assert name in str(lost)
    assert "_" in words(printed)


def test_should_the_list_ever_be_wrong_no_box_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "has_glyph", lambda character: True)
    printed = documents.name_badges(MEETING, [Attendee("𠮷野家")], LETTER)
    assert [lost.characters for lost in printed.unprintable] == ["𠮷"]
    assert "_野家" in words(printed)


def test_a_mark_that_no_font_joins_with_its_letter_is_named_and_stops_nothing() -> None:
    """Each of the three characters is in some font; together they are in none, and the library refuses the document."""
    odd, plain = Attendee("Odd \u074a\u24d4\u0332"), Attendee("Bob \u24d4 e\u0332")
    printed = documents.sign_in_sheet(MEETING, [odd, plain], LETTER)
    (lost,) = printed.unprintable
    assert lost.characters == "\u0332"
    assert lost.text == odd.name
    assert "Bob \u24d4 e\u0332" in words(printed)
    assert "\u24d4" in words(printed)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("Ann\u202eOrtiz", "AnnOrtiz"),
        ("Ann\tOrtiz\x00", "Ann Ortiz"),
        ("Ann\u2003Ortiz\ufeff", "Ann Ortiz"),
        ("Ann\ufe0f", "Ann"),
        ("e\u0301", "é"),
        ("\ud800x", "x"),
        ("a\u00adb", "ab"),
    ],
)
def test_what_cannot_be_seen_is_left_out(given: str, text: str) -> None:
    assert legible(given)[0] == text


def test_the_list_of_characters_is_that_of_the_fonts() -> None:
    written = (FONTS / "coverage.txt").read_text("ascii")
    assert written == coverage.ranges(coverage.characters()), "write it again: python -m tests.printing.coverage"
    assert has_glyph("é")
    assert not has_glyph("🎉")


def test_every_font_is_asked_for_a_glyph() -> None:
    listed = re.findall(r'"((?:Noto|WenQuanYi)[^"]+)"', (LAYOUTS / "base.typ").read_text("utf-8"))
    there = {info.family for info in typesetter._fonts().fonts()}
    assert set(listed) == there - {"WenQuanYi Micro Hei Mono"}
    assert len(listed) == len(set(listed))


def test_every_font_has_its_licence() -> None:
    for path in FONTS.glob("*.tt[fc]"):
        assert path.name.startswith(("NotoSans", "NotoSerif")) or path.name == "wqy-microhei.ttc"
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text("utf-8")
    assert "Apache License" in (FONTS / "APACHE-2.0.txt").read_text("utf-8")


def test_the_words_are_complete_in_each_language() -> None:
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in WORDS.glob("*.toml")}
    assert {"en", "es"} <= set(tables)
    english = tables["en"]
    used = set(
        re.findall(r'(?:say|nothing|choice)\("([a-z_]+)"', "".join(p.read_text("utf-8") for p in LAYOUTS.glob("*.typ")))
    )
    assert used <= set(english)
    for language, table in tables.items():
        assert set(table) == set(english), language
        for key, text in table.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), (language, key)
            assert legible(text)[1] == ""


def test_a_language_without_words_is_said_in_english() -> None:
    assert language_of_words("es-MX") == "es"
    assert language_of_words("de") == "en"
    assert language_of_words("../../secret") == "en"
    assert word("role_champion", "xx") == "Champion"
    assert word("late", "es", n=3) == "3 días de retraso"


def test_the_library_is_loaded_by_printing_only() -> None:
    """Other commands stay fast: only typesetter.py names the library, and only inside functions."""
    for path in Path(typesetter.__file__).parents[1].rglob("*.py"):
        text = path.read_text("utf-8")
        if re.search(r"^(import|from) typst", text, re.MULTILINE):
            raise AssertionError(f"{path} loads it at once")
        if re.search(r"^\s+(import|from) typst", text, re.MULTILINE):
            assert path.name == "typesetter.py"
